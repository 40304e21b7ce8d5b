//! Which files a configuration consists of, and their digests.
//!
//! Owns which files count: `totatsu.toml` and the texts beside it, partners, links, layouts. Never reads keys and passwords: a
//! digest of a short password would give it away.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use totatsu_base::Sha256;

use super::ready::Config;

/// The digest of each file, by its path below the configuration's directory; layouts below `layouts/`.
pub type FileDigests = BTreeMap<String, Sha256>;

/// What a layout's path begins with.
const LAYOUTS: &str = "layouts/";
/// How deep directories below the folder of layouts are entered: partner, and in it the layout's name.
const DEPTH: usize = 2;

/// The digests of the files as they lie on the disk now. A file that can't be read is left out: reading the configuration tells why.
pub fn digests(directory: &Path, config: &Config) -> FileDigests {
    let mut found = FileDigests::new();
    gather(directory, "", &["toml", "txt"], 0, &mut found);
    gather(&directory.join("partners"), "partners/", &["toml"], 0, &mut found);
    gather(&directory.join("links"), "links/", &["toml"], 0, &mut found);
    gather(&config.gateway.layouts, LAYOUTS, &["toml"], DEPTH, &mut found);
    found
}

fn gather(directory: &Path, prefix: &str, endings: &[&str], depth: usize, found: &mut FileDigests) {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else { continue };
        if depth > 0 && path.is_dir() {
            gather(&path, &format!("{prefix}{name}/"), endings, depth - 1, found);
        } else if path.extension().is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted)) {
            let digest = Sha256::of_file(&path).ok();
            found.extend(digest.map(|(digest, _)| (format!("{prefix}{name}"), digest)));
        }
    }
}
