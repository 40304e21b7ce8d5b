# What an alert is about, and the command that hands it on.

alert-subject-delivery = delivery { $id }
alert-subject-link = link { $name }
alert-subject-partner = partner { $name }
alert-subject-directory = directory { $path }
alert-too-many = { $waiting } alerts wait for their command: not handed on
    .code = TT-8001
    .why = The command is slower than alerts come.
    .do = The alerts stand in the log: journalctl -u totatsu -p warning.
alert-command-exit = the alert's command failed: exit status: { $code }
    .code = TT-8002
    .why = The program itself says that it failed. The alert stands in the log all the same.
    .do = Run it once as the user totatsu, with TOTATSU_ALERT_KIND, _SUBJECT and _TEXT set.
alert-command-ended = the alert's command failed: { $status }
    .code = TT-8003
    .why = A signal ended it.
    .do = journalctl -u totatsu tells of the same moment.
alert-command-not-run = the alert's command could not be run: { $error }
    .code = TT-8004
    .why = The program isn't there, isn't executable, or may not be run under the sandbox of the service.
alert-command-too-long = the alert's command took longer than { $limit } and was killed
    .code = TT-8005
    .why = alerts.time_limit says how long it may take.

## Kinds of alerts

alert-kind-deadline-at-risk = deadline_at_risk
alert-kind-deadline-missed = deadline_missed
alert-kind-nothing-came = nothing_came
alert-kind-look-failed = look_failed
alert-kind-not-accepted = not_accepted
alert-kind-rejected = rejected
alert-kind-quarantined = quarantined
alert-kind-gap = gap
alert-kind-held = held
alert-kind-partner-down = partner_down
alert-kind-partner-back = partner_back
alert-kind-partner-held = partner_held
alert-kind-medium-wanted = medium_wanted
alert-kind-disk-low = disk_low
alert-kind-disk-back = disk_back
alert-kind-stamp-failed = stamp_failed
