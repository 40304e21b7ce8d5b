# What is wrong in the configuration: totatsu.toml, partners/ and links/, and this machine as it wants it.

## What is missing

config-missing = missing: { $what }
    .code = TT-4001
    .why = The gateway can't guess this key.
    .do = docs/configuration.md tells every key; the samples show how it is written.
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
    .why = With no time the gateway would never rest, or never wait.
config-backoff = must satisfy 0 < first <= ceiling <= give_up_after
    .code = TT-4003
    .why = The wait begins with first, doubles up to ceiling, and ends with give_up_after.
config-keep-at-least = must not be longer than archive.retention: what is past that is removed
    .code = TT-4004
    .why = What is kept at least can't be longer than what is kept at all.

config-keep-contents = must not be longer than archive.retention: the whole folder is removed then
    .code = TT-4091
config-credential-name = after $CREDENTIALS_DIRECTORY/ stands the name of one credential
    .code = TT-4092
config-municipality-digits = { $code } is not 6 digits (全国地方公共団体コード with its check digit)
    .code = TT-4005
    .why = Receipts, names and layouts use the code.
    .do = The code stands in the ministry's list; five digits and the check digit.
config-municipality-check = the check digit of { $code } should be { $digit }
    .code = TT-4006
    .why = A digit was mistyped: the sixth is reckoned from the other five.
    .do = Compare with the ministry's list.
config-alert-placeholder = { $place } stands for nothing here: the command is told in its environment, TOTATSU_ALERT_KIND, TOTATSU_ALERT_SUBJECT and TOTATSU_ALERT_TEXT
    .code = TT-4007
    .why = Placeholders are for the import command alone.
config-not-listed = can't be listed: { $error }
    .code = TT-4008
    .why = partners/ and links/ must be there and readable for the user totatsu.
    .do = chgrp totatsu, chmod 0750.
config-no-partner = there is no partner { $name }: a partner is a file in partners/, without .toml
    .code = TT-4009
    .why = The name was mistyped, or its file isn't there.
config-file-fails = { $path }: { $error }
    .code = TT-4010
    .do = See that the file is there and the user totatsu can read it.

## Coverage of the national list

config-no-business = the national list has no business system { $name }: { $known }
    .code = TT-4011
    .why = Business systems go by their keys of the list.
    .do = totatsu catalogue list shows them.
config-no-interface = the national list has no interface { $name }: `totatsu catalogue list` names them
    .code = TT-4012
    .why = The id was mistyped, or the list of another version has it.
config-needs-reason = { $name } needs a reason
    .code = TT-4013
    .why = An auditor asks why an interface isn't served.
config-other-way = { $name } goes the other way in the national list: { $way }
    .code = TT-4014
    .why = The list says which side sends.
    .do = Correct direction, or interface.

## Links of both ways

config-more-than-nothing = must be more than nothing
    .code = TT-4015
    .why = Nothing could be judged by it.
config-one-or-more = must be 1 or more
    .code = TT-4016
    .why = Below 1 every usual file would be held.
config-between-0-and-1 = must be between 0 and 1
    .code = TT-4017
    .why = It is a share of the records that the last files had.
config-no-user = this machine knows no user { $name }
    .code = TT-4018
    .why = The name was mistyped, or the user is not made yet.
    .do = getent passwd NAME
config-user-unknown = whether there is a user { $name } can't be told: { $error }
    .code = TT-4019
    .why = The system's database of users doesn't answer (LDAP, sssd).
    .do = Name the user by number, which needs no database.
config-roles-of-link-alone = a link's own roles need [roles] in totatsu.toml: without it, whoever may connect to the socket may do everything
    .code = TT-4095
config-no-group = this machine knows no group { $group }: nobody has the role by it (groupadd { $group })
    .code = TT-4096
config-socket-out-of-reach = only members of its group pass through { $path }, so others who have a role don't reach the socket: chmod o+x, in the unit RuntimeDirectoryMode=0755
    .code = TT-4097
config-lock = { $lock } must be letters, digits, - and _: a file is named after it
    .code = TT-4020
    .why = Another character could lead out of the directory of locks.
config-no-partner-file = there is no partners/{ $partner }.toml
    .code = TT-4021
    .why = The link names a partner that there is not.
    .do = Correct partner, or write partners/NAME.toml.
config-never-open = link and partner { $partner } are never open at the same time
    .code = TT-4022
    .why = A delivery goes out only while both are open.
    .do = Correct [hours] of the link or of the partner.
config-no-layout = no layout { $layout } is in force on { $today }; there are: { $known }
    .code = TT-4023
    .why = The name was mistyped, or every version begins later or has ended.
    .do = totatsu layout list shows names and days.
config-no-layouts = no layout can be read below { $path }
    .code = TT-4024
    .why = paths.layouts names another directory, or the package's layouts aren't installed.
    .do = /usr/share/totatsu/layouts, or a directory of your own.
config-no-links = links/ names no link: nothing will be sent or collected
    .code = TT-4025
    .why = The gateway runs, and has nothing to do.
    .do = Write a link, or have totatsu init write them.
config-unknown-value = layout { $layout } takes no such value; it takes: { $takes }
    .code = TT-4026
    .why = The name was mistyped, or belongs to another layout.
    .do = totatsu layout show NAME lists the values.
config-sample-layout = layout { $layout } is a sample: put the partner's own sheet in its place
    .code = TT-4027
    .why = Its widths are ours, not the partner's: files by it would be refused there, or read wrongly.
    .do = docs/layouts.md tells how to write one.
config-link-gone = link { $link } is not in the configuration any more: put links/{ $link }.toml back, restart, then release
    .code = TT-4028
    .why = Its file was removed while something on it wasn't finished.
    .do = To give it up instead: totatsu cancel ID.
config-layout-gone = no version of layout { $layout } is in force on { $date }: add one, restart, then release
    .code = TT-4029
    .why = The version was removed, or its until has passed.
    .do = totatsu layout list shows names and days.

## Outbound links

config-only-quiet = only goes with ready = "quiet"
    .code = TT-4030
    .why = With "marker" or "rename" the producer says when the file is complete.
    .do = Leave quiet_for out.
config-required-placeholder = unknown placeholder in { $text }; known are { $known }
    .code = TT-4031
    .why = Only what the gateway knows of a delivery can be asked for.
config-same-outbox = link { $other } has the same outbox
    .code = TT-4032
    .why = Nobody could tell which link a file there is meant for.
    .do = Give each link an outbox of its own; without the key it has one.
config-acknowledgement-same = is the same for every delivery, and stays at the partner: nobody could tell which one it is about; agree on a name with {"{"}remote{"}"} or {"{"}stem{"}"}, or on afterwards = "delete"
    .code = TT-4033
    .why = An acknowledgement of yesterday would be taken for today's.
config-deadline-closed = the hours of link and partner let nothing out before it on any day
    .code = TT-4034
    .why = A deadline before the first opening is missed every day.
    .do = Correct deadline, or [hours].
config-same-names = link { $other } gives the same names: nobody could tell its files from this one's
    .code = TT-4035
    .code = TT-4036
    .why = Both number their files by the day alone, and would meet.
    .do = Put {"{"}name{"}"}, {"{"}stem{"}"} or {"{"}id{"}"} into one of them, or take another directory.

## Inbound links

config-digest-ending = must not end in { $ending }: that is the name of a file's digest
    .code = TT-4037
    .why = Beside each file its digest lies under this ending.
config-digest-names = names that end in { $ending } belong to digests in the inbox: give the link an inbox.name, e.g. "{"{"}name{"}"}.file"
    .code = TT-4038
    .why = Beside each file its digest lies under this ending.
config-stable-longer = must be longer than nothing with ready = "stable"
    .code = TT-4039
    .why = Only by waiting can it be seen that nobody writes any more.
config-only-move = only goes with afterwards = "move"
    .code = TT-4040
    .why = Without "move" nothing goes there.
config-sequence-needs = needs { $placeholder } in remote.name
    .code = TT-4041
    .why = The order of files is read from their names.
config-import-afterwards = is "delete" or "leave"
    .code = TT-4042
config-no-outbound = there is no outbound link { $link }
    .code = TT-4043
    .why = An acknowledgement goes out over a link of its own.
    .do = Write that link, with layout common/as-is.
config-same-inbox = link { $other } has the same inbox: say inbox.name in both
    .code = TT-4044
    .why = Files of the two could bear the same name.
config-same-files = link { $other } means the same files: each of them is collected by both
    .code = TT-4045
    .why = Each look of either would collect what the other has collected.
    .do = Narrow remote.name of one of them.

## Partners

config-connections = { $connections } is not between 1 and { $limit }
    .code = TT-4046
    .why = Each session costs the partner too.
config-files-per-connection = for SFTP only: other transports carry one file on a connection at a time; leave it out
    .code = TT-4120
config-names-for-ftp = for FTP only: with other transports names are UTF-8; leave it out
    .code = TT-4047
    .why = SFTP has UTF-8, and media have their own rule.
config-other-table = transport is { $transport }: leave this table out
    .code = TT-4048
    .why = A table of another transport would say nothing, and look as if it did.
config-cleartext = "ftp" sends the password and the files unencrypted: use "ftps" or "sftp"; where the line itself is closed to others and the partner has nothing better, write allow_cleartext = true
    .code = TT-4049
    .why = Everybody on the way could read the password and the records.
config-cleartext-warning = the password and the files travel unencrypted; everybody on the way can read and change them
    .code = TT-4050
    .why = It was allowed with allow_cleartext.
    .do = Ask the partner for FTPS or SFTP.
config-only-ftp = only with transport = "ftp"
    .code = TT-4051
    .why = The key allows what the other transports don't do.
    .do = Leave it out.
config-ids-or-labels = either ids or labels tell the right medium, not both
    .code = TT-4052
    .why = Two ways to tell a medium could contradict.
config-empty-labels = empty: name a label, or leave the key out
    .code = TT-4053
    .why = No medium would be right.
config-no-host = { $host } is no host: { $why }
    .code = TT-4054
    .why = A scheme, an account, a port or brackets don't belong into the host.
config-host-alone = write the name or address alone, without what is before and behind it
config-host-account = our account stands in { $table }.user
config-host-brackets = write an IPv6 address without brackets, and a port in { $table }.port
config-host-port = a port stands in { $table }.port, and an IPv6 address is written in full
config-host-signs = no name of a host has such signs
config-credential-unchecked = credential { $credential } can only be checked in the service, by systemd
    .code = TT-4055
    .why = systemd gives credentials to the service alone.
    .do = After the start, the log tells if one is missing.
config-file-or-credential = give either { $what }_file or { $what }_credential
    .code = TT-4056
    .why = The two could differ.
config-no-file = { $path } is not a file
    .code = TT-4057
    .why = The path was mistyped, or the key isn't made yet; a relative path starts at the configuration's directory.
config-open-to-others = { $path } is open to others (mode { $mode }): chmod 600 it
    .code = TT-4058
    .why = Whoever reads a key may act as the gateway.
config-no-proof-ftps = neither password_file, password_credential nor client_certificate_file is given
    .code = TT-4059
    .why = The partner has to know who signs in.
config-no-tls = not with transport = "ftp", which has no TLS
    .code = TT-4060
    .why = The key would say nothing there.
    .do = Leave it out, or use "ftps".
config-empty-pins = empty: name a certificate, or leave the key out
    .code = TT-4061
    .why = No certificate would be accepted.
config-certificate-and-key = client_certificate_file and client_key_file belong together
    .code = TT-4062
    .why = One can't be used without the other.
config-host-key-form = a host key, or {"{"} key = "...", from = "2026-12-01", until = "2027-01-31" {"}"}
config-key-ends-first = a key until { $until } can't begin on { $from }
    .code = TT-4063
    .why = The days are exchanged, or one is mistyped.
config-last-key = no key is agreed for { $day }: nothing reaches this partner from then on; ask it for the key that it will have
    .code = TT-4064
    .why = All agreed keys end before that day.
    .do = Write the next one with from, or leave until out.
config-no-proof-ssh = neither private_key_file, private_key_credential, agent_key, password_file nor password_credential is given
    .code = TT-4065
    .why = The partner has to know who signs in.
    .do = Mostly private_key_file = "keys/NAME", whose .pub the partner registers.
config-only-with-key = only with private_key_file or private_key_credential
    .code = TT-4066
    .why = A passphrase opens a key.
config-only-with-its-key = only with the key that it is for: private_key_file, private_key_credential or agent_key
    .code = TT-4067
    .why = A certificate vouches for one key.
config-only-with-agent-key = only with agent_key, which names the key to use
    .code = TT-4068
    .why = An agent may hold keys for others too.
config-agent-or-key = give either agent_key or a private key
    .code = TT-4069
    .why = One identity is shown, so that the partner's log is plain.
config-no-agent-socket = no agent_socket is given, and { $variable } is not set here: set it for the service
    .code = TT-4070
    .why = The service doesn't inherit the variable of your shell.
    .do = Environment=SSH_AUTH_SOCK=... in the unit, or agent_socket.

## This machine

config-no-agent = no ssh-agent answers at { $path }: { $error }
    .code = TT-4071
    .why = The agent isn't started, or the user totatsu may not use its socket.
config-certificate-expired = { $path } expired at { $end }: have our public key signed anew
    .code = TT-4072
    .why = The partner refuses it from then on.
config-certificate-expires = { $path } expires at { $end }: have our public key signed anew
    .code = TT-4073
    .why = The partner refuses it from then on.
config-cannot-be-made = { $path } is missing and can't be made in { $above }
    .code = TT-4074
    .why = The directory above isn't there, or the user totatsu may not write into it.
    .do = Make it: install -d -o totatsu -g totatsu DIR
config-no-directory = { $path } is not a directory
    .code = TT-4075
    .why = A file has the name, or the path was mistyped.
config-not-writable = { $path } can't be written by this user
    .code = TT-4076
    .why = Run check as the user totatsu: root may write everywhere.
    .do = chown totatsu DIR; in the unit, ReadWritePaths=.
config-in-memory = { $path } lies on { $system }, in memory: nothing there survives a power cut
    .code = TT-4077
    .why = What was accepted would be lost with the power.
    .do = A local disk with ext4 or XFS.
config-unfit-disk = { $path } lies on { $system }, which can't be relied on to sync and rename: use a local disk with e.g. ext4 or XFS
    .code = TT-4078
    .why = The guarantee hangs on fsync and rename of this directory.
config-disk-unknown = the file system of { $path } can't be told: { $error }
    .code = TT-4079
    .why = The system didn't tell which one it is.
config-socket-too-long = { $length } bytes; a socket's path has { $limit } at most
    .code = TT-4080
    .why = The kernel takes no longer path for a socket.
    .do = /run/totatsu/control.sock

## What is still the example's

config-example-name = this is the example's: receipts and files would bear it; write your own
    .code = TT-4081
    .why = The line is still as the sample has it.
config-example-host = { $host } is the name of an example: no host can have it
    .code = TT-4082
    .why = The line is still as the sample has it.
config-example-key = this is the example's key, which matches nobody: totatsu partner trust puts the real one in its place
    .code = TT-4083
    .why = The line is still as the sample has it.
config-open-but-filled = { $key } is filled in, and still listed as open: if it is agreed with the partner, remove it from open
    .code = TT-4084
    .why = init and the samples list in open what only people can tell.
