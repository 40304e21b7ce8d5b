//! Paths that clients name, kept below the partner's own directory.

use std::path::{Path, PathBuf};

/// The directory and file behind `path` as a client names it; `None` where it leads outside of `root`.
///
/// The directory is resolved by the file system and must lie within the root; the last part is taken as it stands, so
/// that the caller can refuse a symbolic link there.
pub(super) fn confined(root: &Path, path: &str) -> Option<PathBuf> {
    let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if parts.iter().any(|part| *part == ".." || part.contains('\0')) {
        return None;
    }
    let Some(last) = parts.pop() else { return Some(root.to_owned()) };
    let directory = root.join(parts.join("/"));
    match directory.canonicalize() {
        Ok(real) => real.starts_with(root).then(|| real.join(last)),
        // A path that doesn't exist can't lead outside; the request itself will find that it is missing.
        Err(_) => Some(directory.join(last)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_leaves_the_root_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path(), root.path().join("way-out")).unwrap();
        let root = root.path().canonicalize().unwrap();
        assert_eq!(confined(&root, "/in/../../etc/passwd"), None);
        assert_eq!(confined(&root, "way-out/x"), None);
        assert_eq!(confined(&root, "/./a.txt"), Some(root.join("a.txt")));
        assert_eq!(confined(&root, "/"), Some(root));
    }
}
