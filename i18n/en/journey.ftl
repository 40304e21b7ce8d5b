# The way of a delivery or a collection: why a person has to decide on it, and whether spool and ledger belong together.

## Spool and ledger

journey-spool-in-use = { $spool } is in use by another totatsu process: one gateway at a time works on a spool
    .code = TT-5201
    .do = End the other one, or correct paths.spool where two configurations name the same.
journey-ledger-empty = { $spool } holds deliveries, and the ledger in { $ledger } knows of none: correct paths.ledger, or restore the ledger; only if it is lost for good, do what the manual says about a lost machine, and touch { $lost }
    .code = TT-5202
    .why = Starting with an empty ledger would forget what was sent, and send it again.
    .do = docs/operations.md, Backup, restore, another machine, has the steps.
journey-ledger-foreign = { $spool } belongs to another ledger than the one in { $ledger }: correct paths.spool or paths.ledger, or restore the right ledger, with its { $id }; only if that is lost for good, or this one is the right one: touch { $lost }
    .code = TT-5203
    .why = paths.spool and paths.ledger don't belong together, as after a wrong restore or a copied configuration.
    .do = docs/operations.md, Backup, restore, another machine, has the steps.
journey-ledger-older = { $spool } was worked on with a ledger that went on to event { $seen }, which the one in { $ledger } doesn't hold (it ends at { $has }): this is an older copy, and what it has forgotten would be sent or handed over again; put the newer one back; only if that is lost for good, do what the manual says about a lost machine, and touch { $lost }
    .code = TT-5204
    .why = The ledger was restored from a copy that is older than the spool.
    .do = docs/operations.md, Backup, restore, another machine, has the steps.
journey-ledger-said-lost = the ledger was said to be lost: the spool belongs to this one from now on
journey-cannot-remember = the spool can't note how far the ledger went; it is tried again
journey-paths-moved = spool, ledger or socket lie elsewhere than the gateway has them: stop it, move them, start it
    .code = TT-5205
    .why = A reload can't move what the running gateway has open.
    .do = systemctl restart totatsu.
journey-waits-until-mended = what needs it waits until it is mended

## Partners and holds

journey-partner-gone = partner { $partner } is not in the configuration any more: put it back, restart, then release
    .code = TT-5206
    .why = Its file was removed from partners/ while deliveries to it weren't finished.
    .do = To give them up instead: totatsu cancel ID.
journey-no-partner = partner { $partner } is not in the configuration
    .code = TT-5207
    .why = The link names a partner that has no file in partners/.
    .do = totatsu check names the link.
journey-partner-undecided = the file of partner { $partner } still has open points: its host isn't filled in; write it there, then reload. What was dropped waits until then
    .code = TT-5229
    .why = The host still ends in .invalid, as init writes it where nobody knows it yet.
    .do = totatsu check --open names what is missing.
journey-held-until = it was held until { $until }
journey-hold-ended = { $subject } is released: it was held until { $until }
journey-step-stops = { $step } of delivery { $delivery } stops the gateway: { $reason }
    .code = TT-5208
    .why = Our own disk or memory can't be trusted: what was written there reads back as something else.
    .do = Check disk and memory before the next start.

## What a person has to decide

journey-lacks-evidence = the ledger lacks the evidence { $evidence }: report this as a fault of totatsu
    .code = TT-5209
    .why = A state was reached without what proves it: a fault of the program, or a journal of another version.
    .do = Keep ledger and log, and report it.
journey-dropped-twice = probably dropped twice: delivery { $id } of { $at } has the same content; cancel this one, or release it to send it all the same
    .code = TT-5210
    .why = The same bytes came over the same link within duplicates_within: mostly a job that ran twice.
    .do = totatsu show ID of both tells when each came.
journey-older = older than { $newer }, which was sent meanwhile: cancel this one, or release it to send it all the same
    .code = TT-5211
    .why = The link keeps an order, and something newer went out while this one was held.
journey-agreement-link-gone = the partner's acknowledgement was agreed when it was sent, and link { $link } is not in the configuration any more: put it back, restart, then release; or ask the partner whether it has the file, then confirm or resend
    .code = TT-5212
    .why = Whether it arrived hangs on the acknowledgement, and what to look for stood in the link's file.
journey-agreement-gone = the partner's acknowledgement was agreed when it was sent, and the link of partner { $partner } says no more what is agreed: put it back, restart, then release; or ask the partner whether it has the file, then confirm or resend
    .code = TT-5213
    .why = Whether it arrived hangs on the acknowledgement, and the table [acknowledgement] was removed from the link.
journey-sent-twice = probably sent twice: collection { $id } of { $at } has the same content; cancel this one, or release it to hand it over all the same
    .code = TT-5214
    .why = The partner sent the same bytes over the same link within duplicates_within.
    .do = Compare with totatsu show of both; ask the partner.
journey-sent-twice-old = probably sent twice: collection { $id } of { $at } has the same content, and { $what }; cancel this one, or release it to hand it over all the same
    .code = TT-5215
    .why = The same bytes came again, and by its number or date it is out of its turn besides.
    .do = Ask the partner which of them counts.
journey-sent-twice-gap = probably sent twice: collection { $id } of { $at } has the same content; cancel this one, or release it to hand it over all the same once its turn has come: { $what }
    .code = TT-5216
    .why = The same bytes came again, and what should come before is missing.
    .do = Ask the partner for what is missing.
journey-gap = { $what }: ask the partner for it; it goes on once that is handed over, or release it to go without
    .code = TT-5217
    .why = The link's sequence says that another file comes first.
    .do = totatsu list --link NAME shows what came last.
journey-too-old = { $what }: ask the partner; release to hand it over all the same, or cancel
    .code = TT-5218
    .why = Its number or date isn't beyond that of the last one that was handed over: sent again, or late.
journey-suspicious = { $what }: ask whoever made the file; release it if it is right, or cancel it
    .code = TT-5219
    .why = The count of its records is far from what the link expects, or from the last files ([expected]).
    .do = Nothing was sent or handed over yet.
journey-other-partner = link { $link } goes to partner { $now } by now, and this began with partner { $partner }: point the link back, restart, then release; or cancel it
    .code = TT-5220
    .why = The link's partner was changed while this was under way; it would go to somebody else.
journey-medium-name = the name { $fault }: agree on another with the partner (remote.name, remote.directory), restart, then release
    .code = TT-5221
    .why = FAT doesn't take every name: no control characters, none of " * : < > ?, no bar, no blank or dot at the end.
journey-other-medium = it was put on the medium { $medium } and proven there, and now { $there } is there: put { $medium } back and release; if that one is lost, resend the delivery and never hand the lost one over
    .code = TT-5222
    .why = It lies on another medium than the one in the drive; two media with the same file would reach the partner.
journey-gave-up = gave up after { $attempt } attempts: { $reason }
    .code = TT-5223
    .why = The failures went on for longer than retry.give_up_after, counted within the hours of service.
    .do = Mend the cause, then totatsu release ID: it goes on from the step that failed.
journey-gave-up-unknown = unknown: gave up after { $attempt } attempts, and the name may have been given: ask the partner; if it has the file, confirm, if not, release: { $reason }
    .code = TT-5224
    .why = The failures went on for longer than retry.give_up_after, and nobody knows whether the name was given.
journey-behind-rejected = delivery { $id } was rejected and the link is ordered: have the corrected file come and release it first, then the link
    .code = TT-5225
    .why = On a link with order = "strict" nothing overtakes what is missing.
    .do = totatsu release ID of the corrected one, then totatsu release --link NAME.

## Records that are hardly right

journey-no-records = the file has no record at all, and this link has full files (全件)
journey-too-many-records = the file has { $records } records, more than { $allowed } times the { $most } that are expected at most
journey-too-few-records = the file has { $records } records, and the last ones of this link had { $fewest } at least

## Why it is tried again

journey-cut-off-transfer = the gateway ended in the middle of the transfer, which begins anew
journey-not-whole-yet = the gateway was started anew before this was sent whole: it is sent from the start
journey-cut-off-naming = the gateway ended when the final name may have been asked for: the partner is looked at first
journey-cut-off-import = it was cut off, and may be run again
journey-earlier-removes = { $path } isn't there, while collection { $earlier } removes what was there before

## What is logged and told

journey-breaks-layout = the file breaks its layout: totatsu report { $id } lists the problems
journey-in-archive = its folder is in the archive
journey-at-the-partner = at the partner: { $asked }: { $answered }
journey-alert-rejected = { $name } breaks its layout and goes no further, { $id } of link { $link }: totatsu report { $id } lists what is wrong
    .code = TT-5226
    .why = The file is not as the layout says; nothing of it was sent or handed over.
    .do = Give the report to the owner of the file; a corrected one is dropped again.
journey-alert-quarantined = bad records of { $name } were left out, { $count } in number, { $id } of link { $link }: totatsu report { $id } lists what is wrong
    .code = TT-5227
    .why = The link says bad_records = "quarantine": the good records were handed over.
    .do = Give the report to the partner.
journey-left-behind = { $path } may stay at partner { $partner }: { $why }
    .code = TT-5228
    .do = Nothing waits for it. Have the partner remove it.
journey-no-session = no session with the partner comes about
journey-took-longer = it took longer than { $time }
journey-acknowledgement-stays = the acknowledgement stays: { $error }

## What was asked of the partner and answered, for the receipt

journey-asked-write = write { $path }
journey-answered-written = done, { $size } bytes, SHA-256 { $sha256 }
journey-asked-remove = remove { $path }
journey-answered-removed = removed
journey-answered-no-file = no such file
