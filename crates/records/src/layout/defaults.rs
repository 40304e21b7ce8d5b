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
use super::definition::{self, LayoutHeading};
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
        let mut wrong = |message: String| self.add(None, None, None, message);
        match heading.format {
            FileFormat::AsIs if !written.is_empty() => wrong(say!("layout-as-is-records")),
            FileFormat::AsIs => {}
            FileFormat::Fixed | FileFormat::Csv if heading.encoding.is_none() => {
                wrong(say!("document-missing-field", field = "encoding"))
            }
            FileFormat::Fixed | FileFormat::Csv if heading.separator.is_none() => {
                wrong(say!("document-missing-field", field = "separator"))
            }
            FileFormat::Fixed | FileFormat::Csv => {}
        }
        if heading.format == FileFormat::Csv {
            if !matches!(heading.separator, Some(Separator::Crlf | Separator::Lf)) {
                wrong(say!("layout-csv-separator"));
            }
            if matches!(heading.encoding, Some(Encoding::Jis7)) {
                wrong(say!("layout-csv-jis7"));
            }
        } else if heading.csv.is_some() {
            wrong(say!("layout-csv-format"));
        }
        if let Some(csv) = &heading.csv {
            let unicode = heading.encoding.is_some_and(|encoding| encoding.of_items() == Encoding::Utf8);
            if csv.byte_order_mark && !unicode {
                wrong(say!("layout-csv-byte-order-mark"));
            }
            if csv.delimiter.is_some_and(|c| !matches!(c, ',' | ';' | '\t')) {
                wrong(say!("layout-csv-delimiter"));
            }
        }
        let utf16 = heading.encoding.and_then(Encoding::byte_order).is_some();
        if utf16 && (heading.format != FileFormat::Csv || heading.end_mark.is_some()) {
            wrong(say!("layout-utf-16"));
        }
        if heading.repertoire.is_some()
            && (heading.user_defined
                || heading.encoding.is_none_or(|encoding| encoding.of_items() != Encoding::Utf8))
        {
            wrong(say!("layout-repertoire-encoding"));
        }
        if heading.may_be_empty && !heading.separator_after_last {
            wrong(say!("layout-may-be-empty"));
        }
        let separated = !matches!(heading.separator, None | Some(Separator::None));
        if heading.last_separator_optional
            && !(separated && heading.separator_after_last && heading.end_mark.is_none())
        {
            wrong(say!("layout-last-separator-optional"));
        }
        if heading.error_message.as_deref().is_some_and(|text| text.is_empty() || !text.is_ascii()) {
            wrong(say!("layout-error-message"));
        }
        if heading.first_byte > 1 {
            wrong(say!("layout-first-byte"));
        }
    }

    /// The repertoire of this name: the one that comes with the crate, or a file beside the layout.
    fn repertoire(
        &mut self,
        name: &Spanned<String>,
        load: TableLoader,
        hashed: &mut Vec<u8>,
    ) -> Option<Arc<Repertoire>> {
        let (line, name) = (Some(definition::line_of(self.text, name.span().start)), name.get_ref());
        if name == MJ_PLUS {
            return Some(Repertoire::mj_plus());
        }
        if !name.ends_with(".txt") || name.contains(['/', '\\']) {
            let message = say!("layout-repertoire-name");
            self.add(line, None, None, message);
            return None;
        }
        let read = load(name)
            .map_err(|error| vec![say!("layout-repertoire-unreadable", name = name, error = error)]);
        let read = read.and_then(|text| {
            hashed.extend_from_slice(text.as_bytes());
            Repertoire::read(name, &text)
        });
        read.map_err(|problems| problems.into_iter().for_each(|problem| self.add(line, None, None, problem)))
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
        let line = Some(definition::line_of(self.text, place.span().start));
        if name.contains(['/', '\\']) {
            return self.add(line, None, None, say!("layout-fold-name"));
        }
        let text = match load(name) {
            Ok(text) => text,
            Err(error) => {
                return self.add(
                    line,
                    None,
                    None,
                    say!("layout-fold-unreadable", name = name, error = error),
                );
            }
        };
        hashed.extend_from_slice(text.as_bytes());
        match FoldTable::partner(name, &text) {
            Ok(table) => {
                defaults.about.extend(about(&text).into_iter().map(|line| format!("{name}: {line}")));
                defaults.tables.insert(name.to_owned(), table);
            }
            Err(problems) => problems.into_iter().for_each(|problem| self.add(line, None, None, problem)),
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
                let line = Some(definition::line_of(self.text, name.span().start));
                let message = say!("layout-fold-unknown", name = name.get_ref());
                self.add(line, None, None, message);
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
