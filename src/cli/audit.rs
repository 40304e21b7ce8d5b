//! `totatsu audit`: everything checked again, and what an auditor takes away.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::exit::{Exit, exit, fail};
use super::options::Common;
use super::shown::{self, counted};
use crate::audit::{self, AuditError, AuditFinding, Exported, Period};
use totatsu_base::Remedy;

/// `totatsu audit`.
#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Check the whole journal, every receipt and signature, and every kept file; writes nothing, and may run beside the
    /// gateway
    Verify,
    /// Write deliveries, acts by hand, journal lines and receipts of some days into a directory, for an auditor
    Export(Export),
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
            Audit::Verify => verify(common),
            Audit::Export(export) => export.run(common),
        })
    }
}

fn exit_of(error: &AuditError) -> Exit {
    let of_journal = matches!(error, AuditError::Journal(_)) && error.remedy() == Remedy::Stop;
    if of_journal { Exit::Untrusted } else { Exit::Failed }
}

fn verify(common: &Common) -> Result<Exit, Exit> {
    let audit = audit::verify(&common.gateway()?).map_err(|error| fail(exit_of(&error), &error))?;
    let exit = match (audit.damaged, audit.findings.is_empty()) {
        (true, _) => Exit::Untrusted,
        (false, false) => Exit::Failed,
        (false, true) => Exit::Done,
    };
    Ok(common.tell(&audit, exit, summary))
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
    let mut text = format!(
        "events      {}{end}{torn}\nend         vouched for by {}\ndeliveries  {deliveries}: {}\nreceipts    {}\n\
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
