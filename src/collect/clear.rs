//! Seventh step of the way in: what becomes of the partner's file once ours is safe.
//!
//! Owns removing and moving at the partner. Looks first: a file that changed since it was fetched is another one, and
//! stays. Markers and digest files go before the file that they vouch for. May be done again after a crash: what is gone
//! already is done.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::collect::find::{Found, marker_of};
use crate::link::numbered;
use crate::remedy::Remedy;
use crate::transfer::{Asked, path_in};
use crate::transport::{Overwrite, RemoteFile, Session, TransportError};

/// A directory in which so many names are taken is a person's affair.
const NAMES: u32 = 99;

/// What becomes of a partner's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Afterwards {
    /// It stays.
    Leave,
    /// It is removed.
    Delete,
    /// It is moved to this directory.
    Move(String),
}

/// The evidence of what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cleared {
    /// What was asked and answered.
    pub asked: Vec<Asked>,
}

/// Why it is still there.
#[derive(Debug, thiserror::Error)]
pub enum ClearError {
    /// The line or the partner failed; see there.
    #[error(transparent)]
    Transport(#[from] TransportError),
}

impl ClearError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            ClearError::Transport(error) => error.remedy(),
        }
    }
}

/// The partner's file and what goes with it.
#[derive(Debug, Clone, Copy)]
pub struct Ours<'a> {
    /// As it was found.
    pub found: &'a Found,
    /// Its size when it was fetched, in bytes.
    pub size: u64,
    /// When it had been written then.
    pub modified: Option<Timestamp>,
    /// It has a marker.
    pub marked: bool,
    /// The digest file that is its own.
    pub digest: Option<&'a str>,
}

/// Removes or moves it.
///
/// # Errors
/// See [`ClearError`]; a part may have been done.
pub async fn clear(
    session: &mut dyn Session,
    ours: Ours<'_>,
    afterwards: &Afterwards,
) -> Result<Cleared, ClearError> {
    let mut asked = Vec::new();
    let path = ours.found.path.as_str();
    let there = session.stat(path).await?;
    let same =
        |file: &RemoteFile| file.size.is_none_or(|size| size == ours.size) && file.modified == ours.modified;
    match there {
        None => note(&mut asked, format!("size and time of {path}"), "it is gone already"),
        Some(file) if !same(&file) => {
            note(&mut asked, format!("size and time of {path}"), "it is another file by now, and stays");
            return Ok(Cleared { asked });
        }
        Some(_) => {}
    }
    let marker = ours.marked.then(|| marker_of(path));
    for companion in marker.iter().map(String::as_str).chain(ours.digest) {
        put_away(session, companion, afterwards, &mut asked).await?;
    }
    put_away(session, path, afterwards, &mut asked).await?;
    Ok(Cleared { asked })
}

async fn put_away(
    session: &mut dyn Session,
    path: &str,
    afterwards: &Afterwards,
    asked: &mut Vec<Asked>,
) -> Result<(), ClearError> {
    match afterwards {
        Afterwards::Leave => {}
        Afterwards::Delete => {
            let was_there = session.remove(path).await?;
            note(asked, format!("remove {path}"), if was_there { "done" } else { "it is gone already" });
        }
        Afterwards::Move(directory) => {
            let name = path.rsplit('/').next().unwrap_or(path);
            let (to, moved) = move_to_free_name(session, path, directory, name).await?;
            note(asked, format!("move {path} to {to}"), if moved { "done" } else { "it is gone already" });
        }
    }
    Ok(())
}

/// The name that is taken there belongs to an earlier file: it gets a number, as on the way out.
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
            Ok(_) => return Ok((to, true)),
            Err(TransportError::AlreadyExists { .. }) if number < NAMES => {}
            Err(TransportError::NoSuchPath { .. }) if session.stat(path).await?.is_none() => {
                return Ok((to, false));
            }
            Err(error) => return Err(error.into()),
        }
    }
    unreachable!("the last name is returned or refused")
}

fn note(asked: &mut Vec<Asked>, question: String, answered: &str) {
    asked.push(Asked { asked: question, answered: answered.to_owned() });
}
