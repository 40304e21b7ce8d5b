//! Second step of the way in: the partner's bytes lie on our disk, all of them and unchanged.
//!
//! Owns the part under which bytes arrive, and the comparisons. The file is looked at before and after it is read: one
//! that changed meanwhile is fetched again. The look before is `settle`'s: it was the same for as long as a change might not
//! show. Where the partner tells no time, nor a digest, the file is read twice. A part that an earlier attempt left is
//! continued only while the partner's file has the same size and time of change. Where a digest file is agreed, its digest must
//! be that of the bytes. Never changes anything at the partner.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::spool::DeliveryFolder;
use totatsu_base::digest::Sha256;
use totatsu_base::durable::{self, SpoolError};
use totatsu_base::evidence::{Asked, Fetched, Found};
use totatsu_base::remedy::Remedy;
use totatsu_base::say;
use totatsu_transport::{Progress, RemoteFile, Session, TransportError};

/// Bytes that a digest file, or a list of digests, has at most.
const DIGEST_FILE_LIMIT: usize = 1024 * 1024;
/// How the name of a part begins.
const PART: &str = "part-";

/// Why the partner's file isn't fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The line, the partner or our own disk failed, see [`TransportError`].
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// Our disk refused; usually it is full.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// The partner took the file away before it was fetched. The operator asks whether it will come again.
    #[error("{}", say!("collect-gone", path = path))]
    Gone {
        /// Its path.
        path: String,
    },
    /// What stands under the name is no file.
    #[error("{}", say!("collect-no-file", path = path))]
    NoFile {
        /// Its path.
        path: String,
    },
    /// The partner changed the file while it was read. It is fetched again.
    #[error("{}", say!("collect-changed", path = path, before = before, after = after))]
    Changed {
        /// Its path.
        path: String,
        /// Size and time at first.
        before: String,
        /// Size and time, or bytes read, at last.
        after: String,
    },
    /// The file changes with every look. It is fetched later; if this goes on, the operator asks the partner.
    #[error("{}", say!("collect-restless", path = path))]
    Restless {
        /// Its path.
        path: String,
    },
    /// The digest file isn't there, or names no digest of this file. It is looked at again.
    #[error("{}", say!("collect-not-vouched", path = path, name = name))]
    NotVouched {
        /// The digest file.
        path: String,
        /// The file it should name.
        name: String,
    },
    /// The digest file names another digest: one of both is wrong, or still being written. It is fetched again; if this
    /// goes on, the operator tells the partner.
    #[error("{}", say!("collect-digest-differs", path = path, stated = stated, found = found))]
    Differs {
        /// The digest file.
        path: String,
        /// What it says.
        stated: Sha256,
        /// What was fetched.
        found: Sha256,
    },
}

impl FetchError {
    /// The error of reading the file. A file that goes between the look at it and the reading is gone all the same.
    fn of_reading(error: TransportError, path: &str) -> FetchError {
        if let TransportError::NoSuchPath { .. } = error {
            return FetchError::Gone { path: path.to_owned() };
        }
        error.into()
    }

    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            FetchError::Transport(error) => error.remedy(),
            FetchError::Spool(error) => Remedy::for_own_disk(&error.error),
            FetchError::Gone { .. } | FetchError::NoFile { .. } => Remedy::Hold,
            FetchError::Changed { .. }
            | FetchError::Restless { .. }
            | FetchError::NotVouched { .. }
            | FetchError::Differs { .. } => Remedy::Retry,
        }
    }
}

/// What is to be fetched.
#[derive(Debug)]
pub struct FileToFetch<'a> {
    /// The file as it was found.
    pub found: &'a Found,
    /// What the file looks like, now that it has settled.
    pub settled: RemoteFile,
    /// What was asked about the file, and answered.
    pub asked: Vec<Asked>,
    /// The path of the partner's digest file, where there is one.
    pub digest: Option<&'a str>,
}

/// Fetches a file into its folder, which is made if it isn't there.
///
/// # Errors
/// See [`FetchError`]. A part may stay in the folder.
pub async fn fetch(
    session: &mut dyn Session,
    FileToFetch { found, settled: before, mut asked, digest }: FileToFetch<'_>,
    folder: &DeliveryFolder,
    progress: &Progress,
) -> Result<Fetched, FetchError> {
    let path = found.path.as_str();
    let stated = match digest {
        Some(digest) => Some((digest, stated_digest(session, digest, &found.name, &mut asked).await?)),
        None => None,
    };
    let part = part_of(folder, &before);
    let from = prepare(folder, &part)?;
    let brought = match session.fetch(path, &part, from, progress).await {
        Err(error @ TransportError::PartnerFileChanged { .. }) => {
            remove_part(&part)?;
            return Err(error.into());
        }
        brought => brought.map_err(|error| FetchError::of_reading(error, path))?,
    };
    let read = say!("collect-answer-digest", bytes = brought.bytes, sha256 = brought.sha256);
    asked.push(Asked { asked: say!("collect-asked-content", path = path), answered: read });
    let after = look(session, path, &mut asked).await?;
    let whole = before.size.is_none_or(|size| size == brought.bytes);
    if (before.size, before.modified) != (after.size, after.modified) || !whole {
        remove_part(&part)?;
        let after = if whole { shown(&after) } else { say!("collect-bytes-read", bytes = brought.bytes) };
        return Err(FetchError::Changed { path: path.to_owned(), before: shown(&before), after });
    }
    if before.modified.is_none() && stated.is_none() {
        let again = session.read_back(path, &Progress::new()).await;
        let again = again.map_err(|error| FetchError::of_reading(error, path))?;
        let answer = say!("collect-answer-sha256", sha256 = again.sha256);
        asked.push(Asked::new(say!("collect-asked-again", path = path), answer));
        if again.sha256 != brought.sha256 {
            remove_part(&part)?;
            let before = say!("collect-read-first", sha256 = brought.sha256);
            let after = say!("collect-read-again", sha256 = again.sha256);
            return Err(FetchError::Changed { path: path.to_owned(), before, after });
        }
    }
    if let Some((digest, stated)) = stated.filter(|(_, stated)| *stated != brought.sha256) {
        remove_part(&part)?;
        return Err(FetchError::Differs { path: digest.to_owned(), stated, found: brought.sha256 });
    }
    let source = folder.source();
    fs::rename(&part, &source).map_err(SpoolError::at("disk-naming", &source))?;
    // Durable from here: the transport synced the bytes, and now their name is.
    durable::sync_dir(folder.path())?;
    Ok(Fetched {
        size: brought.bytes,
        sha256: brought.sha256,
        modified: before.modified,
        vouched_by: digest.map(str::to_owned),
        peer: session.peer().clone(),
        asked,
    })
}

/// Looks at what stands under a path at the partner; anything but a file is an error.
pub(super) async fn look(
    session: &mut dyn Session,
    path: &str,
    asked: &mut Vec<Asked>,
) -> Result<RemoteFile, FetchError> {
    let there = session.stat(path).await?.ok_or_else(|| FetchError::Gone { path: path.to_owned() })?;
    if !matches!(there.kind, totatsu_transport::FileKind::File | totatsu_transport::FileKind::Unknown) {
        return Err(FetchError::NoFile { path: path.to_owned() });
    }
    asked.push(Asked { asked: say!("collect-asked-look", path = path), answered: shown(&there) });
    Ok(there)
}

fn shown(file: &RemoteFile) -> String {
    let size = file.shown_size();
    match file.modified {
        Some(time) => say!("collect-size-and-time", size = size, time = time),
        None => say!("collect-size-without-time", size = size),
    }
}

/// The digest that the partner's digest file names for `name`.
async fn stated_digest(
    session: &mut dyn Session,
    path: &str,
    name: &str,
    asked: &mut Vec<Asked>,
) -> Result<Sha256, FetchError> {
    let not_vouched = || FetchError::NotVouched { path: path.to_owned(), name: name.to_owned() };
    let text = match session.read_small(path, DIGEST_FILE_LIMIT).await {
        Ok(text) => text,
        Err(TransportError::NoSuchPath { .. }) => return Err(not_vouched()),
        Err(error) => return Err(error.into()),
    };
    let stated = digest_in(&String::from_utf8_lossy(&text), name).ok_or_else(not_vouched)?;
    let question = say!("collect-asked-digest", name = name, path = path);
    asked.push(Asked { asked: question, answered: stated.to_string() });
    Ok(stated)
}

/// The digest of `name` in a list as `sha256sum` writes it; a digest that stands alone is that of any name.
fn digest_in(text: &str, name: &str) -> Option<Sha256> {
    // Programs of Windows begin a text with a byte order mark.
    let text = text.trim_start_matches('\u{feff}');
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    if let [only] = lines.as_slice()
        && let Ok(digest) = only.trim().to_ascii_lowercase().parse()
    {
        return Some(digest);
    }
    let of_name = |line: &&str| {
        let (digest, file) = line.split_once(char::is_whitespace)?;
        let file = file.trim_start().trim_start_matches('*').trim_end_matches('\r');
        let same = file == name || file.rsplit('/').next() == Some(name);
        same.then(|| digest.to_ascii_lowercase().parse().ok()).flatten()
    };
    lines.iter().find_map(of_name)
}

/// Where the bytes of a file arrive, named after its size and time. Where one of them isn't told, nobody knows whether the
/// file changed.
fn part_of(folder: &DeliveryFolder, file: &RemoteFile) -> PathBuf {
    let known = file.size.zip(file.modified);
    let name = known.map_or_else(
        || format!("{PART}0"),
        |(size, modified)| format!("{PART}{size}-{}", modified.as_second()),
    );
    folder.path().join(name)
}

/// Makes the folder, removes parts of what the partner's file was before, and says how much of this part is there.
fn prepare(folder: &DeliveryFolder, part: &Path) -> Result<u64, SpoolError> {
    durable::make_dir(folder.path())?;
    let list = || -> io::Result<u64> {
        let mut there = 0;
        for entry in fs::read_dir(folder.path())? {
            let entry = entry?;
            let is_part = entry.file_name().to_string_lossy().starts_with(PART);
            if is_part && entry.path() == part && !part.ends_with(format!("{PART}0")) {
                there = entry.metadata()?.len();
            } else if is_part {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(there)
    };
    list().map_err(SpoolError::at("disk-preparing", folder.path()))
}

fn remove_part(part: &Path) -> Result<(), SpoolError> {
    fs::remove_file(part).map_err(SpoolError::at("disk-removing", part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn a_digest_is_found_alone_or_beside_its_name_and_never_beside_another() {
        let digest = Sha256::of(b"x");
        let upper = digest.to_string().to_uppercase();
        for text in [
            format!("{digest}\n"),
            format!("{upper}\r\n"),
            format!("{digest}  a.dat\n"),
            format!("\u{feff}{upper}  a.dat\r\n{}  b.dat\r\n", Sha256::of(b"y")),
            format!("{digest} *in/a.dat\r\n"),
            format!("{}  b.dat\n{digest}  a.dat\n", Sha256::of(b"y")),
        ] {
            assert_eq!(digest_in(&text, "a.dat"), Some(digest), "{text}");
        }
        for text in [String::new(), format!("{digest}  b.dat\n"), "0123  a.dat\n".to_owned()] {
            assert_eq!(digest_in(&text, "a.dat"), None, "{text}");
        }
    }

    #[test]
    fn a_part_of_what_the_file_was_before_is_removed_and_one_of_what_it_is_now_goes_on() {
        let home = tempfile::tempdir().unwrap();
        let folder = DeliveryFolder::at(&home.path().join("id"));
        let file = |size, second| RemoteFile {
            size: Some(size),
            kind: totatsu_transport::FileKind::File,
            modified: Some(Timestamp::from_second(second).unwrap()),
        };
        let (old, new) = (part_of(&folder, &file(9, 1)), part_of(&folder, &file(9, 2)));
        assert_eq!(prepare(&folder, &old).unwrap(), 0);
        fs::write(&old, "abc").unwrap();
        assert_eq!(prepare(&folder, &old).unwrap(), 3);
        assert_eq!(prepare(&folder, &new).unwrap(), 0);
        assert!(!old.exists());
    }

    #[test]
    fn a_part_of_a_file_that_tells_no_time_is_never_continued() {
        let home = tempfile::tempdir().unwrap();
        let folder = DeliveryFolder::at(&home.path().join("id"));
        let file = RemoteFile { size: Some(9), kind: totatsu_transport::FileKind::File, modified: None };
        let part = part_of(&folder, &file);
        prepare(&folder, &part).unwrap();
        fs::write(&part, "abc").unwrap();
        assert_eq!(prepare(&folder, &part).unwrap(), 0);
    }
}
