# 集信の途中: 発見、取得、受信フォルダ、取り込み、先方のファイルの後始末。

## 連携が対象とする名前

collect-placeholders = {"{date}"}（YYYYMMDD）、{"{time}"}（HHMMSS）、{"{number}"}（数字）、{"{municipality}"}、{"{municipality6}"}、*、?
collect-pattern-unknown = { $pattern } に知らない置き換え記号があります。使えるのは { $known } です
    .code = TT-5101
collect-pattern-none = { $pattern } はファイル名のパターンではありません。ディレクトリは directory に書いてください
    .code = TT-5102
collect-pattern-number = { $pattern }: どこまでが番号で、どこからが * なのかを決められません
    .code = TT-5103
collect-pattern-twice = { $pattern } は使えません。{"{date}"}、{"{time}"}、{"{number}"} は、それぞれ一度だけ書けます
    .code = TT-5104

## 先方のファイルをまだ取らない理由（名前のあとに続く言葉）

collect-wait-marker-alone = 目印のファイルですが、元のファイルがありません
collect-wait-temporary = 書きかけのファイルの名前です。先方が改名すると取ります
collect-wait-hidden = 点で始まる隠しファイルです。先方が改名すると取ります
collect-wait-no-day = 名前の日付が暦にありません。先方が改名すると取ります
collect-wait-marker = 目印のファイル { $marker } を待っています
collect-wait-newer-marker = 新しい目印のファイルを待っています。{ $marker } はファイルより古いものです
collect-wait-digest = ダイジェストのファイル { $digest } を待っています
collect-wait-empty = まだ空です。中身が入ると取ります
collect-wait-settling = { $known } 秒間変わっていません。{ $wanted }間変わらなければ取ります

## 順番

collect-older = 名前の { $is } は、最後に引き渡した { $was } より古いものです
collect-same = 名前の { $is } は、最後に引き渡した { $was } と同じです
collect-gap = 名前の { $is } は { $was } の後ですが、間の { $missing } がありません

## 取得

collect-gone = 連携先の { $path } が、取得する前になくなりました。先方に聞いてください。戻れば release、要らなければ cancel
    .code = TT-5105
    .why = 見つけてから取得するまでの間に、連携先が削除したか改名しました。
collect-no-file = 連携先の { $path } は、もう通常のファイルではありません。先方に聞いて、release か cancel
    .code = TT-5106
    .why = その名前が、ディレクトリかリンクになりました。リンクはたどりません。
collect-changed = 連携先の { $path } は、読んでいる間に変わりました（前: { $before }、後: { $after }）。取り直します
    .code = TT-5107
    .why = 先方がまだ書いています。現れた時点では完成していません。
    .do = 続くときは、remote.ready = "marker" にするか、stable_for を長くしてください。
collect-restless = 連携先の { $path } は、見るたびに変わっています。落ち着けば取得します
    .code = TT-5108
    .why = 見るたびに大きさか時刻が変わります。連携先がまだ書いています。
    .do = 続くなら、改名か目印（remote.ready）を連携先と取り決めてください。
collect-not-vouched = 連携先の { $path } に、{ $name } の SHA-256 がありません。もう一度見ます
    .code = TT-5109
    .why = ダイジェストのファイルに、この名前の行がないか、sha256sum の形ではありません。
    .do = sha256sum の形で書いてもらってください。
collect-digest-differs = 連携先の { $path } では SHA-256 は { $stated } ですが、ファイルは { $found } です。取り直します
    .code = TT-5110
    .do = 続くときは、両方を先方に知らせてください。

## 受信フォルダ

collect-inbox-taken = { $path } がまだ受信フォルダにあります
    .code = TT-5111
    .do = 取り込むプログラムが持ち去ると、このファイルを置きます。
collect-name-too-long = 受信フォルダ { $inbox } には { $name } ほど長い名前を置けません。連携に inbox.name（例: "{"{id}"}.csv"）を書き、再起動して release してください
    .code = TT-5112
    .why = ファイル名は 255 バイトまでで、隣にダイジェストの名前も要ります。
collect-made-ready-replaced = { $path } は、そこに準備したファイルではありません。誰かが置き換えました。誰がしたかを調べてから、集信を cancel し（それも消えます）、もう一度送ってもらってください
    .code = TT-5113
    .why = グループの誰かが受信フォルダに書き、用意したファイルが別のものになりました。
    .do = 受信フォルダは取り出すだけの場所であると、グループ totatsu の人に伝えてください。
collect-rows-changed = 変換した行が自機のディスクで変わっています（SHA-256 が { $expected } のはずなのに { $found }）。ディスクを調べてください
    .code = TT-5114
    .why = 書き終えた行が、あとから変わりました。ディスクの故障か、誰かの変更です。
    .do = smartctl とカーネルのログを調べてください。このままでは起動のたびにここで止まります。止めたまま totatsu hold ID、totatsu cancel ID を行ってから起動し、もう一度送ってもらってください。
collect-digest-place = ファイルではないものがあります。引き渡すファイルのダイジェストがその名前を使うので、消してください

## 排他

collect-lock-denied = 開く権限がありません。所有者をゲートウェイのユーザーにするか、そのロックで何も動いていない間に消してから、release してください
collect-lock-odd = ディレクトリ、リンクなど、ファイルではないものがあります。消してから、release してください

## 取り込み

collect-import-gone = { $path } が受信フォルダにないため、取り込みのコマンドを実行していません。{ $rows } から戻して release。手で取り込み済みなら confirm
    .code = TT-5115
    .why = 取り込みのコマンドが動く前に、誰かがファイルを取り出しました。
collect-import-replaced = { $path } は、置いたファイルではないため、取り込みのコマンドを実行していません。誰が置いたかを調べ、{ $rows } で置き直して release。手で取り込み済みなら confirm
    .code = TT-5116
    .why = 渡したファイルではありません。そのまま取り込むと、出どころの分からないデータが入ります。
collect-import-not-started = 取り込みのコマンド { $program } を開始できません（{ $error }）。直したら、実行するには: totatsu retry { $id } --reason 理由
    .code = TT-5117
    .why = プログラムがない、実行できない、またはサービスの制限（sandbox）で動かせません。
    .do = sudo -u totatsu プログラム ファイル で試してください。書き込める場所は、サービスの ReadWritePaths= で決まります。
collect-import-failed = 取り込みのコマンドが終了コード { $status } で終わりました。出力は { $output } にあります。直したら、同じデータでもう一度実行するには: totatsu retry { $id } --reason 理由（手で取り込み済みなら confirm）
    .code = TT-5118
    .why = プログラムが失敗を返しました。ファイルは受信フォルダに残り、後ろのものは待ちます。
    .do = 最後の数行は totatsu show ID に出ます。
collect-import-too-slow = 取り込みのコマンドが { $limit }を超えたため、終わらせました。どこまで進んだかを調べてください。同じデータでもう一度実行するには: totatsu retry { $id } --reason 理由（済んでいれば confirm）
    .code = TT-5119
    .why = import.time_limit を超えたので止めました。途中まで取り込まれているかもしれません。
    .do = いつも長くかかるなら、import.time_limit を延ばしてください。
collect-import-interrupted = 取り込みのコマンドが途中で切れ、済んだかどうかがわかりません。調べてください。同じデータでもう一度実行するには: totatsu retry { $id } --reason 理由（済んでいれば confirm）
    .code = TT-5120
    .why = 実行中にゲートウェイが止まりました（停電など）。二重に取り込まないよう、自動ではやり直しません。
    .do = 二度実行してもよいプログラムなら、import.repeatable = true と書けます。
collect-output-cut = ……これより前の出力は、残せる量を超えました
collect-output-long = 取り込みのコマンドの出力を短くできません

## 受領確認を返す

collect-outbox-taken = { $path } がまだ送信フォルダにあります。引き取られると、このファイルを置きます
    .code = TT-5121
    .why = 同じ名前の一つ前の受領ファイルが、まだ引き取られていません。
    .do = 残っている理由は totatsu outbox で分かります。

## 先方のファイルの後始末

collect-stays = 引き渡しは済みましたが、{ $path } が連携先に残っています: { $error }。または、この連携を remote.afterwards = "leave" にして再起動し、release してください
    .code = TT-5122
    .why = 連携先が、ファイルの削除や移動を許していません。集信そのものは終わっています。
    .do = そのディレクトリで削除してよいか、連携先に頼んでください。
collect-still-there = 連携先は { $aside }（元は { $path }）を消したと答えましたが、まだ見えています
    .code = TT-5123
    .do = もう一度消します。続くときは先方に聞いてください。
collect-displaced = 連携先の { $aside } は、取得したものより新しいファイルですが、{ $path } という名前もほかのファイルが使っているため、戻せません。どちらが正しいかを先方に聞き、もう一方を消すか改名して、release してください
    .code = TT-5124
    .why = 取得したものを片付ける瞬間に、連携先が同じ名前で新しいファイルを置きました。
collect-away-for-now = { $path } がありません。集信 { $earlier } が、前にあったものを消しています
    .code = TT-5125
    .do = 何もしなくてかまいません。もう一度見ます。

## 連携先に尋ねたこと（到達証に載る）

collect-asked-look = { $path } のサイズと時刻
collect-asked-content = { $path } の内容
collect-asked-again = { $path } の内容（二回目）
collect-asked-digest = { $path } にある { $name } のダイジェスト
collect-asked-rename = { $from } から { $to } への改名
collect-asked-remove = { $path } の削除
collect-asked-move = { $path } から { $to } への移動

## その答え

collect-answer-done = 済み
collect-answer-refused = 断られた
collect-answer-gone = すでにない
collect-answer-another = いまは別のファイルなので、残す
collect-answer-digest = { $bytes } バイト、SHA-256 { $sha256 }
collect-answer-sha256 = SHA-256 { $sha256 }
collect-bytes-read = 読んだのは { $bytes } バイト
collect-read-first = 一回目の SHA-256 { $sha256 }
collect-read-again = 二回目の SHA-256 { $sha256 }
collect-size-and-time = { $size }、時刻 { $time }
collect-size-without-time = { $size }、時刻は不明
