//! Follows files in an outbox until each of them has come to an end, or the time is over.
//!
//! Owns what counts as an end. Promises to know a file's delivery by name, link and bytes, and never to take one that was there before.
//! Waits for a gateway that is stopped or begins anew meanwhile. Where standard error is a terminal, it shows how far each file is.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use serde::Serialize;

use super::put::{PutFile, Putting};
use crate::cli::exit::Exit;
use crate::cli::output::block_on;
use crate::cli::{progress, screen};
use crate::config::GatewaySettings;
use crate::config::link::Link;
use crate::control::{self, Answer, DeliveryFilter, Question, Shown, Status};
use crate::unaccepted::LeftFile;
use totatsu_base::{DeliveryId, Moment, Sha256, say};
use totatsu_ledger::words::state_word;
use totatsu_ledger::{Stage, Standing};

/// How often the gateway is asked.
const LOOK: Duration = Duration::from_millis(300);
/// How many deliveries of one name are asked for, at most.
const OF_NAME: usize = 1_000;

/// How a followed file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ending {
    /// The file lies in the outbox, and was not followed.
    InOutbox,
    /// The file has arrived, and its receipt is written.
    Arrived,
    /// The file doesn't fit its layout; nothing was sent.
    Rejected,
    /// The delivery is held, or the file can't be accepted: a person decides.
    Held,
    /// The delivery was given up, or gave way to a newer one.
    Ended,
    /// The time was over before the file came to an end.
    OnItsWay,
}

impl Ending {
    /// The exit code of `send` for this ending.
    pub(super) fn exit_code(self) -> u8 {
        match self {
            Ending::InOutbox | Ending::Arrived => Exit::Done as u8,
            Ending::Rejected => 4,
            Ending::Held => 5,
            Ending::Ended => 6,
            Ending::OnItsWay => 7,
        }
    }
}

/// What is known of a file that was followed.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Followed {
    #[serde(rename = "outcome")]
    pub(super) ending: Ending,
    pub(super) delivery: Option<DeliveryId>,
    pub(super) state: Option<String>,
    /// Where the file arrived at the partner.
    pub(super) path: Option<String>,
    /// Why the file stands so, and what to do.
    pub(super) why: Option<String>,
}

impl Followed {
    /// A file that is not followed.
    pub(super) fn in_outbox() -> Followed {
        Followed { ending: Ending::InOutbox, delivery: None, state: None, path: None, why: None }
    }

    fn on_its_way() -> Followed {
        Followed { ending: Ending::OnItsWay, ..Followed::in_outbox() }
    }

    fn has_ended(&self) -> bool {
        self.ending != Ending::OnItsWay
    }
}

/// Watches what the gateway makes of the files that are put.
pub(super) struct Watch<'c> {
    settings: &'c GatewaySettings,
    link: &'c Link,
    /// Deliveries of these names that were there before.
    before: BTreeSet<DeliveryId>,
    /// When the watch began, where no gateway answered that could tell which deliveries were there before.
    since: Option<Moment>,
}

impl<'c> Watch<'c> {
    /// Notes which deliveries of these names exist, before the files are put.
    pub(super) fn begin(
        settings: &'c GatewaySettings,
        link: &'c Link,
        files: &Putting<'_>,
    ) -> Result<Watch<'c>, Exit> {
        let mut watch = Watch { settings, link, before: BTreeSet::new(), since: None };
        for name in files.names() {
            match block_on(watch.of_name(name, None))? {
                Some(found) => watch.before.extend(found.into_iter().map(|shown| shown.delivery.id)),
                None => {
                    screen::beside(&format!("totatsu: {}", say!("cli-send-no-gateway")));
                    watch.since = Some(Moment::now());
                    break;
                }
            }
        }
        Ok(watch)
    }

    /// Asks until each file has come to an end, or `patience` is over.
    pub(super) async fn until_the_end(&self, files: &[PutFile], patience: Duration) -> Vec<Followed> {
        let start = Instant::now();
        let bar = progress::of_bytes();
        let mut known = vec![Followed::on_its_way(); files.len()];
        loop {
            for (file, known) in files.iter().zip(&mut known).filter(|(_, known)| !known.has_ended()) {
                let found = self.look(file).await;
                show(&bar, file, found.as_ref());
                if let Some(found) = found {
                    *known = followed(&found);
                }
            }
            if known.iter().any(|known| known.delivery.is_none()) {
                self.look_at_outbox(files, &mut known).await;
            }
            if known.iter().all(Followed::has_ended) || start.elapsed() >= patience {
                bar.finish_and_clear();
                return known;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// The delivery of a file, once there is one.
    async fn look(&self, file: &PutFile) -> Option<Shown> {
        let found = self.of_name(&file.name, Some(file.sha256)).await?;
        // The oldest delivery that wasn't there before: a later one of the same name is another's.
        found.into_iter().rfind(|Shown { delivery, .. }| {
            let is_later = self.since.is_none_or(|since| delivery.accepted_at >= since);
            is_later && !self.before.contains(&delivery.id)
        })
    }

    /// Deliveries of a name, newest first; nothing while no gateway answers.
    async fn of_name(&self, name: &str, hash: Option<Sha256>) -> Option<Vec<Shown>> {
        let link = Some(self.link.name.clone());
        // A name with * or ? would be taken for a pattern: then all deliveries with these bytes are asked for.
        let exact = (!name.contains(['*', '?'])).then(|| name.to_owned());
        let filter = DeliveryFilter { link, name: exact, hash, limit: OF_NAME, ..DeliveryFilter::default() };
        let question = Question::List(Box::new(filter));
        let Answer::Deliveries(list) = control::ask_running(&self.settings.socket, &question).await? else {
            return None;
        };
        Some(list.deliveries.into_iter().filter(|shown| shown.delivery.name() == name).collect())
    }

    /// Notes which of the files stay in the outbox because the gateway can't accept them: a person has to act.
    async fn look_at_outbox(&self, files: &[PutFile], known: &mut [Followed]) {
        let Some(Answer::Status(Status { left, .. })) =
            control::ask_running(&self.settings.socket, &Question::Status).await
        else {
            return;
        };
        for (file, known) in files.iter().zip(known).filter(|(_, known)| known.delivery.is_none()) {
            let is_it = |left: &&LeftFile| {
                (&left.link, &left.name, &left.identity) == (&self.link.name, &file.name, &file.identity)
            };
            let stays = left.iter().find(is_it);
            if let Some(stays) = stays {
                *known =
                    Followed { ending: Ending::Held, why: Some(stays.why.clone()), ..Followed::in_outbox() };
            }
        }
    }
}

fn followed(shown: &Shown) -> Followed {
    let delivery = &shown.delivery;
    let ending = match (delivery.stage, &delivery.standing) {
        (Stage::Rejected, _) => Ending::Rejected,
        (Stage::Cancelled | Stage::Superseded, _) => Ending::Ended,
        (Stage::Receipted | Stage::Archived, _) => Ending::Arrived,
        (_, Standing::Held { .. }) => Ending::Held,
        (_, Standing::Going | Standing::Queued { .. } | Standing::Waiting { .. }) => Ending::OnItsWay,
    };
    let why = if ending == Ending::Rejected {
        let count = delivery.problems.unwrap_or_default();
        Some(say!("list-problems-report", count = count, id = delivery.id))
    } else {
        shown.why()
    };
    let path = delivery.published.as_ref().filter(|_| ending == Ending::Arrived);
    let path = path.map(|published| published.path.clone());
    Followed { ending, delivery: Some(delivery.id.clone()), state: Some(shown.state.clone()), path, why }
}

fn show(bar: &ProgressBar, file: &PutFile, found: Option<&Shown>) {
    let state = found.map_or_else(|| say!("cli-send-not-taken-up"), |shown| state_word(&shown.state));
    bar.set_message(format!("{}  {state}", file.name));
    if let Some((done, total)) = found.and_then(|shown| shown.progress) {
        bar.set_length(total);
        bar.set_position(done);
    }
    bar.tick();
}
