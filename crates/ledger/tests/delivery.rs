//! What the ledger promises of one delivery: how it stands after its events, and which lines are its own.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod invented;

use std::time::Duration;

use invented::*;
use totatsu_base::evidence::{Answered, Cleared, Outcome, RequestedAct};
use totatsu_base::{Moment, Sha256};
use totatsu_ledger::{Delivery, Entry, Event, Ledger};

/// How a delivery stands after each of these events, which come a minute apart.
fn stood_after(events: Vec<Event>) -> Vec<Delivery> {
    let first: Moment = "2026-11-22T09:30:00Z".parse().unwrap();
    let mut stood = Vec::<Delivery>::new();
    for (seq, event) in (1..).zip(events) {
        let (at, prev, delivery) = (first.after(Duration::from_secs(60 * seq)), Sha256::ZERO, Some(id(1)));
        let entry = Entry { seq, at, prev, format: None, asker: None, delivery, event };
        let after = match stood.last() {
            Some(known) => known.clone().after(&entry),
            None => Delivery::begin(&id(1), &entry, None),
        };
        stood.push(after.unwrap());
    }
    stood
}

/// A request for a second name, and its end.
fn asked_and_granted() -> [Event; 2] {
    let (by, reason) = ("yamada".to_owned(), "lost there".to_owned());
    let act = RequestedAct::Resend { even_if_older: false };
    let asked = Event::ActRequested { act, by: by.clone(), reason: reason.clone(), until: Moment::now() };
    [asked, Event::RequestClosed { by, reason, granted: true }]
}

#[test]
fn a_delivery_that_was_superseded_before_anything_was_decided_may_still_have_its_outbox_name() {
    let (accepted, superseded) = (accepted("irai", "eltax", "a.csv", 1), Event::Superseded { newer: id(2) });
    let at_once = stood_after(vec![accepted.clone(), superseded.clone()]);
    assert!(at_once[1].may_have_outbox_name());
    let decided = stood_after(vec![accepted, converted(1), superseded]);
    assert!(!decided[2].may_have_outbox_name());
}

#[test]
fn once_the_partner_is_answered_or_its_file_is_cleared_the_failures_before_that_count_no_more() {
    let (link, name, sha256) = ("irai".to_owned(), "a.ack".to_owned(), digest_of(7));
    let answered = Answered { link, name, sha256, outcome: Outcome::Ok };
    for done in [Event::Answered { answered }, Event::Cleared { cleared: Cleared { asked: Vec::new() } }] {
        let word = done.word();
        let mut way = vec![found("kekka", "eltax", "a.dat")];
        way.extend(inward("a.dat", 1));
        way.extend([waiting(), done]);
        let failing: Vec<bool> = stood_after(way).iter().map(|it| it.failing.is_some()).collect();
        assert_eq!(failing, [false, false, false, false, false, true, false], "{word}");
    }
}

#[test]
fn a_request_for_a_second_name_and_its_end_leave_since_when_a_delivery_is_as_it_is() {
    let mut way = vec![accepted("irai", "eltax", "a.csv", 1), held()];
    way.extend(asked_and_granted());
    let stood = stood_after(way);
    assert_eq!([stood[2].updated, stood[3].updated], [stood[1].updated; 2]);
    assert_eq!([stood[2].last_event, stood[3].last_event], [3, 4]);
}

#[tokio::test]
async fn what_is_recorded_after_the_archiving_is_among_a_deliverys_lines_until_something_of_it_is_removed() {
    let home = tempfile::tempdir().unwrap();
    let (ledger, _) = Ledger::open(&home.path().join("ledger")).unwrap();
    let mut way = vec![accepted("irai", "eltax", "a.csv", 1), held(), cancelled(), archived(&id(1))];
    way.extend(asked_and_granted());
    way.push(Event::Alerted { kind: "held".into(), text: "the test says so".into() });
    let words: Vec<&str> = way.iter().map(Event::word).collect();
    let told = || -> Vec<&str> {
        let lines = ledger.lines_of(&ledger.find(&id(1)).unwrap().unwrap()).unwrap();
        lines.iter().map(|line| line.event.word()).collect()
    };
    for event in way {
        ledger.record(id(1), event).await.unwrap();
    }
    assert_eq!(told(), words);
    let why = "its time has come".to_owned();
    let emptied = Event::ContentsRemoved { files: Vec::new(), reason: why.clone(), by: None };
    for removal in [emptied, Event::Removed { why }] {
        ledger.record(id(1), removal).await.unwrap();
        assert_eq!(told(), words[..4]);
    }
}
