//! Large files, sent, read back and fetched while the keys of the session are renewed.
//!
//! Here they are as large as every run can bear; `scripts/large-files` runs the same with more than 4 GiB, which no 32-bit
//! count of bytes survives. The source is sparse, with its own number in each piece, and is removed once it was sent.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::cell::Cell;
use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::Instant;

use support::ftp::Wishes;
use support::partners::of_sshd;
use support::sshd::{Options, Sshd};
use support::vsftpd::vsftpd;
use totatsu_base::Sha256;
use totatsu_transport::{Progress, ReadBy, Session, ftps, sftp};

const MIB: u64 = 1024 * 1024;
/// The size in MiB, where it is not the usual one.
const SIZE: &str = "TOTATSU_LARGE_FILE_MIB";
const USUAL: u64 = 300;
/// Bytes from one number in the source to the next.
const PIECE: u64 = 64 * 1024;
/// Bytes after which the server asks for new keys.
const REKEY: u64 = 64 * MIB;

/// An odd number of bytes, so that no chunk ends with the file.
fn size() -> u64 {
    let mib = std::env::var(SIZE).map_or(USUAL, |mib| mib.parse().unwrap());
    mib * MIB + 12_345
}

fn write_source(path: &Path, size: u64) {
    let file = File::create(path).unwrap();
    file.set_len(size).unwrap();
    for at in (0..size - 8).step_by(PIECE as usize) {
        file.write_all_at(&(at + 1).to_le_bytes(), at).unwrap();
    }
}

/// Sends a file, reads it back and fetches it; `done` is told what, after each.
async fn there_and_back(session: &mut dyn Session, folder: &Path, root: &Path, done: impl Fn(&str)) {
    let (size, ours, software) = (size(), folder.join("large"), session.peer().software.clone());
    let tell = |what: &str, begun: Instant| {
        let seconds = begun.elapsed().as_secs_f64();
        let rate = size as f64 / MIB as f64 / seconds;
        println!("{software}: {what}: {size} bytes in {seconds:.1} s, {rate:.0} MiB/s");
        done(what);
    };
    write_source(&ours, size);
    let (sha256, _) = Sha256::of_file(&ours).unwrap();

    let begun = Instant::now();
    let put = session.put(&ours, "large.part", 0, &Progress::new()).await.unwrap();
    assert_eq!((put.bytes, put.sha256), (size, sha256));
    tell("put", begun);
    fs::remove_file(&ours).unwrap();
    assert_eq!(session.stat("large.part").await.unwrap().unwrap().size, Some(size));

    let begun = Instant::now();
    let back = session.read_back("large.part", &Progress::new()).await.unwrap();
    assert_eq!((back.bytes, back.sha256, back.by), (size, sha256, ReadBy::Us));
    tell("read back", begun);

    let (begun, progress) = (Instant::now(), Progress::new());
    let brought = session.fetch("large.part", &ours, 0, &progress).await.unwrap();
    assert_eq!((brought.bytes, brought.sha256, progress.done()), (size, sha256, size));
    tell("fetch", begun);
    fs::remove_file(root.join("large.part")).unwrap();
    assert_eq!(Sha256::of_file(&ours).unwrap(), (sha256, size));
    assert!(session.is_alive());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_large_file_goes_to_openssh_and_back_while_the_keys_are_renewed() {
    let rekey_limit = Some(format!("{}M", REKEY / MIB));
    let sshd = Sshd::start(Options { rekey_limit, logs_key_exchanges: true, ..Options::default() });
    let mut session = sftp::connect(&of_sshd(&sshd)).await.unwrap();
    let before = Cell::new(sshd.key_exchanges());
    there_and_back(session.as_mut(), sshd.folder(), sshd.root(), |what| {
        let renewed = sshd.key_exchanges() - before.replace(sshd.key_exchanges());
        println!("keys renewed during {what}: {renewed} times");
        // What is under way while keys are agreed counts for neither.
        assert!(renewed as u64 >= size() / REKEY * 3 / 4, "{what}: {renewed}");
    })
    .await;
}

#[tokio::test]
#[cfg_attr(not(have_vsftpd), ignore = "needs vsftpd: run scripts/test, which unpacks it")]
async fn a_large_file_goes_to_vsftpd_and_back_over_tls_1_3() {
    let server = vsftpd(Wishes { tls13: true, ..Wishes::default() });
    let mut session = ftps::connect(&server.settings()).await.unwrap();
    assert!(session.peer().cipher.starts_with("TLSv1_3"), "{}", session.peer().cipher);
    there_and_back(session.as_mut(), server.folder.path(), &server.root, |_| ()).await;
}
