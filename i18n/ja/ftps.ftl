# FTPS または FTP での送受信: 証明書、制御接続とデータ接続、FTP サーバの応答。

## サーバの証明書を受け入れない理由

ftps-unknown-authority = 信用している認証局が発行したものではありません。先方の CA 証明書をもらうか（ftps.ca_file）、指紋を先方の書面と見比べて登録してください（ftps.pins）
    .code = TT-3201
    .why = 連携先が自分で立てた認証局の証明書か、試験用の証明書です。
    .do = totatsu partner trust 名前 --fingerprint SHA256:… で、書面や電話で聞いた指紋と比べて登録します。
ftps-self-signed = 自己署名の証明書です。指紋を先方の書面と見比べてから、登録してください（ftps.pins）
    .code = TT-3202
    .do = totatsu partner trust が見比べて登録します。
ftps-expired = 期限が切れています。更新を先方に頼み、この計算機の時計も見てください
    .code = TT-3203
    .why = 証明書の有効期限を過ぎました。更新されるまで接続しません。
    .do = 新しい証明書の日程を連携先に確かめてください。ftps.pins で固定しているときは、新しい指紋も要ります。
ftps-not-yet-valid = まだ有効ではありません。この計算機の時計を見てから、先方に聞いてください
    .code = TT-3204
    .why = 証明書の開始日時がまだ先です。この機械の時計が遅れているか、連携先が早く入れ替えました。
    .do = まず時計を確かめてください（timedatectl）。
ftps-wrong-name = { $expected } のものではなく、{ $presented } のものです。先方の正しい名前を書いてください（ftps.host または ftps.server_name）
    .code = TT-3205
    .why = 証明書にない名前やアドレスで接続しています。
    .do = 証明書にある名前を ftps.host に書くか、アドレスのまま接続するなら ftps.server_name に書いてください。
ftps-no-name = 名前なし
ftps-not-pinned = 登録されているのは { $pinned } です。必ず電話で先方に確かめてから新しいものを登録し（ftps.pins）、再起動して release してください
    .code = TT-3206
    .why = 先方が証明書を更新したか、間に誰かが入っています。
ftps-unfit = 使えません（{ $cause }）。別の証明書を先方に頼んでください
    .code = TT-3207
ftps-unfit-version = バージョン 1 の証明書です。バージョン 3 が必要です
ftps-unfit-key = 鍵がサーバのものではないか、2048 ビットより短いものです

## 指紋の書き方

ftps-not-a-fingerprint = 証明書の指紋は、"sha256:" のあとに 16 進数 64 桁（コロンはあってもなくてもよい）または base64 で書いてください。`openssl x509 -noout -fingerprint -sha256` や到達証に出る形です
    .code = TT-3208

## 連携先の一覧に足りないもの

ftps-listing-cut = 連携先のサーバが一覧を途中で切っています（応答: { $words }）。その先のファイルは見えません。古いファイルを消してもらうか、サーバの上限を上げてもらってください（Pure-FTPd では LimitRecursion）
    .code = TT-3209
ftps-listing-unknown = 連携先のサーバの一覧は、知らない形式です。そのような行の最初は { $line } です。この形式の行にあるファイルは集信しません。MLSD または `ls -l` の形式で一覧を返すよう先方に頼み、その行を totatsu の作者に知らせてください
    .code = TT-3210

## こちらの証明書と認証局

ftps-authorities-none = 一つも入っていません
ftps-authorities-unusable = この計算機の認証局の一覧を使えません（{ $cause }）。ca-certificates を入れてください
ftps-file-holds-none = 証明書が入っていません
ftps-key-open-to-others = モード { $mode } では、ほかの人も使えます
ftps-key-unreadable = { $error }。PEM 形式で、暗号化されていないものにしてください
ftps-certificate-of-other-key = 鍵 { $path } と合いません: { $error }

## こちらの身元の証明（到達証に載る）

ftps-proof-certificate-and-password = クライアント証明書とパスワード
ftps-another-account = 別のアカウントまたはパスワード（応答: { $words }）

## 接続の終わり方

ftps-left-before-signing-in = サインインする前に離れました
ftps-closed-before-reply = サーバが、応答する前に接続を閉じました
ftps-closed-meanwhile = サーバが、その間に接続を閉じました
ftps-data-connection = { $address } へのデータ接続: { $error }。パッシブモードでどのポートを開けているかを先方に聞いてください
ftps-thread-ended = セッションのスレッドが終わっています
ftps-own-thread = 自機のスレッド

## 応答のどこが悪いか

ftps-surplus = 求めていない応答が来ました: { $reply }
ftps-no-reply-of-ftp = FTP サーバの応答ではありません: "{ $words }"
ftps-not-asked-for = 求めていない応答が来ました
ftps-no-reply = 応答がありません
ftps-no-address = 応答 { $reply } から、データ接続のアドレスを読み取れません
ftps-no-tls-here = ここでは TLS を話しません（{ $words }）

## サーバにあってほしいもの

ftps-need-certificate = 証明書（transport が "ftp" です）
ftps-need-certificate-for = { $name } の証明書（ホスト名でもアドレスでもありません）
ftps-need-judged-certificate = 確かめられる証明書（{ $error }）
ftps-need-tls-version = TLS { $version }（{ $words }）
ftps-need-tls-algorithm = こちらが認める TLS の暗号、鍵交換、署名（{ $words }）
ftps-need-both-protected = 両方の接続での TLS（AUTH TLS、PROT P。応答: { $words }）
ftps-need-data-protected = こちらの保護のしかたでのデータ接続（応答: { $words }）
ftps-need-line-breaks = 改行を含む名前
ftps-need-names = ASCII 以外の文字の名前（機能一覧 FEAT に UTF8 がありません。サーバが名前をどう書くかを先方に聞き、profile.names を "utf-8"、"shift_jis"、"euc-jp" のどれかにしてください）
ftps-need-character = profile.names の文字コードで書いた名前の中の文字 { $character }
ftps-need-replacing-rename = 置き換えを約束する改名（FTP にはありません）
ftps-need-hard-links = ハードリンク（FTP にはありません）
ftps-need-safe-name = ほかのファイルを壊さずに名前を付ける方法（名前が空いているかの確認が許されていません。same_name = "replace" なら、同名のファイルが置き換わることを認めます）
ftps-need-replacing = ファイルの一瞬での置き換え（RNTO。応答: { $words }）

## TLS と FTP のライブラリの言葉

ftps-library-unexpected-message = { $expected } のはずのところに、メッセージ { $got } が来ました
ftps-library-corrupt-message = 種類 { $kind } の壊れたメッセージが来ました
ftps-library-incompatible = 相手と合いません: { $why }
ftps-library-misbehaved = 相手が規約に反しています: { $why }
ftps-library-alert = 相手が TLS の致命的なエラーを通知して終わりました: { $alert }
ftps-library-invalid-certificate = 相手の証明書が正しくありません: { $cause }
ftps-library-no-certificates = 相手が証明書を送りません
ftps-library-undecryptable = 相手のメッセージを復号できません
ftps-library-oversized = 相手のレコードが大きすぎます
ftps-library-no-protocol = 相手に共通の規約がありません
ftps-library-inconsistent-keys = 鍵が合いません: { $why }
ftps-library-pem-io = 入出力の誤り: { $error }
ftps-library-pem-nothing = PEM の項目がありません
ftps-library-pem-too-large = PEM の項目が 256 MB を超えています
ftps-library-bad-response = 応答の書き方が正しくありません
ftps-library-data-open = データ接続がすでに開いています
