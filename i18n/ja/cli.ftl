# ほかのコマンド（check、coverage、catalogue、init、receipt、audit、reload、run、demo、explain）の表示と、
# 正しくないコマンドラインについてのメッセージ。

## 解釈できないコマンドライン

cli-usage-error = エラー:
cli-usage-unknown-argument = 引数 '{ $argument }' はありません
    .code = TT-9001
cli-usage-unknown-command = コマンド '{ $command }' はありません
    .code = TT-9002
cli-usage-missing = 必要な引数がありません: { $arguments }
    .code = TT-9003
cli-usage-no-command = '{ $command }' には、続くコマンドが必要です
    .code = TT-9004
cli-usage-invalid = '{ $argument }' の値 '{ $value }' が正しくありません
    .code = TT-9005
cli-usage-no-value = '{ $argument }' には値が必要です
    .code = TT-9006
cli-usage-unfit = '{ $argument }' の値 '{ $value }' が正しくありません: { $why }
    .code = TT-9007
cli-usage-conflict = '{ $argument }' は { $others } と同時には使えません
    .code = TT-9008
cli-usage-twice = '{ $argument }' は一度しか書けません
    .code = TT-9009
cli-usage-too-many = '{ $argument }' の値 '{ $value }' は余分です
    .code = TT-9010
cli-usage-not-utf8 = UTF-8 でない引数があります
    .code = TT-9011
cli-usage-otherwise = コマンドラインが正しくありません: { $why }
    .code = TT-9012
cli-usage-digits = 数字ではありません
cli-usage-empty = 数がありません
cli-usage-too-large = 数が大きすぎます
cli-usage-too-small = 数が小さすぎます
cli-usage-range = { $value } は範囲 { $range } の外です
cli-usage-quoted = 「{ $text }」
cli-usage-others = ほかの引数
cli-usage-possible = [指定できる値: { $values }]
cli-usage-commands = [コマンド: { $commands }]
cli-usage-tip = ヒント: { $tip }
cli-usage-similar-command = 似たコマンドがあります: '{ $name }'
cli-usage-similar-argument = 似た引数があります: '{ $name }'
cli-usage-similar-value = 似た値があります: '{ $name }'
cli-usage-escape = '{ $argument }' を値として渡すには '-- { $argument }' と書きます
cli-usage-more = 詳しくは '--help' を見てください。

## ヘルプの枠

cli-help-usage = 使い方:
cli-help-commands = コマンド:
cli-help-arguments = 引数:
cli-help-options = オプション:
cli-help-any-options = [オプション]
cli-help-a-command = <コマンド>
cli-help-any-command = [コマンド]
cli-help-print-more = ヘルプを表示（詳しくは '--help'）
cli-help-print-less = ヘルプを表示（要約は '-h'）
cli-help-print = ヘルプを表示
cli-help-print-of = このヘルプ、またはコマンドのヘルプを表示
cli-help-version = バージョンを表示
cli-help-values-list = 指定できる値:
cli-help-values = [指定できる値:
cli-help-default = [既定値:
cli-help-environment = [環境変数:
cli-help-alias = [別名:
cli-help-aliases = [別名:

## すべてのコマンド

cli-stopped = ゲートウェイが動いていません。配信も集信もしていません。systemctl start totatsu または totatsu run で起動してください
    .code = TT-9201
    .why = 設定にある制御用ソケットに応答するものがありません。表示は、台帳を直接読んだものです。
    .do = 終わった理由は systemctl status totatsu と journalctl -u totatsu で分かります。起動してください。
cli-errand-odd-name = 頼んでいないファイル { $name } がデーモンから送られました
    .code = TT-9280
cli-unexpected-answer = デーモンが想定外の応答をしました。版が違いませんか
    .code = TT-9202
    .why = コマンドと、動いているゲートウェイの版が違います（更新のあと再起動していないときなど）。
    .do = ゲートウェイを再起動してください: systemctl restart totatsu
cli-unwritable-answer = 結果を書き出せません: { $error }
    .code = TT-9203
    .why = 標準出力、またはその先のファイルに書き込めません。
cli-comma = 、
cli-and = 、

## check

cli-check-well = 正常です: 連携先 { $partners }、連携 { $links }、レイアウト { $layouts }
cli-check-no-errors = 誤りはありません: 連携先 { $partners }、連携 { $links }、レイアウト { $layouts }
cli-check-open-in = { $file }: 未定: { $points }
cli-check-open = 未定: { $files } ファイルに { $points } 項目
cli-check-open-hint = 未定: { $files } ファイルに { $points } 項目（totatsu check --open で一覧を表示）

## run

cli-run-configuration = 設定に誤りがあります。totatsu check がすべて示します
    .code = TT-9204
    .why = 約束を守れない設定では、ゲートウェイは起動しません。
cli-run-changed-again = 設定がもう一度変更され、誤りがあります。ゲートウェイは、これまでの設定のまま続けます
    .code = TT-9205
    .why = reload が受け付けられてから切り替わるまでの間に、ファイルが変更されました。
    .do = totatsu check が示す誤りを直し、totatsu reload を実行してください。
cli-run-begins-anew = 変更された設定で始め直します
cli-run-cannot-begin-anew = ゲートウェイを始め直せません: { $error }
    .code = TT-9206
    .why = プログラムのファイルを実行できません。削除されたか、権限が変わっています。
    .do = プログラムを入れ直し、systemctl start totatsu を実行してください。
cli-run-torn = ジャーナルの末尾の書きかけを切り落としました。応答する前に停止したものです
cli-run-other-format = 索引が別の版の形式だったので、ジャーナルから作り直しました
cli-run-rebuilt = 索引が使えなかったので、ジャーナルから作り直しました
cli-run-signals = シグナルを受け取れません: { $error }
    .code = TT-9207
cli-run-ready = 準備完了
cli-run-waits-for-room = { $path } のディスクの空きが { $wanted } に足りません。空きができるまで起動を待ちます。空きを作ってください
    .code = TT-9241
    .why = 起動の記録を書く空きがありません。
    .do = df -h で何が占めているか分かります。失われたものはなく、空きができれば自動で起動します。
cli-run-ends = デーモンが終了します
cli-run-stopping = 停止します。進行中の段階を先に終えます
cli-run-was-killed = { $since } に起動したゲートウェイは、停止の手順を経ずに終わりました（強制終了または機械の障害）
cli-run-configuration-unknown = 前回の起動のあとに変わった設定のファイルが分かりません
cli-run-start-not-recorded = 空きがないため、この起動を台帳に記録していません
cli-run-stopped-to-renew = 変更した設定で始め直すため
cli-run-stopped-by-itself = 終了
cli-run-ends-at-last = デーモンが自分では終われないため、プロセスを終了します

## reload

cli-reload-refused = 設定を全体として断りました。ゲートウェイは、いまの設定のまま続けます
    .code = TT-9208
    .why = 誤りが一つ以上あります。この行の前に、それぞれ示してあります。
    .do = 直して totatsu check で確かめ、もう一度 totatsu reload を実行してください。
cli-reload-unfinished = 進行中の段階がまだ終わっていません。終わると新しい設定に切り替わります
    .code = TT-9209
    .why = 送信や取り込みが --wait より長くかかっています。失われるものはなく、ゲートウェイは待ち続けます。
    .do = 切り替わったかは totatsu status で分かります。
cli-reload-unchanged = 読み込みました: 変わったファイルはありません
cli-reload-done = 読み込みました: { $files }
cli-reload-gone = 連携 { $link } がなくなりました。終わっていないものは保留になります

## receipt

cli-receipt-one-at-a-time = 配信は一つずつ指定してください。ファイルを確かめるときは --key 公開鍵 が要ります
    .code = TT-9210
cli-receipt-none = { $kind } { $id } に到達証はありません。いまは「{ $state }」です
    .code = TT-9211
    .why = 到達証は、到達を確かめてから作ります。
cli-receipt-no-key = { $directory } に鍵がありません。ゲートウェイが最初の起動で作ります
    .code = TT-9212
cli-receipt-nothing-to-certify = 配信 { $delivery } の到達証 { $number } は本物と確かめられないため、証明書や資料にできません。理由を見るには: totatsu receipt verify { $delivery }
    .code = TT-9240
cli-receipt-bundled = { $file }: { $receipt }、台帳の行 { $events } 件。監査する人に、鍵の指紋を別の経路（電話、書面）で伝えてください: { $keys }
cli-receipt-of = 到達証 { $number }（配信 { $delivery }）
cli-receipt-agrees = 台帳、署名、保管したバイト列、一つ前の到達証のすべてと一致します
cli-receipt-agrees-without = 台帳と署名に一致します。運んだ内容は台帳の記録どおり { $at } に削除済みのため、比べていません
cli-receipt-gap = 到達証 { $from } から { $to } がこの中にありません。渡されていないか、抜き取られています
cli-receipt-genuine = { $receipt } は真正です: { $agrees }
cli-receipt-not-genuine = { $receipt } は真正ではありません:
cli-receipt-signed-alone = { $signer } の署名があります。比べるファイルはそばにありません
cli-receipt-signed-beside = { $signer } の署名があり、そばにある { $names } と一致します
cli-receipt-before = 一つ前の到達証の SHA-256
cli-receipt-none-before = 台帳に到達証 { $number } がありません

## audit

cli-audit-at-work = ジャーナル、到達証、ファイルを確かめています
cli-audit-since = 開始
cli-audit-since-event = イベント { $event }（{ $at } に検証済み）。それより前は確かめ直していません
cli-audit-events = イベント
cli-audit-events-to = { $count } 件、最後の SHA-256 { $sha256 }
cli-audit-torn = その後ろに、行として完結していない（まだ書いている途中の） { $count } バイト
cli-audit-end = 末尾
cli-audit-vouched = 保証: { $by }
cli-audit-deliveries = 配信と集信
cli-audit-states = { $count } 件: { $states }
cli-audit-state = { $state } { $count }
cli-audit-receipts = 到達証
cli-audit-stamps = タイムスタンプ
cli-audit-act-at = 日時
cli-audit-act-by = 実施者
cli-audit-act-what = 行為
cli-audit-act-about = 対象
cli-audit-act-why = 理由
cli-audit-no-acts = この期間に人の操作はありません
cli-audit-files = ファイル
cli-audit-compared = { $files } 件を照合、{ $size }
cli-audit-compared-gone = { $files } 件を照合、{ $size }。もう保管していない配信・集信 { $gone } 件
cli-audit-contents-gone = 台帳の記録どおり内容を削除済み: { $count } 件（到達証は検証しました）
cli-audit-findings = 不一致
cli-audit-none = なし
cli-audit-more = … ほか { $count } 件
cli-audit-count-deliveries = 配信と集信 { $count } 件
cli-audit-count-acts = 操作 { $count } 件
cli-audit-count-events = イベント { $count } 件
cli-audit-count-receipts = 到達証 { $count } 件
cli-audit-count-receipts-unsigned = 到達証 { $count } 件（うち署名の合わないもの { $unsigned } 件）
cli-audit-exported = { $directory }: { $counts }。確かめ方は README.ja.txt にあります
cli-audit-exported-wrong = ジャーナルに食い違いがあります。totatsu audit verify を見てください:

## catalogue

cli-catalogue-unknown = 連携一覧に { $name } はありません。あるもの: { $known }
    .code = TT-9213
cli-catalogue-no-such = 連携一覧に、{ $id } という連携も行もありません。totatsu catalogue list がすべて示します
    .code = TT-9214
cli-catalogue-interface = 連携
cli-catalogue-business = 業務
cli-catalogue-partner = 連携先
cli-catalogue-way = 方向
cli-catalogue-method = 方式
cli-catalogue-frequency = 頻度
cli-catalogue-scope = 範囲
cli-catalogue-up-to = 想定件数
cli-catalogue-exclusive = 排他
cli-catalogue-exclusive-import = 排他制御
cli-catalogue-guarantee = 到達保障
cli-catalogue-sure = 確度
cli-catalogue-why = 理由
cli-catalogue-note = 注
cli-catalogue-doubt = 疑義
cli-catalogue-page = 頁
cli-catalogue-yes = あり
cli-catalogue-relay = DB中継
cli-catalogue-at-once = 即時
cli-catalogue-and = ・
cli-catalogue-a-day = { $count }件/日
cli-catalogue-a-month = { $count }件/月
cli-catalogue-a-file = { $count }件/回
cli-catalogue-in-all = { $count }件
cli-catalogue-busy = { $records } (繁忙期)
cli-catalogue-count = { $count } 件 (一覧の行 { $rows })。DB中継・即時連携は対象外: totatsu catalogue beyond
cli-word-way-out = 配信
cli-word-way-in = 集信
cli-word-method-file = ファイル転送/媒体連携
cli-word-method-file-or-relay = DB中継・ファイル併用
cli-word-frequency-yearly = 年次
cli-word-frequency-monthly = 月次
cli-word-frequency-daily = 日次
cli-word-frequency-adhoc = 随時
cli-word-scope-full = 全件
cli-word-scope-diff = 差分
cli-word-guarantee-sender = 送信側(自業務)
cli-word-guarantee-by-sender = 送信側(連携先)
cli-word-guarantee-none = 記載なし
cli-word-sureness-high = 高
cli-word-sureness-medium = 中
cli-word-sureness-low = 低
cli-catalogue-beyond-reason = DB中継と即時連携は対象外: 受け付けて証明し再配信できるファイルがなく、相手のデータベースや応答で完結するため。

## coverage

cli-coverage-not-served = coverage-{ $municipality }.toml がありません。このゲートウェイは、その団体を受け持っていません
    .code = TT-9215
    .why = 複数の団体を受け持つゲートウェイには、団体ごとに受け持つ範囲のファイルがあります。
    .do = 受け持っている団体のコードを書くか、totatsu init --for でファイルを作ってください。
cli-coverage-served = 対応
cli-coverage-left-out = 対象外
cli-coverage-both = 矛盾
cli-coverage-missing = 未対応
cli-coverage-standing = 対応
cli-coverage-how = 方法
cli-coverage-how-proven = 授受の方法と証明
cli-coverage-medium = 媒体
cli-coverage-beyond = 一覧にない連携: { $link } ({ $title })
cli-coverage-beyond-title = 一覧にない連携
cli-coverage-title = 連携一覧
cli-coverage-link-open = { $link } (未定 { $open })
cli-coverage-counts = 連携 { $all } 件: 対応 { $served }, 対象外 { $left_out }, 矛盾 { $both }, 未対応 { $missing }; 一覧にない連携 { $unlisted }
cli-coverage-proof-medium = 媒体から読み返して照合し、送付票に受領の署名。到達証
cli-coverage-proof-out = 連携先にあるバイトを問い合わせて照合。到達証に証明の段階を記す
cli-coverage-proof-in = 集信の前後で同じことを確かめ、全レコードを検査。到達証
cli-coverage-proof-import = { $proof }。排他ロック { $lock } の下で取込み

## init

cli-init-which-municipality = 団体を指定してください: --municipality 団体コードまたは団体名
    .code = TT-9216
cli-init-no-municipality = 全国地方公共団体コードの表に、コードも名前も { $name } の団体はありません
    .code = TT-9217
cli-init-several = { $name } という名前の団体は複数あります: { $several }
    .code = TT-9218
cli-init-which-businesses = 業務システムを指定してください: --business 名前（複数回）、または --business all
    .code = TT-9219
cli-init-no-business = 連携一覧に業務システム { $name } はありません
    .code = TT-9220
cli-init-no-interface = 連携一覧に連携 { $interface } はありません。totatsu catalogue list で分かります
    .code = TT-9221
cli-init-no-reason = { $interface } を対象外にする理由を書いてください。理由のない対象外はありません
    .code = TT-9222
cli-init-which-mpn = ＭＰＮへの収納データは、各業務システムから直接送りますか、収滞納管理から集約して送りますか。--mpn direct または --mpn collection を指定してください
    .code = TT-9223
cli-init-no-partner = 連携一覧に連携先 { $name } はありません
    .code = TT-9224
cli-init-no-importer = 取り込みを指定された業務システム { $name } は、連携一覧にありません
    .code = TT-9225
cli-init-reach-form = --reach { $said }: 連携先=方法 のように書いてください
    .code = TT-9226
cli-init-reach-way = --reach { $said }: 方法は sftp、ftps、medium、none のどれかです
    .code = TT-9227
cli-init-without-form = --without { $said }: 連携=理由 のように書いてください
    .code = TT-9228
cli-init-own-first = ゲートウェイ自身の団体が先です。--for なしで init を実行してください
    .code = TT-9229
cli-init-is-own = { $other } はゲートウェイ自身の団体です
    .code = TT-9230
cli-init-store = { $path } を読めません: { $why }
    .code = TT-9231
    .why = init.toml が手で書き換えられ、意味をなさなくなっています。
    .do = 元の内容に戻すか、消して答え直してください。
cli-init-not-ours = { $path } には init が作ったのではない設定があります。別のディレクトリを選んでください
    .code = TT-9232
cli-init-no-key = 鍵の組を作れません: { $error }
    .code = TT-9233
cli-init-partner-elsewhere = この連携先とは本ゲートウェイで授受しない
cli-init-mpn-by-collection = ＭＰＮへは収滞納管理から集約して送る
cli-init-mpn-direct = ＭＰＮへは各業務システムから直接送る
cli-init-would-add = { $file }: 追加する
cli-init-would-renew = { $file }: 書き直す
cli-init-kept = { $file }: 変更されているので触らない
cli-init-removed = { $file }: 削除されているので作らない
cli-init-unwanted = { $file }: 不要になった。消すなら人の手で
cli-init-looked = { $dir }: 追加 { $new }, 書き直し { $renewed }, そのまま { $same }。何も書いていない。書くには --add
cli-init-written = { $dir }: 追加 { $new }, 書き直し { $renewed }, そのまま { $same }。未定の項目 { $open }
cli-init-written-only = { $dir }: ファイルは書きました（追加 { $new }, 書き直し { $renewed }, そのまま { $same }）。誤りがあるため、未定の項目はまだ数えられません
cli-init-next-layouts = 次に: 直すのは totatsu.toml の paths.layouts だけです。{ $path } というディレクトリがありません。レイアウトのある場所をそこに書くか、次のように実行してください: totatsu init { $dir } --add --layouts ディレクトリ
cli-init-next-correct = 次に: 誤りとして出たものを直し、{ $check } で誤りがなくなるまで確かめてください
cli-init-next = 次に: { $check } で未定の項目を見て、連携先ごとに埋める

## init が端末で尋ねること

cli-ask-municipality = 団体名または団体コード
cli-ask-no-municipality = 該当する団体がありません
cli-ask-which-municipality = どの団体ですか
cli-ask-name = 到達証に載る名前
cli-ask-businesses = 業務システム（初めは全部選ばれています。空白キーで外す・戻す、Enter で決定）
cli-ask-reached = このとおりでよいですか
cli-ask-which-partner = どの連携先を変えますか
cli-ask-medium = 媒体
cli-ask-none = 授受しない
cli-ask-mpn = ＭＰＮへの収納データはどこから送りますか
cli-ask-mpn-direct = 各業務システムから直接
cli-ask-mpn-collection = 収滞納管理から集約して
cli-ask-no-layouts = { $path } にレイアウトがありません
cli-ask-layouts = レイアウトのディレクトリ
cli-ask-sum-municipality = 団体: { $code } { $name }
cli-ask-sum-businesses = 業務システム: { $names }
cli-ask-sum-layouts = レイアウト: { $path }
cli-ask-sum-mpn = ＭＰＮへの収納データ: { $way }
cli-ask-agreed = { $dir } に、このとおり設定を作りますか（いいえ: もう一度すべて尋ねます）
cli-ask-interrupted = 中断しました。何も書いていません

## demo

cli-demo-differs = 連携先のバイト列が、送ったものと違います
    .code = TT-9234
    .why = totatsu の誤り、またはこの計算機のディスクの障害です。
    .do = totatsu --version の表示とともに報告してください。
cli-demo-not-empty = 空ではありません。--keep には、空か、まだないディレクトリを指定してください
    .code = TT-9235
cli-demo-files = デモ自身のファイル: { $error }
    .code = TT-9236
cli-demo-configuration = デモの設定: { $problems }
    .code = TT-9237
cli-demo-not-arrived = 配信は到達せず、{ $state } で終わりました: { $why }
    .code = TT-9238
cli-demo-daemon-ended = デーモンが終了しました
cli-demo-arrived = { $records } 件のレコードが、連携先の { $path } に到達しました
cli-demo-disk = 連携先のディスク
cli-demo-bytes = { $bytes } バイト、SHA-256 { $sha256 }
cli-demo-same = 送ったものと同じ
cli-demo-yes = はい
cli-demo-no = いいえ
cli-demo-first-record = 連携先にある最初のデータレコード:
cli-demo-receipt = 到達証:
cli-demo-kept = すべて { $directory } に残してあります。続けて見るには:
cli-demo-not-kept = あとで見るには --keep ディレクトリ を付けて実行してください。

## send

cli-send-handed-over = { $name } を連携 { $link } の送信フォルダに、書き終えた形で置きました
cli-send-not-taken-up = 引き取り前
cli-send-no-gateway = ゲートウェイが動いていません。ファイルは送信フォルダで、起動を待ちます
    .code = TT-9246
    .why = totatsu send は、ゲートウェイが見つける場所に置くだけで、自分では何も送りません。
    .do = ゲートウェイを起動してください: systemctl start totatsu
cli-send-as-one = --as は一つのファイルの名前です。複数のファイルは、それぞれの名前のまま置きます
    .code = TT-9247
cli-send-inbound = 連携 { $link } は集信の連携です。受け取るだけで、送れません
    .code = TT-9248
    .why = 連携のファイルに direction = "in" とあります。
    .do = 連携の一覧は totatsu status で分かります。配信の連携を指定してください。
cli-send-name = { $file } には使える名前がありません。ディレクトリを含まない、UTF-8 のファイル名が要ります
    .code = TT-9249
    .do = --as で名前を付けてください。
cli-send-passed-over = { $name } は、ゲートウェイが引き取らない名前です（隠しファイル、書きかけの名前、目印の .end、制御文字を含む名前）
    .code = TT-9250
    .do = --as で別の名前を付けてください。
cli-send-twice = { $name } という名前のファイルが二つあります。何も置いていません
    .code = TT-9251
    .do = --as で名前を分け、一つずつ置いてください。
cli-send-no-file = { $file } は通常のファイルではありません
    .code = TT-9252
cli-send-empty = { $file } は空です。ゲートウェイは中身のないファイルを引き取りません
    .code = TT-9253
    .do = ファイルを作るプログラムが失敗していないか確かめてください。
cli-send-no-outbox = { $path } に送信フォルダがありません。ゲートウェイが起動するときに作ります
    .code = TT-9254
    .do = この設定でゲートウェイを一度起動してください。
cli-send-there-already = 連携 { $link } の送信フォルダには、すでに { $name } があります。置き換えません
    .code = TT-9255
    .why = 同じ名前のファイルが引き取りを待っているか、引き取れずに残っています。
    .do = 残っている理由は totatsu outbox で分かります。引き取られるのを待つか、--as で別の名前を付けてください。
cli-send-path = { $path }: { $error }
    .code = TT-9256
    .why = 置く人には、ファイルを読む権限と、送信フォルダに書く権限（グループ totatsu）が要ります。
    .do = 示された権限を与えるか、権限のあるユーザーで実行してください。
cli-send-not-copied = { $file } を送信フォルダに写せません: { $error }
    .code = TT-9257
    .do = ディスクがいっぱいでないか確かめてください。
cli-send-changing = { $file } は写している間に変わりました。置いていません
    .code = TT-9258
    .why = まだ書き込んでいるプログラムがあります。
    .do = 書き終わってから実行してください。

## explain

cli-explain-unknown = コード { $code } のメッセージはありません。近いもの: { $near }
    .code = TT-9239
    .why = コードの打ち間違いか、別の版のものです。
    .do = totatsu explain がすべてのコードを示します。
cli-explain-form = { $code } はコードではありません。コードは TT-2404 のような形で、メッセージの末尾の [ ] の中にあります
    .code = TT-9245
    .do = totatsu explain がすべてのコードを示します。
cli-explain-says = メッセージ
cli-explain-why = なぜ
cli-explain-do = すること
cli-explain-column-code = コード
cli-explain-column-message = メッセージ
cli-explain-title = メッセージとコード
cli-explain-page = 調べることのあるメッセージには、末尾にコードがあります。`totatsu explain コード` は、このページと同じことを示します。‹ › の中は、メッセージに入る値です。
cli-explain-made = <!-- i18n/ja から作成: cargo run --example texts -->
