# What the ledger says: the journal, the index over it, and why a delivery waits.

ledger-in-use = { $path } is in use by another totatsu process
    .code = TT-1201
    .why = The gateway has it, or another command has it for a moment.
    .do = Try again; while the gateway runs, commands ask it.
ledger-not-owner = { $path } belongs to user { $owner }; run this as that user, e.g. with: sudo -u '#{ $owner }'
    .code = TT-1202
    .why = Whoever opened it as another user would leave files that the gateway can't write.
ledger-lost-its-end = the journal ends at event { $journal }, but event { $index } was acknowledged: the journal has lost its end; restore it from a backup (moving the index directory aside accepts the loss)
    .code = TT-1203
    .why = The index had stored an event that is no longer in the journal: the disk lost writes that it had acknowledged, or an older copy of the journal was put in its place.
ledger-changed = event { $event } in the journal is not the one that was acknowledged: it was changed; restore the journal from a backup (moving the index directory aside accepts the change)
    .code = TT-1204
    .why = The chain of digests is broken: the line was changed after it was acknowledged.
    .do = Keep the journal as it is for whoever looks into it.
ledger-unreadable = event { $event } can't be read ({ $error }): was it written by a newer version?
    .code = TT-1205
ledger-stopped = the ledger has stopped after an earlier failure; see the log above
    .code = TT-1206
    .why = A write to the ledger failed, so that nothing more is promised.
    .do = Mend what the first error in the log names (mostly the disk), then systemctl restart totatsu.
ledger-index-unusable = the index failed ({ $why }); restart: it is rebuilt from the journal if need be
    .code = TT-1207
ledger-index-format = the index has format { $found }, this version wants { $wanted }; restart: it is rebuilt from the journal
    .code = TT-1208
ledger-index-no-room = the disk has no room for the index ({ $why }); make room, then restart
    .code = TT-1209
    .why = The disk that holds the ledger is full.
    .do = df -h tells which; free some room, then systemctl restart totatsu.
ledger-index-locked = the index is in use by another totatsu process
    .code = TT-1210
ledger-unsynced = syncing { $path } failed ({ $error }): whether its last events count is known once it is read again; restart
    .code = TT-1211
    .why = After a failed sync nobody knows what is on the disk.
    .do = dmesg and smartctl tell of the disk; then systemctl restart totatsu.
ledger-damaged = the journal is damaged at { $path }:{ $line }: { $what }; restore this file from a backup, nothing is repaired by itself
    .code = TT-1212
    .why = A byte of it isn't what was written: a fault of the disk, or somebody changed it.
    .do = docs/operations.md, Backup, restore, another machine. Keep the damaged file.
ledger-newer = { $path }:{ $line }: the journal has format { $format }, and this version knows formats up to { $known }: a newer version wrote it; run that one, nothing is changed
    .code = TT-1213
    .why = A downgrade would lose what the newer version wrote.
    .do = apt install the newer version again.
ledger-broken = an earlier write to the journal failed; restart the daemon, which reads the journal anew
    .code = TT-1214
ledger-unwritable = an event can't be written as JSON: { $error }
    .code = TT-1215
ledger-too-long = an event of { $bytes } bytes can't be recorded: { $limit } is the limit; shorten what can be shortened, then release
    .code = TT-1216
ledger-contradiction = event { $event } can't follow state { $state } of { $about }
    .code = TT-1217

## Why a delivery waits

ledger-gate-order = behind { $behind }: the link is ordered
ledger-gate-order-held = behind { $behind }, which is held: the link is ordered; mend what holds that one, or release this one to let it overtake
ledger-gate-hours = outside the hours, which begin at { $opens }
ledger-gate-partner-down = partner { $partner } can't be reached since { $since }; it goes on when it can
ledger-gate-partner-held = partner { $partner } is held ({ $reason }); let it go on with: totatsu release --partner { $partner } --reason TEXT
ledger-gate-partner-held-until = partner { $partner } is held until { $until } ({ $reason }); it goes on by itself then
ledger-gate-link-held = link { $link } is held ({ $reason }); let it go on with: totatsu release --link { $link } --reason TEXT
ledger-gate-link-held-until = link { $link } is held until { $until } ({ $reason }); it goes on by itself then
ledger-gate-medium-wanted = the medium of partner { $partner } is wanted since { $since }: { $reason }
ledger-gate-on-medium = it lies on the medium { $medium }, whole and proven
ledger-gate-handed-over = it lies on the medium { $medium }, whole and proven: once it is received, totatsu confirm { $id } --by NAME --how medium --reason TEXT, or totatsu medium import DIR with the partner's acknowledgement
ledger-gate-exclusive = the lock { $lock } is taken: by another program, or by an import that still runs, which may be its own if the gateway was restarted; it goes on by itself once that is let go
ledger-gate-exclusive-behind = behind { $behind }, which has the same lock { $lock } and isn't imported yet: nothing else is handed over under it before
ledger-gate-inbox = { $path } still lies in the inbox: once it is imported and removed, this one takes its place
ledger-gate-same-acknowledgement = behind { $behind }, whose acknowledgement { $path } has the same name: one would be taken for the other's
ledger-gate-acknowledgement = the partner's acknowledgement { $path } is awaited until { $until }

## What is wrong with a line, a file, or an entry

ledger-line-out-of-place = event { $seq } stands where { $wanted } should
ledger-line-does-not-follow = it doesn't follow event { $seq }: one of the two was changed
ledger-line-too-long = the line is too long
ledger-line-no-event = not an event ({ $error })
ledger-line-no-end = the line has no end
ledger-line-changed = event { $seq } isn't the one that was there before: it was changed
ledger-file-unpackable = it can't be unpacked ({ $error })
ledger-file-reads-otherwise = what was packed reads back as other bytes: the disk or the memory fails
ledger-next-file-does-not-follow = the next file doesn't follow its last line
ledger-block-changed = block { $number } was changed
ledger-key-unreadable = an unreadable key
ledger-value-unreadable = an unreadable value: { $error }
ledger-id-unreadable = an unreadable id
ledger-entries-changed = entries are missing or changed
ledger-history = the history: { $why }
ledger-history-damaged = it was found damaged
ledger-history-older = it has seen { $known }, and not { $moves }
ledger-history-other-delivery = another delivery lies in its place
ledger-history-not-open = it isn't open for writing
ledger-redb-panicked = redb panicked
ledger-sled-panicked = sled panicked
ledger-no-thread = no thread for it can be started: { $error }
ledger-stuck = it has been storing for { $time } without an end
ledger-unpackable = a finished delivery can't be packed or unpacked: { $error }
ledger-no-length = no length

## What contradicts what

ledger-state-not-held = not held
ledger-a-delivery = a delivery
ledger-no-delivery = no delivery
ledger-the-receipts = the receipts
ledger-older-end-of-receipts = an older end of the chain of receipts
ledger-partner = partner { $name }
ledger-link = link { $name }
ledger-held-by = held by { $by }: { $reason }

## What is logged

ledger-could-not-record = the ledger could not record
ledger-records-again = the ledger records again
ledger-writer-panicked = the ledger's writer panicked; the journal tells what was recorded
    .code = TT-1218
ledger-old-index-stays = an old index can't be removed
    .code = TT-1219
    .do = Remove the directory that the line names by hand; nothing uses it.
ledger-read-into-index = the journal is read into the index: { $percent } %

## States of a delivery, as people see them

ledger-state-found = found
ledger-state-fetched = fetched
ledger-state-decoded = decoded
ledger-state-placing = placing
ledger-state-placed = placed
ledger-state-importing = importing
ledger-state-imported = imported
ledger-state-accepted = accepted
ledger-state-converted = converted
ledger-state-transferring = transferring
ledger-state-transferred = transferred
ledger-state-verified = verified
ledger-state-published = published
ledger-state-acknowledged = acknowledged
ledger-state-confirmed = confirmed
ledger-state-receipted = receipted
ledger-state-archived = archived
ledger-state-queued = queued
ledger-state-handed-over = handed_over
ledger-state-waiting = waiting
ledger-state-unknown = unknown
ledger-state-held = held
ledger-state-rejected = rejected
ledger-state-repeated = repeated
ledger-state-superseded = superseded
ledger-state-cancelled = cancelled

## Steps of a delivery, as people see them

ledger-step-accept = accept
ledger-step-convert = convert
ledger-step-transfer = transfer
ledger-step-verify = verify
ledger-step-publish = publish
ledger-step-acknowledge = acknowledge
ledger-step-fetch = fetch
ledger-step-decode = decode
ledger-step-place = place
ledger-step-import = import
ledger-step-answer = answer
ledger-step-clear = clear
ledger-step-receipt = receipt
ledger-step-archive = archive

## Grades of proof

ledger-grade-confirmed = confirmed
ledger-grade-close = close
ledger-grade-size = size
ledger-grade-content = content
