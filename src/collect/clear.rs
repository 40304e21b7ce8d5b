//! Seventh step of the way in: what becomes of the partner's file once ours is safe.
//!
//! Owns removing and moving at the partner. A new file may take the name at any moment, so the file is taken aside first,
//! under a name of our own, and looked at there: one that isn't the one that was fetched gets its name back. Markers and
//! digest files are taken aside before the file that they vouch for, and given back after it. Where a partner lets nobody
//! rename, the file is looked at under its own name. May be done again after a crash: what is aside already is gone on with.

use totatsu_base::evidence::{Asked, Cleared, Fetched, Found, Overwrite};
use totatsu_base::names::{marker_of, numbered, path_in};
use totatsu_base::{DeliveryId, Remedy, say};
use totatsu_transport::{NameRequest, Progress, RemoteFile, Session, TransportError};

/// How many names are tried in a directory: where all are taken, a person decides.
const NAMES: u32 = 99;

/// What becomes of a partner's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Afterwards {
    /// The file stays.
    Leave,
    /// The file is removed.
    Delete,
    /// The file is moved to this directory of the partner.
    Move(String),
}

/// Why the partner's file is still there.
#[derive(Debug, thiserror::Error)]
pub enum ClearError {
    /// The line or the partner failed, see [`TransportError`].
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The partner doesn't let us. The operator asks for the right, or gives the removal up.
    #[error("{}", say!("collect-stays", path = path, error = error))]
    Refused {
        /// The file, or what vouches for it.
        path: String,
        /// What was refused.
        error: TransportError,
    },
    /// The partner said that it removed the file, and still shows it. Tried again; if this goes on, the operator asks the
    /// partner.
    #[error("{}", say!("collect-still-there", aside = aside, path = path))]
    StillThere {
        /// Where the file is now.
        aside: String,
        /// Where the file was.
        path: String,
    },
    /// The partner put another file under the name, and yet another one while we looked at it. The operator asks the partner
    /// which one counts, gives it the name, and releases.
    #[error("{}", say!("collect-displaced", aside = aside, path = path))]
    Displaced {
        /// Where the first of these files is now.
        aside: String,
        /// Where it was, and the second one is now.
        path: String,
    },
    /// An earlier collection of the name takes aside what is there, and may give it back. Looked at again.
    #[error("{}", say!("collect-away-for-now", path = path, earlier = earlier))]
    AwayForNow {
        /// Its path.
        path: String,
        /// The earlier collection.
        earlier: DeliveryId,
    },
}

impl ClearError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            ClearError::Transport(error) => error.remedy(),
            ClearError::StillThere { .. } | ClearError::AwayForNow { .. } => Remedy::Retry,
            ClearError::Refused { .. } | ClearError::Displaced { .. } => Remedy::Hold,
        }
    }
}

/// The partner's file and what goes with it.
#[derive(Debug, Clone, Copy)]
pub struct Ours<'a> {
    /// The collection.
    pub id: &'a DeliveryId,
    /// The file as it was found.
    pub found: &'a Found,
    /// The file as it was fetched.
    pub fetched: &'a Fetched,
    /// An earlier collection of its name, which may have taken the file aside for a moment.
    pub earlier: Option<&'a DeliveryId>,
    /// The file has a marker.
    pub marked: bool,
    /// The digest file, where it vouches for no other file.
    pub digest: Option<&'a str>,
}

impl Ours<'_> {
    /// Whether `file`, which stands under `path`, is what was fetched. Where the partner tells no time, or counts a renaming
    /// as writing, the bytes are read and compared.
    async fn are(
        &self,
        file: &RemoteFile,
        path: &str,
        session: &mut dyn Session,
    ) -> Result<bool, ClearError> {
        let Fetched { size, modified, sha256, .. } = self.fetched;
        if file.size.is_some_and(|told| told != *size) {
            return Ok(false);
        }
        if file.modified.is_some() && file.modified == *modified {
            return Ok(true);
        }
        Ok(session.read_back(path, &Progress::new()).await?.sha256 == *sha256)
    }
}

/// Something at the partner that goes: where it was, and where it is once it is taken aside.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Going {
    path: String,
    aside: String,
}

impl Going {
    fn now_at(&self, aside: bool) -> &str {
        if aside { &self.aside } else { &self.path }
    }
}

/// Removes or moves the partner's file, and what vouches for it.
///
/// # Errors
/// See [`ClearError`]; a part may have been done.
pub async fn clear(
    session: &mut dyn Session,
    ours: Ours<'_>,
    afterwards: &Afterwards,
) -> Result<Cleared, ClearError> {
    let mut asked = Vec::new();
    let (companions, file) = all_going(ours);
    let aside = match session.stat(&file.aside).await? {
        // It was being given its name back: both names stand for it.
        Some(_) if is_one_file(session, &file.aside, &file.path).await? => {
            session.remove(&file.aside).await?;
            take_aside(session, &companions, &file, &mut asked).await?
        }
        Some(_) => true,
        None => take_aside(session, &companions, &file, &mut asked).await?,
    };
    let look = say!("collect-asked-look", path = file.path);
    match session.stat(file.now_at(aside)).await? {
        None => {
            if let Some(earlier) = ours.earlier {
                give_back(session, &companions, &file).await?;
                return Err(ClearError::AwayForNow { path: file.path, earlier: earlier.clone() });
            }
            note(&mut asked, look, say!("collect-answer-gone"));
        }
        Some(there) if !ours.are(&there, file.now_at(aside), session).await? => {
            note(&mut asked, look, say!("collect-answer-another"));
            if aside {
                give_back(session, &companions, &file).await?;
            }
            return Ok(Cleared { asked });
        }
        Some(_) => {}
    }
    for going in companions.iter().chain([&file]) {
        match put_away(session, going, aside, afterwards, &mut asked).await {
            Err(ClearError::Transport(error)) if error.remedy() == Remedy::Hold => {
                // Whoever has to look into it finds everything where it was.
                if aside {
                    give_back(session, &companions, &file).await?;
                }
                return Err(ClearError::Refused { path: going.path.clone(), error });
            }
            put => put?,
        }
    }
    // Under its own name, another file may stand by now.
    if let Some(there) = session.stat(file.now_at(aside)).await?
        && (aside
            || (*afterwards == Afterwards::Delete
                && there.modified == ours.fetched.modified
                && ours.are(&there, &file.path, session).await?))
    {
        return Err(ClearError::StillThere { aside: file.now_at(aside).to_owned(), path: file.path });
    }
    Ok(Cleared { asked })
}

/// What vouches for the file, in the order in which it goes, and the file.
fn all_going(ours: Ours<'_>) -> (Vec<Going>, Going) {
    let path = ours.found.path.as_str();
    let going = |path: &str, what: &str| {
        let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
        let aside = format!(".totatsu-{}.{what}", ours.id);
        let root = if path.starts_with('/') && directory.is_empty() { "/" } else { directory };
        Going { path: path.to_owned(), aside: path_in(root, &aside) }
    };
    let marker = ours.marked.then(|| going(&marker_of(path), "marker"));
    let digest = ours.digest.map(|digest| going(digest, "digest"));
    (marker.into_iter().chain(digest).collect(), going(path, "taken"))
}

/// Takes the file and what vouches for it aside; says whether the partner lets us.
async fn take_aside(
    session: &mut dyn Session,
    companions: &[Going],
    file: &Going,
    asked: &mut Vec<Asked>,
) -> Result<bool, ClearError> {
    for going in companions.iter().chain([file]) {
        // A companion that an earlier attempt took aside is not to be replaced by a newer one.
        if going != file && session.stat(&going.aside).await?.is_some() {
            continue;
        }
        match name_at_once(session, &going.path, &going.aside).await {
            Ok(()) => note(asked, renaming(going), say!("collect-answer-done")),
            Err(TransportError::NoSuchPath { .. }) if session.stat(&going.path).await?.is_none() => {}
            // Some servers refuse without a reason.
            Err(error) if error.is_refusal() || matches!(error, TransportError::PartnerFailed { .. }) => {
                give_back(session, companions, file).await?;
                note(asked, renaming(going), say!("collect-answer-refused"));
                return Ok(false);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(true)
}

/// Renames to a free name in one request: between two requests, another file could take the old name.
async fn name_at_once(session: &mut dyn Session, from: &str, to: &str) -> Result<(), TransportError> {
    match session.rename(from, to, Overwrite::Atomic).await {
        Err(TransportError::Unsupported { .. }) => session.try_names(NameRequest::Rename, from, to).await,
        renamed => renamed.map(drop),
    }
}

/// Gives what is aside its name back: the file first, what vouches for it last. A marker or digest file that has taken the
/// old name since counts more than the one aside.
async fn give_back(session: &mut dyn Session, companions: &[Going], file: &Going) -> Result<(), ClearError> {
    for going in [file].into_iter().chain(companions.iter().rev()) {
        if session.stat(&going.aside).await?.is_none() {
            continue;
        }
        match session.rename(&going.aside, &going.path, Overwrite::Refuse).await {
            Ok(_) => {}
            Err(TransportError::AlreadyExists { .. }) if going == file => {
                return Err(ClearError::Displaced { aside: going.aside.clone(), path: going.path.clone() });
            }
            Err(TransportError::AlreadyExists { .. }) => drop(session.remove(&going.aside).await?),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

async fn put_away(
    session: &mut dyn Session,
    going: &Going,
    aside: bool,
    afterwards: &Afterwards,
    asked: &mut Vec<Asked>,
) -> Result<(), ClearError> {
    let (path, now_at) = (&going.path, going.now_at(aside));
    match afterwards {
        Afterwards::Leave => {}
        Afterwards::Delete => {
            let was_there = session.remove(now_at).await?;
            note(asked, say!("collect-asked-remove", path = path), done_or_gone(was_there));
        }
        Afterwards::Move(directory) => {
            let name = path.rsplit('/').next().unwrap_or(path);
            let (to, moved) = move_to_free_name(session, now_at, directory, name).await?;
            note(asked, say!("collect-asked-move", path = path, to = to), done_or_gone(moved));
        }
    }
    Ok(())
}

/// Moves a file to a directory. If an earlier file has its name there, the file gets a number, as on the way out.
async fn move_to_free_name(
    session: &mut dyn Session,
    path: &str,
    directory: &str,
    name: &str,
) -> Result<(String, bool), ClearError> {
    for number in 1..=NAMES {
        let free = if number == 1 { name.to_owned() } else { numbered(name, number) };
        let to = path_in(directory, &free);
        match session.rename(path, &to, Overwrite::Refuse).await {
            Ok(renamed) => {
                if renamed.old_name_left {
                    session.remove(path).await?;
                }
                return Ok((to, true));
            }
            Err(TransportError::AlreadyExists { .. }) if is_one_file(session, path, &to).await? => {
                // An earlier attempt was cut off between making the new name and removing the old one.
                session.remove(path).await?;
                return Ok((to, true));
            }
            Err(TransportError::AlreadyExists { .. }) if number < NAMES => {}
            Err(TransportError::NoSuchPath { .. }) if session.stat(path).await?.is_none() => {
                return Ok((to, false));
            }
            Err(error) => return Err(error.into()),
        }
    }
    unreachable!("the last name is returned or refused")
}

/// Whether two names stand for one file, or for the same bytes written at the same time.
async fn is_one_file(session: &mut dyn Session, one: &str, other: &str) -> Result<bool, TransportError> {
    let [one_seen, other_seen] = session.stat_both(one, other).await;
    let seen = |file: Option<RemoteFile>| file.and_then(|file| file.size.zip(file.modified));
    let (one_seen, other_seen) = (seen(one_seen?), seen(other_seen?));
    if one_seen.is_none() || one_seen != other_seen {
        return Ok(false);
    }
    let bytes = session.read_back(one, &Progress::new()).await?.sha256;
    Ok(session.read_back(other, &Progress::new()).await?.sha256 == bytes)
}

fn renaming(going: &Going) -> String {
    say!("collect-asked-rename", from = going.path, to = going.aside)
}

fn done_or_gone(was_there: bool) -> String {
    if was_there { say!("collect-answer-done") } else { say!("collect-answer-gone") }
}

fn note(asked: &mut Vec<Asked>, question: String, answered: String) {
    asked.push(Asked { asked: question, answered });
}
