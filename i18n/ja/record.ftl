# 行やレコードが変換・復号できない理由と、誤りの一覧（レポート）。


## 行の変換

record-bad-source = 元ファイルに誤りが { $problems } 件あり、何も変換していません。一覧は { $report } にあります
    .code = TT-2201
    .why = ファイルの行が、連携先のレイアウトに合いません。一部だけを送ると全部と思われるため、ファイルごと拒否しました。
    .do = totatsu report ID の出力を持ち主に渡し、直したファイルを同じ名前で送信フォルダに置いてもらってください。
record-source-changed = 元ファイルが、引き取った後に変わりました（SHA-256 は { $accepted }、いまは { $found }）。ファイルをもう一度置いてください
    .code = TT-2202
record-reads-back-wrong = 変換したファイルを読み直すと、{ $at } バイト目で内容が違います（{ $fact }）。このサーバのディスクとメモリを調べてください
    .code = TT-2203
    .why = 書いたものをディスクから読み直したら、違っていました。ファイルではなく、ディスクかメモリの故障です。
    .do = 起動し直す前に dmesg とディスクの状態（smartctl）を調べてください。疑わしければ別の機械に移します。
record-as-is-columns = バイト列をそのまま渡すレイアウトに、列はありません
    .code = TT-2204
record-takes-no-column = レイアウト { $layout } に、列 { $name } はありません
    .code = TT-2205
record-has-no-column = { $name }: 元のレイアウト { $layout } に、列 { $from } はありません
    .code = TT-2206
record-column-and-fixed = { $name } が columns と fixed の両方にあります
    .code = TT-2207
record-column-unsaid = 元のレイアウト { $layout } に、列 { $name } はありません。どの列か（columns。なければ ""）、または常に入れる値（fixed）を書いてください
    .code = TT-2208
record-survey-no-text = { $at } バイト目から、UTF-8 でも UTF-16 でもありません
    .code = TT-2209
record-refused-value = { $record } の項目 { $item }: { $reason }。連携の [values] かゲートウェイの設定を直し、再起動してから、この配信を release してください
    .code = TT-2210
    .why = この項目の値は、連携の [values] かゲートウェイの設定から来ますが、書かれた値が項目に合いません。
    .do = 連携のファイルを直し、totatsu check、totatsu reload のあと、totatsu release ID --reason 理由 で続けます。
record-choice = 連携が選んだ値は、このレイアウトにありません。選べるのは { $choices }
record-value-folded = 値に、置き換えられるか切り捨てられる文字があります（{ $table }）。送る文字そのものを書いてください
record-value-fault = { $wrong }。正しくは: { $accepted }
record-no-value = 連携の値 "{ $key }" がなく、レイアウトに既定値もありません
record-code-not-five = 団体コードが 5 桁ではありません
record-code-digits = 団体コードは数字です
record-code-check-digit = 団体コードの 6 桁目が、前の 5 桁の検査数字と合いません
record-code-length = 団体コードは 6 桁、または検査数字を除いた 5 桁です

## ファイルの復号

record-bad-file = ファイルに誤りが { $problems } 件あり、何も解読していません。一覧は { $report } にあります
    .code = TT-2301
    .why = 連携先のファイルのレコードがレイアウトに合わないため、何も引き渡していません。
    .do = totatsu report ID に一覧があります。連携先に正しいファイルを頼むか、仕様が変わったのならレイアウトを直して release してください。

## 自機のディスクとプログラムの誤り

record-disk = { $path }: { $error }
record-csv-fault = 行を CSV として読み書きできません。totatsu の不具合として報告してください
    .code = TT-2302
record-reader-gave-up = レコードの読み取りを続けられません。totatsu の不具合として報告してください
    .code = TT-2303

## 読み直した内容の違い

record-fact-records = レコードの件数
record-fact-totals = ファイル全体の件数か合計
record-fact-bytes = 書いたバイト列と違う
record-fact-item = { $record } の項目 { $item }
record-fact-an-item = 項目

## 誤りの一覧（レポート）

record-report-totals = 誤り: { $count } 件（うち一覧: { $listed } 件）　読んだ件数: { $rows } 件
record-report-source = 何も変換していません。行と列は元ファイルのもので、1 から数えます（見出しが 1 行目）。
record-report-rows = 何も変換していません。元ファイルのレコードは元のレイアウトには合っていますが、連携先のレイアウトに合わないものがあります。項目は連携先のレイアウトのものです。件は元ファイルのデータレコードを 1 から数えます。
record-report-received = 何も解読していません。件はファイルのレコードを 1 から、バイトはファイルの先頭を { $first } として数えます。
record-report-sifted = ファイルをどうしたかは、最後の行にあります。件はファイルのレコードを 1 から、バイトはファイルの先頭を { $first } として数えます。
record-report-count = 件数
record-report-first-line = 最初の行
record-report-first-record = 最初の件
record-report-kind = 誤りの種類
record-report-line = 行
record-report-record = 件
record-report-column = 列
record-report-byte = バイト
record-report-item = 項目
record-report-character = 文字
record-report-faults = 誤りの内容と、正しい値
record-report-fault = { $wrong }。正しくは: { $accepted }
record-report-refused = 何も解読していません。ファイル全体にかかわる誤りか、件数や合計に響く誤りがあります。
record-report-decoded = 解読したデータレコード: { $rows } 件。隔離して quarantine ファイルに残したもの: { $quarantined } 件。
record-item-file = （ファイル全体）
record-item-row = （行）
record-item-heading = （見出し）
record-item-record = （レコード）

## 誤りの種類（レポートの件数）

record-kind-empty = 値がない
    .code = TT-2401
    .why = レイアウトで、この項目は空にできないことになっています。
    .do = 持ち主に値を入れてもらってください。連携先の仕様で空でよいなら、レイアウトの項目に empty = "spaces" と書きます。
record-kind-not-a-digit = 数字以外の文字
    .code = TT-2402
    .why = 属性 9 の項目です。数字だけで、桁区切りのコンマ、空白、符号、全角数字は入りません。
    .do = 数字だけにしてもらってください。多いのは、表計算ソフトの桁区切りのコンマです。
record-kind-not-in-set = 連携先の文字集合にない文字
    .code = TT-2403
    .why = 連携先の文字集合にない字です。外字、機種依存文字（髙、﨑、①など）が多く、勝手には置き換えません。
    .do = 連携先と取り決めて縮退の表（fold）を使うか、持ち主に別の字にしてもらってください。totatsu layout characters ファイル で、ファイル全体の字を調べられます。
record-kind-barred = 連携先が禁じている文字
    .code = TT-2404
    .why = 文字集合にはありますが、連携先の仕様で使えないことになっている字です。
    .do = 持ち主に別の字にしてもらってください。使えない字は totatsu layout show の「使えない文字（barred）」にあります。
record-kind-not-listed = 項目に使えない文字
    .code = TT-2405
    .why = この項目には、決まった字（only）しか入りません。口座名義などに多い決まりです。
    .do = 報告に出ている字だけを使ってもらってください。
record-kind-one-byte = 全角の項目に半角文字
    .code = TT-2406
    .why = 全角（属性 N）の項目に、半角の字があります。
    .do = 全角で書いてもらうか、連携先との取り決めがあれば、レイアウトに rules = ["full-width"] と書いて直させます。
record-kind-two-byte = 半角の項目に全角文字
    .code = TT-2407
    .why = 半角（属性 X）の項目に、全角の字があります。
    .do = 半角で書いてもらうか、連携先との取り決めがあれば、レイアウトに rules = ["half-width"] と書いて直させます。
record-kind-too-long = 長すぎる値
    .code = TT-2408
    .why = 値のバイト数が、項目の桁数を超えています。全角 1 字は Shift_JIS で 2 バイト、UTF-8 で 3 バイトです。
    .do = 持ち主に短くしてもらってください。レイアウトに overflow = "truncate" と書かない限り、切り捨てません。
record-kind-too-short = 短すぎる値
    .code = TT-2409
    .why = 桁数ちょうど（exact）の項目です。表計算ソフトで先頭の 0 が消えた場合がよくあります。
    .do = 先頭の 0 も含めて全部の桁を書いてもらってください。表計算ソフトでは、列を「文字列」にします。
record-kind-not-allowed = 決められた値のどれでもない
    .code = TT-2410
    .why = 連携先の仕様にあるコードのどれでもありません。
    .do = totatsu layout show の「取りうる値」と比べてください。連携先がコードを増やしたのなら、レイアウトの新しい版を作ります。
record-kind-not-a-date = 日付ではない値
    .code = TT-2411
    .why = 暦にない日付か、読める形（2026-04-01、20260401、元号付き）で書かれていません。
    .do = 2026-04-01 の形で書いてもらってください。不明な部分を 00 とするのは、レイアウトに unknown_parts とある項目だけです。
record-kind-not-a-time = 時刻ではない値
    .code = TT-2412
record-kind-check-digit = 検査数字が合わない
    .code = TT-2413
    .why = 番号のどこかの桁が違います。最後の桁は、ほかの桁から計算されます。
    .do = 持ち主に番号を調べ直してもらってください。個人番号、法人番号、団体コードを、こちらで直すことはありません。
record-kind-differs = 全行で同じはずの値が違う
    .code = TT-2414
record-kind-not-of-this-record = この種類のレコードにない列の値
    .code = TT-2415
record-kind-bad-bytes = 項目の属性や文字コードに合わないバイト
    .code = TT-2416
record-kind-not-the-literal = 固定値の位置に別の値
    .code = TT-2417
record-kind-not-filler = 空き領域（フィラー）に値
    .code = TT-2418
record-kind-not-reckoned = 件数、合計、連番、検査数字が計算と合わない
    .code = TT-2419
    .why = ヘッダーやトレーラーの件数・合計が、実際のレコードと違います。途中で切れたか、手で直されたファイルです。
    .do = 連携先か持ち主に、作ったままのファイルをもう一度もらってください。
record-kind-not-ours = ほかの団体や連携の値
    .code = TT-2420
record-kind-contradiction = 同じ列から作る項目どうしの矛盾
    .code = TT-2421
record-kind-only-where = 値があってはならない場合の値
    .code = TT-2422
record-kind-lacks-phrase = 必要な文言がない文章
    .code = TT-2423
record-kind-file-empty = 空のファイル
    .code = TT-2424
    .why = 中身のないファイルです。途中で終わったジョブが残すことがよくあります。
    .do = ジョブをやり直してもらってください。「該当なし」の日に空のファイルを送る取り決めなら、レイアウトに may_be_empty が要ります。
record-kind-no-rows = 見出しだけで行がない
    .code = TT-2425
    .why = 見出しだけで、行がありません。
    .do = 送るものがなかったのかを持ち主に確かめてください。なければ、ファイルを置かないでください。
record-kind-row-width = 列数が見出しと違う行
    .code = TT-2426
    .why = 引用符で囲まれていない値の中のコンマで、列がずれています。または、行が途中で切れています。
    .do = コンマを含む値を、引用符で囲んでもらってください。
record-kind-endless = 終わりのない行
    .code = TT-2427
    .why = 最後の行に改行がありません。書いている途中で置かれたか、途中で切れたファイルです。
    .do = 連携の ready を "rename" か "marker" にし、書き終えてから置いてもらってください。
record-kind-utf-16 = BOM のない UTF-16、またはテキスト以外
    .code = TT-2428
record-kind-shift-jis = UTF-8 ではなく Shift_JIS
    .code = TT-2429
    .why = Excel の「CSV」で保存すると Shift_JIS になります。元ファイルは UTF-8 です。
    .do = 「CSV UTF-8」で保存するか、連携に Shift_JIS を読む [source] のレイアウトを書いてください。
record-kind-tabs = コンマではなくタブ区切り
    .code = TT-2430
record-kind-no-heading = 見出しがない
    .code = TT-2431
    .why = 1 行目は列の名前でなければなりませんが、値が書かれています。
    .do = totatsu layout template 名前 で、要る見出しが出ます。
record-kind-not-utf-8 = UTF-8 ではないバイト
    .code = TT-2432
record-kind-unknown-column = レイアウトにない列
    .code = TT-2433
    .why = 見出しに、レイアウトにない列があります。書き間違いか、別の連携のファイルです。
    .do = totatsu layout template 名前 の見出しと比べてください。要らない列は消すか、連携の [source] で扱いを書きます。
record-kind-column-twice = 見出しに二度ある列
    .code = TT-2434
record-kind-column-missing = 見出しに足りない列
    .code = TT-2435
    .why = 見出しに、レイアウトが求める列がありません。
    .do = totatsu layout template 名前 の見出しと比べて、列を足してもらってください。
record-kind-source-columns = 連携の [source] の列の誤り
    .code = TT-2436
record-kind-not-derived = 導出した列の食い違い
    .code = TT-2437
record-kind-error-message = レコードではなく連携先のエラー文
    .code = TT-2438
    .why = 連携先のシステムが、レコードの代わりにエラー文を書いたファイルです。
    .do = 報告の 1 行目を読み、連携先に問い合わせてください。
record-kind-other-separator = レイアウトと違う区切り
    .code = TT-2439
    .why = レコードの区切り（CR LF、LF、なし）が、レイアウトと違います。
    .do = どれが正しいかを連携先に確かめてください。レイアウトが許せば（separator_link）、連携で選べます。
record-kind-separator = 区切りや行末の誤り
    .code = TT-2440
record-kind-cut-off = レコードの途中で終わるファイル
    .code = TT-2441
    .why = レコードの途中でファイルが終わっています。集信したときに書きかけだったか、連携先で切れています。
    .do = 連携先でファイルが全部そろっているかを確かめてください。ゆっくり書く相手なら、連携の ready を "marker" にします。
record-kind-no-end-mark = 終端の 1A がない
    .code = TT-2442
record-kind-stray-quote = 余分な引用符
    .code = TT-2443
record-kind-other-heading = レイアウトと違う見出し
    .code = TT-2444
record-kind-byte-order-mark = BOM の有無の誤り
    .code = TT-2445
record-kind-out-of-place = その位置に来てはならないレコード
    .code = TT-2446
record-kind-length = 長さの違うレコード
    .code = TT-2447
    .why = レコードの長さが仕様と違います。仕様の改訂、別のファイル、または改行の違いです。
    .do = totatsu layout ruler 名前 ファイル で、項目と並べて 1 バイトずつ見られます。
record-kind-ends-early = 途中で終わるファイル
    .code = TT-2448

## 値の誤り

record-wrong-empty = 値が空です
record-wrong-not-a-digit = 数字ではありません
record-wrong-not-in-set = 連携先の文字集合にない文字です
record-wrong-barred = レイアウトで禁じている文字です
record-wrong-not-listed = この項目に使えない文字です
record-wrong-one-byte = 全角の項目に半角文字があります
record-wrong-two-byte = 半角の項目に全角文字があります
record-wrong-too-long = 値は { $needs } バイトで、項目の { $has } バイトに入りません
record-wrong-too-many-characters = 値は { $characters } 文字で、項目の { $most } 文字に入りません
record-wrong-too-short = 値は { $bytes } バイトで、項目の { $has } バイトに足りません
record-wrong-value-not-allowed = { $value } は、決められた値ではありません
record-wrong-not-allowed = 決められた値ではありません
record-wrong-not-a-date = 日付ではありません
record-wrong-not-a-time = 時刻ではありません
record-wrong-check-digit = 最後の桁が検査数字と合いません
record-wrong-no-check-digit = 検査数字を計算できません。もとの項目に数字以外があります
record-wrong-differs = 同じブロックの最初のレコードと値が違います
record-wrong-not-of-this-record = この種類のレコードにない項目に値があります
record-wrong-bad-bytes = 項目内の { $at } バイト目から、属性か文字コードに合いません
record-wrong-not-the-literal = ここに必ず入る値と違います
record-wrong-not-filler = 空き領域（フィラー）に値があります
record-wrong-not-reckoned = { $found } は、ファイルの内容から計算した値と違います
record-wrong-not-ours = この団体・連携の値ではありません
record-wrong-contradiction = 同じ列から作る項目どうしが矛盾しています
record-wrong-only-where = 値がありますが、{ $item } が { $is } ではありません
record-wrong-lacks-phrase = 必要な文言がありません

## ファイルの誤り

record-wrong-file-empty = ファイルが空です
record-wrong-no-rows = 見出しだけで、レコードがありません
record-wrong-row-width = この行は { $fields } 列です（列がずれているため、この行のほかの誤りは調べていません）
record-wrong-endless-row = 行が 1 MiB を超えても終わりません。その後は読んでいません
record-wrong-utf-16 = BOM のない UTF-16 か、テキストではないファイルです
record-wrong-shift-jis = ファイルの文字コードが Shift_JIS です
record-wrong-tabs = 値がタブで区切られています
record-wrong-no-heading = 最初の行が見出しではありません。レイアウトの項目名が一つもありません
record-wrong-name-not-utf-8 = 名前が UTF-8 ではありません
record-wrong-unknown-column = この列はレイアウトにありません
record-wrong-column-twice = 見出しに同じ列が二度あります
record-wrong-column-missing = 見出しにこの列がありません
record-wrong-not-derived = { $from } から決まる値と違います
record-wrong-not-utf-8 = 値の { $at } バイト目から UTF-8 ではありません（行は { $row_at } バイト目から）
record-wrong-error-message = レコードではなく、連携先のエラー文が入っています
record-wrong-no-separator = レコードの間に区切りがありません
record-wrong-other-separator = レコードの間が { $found } です
record-wrong-separator = 区切りが違います
record-wrong-cut-off = ファイルがレコードの途中で終わっています
record-wrong-cut-off-after = ファイルがレコードの途中（{ $bytes } バイトのところ）で終わっています
record-wrong-no-end-mark = 終端の印がありません
record-wrong-last-separator-missing = 最後のレコードの後に区切りがありません
record-wrong-last-separator-there = 最後のレコードの後に区切りがあります
record-wrong-stray-quote = 行の中に、値を囲むのではない引用符があります
record-wrong-line-end = 行末が違います
record-wrong-last-line-end = 最後の行の終わり方が違います
record-wrong-other-heading = 見出しがレイアウトと違います
record-wrong-endless-line = 行が 1 MiB を超えても終わりません。その後は読んでいません
record-wrong-byte-order-mark = 先頭に BOM があります
record-wrong-no-byte-order-mark = 先頭に BOM がありません
record-wrong-out-of-place = この種類のレコードは、ここに来てはなりません
record-wrong-record-bytes = レコードが { $bytes } バイトです
record-wrong-line-columns = 行が { $columns } 列です
record-wrong-ends-early = ファイルが途中で終わっています

## 正しい値

record-accepted-a-value = 値を入れる
record-accepted-digits = 0 ～ 9 の数字だけ
record-accepted-another-character = 別の文字にする
record-accepted-listed = この項目に使える文字
record-accepted-full-width = 全角文字
record-accepted-half-width = 半角文字
record-accepted-at-most-bytes = { $has } バイトまで（切り捨てはしません）
record-accepted-at-most-characters = { $most } 文字まで（切り捨てはしません）
record-accepted-all-bytes = ちょうど { $has } バイト
record-accepted-a-day = 暦にある日付を { $form } の形で
record-accepted-a-day-in-layout = 暦にある日付を { $form } の形で（連携先のファイルでは { $of_layout }）
record-accepted-a-time = 時刻を { $form } の形で
record-accepted-check-digit = 検査数字の合う数字（{ $method }）
record-accepted-one-value = ブロックのすべてのレコードで同じ値
record-accepted-nothing = 何も入れない
record-accepted-bytes-of-kind = 項目の属性と文字コードに合うバイト
record-accepted-the-literal = レイアウトの固定値
record-accepted-filler = レイアウトのとおりの空き領域（確かめないなら、そこに unchecked = true）
record-accepted-ours = この団体・連携の値
record-accepted-one-from-items = 一つの値になる項目
record-accepted-phrase = { $phrase }（# は数字）
record-accepted-heading-and-rows = 項目名の見出しと、その下の行
record-accepted-a-row = 一行以上
record-accepted-fields = 見出しと同じ { $wanted } 列。コンマを含む値は "" で囲む
record-accepted-closing-quote = 引用符は必ず閉じる
record-accepted-in-excel = UTF-8（Excel では「CSV UTF-8（コンマ区切り）」で保存）
record-accepted-commas = コンマ
record-accepted-heading = 一行目に項目名（`totatsu layout template` で出せます）
record-accepted-utf-8 = UTF-8
record-accepted-names = レイアウトの項目名
record-accepted-once = 列は一度ずつ
record-accepted-column = この名前の列（値が空でも要ります）
record-accepted-source-columns = 連携の [source] の columns を直す
record-accepted-no-error-message = レコードのファイル（エラー文を読み、連携先に問い合わせてください）
record-accepted-separator-by-link = { $wanted }。または連携の [values] に { $key } = "{ $found }"
record-accepted-separator-by-layout = { $wanted }。または separator = "{ $found }" のレイアウト
record-accepted-none = 何もない
record-accepted-whole-records = 完全なレコード
record-accepted-end-mark = ファイルの最後に 1A を 1 バイト
record-accepted-quotes = 値の全体を引用符で囲み、中の引用符は二つ重ねる
record-accepted-names-in-order = 項目名を項目の順に
record-accepted-nothing-before = 最初の行の前に何もない
record-accepted-byte-order-mark = 最初の行の前に { $mark }
record-accepted-end-of-file = ファイルの終わり
record-accepted-record-bytes = { $wanted } バイト
record-accepted-line-columns = { $wanted } 列
record-separator-none = 区切りなし
record-separator-crlf = CR LF（0D 0A）
record-separator-lf = LF（0A）
record-separator-cr = CR（0D）

## 連携先の文字集合にない文字の代わり

record-advice-control = 制御文字と改行を除いた値
record-advice-yen = ¥（U+00A5）。この文字集合の 5C は円記号です
record-advice-overline = ‾（U+203E）。この文字集合の 7E はオーバーラインです
record-advice-backslash = \（U+005C）。この文字集合の 5C は逆斜線です
record-advice-tilde = ~（U+007E）。この文字集合の 7E はチルダです
record-advice-space = ふつうの空白
record-advice-invisible = 消す（見えない文字です）
record-advice-composed = 一つに合成した文字（Unicode の NFC）
record-advice-selector = 異体字セレクタのない文字
record-advice-user-defined = 取り決めた文字（外字は連携先では読めません）
record-advice-vendor = JIS X 0208 の文字（これは機種依存文字です）
record-advice-jis = JIS X 0201 か JIS X 0208 の文字
record-advice-windows = Windows-31J の文字（JIS X 0208 と NEC・IBM の拡張文字）
record-advice-jis-x-0201 = 数字、英字、記号、半角カナ（JIS X 0201）
record-advice-printable = 表示できる文字

## 縮退の一覧

record-fold-line = 行
record-fold-item = 項目
record-fold-from = 元の文字
record-fold-to = 置き換え後
record-fold-table = 表

## レコードの種類

record-kind-line = 行
