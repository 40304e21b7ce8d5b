//! What the desk promises where questions are answered and acts by hand are done.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

#[path = "support/configuration.rs"]
mod configuration;
#[path = "support/evidence.rs"]
mod evidence;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use configuration::{Configuration, LAYOUT};
use evidence::*;
use totatsu::alert::Kind;
use totatsu::archive;
use totatsu::config;
use totatsu::control::{Answer, Caller, DeliveryAct, DeliveryFilter, Desk, Question, Shown, Whom};
use totatsu::daemon::timekeeper::Timekeeper;
use totatsu::gateway::Gateway;
use totatsu::spool::Spool;
use totatsu_base::clock::Moment;
use totatsu_base::delivery_id::DeliveryId;
use totatsu_base::evidence::How;
use totatsu_ledger::Ledger;
use totatsu_ledger::event::Event;
use totatsu_ledger::state::Stage;

/// Deliveries that a list has to read.
const MANY: usize = 300;
/// So often a question is put, to see it answered elsewhere once.
const ASKED_AT_MOST: usize = 50;
/// Two people who may act, where two are wanted.
const FIRST: Caller = Caller { uid: 61_012, gid: 61_102 };
const SECOND: Caller = Caller { uid: 61_016, gid: 61_102 };
const BY_TWO: &str = "read = [61101]\noperate = [61102]\nfour_eyes = [\"resend\", \"confirm\"]\n";

/// A desk, its ledger and its spool.
struct Office {
    home: tempfile::TempDir,
    desk: Desk,
}

impl Office {
    /// Without a daemon, with what these events have made of delivery 1.
    async fn after(events: Vec<Event>) -> Office {
        Office::of(events.into_iter().map(|event| (id(1), event)).collect()).await
    }

    /// The same of several deliveries; the bytes of delivery 1 are kept.
    async fn of(events: Vec<(DeliveryId, Event)>) -> Office {
        let home = tempfile::tempdir().unwrap();
        let spool = Spool::new(&home.path().join("spool"));
        spool.lay_out().unwrap();
        let (ledger, _) = Ledger::open(&home.path().join("ledger")).unwrap();
        let folder = spool.folder(&id(1));
        fs::create_dir(folder.path()).unwrap();
        fs::write(folder.source(), SOURCE).unwrap();
        fs::write(folder.sent(), SENT).unwrap();
        for (id, event) in events {
            ledger.record(id, event).await.unwrap();
        }
        Office { home, desk: Desk::on_ledger(ledger, spool) }
    }

    async fn answer(&self, question: Question) -> Answer {
        self.desk.answer(question, Caller::ourselves()).await
    }

    async fn shown(&self, question: Question) -> Shown {
        let answer = self.answer(question).await;
        let Answer::Delivery(shown) = answer else { panic!("{answer:?}") };
        *shown
    }
}

fn sent(of: &DeliveryId) -> Vec<Event> {
    vec![accepted(), converted(), transfer_started(of), transferred(), verified()]
}

/// A configuration with these roles.
fn with_roles(roles: &str) -> Configuration {
    let made = Configuration::new();
    let main = fs::read_to_string(made.directory().join("totatsu.toml")).unwrap();
    made.write("totatsu.toml", &format!("{main}[roles]\n{roles}"));
    made
}

fn open(made: &Configuration) -> Arc<Gateway> {
    let (configured, problems) = config::read(&made.directory());
    Arc::new(Gateway::open(configured.unwrap_or_else(|| panic!("{problems:?}"))).unwrap().0)
}

/// The desk of this gateway, in whose archive delivery 1 lies from now on.
async fn desk_with_archived(gateway: &Arc<Gateway>) -> Desk {
    let folder = gateway.spool.folder(&id(1));
    fs::create_dir(folder.path()).unwrap();
    fs::write(folder.source(), SOURCE).unwrap();
    fs::write(folder.sent(), SENT).unwrap();
    let delivery = publish(&gateway.ledger, &id(1)).await;
    gateway.ledger.record(id(1), receipted(&delivery, None, &folder)).await.unwrap();
    let archived = archive::archive(&gateway.spool, &id(1), Duration::from_secs(3600)).unwrap();
    gateway.ledger.record(id(1), Event::Archived { archived }).await.unwrap();
    Desk::of_daemon(gateway.clone())
}

fn act() -> DeliveryAct {
    DeliveryAct { id: id(1).to_string(), by: String::new(), reason: "x".to_owned() }
}

fn cancel() -> Question {
    Question::Cancel(act())
}

fn confirm() -> Question {
    let DeliveryAct { id, by, reason } = act();
    Question::Confirm { id, says: "田中".to_owned(), by, how: How::Medium, reason }
}

fn resend() -> Question {
    Question::Resend {
        id: id(1).to_string(),
        by: String::new(),
        reason: "x".to_owned(),
        even_if_older: false,
    }
}

fn release(of: &DeliveryId) -> Question {
    release_named(of.as_str())
}

fn release_named(part: &str) -> Question {
    let whom = Whom::Delivery(part.to_owned());
    Question::Release { whom, by: String::new(), reason: "x".to_owned() }
}

fn why(answer: Answer) -> String {
    let Answer::Refused(why) = answer else { panic!("{answer:?}") };
    why
}

fn done(answer: Answer) -> String {
    let Answer::Done(told) = answer else { panic!("{answer:?}") };
    told
}

#[tokio::test]
async fn show_tells_each_hold_try_release_and_resend_in_order_and_with_who() {
    let refused = Event::Waiting {
        step: totatsu_ledger::Step::Transfer,
        attempt: 2,
        until: at(),
        reason: "no route".into(),
        unknown: false,
        back_to: None,
    };
    let events = vec![accepted(), converted(), waiting(), refused, held(), released(), held()];
    let office = Office::after(events).await;
    let again = office.shown(resend()).await.delivery.id;
    let past_of =
        async |named: &str| office.shown(Question::Show { id: named.to_owned() }).await.past.unwrap();
    let past = past_of(id(1).as_str()).await;
    let words: Vec<&str> = past.journal.iter().map(|entry| entry.event.word()).collect();
    let all = ["accepted", "converted", "waiting", "waiting", "held", "released", "held", "cancelled"];
    assert_eq!(words, all, "also what a later event has overtaken");
    assert_eq!(past.resent_as, std::slice::from_ref(&again));
    assert_eq!(past.journal_unreadable, None);
    let resent = past_of(again.as_str()).await;
    assert_eq!(resent.journal[0].event.word(), "resent");
    assert!(resent.journal.iter().all(|entry| entry.delivery.as_ref() == Some(&again)));
    assert!(resent.resent_as.is_empty());
}

#[tokio::test]
async fn show_takes_a_file_name_for_the_newest_of_that_name_and_names_the_others() {
    let first = sent(&id(1)).into_iter().map(|event| (id(1), event));
    let office = Office::of(first.chain([(id(2), accepted()), (id(3), accepted())]).collect()).await;
    let named = async |name: &str| office.shown(Question::Show { id: name.to_owned() }).await;
    let newest = named("irai.csv").await;
    assert_eq!(newest.delivery.id, id(3));
    assert_eq!(newest.past.unwrap().others_of_name, [id(2), id(1)]);
    let at_partner = named("Z12.DTA").await;
    assert_eq!(at_partner.delivery.id, id(1), "the name that it has at the partner");
    assert!(at_partner.past.unwrap().others_of_name.is_empty());
    assert!(named(id(2).as_str()).await.past.unwrap().others_of_name.is_empty());
    // An act meets none of several: the newest of a name may be another by then.
    let refused = why(office.answer(release_named("irai.csv")).await);
    assert!(refused.contains("irai.csv is the name of several"), "{refused}");
    assert!([1, 2, 3].iter().all(|number| refused.contains(id(*number).as_str())), "{refused}");
}

/// One thread runs everything here: were the index read on it, nothing else could go on meanwhile.
#[tokio::test(flavor = "current_thread")]
async fn while_a_list_is_read_from_the_index_everything_else_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let (ledger, _) = Ledger::open(&home.path().join("ledger")).unwrap();
    for number in 0..MANY {
        ledger.record(id(number), accepted()).await.unwrap();
    }
    let spool = Spool::new(&home.path().join("spool"));
    let desk = Desk::on_ledger(ledger, spool);
    let questions = [
        Question::List(Box::new(DeliveryFilter { limit: MANY, ..DeliveryFilter::default() })),
        Question::List(Box::new(DeliveryFilter {
            states: vec!["accepted".to_owned()],
            name: Some("*none".to_owned()),
            limit: MANY,
            ..DeliveryFilter::default()
        })),
        Question::Status,
        Question::Show { id: "zzzzz".to_owned() },
        // A part of an id has all of them looked at; a whole one is found too soon for anything to go on meanwhile.
        release_named("zzzzz"),
    ];
    for question in questions {
        let mut turns = 0;
        for _ in 0..ASKED_AT_MOST {
            if turns <= 1 {
                turns = turns_until_answered(&desk, &question).await;
            }
        }
        // An answer that is made in this thread is always there after one turn; one that is made elsewhere seldom.
        assert!(turns > 1, "{question:?}");
    }
}

async fn turns_until_answered(desk: &Desk, question: &Question) -> usize {
    let text = serde_json::to_string(question).unwrap();
    let (question, desk) = (serde_json::from_str(&text).unwrap(), desk.clone());
    let asking = tokio::spawn(async move { desk.answer(question, Caller::ourselves()).await });
    let mut turns = 0;
    while !asking.is_finished() {
        tokio::task::yield_now().await;
        turns += 1;
    }
    asking.await.unwrap();
    turns
}

#[tokio::test]
async fn who_is_told_to_try_a_resend_again_in_a_moment_has_begun_none() {
    let home = tempfile::tempdir().unwrap();
    for directory in ["config/partners", "config/links"] {
        fs::create_dir_all(home.path().join(directory)).unwrap();
    }
    let layouts = Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts");
    let text = format!(
        "[gateway]\nname = \"試験市\"\nmunicipality_code = \"131016\"\n[paths]\nspool = \"../spool\"\n\
         ledger = \"../ledger\"\nlayouts = {layouts:?}\nsocket = \"../control.sock\"\n"
    );
    fs::write(home.path().join("config/totatsu.toml"), text).unwrap();
    let (configured, problems) = config::read(&home.path().join("config"));
    let (gateway, _) = Gateway::open(configured.unwrap_or_else(|| panic!("{problems:?}"))).unwrap();
    let gateway = Arc::new(gateway);
    let folder = gateway.spool.folder(&id(1));
    fs::create_dir(folder.path()).unwrap();
    fs::write(folder.source(), SOURCE).unwrap();
    fs::write(folder.sent(), SENT).unwrap();
    for event in sent(&id(1)).into_iter().chain([held()]) {
        gateway.ledger.record(id(1), event).await.unwrap();
    }
    let desk = Desk::of_daemon(gateway.clone());
    let claim = gateway.claims.claim(&id(1)).unwrap();
    let refused = why(desk.answer(resend(), Caller::ourselves()).await);
    assert!(refused.contains("try again in a moment"), "{refused}");
    assert_eq!(gateway.ledger.newest_first().count(), 1);
    assert_eq!(fs::read_dir(gateway.spool.deliveries()).unwrap().count(), 1);
    drop(claim);
    let Answer::Delivery(shown) = desk.answer(resend(), Caller::ourselves()).await else { panic!() };
    assert_eq!(shown.delivery.resend_of, Some(id(1)));
    assert_eq!(gateway.ledger.find(&id(1)).unwrap().unwrap().stage, Stage::Cancelled);
    assert_eq!(gateway.ledger.newest_first().count(), 2);
}

#[tokio::test]
async fn one_whose_bytes_are_sent_again_is_not_released_even_if_a_crash_has_left_it_held() {
    let office = Office::after([sent(&id(1)), vec![held()]].concat()).await;
    // All that a crash lets happen of a resend.
    let Office { home, desk } = office;
    drop(desk);
    let (ledger, _) = Ledger::open(&home.path().join("ledger")).unwrap();
    ledger.record(id(2), resent(&id(1))).await.unwrap();
    let desk = Desk::on_ledger(ledger, Spool::new(&home.path().join("spool")));
    let office = Office { home, desk };
    let refused = why(office.answer(release(&id(1))).await);
    assert!(refused.contains(id(2).as_str()) && refused.contains("cancel it instead"), "{refused}");
    assert_eq!(office.shown(cancel()).await.state, "cancelled");
}

fn events_have_all_sent(events: &[Event]) -> bool {
    events.iter().any(|event| matches!(event, Event::Transferred { .. }))
}

#[tokio::test]
async fn what_stays_at_the_partner_of_one_that_is_given_up_confirmed_or_sent_again_is_named() {
    let left = format!("inbox/.totatsu-{}.part", id(1));
    let held = || [sent(&id(1)), vec![held()]].concat();
    for (question, events) in [
        (cancel(), held()),
        (confirm(), held()),
        (resend(), held()),
        (cancel(), vec![accepted(), converted(), transfer_started(&id(1)), waiting()]),
    ] {
        let name = format!("{question:?}");
        let is_whole = events_have_all_sent(&events);
        let office = Office::after(events).await;
        let shown = office.shown(question).await;
        assert_eq!((shown.left_at_partner.as_ref(), shown.left_whole), (Some(&left), is_whole), "{name}");
        let shown = office.shown(Question::Show { id: id(1).to_string() }).await;
        assert_eq!(shown.left_at_partner.as_ref(), Some(&left), "{name}");
    }
}

#[tokio::test]
async fn nothing_is_named_that_never_was_at_the_partner_or_bears_its_final_name() {
    let office = Office::after(vec![accepted(), converted(), held()]).await;
    assert_eq!(office.shown(cancel()).await.left_at_partner, None);
    let office = Office::after([sent(&id(1)), vec![published(), held()]].concat()).await;
    assert_eq!(office.shown(cancel()).await.left_at_partner, None);
    let office = Office::after([sent(&id(1)), vec![held()]].concat()).await;
    assert_eq!(office.shown(release(&id(1))).await.left_at_partner, None, "it goes on from there");
}

#[tokio::test]
async fn where_a_resend_takes_two_the_first_is_told_at_once_that_nothing_is_kept_and_nothing_is_noted() {
    let made = with_roles(BY_TWO);
    let gateway = open(&made);
    let desk = desk_with_archived(&gateway).await;
    done(desk.answer(Question::ClearContents(act()), FIRST).await);
    let refused = why(desk.answer(resend(), FIRST).await);
    assert!(refused.contains("drop it in the outbox"), "{refused}");
    assert_eq!(gateway.ledger.find(&id(1)).unwrap().unwrap().requested, None);
}

#[tokio::test]
async fn a_resend_takes_two_also_while_no_gateway_runs_and_the_file_of_a_link_has_an_error() {
    let made = with_roles(BY_TWO);
    let (spool, ledger) = (Spool::new(&made.home().join("spool")), made.home().join("ledger"));
    five_deliveries(&spool, &ledger, "irai").await;
    made.write("links/irai.toml", "partner = \"eltax\"\nlayuot = \"x\"\n");
    let desk = Desk::on_ledger(Ledger::open(&ledger).unwrap().0, spool).knowing(Some(&made.directory()));
    let told = done(desk.answer(resend(), FIRST).await);
    assert!(told.contains("once another person gives the same command"), "{told}");
    let answer = desk.answer(resend(), SECOND).await;
    let Answer::Delivery(shown) = answer else { panic!("{answer:?}") };
    assert_eq!(shown.delivery.resend_of, Some(id(1)));
}

#[tokio::test]
async fn a_request_for_a_second_name_leaves_since_when_a_delivery_is_held_and_alerts_nobody_anew() {
    let made = with_roles(BY_TWO);
    let gateway = open(&made);
    for event in [accepted(), converted(), held()] {
        gateway.ledger.record(id(1), event).await.unwrap();
    }
    let since = gateway.ledger.find(&id(1)).unwrap().unwrap().updated;
    let mut keeper = Timekeeper::new(since);
    let mut tells_of_it = || {
        let told = keeper.look(&gateway, Moment::now()).unwrap();
        told.iter().any(|alert| alert.kind == Kind::Held)
    };
    assert!(tells_of_it());
    // Asked for within the same millisecond, it would be the same instant.
    while Moment::now() <= since {
        tokio::task::yield_now().await;
    }
    let desk = Desk::of_daemon(gateway.clone());
    done(desk.answer(confirm(), FIRST).await);
    let answer = desk.answer(Question::Show { id: id(1).to_string() }, FIRST).await;
    let Answer::Delivery(shown) = answer else { panic!("{answer:?}") };
    assert!(shown.delivery.requested.is_some());
    assert_eq!(shown.delivery.updated, since);
    assert!(!tells_of_it());
}

#[tokio::test]
async fn show_tells_of_a_request_for_a_second_name_that_came_after_the_archiving_and_of_its_end() {
    let made = with_roles(BY_TWO);
    let gateway = open(&made);
    let desk = desk_with_archived(&gateway).await;
    done(desk.answer(resend(), FIRST).await);
    done(desk.answer(Question::Withdraw(act()), SECOND).await);
    let answer = desk.answer(Question::Show { id: id(1).to_string() }, FIRST).await;
    let Answer::Delivery(shown) = answer else { panic!("{answer:?}") };
    let journal = shown.past.unwrap().journal;
    let words: Vec<&str> = journal.iter().map(|entry| entry.event.word()).collect();
    assert!(words.ends_with(&["archived", "act_requested", "request_closed"]), "{words:?}");
}

#[tokio::test]
async fn who_lacks_a_role_is_told_each_group_that_has_it_once() {
    let made = with_roles("read = [61101]\noperate = [61102]\naudit = [61101]\n");
    let stranger = Caller { uid: 61_015, gid: 61_999 };
    let refused = why(Desk::of_daemon(open(&made)).answer(Question::Status, stranger).await);
    assert!(refused.contains("which members of 61101, 61102 have"), "{refused}");
}

#[test]
fn a_hold_of_a_mistyped_partner_or_link_is_refused_also_while_no_gateway_runs() {
    let made = Configuration::new();
    drop(Ledger::open(&made.home().join("ledger")).unwrap());
    let hold = |option: &str, name: &str| {
        let output = made.totatsu(&["hold", option, name, "--reason", "x"]).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    for (option, mistyped, name) in [("--partner", "eltx", "eltax"), ("--link", "iria", "irai")] {
        let (code, told) = hold(option, mistyped);
        assert!(code == 1 && told.contains("is not in the configuration"), "{told}");
        assert_eq!(hold(option, name).0, 0);
    }
}

#[tokio::test]
async fn a_rejected_file_is_told_whoever_may_see_it_however_many_of_hidden_links_were_rejected_since() {
    let made = with_roles("read = [61101]\n");
    let link = format!("partner = \"eltax\"\nlayout = \"{LAYOUT}\"\n[remote]\nname = \"H-{{name}}\"\n");
    made.write("links/hoka.toml", &format!("{link}[roles]\nread = [61201]\n"));
    let gateway = open(&made);
    let now = Moment::now();
    let rejected = |id: DeliveryId, link: &str| {
        [(id.clone(), accepted_over(link)), (id, Event::Rejected { problems: 1 })]
    };
    let seen = DeliveryId::new(now.before(Duration::from_secs(60)));
    let mut events = Vec::from(rejected(seen.clone(), "irai"));
    let later = |second| DeliveryId::new(now.after(Duration::from_secs(second)));
    events.extend((0..300).flat_map(|second| rejected(later(second), "hoka")));
    for recorded in gateway.ledger.record_all(events).await {
        recorded.unwrap();
    }
    let reader = Caller { uid: 61_011, gid: 61_101 };
    let answer = Desk::of_daemon(gateway).answer(Question::Status, reader).await;
    let Answer::Status(status) = answer else { panic!("{answer:?}") };
    let told: Vec<_> = status.rejected.into_iter().map(|rejected| rejected.delivery).collect();
    assert_eq!(told, [seen]);
}
