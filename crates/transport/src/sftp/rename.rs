//! Gives a file at the partner another name.
//!
//! Promises with [`Overwrite::Refuse`] that an existing name is never replaced. The name is looked at first. OpenSSH's plain
//! rename then links and unlinks in one request, so it can't replace a file that came meanwhile. Other servers' plain rename
//! may replace; where they offer links, the file is *linked* to the new name, which fails if the name was taken, and the old
//! name is removed. Only where links are not to be had, or not wanted, does their plain rename follow, with nothing but the
//! look before it.
//!
//! Between link and removal both names stand. A line that breaks there leaves the outcome unknown; how to find it out is
//! told at [`crate::Session::rename`].

use russh_sftp::client::error::Error as ClientError;
use russh_sftp::extensions::HardlinkExtension;
use russh_sftp::protocol::{Packet, StatusCode};

use super::{POSIX_RENAME, SftpSession};
use crate::{NameRequest, Overwrite, Phase, Renamed, RenamedBy, TransportError};

/// How often the old name is removed where the partner says no more than "failure".
const REMOVALS: usize = 2;

/// Gives `from` the name `to`.
pub(super) async fn rename(
    session: &SftpSession,
    from: &str,
    to: &str,
    overwrite: Overwrite,
) -> Result<Renamed, TransportError> {
    match overwrite {
        Overwrite::Refuse => refuse(session, from, to).await,
        Overwrite::Atomic => replace(session, from, to).await,
    }
}

async fn refuse(session: &SftpSession, from: &str, to: &str) -> Result<Renamed, TransportError> {
    let seen = session.sees(to).await?;
    if seen == Some(true) {
        return Err(TransportError::AlreadyExists { path: to.to_owned() });
    }
    if session.links() {
        match session.ask(Phase::Rename, to, session.raw.hardlink(from, to)).await {
            Ok(_) => return remove_old(session, from, to).await,
            Err(error) => {
                let reason = true_reason(session, from, to, error).await;
                // Not every file system has links; where the names are as before, the plain rename may be tried.
                let no_links = matches!(
                    reason,
                    TransportError::PartnerFailed { .. } | TransportError::Unsupported { .. }
                );
                if !no_links {
                    return Err(reason);
                }
            }
        }
    }
    if seen.is_none() && !session.rename_never_replaces() {
        // A rename into the dark may replace; whether it may is for the link to say.
        let what = "a way to name a file without destroying another: neither asking whether the name is taken nor a hard \
                    link is allowed; with same_name = \"replace\" the link accepts that a file of that name is replaced";
        return Err(TransportError::Unsupported { what: what.to_owned() });
    }
    match session.ask(Phase::Rename, to, session.raw.rename(from, to)).await {
        Ok(_) => gone(session, from, RenamedBy::Rename).await,
        Err(error) => Err(true_reason(session, from, to, error).await),
    }
}

/// The second half of a rename by link. A partner that lets us create names but not remove them leaves the old one.
///
/// Until the partner shows the new name, the old one is all that is known to hold the bytes: it is not removed on the word
/// of an acknowledgement alone.
async fn remove_old(session: &SftpSession, from: &str, to: &str) -> Result<Renamed, TransportError> {
    if session.sees(to).await.map_err(undecided)? == Some(false) {
        return Err(not_done(to, "it acknowledged the new name, and nothing bears it"));
    }
    let by = RenamedBy::HardLink;
    for _ in 0..REMOVALS {
        match session.take_away(from).await {
            Ok(_) => return Ok(Renamed { by, old_name_left: false }),
            Err(error) if error.ends_session() => return Err(error),
            Err(error) if error.is_refusal() => break,
            Err(_) => {}
        }
    }
    Ok(Renamed { by, old_name_left: true })
}

/// An acknowledged rename is done once the old name is gone, wherever the new one may be by now: a partner may take the
/// file away at once.
async fn gone(session: &SftpSession, from: &str, by: RenamedBy) -> Result<Renamed, TransportError> {
    match session.sees(from).await {
        Ok(Some(true)) => Err(not_done(from, "it acknowledged the new name, and the old one still stands")),
        // A line that breaks now takes nothing back from the acknowledgement.
        Ok(Some(false) | None) | Err(_) => Ok(Renamed { by, old_name_left: false }),
    }
}

/// The answer to a rename is not what the names say: look again before anything else is done.
fn not_done(path: &str, what: &str) -> TransportError {
    TransportError::ProtocolViolated { phase: Phase::Rename, cause: format!("{path}: {what}") }
}

/// A look that fails while a name is given leaves open whether it was given, not only what the look would have told.
fn undecided(mut error: TransportError) -> TransportError {
    if let TransportError::TimedOut { phase, .. }
    | TransportError::Lost { phase, .. }
    | TransportError::ProtocolViolated { phase, .. } = &mut error
    {
        *phase = Phase::Rename;
    }
    error
}

/// Looks at both names to find out what a refusal meant; the refusal itself where that tells nothing new.
async fn true_reason(session: &SftpSession, from: &str, to: &str, refusal: TransportError) -> TransportError {
    if refusal.ends_session() {
        return refusal;
    }
    let (new, old) = match (session.sees(to).await, session.sees(from).await) {
        (Err(error), _) | (_, Err(error)) if error.ends_session() => return undecided(error),
        (new, old) => (new.ok().flatten(), old.ok().flatten()),
    };
    match (new, old) {
        (Some(true), Some(false)) => not_done(to, "it refused the new name, and has given it"),
        (Some(true), Some(true) | None) => TransportError::AlreadyExists { path: to.to_owned() },
        (Some(false) | None, Some(false)) => {
            TransportError::NoSuchPath { path: from.to_owned(), phase: Phase::Rename }
        }
        (Some(false) | None, Some(true) | None) => refusal,
    }
}

async fn replace(session: &SftpSession, from: &str, to: &str) -> Result<Renamed, TransportError> {
    posix_rename(session, from, to).await?;
    gone(session, from, RenamedBy::AtomicRename).await
}

async fn posix_rename(session: &SftpSession, from: &str, to: &str) -> Result<(), TransportError> {
    if !session.offers.posix_rename {
        return Err(TransportError::Unsupported {
            what: format!("replacing a file in one instant ({POSIX_RENAME})"),
        });
    }
    // Two names, each with its length: the same form as a link request.
    let names = HardlinkExtension { oldpath: from.to_owned(), newpath: to.to_owned() };
    let names: Vec<u8> = names.try_into().map_err(|_| TransportError::ProtocolViolated {
        phase: Phase::Rename,
        cause: "the names don't fit into a request".to_owned(),
    })?;
    let answer = async {
        let Packet::Status(status) = session.raw.extended(POSIX_RENAME, names).await? else {
            return Err(ClientError::UnexpectedPacket);
        };
        if status.status_code == StatusCode::Ok { Ok(()) } else { Err(ClientError::Status(status)) }
    };
    session.ask(Phase::Rename, to, answer).await
}

/// One request, as it is.
pub(super) async fn bare(
    session: &SftpSession,
    request: NameRequest,
    from: &str,
    to: &str,
) -> Result<(), TransportError> {
    let no_links = || TransportError::Unsupported { what: "hard links (hardlink@openssh.com)".to_owned() };
    match request {
        NameRequest::Rename => session.ask(Phase::Rename, to, session.raw.rename(from, to)).await.map(drop),
        NameRequest::ReplacingRename => posix_rename(session, from, to).await,
        NameRequest::HardLink if !session.offers.hardlink => Err(no_links()),
        NameRequest::HardLink => {
            session.ask(Phase::Rename, to, session.raw.hardlink(from, to)).await.map(drop)
        }
    }
}
