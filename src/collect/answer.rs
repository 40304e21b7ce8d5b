//! Sixth step of the way in: where it is agreed, the partner is told what became of its file.
//!
//! Owns the text of the acknowledgement and how it gets into an outbox, from where it goes to the partner as any delivery
//! does, with the same guarantee. Promises that it gets there once: the same collection has the same text under the same
//! name, and whoever does the step again looks in the outbox first and then asks the ledger.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;

use totatsu_base::evidence::Outcome;
use totatsu_base::names::marker_of;
use totatsu_base::{DeliveryId, Moment, Remedy, Sha256, SharedDirectory, SharedPlace, SpoolError, say};

/// Who may read an acknowledgement in its outbox: we, and the group.
const MODE: u32 = 0o640;

/// What is agreed about acknowledging on an inbound link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// The outbound link that carries acknowledgements.
    pub link: String,
    /// The pattern of their names.
    pub name: String,
}

/// Why an acknowledgement isn't in its outbox.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// Our disk refused; usually it is full, or the outbox's rights are wrong.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// An earlier acknowledgement of that name hasn't been taken over yet: the partner sends names again, or the outbound
    /// link is at a standstill. It is tried again.
    #[error("{}", say!("collect-outbox-taken", path = path.display()))]
    NameTaken {
        /// Its path.
        path: PathBuf,
    },
}

impl AnswerError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            AnswerError::Spool(error) => Remedy::for_exchange(&error.error),
            AnswerError::NameTaken { .. } => Remedy::Retry,
        }
    }
}

/// What an acknowledgement says.
#[derive(Debug, Clone)]
pub struct AnswerFacts<'a> {
    /// The collection.
    pub id: &'a DeliveryId,
    /// The partner's file.
    pub name: &'a str,
    /// Its bytes.
    pub size: u64,
    /// SHA-256 of them.
    pub sha256: Sha256,
    /// What became of it.
    pub outcome: Outcome,
    /// Records of each kind.
    pub records: &'a BTreeMap<String, u64>,
    /// Records that could not be taken.
    pub bad: u64,
    /// When that was known.
    pub at: Moment,
}

/// The text of an acknowledgement: one `name=value` a line, UTF-8. It depends on nothing but the facts.
pub fn text_of(facts: &AnswerFacts) -> String {
    let AnswerFacts { id, name, size, sha256, outcome, records, bad, at } = facts;
    let outcome = outcome.word();
    let mut text = format!("file={name}\nsize={size}\nsha256={sha256}\nresult={outcome}\n");
    for (kind, count) in *records {
        text += &format!("records.{kind}={count}\n");
    }
    text + &format!("bad={bad}\ncollection={id}\nat={at}\n")
}

/// Whether this acknowledgement lies in an outbox under its name, and not an earlier one.
///
/// # Errors
/// The outbox can't be synced.
pub fn lies_in(outbox: &SharedPlace, name: &str, text: &str) -> Result<bool, AnswerError> {
    let Ok(outbox) = SharedDirectory::open(outbox) else { return Ok(false) };
    // A producer may have planted something that is no file, so that opening it never ends, or a file that never ends itself.
    let file = outbox.open_regular(name);
    let mut found = Vec::new();
    let limit = text.len() as u64 + 1;
    let lies =
        file.is_ok_and(|file| file.take(limit).read_to_end(&mut found).is_ok() && found == text.as_bytes());
    // It may have got its name just before a kill.
    if lies {
        outbox.sync()?;
    }
    Ok(lies)
}

/// Puts an acknowledgement into an outbox, in one instant; a file that lies there under the name is left as it is.
///
/// # Errors
/// See [`AnswerError`].
pub fn drop_into(outbox: &SharedPlace, name: &str, text: &str, id: &DeliveryId) -> Result<(), AnswerError> {
    let outbox = SharedDirectory::make(outbox)?;
    let hidden = format!(".totatsu-{id}.part");
    let write = || -> io::Result<()> {
        let mut file = outbox.create_anew(&hidden, MODE)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(outbox.at("disk-writing", &hidden))?;
    match outbox.rename_to_free_name(&hidden, name) {
        // Durable from here: the acknowledgement bears its name.
        Ok(()) => Ok(()),
        Err(taken) if taken.error.kind() == io::ErrorKind::AlreadyExists => {
            outbox.remove(&hidden)?;
            Err(AnswerError::NameTaken { path: outbox.path().join(name) })
        }
        Err(error) => Err(error.into()),
    }
}

/// Puts a marker beside an acknowledgement in an outbox whose files wait for one. May be called again; a marker that nothing
/// is left to vouch for doesn't stay.
///
/// # Errors
/// The outbox doesn't let us.
pub fn mark(outbox: &SharedPlace, name: &str) -> Result<(), AnswerError> {
    let outbox = SharedDirectory::open(outbox)?;
    let marker = marker_of(name);
    if !outbox.has(&marker)? {
        let made = outbox.create_anew(&marker, MODE).and_then(|file| file.sync_all());
        made.map_err(outbox.at("disk-writing", &marker))?;
    }
    // Durable from here: the acknowledgement can be taken over.
    outbox.sync()?;
    if outbox.has(name)? { Ok(()) } else { Ok(outbox.remove(&marker)?) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn an_acknowledgement_is_dropped_once_and_a_marker_stands_only_beside_one() {
        let home = tempfile::tempdir().unwrap();
        let (place, id) = (SharedPlace::from(home.path()), DeliveryId::new(Moment::now()));
        assert!(!lies_in(&place, "a.ack", "text").unwrap());
        drop_into(&place, "a.ack", "text", &id).unwrap();
        assert!(lies_in(&place, "a.ack", "text").unwrap());
        for other in ["tex", "text!"] {
            assert!(!lies_in(&place, "a.ack", other).unwrap());
        }
        mark(&place, "a.ack").unwrap();
        mark(&place, "a.ack").unwrap();
        let again = drop_into(&place, "a.ack", "other", &id);
        assert!(matches!(again, Err(AnswerError::NameTaken { .. })));
        let mut names: Vec<_> =
            fs::read_dir(home.path()).unwrap().map(|name| name.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["a.ack", "a.ack.end"]);
        fs::remove_file(home.path().join("a.ack")).unwrap();
        mark(&place, "a.ack").unwrap();
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }
}
