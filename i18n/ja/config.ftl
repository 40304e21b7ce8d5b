# 設定の誤り: totatsu.toml、partners/、links/ と、設定が求めるこの計算機の状態。

## 書かれていないもの

config-missing = 書かれていません: { $what }
    .code = TT-4001
    .why = ゲートウェイには推測できない項目です。
    .do = 書き方は見本と設定一覧（docs/ja/configuration.md）にあります。
config-what-name = 到達証に出す名前（例: 市の名前）
config-what-municipality = 全国地方公共団体コード（6 桁）
config-what-partner = partners/ にあるファイルの名前（.toml を除く）
config-what-layout-out = レイアウトの名前（例: "eltax/nenkin-tokucho-irai"）
config-what-layout-in = レイアウトの名前（例: "mpn/keshikomi-joho"）
config-what-source-layout = 元のファイルを読むためのレイアウト
config-what-acknowledgement = 連携先が受領ファイルに付ける名前
config-what-names = 集める名前（例: "KS_{"{"}date{"}"}.DAT"）
config-what-move-to = ファイルを移す、連携先のディレクトリ
config-what-acknowledge-link = 受領ファイルを送る、配信の連携
config-what-businesses = 業務システム（例: ["juki", "kotei"]）
config-what-transport = transport = "sftp"、"ftps"、"medium" のどれか
config-what-medium-path = 媒体をマウントするディレクトリ
config-what-host-partner = 連携先のホスト名かアドレス
config-what-host-jump = 中継ホストのホスト名かアドレス
config-what-account-partner = 連携先でのこちらのアカウント
config-what-account-jump = 中継ホストでのこちらのアカウント
config-what-host-key = サーバのホスト鍵かその指紋（先方から聞いたもの。確かめずに受け入れることはありません）

## ゲートウェイ

config-longer-than-nothing = 0 より長くしてください
    .code = TT-4002
    .why = 時間がないと、休みなく動くか、まったく待たないことになります。
config-backoff = 0 < first <= ceiling <= give_up_after にしてください
    .code = TT-4003
    .why = 待つ時間は first から始まり、倍になって ceiling まで延び、give_up_after で終わります。
config-keep-at-least = archive.retention より長くはできません。それを過ぎたものは削除されます
    .code = TT-4004
    .why = 最低限の期間が、保管する期間より長くなっています。

config-keep-contents = archive.retention より長くはできません。それを過ぎるとフォルダごと削除されます
    .code = TT-4091
config-credential-name = $CREDENTIALS_DIRECTORY/ のあとに書けるのは、credential の名前一つです
    .code = TT-4092
config-municipality-digits = { $code } は 6 桁ではありません（全国地方公共団体コードを検査数字まで書きます）
    .code = TT-4005
    .why = 到達証、名前、レイアウトで使います。
    .do = 総務省の一覧にある、五桁と検査数字です。
config-municipality-check = { $code } の検査数字は { $digit } のはずです。番号を確かめてください
    .code = TT-4006
    .why = 打ち間違いです。六桁目は前の五桁から決まります。
    .do = 総務省の一覧と見比べてください。
config-alert-placeholder = { $place } はここでは置き換わりません。コマンドには環境変数 TOTATSU_ALERT_KIND、TOTATSU_ALERT_SUBJECT、TOTATSU_ALERT_TEXT で渡します
    .code = TT-4007
    .why = 置き換えは取り込みのコマンドだけのものです。
config-not-listed = 一覧を取得できません: { $error }
    .code = TT-4008
    .why = partners/ と links/ は、ユーザー totatsu が読めるディレクトリでなければなりません。
    .do = chgrp totatsu、chmod 0750 です。
config-no-partner = 連携先 { $name } はありません。連携先の名前は、partners/ のファイル名から .toml を除いたものです
    .code = TT-4009
    .why = 名前の打ち間違いか、ファイルがありません。
config-file-fails = { $path }: { $error }
    .code = TT-4010
    .do = ファイルがあり、ユーザー totatsu が読めることを確かめます。

## 連携一覧との対照

config-no-business = 連携一覧に業務システム { $name } はありません。あるのは { $known } です
    .code = TT-4011
    .why = 業務は一覧のキーで書きます。
    .do = totatsu catalogue list で分かります。
config-no-interface = 連携一覧に連携 { $name } はありません。`totatsu catalogue list` で一覧が出ます
    .code = TT-4012
    .why = 名前の打ち間違いか、別の版の一覧のものです。
config-needs-reason = { $name } には理由が要ります
    .code = TT-4013
    .why = 対象外にした理由は、監査で聞かれます。
config-other-way = { $name } は、連携一覧では反対の向きです: { $way }
    .code = TT-4014
    .why = どちらが送るかは一覧で決まっています。
    .do = direction か interface を直してください。

## 配信と集信の連携

config-more-than-nothing = 1 以上にしてください
    .code = TT-4015
    .why = 0 では判断できません。
config-one-or-more = 1 以上にしてください
    .code = TT-4016
    .why = 1 より小さいと、いつものファイルまで保留になります。
config-between-0-and-1 = 0 から 1 の間にしてください
    .code = TT-4017
    .why = 最近のファイルの件数に対する割合です。
config-no-user = この計算機にユーザー { $name } はいません
    .code = TT-4018
    .why = 名前の打ち間違いか、まだ作っていないユーザーです。
    .do = getent passwd 名前 で確かめてください。
config-user-unknown = ユーザー { $name } がいるかどうか、調べられません: { $error }
    .code = TT-4019
    .why = ユーザーのデータベース（LDAP、sssd など）が応答しません。
    .do = 番号で書けば、問い合わせは要りません。
config-roles-of-link-alone = 連携に [roles] を書くには、totatsu.toml にも [roles] が要ります。なければ、ソケットに接続できる人は何でもできます
    .code = TT-4095
config-no-group = この計算機にグループ { $group } がありません。このグループでは誰も権限を持てません（groupadd { $group }）
    .code = TT-4096
config-socket-out-of-reach = { $path } を通れるのはディレクトリのグループだけで、権限を持つほかの人がソケットに届きません。chmod o+x してください（unit では RuntimeDirectoryMode=0755）
    .code = TT-4097
config-lock = { $lock } に使えるのは、文字、数字、- と _ だけです（ファイル名になります）
    .code = TT-4020
    .why = ほかの文字では、ロックファイルのディレクトリの外を指せてしまいます。
config-no-partner-file = partners/{ $partner }.toml がありません
    .code = TT-4021
    .why = 連携が、ない連携先を指しています。
    .do = partner を直すか、partners/名前.toml を書いてください。
config-never-open = 連携と連携先 { $partner } の時間帯が、まったく重なりません
    .code = TT-4022
    .why = 両方が開いている間だけ届けます。
    .do = 連携か連携先の [hours] を直してください。
config-no-layout = { $today } に有効なレイアウト { $layout } がありません。あるのは { $known } です
    .code = TT-4023
    .why = 名前の打ち間違いか、どの版も期間の外です。
    .do = 名前と期間は totatsu layout list で分かります。
config-no-layouts = { $path } の下に、読めるレイアウトがありません
    .code = TT-4024
    .why = paths.layouts が違うか、パッケージのレイアウトが入っていません。
    .do = /usr/share/totatsu/layouts か、自分のフォルダを書いてください。
config-no-links = links/ に連携がありません。配信も集信もしません
    .code = TT-4025
    .why = 起動はしますが、することがありません。
    .do = 連携を書くか、totatsu init で作ってください。
config-unknown-value = レイアウト { $layout } はこの値を使いません。使うのは { $takes } です
    .code = TT-4026
    .why = 名前の打ち間違いか、別のレイアウトの値です。
    .do = 値の名前は totatsu layout show で分かります。
config-sample-layout = レイアウト { $layout } は見本です。連携先の仕様書から作ったものに替えてください
    .code = TT-4027
    .why = 桁数が仮のものです。連携先で拒否されるか、誤って読まれます。
    .do = 書き方は docs/ja/layouts.md にあります。
config-link-gone = 連携 { $link } は設定にありません。links/{ $link }.toml を元に戻し、再起動してから release してください
    .code = TT-4028
    .why = 終わっていないものがあるのに、連携のファイルがなくなりました。
    .do = もう要らないなら totatsu cancel ID です。
config-layout-gone = { $date } に有効なレイアウト { $layout } の版がありません。加えて再起動してから release してください
    .code = TT-4029
    .why = 版が削除されたか、until を過ぎました。
    .do = 名前と期間は totatsu layout list で分かります。

## 配信の連携

config-only-quiet = ready = "quiet" のときだけ書けます
    .code = TT-4030
    .why = "marker" と "rename" では、元のシステムが書き終わりを示します。
    .do = quiet_for を消してください。
config-required-placeholder = { $text } に知らない置き換え記号があります。使えるのは { $known } です
    .code = TT-4031
    .why = ゲートウェイが知っている値だけを書けます。
config-same-outbox = 連携 { $other } と送信フォルダが同じです
    .code = TT-4032
    .why = どちらの連携のファイルか分からなくなります。
    .do = 送信フォルダを分けてください（書かなければ別々になります）。
config-acknowledgement-same = どの配信でも同じ名前で、連携先に残ります。どの配信の受領ファイルか区別できません。{"{"}remote{"}"} か {"{"}stem{"}"} の入った名前、または afterwards = "delete" を取り決めてください
    .code = TT-4033
    .why = きのうの受領確認を、きょうのものと取り違えます。
config-deadline-closed = 連携と連携先の時間帯では、どの日も期限までに送れません
    .code = TT-4034
    .why = 開く前の期限は、毎日過ぎてしまいます。
    .do = deadline か [hours] を直してください。
config-same-names = 連携 { $other } と同じ名前になります。ファイルを区別できません
    .code = TT-4035
    .code = TT-4036
    .why = どちらも日付と番号だけの名前で、ぶつかります。
    .do = {"{"}name{"}"}、{"{"}stem{"}"}、{"{"}id{"}"} を入れるか、ディレクトリを分けてください。

## 集信の連携

config-digest-ending = { $ending } で終わる名前にはできません。ダイジェストのファイルの名前です
    .code = TT-4037
    .why = 渡したファイルの隣に、この終わりの名前でダイジェストを置きます。
config-digest-names = { $ending } で終わる名前は、受信フォルダではダイジェストのものです。連携に inbox.name を書いてください（例: "{"{"}name{"}"}.file"）
    .code = TT-4038
    .why = 渡したファイルの隣に、この終わりの名前でダイジェストを置きます。
config-stable-longer = ready = "stable" のときは 0 より長くしてください
    .code = TT-4039
    .why = 書き終わったかどうかは、待たなければ分かりません。
config-only-move = afterwards = "move" のときだけ書けます
    .code = TT-4040
    .why = "move" でなければ使いません。
config-sequence-needs = remote.name に { $placeholder } が要ります
    .code = TT-4041
    .why = 順番はファイルの名前から読みます。
config-import-afterwards = "delete" か "leave" です
    .code = TT-4042
config-no-outbound = 配信の連携 { $link } はありません
    .code = TT-4043
    .why = 受領を知らせるには、配信の連携が一つ要ります。
    .do = その連携を書いてください（layout は common/as-is）。
config-same-inbox = 連携 { $other } と受信フォルダが同じです。両方に inbox.name を書いてください
    .code = TT-4044
    .why = 二つの連携のファイルが、同じ名前になることがあります。
config-same-files = 連携 { $other } と同じファイルを指しています。どのファイルも両方で集信します
    .code = TT-4045
    .why = 片方が取得したものを、もう片方も取得します。
    .do = どちらかの remote.name を絞ってください。

## 連携先

config-connections = { $connections } ではなく、1 から { $limit } の間にしてください
    .code = TT-4046
    .why = 接続は連携先の負担にもなります。
config-files-per-connection = SFTP のときだけです。ほかの方式では、1 本の接続で同時に送るファイルは 1 つです。消してください
    .code = TT-4120
config-names-for-ftp = FTP のときだけです。ほかの方式では名前は UTF-8 です。消してください
    .code = TT-4047
    .why = SFTP は UTF-8 で、媒体には媒体の決まりがあります。
config-other-table = transport は { $transport } です。この表は消してください
    .code = TT-4048
    .why = 別の届け方の表は、書いてあっても使われません。
config-cleartext = "ftp" はパスワードもファイルも暗号化せずに送ります。"ftps" か "sftp" にしてください。閉じた回線で、先方にほかの方法がないときだけ、allow_cleartext = true と書きます
    .code = TT-4049
    .why = 途中の誰もが、パスワードと記録を読めてしまいます。
config-cleartext-warning = パスワードとファイルを暗号化せずに送ります。途中の誰でも、読むことも書き換えることもできます
    .code = TT-4050
    .why = allow_cleartext で許しています。
    .do = 連携先に FTPS か SFTP を頼んでください。
config-only-ftp = transport = "ftp" のときだけ書けます
    .code = TT-4051
    .why = ほかの届け方では使わない項目です。
    .do = 消してください。
config-ids-or-labels = 正しい媒体は ids か labels のどちらか一方で示します
    .code = TT-4052
    .why = 二つの見分け方が食い違うことがあります。
config-empty-labels = 空です。ラベルを書くか、項目を消してください
    .code = TT-4053
    .why = どの媒体も正しくないことになります。
config-no-host = { $host } はホストではありません: { $why }
    .code = TT-4054
    .why = host には、sftp://、アカウント、ポート、かっこを書きません。
config-host-alone = 前後に何も付けず、名前かアドレスだけを書きます
config-host-account = こちらのアカウントは { $table }.user に書きます
config-host-brackets = IPv6 アドレスは角かっこなしで書き、ポートは { $table }.port に書きます
config-host-port = ポートは { $table }.port に書きます（IPv6 アドレスなら、途中で切れているか書き誤りがあります）
config-host-signs = ホスト名に使えない字があります
config-credential-unchecked = クレデンシャル { $credential } は、systemd のサービスの中でしか確かめられません
    .code = TT-4055
    .why = credential は、systemd がサービスにだけ渡します。
    .do = 足りなければ、起動のときログに出ます。
config-file-or-credential = { $what }_file か { $what }_credential のどちらか一方を書いてください
    .code = TT-4056
    .why = 二つが食い違うことがあります。
config-no-file = { $path } はファイルではありません
    .code = TT-4057
    .why = パスの打ち間違いか、まだ作っていません。相対パスは設定のディレクトリから数えます。
config-open-to-others = { $path } をほかの人も読めます（モード { $mode }）。chmod 600 してください
    .code = TT-4058
    .why = 鍵を読めた人は、ゲートウェイになりすませます。
config-no-proof-ftps = password_file、password_credential、client_certificate_file のどれもありません
    .code = TT-4059
    .why = 誰が接続するのか、連携先に示せません。
config-no-tls = transport = "ftp" には TLS がないので書けません
    .code = TT-4060
    .why = TLS がないので使いません。
    .do = 消すか、"ftps" にしてください。
config-empty-pins = 空です。証明書を書くか、項目を消してください
    .code = TT-4061
    .why = どの証明書も認めないことになります。
config-certificate-and-key = client_certificate_file と client_key_file は両方とも書きます
    .code = TT-4062
    .why = 片方だけでは使えません。
config-host-key-form = ホスト鍵、または {"{"} key = "...", from = "2026-12-01", until = "2027-01-31" {"}"}
config-key-ends-first = { $until } までの鍵を { $from } から始めることはできません
    .code = TT-4063
    .why = 日付が逆か、打ち間違いです。
config-last-key = { $day } からの鍵が取り決められていません。その日から、この連携先には何も届きません。次の鍵を先方に聞いてください
    .code = TT-4064
    .why = 取り決めた鍵が、その日までにすべて期限を迎えます。
    .do = 次の鍵を from 付きで書くか、until を消してください。
config-no-proof-ssh = private_key_file、private_key_credential、agent_key、password_file、password_credential のどれもありません
    .code = TT-4065
    .why = 誰が接続するのか、連携先に示せません。
    .do = 普通は private_key_file = "keys/名前" と書き、.pub を登録してもらいます。
config-only-with-key = private_key_file か private_key_credential と一緒のときだけ書けます
    .code = TT-4066
    .why = パスフレーズは鍵を開けるものです。
config-only-with-its-key = 対になる鍵（private_key_file、private_key_credential、agent_key）と一緒のときだけ書けます
    .code = TT-4067
    .why = 証明書は、一つの鍵のものです。
config-only-with-agent-key = agent_key（使う鍵）と一緒のときだけ書けます
    .code = TT-4068
    .why = ssh-agent には、ほかの鍵も入っていることがあります。
config-agent-or-key = agent_key か秘密鍵のどちらか一方を書いてください
    .code = TT-4069
    .why = どの鍵で接続するかを一つに決めます。
config-no-agent-socket = agent_socket がなく、{ $variable } もここでは設定されていません。サービスに設定してください
    .code = TT-4070
    .why = シェルの環境変数は、サービスには渡りません。
    .do = サービスに Environment=SSH_AUTH_SOCK=… を書くか、agent_socket を書いてください。

## この計算機

config-no-agent = { $path } で ssh-agent が応答しません: { $error }
    .code = TT-4071
    .why = ssh-agent が動いていないか、ユーザー totatsu がソケットを使えません。
config-certificate-expired = { $path } は { $end } に期限が切れました。こちらの公開鍵に、もう一度署名してもらってください
    .code = TT-4072
    .why = 期限を過ぎた証明書は、連携先に拒否されます。
config-certificate-expires = { $path } は { $end } に期限が切れます。こちらの公開鍵に、もう一度署名してもらってください
    .code = TT-4073
    .why = 期限を過ぎると、連携先に拒否されます。
config-cannot-be-made = { $path } がなく、{ $above } の中に作ることもできません
    .code = TT-4074
    .why = 上のディレクトリがないか、ユーザー totatsu が書けません。
    .do = 作ってください: install -d -o totatsu -g totatsu ディレクトリ
config-no-directory = { $path } はディレクトリではありません
    .code = TT-4075
    .why = 同じ名前のファイルがあるか、パスの打ち間違いです。
config-not-writable = { $path } に、このユーザーでは書き込めません
    .code = TT-4076
    .why = check はユーザー totatsu で実行してください（root はどこにでも書けます）。
    .do = chown totatsu ディレクトリ、サービスでは ReadWritePaths= です。
config-in-memory = { $path } は { $system }（メモリ上）にあります。電源が切れると何も残りません
    .code = TT-4077
    .why = 引き取ったものが、停電で失われます。
    .do = ext4 や XFS のディスクにしてください。
config-unfit-disk = { $path } は { $system } にあります。同期と改名が確実ではありません。ext4 や XFS のローカルディスクを使ってください
    .code = TT-4078
    .why = 到達の保障は、このディレクトリの fsync と rename に頼っています。
config-disk-unknown = { $path } のファイルシステムを調べられません: { $error }
    .code = TT-4079
    .why = システムが種類を答えませんでした。
config-socket-too-long = { $length } バイトです。ソケットのパスは { $limit } バイトまでです
    .code = TT-4080
    .why = カーネルの制限です。
    .do = /run/totatsu/control.sock のように短くしてください。

## 見本のままのもの

config-example-name = 見本のままです。到達証とファイルにこれが出てしまいます。自分のものを書いてください
    .code = TT-4081
    .why = 見本のままの行です。
config-example-host = { $host } は見本の名前です。この名前のホストは存在しません
    .code = TT-4082
    .why = 見本のままの行です。
config-example-key = 見本の鍵のままで、誰とも一致しません。totatsu partner trust で本物に替えてください
    .code = TT-4083
    .why = 見本のままの行です。
config-open-but-filled = { $key } は記入済みですが、未定の項目（open）に残っています。先方と確かめてあれば、open から消してください
    .code = TT-4084
    .why = open には、人が決めることを並べてあります。
