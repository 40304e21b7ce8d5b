//! `totatsu audit`: everything checked again, and what an auditor takes away.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::deliveries::links_of;
use super::exit::{Exit, fail, failed};
use super::instead::{self, Wherever};
use super::options::Common;
use super::{progress, screen, shown, table, terms, wrapping};
use crate::audit::{
    self, AuditError, AuditFinding, AuditMark, Exported, OneMunicipality, Period, RecordedAct, Selection,
};
use crate::control::Errand;
use totatsu_base::{Moment, Remedy, SpoolError, say};
use totatsu_ledger::words::state_word;

/// `totatsu audit`.
#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Check the whole journal, every receipt and signature, and every kept file; changes nothing, and may run beside the
    /// gateway
    Verify(Verify),
    /// List what people did, and what was done to the gateway as a whole: starts, stops, changes of its configuration and keys
    Acts(Acts),
    /// Write deliveries, acts by hand, journal lines and receipts of some days into a directory, for an auditor
    Export(Export),
}

/// `totatsu audit verify`.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Go on from where an earlier audit ended, as it wrote into this file: what came before isn't checked again
    #[arg(long, value_name = "FILE")]
    since: Option<PathBuf>,
    /// Write into this file where this audit ended, if it finds nothing, for a later one to go on from
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
}

/// `totatsu audit acts`.
#[derive(Debug, Args)]
pub(super) struct Acts {
    /// The first day (YYYY-MM-DD)
    #[arg(long, value_name = "DATE")]
    from: Date,
    /// The last day; otherwise today (YYYY-MM-DD)
    #[arg(long, value_name = "DATE")]
    to: Option<Date>,
    /// Only what somebody of this name did
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// `totatsu audit export`.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// The first day on which deliveries were accepted, or collections found (YYYY-MM-DD)
    #[arg(long, value_name = "DATE")]
    from: Date,
    /// The last day (YYYY-MM-DD)
    #[arg(long, value_name = "DATE")]
    to: Date,
    /// Only what is this municipality's, by its code of six digits; for a gateway that serves several
    #[arg(long, value_name = "CODE")]
    municipality: Option<String>,
    /// A directory, new or empty
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Audit {
    pub(super) fn run(self, common: &Common) -> Result<Exit, Exit> {
        match self {
            Audit::Verify(verify) => verify.run(common),
            Audit::Acts(acts) => acts.run(common),
            Audit::Export(export) => export.run(common),
        }
    }
}

fn exit_of(error: &AuditError) -> Exit {
    let of_journal = matches!(error, AuditError::Journal(_)) && error.remedy() == Remedy::Stop;
    if of_journal { Exit::Untrusted } else { Exit::Failed }
}

impl Verify {
    fn run(self, common: &Common) -> Result<Exit, Exit> {
        if common.in_whose_stead()?.is_some() {
            return self.run_instead(common);
        }
        let failed = |error: AuditError| fail(exit_of(&error), &error);
        let since = self.since.as_deref().map(AuditMark::read).transpose().map_err(failed)?;
        let settings = common.gateway()?;
        let sign = progress::at_work(say!("cli-audit-at-work"));
        let told = |done, all| progress::counted(&sign, done, all);
        let verified = audit::verify_telling(&settings, since.as_ref(), &told);
        sign.finish_and_clear();
        let (audit, mark) = verified.map_err(failed)?;
        if let (Some(path), Some(mark)) = (&self.save, mark) {
            mark.write(path).map_err(failed)?;
        }
        let exit = match (audit.damaged, audit.findings.is_empty()) {
            (true, _) => Exit::Untrusted,
            (false, false) => Exit::Failed,
            (false, true) => Exit::Done,
        };
        Ok(common.tell(&audit, exit, summary))
    }

    /// As [`Verify::run`], but the gateway does it, because this user may not read its files.
    fn run_instead(self, common: &Common) -> Result<Exit, Exit> {
        let read = |path: &PathBuf| {
            std::fs::read_to_string(path).map_err(SpoolError::at("disk-reading", path)).map_err(failed)
        };
        let since = self.since.as_ref().map(read).transpose()?;
        let errand = || Errand::AuditVerify { since, save: self.save.is_some() };
        let to = self.save.clone().map_or(Wherever::Printed(None), Wherever::InPlaceOf);
        let sign = progress::at_work(say!("cli-audit-at-work"));
        let done = instead::of(common, errand, to);
        sign.finish_and_clear();
        done.map(|exit| exit.unwrap_or(Exit::Failed))
    }
}

fn summary(audit: &audit::Audit) -> String {
    let mut rows: Vec<(String, String)> = Vec::new();
    if let Some((since, at)) = audit.since.zip(audit.since_verified_at) {
        rows.push((say!("cli-audit-since"), say!("cli-audit-since-event", event = since.seq, at = at)));
    }
    let events = match audit.end {
        Some(end) => say!("cli-audit-events-to", count = audit.events, sha256 = end.sha256),
        None => audit.events.to_string(),
    };
    rows.push((say!("cli-audit-events"), events));
    if audit.torn > 0 {
        rows.push((String::new(), say!("cli-audit-torn", count = audit.torn)));
    }
    rows.push((say!("cli-audit-end"), say!("cli-audit-vouched", by = audit.end_vouched_by)));
    let states = audit.deliveries.iter();
    let states = states
        .map(|(state, count)| say!("cli-audit-state", state = state_word(state), count = count))
        .collect::<Vec<_>>();
    let all: u64 = audit.deliveries.values().sum();
    let deliveries = say!("cli-audit-states", count = all, states = terms::listed(&states));
    rows.push((say!("cli-audit-deliveries"), deliveries));
    rows.push((say!("cli-audit-receipts"), audit.receipts.to_string()));
    if audit.stamps > 0 {
        rows.push((say!("cli-audit-stamps"), audit.stamps.to_string()));
    }
    let (files, size) = (audit.files, shown::size(audit.bytes));
    let compared = match audit.no_longer_kept {
        0 => say!("cli-audit-compared", files = files, size = size),
        gone => say!("cli-audit-compared-gone", files = files, size = size, gone = gone),
    };
    rows.push((say!("cli-audit-files"), compared));
    if audit.contents_no_longer_kept > 0 {
        let told = say!("cli-audit-contents-gone", count = audit.contents_no_longer_kept);
        rows.push((String::new(), told));
    }
    let findings = match audit.findings.len() as u64 + audit.unlisted {
        0 => say!("cli-audit-none"),
        some => some.to_string(),
    };
    rows.push((say!("cli-audit-findings"), findings));
    // `facts` parts name and value by one space: one more column makes it two.
    let width = rows.iter().map(|(name, _)| wrapping::width(name)).max().unwrap_or_default();
    let mut text = wrapping::facts(&rows, width + 1, screen::columns());
    audit.findings.iter().for_each(|finding| text += &format!("{finding}\n"));
    if audit.unlisted > 0 {
        text += &(say!("cli-audit-more", count = audit.unlisted) + "\n");
    }
    text
}

impl Acts {
    fn run(self, common: &Common) -> Result<Exit, Exit> {
        let (from, to) = (self.from, self.to.unwrap_or_else(|| Moment::now().date()));
        let errand = || Errand::AuditActs { from, to, by: self.by.clone() };
        if let Some(exit) = instead::of(common, errand, Wherever::Printed(None))? {
            return Ok(exit);
        }
        let period = Period { from, to };
        let acts = audit::acts(&common.gateway()?, period, self.by.as_deref());
        let acts = acts.map_err(|error| fail(exit_of(&error), &error))?;
        Ok(common.tell(&acts, Exit::Done, |acts| {
            let headings = [
                say!("cli-audit-act-at"),
                say!("cli-audit-act-by"),
                say!("cli-audit-act-what"),
                say!("cli-audit-act-about"),
                say!("cli-audit-act-why"),
            ];
            let row = |act: &RecordedAct| {
                let about = act.delivery.iter().chain(&act.partner).chain(&act.link).cloned();
                let (about, why) = (about.collect::<Vec<_>>().join(" "), act.why());
                vec![act.at.to_string(), act.by.clone(), act.called(), about, why]
            };
            match acts.is_empty() {
                true => say!("cli-audit-no-acts") + "\n",
                false => table::table(&headings, acts.iter().map(row).collect()),
            }
        }))
    }
}

impl Export {
    fn run(self, common: &Common) -> Result<Exit, Exit> {
        let (from, to) = (self.from, self.to);
        let errand = || Errand::AuditExport { from, to, municipality: self.municipality.clone() };
        if let Some(exit) = instead::of(common, errand, Wherever::Directory(self.out.clone()))? {
            return Ok(exit);
        }
        let period = Period { from, to };
        let of = self.municipality.as_deref().map(|code| one_municipality(common, code)).transpose()?;
        let exported = audit::export(&common.gateway()?, Selection { period, of }, &self.out);
        let exported = exported.map_err(|error| fail(exit_of(&error), &error))?;
        let exit = if exported.findings.is_empty() { Exit::Done } else { Exit::Failed };
        Ok(common.tell(&exported, exit, written))
    }
}

fn one_municipality(common: &Common, code: &str) -> Result<OneMunicipality, Exit> {
    let links = links_of(common, code)?.into_iter().collect();
    Ok(OneMunicipality { code: code.get(..5).unwrap_or(code).to_owned(), links })
}

fn written(exported: &Exported) -> String {
    let Exported { directory, deliveries, acts, events, receipts, unsigned, findings } = exported;
    let counts = [
        say!("cli-audit-count-deliveries", count = deliveries),
        say!("cli-audit-count-acts", count = acts),
        say!("cli-audit-count-events", count = events),
        match unsigned {
            0 => say!("cli-audit-count-receipts", count = receipts),
            _ => say!("cli-audit-count-receipts-unsigned", count = receipts, unsigned = unsigned),
        },
    ];
    let (directory, counts) = (directory.display(), terms::listed(&counts));
    let head = say!("cli-audit-exported", directory = directory, counts = counts) + "\n";
    if findings.is_empty() {
        return head;
    }
    let line = |text: String, finding: &AuditFinding| text + &format!("{finding}\n");
    findings.iter().fold(head + &say!("cli-audit-exported-wrong") + "\n", line)
}
