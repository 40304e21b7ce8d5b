# What rows and records are told: why they aren't converted or decoded, and the report of problems.


## Rows are encoded

record-bad-source = { $problems } problems in the source, nothing was converted; they are listed in { $report }
    .code = TT-2201
    .why = Rows of the file don't fit the partner's layout. The whole file was rejected: a part of it would be taken for all.
    .do = Give the output of totatsu report ID to the file's owner; the mended file goes into the outbox under the same name.
record-source-changed = the source changed after it was accepted: SHA-256 was { $accepted }, now { $found }; deliver the file again
    .code = TT-2202
record-reads-back-wrong = the converted file reads back wrong at byte { $at }: { $fact }; examine disk and memory of this machine
    .code = TT-2203
    .why = What was written was read again from the disk, and wasn't the same. That is a fault of disk or memory, not of the file.
    .do = Look at dmesg and at the disk's health (smartctl) before the gateway is started again; move to another machine if in doubt.
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
    .why = The item takes its value from [values] of the link or from the gateway, and what stands there doesn't fit the item.
    .do = Correct it in the link's file, totatsu check, totatsu reload, then totatsu release ID --reason TEXT.
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
    .why = Records of the partner's file don't fit the layout, so nothing was handed over.
    .do = totatsu report ID lists them. Ask the partner for a right file; or, if the sheet has changed, correct the layout and release.

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
    .why = The layout says that this item is never empty.
    .do = Have the owner fill it in. An item that may be empty says empty = "spaces" in the layout, if the partner's sheet agrees.
record-kind-not-a-digit = other characters than digits
    .code = TT-2402
    .why = The item is of kind 9: digits alone, without commas, spaces, signs or full-width digits.
    .do = Have the owner write digits only; thousands separators of a spreadsheet are the usual cause.
record-kind-not-in-set = characters that the partner's set lacks
    .code = TT-2403
    .why = The character isn't in the partner's set: 外字, 髙 or 﨑 of some machines, and signs such as ①.
    .do = Agree with the partner on a substitute and let the layout fold it (fold), or have the owner write another character. totatsu layout characters FILE lists all of a file.
record-kind-barred = characters that the partner bars
    .code = TT-2404
    .why = The partner's sheet forbids the character, although its set has it.
    .do = Have the owner write another one; what is barred stands under barred in totatsu layout show.
record-kind-not-listed = characters that the item doesn't take
    .code = TT-2405
    .why = The item takes a few characters only (only), as names for a bank do.
    .do = Have the owner use those that the report names.
record-kind-one-byte = half-width characters where full-width ones stand
    .code = TT-2406
    .why = The item is full-width (kind N), and the value has half-width characters.
    .do = Have the owner write full-width ones, or let the layout do it: rules = ["full-width"], if the partner agrees.
record-kind-two-byte = full-width characters where half-width ones stand
    .code = TT-2407
    .why = The item is half-width (kind X), and the value has full-width characters.
    .do = Have the owner write half-width ones, or let the layout do it: rules = ["half-width"], if the partner agrees.
record-kind-too-long = values that are too long
    .code = TT-2408
    .why = The value takes more bytes than the item has. A full-width character is two bytes in Shift_JIS and three in UTF-8.
    .do = Have the owner shorten it. Nothing is cut unless the layout says overflow = "truncate".
record-kind-too-short = values that are too short
    .code = TT-2409
    .why = The item has to be full to its last byte (exact), and leading zeros are often lost in a spreadsheet.
    .do = Have the owner write all digits, zeros at the front too: the column is text, not a number.
record-kind-not-allowed = values that are not on the item's list
    .code = TT-2410
    .why = The partner's sheet lists the codes of this item, and the value is none of them.
    .do = Compare with allowed or map in totatsu layout show. A new code of the partner's is a new version of the layout.
record-kind-not-a-date = values that are no date
    .code = TT-2411
    .why = The value is no day of the calendar, or isn't written as the layout reads dates (2026-04-01, 20260401 or with an era).
    .do = Have the owner write it as 2026-04-01. Unknown parts are 00 only where the layout says unknown_parts.
record-kind-not-a-time = values that are no time of day
    .code = TT-2412
record-kind-check-digit = check digits that don't fit
    .code = TT-2413
    .why = A digit of the number is mistyped: the last one is reckoned from the others.
    .do = Have the owner look the number up again; a 個人番号, 法人番号 or 団体コード is never corrected here.
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
    .why = A header or trailer of the file says another count or sum than its records have: it was cut, or edited by hand.
    .do = Ask the partner, or the owner, for the file as it was made.
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
    .why = The file has no byte: a job that ended early often leaves one.
    .do = Have the job run again. Where there is nothing to report, the layout must allow an empty file (may_be_empty).
record-kind-no-rows = a heading without rows
    .code = TT-2425
    .why = The file has its heading alone, and the layout wants at least one row.
    .do = Ask the owner whether there was nothing to send; then no file is dropped.
record-kind-row-width = rows with more or fewer fields than the heading
    .code = TT-2426
    .why = A comma inside a value without quotes shifts the columns, or a row was cut.
    .do = Have the owner put quotes around values with commas.
record-kind-endless = rows without an end
    .code = TT-2427
    .why = The last row has no line end: the file was taken while it was still being written, or was cut.
    .do = Let the link wait for the whole file (ready = "rename" or "marker"), and have it dropped anew.
record-kind-utf-16 = UTF-16 without a byte order mark, or no text
    .code = TT-2428
record-kind-shift-jis = Shift_JIS in place of UTF-8
    .code = TT-2429
    .why = The file was saved as Shift_JIS, as Excel's plain CSV is; sources are UTF-8.
    .do = Save it as "CSV UTF-8", or give the link a [source] layout that reads Shift_JIS.
record-kind-tabs = tabs in place of commas
    .code = TT-2430
record-kind-no-heading = no heading
    .code = TT-2431
    .why = The first row has to name the columns, and it holds values.
    .do = totatsu layout template NAME prints the heading that is wanted.
record-kind-not-utf-8 = bytes that are no UTF-8
    .code = TT-2432
record-kind-unknown-column = columns that the layout doesn't have
    .code = TT-2433
    .why = The heading has a column that the layout doesn't take: a slip of the pen, or a file for another link.
    .do = Compare with totatsu layout template NAME; take the column out or give the link's [source] a place for it.
record-kind-column-twice = columns that stand twice in the heading
    .code = TT-2434
record-kind-column-missing = columns that the heading lacks
    .code = TT-2435
    .why = The heading lacks a column that the layout needs.
    .do = Compare with totatsu layout template NAME, and have the owner add the column.
record-kind-source-columns = columns of the link's [source] that lead nowhere
    .code = TT-2436
record-kind-not-derived = derived columns that say something else
    .code = TT-2437
record-kind-error-message = an error message of the partner in place of records
    .code = TT-2438
    .why = The partner's system put its error message into the file in place of records.
    .do = Read the first line in the report, and ask the partner.
record-kind-other-separator = another separator than the layout's
    .code = TT-2439
    .why = The partner ends its records otherwise than the layout says (CR LF, LF, none).
    .do = Ask the partner which it is; a link can choose it where the layout offers that (separator_link).
record-kind-separator = separators or line ends that are wrong
    .code = TT-2440
record-kind-cut-off = a file that ends inside a record
    .code = TT-2441
    .why = The file breaks off in the middle of a record: it wasn't whole when it was fetched, or at the partner's.
    .do = Ask the partner whether its file is whole; let the link wait with ready = "marker" if it writes slowly.
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
    .why = The records are longer or shorter than the sheet says: a new version of it, another file, or other line ends.
    .do = totatsu layout ruler NAME FILE shows a record byte by byte beside the items.
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

## Kinds of records

record-kind-line = line
