# 知らせの対象と、知らせるコマンド。

alert-subject-delivery = 配信・集信 { $id }
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

## 知らせの種類

alert-kind-deadline-at-risk = 期限に間に合わないおそれ（deadline_at_risk）
alert-kind-deadline-missed = 期限超過（deadline_missed）
alert-kind-nothing-came = 来るはずのファイルが来ない（nothing_came）
alert-kind-look-failed = 連携先を見られない（look_failed）
alert-kind-not-accepted = 引き取れない（not_accepted）
alert-kind-rejected = 拒否（rejected）
alert-kind-quarantined = 隔離（quarantined）
alert-kind-gap = 抜け（gap）
alert-kind-held = 保留（held）
alert-kind-partner-down = 連携先に接続不可（partner_down）
alert-kind-partner-back = 連携先が復旧（partner_back）
alert-kind-partner-held = 連携先の保留（partner_held）
alert-kind-medium-wanted = 媒体待ち（medium_wanted）
alert-kind-disk-low = ディスク不足（disk_low）
alert-kind-disk-back = ディスクの空きが回復（disk_back）
alert-kind-stamp-failed = タイムスタンプの失敗（stamp_failed）
