# What list, show, status, outbox, collect and the acts by hand show, and why they refuse.

## Why they refuse

list-no-link-of-municipality = no link is of a municipality { $code }
    .code = TT-9101
    .why = Neither the gateway's own municipality nor a link's has this code.
    .do = Write the code of six digits; totatsu check and the files in links/ tell which municipalities there are.
list-no-report = { $kind } { $id } is { $state }: it has no report
    .code = TT-9102
    .why = A report is written of a rejected file, and of records in quarantine.
    .do = totatsu show tells why it stands where it stands.
list-report-removed = the report of { $id } was removed with its contents on { $day }
    .code = TT-9116
    .why = It may quote records, so it goes with them.
list-folder-removed = the folder of delivery { $id } was removed from the archive on { $day }; the ledger keeps its receipt
    .code = TT-9103
    .why = The time for which the archive keeps it is over.
    .do = The receipt's number and digest stay in the ledger: totatsu show. The bytes can only come from your own backup.
list-folder-gone = the folder of delivery { $id } is no longer kept
    .code = TT-9104
    .why = There is no folder of it in the spool or in the archive.
    .do = Restore it from a backup if it should be there; totatsu audit verify tells what else is missing.
list-of-whom = say what: an id, --partner or --link
    .code = TT-9105
    .why = Nothing is held or released without being named.
list-until-form = write it as 13:00 or as "2026-12-01 13:00"
list-time-form = { $text } is no day and no time: write it as 2026-12-01 or as "2026-12-01 13:00"
list-hash-form = a SHA-256 has 64 digits and letters from a to f
list-until-past = it is past { $at } already

## Words of states: what a person types and what stands in JSON is always the English one

list-state-and-name = { $word } ({ $name })

## What each state means

list-meaning-found = The partner has it; it isn't fetched yet
list-meaning-fetched = The partner's bytes are here
list-meaning-decoded = It was read by its layout
list-meaning-placing = It is being put into the inbox
list-meaning-placed = It lies in the inbox
list-meaning-importing = The import command runs
list-meaning-imported = The import command ended well
list-meaning-accepted = It was taken over from the outbox
list-meaning-converted = The bytes to send are made
list-meaning-transferring = It is being sent
list-meaning-transferred = It was sent under a temporary name
list-meaning-verified = The partner's bytes are the same
list-meaning-published = It has its final name at the partner
list-meaning-acknowledged = The partner acknowledged it
list-meaning-confirmed = A person says that it arrived by another way
list-meaning-receipted = The receipt is written
list-meaning-archived = Done, and kept in the archive
list-meaning-queued = Nothing has failed; its turn hasn't come
list-meaning-handed-over = It lies on a medium; somebody has to say that it was received
list-meaning-waiting = A step failed, and is tried again by itself
list-meaning-unknown = Nobody can tell yet whether it has its final name; the partner is looked at next
list-meaning-held = A person has to decide
list-meaning-rejected = It doesn't fit its layout; nothing of it was sent or handed over
list-meaning-repeated = The same file was collected before
list-meaning-superseded = A newer full file took its place
list-meaning-cancelled = A person gave it up

## Words of steps, acts by hand, and partners

list-act-held = held
list-act-released = released
list-act-resent = resent
list-act-confirmed = confirmed
list-act-cancelled = cancelled
list-act-contents-removed = contents removed
list-partner-up = up
list-partner-undecided = undecided
list-partner-untried = not tried yet
list-partner-down = down
list-partner-medium-wanted = medium wanted
list-partner-held = held
list-partner-unknown = unknown
list-how-medium = medium
list-how-phone = phone
list-how-other = other
list-kind-delivery = delivery
list-kind-collection = collection
list-comma = ,{" "}

## Headings of tables

list-column-delivery = delivery
list-column-state = state
list-column-link = link
list-column-file = file
list-column-note = note
list-column-partner = partner
list-column-unfinished = unfinished
list-column-since = since
list-column-next = next try
list-column-why = why
list-column-inbound = inbound link
list-column-looked = looked at
list-column-complete = complete
list-column-taken-up = taken up
list-column-not-yet = not yet
list-column-wrong = what is wrong
list-column-size = size
list-column-standing = standing

## The list

list-none = none
list-more = { COUNT($count) ->
    [one] { $count } more is left out: see it with --limit
   *[other] { $count } more are left out: see them with --limit
    }
list-more-so-far = { COUNT($count) ->
    [one] { $count } more at least is left out: see it with --limit
   *[other] { $count } more at least are left out: see them with --limit
    }
list-more-than = more than { $count } others are left out: see them with --limit, or narrow the list with --since and --until
list-looked-back = what is older than { $id } was not looked at: nothing that is asked for was met for long; name the first day with --since, or go on with --until
list-note-until = until { $until }: { $reason }
list-note-problems = { COUNT($count) ->
    [one] { $count } problem
   *[other] { $count } problems
    }
list-note-receipt-of = receipt { $number }, { $path }
list-note-receipt = receipt { $number }
list-note-receipt-left-out = { COUNT($count) ->
    [one] receipt { $number }, { $count } record left out
   *[other] receipt { $number }, { $count } records left out
    }

## One delivery

list-fact-state = state
list-fact-why = why
list-fact-next = next try
list-fact-link = link
list-fact-source = source
list-status-second = { $delivery } (link { $link }): { $act }
list-fact-second = second name
list-second-awaited = { $act }, asked for by { $by }, waits for a second name until { $until }: { $reason }
list-second-late = { $act }, asked for by { $by }, had no second name until { $until }: { $reason }
list-requested-resend = resend
list-requested-resend-older = resend although something newer went
list-requested-confirm = confirm ({ $says }, { $how })
list-fact-dropped-by = dropped by
list-fact-rejected = rejected
list-fact-layout = layout
list-fact-sent = sent
list-fact-goes-to = goes to
list-fact-moving = moving
list-fact-proof = proof
list-fact-said-so = said so
list-fact-left = left there
list-fact-gave-way = gave way
list-fact-receipt = receipt
list-fact-removed = removed
list-fact-contents = contents
list-fact-kept = kept in
list-fact-resend-of = resend of
list-fact-found = found at
list-fact-vouched = vouched by
list-fact-left-out = left out
list-fact-inbox = inbox
list-fact-import = import
list-fact-answered = answered
list-fact-at-partner = at partner
list-fact-repeats = repeats
list-fact-others = same name
list-fact-folded = folded
list-fact-deadline = deadline
list-fact-resent-as = resent as
list-fact-import-log = import log
list-fact-history = history
list-folded = { COUNT($count) ->
    [one] { $count } character
   *[other] { $count } characters
    }
list-folded-by = { COUNT($count) ->
    [one] { $count } character by table: { $tables }
   *[other] { $count } characters by table: { $tables }
    }
list-deadline-met = met: due { $due }, arrived { $arrived }
list-deadline-late = missed by { $by }: due { $due }, arrived { $arrived }
list-deadline-missed = missed: due { $due }, and it had not arrived
list-deadline-due = due { $due }
list-late-by = { $hours } h { $minutes } min
list-history-unreadable = the journal can't be read: { $error }
list-state-since = { $state } since { $since }
list-why-waiting = { $step }, attempt { $attempt }: { $reason }
list-why-held = { $step }: { $reason }
list-link-to = { $link } to { $partner }
list-link-from = { $link } from { $partner }
list-source = { $name }, { $bytes } bytes, SHA-256 { $sha256 }
list-never-fetched = { $name }, never fetched
list-not-fetched = { $name }, not fetched yet
list-problems-report = { COUNT($count) ->
    [one] { $count } problem: totatsu report { $id }
   *[other] { $count } problems: totatsu report { $id }
    }
list-sent = { $bytes } bytes, SHA-256 { $sha256 }
list-moving = { $done } of { $total }
list-left-whole = { $path }, perhaps, with all of its bytes: have it removed
list-left-perhaps = { $path }, perhaps: have it removed
list-gave-way = to { $newer }
list-receipt = number { $number }, SHA-256 { $sha256 }
list-removed = { $at }: its bytes are no longer kept, the ledger keeps its receipt
list-contents-removed = removed on { $at }; receipt, signature and journal stay
list-no-longer-there = { $file }, which is removed
list-kept = { $folder } until { $until }
list-count-of-records = { $count } { $kind }
list-layout = { $name } { $version }: { $counts }
list-in-its-folder = { $file } of its folder
list-left-out = { COUNT($count) ->
    [one] { $count } record, kept in { $path }: totatsu report { $id }
   *[other] { $count } records, kept in { $path }: totatsu report { $id }
    }
list-placed = { $path }, { $bytes } bytes, SHA-256 { $sha256 }
list-placed-for-import = { $path }, { $bytes } bytes, SHA-256 { $sha256 }, for the import command
list-import = { COUNT($times) ->
    [one] started { $times } time; what it said is in { $path }
   *[other] started { $times } times; what it said is in { $path }
    }
list-answered = { $name } over link { $link }
list-repeats = { $earlier }: the same file, touched at the partner, and not handed over again
list-by-hand = { $at } by { $by }: { $reason }
list-report-of-delivery = { $file }, link { $link }, accepted { $at }, delivery { $id }
list-report-of-collection = { $file }, link { $link }, found { $at }, collection { $id }

## What became of it, event by event

list-event-queued = waits for its turn: { $why }
list-event-waiting = { $step } failed, attempt { $attempt }, next try { $until }: { $reason }
list-event-held = held at { $step }: { $reason }
list-event-act = { $act } by { $by }: { $reason }
list-event-resent = resends { $of }, by { $by }: { $reason }
list-event-name-taken = the name was taken at the partner: { $path }
list-event-superseded = gave way to { $newer }
list-event-repeated = the same as { $of }
list-event-rejected = { COUNT($count) ->
    [one] rejected: { $count } problem
   *[other] rejected: { $count } problems
    }
list-event-answered = acknowledgement { $name } handed to link { $link }
list-event-cleared = the file was cleared away at the partner
list-event-import = import started, run { $run }
list-event-receipted = receipt { $number }
list-event-requested = { $act } is asked for by { $by }: { $reason }; a second name is awaited until { $until }
list-event-request-granted = a second name for it: { $by }: { $reason }
list-event-request-withdrawn = the request is taken back by { $by }: { $reason }
list-event-removed = removed: { $why }
list-event-contents-removed = contents removed: { $why }
list-event-alerted = alert { $kind }: { $text }

## What an act by hand has come to

list-act-done = { $kind } { $id } { $act }
list-act-done-of = { $kind } { $id } { $act }, with the bytes of { $of }
list-act-stays = it stays where it stands until somebody releases it
list-act-goes-on = it goes on from where it stands
list-act-goes-on-with = it goes on with { $step }
list-act-told = { $done }: { $next }; see how with: totatsu show { $id }
list-act-imports-again = its import is run again, on the same file
list-act-left-whole = ALL OF ITS BYTES were sent to { $path } at partner { $partner }, who may take them for a file: they are removed if the partner can be reached now; totatsu show says whether they were, and if not, have them removed there at once
list-act-left = if anything of it was sent, { $path } at partner { $partner } holds it, perhaps whole; it is removed if the partner can be reached now: totatsu show says whether it was, and if not, have it removed there

## How the gateway stands

list-link-held = link { $link } is held since { $since } by { $by }: { $reason }
list-partner-held-until = held until { $until }, goes on by itself then: { $reason }
list-link-held-until = link { $link } is held since { $since } until { $until } by { $by }: { $reason }
list-all-finished = every delivery is finished
list-unfinished = unfinished: { $counts }
list-count-of-state = { $count } { $state }
list-to = to { $partner }
list-from = from { $partner }
list-link-title = { $link } ({ $title })
list-not-yet-looked = not yet
list-left = outbox of link { $link }: { $name } stays there since { $since }: { $why }
list-left-more = { $count } more files stay in outboxes: totatsu outbox
list-rejected = { COUNT($problems) ->
    [one] rejected: { $id } (link { $link }, { $name }) at { $at }, { $problems } problem, and no better file of this name has come: totatsu report { $id }
   *[other] rejected: { $id } (link { $link }, { $name }) at { $at }, { $problems } problems, and no better file of this name has come: totatsu report { $id }
    }
list-rejected-more = { $count } more were rejected: totatsu list --state rejected
list-configuration-wrong = the configuration has errors (totatsu check names them): only what the ledger knows is shown

## For monitoring, in one line

list-check-no-answer = the gateway doesn't answer; standard error says why
list-check-well = all is well
list-check-waiting = { $told }
list-check-person = { $told }
list-check-next = {"; "}
list-check-stopped = no gateway runs
list-check-state = { COUNT($count) ->
    [one] { $count } delivery { $state }
   *[other] { $count } deliveries { $state }
    }
list-check-link = link { $link } is held
list-check-partner = partner { $partner }: { $state }
list-check-look = link { $link }: the last look failed
list-check-missing = { COUNT($count) ->
    [one] { $count } expected file hasn't come
   *[other] { $count } expected files haven't come
    }
list-check-rejected = { COUNT($count) ->
    [one] { $count } file was rejected
   *[other] { $count } files were rejected
    }
list-check-second = { COUNT($count) ->
    [one] { $count } act waits for a second name
   *[other] { $count } acts wait for a second name
    }
list-check-left = { COUNT($count) ->
    [one] { $count } file stays in an outbox
   *[other] { $count } files stay in an outbox
    }

## What a look at a partner saw

list-seen = { COUNT($count) ->
    [one] link { $link }: { $count } entry in { $place } of partner { $partner }, looked at { $at }
   *[other] link { $link }: { $count } entries in { $place } of partner { $partner }, looked at { $at }
    }
list-seen-at-start = { COUNT($count) ->
    [one] link { $link }: { $count } entry in its start directory of partner { $partner }, looked at { $at }
   *[other] link { $link }: { $count } entries in its start directory of partner { $partner }, looked at { $at }
    }
list-seen-wrong = what is wrong: { $trouble }
list-seen-nothing = nothing is taken up now
list-seen-taken-up = { COUNT($count) ->
    [one] { $count } is taken up now
   *[other] { $count } are taken up now
    }
list-seen-known = { COUNT($count) ->
    [one] { $count } is known already
   *[other] { $count } are known already
    }
list-seen-waited-for = { COUNT($count) ->
    [one] { $count } is waited for
   *[other] { $count } are waited for
    }
list-seen-marker = { COUNT($count) ->
    [one] { $count } is a marker or digest file
   *[other] { $count } are markers or digest files
    }
list-seen-not-meant = { COUNT($count) ->
    [one] { $count } isn't meant by the name { $pattern }
   *[other] { $count } aren't meant by the name { $pattern }
    }
list-seen-no-file = { COUNT($count) ->
    [one] { $count } is no file
   *[other] { $count } are no files
    }
list-seen-refused = { COUNT($count) ->
    [one] { $count } has a name that can't be used, shown here in escapes: have the partner rename it
   *[other] { $count } have a name that can't be used, shown here in escapes: have the partner rename them
    }
list-seen-more = and { $count } more

## What lies in an outbox

list-outbox-nothing = no file lies in an outbox
list-outbox-stays = stays here: { $why }
list-outbox-no-link = there is no outbound link { $link } in the configuration
    .code = TT-9190
list-outbox-behind = the link is ordered, and { $name } is ahead of it
list-outbox-unreadable = this user can't read it: { $error }
list-outbox-empty = zero bytes so far: taken once something is in it
list-outbox-ready = ready
list-outbox-quiet = taken once it is unchanged for { $quiet }
list-outbox-settling = settling
list-outbox-marker = waits for its .end file
list-outbox-passing = passed over: a temporary name or a marker
list-outbox-refused = left here: { $why }
