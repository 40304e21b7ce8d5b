//! `totatsu receipt show` and `receipt verify`.

use clap::Subcommand;
use serde::Serialize;

use super::deliveries::{ask, find, folder_of};
use super::{Common, Exit, exit, fail, print, print_json};
use crate::control::{Answer, Question};
use crate::digest::Sha256;
use crate::ledger::state::Delivery;
use crate::receipt::{self, Disagreement};
use crate::spool::{DeliveryFolder, SpoolError};

/// `totatsu receipt`.
#[derive(Debug, Subcommand)]
pub(super) enum Receipt {
    /// Print a delivery's receipt
    Show {
        /// The delivery's id, or three or more characters of it that no other has
        id: String,
    },
    /// Compare a receipt with the ledger, the bytes kept beside it, and the receipt before it
    Verify {
        /// The delivery's id, or three or more characters of it that no other has
        id: String,
    },
}

#[derive(Serialize)]
struct Verdict {
    delivery: String,
    number: u64,
    genuine: bool,
    disagreements: Vec<Disagreement>,
}

impl Receipt {
    pub(super) fn run(self, common: &Common) -> Exit {
        exit(match self {
            Receipt::Show { id } => show(common, id),
            Receipt::Verify { id } => verify(common, id),
        })
    }
}

fn show(common: &Common, id: String) -> Result<Exit, Exit> {
    let (_, folder) = with_receipt(common, id)?;
    let path = folder.receipt();
    let text = std::fs::read_to_string(&path).map_err(SpoolError::at("reading", &path));
    Ok(print(&text.map_err(|error| fail(Exit::Failed, &error))?, Exit::Done))
}

fn verify(common: &Common, id: String) -> Result<Exit, Exit> {
    let (delivery, folder) = with_receipt(common, id)?;
    let mut disagreements = receipt::check(&delivery, &folder).map_err(|error| fail(Exit::Failed, &error))?;
    let (receipt, _) = receipt::read(&folder.receipt()).map_err(|error| fail(Exit::Failed, &error))?;
    disagreements.extend(check_previous(common, &receipt)?);
    let genuine = disagreements.is_empty();
    let exit = if genuine { Exit::Done } else { Exit::Failed };
    if common.json {
        let delivery = delivery.id.to_string();
        let verdict = Verdict { delivery, number: receipt.number, genuine, disagreements };
        return Ok(print_json(&verdict, exit));
    }
    let text = match disagreements.as_slice() {
        [] => format!(
            "receipt {} of delivery {} is genuine: it agrees with the ledger, the kept bytes and the receipt before it\n",
            receipt.number, delivery.id
        ),
        disagreements => {
            let head = format!("receipt {} of delivery {} is NOT genuine:\n", receipt.number, delivery.id);
            disagreements.iter().fold(head, |text, disagreement| text + &format!("  {disagreement}\n"))
        }
    };
    Ok(print(&text, exit))
}

/// The receipt must carry the digest of the one before it, as the ledger recorded that one.
fn check_previous(common: &Common, receipt: &receipt::Receipt) -> Result<Option<Disagreement>, Exit> {
    let before = if receipt.number == 1 {
        Sha256::ZERO.to_string()
    } else {
        let number = receipt.number - 1;
        let Answer::Receipt(found) = ask(common, Question::ReceiptNumber { number })? else {
            return Err(fail(Exit::Failed, &"unexpected answer"));
        };
        found.map_or_else(|| format!("no receipt {number} in the ledger"), |link| link.sha256.to_string())
    };
    let stated = receipt.previous.to_string();
    let what = "SHA-256 of the receipt before".to_owned();
    Ok((stated != before).then_some(Disagreement { what, stated, found: before }))
}

fn with_receipt(common: &Common, id: String) -> Result<(Delivery, DeliveryFolder), Exit> {
    let delivery = find(common, id)?;
    if delivery.receipt.is_none() {
        let message = format!("delivery {} has no receipt: it is {}", delivery.id, delivery.state());
        return Err(fail(Exit::Failed, &message));
    }
    let folder = folder_of(common, &delivery)?;
    Ok((delivery, folder))
}
