//! Counts and sums over a block or a file.
//!
//! Owns: which record adds what to which total.
//! Promises: the same records give the same tally, whether they are being written or being read.
//! On failure: nothing here fails; 128 bits hold more than any file can add up.
//! Never: looks at records itself; it is told their fields.

use std::collections::BTreeMap;

use super::plan::{Layout, Total};

/// Records and totals, as the layout's plan numbers them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Records of each kind.
    pub(crate) records: Vec<u64>,
    /// Counts and sums.
    pub(crate) totals: Vec<i128>,
}

impl Tally {
    /// A tally of no records.
    pub(crate) fn of(layout: &Layout) -> Tally {
        Tally { records: vec![0; layout.records.len()], totals: vec![0; layout.totals.len()] }
    }

    /// Takes in one record. `field` gives the bytes of an item, `amount` the number that the source had for it, if another
    /// place than the bytes knows.
    #[inline]
    pub(crate) fn add<'f>(
        &mut self,
        layout: &Layout,
        kind: usize,
        field: impl Fn(usize) -> &'f [u8],
        amount: impl Fn(usize) -> Option<i128>,
    ) {
        self.records[kind] += 1;
        for (total, sum) in layout.totals.iter().zip(&mut self.totals) {
            let Some(adds) = &total.adds[kind] else { continue };
            if let Some(condition) = &adds.condition {
                let found = field(condition.item);
                if condition.values.iter().any(|value| value == found) != condition.among {
                    continue;
                }
            }
            *sum += match adds.item {
                None => 1,
                Some(n) => amount(n).unwrap_or_else(|| layout.records[kind].items[n].number_in(field(n))),
            };
        }
    }

    /// Takes in another tally.
    pub(crate) fn take_in(&mut self, other: &Tally) {
        self.records.iter_mut().zip(&other.records).for_each(|(mine, theirs)| *mine += theirs);
        self.totals.iter_mut().zip(&other.totals).for_each(|(mine, theirs)| *mine += theirs);
    }

    /// Records of each kind by its name, as evidence holds them.
    pub(crate) fn by_kind(&self, layout: &Layout) -> BTreeMap<String, u64> {
        let kinds = layout.records.iter().map(|record| record.name.clone());
        kinds.zip(self.records.iter().copied()).collect()
    }

    /// The sums that evidence names, by their names. A sum beyond `T` is left out: what we encode was refused for it before.
    pub(crate) fn by_label<T: TryFrom<i128>>(
        &self,
        layout: &Layout,
        wanted: impl Fn(&Total) -> bool,
    ) -> BTreeMap<String, T> {
        let totals = layout.totals.iter().zip(&self.totals).filter(|(total, _)| wanted(total));
        totals.filter_map(|(total, &sum)| Some((total.label.clone()?, T::try_from(sum).ok()?))).collect()
    }
}
