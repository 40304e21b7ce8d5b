//! The profile of a partner: what its server can do and lets us do, found out by trying.
//!
//! Owns what is tried, and the words for what that showed. A probe tries everything with harmless files of its own: their
//! names begin with [`PREFIX`], and their contents say what they are. Promises to take away every file that the probe made,
//! also where a step failed, the line was cut or somebody interrupted it, and to name the files that stay. Never touches
//! another file, never gives a final name unless one was told, never uses more than one session. Directories that files are
//! collected from or moved to are listed, and nothing more.

mod found;
mod inbound;
mod profile;
mod traces;
mod trials;
mod wishes;

use totatsu_base::{DeliveryId, Moment};
use totatsu_transport::{Reach, Session, TransportError};

pub use inbound::{InboundProfile, Place, Purpose, places};
pub use profile::{DirectoryProfile, Finding, Profile, Topic};
use traces::{Traces, connected};
use trials::{Samples, Trials};
pub use wishes::{PREFIX, Wishes};

/// A probe under way. [`Probe::run`] may be dropped half-way; [`Probe::clear`] is to be called in any case.
pub struct Probe {
    partner: String,
    reach: Reach,
    session: Option<Box<dyn Session>>,
    traces: Traces,
}

impl Probe {
    /// A probe of the partner called `partner`.
    pub fn new(partner: &str, reach: Reach) -> Probe {
        Probe { partner: partner.to_owned(), reach, session: None, traces: Traces::default() }
    }

    /// Connects and signs in, and tells who answered; tries nothing else.
    ///
    /// # Errors
    /// The partner can't be reached, is not who it should be, or refuses us.
    pub async fn greet(&mut self) -> Result<Profile, TransportError> {
        let session = self.reach.connect().await?;
        let profile = Profile::new(&self.partner, session.peer().clone(), session.limits());
        self.session = Some(session);
        Ok(profile)
    }

    /// Lists the inbound directories, then tries everything in each of the others.
    ///
    /// # Errors
    /// The partner can't be reached, at first or again after the line broke; or our own disk has no room for the samples.
    pub async fn run(&mut self, wishes: &Wishes) -> Result<Profile, TransportError> {
        let mut profile = self.greet().await?;
        for place in &wishes.inbound {
            let listing = connected(&mut self.session, &self.reach).await?.list(&place.directory).await;
            profile.inbound.push(place.judge(listing));
        }
        if wishes.directories.is_empty() {
            return Ok(profile);
        }
        let samples = Samples::write(wishes.bytes)?;
        for directory in &wishes.directories {
            let id = DeliveryId::new(Moment::now());
            let mut trials = Trials {
                reach: &self.reach,
                session: &mut self.session,
                traces: &mut self.traces,
                samples: &samples,
                directory,
                id: id.as_str(),
                found: DirectoryProfile { directory: directory.clone(), ..DirectoryProfile::default() },
            };
            trials.try_all(wishes).await?;
            profile.directories.push(trials.found);
        }
        Ok(profile)
    }

    /// Takes away what is left of the probe's files, over a new session if need be. Returns the paths of those that stay.
    pub async fn clear(&mut self) -> Vec<String> {
        self.traces.clear(&mut self.session, &self.reach).await;
        self.traces.paths()
    }

    /// The paths of the probe's files that may be at the partner now.
    pub fn left(&self) -> Vec<String> {
        self.traces.paths()
    }

    /// Closes the session.
    pub async fn close(self) {
        if let Some(session) = self.session {
            session.close().await;
        }
    }
}
