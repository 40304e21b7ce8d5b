//! The files of a probe that may stand at the partner, until they are known to be gone.
//!
//! Owns the list; a name is noted before the partner is asked to make it. Promises to remove a final name only while it holds our
//! sample. Where the line breaks, clearing connects again, a few times. A name that can't be removed stays in the list.

use std::time::Duration;

use totatsu_base::Sha256;
use totatsu_transport::{Progress, Reach, Session, TransportError};

/// How often clearing tries, at most.
const ATTEMPTS: u32 = 4;
/// Wait before each further attempt.
const PAUSE: Duration = Duration::from_secs(1);

/// The names of the probe that may stand at the partner.
#[derive(Debug, Default)]
pub(super) struct Traces {
    standing: Vec<Trace>,
    /// Whether a request was left without its answer: the partner may still carry it out.
    uncertain: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Trace {
    path: String,
    /// Of a final name, the size and digest that its file must have to be ours.
    ours: Option<(u64, Sha256)>,
}

impl Traces {
    /// Notes that a name of the probe's own is about to be made.
    pub(super) fn note(&mut self, path: &str) {
        self.add(Trace { path: path.to_owned(), ours: None });
    }

    /// Notes that a final name is about to be given to a sample of this size and digest.
    pub(super) fn note_final(&mut self, path: &str, size: u64, sha256: Sha256) {
        self.add(Trace { path: path.to_owned(), ours: Some((size, sha256)) });
    }

    fn add(&mut self, trace: Trace) {
        if !self.standing.contains(&trace) {
            self.standing.push(trace);
        }
    }

    /// Forgets a name that is known to be gone, or never to have been made.
    pub(super) fn forget(&mut self, path: &str) {
        self.standing.retain(|trace| trace.path != path);
    }

    /// Notes that the line broke: a request may have been left without its answer.
    pub(super) fn line_broke(&mut self) {
        self.uncertain = true;
    }

    pub(super) fn paths(&self) -> Vec<String> {
        self.standing.iter().map(|trace| trace.path.clone()).collect()
    }

    /// Removes every name that may stand.
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
            // The partner may have carried out a request from before the line broke only after the removal: all names are removed again.
            self.standing = all;
            self.uncertain = false;
            self.clear_once(session, reach).await;
        }
    }

    /// Removes each name over one session. `false` where another attempt would end the same way.
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

/// Removes one name. Returns whether it is gone.
async fn remove(session: &mut dyn Session, trace: &Trace) -> Result<bool, TransportError> {
    if let Some(ours) = trace.ours
        && !holds(session, &trace.path, ours).await?
    {
        // The name is gone, or holds another's file.
        return Ok(true);
    }
    match session.remove(&trace.path).await {
        Ok(_) => Ok(true),
        Err(error) if error.ends_session() => Err(error),
        // A refusal to remove doesn't tell whether the name stands: that is asked.
        Err(error) => match session.stat(&trace.path).await {
            Ok(found) => Ok(found.is_none()),
            Err(broken) if broken.ends_session() => Err(broken),
            Err(_) => Err(error),
        },
    }
}

/// Whether the name holds our sample, as far as the partner lets us look. Where we can't look at all it counts as ours: we could
/// give the name only because it was free.
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
