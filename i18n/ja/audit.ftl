# 監査で見つかったことと、監査資料の書き出し。

audit-no-journal = { $path } にジャーナルがありません。この設定でゲートウェイを動かしたことがありません
    .code = TT-7101
audit-not-empty = { $path } は空ではありません。書き出し先には、新しいか空のディレクトリを指定してください
    .code = TT-7102
audit-unfit-mark = { $path } からは監査を続けられません（{ $why }）。--since を付けずに、すべてを検証してください
    .code = TT-7103
audit-no-day = { $from } から { $to } までの期間に日がありません。--from が初日、--to が最終日です
    .code = TT-7104
audit-mark-format = 形式は { $found } で、この版が知っているのは { $known } です
audit-unfinished = 書き出しの途中です。使わないでください。

## 書き出しの表

audit-act-held = 保留
audit-act-released = 再開
audit-act-resent = 再配信
audit-act-confirmed = 別の手段での到達・取り込みの確認
audit-act-cancelled = 取り消し
audit-act-partner-held = 連携先の保留
audit-act-partner-released = 連携先の再開
audit-act-link-held = 連携の保留
audit-act-link-released = 連携の再開
audit-act-reconfigured = 設定の変更
audit-act-started = ゲートウェイの起動
audit-act-stopped = ゲートウェイの停止
audit-act-partner-trusted = ホスト鍵の登録
audit-act-key-renewed = 到達証の鍵の更新
audit-act-contents-removed = 内容の削除
audit-act-requested = 申請
audit-act-request-closed = 申請の終わり（二人目・取り下げ）

## ジャーナルの最後の行の裏付け

audit-vouched-index = 索引
audit-vouched-gateway = 動作中のゲートウェイ
audit-vouched-nobody = なし（{ $why }）
audit-no-index = 索引がありません
audit-damaged-before = それより前でジャーナルが壊れています
audit-damaged-behind = それより後でジャーナルが壊れています
audit-index-behind = 索引はイベント { $event } までしか知りません
audit-index-other = 索引の記録と違います
audit-gateway-answer = ゲートウェイの応答が違います
audit-gateway-other = 動作中のゲートウェイの記録と違います
audit-no-gateway = 台帳は使用中ですが、{ $socket } に問い合わせられません: { $error }

## 見つかったこと（ジャーナル）

audit-damaged = ジャーナルが壊れています: { $what }
    .code = TT-7105
audit-ends-early = ジャーナルはイベント { $last } で終わっていますが、イベント { $known } まで記録済みのはずです
    .code = TT-7106
audit-ends-before-mark = ジャーナルはイベント { $last } で終わっていますが、以前の監査ではイベント { $known } まで検証しています
    .code = TT-7107
audit-changed = イベント { $event } が、記録した時の内容と違います。後から変更されています
    .code = TT-7108
audit-gateway-differs = イベント { $event } が、動作中のゲートウェイの記録と違います
    .code = TT-7109
audit-event-unreadable = イベント { $event } を読めません（「{ $error }」）
    .code = TT-7110
audit-begun-twice = 配信 { $delivery } が、二度始まっています
    .code = TT-7111
audit-cannot-follow = { $delivery } の状態 "{ $state }" に、イベント "{ $event }" は続きません
    .code = TT-7112
audit-about-nothing = イベント "{ $event }" に対象の配信がありません
    .code = TT-7113
audit-changes-nothing = イベント "{ $event }" は何も変えていません
    .code = TT-7114

## 見つかったこと（到達証）

audit-of-receipt = 到達証 { $number }: { $what }
    .code = TT-7115
audit-receipt-first = ジャーナルで最初の到達証なのに、それより前の番号がありません
audit-receipt-follows = 到達証 { $number } の次です。番号が欠けているか、重なっています
audit-receipt-chain = 一つ前の SHA-256 を { $previous } としていますが、実際は { $before } です
audit-receipt-calls-itself = 自身を、配信 { $delivery } の { $number } としています
audit-receipt-text = イベントの SHA-256 は { $recorded } ですが、本文は { $found } です
audit-receipt-not-made = 本文を作り直せません（「{ $error }」）
audit-receipt-journal = 書かれた時のイベント { $event } の SHA-256 は { $sha256 } でした。別のジャーナルです
audit-receipt-link = 連携が記録と違います
audit-receipt-partner = 連携先が記録と違います
audit-receipt-source = 原本が記録と違います
audit-receipt-sent = 送信したバイト列のサイズか SHA-256 が記録と違います
audit-receipt-inbox = 受信フォルダでのパス、サイズ、SHA-256 のどれかが記録と違います
audit-receipt-path = 連携先でのパスが記録と違います

## 見つかったこと（保管分）

audit-no-key = 公開鍵を使えません（{ $why }）。署名を確かめられません
    .code = TT-7116
audit-size-and-sha256 = { $size } バイト、SHA-256 { $sha256 }
audit-differs = 記録は { $recorded }、実際は { $found }
    .code = TT-7117
audit-receipt-differs = 記録の SHA-256 は { $recorded }、実際は { $found }
    .code = TT-7118
audit-removed-otherwise = { $delivery } の { $name } は、削除した時に記録と違うファイルでした
    .code = TT-7124
audit-still-there = 台帳では { $at } に削除したのに残っています。totatsu archive clear で削除できます
    .code = TT-7125
    .why = 復元したバックアップか、だれかが戻しました。
audit-stamp-line = タイムスタンプはイベント { $event }（SHA-256 { $sha256 }）のものですが、台帳のその行は違います
    .code = TT-7126
audit-stamp-other = タイムスタンプがイベント { $event } のものではありません
    .code = TT-7127
audit-stamp-unreadable = タイムスタンプを読めません: { $why }
    .code = TT-7128
audit-act-killed = { $since } の起動のあと、停止の記録がありません
audit-act-changed = 変わったファイル: { $files }
audit-receipt-says = 到達証では { $stated }、実際は { $found }
    .code = TT-7119
audit-folder-gone = フォルダがありません。{ $until } まで保管するはずでした
    .code = TT-7120
audit-folder-gone-unfinished = フォルダがありません。配信は終わっていません
    .code = TT-7121
audit-missing = ありません
    .code = TT-7122
audit-unreadable = 読めません: { $error }
    .code = TT-7123

## 監査資料の表

audit-superseded-by = { $delivery } に代わられた
audit-problems = 誤り { $problems } 件

audit-acts-of-all = 対象期間中のすべてと、上の配信・集信へのもの
audit-acts-of-one = 上の配信・集信へのもの（複数の団体のうち、この団体の分だけの資料です）
