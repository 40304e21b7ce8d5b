//! Which files `init` would write, what becomes of those that are there, and the writing itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use russh::keys::ssh_key::LineEnding;
use russh::keys::{Algorithm, PrivateKey};
use serde::Serialize;

use super::answers::InitAnswers;
use super::choice::Choice;
use super::link_text::{self, LinkNames};
use super::made::{MadeContent, MadeFile};
use super::store::{InitError, InitStore};
use super::{gateway_text, partner_text};
use crate::catalogue::Tongue;
use totatsu_base::SpoolError;
use totatsu_base::digest::Sha256;
use totatsu_base::durable::{self, if_there};

const GATEWAY_FILE: &str = "totatsu.toml";

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileFate {
    /// The file isn't there, and is written.
    New,
    /// The file is there as it would be written.
    Same,
    /// The file is there as an earlier `init` wrote it, or as the package put it there for an example, and is written anew.
    Renewed,
    /// A person changed the file: it stays as it is.
    Kept,
    /// `init` wrote the file, and a person removed it: it stays away.
    Removed,
    /// `init` wrote the file, and wouldn't any more: it stays, for a person to remove.
    Unwanted,
}

/// Which files would be written, and what becomes of each.
#[derive(Debug)]
pub struct InitPlan {
    directory: PathBuf,
    store: InitStore,
    files: Vec<(MadeFile, FileFate)>,
    unwanted: Vec<String>,
}

impl InitPlan {
    /// What the answers of all municipalities come to in a directory.
    ///
    /// # Errors
    /// A file that is there can't be read, or the directory has a configuration of somebody else's.
    pub fn of(directory: &Path, store: InitStore, tongue: Tongue) -> Result<InitPlan, InitError> {
        let mut files = Vec::new();
        for made in made(&store, tongue) {
            let fate = fate(directory, &store.written, &made)?;
            files.push((made, fate));
        }
        let is_of_another =
            |(made, fate): &(MadeFile, FileFate)| made.path == GATEWAY_FILE && *fate == FileFate::Kept;
        if store.written.is_empty() && files.iter().any(is_of_another) {
            return Err(InitError::NotOurs(directory.to_owned()));
        }
        let wanted: BTreeSet<&str> = files.iter().map(|(made, _)| made.path.as_str()).collect();
        let gone = |path: &&String| !wanted.contains(path.as_str()) && directory.join(path).exists();
        let unwanted = store.written.keys().filter(gone).cloned().collect();
        Ok(InitPlan { directory: directory.to_owned(), store, files, unwanted })
    }

    /// Each file, below the directory, and what becomes of it.
    pub fn fates(&self) -> impl Iterator<Item = (&str, FileFate)> {
        let planned = self.files.iter().map(|(made, fate)| (made.path.as_str(), *fate));
        planned.chain(self.unwanted.iter().map(|path| (path.as_str(), FileFate::Unwanted)))
    }

    /// Whether nothing has been written there yet.
    pub fn is_first(&self) -> bool {
        self.store.written.is_empty()
    }

    /// Writes what is new, and what nobody changed.
    ///
    /// # Errors
    /// A file can't be written. Another run goes on with that file.
    pub fn carry_out(mut self) -> Result<(), InitError> {
        for (directory, mode) in [("", 0o750), ("partners", 0o750), ("links", 0o750), ("keys", 0o700)] {
            let path = self.directory.join(directory);
            let made = fs::DirBuilder::new().recursive(true).mode(mode).create(&path);
            made.map_err(|error| InitError::Unreadable { path, error })?;
        }
        let mut named = Vec::new();
        for (made, fate) in &self.files {
            let path = self.directory.join(&made.path);
            let is_written = matches!(fate, FileFate::New | FileFate::Renewed);
            match &made.content {
                MadeContent::Text(text) => {
                    if is_written {
                        let temporary = path.with_extension("new");
                        write_text(&temporary, text)?;
                        named.push((temporary, path));
                    }
                    if is_written || *fate == FileFate::Same {
                        self.store.written.insert(made.path.clone(), digest(text.as_bytes()));
                    }
                }
                MadeContent::KeyPair(comment) if is_written => write_key_pair(&path, comment)?,
                MadeContent::Secret if is_written => durable::write_durably(&path, 0o600, b"")?,
                MadeContent::KeyPair(_) | MadeContent::Secret => {}
            }
            if !matches!(made.content, MadeContent::Text(_)) && *fate != FileFate::Removed {
                // That it was made, and nothing of what it holds.
                self.store.written.insert(made.path.clone(), String::new());
            }
        }
        self.name_all(&named)?;
        self.store.write(&self.directory)
    }

    /// Gives the files that are written their names, once all their bytes are on the disk: one sync for thousands of files.
    fn name_all(&self, named: &[(PathBuf, PathBuf)]) -> Result<(), InitError> {
        let whole = fs::File::open(&self.directory).and_then(|directory| Ok(rustix::fs::syncfs(&directory)?));
        whole.map_err(SpoolError::at("disk-syncing", &self.directory))?;
        // Durable from here: no name can stand for half a file.
        for (temporary, path) in named {
            fs::rename(temporary, path).map_err(SpoolError::at("disk-naming", path))?;
        }
        for directory in ["", "partners", "links"] {
            durable::sync_dir(&self.directory.join(directory))?;
        }
        // Durable from here: the files are there under their names. Until the store names them too, a file counts as a person's only if it
        // differs from what would be written.
        Ok(())
    }
}

fn write_text(path: &Path, text: &str) -> Result<(), InitError> {
    let file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o640).open(path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    Ok(written.map_err(SpoolError::at("disk-writing", path))?)
}

/// All files of all municipalities.
fn made(store: &InitStore, tongue: Tongue) -> Vec<MadeFile> {
    let text = |path: String, text| MadeFile { path, content: MadeContent::Text(text) };
    let mut files = Vec::new();
    for (number, answers) in store.municipalities.iter().enumerate() {
        let prefix = if number == 0 { String::new() } else { format!("{}-", five(answers)) };
        let choice = Choice::of(answers, tongue);
        if number == 0 {
            files.push(text(GATEWAY_FILE.to_owned(), gateway_text::gateway(answers, tongue)));
        }
        let coverage =
            if number == 0 { "coverage.toml".to_owned() } else { format!("coverage-{}.toml", five(answers)) };
        files.push(text(coverage, gateway_text::coverage(answers, &choice, tongue)));
        files.extend(partner_files(answers, &choice, &prefix, tongue));
        for interface in &choice.served {
            let link = format!("{prefix}{}", interface.id);
            let partner = format!("{prefix}{}", interface.partner);
            let lock = format!("{prefix}{}", interface.business);
            let municipality = (number > 0).then_some(answers.municipality.as_str());
            let names = LinkNames { link: &link, partner: &partner, lock: &lock, municipality };
            let written = link_text::link(answers, interface, &names, tongue);
            files.push(text(format!("links/{link}.toml"), written));
        }
    }
    let mut seen = BTreeSet::new();
    files.retain(|made| seen.insert(made.path.clone()));
    files
}

fn partner_files(answers: &InitAnswers, choice: &Choice, prefix: &str, tongue: Tongue) -> Vec<MadeFile> {
    let file = |path, content| MadeFile { path, content };
    let mut files = Vec::new();
    for partner in choice.partners() {
        let name = format!("{prefix}{partner}");
        let made = partner_text::partner(answers, partner, &name, tongue);
        if made.takes_own_key {
            let comment = format!("totatsu {}", answers.municipality);
            files.push(file(partner_text::OWN_KEY.to_owned(), MadeContent::KeyPair(comment)));
        }
        files.extend(made.password.map(|path| file(path, MadeContent::Secret)));
        files.push(file(format!("partners/{name}.toml"), MadeContent::Text(made.lines.written)));
    }
    files
}

fn five(answers: &InitAnswers) -> &str {
    answers.municipality.get(..5).unwrap_or(&answers.municipality)
}

fn fate(
    directory: &Path,
    written: &BTreeMap<String, String>,
    made: &MadeFile,
) -> Result<FileFate, InitError> {
    let path = directory.join(&made.path);
    let there = if_there(fs::read(&path)).map_err(|error| InitError::Unreadable { path, error })?;
    let written = written.get(&made.path);
    let MadeContent::Text(text) = &made.content else {
        return Ok(match there {
            Some(_) => FileFate::Same,
            None if written.is_some() => FileFate::Removed,
            None => FileFate::New,
        });
    };
    Ok(match there {
        None if written.is_some() => FileFate::Removed,
        None => FileFate::New,
        Some(bytes) if bytes == text.as_bytes() => FileFate::Same,
        Some(bytes) if written.is_some_and(|written| *written == digest(&bytes)) => FileFate::Renewed,
        Some(bytes) if written.is_none() && is_example(&made.path, &bytes) => FileFate::Renewed,
        Some(_) => FileFate::Kept,
    })
}

/// Whether a file is the example that the package puts there: nobody has written anything into it.
fn is_example(path: &str, bytes: &[u8]) -> bool {
    let examples = [include_str!("../../config/totatsu.toml"), include_str!("../../config/ja/totatsu.toml")];
    path == GATEWAY_FILE && examples.iter().any(|example| bytes == example.as_bytes())
}

fn digest(bytes: &[u8]) -> String {
    Sha256::of(bytes).to_string()
}

fn write_key_pair(path: &Path, comment: &str) -> Result<(), InitError> {
    let mut private = PrivateKey::random(&mut russh::keys::key::safe_rng(), Algorithm::Ed25519)?;
    private.set_comment(comment);
    let public = private.public_key().to_openssh()?;
    let text = private.to_openssh(LineEnding::LF)?;
    durable::write_durably(&path.with_extension("pub"), 0o644, format!("{public}\n").as_bytes())?;
    durable::write_durably(path, 0o600, text.as_bytes())?;
    Ok(())
}
