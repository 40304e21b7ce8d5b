//! From the layout file to the compiled layout: every check beyond the spelling.
//!
//! Owns: what makes a layout sound.
//! Promises: item ranges tile their record; names in `break_on`, `count`, `sum` and `block` exist; every literal was
//! encoded once for a trial; records that may follow the same record can be told apart by a literal item.
//! On failure: all problems of the file at once.
//! Never: reads files.
//!
//! Totals run over the block in a block's trailer and over the file in a record at its top. A block ends whenever one of
//! the `break_on` items differs from the record before.

use std::ops::Range;

use jiff::civil::Date;
use toml::Spanned;

use super::definition::{
    self, Definition, Empty, Heading, ItemDefinition, Kind, LayoutProblem, Place, Separator,
};
use super::item::{Item, Source};
use super::origin::{Names, origin};
use super::plan::{Layout, Record};
use super::text::{Encoding, Rule, Rules, Width};
use crate::digest::Sha256;

/// A record longer than this is a slip of the pen.
const MAX_RECORD_BYTES: usize = 65_536;

impl Layout {
    /// Compiles the text of a layout file. `id` is how links name the layout: partner and name, as in `eltax/nenkin`.
    ///
    /// # Errors
    /// Every problem of the file that can be found in one pass.
    pub fn compile(id: &str, text: &str) -> Result<Layout, Vec<LayoutProblem>> {
        let mut problems = Vec::new();
        let definition = definition::read(text, &mut problems);
        let layout = Compiler { text, problems: &mut problems }.layout(id, definition);
        match layout {
            Some(layout) if problems.is_empty() => Ok(layout),
            Some(_) | None => Err(problems),
        }
    }
}

struct Compiler<'a> {
    text: &'a str,
    problems: &'a mut Vec<LayoutProblem>,
}

impl Compiler<'_> {
    fn layout(mut self, id: &str, definition: Definition) -> Option<Layout> {
        let Definition { heading, records: definitions, incomplete } = definition;
        let data = definitions.iter().find(|(record, _)| record.place == Place::Data);
        let names = Names {
            records: definitions.iter().map(|(r, _)| (r.name.get_ref().clone(), r.place)).collect(),
            data_items: data.map_or(Vec::new(), |(_, items)| {
                items.iter().map(|item| (item.name.get_ref().clone(), item.kind, item.bytes)).collect()
            }),
        };
        let encoding = heading.as_ref().map_or(Encoding::ShiftJis, |heading| heading.encoding);
        let mut records = Vec::new();
        for (record, items) in &definitions {
            let first_problem = self.problems.len();
            let items = self.items(record, items, &names, encoding, incomplete);
            let sound = self.problems.len() == first_problem;
            let marks = if sound { self.marks(record, &items) } else { Vec::new() };
            let name = record.name.get_ref().clone();
            records.push(Record { name, place: record.place, length: record.length, items, marks });
        }
        if incomplete || !self.problems.is_empty() {
            if let Some(heading) = &heading {
                self.dates(heading);
                self.breaks(heading, &definitions, &records);
            }
            return None;
        }
        self.records_fit_together(&records);
        self.assemble(id, heading?, &definitions, records)
    }

    fn assemble(
        &mut self,
        id: &str,
        heading: Heading,
        definitions: &[(definition::RecordDefinition, Vec<ItemDefinition>)],
        records: Vec<Record>,
    ) -> Option<Layout> {
        let (effective_from, until) = self.dates(&heading)?;
        match heading.separator {
            // Records follow each other without a byte between.
            Separator::None => {}
        }
        let breaks = self.breaks(&heading, definitions, &records);
        let standing = |place| (0..records.len()).filter(|&n| records[n].place == place).collect::<Vec<_>>();
        let sources = || records.iter().flat_map(|record| &record.items).map(|item| &item.source);
        let mut sums: Vec<usize> = sources()
            .filter_map(|source| if let Source::Sum(n) = source { Some(*n) } else { None })
            .collect();
        let mut repeated: Vec<usize> = sources()
            .filter_map(|source| if let Source::Block(n) = source { Some(*n) } else { None })
            .collect();
        for indices in [&mut sums, &mut repeated] {
            indices.sort_unstable();
            indices.dedup();
        }
        Some(Layout {
            id: id.to_owned(),
            title: heading.title,
            partner: heading.partner,
            status: heading.status,
            sources: heading.sources,
            notes: heading.notes,
            effective_from,
            until,
            encoding: heading.encoding,
            sha256: Sha256::of(self.text.as_bytes()),
            top: standing(Place::FileTop),
            header: standing(Place::BlockHeader).pop(),
            data: standing(Place::Data).pop()?,
            trailer: standing(Place::BlockTrailer).pop(),
            breaks,
            sums,
            repeated,
            records,
        })
    }

    fn dates(&mut self, heading: &Heading) -> Option<(Date, Option<Date>)> {
        let effective_from = self.date(&heading.effective_from);
        let until = heading.until.as_ref().map(|until| self.date(until));
        if let (Some(from), Some(Some(until)), Some(written)) = (effective_from, until, &heading.until)
            && until < from
        {
            let line = definition::line_of(self.text, written.span().start);
            self.add(Some(line), None, None, "until is before effective_from");
        }
        Some((effective_from?, until.flatten()))
    }

    fn date(&mut self, written: &Spanned<toml::value::Datetime>) -> Option<Date> {
        let date = match written.get_ref() {
            toml::value::Datetime { date: Some(date), time: None, offset: None } => {
                Date::new(date.year as i16, date.month as i8, date.day as i8).ok()
            }
            toml::value::Datetime { .. } => None,
        };
        if date.is_none() {
            let line = definition::line_of(self.text, written.span().start);
            self.add(Some(line), None, None, "not a day of the calendar (write 2026-04-01, without a time)");
        }
        date
    }

    /// Resolves `break_on` to the bytes of the data record.
    fn breaks(
        &mut self,
        heading: &Heading,
        definitions: &[(definition::RecordDefinition, Vec<ItemDefinition>)],
        records: &[Record],
    ) -> Vec<Range<usize>> {
        let data = records.iter().find(|record| record.place == Place::Data);
        let mut ranges = Vec::new();
        for name in &heading.break_on {
            let item = data.and_then(|data| data.items.iter().find(|item| item.name == *name.get_ref()));
            let written = definitions.iter().filter(|(record, _)| record.place == Place::Data);
            match item {
                Some(item) => ranges.push(item.range.clone()),
                // An item that was refused for another reason is not missing.
                None if written.flat_map(|(_, items)| items).any(|item| item.name == *name) => {}
                None => {
                    let line = definition::line_of(self.text, name.span().start);
                    let message = format!("break_on: no data record has an item \"{}\"", name.get_ref());
                    self.add(Some(line), None, None, &message);
                }
            }
        }
        ranges
    }

    /// Places items one after the other and checks that they tile the record.
    fn items(
        &mut self,
        record: &definition::RecordDefinition,
        definitions: &[ItemDefinition],
        names: &Names,
        encoding: Encoding,
        incomplete: bool,
    ) -> Vec<Item> {
        let mut items: Vec<Item> = Vec::new();
        let mut at = 0_usize;
        for (n, item) in definitions.iter().enumerate() {
            let range = at..at.saturating_add(item.bytes);
            at = range.end;
            if item.at.is_some_and(|written| written != range.start) && !incomplete {
                let message = format!(
                    "the sheet puts it at byte {}, the items before it end at byte {}",
                    item.at.unwrap_or_default(),
                    range.start
                );
                self.refuse(record, item, &message);
            }
            if definitions[..n].iter().any(|other| other.no == item.no) {
                self.refuse(record, item, "another item of the record has this number");
            }
            if item.filler.is_none()
                && definitions[..n].iter().any(|other| other.filler.is_none() && other.name == item.name)
            {
                self.refuse(record, item, "another item of the record has this name");
            }
            items.extend(self.item(record, item, range, names, encoding));
        }
        let line = self.line(&record.name);
        if at != record.length && !incomplete {
            let message = format!("the items have {at} bytes together, the record has {}", record.length);
            self.add(Some(line), Some(record.name.get_ref()), None, &message);
        }
        if record.length == 0 || record.length > MAX_RECORD_BYTES {
            let message = format!("a record has 1 to {MAX_RECORD_BYTES} bytes");
            self.add(Some(line), Some(record.name.get_ref()), None, &message);
        }
        items
    }

    fn item(
        &mut self,
        record: &definition::RecordDefinition,
        item: &ItemDefinition,
        range: Range<usize>,
        names: &Names,
        encoding: Encoding,
    ) -> Option<Item> {
        if let Some(message) = options_clash(item) {
            self.refuse(record, item, message);
        }
        let source = match origin(record.place, item, names) {
            Ok(source) => source,
            Err(message) => {
                self.refuse(record, item, &message);
                return None;
            }
        };
        let default_empty = if item.kind == Kind::Digits { Empty::Refuse } else { Empty::Spaces };
        Some(Item {
            no: item.no,
            name: item.name.get_ref().clone(),
            kind: item.kind,
            range,
            source,
            encoding,
            rules: rules(&item.rules),
            empty: item.empty.unwrap_or(default_empty),
            allowed: item.allowed.clone(),
            date: item.date,
            exact: item.exact,
            confidence: item.confidence,
            note: item.note.clone(),
        })
    }

    /// Encodes the literal items for a trial: a literal that does not fit is found now, and the bytes become marks.
    fn marks(
        &mut self,
        record: &definition::RecordDefinition,
        items: &[Item],
    ) -> Vec<(Range<usize>, Vec<u8>)> {
        let mut bytes = vec![0; record.length];
        let mut marks = Vec::new();
        for item in items {
            let (literal, is_mark) = match &item.source {
                Source::Literal(text) => (text, true),
                Source::Link { default: Some(text), .. } => (text, false),
                Source::Link { default: None, .. }
                | Source::Column(_)
                | Source::Bytes(_)
                | Source::Count(_)
                | Source::Sum(_)
                | Source::Gateway(_)
                | Source::Block(_) => continue,
            };
            let mut faults = Vec::new();
            item.write(literal, &mut bytes, &mut faults);
            for fault in &faults {
                let message = format!("\"{literal}\": {}; accepted: {}", fault.wrong(), fault.accepted());
                let line = self.line(&record.name);
                self.add(Some(line), Some(record.name.get_ref()), Some(item.label()), &message);
            }
            if is_mark && faults.is_empty() {
                marks.push((item.range.clone(), bytes[item.range.clone()].to_vec()));
            }
        }
        marks
    }

    fn records_fit_together(&mut self, records: &[Record]) {
        let standing = |place| records.iter().filter(move |record| record.place == place).collect::<Vec<_>>();
        let data = standing(Place::Data);
        let header = standing(Place::BlockHeader);
        let trailer = standing(Place::BlockTrailer);
        if data.len() != 1 {
            self.add(None, None, None, &format!("a layout has one data record, this one has {}", data.len()));
        }
        for (kinds, what) in [(&header, "header"), (&trailer, "trailer")] {
            if kinds.len() > 1 {
                self.add(None, None, None, &format!("a layout has at most one block {what}"));
            }
        }
        let (Some(data), last) = (data.first(), trailer.first().or(header.first())) else { return };
        if let Some(last) = last {
            if !data.differs_visibly(last) {
                let message =
                    format!("no literal item tells it from {}: a reader could not find the end", last.name);
                self.add(None, Some(&data.name), None, &message);
            }
            if data.length != last.length {
                let message =
                    format!("its length must be that of {}, which may stand in its place", last.name);
                self.add(None, Some(&data.name), None, &message);
            }
        }
    }

    fn refuse(&mut self, record: &definition::RecordDefinition, item: &ItemDefinition, message: &str) {
        let line = self.line(&item.name);
        let label = format!("{} {}", item.no, item.name.get_ref());
        self.add(Some(line), Some(record.name.get_ref()), Some(label), message);
    }

    fn line(&self, name: &Spanned<String>) -> usize {
        definition::line_of(self.text, name.span().start)
    }

    fn add(&mut self, line: Option<usize>, record: Option<&String>, item: Option<String>, message: &str) {
        self.problems.push(LayoutProblem {
            line,
            record: record.cloned(),
            item,
            message: message.to_owned(),
        });
    }
}

/// The rules in the only order in which they act.
fn rules(written: &[Rule]) -> Rules {
    let mut rules = Rules::default();
    for rule in written {
        match rule {
            Rule::HalfWidth => rules.width = Width::Half,
            Rule::FullWidth => rules.width = Width::Full,
            Rule::LargeKana => rules.large_kana = true,
        }
    }
    rules
}

/// Options of one item that cannot go together.
fn options_clash(item: &ItemDefinition) -> Option<&'static str> {
    let half = item.rules.contains(&Rule::HalfWidth);
    let full = item.rules.contains(&Rule::FullWidth);
    if item.bytes == 0 {
        Some("an item has at least one byte")
    } else if item.kind == Kind::TwoByte && item.bytes % 2 == 1 {
        Some("an item of two-byte characters has an even number of bytes")
    } else if item.kind == Kind::Digits && !item.rules.is_empty() {
        Some("digits take no text rules")
    } else if (item.kind == Kind::TwoByte && half) || (item.kind == Kind::OneByte && full) {
        Some("the width rule contradicts the kind")
    } else if item.kind == Kind::TwoByte && item.empty == Some(Empty::Zeros) {
        Some("an item of two-byte characters can't be filled with the digit 0")
    } else if item.date.is_some() && (item.kind != Kind::Digits || item.bytes != 8) {
        Some("a date is an item of eight digits")
    } else if item.default.is_some() && item.link.is_none() {
        Some("default belongs to link")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str = r#"
title = "t"
partner = "p"
status = "sample"
effective_from = 2026-04-01
encoding = "shift_jis"
separator = "none"
break_on = ["code"]

[[record]]
name = "head"
place = "block-header"
length = 4
[[record.item]]
no = 1
name = "mark"
bytes = 1
kind = "9"
value = "1"
[[record.item]]
no = 2
name = "code"
bytes = 3
kind = "9"
block = "code"

[[record]]
name = "row"
place = "data"
length = 14
[[record.item]]
no = 1
name = "mark"
bytes = 1
kind = "9"
value = "2"
[[record.item]]
no = 2
name = "code"
bytes = 3
at = 1
kind = "9"
[[record.item]]
no = 3
name = "text"
bytes = 10
kind = "N"

[[record]]
name = "tail"
place = "block-trailer"
length = 14
[[record.item]]
no = 1
name = "mark"
bytes = 1
kind = "9"
value = "3"
[[record.item]]
no = 2
name = "sum"
bytes = 13
kind = "9"
sum = "code"
"#;

    fn problems(text: &str) -> Vec<String> {
        let found = Layout::compile("p/t", text).err().unwrap_or_default();
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_sound_layout_names_its_version_and_columns() {
        let layout = Layout::compile("p/t", SOUND).unwrap();
        assert_eq!((layout.id(), layout.version().as_str()), ("p/t", "2026-04-01"));
        assert_eq!(layout.input_columns(), ["code", "text"]);
        assert_eq!(layout.first_data_record(), (4, 14));
    }

    #[test]
    fn all_problems_of_a_file_come_in_one_pass_each_with_its_line() {
        let bad = SOUND
            .replace("break_on = [\"code\"]", "break_on = [\"cod\"]\ncolour = 1\nflavour = 2")
            .replace("at = 1", "at = 2")
            .replace("bytes = 10", "bytes = 9")
            .replace("sum = \"code\"", "sum = \"cade\"\nwidht = 3")
            .replace("block = \"code\"", "block = \"code\"\nvalue = \"1\"");
        let found = problems(&bad);
        let wanted = [
            "line 9: unknown field `colour`",
            "line 10: unknown field `flavour`",
            "line 8: break_on: no data record has an item \"cod\"",
            "line 24: head: item 2 code: its value can come from one place only",
            "line 42: row: item 2 code: the sheet puts it at byte 2, the items before it end at byte 1",
            "line 48: row: item 3 text: an item of two-byte characters has an even number of bytes",
            "line 31: row: the items have 13 bytes together, the record has 14",
            "line 64: tail: item 2 sum: sum: no data record has an item \"cade\"",
        ];
        for wanted in wanted {
            assert!(
                found.iter().any(|problem| problem.starts_with(wanted)),
                "{wanted}\n{}",
                found.join("\n")
            );
        }
        assert!(
            found.iter().any(|p| p.contains("tail: item sum: unknown field `widht`")),
            "{}",
            found.join("\n")
        );
        assert_eq!(found.len(), wanted.len() + 1, "{}", found.join("\n"));
    }

    #[test]
    fn each_slip_of_the_pen_is_named() {
        let slips = [
            ("kind = \"N\"", "kind = \"Q\"", "unknown variant `Q`"),
            ("bytes = 10\n", "", "missing field `bytes`"),
            ("bytes = 10", "bytes = \"10\"", "invalid type: string"),
            ("length = 4", "length = 5", "the items have 4 bytes together, the record has 5"),
            ("name = \"text\"", "name = \"code\"", "another item of the record has this name"),
            ("no = 3", "no = 2", "another item of the record has this number"),
            ("value = \"3\"", "value = \"33\"", "the value needs 2 bytes, the item has 1"),
            ("value = \"3\"", "value = \"2\"", "a reader could not find the end"),
            ("value = \"3\"", "hex = \"3\"", "two digits a byte"),
            ("value = \"3\"", "hex = \"33 34\"", "hex has 2 bytes, the item has 1"),
            ("sum = \"code\"", "sum = \"text\"", "is not of kind 9"),
            ("sum = \"code\"", "count = [\"rows\"]", "there is no record \"rows\""),
            ("sum = \"code\"", "count = []", "count names the kinds"),
            ("sum = \"code\"", "column = \"x\"", "outside the data record there is no input column"),
            ("block = \"code\"", "sum = \"code\"", "a total stands in a block's trailer"),
            ("block = \"code\"", "block = \"mark\"", "another kind or number of bytes"),
            ("place = \"block-header\"", "place = \"data\"", "block belongs to a block's header or trailer"),
            (
                "effective_from = 2026-04-01",
                "effective_from = 2026-04-01T00:00:00",
                "not a day of the calendar",
            ),
            (
                "separator = \"none\"",
                "separator = \"none\"\nuntil = 2026-03-31",
                "until is before effective_from",
            ),
            ("title = \"t\"", "title = ", "line 2"),
            ("kind = \"N\"", "kind = \"N\"\nrules = [\"half-width\"]", "contradicts the kind"),
            ("kind = \"N\"", "kind = \"N\"\ndate = \"YYYYMMDD\"", "a date is an item of eight digits"),
            ("kind = \"N\"", "kind = \"N\"\ndefault = \"\"", "default belongs to link"),
        ];
        for (sound, slip, wanted) in slips {
            let text = SOUND.replacen(sound, slip, 1);
            assert_ne!(text, SOUND);
            let found = problems(&text);
            assert!(found.iter().any(|problem| problem.contains(wanted)), "{slip}: {}", found.join("\n"));
        }
        assert_eq!(problems(SOUND), Vec::<String>::new());
    }

    #[test]
    fn a_layout_without_a_data_record_is_refused() {
        let start = SOUND.find("[[record]]").unwrap();
        let found = problems(&SOUND[..start].replace("break_on = [\"code\"]", ""));
        assert_eq!(found, ["a layout has one data record, this one has 0"]);
    }
}
