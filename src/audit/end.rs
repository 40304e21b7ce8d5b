//! The journal's last line, for which no later line vouches: the index or the running gateway does.
//!
//! The index of unfinished deliveries is copied and the copy opened, since opening changes its files. It knows the last line;
//! what is known of finished deliveries, which may be much, isn't asked. Never waits for anybody for long.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use super::findings::{AuditError, Vouched};
use super::trail::Trail;
use crate::control::{Answer, Question};
use totatsu_base::messages::os_error;
use totatsu_base::{SpoolError, say};
use totatsu_ledger::index::Index;
use totatsu_ledger::reading::read_chain;
use totatsu_ledger::{JournalError, LOCK_LOOK, Position, history};

/// How long the running gateway may take to answer.
const ANSWER: Duration = Duration::from_secs(30);

/// How long the gateway may take to record what stands in the journal already.
const PATIENCE: Duration = Duration::from_secs(10);

/// Who may vouch for the journal's last line; found out before the journal is read.
#[derive(Debug)]
pub(super) enum Witness {
    /// The index, up to this position.
    Index(Position),
    /// Whoever has the ledger open.
    Gateway,
    /// Nobody, and why.
    Nobody(String),
}

/// Asks the index, unless the ledger is in use.
pub(super) fn witness(ledger: &Path) -> Result<Witness, AuditError> {
    let (lock, index) = (ledger.join("lock"), ledger.join("index"));
    if !index.is_dir() {
        return Ok(Witness::Nobody(say!("audit-no-index")));
    }
    let file = File::open(&lock).map_err(SpoolError::at("disk-opening", &lock))?;
    // Held while the index is copied, so that nobody writes into it.
    match rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockShared) {
        Ok(()) => {}
        Err(rustix::io::Errno::WOULDBLOCK) => return Ok(Witness::Gateway),
        Err(errno) => return Err(SpoolError::at("disk-locking", &lock)(errno.into()).into()),
    }
    let room = std::env::temp_dir();
    let room = tempfile::tempdir().map_err(SpoolError::at("disk-making-a-directory-in", &room))?;
    let copy = room.path().join("index");
    copy_tree(&index, &copy).map_err(SpoolError::at("disk-copying", &index))?;
    drop(file);
    Ok(match Index::position_in(&copy) {
        Ok(position) => Witness::Index(position),
        Err(error) => Witness::Nobody(error.to_string()),
    })
}

/// Compares the journal's end with what the witness knows; a journal that lost or changed it is damaged.
pub(super) fn compare(trail: &mut Trail, witness: Witness, socket: &Path) -> Result<Vouched, AuditError> {
    if trail.damaged {
        return Ok(Vouched::Nobody(say!("audit-damaged-before")));
    }
    match witness {
        Witness::Nobody(why) => Ok(Vouched::Nobody(why)),
        Witness::Index(known) => compare_index(trail, known),
        Witness::Gateway => compare_gateway(trail, socket),
    }
}

fn compare_index(trail: &mut Trail, known: Position) -> Result<Vouched, AuditError> {
    let end = trail.end;
    match trail.digest_at(known.seq)? {
        None => trail.damage_end(say!("audit-ends-early", last = end.seq, known = known.seq)),
        Some(digest) if digest != known.digest => {
            trail.damage_end(say!("audit-changed", event = known.seq));
        }
        Some(_) if known.seq == end.seq => return Ok(Vouched::Index),
        Some(_) => return Ok(Vouched::Nobody(say!("audit-index-behind", event = known.seq))),
    }
    Ok(Vouched::Nobody(say!("audit-index-other")))
}

fn compare_gateway(trail: &mut Trail, socket: &Path) -> Result<Vouched, AuditError> {
    let end = trail.end;
    let start = Instant::now();
    // A line that was read before it was synced is known to the gateway a moment later.
    loop {
        match journal_end(socket) {
            Ok(Answer::JournalEnd(known)) if known.seq == end.seq && known.sha256 == end.digest => {
                return Ok(Vouched::Gateway);
            }
            Ok(Answer::JournalEnd(_)) => {}
            Ok(_) => return Ok(Vouched::Nobody(say!("audit-gateway-answer"))),
            Err(error) => {
                let why = say!("audit-no-gateway", socket = socket.display(), error = os_error(&error));
                return Ok(Vouched::Nobody(why));
            }
        }
        match has_followers(&trail.journal, end) {
            Ok(true) => return Ok(Vouched::Gateway),
            Ok(false) if start.elapsed() < PATIENCE => std::thread::sleep(LOCK_LOOK),
            Ok(false) => {
                trail.damage_end(say!("audit-gateway-differs", event = end.seq));
                return Ok(Vouched::Nobody(say!("audit-gateway-other")));
            }
            Err(JournalError::Damaged { path, line, what }) => {
                trail.damage(&path, line, say!("audit-damaged", what = what));
                return Ok(Vouched::Nobody(say!("audit-damaged-behind")));
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Whether later lines vouch for this one by now.
fn has_followers(journal: &Path, end: Position) -> Result<bool, JournalError> {
    let found = read_chain(journal, end, |_| (), |_, ()| Ok::<(), JournalError>(()))?;
    Ok(found.end.seq > end.seq)
}

/// Asks the running gateway alone: answering from the ledger itself would open it for writing.
fn journal_end(socket: &Path) -> io::Result<Answer> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(ANSWER))?;
    let mut question = serde_json::to_vec(&Question::JournalEnd)?;
    question.push(b'\n');
    stream.write_all(&question)?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer)?;
    Ok(serde_json::from_str(&answer)?)
}

fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &place)?;
        } else if entry.file_name() != history::FILE {
            fs::copy(entry.path(), &place)?;
        }
    }
    Ok(())
}
