# レイアウト定義の誤り、レイアウトの検索と表示、連携が選べること。


## レイアウト定義（見出しとレコード）

layout-unreadable = 読めません: { $error }
    .code = TT-2001
layout-group-in-group = group の中で group は使えません
    .code = TT-2002
layout-name-of-file = effective_from は { $date } です。ファイル名を { $date }.toml にしてください
    .code = TT-2003
layout-no-folder = フォルダのないレイアウトは、そばの表を読めません
layout-agreed-together = status = "agreed" には、agreed_with（誰の仕様書か）と compared（照合した日）の両方が必要です
    .code = TT-2004
layout-until-before = until が effective_from より前です
    .code = TT-2005
layout-not-a-day = 暦にある日付ではありません（時刻を付けずに 2026-04-01 のように書きます）
    .code = TT-2006
layout-separator-link = separator_link は、区切りをレコードの外に置くか区切りのない固定長だけで使えます
    .code = TT-2007
layout-end-mark-link = end_mark_link は、last_separator_optional を指定しない固定長だけで使えます
    .code = TT-2008
layout-as-is-records = as-is: バイト列をそのまま渡すので、レコードは書けません
    .code = TT-2009
layout-csv-separator = separator: CSV の行末は "crlf" か "lf" です
    .code = TT-2010
layout-csv-jis7 = encoding: CSV ファイルに jis7 は使えません
    .code = TT-2011
layout-csv-format = [csv] は format = "csv" のときに書きます
    .code = TT-2012
layout-csv-byte-order-mark = csv: byte_order_mark は utf-8 と utf-16 で使います
    .code = TT-2013
layout-csv-delimiter = csv: delimiter は , と ; とタブのどれかです
    .code = TT-2014
layout-utf-16 = encoding: utf-16 は、end_mark のない CSV ファイルで使います
    .code = TT-2015
layout-repertoire-encoding = repertoire は、user_defined を指定しない utf-8 と utf-16 で使います。ほかの文字コードには、それぞれの文字集合があります
    .code = TT-2016
layout-may-be-empty = may_be_empty と separator_after_last = false は同時に使えません
    .code = TT-2017
layout-last-separator-optional = last_separator_optional は、区切りで終わり、end_mark のないファイルで使います
    .code = TT-2018
layout-error-message = error_message: 連携先のエラー文の先頭を ASCII で書きます
    .code = TT-2019
layout-first-byte = first_byte: 仕様書のバイト位置は 0 か 1 から数えます
    .code = TT-2020
layout-repertoire-name = repertoire: "mj-plus" か、レイアウトのそばに置いたファイル 名前.txt を書きます
    .code = TT-2021
layout-repertoire-unreadable = repertoire: { $name } を読めません: { $error }
    .code = TT-2022
layout-fold-name = fold: 表には、レイアウトのそばに置いたファイルの名前を書きます
    .code = TT-2023
layout-fold-unreadable = fold: { $name } を読めません: { $error }
    .code = TT-2024
layout-fold-unknown = fold: "{ $name }" という表はありません（ivs、nta、mj、mj-by-analogy、またはファイル 名前.tsv）
    .code = TT-2025
layout-derived-taken = derived: 列または項目 "{ $name }" がすでにあります
    .code = TT-2026
layout-derived-from = derived: 項目 "{ $from }" のないデータレコードがあります
    .code = TT-2027
layout-derived-values = derived: もとの項目には、取りうる値の一覧（allowed、日付のない map、または value）が必要です
    .code = TT-2028
layout-derived-empty = derived: 空の値に当てる語がありません（empty = "refuse" なら空になりません）
    .code = TT-2029
layout-derived-lacks = derived: 項目が取る値 "{ $value }" に当てる語がありません
    .code = TT-2030
layout-derived-unused = derived: "{ $name }" に、{ $from } が取らない値 "{ $value }" の語があります
    .code = TT-2031
layout-break-on = break_on: 項目 "{ $name }" がすべてのデータレコードにはなく、その列を取るヘッダーもありません
    .code = TT-2032
layout-no-data = データレコードがありません
    .code = TT-2033
layout-record-name = 同じ名前のレコードがあります
    .code = TT-2034
layout-record-key-missing = record_key がありません。データレコードを区別する固定値の項目を書いてください
    .code = TT-2035
layout-record-key-item = record_key: レコードに固定値の項目 "{ $name }" がありません
    .code = TT-2036
layout-record-key-twice = record_key: 別のデータレコードも "{ $key }" です
    .code = TT-2037
layout-length-differs = 同じ位置に来る { $name } と長さが違います
    .code = TT-2038
layout-not-told-apart = { $name } と区別できる固定値の項目がなく、どこで終わるか読み手にわかりません
    .code = TT-2039
layout-sum-zeros = sum: 右に 0 を詰める項目では、数が変わります
    .code = TT-2040
layout-csv-heading = csv: 見出し行は、データレコードが一種類のファイルで使います
    .code = TT-2041
layout-csv-heading-name = csv: この文字コードでは、項目名を見出し行に書けません
    .code = TT-2042
layout-table-twice = { $name } の { $line } 行目: この文字はすでに書いてあります
    .code = TT-2043
layout-table-form = 行には、文字、タブ、置き換える文字を書きます
layout-table-left = 左には文字を一つ書きます（異体字セレクタを付けられます）
layout-table-right = 右には 1 ～ { $max_replacement_chars } 文字を書きます
layout-table-point = "{ $word }" は U+9AD9 のような符号位置ではありません
layout-table-line = { $name } の { $line } 行目: { $message }
    .code = TT-2044
layout-group-unknown = [[group]] "{ $name }" がありません
    .code = TT-2045
layout-group-times = times は 1 ～ { $max_times } です
    .code = TT-2046
layout-group-prefix = 繰り返す group の prefix には、番号の入る # が必要です
    .code = TT-2047
layout-group-at = group の項目に at は書けません。group はどの位置にも置けるためです
    .code = TT-2048
layout-repertoire-line = { $name } の { $line } 行目: 行には U+4E00、U+4E00-U+9FFF、または文字と異体字セレクタ（U+845B U+E0100）を書きます
    .code = TT-2049
layout-relation-data = unknown_of と only_where はデータレコードで使います
    .code = TT-2050
layout-unknown-of = unknown_of: そのレコードの日付の項目名を書きます。この項目は allowed = ["0", "1"] です
    .code = TT-2051
layout-only-where = only_where: {"{"} item = そのレコードの項目, is = [取りうる値] {"}"}
    .code = TT-2052

## レイアウト定義（項目の値の出どころ）

layout-where-alone = where は count か sum と一緒に書きます
    .code = TT-2501
layout-first-alone = first は sequence と一緒に書きます
    .code = TT-2502
layout-over-alone = check_digit と over は一緒に書きます
    .code = TT-2503
layout-unchecked-alone = unchecked は filler と一緒に書きます
    .code = TT-2504
layout-hex-fixed = hex は固定長で使います
    .code = TT-2505
layout-one-origin = 値の出どころは一つだけです（column、value、filler、hex、count、sum など）
    .code = TT-2506
layout-trailer-column = トレーラーは列から値を取れません。読み手は、トレーラーより前に行を渡し終えているためです。block を使ってください
    .code = TT-2507
layout-no-column = データレコード以外には入力の列がありません。value、filler、hex、count、sum、gateway、link、block、column などを書いてください
    .code = TT-2508
layout-filler-bytes = filler にはバイト数が必要です
    .code = TT-2509
layout-filler-wide = 全角空白では、このバイト数を埋められません
    .code = TT-2510
layout-hex-length = hex は { $found } バイト、項目は { $width } バイトです
    .code = TT-2511
layout-hex-form = hex は 1 バイトを 2 桁で、間を空けて書きます（"1B 24 42"）
    .code = TT-2512
layout-sequence-place = 連番は、数える対象のレコードに置きます。ブロックを数えるには、ヘッダーかトレーラーが必要です
    .code = TT-2513
layout-sequence-kind = 連番は属性 9 の項目です
    .code = TT-2514
layout-check-digit-kind = 検査数字は属性 9、1 バイトの項目です
    .code = TT-2515
layout-total-place = 件数と合計は、ブロックのトレーラー、ファイルの末尾、ファイルの先頭に置きます
    .code = TT-2516
layout-total-kind = 件数と合計は属性 9 の項目です
    .code = TT-2517
layout-count-record = count: レコード "{ $kind }" がありません
    .code = TT-2518
layout-count-empty = count には、数えるレコードの種類を書きます
    .code = TT-2519
layout-count-outside = ファイルの先頭と末尾のレコードは、ブロックに含まれません
    .code = TT-2520
layout-where-data = where はデータレコードだけを見ます
    .code = TT-2521
layout-sum-item = sum: 項目 "{ $summed }" のあるデータレコードがありません
    .code = TT-2522
layout-sum-kind = sum: "{ $summed }" は属性 9 ではありません
    .code = TT-2523
layout-sum-digits = sum: "{ $summed }" は { $max_summed_digits } 桁を超えるか、桁数の上限がありません
    .code = TT-2524
layout-where-item = where: 項目 "{ $item }" のあるデータレコードがありません
    .code = TT-2525
layout-where-values = where には is か is_not に値の一覧を書きます
    .code = TT-2526
layout-block-place = block は、ブロックのヘッダーかトレーラーで使います
    .code = TT-2527
layout-block-item = block: 項目 "{ $repeated }" のないデータレコードがあります
    .code = TT-2528
layout-block-differs = block: データレコードの "{ $repeated }" と、属性かバイト数が違います
    .code = TT-2529
layout-literal-fault = "{ $literal }": { $wrong }。正しくは: { $accepted }
    .code = TT-2530
layout-literal-folded = "{ $literal }" は置き換えられるか切り捨てられます（{ $table }）。送る文字そのものを書いてください
    .code = TT-2531
layout-listed-value = 一覧の値 "{ $value }" は、この項目に入りません: { $why }
    .code = TT-2532
layout-not-read-back = 書いた値を読み戻せません
layout-empty-line = 列が一つだけの行は空にできません。empty = "refuse" を書いてください
    .code = TT-2533
layout-where-value = where: 項目に "{ $value }" は入りません
    .code = TT-2534

## レイアウト定義（項目）

layout-item-number = 同じ番号の項目があります
    .code = TT-2535
layout-item-name = 同じ名前の項目があります
    .code = TT-2536
layout-length-fixed = length は固定長で使います
    .code = TT-2537
layout-record-bytes = レコードは 1 ～ { $max_record_bytes } バイトです
    .code = TT-2538
layout-at-fixed = at は固定長で使います
    .code = TT-2539
layout-only-unknown = only: [characters] に "{ $name }" がありません
    .code = TT-2540
layout-date-width = 日付 { $pattern } は { $width } バイトです
    .code = TT-2541
layout-date-digits = { $pattern } には数字以外も入ります。属性を X にしてください
    .code = TT-2542
layout-phrases = phrases と phrases_link は、属性 N か M の項目に一緒に書きます。文言は、語、数の入る # 一つ、語の順に書きます
    .code = TT-2543
layout-over-itself = over: 検査数字は、自分以外の項目から計算します
    .code = TT-2544
layout-over-item = over: レコードに項目 "{ $name }" がありません
    .code = TT-2545
layout-jis7-shifts = jis7: hex = "1B 24 42" の項目と hex = "1B 28 4A" の項目の間に置くか、shifts_inside = true を書きます
    .code = TT-2546
layout-era-code-with-year = date: 同じ列の項目に元号を示す G があります。元号の年は EE です
    .code = TT-2547
layout-era-unknown = date: EE には元号が要ります。同じ pattern か同じ列の項目に G を書くか、era = "reiwa" のように書きます
    .code = TT-2548
layout-item-no-byte = 項目は 1 バイト以上です
    .code = TT-2549
layout-pad-bytes = pad と exact にはバイト数が必要です
    .code = TT-2550
layout-utf-16-bytes = utf-16 では幅を文字数で書きます。bytes は書きません
    .code = TT-2551
layout-two-byte-even = 全角の項目のバイト数は偶数です
    .code = TT-2552
layout-utf-8-wide = utf-8 の全角空白では埋められない幅があります。属性を M にしてください
    .code = TT-2553
layout-jis-x-0201 = jis-x-0201 に全角文字はありません。属性を X にしてください
    .code = TT-2554
layout-shifts-inside = shifts_inside は、jis7、属性 N、8 バイト以上の項目で使います
    .code = TT-2555
layout-csv-one-encoding = CSV ファイルの文字コードは一つだけです
    .code = TT-2556
layout-digits-rules = 数字の項目に文字の規則（rules）は使えません
    .code = TT-2557
layout-one-width = 全角と半角の規則は、どちらか一つです
    .code = TT-2558
layout-width-kind = 全角・半角の規則が属性と矛盾しています
    .code = TT-2559
layout-text-only = overflow と only は文字の項目で使います
    .code = TT-2560
layout-two-byte-zeros = 全角の項目は数字の 0 で埋められません
    .code = TT-2561
layout-quoted = quoted は quote = "when-needed" の CSV ファイルで使います
    .code = TT-2562
layout-date-kind = 日付と時刻は属性 9 か X の項目です
    .code = TT-2563
layout-date-alone = date は、time、allowed、sign とは一緒に使えません
    .code = TT-2564
layout-date-options = era、first_year、unknown_parts は date と一緒に書きます
    .code = TT-2565
layout-number-kind = number と sign は属性 9 で使います
    .code = TT-2566
layout-verify-kind = verify は属性 9 か X で使います
    .code = TT-2567
layout-map-doubled = map: 二つの語が同じコードです。読み戻せません
    .code = TT-2568
layout-map-allowed = 取りうる値は map が示します。allowed は書きません
    .code = TT-2569
layout-default-link = default は link と一緒に書きます
    .code = TT-2570
layout-time-not-date = 時刻には date ではなく time を書きます
    .code = TT-2571
layout-kind-link-kinds = kind_link: 連携が選べるのは 9 と X です
    .code = TT-2572
layout-kind-link-plain = kind_link は、map、date、time、sign、number、align、pad のない列で使います
    .code = TT-2573
layout-date-part = date: "{ $rest }" は日付の部分ではありません（YYYY YY G EE MM DD - / .）
    .code = TT-2574
layout-date-twice = date: 同じ部分が二度あります
    .code = TT-2575
layout-date-empty = date: YYYY、YY、G、EE、MM、DD のどれかが要ります
    .code = TT-2576
layout-date-one-year = date: 年は一つだけです
    .code = TT-2577
layout-date-era-year = date: G は元号を示し、その年は EE です。GEEMMDD と書いてください
    .code = TT-2578
layout-date-eras = date: G には [eras] に元号のコードが要ります
    .code = TT-2579
layout-eras-length = [eras] のコードは、同じ長さにします
    .code = TT-2580
layout-date-era-without = date: era は G のない書き方で使います
    .code = TT-2581
layout-date-era-needs = date: era は EE と一緒に使います
    .code = TT-2582
layout-date-first-year = date: first_year は YY と一緒に使います
    .code = TT-2583

## レイアウト定義の誤りの場所

layout-place-item = { $record } の項目 { $item }
layout-place-item-alone = 項目 { $item }
layout-problem-in = { $place }: { $message }
layout-problem-at-line = { $line } 行目: { $message }
layout-problem-at-line-in = { $line } 行目、{ $place }: { $message }

## レイアウト定義（レコードの組み合わせ）

layout-one-block-header = ブロックのヘッダーは一つまでです
    .code = TT-2053
layout-one-block-trailer = ブロックのトレーラーは一つまでです
    .code = TT-2054
layout-one-file-end = ファイルの末尾のレコードは一つまでです
    .code = TT-2055
layout-length = 項目の合計は { $bytes } バイト、レコードは { $length } バイトです
    .code = TT-2056
layout-length-with-separator = 項目の合計は { $bytes } バイト、区切りは { $inside } バイト、レコードは { $length } バイトです
    .code = TT-2057
layout-at-first = 仕様書の位置は { $written } バイト目ですが、レコードの最初の項目です
    .code = TT-2058
layout-at = 仕様書の位置は { $written } バイト目ですが、前の項目は { $start } バイト目で終わります
    .code = TT-2059

## 連携が選べること

layout-choice-separator = none、crlf、lf、cr のどれか
layout-choice-end-mark = none か 1A
layout-choice-phrases = off、form、required のどれか
layout-choice-kind = 9 か X

## レコードの表示（ruler）

layout-ruler-record = { $number } 件目のレコード（ファイルの { $at } バイト目から）
layout-ruler-record-of-no-kind = { $number } 件目のレコード（ファイルの { $at } バイト目から。ここに来てよい種類ではないので、データとして表示）
layout-ruler-bytes = { $record }（{ $bytes } バイト）
layout-ruler-other-bytes = { $record }（{ $bytes } バイト）。ただし、ここにあるのは { $found } バイト
layout-ruler-columns = { $record }（{ $columns } 列）
layout-ruler-other-columns = { $record }（{ $columns } 列）。ただし、ここにあるのは { $found } 列
layout-ruler-at = バイト
layout-ruler-kind = 属性
layout-ruler-item = 項目
layout-ruler-hex = 16 進
layout-ruler-text = 文字
layout-no-records = レイアウトにレコードがありません
    .code = TT-2060

## レイアウトの説明と、二つの版の違い

layout-none = なし
layout-open = 期限なし
layout-any = 任意
layout-date-from = （{ $year } 年から）
layout-date-unknown = （不明は 00）
layout-derived-column = { $name }（{ $from } から）: { $words }
layout-size-bytes = { $bytes } バイト
layout-size-columns = { $columns } 列
layout-diff-record-gone = - レコード { $record }
layout-diff-record-new = + レコード { $record }（{ $items } 項目）
layout-diff-order = レコードの順序: { $before } -> { $after }
layout-diff-length = { $record }: { $before } バイト -> { $after } バイト
layout-fact-absent = （なし）
layout-fact-from = 出どころ
layout-fact-separator = { $separator }、最後のレコードの後: { $after_last }
layout-fact-separator-by-link = 連携が選ぶ区切り
layout-fact-end-mark-by-link = 連携が選ぶ終端の印
layout-fact-last-separator-optional = 最後の区切りは省略可
layout-fact-error-message = エラー文
layout-fact-end-mark = 終端の印
layout-fact-may-be-empty = 空でもよい
layout-fact-user-defined = 外字
layout-fact-byte-order-mark = BOM
layout-fact-columns = 元ファイルの列
layout-fact-derived = 導出した列
layout-fact-shifts-inside = シフトコードを含む
layout-fact-unknown-of = 次の日付が不明のとき:
layout-fact-only-where = 次の場合だけ:
layout-fact-is = { $item } が { $is }
layout-fact-by-link = { $what }（連携の { $key } による）
layout-fact-or-kind = または属性
layout-origin-column = 列 { $column }
layout-origin-value = 固定値 "{ $value }"
layout-origin-spaces = 空白
layout-origin-zeros = ゼロ
layout-origin-bytes = バイト { $bytes }
layout-origin-sum = { $label } の合計
layout-origin-sequence = { $of } の連番（{ $first } から）
layout-origin-check-digit = 検査数字 { $method }（{ $over } から）
layout-origin-gateway = ゲートウェイの { $value }
layout-origin-link-or = 連携の { $key }、なければ "{ $default }"
layout-origin-link = 連携の { $key }
layout-origin-block = ブロックの { $item }
layout-origin-count = { $records } の件数
layout-origin-where = （{ $item } { $is } { $values }）
layout-described = { $record }（{ $place }、{ $size }）
layout-record-file-top = ファイルの先頭
layout-record-block-header = ブロックのヘッダー
layout-record-data = データ
layout-record-block-trailer = ブロックのトレーラー
layout-record-file-end = ファイルの末尾

## コマンド layout（検索）

layout-file = { $file }: { $message }
layout-standard-input = 標準入力
layout-standard-output = 標準出力
layout-no-such-folder = フォルダ { $folder } がありません。--layouts DIR で指定してください
    .code = TT-2101
layout-ambiguous = { $name } は { $first } と { $second } のどちらかわかりません。どちらかを書いてください
    .code = TT-2102
layout-no-version = { $folder } に、レイアウト "{ $name }" の版 { $version } はありません
    .code = TT-2103
layout-none-in-force = { $folder } に、{ $day } に有効なレイアウト "{ $name }" はありません
    .code = TT-2104

## コマンド layout（ファイル）

layout-faults-here = { $faults }（ここでは --column、--fixed で指定）
layout-quarantine-exists = { $file } はすでにあります。除いたレコードのファイルは上書きしません
    .code = TT-2105
layout-no-record = { $file } に { $number } 件目のレコードはありません
    .code = TT-2106
layout-no-data-record = { $file } にデータレコードがありません
    .code = TT-2107
layout-no-room = 一時ファイルを作れません: { $error }
    .code = TT-2108
layout-value-here = { $error }（ここでは --municipality CODE、--value 名前=値 で指定）
layout-value-accepted = --value { $name }: 書けるのは { $choices }
    .code = TT-2109
layout-name-value = 名前=値 の形で書きます
layout-folds-by = { $table } で { $count } 字
layout-folds = 置き換えた文字か切り捨てた値があります: { $counts }
layout-folds-unlisted = 置き換えた文字か切り捨てた値があります: { $counts }（--folds FILE で一覧を書き出せます）
layout-template-row = 見出しの下の行は見本です。書き換えるか、消してください
layout-survey-characters = 文字数
layout-survey-plain = そのまま書ける
layout-survey-folded = { $table } で縮退
layout-survey-unknown = 表にない: { $points }
layout-survey-count = 件数

## コマンド layout（一覧）

layout-heading-layout = レイアウト
layout-heading-version = 版
layout-heading-until = 期限
layout-heading-status = 状態
layout-heading-unconfirmed = 未確認
layout-heading-encoding = 文字コード
layout-heading-title = 名称
layout-heading-no = 番号
layout-heading-item = 項目
layout-heading-at = 位置
layout-heading-bytes = バイト
layout-heading-kind = 属性
layout-heading-value = 値
layout-heading-record = レコード
layout-heading-confidence = 確かさ
layout-heading-note = 注記
layout-not-confirmed = 未確認の項目
layout-unconfirmed-of = { $unconfirmed } / { $items }
layout-show-partner = 連携先
layout-show-status = 状態
layout-show-sha256 = SHA-256
layout-show-source = 出典
layout-show-note = 注記
layout-show-agreed = 取り決め
layout-show-table = 表
layout-show-columns = 列
layout-show-derived = 導出
layout-agreed-with = 相手: { $with }、最後の照合: { $compared }
layout-status-published = 公開仕様
layout-status-second-hand = 二次情報
layout-status-sample = 見本
layout-status-agreed = 取り決め
layout-status-published-told = 公開仕様（公表された仕様書による）
layout-status-second-hand-told = 二次情報（ほかのプログラムの読み方による。未確認なので、連携先の仕様書と照合してください）
layout-status-sample-told = 見本（桁数は仮のものです。使う前に連携先の仕様書に合わせてください）
layout-status-agreed-told = 取り決め（公表されていない、連携先の仕様書による）
layout-confidence-confirmed = 確認済み
layout-confidence-sum-confirmed = 合計だけ確認済み
layout-confidence-single-source = 出典は一つだけ
layout-confidence-guess = 推定
layout-sound = { $layout } { $version }: 正常（{ $status }、未確認 { $doubts } 項目）

## 元ファイルの見出しから

layout-looks-like = 見出しは、この連携のレイアウト { $own } ではなく { $layouts } のものに見えます。別の連携のファイルではありませんか。

## レイアウトのファイルの語

layout-word-title = 名称（title）
layout-word-partner = 連携先（partner）
layout-word-status = 確かさ（status）
layout-word-agreed = 取り決め（agreed）
layout-word-repertoire = 使える文字の表（repertoire）
layout-word-effective-from = 適用開始（effective_from）
layout-word-until = 適用終了（until）
layout-word-encoding = 文字コード（encoding）
layout-word-format = 形式（format）
layout-word-separator = 区切り（separator）
layout-word-quote = 引用符（quote）
layout-word-heading = 見出し（heading）
layout-word-delimiter = 列の区切り（delimiter）
layout-word-break-on = ブロックの切れ目（break_on）
layout-word-record-key = レコードを分ける列（record_key）
layout-word-no = 番号（no）
layout-word-at = 位置（at）
layout-word-bytes = バイト数（bytes）
layout-word-kind = 属性（kind）
layout-word-characters = 文字数（characters）
layout-word-exact = 桁数ちょうど（exact）
layout-word-number = 数値（number）
layout-word-sign = 符号（sign）
layout-word-allowed = 取りうる値（allowed）
layout-word-map = 値の置き換え（map）
layout-word-date = 日付（date）
layout-word-time = 時刻（time）
layout-word-verify = 検査数字（verify）
layout-word-rules = 文字のそろえ方（rules）
layout-word-fold = 縮退（fold）
layout-word-barred = 使えない文字（barred）
layout-word-only = 使える文字（only）
layout-word-overflow = あふれたとき（overflow）
layout-word-quoted = 引用符で囲む（quoted）
layout-word-unchecked = 確かめない（unchecked）
layout-word-phrases = 必要な文言（phrases）
layout-word-empty = 空のとき（empty）
layout-word-filled = 埋めて書く（filled）
layout-word-fill = 埋め方（fill）
layout-reading-input = 標準入力を読んでいます
layout-converting = 変換しています
