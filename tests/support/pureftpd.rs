//! Pure-FTPd, as Debian has it: facts are known, digests are not. It needs root, and an account that isn't.

use std::fs;
use std::process::Command;

use super::ftp::{FtpServer, PASSWORD_HASH, Place, Wishes, program};

const USER: &str = "tester";
/// `nobody` on every Debian.
const ACCOUNT: u32 = 65534;

/// Starts it.
pub fn pureftpd(wishes: Wishes) -> FtpServer {
    FtpServer::start(wishes, USER, launch)
}

fn launch(place: &Place<'_>) -> Command {
    let (users, database) = (place.folder.join("users"), place.folder.join("users.pdb"));
    std::os::unix::fs::chown(place.root, Some(ACCOUNT), Some(ACCOUNT)).unwrap();
    let home = place.root.display();
    fs::write(&users, format!("{USER}:{PASSWORD_HASH}:{ACCOUNT}:{ACCOUNT}::{home}/./::::::::::::\n"))
        .unwrap();
    let made = program("usr/bin/pure-pw").arg("mkdb").arg(&database).arg("-f").arg(&users).output().unwrap();
    assert!(made.status.success(), "pure-pw: {}", String::from_utf8_lossy(&made.stderr));
    let wishes = place.wishes;
    let mut command = program("usr/sbin/pure-ftpd");
    command
        .arg("-S")
        .arg(format!("127.0.0.1,{}", place.port))
        .arg("-l")
        .arg(format!("puredb:{}", database.display()))
        .args(["-Y", if wishes.cleartext { "0" } else { "2" }, "-4", "-E", "-H"])
        .arg("-2")
        .arg(place.certificates.server_both())
        .arg("-g")
        .arg(place.folder.join("pid"));
    if let Some(address) = wishes.passive_address {
        command.args(["-P", address]);
    }
    command
}
