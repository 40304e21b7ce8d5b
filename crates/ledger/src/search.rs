//! Single lines of the journal, found without reading all of it: the digest of one, and what became of one delivery.
//!
//! For whoever has read past these lines and kept nothing of them. Proves nothing about the chain; never writes.

use std::io::{BufRead, BufReader};
use std::path::Path;

use memchr::memmem;
use serde::Deserialize;

use crate::event::{Entry, Event};
use crate::journal_error::JournalError;
use crate::segments::{Segment, segments_of};
use crate::state::Delivery;
use totatsu_base::{DeliveryId, Moment, Sha256};

/// When a line was written.
#[derive(Deserialize)]
struct WrittenAt {
    at: Moment,
}

/// The digest of the line with this number, if there is one.
///
/// # Errors
/// The disk fails, or the file is damaged before that line.
pub fn digest_of(directory: &Path, seq: u64) -> Result<Option<Sha256>, JournalError> {
    let segments = segments_of(directory).map_err(JournalError::disk("disk-listing", directory))?;
    let Some(segment) = segments.iter().rev().find(|segment| segment.first <= seq) else { return Ok(None) };
    let mut digest = None;
    each_line(segment, |number, text| {
        digest = (segment.first + number - 1 == seq).then(|| Sha256::of(text));
        digest.is_none()
    })?;
    Ok(digest)
}

/// A delivery as it stood before the event numbered `before`, from the journal alone. It began about when its id says: there the
/// search begins, and it ends once its folder is archived: what follows changes no bytes. Nothing where it isn't found, or where
/// its events contradict one another.
///
/// # Errors
/// As [`digest_of`].
pub fn delivery_at(directory: &Path, id: &DeliveryId, before: u64) -> Result<Option<Delivery>, JournalError> {
    let segments = segments_of(directory).map_err(JournalError::disk("disk-listing", directory))?;
    let guess = begins_about(&segments, id)?;
    let found = replayed(directory, &segments[guess..], id, before)?;
    // A clock that was set may have named it before or after its time.
    if found.is_none() && guess > 0 { replayed(directory, &segments, id, before) } else { Ok(found) }
}

/// Every line of the journal about a delivery, in order, but for removals, which the delivery tells itself. Reads the files from the
/// one in which it began up to its last event; only up to its archiving where that event is a removal, which may come years later.
///
/// # Errors
/// As [`digest_of`].
pub fn lines_of(directory: &Path, delivery: &Delivery) -> Result<Vec<Entry>, JournalError> {
    let segments = segments_of(directory).map_err(JournalError::disk("disk-listing", directory))?;
    let begins_in = segments.partition_point(|segment| segment.first <= delivery.begun).saturating_sub(1);
    lines_in(&segments[begins_in..], delivery)
}

/// Shows every whole line from about an instant on, in order: some that are older may be among them.
///
/// # Errors
/// As [`digest_of`].
pub fn lines_since(directory: &Path, from: Moment, mut look: impl FnMut(&[u8])) -> Result<(), JournalError> {
    let segments = segments_of(directory).map_err(JournalError::disk("disk-listing", directory))?;
    let from = DeliveryId::lowest_at(from);
    for segment in &segments[begins_about(&segments, &from)?..] {
        each_line(segment, |_, text| {
            look(text);
            true
        })?;
    }
    Ok(())
}

fn lines_in(segments: &[Segment], delivery: &Delivery) -> Result<Vec<Entry>, JournalError> {
    // Ids are of one length; the whole field is searched for, which other lines seldom have.
    let named = format!("\"delivery\":\"{}\"", delivery.id);
    let (mut lines, mut is_over) = (Vec::<Entry>::new(), false);
    let emptied = delivery.contents_removed.as_ref().map(|removed| removed.event);
    let ends_with_removal = delivery.removed.is_some() || emptied == Some(delivery.last_event);
    for segment in segments {
        each_line(segment, |number, text| {
            let is_before = segment.first + number - 1 < delivery.begun;
            let is_named = !is_before && memmem::find(text, named.as_bytes()).is_some();
            let entry = if is_named { Entry::of_line(text).ok() } else { None };
            if let Some(entry) = entry.filter(|entry| entry.delivery.as_ref() == Some(&delivery.id)) {
                let is_archived = matches!(entry.event, Event::Archived { .. });
                is_over = entry.seq >= delivery.last_event || (is_archived && ends_with_removal);
                // The delivery tells its removals itself.
                if !matches!(entry.event, Event::ContentsRemoved { .. } | Event::Removed { .. }) {
                    lines.push(entry);
                }
            }
            !is_over
        })?;
        if is_over {
            break;
        }
    }
    Ok(lines)
}

/// The last file that began before the id was given.
fn begins_about(segments: &[Segment], id: &DeliveryId) -> Result<usize, JournalError> {
    let (mut low, mut high) = (0, segments.len());
    while low + 1 < high {
        let middle = low.midpoint(high);
        let mut begun = None;
        each_line(&segments[middle], |_, text| {
            begun = serde_json::from_slice::<WrittenAt>(text).ok();
            false
        })?;
        let stamp = begun.map(|line| line.at.in_japan().strftime("%Y%m%d-%H%M%S").to_string());
        if stamp.is_some_and(|stamp| stamp.as_str() < &id.as_str()[..stamp.len().min(id.as_str().len())]) {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

fn replayed(
    directory: &Path,
    segments: &[Segment],
    id: &DeliveryId,
    before: u64,
) -> Result<Option<Delivery>, JournalError> {
    let mut delivery = None::<Delivery>;
    for segment in segments {
        let mut failed = None;
        each_line(segment, |_, text| {
            let is_named = memmem::find(text, id.as_str().as_bytes()).is_some();
            let entry = if is_named { Entry::of_line(text).ok() } else { None };
            let Some(entry) = entry.filter(|entry| entry.delivery.as_ref() == Some(id)) else { return true };
            if entry.seq >= before {
                return false;
            }
            let original = if let (Event::Resent { of, .. }, None) = (&entry.event, &delivery) {
                delivery_at(directory, of, entry.seq)
            } else {
                Ok(None)
            };
            let original = original.unwrap_or_else(|error| {
                failed = Some(error);
                None
            });
            let after = match delivery.take() {
                Some(known) => known.after(&entry),
                None => Delivery::begin(id, &entry, original),
            };
            delivery = after.ok();
            delivery.as_ref().is_some_and(|delivery| !delivery.is_finished())
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
        if delivery.as_ref().is_some_and(Delivery::is_finished) || segment.first > before {
            break;
        }
    }
    Ok(delivery)
}

/// Shows each whole line with its number, without its line end, until `look` has seen enough; says whether no line without an end
/// was met.
pub(crate) fn each_line(
    segment: &Segment,
    mut look: impl FnMut(u64, &[u8]) -> bool,
) -> Result<bool, JournalError> {
    let mut reader = BufReader::with_capacity(256 * 1024, segment.open()?);
    let (mut number, mut text) = (0, Vec::new());
    loop {
        text.clear();
        number += 1;
        let read = reader.read_until(b'\n', &mut text);
        read.map_err(|error| reader.get_ref().failed(error, number))?;
        match text.pop() {
            None => return Ok(true),
            Some(b'\n') if look(number, &text) => {}
            Some(end) => return Ok(end == b'\n'),
        }
    }
}
