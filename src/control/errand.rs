//! Errands: what takes rights on the gateway's files is run by the gateway for somebody who has none.
//!
//! Owns the list of such errands, what comes of one, and whose turn it is: one errand of a user runs at a time. What each of
//! them runs stands in `running`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::Semaphore;
use totatsu_base::locked;

/// How long the asker may take to read a piece of a file.
const READING: Duration = Duration::from_secs(60);
/// Bytes of a piece of a file.
const PIECE: usize = 64 * 1024;

/// What the gateway does for somebody who may not read its files.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Errand {
    /// The list of problems of a rejected source.
    Report {
        /// The delivery.
        id: String,
    },
    /// A receipt, or its certificate.
    ReceiptShow {
        /// The delivery.
        id: String,
        /// In which form.
        form: ReceiptForm,
    },
    /// A receipt held against the ledger, its signature and what is kept.
    ReceiptVerify {
        /// The delivery.
        id: String,
    },
    /// The page by which an auditor verifies a receipt.
    ReceiptBundle {
        /// The delivery.
        id: String,
    },
    /// The public key that checks receipts.
    ReceiptKey,
    /// A cover sheet.
    Sheet {
        /// The deliveries.
        ids: Vec<String>,
        /// The sheet is wanted as plain text.
        text: bool,
    },
    /// How the files in the outboxes stand.
    Outbox,
    /// Everything checked again.
    AuditVerify {
        /// What an earlier audit wrote.
        since: Option<String>,
        /// The mark with which the audit ends is wanted.
        save: bool,
    },
    /// What people did, and what was done to the gateway as a whole.
    AuditActs {
        /// The first day.
        from: Date,
        /// The last.
        to: Date,
        /// Only what somebody of this name did.
        by: Option<String>,
    },
    /// What an auditor takes along.
    AuditExport {
        /// The first day.
        from: Date,
        /// The last.
        to: Date,
        /// Only what concerns this municipality.
        municipality: Option<String>,
    },
}

/// What a receipt is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptForm {
    /// The receipt itself.
    Receipt,
    /// Its certificate, in HTML.
    Html,
    /// Its certificate, as plain text.
    Text,
}

/// What came of an errand.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ErrandDone {
    /// The exit code.
    pub code: u8,
    /// What was printed.
    pub out: String,
    /// What was said on standard error.
    pub err: String,
    /// Where the errand made its files; the asker's own names stand in the place of this.
    pub place: PathBuf,
    /// The files, in the order in which their bytes follow the answer.
    pub files: Vec<ErrandFile>,
    #[serde(skip)]
    pub(super) kept: Option<Arc<TempDir>>,
}

/// A file that an errand made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrandFile {
    /// Its path below the errand's place.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
}

/// By user number, the turn that the user's errands take.
#[derive(Debug, Clone, Default)]
pub(super) struct Errands(Arc<Mutex<BTreeMap<u32, Arc<Semaphore>>>>);

impl ErrandDone {
    /// Writes the bytes of all files, one after the other.
    pub(super) async fn send(&self, to: &mut (impl AsyncWrite + Unpin)) -> std::io::Result<()> {
        let Some(place) = &self.kept else { return Ok(()) };
        let mut piece = vec![0; PIECE];
        for ErrandFile { name, size } in &self.files {
            let mut file = tokio::fs::File::open(place.path().join(name)).await?.take(*size);
            let mut left = *size;
            while left > 0 {
                let length = file.read(&mut piece).await?;
                if length == 0 {
                    return Err(std::io::ErrorKind::UnexpectedEof.into());
                }
                left -= length as u64;
                tokio::time::timeout(READING, to.write_all(&piece[..length])).await??;
            }
        }
        Ok(())
    }
}

impl Errands {
    /// The turn of a user.
    pub(super) fn of(&self, uid: u32) -> Arc<Semaphore> {
        let mut running = locked(&self.0);
        running.retain(|_, turn| Arc::strong_count(turn) > 1);
        running.entry(uid).or_insert_with(|| Arc::new(Semaphore::new(1))).clone()
    }
}
