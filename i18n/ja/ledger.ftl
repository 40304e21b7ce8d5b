# 台帳（ジャーナルと索引） のメッセージと、配信が待っている理由。

ledger-in-use = { $path } は、別の totatsu プロセスが使用中です
    .code = TT-1201
ledger-not-owner = { $path } の所有者はユーザー { $owner } です。そのユーザーで実行してください（例: sudo -u '#{ $owner }'）
    .code = TT-1202
ledger-lost-its-end = ジャーナルはイベント { $journal } で終わっていますが、イベント { $index } まで記録済みのはずです。ジャーナルの末尾が失われています。バックアップから戻してください（索引のディレクトリを別の場所に移すと、失われたままで続けます）
    .code = TT-1203
    .why = 索引に記録済みのイベントがジャーナルにありません。書き込み済みと応答したデータをディスクが失ったか、古いジャーナルが置かれています。
ledger-changed = ジャーナルのイベント { $event } が、記録した時の内容と違います。後から変更されています。ジャーナルをバックアップから戻してください（索引のディレクトリを別の場所に移すと、変更を認めて続けます）
    .code = TT-1204
ledger-unreadable = イベント { $event } を読めません（{ $error }）。新しい版の totatsu が書いたものではありませんか
    .code = TT-1205
ledger-stopped = 台帳は、先に起きた障害のため停止しています。ログの前の行を見てください
    .code = TT-1206
ledger-index-unusable = 索引に障害が起きました（{ $why }）。再起動してください。必要ならジャーナルから作り直します
    .code = TT-1207
ledger-index-format = 索引の形式は { $found } ですが、この版は { $wanted } を使います。再起動してください。ジャーナルから作り直します
    .code = TT-1208
ledger-index-no-room = 索引を書く空き容量がディスクにありません（{ $why }）。空きを作ってから再起動してください
    .code = TT-1209
ledger-index-locked = 索引は、別の totatsu プロセスが使用中です
    .code = TT-1210
ledger-unsynced = { $path } をディスクに同期できません（{ $error }）。最後のイベントが残ったかどうかは、読み直して確かめます。再起動してください
    .code = TT-1211
ledger-damaged = ジャーナルが壊れています（{ $path } の { $line } 行目）: { $what }。このファイルをバックアップから戻してください。自動では修復しません
    .code = TT-1212
ledger-newer = { $path } の { $line } 行目: ジャーナルの形式は { $format } で、この版が読めるのは { $known } までです。新しい版が書いたものです。その版で実行してください。何も変更していません
    .code = TT-1213
ledger-broken = ジャーナルへの前の書き込みに失敗しています。デーモンを再起動してください。ジャーナルを読み直します
    .code = TT-1214
ledger-unwritable = イベントを JSON にできません: { $error }
    .code = TT-1215
ledger-too-long = { $bytes } バイトのイベントは記録できません（上限は { $limit } バイト）。理由などを短くしてから、release で続けてください
    .code = TT-1216
ledger-contradiction = { $about } の状態 { $state } に、イベント { $event } は続きません
    .code = TT-1217

## 配信が待っている理由

ledger-gate-order = { $behind } の後です（順序を守る連携）
ledger-gate-order-held = 保留中の { $behind } の後です（順序を守る連携）。先の配信の原因を直すか、追い越してよければ、この配信を release してください
ledger-gate-hours = 配信時間外です。{ $opens } に始まります
ledger-gate-partner-down = 連携先 { $partner } に { $since } から接続できません。接続できるようになると続けます
ledger-gate-partner-held = 連携先 { $partner } は保留中です（{ $reason }）。続けるには: totatsu release --partner { $partner }
ledger-gate-link-held = 連携 { $link } は保留中です（{ $reason }）。続けるには: totatsu release --link { $link }
ledger-gate-medium-wanted = 連携先 { $partner } の媒体を { $since } から待っています: { $reason }
ledger-gate-handed-over = 媒体 { $medium } に完全な形で書き込み、検証済みです。連携先が受け取ったら、totatsu confirm ID --by 名前 --how medium --reason 理由、または連携先の受領確認を入れた媒体で totatsu medium import DIR
ledger-gate-exclusive = ロック { $lock } は使用中です。ほかのプログラムか、まだ動いている取り込み（ゲートウェイを再起動したときは、この集信自身の取り込みのこともあります） が使っています。解放されると自動で続けます
ledger-gate-exclusive-behind = { $behind } の後です。同じロック { $lock } を使い、取り込みが終わっていません。それまで、このロックのほかのファイルは渡しません
ledger-gate-inbox = { $path } がまだ受信フォルダにあります。取り込んで消すと、このファイルを置きます
ledger-gate-same-acknowledgement = { $behind } の後です。受領確認 { $path } の名前が同じなので、取り違えを避けます
ledger-gate-acknowledgement = 連携先の受領確認 { $path } を { $until } まで待っています
