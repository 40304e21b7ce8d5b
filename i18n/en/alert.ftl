# What an alert is about, and the command that hands it on.

alert-subject-delivery = delivery { $id }
alert-subject-link = link { $name }
alert-subject-partner = partner { $name }
alert-subject-directory = directory { $path }
alert-too-many = { $waiting } alerts wait for their command: not handed on
    .code = TT-8001
alert-command-exit = the alert's command failed: exit status: { $code }
    .code = TT-8002
alert-command-ended = the alert's command failed: { $status }
    .code = TT-8003
alert-command-not-run = the alert's command could not be run: { $error }
    .code = TT-8004
alert-command-too-long = the alert's command took longer than { $limit } and was killed
    .code = TT-8005
