//! What the system calls a user.
//!
//! Owns the asking of the system's own database, which may lie on another machine. Never waits for it longer than a moment, and
//! not again for a while once it didn't answer: files are taken over whether or not it does. Who has no name is a number.

use std::collections::HashMap;
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use nix::unistd::{Uid, User};
use totatsu_base::locked;

/// How long the database is waited for.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a name, or that there was none, is believed.
const BELIEVED: Duration = Duration::from_secs(60);

/// What was told last of each user.
static KNOWN: Mutex<Option<HashMap<u32, Told>>> = Mutex::new(None);

/// When it was told, and the name if there was one.
type Told = (Instant, Option<String>);

/// The user's name, where the database has one now.
pub fn name_of(uid: u32) -> Option<String> {
    let known = || locked(&KNOWN);
    if let Some((told, name)) = known().get_or_insert_default().get(&uid)
        && told.elapsed() < BELIEVED
    {
        return name.clone();
    }
    let (tell, told) = mpsc::channel();
    let ask = move || {
        let user = User::from_uid(Uid::from_raw(uid)).ok().flatten();
        // Perhaps nobody waits for the name any more.
        drop(tell.send(user.map(|user| user.name)));
    };
    let asked = thread::Builder::new().name("user".to_owned()).spawn(ask);
    let name = asked.ok().and_then(|_| told.recv_timeout(PATIENCE).ok()).flatten();
    known().get_or_insert_default().insert(uid, (Instant::now(), name.clone()));
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_has_its_name_and_a_number_that_nobody_has_has_none() {
        assert_eq!(name_of(0).as_deref(), Some("root"));
        assert_eq!(name_of(0).as_deref(), Some("root"), "as it was told");
        assert_eq!(name_of(3_999_999_999), None);
    }
}
