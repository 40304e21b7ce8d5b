//! Third step: all bytes lie at the partner under a temporary name.
//!
//! Owns how the bytes get under the temporary name. Promises, when it returns, that every write and the close were acknowledged and
//! that the bytes read from our disk were those that `convert` proved. A part that an earlier attempt left under our
//! own temporary name is continued once it is proven to be the beginning of our bytes, and removed otherwise. Never
//! touches the final name, the layout or the ledger.

use std::path::Path;

use tokio::task::spawn_blocking;

use totatsu_base::evidence::{Asked, Overwrite, Target, Transferred};
use totatsu_base::{Remedy, Sha256, say};
use totatsu_transport::{Progress, RemoteFile, Session, Synced, TransportError};

/// Why the bytes are not at the partner.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The line or the partner failed, see [`TransportError`].
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The final name is taken before a byte was sent: the partner has not fetched an earlier file, or the name is
    /// used twice. The operator asks the partner, then releases the delivery.
    #[error("{}", say!("deliver-name-taken-before", path = path))]
    NameTaken {
        /// The path at the partner.
        path: String,
    },
    /// The file on our disk is not what `convert` proved: the disk or somebody else changed it.
    #[error("{}", say!("deliver-sent-bytes-changed", found = found, expected = expected))]
    SentBytesChanged {
        /// What `convert` proved.
        expected: Sha256,
        /// What was read for sending.
        found: Sha256,
    },
}

impl TransferError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            TransferError::Transport(error) => error.remedy(),
            TransferError::NameTaken { .. } => Remedy::Hold,
            TransferError::SentBytesChanged { .. } => Remedy::Stop,
        }
    }
}

/// Sends the bytes of `sent` to the target's temporary name.
///
/// # Errors
/// See [`TransferError`]. A part may be left at the partner under the temporary name; the next attempt goes on from it.
pub async fn transfer(
    session: &mut dyn Session,
    target: &Target,
    sent: &Path,
    expected: Sha256,
    progress: &Progress,
) -> Result<Transferred, TransferError> {
    let temporary = target.temporary_path();
    let [at_final, at_temporary] = session.stat_both(&target.final_path(), &temporary).await;
    let mut asked = vec![final_name_is_free(target, at_final)?];
    let way = part_of_ours(session, &temporary, at_temporary, sent, progress, &mut asked).await?;
    let put = match way {
        Way::SeenFree => session.put_anew(sent, &temporary, progress).await,
        Way::Anew => session.put(sent, &temporary, 0, progress).await,
        Way::On(from) => session.put(sent, &temporary, from, progress).await,
    };
    let from = if let Way::On(from) = way { from } else { 0 };
    let put = match put {
        Ok(put) => put,
        Err(error) => {
            give_back_space(session, &temporary, &error).await;
            return Err(error.into());
        }
    };
    if put.sha256 != expected {
        return Err(TransferError::SentBytesChanged { expected, found: put.sha256 });
    }
    let written = put.bytes.saturating_sub(from);
    asked.push(Asked::new(
        say!("deliver-asked-write", path = temporary),
        say!("deliver-answer-acknowledged", bytes = written),
    ));
    asked.push(Asked::new(
        say!("deliver-asked-sync"),
        match put.synced {
            Synced::Yes => say!("deliver-answer-done"),
            Synced::NotOffered => say!("deliver-answer-not-offered"),
        },
    ));
    asked.push(Asked::new(say!("deliver-asked-close"), say!("deliver-answer-done")));
    Ok(Transferred { bytes: put.bytes, sha256: put.sha256, peer: session.peer().clone(), asked })
}

/// How the bytes get under the temporary name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// From the first byte on; the partner has just said that nothing is there.
    SeenFree,
    /// From the first byte on.
    Anew,
    /// Behind so many bytes that an earlier attempt left there, proven to be the first of ours.
    On(u64),
}

/// How the bytes get there after an earlier attempt: its part is removed, unless it is proven to be the beginning of our
/// bytes.
async fn part_of_ours(
    session: &mut dyn Session,
    temporary: &str,
    found: Result<Option<RemoteFile>, TransportError>,
    sent: &Path,
    progress: &Progress,
    asked: &mut Vec<Asked>,
) -> Result<Way, TransferError> {
    let left = match found {
        // A partner that lets us remove nothing still gets its files, as long as nothing needs removing.
        Ok(None) => return Ok(Way::SeenFree),
        Ok(Some(file)) => file.size.unwrap_or(0),
        Err(error) if error.is_refusal() => 0,
        Err(error) => return Err(error.into()),
    };
    if left > 0 && begins_with_part(session, temporary, left, sent, progress).await? {
        let answer = say!("deliver-answer-left", bytes = left);
        asked.push(Asked::new(say!("deliver-asked-content", path = temporary), answer));
        return Ok(Way::On(left));
    }
    if session.remove(temporary).await? {
        let question = say!("deliver-asked-remove", path = temporary);
        asked.push(Asked::new(question, say!("deliver-answer-removed-left")));
    }
    Ok(Way::Anew)
}

/// Whether our file begins with the `left` bytes that the partner holds; no, where the partner doesn't let us read them.
async fn begins_with_part(
    session: &mut dyn Session,
    temporary: &str,
    left: u64,
    sent: &Path,
    progress: &Progress,
) -> Result<bool, TransferError> {
    let own = sent.to_owned();
    let first = spawn_blocking(move || Sha256::of_first(&own, left)).await.expect("hashing does not panic");
    let (sha256, bytes) = first.map_err(|error| TransportError::OwnFile { path: sent.to_owned(), error })?;
    if bytes < left {
        return Ok(false);
    }
    match session.read_back(temporary, progress).await {
        Ok(part) => Ok((part.sha256, part.bytes) == (sha256, left)),
        Err(error) if error.is_refusal() => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Makes sure that the final name is free, before hundreds of megabytes travel towards a name that is taken.
fn final_name_is_free(
    target: &Target,
    found: Result<Option<RemoteFile>, TransportError>,
) -> Result<Asked, TransferError> {
    let path = target.final_path();
    let question = say!("deliver-asked-exists", path = path);
    match found {
        Ok(None) => Ok(Asked::new(question, say!("deliver-answer-no"))),
        Ok(Some(_)) if target.overwrite == Overwrite::Refuse => Err(TransferError::NameTaken { path }),
        Ok(Some(file)) => {
            Ok(Asked::new(question, say!("deliver-answer-yes-replaced", size = file.shown_size())))
        }
        Err(error) if error.is_refusal() => Ok(Asked::new(question, say!("deliver-answer-untold"))),
        Err(error) => Err(error.into()),
    }
}

/// Removes the part from a partner whose disk is full, so that it has its space back at once. If that fails, the next attempt
/// does it.
async fn give_back_space(session: &mut dyn Session, temporary: &str, error: &TransportError) {
    let full = error.partner_disk_full() || matches!(error, TransportError::PartnerFailed { .. });
    if full && session.is_alive() {
        drop(session.remove(temporary).await);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use totatsu_base::DeliveryId;

    #[test]
    fn paths_at_the_partner_are_joined_for_every_way_to_write_a_directory() {
        let id: DeliveryId = "20261122-183005-k7m2q9".parse().unwrap();
        let path = |directory| Target::new(&id, directory, "Z12.DTA".into(), Overwrite::Refuse).final_path();
        assert_eq!(path(""), "Z12.DTA");
        assert_eq!(path("/"), "/Z12.DTA");
        assert_eq!(path("in/box/"), "in/box/Z12.DTA");
        assert_eq!(path("/in"), "/in/Z12.DTA");
    }

    #[test]
    fn the_temporary_name_matches_no_pickup_pattern_of_a_final_name() {
        let id: DeliveryId = "20261122-183005-k7m2q9".parse().unwrap();
        let target = Target::new(&id, "", "Z1213101.DTA".into(), Overwrite::Refuse);
        assert!(target.temporary.starts_with('.') && target.temporary.ends_with(".part"));
        assert!(!target.temporary.to_uppercase().contains(".DTA"));
    }
}
