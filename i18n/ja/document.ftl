# 設定ファイル（TOML）そのものの誤りと、書き換えなかった理由。

document-error = 誤り
document-warning = 警告
document-unreadable = 読めません: { $error }
    .code = TT-1101
    .why = ファイルがないか、読む権限がありません。
    .do = chgrp totatsu、chmod 0640 です。
document-syntax-broken = TOML の書き方の誤り: { $what }
    .code = TT-1102
document-syntax-wanted = TOML の書き方の誤り: { $what }（ここに書けるもの: { $expected }）
    .code = TT-1103
document-unknown-field = `{ $field }` という項目はありません。書ける項目は { $expected } です
    .code = TT-1104
    .do = 綴りの誤りか、別の表（[...]）の項目ではないかを確かめます。
document-no-fields = `{ $field }` という項目はありません。ここに書ける項目はありません
    .code = TT-1105
    .why = この表に項目は書けません。
document-unknown-word = `{ $word }` とは書けません。書けるのは { $expected } です
    .code = TT-1106
    .why = 語の打ち間違いです。小文字で書きます。
document-missing-field = 項目 `{ $field }` がありません。必ず書いてください
    .code = TT-1107
    .why = この表に要る項目です。
    .do = 書き方は見本にあります。
document-duplicate-field = 項目 `{ $field }` が二度書かれています
    .code = TT-1108
    .why = 同じ項目が二度あります。
document-invalid-type = 値の型が違います。{ $found } ではなく、{ $expected } を書いてください
    .code = TT-1109
    .why = 文字は引用符で囲み、数と true、false は囲みません。並びは [ ] で囲みます。
document-invalid-value = この値は書けません: { $found }。{ $expected } を書いてください
    .code = TT-1110
document-invalid-length = 個数が違います（{ $length } 個）。{ $expected } を書いてください
    .code = TT-1111
document-no-form = 値の形が、書けるどの形にも当てはまりません。設定の見本を見てください
    .code = TT-1112
document-word-wanted = ここには、この項目に書ける語の一つを、引用符で囲んで書いてください
    .code = TT-1117
    .do = 設定の見本と docs/ja/configuration.md に、書ける語があります。
document-library = 読み取りの誤り: 「{ $error }」
    .code = TT-1113
document-one-of = { $names } のいずれか
document-either = { $one } か { $other }
document-joined = { $before }、{ $term }

## ファイルの書き換え

document-not-changed = { $path }: { $error }。何も変更していません
    .code = TT-1114
document-may-not-change = { $path }: このユーザーでは書き換えられません: { $error }。何も変更していません。ディレクトリの所有者はユーザー { $owner } です。そのユーザーで（root なら sudo で）実行してください。ファイルの所有者とモードは変わりません
    .code = TT-1115
    .why = 設定は root のもので、ゲートウェイには書き換えられません。
document-by-hand = { $path }: プログラムでは書き換えない書き方になっています。[{ $table }] の下に、手で次のように書いてください: { $line }
    .code = TT-1116
document-without = { $key }（{ $number } 番目を除く）

## 書き方の誤り

document-syntax-underscore = `_` は数字の間にだけ書けます
document-syntax-recursion = 入れ子が深すぎます
document-syntax-recursion-limit = 入れ子が深すぎます
document-syntax-carriage-return = CR の後に LF がありません
document-syntax-extra-equals = `=` が余分です
document-syntax-extra-assignment = 項目の間の `=` が余分です
document-syntax-extra-comma-array = 配列のコンマが余分です
document-syntax-extra-comma-inline = インラインテーブルのコンマが余分です
document-syntax-radix-sign = 0x などの整数に符号は付けられません
document-syntax-radix-case = 0x などは小文字で書きます
document-syntax-comment-character = 注釈に書けない文字があります
document-syntax-inline-element = インラインテーブルの中が正しくありません
document-syntax-key-value = 「項目 = 値」の形になっていません
document-syntax-unquoted-key = 項目名に書けない文字があります（"" で囲んでいない項目名）
document-syntax-invalid-key = 項目名が正しくありません
document-syntax-invalid-table = 表の見出しが正しくありません
document-syntax-invalid-value = 値が正しくありません
document-syntax-key-without-value = 項目に値がありません
document-syntax-key-basic = 項目名に複数行の文字列は使えません
document-syntax-key-literal = 項目名に複数行のリテラル文字列は使えません
document-syntax-missing-array-opening = 配列の始まりがありません
document-syntax-missing-assignment = 項目と値の間に `=` がありません
document-syntax-missing-comma-array = 配列の要素の間にコンマがありません
document-syntax-missing-comma-pairs = 項目の間にコンマがありません
document-syntax-missing-comment-start = 注釈の始まりがありません
document-syntax-missing-escape = `\` の後に文字がありません
document-syntax-missing-inline-opening = インラインテーブルの始まりがありません
document-syntax-missing-inline-key = インラインテーブルに項目名がありません
document-syntax-missing-quote = 始まりの引用符がありません
document-syntax-missing-table-open = 表の見出しの始まりがありません
document-syntax-missing-value-for-key = 項目に値がありません
document-syntax-missing-value = 値がありません
document-syntax-redundant-prefix = 整数の 0x などが余分です
document-syntax-redundant-sign = 数の符号が余分です
document-syntax-unquoted-string = 文字列は "" で囲みます
document-syntax-unicode-digits = 文字番号（\u）の桁が足りません
document-syntax-unclosed-array-table = 見出し [[...]] が閉じていません
document-syntax-unclosed-array = 配列が閉じていません
document-syntax-unclosed-inline-table = インラインテーブルが閉じていません
document-syntax-unclosed-table = 見出し [...] が閉じていません
document-syntax-equals-in-array = 配列の中に `=` は書けません
document-syntax-behind-comment = 注釈と改行の間に余分なものがあります
document-syntax-unexpected-content = 余分なものがあります
document-syntax-unexpected-key = 余分な項目か値があります
document-syntax-leading-zero = 数の先頭の 0 は書けません
document-syntax-unexpected-sign = 符号が余分です
document-syntax-empty-key = 項目名が空です
document-syntax-duplicate-key = 同じ項目が二度書かれています
document-syntax-basic-string = 文字列（""）が正しくありません
document-syntax-literal-string = リテラル文字列（''）が正しくありません
document-syntax-long-basic-string = 複数行の文字列が正しくありません
document-syntax-long-literal-string = 複数行のリテラル文字列が正しくありません
document-syntax-string = 文字列が正しくありません
document-syntax-unclosed-string = 閉じる " がありません
document-syntax-unclosed-literal = 閉じる ' がありません
document-syntax-boolean = 真偽値が正しくありません（true か false）
document-syntax-date-time = 日時が正しくありません
document-syntax-float = 小数が正しくありません
document-syntax-integer = 整数が正しくありません
document-syntax-hexadecimal = 16 進数が正しくありません
document-syntax-octal = 8 進数が正しくありません
document-syntax-binary = 2 進数が正しくありません

## その場所に書けるもの

document-term-nothing = なし
document-term-newline = 改行
document-term-key = 項目名
document-term-value = 値
document-term-letters = 英字
document-term-numbers = 数字
document-term-digits = 数字の並び
document-term-characters = 文字
document-term-basic-string = 文字列（""）
document-term-literal-string = リテラル文字列（''）
document-term-long-basic-string = 複数行の文字列
document-term-printable = 印字できる文字
document-term-not-double-quote = " のほかの印字できる文字
document-term-not-single-quote = ' のほかの印字できる文字
document-term-unicode = 文字番号（16 進）

## 値の型

document-found-boolean = 真偽値 { $value }
document-found-integer = 整数 { $value }
document-found-float = 小数 { $value }
document-found-character = 文字 { $value }
document-found-string = 文字列 { $value }
document-kind-sequence = 配列
document-kind-map = 表
document-kind-unit = 空の値
document-kind-enum = 決まった語
document-kind-a-boolean = true か false
document-kind-a-string = 文字列（"" で囲む）
document-kind-a-sequence = 配列（[ ] で囲む）
document-kind-a-map = 表
document-kind-string-or-table = 文字列か表
document-kind-u8 = 0〜255 の整数
document-kind-u16 = 0〜65535 の整数
document-kind-u32 = 0〜4294967295 の整数
document-kind-u64 = 0 以上の整数
document-kind-usize = 0 以上の整数
document-kind-i8 = -128〜127 の整数
document-kind-i16 = -32768〜32767 の整数
document-kind-i32 = 32 ビットの整数
document-kind-i64 = 整数
document-kind-f64 = 数
document-kind-f32 = 数
document-kind-struct = 項目を並べた表
document-kind-date = 日付
document-kind-path = パス（"" で囲む）
document-kind-a-date = 日付（"" で囲む）
