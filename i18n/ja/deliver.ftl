# 配信の途中: 引き取り、送信、照合、名前付け、先方の受領確認。

## 送信フォルダに残る理由

deliver-name-not-utf-8 = 名前が UTF-8 ではありません。改名してください
    .code = TT-5001
    .why = 名前は到達証と台帳に UTF-8 で残ります。別の文字コードのシステムが付けた名前です。
    .do = 元のシステムの設定を直すか、convmv などで改名してください。
deliver-symbolic-link = シンボリックリンクです。ファイルそのものを置いてください
    .code = TT-5002
    .why = リンクをたどると、ゲートウェイが読めるどのファイルでも送れてしまうため、たどりません。
    .do = ファイルそのものを置いてください（totatsu send でも置けます）。
deliver-directory = ディレクトリです。送るのは送信フォルダの直下のファイルだけです
    .code = TT-5003
    .why = 送るのは、送信フォルダの直下にあるファイルだけです。
    .do = 中のファイルを直下に移し、ディレクトリを削除してください。
deliver-no-regular-file = 通常のファイルではありません
    .code = TT-5004
    .do = パイプ、ソケット、装置などです。消してください。
deliver-second-name = ゲートウェイのユーザーが所有するファイルへのハードリンクです。コピーを置いてください
    .code = TT-5005
    .why = ゲートウェイのファイルへのハードリンクを送ると、内部のファイルが外に出てしまいます。
    .do = 写しを置いてください（totatsu send でも置けます）。
deliver-control-character = 名前に制御文字があります。改名してください
    .code = TT-5006
    .why = そのような名前は、ログの行を偽ったり端末を操作したりできます。
deliver-empty = 0 バイトです。送るものがありません
    .code = TT-5007
    .why = 失敗したプログラムは空のファイルを残すことがあります。0 件のファイルとは区別します。
    .do = 元のシステムが失敗していないか確かめてください。0 件なら、見出しだけの行を書きます（may_be_empty のレイアウト）。
deliver-still-changing = 引き取る間にファイルが変わりました。落ち着いてから引き取ります
    .code = TT-5008
    .why = 引き取る間に、大きさ、時刻、またはファイルそのものが変わりました。元のシステムが書いています。
    .do = 自動で取り直します。続くなら、連携を ready = "rename" か "marker" にしてください。
deliver-no-free-id = 空いている配信 ID がありません。時計が止まっていませんか
    .code = TT-5009
    .why = 番号は秒と 6 文字の乱数です。16 回続けて重なるのは、時計か乱数が止まっているときです。
    .do = 時計を直し、ゲートウェイを再起動してください。
deliver-folder-stays = どの配信のものでもないフォルダが残っています

## 送信

deliver-name-taken-before = 連携先に { $path } がすでにあり、連携の設定は same_name = "hold" です。先方でまだ要るかを聞き、消すか改名してもらってから、配信を release してください。繰り返さないためには、連携の設定で remote.name に {"{date}"} を入れるか、remote.same_name を "version" か "replace" にしてください
    .code = TT-5010
    .why = 前に送った同じ名前のファイルが残っています。連携先がまだ取り込んでいないか、取り込んでも消さない決まりです。
    .do = 先に連携先に確かめてください。release すると、同じ名前で送ります。
deliver-sent-bytes-changed = 送るバイト列が自機のディスクで変わっています（SHA-256 が { $expected } のはずなのに { $found }）。ディスクを調べてください
    .code = TT-5011
    .why = 確かめたはずのデータをディスクが失ったか、誰かが spool に書き込んでいます。ゲートウェイは止まり、起動のたびにまた止まります。
    .do = smartctl とカーネルのログを調べてください。止めたまま totatsu hold ID、totatsu cancel ID を行ってから起動し、ファイルをもう一度置いてください。

## 照合

deliver-vanished = 連携先の { $path } が、最終の名前を付ける前になくなりました。送り直します
    .code = TT-5012
    .do = 続くときは、.totatsu-*.part に触らないように先方と取り決めてください。
deliver-differs = { $path } に { $sent } を送りましたが、連携先にあるのは { $held } です。送り直します
    .code = TT-5013
    .why = 先方はすべての書き込みに応答しています。先方の保存先がデータを失うか、何かが書き換えています。
    .do = 両方のダイジェストを先方に知らせてください。

## 名前付け

deliver-name-taken = 連携先に { $path } がすでにあり、連携の設定は same_name = "hold" です。誰のファイルかを調べ、消すか改名してもらってから、配信を release してください
    .code = TT-5014
    .why = こちらが送ったものではないファイルが、その名前であります。連携が "replace" でない限り置き換えません。
    .do = 先に連携先に確かめてください。release すると、同じ名前で送ります。
deliver-numbers-used-up = 連携先には { $path } も、{ $count } までの番号の付いた名前もすべてあります（連携の指定は same_name = "version" です）。取り込まれない理由を先方に確かめ、消してもらってから release してください
    .code = TT-5022
    .why = どの名前も、先方がまだ取り込んでいない前のファイルです。
deliver-unknown = 結果がわかりません。連携先で照合した { $temporary } がなくなり、{ $path } もありません。先方がファイルを取ったかを聞いてください。取っていれば confirm、取っていなければ resend
    .code = TT-5015
    .why = 名前を付けている間に接続が切れ、どちらの名前もありません。連携先がすぐ持ち去ったか、削除されたかです。
    .do = 届いていれば totatsu confirm ID --by 名前 --how phone --reason 理由、届いていなければ totatsu resend ID です。
deliver-may-be-taken = 結果がわかりません。{ $path } への改名を頼みましたが、応答がありません。そこにはありませんが、先方がすでに取ったかもしれません。先方に聞いてください。持っていれば confirm、持っていなければ release
    .code = TT-5016
    .why = 名前を頼んだあとで接続が切れました。すぐに持ち去る連携先では、確かめるものが残りません。
    .do = 持ち去る連携先なら、連携先のファイルに profile.takes_away = true と書いてください。
deliver-other-content = 結果がわかりません。連携先で照合した { $temporary } がなくなり、{ $path } には { $held } があります。先方がファイルを取ったかを聞いてください。取っていれば confirm、取っていなければ resend
    .code = TT-5017
    .why = 一時的な名前は消えましたが、正式な名前にあるものは別の内容です。別のファイルか、届いたあとで置き換えられたものです。

## 先方の受領確認

deliver-refused = 連携先が受け付けません。{ $path } に { $text } とあります。先方に事情を聞き、resend か confirm
    .code = TT-5018
    .why = 受領ファイルに、連携の acknowledgement.refuses の語がありました。
    .do = 自動では送り直しません。連携先と確かめたあと、resend か confirm です。
deliver-overdue = 受領ファイル { $path } が { $until } までに来ません。先方がファイルを持っているかを聞き、confirm か resend、もう一度待つなら release
    .code = TT-5019
    .why = 受領確認を返す取り決めで、acknowledgement.within の時間が過ぎました。ファイルは正式な名前で置いてあります。
    .do = release すると、もう一度同じ時間だけ待ちます。
deliver-overdue-lacking = 受領ファイル { $path } が { $until } までに来ません（{ $lacking }）。先方がファイルを持っているかを聞き、confirm か resend、もう一度待つなら release
    .code = TT-5020
    .why = その名前のファイルはありますが、acknowledgement.requires の語がありません。別の配信への受領確認かもしれません。
    .do = release すると、もう一度同じ時間だけ待ちます。
deliver-lacking = ファイルはありますが、{ $required } = { $word } が書かれていません
deliver-stale = 1 バイトも送らないうちから { $path } があります。別のものの受領ファイルです。消してもらってから、配信を release してください
    .code = TT-5021
    .why = 前の配信の受領ファイルが残っていると、今回のものと取り違えます。
    .do = 名前が配信ごとに変わる取り決め（{"{"}remote{"}"}）か、afterwards = "delete" で避けられます。

## 連携先に尋ねたこと（到達証に載る）

deliver-asked-size = { $path } のサイズ
deliver-asked-content = { $path } の内容
deliver-asked-exists = { $path } はあるか
deliver-asked-write = { $path } への書き込み
deliver-asked-sync = ディスクへの同期（fsync）
deliver-asked-close = クローズ
deliver-asked-remove = { $path } の削除
deliver-asked-rename = { $from } から { $to } への改名
deliver-asked-acknowledgement = 受領ファイル { $path }
deliver-asked-word = { $required } が書かれているか

## その答え

deliver-answer-done = 済み
deliver-answer-no = ない
deliver-answer-yes = ある（{ $what }）
deliver-answer-yes-replaced = ある（{ $size }）。置き換える
deliver-answer-no-such-file = そのファイルはない
deliver-answer-untold = 連携先は答えない
deliver-answer-unread = 連携先は読ませない
deliver-answer-none = 応答がない: { $error }
deliver-answer-bytes = { $bytes } バイト
deliver-answer-acknowledged = { $bytes } バイトの応答を受けた
deliver-answer-not-offered = 連携先にその機能がない
deliver-answer-left = { $bytes } バイト。前の試行が残した、こちらの先頭部分
deliver-answer-removed-left = 済み（前の試行が残していたもの）
deliver-answer-removed-second = 済み（前の改名は、二つ目の名前を作るところまでだった）
deliver-answer-digest = { $bytes } バイト、SHA-256 { $sha256 }
deliver-answer-digest-partner = { $bytes } バイト、SHA-256 { $sha256 }（連携先が計算）
deliver-answer-digest-past-cache = { $bytes } バイト、SHA-256 { $sha256 }（キャッシュを通さず媒体から読んだ。O_DIRECT）
deliver-answer-digest-dropped = { $bytes } バイト、SHA-256 { $sha256 }（キャッシュを捨ててから媒体から読んだ。POSIX_FADV_DONTNEED）
deliver-answer-linked-left = 済み（二つ目の名前による。連携先は元の名前を消させない）
deliver-answer-linked = 済み（二つ目の名前を作り、元の名前を消した）
deliver-answer-renamed = 済み（空いていた名前へ）
deliver-answer-replaced = 済み（その名前にあったものを一瞬で置き換えた）
