//! What is kept of each delivery, against what was recorded of it: source, sent bytes, receipt and signature.
//!
//! A folder may be removed once its time is over. The daemon may move one to the archive meanwhile: what is missed is
//! looked for again there.

use std::io;
use std::path::Path;

use super::findings::{AuditError, Findings, differs};
use super::trail::Trail;
use crate::receipt::key::Keys;
use crate::receipt::{self, Disagreement};
use crate::spool::{DeliveryFolder, Spool};
use totatsu_base::{Moment, Sha256};
use totatsu_ledger::Delivery;

/// What was looked at.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Files compared.
    pub(super) files: u64,
    /// Their bytes.
    pub(super) bytes: u64,
    /// Folders that were removed after their time.
    pub(super) no_longer: u64,
}

/// Compares everything that is kept.
///
/// # Errors
/// We may not look into the spool.
pub(super) fn check(trail: &mut Trail, spool: &Spool, keys: &Keys) -> Result<Kept, AuditError> {
    let mut kept = Kept::default();
    for delivery in trail.deliveries.values() {
        let Some(mut folder) = spool.existing_folder(&delivery.id)? else {
            // Where the journal ends early, nobody knows what became of a delivery.
            if !trail.damaged {
                note_missing(&mut trail.findings, &mut kept, delivery, spool);
            }
            continue;
        };
        let mut looked = look_into(&folder, delivery, keys);
        let now = spool.existing_folder(&delivery.id)?;
        if let Some(moved) = now.filter(|now| now.path() != folder.path()) {
            looked = look_into(&moved, delivery, keys);
            folder = moved;
        }
        kept.files += looked.files;
        kept.bytes += looked.bytes;
        for (name, what) in looked.found {
            trail.findings.note(&folder.path().join(name), None, what);
        }
    }
    Ok(kept)
}

fn note_missing(findings: &mut Findings, kept: &mut Kept, delivery: &Delivery, spool: &Spool) {
    match &delivery.archived {
        Some(archived) if archived.keep_until <= Moment::now() => kept.no_longer += 1,
        Some(archived) => {
            let what = format!("the folder is gone, but was to be kept until {}", archived.keep_until);
            findings.note(&archived.folder, None, what);
        }
        None => {
            let what = "the folder is gone, and the delivery isn't finished".to_owned();
            findings.note(spool.folder(&delivery.id).path(), None, what);
        }
    }
}

/// What a look into one folder came to.
#[derive(Default)]
struct Looked {
    files: u64,
    bytes: u64,
    found: Vec<(&'static str, String)>,
}

fn look_into(folder: &DeliveryFolder, delivery: &Delivery, keys: &Keys) -> Looked {
    let mut looked = Looked::default();
    if let Some(source) = delivery.source() {
        looked.compare("source", (source.sha256, source.size), &folder.source());
    }
    let placing = delivery.collection().and_then(|collection| collection.placing.as_ref());
    if let Some(placing) = placing {
        looked.compare("decoded", (placing.sha256, placing.size), &folder.decoded());
    }
    if let Some(converted) = &delivery.converted {
        looked.compare("sent", (converted.sha256, converted.size), &folder.sent());
    }
    if let Some(link) = delivery.receipt {
        looked.check_receipt(link.sha256, &folder.receipt(), keys);
    }
    looked
}

impl Looked {
    fn compare(&mut self, name: &'static str, stated: (Sha256, u64), path: &Path) {
        match Sha256::of_file(path) {
            Ok(there) => {
                self.files += 1;
                self.bytes += there.1;
                self.found.extend(differs(stated, there).map(|what| (name, what)));
            }
            Err(error) => self.note_unreadable(name, &error),
        }
    }

    fn check_receipt(&mut self, recorded: Sha256, path: &Path, keys: &Keys) {
        let (text, signature) = match receipt::read_signed(path) {
            Ok(read) => read,
            Err(error) => return self.note_unreadable("receipt.json", &error.error),
        };
        self.files += 1;
        self.bytes += text.len() as u64;
        let there = Sha256::of(&text);
        if there != recorded {
            self.found.push(("receipt.json", format!("recorded is SHA-256 {recorded}, found {there}")));
        }
        for Disagreement { what, stated, found } in
            receipt::examine(&text, signature.as_deref(), keys).disagreements
        {
            let name = if what == "signature" { "receipt.json.sig" } else { "receipt.json" };
            self.found.push((name, format!("the receipt says {stated}, found {found}")));
        }
    }

    fn note_unreadable(&mut self, name: &'static str, error: &io::Error) {
        let what = match error.kind() == io::ErrorKind::NotFound {
            true => "it is missing".to_owned(),
            false => format!("it can't be read: {error}"),
        };
        self.found.push((name, what));
    }
}
