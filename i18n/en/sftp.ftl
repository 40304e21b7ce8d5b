# What carrying over SFTP says: the SSH connection, keys and certificates, the jump host, the answers of an SFTP server.

## How a key is written

sftp-not-a-key = a key is written as "ssh-ed25519 AAAA..." (the line of its .pub file) or as "SHA256:...": { $cause }
    .code = TT-3101
sftp-not-a-host-key = a host key is written as "ssh-ed25519 AAAA..." (a line of the server's .pub file), as "SHA256:...", or as "@cert-authority ssh-ed25519 AAAA...": { $cause }
    .code = TT-3102
sftp-key-of-authority = certificates of the authority { $fingerprint }
sftp-key-between = { $key } from { $from } until { $until }
sftp-key-from = { $key } from { $from }
sftp-key-until = { $key } until { $until }

## The ssh-agent

sftp-agent-unnamed = no socket is known: name it (agent_socket), or set SSH_AUTH_SOCK for the service
    .code = TT-3103
sftp-agent-untold = it doesn't tell its keys ({ $error }); look at its log, or start it anew
    .code = TT-3104
sftp-agent-lacks-key = it doesn't hold the key { $fingerprint }; add it (ssh-add), the rest goes on by itself
    .code = TT-3105
    .why = The agent runs, but was started anew and has lost its keys, or has others.
    .do = ssh-add the key for the user totatsu (SSH_AUTH_SOCK as agent_socket says).
sftp-agent-unreachable = can't be reached ({ $error }); start it, and add our key
    .code = TT-3106
    .why = No ssh-agent listens there: it ended, or the machine was started anew.
    .do = Start it and ssh-add the key; what waits goes on by itself.
sftp-agent-silent = gives no answer within { $after }; look whether it waits for somebody, or start it anew
    .code = TT-3107
sftp-agent-signs-not = it doesn't sign with our key ({ $cause }); look at its log, or add the key anew
    .code = TT-3108
sftp-agent-none = (none)

## Our key and our certificate

sftp-key-open-to-others = mode { $mode } lets everybody use it
sftp-key-old-form = is encrypted in an old form ({ $form }), which is not opened here; rewrite it: ssh-keygen -p -f { $path }
sftp-key-old-form-is = { $kind } under { $cipher }
sftp-key-without-passphrase = is encrypted, and no passphrase is given
sftp-key-wrong-passphrase = the passphrase does not open it ({ $error }): it is the wrong one, the file is damaged, or its form is an old one; if the passphrase is right, rewrite it: ssh-keygen -p -f { $path }
sftp-key-unreadable = { $error }; if its form is an old one, rewrite it: ssh-keygen -p -f { $path }
sftp-certificate-named = { $name } (serial { $serial })
sftp-certificate-expired = { $certificate } expired at { $end }
sftp-certificate-too-early = { $certificate } is valid only from { $begin }
sftp-certificate-for-hosts = { $certificate } is for hosts, not for users
sftp-certificate-other-key = { $certificate } is for the key { $certified }, and ours is { $ours }
sftp-certificate-of = { $certificate } of the authority { $authority }

## How we proved who we are, in receipts

sftp-proof-key = publickey { $fingerprint }
sftp-proof-key-certificate = publickey { $fingerprint }, certificate { $certificate }
sftp-proof-agent = publickey { $fingerprint } of the ssh-agent
sftp-proof-agent-certificate = publickey { $fingerprint } of the ssh-agent, certificate { $certificate }
sftp-asks-more = keyboard-interactive (it asks { $asked } too)
sftp-neither-yes-nor-no = neither yes nor no

## The server's certificate

sftp-host-authority-unknown = its authority { $issuer } is not pinned
sftp-host-certificate-for-users = it is one for users, not for hosts
sftp-host-certificate-other = it is not for { $host }, but for { $names }
sftp-host-certificate-condition = it has the condition { $name }, which is not known
sftp-host-certificate-dates = today is not within its dates
sftp-host-certificate-signature = its signature is wrong

## How the connection ended, or didn't come about

sftp-connection-ended = the connection ended
sftp-channel-closed = the channel was closed
sftp-channel-closed-saying = the channel was closed; its last words are { $words }
sftp-stream-closed = it was closed
sftp-partner-said = the partner said: { $words }
sftp-jump-ended = the connection to the jump host { $address } ended: { $words }
sftp-through-jump = { $cause } (through the jump host { $address })
sftp-jump-gets-none = the jump host { $address } gets no connection
sftp-jump-short = the jump host { $address } is short of resources
sftp-jump-gets-none-within = the jump host { $address } gets no connection within { $after }
sftp-jump-not-allowed = it is not allowed
sftp-jump-no-connection = it gets no connection
sftp-jump-forwards-nothing = it forwards nothing at all
sftp-jump-short-of-resources = it is short of resources
sftp-jump-code = code { $code }, { $words }
sftp-no-version = no SSH version came, but { $first }: is this the port of an SSH server?

## What the server would have to offer

sftp-need-sftp = SFTP for this account
sftp-need-sftp-not-text = SFTP for this account: where it should begin, there comes the text { $text }, as login scripts write it
sftp-need-version = SFTP version { $version }; it speaks version { $spoken }
sftp-need-algorithm = a { $kind } algorithm that is safe; it offers only { $theirs }
sftp-need-safe-name = a way to name a file without destroying another: neither asking whether the name is taken nor a hard link is allowed; with same_name = "replace" the link accepts that a file of that name is replaced
sftp-need-replacing = replacing a file in one instant ({ $name })
sftp-need-hard-links = hard links (hardlink@openssh.com)

## What is wrong with an answer

sftp-wrong-kind = an answer of the wrong kind
sftp-unreadable = an answer that can't be read ({ $what })
sftp-unreadable-space = its free space
sftp-unreadable-limits = its limits can't be read
sftp-packet-bytes = a packet of { $bytes } bytes
sftp-packet-unknown = a packet of the unknown kind { $kind }
sftp-packet-short = a packet of kind { $kind } that ends too early
sftp-packet-no-version = a packet that is not the version of the protocol
sftp-version-short = a version that ends too early
sftp-empty-answer = an answer without bytes that is not the end of the file
sftp-too-many-bytes = more bytes than were asked for
sftp-status-out-of-place = status { $status } ({ $words }) where it says nothing
sftp-cant-sign = our key can't sign for the partner's server: { $cause }
sftp-named-not-there = { $path }: it acknowledged the new name, and nothing bears it
sftp-old-name-stands = { $path }: it acknowledged the new name, and the old one still stands
sftp-named-although-refused = { $path }: it refused the new name, and has given it

## The numbers of answers

sftp-status = { $meaning } (status { $status })
sftp-status-says = { $words } ({ $meaning }, status { $status })
sftp-status-9 = invalid handle
sftp-status-13 = no medium in its drive
sftp-status-14 = no space left on its file system
sftp-status-15 = our quota is used up
sftp-status-16 = unknown user or group
sftp-status-17 = locked by somebody else
sftp-status-18 = the directory is not empty
sftp-status-19 = not a directory
sftp-status-20 = a name that it doesn't take
sftp-status-21 = too many symbolic links
sftp-status-22 = it can't be deleted
sftp-status-23 = an invalid parameter
sftp-status-24 = a directory, not a file
sftp-status-25 = a range of bytes that is locked
sftp-status-28 = it waits for a deletion
sftp-status-29 = the file is damaged
sftp-status-30 = an invalid owner
sftp-status-31 = an invalid group
sftp-status-unknown = unknown to us

## What the SSH library says

sftp-library-key-exchange-init = Key exchange init failed
sftp-library-key-exchange = Key exchange failed
sftp-library-version = invalid SSH version string
sftp-library-packet-code = Wrong packet authentication code
sftp-library-inconsistent = Inconsistent state of the protocol
sftp-library-not-authenticated = Not yet authenticated
sftp-library-method = Unsupported authentication method
sftp-library-unknown-key = Unknown server key
sftp-library-server-signature = Wrong server signature
sftp-library-packet-size = Bad packet size: { $bytes }
sftp-library-channel-not-open = Channel not open
sftp-library-disconnected = Disconnected
sftp-library-hang-up = Connection closed by the remote side
sftp-library-connection-timeout = Connection timeout
sftp-library-keepalive-timeout = Keepalive timeout
sftp-library-inactivity-timeout = Inactivity timeout
sftp-library-no-method = No authentication method
sftp-library-send = Channel send error
sftp-library-decryption = Failed to decrypt a packet
sftp-library-denied = The request was rejected by the other party
sftp-library-receive = Unable to receive more messages from the channel
sftp-library-unreadable-key = Could not read key
sftp-library-encrypted-key = The key is encrypted
sftp-library-corrupt-key = The key is corrupt
sftp-library-kind-of-key = Unsupported key type { $kind }
sftp-library-agent-protocol = Agent protocol error
sftp-library-agent-failure = Agent failure
