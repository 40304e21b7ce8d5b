//! A layout in words: what each item is, and what changed between two versions.
//!
//! Owns: the facts by which items are shown and compared.
//! Promises: two layouts without a difference make the same bytes of the same rows, and the other way round, as far as
//! the facts here tell: every key of an item is among them but its confidence and its note.
//! On failure: nothing here fails.
//! Never: looks at values.

use super::folding::Folding;
use super::item::{Item, Source};
use super::plan::{Layout, Record};
use super::words::{Empty, Format, Kind, Overflow};

impl Layout {
    /// What an operator sees of a layout: a line for each record, and its items under it.
    pub fn described(&self) -> Vec<(String, Vec<[String; 6]>)> {
        let records = self.records.iter().map(|record| {
            let size = match self.shape.format {
                Format::Fixed => format!("{} bytes", record.length),
                Format::Csv | Format::AsIs => format!("{} columns", record.items.len()),
            };
            let items = record.items.iter().map(|item| {
                let at = if item.range.is_empty() { String::new() } else { item.range.start.to_string() };
                let bytes = if item.bytes == usize::MAX { String::new() } else { item.bytes.to_string() };
                let rest: Vec<String> = self
                    .facts(item)
                    .into_iter()
                    .skip(4)
                    .map(|(name, fact)| format!("{name} {fact}"))
                    .collect();
                let kind = item.kind.letter().to_string();
                let from = self.source(record, item);
                let from = if rest.is_empty() { from } else { format!("{from}; {}", rest.join("; ")) };
                [item.no.clone(), item.name.clone(), at, bytes, kind, from]
            });
            (format!("{} ({}, {size})", record.name, record.place.word()), items.collect())
        });
        records.collect()
    }

    /// What changed from this layout to another one, a line each; nothing if they do the same.
    pub fn differences(&self, other: &Layout) -> Vec<String> {
        let mut lines = Vec::new();
        for ((name, mine), (_, theirs)) in self.heading_facts().into_iter().zip(other.heading_facts()) {
            if mine != theirs {
                lines.push(format!("{name}: {mine} -> {theirs}"));
            }
        }
        for record in &self.records {
            match other.records.iter().find(|found| found.name == record.name) {
                Some(found) => self.record_differences(record, other, found, &mut lines),
                None => lines.push(format!("- record {}", record.name)),
            }
        }
        for record in &other.records {
            if !self.records.iter().any(|mine| mine.name == record.name) {
                lines.push(format!("+ record {} ({} items)", record.name, record.items.len()));
            }
        }
        lines
    }

    fn record_differences(&self, mine: &Record, other: &Layout, theirs: &Record, lines: &mut Vec<String>) {
        let name = &mine.name;
        if mine.length != theirs.length {
            lines.push(format!("{name}: {} bytes -> {} bytes", mine.length, theirs.length));
        }
        if mine.place != theirs.place {
            lines.push(format!("{name}: {} -> {}", mine.place.word(), theirs.place.word()));
        }
        for (n, item) in mine.items.iter().enumerate() {
            // Fillers share names: the one with the same number is meant first.
            let same = |other: &&Item| other.name == item.name && (other.no == item.no);
            let named = |other: &&Item| other.name == item.name && unique(&mine.items, n);
            let found = theirs.items.iter().find(same).or_else(|| theirs.items.iter().find(named));
            let Some(found) = found else {
                lines.push(format!("{name}: - {}", item.label()));
                continue;
            };
            let (mut before, mut after) = (self.facts(item), other.facts(found));
            before.push(("from", self.source(mine, item)));
            after.push(("from", other.source(theirs, found)));
            let facts = before.iter().map(|(fact, _)| *fact).chain(after.iter().map(|(fact, _)| *fact));
            let mut facts: Vec<&str> = facts.collect();
            facts.sort_unstable();
            facts.dedup();
            let of = |facts: &[(&str, String)], name| {
                facts
                    .iter()
                    .find(|(fact, _)| *fact == name)
                    .map_or("(none)".to_owned(), |(_, text)| text.clone())
            };
            let changes: Vec<String> = facts
                .into_iter()
                .map(|fact| (fact, of(&before, fact), of(&after, fact)))
                .filter(|(_, before, after)| before != after)
                .map(|(fact, before, after)| format!("{fact} {before} -> {after}"))
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
        let until = self.until.map_or("open".into(), |until| until.to_string());
        vec![
            ("title", self.title.clone()),
            ("partner", self.partner.clone()),
            ("status", self.status.word().to_owned()),
            ("effective_from", self.effective_from.to_string()),
            ("until", until),
            ("encoding", self.encoding.map_or("none", |encoding| encoding.word()).to_owned()),
            ("format", format!("{:?}", shape.format)),
            (
                "separator",
                format!("{:?}, after the last record: {}", shape.separator, shape.separator_after_last),
            ),
            ("end mark", format!("{:?}", shape.end_mark)),
            ("may be empty", shape.may_be_empty.to_string()),
            ("csv", format!("{:?}, heading {}", shape.quote, shape.heading)),
            ("columns of the source", self.columns.join(", ")),
            ("derived columns", self.derived_columns().join("; ")),
        ]
    }

    /// Everything that decides how an item is written, but where its value comes from.
    fn facts(&self, item: &Item) -> Vec<(&'static str, String)> {
        let mut facts = vec![
            ("no", item.no.clone()),
            ("at", item.range.start.to_string()),
            ("bytes", item.bytes.to_string()),
            ("kind", item.kind.letter().to_string()),
        ];
        let mut add = |there: bool, name: &'static str, text: String| {
            if there {
                facts.push((name, text));
            }
        };
        add(
            Some(item.charset.encoding) != self.encoding,
            "encoding",
            item.charset.encoding.word().to_owned(),
        );
        add(item.characters.is_some(), "characters", format!("{}", item.characters.unwrap_or_default()));
        add(item.exact, "exact", String::new());
        add(item.number, "number", String::new());
        add(item.sign.is_some(), "sign", format!("{:?}", item.sign));
        add(!item.allowed.is_empty(), "allowed", item.allowed.join(" "));
        let words: Vec<String> = item.map.iter().map(|(word, code)| format!("{word}={code}")).collect();
        add(!item.map.is_empty(), "map", words.join(" "));
        add(item.date.is_some(), "date", item.date.as_ref().map_or(String::new(), |date| date.described()));
        add(item.time.is_some(), "time", item.time.map_or(String::new(), |form| form.word().to_owned()));
        add(item.verify.is_some(), "verify", item.verify.map_or(String::new(), |m| m.word().to_owned()));
        add(item.rules != Default::default(), "rules", item.rules.described());
        add(!item.folding.is_empty(), "fold", Folding::described(&item.folding));
        add(!item.barred.is_empty(), "barred", item.barred.clone());
        add(item.only.is_some(), "only", format!("{:?}", item.only.as_deref().unwrap_or(&Vec::new())));
        add(item.overflow == Overflow::Truncate, "overflow", "truncate".to_owned());
        add(item.shifts_inside, "shifts inside", String::new());
        add(item.quoted, "quoted", String::new());
        add(item.unchecked, "unchecked", String::new());
        let custom = if item.kind == Kind::Digits { Empty::Refuse } else { Empty::Spaces };
        add(item.empty != custom, "empty", format!("{:?}", item.empty).to_lowercase());
        add(!item.is_filled_as_usual(), "fill", format!("{:?} {:?}", item.align, item.pad).to_lowercase());
        facts
    }

    /// Where the value of an item comes from, in the words of the layout file.
    fn source(&self, record: &Record, item: &Item) -> String {
        match &item.source {
            Source::Column(column) => format!("column {}", self.columns[*column]),
            Source::Literal(text) => format!("value \"{text}\""),
            Source::Bytes(bytes) if bytes.iter().all(|&byte| byte == b' ') => "spaces".to_owned(),
            Source::Bytes(bytes) if bytes.iter().all(|&byte| byte == b'0') => "zeros".to_owned(),
            Source::Bytes(bytes) => {
                let shown: Vec<String> = bytes.iter().take(8).map(|byte| format!("{byte:02X}")).collect();
                format!("bytes {}{}", shown.join(" "), if bytes.len() > 8 { " .." } else { "" })
            }
            Source::Total(total) => match &self.totals[*total].label {
                Some(label) => format!("sum {label}"),
                None => {
                    let adds = self.totals[*total].adds.iter().enumerate().filter(|(_, adds)| adds.is_some());
                    let names: Vec<&str> = adds.map(|(kind, _)| self.records[kind].name.as_str()).collect();
                    format!("count {}", names.join(", "))
                }
            },
            Source::Sequence { of, first } => format!("sequence {of:?} from {first}").to_lowercase(),
            Source::CheckDigit { method, over } => {
                let names: Vec<&str> = over.iter().map(|&n| record.items[n].name.as_str()).collect();
                format!("check digit {} over {}", method.word(), names.join(", "))
            }
            Source::Gateway(value) => format!("gateway {}", value.word()),
            Source::Link { key, default: Some(default) } => format!("link {key}, else \"{default}\""),
            Source::Link { key, default: None } => format!("link {key}"),
            Source::Block(repeated) => {
                let data = self.repeated[*repeated].index.iter().enumerate();
                let name = data.filter_map(|(kind, n)| Some(&self.records[kind].items[(*n)?].name)).next();
                format!("block {}", name.map_or("", String::as_str))
            }
        }
    }
}

fn unique(items: &[Item], n: usize) -> bool {
    items.iter().filter(|item| item.name == items[n].name).count() == 1
}
