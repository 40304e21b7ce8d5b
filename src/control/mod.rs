//! How commands reach the gateway: over a Unix socket while the daemon runs, on the ledger itself while it does not.
//!
//! Owns the questions, their answers, and the form of both on the socket: one JSON object a line each way. Never
//! listens on a network port.

mod attention;
mod clearing;
mod desk;
mod errand;
mod finding;
mod four_eyes;
mod import;
mod listing;
mod order;
mod overview;
mod past;
mod protocol;
mod reload;
mod rights;
mod roles;
mod running;
mod socket;
pub mod texts;

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;

use crate::config::GatewaySettings;
use crate::spool::Spool;
use totatsu_ledger::{LOCK_LOOK, LOCK_PATIENCE, Ledger, LedgerError};

pub use desk::{Desk, asker};
pub use errand::{Errand, ErrandDone, ErrandFile, ReceiptForm};
pub use listing::near_names;
pub use protocol::{
    Answer, AwaitedAct, Caller, ControlError, DeliveryAct, DeliveryFilter, DeliveryList, InboundStatus,
    LinkBacklog, LinkStatus, MediumImported, MissingFile, PartnerStatus, Question, RejectedFile, Shown,
    ShownDeadline, ShownPast, Status, Whom,
};
pub use running::EXPORT;
pub use socket::{Connections, Seat, converse, listen};

/// How long to wait for a daemon whose answer is only wanted if there is one.
const RUNNING_PATIENCE: Duration = Duration::from_secs(10);
/// Bytes of a file that are read at a time.
const PIECE: usize = 64 * 1024;

/// Asks the running daemon; if there is none, answers from the ledger itself, and looks up what that doesn't know in the
/// `configuration`, if that is named. While a daemon is starting or stopping, or another command has the ledger, neither works for
/// a moment: both are tried again for a while.
///
/// # Errors
/// Neither the daemon nor the ledger can answer.
pub async fn ask(
    settings: &GatewaySettings,
    configuration: Option<&Path>,
    question: Question,
) -> Result<Answer, ControlError> {
    let start = Instant::now();
    loop {
        match UnixStream::connect(&settings.socket).await {
            Ok(stream) => {
                let answer = ask_daemon(stream, &question).await;
                return answer.map_err(|error| no_answer(&settings.socket, error));
            }
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                return Err(ControlError::NotAllowed(settings.socket.clone()));
            }
            Err(_) => {}
        }
        if !settings.ledger.is_dir() {
            return Err(ControlError::NoLedger(settings.ledger.clone()));
        }
        match Ledger::open(&settings.ledger) {
            Ok((ledger, _)) => {
                let desk = Desk::on_ledger(ledger, Spool::new(&settings.spool)).knowing(configuration);
                return Ok(desk.answer(question, Caller::ourselves()).await);
            }
            Err(LedgerError::InUse(_)) if start.elapsed() < LOCK_PATIENCE => {
                tokio::time::sleep(LOCK_LOOK).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// What the daemon at this socket answers, where nobody else can be asked.
///
/// # Errors
/// No daemon answers, or not in full.
pub async fn ask_at(socket: &Path, question: &Question) -> Result<Answer, ControlError> {
    let mut reader = BufReader::new(connected(socket).await?);
    exchange(&mut reader, question).await.map_err(|error| no_answer(socket, error))
}

/// Has the daemon at this socket run an errand. `open` makes a file for each that comes with the answer, by its name.
///
/// # Errors
/// The daemon can't be reached or gives no answer, or one of the files can't be written.
pub async fn send_on_errand(
    socket: &Path,
    question: &Question,
    mut open: impl FnMut(&str) -> std::io::Result<Box<dyn Write>>,
) -> Result<Answer, ControlError> {
    let mut reader = BufReader::new(connected(socket).await?);
    let answer = exchange(&mut reader, question).await.map_err(|error| no_answer(socket, error))?;
    let Answer::ErrandDone(done) = &answer else { return Ok(answer) };
    let mut piece = vec![0; PIECE];
    for ErrandFile { name, size } in &done.files {
        let unwritable = |error| ControlError::Unwritable { name: name.clone(), error };
        let mut file = open(name).map_err(unwritable)?;
        let mut left = *size;
        while left > 0 {
            let wanted = piece.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let length = reader.read_exact(&mut piece[..wanted]).await;
            let length = length.map_err(|error| no_answer(socket, error))?;
            file.write_all(&piece[..length]).map_err(unwritable)?;
            left -= length as u64;
        }
        file.flush().map_err(unwritable)?;
    }
    Ok(answer)
}

async fn connected(socket: &Path) -> Result<UnixStream, ControlError> {
    UnixStream::connect(socket).await.map_err(|error| {
        let path = socket.to_owned();
        if error.kind() == std::io::ErrorKind::PermissionDenied {
            return ControlError::NotAllowed(path);
        }
        ControlError::NobodyAnswers { path, error }
    })
}

fn no_answer(socket: &Path, error: std::io::Error) -> ControlError {
    ControlError::NoAnswer { path: socket.to_owned(), error }
}

/// What a running daemon answers; nothing where none does, or where it doesn't answer in time.
pub async fn ask_running(socket: &Path, question: &Question) -> Option<Answer> {
    let asked = async {
        let stream = UnixStream::connect(socket).await.ok()?;
        ask_daemon(stream, question).await.ok()
    };
    tokio::time::timeout(RUNNING_PATIENCE, asked).await.ok().flatten()
}

async fn ask_daemon(stream: UnixStream, question: &Question) -> std::io::Result<Answer> {
    exchange(&mut BufReader::new(stream), question).await
}

async fn exchange(reader: &mut BufReader<UnixStream>, question: &Question) -> std::io::Result<Answer> {
    let mut text = serde_json::to_vec(question)?;
    text.push(b'\n');
    let written = reader.write_all(&text).await;
    // A daemon that doesn't wait for the question says why.
    let mut answer = String::new();
    reader.read_line(&mut answer).await?;
    if answer.is_empty() {
        written?;
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    Ok(serde_json::from_str(&answer)?)
}
