//! What a link may choose of a layout: partners that follow one sheet differ in the bytes between records, in the byte at the
//! end, and in whether an item is filled with zeros or with spaces.
//!
//! Owns: the link values that choose, and the layout that follows from them.
//! Promises: a layout that was chosen is as sound as the one it came from: each choice was compiled with the file.
//! On failure: one sentence for the first value that is no choice.
//! Never: changes anything that the layout file doesn't leave to the link.

use std::borrow::Cow;
use std::collections::BTreeMap;
use totatsu_base::say;

use super::compiler::Compiler;
use super::definition::{ItemDefinition, LayoutHeading, RecordDefinition};
use super::phrases::RequiredPhrases;
use super::plan::{Layout, LinkChoices};
use super::words::{EndMark, FileFormat, ItemKind, Overflow, Separator};

impl Layout {
    /// The layout as the link's values choose it: itself, where they say nothing of that.
    ///
    /// # Errors
    /// A value, and what may be chosen.
    pub fn chosen_by(&self, link: &BTreeMap<String, String>) -> Result<Cow<'_, Layout>, (String, String)> {
        let mut chosen = Cow::Borrowed(self);
        let said =
            |key: &Option<String>| key.as_ref().and_then(|key| Some((key.clone(), link.get(key)?.as_str())));
        if let Some((key, value)) = said(&self.choices.separator) {
            let outside = value.parse().ok().filter(|separator: &Separator| separator.inside() == 0);
            let separator = outside.ok_or_else(|| (key, say!("layout-choice-separator")))?;
            chosen.to_mut().shape.separator = separator;
        }
        if let Some((key, value)) = said(&self.choices.end_mark) {
            chosen.to_mut().shape.end_mark = match value {
                "1A" => Some(EndMark::Sub),
                "none" => None,
                _ => return Err((key, say!("layout-choice-end-mark"))),
            };
        }
        for (record, items) in self.records.iter().map(|record| &record.items).enumerate() {
            for (n, item) in items.iter().enumerate() {
                if let Some(phrases) = item.phrases.as_deref()
                    && let Some(word) = link.get(&phrases.key)
                {
                    let no_choice = |_| (phrases.key.clone(), say!("layout-choice-phrases"));
                    let asked = word.parse().map_err(no_choice)?;
                    let phrases = RequiredPhrases { asked, ..phrases.clone() };
                    chosen.to_mut().records[record].items[n].phrases = Some(Box::new(phrases));
                }
                let Some(other) = item.other.as_deref() else { continue };
                match link.get(&other.key) {
                    Some(word) if *word == other.item.kind.letter().to_string() => {
                        chosen.to_mut().records[record].items[n] = other.item.clone();
                    }
                    Some(word) if *word != item.kind.letter().to_string() => {
                        return Err((other.key.clone(), say!("layout-choice-kind")));
                    }
                    Some(_) | None => {}
                }
            }
        }
        Ok(chosen)
    }

    /// The names of the link values that choose.
    pub(super) fn choosing_values(&self) -> impl Iterator<Item = &str> {
        let items = self.records.iter().flat_map(|record| &record.items);
        let kinds = items.filter_map(|item| item.other.as_deref()).map(|other| other.key.as_str());
        let items = self.records.iter().flat_map(|record| &record.items);
        let phrases = items.filter_map(|item| item.phrases.as_deref()).map(|phrases| phrases.key.as_str());
        let kinds = kinds.chain(phrases);
        let heading = [&self.choices.separator, &self.choices.end_mark].into_iter().flatten();
        heading.map(String::as_str).chain(kinds)
    }
}

impl Compiler<'_> {
    /// What the heading leaves to the link.
    pub(super) fn choices(&mut self, heading: &LayoutHeading) -> LinkChoices {
        let choices = LinkChoices {
            separator: heading.separator_link.clone(),
            end_mark: heading.end_mark_link.clone(),
        };
        let inside = heading.separator.is_some_and(|separator| separator.inside() > 0);
        let (is_fixed, optional) = (heading.format == FileFormat::Fixed, heading.last_separator_optional);
        self.rules_of_file(&[
            (choices.separator.is_some() && (!is_fixed || inside), "layout-separator-link"),
            (choices.end_mark.is_some() && (!is_fixed || optional), "layout-end-mark-link"),
        ]);
        choices
    }

    /// An item whose kind the link chooses: the item as its own kind, and as the other one.
    pub(super) fn both_kinds(
        &mut self,
        record: &RecordDefinition,
        item: &ItemDefinition,
    ) -> Option<(ItemDefinition, ItemDefinition)> {
        item.kind_link.as_ref()?;
        let other = match item.kind {
            ItemKind::Digits => ItemKind::OneByte,
            ItemKind::OneByte => ItemKind::Digits,
            ItemKind::TwoByte | ItemKind::Mixed => {
                self.refuse(record, item, say!("layout-kind-link-kinds"));
                return None;
            }
        };
        if !takes_any_text(item) {
            self.refuse(record, item, say!("layout-kind-link-plain"));
            return None;
        }
        Some((as_kind(item, item.kind), ItemDefinition { empty: None, ..as_kind(item, other) }))
    }
}

fn takes_any_text(item: &ItemDefinition) -> bool {
    let plain = item.map.is_empty() && item.date.is_none() && item.time.is_none() && item.sign.is_none();
    item.origins_beside_column() == 0 && plain && !item.number && item.align.is_none() && item.pad.is_none()
}

/// The item as a kind; what is for text alone is left out of digits.
fn as_kind(item: &ItemDefinition, kind: ItemKind) -> ItemDefinition {
    let mut item = ItemDefinition { kind, ..item.clone() };
    if kind == ItemKind::Digits {
        (item.rules, item.only, item.overflow) = (Vec::new(), None, Overflow::default());
    }
    item
}
