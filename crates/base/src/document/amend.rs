//! Changes single values in a configuration file and leaves every other byte as it is.
//!
//! Promises that comments, order, blanks and line ends stay, that the file is replaced in one instant with its mode and
//! owner, and that it is not touched at all unless the result says what was wanted and nothing else differs. A file whose
//! form this can't be promised for (inline tables, dotted keys) is refused, with the line to write.
//!
//! The crate `toml_edit` isn't used: it writes each line end as LF and adds one at the end of the file.

use std::fs;
use std::io::{self, Write as _};
use std::ops::Range;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use crate::messages::os_error;

/// What is to stand in the file.
#[derive(Debug, Clone)]
pub enum Amendment {
    /// `key = toml` in a table, instead of what the key says now.
    Value {
        /// The table; made at the end of the file where it is missing.
        table: &'static str,
        /// The key.
        key: &'static str,
        /// The value, as TOML writes it.
        toml: String,
    },
    /// An item in the list `key` of a table.
    Item {
        /// The table; must be there.
        table: &'static str,
        /// The key; made where it is missing.
        key: &'static str,
        /// The item, as TOML writes it.
        toml: String,
        /// Which item it stands in place of; a new one goes in front.
        instead_of: Option<usize>,
    },
    /// The list `key` of a table without one of its items.
    Without {
        /// The table; empty for what stands above all tables.
        table: &'static str,
        /// The key.
        key: &'static str,
        /// Which item goes.
        index: usize,
    },
}

/// Why a file was left as it is.
#[derive(Debug, thiserror::Error)]
pub enum AmendError {
    /// Reading or writing failed: rights, or a full disk.
    #[error("{}", say!("document-not-changed", path = path.display(), error = os_error(error)))]
    Disk {
        /// The file.
        path: PathBuf,
        /// What our file system said.
        error: io::Error,
    },
    /// The user who runs the program may not write in the file's directory. Usual cause: the configuration belongs to root, as it
    /// should. Whoever may change it runs the command.
    #[error(
        "{}",
        say!("document-may-not-change", path = path.display(), error = os_error(error), owner = owner)
    )]
    Denied {
        /// The file.
        path: PathBuf,
        /// Whose directory it lies in, by number.
        owner: u32,
        /// What our file system said.
        error: io::Error,
    },
    /// The file is no TOML, or is written in a form that can't be changed in one place. A person writes the line.
    #[error("{}", say!("document-by-hand", path = path.display(), table = table, line = line))]
    ByHand {
        /// The file.
        path: PathBuf,
        /// The table.
        table: &'static str,
        /// What to write there.
        line: String,
    },
}

/// Makes these changes, one after another, in the file; `false` where the file says so already.
///
/// # Errors
/// See [`AmendError`]; the file is then as it was.
pub fn amend(path: &Path, amendments: &[Amendment]) -> Result<bool, AmendError> {
    let of_disk = |error| AmendError::Disk { path: path.to_owned(), error };
    let text = fs::read_to_string(path).map_err(of_disk)?;
    let mut amended = text.clone();
    for amendment in amendments {
        amended = self::amended(&amended, amendment).ok_or_else(|| {
            let (table, line) = amendment.by_hand();
            AmendError::ByHand { path: path.to_owned(), table, line }
        })?;
    }
    if amended == text {
        return Ok(false);
    }
    replace(path, &amended).map_err(|error| {
        if error.kind() == io::ErrorKind::PermissionDenied { denied(path, error) } else { of_disk(error) }
    })?;
    Ok(true)
}

fn denied(path: &Path, error: io::Error) -> AmendError {
    let directory = path.canonicalize().and_then(|path| fs::metadata(crate::durable::parent_of(&path)));
    match directory {
        Ok(directory) => AmendError::Denied { path: path.to_owned(), owner: directory.uid(), error },
        Err(_) => AmendError::Disk { path: path.to_owned(), error },
    }
}

impl Amendment {
    fn by_hand(&self) -> (&'static str, String) {
        match self {
            Amendment::Value { table, key, toml } => (table, format!("{key} = {toml}")),
            Amendment::Item { table, key, toml, .. } => (table, format!("{key} = [{toml}]")),
            Amendment::Without { table, key, index } => {
                (table, say!("document-without", key = key, number = index + 1))
            }
        }
    }

    /// Does to a parsed file what was wanted.
    fn apply(&self, file: &mut toml::Table) -> Option<()> {
        let value = |toml: &str| format!("v = {toml}").parse::<toml::Table>().ok()?.remove("v");
        match self {
            Amendment::Value { table, key, toml } => {
                let value = value(toml)?;
                let place = file.entry(*table).or_insert_with(|| toml::Table::new().into());
                place.as_table_mut()?.insert((*key).to_owned(), value);
            }
            Amendment::Item { table, key, toml, instead_of } => {
                let value = value(toml)?;
                let place = file.get_mut(*table)?.as_table_mut()?;
                let list = place.entry(*key).or_insert_with(|| Vec::<toml::Value>::new().into());
                let list = list.as_array_mut()?;
                match instead_of {
                    Some(index) => *list.get_mut(*index)? = value,
                    None if list.contains(&value) => {}
                    None => list.insert(0, value),
                }
            }
            Amendment::Without { table, key, index } => {
                let place = if table.is_empty() { file } else { file.get_mut(*table)?.as_table_mut()? };
                let list = place.get_mut(*key)?.as_array_mut()?;
                if *index >= list.len() {
                    return None;
                }
                list.remove(*index);
            }
        }
        Some(())
    }
}

/// The text with the change; `None` where that can't be done in one place.
fn amended(text: &str, amendment: &Amendment) -> Option<String> {
    let mut wanted: toml::Table = text.parse().ok()?;
    amendment.apply(&mut wanted)?;
    if text.parse::<toml::Table>().ok()? == wanted {
        return Some(text.to_owned());
    }
    let (at, new) = edit(text, amendment)?;
    let amended = format!("{}{new}{}", &text[..at.start], &text[at.end..]);
    (amended.parse::<toml::Table>().ok()? == wanted).then_some(amended)
}

/// Which bytes are replaced by which.
fn edit(text: &str, amendment: &Amendment) -> Option<(Range<usize>, String)> {
    let parsed = DeTable::parse(text).ok()?;
    let end_of_line = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let (table, key, toml, instead_of) = match amendment {
        Amendment::Value { table, key, toml } => (*table, *key, toml.clone(), None),
        Amendment::Item { table, key, toml, instead_of } => (*table, *key, toml.clone(), *instead_of),
        Amendment::Without { table, key, index } => {
            let inner = match (*table, parsed.get_ref().get(*table).map(toml::Spanned::get_ref)) {
                ("", _) => parsed.get_ref(),
                (_, Some(DeValue::Table(inner))) => inner,
                (_, Some(_) | None) => return None,
            };
            let DeValue::Array(items) = inner.get(*key)?.get_ref() else { return None };
            let before = index.checked_sub(1).and_then(|before| items.get(before));
            return Some((item_at(text, items.get(*index)?.span(), before), String::new()));
        }
    };
    let Some(place) = parsed.get_ref().get(table) else {
        let gap = if text.is_empty() || text.ends_with('\n') { "" } else { end_of_line };
        let new = format!("{gap}{end_of_line}[{table}]{end_of_line}{key} = {toml}{end_of_line}");
        return Some((text.len()..text.len(), new));
    };
    let DeValue::Table(inner) = place.get_ref() else { return None };
    let is_list = matches!(amendment, Amendment::Item { .. });
    let Some(value) = inner.get(key) else {
        // Only a table with a heading of its own has a line to write below.
        let heading = place.span();
        if !text[heading.clone()].starts_with('[') {
            return None;
        }
        let rest = &text[heading.end..];
        let toml = if is_list { format!("[{toml}]") } else { toml };
        return Some(match rest.find('\n') {
            Some(line) => {
                let end_of_line = if rest[..line].ends_with('\r') { "\r\n" } else { "\n" };
                let at = heading.end + line + 1;
                (at..at, format!("{key} = {toml}{end_of_line}"))
            }
            None => (text.len()..text.len(), format!("{end_of_line}{key} = {toml}{end_of_line}")),
        });
    };
    if !is_list {
        return Some((value.span(), toml));
    }
    let DeValue::Array(items) = value.get_ref() else { return None };
    Some(match instead_of {
        Some(index) => (items.get(index)?.span(), toml),
        None => in_front(text, &value.span(), items.iter().next(), &toml),
    })
}

/// An item with the comma that divides it from the others, and its line where it has that for itself; comments stay.
fn item_at(text: &str, item: Range<usize>, before: Option<&toml::Spanned<DeValue<'_>>>) -> Range<usize> {
    let Range { mut start, mut end } = item;
    let behind = &text[end..];
    let blanks = |text: &str| text.len() - text.trim_start_matches([' ', '\t']).len();
    if behind.trim_start().starts_with(',') {
        end += behind.len() - behind.trim_start().len() + 1;
        end += blanks(&text[end..]);
    } else if let Some(before) = before.map(|before| before.span().end)
        && text[before..start].trim() == ","
    {
        start = before;
    }
    let line = text[..start].rfind('\n').map_or(0, |line_end| line_end + 1);
    let rest = text[end..].strip_prefix('\r').unwrap_or(&text[end..]);
    if text[line..start].trim().is_empty() && rest.starts_with('\n') {
        return line..text.len() - rest.len() + 1;
    }
    start..end
}

/// An item goes in front of the first, with the same blanks between the two as before the first; so comments stay with
/// what they are about.
fn in_front(
    text: &str,
    list: &Range<usize>,
    first: Option<&toml::Spanned<DeValue<'_>>>,
    item: &str,
) -> (Range<usize>, String) {
    let Some(first) = first else {
        let at = list.start + 1;
        return (at..at, item.to_owned());
    };
    let at = first.span().start;
    let before = &text[list.start + 1..at];
    let blanks = &before[before.trim_end().len()..];
    let gap = if blanks.contains('\n') { blanks } else { " " };
    (at..at, format!("{item},{gap}"))
}

/// A text as TOML writes it; it knows every escape of JSON.
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Writes the file anew beside the old one and gives it the name.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = path.canonicalize()?;
    let directory = crate::durable::parent_of(&path);
    let old = fs::metadata(&path)?;
    let mut new = tempfile::Builder::new().prefix(".totatsu-").tempfile_in(directory)?;
    new.write_all(text.as_bytes())?;
    new.as_file().set_permissions(fs::Permissions::from_mode(old.mode() & 0o7777))?;
    if new.as_file().metadata()?.uid() != old.uid() || new.as_file().metadata()?.gid() != old.gid() {
        std::os::unix::fs::fchown(new.as_file(), Some(old.uid()), Some(old.gid()))?;
    }
    new.as_file().sync_all()?;
    new.persist(&path).map_err(|error| error.error)?;
    fs::File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(text: &str) -> Option<String> {
        put(text, "\"new\"", None)
    }

    fn put(text: &str, toml: &str, instead_of: Option<usize>) -> Option<String> {
        let toml = toml.to_owned();
        amended(text, &Amendment::Item { table: "sftp", key: "host_keys", toml, instead_of })
    }

    fn value(text: &str) -> Option<String> {
        amended(text, &Amendment::Value { table: "profile", key: "takes_away", toml: "true".to_owned() })
    }

    #[test]
    fn an_item_is_added_in_front_and_every_other_byte_stays() {
        let cases = [
            ("[sftp]\nhost_keys = [\"a\"] # c\n", "[sftp]\nhost_keys = [\"new\", \"a\"] # c\n"),
            ("[sftp]\r\nhost_keys=[]\r\n", "[sftp]\r\nhost_keys=[\"new\"]\r\n"),
            (
                "[sftp]\nhost_keys = [\n  # ours\n  \"a\", # since May\n]\n",
                "[sftp]\nhost_keys = [\n  # ours\n  \"new\",\n  \"a\", # since May\n]\n",
            ),
            ("[sftp] # x\nport = 1\n", "[sftp] # x\nhost_keys = [\"new\"]\nport = 1\n"),
            ("a = 1\r\n[sftp]\nx = 1\r\n", "a = 1\r\n[sftp]\nhost_keys = [\"new\"]\nx = 1\r\n"),
            ("[sftp]", "[sftp]\nhost_keys = [\"new\"]\n"),
            ("[sftp]\nhost_keys = [\"new\"]\n", "[sftp]\nhost_keys = [\"new\"]\n"),
        ];
        for (before, after) in cases {
            assert_eq!(item(before).as_deref(), Some(after), "{before}");
        }
    }

    #[test]
    fn an_item_takes_the_place_of_another() {
        let before = "[sftp]\nhost_keys = [ \"a\",\n\"b\" ] # both\n";
        let after = "[sftp]\nhost_keys = [ \"a\",\n{ key = \"b\", until = \"2027-01-31\" } ] # both\n";
        let dated = "{ key = \"b\", until = \"2027-01-31\" }";
        assert_eq!(put(before, dated, Some(1)).as_deref(), Some(after));
        assert_eq!(put(before, dated, Some(2)), None);
    }

    #[test]
    fn an_item_is_taken_out_with_its_comma_and_its_line_and_comments_stay() {
        let without =
            |text: &str, index| amended(text, &Amendment::Without { table: "sftp", key: "host_keys", index });
        let cases = [
            ("host_keys = [\"a\", \"b\"] # c\n", 0, "host_keys = [\"b\"] # c\n"),
            ("host_keys = [\"a\", \"b\"] # c\n", 1, "host_keys = [\"a\"] # c\n"),
            ("host_keys = [ \"a\" ,\"b\" ]\n", 0, "host_keys = [ \"b\" ]\n"),
            ("host_keys = [\r\n  \"a\",\r\n  \"b\"\r\n]\r\n", 0, "host_keys = [\r\n  \"b\"\r\n]\r\n"),
            ("host_keys = [\n  \"a\", # A\n  \"b\", # B\n]\n", 1, "host_keys = [\n  \"a\", # A\n  # B\n]\n"),
            ("host_keys = [\n  \"a\",\n  { key = \"b\" }\n]\n", 1, "host_keys = [\n  \"a\"\n]\n"),
        ];
        for (before, index, after) in cases {
            let [before, after] = [before, after].map(|text| format!("[sftp]\n{text}"));
            assert_eq!(without(&before, index), Some(after), "{before}");
        }
        assert_eq!(without("[sftp]\nhost_keys = [\"a\"]\n", 1), None);
    }

    #[test]
    fn an_item_of_a_list_above_all_tables_is_taken_out_and_only_there() {
        let without = |text: &str| amended(text, &Amendment::Without { table: "", key: "open", index: 1 });
        let text = "# c\nopen = [\"a\", \"b\"] # d\n[hours]\nopen = [\"a\", \"b\"]\n";
        let after = "# c\nopen = [\"a\"] # d\n[hours]\nopen = [\"a\", \"b\"]\n";
        assert_eq!(without(text).as_deref(), Some(after));
        assert_eq!(without("[hours]\nopen = [\"a\", \"b\"]\n"), None);
    }

    #[test]
    fn a_value_is_replaced_where_it_stands_and_a_missing_table_comes_last() {
        let cases = [
            ("[profile]\ntakes_away = false # asked\n", "[profile]\ntakes_away = true # asked\n"),
            ("[profile]\n\n[x]\na=1", "[profile]\ntakes_away = true\n\n[x]\na=1"),
            ("[x]\na=1", "[x]\na=1\n\n[profile]\ntakes_away = true\n"),
        ];
        for (before, after) in cases {
            assert_eq!(value(before).as_deref(), Some(after), "{before}");
        }
    }

    #[test]
    fn a_form_that_cant_be_changed_in_one_place_is_refused() {
        assert_eq!(item("sftp = { port = 1 }\n"), None);
        assert_eq!(item("sftp.port = 1\n"), None);
        assert_eq!(item("x = 1\n"), None);
        assert_eq!(item("[sftp]\nhost_keys = \"a\"\n"), None);
        assert_eq!(item("[sftp\n"), None);
    }
}
