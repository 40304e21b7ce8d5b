# 一つ一つの値の誤り: 時間、サイズ、ID、ファイル名、コマンド。

value-wait = { $text } は時間の長さではありません。"30s"、"5min"、"3d" のように書いてください
    .code = TT-1301
    .why = 数だけでは単位が分かりません。
value-size = { $text } はサイズではありません。"64 KiB" のように書いてください
    .code = TT-1302
    .why = 数だけでは単位が分かりません。
value-delivery-id = 配信と集信の ID は 20261122-183005-k7m2q9 の形です
    .code = TT-1303
    .why = 番号は totatsu list で分かります。
value-sha256 = SHA-256 は 16 進数 64 桁です
    .code = TT-1304

## ファイル名の書き方

value-placeholder = { $pattern } に知らない置き換え記号があります。使えるのは { $known } です
    .code = TT-1305
    .why = 名前を作るときに分かる値だけを書けます。
value-no-file-name = { $pattern } はファイル名になりません。ディレクトリは remote.directory に書いてください
    .code = TT-1306
    .why = / のある名前は、ディレクトリを指してしまいます。
value-like-marker = { $ending } で終わる名前は、完成を知らせる目印のファイルと取り違えられます
    .code = TT-1307
    .why = ほかのファイルの書き終わりの目印と取り違えられます。

## コマンド

value-whole-path = { $program } は / から始まるパスで書いてください
    .code = TT-1308
    .why = シェルを通さないので、PATH からは探しません。
value-no-program = 空です。プログラム、その引数の順に書いてください
    .code = TT-1309
value-part-of-script = { $placeholder } は連携先が付けた名前に置き換わります。{ $argument } の中では、スクリプトの一部として実行されてしまいます。{ $placeholder } は、スクリプトの後に独立した引数として渡し、スクリプトでは "$1" として読んでください
    .code = TT-1310
value-program-missing = { $program } というファイルはありません
    .code = TT-1311
    .why = パスの打ち間違いか、プログラムが入っていません。
value-not-executable = { $program } は、このユーザーでは実行できません
    .code = TT-1312
    .why = 実行の権限がないか、途中のディレクトリをユーザー totatsu が通れません。
    .do = chmod +x です。途中は namei -l パス で分かります。
