//! Carries a file to a name at the partner, or the rest of it to a part that is there.
//!
//! Promises that the server's closing reply (226) was read before it returns well: whatever the data connection seemed to
//! take, that reply alone says that the file is stored. After a write has failed the reply is read too, for it has the
//! reason. A server stores what arrived before a connection broke as if it were whole: that is only ever under the name
//! that it was sent to, and the checks that follow notice it.

use std::io::{self, Write as _};
use std::path::Path;

use tokio::time::Instant;

use super::line::{Broken, CARRIED, FtpLine, Transfer};
use super::look::{sees, size, unopened};
use super::wire::lost;
use crate::outgoing::Outgoing;
use crate::pace::Pace;
use crate::{Phase, Progress, Put, Result, Synced, TransportError, parent};
use totatsu_base::Sha256;

/// Bytes read from our disk, and given to TLS, at a time.
const CHUNK: usize = 64 * 1024;

/// Carries `source` to `path`, beginning at byte `from`; with 0 the name is new. Where the server can't go on from a
/// part, the part, which the caller has proven to be ours, is sent anew from its first byte.
pub(super) fn put(
    line: &mut FtpLine,
    source: &Path,
    path: &str,
    from: u64,
    progress: &Progress,
) -> Result<Put> {
    let mut source = Outgoing::open(source)?;
    if from == 0 && sees(line, path)? == Some(true) {
        return Err(TransportError::AlreadyExists { path: path.to_owned() });
    }
    source.skip(from, &mut || {
        line.watch.moved();
        Ok(())
    })?;
    let (transfer, from) = open(line, &mut source, path, from)?;
    progress.begin(source.size());
    progress.add(from);
    let (bytes, sha256) = write_all(line, &mut source, transfer, path, progress)?;
    Ok(Put { bytes, sha256, synced: Synced::NotOffered })
}

/// Opens the way to `path`: at `from` if the server can, else at the beginning. Tells where.
fn open(line: &mut FtpLine, source: &mut Outgoing, path: &str, from: u64) -> Result<(Transfer, u64)> {
    let store = format!("STOR {path}");
    if from > 0 {
        if let Ok(transfer) = line.open(Phase::Open, &store, from)? {
            return Ok((transfer, from));
        }
        // Appended bytes land in the right place only where the part still has its size.
        if size(line, path)? == Some(from)
            && let Ok(transfer) = line.open(Phase::Open, &format!("APPE {path}"), 0)?
        {
            return Ok((transfer, from));
        }
        source.rewind()?;
        // Some servers let nothing be written over; whether the part went, the next request shows.
        line.ask(Phase::Remove, &format!("DELE {path}"))?;
    }
    line.open(Phase::Open, &store, 0)?.map(|transfer| (transfer, 0)).map_err(|reply| {
        let refusal = reply.refusal(Phase::Open, path, source.size());
        unopened(line, parent(path), path, Phase::Open, refusal)
    })
}

fn write_all(
    line: &mut FtpLine,
    source: &mut Outgoing,
    mut transfer: Transfer,
    path: &str,
    progress: &Progress,
) -> Result<(u64, Sha256)> {
    line.watch.enter(Phase::Write);
    let mut sent = progress.done();
    let ended = send(line, source, &mut transfer, progress, &mut sent);
    let missing = source.size().saturating_sub(sent);
    match ended {
        Ok(()) => {
            let reply = line.finish_upload(Phase::Close, transfer)?;
            if !reply.is(CARRIED) {
                return Err(reply.refusal(Phase::Close, path, missing));
            }
            source.finish()
        }
        Err(Broken::Line(error)) => {
            let reply = line.finish(Phase::Write, transfer).map_err(|_| lost(Phase::Write, &error))?;
            if reply.is(CARRIED) {
                // The server took a part for the whole. The next attempt looks at it.
                return Err(lost(Phase::Write, &error));
            }
            Err(reply.refusal(Phase::Write, path, missing))
        }
        // A line that is too slow is not waited for.
        Err(Broken::Known(error)) if error.ends_session() => {
            line.spoilt = true;
            line.watch.sever();
            Err(error)
        }
        Err(Broken::Known(error)) => {
            line.spoilt |= line.finish(Phase::Write, transfer).is_err();
            Err(error)
        }
    }
}

fn send(
    line: &FtpLine,
    source: &mut Outgoing,
    transfer: &mut Transfer,
    progress: &Progress,
    sent: &mut u64,
) -> Result<(), Broken> {
    let mut chunk = vec![0; CHUNK];
    let mut pace = Pace::new(line.minimum_throughput, Phase::Write, Instant::now());
    loop {
        let read = source.read(&mut chunk).map_err(Broken::Known)?;
        if read == 0 {
            return transfer.flush().map_err(Broken::Line);
        }
        let mut rest = &chunk[..read];
        while !rest.is_empty() {
            let written = match transfer.write(rest) {
                Ok(0) => return Err(Broken::Line(io::ErrorKind::WriteZero.into())),
                Ok(written) => written,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Broken::Line(error)),
            };
            rest = &rest[written..];
            *sent += written as u64;
            line.watch.moved();
            progress.add(written as u64);
            pace.note(written as u64, Instant::now()).map_err(Broken::Known)?;
        }
    }
}
