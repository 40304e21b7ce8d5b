//! Names of files: what they tell of a file, and how one is made from another.
//!
//! Owns the marks that producers and partners give to files that are complete or still being written. Never touches a disk.

use jiff::civil::Date;

use crate::delivery_id::DeliveryId;

/// Name endings that programs give to files they are still writing.
const TEMPORARY_ENDINGS: [&str; 8] =
    [".tmp", ".temp", ".part", ".partial", ".filepart", ".writing", ".swp", ".crdownload"];

/// What a producer appends to a file's name to say that the file is complete.
pub const MARKER_ENDING: &str = ".end";

/// The path of `name` in a directory of the partner, empty for the one that a session starts in.
pub fn path_in(directory: &str, name: &str) -> String {
    match directory.trim_end_matches('/') {
        "" if directory.starts_with('/') => format!("/{name}"),
        "" => name.to_owned(),
        directory => format!("{directory}/{name}"),
    }
}

/// A name without its last ending.
pub fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// What may stand in the pattern of a name, and what [`NameFacts::fill`] puts in its place.
pub const PLACEHOLDERS: &str = "{name} {stem} {id} {date} {municipality} {municipality6}"; // not for people
/// What may stand besides in the name of a file that is sent: the time of its acceptance, and its number among the day's.
pub const PLACEHOLDERS_OF_SENT: &str =
    "{name} {stem} {id} {date} {municipality} {municipality6} {time} {serial}"; // not for people

/// What is known of a delivery when a name is made for it.
#[derive(Debug, Clone, Copy)]
pub struct NameFacts<'a> {
    /// The name of the file that the delivery began with.
    pub name: &'a str,
    /// The delivery's id.
    pub id: &'a DeliveryId,
    /// The day of its acceptance, or the one in the partner's name.
    pub date: Date,
    /// The municipality's code, five digits.
    pub municipality: &'a str,
    /// The municipality's code with its check digit, six digits.
    pub municipality6: &'a str,
}

impl NameFacts<'_> {
    /// A pattern with these facts in it. A name that looks like a pattern itself stays as it is.
    pub fn fill(&self, pattern: &str) -> String {
        let date = self.date.strftime("%Y%m%d").to_string();
        let facts = [
            ("{name}", self.name),
            ("{stem}", stem(self.name)),
            ("{id}", self.id.as_str()),
            ("{date}", date.as_str()),
            ("{municipality}", self.municipality),
            ("{municipality6}", self.municipality6),
        ];
        fill_places(pattern, &facts)
    }
}

/// A pattern with a fact for each of these places. No fact is read as a pattern, whatever it looks like.
pub fn fill_places(pattern: &str, facts: &[(&str, &str)]) -> String {
    let (mut filled, mut rest) = (String::new(), pattern);
    while let Some(at) = rest.find('{') {
        filled += &rest[..at];
        rest = &rest[at..];
        let known = facts.iter().find(|(place, _)| rest.starts_with(place));
        let (place, fact) = known.copied().unwrap_or(("{", "{"));
        filled += fact;
        rest = &rest[place.len()..];
    }
    filled + rest
}

/// `Z12.DTA` as `Z12-2.DTA`.
pub fn numbered(name: &str, number: u32) -> String {
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => format!("{stem}-{number}.{ending}"),
        Some(_) | None => format!("{name}-{number}"),
    }
}

/// A name without the mark that says that its file is still being written; `None` where it has no such mark.
pub fn without_temporary_mark(name: &str) -> Option<&str> {
    let lower = name.to_ascii_lowercase();
    let ending = TEMPORARY_ENDINGS.iter().find(|ending| lower.ends_with(**ending));
    let by_ending = ending.and_then(|ending| name.get(..name.len() - ending.len()));
    name.strip_prefix('~').or(name.strip_suffix('~')).or(by_ending)
}

/// The name of the marker that says of `name`, a file's name or its path at a partner, that it is complete.
pub fn marker_of(name: &str) -> String {
    format!("{name}{MARKER_ENDING}")
}

/// What is wrong with a pattern of names in which only these placeholders, parted by blanks, may stand.
pub fn fault_of_pattern(pattern: &str, placeholders: &str) -> Option<String> {
    let mut plain = pattern.to_owned();
    for placeholder in placeholders.split(' ') {
        plain = plain.replace(placeholder, "x");
    }
    if plain.contains(['{', '}']) {
        Some(say!("value-placeholder", pattern = format!("{pattern:?}"), known = placeholders))
    } else if plain.contains('/')
        || plain.chars().any(char::is_control)
        || [".", "..", ""].contains(&plain.as_str())
    {
        Some(say!("value-no-file-name", pattern = format!("{pattern:?}")))
    } else if plain.ends_with(MARKER_ENDING) {
        Some(say!("value-like-marker", ending = MARKER_ENDING))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_name_gets_a_number_before_its_ending() {
        assert_eq!(numbered("Z12.DTA", 2), "Z12-2.DTA");
        assert_eq!(numbered("a.tar.gz", 3), "a.tar-3.gz");
        assert_eq!(numbered("plain", 2), "plain-2");
        assert_eq!(numbered(".hidden", 2), ".hidden-2");
    }

    #[test]
    fn a_name_that_looks_like_a_pattern_is_no_pattern() {
        let id: DeliveryId = "20261129-201739-ppaw5q".parse().unwrap();
        let filled = |name: &str, pattern: &str| {
            let (date, municipality, municipality6) = (jiff::civil::date(2026, 11, 29), "13101", "131016");
            NameFacts { name, id: &id, date, municipality, municipality6 }.fill(pattern)
        };
        for name in ["{id}.dat", "{date}{id}.x", "{stem}.{stem}", "{municipality6}", "{", "a{b}c", "{{id}}"] {
            assert_eq!(filled(name, "{name}"), name);
            assert_eq!(filled(name, "x{name}{date}"), format!("x{name}20261129"));
        }
        assert_eq!(filled("a.b", "{stem}_{municipality6}_{id}_{time"), format!("a_131016_{id}_{{time"));
    }

    #[test]
    fn a_pattern_that_could_leave_its_directory_or_names_an_unknown_value_is_refused() {
        for pattern in ["{nmae}", "a/{name}", "..", "", "{name}.end"] {
            assert!(fault_of_pattern(pattern, PLACEHOLDERS).is_some(), "{pattern}");
        }
        assert_eq!(fault_of_pattern("Z12{municipality}.DTA", PLACEHOLDERS), None);
        let of_standard_csv = "G01_R0001_{municipality6}_{date}{time}_{serial}.csv";
        assert_eq!(fault_of_pattern(of_standard_csv, PLACEHOLDERS_OF_SENT), None);
        assert!(fault_of_pattern(of_standard_csv, PLACEHOLDERS).is_some());
    }
}
