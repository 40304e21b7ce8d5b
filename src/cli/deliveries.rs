//! `totatsu list`, `show`, `resend`, `release`: questions and acts about deliveries.

use clap::Args;

use super::{Common, Exit, block_on, exit, exit_of_control, fail, print, print_json, shown};
use crate::control::{self, Answer, Question};

/// `totatsu list`.
#[derive(Debug, Args)]
pub(super) struct List {
    /// Only deliveries in this state: accepted, converted, transferring, transferred, verified, published, receipted,
    /// archived, waiting, held, rejected or cancelled
    #[arg(long)]
    state: Option<String>,
    /// Only deliveries of this link
    #[arg(long)]
    link: Option<String>,
    /// At most this many
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
}

/// `totatsu show`.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The delivery's id, or three or more characters of it that no other has
    id: String,
}

/// `totatsu resend`, `release` and `cancel`.
#[derive(Debug, Args)]
pub(super) struct ByHand {
    /// The delivery's id, or three or more characters of it that no other has
    id: String,
    /// Why; it is recorded and stands on the receipt
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl List {
    pub(super) fn run(self, common: &Common) -> Exit {
        let question = Question::List { state: self.state, link: self.link, limit: self.limit };
        exit(ask(common, question).map(|answer| show(common, answer)))
    }
}

impl Show {
    pub(super) fn run(self, common: &Common) -> Exit {
        exit(ask(common, Question::Show { id: self.id }).map(|answer| show(common, answer)))
    }
}

impl ByHand {
    /// Asks for the act that `question` makes of id, person and reason.
    pub(super) fn run(
        self,
        common: &Common,
        question: impl FnOnce(String, String, String) -> Question,
    ) -> Exit {
        let question = question(self.id, who(), self.reason);
        exit(ask(common, question).map(|answer| show(common, answer)))
    }
}

/// Asks the daemon, or the ledger if no daemon runs.
pub(super) fn ask(common: &Common, question: Question) -> Result<Answer, Exit> {
    let settings = common.gateway()?;
    match block_on(control::ask(&settings, question))? {
        Ok(Answer::Refused(why)) => Err(fail(Exit::Failed, &why)),
        Ok(answer) => Ok(answer),
        Err(error) => Err(fail(exit_of_control(&error), &error)),
    }
}

/// The person at the keyboard, as far as the system tells: behind sudo, the one who called it.
fn who() -> String {
    let named = ["SUDO_USER", "LOGNAME", "USER"].iter().find_map(|name| std::env::var(name).ok());
    named.unwrap_or_else(|| format!("uid {}", rustix::process::getuid().as_raw()))
}

fn show(common: &Common, answer: Answer) -> Exit {
    match answer {
        Answer::Deliveries(deliveries) if common.json => print_json(&deliveries),
        Answer::Delivery(delivery) if common.json => print_json(&delivery),
        Answer::Deliveries(deliveries) => print(&shown::list(&deliveries)),
        Answer::Delivery(delivery) => print(&shown::delivery(&delivery)),
        Answer::Receipt(receipt) => print_json(&receipt),
        Answer::Refused(why) => fail(Exit::Failed, &why),
    }
}
