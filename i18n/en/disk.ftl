# Work on our own disk. What was being done is a message of its own, which takes the path.

disk-failed = { $doing }: { $error }
    .code = TT-1001

disk-asking-for-the-free-space-of = asking for the free space of { $path }
disk-binding-the-socket = binding the socket { $path }
disk-copying = copying { $path }
disk-copying-to = copying to { $path }
disk-cutting-the-torn-end-of = cutting the torn end of { $path }
disk-linking = linking { $path }
disk-listing = listing { $path }
disk-locking = locking { $path }
disk-looking-at = looking at { $path }
disk-looking-into = looking into { $path }
disk-making = making { $path }
disk-making-a-copy-of = making a copy of { $path }
disk-making-a-directory-in = making a directory in { $path }
disk-making-directory = making directory { $path }
disk-naming = naming { $path }
disk-opening = opening { $path }
disk-opening-directory = opening directory { $path }
disk-opening-the-lock-file = opening the lock file { $path }
disk-opening-the-socket-to-the-group = opening the socket to the group { $path }
disk-packing = packing { $path }
disk-preparing = preparing { $path }
disk-reading = reading { $path }
disk-removing = removing { $path }
disk-removing-the-old-socket = removing the old socket { $path }
disk-renaming = renaming { $path }
disk-starting-the-writer-of = starting the writer of { $path }
disk-syncing = syncing { $path }
disk-syncing-directory = syncing directory { $path }
disk-understanding = understanding { $path }
disk-using = using { $path }
disk-waiting-for = waiting for { $path }
disk-writing = writing { $path }

## Which right is missing

disk-right-to-read = { $error }: user { $user } has no right to read { $path } (owner { $owner }, mode { $mode })
disk-right-to-write = { $error }: user { $user } has no right to write { $path } (owner { $owner }, mode { $mode })
disk-right-to-pass = { $error }: user { $user } has no right to pass through { $path } (owner { $owner }, mode { $mode })
disk-user = { $name } ({ $number })
