//! The audit (監査): what the gateway claims, checked again from the files alone.
//!
//! Owns the reading of journal, receipts and kept bytes without the daemon, also while it runs, and what is handed to an
//! auditor ([`export()`]). Promises one pass over everything, each finding with its file and line. What can't be read ends it.
//! Never writes into ledger or spool, never shows contents of records.

mod end;
mod export;
mod findings;
mod kept;
mod tables;
mod trail;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::config::GatewaySettings;
use crate::spool::Spool;
use totatsu_base::evidence::Anchor;
use trail::Trail;

use findings::{journal_of, keys_of};

pub use export::{Exported, Period, export};
pub use findings::{AuditError, AuditFinding, Vouched};

/// What an audit came to.
#[derive(Debug, Serialize)]
pub struct Audit {
    /// Lines of the journal whose chain is whole.
    pub events: u64,
    /// The last of them; none in an empty journal.
    pub end: Option<Anchor>,
    /// Bytes behind it of a line that was being written, or that a crash interrupted.
    pub torn: u64,
    /// Who vouches for that last line: every other is vouched for by the line after it.
    pub end_vouched_by: Vouched,
    /// Deliveries by where they stand.
    pub deliveries: BTreeMap<String, u64>,
    /// Receipts in the journal.
    pub receipts: u64,
    /// Files compared with what was recorded of them; signatures are not counted.
    pub files: u64,
    /// Bytes of those files.
    pub bytes: u64,
    /// Deliveries whose folder was removed after its time.
    pub no_longer_kept: u64,
    /// What doesn't agree.
    pub findings: Vec<AuditFinding>,
    /// Findings beyond those that are listed.
    pub unlisted: u64,
    /// The journal is not what was acknowledged.
    pub damaged: bool,
}

/// Checks the whole journal, every receipt, and every file that is kept.
///
/// # Errors
/// See [`AuditError`]. A damaged journal is no error here, but a finding.
pub fn verify(settings: &GatewaySettings) -> Result<Audit, AuditError> {
    let journal = journal_of(settings)?;
    // Asked first: from then on the journal can only have grown.
    let witness = end::witness(&settings.ledger)?;
    let mut trail = Trail::read(&journal, |_, _| Ok(()))?;
    let end_vouched_by = end::compare(&mut trail, witness, &journal, &settings.socket)?;
    let keys = keys_of(settings, &mut trail.findings)?;
    let kept = kept::check(&mut trail, &Spool::new(&settings.spool), &keys)?;
    let mut deliveries = BTreeMap::new();
    for delivery in trail.deliveries.values() {
        *deliveries.entry(delivery.state().to_owned()).or_default() += 1;
    }
    let end = trail.end();
    Ok(Audit {
        events: end.seq,
        end: (end.seq > 0).then_some(Anchor { seq: end.seq, sha256: end.digest }),
        torn: trail.torn,
        end_vouched_by,
        deliveries,
        receipts: trail.receipts,
        files: kept.files,
        bytes: kept.bytes,
        no_longer_kept: kept.no_longer,
        findings: trail.findings.listed,
        unlisted: trail.findings.unlisted,
        damaged: trail.damaged,
    })
}
