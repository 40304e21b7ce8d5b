//! The audit (監査): what the gateway claims, checked again from the files alone.
//!
//! Owns the reading of journal, receipts and kept bytes without the daemon, also while it runs, and what is handed to an
//! auditor ([`export()`]). Promises one pass over everything, each finding with its file and line. What can't be read ends it.
//! Never writes into ledger or spool, never shows contents of records.

mod end;
mod export;
mod kept;
mod tables;
mod trail;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::config::GatewaySettings;
use crate::digest::Sha256;
use crate::ledger::journal::JournalError;
use crate::receipt::Anchor;
use crate::receipt::key::{KeyError, Keys};
use crate::remedy::Remedy;
use crate::spool::{Spool, SpoolError};
use trail::Trail;

pub use export::{Exported, Period, export};

/// Findings that are listed one by one; the others are counted.
const FINDINGS: usize = 10_000;

/// What an audit came to.
#[derive(Debug, Serialize)]
pub struct Audit {
    /// Lines of the journal whose chain is whole.
    pub events: u64,
    /// The last of them; none in an empty journal.
    pub end: Option<Anchor>,
    /// Bytes behind it of a line that was being written, or that a crash interrupted.
    pub torn: u64,
    /// Who vouches for that last line: every other is vouched for by the line after it.
    pub end_vouched_by: Vouched,
    /// Deliveries by where they stand.
    pub deliveries: BTreeMap<String, u64>,
    /// Receipts in the journal.
    pub receipts: u64,
    /// Files compared with what was recorded of them; signatures are not counted.
    pub files: u64,
    /// Bytes of those files.
    pub bytes: u64,
    /// Deliveries whose folder was removed after its time.
    pub no_longer_kept: u64,
    /// What doesn't agree.
    pub findings: Vec<Finding>,
    /// Findings beyond those that are listed.
    pub unlisted: u64,
    /// The journal is not what was acknowledged.
    pub damaged: bool,
}

/// Who vouches for the journal's last line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Vouched {
    /// The index, which remembers its digest.
    Index,
    /// The running gateway, which knows what it recorded last, or has recorded more since.
    Gateway,
    /// Nobody, and why.
    Nobody(String),
}

/// Something that doesn't agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1, in a file of lines.
    pub line: Option<u64>,
    /// What is wrong.
    pub what: String,
}

/// Findings as they come up.
#[derive(Debug, Default)]
struct Findings {
    listed: Vec<Finding>,
    unlisted: u64,
}

/// Why there is no audit, or no export.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The journal can't be read; see there.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A file or directory can't be read or written. Usual cause: the command ran as a user who may not.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// A key can't be read; see there.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// There is nothing to audit.
    #[error("there is no journal at {}: the gateway has never run with this configuration", .0.display())]
    NoJournal(PathBuf),
    /// An export would mix with what lies there. The operator names another directory.
    #[error("{} is not empty: an export wants a new or empty directory", .0.display())]
    NotEmpty(PathBuf),
    /// The days are the wrong way round.
    #[error("the period from {from} to {to} holds no day: --from is its first, --to its last")]
    NoDay {
        /// Its first day.
        from: jiff::civil::Date,
        /// Its last day.
        to: jiff::civil::Date,
    },
}

impl AuditError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            AuditError::Journal(JournalError::Disk { error, .. }) => Remedy::for_own_disk(error),
            AuditError::Journal(
                JournalError::Unsynced { .. }
                | JournalError::Damaged { .. }
                | JournalError::Newer { .. }
                | JournalError::Broken
                | JournalError::Unwritable(_)
                | JournalError::TooLong(_),
            ) => Remedy::Stop,
            AuditError::Spool(error) => Remedy::for_own_disk(&error.error),
            AuditError::Key(error) => error.remedy(),
            AuditError::NoJournal(_) | AuditError::NotEmpty(_) | AuditError::NoDay { .. } => Remedy::Hold,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        write!(f, " {}", self.what)
    }
}

impl fmt::Display for Vouched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Vouched::Index => f.write_str("the index"),
            Vouched::Gateway => f.write_str("the running gateway"),
            Vouched::Nobody(why) => write!(f, "nobody ({why})"),
        }
    }
}

impl Findings {
    fn note(&mut self, file: &Path, line: Option<u64>, what: String) {
        if self.listed.len() < FINDINGS {
            self.listed.push(Finding { file: file.to_owned(), line, what });
        } else {
            self.unlisted += 1;
        }
    }
}

/// Checks the whole journal, every receipt, and every file that is kept.
///
/// # Errors
/// See [`AuditError`]. A damaged journal is no error here, but a finding.
pub fn verify(settings: &GatewaySettings) -> Result<Audit, AuditError> {
    let journal = journal_of(settings)?;
    // Asked first: from then on the journal can only have grown.
    let witness = end::witness(&settings.ledger)?;
    let mut trail = Trail::read(&journal, |_, _| Ok(()))?;
    let end_vouched_by = end::compare(&mut trail, witness, &journal, &settings.socket)?;
    let keys = keys_of(settings, &mut trail.findings)?;
    let kept = kept::check(&mut trail, &Spool::new(&settings.spool), &keys)?;
    let mut deliveries = BTreeMap::new();
    for delivery in trail.deliveries.values() {
        *deliveries.entry(delivery.state().to_owned()).or_default() += 1;
    }
    let end = trail.end();
    Ok(Audit {
        events: end.seq,
        end: (end.seq > 0).then_some(Anchor { seq: end.seq, sha256: end.digest }),
        torn: trail.torn,
        end_vouched_by,
        deliveries,
        receipts: trail.receipts,
        files: kept.files,
        bytes: kept.bytes,
        no_longer_kept: kept.no_longer,
        findings: trail.findings.listed,
        unlisted: trail.findings.unlisted,
        damaged: trail.damaged,
    })
}

fn journal_of(settings: &GatewaySettings) -> Result<PathBuf, AuditError> {
    let journal = settings.ledger.join("journal");
    match journal.try_exists().map_err(SpoolError::at("looking at", &journal))? {
        true => Ok(journal),
        false => Err(AuditError::NoJournal(journal)),
    }
}

/// The gateway's public keys; one that was tampered with is a finding, and no key.
fn keys_of(settings: &GatewaySettings, findings: &mut Findings) -> Result<Keys, AuditError> {
    match Keys::of_ledger(&settings.ledger) {
        Err(KeyError::Unfit { path, why }) => {
            findings.note(&path, None, format!("no public key ({why}): no signature can be checked"));
            Ok(Keys::default())
        }
        keys => Ok(keys?),
    }
}

/// The digest and size that were recorded of a file, against those of what is there.
fn differs(stated: (Sha256, u64), there: (Sha256, u64)) -> Option<String> {
    let shown = |(sha256, size): (Sha256, u64)| format!("{size} bytes, SHA-256 {sha256}");
    (stated != there).then(|| format!("recorded are {}, found {}", shown(stated), shown(there)))
}
