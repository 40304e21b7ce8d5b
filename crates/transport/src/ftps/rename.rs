//! Gives a file at the partner another name.
//!
//! FTP has one rename, and most servers let it replace what bears the new name. So with [`Overwrite::Refuse`] the new name
//! is looked at first, every time, and where it can't be looked at nothing is renamed. Between the look and the rename
//! another writer could take the name: the protocol has nothing against that.

use super::line::FtpLine;
use super::look::{look, missing_or, sees};
use super::reply::Reply;
use crate::{NameRequest, Overwrite, Phase, Renamed, RenamedBy, Result, TransportError};
use totatsu_base::say;

/// The replies by which a rename is done; some servers answer with 200.
const RENAMED: &[u16] = &[250, 200];

/// Gives `from` the name `to`.
pub(super) fn rename(line: &mut FtpLine, from: &str, to: &str, overwrite: Overwrite) -> Result<Renamed> {
    let by = match overwrite {
        Overwrite::Refuse => match sees(line, to)? {
            Some(true) => return Err(TransportError::AlreadyExists { path: to.to_owned() }),
            Some(false) => RenamedBy::Rename,
            None => return Err(TransportError::Unsupported { what: say!("ftps-need-safe-name") }),
        },
        Overwrite::Atomic => RenamedBy::AtomicRename,
    };
    let reply = line.ask(Phase::Rename, &format!("RNFR {from}"))?;
    if !reply.is(&[350]) {
        let refusal = reply.refusal(Phase::Rename, from, 0);
        return Err(missing_or(line, from, from, Phase::Rename, refusal));
    }
    let reply = line.ask(Phase::Rename, &format!("RNTO {to}"))?;
    if reply.is(RENAMED) {
        return Ok(Renamed { by, old_name_left: false });
    }
    Err(unnamed(line, from, to, overwrite, &reply))
}

/// One request, as it is; FTP has no other than the plain rename.
pub(super) fn bare(line: &mut FtpLine, request: NameRequest, from: &str, to: &str) -> Result<()> {
    let lacking = match request {
        NameRequest::Rename => None,
        NameRequest::ReplacingRename => Some(say!("ftps-need-replacing-rename")),
        NameRequest::HardLink => Some(say!("ftps-need-hard-links")),
    };
    if let Some(what) = lacking {
        return Err(TransportError::Unsupported { what });
    }
    let reply = line.ask(Phase::Rename, &format!("RNFR {from}"))?;
    if !reply.is(&[350]) {
        return Err(reply.refusal(Phase::Rename, from, 0));
    }
    let reply = line.ask(Phase::Rename, &format!("RNTO {to}"))?;
    if reply.is(RENAMED) { Ok(()) } else { Err(reply.refusal(Phase::Rename, to, 0)) }
}

/// What the refusal of the new name means.
fn unnamed(line: &mut FtpLine, from: &str, to: &str, overwrite: Overwrite, reply: &Reply) -> TransportError {
    let refusal = reply.refusal(Phase::Rename, to, 0);
    if refusal.ends_session() {
        return refusal;
    }
    match (look(line, to), overwrite) {
        (Ok(Some(_)), Overwrite::Refuse) => return TransportError::AlreadyExists { path: to.to_owned() },
        (Ok(Some(_)), Overwrite::Atomic) => {
            let what = say!("ftps-need-replacing", words = format!("{:?}", reply.shown()));
            return TransportError::Unsupported { what };
        }
        (Err(error), _) if error.ends_session() => return error,
        (Ok(None) | Err(_), _) => {}
    }
    match (missing_or(line, from, from, Phase::Rename, refusal), to.rsplit_once('/')) {
        // Both names are as they were, and the new one is free: its directory may be missing.
        (
            refusal @ (TransportError::Refused { .. } | TransportError::PartnerFailed { .. }),
            Some((directory, _)),
        ) if !directory.is_empty() => missing_or(line, directory, to, Phase::Rename, refusal),
        (reason, _) => reason,
    }
}
