# What the daemon answers to commands: what can't be asked or done, and what was done.

control-delivery = delivery
control-collection = collection

## Who and what is meant

control-unknown-id = no delivery { $id } is known; `totatsu list` shows the newest
    .code = TT-6001
control-too-short = { $id } is too short: give the id, or { $length } characters of it at least
    .code = TT-6002
control-ambiguous = { $id } is part of several ids, e.g. { $one } and { $other }: give more of it
    .code = TT-6003
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
control-not-looked = link { $link }: { $why }
control-no-ledger = there is no ledger at { $path }: the daemon has never run with this configuration
    .code = TT-6005
control-not-allowed = this user may not ask the daemon at { $path }: it takes a member of the socket's group (log in anew after joining it), or the daemon's user, e.g. with sudo -u totatsu
    .code = TT-6006
control-no-answer = the daemon at { $path } did not answer: { $error }
    .code = TT-6007
control-too-many = the daemon is answering as many commands as it can: try again in a moment
    .code = TT-6008
control-question-too-long = the question is longer than { $limit } bytes
    .code = TT-6009
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
control-logged-refused = refused: { $why }

## Texts that people give

control-say-why = say why: an auditor will ask
    .code = TT-6011
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
control-delivery-until = a delivery is held until somebody releases it; --until is for a partner or a link
    .code = TT-6016
control-sent-again-as = its bytes are sent again as { $id }: { $reason }
control-no-longer-kept = the bytes that delivery { $id } sent are no longer kept
    .code = TT-6017
control-goes-no-further = { $kind } { $id } is { $state } and goes no further: totatsu report { $id } says why; a corrected file is taken up anew
    .code = TT-6018
control-nothing-holds = { $kind } { $id } is { $state }: nothing holds it
    .code = TT-6019
control-given-up = { $kind } { $id } is given up already: mend what holds it, then release it
    .code = TT-6020
control-cancel-instead = the bytes of { $kind } { $id } are sent again as { $again }: cancel it instead
    .code = TT-6021
control-nothing-to-hold = { $kind } { $id } is { $state }: there is nothing left to hold
    .code = TT-6022
control-confirm-collection = { $kind } { $id } is { $state }: of a collection, only an import that is held, waiting or queued can be confirmed
    .code = TT-6023
control-confirm-unconverted = { $kind } { $id } is { $state }: it was never converted, so there are no bytes that could have arrived
    .code = TT-6024
control-confirm-going = { $kind } { $id } is { $state }: only one that is held, waiting or queued can be confirmed; hold it first
    .code = TT-6025
control-not-configured = { $subject } is not in the configuration
    .code = TT-6026
control-held-already = { $subject } is held already; to change until when: totatsu release { $option } --reason TEXT, then hold it again
    .code = TT-6027
control-not-held = { $subject } is not held
    .code = TT-6028
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
control-stopping = the gateway is stopping: ask again once it runs
    .code = TT-6031
control-look-takes-long = the look takes long; see what came of it with: totatsu status
    .code = TT-6032

## Sending again

control-came-in = { $id } came in, nothing of it was sent: its bytes and rows are kept, see: totatsu show { $id }
    .code = TT-6033
control-was-rejected = delivery { $id } was rejected, nothing of it was ever sent: correct the source and drop it again
    .code = TT-6034
control-was-cancelled = delivery { $id } was cancelled before it was converted: drop its source again
    .code = TT-6035
control-was-superseded = delivery { $id } was superseded before it was converted
    .code = TT-6036
control-never-converted = delivery { $id } was never converted: mend what holds it, then release it
    .code = TT-6037
control-under-way = delivery { $id } is still under way ({ $state }): there is nothing to send again yet
    .code = TT-6038
control-had-its-turn = delivery { $id } has had its turn, and link { $link } sends one after another (order = "strict"): if the partner has said that it can take the older file now, e.g. because it lost it: totatsu resend { $id } --even-if-older --reason "..."
    .code = TT-6039
control-newer-sent = { $newer }, which comes after { $id }, was sent already: if the partner has said that it can take the older file after the newer one: totatsu resend { $id } --even-if-older --reason "..."
    .code = TT-6040
control-newer-delivered = { $newer } is newer than { $id } and was delivered or is on its way, and link { $link } wants the latest only (order = "latest"): if the partner has said that it wants the older file all the same: totatsu resend { $id } --even-if-older --reason "..."
    .code = TT-6041

## Filters of a list

control-no-such-link = there is no link { $link }, neither in the configuration nor in the ledger
    .code = TT-6070
control-no-such-link-near = there is no link { $link }, neither in the configuration nor in the ledger; near it: { $near }
    .code = TT-6071
control-no-such-partner = there is no partner { $partner }, neither in the configuration nor in the ledger
    .code = TT-6072
control-no-such-partner-near = there is no partner { $partner }, neither in the configuration nor in the ledger; near it: { $near }
    .code = TT-6073
control-late-unknown = what is late can't be told: the configuration has errors, or this user can't read it
    .code = TT-6074
    .do = totatsu check names the errors; deadlines stand in the files in links/.

## Media that come back

control-import-needs-daemon = the daemon doesn't run: start it, then import
    .code = TT-6042
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
control-reload-fixed = this gateway has a configuration that nobody else changes
    .code = TT-6044
control-reload-refused = a changed configuration was refused as a whole
    .code = TT-6045
    .do = totatsu check names every error; what the gateway works by is unchanged.
control-reload-taken = a changed configuration is taken over once the steps in hand are finished
