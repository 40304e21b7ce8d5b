# SFTP での送受信: SSH 接続、鍵と証明書、中継ホスト、SFTP サーバの応答。

## 鍵の書き方

sftp-not-a-key = 鍵は "ssh-ed25519 AAAA..."（.pub ファイルの行）または "SHA256:..." と書いてください: { $cause }
    .code = TT-3101
sftp-not-a-host-key = ホスト鍵は "ssh-ed25519 AAAA..."（サーバの .pub ファイルの行）、"SHA256:..." または "@cert-authority ssh-ed25519 AAAA..." と書いてください: { $cause }
    .code = TT-3102
sftp-key-of-authority = 認証局 { $fingerprint } の証明書
sftp-key-between = { $key }（{ $from } から { $until } まで）
sftp-key-from = { $key }（{ $from } から）
sftp-key-until = { $key }（{ $until } まで）

## ssh-agent

sftp-agent-unnamed = ソケットがわかりません。agent_socket に書くか、サービスの環境に SSH_AUTH_SOCK を設定してください
    .code = TT-3103
sftp-agent-untold = 鍵の一覧を返しません（{ $error }）。その記録を見るか、起動し直してください
    .code = TT-3104
sftp-agent-lacks-key = 鍵 { $fingerprint } を持っていません。加えてください（ssh-add）。あとは自動で進みます
    .code = TT-3105
    .why = ssh-agent は動いていますが、再起動で鍵を失ったか、別の鍵だけを持っています。
    .do = ユーザー totatsu の agent_socket に対して、ssh-add で鍵を入れてください。
sftp-agent-unreachable = 接続できません（{ $error }）。起動して、こちらの鍵を加えてください
    .code = TT-3106
    .why = そこで待ち受けている ssh-agent がありません。終わったか、機械を再起動しました。
    .do = 起動して ssh-add で鍵を入れてください。待っているものは自動で続きます。
sftp-agent-silent = { $after }以内に応答がありません。誰かの操作を待っていないかを見るか、起動し直してください
    .code = TT-3107
sftp-agent-signs-not = こちらの鍵で署名しません（{ $cause }）。その記録を見るか、鍵を加え直してください
    .code = TT-3108
sftp-agent-none = （なし）

## こちらの鍵と証明書

sftp-key-open-to-others = モード { $mode } では、ほかの人も使えます
sftp-key-old-form = 古い形式（{ $form }）で暗号化されていて、開けません。書き直してください: ssh-keygen -p -f { $path }
sftp-key-old-form-is = { $kind }、暗号 { $cipher }
sftp-key-without-passphrase = 暗号化されていますが、パスフレーズが設定されていません
sftp-key-wrong-passphrase = パスフレーズで開けません（{ $error }）。パスフレーズが違うか、ファイルが壊れているか、古い形式です。パスフレーズが正しければ、書き直してください: ssh-keygen -p -f { $path }
sftp-key-unreadable = { $error }。古い形式であれば、書き直してください: ssh-keygen -p -f { $path }
sftp-certificate-named = { $name }（シリアル番号 { $serial }）
sftp-certificate-expired = { $certificate } は { $end } に期限が切れました
sftp-certificate-too-early = { $certificate } は { $begin } から有効です
sftp-certificate-for-hosts = { $certificate } はホスト用で、ユーザー用ではありません
sftp-certificate-other-key = { $certificate } は鍵 { $certified } のもので、こちらの鍵は { $ours } です
sftp-certificate-of = { $certificate }、認証局 { $authority }

## こちらの身元の証明（到達証に載る）

sftp-proof-key = publickey { $fingerprint }
sftp-proof-key-certificate = publickey { $fingerprint }（証明書 { $certificate }）
sftp-proof-agent = publickey { $fingerprint }（ssh-agent の鍵）
sftp-proof-agent-certificate = publickey { $fingerprint }（ssh-agent の鍵、証明書 { $certificate }）
sftp-asks-more = keyboard-interactive（{ $asked } も尋ねています）
sftp-neither-yes-nor-no = 可とも否とも答えません

## サーバの証明書

sftp-host-authority-unknown = 認証局 { $issuer } が登録されていません
sftp-host-certificate-for-users = ユーザー用で、ホスト用ではありません
sftp-host-certificate-other = { $host } のものではなく、{ $names } のものです
sftp-host-certificate-condition = 知らない条件 { $name } が付いています
sftp-host-certificate-dates = 今日は有効期間の外です
sftp-host-certificate-signature = 署名が正しくありません

## 接続の終わり方

sftp-connection-ended = 接続が終わりました
sftp-channel-closed = チャネルが閉じられました
sftp-channel-closed-saying = チャネルが閉じられました（最後の言葉: { $words }）
sftp-stream-closed = 閉じられました
sftp-partner-said = 連携先の言葉: { $words }
sftp-jump-ended = 中継ホスト { $address } との接続が終わりました: { $words }
sftp-through-jump = { $cause }（中継ホスト { $address } を経由）
sftp-jump-gets-none = 中継ホスト { $address } から接続できません
sftp-jump-short = 中継ホスト { $address } の資源が足りません
sftp-jump-gets-none-within = 中継ホスト { $address } から { $after }以内に接続できません
sftp-jump-not-allowed = 許可されていません
sftp-jump-no-connection = 接続できません
sftp-jump-forwards-nothing = 転送をまったくしません
sftp-jump-short-of-resources = 資源が足りません
sftp-jump-code = コード { $code }、{ $words }
sftp-no-version = SSH のバージョンではなく { $first } が来ました。SSH サーバのポートですか

## サーバにあってほしいもの

sftp-need-sftp = このアカウントでの SFTP
sftp-need-sftp-not-text = このアカウントでの SFTP（始まるはずのところに、ログインスクリプトが出すような文字 { $text } が来ます）
sftp-need-version = SFTP のバージョン { $version }（先方はバージョン { $spoken }）
sftp-need-algorithm = 安全な { $kind } アルゴリズム（先方にあるのは { $theirs } だけ）
sftp-need-safe-name = ほかのファイルを壊さずに名前を付ける方法（名前が空いているかの確認も、ハードリンクも許されていません。same_name = "replace" なら、同名のファイルが置き換わることを認めます）
sftp-need-replacing = ファイルの一瞬での置き換え（{ $name }）
sftp-need-hard-links = ハードリンク（hardlink@openssh.com）

## 応答のどこが悪いか

sftp-wrong-kind = 種類の違う応答です
sftp-unreadable = 応答を読めません（{ $what }）
sftp-unreadable-space = 空き容量
sftp-unreadable-limits = 上限の値を読めません
sftp-packet-bytes = { $bytes } バイトのパケット
sftp-packet-unknown = 知らない種類 { $kind } のパケット
sftp-packet-short = 途中で終わっている種類 { $kind } のパケット
sftp-packet-no-version = 規約のバージョンでないパケット
sftp-version-short = 途中で終わっているバージョン
sftp-empty-answer = ファイルの終わりでもないのに、空の応答です
sftp-too-many-bytes = 求めたより多くのバイトが来ました
sftp-status-out-of-place = ここでは意味のない状態 { $status }（{ $words }）です
sftp-cant-sign = こちらの鍵では、連携先のサーバに対して署名できません: { $cause }
sftp-named-not-there = { $path }: 改名したと答えましたが、その名前のものがありません
sftp-old-name-stands = { $path }: 改名したと答えましたが、元の名前が残っています
sftp-named-although-refused = { $path }: 改名を断りながら、改名しています

## 応答の番号

sftp-status = { $meaning }（状態 { $status }）
sftp-status-says = { $words }（{ $meaning }、状態 { $status }）
sftp-status-9 = ハンドルが無効
sftp-status-13 = ドライブに媒体がない
sftp-status-14 = ファイルシステムに空きがない
sftp-status-15 = こちらの割り当て容量を使い切った
sftp-status-16 = 知らないユーザーまたはグループ
sftp-status-17 = ほかの人がロックしている
sftp-status-18 = ディレクトリが空でない
sftp-status-19 = ディレクトリでない
sftp-status-20 = 使えない名前
sftp-status-21 = シンボリックリンクが多すぎる
sftp-status-22 = 削除できない
sftp-status-23 = パラメーターが無効
sftp-status-24 = ファイルではなくディレクトリ
sftp-status-25 = ロックされた範囲のバイト
sftp-status-28 = 削除を待っている
sftp-status-29 = ファイルが壊れている
sftp-status-30 = 所有者が無効
sftp-status-31 = グループが無効
sftp-status-unknown = こちらの知らない番号

## SSH ライブラリの言葉

sftp-library-key-exchange-init = 鍵交換を始められません
sftp-library-key-exchange = 鍵交換に失敗しました
sftp-library-version = SSH のバージョンの文字列が正しくありません
sftp-library-packet-code = パケットの認証コードが違います
sftp-library-inconsistent = 規約の状態が食い違っています
sftp-library-not-authenticated = まだ認証されていません
sftp-library-method = 対応していない認証方式です
sftp-library-unknown-key = 知らないサーバの鍵です
sftp-library-server-signature = サーバの署名が正しくありません
sftp-library-packet-size = パケットの大きさが正しくありません: { $bytes }
sftp-library-channel-not-open = チャネルが開いていません
sftp-library-disconnected = 切断されました
sftp-library-hang-up = 相手が接続を閉じました
sftp-library-connection-timeout = 接続が時間切れになりました
sftp-library-keepalive-timeout = 生存確認への応答がありません
sftp-library-inactivity-timeout = 長い間やりとりがありませんでした
sftp-library-no-method = 使える認証方式がありません
sftp-library-send = チャネルに送れません
sftp-library-decryption = パケットを復号できません
sftp-library-denied = 相手が要求を断りました
sftp-library-receive = チャネルからもう受け取れません
sftp-library-unreadable-key = 鍵を読めません
sftp-library-encrypted-key = 鍵が暗号化されています
sftp-library-corrupt-key = 鍵が壊れています
sftp-library-kind-of-key = 対応していない種類の鍵です（{ $kind }）
sftp-library-agent-protocol = ssh-agent の応答が規約に反しています
sftp-library-agent-failure = ssh-agent が失敗を返しました
