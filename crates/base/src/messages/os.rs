//! What the operating system answered, in the language that this process speaks.

use std::io;

use super::say::{text, tongue};
use super::tongue::Tongue;

/// The errors that have a message, by their numbers on Linux.
const KNOWN: [(i32, &str); 39] = [
    (1, "os-not-permitted"),
    (2, "os-not-found"),
    (4, "os-interrupted"),
    (5, "os-input-output"),
    (9, "os-bad-descriptor"),
    (11, "os-again"),
    (12, "os-no-memory"),
    (13, "os-denied"),
    (16, "os-busy"),
    (17, "os-exists"),
    (18, "os-other-disk"),
    (20, "os-not-a-directory"),
    (21, "os-a-directory"),
    (22, "os-invalid"),
    (23, "os-files-of-system"),
    (24, "os-files-of-process"),
    (26, "os-text-busy"),
    (27, "os-file-too-large"),
    (28, "os-no-space"),
    (30, "os-read-only"),
    (31, "os-too-many-links"),
    (32, "os-broken-pipe"),
    (36, "os-name-too-long"),
    (39, "os-not-empty"),
    (40, "os-symbolic-links"),
    (75, "os-value-too-large"),
    (95, "os-unsupported"),
    (98, "os-address-in-use"),
    (99, "os-address-unknown"),
    (100, "os-network-down"),
    (101, "os-network-unreachable"),
    (103, "os-aborted"),
    (104, "os-reset"),
    (107, "os-not-connected"),
    (110, "os-timed-out"),
    (111, "os-refused"),
    (112, "os-host-down"),
    (113, "os-host-unreachable"),
    (122, "os-quota"),
];

/// The kinds of the standard library's own errors that have a message.
const KINDS: [(io::ErrorKind, &str); 4] = [
    (io::ErrorKind::UnexpectedEof, "os-unexpected-end"),
    (io::ErrorKind::WriteZero, "os-nothing-written"),
    (io::ErrorKind::TimedOut, "os-took-too-long"),
    (io::ErrorKind::InvalidData, "os-invalid-data"),
];

/// What an error of the operating system says. A library's own error, and a number that has no message, are told as they are.
pub fn os_error(error: &io::Error) -> String {
    let Some(number) = error.raw_os_error() else {
        return if error.get_ref().is_none() && tongue() == Tongue::Ja {
            of_kind(error.kind())
        } else {
            error.to_string()
        };
    };
    match KNOWN.iter().find(|(known, _)| *known == number) {
        Some((_, id)) => text(id, &[("number", number.to_string())]),
        None => error.to_string(),
    }
}

/// What an error says that came about in the standard library.
fn of_kind(kind: io::ErrorKind) -> String {
    let known = KINDS.iter().find(|(known, _)| *known == kind);
    known.map_or_else(|| kind.to_string(), |(_, id)| text(id, &[]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::text_in;

    #[test]
    fn in_english_an_error_reads_as_the_system_itself_tells_it() {
        for (number, id) in KNOWN {
            assert_eq!(
                os_error(&io::Error::from_raw_os_error(number)),
                io::Error::from_raw_os_error(number).to_string(),
                "{id}"
            );
        }
    }

    #[test]
    fn in_japanese_each_keeps_its_number() {
        for (number, id) in KNOWN {
            let said = text_in(Tongue::Ja, id, &[("number", number.to_string())]);
            assert!(said.ends_with(&format!("(os error {number})")), "{said}");
        }
    }
}
