//! The journal read from its first line, or from where an earlier audit ended: each delivery's events replayed, each receipt
//! weighed against what came before.
//!
//! Owns what is remembered on the way: the deliveries that aren't finished, and the digests of the last lines. What has ended
//! is put aside, and is looked up in the journal again where a later event asks for it: memory doesn't grow with the past. A
//! line that contradicts is a finding, and the reading goes on; damage ends it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use super::aside::{AuditNote, KeptFacts, Noted, NotesAside};
use super::findings::{AuditError, Findings};
use super::mark::AuditMark;
use super::stamps::ToldStamp;
use crate::receipt;
use totatsu_base::evidence::{Anchor, Receipt, ReceiptLink};
use totatsu_base::{DeliveryId, Sha256, messages, say};
use totatsu_ledger::reading::{ChainedLine, read_chain};
use totatsu_ledger::state::Origin;
use totatsu_ledger::{Delivery, Entry, Event, JournalError, Position, Subject};
use totatsu_ledger::{hold, search};

/// Lines whose digests are in memory: a receipt names one that was written shortly before it.
const RECENT_LINES: usize = 65_536;
/// Finished deliveries that are in memory: what is sent again was mostly sent shortly before.
const RECENT_DELIVERIES: usize = 1000;

/// What the journal told.
#[derive(Debug)]
pub(super) struct Trail {
    pub(super) journal: PathBuf,
    /// The position after the last whole line.
    pub(super) end: Position,
    /// The digests of the last lines.
    recent: VecDeque<Sha256>,
    /// Bytes behind the last line.
    pub(super) torn: u64,
    /// Every delivery that isn't finished, and those that are to be kept.
    pub(super) deliveries: BTreeMap<DeliveryId, Delivery>,
    /// Deliveries of which everything is kept in memory.
    keeps: BTreeSet<DeliveryId>,
    /// The deliveries that have ended last.
    ended: VecDeque<Delivery>,
    /// Notes on deliveries that have ended, and on what came later, where notes are wanted.
    aside: Option<NotesAside>,
    /// Where the last line stands.
    last_line: Option<(PathBuf, u64)>,
    /// Deliveries that began, or weren't finished where the reading began.
    pub(super) begun: u64,
    /// Receipts issued.
    pub(super) receipts: u64,
    last_receipt: Option<ReceiptLink>,
    /// What is held.
    holds: BTreeSet<Subject>,
    /// Time stamps from outside, in order.
    pub(super) stamps: Vec<ToldStamp>,
    /// What doesn't agree.
    pub(super) findings: Findings,
    /// The journal is not what was written.
    pub(super) damaged: bool,
}

impl Trail {
    /// Reads the journal in `directory` from `mark` on, and shows each event that can be understood to `look`, which says whether
    /// its delivery is to be kept in memory to the end. Of the others, notes are put `aside`.
    ///
    /// # Errors
    /// The disk fails; also what `look` answers. Damage is a finding.
    pub(super) fn read(
        directory: &Path,
        mark: Option<&AuditMark>,
        aside: Option<NotesAside>,
        mut look: impl FnMut(&ChainedLine, &Entry) -> Result<bool, AuditError>,
    ) -> Result<Trail, AuditError> {
        let mut trail = Trail::from(directory, mark);
        trail.aside = aside;
        let prepare = Entry::of_line;
        let found =
            read_chain(directory, trail.end, prepare, |line, entry| trail.take(line, entry, &mut look));
        match found {
            Ok(found) if found.end.seq < trail.end.seq => {
                let (ends, known) = (found.end.seq, trail.end.seq);
                let what = say!("audit-ends-before-mark", last = ends, known = known);
                trail.damage(directory, 0, what);
            }
            Ok(found) => trail.torn = found.torn,
            Err(AuditError::Journal(JournalError::Damaged { path, line, what })) => {
                trail.damage(&path, line, say!("audit-damaged", what = what));
            }
            Err(error) => return Err(error),
        }
        Ok(trail)
    }

    fn from(directory: &Path, mark: Option<&AuditMark>) -> Trail {
        let end = mark.map_or(Position::START, AuditMark::position);
        let open = mark.into_iter().flat_map(|mark| mark.unfinished.iter().cloned());
        Trail {
            journal: directory.to_owned(),
            end,
            recent: VecDeque::from([end.digest]),
            torn: 0,
            deliveries: open.map(|delivery| (delivery.id.clone(), delivery)).collect(),
            keeps: BTreeSet::new(),
            ended: VecDeque::new(),
            aside: None,
            last_line: None,
            begun: mark.map_or(0, |mark| mark.unfinished.len() as u64),
            receipts: 0,
            last_receipt: mark.and_then(|mark| mark.last_receipt),
            holds: mark.into_iter().flat_map(|mark| mark.holds.iter().cloned()).collect(),
            stamps: Vec::new(),
            findings: Findings::default(),
            damaged: false,
        }
    }

    /// What a later audit needs to go on from here.
    pub(super) fn mark(&self) -> AuditMark {
        let unfinished = self.deliveries.values().filter(|delivery| !delivery.is_finished()).cloned();
        AuditMark::new(
            self.end,
            self.last_receipt,
            self.holds.iter().cloned().collect(),
            unfinished.collect(),
        )
    }

    /// The digest of the line with this number; zeros before the first. One that was read long ago is looked up.
    ///
    /// # Errors
    /// The journal can't be read.
    pub(super) fn digest_at(&self, seq: u64) -> Result<Option<Sha256>, AuditError> {
        let Some(back) = self.end.seq.checked_sub(seq) else { return Ok(None) };
        if seq == 0 {
            return Ok(Some(Sha256::ZERO));
        }
        let known = usize::try_from(back).ok().and_then(|back| self.recent.len().checked_sub(back + 1));
        match known.and_then(|place| self.recent.get(place)) {
            Some(digest) => Ok(Some(*digest)),
            None => Ok(search::digest_of(&self.journal, seq)?),
        }
    }

    /// Puts aside what is known of the deliveries that aren't finished, and hands back all notes; nothing is to be read after
    /// it.
    ///
    /// # Errors
    /// The directory for temporary files refuses.
    pub(super) fn notes(&mut self) -> Result<NotesAside, AuditError> {
        let at = self.last_place();
        for delivery in std::mem::take(&mut self.deliveries).into_values() {
            self.put_aside(note_of(&delivery, at.clone()))?;
        }
        Ok(self.aside.take().unwrap_or_default())
    }

    fn last_place(&self) -> (PathBuf, u64) {
        self.last_line.clone().unwrap_or_else(|| (self.journal.clone(), 0))
    }

    fn put_aside(&mut self, note: AuditNote) -> Result<(), AuditError> {
        self.aside.as_mut().map_or(Ok(()), |aside| aside.put(note))
    }

    fn note(&mut self, line: &ChainedLine, what: String) {
        self.findings.note(line.file, Some(line.number), what);
    }

    /// Notes that the journal is not what was written.
    pub(super) fn damage(&mut self, file: &Path, line: u64, what: String) {
        self.damaged = true;
        self.findings.note(file, Some(line), what);
    }

    /// As [`Trail::damage`], seen at the journal's end.
    pub(super) fn damage_end(&mut self, what: String) {
        let (file, line) = self.last_place();
        self.damage(&file, line, what);
    }

    fn take(
        &mut self,
        line: &ChainedLine,
        entry: serde_json::Result<Entry>,
        look: &mut impl FnMut(&ChainedLine, &Entry) -> Result<bool, AuditError>,
    ) -> Result<(), AuditError> {
        self.end = line.position;
        if self.recent.len() == RECENT_LINES {
            self.recent.pop_front();
        }
        self.recent.push_back(line.position.digest);
        if self.last_line.as_ref().is_none_or(|(file, _)| file != line.file) {
            self.last_line = Some((line.file.to_owned(), 0));
        }
        self.last_line.iter_mut().for_each(|(_, number)| *number = line.number);
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let event = line.position.seq;
                self.note(line, say!("audit-event-unreadable", event = event, error = error));
                return Ok(());
            }
        };
        self.begun += u64::from(entry.event.begins());
        let ended = self.replay(line, &entry)?;
        if let Event::Receipted { number, sha256, receipt } = &entry.event {
            let link = ReceiptLink { number: *number, sha256: *sha256 };
            for what in self.weigh_receipt(&entry, link, receipt)? {
                self.note(line, say!("audit-of-receipt", number = number, what = what));
            }
            self.receipts += 1;
            self.last_receipt = Some(link);
        }
        if let Event::Stamped { line: stamped, file, sha256 } = &entry.event {
            if stamped.seq >= entry.seq || self.digest_at(stamped.seq)? != Some(stamped.sha256) {
                let (event, sha256) = (stamped.seq, stamped.sha256);
                self.note(line, say!("audit-stamp-line", event = event, sha256 = sha256));
            }
            self.stamps.push(ToldStamp { line: *stamped, file: file.clone(), sha256: *sha256 });
        }
        let keeps = look(line, &entry)?;
        if keeps && let Some(id) = &entry.delivery {
            self.keeps.insert(id.clone());
        }
        match ended {
            Some(id) => self.let_go(&id, line),
            None => Ok(()),
        }
    }

    /// Replays an event on its delivery; says which delivery has ended with it.
    fn replay(&mut self, line: &ChainedLine, entry: &Entry) -> Result<Option<DeliveryId>, AuditError> {
        let Some(id) = &entry.delivery else {
            self.replay_hold(line, entry);
            return Ok(None);
        };
        let after = match (self.deliveries.get(id).cloned(), &entry.event) {
            (Some(delivery), _) => delivery.after(entry),
            (None, Event::Resent { of, .. }) => Delivery::begin(id, entry, self.original(of, entry.seq)?),
            (None, event) if event.begins() => Delivery::begin(id, entry, None),
            // Whether it had ended, and in what state, is known when all notes are joined.
            (None, event) => {
                let noted = if let Event::ContentsRemoved { files, .. } = event {
                    Noted::Emptied(entry.at, files.clone())
                } else {
                    Noted::Later(event.word().to_owned())
                };
                let at = (line.file.to_owned(), line.number);
                self.put_aside(AuditNote { id: id.clone(), seq: entry.seq, at, noted })?;
                return Ok(None);
            }
        };
        match after {
            Ok(delivery) => {
                let ended = delivery.is_finished().then(|| id.clone());
                self.deliveries.insert(id.clone(), delivery);
                Ok(ended)
            }
            Err(contradiction) => {
                self.note(line, contradiction.to_string());
                Ok(None)
            }
        }
    }

    /// The delivery whose bytes are sent again.
    fn original(&self, id: &DeliveryId, before: u64) -> Result<Option<Delivery>, AuditError> {
        if let Some(known) =
            self.deliveries.get(id).or_else(|| self.ended.iter().find(|ended| ended.id == *id))
        {
            return Ok(Some(known.clone()));
        }
        Ok(search::delivery_at(&self.journal, id, before)?)
    }

    /// Puts aside what is to be compared of a delivery that has ended.
    fn let_go(&mut self, id: &DeliveryId, line: &ChainedLine) -> Result<(), AuditError> {
        let Some(delivery) = self.deliveries.remove(id).map(shortened) else { return Ok(()) };
        if self.keeps.contains(id) {
            self.deliveries.insert(id.clone(), delivery);
            return Ok(());
        }
        self.put_aside(note_of(&delivery, (line.file.to_owned(), line.number)))?;
        if self.ended.len() == RECENT_DELIVERIES {
            self.ended.pop_front();
        }
        self.ended.push_back(delivery);
        Ok(())
    }

    fn replay_hold(&mut self, line: &ChainedLine, entry: &Entry) {
        if entry.event.is_of_gateway() {
            return;
        }
        let Some((subject, hold)) = hold::change_of(entry) else {
            return self.note(line, say!("audit-about-nothing", event = entry.event.word()));
        };
        let changes = if hold.is_some() { self.holds.insert(subject) } else { self.holds.remove(&subject) };
        if !changes {
            self.note(line, say!("audit-changes-nothing", event = entry.event.word()));
        }
    }

    /// What speaks against a receipt, by the journal before it.
    fn weigh_receipt(
        &self,
        entry: &Entry,
        link: ReceiptLink,
        receipt: &Receipt,
    ) -> Result<Vec<String>, AuditError> {
        let mut found = Vec::new();
        let last = self.last_receipt.map_or(0, |last| last.number);
        if link.number != last + 1 {
            found.push(match last {
                0 => say!("audit-receipt-first"),
                last => say!("audit-receipt-follows", number = last),
            });
        }
        let before = self.last_receipt.map_or(Sha256::ZERO, |last| last.sha256);
        if receipt.previous != before {
            let previous = receipt.previous;
            found.push(say!("audit-receipt-chain", previous = previous, before = before));
        }
        if receipt.number != link.number || Some(&receipt.delivery) != entry.delivery.as_ref() {
            let (number, delivery) = (receipt.number, &receipt.delivery);
            found.push(say!("audit-receipt-calls-itself", number = number, delivery = delivery));
        }
        match receipt::text_of(receipt).map(|text| Sha256::of(&text)) {
            Ok(sha256) if sha256 == link.sha256 => {}
            Ok(sha256) => {
                found.push(say!("audit-receipt-text", recorded = link.sha256, found = sha256));
            }
            Err(error) => found.push(say!("audit-receipt-not-made", error = error)),
        }
        if let Some(Anchor { seq, sha256 }) = receipt.journal
            && (seq >= entry.seq || self.digest_at(seq)? != Some(sha256))
        {
            found.push(say!("audit-receipt-journal", event = seq, sha256 = sha256));
        }
        if let Some(delivery) = entry.delivery.as_ref().and_then(|id| self.deliveries.get(id)) {
            found.extend(disagreement(receipt, delivery).map(|what| messages::text(what, &[])));
        }
        Ok(found)
    }
}

fn note_of(delivery: &Delivery, at: (PathBuf, u64)) -> AuditNote {
    let noted = Noted::Stands(Box::new(KeptFacts::of(delivery)));
    AuditNote { id: delivery.id.clone(), seq: delivery.last_event, at, noted }
}

/// The first fact of a receipt that isn't the delivery's: the message that says so.
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
        ("audit-receipt-link", receipt.link == delivery.link),
        ("audit-receipt-partner", receipt.partner == delivery.partner),
        ("audit-receipt-source", source == Some(stated)),
        ("audit-receipt-sent", sent == converted),
        ("audit-receipt-inbox", over == placing),
        ("audit-receipt-path", arrived.is_none_or(|arrived| path == Some(arrived))),
    ];
    facts.into_iter().find(|(_, agrees)| !agrees).map(|(what, _)| what)
}

/// A finished delivery, cut down to what later events and tables ask for.
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
