# コマンドへのデーモンの答え: できないことと、したこと。

control-delivery = 配信
control-collection = 集信

## 誰のこと、何のこと

control-unknown-id = 配信にも集信にも { $id } はありません。`totatsu list` で新しいものから並びます
    .code = TT-6001
    .why = 番号の打ち間違いか、台帳より古いか、別のゲートウェイ（--config）のものです。
    .do = ファイル名からは totatsu list --name 'ファイル*' で探せます。
control-too-short = { $id } では短すぎます。ID か、その一部を { $length } 文字以上書いてください
    .code = TT-6002
    .why = 短い一部では、別のものを指しやすいためです。
control-ambiguous = { $id } を含む ID がいくつもあります（{ $one } や { $other } など）。もっと長く書いてください
    .code = TT-6003
    .why = どれか分からないので、何もしていません。
control-several-of-name = { $name } という名前のものがいくつもあります。番号で指定してください: { $ids }
    .code = TT-6064
    .why = 同じ名前のファイルが何度も来ています。終わっていないものが一つだけなら、名前でそれを指せます。
    .do = 名前の代わりに、並んだ番号のどれかを打ってください。経過は totatsu show 番号 で見られます。
control-one-of-name = { $id }（連携 { $link }、{ $state }）
control-second-awaited = { $id } の { $act } を申請しました。{ $until } までに別の人が同じコマンドを実行すると、有効になります
control-second-same = { $by } がすでに申請しています。{ $id } には、{ $until } までに別の人が同じコマンドを実行する必要があります
    .code = TT-6060
    .why = この操作は二人で行うことになっています（roles.four_eyes）。同じユーザーと、そのユーザーが sudo で root になったものは、一人と数えます。
    .do = 役割を持つ別の人が、同じコマンドを実行します。取り下げるには totatsu cancel ID --request --reason 理由。
control-second-other = { $id } には、{ $by } の別の申請が出ています（有効期限 { $until }、理由: { $reason }）。まったく同じコマンドを実行するか、先に申請を取り下げてください（totatsu cancel { $id } --request --reason 理由）
    .code = TT-6061
control-second-none = { $id } に、二人目を待つ申請はありません
    .code = TT-6062
control-second-withdrawn = { $id } の申請を取り下げました
control-by-two = { $second }（{ $first } の申請）
control-busy = { $id } は処理中です。少し待って、もう一度してください
    .code = TT-6004
    .why = いま操作すると、進行中の段階の記録と食い違います。何もしていません。
    .do = 続くなら、どの段階かは totatsu show ID で分かります。totatsu hold --link 連携名 は段階の途中でも受け付けられ、その段階の後から効きます。
control-not-looked = 連携 { $link }: { $why }
control-no-ledger = { $path } に台帳がありません。この設定でデーモンを動かしたことがありません
    .code = TT-6005
    .why = コマンドは台帳を作りません（実行した人のものになってしまうため）。
    .do = ゲートウェイを起動するか、--config で正しいディレクトリを指定してください。
control-not-allowed = このユーザーは { $path } のデーモンに尋ねられません。ソケットのグループに入っている（入った後にログインし直す）か、デーモンのユーザー（例: sudo -u totatsu）でなければなりません
    .code = TT-6006
    .why = 配信を操作できるのは、ソケットを使える人だけです。
    .do = usermod -aG totatsu 名前 のあと、ログインし直してください。
control-no-answer = { $path } のデーモンが応答しません: { $error }
    .code = TT-6007
    .why = 応答の途中でデーモンが止まったか、忙しすぎます。操作が行われたかは分かりません。
    .do = やり直す前に totatsu show ID で確かめてください。
control-too-many = デーモンが応答できるコマンドの数を超えています。少し待って、もう一度してください
    .code = TT-6008
    .why = 接続の数には、ユーザーごとと全体の上限があります。
control-question-too-long = 問い合わせが { $limit } バイトを超えています
    .code = TT-6009
    .why = 問い合わせには、必要なものがすべて付きます。前回の監査の印には、その時点で終わっていなかった配信がすべて入っています。
    .do = その印から続ける監査は、台帳を自分で読める root か、ゲートウェイのユーザーで行ってください。
control-not-understood = デーモンが問い合わせを読めません: 「{ $error }」
    .code = TT-6010
    .why = 多くは、コマンドとデーモンの版が違います。
    .do = 更新した後に、デーモンを再起動します。

## 権限

control-no-role = この操作には役割 { $roles } が要ります。グループ { $groups } のメンバーが持っています。管理者に頼んでください
    .code = TT-6050
    .why = totatsu.toml の [roles] が役割ごとにグループを決めていて、このユーザーは、足りない役割を持つどのグループにも入っていません。
    .do = 管理者がユーザーをグループに入れます（usermod -aG グループ ユーザー）。次のコマンドから効きます。または、その役割を持つ人がコマンドを実行します。
control-no-role-nobody = この操作には役割 { $roles } が要りますが、どのグループも持っていません。root とゲートウェイのユーザーだけができます
    .code = TT-6051
    .do = totatsu.toml の [roles] で役割ごとにグループを決め、totatsu reload で反映します。
control-no-role-link = 連携 { $link } では、この操作に役割 { $roles } が要ります。グループ { $groups } のメンバーが持っています。管理者に頼んでください
    .code = TT-6052
    .why = 連携のファイルの [roles] に固有のグループがあるか、ゲートウェイ全体の [roles] が効いていて、このユーザーは、足りない役割を持つどのグループにも入っていません。
    .do = TT-6050 と同じです。
control-no-role-link-nobody = 連携 { $link } では、この操作に役割 { $roles } が要りますが、どのグループも持っていません。root とゲートウェイのユーザーだけができます
    .code = TT-6053
    .do = 連携のファイルの [roles] でグループを決め、totatsu reload で反映します。
control-nobody-answers = { $path } で応じるゲートウェイがありません（{ $error }）。このユーザーには、ほかの場所が書いてある設定も読めません
    .code = TT-6054
    .do = 動いているかは systemctl status totatsu で分かります。別のソケットは --socket で指定します。
control-unwritable = { $name } を書けません: { $error }
    .code = TT-6055
control-errand-without-gateway = 代わりにファイルを読むゲートウェイが動いていません。起動するか、root またはゲートウェイのユーザーとして実行してください
    .code = TT-6056
control-errand-takes-long = 時間がかかりすぎています。しばらくしてからやり直してください
    .code = TT-6057
control-errand-fails = ゲートウェイが代わりに実行できません: { $error }
    .code = TT-6058
control-errand-broke-off = ゲートウェイが代わりに実行したコマンドが途中で終わりました。ログを見るか、ゲートウェイのユーザーとして実行してください
    .code = TT-6059
control-no-role-at-all = これは root とゲートウェイのユーザーだけができます。どの役割でもできません
    .code = TT-6063
    .why = 設定の変更に伴うもので、設定を書けるのはこの二者だけです。
control-logged-refused = 断りました: { $why }

## 人が書く文

control-say-why = 理由を書いてください。監査で尋ねられます
    .code = TT-6011
    .why = 理由は台帳と到達証に残ります。
    .do = --reason "…" を付けてください。
control-say-who = 誰かを書いてください。監査で尋ねられます
    .code = TT-6012
control-text-too-long = { $what }が { $length } 文字あります（上限は { $limit } 文字）。短くしてください
    .code = TT-6013
control-text-control = { $what }に制御文字があります。除いてください
    .code = TT-6014
control-text-reason = 理由
control-text-name = 名前
control-text-a-link = 連携
control-text-state = 状態
control-text-link = 連携
control-text-partner = 連携先
control-text-id = ID
control-text-directory = ディレクトリ

## 人の操作

control-entered-by = { $says }（入力: { $asker }）
control-until-passed = { $until } は過ぎています。いつまで保留するかを書いてください
    .code = TT-6015
    .why = --until は、ゲートウェイが自動で再開する時刻です。
control-delivery-until = 配信の保留は、誰かが release するまで続きます。--until は連携先か連携のためのものです
    .code = TT-6016
    .why = 時刻で再開できるのは、連携先と連携だけです。
    .do = 連携を保留にするか、手で release してください。
control-sent-again-as = 同じバイト列を { $id } として送り直します: { $reason }
control-no-longer-kept = 配信 { $id } が送ったバイト列は、もう保管していません
    .code = TT-6017
    .why = archive.retention の期間が過ぎ、保管分は削除されました。
    .do = 元ファイルを置き直してもらってください。

control-contents-removed = 配信 { $id } の送信内容は { $day } に、規則または申し出により保管から削除されています。再配信はできません。ファイルを作り直して、送信フォルダに置いてください
    .code = TT-6081
control-clear-unfinished = { $id } は「{ $state }」です。内容を削除できるのは終わったものだけです。終わらせるには、先に totatsu cancel で取り消してください
    .code = TT-6082
control-clear-no-folder = { $id } のフォルダはもう保管していません。削除するものはありません
    .code = TT-6083
control-clear-already = { $id } の内容は { $day } に削除済みです
    .code = TT-6084
control-cleared = { $id } の内容を削除しました: { $files }。到達証、署名、台帳の行は残り、今後も検証できます
control-goes-no-further = { $kind } { $id } は「{ $state }」で、先へ進みません。理由は totatsu report { $id } で出ます。直したファイルは新しく引き取ります
    .code = TT-6018
    .why = レイアウトに合わないファイルは送りません。
    .do = 直したファイルを置いてもらってください。新しい配信になります。
control-nothing-holds = { $kind } { $id } は「{ $state }」です。止めているものはありません
    .code = TT-6019
    .why = 自動で進んでいるか、もう終わっています。
    .do = totatsu show ID で確かめてください。
control-given-up = { $kind } { $id } は、もう取り消されています。止めているものを直してから release してください
    .code = TT-6020
    .why = 取り消し済みで、片付け（送信フォルダ、保管）だけが残っています。
    .do = 何が失敗しているかは totatsu show ID で分かります。
control-cancel-instead = { $kind } { $id } のバイト列は { $again } として送り直しています。release せずに cancel してください
    .code = TT-6021
    .why = 再開すると、同じバイト列が二重に届きます。
    .do = totatsu cancel ID --reason 理由 です。
control-nothing-to-hold = { $kind } { $id } は「{ $state }」です。もう保留するものがありません
    .code = TT-6022
    .why = もう終わっています。
control-confirm-collection = { $kind } { $id } は「{ $state }」です。集信で確認できるのは、保留、再試行待ち、順番待ちの取り込みだけです
    .code = TT-6023
    .why = 集信で確認できるのは、手で取り込んだことだけです。
control-confirm-unconverted = { $kind } { $id } は「{ $state }」です。まだ変換していないので、届いた可能性のあるバイト列がありません
    .code = TT-6024
    .why = 到達証には届いたバイト列が要りますが、まだありません。
    .do = release するか、置き直してもらってください。
control-confirm-going = { $kind } { $id } は「{ $state }」です。確認できるのは、保留、再試行待ち、順番待ちのものだけです。先に hold してください
    .code = TT-6025
    .why = 進行中のものは、自分で届くかもしれません。
    .do = totatsu hold ID --reason 理由 のあと confirm です。
control-not-configured = { $subject } は設定にありません
    .code = TT-6026
    .why = 名前の打ち間違いか、動いているゲートウェイの設定にありません。
    .do = 名前は totatsu status で分かります。新しいファイルは totatsu reload で読み込みます。
control-held-already = { $subject } は、もう保留中です。時刻を変えるには、totatsu release { $option } --reason 理由 で解いてから、もう一度 hold してください
    .code = TT-6027
control-not-held = { $subject } は保留していません
    .code = TT-6028
    .why = もう再開されたか、--until の時刻が過ぎました。
    .do = totatsu status で確かめてください。
control-logged-held = { $subject } を人が保留しました
control-logged-released = { $subject } の保留を人が解きました
control-held = { $subject } を保留しました。解くまで止まっています。続けるには: totatsu release { $option } --reason 理由
control-held-until = { $subject } を { $until } まで保留しました。その時刻に自動で続けます
control-released = { $subject } の保留を解きました
control-tried-now = { $subject } に接続できていません。今すぐ接続を試します
control-medium-looked-for = ゲートウェイが、いま連携先 { $partner } の媒体を見に行きます

## 連携先を見る

control-nobody-looks = ゲートウェイが動いていないので、見に行けません。totatsu run で起動してください
    .code = TT-6029
control-no-inbound = ゲートウェイが起動時に読んだ設定に、集信の連携 { $link } がありません
    .code = TT-6030
    .why = 名前の打ち間違いか、配信の連携か、起動のあとで作ったファイルです。
    .do = 集信の連携は totatsu status に並びます。新しいファイルは totatsu reload で読み込みます。
control-stopping = ゲートウェイが停止するところです。動いてから、もう一度してください
    .code = TT-6031
    .why = ゲートウェイが終了しようとしているか、新しい設定で始め直しています。
    .do = 一分ほどして、もう一度実行してください。動き出したかは totatsu status で分かります。
control-look-takes-long = 時間がかかっています。結果は totatsu status で見てください
    .code = TT-6032
    .why = 連携先との接続がすべて使用中か、ディレクトリが大きいためです。確認は続いています。

## 再配信

control-came-in = { $id } は集信で、送ったものはありません。バイト列と行は保管しています: totatsu show { $id }
    .code = TT-6033
    .why = 集信したものは再配信できません。resend は送ったものに使います。
    .do = もう一度引き渡すには、totatsu show ID に出るフォルダから取り出してください。集信し直すには、連携先にもう一度置いてもらいます。
control-was-rejected = 配信 { $id } はレイアウトに合わず、何も送っていません。元のファイルを直して、もう一度置いてください
    .code = TT-6034
    .why = レイアウトに合わず、何も送っていないためです。
    .do = 理由は totatsu report ID にあります。直したファイルを、送信フォルダに置き直してください。
control-was-cancelled = 配信 { $id } は変換の前に取り消されています。元のファイルを、もう一度置いてください
    .code = TT-6035
    .why = 変換の前に取りやめたので、送るバイト列がありません。
control-was-superseded = 配信 { $id } は変換の前に、新しい全件に代わっています
    .code = TT-6036
    .why = 変換の前に、新しい全件に代わりました。
    .do = 連携先には新しいものを送っています。
control-never-converted = 配信 { $id } は変換していません。止めているものを直してから release してください
    .code = TT-6037
    .why = まだ送るバイト列がありません。
control-under-way = 配信 { $id } は処理中です（{ $state }）。送り直すものは、まだありません
    .code = TT-6038
    .why = 送っている間にもう一度送ると、二重に届きます。
    .do = 差し替えるなら、先に totatsu hold ID です。
control-had-its-turn = 配信 { $id } の順番は済み、連携 { $link } は順に送ります（order = "strict"）。先方がこのファイルを失ったなど、古いものを今受け取っても差し支えないと先方に確かめたときは: totatsu resend { $id } --even-if-older --reason "理由"
    .code = TT-6039
    .why = 連携先は順に反映します。古いものを後から送ると、新しい内容を戻してしまうことがあります。
control-newer-sent = { $id } より後の { $newer } を、すでに送りました。新しいものの後に古いものを受け取っても差し支えないと先方に確かめたときは: totatsu resend { $id } --even-if-older --reason "理由"
    .code = TT-6040
    .why = 連携先は順に反映します。古いものを後から送ると、新しい内容を戻してしまうことがあります。
control-newer-delivered = { $id } より新しい { $newer } が届いたか、送信中です。連携 { $link } は最新だけを送ります（order = "latest"）。それでも古いものが要ると先方に確かめたときは: totatsu resend { $id } --even-if-older --reason "理由"
    .code = TT-6041
    .why = 全件は前のものを置き換えます。古いものが新しいものを置き換えてしまいます。

## 一覧の絞り込み

control-no-such-link = 連携 { $link } は、設定にも台帳にもありません
    .code = TT-6070
    .why = 名前の打ち間違いです。連携の名前は、links/ のファイル名から .toml を除いたものです。
    .do = 一覧は totatsu status で分かります。
control-no-such-link-near = 連携 { $link } は、設定にも台帳にもありません。近い名前: { $near }
    .code = TT-6071
    .why = 名前の打ち間違いです。連携の名前は、links/ のファイル名から .toml を除いたものです。
    .do = 一覧は totatsu status で分かります。
control-no-such-partner = 連携先 { $partner } は、設定にも台帳にもありません
    .code = TT-6072
    .why = 名前の打ち間違いです。連携先の名前は、partners/ のファイル名から .toml を除いたものです。
    .do = 一覧は totatsu status で分かります。
control-no-such-partner-near = 連携先 { $partner } は、設定にも台帳にもありません。近い名前: { $near }
    .code = TT-6073
    .why = 名前の打ち間違いです。連携先の名前は、partners/ のファイル名から .toml を除いたものです。
    .do = 一覧は totatsu status で分かります。
control-late-unknown = 期限の遅れを調べられません。設定に誤りがあるか、このユーザーには設定が読めません
    .code = TT-6074
    .do = 誤りは totatsu check で分かります。期限は links/ のファイルにあります。

## 戻ってきた媒体

control-import-needs-daemon = デーモンが動いていません。起動してから import してください
    .code = TT-6042
    .why = 受領ファイルの照合は、ゲートウェイが行います。
    .do = systemctl start totatsu のあと、totatsu medium import を実行してください。
control-does-not-count = 受領ファイルとみなしません: { $what }
control-fits-several = { $count } 件の配信に当てはまるので、どの配信の受領ファイルともみなしません。一件ずつ confirm してください
control-acknowledged-earlier = 同じファイルが、もう { $earlier } の受領確認になっています。手で confirm してください
control-acknowledged = 受領確認済み
control-partner-refuses = 連携先が受け付けないと言っています。配信を保留しました
control-asked-medium = 媒体で戻った受領ファイル { $path }
control-answered-imported = 取り込み: { $asker }

## 変えた設定

control-reload-not-running = ゲートウェイが動いていません。設定は起動時に読みます
    .code = TT-6043
    .why = 読み込むゲートウェイがいません。
    .do = systemctl start totatsu で起動してください。
control-reload-fixed = このゲートウェイの設定は、ほかから変えられません
    .code = TT-6044
control-reload-refused = 変えた設定に誤りがあり、全体を断りました
    .code = TT-6045
    .do = totatsu check で誤りがすべて出ます。動いている設定は変わっていません。
control-reload-no-room = { $path } のディスクの空きが { $wanted } に足りず、始め直せません。空きを作ってから reload を実行してください
    .code = TT-6046
    .why = 起動の記録を書く空きがありません。動いている設定は変わっていません。
    .do = df -h で何が占めているか分かります。
control-reload-taken = 進行中の段階が終わると、変えた設定に切り替わります
