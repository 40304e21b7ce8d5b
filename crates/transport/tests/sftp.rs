//! What the SFTP transport promises, tried against OpenSSH's own server and against the demo's embedded partner.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use support::disk::SmallDisk;
use support::embedded::Manners;
use support::partners::{Partner, embedded, of_sshd, opened, openssh, pattern, refused};
use support::promises;
use support::sshd::{Options, Sshd};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinHandle;
use totatsu_base::evidence::Overwrite;
use totatsu_base::{Remedy, Sha256};
use totatsu_transport::sftp::{MinimumThroughput, SftpSettings, connect};
use totatsu_transport::{FileKind, Phase, Progress, ReadBy, RenamedBy, Session, Synced, TransportError};

const MIB: usize = 1024 * 1024;

/// One promise, tried against OpenSSH's own server and the demo's embedded partner.
macro_rules! at_each_partner {
    ($promise:ident: $openssh:ident, $embedded:ident) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        #[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
        async fn $openssh() {
            $promise(openssh(Options::default())).await;
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $embedded() {
            $promise(embedded(Manners::default())).await;
        }
    };
}

async fn delivers_bytes_equal(partner: Partner) {
    let mut session = opened(&partner).await;
    let sizes = [0, 1, 32 * 1024, 32 * 1024 + 1, 64 * MIB];
    promises::delivers_bytes_equal(session.as_mut(), &partner.root, sizes, ReadBy::Us).await.unwrap();
    session.close().await;
}

at_each_partner!(delivers_bytes_equal:
    openssh_holds_exactly_the_bytes_that_were_sent,
    the_embedded_partner_holds_exactly_the_bytes_that_were_sent);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_without_extensions_holds_exactly_the_bytes_that_were_sent() {
    delivers_bytes_equal(embedded(Manners { extensions: false, rename_replaces: true })).await;
}

async fn keeps_existing_files(partner: Partner, by: RenamedBy) {
    let mut session = opened(&partner).await;
    promises::keeps_existing_files(session.as_mut(), &partner.root, &partner.source(1000), by).await;
    session.close().await;
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn an_existing_file_at_openssh_is_never_replaced() {
    keeps_existing_files(openssh(Options::default()), RenamedBy::Rename).await;
    let without_links = Options { sftp_arguments: "-P hardlink".to_owned(), ..Options::default() };
    keeps_existing_files(openssh(without_links), RenamedBy::Rename).await;
}

#[tokio::test]
async fn an_existing_file_is_not_replaced_even_where_a_plain_rename_would() {
    keeps_existing_files(embedded(Manners::default()), RenamedBy::HardLink).await;
    let replacing = Manners { extensions: false, rename_replaces: true };
    keeps_existing_files(embedded(replacing), RenamedBy::Rename).await;
    let polite = Manners { extensions: false, rename_replaces: false };
    keeps_existing_files(embedded(polite), RenamedBy::Rename).await;
}

async fn replaces_in_one_instant(partner: Partner) {
    let mut session = opened(&partner).await;
    promises::replaces_where_asked_to(session.as_mut(), &partner.root, &partner.source(1000)).await;
}

at_each_partner!(replaces_in_one_instant:
    openssh_replaces_a_file_in_one_instant_where_it_is_asked_to,
    the_embedded_partner_replaces_a_file_in_one_instant_where_it_is_asked_to);

#[tokio::test]
async fn replacing_is_refused_where_the_partner_cant_do_it_in_one_instant() {
    let partner = embedded(Manners { extensions: false, rename_replaces: true });
    fs::write(partner.root.join("a"), "a").unwrap();
    fs::write(partner.root.join("b"), "b").unwrap();
    let mut session = opened(&partner).await;
    let error = session.rename("a", "b", Overwrite::Atomic).await.unwrap_err();
    assert!(matches!(error, TransportError::Unsupported { .. }), "{error}");
    assert_eq!(fs::read(partner.root.join("b")).unwrap(), b"b");
}

async fn tells_what_stands_under_a_name(partner: Partner) {
    std::os::unix::fs::symlink("nowhere", partner.root.join("link")).unwrap();
    let mut session = opened(&partner).await;
    promises::tells_what_stands_under_a_name(session.as_mut(), &partner.root).await;
    assert_eq!(session.stat("link").await.unwrap().unwrap().kind, FileKind::Link);
    assert_eq!(session.stat("no-directory/nothing").await.unwrap(), None);
    assert!(session.free_space(".").await.unwrap().unwrap() > 0);
    assert!(session.is_alive());
}

at_each_partner!(tells_what_stands_under_a_name:
    openssh_tells_what_stands_under_a_name,
    the_embedded_partner_tells_what_stands_under_a_name);

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_put_says_whether_the_partner_synced_the_bytes() {
    for (arguments, synced) in [("", Synced::Yes), ("-P fsync,limits,statvfs", Synced::NotOffered)] {
        let partner = openssh(Options { sftp_arguments: arguments.to_owned(), ..Options::default() });
        let mut session = opened(&partner).await;
        let put = session.put(&partner.source(100_000), "a", 0, &Progress::new()).await.unwrap();
        assert_eq!(put.synced, synced);
        assert_eq!(session.free_space(".").await.unwrap().is_some(), synced == Synced::Yes);
    }
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn the_peer_is_told_as_it_showed_itself() {
    let partner = openssh(Options::default());
    let session = opened(&partner).await;
    let peer = session.peer();
    assert!(peer.software.starts_with("SSH-2.0-OpenSSH"), "{peer:?}");
    assert_eq!(peer.host_key, partner.settings.host_keys[0].fingerprint());
    assert!(peer.authenticated_by.starts_with("publickey SHA256:"));
    assert!(peer.extensions.iter().any(|name| name == "fsync@openssh.com"));
    assert!(!peer.cipher.is_empty() && !peer.key_exchange.is_empty());
    let text = serde_json::to_string(peer).unwrap();
    assert_eq!(&serde_json::from_str::<totatsu_base::evidence::Peer>(&text).unwrap(), peer);
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_unreachable() {
    let mut settings = SftpSettings::new("127.0.0.1", 1, "nobody");
    settings.deadlines.connect = Duration::from_secs(5);
    let error = refused(&settings).await;
    assert!(matches!(error, TransportError::Unreachable { .. }), "{error}");
    assert!(error.to_string().contains("127.0.0.1:1"));
}

#[tokio::test]
async fn a_server_that_never_greets_times_out() {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let mut settings = SftpSettings::new("127.0.0.1", listener.local_addr().unwrap().port(), "nobody");
    settings.deadlines.handshake = Duration::from_millis(300);
    let connecting = tokio::spawn(async move { refused(&settings).await });
    let (mut silent, _) = listener.accept().await.unwrap();
    let error = connecting.await.unwrap();
    assert!(matches!(error, TransportError::TimedOut { phase: Phase::Handshake, .. }), "{error}");
    let mut greeting = Vec::new();
    silent.read_to_end(&mut greeting).await.unwrap();
    assert!(greeting.starts_with(b"SSH-2.0-"), "the connection is closed when it is given up");
}

async fn misses_a_directory(partner: Partner) {
    promises::names_what_is_missing(opened(&partner).await.as_mut(), &partner.source(1)).await;
}

at_each_partner!(misses_a_directory:
    openssh_names_what_is_missing,
    the_embedded_partner_names_what_is_missing);

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_partner_that_lets_us_only_read_denies_and_says_so() {
    let partner = openssh(Options { sftp_arguments: "-R".to_owned(), ..Options::default() });
    fs::write(partner.root.join("a.tmp"), "a").unwrap();
    let mut session = opened(&partner).await;
    let error = session.put(&partner.source(1), "b.tmp", 0, &Progress::new()).await.unwrap_err();
    assert!(matches!(error, TransportError::PermissionDenied { phase: Phase::Open, .. }), "{error}");
    let error = session.rename("a.tmp", "a", Overwrite::Refuse).await.unwrap_err();
    assert!(matches!(error, TransportError::PermissionDenied { phase: Phase::Rename, .. }), "{error}");
    let error = session.remove("a.tmp").await.unwrap_err();
    assert!(matches!(error, TransportError::PermissionDenied { phase: Phase::Remove, .. }), "{error}");
    assert_eq!(error.remedy(), Remedy::Hold);
    assert!(session.is_alive());
}

#[tokio::test]
async fn the_embedded_partner_denies_what_lies_outside() {
    let partner = embedded(Manners::default());
    fs::write(partner.folder.path().join("secret"), "s").unwrap();
    std::os::unix::fs::symlink(partner.folder.path(), partner.root.join("way-out")).unwrap();
    std::os::unix::fs::symlink(partner.folder.path().join("secret"), partner.root.join("peek")).unwrap();
    let mut session = opened(&partner).await;
    for path in ["../secret", "way-out/secret", "/in/../../secret"] {
        let error = session.read_back(path, &Progress::new()).await.unwrap_err();
        assert!(matches!(error, TransportError::PermissionDenied { .. }), "{path}: {error}");
    }
    assert!(session.read_back("peek", &Progress::new()).await.is_err());
}

#[tokio::test]
#[cfg_attr(
    not(all(have_sshd, have_root)),
    ignore = "needs OpenSSH's sshd and the right to mount: run scripts/test as root"
)]
async fn a_full_disk_at_the_partner_is_named() {
    let disk = SmallDisk::mount(4);
    let partner = openssh(Options { root: Some(disk.path().to_owned()), ..Options::default() });
    let mut session = opened(&partner).await;
    let (large, small) = (partner.source(8 * MIB), partner.source(MIB));
    let error = promises::names_a_full_disk(session.as_mut(), &large, &small).await;
    assert!(matches!(error, TransportError::PartnerFailed { phase: Phase::Write, .. }), "{error}");
    assert!(error.partner_disk_full() && error.to_string().contains("disk is full"), "{error}");
}

/// Starts an upload that takes a while, and returns once the first bytes were acknowledged.
async fn upload_under_way(
    settings: &SftpSettings,
    folder: &Path,
) -> JoinHandle<(TransportError, Box<dyn Session>)> {
    let source = promises::large(folder, 2048 * MIB);
    promises::upload_under_way(connect(settings).await.unwrap(), source, 1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_server_killed_under_way_is_noticed_at_once() {
    let mut sshd = Sshd::start(Options::default());
    let settings = of_sshd(&sshd);
    let folder = tempfile::tempdir().unwrap();
    let upload = upload_under_way(&settings, folder.path()).await;
    let killed = Instant::now();
    sshd.kill();
    let (error, session) = upload.await.unwrap();
    assert!(killed.elapsed() < Duration::from_secs(5));
    assert!(matches!(error, TransportError::Lost { phase: Phase::Write, .. }), "{error}");
    assert!(error.outcome_unknown() && !session.is_alive());
    assert_eq!(error.remedy(), Remedy::Retry);
    assert!(matches!(refused(&settings).await, TransportError::Unreachable { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_server_that_falls_silent_under_way_times_out() {
    let sshd = Sshd::start(Options::default());
    let mut settings = of_sshd(&sshd);
    settings.deadlines.write = Duration::from_secs(1);
    let folder = tempfile::tempdir().unwrap();
    let upload = upload_under_way(&settings, folder.path()).await;
    let frozen = Instant::now();
    sshd.freeze_sessions();
    let (error, session) = upload.await.unwrap();
    assert!(frozen.elapsed() < Duration::from_secs(3));
    assert!(matches!(error, TransportError::TimedOut { phase: Phase::Write, .. }), "{error}");
    assert!(error.outcome_unknown() && !session.is_alive());
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_session_that_owes_an_answer_is_not_used_again() {
    let sshd = Sshd::start(Options::default());
    let mut settings = of_sshd(&sshd);
    settings.deadlines.stat = Duration::from_millis(300);
    let mut session = connect(&settings).await.unwrap();
    promises::is_not_used_again_when_it_owes_an_answer(session.as_mut(), || sshd.freeze_sessions()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_is_given_up_half_way_leaves_no_usable_session() {
    let partner = embedded(Manners::default());
    let source = promises::large(partner.folder.path(), 2048 * MIB);
    promises::is_given_up_half_way(opened(&partner).await, &source, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn bytes_arrive_intact_while_the_keys_are_renewed() {
    let partner = openssh(Options { rekey_limit: Some("1M".to_owned()), ..Options::default() });
    let mut session = opened(&partner).await;
    let put = session.put(&partner.source(64 * MIB), "a", 0, &Progress::new()).await.unwrap();
    assert_eq!(put.sha256, Sha256::of(&pattern(64 * MIB)));
    let back = session.read_back("a", &Progress::new()).await.unwrap();
    assert_eq!(back.sha256, put.sha256);
}

/// Passes connections on to `port`, but no more than 4 KiB each 100 ms towards it once `after` bytes have gone.
async fn narrow_line(port: u16, after: usize) -> u16 {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let narrow = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (client, _) = listener.accept().await.unwrap();
        let server = tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = server.into_split();
        tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
        let (mut bytes, mut passed) = ([0; 4096], 0);
        while let Ok(n @ 1..) = from_client.read(&mut bytes).await {
            if to_server.write_all(&bytes[..n]).await.is_err() {
                break;
            }
            passed += n;
            if passed > after {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    });
    narrow
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_slower_than_the_minimum_is_given_up() {
    let partner = embedded(Manners::default());
    let mut settings = partner.settings.clone();
    settings.port = narrow_line(partner.settings.port, 64 * 1024).await;
    settings.chunk = 4096;
    settings.minimum_throughput =
        MinimumThroughput { bytes_per_second: 1_000_000, window: Duration::from_secs(1) };
    let mut session = connect(&settings).await.unwrap();
    promises::gives_up_a_slow_upload(session.as_mut(), &partner.source(8 * MIB)).await;
}

#[tokio::test]
async fn an_own_file_that_is_missing_is_our_own_affair() {
    let partner = embedded(Manners::default());
    promises::names_an_own_file_that_is_missing(opened(&partner).await.as_mut()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_own_file_that_changes_under_way_is_not_called_sent() {
    let partner = embedded(Manners::default());
    let mut settings = partner.settings.clone();
    settings.in_flight = 1;
    let source = partner.source(16 * MIB);
    let mut growing = fs::OpenOptions::new().append(true).mode(0o600).open(&source).unwrap();
    let upload = promises::upload_under_way(connect(&settings).await.unwrap(), source, 1).await;
    growing.write_all(b"more").unwrap();
    let (error, _) = upload.await.unwrap();
    assert!(matches!(error, TransportError::OwnFileChanged { .. }), "{error}");
    assert_eq!(error.remedy(), Remedy::Hold);
}

#[tokio::test]
async fn a_stopped_partner_is_gone() {
    let partner = embedded(Manners::default());
    let mut session = opened(&partner).await;
    let Partner { settings, server, folder: _folder, .. } = partner;
    drop(server);
    let error = session.stat("a").await.unwrap_err();
    assert!(matches!(error, TransportError::Lost { .. }), "{error}");
    assert!(matches!(refused(&settings).await, TransportError::Unreachable { .. }));
}
