//! Collects what is wrong with one partner's file, and finds the secrets that it names.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use totatsu_base::document::resolve;
use totatsu_base::{Document, Problem, Severity};
use totatsu_transport::Secret;

/// Where systemd puts credentials for a service.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// Collects what is wrong with one partner's file.
pub(super) struct Reading<'a> {
    pub(super) directory: &'a Path,
    pub(super) document: &'a Document,
    pub(super) problems: &'a mut Vec<Problem>,
}

impl Reading<'_> {
    pub(super) fn wrong(&mut self, key: &str, message: impl Into<String>) {
        self.problems.extend(self.document.error(key, message));
    }

    /// The file that holds a secret, and the key that says so. Its rights are checked here.
    pub(super) fn place(
        &mut self,
        table: &str,
        what: &str,
        file: Option<&Path>,
        credential: Option<&str>,
    ) -> Option<(PathBuf, String)> {
        let (path, key) = match (file, credential) {
            (Some(file), None) => (resolve(self.directory, file), format!("{table}.{what}_file")),
            (None, Some(credential)) => {
                let key = format!("{table}.{what}_credential");
                let Some(directory) = std::env::var_os(CREDENTIALS) else {
                    let message =
                        format!("credential {credential:?} can only be checked in the service, by systemd");
                    self.problems.push(self.document.problem(Severity::Warning, &key, message));
                    return Some((Path::new("/run/credentials/totatsu.service").join(credential), key));
                };
                (Path::new(&directory).join(credential), key)
            }
            (Some(_), Some(_)) => {
                self.wrong(
                    &format!("{table}.{what}_file"),
                    format!("give either {what}_file or {what}_credential"),
                );
                return None;
            }
            (None, None) => return None,
        };
        match fs::metadata(&path) {
            Ok(metadata) if !metadata.is_file() => {
                self.wrong(&key, format!("{} is not a file", path.display()))
            }
            Ok(metadata) if metadata.mode() & 0o077 != 0 && credential.is_none() => {
                let mode = metadata.mode() & 0o777;
                self.wrong(
                    &key,
                    format!("{} is open to others (mode {mode:03o}): chmod 600 it", path.display()),
                );
            }
            Ok(_) => {}
            Err(error) => self.wrong(&key, format!("{}: {error}", path.display())),
        }
        Some((path, key))
    }

    pub(super) fn secret(&mut self, path: &Path, key: &str) -> Option<Secret> {
        if !path.exists() {
            return None; // Already a problem, or a credential that only the service sees.
        }
        match fs::read_to_string(path) {
            Ok(text) => Some(Secret::new(text.trim_end_matches(['\r', '\n']))),
            Err(error) => {
                self.wrong(key, format!("{}: {error}", path.display()));
                None
            }
        }
    }
}
