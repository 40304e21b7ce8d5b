//! What an audit finds, and why there may be none.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::config::GatewaySettings;
use crate::receipt::key::{KeyError, Keys};
use totatsu_base::{Remedy, Sha256, SpoolError, say};
use totatsu_ledger::JournalError;

/// Findings that are listed one by one; the others are counted.
const FINDINGS: usize = 10_000;

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
pub struct AuditFinding {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1, in a file of lines.
    pub line: Option<u64>,
    /// What is wrong.
    pub what: String,
}

/// Findings as they come up.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) listed: Vec<AuditFinding>,
    pub(super) unlisted: u64,
}

/// Why there is no audit, or no export.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The journal can't be read, see [`JournalError`].
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A file or directory can't be read or written. Usual cause: the command ran as a user who may not.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// A key can't be read, see [`KeyError`].
    #[error(transparent)]
    Key(#[from] KeyError),
    /// There is nothing to audit.
    #[error("{}", say!("audit-no-journal", path = .0.display()))]
    NoJournal(PathBuf),
    /// An export would mix with what lies there. The operator names another directory.
    #[error("{}", say!("audit-not-empty", path = .0.display()))]
    NotEmpty(PathBuf),
    /// The file isn't what an audit has written. The operator names the right one, or verifies everything.
    #[error("{}", say!("audit-unfit-mark", path = path.display(), why = why))]
    UnfitMark {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The days are the wrong way round.
    #[error("{}", say!("audit-no-day", from = from, to = to))]
    NoDay {
        /// The first day.
        from: jiff::civil::Date,
        /// The last day.
        to: jiff::civil::Date,
    },
}

impl AuditError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            AuditError::Journal(error) => error.remedy(),
            AuditError::Spool(error) => Remedy::for_own_disk(&error.error),
            AuditError::Key(error) => error.remedy(),
            AuditError::NoJournal(_)
            | AuditError::NotEmpty(_)
            | AuditError::UnfitMark { .. }
            | AuditError::NoDay { .. } => Remedy::Hold,
        }
    }
}

impl fmt::Display for AuditFinding {
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
            Vouched::Index => f.write_str(&say!("audit-vouched-index")),
            Vouched::Gateway => f.write_str(&say!("audit-vouched-gateway")),
            Vouched::Nobody(why) => f.write_str(&say!("audit-vouched-nobody", why = why)),
        }
    }
}

impl Findings {
    pub(super) fn note(&mut self, file: &Path, line: Option<u64>, what: String) {
        if self.listed.len() < FINDINGS {
            self.listed.push(AuditFinding { file: file.to_owned(), line, what });
        } else {
            self.unlisted += 1;
        }
    }
}

/// The directory of the journal; without a journal there is no audit.
pub(super) fn journal_of(settings: &GatewaySettings) -> Result<PathBuf, AuditError> {
    let journal = settings.ledger.join("journal");
    match journal.try_exists().map_err(SpoolError::at("disk-looking-at", &journal))? {
        true => Ok(journal),
        false => Err(AuditError::NoJournal(journal)),
    }
}

/// The gateway's public keys; one that was tampered with is a finding, and no key.
pub(super) fn keys_of(settings: &GatewaySettings, findings: &mut Findings) -> Result<Keys, AuditError> {
    match Keys::of_ledger(&settings.ledger) {
        Err(KeyError::Unfit { path, why }) => {
            findings.note(&path, None, say!("audit-no-key", why = why));
            Ok(Keys::default())
        }
        keys => Ok(keys?),
    }
}

/// How the digest and size that were recorded of a file differ from those that are there; nothing if they don't.
pub(super) fn differs(stated: (Sha256, u64), there: (Sha256, u64)) -> Option<String> {
    let shown = |(sha256, size): (Sha256, u64)| say!("audit-size-and-sha256", size = size, sha256 = sha256);
    (stated != there).then(|| say!("audit-differs", recorded = shown(stated), found = shown(there)))
}
