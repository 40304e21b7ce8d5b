# What is said of a delivery under way: taking over, transfer, proof, final name, the partner's acknowledgement.

## Why a file stays in the outbox

deliver-name-not-utf-8 = its name is not UTF-8: rename it
    .code = TT-5001
deliver-symbolic-link = a symbolic link: put the file itself here
    .code = TT-5002
deliver-directory = a directory: only files directly in the outbox are sent
    .code = TT-5003
deliver-no-regular-file = not a regular file
    .code = TT-5004
    .do = Remove it: it is a pipe, a socket or a device.
deliver-second-name = a second name of a file that belongs to the gateway's user: put a copy here
    .code = TT-5005
deliver-control-character = a control character in its name: rename it
    .code = TT-5006
deliver-empty = zero bytes: nothing to send
    .code = TT-5007
deliver-still-changing = the file changed while it was taken over; it will be taken when it is quiet
    .code = TT-5008
deliver-no-free-id = no free delivery id: is the clock stuck?
    .code = TT-5009
deliver-folder-stays = a folder that no delivery owns stays behind

## Transfer

deliver-name-taken-before = the partner already holds { $path } and the link says same_name = "hold": find out whether the partner still needs that file, have it removed or renamed, then release the delivery; so that it does not come again, set remote.name with {"{date}"}, or remote.same_name to "version" or "replace", in the link
    .code = TT-5010
deliver-sent-bytes-changed = the bytes to send have changed on our disk (SHA-256 { $found } instead of { $expected }): check the disk
    .code = TT-5011
    .why = The disk lost or changed what had been proven, or somebody writes in the spool. The gateway stops.

## Proof

deliver-vanished = { $path } has vanished at the partner before it had its final name; it will be sent again
    .code = TT-5012
    .do = If this lasts: agree that nobody there touches .totatsu-*.part.
deliver-differs = the partner holds { $held } where { $sent } were sent to { $path }; it will be sent again
    .code = TT-5013
    .why = The partner acknowledged every write: its storage loses data, or something changes it.
    .do = Tell the partner both digests.

## The final name

deliver-name-taken = the partner already holds { $path } and the link says same_name = "hold": find out whose file it is, have it removed or renamed, then release the delivery
    .code = TT-5014
deliver-unknown = unknown: { $temporary } was proven at the partner and has gone, and { $path } is not there either: ask the partner whether it has taken the file; if it has, confirm the delivery, if not, resend it
    .code = TT-5015
deliver-may-be-taken = unknown: the name { $path } was asked for and no answer came; it isn't there, but the partner may have taken the file away already: ask; if it has the file, confirm the delivery, if not, release it
    .code = TT-5016
deliver-other-content = unknown: { $temporary } was proven at the partner and has gone, and { $path } holds { $held }: ask the partner whether it has taken the file; if it has, confirm the delivery, if not, resend it
    .code = TT-5017

## The partner's acknowledgement

deliver-refused = the partner refuses it: { $path } says { $text }; clear it up with the partner, then resend or confirm
    .code = TT-5018
deliver-overdue = no acknowledgement { $path } came by { $until }; ask the partner whether it has the file, then confirm, resend, or release to wait once more
    .code = TT-5019
deliver-overdue-lacking = no acknowledgement { $path } came by { $until } ({ $lacking }); ask the partner whether it has the file, then confirm, resend, or release to wait once more
    .code = TT-5020
deliver-lacking = it is there, but { $required } = { $word } doesn't stand in it
deliver-stale = { $path } is there already, before a byte was sent: it acknowledges something else; have it removed, then release the delivery
    .code = TT-5021

## What the partner was asked, for the receipt

deliver-asked-size = size of { $path }
deliver-asked-content = content of { $path }
deliver-asked-exists = does { $path } exist
deliver-asked-write = write { $path }
deliver-asked-sync = fsync
deliver-asked-close = close
deliver-asked-remove = remove { $path }
deliver-asked-rename = rename { $from } to { $to }
deliver-asked-acknowledgement = acknowledgement { $path }
deliver-asked-word = does { $required } stand in it

## What it answered

deliver-answer-done = done
deliver-answer-no = no
deliver-answer-yes = yes, { $what }
deliver-answer-yes-replaced = yes, { $size }; to be replaced
deliver-answer-no-such-file = no such file
deliver-answer-untold = the partner doesn't say
deliver-answer-unread = the partner doesn't let us read it
deliver-answer-none = no answer: { $error }
deliver-answer-bytes = { $bytes } bytes
deliver-answer-acknowledged = { $bytes } bytes acknowledged
deliver-answer-not-offered = not offered by the partner
deliver-answer-left = { $bytes } bytes, the first of ours: an earlier attempt had left them
deliver-answer-removed-left = done: an earlier attempt had left it
deliver-answer-removed-second = done: an earlier rename had made only the second name
deliver-answer-digest = { $bytes } bytes, SHA-256 { $sha256 }
deliver-answer-digest-partner = { $bytes } bytes, SHA-256 { $sha256 }, as the partner works it out
deliver-answer-digest-past-cache = { $bytes } bytes, SHA-256 { $sha256 }, read from the medium past the cache (O_DIRECT)
deliver-answer-digest-dropped = { $bytes } bytes, SHA-256 { $sha256 }, read from the medium after the cache was dropped (POSIX_FADV_DONTNEED)
deliver-answer-linked-left = done, by a second name; the partner doesn't let us remove the first
deliver-answer-linked = done, by a second name and removal of the first
deliver-answer-renamed = done, onto a name that was free
deliver-answer-replaced = done, replacing in one instant what bore the name
