# What is said of media that are carried: which one is in the drive, what it can hold, and the commands about media.

## What is wrong with the medium

medium-missing = no medium is there ({ $cause }); put it in and have it mounted
    .code = TT-3301
    .why = The directory medium.path isn't there or is empty of a medium.
    .do = mount, then nothing: the gateway looks again by itself.
medium-not-mounted = nothing is mounted there; put the medium in (medium.directory_is_enough is for places without a mount)
    .code = TT-3302
    .why = Were it written all the same, the files would lie on our own disk.
medium-unmarked = the medium has no TOTATSU.ID; if it is the right one, prepare it: totatsu medium prepare DIR --partner NAME
    .code = TT-3303
    .why = Only a medium that is marked for this partner is written to, lest a file go to somebody else.
medium-mark-unreadable = the medium's TOTATSU.ID can't be read as a mark ({ $cause }): let the gateway's user read it, or, if it is none, remove it and prepare the medium, or put the right medium in
    .code = TT-3316
    .why = Which medium it is stands there. Somebody may be just preparing the medium.
    .do = ls -l tells what it is and whose. The gateway looks again by itself.
medium-wrong = this is the wrong medium ({ $found }); put the right one in
    .code = TT-3304
    .why = TOTATSU.ID or the label tells another partner, or another number than medium.ids.
medium-read-only = the medium can't be written; take its write protection off, mount it for writing, or put in another
    .code = TT-3305
    .why = Write protection, or a file system that the kernel mounted read-only after an error.
    .do = dmesg tells of errors.
medium-full = the medium is full ({ $free } bytes free, { $missing } still to store); put in one with more room
    .code = TT-3306
    .why = The file, its sheet and its manifest have to fit.
medium-gone = the medium went away ({ $phase }): { $cause }; put it back
    .code = TT-3307
    .do = What was under way is done again, or found done.
medium-too-large = { $size } bytes are more than a file on FAT can hold; use a medium with exFAT, then release the delivery
    .code = TT-3308
    .why = FAT holds files up to 4 GiB less one byte.

## Which medium it is

medium-mark-is-no-file = it is no file
medium-mark-is-none = it is no mark of a medium
medium-is-another-partners = it is { $id }, prepared for partner { $partner }
medium-is-unnamed = it is { $id }, which medium.ids doesn't name
medium-has-no-label = it has no label, or this system doesn't tell it
medium-has-label = its label is { $labels }
medium-identity-not-asked = not asked for
medium-identity-label = label { $label }
medium-identity-id = id { $id }
medium-proof-label = volume label
medium-a-directory = a directory
medium-file-system-on = { $file_system } on { $source }
medium-labels-unlisted = labels of volumes can't be listed

## How it went away

medium-mounted-over = another was mounted at this very moment
medium-exchanged = it was { $before }, and now there is { $now }
medium-unmounted = it was unmounted meanwhile
medium-nobody-waits = nobody waits for it any more
medium-itself = the medium
medium-no-thread = no thread for it can be started: { $error }

## Names that a medium can't hold

medium-name-of-ours = { $name } is the gateway's own on every medium
medium-name-none = there is no name
medium-name-letter = { $name } contains { $letter }, which FAT and Windows don't allow
medium-name-no-name = { $name } is no name
medium-name-space = { $name } begins with a space, or ends with a space or a dot: Windows would drop it
medium-name-device = { $name } is the name of a device on Windows
medium-name-long = { $name } is longer than { $limit } characters

## The commands

medium-partner-has-none = partner { $partner } has no media: there is none of that name with a medium
    .code = TT-3309
    .why = The partner's transport isn't "medium", or the name was mistyped.
    .do = The partner is a file in partners/, without .toml.
medium-nothing-mounted-on = nothing is mounted on { $path }: put the medium in (medium.directory_is_enough in the partner's file is for places without a mount)
    .code = TT-3310
    .why = The mark would be written on our own disk.
    .do = mount tells what is mounted where.
medium-marked-already = { $path } is there already: the medium is somebody's; remove it only if it is yours
    .code = TT-3311
    .why = A mark says whose the medium is; another would take its place.
medium-path-failed = { $path }: { $error }
    .code = TT-3312
medium-prepared = medium { $id } is one for partner { $partner }: write the id on it
medium-nothing-acknowledged = no acknowledgement of anything that was handed over is there
    .code = TT-3313
    .why = No file there has a name that a delivery waits for (acknowledgement.name of its link).
    .do = totatsu list --state handed_over shows what is waited for.
medium-heading-file = file
medium-heading-delivery = delivery
medium-heading-outcome = outcome
medium-no-sheet = delivery { $delivery } was put on no medium: it has no sheet
    .code = TT-3314
    .why = Only what was written on a medium has a cover sheet.
medium-sheet-of-two = a sheet is for one partner: these are for { $one } and { $other }
    .code = TT-3315
    .why = Who gets the sheet would read of the other's files.
    .do = One call for each partner.
