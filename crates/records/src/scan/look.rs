//! A record of fixed width by itself: whether it is sound beyond doubt, as far as it can be told without the others.
//!
//! Owns: what is always the same in a kind of record, and which items are checked by themselves.
//! Promises: a record that is called sound of a kind holds its literals and fillers, each of its items passes its own check,
//! and no item contradicts another one.
//! On failure: the record is left to [`super::walk::RecordWalk`], which tells what is wrong.
//! Never: knows where in the file the record stands: whether it may stand there is for the walk to say.

use std::ops::Range;

use super::cut::RawRecord;
use crate::layout::Layout;
use crate::layout::item::ValueOrigin;
use crate::layout::quick::CheckingWay;

/// Looks at records of a layout, one after the other.
pub(crate) struct RecordLook<'l> {
    layout: &'l Layout,
    kinds: Vec<KindLook>,
    scratch: String,
}

/// What a kind of record looks like.
struct KindLook {
    kind: usize,
    /// The literals by which the kind is known.
    marks: Vec<(Range<usize>, Vec<u8>)>,
    /// Literals and fillers, put together where they adjoin.
    constant: Vec<(Range<usize>, Vec<u8>)>,
    /// The other items, and how they are checked.
    checked: Vec<(usize, CheckingWay)>,
}

impl<'l> RecordLook<'l> {
    pub(crate) fn new(layout: &'l Layout) -> RecordLook<'l> {
        let body = (0..layout.records.len()).filter(|kind| !layout.top.contains(kind));
        RecordLook {
            layout,
            kinds: body.map(|kind| KindLook::new(layout, kind)).collect(),
            scratch: String::new(),
        }
    }

    /// The kind of which the record is, if it is sound.
    #[inline]
    pub(crate) fn sound(&mut self, bytes: &[u8]) -> Option<usize> {
        let holds = |(range, wanted): &(Range<usize>, Vec<u8>)| bytes.get(range.clone()) == Some(&wanted[..]);
        let look = self.kinds.iter().find(|look| look.marks.iter().all(holds))?;
        let record = &self.layout.records[look.kind];
        if bytes.len() != record.width() || !look.constant.iter().all(holds) {
            return None;
        }
        for &(n, way) in &look.checked {
            let item = &record.items[n];
            let field = &bytes[item.range.clone()];
            if !way.passes(item, field) {
                item.check(field, &mut self.scratch).ok()?;
            }
        }
        let cut = RawRecord::Fixed(bytes);
        record.contradictions(|n| cut.field(&record.items[n], n)).is_empty().then_some(look.kind)
    }
}

impl KindLook {
    fn new(layout: &Layout, kind: usize) -> KindLook {
        let record = &layout.records[kind];
        let place = |(n, mark): &(usize, Vec<u8>)| (record.items[*n].range.clone(), mark.clone());
        let mut constant: Vec<(Range<usize>, Vec<u8>)> = Vec::new();
        let mut checked = Vec::new();
        for (n, item) in record.items.iter().enumerate() {
            let wanted = match &item.source {
                ValueOrigin::Bytes(_) if item.unchecked => continue,
                ValueOrigin::Bytes(bytes) => Some(bytes),
                ValueOrigin::Literal(_) => record.marks.iter().find(|(m, _)| *m == n).map(|(_, mark)| mark),
                ValueOrigin::Column(_)
                | ValueOrigin::Total(_)
                | ValueOrigin::Sequence { .. }
                | ValueOrigin::CheckDigit { .. }
                | ValueOrigin::Gateway(_)
                | ValueOrigin::Link { .. }
                | ValueOrigin::Block(_) => None,
            };
            let Some(wanted) = wanted else {
                checked.push((n, CheckingWay::of(item)));
                continue;
            };
            match constant.last_mut() {
                Some((range, bytes)) if range.end == item.range.start => {
                    range.end = item.range.end;
                    bytes.extend_from_slice(wanted);
                }
                Some(_) | None => constant.push((item.range.clone(), wanted.clone())),
            }
        }
        KindLook { kind, marks: record.marks.iter().map(place).collect(), constant, checked }
    }
}
