# 持ち運ぶ媒体: どの媒体が入っているか、何を書けるか、媒体のコマンド。

## 媒体のどこが悪いか

medium-missing = 媒体がありません（{ $cause }）。差し込んで、マウントしてください
    .code = TT-3301
    .why = medium.path に媒体がありません。
    .do = マウントすれば、ゲートウェイが自動で見つけます。
medium-not-mounted = 何もマウントされていません。媒体を差し込んでください（マウントしない場所で使うときは medium.directory_is_enough）
    .code = TT-3302
    .why = そのまま書くと、こちらのディスクに残ってしまいます。
medium-unmarked = 媒体に TOTATSU.ID がありません。正しい媒体なら、準備してください: totatsu medium prepare ディレクトリ --partner 連携先
    .code = TT-3303
    .why = ほかの連携先に渡らないよう、印のある媒体にだけ書きます。
medium-mark-unreadable = 媒体の TOTATSU.ID を印として読めません（{ $cause }）。ゲートウェイのユーザーが読めるようにするか、印でなければ消して媒体を準備し直すか、正しい媒体に替えてください
    .code = TT-3316
    .why = どの媒体かはこのファイルで分かります。準備の途中のこともあります。
    .do = ls -l で、何であるかと所有者が分かります。ゲートウェイは自動で見直します。
medium-wrong = 違う媒体です（{ $found }）。正しい媒体に替えてください
    .code = TT-3304
    .why = TOTATSU.ID かラベルが、別の連携先か、medium.ids にない番号です。
medium-read-only = 媒体に書き込めません。書き込み禁止を外すか、書き込めるようにマウントするか、別の媒体にしてください
    .code = TT-3305
    .why = 書き込み禁止のつまみか、エラーのため読み取り専用でマウントされています。
    .do = エラーは dmesg で分かります。
medium-full = 媒体が一杯です（空き { $free } バイト、残り { $missing } バイト）。もっと空きのある媒体にしてください
    .code = TT-3306
    .why = ファイルと送付票、一覧が入る空きが要ります。
medium-gone = 媒体が途中でなくなりました（{ $phase }）: { $cause }。差し直してください
    .code = TT-3307
    .do = 途中のものは、やり直すか、済んでいることを確かめます。
medium-too-large = FAT には { $size } バイトのファイルを置けません。exFAT の媒体にして、配信を release してください
    .code = TT-3308
    .why = FAT のファイルは 4 GiB 未満までです。

## どの媒体か

medium-mark-is-no-file = ファイルではありません
medium-mark-is-none = 媒体の印ではありません
medium-is-another-partners = 連携先 { $partner } 用に準備した { $id } です
medium-is-unnamed = medium.ids にない { $id } です
medium-has-no-label = ラベルがないか、このシステムではラベルがわかりません
medium-has-label = ラベルは { $labels } です
medium-identity-not-asked = 確認しない
medium-identity-label = ラベル { $label }
medium-identity-id = ID { $id }
medium-proof-label = ボリュームラベル
medium-a-directory = ディレクトリ
medium-file-system-on = { $source } の { $file_system }
medium-labels-unlisted = ボリュームのラベルの一覧を読めません

## なくなったときの様子

medium-mounted-over = ちょうどその時に、別のものがマウントされました
medium-exchanged = 前は { $before } でしたが、いまは { $now } です
medium-unmounted = その間にアンマウントされました
medium-nobody-waits = 待つ者がいなくなりました
medium-itself = 媒体
medium-no-thread = そのためのスレッドを始められません: { $error }

## 媒体に置けない名前

medium-name-of-ours = { $name } は、どの媒体でもゲートウェイが使う名前です
medium-name-none = 名前がありません
medium-name-letter = { $name } に、FAT と Windows で使えない { $letter } があります
medium-name-no-name = { $name } は名前ではありません
medium-name-space = { $name } は、空白で始まるか、空白か点で終わっています（Windows では落とされます）
medium-name-device = { $name } は Windows の装置の名前です
medium-name-long = { $name } は { $limit } 文字を超えています

## コマンド

medium-partner-has-none = 媒体を使う連携先 { $partner } がありません。連携先のファイルの transport を確かめてください
    .code = TT-3309
    .why = 連携先の transport が "medium" でないか、名前の打ち間違いです。
    .do = 連携先の名前は、partners/ のファイル名から .toml を除いたものです。
medium-nothing-mounted-on = { $path } に何もマウントされていません。媒体を差し込んでください（マウントしない場所で使うときは、連携先のファイルに medium.directory_is_enough = true）
    .code = TT-3310
    .why = こちらのディスクに印を書いてしまいます。
    .do = 何がどこにマウントされているかは mount で分かります。
medium-marked-already = { $path } がすでにあります。誰かの媒体です。自分のものであるときだけ消してください
    .code = TT-3311
    .why = 印は、誰の媒体かを示します。上書きすると分からなくなります。
medium-path-failed = { $path }: { $error }
    .code = TT-3312
medium-prepared = 媒体 { $id } を連携先 { $partner } 用に準備しました。この ID を媒体に書いてください
medium-nothing-acknowledged = 渡したものの受領ファイルは、ここに一つもありません
    .code = TT-3313
    .why = 待っている受領ファイルの名前（連携の acknowledgement.name）のものがありません。
    .do = 待っているものは totatsu list --state handed_over で分かります。
medium-heading-file = ファイル
medium-heading-delivery = 配信
medium-heading-outcome = 結果
medium-no-sheet = 配信 { $delivery } は媒体に書いていません。送付票はありません
    .code = TT-3314
    .why = 送付票があるのは、媒体に書いたものだけです。
medium-sheet-of-two = 送付票は連携先ごとに一枚です。これらは { $one } と { $other } のものです
    .code = TT-3315
    .why = 渡した相手に、別の連携先のファイルのことが分かってしまいます。
    .do = 連携先ごとに実行してください。
