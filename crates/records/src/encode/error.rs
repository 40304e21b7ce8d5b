//! Why a source was not converted.

use std::path::PathBuf;
use totatsu_base::say;

use totatsu_base::digest::Sha256;
use totatsu_base::remedy::Remedy;

use crate::files::FileError;
use crate::values::RefusedValue;

/// Why a source was not converted.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// Rows or totals do not fit the layout: the delivery is rejected. The operator hands the report to the owner of the
    /// source system, who delivers a corrected file.
    #[error("{}", say!("record-bad-source", problems = problems, report = report.display()))]
    BadRecords {
        /// All problems, listed or not.
        problems: u64,
        /// The list, readable by its owner only.
        report: PathBuf,
    },
    /// The source is not the file that was accepted: someone wrote into the spool, or the disk lost bytes. The operator
    /// finds out which, then delivers again.
    #[error(
        "{}", say!("record-source-changed", accepted = accepted, found = found))]
    SourceChanged {
        /// The digest when the file was accepted.
        accepted: Sha256,
        /// The digest of what was read now.
        found: Sha256,
    },
    /// A value of the configuration or the link does not fit the layout. The operator corrects it and releases the
    /// delivery.
    #[error(transparent)]
    BadValue(#[from] RefusedValue),
    /// The bytes on disk are not the bytes that were written, or the gateway erred. Neither disk nor memory of this
    /// machine can be trusted before it has been examined.
    #[error(
        "{}", say!("record-reads-back-wrong", at = at, fact = fact))]
    ReadBackDiffers {
        /// The offset of the record in the file.
        at: u64,
        /// What differs, without any value.
        fact: String,
    },
    /// Our own file system refused. Full disks are tried again; missing rights are the operator's affair.
    #[error(transparent)]
    Disk(#[from] FileError),
}

impl ConvertError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            ConvertError::BadRecords { .. }
            | ConvertError::SourceChanged { .. }
            | ConvertError::BadValue(_) => Remedy::Hold,
            ConvertError::ReadBackDiffers { .. } => Remedy::Stop,
            ConvertError::Disk(disk) => Remedy::for_own_disk(&disk.error),
        }
    }
}
