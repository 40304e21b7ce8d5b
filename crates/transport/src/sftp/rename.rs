//! Gives a file at the partner another name.
//!
//! Promises with [`Overwrite::Refuse`] that an existing name is never replaced. The name is looked at first: it may be ours already.
//! The plain rename of OpenSSH's sftp-server, known by its list of extensions, then links and unlinks in one request, so it
//! can't replace a file that came meanwhile. Other servers' plain rename may replace; where they offer links, the file is *linked*
//! to the new name, which fails if the name was taken, and the old name is removed. Only where links are not to be had, or not
//! wanted, does their plain rename follow, with nothing but the look before it.
//!
//! Between link and removal both names stand. A line that breaks there leaves the outcome unknown; how to find it out is
//! told at [`crate::Session::rename`].

use std::sync::atomic::Ordering;

use super::channel::SftpChannel;
use super::extension;
use crate::paths::numbered_path;
use crate::{NameRequest, Overwrite, Phase, Renamed, RenamedBy, Result, TransportError};
use totatsu_base::say;

/// How often the old name is removed where the partner says no more than "failure".
const REMOVALS: usize = 2;

/// Gives `from` the name `to`.
pub(super) async fn rename(
    channel: &SftpChannel,
    from: &str,
    to: &str,
    overwrite: Overwrite,
) -> Result<Renamed> {
    match overwrite {
        Overwrite::Refuse => refuse(channel, from, to).await,
        Overwrite::Atomic => replace(channel, from, to).await,
    }
}

async fn refuse(channel: &SftpChannel, from: &str, to: &str) -> Result<Renamed> {
    let seen = channel.sees(to).await?;
    if seen == Some(true) {
        return Err(TransportError::AlreadyExists { path: to.to_owned() });
    }
    if channel.links()
        && let Some(renamed) = by_link(channel, from, to).await?
    {
        return Ok(renamed);
    }
    if seen.is_none() && !channel.offers.rename_never_replaces {
        // A rename into the dark may replace; whether it may is for the link to say.
        return Err(TransportError::Unsupported { what: say!("sftp-need-safe-name") });
    }
    match channel.ask(Phase::Rename, to, channel.client.rename(from, to)).await {
        Ok(()) => gone(channel, from, RenamedBy::Rename).await,
        Err(error) => Err(true_reason(channel, from, to, error).await),
    }
}

/// Gives the new name by a link. None where the partner has no links and the names are as before: the plain rename may be tried.
#[expect(clippy::wildcard_enum_match_arm, reason = "any other refusal stands as it is")]
async fn by_link(channel: &SftpChannel, from: &str, to: &str) -> Result<Option<Renamed>> {
    if let Err(refusal) = link(channel, from, to).await {
        return match true_reason(channel, from, to, refusal).await {
            // Not every file system has links.
            TransportError::PartnerFailed { .. } | TransportError::Unsupported { .. } => Ok(None),
            reason => Err(reason),
        };
    }
    // Until the partner shows the new name, the old one is all that is known to hold the bytes: it is not removed on the word
    // of an acknowledgement alone.
    if channel.sees(to).await.map_err(undecided)? == Some(false) {
        let unknown = not_done(say!("sftp-named-not-there", path = to));
        return check_unmade(channel, from, unknown).await.map(|()| None);
    }
    remove_old(channel, from).await.map(Some)
}

/// The second half of a rename by link. A partner that lets us create names but not remove them leaves the old one.
async fn remove_old(channel: &SftpChannel, from: &str) -> Result<Renamed> {
    let by = RenamedBy::HardLink;
    for _ in 0..REMOVALS {
        match channel.take_away(from).await {
            Ok(_) => return Ok(Renamed { by, old_name_left: false }),
            Err(error) if error.ends_session() => return Err(error),
            Err(error) if error.is_refusal() => break,
            Err(_) => {}
        }
    }
    Ok(Renamed { by, old_name_left: true })
}

/// A link was acknowledged, and nothing bears its name: it was never made, or the partner took the file away in this very
/// instant. A second link tells, under a name that looks like our temporary one, so that nobody takes it away: where that
/// one isn't made either, the partner makes none, nothing has happened, and no more links are asked for. Else `unknown`.
async fn check_unmade(channel: &SftpChannel, from: &str, unknown: TransportError) -> Result<()> {
    if channel.sees(from).await.map_err(undecided)? != Some(true) {
        return Err(unknown);
    }
    let second = numbered_path(from, 2);
    let asked = async {
        channel.take_away(&second).await?;
        link(channel, from, &second).await?;
        let made = channel.sees(&second).await?;
        if made != Some(false) {
            channel.take_away(&second).await?;
        }
        Ok(made)
    };
    match asked.await {
        Ok(Some(false)) => {
            channel.makes_no_links.store(true, Ordering::Relaxed);
            Ok(())
        }
        Err(error) if TransportError::ends_session(&error) => Err(undecided(error)),
        Ok(Some(true) | None) | Err(_) => Err(unknown),
    }
}

/// An acknowledged rename is done once the old name is gone, wherever the new one may be by now: a partner may take the
/// file away at once.
async fn gone(channel: &SftpChannel, from: &str, by: RenamedBy) -> Result<Renamed> {
    match channel.sees(from).await {
        Ok(Some(true)) => Err(not_done(say!("sftp-old-name-stands", path = from))),
        // A line that breaks now takes nothing back from the acknowledgement.
        Ok(Some(false) | None) | Err(_) => Ok(Renamed { by, old_name_left: false }),
    }
}

/// The answer to a rename is not what the names say: look again before anything else is done.
fn not_done(cause: String) -> TransportError {
    TransportError::ProtocolViolated { phase: Phase::Rename, cause }
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
async fn true_reason(channel: &SftpChannel, from: &str, to: &str, refusal: TransportError) -> TransportError {
    if refusal.ends_session() {
        return refusal;
    }
    let (new, old) = match (channel.sees(to).await, channel.sees(from).await) {
        (Err(error), _) | (_, Err(error)) if error.ends_session() => return undecided(error),
        (new, old) => (new.ok().flatten(), old.ok().flatten()),
    };
    match (new, old) {
        (Some(true), Some(false)) => not_done(say!("sftp-named-although-refused", path = to)),
        (Some(true), Some(true) | None) => TransportError::AlreadyExists { path: to.to_owned() },
        (Some(false) | None, Some(false)) => {
            TransportError::NoSuchPath { path: from.to_owned(), phase: Phase::Rename }
        }
        (Some(false) | None, Some(true) | None) => refusal,
    }
}

async fn replace(channel: &SftpChannel, from: &str, to: &str) -> Result<Renamed> {
    replacing_rename(channel, from, to).await?;
    gone(channel, from, RenamedBy::AtomicRename).await
}

async fn replacing_rename(channel: &SftpChannel, from: &str, to: &str) -> Result<()> {
    let name = extension::REPLACING_RENAME;
    if !channel.offers.replacing_rename {
        return Err(TransportError::Unsupported { what: say!("sftp-need-replacing", name = name) });
    }
    let asked = channel.client.extended(name, &[from.as_bytes(), to.as_bytes()]);
    channel.ask(Phase::Rename, to, asked).await
}

async fn link(channel: &SftpChannel, from: &str, to: &str) -> Result<()> {
    let asked = channel.client.extended(extension::HARD_LINK, &[from.as_bytes(), to.as_bytes()]);
    channel.ask(Phase::Rename, to, asked).await
}

/// One request, as it is.
pub(super) async fn bare(channel: &SftpChannel, request: NameRequest, from: &str, to: &str) -> Result<()> {
    let no_links = || TransportError::Unsupported { what: say!("sftp-need-hard-links") };
    match request {
        NameRequest::Rename => channel.ask(Phase::Rename, to, channel.client.rename(from, to)).await,
        NameRequest::ReplacingRename => replacing_rename(channel, from, to).await,
        NameRequest::HardLink if !channel.offers.hard_link => Err(no_links()),
        NameRequest::HardLink => link(channel, from, to).await,
    }
}
