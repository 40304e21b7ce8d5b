//! What an auditor may rely on: any change is found, nothing else is, and receipts prove themselves anywhere.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

#[path = "support/evidence.rs"]
mod evidence;
mod support;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use totatsu_base::durable;

use evidence::{Dice, journal_files, receipted};
use serde_json::Value;
use support::collecting::{Inbound, offer};
use support::gateway::{Home, names_in};
use support::sshd::{Options, Sshd, new_key};
use totatsu::audit::{self, Audit, AuditError, Vouched};
use totatsu::config::{self, GatewaySettings};
use totatsu::receipt;
use totatsu::receipt::key::Keys;
use totatsu::spool::Spool;
use totatsu_base::clock::Moment;
use totatsu_base::delivery_id::DeliveryId;
use totatsu_base::digest::Sha256;
use totatsu_ledger::{JournalError, Ledger};

/// A reason that a spreadsheet would take for a formula.
const REASON: &str = "=1+1, the partner has it";

fn settings(home: &Home) -> GatewaySettings {
    config::read_gateway(&home.path().join("config")).unwrap()
}

fn verify(home: &Home) -> Audit {
    audit::verify(&settings(home), None).unwrap().0
}

/// As [`Home::delivered`], and one more delivery was held and given up, one more rejected.
fn mixed(count: usize) -> (Sshd, Home, Vec<DeliveryId>) {
    let (sshd, mut home, mut ids) = Home::delivered(count);
    home.drop_records("file1.csv", 3);
    let held = home.wait_for_one("held").delivery.id;
    let (done, text) = home.run(&["cancel", held.as_str(), "--reason", REASON]);
    assert!(done, "{text}");
    home.drop_source("bad.csv", b"no heading of ours\n1\n");
    let rejected = home.wait_for_one("rejected").delivery.id;
    home.until("both are in the archive", |home| {
        home.deliveries().iter().all(|shown| shown.delivery.archived.is_some()).then_some(())
    });
    ids.extend([held, rejected]);
    (sshd, home, ids)
}

/// Exit code and standard output of a command.
fn said(mut command: Command) -> (i32, String) {
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

/// The program on a machine that has no configuration.
fn elsewhere(arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_totatsu"));
    command.args(["--config", "/nowhere"]).args(arguments);
    said(command)
}

/// What OpenSSH's own tool makes of a signature.
fn ssh_keygen(allowed: &Path, signer: &str, receipt: &Path) -> (i32, String) {
    let mut command = Command::new("ssh-keygen");
    command.args(["-Y", "verify", "-n", "totatsu-receipt", "-I", signer, "-f"]).arg(allowed);
    command.arg("-s").arg(receipt::signature_path(receipt)).stdin(File::open(receipt).unwrap());
    said(command)
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn an_audit_of_what_was_delivered_held_and_rejected_finds_nothing_while_the_gateway_runs_and_afterwards() {
    let (_sshd, mut home, _) = mixed(3);
    for vouched in [Vouched::Gateway, Vouched::Index] {
        if vouched == Vouched::Index {
            assert!(home.stop().success());
        }
        let before = names_in(&home.path().join("ledger"));
        let audit = verify(&home);
        assert_eq!(audit.findings, []);
        assert_eq!((audit.end_vouched_by, audit.damaged, audit.torn), (vouched, false, 0));
        assert_eq!(audit.events, home.journal().len() as u64);
        let states = [("archived", 3), ("cancelled", 1), ("rejected", 1)];
        assert_eq!(audit.deliveries, states.map(|(state, count)| (state.to_owned(), count)).into());
        // Three deliveries with source, sent and receipt; one with source and sent; one with its source.
        assert_eq!((audit.receipts, audit.files, audit.no_longer_kept), (3, 12, 0));
        assert_eq!(names_in(&home.path().join("ledger")), before);
        let (code, text) = said(home.command(&["audit", "verify"]));
        assert!(code == 0 && text.contains("findings    none\n"), "{code}: {text}");
        let (code, json) = said(home.command(&["audit", "verify", "--json"]));
        assert_eq!((code, &serde_json::from_str::<Value>(&json).unwrap()["receipts"]), (0, &3.into()));
    }
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_running_gateway_vouches_for_a_last_line_that_is_about_a_link_a_partner_or_its_configuration() {
    let (_sshd, home, _) = Home::delivered(1);
    let acts: [&[&str]; 5] = [
        &["hold", "--link", "irai", "--reason", "x"],
        &["release", "--link", "irai", "--reason", "x"],
        &["hold", "--partner", "eltax", "--reason", "x"],
        &["release", "--partner", "eltax", "--reason", "x"],
        &["reload"],
    ];
    for act in acts {
        let (done, text) = home.run(act);
        assert!(done, "{act:?}: {text}");
        assert!(home.journal().last().unwrap().get("delivery").is_none(), "{act:?}");
        let audit = verify(&home);
        assert_eq!((audit.findings, audit.end_vouched_by), (vec![], Vouched::Gateway), "{act:?}");
    }
    // A line of that kind that the gateway never wrote.
    let journal = journal_files(&home.path().join("ledger")).pop().unwrap();
    let text = fs::read_to_string(&journal).unwrap();
    let last = text.lines().last().unwrap();
    let mut forged: Value = serde_json::from_str(last).unwrap();
    forged["by"] = "somebody else".into();
    fs::write(&journal, text.replace(last, &forged.to_string())).unwrap();
    let audit = verify(&home);
    assert!(audit.damaged && audit.findings[0].what.contains("TT-7109"), "{:?}", audit.findings);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn any_single_byte_changed_in_a_receipt_a_signature_a_kept_file_or_the_journal_is_found() {
    let (_sshd, mut home, ids) = Home::delivered(2);
    assert!(home.stop().success());
    assert_eq!(verify(&home).findings, []);
    let journal = journal_files(&home.path().join("ledger")).remove(0);
    let whole = fs::read(&journal).unwrap();
    let last_line = whole[..whole.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    let mut places: Vec<(PathBuf, usize, usize)> =
        vec![(journal.clone(), 0, 60), (journal.clone(), last_line, 60)];
    for id in &ids {
        let folder = home.folder(id);
        let signature = receipt::signature_path(&folder.receipt());
        for path in [folder.receipt(), signature, folder.source(), folder.sent()] {
            places.push((path, 0, 15));
        }
    }
    let seed = u64::from(std::process::id());
    let mut dice = Dice::new(seed);
    for (path, from, times) in places {
        let kept = fs::read(&path).unwrap();
        for _ in 0..times {
            let (place, change) = (from + dice.below(kept.len() - from), 1 + dice.below(255));
            let mut changed = kept.clone();
            changed[place] ^= u8::try_from(change).unwrap();
            fs::write(&path, changed).unwrap();
            let what = format!("seed {seed}: {} byte {place} xor {change}", path.display());
            let audit = match audit::verify(&settings(&home), None) {
                Ok((audit, _)) => audit,
                // The number of a later format, which this version doesn't read on.
                Err(AuditError::Journal(JournalError::Newer { .. })) if path == journal => continue,
                Err(error) => panic!("{what}: {error}"),
            };
            assert!(!audit.findings.is_empty(), "{what}");
            assert_eq!(audit.damaged, path == journal, "{what}: {:?}", audit.findings);
            let file = &audit.findings[0].file;
            assert!(file.parent() == path.parent(), "{what} is told of {}", file.display());
        }
        fs::write(&path, kept).unwrap();
    }
    assert_eq!(verify(&home).findings, []);

    fs::write(&journal, String::from_utf8(whole).unwrap().replacen("file1.csv", "file9.csv", 1)).unwrap();
    let (code, text) = said(home.command(&["audit", "verify"]));
    assert!(code == 3 && text.contains("000000000001.jsonl:3: the journal is damaged"), "{code}: {text}");
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn what_was_taken_away_from_the_archive_is_found_unless_its_time_is_over() {
    let (_sshd, mut home, ids) = Home::delivered(3);
    assert!(home.stop().success());
    let folders: Vec<PathBuf> = ids.iter().map(|id| home.folder(id).path().to_owned()).collect();
    fs::remove_file(folders[0].join("receipt.json.sig")).unwrap();
    fs::remove_file(folders[1].join("sent")).unwrap();
    fs::remove_dir_all(&folders[2]).unwrap();
    let audit = verify(&home);
    let found: BTreeMap<&Path, &str> =
        audit.findings.iter().map(|finding| (finding.file.as_path(), finding.what.as_str())).collect();
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[folders[0].join("receipt.json.sig").as_path()].contains("found no signature"), "{found:?}");
    assert_eq!(found[folders[1].join("sent").as_path()], "it is missing [TT-7122]");
    assert!(found[folders[2].as_path()].contains("to be kept until"), "{found:?}");
    let (code, text) = said(home.command(&["audit", "verify"]));
    assert!(code == 1 && text.contains("findings    3\n"), "{code}: {text}");
    let (code, text) = said(home.command(&["receipt", "verify", ids[0].as_str()]));
    assert!(code == 1 && text.contains("signature: the receipt says signed by SHA256:"), "{code}: {text}");
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_receipt_taken_to_another_machine_proves_itself_with_the_gateways_key_and_with_no_other() {
    let (_sshd, home, ids) = Home::delivered(1);
    let (code, text) = said(home.command(&["receipt", "key"]));
    let (line, fingerprint) = text.trim_end().split_once('\n').unwrap();
    assert!(code == 0 && line.starts_with("ssh-ed25519 ") && fingerprint.starts_with("SHA256:"), "{text}");
    let away = tempfile::tempdir().unwrap();
    let path = |name: &str| away.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("gateway.pub"), line).unwrap();
    let names = names_in(home.folder(&ids[0]).path());
    assert_eq!(names, ["receipt.json", "receipt.json.sig", "sent", "source"]);
    for name in &names {
        fs::copy(home.folder(&ids[0]).path().join(name), path(name)).unwrap();
    }

    let (key, file) = (path("gateway.pub"), path("receipt.json"));
    let by_key = |key: &str| elsewhere(&["receipt", "verify", "--key", key, &file]);
    let (code, text) = by_key(&key);
    assert!(code == 0 && text.contains("source and sent beside it agree"), "{code}: {text}");
    let (code, json) = elsewhere(&["receipt", "verify", "--json", "--key", &key, &file]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, &json[0]["genuine"], &json[0]["signed_by"]), (0, &true.into(), &fingerprint.into()));
    let receipt: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert_eq!(receipt["signed_by"], fingerprint);
    let line = &home.journal()[usize::try_from(receipt["journal"]["seq"].as_u64().unwrap()).unwrap() - 1];
    assert_eq!((&line["event"], &line["delivery"]), (&"published".into(), &ids[0].as_str().into()));

    fs::write(path("allowed"), format!("testcity {}", fs::read_to_string(&key).unwrap())).unwrap();
    let (code, text) = ssh_keygen(Path::new(&path("allowed")), "testcity", Path::new(&file));
    assert!(code == 0 && text.contains("Good \"totatsu-receipt\" signature"), "{code}: {text}");

    new_key("ed25519", Path::new(&path("other")));
    let (code, text) = by_key(&path("other.pub"));
    assert!(code == 1 && text.contains("NOT genuine") && text.contains("the unknown key SHA256:"), "{text}");
    fs::write(path("sent"), "something else").unwrap();
    let (code, text) = by_key(&key);
    assert!(code == 1 && text.contains("SHA-256 of sent"), "{code}: {text}");
    fs::remove_file(path("sent")).unwrap();
    fs::remove_file(path("source")).unwrap();
    let (code, text) = by_key(&key);
    assert!(code == 0 && text.contains("no file that it tells of lies beside it"), "{code}: {text}");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("\"content\"", "\"close\"")).unwrap();
    let (code, text) = by_key(&key);
    assert!(code == 1 && text.contains("doesn't fit these bytes"), "{code}: {text}");
    fs::remove_file(path("receipt.json.sig")).unwrap();
    let (code, text) = by_key(&key);
    assert!(code == 1 && text.contains("found no signature"), "{code}: {text}");
}

/// Writes the journal anew without some lines, numbers and digests following one another again, as somebody would who may
/// write the file.
fn forge(ledger: &Path, keep: impl Fn(&Value) -> bool) {
    let journal = journal_files(ledger).remove(0);
    let (mut text, mut before, mut seq) = (String::new(), "0".repeat(64), 0);
    for line in fs::read_to_string(&journal).unwrap().lines() {
        let mut value: Value = serde_json::from_str(line).unwrap();
        if keep(&value) {
            seq += 1;
            value["seq"] = seq.into();
            value["prev"] = before.into();
            let line = value.to_string();
            before = Sha256::of(line.as_bytes()).to_string();
            text += &format!("{line}\n");
        }
    }
    fs::write(journal, text).unwrap();
    fs::remove_dir_all(ledger.join("index")).unwrap();
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_receipt_that_was_taken_out_of_a_journal_with_a_whole_chain_is_missed_by_its_number_and_by_later_receipts()
 {
    let (_sshd, mut home, ids) = Home::delivered(3);
    assert!(home.stop().success());
    forge(&home.path().join("ledger"), |line| line["delivery"] != ids[1].as_str());
    let audit = verify(&home);
    assert!(!audit.damaged, "the chain itself is whole: {:?}", audit.findings);
    let text: String = audit.findings.iter().map(|finding| format!("{finding}\n")).collect();
    assert!(text.contains("receipt 3: it follows receipt 1: a number is missing"), "{text}");
    assert!(text.contains("receipt 3: it follows a receipt with SHA-256"), "{text}");
    assert!(text.contains("the journal is another one"), "{text}");
    let (code, text) = said(home.command(&["audit", "verify"]));
    assert!(code == 1 && text.contains("vouched for by nobody (there is no index)"), "{code}: {text}");
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn an_event_that_can_not_have_happened_is_found_at_its_line() {
    let (_sshd, mut home, _) = Home::delivered(1);
    assert!(home.stop().success());
    forge(&home.path().join("ledger"), |line| line["event"] != "verified");
    let found = verify(&home).findings;
    let contradiction = found.iter().find(|finding| finding.what.contains("\"published\" can't follow"));
    assert_eq!(contradiction.unwrap().line, Some(6), "{found:?}");
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn an_audit_goes_on_from_where_an_earlier_one_ended_says_so_and_checks_all_that_came_since() {
    let (sshd, mut home, ids) = Home::delivered(2);
    home.drop_records("file1.csv", 3);
    // Not finished at the mark: what follows has to be joined with what came before.
    let held = home.wait_for_one("held").delivery.id;
    let mark = home.path().join("verified.json");
    let mark = mark.to_str().unwrap();
    let (code, text) = said(home.command(&["audit", "verify", "--save", mark]));
    assert!(code == 0 && !text.contains("since"), "{code}: {text}");
    let at = home.journal().len();
    assert_eq!(fs::metadata(mark).unwrap().permissions().mode() & 0o777, 0o600);

    home.act(&["cancel", held.as_str()]);
    home.until("it is in the archive", |home| {
        home.deliveries().iter().all(|shown| shown.delivery.archived.is_some()).then_some(())
    });
    // Of one that had ended before the mark.
    fs::remove_file(sshd.root().join("file1.DTA")).unwrap();
    home.act(&["resend", ids[0].as_str()]);
    home.wait_for(3, "archived");
    home.drop_records("file3.csv", 2);
    let newest = home.wait_for(4, "archived").pop().unwrap().delivery.id;
    let since = |home: &Home| said(home.command(&["audit", "verify", "--since", mark]));
    let (code, text) = since(&home);
    assert!(code == 0 && text.contains("findings    none\n"), "{code}: {text}");
    assert!(text.starts_with(&format!("since       event {at}, verified at ")), "{text}");
    assert!(text.contains("deliveries  3: archived 2, cancelled 1\n"), "{text}");
    assert!(text.contains(&format!("events      {},", home.journal().len())), "{text}");
    assert!(home.stop().success());

    // What came before is not looked at again, by this one only.
    let old = home.folder(&ids[1]).sent();
    let kept = fs::read(&old).unwrap();
    fs::write(&old, "changed").unwrap();
    assert_eq!(since(&home).0, 0);
    assert_eq!(verify(&home).findings.len(), 1);
    fs::write(&old, kept).unwrap();
    // What came since is, and the line at the mark, and whether it is there.
    let new = home.folder(&newest).sent();
    let kept = fs::read(&new).unwrap();
    fs::write(&new, "changed").unwrap();
    assert_eq!(since(&home).0, 1);
    fs::write(&new, kept).unwrap();
    let journal = journal_files(&home.path().join("ledger")).remove(0);
    let whole = fs::read_to_string(&journal).unwrap();
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let changed = lines[at - 1].replacen("already holds", "always holds", 1);
    assert_ne!(changed, lines[at - 1]);
    for (what, lines) in [
        ("the line at the mark is another one", [&lines[..at - 1], &[&changed], &lines[at..]].concat()),
        ("a line behind it is missing", [&lines[..=at], &lines[at + 2..]].concat()),
        ("it is gone, with all behind it", lines[..at - 1].to_vec()),
    ] {
        fs::write(&journal, lines.concat()).unwrap();
        let (code, text) = since(&home);
        assert!(code == 3, "{what}: {code}: {text}");
    }
    fs::write(&journal, whole).unwrap();
    fs::write(mark, "{}").unwrap();
    let (code, text) = since(&home);
    assert!(code == 1 && text.contains("leave --since out"), "{code}: {text}");
}

/// The rows of a table by their headings.
fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(path).unwrap();
    let text = text.strip_prefix('\u{feff}').expect("Excel wants the mark");
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
}

fn export(home: &Home, from: jiff::civil::Date, to: jiff::civil::Date, out: &Path) -> (i32, String) {
    let (from, to) = (from.to_string(), to.to_string());
    let arguments = ["audit", "export", "--from", &from, "--to", &to, "--out", out.to_str().unwrap()];
    said(home.command(&arguments))
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn an_export_of_one_municipality_has_nothing_of_another_that_shares_the_gateway() {
    let (_sshd, mut home, ids) = Home::delivered(1);
    home.stop();
    let minato = "partner = \"eltax\"\nlayout = \"eltax/nenkin-tokucho-irai\"\nmunicipality = \"131032\"\nready = \"rename\"\n";
    home.write("config/links/minato.toml", &format!("{minato}[remote]\nname = \"minato-{{id}}.DTA\"\n"));
    home.start();
    let source = fs::read(home.folder(&ids[0]).source()).unwrap();
    let outbox = home.outbox().with_file_name("minato");
    fs::write(outbox.join("minato.tmp"), &source).unwrap();
    fs::rename(outbox.join("minato.tmp"), outbox.join("minato.csv")).unwrap();
    let its = home.wait_for(2, "archived").pop().unwrap().delivery.id;
    for (id, more) in [(&ids[0], 3), (&its, 4)] {
        let (done, text) = home.run(&["resend", id.as_str(), "--reason", "asked for"]);
        assert!(done, "{text}");
        home.until("it is sent again", |home| (home.deliveries().len() == more).then_some(()));
    }
    home.wait_for(3, "archived");
    let today = Moment::now().date();
    let (from, to) = (today.yesterday().unwrap().to_string(), today.tomorrow().unwrap().to_string());
    let out = home.path().join("export");
    let days = ["audit", "export", "--from", &from, "--to", &to, "--municipality", "131032", "--out"];
    let (code, text) = said(home.command(&[&days[..], &[out.to_str().unwrap()]].concat()));
    assert_eq!(code, 0, "{text}");
    let listed = fs::read_to_string(out.join("deliveries.csv")).unwrap();
    assert_eq!(listed.lines().count(), 3, "a heading, its delivery and what was sent again of it: {listed}");
    for name in names_in(&out) {
        let text = fs::read_to_string(out.join(&name)).unwrap_or_default();
        assert!(!text.contains(ids[0].as_str()) && !text.contains("file1.csv"), "{name}: {text}");
    }
    assert!(fs::read_to_string(out.join("events.jsonl")).unwrap().contains(its.as_str()));
    for receipt in names_in(&out.join("receipts")).iter().filter(|name| name.ends_with(".json")) {
        let text = fs::read(out.join("receipts").join(receipt)).unwrap();
        let receipt: Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(receipt["gateway"]["municipality"], "13103", "{receipt}");
    }
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn an_export_holds_a_row_for_each_delivery_its_lines_and_receipts_that_openssh_accepts() {
    let (_sshd, home, ids) = mixed(3);
    let today = Moment::now().date();
    let (yesterday, tomorrow) = (today.yesterday().unwrap(), today.tomorrow().unwrap());
    let out = home.path().join("export");
    let (code, text) = export(&home, yesterday, tomorrow, &out);
    assert!(code == 0 && text.contains("5 deliveries, 2 acts"), "{code}: {text}");
    let files = "README.ja.txt README.txt SHA256SUMS acts.csv allowed_signers deliveries.csv events.jsonl export.json receipt-key.pub receipts";
    assert_eq!(names_in(&out).join(" "), files);
    let receipts = ["1.json", "1.json.sig", "2.json", "2.json.sig", "3.json", "3.json.sig"];
    assert_eq!(names_in(&out.join("receipts")), receipts);

    let deliveries = rows(&out.join("deliveries.csv"));
    let listed: Vec<&str> = deliveries.iter().map(|row| row["配信ID"].as_str()).collect();
    assert_eq!(listed, ids.iter().map(DeliveryId::as_str).collect::<Vec<_>>());
    let first = &deliveries[0];
    assert_eq!((first["原本ファイル名"].as_str(), first["最終状態"].as_str()), ("file1.csv", "archived"));
    assert_eq!((first["到達証番号"].as_str(), first["署名"].as_str()), ("1", "あり"));
    assert!(
        first["レコード数"].contains("データレコード=2") && first["合計"].contains("金額1="),
        "{first:?}"
    );
    assert_eq!((first["連携先でのパス"].as_str(), first["証明の段階"].as_str()), ("file1.DTA", "content"));
    assert_eq!(
        (deliveries[3]["最終状態"].as_str(), deliveries[3]["手作業件数"].as_str()),
        ("cancelled", "1")
    );
    // What programs read stands beside what people do.
    let both = |row: usize| {
        ["最終状態（日本語）", "証明の段階（日本語）"].map(|column| deliveries[row][column].as_str())
    };
    assert_eq!((both(0), both(3)), (["完了", "内容一致"], ["取り消し", ""]));
    let acts = rows(&out.join("acts.csv"));
    assert_eq!(acts[0]["行為"], "started");
    assert_eq!(acts[1]["行為（日本語）"], "取り消し");
    assert_eq!((acts[1]["行為"].as_str(), acts[1]["対象"].as_str()), ("cancelled", ids[3].as_str()));
    assert_eq!(acts[1]["理由"], format!("'{REASON}"), "a cell that begins a formula is made harmless");

    let journal = fs::read_to_string(journal_files(&home.path().join("ledger")).remove(0)).unwrap();
    assert_eq!(fs::read_to_string(out.join("events.jsonl")).unwrap(), journal);
    for (number, id) in ids.iter().take(3).enumerate() {
        let receipt = out.join(format!("receipts/{}.json", number + 1));
        assert_eq!(fs::read(&receipt).unwrap(), fs::read(home.folder(id).receipt()).unwrap());
        let (code, text) = ssh_keygen(&out.join("allowed_signers"), "試験市", &receipt);
        assert_eq!(code, 0, "{text}");
        let key = out.join("receipt-key.pub");
        let arguments = ["receipt", "verify", "--key", key.to_str().unwrap(), receipt.to_str().unwrap()];
        let (code, text) = elsewhere(&arguments);
        assert_eq!(code, 0, "{text}");
    }
    let mut sums = Command::new("sha256sum");
    sums.args(["--check", "--strict", "SHA256SUMS"]).current_dir(&out);
    let (code, text) = said(sums);
    assert_eq!((code, text.lines().count()), (0, 14), "{text}");
    let japanese = |c: char| matches!(c, '\u{3040}'..='\u{30ff}');
    for (name, is_japanese) in [("README.ja.txt", true), ("README.txt", false)] {
        let readme = fs::read_to_string(out.join(name)).unwrap();
        assert!(readme.contains("ssh-keygen -Y verify -f allowed_signers -I 試験市"), "{readme}");
        assert!(!readme.contains('{') && !readme.contains('}'), "{readme}");
        // Each is whole in its own language: the other one's words are names of columns alone.
        let lines = readme.lines().filter(|line| line.chars().filter(|c| japanese(*c)).count() > 3).count();
        assert_eq!(lines > 10, is_japanese, "{readme}");
        for word in ["rejected", "content", "held_by_hand", "SHA256SUMS", "SHA256:"] {
            assert!(readme.contains(word), "{word}: {readme}");
        }
    }

    let (code, text) = export(&home, yesterday, tomorrow, &out);
    assert!(code == 1 && text.contains("is not empty"), "{code}: {text}");
    let past = home.path().join("past");
    let (code, text) = export(&home, yesterday.yesterday().unwrap(), yesterday.yesterday().unwrap(), &past);
    assert_eq!((code, rows(&past.join("deliveries.csv")).len()), (0, 0), "{text}");
    let (code, _) = export(&home, tomorrow, yesterday, &home.path().join("none"));
    assert_eq!(code, 1);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn an_export_says_the_grade_of_the_receipt_also_where_a_person_confirmed_an_import() {
    let sshd = Sshd::start(Options::default());
    fs::create_dir(sshd.root().join("out")).unwrap();
    let mut home = Home::new(&sshd);
    let tables = "[import]\ncommand = [\"/bin/false\"]\n";
    home.write_inbound("uketori", Inbound { tables, ..Inbound::default() });
    home.start();
    offer(&sshd.root().join("out"), "A1.DAT", b"content");
    let held = home.until_file("A1.DAT", "held").delivery.id;
    home.act(&["confirm", held.as_str(), "--by", "山田", "--how", "other"]);
    home.until_file("A1.DAT", "archived");
    let (today, out) = (Moment::now().date(), home.path().join("export"));
    let (code, text) = export(&home, today.yesterday().unwrap(), today.tomorrow().unwrap(), &out);
    assert_eq!(code, 0, "{text}");
    assert_eq!(rows(&out.join("deliveries.csv"))[0]["証明の段階"], home.receipt(&held)["grade"]);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn an_export_that_can_not_be_finished_says_so_in_its_directory() {
    let (_sshd, mut home, _) = Home::delivered(1);
    assert!(home.stop().success());
    let journal = journal_files(&home.path().join("ledger")).remove(0);
    let text = fs::read_to_string(&journal).unwrap();
    fs::write(&journal, text.replacen("file1.csv", "file9.csv", 1)).unwrap();
    let out = home.path().join("export");
    let today = Moment::now().date();
    let (code, text) = export(&home, today.yesterday().unwrap(), today.tomorrow().unwrap(), &out);
    assert!(code == 3 && text.contains("000000000001.jsonl:3:"), "{code}: {text}");
    let names = names_in(&out);
    assert!(names.contains(&"UNFINISHED.txt".to_owned()) && !names.contains(&"SHA256SUMS".to_owned()));
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn an_audit_beside_a_gateway_at_work_finds_nothing() {
    let (_sshd, mut home) = Home::running(Options::default());
    let count = 40;
    for number in 0..count {
        home.drop_records(&format!("file{number}.csv"), 2);
    }
    let mut during = 0;
    loop {
        let audit = verify(&home);
        assert_eq!(audit.findings, [], "after {} events", audit.events);
        assert!(!audit.damaged);
        if audit.deliveries.get("archived") == Some(&count) {
            assert_eq!(audit.end_vouched_by, Vouched::Gateway);
            break;
        }
        during += u64::from(audit.events > 0);
    }
    assert!(during > 0, "it was over before anybody looked");
    home.kill();
    assert_eq!(verify(&home).findings, []);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn without_its_key_a_gateway_that_has_issued_receipts_does_not_start_until_a_person_restores_or_renews_it() {
    let (_sshd, mut home, ids) = Home::delivered(1);
    assert!(home.stop().success());
    let key = home.path().join("ledger/receipt-key");
    let before = fs::read(&key).unwrap();
    fs::remove_file(&key).unwrap();
    let (code, text) = said(home.command(&["run"]));
    assert!(
        code == 3 && text.contains("receipt-key is missing") && text.contains("--renew"),
        "{code}: {text}"
    );
    fs::write(&key, &before).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let (code, text) = said(home.command(&["run"]));
    assert!(code == 3 && text.contains("open to others (mode 644)"), "{code}: {text}");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    home.start();
    let (code, text) = said(home.command(&["receipt", "key", "--renew"]));
    assert!(code == 1 && text.contains("is in use by another totatsu process"), "{code}: {text}");
    assert!(home.stop().success());

    let (_, first) = said(home.command(&["receipt", "key"]));
    let (code, second) = said(home.command(&["receipt", "key", "--renew"]));
    assert!(code == 0 && first != second, "{second}");
    home.start();
    home.drop_records("later.csv", 2);
    let later = home.wait_for(2, "archived").remove(1).delivery.id;
    for id in [&ids[0], &later] {
        let (genuine, text) = home.run(&["receipt", "verify", id.as_str()]);
        assert!(genuine, "{text}");
    }
    assert_eq!(verify(&home).findings, []);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_receipt_that_is_none_any_more_is_not_genuine_and_a_damaged_public_key_is_told_alike_by_every_command() {
    let (_sshd, mut home, ids) = Home::delivered(1);
    assert!(home.stop().success());
    fs::write(home.folder(&ids[0]).receipt(), "{").unwrap();
    let verify = ["receipt", "verify", ids[0].as_str()];
    let (code, text) = said(home.command(&verify));
    let head = format!("receipt 1 of delivery {} is NOT genuine:", ids[0]);
    assert!(code == 1 && text.contains(&head) && text.contains("something unreadable"), "{code}: {text}");
    fs::write(home.path().join("ledger/receipt-key.pub"), "no key").unwrap();
    for command in [&["receipt", "key"][..], &verify] {
        let (code, text) = said(home.command(command));
        assert!(code == 3 && text.contains("is no key for receipts"), "{code}: {text}");
    }
}

#[tokio::test]
async fn a_receipt_and_a_signature_that_a_crash_left_behind_are_written_again() {
    let home = tempfile::tempdir().unwrap();
    let (ledger, spool) = (home.path().join("ledger"), Spool::new(&home.path().join("spool")));
    let (opened, _) = Ledger::open(&ledger).unwrap();
    evidence::put_key(&ledger);
    let id = evidence::id(1);
    let folder = spool.folder(&id);
    durable::make_dir(folder.path()).unwrap();
    fs::write(folder.source(), evidence::SOURCE).unwrap();
    fs::write(folder.sent(), evidence::SENT).unwrap();
    let delivery = evidence::publish(&opened, &id).await;
    for left in ["receipt.json", "receipt.new", "receipt.json.sig", "receipt.json.new"] {
        fs::write(folder.path().join(left), "half a fi").unwrap();
    }
    let recorded = opened.record(id, receipted(&delivery, None, &folder)).await.unwrap();
    let keys = Keys::of_ledger(&ledger).unwrap();
    assert_eq!(receipt::check(&recorded, &folder, &keys).unwrap(), []);
    assert_eq!(names_in(folder.path()), ["receipt.json", "receipt.json.sig", "sent", "source"]);
}
