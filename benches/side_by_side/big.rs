//! One big file: carried by a session alone, and delivered as a whole.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use totatsu_base::digest::Sha256;
use totatsu_transport::ftps::{FtpsSettings, Protection, TlsSettings};
use totatsu_transport::sftp::{self, SftpSettings};
use totatsu_transport::{Progress, Secret, ftps};

use super::gateway::Gateway;
use super::measure::{Contender, Sample, in_turn, measured};
use super::peers::{self, FTP_USER, There, found};
use super::plan::Plan;
use super::support::delay::DelayLine;
use super::support::ftp::{FtpServer, PASSWORD, Wishes};
use super::support::partners::{key_file, pattern};
use super::support::sshd::{Options, Sshd};
use super::support::vsftpd::vsftpd;
use super::table::{Goal, Outcome, Unit};

/// The arguments that make this program the process that is measured.
pub const PUT: &str = "put-by-sftp";
pub const GET: &str = "get-by-sftp";
pub const PUT_TLS: &str = "put-by-ftps";
const MIB: usize = 1024 * 1024;
const LINK: &str = "hikitsugi";

pub fn sftp_loopback(plan: &Plan) -> Vec<Outcome> {
    let place = in_memory();
    let sshd = Sshd::start(Options { root: Some(place.path().join("root")), ..Options::default() });
    let there = There { sshd: &sshd, port: sshd.port() };
    both_ways(plan, there, place.path(), "sftp-512", "over loopback", Goal::Ratio(0.8), plan.count(512, 128))
}

pub fn sftp_20_ms(plan: &Plan) -> Vec<Outcome> {
    let place = in_memory();
    let sshd = Sshd::start(Options { root: Some(place.path().join("root")), ..Options::default() });
    let line = DelayLine::to(sshd.port(), Duration::from_millis(20));
    let there = There { sshd: &sshd, port: line.port() };
    let how = "at a round trip of 20 ms";
    both_ways(plan, there, place.path(), "sftp-512-20ms", how, Goal::Ratio(0.5), plan.count(512, 64))
}

/// These rows are about the line, not the disk.
fn in_memory() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

fn both_ways(
    plan: &Plan,
    there: There<'_>,
    place: &Path,
    row: &str,
    how: &str,
    goal: Goal,
    mib: usize,
) -> Vec<Outcome> {
    let source = place.join("source");
    fs::write(&source, pattern(mib * MIB)).unwrap();
    let bytes = Sha256::of_file(&source).unwrap().0;
    let (root, back) = (there.sshd.root().to_owned(), place.join("back"));
    let (there_whole, back_whole) = (root.join("carried"), back.clone());
    let checked = |path: &Path, sample: Sample| {
        assert!(Sha256::of_file(path).unwrap().0 == bytes, "{} is not whole", path.display());
        fs::remove_file(path).unwrap();
        sample
    };
    let rounds = plan.rounds(5, 2);
    let put = in_turn(
        rounds,
        vec![
            Contender::new("totatsu's session, with SHA-256 and fsync", || {
                checked(&there_whole, ours(PUT, there, &source, Path::new("carried")))
            }),
            Contender::with(found("sftp"), "sftp put", |sftp| {
                let line = format!("put {} carried\n", source.display());
                checked(&there_whole, peers::sftp(sftp, there, &line))
            }),
            Contender::with(found("lftp"), "lftp put", |lftp| {
                let command = format!("put {} -o carried", source.display());
                checked(&there_whole, peers::lftp_over_ssh(lftp, there, &command))
            }),
            Contender::with(found("rclone"), "rclone copyto", |rclone| {
                checked(&there_whole, peers::rclone(rclone, there, "copyto", &source, "carried"))
            }),
        ],
    );
    fs::rename(&source, root.join("offered")).unwrap();
    let get = in_turn(
        rounds,
        vec![
            Contender::new("totatsu's session, with SHA-256 and fsync", || {
                checked(&back_whole, ours(GET, there, &back, Path::new("offered")))
            }),
            Contender::with(found("sftp"), "sftp get", |sftp| {
                let line = format!("get offered {}\n", back.display());
                checked(&back_whole, peers::sftp(sftp, there, &line))
            }),
            Contender::with(found("lftp"), "lftp get", |lftp| {
                let command = format!("get offered -o {}", back.display());
                checked(&back_whole, peers::lftp_over_ssh(lftp, there, &command))
            }),
            Contender::with(found("rclone"), "rclone copyto", |rclone| {
                checked(&back_whole, peers::rclone_back(rclone, there, "offered", &back))
            }),
        ],
    );
    let of = |word: &str, runs| {
        let what = format!("{word} of {mib} MiB by SFTP {how}, in memory, sign-in included");
        Outcome::of(&format!("{row}-{word}"), what, Unit::Seconds, goal, runs)
    };
    vec![of("put", put), of("get", get)]
}

/// This program as the process that carries.
fn ours(word: &str, there: There<'_>, here: &Path, name: &Path) -> Sample {
    let mut own = Command::new(std::env::current_exe().unwrap());
    own.arg(word).arg(there.port.to_string()).arg(there.sshd.user()).arg(there.sshd.host_key_line());
    measured(own.arg(there.sshd.client_key()).arg(here).arg(name))
}

/// What that process does.
pub fn carry(word: &str, arguments: &[String]) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut arguments = arguments.iter();
    let mut next = || arguments.next().unwrap().clone();
    let port = next().parse().unwrap();
    if word == PUT_TLS {
        let protection = TlsSettings { ca_file: Some(PathBuf::from(next())), ..TlsSettings::default() };
        let mut settings = FtpsSettings::new("127.0.0.1", FTP_USER, Protection::Tls(Box::new(protection)));
        settings.port = port;
        settings.password = Secret::new(PASSWORD);
        let (here, name) = (PathBuf::from(next()), next());
        return runtime.block_on(async {
            let mut session = ftps::connect(&settings).await.unwrap();
            session.put(&here, &name, 0, &Progress::new()).await.unwrap();
            session.close().await;
        });
    }
    let mut settings = SftpSettings::new("127.0.0.1", port, &next());
    settings.host_keys = vec![next().parse().unwrap()];
    settings.authentication = vec![key_file(PathBuf::from(next()))];
    let (here, name) = (PathBuf::from(next()), next());
    runtime.block_on(async {
        let mut session = sftp::connect(&settings).await.unwrap();
        if word == PUT {
            session.put(&here, &name, 0, &Progress::new()).await.unwrap();
        } else {
            session.fetch(&name, &here, 0, &Progress::new()).await.unwrap();
        }
        session.close().await;
    });
}

pub fn by_ftps(plan: &Plan) -> Vec<Outcome> {
    let mib = plan.count(512, 128);
    let place = in_memory();
    let server = vsftpd(Wishes { root: Some(place.path().join("root")), ..Wishes::default() });
    let source = place.path().join("source");
    fs::write(&source, pattern(mib * MIB)).unwrap();
    let bytes = Sha256::of_file(&source).unwrap().0;
    let checked = |sample: Sample| {
        let there = server.root.join("carried");
        assert!(Sha256::of_file(&there).unwrap().0 == bytes, "it is not whole");
        fs::remove_file(there).unwrap();
        sample
    };
    let runs = in_turn(
        plan.rounds(5, 2),
        vec![
            Contender::new("totatsu's session, with SHA-256", || checked(ours_by_ftps(&server, &source))),
            Contender::with(found("curl"), "curl --ssl-reqd -T", |curl| {
                checked(peers::curl(curl, &server, &source, "carried"))
            }),
        ],
    );
    let what = format!("put of {mib} MiB by FTPS to vsftpd over loopback, in memory, sign-in included");
    vec![Outcome::of("ftps-512-put", what, Unit::Seconds, Goal::Ratio(0.8), runs)]
}

fn ours_by_ftps(server: &FtpServer, source: &Path) -> Sample {
    let mut own = Command::new(std::env::current_exe().unwrap());
    own.arg(PUT_TLS).arg(server.port.to_string()).arg(server.certificates.authority());
    measured(own.arg(source).arg("carried"))
}

/// On the disk: accepted, put, proven by reading back, named, with its receipt; beside a put with fsync and a get.
pub fn whole(plan: &Plan) -> Vec<Outcome> {
    let mib = plan.count(1024, 128);
    let sshd = Sshd::start(Options::default());
    let there = There { sshd: &sshd, port: sshd.port() };
    let place = tempfile::tempdir().unwrap();
    let source = place.path().join("source");
    fs::write(&source, pattern(mib * MIB)).unwrap();
    let bytes = Sha256::of_file(&source).unwrap().0;
    let checked = |paths: &[&Path]| {
        for path in paths {
            assert!(Sha256::of_file(path).unwrap().0 == bytes, "{} is not whole", path.display());
            fs::remove_file(path).unwrap();
        }
    };
    let runs = in_turn(
        plan.rounds(5, 2),
        vec![
            Contender::new("totatsu, whole delivery", || {
                let sample = one_delivered(&sshd, &source);
                checked(&[&sshd.root().join("delivered")]);
                sample
            }),
            Contender::with(found("sftp"), "sftp put -f, get", |sftp| {
                let back = place.path().join("back");
                let lines = format!("put -f {} carried\nget carried {}\n", source.display(), back.display());
                let sample = peers::sftp(sftp, there, &lines);
                checked(&[&back, &sshd.root().join("carried")]);
                sample
            }),
        ],
    );
    let what = format!(
        "whole delivery of {mib} MiB as it is by SFTP over loopback: accept, put, read back, rename, receipt, all on the disk"
    );
    vec![Outcome::of("whole-1gib", what, Unit::Seconds, Goal::Ratio(0.9), runs)]
}

fn one_delivered(sshd: &Sshd, source: &Path) -> Sample {
    let mut gateway = Gateway::to_sshd(&std::env::temp_dir(), sshd, sshd.port(), None);
    gateway.write_link(LINK, "");
    let own = gateway.home.path().join("delivered");
    fs::copy(source, &own).unwrap();
    // The producer's own writing is no part of it.
    fs::File::open(&own).unwrap().sync_all().unwrap();
    gateway.start();
    let started = gateway.started();
    fs::rename(own, gateway.outbox(LINK).join("delivered")).unwrap();
    gateway.until(LINK, "receipted", 1);
    let sample = gateway.cost(&started);
    gateway.home.stop();
    sample
}
