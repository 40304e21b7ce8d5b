//! A small file system in memory, to be filled.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// Mounted while it lives. Needs root.
pub struct SmallDisk(TempDir);

impl SmallDisk {
    /// A file system of so many MiB.
    pub fn mount(mib: u64) -> SmallDisk {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={mib}m");
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "small"]).arg(folder.path()).output();
        let mount = mount.unwrap();
        assert!(mount.status.success(), "mount: {}", String::from_utf8_lossy(&mount.stderr));
        SmallDisk(folder)
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}
