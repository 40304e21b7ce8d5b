//! SFTP servers as they are reported in public: each row of a table is a quirk, its source, and what must come of it.
//!
//! A new report is one row.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod scripted;

use std::fs;

use scripted::{Asked, FSTAT, LSTAT, OPEN, PLAIN, Quirk, READ, RENAME, Script, Scripted, answer, string};
use totatsu_base::Remedy;
use totatsu_transport::sftp::connect;
use totatsu_transport::{Overwrite, Phase, Progress, RenamedBy, Session, TransportError};

const OURS: &[u8] = b"these are our bytes";
const THEIRS: &[u8] = b"somebody else's";
const HARD_LINK: &str = "hardlink@openssh.com";
/// The list of OpenSSH's own sftp-server 9.x.
const OPENSSH: &[&str] = &[
    "posix-rename@openssh.com",
    "statvfs@openssh.com",
    "fstatvfs@openssh.com",
    HARD_LINK,
    "fsync@openssh.com",
    "lsetstat@openssh.com",
    "limits@openssh.com",
    "expand-path@openssh.com",
    "copy-data",
    "home-directory",
    "users-groups-by-id@openssh.com",
];

async fn session_with(server: &Scripted) -> Box<dyn Session> {
    connect(&server.settings).await.unwrap()
}

/// Sends a file, proves it, names it, finds it, fetches it and removes it.
async fn round_trip(server: &Scripted, what: &str) -> RenamedBy {
    let (ours, mut session) = (server.source(OURS), session_with(server).await);
    let (part, name, no) = (".totatsu-k7m2q9.part", "Z1213101.DTA", Progress::new());
    assert_eq!(session.stat(name).await.unwrap(), None, "{what}");
    let put = session.put(&ours, part, 0, &no).await.unwrap_or_else(|error| panic!("{what}: {error}"));
    let back = session.read_back(part, &no).await.unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!((back.bytes, back.sha256), (put.bytes, put.sha256), "{what}");
    let renamed = session.rename(part, name, Overwrite::Refuse).await;
    let renamed = renamed.unwrap_or_else(|error| panic!("{what}: {error}"));
    assert!(!server.root().join(part).exists(), "{what}");
    assert_eq!(fs::read(server.root().join(name)).unwrap(), OURS, "{what}");
    assert_eq!(session.stat(name).await.unwrap().unwrap().size, Some(OURS.len() as u64), "{what}");
    let to = ours.with_file_name("fetched");
    let brought = session.fetch(name, &to, 0, &no).await.unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!((brought.bytes, fs::read(to).unwrap().as_slice()), (put.bytes, OURS), "{what}");
    assert!(session.is_alive(), "{what}");
    assert!(session.remove(name).await.unwrap(), "{what}");
    assert_eq!(fs::read_dir(server.root()).unwrap().count(), 0, "{what}: nothing is left there");
    session.close().await;
    renamed.by
}

/// Whether it is asked about a name that isn't there.
fn is_missing(asked: &Asked<'_>) -> bool {
    asked.kind == LSTAT && !asked.path(0).exists()
}

fn bare_status(asked: &Asked<'_>, fields: &[&[u8]]) -> Vec<u8> {
    answer(101, asked.number, fields)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_goes_there_and_back_whatever_form_the_answers_have() {
    let rows: &[(&str, &str, Quirk)] = &[
        ("no quirk", "draft-ietf-secsh-filexfer-02", |_| None),
        (
            "no such file is told without words or language",
            "https://github.com/apache/mina-sshd/issues/275",
            |asked| is_missing(asked).then(|| bare_status(asked, &[&2_u32.to_be_bytes()])),
        ),
        ("statuses without a language", "https://github.com/pkg/sftp/issues/52", |asked| {
            is_missing(asked).then(|| bare_status(asked, &[&2_u32.to_be_bytes(), &string(b"No such file")]))
        }),
        ("the end of a file without words", "https://github.com/pkg/sftp/pull/124 (Cisco)", |asked| {
            (asked.kind == READ && asked.before % 2 == 1).then(|| bare_status(asked, &[&1_u32.to_be_bytes()]))
        }),
        ("bytes behind the last field", "https://github.com/mscdex/ssh2/issues/1116", |asked| {
            is_missing(asked).then(|| [asked.status(2, "No such file"), vec![7; 9]].concat())
        }),
        ("words in another encoding", "https://github.com/ronf/asyncssh/issues/224", |asked| {
            is_missing(asked)
                .then(|| bare_status(asked, &[&2_u32.to_be_bytes(), &string(b"\x83t\x83@"), &string(b"")]))
        }),
        ("a missing name is 10, no such path", "https://github.com/pkg/sftp/pull/62 (Serv-U)", |asked| {
            is_missing(asked).then(|| asked.status(10, "No such path"))
        }),
        ("a missing name is a failure", "https://github.com/hierynomus/sshj/issues/817", |asked| {
            is_missing(asked).then(|| asked.status(4, "Failure"))
        }),
        ("a missing name is an invalid name", "draft-ietf-secsh-filexfer-13, 9.1", |asked| {
            is_missing(asked).then(|| asked.status(20, ""))
        }),
        ("LSTAT is not known", "https://github.com/mscdex/ssh2/issues/805", |asked| {
            (asked.kind == LSTAT).then(|| asked.status(8, "The server does not support the operation."))
        }),
        ("FSTAT is a failure", "https://github.com/pkg/sftp/issues/288", |asked| {
            (asked.kind == FSTAT).then(|| asked.status(4, "Folder not found: c:\\xxx\\yyy.csv"))
        }),
        ("FSTAT is not known", "https://github.com/sshnet/SSH.NET/issues/154", |asked| {
            (asked.kind == FSTAT).then(|| asked.status(8, ""))
        }),
        ("FSTAT is denied", "https://github.com/theophilusx/ssh2-sftp-client/issues/330", |asked| {
            (asked.kind == FSTAT).then(|| asked.status(3, ""))
        }),
        ("neither LSTAT nor FSTAT is known", "both of the above", |asked| {
            matches!(asked.kind, LSTAT | FSTAT).then(|| asked.status(8, ""))
        }),
    ];
    for (what, _source, quirk) in rows {
        for extensions in [&[][..], &[HARD_LINK], OPENSSH] {
            let server = Scripted::start(Script { quirk: *quirk, extensions, ..PLAIN }).await;
            round_trip(&server, what).await;
        }
    }
    // Success without a word, as the same servers answer it.
    let quirk: Quirk = |asked| {
        let made = asked.kind == RENAME && fs::rename(asked.path(0), asked.path(1)).is_ok();
        made.then(|| bare_status(asked, &[&0_u32.to_be_bytes()]))
    };
    let server = Scripted::start(Script { quirk, ..PLAIN }).await;
    round_trip(&server, "success without words").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_refusal_is_told_with_its_meaning_its_number_or_its_words() {
    type Judge = fn(&TransportError) -> bool;
    // By the number, the words and what the number means there.
    let statuses: &[(u32, &str, &str, Judge)] = &[
        (4, "the door is shut", "winscp.net/eng/docs/sftp_codes", |error| {
            error.to_string().contains("the door is shut")
        }),
        (3, "", "draft-ietf-secsh-filexfer-02", |error| {
            matches!(error, TransportError::PermissionDenied { phase: Phase::Open, .. })
        }),
        (10, "", "draft-ietf-secsh-filexfer-13, 9.1: no such path", |error| {
            matches!(error, TransportError::NoSuchPath { .. })
        }),
        (11, "", "https://github.com/pgbackrest/pgbackrest/issues/2376: exists already", |error| {
            matches!(error, TransportError::AlreadyExists { .. })
        }),
        (12, "", "draft-ietf-secsh-filexfer-13, 9.1: write protected", |error| {
            matches!(error, TransportError::PermissionDenied { .. })
        }),
        (14, "", "https://github.com/paramiko/paramiko/pull/304: no space", |error| {
            error.partner_disk_full() && error.remedy() == Remedy::Retry
        }),
        (
            15,
            "17414, Server: Maximum upload file size quota",
            "https://github.com/darkoperator/Posh-SSH/issues/563",
            TransportError::partner_disk_full,
        ),
        (17, "in use", "draft-ietf-secsh-filexfer-13, 9.1: locked", |error| {
            error.to_string().contains("in use") && error.to_string().contains("17")
        }),
        (77, "so there", "none: a number that nobody knows", |error| {
            error.to_string().contains("so there") && error.to_string().contains("77")
        }),
    ];
    let answers: &[(&str, &str, Quirk, Judge)] = &[
        (
            "77, without words",
            "none: as above, from a server that sends none",
            |asked| (asked.kind == OPEN).then(|| bare_status(asked, &[&77_u32.to_be_bytes()])),
            |error| error.to_string().contains("77"),
        ),
        (
            "an answer that ends too early",
            "https://github.com/apache/mina-sshd/issues/275",
            |asked| (asked.kind == OPEN).then(|| answer(102, asked.number, &[&[0, 0, 0, 9, 1]])),
            |error| error.to_string().contains("can't be read"),
        ),
        (
            "an answer of an unknown kind",
            "none: a kind that nobody knows",
            |asked| (asked.kind == OPEN).then(|| answer(99, asked.number, &[])),
            |error| error.to_string().contains("can't be read") && error.to_string().contains("99"),
        ),
        (
            "an answer without its number",
            "none: as a broken packet is",
            |asked| (asked.kind == OPEN).then(|| vec![101, 0]),
            |error| error.to_string().contains("can't be read"),
        ),
    ];
    let statuses = statuses.iter().map(|(code, words, _source, judge)| {
        (format!("{code}, {words:?}"), Script { refusal: Some((*code, *words)), ..PLAIN }, judge)
    });
    let answers = answers
        .iter()
        .map(|(what, _source, quirk, judge)| ((*what).to_owned(), Script { quirk: *quirk, ..PLAIN }, judge));
    for (what, script, judge) in statuses.chain(answers) {
        let server = Scripted::start(script).await;
        let (ours, mut session) = (server.source(OURS), session_with(&server).await);
        let error = session.put(&ours, "no-directory/a.part", 0, &Progress::new()).await.unwrap_err();
        assert!(judge(&error), "{what}: {error}");
        assert!(!error.to_string().contains("connection was lost"), "{what}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_server_does_is_judged_by_its_extensions_and_never_by_the_name_of_its_sshd() {
    let rows: &[(&str, &str, &[&str], bool, RenamedBy)] = &[
        ("OpenSSH itself", "openssh-portable, sftp-server.c", OPENSSH, false, RenamedBy::Rename),
        ("an unknown subsystem with links", "rclone: --sftp-server", &[HARD_LINK], true, RenamedBy::HardLink),
        (
            "OpenSSH's list of 2013 to 2018, which asyncssh has too",
            "https://github.com/ronf/asyncssh",
            &[
                "posix-rename@openssh.com",
                "statvfs@openssh.com",
                "fstatvfs@openssh.com",
                HARD_LINK,
                "fsync@openssh.com",
            ],
            true,
            RenamedBy::HardLink,
        ),
        (
            "an unknown subsystem without links",
            "MySecureShell",
            &["posix-rename@openssh.com"],
            true,
            RenamedBy::Rename,
        ),
        ("nothing offered", "draft-ietf-secsh-filexfer-02", &[], true, RenamedBy::Rename),
        (
            "MySecureShell 2.0",
            "tests/matrix.rs",
            &["check-file", "fstatvfs@openssh.com", "space-available", "statvfs@openssh.com"],
            true,
            RenamedBy::Rename,
        ),
        (
            "gesftpserver 2",
            "tests/matrix.rs",
            &[
                "fstatvfs@openssh.com",
                "fsync@openssh.com",
                HARD_LINK,
                "posix-rename@openssh.com",
                "posix-rename@openssh.org",
                "space-available",
                "statfs@openssh.org",
                "statvfs@openssh.com",
                "symlink-order@rjk.greenend.org.uk",
                "vendor-id",
            ],
            true,
            RenamedBy::HardLink,
        ),
        (
            "asyncssh 2.24, which has most of OpenSSH's list and more",
            "tests/matrix.rs",
            &[
                "copy-data",
                "fstatvfs@openssh.com",
                "fsync@openssh.com",
                HARD_LINK,
                "limits@openssh.com",
                "lsetstat@openssh.com",
                "newline",
                "posix-rename@openssh.com",
                "ranges@asyncssh.com",
                "statvfs@openssh.com",
                "vendor-id",
            ],
            true,
            RenamedBy::HardLink,
        ),
    ];
    for (what, _source, extensions, rename_replaces, by) in rows {
        for software in ["SSH-2.0-OpenSSH_9.6", "SSH-2.0-mod_sftp"] {
            let extensions = *extensions;
            let script = Script { software, extensions, rename_replaces: *rename_replaces, ..PLAIN };
            let server = Scripted::start(script).await;
            assert_eq!(round_trip(&server, what).await, *by, "{what}, {software}");
        }
    }
    // The look before it doesn't see what comes between: with links, theirs is never replaced.
    fn intrude(asked: &Asked<'_>, name: usize) {
        fs::write(asked.path(name), THEIRS).unwrap();
    }
    let quirk: Quirk = |asked| {
        if asked.kind == RENAME {
            intrude(asked, 1);
        } else if asked.is_extension(HARD_LINK) {
            intrude(asked, 2);
        }
        None
    };
    let extensions = &["posix-rename@openssh.com", HARD_LINK][..];
    let software = "SSH-2.0-OpenSSH_9.6";
    let server =
        Scripted::start(Script { software, extensions, rename_replaces: true, quirk, ..PLAIN }).await;
    fs::write(server.root().join("a.part"), OURS).unwrap();
    let mut session = session_with(&server).await;
    let error = session.rename("a.part", "a", Overwrite::Refuse).await.unwrap_err();
    assert!(matches!(error, TransportError::AlreadyExists { .. }), "{error}");
    assert_eq!(fs::read(server.root().join("a")).unwrap(), THEIRS);
    assert_eq!(fs::read(server.root().join("a.part")).unwrap(), OURS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_is_acknowledged_and_never_made_is_followed_by_the_plain_rename() {
    // rclone serve sftp: pkg/sftp answers "success" to a link that its handlers don't make.
    let quirk: Quirk = |asked| asked.is_extension(HARD_LINK).then(|| asked.status(0, ""));
    let server = Scripted::start(Script { extensions: &[HARD_LINK], quirk, ..PLAIN }).await;
    assert_eq!(round_trip(&server, "no link is made").await, RenamedBy::Rename);
    // Once it was seen, no further link is asked for in the session.
    let mut session = session_with(&server).await;
    for name in ["a", "b"] {
        fs::write(server.root().join(".part"), OURS).unwrap();
        let asked = server.count(scripted::EXTENDED);
        session.rename(".part", name, Overwrite::Refuse).await.unwrap();
        let links = server.count(scripted::EXTENDED) - asked;
        assert_eq!(links, if name == "a" { 2 } else { 0 });
        assert!(!session.names_in_two_steps());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_was_made_and_taken_away_at_once_is_not_given_a_second_time() {
    // The first link is made, and the partner takes the file; or it is a lie that is told once. The two can't be told apart.
    for taken in [true, false] {
        let quirk: Quirk = if taken {
            |asked| {
                let first = asked.is_extension(HARD_LINK) && asked.fields[2] == b"a";
                first.then(|| asked.status(0, ""))
            }
        } else {
            |asked| (asked.is_extension(HARD_LINK) && asked.before == 0).then(|| asked.status(0, ""))
        };
        let server = Scripted::start(Script { extensions: &[HARD_LINK], quirk, ..PLAIN }).await;
        fs::write(server.root().join("k7.part"), OURS).unwrap();
        let mut session = session_with(&server).await;
        let error = session.rename("k7.part", "a", Overwrite::Refuse).await.unwrap_err();
        assert!(error.outcome_unknown(), "{error}");
        let left: Vec<_> =
            fs::read_dir(server.root()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["k7.part"], "the second link is taken back, the old name stays");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_where_sftp_should_begin_is_quoted_and_waits_for_a_person() {
    let rows = [
        ("Hello\n", "Hello", "https://github.com/phpseclib/phpseclib/issues/1371"),
        (
            "\u{1b}[33m Only these paths are persistent\r\n",
            "persistent",
            "https://github.com/lablup/backend.ai/issues/11772",
        ),
        ("0000:00:1f.2 SATA controller", "0000:00:1f.2", "https://github.com/ys-ll/uniterm/issues/585"),
        ("ようこそ\n", "ようこそ", "none: the same in our language"),
        (
            ".bashrc: line 98: /usr/bin/git: Argument list too long\n",
            "Argument list",
            "https://github.com/mikeizbicki/cmc-csci143/issues/738",
        ),
    ];
    for (login_script, quoted, _source) in rows {
        let server = Scripted::start(Script { login_script, ..PLAIN }).await;
        let error = connect(&server.settings).await.err().unwrap();
        assert!(error.to_string().contains(quoted), "{error}");
        assert_eq!(error.remedy(), Remedy::Hold, "{error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_server_says_before_its_version_is_passed_over() {
    // RFC 4253, section 4.2, and OpenSSH's limits: 1,024 lines, and here up to 4 KiB each.
    let long: &'static str = Box::leak(format!("{}\r\n", "-".repeat(4000)).into_boxed_str());
    let many: &'static str = Box::leak("関係者以外のアクセスを禁じます。\r\n".repeat(1024).into_boxed_str());
    for preamble in ["Authorised users only\r\n", "\n\n\n", long, many] {
        let server = Scripted::start(Script { preamble, ..PLAIN }).await;
        round_trip(&server, "a preamble").await;
    }
    let too_many: &'static str = Box::leak("no end\n".repeat(1025).into_boxed_str());
    let server = Scripted::start(Script { preamble: too_many, ..PLAIN }).await;
    let error = connect(&server.settings).await.err().unwrap();
    assert!(error.to_string().contains("no end"), "{error}");
}
