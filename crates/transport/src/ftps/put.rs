//! Carries a file to a name at the partner, or the rest of it to a part that is there.
//!
//! Promises that the server's closing reply (226) was read before it returns well: whatever the data connection seemed to
//! take, that reply alone says that the file is stored. After a write has failed the reply is read too, for it has the
//! reason. A server stores what arrived before a connection broke as if it were whole: that is only ever under the name
//! that it was sent to, and the checks that follow notice it.

use std::fs::{File, Metadata};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use tokio::time::Instant;

use super::line::{Line, Transfer, Unopened, lost};
use super::look::{look, sees, size};
use super::reply::Reply;
use crate::pace::Pace;
use crate::{Phase, Progress, Put, Synced, TransportError, parent};
use totatsu_base::digest::{Hashing, Sha256};

/// Bytes read from our disk, and given to TLS, at a time.
const CHUNK: usize = 64 * 1024;
/// The replies that end a transfer well.
const STORED: &[u16] = &[226, 250];

/// Carries `source` to `path`, beginning at byte `from`; with 0 the name is new. Where the server can't go on from a
/// part, the part, which the caller has proven to be ours, is sent anew from its first byte.
pub(super) fn put(
    line: &mut Line,
    source: &Path,
    path: &str,
    from: u64,
    progress: &Progress,
) -> Result<Put, TransportError> {
    let mut source = Source::open(source)?;
    if from == 0 && sees(line, path)? == Some(true) {
        return Err(TransportError::AlreadyExists { path: path.to_owned() });
    }
    source.skip(from, line)?;
    let (transfer, from) = open(line, &mut source, path, from)?;
    progress.begin(source.size);
    progress.add(from);
    let (bytes, sha256) = write_all(line, &mut source, transfer, path, progress)?;
    Ok(Put { bytes, sha256, synced: Synced::NotOffered })
}

/// Opens the way to `path`: at `from` if the server can, else at the beginning. Tells where.
fn open(
    line: &mut Line,
    source: &mut Source,
    path: &str,
    from: u64,
) -> Result<(Transfer, u64), TransportError> {
    let store = format!("STOR {path}");
    if from > 0 {
        match line.open(Phase::Open, &store, from) {
            Ok(transfer) => return Ok((transfer, from)),
            Err(Unopened::Failed(error)) => return Err(error),
            Err(Unopened::Refused(_)) => {}
        }
        // What is appended lands in the right place only where the part still has its size.
        if size(line, path)? == Some(from) {
            match line.open(Phase::Open, &format!("APPE {path}"), 0) {
                Ok(transfer) => return Ok((transfer, from)),
                Err(Unopened::Failed(error)) => return Err(error),
                Err(Unopened::Refused(_)) => {}
            }
        }
        source.rewind()?;
        // Some servers let nothing be written over; whether the part went, the next request shows.
        line.ask(Phase::Remove, &format!("DELE {path}"))?;
    }
    match line.open(Phase::Open, &store, 0) {
        Ok(transfer) => Ok((transfer, 0)),
        Err(Unopened::Failed(error)) => Err(error),
        Err(Unopened::Refused(reply)) => Err(unopened(line, path, &reply, source.size)),
    }
}

/// What the refusal to open `path` for writing means: often only a look at its directory tells.
fn unopened(line: &mut Line, path: &str, reply: &Reply, missing: u64) -> TransportError {
    let refusal = reply.refusal(Phase::Open, path, missing);
    if !matches!(refusal, TransportError::Refused { denied: false, .. }) {
        return refusal;
    }
    match look(line, parent(path)) {
        Ok(None) => TransportError::NoSuchPath { path: path.to_owned(), phase: Phase::Open },
        Err(error) if error.ends_session() => error,
        Ok(Some(_)) | Err(_) => refusal,
    }
}

fn write_all(
    line: &mut Line,
    source: &mut Source,
    mut transfer: Transfer,
    path: &str,
    progress: &Progress,
) -> Result<(u64, Sha256), TransportError> {
    line.watch.enter(Phase::Write);
    let mut sent = progress.done();
    let ended = send(line, source, &mut transfer, progress, &mut sent);
    let missing = source.size.saturating_sub(sent);
    match ended {
        Ok(()) => {
            let reply = line.finish_upload(Phase::Close, transfer)?;
            if !reply.is(STORED) {
                return Err(reply.refusal(Phase::Close, path, missing));
            }
            source.finish()
        }
        Err(Ended::Line(error)) => {
            let reply = line.finish(Phase::Write, transfer).map_err(|_| lost(Phase::Write, &error))?;
            if reply.is(STORED) {
                // It took a part for the whole. The next attempt looks at it.
                return Err(lost(Phase::Write, &error));
            }
            Err(reply.refusal(Phase::Write, path, missing))
        }
        // A line that is too slow is not waited for.
        Err(Ended::Known(error)) if error.ends_session() => {
            line.spoilt = true;
            line.watch.sever();
            Err(error)
        }
        Err(Ended::Known(error)) => {
            line.spoilt |= line.finish(Phase::Write, transfer).is_err();
            Err(error)
        }
    }
}

/// Why sending ended before all was sent.
enum Ended {
    /// The data connection broke; the reason is in the server's reply.
    Line(io::Error),
    Known(TransportError),
}

fn send(
    line: &Line,
    source: &mut Source,
    transfer: &mut Transfer,
    progress: &Progress,
    sent: &mut u64,
) -> Result<(), Ended> {
    let mut chunk = vec![0; CHUNK];
    let mut pace = Pace::new(line.minimum_throughput, Instant::now());
    loop {
        let read = source.read(&mut chunk).map_err(Ended::Known)?;
        if read == 0 {
            return transfer.flush().map_err(Ended::Line);
        }
        let mut rest = &chunk[..read];
        while !rest.is_empty() {
            let written = match transfer.write(rest) {
                Ok(0) => return Err(Ended::Line(io::ErrorKind::WriteZero.into())),
                Ok(written) => written,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Ended::Line(error)),
            };
            rest = &rest[written..];
            *sent += written as u64;
            line.watch.moved();
            progress.add(written as u64);
            if let Some(rate) = pace.note(written as u64, Instant::now()) {
                let minimum = line.minimum_throughput.bytes_per_second;
                return Err(Ended::Known(TransportError::TooSlow { phase: Phase::Write, rate, minimum }));
            }
        }
    }
}

/// Our file, being read and hashed.
struct Source {
    path: PathBuf,
    file: File,
    before: Metadata,
    size: u64,
    hashing: Hashing<io::Sink>,
}

impl Source {
    fn open(path: &Path) -> Result<Source, TransportError> {
        let opened = File::open(path).and_then(|file| file.metadata().map(|before| (file, before)));
        let (file, before) =
            opened.map_err(|error| TransportError::OwnFile { path: path.to_owned(), error })?;
        let size = before.len();
        Ok(Source { path: path.to_owned(), file, before, size, hashing: Hashing::new(io::sink()) })
    }

    /// Takes the first `bytes` into the digest, for they are at the partner already.
    fn skip(&mut self, bytes: u64, line: &Line) -> Result<(), TransportError> {
        let mut chunk = vec![0; CHUNK];
        let mut left = bytes;
        while left > 0 {
            let wanted = left.min(CHUNK as u64) as usize;
            let read = self.read(&mut chunk[..wanted])?;
            if read == 0 {
                return Err(self.changed(bytes - left));
            }
            left -= read as u64;
            line.watch.moved();
        }
        Ok(())
    }

    fn rewind(&mut self) -> Result<(), TransportError> {
        self.hashing = Hashing::new(io::sink());
        self.file.seek(SeekFrom::Start(0)).map(drop).map_err(|error| self.failed(error))
    }

    fn read(&mut self, chunk: &mut [u8]) -> Result<usize, TransportError> {
        let read = self.file.read(chunk).map_err(|error| self.failed(error))?;
        self.hashing.note(&chunk[..read]);
        Ok(read)
    }

    /// Size and digest of what was read, once it is known that the file was left alone meanwhile.
    fn finish(&mut self) -> Result<(u64, Sha256), TransportError> {
        let hashing = std::mem::replace(&mut self.hashing, Hashing::new(io::sink()));
        let (sha256, found) = hashing.finish();
        let unchanged = self.file.metadata().and_then(|after| {
            Ok(after.len() == self.before.len() && after.modified()? == self.before.modified()?)
        });
        match unchanged {
            Ok(true) if found == self.size => Ok((found, sha256)),
            Ok(_) => Err(self.changed(found)),
            Err(error) => Err(self.failed(error)),
        }
    }

    fn failed(&self, error: io::Error) -> TransportError {
        TransportError::OwnFile { path: self.path.clone(), error }
    }

    fn changed(&self, found: u64) -> TransportError {
        TransportError::OwnFileChanged { path: self.path.clone(), expected: self.size, found }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_grows_while_it_is_read_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("source");
        std::fs::write(&path, vec![7; 100]).unwrap();
        let mut source = Source::open(&path).unwrap();
        std::fs::write(&path, vec![7; 200]).unwrap();
        while source.read(&mut [0; 64]).unwrap() > 0 {}
        let error = source.finish().unwrap_err();
        assert!(matches!(error, TransportError::OwnFileChanged { expected: 100, found: 200, .. }), "{error}");
    }
}
