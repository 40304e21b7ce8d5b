# 知らせの対象と、知らせるコマンド。

alert-subject-delivery = 配信 { $id }
alert-subject-link = 連携 { $name }
alert-subject-partner = 連携先 { $name }
alert-subject-directory = ディレクトリ { $path }
alert-too-many = 知らせのコマンドを { $waiting } 件が待っています。この知らせはコマンドに渡しません
    .code = TT-8001
    .why = 知らせの数に、コマンドが追いつきません。
    .do = 知らせはログにあります: journalctl -u totatsu -p warning
alert-command-exit = 知らせのコマンドが失敗しました（終了コード { $code }）
    .code = TT-8002
    .why = プログラムが失敗を返しました。知らせはログに残っています。
    .do = TOTATSU_ALERT_KIND、_SUBJECT、_TEXT を設定し、ユーザー totatsu で試してください。
alert-command-ended = 知らせのコマンドが途中で終わりました（{ $status }）
    .code = TT-8003
    .why = シグナルで終わりました。
    .do = 同じ時刻の journalctl を見てください。
alert-command-not-run = 知らせのコマンドを実行できません: { $error }
    .code = TT-8004
    .why = プログラムがない、実行できない、またはサービスの制限（sandbox）で動かせません。
alert-command-too-long = 知らせのコマンドが { $limit } を超えても終わらないので、止めました
    .code = TT-8005
    .why = alerts.time_limit を超えました。
