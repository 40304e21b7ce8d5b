# What the other commands say: check, coverage, catalogue, init, receipt, audit, reload, run, demo, explain; and what is said of a wrong
# command line, in the words of clap, which takes it apart.

## A command line that can't be understood

cli-usage-error = error:
cli-usage-unknown-argument = unexpected argument '{ $argument }' found
    .code = TT-9001
cli-usage-unknown-command = unrecognized subcommand '{ $command }'
    .code = TT-9002
cli-usage-missing = the following required arguments were not provided: { $arguments }
    .code = TT-9003
cli-usage-no-command = '{ $command }' requires a subcommand but one was not provided
    .code = TT-9004
cli-usage-invalid = invalid value '{ $value }' for '{ $argument }'
    .code = TT-9005
cli-usage-no-value = a value is required for '{ $argument }' but none was supplied
    .code = TT-9006
cli-usage-unfit = invalid value '{ $value }' for '{ $argument }': { $why }
    .code = TT-9007
cli-usage-conflict = the argument '{ $argument }' cannot be used with { $others }
    .code = TT-9008
cli-usage-twice = the argument '{ $argument }' cannot be used multiple times
    .code = TT-9009
cli-usage-too-many = unexpected value '{ $value }' for '{ $argument }' found; no more were expected
    .code = TT-9010
cli-usage-not-utf8 = invalid UTF-8 was found in one or more arguments
    .code = TT-9011
cli-usage-otherwise = the command line is wrong: { $why }
    .code = TT-9012
cli-usage-digits = invalid digit found in string
cli-usage-empty = cannot parse integer from empty string
cli-usage-too-large = number too large to fit in target type
cli-usage-too-small = number too small to fit in target type
cli-usage-range = { $value } is not in { $range }
cli-usage-quoted = { $text }
cli-usage-others = one or more of the other specified arguments
cli-usage-possible = [possible values: { $values }]
cli-usage-commands = [subcommands: { $commands }]
cli-usage-tip = tip: { $tip }
cli-usage-similar-command = a similar subcommand exists: '{ $name }'
cli-usage-similar-argument = a similar argument exists: '{ $name }'
cli-usage-similar-value = a similar value exists: '{ $name }'
cli-usage-escape = to pass '{ $argument }' as a value, use '-- { $argument }'
cli-usage-more = For more information, try '--help'.

## The frame of the help, in clap's words

cli-help-usage = Usage:
cli-help-commands = Commands:
cli-help-arguments = Arguments:
cli-help-options = Options:
cli-help-any-options = [OPTIONS]
cli-help-a-command = <COMMAND>
cli-help-any-command = [COMMAND]
cli-help-print-more = Print help (see more with '--help')
cli-help-print-less = Print help (see a summary with '-h')
cli-help-print = Print help
cli-help-print-of = Print this message or the help of the given subcommand(s)
cli-help-version = Print version
cli-help-values-list = Possible values:
cli-help-values = [possible values:
cli-help-default = [default:
cli-help-environment = [env:
cli-help-alias = [alias:
cli-help-aliases = [aliases:

## All commands

cli-stopped = no gateway runs: nothing is sent or collected; start it with systemctl start totatsu, or totatsu run
    .code = TT-9201
    .why = Nobody answers at the control socket that the configuration names. What is told comes from the ledger itself.
    .do = systemctl status totatsu and journalctl -u totatsu tell why it ended; start it.
cli-errand-odd-name = the daemon sent a file { $name }, which was not asked for
    .code = TT-9280
cli-unexpected-answer = the daemon answered something else: is it of another version?
    .code = TT-9202
    .why = The command and the gateway that runs don't understand one another, as after an upgrade without a restart.
    .do = Restart the gateway: systemctl restart totatsu.
cli-unwritable-answer = the answer can't be written: { $error }
    .code = TT-9203
    .why = Standard output, or the file that it leads to, refuses it.
cli-comma = ,{" "}
cli-and = {" "}and{" "}

## check

cli-check-well = all is well: partners { $partners }, links { $links }, layouts { $layouts }
cli-check-no-errors = no errors: partners { $partners }, links { $links }, layouts { $layouts }
cli-check-open-in = { $file }: open: { $points }
cli-check-open = open: { $points } points in { $files } files
cli-check-open-hint = open: { $points } points in { $files } files; `totatsu check --open` names them

## run

cli-run-configuration = the configuration has errors; `totatsu check` names them all
    .code = TT-9204
    .why = The gateway doesn't start with a configuration that it can't keep its promises by.
cli-run-changed-again = the configuration has changed again and has errors now: the gateway goes on with what it had
    .code = TT-9205
    .why = The files were changed after the reload was accepted and before it began.
    .do = Mend what totatsu check names, then totatsu reload.
cli-run-begins-anew = begins anew with the changed configuration
cli-run-cannot-begin-anew = the gateway can't begin anew: { $error }
    .code = TT-9206
    .why = The program file can't be run again: it was removed, or its rights were changed.
    .do = Install the program again, then systemctl start totatsu.
cli-run-torn = cut off the journal's torn end: a crash came before it was acknowledged
cli-run-other-format = the index was of another version's format and was rebuilt from the journal
cli-run-rebuilt = the index was unusable and was rebuilt from the journal
cli-run-signals = signals can't be caught: { $error }
    .code = TT-9207
cli-run-ready = ready
cli-run-waits-for-room = the disk of { $path } has less than { $wanted } free: the gateway begins once there is room; make some
    .code = TT-9241
    .why = What a start records would find no room.
    .do = df -h tells what fills it. Nothing is lost, and the gateway begins by itself.
cli-run-ends = the daemon ends
cli-run-stopping = stopping: steps in hand are finished first
cli-run-was-killed = the gateway that was started at { $since } wasn't stopped: it was killed, or its machine failed
cli-run-configuration-unknown = which files of the configuration have changed since the last start isn't known
cli-run-start-not-recorded = this start isn't in the ledger: the disk has no room
cli-run-stopped-to-renew = to begin anew with a changed configuration
cli-run-stopped-by-itself = it was done
cli-run-ends-at-last = the daemon can't end by itself, so the process ends

## reload

cli-reload-refused = the configuration is refused as a whole; the gateway goes on with what it has
    .code = TT-9208
    .why = It has at least one error; each was told before this line.
    .do = Mend them, totatsu check, then totatsu reload again.
cli-reload-unfinished = the steps in hand aren't finished yet; the new configuration holds once they are
    .code = TT-9209
    .why = A transfer or an import takes longer than --wait allows. Nothing is lost: the gateway goes on waiting.
    .do = totatsu status tells when it has begun anew.
cli-reload-unchanged = taken over: no file has changed
cli-reload-done = taken over: { $files }
cli-reload-gone = link { $link } is gone: what isn't finished on it is held

## receipt

cli-receipt-one-at-a-time = one delivery at a time; files want --key PUB
    .code = TT-9210
cli-receipt-none = { $kind } { $id } has no receipt: it is { $state }
    .code = TT-9211
    .why = A receipt is written once the arrival is proven.
cli-receipt-no-key = there is no key in { $directory }: the gateway makes it at its first start
    .code = TT-9212
cli-receipt-nothing-to-certify = receipt { $number } of delivery { $delivery } can't be handed out: it isn't genuine; totatsu receipt verify { $delivery } says why
    .code = TT-9240
cli-receipt-bundled = { $file }: { $receipt } with { $events } lines of the journal; tell the auditor by another way, such as telephone or paper, the key's fingerprint: { $keys }
cli-receipt-of = receipt { $number } of delivery { $delivery }
cli-receipt-agrees = it agrees with the ledger, its signature, the kept bytes and the receipt before it
cli-receipt-agrees-without = it agrees with the ledger and its signature; what it carried was removed on { $at } as the ledger says, and isn't compared
cli-receipt-gap = receipts { $from } to { $to } aren't among these: they weren't given, or were taken away
cli-receipt-genuine = { $receipt } is genuine: { $agrees }
cli-receipt-not-genuine = { $receipt } is NOT genuine:
cli-receipt-signed-alone = signed by { $signer }; no file that it tells of lies beside it to be compared
cli-receipt-signed-beside = signed by { $signer }; { $names } beside it agree
cli-receipt-before = SHA-256 of the receipt before
cli-receipt-none-before = no receipt { $number } in the ledger

## audit

cli-audit-at-work = journal, receipts and files are being checked
cli-audit-since = since
cli-audit-since-event = event { $event }, verified at { $at }: what came before it is not checked again
cli-audit-events = events
cli-audit-events-to = { $count }, SHA-256 of the last { $sha256 }
cli-audit-torn = and { $count } bytes behind them that are no whole line (yet)
cli-audit-end = end
cli-audit-vouched = vouched for by { $by }
cli-audit-deliveries = deliveries
cli-audit-states = { $count }: { $states }
cli-audit-state = { $state } { $count }
cli-audit-receipts = receipts
cli-audit-stamps = time stamps
cli-audit-act-at = when
cli-audit-act-by = who
cli-audit-act-what = what
cli-audit-act-about = about
cli-audit-act-why = why
cli-audit-no-acts = nothing was done by hand on these days
cli-audit-files = files
cli-audit-compared = { $files } compared, { $size }
cli-audit-compared-gone = { COUNT($gone) ->
    [one] { $files } compared, { $size }; no longer kept: { $gone } delivery
   *[other] { $files } compared, { $size }; no longer kept: { $gone } deliveries
    }
cli-audit-contents-gone = { COUNT($count) ->
    [one] of 1 delivery the contents were removed, as the journal says; its receipt is verified
   *[other] of { $count } deliveries the contents were removed, as the journal says; their receipts are verified
    }
cli-audit-findings = findings
cli-audit-none = none
cli-audit-more = … and { $count } more
cli-audit-count-deliveries = { COUNT($count) ->
    [one] { $count } delivery
   *[other] { $count } deliveries
    }
cli-audit-count-acts = { COUNT($count) ->
    [one] { $count } act
   *[other] { $count } acts
    }
cli-audit-count-events = { COUNT($count) ->
    [one] { $count } event
   *[other] { $count } events
    }
cli-audit-count-receipts = { COUNT($count) ->
    [one] { $count } receipt
   *[other] { $count } receipts
    }
cli-audit-count-receipts-unsigned = { COUNT($count) ->
    [one] { $count } receipt, { $unsigned } of them without a signature that fits
   *[other] { $count } receipts, { $unsigned } of them without a signature that fits
    }
cli-audit-exported = { $directory }: { $counts }; README.txt tells how to verify them, README.ja.txt in Japanese
cli-audit-exported-wrong = The journal doesn't agree with itself; see totatsu audit verify:

## catalogue

cli-catalogue-unknown = the list knows no { $name }; it knows: { $known }
    .code = TT-9213
cli-catalogue-no-such = the list has no interface and no row { $id }: `totatsu catalogue list` names them all
    .code = TT-9214
cli-catalogue-interface = interface
cli-catalogue-business = business
cli-catalogue-partner = partner
cli-catalogue-way = way
cli-catalogue-method = method
cli-catalogue-frequency = frequency
cli-catalogue-scope = scope
cli-catalogue-up-to = up to
cli-catalogue-exclusive = exclusive
cli-catalogue-exclusive-import = exclusive import
cli-catalogue-guarantee = guarantee
cli-catalogue-sure = sure
cli-catalogue-why = why
cli-catalogue-note = note
cli-catalogue-doubt = doubt
cli-catalogue-page = page
cli-catalogue-yes = yes
cli-catalogue-relay = relay
cli-catalogue-at-once = at once
cli-catalogue-and = ,{" "}
cli-catalogue-a-day = { $count } a day
cli-catalogue-a-month = { $count } a month
cli-catalogue-a-file = { $count } a file
cli-catalogue-in-all = { $count }
cli-catalogue-busy = { $records } (busy season)
cli-catalogue-count = { $count } of { $rows } rows of the list. Database relay and exchange at once are out of scope: totatsu catalogue beyond
cli-word-way-out = out
cli-word-way-in = in
cli-word-method-file = file
cli-word-method-file-or-relay = file or relay
cli-word-frequency-yearly = yearly
cli-word-frequency-monthly = monthly
cli-word-frequency-daily = daily
cli-word-frequency-adhoc = adhoc
cli-word-scope-full = full
cli-word-scope-diff = diff
cli-word-guarantee-sender = sender
cli-word-guarantee-by-sender = by sender
cli-word-guarantee-none = not said
cli-word-sureness-high = high
cli-word-sureness-medium = medium
cli-word-sureness-low = low
cli-catalogue-beyond-reason = Database relay and exchange at once are out of scope: there is no file that could be accepted, proven and sent again; the other side's database or answer ends the matter.

## coverage

cli-coverage-not-served = there is no coverage-{ $municipality }.toml: this gateway doesn't serve that municipality
    .code = TT-9215
    .why = A gateway that serves several municipalities has a file of what it serves for each of them.
    .do = Write the code of one that it serves, or let totatsu init --for make the files.
cli-coverage-served = served
cli-coverage-left-out = left out
cli-coverage-both = both served and left out
cli-coverage-missing = missing
cli-coverage-standing = standing
cli-coverage-how = how
cli-coverage-how-proven = how it is served and proven
cli-coverage-medium = medium
cli-coverage-beyond = beyond the list: { $link } ({ $title })
cli-coverage-beyond-title = Links beyond the list
cli-coverage-title = Interfaces
cli-coverage-link-open = { $link } ({ $open } open)
cli-coverage-counts = { $all } interfaces: { $served } served, { $left_out } left out on purpose, { $both } both, { $missing } missing; { $unlisted } links beyond the list
cli-coverage-proof-medium = read back from the medium and compared; the cover sheet is signed; receipt
cli-coverage-proof-out = the partner's bytes are asked for and compared; the receipt tells the grade
cli-coverage-proof-in = the same before and after it was fetched, every record checked; receipt
cli-coverage-proof-import = { $proof }; imported under the lock { $lock }

## init

cli-init-which-municipality = which municipality? --municipality CODE or NAME
    .code = TT-9216
cli-init-no-municipality = no municipality has the code or name { $name } in the table of 全国地方公共団体コード
    .code = TT-9217
cli-init-several = { $name } is the name of several: { $several }
    .code = TT-9218
cli-init-which-businesses = which business systems? --business NAME, several times, or --business all
    .code = TT-9219
cli-init-no-business = the list has no business system { $name }
    .code = TT-9220
cli-init-no-interface = the list has no interface { $interface }: `totatsu catalogue list` names them
    .code = TT-9221
cli-init-no-reason = why is { $interface } left out? Nothing is left out without a reason
    .code = TT-9222
cli-init-which-mpn = does payment data go to MPN from each business system, or through collection (収滞納管理)? --mpn direct or --mpn collection
    .code = TT-9223
cli-init-no-partner = the list has no partner { $name }
    .code = TT-9224
cli-init-no-importer = the list has no business system { $name } that could import
    .code = TT-9225
cli-init-reach-form = --reach { $said }: write PARTNER=WAY
    .code = TT-9226
cli-init-reach-way = --reach { $said }: the way is sftp, ftps, medium or none
    .code = TT-9227
cli-init-without-form = --without { $said }: write INTERFACE=REASON
    .code = TT-9228
cli-init-own-first = the gateway's own municipality comes first: run init without --for
    .code = TT-9229
cli-init-is-own = { $other } is the gateway's own municipality
    .code = TT-9230
cli-init-store = { $path } can't be read: { $why }
    .code = TT-9231
    .why = init.toml was changed by hand and means nothing any more.
    .do = Put back what it held, or remove it and answer anew.
cli-init-not-ours = { $path } has a configuration that `init` didn't write: choose another directory
    .code = TT-9232
cli-init-no-key = no key pair can be made: { $error }
    .code = TT-9233
cli-init-partner-elsewhere = nothing is exchanged with this partner over this gateway
cli-init-mpn-by-collection = payment data goes to MPN through collection (収滞納管理)
cli-init-mpn-direct = payment data goes to MPN from each business system
cli-init-would-add = { $file }: would add
cli-init-would-renew = { $file }: would renew
cli-init-kept = { $file }: left alone, somebody changed it
cli-init-removed = { $file }: left away, somebody removed it
cli-init-unwanted = { $file }: not wanted any more; yours to remove
cli-init-looked = { $dir }: { $new } to add, { $renewed } to renew, { $same } as they are. Nothing was written; --add writes them
cli-init-written = { $dir }: { $new } added, { $renewed } renewed, { $same } as they are; { $open } points are open
cli-init-written-only = { $dir }: the files are written: { $new } added, { $renewed } renewed, { $same } as they are. What is still open can't be counted, because of an error
cli-init-next-layouts = next: only paths.layouts in totatsu.toml is to be corrected: there is no directory { $path }. Write there where the layouts lie, or run: totatsu init { $dir } --add --layouts DIRECTORY
cli-init-next-correct = next: correct what is told as an error, until { $check } finds none
cli-init-next = next: { $check } names what is open; fill it in, partner by partner

## What init asks at a terminal

cli-ask-municipality = Municipality, by name or by code
cli-ask-no-municipality = there is no such municipality
cli-ask-which-municipality = Which of them?
cli-ask-name = The gateway's name on receipts
cli-ask-businesses = Business systems (all are chosen; the space bar takes one away or back, Enter decides)
cli-ask-reached = Are they reached like this?
cli-ask-which-partner = Which one is to be changed?
cli-ask-medium = a medium
cli-ask-none = not by this gateway
cli-ask-mpn = Which way does payment data go to MPN?
cli-ask-mpn-direct = from each business system by itself
cli-ask-mpn-collection = through collection (収滞納管理)
cli-ask-no-layouts = the layouts don't lie in { $path }
cli-ask-layouts = Directory of the layouts
cli-ask-sum-municipality = Municipality: { $code } { $name }
cli-ask-sum-businesses = Business systems: { $names }
cli-ask-sum-layouts = Layouts: { $path }
cli-ask-sum-mpn = Payment data to MPN: { $way }
cli-ask-agreed = Is the configuration in { $dir } to be made like this? (no: everything is asked again)
cli-ask-interrupted = interrupted: nothing was written

## demo

cli-demo-differs = the partner's bytes differ from ours
    .code = TT-9234
    .why = A fault of totatsu, or of this machine's disk.
    .do = Report it, with what totatsu --version says.
cli-demo-not-empty = it is not empty: --keep wants an empty or missing directory
    .code = TT-9235
cli-demo-files = the demo's own files: { $error }
    .code = TT-9236
cli-demo-configuration = the demo's configuration: { $problems }
    .code = TT-9237
cli-demo-not-arrived = the delivery ended as { $state }: { $why }
    .code = TT-9238
cli-demo-daemon-ended = the daemon ended
cli-demo-arrived = { $records } records arrived at the partner's { $path }
cli-demo-disk = partner's disk
cli-demo-bytes = { $bytes } bytes, SHA-256 { $sha256 }
cli-demo-same = same as sent
cli-demo-yes = yes
cli-demo-no = NO
cli-demo-first-record = The first data record there:
cli-demo-receipt = The receipt:
cli-demo-kept = Everything is kept in { $directory }; look around:
cli-demo-not-kept = Run with --keep DIR to look around afterwards.

## send

cli-send-handed-over = { $name } lies in the outbox of { $link }, whole
cli-send-not-taken-up = not taken over yet
cli-send-no-gateway = no gateway runs: the files lie in the outbox until it does, and are waited for
    .code = TT-9246
    .why = totatsu send puts files where the gateway finds them; it sends nothing itself.
    .do = Start the gateway: systemctl start totatsu.
cli-send-as-one = --as names one file; each of several keeps its own name
    .code = TT-9247
cli-send-inbound = link { $link } is an inbound one: files come over it, none is sent
    .code = TT-9248
    .why = The link's file says direction = "in".
    .do = totatsu status lists the links; take the outbound one.
cli-send-name = { $file } has no name that can be used: it must be a file's name alone, in UTF-8
    .code = TT-9249
    .do = Give it a name with --as.
cli-send-passed-over = { $name } is a name that the gateway passes over: hidden, of a file that is still being written, of a marker (.end), or with a control character
    .code = TT-9250
    .do = Give it another name with --as.
cli-send-twice = two of the files are called { $name }: nothing was handed over
    .code = TT-9251
    .do = Send them one after the other, with --as.
cli-send-no-file = { $file } is no regular file
    .code = TT-9252
cli-send-empty = { $file } is empty: the gateway doesn't take over a file without bytes
    .code = TT-9253
    .do = See whether the program that writes it has failed.
cli-send-no-outbox = there is no outbox at { $path }: the gateway makes it at its start
    .code = TT-9254
    .do = Start the gateway once with this configuration.
cli-send-there-already = { $name } is in the outbox of { $link } already: nothing there is replaced
    .code = TT-9255
    .why = A file of this name waits there to be taken over, or can't be.
    .do = totatsu outbox says why it is there. Wait until it is taken over, or give this one another name with --as.
cli-send-path = { $path }: { $error }
    .code = TT-9256
    .why = Whoever sends must be able to read the file and to write into the outbox; members of the group totatsu may do the latter.
    .do = Give the right that is named, or send as a user who has it.
cli-send-not-copied = { $file } can't be copied into the outbox: { $error }
    .code = TT-9257
    .do = See whether the disk is full.
cli-send-changing = { $file } was changed while it was copied: it was not handed over
    .code = TT-9258
    .why = Some program is still writing it.
    .do = Send it once it is whole.

## explain

cli-explain-unknown = no message has the code { $code }; near it are: { $near }
    .code = TT-9239
    .why = The code was mistyped, or belongs to another version.
    .do = totatsu explain lists every code.
cli-explain-form = { $code } is no code: one looks like TT-2404, and stands in brackets at the end of a message
    .code = TT-9245
    .do = totatsu explain lists every code.
cli-explain-says = What it says
cli-explain-why = Why
cli-explain-do = What to do
cli-explain-column-code = code
cli-explain-column-message = message
cli-explain-title = Messages and their codes
cli-explain-page = Every message that a person may look up ends with its code. `totatsu explain CODE` tells the same as this page. ‹name› stands for what a message names.
cli-explain-made = <!-- Made from i18n/en by: cargo run --example texts -->
