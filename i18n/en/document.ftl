# What is wrong in a configuration file as a file of TOML, and why one was not changed.

document-error = error
document-warning = warning
document-unreadable = can't be read: { $error }
    .code = TT-1101
    .why = The file isn't there, or the user may not read it.
    .do = chgrp totatsu, chmod 0640.
document-syntax-broken = { $what }
    .code = TT-1102
document-syntax-wanted = { $what }, expected { $expected }
    .code = TT-1103
document-unknown-field = unknown field `{ $field }`, expected { $expected }
    .code = TT-1104
    .do = Look for a slip of the pen, or for the table in which the key belongs.
document-no-fields = unknown field `{ $field }`, there are no fields
    .code = TT-1105
    .why = The table takes no keys.
document-unknown-word = unknown variant `{ $word }`, expected { $expected }
    .code = TT-1106
    .why = The word was mistyped; words are written in small letters.
document-missing-field = missing field `{ $field }`
    .code = TT-1107
    .why = The key is wanted in this table.
    .do = The samples show how it is written.
document-duplicate-field = duplicate field `{ $field }`
    .code = TT-1108
    .why = The key stands there twice: which one counts?
document-invalid-type = invalid type: { $found }, expected { $expected }
    .code = TT-1109
    .why = A text stands between quotation marks, a number and true or false without, a list in brackets.
document-invalid-value = invalid value: { $found }, expected { $expected }
    .code = TT-1110
document-invalid-length = invalid length { $length }, expected { $expected }
    .code = TT-1111
document-no-form = data did not match any variant of untagged enum { $name }
    .code = TT-1112
document-library = { $error }
    .code = TT-1113
document-one-of = one of { $names }
document-either = { $one } or { $other }
document-joined = { $before }, { $term }

## Changing a file

document-not-changed = { $path }: { $error }; nothing was changed
    .code = TT-1114
document-may-not-change = { $path }: this user may not replace it: { $error }; nothing was changed. Its directory belongs to user { $owner }: run this as that user (sudo for root); the file keeps its owner and mode
    .code = TT-1115
    .why = The configuration belongs to root, so that the gateway can't change it.
document-by-hand = { $path }: it is written in a form that is not changed by a program; write below [{ $table }] by hand: { $line }
    .code = TT-1116
document-without = { $key }, without item { $number }

## What the syntax lacks

document-syntax-underscore = `_` may only go between digits
document-syntax-recursion = cannot recurse further; max recursion depth met
document-syntax-recursion-limit = recursion limit
document-syntax-carriage-return = carriage return must be followed by newline
document-syntax-extra-equals = extra `=`
document-syntax-extra-assignment = extra assignment between key-value pairs
document-syntax-extra-comma-array = extra comma in array
document-syntax-extra-comma-inline = extra comma in inline table
document-syntax-radix-sign = integers with a radix cannot be signed
document-syntax-radix-case = radix must be lowercase
document-syntax-comment-character = invalid comment character
document-syntax-inline-element = invalid inline table element
document-syntax-key-value = invalid key-value pair
document-syntax-unquoted-key = invalid unquoted key
document-syntax-invalid-key = invalid key
document-syntax-invalid-table = invalid table
document-syntax-invalid-value = invalid value
document-syntax-key-without-value = key with no value
document-syntax-key-basic = keys cannot be multi-line basic strings
document-syntax-key-literal = keys cannot be multi-line literal strings
document-syntax-missing-array-opening = missing array opening
document-syntax-missing-assignment = missing assignment between key-value pairs
document-syntax-missing-comma-array = missing comma between array elements
document-syntax-missing-comma-pairs = missing comma between key-value pairs
document-syntax-missing-comment-start = missing comment start
document-syntax-missing-escape = missing escaped value
document-syntax-missing-inline-opening = missing inline table opening
document-syntax-missing-inline-key = missing key for inline table element
document-syntax-missing-quote = missing opening quote
document-syntax-missing-table-open = missing table open
document-syntax-missing-value-for-key = missing value for key
document-syntax-missing-value = missing value
document-syntax-redundant-prefix = redundant integer number prefix
document-syntax-redundant-sign = redundant numeric sign
document-syntax-unquoted-string = string values must be quoted
document-syntax-unicode-digits = too few unicode value digits
document-syntax-unclosed-array-table = unclosed array table
document-syntax-unclosed-array = unclosed array
document-syntax-unclosed-inline-table = unclosed inline table
document-syntax-unclosed-table = unclosed table
document-syntax-equals-in-array = unexpected `=` in array
document-syntax-behind-comment = unexpected content between comment and newline
document-syntax-unexpected-content = unexpected content
document-syntax-unexpected-key = unexpected key or value
document-syntax-leading-zero = unexpected leading zero
document-syntax-unexpected-sign = unexpected sign
document-syntax-empty-key = unquoted keys cannot be empty
document-syntax-duplicate-key = duplicate key
document-syntax-basic-string = invalid basic string
document-syntax-literal-string = invalid literal string
document-syntax-long-basic-string = invalid multi-line basic string
document-syntax-long-literal-string = invalid multi-line literal string
document-syntax-string = invalid string
document-syntax-unclosed-string = invalid basic string, expected `"`
document-syntax-unclosed-literal = invalid literal string, expected `'`
document-syntax-boolean = invalid boolean
document-syntax-date-time = invalid date-time
document-syntax-float = invalid float
document-syntax-integer = invalid integer number
document-syntax-hexadecimal = invalid hexadecimal number
document-syntax-octal = invalid octal number
document-syntax-binary = invalid binary number

## What may stand in that place

document-term-nothing = nothing
document-term-newline = newline
document-term-key = key
document-term-value = value
document-term-letters = letters
document-term-numbers = numbers
document-term-digits = digits
document-term-characters = characters
document-term-basic-string = basic string
document-term-literal-string = literal string
document-term-long-basic-string = multi-line basic string
document-term-printable = printable characters
document-term-not-double-quote = non-double-quote visible characters
document-term-not-single-quote = non-single-quote visible characters
document-term-unicode = unicode hexadecimal value

## Kinds of values

document-found-boolean = boolean { $value }
document-found-integer = integer { $value }
document-found-float = floating point { $value }
document-found-character = character { $value }
document-found-string = string { $value }
document-kind-sequence = sequence
document-kind-map = map
document-kind-unit = unit value
document-kind-enum = enum
document-kind-a-boolean = a boolean
document-kind-a-string = a string
document-kind-a-sequence = a sequence
document-kind-a-map = a map
document-kind-string-or-table = string or table
document-kind-u8 = u8
document-kind-u16 = u16
document-kind-u32 = u32
document-kind-u64 = u64
document-kind-usize = usize
document-kind-i8 = i8
document-kind-i16 = i16
document-kind-i32 = i32
document-kind-i64 = i64
document-kind-f64 = f64
document-kind-f32 = f32
document-kind-struct = a table
