//! Brings a file of the partner here, or the rest of it to the part that we have.
//!
//! Promises that the server's closing reply was good, the end marked on the data connection and the file as long as it was
//! told before, before it returns well. Bytes are written as they come; while our disk is slow, the server waits.

use std::path::Path;

use super::line::{FtpLine, Transfer};
use super::look::{look, size};
use super::read::{receive_all, unreadable};
use crate::incoming::{Incoming, ToldFile};
use crate::{Brought, Phase, Progress, Result, TransportError};

/// Brings `path` to `to`, beginning at byte `from`. Where the server can't begin there, all of it is brought anew.
pub(super) fn fetch(
    line: &mut FtpLine,
    path: &str,
    to: &Path,
    from: u64,
    progress: &Progress,
) -> Result<Brought> {
    let watch = line.watch.clone();
    let mut ours = Incoming::open(to, from, &mut || {
        watch.moved();
        Ok(())
    })?;
    let told = told(line, path)?;
    told.check_room_for(from)?;
    progress.begin(told.size());
    // Some servers have nothing to send from the very end of a file, and say so as an error.
    if from == 0 || from < told.size() {
        let transfer = open(line, path, &mut ours)?;
        progress.add(ours.held());
        receive_all(line, transfer, path, progress, &mut |bytes| {
            told.check_room_for(ours.held() + bytes.len() as u64)?;
            ours.append(bytes)
        })?;
    } else {
        progress.add(from);
    }
    told.check_end(ours.held())?;
    match look(line, path) {
        Ok(Some(now)) => told.check_unchanged(now.size, now.modified)?,
        Err(error) if error.ends_session() => return Err(error),
        // A file that was read to its end may have been taken away since.
        Ok(None) | Err(_) => {}
    }
    watch.enter(Phase::Read);
    ours.finish()
}

/// What the server tells of `path`. Where the name is a link, the size is that of the file behind it.
fn told(line: &mut FtpLine, path: &str) -> Result<ToldFile> {
    let missing = || TransportError::NoSuchPath { path: path.to_owned(), phase: Phase::Read };
    let there = look(line, path)?.ok_or_else(missing)?;
    let size = if there.size.is_some() { there.size } else { size(line, path)? };
    ToldFile::new(path, size, there.modified)
}

/// Opens the way from `path`, at the end of our part if the server can.
fn open(line: &mut FtpLine, path: &str, ours: &mut Incoming) -> Result<Transfer> {
    let retrieve = format!("RETR {path}");
    if ours.held() > 0 {
        match line.open(Phase::Read, &retrieve, ours.held())? {
            Ok(transfer) => return Ok(transfer),
            Err(reply) if reply.ends_connection() => return Err(reply.refusal(Phase::Read, path, 0)),
            // Servers that never begin in the middle say so as "not now", too.
            Err(_) => {}
        }
    }
    let opened = line.open(Phase::Read, &retrieve, 0)?;
    let transfer = opened.map_err(|reply| unreadable(line, path, &reply))?;
    // Only now is it sure that the whole can be had.
    ours.empty()?;
    Ok(transfer)
}
