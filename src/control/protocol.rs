//! The words that pass through the socket: questions, answers, and why there is none.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::errand::{Errand, ErrandDone};
use crate::collect::sighting::Sighting;
use crate::gateway::LastLook;
use crate::unaccepted::LeftFile;
use totatsu_base::evidence::{ActRequest, Anchor, How, ReceiptLink};
use totatsu_base::messages::{Tongue, os_error};
use totatsu_base::say;
use totatsu_base::{DeliveryId, Moment, Sha256, SpoolError};
use totatsu_ledger::{Delivery, Entry, Gate, Hold, LedgerError};

/// A part of an id must be this long to name a delivery.
pub(super) const PART_LENGTH: usize = 3;

/// Which of several deliveries of a name is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OfName {
    /// The newest: it is only looked at.
    Newest,
    /// The one that isn't finished; where none is, the only one that there is.
    OnlyOne,
}

/// What can be asked.
#[derive(Debug, Clone, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(tag = "ask", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Question {
    /// Deliveries, newest first. A gateway of an earlier version, which would pass over what it doesn't know of a filter, doesn't know
    /// this word.
    #[serde(rename = "filtered_list")]
    List(Box<DeliveryFilter>),
    /// One delivery, by its id, an unambiguous part of it, or the name of its file: the newest of that name.
    Show {
        /// The id, the part or the name.
        id: String,
    },
    /// The receipt with this number in the chain, as the ledger recorded it.
    ReceiptNumber {
        /// The number.
        number: u64,
    },
    /// The journal's last line, as the ledger knows it.
    JournalEnd,
    /// How partners and links stand.
    Status,
    /// Look at an inbound link's partner now, and tell what is seen there.
    Look {
        /// The link.
        link: String,
    },
    /// Stop a delivery, a partner or a link until it is released.
    Hold {
        /// What to hold.
        whom: Whom,
        /// Who asks.
        by: String,
        /// Why.
        reason: String,
        /// When the gateway releases it by itself: a partner or a link.
        #[serde(default)]
        until: Option<Moment>,
    },
    /// Record that a held, waiting or queued delivery has arrived by another way.
    Confirm {
        /// The id or a part of it.
        id: String,
        /// Who says so.
        says: String,
        /// Who asks.
        by: String,
        /// How it arrived, or how that is known.
        how: How,
        /// Why.
        reason: String,
    },
    /// Send the bytes of a delivery again, as a new delivery.
    Resend {
        /// The id or a part of it.
        id: String,
        /// Who asks.
        by: String,
        /// Why.
        reason: String,
        /// Send it although something newer was delivered, or is on its way.
        #[serde(default)]
        even_if_older: bool,
    },
    /// Give a held, waiting or queued delivery up.
    Cancel(DeliveryAct),
    /// Take back a request for an act that wants a second name.
    Withdraw(DeliveryAct),
    /// Record that a partner's key is accepted from now on: it was written into the partner's file.
    Trusted {
        /// The partner.
        partner: String,
        /// The key's fingerprint.
        key: String,
        /// The key is the jump host's.
        jump: bool,
        /// Who asks.
        by: String,
    },
    /// Remove what a finished delivery carried from the archive, before its time.
    ClearContents(DeliveryAct),
    /// Look in a directory for the partners' acknowledgements of what was handed over on media.
    Import {
        /// The directory, with its whole path.
        directory: PathBuf,
        /// Who asks.
        by: String,
    },
    /// Try a partner at once that can't be reached, or whose medium is wanted.
    Try {
        /// The partner.
        partner: String,
    },
    /// Take over the configuration as it lies on the disk.
    Reload {
        /// Who asks.
        by: String,
    },
    /// Run a command that reads the gateway's files, for somebody who may not.
    Errand {
        /// Which errand.
        errand: Errand,
        /// Whether its answer is JSON.
        json: bool,
        /// In which language it answers.
        tongue: Tongue,
    },
    /// Let a held, waiting or queued delivery, or a held partner or link, go on now.
    Release {
        /// What to let go on.
        whom: Whom,
        /// Who asks.
        by: String,
        /// Why.
        reason: String,
    },
}

/// An act on one delivery that takes no more than who asks, and why.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeliveryAct {
    /// The id or a part of it.
    pub id: String,
    /// Who asks.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// Which deliveries are listed: those that fit everything that is said here.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DeliveryFilter {
    /// Their state is one of these; any where there are none.
    pub states: Vec<String>,
    /// Their link.
    pub link: Option<String>,
    /// Their link is one of these; any where there are none.
    pub among: Vec<String>,
    /// Their link is one of this municipality's, by its code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub municipality: Option<String>,
    /// Their partner.
    pub partner: Option<String>,
    /// Their file has this name, or got it at the partner; `*` and `?` stand for other characters.
    pub name: Option<String>,
    /// The digest of the file that they began with, or of the partner's acknowledgement.
    pub hash: Option<Sha256>,
    /// They began at this instant or later.
    pub since: Option<Moment>,
    /// They began before this instant.
    pub until: Option<Moment>,
    /// They arrived or ended after their deadline, or it is past.
    pub late: bool,
    /// Somebody of this name held, released, confirmed, cancelled or resent them.
    pub by: Option<String>,
    /// At most this many.
    pub limit: usize,
}

/// Deliveries that were asked for, newest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct DeliveryList {
    /// The deliveries, as many as were wanted.
    pub deliveries: Vec<Shown>,
    /// How many other deliveries fit.
    pub left_out: usize,
    /// More others fit than are counted.
    pub left_out_more: bool,
    /// Deliveries older than this one weren't looked at: no index tells which of them are wanted.
    pub looked_back_to: Option<DeliveryId>,
}

/// What can be held and released.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whom {
    /// A delivery, by its id or a part of it.
    Delivery(String),
    /// A whole partner.
    Partner(String),
    /// A whole link.
    Link(String),
}

/// Who is at the other end of the socket, as the kernel tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The user.
    pub uid: u32,
    /// That user's group.
    pub gid: u32,
}

/// A delivery as it is shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Shown {
    /// One word for where the delivery stands.
    pub state: String,
    /// All that the ledger knows of the delivery.
    #[serde(flatten)]
    pub delivery: Delivery,
    /// The gate that the delivery waits at now, where it isn't the one that was recorded: another delivery stands ahead, or
    /// the words have changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate_now: Option<Gate>,
    /// Bytes done and to do, while bytes are moving.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<(u64, u64)>,
    /// Where its bytes lie now, while they are kept; only where one delivery is asked for by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<PathBuf>,
    /// The path at the partner where bytes may lie for good that nobody goes on with: its own, or, of a resend, those of the
    /// delivery that it replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_at_partner: Option<String>,
    /// All of the bytes were sent there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left_whole: bool,
    /// What else is told where one delivery is asked for by itself.
    #[serde(default, flatten, skip_serializing_if = "Option::is_none")]
    pub past: Option<ShownPast>,
}

/// What became of one delivery, from its beginning on.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ShownPast {
    /// Its lines of the journal, in order.
    pub journal: Vec<Entry>,
    /// Why there are no lines, if they can't be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journal_unreadable: Option<String>,
    /// The deliveries that sent its bytes again, the newest first.
    pub resent_as: Vec<DeliveryId>,
    /// Its deadline by the configuration as it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<ShownDeadline>,
    /// The last lines that the import command said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub import_log: Vec<String>,
    /// Others whose file has the name that was asked for, the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others_of_name: Vec<DeliveryId>,
}

/// How a delivery stands to its deadline.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShownDeadline {
    /// By when it has to arrive.
    pub due: Moment,
    /// When it arrived, if it has.
    pub arrived: Option<Moment>,
    /// The delivery arrived or ended too late, or its time is over.
    pub missed: bool,
}

/// An acknowledgement that was found on a medium.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediumImported {
    /// The acknowledgement's path below the directory.
    pub file: String,
    /// The delivery that it is about.
    pub delivery: DeliveryId,
    /// The acknowledgement counts: the delivery has arrived.
    pub matched: bool,
    /// What came of it, and what to do.
    pub outcome: String,
}

/// How the gateway stands as a whole.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Status {
    /// Whether a gateway runs.
    #[serde(default)]
    pub running: bool,
    /// Since when the gateway runs, or has its present configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Moment>,
    /// Each partner.
    pub partners: Vec<PartnerStatus>,
    /// Links that are held.
    pub links: Vec<LinkStatus>,
    /// Inbound links, while a daemon runs.
    #[serde(default)]
    pub inbound: Vec<InboundStatus>,
    /// What isn't finished on each link that the ledger knows work of.
    #[serde(default)]
    pub backlog: Vec<LinkBacklog>,
    /// Deliveries that aren't finished, by state.
    pub unfinished: BTreeMap<String, u64>,
    /// Acts that wait for a second name, while a daemon runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub awaited: Vec<AwaitedAct>,
    /// Files that stay in an outbox because they can't be accepted, while a daemon runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<LeftFile>,
    /// How many files stay there beyond these.
    #[serde(default)]
    pub left_beyond: usize,
    /// Files that links expect and that haven't come by their time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<MissingFile>,
    /// Files that were rejected in the last seven days, where none of the same name has come since, the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rejected: Vec<RejectedFile>,
}

/// A file that should have come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingFile {
    /// The link that expects it.
    pub link: String,
    /// The partner has to send it.
    pub inbound: bool,
    /// By when it had to come.
    pub due: Moment,
    /// When the last one came; none where none ever did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Moment>,
}

/// A file that was rejected and that nobody has dealt with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedFile {
    /// The delivery or collection.
    pub delivery: DeliveryId,
    /// Its link.
    pub link: String,
    /// The file's name.
    pub name: String,
    /// When it was rejected.
    pub at: Moment,
    /// How many problems it has.
    pub problems: u64,
}

/// An act that waits for a second name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwaitedAct {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its link.
    pub link: String,
    /// What is asked for, and by whom.
    pub request: ActRequest,
}

/// What isn't finished on one link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkBacklog {
    /// Its name.
    pub link: String,
    /// Its partner.
    pub partner: String,
    /// Files come in over it.
    pub inbound: bool,
    /// Deliveries or collections that aren't finished, by state.
    pub unfinished: BTreeMap<String, u64>,
}

/// How one partner stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PartnerStatus {
    /// Its name.
    pub partner: String,
    /// `up`, as far as anybody knows; `down`; `medium wanted`; `held`; or `unknown` while no daemon runs.
    pub state: String,
    /// Since when, where it isn't up.
    pub since: Option<Moment>,
    /// Why, and what to do.
    pub reason: Option<String>,
    /// When a connection is tried next, where it is down or its medium is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Moment>,
    /// Deliveries to it that aren't finished.
    pub unfinished: u64,
    /// Whether it was reached since the gateway started.
    #[serde(default)]
    pub reached: bool,
    /// Whether its file doesn't say yet where it is, so that nothing is tried.
    #[serde(default)]
    pub undecided: bool,
}

/// A link that is held.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LinkStatus {
    /// Its name.
    pub link: String,
    /// The hold.
    pub hold: Hold,
}

/// How one inbound link stands.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InboundStatus {
    /// Its name.
    pub link: String,
    /// What people call it.
    pub title: String,
    /// What the last look at its partner came to; none before the first.
    pub last_look: Option<LastLook>,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Deliveries, newest first.
    Deliveries(DeliveryList),
    /// One delivery.
    Delivery(Box<Shown>),
    /// How partners and links stand.
    Status(Status),
    /// What was seen at an inbound link's partner.
    Looked(Box<Sighting>),
    /// An act on a partner or link was done; the text says what.
    Done(String),
    /// The configuration is taken over once the steps in hand are finished.
    Reloading {
        /// Its files that aren't as they were.
        changed: Vec<String>,
        /// Links that it has no more.
        gone: Vec<String>,
    },
    /// The configuration is refused as a whole, for these problems; the gateway goes on with what it has.
    NotReloaded(Vec<String>),
    /// What became of each acknowledgement that was found.
    Imported(Vec<MediumImported>),
    /// What came of an errand; its files follow.
    ErrandDone(Box<ErrandDone>),
    /// A receipt's place in the chain, if there is one.
    Receipt(Option<ReceiptLink>),
    /// The journal's last line.
    JournalEnd(Anchor),
    /// The question can't be answered, or the act not done; the text says why.
    Refused(String),
    /// The ledger can't be trusted; the text says why.
    Untrusted(String),
}

/// Why a question got no answer.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// The ledger failed, see [`LedgerError`].
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The spool refused.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// No delivery has this id, or this part of one.
    #[error("{}", say!("control-unknown-id", id = .0))]
    Unknown(String),
    /// The part of an id is too short to name a delivery.
    #[error("{}", say!("control-too-short", id = format!("{:?}", .0), length = PART_LENGTH))]
    TooShort(String),
    /// Several deliveries have this part in their ids.
    #[error("{}", say!("control-ambiguous", id = .0, one = .1, other = .2))]
    Ambiguous(String, DeliveryId, DeliveryId),
    /// The files of several deliveries have this name.
    #[error("{}", say!("control-several-of-name", name = name, ids = ids))]
    SeveralOfName {
        /// The name.
        name: String,
        /// The deliveries, each with its id.
        ids: String,
    },
    /// The act doesn't fit where the delivery stands.
    #[error("{0}")]
    Unfit(String),
    /// The question takes a role that the caller doesn't have.
    #[error("{0}")]
    NotPermitted(String),
    /// A step of the delivery is under way; acting on it now would contradict what the step records.
    #[error("{}", say!("control-busy", id = .0))]
    Busy(DeliveryId),
    /// An inbound link's partner can't be looked at now.
    #[error("{}", say!("control-not-looked", link = link, why = why))]
    NotLooked {
        /// The link.
        link: String,
        /// Why not, and what to do.
        why: String,
    },
    /// There is no ledger to ask. A command makes none, lest it belong to whoever gave the command.
    #[error("{}", say!("control-no-ledger", path = .0.display()))]
    NoLedger(PathBuf),
    /// The socket is not for this user.
    #[error("{}", say!("control-not-allowed", path = .0.display()))]
    NotAllowed(PathBuf),
    /// Nobody answers at the socket, and without the configuration nobody else can be asked.
    #[error("{}", say!("control-nobody-answers", path = path.display(), error = os_error(error)))]
    NobodyAnswers {
        /// The socket.
        path: PathBuf,
        /// What happened.
        error: std::io::Error,
    },
    /// A file that came with the answer can't be written.
    #[error("{}", say!("control-unwritable", name = name, error = os_error(error)))]
    Unwritable {
        /// Its name.
        name: String,
        /// What happened.
        error: std::io::Error,
    },
    /// The daemon did not answer in full.
    #[error("{}", say!("control-no-answer", path = path.display(), error = os_error(error)))]
    NoAnswer {
        /// The socket.
        path: PathBuf,
        /// What happened.
        error: std::io::Error,
    },
}

impl Shown {
    /// Why the delivery doesn't go on, as it is now, and what to do; nothing where it does.
    pub fn why(&self) -> Option<String> {
        let gate = self.gate_now.as_ref().map(|gate| gate.told_of(&self.delivery.id));
        gate.or_else(|| self.delivery.standing.why(&self.delivery.id))
    }
}

impl Caller {
    /// This process as the caller, where it answers itself.
    pub fn ourselves() -> Caller {
        let (uid, gid) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        Caller { uid, gid }
    }
}
