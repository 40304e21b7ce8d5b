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

## What may not be trusted in a directory

disk-not-ours = it belongs to user { $owner }, and must belong to the gateway's user { $we } alone: chown it, and chmod go-w
disk-no-directory = it is no directory, and a symbolic link is not followed here: mend or remove it
disk-another-name = it has got another name while it was taken
disk-replaced = the file was replaced while it was taken
disk-stranger = it belongs to user { $owner }, not to the gateway's user { $we } or root: name its owner in the link, or give it to one of these
disk-stranger-named = it belongs to user { $owner }, not to the gateway's user { $we }, user { $named } or root: name its owner in the link, or give it to one of these
disk-everybody = everybody may rename and remove what lies in it: take that right away (chmod o-w), or set the sticky bit
disk-somebody-elses = { $name } in the same directory is somebody else's: remove it

## Which right is missing

disk-right-to-read = { $error }: user { $user } has no right to read { $path } (owner { $owner }, mode { $mode })
disk-right-to-write = { $error }: user { $user } has no right to write { $path } (owner { $owner }, mode { $mode })
disk-right-to-pass = { $error }: user { $user } has no right to pass through { $path } (owner { $owner }, mode { $mode })
disk-user = { $name } ({ $number })
