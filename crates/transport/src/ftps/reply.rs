//! What a server's reply means.
//!
//! The code tells how bad it is; why, only the text does, and every server has its own. Promises that "there is no such
//! file" is concluded only from a text that says so and says nothing of rights; whatever can't be told stays untold.

use suppaftp::types::Response;

use crate::{Phase, TransportError};

/// Characters of a reply that a message shows.
const SHOWN: usize = 200;
/// The server ends the connection.
const CLOSING: u16 = 421;
/// The server lacks room for the file.
const NO_ROOM: [u16; 2] = [452, 552];
/// The data connection is not protected as the server demands.
const PROTECTION: [u16; 5] = [521, 522, 533, 534, 536];
/// The request is not known, or not as we make it.
const NOT_KNOWN: [u16; 6] = [500, 501, 502, 503, 504, 202];

/// Words by which servers say that a name is not there, in lower case.
const ABSENT: [&str; 8] = [
    "no such",
    "not found",
    "cannot find",
    "can't find",
    "does not exist",
    "doesn't exist",
    "見つかりません",
    "存在しません",
];
/// Words by which servers say that we may not, in lower case.
const DENIED: [&str; 7] =
    ["permission", "denied", "not permitted", "not allowed", "prohibited", "forbidden", "拒否"];
/// Words by which servers say that their disk is full, in lower case.
const FULL: [&str; 4] = ["no space", "disk full", "quota", "insufficient"];

/// One reply, of one line or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) code: u16,
    /// All lines, without codes and line ends.
    pub(super) lines: Vec<String>,
}

/// What a refusal tells about the name that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// It is not there.
    Absent,
    /// We may not.
    Denied,
    /// The server doesn't say, or says both.
    Untold,
}

impl Reply {
    /// Reads a reply; nothing where it has no code.
    pub(super) fn of(response: &Response) -> Option<Reply> {
        let text = String::from_utf8_lossy(&response.body);
        let lines: Vec<&str> = text.lines().collect();
        let last = lines.last()?;
        // The last line's code counts: some servers open with another one.
        let code = last.get(..3)?.parse().ok()?;
        let bare = |line: &str| {
            let coded = line.len() >= 4 && line.as_bytes()[..3].iter().all(u8::is_ascii_digit);
            let coded = coded && matches!(line.as_bytes()[3], b' ' | b'-');
            if coded { line[4..].trim() } else { line.trim() }.to_owned()
        };
        Some(Reply { code, lines: lines.into_iter().map(bare).collect() })
    }

    /// Whether it is one of these.
    pub(super) fn is(&self, codes: &[u16]) -> bool {
        codes.contains(&self.code)
    }

    /// Whether the server ends the connection with it.
    pub(super) fn ends_connection(&self) -> bool {
        self.code == CLOSING
    }

    /// Whether the server says that it has no room left.
    pub(super) fn tells_no_room(&self, path: &str) -> bool {
        self.is(&NO_ROOM) || contains(&self.words(path), &FULL)
    }

    /// The last line, which says how it ended.
    pub(super) fn last(&self) -> &str {
        self.lines.last().map_or("", String::as_str)
    }

    /// Code and text as messages show them.
    pub(super) fn shown(&self) -> String {
        let text: String = self.lines.join(" ").chars().filter(|c| !c.is_control()).take(SHOWN).collect();
        format!("{} {text}", self.code)
    }

    /// What it tells about `path`.
    pub(super) fn meaning(&self, path: &str) -> Meaning {
        let words = self.words(path);
        match (contains(&words, &ABSENT), contains(&words, &DENIED)) {
            (true, false) => Meaning::Absent,
            (false, true) => Meaning::Denied,
            (true, true) | (false, false) => Meaning::Untold,
        }
    }

    /// The error that it is, once it is known not to be a yes. `missing` bytes were still to be stored.
    pub(super) fn refusal(&self, phase: Phase, path: &str, missing: u64) -> TransportError {
        let path = path.to_owned();
        if self.ends_connection() {
            return TransportError::Lost { phase, cause: self.shown() };
        }
        if self.tells_no_room(&path) {
            let missing = missing.max(1);
            return TransportError::PartnerFailed {
                path,
                phase,
                message: self.shown(),
                free: Some(0),
                missing,
            };
        }
        if self.is(&PROTECTION) {
            return TransportError::Unsupported {
                what: format!("data connections as we protect them, it says {:?}", self.shown()),
            };
        }
        if self.is(&NOT_KNOWN) {
            return TransportError::Unsupported {
                what: format!("{phase} as we ask for it, it says {:?}", self.shown()),
            };
        }
        if self.code < 500 {
            return TransportError::PartnerFailed { path, phase, message: self.shown(), free: None, missing };
        }
        match self.meaning(&path) {
            Meaning::Absent => TransportError::NoSuchPath { path, phase },
            Meaning::Denied | Meaning::Untold => TransportError::PermissionDenied { path, phase },
        }
    }

    /// The text in lower case, without the path, whose own words say nothing.
    fn words(&self, path: &str) -> String {
        let text = self.lines.join(" ");
        let text = if path.is_empty() { text } else { text.replace(path, "") };
        text.to_lowercase()
    }
}

fn contains(words: &str, any: &[&str]) -> bool {
    any.iter().any(|word| words.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(text: &str) -> Reply {
        Reply::of(&Response::new(0.into(), text.as_bytes().to_vec())).unwrap()
    }

    #[test]
    fn only_a_text_that_says_so_means_that_a_file_is_not_there() {
        let meaning = |text: &str| reply(text).meaning("in/a");
        assert_eq!(meaning("550 in/a: No such file or directory\r\n"), Meaning::Absent);
        assert_eq!(meaning("550 The system cannot find the file specified. \r\n"), Meaning::Absent);
        assert_eq!(meaning("550 in/a: Permission denied\r\n"), Meaning::Denied);
        assert_eq!(meaning("550 Could not get file size.\r\n"), Meaning::Untold);
        assert_eq!(meaning("550 File not found or permission denied\r\n"), Meaning::Untold);
        let own_words = reply("550 no such/file: failed\r\n").meaning("no such/file");
        assert_eq!(own_words, Meaning::Untold, "the path's own words don't count");
    }

    #[test]
    fn the_code_of_a_reply_is_that_of_its_last_line() {
        let several = reply("213-Status of x:\r\n 213 is not a code here\r\n226 Done.\r\n");
        assert_eq!((several.code, several.last()), (226, "Done."));
        assert_eq!(several.lines.len(), 3);
    }

    #[test]
    fn a_partner_without_room_is_told_whatever_the_code() {
        for text in ["452 in/a: No space left on device\r\n", "552 Quota exceeded\r\n", "451 disk full\r\n"] {
            assert!(reply(text).refusal(Phase::Write, "in/a", 10).partner_disk_full(), "{text}");
        }
        let failed = reply("451 Failure writing to local file.\r\n").refusal(Phase::Write, "in/a", 10);
        assert!(
            !failed.partner_disk_full() && failed.to_string().contains("451 Failure writing"),
            "{failed}"
        );
    }

    #[test]
    fn a_reply_that_ends_the_connection_ends_the_session() {
        assert!(reply("421 Timeout.\r\n").refusal(Phase::Stat, "a", 0).ends_session());
    }
}
