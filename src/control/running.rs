//! The running of errands: the gateway's own program, as its own user, in the stead of somebody who may not read its files.
//!
//! Owns the command line that each errand is. Nothing from the asker stands on that line but values behind the options that
//! they are for, and ids that were found in the ledger; and whatever a damaged file does to the reader, the gateway goes on.
//! What the command prints and the files that it makes go back over the socket, and the asker's own process writes them, with
//! the asker's rights. Nothing stays here.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::process::Command;

use super::desk::Desk;
use super::errand::{Errand, ErrandDone, ErrandFile, ReceiptForm};
use super::protocol::{Answer, Caller, ControlError, OfName};
use super::rights::{READ, Rights};
use crate::blocking::blocking;
use totatsu_base::messages::{Tongue, os_error};
use totatsu_base::{SpoolError, say};

/// How long an errand may take that reads what is kept of a few deliveries.
const PATIENCE: Duration = Duration::from_secs(300);
/// The directory of an export, and what an audit begins and ends with, in the errand's own place.
pub const EXPORT: &str = "export";
const SINCE: &str = "since.json";
const SAVED: &str = "saved.json";

impl Desk {
    /// Runs an errand that the caller may have run.
    pub(super) async fn run(
        &self,
        errand: Errand,
        (json, tongue): (bool, Tongue),
        rights: &Rights,
        caller: Caller,
    ) -> Result<Answer, ControlError> {
        let Some((gateway, renewal)) = self.gateway().and_then(|it| Some((it, it.renewal.get()?))) else {
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
        let place = place.map_err(SpoolError::at("disk-making-a-directory-in", &std::env::temp_dir()))?;
        let takes_long = matches!(
            errand,
            Errand::AuditVerify { .. } | Errand::AuditActs { .. } | Errand::AuditExport { .. }
        );
        let links = gateway.config.links.keys();
        let seen: Vec<String> = links.filter(|link| rights.may(READ, Some(link))).cloned().collect();
        if let (true, Errand::Outbox, Some(link)) =
            (seen.is_empty(), &errand, gateway.config.links.keys().next())
        {
            // With no link named, the command would tell of all.
            rights.demand(READ, Some(link))?;
        }
        let words = words_of(errand, place.path(), seen)?;
        // The very program that runs, also where an upgrade has put another in its place.
        let mut command = Command::new("/proc/self/exe");
        command
            .env_clear()
            .envs(["PATH", "TMPDIR"].into_iter().filter_map(|key| Some((key, std::env::var_os(key)?))));
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
            | Errand::AuditActs { .. }
            | Errand::AuditExport { .. } => &mut [],
        };
        for id in ids {
            *id = self.find(id, rights, OfName::Newest)?.id.to_string();
        }
        Ok(errand)
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
            let form = if text { "--text" } else { "--html" };
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            words(&[&["medium", "sheet", form, "--"], ids.as_slice()].concat())
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
        Errand::AuditActs { from, to, by } => {
            let days = [format!("--from={from}"), format!("--to={to}")]; // not for people
            let by = by.map(|name| format!("--by={name}")); // not for people
            words(&["audit", "acts"]).into_iter().chain(days).chain(by).collect()
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
