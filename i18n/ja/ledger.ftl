# 台帳（ジャーナルと索引） のメッセージと、配信が待っている理由。

ledger-in-use = { $path } は、別の totatsu プロセスが使用中です
    .code = TT-1201
    .why = ゲートウェイか、ほかのコマンドが使っています。
    .do = もう一度試してください。動いている間は、コマンドはゲートウェイに尋ねます。
ledger-not-owner = { $path } の所有者はユーザー { $owner } です。そのユーザーで実行してください（例: sudo -u '#{ $owner }'）
    .code = TT-1202
    .why = 別のユーザーが開くと、ゲートウェイの書けないファイルが残ります。
ledger-lost-its-end = ジャーナルはイベント { $journal } で終わっていますが、イベント { $index } まで記録済みのはずです。ジャーナルの末尾が失われています。バックアップから戻してください（索引のディレクトリを別の場所に移すと、失われたままで続けます）
    .code = TT-1203
    .why = 索引に記録済みのイベントがジャーナルにありません。書き込み済みと応答したデータをディスクが失ったか、古いジャーナルが置かれています。
ledger-changed = ジャーナルのイベント { $event } が、記録した時の内容と違います。後から変更されています。ジャーナルをバックアップから戻してください（索引のディレクトリを別の場所に移すと、変更を認めて続けます）
    .code = TT-1204
    .why = ダイジェストの鎖が切れています。確定した後で行が変わりました。
    .do = 調べる人のために、そのまま残してください。
ledger-unreadable = イベント { $event } を読めません（{ $error }）。新しい版の totatsu が書いたものではありませんか
    .code = TT-1205
ledger-stopped = 台帳は、先に起きた障害のため停止しています。ログの前の行を見てください
    .code = TT-1206
    .why = 台帳への書き込みに失敗したため、これ以上は何も引き受けません。
    .do = ログの最初のエラー（多くはディスク）を直し、systemctl restart totatsu で起動し直してください。
ledger-index-unusable = 索引に障害が起きました（{ $why }）。再起動してください。必要ならジャーナルから作り直します
    .code = TT-1207
ledger-index-format = 索引の形式は { $found } ですが、この版は { $wanted } を使います。再起動してください。ジャーナルから作り直します
    .code = TT-1208
ledger-index-no-room = 索引を書く空き容量がディスクにありません（{ $why }）。空きを作ってから再起動してください
    .code = TT-1209
    .why = 台帳のあるディスクがいっぱいです。
    .do = df -h で確かめて空きを作り、systemctl restart totatsu で起動し直してください。
ledger-index-locked = 索引は、別の totatsu プロセスが使用中です
    .code = TT-1210
ledger-unsynced = { $path } をディスクに同期できません（{ $error }）。最後のイベントが残ったかどうかは、読み直して確かめます。再起動してください
    .code = TT-1211
    .why = 同期に失敗すると、ディスクに何が書けたか分かりません。
    .do = dmesg と smartctl でディスクを調べ、systemctl restart totatsu です。
ledger-damaged = ジャーナルが壊れています（{ $path } の { $line } 行目）: { $what }。このファイルをバックアップから戻してください。自動では修復しません
    .code = TT-1212
    .why = 書いたときと違うバイトがあります。ディスクの故障か、誰かの変更です。
    .do = docs/ja/operation.md の「バックアップと復元」を見てください。壊れたファイルは残しておきます。
ledger-newer = { $path } の { $line } 行目: ジャーナルの形式は { $format } で、この版が読めるのは { $known } までです。新しい版が書いたものです。その版で実行してください。何も変更していません
    .code = TT-1213
    .why = 古い版では、新しい版の記録を扱えません。
    .do = 新しい版を入れ直してください。
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
ledger-gate-hours = 時間帯の外です。{ $opens } に始まります
ledger-gate-partner-down = 連携先 { $partner } に { $since } から接続できません。接続できるようになると続けます
ledger-gate-partner-held = 連携先 { $partner } は保留中です（{ $reason }）。続けるには: totatsu release --partner { $partner } --reason 理由
ledger-gate-partner-held-until = 連携先 { $partner } は { $until } まで保留中です（{ $reason }）。その時刻に自動で続けます
ledger-gate-link-held = 連携 { $link } は保留中です（{ $reason }）。続けるには: totatsu release --link { $link } --reason 理由
ledger-gate-link-held-until = 連携 { $link } は { $until } まで保留中です（{ $reason }）。その時刻に自動で続けます
ledger-gate-medium-wanted = 連携先 { $partner } の媒体を { $since } から待っています: { $reason }
ledger-gate-on-medium = 媒体 { $medium } に完全な形で書き込み、照合済みです
ledger-gate-handed-over = 媒体 { $medium } に完全な形で書き込み、照合済みです。連携先が受け取ったら: totatsu confirm { $id } --by 名前 --how medium --reason 理由（受領ファイルが媒体で戻ったら: totatsu medium import ディレクトリ）
ledger-gate-exclusive = ロック { $lock } は使用中です。ほかのプログラムか、まだ動いている取り込み（ゲートウェイを再起動したときは、この集信自身の取り込みのこともあります） が使っています。解放されると自動で続けます
ledger-gate-exclusive-behind = { $behind } の後です。同じロック { $lock } を使い、取り込みが終わっていません。それまで、このロックのほかのファイルは渡しません
ledger-gate-inbox = { $path } がまだ受信フォルダにあります。取り込んで消すと、このファイルを置きます
ledger-gate-same-acknowledgement = { $behind } の後です。受領ファイル { $path } の名前が同じなので、取り違えを避けます
ledger-gate-acknowledgement = 連携先の受領ファイル { $path } を { $until } まで待っています

## 行、ファイル、索引の項目の異常

ledger-line-out-of-place = イベント { $wanted } があるはずの場所に、イベント { $seq } があります
ledger-line-does-not-follow = イベント { $seq } に続く行ではありません。どちらかが変更されています
ledger-line-too-long = 行が長すぎます
ledger-line-no-event = イベントとして読めません（「{ $error }」）
ledger-line-no-end = 行の終わりがありません
ledger-line-changed = イベント { $seq } が、前にあったものと違います。変更されています
ledger-file-unpackable = 展開できません（「{ $error }」）
ledger-file-reads-otherwise = 圧縮したものを読み戻すと、違うバイト列になります。ディスクかメモリが故障しています
ledger-next-file-does-not-follow = 次のファイルが、最後の行に続いていません
ledger-block-changed = ブロック { $number } が変更されています
ledger-key-unreadable = キーを読めません
ledger-value-unreadable = 値を読めません: 「{ $error }」
ledger-id-unreadable = ID を読めません
ledger-entries-changed = 項目が欠けているか、変更されています
ledger-history = 完了した配信の索引: { $why }
ledger-history-damaged = 破損が見つかっています
ledger-history-older = { $known } までしか入っておらず、{ $moves } がありません
ledger-history-other-delivery = 別の配信が入っています
ledger-history-not-open = 書き込み用に開かれていません
ledger-redb-panicked = redb が異常終了しました
ledger-sled-panicked = sled が異常終了しました
ledger-no-thread = 書き込みのスレッドを開始できません: { $error }
ledger-stuck = 書き込みが { $time } たっても終わりません
ledger-unpackable = 完了した配信を圧縮または展開できません: 「{ $error }」
ledger-no-length = 長さの記載がありません

## 矛盾するもの

ledger-state-not-held = 保留していない
ledger-a-delivery = 配信
ledger-no-delivery = 配信でないもの
ledger-the-receipts = 到達証
ledger-older-end-of-receipts = 到達証のつながりの、前の終わり
ledger-partner = 連携先 { $name }
ledger-link = 連携 { $name }
ledger-held-by = { $by } が保留: { $reason }

## ログ

ledger-could-not-record = 台帳に記録できませんでした
ledger-records-again = 台帳に再び記録できるようになりました
ledger-writer-panicked = 台帳の書き込み処理が異常終了しました。記録された範囲はジャーナルでわかります
    .code = TT-1218
ledger-old-index-stays = 古い索引を削除できません
    .code = TT-1219
    .do = 行に出ているディレクトリを手で削除してください。もう使っていません。
ledger-read-into-index = ジャーナルを索引に読み込んでいます: { $percent } %

## 配信の状態（画面に出る語）

ledger-state-found = 発見
ledger-state-fetched = 取得済み
ledger-state-decoded = 解読済み
ledger-state-placing = 引き渡し中
ledger-state-placed = 引き渡し済み
ledger-state-importing = 取り込み中
ledger-state-imported = 取り込み済み
ledger-state-accepted = 引き取り済み
ledger-state-converted = 変換済み
ledger-state-transferring = 送信中
ledger-state-transferred = 送信済み
ledger-state-verified = 照合済み
ledger-state-published = 到達
ledger-state-acknowledged = 受領確認済み
ledger-state-confirmed = 到達確認済み
ledger-state-receipted = 到達証作成済み
ledger-state-archived = 完了
ledger-state-queued = 順番待ち
ledger-state-handed-over = 媒体受け渡し待ち
ledger-state-waiting = 再試行待ち
ledger-state-unknown = 到達不明
ledger-state-held = 保留
ledger-state-rejected = 拒否
ledger-state-repeated = 集信済みと同一
ledger-state-superseded = 新しい全件に代替
ledger-state-cancelled = 取り消し

## 配信の段階（画面に出る語）

ledger-step-accept = 引き取り
ledger-step-convert = 変換
ledger-step-transfer = 送信
ledger-step-verify = 照合
ledger-step-publish = 正式な名前付け
ledger-step-acknowledge = 受領確認
ledger-step-fetch = 取得
ledger-step-decode = 解読
ledger-step-place = 引き渡し
ledger-step-import = 取り込み
ledger-step-answer = 受領ファイルの返送
ledger-step-clear = 先方にあるファイルの片付け
ledger-step-receipt = 到達証の作成
ledger-step-archive = 保管

## 証明の段階

ledger-grade-confirmed = 人の確認
ledger-grade-close = 書き込みの応答
ledger-grade-size = サイズ一致
ledger-grade-content = 内容一致
