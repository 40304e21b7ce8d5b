//! A layout in words: what each item is, and what changed between two versions.
//!
//! Owns: the facts by which items are shown and compared.
//! Promises: two layouts without a difference make the same bytes of the same rows. What changes no byte is left out: the
//! confidence and the note of an item, and how a sheet counts bytes.
//! On failure: nothing here fails.
//! Never: looks at values.

use std::collections::BTreeMap;

use totatsu_base::{messages, say};

use super::charset::Encoding;
use super::dates::DatePattern;
use super::folding::Folding;
use super::item::{Item, OtherKind, ValueOrigin};
use super::phrases::RequiredPhrases;
use super::plan::{BlockBreak, DataItem, ItemRelation, Layout, Record, Total, TotalCondition};
use super::words::{EmptyValue, FileFormat, ItemKind, Overflow, RecordPlace, told};

/// The messages that are the words of the layout file: in Japanese with what is typed behind them.
const WORDS: &str = "layout-word";
/// The messages that say how sure a layout is: in Japanese with what is typed behind them.
const SURENESS: &str = "layout-status";

impl Layout {
    /// What an operator sees of a layout: a line for each record, and its items under it. The texts of an item are its number, its name,
    /// where it begins, its bytes, the letter of its kind, and where its value comes from with whatever else decides how it is written.
    pub fn described(&self) -> Vec<(String, Vec<[String; 6]>)> {
        let records = self.records.iter().map(|record| {
            let size = match self.shape.format {
                FileFormat::Fixed => say!("layout-size-bytes", bytes = record.length),
                FileFormat::Csv | FileFormat::AsIs => {
                    say!("layout-size-columns", columns = record.items.len())
                }
            };
            let items = record.items.iter().enumerate().map(|(n, item)| {
                let start = item.range.start + self.shape.first_byte;
                let at = if item.range.is_empty() { String::new() } else { start.to_string() };
                let bytes = if item.bytes == usize::MAX { String::new() } else { item.bytes.to_string() };
                let rest: Vec<String> = self
                    .facts(record, n)
                    .into_iter()
                    .skip(4)
                    .map(|(name, fact)| format!("{} {fact}", named_fact(name)).trim_end().to_owned())
                    .collect();
                let kind = item.kind.letter().to_string();
                let from = self.source(record, item);
                let from = if rest.is_empty() { from } else { format!("{from}; {}", rest.join("; ")) };
                [item.no.clone(), item.name.clone(), at, bytes, kind, from]
            });
            let place = placed(record.place);
            (say!("layout-described", record = record.name, place = place, size = size), items.collect())
        });
        records.collect()
    }

    /// What changed from this layout to another one, a line each; nothing if they do the same.
    pub fn differences(&self, other: &Layout) -> Vec<String> {
        let mut lines = Vec::new();
        for ((name, mine), (_, theirs)) in self.heading_facts().into_iter().zip(other.heading_facts()) {
            if mine != theirs {
                lines.push(format!("{}: {mine} -> {theirs}", named_fact(name)));
            }
        }
        for record in &self.records {
            match other.records.iter().find(|found| found.name == record.name) {
                Some(found) => self.record_differences(record, other, found, &mut lines),
                None => lines.push(say!("layout-diff-record-gone", record = record.name)),
            }
        }
        for record in &other.records {
            if !self.records.iter().any(|mine| mine.name == record.name) {
                let items = record.items.len();
                lines.push(say!("layout-diff-record-new", record = record.name, items = items));
            }
        }
        let (mine, theirs) = (self.records_of(other), other.records_of(self));
        if mine != theirs {
            lines.push(say!("layout-diff-order", before = mine, after = theirs));
        }
        lines
    }

    /// The records that another layout has too, in the order of this one.
    fn records_of(&self, other: &Layout) -> String {
        let names = self.records.iter().map(|record| record.name.as_str());
        let common = names.filter(|name| other.records.iter().any(|record| record.name == *name));
        common.collect::<Vec<_>>().join(", ")
    }

    fn record_differences(&self, mine: &Record, other: &Layout, theirs: &Record, lines: &mut Vec<String>) {
        let name = &mine.name;
        if mine.length != theirs.length {
            let (before, after) = (mine.length, theirs.length);
            lines.push(say!("layout-diff-length", record = name, before = before, after = after));
        }
        if mine.place != theirs.place {
            lines.push(format!("{name}: {} -> {}", placed(mine.place), placed(theirs.place)));
        }
        for (n, item) in mine.items.iter().enumerate() {
            // Fillers share names: the one with the same number is meant first.
            let same = |other: &&Item| other.name == item.name && (other.no == item.no);
            let named = |other: &&Item| other.name == item.name && unique(&mine.items, n);
            let position = |what: &dyn Fn(&&Item) -> bool| theirs.items.iter().position(|item| what(&item));
            let Some(found) = position(&same).or_else(|| position(&named)) else {
                lines.push(format!("{name}: - {}", item.label()));
                continue;
            };
            let facts_of = |layout: &Layout, record: &Record, n: usize| -> BTreeMap<&'static str, String> {
                let from = ("layout-fact-from", layout.source(record, &record.items[n]));
                layout.facts(record, n).into_iter().chain([from]).collect()
            };
            let (before, after) = (facts_of(self, mine, n), facts_of(other, theirs, found));
            let mut facts: Vec<&str> = before.keys().chain(after.keys()).copied().collect();
            facts.sort_unstable_by_key(|fact| fact.trim_start_matches("layout-fact-"));
            facts.dedup();
            let value = |facts: &BTreeMap<&str, String>, fact| {
                facts.get(fact).cloned().unwrap_or_else(|| say!("layout-fact-absent"))
            };
            let changes: Vec<String> = facts
                .into_iter()
                .map(|fact| (fact, value(&before, fact), value(&after, fact)))
                .filter(|(_, before, after)| before != after)
                .map(|(fact, before, after)| format!("{} {before} -> {after}", named_fact(fact)))
                .collect();
            if !changes.is_empty() {
                lines.push(format!("{name}: {}: {}", item.label(), changes.join("; ")));
            }
        }
        for (n, item) in theirs.items.iter().enumerate() {
            let there =
                |mine: &Item| mine.name == item.name && (mine.no == item.no || unique(&theirs.items, n));
            if !mine.items.iter().any(there) {
                lines.push(format!("{name}: + {} ({} {})", item.label(), item.kind.letter(), item.bytes));
            }
        }
    }

    fn heading_facts(&self) -> Vec<(&'static str, String)> {
        let shape = &self.shape;
        let until = self.until.map_or_else(|| say!("layout-open"), |until| until.to_string());
        let none = || say!("layout-none");
        vec![
            ("title", self.title.clone()),
            ("partner", self.partner.clone()),
            ("status", messages::word_of(SURENESS, self.status.word())),
            ("agreed", self.agreed.as_ref().map_or_else(none, |(with, day)| format!("{with}, {day}"))),
            ("repertoire", self.repertoire.clone().unwrap_or_else(none)),
            ("effective_from", self.effective_from.to_string()),
            ("until", until),
            ("encoding", self.encoding.map_or_else(none, |encoding| encoding.word().to_owned())),
            ("format", told(shape.format.word())),
            (
                "separator",
                say!(
                    "layout-fact-separator",
                    separator = told(shape.separator.word()),
                    after_last = yes_or_no(shape.separator_after_last)
                ),
            ),
            ("layout-fact-separator-by-link", self.choices.separator.clone().unwrap_or_else(none)),
            ("layout-fact-end-mark-by-link", self.choices.end_mark.clone().unwrap_or_else(none)),
            ("layout-fact-last-separator-optional", yes_or_no(shape.last_separator_optional)),
            ("layout-fact-error-message", self.error_message.clone().unwrap_or_else(none)),
            ("layout-fact-end-mark", shape.end_mark.map_or_else(none, |_| "1A".to_owned())),
            ("layout-fact-may-be-empty", yes_or_no(shape.may_be_empty)),
            ("layout-fact-user-defined", yes_or_no(self.takes_user_defined())),
            ("quote", told(shape.quote.word())),
            ("heading", yes_or_no(shape.heading)),
            ("delimiter", char::from(shape.delimiter).escape_default().to_string()),
            ("layout-fact-byte-order-mark", yes_or_no(shape.byte_order_mark)),
            ("break_on", self.breaks.iter().map(|what| self.named(what)).collect::<Vec<_>>().join(", ")),
            ("record_key", self.record_key.map_or_else(none, |key| self.columns[key].clone())),
            ("layout-fact-columns", self.columns.join(", ")),
            ("layout-fact-derived", self.derived_columns().join("; ")),
        ]
    }

    fn takes_user_defined(&self) -> bool {
        let mut items = self.records.iter().flat_map(|record| &record.items);
        items.any(|item| item.charset.takes_user_defined())
    }

    /// What a block breaks on, as the layout file names it.
    fn named<'a>(&'a self, what: &'a BlockBreak) -> &'a str {
        match what {
            BlockBreak::Item(item) => self.name_of(item),
            BlockBreak::Column(column) => &self.columns[*column],
        }
    }

    fn name_of(&self, item: &DataItem) -> &str {
        let mut names = item.index.iter().enumerate();
        names.find_map(|(kind, n)| Some(self.records[kind].items[(*n)?].name.as_str())).unwrap_or_default()
    }

    /// Everything that decides how the `n`th item is written, but where its value comes from. The first four stand in columns of
    /// their own where a layout is shown.
    fn facts(&self, record: &Record, n: usize) -> Vec<(&'static str, String)> {
        let item = &record.items[n];
        let bytes = if item.bytes == usize::MAX { say!("layout-any") } else { item.bytes.to_string() };
        let mut facts = vec![
            ("no", item.no.clone()),
            ("at", record.position(n).start.to_string()),
            ("bytes", bytes),
            ("kind", item.kind.letter().to_string()),
        ];
        let mut add = |name: &'static str, fact: Option<String>| facts.extend(fact.map(|fact| (name, fact)));
        let set = |is: bool| is.then(String::new);
        let encoding =
            Some(item.charset.encoding).filter(|own| Some(*own) != self.encoding.map(Encoding::of_items));
        add("encoding", encoding.map(|encoding| encoding.word().to_owned()));
        add("characters", item.characters.map(|most| most.to_string()));
        add("exact", set(item.exact));
        add("number", set(item.number));
        add("sign", item.sign.map(|sign| told(sign.word())));
        add("allowed", listed(item.allowed.iter().cloned()));
        add("map", listed(item.map.iter().map(|(word, code)| format!("{word}={code}"))));
        add("date", item.date.as_ref().map(DatePattern::described));
        add("time", item.time.map(|form| form.word().to_owned()));
        add("verify", item.verify.map(|method| told(method.word())));
        add("rules", (item.rules != Default::default()).then(|| rules(item)));
        add("fold", (!item.folding.is_empty()).then(|| Folding::described(&item.folding)));
        add("barred", Some(item.barred.clone()).filter(|barred| !barred.is_empty()));
        let range =
            |(from, to): &(char, char)| if from == to { from.to_string() } else { format!("{from}-{to}") };
        add("only", item.only.as_ref().map(|only| only.iter().map(range).collect::<Vec<_>>().join(" ")));
        add("overflow", (item.overflow == Overflow::Truncate).then(|| told("truncate")));
        add("layout-fact-shifts-inside", set(item.shifts_inside));
        add("quoted", set(item.quoted));
        add("unchecked", set(item.unchecked));
        for relation in &record.relations {
            match relation {
                ItemRelation::UnknownOf { flag, date } if *flag == n => {
                    add("layout-fact-unknown-of", Some(record.items[*date].name.clone()));
                }
                ItemRelation::OnlyWhere { item, other, is } if *item == n => {
                    let (other, is) = (&record.items[*other].name, is.join(" "));
                    add("layout-fact-only-where", Some(say!("layout-fact-is", item = other, is = is)));
                }
                ItemRelation::UnknownOf { .. } | ItemRelation::OnlyWhere { .. } => {}
            }
        }
        let asked = |phrases: &RequiredPhrases| {
            say!("layout-fact-by-link", what = phrases.phrases.join(" "), key = phrases.key)
        };
        add("phrases", item.phrases.as_deref().map(asked));
        let other =
            |other: &OtherKind| say!("layout-fact-by-link", what = other.item.kind.letter(), key = other.key);
        add("layout-fact-or-kind", item.other.as_deref().map(other));
        let custom = if item.kind == ItemKind::Digits { EmptyValue::Refuse } else { EmptyValue::Spaces };
        add("empty", (item.empty != custom).then(|| told(item.empty.word())));
        add("filled", set(item.filled && self.shape.format == FileFormat::Csv));
        let fill = || format!("{} {}", told(item.align.word()), told(item.pad.word()));
        add("fill", (!item.is_filled_as_usual()).then(fill));
        facts
    }

    /// Where the value of an item comes from, in the words of the layout file.
    fn source(&self, record: &Record, item: &Item) -> String {
        match &item.source {
            ValueOrigin::Column(column) => say!("layout-origin-column", column = self.columns[*column]),
            ValueOrigin::Literal(text) => say!("layout-origin-value", value = text),
            ValueOrigin::Bytes(bytes) if is_filled_by(bytes, b" ") => say!("layout-origin-spaces"),
            ValueOrigin::Bytes(bytes) if is_filled_by(bytes, item.charset.encoding.wide_space()) => {
                say!("layout-origin-spaces")
            }
            ValueOrigin::Bytes(bytes) if is_filled_by(bytes, b"0") => say!("layout-origin-zeros"),
            ValueOrigin::Bytes(bytes) => {
                let shown: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
                say!("layout-origin-bytes", bytes = shown.join(" "))
            }
            ValueOrigin::Total(total) => match &self.totals[*total] {
                Total { label: Some(label), .. } => say!("layout-origin-sum", label = label),
                total => self.count(total),
            },
            ValueOrigin::Sequence { of, first } => {
                say!("layout-origin-sequence", of = told(of.word()), first = first)
            }
            ValueOrigin::CheckDigit { method, over } => {
                let names: Vec<&str> = over.iter().map(|&n| record.items[n].name.as_str()).collect();
                say!("layout-origin-check-digit", method = told(method.word()), over = names.join(", "))
            }
            ValueOrigin::Gateway(value) => say!("layout-origin-gateway", value = told(value.word())),
            ValueOrigin::Link { key, default: Some(default) } => {
                say!("layout-origin-link-or", key = key, default = default)
            }
            ValueOrigin::Link { key, default: None } => say!("layout-origin-link", key = key),
            ValueOrigin::Block(repeated) => {
                say!("layout-origin-block", item = self.name_of(&self.repeated[*repeated]))
            }
        }
    }

    /// Which records a total counts, and under which condition.
    fn count(&self, total: &Total) -> String {
        let adds = || total.adds.iter().enumerate().filter_map(|(kind, adds)| Some((kind, adds.as_ref()?)));
        let names: Vec<&str> = adds().map(|(kind, _)| self.records[kind].name.as_str()).collect();
        let conditions = adds().filter_map(|(kind, adds)| Some((kind, adds.condition.as_ref()?)));
        let told = conditions.map(|(kind, TotalCondition { item, values, among })| {
            let values: Vec<_> = values.iter().map(|value| String::from_utf8_lossy(value)).collect();
            let is = if *among { "=" } else { "!=" };
            let (item, values) = (&self.records[kind].items[*item].name, values.join(", "));
            say!("layout-origin-where", item = item, is = is, values = values)
        });
        let count = say!("layout-origin-count", records = names.join(", "));
        [count].into_iter().chain(told).collect::<Vec<_>>().join(" ")
    }
}

/// Where records of a kind stand.
fn placed(place: RecordPlace) -> String {
    match place {
        RecordPlace::FileTop => say!("layout-record-file-top"),
        RecordPlace::BlockHeader => say!("layout-record-block-header"),
        RecordPlace::Data => say!("layout-record-data"),
        RecordPlace::BlockTrailer => say!("layout-record-block-trailer"),
        RecordPlace::FileEnd => say!("layout-record-file-end"),
    }
}

/// A fact's name: a word of the layout file, or a message.
fn named_fact(name: &str) -> String {
    if name.starts_with("layout-") {
        return messages::text(name, &[]);
    }
    messages::word_of(WORDS, name)
}

fn yes_or_no(is: bool) -> String {
    told(if is { "true" } else { "false" })
}

/// Words one after the other; nothing where there are none.
fn listed(words: impl Iterator<Item = String>) -> Option<String> {
    let words: Vec<String> = words.collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The rules of an item's text, in the order in which they act.
fn rules(item: &Item) -> String {
    item.rules.names().map(told).collect::<Vec<_>>().join(", ")
}

/// Whether `bytes` are nothing but `filling`, again and again.
fn is_filled_by(bytes: &[u8], filling: &[u8]) -> bool {
    !filling.is_empty() && bytes.chunks(filling.len()).all(|chunk| chunk == filling)
}

fn unique(items: &[Item], n: usize) -> bool {
    items.iter().filter(|item| item.name == items[n].name).count() == 1
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;
    use totatsu_base::messages::{Tongue, word_in};

    use super::super::plan::Layout;
    use super::super::words::LayoutStatus;
    use super::SURENESS;
    use crate::written::{heading, record, sized};

    fn fixed() -> String {
        let top = [
            ("区分", "9", 1, "value = \"1\""),
            ("印", "X", 13, "hex = \"41 42 43 44 45 46 47 48 49 4A 4B 4C 4D\""),
        ];
        let data = [("区分", "9", 1, "value = \"2\""), ("組", "9", 3, ""), ("氏名", "N", 10, "")];
        let counted = "count = [\"行\"]\nwhere = { item = \"組\", is = [\"001\"] }";
        heading("cp932", "none", "break_on = [\"組\"]\nfold = [\"own.tsv\"]")
            + &record("頭", "block-header", &top)
            + &record("行", "data", &data)
            + &record("尾", "block-trailer", &[("区分", "9", 1, "value = \"3\""), ("件数", "9", 13, counted)])
    }

    fn csv() -> String {
        heading("utf-8", "lf", "format = \"csv\"\n[csv]\nquote = \"when-needed\"")
            + &sized("行", "data", "", &[("番号", "X", 9, ""), ("氏名", "M", 0, "")])
    }

    fn layout(text: &str, table: &str) -> Layout {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("own.tsv"), table).unwrap();
        Layout::compile_in("p/t", text, folder.path()).unwrap()
    }

    fn differences(text: &str, other: &str) -> Vec<String> {
        layout(text, "髙\t高\n").differences(&layout(other, "髙\t高\n"))
    }

    #[test]
    fn whatever_changes_the_bytes_of_a_file_is_a_difference() {
        let (fixed, csv) = (fixed(), csv());
        let changes = [
            (&fixed, "break_on = [\"組\"]", ""),
            (&fixed, "separator = \"none\"", "separator = \"none\"\nuser_defined = true"),
            (&fixed, "is = [\"001\"]", "is = [\"002\"]"),
            (&fixed, "is = [\"001\"]", "is_not = [\"001\"]"),
            (&fixed, "4C 4D", "4C 4E"),
            (&csv, "quote = \"when-needed\"", "quote = \"when-needed\"\ndelimiter = \";\""),
            (&csv, "quote = \"when-needed\"", "quote = \"when-needed\"\nbyte_order_mark = true"),
            (&csv, "bytes = 9", "bytes = 9\npad = \"spaces\""),
        ];
        for (text, sound, changed) in changes {
            let other = text.replacen(sound, changed, 1);
            assert_ne!(*text, other);
            assert_eq!(differences(text, &other).len(), 1, "{changed}: {:?}", differences(text, &other));
        }
        let (first, second) = csv.split_once("[[record.item]]\nno = 2").unwrap();
        let (head, first) = first.split_once("[[record.item]]").unwrap();
        let swapped = format!("{head}[[record.item]]\nno = 2{second}[[record.item]]{first}");
        assert!(differences(&csv, &swapped).iter().any(|line| line.contains("番号: at 0 -> 1")));
        let other_table = layout(&fixed, "髙\t商\n");
        assert_eq!(layout(&fixed, "髙\t高\n").differences(&other_table).len(), 7, "each item folds by it");
    }

    #[test]
    fn each_status_of_a_layout_has_a_word() {
        for word in LayoutStatus::iter().map(LayoutStatus::word) {
            assert!(word_in(Tongue::Ja, SURENESS, word).is_some(), "{word}");
        }
    }

    #[test]
    fn what_changes_no_byte_is_no_difference() {
        let (fixed, csv) = (fixed(), csv());
        for (text, sound, changed) in [
            (&fixed, "bytes = 3", "bytes = 3\nconfidence = \"guess\"\nnote = \"n\""),
            (&fixed, "separator = \"none\"", "separator = \"none\"\nfirst_byte = 1"),
            (&csv, "quote = \"when-needed\"", "quote = \"when-needed\"\ndelimiter = \",\""),
        ] {
            assert_eq!(differences(text, &text.replacen(sound, changed, 1)), [""; 0], "{changed}");
        }
    }
}
