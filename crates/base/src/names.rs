//! Names of files: what they tell of a file, and how one is made from another.
//!
//! Owns the marks that producers and partners give to files that are complete or still being written. Never touches a disk.

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

/// `Z12.DTA` as `Z12-2.DTA`.
pub fn numbered(name: &str, number: u32) -> String {
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => format!("{stem}-{number}.{ending}"),
        Some(_) | None => format!("{name}-{number}"),
    }
}

/// What is left of a name that looks as if its file were still being written; nothing where it looks whole.
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
        Some(format!("unknown placeholder in {pattern:?}; known are {placeholders}"))
    } else if plain.contains('/')
        || plain.chars().any(char::is_control)
        || [".", "..", ""].contains(&plain.as_str())
    {
        Some(format!("{pattern:?} makes no file name; directories belong into remote.directory"))
    } else if plain.ends_with(MARKER_ENDING) {
        Some(format!("a name ending in {MARKER_ENDING} would be taken for a marker"))
    } else {
        None
    }
}
