//! Loopback ports for servers that take a port from their configuration.
//!
//! A port that was free a moment ago may be another server's by the time ours binds it, and whoever then connects talks to
//! the wrong one. So a port is claimed by the lock of a file, for as long as its [`Ports`] lives, against every test of this
//! user; and it lies below those that the kernel gives to whoever asks for any port.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

/// Below 32768, where Linux begins by itself (`net.ipv4.ip_local_port_range`).
const CLAIMABLE: std::ops::Range<u16> = 12_000..32_000;

/// Ports that follow each other, claimed until this is dropped.
pub struct Ports {
    first: u16,
    locks: Vec<File>,
}

impl Ports {
    /// Claims `count` ports.
    pub fn claim(count: u16) -> Ports {
        let folder =
            std::env::temp_dir().join(format!("totatsu-ports-{}", rustix::process::getuid().as_raw()));
        fs::create_dir_all(&folder).unwrap();
        let last = CLAIMABLE.end - count;
        let start = rand::random_range(CLAIMABLE.start..last);
        for first in (start..last).chain(CLAIMABLE.start..start) {
            let locks: Option<Vec<File>> =
                (first..first + count).map(|port| claimed(&folder, port)).collect();
            if let Some(locks) = locks {
                return Ports { first, locks };
            }
        }
        panic!("no port between {} and {last} is free", CLAIMABLE.start)
    }

    /// The first of them.
    pub fn first(&self) -> u16 {
        self.first
    }

    /// The first and the last of them.
    pub fn range(&self) -> (u16, u16) {
        (self.first, self.first + self.locks.len() as u16 - 1)
    }
}

/// The lock of a port that is nobody's: no other test claims it, and nothing else listens there.
fn claimed(folder: &Path, port: u16) -> Option<File> {
    let lock = File::create(folder.join(port.to_string())).unwrap();
    lock.try_lock().ok()?;
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()?;
    Some(lock)
}
