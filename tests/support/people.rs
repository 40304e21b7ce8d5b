//! People with rights of their own, played by threads: the kernel tells the gateway whose thread has connected.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread;
use std::time::Duration;

use rustix::process::{Gid, Uid};
use rustix::thread::{set_thread_groups, set_thread_res_gid, set_thread_res_uid};
use serde_json::Value;

/// Somebody: a user, and the one group that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    pub name: &'static str,
    pub uid: u32,
    pub gid: u32,
}

impl Person {
    pub const fn new(name: &'static str, uid: u32, gid: u32) -> Person {
        Person { name, uid, gid }
    }

    /// Does something with this person's rights. Needs root.
    pub fn plays<T: Send>(self, work: impl FnOnce() -> T + Send) -> T {
        thread::scope(|scope| {
            let played = scope.spawn(|| {
                let (uid, gid) = (Uid::from_raw(self.uid), Gid::from_raw(self.gid));
                set_thread_groups(&[gid]).unwrap();
                set_thread_res_gid(gid, gid, gid).unwrap();
                set_thread_res_uid(uid, uid, uid).unwrap();
                work()
            });
            played.join().unwrap()
        })
    }
}

/// Writes one line to a gateway's socket, and takes all that comes: the answer, and the files behind it.
pub fn ask_raw(socket: &Path, line: &[u8]) -> Vec<u8> {
    let Ok(stream) = UnixStream::connect(socket) else { return Vec::new() };
    stream.set_read_timeout(Some(Duration::from_secs(100))).unwrap();
    // Whoever is refused may be let go before all of it is written.
    let _ = (&stream).write_all(line).and_then(|()| (&stream).write_all(b"\n"));
    let (mut answer, mut answers) = (Vec::new(), BufReader::new(&stream));
    answers.read_until(b'\n', &mut answer).unwrap_or_default();
    let said = serde_json::from_slice::<Value>(&answer).unwrap_or_default();
    let files = said["errand_done"]["files"].as_array().cloned().unwrap_or_default();
    let bytes: u64 = files.iter().filter_map(|file| file["size"].as_u64()).sum();
    answers.take(bytes).read_to_end(&mut answer).unwrap_or_default();
    answer
}
