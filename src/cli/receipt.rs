//! `totatsu receipt`: receipts shown, certified, bundled for an auditor and verified, here or on another machine, and the key
//! that signs them.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde::Serialize;

use super::deliveries::{ask, find, folder_of, who};
use super::exit::{Exit, exit_by, exit_of_ledger, fail, failed};
use super::instead::{self, Wherever};
use super::options::Common;
use super::output::{block_on, print, unexpected_answer};
use super::terms;
use crate::config;
use crate::control::{Answer, Caller, ControlError, Errand, Question, ReceiptForm, asker};
use crate::receipt::bundle::{self, Bundled, SHELL_VERIFIER};
use crate::receipt::certificate::{self, Certified};
use crate::receipt::key::{KeyError, Keys, ReceiptKey};
use crate::receipt::{self, Disagreement, Examined};
use crate::spool::DeliveryFolder;
use totatsu_base::evidence::ReceiptLink;
use totatsu_base::messages::tongue;
use totatsu_base::{Moment, Sha256, SpoolError, say};
use totatsu_ledger::words::state_word;
use totatsu_ledger::{Delivery, Event, Ledger};

/// `totatsu receipt`.
#[derive(Debug, Subcommand)]
pub(super) enum Receipt {
    /// Print a delivery's certificate of arrival (到達証明書); with --json its receipt, as it was written
    Show(ReceiptShown),
    /// Write one file by which an auditor verifies a receipt in a browser, without this program: receipt, signature, keys,
    /// journal lines and the verifier
    Bundle(ReceiptBundle),
    /// Print the page that verifies bundles and audit exports in a browser
    Verifier {
        /// The shell script that does the same with openssl and sha256sum
        #[arg(long)]
        sh: bool,
    },
    /// Compare a receipt with the ledger, its signature, the bytes kept beside it, and the receipt before it; or, with
    /// --key, check receipt files on any machine
    Verify(Verify),
    /// Print the public key that checks this gateway's receipts, and its fingerprint
    Key {
        /// Make another key first, while the gateway doesn't run; receipts so far stay with the one they were signed with
        #[arg(long)]
        renew: bool,
    },
}

/// `totatsu receipt show`.
#[derive(Debug, Args)]
pub(super) struct ReceiptShown {
    /// The delivery's id, three or more characters of it that no other has, or the name of its file: the newest of that name
    id: String,
    /// One page A4 to print and file, in HTML
    #[arg(long, conflicts_with = "text")]
    html: bool,
    /// Plain text, 80 columns wide, as without any option
    #[arg(long)]
    text: bool,
}

/// `totatsu receipt bundle`.
#[derive(Debug, Args)]
pub(super) struct ReceiptBundle {
    /// The delivery's id, three or more characters of it that no other has, or the name of its file: the newest of that name
    id: String,
    /// The file, which must not be there yet; otherwise receipt-NUMBER-ID.html in this directory
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// `totatsu receipt verify`.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// The gateway's public keys, one a line: check FILEs by them, without ledger and configuration
    #[arg(long, value_name = "PUB")]
    key: Option<PathBuf>,
    /// With --key: the FILEs are all receipts of their range; a number that is missing among them is a finding
    #[arg(long, requires = "key")]
    complete: bool,
    /// The delivery's id, three or more characters of it that no other has, or the name of its file: the newest of that name; with
    /// --key, receipt files, each with its signature beside it
    #[arg(required = true, value_name = "ID|FILE")]
    named: Vec<PathBuf>,
}

#[derive(Serialize)]
struct Verdict {
    delivery: String,
    number: u64,
    genuine: bool,
    /// When what the delivery carried was removed, where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    contents_removed: Option<Moment>,
    disagreements: Vec<Disagreement>,
}

#[derive(Serialize)]
struct VerdictOfFile {
    file: PathBuf,
    delivery: Option<String>,
    number: Option<u64>,
    genuine: bool,
    signed_by: Option<String>,
    compared: Vec<PathBuf>,
    disagreements: Vec<Disagreement>,
}

#[derive(Serialize)]
struct BundleWritten {
    file: PathBuf,
    number: u64,
    delivery: String,
    events: u64,
}

#[derive(Serialize)]
struct PublicKey {
    public_key: String,
    fingerprint: String,
}

impl Receipt {
    pub(super) fn run(self, common: &Common) -> Result<Exit, Exit> {
        if let Some((errand, to)) = self.errand(common.json)
            && let Some(exit) = instead::of(common, || errand, to)?
        {
            return Ok(exit);
        }
        match self {
            Receipt::Show(shown) => shown.run(common),
            Receipt::Bundle(bundle) => bundle.run(common),
            Receipt::Verifier { sh: false } => Ok(print(&bundle::verifier(), Exit::Done)),
            Receipt::Verifier { sh: true } => Ok(print(SHELL_VERIFIER, Exit::Done)),
            Receipt::Verify(verify) => verify.run(common),
            Receipt::Key { renew } => key(common, renew),
        }
    }

    /// The errand that does this command for somebody who may not read the gateway's files, and where its files go. `None` where the
    /// command needs none of these files, or changes them.
    fn errand(&self, json: bool) -> Option<(Errand, Wherever)> {
        match self {
            Receipt::Show(shown) => {
                let (id, form) = (shown.id.clone(), shown.form(json));
                Some((Errand::ReceiptShow { id, form }, Wherever::Printed(None)))
            }
            Receipt::Bundle(ReceiptBundle { id, out }) => {
                Some((Errand::ReceiptBundle { id: id.clone() }, Wherever::File(out.clone())))
            }
            Receipt::Verify(Verify { key: None, named, .. }) => match named.as_slice() {
                [id] => {
                    let id = id.to_string_lossy().into_owned();
                    Some((Errand::ReceiptVerify { id }, Wherever::Printed(None)))
                }
                _ => None,
            },
            Receipt::Key { renew: false } => Some((Errand::ReceiptKey, Wherever::Printed(None))),
            Receipt::Verify(Verify { key: Some(_), .. })
            | Receipt::Key { renew: true }
            | Receipt::Verifier { .. } => None,
        }
    }
}

impl Verify {
    fn run(self, common: &Common) -> Result<Exit, Exit> {
        match (self.key, self.named.as_slice()) {
            (Some(keys), files) => verify_files(common, &keys, files, self.complete),
            (None, [id]) => verify(common, id.to_string_lossy().into_owned()),
            (None, _) => Err(fail(Exit::BadConfiguration, &say!("cli-receipt-one-at-a-time"))),
        }
    }
}

/// Ends the command for an error of the keys.
pub(super) fn failed_by_key(error: KeyError) -> Exit {
    fail(exit_by(error.remedy()), &error)
}

impl ReceiptShown {
    /// The form that is shown: a certificate, or with `--json` alone the receipt itself.
    fn form(&self, json: bool) -> ReceiptForm {
        match (self.html, self.text || !json) {
            (true, _) => ReceiptForm::Html,
            (false, true) => ReceiptForm::Text,
            (false, false) => ReceiptForm::Receipt,
        }
    }

    fn run(self, common: &Common) -> Result<Exit, Exit> {
        let (form, id) = (self.form(common.json), self.id);
        if form != ReceiptForm::Receipt {
            return certificate(common, id, form == ReceiptForm::Html);
        }
        let (_, _, folder) = with_receipt(common, id)?;
        let path = folder.receipt();
        let text = std::fs::read_to_string(&path).map_err(SpoolError::at("disk-reading", &path));
        Ok(print(&text.map_err(failed)?, Exit::Done))
    }
}

/// Prints the certificate of a receipt, unless something speaks against that.
fn certificate(common: &Common, id: String, html: bool) -> Result<Exit, Exit> {
    let (delivery, issued, folder) = with_receipt(common, id)?;
    let Genuine { receipt, signature, .. } = genuine(common, &delivery, issued, &folder)?;
    // Titles come from the configuration. Where it can't be read, or link or partner are gone from it, their names stand instead.
    let config = config::read(&common.config).0;
    let named = config.as_ref().and_then(|config| {
        let outbound = config.links.get(&receipt.link).map(|link| (&link.title, &link.interfaces));
        outbound.or_else(|| config.inbound.get(&receipt.link).map(|link| (&link.title, &link.interfaces)))
    });
    let partner = config.as_ref().and_then(|config| config.partners.get(&receipt.partner));
    let certified = Certified {
        tongue: tongue(),
        receipt: &receipt,
        sha256: issued.sha256,
        signature: &signature,
        link: named.map_or(&receipt.link, |(title, _)| title),
        partner: partner.map_or(&receipt.partner, |partner| &partner.title),
        interfaces: named.map_or(&[], |(_, interfaces)| interfaces),
    };
    let text = if html { certificate::html(&certified) } else { certificate::text(&certified) };
    Ok(print(&text, Exit::Done))
}

impl ReceiptBundle {
    fn run(self, common: &Common) -> Result<Exit, Exit> {
        let (delivery, issued, folder) = with_receipt(common, self.id)?;
        let Genuine { receipt, text, signature, keys } = genuine(common, &delivery, issued, &folder)?;
        let journal = common.gateway()?.ledger.join("journal");
        let read = bundle::chain_of(&journal, &delivery, issued.number)
            .map_err(|error| fail(exit_by(error.remedy()), &error))?;
        let lines = &read.bytes;
        let bundled = Bundled { receipt: &receipt, text: &text, signature: &signature, keys: &keys, lines };
        let page = bundle::page_of(&bundled);
        let out =
            self.out.unwrap_or_else(|| format!("receipt-{}-{}.html", issued.number, delivery.id).into());
        write_new(&out, page.as_bytes()).map_err(SpoolError::at("disk-writing", &out)).map_err(failed)?;
        let answer = BundleWritten {
            file: out,
            number: issued.number,
            delivery: delivery.id.to_string(),
            events: read.lines,
        };
        Ok(common.tell(&answer, Exit::Done, |BundleWritten { file, number, delivery, events }| {
            let receipt = say!("cli-receipt-of", number = number, delivery = delivery);
            let keys = keys.fingerprints().join(" ");
            let file = file.display();
            say!("cli-receipt-bundled", file = file, receipt = receipt, events = events, keys = keys) + "\n"
        }))
    }
}

/// Writes a file that isn't there yet: a bundle that was handed out is never replaced.
fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A receipt against which nothing speaks, as its files hold it.
struct Genuine {
    receipt: totatsu_base::evidence::Receipt,
    text: Vec<u8>,
    signature: String,
    keys: Keys,
}

/// The receipt in a folder, if it is the one that the ledger recorded and its signature fits.
fn genuine(
    common: &Common,
    delivery: &Delivery,
    issued: ReceiptLink,
    folder: &DeliveryFolder,
) -> Result<Genuine, Exit> {
    let keys = Keys::of_ledger(&common.gateway()?.ledger).map_err(failed_by_key)?;
    let (text, signature) = receipt::read_signed(&folder.receipt()).map_err(failed)?;
    let Examined { receipt, disagreements, .. } = receipt::examine(&text, signature.as_deref(), &keys);
    let signature = signature.and_then(|signature| String::from_utf8(signature).ok());
    match (receipt, signature) {
        (Some(receipt), Some(signature))
            if disagreements.is_empty() && Sha256::of(&text) == issued.sha256 =>
        {
            Ok(Genuine { receipt, text, signature, keys })
        }
        _ => {
            let (number, delivery) = (issued.number, &delivery.id);
            Err(failed(say!("cli-receipt-nothing-to-certify", number = number, delivery = delivery)))
        }
    }
}

fn verify(common: &Common, id: String) -> Result<Exit, Exit> {
    let (delivery, ReceiptLink { number, .. }, folder) = with_receipt(common, id)?;
    let keys = Keys::of_ledger(&common.gateway()?.ledger).map_err(failed_by_key)?;
    let checked = receipt::check(&delivery, &folder, &keys);
    let mut disagreements = checked.map_err(failed)?;
    // A file that is no receipt is among the disagreements already.
    if let Ok((receipt, _)) = receipt::read(&folder.receipt()) {
        disagreements.extend(check_previous(common, &receipt)?);
    }
    let genuine = disagreements.is_empty();
    let exit = if genuine { Exit::Done } else { Exit::Failed };
    let contents_removed = delivery.contents_removed.as_ref().map(|removed| removed.at);
    let delivery = delivery.id.to_string();
    let answer = Verdict { delivery, number, genuine, contents_removed, disagreements };
    Ok(common.tell(&answer, exit, |Verdict { delivery, number, contents_removed, disagreements, .. }| {
        let receipt = say!("cli-receipt-of", number = number, delivery = delivery);
        let agrees = match contents_removed {
            None => say!("cli-receipt-agrees"),
            Some(at) => say!("cli-receipt-agrees-without", at = at),
        };
        verdict(&receipt, &agrees, disagreements)
    }))
}

fn verdict(receipt: &str, agrees: &str, disagreements: &[Disagreement]) -> String {
    if disagreements.is_empty() {
        return say!("cli-receipt-genuine", receipt = receipt, agrees = agrees) + "\n";
    }
    let head = say!("cli-receipt-not-genuine", receipt = receipt) + "\n";
    disagreements.iter().fold(head, |text, disagreement| text + &format!("  {disagreement}\n"))
}

fn verify_files(common: &Common, keys: &Path, files: &[PathBuf], complete: bool) -> Result<Exit, Exit> {
    let keys = Keys::read(keys).map_err(failed)?;
    let mut verdicts = Vec::new();
    let mut before = BTreeMap::new();
    for file in files {
        let mut examined = receipt::check_alone(file, &keys).map_err(failed)?;
        let text = std::fs::read(file).map_err(SpoolError::at("disk-reading", file)).map_err(failed)?;
        if let Some(receipt) = &examined.receipt {
            let sha256 = Sha256::of(&text);
            let of_number = before.insert(receipt.number, (sha256, receipt.previous, verdicts.len()));
            if let Some((other, ..)) = of_number.filter(|(other, ..)| *other != sha256) {
                let what = say!("cli-receipt-of", number = receipt.number, delivery = receipt.delivery);
                let (stated, found) = (sha256.to_string(), other.to_string());
                examined.disagreements.push(Disagreement { what, of_signature: false, stated, found });
            }
            if receipt.number == 1 && receipt.previous != Sha256::ZERO {
                examined.disagreements.push(not_following(&receipt.previous, &Sha256::ZERO));
            }
        }
        verdicts.push(VerdictOfFile::of(file, examined));
    }
    let mut gaps = Vec::new();
    for ((number, (sha256, ..)), (next, (_, previous, at))) in before.iter().zip(before.iter().skip(1)) {
        if number + 1 < *next {
            gaps.push(say!("cli-receipt-gap", from = number + 1, to = next - 1));
        } else if previous != sha256 {
            verdicts[*at].genuine = false;
            verdicts[*at].disagreements.push(not_following(previous, sha256));
        }
    }
    // In JSON the gaps show by the receipts' numbers.
    if complete || !common.json {
        gaps.iter().for_each(|gap| eprintln!("totatsu: {gap}"));
    }
    let all = verdicts.iter().all(|verdict| verdict.genuine) && (!complete || gaps.is_empty());
    let exit = if all { Exit::Done } else { Exit::Failed };
    Ok(common.tell(&verdicts, exit, |verdicts| verdicts.iter().map(VerdictOfFile::text).collect()))
}

/// The disagreement that a receipt doesn't follow the one before it.
fn not_following(stated: &impl ToString, found: &impl ToString) -> Disagreement {
    let (stated, found) = (stated.to_string(), found.to_string());
    Disagreement { what: say!("cli-receipt-before"), of_signature: false, stated, found }
}

impl VerdictOfFile {
    fn of(file: &Path, examined: Examined) -> VerdictOfFile {
        let Examined { receipt, signed_by, compared, disagreements } = examined;
        VerdictOfFile {
            file: file.to_owned(),
            delivery: receipt.as_ref().map(|receipt| receipt.delivery.to_string()),
            number: receipt.map(|receipt| receipt.number),
            genuine: disagreements.is_empty(),
            signed_by,
            compared,
            disagreements,
        }
    }

    fn text(&self) -> String {
        let receipt = match (self.number, &self.delivery) {
            (Some(number), Some(delivery)) => {
                let receipt = say!("cli-receipt-of", number = number, delivery = delivery);
                format!("{}: {receipt}", self.file.display())
            }
            _ => self.file.display().to_string(),
        };
        let signer = self.signed_by.as_deref().unwrap_or_default();
        let names = self.compared.iter().filter_map(|path| path.file_name()?.to_str());
        let agrees = match names.collect::<Vec<_>>().join(&say!("cli-and")) {
            none if none.is_empty() => say!("cli-receipt-signed-alone", signer = signer),
            names => say!("cli-receipt-signed-beside", signer = signer, names = names),
        };
        verdict(&receipt, &agrees, &self.disagreements)
    }
}

/// The receipt must carry the digest of the one before it, as the ledger recorded that one.
fn check_previous(
    common: &Common,
    receipt: &totatsu_base::evidence::Receipt,
) -> Result<Option<Disagreement>, Exit> {
    let before = if receipt.number == 1 {
        Sha256::ZERO.to_string()
    } else {
        let number = receipt.number - 1;
        let Answer::Receipt(found) = ask(common, Question::ReceiptNumber { number })? else {
            return Err(unexpected_answer());
        };
        let none = || say!("cli-receipt-none-before", number = number);
        found.map_or_else(none, |link| link.sha256.to_string())
    };
    let stated = receipt.previous.to_string();
    Ok((stated != before).then(|| not_following(&stated, &before)))
}

/// A delivery that has a receipt, as the ledger recorded it, and the folder that holds it.
fn with_receipt(common: &Common, id: String) -> Result<(Delivery, ReceiptLink, DeliveryFolder), Exit> {
    let delivery = find(common, id)?;
    let Some(receipt) = delivery.receipt else {
        let (kind, state) = (terms::kind(&delivery), state_word(delivery.state()));
        return Err(failed(say!("cli-receipt-none", kind = kind, id = delivery.id, state = state)));
    };
    let folder = folder_of(common, &delivery)?;
    Ok((delivery, receipt, folder))
}

fn key(common: &Common, renew: bool) -> Result<Exit, Exit> {
    let settings = common.gateway()?;
    if renew {
        if !settings.ledger.is_dir() {
            return Err(failed(ControlError::NoLedger(settings.ledger)));
        }
        // The ledger stays open until the key is made: a gateway that starts meanwhile waits.
        let opened = Ledger::open(&settings.ledger);
        let (ledger, _) = opened.map_err(|error| fail(exit_of_ledger(&error), &error))?;
        let before = Keys::in_use(&settings.ledger).map_err(failed_by_key)?;
        let renewed = match &settings.receipt_key {
            None => ReceiptKey::renew(&settings.ledger, &settings.name),
            Some(apart) => ReceiptKey::take_up(&settings.ledger, apart),
        };
        let key = renewed.map_err(failed_by_key)?.fingerprint();
        let former = before.fingerprints().into_iter().next();
        block_on(async {
            let asker = asker(Caller::ourselves(), who()).await;
            let event = Event::KeyRenewed { key, former, by: asker.to_string() };
            ledger.record_general_act(event, Some(asker)).await
        })?
        .map_err(|error| fail(exit_of_ledger(&error), &error))?;
    }
    let keys = Keys::in_use(&settings.ledger).map_err(failed_by_key)?;
    let Some((public_key, fingerprint)) = keys.lines().into_iter().zip(keys.fingerprints()).next() else {
        return Err(failed(say!("cli-receipt-no-key", directory = settings.ledger.display())));
    };
    let words = |key: &PublicKey| format!("{}\n{}\n", key.public_key, key.fingerprint);
    Ok(common.tell(&PublicKey { public_key, fingerprint }, Exit::Done, words))
}
