//! One delivery to a partner, taken step by step in this process to its end, and the account of what came of it.
//!
//! Owns a throw-away gateway with one partner and one link. Every trial has a gateway of its own, so that one
//! delivery's sessions and ledger never help another. Waits of the gateway are not waited for: a step that is to be
//! tried again is tried at once, up to a number of failures. What breaks a promise is a finding, never a panic.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use totatsu::daemon::recover;
use totatsu::deliver::accept::{self, Outbox, Readiness};
use totatsu::gateway::Gateway;
use totatsu::receipt::key::Keys;
use totatsu::{config, journey, receipt};
use totatsu_base::digest::Sha256;
use totatsu_base::evidence::Receipt;
use totatsu_ledger::event::Event;
use totatsu_ledger::state::Delivery;
use totatsu_records::invented;

use super::tally::{Finding, Harm, Row, Tally};
use crate::support::gateway::journal_text;

const LINK: &str = "irai";
const PARTNER: &str = "eltax";
const LAYOUT: &str = "eltax/nenkin-tokucho-irai";
/// The name under which the partner looks for the file.
pub const FINAL: &str = "a.DTA";
/// Three chunks of 32 KiB: a write can break off between others.
const RECORDS: u64 = 140;
/// No step lasts so long unless it lasts for ever: each has its deadlines.
const STEP: Duration = Duration::from_secs(45);
/// Longer than anything that we say ourselves.
const LONGEST_TEXT: usize = 2000;
/// Short, so that a silent partner is given up soon; a machine under load may run into one, which is a retry.
pub const SHORT: &str = "[deadlines]\nconnect = \"3s\"\nhandshake = \"3s\"\nauthenticate = \"3s\"\nopen = \"600ms\"\n\
                         write = \"600ms\"\nsync = \"600ms\"\nclose = \"600ms\"\nstat = \"600ms\"\nread = \"600ms\"\n\
                         rename = \"600ms\"\nremove = \"600ms\"\n";

/// A partner's server as our configuration names it, and the directory that it serves.
#[derive(Debug, Clone)]
pub struct Far {
    pub port: u16,
    pub user: String,
    pub host_key: String,
    pub key_file: PathBuf,
    pub inbox: PathBuf,
    /// It gives a name by a link and a removal: where the answer to the link is lost, nobody can tell by looking whether
    /// the file was taken away meanwhile.
    pub names_in_two_steps: bool,
}

/// A gateway for one delivery.
pub struct Way {
    home: TempDir,
    gateway: Gateway,
    source: Vec<u8>,
}

/// How a delivery ended.
#[derive(Debug)]
pub struct Outcome {
    pub delivery: Delivery,
    /// What each failure said, in order; the last one is why it is held, if it is.
    pub failures: Vec<String>,
    /// The receipt, where there is one.
    pub receipt: Option<Receipt>,
    /// The bytes to send, where there are any.
    pub sent: Option<Vec<u8>>,
    /// What broke a promise, whatever the partner did: the source, the receipt, the end of every step.
    pub breaches: Vec<Breach>,
}

/// A promise that was broken, and how.
pub type Breach = (Harm, String);

/// Adds one delivery to a tally: `what` was done to it, and what it breached.
pub fn count(tally: &mut Tally, fault: &str, seed: u64, what: &str, breaches: &[Breach]) {
    let finding = |(harm, words): &Breach| Finding { harm: *harm, seed, text: format!("{what}: {words}") };
    let findings = breaches.iter().map(finding).collect();
    tally.add(fault, Row { injected: 1, deliveries: 1, findings, ..Row::default() });
}

impl Way {
    /// A gateway whose only partner is `far`, reached at `port`, with more tables of the partner's file and more of the
    /// link's `[remote]` table.
    pub fn new(far: &Far, port: u16, partner: &str, remote: &str) -> Way {
        let home = folder();
        configure(home.path(), far, port, partner, remote);
        let (configured, problems) = config::read(&home.path().join("config"));
        assert_eq!(problems, []);
        let (gateway, _) = Gateway::open(configured.unwrap()).unwrap();
        let mut source = Vec::new();
        invented::write_csv(&mut source, RECORDS, 7).unwrap();
        Way { home, gateway, source }
    }

    /// Takes a file over and goes on until it is delivered, held, or has failed `patience` times.
    pub async fn deliver(&self, patience: usize) -> Outcome {
        let accepted = self.accept().await;
        self.go_on(accepted, patience).await
    }

    /// Takes a file over, ends the gateway without a word once `ended`, starts it again and goes on.
    pub async fn deliver_in_two_lives(mut self, patience: usize, ended: impl Fn() -> bool) -> Outcome {
        let mut delivery = self.accept().await;
        let id = delivery.id.clone();
        let end = async {
            while !ended() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let life = async {
            while !delivery.is_finished() {
                delivery = journey::advance(&self.gateway, delivery).await.unwrap();
            }
            std::future::pending::<()>().await;
        };
        let _ = tokio::time::timeout(STEP, async {
            tokio::select! { () = end => {}, () = life => {} }
        })
        .await;
        let (configured, _) = config::read(&self.home.path().join("config"));
        drop(self.gateway);
        self.gateway = Gateway::open(configured.unwrap()).unwrap().0;
        recover::at_start(&self.gateway.ledger, &self.gateway.spool).await.unwrap();
        let delivery = self.gateway.ledger.find(&id).unwrap().unwrap();
        self.go_on(delivery, patience).await
    }

    /// Lets a held delivery go on, as an operator does.
    pub async fn release(&self, delivery: Delivery, patience: usize) -> Outcome {
        let event = Event::Released { by: "operator".to_owned(), reason: "mended".to_owned() };
        let released = self.gateway.ledger.record(delivery.id, event).await.unwrap();
        self.go_on(released, patience).await
    }

    async fn go_on(&self, mut delivery: Delivery, patience: usize) -> Outcome {
        let (mut failures, mut breaches) = (Vec::new(), Vec::new());
        while !delivery.is_finished() && failures.len() < patience {
            let id = delivery.id.clone();
            match tokio::time::timeout(STEP, journey::advance(&self.gateway, delivery)).await {
                Ok(Ok(next)) => delivery = next,
                Ok(Err(stop)) => {
                    breaches.push((Harm::Misreported, format!("a partner stopped the gateway: {stop}")));
                    delivery = self.gateway.ledger.find(&id).unwrap().unwrap();
                    break;
                }
                Err(_) => {
                    breaches.push((Harm::Misreported, format!("a step had not ended after {STEP:?}")));
                    delivery = self.gateway.ledger.find(&id).unwrap().unwrap();
                    break;
                }
            }
            match delivery.state() {
                "held" => {
                    failures.push(reason_of(&delivery));
                    break;
                }
                "waiting" | "unknown" => failures.push(reason_of(&delivery)),
                "queued" => {
                    failures.push(reason_of(&delivery));
                    if !self.partner_is_back(&mut failures, patience).await {
                        break;
                    }
                }
                _ => {}
            }
        }
        self.account(delivery, failures, breaches)
    }

    /// Tries a partner that can't be reached until it can, as the daemon does; says whether it is worth going on.
    async fn partner_is_back(&self, failures: &mut Vec<String>, patience: usize) -> bool {
        while self.gateway.outages.of(PARTNER).is_some() && failures.len() < patience {
            match self.gateway.probe(PARTNER).await {
                Ok(()) => drop(self.gateway.outages.end(PARTNER)),
                Err(error) => failures.push(error.to_string()),
            }
        }
        // Where there is no outage and it still has to wait, a person holds it up.
        failures.len() < patience && self.gateway.ledger.holds().unwrap().is_empty()
    }

    /// What must be so however the partner behaved.
    fn account(&self, delivery: Delivery, failures: Vec<String>, mut breaches: Vec<Breach>) -> Outcome {
        let folder = self.gateway.spool.existing_folder(&delivery.id).unwrap();
        let read = |path: PathBuf| fs::read(path).ok();
        let source = folder.as_ref().and_then(|folder| read(folder.source()));
        if source.as_deref() != Some(self.source.as_slice()) {
            breaches.push((Harm::Lost, "the source is gone or changed".to_owned()));
        }
        let sent = folder.as_ref().and_then(|folder| read(folder.sent()));
        let mut issued = None;
        if let Some(folder) = folder.filter(|_| delivery.receipt.is_some()) {
            let keys = Keys::of_ledger(&self.gateway.config.gateway.ledger).unwrap();
            match (receipt::read(&folder.receipt()), receipt::check(&delivery, &folder, &keys)) {
                (Ok((receipt, _)), Ok(disagreements)) if disagreements.is_empty() => issued = Some(receipt),
                other => breaches.push((Harm::Misreported, format!("the receipt doesn't hold: {other:?}"))),
            }
        }
        breaches.extend(self.told_badly());
        Outcome { delivery, failures, receipt: issued, sent, breaches }
    }

    /// A partner's words are kept short and printable: nothing in the journal may drive a terminal.
    fn told_badly(&self) -> Option<Breach> {
        let journal = self.gateway.config.gateway.ledger.join("journal");
        let text = journal_text(&journal);
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let mut texts = Vec::new();
        lines.for_each(|line: serde_json::Value| collect_texts(&line, &mut texts));
        let bad =
            texts.iter().find(|text| text.chars().any(char::is_control) || text.len() > LONGEST_TEXT)?;
        let shown: String = bad.chars().take(80).collect();
        Some((Harm::Misreported, format!("the journal holds a text of {} bytes: {shown:?}", bad.len())))
    }

    async fn accept(&self) -> Delivery {
        let outbox = self.gateway.config.links[LINK].outbox.clone();
        fs::write(outbox.join("a.csv"), &self.source).unwrap();
        let entries = Outbox::new(&outbox, Readiness::Rename).look_over(Instant::now()).unwrap();
        let (id, accepted) =
            accept::take_over(&self.gateway.spool, &outbox, &entries[0], Readiness::Rename).unwrap();
        let event = Event::Accepted { link: LINK.to_owned(), partner: PARTNER.to_owned(), accepted };
        self.gateway.ledger.record(id, event).await.unwrap()
    }

    /// The gateway's folder, for what a test wants to see besides.
    pub fn home(&self) -> &Path {
        self.home.path()
    }
}

impl Outcome {
    /// Whether it ended with everything done.
    pub fn archived(&self) -> bool {
        self.delivery.state() == "archived"
    }

    /// The same, or held as unknown where that is all that can be known, with the whole file under its temporary name.
    pub fn arrived_or_unknown(&self, far: &Far) -> Vec<Breach> {
        let unknown = self.failures.last().is_some_and(|reason| reason.starts_with("unknown:"));
        if !far.names_in_two_steps || !unknown || self.delivery.state() != "held" {
            return self.arrived(&far.inbox);
        }
        let names = names_in(&far.inbox);
        let held: Vec<_> = names.iter().map(|name| fs::read(far.inbox.join(name)).ok()).collect();
        let mut breaches = self.breaches.clone();
        if names.contains(&FINAL.to_owned()) || held != [self.sent.clone()] {
            breaches.push((Harm::Misreported, format!("held as unknown, and the partner holds {names:?}")));
        }
        breaches
    }

    /// The promise of an archived delivery to an honest partner: whole, once, under its name, nothing else left.
    pub fn arrived(&self, inbox: &Path) -> Vec<Breach> {
        let mut breaches = self.breaches.clone();
        if !self.archived() {
            let words = format!("{} after {:?}", self.delivery.state(), self.failures);
            return [breaches, vec![(Harm::Misreported, words)]].concat();
        }
        let names = names_in(inbox);
        if names != [FINAL] {
            breaches.push((Harm::Misreported, format!("archived, and the partner holds {names:?}")));
        }
        let there = fs::read(inbox.join(FINAL)).unwrap_or_default();
        if self.sent.as_ref() != Some(&there) {
            breaches.push((Harm::Partial, format!("{} bytes under the final name", there.len())));
        }
        if self
            .receipt
            .as_ref()
            .is_none_or(|receipt| receipt.sent.as_ref().map(|sent| sent.sha256) != Some(Sha256::of(&there)))
        {
            breaches.push((Harm::Misreported, "the receipt is not about these bytes".to_owned()));
        }
        breaches
    }
}

/// Names in a directory, hidden ones too, sorted.
pub fn names_in(directory: &Path) -> Vec<String> {
    let names = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> =
        names.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Empties a directory for the next trial.
pub fn clear(directory: &Path) {
    for name in names_in(directory) {
        fs::remove_file(directory.join(name)).unwrap();
    }
}

/// A folder for a trial, in memory where that is to be had: no power fails here, and syncing would be most of the time.
pub fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// A runtime for the gateway's side of a trial.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn reason_of(delivery: &Delivery) -> String {
    let delivery = serde_json::to_value(delivery).unwrap();
    delivery["reason"].as_str().map_or_else(|| delivery["gate"].to_string(), str::to_owned)
}

fn collect_texts(value: &serde_json::Value, into: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) => into.push(text.clone()),
        serde_json::Value::Array(values) => values.iter().for_each(|value| collect_texts(value, into)),
        serde_json::Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            into.push(key.clone());
            collect_texts(value, into);
        }),
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {}
    }
}

fn configure(home: &Path, far: &Far, port: u16, partner: &str, remote: &str) {
    for directory in ["config/partners", "config/links", "layouts/eltax"] {
        fs::create_dir_all(home.join(directory)).unwrap();
    }
    // One layout alone: reading them all for every trial would take longer than the trial.
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts");
    copy_all(&shipped.join(LAYOUT), &home.join("layouts").join(LAYOUT));
    let write = |path: &str, text: &str| fs::write(home.join(path), text).unwrap();
    write(
        "config/totatsu.toml",
        "[gateway]\nname = \"試験市\"\nmunicipality_code = \"131016\"\n[paths]\nspool = \"../spool\"\n\
         ledger = \"../ledger\"\nlayouts = \"../layouts\"\nsocket = \"../control.sock\"\n\
         [retry]\nfirst = \"50ms\"\nceiling = \"100ms\"\ngive_up_after = \"1h\"\n",
    );
    let deadlines = if partner.contains("[deadlines]") { "" } else { SHORT };
    let Far { user, host_key, key_file, .. } = far;
    write(
        "config/partners/eltax.toml",
        &format!(
            "transport = \"sftp\"\n[sftp]\nhost = \"127.0.0.1\"\nport = {port}\nuser = {user:?}\n\
             host_keys = [{host_key:?}]\nprivate_key_file = {key_file:?}\n{deadlines}{partner}",
        ),
    );
    write(
        "config/links/irai.toml",
        &format!(
            "partner = \"eltax\"\nlayout = {LAYOUT:?}\nready = \"rename\"\n[remote]\nname = \"{{stem}}.DTA\"\n{remote}"
        ),
    );
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}
