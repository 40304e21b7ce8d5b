//! Time stamps from outside (RFC 3161): once a day a command of the operator's has the chain's end stamped, and its answer is kept.
//!
//! Owns the command's contract, what is read of an answer, and where answers are kept: beside the journal, one file each, named after
//! the line that was stamped. Promises that an answer which is for another digest, or refuses, is never kept, and that a file is
//! whole and synced before the ledger names it. Whose signature a stamp bears is for `openssl ts -verify`, with the certificate that
//! the auditor trusts: that isn't ours to choose. Opens no connection of its own; hands out nothing but a digest.

mod answer;
mod command;

use std::path::{Path, PathBuf};

use totatsu_base::durable;
use totatsu_base::evidence::Anchor;
use totatsu_base::{Sha256, SpoolError};
use totatsu_ledger::Event;

pub use answer::{ReadStamp, Unfit, read};
pub use command::{StampError, stamp};

/// The directory of stamps, inside the ledger's directory.
const DIRECTORY: &str = "timestamps";

/// The directory in which a ledger's stamps are kept.
pub fn directory_of(ledger: &Path) -> PathBuf {
    ledger.join(DIRECTORY)
}

/// Puts an answer beside the journal. On `Ok` it is durably there, and the event says so once it is recorded.
///
/// # Errors
/// Our disk refuses.
pub fn keep(ledger: &Path, line: Anchor, answer: &[u8]) -> Result<Event, SpoolError> {
    let directory = directory_of(ledger);
    durable::make_dir(&directory)?;
    let file = format!("{:012}.tsr", line.seq);
    // A file that a crash left without its event gives way to this one.
    durable::write_durably(&directory.join(&file), 0o600, answer)?;
    Ok(Event::Stamped { line, file, sha256: Sha256::of(answer) })
}
