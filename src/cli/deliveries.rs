//! `totatsu list`, `show`, `hold`, `release`, `confirm` and the like: questions and acts about deliveries.

use std::io::ErrorKind;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Once;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use jiff::civil::{Date, DateTime, Time};

use super::exit::{Exit, exit_of_control, fail, failed};
use super::options::Common;
use super::output::{block_on, print_json, unexpected_answer};
use super::words::one_of;
use super::{screen, shown, sighted, terms};
use crate::control::{self, Answer, ControlError, DeliveryAct, DeliveryFilter, Question, Whom, texts};
use crate::spool::{DeliveryFolder, Spool};
use totatsu_base::evidence::How;
use totatsu_base::messages::tongue;
use totatsu_base::{Moment, Sha256, say};
use totatsu_ledger::state::STATES;
use totatsu_ledger::{Delivery, LedgerError};

/// `totatsu list`.
#[derive(Debug, Args)]
pub(super) struct List {
    /// Only deliveries in this state; several with commas, or the option several times
    #[arg(long, value_parser = a_state(), value_delimiter = ',')]
    state: Vec<String>,
    /// Only deliveries of this link
    #[arg(long)]
    link: Option<String>,
    /// Only deliveries of this partner
    #[arg(long)]
    partner: Option<String>,
    /// Only deliveries whose file has this name, or got it at the partner; * stands for any characters, ? for one
    #[arg(long)]
    name: Option<String>,
    /// Only deliveries that began on this day or later, in Japanese time: YYYY-MM-DD, or "YYYY-MM-DD HH:MM"
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<Moment>,
    /// Only deliveries that began on this day or earlier, or before this time, in Japanese time: YYYY-MM-DD, or "YYYY-MM-DD HH:MM"
    #[arg(long, value_name = "TIME", value_parser = until)]
    until: Option<Moment>,
    /// Only deliveries whose file has this SHA-256 as it was taken over or fetched, or whose acknowledgement has it
    #[arg(long, value_name = "SHA256", value_parser = a_digest)]
    hash: Option<Sha256>,
    /// Only deliveries that missed their deadline, or whose deadline is past, by the configuration as it is now
    #[arg(long)]
    late: bool,
    /// Only deliveries that somebody of this name held, released, confirmed, cancelled or resent
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Only deliveries of this municipality, by its code of six digits; for a gateway that serves several
    #[arg(long, value_name = "CODE")]
    municipality: Option<String>,
    /// At most this many
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
}

/// `totatsu release`, and a part of `hold`.
#[derive(Debug, Args)]
pub(super) struct OfWhom {
    #[command(flatten)]
    whom: NamedWhom,
    /// Why; it is recorded and stands on the receipt
    #[arg(long, value_name = "TEXT", value_parser = texts::reason)]
    reason: String,
}

/// One delivery, partner or link.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct NamedWhom {
    /// The delivery's id, three or more characters of it that no other has, or the name of its file, if one alone of that name isn't
    /// finished
    id: Option<String>,
    /// Everything that goes to this partner
    #[arg(long, value_name = "NAME")]
    partner: Option<String>,
    /// Everything that goes over this link
    #[arg(long, value_name = "NAME")]
    link: Option<String>,
}

/// `totatsu hold`.
#[derive(Debug, Args)]
pub(super) struct HoldArguments {
    #[command(flatten)]
    act: OfWhom,
    /// When the gateway releases the partner or link by itself, in Japanese time: HH:MM, the next time that the clock shows
    /// it, or "YYYY-MM-DD HH:MM"
    #[arg(long, value_name = "TIME", value_parser = coming, conflicts_with = "id")]
    until: Option<Moment>,
}

/// `totatsu confirm`.
#[derive(Debug, Args)]
pub(super) struct Confirm {
    /// The delivery's id, three or more characters of it that no other has, or the name of its file, if one alone of that name isn't
    /// finished
    id: String,
    /// Who says that it arrived, or who handed it over
    #[arg(long, value_name = "NAME", value_parser = texts::name)]
    by: String,
    /// How it arrived, or how that is known
    #[arg(long, value_parser = one_of::<How>())]
    how: How,
    /// What happened; it is recorded and stands on the receipt
    #[arg(long, value_name = "TEXT", value_parser = texts::reason)]
    reason: String,
}

/// `totatsu resend`.
#[derive(Debug, Args)]
pub(super) struct Resend {
    #[command(flatten)]
    act: ByHand,
    /// Send it although something newer was delivered, or is on its way, or its turn on an ordered link is over
    #[arg(long)]
    even_if_older: bool,
}

/// `totatsu cancel`.
#[derive(Debug, Args)]
pub(super) struct CancelArguments {
    #[command(flatten)]
    act: ByHand,
    /// Take back a request that waits for a second name, and leave the delivery as it is
    #[arg(long)]
    request: bool,
}

/// A part of `cancel` and of `resend`.
#[derive(Debug, Args)]
pub(super) struct ByHand {
    /// The delivery's id, three or more characters of it that no other has, or the name of its file, if one alone of that name isn't
    /// finished
    id: String,
    /// Why; it is recorded and stands on the receipt
    #[arg(long, value_name = "TEXT", value_parser = texts::reason)]
    reason: String,
}

impl List {
    pub(super) fn run(self, common: &Common) -> Result<Exit, Exit> {
        let (among, municipality) = match &self.municipality {
            None => (Vec::new(), None),
            // A gateway of an earlier version knows no municipalities.
            Some(code) if common.settings()?.is_some() => (links_of(common, code)?, None),
            Some(code) => (Vec::new(), Some(code.clone())),
        };
        let filter = DeliveryFilter {
            states: self.state,
            link: self.link,
            among,
            municipality,
            partner: self.partner,
            name: self.name,
            hash: self.hash,
            since: self.since,
            until: self.until,
            late: self.late,
            by: self.by,
            limit: self.limit,
        };
        ask(common, Question::List(Box::new(filter))).map(|answer| show(common, answer))
    }
}

/// The value of `--since`: an instant, or a day, which stands for its midnight.
fn since(text: &str) -> Result<Moment, String> {
    day_or_instant(text, Some)
}

/// The value of `--until`: an instant, or a day, which stands for the next midnight, so that the whole day is within.
fn until(text: &str) -> Result<Moment, String> {
    day_or_instant(text, |day| day.tomorrow().ok())
}

/// Reads an instant, or the midnight of the day that `day` makes of a date; both in Japan Standard Time.
fn day_or_instant(text: &str, day: impl Fn(Date) -> Option<Date>) -> Result<Moment, String> {
    let form = || say!("list-time-form", text = format!("{text:?}"));
    let text = text.trim().replacen('T', " ", 1);
    if let Ok(date) = Date::strptime("%Y-%m-%d", &text) {
        return day(date).map(|date| Moment::in_japan_at(date, Time::midnight())).ok_or_else(form);
    }
    let shown = DateTime::strptime("%Y-%m-%d %H:%M", &text);
    let shown = shown.or_else(|_| DateTime::strptime("%Y-%m-%d %H:%M:%S", &text)).map_err(|_| form())?;
    Ok(Moment::in_japan_at(shown.date(), shown.time()))
}

fn a_digest(text: &str) -> Result<Sha256, String> {
    text.trim().to_ascii_lowercase().parse().map_err(|_| say!("list-hash-form"))
}

/// Takes a state by its name, or by its Japanese word; the help tells what each means.
fn a_state() -> impl TypedValueParser<Value = String> {
    let value = |name: &'static str| {
        let meaning = terms::state_meaning(tongue(), name);
        PossibleValue::new(name).aliases(terms::state_in_japanese(name)).help(meaning)
    };
    PossibleValuesParser::new(STATES.map(value)).map(|typed| terms::state_named(&typed))
}

/// The links of a municipality, as the configuration has them now.
pub(super) fn links_of(common: &Common, code: &str) -> Result<Vec<String>, Exit> {
    let links = common.configured()?.links_of_municipality(code);
    if links.is_empty() { Err(failed(say!("list-no-link-of-municipality", code = code))) } else { Ok(links) }
}

impl Resend {
    pub(super) fn run(self, common: &Common) -> Result<Exit, Exit> {
        let (ByHand { id, reason }, even_if_older) = (self.act, self.even_if_older);
        act(common, Question::Resend { id, by: who(), reason, even_if_older })
    }
}

impl CancelArguments {
    pub(super) fn run(self, common: &Common) -> Result<Exit, Exit> {
        let ByHand { id, reason } = self.act;
        let whom = DeliveryAct { id, by: who(), reason };
        let question = if self.request { Question::Withdraw(whom) } else { Question::Cancel(whom) };
        act(common, question)
    }
}

impl HoldArguments {
    pub(super) fn run(self, common: &Common) -> Result<Exit, Exit> {
        let until = self.until;
        self.act.run(common, |whom, by, reason| Question::Hold { whom, by, reason, until })
    }
}

/// The value of `--until` of `hold`: an instant to come, in Japan Standard Time. A time alone is the next one.
fn coming(text: &str) -> Result<Moment, String> {
    let now = Moment::now();
    if let Ok(time) = Time::strptime("%H:%M", text) {
        let today = Moment::in_japan_at(now.date(), time);
        let tomorrow = || now.date().tomorrow().map(|day| Moment::in_japan_at(day, time));
        return if today > now { Ok(today) } else { tomorrow().map_err(|error| error.to_string()) };
    }
    let shown = DateTime::strptime("%Y-%m-%d %H:%M", text.replacen('T', " ", 1));
    let shown = shown.map_err(|_| say!("list-until-form"))?;
    let at = Moment::in_japan_at(shown.date(), shown.time());
    if at > now { Ok(at) } else { Err(say!("list-until-past", at = at)) }
}

impl OfWhom {
    /// Asks for an act: `question` makes it of whom it is about, who asks, and why.
    pub(super) fn run(
        self,
        common: &Common,
        question: impl FnOnce(Whom, String, String) -> Question,
    ) -> Result<Exit, Exit> {
        let NamedWhom { id, partner, link } = self.whom;
        let partner_or_link = partner.map(Whom::Partner).or(link.map(Whom::Link));
        let Some(whom) = id.map(Whom::Delivery).or(partner_or_link) else {
            return Err(fail(Exit::BadConfiguration, &say!("list-of-whom")));
        };
        act(common, question(whom, who(), self.reason))
    }
}

impl Confirm {
    pub(super) fn run(self, common: &Common) -> Result<Exit, Exit> {
        let (id, says, by) = (self.id, self.by, who());
        act(common, Question::Confirm { id, says, by, how: self.how, reason: self.reason })
    }
}

/// Has something done by hand, and says what came of it.
pub(super) fn act(common: &Common, question: Question) -> Result<Exit, Exit> {
    let answer = ask(common, question)?;
    if let Answer::Delivery(delivery) = &answer {
        return Ok(common.tell(delivery, Exit::Done, |it| shown::act(it)));
    }
    Ok(show(common, answer))
}

/// Asks the daemon, or the ledger if no daemon runs. Then standard error says once that none runs, unless the answer is JSON: there
/// `status` has a field for it.
pub(super) fn ask(common: &Common, question: Question) -> Result<Answer, Exit> {
    static SAID: Once = Once::new();
    let Some(settings) = common.settings()? else {
        return answer_of(block_on(control::ask_at(&common.socket_to_ask(), &question))?);
    };
    let seemed_stopped = !is_listening(&settings.socket);
    let answered = block_on(control::ask(&settings, Some(&common.config), question))?;
    // A daemon that was just starting has answered by now, or holds the ledger.
    let has_ledger = matches!(answered, Err(ControlError::Ledger(LedgerError::InUse(_))));
    if !common.json && seemed_stopped && !has_ledger && !is_listening(&settings.socket) {
        SAID.call_once(|| screen::beside(&format!("totatsu: {}", say!("cli-stopped"))));
    }
    answer_of(answered)
}

/// As [`ask`], but says nothing about a daemon that doesn't run: the answer itself tells it.
pub(super) fn ask_quietly(common: &Common, question: Question) -> Result<Answer, Exit> {
    answer_of(match common.settings()? {
        Some(settings) => block_on(control::ask(&settings, None, question))?,
        None => block_on(control::ask_at(&common.socket_to_ask(), &question))?,
    })
}

/// The answer, or the end of the command where the answer is a refusal or an error.
pub(super) fn answer_of(answered: Result<Answer, ControlError>) -> Result<Answer, Exit> {
    match answered {
        Ok(Answer::Refused(why)) => Err(failed(why)),
        Ok(Answer::Untrusted(why)) => Err(fail(Exit::Untrusted, &why)),
        Ok(answer) => Ok(answer),
        Err(error) => Err(fail(exit_of_control(&error), &error)),
    }
}

/// Whether a gateway listens at this socket, also if this user may not ask it.
fn is_listening(socket: &Path) -> bool {
    match UnixStream::connect(socket) {
        Ok(_) => true,
        Err(error) => !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused),
    }
}

/// The delivery that an id, or a part of it, names.
pub(super) fn find(common: &Common, id: String) -> Result<Delivery, Exit> {
    let Answer::Delivery(shown) = ask(common, Question::Show { id })? else {
        return Err(unexpected_answer());
    };
    Ok(shown.delivery)
}

/// A delivery's folder, which only the gateway's own user may look into.
pub(super) fn folder_of(common: &Common, delivery: &Delivery) -> Result<DeliveryFolder, Exit> {
    if let Some(removed) = delivery.removed {
        return Err(failed(say!("list-folder-removed", id = delivery.id, day = removed.date())));
    }
    match Spool::new(&common.gateway()?.spool).existing_folder(&delivery.id) {
        Ok(Some(folder)) => Ok(folder),
        Ok(None) => Err(failed(say!("list-folder-gone", id = delivery.id))),
        Err(error) => Err(failed(error)),
    }
}

/// Whom the person at the keyboard acts for, as far as this process is told: behind sudo, the one who called it. The daemon
/// finds out by itself which user asks.
pub(super) fn who() -> String {
    std::env::var("SUDO_USER").unwrap_or_default()
}

/// Prints an answer as it was asked for.
pub(super) fn show(common: &Common, answer: Answer) -> Exit {
    match answer {
        Answer::Deliveries(list) => {
            let exit = common.tell(&list.deliveries, Exit::Done, |them| shown::list(them));
            // On standard error: a program may read the answer.
            for note in shown::left_out_of(&list) {
                screen::beside(&format!("totatsu: {note}"));
            }
            exit
        }
        Answer::Delivery(delivery) => common.tell(&delivery, Exit::Done, |it| shown::delivery(it)),
        Answer::Status(status) => common.tell(&status, Exit::Done, shown::status),
        Answer::Looked(sighting) => common.tell(&sighting, Exit::Done, |it| sighted::sighting(it)),
        Answer::Done(what) => common.tell(&what, Exit::Done, |what| format!("{what}\n")),
        Answer::Receipt(receipt) => print_json(&receipt, Exit::Done),
        Answer::JournalEnd(end) => print_json(&end, Exit::Done),
        Answer::Imported(imported) => print_json(&imported, Exit::Done),
        // The answers of `reload` and of errands, which nothing else asks for.
        Answer::Reloading { .. } | Answer::NotReloaded(_) | Answer::ErrandDone(_) => unexpected_answer(),
        Answer::Refused(why) => failed(why),
        Answer::Untrusted(why) => fail(Exit::Untrusted, &why),
    }
}
