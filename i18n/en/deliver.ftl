# What is said of a delivery under way: taking over, transfer, proof, final name, the partner's acknowledgement.

## Why a file stays in the outbox

deliver-name-not-utf-8 = its name is not UTF-8: rename it
    .code = TT-5001
    .why = The name would stand on receipts and in the journal, which are UTF-8; a program with another locale wrote it.
    .do = convmv, or a renaming in the producing system.
deliver-symbolic-link = a symbolic link: put the file itself here
    .code = TT-5002
    .why = A link could lead to any file that the gateway may read, so none is followed.
    .do = Copy the file itself: totatsu send does that.
deliver-directory = a directory: only files directly in the outbox are sent
    .code = TT-5003
    .why = Only files that lie directly in the outbox are sent.
    .do = Move its files up, and remove the directory.
deliver-no-regular-file = not a regular file
    .code = TT-5004
    .do = Remove it: it is a pipe, a socket or a device.
deliver-second-name = a second name of a file that belongs to the gateway's user: put a copy here
    .code = TT-5005
    .why = A hard link to a file of the gateway would have its own files sent.
    .do = Put a copy there: totatsu send does that.
deliver-control-character = a control character in its name: rename it
    .code = TT-5006
    .why = Such a name could forge lines of a log or drive a terminal.
deliver-empty = zero bytes: nothing to send
    .code = TT-5007
    .why = A program that failed often leaves an empty file; nobody should take it for a full one without records.
    .do = See whether the producing system failed. A layout with may_be_empty takes a heading without rows.
deliver-still-changing = the file changed while it was taken over; it will be taken when it is quiet
    .code = TT-5008
    .why = The producer was writing: size, time or file was another than when it looked ready.
    .do = Nothing, unless it lasts; then ready = "rename" or "marker" in the link.
deliver-no-free-id = no free delivery id: is the clock stuck?
    .code = TT-5009
    .why = Ids have the second and six random characters; that sixteen are taken means that the clock or the random source stands still.
    .do = Set the clock, then restart the gateway.
deliver-folder-stays = a folder that no delivery owns stays behind

## Transfer

deliver-name-taken-before = the partner already holds { $path } and the link says same_name = "hold": find out whether the partner still needs that file, have it removed or renamed, then release the delivery; so that it does not come again, set remote.name with {"{date}"}, or remote.same_name to "version" or "replace", in the link
    .code = TT-5010
    .why = Our own earlier file of this name still lies there: the partner hasn't taken it in, or leaves what it took in.
    .do = Ask the partner first. Then release; the same bytes go to the same name.
deliver-sent-bytes-changed = the bytes to send have changed on our disk (SHA-256 { $found } instead of { $expected }): check the disk
    .code = TT-5011
    .why = The disk lost or changed what had been proven, or somebody writes in the spool. The gateway stops, and again at each start.
    .do = smartctl and the kernel's log tell of the disk. While the gateway is stopped, totatsu hold ID and totatsu cancel ID; then start it, and drop the file again.

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
    .why = A file that isn't ours has this name; it is never replaced unless the link says "replace".
    .do = Ask the partner first. Then release; the same bytes go to the same name.
deliver-numbers-used-up = the partner already holds { $path } and every number up to { $count }, as the link says same_name = "version": find out why nobody takes the files away, have them removed, then release the delivery
    .code = TT-5022
    .why = Each of these names stands for an earlier file that the partner hasn't taken in.
deliver-unknown = unknown: { $temporary } was proven at the partner and has gone, and { $path } is not there either: ask the partner whether it has taken the file; if it has, confirm the delivery, if not, resend it
    .code = TT-5015
    .why = The line broke while the name was given, and afterwards neither name was there: either the partner took it away at once, or it was removed.
    .do = totatsu confirm ID --by NAME --how phone --reason TEXT if it has it; totatsu resend ID if not.
deliver-may-be-taken = unknown: the name { $path } was asked for and no answer came; it isn't there, but the partner may have taken the file away already: ask; if it has the file, confirm the delivery, if not, release it
    .code = TT-5016
    .why = The line broke after the name was asked for. A partner that takes files away at once leaves nothing to look at.
    .do = profile.takes_away = true in the partner's file tells the gateway of such a partner.
deliver-other-content = unknown: { $temporary } was proven at the partner and has gone, and { $path } holds { $held }: ask the partner whether it has taken the file; if it has, confirm the delivery, if not, resend it
    .code = TT-5017
    .why = Our file left its temporary name, but what bears the final name is of another size or content: somebody else's, or ours already replaced.

## The partner's acknowledgement

deliver-refused = the partner refuses it: { $path } says { $text }; clear it up with the partner, then resend or confirm
    .code = TT-5018
    .why = The acknowledgement holds a word that the link lists under acknowledgement.refuses.
    .do = Nothing is sent again by itself. After it is cleared up: resend, or confirm.
deliver-overdue = no acknowledgement { $path } came by { $until }; ask the partner whether it has the file, then confirm, resend, or release to wait once more
    .code = TT-5019
    .why = The partner agreed to say that it has the file, and the time of acknowledgement.within is over. The file is published there all the same.
    .do = release waits once more as long.
deliver-overdue-lacking = no acknowledgement { $path } came by { $until } ({ $lacking }); ask the partner whether it has the file, then confirm, resend, or release to wait once more
    .code = TT-5020
    .why = A file of the name came, but lacks a word that the link asks for (acknowledgement.requires): perhaps it is about another delivery.
    .do = release waits once more as long.
deliver-lacking = it is there, but { $required } = { $word } doesn't stand in it
deliver-stale = { $path } is there already, before a byte was sent: it acknowledges something else; have it removed, then release the delivery
    .code = TT-5021
    .why = An acknowledgement that stays from an earlier delivery would be taken for this one's.
    .do = A name that differs from delivery to delivery (with {"{"}remote{"}"}), or afterwards = "delete", avoids it.

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
