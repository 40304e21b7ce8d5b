# デーモンが自分から知らせること: 知らせ、ログ、送信フォルダに残るもの、サービスの状態の行。

## 自機のディスク

daemon-little-room = { $path } のディスクの空きが { $free } しかなく、{ $reserve } の余裕を割っています。空くまで、ファイルは送信フォルダに残ります。archive.max_size を書くなどして空けるか、disk.reserve を下げてください
    .code = TT-6101
    .why = 引き取ったものは到達まで保管するため、入りきらないかもしれないものは引き取りません。
    .do = df -h で使用量を確かめてください。引き取り済みの配信は続きます。
daemon-little-room-for-file = { $path } のディスクの空きが { $free } しかなく、{ $reserve } の余裕を残すと { $file } のファイルが入りません。空くまで、ファイルは送信フォルダに残ります。archive.max_size を書くなどして空けるか、disk.reserve を下げてください
    .code = TT-6102
    .why = 引き取ったものは到達まで保管するため、入りきらないかもしれないものは引き取りません。
    .do = df -h で使用量を確かめてください。引き取り済みの配信は続きます。
daemon-room-again = { $path } のディスクが空きました
daemon-others-could-rename = 中のものをほかの人が改名できました。その権限を、ゲートウェイのユーザーのほかから外しました

## 送信フォルダに残るもの

daemon-stays-delivery = 引き取って配信 { $id } にしましたが、ファイルを送信フォルダから消せません。totatsu show { $id } を見てください
    .code = TT-6103
    .why = 引き取り済みですが、送信フォルダから消す権限がゲートウェイにありません。
    .do = 送信フォルダに、ユーザー totatsu が書けるようにしてください（chgrp totatsu、chmod g+w）。
daemon-stays-no-room = これと余裕の分の空きがディスクにありません。空くと引き取ります
    .code = TT-6104
    .why = disk.reserve の空きを残すためです。
    .do = df -h で使用量を確かめてください。
daemon-stays-disk = 自機のディスクに断られました（{ $doing }）: { $error }。もう一度試します
    .code = TT-6105
    .why = 自機のディスクに書けません。いっぱいか、読み取り専用でマウントされています。
    .do = df -h と mount で確かめ、空きを作るか、書き込めるようにしてください。その後は自動で続きます。
daemon-stays-tried-again = { $why }。もう一度試します
daemon-outbox-trouble = { $message }。直るまで、ファイルは送信フォルダに残ります
daemon-file-stays = { $name } が連携 { $link } の送信フォルダに残っています: { $why }
daemon-more-files-stay = ほかに { $more } 個のファイルが連携 { $link } の送信フォルダに残っています。理由は totatsu outbox で出ます
daemon-cannot-watch = カーネルの通知で送信フォルダを監視できません。ファイルは定期的な確認だけで見つけます
    .code = TT-6106
    .why = カーネルの監視の上限に達しました。
    .do = fs.inotify.max_user_instances を増やしてください。失われるものはなく、見つけるのが遅れるだけです（accept.rescan）。
daemon-not-watched = 監視できません。ファイルは定期的な確認だけで見つけます
    .code = TT-6107
    .why = カーネルの監視の上限に達したか、通知のないファイルシステム（NFS など）です。
    .do = fs.inotify.max_user_watches を増やしてください。失われるものはなく、見つけるのが遅れるだけです（accept.rescan）。
daemon-outbox-room-again = 空きができました。ファイルを引き取ります

## 連携先の確認

daemon-not-looked-at = { $partner } を見ていません: { $gate }
daemon-listing-too-long = 先方のディレクトリに、一覧にできないほどのファイルがあります。古いファイルを消してもらってください
    .code = TT-6108
    .why = 一覧には上限があります（連携先のせいでメモリを使い切らないため）。
    .do = 取得したファイルは、移すか消す取り決めにしてください（remote.afterwards）。
daemon-unusable-names = 先方のディレクトリに、使えない名前が { $count } 個あります（制御文字、または取り決めと違う文字コード。profile.names）。見送っています。改名してもらってください
    .code = TT-6109
    .why = そのような名前は取得できないか、端末を操作できてしまいます。
daemon-symbolic-links = 集める名前のうち { $count } 個がシンボリックリンクです。たどりません（最初は { $first }）。ファイルそのものを置いてもらってください
    .code = TT-6110
    .why = 連携先のリンクは、どのファイルにでもつながり得ます。
daemon-waits-for-room = 自機のディスクの空きを待っています
daemon-not-taken-up = 今は引き取れません: { $why }
daemon-not-collected = 連携 { $name } の集信に支障があります: { $what }
    .code = TT-6111
    .why = 連携先のディレクトリは見えますが、使えないものがあります。
    .do = 何が見えるかは totatsu collect 連携 で分かります。

## 接続できない連携先

daemon-down-before = ゲートウェイが止まった時、接続できませんでした
daemon-medium-there = 媒体が入りました（{ $since } から待っていました）
daemon-reached-again = また接続できます（{ $since } から接続できませんでした）
daemon-gave-up = あきらめました。{ $since } から接続できず、{ $attempts } 回失敗しました: { $error }
    .code = TT-6112
    .why = 連携先が retry.give_up_after より長く止まっていました（接続してよい時間だけを数えます）。保留にして、もう試しません。
    .do = 復旧したら totatsu release --partner 名前 です。

## 期限と到着予定

daemon-may-miss = 連携 { $link } の配信 { $id } が、期限 { $due } に間に合わないかもしれません: { $risk }。様子は totatsu show { $id } で見てください
    .code = TT-6113
    .why = 期限が近いのに、まだ届いていません（失敗、順番待ち、保留のどれか）。
daemon-arrived-late = 連携 { $link } の配信 { $id } は、期限 { $due } の後、{ $arrived } に届きました。様子は totatsu show { $id } で見てください
    .code = TT-6114
    .why = 届きました。到達証に時刻が残ります。
    .do = 遅れたものは totatsu list --late で一覧できます。
daemon-missed = 連携 { $link } の配信 { $id } が、期限 { $due } に間に合いませんでした。様子は totatsu show { $id } で見てください
    .code = TT-6115
    .why = まだ届いていません。
    .do = 遅れているものは totatsu list --late で一覧できます。
daemon-held = 連携 { $link } の { $id } が保留です（{ $step }）: { $reason }
daemon-waits = 連携 { $link } の集信 { $id } が待っています: { $missing }
daemon-nothing-ever-came = 連携 { $name } に { $due } までに来るはずのファイルが、一度も来ていません。送る側に確かめてください
    .code = TT-6116
    .why = 連携の expect に、来るべき時が書いてあります。
    .do = 配信の連携なら業務システム、集信の連携なら連携先に確かめてください。
daemon-nothing-came = 連携 { $name } に { $due } までに来るはずのファイルが来ていません。最後に来たのは { $last } です。送る側に確かめてください
    .code = TT-6117
    .why = 連携の expect に、来るべき時が書いてあります。
    .do = 配信の連携なら業務システム（送信フォルダにないか totatsu outbox）、集信の連携なら連携先（totatsu collect 連携 ですぐ見る）に確かめてください。

## 保管

daemon-kept-until = 保管の期限は { $date } まででした
daemon-contents-kept-until = 内容の保管期限は { $date } まででした
daemon-contents-removed = 運んだ内容を保管庫から削除しました。証明は残ります: { $why }
daemon-archive-too-large = 保管庫が archive.max_size（{ $limit }）を超えていました
daemon-folder-removed = フォルダを保管庫から削除しました: { $why }
daemon-clock-leapt = 時計が、最後に見た { $known } より一か月以上進んでいます。保管庫からは何も削除しません。時計を直してください。正しいときは、配信が一つ終わってから再起動してください
    .code = TT-6118
    .why = 時計が誤っていると、保管分をすべて削除してしまいます。
    .do = timedatectl で時計を確かめてください。
daemon-old-folders-stay = 古いフォルダが保管庫に残ります。一日後にもう一度試します
daemon-contents-stay = 古い配信・集信の内容が保管庫に残ります。一日後にもう一度試します
daemon-stamped = 台帳の末尾にタイムスタンプを受けました
daemon-stamp-again = 台帳の末尾のタイムスタンプをまだ受けていません: { $why }。もう一度試します
daemon-stamp-failed = 台帳の末尾のタイムスタンプを受けられません: { $why }。配信は続けます。もう一度試します。続くときは timestamp.command を調べてください
    .code = TT-6141
    .why = timestamp.command が失敗したか、時間がかかりすぎました。プログラム、回線、タイムスタンプ局のどれかです。
    .do = ユーザー totatsu で、コマンドを手で実行してください。成功するまで、時刻の証明だけがない状態です。
daemon-stamp-form = コマンドの出力がタイムスタンプ（RFC 3161、DER）ではありません
daemon-stamp-refused = タイムスタンプ局が断りました（状態 { $status }）
daemon-stamp-other = タイムスタンプが別のダイジェストのもの、または SHA-256 以外です
daemon-stamp-not-run = コマンドを実行できません: { $error }
daemon-stamp-exit = コマンドが { $status } で終わりました
daemon-stamp-too-long = コマンドが { $limit } を過ぎても終わらず、打ち切りました
daemon-stamp-too-large = コマンドが { $limit } バイトを超えて出力しました

## 起動、動作、停止

daemon-folder-missing = spool にフォルダがありません。バックアップから戻し、再起動してから release してください
    .code = TT-6119
    .why = 誰かが削除したか、spool と台帳の時点が違います。
    .do = docs/ja/operation.md の「バックアップと復元」を見てください。
daemon-folder-discarded = 削除しました。引き取りを始めたところで中断し、台帳に記録する前だったものです
daemon-folder-set-aside = orphans/ に移しました。台帳にありません。確かめてください
    .code = TT-6120
    .why = 別のゲートウェイのものか、台帳より新しい spool のものです。この台帳では送っていません。
    .do = 中のファイルを置き直す前に、連携先にあるものと比べてください。
daemon-unfinished-go-on = 完了していない配信と集信を続けます
daemon-task-failed = 処理の一つが異常終了したので、デーモン全体を止めます: 「{ $error }」。totatsu の不具合として報告してください
    .code = TT-6121
    .why = 一部が欠けたまま続けるより、終わります。systemd が起動し直します。
    .do = ログを残して報告してください。
daemon-cut-off = 猶予の時間が過ぎたので、進行中の段階を打ち切ります。起動後にやり直します
daemon-commands-refused = コマンドが接続できません。{ $time } ごとに試します
    .code = TT-6122
    .why = paths.socket のディレクトリに問題があるか、ファイル記述子が足りません。配信は続いています。
daemon-file-packed = ジャーナルの閉じたファイルを圧縮しました
daemon-file-not-packed = ジャーナルの閉じたファイルを、そのまま残します。totatsu audit verify で完全かどうかがわかります
daemon-standing = 未完了 { $unfinished } 件（うち保留 { $held } 件）
