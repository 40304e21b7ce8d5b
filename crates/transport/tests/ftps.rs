//! What the FTPS transport promises, tried against the FTP servers of Debian, each as it comes.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::time::Duration;

use support::disk::SmallDisk;
use support::ftp::{FtpServer, Wishes, opened, refused, source};
use support::partners::pattern;
use support::proftpd::proftpd;
use support::promises;
use support::pureftpd::pureftpd;
use support::vsftpd::vsftpd;
use tokio::task::JoinHandle;
use totatsu_base::evidence::Overwrite;
use totatsu_base::{Remedy, Sha256};
use totatsu_transport::ftps::{AgreedNames, FtpsSettings, connect};
use totatsu_transport::{
    MinimumThroughput, Phase, Progress, ReadBy, RenamedBy, Session, Synced, TransportError,
};

const MIB: usize = 1024 * 1024;

async fn delivers_bytes_equal(server: FtpServer, by: ReadBy) {
    let mut session = opened(&server).await;
    let sizes = [0, 1, 64 * 1024, 64 * 1024 + 1, 32 * MIB];
    let synced = promises::delivers_bytes_equal(session.as_mut(), &server.root, sizes, by).await;
    let synced = synced.unwrap_or_else(|error| panic!("{error}\n{}", server.log()));
    assert_eq!(synced, [Synced::NotOffered; 5]);
    // Nothing is made of line ends.
    let lines = server.folder.path().join("lines");
    fs::write(&lines, "a\nb\r\nc\r").unwrap();
    session.put(&lines, "lines", 0, &Progress::new()).await.unwrap();
    assert_eq!(fs::read(server.root.join("lines")).unwrap(), b"a\nb\r\nc\r");
    assert_eq!(session.read_small("lines", 8).await.unwrap(), b"a\nb\r\nc\r");
    assert!(session.is_alive());
    session.close().await;
}

#[tokio::test]
#[cfg_attr(not(have_vsftpd), ignore = "needs vsftpd: run scripts/test, which unpacks it")]
async fn vsftpd_holds_exactly_the_bytes_that_were_sent() {
    delivers_bytes_equal(vsftpd(Wishes::default()), ReadBy::Us).await;
}

#[tokio::test]
#[cfg_attr(not(have_proftpd), ignore = "needs ProFTPD: run scripts/test, which unpacks it")]
async fn proftpd_holds_exactly_the_bytes_that_were_sent() {
    delivers_bytes_equal(proftpd(Wishes::default()), ReadBy::Partner).await;
}

#[tokio::test]
#[cfg_attr(not(have_proftpd), ignore = "needs ProFTPD: run scripts/test, which unpacks it")]
async fn proftpd_with_implicit_tls_holds_exactly_the_bytes_that_were_sent() {
    delivers_bytes_equal(proftpd(Wishes { implicit: true, ..Wishes::default() }), ReadBy::Partner).await;
}

#[tokio::test]
#[cfg_attr(not(have_vsftpd), ignore = "needs vsftpd: run scripts/test, which unpacks it")]
async fn vsftpd_with_implicit_tls_holds_exactly_the_bytes_that_were_sent() {
    delivers_bytes_equal(vsftpd(Wishes { implicit: true, ..Wishes::default() }), ReadBy::Us).await;
}

#[tokio::test]
#[cfg_attr(not(all(have_pureftpd, have_root)), ignore = "needs Pure-FTPd and root: run scripts/test as root")]
async fn pureftpd_holds_exactly_the_bytes_that_were_sent() {
    delivers_bytes_equal(pureftpd(Wishes::default()), ReadBy::Us).await;
}

#[tokio::test]
#[cfg_attr(not(have_vsftpd), ignore = "needs vsftpd: run scripts/test, which unpacks it")]
async fn bytes_arrive_over_ipv6_too() {
    delivers_bytes_equal(vsftpd(Wishes { ipv6: true, ..Wishes::default() }), ReadBy::Us).await;
}

#[tokio::test]
#[cfg_attr(not(have_vsftpd), ignore = "needs vsftpd: run scripts/test, which unpacks it")]
async fn bytes_arrive_over_tls_1_3_from_a_server_that_demands_session_reuse() {
    delivers_bytes_equal(vsftpd(Wishes { tls13: true, ..Wishes::default() }), ReadBy::Us).await;
}

#[tokio::test]
#[cfg_attr(not(have_vsftpd), ignore = "needs vsftpd: run scripts/test, which unpacks it")]
async fn bytes_arrive_in_cleartext_where_that_is_asked_for() {
    delivers_bytes_equal(vsftpd(Wishes { cleartext: true, ..Wishes::default() }), ReadBy::Us).await;
}

/// One promise, tried against each of the servers.
macro_rules! at_each_server {
    ($promise:ident: $vsftpd:ident, $proftpd:ident, $pureftpd:ident) => {
        #[tokio::test]
        #[cfg_attr(not(have_vsftpd), ignore = "needs vsftpd: run scripts/test, which unpacks it")]
        async fn $vsftpd() {
            $promise(vsftpd).await;
        }

        #[tokio::test]
        #[cfg_attr(not(have_proftpd), ignore = "needs ProFTPD: run scripts/test, which unpacks it")]
        async fn $proftpd() {
            $promise(proftpd).await;
        }

        #[tokio::test]
        #[cfg_attr(
            not(all(have_pureftpd, have_root)),
            ignore = "needs Pure-FTPd and root: run scripts/test as root"
        )]
        async fn $pureftpd() {
            $promise(pureftpd).await;
        }
    };
}

type Start = fn(Wishes) -> FtpServer;

async fn keeps_existing_files(start: Start) {
    let server = start(Wishes::default());
    let (mut session, source) = (opened(&server).await, source(&server, 1000));
    promises::keeps_existing_files(session.as_mut(), &server.root, &source, RenamedBy::Rename).await;
    session.close().await;
}

at_each_server!(keeps_existing_files:
    an_existing_file_at_vsftpd_is_never_replaced,
    an_existing_file_at_proftpd_is_never_replaced,
    an_existing_file_at_pureftpd_is_never_replaced);

#[tokio::test]
#[cfg_attr(not(have_vsftpd), ignore = "needs vsftpd: run scripts/test, which unpacks it")]
async fn a_name_beyond_ascii_waits_until_its_encoding_is_agreed_where_vsftpd_offers_none() {
    let lines = vec!["utf8_filesystem=NO".to_owned()];
    let server = vsftpd(Wishes { lines, ..Wishes::default() });
    let mut session = opened(&server).await;
    session.put(&source(&server, 1000), ".ours.part", 0, &Progress::new()).await.unwrap();
    let error = session.rename(".ours.part", "受注.csv", Overwrite::Refuse).await.unwrap_err();
    assert!(error.to_string().contains("profile.names"), "{error}");
    let mut settings = server.settings();
    settings.names = Some(AgreedNames::ShiftJis);
    let mut session = connect(&settings).await.unwrap();
    session.rename(".ours.part", "表.csv", Overwrite::Refuse).await.unwrap();
    let there = fs::read_dir(&server.root).unwrap().map(|entry| entry.unwrap().file_name());
    let bytes: Vec<Vec<u8>> = there.map(std::os::unix::ffi::OsStringExt::into_vec).collect();
    assert_eq!(bytes, [b"\x95\x5c.csv"]);
    assert!(session.list("").await.unwrap().find("表.csv").is_some());
}

async fn replaces_where_asked_to(start: Start) {
    let server = start(Wishes::default());
    let (mut session, source) = (opened(&server).await, source(&server, 1000));
    promises::replaces_where_asked_to(session.as_mut(), &server.root, &source).await;
}

at_each_server!(replaces_where_asked_to:
    vsftpd_replaces_a_file_where_it_is_asked_to,
    proftpd_replaces_a_file_where_it_is_asked_to,
    pureftpd_replaces_a_file_where_it_is_asked_to);

async fn tells_what_stands_under_a_name(start: Start) {
    let server = start(Wishes::default());
    fs::write(server.root.join(".hidden.part"), "123").unwrap();
    fs::write(server.root.join("a name [with] * signs"), "1").unwrap();
    fs::create_dir(server.root.join("full")).unwrap();
    fs::write(server.root.join("full/full"), "1").unwrap();
    std::os::unix::fs::symlink("nowhere", server.root.join("link")).unwrap();
    let mut session = opened(&server).await;
    promises::tells_what_stands_under_a_name(session.as_mut(), &server.root).await;
    assert_eq!(session.stat(".hidden.part").await.unwrap().unwrap().size, Some(3));
    assert_eq!(session.stat("a name [with] * signs").await.unwrap().unwrap().size, Some(1));
    assert!(session.stat("full").await.unwrap().is_some());
    assert!(session.stat(".").await.unwrap().is_some());
    let pattern = session.stat("*").await;
    assert!(matches!(pattern, Ok(None) | Err(TransportError::Refused { .. })), "{pattern:?}");
    assert_eq!(session.stat("directory/nothing").await.unwrap(), None);
    println!("{}", session.peer().software);
    let hides_links = session.peer().software.contains("ProFTPD");
    assert_eq!(session.stat("link").await.unwrap().is_none(), hides_links, "a link that leads nowhere");
    println!("a name in no directory: {:?}", session.stat("no-directory/nothing").await);
    assert_eq!(session.free_space(".").await.unwrap(), None);
    assert!(session.is_alive());
}

at_each_server!(tells_what_stands_under_a_name:
    vsftpd_tells_what_stands_under_a_name,
    proftpd_tells_what_stands_under_a_name,
    pureftpd_tells_what_stands_under_a_name);

async fn names_what_is_missing(start: Start) {
    let server = start(Wishes::default());
    let (mut session, source) = (opened(&server).await, source(&server, 1));
    promises::names_what_is_missing(session.as_mut(), &source).await;
    let error = session.stat("a\r\nDELE a.part").await.unwrap_err();
    assert!(matches!(error, TransportError::Unsupported { .. }), "{error}");
    assert!(server.root.join("a.part").exists(), "a name is never a second command");
    assert!(session.is_alive(), "a refusal does not end the session");
}

at_each_server!(names_what_is_missing:
    vsftpd_names_what_is_missing,
    proftpd_names_what_is_missing,
    pureftpd_names_what_is_missing);

#[tokio::test]
#[cfg_attr(not(have_vsftpd), ignore = "needs vsftpd: run scripts/test, which unpacks it")]
async fn a_partner_that_lets_us_only_read_denies_and_says_so() {
    let server = vsftpd(Wishes { lines: vec!["write_enable=NO".to_owned()], ..Wishes::default() });
    fs::write(server.root.join("a.part"), "a").unwrap();
    let mut session = opened(&server).await;
    let error = session.put(&source(&server, 1), "b.part", 0, &Progress::new()).await.unwrap_err();
    assert!(matches!(error, TransportError::Refused { phase: Phase::Open, .. }), "{error}");
    let error = session.rename("a.part", "a", Overwrite::Refuse).await.unwrap_err();
    assert!(error.is_refusal(), "{error}");
    let error = session.remove("a.part").await.unwrap_err();
    assert!(matches!(error, TransportError::Refused { phase: Phase::Remove, .. }), "{error}");
    assert_eq!(error.remedy(), Remedy::Hold);
    assert!(session.is_alive());
}

#[tokio::test]
#[cfg_attr(not(have_proftpd), ignore = "needs ProFTPD: run scripts/test, which unpacks it")]
async fn a_name_that_cant_be_looked_at_is_never_renamed_onto() {
    let lines = "<Limit MLST SIZE LIST STAT RNFR>\nDenyAll\n</Limit>".to_owned();
    let server = proftpd(Wishes { lines: vec![lines], ..Wishes::default() });
    let mut session = opened(&server).await;
    fs::write(server.root.join("theirs"), "untouched").unwrap();
    session.put(&source(&server, 1), "a.part", 0, &Progress::new()).await.unwrap();
    let error = session.stat("theirs").await.unwrap_err();
    assert!(error.is_refusal(), "{error}");
    let error = session.rename("a.part", "theirs", Overwrite::Refuse).await.unwrap_err();
    assert!(matches!(error, TransportError::Unsupported { .. }), "{error}");
    assert_eq!(fs::read(server.root.join("theirs")).unwrap(), b"untouched");
}

async fn names_a_full_disk(start: Start) {
    let disk = SmallDisk::mount(4);
    let server = start(Wishes { root: Some(disk.path().to_owned()), ..Wishes::default() });
    let mut session = opened(&server).await;
    let (large, small) = (source(&server, 8 * MIB), source(&server, MIB));
    let error = promises::names_a_full_disk(session.as_mut(), &large, &small).await;
    println!("{}: a full disk: {error}", session.peer().software);
}

#[tokio::test]
#[cfg_attr(
    not(all(have_vsftpd, have_proftpd, have_pureftpd, have_root)),
    ignore = "needs the FTP servers and the right to mount: run scripts/test as root"
)]
async fn a_full_disk_at_the_partner_is_told_in_its_own_words() {
    names_a_full_disk(vsftpd).await;
    names_a_full_disk(proftpd).await;
    names_a_full_disk(pureftpd).await;
}

#[tokio::test]
#[cfg_attr(not(have_vsftpd), ignore = "needs vsftpd: run scripts/test, which unpacks it")]
async fn data_connections_go_to_the_partners_host_whatever_address_it_names() {
    let server = vsftpd(Wishes { passive_address: Some("203.0.113.9"), ..Wishes::default() });
    for extended in [None, Some(true), Some(false)] {
        let mut settings = server.settings();
        settings.passive.extended = extended;
        let mut session = connect(&settings).await.unwrap();
        let name = format!("{extended:?}");
        session.put(&source(&server, 1000), &name, 0, &Progress::new()).await.unwrap();
    }
    let mut settings = server.settings();
    settings.passive.extended = Some(false);
    settings.passive.same_host = false;
    settings.deadlines.connect = Duration::from_millis(500);
    settings.deadlines.open = Duration::from_secs(2);
    let mut session = connect(&settings).await.unwrap();
    let error = session.put(&source(&server, 1000), "a", 0, &Progress::new()).await.unwrap_err();
    assert_eq!(error.remedy(), Remedy::Retry);
    assert!(!session.is_alive(), "{error}");
}

#[tokio::test]
#[cfg_attr(not(have_proftpd), ignore = "needs ProFTPD: run scripts/test, which unpacks it")]
async fn logins_side_by_side_do_not_disturb_one_another() {
    let server = proftpd(Wishes::default());
    let (mut one, mut other) = (opened(&server).await, opened(&server).await);
    for n in 0..4 {
        let source = source(&server, 1000);
        one.put(&source, &format!("one-{n}"), 0, &Progress::new()).await.unwrap();
        other.put(&source, &format!("other-{n}"), 0, &Progress::new()).await.unwrap();
    }
}

/// Starts an upload that takes a while, and returns once the first MiB has gone.
async fn upload_under_way(
    server: &FtpServer,
    settings: &FtpsSettings,
) -> JoinHandle<(TransportError, Box<dyn Session>)> {
    let source = promises::large(server.folder.path(), 1024 * MIB);
    promises::upload_under_way(connect(settings).await.unwrap(), source, MIB).await
}

async fn notices_a_killed_server(start: Start) {
    let mut server = start(Wishes::default());
    let settings = server.settings();
    let upload = upload_under_way(&server, &settings).await;
    server.kill();
    let (error, session) = upload.await.unwrap();
    assert!(matches!(error, TransportError::Lost { .. }), "{error}");
    assert!(error.outcome_unknown() && !session.is_alive());
    assert_eq!(error.remedy(), Remedy::Retry);
    assert!(matches!(refused(&settings).await, TransportError::Unreachable { .. }));
}

at_each_server!(notices_a_killed_server:
    vsftpd_killed_under_way_is_noticed_at_once,
    proftpd_killed_under_way_is_noticed_at_once,
    pureftpd_killed_under_way_is_noticed_at_once);

async fn times_out_on_a_silent_server(start: Start) {
    let server = start(Wishes::default());
    let mut settings = server.settings();
    settings.deadlines.write = Duration::from_secs(1);
    let upload = upload_under_way(&server, &settings).await;
    server.freeze_sessions();
    let (error, session) = upload.await.unwrap();
    assert!(matches!(error, TransportError::TimedOut { phase: Phase::Write, .. }), "{error}");
    assert!(error.outcome_unknown() && !session.is_alive());
}

at_each_server!(times_out_on_a_silent_server:
    vsftpd_falling_silent_under_way_times_out,
    proftpd_falling_silent_under_way_times_out,
    pureftpd_falling_silent_under_way_times_out);

#[tokio::test]
#[cfg_attr(not(have_proftpd), ignore = "needs ProFTPD: run scripts/test, which unpacks it")]
async fn a_session_that_owes_an_answer_is_not_used_again() {
    let server = proftpd(Wishes::default());
    let mut settings = server.settings();
    settings.deadlines.stat = Duration::from_millis(300);
    let mut session = connect(&settings).await.unwrap();
    promises::is_not_used_again_when_it_owes_an_answer(session.as_mut(), || server.freeze_sessions()).await;
}

#[tokio::test]
#[cfg_attr(not(have_vsftpd), ignore = "needs vsftpd: run scripts/test, which unpacks it")]
async fn an_upload_slower_than_the_minimum_is_given_up() {
    let server = vsftpd(Wishes { lines: vec!["anon_max_rate=100000".to_owned()], ..Wishes::default() });
    let mut settings = server.settings();
    settings.minimum_throughput =
        MinimumThroughput { bytes_per_second: 50_000_000, window: Duration::from_secs(1) };
    let mut session = connect(&settings).await.unwrap();
    promises::gives_up_a_slow_upload(session.as_mut(), &source(&server, 32 * MIB)).await;
}

#[tokio::test]
#[cfg_attr(not(have_proftpd), ignore = "needs ProFTPD: run scripts/test, which unpacks it")]
async fn an_own_file_that_is_missing_is_our_own_affair() {
    let server = proftpd(Wishes::default());
    promises::names_an_own_file_that_is_missing(opened(&server).await.as_mut()).await;
}

#[tokio::test]
#[cfg_attr(not(have_vsftpd), ignore = "needs vsftpd: run scripts/test, which unpacks it")]
async fn an_own_file_that_changes_under_way_is_not_called_sent() {
    let server = vsftpd(Wishes { lines: vec!["anon_max_rate=20000000".to_owned()], ..Wishes::default() });
    let source = source(&server, 32 * MIB);
    let mut growing = fs::OpenOptions::new().append(true).mode(0o600).open(&source).unwrap();
    let upload = promises::upload_under_way(opened(&server).await, source, 1).await;
    growing.write_all(b"more").unwrap();
    let (error, mut session) = upload.await.unwrap();
    assert!(matches!(error, TransportError::OwnFileChanged { .. }), "{error}");
    assert_eq!(error.remedy(), Remedy::Hold);
    assert!(session.stat("large.part").await.unwrap().is_some(), "the session is well");
}

#[tokio::test]
#[cfg_attr(not(have_proftpd), ignore = "needs ProFTPD: run scripts/test, which unpacks it")]
async fn a_small_file_that_is_too_long_is_not_read_to_its_end() {
    let server = proftpd(Wishes::default());
    fs::write(server.root.join("ack"), pattern(8 * MIB)).unwrap();
    let mut session = opened(&server).await;
    let error = session.read_small("ack", 1000).await.unwrap_err();
    assert!(matches!(error, TransportError::TooLong { limit: 1000, .. }), "{error}");
    assert!(!session.is_alive(), "how many replies follow is not known");
}

/// Gives an upload up half-way, and looks at what the server has of it.
async fn notices_a_truncated_upload(start: Start) {
    let server = start(Wishes::default());
    let source = promises::large(server.folder.path(), 1024 * MIB);
    promises::is_given_up_half_way(opened(&server).await, &source, MIB).await;
    let mut session = opened(&server).await;
    let (sha256, size) = Sha256::of_file(&source).unwrap();
    match session.read_back("large.part", &Progress::new()).await {
        Ok(back) => assert!(back.bytes < size && back.sha256 != sha256, "{} of {size}", back.bytes),
        Err(error) => assert!(matches!(error, TransportError::NoSuchPath { .. }), "{error}"),
    }
}

at_each_server!(notices_a_truncated_upload:
    an_upload_that_vsftpd_has_in_part_is_noticed,
    an_upload_that_proftpd_has_in_part_is_noticed,
    an_upload_that_pureftpd_has_in_part_is_noticed);

#[tokio::test]
#[cfg_attr(not(have_proftpd), ignore = "needs ProFTPD: run scripts/test, which unpacks it")]
async fn a_part_that_the_server_wont_continue_is_appended_to_or_sent_anew() {
    let cases: [&[&str]; 3] =
        [&["AllowStoreRestart off"], &["AllowStoreRestart off", "AllowOverwrite off"], &["HiddenStores on"]];
    for lines in cases {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let server = proftpd(Wishes { lines: lines.clone(), ..Wishes::default() });
        let mut session = opened(&server).await;
        let whole = pattern(300_000);
        fs::write(server.root.join("a.part"), &whole[..100_000]).unwrap();
        let progress = Progress::new();
        let put = session.put(&source(&server, 300_000), "a.part", 100_000, &progress).await;
        let put = put.unwrap_or_else(|error| panic!("{lines:?}: {error}\n{}", server.log()));
        assert_eq!((put.bytes, put.sha256), (300_000, Sha256::of(&whole)), "{lines:?}");
        assert!(fs::read(server.root.join("a.part")).unwrap() == whole, "{lines:?}");
        assert_eq!(progress.done(), 300_000);
        assert!(session.is_alive());
    }
}

#[tokio::test]
#[cfg_attr(not(have_proftpd), ignore = "needs ProFTPD: run scripts/test, which unpacks it")]
async fn over_tls_1_3_a_server_that_hands_out_too_few_tickets_is_told_as_a_failure_to_be_tried_again() {
    let server = proftpd(Wishes { tls13: true, ..Wishes::default() });
    let mut session = opened(&server).await;
    let source = source(&server, 1000);
    for n in 0..2 {
        session.put(&source, &format!("file-{n}"), 0, &Progress::new()).await.unwrap();
    }
    let error = session.put(&source, "file-2", 0, &Progress::new()).await.unwrap_err();
    println!("{error}");
    assert_eq!(error.remedy(), Remedy::Retry);
    let mut session = opened(&server).await;
    session.remove("file-2").await.unwrap();
    session.put(&source, "file-2", 0, &Progress::new()).await.unwrap();
}
