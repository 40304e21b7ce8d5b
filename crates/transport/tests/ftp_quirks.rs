//! What FTP servers say that those of this machine don't, each with where it is known from, and what must come of it.
//!
//! A new report is one row.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;

use support::ftpscript::{FtpScript, Says, ScriptedFtp};
use totatsu_base::Remedy;
use totatsu_base::evidence::Overwrite;
use totatsu_transport::ftps::{AgreedNames, connect};
use totatsu_transport::{Listing, Progress, Session, TransportError};

const DONE: &[u8] = b"226 done\r\n";
const UNKNOWN: &[u8] = b"500 unknown\r\n";

/// The names of a listing, and what it says of itself where it isn't complete.
fn told(listing: Result<Listing, TransportError>) -> String {
    match listing {
        Ok(listing) => {
            let names: Vec<&str> = listing.entries.iter().map(|entry| entry.name.as_str()).collect();
            let unusable =
                if listing.unusable > 0 { format!(" +{}", listing.unusable) } else { String::new() };
            assert_eq!(listing.complete, listing.lacking.is_none());
            let lacking = listing.lacking.map(|lacking| format!(" LACKING {lacking}")).unwrap_or_default();
            format!("[{}]{unusable}{lacking}", names.join("|"))
        }
        Err(error) => format!("ERROR {error}"),
    }
}

/// A quirk of listing the directory `out`: its source, what is said, and what the listing must tell.
type ListingRow = (&'static str, Answers, &'static [&'static str]);

fn listing_rows() -> Vec<ListingRow> {
    use Says::{Listing, Reply};
    let facts = |bytes, end| {
        vec![("FEAT", Reply(b"211-x\r\n MLST type*;\r\n211 x\r\n")), ("MLSD", Listing(bytes, end))]
    };
    vec![
        ("IIS as it comes", vec![("LIST", Listing(b"11-22-26  09:30AM  512 A.DAT\r\n", DONE))], &["[A.DAT]"]),
        ("IIS, four-digit years", vec![("LIST", Listing(b"11-22-2026  09:30AM  512 A.DAT\r\n", DONE))], &["[A.DAT]"]),
        (
            "ffftp #258: SELinux",
            vec![("LIST", Listing(b"total 4\r\n-rw-r-----. 1 grp 36 Apr 20 19:13 A.DAT\r\n", DONE))],
            &["[A.DAT]"],
        ),
        (
            "ffftp: ls in Japanese",
            vec![("LIST", Listing("合計 4\n-rw-r--r-- 1 u g 5 11月 22日 09:30 A.DAT\n".as_bytes(), DONE))],
            &["[A.DAT]"],
        ),
        (
            "VMS breaks long lines",
            vec![("LIST", Listing(b"Directory D:[X]\r\n\r\nA.DAT;1\r\n  4/15 24-FEB-2003 13:17:24 [A,B] (RWED,RWED,RE,)\r\n\r\nTotal of 1 file, 4 blocks.\r\n", DONE))],
            &["[A.DAT;1]"],
        ),
        (
            "half an entry of VMS",
            vec![("LIST", Listing(b"A.DAT;1\r\n", DONE))],
            &["[]", "LACKING", "A.DAT;1"],
        ),
        (
            "a form that nobody knows: the rest is read, the first such line is told, and escaped",
            vec![("LIST", Listing(b"-rw-r--r-- 1 u g 5 Nov 22 09:30 A.DAT\r\nA form \x1b[2J of B.DAT\r\nand C.DAT\r\n", DONE))],
            &["[A.DAT]", "LACKING", "A form \\\\u{1b}[2J of B.DAT", "MLSD"],
        ),
        (
            "ls says why instead of listing",
            vec![("LIST", Listing(b"ls: out: Permission denied\r\n", DONE))],
            &["[]", "LACKING", "ls: out: Permission denied"],
        ),
        ("a web page", vec![("LIST", Listing(b"<html>\r\n", DONE))], &["LACKING", "<html>"]),
        (
            "a line among facts that has none",
            facts(b"type=file;size=5; A.DAT\r\nB.DAT\r\n", DONE),
            &["[A.DAT]", "LACKING", "B.DAT"],
        ),
        ("aioftp: a listing ends with 200", vec![("LIST", Listing(b"11-22-26  09:30AM  512 A.DAT\r\n", b"200 list transfer done\r\n"))], &["[A.DAT]"]),
        (
            "aioftp: FEAT isn't known, facts are",
            vec![("MLST", Reply(b"250-start\r\n Type=dir;Size=4096; .\r\n250 end\r\n")), ("MLSD", Listing(b"Type=file;Size=5; A.DAT\r\n", DONE)), ("LIST", Listing(b"what only people read\r\n", DONE))],
            &["[A.DAT]"],
        ),
        (
            "FEAT isn't known, and MLST says something else",
            vec![("MLST", Reply(b"250 fine\r\n")), ("MLSD", Listing(b"what nobody reads\r\n", DONE)), ("LIST", Listing(b"11-22-26  09:30AM  512 A.DAT\r\n", DONE))],
            &["[A.DAT]"],
        ),
        ("ffftp: Vector's facts", facts(b"type=file;size=5;UNIX.mode=0644 A.DAT\r\n", DONE), &["[A.DAT]"]),
        (
            "duplicati #6005: Pure-FTPd cuts at LimitRecursion",
            facts(b"type=file;size=5; A.DAT\r\n", b"226-Options: -a -l\r\n226 Output truncated to 1 matches\r\n"),
            &["[A.DAT]", "LACKING", "Output truncated to 1 matches", "LimitRecursion"],
        ),
        (
            "the same over LIST",
            vec![("LIST", Listing(b"-rw-r--r-- 1 u g 5 Nov 22 09:30 A.DAT\r\n", b"226-Options: -a -l\r\n226 Output truncated to 1 matches\r\n"))],
            &["[A.DAT]", "LACKING", "LimitRecursion"],
        ),
        (
            "basic-ftp #273, Duet3D #882: -a is taken for a name, nothing is listed",
            vec![("LIST -a", Listing(b"", DONE)), ("LIST", Listing(b"11-22-26  09:30  512 A.DAT\r\n", DONE))],
            &["[A.DAT]"],
        ),
        (
            "basic-ftp #91, curlftpfs #9: -a is taken for a name that isn't there",
            vec![("LIST -a", Reply(b"550 No such file or directory\r\n")), ("LIST", Listing(b"11-22-26  09:30  512 A.DAT\r\n", DONE))],
            &["[A.DAT]"],
        ),
        (
            "aioftp #121: -a fails",
            vec![("LIST -a", Reply(b"451 file system error\r\n")), ("LIST", Listing(b"11-22-26  09:30  512 A.DAT\r\n", DONE))],
            &["[A.DAT]"],
        ),
        (
            "ls takes -a for a name, and says so as if it were a listing",
            vec![("LIST -a", Listing(b"ls: -a: No such file or directory\r\n", DONE)), ("LIST", Listing(b"11-22-26  09:30  512 A.DAT\r\n", DONE))],
            &["[A.DAT]"],
        ),
        ("FluentFTP #316: nothing there is an error", vec![("LIST", Reply(b"550 No files found\r\n"))], &["[]"]),
        ("nothing there is a passing error", vec![("LIST", Reply(b"450 No files found\r\n"))], &["[]"]),
        ("nothing there, said at the end", vec![("LIST", Listing(b"", b"550 No files found.\r\n"))], &["[]"]),
        ("z/OS: nothing there", vec![("LIST", Reply(b"550 No data sets found.\r\n"))], &["[]"]),
        ("no data connection for nothing", vec![("LIST", Reply(b"226 Transfer complete\r\n")), ("SIZE", Reply(b"550 out: not a plain file.\r\n")), ("RNFR", Reply(b"350 ok\r\n"))], &["[]"]),
        ("FileZilla, cyberduck #13294: facts of nothing", facts(b"", b"226 Operation successful\r\n"), &["[]"]),
        (
            "a directory that isn't there",
            vec![("LIST", Reply(b"550 out: No such file or directory\r\n"))],
            &["ERROR", "no such file or directory"],
        ),
        ("a directory that is denied", vec![("LIST", Reply(b"550 out: Permission denied\r\n"))], &["ERROR", "denies list", "550 out: Permission denied"]),
        ("MLSD is offered and refused", vec![("FEAT", Reply(b"211-x\r\n MLST type*;\r\n211 x\r\n")), ("MLSD", Reply(UNKNOWN)), ("LIST", Listing(b"11-22-26  09:30  512 A.DAT\r\n", DONE))], &["[A.DAT]"]),
        ("FluentFTP #861: a name begins with a blank", vec![("LIST", Listing(b"11-22-26  09:30AM  512  A.DAT\r\n", DONE))], &["[ A.DAT]"]),
        ("a name beyond ASCII, and no UTF8 in FEAT", vec![("LIST", Listing("11-22-26  09:30AM  512 受注.DAT\r\n".as_bytes(), DONE))], &["[] +1"]),
        ("the start is announced twice", vec![("LIST", Listing(b"11-22-26  09:30  512 A.DAT\r\n", b"125 sending\r\n226 done\r\n"))], &["[A.DAT]"]),
    ]
}

#[tokio::test]
async fn every_line_of_a_listing_and_every_word_about_it_is_accounted_for() {
    let mut wrong = Vec::new();
    for (source, answers, expected) in listing_rows() {
        let server = ScriptedFtp::start(FtpScript { answers, ..FtpScript::default() });
        let mut session = server.opened().await;
        let told = told(session.list("out").await);
        let mut missing = expected.iter().filter(|words| !told.contains(**words)).peekable();
        let lacking = told.contains("LACKING") && !expected.contains(&"LACKING");
        if missing.peek().is_some() || lacking {
            wrong.push(format!("{source}: {told}\n{}", server.heard()));
        }
        session.close().await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What must come of a row: nothing wrong, or an error of this remedy with these words.
type Outcome = Option<(Remedy, &'static str)>;
/// Requests by their beginning, and what is said to them.
type Answers = Vec<(&'static str, Says)>;

/// How a session begins: its source, the script, and the words of the error; none where it begins well.
fn opening_rows() -> Vec<(&'static str, FtpScript, Outcome)> {
    let greeting = |greeting| FtpScript { greeting, ..FtpScript::default() };
    let answers = |answers| FtpScript { answers, ..FtpScript::default() };
    let reply = |request, bytes| answers(vec![(request, Says::Reply(bytes))]);
    vec![
        ("RFC 959: 120, then 220", greeting(b"120 Service ready in 1 minute\r\n220 ready\r\n"), None),
        (
            "a greeting of many lines",
            greeting(b"220-Welcome\r\n \r\n 530 is not our code\r\n220 ready\r\n"),
            None,
        ),
        ("a greeting without words", greeting(b"220\r\n"), None),
        (
            "421 instead",
            greeting(b"421 Too many connections\r\n"),
            Some((Remedy::Retry, "421 Too many connections")),
        ),
        (
            "another protocol's server",
            greeting(b"SSH-2.0-OpenSSH_9.2\r\n"),
            Some((Remedy::Retry, "SSH-2.0-OpenSSH_9.2")),
        ),
        (
            "a second greeting",
            greeting(b"220 ready\r\n220 and ready again\r\n"),
            Some((Remedy::Retry, "a reply that was not asked for: \"220 and ready again\"")),
        ),
        (
            "browsr #26, SublimeText2-FTPSync #154",
            reply(
                "PASS",
                b"530 Sorry, the maximum number of clients (3) for this user are already connected.\r\n",
            ),
            Some((Remedy::Retry, "maximum number of clients (3)")),
        ),
        (
            "the same to USER",
            reply("USER", b"530 Sorry, you have exceeded the number of connections.\r\n"),
            Some((Remedy::Retry, "exceeded the number of connections")),
        ),
        (
            "try again later",
            reply("PASS", b"530 Server busy, try again later\r\n"),
            Some((Remedy::Retry, "try again later")),
        ),
        (
            "a wrong password",
            reply("PASS", b"530 Login incorrect.\r\n"),
            Some((Remedy::Hold, "530 Login incorrect.")),
        ),
        (
            "a lock after wrong passwords",
            reply("PASS", b"530 Too many failed attempts, try again later\r\n"),
            Some((Remedy::Hold, "failed attempts")),
        ),
        ("no password is asked for", reply("USER", b"230 in\r\n"), None),
        ("no list of extensions", reply("FEAT", b"502 no\r\n"), None),
    ]
}

#[tokio::test]
async fn a_session_begins_with_every_server_that_can_be_understood_and_else_says_what_was_said() {
    for (source, script, expected) in opening_rows() {
        let server = ScriptedFtp::start(script);
        match (connect(&server.settings()).await, expected) {
            (Ok(session), None) => session.close().await,
            (Err(error), Some((remedy, words))) => {
                assert!(error.to_string().contains(words), "{source}: {error}");
                assert_eq!(error.remedy(), remedy, "{source}: {error}");
            }
            (Ok(_), Some((_, words))) => panic!("{source}: was to fail with {words}"),
            (Err(error), None) => panic!("{source}: {error}\n{}", server.heard()),
        }
    }
}

/// Sends a file under a temporary name and gives it its own, as deliveries do.
async fn sent(session: &mut dyn Session, name: &str) -> Result<(), TransportError> {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    fs::write(&source, "contents").unwrap();
    session.put(&source, ".x.part", 0, &Progress::new()).await?;
    session.remove("never there").await?;
    session.rename(".x.part", name, Overwrite::Refuse).await.map(drop)
}

/// Quirks of servers to which a file is sent: its source, what is said, and the error; none where it arrives.
fn sending_rows() -> Vec<(&'static str, Answers, Outcome)> {
    use Says::{Passive, Reply};
    let extended = || ("FEAT", Reply(b"211-x\r\n EPSV\r\n211 x\r\n"));
    vec![
        ("a plain server", vec![], None),
        ("BSD's ftpd: SIZE says what it isn't", vec![("SIZE a.csv", Reply(b"550 a.csv: not a plain file.\r\n"))], None),
        (
            "BSD's ftpd throughout",
            vec![
                ("SIZE", Reply(b"550 x: not a plain file.\r\n")),
                ("LIST", Says::Listing(b"ls: x: No such file or directory\r\n", DONE)),
            ],
            None,
        ),
        ("SIZE is not known", vec![("SIZE", Reply(UNKNOWN))], None),
        (
            "aioftp #121: LIST -a fails",
            vec![
                ("SIZE", Reply(UNKNOWN)),
                ("RNFR a", Reply(b"550 no\r\n")),
                ("LIST -a", Reply(b"451 file system error\r\n")),
            ],
            None,
        ),
        ("cathery/sys-ftpd #7", vec![("PASV", Passive("227 127,0,0,1,P1,P2\r\n"))], None),
        ("ruby/net-ftp #16", vec![("PASV", Passive("227 Entering Passive Mode 127,0,0,1,P1,P2\r\n"))], None),
        ("aioftp #85: in two lines", vec![("PASV", Passive("227-listen socket created\r\n227 (127,0,0,1,P1,P2)\r\n"))], None),
        ("cpython #127475: PASV answered by 229", vec![("PASV", Passive("229 Extended (|||PP|)\r\n"))], None),
        ("basic-ftp #164: EPSV answered by 227", vec![extended(), ("EPSV", Passive("227 Entering Passive Mode (127,0,0,1,P1,P2).\r\n"))], None),
        ("basic-ftp #87: IBM's signs", vec![extended(), ("EPSV", Passive("229 Entering Extended Passive Mode (!!!PP!).\r\n"))], None),
        ("EPSV is offered and refused", vec![extended(), ("EPSV", Reply(b"502 not implemented\r\n"))], None),
        (
            "an address that can't be read",
            vec![("PASV", Reply(b"227 Entering Passive Mode (\r\n"))],
            Some((Remedy::Retry, "no address of a data connection can be read in \"227 Entering Passive Mode (\"")),
        ),
        (
            "FTP-Deploy-Action #302: IIS, in use",
            vec![("STOR", Reply(b"550 The process cannot access the file because it is being used by another process.\r\n"))],
            Some((Remedy::Retry, "being used by another process")),
        ),
        (
            "in use at the rename",
            vec![("RNTO", Reply(b"550 The process cannot access the file because it is being used by another process.\r\n"))],
            Some((Remedy::Retry, "being used by another process")),
        ),
        (
            "denied in words",
            vec![("STOR", Reply(b"550 Permission denied\r\n"))],
            Some((Remedy::Hold, "denies open, it says \"550 Permission denied\"")),
        ),
        (
            "refused without a reason: it isn't called denied",
            vec![("STOR", Reply(b"553 Could not create file.\r\n")), ("SIZE .x", Reply(b"550 No such file\r\n")), ("SIZE .", Reply(b"550 no\r\n")), ("RNFR .", Reply(b"350 ok\r\n"))],
            Some((Remedy::Hold, "refuses open, it says \"553 Could not create file.\"")),
        ),
        (
            "a reply too many is named before it is taken for an answer",
            vec![("DELE", Reply(b"550 No such file\r\n226 Transfer complete\r\n"))],
            Some((Remedy::Retry, "a reply that was not asked for: \"226 Transfer complete\"")),
        ),
        (
            "whether the name is taken can't be asked: the key that is named exists",
            vec![
                ("SIZE a.csv", Reply(b"550 Permission denied\r\n")),
                ("RNFR a.csv", Reply(b"550 Permission denied\r\n")),
                ("LIST -a a.csv", Reply(b"550 Permission denied\r\n")),
                ("LIST a.csv", Reply(b"550 Permission denied\r\n")),
            ],
            Some((Remedy::Hold, "same_name = \"replace\"")),
        ),
    ]
}

#[tokio::test]
async fn a_file_is_sent_to_every_server_that_can_be_understood_and_else_its_words_are_told() {
    for (source, answers, expected) in sending_rows() {
        let server = ScriptedFtp::start(FtpScript { answers, ..FtpScript::default() });
        let mut session = server.opened().await;
        match (sent(session.as_mut(), "a.csv").await, expected) {
            (Ok(()), None) => {
                assert_eq!(server.file(b"a.csv").as_deref(), Some(&b"contents"[..]), "{source}")
            }
            (Err(error), Some((remedy, words))) => {
                assert!(error.to_string().contains(words), "{source}: {error}\n{}", server.heard());
                assert_eq!(error.remedy(), remedy, "{source}: {error}");
                assert!(!error.outcome_unknown() || words.contains("used"), "{source}: {error}");
            }
            (Ok(()), Some((_, words))) => panic!("{source}: was to fail with {words}"),
            (Err(error), None) => panic!("{source}: {error}\n{}", server.heard()),
        }
    }
}

#[tokio::test]
async fn a_name_beyond_ascii_goes_out_and_comes_in_by_the_agreed_encoding_alone() {
    for (features, agreed, bytes) in [
        (&[][..], None, None),
        (&["SIZE"], None, None),
        (&["UTF8"], None, Some("表.csv".as_bytes())),
        (&[], Some(AgreedNames::Utf8), Some("表.csv".as_bytes())),
        (&[], Some(AgreedNames::ShiftJis), Some(&b"\x95\x5c.csv"[..])),
        (&["UTF8"], Some(AgreedNames::ShiftJis), Some(b"\x95\x5c.csv")),
        (&[], Some(AgreedNames::EucJp), Some(b"\xc9\xbd.csv")),
    ] {
        let server = ScriptedFtp::start(FtpScript { features, ..FtpScript::default() });
        let mut settings = server.settings();
        settings.names = agreed;
        let mut session = connect(&settings).await.unwrap();
        let sent = sent(session.as_mut(), "表.csv").await;
        let Some(bytes) = bytes else {
            let error = sent.unwrap_err();
            assert!(error.to_string().contains("profile.names"), "{error}");
            assert_eq!(error.remedy(), Remedy::Hold);
            assert!(server.heard_bytes().iter().all(|request| request.is_ascii()));
            continue;
        };
        sent.unwrap();
        assert_eq!(server.file(bytes).as_deref(), Some(&b"contents"[..]), "{agreed:?}\n{}", server.heard());
        let listing = session.list("").await.unwrap();
        assert_eq!(listing.entries[0].name, "表.csv");
        assert_eq!(session.read_small("表.csv", 100).await.unwrap(), b"contents");
        assert!(session.remove("表.csv").await.unwrap());
        session.close().await;
    }
}

#[tokio::test]
async fn a_character_that_the_agreed_encoding_lacks_is_named_and_nothing_is_sent() {
    let server = ScriptedFtp::start(FtpScript::default());
    let mut settings = server.settings();
    settings.names = Some(AgreedNames::ShiftJis);
    let mut session = connect(&settings).await.unwrap();
    let error = session.stat("𠮷.csv").await.unwrap_err().to_string();
    assert!(error.contains("'𠮷'") && error.contains("profile.names"), "{error}");
    assert!(session.is_alive());
}

#[tokio::test]
async fn a_file_whose_name_begins_with_a_blank_is_listed_fetched_and_removed_under_its_own_name() {
    let files = vec![(&b"out/ a.DAT"[..], &b"with a blank"[..]), (b"out/a.DAT", b"without")];
    let server = ScriptedFtp::start(FtpScript { files, ..FtpScript::default() });
    let mut session = server.opened().await;
    let listing = session.list("out").await.unwrap();
    assert!(listing.find(" a.DAT").is_some() && listing.find("a.DAT").is_some());
    assert_eq!(session.read_small("out/ a.DAT", 100).await.unwrap(), b"with a blank");
    assert!(session.remove("out/ a.DAT").await.unwrap());
    assert_eq!((server.file(b"out/ a.DAT"), server.file(b"out/a.DAT")), (None, Some(b"without".to_vec())));
}
