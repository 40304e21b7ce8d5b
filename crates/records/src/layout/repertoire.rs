//! Repertoires: which characters and variation sequences may pass, where a layout says more than an encoding does.
//!
//! Owns: the file of a repertoire, and the one of MJ+ that comes with the crate (`data/mj-plus.txt` says of what it was made).
//! Promises: a character passes by itself only if it is listed by itself, and with a variation selector only if the two are
//! listed together.
//! On failure: one sentence for each bad line.
//! Never: folds.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};
use totatsu_base::say;

use super::charset::is_variation_selector;

/// The name under which layouts ask for the repertoire that comes with the crate.
pub(super) const MJ_PLUS: &str = "mj-plus";

static OF_MJ_PLUS: LazyLock<Arc<Repertoire>> = LazyLock::new(|| {
    let read = Repertoire::read(MJ_PLUS, include_str!("../../data/mj-plus.txt"));
    Arc::new(read.expect("the table of MJ+ is read by the tests"))
});

/// The characters that may pass.
#[derive(Debug)]
pub(crate) struct Repertoire {
    /// What the file says of its version and origin.
    pub(super) about: Vec<String>,
    /// Characters by themselves: ranges that are sorted and apart.
    alone: Vec<(char, char)>,
    /// Characters with a variation selector.
    sequences: HashSet<(char, char)>,
}

impl Repertoire {
    /// The repertoire of MJ+.
    pub(super) fn mj_plus() -> Arc<Repertoire> {
        Arc::clone(&OF_MJ_PLUS)
    }

    /// Reads a repertoire.
    ///
    /// # Errors
    /// One sentence for each bad line.
    pub(super) fn read(name: &str, text: &str) -> Result<Repertoire, Vec<String>> {
        let (mut alone, mut sequences, mut problems) = (Vec::new(), HashSet::new(), Vec::new());
        for (n, line) in text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match entry(line) {
                Some(ListedCharacters::Alone(from, to)) => alone.push((from, to)),
                Some(ListedCharacters::With(c, selectors)) => {
                    sequences.extend(selectors.into_iter().map(|selector| (c, selector)))
                }
                None => problems.push(say!("layout-repertoire-line", name = name, line = n + 1)),
            }
        }
        alone.sort_unstable();
        if problems.is_empty() {
            Ok(Repertoire { about: about(text), alone: joined(alone), sequences })
        } else {
            Err(problems)
        }
    }

    /// The character passes by itself.
    pub(crate) fn has(&self, c: char) -> bool {
        let after = self.alone.partition_point(|(from, _)| *from <= c);
        after.checked_sub(1).is_some_and(|n| c <= self.alone[n].1)
    }

    /// The character passes with this variation selector.
    pub(crate) fn has_with(&self, c: char, selector: char) -> bool {
        self.sequences.contains(&(c, selector))
    }
}

/// What the comments at the top of a table say after `version:` and `origin:`.
pub(super) fn about(text: &str) -> Vec<String> {
    let top = text.strip_prefix('\u{feff}').unwrap_or(text).lines().take_while(|line| line.starts_with('#'));
    let said = |line: &str| {
        let line = line.trim_start_matches('#').trim();
        ["version:", "origin:"].iter().any(|word| line.starts_with(word)).then(|| line.to_owned())
    };
    top.filter_map(said).collect()
}

enum ListedCharacters {
    Alone(char, char),
    With(char, Vec<char>),
}

fn entry(line: &str) -> Option<ListedCharacters> {
    if let Some((from, to)) = line.split_once('-') {
        let (from, to) = (code_point(from)?, code_point(to)?);
        return (from <= to).then_some(ListedCharacters::Alone(from, to));
    }
    let mut words = line.split_whitespace();
    let c = code_point(words.next()?)?;
    let selectors: Vec<char> = words.map(code_point).collect::<Option<_>>()?;
    if is_variation_selector(c) || !selectors.iter().all(|&c| is_variation_selector(c)) {
        return None;
    }
    Some(if selectors.is_empty() {
        ListedCharacters::Alone(c, c)
    } else {
        ListedCharacters::With(c, selectors)
    })
}

fn code_point(written: &str) -> Option<char> {
    char::from_u32(u32::from_str_radix(written.trim().strip_prefix("U+")?, 16).ok()?)
}

/// Ranges without overlaps.
fn joined(sorted: Vec<(char, char)>) -> Vec<(char, char)> {
    let mut joined: Vec<(char, char)> = Vec::new();
    for (from, to) in sorted {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            Some(_) | None => joined.push((from, to)),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mj_plus_has_the_characters_of_the_list_with_and_without_selectors_and_nothing_else() {
        let mj = Repertoire::mj_plus();
        for c in ['葛', '髙', '𠮷', 'あ', '①', 'A', 'ｱ', '\u{10de92}', '\u{1b001}', '\u{2ea41}'] {
            assert!(mj.has(c), "{c}");
        }
        for c in ['\u{e000}', '\u{f0000}', '😀', '\u{1f4a9}', '\u{ac00}', '\u{10fffe}', '\n', '\u{200b}'] {
            assert!(!mj.has(c), "{:04X}", c as u32);
        }
        assert!(mj.has_with('葛', '\u{e0100}') || mj.has_with('葛', '\u{e0102}'));
        assert!(!mj.has_with('葛', '\u{e01ef}'));
        assert_eq!(mj.sequences.len(), 11_473);
        assert_eq!(mj.about.len(), 2, "{:?}", mj.about);
    }

    #[test]
    fn bad_lines_of_a_repertoire_are_named() {
        let problems =
            Repertoire::read("own.txt", "U+4E00\nZ\nU+9FFF-U+4E00\nU+845B U+4E00\nU+110000\n").unwrap_err();
        assert_eq!(problems.len(), 4, "{problems:?}");
        assert!(problems[0].starts_with("own.txt, line 2"));
    }
}
