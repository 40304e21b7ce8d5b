# 到達証、その署名の鍵、媒体の送付票。

receipt-evidence-missing = 到達証に要る証拠 "{ $evidence }" が台帳にありません。totatsu の不具合として報告してください
    .code = TT-7001
receipt-unwritable = 到達証を JSON にできません:「{ $error }」
    .code = TT-7002
receipt-key-missing = { $path } がありません。到達証か公開鍵はあるので、バックアップから戻してください。失われたときは `totatsu receipt key --renew` で作り直します
    .code = TT-7003
receipt-key-open = { $path } をほかの人が読めます（モード { $mode }）。chmod 600 にしてください。読まれたおそれがあれば `totatsu receipt key --renew` で作り直します
    .code = TT-7004
receipt-key-unfit = { $path } は到達証の鍵として使えません（{ $why }）。バックアップから戻してください
    .code = TT-7005
receipt-key-no-pair = { $path } は、そばにある秘密鍵の公開鍵ではありません。同じバックアップから両方を戻してください
    .code = TT-7006
receipt-key-unusable = 到達証に署名できません（「{ $error }」）。totatsu の不具合として報告してください
    .code = TT-7007
receipt-key-empty = 空です
receipt-key-passphrase = パスフレーズが付いています
receipt-key-kind = 種類が ssh-ed25519 ではなく { $kind } です

## 到達証の食い違い

receipt-disagreement = { $what }: 到達証では { $stated }、実際は { $found }
    .code = TT-7008
receipt-no-signature = 署名がない
receipt-signature-unreadable = この署名の形式ではないもの（{ $why }）
receipt-signature-form = 形が変えられています
receipt-signature-for = 別の用途 "{ $purpose }" の署名
receipt-signature-by = 知らない鍵 { $key } の署名
receipt-signature-does-not-fit = この内容に合わない署名
receipt-form = 到達証の形式
receipt-a-receipt = 到達証
receipt-unreadable = 読めないもの（「{ $error }」）
receipt-signature = 署名
receipt-signed-by = { $key } の署名
receipt-signed-by-no-key = 鍵の記載なし
receipt-size-of = { $name } のサイズ
receipt-sha256-of = { $name } の SHA-256

## 媒体の送付票

receipt-sheet-title = 送付票
receipt-sheet-of-media = 送 付 票（媒体連携）
receipt-sheet-to = 宛先
receipt-sheet-addressee = { $to } 御中
receipt-sheet-from = 差出
receipt-sheet-medium = 媒体
receipt-sheet-made = 作成日時
receipt-sheet-date = { $year }年{ $month }月{ $day }日 { $time }
receipt-sheet-file = ファイル
receipt-sheet-files = { $files } 件
receipt-sheet-note = 備考
receipt-sheet-delivery = 配信ID
receipt-sheet-size = サイズ
receipt-sheet-bytes = { $bytes } バイト
receipt-sheet-records = 件数
receipt-sheet-count = { $kind }：{ $count } 件
receipt-sheet-totals = 合計
receipt-sheet-sum = { $name }：{ $total }
receipt-sheet-sha256 = SHA-256
receipt-sheet-handed-over = 引渡（差出側）
receipt-sheet-received = 受領（受領側）
receipt-sheet-day = 日付
receipt-sheet-day-line = ______年____月____日  ____時____分
receipt-sheet-day-places = 年　　月　　日　　時　　分
receipt-sheet-office = 所属
receipt-sheet-name = 氏名
receipt-sheet-office-and-name = 所属・氏名
receipt-sheet-seal = 印
receipt-sheet-foot = 署名または押印のうえ、双方で保管してください。レコードの内容は記載していません。照合には各ファイルのサイズと SHA-256 を用います。
