# What is wrong in a layout file, how layouts are found and shown, and what may be chosen of them.


## A layout file: its heading and its records

layout-unreadable = can't be read: { $error }
    .code = TT-2001
layout-group-in-group = a group can't use a group
    .code = TT-2002
layout-name-of-file = effective_from is { $date }: the file must be called { $date }.toml
    .code = TT-2003
layout-no-folder = a layout without a folder has no tables beside it
layout-agreed-together = status = "agreed", agreed_with (whose sheet) and compared (the day) stand together
    .code = TT-2004
layout-until-before = until is before effective_from
    .code = TT-2005
layout-not-a-day = not a day of the calendar (write 2026-04-01, without a time)
    .code = TT-2006
layout-separator-link = separator_link is for records of fixed width with a separator of its own, or none
    .code = TT-2007
layout-end-mark-link = end_mark_link is for records of fixed width, without last_separator_optional
    .code = TT-2008
layout-as-is-records = as-is: the bytes are left alone, there are no records
    .code = TT-2009
layout-csv-separator = separator: the lines of a CSV file end with "crlf" or "lf"
    .code = TT-2010
layout-csv-jis7 = encoding: a CSV file can't be jis7
    .code = TT-2011
layout-csv-format = [csv] belongs to format = "csv"
    .code = TT-2012
layout-csv-byte-order-mark = csv: byte_order_mark belongs to utf-8 and utf-16
    .code = TT-2013
layout-csv-delimiter = csv: delimiter is one of , ; and the tabulator
    .code = TT-2014
layout-csv-end-mark = end_mark: in a CSV file the end mark stands behind the last line's end, so separator_after_last can't be false
    .code = TT-2061
layout-utf-16 = encoding: utf-16 belongs to CSV files without an end mark
    .code = TT-2015
layout-repertoire-encoding = repertoire belongs to utf-8 and utf-16, without user_defined: any other encoding has a set of its own
    .code = TT-2016
layout-may-be-empty = may_be_empty and separator_after_last = false do not go together
    .code = TT-2017
layout-last-separator-optional = last_separator_optional is for files that end with a separator, without an end mark
    .code = TT-2018
layout-error-message = error_message: the first characters of the partner's error message, in ASCII
    .code = TT-2019
layout-first-byte = first_byte: a sheet counts bytes from 0 or from 1
    .code = TT-2020
layout-repertoire-name = repertoire: "mj-plus", or the name of a file NAME.txt beside the layout
    .code = TT-2021
layout-repertoire-unreadable = repertoire: { $name } can't be read: { $error }
    .code = TT-2022
layout-fold-name = fold: a table is the name of a file beside the layout
    .code = TT-2023
layout-fold-unreadable = fold: { $name } can't be read: { $error }
    .code = TT-2024
layout-fold-unknown = fold: "{ $name }" is no table (ivs, nta, mj, mj-by-analogy, or a file NAME.tsv)
    .code = TT-2025
layout-derived-taken = derived: a column or an item is named "{ $name }" already
    .code = TT-2026
layout-derived-from = derived: not every data record has an item "{ $from }"
    .code = TT-2027
layout-derived-values = derived: the item lists its values: allowed, map (without a date) or value
    .code = TT-2028
layout-derived-empty = derived: no word for an empty value (empty = "refuse" forbids it)
    .code = TT-2029
layout-derived-lacks = derived: no word for "{ $value }", which the item takes
    .code = TT-2030
layout-derived-unused = derived: "{ $name }" has a word for "{ $value }", which { $from } never has
    .code = TT-2031
layout-break-on = break_on: no data record has an item "{ $name }" (or not all), and no header takes such a column
    .code = TT-2032
layout-no-data = a layout has a data record, this one has none
    .code = TT-2033
layout-record-name = another record has this name
    .code = TT-2034
layout-record-key-missing = record_key is missing: the literal item that tells the data records apart
    .code = TT-2035
layout-record-key-item = record_key: the record has no literal item "{ $name }"
    .code = TT-2036
layout-record-key-twice = record_key: another data record has "{ $key }" too
    .code = TT-2037
layout-length-differs = its length must be that of { $name }, which may stand in its place
    .code = TT-2038
layout-not-told-apart = no literal item tells it from { $name }: a reader could not find the end
    .code = TT-2039
layout-sum-zeros = sum: zeros on the right would change the number
    .code = TT-2040
layout-csv-heading = csv: a heading belongs to a file with one data record
    .code = TT-2041
layout-csv-heading-name = csv: its name can't be written in the heading in this encoding
    .code = TT-2042
layout-table-twice = { $name }, line { $line }: the character has an entry already
    .code = TT-2043
layout-table-form = a line is a character, a tab, and what stands for it
layout-table-left = on the left stands one character, perhaps with a variation selector
layout-table-right = on the right stand 1 to { $max_replacement_chars } characters
layout-table-point = "{ $word }" is no code point like U+9AD9
layout-table-line = { $name }, line { $line }: { $message }
    .code = TT-2044
layout-group-unknown = there is no [[group]] named "{ $name }"
    .code = TT-2045
layout-group-times = times is 1 to { $max_times }
    .code = TT-2046
layout-group-prefix = a group that is repeated needs a # in its prefix, where the number goes
    .code = TT-2047
layout-group-at = an item of a group has no at: the group can stand anywhere
    .code = TT-2048
layout-repertoire-line = { $name }, line { $line }: a line is U+4E00, U+4E00-U+9FFF, or a character and its variation selectors (U+845B U+E0100)
    .code = TT-2049
layout-relation-data = unknown_of and only_where are for data records
    .code = TT-2050
layout-unknown-of = unknown_of: the name of a date of the record; the item has allowed = ["0", "1"]
    .code = TT-2051
layout-only-where = only_where: {"{"} item = an item of the record, is = [its values] {"}"}
    .code = TT-2052

## A layout file: where the value of an item comes from

layout-where-alone = where belongs to count or sum
    .code = TT-2501
layout-first-alone = first belongs to sequence
    .code = TT-2502
layout-over-alone = check_digit and over belong together
    .code = TT-2503
layout-unchecked-alone = unchecked belongs to filler
    .code = TT-2504
layout-hex-fixed = hex is for records of fixed width
    .code = TT-2505
layout-one-origin = its value can come from one place only (column, value, filler, hex, count, sum, ...)
    .code = TT-2506
layout-trailer-column = a trailer takes nothing from columns, since a reader has handed out the rows before it comes: say block
    .code = TT-2507
layout-no-column = outside the data record there is no input column: say value, filler, hex, count, sum, gateway, link, block, column ...
    .code = TT-2508
layout-filler-bytes = a filler has a number of bytes
    .code = TT-2509
layout-filler-wide = wide spaces do not fill its bytes
    .code = TT-2510
layout-hex-length = hex has { $found } bytes, the item has { $width }
    .code = TT-2511
layout-hex-form = hex is written as two digits a byte with spaces between ("1B 24 42")
    .code = TT-2512
layout-sequence-place = this number stands in records it counts, and blocks are counted where a header or trailer shows them
    .code = TT-2513
layout-sequence-kind = a sequence number is an item of kind 9
    .code = TT-2514
layout-check-digit-kind = a check digit is an item of kind 9 and one byte
    .code = TT-2515
layout-total-place = a total stands in a block's trailer, at the file's end or at the file's top
    .code = TT-2516
layout-total-kind = a total is an item of kind 9
    .code = TT-2517
layout-count-record = count: there is no record "{ $kind }"
    .code = TT-2518
layout-count-empty = count names the kinds of records it counts
    .code = TT-2519
layout-count-outside = a block does not contain the records at the file's top and end
    .code = TT-2520
layout-where-data = where looks at data records only
    .code = TT-2521
layout-sum-item = sum: no data record has an item "{ $summed }"
    .code = TT-2522
layout-sum-kind = sum: "{ $summed }" is not of kind 9
    .code = TT-2523
layout-sum-digits = sum: "{ $summed }" has more than { $max_summed_digits } digits, or no limit
    .code = TT-2524
layout-where-item = where: no data record has an item "{ $item }"
    .code = TT-2525
layout-where-values = where has is or is_not, a list of values
    .code = TT-2526
layout-block-place = block belongs to a block's header or trailer
    .code = TT-2527
layout-block-item = block: no data record has an item "{ $repeated }", or not all have it
    .code = TT-2528
layout-block-differs = block: "{ $repeated }" of the data record has another kind or number of bytes
    .code = TT-2529
layout-literal-fault = "{ $literal }": { $wrong }; accepted: { $accepted }
    .code = TT-2530
layout-literal-folded = "{ $literal }" would be replaced or cut ({ $table }); write what is to be sent
    .code = TT-2531
layout-listed-value = the item can't hold the listed value "{ $value }": { $why }
    .code = TT-2532
layout-not-read-back = it would not read back
layout-empty-line = a line of one column may not be empty: empty = "refuse"
    .code = TT-2533
layout-where-value = where: it can't hold "{ $value }"
    .code = TT-2534

## A layout file: its items

layout-item-number = another item of the record has this number
    .code = TT-2535
layout-item-name = another item of the record has this name
    .code = TT-2536
layout-length-fixed = length is for records of fixed width
    .code = TT-2537
layout-record-bytes = a record has 1 to { $max_record_bytes } bytes
    .code = TT-2538
layout-at-fixed = at is for records of fixed width
    .code = TT-2539
layout-only-unknown = only: there is no set "{ $name }" in [characters]
    .code = TT-2540
layout-date-width = a date as { $pattern } has { $width } bytes
    .code = TT-2541
layout-date-digits = { $pattern } is not all digits: the item's kind is X
    .code = TT-2542
layout-phrases = phrases and phrases_link stand together, in an item of kind N or M; a phrase is words, one # for a number, and words
    .code = TT-2543
layout-over-itself = over: a check digit runs over other items than itself
    .code = TT-2544
layout-over-item = over: the record has no item "{ $name }"
    .code = TT-2545
layout-jis7-shifts = jis7: it stands between items with hex = "1B 24 42" and hex = "1B 28 4A", or says shifts_inside = true
    .code = TT-2546
layout-era-code-with-year = date: an item of the same column has G, which says an era, and the year of an era is EE
    .code = TT-2547
layout-era-unknown = date: EE needs to know the era: G in the pattern or in an item of the same column, or era = "reiwa"
    .code = TT-2548
layout-item-no-byte = an item has at least one byte
    .code = TT-2549
layout-pad-bytes = pad and exact need a number of bytes
    .code = TT-2550
layout-utf-16-bytes = in utf-16 a width is said in characters: leave bytes out
    .code = TT-2551
layout-two-byte-even = an item of two-byte characters has an even number of bytes
    .code = TT-2552
layout-utf-8-wide = in utf-8 wide spaces can't fill every width: the item's kind is M
    .code = TT-2553
layout-jis-x-0201 = jis-x-0201 has no two-byte characters: the item's kind is X
    .code = TT-2554
layout-shifts-inside = shifts_inside is for kind N in jis7 with at least 8 bytes
    .code = TT-2555
layout-csv-one-encoding = a CSV file has one encoding
    .code = TT-2556
layout-digits-rules = digits take no text rules
    .code = TT-2557
layout-one-width = one width rule at most
    .code = TT-2558
layout-width-kind = the width rule contradicts the kind
    .code = TT-2559
layout-text-only = overflow and only are for text
    .code = TT-2560
layout-two-byte-zeros = an item of two-byte characters can't be filled with the digit 0
    .code = TT-2561
layout-quoted = quoted belongs to a CSV file with quote = "when-needed"
    .code = TT-2562
layout-date-kind = a date or time is an item of kind 9 or X
    .code = TT-2563
layout-date-alone = date goes with neither time nor allowed nor sign
    .code = TT-2564
layout-date-options = era, first_year and unknown_parts belong to date
    .code = TT-2565
layout-number-kind = number and sign are for kind 9
    .code = TT-2566
layout-verify-kind = verify is for kind 9 or X
    .code = TT-2567
layout-map-doubled = map: two words have the same code: it could not be read back
    .code = TT-2568
layout-map-allowed = map says which values are allowed: leave allowed out
    .code = TT-2569
layout-default-link = default belongs to link
    .code = TT-2570
layout-time-not-date = a time of day takes time, not date
    .code = TT-2571
layout-kind-link-kinds = kind_link: a link chooses between 9 and X
    .code = TT-2572
layout-kind-link-plain = kind_link is for a column without map, date, time, sign, number, align and pad
    .code = TT-2573
layout-date-part = date: "{ $rest }" is no part of a date (YYYY YY G EE MM DD - / .)
    .code = TT-2574
layout-date-twice = date: a part stands twice
    .code = TT-2575
layout-date-empty = date: a pattern has YYYY, YY, G, EE, MM or DD
    .code = TT-2576
layout-date-one-year = date: a pattern has one year
    .code = TT-2577
layout-date-era-year = date: G says an era, and its year is EE: write GEEMMDD
    .code = TT-2578
layout-date-eras = date: G needs the codes of the eras in [eras]
    .code = TT-2579
layout-eras-length = the codes in [eras] have one length
    .code = TT-2580
layout-date-era-without = date: era is for a pattern without G
    .code = TT-2581
layout-date-era-needs = date: era belongs to EE
    .code = TT-2582
layout-date-first-year = date: first_year belongs to YY
    .code = TT-2583

## A layout file: where a problem is

layout-place-item = { $record }: item { $item }
layout-place-item-alone = item { $item }
layout-problem-in = { $place }: { $message }
layout-problem-at-line = line { $line }: { $message }
layout-problem-at-line-in = line { $line }: { $place }: { $message }

## A layout file: records that don't fit together

layout-one-block-header = a layout has at most one block header
    .code = TT-2053
layout-one-block-trailer = a layout has at most one block trailer
    .code = TT-2054
layout-one-file-end = a layout has at most one file end
    .code = TT-2055
layout-length = the items have { $bytes } bytes together, the record has { $length }
    .code = TT-2056
    .why = An item is missing, or has another width than on the sheet.
    .do = Add the widths up on the partner's sheet, and mend the item that differs; totatsu layout show prints positions.
layout-length-with-separator = the items have { $bytes } bytes together, the separator { $inside }, the record has { $length }
    .code = TT-2057
layout-at-first = the sheet puts it at byte { $written }, it is the first item of the record
    .code = TT-2058
layout-at = the sheet puts it at byte { $written }, the items before it end at byte { $start }
    .code = TT-2059
    .why = An item before it has another width than on the sheet, or is missing.
    .do = Compare the items one by one from the top of the record; the first that differs is the cause.

## What a link may choose

layout-choice-separator = none, crlf, lf or cr
layout-choice-end-mark = none or 1A
layout-choice-phrases = off, form or required
layout-choice-kind = 9 or X

## A record shown

layout-ruler-record = record { $number }, at byte { $at } of the file
layout-ruler-record-of-no-kind = record { $number }, at byte { $at } of the file (of no kind that may stand here; shown as data)
layout-ruler-bytes = { $record } ({ $bytes } bytes)
layout-ruler-other-bytes = { $record } ({ $bytes } bytes), but here are { $found } bytes
layout-ruler-columns = { $record } ({ $columns } columns)
layout-ruler-other-columns = { $record } ({ $columns } columns), but here are { $found } columns
layout-ruler-at = bytes
layout-ruler-kind = kind
layout-ruler-item = item
layout-ruler-hex = hex
layout-ruler-text = text
layout-no-records = the layout has no records
    .code = TT-2060

## A layout in words, and what changed between two versions

layout-none = none
layout-open = open
layout-any = any
layout-date-from = (from { $year })
layout-date-unknown = (00 for unknown)
layout-derived-column = { $name } from { $from }: { $words }
layout-size-bytes = { $bytes } bytes
layout-size-columns = { $columns } columns
layout-diff-record-gone = - record { $record }
layout-diff-record-new = + record { $record } ({ $items } items)
layout-diff-order = order of records: { $before } -> { $after }
layout-diff-length = { $record }: { $before } bytes -> { $after } bytes
layout-fact-absent = (none)
layout-fact-from = from
layout-fact-separator = { $separator }, after the last record: { $after_last }
layout-fact-separator-by-link = separator by the link
layout-fact-end-mark-by-link = end mark by the link
layout-fact-last-separator-optional = last separator optional
layout-fact-error-message = error message
layout-fact-end-mark = end mark
layout-fact-may-be-empty = may be empty
layout-fact-user-defined = user-defined characters
layout-fact-byte-order-mark = byte order mark
layout-fact-columns = columns of the source
layout-fact-derived = derived columns
layout-fact-shifts-inside = shifts inside
layout-fact-unknown-of = unknown of
layout-fact-only-where = only where
layout-fact-is = { $item } is { $is }
layout-fact-by-link = { $what }, as the link's { $key } says
layout-fact-or-kind = or kind
layout-origin-column = column { $column }
layout-origin-value = value "{ $value }"
layout-origin-spaces = spaces
layout-origin-zeros = zeros
layout-origin-bytes = bytes { $bytes }
layout-origin-sum = sum { $label }
layout-origin-sequence = sequence { $of } from { $first }
layout-origin-check-digit = check digit { $method } over { $over }
layout-origin-gateway = gateway { $value }
layout-origin-link-or = link { $key }, else "{ $default }"
layout-origin-link = link { $key }
layout-origin-block = block { $item }
layout-origin-count = count { $records }
layout-origin-where = where { $item } { $is } { $values }
layout-described = { $record } ({ $place }, { $size })
layout-record-file-top = file-top
layout-record-block-header = block-header
layout-record-data = data
layout-record-block-trailer = block-trailer
layout-record-file-end = file-end

## The command layout: finding one

layout-file = { $file }: { $message }
layout-standard-input = standard input
layout-standard-output = standard output
layout-no-such-folder = there is no folder { $folder }; say --layouts DIR
    .code = TT-2101
    .why = No --layouts was given and no configuration names a folder, or that folder isn't there.
    .do = Name the folder: totatsu layout list --layouts DIR. The package's own layouts lie in /usr/share/totatsu/layouts.
layout-ambiguous = { $name } may mean { $first } or { $second }: say which
    .code = TT-2102
    .why = The last part of the name is that of several layouts.
    .do = Write the whole name, as eltax/nenkin-tokucho-irai.
layout-no-version = no layout "{ $name }" of version { $version } in { $folder }
    .code = TT-2103
    .why = There is a layout of this name, but none that came into force on that day.
    .do = totatsu layout list shows the versions; write NAME@VERSION as it stands there.
layout-none-below = there is no layout file (.toml) in { $folder } or below
    .code = TT-2110
layout-none-in-force = no layout "{ $name }" in force on { $day } in { $folder }
    .code = TT-2104
    .why = No version of the layout is in force on this day: the name is mistyped, its effective_from is later, or its until is over.
    .do = totatsu layout list shows names and days. When the partner's sheet changes, a new file with its first day as a name is put beside the old one.

## The command layout: files

layout-faults-here = { $faults } (here: --column, --fixed)
layout-quarantine-exists = { $file } exists; records in quarantine are not overwritten
    .code = TT-2105
layout-no-record = { $file } has no record { $number }
    .code = TT-2106
layout-no-data-record = { $file } has no data record
    .code = TT-2107
layout-no-room = no room for a temporary file: { $error }
    .code = TT-2108
layout-value-here = { $error } (here: --municipality CODE, --value NAME=VALUE)
layout-value-accepted = --value { $name }: accepted: { $choices }
    .code = TT-2109
layout-name-value = it is NAME=VALUE
layout-folds-by = { $count } by { $table }
layout-folds = characters were replaced or values cut: { $counts }
layout-folds-unlisted = characters were replaced or values cut: { $counts } (--folds FILE lists them)
layout-template-row = the row below the heading is made up: overwrite it, or take it out
layout-survey-characters = characters
layout-survey-plain = as they are
layout-survey-folded = folded by { $table }
layout-survey-unknown = no table: { $points }
layout-survey-count = count

## The command layout: lists

layout-heading-layout = layout
layout-heading-version = version
layout-heading-until = until
layout-heading-status = status
layout-heading-unconfirmed = unconfirmed
layout-heading-encoding = encoding
layout-heading-title = title
layout-heading-no = no
layout-heading-item = item
layout-heading-at = at
layout-heading-bytes = bytes
layout-heading-kind = kind
layout-heading-value = value
layout-heading-record = record
layout-heading-confidence = confidence
layout-heading-note = note
layout-not-confirmed = not confirmed
layout-unconfirmed-of = { $unconfirmed } of { $items }
layout-show-partner = partner
layout-show-status = status
layout-show-sha256 = SHA-256
layout-show-source = source
layout-show-note = note
layout-show-agreed = agreed
layout-show-table = table
layout-table-version = { $name }: version: { $told }
layout-table-origin = { $name }: origin: { $told }
layout-show-columns = columns
layout-show-derived = derived
layout-agreed-with = with { $with }, last compared on { $compared }
layout-status-published = published
layout-status-second-hand = second-hand
layout-status-sample = sample
layout-status-agreed = agreed
layout-status-published-told = published: from a public sheet
layout-status-second-hand-told = second-hand: as other programs read it, unconfirmed; check it against the partner's sheet
layout-status-sample-told = sample: the widths are ours; replace it by the partner's own sheet before use
layout-status-agreed-told = agreed: the partner's own sheet, which is not published
layout-confidence-confirmed = confirmed
layout-confidence-sum-confirmed = sum-confirmed
layout-confidence-single-source = single-source
layout-confidence-guess = guess
layout-sound = { COUNT($doubts) ->
    [one] { $layout } { $version }: sound, { $status }, { $doubts } item not confirmed
    *[other] { $layout } { $version }: sound, { $status }, { $doubts } items not confirmed
    }

## What a rejected source looks like

layout-looks-like = The heading looks like that of the layout { $layouts }, not { $own }: was the file dropped for another link?

## Words of the layout file

layout-word-title = title
layout-word-partner = partner
layout-word-status = status
layout-word-agreed = agreed
layout-word-repertoire = repertoire
layout-word-effective-from = effective_from
layout-word-until = until
layout-word-encoding = encoding
layout-word-format = format
layout-word-separator = separator
layout-word-quote = quote
layout-word-heading = heading
layout-word-delimiter = delimiter
layout-word-break-on = break_on
layout-word-record-key = record_key
layout-word-no = no
layout-word-at = at
layout-word-bytes = bytes
layout-word-kind = kind
layout-word-characters = characters
layout-word-exact = exact
layout-word-number = number
layout-word-sign = sign
layout-word-allowed = allowed
layout-word-map = map
layout-word-date = date
layout-word-time = time
layout-word-verify = verify
layout-word-rules = rules
layout-word-fold = fold
layout-word-barred = barred
layout-word-only = only
layout-word-overflow = overflow
layout-word-quoted = quoted
layout-word-unchecked = unchecked
layout-word-phrases = phrases
layout-word-empty = empty
layout-word-filled = filled
layout-word-fill = fill
layout-reading-input = standard input is being read
layout-converting = being converted

## Values in the layout file

layout-value-fixed = fixed
layout-value-csv = csv
layout-value-as-is = as-is
layout-value-none = none
layout-value-crlf = crlf
layout-value-lf = lf
layout-value-cr = cr
layout-value-crlf-inside = crlf-inside
layout-value-lf-inside = lf-inside
layout-value-refuse = refuse
layout-value-spaces = spaces
layout-value-zeros = zeros
layout-value-left = left
layout-value-right = right
layout-value-minus = minus
layout-value-leading = leading
layout-value-trailing = trailing
layout-value-municipality-code = municipality-code
layout-value-municipality-code-6 = municipality-code-6
layout-value-prefecture-code = prefecture-code
layout-value-municipality-in-prefecture = municipality-in-prefecture
layout-value-business-date = business-date
layout-value-accepted-date = accepted-date
layout-value-accepted-time = accepted-time
layout-value-data = data
layout-value-data-in-block = data-in-block
layout-value-records = records
layout-value-blocks = blocks
layout-value-meiji = meiji
layout-value-taisho = taisho
layout-value-showa = showa
layout-value-heisei = heisei
layout-value-reiwa = reiwa
layout-value-never = never
layout-value-when-needed = when-needed
layout-value-always = always
layout-value-truncate = truncate
layout-value-true = true
layout-value-false = false
layout-value-nfc = nfc
layout-value-upper-case = upper-case
layout-value-large-kana = large-kana
layout-value-long-vowel-to-hyphen = long-vowel-to-hyphen
layout-value-half-width = half-width
layout-value-full-width = full-width
layout-value-mod10-3-1 = mod10-3-1
