# What the daemon answers to commands: what can't be asked or done, and what was done.

control-delivery = delivery
control-collection = collection

## Who and what is meant

control-unknown-id = no delivery { $id } is known; `totatsu list` shows the newest
    .code = TT-6001
    .why = The id was mistyped, is older than the ledger, or belongs to another gateway (--config).
    .do = totatsu list --name 'FILE*' finds it by the file's name.
control-too-short = { $id } is too short: give the id, or { $length } characters of it at least
    .code = TT-6002
    .why = A short part would often name the wrong one.
control-ambiguous = { $id } is part of several ids, e.g. { $one } and { $other }: give more of it
    .code = TT-6003
    .why = Nothing was done: nobody should guess which one is meant.
control-several-of-name = { $name } is the name of several: say which by its id: { $ids }
    .code = TT-6064
    .why = Files of this name came more than once. Where only one of them isn't finished, the name is enough.
    .do = Type one of the ids in place of the name; totatsu show ID tells of each.
control-one-of-name = { $id } (link { $link }, { $state })
control-second-awaited = { $act } of { $id } is asked for; it counts once another person gives the same command, until { $until }
control-second-same = { $by } has asked for it already: for { $id } it takes another person, who gives the same command until { $until }
    .code = TT-6060
    .why = Four eyes are wanted for this act (roles.four_eyes); the same user, and root on behalf of that user, count once.
    .do = Another person who has the role gives the same command. To take the request back: totatsu cancel ID --request --reason TEXT.
control-second-other = of { $id } something else is asked for by { $by } until { $until } ({ $reason }): give the very same command, or take the request back first (totatsu cancel { $id } --request --reason TEXT)
    .code = TT-6061
control-second-none = nothing that waits for a second name is asked for of { $id }
    .code = TT-6062
control-second-withdrawn = what was asked for of { $id } is taken back
control-by-two = { $second }, asked for by { $first }
control-busy = a step of delivery { $id } is under way: try again in a moment
    .code = TT-6004
    .why = An act now would contradict what the step is about to record. Nothing was done.
    .do = If it lasts, totatsu show ID tells which step; totatsu hold --link NAME is taken at any time and takes effect behind it.
control-not-looked = link { $link }: { $why }
control-no-ledger = there is no ledger at { $path }: the daemon has never run with this configuration
    .code = TT-6005
    .why = A command makes no ledger of its own, lest it belong to whoever gave the command.
    .do = Start the gateway, or name the right directory with --config.
control-not-allowed = this user may not ask the daemon at { $path }: it takes a member of the socket's group (log in anew after joining it), or the daemon's user, e.g. with sudo -u totatsu
    .code = TT-6006
    .why = Who may act on deliveries is who may use the socket.
    .do = usermod -aG totatsu NAME, then log in anew.
control-no-answer = the daemon at { $path } did not answer: { $error }
    .code = TT-6007
    .why = The daemon ended or was busy while it was asked. Whether an act was done is not known.
    .do = totatsu show ID before it is tried again.
control-too-many = the daemon is answering as many commands as it can: try again in a moment
    .code = TT-6008
    .why = Each user has a number of connections, and all together have one.
control-question-too-long = the question is longer than { $limit } bytes
    .code = TT-6009
    .why = What is asked comes with the question. The mark of an earlier audit holds each delivery that was unfinished then.
    .do = An audit that goes on from such a mark is run as root or as the gateway's user, who read the ledger themselves.
control-not-understood = the daemon doesn't understand the question: { $error }
    .code = TT-6010
    .why = Usually command and daemon are of different versions.
    .do = Restart the daemon after an upgrade.

## Roles

control-no-role = this takes the role { $roles }, which members of { $groups } have: ask the administrator
    .code = TT-6050
    .why = The gateway's [roles] name groups of users for each role, and this user is in none that has the one that is missing.
    .do = The administrator puts the user into the group (usermod -aG GROUP USER); it counts with the next command. Or somebody who has the role gives the command.
control-no-role-nobody = this takes the role { $roles }, which no group has: only root and the gateway's own user do this
    .code = TT-6051
    .do = [roles] in totatsu.toml names groups for each role; totatsu reload takes a change over.
control-no-role-link = on link { $link } this takes the role { $roles }, which members of { $groups } have: ask the administrator
    .code = TT-6052
    .why = The link has groups of its own ([roles] in its file), or the gateway's hold for it; this user is in none that has the role that is missing.
    .do = As with TT-6050.
control-no-role-link-nobody = on link { $link } this takes the role { $roles }, which no group has: only root and the gateway's own user do this
    .code = TT-6053
    .do = [roles] in the link's file names groups; totatsu reload takes a change over.
control-nobody-answers = no gateway answers at { $path } ({ $error }), and this user may not read the configuration, which would tell where else it is asked
    .code = TT-6054
    .do = systemctl status totatsu tells whether it runs; --socket names another socket.
control-unwritable = { $name } can't be written: { $error }
    .code = TT-6055
control-errand-without-gateway = this takes a gateway that runs and may read its files for you: start it, or give the command as root or as the gateway's user
    .code = TT-6056
control-errand-takes-long = it takes too long: try again in a while
    .code = TT-6057
control-errand-fails = the gateway can't run this for you: { $error }
    .code = TT-6058
control-errand-broke-off = what the gateway ran for you broke off: its log tells more, or give the command as the gateway's user
    .code = TT-6059
control-no-role-at-all = this is for root and the gateway's own user alone: no role allows it
    .code = TT-6063
    .why = It goes with a change of the configuration, which only they may write.
control-logged-refused = refused: { $why }

## Texts that people give

control-say-why = say why: an auditor will ask
    .code = TT-6011
    .why = The reason stands in the ledger and on the receipt.
    .do = --reason "..."
control-say-who = say who: an auditor will ask
    .code = TT-6012
control-text-too-long = { $what } has { $length } characters, { $limit } is the limit: give a shorter one
    .code = TT-6013
control-text-control = { $what } contains a control character: leave it out
    .code = TT-6014
control-text-reason = the reason
control-text-name = the name
control-text-a-link = a link
control-text-state = the state
control-text-link = the link
control-text-partner = the partner
control-text-id = the id
control-text-directory = the directory

## Acts by hand

control-entered-by = { $says } (entered by { $asker })
control-until-passed = { $until } has passed: say until when it is held
    .code = TT-6015
    .why = --until says when the gateway releases it by itself.
control-delivery-until = a delivery is held until somebody releases it; --until is for a partner or a link
    .code = TT-6016
    .why = Only partners and links are released by the clock.
    .do = Hold the link instead, or release it by hand.
control-sent-again-as = its bytes are sent again as { $id }: { $reason }
control-no-longer-kept = the bytes that delivery { $id } sent are no longer kept
    .code = TT-6017
    .why = The time of archive.retention is over, and its folder was removed.
    .do = Have the source dropped again.

control-contents-removed = what delivery { $id } sent was removed from the archive on { $day }, by rule or because somebody asked for it: it can't be sent again; have the file made anew and drop it in the outbox
    .code = TT-6081
control-clear-unfinished = { $id } is { $state }: what it carries is removed once it has ended; to end it, cancel it first
    .code = TT-6082
control-clear-no-folder = the folder of { $id } is no longer kept: there is nothing to remove
    .code = TT-6083
control-clear-already = what { $id } carried was removed on { $day }
    .code = TT-6084
control-cleared = what { $id } carried is removed: { $files }; receipt, signature and journal stay, and go on being verified
control-goes-no-further = { $kind } { $id } is { $state } and goes no further: totatsu report { $id } says why; a corrected file is taken up anew
    .code = TT-6018
    .why = A rejected file is never sent: its layout was broken.
    .do = Have the corrected file dropped; it becomes a new delivery.
control-nothing-holds = { $kind } { $id } is { $state }: nothing holds it
    .code = TT-6019
    .why = It goes on by itself, or has ended.
    .do = totatsu show ID
control-given-up = { $kind } { $id } is given up already: mend what holds it, then release it
    .code = TT-6020
    .why = It was cancelled, and only the end of it (the outbox, the archive) still fails.
    .do = totatsu show ID tells what fails.
control-cancel-instead = the bytes of { $kind } { $id } are sent again as { $again }: cancel it instead
    .code = TT-6021
    .why = Were it released, the same bytes would arrive twice.
    .do = totatsu cancel ID --reason TEXT
control-nothing-to-hold = { $kind } { $id } is { $state }: there is nothing left to hold
    .code = TT-6022
    .why = It has ended.
control-confirm-collection = { $kind } { $id } is { $state }: of a collection, only an import that is held, waiting or queued can be confirmed
    .code = TT-6023
    .why = What is confirmed is that somebody imported the file by hand.
control-confirm-unconverted = { $kind } { $id } is { $state }: it was never converted, so there are no bytes that could have arrived
    .code = TT-6024
    .why = A receipt names the bytes that arrived, and there are none.
    .do = Have it released or dropped again.
control-confirm-going = { $kind } { $id } is { $state }: only one that is held, waiting or queued can be confirmed; hold it first
    .code = TT-6025
    .why = While a step is under way it may arrive by itself.
    .do = totatsu hold ID --reason TEXT, then confirm.
control-not-configured = { $subject } is not in the configuration
    .code = TT-6026
    .why = The name was mistyped, or its file isn't there in the configuration that the gateway has now.
    .do = totatsu status lists partners and links; totatsu reload takes a new file over.
control-held-already = { $subject } is held already; to change until when: totatsu release { $option } --reason TEXT, then hold it again
    .code = TT-6027
control-not-held = { $subject } is not held
    .code = TT-6028
    .why = Somebody released it already, or its time (--until) came.
    .do = totatsu status
control-logged-held = { $subject } is held by hand
control-logged-released = { $subject } is released by hand
control-held = { $subject } is held; it stays so until somebody lets it go on: totatsu release { $option } --reason TEXT
control-held-until = { $subject } is held until { $until }; it goes on by itself then
control-released = { $subject } is released
control-tried-now = { $subject } is down; a connection is tried now
control-medium-looked-for = the gateway looks for the medium of partner { $partner } now

## A look at a partner

control-nobody-looks = no gateway runs that could look: start it with totatsu run
    .code = TT-6029
control-no-inbound = there is no inbound link { $link } in the configuration that the gateway read when it started
    .code = TT-6030
    .why = The name was mistyped, is that of an outbound link, or its file came after the start.
    .do = totatsu status lists inbound links; totatsu reload takes a new file over.
control-stopping = the gateway is stopping: ask again once it runs
    .code = TT-6031
    .why = The gateway ends or begins anew with a changed configuration.
    .do = Give the command again in a minute; totatsu status tells when it runs.
control-look-takes-long = the look takes long; see what came of it with: totatsu status
    .code = TT-6032
    .why = All sessions with the partner are busy, or its directory is large. The look goes on.

## Sending again

control-came-in = { $id } came in, nothing of it was sent: its bytes and rows are kept, see: totatsu show { $id }
    .code = TT-6033
    .why = What came from the partner is not sent again: resend is for what went out.
    .do = To hand the rows over again, take them from the folder that totatsu show ID names; to collect the file again, have the partner put it there anew.
control-was-rejected = delivery { $id } was rejected, nothing of it was ever sent: correct the source and drop it again
    .code = TT-6034
    .why = It didn't fit its layout, so that nothing was ever sent.
    .do = totatsu report ID tells why. The mended file is dropped into the outbox again.
control-was-cancelled = delivery { $id } was cancelled before it was converted: drop its source again
    .code = TT-6035
    .why = There are no bytes to send: it was given up before its conversion.
control-was-superseded = delivery { $id } was superseded before it was converted
    .code = TT-6036
    .why = A newer full file took its place before its conversion.
    .do = Nothing is missing at the partner: the newer one was sent.
control-never-converted = delivery { $id } was never converted: mend what holds it, then release it
    .code = TT-6037
    .why = There are no bytes to send yet.
control-under-way = delivery { $id } is still under way ({ $state }): there is nothing to send again yet
    .code = TT-6038
    .why = Sending it a second time meanwhile would let it arrive twice.
    .do = totatsu hold ID first, if it is to be replaced.
control-had-its-turn = delivery { $id } has had its turn, and link { $link } sends one after another (order = "strict"): if the partner has said that it can take the older file now, e.g. because it lost it: totatsu resend { $id } --even-if-older --reason "..."
    .code = TT-6039
    .why = The partner applies files in their order; an older one after newer ones could undo them.
control-newer-sent = { $newer }, which comes after { $id }, was sent already: if the partner has said that it can take the older file after the newer one: totatsu resend { $id } --even-if-older --reason "..."
    .code = TT-6040
    .why = The partner applies files in their order; an older one after newer ones could undo them.
control-newer-delivered = { $newer } is newer than { $id } and was delivered or is on its way, and link { $link } wants the latest only (order = "latest"): if the partner has said that it wants the older file all the same: totatsu resend { $id } --even-if-older --reason "..."
    .code = TT-6041
    .why = A full file replaces the one before: the older would replace the newer.

## Filters of a list

control-no-such-link = there is no link { $link }, neither in the configuration nor in the ledger
    .code = TT-6070
    .why = The name was mistyped: a link is a file in links/, without .toml.
    .do = totatsu status lists them.
control-no-such-link-near = there is no link { $link }, neither in the configuration nor in the ledger; near it: { $near }
    .code = TT-6071
    .why = The name was mistyped: a link is a file in links/, without .toml.
    .do = totatsu status lists them.
control-no-such-partner = there is no partner { $partner }, neither in the configuration nor in the ledger
    .code = TT-6072
    .why = The name was mistyped: a partner is a file in partners/, without .toml.
    .do = totatsu status lists them.
control-no-such-partner-near = there is no partner { $partner }, neither in the configuration nor in the ledger; near it: { $near }
    .code = TT-6073
    .why = The name was mistyped: a partner is a file in partners/, without .toml.
    .do = totatsu status lists them.
control-late-unknown = what is late can't be told: the configuration has errors, or this user can't read it
    .code = TT-6074
    .do = totatsu check names the errors; deadlines stand in the files in links/.

## Media that come back

control-import-needs-daemon = the daemon doesn't run: start it, then import
    .code = TT-6042
    .why = Acknowledgements are matched and concluded by the gateway.
    .do = systemctl start totatsu, then totatsu medium import DIR.
control-does-not-count = doesn't count: { $what }
control-fits-several = fits { $count } deliveries, so it counts for none: confirm each by hand
control-acknowledged-earlier = the same file has acknowledged { $earlier } already: confirm by hand
control-acknowledged = acknowledged
control-partner-refuses = the partner refuses it: the delivery is held
control-asked-medium = acknowledgement { $path } came back on a medium
control-answered-imported = imported by { $asker }

## A changed configuration

control-reload-not-running = no gateway runs; it reads its configuration when it starts
    .code = TT-6043
    .why = There is nobody to take it over.
    .do = systemctl start totatsu
control-reload-fixed = this gateway has a configuration that nobody else changes
    .code = TT-6044
control-reload-refused = a changed configuration was refused as a whole
    .code = TT-6045
    .do = totatsu check names every error; what the gateway works by is unchanged.
control-reload-no-room = the disk of { $path } has less than { $wanted } free, and the gateway could not begin anew: make room, then reload
    .code = TT-6046
    .why = What a start records would find no room. What the gateway works by is unchanged.
    .do = df -h tells what fills it.
control-reload-taken = a changed configuration is taken over once the steps in hand are finished
