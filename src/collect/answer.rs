//! Sixth step of the way in: where it is agreed, the partner is told what became of its file.
//!
//! Owns the text of the acknowledgement and how it gets into an outbox, from where it goes to the partner as any delivery
//! does, with the same guarantee. Promises that it gets there once: the same collection has the same text under the same
//! name, and whoever does the step again looks in the outbox first and then asks the ledger.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags};

use crate::clock::Moment;
use crate::delivery_id::DeliveryId;
use crate::digest::Sha256;
pub use crate::evidence::{Answered, Outcome};
use crate::remedy::Remedy;
use crate::spool::{self, SpoolError};

/// What is agreed about acknowledging on an inbound link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// The outbound link that carries acknowledgements.
    pub link: String,
    /// The pattern of their names.
    pub name: String,
}

/// Why an acknowledgement isn't in its outbox.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// Our disk refused; usually it is full, or the outbox's rights are wrong.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// An earlier acknowledgement of that name hasn't been taken over yet: the partner sends names again, or the outbound
    /// link is at a standstill. It is tried again.
    #[error("{} still lies in the outbox: once it is taken over, this one takes its place", path.display())]
    NameTaken {
        /// Its path.
        path: PathBuf,
    },
}

impl AnswerError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            AnswerError::Spool(error) => Remedy::for_exchange(&error.error),
            AnswerError::NameTaken { .. } => Remedy::Retry,
        }
    }
}

/// What an acknowledgement says.
#[derive(Debug, Clone)]
pub struct AnswerFacts<'a> {
    /// The collection.
    pub id: &'a DeliveryId,
    /// The partner's file.
    pub name: &'a str,
    /// Its bytes.
    pub size: u64,
    /// SHA-256 of them.
    pub sha256: Sha256,
    /// What became of it.
    pub outcome: Outcome,
    /// Records of each kind.
    pub records: &'a BTreeMap<String, u64>,
    /// Records that could not be taken.
    pub bad: u64,
    /// When that was known.
    pub at: Moment,
}

/// The text of an acknowledgement: one `name=value` a line, UTF-8. It depends on nothing but the facts.
pub fn text_of(facts: &AnswerFacts) -> String {
    let AnswerFacts { id, name, size, sha256, outcome, records, bad, at } = facts;
    let outcome = outcome.word();
    let mut text = format!("file={name}\nsize={size}\nsha256={sha256}\nresult={outcome}\n");
    for (kind, count) in *records {
        text += &format!("records.{kind}={count}\n");
    }
    text + &format!("bad={bad}\ncollection={id}\nat={at}\n")
}

/// Whether this acknowledgement lies in an outbox under its name, and not an earlier one.
pub fn lies_in(outbox: &Path, name: &str, sha256: Sha256) -> bool {
    let path = outbox.join(name);
    // What a producer planted there may be no file, and opening it might never end.
    spool::open_regular(&path).is_ok() && Sha256::of_file(&path).is_ok_and(|(found, _)| found == sha256)
}

/// Puts an acknowledgement into an outbox, in one instant; a file that lies there under the name is left as it is.
///
/// # Errors
/// See [`AnswerError`].
pub fn drop_into(outbox: &Path, name: &str, text: &str, id: &DeliveryId) -> Result<(), AnswerError> {
    let (path, hidden) = (outbox.join(name), outbox.join(format!(".totatsu-{id}.part")));
    let write = || -> io::Result<()> {
        let mut file = spool::create_anew(&hidden, 0o640)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(SpoolError::at("writing", &hidden))?;
    match rustix::fs::renameat_with(CWD, &hidden, CWD, &path, RenameFlags::NOREPLACE) {
        // Durable from here: the acknowledgement bears its name.
        Ok(()) => Ok(spool::sync_dir(outbox)?),
        Err(rustix::io::Errno::EXIST) => {
            fs::remove_file(&hidden).map_err(SpoolError::at("removing", &hidden))?;
            Err(AnswerError::NameTaken { path })
        }
        Err(errno) => Err(SpoolError::at("naming", &path)(errno.into()).into()),
    }
}
