//! The items of one record: from the definition on the sheet to the compiled item.
//!
//! Owns: which keys of an item go together, and the customs of each kind.
//! Promises: items of fixed width tile their record; an item that is returned can be written and read.
//! On failure: one problem for each thing that is wrong with an item.
//! Never: looks at another record than the one at hand.

use std::ops::Range;
use std::sync::Arc;
use totatsu_base::say;

use super::charset::Encoding;
use super::compiler::{Compiler, check_rules};
use super::dates::{DateOptions, DatePattern};
use super::defaults::LayoutDefaults;
use super::definition::{ItemDefinition, RecordDefinition};
use super::item::{Item, OtherKind, SHIFT_IN, SHIFT_OUT, ValueOrigin};
use super::origin::{LayoutNames, origin};
use super::phrases::{PhraseCheck, RequiredPhrases, is_phrase};
use super::text::{TextRule, TextRules};
use super::words::{Align, EmptyValue, FileFormat, GatewayValue, ItemKind, Overflow, Pad, Quote};

/// A record longer than this is a slip of the pen.
const MAX_RECORD_BYTES: usize = 65_536;

impl Compiler<'_> {
    /// Places items one after the other and checks that they tile the record.
    pub(super) fn items(
        &mut self,
        record: &RecordDefinition,
        definitions: &[ItemDefinition],
        defaults: &LayoutDefaults,
        names: &mut LayoutNames,
    ) -> Vec<Item> {
        let mut items: Vec<Item> = Vec::new();
        let mut at = 0_usize;
        for (n, item) in definitions.iter().enumerate() {
            let width = if defaults.format == FileFormat::Fixed { item.bytes.unwrap_or_default() } else { 0 };
            let range = at..at.saturating_add(width);
            at = range.end;
            self.stands_where_written(record, item, range.start, defaults);
            if definitions[..n].iter().any(|other| other.no == item.no) {
                self.refuse(record, item, say!("layout-item-number"));
            }
            if item.filler.is_none()
                && definitions[..n].iter().any(|other| other.filler.is_none() && other.name == item.name)
            {
                self.refuse(record, item, say!("layout-item-name"));
            }
            let range = if defaults.format == FileFormat::Fixed { range } else { 0..0 };
            items.extend(self.item(record, item, range, defaults, names));
        }
        self.length(record, at, defaults);
        if items.len() == definitions.len() {
            self.check_digits(record, definitions, &mut items);
            self.shift_codes(record, definitions, &items);
            self.eras(record, definitions, &items);
        }
        items
    }

    /// Checks the length of a record against the sum of its items.
    fn length(&mut self, record: &RecordDefinition, bytes: usize, defaults: &LayoutDefaults) {
        let incomplete = self.incomplete;
        let (line, name) = (self.line(&record.name), record.name.get_ref());
        let mut wrong = |message: String| self.add(Some(line), Some(name), None, message);
        match (defaults.format, record.length) {
            (FileFormat::Csv | FileFormat::AsIs, None) => {}
            (FileFormat::Csv | FileFormat::AsIs, Some(_)) => wrong(say!("layout-length-fixed")),
            (FileFormat::Fixed, None) => wrong(say!("document-missing-field", field = "length")),
            (FileFormat::Fixed, Some(length)) => {
                let inside = defaults.separator.inside();
                if bytes + inside != length && !incomplete {
                    wrong(if inside > 0 {
                        say!("layout-length-with-separator", bytes = bytes, inside = inside, length = length)
                    } else {
                        say!("layout-length", bytes = bytes, length = length)
                    });
                }
                if length == 0 || length > MAX_RECORD_BYTES {
                    wrong(say!("layout-record-bytes", max_record_bytes = MAX_RECORD_BYTES));
                }
            }
        }
    }

    fn stands_where_written(
        &mut self,
        record: &RecordDefinition,
        item: &ItemDefinition,
        start: usize,
        defaults: &LayoutDefaults,
    ) {
        let start = start + defaults.first_byte;
        match item.at {
            Some(_) if defaults.format == FileFormat::Csv => {
                self.refuse(record, item, say!("layout-at-fixed"));
            }
            Some(written) if written != start && !self.incomplete => {
                let message = match start - defaults.first_byte {
                    0 => say!("layout-at-first", written = written),
                    _ => say!("layout-at", written = written, start = start),
                };
                self.refuse(record, item, message);
            }
            Some(_) | None => {}
        }
    }

    fn item(
        &mut self,
        record: &RecordDefinition,
        item: &ItemDefinition,
        range: Range<usize>,
        defaults: &LayoutDefaults,
        names: &mut LayoutNames,
    ) -> Option<Item> {
        let Some((own, other)) = self.both_kinds(record, item) else {
            return self.item_of_one_kind(record, item, range, defaults, names);
        };
        let other = self.item_of_one_kind(record, &other, range.clone(), defaults, names)?;
        let mut compiled = self.item_of_one_kind(record, &own, range, defaults, names)?;
        compiled.other = item.kind_link.clone().map(|key| Box::new(OtherKind { key, item: other }));
        Some(compiled)
    }

    fn item_of_one_kind(
        &mut self,
        record: &RecordDefinition,
        item: &ItemDefinition,
        range: Range<usize>,
        defaults: &LayoutDefaults,
        names: &mut LayoutNames,
    ) -> Option<Item> {
        let encoding = item.encoding.unwrap_or(defaults.encoding);
        if let Err(message) = options_fit(item, defaults, encoding) {
            self.refuse(record, item, message);
        }
        let source = match origin(record.place, item, encoding, names) {
            Ok(source) => source,
            Err(message) => {
                self.refuse(record, item, message);
                return None;
            }
        };
        let date = self.date_pattern(record, item, defaults);
        let only = item.only.as_ref().and_then(|name| {
            let set = defaults.characters.get(name).cloned();
            if set.is_none() {
                self.refuse(record, item, say!("layout-only-unknown", name = name));
            }
            set
        });
        let folding = match &item.fold {
            Some(names) => Arc::new(self.folding(names, &defaults.tables)),
            None => Arc::clone(&defaults.folding),
        };
        let barred = barred(item, defaults);
        let digits = item.kind == ItemKind::Digits;
        Some(Item {
            no: item.no.clone(),
            name: item.name.get_ref().clone(),
            kind: item.kind,
            range,
            filled: defaults.format == FileFormat::Fixed || item.pad.is_some(),
            bytes: item.bytes.unwrap_or(usize::MAX),
            characters: item.characters,
            source,
            charset: defaults.charset(item.encoding),
            repertoire: defaults.repertoire.clone(),
            rules: TextRules::named(&item.rules),
            folding,
            suspects: Item::suspects(&barred, only.is_some()),
            barred,
            only,
            empty: item.empty.unwrap_or(if digits { EmptyValue::Refuse } else { EmptyValue::Spaces }),
            align: item.align.unwrap_or(if digits { Align::Right } else { Align::Left }),
            pad: item.pad.unwrap_or(if digits { Pad::Zeros } else { Pad::Spaces }),
            sign: item.sign,
            number: item.number,
            exact: item.exact,
            allowed: item.allowed.clone(),
            map: item.map.iter().map(|(word, code)| (word.clone(), code.clone())).collect(),
            date,
            time: item.time,
            verify: item.verify,
            overflow: item.overflow,
            shifts_inside: item.shifts_inside,
            quoted: item.quoted,
            unchecked: item.unchecked,
            phrases: self.phrases(record, item),
            other: None,
            confidence: item.confidence,
            note: item.note.clone(),
        })
    }

    fn date_pattern(
        &mut self,
        record: &RecordDefinition,
        item: &ItemDefinition,
        defaults: &LayoutDefaults,
    ) -> Option<DatePattern> {
        let options = DateOptions {
            eras: defaults.eras.clone(),
            era: item.era,
            first_year: item.first_year,
            unknown_parts: item.unknown_parts,
        };
        let pattern = match DatePattern::compile(item.date.as_ref()?, options) {
            Ok(pattern) => pattern,
            Err(message) => {
                self.refuse(record, item, message);
                return None;
            }
        };
        let width = pattern.width();
        let fits = match item.bytes {
            Some(bytes) if defaults.format == FileFormat::Fixed || item.pad.is_some() => bytes == width,
            Some(bytes) => bytes >= width,
            None => true,
        };
        if !fits {
            self.refuse(record, item, say!("layout-date-width", pattern = pattern.written, width = width));
        } else if item.kind == ItemKind::Digits && !pattern.is_all_digits() {
            self.refuse(record, item, say!("layout-date-digits", pattern = pattern.written));
        }
        Some(pattern)
    }

    /// The phrases that a link may have checked.
    fn phrases(&mut self, record: &RecordDefinition, item: &ItemDefinition) -> Option<Box<RequiredPhrases>> {
        let text = matches!(item.kind, ItemKind::TwoByte | ItemKind::Mixed) && item.map.is_empty();
        let sound = text && item.phrases.iter().all(|phrase| is_phrase(phrase));
        if item.phrases.is_empty() != item.phrases_link.is_none() || !item.phrases.is_empty() && !sound {
            self.refuse(record, item, say!("layout-phrases"));
        }
        let (key, phrases) = (item.phrases_link.clone()?, item.phrases.clone());
        Some(Box::new(RequiredPhrases { key, phrases, asked: PhraseCheck::Off }))
    }

    /// Finds the items that check digits are reckoned over.
    fn check_digits(
        &mut self,
        record: &RecordDefinition,
        definitions: &[ItemDefinition],
        items: &mut [Item],
    ) {
        for (n, definition) in definitions.iter().enumerate() {
            let ValueOrigin::CheckDigit { method, .. } = items[n].source else { continue };
            let mut over = Vec::new();
            for name in &definition.over {
                match items.iter().position(|item| item.name == *name) {
                    Some(found)
                        if found != n && !matches!(items[found].source, ValueOrigin::CheckDigit { .. }) =>
                    {
                        over.push(found);
                    }
                    Some(_) => self.refuse(record, definition, say!("layout-over-itself")),
                    None => self.refuse(record, definition, say!("layout-over-item", name = name)),
                }
            }
            items[n].source = ValueOrigin::CheckDigit { method, over };
        }
    }

    /// Two-byte characters of seven bits stand between shift codes.
    fn shift_codes(&mut self, record: &RecordDefinition, definitions: &[ItemDefinition], items: &[Item]) {
        let holds = |n: Option<usize>, code: &[u8]| {
            n.and_then(|n| items.get(n)).is_some_and(|item| item.source == ValueOrigin::Bytes(code.to_vec()))
        };
        for (n, item) in items.iter().enumerate() {
            let bare = item.charset.encoding == Encoding::Jis7
                && item.kind == ItemKind::TwoByte
                && !item.shifts_inside;
            if bare && !(holds(n.checked_sub(1), SHIFT_IN) && holds(Some(n + 1), SHIFT_OUT)) {
                self.refuse(record, &definitions[n], say!("layout-jis7-shifts"));
            }
        }
    }

    /// A year of an era needs to know which era: from another item of the column, or from the layout. A year of the calendar
    /// behind an era would be read as one of it.
    fn eras(&mut self, record: &RecordDefinition, definitions: &[ItemDefinition], items: &[Item]) {
        for (n, item) in items.iter().enumerate() {
            let lacks = item.date.as_ref().is_some_and(DatePattern::lacks_era);
            let of_column = |has: fn(&DatePattern) -> bool| {
                items.iter().any(|other| other.source == item.source && other.date.as_ref().is_some_and(has))
            };
            let misleads = item.date.as_ref().is_some_and(DatePattern::has_short_year)
                && of_column(DatePattern::has_era_code)
                && !of_column(DatePattern::has_era_year);
            if misleads {
                self.refuse(record, &definitions[n], say!("layout-era-code-with-year"));
            }
            if lacks && !of_column(DatePattern::has_era_code) {
                self.refuse(record, &definitions[n], say!("layout-era-unknown"));
            }
        }
    }
}

/// The characters that the partner or the item bars, and those that a file without quotes can't hold.
fn barred(item: &ItemDefinition, defaults: &LayoutDefaults) -> String {
    let mut barred = defaults.barred.clone();
    barred.extend(item.barred.as_deref());
    if defaults.format == FileFormat::Csv && defaults.quote == Quote::Never {
        barred.extend([defaults.delimiter, '"']);
    }
    barred
}

/// Options of one item that go together.
fn options_fit(item: &ItemDefinition, defaults: &LayoutDefaults, encoding: Encoding) -> Result<(), String> {
    width_fits(item, defaults, encoding)?;
    text_fits(item, defaults, encoding)?;
    value_fits(item)
}

fn width_fits(item: &ItemDefinition, defaults: &LayoutDefaults, encoding: Encoding) -> Result<(), String> {
    let is_fixed = defaults.format == FileFormat::Fixed;
    if item.bytes.is_none() && is_fixed {
        return Err(say!("document-missing-field", field = "bytes"));
    }
    let (bytes, is_padded) = (item.bytes, item.pad.is_some());
    let two_byte = item.kind == ItemKind::TwoByte;
    let is_odd = bytes.is_some_and(|bytes| bytes % 2 == 1);
    let is_unicode = encoding.of_items() == Encoding::Utf8;
    let is_utf_16 = encoding.byte_order().is_some();
    let lacks_room = bytes.is_some_and(|bytes| bytes < 8);
    check_rules(&[
        (bytes == Some(0), "layout-item-no-byte"),
        (bytes.is_none() && (is_padded || item.exact), "layout-pad-bytes"),
        (is_utf_16 && item.kind != ItemKind::Digits && bytes.is_some(), "layout-utf-16-bytes"),
        (two_byte && !is_unicode && is_odd, "layout-two-byte-even"),
        (two_byte && encoding == Encoding::Utf8 && (is_fixed || is_padded), "layout-utf-8-wide"),
        (
            matches!(item.kind, ItemKind::TwoByte | ItemKind::Mixed) && encoding == Encoding::JisX0201,
            "layout-jis-x-0201",
        ),
        (
            item.shifts_inside && (!two_byte || encoding != Encoding::Jis7 || lacks_room),
            "layout-shifts-inside",
        ),
        (defaults.format == FileFormat::Csv && encoding != defaults.encoding, "layout-csv-one-encoding"),
    ])
}

fn text_fits(item: &ItemDefinition, defaults: &LayoutDefaults, encoding: Encoding) -> Result<(), String> {
    let [half, full] = [TextRule::HalfWidth, TextRule::FullWidth].map(|rule| item.rules.contains(&rule));
    let digits = item.kind == ItemKind::Digits;
    let two_byte = item.kind == ItemKind::TwoByte;
    let one_byte = item.kind == ItemKind::OneByte || encoding == Encoding::JisX0201;
    let zeros = item.empty == Some(EmptyValue::Zeros) || item.pad == Some(Pad::Zeros);
    let for_text = item.overflow == Overflow::Truncate || item.only.is_some();
    check_rules(&[
        (digits && !item.rules.is_empty(), "layout-digits-rules"),
        (half && full, "layout-one-width"),
        (two_byte && half || one_byte && full, "layout-width-kind"),
        (digits && for_text, "layout-text-only"),
        (two_byte && zeros, "layout-two-byte-zeros"),
        (item.quoted && defaults.quote != Quote::WhenNeeded, "layout-quoted"),
    ])
}

fn value_fits(item: &ItemDefinition) -> Result<(), String> {
    let digits = item.kind == ItemKind::Digits;
    let one_byte = matches!(item.kind, ItemKind::Digits | ItemKind::OneByte);
    let mut codes: Vec<&String> = item.map.values().collect();
    codes.sort();
    let doubled = codes.windows(2).any(|pair| pair[0] == pair[1]);
    let (is_date, is_time) = (item.date.is_some(), item.time.is_some());
    let more_than_date = is_time || !item.allowed.is_empty() || item.sign.is_some();
    let of_dates = item.era.is_some() || item.first_year.is_some() || item.unknown_parts;
    check_rules(&[
        ((is_date || is_time) && !one_byte, "layout-date-kind"),
        (is_date && more_than_date, "layout-date-alone"),
        (!is_date && of_dates, "layout-date-options"),
        ((item.number || item.sign.is_some()) && !digits, "layout-number-kind"),
        (item.verify.is_some() && !one_byte, "layout-verify-kind"),
        (doubled, "layout-map-doubled"),
        (!item.map.is_empty() && !item.allowed.is_empty(), "layout-map-allowed"),
        (item.default.is_some() && item.link.is_none(), "layout-default-link"),
        (is_date && item.gateway == Some(GatewayValue::AcceptedTime), "layout-time-not-date"),
    ])
}
