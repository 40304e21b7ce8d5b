# What the codes have in common that begin with the same two digits: what they are about, what the gateway does, what to do.

family-10 = our own disk
    .why = The gateway couldn't read or write in its own directories. It tries again by itself where that may help; what it has accepted stays.
    .do = Look at the path that the message names: is the disk full (df), mounted, writable for the user totatsu? Mend that; nothing has to be sent again.
family-12 = the ledger: the journal of everything that happened, and the index over it
    .why = The gateway rests on its ledger and stops rather than go on with one that it can't trust. No delivery is lost: the journal says how far each came.
    .do = Read what the message asks for, and change nothing in the journal by hand. The journal is restored from a backup, the index is rebuilt from the journal.
family-90 = a command line that can't be understood
    .why = The command was mistyped, or an argument doesn't fit it. Nothing was asked and nothing was done; the exit code is 2.
    .do = Read what the message names, and what totatsu COMMAND --help says.
family-91 = questions about deliveries, and acts by hand
    .why = What was asked for isn't there, or not as it was asked. A refusal changes nothing.
    .do = totatsu list, totatsu status and totatsu show tell what there is and how it stands.
family-92 = the commands themselves
    .why = A command couldn't do what was asked. What it refuses, it hasn't begun.
    .do = Mend what the message names and run the command again; totatsu COMMAND --help tells what it takes.
