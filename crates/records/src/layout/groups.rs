//! Item groups: items written once under a name and used wherever a record says so.
//!
//! Owns: the expansion of `use` into items, with numbers like `6-2`, prefixed names, and repetition.
//! Promises: an expanded item is like one written out by hand; names that a check digit refers to inside the group follow
//! the prefix.
//! On failure: one problem for each `use`.
//! Never: looks at values.

use super::definition::{
    Definition, GroupDefinition, ItemDefinition, ItemEntry, LayoutProblem, UseDefinition, line_of,
};
use totatsu_base::say;

/// A group repeated more often is a slip of the pen.
const MAX_TIMES: usize = 999;

/// The items of every record, in the order of the bytes.
pub(super) fn expanded(
    text: &str,
    definition: &mut Definition,
    problems: &mut Vec<LayoutProblem>,
) -> Vec<Vec<ItemDefinition>> {
    let mut records = Vec::new();
    for (record, entries) in &definition.records {
        let mut items = Vec::new();
        for entry in entries {
            match entry {
                ItemEntry::Item(item) => items.push((**item).clone()),
                ItemEntry::Use(used) => match one_use(used, &definition.groups) {
                    Ok(more) => items.extend(more),
                    Err(message) => {
                        definition.incomplete = true;
                        problems.push(LayoutProblem {
                            line: Some(line_of(text, used.group.span().start)),
                            record: Some(record.name.get_ref().clone()),
                            item: Some(format!("{} {}", used.no, used.group.get_ref())),
                            message,
                        });
                    }
                },
            }
        }
        records.push(items);
    }
    records
}

fn one_use(
    used: &UseDefinition,
    groups: &[(GroupDefinition, Vec<ItemDefinition>)],
) -> Result<Vec<ItemDefinition>, String> {
    let group = groups.iter().find(|(group, _)| group.name.get_ref() == used.group.get_ref());
    let (_, items) = group.ok_or_else(|| say!("layout-group-unknown", name = used.group.get_ref()))?;
    let times = used.times.unwrap_or(1);
    if times == 0 || times > MAX_TIMES {
        return Err(say!("layout-group-times", max_times = MAX_TIMES));
    }
    if used.times.is_some() && !used.prefix.contains('#') {
        return Err(say!("layout-group-prefix"));
    }
    if items.iter().any(|item| item.at.is_some()) {
        return Err(say!("layout-group-at"));
    }
    let mut expanded = Vec::new();
    for turn in 1..=times {
        let prefix = used.prefix.replace('#', &turn.to_string());
        for item in items {
            let mut item = item.clone();
            let turned = if used.times.is_some() { format!("-{turn}") } else { String::new() };
            item.no = format!("{}{turned}-{}", used.no, item.no);
            for name in &mut item.over {
                if items.iter().any(|other| other.name.get_ref() == name) {
                    *name = format!("{prefix}{name}");
                }
            }
            let named = format!("{prefix}{}", item.name.get_ref());
            item.name = toml::Spanned::new(item.name.span(), named);
            item.at = used.at.filter(|_| expanded.is_empty());
            item.confidence = item.confidence.or(used.confidence);
            item.note = item.note.or_else(|| used.note.clone());
            expanded.push(item);
        }
    }
    Ok(expanded)
}
