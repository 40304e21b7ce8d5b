//! Fifth step: the proven bytes get the name under which the partner looks for them.
//!
//! Looks before it acts, so that it can be repeated after a crash or a cut line: the answer to a rename may have been
//! lost, the rename itself not. Never destroys an existing file unless the link says so, never sends a byte. What can't
//! be told by looking is held as unknown, not decided.

use crate::deliver::verify::{Held, compare};
use totatsu_base::evidence::{Asked, Grade, Overwrite, Published, Target};
use totatsu_base::{Remedy, Sha256, say};
use totatsu_transport::{Progress, RemoteFile, RenamedBy, Session, TransportError};

/// Why the final name could not be given.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The line or the partner failed, see [`TransportError`].
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// A file has taken the final name since we asked. The operator asks the partner, then releases the delivery.
    #[error("{}", say!("deliver-name-taken", path = path))]
    NameTaken {
        /// The path at the partner.
        path: String,
    },
    /// Neither name is there: the partner took the file away, or lost it, after it was proven. Only the partner can
    /// tell which; the operator asks.
    #[error("{}", say!("deliver-unknown", temporary = temporary, path = path))]
    Unknown {
        /// The temporary path.
        temporary: String,
        /// The final path.
        path: String,
    },
    /// The new name may have been made, and the file taken away under it, before the old name could be removed. Only the
    /// partner can tell; the operator asks.
    #[error("{}", say!("deliver-may-be-taken", path = path))]
    MayBeTaken {
        /// The final path.
        path: String,
    },
    /// The temporary name has gone and the final one holds something else.
    #[error("{}", say!("deliver-other-content", temporary = temporary, path = path, held = held))]
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

    /// Whether nobody can tell yet whether the name was given.
    pub fn outcome_unknown(&self) -> bool {
        match self {
            PublishError::Transport(error) => error.outcome_unknown(),
            PublishError::NameTaken { .. } => false,
            PublishError::Unknown { .. }
            | PublishError::MayBeTaken { .. }
            | PublishError::OtherContent { .. } => true,
        }
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
    /// The name may have been asked for already, whatever the answer was.
    pub asked: bool,
    /// No other delivery is about to be given the same name: what appears under it once we asked is ours.
    pub alone: bool,
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
    let mut asked = Vec::new();
    let sight = look(session, target, before, progress, &mut asked).await?;
    let verdict = judge(&sight, before, target.overwrite, session.names_in_two_steps());
    if verdict != Verdict::Rename {
        return act(session, target, verdict, asked).await;
    }
    match rename(session, target, &mut asked).await {
        Ok(()) => Ok(Published { path: target.final_path(), found_done: false, unproven: false, asked }),
        // The partner refused what it did, or somebody came first since we looked: the names tell, if nobody else is about to.
        Err(TransportError::AlreadyExists { .. }) => {
            let sight = look(session, target, before, progress, &mut asked).await?;
            let before = Before { asked: before.asked || before.alone, ..before };
            let verdict = judge(&sight, before, target.overwrite, session.names_in_two_steps());
            act(session, target, verdict, asked).await
        }
        Err(error) => Err(error.into()),
    }
}

/// What stands under both names at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sight {
    /// The temporary name is there; nothing where the partner doesn't say.
    temporary: Option<bool>,
    /// What stands under the final name.
    last: Last,
}

/// What stands under the final name.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Last {
    /// Nobody asked: whatever stands there may be replaced.
    NotAsked,
    /// Nothing, or the partner doesn't say.
    Free,
    /// Our bytes, to this grade.
    Ours(Grade),
    /// Something else.
    Other(String),
}

/// What the names at the partner mean, and what is done.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    /// The name was never given: give it.
    Rename,
    /// An earlier rename was done.
    Done,
    /// An earlier rename made only the second name: the first one goes.
    HalfDone,
    /// Only the partner's acknowledgement can tell.
    Unproven,
    /// Somebody else's file has the name.
    Taken,
    /// The name may have been given, and the file taken away under it.
    MayBeTaken,
    /// Both names are gone.
    Gone,
    /// The temporary name is gone, and the final one holds this.
    Replaced(String),
}

async fn look(
    session: &mut dyn Session,
    target: &Target,
    before: Before,
    progress: &Progress,
    asked: &mut Vec<Asked>,
) -> Result<Sight, TransportError> {
    let (temporary, path) = (target.temporary_path(), target.final_path());
    let (temporary, look_on) = if target.overwrite == Overwrite::Atomic {
        let found = session.stat(&temporary).await;
        let temporary = exists(&temporary, found, asked)?;
        if temporary != Some(false) {
            return Ok(Sight { temporary, last: Last::NotAsked });
        }
        (temporary, true)
    } else {
        let [at_temporary, at_final] = session.stat_both(&temporary, &path).await;
        let temporary = exists(&temporary, at_temporary, asked)?;
        let last = if temporary == Some(false) { None } else { exists(&path, at_final, asked)? };
        (temporary, temporary == Some(false) || last == Some(true))
    };
    if !look_on {
        return Ok(Sight { temporary, last: Last::Free });
    }
    let held = compare(session, &path, before.size, before.sha256, progress, asked).await?;
    let last = match held {
        Held::Nothing => Last::Free,
        Held::Ours(grade) => Last::Ours(grade),
        Held::Other(held) => Last::Other(held),
    };
    Ok(Sight { temporary, last })
}

/// Decides by the names at the partner. Only a delivery that may have asked for the name takes what stands under it for its
/// own.
fn judge(sight: &Sight, before: Before, overwrite: Overwrite, two_steps: bool) -> Verdict {
    let cant_tell = before.unknown && (sight.temporary.is_none() || two_steps);
    match (sight.temporary, &sight.last) {
        // Only a rename of ours explains that the temporary name is gone together with our bytes under the final one.
        (Some(false), Last::Ours(grade)) if before.asked && tells_ours(*grade, overwrite) => Verdict::Done,
        (Some(false), Last::Ours(_) | Last::Free | Last::NotAsked) if before.acknowledged => {
            Verdict::Unproven
        }
        (Some(false), Last::Ours(_) | Last::Free | Last::NotAsked) => Verdict::Gone,
        (Some(false), Last::Other(held)) => Verdict::Replaced(held.clone()),
        // The final name was free before the transfer began, so an earlier rename got as far as the second name.
        (Some(true) | None, Last::Ours(Grade::Content)) if before.asked => Verdict::HalfDone,
        (Some(true) | None, _) if cant_tell => Verdict::MayBeTaken,
        (Some(true) | None, Last::Ours(_) | Last::Other(_)) => Verdict::Taken,
        (Some(true) | None, Last::Free | Last::NotAsked) => Verdict::Rename,
    }
}

/// Carries out a verdict; one that asks for a rename means that the partner has refused it.
async fn act(
    session: &mut dyn Session,
    target: &Target,
    verdict: Verdict,
    mut asked: Vec<Asked>,
) -> Result<Published, PublishError> {
    let (temporary, path) = (target.temporary_path(), target.final_path());
    let published = |asked, found_done, unproven| {
        Ok(Published { path: target.final_path(), found_done, unproven, asked })
    };
    match verdict {
        Verdict::Done => published(asked, true, false),
        Verdict::HalfDone => {
            session.remove(&temporary).await?;
            let question = say!("deliver-asked-remove", path = temporary);
            asked.push(Asked::new(question, say!("deliver-answer-removed-second")));
            published(asked, true, false)
        }
        Verdict::Unproven => published(asked, false, true),
        Verdict::Taken | Verdict::Rename => Err(PublishError::NameTaken { path }),
        Verdict::MayBeTaken => Err(PublishError::MayBeTaken { path }),
        Verdict::Gone => Err(PublishError::Unknown { temporary, path }),
        Verdict::Replaced(held) => Err(PublishError::OtherContent { temporary, path, held }),
    }
}

async fn rename(
    session: &mut dyn Session,
    target: &Target,
    asked: &mut Vec<Asked>,
) -> Result<(), TransportError> {
    let (temporary, path) = (target.temporary_path(), target.final_path());
    let renamed = session.rename(&temporary, &path, target.overwrite).await?;
    let how = match renamed.by {
        RenamedBy::HardLink if renamed.old_name_left => say!("deliver-answer-linked-left"),
        RenamedBy::HardLink => say!("deliver-answer-linked"),
        RenamedBy::Rename => say!("deliver-answer-renamed"),
        RenamedBy::AtomicRename => say!("deliver-answer-replaced"),
    };
    asked.push(Asked::new(say!("deliver-asked-rename", from = temporary, to = path), how));
    look_once_more(session, &path, asked).await;
    Ok(())
}

/// Asks for the final name for the receipt only: the rename was acknowledged, so nothing that is found or not found now
/// changes that.
async fn look_once_more(session: &mut dyn Session, path: &str, asked: &mut Vec<Asked>) {
    let found = session.stat(path).await;
    if let Err(error) = exists(path, found, asked) {
        let question = say!("deliver-asked-exists", path = path);
        asked.push(Asked::new(question, say!("deliver-answer-none", error = error)));
    }
}

/// Whether this grade of proof tells our file under the final name from one that was there before. Files of fixed widths
/// often have one size, and where the link may replace files the name may have been taken all along.
fn tells_ours(grade: Grade, overwrite: Overwrite) -> bool {
    match grade {
        Grade::Content => true,
        Grade::Size => overwrite == Overwrite::Refuse,
        Grade::Close | Grade::Confirmed => false,
    }
}

/// Whether the partner says that `path` exists; nothing where it doesn't say.
fn exists(
    path: &str,
    found: Result<Option<RemoteFile>, TransportError>,
    asked: &mut Vec<Asked>,
) -> Result<Option<bool>, TransportError> {
    let (answer, exists) = match found {
        Ok(Some(file)) => (say!("deliver-answer-yes", what = file.shown_size()), Some(true)),
        Ok(None) => (say!("deliver-answer-no"), Some(false)),
        Err(error) if error.is_refusal() => (say!("deliver-answer-untold"), None),
        Err(error) => return Err(error),
    };
    asked.push(Asked::new(say!("deliver-asked-exists", path = path), answer));
    Ok(exists)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRADES: [Grade; 4] = [Grade::Content, Grade::Size, Grade::Close, Grade::Confirmed];

    #[test]
    fn over_all_sights_no_name_is_given_while_the_first_may_have_been_and_nothing_is_taken_for_ours_without_reason()
     {
        let mut lasts = vec![Last::NotAsked, Last::Free, Last::Other("500 bytes".to_owned())];
        lasts.extend(GRADES.map(Last::Ours));
        for (temporary, last) in
            [None, Some(false), Some(true)].into_iter().flat_map(|t| lasts.iter().map(move |last| (t, last)))
        {
            for bits in 0..16 {
                let [unknown, ever, acknowledged, two_steps] = [1, 2, 4, 8].map(|bit| bits & bit != 0);
                for overwrite in [Overwrite::Refuse, Overwrite::Atomic] {
                    let asked = unknown || ever;
                    let before = Before {
                        size: 500,
                        sha256: Sha256::ZERO,
                        unknown,
                        asked,
                        alone: false,
                        acknowledged,
                    };
                    let sight = Sight { temporary, last: last.clone() };
                    let verdict = judge(&sight, before, overwrite, two_steps);
                    let what = format!("{sight:?} {before:?} {overwrite:?} {two_steps}: {verdict:?}");
                    let gives_a_name = matches!(verdict, Verdict::Rename | Verdict::Taken);
                    if gives_a_name {
                        assert_ne!(temporary, Some(false), "there is nothing to rename: {what}");
                        assert!(!unknown || (temporary == Some(true) && !two_steps), "a second name: {what}");
                    }
                    if matches!(verdict, Verdict::Done | Verdict::HalfDone) {
                        assert!(asked && matches!(last, Last::Ours(_)), "taken for ours: {what}");
                        let size_only = *last == Last::Ours(Grade::Size);
                        assert!(
                            !size_only || overwrite == Overwrite::Refuse,
                            "a size proves too little: {what}"
                        );
                        assert!(!matches!(last, Last::Ours(Grade::Close | Grade::Confirmed)), "{what}");
                    }
                    if verdict == Verdict::Unproven {
                        assert!(acknowledged && temporary == Some(false), "nobody will tell: {what}");
                    }
                    if verdict == Verdict::Rename && overwrite == Overwrite::Refuse {
                        assert!(!matches!(last, Last::Ours(_) | Last::Other(_)), "destroyed: {what}");
                    }
                }
            }
        }
    }
}
