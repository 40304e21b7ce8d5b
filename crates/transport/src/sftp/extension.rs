//! The extensions of SFTP that we use, by their names (OpenSSH's `PROTOCOL`).

/// Has written bytes put on the disk.
pub(super) const SYNC: &str = "fsync@openssh.com";
/// Gives a second name.
pub(super) const HARD_LINK: &str = "hardlink@openssh.com";
/// Tells limits.
pub(super) const LIMITS: &str = "limits@openssh.com";
/// A rename that replaces.
pub(super) const REPLACING_RENAME: &str = "posix-rename@openssh.com";
/// Tells free space.
pub(super) const SPACE: &str = "statvfs@openssh.com";
