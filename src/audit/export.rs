//! The export for an auditor: deliveries of some days, as tables, journal lines and signed receipts, and how to verify them.
//!
//! Promises that a directory with `SHA256SUMS` and without `UNFINISHED.txt` holds a whole export, synced. A receipt is taken
//! from the journal, whose chain proves it. Never writes over anything, never exports contents of records.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::acts::{Period, RecordedAct};
use super::findings::{AuditError, AuditFinding, Findings, journal_of, keys_of};
use super::readme::{README, words_in};
use super::tables::{self, Row};
use super::trail::Trail;
use crate::config::GatewaySettings;
use crate::receipt;
use crate::receipt::key::Keys;
use crate::spool::Spool;
use crate::stamp;
use totatsu_base::durable;
use totatsu_base::evidence::{Anchor, Receipt};
use totatsu_base::messages::{Tongue, text_in};
use totatsu_base::{DeliveryId, Hashing, Moment, Sha256, SpoolError};
use totatsu_ledger::reading::ChainedLine;
use totatsu_ledger::{Entry, Event, JournalError};

/// The file that is there until everything else is.
const UNFINISHED: &str = "UNFINISHED.txt";
/// The file that is there once everything else is.
const SUMS: &str = "SHA256SUMS";
/// Which of the journal's lines are here, for a verifier.
const RANGE: &str = "export.json";
/// The journal's lines.
const EVENTS: &str = "events.jsonl";
/// Time stamps from outside.
const STAMPS: &str = "timestamps";

/// What of the ledger is exported.
#[derive(Debug, Clone)]
pub struct Selection {
    /// The days of which it is exported.
    pub period: Period,
    /// The one municipality of which it is exported, where the gateway serves several.
    pub of: Option<OneMunicipality>,
}

/// A municipality of several, for an export of its own: nothing of the others goes with it.
#[derive(Debug, Clone)]
pub struct OneMunicipality {
    /// Its code, five digits.
    pub code: String,
    /// Its links, as the configuration has them now.
    pub links: BTreeSet<String>,
}

/// What was exported.
#[derive(Debug, Serialize)]
pub struct Exported {
    /// The directory of the export.
    pub directory: PathBuf,
    /// Rows of `deliveries.csv`.
    pub deliveries: u64,
    /// Rows of `acts.csv`.
    pub acts: u64,
    /// Lines of `events.jsonl`.
    pub events: u64,
    /// Receipts.
    pub receipts: u64,
    /// Receipts whose signature is no longer kept, or doesn't fit.
    pub unsigned: u64,
    /// What in the journal doesn't agree; `totatsu audit verify` looks further.
    pub findings: Vec<AuditFinding>,
}

/// Exports the deliveries that began in the period into `directory`, which is made, or empty.
///
/// # Errors
/// See [`AuditError`]; what was written so far stays, marked as unfinished.
pub fn export(
    settings: &GatewaySettings,
    selection: Selection,
    directory: &Path,
) -> Result<Exported, AuditError> {
    let period = selection.period;
    if period.to < period.from {
        return Err(AuditError::NoDay { from: period.from, to: period.to });
    }
    let journal = journal_of(settings)?;
    let mut pack = Pack::begin(directory)?;
    let mut findings = Findings::default();
    let keys = keys_of(settings, &mut findings)?;
    let mut choice = Choice::new(selection, settings, keys, &mut pack)?;
    let mut trail = Trail::read(&journal, None, None, |line, entry| choice.take(line, entry))?;
    if trail.damaged {
        return Err(damage(trail.findings.listed));
    }
    findings.listed.append(&mut trail.findings.listed);
    let chosen = choice.finish()?;
    let exported = chosen.tables(&trail, &mut pack, directory, findings.listed)?;
    let keys: String = chosen.keys.lines().iter().map(|line| format!("{line}\n")).collect();
    pack.write("receipt-key.pub", keys)?;
    pack.write("allowed_signers", chosen.keys.allowed_signers(&signer(&settings.name)))?;
    for (tongue, name, text) in README {
        pack.write(name, chosen.readme((tongue, text), settings, &trail, &exported))?;
    }
    pack.write(RANGE, chosen.range(settings, &trail))?;
    pack.finish()?;
    Ok(exported)
}

/// The error of a damaged journal, from its last finding.
fn damage(mut findings: Vec<AuditFinding>) -> AuditError {
    let last = findings.pop();
    let (path, line, what) =
        last.map_or_else(Default::default, |found| (found.file, found.line.unwrap_or_default(), found.what));
    AuditError::Journal(JournalError::Damaged { path, line, what })
}

/// What `export.json` says.
#[derive(Serialize)]
struct ExportRange<'a> {
    gateway: &'a str,
    /// The one municipality of several; the lines of the others lie between its own, so these follow with gaps.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<&'a str>,
    from: String,
    to: String,
    first_event: Option<u64>,
    last_event: Option<u64>,
    events: u64,
    journal: Anchor,
}

/// The directory that is being filled.
struct Pack {
    directory: PathBuf,
    sums: BTreeMap<String, Sha256>,
}

impl Pack {
    fn begin(directory: &Path) -> Result<Pack, AuditError> {
        durable::make_dir(directory)?;
        let mut there = fs::read_dir(directory).map_err(SpoolError::at("disk-listing", directory))?;
        if there.next().is_some() {
            return Err(AuditError::NotEmpty(directory.to_owned()));
        }
        let pack = Pack { directory: directory.to_owned(), sums: BTreeMap::new() };
        let told = [Tongue::Ja, Tongue::En].map(|tongue| text_in(tongue, "audit-unfinished", &[]) + "\n");
        pack.put(UNFINISHED, told.concat().as_bytes())?;
        durable::sync_dir(directory)?;
        durable::make_dir(&directory.join("receipts"))?;
        Ok(pack)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    fn create(&self, name: &str) -> Result<File, SpoolError> {
        let path = self.path(name);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        file.map_err(SpoolError::at("disk-making", &path))
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), SpoolError> {
        let mut file = self.create(name)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        written.map_err(SpoolError::at("disk-writing", &self.path(name)))
    }

    fn write(&mut self, name: &str, bytes: impl AsRef<[u8]>) -> Result<(), SpoolError> {
        self.put(name, bytes.as_ref())?;
        self.sums.insert(name.to_owned(), Sha256::of(bytes.as_ref()));
        Ok(())
    }

    fn finish(self) -> Result<(), SpoolError> {
        let sums: String = self.sums.iter().map(|(name, sha256)| format!("{sha256}  {name}\n")).collect();
        self.put(SUMS, sums.as_bytes())?;
        durable::sync_dir(&self.path("receipts"))?;
        if self.path(STAMPS).is_dir() {
            durable::sync_dir(&self.path(STAMPS))?;
        }
        durable::sync_dir(&self.directory)?;
        let unfinished = self.path(UNFINISHED);
        fs::remove_file(&unfinished).map_err(SpoolError::at("disk-removing", &unfinished))?;
        // Durable from here: the export is whole, and says so.
        durable::sync_dir(&self.directory)
    }
}

/// The choice from the journal while it is read.
struct Choice<'a> {
    spool: Spool,
    /// Where the time stamps are.
    stamps: PathBuf,
    pack: &'a mut Pack,
    events: Hashing<BufWriter<File>>,
    /// Deliveries of other municipalities, where only one's are chosen.
    others: BTreeSet<DeliveryId>,
    chosen: Chosen,
}

/// What was chosen.
struct Chosen {
    selection: Selection,
    keys: Keys,
    /// Lines of the journal.
    lines: u64,
    /// The first and the last event of its days.
    range: Option<(u64, u64)>,
    /// A line of its days has been met.
    has_begun: bool,
    /// The deliveries, and when each began.
    began: BTreeMap<DeliveryId, Moment>,
    /// The deliveries whose receipt's signature is in the export.
    signed: BTreeSet<DeliveryId>,
    receipts: u64,
    acts: Vec<RecordedAct>,
}

impl<'a> Choice<'a> {
    fn new(
        selection: Selection,
        settings: &GatewaySettings,
        keys: Keys,
        pack: &'a mut Pack,
    ) -> Result<Choice<'a>, AuditError> {
        let events = Hashing::new(BufWriter::new(pack.create(EVENTS)?));
        let (began, signed, acts) = (BTreeMap::new(), BTreeSet::new(), Vec::new());
        let chosen = Chosen {
            selection,
            keys,
            lines: 0,
            range: None,
            has_begun: false,
            began,
            signed,
            receipts: 0,
            acts,
        };
        let (spool, stamps) = (Spool::new(&settings.spool), stamp::directory_of(&settings.ledger));
        Ok(Choice { spool, stamps, pack, events, others: BTreeSet::new(), chosen })
    }

    /// Takes a line of the journal into the export, if it belongs there. Says whether the line's delivery is chosen.
    fn take(&mut self, line: &ChainedLine, entry: &Entry) -> Result<bool, AuditError> {
        let of_another = self.is_of_another(entry);
        let Chosen { selection: Selection { period, of }, began, acts, lines, range, has_begun, .. } =
            &mut self.chosen;
        // A clock that was set back puts no hole into the days.
        let day = entry.at.date();
        let in_days = (period.from..=period.to).contains(&day);
        *has_begun |= in_days;
        let in_period = in_days || (*has_begun && day < period.from);
        if let Some(id) = &entry.delivery
            && entry.event.begins()
            && in_period
            && !of_another
        {
            began.entry(id.clone()).or_insert(entry.at);
        }
        let chosen = entry.delivery.as_ref().is_some_and(|id| began.contains_key(id));
        // Every line of the days goes along: only so anybody sees that none is missing. For one municipality, only its own
        // do: what was done to partners and links concerns all that share them.
        let every = in_period && of.is_none();
        if !chosen && !every {
            return Ok(false);
        }
        acts.extend(serde_json::from_slice::<RecordedAct>(line.text));
        if every {
            range.get_or_insert((line.position.seq, line.position.seq)).1 = line.position.seq;
        }
        let written = self.events.write_all(line.text).and_then(|()| self.events.write_all(b"\n"));
        written.map_err(SpoolError::at("disk-writing", &self.pack.path(EVENTS)))?;
        *lines += 1;
        if let Event::Receipted { number, receipt, .. } = &entry.event {
            self.take_receipt(*number, receipt)?;
        }
        if let Event::Stamped { file, sha256, .. } = &entry.event {
            self.take_stamp(file, *sha256)?;
        }
        Ok(chosen)
    }

    /// Whether this line begins a delivery of another municipality than the chosen one: by its link, or, for a resend, by its
    /// original.
    fn is_of_another(&mut self, entry: &Entry) -> bool {
        let (Some(of), Some(id)) = (&self.chosen.selection.of, &entry.delivery) else { return false };
        let is = match (&entry.event, entry.event.link()) {
            (Event::Resent { of: earlier, .. }, _) => self.others.contains(earlier),
            (_, Some(link)) => !of.links.contains(link),
            (_, None) => false,
        };
        if is {
            self.others.insert(id.clone());
        }
        is
    }

    fn take_receipt(&mut self, number: u64, receipt: &Receipt) -> Result<(), AuditError> {
        let name = format!("receipts/{number}.json");
        let path = self.pack.path(&name);
        let text = receipt::text_of(receipt).map_err(io::Error::from);
        let text = text.map_err(SpoolError::at("disk-writing", &path))?;
        self.pack.write(&name, &text)?;
        self.chosen.receipts += 1;
        let Some(folder) = self.spool.existing_folder(&receipt.delivery)? else { return Ok(()) };
        let signature = receipt::signature_path(&folder.receipt());
        // A signature that can't be read is reported as missing; `audit verify` says why.
        let Ok(signature) = fs::read(signature) else { return Ok(()) };
        if receipt::examine(&text, Some(&signature), &self.chosen.keys).disagreements.is_empty() {
            self.pack.write(&format!("{name}.sig"), &signature)?;
            self.chosen.signed.insert(receipt.delivery.clone());
        }
        Ok(())
    }

    /// Takes a time stamp into the export. One that isn't as it was kept is left out; `audit verify` says why.
    fn take_stamp(&mut self, file: &str, recorded: Sha256) -> Result<(), AuditError> {
        let Some(name) = Path::new(file).file_name().filter(|name| *name == file) else { return Ok(()) };
        let Ok(answer) = fs::read(self.stamps.join(name)) else { return Ok(()) };
        if Sha256::of(&answer) == recorded {
            durable::make_dir(&self.pack.path(STAMPS))?;
            self.pack.write(&format!("{STAMPS}/{file}"), answer)?;
        }
        Ok(())
    }

    fn finish(self) -> Result<Chosen, AuditError> {
        let path = self.pack.path(EVENTS);
        let (sha256, events) = self.events.into_parts();
        let synced = events.into_inner().map_err(io::IntoInnerError::into_error);
        synced.and_then(|file| file.sync_all()).map_err(SpoolError::at("disk-writing", &path))?;
        self.pack.sums.insert(EVENTS.to_owned(), sha256);
        Ok(self.chosen)
    }
}

impl Chosen {
    fn tables(
        &self,
        trail: &Trail,
        pack: &mut Pack,
        directory: &Path,
        findings: Vec<AuditFinding>,
    ) -> Result<Exported, AuditError> {
        let rows: Vec<Row> = self
            .began
            .iter()
            .filter_map(|(id, began)| Some((trail.deliveries.get(id)?, *began)))
            .map(|(delivery, began)| Row { delivery, began, signed: self.signed.contains(&delivery.id) })
            .collect();
        let deliveries = rows.len() as u64;
        let unwritable =
            |error: csv::Error| SpoolError::at("disk-writing", directory)(io::Error::other(error));
        pack.write("deliveries.csv", tables::deliveries(rows.into_iter()).map_err(unwritable)?)?;
        pack.write("acts.csv", tables::acts(self.acts.iter()).map_err(unwritable)?)?;
        Ok(Exported {
            directory: directory.to_owned(),
            deliveries,
            acts: self.acts.len() as u64,
            events: self.lines,
            receipts: self.receipts,
            unsigned: self.receipts - self.signed.len() as u64,
            findings,
        })
    }

    /// Which lines are here without a gap, and how many in all.
    fn range(&self, settings: &GatewaySettings, trail: &Trail) -> String {
        let (first, last) = self.range.unzip();
        let end = trail.end;
        let range = ExportRange {
            gateway: &settings.name,
            of: self.selection.of.as_ref().map(|of| of.code.as_str()),
            from: self.selection.period.from.to_string(),
            to: self.selection.period.to.to_string(),
            first_event: first,
            last_event: last,
            events: self.lines,
            journal: Anchor { seq: end.seq, sha256: end.digest },
        };
        serde_json::to_string(&range).expect("numbers and names are JSON") + "\n"
    }

    /// Which acts there are: of one municipality of several, those on its own deliveries alone.
    fn acts_told(&self, tongue: Tongue) -> String {
        let id = if self.selection.of.is_some() { "audit-acts-of-one" } else { "audit-acts-of-all" };
        text_in(tongue, id, &[])
    }

    fn readme(
        &self,
        (tongue, text): (Tongue, &str),
        settings: &GatewaySettings,
        trail: &Trail,
        exported: &Exported,
    ) -> String {
        let end = trail.end;
        let fingerprints =
            self.keys.fingerprints().iter().map(|one| format!("  {one}\n")).collect::<String>();
        let places = [
            ("{gateway}", settings.name.clone()),
            (
                "{municipality}",
                self.selection.of.as_ref().map_or(&settings.municipality, |of| &of.code).clone(),
            ),
            ("{from}", self.selection.period.from.to_string()),
            ("{to}", self.selection.period.to.to_string()),
            ("{made_at}", Moment::now().to_string()),
            ("{software}", concat!("totatsu ", env!("CARGO_PKG_VERSION")).to_owned()),
            ("{seq}", end.seq.to_string()),
            ("{sha256}", end.digest.to_string()),
            ("{deliveries}", exported.deliveries.to_string()),
            ("{acts}", exported.acts.to_string()),
            ("{acts_of}", self.acts_told(tongue)),
            ("{events}", exported.events.to_string()),
            ("{fingerprints}\n", fingerprints),
            ("{signer}", signer(&settings.name)),
        ];
        let places = words_in(tongue).into_iter().chain(places);
        places.fold(text.to_owned(), |text, (place, value)| text.replace(place, &value))
    }
}

/// The gateway's name as `allowed_signers` takes it: one word without the signs that mean something there.
fn signer(gateway: &str) -> String {
    let sign = |c: char| c.is_whitespace() || c.is_control() || ",!*?\"#".contains(c);
    gateway.replace(sign, "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gateways_name_becomes_one_word_that_means_nothing_else_to_openssh() {
        assert_eq!(signer("見本市"), "見本市");
        assert_eq!(signer("City of Mihon, *!?\"#"), "City_of_Mihon_______");
    }
}
