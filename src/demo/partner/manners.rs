//! How the embedded partner behaves, and whom it lets in.

/// The only account.
pub const USER: &str = "demo";

/// How the partner behaves; the default is OpenSSH's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manners {
    /// Offers limits, fsync, posix-rename, hardlink and statvfs.
    pub extensions: bool,
    /// The plain rename replaces an existing file, as many servers do.
    pub rename_replaces: bool,
}

impl Default for Manners {
    fn default() -> Manners {
        Manners { extensions: true, rename_replaces: false }
    }
}
