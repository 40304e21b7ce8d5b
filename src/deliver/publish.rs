//! Fifth step: the proven bytes get the name under which the partner looks for them.
//!
//! Looks before it acts, so that it can be repeated after a crash or a cut line: the answer to a rename may have been
//! lost, the rename itself not. Never destroys an existing file unless the link says so, never sends a byte. What can't
//! be told by looking is held as unknown, not decided.

use crate::digest::Sha256;
pub use crate::evidence::Published;
use crate::remedy::Remedy;
use crate::transfer::{Asked, Target};
use crate::transport::{Overwrite, Progress, RenamedBy, Session, TransportError};
use crate::verify::{Grade, Held, compare};

/// Why the final name could not be given.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The line or the partner failed; see there.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// A file has taken the final name since we asked. The operator asks the partner, then releases the delivery.
    #[error(
        "the partner already holds {path} and the link says same_name = \"hold\": find out whose file it is, have it \
         removed or renamed, then release the delivery"
    )]
    NameTaken {
        /// The path at the partner.
        path: String,
    },
    /// Neither name is there: the partner took the file away, or lost it, after it was proven. Only the partner can
    /// tell which; the operator asks.
    #[error(
        "unknown: {temporary} was proven at the partner and has gone, and {path} is not there either: ask the partner \
         whether it has taken the file; if it has, confirm the delivery, if not, resend it"
    )]
    Unknown {
        /// The temporary path.
        temporary: String,
        /// The final path.
        path: String,
    },
    /// The new name may have been made, and the file taken away under it, before the old name could be removed. Only the
    /// partner can tell; the operator asks.
    #[error(
        "unknown: the name {path} was asked for and no answer came; it isn't there, but the partner may have taken the file \
         away already: ask; if it has the file, confirm the delivery, if not, release it"
    )]
    MayBeTaken {
        /// The final path.
        path: String,
    },
    /// The temporary name has gone and the final one holds something else.
    #[error(
        "unknown: {temporary} was proven at the partner and has gone, and {path} holds {held}: ask the partner whether \
         it has taken the file; if it has, confirm the delivery, if not, resend it"
    )]
    OtherContent {
        /// The temporary path.
        temporary: String,
        /// The final path.
        path: String,
        /// What it holds.
        held: String,
    },
}

impl PublishError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            PublishError::Transport(error) => error.remedy(),
            PublishError::NameTaken { .. }
            | PublishError::Unknown { .. }
            | PublishError::MayBeTaken { .. }
            | PublishError::OtherContent { .. } => Remedy::Hold,
        }
    }

    /// Whether a name was asked for and nobody can tell yet whether it was given.
    pub fn outcome_unknown(&self) -> bool {
        matches!(self, PublishError::Transport(error) if error.outcome_unknown())
    }
}

/// What is known before the name is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Before {
    /// Bytes that were proven.
    pub size: u64,
    /// Their SHA-256.
    pub sha256: Sha256,
    /// The name may have been asked for already, and no answer was recorded.
    pub unknown: bool,
    /// The partner will say by a file of its own that it has the bytes.
    pub acknowledged: bool,
}

/// Gives the target's final name to the bytes that were proven under its temporary one.
///
/// # Errors
/// See [`PublishError`]; the proven bytes are then still under one of the two names, as far as the partner tells.
pub async fn publish(
    session: &mut dyn Session,
    target: &Target,
    before: Before,
    progress: &Progress,
) -> Result<Published, PublishError> {
    let (temporary, path) = (target.temporary_path(), target.final_path());
    let mut asked = Vec::new();
    let left = exists(session, &temporary, &mut asked).await?;
    if left == Some(false) {
        return find_done(session, target, before, progress, asked).await;
    }
    if target.overwrite == Overwrite::Refuse && exists(session, &path, &mut asked).await? == Some(true) {
        return find_linked(session, target, before, progress, asked).await;
    }
    if before.unknown && (left.is_none() || session.names_in_two_steps()) {
        return Err(PublishError::MayBeTaken { path });
    }
    let renamed = match session.rename(&temporary, &path, target.overwrite).await {
        Ok(renamed) => renamed,
        // The partner may have refused what it did, or somebody may have come first: the names tell.
        Err(TransportError::AlreadyExists { .. }) => {
            return find_linked(session, target, before, progress, asked).await;
        }
        Err(error) => return Err(error.into()),
    };
    let how = match renamed.by {
        RenamedBy::HardLink if renamed.old_name_left => {
            "done, by a second name; the partner doesn't let us remove the first"
        }
        RenamedBy::HardLink => "done, by a second name and removal of the first",
        RenamedBy::Rename => "done, onto a name that was free",
        RenamedBy::AtomicRename => "done, replacing in one instant what bore the name",
    };
    asked.push(Asked::new(format!("rename {temporary} to {path}"), how));
    look_once_more(session, &path, &mut asked).await;
    Ok(Published { path, found_done: false, unproven: false, asked })
}

/// Both names are there. The final one was free before the transfer began, so if it holds our bytes, an earlier rename
/// got as far as the second name.
async fn find_linked(
    session: &mut dyn Session,
    target: &Target,
    Before { size, sha256, .. }: Before,
    progress: &Progress,
    mut asked: Vec<Asked>,
) -> Result<Published, PublishError> {
    let (temporary, path) = (target.temporary_path(), target.final_path());
    if compare(session, &path, size, sha256, progress, &mut asked).await? != Held::Ours(Grade::Content) {
        return Err(PublishError::NameTaken { path });
    }
    session.remove(&temporary).await?;
    asked.push(Asked::new(
        format!("remove {temporary}"),
        "done: an earlier rename had made only the second name",
    ));
    Ok(Published { path, found_done: true, unproven: false, asked })
}

/// For the receipt only: the rename was acknowledged, so nothing that is found or not found now changes that.
async fn look_once_more(session: &mut dyn Session, path: &str, asked: &mut Vec<Asked>) {
    if let Err(error) = exists(session, path, asked).await {
        asked.push(Asked::new(format!("does {path} exist"), format!("no answer: {error}")));
    }
}

/// The temporary name has gone: only a rename of ours explains that together with our bytes under the final name.
async fn find_done(
    session: &mut dyn Session,
    target: &Target,
    Before { size, sha256, acknowledged, .. }: Before,
    progress: &Progress,
    mut asked: Vec<Asked>,
) -> Result<Published, PublishError> {
    let (temporary, path) = (target.temporary_path(), target.final_path());
    match compare(session, &path, size, sha256, progress, &mut asked).await? {
        Held::Ours(grade) if tells_ours(grade, target.overwrite) => {
            Ok(Published { path, found_done: true, unproven: false, asked })
        }
        Held::Ours(_) | Held::Nothing if acknowledged => {
            Ok(Published { path, found_done: false, unproven: true, asked })
        }
        Held::Ours(_) | Held::Nothing => Err(PublishError::Unknown { temporary, path }),
        Held::Other(held) => Err(PublishError::OtherContent { temporary, path, held }),
    }
}

/// Whether so much proof tells our file under the final name from one that was there before. Files of fixed widths often
/// have one size, and where the link may replace files the name may have been taken all along.
fn tells_ours(grade: Grade, overwrite: Overwrite) -> bool {
    match grade {
        Grade::Content => true,
        Grade::Size => overwrite == Overwrite::Refuse,
        Grade::Close | Grade::Confirmed => false,
    }
}

/// Whether the partner says that `path` exists; nothing where it doesn't say.
async fn exists(
    session: &mut dyn Session,
    path: &str,
    asked: &mut Vec<Asked>,
) -> Result<Option<bool>, TransportError> {
    let (answer, exists) = match session.stat(path).await {
        Ok(Some(file)) => (format!("yes, {}", file.shown_size()), Some(true)),
        Ok(None) => ("no".to_owned(), Some(false)),
        Err(error) if error.is_refusal() => ("the partner doesn't say".to_owned(), None),
        Err(error) => return Err(error),
    };
    asked.push(Asked::new(format!("does {path} exist"), answer));
    Ok(exists)
}
