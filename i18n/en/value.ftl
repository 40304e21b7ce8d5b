# What is wrong with single values: lengths of time, sizes, ids, names of files, commands.

value-wait = { $text } is no length of time: write e.g. "30s", "5min", "3d"
    .code = TT-1301
    .why = A number alone doesn't say of what.
value-size = { $text } is no size: write e.g. "64 KiB"
    .code = TT-1302
    .why = A number alone doesn't say of what.
value-delivery-id = a delivery id has the form 20261122-183005-k7m2q9
    .code = TT-1303
    .why = It is told by totatsu list.
value-sha256 = a SHA-256 is 64 hexadecimal digits
    .code = TT-1304

## Patterns of names

value-placeholder = unknown placeholder in { $pattern }; known are { $known }
    .code = TT-1305
    .why = Only what is known when the name is made can stand there.
value-no-file-name = { $pattern } makes no file name; directories belong into remote.directory
    .code = TT-1306
    .why = A name with / would lead into a directory.
value-like-marker = a name ending in { $ending } would be taken for a marker
    .code = TT-1307
    .why = Readers would take the file for the sign that another is complete.

## Commands

value-whole-path = write the whole path of { $program }, from /
    .code = TT-1308
    .why = Nothing passes through a shell, and the service has no PATH of yours.
value-no-program = empty: name a program, then its arguments
    .code = TT-1309
value-part-of-script = { $placeholder } stands for a name that the partner gives, and in { $argument } it would be run as a part of a script: give { $placeholder } as an argument of its own behind the script, which reads it as "$1"
    .code = TT-1310
value-program-missing = there is no file { $program }
    .code = TT-1311
    .why = The path was mistyped, or the program isn't installed.
value-not-executable = { $program } can't be executed by this user
    .code = TT-1312
    .why = It has no right to be executed, or a directory on the way lets the user totatsu not through.
    .do = chmod +x; namei -l PATH shows the way.
