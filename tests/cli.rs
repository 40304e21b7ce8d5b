//! What the commands promise to people and to scripts: exit codes, answers without a daemon, JSON, and the demo.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

#[path = "support/configuration.rs"]
mod configuration;
#[path = "support/evidence.rs"]
mod evidence;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use assert_cmd::Command;
use configuration::Configuration;
use evidence::*;
use serde_json::Value;
use totatsu::spool::Spool;
use totatsu_base::delivery_id::DeliveryId;
use totatsu_ledger::Ledger;

const INBOUND: &str = "direction = \"in\"\npartner = \"eltax\"\nlayout = \"eltax/nenkin-tokucho-irai\"\n[remote]\n\
                       directory = \"out\"\nname = \"*.DAT\"\n";

/// What a command said, and how it ended.
struct Said {
    code: i32,
    out: String,
    err: String,
}

fn said(mut command: Command) -> Said {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { code: status.code().unwrap(), out: text(stdout), err: text(stderr) }
}

impl Said {
    fn json(&self) -> Value {
        assert_eq!(self.out.trim_end().lines().count(), 1, "one line: {}", self.out);
        serde_json::from_str(&self.out).unwrap()
    }

    /// Not done, told in text on standard error, and nothing that a script could take for an answer.
    fn is_refusal(&self, why: &str) {
        assert_eq!((self.code, self.out.as_str()), (1, ""), "{}", self.err);
        let stopped = "totatsu: no gateway runs: nothing is sent or collected; ";
        let told: Vec<&str> = self.err.lines().filter(|line| !line.starts_with(stopped)).collect();
        assert!(told[0].starts_with("totatsu: ") && told[0].contains(why), "{}", self.err);
        assert_eq!(told.len(), 1, "{}", self.err);
        // Where the answer doesn't come from a gateway, that is said first, and once.
        assert!(self.err.lines().skip(1).all(|line| !line.starts_with(stopped)), "{}", self.err);
    }
}

/// A gateway without a daemon, whose ledger knows some deliveries.
struct Gateway {
    configuration: Configuration,
    spool: Spool,
}

impl Gateway {
    fn empty() -> Gateway {
        let configuration = Configuration::new();
        let spool = Spool::new(&configuration.home().join("spool"));
        spool.lay_out().unwrap();
        Gateway { configuration, spool }
    }

    /// Deliveries 1 and 2 have arrived, 3 is held, 4 is accepted and 5 was rejected.
    async fn small() -> Gateway {
        let gateway = Gateway::empty();
        five_deliveries(&gateway.spool, &gateway.ledger(), "other").await;
        gateway
    }

    fn ledger(&self) -> PathBuf {
        self.configuration.home().join("ledger")
    }

    fn says(&self, arguments: &[&str]) -> Said {
        said(self.configuration.totatsu(arguments))
    }

    fn listed(&self, arguments: &[&str]) -> Vec<String> {
        let said = self.says(&[&["list", "--json"], arguments].concat());
        assert_eq!(said.code, 0, "{}", said.err);
        let list = said.json();
        list.as_array().unwrap().iter().map(|shown| shown["id"].as_str().unwrap().to_owned()).collect()
    }
}

fn ids(numbers: &[usize]) -> Vec<String> {
    numbers.iter().map(|number| id(*number).to_string()).collect()
}

/// The part of an id that no other has.
fn part(id: &DeliveryId) -> &str {
    &id.as_str()[9..]
}

#[test]
fn help_names_the_exit_codes_and_where_errors_go() {
    let help = said(Configuration::new().totatsu(&["--help"]));
    assert_eq!(help.code, 0);
    for text in ["0  done", "1  not done", "2  the command line, the configuration", "3  the gateway's own"] {
        assert!(help.out.contains(text), "{text}: {}", help.out);
    }
    assert!(help.out.contains("standard error"), "{}", help.out);
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    let wrong: [&[&str]; 8] = [
        &[],
        &["lits"],
        &["show"],
        &["list", "--state", "helt"],
        &["list", "--limit", "many"],
        &["release", "abc"],
        &["demo", "--records", "0"],
        &["demo", "--records", "1000000"],
    ];
    for arguments in wrong {
        let said = said(Configuration::new().totatsu(arguments));
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{arguments:?}: {}", said.err);
        assert!(!said.err.is_empty());
    }
}

#[test]
fn a_wrong_configuration_ends_every_command_with_2_and_the_place() {
    let made = Configuration::new();
    made.write("totatsu.toml", "[gateway]\nnmae = \"x\"\n");
    let commands: [&[&str]; 9] = [
        &["run"],
        &["check"],
        &["list"],
        &["show", "abc"],
        &["resend", "abc", "--reason", "x"],
        &["release", "abc", "--reason", "x"],
        &["receipt", "show", "abc"],
        &["receipt", "verify", "abc"],
        &["outbox"],
    ];
    for arguments in commands {
        let said = said(made.totatsu(arguments));
        assert_eq!(said.code, 2, "{arguments:?}: {}", said.err);
        // What is wrong is the answer of `check`, and what hinders any other command.
        let told = if arguments == ["check"] { said.out } else { said.err };
        assert!(told.contains("totatsu.toml:2: error: gateway.nmae"), "{arguments:?}: {told}");
    }
    fs::remove_dir_all(made.directory()).unwrap();
    assert_eq!(said(made.totatsu(&["list"])).code, 2);
}

#[test]
fn check_ends_with_0_or_2_and_its_answer_is_json_either_way() {
    let made = Configuration::new();
    let well = said(made.totatsu(&["check"]));
    assert_eq!((well.code, well.out.as_str()), (0, "all is well: partners 1, links 1, layouts 1\n"));
    assert_eq!(said(made.totatsu(&["check", "--json"])).json(), Value::Array(Vec::new()));
    made.write("links/irai.toml", "partner = \"eltax\"\nlayuot = \"x\"\n");
    let wrong = said(made.totatsu(&["check", "--json"]));
    assert_eq!((wrong.code, wrong.err.as_str()), (2, ""));
    assert_eq!(wrong.json()[0]["key"], "layuot");
    assert_eq!(wrong.json()[0]["line"], 2);
}

#[test]
fn an_empty_ledger_answers_with_nothing_and_refuses_what_names_a_delivery() {
    let gateway = Gateway::empty();
    gateway.says(&["list"]).is_refusal("the daemon has never run");
    assert!(!gateway.ledger().exists(), "a command makes no ledger");
    drop(Ledger::open(&gateway.ledger()).unwrap());
    assert!(gateway.listed(&[]).is_empty());
    let list = gateway.says(&["list"]);
    assert_eq!((list.code, list.out.lines().count()), (0, 1), "nothing but that there is none: {}", list.out);
    for id in ["abc", "20261122-183005-k7m2q9"] {
        for json in [&[][..], &["--json"]] {
            let says = |arguments: &[&str]| gateway.says(&[arguments, json].concat());
            let unknown = format!("no delivery {id}");
            says(&["show", id]).is_refusal(&unknown);
            says(&["resend", id, "--reason", "x"]).is_refusal(&unknown);
            says(&["release", id, "--reason", "x"]).is_refusal(&unknown);
            says(&["receipt", "show", id]).is_refusal(&unknown);
            says(&["receipt", "verify", id]).is_refusal(&unknown);
        }
    }
    gateway.says(&["show", "ab"]).is_refusal("3 characters");
}

#[tokio::test]
async fn list_answers_newest_first_and_by_state_link_and_number() {
    let gateway = Gateway::small().await;
    assert_eq!(gateway.listed(&[]), ids(&[5, 4, 3, 2, 1]));
    assert_eq!(gateway.listed(&["--limit", "2"]), ids(&[5, 4]));
    assert_eq!(gateway.listed(&["--limit", "1", "--state", "archived"]), ids(&[2]));
    assert!(gateway.listed(&["--limit", "0"]).is_empty());
    assert!(gateway.listed(&["--limit", "0", "--state", "archived"]).is_empty());
    assert_eq!(gateway.listed(&["--state", "archived"]), ids(&[2, 1]));
    assert_eq!(gateway.listed(&["--link", "other", "--state", "held"]), ids(&[3]));
    assert!(gateway.listed(&["--state", "waiting"]).is_empty());
    let lines = gateway.says(&["list"]).out;
    assert_eq!(lines.lines().count(), 6);
    assert!(lines.lines().nth(1).unwrap().starts_with(id(5).as_str()), "{lines}");
}

#[tokio::test]
async fn list_takes_states_days_names_a_digest_and_who_acted_all_together() {
    let gateway = Gateway::small().await;
    assert_eq!(gateway.listed(&["--state", "held,rejected"]), ids(&[5, 3]));
    assert_eq!(gateway.listed(&["--state", "held", "--state", "archived"]), ids(&[3, 2, 1]));
    assert_eq!(gateway.listed(&["--since", "2026-11-22"]), ids(&[5, 4, 3, 2, 1]));
    assert_eq!(gateway.listed(&["--until", "2026-11-22"]), ids(&[5, 4, 3, 2, 1]));
    assert!(gateway.listed(&["--since", "2026-11-23"]).is_empty());
    assert!(gateway.listed(&["--until", "2026-11-21"]).is_empty());
    let within = ["--since", "2026-11-22 00:00:02", "--until", "2026-11-22T00:00:04"];
    assert_eq!(gateway.listed(&within), ids(&[3, 2]));
    assert_eq!(gateway.listed(&[&within[..], &["--state", "archived"]].concat()), ids(&[2]));
    assert_eq!(gateway.listed(&["--name", "*.DTA"]), ids(&[2, 1]), "the name at the partner");
    assert_eq!(gateway.listed(&["--name", "ira?.csv", "--state", "held"]), ids(&[3]));
    assert_eq!(gateway.listed(&["--name", "irai.csv"]), ids(&[5, 4, 3, 2, 1]));
    assert!(gateway.listed(&["--name", "irai"]).is_empty(), "a name is a whole one");
    let digest = totatsu_base::Sha256::of(SOURCE).to_string();
    assert_eq!(gateway.listed(&["--hash", &digest.to_uppercase(), "--link", "other"]), ids(&[5, 4, 3]));
    assert!(gateway.listed(&["--hash", &totatsu_base::Sha256::of(b"x").to_string()]).is_empty());
    // The test's own user acts, as yamada.
    assert_eq!(gateway.says(&["release", id(3).as_str(), "--reason", "x"]).code, 0);
    assert_eq!(gateway.listed(&["--by", "yamada"]), ids(&[3]));
    assert!(gateway.listed(&["--by", "suzuki"]).is_empty());
    assert!(gateway.listed(&["--by", "yama"]).is_empty());
    assert!(gateway.listed(&["--by", "yamada", "--state", "archived"]).is_empty());
    for wrong in [["--since", "noon"], ["--until", "2026-02-30"], ["--hash", "abc"], ["--state", "held,x"]] {
        let said = gateway.says(&[&["list"], &wrong[..]].concat());
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{wrong:?}: {}", said.err);
    }
}

#[tokio::test]
async fn list_says_how_many_it_leaves_out_beside_its_answer_also_to_a_program() {
    let gateway = Gateway::small().await;
    for (arguments, left_out) in [
        (&["--limit", "2"][..], "3 more are left out"),
        (&["--limit", "4"], "1 more is left out"),
        (&["--limit", "0", "--state", "archived"], "2 more are left out"),
        (&["--limit", "1", "--name", "*.csv"], "4 more are left out"),
    ] {
        for json in [&[][..], &["--json"]] {
            let said = gateway.says(&[&["list"], arguments, json].concat());
            assert_eq!(said.code, 0);
            assert!(said.err.contains(left_out), "{arguments:?}: {}", said.err);
            assert!(!said.out.contains("left out"), "{}", said.out);
        }
    }
    for whole in [
        &["--limit", "5"][..],
        &["--limit", "2", "--state", "archived"],
        &["--limit", "0", "--until", "2020-01-01"],
    ] {
        let said = gateway.says(&[&["list"], whole].concat());
        assert!(!said.err.contains("left out"), "{whole:?}: {}", said.err);
    }
}

#[tokio::test]
async fn a_link_or_partner_that_nobody_knows_is_an_error_that_names_near_ones() {
    let gateway = Gateway::small().await;
    gateway.configuration.write("links/uketori.toml", INBOUND);
    gateway.says(&["list", "--link", "iria"]).is_refusal("near it: irai");
    gateway.says(&["list", "--link", "uketorri", "--json"]).is_refusal("near it: uketori");
    gateway.says(&["list", "--link", "othr"]).is_refusal("near it: other");
    gateway.says(&["list", "--partner", "eltx"]).is_refusal("near it: eltax");
    let far = gateway.says(&["list", "--partner", "zzzzzzzz"]);
    far.is_refusal("there is no partner zzzzzzzz");
    assert!(!far.err.contains("near it"), "{}", far.err);
    // Configured and never used, or used and no longer configured: both are known.
    assert!(gateway.listed(&["--link", "uketori"]).is_empty());
    assert_eq!(gateway.listed(&["--link", "other"]), ids(&[5, 4, 3]));
}

#[tokio::test]
#[cfg_attr(not(have_faketime), ignore = "needs faketime: run scripts/test")]
async fn list_tells_what_is_past_its_deadline_and_nothing_else() {
    let gateway = Gateway::small().await;
    assert!(gateway.listed(&["--late"]).is_empty(), "no link has a deadline");
    let ledger = Ledger::open(&gateway.ledger()).unwrap().0;
    ledger.record(id(6), accepted()).await.unwrap();
    drop(ledger);
    let link = fs::read_to_string(gateway.configuration.directory().join("links/irai.toml")).unwrap();
    gateway.configuration.write("links/irai.toml", &format!("deadline = \"daily by 17:00\"\n{link}"));
    assert!(gateway.listed(&["--late"]).is_empty(), "its time isn't over");
    let plain = gateway.configuration.totatsu(&[]);
    let mut later = Command::new("faketime");
    later
        .args(["-f", "+5d"])
        .arg(plain.get_program())
        .args(plain.get_args())
        .args(["list", "--late", "--json"]);
    let told = said(later);
    let told = told.json();
    let late: Vec<&str> =
        told.as_array().unwrap().iter().map(|shown| shown["id"].as_str().unwrap()).collect();
    assert_eq!(late, [id(6).as_str()], "what arrived in time isn't late, and the other link has no deadline");
}

#[tokio::test]
async fn status_without_a_gateway_says_so_and_tells_what_ledger_and_configuration_know() {
    let gateway = Gateway::small().await;
    gateway.configuration.write("links/uketori.toml", INBOUND);
    let held = gateway.says(&["hold", "--link", "irai", "--reason", "the test says so"]);
    assert_eq!(held.code, 0, "{}", held.err);
    let told = gateway.says(&["status"]);
    assert_eq!((told.code, told.err.lines().count()), (0, 1), "{}", told.err);
    assert!(told.err.starts_with("totatsu: no gateway runs"), "{}", told.err);
    for words in [
        &["eltax", "unknown", "3"][..],
        &["irai", "to eltax"],
        &["other", "to eltax", "1 accepted, 1 held, 1 rejected"],
        &["uketori", "from eltax"],
        &["link irai is held", "the test says so"],
        &["unfinished: 1 accepted, 1 held, 1 rejected"],
    ] {
        let has_all = |line: &&str| words.iter().all(|word| line.contains(word));
        assert_eq!(told.out.lines().filter(has_all).count(), 1, "{words:?} in {}", told.out);
    }
    let status = gateway.says(&["--json", "status"]).json();
    assert_eq!(status["running"], false);
    assert_eq!(status["backlog"][1]["unfinished"]["held"], 1);
    assert_eq!(status["backlog"].as_array().unwrap().len(), 3);

    gateway.configuration.write("links/uketori.toml", "partner = 7\n");
    let told = gateway.says(&["status"]);
    assert!(told.code == 0 && told.out.contains("the configuration has errors"), "{}", told.out);
    assert!(told.out.contains("other"), "{}", told.out);
}

#[tokio::test]
async fn status_check_is_one_line_and_the_code_of_a_monitoring_plugin() {
    let gateway = Gateway::small().await;
    let told = gateway.says(&["status", "--check"]);
    assert_eq!((told.code, told.err.as_str()), (2, ""));
    assert_eq!(told.out.lines().count(), 1, "{}", told.out);
    assert!(told.out.starts_with("CRITICAL - no gateway runs; 1 delivery held |"), "{}", told.out);
    assert!(told.out.trim_end().ends_with("| unfinished=3 held=1 waiting=0 queued=0"), "{}", told.out);
    gateway.configuration.write("totatsu.toml", "nothing");
    let told = gateway.says(&["status", "--check"]);
    assert_eq!(told.code, 3, "{}", told.err);
    assert!(told.out.starts_with("UNKNOWN - ") && !told.err.is_empty(), "{}", told.out);
}

#[test]
fn the_directory_of_the_configuration_may_stand_in_the_environment() {
    let gateway = Gateway::empty();
    let mut command = Command::new(env!("CARGO_BIN_EXE_totatsu"));
    command.args(["check"]).env("TOTATSU_CONFIG", gateway.configuration.home().join("config"));
    let (by_environment, by_flag) = (said(command), gateway.says(&["check"]));
    assert_eq!((by_environment.code, by_environment.out), (by_flag.code, by_flag.out));
}

#[tokio::test]
async fn show_finds_a_delivery_by_its_id_or_by_a_part_that_no_other_has() {
    let gateway = Gateway::small().await;
    for name in [id(3).as_str(), part(&id(3))] {
        let shown = gateway.says(&["show", name, "--json"]).json();
        assert_eq!((&shown["id"], &shown["state"]), (&id(3).as_str().into(), &"held".into()));
        let text = gateway.says(&["show", name]);
        assert_eq!(text.code, 0);
        assert!(text.out.contains("the name is taken"), "{}", text.out);
    }
    let ambiguous = gateway.says(&["show", "20261122"]);
    ambiguous.is_refusal("part of several ids");
    assert!(ids(&[1, 2, 3, 4, 5]).iter().filter(|id| ambiguous.err.contains(*id)).count() == 2);
    gateway.says(&["show", "zzz"]).is_refusal("no delivery zzz");
}

#[tokio::test]
async fn release_lets_a_held_delivery_go_on_and_records_who_and_why() {
    let gateway = Gateway::small().await;
    let released = gateway.says(&["release", part(&id(3)), "--reason", "removed there", "--json"]).json();
    assert_eq!(released["state"], "accepted");
    let by = &released["by_hand"][0];
    assert!(
        by["by"].as_str().unwrap().ends_with(" (as yamada)") && by["asker"]["claimed"] == "yamada",
        "{by}"
    );
    assert_eq!(released["by_hand"][0]["reason"], "removed there");
    assert_eq!(chain(&gateway.ledger()).last().unwrap()["event"], "released");
    let length = chain(&gateway.ledger()).len();
    let nothing = "nothing holds it";
    for (number, why) in [(1, nothing), (3, nothing), (4, nothing), (5, "is rejected and goes no further")] {
        gateway.says(&["release", part(&id(number)), "--reason", "x"]).is_refusal(why);
    }
    assert_eq!(chain(&gateway.ledger()).len(), length, "a refusal writes nothing");
}

#[tokio::test]
async fn resend_makes_a_new_delivery_of_the_same_bytes_and_only_of_what_was_sent() {
    let gateway = Gateway::small().await;
    let resent = gateway.says(&["resend", part(&id(1)), "--reason", "lost there", "--json"]).json();
    assert_eq!((&resent["state"], &resent["resend_of"]), (&"converted".into(), &id(1).as_str().into()));
    let new: DeliveryId = resent["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(fs::read(gateway.spool.folder(&new).sent()).unwrap(), SENT);
    assert_eq!(fs::read(gateway.spool.folder(&new).source()).unwrap(), SOURCE);
    assert_eq!(gateway.listed(&[]).len(), 6);
    let folders = || fs::read_dir(gateway.spool.deliveries()).unwrap().count();
    let (before, length) = (folders(), chain(&gateway.ledger()).len());
    for (number, why) in [(3, "never converted"), (4, "still under way"), (5, "was rejected")] {
        gateway.says(&["resend", part(&id(number)), "--reason", "x"]).is_refusal(why);
    }
    fs::remove_dir_all(gateway.spool.archived_folder(&id(2)).path()).unwrap();
    gateway.says(&["resend", part(&id(2)), "--reason", "x"]).is_refusal("no longer kept");
    assert_eq!(
        (folders(), chain(&gateway.ledger()).len()),
        (before, length),
        "a refusal leaves nothing behind"
    );
}

#[tokio::test]
async fn a_receipt_is_shown_as_it_was_written_and_verified_against_everything_it_says() {
    let gateway = Gateway::small().await;
    let (first, second) = (id(1), id(2));
    let folder = gateway.spool.archived_folder(&second);
    let kept = fs::read_to_string(folder.receipt()).unwrap();
    let shown = gateway.says(&["receipt", "show", part(&second), "--json"]);
    assert_eq!((shown.code, shown.out.as_str()), (0, kept.as_str()));
    assert_eq!(serde_json::from_str::<Value>(&shown.out).unwrap()["number"], 2);
    let text = gateway.says(&["receipt", "show", part(&second)]);
    assert!(text.code == 0 && text.out.starts_with("Certificate of arrival"), "{}", text.out);
    assert_eq!(text.out, gateway.says(&["receipt", "show", part(&second), "--text"]).out);
    for id in [&first, &second] {
        let verdict = gateway.says(&["receipt", "verify", part(id), "--json"]);
        assert_eq!((verdict.code, &verdict.json()["genuine"]), (0, &true.into()));
        assert_eq!(gateway.says(&["receipt", "verify", part(id)]).code, 0);
    }
    let changes: [(PathBuf, Vec<u8>, &str); 3] = [
        (folder.sent(), b"sind".to_vec(), "SHA-256 of sent"),
        (folder.source(), b"source and more".to_vec(), "size of source"),
        (folder.receipt(), kept.replace("inbox/", "outbox/").into_bytes(), "SHA-256 of receipt.json"),
    ];
    for (path, changed, what) in changes {
        let before = fs::read(&path).unwrap();
        fs::write(&path, changed).unwrap();
        let verdict = gateway.says(&["receipt", "verify", part(&second), "--json"]);
        assert_eq!((verdict.code, &verdict.json()["genuine"]), (1, &false.into()));
        let found = verdict.json()["disagreements"].as_array().unwrap().iter().any(|one| one["what"] == what);
        assert!(found, "{what}: {}", verdict.out);
        let text = gateway.says(&["receipt", "verify", part(&second)]);
        assert!(text.code == 1 && text.out.contains(what), "{}", text.out);
        fs::write(&path, before).unwrap();
    }
    gateway.says(&["receipt", "verify", part(&id(3))]).is_refusal("has no receipt: it is held");
    fs::remove_file(folder.receipt()).unwrap();
    gateway.says(&["receipt", "verify", part(&second)]).is_refusal("receipt.json");
    gateway.says(&["receipt", "show", part(&second)]).is_refusal("receipt.json");
}

#[test]
fn outbox_tells_of_every_file_how_it_stands() {
    let gateway = Gateway::empty();
    let outbox = gateway.spool.outbox("irai");
    fs::create_dir_all(&outbox).unwrap();
    fs::write(outbox.join("a.csv"), "x").unwrap();
    fs::write(outbox.join("b.tmp"), "x").unwrap();
    let rows = gateway.says(&["outbox", "--json"]).json();
    let standing =
        |row: usize| (rows[row]["name"].as_str().unwrap(), rows[row]["standing"].as_str().unwrap());
    assert_eq!((standing(0), standing(1)), (("a.csv", "settling"), ("b.tmp", "passing")));
    let text = gateway.says(&["outbox"]);
    assert_eq!((text.code, text.out.lines().count()), (0, 3), "{}", text.out);
    fs::remove_dir_all(&outbox).unwrap();
    gateway.says(&["outbox"]).is_refusal("outbox");
}

#[tokio::test]
async fn a_damaged_journal_ends_with_3_and_its_file_and_line() {
    let gateway = Gateway::small().await;
    let journal = journal_files(&gateway.ledger()).remove(0);
    let text = fs::read_to_string(&journal).unwrap();
    fs::write(&journal, text.replacen("irai.csv", "irei.csv", 1)).unwrap();
    for arguments in [&["list"][..], &["list", "--json"], &["show", part(&id(1))], &["run"]] {
        let said = gateway.says(arguments);
        assert_eq!((said.code, said.out.as_str()), (3, ""), "{arguments:?}: {}", said.err);
        assert!(said.err.contains("ledger/journal/000000000001.jsonl:2:"), "{}", said.err);
    }
}

#[tokio::test]
#[cfg_attr(not(have_root), ignore = "gives a directory away: run it as root")]
async fn the_ledger_of_another_user_is_refused_with_what_to_type_and_left_as_it_was() {
    let gateway = Gateway::small().await;
    std::os::unix::fs::chown(gateway.ledger(), Some(12_345), None).unwrap();
    let before = fs::read_dir(gateway.ledger()).unwrap().count();
    gateway.says(&["list"]).is_refusal("sudo -u '#12345'");
    assert_eq!(fs::read_dir(gateway.ledger()).unwrap().count(), before);
}

#[tokio::test]
async fn a_reader_that_hangs_up_is_no_failure_and_an_answer_that_can_not_be_written_is_one() {
    let gateway = Gateway::small().await;
    let run = |out: Stdio| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_totatsu"));
        command.arg("--config").arg(gateway.configuration.directory()).arg("list").stdout(out);
        let Output { status, stderr, .. } = command.stderr(Stdio::piped()).output().unwrap();
        let told = String::from_utf8(stderr).unwrap();
        let others = told.lines().filter(|line| !line.starts_with("totatsu: no gateway runs: "));
        (status.code().unwrap(), others.collect::<Vec<_>>().join("\n"))
    };
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    assert_eq!(run(writer.into()), (0, String::new()));
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let (code, err) = run(full.into());
    assert!(code == 1 && err.starts_with("totatsu: the answer can't be written"), "{code}: {err}");
}

fn demo(arguments: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_totatsu"));
    command.arg("demo").args(arguments);
    said(command)
}

#[test]
fn the_demo_delivers_one_record_and_shows_it() {
    let shown = demo(&["--records", "1"]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    assert!(shown.out.starts_with("1 records arrived"), "{}", shown.out);
    assert!(shown.out.contains("same as sent    yes") && shown.out.contains("\"grade\": \"content\""));
}

#[test]
fn the_demo_leaves_equal_bytes_and_a_gateway_to_look_around_in_where_it_is_told_to_keep_them() {
    let home = tempfile::tempdir().unwrap();
    let keep = home.path().join("kept");
    let shown = demo(&["--records", "3", "--json", "--keep", keep.to_str().unwrap()]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    let outcome = shown.json();
    let path = |key: &str| PathBuf::from(outcome[key].as_str().unwrap());
    let arrived = fs::read(path("arrived")).unwrap();
    assert!(arrived == fs::read(path("kept").join("sent")).unwrap(), "the bytes differ");
    assert_eq!((&outcome["records"], &outcome["equal"]), (&3.into(), &true.into()));
    assert_eq!(outcome["receipt"]["sent"]["size"], arrived.len());
    let id = outcome["receipt"]["delivery"].as_str().unwrap();
    let mut verify = Command::new(env!("CARGO_BIN_EXE_totatsu"));
    verify.arg("--config").arg(keep.join("config")).args(["receipt", "verify", id]);
    assert_eq!(said(verify).code, 0);
    chain(&keep.join("ledger"));
}

#[test]
fn the_demo_refuses_to_keep_anything_where_something_is() {
    let home = tempfile::tempdir().unwrap();
    let keep = |path: &Path| demo(&["--records", "1", "--keep", path.to_str().unwrap()]);
    fs::write(home.path().join("mine"), "x").unwrap();
    keep(home.path()).is_refusal("is not empty");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    let refused = keep(&home.path().join("mine"));
    refused.is_refusal(home.path().join("mine").to_str().unwrap());
}
