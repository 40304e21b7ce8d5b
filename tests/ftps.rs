//! What the FTPS transport promises, tried against the FTP servers of Debian, each as it comes.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use support::certificates::Shown;
use support::disk::SmallDisk;
use support::ftp::{FtpServer, Wishes};
use support::partners::pattern;
use support::proftpd::proftpd;
use support::pureftpd::pureftpd;
use support::vsftpd::vsftpd;
use totatsu::digest::Sha256;
use totatsu::remedy::Remedy;
use totatsu::transport::ftps::{FtpsSettings, Pin, Protection, TlsSettings, connect};
use totatsu::transport::{
    CertificateFault, FileKind, MinimumThroughput, Overwrite, Phase, Progress, ReadBy, RenamedBy, Session, Synced,
    TransportError,
};

const MIB: usize = 1024 * 1024;

/// A file with `bytes` of the pattern beside the server.
fn source(server: &FtpServer, bytes: usize) -> PathBuf {
    let path = server.folder.path().join(format!("source-{bytes}"));
    fs::write(&path, pattern(bytes)).unwrap();
    path
}

async fn opened(server: &FtpServer) -> Box<dyn Session> {
    connect(&server.settings()).await.unwrap_or_else(|error| panic!("{error}\n{}", server.log()))
}

/// The error of a connection that must not come about.
async fn refused(settings: &FtpsSettings) -> TransportError {
    match connect(settings).await {
        Ok(_) => panic!("the connection was to be refused"),
        Err(error) => error,
    }
}

fn tls(settings: &mut FtpsSettings) -> &mut TlsSettings {
    match &mut settings.protection {
        Protection::Tls(tls) => tls,
        Protection::Cleartext => panic!("the server speaks TLS"),
    }
}

async fn delivers_bytes_equal(server: FtpServer, by: ReadBy) {
    let mut session = opened(&server).await;
    for bytes in [0, 1, 64 * 1024, 64 * 1024 + 1, 32 * MIB] {
        let source = source(&server, bytes);
        let (name, progress) = (format!("file-{bytes}"), Progress::new());
        let put = session.put(&source, &name, 0, &progress).await;
        let put = put.unwrap_or_else(|error| panic!("{bytes} bytes: {error}\n{}", server.log()));
        let there = fs::read(server.root.join(&name)).unwrap();
        assert!(there == pattern(bytes), "{bytes} bytes arrive as they are");
        assert_eq!((put.bytes, put.sha256, put.synced), (bytes as u64, Sha256::of(&there), Synced::NotOffered));
        assert_eq!((progress.done(), progress.total()), (bytes as u64, bytes as u64));
        let back = session.read_back(&name, &Progress::new()).await.unwrap();
        assert_eq!((back.bytes, back.sha256, back.by), (put.bytes, put.sha256, by));
        assert_eq!(session.stat(&name).await.unwrap().unwrap().size, Some(put.bytes));
    }
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

async fn keeps_existing_files(server: FtpServer) {
    let mut session = opened(&server).await;
    let source = source(&server, 1000);
    fs::write(server.root.join("theirs"), "untouched").unwrap();

    let error = session.put(&source, "theirs", 0, &Progress::new()).await.unwrap_err();
    assert!(matches!(&error, TransportError::AlreadyExists { path } if path == "theirs"), "{error}");

    session.put(&source, ".ours.part", 0, &Progress::new()).await.unwrap();
    let error = session.rename(".ours.part", "theirs", Overwrite::Refuse).await.unwrap_err();
    assert!(matches!(&error, TransportError::AlreadyExists { path } if path == "theirs"), "{error}");
    assert_eq!(error.remedy(), Remedy::Hold);
    assert_eq!(fs::read(server.root.join("theirs")).unwrap(), b"untouched");
    let renamed = session.rename(".ours.part", "受注_髙橋①.csv", Overwrite::Refuse).await.unwrap();
    assert_eq!((renamed.by, renamed.old_name_left), (RenamedBy::Rename, false));
    assert_eq!(fs::read(server.root.join("受注_髙橋①.csv")).unwrap(), pattern(1000));
    assert_eq!(session.stat(".ours.part").await.unwrap(), None);
    assert!(session.stat("受注_髙橋①.csv").await.unwrap().unwrap().is_file());
    session.close().await;
}

#[tokio::test]
#[cfg_attr(not(have_vsftpd), ignore = "needs vsftpd: run scripts/test, which unpacks it")]
async fn an_existing_file_at_vsftpd_is_never_replaced() {
    keeps_existing_files(vsftpd(Wishes::default())).await;
}
