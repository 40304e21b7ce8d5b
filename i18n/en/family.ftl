# What the codes have in common that begin with the same two digits: what they are about, what the gateway does, what to do.


family-10 = our own disk
    .why = The gateway couldn't read or write in its own directories. It tries again by itself where that may help; what it has accepted stays.
    .do = Look at the path that the message names: is the disk full (df), mounted, writable for the user totatsu? Mend that; nothing has to be sent again.

family-12 = the ledger: the journal of everything that happened, and the index over it
    .why = The gateway rests on its ledger and stops rather than go on with one that it can't trust. No delivery is lost: the journal says how far each came.
    .do = Read what the message asks for, and change nothing in the journal by hand. The journal is restored from a backup, the index is rebuilt from the journal.


family-11 = a file of the configuration, as a file of TOML
    .why = The file can't be read as it is written. The gateway doesn't start with it; one that runs goes on with what it had.
    .do = Mend the line that is named, then totatsu check. docs/configuration.md lists every key.

family-13 = a single value: a length of time, a size, an id, a name, a command
    .why = The value isn't written in a form that can be read, or would do harm. Nothing is done with it.
    .do = Write it in the form that the message shows.

family-40 = the configuration: the gateway, partners, links, and this machine
    .why = totatsu check looks at all files in one pass. With an error the gateway doesn't start, and a reload is refused as a whole; a warning stops nothing.
    .do = Mend the key in the file and line that are named; run totatsu check as the user totatsu, then restart or reload.

family-41 = hours, deadlines, expectations and the calendar
    .why = What is written can't be read as a time, a day or a window. The gateway doesn't start with it.
    .do = Write it in the form that the message shows; docs/configuration.md explains hours and deadlines.

family-52 = the way of a delivery or a collection, and spool and ledger together
    .why = A delivery is held because a person has to decide; the others go on, but for those behind it on an ordered link. Nothing that was accepted is lost. With a spool and a ledger that don't belong together the gateway doesn't start.
    .do = Do what the message asks for, then release, confirm, resend or cancel; totatsu show ID tells all that is known.

family-60 = commands to the daemon
    .why = The command was not carried out, and nothing was changed.
    .do = Look at totatsu show ID or totatsu status, and ask for what is possible there.

family-61 = the daemon's own work: outboxes, looks, deadlines, archive, start and end
    .why = The gateway tells it once for each cause, in the log and to the alert command, and goes on with everything else. It tries again by itself.
    .do = Mend the cause; nothing has to be dropped or sent again.


family-30 = the way to the partner: the line, keys and accounts, rights and names there
    .why = Where the line or the partner's server failed, the gateway tries again by itself. Where keys, accounts, rights or names are in question it holds the delivery, or the partner, until a person has decided. Nothing is lost, and nothing goes to anybody whose identity isn't proven.
    .do = Read whom the message names. What concerns the partner is asked by telephone; what stands in our configuration is corrected, checked (totatsu check) and loaded (totatsu reload). Then totatsu release lets it go on.

family-31 = SFTP: SSH keys, the ssh-agent, how keys are written
    .why = The key that was named can't be used, or isn't written as a key. Nothing was shown to the server.
    .do = Put in place what the message names. With an ssh-agent the rest goes on by itself; else totatsu release.

family-32 = FTPS and FTP: the server's certificate, and its listings
    .why = The server's certificate is not the one that was agreed, so nothing was sent to it. Or its listing can't be read to the end, and what isn't seen isn't collected.
    .do = Compare the fingerprint with the partner's paper or by telephone (totatsu partner trust), correct the partner's file, restart, then totatsu release --partner NAME.

family-33 = media that are carried
    .why = The right medium isn't there, or can't take the file. That is a normal thing to wait for: the gateway looks again and again, and never gives up by time. Nothing is formatted, mounted or unmounted.
    .do = Put the right medium in, mounted and writable. A new one is made ready by totatsu medium prepare.

family-35 = trying a partner's server out, and accepting its key
    .why = The command changed nothing in the configuration. Files of a probe are taken away again, and those that stay are named.
    .do = Correct the command or the partner's file as the message says, and give the command again.

family-50 = a delivery on its way: taking over, transfer, proof, final name, the partner's acknowledgement
    .why = The file stays in the outbox until it is taken over safely. From then on the gateway carries it; where nobody but a person can tell what is right, the delivery is held. What may have arrived is never sent again unasked.
    .do = Do what the message says: confirm where the partner has the file, resend where it hasn't, release once the cause is mended, cancel where it shall not go.

family-51 = a collection on its way: finding, fetching, inbox, import, the partner's file afterwards
    .why = A partner's file is fetched once it is whole, and handed over once. What the import has done is never done again unasked.
    .do = Do what the message says: ask the partner about its file, look into import.log where the import failed, then release, confirm or cancel.
