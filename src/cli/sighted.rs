//! How what a look saw at a partner appears on a terminal.

use unicode_width::UnicodeWidthStr as _;

use super::shown::{counted, pad};
use crate::collect::sighting::{Sighting, Told};
use totatsu_transport::words;

/// Characters of a partner's file name.
const NAME: usize = 60;

/// What a look saw: of every sort how many, and the first of them by name.
pub(super) fn sighting(seen: &Sighting) -> String {
    let Sighting { link, partner, directory, pattern, at, entries, .. } = seen;
    let place = if directory.is_empty() { "its start directory" } else { directory.as_str() };
    let entries = counted(*entries as u64, "entry", "entries");
    let mut text = format!("link {link}: {entries} in {place} of partner {partner}, looked at {at}\n");
    if let Some(trouble) = &seen.trouble {
        text += &format!("what is wrong: {trouble}\n");
    }
    if seen.taken_up.count == 0 {
        text += "nothing is taken up now\n";
    }
    let name = |name: &String| vec![shown(name)];
    text += &sort(&seen.taken_up, "is taken up now", "are taken up now", |one| {
        vec![shown(&one.name), one.id.to_string()]
    });
    text += &sort(&seen.known, "is known already", "are known already", |one| {
        vec![shown(&one.name), one.id.to_string(), one.state.clone()]
    });
    text += &sort(&seen.waited_for, "is waited for", "are waited for", |one| {
        vec![shown(&one.name), words::cut(&one.why, 2 * NAME)]
    });
    let more = "a marker or digest file";
    text += &sort(&seen.accompanying, &format!("is {more}"), "are markers or digest files", name);
    let meant = format!("meant by the name {pattern}");
    text += &sort(&seen.not_meant, &format!("isn't {meant}"), &format!("aren't {meant}"), name);
    text += &sort(&seen.no_files, "is no file", "are no files", name);
    let unfit = "a name that can't be used, shown here in escapes: have the partner rename";
    text += &sort(&seen.refused, &format!("has {unfit} it"), &format!("have {unfit} them"), |name| {
        vec![format!("\"{name}\"")]
    });
    text
}

/// The heading of one sort, and those of it that are told; nothing where there are none.
fn sort<T: Ord>(told: &Told<T>, one: &str, many: &str, row: impl Fn(&T) -> Vec<String>) -> String {
    if told.count == 0 {
        return String::new();
    }
    let rows: Vec<Vec<String>> = told.first.iter().map(row).collect();
    let width = rows.iter().filter_map(|row| row.first()).map(|name| name.width()).max().unwrap_or_default();
    let mut text = format!("{}\n", counted(told.count as u64, one, many));
    for row in rows {
        let name = row.first().map(|name| pad(name, width)).unwrap_or_default();
        let line = [&[name], row.get(1..).unwrap_or_default()].concat().join("  ");
        text += &format!("  {}\n", line.trim_end());
    }
    if told.more() > 0 {
        text += &format!("  and {} more\n", told.more());
    }
    text
}

fn shown(name: &str) -> String {
    words::cut(name, NAME)
}
