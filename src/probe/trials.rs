//! The trials, one after another, in one directory.
//!
//! Promises that every name is noted before the partner is asked to make it. A trial that ends the session spoils only
//! itself: the next one begins over a new session. The failure of a trial is a finding too; only a partner that can't be
//! reached again ends the probe.

use super::found;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tempfile::TempDir;

use super::profile::{DirectoryProfile, Topic};
use super::traces::{Traces, connected};
use super::wishes::{PREFIX, Wishes};
use totatsu_base::Sha256;
use totatsu_base::evidence::Overwrite;
use totatsu_base::names::path_in;
use totatsu_base::say;
use totatsu_transport::{NameRequest, Progress, Reach, ReadBy, RenamedBy, Session, Synced, TransportError};

/// What the files hold, repeated until they have their size.
// not for people: it stands at the partner, in whatever language that has.
const CONTENTS: &str =
    "This is a harmless test file of totatsu, a file-transfer gateway. It may be deleted.\r\n";
/// Bytes of the longest name that is tried.
const LONGEST: usize = 255;
/// A directory with up to this many entries is listed a second time.
const FEW: usize = 1000;
/// Questions by which the round trip is measured.
const QUESTIONS: usize = 5;
/// Seconds by which clocks may differ: instants come in whole seconds, and the line takes its time.
const SKEW: i64 = 5;
/// How often a file with a final name is looked for.
const LOOK: Duration = Duration::from_millis(200);

/// The files that are sent.
pub(super) struct Samples {
    _folder: TempDir,
    small: Sample,
    other: Sample,
    large: Option<Sample>,
}

struct Sample {
    path: PathBuf,
    size: u64,
    sha256: Sha256,
}

impl Samples {
    /// Writes the samples to a temporary folder; the large one has `large` bytes.
    pub(super) fn write(large: u64) -> Result<Samples, TransportError> {
        let failed = |error| TransportError::OwnFile { path: std::env::temp_dir(), error };
        let folder = tempfile::tempdir().map_err(failed)?;
        let sample = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            match fs::write(&path, bytes) {
                Ok(()) => Ok(Sample { path, size: bytes.len() as u64, sha256: Sha256::of(bytes) }),
                Err(error) => Err(TransportError::OwnFile { path, error }),
            }
        };
        let small = sample("small", CONTENTS.as_bytes())?;
        let other = sample("other", CONTENTS.repeat(2).as_bytes())?;
        let large = match usize::try_from(large).unwrap_or(usize::MAX) {
            0 => None,
            bytes => {
                let contents: Vec<u8> = CONTENTS.bytes().cycle().take(bytes).collect();
                Some(sample("large", &contents)?)
            }
        };
        Ok(Samples { small, other, large, _folder: folder })
    }
}

/// The trials in one directory.
pub(super) struct Trials<'a> {
    pub(super) reach: &'a Reach,
    pub(super) session: &'a mut Option<Box<dyn Session>>,
    pub(super) traces: &'a mut Traces,
    pub(super) samples: &'a Samples,
    pub(super) directory: &'a str,
    pub(super) id: &'a str,
    pub(super) found: DirectoryProfile,
}

/// The outcome of a request to the partner.
type Asked<T> = Result<T, TransportError>;

impl Trials<'_> {
    /// Tries everything in the directory, takes the probe's files away and concludes.
    pub(super) async fn try_all(&mut self, wishes: &Wishes) -> Asked<()> {
        let stays = self.traces.paths();
        let base = self.name("");
        let asked = self.session().await?.stat(&base).await;
        self.judge(Topic::Ask, &asked, &say!("partner-found-free"));
        if self.create(&base).await? {
            self.look_at(&base).await?;
            self.list(&base).await?;
            self.read_back(&base).await?;
            let other = self.resume().await?;
            self.name_twice(&base).await?;
            let named = self.rename(&base).await?;
            self.rename_onto(&other, &named).await?;
            self.case(&named).await?;
            self.longest_name().await?;
            self.space().await?;
            self.round_trip().await?;
            self.throughput().await?;
            if let Some(name) = &wishes.final_name {
                let (stays, words) = self.final_name(name, wishes.watch).await?;
                self.found.note(Topic::FinalNameStays, stays, words);
            }
        }
        self.take_away(&stays).await?;
        self.found.conclude();
        Ok(())
    }

    /// The path of a file of this probe.
    fn name(&self, mark: &str) -> String {
        path_in(self.directory, &format!("{PREFIX}{}{mark}.part", self.id))
    }

    /// The session, or a new one where an earlier trial ended it.
    async fn session(&mut self) -> Asked<&mut dyn Session> {
        if !self.session.as_ref().is_some_and(|session| session.is_alive()) {
            self.traces.line_broke();
        }
        connected(self.session, self.reach).await
    }

    /// Notes a topic as holding if the request succeeded, and as unknown where the line broke.
    fn judge<T>(&mut self, topic: Topic, asked: &Asked<T>, done: &str) {
        match asked {
            Ok(_) => self.found.note(topic, Some(true), done),
            Err(error) => {
                let holds = if error.ends_session() { None } else { Some(false) };
                self.found.note(topic, holds, error.to_string());
            }
        }
    }

    /// Sends a sample to a name of our own, from the byte `from` on.
    async fn put(&mut self, sample: &Sample, path: &str, from: u64) -> Asked<Asked<Synced>> {
        self.traces.note(path);
        let put = self.session().await?.put(&sample.path, path, from, &Progress::new()).await;
        Ok(put.map(|put| put.synced))
    }

    async fn create(&mut self, path: &str) -> Asked<bool> {
        let samples = self.samples;
        match self.put(&samples.small, path, 0).await? {
            Ok(synced) => {
                self.found.note(Topic::Create, Some(true), say!("partner-found-created"));
                let (holds, words) = match synced {
                    Synced::Yes => (true, say!("partner-found-synced")),
                    Synced::NotOffered => (false, say!("partner-found-no-request")),
                };
                self.found.note(Topic::Sync, Some(holds), words);
                Ok(true)
            }
            Err(error) => {
                self.found.absent = matches!(error, TransportError::NoSuchPath { .. });
                self.found.note(Topic::Create, Some(false), error.to_string());
                Ok(false)
            }
        }
    }

    async fn look_at(&mut self, path: &str) -> Asked<()> {
        let size = self.samples.small.size;
        let seen = self.session().await?.stat(path).await;
        let now = Timestamp::now();
        let (holds, words, modified) = match seen {
            Ok(Some(file)) => (file.size == Some(size), file.shown_size(), file.modified),
            Ok(None) => (false, say!("partner-found-hidden"), None),
            Err(error) => (false, error.to_string(), None),
        };
        self.found.note(Topic::Size, Some(holds), words);
        match modified.map(|modified| modified.as_second() - now.as_second()) {
            Some(ahead) => {
                let words = say!("partner-found-clock", ahead = format!("{ahead:+}"));
                self.found.measure(Topic::Clock, Some(ahead.abs() <= SKEW), ahead, words);
            }
            None => self.found.note(Topic::Clock, None, say!("partner-found-no-time")),
        }
        Ok(())
    }

    async fn list(&mut self, path: &str) -> Asked<()> {
        let name = last(path).to_owned();
        let directory = self.directory;
        match self.session().await?.list(directory).await {
            Ok(listing) => {
                let others = listing.entries.iter().map(|listed| &listed.name);
                let earlier = others.filter(|other| other.starts_with(PREFIX) && !other.contains(self.id));
                self.found.earlier = earlier.cloned().collect();
                let count = listing.entries.len();
                let mut words = vec![found::entries(count)];
                if !listing.complete {
                    words.push(say!("partner-found-more"));
                }
                if listing.unusable > 0 {
                    words.push(say!("partner-found-unusable", count = listing.unusable));
                }
                let ours = listing.find(&name).is_some();
                words.push(if ours { say!("partner-found-ours") } else { say!("partner-found-not-ours") });
                let holds = Some(ours && listing.complete);
                self.found.measure(Topic::List, holds, count as i64, found::all_of(words));
            }
            Err(error) => self.found.note(Topic::List, Some(false), error.to_string()),
        }
        Ok(())
    }

    async fn read_back(&mut self, path: &str) -> Asked<()> {
        let (size, sha256) = (self.samples.small.size, self.samples.small.sha256);
        match self.session().await?.read_back(path, &Progress::new()).await {
            Ok(back) => {
                let same = (back.bytes, back.sha256) == (size, sha256);
                let words =
                    if same { say!("partner-found-same-bytes") } else { say!("partner-found-other-bytes") };
                self.found.note(Topic::ReadBack, Some(same), words);
                let by_partner = back.by == ReadBy::Partner;
                let words =
                    if by_partner { say!("partner-found-digest") } else { say!("partner-found-no-digest") };
                self.found.note(Topic::Digest, Some(by_partner), words);
            }
            Err(error) => self.found.note(Topic::ReadBack, Some(false), error.to_string()),
        }
        Ok(())
    }

    /// Sends the first part of a file, then the rest. Returns the file's path.
    async fn resume(&mut self) -> Asked<String> {
        let path = self.name("-2");
        let samples = self.samples;
        let size = samples.small.size;
        // The small sample is the first half of the other one.
        let first = self.put(&samples.small, &path, 0).await?;
        let done = match first {
            Ok(_) => self.put(&samples.other, &path, size).await?,
            Err(error) => Err(error),
        };
        self.judge(Topic::Resume, &done, &say!("partner-found-rest"));
        Ok(path)
    }

    async fn name_twice(&mut self, base: &str) -> Asked<()> {
        let second = self.name("-link");
        self.traces.note(&second);
        let linked = self.session().await?.try_names(NameRequest::HardLink, base, &second).await;
        self.judge(Topic::HardLink, &linked, &say!("partner-found-made"));
        if linked.is_ok() {
            self.remove(&second).await?;
        } else if linked.as_ref().is_err_and(TransportError::is_refusal) {
            self.traces.forget(&second);
        }
        Ok(())
    }

    /// Gives a file a free name, as a delivery does. Returns the path that the file has then.
    async fn rename(&mut self, base: &str) -> Asked<String> {
        let named = self.name("-named");
        self.traces.note(&named);
        match self.session().await?.rename(base, &named, Overwrite::Refuse).await {
            Ok(renamed) => {
                let how = match renamed.by {
                    RenamedBy::HardLink if renamed.old_name_left => say!("partner-found-by-link-left"),
                    RenamedBy::HardLink => say!("partner-found-by-link"),
                    RenamedBy::Rename => say!("partner-found-by-rename"),
                    RenamedBy::AtomicRename => say!("partner-found-by-replacing"),
                };
                self.found.note(Topic::Rename, Some(true), how);
                if !renamed.old_name_left {
                    self.traces.forget(base);
                }
                Ok(named)
            }
            Err(error) => {
                self.found.note(Topic::Rename, Some(false), error.to_string());
                Ok(base.to_owned())
            }
        }
    }

    /// Tries what becomes of our file `to` when our file `from` is given its name.
    async fn rename_onto(&mut self, from: &str, to: &str) -> Asked<()> {
        let plain = self.session().await?.try_names(NameRequest::Rename, from, to).await;
        let (spares, words) = match &plain {
            Ok(()) => (Some(false), say!("partner-found-spares-not")),
            Err(error) if error.ends_session() || matches!(error, TransportError::NoSuchPath { .. }) => {
                (None, error.to_string())
            }
            Err(_) => (Some(true), say!("partner-found-spares")),
        };
        self.found.note(Topic::RenameRefuses, spares, words);
        if plain.is_ok() {
            let samples = self.samples;
            if let Err(error) = self.put(&samples.other, from, 0).await? {
                self.found.note(Topic::Replace, None, error.to_string());
                return Ok(());
            }
        }
        let replaced = match self.reach {
            Reach::Sftp(_) => self.session().await?.try_names(NameRequest::ReplacingRename, from, to).await,
            Reach::Ftps(_) | Reach::Medium(_) => {
                self.session().await?.rename(from, to, Overwrite::Atomic).await.map(drop)
            }
        };
        self.judge(Topic::Replace, &replaced, &say!("partner-found-replaced"));
        if replaced.is_ok() {
            self.traces.forget(from);
        }
        Ok(())
    }

    async fn case(&mut self, named: &str) -> Asked<()> {
        let name = last(named).to_ascii_uppercase();
        let other = path_in(self.directory, &name);
        let found = self.session().await?.stat(&other).await;
        if self.found.holds(Topic::Size) != Some(true) {
            self.found.note(Topic::CaseSensitive, None, say!("partner-found-case-untold"));
            return Ok(());
        }
        let (holds, words) = match found {
            Ok(None) => (Some(true), say!("partner-found-case-apart")),
            Ok(Some(_)) => (Some(false), say!("partner-found-case-one")),
            Err(error) => (None, error.to_string()),
        };
        self.found.note(Topic::CaseSensitive, holds, words);
        Ok(())
    }

    async fn longest_name(&mut self) -> Asked<()> {
        let mut taken = last(&self.name("")).len();
        let mut refused = LONGEST + 1;
        let mut next = LONGEST;
        while taken + 1 < refused {
            match self.takes_name_of(next).await? {
                Ok(true) => taken = next,
                Ok(false) => refused = next,
                Err(error) => {
                    let words = say!("partner-found-bytes-least", bytes = taken, error = error);
                    self.found.measure(Topic::LongestName, None, taken as i64, words);
                    return Ok(());
                }
            }
            next = taken.midpoint(refused);
        }
        let words = if taken == LONGEST {
            say!("partner-found-bytes-most", bytes = taken)
        } else {
            say!("partner-found-bytes", bytes = taken)
        };
        self.found.measure(Topic::LongestName, Some(true), taken as i64, words);
        Ok(())
    }

    /// Whether a name of so many bytes is taken, and comes back whole in a listing, if the directory is listed.
    async fn takes_name_of(&mut self, bytes: usize) -> Asked<Asked<bool>> {
        let shortest = last(&self.name("-")).len();
        let path = self.name(&format!("-{}", "n".repeat(bytes.saturating_sub(shortest))));
        let samples = self.samples;
        if let Err(error) = self.put(&samples.small, &path, 0).await? {
            if error.ends_session() {
                return Ok(Err(error));
            }
            self.remove(&path).await?;
            return Ok(Ok(false));
        }
        let few = self.found.finding(Topic::List).and_then(|list| list.value);
        let mut whole = true;
        if self.found.holds(Topic::List) == Some(true) && few.is_some_and(|few| few <= FEW as i64) {
            let directory = self.directory;
            let listing = self.session().await?.list(directory).await;
            whole = listing.is_ok_and(|listing| listing.find(last(&path)).is_some());
        }
        self.remove(&path).await?;
        Ok(Ok(whole))
    }

    async fn space(&mut self) -> Asked<()> {
        let directory = if self.directory.is_empty() { "." } else { self.directory };
        match self.session().await?.free_space(directory).await {
            Ok(Some(free)) => {
                let value = i64::try_from(free).unwrap_or(i64::MAX);
                self.found.measure(
                    Topic::FreeSpace,
                    Some(true),
                    value,
                    say!("partner-found-bytes", bytes = free),
                );
            }
            Ok(None) => self.found.note(Topic::FreeSpace, Some(false), say!("partner-found-no-request")),
            Err(error) => self.found.note(Topic::FreeSpace, Some(false), error.to_string()),
        }
        Ok(())
    }

    async fn round_trip(&mut self) -> Asked<()> {
        let free = self.name("-free");
        let mut shortest = None;
        for _ in 0..QUESTIONS {
            let session = self.session().await?;
            let begun = Instant::now();
            if session.stat(&free).await.is_err_and(|error| error.ends_session()) {
                break;
            }
            shortest = Some(shortest.map_or(begun.elapsed(), |least: Duration| least.min(begun.elapsed())));
        }
        if let Some(shortest) = shortest {
            let value = i64::try_from(shortest.as_micros()).unwrap_or(i64::MAX);
            let milliseconds = format!("{:.1}", shortest.as_secs_f64() * 1000.0);
            let words = say!("partner-found-round-trip", milliseconds = milliseconds);
            self.found.measure(Topic::RoundTrip, Some(true), value, words);
        }
        Ok(())
    }

    async fn throughput(&mut self) -> Asked<()> {
        let samples = self.samples;
        let Some(large) = &samples.large else { return Ok(()) };
        let path = self.name("-large");
        let begun = Instant::now();
        if let Err(error) = self.put(large, &path, 0).await? {
            self.found.note(Topic::SendRate, Some(false), error.to_string());
            self.remove(&path).await?;
            return Ok(());
        }
        self.rate(Topic::SendRate, large.size, begun.elapsed());
        if self.found.holds(Topic::ReadBack) == Some(true) {
            let begun = Instant::now();
            match self.session().await?.read_back(&path, &Progress::new()).await {
                Ok(back) if (back.bytes, back.sha256) == (large.size, large.sha256) => {
                    if back.by == ReadBy::Us {
                        self.rate(Topic::ReadRate, large.size, begun.elapsed());
                    }
                }
                Ok(_) => self.found.note(Topic::ReadRate, Some(false), say!("partner-found-other-bytes")),
                Err(error) => self.found.note(Topic::ReadRate, Some(false), error.to_string()),
            }
        }
        self.remove(&path).await
    }

    fn rate(&mut self, topic: Topic, bytes: u64, took: Duration) {
        let rate = (bytes as f64 / took.as_secs_f64().max(1e-6)) as u64;
        let shown = bytesize::ByteSize::b(rate).display().iec().to_string();
        let words = say!("partner-found-rate", rate = shown, bytes = bytes);
        self.found.measure(topic, Some(true), i64::try_from(rate).unwrap_or(i64::MAX), words);
    }

    /// Gives a file a final name, as a delivery does, and watches it. Returns whether it stays, if that can be told, and words for it.
    async fn final_name(&mut self, name: &str, watch: Duration) -> Asked<(Option<bool>, String)> {
        let (path, temporary) = (path_in(self.directory, name), self.name("-final"));
        let samples = self.samples;
        let small = &samples.small;
        if let Err(error) = self.put(small, &temporary, 0).await? {
            return Ok((None, error.to_string()));
        }
        match self.session().await?.stat(&path).await {
            Ok(None) => {}
            Ok(Some(_)) => return Ok((None, say!("partner-found-not-tried-exists", path = path))),
            Err(error) => {
                return Ok((None, say!("partner-found-not-tried-untold", error = error)));
            }
        }
        self.traces.note_final(&path, small.size, small.sha256);
        if let Err(error) = self.session().await?.rename(&temporary, &path, Overwrite::Refuse).await {
            return Ok((None, error.to_string()));
        }
        let begun = Instant::now();
        loop {
            let seen = self.session().await?.stat(&path).await;
            let after = begun.elapsed();
            match seen {
                Ok(None) => {
                    self.traces.forget(&path);
                    let seconds = format!("{:.1}", after.as_secs_f64());
                    return Ok((Some(false), say!("partner-found-taken", seconds = seconds)));
                }
                Err(error) => return Ok((None, error.to_string())),
                Ok(Some(_)) if after >= watch => {
                    let seconds = format!("{:.0}", watch.as_secs_f64());
                    return Ok((Some(true), say!("partner-found-stays", seconds = seconds)));
                }
                Ok(Some(_)) => tokio::time::sleep(LOOK).await,
            }
        }
    }

    /// Removes one of our own names. A name that can't be removed stays noted.
    async fn remove(&mut self, path: &str) -> Asked<()> {
        if self.session().await?.remove(path).await.is_ok() {
            self.traces.forget(path);
        }
        Ok(())
    }

    /// Removes everything that the probe made, and notes whether that is allowed. `stays` has what could not be removed before.
    async fn take_away(&mut self, stays: &[String]) -> Asked<()> {
        let made = self.found.holds(Topic::Create) == Some(true);
        self.traces.clear(self.session, self.reach).await;
        let mut left = self.traces.paths();
        left.retain(|path| !stays.contains(path));
        match left.as_slice() {
            [] if made => self.found.note(Topic::Remove, Some(true), say!("partner-found-all-gone")),
            [] => {}
            left => {
                let words = say!("partner-found-left", paths = left.join(", "));
                self.found.note(Topic::Remove, Some(false), words);
            }
        }
        Ok(())
    }
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
