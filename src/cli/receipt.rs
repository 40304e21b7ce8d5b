//! `totatsu receipt show` and `receipt verify`.

use clap::Subcommand;
use serde::Serialize;

use super::deliveries::ask;
use super::{Common, Exit, exit, fail, print, print_json};
use crate::control::{Answer, Question};
use crate::digest::Sha256;
use crate::ledger::state::Delivery;
use crate::receipt::{self, Disagreement};
use crate::spool::{DeliveryFolder, Spool};

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
    let text = std::fs::read_to_string(folder.receipt()).map_err(|error| fail(Exit::Failed, &error))?;
    Ok(print(&text))
}

fn verify(common: &Common, id: String) -> Result<Exit, Exit> {
    let (delivery, folder) = with_receipt(common, id)?;
    let mut disagreements = receipt::check(&delivery, &folder).map_err(|error| fail(Exit::Failed, &error))?;
    let (receipt, _) = receipt::read(&folder.receipt()).map_err(|error| fail(Exit::Failed, &error))?;
    disagreements.extend(check_previous(common, &receipt)?);
    let genuine = disagreements.is_empty();
    if common.json {
        let delivery = delivery.id.to_string();
        print_json(&Verdict { delivery, number: receipt.number, genuine, disagreements });
    } else if genuine {
        print(&format!(
            "receipt {} of delivery {} is genuine: it agrees with the ledger, the kept bytes and the receipt before it\n",
            receipt.number, delivery.id
        ));
    } else {
        print(&disagreements.iter().map(|disagreement| format!("{disagreement}\n")).collect::<String>());
    }
    Ok(if genuine { Exit::Done } else { Exit::Failed })
}

/// The receipt must carry the digest of the one before it, as the ledger recorded that one.
fn check_previous(common: &Common, receipt: &receipt::Receipt) -> Result<Option<Disagreement>, Exit> {
    let before = match receipt.number {
        1 => Sha256::ZERO.to_string(),
        number => match ask(common, Question::ReceiptNumber { number: number - 1 })? {
            Answer::Receipt(Some(link)) => link.sha256.to_string(),
            Answer::Receipt(None) | Answer::Deliveries(_) | Answer::Delivery(_) | Answer::Refused(_) => {
                format!("no receipt {} in the ledger", number - 1)
            }
        },
    };
    let stated = receipt.previous.to_string();
    let what = "SHA-256 of the receipt before".to_owned();
    Ok((stated != before).then_some(Disagreement { what, stated, found: before }))
}

fn with_receipt(common: &Common, id: String) -> Result<(Delivery, DeliveryFolder), Exit> {
    let settings = common.gateway()?;
    let Answer::Delivery(shown) = ask(common, Question::Show { id })? else {
        return Err(fail(Exit::Failed, &"unexpected answer"));
    };
    let delivery = shown.delivery;
    if delivery.receipt.is_none() {
        let message = format!("delivery {} has no receipt: it is {}", delivery.id, shown.state);
        return Err(fail(Exit::Failed, &message));
    }
    match Spool::new(&settings.spool).existing_folder(&delivery.id) {
        Ok(Some(folder)) => Ok((delivery, folder)),
        Ok(None) => {
            Err(fail(Exit::Failed, &format!("the folder of delivery {} is no longer kept", delivery.id)))
        }
        Err(error) => Err(fail(Exit::Failed, &error)),
    }
}
