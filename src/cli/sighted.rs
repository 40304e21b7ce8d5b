//! How the result of `totatsu collect` looks on a terminal.

use unicode_width::UnicodeWidthStr as _;

use super::shown::pad;
use crate::collect::sighting::{Sighting, Told};
use totatsu_base::{say, typeset};
use totatsu_ledger::words::state_word;

/// Characters of a partner's file name.
const NAME: usize = 60;

/// What a look at the partner saw: how many files of each sort, and the names of the first.
pub(super) fn sighting(seen: &Sighting) -> String {
    let Sighting { link, partner, directory, pattern, at, entries, .. } = seen;
    let mut text = match directory.as_str() {
        "" => say!("list-seen-at-start", link = link, count = entries, partner = partner, at = at),
        place => say!("list-seen", link = link, count = entries, place = place, partner = partner, at = at),
    } + "\n";
    if let Some(trouble) = &seen.trouble {
        text += &(say!("list-seen-wrong", trouble = trouble) + "\n");
    }
    if seen.taken_up.count == 0 {
        text += &(say!("list-seen-nothing") + "\n");
    }
    let name = |name: &String| vec![shown(name)];
    text += &sort(
        &seen.taken_up,
        |count| say!("list-seen-taken-up", count = count),
        |one| vec![shown(&one.name), one.id.to_string()],
    );
    text += &sort(
        &seen.known,
        |count| say!("list-seen-known", count = count),
        |one| vec![shown(&one.name), one.id.to_string(), state_word(&one.state)],
    );
    text += &sort(
        &seen.waited_for,
        |count| say!("list-seen-waited-for", count = count),
        |one| vec![shown(&one.name), typeset::cut(&one.why, 2 * NAME)],
    );
    text += &sort(&seen.accompanying, |count| say!("list-seen-marker", count = count), name);
    text +=
        &sort(&seen.not_meant, |count| say!("list-seen-not-meant", count = count, pattern = pattern), name);
    text += &sort(&seen.no_files, |count| say!("list-seen-no-file", count = count), name);
    text += &sort(
        &seen.refused,
        |count| say!("list-seen-refused", count = count),
        |name| vec![format!("\"{name}\"")],
    );
    text
}

/// The heading of one sort of files, and the files of it that are named; empty where there are none.
fn sort<T: Ord>(
    told: &Told<T>,
    heading: impl Fn(usize) -> String,
    row: impl Fn(&T) -> Vec<String>,
) -> String {
    if told.count == 0 {
        return String::new();
    }
    let rows: Vec<Vec<String>> = told.first.iter().map(row).collect();
    let width = rows.iter().filter_map(|row| row.first()).map(|name| name.width()).max().unwrap_or_default();
    let mut text = format!("{}\n", heading(told.count));
    for row in rows {
        let name = row.first().map(|name| pad(name, width)).unwrap_or_default();
        let line = [&[name], row.get(1..).unwrap_or_default()].concat().join("  ");
        text += &format!("  {}\n", line.trim_end());
    }
    if told.more() > 0 {
        text += &format!("  {}\n", say!("list-seen-more", count = told.more()));
    }
    text
}

fn shown(name: &str) -> String {
    typeset::cut(name, NAME)
}
