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
use super::measure::{Contender, Runs, Sample, in_turn, measured};
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
    let bytes = written(&place.path().join("source"), plan.count(512, 128));
    let there = There { sshd: &sshd, port: sshd.port() };
    let carried = Carried { there, place: place.path(), bytes, rounds: plan.rounds(5, 2), all_count: false };
    both_ways(&carried, "sftp-512", "over loopback", Goal::Ratio(0.8))
}

pub fn sftp_20_ms(plan: &Plan) -> Vec<Outcome> {
    let place = in_memory();
    let sshd = Sshd::start(Options { root: Some(place.path().join("root")), ..Options::default() });
    let bytes = written(&place.path().join("source"), plan.count(512, 64));
    let line = DelayLine::to(sshd.port(), Duration::from_millis(20));
    let there = There { sshd: &sshd, port: line.port() };
    let carried = Carried { there, place: place.path(), bytes, rounds: plan.rounds(5, 2), all_count: true };
    both_ways(&carried, "sftp-512-20ms", "at a round trip of 20 ms", Goal::Ratio(0.5))
}

/// Writes so many MiB; their digest.
fn written(path: &Path, mib: usize) -> Sha256 {
    fs::write(path, pattern(mib * MIB)).unwrap();
    Sha256::of_file(path).unwrap().0
}

/// These rows are about the line, not the disk.
fn in_memory() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

/// One file, and the line that it is carried over.
struct Carried<'a> {
    there: There<'a>,
    /// The file's own folder.
    place: &'a Path,
    bytes: Sha256,
    rounds: usize,
    /// lftp and rclone count, not OpenSSH's client alone.
    all_count: bool,
}

impl Carried<'_> {
    fn source(&self) -> PathBuf {
        self.place.join("source")
    }

    /// The path of what was brought to the partner, and of what was brought back.
    fn ends(&self) -> (PathBuf, PathBuf) {
        (self.there.sshd.root().join("carried"), self.place.join("back"))
    }

    fn checked(&self, path: &Path, sample: Sample) -> Sample {
        assert!(Sha256::of_file(path).unwrap().0 == self.bytes, "{} is not whole", path.display());
        fs::remove_file(path).unwrap();
        sample
    }

    fn put(&self) -> Vec<Runs> {
        let (source, (end, _)) = (&self.source(), &self.ends());
        let contenders = vec![
            Contender::new("totatsu's session, with SHA-256 and fsync", || {
                self.checked(end, ours(PUT, self.there, source, "carried"))
            }),
            Contender::with(found("sftp"), "sftp put", |sftp| {
                let line = format!("put {} carried\n", source.display());
                self.checked(end, peers::sftp(sftp, self.there, &line))
            }),
            Contender::with(found("lftp"), "lftp put", |lftp| {
                let command = format!("put {} -o carried", source.display());
                self.checked(end, peers::lftp_over_ssh(lftp, self.there, &command))
            })
            .counted(self.all_count),
            Contender::with(found("rclone"), "rclone copyto", |rclone| {
                self.checked(end, peers::rclone(rclone, self.there, "copyto", source, "carried"))
            })
            .counted(self.all_count),
        ];
        in_turn(self.rounds, contenders)
    }

    /// Brings back what the partner has as `offered`.
    fn get(&self) -> Vec<Runs> {
        let (_, back) = &self.ends();
        let contenders = vec![
            Contender::new("totatsu's session, with SHA-256 and fsync", || {
                self.checked(back, ours(GET, self.there, back, "offered"))
            }),
            Contender::with(found("sftp"), "sftp get", |sftp| {
                let line = format!("get offered {}\n", back.display());
                self.checked(back, peers::sftp(sftp, self.there, &line))
            }),
            Contender::with(found("lftp"), "lftp get", |lftp| {
                let command = format!("get offered -o {}", back.display());
                self.checked(back, peers::lftp_over_ssh(lftp, self.there, &command))
            })
            .counted(self.all_count),
            Contender::with(found("rclone"), "rclone copyto", |rclone| {
                self.checked(back, peers::rclone_back(rclone, self.there, "offered", back))
            })
            .counted(self.all_count),
        ];
        in_turn(self.rounds, contenders)
    }
}

fn both_ways(carried: &Carried<'_>, row: &str, how: &str, goal: Goal) -> Vec<Outcome> {
    let mib = fs::metadata(carried.source()).unwrap().len() / MIB as u64;
    let put = carried.put();
    fs::rename(carried.source(), carried.there.sshd.root().join("offered")).unwrap();
    let get = carried.get();
    let of = |word: &str, runs| {
        let what = format!("{word} of {mib} MiB by SFTP {how}, in memory, sign-in included");
        Outcome::of(&format!("{row}-{word}"), what, Unit::Seconds, goal, runs)
    };
    vec![of("put", put), of("get", get)]
}

/// This program as the process that carries.
fn ours(word: &str, there: There<'_>, here: &Path, name: &str) -> Sample {
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
    let mut settings = SftpSettings::new("127.0.0.1", port, next());
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
    let bytes = written(&source, mib);
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
    let bytes = written(&source, mib);
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
