# What carrying to and from a partner says, whatever carries the bytes: the line, keys, accounts, rights, names, our own files.

## The line

transport-unreachable = { $address } can't be reached: { $cause }; check line, firewall and the partner's server if this lasts
    .code = TT-3001
    .why = No TCP connection came about: a wrong address, a firewall, a server that is down.
    .do = totatsu partner probe NAME --dry-run tries it at once.
transport-timed-out = no answer within { $after } ({ $phase }); ask whether the server is stuck if this lasts
    .code = TT-3002
    .why = The partner's side was silent for longer than deadlines of the partner's file allow.
    .do = If its server is known to be slow, raise that deadline.
transport-too-slow = only { $rate } bytes a second ({ $phase }), the least allowed is { $minimum }; look at the line, or lower the minimum
    .code = TT-3003
    .do = The minimum is throughput.minimum in the partner's file.
transport-lost = the connection was lost ({ $phase }): { $cause }
    .code = TT-3004
    .why = The line broke in the middle. It is tried again; what was sent under the temporary name is written anew.
    .do = Nothing, unless it lasts: then the line, or a server that ends sessions.
transport-jump = on the way to the partner, at the jump host { $address } ([jump]): { $error }
transport-forwarding-refused = the jump host { $address } refuses to forward to the partner at { $partner }: { $cause }; ask those who run it to allow our account that (OpenSSH: AllowTcpForwarding, PermitOpen)
    .code = TT-3005
    .why = The jump host takes our account and doesn't let it through to the partner.
    .do = Nothing is to be changed here. Once they have allowed it, the next try goes on by itself.

## Who the partner is, and who we are

transport-host-key-unknown = { $address } shows the host key { $fingerprint }, and none is pinned; compare it with the partner's paper, then pin it (host_keys), restart and release
    .code = TT-3006
    .do = totatsu partner trust compares it and writes it down.
transport-host-key-changed = { $address } shows the host key { $found }, but pinned is { $pinned }; ask the partner by telephone before pinning it (host_keys), then restart and release
    .code = TT-3007
    .why = The server was set up anew, or somebody stands in between.
transport-host-key-between = { $address } shows the host key { $found }, which is agreed only from { $from } until { $until }; ask the partner when it changes its key, then correct the dates (host_keys), restart and release
    .code = TT-3008
    .why = The partner changed its key at another time than was agreed. It may also be somebody else's server: nothing is sent to it.
transport-host-key-from = { $address } shows the host key { $found }, which is agreed only from { $from }; ask the partner when it changes its key, then correct the dates (host_keys), restart and release
    .code = TT-3009
    .why = The partner changed its key earlier than was agreed. It may also be somebody else's server: nothing is sent to it.
transport-host-key-until = { $address } shows the host key { $found }, which is agreed only until { $until }; ask the partner when it changes its key, then correct the dates (host_keys), restart and release
    .code = TT-3010
    .why = The partner still shows a key whose time is over by the agreement.
transport-host-certificate-refused = { $address } shows a host certificate that is not accepted: { $cause }; ask the partner for a right one
    .code = TT-3011
transport-certificate-refused = { $address } shows the certificate { $fingerprint }: { $fault }
transport-client-certificate-refused = { $address } demands a client certificate and refuses ours; ask the partner whether it is registered there
    .code = TT-3012
    .why = The server was given our client certificate and doesn't know it: it isn't registered there, has expired, or is another.
    .do = Send the partner the certificate again, with its end of validity (openssl x509 -enddate -noout -in FILE).
transport-client-certificate-missing = { $address } demands a client certificate, and none is configured; ask the partner for one (ftps.client_certificate_file)
    .code = TT-3013
    .why = The server lets nobody in without a client certificate.
    .do = Put certificate and key in place, name them (ftps.client_certificate_file, ftps.client_key_file), totatsu check, totatsu reload.
transport-certificate-file = certificate { $path }: { $cause }; put a PEM file in place
    .code = TT-3014
transport-authentication-refused = user { $user } was refused, accepted there is { $methods }; ask whether our public key or password is registered
    .code = TT-3015
    .why = The server doesn't know our key or password, or the account is locked.
    .do = totatsu partner probe NAME --dry-run after it was mended, then totatsu release --partner NAME.
transport-methods-none = nothing further
transport-new-password = user { $user }: the server demands a new password ({ $words }); agree one with the partner, put it in place, then release
    .code = TT-3016
    .why = The password has expired. The old one is not sent again: each try may count towards a lock.
transport-key-file = private key { $path }: { $cause }; put it in place with mode 0600
    .code = TT-3017
    .why = The file is missing, unreadable for the user totatsu, open to others, or no private key.
    .do = chown totatsu and chmod 600.
transport-user-certificate = certificate { $path }: { $cause }; have the partner's authority sign our public key, and put that certificate in place
    .code = TT-3018
transport-agent = ssh-agent { $socket }: { $cause }

## What the partner answers

transport-denied = { $path }: the partner denies { $phase }; ask for the right on that directory
    .code = TT-3019
    .why = The account may not do that in that directory.
    .do = totatsu partner probe NAME shows which rights are missing where.
transport-refused-denied = { $path }: the partner denies { $phase }, it says { $words }; ask for the right on that directory
    .code = TT-3020
    .why = The account may not do that in that directory.
    .do = totatsu partner probe NAME shows which rights are missing where.
transport-refused = { $path }: the partner refuses { $phase }, it says { $words }; ask the partner what it means
    .code = TT-3021
    .why = The server answered in its own words, which are quoted, and they say neither that rights nor that room is missing.
    .do = Read the words to the partner by telephone; the log of its server has the same instant.
transport-no-such-path = { $path }: no such file or directory at the partner ({ $phase }); check the path with the partner
    .code = TT-3022
    .why = remote.directory of the link names a directory that the partner doesn't have, or the account begins elsewhere.
    .do = totatsu partner probe NAME shows where a session begins.
transport-exists = { $path } exists at the partner and is left untouched; find out whose it is, then remove it or choose another name
    .code = TT-3023
    .why = What is there is never written over.
transport-failed = { $path }: { $phase } failed at the partner: it says { $words } and no more; ask the partner to look at its log
    .code = TT-3024
    .why = The server's answer says no more than that it failed: often a full disk, or a limit of its own.
transport-failed-full = { $path }: { $phase } failed at the partner: the partner's disk is full ({ $free } bytes free, { $missing } still to store); ask the partner for room
    .code = TT-3025
    .why = The partner's server tells how much room it has.
    .do = The delivery goes on by itself once there is room.
transport-unsupported = the partner's server does not offer { $what }; change the link's configuration, or ask the partner
    .code = TT-3026
    .why = The server lacks a command without which the promise can't be kept.
    .do = totatsu partner probe NAME shows what it offers.
transport-protocol = the partner's server broke the protocol ({ $phase }): { $cause }; report it to the partner if this lasts
    .code = TT-3027
    .why = The server sent something that its protocol doesn't allow: often a box in between, or an overloaded server.
    .do = It is tried again by itself. If it lasts, tell the partner the instant and the words.
transport-too-long = { $path } at the partner is longer than { $limit } bytes; ask the partner what it is
    .code = TT-3028
transport-changed-more = { $path } at the partner changed while it was fetched: { $expected } bytes became more; it is fetched again, ask the partner to write under another name and rename if this lasts
    .code = TT-3029
transport-changed-same = { $path } at the partner changed while it was fetched: { $expected } bytes became as many others; it is fetched again, ask the partner to write under another name and rename if this lasts
    .code = TT-3030
    .why = The partner wrote into its file while we read it.
    .do = Agree that it writes under another name and renames, or on ready = "marker".
transport-changed-less = { $path } at the partner changed while it was fetched: { $expected } bytes became { $found }; it is fetched again, ask the partner to write under another name and rename if this lasts
    .code = TT-3031
    .why = The partner wrote into its file while we read it.
    .do = Agree that it writes under another name and renames, or on ready = "marker".

## Our own side

transport-medium = { $path }: { $fault }
transport-own-file = own file { $path }: { $error }
    .code = TT-3032
    .why = Our own disk or a missing right, not the partner's.
transport-own-file-changed = own file { $path } changed while it was carried: { $expected } bytes became { $found }; find out who writes there
    .code = TT-3033
    .why = Nobody but the gateway may change files in the spool.
transport-unanswered-before = an earlier request was left without its answer

## What the partner's server would have to offer

transport-need-size = the size of { $path } before it is read
transport-need-question = telling whether { $path } is there
transport-need-plain-file = { $path } as a plain file
transport-need-request = { $phase } as we ask for it
transport-need-request-says = { $phase } as we ask for it, it says { $words }

## Where in the talk with a partner something happened

transport-phase-connect = connect
transport-phase-handshake = handshake
transport-phase-authenticate = authenticate
transport-phase-start = start
transport-phase-open = open
transport-phase-write = write
transport-phase-sync = sync
transport-phase-close = close
transport-phase-stat = stat
transport-phase-read = read
transport-phase-rename = rename
transport-phase-remove = remove
transport-phase-space = space
transport-phase-list = list

## Words

transport-or = { $one } or { $other }
transport-and = { $one } and { $other }
transport-seconds = { $seconds }s
transport-size = { $size } bytes
transport-size-untold = of untold size
transport-to-the-minute = { $moment } (Japan)

## What a library says of network and files

transport-library = { $words }
transport-library-lookup = failed to lookup address information: { $words }
transport-library-closed-by-tls = peer closed connection without sending TLS close_notify
transport-library-aborted = connection aborted
transport-library-broken-pipe = broken pipe
