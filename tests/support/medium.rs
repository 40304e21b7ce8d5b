//! Media: images with a file system of their own, plugged into a directory and pulled out again.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The label of a FAT medium, which a driver in user space shows as a file.
const LABEL: &str = "MPN01";
/// How the name of a drive's directory begins.
pub const DRIVE: &str = "drive-";
/// A medium that nobody works on can be taken out within this time.
const AT_REST_WITHIN: Duration = Duration::from_secs(5);

/// What a medium is formatted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Ext4,
    /// By the kernel's driver, or by one in user space where the kernel has none.
    Fat,
}

/// A medium. Needs root.
pub struct Stick {
    folder: TempDir,
    format: Format,
    /// The loop device that stands for it; none where the driver takes the image itself.
    device: Option<String>,
}

/// A directory that media are plugged into.
pub struct Drive(TempDir);

impl Stick {
    /// An empty one of so many MiB.
    pub fn format(format: Format, mib: u64) -> Stick {
        let folder = tempfile::tempdir().unwrap();
        let image = folder.path().join("image");
        File::create(&image).unwrap().set_len(mib * 1024 * 1024).unwrap();
        match format {
            Format::Ext4 => run("mkfs.ext4", &["-q", "-m", "0", "-F"], &image),
            Format::Fat => run("mkfs.vfat", &["-n", LABEL], &image),
        };
        let by_kernel = format == Format::Ext4 || kernel_has_fat();
        let device = by_kernel.then(|| run("losetup", &["-f", "--show"], &image).trim().to_owned());
        Stick { folder, format, device }
    }

    pub fn plug(&self, drive: &Drive) {
        self.mount(drive, "rw");
    }

    /// Its write protection is set.
    pub fn plug_read_only(&self, drive: &Drive) {
        self.mount(drive, "ro");
    }

    fn mount(&self, drive: &Drive, mode: &str) {
        match &self.device {
            Some(device) => run("mount", &["-o", mode, device], drive.path()),
            None => {
                let image = self.folder.path().join("image");
                let mode = if mode == "rw" { "rw+" } else { mode };
                run("fusefat", &["-o", mode, image.to_str().unwrap()], drive.path())
            }
        };
    }

    /// What the receipt calls its file system.
    pub fn file_system(&self) -> &'static str {
        match (self.format, &self.device) {
            (Format::Ext4, _) => "ext4",
            (Format::Fat, Some(_)) => "vfat",
            (Format::Fat, None) => "fuse.fusefat",
        }
    }
}

impl Drop for Stick {
    fn drop(&mut self) {
        if let Some(device) = &self.device {
            let _ = Command::new("losetup").args(["-d", device]).status();
        }
    }
}

impl Drive {
    pub fn empty() -> Drive {
        Drive(tempfile::Builder::new().prefix(DRIVE).tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Pulls out what is in it, whoever still has files open there.
    pub fn pull(&self) {
        run("umount", &["-l"], self.path());
    }

    /// Takes out what is in it as an operator does; it must come to rest. It is busy for a moment while a daemon looks at
    /// it, and while another test starts a program, which has our open files until it runs.
    pub fn eject(&self) {
        let deadline = Instant::now() + AT_REST_WITHIN;
        loop {
            let tried = Command::new("umount").arg(self.path()).output().unwrap();
            if tried.status.success() {
                return;
            }
            let text = String::from_utf8_lossy(&tried.stderr);
            assert!(text.contains("busy") && Instant::now() < deadline, "umount: {text}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// All files that are there, below the directory, sorted.
    pub fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut directories = vec![self.path().to_owned()];
        while let Some(directory) = directories.pop() {
            for entry in fs::read_dir(directory).unwrap() {
                let path: PathBuf = entry.unwrap().path();
                let name = path.strip_prefix(self.path()).unwrap().to_str().unwrap().to_owned();
                // What file systems bring along: ext4's own directory, and the label.
                match path.is_dir() {
                    _ if ["lost+found", LABEL].contains(&name.as_str()) => {}
                    true => directories.push(path),
                    false => found.push(name),
                }
            }
        }
        found.sort();
        found
    }
}

impl Drop for Drive {
    fn drop(&mut self) {
        while Command::new("umount").arg("-lq").arg(self.path()).status().is_ok_and(|status| status.success())
        {
        }
    }
}

fn kernel_has_fat() -> bool {
    fs::read_to_string("/proc/filesystems").unwrap().contains("\tvfat")
}

fn run(program: &str, arguments: &[&str], last: &Path) -> String {
    let output = Command::new(program).args(arguments).arg(last).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {text}");
    String::from_utf8(output.stdout).unwrap()
}
