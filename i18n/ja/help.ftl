# コマンドラインのヘルプ。英語はソースの説明文から作られる（cargo run --example texts）。同じ id で、日本語をここに書く。

help-totatsu = 到達を保障するファイル転送ゲートウェイ
help-totatsu--after-help =
    環境変数:
      TOTATSU_CONFIG  --config を書かないときの設定のディレクトリ
      TOTATSU_LOG     run の記録の量: info（指定がないとき）、warn、error
      LC_ALL, LC_MESSAGES, LANG
                      --lang を書かないときの言語。最初に設定されているもので決まり、ja で始まれば日本語
      NO_COLOR        設定すると色を付けない

    終了コード:
      0  できた。検査のコマンドでは、問題なし
      1  できなかった。または検査で問題が見つかった
      2  コマンドライン、設定、または layout に渡したファイルの誤り
      3  ゲートウェイ自身のディスクまたは台帳を信用できない
help-totatsu--config = totatsu.toml、partners/、links/ のあるディレクトリ
help-totatsu--socket = このソケットのゲートウェイに聞く。設定もファイルも自分では読まない。/etc/totatsu の設定を読めないユーザーは、指定がなくても /run/totatsu/control.sock に聞く
help-totatsu--json = プログラム向けに JSON で答える。答えのないエラーは、このときも標準エラー出力に文章で示す
help-totatsu--lang = 表示の言語。書かないときは LC_ALL、LC_MESSAGES、LANG に従う
help-totatsu--lang--ja = 日本語
help-totatsu--lang--en = 英語

help-run = ゲートウェイを動かす。SIGTERM または SIGINT を受けると、進行中の段階を終えてから止まる
help-reload = 変更した設定を、動いているゲートウェイに読み込ませる。進行中の段階を終えてから切り替わり、誤りがあれば断る
help-reload--wait = 進行中の段階を待つ秒数。過ぎても、ゲートウェイは待ち続ける
help-check = 設定、レイアウト、ディレクトリ、鍵のファイルの問題をすべて示し、未定の項目を数える。ネットワークには触れない
help-check--open = 未定の項目を、数だけでなくすべて示す
help-init = 連携一覧から設定を作る。連携ごとのファイルと、連携先ごとのひな形
help-init--after-help =
    引数を付けずに端末で実行すると、すべて質問する。答えのファイル（TOML）に書くのは municipality、name、businesses、mpn、
    internal_layout と、表の [paths]、[dates]、[partners.名前]、[import]、[[not_served]]。コマンドラインの引数のほうが優先する。

    init が前に書いたディレクトリは、見るだけで変えない。何が加わるかを示し、--add で加える。人が変えたファイルや消したファイルには触らない。
help-init--directory = 設定を置く場所。ふつうは /etc/totatsu
help-init--municipality = 団体。6 桁のコードまたは名前
help-init--for = ほかの団体も受け持つ。コードまたは名前で指定し、団体ごとに連携、連携先、排他、送信フォルダを分ける
help-init--name = 到達証に載るゲートウェイの名前。書かないときは団体の名前
help-init--business = 業務システム（juki、kotei、kojin、hojin、kei、shuno、kokuho、またはその名前）、または all
help-init--mpn = ＭＰＮへの収納データの送り方。両方はない
help-init--mpn--direct = 各業務システムから直接
help-init--mpn--collection = 収滞納管理から集約して
help-init--reach = 連携先への届け方。SFTP（ＭＰＮは媒体）でないもの: 名前=sftp、ftps、medium、または none（授受しない）
help-init--without = 連携を、理由を書いて対象外にする
help-init--internal_layout = 庁内のファイルのレイアウト。書かないときは、そのまま送る
help-init--spool = spool のディレクトリ
help-init--ledger = 台帳のディレクトリ
help-init--layouts = レイアウトのディレクトリ
help-init--socket = 制御用ソケット
help-init--answers = 答えのファイル
help-init--dry_run = 何を書くかを示し、何も書かない
help-init--add = init が前に書いたディレクトリに、足りないものを加える

help-list = 配信と集信を、新しいものから一覧にする
help-list--state = この状態のものだけ。いくつも書くときはコンマで区切るか、繰り返す
help-list--link = この連携のものだけ
help-list--partner = この連携先のものだけ
help-list--name = この名前のファイルのものだけ。連携先での名前でもよい。* は任意の文字列、? は 1 文字
help-list--since = この日以降に始まったものだけ（日本時間）。YYYY-MM-DD または "YYYY-MM-DD HH:MM"
help-list--until = この日まで、またはこの時刻より前に始まったものだけ（日本時間）。YYYY-MM-DD または "YYYY-MM-DD HH:MM"
help-list--hash = 引き取った、または取得したファイルの SHA-256 がこれのものだけ。受領確認のファイルの SHA-256 でもよい
help-list--late = いまの設定の期限に遅れたもの、または期限を過ぎたものだけ
help-list--by = この人が保留、再開、到達確認、取り消し、再配信をしたものだけ
help-list--municipality = この団体のものだけ。6 桁のコード。複数の団体を受け持つゲートウェイで使う
help-list--limit = 表示する件数の上限
help-status = 連携先と連携の状態、終わっていない件数を示す
help-status--check = 監視システム向けに一行で示す。終了コード 0: 正常、1: 待ちがある（連携先の停止、媒体待ち、送信フォルダに残るファイル）、2: 人の対応が要る（保留がある、拒否されたままか時刻までに来ていないファイルがある、ゲートウェイが動いていない）、3: 確かめられない
help-show = 一つの配信または集信について、分かっていることをすべて示す
help-show--id = 番号、ほかと紛れない番号の 3 文字以上、またはファイル名（その名前のいちばん新しいもの）
help-report = 拒否したファイル、または隔離したレコードの誤りを、持ち主に渡すためにすべて示す。レコードの文字を含むことがある
help-report--id = 番号、ほかと紛れない番号の 3 文字以上、またはファイル名（その名前のいちばん新しいもの）
help-resend = 終わった配信、または保留中の配信と同じバイト列を、新しい配信としてもう一度送る。宛先の名前はいまの連携に従う
help-resend--id = 番号、ほかと紛れない番号の 3 文字以上、またはファイル名（その名前で終わっていないものが一つのとき）
help-resend--reason = 理由。記録され、到達証に載る
help-resend--even_if_older = 新しいものが届いていても、送信中でも、順序を守る連携の順番が過ぎていても送る
help-hold = 配信・集信、連携先の全体、または連携の全体を、release するまで止める
help-hold--id = 番号、ほかと紛れない番号の 3 文字以上、またはファイル名（その名前で終わっていないものが一つのとき）
help-hold--partner = この連携先へのものすべて
help-hold--link = この連携のものすべて
help-hold--reason = 理由。記録され、到達証に載る
help-hold--until = 連携先または連携を自動で再開する時刻（日本時間）。HH:MM なら次のその時刻、または "YYYY-MM-DD HH:MM"
help-release = 保留、再試行待ち、順番待ちの配信、または保留中の連携先や連携を、いま進める。失敗した取り込みはもう一度実行する
help-release--id = 番号、ほかと紛れない番号の 3 文字以上、またはファイル名（その名前で終わっていないものが一つのとき）
help-release--partner = この連携先へのものすべて
help-release--link = この連携のものすべて
help-release--reason = 理由。記録され、到達証に載る
help-confirm = 保留、再試行待ち、順番待ちの配信が、別の方法で到達したことを記録する。到達証にも載る
help-confirm--id = 番号、ほかと紛れない番号の 3 文字以上、またはファイル名（その名前で終わっていないものが一つのとき）
help-confirm--by = 到達したと言った人、または手渡した人
help-confirm--how = どうやって到達したか、またはどうして分かったか
help-confirm--how--medium = 媒体で運んだ
help-confirm--how--phone = 連携先が電話でそう言った
help-confirm--how--other = そのほか。理由に書く
help-confirm--reason = 何があったか。記録され、到達証に載る
help-cancel = 保留、再試行待ち、順番待ちの配信・集信を取りやめる。残っているものは保管庫に移す
help-cancel--id = 番号、ほかと紛れない番号の 3 文字以上、またはファイル名（その名前で終わっていないものが一つのとき）
help-cancel--request = 二人目を待つ申請を取り下げる。配信はそのまま
help-cancel--reason = 理由。記録され、到達証に載る

help-archive = 終わった配信が運んだ内容を、期限より前に保管庫から削除する
help-archive-clear = 配信または集信が運んだ内容（元ファイル、送信内容、引き渡した行、誤りの報告）を、申し出などにより削除する。到達証、署名、台帳の行は残り、今後も検証できる。再配信はできなくなる
help-archive-clear--id = 番号、ほかと紛れない番号の 3 文字以上、またはファイル名（その名前のものが一つだけのとき）
help-archive-clear--reason = 理由。記録される

help-receipt = 到達証を表示し、確かめる。または確かめるための鍵を表示する
help-receipt-show = 配信の到達証明書を表示する。--json なら、到達証を書かれたとおりに表示する
help-receipt-show--id = 番号、ほかと紛れない番号の 3 文字以上、またはファイル名（その名前のいちばん新しいもの）
help-receipt-show--html = 印刷して綴じる A4 一枚の HTML
help-receipt-show--text = 80 桁以内の文字で（何も付けないときと同じ）
help-receipt-bundle = 監査する人が、totatsu なしにブラウザで到達証を確かめるための一つのファイルを書く。到達証、署名、鍵、台帳の行、確かめるプログラムが入る
help-receipt-bundle--id = 番号、ほかと紛れない番号の 3 文字以上、またはファイル名（その名前のいちばん新しいもの）
help-receipt-bundle--out = 書くファイル（まだないもの）。省くと、このディレクトリの receipt-NUMBER-ID.html
help-receipt-verifier = 資料と監査の書き出しをブラウザで確かめるページを出力する
help-receipt-verifier--sh = openssl と sha256sum で同じことをするシェルスクリプト
help-receipt-verify = 到達証を、台帳、署名、そばに保管したバイト列、一つ前の到達証と照合する。--key を付けると、到達証のファイルをどの計算機でも確かめられる
help-receipt-verify--key = ゲートウェイの公開鍵（一行に一つ）。台帳も設定もなしに、ファイルをこれで確かめる
help-receipt-verify--complete = --key とともに: 渡すファイルがその範囲の到達証のすべてであるとし、番号の欠けを不一致とする
help-receipt-verify--named = 番号、ほかと紛れない番号の 3 文字以上、またはファイル名（その名前のいちばん新しいもの）。--key を付けたときは到達証のファイル（署名をそばに置く）
help-receipt-key = このゲートウェイの到達証を確かめる公開鍵と、その指紋を表示する
help-receipt-key--renew = 先に鍵を作り直す（ゲートウェイを止めて行う）。これまでの到達証は、署名した鍵のまま残る

help-audit = ジャーナル、到達証、保管したファイルの全体を確かめる。または監査人のために書き出す
help-audit-verify = ジャーナルの全体、すべての到達証と署名、保管したすべてのファイルを確かめる。何も変えず、ゲートウェイの動作中に実行できる
help-audit-verify--since = 前の監査がこのファイルに書いた終わりの続きから行う。それより前は確かめ直さない
help-audit-verify--save = 何も見つからなければ、この監査の終わりをこのファイルに書く。次の監査がその続きから行う
help-audit-acts = 人が行った操作と、ゲートウェイ全体の出来事（起動、停止、設定や鍵の変更）を一覧にする
help-audit-acts--from = 最初の日（YYYY-MM-DD）
help-audit-acts--to = 最後の日。書かないときは今日（YYYY-MM-DD）
help-audit-acts--by = この名前の人の操作だけ
help-audit-export = ある期間の配信、人の操作、ジャーナルの行、到達証を、監査人のためにディレクトリに書き出す
help-audit-export--from = 期間の最初の日。配信は引き取った日、集信は見つけた日（YYYY-MM-DD）
help-audit-export--to = 最後の日（YYYY-MM-DD）
help-audit-export--municipality = この団体（六桁のコード）の分だけを書き出す。複数の団体を扱うゲートウェイで使う
help-audit-export--out = 書き出すディレクトリ。新しいもの、または空のもの

help-medium = 媒体を用意し、媒体で戻る受領ファイルを読み込み、送付票を印刷する
help-medium-prepare = 媒体に、どの連携先のものかの印を付ける。TOTATSU.ID を書くだけで、初期化はしない
help-medium-prepare--directory = 媒体をマウントした場所
help-medium-prepare--partner = この媒体で届ける連携先
help-medium-import = ディレクトリの中から、渡したものへの連携先の受領ファイルを探し、記録する
help-medium-import--directory = 媒体をマウントした場所、または任意のディレクトリ
help-medium-sheet = 媒体に書いた配信の送付票を表示する
help-medium-sheet--ids = 配信の番号、ほかと紛れない番号の 3 文字以上、またはファイル名（その名前のいちばん新しいもの）
help-medium-sheet--out = 標準出力の代わりに、このファイルに書く
help-medium-sheet--html = 印刷する A4 一枚の HTML。--out のファイルの名前が .html で終わるときも同じ
help-medium-sheet--text = ただの文字で（何も付けないときと同じ）

help-collect = 集信の連携の連携先をいま見て、集信を始めるもの、すでにあるもの、待つもの、対象外のものを示す
help-collect--link = 集信の連携。links/ のファイル名から .toml を除いたもの
help-send = 連携の送信フォルダに、書き終えた形で、空いている名前でファイルを置く。--wait を付けると、到達するまで見届ける
help-send--link = 配信の連携。links/ のファイル名から .toml を除いたもの
help-send--files = ファイル。それぞれの名前のまま送信フォルダに置く
help-send--named = 送信フォルダでの名前。ファイルの名前と変えるとき。ファイルが一つのときだけ
help-send--wait = 到達、拒否、保留のどれかになるまで待つ。終了コード 0: すべて到達、4: 拒否がある、5: 保留、または引き取れないものがある、6: 取り消し、または新しい全件に代替されたものがある、7: 時間が過ぎ、まだ途中のものがある
help-send--timeout = 待つ秒数
help-outbox = 送信フォルダを見る。引き取れるもの、落ち着くのを待つもの、残っているものと、その理由
help-outbox--link = この連携の送信フォルダだけ。複数は繰り返して指定する
help-partner = 連携先のサーバに何ができるかを、害のないファイルで確かめる（後で消す）。サーバの鍵を登録する
help-partner-probe = 連携先のサーバに何ができ、こちらに何が許されているかを、害のないファイルで試す（後で消す）。集信のディレクトリは一覧を見るだけ
help-partner-probe--name = 連携先。partners/ のファイル名から .toml を除いたもの
help-partner-probe--directory = 連携のディレクトリの代わりに、連携先のこのディレクトリを試す。何度書いてもよい
help-partner-probe--final_name = ファイルにこの正式な名前も付け、連携先が持っていくかを見る。取り込まれることがあるので、先に取り決める
help-partner-probe--watch = 正式な名前のファイルを見ている秒数
help-partner-probe--bytes = 通信速度を測るファイルの大きさ。0 なら測らない
help-partner-probe--dry_run = 接続してログインするだけ
help-partner-probe--write = 分かったことを、連携先のファイルの [profile] に書く。ほかの部分は変えない
help-partner-trust = サーバが示す鍵を、その指紋が連携先から聞いたものと同じなら登録する
help-partner-trust--name = 連携先。partners/ のファイル名から .toml を除いたもの
help-partner-trust--fingerprint = 連携先から紙または電話で聞いた指紋: SHA256:...
help-partner-trust--jump = 連携先への途中の中継ホスト（[jump]）の鍵として登録する。指紋はその担当者から聞く（SFTP）
help-partner-trust--as_of = この鍵を認める最初の日。例: 2026-12-01（SFTP）
help-partner-trust--until = この鍵を認める最後の日。すでに登録した鍵にも使える（SFTP）

help-layout = レイアウトの一覧、表示、検査、比較、試行。設定は要らない
help-layout--after-help =
    レイアウトは、連携に書くとおりの名前（eltax/nenkin-tokucho-irai）、ほかと紛れなければその最後の部分、版を選ぶなら 名前@版、
    またはレイアウトのファイルのパスで指定する。
help-layout--layouts = レイアウトのディレクトリ。書かないときは設定の paths.layouts、設定がなければ ./layouts または導入されたもの
help-layout-list = すべてのレイアウトと版を一覧にする。* は、いま有効な版
help-layout-list--as_of = この日に有効な版（YYYY-MM-DD）。書かないときは今日
help-layout-show = レイアウトの出典、疑義、すべてのレコードのすべての項目を示す
help-layout-show--name = レイアウト
help-layout-show--as_of = この日に有効な版（YYYY-MM-DD）。書かないときは今日
help-layout-check = レイアウトのファイル、またはディレクトリのすべてのレイアウトを検査し、問題を行、レコード、項目とともに示す
help-layout-check--files = レイアウトのファイル、またはディレクトリ（その中と下の、すべての .toml）
help-layout-encode = 標準入力の UTF-8 の CSV を、連携先のバイト列に変換して標準出力に書く
help-layout-encode--name = レイアウト
help-layout-encode--as_of = この日に有効な版（YYYY-MM-DD）。書かないときは今日
help-layout-encode--municipality = 全国地方公共団体コード（5 桁または 6 桁）。書かないときは設定のもの
help-layout-encode--values = 連携が与える値。何度書いてもよい
help-layout-encode--source = 標準入力を、連携の [source] のように、このレイアウトで読む
help-layout-encode--columns = レイアウトの列に当たる、元の列。名前が違うときに書く。= の後が空なら、空のままにする
help-layout-encode--fixed = 元にない、レイアウトの列に、いつも入れる値（名前は列の名前）
help-layout-encode--folds = 縮退の報告（置き換えた字と切った字を一行ずつ）を、このファイルに書く。元の文字を含む
help-layout-decode = 標準入力の連携先のバイト列を、UTF-8 の CSV（--json なら JSON の行）に変換して標準出力に書く
help-layout-decode--name = レイアウト
help-layout-decode--as_of = この日に有効な版（YYYY-MM-DD）。書かないときは今日
help-layout-decode--values = レイアウトの形を選ぶ連携の値。例: 改行=cr。何度書いてもよい。ほかの値は照合しない
help-layout-decode--quarantine = 値の誤りがあるデータレコードを除き、元のままこの新しいファイルに残す。ほかのレコードは通す
help-layout-ruler = ファイルの一つのレコードを、目盛り、16 進、項目名とともに 1 バイトずつ示す。個人情報が表示される
help-layout-ruler--name = レイアウト
help-layout-ruler--as_of = この日に有効な版（YYYY-MM-DD）。書かないときは今日
help-layout-ruler--file = 連携先のファイル。書かないとき、または "-" のときは標準入力
help-layout-ruler--record = ファイルの中のレコードの番号（1 から）。書かないときは最初のデータレコード
help-layout-ruler--values = レイアウトの形を選ぶ連携の値。例: 改行=cr。何度書いてもよい
help-layout-diff = 二つのレイアウトの違いを示す。違いがあれば終了コード 1
help-layout-diff--a = 古いほうのレイアウト
help-layout-diff--b = 新しいほうのレイアウト
help-layout-characters = 元のファイルで縮退が要る字を、最初の配信の前に、表ごとに数える。示すのは符号位置で、文章は示さない
help-layout-characters--file = 元のファイル。UTF-8、または BOM 付きの UTF-16
help-layout-characters--encoding = 連携先が受け付ける文字集合
help-layout-characters--encoding--shift_jis = JIS X 0201 と JIS X 0208
help-layout-characters--encoding--cp932 = Windows-31J（機種依存文字を含む）
help-layout-characters--encoding--jis-x-0201 = 1 バイトの文字
help-layout-template = レイアウトの元ファイルの見出しと、書き換えて使う見本の一行を表示する
help-layout-template--name = レイアウト
help-layout-template--as_of = この日に有効な版（YYYY-MM-DD）。書かないときは今日

help-catalogue = 連携一覧。どの業務システムが、どのファイルを、誰と授受するか。設定は要らない
help-catalogue-list = 連携を一覧にする。業務、連携先、向き、方式、頻度、範囲ごとに一つ
help-catalogue-list--business = この業務システムだけ。キーまたは名前: juki、固定資産税 …
help-catalogue-list--partner = この連携先だけ。キーまたは名前: mpn、財務会計 …
help-catalogue-list--direction = この向きだけ
help-catalogue-list--direction--out = 連携先へ（配信）
help-catalogue-list--direction--in = 連携先から（集信）
help-catalogue-list--frequency = この頻度だけ
help-catalogue-list--frequency--yearly = 年に一度（年次）
help-catalogue-list--frequency--monthly = 月に一度（月次）
help-catalogue-list--frequency--daily = 営業日ごと（日次）
help-catalogue-list--frequency--adhoc = 決まっていない（随時）
help-catalogue-list--functions = 一覧のとおり、連携を使う業務機能ごとに一行
help-catalogue-list--csv = 表計算ソフト向けの CSV で
help-catalogue-show = 一覧が連携、またはその一行について言うことをすべて示す
help-catalogue-show--id = 連携（kotei-collection-out-daily-diff）、または行の id
help-catalogue-beyond = DB中継や即時連携で、ファイルのないもの。なぜ対象外か
help-coverage = 設定を連携一覧と突き合わせる。対応と方法、対象外、未対応、一覧にない連携。未対応があれば終了コード 1
help-coverage--municipality = このゲートウェイが受け持つほかの団体。6 桁のコード。書かないときは自身の団体
help-coverage--missing = 未対応のもの、または対応と対象外が矛盾するものだけ
help-coverage--html = 印刷して綴じるページ
help-explain = 末尾にコードのあるメッセージの意味と、すること。またはすべてのコードの一覧。設定は要らない
help-explain--code = メッセージの末尾のコード（TT-1203）、またはいくつかのコードの先頭（TT-12）。書かないときはすべて
help-demo = 架空のファイルを内蔵の連携先に届け、どう到達したかを示す
help-demo--records = 架空のファイルのレコード数
help-demo--keep = すべてをこのディレクトリ（空、またはまだないもの）に残し、あとで見られるようにする

help-value-dir = ディレクトリ
help-value-lang = 言語
help-value-seconds = 秒
help-value-directory = ディレクトリ
help-value-code-name = コード|名前
help-value-name = 名前
help-value-mpn = 送り方
help-value-partner-way = 連携先=方法
help-value-interface-reason = 連携=理由
help-value-layout = レイアウト
help-value-spool = ディレクトリ
help-value-ledger = ディレクトリ
help-value-layouts = ディレクトリ
help-value-socket = ソケット
help-value-file = ファイル
help-value-state = 状態
help-value-link = 連携
help-value-partner = 連携先
help-value-code = コード
help-value-n = 件数
help-value-id = 番号
help-value-text = 文章
help-value-time = 時刻
help-value-how = 方法
help-value-pub = 公開鍵
help-value-id-file = 番号|ファイル
help-value-date = 日付
help-value-ids = 番号
help-value-size = 大きさ
help-value-fingerprint = 指紋
help-value-files = ファイル
help-value-name-value = 名前=値
help-value-name-column = 項目=列
help-value-a = レイアウト
help-value-b = レイアウト
help-value-encoding = 文字集合
help-value-direction = 向き
help-value-frequency = 頻度
help-value-sha256 = SHA256
