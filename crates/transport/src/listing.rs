//! What a partner's directory holds, as far as its names can be used.
//!
//! Owns the judgement of names: a listing is the partner's own words, and a name in it may be made to leave a directory,
//! to drive a terminal, or be bytes of another encoding. Promises that every name in a listing is one plain component of
//! a path that comes back to the partner as it was told, and that no listing is longer than [`AT_MOST`] entries. Names
//! that can't be used are counted, and a few of them kept as they may be shown; never are they changed into others.

use crate::facts::RemoteFile;
use totatsu_base::typeset;

/// Entries that are read of one directory; one that holds more is not fit to be listed.
pub const AT_MOST: usize = 100_000;
/// Names that can't be used, of which so many are kept to be shown.
const REFUSED_KEPT: usize = 20;
/// Characters that are kept of each such name.
const REFUSED_LENGTH: usize = 100;
/// Bytes of the longest name that file systems take.
const NAME_LIMIT: usize = 255;

/// A directory of the partner.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// What the directory holds, in the partner's order; neither itself nor the directory above.
    pub entries: Vec<Listed>,
    /// Entries whose names can't be used: a separator, a control character or undecodable bytes in them, or too long.
    pub unusable: usize,
    /// The first of those names, each cut and escaped so that it can be shown; nothing can be asked for under them.
    pub refused: Vec<String>,
    /// Whether all of the directory was told and read; with `false` it holds more than [`AT_MOST`] entries, unless `lacking` says
    /// otherwise.
    pub complete: bool,
    /// Why the listing isn't complete, and what to do about it, where another reason is known.
    pub lacking: Option<String>,
}

/// One entry of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The entry's name: one component of a path.
    pub name: String,
    /// What stands under the name.
    pub file: RemoteFile,
}

impl Listing {
    /// Takes an entry in; `false` where there is no room for it.
    pub(super) fn take(&mut self, name: &str, file: RemoteFile) -> bool {
        if name == "." || name == ".." {
            return true;
        }
        if self.entries.len() + self.unusable >= AT_MOST {
            return false;
        }
        if is_usable(name) {
            self.entries.push(Listed { name: name.to_owned(), file });
        } else {
            self.unusable += 1;
            if self.refused.len() < REFUSED_KEPT {
                self.refused.push(typeset::cut(name, REFUSED_LENGTH));
            }
        }
        true
    }

    /// The entry of this name.
    pub fn find(&self, name: &str) -> Option<&Listed> {
        self.entries.iter().find(|listed| listed.name == name)
    }
}

/// Whether the name is one component of a path and came over the line unharmed.
fn is_usable(name: &str) -> bool {
    let harmful = |c: char| c == '/' || c == char::REPLACEMENT_CHARACTER || typeset::is_harmful(c);
    !name.is_empty() && name.len() <= NAME_LIMIT && !name.contains(harmful)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::FileKind;

    const FILE: RemoteFile = RemoteFile { size: Some(1), kind: FileKind::File, modified: None };

    #[test]
    fn names_that_leave_the_directory_or_drive_a_terminal_are_counted_and_left_out() {
        let mut listing = Listing::default();
        let hostile =
            ["../etc/passwd", "a/b", "", "\u{1b}[2J", "a\u{fffd}b", "a\u{202e}b", "a\n", &"x".repeat(256)];
        for name in hostile {
            assert!(listing.take(name, FILE));
        }
        for name in [".", "..", "...", "受領.txt", " a b "] {
            assert!(listing.take(name, FILE));
        }
        let names: Vec<&str> = listing.entries.iter().map(|listed| listed.name.as_str()).collect();
        assert_eq!((names, listing.unusable), (vec!["...", "受領.txt", " a b "], hostile.len()));
        let shown: Vec<&str> = listing.refused.iter().map(String::as_str).collect();
        let long = format!("{}…", "x".repeat(REFUSED_LENGTH));
        let expected =
            ["../etc/passwd", "a/b", "", "\\u{1b}[2J", "a\u{fffd}b", "a\\u{202e}b", "a\\u{a}", &long];
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_million_entries_end_at_the_limit() {
        let mut listing = Listing::default();
        let taken = (0..1_000_000).take_while(|number| listing.take(&format!("f{number}"), FILE)).count();
        assert_eq!((taken, listing.entries.len()), (AT_MOST, AT_MOST));
        let mut listing = Listing::default();
        assert!((0..1000).all(|number| listing.take(&format!("{number}/"), FILE)));
        assert_eq!((listing.unusable, listing.refused.len()), (1000, REFUSED_KEPT));
    }
}
