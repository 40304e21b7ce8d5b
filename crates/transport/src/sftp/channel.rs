//! One request after another on an SFTP channel, each within its deadline and each answer made a fact.
//!
//! Owns what is known of the server and of how it is to be asked. Promises that every status is looked at, whatever its
//! number, and that a channel which owes an answer is known by it. Where the protocol has only "failure" it asks for the
//! reason: whether the disk is full, whether a name is there. Never repeats a request, never cleans up.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};

use super::client::{PendingAnswer, RequestError, SftpClient};
use super::extension;
use super::packet::{self, READ, SftpStatus};
use super::ssh::ServerFacts;
use crate::listing::{self};
use crate::words;
use crate::{Deadlines, Listing, MinimumThroughput, Phase, RemoteFile, Result, TransportError};
use totatsu_base::{messages, say};

/// A channel, and how to ask on it.
pub(super) struct SftpChannel {
    pub(super) client: SftpClient,
    pub(super) facts: ServerFacts,
    pub(super) offers: SftpOffers,
    pub(super) deadlines: Deadlines,
    pub(super) minimum_throughput: MinimumThroughput,
    pub(super) writes_in_flight: usize,
    pub(super) reads_in_flight: usize,
    pub(super) write_chunk: usize,
    pub(super) read_chunk: usize,
    pub(super) plain_rename: bool,
    pub(super) owes_answer: AtomicBool,
    /// The partner was seen to acknowledge links that it doesn't make.
    pub(super) makes_no_links: AtomicBool,
}

/// A file that is open at the partner.
pub(super) struct OpenFile<'a> {
    pub(super) channel: &'a SftpChannel,
    pub(super) path: &'a str,
    pub(super) handle: Vec<u8>,
}

/// What the server's list of extensions tells of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SftpOffers {
    pub(super) sync: bool,
    pub(super) replacing_rename: bool,
    pub(super) hard_link: bool,
    pub(super) space: bool,
    /// The list is that of OpenSSH's own sftp-server, whose plain rename makes a link and so replaces nothing.
    pub(super) rename_never_replaces: bool,
}

/// What OpenSSH's sftp-server offers since version 8.5, beside what came later. Older ones offer less, as others do too.
const OPENSSH: [&str; 8] = [
    "posix-rename@openssh.com",
    "statvfs@openssh.com",
    "fstatvfs@openssh.com",
    "hardlink@openssh.com",
    "fsync@openssh.com",
    "lsetstat@openssh.com",
    "limits@openssh.com",
    "expand-path@openssh.com",
];
/// What OpenSSH's sftp-server offers since later versions.
const OPENSSH_LATER: [&str; 3] = ["copy-data", "home-directory", "users-groups-by-id@openssh.com"];

impl SftpOffers {
    /// What these extensions mean.
    pub(super) fn of(extensions: &[String]) -> SftpOffers {
        let has = |name: &str| extensions.iter().any(|offered| offered == name);
        let known =
            |name: &String| OPENSSH.contains(&name.as_str()) || OPENSSH_LATER.contains(&name.as_str());
        SftpOffers {
            sync: has(extension::SYNC),
            replacing_rename: has(extension::REPLACING_RENAME),
            hard_link: has(extension::HARD_LINK),
            space: has(extension::SPACE),
            rename_never_replaces: OPENSSH.iter().all(|name| has(name)) && extensions.iter().all(known),
        }
    }
}

impl SftpChannel {
    /// Whether a new name is given by a link and the old one removed afterwards.
    pub(super) fn links(&self) -> bool {
        let makes_links = self.offers.hard_link && !self.makes_no_links.load(Ordering::Relaxed);
        makes_links && !self.plain_rename && !self.offers.rename_never_replaces
    }

    /// Whether requests about one file are done in the order in which they are sent, as the protocol demands: OpenSSH's own server
    /// does one after another; of others it isn't known.
    pub(super) fn takes_requests_in_order(&self) -> bool {
        self.offers.rename_never_replaces
    }

    /// Waits for one answer, within the deadline of its phase.
    pub(super) async fn ask<T>(
        &self,
        phase: Phase,
        path: &str,
        answer: impl Future<Output = Result<T, RequestError>>,
    ) -> Result<T> {
        let answered = self.deadlines.within(phase, answer).await;
        let answer = answered.inspect_err(|_| self.owes_answer.store(true, Ordering::Relaxed))?;
        answer.map_err(|error| self.failed(phase, path, error))
    }

    pub(super) fn failed(&self, phase: Phase, path: &str, error: RequestError) -> TransportError {
        failure(phase, path, error, &self.facts)
    }

    /// Opens a file, in the phase of what it is opened for.
    pub(super) async fn open<'a>(&'a self, phase: Phase, path: &'a str, flags: u32) -> Result<OpenFile<'a>> {
        let handle = self.ask(phase, path, self.client.open(path, flags)).await?;
        Ok(OpenFile { channel: self, path, handle })
    }

    /// Opens a file to be read.
    pub(super) async fn open_to_read<'a>(&'a self, path: &'a str) -> Result<OpenFile<'a>> {
        self.open(Phase::Read, path, READ).await
    }

    /// Whether the partner sees something under this name; nothing where it doesn't let us ask.
    pub(super) async fn sees(&self, path: &str) -> Result<Option<bool>> {
        match self.look(path).await {
            Ok(found) => Ok(Some(found.is_some())),
            Err(error) if error.is_refusal() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What stands under a name. Some servers answer the question about a name that isn't there by no more than "failure", and
    /// some don't know the question: what its directory holds tells then.
    pub(super) async fn look(&self, path: &str) -> Result<Option<RemoteFile>> {
        match self.ask(Phase::Stat, path, self.client.lstat(path)).await {
            Ok(found) => Ok(Some(found)),
            Err(TransportError::NoSuchPath { .. }) => Ok(None),
            Err(TransportError::PartnerFailed { .. } | TransportError::Unsupported { .. }) => {
                self.look_into_directory(path).await
            }
            Err(error) => Err(error),
        }
    }

    async fn look_into_directory(&self, path: &str) -> Result<Option<RemoteFile>> {
        let (directory, name) = path.rsplit_once('/').unwrap_or((".", path));
        let directory = if directory.is_empty() { "/" } else { directory };
        match self.list(directory).await {
            Ok(Listing { entries, complete: true, .. }) => {
                Ok(entries.into_iter().find(|listed| listed.name == name).map(|listed| listed.file))
            }
            Err(error) if error.ends_session() => Err(error),
            Err(TransportError::NoSuchPath { .. }) => Ok(None),
            Ok(_) | Err(_) => {
                Err(TransportError::Unsupported { what: say!("transport-need-question", path = path) })
            }
        }
    }

    /// What the directory holds: read to the partner's "end", or to the limit of a listing. A server that answers with no
    /// entries again and again is ended by the limit too.
    pub(super) async fn list(&self, directory: &str) -> Result<Listing> {
        let handle = self.ask(Phase::List, directory, self.client.open_directory(directory)).await?;
        let listed = self.read_directory(directory, &handle).await;
        if !listed.as_ref().err().is_some_and(TransportError::ends_session) {
            // The entries are known by now: what a server says to closing a directory changes nothing.
            match self.ask(Phase::List, directory, self.client.close(&handle)).await {
                Err(error) if error.ends_session() && listed.is_err() => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        listed
    }

    async fn read_directory(&self, directory: &str, handle: &[u8]) -> Result<Listing> {
        let mut listing = Listing::default();
        for _ in 0..=listing::AT_MOST {
            let answer = async { or_end(self.client.read_directory(handle).await) };
            let Some(names) = self.ask(Phase::List, directory, answer).await? else {
                listing.complete = true;
                return Ok(listing);
            };
            for (name, file) in names {
                if !listing.take(&name, file) {
                    return Ok(listing);
                }
            }
        }
        Ok(listing)
    }

    /// Removes a file; `false` where there was none.
    pub(super) async fn take_away(&self, path: &str) -> Result<bool> {
        match self.ask(Phase::Remove, path, self.client.remove(path)).await {
            Ok(()) => Ok(true),
            Err(TransportError::NoSuchPath { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Bytes that we may still write on the file system of `path`.
    pub(super) async fn room(&self, path: &str) -> Result<Option<u64>> {
        if !self.offers.space {
            return Ok(None);
        }
        let asked = self.client.extended_answer(extension::SPACE, &[path.as_bytes()]);
        let answer = self.ask(Phase::Space, path, asked).await?;
        // Of the eleven numbers: the size of a piece, and how many are free for us.
        let [_, piece, _, _, free] = packet::numbers::<5>(&answer).ok_or_else(|| {
            let cause = unreadable(&say!("sftp-unreadable-space"));
            TransportError::ProtocolViolated { phase: Phase::Space, cause }
        })?;
        Ok(Some(piece.saturating_mul(free)))
    }

    /// Adds to a "failure" what can be found out: whether the disk of `place` has room for `missing` bytes. A file that was
    /// not created has no place of its own; its directory has.
    pub(super) async fn explain(
        &self,
        mut error: TransportError,
        place: &str,
        missing: u64,
    ) -> TransportError {
        if let TransportError::PartnerFailed { free, missing: needed, .. } = &mut error {
            *needed = missing.max(*needed);
            if free.is_none() {
                *free = self.room(place).await.ok().flatten();
            }
        }
        error
    }
}

impl OpenFile<'_> {
    /// Waits for the answer to a request about the file.
    pub(super) async fn ask<T>(&self, phase: Phase, answer: PendingAnswer<T>) -> Result<T> {
        self.channel.ask(phase, self.path, answer).await
    }

    pub(super) fn close(&self) -> PendingAnswer<()> {
        self.channel.client.close(&self.handle)
    }
}

/// The answer; none at the end of a file or directory.
pub(super) fn or_end<T>(answer: Result<T, RequestError>) -> Result<Option<T>, RequestError> {
    match answer {
        Err(RequestError::Status(SftpStatus { code: SftpStatus::END, .. })) => Ok(None),
        answer => answer.map(Some),
    }
}

/// The fact behind a request that was not answered with what it asked for.
pub(super) fn failure(phase: Phase, path: &str, error: RequestError, facts: &ServerFacts) -> TransportError {
    let violated = |cause: String| TransportError::ProtocolViolated { phase, cause };
    match error {
        RequestError::Status(status) => refused(phase, path, status),
        RequestError::Ended(cause) => facts.lost(phase, &cause),
        RequestError::WrongKind => violated(say!("sftp-wrong-kind")),
        RequestError::Unreadable(what) => violated(unreadable(&what)),
        RequestError::Text(text) => TransportError::Unsupported {
            what: say!("sftp-need-sftp-not-text", text = format!("{:?}", words::told(&text))),
        },
    }
}

fn unreadable(what: &str) -> String {
    say!("sftp-unreadable", what = what)
}

/// The fact behind a status. Numbers above 8 are those of later drafts of the protocol (draft-ietf-secsh-filexfer-13, section
/// 9.1), which servers use in version 3 all the same.
fn refused(phase: Phase, path: &str, status: SftpStatus) -> TransportError {
    let path = path.to_owned();
    let said = words::told(&status.words);
    let failed = |message: String, full: bool| TransportError::PartnerFailed {
        path: path.clone(),
        phase,
        message,
        free: full.then_some(0),
        missing: u64::from(full),
    };
    let told = |meaning: &str| match said.as_str() {
        "" => say!("sftp-status", meaning = meaning, status = status.code),
        words => say!("sftp-status-says", words = words, meaning = meaning, status = status.code),
    };
    match status.code {
        2 | 10 => TransportError::NoSuchPath { path, phase },
        3 | 12 => TransportError::PermissionDenied { path, phase },
        4 => failed(said, false),
        6 | 7 => TransportError::Lost { phase, cause: said },
        8 => TransportError::Unsupported { what: say!("transport-need-request", phase = phase) },
        11 => TransportError::AlreadyExists { path },
        14 => failed(told(&say!("sftp-status-14")), true),
        15 => failed(told(&say!("sftp-status-15")), true),
        SftpStatus::OK | SftpStatus::END | 5 => {
            let cause = say!("sftp-status-out-of-place", status = status.code, words = said);
            TransportError::ProtocolViolated { phase, cause }
        }
        code => failed(told(&meaning(code)), false),
    }
}

/// What the further numbers mean.
fn meaning(code: u32) -> String {
    let id = match code {
        9 => "sftp-status-9",
        13 => "sftp-status-13",
        16 => "sftp-status-16",
        17 => "sftp-status-17",
        18 => "sftp-status-18",
        19 => "sftp-status-19",
        20 => "sftp-status-20",
        21 => "sftp-status-21",
        22 => "sftp-status-22",
        23 => "sftp-status-23",
        24 => "sftp-status-24",
        25..=27 => "sftp-status-25",
        28 => "sftp-status-28",
        29 => "sftp-status-29",
        30 => "sftp-status-30",
        31 => "sftp-status-31",
        _ => "sftp-status-unknown",
    };
    messages::text(id, &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offers(names: &[&str]) -> SftpOffers {
        SftpOffers::of(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn only_the_whole_list_of_opensshs_own_server_says_that_a_rename_never_replaces() {
        assert!(offers(&OPENSSH).rename_never_replaces);
        assert!(offers(&[OPENSSH.as_slice(), &OPENSSH_LATER].concat()).rename_never_replaces);
        for left_out in 0..OPENSSH.len() {
            let mut fewer = OPENSSH.to_vec();
            fewer.remove(left_out);
            assert!(!offers(&fewer).rename_never_replaces);
        }
        assert!(!offers(&[OPENSSH.as_slice(), &["check-file"]].concat()).rename_never_replaces);
        assert!(!offers(&[]).rename_never_replaces);
    }

    #[test]
    fn every_status_has_a_meaning_or_is_told_with_its_number_and_words() {
        let of = |code, words: &str| refused(Phase::Write, "a", SftpStatus { code, words: words.to_owned() });
        assert!(matches!(of(10, ""), TransportError::NoSuchPath { .. }));
        assert!(matches!(of(11, ""), TransportError::AlreadyExists { .. }));
        assert!(of(14, "").partner_disk_full() && of(15, "quota").partner_disk_full());
        for code in [9, 13].into_iter().chain(16..40).chain([77, 1 << 31, u32::MAX]) {
            let told = of(code, "so it is").to_string();
            assert!(told.contains(&format!("status {code}")) && told.contains("so it is"), "{told}");
            assert!(of(code, "").to_string().contains(&format!("status {code}")));
        }
    }
}
