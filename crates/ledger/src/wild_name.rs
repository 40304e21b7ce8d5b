//! Names with wildcards: `*` stands for any characters, `?` for one; and the pieces by which such a name is looked for.
//!
//! Pure. Promises that every name that a pattern fits has all the pieces that the pattern asks for.

/// Characters of a piece.
const PIECE: usize = 3;
/// What a name begins and ends with where its pieces are counted: no name of a file that people give has them.
const START: char = '\u{2}';
const END: char = '\u{3}';

/// A name in which `*` stands for any characters and `?` for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WildName(String);

impl WildName {
    /// Whether a text has wildcards at all.
    pub fn is_one(text: &str) -> bool {
        text.contains(['*', '?'])
    }

    /// The pattern that a text says.
    pub fn new(text: &str) -> WildName {
        WildName(text.to_owned())
    }

    /// Whether a name fits the pattern.
    pub fn fits(&self, name: &str) -> bool {
        let (pattern, name) = (self.0.as_bytes(), name.as_bytes());
        let (mut in_pattern, mut in_name) = (0, 0);
        // After the last star, and where in the name what follows it was tried.
        let mut star = None::<(usize, usize)>;
        while in_name < name.len() {
            match pattern.get(in_pattern) {
                Some(b'*') => {
                    in_pattern += 1;
                    star = Some((in_pattern, in_name));
                }
                Some(b'?') => {
                    in_pattern += 1;
                    in_name += length_of(name[in_name]);
                }
                Some(byte) if *byte == name[in_name] => {
                    in_pattern += 1;
                    in_name += 1;
                }
                Some(_) | None => {
                    let Some((after, tried)) = star else { return false };
                    let next = tried + length_of(name[tried]);
                    star = Some((after, next));
                    (in_pattern, in_name) = (after, next);
                }
            }
        }
        pattern[in_pattern..].iter().all(|byte| *byte == b'*')
    }

    /// The longest run of characters that each name has which the pattern fits, and what the pattern asks for behind it, up to the
    /// next star; both are empty where it asks for no character.
    pub(super) fn longest_run(&self) -> (&str, &str) {
        let run = self.0.split(['*', '?']).max_by_key(|run| run.len()).unwrap_or_default();
        let behind = self.0.find(run).map_or("", |at| &self.0[at + run.len()..]);
        (run, if run.is_empty() { "" } else { behind.split('*').next().unwrap_or_default() })
    }

    /// The pieces that each name has which the pattern fits.
    pub(super) fn pieces(&self) -> Vec<u32> {
        let whole = format!("{START}{}{END}", self.0);
        let mut pieces: Vec<u32> = whole.split(['*', '?']).flat_map(pieces_in).collect();
        pieces.sort_unstable();
        pieces.dedup();
        pieces
    }
}

/// The pieces of a name.
pub(super) fn pieces_of(name: &str) -> Vec<u32> {
    pieces_in(&format!("{START}{name}{END}"))
}

fn pieces_in(text: &str) -> Vec<u32> {
    let characters: Vec<char> = text.chars().collect();
    // Two pieces of one number are looked at in vain, and no more.
    let number = |piece: &[char]| {
        piece
            .iter()
            .fold(0x811c_9dc5_u32, |sum, character| (sum ^ u32::from(*character)).wrapping_mul(0x0100_0193))
    };
    characters.windows(PIECE).map(number).collect()
}

/// Whether what a pattern without stars asks for may stand where bytes begin, before their end or the byte that ends a name.
pub(super) fn may_begin(bytes: &[u8], pattern: &str, end: u8) -> bool {
    let mut at = 0;
    pattern.bytes().all(|wanted| match bytes.get(at).filter(|byte| **byte != end) {
        Some(byte) => {
            at += if wanted == b'?' { length_of(*byte) } else { 1 };
            wanted == b'?' || wanted == *byte
        }
        None => false,
    })
}

/// Bytes of the character that begins with this one.
fn length_of(first: u8) -> usize {
    match first {
        ..0xc0 => 1,
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0.. => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FITTING: [(&str, &str); 12] = [
        ("*", ""),
        ("*", "x"),
        ("*.csv", "irai.csv"),
        ("irai-*", "irai-"),
        ("依頼_??.csv", "依頼_01.csv"),
        ("?頼*", "依頼"),
        ("*?.csv", "依.csv"),
        ("*a*b", "xaxbxab"),
        ("**a?*", "xay"),
        ("[x].csv", "[x].csv"),
        ("*頼*頼?", "依頼依頼書"),
        ("x\n*", "x\ny"),
    ];

    #[test]
    fn a_star_stands_for_any_characters_and_a_question_mark_for_one() {
        for (pattern, name) in FITTING {
            assert!(WildName::new(pattern).fits(name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("?", ""),
            ("??", "依"),
            ("*.csv", "irai.csv.tmp"),
            ("irai?", "irai"),
            ("a*b", "abc"),
            ("A*", "ab"),
            ("*頼頼", "依頼"),
            ("依?", "依頼書"),
        ] {
            assert!(!WildName::new(pattern).fits(name), "{pattern} {name}");
        }
    }

    #[test]
    fn a_name_has_every_piece_of_a_pattern_that_fits_it_and_a_longer_run_of_characters_has_some() {
        for (pattern, name) in FITTING {
            let of_name = pieces_of(name);
            let all = WildName::new(pattern).pieces().iter().all(|piece| of_name.contains(piece));
            assert!(all, "{pattern} {name}");
            let wild = WildName::new(pattern);
            let (run, behind) = wild.longest_run();
            let mut places = name.match_indices(run).map(|(at, _)| &name.as_bytes()[at + run.len()..]);
            assert!(places.any(|rest| may_begin(rest, behind, 0)), "{pattern} {name}");
        }
        assert!(!WildName::new("*13101*").pieces().is_empty());
        assert!(!WildName::new("ir*").pieces().is_empty(), "how it begins");
        let others = pieces_of("irai_1310.csv");
        assert!(WildName::new("*13101*").pieces().iter().any(|piece| !others.contains(piece)));
    }
}
