//! Looks at partners for the files of inbound links: again and again within their hours, and whenever a person asks.
//!
//! Owns when a partner is looked at, and which of the files seen there begin a collection: those that no collection has
//! fetched as they are. A partner that is down, held or closed isn't looked at. What can't be listed is told once. A person
//! who asked is told what the look saw, or why there was none.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::task::JoinSet;

use super::intake::why_not_now;
use super::stopping::{DaemonError, Stopping};
use crate::alert::{self, Alert, Kind};
use crate::blocking::blocking;
use crate::collect::find::{Lookout, Outside, Seen};
use crate::collect::sighting::{self, Looked, Sighting, TakenUp, Told};
use crate::config::link::InboundLink;
use crate::deliver::accept::{self, AcceptError};
use crate::gateway::{Gateway, LastLook, Stop};
use crate::{disk, journey};
use totatsu_base::evidence::Found;
use totatsu_base::say;
use totatsu_base::{DeliveryId, Moment, Remedy};
use totatsu_ledger::{Collection, Delivery, Event, Gate, LedgerError, Subject};
use totatsu_transport::Listing;

/// How long at most until it is asked again whether a closed partner is open: the system clock may be set.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// For how many files one look asks the time, where the listing doesn't tell it; the next look goes on behind them.
const TIMES_ASKED: usize = 500;
/// How many collections begin with one sync at most.
const BEGUN_TOGETHER: usize = 64;

/// One inbound link and what was seen at its partner.
struct Post {
    gateway: Arc<Gateway>,
    link: InboundLink,
    lookout: Lookout,
    /// Files that a collection has fetched, as they looked then: nobody need ask the ledger again.
    known: HashMap<String, Outside>,
    /// The name of the last file whose time was asked for.
    asked_last: String,
    /// What was told to be wrong at the last look.
    trouble: Option<String>,
}

/// Looks after every inbound link until asked to stop.
pub(super) async fn run(gateway: Arc<Gateway>, stopping: Stopping) -> Result<(), DaemonError> {
    let mut posts = JoinSet::new();
    for link in gateway.config.inbound.values() {
        let post = Post {
            gateway: gateway.clone(),
            link: link.clone(),
            lookout: Lookout::default(),
            known: HashMap::new(),
            asked_last: String::new(),
            trouble: None,
        };
        posts.spawn(post.stand(stopping.clone()));
    }
    while let Some(ended) = posts.join_next().await {
        ended.map_err(DaemonError::Panicked)??;
    }
    Ok(())
}

impl Post {
    async fn stand(mut self, mut stopping: Stopping) -> Result<(), DaemonError> {
        let hint = self.gateway.looks.hint(&self.link.name);
        while !stopping.is_asked() {
            // Before the look, so that it begins after they asked.
            let asked = self.gateway.looks.asked(&self.link.name);
            let (pause, looked) = match self.closed_for(!asked.is_empty()).map_err(Stop::from)? {
                Some((closed, gate)) => {
                    let partner = &self.link.partner;
                    (closed, Err(say!("daemon-not-looked-at", partner = partner, gate = gate)))
                }
                None => tokio::select! {
                    looked = self.look() => looked?,
                    () = stopping.asked() => return Ok(()),
                },
            };
            // Somebody who doesn't wait any more need not be told.
            asked.into_iter().for_each(|asker| drop(asker.send(looked.clone())));
            stopping.asked_or_hinted(pause, hint.notified()).await;
        }
        Ok(())
    }

    /// How long to wait before asking again, and why, if the partner isn't to be looked at now. A person may have it looked at
    /// while the link is held: what is taken up then waits for the link's release.
    fn closed_for(&self, a_person_asks: bool) -> Result<Option<(Duration, Gate)>, LedgerError> {
        let (gateway, link) = (&self.gateway, &self.link);
        if let Some(gate) = gateway.ledger.closed_by(Subject::Partner(link.partner.clone()))? {
            return Ok(Some((LOOK_AGAIN, gate)));
        }
        if !a_person_asks && let Some(gate) = gateway.ledger.closed_by(Subject::Link(link.name.clone()))? {
            return Ok(Some((LOOK_AGAIN, gate)));
        }
        if let Some(outage) = gateway.outages.of(&link.partner).filter(|outage| !outage.can_be_read()) {
            return Ok(Some((LOOK_AGAIN.min(link.every), gateway.gate_of(&link.partner, outage))));
        }
        let now = Moment::now();
        let opens = gateway.config.hours_of(&link.name).next_opening(now).filter(|opens| *opens > now);
        Ok(opens.map(|opens| (opens.remaining().min(LOOK_AGAIN), Gate::Hours { opens })))
    }

    /// One look at the partner; says how long to wait for the next, and what was seen.
    async fn look(&mut self) -> Result<(Duration, Looked), DaemonError> {
        let looked_at = Moment::now();
        let known_before = self.gateway.ledger.position().map_err(Stop::from)?.seq;
        let listing = match self.list().await? {
            Ok(listing) => listing,
            Err(why) => return Ok((self.link.every, Err(why))),
        };
        let mut seen = self.lookout.look(&self.link.expected, &listing, Instant::now());
        self.ask_times(&mut seen.ready).await?;
        let too_long = || say!("daemon-listing-too-long");
        let mut trouble = (!listing.complete).then(|| listing.lacking.clone().unwrap_or_else(too_long));
        if listing.unusable > 0 && listing.complete {
            trouble = Some(say!("daemon-unusable-names", count = listing.unusable));
        }
        if let (None, Some(first)) = (&trouble, seen.links.first.first()) {
            let (count, first) = (seen.links.count, format!("{first:?}"));
            trouble = Some(say!("daemon-symbolic-links", count = count, first = first));
        }
        let unsettled = std::mem::take(&mut seen.unsettled);
        let News { files, known, collected } =
            self.not_known(seen.ready.clone(), unsettled, known_before).await.map_err(Stop::from)?;
        collected.iter().for_each(|name| seen.is_collected(name));
        let (taken_up, hindered) = self.take_up(&files, &mut seen).await?;
        trouble = trouble.or(hindered);
        self.note(looked_at, &seen, taken_up.count, trouble.clone());
        let pause = seen.next_in.map_or(self.link.every, |next| next.min(self.link.every));
        Ok((pause, Ok(self.sighting(looked_at, listing, seen, (taken_up, known), trouble))))
    }

    /// Begins collections of files, as far as that can be done now. Says which were begun, and what hindered the others.
    async fn take_up(
        &self,
        files: &[Found],
        seen: &mut Seen,
    ) -> Result<(Told<TakenUp>, Option<String>), DaemonError> {
        let (mut taken_up, mut hindered) = (Told::default(), None);
        for some in files.chunks(BEGUN_TOGETHER) {
            let mut begun = Vec::new();
            for found in some {
                match self.lack_of_room(found).await {
                    None => begun.push(found.clone()),
                    Some(little) => {
                        seen.wait_for(&found.name, say!("daemon-waits-for-room"));
                        hindered = Some(little);
                    }
                }
            }
            for (name, outcome) in self.begin(begun).await? {
                match outcome {
                    Ok(id) => taken_up.tell(TakenUp { name, id }),
                    Err(why) => {
                        seen.wait_for(&name, say!("daemon-not-taken-up", why = why));
                        hindered = Some(why);
                    }
                }
            }
            // What can't be recorded is begun in vain: the rest is found again at the next look.
            if self.gateway.ledger.refuses() {
                break;
            }
        }
        Ok((taken_up, hindered))
    }

    fn sighting(
        &self,
        at: Moment,
        listing: Listing,
        seen: Seen,
        (taken_up, known): (Told<TakenUp>, Told<sighting::KnownFile>),
        trouble: Option<String>,
    ) -> Sighting {
        Sighting {
            link: self.link.name.clone(),
            partner: self.link.partner.clone(),
            directory: self.link.expected.directory.clone(),
            pattern: self.link.expected.name_pattern.text().to_owned(),
            at,
            entries: listing.entries.len() + listing.unusable,
            taken_up,
            known,
            waited_for: seen.waited_for,
            accompanying: seen.accompanying,
            not_meant: seen.not_meant,
            no_files: seen.no_files,
            refused: Told::of(listing.unusable, listing.refused),
            trouble,
        }
    }

    /// What the partner's directory holds, or why it can't be looked at now.
    async fn list(&mut self) -> Result<Result<Listing, String>, DaemonError> {
        let gateway = self.gateway.clone();
        let mut lease = match gateway.session_to_look(&self.link.partner).await.map_err(Stop::from)? {
            Ok(lease) => lease,
            Err(why) => return Ok(Err(why)),
        };
        match lease.session().list(&self.link.expected.directory).await {
            Ok(listing) => {
                lease.give_back();
                Ok(Ok(listing))
            }
            Err(error) => {
                // That a medium isn't in is no fault, whenever it was taken out.
                if error.medium_wanted().is_none() {
                    self.note(Moment::now(), &Seen::default(), 0, Some(error.to_string()));
                }
                Ok(Err(error.to_string()))
            }
        }
    }

    /// Asks for the times that the listing doesn't tell, as on some servers. Only files are asked for whose last
    /// collection knows a time: nothing else tells a new file from the old one.
    async fn ask_times(&mut self, ready: &mut [Found]) -> Result<(), DaemonError> {
        let timeless = ready.iter().filter(|found| found.modified.is_none());
        let names: Vec<String> = timeless.map(|found| found.name.clone()).collect();
        if names.is_empty() {
            return Ok(());
        }
        let (gateway, link) = (self.gateway.clone(), self.link.name.clone());
        let asking = move || {
            let mut fetched = HashSet::new();
            for name in names {
                if gateway.ledger.last_found(&link, &name)?.is_some_and(|last| tells_time(&last)) {
                    fetched.insert(name);
                }
            }
            Ok::<_, LedgerError>(fetched)
        };
        let fetched = blocking(asking).await.map_err(Stop::from)?;
        let mut untold: Vec<_> = ready.iter_mut().filter(|found| fetched.contains(&found.name)).collect();
        if untold.is_empty() {
            return Ok(());
        }
        let gateway = self.gateway.clone();
        let lease = gateway.session_to_look(&self.link.partner).await.map_err(Stop::from)?;
        let Ok(mut lease) = lease else { return Ok(()) };
        untold.sort_by(|a, b| a.name.cmp(&b.name));
        let behind = untold.iter().position(|found| found.name > self.asked_last).unwrap_or(0);
        untold.rotate_left(behind);
        for found in untold.into_iter().take(TIMES_ASKED) {
            // What can't be asked for now is asked for again at the next look.
            let Ok(there) = lease.session().stat(&found.path).await else { return Ok(()) };
            found.modified = there.and_then(|file| file.modified);
            self.asked_last.clone_from(&found.name);
        }
        lease.give_back();
        Ok(())
    }

    /// Sorts files by what the ledger knows: those that no collection has fetched as they are now, or will; and those that a
    /// collection has, the unsettled ones among them. `known_before` is the ledger's last event before the files were seen.
    async fn not_known(
        &mut self,
        ready: Vec<Found>,
        unsettled: Vec<Found>,
        known_before: u64,
    ) -> Result<News, LedgerError> {
        let (gateway, link) = (self.gateway.clone(), self.link.name.clone());
        let mut known = std::mem::take(&mut self.known);
        let asking = move || {
            let (mut still_known, mut files, mut told) = (HashMap::new(), Vec::new(), Told::default());
            for found in ready {
                let seen_as = (found.size, found.modified);
                let last = match known.remove(&found.name) {
                    Some(before) if before == seen_as => {
                        told.tell(found.name.clone());
                        still_known.insert(found.name, seen_as);
                        continue;
                    }
                    Some(_) | None => gateway.ledger.last_found(&link, &found.name)?,
                };
                let known = last.map_or(Known::No, |last| known_by(&last, &found, known_before));
                if known == Known::No {
                    files.push(found);
                    continue;
                }
                told.tell(found.name.clone());
                if known == Known::ForGood {
                    still_known.insert(found.name, seen_as);
                }
            }
            let mut collected = Vec::new();
            for found in unsettled {
                let last = gateway.ledger.last_found(&link, &found.name)?;
                if last.is_some_and(|last| known_by(&last, &found, known_before) == Known::ForGood) {
                    told.tell(found.name.clone());
                    collected.push(found.name);
                }
            }
            let known = collections(&gateway, &link, told)?;
            Ok::<_, LedgerError>((still_known, News { files, known, collected }))
        };
        let (known, news) = blocking(asking).await?;
        self.known = known;
        Ok(news)
    }

    /// What to tell if our disk lacks the room for the file and the reserve.
    async fn lack_of_room(&self, found: &Found) -> Option<String> {
        let settings = &self.gateway.config.gateway;
        let (spool, ledger, reserve) = (settings.spool.clone(), settings.ledger.clone(), settings.reserve);
        // The rows need about as much room as the file, and what is handed over once more.
        let size = found.size.unwrap_or_default().saturating_mul(3);
        let looking = move || disk::little_room(&[&spool, &ledger], reserve, size);
        match blocking(looking).await {
            Ok(little) => little.map(|little| little.to_string()),
            Err(error) => Some(error.to_string()),
        }
    }

    /// Begins a collection of each, in this order; of those for which that can't be done now, says why.
    async fn begin(&self, files: Vec<Found>) -> Result<Vec<Begun>, DaemonError> {
        let (spool, gateway, count) = (self.gateway.spool.clone(), &self.gateway, files.len());
        let fresh = match blocking(move || accept::fresh_folders(&spool, count)).await {
            Ok(fresh) => fresh,
            Err(AcceptError::Spool(error)) if Remedy::for_own_disk(&error.error) == Remedy::Stop => {
                return Err(error.into());
            }
            // The files are found again at the next look.
            Err(error) => {
                let why = why_not_now(&error);
                return Ok(files.into_iter().map(|found| (found.name, Err(why.clone()))).collect());
            }
        };
        let names: Vec<String> = files.iter().map(|found| found.name.clone()).collect();
        let event =
            |found| Event::Found { link: self.link.name.clone(), partner: self.link.partner.clone(), found };
        let events = fresh.iter().zip(files).map(|((id, _), found)| (id.clone(), event(found))).collect();
        let outcomes = gateway.ledger.record_all(events).await;
        let mut begun = Vec::new();
        for ((name, (id, folder)), outcome) in names.into_iter().zip(fresh).zip(outcomes) {
            begun.push(match outcome {
                Ok(delivery) => {
                    journey::log(&delivery);
                    gateway.wake(&id);
                    (name, Ok(id))
                }
                Err(error) if error.remedy() == Remedy::Retry => {
                    accept::discard(&folder);
                    (name, Err(why_not_now(&AcceptError::NotRecorded(error))))
                }
                Err(error) => return Err(Stop::Ledger(error).into()),
            });
        }
        Ok(begun)
    }

    /// Remembers the look for whoever asks, and tells what is wrong when it is new.
    fn note(&mut self, at: Moment, seen: &Seen, begun: usize, trouble: Option<String>) {
        let ready = seen.ready.len() + seen.collected;
        let waiting = seen.settling + seen.unaccompanied;
        let name = &self.link.name;
        self.gateway.looks.note(name, LastLook { at, ready, waiting, begun, trouble: trouble.clone() });
        if let Some(what) = trouble.as_ref().filter(|what| self.trouble.as_ref() != Some(what)) {
            let text = say!("daemon-not-collected", name = name, what = what);
            let subject = alert::AlertSubject::Link(name.clone());
            self.gateway.bell.ring(&Alert { kind: Kind::LookFailed, subject, occasion: None, text });
        }
        self.trouble = trouble;
    }
}

/// The name of a file, and the collection that begins with it, or why none does.
type Begun = (String, Result<DeliveryId, String>);

/// What the ledger knows about the files that a look saw.
struct News {
    /// Files of which there is no collection.
    files: Vec<Found>,
    /// Files of which there is a collection.
    known: Told<sighting::KnownFile>,
    /// Files that haven't settled, and that a collection has fetched as they are.
    collected: Vec<String>,
}

/// The collections of the names that are told.
fn collections(
    gateway: &Gateway,
    link: &str,
    names: Told<String>,
) -> Result<Told<sighting::KnownFile>, LedgerError> {
    let (count, mut first) = (names.count, Vec::new());
    for name in names.first {
        if let Some(last) = gateway.ledger.last_found(link, &name)? {
            let (id, state) = (last.id.clone(), last.state().to_owned());
            first.push(sighting::KnownFile { name, id, state });
        }
    }
    Ok(Told::of(count, first))
}

/// Whether a collection is about a file as it looks now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// The collection isn't: another one begins.
    No,
    /// The collection is, or nobody can tell from this look.
    ForNow,
    /// The collection is, as long as the file looks like this.
    ForGood,
}

fn known_by(last: &Delivery, found: &Found, known_before: u64) -> Known {
    let (ended, changed) = (last.is_finished(), last.last_event);
    last.collection().map_or(Known::No, |collection| judge(collection, ended, changed, found, known_before))
}

/// Judges a file by the last collection of its name. If that collection removed or moved the file since the look began, the
/// listing may be from before: the next look tells. If it did so earlier, what is there has come anew. The ledger's events
/// tell which came first, `changed` or `known_before`: a clock may be set back between them.
fn judge(collection: &Collection, ended: bool, changed: u64, found: &Found, known_before: u64) -> Known {
    // Where no time is told, the size must do.
    let looks_like = |size: Option<u64>, modified: Option<Timestamp>| {
        found.size == size && (found.modified.is_none() || found.modified == modified)
    };
    let as_found = looks_like(collection.found.size, collection.found.modified);
    let fetched = collection.fetched.as_ref();
    let as_fetched = fetched.is_some_and(|fetched| looks_like(Some(fetched.size), fetched.modified));
    if collection.cleared.is_some() {
        return if known_before < changed { Known::ForNow } else { Known::No };
    }
    match (fetched.is_some(), ended, as_found || as_fetched) {
        (_, true, true) => Known::ForGood,
        (false, false, _) | (true, false, true) => Known::ForNow,
        (_, true, false) | (true, false, false) => Known::No,
    }
}

/// Whether the collection knows when its file was written, and the file may still be there.
fn tells_time(last: &Delivery) -> bool {
    let collection = last.collection().filter(|collection| collection.cleared.is_none());
    let fetched = collection.and_then(|collection| collection.fetched.as_ref());
    fetched.is_some_and(|fetched| fetched.modified.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use totatsu_base::Sha256;
    use totatsu_base::evidence::{Cleared, Fetched, Peer};

    fn found(size: u64) -> Found {
        let (path, name, modified) = ("N.DAT".to_owned(), "N.DAT".to_owned(), None);
        Found { path, name, size: Some(size), modified, date: None, number: None }
    }

    fn fetched(size: u64) -> Collection {
        let peer = serde_json::json!({"transport": "", "address": "", "software": "", "host_key": "", "user": "",
            "authenticated_by": "", "cipher": "", "key_exchange": "", "extensions": []});
        let peer: Peer = serde_json::from_value(peer).unwrap();
        let (sha256, asked) = (Sha256::of(b""), Vec::new());
        let fetched = Fetched { size, sha256, modified: None, vouched_by: None, peer, asked };
        Collection { fetched: Some(fetched), ..Collection::of(found(size)) }
    }

    #[test]
    fn a_look_that_began_before_the_file_was_removed_says_nothing_for_good_of_one_that_came_anew() {
        let collection = Collection { cleared: Some(Cleared { asked: Vec::new() }), ..fetched(5) };
        for size in [5, 6] {
            assert_eq!(judge(&collection, true, 10, &found(size), 9), Known::ForNow);
            assert_eq!(judge(&collection, true, 10, &found(size), 10), Known::No);
        }
    }

    #[test]
    fn a_file_that_stays_is_known_for_good_once_its_collection_has_ended_and_as_long_as_it_looks_the_same() {
        let judged = |ended, size| judge(&fetched(5), ended, 10, &found(size), 11);
        assert_eq!([judged(true, 5), judged(false, 5)], [Known::ForGood, Known::ForNow]);
        assert_eq!([judged(true, 6), judged(false, 6)], [Known::No, Known::No]);
    }

    #[test]
    fn what_is_not_fetched_yet_is_fetched_as_it_is_then_unless_it_was_given_up() {
        let judged = |ended, size| judge(&Collection::of(found(5)), ended, 10, &found(size), 11);
        assert_eq!([judged(false, 5), judged(false, 6)], [Known::ForNow, Known::ForNow]);
        assert_eq!([judged(true, 5), judged(true, 6)], [Known::ForGood, Known::No]);
    }
}
