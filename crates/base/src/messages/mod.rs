//! Everything that the program says to people, in Japanese and in English.
//!
//! The texts stand in `i18n/ja` and `i18n/en`, one file for each room, in [Project Fluent](https://projectfluent.org/)'s format.
//! The first word of a message's id is the name of its file: `ledger-in-use` stands in `ledger.ftl`. [`say!`](crate::say) names a
//! message and its arguments. A message that a person may want to look up has a `.code`, which is told at its end:
//! `… [TT-1203]`. Owns the language that this process speaks. Never fails: a message that is missing is told by its id, and a test
//! finds it first.

mod explaining;
mod os;
mod rooms;
#[macro_use]
mod say;
mod tongue;

pub(crate) use explaining::ids_in;
pub use explaining::{Family, Message, families, ids, messages};
pub use os::os_error;
pub use say::{Argument, code_of, speak, text, text_if_there, text_in, tongue, word_in, word_of};
pub use tongue::{Bilingual, Tongue};
