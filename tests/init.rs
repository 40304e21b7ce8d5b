//! What `totatsu init` and `totatsu coverage` promise: a whole configuration from the national list, which passes `check`; nothing of a
//! person's is touched when it is run again; and what is served, left out, missing or beyond the list is told.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;
use totatsu::catalogue::{InterfaceList, InterfaceScope, ListedWay};
use totatsu::config::link::{EmptyFile, Order};
use totatsu::config::{self, Config};
use totatsu::init::InitStore;
use totatsu_base::document::Severity;
use totatsu_transport::Reach;

/// A directory for a configuration, and what belongs to it.
struct City(TempDir);

struct Told {
    code: i32,
    out: String,
    err: String,
}

impl City {
    fn new() -> City {
        City(tempfile::tempdir().unwrap())
    }

    fn directory(&self) -> PathBuf {
        self.0.path().join("config")
    }

    fn init(&self, arguments: &[&str]) -> Told {
        let mut command = Command::new(env!("CARGO_BIN_EXE_totatsu"));
        command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env_remove("LANG");
        command.arg("init").arg(self.directory());
        for (flag, place) in [("--spool", "spool"), ("--ledger", "ledger"), ("--socket", "control.sock")] {
            command.arg(flag).arg(self.0.path().join(place));
        }
        command.arg("--layouts").arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts"));
        let output = command.args(arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Told { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    fn fates(&self, arguments: &[&str]) -> Vec<(String, String)> {
        let told = self.init(&[&["--json"], arguments].concat());
        assert_eq!(told.code, 0, "{}", told.err);
        let answer: Value = serde_json::from_str(&told.out).unwrap();
        let files = answer["files"].as_array().unwrap().iter();
        files
            .map(|one| (one["file"].as_str().unwrap().to_owned(), one["fate"].as_str().unwrap().to_owned()))
            .collect()
    }

    /// The configuration, which has no error; its warnings tell of samples alone.
    fn checked(&self) -> Config {
        let (configured, problems) = config::check(&self.directory());
        for problem in &problems {
            assert_eq!(problem.severity, Severity::Warning, "{problem}");
            assert!(problem.message.contains("is a sample"), "{problem}");
        }
        configured.unwrap()
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.directory().join(file)).unwrap()
    }
}

const ALL: [&str; 6] = ["--municipality", "千代田区", "--business", "all", "--mpn", "direct"];

#[test]
fn a_city_with_all_seven_systems_gets_a_link_for_each_interface_and_check_passes() {
    for (mpn, left_out) in [("direct", 2), ("collection", 7)] {
        let city = City::new();
        let told = city.init(&["--municipality", "131016", "--business", "all", "--mpn", mpn]);
        assert_eq!(told.code, 0, "{}", told.err);
        let config = city.checked();
        assert_eq!(config.links.len() + config.inbound.len(), 143 - left_out, "{mpn}");
        assert_eq!(
            (config.gateway.name.as_str(), config.gateway.municipality.as_str()),
            ("千代田区", "13101")
        );
        let coverage = &config.coverage["13101"];
        assert_eq!((coverage.businesses.len(), coverage.not_served.len()), (7, left_out));
        let interfaces = config.links.values().map(|link| &link.interfaces);
        let interfaces = interfaces.chain(config.inbound.values().map(|link| &link.interfaces)).flatten();
        let served: BTreeSet<&String> =
            interfaces.chain(coverage.not_served.iter().map(|one| &one.interface)).collect();
        assert_eq!(served.len(), 143, "{mpn}");
    }
}

#[test]
fn payment_data_goes_to_mpn_one_way_which_is_asked() {
    let city = City::new();
    let told = city.init(&["--municipality", "131016", "--business", "all"]);
    assert_eq!((told.code, told.out.as_str()), (2, ""));
    assert!(told.err.contains("--mpn direct or --mpn collection"), "{}", told.err);
    assert!(!city.directory().exists());
    let direct = City::new();
    direct.init(&ALL);
    let config = direct.checked();
    let to_mpn: BTreeSet<&str> = config
        .links
        .values()
        .filter(|link| link.partner == "mpn")
        .map(|link| link.name.split('-').next().unwrap())
        .collect();
    assert_eq!(to_mpn, BTreeSet::from(["kei", "kojin", "kokuho", "kotei"]));
    let collected = City::new();
    collected.init(&["--municipality", "131016", "--business", "all", "--mpn", "collection"]);
    let config = collected.checked();
    assert!(
        config
            .links
            .values()
            .filter(|link| link.partner == "mpn")
            .all(|link| link.name.starts_with("shuno-"))
    );
    // What MPN sends comes in either way, and without collection there is nothing to ask.
    assert!(config.inbound.contains_key("shuno-mpn-in-daily-diff"));
    let alone = City::new();
    assert_eq!(alone.init(&["--municipality", "131016", "--business", "kotei,kei"]).code, 0);
    assert!(alone.checked().links.contains_key("kotei-mpn-out-daily-full"));
}

#[test]
fn each_link_says_what_the_list_says_of_its_interface() {
    let city = City::new();
    city.init(&ALL);
    let config = city.checked();
    let served = InterfaceList::shipped().interfaces.iter().filter(|one| config.has_link(&one.id));
    let mut seen = 0;
    for interface in served {
        let id = &interface.id;
        let full = interface.scope == InterfaceScope::Full;
        let (order, lock, limits, partner, expects) = match interface.direction {
            ListedWay::Out => {
                let link = &config.links[id];
                (link.order, link.lock.clone(), link.record_limits, &link.partner, link.expect.is_some())
            }
            ListedWay::In => {
                let link = &config.inbound[id];
                (
                    link.order,
                    Some(link.lock.clone()),
                    link.record_limits,
                    &link.partner,
                    link.expect.is_some(),
                )
            }
        };
        let latest = full && interface.direction == ListedWay::Out;
        assert_eq!(order, if latest { Order::Latest } else { Order::Strict }, "{id}");
        if interface.is_exclusive() {
            assert_eq!(lock.as_ref(), Some(&interface.business), "{id}");
        } else {
            assert_ne!(lock.as_ref(), Some(&interface.business), "{id}");
        }
        let limits = limits.unwrap();
        assert_eq!(limits.records, interface.expected_max(), "{id}");
        assert_eq!(limits.empty == EmptyFile::Hold, full, "{id}");
        assert_eq!(partner, &interface.partner, "{id}");
        let text = city.read(&format!("links/{id}.toml"));
        let daily_full = text.contains("#expect = ");
        assert_eq!(expects, !id.contains("-adhoc-") && !daily_full, "{id}");
        seen += 1;
    }
    assert_eq!(seen, 141);
    assert_eq!(config.links["juki-immigration-out-daily-diff"].layout, "immigration/shichoson-tsuchi");
    assert_eq!(config.links["kotei-finance-out-monthly-diff"].layout, "common/as-is");
    assert_eq!(config.inbound["kei-kei-assoc-in-monthly-diff"].layout, "keijidosha/sharyo-joho");
}

#[test]
fn what_only_people_can_tell_is_open_and_check_counts_it() {
    let city = City::new();
    let reach = ["--reach", "finance=ftps", "--reach", "戸籍=medium"];
    assert_eq!(city.init(&[&ALL[..], &reach].concat()).code, 0);
    let config = city.checked();
    assert_eq!(config.partners["collection"].open, ["sftp.host", "sftp.user", "sftp.host_keys"]);
    assert_eq!(config.partners["finance"].open, ["ftps.host", "ftps.user", "ftps.password_file"]);
    assert!(matches!(config.partners["family-register"].reach, Reach::Medium(_)));
    assert!(
        matches!(config.partners["mpn"].reach, Reach::Medium(_)) && config.partners["mpn"].open.is_empty()
    );
    assert_eq!(
        config.links["kotei-mpn-out-daily-diff"].open,
        ["layout", "values.収納機関コード", "values.収納機関名カナ", "values.収納機関名漢字"]
    );
    let points: usize = config.open_points().iter().map(|open| open.points.len()).sum();
    let mut command = Command::new(env!("CARGO_BIN_EXE_totatsu"));
    let output = command.arg("--config").arg(city.directory()).arg("check").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && text.contains(&format!("open: {points} points in ")), "{text}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_totatsu"));
    let output = command.arg("--config").arg(city.directory()).args(["check", "--open"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("partners/collection.toml: open: sftp.host, sftp.user, sftp.host_keys\n"),
        "{text}"
    );
    // What is filled in, and removed from the list, is open no more.
    let file = city.directory().join("partners/collection.toml");
    let filled = city.read("partners/collection.toml").replace("open = [", "open = [] #");
    fs::write(file, filled).unwrap();
    // What is the example's, and not open any more, is warned of.
    let (config, problems) = config::check(&city.directory());
    assert!(problems.iter().any(|problem| problem.key.as_deref() == Some("sftp.host_keys")), "{problems:?}");
    let left: usize = config.unwrap().open_points().iter().map(|open| open.points.len()).sum();
    assert_eq!(left, points - 3);
}

#[test]
fn what_is_filled_in_and_still_listed_as_open_is_told() {
    let city = City::new();
    assert_eq!(city.init(&ALL).code, 0);
    let told = || {
        let problems = config::check(&city.directory()).1;
        let of_open = problems.iter().filter(|problem| problem.key.as_deref() == Some("open"));
        of_open.map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(told(), Vec::<String>::new());
    let file = "partners/collection.toml";
    let text = city.read(file);
    let key = text.split('"').find(|text| text.starts_with("ssh-ed25519 ")).unwrap();
    let nobodys = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";
    let filled = text.replace(key, nobodys).replace("collection.invalid", "sftp.city.lg.jp");
    fs::write(city.directory().join(file), filled).unwrap();
    let told = told();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("sftp.host is filled in") && told[1].contains("sftp.host_keys"), "{told:?}");
}

#[test]
fn where_the_layouts_lie_elsewhere_the_files_are_written_and_only_that_is_to_be_corrected() {
    let city = City::new();
    let nowhere = city.0.path().join("nowhere");
    let init = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_totatsu"));
        command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env_remove("LANG");
        let output = command.arg("init").arg(city.directory()).args(ALL).args(more).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, told) = init(&["--layouts", nowhere.to_str().unwrap()]);
    assert_eq!(code, 2);
    assert!(told.contains("the files are written: ") && told.contains("can't be counted"), "{told}");
    assert!(told.contains("only paths.layouts in totatsu.toml") && told.contains("--layouts"), "{told}");
    assert!(told.contains(nowhere.to_str().unwrap()) && !told.contains("points are open"), "{told}");
    // What is said to be enough is enough.
    let layouts = Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts");
    let (code, told) = init(&["--add", "--layouts", layouts.to_str().unwrap()]);
    assert!(code == 0 && told.contains("points are open"), "{told}");
}

/// Somebody at a terminal who waits for a question and types an answer, one after another; the exit code, and what was shown.
fn at_a_terminal(directory: &Path, steps: &[(&str, &str)]) -> (i32, String) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/terminal.py");
    let steps = serde_json::to_string(steps).unwrap();
    let mut command = Command::new("python3");
    command.arg(script).arg(steps).arg(env!("CARGO_BIN_EXE_totatsu")).args(["--lang", "en", "init"]);
    let output = command.arg(directory).output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    println!("{shown}");
    (output.status.code().unwrap(), shown)
}

#[test]
fn at_a_terminal_the_layouts_are_asked_for_a_no_leads_back_to_all_questions_and_nothing_is_written_before() {
    let city = City::new();
    let layouts = format!("{}/layouts\r", env!("CARGO_MANIFEST_DIR"));
    let whole = [
        ("Municipality, by name or by code", "千代田区\r"),
        ("name on receipts", "\r"),
        ("Enter decides", "\r"),
        ("Are they reached like this?", "y"),
        ("Which way does payment data go", "\r"),
    ];
    let elsewhere =
        [("Directory of the layouts", "/nowhere/at/all\r"), ("Directory of the layouts", &layouts)];
    // Where this machine has them installed nobody is asked.
    let asked = if Path::new(config::INSTALLED_LAYOUTS).is_dir() { &[][..] } else { &elsewhere[..] };
    let steps = [
        &whole[..],
        asked,
        &[("everything is asked again", "n")],
        &whole,
        &[("everything is asked again", "\u{3}")],
    ];
    let (code, shown) = at_a_terminal(&city.directory(), &steps.concat());
    assert!(code == 1 && shown.contains("interrupted: nothing was written"), "{code}");
    assert!(!city.directory().exists());
    let steps = [&whole[..], asked, &[("everything is asked again", "y")]];
    let (code, shown) = at_a_terminal(&city.directory(), &steps.concat());
    assert!(code == 0 && shown.contains("points are open"), "{code}");
}

#[test]
fn a_link_says_what_to_do_where_the_partner_leaves_a_file_under_the_name_of_the_next() {
    for (tongue, words) in [("ja", "引き取らない"), ("en", "If the partner doesn't remove its file")] {
        let city = City::new();
        assert_eq!(city.init(&[&ALL[..], &["--lang", tongue]].concat()).code, 0);
        let out = city.read("links/kotei-mpn-out-daily-diff.toml");
        assert!(out.contains(words) && out.contains("\n#same_name = \"hold\"\n"), "{out}");
        let main = city.read("totatsu.toml");
        assert!(main.contains("totatsu reload"), "{main}");
    }
    let city = City::new();
    assert_eq!(city.init(&ALL).code, 0);
    let inbound = &city.checked().inbound;
    let name = inbound.keys().next().unwrap();
    assert!(!city.read(&format!("links/{name}.toml")).contains("same_name"));
}

#[test]
fn secrets_and_keys_are_made_once_and_closed_to_others() {
    let city = City::new();
    city.init(&[&ALL[..], &["--reach", "finance=ftps"]].concat());
    let mode = |file: &str| fs::metadata(city.directory().join(file)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("keys"), mode("keys/totatsu"), mode("keys/finance.password")), (0o700, 0o600, 0o600));
    let key = city.read("keys/totatsu");
    assert!(city.read("keys/totatsu.pub").starts_with("ssh-ed25519 "));
    city.init(&[&ALL[..], &["--add"]].concat());
    assert_eq!(city.read("keys/totatsu"), key);
}

#[test]
fn a_key_pair_or_a_password_that_a_person_removed_is_not_made_anew_and_the_public_key_stays() {
    const REMOVED: [&str; 2] = ["keys/totatsu", "keys/finance.password"];
    let city = City::new();
    assert_eq!(city.init(&[&ALL[..], &["--reach", "finance=ftps"]].concat()).code, 0);
    let public = city.read("keys/totatsu.pub");
    for file in REMOVED {
        fs::remove_file(city.directory().join(file)).unwrap();
    }
    // Again and again: that they were made once stays known.
    for _ in 0..2 {
        let told = city.init(&["--add"]);
        for file in REMOVED {
            assert!(told.out.contains(&format!("{file}: left away")), "{}{}", told.out, told.err);
            assert!(!city.directory().join(file).exists(), "{file}");
        }
        assert_eq!(city.read("keys/totatsu.pub"), public);
    }
    let fates = city.fates(&[]);
    for file in REMOVED {
        assert!(fates.contains(&(file.to_owned(), "removed".to_owned())), "{fates:?}");
    }
}

#[test]
fn where_an_earlier_version_noted_no_keys_those_that_are_there_stay_and_are_noted_from_then_on() {
    let city = City::new();
    assert_eq!(city.init(&ALL).code, 0);
    let mut store = InitStore::read(&city.directory()).unwrap().unwrap();
    store.written.retain(|file, _| !file.starts_with("keys/"));
    fs::write(city.directory().join("init.toml"), toml::to_string(&store).unwrap()).unwrap();
    let key = city.read("keys/totatsu");
    let told = city.init(&["--add"]);
    assert_eq!(told.code, 0, "{}", told.err);
    assert_eq!(city.read("keys/totatsu"), key);
    fs::remove_file(city.directory().join("keys/totatsu")).unwrap();
    let fates = city.fates(&[]);
    assert!(fates.contains(&("keys/totatsu".to_owned(), "removed".to_owned())), "{fates:?}");
}

#[test]
fn run_again_it_shows_what_it_would_add_and_touches_nothing_that_a_person_changed() {
    let city = City::new();
    let first = ["--municipality", "131016", "--business", "kotei,kei"];
    assert_eq!(city.init(&first).code, 0);
    let changed = city.directory().join("links/kotei-finance-out-monthly-diff.toml");
    fs::write(&changed, fs::read_to_string(&changed).unwrap() + "# ours\n").unwrap();
    fs::remove_file(city.directory().join("links/kei-finance-out-monthly-diff.toml")).unwrap();
    let before = fs::read_to_string(&changed).unwrap();
    let more = ["--business", "kotei,kei,hojin", "--reach", "finance=medium"];
    let told = city.init(&more);
    assert_eq!(told.code, 0, "{}", told.err);
    for words in [
        "links/hojin-finance-out-monthly-diff.toml: would add",
        "partners/finance.toml: would renew",
        "links/kotei-finance-out-monthly-diff.toml: left alone",
        "links/kei-finance-out-monthly-diff.toml: left away",
        "--add",
    ] {
        assert!(told.out.contains(words), "{words} in {}", told.out);
    }
    assert!(!city.directory().join("links/hojin-finance-out-monthly-diff.toml").exists());
    assert!(city.read("partners/finance.toml").contains("sftp"));
    assert_eq!(city.init(&[&more[..], &["--add"]].concat()).code, 0);
    assert!(city.directory().join("links/hojin-finance-out-monthly-diff.toml").exists());
    assert!(city.read("partners/finance.toml").contains("transport = \"medium\""));
    assert_eq!(fs::read_to_string(&changed).unwrap(), before);
    assert!(!city.directory().join("links/kei-finance-out-monthly-diff.toml").exists());
    city.checked();
    // The answers are remembered: without a word, nothing is left to add.
    let fates = city.fates(&[]);
    let told: BTreeSet<&str> = fates.iter().map(|(_, fate)| fate.as_str()).collect();
    assert_eq!(told, BTreeSet::from(["same", "kept", "removed"]), "{fates:?}");
}

#[test]
fn a_business_that_is_given_up_leaves_its_files_for_a_person_to_remove() {
    let city = City::new();
    city.init(&["--municipality", "131016", "--business", "kotei,kei"]);
    let fates = city.fates(&["--business", "kotei", "--add"]);
    let unwanted = |file: &str| fates.contains(&(file.to_owned(), "unwanted".to_owned()));
    assert!(
        unwanted("links/kei-finance-out-monthly-diff.toml") && unwanted("partners/kei-assoc.toml"),
        "{fates:?}"
    );
    assert!(city.directory().join("partners/kei-assoc.toml").exists());
}

#[test]
fn a_dry_run_writes_nothing_and_a_foreign_configuration_is_refused() {
    let city = City::new();
    let told = city.init(&[&ALL[..], &["--dry-run"]].concat());
    assert_eq!(told.code, 0, "{}", told.err);
    assert!(told.out.contains("links/kotei-finance-out-monthly-diff.toml: would add"), "{}", told.out);
    assert!(!city.directory().exists());
    fs::create_dir(city.directory()).unwrap();
    fs::write(city.directory().join("totatsu.toml"), "[gateway]\n").unwrap();
    let told = city.init(&ALL);
    assert_eq!((told.code, city.read("totatsu.toml").as_str()), (2, "[gateway]\n"));
    assert!(told.err.contains("didn't write"), "{}", told.err);
}

#[test]
fn the_packages_example_is_replaced_as_long_as_nobody_has_written_anything_into_it() {
    for example in ["config/totatsu.toml", "config/ja/totatsu.toml"] {
        let city = City::new();
        let example = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(example)).unwrap();
        let (file, changed) = (city.directory().join("totatsu.toml"), format!("{example}# ours\n"));
        fs::create_dir(city.directory()).unwrap();
        fs::write(&file, &changed).unwrap();
        let told = city.init(&ALL);
        assert!(told.code == 2 && told.err.contains("didn't write"), "{}", told.err);
        assert!(city.read("totatsu.toml") == changed && !city.directory().join("links").exists());
        fs::write(&file, &example).unwrap();
        let told = city.init(&ALL);
        assert_eq!(told.code, 0, "{}", told.err);
        assert_eq!(city.checked().gateway.name, "千代田区");
    }
}

#[test]
fn a_first_run_that_was_cut_off_before_it_noted_what_it_wrote_goes_on_at_the_next() {
    let city = City::new();
    // `init.toml` is written under this name first.
    let hindrance = city.directory().join("init.new");
    fs::create_dir_all(&hindrance).unwrap();
    let told = city.init(&ALL);
    assert_eq!(told.code, 1, "{}", told.err);
    assert!(city.directory().join("totatsu.toml").exists() && !city.directory().join("init.toml").exists());
    fs::remove_dir(&hindrance).unwrap();
    fs::remove_file(city.directory().join("links/kotei-finance-out-monthly-diff.toml")).unwrap();
    let key = city.read("keys/totatsu");
    let told = city.init(&ALL);
    assert_eq!(told.code, 0, "{}", told.err);
    assert!(city.checked().links.contains_key("kotei-finance-out-monthly-diff"));
    assert_eq!(city.read("keys/totatsu"), key);
    let fates = city.fates(&[]);
    assert!(fates.iter().all(|(_, fate)| fate == "same"), "{fates:?}");
}

#[test]
fn an_answer_that_means_nothing_or_too_much_is_refused_before_anything_is_written() {
    for (arguments, words) in [
        (&["--municipality", "見本市", "--business", "all"][..], "no municipality"),
        (&["--municipality", "131015", "--business", "all"], "no municipality"),
        (&["--municipality", "池田町", "--business", "kei"], "183822 福井県池田町"),
        (&["--municipality", "131016", "--business", "jukki"], "no business system \"jukki\""),
        (&["--municipality", "131016"], "which business systems?"),
        (&["--business", "kei"], "which municipality?"),
        (
            &["--municipality", "131016", "--business", "kei", "--reach", "nobody=sftp"],
            "no partner \"nobody\"",
        ),
        (
            &["--municipality", "131016", "--business", "kei", "--reach", "mpn=post"],
            "sftp, ftps, medium or none",
        ),
        (&["--municipality", "131016", "--business", "kei", "--without", "x=y"], "no interface \"x\""),
        (
            &["--municipality", "131016", "--business", "kei", "--without", "kei-mpn-out-daily-diff= "],
            "without a reason",
        ),
    ] {
        let city = City::new();
        let told = city.init(arguments);
        assert_eq!((told.code, told.out.as_str()), (2, ""), "{arguments:?}");
        assert!(told.err.contains(words), "{words} in {}", told.err);
        assert!(!city.directory().exists(), "{arguments:?}");
    }
}

#[test]
fn what_is_left_out_on_purpose_has_its_reason_and_no_link() {
    let city = City::new();
    let without = ["--without", "kotei-finance-out-monthly-diff=調定表は紙で渡す", "--reach", "戸籍=none"];
    city.init(&[&ALL[..], &without].concat());
    let config = city.checked();
    assert!(
        !config.has_link("kotei-finance-out-monthly-diff")
            && !config.partners.contains_key("family-register")
    );
    let coverage = &config.coverage["13101"];
    let reason =
        |id: &str| coverage.not_served.iter().find(|one| one.interface == id).map(|one| one.reason.as_str());
    assert_eq!(reason("kotei-finance-out-monthly-diff"), Some("調定表は紙で渡す"));
    assert!(reason("juki-family-register-out-daily-diff").unwrap().contains("over this gateway"));
}

#[test]
fn a_file_of_answers_tells_everything_and_the_comments_are_in_the_language_that_is_asked_for() {
    let city = City::new();
    let answers = city.0.path().join("answers.toml");
    fs::write(
        &answers,
        "municipality = \"札幌市\"\nname = \"札幌市 共同利用\"\nbusinesses = [\"収滞納管理\", \"kei\"]\nmpn = \"collection\"\n\
         [dates]\nby = \"15:30\"\nmonthly_on = 20\n\
         [partners.\"財務会計\"]\nreach = \"sftp\"\nhost = \"192.0.2.7\"\nport = 2222\nuser = \"zaimu\"\n\
         host_keys = [\"SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\"]\ndirectory = \"renkei/\"\n\
         [import]\nshuno = [\"/bin/true\", \"{file}\"]\n\
         [[not_served]]\ninterface = \"shuno-finance-in-adhoc-diff\"\nreason = \"還付は紙\"\n",
    )
    .unwrap();
    let told = city.init(&["--answers", answers.to_str().unwrap(), "--lang", "ja"]);
    assert_eq!(told.code, 0, "{}", told.err);
    let config = city.checked();
    assert_eq!(
        (config.gateway.name.as_str(), config.gateway.municipality.as_str()),
        ("札幌市 共同利用", "01100")
    );
    assert!(config.partners["finance"].open.is_empty());
    let Reach::Sftp(settings) = &config.partners["finance"].reach else { panic!("not over SFTP") };
    assert_eq!((settings.host.as_str(), settings.port), ("192.0.2.7", 2222));
    assert_eq!(config.links["kei-finance-out-monthly-diff"].directory, "renkei/kei-finance-out-monthly-diff");
    let link = &config.inbound["shuno-mpn-in-daily-diff"];
    assert_eq!(link.import.as_ref().unwrap().argv, ["/bin/true", "{file}"]);
    assert!(!link.open.contains(&"import.command".to_owned()));
    let text = city.read("links/kei-finance-out-monthly-diff.toml");
    assert!(text.contains("expect = \"monthly on 20 by 15:30\""), "{text}");
    assert!(
        text.contains("# 業務機能: 調定表作成")
            && text.contains("注: 調定表を紙の帳票で渡している団体では発生しない。"),
        "{text}"
    );
    assert!(told.out.contains("未定の項目"), "{}", told.out);
    // Run again in another language, the comments stay as they are.
    assert!(city.fates(&[]).iter().all(|(_, fate)| fate == "same"));
    let wrong = city.0.path().join("wrong.toml");
    fs::write(&wrong, "municipalty = \"札幌市\"\n").unwrap();
    let told = City::new().init(&["--answers", wrong.to_str().unwrap()]);
    assert!(told.code == 2 && told.err.contains("municipalty"), "{}", told.err);
}

impl City {
    fn coverage(&self, arguments: &[&str]) -> Told {
        let mut command = Command::new(env!("CARGO_BIN_EXE_totatsu"));
        command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env_remove("LANG");
        let output =
            command.arg("--config").arg(self.directory()).arg("coverage").args(arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Told { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    fn standing(&self, interface: &str) -> Value {
        let told = self.coverage(&["--json"]);
        let answer: Value = serde_json::from_str(&told.out).unwrap();
        assert_eq!(answer["complete"] == true, told.code == 0, "{}", told.out);
        let mut lines = answer["interfaces"].as_array().unwrap().iter();
        lines.find(|line| line["interface"] == interface).unwrap_or_else(|| panic!("no {interface}")).clone()
    }
}

#[test]
fn a_city_that_init_has_just_written_is_covered_as_a_whole() {
    let city = City::new();
    city.init(&ALL);
    let told = city.coverage(&[]);
    assert_eq!(told.code, 0, "{}{}", told.out, told.err);
    assert!(
        told.out
            .contains("143 interfaces: 141 served, 2 left out on purpose, 0 both, 0 missing; 0 links beyond"),
        "{}",
        told.out
    );
    assert_eq!(city.coverage(&["--missing"]).out.lines().count(), 1);
    let of_mpn = city.standing("kotei-mpn-out-daily-full");
    assert_eq!(of_mpn["standing"], "served");
    assert_eq!(of_mpn["by"][0]["transport"], "medium");
    assert_eq!(city.standing("shuno-mpn-out-daily-full")["standing"], "left_out");
}

#[test]
fn what_is_missing_contradicted_or_beyond_the_list_is_told_and_ends_with_one() {
    let city = City::new();
    city.init(&["--municipality", "131016", "--business", "kotei"]);
    fs::remove_file(city.directory().join("links/kotei-finance-out-monthly-diff.toml")).unwrap();
    let told = city.coverage(&["--missing", "--lang", "ja"]);
    assert_eq!(told.code, 1, "{}", told.out);
    assert!(
        told.out.contains("kotei-finance-out-monthly-diff  固定資産税  財務会計  未対応"),
        "{}",
        told.out
    );
    assert_eq!(city.standing("kotei-finance-out-monthly-diff")["standing"], "missing");
    // Said to be left out, it is no longer missing; served all the same, it is a contradiction.
    let coverage = city.directory().join("coverage.toml");
    let left_out = |id: &str| {
        let text = format!(
            "businesses = [\"kotei\"]\n[[not_served]]\ninterface = \"{id}\"\nreason = \"on paper\"\n"
        );
        fs::write(&coverage, text).unwrap();
    };
    left_out("kotei-finance-out-monthly-diff");
    assert_eq!(city.coverage(&[]).code, 0);
    left_out("kotei-mpn-out-daily-full");
    assert_eq!(city.standing("kotei-mpn-out-daily-full")["standing"], "contradicted");
    assert_eq!(city.coverage(&[]).code, 1);
    // A link of our own, and one of a business that isn't ours.
    let own = city.read("links/kotei-mpn-out-daily-diff.toml").replace("interface = ", "#");
    fs::write(city.directory().join("links/own.toml"), own).unwrap();
    assert!(city.coverage(&[]).out.contains("beyond the list: own"));
}

#[test]
fn the_page_for_the_binder_says_of_every_interface_how_it_is_served_and_proven() {
    let city = City::new();
    city.init(&[&ALL[..], &["--name", "千代田区 <試験>", "--lang", "ja"]].concat());
    let page = city.coverage(&["--html", "--lang", "ja"]).out;
    for interface in &InterfaceList::shipped().interfaces {
        assert!(page.contains(&format!(">{}<", interface.id)), "{}", interface.id);
    }
    for words in [
        "千代田区 &lt;試験&gt;",
        "授受の方法と証明",
        "媒体から読み返して照合",
        "ＭＰＮへは各業務システムから直接送る",
        "@page",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn a_coverage_file_and_a_link_that_name_what_the_list_has_not_are_mistakes() {
    let city = City::new();
    city.init(&["--municipality", "131016", "--business", "kei"]);
    let coverage = "businesses = [\"jukki\"]\n[[not_served]]\ninterface = \"x\"\nreason = \" \"\n";
    fs::write(city.directory().join("coverage.toml"), coverage).unwrap();
    let link = city.read("links/kei-finance-out-monthly-diff.toml");
    let both = "[\"kei-kei-assoc-in-monthly-diff\", \"kei-nobody-out-daily-diff\"]";
    let link = link.replace("\"kei-finance-out-monthly-diff\"\ndirection", &format!("{both}\ndirection"));
    fs::write(city.directory().join("links/kei-finance-out-monthly-diff.toml"), link).unwrap();
    let (configured, problems) = config::read(&city.directory());
    assert!(configured.is_none());
    let told: Vec<String> =
        problems.iter().filter(|one| one.severity == Severity::Error).map(ToString::to_string).collect();
    for words in [
        "\"jukki\"",
        "no interface \"x\"",
        "x needs a reason",
        "goes the other way",
        "\"kei-nobody-out-daily-diff\"",
    ] {
        assert!(told.iter().any(|problem| problem.contains(words)), "{words} in {told:?}");
    }
}

#[test]
fn another_municipality_has_links_partners_locks_and_outboxes_of_its_own() {
    let city = City::new();
    assert_eq!(city.init(&["--for", "港区"]).code, 2);
    let first = ["--municipality", "131016", "--business", "kei,shuno", "--mpn", "direct"];
    assert_eq!(city.init(&first).code, 0);
    let before = city.checked();
    let told = city.init(&["--for", "東京都港区", "--business", "kei", "--reach", "財務会計=medium"]);
    assert!(told.out.contains("links/13103-kei-finance-out-monthly-diff.toml: would add"), "{}", told.out);
    assert_eq!(
        city.init(&["--for", "131032", "--business", "kei", "--reach", "財務会計=medium", "--add"]).code,
        0
    );
    let config = city.checked();
    let added = config.links.len() + config.inbound.len() - before.links.len() - before.inbound.len();
    assert_eq!(added, 8);
    let (own, other) =
        (&config.links["kei-finance-out-monthly-diff"], &config.links["13103-kei-finance-out-monthly-diff"]);
    assert_eq!((config.municipality_of(&own.name), config.municipality_of(&other.name)), ("13101", "13103"));
    assert_ne!(own.outbox, other.outbox);
    assert_eq!((own.lock.as_deref(), other.lock.as_deref()), (Some("kei"), Some("13103-kei")));
    assert_eq!((own.partner.as_str(), other.partner.as_str()), ("finance", "13103-finance"));
    assert!(matches!(config.partners["13103-finance"].reach, Reach::Medium(_)));
    assert!(!city.read("totatsu.toml").contains("131032"));
    // Each is covered by itself.
    assert_eq!(city.coverage(&[]).code, 0);
    let told = city.coverage(&["--municipality", "131032"]);
    assert!(told.code == 0 && told.out.contains("8 interfaces: 8 served"), "{}{}", told.out, told.err);
    fs::remove_file(city.directory().join("links/13103-kei-finance-out-monthly-diff.toml")).unwrap();
    assert_eq!((city.coverage(&[]).code, city.coverage(&["--municipality", "131032"]).code), (0, 1));
    assert_eq!(city.coverage(&["--municipality", "131041"]).code, 1);
    // Run again for the first, the other stays as it is.
    let fates = city.fates(&[]);
    assert!(!fates.iter().any(|(_, fate)| fate == "unwanted" || fate == "new"), "{fates:?}");
    let told = city.init(&["--for", "131016", "--business", "kei"]);
    assert!(told.code == 2 && told.err.contains("own municipality"), "{}", told.err);
}
