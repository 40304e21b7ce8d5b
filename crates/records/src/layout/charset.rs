//! Character sets: which characters a target encoding holds, and the code of each.
//!
//! Owns: the tables of strict Shift_JIS and of Windows-31J, in both directions.
//! Promises: strict Shift_JIS is JIS X 0201 (one byte) and JIS X 0208 rows 1-8 and 16-84 (two bytes), nothing else. The
//! vendors' row 13 (①, ㈱), the IBM and NEC extensions (髙, 﨑) are in Windows-31J only; private characters only where a
//! layout asks for them; NUL, control characters and byte 80 nowhere. A character has exactly one code; there is no
//! replacement character of any sort.
//! Two spellings of the same JIS X 0208 cell are both taken, for seven cells where systems disagree on the Unicode
//! character: 〜 U+301C / ～ U+FF5E, − U+2212 / － U+FF0D, ‖ U+2016 / ∥ U+2225, — U+2014 / ― U+2015, ¢ U+00A2 / ￠ U+FFE0,
//! £ U+00A3 / ￡ U+FFE1, ¬ U+00AC / ￢ U+FFE2. They are the same character to the receiver, so this is not a fold; reading
//! gives the second.
//! In the JIS sets byte 5C is ¥ (U+00A5) and byte 7E is ‾ (U+203E), as JIS X 0201 says, and \ and ~ are refused; in
//! Windows-31J it is the other way round. Otherwise the receiver would read another character than the sender wrote.
//! On failure: `None`; the caller names the character.
//! Never: composes or normalises on its own (a decomposed が has no code), drops or shortens anything.

use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;
use strum::IntoStaticStr;

use crate::utf16::ByteOrder;

/// The character encoding of a layout's records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, IntoStaticStr)]
pub enum Encoding {
    /// JIS X 0201 and JIS X 0208 in the shifted form, without any vendor's extension.
    #[serde(rename = "shift_jis")]
    #[strum(serialize = "shift_jis")]
    ShiftJis,
    /// Windows-31J: the same with NEC row 13 and the IBM extensions.
    #[serde(rename = "cp932")]
    #[strum(serialize = "cp932")]
    Cp932,
    /// JIS X 0201, and JIS X 0208 as two bytes of seven bits between shift codes.
    #[serde(rename = "jis7")]
    #[strum(serialize = "jis7")]
    Jis7,
    /// JIS X 0201 alone: one-byte characters.
    #[serde(rename = "jis-x-0201")]
    #[strum(serialize = "jis-x-0201")]
    JisX0201,
    /// Unicode.
    #[serde(rename = "utf-8")]
    #[strum(serialize = "utf-8")]
    Utf8,
    /// Unicode in code units of two bytes, the lower byte first; for CSV files.
    #[serde(rename = "utf-16le")]
    #[strum(serialize = "utf-16le")]
    Utf16Le,
    /// Unicode in code units of two bytes, the higher byte first; for CSV files.
    #[serde(rename = "utf-16be")]
    #[strum(serialize = "utf-16be")]
    Utf16Be,
}

/// An encoding, and whether private characters may pass.
#[derive(Clone, Copy)]
pub(crate) struct Charset {
    pub(crate) encoding: Encoding,
    /// U+E000 to U+E757 may pass, where the encoding has room for them.
    user_defined: bool,
    /// The code of every character of the basic plane, 0 for none; empty for Unicode.
    codes: &'static [u16],
    /// The character of every code of two bytes, 0 for none; empty for Unicode.
    cells: &'static [u16],
}

/// The code of a character, as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CharacterCode {
    One(u8),
    Two([u8; 2]),
    /// The character itself in UTF-8; `wide` says whether it counts as a two-byte character.
    Unicode {
        wide: bool,
    },
}

impl Encoding {
    /// The bytes of a wide space; nothing where there is none.
    pub(crate) fn wide_space(self) -> &'static [u8] {
        match self {
            Encoding::ShiftJis | Encoding::Cp932 => &[0x81, 0x40],
            Encoding::Jis7 => &[0x21, 0x21],
            Encoding::JisX0201 => &[],
            Encoding::Utf8 | Encoding::Utf16Le | Encoding::Utf16Be => "\u{3000}".as_bytes(),
        }
    }

    /// The encoding that items are written in: a file of UTF-16 is made of lines of UTF-8.
    pub(crate) fn of_items(self) -> Encoding {
        if self.byte_order().is_some() { Encoding::Utf8 } else { self }
    }

    /// The byte order of UTF-16.
    pub(crate) fn byte_order(self) -> Option<ByteOrder> {
        match self {
            Encoding::Utf16Le => Some(ByteOrder::Little),
            Encoding::Utf16Be => Some(ByteOrder::Big),
            Encoding::ShiftJis | Encoding::Cp932 | Encoding::Jis7 | Encoding::JisX0201 | Encoding::Utf8 => {
                None
            }
        }
    }

    /// What should be written in place of a character without a code, as far as a general answer exists: the message that says so.
    pub(crate) fn advice(self, c: char) -> &'static str {
        match c {
            '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' => "record-advice-control",
            '\\' => "record-advice-yen",
            '~' => "record-advice-overline",
            '¥' if self == Encoding::Cp932 => "record-advice-backslash",
            '‾' if self == Encoding::Cp932 => "record-advice-tilde",
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' => "record-advice-space",
            '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => "record-advice-invisible",
            '\u{300}'..='\u{36f}' | '\u{3099}' | '\u{309a}' => "record-advice-composed",
            '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => "record-advice-selector",
            '\u{e000}'..='\u{f8ff}' | '\u{f0000}'.. => "record-advice-user-defined",
            _ => match self {
                Encoding::ShiftJis | Encoding::Jis7 if in_windows_extensions(c) => "record-advice-vendor",
                Encoding::ShiftJis | Encoding::Jis7 => "record-advice-jis",
                Encoding::Cp932 => "record-advice-windows",
                Encoding::JisX0201 => "record-advice-jis-x-0201",
                Encoding::Utf8 | Encoding::Utf16Le | Encoding::Utf16Be => "record-advice-printable",
            },
        }
    }
}

impl fmt::Debug for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.encoding.word(), if self.user_defined { "+user-defined" } else { "" })
    }
}

impl Charset {
    pub(crate) fn new(encoding: Encoding, user_defined: bool) -> Charset {
        let encoding = encoding.of_items();
        let (codes, cells): (&[u16], &[u16]) = match encoding {
            Encoding::ShiftJis => (&STRICT_SHIFT_JIS, &STRICT_CELLS),
            Encoding::Cp932 => (&WINDOWS_31J, &WINDOWS_CELLS),
            Encoding::Jis7 => (&SEVEN_BIT, &SEVEN_BIT_CELLS),
            Encoding::JisX0201 => (&ONE_BYTE, &[]),
            Encoding::Utf8 | Encoding::Utf16Le | Encoding::Utf16Be => (&[], &[]),
        };
        Charset { encoding, user_defined, codes, cells }
    }

    /// The two hold the same characters.
    pub(super) fn is_that_of(self, other: Charset) -> bool {
        (self.encoding, self.user_defined) == (other.encoding, other.user_defined)
    }

    /// Whether private characters may pass, where the encoding has room for them.
    pub(super) fn takes_user_defined(self) -> bool {
        self.user_defined
    }

    /// The code of a character, if the set has it.
    #[inline]
    pub(crate) fn code(self, c: char) -> Option<CharacterCode> {
        match self.codes.get(c as usize) {
            Some(&code) if code >= 0x100 => Some(CharacterCode::Two(code.to_be_bytes())),
            Some(&code) if code > 0 => Some(CharacterCode::One(code as u8)),
            Some(_) | None => self.uncommon_code(c),
        }
    }

    /// The code of a character that the table lacks.
    fn uncommon_code(self, c: char) -> Option<CharacterCode> {
        match self.encoding {
            Encoding::Utf8 | Encoding::Utf16Le | Encoding::Utf16Be => {
                self.is_printable(c).then_some(CharacterCode::Unicode { wide: is_wide(c) })
            }
            Encoding::Cp932 if self.user_defined => {
                user_defined(c).map(|code| CharacterCode::Two(code.to_be_bytes()))
            }
            Encoding::Cp932 | Encoding::ShiftJis | Encoding::Jis7 | Encoding::JisX0201 => None,
        }
    }

    /// The character of a code of one byte.
    #[inline]
    pub(crate) fn one_byte(self, byte: u8) -> Option<char> {
        match (self.encoding, byte) {
            (Encoding::ShiftJis | Encoding::Jis7 | Encoding::JisX0201, 0x5c) => Some('¥'),
            (Encoding::ShiftJis | Encoding::Jis7 | Encoding::JisX0201, 0x7e) => Some('‾'),
            (_, 0x20..=0x7e) => Some(char::from(byte)),
            (Encoding::Utf8, _) => None,
            (_, 0xa1..=0xdf) => char::from_u32(0xff61 + u32::from(byte) - 0xa1),
            _ => None,
        }
    }

    /// The character of a code of two bytes.
    #[inline]
    pub(crate) fn two_byte(self, pair: [u8; 2]) -> Option<char> {
        match self.cells.get(usize::from(u16::from_be_bytes(pair))) {
            Some(&unit) if unit > 0 => char::from_u32(u32::from(unit)),
            Some(_) if self.user_defined && self.encoding == Encoding::Cp932 => user_defined_at(pair),
            Some(_) | None => None,
        }
    }

    /// The byte begins a character of two bytes.
    #[inline]
    pub(crate) fn is_lead(self, byte: u8) -> bool {
        match self.encoding {
            Encoding::ShiftJis | Encoding::Cp932 => matches!(byte, 0x81..=0x9f | 0xe0..=0xfc),
            Encoding::Jis7 | Encoding::JisX0201 | Encoding::Utf8 | Encoding::Utf16Le | Encoding::Utf16Be => {
                false
            }
        }
    }

    /// A character that a reader of UTF-8 sees as one character, as it was meant.
    fn is_printable(self, c: char) -> bool {
        match c {
            '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{a0}' => false,
            '\u{300}'..='\u{36f}' | '\u{3099}' | '\u{309a}' => false,
            '\u{ad}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}' => false,
            '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{feff}' => false,
            '\u{e000}'..='\u{e757}' => self.user_defined,
            '\u{e758}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'.. => {
                false
            }
            _ => c as u32 & 0xfffe != 0xfffe,
        }
    }
}

/// The character counts as one of two bytes.
#[inline]
pub(crate) fn is_wide(c: char) -> bool {
    !matches!(c, ' '..='~' | '\u{ff61}'..='\u{ff9f}')
}

/// A variation selector: it says which shape of the character before it is meant.
#[inline]
pub(crate) fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

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

/// The code of every character of the basic plane, 0 for none.
static STRICT_SHIFT_JIS: LazyLock<Vec<u16>> = LazyLock::new(strict_shift_jis);
static WINDOWS_31J: LazyLock<Vec<u16>> = LazyLock::new(windows_31j);
/// The character of every code of two bytes, 0 for none.
static STRICT_CELLS: LazyLock<Vec<u16>> = LazyLock::new(|| cells(&STRICT_SHIFT_JIS));
static WINDOWS_CELLS: LazyLock<Vec<u16>> = LazyLock::new(windows_cells);
static SEVEN_BIT: LazyLock<Vec<u16>> = LazyLock::new(|| {
    STRICT_SHIFT_JIS.iter().map(|&code| if code < 0x100 { code } else { unshifted(code) }).collect()
});
static SEVEN_BIT_CELLS: LazyLock<Vec<u16>> = LazyLock::new(|| cells(&SEVEN_BIT));
static ONE_BYTE: LazyLock<Vec<u16>> =
    LazyLock::new(|| STRICT_SHIFT_JIS.iter().map(|&code| if code < 0x100 { code } else { 0 }).collect());

/// The cells are taken from the decoder of encoding_rs, whose reading of these rows is that of JIS X 0208.
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

/// What the encoder of encoding_rs writes, which is what Windows writes, without the merging of ¥ and \, ‾ and ~.
fn windows_31j() -> Vec<u16> {
    let mut codes = vec![0u16; 0x1_0000];
    let mut utf8 = [0; 4];
    for c in ('\u{20}'..='\u{ffff}').filter(|c| !matches!(c, '\u{7f}'..='\u{a0}' | '¥' | '‾')) {
        let (bytes, _, unmappable) = encoding_rs::SHIFT_JIS.encode(c.encode_utf8(&mut utf8));
        codes[c as usize] = match (&bytes[..], unmappable) {
            ([one], false) => u16::from(*one),
            ([lead, trail], false) => u16::from_be_bytes([*lead, *trail]),
            _ => 0,
        };
    }
    for (other, c) in TWINS {
        codes[other as usize] = codes[c as usize];
    }
    codes
}

/// The characters of the codes, in the spelling that reading gives.
fn cells(codes: &[u16]) -> Vec<u16> {
    let mut cells = vec![0; 0x1_0000];
    for (c, &code) in codes.iter().enumerate() {
        if code >= 0x100 && !TWINS.iter().any(|(other, _)| *other as usize == c) {
            cells[usize::from(code)] = c as u16;
        }
    }
    cells
}

/// Every code that Windows reads, also those of which it would write another.
fn windows_cells() -> Vec<u16> {
    let mut cells = vec![0; 0x1_0000];
    for code in 0x8140..=0xfcfc_u16 {
        if let Some(c) = decoded(&code.to_be_bytes()).filter(|c| !('\u{e000}'..='\u{f8ff}').contains(c)) {
            cells[usize::from(code)] = u16::try_from(c as u32).unwrap_or(0);
        }
    }
    cells
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

/// The seven-bit code of a Shift_JIS code of JIS X 0208.
fn unshifted(code: u16) -> u16 {
    let [lead, trail] = code.to_be_bytes();
    let pair_of_rows = if lead >= 0xe0 { lead - 0xc1 } else { lead - 0x81 };
    let (row, cell) = match trail {
        0x40..=0x7e => (pair_of_rows * 2 + 1, trail - 0x3f),
        0x80..=0x9e => (pair_of_rows * 2 + 1, trail - 0x40),
        _ => (pair_of_rows * 2 + 2, trail - 0x9e),
    };
    u16::from_be_bytes([row + 0x20, cell + 0x20])
}

/// F040 to F9FC hold U+E000 to U+E757, 188 to a lead byte.
fn user_defined(c: char) -> Option<u16> {
    let n = (c as u32).checked_sub(0xe000).filter(|&n| n < 1880)? as u16;
    let (lead, nth) = (0xf0 + n / 188, n % 188);
    Some(lead << 8 | if nth < 63 { 0x40 + nth } else { 0x41 + nth })
}

fn user_defined_at([lead, trail]: [u8; 2]) -> Option<char> {
    let row = lead.checked_sub(0xf0).filter(|&row| row < 10)?;
    let nth = match trail {
        0x40..=0x7e => trail - 0x40,
        0x80..=0xfc => trail - 0x41,
        _ => return None,
    };
    char::from_u32(0xe000 + u32::from(row) * 188 + u32::from(nth))
}

/// The one character that the bytes stand for in Windows-31J, if any.
fn decoded(bytes: &[u8]) -> Option<char> {
    let text = encoding_rs::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes)?;
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

fn in_windows_extensions(c: char) -> bool {
    WINDOWS_31J.get(c as usize).is_some_and(|&code| code != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(encoding: Encoding) -> Charset {
        Charset::new(encoding, false)
    }

    fn all() -> [Charset; 5] {
        [Encoding::ShiftJis, Encoding::Cp932, Encoding::Jis7, Encoding::JisX0201, Encoding::Utf8].map(set)
    }

    fn bytes(set: Charset, c: char) -> Option<Vec<u8>> {
        set.code(c).map(|code| match code {
            CharacterCode::One(byte) => vec![byte],
            CharacterCode::Two(pair) => pair.to_vec(),
            CharacterCode::Unicode { .. } => c.to_string().into_bytes(),
        })
    }

    fn read(set: Charset, bytes: &[u8]) -> Option<char> {
        match *bytes {
            [byte] => set.one_byte(byte),
            [lead, trail] => set.two_byte([lead, trail]),
            _ => None,
        }
    }

    #[test]
    fn every_strict_code_is_the_one_of_windows_or_a_named_exception_and_lies_in_the_strict_set() {
        let [strict, windows, _, _, _] = all();
        let mut two_byte = 0;
        for c in '\u{0}'..='\u{10ffff}' {
            let Some(code) = bytes(strict, c) else { continue };
            if !matches!(c, '¥' | '‾') {
                assert_eq!(bytes(windows, c), Some(code.clone()), "{c:?}");
            }
            if let [lead, trail] = code[..] {
                two_byte += 1;
                let code = u16::from_be_bytes([lead, trail]);
                assert!((0x8140..=0x84be).contains(&code) || (0x889f..=0xeaa4).contains(&code), "{code:04X}");
            }
        }
        // JIS X 0208:1990 has 6,879 characters; seven cells have two spellings.
        assert_eq!(two_byte, 6_879 + 7);
    }

    #[test]
    fn every_code_reads_back_as_the_character_or_its_twin() {
        let [strict, windows, seven, one, _] = all();
        for set in [strict, windows, seven, one, Charset::new(Encoding::Cp932, true)] {
            let mut codes = 0;
            for c in '\u{0}'..='\u{10ffff}' {
                let Some(code) = bytes(set, c) else { continue };
                let twin = TWINS.iter().find(|(other, _)| *other == c).map_or(c, |(_, twin)| *twin);
                assert_eq!(read(set, &code), Some(twin), "{c:?} in {set:?}");
                codes += 1;
            }
            assert!(codes > 150, "{set:?}");
        }
    }

    #[test]
    fn whatever_reads_as_a_character_is_written_again() {
        let [strict, windows, seven, _, _] = all();
        for set in [strict, windows, seven] {
            for pair in 0..=u16::MAX {
                if let Some(c) = set.two_byte(pair.to_be_bytes()) {
                    assert!(bytes(set, c).is_some(), "{pair:04X} in {set:?}");
                }
            }
        }
    }

    #[test]
    fn characters_outside_the_strict_sets_have_no_code_there_and_advice_exists() {
        let [strict, _, seven, one, _] = all();
        for c in "髙﨑①㈱Ⅰⅰ𠮷噓\\~\u{a0}\u{3099}\u{feff}\u{e000}\u{200b}\u{80}\0\t\n€¦￤".chars()
        {
            for set in [strict, seven, one] {
                assert_eq!(set.code(c), None, "{c:?}");
                assert!(!set.encoding.advice(c).is_empty());
            }
        }
        assert_eq!(one.code('山'), None);
    }

    #[test]
    fn windows_writes_vendor_characters_as_windows_does_and_reads_all_their_codes() {
        let [_, windows, _, _, _] = all();
        for (c, code) in
            [('髙', 0xfbfc), ('﨑', 0xfab1), ('①', 0x8740), ('㈱', 0x878a), ('Ⅰ', 0x8754), ('ⅰ', 0xfa40)]
        {
            assert_eq!(bytes(windows, c), Some(u16::to_be_bytes(code).to_vec()));
        }
        // NEC's own selection of the IBM extensions is read, never written.
        assert_eq!(read(windows, &[0xee, 0xe0]), Some('髙'));
        assert_eq!(bytes(windows, '\\'), Some(vec![0x5c]));
        for c in "𠮷¥‾\u{80}\u{a0}\u{3099}\u{e000}".chars() {
            assert_eq!(windows.code(c), None, "{c:?}");
        }
    }

    #[test]
    fn private_characters_pass_only_where_the_layout_says_so() {
        let [_, windows, _, _, unicode] = all();
        let agreed = Charset::new(Encoding::Cp932, true);
        assert_eq!(bytes(agreed, '\u{e000}'), Some(vec![0xf0, 0x40]));
        assert_eq!(bytes(agreed, '\u{e757}'), Some(vec![0xf9, 0xfc]));
        assert_eq!(bytes(agreed, '\u{e758}'), None);
        assert_eq!(read(windows, &[0xf0, 0x40]), None);
        assert_eq!(unicode.code('\u{e000}'), None);
        assert!(Charset::new(Encoding::Utf8, true).code('\u{e000}').is_some());
    }

    #[test]
    fn seven_bit_codes_are_those_of_the_row_and_cell() {
        let [_, _, seven, _, _] = all();
        assert_eq!(bytes(seven, '　'), Some(vec![0x21, 0x21]));
        assert_eq!(bytes(seven, '亜'), Some(vec![0x30, 0x21]));
        assert_eq!(bytes(seven, '熙'), Some(vec![0x74, 0x26]));
        assert_eq!(bytes(seven, 'ｱ'), Some(vec![0xb1]));
    }

    #[test]
    fn both_spellings_of_a_cell_get_the_same_code() {
        let [strict, windows, seven, _, _] = all();
        for (other, c) in TWINS {
            for set in [strict, windows, seven] {
                assert!(set.code(c).is_some());
                assert_eq!(set.code(other), set.code(c));
            }
        }
        assert_eq!(bytes(strict, '〜'), Some(vec![0x81, 0x60]));
        assert_eq!(bytes(strict, '−'), Some(vec![0x81, 0x7c]));
    }

    #[test]
    fn yen_and_overline_own_the_bytes_that_jis_x_0201_gives_them() {
        let [strict, _, _, one, _] = all();
        assert_eq!(bytes(strict, '¥'), Some(vec![0x5c]));
        assert_eq!(bytes(strict, '‾'), Some(vec![0x7e]));
        assert_eq!(bytes(one, '¥'), Some(vec![0x5c]));
    }

    #[test]
    fn unicode_takes_what_is_printable_and_nothing_that_hides() {
        let [_, _, _, _, unicode] = all();
        for c in "a\\~¥髙𠮷①葛ｱ々♂".chars() {
            assert!(unicode.code(c).is_some(), "{c:?}");
        }
        for c in "\0\n\u{85}\u{a0}\u{ad}\u{200b}\u{200d}\u{202e}\u{2060}\u{feff}\u{fffd}\u{3099}\u{e000}\u{fdd0}\u{1fffe}\u{e0100}".chars() {
            assert!(unicode.code(c).is_none(), "{c:?}");
        }
    }
}
