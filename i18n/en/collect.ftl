# What is said of a collection under way: finding, fetching, the inbox, the import, the partner's file afterwards.

## Which names a link means

collect-placeholders = {"{date}"} (YYYYMMDD), {"{time}"} (HHMMSS), {"{number}"} (digits), {"{municipality}"}, {"{municipality6}"}, * and ?
collect-pattern-unknown = unknown placeholder in { $pattern }; known are { $known }
    .code = TT-5101
collect-pattern-none = { $pattern } is no pattern of a file name; directories belong into directory
    .code = TT-5102
collect-pattern-number = { $pattern }: nobody could tell which digits are the number and which belong to *
    .code = TT-5103
collect-pattern-twice = { $pattern } can't be used: each of {"{date}"}, {"{time}"} and {"{number}"} may stand in it once
    .code = TT-5104

## Why a file at the partner isn't taken yet; words that follow its name

collect-wait-marker-alone = is a marker, and its file isn't there
collect-wait-temporary = has the name of a file that is still being written: taken once the partner renames it
collect-wait-hidden = is hidden, its name begins with a dot: taken once the partner renames it
collect-wait-no-day = has a date in its name that no calendar has: taken once the partner renames it
collect-wait-marker = waits for its marker { $marker }
collect-wait-newer-marker = waits for a newer marker: { $marker } is older than the file
collect-wait-digest = waits for its digest file { $digest }
collect-wait-empty = is empty so far: taken once something is in it
collect-wait-settling = was seen unchanged for { $known } s so far: taken once it was for { $wanted }

## Which comes next

collect-older = { $is } in its name is older than { $was }, which was handed over last
collect-same = { $is } in its name is the same as { $was }, which was handed over last
collect-gap = { $is } in its name comes after { $was }, and { $missing } is missing

## Fetching

collect-gone = { $path } is gone at the partner, and was not fetched: ask the partner; release once it is there again, or cancel
    .code = TT-5105
    .why = Somebody at the partner removed or renamed it between the look and the fetch.
collect-no-file = { $path } at the partner is no plain file any more: ask the partner, then release or cancel
    .code = TT-5106
    .why = A directory or a link has taken its name; links are never followed.
collect-changed = { $path } changed at the partner while it was read: { $before } before, { $after } after; it is fetched again
    .code = TT-5107
    .why = The partner is still writing: it wasn't complete when it appeared.
    .do = If this lasts: remote.ready = "marker", or a longer stable_for.
collect-restless = { $path } at the partner looks different each time it is looked at; it is fetched once it is left alone
    .code = TT-5108
    .why = Size or time changes from look to look: the partner is still writing.
    .do = If it lasts, agree with the partner on renaming, or on a marker (remote.ready).
collect-not-vouched = { $path } at the partner names no SHA-256 of { $name }; it is looked at again
    .code = TT-5109
    .why = The digest file has no line for this name, or isn't as sha256sum writes it.
    .do = Ask the partner for the form that sha256sum writes.
collect-digest-differs = { $path } at the partner says SHA-256 { $stated }, but the file has { $found }; it is fetched again
    .code = TT-5110
    .do = If this lasts: tell the partner both.

## The inbox

collect-inbox-taken = { $path } still lies in the inbox
    .code = TT-5111
    .do = Once the importing program has taken it away, this one takes its place.
collect-name-too-long = the inbox { $inbox } can't bear a name as long as { $name }: give the link an inbox.name, e.g. "{"{id}"}.csv", restart, then release
    .code = TT-5112
    .why = A file system takes names up to 255 bytes, and beside the file its digest has a name too.
collect-made-ready-replaced = { $path } isn't the file that was made ready there: somebody replaced it; find out who, then cancel the collection, which removes it, and have the partner send the file again
    .code = TT-5113
    .why = Members of the group may write into the inbox; what was made ready there has another inode or content now.
    .do = Tell the members of the group totatsu that the inbox is for taking files out.
collect-rows-changed = the decoded rows have changed on our disk (SHA-256 { $found } instead of { $expected }): check the disk
    .code = TT-5114
    .why = The rows were synced, and are different now: a fault of the disk, or somebody changed them.
    .do = smartctl and the kernel's log tell of the disk. The gateway stops here at each start: while it is stopped, totatsu hold ID and totatsu cancel ID; then start it, and have the partner send the file again.
collect-digest-place = it is no file, and the digest of what is handed over needs its name: remove it

## Exclusive control

collect-lock-denied = we may not open it: give it to the gateway's user, or remove it while nothing runs under it; then release
collect-lock-odd = it is a directory, a link or something else that is no file: remove it, then release

## The import

collect-import-gone = { $path } is no longer in the inbox, so the import command isn't run: put it back from { $rows }, then release; or confirm what was done by hand
    .code = TT-5115
    .why = Somebody took the file out before the import command ran.
collect-import-replaced = { $path } isn't the file that was placed there, so the import command isn't run: find out who put it there, replace it by { $rows }, then release; or confirm what was done by hand
    .code = TT-5116
    .why = What lies there is not what was handed over; importing it would bring in unknown data.
collect-import-not-started = the import command { $program } can't be started ({ $error }): correct it, then have it run: totatsu retry { $id } --reason TEXT
    .code = TT-5117
    .why = The program isn't there, isn't executable, or may not be run under the sandbox of the service.
    .do = Run it once as the user totatsu: sudo -u totatsu PROGRAM FILE. ReadWritePaths= of the unit says where it may write.
collect-import-failed = the import command ended with exit status { $status }; what it said is in { $output }: mend it, then have it run again on the same bytes: totatsu retry { $id } --reason TEXT; or confirm what was done by hand
    .code = TT-5118
    .why = The program itself says that it failed. The file stays in the inbox, and those behind it wait.
    .do = totatsu show ID shows the last lines that it said.
collect-import-too-slow = the import command took longer than { $limit } and was ended; find out how much of it was done, then have it run again on the same bytes: totatsu retry { $id } --reason TEXT; or confirm
    .code = TT-5119
    .why = It ran longer than import.time_limit and was killed; part of it may have been done.
    .do = If it needs longer, raise import.time_limit.
collect-import-interrupted = the import command was cut off, and nobody knows whether it was done: find out, then have it run again on the same bytes: totatsu retry { $id } --reason TEXT; or confirm
    .code = TT-5120
    .why = The gateway ended, or the power failed, while it ran. It isn't run again by itself, lest the same be imported twice.
    .do = A program that may be run twice: import.repeatable = true.
collect-output-cut = ... what was printed before was more than is kept
collect-output-long = what the import command prints can't be shortened

## Acknowledging

collect-outbox-taken = { $path } still lies in the outbox: once it is taken over, this one takes its place
    .code = TT-5121
    .why = The acknowledgement before this one, of the same name, hasn't been taken over yet.
    .do = totatsu outbox says why it lies there.

## The partner's file afterwards

collect-stays = its rows are handed over, and { $path } stays at the partner: { $error }; or set remote.afterwards = "leave" for this link, restart and release
    .code = TT-5122
    .why = The partner doesn't let us delete or move its file. The collection itself is done.
    .do = Ask the partner for the right to remove files in that directory.
collect-still-there = the partner acknowledged that { $aside } (first { $path }) is gone, and still shows it
    .code = TT-5123
    .do = It is tried again. If this lasts: ask the partner.
collect-displaced = { $aside } at the partner is a newer file than the one that was fetched, and can't be named { $path } again, because that name is taken too: ask the partner which of them counts, remove or rename the other one, then release
    .code = TT-5124
    .why = The partner put a newer file in the place of the one that was fetched, just while that was taken away.
collect-away-for-now = { $path } isn't there, while collection { $earlier } removes what was there before
    .code = TT-5125
    .do = Nothing: it is looked at again.

## What the partner was asked, for the receipt

collect-asked-look = size and time of { $path }
collect-asked-content = content of { $path }
collect-asked-again = content of { $path } again
collect-asked-digest = digest of { $name } in { $path }
collect-asked-rename = rename { $from } to { $to }
collect-asked-remove = remove { $path }
collect-asked-move = move { $path } to { $to }

## What it answered

collect-answer-done = done
collect-answer-refused = refused
collect-answer-gone = it is gone already
collect-answer-another = it is another file by now, and stays
collect-answer-digest = { $bytes } bytes, SHA-256 { $sha256 }
collect-answer-sha256 = SHA-256 { $sha256 }
collect-bytes-read = { $bytes } bytes read
collect-read-first = read first, SHA-256 { $sha256 }
collect-read-again = read again, SHA-256 { $sha256 }
collect-size-and-time = { $size }, of { $time }
collect-size-without-time = { $size }, no time told
