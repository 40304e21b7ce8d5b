# 連携先との送受信（方式を問わない）: 回線、鍵、アカウント、権限、名前、自機のファイル。

## 回線

transport-unreachable = { $address } に接続できません: { $cause }。続くときは、回線、ファイアウォール、先方のサーバを調べてください
    .code = TT-3001
    .why = TCP でつながりません。アドレスの誤り、ファイアウォール、サーバの停止です。
    .do = totatsu partner probe 名前 --dry-run ですぐ試せます。
transport-timed-out = { $after }以内に応答がありません（{ $phase }）。続くときは、サーバが固まっていないかを先方に聞いてください
    .code = TT-3002
    .why = 連携先のファイルの deadlines より長く応答がありません。
    .do = 遅いと分かっているサーバなら、その上限を延ばしてください。
transport-too-slow = 毎秒 { $rate } バイトしか進みません（{ $phase }）。許される最低は { $minimum } バイトです。回線を調べるか、最低値を下げてください
    .code = TT-3003
    .do = 最低値は、連携先のファイルの throughput.minimum です。
transport-lost = 接続が切れました（{ $phase }）: { $cause }
    .code = TT-3004
    .why = 途中で接続が切れました。自動でやり直し、一時的な名前のものは書き直します。
    .do = 続くなら、回線か、接続を切るサーバを調べてください。
transport-jump = 連携先までの途中、中継ホスト { $address }（[jump]）で止まっています: { $error }
transport-forwarding-refused = 中継ホスト { $address } が、連携先 { $partner } への転送を断っています: { $cause }。こちらのアカウントに転送を許可するよう、中継ホストの担当者に頼んでください（OpenSSH では AllowTcpForwarding、PermitOpen）
    .code = TT-3005
    .why = 中継ホストはアカウントを受け付けましたが、連携先への転送を許していません。
    .do = こちらで直すものはありません。中継ホストの管理者が許せば、次の試行から自動で続きます。

## 相手とこちらの身元

transport-host-key-unknown = { $address } のホスト鍵は { $fingerprint } ですが、登録されていません。先方の書面と見比べてから登録し（host_keys）、再起動して release してください
    .code = TT-3006
    .do = totatsu partner trust が見比べて登録します。
transport-host-key-changed = { $address } のホスト鍵は { $found } ですが、登録されているのは { $pinned } です。必ず電話で先方に確かめてから登録し（host_keys）、再起動して release してください
    .code = TT-3007
    .why = サーバを作り直したか、間に誰かが入っています。
transport-host-key-between = { $address } のホスト鍵は { $found } ですが、この鍵の取り決めは { $from } から { $until } までです。いつ鍵を替えるのかを先方に聞き、日付（host_keys）を直し、再起動して release してください
    .code = TT-3008
    .why = 取り決めた日と違う時に鍵が変わっています。別のサーバかもしれないので、何も送りません。
transport-host-key-from = { $address } のホスト鍵は { $found } ですが、この鍵の取り決めは { $from } からです。いつ鍵を替えるのかを先方に聞き、日付（host_keys）を直し、再起動して release してください
    .code = TT-3009
    .why = 取り決めた日より前に鍵が変わっています。別のサーバかもしれないので、何も送りません。
transport-host-key-until = { $address } のホスト鍵は { $found } ですが、この鍵の取り決めは { $until } までです。いつ鍵を替えるのかを先方に聞き、日付（host_keys）を直し、再起動して release してください
    .code = TT-3010
    .why = 取り決めでは期限の過ぎた鍵のままです。
transport-host-certificate-refused = { $address } のホスト証明書は受け入れられません: { $cause }。正しい証明書を先方に頼んでください
    .code = TT-3011
transport-certificate-refused = { $address } の証明書 { $fingerprint }: { $fault }
transport-client-certificate-refused = { $address } はクライアント証明書を求め、こちらの証明書を断っています。登録されているかを先方に聞いてください
    .code = TT-3012
    .why = クライアント証明書を示しましたが、連携先に登録されていないか、期限切れか、別のものです。
    .do = 証明書を、有効期限（openssl x509 -enddate -noout -in ファイル）とともに連携先に送り、登録を確かめてください。
transport-client-certificate-missing = { $address } はクライアント証明書を求めていますが、設定されていません。どの証明書かを先方に聞き、設定してください（ftps.client_certificate_file）
    .code = TT-3013
    .why = クライアント証明書がないと接続できないサーバです。
    .do = 証明書と鍵を置き、ftps.client_certificate_file と ftps.client_key_file に書いて、totatsu check、totatsu reload をしてください。
transport-certificate-file = 証明書 { $path }: { $cause }。PEM 形式のファイルを置いてください
    .code = TT-3014
transport-authentication-refused = ユーザー { $user } は拒否されました（先方が受け付けるもの: { $methods }）。こちらの公開鍵またはパスワードが登録されているかを先方に聞いてください
    .code = TT-3015
    .why = 鍵かパスワードが登録されていないか、アカウントが止められています。
    .do = 直ったら totatsu partner probe 名前 --dry-run で確かめ、totatsu release --partner 名前 です。
transport-methods-none = ほかにはありません
transport-new-password = ユーザー { $user }: サーバが新しいパスワードを求めています（{ $words }）。先方と決めたパスワードを置いて、release してください
    .code = TT-3016
    .why = パスワードの期限が切れています。古いものはもう送りません（続けると、アカウントがロックされるおそれがあります）。
transport-key-file = 秘密鍵 { $path }: { $cause }。モード 0600 で置いてください
    .code = TT-3017
    .why = ファイルがない、ユーザー totatsu が読めない、ほかの人が読める、秘密鍵ではない、のどれかです。
    .do = 所有者を totatsu、モードを 0600 にしてください。
transport-user-certificate = 証明書 { $path }: { $cause }。先方の認証局にこちらの公開鍵へ署名してもらい、その証明書を置いてください
    .code = TT-3018
transport-agent = 鍵の預け先 ssh-agent（{ $socket }）: { $cause }

## 連携先の応答

transport-denied = { $path }: 連携先が{ $phase }を許していません。そのディレクトリの権限を先方に頼んでください
    .code = TT-3019
    .why = そのアカウントには、そのディレクトリでの権限がありません。
    .do = どの権限が足りないかは totatsu partner probe 名前 で分かります。
transport-refused-denied = { $path }: 連携先が{ $phase }を許していません（応答: { $words }）。そのディレクトリの権限を先方に頼んでください
    .code = TT-3020
    .why = そのアカウントには、そのディレクトリでの権限がありません。
    .do = どの権限が足りないかは totatsu partner probe 名前 で分かります。
transport-refused = { $path }: 連携先が{ $phase }を断りました（応答: { $words }）。どういう意味かを先方に聞いてください
    .code = TT-3021
    .why = 連携先のサーバが、引用した文で断りました。権限や容量の不足とは限りません。
    .do = 引用した文と時刻を連携先に伝え、先方のサーバのログを見てもらってください。
transport-no-such-path = { $path }: 連携先にそのようなファイルまたはディレクトリはありません（{ $phase }）。パスを先方に確かめてください
    .code = TT-3022
    .why = 連携の remote.directory がありません。接続して最初にいる場所が違うのかもしれません。
    .do = 最初にいる場所は totatsu partner probe 名前 で分かります。
transport-exists = { $path } は連携先にすでにあります。触らずに残してあります。誰のものかを調べ、消すか、別の名前にしてください
    .code = TT-3023
    .why = そこにあるものを上書きすることはありません。
transport-failed = { $path }: 連携先で{ $phase }に失敗しました。応答は { $words } だけです。先方に、サーバの記録を見てもらってください
    .code = TT-3024
    .why = サーバは失敗としか答えていません。ディスクがいっぱいか、サーバの制限のことが多いです。
transport-failed-full = { $path }: 連携先で{ $phase }に失敗しました。連携先のディスクが一杯です（空き { $free } バイト、残り { $missing } バイト）。空けるよう先方に頼んでください
    .code = TT-3025
    .why = 連携先のサーバの空きが足りません。
    .do = 空きができれば、自動で続きます。
transport-unsupported = 連携先のサーバには、次のものがありません: { $what }。連携の設定を変えるか、先方に相談してください
    .code = TT-3026
    .why = 到達を保障するのに要る機能が、サーバにありません。
    .do = サーバの機能は totatsu partner probe 名前 で分かります。
transport-protocol = 連携先のサーバの応答が規約に反しています（{ $phase }）: { $cause }。続くときは、先方に知らせてください
    .code = TT-3027
    .why = プロトコルにない応答が返りました。途中の機器や、過負荷のサーバでよくあります。
    .do = 自動でやり直します。続くなら、時刻と文を連携先に伝えてください。
transport-too-long = 連携先の { $path } は { $limit } バイトを超えています。何のファイルかを先方に聞いてください
    .code = TT-3028
transport-changed-more = 連携先の { $path } は、取得している間に変わりました（{ $expected } バイトから増えました）。取り直します。続くときは、別の名前で書いてから改名するよう先方に頼んでください
    .code = TT-3029
transport-changed-same = 連携先の { $path } は、取得している間に変わりました（{ $expected } バイトのまま、別のものになりました）。取り直します。続くときは、別の名前で書いてから改名するよう先方に頼んでください
    .code = TT-3030
    .why = 読んでいる間に、連携先がファイルを書き換えました。
    .do = 別の名前で書いてから改名するか、目印のファイル（ready = "marker"）を置くことを、連携先と取り決めてください。
transport-changed-less = 連携先の { $path } は、取得している間に変わりました（{ $expected } バイトが { $found } バイトになりました）。取り直します。続くときは、別の名前で書いてから改名するよう先方に頼んでください
    .code = TT-3031
    .why = 読んでいる間に、連携先がファイルを書き換えました。
    .do = 別の名前で書いてから改名するか、目印のファイル（ready = "marker"）を置くことを、連携先と取り決めてください。

## こちら側

transport-medium = { $path }: { $fault }
transport-own-file = 自機のファイル { $path }: { $error }
    .code = TT-3032
    .why = 連携先ではなく、こちらのディスクか権限の問題です。
transport-own-file-changed = 自機のファイル { $path } が、送受信の間に変わりました（{ $expected } バイトが { $found } バイトになりました）。誰が書き込んでいるかを調べてください
    .code = TT-3033
    .why = spool の中のファイルを変えてよいのは、ゲートウェイだけです。
transport-unanswered-before = 前の要求への応答がまだ届いていません

## 連携先のサーバにあってほしいもの

transport-need-size = { $path } を読む前にサイズを知る方法
transport-need-question = { $path } があるかどうかを知る方法
transport-need-plain-file = 通常のファイルとしての { $path }
transport-need-request = こちらが求める形での{ $phase }
transport-need-request-says = こちらが求める形での{ $phase }（応答: { $words }）

## 連携先とのやりとりのどこか

transport-phase-connect = 接続
transport-phase-handshake = ハンドシェイク
transport-phase-authenticate = 認証
transport-phase-start = 開始
transport-phase-open = オープン
transport-phase-write = 書き込み
transport-phase-sync = ディスクへの同期
transport-phase-close = クローズ
transport-phase-stat = 名前の確認
transport-phase-read = 読み込み
transport-phase-rename = 改名
transport-phase-remove = 削除
transport-phase-space = 空き容量の確認
transport-phase-list = 一覧

## 語

transport-or = { $one } または { $other }
transport-and = { $one } と { $other }
transport-seconds = { $seconds } 秒
transport-size = { $size } バイト
transport-size-untold = サイズ不明
transport-to-the-minute = { $moment }（日本時間）

## ライブラリの言葉（通信とファイル）

transport-library = 「{ $words }」
transport-library-lookup = ホスト名からアドレスを求められません（「{ $words }」）
transport-library-closed-by-tls = 相手が TLS の終わりの合図（close_notify）を送らずに接続を閉じました
transport-library-aborted = 接続が中断されました
transport-library-broken-pipe = 送り先がもうありません
