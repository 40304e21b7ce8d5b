//! What every transport promises, tried on a session whose partner's directory is at hand.

use std::fs;
use std::path::Path;

use totatsu_base::Remedy;
use totatsu_base::evidence::Overwrite;
use totatsu_transport::{Phase, Progress, RenamedBy, Session, TransportError};

use super::partners::pattern;

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
