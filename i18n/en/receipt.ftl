# Receipts, the key that signs them, and the cover sheet of a medium.

receipt-evidence-missing = the ledger lacks the evidence "{ $evidence }" for a receipt: report this as a fault of totatsu
    .code = TT-7001
receipt-unwritable = a receipt can't be written as JSON: { $error }
    .code = TT-7002
receipt-key-missing = { $path } is missing, but there are receipts, or its public key: restore it from a backup; if it is lost for good, `totatsu receipt key --renew` makes another
    .code = TT-7003
receipt-key-open = { $path } is open to others (mode { $mode }): chmod 600 it, and if somebody may have read it, make another with `totatsu receipt key --renew`
    .code = TT-7004
receipt-key-unfit = { $path } is no key for receipts ({ $why }): restore it from a backup
    .code = TT-7005
receipt-key-no-pair = { $path } isn't the public key of the private key beside it: restore both from one backup
    .code = TT-7006
receipt-key-unusable = receipts can't be signed ({ $error }): report this as a fault of totatsu
    .code = TT-7007
receipt-key-empty = it is empty
receipt-key-passphrase = it has a passphrase
receipt-key-kind = it is of the kind { $kind }, not ssh-ed25519

## What speaks against a receipt

receipt-disagreement = { $what }: the receipt says { $stated }, found { $found }
    .code = TT-7008
receipt-no-signature = no signature
receipt-signature-unreadable = something that is no signature of ours ({ $why })
receipt-signature-form = its form was changed
receipt-signature-for = a signature for "{ $purpose }"
receipt-signature-by = a signature by the unknown key { $key }
receipt-signature-does-not-fit = a signature that doesn't fit these bytes
receipt-form = form of the receipt
receipt-a-receipt = a receipt
receipt-unreadable = something unreadable ({ $error })
receipt-signature = signature
receipt-signed-by = signed by { $key }
receipt-signed-by-no-key = signed by no key
receipt-size-of = size of { $name }
receipt-sha256-of = SHA-256 of { $name }

## The cover sheet of a medium

receipt-sheet-title = Cover sheet
receipt-sheet-of-media = COVER SHEET (files on a medium)
receipt-sheet-to = To
receipt-sheet-addressee = { $to }
receipt-sheet-from = From
receipt-sheet-medium = Medium
receipt-sheet-made = Made
receipt-sheet-date = { $year }-{ $month }-{ $day } { $time }
receipt-sheet-file = File
receipt-sheet-files = { $files }
receipt-sheet-note = Note
receipt-sheet-delivery = Delivery
receipt-sheet-size = Size
receipt-sheet-bytes = { $bytes } bytes
receipt-sheet-records = Records
receipt-sheet-count = { $kind }: { $count }
receipt-sheet-totals = Totals
receipt-sheet-sum = { $name }: { $total }
receipt-sheet-sha256 = SHA-256
receipt-sheet-handed-over = Handed over (sender)
receipt-sheet-received = Received (receiver)
receipt-sheet-day = Date
receipt-sheet-day-line = ______-____-____  ____:____
receipt-sheet-day-places = year　　month　　day　　hour　　minute
receipt-sheet-office = Office
receipt-sheet-name = Name
receipt-sheet-office-and-name = Name
receipt-sheet-seal = seal
receipt-sheet-foot = To be signed or sealed, and kept by both sides. No contents of records stand here. Files are compared by their size and SHA-256.
