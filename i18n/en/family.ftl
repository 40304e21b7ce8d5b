# What the codes have in common that begin with the same two digits: what they are about, what the gateway does, what to do.

family-10 = our own disk
    .why = The gateway couldn't read or write in its own directories. It tries again by itself where that may help; what it has accepted stays.
    .do = Look at the path that the message names: is the disk full (df), mounted, writable for the user totatsu? Mend that; nothing has to be sent again.

family-11 = a file of the configuration, as a file of TOML
    .why = The file can't be read as it is written. The gateway doesn't start with it; one that runs goes on with what it had.
    .do = Mend the line that is named, then totatsu check. docs/configuration.md lists every key.

family-12 = the ledger: the journal of everything that happened, and the index over it
    .why = The gateway rests on its ledger and stops rather than go on with one that it can't trust. No delivery is lost: the journal says how far each came.
    .do = Read what the message asks for, and change nothing in the journal by hand. The journal is restored from a backup, the index is rebuilt from the journal.

family-13 = a single value: a length of time, a size, an id, a name, a command
    .why = The value isn't written in a form that can be read, or would do harm. Nothing is done with it.
    .do = Write it in the form that the message shows.

family-20 = a layout file as a whole: its heading, its records, its tables, its form
    .why = A layout is taken only when it is sound: otherwise bytes could go out that the partner can't read. A link whose layout has a problem is refused by check; nothing was sent.
    .do = Mend the line that the message names, then run: totatsu layout check FILE. docs/layouts.md says what each key means.

family-21 = which layout is meant, and what a command finds of it
    .why = A layout is looked for by its name and by the day on which it is in force, in the folder of the layouts.
    .do = totatsu layout list shows every name and version; say another folder with --layouts.

family-22 = a source is converted into the bytes to send
    .why = A source is converted as a whole or not at all: where one row is wrong, nothing is sent. The delivery is rejected or held, and the source is kept.
    .do = totatsu report ID lists what is wrong, row by row. Have the owner of the source mend it and drop it anew. Where a setting is meant, mend it, restart, and release.

family-23 = a partner's file is read into rows
    .why = A partner's file is handed over only when all of it is right, or, where the link says so, without the records that are wrong, which are kept apart. The file itself is kept unchanged.
    .do = totatsu report ID lists what is wrong. Ask the partner for a right file, or correct the layout and release.

family-24 = problems in rows and records, as totatsu report counts them
    .why = Every row is checked against the partner's layout, and every problem is told in one pass: nothing is cut, and no character is replaced unless the layout says so.
    .do = The report says line, column, item, character, and what would be accepted. Have the owner of the file mend it and drop it anew.

family-25 = the items of a layout file: where their values come from, their widths and kinds
    .why = An item that contradicts itself or the sheet would write wrong bytes, so the layout is not taken. Nothing was sent.
    .do = Compare the item with the partner's sheet, mend the line that the message names, then run: totatsu layout check FILE.

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

family-40 = the configuration: the gateway, partners, links, and this machine
    .why = totatsu check looks at all files in one pass. With an error the gateway doesn't start, and a reload is refused as a whole; a warning stops nothing.
    .do = Mend the key in the file and line that are named; run totatsu check as the user totatsu, then restart or reload.

family-41 = hours, deadlines, expectations and the calendar
    .why = What is written can't be read as a time, a day or a window. The gateway doesn't start with it.
    .do = Write it in the form that the message shows; docs/configuration.md explains hours and deadlines.

family-50 = a delivery on its way: taking over, transfer, proof, final name, the partner's acknowledgement
    .why = The file stays in the outbox until it is taken over safely. From then on the gateway carries it; where nobody but a person can tell what is right, the delivery is held. What may have arrived is never sent again unasked.
    .do = Do what the message says: confirm where the partner has the file, resend where it hasn't, release once the cause is mended, cancel where it shall not go.

family-51 = a collection on its way: finding, fetching, inbox, import, the partner's file afterwards
    .why = A partner's file is fetched once it is whole, and handed over once. What the import has done is never done again unasked.
    .do = Do what the message says: ask the partner about its file, look into import.log where the import failed, then release, confirm or cancel.

family-52 = the way of a delivery or a collection, and spool and ledger together
    .why = A delivery is held because a person has to decide; the others go on, but for those behind it on an ordered link. Nothing that was accepted is lost. With a spool and a ledger that don't belong together the gateway doesn't start.
    .do = Do what the message asks for, then release, confirm, resend or cancel; totatsu show ID tells all that is known.

family-60 = commands to the daemon
    .why = The command was not carried out, and nothing was changed.
    .do = Look at totatsu show ID or totatsu status, and ask for what is possible there.

family-61 = the daemon's own work: outboxes, looks, deadlines, archive, start and end
    .why = The gateway tells it once for each cause, in the log and to the alert command, and goes on with everything else. It tries again by itself.
    .do = Mend the cause; nothing has to be dropped or sent again.

family-70 = receipts, and the key that signs them
    .why = The gateway stops rather than issue receipts that nobody could check: a key is never replaced unasked. What has arrived stays proven.
    .do = Restore receipt-key and receipt-key.pub from one backup. totatsu receipt verify ID tells whether a receipt is genuine.

family-71 = the audit: what the gateway claims, checked again
    .why = An audit reads journal, receipts and kept files, and tells everything that doesn't agree, each with its file and line. It changes nothing.
    .do = Find out who or what changed the file that is named: the disk, a person, a restored copy. Restore it from a backup; a changed journal or receipt is to be reported.

family-80 = alerts, and the command that hands them on
    .why = An alert is always in the log; the command of the configuration is run beside it, and is ended if it takes too long. Deliveries don't wait for it.
    .do = Run the command by hand as the user totatsu, and mend what it says. What it didn't hand on stands in the log: journalctl -u totatsu -p warning.

family-90 = a command line that can't be understood
    .why = The command was mistyped, or an argument doesn't fit it. Nothing was asked and nothing was done; the exit code is 2.
    .do = Read what the message names, and what totatsu COMMAND --help says.
family-91 = questions about deliveries, and acts by hand
    .why = What was asked for isn't there, or not as it was asked. A refusal changes nothing.
    .do = totatsu list, totatsu status and totatsu show tell what there is and how it stands.
family-92 = the commands themselves
    .why = A command couldn't do what was asked. What it refuses, it hasn't begun.
    .do = Mend what the message names and run the command again; totatsu COMMAND --help tells what it takes.
