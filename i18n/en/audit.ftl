# The audit: what it finds, and what an export says.

audit-no-journal = there is no journal at { $path }: the gateway has never run with this configuration
    .code = TT-7101
audit-not-empty = { $path } is not empty: an export wants a new or empty directory
    .code = TT-7102
audit-unfit-mark = { $path }: an audit can't go on from it ({ $why }); leave --since out to verify everything
    .code = TT-7103
audit-no-day = the period from { $from } to { $to } holds no day: --from is its first, --to its last
    .code = TT-7104
audit-mark-format = it has format { $found }, and this version knows { $known }
audit-unfinished = This export is not finished: don't use it.

## Tables of an export

audit-act-held = held
audit-act-released = released
audit-act-resent = resent
audit-act-confirmed = confirmed to have arrived, or imported, by another way
audit-act-cancelled = given up
audit-act-partner-held = partner held
audit-act-partner-released = partner released
audit-act-link-held = link held
audit-act-link-released = link released
audit-act-reconfigured = configuration changed
audit-act-started = gateway started
audit-act-stopped = gateway stopped
audit-act-partner-trusted = host key trusted
audit-act-key-renewed = receipt key renewed
audit-act-contents-removed = contents removed
audit-act-requested = asked for
audit-act-request-closed = request closed

## Who vouches for the journal's last line

audit-vouched-index = the index
audit-vouched-gateway = the running gateway
audit-vouched-nobody = nobody ({ $why })
audit-no-index = there is no index
audit-damaged-before = the journal is damaged before it
audit-damaged-behind = the journal is damaged behind it
audit-index-behind = the index knows events up to { $event } only
audit-index-other = the index knows another
audit-gateway-answer = the gateway answered something else
audit-gateway-other = the running gateway knows another
audit-no-gateway = the ledger is in use, but at { $socket }: { $error }

## Findings: the journal

audit-damaged = the journal is damaged: { $what }
    .code = TT-7105
audit-ends-early = the journal ends at event { $last }, but event { $known } was acknowledged
    .code = TT-7106
audit-ends-before-mark = the journal ends at event { $last }, but event { $known } was verified earlier
    .code = TT-7107
audit-changed = event { $event } is not the one that was acknowledged: it was changed
    .code = TT-7108
audit-gateway-differs = event { $event } is not what the running gateway recorded
    .code = TT-7109
audit-event-unreadable = event { $event } can't be read ({ $error })
    .code = TT-7110
audit-begun-twice = delivery { $delivery } is begun, and was known before
    .code = TT-7111
audit-cannot-follow = event "{ $event }" can't follow state "{ $state }" of { $delivery }
    .code = TT-7112
audit-about-nothing = event "{ $event }" is about no delivery
    .code = TT-7113
audit-changes-nothing = event "{ $event }" changes nothing
    .code = TT-7114

## Findings: receipts

audit-of-receipt = receipt { $number }: { $what }
    .code = TT-7115
audit-receipt-first = it is the first in the journal, so earlier ones are missing
audit-receipt-follows = it follows receipt { $number }: a number is missing, or was given twice
audit-receipt-chain = it follows a receipt with SHA-256 { $previous }, but the one before has { $before }
audit-receipt-calls-itself = it calls itself { $number } of delivery { $delivery }
audit-receipt-text = the event says SHA-256 { $recorded }, but its text has { $found }
audit-receipt-not-made = its text can't be made again ({ $error })
audit-receipt-journal = it was written when event { $event } had SHA-256 { $sha256 }: the journal is another one
audit-receipt-link = its link isn't what was recorded
audit-receipt-partner = its partner isn't what was recorded
audit-receipt-source = its source isn't what was recorded
audit-receipt-sent = its size or SHA-256 of the sent bytes isn't what was recorded
audit-receipt-inbox = its path, size or SHA-256 in the inbox isn't what was recorded
audit-receipt-path = its path at the partner isn't what was recorded

## Findings: what is kept

audit-no-key = no public key ({ $why }): no signature can be checked
    .code = TT-7116
audit-size-and-sha256 = { $size } bytes, SHA-256 { $sha256 }
audit-differs = recorded are { $recorded }, found { $found }
    .code = TT-7117
audit-receipt-differs = recorded is SHA-256 { $recorded }, found { $found }
    .code = TT-7118
audit-removed-otherwise = { $name } of { $delivery } was another file than recorded when it was removed
    .code = TT-7124
audit-still-there = it is there, although the journal says that it was removed on { $at }: totatsu archive clear removes it
    .code = TT-7125
    .why = A backup that was restored, or somebody, brought it back.
audit-stamp-line = the time stamp is for event { $event } with SHA-256 { $sha256 }, which the journal doesn't have there
    .code = TT-7126
audit-stamp-other = the time stamp isn't for event { $event }
    .code = TT-7127
audit-stamp-unreadable = no time stamp can be read there: { $why }
    .code = TT-7128
audit-act-killed = the start of { $since } was not followed by a stop
audit-act-changed = changed: { $files }
audit-receipt-says = the receipt says { $stated }, found { $found }
    .code = TT-7119
audit-folder-gone = the folder is gone, but was to be kept until { $until }
    .code = TT-7120
audit-folder-gone-unfinished = the folder is gone, and the delivery isn't finished
    .code = TT-7121
audit-missing = it is missing
    .code = TT-7122
audit-unreadable = it can't be read: { $error }
    .code = TT-7123

## The tables of an export

audit-superseded-by = by { $delivery }
audit-problems = { $problems } problems

audit-acts-of-all = all of these days, and those on the deliveries and collections above
audit-acts-of-one = those on the deliveries and collections above; this is the export of one municipality of several
