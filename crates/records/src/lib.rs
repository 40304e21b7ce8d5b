//! Record layouts, and files of records turned into bytes and back.
//!
//! Files of Japanese municipalities' partners are records of a fixed width, in Shift_JIS, with headers, trailers and sums.
//! Here a [`layout`] describes such a file as data; [`encode`] makes the exact bytes from UTF-8 rows and proves them by
//! reading them again; [`decode`] makes rows from a partner's bytes. Widths are bytes of the target encoding.
//!
//! Owns: the rules of layout files, the encoder, the decoder, and the files that both leave (mode 0600).
//! Promises: the same layout, rows and values always give the same bytes; no value is cut and no character replaced unless
//! the layout says so, and then it is reported; all problems of a file are told in one pass, with line and column.
//! On failure: an error enum for each direction, with a remedy; nothing stands under the final names then.
//! Never: touches the network or the clock, or puts a value of a record into an error.

mod checksum;
pub mod decode;
pub mod encode;
mod file_fault;
mod files;
pub mod invented;
mod lanes;
pub mod layout;
mod lines;
mod report;
mod scan;
mod survey;
mod utf16;
mod values;
#[cfg(test)]
#[path = "../tests/support/written.rs"]
mod written;

pub use files::FileError;
pub use lines::kind_in;
pub use report::{CountedProblems, ListedProblem, ProblemList, ReportHeading};
pub use survey::{CharacterSurvey, survey};
pub use totatsu_base::clock::Moment;
pub use totatsu_base::digest::Sha256;
pub use totatsu_base::evidence::{Converted, Decoded};
pub use totatsu_base::remedy::Remedy;
pub use values::{LayoutValues, RefusedValue, check_values, check_values_of_partner, six_digits};

/// The example of the README is compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
