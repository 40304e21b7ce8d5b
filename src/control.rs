//! How commands reach the gateway: over a Unix socket while the daemon runs, on the ledger itself while it does not.
//!
//! Owns the questions, their answers, and the form of both on the socket: one JSON object a line each way. Never
//! listens on a network port.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;

use crate::clock::Moment;
use crate::config::GatewaySettings;
use crate::delivery_id::DeliveryId;
use crate::gateway::Gateway;
use crate::ledger::event::Event;
use crate::ledger::state::{Delivery, ReceiptLink, Stage, Standing};
use crate::ledger::{LOCK_LOOK, LOCK_PATIENCE, Ledger, LedgerError};
use crate::remedy::Remedy;
use crate::spool::{self, Spool, SpoolError};

/// A question is never longer, in bytes.
const QUESTION_LIMIT: u64 = 64 * 1024;
/// An id that is given in part is looked for among this many of the newest deliveries.
const SEARCH_LIMIT: usize = 10_000;
/// A part of an id must be this long to name a delivery.
const PART_LENGTH: usize = 3;

/// What can be asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Question {
    /// Deliveries, newest first.
    List {
        /// Only those in this state.
        state: Option<String>,
        /// Only those of this link.
        link: Option<String>,
        /// At most this many.
        limit: usize,
    },
    /// One delivery, by its id or an unambiguous part of it.
    Show {
        /// The id or the part.
        id: String,
    },
    /// The receipt with this number in the chain, as the ledger recorded it.
    ReceiptNumber {
        /// The number.
        number: u64,
    },
    /// Send the bytes of a delivery again, as a new delivery.
    Resend {
        /// The id or a part of it.
        id: String,
        /// Who asks.
        by: String,
        /// Why.
        reason: String,
    },
    /// Give a held or waiting delivery up.
    Cancel {
        /// The id or a part of it.
        id: String,
        /// Who asks.
        by: String,
        /// Why.
        reason: String,
    },
    /// Let a held or waiting delivery go on now.
    Release {
        /// The id or a part of it.
        id: String,
        /// Who asks.
        by: String,
        /// Why.
        reason: String,
    },
}

/// A delivery as it is shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Shown {
    /// One word for where it stands.
    pub state: String,
    /// All that the ledger knows.
    #[serde(flatten)]
    pub delivery: Delivery,
    /// Bytes done and to do, while bytes are moving.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<(u64, u64)>,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Deliveries, newest first.
    Deliveries(Vec<Shown>),
    /// One delivery.
    Delivery(Box<Shown>),
    /// A receipt's place in the chain, if there is one.
    Receipt(Option<ReceiptLink>),
    /// The question can't be answered, or the act not done; the text says why.
    Refused(String),
    /// The ledger can't be trusted; the text says why.
    Untrusted(String),
}

/// Why a question got no answer.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// The ledger; see there.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The spool refused.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// No delivery has this id, or this part of one.
    #[error("no delivery {0} is known; `totatsu list` shows the newest")]
    Unknown(String),
    /// So short a part names nothing.
    #[error("{0:?} is too short: give the id, or {PART_LENGTH} characters of it at least")]
    TooShort(String),
    /// Several deliveries have this part in their ids.
    #[error("{0} is part of several ids, e.g. {1} and {2}: give more of it")]
    Ambiguous(String, DeliveryId, DeliveryId),
    /// The act doesn't fit where the delivery stands.
    #[error("{0}")]
    Unfit(String),
    /// There is nothing to ask: a command makes no ledger, lest it belong to whoever gave the command.
    #[error("there is no ledger at {}: the daemon has never run with this configuration", .0.display())]
    NoLedger(PathBuf),
    /// The socket is not for this user.
    #[error(
        "this user may not ask the daemon at {}: it takes a member of the socket's group (log in anew after joining it), or \
         the daemon's user, e.g. with sudo -u totatsu", .0.display()
    )]
    NotAllowed(PathBuf),
    /// The daemon did not answer in full.
    #[error("the daemon at {path} did not answer: {error}")]
    NoAnswer {
        /// The socket.
        path: PathBuf,
        /// What happened.
        error: std::io::Error,
    },
}

/// Where questions are answered.
#[derive(Debug)]
pub struct Desk {
    office: Office,
    spool: Spool,
}

#[derive(Debug)]
enum Office {
    Daemon { gateway: Arc<Gateway>, wake: mpsc::UnboundedSender<DeliveryId> },
    LedgerAlone(Box<Ledger>),
}

impl Desk {
    /// The desk of a running daemon; `wake` has a delivery looked at.
    pub fn of_daemon(gateway: Arc<Gateway>, wake: mpsc::UnboundedSender<DeliveryId>) -> Desk {
        let spool = gateway.spool.clone();
        Desk { office: Office::Daemon { gateway, wake }, spool }
    }

    /// A desk on the ledger itself, while no daemon has it.
    pub fn on_ledger(ledger: Ledger, spool: Spool) -> Desk {
        Desk { office: Office::LedgerAlone(Box::new(ledger)), spool }
    }

    /// Answers one question.
    pub async fn answer(&self, question: Question) -> Answer {
        let outcome = match question {
            Question::List { state, link, limit } => self.list(state.as_deref(), link.as_deref(), limit),
            Question::Show { id } => self.find(&id).map(|delivery| self.shown(delivery)),
            Question::ReceiptNumber { number } => self.receipt(number),
            Question::Resend { id, by, reason } => self.resend(&id, by, reason).await,
            Question::Cancel { id, by, reason } => self.unhold(&id, Event::Cancelled { by, reason }).await,
            Question::Release { id, by, reason } => self.unhold(&id, Event::Released { by, reason }).await,
        };
        outcome.unwrap_or_else(|error| {
            let untrusted = matches!(&error, ControlError::Ledger(error) if error.remedy() == Remedy::Stop);
            if untrusted { Answer::Untrusted(error.to_string()) } else { Answer::Refused(error.to_string()) }
        })
    }

    fn list(&self, state: Option<&str>, link: Option<&str>, limit: usize) -> Result<Answer, ControlError> {
        let of_link = |delivery: &Delivery| link.is_none_or(|link| delivery.link == link);
        let mut found = Vec::new();
        let mut keep = |delivery: Delivery| {
            if found.len() < limit && of_link(&delivery) {
                found.push(self.show(delivery));
            }
            found.len() < limit
        };
        match state {
            None => {
                for delivery in self.ledger().newest_first() {
                    if !keep(delivery?) {
                        break;
                    }
                }
            }
            Some(state) => {
                for id in self.ledger().in_state(state, None)?.iter().rev() {
                    if !self.ledger().find(id)?.is_none_or(&mut keep) {
                        break;
                    }
                }
            }
        }
        Ok(Answer::Deliveries(found))
    }

    fn receipt(&self, number: u64) -> Result<Answer, ControlError> {
        Ok(Answer::Receipt(self.ledger().with_receipt(number)?.and_then(|delivery| delivery.receipt)))
    }

    async fn resend(&self, id: &str, by: String, reason: String) -> Result<Answer, ControlError> {
        let original = self.find(id)?;
        if let Some(message) = nothing_to_resend(&original) {
            return Err(ControlError::Unfit(message));
        }
        let folder = self.spool.existing_folder(&original.id)?.filter(|folder| folder.sent().is_file());
        let Some(folder) = folder.filter(|_| original.removed.is_none()) else {
            let message = format!("the bytes that delivery {} sent are no longer kept", original.id);
            return Err(ControlError::Unfit(message));
        };
        let new = DeliveryId::new(Moment::now());
        let place = self.spool.folder(&new);
        spool::make_new_dir(place.path())?;
        spool::link_or_copy(&folder.source(), &place.source())?;
        spool::link_or_copy(&folder.sent(), &place.sent())?;
        let cancelled = format!("its bytes are sent again as {new}: {reason}");
        let resent = Event::Resent { of: original.id.clone(), by: by.clone(), reason };
        let delivery = self.ledger().record(new, resent).await?;
        // Left held, it could be released later, and the same bytes would arrive twice.
        if matches!(original.standing, Standing::Held { .. }) {
            let event = Event::Cancelled { by, reason: cancelled };
            self.acted(self.ledger().record(original.id, event).await?);
        }
        Ok(self.acted(delivery))
    }

    async fn unhold(&self, id: &str, event: Event) -> Result<Answer, ControlError> {
        let delivery = self.find(id)?;
        if delivery.standing == Standing::Going {
            let message = format!("delivery {} is {}: nothing holds it", delivery.id, delivery.state());
            return Err(ControlError::Unfit(message));
        }
        let delivery = self.ledger().record(delivery.id, event).await?;
        Ok(self.acted(delivery))
    }

    fn acted(&self, delivery: Delivery) -> Answer {
        crate::journey::log(&delivery);
        if let Office::Daemon { wake, .. } = &self.office {
            // A daemon that is stopping carries it after its next start.
            drop(wake.send(delivery.id.clone()));
        }
        self.shown(delivery)
    }

    fn find(&self, id: &str) -> Result<Delivery, ControlError> {
        if let Ok(whole) = id.parse::<DeliveryId>() {
            return self.ledger().find(&whole)?.ok_or_else(|| ControlError::Unknown(id.to_owned()));
        }
        if id.len() < PART_LENGTH {
            return Err(ControlError::TooShort(id.to_owned()));
        }
        let mut found: Option<Delivery> = None;
        for delivery in self.ledger().newest_first().take(SEARCH_LIMIT) {
            let delivery = delivery?;
            if !delivery.id.as_str().contains(id) {
                continue;
            }
            if let Some(other) = found {
                return Err(ControlError::Ambiguous(id.to_owned(), delivery.id, other.id));
            }
            found = Some(delivery);
        }
        found.ok_or_else(|| ControlError::Unknown(id.to_owned()))
    }

    fn shown(&self, delivery: Delivery) -> Answer {
        Answer::Delivery(Box::new(self.show(delivery)))
    }

    fn show(&self, delivery: Delivery) -> Shown {
        let progress = match &self.office {
            Office::Daemon { gateway, .. } => gateway.progress(&delivery.id),
            Office::LedgerAlone(_) => None,
        };
        let progress = progress.map(|progress| (progress.done(), progress.total()));
        Shown { state: delivery.state().to_owned(), delivery, progress }
    }

    fn ledger(&self) -> &Ledger {
        match &self.office {
            Office::Daemon { gateway, .. } => &gateway.ledger,
            Office::LedgerAlone(ledger) => ledger,
        }
    }
}

/// Why a delivery's bytes can't be sent again, if they can't.
fn nothing_to_resend(original: &Delivery) -> Option<String> {
    let (id, state) = (&original.id, original.state());
    match (original.stage, &original.standing) {
        (Stage::Rejected, _) => Some(format!(
            "delivery {id} was rejected, nothing of it was ever sent: correct the source and drop it again"
        )),
        (Stage::Cancelled, _) if original.converted.is_none() => {
            Some(format!("delivery {id} was cancelled before it was converted: drop its source again"))
        }
        (Stage::Archived | Stage::Receipted | Stage::Cancelled, _) => None,
        (Stage::Accepted, Standing::Held { .. }) => {
            Some(format!("delivery {id} was never converted: mend what holds it, then release it"))
        }
        (_, Standing::Held { .. }) => None,
        (_, Standing::Going | Standing::Waiting { .. }) => {
            Some(format!("delivery {id} is still under way ({state}): there is nothing to send again yet"))
        }
    }
}

/// Makes the socket, replacing one that a killed daemon left behind. Its directory says who may connect.
///
/// # Errors
/// It can't be made.
pub fn listen(path: &Path) -> Result<UnixListener, SpoolError> {
    // The ledger's lock is ours by now, so nobody answers on an old socket.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(SpoolError::at("removing the old socket", path)(error));
        }
        Ok(()) | Err(_) => {}
    }
    let listener = UnixListener::bind(path).map_err(SpoolError::at("binding the socket", path))?;
    let mode = std::fs::Permissions::from_mode(0o660);
    std::fs::set_permissions(path, mode).map_err(SpoolError::at("opening the socket to the group", path))?;
    Ok(listener)
}

/// Answers the questions of one connection, until it ends.
pub async fn converse(stream: UnixStream, desk: Arc<Desk>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read.take(QUESTION_LIMIT)).lines();
    // A caller that hangs up has its answer or doesn't want it: there is nobody to tell of an error here.
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match serde_json::from_str(&line) {
            Ok(question) => desk.answer(question).await,
            Err(error) => Answer::Refused(format!("the daemon doesn't understand the question: {error}")),
        };
        let Ok(mut text) = serde_json::to_vec(&answer) else { return };
        text.push(b'\n');
        if write.write_all(&text).await.is_err() {
            return;
        }
    }
}

/// Asks the running daemon; if there is none, answers from the ledger itself. While a daemon is starting or stopping, or
/// another command has the ledger, neither works for a moment: both are tried again for a while.
///
/// # Errors
/// Neither the daemon nor the ledger can answer.
pub async fn ask(settings: &GatewaySettings, question: Question) -> Result<Answer, ControlError> {
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
                let desk = Desk::on_ledger(ledger, Spool::new(&settings.spool));
                return Ok(desk.answer(question).await);
            }
            Err(LedgerError::InUse(_)) if start.elapsed() < LOCK_PATIENCE => {
                tokio::time::sleep(LOCK_LOOK).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

async fn ask_daemon(mut stream: UnixStream, question: &Question) -> std::io::Result<Answer> {
    let mut text = serde_json::to_vec(question)?;
    text.push(b'\n');
    stream.write_all(&text).await?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).await?;
    if answer.is_empty() {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    Ok(serde_json::from_str(&answer)?)
}
