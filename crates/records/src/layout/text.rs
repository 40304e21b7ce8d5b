//! Text rules: the agreed changes that an item makes to every value before it is encoded.
//!
//! Owns: composition, upper case, kana size, the long vowel mark, and the folding of widths.
//! Promises: rules act in one order whatever the order in the file: composition, case, kana, long vowel, width. A character
//! that no rule names stays as it came.
//! On failure: nothing here fails; what the target can't hold is found when it is encoded.
//! Never: replaces a character by another one than the rule's; `nfc` composes, it does not exchange 神 (U+FA19).

use std::str::Chars;
use std::sync::LazyLock;

use serde::Deserialize;
use unicode_normalization::char::{canonical_combining_class, compose};

/// One agreed change that an item makes to every value before it is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextRule {
    /// A character and the combining mark after it become one: か and U+3099 become が.
    Nfc,
    /// Small Latin letters become capitals, in both widths.
    UpperCase,
    /// Small kana become large kana: ョ becomes ヨ, ｯ becomes ﾂ, ょ becomes よ.
    LargeKana,
    /// The long vowel mark becomes a hyphen of its width.
    LongVowelToHyphen,
    /// Characters that have a half-width form take it: ガ becomes ｶﾞ (two bytes), Ａ becomes A, the wide space a space.
    HalfWidth,
    /// Characters that have a full-width form take it: ｶﾞ becomes ガ, A becomes Ａ, a space the wide space.
    FullWidth,
}

/// The rules of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct TextRules {
    /// See [`TextRule::Nfc`].
    pub(crate) compose: bool,
    /// See [`TextRule::UpperCase`].
    pub(crate) upper_case: bool,
    /// See [`TextRule::LargeKana`].
    pub(crate) large_kana: bool,
    /// See [`TextRule::LongVowelToHyphen`].
    pub(crate) long_vowel_to_hyphen: bool,
    /// What happens to the width of characters.
    pub(crate) width: Width,
}

/// The width that an item gives to its characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Width {
    /// Characters stay as they came.
    #[default]
    AsIs,
    /// See [`TextRule::HalfWidth`].
    Half,
    /// See [`TextRule::FullWidth`].
    Full,
}

/// What one character of the source becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChangedCharacter {
    pub(crate) first: char,
    /// The sound mark that a half-width kana has for itself.
    pub(crate) second: Option<char>,
    /// Characters of the source that were changed.
    pub(crate) changed: u64,
}

impl TextRules {
    /// The rules by their names; their order means nothing.
    pub(super) fn named(rules: &[TextRule]) -> TextRules {
        let mut named = TextRules::default();
        for rule in rules {
            match rule {
                TextRule::Nfc => named.compose = true,
                TextRule::UpperCase => named.upper_case = true,
                TextRule::LargeKana => named.large_kana = true,
                TextRule::LongVowelToHyphen => named.long_vowel_to_hyphen = true,
                TextRule::HalfWidth => named.width = Width::Half,
                TextRule::FullWidth => named.width = Width::Full,
            }
        }
        named
    }

    /// The names of the rules, in the order in which they act.
    pub(super) fn names(self) -> impl Iterator<Item = &'static str> {
        let names = [
            (self.compose, "nfc"),
            (self.upper_case, "upper-case"),
            (self.large_kana, "large-kana"),
            (self.long_vowel_to_hyphen, "long-vowel-to-hyphen"),
            (self.width == Width::Half, "half-width"),
            (self.width == Width::Full, "full-width"),
        ];
        names.into_iter().filter(|(there, _)| *there).map(|(_, name)| name)
    }

    /// What becomes of a character whatever follows it; nothing where that matters, and for marks that may belong to the
    /// character before them.
    pub(super) fn alone(self, c: char) -> Option<ChangedCharacter> {
        let takes_mark = self.width == Width::Full && matches!(c, '\u{ff61}'..='\u{ff9f}');
        let is_mark = self.compose && canonical_combining_class(c) != 0;
        (!takes_mark && !is_mark).then(|| self.step(c, &mut "".chars()))
    }

    /// Changes one character; takes the marks that belong to it off the rest.
    #[inline(always)]
    pub(crate) fn step(self, source: char, rest: &mut Chars) -> ChangedCharacter {
        let mut changed = 0;
        let mut c = source;
        if self.compose {
            while let Some(composed) = peek(rest).and_then(|mark| composed(c, mark)) {
                rest.next();
                changed += 1;
                c = composed;
            }
        }
        if self.upper_case {
            c = capital(c);
        }
        if self.large_kana {
            c = enlarged(c);
        }
        if self.long_vowel_to_hyphen {
            c = match c {
                'ー' => '－',
                'ｰ' => '-',
                other => other,
            };
        }
        let (first, second) = match self.width {
            Width::AsIs => (c, None),
            Width::Half => narrowed(c),
            Width::Full => match voiced(c, peek(rest)) {
                Some(composed) => {
                    rest.next();
                    changed += 1;
                    (composed, None)
                }
                None => (widened(c), None),
            },
        };
        changed += u64::from(first != source);
        ChangedCharacter { first, second, changed }
    }
}

/// The full-width forms of U+FF61 to U+FF9F, in that order.
const KANA: &str = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜";
/// Pairs of plain and voiced kana.
const VOICED: &str = "ウヴカガキギクグケゲコゴサザシジスズセゼソゾタダチヂツヅテデトドハバヒビフブヘベホボ";
/// Pairs of plain and half-voiced kana.
const HALF_VOICED: &str = "ハパヒピフプヘペホポ";
/// Pairs of small and large kana.
const SMALL_LARGE: &str =
    "ァアィイゥウェエォオッツャヤュユョヨヮワヵカヶケぁあぃいぅうぇえぉおっつゃやゅゆょよゎわ";
/// One-byte characters of JIS X 0201 whose full-width form is not 0xFEE0 above them.
const ODD_WIDTHS: [(char, char); 3] = [(' ', '\u{3000}'), ('¥', '￥'), ('‾', '￣')];

static NARROW_KANA: LazyLock<[(char, Option<char>); 256]> = LazyLock::new(narrow_kana);
static LARGE_KANA: LazyLock<[char; 256]> = LazyLock::new(large_kana);
static WIDE_KANA: LazyLock<Vec<char>> = LazyLock::new(|| KANA.chars().collect());

#[inline]
fn peek(rest: &Chars) -> Option<char> {
    rest.as_str().chars().next()
}

/// The one character of a base and a combining mark.
#[inline]
fn composed(base: char, mark: char) -> Option<char> {
    if mark < '\u{300}' || canonical_combining_class(mark) == 0 {
        return None;
    }
    compose(base, mark)
}

#[inline]
fn capital(c: char) -> char {
    match c {
        'a'..='z' => c.to_ascii_uppercase(),
        'ａ'..='ｚ' => char::from_u32(c as u32 - 0x20).expect("Ａ to Ｚ"),
        _ => c,
    }
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
    use crate::layout::charset::{CharacterCode, Charset, Encoding};

    fn strict() -> Charset {
        Charset::new(Encoding::ShiftJis, false)
    }

    fn apply(rules: &[TextRule], value: &str) -> (String, u64) {
        let rules = TextRules::named(rules);
        let (mut written, mut changed) = (String::new(), 0);
        let mut rest = value.chars();
        while let Some(source) = rest.next() {
            let step = rules.step(source, &mut rest);
            written.push(step.first);
            written.extend(step.second);
            changed += step.changed;
        }
        (written, changed)
    }

    #[test]
    fn full_width_kana_fold_to_half_width_with_the_sound_mark_apart() {
        assert_eq!(apply(&[TextRule::HalfWidth], "ガパヴー・"), ("ｶﾞﾊﾟｳﾞｰ･".into(), 5));
        assert_eq!(apply(&[TextRule::HalfWidth], "１－２　Ａ"), ("1-2 A".into(), 5));
        assert_eq!(apply(&[TextRule::HalfWidth], "ｶﾞ 1"), ("ｶﾞ 1".into(), 0));
    }

    #[test]
    fn half_width_input_widens_and_takes_the_sound_mark_in() {
        assert_eq!(apply(&[TextRule::FullWidth], "ｶﾞﾊﾟｱﾞ"), ("ガパア゛".into(), 6));
        assert_eq!(apply(&[TextRule::FullWidth], "1-2 A¥"), ("１－２　Ａ￥".into(), 6));
        assert_eq!(apply(&[TextRule::FullWidth], "山田"), ("山田".into(), 0));
    }

    #[test]
    fn small_kana_become_large_before_they_are_narrowed() {
        assert_eq!(apply(&[TextRule::HalfWidth, TextRule::LargeKana], "ショｯヶ"), ("ｼﾖﾂｹ".into(), 4));
        assert_eq!(apply(&[TextRule::LargeKana], "ｧｨｩｪｫｬｭｮｯァヮょっ"), ("ｱｲｳｴｵﾔﾕﾖﾂアワよつ".into(), 13));
    }

    #[test]
    fn a_combining_mark_joins_the_character_before_it_and_nothing_else_is_exchanged() {
        assert_eq!(apply(&[TextRule::Nfc], "か\u{3099}ハ\u{309a}e\u{301}"), ("がパé".into(), 6));
        assert_eq!(apply(&[TextRule::Nfc], "\u{fa19}\u{212b}﨑"), ("\u{fa19}\u{212b}﨑".into(), 0));
        assert_eq!(apply(&[TextRule::Nfc, TextRule::HalfWidth], "カ\u{3099}"), ("ｶﾞ".into(), 2));
        assert_eq!(apply(&[TextRule::Nfc], "\u{3099}山\u{3099}"), ("\u{3099}山\u{3099}".into(), 0));
        assert_eq!(apply(&[], "か\u{3099}"), ("か\u{3099}".into(), 0));
    }

    #[test]
    fn letters_are_capitalised_and_long_vowels_become_hyphens_where_asked() {
        assert_eq!(apply(&[TextRule::UpperCase], "aｚZ"), ("AＺZ".into(), 2));
        assert_eq!(apply(&[TextRule::LongVowelToHyphen], "ーｰ"), ("－-".into(), 2));
        let zengin =
            [TextRule::HalfWidth, TextRule::UpperCase, TextRule::LargeKana, TextRule::LongVowelToHyphen];
        assert_eq!(apply(&zengin, "キューａ"), ("ｷﾕ-A".into(), 4));
    }

    #[test]
    fn widening_and_narrowing_again_gives_the_same_one_byte_text() {
        let one_byte: String = ('\u{20}'..='\u{ff9f}')
            .filter(|&c| matches!(strict().code(c), Some(CharacterCode::One(_))))
            .collect();
        let (wide, _) = apply(&[TextRule::FullWidth], &one_byte);
        for c in wide.chars().filter(|c| !"＂＇".contains(*c)) {
            assert!(matches!(strict().code(c), Some(CharacterCode::Two(_))), "{c:?}");
        }
        assert_eq!(apply(&[TextRule::HalfWidth], &wide).0, one_byte);
    }
}
