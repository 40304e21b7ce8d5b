# What carrying over FTPS or FTP says: certificates, the control and the data connection, an FTP server's answers.

## Why the server's certificate is not accepted

ftps-unknown-authority = no authority that we trust has issued it; have the partner hand over its CA certificate (ftps.ca_file), or compare the fingerprint with the partner's paper and pin it (ftps.pins)
    .code = TT-3201
    .why = The server's certificate comes from an authority of the partner's own, or is one for tests.
    .do = totatsu partner trust NAME --fingerprint SHA256:… compares it with what the partner tells by paper or telephone, and writes it down.
ftps-self-signed = it is self-signed; compare the fingerprint with the partner's paper, then pin it (ftps.pins)
    .code = TT-3202
    .do = totatsu partner trust compares it and writes it down.
ftps-expired = it has expired; ask the partner to renew it, and look at this machine's clock
    .code = TT-3203
    .why = Its last day is over; connections are refused until it is renewed.
    .do = Ask the partner for the day of the new one. If it is pinned (ftps.pins), the new fingerprint is needed too.
ftps-not-yet-valid = it is not valid yet; look at this machine's clock, then ask the partner
    .code = TT-3204
    .why = The certificate begins later than now: this machine's clock is behind, or the partner put it in too early.
    .do = Compare the clocks first (timedatectl).
ftps-wrong-name = it is not for { $expected }, but for { $presented }; write the partner's own name (ftps.host or ftps.server_name)
    .code = TT-3205
    .why = The server is reached by a name or an address that its certificate doesn't bear.
    .do = Write the name that the certificate has into ftps.host, or into ftps.server_name if the address must stay.
ftps-no-name = no name at all
ftps-not-pinned = pinned is { $pinned }; ask the partner by telephone before pinning the new one (ftps.pins), then restart and release
    .code = TT-3206
    .why = The partner has renewed its certificate, or somebody stands in between.
ftps-unfit = it can't be used ({ $cause }); ask the partner for another one
    .code = TT-3207
ftps-unfit-version = it is of version 1, and version 3 is needed
ftps-unfit-key = its key is not the server's, or has fewer than 2048 bits

## How a fingerprint is written

ftps-not-a-fingerprint = a certificate's fingerprint is written as "sha256:" and 64 hexadecimal digits (with or without colons) or base64, as `openssl x509 -noout -fingerprint -sha256` or a receipt shows it
    .code = TT-3208

## What our directory listing lacks at the partner

ftps-listing-cut = its server cuts the listing short, it says { $words }; the files behind the cut are not seen: have old files removed there, or the server's limit raised (Pure-FTPd: LimitRecursion)
    .code = TT-3209
ftps-listing-unknown = its server lists in a form that isn't known, the first such line is { $line }; what stands in such lines is not collected: have it list facts (MLSD) or as `ls -l` does, and report the line to the makers of totatsu
    .code = TT-3210

## Our certificates and authorities

ftps-authorities-none = none is installed
ftps-authorities-unusable = this machine's authorities can't be used ({ $cause }): install ca-certificates
ftps-file-holds-none = it holds no certificate
ftps-key-open-to-others = mode { $mode } lets everybody use it
ftps-key-unreadable = { $error }; it must be PEM and not encrypted
ftps-certificate-of-other-key = it does not go with the key { $path }: { $error }

## How we proved who we are, in receipts

ftps-proof-certificate-and-password = client certificate and password
ftps-another-account = another account or password, it says { $words }

## How the connection ended

ftps-left-before-signing-in = left before signing in
ftps-closed-before-reply = the server closed the connection before its reply
ftps-closed-meanwhile = the server closed the connection meanwhile
ftps-data-connection = the data connection to { $address }: { $error }; ask the partner which ports it opens for passive mode
ftps-thread-ended = the session's thread has ended
ftps-own-thread = a thread of our own

## What is wrong with an answer

ftps-surplus = a reply that was not asked for: { $reply }
ftps-no-reply-of-ftp = this is no reply of an FTP server: "{ $words }"
ftps-not-asked-for = a reply that was not asked for
ftps-no-reply = no reply
ftps-no-address = no address of a data connection can be read in { $reply }
ftps-no-tls-here = it does not speak TLS here ({ $words })

## What the server would have to offer

ftps-need-certificate = a certificate: transport is "ftp"
ftps-need-certificate-for = a certificate for { $name }, which is neither a host name nor an address
ftps-need-judged-certificate = a certificate that can be judged: { $error }
ftps-need-tls-version = TLS { $version } ({ $words })
ftps-need-tls-algorithm = a TLS cipher, key exchange or signature that we accept ({ $words })
ftps-need-both-protected = TLS on both connections (AUTH TLS, PROT P), it says { $words }
ftps-need-data-protected = data connections as we protect them, it says { $words }
ftps-need-line-breaks = names with line breaks
ftps-need-names = names beyond ASCII: its list of extensions (FEAT) has no UTF8; ask the partner how its server writes names, and set profile.names to "utf-8", "shift_jis" or "euc-jp"
ftps-need-character = the character { $character } in names, by the encoding of profile.names
ftps-need-replacing-rename = a rename that promises to replace: FTP has none
ftps-need-hard-links = hard links: FTP has none
ftps-need-safe-name = a way to name a file without destroying another: asking whether the name is taken is not allowed; with same_name = "replace" the link accepts that a file of that name is replaced
ftps-need-replacing = replacing a file in one instant (RNTO), it says { $words }

## What the TLS and FTP libraries say

ftps-library-unexpected-message = received unexpected message: got { $got } when expecting { $expected }
ftps-library-corrupt-message = received corrupt message of type { $kind }
ftps-library-incompatible = peer is incompatible: { $why }
ftps-library-misbehaved = peer misbehaved: { $why }
ftps-library-alert = received fatal alert: { $alert }
ftps-library-invalid-certificate = invalid peer certificate: { $cause }
ftps-library-no-certificates = peer sent no certificates
ftps-library-undecryptable = cannot decrypt peer's message
ftps-library-oversized = peer sent excess record size
ftps-library-no-protocol = peer doesn't support any known protocol
ftps-library-inconsistent-keys = keys may not be consistent: { $why }
ftps-library-pem-io = I/O error: { $error }
ftps-library-pem-nothing = no items found
ftps-library-pem-too-large = PEM section exceeds maximum allowed size of 256 MB
ftps-library-bad-response = Response contains an invalid syntax
ftps-library-data-open = Data connection is already open
