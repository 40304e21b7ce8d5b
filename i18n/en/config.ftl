# What is wrong in the configuration: totatsu.toml, partners/ and links/, and this machine as it wants it.

## What is missing

config-missing = missing: { $what }
    .code = TT-4001
config-what-name = the name that receipts show, e.g. your city's
config-what-municipality = 全国地方公共団体コード, 6 digits
config-what-partner = the name of a file in partners/ without .toml
config-what-layout-out = a layout's name, e.g. "eltax/nenkin-tokucho-irai"
config-what-layout-in = a layout's name, e.g. "mpn/keshikomi-joho"
config-what-source-layout = the layout by which the source is read
config-what-acknowledgement = the name under which the partner acknowledges
config-what-names = which names are meant, e.g. "KS_{"{"}date{"}"}.DAT"
config-what-move-to = the partner's directory that files are moved to
config-what-acknowledge-link = the outbound link that carries acknowledgements
config-what-businesses = the business systems, e.g. ["juki", "kotei"]
config-what-transport = write transport = "sftp", "ftps" or "medium"
config-what-medium-path = the directory where the medium is mounted
config-what-host-partner = the partner's host name or address
config-what-host-jump = the jump host's host name or address
config-what-account-partner = our account at the partner
config-what-account-jump = our account at the jump host
config-what-host-key = the server's host key or its fingerprint, as you were told; none is accepted on trust

## The gateway

config-longer-than-nothing = must be longer than nothing
    .code = TT-4002
config-backoff = must satisfy 0 < first <= ceiling <= give_up_after
    .code = TT-4003
config-keep-at-least = must not be longer than archive.retention: what is past that is removed
    .code = TT-4004
config-municipality-digits = { $code } is not 6 digits (全国地方公共団体コード with its check digit)
    .code = TT-4005
config-municipality-check = the check digit of { $code } should be { $digit }
    .code = TT-4006
config-alert-placeholder = { $place } stands for nothing here: the command is told in its environment, TOTATSU_ALERT_KIND, TOTATSU_ALERT_SUBJECT and TOTATSU_ALERT_TEXT
    .code = TT-4007
config-not-listed = can't be listed: { $error }
    .code = TT-4008
config-no-partner = there is no partner { $name }: a partner is a file in partners/, without .toml
    .code = TT-4009
config-file-fails = { $path }: { $error }
    .code = TT-4010
    .do = See that the file is there and the user totatsu can read it.

## Coverage of the national list

config-no-business = the national list has no business system { $name }: { $known }
    .code = TT-4011
config-no-interface = the national list has no interface { $name }: `totatsu catalogue list` names them
    .code = TT-4012
config-needs-reason = { $name } needs a reason
    .code = TT-4013
config-other-way = { $name } goes the other way in the national list: { $way }
    .code = TT-4014

## Links of both ways

config-more-than-nothing = must be more than nothing
    .code = TT-4015
config-one-or-more = must be 1 or more
    .code = TT-4016
config-between-0-and-1 = must be between 0 and 1
    .code = TT-4017
config-no-user = this machine knows no user { $name }
    .code = TT-4018
config-user-unknown = whether there is a user { $name } can't be told: { $error }
    .code = TT-4019
config-roles-of-link-alone = a link's own roles need [roles] in totatsu.toml: without it, whoever may connect to the socket may do everything
    .code = TT-4090
config-no-group = this machine knows no group { $group }: nobody has the role by it (groupadd { $group })
    .code = TT-4091
config-socket-out-of-reach = only members of its group pass through { $path }, so others who have a role don't reach the socket: chmod o+x, in the unit RuntimeDirectoryMode=0755
    .code = TT-4092
config-lock = { $lock } must be letters, digits, - and _: a file is named after it
    .code = TT-4020
config-no-partner-file = there is no partners/{ $partner }.toml
    .code = TT-4021
config-never-open = link and partner { $partner } are never open at the same time
    .code = TT-4022
config-no-layout = no layout { $layout } is in force on { $today }; there are: { $known }
    .code = TT-4023
config-no-layouts = no layout can be read below { $path }
    .code = TT-4024
config-no-links = links/ names no link: nothing will be sent or collected
    .code = TT-4025
config-unknown-value = layout { $layout } takes no such value; it takes: { $takes }
    .code = TT-4026
config-sample-layout = layout { $layout } is a sample: put the partner's own sheet in its place
    .code = TT-4027
config-link-gone = link { $link } is not in the configuration any more: put links/{ $link }.toml back, restart, then release
    .code = TT-4028
config-layout-gone = no version of layout { $layout } is in force on { $date }: add one, restart, then release
    .code = TT-4029

## Outbound links

config-only-quiet = only goes with ready = "quiet"
    .code = TT-4030
config-required-placeholder = unknown placeholder in { $text }; known are { $known }
    .code = TT-4031
config-same-outbox = link { $other } has the same outbox
    .code = TT-4032
config-acknowledgement-same = is the same for every delivery, and stays at the partner: nobody could tell which one it is about; agree on a name with {"{"}remote{"}"} or {"{"}stem{"}"}, or on afterwards = "delete"
    .code = TT-4033
config-deadline-closed = the hours of link and partner let nothing out before it on any day
    .code = TT-4034
config-same-names = link { $other } gives the same names: nobody could tell its files from this one's
    .code = TT-4035
    .code = TT-4036

## Inbound links

config-digest-ending = must not end in { $ending }: that is the name of a file's digest
    .code = TT-4037
config-digest-names = names that end in { $ending } belong to digests in the inbox: give the link an inbox.name, e.g. "{"{"}name{"}"}.file"
    .code = TT-4038
config-stable-longer = must be longer than nothing with ready = "stable"
    .code = TT-4039
config-only-move = only goes with afterwards = "move"
    .code = TT-4040
config-sequence-needs = needs { $placeholder } in remote.name
    .code = TT-4041
config-import-afterwards = is "delete" or "leave"
    .code = TT-4042
config-no-outbound = there is no outbound link { $link }
    .code = TT-4043
config-same-inbox = link { $other } has the same inbox: say inbox.name in both
    .code = TT-4044
config-same-files = link { $other } means the same files: each of them is collected by both
    .code = TT-4045

## Partners

config-connections = { $connections } is not between 1 and { $limit }
    .code = TT-4046
config-files-per-connection = for SFTP only: other transports carry one file on a connection at a time; leave it out
    .code = TT-4120
config-names-for-ftp = for FTP only: with other transports names are UTF-8; leave it out
    .code = TT-4047
config-other-table = transport is { $transport }: leave this table out
    .code = TT-4048
config-cleartext = "ftp" sends the password and the files unencrypted: use "ftps" or "sftp"; where the line itself is closed to others and the partner has nothing better, write allow_cleartext = true
    .code = TT-4049
config-cleartext-warning = the password and the files travel unencrypted; everybody on the way can read and change them
    .code = TT-4050
config-only-ftp = only with transport = "ftp"
    .code = TT-4051
config-ids-or-labels = either ids or labels tell the right medium, not both
    .code = TT-4052
config-empty-labels = empty: name a label, or leave the key out
    .code = TT-4053
config-no-host = { $host } is no host: { $why }
    .code = TT-4054
config-host-alone = write the name or address alone, without what is before and behind it
config-host-account = our account stands in { $table }.user
config-host-brackets = write an IPv6 address without brackets, and a port in { $table }.port
config-host-port = a port stands in { $table }.port, and an IPv6 address is written in full
config-host-signs = no name of a host has such signs
config-credential-unchecked = credential { $credential } can only be checked in the service, by systemd
    .code = TT-4055
config-file-or-credential = give either { $what }_file or { $what }_credential
    .code = TT-4056
config-no-file = { $path } is not a file
    .code = TT-4057
config-open-to-others = { $path } is open to others (mode { $mode }): chmod 600 it
    .code = TT-4058
config-no-proof-ftps = neither password_file, password_credential nor client_certificate_file is given
    .code = TT-4059
config-no-tls = not with transport = "ftp", which has no TLS
    .code = TT-4060
config-empty-pins = empty: name a certificate, or leave the key out
    .code = TT-4061
config-certificate-and-key = client_certificate_file and client_key_file belong together
    .code = TT-4062
config-host-key-form = a host key, or {"{"} key = "...", from = "2026-12-01", until = "2027-01-31" {"}"}
config-key-ends-first = a key until { $until } can't begin on { $from }
    .code = TT-4063
config-last-key = no key is agreed for { $day }: nothing reaches this partner from then on; ask it for the key that it will have
    .code = TT-4064
config-no-proof-ssh = neither private_key_file, private_key_credential, agent_key, password_file nor password_credential is given
    .code = TT-4065
config-only-with-key = only with private_key_file or private_key_credential
    .code = TT-4066
config-only-with-its-key = only with the key that it is for: private_key_file, private_key_credential or agent_key
    .code = TT-4067
config-only-with-agent-key = only with agent_key, which names the key to use
    .code = TT-4068
config-agent-or-key = give either agent_key or a private key
    .code = TT-4069
config-no-agent-socket = no agent_socket is given, and { $variable } is not set here: set it for the service
    .code = TT-4070

## This machine

config-no-agent = no ssh-agent answers at { $path }: { $error }
    .code = TT-4071
config-certificate-expired = { $path } expired at { $end }: have our public key signed anew
    .code = TT-4072
config-certificate-expires = { $path } expires at { $end }: have our public key signed anew
    .code = TT-4073
config-cannot-be-made = { $path } is missing and can't be made in { $above }
    .code = TT-4074
config-no-directory = { $path } is not a directory
    .code = TT-4075
config-not-writable = { $path } can't be written by this user
    .code = TT-4076
config-in-memory = { $path } lies on { $system }, in memory: nothing there survives a power cut
    .code = TT-4077
config-unfit-disk = { $path } lies on { $system }, which can't be relied on to sync and rename: use a local disk with e.g. ext4 or XFS
    .code = TT-4078
config-disk-unknown = the file system of { $path } can't be told: { $error }
    .code = TT-4079
config-socket-too-long = { $length } bytes; a socket's path has { $limit } at most
    .code = TT-4080

## What is still the example's

config-example-name = this is the example's: receipts and files would bear it; write your own
    .code = TT-4081
config-example-host = { $host } is the name of an example: no host can have it
    .code = TT-4082
config-example-key = this is the example's key, which matches nobody: totatsu partner trust puts the real one in its place
    .code = TT-4083
config-open-but-filled = { $key } is filled in, and still listed as open: if it is agreed with the partner, remove it from open
    .code = TT-4084
