//! Text rules: which characters a target encoding holds, and the agreed changes an item's rules make before encoding.
//!
//! Owns: the table of strict Shift_JIS and the folding of widths and kana.
//! Promises: strict Shift_JIS is JIS X 0201 (one byte) and JIS X 0208 rows 1-8 and 16-84 (two bytes), nothing else. The
//! vendors' row 13 (①, ㈱), the IBM and NEC extensions (髙, 﨑), private characters, NUL, control characters and byte 80
//! have no code. A character has exactly one code; there is no replacement character of any sort.
//! Two spellings of the same JIS X 0208 cell are both taken, for seven cells where systems disagree on the Unicode
//! character: 〜 U+301C / ～ U+FF5E, − U+2212 / － U+FF0D, ‖ U+2016 / ∥ U+2225, — U+2014 / ― U+2015, ¢ U+00A2 / ￠ U+FFE0,
//! £ U+00A3 / ￡ U+FFE1, ¬ U+00AC / ￢ U+FFE2. They are the same character to the receiver, so this is not a fold.
//! Byte 5C is ¥ (U+00A5) and byte 7E is ‾ (U+203E), as JIS X 0201 says. The backslash U+005C and the tilde U+007E are
//! refused: the receiver would read another character than the sender wrote.
//! On failure: `None`; the caller names the character.
//! Never: composes or normalises on its own (a decomposed が has no code), drops or shortens anything.

use std::sync::LazyLock;

use serde::Deserialize;

/// The character encoding of a layout's records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Encoding {
    /// JIS X 0201 and JIS X 0208 in the shifted form, without any vendor's extension.
    #[serde(rename = "shift_jis")]
    ShiftJis,
}

/// One agreed change that an item makes to every value before it is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Characters that have a half-width form take it: ガ becomes ｶﾞ (two bytes), Ａ becomes A, the wide space a space.
    HalfWidth,
    /// Characters that have a full-width form take it: ｶﾞ becomes ガ, A becomes Ａ, a space the wide space.
    FullWidth,
    /// Small kana become large kana: ョ becomes ヨ, ｯ becomes ﾂ.
    LargeKana,
}

/// The rules of one item, in the only order in which they can act: kana first, then width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Rules {
    /// What happens to the width of characters.
    pub(crate) width: Width,
    /// Small kana become large.
    pub(crate) large_kana: bool,
}

/// The width that an item gives to its characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Width {
    /// Characters stay as they came.
    #[default]
    AsIs,
    /// See [`Rule::HalfWidth`].
    Half,
    /// See [`Rule::FullWidth`].
    Full,
}

impl Encoding {
    /// The code of a character: below 0x100 it is one byte, above it is two bytes, high byte first.
    pub(crate) fn code(self, c: char) -> Option<u16> {
        let table = match self {
            Encoding::ShiftJis => &*STRICT_SHIFT_JIS,
        };
        table.get(c as usize).copied().filter(|&code| code != 0)
    }

    /// What should be written in place of a character without a code, as far as a general answer exists.
    pub(crate) fn advice(self, c: char) -> &'static str {
        match c {
            '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' => "no control characters and no line breaks",
            '\\' => "¥ (U+00A5): byte 5C is the yen sign here",
            '~' => "‾ (U+203E): byte 7E is the overline here",
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' => "a plain space",
            '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => "nothing: the character is invisible",
            '\u{300}'..='\u{36f}' | '\u{3099}' | '\u{309a}' => "one composed character (Unicode NFC)",
            '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => "the character without variation selector",
            '\u{e000}'..='\u{f8ff}' | '\u{f0000}'.. => {
                "an agreed character: 外字 mean nothing to the partner"
            }
            _ if in_windows_extensions(c) => "a character of JIS X 0208 (this one is a vendor's extension)",
            _ => "a character of JIS X 0201 or JIS X 0208",
        }
    }
}

impl Rules {
    /// Hands each character to be written, with the source character behind it, to `put`. Returns how many source
    /// characters were changed.
    #[inline]
    pub(crate) fn apply(self, value: &str, mut put: impl FnMut(char, char)) -> u64 {
        let mut folds = 0;
        let mut rest = value.chars();
        while let Some(source) = rest.next() {
            let c = if self.large_kana { enlarged(source) } else { source };
            let (first, second) = match self.width {
                Width::AsIs => (c, None),
                Width::Half => narrowed(c),
                Width::Full => match voiced(c, rest.clone().next()) {
                    Some(composed) => {
                        rest.next();
                        folds += 1;
                        (composed, None)
                    }
                    None => (widened(c), None),
                },
            };
            folds += u64::from(first != source);
            put(first, source);
            if let Some(mark) = second {
                put(mark, source);
            }
        }
        folds
    }
}

/// The full-width forms of U+FF61 to U+FF9F, in that order.
const KANA: &str = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜";
/// Pairs of plain and voiced kana.
const VOICED: &str = "ウヴカガキギクグケゲコゴサザシジスズセゼソゾタダチヂツヅテデトドハバヒビフブヘベホボ";
/// Pairs of plain and half-voiced kana.
const HALF_VOICED: &str = "ハパヒピフプヘペホポ";
/// Pairs of small and large kana.
const SMALL_LARGE: &str = "ァアィイゥウェエォオッツャヤュユョヨヮワヵカヶケ";
/// One-byte characters of JIS X 0201 whose full-width form is not 0xFEE0 above them.
const ODD_WIDTHS: [(char, char); 3] = [(' ', '\u{3000}'), ('¥', '￥'), ('‾', '￣')];
/// The second spelling of a JIS X 0208 cell, and the one that the decoder of encoding_rs gives.
const TWINS: [(char, char); 7] = [
    ('\u{301c}', '\u{ff5e}'),
    ('\u{2212}', '\u{ff0d}'),
    ('\u{2016}', '\u{2225}'),
    ('\u{2014}', '\u{2015}'),
    ('\u{a2}', '\u{ffe0}'),
    ('\u{a3}', '\u{ffe1}'),
    ('\u{ac}', '\u{ffe2}'),
];

static STRICT_SHIFT_JIS: LazyLock<Vec<u16>> = LazyLock::new(strict_shift_jis);
static NARROW_KANA: LazyLock<[(char, Option<char>); 256]> = LazyLock::new(narrow_kana);
static LARGE_KANA: LazyLock<[char; 256]> = LazyLock::new(large_kana);
static WIDE_KANA: LazyLock<Vec<char>> = LazyLock::new(|| KANA.chars().collect());

/// The code of every character of the basic plane, 0 for none. The cells are taken from the decoder of encoding_rs,
/// whose reading of these rows is that of JIS X 0208.
fn strict_shift_jis() -> Vec<u16> {
    let mut codes = vec![0u16; 0x1_0000];
    for byte in (0x20..=0x7d).filter(|&byte| byte != 0x5c) {
        codes[byte as usize] = byte;
    }
    codes['¥' as usize] = 0x5c;
    codes['‾' as usize] = 0x7e;
    for byte in 0xa1..=0xdf {
        codes[0xff61 + byte as usize - 0xa1] = byte;
    }
    for row in (1..=8).chain(16..=84) {
        for cell in 1..=94 {
            let bytes = shifted(row, cell);
            if let Some(c) = decoded(&bytes) {
                codes[c as usize] = u16::from_be_bytes(bytes);
            }
        }
    }
    for (other, c) in TWINS {
        codes[other as usize] = codes[c as usize];
    }
    codes
}

/// The Shift_JIS bytes of a row and cell of JIS X 0208, both counted from 1.
fn shifted(row: u8, cell: u8) -> [u8; 2] {
    let pair_of_rows = (row - 1) / 2;
    let lead = if pair_of_rows < 31 { 0x81 + pair_of_rows } else { 0xc1 + pair_of_rows };
    let trail = match (row % 2, cell) {
        (1, 1..=63) => 0x3f + cell,
        (1, _) => 0x40 + cell,
        _ => 0x9e + cell,
    };
    [lead, trail]
}

/// The one character that the bytes stand for in Windows-31J, if any.
pub(crate) fn decoded(bytes: &[u8]) -> Option<char> {
    let text = encoding_rs::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes)?;
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

fn in_windows_extensions(c: char) -> bool {
    let mut bytes = [0; 4];
    let (_, _, unmappable) = encoding_rs::SHIFT_JIS.encode(c.encode_utf8(&mut bytes));
    !unmappable
}

fn pairs(text: &str) -> Vec<(char, char)> {
    let chars: Vec<char> = text.chars().collect();
    chars.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
}

/// The large form of U+3000 to U+30FF; all but the small kana are their own.
fn large_kana() -> [char; 256] {
    let mut forms = std::array::from_fn(|n| char::from_u32(0x3000 + n as u32).expect("no surrogate is near"));
    for (small, large) in pairs(SMALL_LARGE) {
        forms[small as usize - 0x3000] = large;
    }
    forms
}

#[inline]
fn enlarged(c: char) -> char {
    match c {
        '\u{3000}'..='\u{30ff}' => LARGE_KANA[c as usize - 0x3000],
        'ｧ'..='ｫ' => char::from_u32(c as u32 + 0x0a).expect("ｱ to ｵ"),
        'ｬ'..='ｮ' => char::from_u32(c as u32 + 0x28).expect("ﾔ to ﾖ"),
        'ｯ' => 'ﾂ',
        _ => c,
    }
}

/// The half-width forms of U+3000 to U+30FF; a character without one stays as it is.
fn narrow_kana() -> [(char, Option<char>); 256] {
    let mut forms: [(char, Option<char>); 256] =
        std::array::from_fn(|n| (char::from_u32(0x3000 + n as u32).expect("no surrogate is near"), None));
    for (half, full) in ('\u{ff61}'..='\u{ff9f}').zip(KANA.chars()) {
        forms[full as usize - 0x3000] = (half, None);
    }
    for (marked, mark) in [(VOICED, 'ﾞ'), (HALF_VOICED, 'ﾟ')] {
        for (plain, voiced) in pairs(marked) {
            forms[voiced as usize - 0x3000] = (forms[plain as usize - 0x3000].0, Some(mark));
        }
    }
    forms[0] = (' ', None);
    forms
}

#[inline]
fn narrowed(c: char) -> (char, Option<char>) {
    match c {
        '\u{3000}'..='\u{30ff}' => NARROW_KANA[c as usize - 0x3000],
        // The wide backslash and tilde have no half-width form in JIS X 0201.
        '＼' | '～' => (c, None),
        '\u{ff0d}' | '\u{2212}' => ('-', None),
        '！'..='｝' => (char::from_u32(c as u32 - 0xfee0).expect("printable ASCII"), None),
        '￥' => ('¥', None),
        '￣' => ('‾', None),
        _ => (c, None),
    }
}

#[inline]
fn widened(c: char) -> char {
    match c {
        ' '..='~' | '¥' | '‾' => match ODD_WIDTHS.iter().find(|(half, _)| *half == c) {
            Some((_, full)) => *full,
            None => char::from_u32(c as u32 + 0xfee0).expect("the wide forms of ASCII"),
        },
        '\u{ff61}'..='\u{ff9f}' => WIDE_KANA[c as usize - 0xff61],
        _ => c,
    }
}

/// The full-width kana that a half-width kana makes together with the sound mark after it.
#[inline]
fn voiced(c: char, mark: Option<char>) -> Option<char> {
    let marked = match mark {
        Some('ﾞ') => VOICED,
        Some('ﾟ') => HALF_VOICED,
        _ => return None,
    };
    if !('\u{ff61}'..='\u{ff9f}').contains(&c) {
        return None;
    }
    let plain = widened(c);
    pairs(marked).into_iter().find(|(base, _)| *base == plain).map(|(_, composed)| composed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(rules: &[Rule], value: &str) -> (String, u64) {
        let mut written = String::new();
        let mut all = Rules::default();
        for rule in rules {
            match rule {
                Rule::HalfWidth => all.width = Width::Half,
                Rule::FullWidth => all.width = Width::Full,
                Rule::LargeKana => all.large_kana = true,
            }
        }
        let folds = all.apply(value, |c, _| written.push(c));
        (written, folds)
    }

    #[test]
    fn every_code_is_the_one_of_windows_or_a_named_exception_and_lies_in_the_strict_set() {
        let mut two_byte = 0;
        for c in '\u{0}'..='\u{10ffff}' {
            let Some(code) = Encoding::ShiftJis.code(c) else { continue };
            let mut utf8 = [0; 4];
            let (windows, _, unmappable) = encoding_rs::SHIFT_JIS.encode(c.encode_utf8(&mut utf8));
            let bytes = code.to_be_bytes();
            let bytes = if code < 0x100 { &bytes[1..] } else { &bytes[..] };
            if unmappable {
                assert!(TWINS.iter().any(|(twin, _)| *twin == c), "{c:?}");
            } else {
                assert_eq!(&windows[..], bytes, "{c:?}");
            }
            if code >= 0x100 {
                two_byte += 1;
                assert!((0x8140..=0x84be).contains(&code) || (0x889f..=0xeaa4).contains(&code), "{code:04X}");
            }
        }
        // JIS X 0208:1990 has 6,879 characters; seven cells have two spellings.
        assert_eq!(two_byte, 6_879 + 7);
    }

    #[test]
    fn characters_outside_the_strict_set_have_no_code() {
        for c in "髙﨑①㈱Ⅰⅰ𠮷噓\\~\u{a0}\u{3099}\u{feff}\u{e000}\u{200b}\u{80}\0\t\n€¦￤".chars()
        {
            assert_eq!(Encoding::ShiftJis.code(c), None, "{c:?}");
            assert!(!Encoding::ShiftJis.advice(c).is_empty());
        }
    }

    #[test]
    fn both_spellings_of_a_cell_get_the_same_code() {
        for (other, c) in TWINS {
            assert!(Encoding::ShiftJis.code(c).is_some());
            assert_eq!(Encoding::ShiftJis.code(other), Encoding::ShiftJis.code(c));
        }
        assert_eq!(Encoding::ShiftJis.code('〜'), Some(0x8160));
        assert_eq!(Encoding::ShiftJis.code('−'), Some(0x817c));
    }

    #[test]
    fn yen_and_overline_own_the_bytes_that_jis_x_0201_gives_them() {
        assert_eq!(Encoding::ShiftJis.code('¥'), Some(0x5c));
        assert_eq!(Encoding::ShiftJis.code('‾'), Some(0x7e));
    }

    #[test]
    fn full_width_kana_fold_to_half_width_with_the_sound_mark_apart() {
        assert_eq!(apply(&[Rule::HalfWidth], "ガパヴー・"), ("ｶﾞﾊﾟｳﾞｰ･".into(), 5));
        assert_eq!(apply(&[Rule::HalfWidth], "１－２　Ａ"), ("1-2 A".into(), 5));
        assert_eq!(apply(&[Rule::HalfWidth], "ｶﾞ 1"), ("ｶﾞ 1".into(), 0));
    }

    #[test]
    fn half_width_input_widens_and_takes_the_sound_mark_in() {
        assert_eq!(apply(&[Rule::FullWidth], "ｶﾞﾊﾟｱﾞ"), ("ガパア゛".into(), 6));
        assert_eq!(apply(&[Rule::FullWidth], "1-2 A¥"), ("１－２　Ａ￥".into(), 6));
        assert_eq!(apply(&[Rule::FullWidth], "山田"), ("山田".into(), 0));
    }

    #[test]
    fn small_kana_become_large_before_they_are_narrowed() {
        assert_eq!(apply(&[Rule::HalfWidth, Rule::LargeKana], "ショｯヶ"), ("ｼﾖﾂｹ".into(), 4));
        assert_eq!(apply(&[Rule::LargeKana], "ｧｨｩｪｫｬｭｮｯァヮ"), ("ｱｲｳｴｵﾔﾕﾖﾂアワ".into(), 11));
    }

    #[test]
    fn widening_and_narrowing_again_gives_the_same_one_byte_text() {
        let one_byte: String = ('\u{20}'..='\u{ff9f}')
            .filter(|&c| Encoding::ShiftJis.code(c).is_some_and(|n| n < 0x100))
            .collect();
        let (wide, _) = apply(&[Rule::FullWidth], &one_byte);
        for c in wide.chars().filter(|c| !"＂＇".contains(*c)) {
            assert!(Encoding::ShiftJis.code(c).is_some_and(|code| code > 0xff), "{c:?}");
        }
        assert_eq!(apply(&[Rule::HalfWidth], &wide).0, one_byte);
    }
}
