//! Who may do what: every role as a user of its own, who has no rights to the gateway's files.
//!
//! The gateway runs as one user; each role is played by a user who is in that role's group alone. They reach the socket and nothing
//! else. Hostile members send everything that the protocol has, and more.

#![cfg(have_sshd)]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use support::collecting::{INBOUND, Inbound, offer};
use support::gateway::{LINK, journal_text};
use support::people::{Person, ask_raw};
use support::roles::*;

fn reason<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &["--reason", "x"]].concat()
}

#[test]
#[cfg_attr(not(have_root), ignore = "plays several users: run it as root")]
fn each_role_does_what_it_may_without_rights_to_any_file_and_is_refused_the_rest_by_the_missing_role() {
    let house = House::new("");
    let (id, held, rejected) = (house.delivered.as_str(), house.held.as_str(), house.rejected.as_str());
    let see: Vec<Vec<&str>> = vec![
        vec!["list"],
        vec!["status"],
        vec!["show", id],
        vec!["receipt", "show", id],
        vec!["receipt", "show", id, "--html"],
        vec!["receipt", "show", id, "--text"],
        vec!["receipt", "verify", id],
        vec!["receipt", "key"],
    ];
    let read: Vec<Vec<&str>> = vec![vec!["report", rejected], vec!["outbox"]];
    let audit: Vec<Vec<&str>> = vec![
        vec!["receipt", "bundle", id, "--out", "bundle.html"],
        vec!["audit", "verify"],
        vec!["audit", "acts", "--from", "2020-01-01", "--by", "tanaka"],
        vec!["audit", "export", "--from", "2020-01-01", "--to", "2099-12-31", "--out", "export"],
    ];
    let operate: Vec<Vec<&str>> = vec![
        reason(&["hold", "--link", LINK]),
        reason(&["release", "--link", LINK]),
        reason(&["hold", held]),
        reason(&["release", held]),
        reason(&["cancel", held]),
        reason(&["confirm", held, "--by", "田中", "--how", "phone"]),
        reason(&["resend", id]),
        vec!["collect", LINK],
        vec!["reload"],
    ];
    let before = house.state();
    for arguments in see.iter().chain(&read).chain(&audit).chain(&operate) {
        house.may_not(STRANGER, arguments, "takes the role");
        house.may_not(DROPPER, arguments, "takes the role");
    }
    for (who, commands, missing) in [
        (READER, &audit, "role audit"),
        (READER, &operate, "role operate"),
        (AUDITOR, &read, "role read / operate"),
        (AUDITOR, &operate, "role operate"),
        (OPERATOR, &audit, "role audit"),
    ] {
        for arguments in commands {
            house.may_not(who, arguments, missing);
        }
    }
    assert!(!house.desk.join("export").exists(), "who is refused has made nothing");
    for (who, commands) in [
        (READER, &see),
        (READER, &read),
        (AUDITOR, &see),
        (AUDITOR, &audit),
        (OPERATOR, &see),
        (OPERATOR, &read),
    ] {
        for arguments in commands {
            house.may(who, arguments);
        }
    }
    house.may_not(READER, &reason(&["hold", "--link", LINK]), "which members of 61102 have");
    assert_eq!(house.state(), before, "whoever only looks changes nothing");
    // What came back is the auditor's own, whole, and nobody else's to read.
    let export = house.desk.join("export");
    let mut sums = Command::new("sha256sum");
    sums.args(["--check", "--quiet", "SHA256SUMS"]).current_dir(&export);
    assert!(sums.status().unwrap().success());
    assert!(
        fs::read_to_string(house.desk.join("bundle.html")).unwrap().contains("data-name=\"receipt.json\"")
    );
    let mode = fs::metadata(export.join("events.jsonl")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    house.may(OPERATOR, &reason(&["hold", "--link", LINK]));
    house.may(OPERATOR, &reason(&["release", "--link", LINK]));
    house.may(OPERATOR, &reason(&["resend", id, "--even-if-older"]));
    fs::remove_file(house.sshd.root().join("b.DTA")).unwrap();
    house.may(OPERATOR, &reason(&["confirm", held, "--by", "田中", "--how", "phone"]));
    house.may(OPERATOR, &["reload"]);
    let log = house.home.log();
    assert!(log.contains("refused: this takes the role audit") && log.contains("by=uid 61011"), "{log}");
}

#[test]
#[cfg_attr(not(have_root), ignore = "plays several users: run it as root")]
fn a_link_with_groups_of_its_own_is_seen_and_acted_on_by_them_alone() {
    let mut house = House::new("");
    let (own, id) = (house.of_own.clone(), house.delivered.clone());
    let listed = |house: &House, who: Person| -> Vec<String> {
        let list: Value = serde_json::from_str(&house.may(who, &["--json", "list"])).unwrap();
        list.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(listed(&house, OWN_READER), std::slice::from_ref(&own));
    assert_eq!(listed(&house, OWN_OPERATOR), std::slice::from_ref(&own));
    let others = listed(&house, READER);
    assert!(others.len() == 3 && !others.contains(&own), "{others:?}");
    assert!(listed(&house, AUDITOR).contains(&own), "the proof is of the whole");
    house.may(OWN_READER, &["show", &own]);
    house.may(OWN_READER, &["show", "z.csv"]);
    house.may(OWN_READER, &["receipt", "verify", &own[4..]]);
    house.may_not(OWN_READER, &["show", &id], "on link irai this takes the role read / operate");
    house.may_not(OWN_READER, &["show", "a.csv"], "on link irai");
    house.may_not(OWN_READER, &["receipt", "show", &id], "on link irai");
    house.may_not(OWN_READER, &["list", "--link", LINK], "on link irai");
    house.may_not(
        READER,
        &["list", "--link", OWN],
        "on link zei this takes the role read / operate / audit, which members of 61201, 61202",
    );
    house.may_not(READER, &["show", &own], "on link zei");
    house.may_not(READER, &["receipt", "show", &own], "on link zei");
    let status = |house: &House, who: Person| -> Value {
        serde_json::from_str(&house.may(who, &["--json", "status"])).unwrap()
    };
    assert!(status(&house, READER)["unfinished"]["held"] == 1);
    assert_eq!(status(&house, OWN_READER)["unfinished"], json!({}));
    house.may_not(OPERATOR, &reason(&["hold", "--link", OWN]), "on link zei this takes the role operate");
    house.may_not(OPERATOR, &reason(&["resend", &own]), "on link zei");
    // A partner is its links: who may not act on one of them may not hold them all.
    house.may_not(OPERATOR, &reason(&["hold", "--partner", "eltax"]), "on link zei");
    house.may_not(OWN_OPERATOR, &reason(&["hold", "--partner", "eltax"]), "on link irai");
    house.may_not(OWN_OPERATOR, &["reload"], "takes the role operate");
    house.may_not(OWN_READER, &reason(&["hold", "--link", OWN]), "which members of 61202 have");
    house.may(OWN_OPERATOR, &reason(&["hold", "--link", OWN]));
    house.may(OWN_OPERATOR, &reason(&["release", "--link", OWN]));
    house.may(OWN_OPERATOR, &reason(&["resend", &own, "--even-if-older"]));
    house.drop_file(DROPPER, OWN, "late.csv", b"theirs");
    house.home.until("both have gone over the link", |house| {
        let done = house.deliveries().into_iter().filter(|it| it.delivery.link == OWN);
        (done.filter(|it| it.delivery.is_finished() || it.state == "held").count() == 3).then_some(())
    });
}

#[test]
#[cfg_attr(not(have_root), ignore = "plays several users: run it as root")]
fn whoever_tries_parts_of_ids_is_not_told_of_deliveries_that_they_may_not_see() {
    let house = House::new("");
    let tried = reason(&["hold", &house.held[9..]]);
    for arguments in [&["show", &house.delivered[9..]][..], &["receipt", "show", &house.held[9..]], &tried] {
        for who in [OWN_READER, OWN_OPERATOR] {
            let (code, said) = house.by(who, arguments);
            assert!(code == 1 && !said.contains(LINK), "{}: {said}", who.name);
            assert!(!said.contains(&house.delivered) && !said.contains(&house.held), "{said}");
        }
    }
    house.may(READER, &["show", &house.delivered[9..]]);
    // Nor of partners: one of whom nothing may be seen is none that anybody knows.
    house.may(READER, &["list", "--partner", "bank"]);
    let (code, said) = house.by(OWN_READER, &["list", "--partner", "bank"]);
    assert!(code == 1 && said.contains("there is no partner bank"), "{said}");
    house.may(OWN_READER, &["list", "--partner", "eltax"]);
}

#[test]
#[cfg_attr(not(have_root), ignore = "plays several users: run it as root")]
fn a_list_finds_what_may_be_seen_behind_many_that_may_not_and_counts_no_other() {
    let house = House::new("");
    let listed = |who: Person, more: &[&str]| {
        let (code, said) = house.by(who, &[&["list", "--limit", "1"], more].concat());
        assert_eq!(code, 0, "{said}");
        said
    };
    for more in [&[][..], &["--name", "*.csv"], &["--partner", "eltax"], &["--since", "2020-01-01"]] {
        let said = listed(READER, more);
        assert!(said.contains("2 more are left out"), "{more:?}: {said}");
        let said = listed(OWN_READER, more);
        assert!(said.contains(&house.of_own) && !said.contains("left out"), "{more:?}: {said}");
    }
    let said = listed(READER, &["--name", "z*"]);
    assert!(!said.contains("z.csv"), "{said}");
    // What belongs to files that are named is said before anything is asked.
    let (code, said) = house.by(READER, &["receipt", "verify", "--complete", &house.delivered]);
    assert!(code == 2 && said.contains("--key"), "{said}");
}

#[test]
#[cfg_attr(not(have_root), ignore = "plays several users: run it as root")]
fn outboxes_are_told_to_nobody_where_every_link_has_groups_of_its_own() {
    let mut house = House::new("");
    house.home.stop();
    let link = format!("config/links/{LINK}.toml");
    let text = fs::read_to_string(house.home.path().join(&link)).unwrap();
    house.home.write(&link, &format!("{text}\n[roles]\nread = [{OWN_READ}]\n"));
    house.home.start();
    house.drop_file(DROPPER, LINK, "empty.csv", b"");
    house.may_not(READER, &["outbox"], "takes the role read / operate");
    house.home.until("the empty file is told", |home| home.log().contains("empty.csv").then_some(()));
    let told = house.may(OWN_READER, &["outbox"]);
    assert!(told.contains("empty.csv"), "{told}");
    let (fine, told) = house.home.run(&["outbox"]);
    assert!(fine && told.contains("empty.csv"), "root looks by itself: {told}");
    assert!(told.contains(LINK), "{told}");
}

#[test]
#[cfg_attr(not(have_root), ignore = "plays several users: run it as root")]
fn what_an_import_said_may_quote_records_and_is_not_for_who_audits() {
    let mut house = House::new("");
    house.home.stop();
    fs::create_dir(house.sshd.root().join("out")).unwrap();
    let tables = "[import]\ncommand = [\"/bin/sh\", \"-c\", \"echo rows of people; exit 1\"]\n";
    house.home.write_inbound(INBOUND, Inbound { tables, ..Inbound::default() });
    house.home.start();
    offer(&house.sshd.root().join("out"), "N.DAT", b"theirs");
    let held = house.home.until_file("N.DAT", "held").delivery.id.to_string();
    assert!(house.may(READER, &["show", &held]).contains("rows of people"));
    assert!(!house.may(AUDITOR, &["show", &held]).contains("rows of people"));
    assert!(!house.may(AUDITOR, &["--json", "show", &held]).contains("rows of people"));
}

#[test]
#[cfg_attr(not(have_root), ignore = "plays several users: run it as root")]
fn who_dropped_a_file_stands_in_the_ledger_in_show_and_in_the_export() {
    let house = House::new("");
    let shown: Value = serde_json::from_str(&house.may(READER, &["--json", "show", "a.csv"])).unwrap();
    assert_eq!(shown["accepted"]["dropped_by"], json!({ "uid": DROPPER.uid }), "{shown}");
    let text = house.may(READER, &["show", "a.csv"]);
    assert!(text.contains("dropped by uid 61014"), "{text}");
    house.may(AUDITOR, &["audit", "export", "--from", "2020-01-01", "--to", "2099-12-31", "--out", "export"]);
    let rows = fs::read_to_string(house.desk.join("export/deliveries.csv")).unwrap();
    assert!(rows.lines().next().unwrap().ends_with("投入者"), "{rows}");
    let own = rows.lines().find(|row| row.starts_with(&house.delivered)).unwrap();
    assert!(own.ends_with(",uid 61014"), "{own}");
}

#[test]
#[cfg_attr(not(have_root), ignore = "plays several users: run it as root")]
fn a_group_counts_as_the_systems_database_has_it_when_the_question_comes() {
    let mut house = House::new("");
    house.home.stop();
    let users = house.home.path().join("etc");
    fs::create_dir(&users).unwrap();
    let named = [(GATEWAY, "totatsu"), (STRANGER.uid, "suzuki"), (DROPPER.uid, "gyomu")];
    let passwd: String =
        named.iter().map(|(uid, name)| format!("{name}:x:{uid}:{NOBODYS}::/:/bin/sh\n")).collect();
    fs::write(users.join("passwd"), format!("root:x:0:0::/:/bin/sh\n{passwd}")).unwrap();
    let members = |reading: &str| {
        fs::write(
            users.join("group"),
            format!("root:x:0:\nnobodys:x:{NOBODYS}:\nlooking:x:61301:{reading}\n"),
        )
        .unwrap();
    };
    members("");
    let main = fs::read_to_string(house.home.path().join("config/totatsu.toml")).unwrap();
    let main = main.replace(&format!("read = [{READ}]"), "read = [\"looking\", \"not-there-yet\"]");
    house.home.write("config/totatsu.toml", &main);
    house.home.start();
    house.may_not(STRANGER, &["list"], "which members of looking, not-there-yet");
    members("gyomu,suzuki");
    house.may(STRANGER, &["list"]);
    members("gyomu");
    house.may_not(STRANGER, &["list"], "takes the role");
    house.may_not(STRANGER, &reason(&["hold", "--link", LINK]), "takes the role operate");
    assert!(house.home.log().contains("by=suzuki"), "{}", house.home.log());
    house.drop_records("named.csv");
    house.home.wait_for(3, "archived");
    let shown = house.may(DROPPER, &["show", "named.csv"]);
    assert!(shown.contains("dropped by gyomu"), "{shown}");
}

/// Every question of the protocol about these, as the line that a hostile program writes.
fn every_question(house: &House) -> Vec<Value> {
    let mut questions = vec![
        json!({ "ask": "filtered_list", "limit": 1000 }),
        json!({ "ask": "status" }),
        json!({ "ask": "journal_end" }),
        json!({ "ask": "trusted", "partner": "eltax", "key": "SHA256:x", "jump": false, "by": "root" }),
        json!({ "ask": "receipt_number", "number": 1 }),
        json!({ "ask": "import", "directory": "/", "by": "root" }),
        json!({ "ask": "import", "directory": house.home.path().join("ledger"), "by": "root" }),
        json!({ "ask": "reload", "by": "root" }),
        json!({ "ask": "try", "partner": "eltax" }),
        json!({ "ask": "hold", "whom": { "partner": "eltax" }, "by": "root", "reason": "x" }),
        json!({ "ask": "release", "whom": { "partner": "eltax" }, "by": "root", "reason": "x" }),
    ];
    for link in [LINK, OWN, "", "../..", "none"] {
        questions.push(json!({ "ask": "look", "link": link }));
        questions.push(json!({ "ask": "hold", "whom": { "link": link }, "by": "root", "reason": "x" }));
        questions.push(json!({ "ask": "release", "whom": { "link": link }, "by": "root", "reason": "x" }));
    }
    let part = &house.of_own[9..];
    for id in
        [&house.delivered, &house.held, &house.rejected, &house.of_own, part, "", "--out", "../x", "z.csv"]
    {
        questions.extend([
            json!({ "ask": "show", "id": id }),
            json!({ "ask": "hold", "whom": { "delivery": id }, "by": "totatsu", "reason": "x" }),
            json!({ "ask": "release", "whom": { "delivery": id }, "by": "root", "reason": "x" }),
            json!({ "ask": "cancel", "id": id, "by": "root", "reason": "x" }),
            json!({ "ask": "withdraw", "id": id, "by": "root", "reason": "x" }),
            json!({ "ask": "clear_contents", "id": id, "by": "root", "reason": "x" }),
            json!({ "ask": "resend", "id": id, "by": "root", "reason": "x", "even_if_older": true }),
            json!({ "ask": "confirm", "id": id, "by": "root", "says": "x", "how": "phone", "reason": "x" }),
        ]);
        let errands = [
            json!({ "report": { "id": id } }),
            json!({ "receipt_show": { "id": id, "form": "receipt" } }),
            json!({ "receipt_verify": { "id": id } }),
            json!({ "receipt_bundle": { "id": id } }),
            json!({ "sheet": { "ids": [id], "text": true } }),
        ];
        questions.extend(
            errands.map(|errand| json!({ "ask": "errand", "errand": errand, "json": true, "tongue": "en" })),
        );
    }
    let errands = [
        json!("receipt_key"),
        json!("outbox"),
        json!({ "audit_verify": { "since": "{}", "save": true } }),
        json!({ "audit_acts": { "from": "2020-01-01", "to": "2099-12-31", "by": "--out=/tmp" } }),
        json!({ "audit_acts": { "from": "2020-01-01", "to": "2099-12-31", "by": null } }),
        json!({ "audit_export": { "from": "2020-01-01", "to": "2099-12-31", "municipality": "--out=/tmp" } }),
        json!({ "audit_export": { "from": "2020-01-01", "to": "2099-12-31", "municipality": null } }),
    ];
    questions.extend(
        errands.map(|errand| json!({ "ask": "errand", "errand": errand, "json": false, "tongue": "en" })),
    );
    questions
}

/// Lines that are no questions.
const MALFORMED: [&str; 12] = [
    "",
    "x",
    "{}",
    "[]",
    "null",
    "{\"ask\":\"everything\"}",
    "{\"ask\":\"show\"}",
    "{\"ask\":\"show\",\"id\":null}",
    "{\"ask\":\"reload\",\"by\":\"root\",\"uid\":0,\"caller\":{\"uid\":0,\"gid\":0}}",
    "{\"ask\":\"errand\",\"errand\":{\"run\":{\"words\":[\"sh\"]}},\"json\":false,\"tongue\":\"en\"}",
    "{\"ask\":\"hold\",\"whom\":{\"link\":\"zei\",\"delivery\":\"x\"},\"by\":\"\",\"reason\":\"x\"}",
    "\u{feff}{\"ask\":\"status\"}",
];

#[test]
#[cfg_attr(not(have_root), ignore = "plays several users: run it as root")]
fn whatever_members_of_each_role_send_raw_and_in_floods_they_change_and_see_nothing_that_is_not_theirs() {
    let mut house = House::new("");
    let socket = house.home.path().join("control.sock");
    let questions = every_question(&house);
    let before = house.state();
    let index_of = |who: Person| EVERYBODY.iter().position(|other| *other == who).unwrap();
    // Whoever only looks, and the operator of one link on all else, change nothing at all.
    for who in [STRANGER, DROPPER, READER, AUDITOR, OWN_READER] {
        println!("{} ({})", who.name, index_of(who));
        who.plays(|| {
            for question in &questions {
                let answer = ask_raw(&socket, question.to_string().as_bytes());
                let text = String::from_utf8_lossy(&answer);
                let says = |word: &str| text.starts_with(&format!("{{\"{word}\""));
                assert!(!text.is_empty(), "{question}");
                if [STRANGER, DROPPER].contains(&who) {
                    assert!(says("refused"), "{}: {question}: {text}", who.name);
                }
                if who == READER {
                    assert!(!text.contains("z.csv") || says("refused"), "{question}: {text}");
                }
                if who == OWN_READER {
                    assert!(!text.contains("a.csv") && !text.contains("b.csv"), "{question}: {text}");
                }
                if who == AUDITOR && question["errand"].get("report").is_some() {
                    assert!(says("refused"), "{question}: {text}");
                }
            }
            for line in MALFORMED {
                ask_raw(&socket, line.as_bytes());
            }
            ask_raw(&socket, &[0xff; 1000]);
            ask_raw(&socket, &vec![b'['; 60_000]);
            ask_raw(&socket, &vec![b'x'; 100_000]);
        });
        assert_eq!(house.state(), before, "{} changed something:\n{}", who.name, house.home.log());
    }
    // The flood of one user leaves room for the others.
    let flood: Vec<UnixStream> = STRANGER.plays(|| {
        (0..200)
            .filter_map(|_| UnixStream::connect(&socket).ok())
            .inspect(|mut stream| {
                let _ = stream.write_all(b"{\"ask\":\"status\"}\n{\"ask\":\"status\"}\n{\"ask\":");
            })
            .collect()
    });
    house.may(READER, &["status"]);
    house.may(OPERATOR, &["list"]);
    drop(flood);
    assert_eq!(house.state(), before);
    assert!(house.home.has_ended().is_none(), "{}", house.home.log());
    // The operator of one link changes what is on that link, and nothing else.
    let events = house.home.journal().len();
    OWN_OPERATOR.plays(|| {
        for question in &questions {
            ask_raw(&socket, question.to_string().as_bytes());
        }
    });
    let mut done = house.home.journal().split_off(events);
    // The gateway notes by itself whom it has alerted.
    done.retain(|event| event["event"] != "alerted");
    assert!(!done.is_empty());
    let resent: Vec<Value> = done
        .iter()
        .filter(|event| event["event"] == "resent")
        .map(|event| event["delivery"].clone())
        .collect();
    for event in &done {
        let of_own = event["link"] == OWN
            || event["delivery"] == house.of_own.as_str()
            || resent.contains(&event["delivery"]);
        assert!(of_own, "{event}");
        let asked = &event["asker"];
        assert!(asked.is_null() || asked["uid"] == OWN_OPERATOR.uid, "{event}");
    }
    let journal = journal_text(&house.home.path().join("ledger/journal"));
    assert!(!journal.contains("\"uid\":61015") && !journal.contains("\"uid\":61011"), "{journal}");
    house.home.stop();
}

#[test]
#[cfg_attr(not(have_root), ignore = "plays several users: run it as root")]
fn without_roles_members_of_the_group_do_everything_and_others_do_not_reach_the_socket() {
    let mut house = House::new("");
    house.home.stop();
    let main = fs::read_to_string(house.home.path().join("config/totatsu.toml")).unwrap();
    house.home.write("config/totatsu.toml", main.split("[roles]").next().unwrap());
    let link = house.home.path().join(format!("config/links/{OWN}.toml"));
    let text = fs::read_to_string(&link).unwrap();
    let (_, said) = house.home.run(&["check"]);
    assert!(said.contains("links/zei.toml") && said.contains("need [roles] in totatsu.toml"), "{said}");
    fs::write(&link, text.split("[roles]").next().unwrap()).unwrap();
    house.home.start();
    house.may(DROPPER, &["list"]);
    house.may(DROPPER, &reason(&["hold", "--link", OWN]));
    house.may(DROPPER, &["receipt", "verify", &house.delivered]);
    // No word of the asker's own stands on the command line of what the gateway runs for it.
    let socket = house.home.path().join("control.sock");
    let before = house.state();
    for id in ["--out=/tmp/theirs", "--config=/tmp", "--html", "-h", "--", "../x"] {
        for errand in
            [json!({ "receipt_bundle": { "id": id } }), json!({ "sheet": { "ids": [id, id], "text": true } })]
        {
            let question = json!({ "ask": "errand", "errand": errand, "json": true, "tongue": "en" });
            let answer = DROPPER.plays(|| ask_raw(&socket, question.to_string().as_bytes()));
            let answer = String::from_utf8(answer).unwrap();
            assert!(answer.starts_with("{\"refused\""), "{id}: {answer}");
        }
    }
    assert_eq!(house.state(), before);
    for who in [STRANGER, READER, OPERATOR, AUDITOR] {
        let (code, text) = house.by(who, &["list"]);
        assert!(code == 1 && text.contains("may not ask the daemon"), "{text}");
    }
}

#[test]
#[cfg_attr(not(have_root), ignore = "plays several users: run it as root")]
fn where_four_eyes_are_wanted_an_act_counts_once_another_person_asks_for_the_same_and_not_before() {
    let mut house = House::new("four_eyes = [\"resend\", \"confirm\"]\n");
    let (id, held) = (house.delivered.clone(), house.held.clone());
    let resend = reason(&["resend", &id]);
    let confirm = reason(&["confirm", &held, "--by", "田中", "--how", "phone"]);
    let done = |house: &House, event: &str| house.home.journal().iter().any(|line| line["event"] == event);
    for act in [&resend, &confirm] {
        let said = house.may(OPERATOR, act);
        assert!(said.contains("once another person gives the same command"), "{said}");
        let (code, said) = house.by(OPERATOR, act);
        assert!(code == 1 && said.contains("[TT-6060]"), "{said}");
    }
    // Root who acts for the first person is that person, and a claim makes nobody another.
    let mut command = house.home.command(&resend);
    let output = command.env("SUDO_USER", "uid 61012").output().unwrap();
    assert!(output.status.success() || String::from_utf8_lossy(&output.stderr).contains("[TT-6060]"));
    let mut claimed = Command::new(reachable_program(&house.desk));
    claimed.arg("--socket").arg(house.home.path().join("control.sock")).args(&confirm);
    claimed.env_clear().env("SUDO_USER", "suzuki").uid(OPERATOR.uid).gid(OPERATOR.gid);
    let output = claimed.output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("[TT-6060]"));
    assert!(!done(&house, "confirmed"));
    let shown = house.may(READER, &["show", &held]);
    assert!(shown.contains("second name") && shown.contains("uid 61012"), "{shown}");
    assert!(house.may(READER, &["list"]).contains("waits for a second name"));
    // Something else than what was asked for doesn't count as the same.
    let (code, said) = house.by(SECOND, &reason(&["confirm", &held, "--by", "田中", "--how", "medium"]));
    assert!(code == 1 && said.contains("[TT-6061]"), "{said}");
    house.may_not(READER, &confirm, "role operate");
    // A restart forgets nothing of it.
    house.home.stop();
    house.home.start();
    fs::remove_file(house.sshd.root().join("b.DTA")).unwrap();
    house.may(SECOND, &confirm);
    house.home.until("it has its receipt", |home| {
        let all = home.deliveries();
        all.iter().any(|it| it.delivery.id.as_str() == held && it.state == "archived").then_some(())
    });
    let receipt = house.may(READER, &["receipt", "show", "--json", &held]);
    assert!(receipt.contains("entered by uid 61016, asked for by uid 61012"), "{receipt}");
    house.may(AUDITOR, &["audit", "verify"]);
    house.may(AUDITOR, &["audit", "export", "--from", "2020-01-01", "--to", "2099-12-31", "--out", "export"]);
    let acts = fs::read_to_string(house.desk.join("export/acts.csv")).unwrap();
    for (who, act) in
        [("uid 61012", "act_requested"), ("uid 61016", "request_closed"), ("uid 61016", "confirmed")]
    {
        let told = acts.lines().any(|row| row.contains(who) && row.contains(act) && row.contains(&held));
        assert!(told, "{who} {act}: {acts}");
    }
}

#[test]
#[cfg_attr(not(have_root), ignore = "plays several users: run it as root")]
fn a_request_for_a_second_name_is_taken_back_by_whoever_may_act_and_ends_by_itself() {
    let house = House::new("four_eyes = [\"resend\"]\nfour_eyes_within = \"2s\"\n");
    let (id, own) = (house.delivered.clone(), house.of_own.clone());
    let resend = reason(&["resend", &id]);
    house.may(OPERATOR, &resend);
    house.may_not(READER, &reason(&["cancel", &id, "--request"]), "role operate");
    house.may(SECOND, &reason(&["cancel", &id, "--request"]));
    let (code, said) = house.by(SECOND, &reason(&["cancel", &id, "--request"]));
    assert!(code == 1 && said.contains("[TT-6062]"), "{said}");
    house.may(OWN_OPERATOR, &reason(&["resend", &own, "--even-if-older"]));
    let asked = house.home.journal().iter().rposition(|line| line["event"] == "act_requested").unwrap();
    let until: totatsu_base::Moment = house.home.journal()[asked]["until"].as_str().unwrap().parse().unwrap();
    while totatsu_base::Moment::now() <= until {
        thread::sleep(Duration::from_millis(50));
    }
    // The first request is over: whoever asks now is the first again.
    let said = house.may(OWN_OPERATOR, &reason(&["resend", &own, "--even-if-older"]));
    assert!(said.contains("once another person"), "{said}");
    assert!(!house.home.journal().iter().any(|line| line["event"] == "resent"));
}
