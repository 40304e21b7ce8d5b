//! Errands: what takes rights on the gateway's files is run by the gateway for somebody who has none.
//!
//! Owns the list of such errands and the command line that each one is. The gateway runs its own program, as its own user, with
//! nothing from the asker on that line but values of fixed forms and ids that were found in the ledger; so whatever a damaged file
//! does to the reader, the gateway goes on. What it prints and the files that it makes go back over the socket, and the asker's
//! own process writes them, with the asker's rights. Nothing stays here. One errand of a user runs at a time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::sync::Semaphore;

use super::desk::Desk;
use super::protocol::{Answer, Caller, ControlError};
use super::roles::{READ, Rights};
use crate::blocking::blocking;
use totatsu_base::messages::{Tongue, os_error};
use totatsu_base::{SpoolError, say};

/// How long one may take that reads what is kept of a few deliveries.
const PATIENCE: Duration = Duration::from_secs(300);
/// How long the asker may take to read a piece of a file.
const READING: Duration = Duration::from_secs(60);
/// Bytes of such a piece.
const PIECE: usize = 64 * 1024;
/// The directory of an export, and what an audit begins and ends with, in the errand's own place.
const EXPORT: &str = "export";
const SINCE: &str = "since.json";
const SAVED: &str = "saved.json";

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
        /// As what.
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
        /// As plain text.
        text: bool,
    },
    /// How the files in the outboxes stand.
    Outbox,
    /// Everything checked again.
    AuditVerify {
        /// What an earlier audit wrote.
        since: Option<String>,
        /// What it ended with is wanted.
        save: bool,
    },
    /// What an auditor takes along.
    AuditExport {
        /// The first day.
        from: Date,
        /// The last.
        to: Date,
        /// Of one municipality alone.
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
    /// Where it made its files; the asker's own names stand in the place of this.
    pub place: PathBuf,
    /// The files, in the order in which their bytes follow the answer.
    pub files: Vec<ErrandFile>,
    #[serde(skip)]
    kept: Option<Arc<TempDir>>,
}

/// A file that an errand made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrandFile {
    /// Its path below the errand's place.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
}

/// Whose errands run.
#[derive(Debug, Clone, Default)]
pub(super) struct Errands(Arc<Mutex<BTreeMap<u32, Arc<Semaphore>>>>);

impl Desk {
    /// Runs an errand of somebody who may have it run.
    pub(super) async fn run(
        &self,
        errand: Errand,
        (json, tongue): (bool, Tongue),
        rights: &Rights,
        caller: Caller,
    ) -> Result<Answer, ControlError> {
        let gateway = self.gateway().filter(|gateway| gateway.renewal.get().is_some());
        let Some((gateway, renewal)) = gateway.and_then(|it| Some((it, it.renewal.get()?))) else {
            return Err(ControlError::Unfit(say!("control-errand-without-gateway")));
        };
        let rights = rights.clone();
        let errand = self.reading({
            let rights = rights.clone();
            move |desk| desk.with_whole_ids(errand, &rights)
        });
        let errand = errand.await?;
        let turn = self.errands.of(caller.uid);
        let _turn = turn.acquire().await.expect("the semaphore is never closed");
        let place = blocking(tempfile::tempdir).await;
        let place = place.map_err(SpoolError::at("disk-making", &std::env::temp_dir()))?;
        let takes_long = matches!(errand, Errand::AuditVerify { .. } | Errand::AuditExport { .. });
        let links = gateway.config.links.keys();
        let seen: Vec<String> = links.filter(|link| rights.may(READ, Some(link))).cloned().collect();
        if seen.is_empty() && matches!(errand, Errand::Outbox) {
            // Without any link named, all would be told.
            rights.demand(READ, None)?;
        }
        let words = words_of(errand, place.path(), seen)?;
        // The very program that runs, also where an upgrade has put another in its place.
        let mut command = Command::new("/proc/self/exe");
        command.env_clear().envs(["PATH", "TMPDIR"].into_iter().filter_map(|key| Some((key, std::env::var_os(key)?))));
        command.arg("--config").arg(renewal.directory()).args(["--lang", tongue.into()]);
        command.args(json.then_some("--json")).args(words);
        command.stdin(Stdio::null()).current_dir(place.path()).kill_on_drop(true);
        let running = command.output();
        let ended = match takes_long {
            true => running.await,
            false => tokio::time::timeout(PATIENCE, running)
                .await
                .map_err(|_| ControlError::Unfit(say!("control-errand-takes-long")))?,
        };
        let unable = |error| ControlError::Unfit(say!("control-errand-fails", error = os_error(&error)));
        let ended = ended.map_err(unable)?;
        let Some(code) = ended.status.code().and_then(|code| u8::try_from(code).ok()) else {
            return Err(ControlError::Unfit(say!("control-errand-broke-off")));
        };
        let place = Arc::new(place);
        let made = place.clone();
        let files = blocking(move || files_in(made.path(), "")).await.map_err(unable)?;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ok(Answer::ErrandDone(Box::new(ErrandDone {
            code,
            out: text(ended.stdout),
            err: text(ended.stderr),
            place: place.path().to_owned(),
            files,
            kept: Some(place),
        })))
    }
}

impl Desk {
    /// The errand with whole ids, which the ledger has: no word of the asker's own stands on the command line.
    fn with_whole_ids(&self, mut errand: Errand, rights: &Rights) -> Result<Errand, ControlError> {
        let ids: &mut [String] = match &mut errand {
            Errand::Report { id }
            | Errand::ReceiptShow { id, .. }
            | Errand::ReceiptVerify { id }
            | Errand::ReceiptBundle { id } => std::slice::from_mut(id),
            Errand::Sheet { ids, .. } => ids,
            Errand::ReceiptKey
            | Errand::Outbox
            | Errand::AuditVerify { .. }
            | Errand::AuditExport { .. } => &mut [],
        };
        for id in ids {
            *id = self.find(id, rights)?.id.to_string();
        }
        Ok(errand)
    }
}

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
    fn of(&self, uid: u32) -> Arc<Semaphore> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.retain(|_, turn| Arc::strong_count(turn) > 1);
        running.entry(uid).or_insert_with(|| Arc::new(Semaphore::new(1))).clone()
    }
}

/// The command line that an errand is.
fn words_of(errand: Errand, place: &Path, seen: Vec<String>) -> Result<Vec<String>, ControlError> {
    let path = |name: &str| place.join(name).to_string_lossy().into_owned();
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    Ok(match errand {
        Errand::Report { id } => words(&["report", "--", &id]),
        Errand::ReceiptShow { id, form } => {
            let form: &[&str] = match form {
                ReceiptForm::Receipt => &[],
                ReceiptForm::Html => &["--html"],
                ReceiptForm::Text => &["--text"],
            };
            words(&[&["receipt", "show"], form, &["--", &id]].concat())
        }
        Errand::ReceiptVerify { id } => words(&["receipt", "verify", "--", &id]),
        // Into the errand's place, under the name that it has by itself.
        Errand::ReceiptBundle { id } => words(&["receipt", "bundle", "--", &id]),
        Errand::ReceiptKey => words(&["receipt", "key"]),
        Errand::Sheet { ids, text } => {
            let text: &[&str] = if text { &["--text"] } else { &[] };
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            words(&[&["medium", "sheet"], text, &["--"], ids.as_slice()].concat())
        }
        Errand::Outbox => {
            let links = seen.into_iter().map(|link| format!("--link={link}")); // not for people
            words(&["outbox"]).into_iter().chain(links).collect()
        }
        Errand::AuditVerify { since, save } => {
            let mut all = words(&["audit", "verify"]);
            if let Some(since) = since {
                let at = place.join(SINCE);
                std::fs::write(&at, since).map_err(SpoolError::at("disk-writing", &at))?;
                all.extend(["--since".to_owned(), path(SINCE)]);
            }
            if save {
                all.extend(["--save".to_owned(), path(SAVED)]);
            }
            all
        }
        Errand::AuditExport { from, to, municipality } => {
            let days = [format!("--from={from}"), format!("--to={to}"), "--out".to_owned(), path(EXPORT)]; // not for people
            let of = municipality.map(|code| format!("--municipality={code}")); // not for people
            words(&["audit", "export"]).into_iter().chain(days).chain(of).collect()
        }
    })
}

/// The files below a directory, those of an export's sums last: where those are, all else is.
fn files_in(place: &Path, below: &str) -> std::io::Result<Vec<ErrandFile>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(place.join(below))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let name = if below.is_empty() { name } else { format!("{below}/{name}") };
        let metadata = entry.metadata()?;
        if metadata.is_dir() {
            files.extend(files_in(place, &name)?);
        } else if name != SINCE {
            files.push(ErrandFile { name, size: metadata.len() });
        }
    }
    files.sort_by_key(|file| (file.name.ends_with("SHA256SUMS"), file.name.clone()));
    Ok(files)
}
