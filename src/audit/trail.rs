//! The journal read from its first line: each delivery's events replayed, each receipt weighed against what came before.
//!
//! Owns what is remembered on the way. A line that contradicts is a finding, and the reading goes on; damage ends it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::findings::{AuditError, Findings};
use crate::receipt;
use totatsu_base::evidence::{Anchor, Receipt, ReceiptLink};
use totatsu_base::{DeliveryId, Sha256};
use totatsu_ledger::hold;
use totatsu_ledger::journal::{FILE_LIMIT, Line};
use totatsu_ledger::state::Origin;
use totatsu_ledger::{Delivery, Entry, Event, Journal, JournalError, Position, Subject};

/// What the journal told.
#[derive(Debug, Default)]
pub(super) struct Trail {
    /// The digest of every line, in order.
    digests: Vec<Sha256>,
    /// Bytes behind the last line.
    pub(super) torn: u64,
    /// Every delivery as it stands at the end; of finished ones, what was asked of the partner is left out.
    pub(super) deliveries: BTreeMap<DeliveryId, Delivery>,
    /// The whole delivery that the last line is about, if that line fits.
    pub(super) last: Option<Delivery>,
    /// Where the last line stands.
    pub(super) last_line: Option<(std::path::PathBuf, u64)>,
    /// Receipts issued.
    pub(super) receipts: u64,
    last_receipt: Option<ReceiptLink>,
    /// What is held.
    holds: BTreeSet<Subject>,
    /// What doesn't agree.
    pub(super) findings: Findings,
    /// The journal is not what was written.
    pub(super) damaged: bool,
}

impl Trail {
    /// Reads the journal in `directory`, and shows each event that can be understood to `look`.
    ///
    /// # Errors
    /// The disk fails; also what `look` answers. Damage is a finding.
    pub(super) fn read(
        directory: &Path,
        mut look: impl FnMut(&Line, &Entry) -> Result<(), AuditError>,
    ) -> Result<Trail, AuditError> {
        let mut trail = Trail::default();
        let found = Journal::read(directory, FILE_LIMIT, |line| match trail.take(line) {
            Some(entry) => look(line, &entry),
            None => Ok(()),
        });
        match found {
            Ok(found) => trail.torn = found.torn(),
            Err(AuditError::Journal(JournalError::Damaged { path, line, what })) => {
                trail.damage(&path, line, format!("the journal is damaged: {what}"));
            }
            Err(error) => return Err(error),
        }
        Ok(trail)
    }

    /// The position after the last whole line.
    pub(super) fn end(&self) -> Position {
        let seq = self.digests.len() as u64;
        Position { seq, digest: self.digest_at(seq).unwrap_or(Sha256::ZERO) }
    }

    /// The digest of the line with this number; zeros before the first.
    pub(super) fn digest_at(&self, seq: u64) -> Option<Sha256> {
        match usize::try_from(seq).ok()?.checked_sub(1) {
            None => Some(Sha256::ZERO),
            Some(place) => self.digests.get(place).copied(),
        }
    }

    /// Notes that the journal is not what was written.
    pub(super) fn damage(&mut self, file: &Path, line: u64, what: String) {
        self.damaged = true;
        self.findings.note(file, Some(line), what);
    }

    fn take(&mut self, line: &Line) -> Option<Entry> {
        self.digests.push(line.position.digest);
        self.last_line = Some((line.file.to_owned(), line.number));
        self.last = None;
        let entry: Entry = match serde_json::from_slice(line.text) {
            Ok(entry) => entry,
            Err(error) => {
                let what = format!("event {} can't be read ({error})", line.position.seq);
                self.findings.note(line.file, Some(line.number), what);
                return None;
            }
        };
        self.replay(line, &entry);
        if let Event::Receipted { number, sha256, receipt } = &entry.event {
            let link = ReceiptLink { number: *number, sha256: *sha256 };
            for what in self.weigh_receipt(&entry, link, receipt) {
                self.findings.note(line.file, Some(line.number), format!("receipt {number}: {what}"));
            }
            self.receipts += 1;
            self.last_receipt = Some(link);
        }
        Some(entry)
    }

    fn replay(&mut self, line: &Line, entry: &Entry) {
        let Some(id) = &entry.delivery else { return self.replay_hold(line, entry) };
        let known = |id: &DeliveryId| self.deliveries.get(id).cloned();
        let after = match (known(id), &entry.event) {
            (Some(delivery), _) => delivery.after(entry),
            (None, Event::Resent { of, .. }) => Delivery::begin(id, entry, known(of)),
            (None, _) => Delivery::begin(id, entry, None),
        };
        match after {
            Ok(delivery) => {
                self.last = Some(delivery.clone());
                self.deliveries.insert(id.clone(), shortened(delivery));
            }
            Err(contradiction) => {
                self.findings.note(line.file, Some(line.number), contradiction.to_string());
            }
        }
    }

    fn replay_hold(&mut self, line: &Line, entry: &Entry) {
        if matches!(entry.event, Event::Reconfigured { .. }) {
            return;
        }
        let Some((subject, hold)) = hold::change_of(entry) else {
            let what = format!("event {:?} is about no delivery", entry.event.word());
            return self.findings.note(line.file, Some(line.number), what);
        };
        let changes = if hold.is_some() { self.holds.insert(subject) } else { self.holds.remove(&subject) };
        if !changes {
            let what = format!("event {:?} changes nothing", entry.event.word());
            self.findings.note(line.file, Some(line.number), what);
        }
    }

    /// What speaks against a receipt, by the journal before it.
    fn weigh_receipt(&self, entry: &Entry, link: ReceiptLink, receipt: &Receipt) -> Vec<String> {
        let mut found = Vec::new();
        let last = self.last_receipt.map_or(0, |last| last.number);
        if link.number != last + 1 {
            found.push(match last {
                0 => "it is the first in the journal, so earlier ones are missing".to_owned(),
                last => format!("it follows receipt {last}: a number is missing, or was given twice"),
            });
        }
        let before = self.last_receipt.map_or(Sha256::ZERO, |last| last.sha256);
        if receipt.previous != before {
            let previous = receipt.previous;
            found.push(format!(
                "it follows a receipt with SHA-256 {previous}, but the one before has {before}"
            ));
        }
        if receipt.number != link.number || Some(&receipt.delivery) != entry.delivery.as_ref() {
            found.push(format!("it calls itself {} of delivery {}", receipt.number, receipt.delivery));
        }
        match receipt::text_of(receipt).map(|text| Sha256::of(&text)) {
            Ok(sha256) if sha256 == link.sha256 => {}
            Ok(sha256) => {
                found.push(format!("the event says SHA-256 {}, but its text has {sha256}", link.sha256));
            }
            Err(error) => found.push(format!("its text can't be made again ({error})")),
        }
        if let Some(Anchor { seq, sha256 }) = receipt.journal
            && (seq >= entry.seq || self.digest_at(seq) != Some(sha256))
        {
            found.push(format!(
                "it was written when event {seq} had SHA-256 {sha256}: the journal is another one"
            ));
        }
        if let Some(delivery) = entry.delivery.as_ref().and_then(|id| self.deliveries.get(id)) {
            found.extend(
                disagreement(receipt, delivery).map(|what| format!("its {what} isn't what was recorded")),
            );
        }
        found
    }
}

/// The first fact of a receipt that isn't the delivery's.
fn disagreement(receipt: &Receipt, delivery: &Delivery) -> Option<&'static str> {
    let source = delivery.source().map(|source| (source.name, source.size, source.sha256));
    let stated = (receipt.source.name.as_str(), receipt.source.size, receipt.source.sha256);
    let sent = receipt.sent.as_ref().map(|sent| (sent.size, sent.sha256));
    let converted = delivery.converted.as_ref().map(|converted| (converted.size, converted.sha256));
    let placing = delivery.collection().and_then(|collection| collection.placing.as_ref());
    let placing = placing.map(|placing| (&placing.path, placing.size, placing.sha256));
    let over = receipt.handed_over.as_ref().map(|over| (&over.path, over.size, over.sha256));
    let path = delivery.published.as_ref().map(|published| published.path.as_str());
    let arrived = receipt.arrival.as_ref().map(|arrival| arrival.path.as_str());
    let facts = [
        ("link", receipt.link == delivery.link),
        ("partner", receipt.partner == delivery.partner),
        ("source", source == Some(stated)),
        ("size or SHA-256 of the sent bytes", sent == converted),
        ("path, size or SHA-256 in the inbox", over == placing),
        ("path at the partner", arrived.is_none_or(|arrived| path == Some(arrived))),
    ];
    facts.into_iter().find(|(_, agrees)| !agrees).map(|(what, _)| what)
}

/// So much of a finished delivery as later events and tables ask for: a journal of many years has to fit into memory.
fn shortened(mut delivery: Delivery) -> Delivery {
    if delivery.is_finished() {
        let transferred = delivery.transferred.iter_mut().map(|evidence| &mut evidence.asked);
        let verified = delivery.verified.iter_mut().map(|evidence| &mut evidence.asked);
        let published = delivery.published.iter_mut().map(|evidence| &mut evidence.asked);
        transferred.chain(verified).chain(published).for_each(|asked| *asked = Vec::new());
        if let Origin::Collection(collection) = &mut delivery.origin {
            collection.fetched.iter_mut().for_each(|evidence| evidence.asked = Vec::new());
            collection.cleared.iter_mut().for_each(|evidence| evidence.asked = Vec::new());
        }
    }
    delivery
}
