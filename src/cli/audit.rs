//! `totatsu audit`: everything checked again, and what an auditor takes away.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::exit::{Exit, exit, fail};
use super::options::Common;
use super::shown::{self, counted};
use crate::audit::{self, AuditError, AuditFinding, AuditMark, Exported, Period};
use totatsu_base::Remedy;

/// `totatsu audit`.
#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Check the whole journal, every receipt and signature, and every kept file; changes nothing, and may run beside the
    /// gateway
    Verify(Verify),
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

/// `totatsu audit export`.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// The first day on which deliveries were accepted, or collections found (YYYY-MM-DD)
    #[arg(long, value_name = "DATE")]
    from: Date,
    /// The last day (YYYY-MM-DD)
    #[arg(long, value_name = "DATE")]
    to: Date,
    /// A directory, new or empty
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Audit {
    pub(super) fn run(self, common: &Common) -> Exit {
        exit(match self {
            Audit::Verify(verify) => verify.run(common),
            Audit::Export(export) => export.run(common),
        })
    }
}

fn exit_of(error: &AuditError) -> Exit {
    let of_journal = matches!(error, AuditError::Journal(_)) && error.remedy() == Remedy::Stop;
    if of_journal { Exit::Untrusted } else { Exit::Failed }
}

impl Verify {
    fn run(self, common: &Common) -> Result<Exit, Exit> {
        let failed = |error: AuditError| fail(exit_of(&error), &error);
        let since = self.since.as_deref().map(AuditMark::read).transpose().map_err(failed)?;
        let (audit, mark) = audit::verify(&common.gateway()?, since.as_ref()).map_err(failed)?;
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
}

fn summary(audit: &audit::Audit) -> String {
    let end = audit.end.map_or_else(String::new, |end| format!(", SHA-256 of the last {}", end.sha256));
    let torn = match audit.torn {
        0 => String::new(),
        torn => format!("\n            and {torn} bytes behind them that are no whole line (yet)"),
    };
    let states: Vec<String> =
        audit.deliveries.iter().map(|(state, count)| format!("{state} {count}")).collect();
    let deliveries: u64 = audit.deliveries.values().sum();
    let removed = match audit.no_longer_kept {
        0 => String::new(),
        removed => format!("; no longer kept: {}", counted(removed, "delivery", "deliveries")),
    };
    let findings = match audit.findings.len() as u64 + audit.unlisted {
        0 => "none".to_owned(),
        some => some.to_string(),
    };
    let since = audit.since.zip(audit.since_verified_at).map_or_else(String::new, |(since, at)| {
        format!(
            "since       event {}, verified at {at}: what came before it is not checked again\n",
            since.seq
        )
    });
    let mut text = format!(
        "{since}events      {}{end}{torn}\nend         vouched for by {}\ndeliveries  {deliveries}: {}\nreceipts    {}\n\
         files       {} compared, {}{removed}\nfindings    {findings}\n",
        audit.events,
        audit.end_vouched_by,
        states.join(", "),
        audit.receipts,
        audit.files,
        shown::size(audit.bytes),
    );
    audit.findings.iter().for_each(|finding| text += &format!("{finding}\n"));
    if audit.unlisted > 0 {
        text += &format!("… and {} more\n", audit.unlisted);
    }
    text
}

impl Export {
    fn run(self, common: &Common) -> Result<Exit, Exit> {
        let period = Period { from: self.from, to: self.to };
        let exported = audit::export(&common.gateway()?, period, &self.out);
        let exported = exported.map_err(|error| fail(exit_of(&error), &error))?;
        let exit = if exported.findings.is_empty() { Exit::Done } else { Exit::Failed };
        Ok(common.tell(&exported, exit, written))
    }
}

fn written(exported: &Exported) -> String {
    let Exported { directory, deliveries, acts, events, receipts, unsigned, findings } = exported;
    let unsigned = match unsigned {
        0 => String::new(),
        unsigned => format!(", {unsigned} of them without a signature that fits"),
    };
    let counts = [
        counted(*deliveries, "delivery", "deliveries"),
        counted(*acts, "act by hand", "acts by hand"),
        counted(*events, "event", "events"),
        counted(*receipts, "receipt", "receipts"),
    ];
    let (directory, counts) = (directory.display(), counts.join(", "));
    let head = format!("{directory}: {counts}{unsigned}; README.txt tells how to verify them\n");
    if findings.is_empty() {
        return head;
    }
    let line = |text: String, finding: &AuditFinding| text + &format!("{finding}\n");
    findings.iter().fold(head + "The journal doesn't agree with itself; see totatsu audit verify:\n", line)
}
