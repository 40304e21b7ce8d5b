//! Why no receipt could be written.

use super::key::KeyError;
use totatsu_base::{Remedy, SpoolError, say};

/// Why no receipt could be written.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// Our disk refused; usually it is full.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// Evidence is missing in the ledger: a fault of this program.
    #[error("{}", say!("receipt-evidence-missing", evidence = .0))]
    EvidenceMissing(&'static str),
    /// The receipt can't be written as JSON: a fault of this program.
    #[error("{}", say!("receipt-unwritable", error = .0))]
    Unwritable(#[from] serde_json::Error),
    /// The receipt can't be signed, see [`KeyError`].
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl ReceiptError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            ReceiptError::Spool(error) => Remedy::for_own_disk(&error.error),
            ReceiptError::EvidenceMissing(_) | ReceiptError::Unwritable(_) => Remedy::Hold,
            ReceiptError::Key(error) => error.remedy(),
        }
    }
}
