//! `totatsu status`: how partners and links stand.
//!
//! Where no gateway runs, standard error says so first. Then the ledger tells what isn't finished and what is held, and the
//! configuration tells which partners and links there are. Whether a partner can be reached is then neither known nor tried.
//!
//! `--check` answers as a plugin of Nagios, Zabbix and the like does: one line, and an exit code that says how bad it is. Its codes
//! are those of such plugins, and not the ones of the other commands.

use std::process::ExitCode;

use clap::Args;

use super::exit::{Exit, exit};
use super::options::Common;
use super::output::print;
use super::{deliveries, shown, terms};
use crate::config::{self, Config};
use crate::control::{Answer, LinkBacklog, LinkStatus, PartnerStatus, Question, Status};
use totatsu_base::say;
use totatsu_ledger::state::{HELD, QUEUED, WAITING};
use totatsu_ledger::words::state_word;

/// The word of a monitoring plugin that can't tell.
const UNKNOWN: &str = "UNKNOWN";

/// `totatsu status`.
#[derive(Debug, Args)]
pub(super) struct StatusArguments {
    /// Say in one line whether all is well, for monitoring; exit code 0: all is well, 1: something waits (a partner is down, a
    /// medium is wanted, a file stays in an outbox), 2: a person has to act (something is held, a file was rejected or hasn't come
    /// by its time, or no gateway runs), 3: it can't be told
    #[arg(long)]
    check: bool,
}

/// How well all is, in the order of how bad it is. The discriminant is the exit code of monitoring plugins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Well = 0,
    Waiting = 1,
    PersonWanted = 2,
    NotKnown = 3,
}

impl StatusArguments {
    pub(super) fn run(self, common: &Common) -> ExitCode {
        if self.check {
            return ExitCode::from(check(common) as u8);
        }
        let shown = deliveries::ask(common, Question::Status).map(|mut answer| {
            if let Answer::Status(status) = &mut answer
                && !status.running
            {
                return show_idle(common, status);
            }
            deliveries::show(common, answer)
        });
        ExitCode::from(exit(shown) as u8)
    }
}

/// One line for a monitoring system.
fn check(common: &Common) -> Verdict {
    let Ok(Answer::Status(status)) = deliveries::ask_quietly(common, Question::Status) else {
        print(&format!("{UNKNOWN} - {}\n", say!("list-check-no-answer")), Exit::Failed);
        return Verdict::NotKnown;
    };
    let (verdict, findings) = judge(&status);
    let word = match verdict {
        Verdict::Well => "OK",
        Verdict::Waiting => "WARNING",
        Verdict::PersonWanted => "CRITICAL",
        Verdict::NotKnown => UNKNOWN,
    };
    let told = findings.join(&say!("list-check-next"));
    let told = match verdict {
        Verdict::Well | Verdict::NotKnown => say!("list-check-well"),
        Verdict::Waiting => say!("list-check-waiting", told = told),
        Verdict::PersonWanted => say!("list-check-person", told = told),
    };
    let count = |state| status.unfinished.get(state).copied().unwrap_or_default();
    let unfinished: u64 = status.unfinished.values().sum();
    let line = format!(
        "{word} - {told} | unfinished={unfinished} held={} waiting={} queued={}\n",
        count(HELD),
        count(WAITING),
        count(QUEUED)
    );
    if print(&line, Exit::Done) == Exit::Done { verdict } else { Verdict::NotKnown }
}

/// The verdict, and what led to it, the worst first.
fn judge(status: &Status) -> (Verdict, Vec<String>) {
    let mut findings = Vec::new();
    let mut find = |verdict, text| findings.push((verdict, text));
    if !status.running {
        find(Verdict::PersonWanted, say!("list-check-stopped"));
    }
    for (state, verdict) in [(HELD, Verdict::PersonWanted), (WAITING, Verdict::Waiting)] {
        if let Some(count) = status.unfinished.get(state) {
            find(verdict, say!("list-check-state", count = count, state = state_word(state)));
        }
    }
    for LinkStatus { link, hold } in &status.links {
        let verdict = if hold.until.is_some() { Verdict::Waiting } else { Verdict::PersonWanted };
        find(verdict, say!("list-check-link", link = link));
    }
    for partner in &status.partners {
        let ends = partner.next.is_some();
        let verdict = match partner.state.as_str() {
            "up" | "unknown" => continue,
            "held" if !ends => Verdict::PersonWanted,
            _ => Verdict::Waiting,
        };
        let state = terms::partner_state(&partner.state);
        find(verdict, say!("list-check-partner", partner = partner.partner, state = state));
    }
    for look in &status.inbound {
        if look.last_look.as_ref().is_some_and(|look| look.trouble.is_some()) {
            find(Verdict::Waiting, say!("list-check-look", link = look.link));
        }
    }
    if !status.missing.is_empty() {
        find(Verdict::PersonWanted, say!("list-check-missing", count = status.missing.len()));
    }
    if !status.rejected.is_empty() {
        find(Verdict::PersonWanted, say!("list-check-rejected", count = status.rejected.len()));
    }
    if !status.awaited.is_empty() {
        find(Verdict::Waiting, say!("list-check-second", count = status.awaited.len()));
    }
    if !status.left.is_empty() {
        let count = status.left.len() + status.left_beyond;
        find(Verdict::Waiting, say!("list-check-left", count = count));
    }
    findings.sort_by_key(|(verdict, _)| std::cmp::Reverse(*verdict));
    let worst = findings.first().map_or(Verdict::Well, |(verdict, _)| *verdict);
    (worst, findings.into_iter().map(|(_, text)| text).collect())
}

fn show_idle(common: &Common, status: &mut Status) -> Exit {
    let text = match config::read(&common.config).0 {
        Some(configured) => {
            add_configured(status, &configured);
            String::new()
        }
        None => say!("list-configuration-wrong") + "\n",
    };
    common.tell(status, Exit::Done, |status| format!("{}{text}", shown::status(status)))
}

/// Adds the partners and links of the configuration that have nothing unfinished in the ledger.
fn add_configured(status: &mut Status, configured: &Config) {
    for (name, settings) in &configured.partners {
        if status.partners.iter().all(|known| known.partner != *name) {
            status.partners.push(PartnerStatus {
                partner: name.clone(),
                state: "unknown".to_owned(),
                undecided: settings.is_undecided(),
                ..PartnerStatus::default()
            });
        }
    }
    status.partners.sort_by(|a, b| a.partner.cmp(&b.partner));
    let outbound = configured.links.values().map(|link| (&link.name, &link.partner, false));
    let inbound = configured.inbound.values().map(|link| (&link.name, &link.partner, true));
    for (link, partner, inbound) in outbound.chain(inbound) {
        if status.backlog.iter().all(|known| known.link != *link) {
            let (link, partner) = (link.clone(), partner.clone());
            status.backlog.push(LinkBacklog { link, partner, inbound, unfinished: Default::default() });
        }
    }
    status.backlog.sort_by(|a, b| a.link.cmp(&b.link));
}
