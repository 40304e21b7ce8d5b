# 設定の誤り: totatsu.toml、partners/、links/ と、設定が求めるこの計算機の状態。

## 書かれていないもの

config-missing = 書かれていません: { $what }
    .code = TT-4001
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
config-backoff = 0 < first <= ceiling <= give_up_after にしてください
    .code = TT-4003
config-keep-at-least = archive.retention より長くはできません。それを過ぎたものは削除されます
    .code = TT-4004
config-municipality-digits = { $code } は 6 桁ではありません（全国地方公共団体コードを検査数字まで書きます）
    .code = TT-4005
config-municipality-check = { $code } の検査数字は { $digit } のはずです。番号を確かめてください
    .code = TT-4006
config-alert-placeholder = { $place } はここでは置き換わりません。コマンドには環境変数 TOTATSU_ALERT_KIND、TOTATSU_ALERT_SUBJECT、TOTATSU_ALERT_TEXT で渡します
    .code = TT-4007
config-not-listed = 一覧を取得できません: { $error }
    .code = TT-4008
config-no-partner = 連携先 { $name } はありません。連携先の名前は、partners/ のファイル名から .toml を除いたものです
    .code = TT-4009
config-file-fails = { $path }: { $error }
    .code = TT-4010
    .do = ファイルがあり、ユーザー totatsu が読めることを確かめます。

## 連携一覧との対照

config-no-business = 連携一覧に業務システム { $name } はありません。あるのは { $known } です
    .code = TT-4011
config-no-interface = 連携一覧に連携 { $name } はありません。`totatsu catalogue list` で一覧が出ます
    .code = TT-4012
config-needs-reason = { $name } には理由が要ります
    .code = TT-4013
config-other-way = { $name } は、連携一覧では反対の向きです: { $way }
    .code = TT-4014

## 配信と集信の連携

config-more-than-nothing = 1 以上にしてください
    .code = TT-4015
config-one-or-more = 1 以上にしてください
    .code = TT-4016
config-between-0-and-1 = 0 から 1 の間にしてください
    .code = TT-4017
config-no-user = この計算機にユーザー { $name } はいません
    .code = TT-4018
config-user-unknown = ユーザー { $name } がいるかどうか、調べられません: { $error }
    .code = TT-4019
config-roles-of-link-alone = 連携に [roles] を書くには、totatsu.toml にも [roles] が要ります。なければ、ソケットに接続できる人は何でもできます
    .code = TT-4090
config-no-group = この計算機にグループ { $group } がありません。このグループでは誰も権限を持てません（groupadd { $group }）
    .code = TT-4091
config-socket-out-of-reach = { $path } を通れるのはディレクトリのグループだけで、権限を持つほかの人がソケットに届きません。chmod o+x してください（unit では RuntimeDirectoryMode=0755）
    .code = TT-4092
config-lock = { $lock } に使えるのは、文字、数字、- と _ だけです（ファイル名になります）
    .code = TT-4020
config-no-partner-file = partners/{ $partner }.toml がありません
    .code = TT-4021
config-never-open = 連携と連携先 { $partner } の時間帯が、まったく重なりません
    .code = TT-4022
config-no-layout = { $today } に有効なレイアウト { $layout } がありません。あるのは { $known } です
    .code = TT-4023
config-no-layouts = { $path } の下に、読めるレイアウトがありません
    .code = TT-4024
config-no-links = links/ に連携がありません。配信も集信もしません
    .code = TT-4025
config-unknown-value = レイアウト { $layout } はこの値を使いません。使うのは { $takes } です
    .code = TT-4026
config-sample-layout = レイアウト { $layout } は見本です。連携先の仕様書から作ったものに替えてください
    .code = TT-4027
config-link-gone = 連携 { $link } は設定にありません。links/{ $link }.toml を元に戻し、再起動してから release してください
    .code = TT-4028
config-layout-gone = { $date } に有効なレイアウト { $layout } の版がありません。加えて再起動してから release してください
    .code = TT-4029

## 配信の連携

config-only-quiet = ready = "quiet" のときだけ書けます
    .code = TT-4030
config-required-placeholder = { $text } に知らない置き換え記号があります。使えるのは { $known } です
    .code = TT-4031
config-same-outbox = 連携 { $other } と送信フォルダが同じです
    .code = TT-4032
config-acknowledgement-same = どの配信でも同じ名前で、連携先に残ります。どの配信の受領ファイルか区別できません。{"{"}remote{"}"} か {"{"}stem{"}"} の入った名前、または afterwards = "delete" を取り決めてください
    .code = TT-4033
config-deadline-closed = 連携と連携先の時間帯では、どの日も期限までに送れません
    .code = TT-4034
config-same-names = 連携 { $other } と同じ名前になります。ファイルを区別できません
    .code = TT-4035
    .code = TT-4036

## 集信の連携

config-digest-ending = { $ending } で終わる名前にはできません。ダイジェストのファイルの名前です
    .code = TT-4037
config-digest-names = { $ending } で終わる名前は、受信フォルダではダイジェストのものです。連携に inbox.name を書いてください（例: "{"{"}name{"}"}.file"）
    .code = TT-4038
config-stable-longer = ready = "stable" のときは 0 より長くしてください
    .code = TT-4039
config-only-move = afterwards = "move" のときだけ書けます
    .code = TT-4040
config-sequence-needs = remote.name に { $placeholder } が要ります
    .code = TT-4041
config-import-afterwards = "delete" か "leave" です
    .code = TT-4042
config-no-outbound = 配信の連携 { $link } はありません
    .code = TT-4043
config-same-inbox = 連携 { $other } と受信フォルダが同じです。両方に inbox.name を書いてください
    .code = TT-4044
config-same-files = 連携 { $other } と同じファイルを指しています。どのファイルも両方で集信します
    .code = TT-4045

## 連携先

config-connections = { $connections } ではなく、1 から { $limit } の間にしてください
    .code = TT-4046
config-files-per-connection = SFTP のときだけです。ほかの方式では、1 本の接続で同時に送るファイルは 1 つです。消してください
    .code = TT-4120
config-names-for-ftp = FTP のときだけです。ほかの方式では名前は UTF-8 です。消してください
    .code = TT-4047
config-other-table = transport は { $transport } です。この表は消してください
    .code = TT-4048
config-cleartext = "ftp" はパスワードもファイルも暗号化せずに送ります。"ftps" か "sftp" にしてください。閉じた回線で、先方にほかの方法がないときだけ、allow_cleartext = true と書きます
    .code = TT-4049
config-cleartext-warning = パスワードとファイルを暗号化せずに送ります。途中の誰でも、読むことも書き換えることもできます
    .code = TT-4050
config-only-ftp = transport = "ftp" のときだけ書けます
    .code = TT-4051
config-ids-or-labels = 正しい媒体は ids か labels のどちらか一方で示します
    .code = TT-4052
config-empty-labels = 空です。ラベルを書くか、項目を消してください
    .code = TT-4053
config-no-host = { $host } はホストではありません: { $why }
    .code = TT-4054
config-host-alone = 前後に何も付けず、名前かアドレスだけを書きます
config-host-account = こちらのアカウントは { $table }.user に書きます
config-host-brackets = IPv6 アドレスは角かっこなしで書き、ポートは { $table }.port に書きます
config-host-port = ポートは { $table }.port に書き、IPv6 アドレスは省略せずに書きます
config-host-signs = ホスト名に使えない字があります
config-credential-unchecked = クレデンシャル { $credential } は、systemd のサービスの中でしか確かめられません
    .code = TT-4055
config-file-or-credential = { $what }_file か { $what }_credential のどちらか一方を書いてください
    .code = TT-4056
config-no-file = { $path } はファイルではありません
    .code = TT-4057
config-open-to-others = { $path } をほかの人も読めます（モード { $mode }）。chmod 600 してください
    .code = TT-4058
config-no-proof-ftps = password_file、password_credential、client_certificate_file のどれもありません
    .code = TT-4059
config-no-tls = transport = "ftp" には TLS がないので書けません
    .code = TT-4060
config-empty-pins = 空です。証明書を書くか、項目を消してください
    .code = TT-4061
config-certificate-and-key = client_certificate_file と client_key_file は両方とも書きます
    .code = TT-4062
config-host-key-form = ホスト鍵、または {"{"} key = "...", from = "2026-12-01", until = "2027-01-31" {"}"}
config-key-ends-first = { $until } までの鍵を { $from } から始めることはできません
    .code = TT-4063
config-last-key = { $day } からの鍵が取り決められていません。その日から、この連携先には何も届きません。次の鍵を先方に聞いてください
    .code = TT-4064
config-no-proof-ssh = private_key_file、private_key_credential、agent_key、password_file、password_credential のどれもありません
    .code = TT-4065
config-only-with-key = private_key_file か private_key_credential と一緒のときだけ書けます
    .code = TT-4066
config-only-with-its-key = 対になる鍵（private_key_file、private_key_credential、agent_key）と一緒のときだけ書けます
    .code = TT-4067
config-only-with-agent-key = agent_key（使う鍵）と一緒のときだけ書けます
    .code = TT-4068
config-agent-or-key = agent_key か秘密鍵のどちらか一方を書いてください
    .code = TT-4069
config-no-agent-socket = agent_socket がなく、{ $variable } もここでは設定されていません。サービスに設定してください
    .code = TT-4070

## この計算機

config-no-agent = { $path } で ssh-agent が応答しません: { $error }
    .code = TT-4071
config-certificate-expired = { $path } は { $end } に期限が切れました。こちらの公開鍵に、もう一度署名してもらってください
    .code = TT-4072
config-certificate-expires = { $path } は { $end } に期限が切れます。こちらの公開鍵に、もう一度署名してもらってください
    .code = TT-4073
config-cannot-be-made = { $path } がなく、{ $above } の中に作ることもできません
    .code = TT-4074
config-no-directory = { $path } はディレクトリではありません
    .code = TT-4075
config-not-writable = { $path } に、このユーザーでは書き込めません
    .code = TT-4076
config-in-memory = { $path } は { $system }（メモリ上）にあります。電源が切れると何も残りません
    .code = TT-4077
config-unfit-disk = { $path } は { $system } にあります。同期と改名が確実ではありません。ext4 や XFS のローカルディスクを使ってください
    .code = TT-4078
config-disk-unknown = { $path } のファイルシステムを調べられません: { $error }
    .code = TT-4079
config-socket-too-long = { $length } バイトです。ソケットのパスは { $limit } バイトまでです
    .code = TT-4080

## 見本のままのもの

config-example-name = 見本のままです。到達証とファイルにこれが出てしまいます。自分のものを書いてください
    .code = TT-4081
config-example-host = { $host } は見本の名前です。この名前のホストは存在しません
    .code = TT-4082
config-example-key = 見本の鍵のままで、誰とも一致しません。totatsu partner trust で本物に替えてください
    .code = TT-4083
config-open-but-filled = { $key } は記入済みですが、未定の項目（open）に残っています。先方と確かめてあれば、open から消してください
    .code = TT-4084
