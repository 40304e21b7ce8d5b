//! Alerts: what somebody should know before they think of asking.
//!
//! Owns the words for what is told, the memory of what was told already ([`Watch`]), and the bell ([`Bell`]) that tells
//! it: one log line, and the operator's own command where one is configured. Promises that ringing never waits and never
//! fails: a command that can't be run, fails or takes too long is a line in the log. Never hands on the contents of
//! records; never runs anything through a shell.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;

use tokio::process::Command;
use tokio::sync::Semaphore;

use totatsu_base::messages::os_error;
use totatsu_base::program::{INHERITED, OperatorCommand, inherited};
use totatsu_base::{DeliveryId, Moment, say};

/// How many commands run at a time.
const RUNNING: usize = 2;
/// How many commands run or wait for their turn; an alert on top of them is only logged.
const WAITING: usize = 256;
/// How many alerts are remembered as told.
const REMEMBERED: usize = 10_000;

/// What kind of thing is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    /// A delivery is likely to miss its deadline.
    DeadlineAtRisk,
    /// A delivery was not done by its deadline.
    DeadlineMissed,
    /// A file that a link expects has not come.
    NothingCame,
    /// What an inbound link's partner has can't be looked at as it should.
    LookFailed,
    /// A file that was dropped can't be accepted: it stays in the outbox.
    NotAccepted,
    /// A file breaks its layout: nothing of it goes on.
    Rejected,
    /// Records of a collected file break its layout, and were kept from its rows.
    Quarantined,
    /// A collection waits for one that comes before it by date or number.
    Gap,
    /// A delivery is held: a person decides.
    Held,
    /// A partner can't be reached.
    PartnerDown,
    /// A partner can be reached again.
    PartnerBack,
    /// A partner is held: a person decides.
    PartnerHeld,
    /// A medium has to be put in, or another one.
    MediumWanted,
    /// Our disk has little room: files stay in the outboxes.
    DiskLow,
    /// Our disk has room again.
    DiskBack,
    /// Nobody outside has stamped the journal's end yet.
    StampFailed,
}

/// What an alert is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlertSubject {
    /// A delivery.
    Delivery(DeliveryId),
    /// A link.
    Link(String),
    /// A partner.
    Partner(String),
    /// A directory of ours.
    Directory(PathBuf),
}

/// Something that somebody should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// What kind of thing.
    pub kind: Kind,
    /// What it is about.
    pub subject: AlertSubject,
    /// Which occasion, so that the same thing is told once: the deadline, the due day, when it was held.
    pub occasion: Option<Moment>,
    /// What happened, and what to do.
    pub text: String,
}

/// Remembers what was told, so that each alert is raised once.
#[derive(Debug, Default)]
pub struct Watch {
    told: BTreeSet<(Kind, AlertSubject, Option<Moment>)>,
    in_order: VecDeque<(Kind, AlertSubject, Option<Moment>)>,
    bad: BTreeMap<AlertSubject, bool>,
}

/// Tells alerts: to the log, and to a command.
#[derive(Debug, Clone)]
pub struct Bell {
    command: Option<OperatorCommand>,
    waiting: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

impl Kind {
    /// Its word in the log and for the command.
    pub fn word(self) -> &'static str {
        self.into()
    }

    /// Whether the alert tells that something is over.
    const fn is_good(self) -> bool {
        matches!(self, Kind::PartnerBack | Kind::DiskBack)
    }
}

impl fmt::Display for AlertSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self {
            AlertSubject::Delivery(id) => say!("alert-subject-delivery", id = id),
            AlertSubject::Link(name) => say!("alert-subject-link", name = name),
            AlertSubject::Partner(name) => say!("alert-subject-partner", name = name),
            AlertSubject::Directory(path) => say!("alert-subject-directory", path = path.display()),
        })
    }
}

impl Watch {
    /// The alerts that were not told yet, of those that hold now. They count as told from here on.
    pub fn news(&mut self, alerts: Vec<Alert>) -> Vec<Alert> {
        alerts.into_iter().filter(|alert| self.is_new(alert)).collect()
    }

    /// Whether something has turned bad, or good again, since this was last asked of it: `Some(true)` if it has just
    /// turned bad. What was never asked about counts as good.
    pub fn turned(&mut self, subject: &AlertSubject, is_bad: bool) -> Option<bool> {
        let was_bad = self.bad.insert(subject.clone(), is_bad).unwrap_or(false);
        (was_bad != is_bad).then_some(is_bad)
    }

    fn is_new(&mut self, alert: &Alert) -> bool {
        let key = (alert.kind, alert.subject.clone(), alert.occasion);
        if !self.told.insert(key.clone()) {
            return false;
        }
        self.in_order.push_back(key);
        if self.in_order.len() > REMEMBERED
            && let Some(oldest) = self.in_order.pop_front()
        {
            self.told.remove(&oldest);
        }
        true
    }
}

impl Bell {
    /// A bell that logs, and runs the command if there is one.
    pub fn new(command: Option<OperatorCommand>) -> Bell {
        let (waiting, running) = (Semaphore::new(WAITING), Semaphore::new(RUNNING));
        Bell { command, waiting: Arc::new(waiting), running: Arc::new(running) }
    }

    /// Tells an alert. Doesn't wait for the command; must be called within the runtime.
    pub fn ring(&self, alert: &Alert) {
        let (kind, subject) = (alert.kind.word(), alert.subject.to_string());
        if alert.kind.is_good() {
            tracing::info!(alert = kind, subject, "{}", alert.text);
        } else {
            tracing::warn!(alert = kind, subject, "{}", alert.text);
        }
        let Some(command) = &self.command else { return };
        let Ok(place) = self.waiting.clone().try_acquire_owned() else {
            tracing::error!(alert = kind, subject, "{}", say!("alert-too-many", waiting = WAITING));
            return;
        };
        let (running, command, text) = (self.running.clone(), command.clone(), alert.text.clone());
        tokio::spawn(async move {
            let _turn = running.acquire().await;
            if let Err(fault) = run(&command, kind, &subject, &text).await {
                tracing::error!(alert = kind, subject, command = command.argv[0], "{fault}");
            }
            drop(place);
        });
    }
}

/// Runs the command to its end or its time limit; says what went wrong.
async fn run(command: &OperatorCommand, kind: &str, subject: &str, text: &str) -> Result<(), String> {
    let mut process = Command::new(&command.argv[0]);
    process.args(&command.argv[1..]).env_clear().envs(inherited(&INHERITED));
    process.env("TOTATSU_ALERT_KIND", kind).env("TOTATSU_ALERT_SUBJECT", subject);
    process.env("TOTATSU_ALERT_TEXT", text);
    process.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let ended = async { process.spawn()?.wait().await };
    match tokio::time::timeout(command.time_limit, ended).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(match status.code() {
            Some(code) => say!("alert-command-exit", code = code),
            None => say!("alert-command-ended", status = status),
        }),
        Ok(Err(error)) => Err(say!("alert-command-not-run", error = os_error(&error))),
        Err(_) => Err(say!("alert-command-too-long", limit = format!("{:?}", command.time_limit))),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;
    use strum::VariantArray as _;

    use super::*;

    fn alert(kind: Kind, occasion: &str) -> Alert {
        let occasion = Some(format!("{occasion}:00+09:00").parse().unwrap());
        Alert { kind, subject: AlertSubject::Link("irai".to_owned()), occasion, text: "text".to_owned() }
    }

    #[test]
    fn an_alert_is_news_once_for_each_occasion() {
        let mut watch = Watch::default();
        let friday = || vec![alert(Kind::NothingCame, "2026-11-20T16:00")];
        assert_eq!(watch.news(friday()), friday());
        assert_eq!(watch.news(Vec::new()), []);
        assert_eq!(watch.news(friday()), []);
        assert_eq!(watch.news(vec![alert(Kind::NothingCame, "2026-11-24T16:00")]).len(), 1);
        assert_eq!(watch.news(vec![alert(Kind::DeadlineMissed, "2026-11-20T16:00")]).len(), 1);
    }

    #[test]
    fn only_the_newest_alerts_are_remembered() {
        let mut watch = Watch::default();
        let numbered = |number: usize| Alert {
            subject: AlertSubject::Link(number.to_string()),
            ..alert(Kind::NothingCame, "2026-11-20T16:00")
        };
        watch.news((0..=REMEMBERED).map(numbered).collect());
        assert_eq!(watch.told.len(), REMEMBERED);
        assert_eq!(watch.news(vec![numbered(REMEMBERED)]), []);
    }

    #[test]
    fn a_turn_for_the_worse_or_the_better_is_told_once() {
        let (mut watch, partner) = (Watch::default(), AlertSubject::Partner("eltax".to_owned()));
        let turns = [false, true, true, false, false].map(|is_bad| watch.turned(&partner, is_bad));
        assert_eq!(turns, [None, Some(true), None, Some(false), None]);
    }

    #[test]
    fn no_two_kinds_share_a_word() {
        let words: BTreeSet<&str> = Kind::VARIANTS.iter().map(|kind| kind.word()).collect();
        assert_eq!(words.len(), Kind::VARIANTS.len());
    }

    /// A shell and what it reads: a program that was only just written can't always be executed at once.
    fn script(home: &Path, text: &str) -> Vec<String> {
        let path = home.join("tell");
        std::fs::write(&path, text).unwrap();
        vec!["/bin/sh".to_owned(), path.to_str().unwrap().to_owned()]
    }

    /// Has a command told of something.
    async fn tell(argv: Vec<String>, time_limit: Duration) -> Result<(), String> {
        run(&OperatorCommand { argv, time_limit }, "held", "link irai", "$(id); \"quoted\"").await
    }

    #[tokio::test]
    async fn the_command_is_told_kind_subject_and_text_and_nothing_passes_through_a_shell() {
        let home = tempfile::tempdir().unwrap();
        let out = home.path().join("out").to_str().unwrap().to_owned();
        let told = "printf '%s|' \"$TOTATSU_ALERT_KIND\" \"$TOTATSU_ALERT_SUBJECT\" \"$TOTATSU_ALERT_TEXT\" > \"$1\"";
        let argv = [script(home.path(), told), vec![out.clone()]].concat();
        assert_eq!(tell(argv, Duration::from_secs(60)).await, Ok(()));
        assert_eq!(std::fs::read_to_string(out).unwrap(), "held|link irai|$(id); \"quoted\"|");
    }

    #[tokio::test]
    async fn a_command_that_fails_is_missing_or_takes_too_long_is_told_and_no_more() {
        let home = tempfile::tempdir().unwrap();
        let limit = Duration::from_secs(60);
        let failing = tell(script(home.path(), "exit 3"), limit).await;
        assert!(failing.unwrap_err().contains("exit status: 3"));
        let missing = tell(vec!["/no/such/program".to_owned()], limit).await;
        assert!(missing.unwrap_err().contains("could not be run"));
        let hanging = script(home.path(), "exec sleep 3600");
        let slow = tell(hanging, Duration::from_millis(50)).await;
        assert!(slow.unwrap_err().contains("longer than 50ms"));
    }
}
