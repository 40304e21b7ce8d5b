# 到達証、その署名の鍵、媒体の送付票。

receipt-evidence-missing = 到達証に要る証拠 "{ $evidence }" が台帳にありません。totatsu の不具合として報告してください
    .code = TT-7001
receipt-unwritable = 到達証を JSON にできません: { $error }
    .code = TT-7002
receipt-key-missing = { $path } がありません。到達証か公開鍵はあるので、バックアップから戻してください。失われたときは `totatsu receipt key --renew` で作り直します
    .code = TT-7003
receipt-key-open = { $path } をほかの人が読めます（モード { $mode }）。chmod 600 にしてください。読まれたおそれがあれば `totatsu receipt key --renew` で作り直します
    .code = TT-7004
receipt-key-unfit = { $path } は到達証の鍵として使えません（{ $why }）。バックアップから戻してください
    .code = TT-7005
receipt-key-no-pair = { $path } は、そばにある秘密鍵の公開鍵ではありません。同じバックアップから両方を戻してください
    .code = TT-7006
receipt-key-unusable = 到達証に署名できません（{ $error }）。totatsu の不具合として報告してください
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
receipt-unreadable = 読めないもの（{ $error }）
receipt-signature = 署名
receipt-signed-by = { $key } の署名
receipt-signed-by-no-key = 鍵の記載なし
receipt-size-of = { $name } のサイズ
receipt-sha256-of = { $name } の SHA-256
