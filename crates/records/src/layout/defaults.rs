//! What the heading of a layout says about all its items: encoding, separators, sets of characters, folding tables.
//!
//! Owns: the checks of the heading's own keys, and the reading of partners' folding tables.
//! Promises: every name in a `fold` list that is accepted is a table that was read.
//! On failure: one problem for each key and each line of a table.
//! Never: looks at records.

use std::collections::BTreeMap;
use std::sync::Arc;
use totatsu_base::say;

use toml::Spanned;

use super::charset::{Charset, Encoding};
use super::compiler::{Compiler, WrittenRecord};
use super::definition::LayoutHeading;
use super::folding::{FoldTable, Folding};
use super::repertoire::{MJ_PLUS, Repertoire, about};
use super::words::{Era, FileFormat, Quote, Separator};

/// Reads a folding table by its file name.
pub(super) type TableLoader<'a> = &'a dyn Fn(&str) -> Result<String, String>;

/// What the heading says about every item.
pub(super) struct LayoutDefaults {
    pub(super) format: FileFormat,
    pub(super) encoding: Encoding,
    pub(super) user_defined: bool,
    pub(super) separator: Separator,
    pub(super) first_byte: usize,
    pub(super) quote: Quote,
    pub(super) delimiter: char,
    pub(super) barred: String,
    pub(super) folding: Arc<Folding>,
    pub(super) repertoire: Option<Arc<Repertoire>>,
    /// What tables say of their version and origin.
    pub(super) about: Vec<String>,
    pub(super) characters: BTreeMap<String, Arc<Vec<(char, char)>>>,
    pub(super) eras: Vec<(Era, String)>,
    /// The partners' tables, by file name.
    pub(super) tables: BTreeMap<String, FoldTable>,
}

impl LayoutDefaults {
    pub(super) fn charset(&self, own: Option<Encoding>) -> Charset {
        Charset::new(own.unwrap_or(self.encoding), self.user_defined)
    }
}

impl Compiler<'_> {
    /// Takes together what the heading says about every item, and checks it.
    pub(super) fn defaults(
        &mut self,
        heading: Option<&LayoutHeading>,
        written: &[WrittenRecord],
        load: TableLoader,
        hashed: &mut Vec<u8>,
    ) -> LayoutDefaults {
        let mut defaults = LayoutDefaults {
            format: heading.map_or(FileFormat::Fixed, |heading| heading.format),
            encoding: heading.and_then(|heading| heading.encoding).unwrap_or(Encoding::ShiftJis),
            user_defined: heading.is_some_and(|heading| heading.user_defined),
            separator: heading.and_then(|heading| heading.separator).unwrap_or(Separator::None),
            first_byte: heading.map_or(0, |heading| heading.first_byte),
            quote: Quote::Never,
            delimiter: ',',
            barred: heading.map_or(String::new(), |heading| heading.barred.clone()),
            folding: Arc::default(),
            repertoire: None,
            about: Vec::new(),
            characters: BTreeMap::new(),
            eras: Vec::new(),
            tables: BTreeMap::new(),
        };
        let Some(heading) = heading else { return defaults };
        if let Some(csv) = &heading.csv {
            (defaults.quote, defaults.delimiter) = (csv.quote, csv.delimiter.unwrap_or(','));
        }
        defaults.eras = heading.eras.iter().map(|(era, code)| (*era, code.clone())).collect();
        for (name, entries) in &heading.characters {
            defaults.characters.insert(name.clone(), Arc::new(ranges(entries)));
        }
        let items = written.iter().flat_map(|(_, items)| items);
        let named = heading.fold.iter().chain(items.flat_map(|item| item.fold.iter().flatten()));
        let files: BTreeMap<&str, &Spanned<String>> = named
            .filter(|name| name.get_ref().ends_with(".tsv"))
            .map(|n| (n.get_ref().as_str(), n))
            .collect();
        for (name, place) in files {
            self.table(name, place, load, hashed, &mut defaults);
        }
        defaults.folding = Arc::new(self.folding(&heading.fold, &defaults.tables));
        if let Some(name) = &heading.repertoire {
            defaults.repertoire = self.repertoire(name, load, hashed);
            let about = defaults.repertoire.iter().flat_map(|found| &found.about);
            defaults.about.extend(about.map(|line| format!("{}: {line}", name.get_ref())));
        }
        self.heading_fits(heading, written);
        defaults
    }

    fn heading_fits(&mut self, heading: &LayoutHeading, written: &[WrittenRecord]) {
        let (csv, is_csv) = (heading.csv.as_ref(), heading.format == FileFormat::Csv);
        let is_as_is = heading.format == FileFormat::AsIs;
        if !is_as_is && heading.encoding.is_none() {
            self.refuse_file(say!("document-missing-field", field = "encoding"));
        } else if !is_as_is && heading.separator.is_none() {
            self.refuse_file(say!("document-missing-field", field = "separator"));
        }
        let ends_lines = matches!(heading.separator, Some(Separator::Crlf | Separator::Lf));
        let is_unicode = heading.encoding.is_some_and(|encoding| encoding.of_items() == Encoding::Utf8);
        let is_utf_16 = heading.encoding.and_then(Encoding::byte_order).is_some();
        let has_mark = csv.is_some_and(|csv| csv.byte_order_mark);
        let delimiter = csv.and_then(|csv| csv.delimiter);
        let ends_with_separator = !matches!(heading.separator, None | Some(Separator::None))
            && heading.separator_after_last
            && heading.end_mark.is_none();
        let is_no_message = |text: &str| text.is_empty() || !text.is_ascii();
        self.rules_of_file(&[
            (is_as_is && !written.is_empty(), "layout-as-is-records"),
            (is_csv && !ends_lines, "layout-csv-separator"),
            (is_csv && heading.encoding == Some(Encoding::Jis7), "layout-csv-jis7"),
            (csv.is_some() && !is_csv, "layout-csv-format"),
            (has_mark && !is_unicode, "layout-csv-byte-order-mark"),
            (delimiter.is_some_and(|c| !matches!(c, ',' | ';' | '\t')), "layout-csv-delimiter"),
            (is_utf_16 && (!is_csv || heading.end_mark.is_some()), "layout-utf-16"),
            (is_csv && heading.end_mark.is_some() && !heading.separator_after_last, "layout-csv-end-mark"),
            (
                heading.repertoire.is_some() && (heading.user_defined || !is_unicode),
                "layout-repertoire-encoding",
            ),
            (heading.may_be_empty && !heading.separator_after_last, "layout-may-be-empty"),
            (heading.last_separator_optional && !ends_with_separator, "layout-last-separator-optional"),
            (heading.error_message.as_deref().is_some_and(is_no_message), "layout-error-message"),
            (heading.first_byte > 1, "layout-first-byte"),
        ]);
    }

    /// The repertoire of this name: the one that comes with the crate, or a file beside the layout.
    fn repertoire(
        &mut self,
        place: &Spanned<String>,
        load: TableLoader,
        hashed: &mut Vec<u8>,
    ) -> Option<Arc<Repertoire>> {
        let name = place.get_ref();
        if name == MJ_PLUS {
            return Some(Repertoire::mj_plus());
        }
        if !name.ends_with(".txt") || name.contains(['/', '\\']) {
            self.refuse_at(place, say!("layout-repertoire-name"));
            return None;
        }
        let read = load(name)
            .map_err(|error| vec![say!("layout-repertoire-unreadable", name = name, error = error)]);
        let read = read.and_then(|text| {
            hashed.extend_from_slice(text.as_bytes());
            Repertoire::read(name, &text)
        });
        read.map_err(|problems| problems.into_iter().for_each(|problem| self.refuse_at(place, problem)))
            .ok()
            .map(Arc::new)
    }

    /// Reads one partner's folding table.
    fn table(
        &mut self,
        name: &str,
        place: &Spanned<String>,
        load: TableLoader,
        hashed: &mut Vec<u8>,
        defaults: &mut LayoutDefaults,
    ) {
        if name.contains(['/', '\\']) {
            return self.refuse_at(place, say!("layout-fold-name"));
        }
        let text = match load(name) {
            Ok(text) => text,
            Err(error) => {
                return self.refuse_at(place, say!("layout-fold-unreadable", name = name, error = error));
            }
        };
        hashed.extend_from_slice(text.as_bytes());
        match FoldTable::partner(name, &text) {
            Ok(table) => {
                defaults.about.extend(about(&text).into_iter().map(|line| format!("{name}: {line}")));
                defaults.tables.insert(name.to_owned(), table);
            }
            Err(problems) => problems.into_iter().for_each(|problem| self.refuse_at(place, problem)),
        }
    }

    /// The tables of a `fold` list.
    pub(super) fn folding(
        &mut self,
        names: &[Spanned<String>],
        tables: &BTreeMap<String, FoldTable>,
    ) -> Folding {
        let mut found = Vec::new();
        for name in names {
            let public = FoldTable::public(name.get_ref());
            if let Some(table) = public.or_else(|| tables.get(name.get_ref()).cloned()) {
                found.push(table);
            } else if !name.get_ref().ends_with(".tsv") {
                self.refuse_at(name, say!("layout-fold-unknown", name = name.get_ref()));
            }
        }
        Folding::new(found)
    }
}

/// The ranges of a named set: `a-z` is a range, anything else a list of characters.
fn ranges(entries: &[String]) -> Vec<(char, char)> {
    let mut ranges = Vec::new();
    for entry in entries {
        let chars: Vec<char> = entry.chars().collect();
        match chars[..] {
            [from, '-', to] => ranges.push((from, to)),
            _ => ranges.extend(chars.into_iter().map(|c| (c, c))),
        }
    }
    ranges
}
