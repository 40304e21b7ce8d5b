//! Which characters an item may hold with a variation selector, and why it may not hold one.
//!
//! Owns: the fault of a character that can't be written.
//! Promises: a sequence passes only where the repertoire lists it, or where there is none and the set is Unicode.
//! On failure: nothing here fails.
//! Never: folds or writes.

use super::charset::{CharacterCode, Encoding, is_wide};
use super::item::{Item, ValueFault};

impl Item {
    /// The code of a character that a variation selector follows, if this item may hold the two.
    pub(super) fn code_with(&self, c: char, selector: char) -> Option<CharacterCode> {
        match &self.repertoire {
            _ if self.charset.encoding != Encoding::Utf8 || self.is_kept_out(c) => None,
            Some(repertoire) => {
                let listed = repertoire.has_with(c, selector);
                self.of_right_width(listed.then(|| CharacterCode::Unicode { wide: is_wide(c) })?)
            }
            None => self.code(c),
        }
    }

    /// Why the item can't hold a character. The fault names the character that the source has there.
    pub(super) fn why_not(&self, c: char, source: char) -> ValueFault {
        if self.barred.contains(c) {
            ValueFault::Barred(source)
        } else if self.is_kept_out(c) {
            ValueFault::NotListed(source)
        } else {
            let listed = self.repertoire.as_ref().is_none_or(|repertoire| repertoire.has(c));
            let wide = CharacterCode::Unicode { wide: is_wide(c) };
            let code = if self.repertoire.is_some() { listed.then_some(wide) } else { self.charset.code(c) };
            match code {
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
