//! The socket on which the daemon answers commands: who may stay connected, for how long, and how much one may ask.
//!
//! Promises that nobody who connects and says nothing keeps others from being answered: where too many are connected, the
//! one that has been idle for longest is let go. Never listens on a network port.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::desk::Desk;
use super::protocol::{Answer, Caller, Question};
use totatsu_base::SpoolError;
use totatsu_base::durable::{self, if_there};
use totatsu_base::locked;
use totatsu_base::say;

/// Bytes that a question has at most. The longest carries the mark of an earlier audit, with all that wasn't finished then.
const QUESTION_LIMIT: u64 = 1024 * 1024;
/// How many commands are connected at a time.
const CONNECTIONS: usize = 128;
/// How many commands of one user are connected at a time.
const OF_ONE_USER: usize = 32;
/// How long a connection may be idle: a command asks as soon as it is connected.
const IDLE: Duration = Duration::from_secs(30);
/// How long a command may take to read its answer.
const READING: Duration = Duration::from_secs(60);

/// Who is connected.
#[derive(Debug, Clone, Default)]
pub struct Connections(Arc<Mutex<Room>>);

#[derive(Debug, Default)]
struct Room {
    number: u64,
    /// In the order in which they became idle, or came.
    connected: Vec<Connected>,
}

#[derive(Debug)]
struct Connected {
    number: u64,
    uid: u32,
    idle: bool,
    leave: Arc<Notify>,
}

/// One connection's place among all; it is free again when this is dropped.
#[derive(Debug)]
pub struct Seat {
    connections: Connections,
    number: u64,
    caller: Caller,
    leave: Arc<Notify>,
}

/// Makes the socket, replacing one that a killed daemon left behind. Members of its group may connect; or everybody, where each
/// question is weighed by the asker's roles.
///
/// # Errors
/// It can't be made.
pub fn listen(path: &Path, by_roles: bool) -> Result<UnixListener, SpoolError> {
    durable::make_dir(durable::parent_of(path))?;
    // The ledger's lock is ours by now, so nobody answers on an old socket.
    if_there(std::fs::remove_file(path)).map_err(SpoolError::at("disk-removing-the-old-socket", path))?;
    let listener = UnixListener::bind(path).map_err(SpoolError::at("disk-binding-the-socket", path))?;
    let mode = std::fs::Permissions::from_mode(if by_roles { 0o666 } else { 0o660 });
    std::fs::set_permissions(path, mode)
        .map_err(SpoolError::at("disk-opening-the-socket-to-the-group", path))?;
    Ok(listener)
}

impl Connections {
    /// A place for one more connection, if there is one or can be made. A caller who gets none is told so.
    pub fn admit(&self, stream: &UnixStream) -> Option<Seat> {
        // The kernel doesn't know who a caller is that has gone already.
        let peer = stream.peer_cred().ok()?;
        let seat = self.enter(Caller { uid: peer.uid(), gid: peer.gid() });
        if seat.is_none()
            && let Ok(mut text) = serde_json::to_vec(&Answer::Refused(say!("control-too-many")))
        {
            text.push(b'\n');
            // A socket that was never written to has room for this.
            drop(stream.try_write(&text));
        }
        seat
    }

    fn enter(&self, caller: Caller) -> Option<Seat> {
        let mut room = self.room();
        if room.connected.iter().filter(|other| other.uid == caller.uid).count() >= OF_ONE_USER {
            room.let_go(|other| other.uid == caller.uid)?;
        } else if room.connected.len() >= CONNECTIONS {
            room.let_go(|_| true)?;
        }
        room.number += 1;
        let (number, leave) = (room.number, Arc::<Notify>::default());
        room.connected.push(Connected { number, uid: caller.uid, idle: true, leave: leave.clone() });
        Some(Seat { connections: self.clone(), number, caller, leave })
    }

    fn room(&self) -> MutexGuard<'_, Room> {
        locked(&self.0)
    }
}

impl Room {
    /// Has one connection leave: of those that `may` have to, the one that has been idle for longest.
    fn let_go(&mut self, may: impl Fn(&Connected) -> bool) -> Option<()> {
        let idle = self.connected.iter().position(|other| other.idle && may(other))?;
        self.connected.remove(idle).leave.notify_one();
        Some(())
    }
}

impl Seat {
    /// Notes that a question is being answered, or that none is; says whether the connection may stay.
    fn stays(&self, idle: bool) -> bool {
        let mut room = self.connections.room();
        let Some(at) = room.connected.iter().position(|other| other.number == self.number) else {
            return false;
        };
        let mut own = room.connected.remove(at);
        own.idle = idle;
        room.connected.push(own);
        true
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.connections.room().connected.retain(|other| other.number != self.number);
    }
}

/// Answers the questions of one connection, until it ends, or has been idle for too long.
pub async fn converse(stream: UnixStream, seat: Seat, desk: Desk) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read);
    loop {
        let asked = tokio::select! {
            () = seat.leave.notified() => return,
            asked = timeout(IDLE, next_question(&mut lines)) => asked,
        };
        // A caller that hangs up has its answer or doesn't want it: there is nobody to tell of an error here.
        let Ok(Ok(Some(asked))) = asked else { return };
        if !seat.stays(false) {
            return;
        }
        let (answer, goes_on) = match asked {
            // Whoever hangs up has no errand run any more.
            Asked::Question(question @ Question::Errand { .. }) => tokio::select! {
                answer = desk.answer(question, seat.caller) => (answer, true),
                () = hung_up(&mut lines) => return,
            },
            Asked::Question(question) => (desk.answer(question, seat.caller).await, true),
            Asked::NotUnderstood(why) => (Answer::Refused(why), true),
            Asked::TooLong => {
                let why = say!("control-question-too-long", limit = QUESTION_LIMIT);
                (Answer::Refused(why), false)
            }
        };
        let Ok(mut text) = serde_json::to_vec(&answer) else { return };
        text.push(b'\n');
        let written = timeout(READING, write.write_all(&text)).await;
        if let Answer::ErrandDone(done) = &answer
            && done.send(&mut write).await.is_err()
        {
            return;
        }
        if !matches!(written, Ok(Ok(()))) || !goes_on || !seat.stays(true) {
            return;
        }
    }
}

/// Waits until the other end is gone; for ever where it says more meanwhile, which is read later.
async fn hung_up(lines: &mut (impl AsyncBufRead + Unpin)) {
    if lines.fill_buf().await.is_ok_and(|more| !more.is_empty()) {
        std::future::pending().await
    }
}

/// What one line asks.
enum Asked {
    Question(Question),
    NotUnderstood(String),
    TooLong,
}

async fn next_question(lines: &mut (impl AsyncBufRead + Unpin)) -> std::io::Result<Option<Asked>> {
    let mut line = Vec::new();
    if lines.take(QUESTION_LIMIT).read_until(b'\n', &mut line).await? == 0 {
        return Ok(None);
    }
    if line.len() as u64 == QUESTION_LIMIT && !line.ends_with(b"\n") {
        return Ok(Some(Asked::TooLong));
    }
    Ok(Some(match serde_json::from_slice(&line) {
        Ok(question) => Asked::Question(question),
        Err(error) => Asked::NotUnderstood(say!("control-not-understood", error = error)),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(uid: u32) -> Caller {
        Caller { uid, gid: 1 }
    }

    #[test]
    fn whoever_has_been_idle_for_longest_makes_room_and_one_that_is_answered_never() {
        let connections = Connections::default();
        let seats: Vec<Seat> = (0..OF_ONE_USER).map(|_| connections.enter(of(1)).unwrap()).collect();
        assert!(seats[0].stays(false));
        let newest = connections.enter(of(1)).unwrap();
        assert!(seats[0].stays(true) && newest.stays(true));
        assert!(!seats[1].stays(false), "it has been idle for longest");
        assert_eq!(connections.room().connected.len(), OF_ONE_USER);
    }

    #[test]
    fn one_user_who_keeps_the_daemon_busy_keeps_no_other_from_it() {
        let connections = Connections::default();
        let seats: Vec<Seat> = (0..OF_ONE_USER).map(|_| connections.enter(of(1)).unwrap()).collect();
        assert!(seats.iter().all(|seat| seat.stays(false)));
        assert!(connections.enter(of(1)).is_none());
        assert!(connections.enter(of(2)).is_some());
        drop(seats);
        assert!(connections.enter(of(1)).is_some());
    }

    #[test]
    fn all_users_together_have_a_limit_too() {
        let connections = Connections::default();
        let enter = |number: usize| connections.enter(of((number / OF_ONE_USER) as u32));
        let seats: Vec<Seat> = (0..CONNECTIONS).map(|number| enter(number).unwrap()).collect();
        assert!(connections.enter(of(99)).is_some());
        assert!(!seats[0].stays(false));
        assert!(seats[1..].iter().all(|seat| seat.stays(false)));
        assert_eq!(connections.room().connected.len(), CONNECTIONS - 1);
    }
}
