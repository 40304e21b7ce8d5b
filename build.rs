//! Tells the tests which of their needs this machine meets: OpenSSH's server, the servers that `scripts/test`
//! unpacks, the right to mount a file system, loop devices to mount one from, a driver for FAT, a browser, and a clock that can be set.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

fn main() {
    const SSHD_DIRECTORY: &str = "/usr/sbin";
    const PROGRAMS: &str = "/usr/bin";
    const SERVER_PROGRAMS: [(&str, &str); 9] = [
        ("have_vsftpd", "root/usr/sbin/vsftpd"),
        ("have_proftpd", "root/usr/sbin/proftpd"),
        ("have_pureftpd", "root/usr/sbin/pure-ftpd"),
        ("have_rclone", "root/usr/bin/rclone"),
        ("have_dropbear", "root/usr/sbin/dropbear"),
        ("have_mysecureshell", "root/usr/bin/mysecureshell"),
        ("have_gesftpserver", "root/usr/libexec/gesftpserver"),
        ("have_inetutils_ftpd", "root/usr/sbin/ftpd"),
        ("have_python_servers", "python/requirements.txt"),
    ];
    // Also the build script of crates/transport, whose tests need the same.
    let own = std::env::current_dir().expect("cargo runs a build script in its package");
    let house = own.ancestors().find(|folder| folder.join("tests/servers.rs").exists());
    let servers = house.unwrap_or(&own).join("tests/servers");
    println!("cargo::rustc-env=TEST_SERVERS={}", servers.display());
    println!("cargo::rustc-check-cfg=cfg(have_sshd)");
    println!("cargo::rerun-if-changed={}", house.unwrap_or(&own).join("build.rs").display());
    println!("cargo::rustc-check-cfg=cfg(have_root)");
    // A file that is missing would have everything built anew each time; its directory tells of an installation too.
    println!("cargo::rerun-if-changed={SSHD_DIRECTORY}");
    println!("cargo::rerun-if-env-changed=USER");
    println!("cargo::rerun-if-env-changed=HOME");
    if Path::new(SSHD_DIRECTORY).join("sshd").exists() {
        println!("cargo::rustc-cfg=have_sshd");
    }
    println!("cargo::rerun-if-changed={}", servers.display());
    for (flag, program) in SERVER_PROGRAMS {
        println!("cargo::rustc-check-cfg=cfg({flag})");
        if servers.join(program).exists() {
            println!("cargo::rustc-cfg={flag}");
        }
    }
    println!("cargo::rustc-check-cfg=cfg(have_loop)");
    // mkfs.ext4 comes into the same directory as sshd.
    if Path::new("/dev/loop-control").exists() && Path::new(SSHD_DIRECTORY).join("mkfs.ext4").exists() {
        println!("cargo::rustc-cfg=have_loop");
    }
    println!("cargo::rustc-check-cfg=cfg(have_fat)");
    println!("cargo::rerun-if-changed={PROGRAMS}");
    let by_kernel = std::fs::read_to_string("/proc/filesystems").is_ok_and(|names| names.contains("\tvfat"));
    let has_driver = by_kernel || Path::new(PROGRAMS).join("fusefat").exists();
    if has_driver && Path::new(SSHD_DIRECTORY).join("mkfs.vfat").exists() {
        println!("cargo::rustc-cfg=have_fat");
    }
    println!("cargo::rustc-check-cfg=cfg(have_chromium)");
    if Path::new(PROGRAMS).join("chromium").exists() {
        println!("cargo::rustc-cfg=have_chromium");
    }
    println!("cargo::rustc-check-cfg=cfg(have_faketime)");
    let libraries = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|entry| entry.path());
    let faketime = libraries.map(|place| place.join("faketime/libfaketime.so.1")).find(|file| file.exists());
    if let Some(library) = faketime {
        println!("cargo::rustc-cfg=have_faketime");
        println!("cargo::rustc-env=FAKETIME_LIBRARY={}", library.display());
    }
    if std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) {
        println!("cargo::rustc-cfg=have_root");
    }
}
