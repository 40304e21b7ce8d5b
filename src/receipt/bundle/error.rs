//! Why no bundle could be made.

use totatsu_base::{Remedy, say};
use totatsu_ledger::JournalError;

/// Why no bundle could be made.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The journal can't be read; see there.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The journal has no line with this receipt: it was cut, or isn't the receipt's. The operator has the audit look.
    #[error("{}", say!("receipt-bundle-not-recorded", number = .0))]
    NotRecorded(u64),
    /// The lines between are too many for one page. The auditor gets an export of the days instead.
    #[error("{}", say!("receipt-bundle-too-long", lines = .0))]
    TooLong(u64),
}

impl BundleError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            BundleError::Journal(error) => error.remedy(),
            BundleError::NotRecorded(_) | BundleError::TooLong(_) => Remedy::Hold,
        }
    }
}
