# What the daemon tells by itself: alerts, log lines, what stays in an outbox, and the line that the service manager shows.

## Our own disk

daemon-little-room = the disk of { $path } has only { $free } free, { $reserve } are kept in reserve: files stay in the outbox until there is room; make some, e.g. by archive.max_size, or lower disk.reserve
    .code = TT-6101
    .why = What is accepted must be kept until it has arrived; so nothing is accepted that the disk may not hold.
    .do = df -h tells what fills it. Accepted deliveries go on.
daemon-little-room-for-file = the disk of { $path } has only { $free } free, { $reserve } are kept in reserve, and a file of { $file } waits: files stay in the outbox until there is room; make some, e.g. by archive.max_size, or lower disk.reserve
    .code = TT-6102
    .why = What is accepted must be kept until it has arrived; so nothing is accepted that the disk may not hold.
    .do = df -h tells what fills it. Accepted deliveries go on.
daemon-room-again = the disk of { $path } has room again
daemon-others-could-rename = others could rename what is in it: that right is taken away from all but the gateway's own user

## What stays in an outbox

daemon-stays-delivery = it is delivery { $id } already, and its name can't be removed: see totatsu show { $id }
    .code = TT-6103
    .why = The file was taken over, but the gateway may not remove it from the outbox.
    .do = The outbox must be writable for the user totatsu: chmod g+w, chgrp totatsu.
daemon-stays-no-room = the disk has no room for it and the reserve: it is taken over once there is room
    .code = TT-6104
    .why = See disk.reserve.
    .do = df -h
daemon-stays-disk = our own disk refuses it: { $doing }: { $error }; it is tried again
    .code = TT-6105
    .why = The gateway can't write on its own disk: it is full, or mounted read-only.
    .do = df -h and mount tell which; free some room or mount it writable. It goes on by itself.
daemon-stays-tried-again = { $why }; it is tried again
daemon-outbox-trouble = { $message }; files stay in the outbox until it is mended
daemon-file-stays = { $name } stays in the outbox of link { $link }: { $why }
daemon-more-files-stay = { $more } more files stay in the outbox of link { $link }: totatsu outbox says why
daemon-cannot-watch = the kernel can't watch the outboxes; files are found by rescans only
    .code = TT-6106
    .why = The kernel's limit of watches is reached.
    .do = sysctl fs.inotify.max_user_instances; nothing is lost, only found later (accept.rescan).
daemon-not-watched = not watched; files are found by rescans only
    .code = TT-6107
    .why = The kernel's limit of watches is reached, or the outbox lies on a file system that reports nothing, as NFS.
    .do = sysctl fs.inotify.max_user_watches; nothing is lost, only found later (accept.rescan).
daemon-outbox-room-again = there is room again: files are taken over

## Looks at partners

daemon-not-looked-at = { $partner } isn't looked at: { $gate }
daemon-listing-too-long = its directory holds more than can be listed: have old files removed there
    .code = TT-6108
    .why = A listing has a limit, so that a partner can't fill our memory.
    .do = Collected files are better moved or deleted there (remote.afterwards).
daemon-unusable-names = { $count } of the names in its directory can't be used (control characters, or another encoding than the one that is agreed, see profile.names) and are passed over: have the files renamed there
    .code = TT-6109
    .why = Such names can't be asked for, or could drive a terminal.
daemon-symbolic-links = { $count } of the names that it means are symbolic links, which are not followed ({ $first } is the first): have the files themselves put there
    .code = TT-6110
    .why = A link at the partner could lead to any of its files.
daemon-waits-for-room = waits for room on our disk
daemon-not-taken-up = can't be taken up now: { $why }
daemon-not-collected = link { $name } can't be collected as it should: { $what }
    .code = TT-6111
    .why = The partner's directory could be looked at, but not all in it can be used.
    .do = totatsu collect LINK shows what is seen there.

## Partners that are down

daemon-down-before = it couldn't be reached when the gateway ended
daemon-medium-there = the medium is there; it was wanted since { $since }
daemon-reached-again = it can be reached again; it was down since { $since }
daemon-gave-up = gave up: down since { $since }, { $attempts } connections failed: { $error }
    .code = TT-6112
    .why = The partner was away for longer than retry.give_up_after, counted within its hours. It is held now, and nothing is tried.
    .do = Once it is back: totatsu release --partner NAME.

## Deadlines and expectations

daemon-may-miss = delivery { $id } of link { $link } may miss its deadline, { $due }: { $risk }; see how it stands with: totatsu show { $id }
    .code = TT-6113
    .why = Its deadline is near, and it hasn't arrived: it fails, waits or is held.
daemon-arrived-late = delivery { $id } of link { $link } arrived at { $arrived }, after its deadline, { $due }; see how it stands with: totatsu show { $id }
    .code = TT-6114
    .why = It has arrived, and its receipt says when.
    .do = totatsu list --late shows all that were late.
daemon-missed = delivery { $id } of link { $link } has missed its deadline, { $due }; see how it stands with: totatsu show { $id }
    .code = TT-6115
    .why = It hasn't arrived by now.
    .do = totatsu list --late shows all that are late.
daemon-held = delivery { $id } of link { $link } is held at { $step }: { $reason }
daemon-waits = collection { $id } of link { $link } waits: { $missing }
daemon-nothing-ever-came = link { $name } expected a file by { $due }, and nothing ever came: ask the one who sends it
    .code = TT-6116
    .why = expect of the link says when a file has to come.
    .do = For an outbound link: the business system. For an inbound one: the partner.
daemon-nothing-came = link { $name } expected a file by { $due }, and the last one came at { $last }: ask the one who sends it
    .code = TT-6117
    .why = expect of the link says when a file has to come.
    .do = For an outbound link: the business system; totatsu outbox shows whether it lies there. For an inbound one: the partner; totatsu collect LINK looks now.

## The archive

daemon-kept-until = it was to be kept until { $date }
daemon-contents-kept-until = its contents were to be kept until { $date }
daemon-contents-removed = what it carried is removed from the archive, its proof stays: { $why }
daemon-archive-too-large = the archive was larger than archive.max_size, { $limit }
daemon-folder-removed = its folder is removed from the archive: { $why }
daemon-clock-leapt = the clock is more than a month ahead of what it last was, { $known }: nothing is removed from the archive; set the clock, or, if it is right, restart once a delivery has gone through
    .code = TT-6118
    .why = A wrong clock would have the whole archive removed.
    .do = timedatectl
daemon-old-folders-stay = old folders stay in the archive; it is tried again in a day
daemon-contents-stay = contents of old deliveries stay in the archive; it is tried again in a day
daemon-stamped = the journal's end was stamped with the time
daemon-stamp-again = the journal's end is still not stamped: { $why }; it is tried again
daemon-stamp-failed = the journal's end could not be stamped with the time: { $why }; deliveries go on, and it is tried again; look at timestamp.command if this lasts
    .code = TT-6141
    .why = timestamp.command failed or took too long: its program, the line to the authority, or the authority itself.
    .do = Run the command by hand as the user totatsu; until it succeeds only the proof of the time is missing.
daemon-stamp-form = what the command printed is no time stamp (RFC 3161, DER)
daemon-stamp-refused = the authority refused, with status { $status }
daemon-stamp-other = the stamp is for another digest, or not by SHA-256
daemon-stamp-not-run = the command can't be run: { $error }
daemon-stamp-exit = the command ended with { $status }
daemon-stamp-too-long = the command took longer than { $limit }, and was killed
daemon-stamp-too-large = the command printed more than { $limit } bytes

## Start, work and end

daemon-folder-missing = its folder is missing in the spool: restore it from a backup, restart, then release
    .code = TT-6119
    .why = Somebody removed it, or the spool is that of another time than the ledger.
    .do = docs/operations.md, Backup, restore, another machine.
daemon-folder-discarded = removed: a start was interrupted before the file was accepted
daemon-folder-set-aside = set aside in orphans/: the ledger doesn't know it; look at it
    .code = TT-6120
    .why = It may be of another gateway, or of a spool that is newer than the ledger. Nothing in it was sent by this ledger.
    .do = Compare it with what the partner has before its file is dropped again.
daemon-unfinished-go-on = unfinished deliveries go on
daemon-task-failed = a task failed, so the whole daemon ends: { $error }; report this as a fault of totatsu
    .code = TT-6121
    .why = The gateway ends rather than goes on without a part of itself; systemd starts it again.
    .do = Keep the log and report it.
daemon-cut-off = steps still in hand are cut off after the grace time; they are done again after the start
daemon-commands-refused = commands can't connect; it is tried again every { $time }
    .code = TT-6122
    .why = The directory of paths.socket refuses, or descriptors have run out. Deliveries go on.
daemon-file-packed = a closed file of the journal is packed
daemon-file-not-packed = a closed file of the journal stays as it is; totatsu audit verify says whether it is whole
daemon-standing = { $unfinished } unfinished, { $held } of them held
