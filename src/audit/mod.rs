//! The audit (監査): what the gateway claims, checked again from the files alone.
//!
//! Owns the reading of journal, receipts and kept bytes without the daemon, also while it runs, and what is handed to an
//! auditor ([`export()`]). Promises one pass over everything, each finding with its file and line. What can't be read ends it.
//! Never writes into ledger or spool, never shows contents of records.

mod acts;
mod aside;
mod end;
mod export;
mod findings;
mod kept;
mod mark;
mod readme;
mod stamps;
mod tables;
mod trail;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::config::GatewaySettings;
use crate::spool::Spool;
use aside::NotesAside;
use kept::KeptBy;
use totatsu_base::Moment;
use totatsu_base::evidence::Anchor;
use trail::Trail;

use findings::{journal_of, keys_of};

pub use acts::{Period, RecordedAct, acts};
pub use export::{Exported, OneMunicipality, Selection, export};
pub use findings::{AuditError, AuditFinding, Vouched};
pub use mark::AuditMark;

/// What an audit came to.
#[derive(Debug, Serialize)]
pub struct Audit {
    /// Where an earlier audit had ended, if this one went on from there: what came before that line wasn't read again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Anchor>,
    /// When that earlier audit was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since_verified_at: Option<Moment>,
    /// The number of the journal's last line up to which the chain is whole.
    pub events: u64,
    /// That last line; none in an empty journal.
    pub end: Option<Anchor>,
    /// Bytes behind the last line, of a line that was being written, or that a crash interrupted.
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
    /// Deliveries from whose folder what they carried was removed, as the ledger says; their receipts are verified all the same.
    #[serde(skip_serializing_if = "is_zero")]
    pub contents_no_longer_kept: u64,
    /// Time stamps from outside; whose signature they bear isn't looked at.
    #[serde(skip_serializing_if = "is_zero")]
    pub stamps: u64,
    /// What doesn't agree.
    pub findings: Vec<AuditFinding>,
    /// Findings beyond those that are listed.
    pub unlisted: u64,
    /// The journal is not what was acknowledged.
    pub damaged: bool,
}

/// Checks the whole journal, every receipt, and every file that is kept; with a mark, all that came behind it. Hands back the mark
/// from which a later audit may go on, where nothing was found that disagrees.
///
/// # Errors
/// See [`AuditError`]. A damaged journal is no error here, but a finding.
pub fn verify(
    settings: &GatewaySettings,
    since: Option<&AuditMark>,
) -> Result<(Audit, Option<AuditMark>), AuditError> {
    verify_telling(settings, since, &|_, _| {})
}

/// As [`verify`]; while kept files are compared, `tell` hears how many deliveries are done, and how many there are.
///
/// # Errors
/// Those of [`verify`].
pub fn verify_telling(
    settings: &GatewaySettings,
    since: Option<&AuditMark>,
    tell: &dyn Fn(u64, u64),
) -> Result<(Audit, Option<AuditMark>), AuditError> {
    let journal = journal_of(settings)?;
    // Asked first: from then on the journal can only have grown.
    let witness = end::witness(&settings.ledger)?;
    let mut trail = Trail::read(&journal, since, Some(NotesAside::default()), |_, _| Ok(false))?;
    let end_vouched_by = end::compare(&mut trail, witness, &settings.socket)?;
    let mut findings = std::mem::take(&mut trail.findings);
    let keys = keys_of(settings, &mut findings)?;
    let mark = trail.mark();
    let stamps = stamps::check(&trail.stamps, &settings.ledger, &mut findings);
    let spool = Spool::new(&settings.spool);
    let by = KeptBy { spool: &spool, keys: &keys, damaged: trail.damaged, continued: since.is_some() };
    let notes = trail.notes()?;
    let kept = kept::check(notes, by, &mut findings, &|done| tell(done, trail.begun))?;
    let end = trail.end;
    let sound = findings.listed.is_empty() && !trail.damaged && end.seq > 0;
    let audit = Audit {
        since: since.map(|since| since.end),
        since_verified_at: since.map(|since| since.verified_at),
        events: end.seq,
        end: (end.seq > 0).then_some(Anchor { seq: end.seq, sha256: end.digest }),
        torn: trail.torn,
        end_vouched_by,
        deliveries: kept.states,
        receipts: trail.receipts,
        files: kept.files,
        bytes: kept.bytes,
        no_longer_kept: kept.no_longer,
        contents_no_longer_kept: kept.emptied,
        stamps,
        findings: findings.listed,
        unlisted: findings.unlisted,
        damaged: trail.damaged,
    };
    Ok((audit, sound.then_some(mark)))
}

/// Whether a count is left out of the answer: a zero is.
fn is_zero(count: &u64) -> bool {
    *count == 0
}
