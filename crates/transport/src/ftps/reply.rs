//! What a server's reply means.
//!
//! The code tells how bad it is; why, only the text does, and every server has its own. Promises that "there is no such
//! file" is concluded only from a text that says so and says nothing of rights; whatever can't be told stays untold.

use super::names;
use crate::{Phase, TransportError, words};
use totatsu_base::say;

/// The server ends the connection.
const CLOSING: u16 = 421;
/// The server lacks room for the file.
const NO_ROOM: [u16; 2] = [452, 552];
/// The data connection is not protected as the server demands.
const PROTECTION: [u16; 5] = [521, 522, 533, 534, 536];
/// The request is not known, or not as we make it.
const NOT_KNOWN: [u16; 6] = [500, 501, 502, 503, 504, 202];

// not for people: what follows is compared with what servers say.
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
/// Words by which servers say that a file is in use just now, that we ask too often, or that they lack memory for it, in
/// lower case.
const BUSY: [&str; 12] = [
    "used by another process",
    "in use",
    "being used",
    "sharing violation",
    "is locked",
    "file busy",
    "resource busy",
    "try again",
    "使用中",
    "insufficient system resources",
    "insufficient resources",
    "insufficient memory",
];
/// Words by which servers say that they have too many sessions just now, in lower case.
const CROWDED: [&str; 14] = [
    "too many connections",
    "too many users",
    "too many clients",
    "too many sessions",
    "maximum number of",
    "maximum connections",
    "maximum login limit",
    "number of connections",
    "connection limit",
    "user limit",
    "session limit",
    "already connected",
    "try again",
    "temporarily",
];
/// Words that a reply about our account has, in lower case; one that has them isn't about other sessions alone.
const ACCOUNT: [&str; 6] = ["incorrect", "invalid", "password", "failed", "failures", "attempts"];
/// Words by which servers say that a directory holds nothing, as if that were an error, in lower case.
const EMPTY: [&str; 7] = [
    "no files found",
    "no file found",
    "no files in",
    "no matching files",
    "no data sets found",
    "no members found",
    "is empty",
];
/// Words by which servers say that they cut a listing short, in lower case.
const CUT: [&str; 4] = ["truncated", "too many files", "too many matches", "too many entries"];
/// Words by which servers say that their disk is full, in lower case.
const FULL: [&str; 9] = [
    "no space",
    "not enough space",
    "空き領域がありません",
    "disk full",
    "quota",
    "insufficient storage",
    "insufficient system storage",
    "insufficient space",
    "insufficient disk",
];

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
    /// The name is not there.
    Absent,
    /// We may not use the name.
    Denied,
    /// The server doesn't say, or says both.
    Untold,
}

impl Reply {
    /// The reply of this code; `lines` with their codes, without their ends.
    pub(super) fn of(code: u16, lines: &[Vec<u8>]) -> Reply {
        let bare = |line: &Vec<u8>| {
            let digits = line.get(..3).is_some_and(|code| code.iter().all(u8::is_ascii_digit));
            let coded = digits && matches!(line.get(3), None | Some(b' ' | b'-'));
            let text = if coded { line.get(4..).unwrap_or_default() } else { line };
            names::shown(text).trim().to_owned()
        };
        Reply { code, lines: lines.iter().map(bare).collect() }
    }

    /// The reply's last line, in the form in which the FTP library reads replies.
    pub(super) fn in_one_line(&self) -> Vec<u8> {
        format!("{:03} {}\r\n", self.code, self.last()).into_bytes()
    }

    /// Whether another reply follows this one.
    pub(super) fn is_preliminary(&self) -> bool {
        (100..200).contains(&self.code)
    }

    /// Whether the reply's code is one of these.
    pub(super) fn is(&self, codes: &[u16]) -> bool {
        codes.contains(&self.code)
    }

    /// Whether the server ends the connection with this reply.
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
        words::told(&format!("{} {}", self.code, self.lines.join(" ")))
    }

    /// What the reply tells about `path`.
    pub(super) fn meaning(&self, path: &str) -> Meaning {
        let words = self.words(path);
        match (contains(&words, &ABSENT), contains(&words, &DENIED)) {
            (true, false) => Meaning::Absent,
            (false, true) => Meaning::Denied,
            (true, true) | (false, false) => Meaning::Untold,
        }
    }

    /// Whether the reply says that something is in use just now, so that asking later helps.
    pub(super) fn tells_busy(&self, path: &str) -> bool {
        contains(&self.words(path), &BUSY)
    }

    /// Whether a reply to our signing in says that others take all places just now.
    pub(super) fn tells_crowded(&self) -> bool {
        let words = self.words("");
        contains(&words, &CROWDED) && !contains(&words, &ACCOUNT)
    }

    /// Whether the refusal to list a directory says that it holds nothing.
    pub(super) fn tells_empty(&self, path: &str) -> bool {
        self.is(&[450, 550]) && contains(&self.words(path), &EMPTY)
    }

    /// Whether the reply that ends a listing says that it isn't all of it.
    pub(super) fn tells_cut(&self, path: &str) -> bool {
        contains(&self.words(path), &CUT)
    }

    /// The error that the reply is, once it is known not to be a yes. `missing` bytes were still to be stored.
    pub(super) fn refusal(&self, phase: Phase, path: &str, missing: u64) -> TransportError {
        let (path, message) = (path.to_owned(), self.shown());
        let quoted = format!("{message:?}");
        if self.ends_connection() {
            return TransportError::Lost { phase, cause: message };
        }
        if self.tells_no_room(&path) {
            let (free, missing) = (Some(0), missing.max(1));
            return TransportError::PartnerFailed { path, phase, message, free, missing };
        }
        if self.is(&PROTECTION) {
            let what = say!("ftps-need-data-protected", words = quoted);
            return TransportError::Unsupported { what };
        }
        if self.is(&NOT_KNOWN) {
            let what = say!("transport-need-request-says", phase = phase, words = quoted);
            return TransportError::Unsupported { what };
        }
        if self.code < 500 || self.tells_busy(&path) {
            return TransportError::PartnerFailed { path, phase, message, free: None, missing };
        }
        match self.meaning(&path) {
            Meaning::Absent => TransportError::NoSuchPath { path, phase },
            meaning @ (Meaning::Denied | Meaning::Untold) => {
                let denied = meaning == Meaning::Denied;
                TransportError::Refused { path, phase, words: message, denied }
            }
        }
    }

    /// The text in lower case, without the path, whose own words say nothing.
    fn words(&self, path: &str) -> String {
        without(&self.lines.join(" "), path).to_lowercase()
    }
}

/// The text without the path, but where the path's letters only stand in another word, as `in` does in `finding`.
fn without(text: &str, path: &str) -> String {
    if path.is_empty() {
        return text.to_owned();
    }
    let continues = |left: Option<char>, right: Option<char>| {
        left.zip(right)
            .is_some_and(|(left, right)| left.is_ascii_alphanumeric() && right.is_ascii_alphanumeric())
    };
    let (mut kept, mut from) = (String::new(), 0);
    for (at, _) in text.match_indices(path) {
        let (before, behind) = (&text[..at], &text[at + path.len()..]);
        let is_in_a_word = continues(before.chars().next_back(), path.chars().next())
            || continues(path.chars().next_back(), behind.chars().next());
        if !is_in_a_word {
            kept.push_str(&text[from..at]);
            from = at + path.len();
        }
    }
    kept + &text[from..]
}

fn contains(words: &str, any: &[&str]) -> bool {
    any.iter().any(|word| words.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ftps::control::take_reply;
    use totatsu_base::Remedy;

    fn reply(text: &str) -> Reply {
        take_reply(&mut text.as_bytes().to_vec()).unwrap().unwrap()
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
    fn a_line_of_three_letters_inside_a_reply_keeps_them() {
        assert_eq!(reply("211-Features:\r\nMLS\r\n211 End\r\n").lines, ["Features:", "MLS", "End"]);
    }

    #[test]
    fn a_path_takes_nothing_out_of_words_in_which_its_letters_stand() {
        let absent = reply("550 The system cannot find the file specified. \r\n");
        assert_eq!(absent.meaning("in"), Meaning::Absent);
        let error = absent.refusal(Phase::Open, "in", 0);
        assert!(matches!(&error, TransportError::NoSuchPath { path, .. } if path == "in"), "{error}");
        for own in ["550 denied: failed\r\n", "550 failed: \"denied\"\r\n", "550 /denied/a: failed\r\n"] {
            assert_eq!(reply(own).meaning("denied"), Meaning::Untold, "{own}");
        }
    }

    #[test]
    fn a_reply_is_handed_on_with_its_three_digits_whatever_they_are() {
        assert_eq!(reply("012 odd\r\n").in_one_line(), b"012 odd\r\n");
        assert_eq!(reply("226-a\r\n226 b\r\n").in_one_line(), b"226 b\r\n");
    }

    #[test]
    fn a_partner_without_room_is_told_whatever_the_code() {
        for text in [
            "452 in/a: No space left on device\r\n",
            "552 Quota exceeded\r\n",
            "451 disk full\r\n",
            "550 There is not enough space on the disk. \r\n",
            "550 Insufficient system storage\r\n",
            "550 ディスクに十分な空き領域がありません。\r\n",
        ] {
            assert!(reply(text).refusal(Phase::Write, "in/a", 10).partner_disk_full(), "{text}");
        }
        let failed = reply("451 Failure writing to local file.\r\n").refusal(Phase::Write, "in/a", 10);
        assert!(
            !failed.partner_disk_full() && failed.to_string().contains("451 Failure writing"),
            "{failed}"
        );
    }

    #[test]
    fn a_partner_that_says_we_lack_a_privilege_is_not_called_full() {
        for text in ["550 Insufficient privilege\r\n", "550 in/a: insufficient access rights\r\n"] {
            let error = reply(text).refusal(Phase::Write, "in/a", 10);
            assert!(!error.partner_disk_full(), "{error}");
            assert_eq!(error.remedy(), Remedy::Hold, "{error}");
        }
    }

    #[test]
    fn a_reply_that_ends_the_connection_ends_the_session() {
        assert!(reply("421 Timeout.\r\n").refusal(Phase::Stat, "a", 0).ends_session());
    }

    /// What servers say, and what is done then: with the public report that it is from.
    #[test]
    fn a_refusal_is_called_what_its_words_say() {
        for (text, remedy, shown) in [
            // SamKirkland/FTP-Deploy-Action #302: IIS
            (
                "550 The process cannot access the file because it is being used by another process. ",
                Remedy::Retry,
                "being used by another process",
            ),
            ("550 in/a: Text file busy\r\n", Remedy::Retry, "Text file busy"),
            ("550 別のプロセスが使用中です\r\n", Remedy::Retry, "使用中"),
            ("553 File is locked, try again later\r\n", Remedy::Retry, "try again later"),
            ("450 in/a: Device or resource busy\r\n", Remedy::Retry, "resource busy"),
            ("550 Insufficient system resources exist\r\n", Remedy::Retry, "system resources exist"),
            ("550 Permission denied.\r\n", Remedy::Hold, "denies open, it says \"550 Permission denied.\""),
            ("550 アクセスが拒否されました\r\n", Remedy::Hold, "denies"),
            (
                "550 Could not create file.\r\n",
                Remedy::Hold,
                "refuses open, it says \"550 Could not create file.\"",
            ),
            ("553 Prohibited file name\r\n", Remedy::Hold, "Prohibited file name"),
            ("550 \r\n", Remedy::Hold, "refuses open, it says \"550\""),
            ("550 in/a: No such file or directory\r\n", Remedy::Hold, "no such file or directory"),
        ] {
            let error = reply(&format!("{}\r\n", text.trim_end())).refusal(Phase::Open, "in/a", 0);
            assert_eq!(error.remedy(), remedy, "{text}: {error}");
            assert!(error.to_string().contains(shown), "{error}");
        }
    }

    #[test]
    fn a_server_without_a_place_for_us_is_told_from_one_that_does_not_know_us() {
        for crowded in [
            // juftin/browsr #26, SublimeText2-FTPSync #154, SamKirkland/ftp-deploy #29
            "530 Sorry, you have exceeded the number of connections.",
            "530 Sorry, the maximum number of clients (3) for this user are already connected.",
            "530 Sorry, the maximum number of connections (10) for your host are already connected.",
            "530 Sorry, the maximum number of allowed clients (20) are already connected.",
            "530 Too many users logged in, try again later",
            "530 Maximum login limit has been reached.",
            "530 Connection limit exceeded for this user",
            "530 User limit reached",
            "530 Service temporarily unavailable",
        ] {
            assert!(reply(&format!("{crowded}\r\n")).tells_crowded(), "{crowded}");
        }
        for unknown in [
            "530 Login incorrect.",
            "530 User cannot log in.",
            "530 Login authentication failed",
            "530 Not logged in, user or password incorrect!",
            "530 Too many login failures, try again later",
            "530 Maximum number of failed attempts reached",
            "530 Invalid user name or password. Please try again.",
            "530 ",
        ] {
            assert!(!reply(&format!("{unknown}\r\n")).tells_crowded(), "{unknown}");
        }
    }

    #[test]
    fn a_directory_that_holds_nothing_is_told_from_one_that_is_missing() {
        for (text, empty) in [
            // robinrodricks/FluentFTP #316
            ("550 No files found", true),
            ("450 No files found", true),
            ("550 No data sets found.", true),
            ("550 Directory is empty", true),
            ("550 File not found", false),
            ("550 No such file or directory", false),
            ("425 No files found", false),
            ("550 Permission denied", false),
        ] {
            assert_eq!(reply(&format!("{text}\r\n")).tells_empty("out"), empty, "{text}");
        }
        // duplicati/duplicati #6005
        assert!(reply("226-Options: -a -l\r\n226 Output truncated to 10000 matches\r\n").tells_cut("out"));
        assert!(!reply("226 10000 matches total\r\n").tells_cut("out"));
        assert!(!reply("226 truncated: done\r\n").tells_cut("truncated"));
    }
}
