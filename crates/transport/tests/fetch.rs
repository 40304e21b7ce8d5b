//! What every transport promises of a file that it brings here: all of the partner's bytes on our disk, or an error and a
//! part that can be gone on with.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::any::Any;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use support::disk::SmallDisk;
use support::embedded::Manners;
use support::ftp::{FtpServer, Wishes};
use support::line::{Fault, How, Line, Toward};
use support::medium::{Drive, Format, Stick};
use support::partners::{self, embedded, openssh, pattern};
use support::proftpd::{proftpd, proftpd_sftp, sftp_settings};
use support::promises::under_way;
use support::pureftpd::pureftpd;
use support::sshd::Options;
use support::vsftpd::vsftpd;
use totatsu_base::evidence::Overwrite;
use totatsu_base::{Remedy, Sha256};
use totatsu_transport::medium::{MediumFault, MediumSettings, marker};
use totatsu_transport::{Brought, Progress, Reach, Session, TransportError};

const MIB: usize = 1024 * 1024;

/// A partner of some kind, and the directory that it shows.
struct Partner {
    name: &'static str,
    reach: Reach,
    root: PathBuf,
    server: Box<dyn Any>,
}

impl Partner {
    async fn session(&self) -> Box<dyn Session> {
        self.reach.connect().await.unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// Puts a file there, with these bytes.
    fn holds(&self, name: &str, bytes: &[u8]) {
        // Some drivers of FAT in user space can't empty a file.
        let _ = fs::remove_file(self.root.join(name));
        fs::write(self.root.join(name), bytes).unwrap();
    }
}

fn of_sftp(name: &'static str, partner: partners::Partner) -> Partner {
    let (reach, root) = (Reach::Sftp(partner.settings.clone()), partner.root.clone());
    Partner { name, reach, root, server: Box::new(partner) }
}

fn of_openssh(options: Options) -> Partner {
    of_sftp("OpenSSH", openssh(options))
}

fn of_embedded(manners: Manners) -> Partner {
    of_sftp("the embedded partner", embedded(manners))
}

fn of_ftp(name: &'static str, server: FtpServer) -> Partner {
    let (reach, root) = (Reach::Ftps(server.settings()), server.root.clone());
    Partner { name, reach, root, server: Box::new(server) }
}

/// A medium of so many MiB, prepared for us.
fn of_medium(format: Format, mib: u64) -> Partner {
    let (drive, stick) = (Drive::empty(), Stick::format(format, mib));
    stick.plug(&drive);
    marker::prepare(drive.path(), "mpn", "試験市").unwrap();
    let root = drive.path().to_owned();
    let reach = Reach::Medium(MediumSettings::new(root.clone(), "mpn"));
    Partner { name: "a medium", reach, root, server: Box::new((drive, stick)) }
}

/// Where a file is brought to.
struct Here {
    folder: tempfile::TempDir,
    file: PathBuf,
}

impl Here {
    fn new() -> Here {
        let folder = tempfile::tempdir().unwrap();
        Here { file: folder.path().join("source"), folder }
    }
}

async fn fetch(session: &mut dyn Session, to: &Path, from: u64) -> Result<Brought, TransportError> {
    session.fetch("a.csv", to, from, &Progress::new()).await
}

async fn brings_bytes_equal(partner: Partner) {
    let mut session = partner.session().await;
    let here = Here::new();
    for bytes in [0, 1, 32 * 1024, 32 * 1024 + 1, 1_234_567, 5 * MIB] {
        let (whole, progress) = (pattern(bytes), Progress::new());
        partner.holds("a.csv", &whole);
        // What stands there from another time is not to show.
        fs::write(&here.file, "of another time").unwrap();
        let brought = session.fetch("a.csv", &here.file, 0, &progress).await;
        let brought = brought.unwrap_or_else(|error| panic!("{}, {bytes} bytes: {error}", partner.name));
        assert_eq!(brought, Brought { bytes: bytes as u64, sha256: Sha256::of(&whole) }, "{}", partner.name);
        assert!(fs::read(&here.file).unwrap() == whole, "{}: {bytes} bytes come as they are", partner.name);
        assert_eq!(fs::metadata(&here.file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!((progress.done(), progress.total()), (bytes as u64, bytes as u64));

        // From a part, behind which lies what doesn't count; from its very end, too.
        for from in [bytes / 3, bytes] {
            let part = [&whole[..from], b"of another file"].concat();
            fs::write(&here.file, part).unwrap();
            let progress = Progress::new();
            let again = session.fetch("a.csv", &here.file, from as u64, &progress).await;
            let again = again.unwrap_or_else(|error| panic!("{}, from {from}: {error}", partner.name));
            assert_eq!(again, brought, "{}: from byte {from}", partner.name);
            assert!(fs::read(&here.file).unwrap() == whole, "{}: from byte {from}", partner.name);
            assert_eq!((progress.done(), progress.total()), (bytes as u64, bytes as u64));
        }
    }
    partner.holds("a.csv", b"a\nb\r\nc\r");
    fetch(session.as_mut(), &here.file, 0).await.unwrap();
    assert_eq!(fs::read(&here.file).unwrap(), b"a\nb\r\nc\r", "nothing is made of line ends");
    assert!(session.is_alive());
    tells_what_cant_be_fetched(session.as_mut(), &here, partner.name).await;
    session.close().await;
}

async fn tells_what_cant_be_fetched(session: &mut dyn Session, here: &Here, name: &str) {
    let error = session.fetch("gone", &here.file, 0, &Progress::new()).await.unwrap_err();
    assert!(matches!(error, TransportError::NoSuchPath { .. }), "{name}: {error}");
    // A part longer than the partner's file is of another file.
    fs::write(&here.file, pattern(20)).unwrap();
    let error = fetch(session, &here.file, 20).await.unwrap_err();
    let changed = matches!(error, TransportError::PartnerFileChanged { expected: 7, found: 20, .. });
    assert!(changed && error.remedy() == Remedy::Retry, "{name}: {error}");
    let error = fetch(session, Path::new("/no/such/directory/source"), 0).await.unwrap_err();
    assert!(matches!(error, TransportError::OwnFile { .. }), "{name}: {error}");
    let brought = fetch(session, &here.file, 0).await.unwrap();
    assert_eq!(brought.bytes, 7, "{name}: none of this ends the session");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_file_at_openssh_is_brought_as_it_is() {
    brings_bytes_equal(of_openssh(Options::default())).await;
    let plain = Options { sftp_arguments: "-P limits,fsync,statvfs".to_owned(), ..Options::default() };
    brings_bytes_equal(of_openssh(plain)).await;
    let rekeying = Options { rekey_limit: Some("1M".to_owned()), ..Options::default() };
    brings_bytes_equal(of_openssh(rekeying)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_at_the_embedded_partner_is_brought_as_it_is() {
    brings_bytes_equal(of_embedded(Manners::default())).await;
    brings_bytes_equal(of_embedded(Manners { extensions: false, rename_replaces: true })).await;
}

#[tokio::test]
#[cfg_attr(not(have_vsftpd), ignore = "needs vsftpd: run scripts/test, which unpacks it")]
async fn a_file_at_vsftpd_is_brought_as_it_is() {
    brings_bytes_equal(of_ftp("vsftpd", vsftpd(Wishes::default()))).await;
    brings_bytes_equal(of_ftp("vsftpd, TLS 1.3", vsftpd(Wishes { tls13: true, ..Wishes::default() }))).await;
    let cleartext = Wishes { cleartext: true, ..Wishes::default() };
    brings_bytes_equal(of_ftp("vsftpd, cleartext", vsftpd(cleartext))).await;
}

#[tokio::test]
#[cfg_attr(not(have_proftpd), ignore = "needs ProFTPD: run scripts/test, which unpacks it")]
async fn a_file_at_proftpd_is_brought_as_it_is() {
    brings_bytes_equal(of_ftp("ProFTPD", proftpd(Wishes::default()))).await;
    // A server that begins at the first byte only.
    let lines = vec!["AllowRetrieveRestart off".to_owned()];
    brings_bytes_equal(of_ftp("ProFTPD without REST", proftpd(Wishes { lines, ..Wishes::default() }))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(have_proftpd), ignore = "needs ProFTPD: run scripts/test, which unpacks it")]
async fn a_file_at_proftpd_is_brought_over_sftp_as_it_is() {
    let server = proftpd_sftp(Wishes::default());
    let (reach, root) = (Reach::Sftp(sftp_settings(&server)), server.root.clone());
    let partner = Partner { name: "ProFTPD, mod_sftp", reach, root, server: Box::new(server) };
    brings_bytes_equal(partner).await;
}

#[tokio::test]
#[cfg_attr(not(all(have_pureftpd, have_root)), ignore = "needs Pure-FTPd and root: run scripts/test as root")]
async fn a_file_at_pureftpd_is_brought_as_it_is() {
    brings_bytes_equal(of_ftp("Pure-FTPd", pureftpd(Wishes::default()))).await;
}

#[tokio::test]
#[cfg_attr(
    not(all(have_root, have_loop, have_fat)),
    ignore = "needs root, loop devices and FAT: run scripts/test as root"
)]
async fn a_file_on_a_medium_is_brought_as_it_is() {
    brings_bytes_equal(of_medium(Format::Ext4, 16)).await;
    brings_bytes_equal(of_medium(Format::Fat, 16)).await;
}

#[tokio::test]
#[cfg_attr(not(all(have_root, have_loop)), ignore = "needs root and loop devices: run scripts/test as root")]
async fn a_medium_that_is_mounted_read_only_is_read_and_never_written() {
    let (drive, stick) = (Drive::empty(), Stick::format(Format::Ext4, 16));
    stick.plug(&drive);
    marker::prepare(drive.path(), "mpn", "試験市").unwrap();
    let whole = pattern(3 * MIB + 1);
    fs::write(drive.path().join("a.csv"), &whole).unwrap();
    drive.eject();
    stick.plug_read_only(&drive);
    let here = Here::new();
    let mut session =
        Reach::Medium(MediumSettings::new(drive.path().to_owned(), "mpn")).connect().await.unwrap();
    assert_eq!(session.stat("a.csv").await.unwrap().unwrap().size, Some(whole.len() as u64));
    assert!(session.list("").await.unwrap().find("a.csv").is_some());
    assert_eq!(session.read_small("a.csv", whole.len()).await.unwrap(), whole);
    assert_eq!(session.read_back("a.csv", &Progress::new()).await.unwrap().sha256, Sha256::of(&whole));
    assert_eq!(fetch(session.as_mut(), &here.file, 0).await.unwrap().sha256, Sha256::of(&whole));
    assert!(session.is_alive());

    let progress = Progress::new();
    for request in ["put", "rename", "remove", "free space"] {
        let error = match request {
            "put" => session.put(&here.file, "b.csv", 0, &progress).await.map(drop).unwrap_err(),
            "rename" => session.rename("a.csv", "b.csv", Overwrite::Refuse).await.map(drop).unwrap_err(),
            "remove" => session.remove("a.csv").await.map(drop).unwrap_err(),
            _ => session.free_space(".").await.map(drop).unwrap_err(),
        };
        assert_eq!(error.medium_wanted(), Some(&MediumFault::ReadOnly), "{request}: {error}");
    }
    assert_eq!(drive.files(), ["TOTATSU.ID", "a.csv"]);
}

#[tokio::test]
#[cfg_attr(not(all(have_root, have_loop)), ignore = "needs root and loop devices: run scripts/test as root")]
async fn nothing_but_a_plain_file_of_the_medium_itself_is_brought_from_it() {
    let partner = of_medium(Format::Ext4, 16);
    let here = Here::new();
    fs::write(here.folder.path().join("ours"), "ours").unwrap();
    std::os::unix::fs::symlink(here.folder.path().join("ours"), partner.root.join("a.csv")).unwrap();
    let mut session = partner.session().await;
    assert!(fetch(session.as_mut(), &here.file, 0).await.is_err(), "a link");
    fs::remove_file(partner.root.join("a.csv")).unwrap();
    fs::create_dir(partner.root.join("a.csv")).unwrap();
    let error = fetch(session.as_mut(), &here.file, 0).await.unwrap_err();
    assert!(matches!(error, TransportError::Unsupported { .. }), "a directory: {error}");
    std::os::unix::fs::symlink("elsewhere", here.folder.path().join("link")).unwrap();
    partner.holds("b.csv", b"b");
    let link = here.folder.path().join("link");
    let error = session.fetch("b.csv", &link, 0, &Progress::new()).await.unwrap_err();
    assert!(matches!(error, TransportError::OwnFile { .. }), "a link of ours: {error}");
}

/// Fetches in attempts that a fault breaks off, from the part that each left, until the file is whole.
async fn goes_on_from_each_part(partner: &Partner, whole: &[u8], break_off: impl AsyncFn(&Progress, usize)) {
    let here = Here::new();
    partner.holds("a.csv", whole);
    let mut from = 0;
    for attempt in 0.. {
        let mut session = partner.session().await;
        let progress = Progress::new();
        let (answer, ()) =
            tokio::join!(session.fetch("a.csv", &here.file, from, &progress), break_off(&progress, attempt));
        let part = fs::read(&here.file).unwrap();
        assert!(whole.starts_with(&part), "{}: a part is in order and without holes", partner.name);
        println!("{}, attempt {attempt}: {from} to {} bytes", partner.name, part.len());
        match answer {
            Ok(brought) => {
                assert_eq!((brought.bytes, brought.sha256), (whole.len() as u64, Sha256::of(whole)));
                assert!(attempt > 0, "{}: it was to be broken off", partner.name);
                assert!(part == whole);
                return;
            }
            Err(error) => {
                assert_eq!(error.remedy(), Remedy::Retry, "{}: {error}", partner.name);
                assert!(!session.is_alive() && attempt < 10, "{}: {error}", partner.name);
            }
        }
        assert!(part.len() as u64 >= from, "{}: nothing that was there is lost", partner.name);
        from = part.len() as u64;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_fetch_over_a_line_that_is_cut_goes_on_from_the_part() {
    let mut partner = of_openssh(Options::default());
    let Reach::Sftp(settings) = &mut partner.reach else { unreachable!() };
    let line = Line::to(settings.port);
    settings.port = line.port();
    let whole = pattern(8 * MIB + 3);
    for how in [How::Cut, How::Reset] {
        line.arm(Some(Fault { toward: Toward::Gateway, at: 2 * MIB as u64 + 17, how, connections: 3 }));
        goes_on_from_each_part(&partner, &whole, async |_, _| ()).await;
        assert_eq!(line.struck(), 3);
    }
}

async fn goes_on_after_its_sessions_were_killed(name: &'static str, server: FtpServer) {
    let partner = of_ftp(name, server);
    let server = partner.server.downcast_ref::<FtpServer>().unwrap();
    let whole = pattern(96 * MIB + 3);
    goes_on_from_each_part(&partner, &whole, async |progress: &Progress, attempt| {
        if attempt < 2 {
            under_way(progress, (attempt + 1) * MIB + progress.done() as usize).await;
            server.kill_sessions();
        }
    })
    .await;
}

#[tokio::test]
#[cfg_attr(not(have_vsftpd), ignore = "needs vsftpd: run scripts/test, which unpacks it")]
async fn a_fetch_from_vsftpd_that_is_killed_goes_on_from_the_part() {
    goes_on_after_its_sessions_were_killed("vsftpd", vsftpd(Wishes::default())).await;
    let cleartext = Wishes { cleartext: true, ..Wishes::default() };
    goes_on_after_its_sessions_were_killed("vsftpd, cleartext", vsftpd(cleartext)).await;
}

#[tokio::test]
#[cfg_attr(not(have_proftpd), ignore = "needs ProFTPD: run scripts/test, which unpacks it")]
async fn a_fetch_from_proftpd_that_is_killed_goes_on_from_the_part() {
    goes_on_after_its_sessions_were_killed("ProFTPD", proftpd(Wishes::default())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fetch_that_is_given_up_half_way_is_begun_again_at_once() {
    let partner = of_embedded(Manners::default());
    let here = Here::new();
    let whole = pattern(64 * MIB);
    partner.holds("a.csv", &whole);
    for _ in 0..3 {
        let mut session = partner.session().await;
        let progress = Progress::new();
        tokio::select! {
            _ = session.fetch("a.csv", &here.file, 0, &progress) => panic!("it was to be given up"),
            () = under_way(&progress, MIB) => {}
        }
        assert!(!session.is_alive());
    }
    let mut session = partner.session().await;
    let brought = fetch(session.as_mut(), &here.file, 0).await.unwrap();
    assert_eq!(brought.sha256, Sha256::of(&whole));
    assert!(fs::read(&here.file).unwrap() == whole);
}

/// Has the partner's file change while it is fetched.
async fn notices_a_change(partner: &Partner, change: impl FnOnce(&Path)) -> TransportError {
    let here = Here::new();
    let whole = pattern(96 * MIB);
    partner.holds("a.csv", &whole);
    let mut session = partner.session().await;
    let progress = Progress::new();
    let (answer, ()) = tokio::join!(session.fetch("a.csv", &here.file, 0, &progress), async {
        under_way(&progress, 1).await;
        change(&partner.root.join("a.csv"));
    });
    let error = answer.unwrap_err();
    println!("{}: {error}", partner.name);
    let changed = matches!(error, TransportError::PartnerFileChanged { .. });
    assert!(changed && error.remedy() == Remedy::Retry && !error.outcome_unknown(), "{error}");
    assert!(fs::metadata(&here.file).unwrap().len() <= whole.len() as u64, "no more than was told");
    error
}

async fn notices_each_change(partner: &Partner) {
    let grown = notices_a_change(partner, |path| {
        fs::OpenOptions::new().append(true).open(path).unwrap().write_all(b"more").unwrap();
    })
    .await;
    assert!(grown.to_string().contains("became more"), "{grown}");
    let shrunk = notices_a_change(partner, |path| {
        fs::OpenOptions::new().write(true).open(path).unwrap().set_len(40 * MIB as u64).unwrap();
    })
    .await;
    assert!(shrunk.to_string().contains("bytes became 41943040"), "{shrunk}");
    let rewritten = notices_a_change(partner, |path| {
        let file = fs::OpenOptions::new().write(true).open(path).unwrap();
        file.set_modified(SystemTime::now() + Duration::from_secs(5)).unwrap();
    })
    .await;
    assert!(rewritten.to_string().contains("as many others"), "{rewritten}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_file_at_openssh_that_changes_while_it_is_fetched_is_never_called_whole() {
    notices_each_change(&of_openssh(Options::default())).await;
}

#[tokio::test]
#[cfg_attr(not(have_vsftpd), ignore = "needs vsftpd: run scripts/test, which unpacks it")]
async fn a_file_at_vsftpd_that_changes_while_it_is_fetched_is_never_called_whole() {
    // Slow enough to be changed before vsftpd has read it all.
    let lines = vec!["anon_max_rate=80000000".to_owned()];
    notices_each_change(&of_ftp("vsftpd", vsftpd(Wishes { lines, ..Wishes::default() }))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(all(have_root, have_loop)), ignore = "needs root and loop devices: run scripts/test as root")]
async fn a_file_on_a_medium_that_changes_while_it_is_fetched_is_never_called_whole() {
    notices_each_change(&of_medium(Format::Ext4, 160)).await;
}

/// Our own disk is full: the part is in order, and the fetch goes on when there is room.
async fn tells_of_our_full_disk(partner: Partner) {
    let disk = SmallDisk::mount(4);
    let to = disk.path().join("source");
    let whole = pattern(6 * MIB);
    partner.holds("a.csv", &whole);
    let mut session = partner.session().await;
    let error = fetch(session.as_mut(), &to, 0).await.unwrap_err();
    assert!(
        matches!(&error, TransportError::OwnFile { path, .. } if *path == to),
        "{}: {error}",
        partner.name
    );
    assert_eq!(error.remedy(), Remedy::Retry, "{}: {error}", partner.name);
    let part = fs::read(&to).unwrap();
    println!("{}: {} bytes, then {error}", partner.name, part.len());
    assert!(part.len() > 3 * MIB && whole.starts_with(&part), "{}", partner.name);
    let elsewhere = Here::new();
    fs::write(&elsewhere.file, &part).unwrap();
    let mut session = partner.session().await;
    let brought = fetch(session.as_mut(), &elsewhere.file, part.len() as u64).await.unwrap();
    assert_eq!(brought.sha256, Sha256::of(&whole), "{}", partner.name);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(
    not(all(have_sshd, have_vsftpd, have_loop, have_root)),
    ignore = "needs the servers and the right to mount: run scripts/test as root"
)]
async fn our_own_full_disk_is_told_and_the_part_stays_in_order() {
    tells_of_our_full_disk(of_openssh(Options::default())).await;
    tells_of_our_full_disk(of_ftp("vsftpd", vsftpd(Wishes::default()))).await;
    tells_of_our_full_disk(of_medium(Format::Ext4, 16)).await;
}

#[test]
#[cfg_attr(not(have_root), ignore = "needs the right to mount: run scripts/test as root")]
fn a_full_medium_keeps_no_half_mark_and_is_prepared_once_there_is_room() {
    let (disk, full) = (SmallDisk::mount(1), Some(std::io::ErrorKind::StorageFull));
    let filling = disk.path().join("filling");
    assert_eq!(fs::write(&filling, vec![0; 2 * MIB]).err().map(|error| error.kind()), full);
    assert_eq!(marker::prepare(disk.path(), "mpn", "試験市").err().map(|error| error.kind()), full);
    assert!(!disk.path().join("TOTATSU.ID").exists());
    fs::remove_file(&filling).unwrap();
    marker::prepare(disk.path(), "mpn", "試験市").unwrap();
}
