//! Which characters an item may hold, by themselves and with a variation selector, and why it may not hold one.
//!
//! Owns: what repertoire, encoding, kind and lists say of a character, and the fault of one that can't be written.
//! Promises: a sequence passes only where the repertoire lists it, or where there is none and the set is Unicode.
//! On failure: nothing here fails.
//! Never: folds or writes.

use std::sync::Arc;

use super::charset::{CharacterCode, Encoding, is_wide};
use super::item::{Item, ValueFault};
use super::words::ItemKind;

impl Item {
    /// The code of a character, or of it and the variation selector after it, as repertoire and encoding have it: whatever the
    /// kind.
    #[inline]
    pub(super) fn listed(&self, c: char, selector: Option<char>) -> Option<CharacterCode> {
        let unicode = || CharacterCode::Unicode { wide: is_wide(c) };
        match (&self.repertoire, selector) {
            (Some(repertoire), None) => repertoire.has(c).then(unicode),
            (Some(repertoire), Some(selector)) => repertoire.has_with(c, selector).then(unicode),
            (None, None) => self.charset.code(c),
            (None, Some(_)) => self.charset.code(c).filter(|_| self.charset.encoding == Encoding::Utf8),
        }
    }

    /// The code of a character, if this item may hold it.
    #[inline]
    pub(super) fn code(&self, c: char) -> Option<CharacterCode> {
        if self.is_kept_out(c) {
            return None;
        }
        self.of_right_width(self.listed(c, None)?)
    }

    #[inline]
    fn of_right_width(&self, code: CharacterCode) -> Option<CharacterCode> {
        let right_width = match (self.kind, code) {
            (
                ItemKind::OneByte | ItemKind::Digits,
                CharacterCode::Two(_) | CharacterCode::Unicode { wide: true },
            ) => false,
            (ItemKind::TwoByte, CharacterCode::One(_) | CharacterCode::Unicode { wide: false }) => false,
            (ItemKind::Digits | ItemKind::OneByte | ItemKind::TwoByte | ItemKind::Mixed, _) => true,
        };
        right_width.then_some(code)
    }

    #[inline]
    pub(super) fn is_kept_out(&self, c: char) -> bool {
        self.suspects >> (c as u32 % 64) & 1 == 1 && self.is_not_listed_or_barred(c)
    }

    fn is_not_listed_or_barred(&self, c: char) -> bool {
        let listed = |only: &Arc<Vec<(char, char)>>| only.iter().any(|&(from, to)| (from..=to).contains(&c));
        self.barred.contains(c) || !self.only.as_ref().is_none_or(listed)
    }

    /// The code of a character that a variation selector follows, if this item may hold the two.
    pub(super) fn code_with(&self, c: char, selector: char) -> Option<CharacterCode> {
        if self.is_kept_out(c) {
            return None;
        }
        self.of_right_width(self.listed(c, Some(selector))?)
    }

    /// Why the item can't hold a character. The fault names the character that the source has there.
    pub(super) fn why_not(&self, c: char, source: char) -> ValueFault {
        if self.barred.contains(c) {
            ValueFault::Barred(source)
        } else if self.is_kept_out(c) {
            ValueFault::NotListed(source)
        } else {
            match self.listed(c, None) {
                None => ValueFault::NotInSet(source, self.charset.encoding),
                Some(CharacterCode::Two(_) | CharacterCode::Unicode { wide: true }) => {
                    ValueFault::TwoByteCharacter(source)
                }
                Some(CharacterCode::One(_) | CharacterCode::Unicode { wide: false }) => {
                    ValueFault::OneByteCharacter(source)
                }
            }
        }
    }
}
