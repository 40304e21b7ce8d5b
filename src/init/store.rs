//! `init.toml`: what `init` was told, and what it wrote, so that it can be run again.
//!
//! Owns that file. The digests tell whether a person changed what `init` wrote.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::answers::InitAnswers;
use crate::catalogue::Tongue;
use totatsu_base::durable::if_there;
use totatsu_base::messages::os_error;
use totatsu_base::{SpoolError, durable, say};

/// The file, below the configuration's directory.
pub(super) const STORE_FILE: &str = "init.toml";

/// Why `init` wrote nothing, or not everything.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// A file that is there can't be read: it is somebody else's, or the disk fails. See to its rights, then run `init` again.
    #[error("{}: {}", path.display(), os_error(error))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// `init.toml` was changed by hand and means nothing any more. Put back what it held, or remove it and answer anew.
    #[error("{}", say!("cli-init-store", path = path.display(), why = message))]
    NoStore {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// The directory has a configuration that `init` didn't write. Choose another directory, and take over by hand what is wanted.
    #[error("{}", say!("cli-init-not-ours", path = .0.display()))]
    NotOurs(PathBuf),
    /// A file can't be written: the disk is full, or the directory is somebody else's. Mend that, then run `init` again.
    #[error(transparent)]
    Unwritable(#[from] SpoolError),
    /// No key pair could be made. The operating system gives no random numbers; nothing was written of it.
    #[error("{}", say!("cli-init-no-key", error = .0))]
    NoKey(#[from] russh::keys::ssh_key::Error),
}

/// What `init` was told, and what it wrote.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InitStore {
    /// The language of the comments.
    pub tongue: Option<Tongue>,
    /// The answers for each municipality; the first is the gateway's own.
    #[serde(rename = "municipality")]
    pub municipalities: Vec<InitAnswers>,
    /// The SHA-256 of each file as it was written, by its path below the configuration's directory; of keys and passwords only that
    /// they were made, with an empty text.
    pub written: BTreeMap<String, String>,
}

impl InitStore {
    /// What stands in a directory's `init.toml`; nothing where there is none.
    ///
    /// # Errors
    /// The file is there and can't be read, or was changed so that it means nothing.
    pub fn read(directory: &Path) -> Result<Option<InitStore>, InitError> {
        let path = directory.join(STORE_FILE);
        let text = if_there(fs::read_to_string(&path));
        let Some(text) = text.map_err(|error| InitError::Unreadable { path: path.clone(), error })? else {
            return Ok(None);
        };
        let store = toml::from_str(&text);
        store.map(Some).map_err(|error| InitError::NoStore { path, message: error.to_string() })
    }

    /// Writes `init.toml`.
    pub(super) fn write(&self, directory: &Path) -> Result<(), InitError> {
        // not for people
        let heading = "# Written by totatsu init: what it was told, and the digests of what it wrote, by which it knows what a person\n\
                       # changed. Not to be changed by hand.\n\n";
        let text = toml::to_string(self).expect("answers and digests are plain texts, lists and tables");
        Ok(durable::write_durably(&directory.join(STORE_FILE), 0o640, format!("{heading}{text}").as_bytes())?)
    }

    /// Puts the answers for a municipality in the place of its earlier ones, or behind the others; those for the gateway's own come
    /// first.
    pub fn put(&mut self, answers: InitAnswers, is_own: bool) {
        let known = self.municipalities.iter().position(|known| known.municipality == answers.municipality);
        match (is_own, known) {
            (true, _) if self.municipalities.is_empty() => self.municipalities.push(answers),
            (true, _) => self.municipalities[0] = answers,
            (false, Some(place)) => self.municipalities[place] = answers,
            (false, None) => self.municipalities.push(answers),
        }
    }
}
