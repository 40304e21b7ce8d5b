//! What commands answer in JSON is as `docs/schema` says, in either language.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

#[path = "support/configuration.rs"]
mod configuration;
#[path = "support/evidence.rs"]
mod evidence;
mod support;

use std::fs;
use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use configuration::Configuration;
use evidence::*;
use serde_json::{Value, json};
use support::collecting::{INBOUND, Post};
use support::gateway::Home;
use totatsu::control::{MissingFile, RejectedFile};
use totatsu::spool::Spool;
use totatsu_records::invented;

/// That a value is as the schema of a name says.
fn fits(name: &str, value: &Value) {
    let path = format!("docs/schema/{name}.v1.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(schema["$id"], format!("urn:totatsu:schema:{name}:1"), "{path}");
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{path}: {wrong:#?} in {value:#}");
}

/// What a command answers in JSON.
fn answered(mut command: Command) -> Value {
    let Output { stdout, stderr, .. } = command.arg("--json").output().unwrap();
    let text = String::from_utf8(stdout).unwrap();
    serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("{error}: {text}{}", String::from_utf8_lossy(&stderr)))
}

fn without_configuration(arguments: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_totatsu"));
    command.args(arguments);
    answered(command)
}

/// A ledger in which deliveries 1 and 2 have arrived, 3 is held, 4 is accepted and 5 was rejected.
async fn small() -> (Configuration, Spool) {
    let made = Configuration::new();
    let spool = Spool::new(&made.home().join("spool"));
    five_deliveries(&spool, &made.home().join("ledger"), "irai").await;
    (made, spool)
}

#[tokio::test]
async fn what_is_told_of_deliveries_partners_and_outboxes_fits_its_schema() {
    let (made, spool) = small().await;
    let outbox = spool.outbox("irai");
    fs::create_dir_all(outbox.join("directory")).unwrap();
    for name in ["a.csv", "b.tmp"] {
        fs::write(outbox.join(name), "x").unwrap();
    }
    for lang in ["en", "ja"] {
        let says = |arguments: &[&str]| answered(made.totatsu(&[arguments, &["--lang", lang]].concat()));
        let list = says(&["list"]);
        assert!(list.as_array().unwrap().len() >= 5, "{list}");
        fits("list", &list);
        for number in 1..=5 {
            fits("show", &says(&["show", id(number).as_str()]));
        }
        fits("show", &says(&["resend", id(1).as_str(), "--reason", "x", "--even-if-older"]));
        fits("done", &says(&["hold", "--link", "irai", "--reason", "x"]));
        let mut status = says(&["status"]);
        fits("status", &status);
        status["missing"] =
            json!([MissingFile { link: "irai".to_owned(), inbound: true, due: at(), last: Some(at()) }]);
        let (link, name) = ("irai".to_owned(), "irai.csv".to_owned());
        status["rejected"] = json!([RejectedFile { delivery: id(5), link, name, at: at(), problems: 3 }]);
        fits("status", &status);
        fits("done", &says(&["release", "--link", "irai", "--reason", "x"]));
        fits("outbox", &says(&["outbox"]));
        fits("check", &says(&["check"]));
        fits("check-open", &says(&["check", "--open"]));
        fits("receipt-show", &says(&["receipt", "show", id(1).as_str()]));
        let bundle = made.home().join(format!("bundle-{lang}.html"));
        let out = bundle.to_str().unwrap();
        fits("receipt-bundle", &says(&["receipt", "bundle", id(1).as_str(), "--out", out]));
        fits("receipt-verify", &says(&["receipt", "verify", id(2).as_str()]));
        fits("receipt-key", &says(&["receipt", "key"]));
        fits("audit-verify", &says(&["audit", "verify"]));
        fits("audit-acts", &says(&["audit", "acts", "--from", "2026-01-01"]));
        let out = made.home().join(format!("export-{lang}"));
        let dates = ["--from", "2026-01-01", "--to", "2027-01-01"];
        let export = [&["audit", "export", "--out", out.to_str().unwrap()], &dates[..]].concat();
        fits("audit-export", &says(&export));
    }
    made.write("links/irai.toml", "partner = 7\nlayuot = \"x\"\n");
    let problems = answered(made.totatsu(&["check"]));
    assert!(problems.as_array().unwrap().len() > 1);
    fits("check", &problems);
    let key = made.home().join("key.pub");
    fs::copy(made.home().join("ledger/receipt-key.pub"), &key).unwrap();
    let receipt = spool.archived_folder(&id(1)).receipt();
    let files = ["receipt", "verify", "--key", key.to_str().unwrap(), receipt.to_str().unwrap()];
    fits("receipt-verify-files", &without_configuration(&files));
}

#[test]
fn what_is_told_of_the_national_list_of_codes_and_of_the_demo_fits_its_schema() {
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("config");
    for lang in ["en", "ja"] {
        let says = |arguments: &[&str]| without_configuration(&[arguments, &["--lang", lang]].concat());
        fits("catalogue-list", &says(&["catalogue", "list"]));
        fits("catalogue-list", &says(&["catalogue", "list", "--functions"]));
        fits("catalogue-show", &says(&["catalogue", "show", "kotei-mpn-out-daily-full"]));
        fits("catalogue-beyond", &says(&["catalogue", "beyond"]));
        let layouts = Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts");
        let paths = [("--spool", "spool"), ("--ledger", "ledger"), ("--socket", "control.sock")];
        let paths = paths.map(|(flag, name)| [flag.to_owned(), home.path().join(name).display().to_string()]);
        let paths: Vec<&str> = paths.iter().flatten().map(String::as_str).collect();
        let init = ["init", directory.to_str().unwrap(), "--municipality", "131016", "--business", "kotei"];
        fits("init", &says(&[&init[..], &paths, &["--layouts", layouts.to_str().unwrap()]].concat()));
        fits("coverage", &says(&["--config", directory.to_str().unwrap(), "coverage"]));
        fits("explain", &says(&["explain", "TT-1203"]));
        fits("explain-list", &says(&["explain"]));
        fits("explain-list", &says(&["explain", "TT-12"]));
    }
    fs::remove_file(directory.join("links/kotei-finance-out-monthly-diff.toml")).unwrap();
    let missing = without_configuration(&["--config", directory.to_str().unwrap(), "coverage"]);
    assert_eq!(missing["complete"], false);
    fits("coverage", &missing);
    fits("demo", &without_configuration(&["demo", "--records", "1"]));
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs /usr/sbin/sshd: run scripts/test")]
fn what_a_running_gateway_tells_of_a_look_and_of_a_reload_fits_its_schema() {
    let post = Post::running("", "", "");
    for name in ["N1.DAT", "N2.DAT.part", "readme.txt"] {
        fs::write(post.out().join(name), "x").unwrap();
    }
    let told = |arguments: &[&str]| -> Value {
        let (done, text) = post.home.run(&[arguments, &["--json"]].concat());
        assert!(done, "{text}");
        serde_json::from_str(&text).unwrap()
    };
    fits("collect", &told(&["collect", INBOUND]));
    fits("status", &told(&["status"]));
    fits("list", &told(&["list"]));
    fits("reload", &told(&["reload"]));
}

#[test]
fn what_is_told_of_layouts_fits_its_schema() {
    let layouts = Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts");
    let layouts = layouts.to_str().unwrap();
    let home = tempfile::tempdir().unwrap();
    let (source, wrong) = (home.path().join("source.csv"), home.path().join("wrong.toml"));
    fs::write(&source, "髙橋,１\n").unwrap();
    fs::write(&wrong, "title = 7\n").unwrap();
    for lang in ["en", "ja"] {
        let says = |arguments: &[&str]| {
            without_configuration(&[&["layout", "--layouts", layouts, "--lang", lang], arguments].concat())
        };
        fits("layout-list", &says(&["list"]));
        fits("layout-show", &says(&["show", "eltax/nenkin-tokucho-irai@2008-04-01"]));
        fits("layout-check", &says(&["check"]));
        let problems = says(&["check", wrong.to_str().unwrap()]);
        assert!(!problems.as_array().unwrap().is_empty());
        fits("layout-check", &problems);
        fits("layout-characters", &says(&["characters", source.to_str().unwrap()]));
    }
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs /usr/sbin/sshd: run scripts/test")]
fn what_is_told_of_partners_and_media_fits_its_schema() {
    let post = Post::running("", "", "");
    let told = |home: &Home, arguments: &[&str]| -> Value {
        let output = home.command(&[arguments, &["--json"]].concat()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        serde_json::from_str(&text).unwrap_or_else(|error| {
            panic!("{arguments:?}: {error}: {text}{}", String::from_utf8_lossy(&output.stderr))
        })
    };
    fits("partner-probe", &told(&post.home, &["partner", "probe", "eltax", "--bytes", "1000"]));
    let other = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";
    fits("partner-trust", &told(&post.home, &["partner", "trust", "eltax", "--fingerprint", other]));

    let drive = tempfile::tempdir().unwrap();
    let path = drive.path().to_str().unwrap();
    let mut home = Home::of_partner(&format!(
        "transport = \"medium\"\n[medium]\npath = {path:?}\ndirectory_is_enough = true\n"
    ));
    let agreed = "directory = \"OUT\"\n[acknowledgement]\ndirectory = \"ACK\"\nname = \"{remote}.ok\"\n";
    home.write_link("ready = \"rename\"\n", &format!("name = \"{{stem}}.DTA\"\n{agreed}"));
    fits("medium-prepare", &told(&home, &["medium", "prepare", path, "--partner", "eltax"]));
    home.start();
    home.drop_records("a.csv", 1);
    let delivery = home.wait_for(1, "handed_over").remove(0).delivery;
    let name = &delivery.target.as_ref().unwrap().name;
    fs::create_dir(drive.path().join("ACK")).unwrap();
    fs::write(drive.path().join(format!("ACK/{name}.ok")), "OK").unwrap();
    let imported = told(&home, &["medium", "import", path]);
    assert_eq!(imported[0]["matched"], true, "{imported}");
    fits("medium-import", &imported);

    // The heading names a column more than the layout has, and than the rows have.
    let mut source = Vec::new();
    invented::write_csv(&mut source, 2, 1).unwrap();
    let source = String::from_utf8(source).unwrap();
    let (heading, rows) = source.split_once('\n').unwrap();
    home.drop_source("wrong.csv", format!("{},unknown\n{rows}", heading.trim_end()).as_bytes());
    let rejected = home.wait_for_one("rejected").delivery.id;
    for lang in ["en", "ja"] {
        let report = told(&home, &["report", rejected.as_str(), "--lang", lang]);
        fits("report", &report);
        let words: Vec<&str> =
            report["kinds"].as_array().unwrap().iter().map(|kind| kind["kind"].as_str().unwrap()).collect();
        assert!(words.contains(&"row-width") && words.contains(&"unknown-column"), "{report:#}");
        assert_eq!(report["of"], "source");
        assert!(report.get("text").is_none());
    }
    // An earlier version wrote the text alone.
    let list = home.folder(&rejected).report().with_extension("json");
    fs::remove_file(list).unwrap();
    let report = told(&home, &["report", rejected.as_str()]);
    fits("report", &report);
    assert!(report["text"].as_str().unwrap().starts_with("problems: "), "{report:#}");
    let file = home.path().join("sent.csv");
    fs::write(&file, "no heading of ours\n1\n").unwrap();
    let file = file.to_str().unwrap();
    fits("send", &told(&home, &["send", "irai", file]));
    let followed = told(&home, &["send", "irai", file, "--as", "another.csv", "--wait"]);
    assert_eq!(followed[0]["outcome"], "rejected", "{followed}");
    fits("send", &followed);
}

#[test]
fn each_schema_is_tried_here() {
    let tried = fs::read_to_string("tests/schemas.rs").unwrap();
    let mut count = 0;
    for entry in fs::read_dir("docs/schema").unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(name) = name.strip_suffix(".v1.json") else {
            assert_eq!(name, "README.md");
            continue;
        };
        assert!(tried.contains(&format!("fits(\"{name}\"")), "nothing is held against {name}");
        count += 1;
    }
    assert!(count > 20, "only {count} schemas");
}

#[test]
fn a_value_that_is_not_as_its_schema_says_would_be_noticed() {
    let schema: Value =
        serde_json::from_str(&fs::read_to_string("docs/schema/explain.v1.json").unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let code =
        |code: &str| serde_json::json!({"code": code, "message": "", "about": null, "why": [], "do": []});
    assert!(validator.is_valid(&code("TT-1203")));
    assert!(!validator.is_valid(&code("1203")) && !validator.is_valid(&serde_json::json!({})));
}
