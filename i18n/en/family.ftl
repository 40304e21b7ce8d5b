# What the codes have in common that begin with the same two digits: what they are about, what the gateway does, what to do.

family-10 = our own disk
    .why = The gateway couldn't read or write in its own directories. It tries again by itself where that may help; what it has accepted stays.
    .do = Look at the path that the message names: is the disk full (df), mounted, writable for the user totatsu? Mend that; nothing has to be sent again.
family-12 = the ledger: the journal of everything that happened, and the index over it
    .why = The gateway rests on its ledger and stops rather than go on with one that it can't trust. No delivery is lost: the journal says how far each came.
    .do = Read what the message asks for, and change nothing in the journal by hand. The journal is restored from a backup, the index is rebuilt from the journal.
