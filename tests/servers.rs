//! One journey over every server that we can have: deliver, go on after a cut, refuse to overwrite, verify, and find out
//! what became of a rename whose answer was lost. Prints what each server can do.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use support::ftp::{FtpServer, Wishes};
use support::ftpline::{self, FtpLine, PASSIVE};
use support::gateway::{Home, names_in};
use support::partners::{of_sshd, pattern};
use support::ports::Ports;
use support::proftpd::{proftpd, proftpd_sftp, sftp_settings};
use support::pureftpd::pureftpd;
use support::sshd::{Options, Sshd};
use support::vsftpd::vsftpd;
use tempfile::TempDir;
use totatsu::deliver::publish::{Before, PublishError, publish};
use totatsu::deliver::transfer::{TransferError, transfer};
use totatsu::deliver::verify::{VerifyError, verify};
use totatsu_base::digest::Sha256;
use totatsu_base::evidence::{Asked, Grade, Overwrite, Target};
use totatsu_ledger::state::Delivery;
use totatsu_transport::ftps::FtpsSettings;
use totatsu_transport::sftp::SftpSettings;
use totatsu_transport::{Progress, Reach, Session};

const MIB: u64 = 1024 * 1024;
/// Large enough not to be sent before its server is killed.
const LARGE: u64 = 192 * MIB;

/// A kind of server.
struct Kind {
    name: &'static str,
    start: fn() -> Server,
    grade: Grade,
}

/// A running server, and how it is reached.
enum Server {
    Ftps(FtpServer),
    /// FTP's server speaks SFTP.
    Sftp(FtpServer),
    /// With the directory that its root lies in.
    OpenSsh {
        sshd: Sshd,
        _above: TempDir,
    },
}

const KINDS: [Kind; 8] = [
    Kind {
        name: "OpenSSH, chroot",
        start: || {
            openssh(|root| Options {
                lines: vec![format!("ChrootDirectory {}", root.display())],
                force_command: Some("internal-sftp".to_owned()),
                ..Options::default()
            })
        },
        grade: Grade::Content,
    },
    Kind {
        name: "OpenSSH, sftp-server",
        start: || {
            openssh(|root| Options {
                force_command: Some(format!("/usr/lib/openssh/sftp-server -d {}", root.display())),
                ..Options::default()
            })
        },
        grade: Grade::Content,
    },
    Kind {
        name: "vsftpd, explicit TLS",
        start: || Server::Ftps(vsftpd(Wishes::default())),
        grade: Grade::Content,
    },
    Kind {
        name: "vsftpd, implicit TLS",
        start: || Server::Ftps(vsftpd(Wishes { implicit: true, ..Wishes::default() })),
        grade: Grade::Content,
    },
    Kind {
        name: "ProFTPD, explicit TLS",
        start: || Server::Ftps(proftpd(Wishes::default())),
        grade: Grade::Content,
    },
    Kind {
        name: "ProFTPD, implicit TLS",
        start: || Server::Ftps(proftpd(Wishes { implicit: true, ..Wishes::default() })),
        grade: Grade::Content,
    },
    Kind {
        name: "Pure-FTPd, explicit TLS",
        start: || Server::Ftps(pureftpd(Wishes::default())),
        grade: Grade::Content,
    },
    Kind {
        name: "ProFTPD, mod_sftp",
        start: || Server::Sftp(proftpd_sftp(Wishes::default())),
        grade: Grade::Content,
    },
];

/// OpenSSH's server, with its root where nobody but root may write above it, as a change of root demands.
fn openssh(options: impl FnOnce(&Path) -> Options) -> Server {
    let above = tempfile::tempdir_in("/run").unwrap();
    let root = above.path().join("root");
    let options = Options { root: Some(root.clone()), ..options(&root) };
    Server::OpenSsh { sshd: Sshd::start(options), _above: above }
}

impl Server {
    fn reach(&self, port: u16) -> Reach {
        match self {
            Server::Ftps(server) => Reach::Ftps(FtpsSettings { port, ..server.settings() }),
            Server::Sftp(server) => Reach::Sftp(SftpSettings { port, ..sftp_settings(server) }),
            Server::OpenSsh { sshd, .. } => Reach::Sftp(SftpSettings { port, ..of_sshd(sshd) }),
        }
    }

    fn port(&self) -> u16 {
        match self {
            Server::Ftps(server) | Server::Sftp(server) => server.port,
            Server::OpenSsh { sshd, .. } => sshd.port(),
        }
    }

    fn folder(&self) -> &Path {
        match self {
            Server::Ftps(server) | Server::Sftp(server) => server.folder.path(),
            Server::OpenSsh { sshd, .. } => sshd.folder(),
        }
    }

    fn root(&self) -> &Path {
        match self {
            Server::Ftps(server) | Server::Sftp(server) => &server.root,
            Server::OpenSsh { sshd, .. } => sshd.root(),
        }
    }

    fn log(&self) -> String {
        match self {
            Server::Ftps(server) | Server::Sftp(server) => server.log(),
            Server::OpenSsh { sshd, .. } => sshd.log(),
        }
    }

    fn kill_sessions(&self) {
        match self {
            Server::Ftps(server) | Server::Sftp(server) => server.kill_sessions(),
            Server::OpenSsh { sshd, .. } => sshd.kill_sessions(),
        }
    }
}

impl Kind {
    async fn session(&self, server: &Server) -> Box<dyn Session> {
        let opened = server.reach(server.port()).connect().await;
        opened.unwrap_or_else(|error| panic!("{}: {error}\n{}", self.name, server.log()))
    }
}

fn target(name: &str) -> Target {
    Target::new(&"20261122-183005-k7m2q9".parse().unwrap(), "", name.to_owned(), Overwrite::Refuse)
}

fn written(folder: &Path, bytes: &[u8]) -> (PathBuf, Sha256) {
    let path = folder.join("sent");
    fs::write(&path, bytes).unwrap();
    (path, Sha256::of(bytes))
}

fn before(size: u64, sha256: Sha256) -> Before {
    Before { size, sha256, unknown: false, asked: false, alone: true, acknowledged: false }
}

fn says(asked: &[Asked], words: &str) -> bool {
    asked.iter().any(|asked| asked.answered.contains(words))
}

/// A file is carried, proven and named.
async fn delivers(kind: &Kind, server: &Server) -> Grade {
    let mut session = kind.session(server).await;
    let bytes = pattern(3 * MIB as usize + 1);
    let (sent, sha256) = written(server.folder(), &bytes);
    let (target, progress) = (target("Z12.DTA"), Progress::new());
    let transferred = transfer(session.as_mut(), &target, &sent, sha256, &progress).await.unwrap();
    assert!(!server.root().join("Z12.DTA").exists());
    let size = bytes.len() as u64;
    assert_eq!(transferred.bytes, size);
    let verified = verify(session.as_mut(), &target, size, sha256, &progress).await.unwrap();
    let published = publish(session.as_mut(), &target, before(size, sha256), &progress).await.unwrap();
    assert!(!published.found_done);
    assert!(fs::read(server.root().join("Z12.DTA")).unwrap() == bytes);
    assert!(!server.root().join(&target.temporary).exists());
    session.close().await;
    verified.grade
}

/// A file that is there is neither sent to nor named onto, whether it was there before or came meanwhile.
async fn refuses_to_overwrite(kind: &Kind, server: &Server) {
    let mut session = kind.session(server).await;
    let (sent, sha256) = written(server.folder(), b"ours, of another day");
    let progress = Progress::new();
    fs::write(server.root().join("taken.DTA"), "theirs").unwrap();
    let error = transfer(session.as_mut(), &target("taken.DTA"), &sent, sha256, &progress).await.unwrap_err();
    assert!(matches!(error, TransferError::NameTaken { .. }), "{}: {error}", kind.name);
    let later = target("later.DTA");
    transfer(session.as_mut(), &later, &sent, sha256, &progress).await.unwrap();
    fs::write(server.root().join("later.DTA"), "theirs").unwrap();
    let error = publish(session.as_mut(), &later, before(20, sha256), &progress).await.unwrap_err();
    assert!(matches!(error, PublishError::NameTaken { .. }), "{}: {error}", kind.name);
    for name in ["taken.DTA", "later.DTA"] {
        assert_eq!(fs::read(server.root().join(name)).unwrap(), b"theirs", "{}", kind.name);
    }
    session.remove(&later.temporary).await.unwrap();
}

/// An upload that was cut goes on from what the server has; a part that is not ours is sent anew.
async fn goes_on_after_a_cut(kind: &Kind, server: &Server) -> &'static str {
    let source = server.folder().join("large");
    fs::File::create(&source).unwrap().set_len(LARGE).unwrap();
    let (sha256, _) = Sha256::of_file(&source).unwrap();
    let target = target("large.DTA");
    let mut session = kind.session(server).await;
    let (path, name, progress) = (source.clone(), target.temporary.clone(), Progress::new());
    let watched = progress.clone();
    let upload =
        tokio::spawn(async move { session.put(&path, &name, 0, &progress).await.map(|_| ()).unwrap_err() });
    while watched.done() < 8 * MIB {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    server.kill_sessions();
    let error = upload.await.unwrap();
    assert!(error.outcome_unknown(), "{}: {error}", kind.name);
    let part = fs::metadata(server.root().join(&target.temporary)).unwrap().len();
    assert!(0 < part && part < LARGE, "{}: {part}", kind.name);

    let mut session = kind.session(server).await;
    let error = verify(session.as_mut(), &target, LARGE, sha256, &Progress::new()).await.unwrap_err();
    assert!(matches!(error, VerifyError::Differs { .. }), "{}: a part is not the whole: {error}", kind.name);
    let transferred = transfer(session.as_mut(), &target, &source, sha256, &Progress::new()).await.unwrap();
    assert_eq!((transferred.bytes, transferred.sha256), (LARGE, sha256));
    let proven = verify(session.as_mut(), &target, LARGE, sha256, &Progress::new()).await.unwrap();
    assert_eq!(proven.grade, kind.grade, "{}", kind.name);
    assert_eq!(Sha256::of_file(&server.root().join(&target.temporary)).unwrap(), (sha256, LARGE));

    fs::write(server.root().join(&target.temporary), "not ours at all").unwrap();
    let (sent, sha256) = written(server.folder(), b"something that begins otherwise");
    transfer(session.as_mut(), &target, &sent, sha256, &Progress::new()).await.unwrap();
    verify(session.as_mut(), &target, 31, sha256, &Progress::new()).await.unwrap();
    session.remove(&target.temporary).await.unwrap();
    let written = transferred.asked.iter().find(|asked| asked.asked.starts_with("write ")).unwrap();
    assert!(says(&transferred.asked, "the first of ours"), "{}: {:?}", kind.name, transferred.asked);
    if written.answered == format!("{} bytes acknowledged", LARGE - part) { "from the part" } else { "anew" }
}

/// A rename is done and its answer never arrives: it is found out, and not done again.
async fn finds_out_an_unknown_rename(kind: &Kind, server: &Server) {
    let target = target("cut.DTA");
    let port = forgetful_line(server.port(), server.root().join("cut.DTA"));
    let (sent, sha256) = written(server.folder(), b"0123456789");
    let mut session = server.reach(port).connect().await.unwrap();
    let progress = Progress::new();
    transfer(session.as_mut(), &target, &sent, sha256, &progress).await.unwrap();
    let error = publish(session.as_mut(), &target, before(10, sha256), &progress).await.unwrap_err();
    let PublishError::Transport(error) = error else { panic!("{}: {error}", kind.name) };
    assert!(error.outcome_unknown() && !session.is_alive(), "{}: {error}", kind.name);
    assert!(server.root().join("cut.DTA").exists());
    let mut session = kind.session(server).await;
    let before = Before { unknown: true, asked: true, ..before(10, sha256) };
    let published = publish(session.as_mut(), &target, before, &progress).await.unwrap();
    assert!(published.found_done, "{}", kind.name);
    assert_eq!(fs::read(server.root().join("cut.DTA")).unwrap(), b"0123456789");
    assert!(!server.root().join(&target.temporary).exists());
}

/// Passes connections on to `port`, but cuts the first one as soon as the server answers after `done` has come about.
fn forgetful_line(port: u16, done: PathBuf) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let forgetful = listener.local_addr().unwrap().port();
    let cut = Arc::new(AtomicBool::new(false));
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let client = client.unwrap();
            let server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
            let (mut from_client, mut to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut from_client, &mut to_server));
            let (done, cut) = (done.clone(), cut.clone());
            std::thread::spawn(move || answers(server, client, &done, &cut));
        }
    });
    forgetful
}

fn answers(mut server: TcpStream, mut client: TcpStream, done: &Path, cut: &AtomicBool) {
    let mut bytes = [0; 4096];
    while let Ok(n @ 1..) = server.read(&mut bytes) {
        let forget = done.exists() && !cut.swap(true, Ordering::Relaxed);
        if forget || client.write_all(&bytes[..n]).is_err() {
            break;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(
    not(all(have_sshd, have_vsftpd, have_proftpd, have_pureftpd, have_root)),
    ignore = "needs the servers and root: run scripts/test as root"
)]
async fn the_same_journey_ends_well_at_every_server() {
    let mut table = vec![format!(
        "{:<24} {:<9} {:<6} {:<8} {:<14} {:<8}",
        "server", "facts", "digest", "grade", "after a cut", "unknown"
    )];
    for kind in &KINDS {
        let server = (kind.start)();
        let session = kind.session(&server).await;
        let offers = |word: &str| session.peer().extensions.iter().any(|line| line.starts_with(word));
        let facts = if !matches!(server, Server::Ftps(_)) {
            "SFTP"
        } else if offers("MLST") {
            "MLST"
        } else {
            "SIZE/LIST"
        };
        let digest = if offers("HASH") && offers("XSHA256") { "HASH" } else { "none" };
        let grade = delivers(kind, &server).await;
        assert_eq!(grade, kind.grade, "{}", kind.name);
        refuses_to_overwrite(kind, &server).await;
        let resumed = goes_on_after_a_cut(kind, &server).await;
        finds_out_an_unknown_rename(kind, &server).await;
        table.push(format!(
            "{:<24} {facts:<9} {digest:<6} {:<8} {resumed:<14} {:<8}",
            kind.name,
            format!("{grade:?}").to_lowercase(),
            "found out"
        ));
        session.close().await;
    }
    println!("{}", table.join("\n"));
}

/// How the servers of the journeys through a daemon start, each with these passive ports.
const STARTS: [fn((u16, u16)) -> FtpServer; 2] = [
    |(first, last)| {
        let lines = vec![format!("pasv_min_port={first}\npasv_max_port={last}")];
        vsftpd(Wishes { lines, ..Wishes::default() })
    },
    |(first, last)| {
        let lines = vec![format!("PassivePorts {first} {last}")];
        proftpd(Wishes { lines, ..Wishes::default() })
    },
];

/// What every delivery over FTPS must leave behind: the exact bytes, one proof of them, and a sound ledger.
fn delivered_and_proven(home: &Home, server: &FtpServer, delivery: &Delivery, name: &str) {
    assert_eq!(names_in(&server.root), [name], "no temporary name, and no second file");
    let arrived = fs::read(server.root.join(name)).unwrap();
    assert!(arrived == fs::read(home.folder(&delivery.id).sent()).unwrap());
    assert_eq!(names_in(&home.outbox()), [""; 0]);
    assert_eq!(delivery.verified.as_ref().unwrap().grade, Grade::Content);
    let (_, text) = home.run(&["receipt", "show", "--json", delivery.id.as_str()]);
    let receipt: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(receipt["sent"]["sha256"], Sha256::of(&arrived).to_string());
    assert_eq!(receipt["arrival"]["peer"]["transport"], "ftps");
    for arguments in [&["receipt", "verify", delivery.id.as_str()][..], &["audit", "verify"]] {
        let (sound, said) = home.run(arguments);
        assert!(sound, "{said}");
    }
    let receipts = home.journal().iter().filter(|line| line["event"] == "receipted").count();
    assert_eq!(receipts, 1);
}

#[test]
#[cfg_attr(
    not(all(have_vsftpd, have_proftpd, have_root)),
    ignore = "needs the FTP servers and root: run scripts/test as root"
)]
fn a_file_dropped_in_an_outbox_arrives_over_ftps_and_has_a_receipt_that_verifies() {
    for start in STARTS {
        let passive = Ports::claim(PASSIVE);
        let server = start(passive.range());
        let mut home = Home::of_partner(&server.partner_file("127.0.0.1"));
        home.start();
        home.drop_records("Z12.csv", 1000);
        let delivery = home.wait_for_one("archived").delivery;
        delivered_and_proven(&home, &server, &delivery, "Z12.DTA");
        let events: Vec<_> = home.journal().iter().map(|line| line["event"].to_string()).collect();
        let way = "accepted converted transfer_started transferred verified published receipted archived";
        assert_eq!(events.join(" ").replace('"', ""), format!("started {way}"));
    }
}

#[test]
#[cfg_attr(
    not(all(have_vsftpd, have_proftpd, have_root)),
    ignore = "needs the FTP servers and root: run scripts/test as root"
)]
fn an_upload_over_ftps_whose_line_is_cut_in_the_middle_is_delivered_once_and_whole() {
    // 20,000 records of 500 bytes.
    const WHOLE: usize = 10_000_000;
    for start in STARTS {
        let passive = Ports::claim(PASSIVE);
        let server = start(passive.range());
        let line = FtpLine::to(server.port, passive.range(), WHOLE / 2);
        let mut home = Home::of_partner(&server.partner_file(ftpline::ADDRESS));
        home.start();
        home.drop_records("Z12.csv", 20_000);
        let delivery = home.wait_for_one("archived").delivery;
        assert_eq!(line.cuts(), 1);
        assert_eq!(delivery.transfers, 2, "{}", home.log());
        delivered_and_proven(&home, &server, &delivery, "Z12.DTA");
        let went_on = home.journal().iter().any(|line| line["event"] == "waiting");
        assert!(went_on, "the cut was noticed: {}", home.log());
    }
}

#[test]
fn servers_that_start_at_once_never_share_a_port_and_none_takes_one_that_the_kernel_gives_away() {
    const SERVERS: u16 = 40;
    let kernels = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap();
    let kernels: u16 = kernels.split_whitespace().next().unwrap().parse().unwrap();
    let claims: Vec<Ports> = std::thread::scope(|all| {
        let claiming = || (0..SERVERS).map(|_| Ports::claim(3)).collect::<Vec<_>>();
        let threads: Vec<_> = (0..4).map(|_| all.spawn(claiming)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let mut ports: Vec<u16> = claims.iter().flat_map(|claim| claim.range().0..=claim.range().1).collect();
    ports.sort_unstable();
    assert!(ports.windows(2).all(|two| two[0] < two[1]) && ports.len() == 480, "{ports:?}");
    assert!(ports.last().is_some_and(|last| *last < kernels), "{ports:?}, of the kernel from {kernels}");
}
