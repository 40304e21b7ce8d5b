//! What a probe found, in words.

use totatsu_base::say;

/// What was found, joined to one text.
pub(super) fn all_of(found: Vec<String>) -> String {
    let both = |one: String, other: String| say!("partner-found-both", one = one, other = other);
    found.into_iter().reduce(both).unwrap_or_default()
}

/// A directory of the partner in words; an empty one is where a session starts.
pub(super) fn place(directory: &str) -> String {
    if directory.is_empty() { say!("partner-start-directory") } else { directory.to_owned() }
}

/// How many entries a directory has.
pub(super) fn entries(count: usize) -> String {
    say!("partner-found-entries", count = count)
}
