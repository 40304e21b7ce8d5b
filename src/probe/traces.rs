//! The files of a probe that may stand at the partner, until they are known to be gone.
//!
//! Owns the list; a name is noted before it is asked for. Promises to remove a final name only while it holds our sample.
//! Where the line breaks it connects again, a few times; what can't be removed stays in the list.

use std::time::Duration;

use totatsu_base::Sha256;
use totatsu_transport::{Progress, Reach, Session, TransportError};

/// How often clearing connects anew.
const ATTEMPTS: u32 = 4;
/// Wait before each further attempt.
const PAUSE: Duration = Duration::from_secs(1);

/// The names that may stand.
#[derive(Debug, Default)]
pub(super) struct Traces {
    standing: Vec<Trace>,
    /// A request was left without its answer: the partner may still be about to do it.
    uncertain: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Trace {
    path: String,
    /// The final name: what it must hold to be ours.
    ours: Option<(u64, Sha256)>,
}

impl Traces {
    /// A name of the probe's own is about to be made.
    pub(super) fn note(&mut self, path: &str) {
        self.add(Trace { path: path.to_owned(), ours: None });
    }

    /// A final name is about to be given to a sample of this size and digest.
    pub(super) fn note_final(&mut self, path: &str, size: u64, sha256: Sha256) {
        self.add(Trace { path: path.to_owned(), ours: Some((size, sha256)) });
    }

    fn add(&mut self, trace: Trace) {
        if !self.standing.contains(&trace) {
            self.standing.push(trace);
        }
    }

    /// The name is known to be gone, or never to have been made.
    pub(super) fn forget(&mut self, path: &str) {
        self.standing.retain(|trace| trace.path != path);
    }

    /// The line broke while something was asked for.
    pub(super) fn line_broke(&mut self) {
        self.uncertain = true;
    }

    pub(super) fn paths(&self) -> Vec<String> {
        self.standing.iter().map(|trace| trace.path.clone()).collect()
    }

    /// Removes what stands.
    pub(super) async fn clear(&mut self, session: &mut Option<Box<dyn Session>>, reach: &Reach) {
        self.uncertain |= session.as_ref().is_some_and(|session| !session.is_alive());
        let all = self.standing.clone();
        for attempt in 0..ATTEMPTS {
            if self.standing.is_empty() {
                break;
            }
            if attempt > 0 {
                tokio::time::sleep(PAUSE).await;
            }
            if !self.clear_once(session, reach).await {
                return;
            }
        }
        if self.uncertain && self.standing.is_empty() {
            // What the partner had still in hand when the line broke may have come after the first removal.
            self.standing = all;
            self.uncertain = false;
            self.clear_once(session, reach).await;
        }
    }

    /// Removes each name over one session; `false` where another attempt can't end otherwise.
    async fn clear_once(&mut self, session: &mut Option<Box<dyn Session>>, reach: &Reach) -> bool {
        let Ok(session) = connected(session, reach).await else { return true };
        for trace in self.standing.clone() {
            match remove(session, &trace).await {
                Ok(true) => self.forget(&trace.path),
                Ok(false) => {}
                Err(error) if error.ends_session() => return true,
                Err(_) => {}
            }
        }
        false
    }
}

/// The session, or a new one where something ended it.
pub(super) async fn connected<'s>(
    session: &'s mut Option<Box<dyn Session>>,
    reach: &Reach,
) -> Result<&'s mut dyn Session, TransportError> {
    if !session.as_ref().is_some_and(|session| session.is_alive()) {
        *session = None;
        *session = Some(reach.connect().await?);
    }
    Ok(session.as_mut().expect("it was just opened").as_mut())
}

/// Removes one name; whether it is gone.
async fn remove(session: &mut dyn Session, trace: &Trace) -> Result<bool, TransportError> {
    if let Some(ours) = trace.ours
        && !holds(session, &trace.path, ours).await?
    {
        // Gone, or another's: nothing of ours is there.
        return Ok(true);
    }
    match session.remove(&trace.path).await {
        Ok(_) => Ok(true),
        Err(error) if error.ends_session() => Err(error),
        // A right to remove that is denied says nothing of whether there is something to remove.
        Err(error) => match session.stat(&trace.path).await {
            Ok(found) => Ok(found.is_none()),
            Err(broken) if broken.ends_session() => Err(broken),
            Err(_) => Err(error),
        },
    }
}

/// Whether the name holds our sample, as far as the partner lets us look; where it lets us look at nothing, the name
/// could be given only because it was free, and is ours.
async fn holds(
    session: &mut dyn Session,
    path: &str,
    (size, sha256): (u64, Sha256),
) -> Result<bool, TransportError> {
    match session.stat(path).await {
        Ok(None) => return Ok(false),
        Ok(Some(file)) if file.size.is_some_and(|held| held != size) => return Ok(false),
        Err(error) if error.ends_session() => return Err(error),
        Ok(Some(_)) | Err(_) => {}
    }
    match session.read_back(path, &Progress::new()).await {
        Ok(back) => Ok((back.bytes, back.sha256) == (size, sha256)),
        Err(TransportError::NoSuchPath { .. }) => Ok(false),
        Err(error) if error.ends_session() => Err(error),
        Err(_) => Ok(true),
    }
}
