# The help of the command line. Made of the doc comments in src/cli by: cargo run --example texts
# The Japanese texts stand in i18n/ja/help.ftl, under the same ids, and are written by people.

help-totatsu = File-transfer gateway that proves arrival (到達)
help-totatsu--after-help =
    Environment:
      TOTATSU_CONFIG  what --config says where it isn't given
      TOTATSU_LOG     how much `run` logs: info (unless it is set), warn or error
      LC_ALL, LC_MESSAGES, LANG
                      what --lang says where it isn't given: the first that is set; Japanese if it begins with ja
      NO_COLOR        no colours if it is set

    Exit codes:
      0  done; for checks: all is well
      1  not done, or a check found something
      2  the command line, the configuration, or a file given to `layout` is wrong
      3  the gateway's own disk or ledger can't be trusted
help-totatsu--config = Directory of totatsu.toml, partners/ and links/
help-value-dir = DIR
help-totatsu--socket = Ask the gateway at this socket, and read neither its configuration nor its files; who may not read the configuration in /etc/totatsu asks at /run/totatsu/control.sock by itself
help-value-file = FILE
help-totatsu--json = Answer in JSON, for machines; an error that leaves no answer is still told as text on standard error
help-totatsu--lang = Language of what is told; otherwise as LC_ALL, LC_MESSAGES or LANG say
help-value-lang = LANG
help-totatsu--lang--ja = Japanese
help-totatsu--lang--en = English
help-run = Run the gateway until SIGTERM or SIGINT, which let it finish the steps in hand
help-reload = Have the running gateway take over the changed configuration, once its steps in hand are finished; one with an error is refused
help-reload--wait = For how many seconds the steps in hand are waited for; the gateway goes on waiting for them in any case
help-value-seconds = SECONDS
help-check = Name every problem of configuration, layouts, directories and key files, and count what is still open; touches no network
help-check--open = Name each point that is still to be agreed or filled in, not only how many there are
help-init = Write a configuration from the national interface list: a link for each interface, a stub for each partner
help-init--after-help =
    Without flags, on a terminal, everything is asked. A file of answers (TOML) has the keys municipality, name, businesses, mpn,
    internal_layout, [paths], [dates], [partners.NAME], [import] and [[not_served]]; flags count before it.

    A directory that `init` has written before is only looked at: what would be added is shown, and --add adds it. A file that somebody
    changed, or removed, is left alone.
help-init--directory = Where the configuration is to be, usually /etc/totatsu
help-value-directory = DIRECTORY
help-init--municipality = The municipality, by its code of six digits or by its name
help-value-code-name = CODE|NAME
help-init--for = Serve other municipalities too, by their codes or names, each with links, partners, locks and outboxes of its own
help-init--name = The gateway's name on receipts; otherwise the municipality's
help-value-name = NAME
help-init--business = A business system (juki, kotei, kojin, hojin, kei, shuno, kokuho, or its name), or `all`
help-init--mpn = Which way payment data goes to MPN: never both
help-value-mpn = MPN
help-init--mpn--direct = From each business system by itself
help-init--mpn--collection = Through collection (収滞納管理)
help-init--reach = How a partner is reached, where not over SFTP (and MPN on a medium): NAME=sftp, ftps, medium, or none where it isn't
help-value-partner-way = PARTNER=WAY
help-init--without = Leave an interface out on purpose
help-value-interface-reason = INTERFACE=REASON
help-init--internal_layout = The layout of files that stay within the municipality; otherwise they go as they are
help-value-layout = LAYOUT
help-init--spool = The spool's directory
help-value-spool = SPOOL
help-init--ledger = The ledger's directory
help-value-ledger = LEDGER
help-init--layouts = The layouts' directory
help-value-layouts = LAYOUTS
help-init--socket = The control socket
help-value-socket = SOCKET
help-init--answers = A file of answers
help-init--dry_run = Show what would be written, and write nothing
help-init--add = Add what is missing to a directory that `init` has written before
help-list = List deliveries and collections, newest first
help-list--state = Only deliveries in this state; several with commas, or the option several times
help-value-state = STATE
help-list--link = Only deliveries of this link
help-value-link = LINK
help-list--partner = Only deliveries of this partner
help-value-partner = PARTNER
help-list--name = Only deliveries whose file has this name, or got it at the partner; * stands for any characters, ? for one
help-list--since = Only deliveries that began on this day or later, in Japanese time: YYYY-MM-DD, or "YYYY-MM-DD HH:MM"
help-value-time = TIME
help-list--until = Only deliveries that began on this day or earlier, or before this time, in Japanese time: YYYY-MM-DD, or "YYYY-MM-DD HH:MM"
help-list--hash = Only deliveries whose file has this SHA-256 as it was taken over or fetched, or whose acknowledgement has it
help-value-sha256 = SHA256
help-list--late = Only deliveries that missed their deadline, or whose deadline is past, by the configuration as it is now
help-list--by = Only deliveries that somebody of this name held, released, confirmed, cancelled or resent
help-list--municipality = Only deliveries of this municipality, by its code of six digits; for a gateway that serves several
help-value-code = CODE
help-list--limit = At most this many
help-value-n = N
help-status = Show how partners and links stand, and how many deliveries aren't finished
help-status--check = Say in one line whether all is well, for monitoring; exit code 0: all is well, 1: something waits (a partner is down, a medium is wanted, a file stays in an outbox), 2: a person has to act (something is held, a file was rejected or hasn't come by its time, or no gateway runs), 3: it can't be told
help-show = Show everything known of one delivery or collection
help-show--id = The delivery's id, three or more characters of it that no other has, or the name of its file: the newest of that name
help-value-id = ID
help-report = Print every problem of a rejected source, or of records in quarantine, for its owner; it may quote characters of records
help-report--id = The delivery's id, three or more characters of it that no other has, or the name of its file: the newest of that name
help-resend = Send the exact bytes of a finished or held delivery again, as a new delivery to the names the link has now
help-resend--id = The delivery's id, three or more characters of it that no other has, or the name of its file, if one alone of that name isn't finished
help-resend--reason = Why; it is recorded and stands on the receipt
help-value-text = TEXT
help-resend--even_if_older = Send it although something newer was delivered, or is on its way, or its turn on an ordered link is over
help-hold = Stop a delivery, a whole partner or a whole link until it is released
help-hold--id = The delivery's id, three or more characters of it that no other has, or the name of its file, if one alone of that name isn't finished
help-hold--partner = Everything that goes to this partner
help-hold--link = Everything that goes over this link
help-hold--reason = Why; it is recorded and stands on the receipt
help-hold--until = When the gateway releases the partner or link by itself, in Japanese time: HH:MM, the next time that the clock shows it, or "YYYY-MM-DD HH:MM"
help-release = Let a held, waiting or queued delivery, a held partner or a held link go on now; runs a failed import again
help-release--id = The delivery's id, three or more characters of it that no other has, or the name of its file, if one alone of that name isn't finished
help-release--partner = Everything that goes to this partner
help-release--link = Everything that goes over this link
help-release--reason = Why; it is recorded and stands on the receipt
help-confirm = Record that a held, waiting or queued delivery has arrived by another way; its receipt says so
help-confirm--id = The delivery's id, three or more characters of it that no other has, or the name of its file, if one alone of that name isn't finished
help-confirm--by = Who says that it arrived, or who handed it over
help-confirm--how = How it arrived, or how that is known
help-value-how = HOW
help-confirm--how--medium = Carried on a medium
help-confirm--how--phone = The partner said so by telephone
help-confirm--how--other = Another way, told in the reason
help-confirm--reason = What happened; it is recorded and stands on the receipt
help-cancel = Give a held, waiting or queued delivery up; what is kept of it goes to the archive
help-cancel--id = The delivery's id, three or more characters of it that no other has, or the name of its file, if one alone of that name isn't finished
help-cancel--reason = Why; it is recorded and stands on the receipt
help-cancel--request = Take back a request that waits for a second name, and leave the delivery as it is
help-archive = Remove what a finished delivery carried from the archive, before its time
help-archive-clear = Remove what a delivery or collection carried, as somebody may ask for: source, sent bytes, rows, reports. Its receipt, its signature and its lines in the journal stay, and go on being verified; it can't be sent again
help-archive-clear--id = The delivery's id, three or more characters of it that no other has, or the name of its file, if it is the only one of that name
help-archive-clear--reason = Why; it is recorded
help-receipt = Show or verify receipts, or print the key that checks them
help-receipt-show = Print a delivery's certificate of arrival (到達証明書); with --json its receipt, as it was written
help-receipt-show--id = The delivery's id, three or more characters of it that no other has, or the name of its file: the newest of that name
help-receipt-show--html = One page A4 to print and file, in HTML
help-receipt-show--text = Plain text, 80 columns wide, as without any option
help-receipt-bundle = Write one file by which an auditor verifies a receipt in a browser, without this program: receipt, signature, keys, journal lines and the verifier
help-receipt-bundle--id = The delivery's id, three or more characters of it that no other has, or the name of its file: the newest of that name
help-receipt-bundle--out = The file, which must not be there yet; otherwise receipt-NUMBER-ID.html in this directory
help-receipt-verifier = Print the page that verifies bundles and audit exports in a browser
help-receipt-verifier--sh = The shell script that does the same with openssl and sha256sum
help-receipt-verify = Compare a receipt with the ledger, its signature, the bytes kept beside it, and the receipt before it; or, with --key, check receipt files on any machine
help-receipt-verify--key = The gateway's public keys, one a line: check FILEs by them, without ledger and configuration
help-value-pub = PUB
help-receipt-verify--complete = With --key: the FILEs are all receipts of their range; a number that is missing among them is a finding
help-receipt-verify--named = The delivery's id, three or more characters of it that no other has, or the name of its file: the newest of that name; with --key, receipt files, each with its signature beside it
help-value-id-file = ID|FILE
help-receipt-key = Print the public key that checks this gateway's receipts, and its fingerprint
help-receipt-key--renew = Make another key first, while the gateway doesn't run; receipts so far stay with the one they were signed with
help-audit = Check journal, receipts and kept files as a whole, or export them for an auditor
help-audit-verify = Check the whole journal, every receipt and signature, and every kept file; changes nothing, and may run beside the gateway
help-audit-verify--since = Go on from where an earlier audit ended, as it wrote into this file: what came before isn't checked again
help-audit-verify--save = Write into this file where this audit ended, if it finds nothing, for a later one to go on from
help-audit-acts = List what people did, and what was done to the gateway as a whole: starts, stops, changes of its configuration and keys
help-audit-acts--from = The first day (YYYY-MM-DD)
help-value-date = DATE
help-audit-acts--to = The last day; otherwise today (YYYY-MM-DD)
help-audit-acts--by = Only what somebody of this name did
help-audit-export = Write deliveries, acts by hand, journal lines and receipts of some days into a directory, for an auditor
help-audit-export--from = The first day on which deliveries were accepted, or collections found (YYYY-MM-DD)
help-audit-export--to = The last day (YYYY-MM-DD)
help-audit-export--municipality = Only what is this municipality's, by its code of six digits; for a gateway that serves several
help-audit-export--out = A directory, new or empty
help-medium = Prepare media, import acknowledgements that come back on them, or print cover sheets (送付票)
help-medium-prepare = Mark a medium as one for a partner: writes TOTATSU.ID, formats nothing
help-medium-prepare--directory = Where the medium is mounted
help-medium-prepare--partner = The partner that it carries files to
help-medium-import = Look in a directory for partners' acknowledgements of what was handed over, and record them
help-medium-import--directory = Where the medium is mounted, or any directory
help-medium-sheet = Print the cover sheet (送付票) of deliveries that were put on a medium
help-medium-sheet--ids = The deliveries' ids, three or more characters of each that no other has, or the names of their files: the newest of each name
help-value-ids = IDS
help-medium-sheet--out = Write it to this file instead of standard output
help-medium-sheet--html = One page A4 to print, in HTML; a FILE that ends with .html gets it so too
help-medium-sheet--text = Plain text, as without any option
help-collect = Look at an inbound link's partner now, and say what is taken up, known, waited for or passed over there
help-collect--link = The inbound link: a file in links/, without .toml
help-send = Hand files to a link's outbox, whole and under names that are free there; with --wait, follow them until they have arrived
help-send--link = The outbound link: a file in links/, without .toml
help-send--files = The files; each gets its own name in the outbox
help-send--named = The name in the outbox, where it isn't the file's own; for one file
help-send--wait = Wait until each has arrived, was rejected or is held; exit code 0: all arrived, 4: one was rejected, 5: one is held or can't be accepted, 6: one was cancelled or gave way to a newer one, 7: the time is over and one is still on its way
help-send--timeout = For how many seconds is waited
help-outbox = Look over the outboxes: what is ready, settling, or left there, and why
help-outbox--link = Only the outbox of this link; the option several times for several
help-partner = Find out what a partner's server can do, with harmless files that are removed again
help-partner-probe = Try out what the partner's server can do and lets us do, with harmless files that are removed again; directories that files are collected from are only listed
help-partner-probe--name = The partner: a file in partners/, without .toml
help-partner-probe--directory = Try this directory of the partner, instead of those of its links; may be given several times
help-partner-probe--final_name = Also give a file this final name, to see whether the partner takes it away; it may be picked up, so agree on it first
help-partner-probe--watch = For how many seconds the file with the final name is watched
help-partner-probe--bytes = Size of the file by which the throughput is measured; 0 for none
help-value-size = SIZE
help-partner-probe--dry_run = Only connect and sign in
help-partner-probe--write = Write what was found into [profile] of the partner's file; all else in it stays as it is
help-partner-trust = Accept the key that the server shows, if it is the one whose fingerprint the partner told
help-partner-trust--name = The partner: a file in partners/, without .toml
help-partner-trust--fingerprint = The fingerprint as the partner told it, on paper or by telephone: SHA256:...
help-value-fingerprint = FINGERPRINT
help-partner-trust--jump = The key is that of the jump host on the way to the partner ([jump]), as those who run it told it (SFTP)
help-partner-trust--as_of = The first day on which the key is accepted, e.g. 2026-12-01 (SFTP)
help-partner-trust--until = The last day on which the key is accepted; also for a key that is listed already (SFTP)
help-layout = List, show, check, compare and try out layouts; needs no configuration
help-layout--after-help =
    NAME is a layout as links name it (eltax/nenkin-tokucho-irai), its last part if no other layout has it, NAME@VERSION
    for one version, or the path of a layout file.
help-layout--layouts = Folder of the layouts; otherwise the configuration's paths.layouts; where there is none, ./layouts or the installed ones
help-layout-list = List all layouts and their versions; * marks the version in force
help-layout-list--as_of = The day on which the version must be in force (YYYY-MM-DD); otherwise today
help-layout-show = Show a layout: its sources, its doubts, and every item of every record
help-layout-show--name = The layout
help-layout-show--as_of = The day on which the version must be in force (YYYY-MM-DD); otherwise today
help-layout-check = Check layout files, or all layouts of the folder, and name every problem with line, record and item
help-layout-check--files = Layout files, or directories: of those every .toml file in them and below
help-value-files = FILES
help-layout-encode = Encode UTF-8 CSV from standard input to the partner's bytes on standard output
help-layout-encode--name = The layout
help-layout-encode--as_of = The day on which the version must be in force (YYYY-MM-DD); otherwise today
help-layout-encode--municipality = 全国地方公共団体コード, five or six digits; otherwise the configuration's
help-layout-encode--values = A value that the link would give; may be repeated
help-value-name-value = NAME=VALUE
help-layout-encode--source = Read standard input by this layout, as a link's [source] does, in place of plain rows
help-layout-encode--columns = The source's column for a column of NAME, where it has another name; nothing after = leaves it empty
help-value-name-column = NAME=COLUMN
help-layout-encode--fixed = What always stands in a column of NAME that the source doesn't have
help-layout-encode--folds = Write the fold report (what was replaced or cut, line by line) to this file; it holds characters of the source
help-layout-decode = Decode a partner's bytes from standard input to UTF-8 CSV (or, with --json, JSON lines) on standard output
help-layout-decode--name = The layout
help-layout-decode--as_of = The day on which the version must be in force (YYYY-MM-DD); otherwise today
help-layout-decode--values = A value of the link by which the layout's form is chosen, e.g. 改行=cr; may be repeated. Others are not compared
help-layout-decode--quarantine = Leave out data records with wrong values of their own and keep them, unchanged, in this new file; the others pass
help-layout-ruler = Show one record of a file byte by byte, under a ruler, with hex and item names. It shows personal data
help-layout-ruler--name = The layout
help-layout-ruler--as_of = The day on which the version must be in force (YYYY-MM-DD); otherwise today
help-layout-ruler--file = The partner's file; standard input where it isn't given, or is "-"
help-layout-ruler--record = The number of the record in the file, from 1; otherwise the first data record
help-layout-ruler--values = A value of the link by which the layout's form is chosen, e.g. 改行=cr; may be repeated
help-layout-diff = Say what changed from one layout to another; exit code 1 if anything did
help-layout-diff--a = The older layout
help-value-a = A
help-layout-diff--b = The newer layout
help-value-b = B
help-layout-characters = Count what a source would need folded, by table, before it is first delivered. Code points are shown, no text
help-layout-characters--file = The source: text in UTF-8, or in UTF-16 with its byte order mark
help-layout-characters--encoding = The set that the partner takes
help-value-encoding = ENCODING
help-layout-characters--encoding--shift_jis = JIS X 0201 and JIS X 0208
help-layout-characters--encoding--cp932 = Windows-31J
help-layout-characters--encoding--jis-x-0201 = One-byte characters
help-layout-template = Print the heading of a layout's source, and under it a made-up row to overwrite
help-layout-template--name = The layout
help-layout-template--as_of = The day on which the version must be in force (YYYY-MM-DD); otherwise today
help-catalogue = The national interface list (連携一覧): which business systems exchange which files with whom; needs no configuration
help-catalogue-list = List the interfaces, one for each business, partner, direction, method, frequency and scope
help-catalogue-list--business = Only this business system, by key or name: juki, 固定資産税 …
help-catalogue-list--partner = Only this partner, by key or name: mpn, 財務会計 …
help-catalogue-list--direction = Only this way
help-value-direction = DIRECTION
help-catalogue-list--direction--out = To the partner (配信)
help-catalogue-list--direction--in = From the partner (集信)
help-catalogue-list--frequency = Only this often
help-value-frequency = FREQUENCY
help-catalogue-list--frequency--yearly = Once a year (年次)
help-catalogue-list--frequency--monthly = Once a month (月次)
help-catalogue-list--frequency--daily = Each business day (日次)
help-catalogue-list--frequency--adhoc = As it comes (随時)
help-catalogue-list--functions = A line for each function that uses an interface, as in the list itself
help-catalogue-list--csv = As CSV, for a spreadsheet
help-catalogue-show = Show everything that the list says of an interface, or of one of its rows
help-catalogue-show--id = The interface (kotei-collection-out-daily-diff), or a row's id
help-catalogue-beyond = List what goes by the database relay or at once, and so by no file, and why it is out of scope
help-coverage = Compare the configuration with the national list: served and how, left out on purpose, missing, beyond the list; exit code 1 if anything is missing
help-coverage--municipality = Another municipality that this gateway serves, by its code of six digits; otherwise its own
help-coverage--missing = Only what is missing, or both served and left out
help-coverage--html = A page for the binder, to be printed
help-explain = Say what a message means that ends with a code, and what to do; or list all codes; needs no configuration
help-explain--code = The code at the end of a message (TT-1203), or the beginning of several (TT-12); otherwise all are listed
help-demo = Deliver a made-up file to an embedded partner, and show how it arrived
help-demo--records = Records in the made-up file
help-demo--keep = Keep everything in this directory, empty or missing until now, to look around afterwards
