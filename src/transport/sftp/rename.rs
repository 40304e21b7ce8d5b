//! Gives a file at the partner another name.
//!
//! Promises with [`Overwrite::Refuse`] that an existing name is never replaced. The name is looked at first. OpenSSH's plain
//! rename then links and unlinks in one request, so it can't replace a file that came meanwhile. Other servers' plain rename
//! may replace; where they offer links, the file is *linked* to the new name, which fails if the name was taken, and the old
//! name is removed. Only where links are not to be had, or not wanted, does their plain rename follow, with nothing but the
//! look before it.
//!
//! Between link and removal both names stand. A line that breaks there leaves the outcome unknown; how to find it out is
//! told at [`crate::transport::Session::rename`].

use russh_sftp::client::error::Error as ClientError;
use russh_sftp::extensions::HardlinkExtension;
use russh_sftp::protocol::{Packet, StatusCode};

use super::{POSIX_RENAME, SftpSession};
use crate::transport::{Overwrite, Phase, Renamed, RenamedBy, TransportError};

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
            Ok(_) => return remove_old(session, from).await,
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
        Ok(_) => Ok(Renamed { by: RenamedBy::Rename, old_name_left: false }),
        Err(error) => Err(true_reason(session, from, to, error).await),
    }
}

/// The second half of a rename by link. A partner that lets us create names but not remove them leaves the old one.
async fn remove_old(session: &SftpSession, from: &str) -> Result<Renamed, TransportError> {
    let by = RenamedBy::HardLink;
    match session.take_away(from).await {
        Ok(_) => Ok(Renamed { by, old_name_left: false }),
        Err(error) if error.ends_session() => Err(error),
        Err(_) => Ok(Renamed { by, old_name_left: true }),
    }
}

/// Looks at both names to find out what a refusal meant; the refusal itself where that tells nothing new.
async fn true_reason(session: &SftpSession, from: &str, to: &str, refusal: TransportError) -> TransportError {
    if refusal.ends_session() {
        return refusal;
    }
    match session.look(to).await {
        Ok(Some(_)) => return TransportError::AlreadyExists { path: to.to_owned() },
        Err(error) if error.ends_session() => return error,
        Ok(None) | Err(_) => {}
    }
    match session.look(from).await {
        Ok(None) => TransportError::NoSuchPath { path: from.to_owned(), phase: Phase::Rename },
        Err(error) if error.ends_session() => error,
        Ok(Some(_)) | Err(_) => refusal,
    }
}

async fn replace(session: &SftpSession, from: &str, to: &str) -> Result<Renamed, TransportError> {
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
    session.ask(Phase::Rename, to, answer).await?;
    Ok(Renamed { by: RenamedBy::AtomicRename, old_name_left: false })
}
