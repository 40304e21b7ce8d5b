//! How commands reach the gateway: over a Unix socket while the daemon runs, on the ledger itself while it does not.
//!
//! Owns the questions, their answers, and the form of both on the socket: one JSON object a line each way. Never
//! listens on a network port.

mod clearing;
mod desk;
mod import;
mod listing;
mod order;
mod overview;
mod past;
mod protocol;
mod reload;
mod socket;
pub mod texts;

use std::path::Path;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;

use crate::config::GatewaySettings;
use crate::spool::Spool;
use totatsu_ledger::{LOCK_LOOK, LOCK_PATIENCE, Ledger, LedgerError};

pub use desk::{Desk, asker};
pub use listing::near_names;
pub use protocol::{
    Answer, Caller, ControlError, DeliveryFilter, DeliveryList, InboundStatus, LinkBacklog, LinkStatus,
    MediumImported, PartnerStatus, Question, Shown, ShownDeadline, ShownPast, Status, Whom,
};
pub use socket::{Connections, Seat, converse, listen};

/// How long a daemon is waited for whose answer is only wanted if there is one.
const RUNNING_PATIENCE: Duration = Duration::from_secs(10);
/// Asks the running daemon; if there is none, answers from the ledger itself. While a daemon is starting or stopping, or
/// another command has the ledger, neither works for a moment: both are tried again for a while.
///
/// # Errors
/// Neither the daemon nor the ledger can answer.
pub async fn ask(settings: &GatewaySettings, question: Question) -> Result<Answer, ControlError> {
    ask_knowing(settings, None, question).await
}

/// As [`ask`]; where no daemon runs, what the ledger doesn't know is looked up in the configuration in this directory.
///
/// # Errors
/// As there.
pub async fn ask_knowing(
    settings: &GatewaySettings,
    configuration: Option<&Path>,
    question: Question,
) -> Result<Answer, ControlError> {
    let start = Instant::now();
    loop {
        match UnixStream::connect(&settings.socket).await {
            Ok(stream) => {
                let no_answer = |error| ControlError::NoAnswer { path: settings.socket.clone(), error };
                return ask_daemon(stream, &question).await.map_err(no_answer);
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

/// What a running daemon answers; nothing where none does, or where it doesn't answer in time.
pub async fn ask_running(settings: &GatewaySettings, question: &Question) -> Option<Answer> {
    let asked = async {
        let stream = UnixStream::connect(&settings.socket).await.ok()?;
        ask_daemon(stream, question).await.ok()
    };
    tokio::time::timeout(RUNNING_PATIENCE, asked).await.ok().flatten()
}

async fn ask_daemon(mut stream: UnixStream, question: &Question) -> std::io::Result<Answer> {
    let mut text = serde_json::to_vec(question)?;
    text.push(b'\n');
    let written = stream.write_all(&text).await;
    // A daemon that doesn't wait for the question says why.
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).await?;
    if answer.is_empty() {
        written?;
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    Ok(serde_json::from_str(&answer)?)
}
