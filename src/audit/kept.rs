//! What is kept of each delivery, against what was recorded of it: source, sent bytes, receipt and signature.
//!
//! Owns the joining of what the journal told of each delivery, at its end and later. A folder may be removed once its time is
//! over. The daemon may move one to the archive meanwhile: what is missed is looked for again there.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::aside::{AuditNote, KeptFacts, Noted, NotesAside};
use super::findings::{AuditError, Findings, differs};
use crate::receipt::key::Keys;
use crate::receipt::{self, Disagreement};
use crate::spool::{DeliveryFolder, Spool};
use totatsu_base::evidence::ContentFile;
use totatsu_base::messages::os_error;
use totatsu_base::{DeliveryId, Moment, Sha256, SpoolError, say};

/// Folders that are looked into at a time, by several threads.
const TOGETHER: usize = 64;
/// How many threads look into folders.
const READERS: usize = 2;
/// By this time after its event, a removal that was cut off is finished.
const FINISHED_IN: Duration = Duration::from_secs(2 * 24 * 3600);

/// What was looked at.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Deliveries by where they stand.
    pub(super) states: BTreeMap<String, u64>,
    /// Files compared.
    pub(super) files: u64,
    /// Their bytes.
    pub(super) bytes: u64,
    /// Folders that were removed after their time.
    pub(super) no_longer: u64,
    /// Folders from which what was carried was removed, as the ledger says.
    pub(super) emptied: u64,
}

/// What is known besides the notes.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeptBy<'a> {
    /// Where the folders are.
    pub(super) spool: &'a Spool,
    /// The keys by which receipts are verified.
    pub(super) keys: &'a Keys,
    /// The journal ends early: nobody knows what became of a delivery.
    pub(super) damaged: bool,
    /// Earlier deliveries aren't known: the journal was read from the middle on.
    pub(super) continued: bool,
}

/// Joins the notes by delivery, and compares everything that is kept; `tell` hears how many deliveries are done so far.
///
/// # Errors
/// We may not look into the spool, or can't read what was put aside.
pub(super) fn check(
    notes: NotesAside,
    by: KeptBy<'_>,
    findings: &mut Findings,
    tell: &dyn Fn(u64),
) -> Result<Kept, AuditError> {
    let mut notes = notes.in_order()?;
    let (mut kept, mut done) = (Kept::default(), 0);
    loop {
        let mut together = Vec::with_capacity(TOGETHER);
        while together.len() < TOGETHER {
            let Some(group) = notes.next_delivery()? else { break };
            let id = group[0].id.clone();
            let Some(facts) = joined(group, by.continued, findings) else { continue };
            *kept.states.entry(facts.state.clone()).or_default() += 1;
            together.push((id, facts));
        }
        if together.is_empty() {
            return Ok(kept);
        }
        for looked in look_into_all(&together, by) {
            let Looked { files, bytes, found, no_longer, emptied } = looked?;
            kept.files += files;
            kept.bytes += bytes;
            kept.no_longer += u64::from(no_longer);
            kept.emptied += u64::from(emptied);
            found.into_iter().for_each(|(path, what)| findings.note(&path, None, what));
        }
        done += together.len() as u64;
        tell(done);
    }
}

/// What all notes of one delivery make of it; nothing where it began and ended before the first of them.
fn joined(notes: Vec<AuditNote>, continued: bool, findings: &mut Findings) -> Option<KeptFacts> {
    let mut facts = None::<KeptFacts>;
    for AuditNote { id, at: (file, line), noted, .. } in notes {
        let what = match (noted, &mut facts) {
            (Noted::Stands(stands), None) => {
                facts = Some(*stands);
                continue;
            }
            (Noted::Later(event), Some(known)) if event == "removed" && known.finished && !known.removed => {
                known.removed = true;
                continue;
            }
            (Noted::Emptied(at, files), Some(known))
                if known.finished && !known.removed && known.contents_removed.is_none() =>
            {
                known.contents_removed = Some(at);
                match otherwise_than_recorded(known, &files) {
                    Some(name) => say!("audit-removed-otherwise", name = name, delivery = id),
                    None => continue,
                }
            }
            (Noted::Emptied(..), None) if continued => continue,
            (Noted::Emptied(..), known) => {
                let state = known.as_ref().map_or("none", |known| known.state.as_str());
                say!("audit-cannot-follow", event = "contents_removed", state = state, delivery = id)
            }
            (Noted::Later(event), None) if event == "removed" && continued => continue,
            // An alert changes nothing, and may come when all is over.
            (Noted::Later(event), known) if event == "alerted" && (known.is_some() || continued) => continue,
            // Of a finished delivery people may still ask that it is sent again.
            (Noted::Later(event), Some(known)) if is_request(&event) && known.finished && !known.removed => {
                continue;
            }
            (Noted::Later(event), None) if is_request(&event) && continued => continue,
            (Noted::Stands(_), Some(_)) => say!("audit-begun-twice", delivery = id),
            (Noted::Later(event), known) => {
                let state = known.as_ref().map_or("none", |known| known.state.as_str());
                say!("audit-cannot-follow", event = event, state = state, delivery = id)
            }
        };
        findings.note(&file, Some(line), what);
    }
    facts
}

/// The name of a file that was removed with another digest or size than was recorded of it before.
fn otherwise_than_recorded(known: &KeptFacts, files: &[ContentFile]) -> Option<&'static str> {
    let recorded = [("source", known.source), ("decoded", known.decoded), ("sent", known.sent)];
    let differs = |(name, stated): &(&str, Option<(Sha256, u64)>)| {
        let removed = files.iter().find(|file| file.name == *name).map(|file| (file.sha256, file.size));
        stated.zip(removed).is_some_and(|(stated, removed)| stated != removed)
    };
    recorded.into_iter().find(differs).map(|(name, _)| name)
}

fn is_request(event: &str) -> bool {
    matches!(event, "act_requested" | "request_closed")
}

/// Looks into each folder by itself; the outcomes stand in the order of the deliveries.
fn look_into_all(all: &[(DeliveryId, KeptFacts)], by: KeptBy<'_>) -> Vec<Result<Looked, SpoolError>> {
    let part = all.len().div_ceil(READERS);
    thread::scope(|scope| {
        let look = |part: &[(DeliveryId, KeptFacts)]| {
            part.iter().map(|(id, facts)| look_for(id, facts, by)).collect::<Vec<_>>()
        };
        let readers: Vec<_> = all.chunks(part).map(|part| scope.spawn(move || look(part))).collect();
        let joined = readers.into_iter().map(|reader| reader.join().expect("a reader doesn't panic"));
        joined.flatten().collect()
    })
}

/// Looks for a delivery's folder, and into it; or finds out why it is gone.
fn look_for(id: &DeliveryId, facts: &KeptFacts, by: KeptBy<'_>) -> Result<Looked, SpoolError> {
    let KeptBy { spool, keys, damaged, .. } = by;
    // What the ledger calls removed may be there for a moment more, or in part.
    if facts.removed {
        return Ok(Looked { no_longer: true, ..Looked::default() });
    }
    let Some(mut folder) = spool.existing_folder(id)? else {
        return Ok(if damaged { Looked::default() } else { Looked::missing(id, facts, spool) });
    };
    let mut looked = look_into(&folder, facts, keys);
    let now = spool.existing_folder(id)?;
    if let Some(moved) = now.filter(|now| now.path() != folder.path()) {
        looked = look_into(&moved, facts, keys);
        folder = moved;
    }
    looked.found.iter_mut().for_each(|(name, _)| *name = folder.path().join(&*name));
    Ok(looked)
}

/// What a look into one folder came to.
#[derive(Default)]
struct Looked {
    files: u64,
    bytes: u64,
    /// Files, and what is wrong with them.
    found: Vec<(PathBuf, String)>,
    /// The folder was removed after its time.
    no_longer: bool,
    /// What was carried was removed from it.
    emptied: bool,
}

fn look_into(folder: &DeliveryFolder, facts: &KeptFacts, keys: &Keys) -> Looked {
    let mut looked = Looked { emptied: facts.contents_removed.is_some(), ..Looked::default() };
    let files = [
        ("source", facts.source, folder.source()),
        ("decoded", facts.decoded, folder.decoded()),
        ("sent", facts.sent, folder.sent()),
    ];
    for (name, stated, path) in files {
        match facts.contents_removed {
            None => stated.into_iter().for_each(|stated| looked.compare(name, stated, &path)),
            // A removal may be under way; a file that stays for long came back from somewhere.
            Some(at) if Moment::now().since(at) > FINISHED_IN && path.exists() => {
                looked.note(name, say!("audit-still-there", at = at));
            }
            Some(_) => {}
        }
    }
    if let Some(recorded) = facts.receipt {
        looked.check_receipt(recorded, &folder.receipt(), keys);
    }
    looked
}

impl Looked {
    fn missing(id: &DeliveryId, facts: &KeptFacts, spool: &Spool) -> Looked {
        let (path, what) = match facts.keep_until {
            Some(until) if until <= Moment::now() => return Looked { no_longer: true, ..Looked::default() },
            Some(until) => {
                let what = say!("audit-folder-gone", until = until);
                (spool.archived_folder(id).path().to_owned(), what)
            }
            None => {
                let what = say!("audit-folder-gone-unfinished");
                (spool.folder(id).path().to_owned(), what)
            }
        };
        Looked { found: vec![(path, what)], ..Looked::default() }
    }

    fn note(&mut self, name: &str, what: String) {
        self.found.push((PathBuf::from(name), what));
    }

    fn compare(&mut self, name: &'static str, stated: (Sha256, u64), path: &Path) {
        match Sha256::of_file(path) {
            Ok(there) => {
                self.files += 1;
                self.bytes += there.1;
                if let Some(what) = differs(stated, there) {
                    self.note(name, what);
                }
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
            self.note("receipt.json", say!("audit-receipt-differs", recorded = recorded, found = there));
        }
        for Disagreement { of_signature, stated, found, .. } in
            receipt::examine(&text, signature.as_deref(), keys).disagreements
        {
            let name = if of_signature { "receipt.json.sig" } else { "receipt.json" };
            self.note(name, say!("audit-receipt-says", stated = stated, found = found));
        }
    }

    fn note_unreadable(&mut self, name: &'static str, error: &io::Error) {
        let what = match error.kind() == io::ErrorKind::NotFound {
            true => say!("audit-missing"),
            false => say!("audit-unreadable", error = os_error(error)),
        };
        self.note(name, what);
    }
}
