//! Fourth step: the bytes at the partner equal ours, to a stated grade.
//!
//! Owns the grades of proof. Asks the partner for the size and reads the bytes back; a partner that forbids one or both
//! yields a lower grade, never a silent success. What differs, or has gone, is sent again: nothing bears the final name
//! yet. Never changes anything at the partner.

use totatsu_base::evidence::{Asked, Grade, Target, Verified};
use totatsu_base::{Remedy, Sha256, say};
use totatsu_transport::{LookedAndRead, Progress, ReadBack, ReadBy, Session, TransportError};

/// Why the proof failed.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The line or the partner failed, see [`TransportError`].
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The temporary file has gone before it was given its final name. It is sent again.
    #[error("{}", say!("deliver-vanished", path = path))]
    Gone {
        /// The path at the partner.
        path: String,
    },
    /// The partner acknowledged every write and holds something else. It is sent again; if this goes on, the partner's
    /// storage loses data, and the operator tells the partner so.
    #[error("{}", say!("deliver-differs", held = held, sent = sent, path = path))]
    Differs {
        /// The path at the partner.
        path: String,
        /// Size and digest at the partner.
        held: String,
        /// Size and digest of ours.
        sent: String,
    },
}

impl VerifyError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            VerifyError::Transport(error) => error.remedy(),
            VerifyError::Gone { .. } | VerifyError::Differs { .. } => Remedy::Retry,
        }
    }

    /// The next attempt has to send the bytes again, not only to ask again.
    pub fn wants_transfer(&self) -> bool {
        match self {
            VerifyError::Transport(_) => false,
            VerifyError::Gone { .. } | VerifyError::Differs { .. } => true,
        }
    }
}

/// What a file at the partner turned out to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// Nothing has that name.
    Nothing,
    /// Our bytes, to this grade.
    Ours(Grade),
    /// Something else: its size, and its digest where that was what differed.
    Other(String),
}

/// Proves that the target's temporary name holds `size` bytes with digest `sha256`.
///
/// # Errors
/// See [`VerifyError`].
pub async fn verify(
    session: &mut dyn Session,
    target: &Target,
    size: u64,
    sha256: Sha256,
    progress: &Progress,
) -> Result<Verified, VerifyError> {
    let path = target.temporary_path();
    let mut asked = Vec::new();
    let looked = session.look_and_read_back_ours(&path, size, progress).await;
    match held(looked, &path, size, sha256, &mut asked)? {
        Held::Ours(grade) => Ok(Verified { grade, asked }),
        Held::Nothing => Err(VerifyError::Gone { path }),
        Held::Other(held) => {
            let sent = say!("deliver-answer-digest", bytes = size, sha256 = sha256);
            Err(VerifyError::Differs { path, held, sent })
        }
    }
}

/// Compares what the partner holds at `path` with `size` bytes of digest `sha256`, and notes what was asked.
///
/// # Errors
/// The line or the partner failed. A partner that refuses to tell or to read back is no error, but a lower grade.
pub async fn compare(
    session: &mut dyn Session,
    path: &str,
    size: u64,
    sha256: Sha256,
    progress: &Progress,
    asked: &mut Vec<Asked>,
) -> Result<Held, TransportError> {
    let looked = session.look_and_read_back(path, size, progress).await;
    held(looked, path, size, sha256, asked)
}

fn held(
    LookedAndRead { found, back }: LookedAndRead,
    path: &str,
    size: u64,
    sha256: Sha256,
    asked: &mut Vec<Asked>,
) -> Result<Held, TransportError> {
    let question = say!("deliver-asked-size", path = path);
    let (answer, sized, other) = match found {
        Ok(None) => (say!("deliver-answer-no-such-file"), false, Held::Nothing),
        Ok(Some(file)) => (file.shown_size(), file.size.is_some(), Held::Other(file.shown_size())),
        Err(error) if error.is_refusal() => (say!("deliver-answer-untold"), false, Held::Nothing),
        Err(error) => return Err(error),
    };
    asked.push(Asked::new(question, answer));
    let Some(back) = back else { return Ok(other) };
    let question = say!("deliver-asked-content", path = path);
    match back {
        Ok(back) if (back.bytes, back.sha256) == (size, sha256) => {
            asked.push(Asked::new(question, told(&back)));
            Ok(Held::Ours(Grade::Content))
        }
        Ok(ReadBack { bytes, sha256, .. }) => {
            Ok(Held::Other(say!("deliver-answer-digest", bytes = bytes, sha256 = sha256)))
        }
        Err(error) if error.is_refusal() => {
            asked.push(Asked::new(question, say!("deliver-answer-unread")));
            Ok(Held::Ours(if sized { Grade::Size } else { Grade::Close }))
        }
        Err(error) => Err(error),
    }
}

/// What was read back, and by whom.
fn told(ReadBack { bytes, sha256, by }: &ReadBack) -> String {
    match by {
        ReadBy::Us => say!("deliver-answer-digest", bytes = bytes, sha256 = sha256),
        ReadBy::Partner => say!("deliver-answer-digest-partner", bytes = bytes, sha256 = sha256),
        ReadBy::PastCache => say!("deliver-answer-digest-past-cache", bytes = bytes, sha256 = sha256),
        ReadBy::AfterDroppingCache => say!("deliver-answer-digest-dropped", bytes = bytes, sha256 = sha256),
    }
}
