//! From the layout file to the compiled layout: every check beyond the spelling.
//!
//! Owns: what makes a layout sound, as far as the heading and the whole are concerned (`sheet` has the single items,
//! `fitting` how records go together).
//! Promises: item ranges tile their record; every name that is referred to exists; every literal was encoded once for a
//! trial; records that may follow the same record can be told apart by a literal item.
//! On failure: all problems of the file at once.
//! Never: reads files other than the folding tables beside the layout.
//!
//! Totals run over the block in a block's trailer and over the file at its top and end. A block ends whenever one of the
//! `break_on` values differs from the row before.

use std::path::Path;

use jiff::civil::Date;
use toml::Spanned;

use super::compiler::{Compiler, WrittenRecord};
use super::defaults::{LayoutDefaults, TableLoader};
use super::definition::{self, Definition, ItemDefinition, LayoutHeading, LayoutProblem};
use super::groups;
use super::item::{Item, ValueOrigin};
use super::origin::LayoutNames;
use super::plan::{DataItem, FileShape, Layout, Record};
use super::words::{FileFormat, LayoutStatus, RecordPlace};
use totatsu_base::digest::Sha256;
use totatsu_base::messages::os_error;
use totatsu_base::say;

impl Layout {
    /// Compiles the text of a layout file that names no folding table of a partner. `id` is how links name the layout:
    /// partner and name, as in `eltax/nenkin`.
    ///
    /// # Errors
    /// Every problem of the file that can be found in one pass.
    pub fn compile(id: &str, text: &str) -> Result<Layout, Vec<LayoutProblem>> {
        compile(id, text, &|_| Err(say!("layout-no-folder")))
    }

    /// Compiles a layout file, with the folding tables beside it.
    ///
    /// # Errors
    /// The file can't be read, or every problem of the file and its tables that can be found in one pass.
    pub fn of_file(id: &str, file: &Path) -> Result<Layout, Vec<LayoutProblem>> {
        let text = std::fs::read_to_string(file).map_err(|error| vec![LayoutProblem::unreadable(&error)])?;
        Layout::compile_in(id, &text, file.parent().unwrap_or(Path::new("")))
    }

    /// Compiles the text of a layout file that stands in `folder`, with the folding tables beside it.
    ///
    /// # Errors
    /// Every problem of the file and its tables that can be found in one pass.
    pub fn compile_in(id: &str, text: &str, folder: &Path) -> Result<Layout, Vec<LayoutProblem>> {
        compile(id, text, &|name| {
            std::fs::read_to_string(folder.join(name)).map_err(|error| os_error(&error))
        })
    }
}

fn compile(id: &str, text: &str, load: TableLoader) -> Result<Layout, Vec<LayoutProblem>> {
    let mut problems = Vec::new();
    let mut definition = definition::read(text, &mut problems);
    let items = groups::expanded(text, &mut definition, &mut problems);
    let compiler = Compiler { text, problems: &mut problems, incomplete: definition.incomplete };
    let layout = compiler.layout(id, definition, items, load);
    match layout {
        Some(layout) if problems.is_empty() => Ok(layout),
        Some(_) | None => Err(problems),
    }
}

impl Compiler<'_> {
    fn layout(
        mut self,
        id: &str,
        definition: Definition,
        items: Vec<Vec<ItemDefinition>>,
        load: TableLoader,
    ) -> Option<Layout> {
        let Definition { heading, records, derived, .. } = definition;
        let written: Vec<WrittenRecord> = records.into_iter().map(|(record, _)| record).zip(items).collect();
        let mut hashed = self.text.as_bytes().to_vec();
        let defaults = self.defaults(heading.as_ref(), &written, load, &mut hashed);
        let mut names = names(defaults.format, heading.as_ref(), &written);
        let mut records: Vec<Record> = Vec::new();
        for record in &written {
            records.push(self.record(record, &defaults, &mut names));
        }
        let choices = heading.as_ref().map(|heading| self.choices(heading)).unwrap_or_default();
        let agreed = heading.as_ref().and_then(|heading| self.agreed(heading));
        let dates = heading.as_ref().and_then(|heading| self.dates(heading));
        let breaks = heading.as_ref().map(|heading| self.breaks(heading, &written, &records, &names));
        if self.incomplete || !self.problems.is_empty() {
            return None;
        }
        let heading = heading?;
        self.records_fit_together(&heading, &defaults, &written, &mut records);
        let totals = self.totals(&names, &records);
        let derived = self.derived(derived, &records, &names.columns);
        let (effective_from, until) = dates?;
        let repeated = names.repeated.iter().map(|name| DataItem::named(name, &records)).collect();
        let standing = |place| (0..records.len()).filter(|&n| records[n].place == place).collect::<Vec<_>>();
        Some(Layout {
            id: id.to_owned(),
            effective_from,
            until,
            choices,
            encoding: heading.encoding.filter(|_| defaults.format != FileFormat::AsIs),
            sha256: Sha256::of(&hashed),
            shape: shape(&heading, &defaults),
            top: standing(RecordPlace::FileTop),
            header: standing(RecordPlace::BlockHeader).pop(),
            data: standing(RecordPlace::Data),
            trailer: standing(RecordPlace::BlockTrailer).pop(),
            end: standing(RecordPlace::FileEnd).pop(),
            record_key: heading.record_key.as_ref().map(|name| names.column(name.get_ref())),
            columns: names.columns,
            derived,
            breaks: breaks?,
            heading_line: self.heading_line(&heading, &records),
            totals,
            repeated,
            title: heading.title,
            error_message: heading.error_message,
            partner: heading.partner,
            status: heading.status,
            sources: heading.sources,
            notes: heading.notes,
            agreed,
            tables: defaults.about.clone(),
            repertoire: heading.repertoire.map(Spanned::into_inner),
            records,
        })
    }

    /// One record by itself. Its literals and listed values are tried once its items are sound.
    fn record(
        &mut self,
        (record, definitions): &WrittenRecord,
        defaults: &LayoutDefaults,
        names: &mut LayoutNames,
    ) -> Record {
        let first_problem = self.problems.len();
        let items = self.items(record, definitions, defaults, names);
        let sound = self.problems.len() == first_problem;
        let length = record.length.unwrap_or_default();
        let name = record.name.get_ref().clone();
        let (place, reckons) = (record.place, items.iter().any(reckons));
        let relations = if sound { self.relations(record, definitions, &items) } else { Vec::new() };
        let mut compiled =
            Record { name, place, length, items, marks: Vec::new(), key: None, reckons, relations };
        if sound {
            self.marks(record, &mut compiled);
            self.listed_values(record, &compiled);
        }
        compiled
    }

    /// Whose sheet an agreed layout follows, and when it was last compared.
    fn agreed(&mut self, heading: &LayoutHeading) -> Option<(String, Date)> {
        let day = heading.compared.as_ref().and_then(|written| self.date(written));
        let agreed = heading.status == LayoutStatus::Agreed;
        if agreed != (heading.agreed_with.is_some() && heading.compared.is_some()) {
            self.refuse_file(say!("layout-agreed-together"));
        }
        Some((heading.agreed_with.clone()?, day?))
    }

    fn dates(&mut self, heading: &LayoutHeading) -> Option<(Date, Option<Date>)> {
        let effective_from = self.date(&heading.effective_from);
        let until = heading.until.as_ref().map(|until| self.date(until));
        if let (Some(from), Some(Some(until)), Some(written)) = (effective_from, until, &heading.until)
            && until < from
        {
            self.refuse_at(written, say!("layout-until-before"));
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
            self.refuse_at(written, say!("layout-not-a-day"));
        }
        date
    }
}

fn names(format: FileFormat, heading: Option<&LayoutHeading>, written: &[WrittenRecord]) -> LayoutNames {
    let data = written.iter().filter(|(record, _)| record.place == RecordPlace::Data);
    let item = |item: &ItemDefinition| (item.name.get_ref().clone(), item.kind, item.bytes);
    let frames_blocks = [RecordPlace::BlockHeader, RecordPlace::BlockTrailer];
    let mut names = LayoutNames {
        format,
        records: written.iter().map(|(r, _)| (r.name.get_ref().clone(), r.place)).collect(),
        data: data.map(|(_, items)| items.iter().map(item).collect()).collect(),
        blocks_show: written.iter().any(|(record, _)| frames_blocks.contains(&record.place)),
        columns: Vec::new(),
        totals: Vec::new(),
        repeated: Vec::new(),
    };
    // The column that tells rows apart is the first that an operator looks for.
    if let Some(key) = heading.and_then(|heading| heading.record_key.as_ref()) {
        names.column(key.get_ref());
    }
    names
}

/// The item follows from others of the record, or from its place in the file.
fn reckons(item: &Item) -> bool {
    matches!(item.source, ValueOrigin::Sequence { .. } | ValueOrigin::CheckDigit { .. })
}

fn shape(heading: &LayoutHeading, defaults: &LayoutDefaults) -> FileShape {
    let csv = heading.csv.as_ref();
    FileShape {
        format: defaults.format,
        separator: defaults.separator,
        separator_after_last: heading.separator_after_last,
        last_separator_optional: heading.last_separator_optional,
        end_mark: heading.end_mark,
        may_be_empty: heading.may_be_empty,
        quote: defaults.quote,
        heading: csv.is_some_and(|csv| csv.heading),
        delimiter: defaults.delimiter as u8,
        byte_order_mark: csv.is_some_and(|csv| csv.byte_order_mark),
        byte_order: defaults.encoding.byte_order(),
        first_byte: defaults.first_byte,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::written::{heading, record};

    fn sound() -> String {
        let head = [
            ("mark", "9", 1, "value = \"1\""),
            ("code", "9", 3, "block = \"code\""),
            ("rest", "X", 10, "filler = \"spaces\""),
        ];
        let row = [("mark", "9", 1, "value = \"2\""), ("code", "9", 3, "at = 1"), ("text", "N", 10, "")];
        let tail = [("mark", "9", 1, "value = \"3\""), ("sum", "9", 13, "sum = \"code\"")];
        heading("shift_jis", "none", "break_on = [\"code\"]")
            + &record("head", "block-header", &head)
            + &record("row", "data", &row)
            + &record("tail", "block-trailer", &tail)
    }

    fn problems(text: &str) -> Vec<String> {
        let found = Layout::compile("p/t", text).err().unwrap_or_default();
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_sound_layout_names_its_version_and_columns() {
        let layout = Layout::compile("p/t", &sound()).unwrap();
        assert_eq!((layout.id(), layout.version().as_str()), ("p/t", "2026-04-01"));
        assert_eq!(layout.input_columns(), ["code", "text"]);
        assert_eq!(layout.first_data_record(), (14, 14));
    }

    #[test]
    fn all_problems_of_a_file_come_in_one_pass_each_with_its_line() {
        let bad = sound()
            .replace("break_on = [\"code\"]", "break_on = [\"cod\"]\ncolour = 1\nflavour = 2")
            .replace("at = 1", "at = 2")
            .replace("kind = \"N\"\nbytes = 10", "kind = \"N\"\nbytes = 9")
            .replace("sum = \"code\"", "sum = \"cade\"\nwidht = 3")
            .replace("block = \"code\"", "block = \"code\"\nvalue = \"1\"");
        let found = problems(&bad);
        let wanted = [
            "line 8: unknown field `colour`",
            "line 9: unknown field `flavour`",
            "line 7: break_on: no data record has an item \"cod\"",
            "line 22: head: item 2 code: its value can come from one place only",
            "line 45: row: item 2 code: the sheet puts it at byte 2, the items before it end at byte 1",
            "line 51: row: item 3 text: an item of two-byte characters has an even number of bytes",
            "line 34: row: the items have 13 bytes together, the record has 14",
            "line 67: tail: item 2 sum: sum: no data record has an item \"cade\"",
        ];
        for wanted in wanted {
            let is_told = found.iter().any(|problem| problem.starts_with(wanted));
            assert!(is_told, "{wanted}\n{}", found.join("\n"));
        }
        let is_told = found.iter().any(|problem| problem.contains("tail: item sum: unknown field `widht`"));
        assert!(is_told, "{}", found.join("\n"));
        assert_eq!(found.len(), wanted.len() + 1, "{}", found.join("\n"));
    }

    #[test]
    fn each_slip_of_the_pen_is_named() {
        let slips = [
            ("kind = \"N\"", "kind = \"Q\"", "unknown variant `Q`"),
            ("bytes = 13\n", "", "missing field `bytes`"),
            ("bytes = 10", "bytes = \"10\"", "invalid type: string"),
            ("length = 14", "length = 15", "the items have 14 bytes together, the record has 15"),
            ("name = \"text\"", "name = \"code\"", "another item of the record has this name"),
            ("no = 3", "no = 2", "another item of the record has this number"),
            ("value = \"3\"", "value = \"33\"", "the value needs 2 bytes, the item has 1"),
            ("value = \"3\"", "value = \"2\"", "a reader could not find the end"),
            ("value = \"3\"", "hex = \"3\"", "two digits a byte"),
            ("value = \"3\"", "hex = \"33 34\"", "hex has 2 bytes, the item has 1"),
            ("sum = \"code\"", "sum = \"text\"", "is not of kind 9"),
            ("sum = \"code\"", "count = [\"rows\"]", "there is no record \"rows\""),
            ("sum = \"code\"", "count = []", "count names the kinds"),
            ("sum = \"code\"", "column = \"x\"", "a trailer takes nothing from columns"),
            ("block = \"code\"", "sum = \"code\"", "a total stands in a block's trailer"),
            ("block = \"code\"", "block = \"mark\"", "another kind or number of bytes"),
            (
                "place = \"block-header\"",
                "place = \"file-top\"",
                "block belongs to a block's header or trailer",
            ),
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
            ("title = \"t\"", "title = ", "line 1"),
            ("kind = \"N\"", "kind = \"N\"\nrules = [\"half-width\"]", "contradicts the kind"),
            ("kind = \"N\"", "kind = \"N\"\ndate = \"YYYYMMDD\"", "a date or time is an item of kind 9 or X"),
            ("kind = \"N\"", "kind = \"N\"\ndefault = \"\"", "default belongs to link"),
        ];
        let sound = sound();
        for (right, slip, wanted) in slips {
            let text = sound.replacen(right, slip, 1);
            assert_ne!(text, sound);
            let found = problems(&text);
            assert!(found.iter().any(|problem| problem.contains(wanted)), "{slip}: {}", found.join("\n"));
        }
        assert_eq!(problems(&sound), Vec::<String>::new());
    }

    #[test]
    fn a_layout_without_a_data_record_is_refused() {
        let found = problems(&heading("shift_jis", "none", ""));
        assert_eq!(found, ["a layout has a data record, this one has none [TT-2033]"]);
    }
}
