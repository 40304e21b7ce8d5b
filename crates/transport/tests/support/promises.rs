//! What every transport promises, tried on a session whose partner's directory is at hand.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::task::JoinHandle;
use totatsu_base::evidence::Overwrite;
use totatsu_base::{Remedy, Sha256};
use totatsu_transport::{FileKind, Phase, Progress, ReadBy, RenamedBy, Session, Synced, TransportError};

use super::partners::pattern;

/// Files of these sizes arrive as they are, and are read back as that, `by` whom it is told; whether each was synced.
pub async fn delivers_bytes_equal(
    session: &mut dyn Session,
    root: &Path,
    sizes: [usize; 5],
    by: ReadBy,
) -> Result<Vec<Synced>, TransportError> {
    let folder = tempfile::tempdir().unwrap();
    let mut synced = Vec::new();
    for bytes in sizes {
        let (name, progress) = (format!("file-{bytes}"), Progress::new());
        let source = folder.path().join(&name);
        fs::write(&source, pattern(bytes)).unwrap();
        let put = session.put(&source, &name, 0, &progress).await?;
        let there = fs::read(root.join(&name)).unwrap();
        assert!(there == pattern(bytes), "{bytes} bytes arrive as they are");
        assert_eq!((put.bytes, put.sha256), (bytes as u64, Sha256::of(&there)));
        assert_eq!((progress.done(), progress.total()), (bytes as u64, bytes as u64));
        let back = session.read_back(&name, &Progress::new()).await?;
        assert_eq!((back.bytes, back.sha256, back.by), (put.bytes, put.sha256, by));
        assert_eq!(session.stat(&name).await?.unwrap().size, Some(put.bytes));
        synced.push(put.synced);
    }
    assert!(session.is_alive());
    Ok(synced)
}

/// What stands under a name is told, a file can be removed once, and the session goes on.
pub async fn tells_what_stands_under_a_name(session: &mut dyn Session, root: &Path) {
    fs::write(root.join("file"), "12345").unwrap();
    fs::create_dir(root.join("directory")).unwrap();
    let file = session.stat("file").await.unwrap().unwrap();
    assert_eq!((file.size, file.kind), (Some(5), FileKind::File));
    assert!(file.modified.is_some());
    assert_eq!(session.stat("directory").await.unwrap().unwrap().kind, FileKind::Directory);
    assert_eq!(session.stat("nothing").await.unwrap(), None);
    assert!(session.remove("file").await.unwrap());
    assert!(!session.remove("file").await.unwrap());
    assert!(session.is_alive());
}

/// A session whose partner falls silent owes an answer and is not used again; its deadline for a look is to be short.
pub async fn is_not_used_again_when_it_owes_an_answer(session: &mut dyn Session, silence: impl FnOnce()) {
    assert!(session.is_alive());
    silence();
    let error = session.stat("a").await.unwrap_err();
    assert!(matches!(error, TransportError::TimedOut { phase: Phase::Stat, .. }), "{error}");
    assert!(!error.outcome_unknown() && !session.is_alive());
    let error = session.remove("a").await.unwrap_err();
    assert!(matches!(error, TransportError::Lost { .. }), "{error}");
    assert!(!error.outcome_unknown(), "nothing was sent");
}

/// An own file that is missing is our own affair: nothing is created for it, and the session goes on.
pub async fn names_an_own_file_that_is_missing(session: &mut dyn Session) {
    let error = session.put(Path::new("/no/such/source"), "a.part", 0, &Progress::new()).await.unwrap_err();
    assert!(matches!(error, TransportError::OwnFile { .. }), "{error}");
    assert!(session.is_alive());
    assert_eq!(session.stat("a.part").await.unwrap(), None, "nothing is created for it");
}

/// An upload of a file that takes long over a line slower than the minimum is given up.
pub async fn gives_up_a_slow_upload(session: &mut dyn Session, source: &Path) {
    let error = session.put(source, "a.part", 0, &Progress::new()).await.unwrap_err();
    let TransportError::TooSlow { phase: Phase::Write, rate, minimum } = error else { panic!("{error}") };
    assert!(rate < minimum);
    assert!(!session.is_alive());
}

/// A disk of the partner that has no room for a large file and has some for a small one is told as that, by the error that is
/// returned; what was written is left to be seen.
pub async fn names_a_full_disk(session: &mut dyn Session, large: &Path, small: &Path) -> TransportError {
    let error = session.put(large, "a.part", 0, &Progress::new()).await.unwrap_err();
    assert!(matches!(error, TransportError::PartnerFailed { .. }), "{error}");
    assert_eq!(error.remedy(), Remedy::Retry);
    assert!(session.is_alive());
    assert!(session.stat("a.part").await.unwrap().is_some(), "what was written is left to be seen");
    assert!(session.remove("a.part").await.unwrap());
    session.put(small, "a.part", 0, &Progress::new()).await.unwrap();
    error
}

/// An own file of zeros, too large to be sent before anything can happen.
pub fn large(folder: &Path, bytes: usize) -> PathBuf {
    let path = folder.join("large");
    fs::File::create(&path).unwrap().set_len(bytes as u64).unwrap();
    path
}

/// Waits until bytes have come or gone.
pub async fn under_way(progress: &Progress, least: usize) {
    while progress.done() < least as u64 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Starts an upload that will fail, and returns once so many bytes have gone; it ends with the error, and the session.
pub async fn upload_under_way(
    mut session: Box<dyn Session>,
    source: PathBuf,
    least: usize,
) -> JoinHandle<(TransportError, Box<dyn Session>)> {
    let progress = Progress::new();
    let watched = progress.clone();
    let upload = tokio::spawn(async move {
        let error = session.put(&source, "large.part", 0, &progress).await.unwrap_err();
        (error, session)
    });
    while watched.done() < least as u64 {
        assert!(!upload.is_finished(), "it ended before {least} bytes had gone");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    upload
}

/// Gives an upload up half-way, as a stopping daemon does: the session is of no use any more.
pub async fn is_given_up_half_way(mut session: Box<dyn Session>, source: &Path, least: usize) {
    let progress = Progress::new();
    tokio::select! {
        _ = session.put(source, "large.part", 0, &progress) => panic!("it was to be given up"),
        () = under_way(&progress, least) => {}
    }
    assert!(!session.is_alive());
    session.close().await;
}

/// An existing file is neither written over nor renamed onto; onto a free name our file of 1000 bytes goes by `by`.
pub async fn keeps_existing_files(session: &mut dyn Session, root: &Path, source: &Path, by: RenamedBy) {
    fs::write(root.join("theirs"), "untouched").unwrap();

    let error = session.put(source, "theirs", 0, &Progress::new()).await.unwrap_err();
    assert!(matches!(&error, TransportError::AlreadyExists { path } if path == "theirs"), "{error}");

    session.put(source, ".ours.part", 0, &Progress::new()).await.unwrap();
    let error = session.rename(".ours.part", "theirs", Overwrite::Refuse).await.unwrap_err();
    assert!(matches!(&error, TransportError::AlreadyExists { path } if path == "theirs"), "{error}");
    assert_eq!(error.remedy(), Remedy::Hold);
    assert_eq!(fs::read(root.join("theirs")).unwrap(), b"untouched");

    let name = "受注_髙橋①.csv";
    let renamed = session.rename(".ours.part", name, Overwrite::Refuse).await.unwrap();
    assert_eq!((renamed.by, renamed.old_name_left), (by, false));
    assert_eq!(fs::read(root.join(name)).unwrap(), pattern(1000));
    assert_eq!(session.stat(".ours.part").await.unwrap(), None);
    assert!(session.stat(name).await.unwrap().unwrap().is_file());
}

/// Where it is asked for, our file of 1000 bytes replaces what bears the name.
pub async fn replaces_where_asked_to(session: &mut dyn Session, root: &Path, source: &Path) {
    fs::write(root.join("final"), "of yesterday").unwrap();
    session.put(source, "new.part", 0, &Progress::new()).await.unwrap();
    let renamed = session.rename("new.part", "final", Overwrite::Atomic).await.unwrap();
    assert_eq!((renamed.by, renamed.old_name_left), (RenamedBy::AtomicRename, false));
    assert_eq!(fs::read(root.join("final")).unwrap(), pattern(1000));
    assert!(!root.join("new.part").exists());
}

/// Whatever is missing is told as that, and the session goes on.
pub async fn names_what_is_missing(session: &mut dyn Session, source: &Path) {
    let error = session.put(source, "no-directory/a.part", 0, &Progress::new()).await.unwrap_err();
    assert!(matches!(error, TransportError::NoSuchPath { phase: Phase::Open, .. }), "{error}");
    session.put(source, "a.part", 0, &Progress::new()).await.unwrap();
    let error = session.rename("a.part", "no-directory/a", Overwrite::Refuse).await.unwrap_err();
    assert!(matches!(error, TransportError::NoSuchPath { phase: Phase::Rename, .. }), "{error}");
    let error = session.rename("gone.part", "a", Overwrite::Refuse).await.unwrap_err();
    assert!(matches!(&error, TransportError::NoSuchPath { path, .. } if path == "gone.part"), "{error}");
    let error = session.read_back("gone", &Progress::new()).await.unwrap_err();
    assert!(matches!(error, TransportError::NoSuchPath { phase: Phase::Read, .. }), "{error}");
    assert!(session.is_alive(), "a refusal does not end the session");
}
