# 知らせの対象と、知らせるコマンド。

alert-subject-delivery = 配信 { $id }
alert-subject-link = 連携 { $name }
alert-subject-partner = 連携先 { $name }
alert-subject-directory = ディレクトリ { $path }
alert-too-many = 知らせのコマンドを { $waiting } 件が待っています。この知らせはコマンドに渡しません
    .code = TT-8001
alert-command-exit = 知らせのコマンドが失敗しました（終了コード { $code }）
    .code = TT-8002
alert-command-ended = 知らせのコマンドが途中で終わりました（{ $status }）
    .code = TT-8003
alert-command-not-run = 知らせのコマンドを実行できません: { $error }
    .code = TT-8004
alert-command-too-long = 知らせのコマンドが { $limit } を超えても終わらないので、止めました
    .code = TT-8005
