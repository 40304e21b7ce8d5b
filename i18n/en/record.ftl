# What rows and records are told: why they aren't converted or decoded, and the report of problems.


## Rows are encoded

record-bad-source = { $problems } problems in the source, nothing was converted; they are listed in { $report }
    .code = TT-2201
record-source-changed = the source changed after it was accepted: SHA-256 was { $accepted }, now { $found }; deliver the file again
    .code = TT-2202
record-reads-back-wrong = the converted file reads back wrong at byte { $at }: { $fact }; examine disk and memory of this machine
    .code = TT-2203
record-as-is-columns = a layout that leaves the bytes as they are has no columns
    .code = TT-2204
record-takes-no-column = layout { $layout } takes no column { $name }
    .code = TT-2205
record-has-no-column = { $name }: layout { $layout } has no column { $from }
    .code = TT-2206
record-column-and-fixed = { $name } stands both among the columns and among the fixed values
    .code = TT-2207
record-column-unsaid = layout { $layout } has no column { $name }: say which is meant (columns), "" for none, or what always stands there (fixed)
    .code = TT-2208
record-survey-no-text = neither UTF-8 nor UTF-16 from byte { $at } on
    .code = TT-2209
record-refused-value = { $record }, item { $item }: { $reason }; correct [values] of the link or the gateway's settings, restart, then release the delivery
    .code = TT-2210
record-choice = the link chooses what the layout doesn't have; accepted: { $choices }
record-value-folded = a character of the value would be replaced or cut ({ $table }); write what is to be sent
record-value-fault = { $wrong }; accepted: { $accepted }
record-no-value = the link has no value "{ $key }" and the layout has no default
record-code-not-five = the code is not five digits
record-code-digits = the municipality code must be digits
record-code-check-digit = the sixth digit of the municipality code is not the check digit of the other five
record-code-length = the municipality code has six digits, or five without the check digit

## Files are decoded

record-bad-file = { $problems } problems in the file, nothing was decoded; they are listed in { $report }
    .code = TT-2301

## Our own disk, and faults of the program

record-disk = { $path }: { $error }
record-csv-fault = rows can't be read or written as CSV: report this as a fault of totatsu
    .code = TT-2302
record-reader-gave-up = the reader of records gave up
    .code = TT-2303

## What reads back otherwise than it was written

record-fact-records = the number of records of some kind
record-fact-totals = some count or sum over the file
record-fact-bytes = the bytes are not those that were written
record-fact-item = { $record }, item { $item }
record-fact-an-item = an item

## The report of problems

record-report-totals = problems: { $count }   listed: { $listed }   rows read: { $rows }
record-report-source = Nothing was converted. Lines and columns are those of the source and count from 1; the heading is line 1.
record-report-rows = Nothing was converted. Every record of the source is right by its own layout; what is listed doesn't fit the partner's, whose items these are. Data records of the source count from 1.
record-report-received = Nothing was decoded. Records of the file count from 1, bytes from { $first }.
record-report-sifted = The last line says what became of the file. Records of the file count from 1, bytes from { $first }.
record-report-count = problems
record-report-first-line = first line
record-report-first-record = first at
record-report-kind = kind of problem
record-report-line = line
record-report-record = record
record-report-column = column
record-report-byte = byte
record-report-item = item
record-report-character = character
record-report-faults = what is wrong; what would be accepted
record-report-fault = { $wrong }; accepted: { $accepted }
record-report-refused = Nothing was decoded: a problem here concerns the file as a whole, or a total hangs on it.
record-report-decoded = Data records decoded: { $rows }; left out, and kept in the file quarantine: { $quarantined }.
record-item-file = (file)
record-item-row = (row)
record-item-heading = (heading)
record-item-record = (record)

## Kinds of problems, as the report counts them

record-kind-empty = a value is missing
    .code = TT-2401
record-kind-not-a-digit = other characters than digits
    .code = TT-2402
record-kind-not-in-set = characters that the partner's set lacks
    .code = TT-2403
record-kind-barred = characters that the partner bars
    .code = TT-2404
record-kind-not-listed = characters that the item doesn't take
    .code = TT-2405
record-kind-one-byte = half-width characters where full-width ones stand
    .code = TT-2406
record-kind-two-byte = full-width characters where half-width ones stand
    .code = TT-2407
record-kind-too-long = values that are too long
    .code = TT-2408
record-kind-too-short = values that are too short
    .code = TT-2409
record-kind-not-allowed = values that are not on the item's list
    .code = TT-2410
record-kind-not-a-date = values that are no date
    .code = TT-2411
record-kind-not-a-time = values that are no time of day
    .code = TT-2412
record-kind-check-digit = check digits that don't fit
    .code = TT-2413
record-kind-differs = values that should be the same in all rows, and aren't
    .code = TT-2414
record-kind-not-of-this-record = values in columns that this kind of record doesn't have
    .code = TT-2415
record-kind-bad-bytes = bytes that the item's kind doesn't allow
    .code = TT-2416
record-kind-not-the-literal = other bytes than those that always stand there
    .code = TT-2417
record-kind-not-filler = something in a filler
    .code = TT-2418
record-kind-not-reckoned = counts, sums, numbers or check digits that don't follow from the file
    .code = TT-2419
record-kind-not-ours = values of another municipality or link
    .code = TT-2420
record-kind-contradiction = items of one column that contradict each other
    .code = TT-2421
record-kind-only-where = values where another item says that there is none
    .code = TT-2422
record-kind-lacks-phrase = texts without a phrase that they must hold
    .code = TT-2423
record-kind-file-empty = an empty file
    .code = TT-2424
record-kind-no-rows = a heading without rows
    .code = TT-2425
record-kind-row-width = rows with more or fewer fields than the heading
    .code = TT-2426
record-kind-endless = rows without an end
    .code = TT-2427
record-kind-utf-16 = UTF-16 without a byte order mark, or no text
    .code = TT-2428
record-kind-shift-jis = Shift_JIS in place of UTF-8
    .code = TT-2429
record-kind-tabs = tabs in place of commas
    .code = TT-2430
record-kind-no-heading = no heading
    .code = TT-2431
record-kind-not-utf-8 = bytes that are no UTF-8
    .code = TT-2432
record-kind-unknown-column = columns that the layout doesn't have
    .code = TT-2433
record-kind-column-twice = columns that stand twice in the heading
    .code = TT-2434
record-kind-column-missing = columns that the heading lacks
    .code = TT-2435
record-kind-source-columns = columns of the link's [source] that lead nowhere
    .code = TT-2436
record-kind-not-derived = derived columns that say something else
    .code = TT-2437
record-kind-error-message = an error message of the partner in place of records
    .code = TT-2438
record-kind-other-separator = another separator than the layout's
    .code = TT-2439
record-kind-separator = separators or line ends that are wrong
    .code = TT-2440
record-kind-cut-off = a file that ends inside a record
    .code = TT-2441
record-kind-no-end-mark = no end mark
    .code = TT-2442
record-kind-stray-quote = quotation marks that belong to no quoted value
    .code = TT-2443
record-kind-other-heading = another heading than the layout's
    .code = TT-2444
record-kind-byte-order-mark = a byte order mark that is missing, or shouldn't be there
    .code = TT-2445
record-kind-out-of-place = records that may not stand where they are
    .code = TT-2446
record-kind-length = records of another length
    .code = TT-2447
record-kind-ends-early = a file that ends too early
    .code = TT-2448

## A problem with a value: what is wrong

record-wrong-empty = the value is empty
record-wrong-not-a-digit = not a digit
record-wrong-not-in-set = the character set of the layout lacks it
record-wrong-barred = the layout bars the character
record-wrong-not-listed = not one of the characters that the item takes
record-wrong-one-byte = a one-byte character in a two-byte item
record-wrong-two-byte = a two-byte character in a one-byte item
record-wrong-too-long = the value needs { $needs } bytes, the item has { $has }
record-wrong-too-many-characters = the value has { $characters } characters, the item takes { $most }
record-wrong-too-short = the value has { $bytes } bytes, the item wants all { $has }
record-wrong-value-not-allowed = { $value } is not an allowed value
record-wrong-not-allowed = not an allowed value
record-wrong-not-a-date = not a date
record-wrong-not-a-time = not a time of day
record-wrong-check-digit = the last digit is not the check digit
record-wrong-no-check-digit = a check digit can't be reckoned: its items are not all digits
record-wrong-differs = differs from the first record of its block
record-wrong-not-of-this-record = the row's record has no such item, but here is a value
record-wrong-bad-bytes = not of the item's kind and encoding from its byte { $at } on
record-wrong-not-the-literal = not the bytes that always stand here
record-wrong-not-filler = something stands in a filler
record-wrong-not-reckoned = { $found } does not follow from the file
record-wrong-not-ours = not this gateway's value
record-wrong-contradiction = the items of this column contradict each other
record-wrong-only-where = a value stands here, but { $item } is not { $is }
record-wrong-lacks-phrase = the text lacks a phrase that it must hold

## A problem with a file: what is wrong

record-wrong-file-empty = the file is empty
record-wrong-no-rows = no records: the heading stands alone
record-wrong-row-width = the row has { $fields } fields, so its other errors can't be told
record-wrong-endless-row = the row has no end within 1 MiB; nothing after it was read
record-wrong-utf-16 = the file is UTF-16 without a byte order mark, or no text at all
record-wrong-shift-jis = the file is Shift_JIS
record-wrong-tabs = tabs stand between the values
record-wrong-no-heading = the first line is no heading: it names no item of the layout
record-wrong-name-not-utf-8 = the name is not UTF-8
record-wrong-unknown-column = the layout has no such column
record-wrong-column-twice = the column stands twice in the heading
record-wrong-column-missing = the heading lacks the column
record-wrong-not-derived = not what follows from { $from }
record-wrong-not-utf-8 = not UTF-8 from byte { $at } of the value on (the row begins at byte { $row_at })
record-wrong-error-message = an error message of the partner stands here instead of records
record-wrong-no-separator = nothing stands between the records
record-wrong-other-separator = { $found } stands between the records
record-wrong-separator = the separator is wrong
record-wrong-cut-off = the file ends inside a record
record-wrong-cut-off-after = the file ends inside a record, { $bytes } bytes after it began
record-wrong-no-end-mark = the end mark is missing
record-wrong-last-separator-missing = the last record has no separator
record-wrong-last-separator-there = a separator stands after the last record
record-wrong-stray-quote = a quotation mark in the line belongs to no quoted value
record-wrong-line-end = the line has another end
record-wrong-last-line-end = the end of the last line
record-wrong-other-heading = the heading is not the layout's
record-wrong-endless-line = the line has no end within 1 MiB; nothing after it was read
record-wrong-byte-order-mark = a byte order mark stands before the first line
record-wrong-no-byte-order-mark = the byte order mark is missing
record-wrong-out-of-place = no record of this kind may stand here
record-wrong-record-bytes = the record has { $bytes } bytes
record-wrong-line-columns = the line has { $columns } columns
record-wrong-ends-early = the file ends too early

## A problem: what would be accepted

record-accepted-a-value = a value
record-accepted-digits = digits 0 to 9 only
record-accepted-another-character = another character
record-accepted-listed = a character of the item's set
record-accepted-full-width = full-width characters
record-accepted-half-width = half-width characters
record-accepted-at-most-bytes = at most { $has } bytes; nothing is cut
record-accepted-at-most-characters = at most { $most } characters; nothing is cut
record-accepted-all-bytes = exactly { $has } bytes
record-accepted-a-day = a day of the calendar as { $form }
record-accepted-a-day-in-layout = a day of the calendar as { $form } (the layout has it as { $of_layout })
record-accepted-a-time = a time of day as { $form }
record-accepted-check-digit = digits with their check digit ({ $method })
record-accepted-one-value = one value for all records of a block
record-accepted-nothing = nothing
record-accepted-bytes-of-kind = bytes of the item's kind and encoding
record-accepted-the-literal = the layout's literal
record-accepted-filler = the filler that the layout says (or unchecked = true there)
record-accepted-ours = the value of this gateway or link
record-accepted-one-from-items = items that make one value
record-accepted-phrase = { $phrase } (# is a number)
record-accepted-heading-and-rows = a heading with the names of the items, then rows
record-accepted-a-row = at least one row
record-accepted-fields = { $wanted } fields, as in the heading; a value that contains a comma stands in quotation marks
record-accepted-closing-quote = a closing quote for every opening one
record-accepted-in-excel = UTF-8: in Excel, save as 「CSV UTF-8（コンマ区切り）」
record-accepted-commas = commas
record-accepted-heading = the names of the items above the records (`totatsu layout template` prints them)
record-accepted-utf-8 = UTF-8
record-accepted-names = the names of the layout's items
record-accepted-once = each column once
record-accepted-column = a column of this name, even where its values are empty
record-accepted-source-columns = the columns of the link's [source], mended
record-accepted-no-error-message = a file of records: read the message and ask the partner
record-accepted-separator-by-link = { $wanted }, or { $key } = "{ $found }" among the link's values
record-accepted-separator-by-layout = { $wanted }, or a layout with separator = "{ $found }"
record-accepted-none = none there
record-accepted-whole-records = whole records
record-accepted-end-mark = one byte 1A after everything else
record-accepted-quotes = values that are quoted as a whole, with the marks in them doubled
record-accepted-names-in-order = the names of the items in their order
record-accepted-nothing-before = nothing before the first line
record-accepted-byte-order-mark = { $mark } before the first line
record-accepted-end-of-file = the end of the file
record-accepted-record-bytes = { $wanted } bytes
record-accepted-line-columns = { $wanted } columns
record-separator-none = no bytes between records
record-separator-crlf = CR LF (0D 0A)
record-separator-lf = LF (0A)
record-separator-cr = CR (0D)

## A character that the partner's set lacks: what to write

record-advice-control = no control characters and no line breaks
record-advice-yen = ¥ (U+00A5): byte 5C is the yen sign here
record-advice-overline = ‾ (U+203E): byte 7E is the overline here
record-advice-backslash = \ (U+005C): byte 5C is the backslash here
record-advice-tilde = ~ (U+007E): byte 7E is the tilde here
record-advice-space = a plain space
record-advice-invisible = nothing: the character is invisible
record-advice-composed = one composed character (Unicode NFC)
record-advice-selector = the character without variation selector
record-advice-user-defined = an agreed character: 外字 mean nothing to the partner
record-advice-vendor = a character of JIS X 0208 (this one is a vendor's extension)
record-advice-jis = a character of JIS X 0201 or JIS X 0208
record-advice-windows = a character of Windows-31J (JIS X 0208 with NEC and IBM extensions)
record-advice-jis-x-0201 = digits, Latin letters, signs and half-width kana (JIS X 0201)
record-advice-printable = a printable character

## The fold report

record-fold-line = line
record-fold-item = item
record-fold-from = from
record-fold-to = to
record-fold-table = table
