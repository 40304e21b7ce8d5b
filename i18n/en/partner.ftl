# What is said when a partner's server is tried out (totatsu partner probe), and when its key is accepted (totatsu partner trust).

## What is tried

partner-topic-ask = ask about a name
partner-topic-create = create a file
partner-topic-sync = confirm it is on disk
partner-topic-size = tell its size
partner-topic-list = list the directory
partner-topic-read-back = read it back
partner-topic-digest = digest by the partner
partner-topic-resume = continue a part
partner-topic-hard-link = second name (hard link)
partner-topic-rename = give a free name
partner-topic-rename-refuses = rename spares a taken name
partner-topic-replace = replace in one instant
partner-topic-case-sensitive = case makes another name
partner-topic-longest-name = longest name
partner-topic-free-space = free space
partner-topic-clock = clocks agree
partner-topic-round-trip = round trip
partner-topic-send-rate = sending
partner-topic-read-rate = reading back
partner-topic-final-name-stays = final name stays
partner-topic-remove = remove a file

## What was found

partner-found-free = a name that is free is told to be free
partner-found-created = created, written and closed
partner-found-synced = asked, and confirmed
partner-found-no-request = the server offers no request for it
partner-found-hidden = the file isn't shown: hidden from us, or taken away at once
partner-found-clock = the partner's clock is { $ahead } s from ours, to a second or two
partner-found-no-time = the partner doesn't tell when a file was written
partner-found-ours = ours among them
partner-found-not-ours = ours is not shown
partner-found-more = and more than are listed
partner-found-same-bytes = the bytes are ours
partner-found-other-bytes = other bytes than were sent
partner-found-digest = HASH or XSHA256
partner-found-no-digest = no: the bytes themselves come back
partner-found-rest = the rest was taken
partner-found-made = made
partner-found-replaced = replaced
partner-found-by-link = by a second name and removal of the first
partner-found-by-link-left = by a second name and removal of the first; the old name stays, it can't be removed
partner-found-by-rename = by the plain rename, after a look
partner-found-by-replacing = by the rename that replaces
partner-found-spares-not = the file that bore the name was replaced
partner-found-spares = refused, and both files stay
partner-found-case-apart = upper and lower case are told apart
partner-found-case-one = upper and lower case are one name
partner-found-case-untold = can't be told without asking about names
partner-found-bytes = { $bytes } bytes
partner-found-bytes-least = { $bytes } bytes at least; then: { $error }
partner-found-bytes-most = { $bytes } bytes, as long as file systems have them
partner-found-round-trip = { $milliseconds } ms for a question about a name
partner-found-rate = { $rate } a second, over { $bytes } bytes
partner-found-not-tried-exists = not tried: { $path } exists, and is left untouched
partner-found-not-tried-untold = not tried, as nobody could tell what became of the name: { $error }
partner-found-taken = gone { $seconds } s after it was named: the partner took it
partner-found-stays = still there after { $seconds } s, and removed by us
partner-found-all-gone = all files of the probe are gone
partner-found-left = { $paths } can't be removed
partner-found-both = { $one }, { $other }
partner-found-entries = { COUNT($count) ->
    [one] 1 entry
   *[other] { $count } entries
}
partner-found-meant = { $meant } meant by link { $link } ({ $pattern })
partner-found-unusable = { $count } with names that can't be used
partner-found-unseen = and some that are not seen
partner-found-unlisted = and more than can be listed

## What is missing

partner-lacks-create = the account can't create and write a file here: { $words }
partner-lacks-rename = a file can't be given its final name without risk to another: { $words }
partner-lacks-remove = the account can't remove its own file, so a part that a cut leaves would stay: { $words }
partner-lacks-all = nothing could be tried
partner-lacks-listing = its listing is not complete
partner-lacks-room = its directory holds more than can be listed
partner-lacks-collecting = nothing can be collected from here: { $error }
partner-lacks-moving = nothing can be moved to here: { $error }

## What the partner would have to allow

partner-start-directory = its start directory
partner-advise-create = have the partner let our account write in { $place }, and look whether its disk is full
partner-advise-read = have the partner let our account read its own files in { $place }: the proof becomes "content"
partner-advise-ask = have the partner let our account ask about names and sizes in { $place } (SFTP: lstat; FTP: MLST or SIZE): without it the proof is "close" at best where reading back is denied too
partner-advise-rename = have the partner let our account rename its files in { $place }
partner-advise-rename-replace = have the partner let our account rename its files in { $place }; until then only links with same_name = "replace" can go there
partner-advise-remove = have the partner let our account remove its own files in { $place }
partner-advise-spare = its rename replaces a file that bears the new name, and there are no hard links: let nobody else write names like ours there, or use {"{id}"} in remote.name
partner-advise-replace = same_name = "replace" can't be used with this server
partner-advise-sync = the partner doesn't confirm that bytes lie on its disk: agree on an acknowledgement if a power cut there must not lose a file
partner-advise-case = names that differ only in case are one name there: don't tell files apart by it
partner-advise-clock = have the partner compare its clock with ours; dates in its logs won't match
partner-advise-takes-away = write takes_away = true below [profile] of this partner (--write does it)
partner-advise-earlier = { $path } is left of an earlier probe: remove it
partner-advise-names = have the partner rename what has a name that can't be used
partner-advise-old-files = have the partner remove old files there
partner-advise-list = have the partner let our account list { $place }
partner-advise-make = have the partner make { $place }, and let our account write there

## How the profile is shown

partner-shown-head = partner { $partner }: { $transport } { $address } as { $user }
partner-shown-server = server
partner-shown-key = key
partner-shown-signed-in = signed in by
partner-shown-cipher = cipher
partner-shown-key-exchange = key exchange
partner-shown-offers = offers
partner-shown-limits = limits
partner-shown-limit-packet = packet { $bytes }
partner-shown-limit-read = read { $bytes }
partner-shown-limit-write = write { $bytes }
partner-shown-limit-files = open files { $count }
partner-shown-collected = { $directory }, collected from by: { $links }
partner-shown-moved-to = { $directory }, where collected files are moved to by: { $links }
partner-shown-start-directory = the directory that a session starts in
partner-shown-directory = directory { $name }
partner-shown-missing = missing: { $words }
partner-shown-advice = advice: { $words }
partner-shown-yes = yes
partner-shown-no = no
partner-shown-proof = best proof: { $grade }
partner-shown-nothing = nothing can be delivered here

## The command probe

partner-file-name = a file name without a directory
    .code = TT-3501
partner-interrupting = totatsu: interrupted; the probe's files are being removed
partner-interrupted = interrupted
partner-left = left at the partner, to be removed by hand: { $path }
partner-nothing-written = totatsu: nothing is written: whether the partner takes files away shows only with --final-name NAME
    .code = TT-3502
partner-written = { $path }: profile.takes_away = { $takes_away }

## The command trust

partner-key-of-example = the host key in the partner's file is still the sample's, which is nobody's; { $address } shows { $fingerprint }. First, with the fingerprint that the partner tells on paper or by telephone: totatsu partner trust { $partner } --fingerprint SHA256:...
    .code = TT-3510
partner-open-point-gone = { $key } is taken out of the open points of { $partner }'s file
partner-differ-mistyped = what was told can't be a whole fingerprint: its last character can't end one. It was mistyped, or misread

partner-until-first = --until is before --as-of
    .code = TT-3503
partner-no-jump = --jump: [jump] of partner { $partner } names no jump host
    .code = TT-3504
partner-medium-shows-none = a medium shows no key: totatsu medium prepare gives it a mark that it is known by
    .code = TT-3505
partner-fingerprint-form = --fingerprint: write it as SHA256: and base64, as `ssh-keygen -l` shows it
    .code = TT-3506
partner-fingerprint-error = --fingerprint: { $error }
partner-dates-for-sftp = --as-of and --until are for SFTP; a certificate bears its own dates
    .code = TT-3507
partner-pinned = { $told } is written to { $partner }'s file; run check, then reload
partner-pinned-example-gone = { $told } is written to { $partner }'s file, and the example's key is gone; run check, then reload
partner-pinned-jump = { $told } is written to { $partner }'s file, below [jump]; run check, then reload
partner-pinned-jump-example-gone = { $told } is written to { $partner }'s file, below [jump], and the example's key is gone; run check, then reload
partner-trust-not-recorded = the ledger couldn't be told who accepts this key; the change of the partner's file is recorded at the next reload or start
partner-pinned-already = { $told } stands in { $partner }'s file already
partner-pinned-already-jump = { $told } stands in { $partner }'s file, below [jump] already
partner-differ-told = told:  { $told }
partner-differ-shown = shown: { $shown }
partner-differ = they differ; nothing is written. Ask the partner by telephone: a wrong paper, another server, or somebody in between
    .code = TT-3508
    .why = The paper is of another key, the host another server, or somebody stands in between.
partner-differ-jump = they differ; nothing is written. Ask those who run the jump host by telephone: a wrong paper, another server, or somebody in between
    .code = TT-3509
    .why = The paper is of another key, the host another server, or somebody stands in between.
partner-jump-has-own-key = { $error }; the jump host has a key of its own: totatsu partner trust { $partner } --jump --fingerprint SHA256:...
