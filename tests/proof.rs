//! What somebody without this program may rely on: the certificate on paper, the bundle and the export verified by a browser
//! and by openssl, and each tampering noticed by both.

#![cfg_attr(
    not(have_sshd),
    allow(dead_code, unused_imports, reason = "scripts/test installs what is missing")
)]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

#[path = "support/browser.rs"]
mod browser;
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use browser::{Browser, Seen};
use support::gateway::{Home, names_in};
use totatsu::receipt::key::ReceiptKey;
use totatsu_base::clock::Moment;
use totatsu_base::delivery_id::DeliveryId;
use totatsu_base::digest::Sha256;
use unicode_width::UnicodeWidthStr as _;

type Files = BTreeMap<String, Vec<u8>>;
/// What a forger does, by its name.
type Forgery = (&'static str, fn(&mut Files));

/// What a forger makes of genuine files; the sums beside them fit again.
fn forged_by(forge: fn(&mut Files), genuine: &Files) -> Files {
    let mut files = genuine.clone();
    forge(&mut files);
    summed(&mut files);
    files
}

fn bundle_of(home: &Home, id: &DeliveryId, name: &str) -> PathBuf {
    let out = home.path().join(name);
    let (done, text) = home.run(&["receipt", "bundle", id.as_str(), "--out", out.to_str().unwrap()]);
    assert!(done && text.contains("SHA256:"), "{text}");
    out
}

fn export_of(home: &Home) -> PathBuf {
    let out = home.path().join("export");
    let today = Moment::now().date();
    let (from, to) = (today.yesterday().unwrap().to_string(), today.tomorrow().unwrap().to_string());
    let (done, text) =
        home.run(&["audit", "export", "--from", &from, "--to", &to, "--out", out.to_str().unwrap()]);
    assert!(done, "{text}");
    out
}

/// What the program prints, in a file.
fn printed(home: &Home, arguments: &[&str], name: &str) -> PathBuf {
    let (done, text) = home.run(arguments);
    assert!(done, "{text}");
    let path = home.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

/// The files inside a bundle.
fn unpacked(bundle: &Path) -> Files {
    let page = fs::read_to_string(bundle).unwrap();
    let blocks = page.split("<script type=\"text/plain\" data-name=\"").skip(1);
    let taken = |block: &str| {
        let (name, rest) = block.split_once("\">\n")?;
        let (text, _) = rest.split_once("\n</script>")?;
        Some((name.to_owned(), STANDARD.decode(text.replace('\n', "")).ok()?))
    };
    blocks.filter_map(taken).collect()
}

/// A bundle with other files in it.
fn packed(bundle: &Path, files: &Files, into: &Path) {
    let page = fs::read_to_string(bundle).unwrap();
    let mark = "<script type=\"text/plain\" data-name=\"";
    let (head, rest) = page.split_once(mark).unwrap();
    let tail = rest.rsplit_once(mark).unwrap().1.split_once("</script>\n").unwrap().1;
    let block = |(name, bytes): (&String, &Vec<u8>)| {
        format!("{mark}{name}\">\n{}\n</script>\n", STANDARD.encode(bytes))
    };
    let blocks: String = files.iter().map(block).collect();
    fs::write(into, format!("{head}{blocks}{tail}")).unwrap();
}

/// The files of an export, by their paths in it.
fn files_of(directory: &Path) -> Files {
    let mut files = Files::new();
    for name in names_in(directory).into_iter().filter(|name| name != "receipts") {
        files.insert(name.clone(), fs::read(directory.join(name)).unwrap());
    }
    for name in names_in(&directory.join("receipts")) {
        files.insert(format!("receipts/{name}"), fs::read(directory.join("receipts").join(&name)).unwrap());
    }
    files
}

fn laid_out(files: &Files, directory: &Path) {
    fs::create_dir_all(directory.join("receipts")).unwrap();
    for (name, bytes) in files {
        fs::write(directory.join(name), bytes).unwrap();
    }
}

/// The sums as a careful forger makes them anew.
fn summed(files: &mut Files) {
    files.remove("SHA256SUMS");
    let sums: String = files.iter().map(|(name, bytes)| format!("{}  {name}\n", Sha256::of(bytes))).collect();
    files.insert("SHA256SUMS".to_owned(), sums.into_bytes());
}

fn changed(files: &mut Files, name: &str, from: &str, to: &str) {
    let text = String::from_utf8(files[name].clone()).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    files.insert(name.to_owned(), text.replacen(from, to, 1).into_bytes());
}

/// A file of lines without some of them.
fn without_lines(files: &mut Files, name: &str, gone: impl Fn(usize, usize) -> bool) {
    let text = String::from_utf8(files[name].clone()).unwrap();
    let count = text.lines().count();
    let kept = text.lines().enumerate().filter(|(at, _)| !gone(*at, count));
    files.insert(name.to_owned(), kept.map(|(_, line)| format!("{line}\n")).collect::<String>().into_bytes());
}

/// `export.json` as it would be, were the lines that are there all of them.
fn ranged(files: &mut Files) {
    let lines = String::from_utf8(files["events.jsonl"].clone()).unwrap();
    let seq = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["seq"].as_u64().unwrap();
    let mut range: serde_json::Value = serde_json::from_slice(&files["export.json"]).unwrap();
    range["first_event"] = lines.lines().next().map(seq).into();
    range["last_event"] = lines.lines().last().map(seq).into();
    range["events"] = lines.lines().count().into();
    files.insert("export.json".to_owned(), format!("{range}\n").into_bytes());
}

fn other_key() -> Vec<u8> {
    let home = tempfile::tempdir().unwrap();
    ReceiptKey::open(home.path(), "見本市", false).unwrap();
    fs::read(home.path().join("receipt-key.pub")).unwrap()
}

const OF_A_BUNDLE: [Forgery; 10] = [
    ("a byte of the receipt", |files| changed(files, "receipt.json", "\"size\": ", "\"size\": 1")),
    ("a byte of the signature", |files| {
        let signature = files.get_mut("receipt.json.sig").unwrap();
        let place = signature.len() - 60;
        signature[place] = if signature[place] == b'A' { b'B' } else { b'A' };
    }),
    ("no signature", |files| drop(files.remove("receipt.json.sig"))),
    ("another key", |files| drop(files.insert("receipt-key.pub".to_owned(), other_key()))),
    ("no receipt", |files| drop(files.remove("receipt.json"))),
    ("a byte of the journal", |files| changed(files, "journal.jsonl", "file1.csv", "file9.csv")),
    ("a line out of the journal", |files| without_lines(files, "journal.jsonl", |at, _| at == 2)),
    ("the journal's beginning", |files| without_lines(files, "journal.jsonl", |at, _| at == 0)),
    ("the journal's end", |files| without_lines(files, "journal.jsonl", |at, count| at + 1 == count)),
    ("the end of the journal's last line", |files| {
        let journal = files.get_mut("journal.jsonl").unwrap();
        journal.truncate(journal.len() - 9);
    }),
];

const OF_AN_EXPORT: [Forgery; 7] = [
    ("a byte of a receipt", |files| changed(files, "receipts/2.json", "\"size\": ", "\"size\": 1")),
    ("a missing receipt", |files| {
        files.remove("receipts/2.json");
        files.remove("receipts/2.json.sig");
    }),
    ("a missing receipt, and its line in the journal", |files| {
        files.remove("receipts/3.json");
        files.remove("receipts/3.json.sig");
        let text = String::from_utf8(files["events.jsonl"].clone()).unwrap();
        let gone =
            text.lines().position(|line| line.contains("\"event\":\"receipted\",\"number\":3")).unwrap();
        without_lines(files, "events.jsonl", |at, _| at == gone);
        ranged(files);
    }),
    ("a byte of the journal", |files| changed(files, "events.jsonl", "file2.csv", "file9.csv")),
    ("lines out of the journal", |files| {
        without_lines(files, "events.jsonl", |at, _| at == 4 || at == 5);
        ranged(files);
    }),
    ("the journal's first lines", |files| without_lines(files, "events.jsonl", |at, _| at < 3)),
    ("the journal's end", |files| {
        without_lines(files, "events.jsonl", |at, count| at + 4 > count);
        ranged(files);
    }),
];

/// Exit code and words of `verify.sh`, on a machine that has no totatsu.
fn shell(script: &Path, what: &Path) -> (i32, String) {
    let mut command = Command::new("sh");
    command.arg(script).arg(what).env_clear().env("PATH", "/usr/bin:/bin");
    let output = command.output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.code().unwrap(), text)
}

fn seen_sound(seen: &Seen) {
    assert_eq!(seen.verdict, "sound", "{}", seen.text);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_certificate_is_printed_in_both_languages_and_none_of_a_receipt_that_is_not_genuine() {
    let (_sshd, home, ids) = Home::delivered(1);
    let id = ids[0].as_str();
    let receipt = home.receipt(&ids[0]);
    for (lang, title) in [("ja", "到達証明書"), ("en", "Certificate of arrival")] {
        let (done, page) = home.run(&["--lang", lang, "receipt", "show", id, "--html"]);
        assert!(done && page.contains(title) && page.contains(&format!("lang=\"{lang}\"")), "{page}");
        let (done, text) = home.run(&["--lang", lang, "receipt", "show", id, "--text"]);
        assert!(done && text.starts_with(title), "{text}");
        assert!(text.lines().all(|line| line.width() <= 80), "{text}");
        for fact in [
            "/source/sha256",
            "/sent/sha256",
            "/signed_by",
            "/arrival/peer/host_key",
            "/arrival/published_at",
            "/previous",
        ] {
            let fact = receipt.pointer(fact).unwrap().as_str().unwrap();
            assert!(page.contains(fact) && text.contains(fact), "{fact} in {text}");
        }
    }
    let path = home.folder(&ids[0]).receipt();
    let genuine = fs::read_to_string(&path).unwrap();
    fs::write(&path, genuine.replacen("file1", "file9", 1)).unwrap();
    for way in [
        &["receipt", "show", id, "--html"][..],
        &["receipt", "show", id, "--text"],
        &["receipt", "bundle", id],
    ] {
        let (done, text) = home.run(way);
        assert!(!done && text.contains("TT-9240") && !text.contains("<html"), "{text}");
    }
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn openssl_and_sha256sum_verify_a_bundle_and_notice_each_tampering() {
    let (_sshd, home, ids) = Home::delivered(1);
    let bundle = bundle_of(&home, &ids[0], "bundle.html");
    let files = unpacked(&bundle);
    let folder = home.folder(&ids[0]);
    assert_eq!(files["receipt.json"], fs::read(folder.receipt()).unwrap(), "byte for byte");
    assert!(!files.values().any(|bytes| String::from_utf8_lossy(bytes).contains("{delivery}")));
    let (done, text) = home.run(&["receipt", "bundle", ids[0].as_str(), "--out", bundle.to_str().unwrap()]);
    assert!(!done, "a bundle is never replaced: {text}");
    let script = printed(&home, &["receipt", "verifier", "--sh"], "verify.sh");
    assert_eq!(fs::read(&script).unwrap(), files["verify.sh"]);
    let (code, text) = shell(&script, &bundle);
    let (_, key) = home.run(&["receipt", "key"]);
    let fingerprint = key.lines().last().unwrap();
    assert!(code == 0 && text.contains("SOUND") && text.contains(fingerprint), "{text}");
    let forged = home.path().join("forged.html");
    for (what, forge) in OF_A_BUNDLE {
        let mut files = files.clone();
        forge(&mut files);
        summed(&mut files);
        packed(&bundle, &files, &forged);
        let (code, text) = shell(&script, &forged);
        assert!(code == 1 && text.contains("NG "), "{what}: {code} {text}");
        // Whole in both languages, for whoever reads it.
        for line in text.lines().filter(|line| line.starts_with("NG ")) {
            let (ja, en) = line.split_once(" / ").unwrap_or_else(|| panic!("{line}"));
            let japanese = |c: char| matches!(c, '\u{3040}'..='\u{30ff}');
            assert!(ja.chars().any(japanese) && !en.chars().any(japanese), "{line}");
        }
    }
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn openssl_and_sha256sum_verify_an_export_and_notice_each_tampering() {
    let (_sshd, home, _) = Home::delivered(3);
    let export = export_of(&home);
    let script = printed(&home, &["receipt", "verifier", "--sh"], "verify.sh");
    let (code, text) = shell(&script, &export);
    assert!(code == 0 && text.contains("SOUND"), "{text}");
    let genuine = files_of(&export);
    for (at, (what, forge)) in OF_AN_EXPORT.into_iter().enumerate() {
        let forged = home.path().join(format!("forged{at}"));
        let files = forged_by(forge, &genuine);
        laid_out(&files, &forged);
        let (code, text) = shell(&script, &forged);
        assert!(code == 1 && text.contains("NG "), "{what}: {code} {text}");
    }
}

#[test]
#[cfg_attr(
    not(all(have_sshd, have_chromium)),
    ignore = "needs sshd and Chromium: run scripts/test, which installs them"
)]
fn a_browser_verifies_a_bundle_by_a_double_click_and_an_export_and_notices_each_tampering() {
    let (_sshd, home, ids) = Home::delivered(3);
    let mut browser = Browser::start();
    let certificate =
        printed(&home, &["--lang", "ja", "receipt", "show", ids[0].as_str(), "--html"], "a4.html");
    assert_eq!(browser.printed_pages(&certificate), 1, "a certificate is one page");

    let bundle = bundle_of(&home, &ids[0], "bundle.html");
    seen_sound(&browser.opens(&bundle));
    let verifier = printed(&home, &["receipt", "verifier"], "verify.html");
    seen_sound(&browser.shows(&verifier, &[&bundle]));
    let (genuine, forged) = (unpacked(&bundle), home.path().join("forged.html"));
    for (what, forge) in OF_A_BUNDLE {
        let files = forged_by(forge, &genuine);
        packed(&bundle, &files, &forged);
        for seen in [browser.opens(&forged), browser.shows(&verifier, &[&forged])] {
            assert_eq!(seen.verdict, "unsound", "{what}: {}", seen.text);
        }
    }

    let export = export_of(&home);
    let genuine = files_of(&export);
    let chosen = |files: &Files, at: &Path| files.keys().map(|name| at.join(name)).collect::<Vec<_>>();
    let mut shown = |files: &Files, at: &Path| {
        let paths = chosen(files, at);
        browser.shows(&verifier, &paths.iter().map(PathBuf::as_path).collect::<Vec<_>>())
    };
    seen_sound(&shown(&genuine, &export));
    for (at, (what, forge)) in OF_AN_EXPORT.into_iter().enumerate() {
        let forged = home.path().join(format!("forged{at}"));
        let files = forged_by(forge, &genuine);
        laid_out(&files, &forged);
        let seen = shown(&files, &forged);
        assert_eq!(seen.verdict, "unsound", "{what}: {}", seen.text);
    }
    let receipts: Vec<_> = [1, 3].map(|number| export.join(format!("receipts/{number}.json"))).into();
    let signatures: Vec<_> = [1, 3].map(|number| export.join(format!("receipts/{number}.json.sig"))).into();
    let set = [receipts, signatures, vec![export.join("receipt-key.pub")]].concat();
    let seen = browser.shows(&verifier, &set.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    assert_eq!(seen.verdict, "unsound", "a gap in a set of receipts: {}", seen.text);
}

#[test]
#[cfg_attr(
    not(all(have_sshd, have_chromium)),
    ignore = "needs sshd and Chromium: run scripts/test, which installs them"
)]
fn a_browser_that_lacks_the_algorithm_says_so_and_passes_nothing() {
    let (_sshd, home, ids) = Home::delivered(1);
    let bundle = bundle_of(&home, &ids[0], "bundle.html");
    let mut browser = Browser::start();
    browser
        .before_each_page("crypto.subtle.importKey = () => Promise.reject(new Error('NotSupportedError'));");
    let seen = browser.opens(&bundle);
    assert!(seen.verdict == "unable" && seen.text.contains("Ed25519"), "{seen:?}");
}

/// An export of one municipality of two that share the gateway.
fn export_of_one(home: &mut Home) -> PathBuf {
    assert!(home.stop().success());
    let minato = "partner = \"eltax\"\nlayout = \"eltax/nenkin-tokucho-irai\"\nmunicipality = \"131032\"\nready = \"rename\"\n";
    home.write("config/links/minato.toml", &format!("{minato}[remote]\nname = \"minato-{{id}}.DTA\"\n"));
    home.start();
    let source = fs::read(home.folder(&home.deliveries()[0].delivery.id).source()).unwrap();
    let (outbox, before) = (home.outbox().with_file_name("minato"), home.deliveries().len());
    for (number, link) in ["minato", "own", "minato"].into_iter().enumerate() {
        if link == "minato" {
            let unlike = [source.clone(), vec![b'\n'; number]].concat();
            fs::write(outbox.join("minato.tmp"), &unlike).unwrap();
            fs::rename(outbox.join("minato.tmp"), outbox.join(format!("minato{number}.csv"))).unwrap();
        } else {
            home.drop_records("between.csv", 4);
        }
        home.wait_for(before + number + 1, "archived");
    }
    let out = home.path().join("of-one");
    let today = Moment::now().date();
    let (from, to) = (today.yesterday().unwrap().to_string(), today.tomorrow().unwrap().to_string());
    let days = ["audit", "export", "--from", &from, "--to", &to, "--municipality", "131032", "--out"];
    let (done, text) = home.run(&[&days[..], &[out.to_str().unwrap()]].concat());
    assert!(done, "{text}");
    out
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn openssl_and_sha256sum_verify_the_export_of_one_municipality_and_say_what_they_cant_see_in_it() {
    let (_sshd, mut home, _) = Home::delivered(1);
    let export = export_of_one(&mut home);
    let script = printed(&home, &["receipt", "verifier", "--sh"], "verify.sh");
    let (code, text) = shell(&script, &export);
    assert!(code == 0 && text.contains("SOUND") && text.contains("one municipality of several"), "{text}");
    let genuine = files_of(&export);
    let receipt =
        genuine.keys().find(|name| name.ends_with(".json.sig")).unwrap().trim_end_matches(".sig").to_owned();
    for forge in [
        |files: &mut Files, receipt: &str| drop(files.remove(receipt)),
        |files: &mut Files, receipt: &str| changed(files, receipt, "eltax", "eltay"),
        |files: &mut Files, _: &str| changed(files, "events.jsonl", "verified", "verifyed"),
    ] {
        let (mut files, forged) = (genuine.clone(), home.path().join("forged-of-one"));
        forge(&mut files, &receipt);
        summed(&mut files);
        if forged.exists() {
            fs::remove_dir_all(&forged).unwrap();
        }
        laid_out(&files, &forged);
        let (code, text) = shell(&script, &forged);
        assert!(code == 1 && text.contains("NG "), "{text}");
    }
}

#[test]
#[cfg_attr(
    not(all(have_sshd, have_chromium)),
    ignore = "needs sshd and Chromium: run scripts/test, which installs them"
)]
fn a_browser_verifies_the_export_of_one_municipality_and_notices_a_receipt_that_is_missing() {
    let (_sshd, mut home, _) = Home::delivered(1);
    let export = export_of_one(&mut home);
    let verifier = printed(&home, &["receipt", "verifier"], "verify.html");
    let mut browser = Browser::start();
    let genuine = files_of(&export);
    let mut shown = |files: &Files, at: &Path| {
        let paths: Vec<PathBuf> = files.keys().map(|name| at.join(name)).collect();
        browser.shows(&verifier, &paths.iter().map(PathBuf::as_path).collect::<Vec<_>>())
    };
    seen_sound(&shown(&genuine, &export));
    let (mut files, forged) = (genuine.clone(), home.path().join("forged-of-one"));
    let receipt =
        files.keys().find(|name| name.ends_with(".json.sig")).unwrap().trim_end_matches(".sig").to_owned();
    files.remove(&receipt);
    summed(&mut files);
    laid_out(&files, &forged);
    let seen = shown(&files, &forged);
    assert_eq!(seen.verdict, "unsound", "{}", seen.text);
}

/// What the program says of receipts where it has no configuration.
fn verified(key: &Path, more: &[&str], receipts: Vec<PathBuf>) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_totatsu"));
    command.args(["--config", "/nowhere", "receipt", "verify", "--key"]).arg(key).args(more).args(receipts);
    let output = command.env("LC_ALL", "C.UTF-8").output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.code().unwrap(), text)
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn of_two_different_receipts_with_one_number_one_is_not_genuine_in_either_order_and_one_given_twice_is() {
    let (_sshd, home, _) = Home::delivered(1);
    let (_other_sshd, other, _) = Home::delivered(1);
    let (ours, theirs) = (export_of(&home), export_of(&other));
    let keys = [&ours, &theirs].map(|export| fs::read(export.join("receipt-key.pub")).unwrap());
    let key = home.path().join("both.pub");
    fs::write(&key, keys.concat()).unwrap();
    let verify = |exports: [&PathBuf; 2]| {
        let receipts = exports.iter().map(|export| export.join("receipts/1.json"));
        verified(&key, &[], receipts.collect())
    };
    for exports in [[&ours, &theirs], [&theirs, &ours]] {
        let (code, text) = verify(exports);
        assert!(code == 1 && text.contains("NOT genuine"), "{text}");
    }
    let (code, text) = verify([&ours, &ours]);
    assert!(code == 0 && !text.contains("NOT genuine"), "{text}");
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_set_of_receipts_says_which_numbers_are_missing_and_that_one_does_not_follow_the_one_before() {
    let (_sshd, home, _) = Home::delivered(3);
    let export = export_of(&home);
    let key = export.join("receipt-key.pub");
    let verify = |numbers: &[&str], more: &[&str]| {
        let receipts = numbers.iter().map(|number| export.join(format!("receipts/{number}.json")));
        verified(&key, more, receipts.collect())
    };
    let (code, text) = verify(&["1", "2", "3"], &["--complete"]);
    assert!(code == 0 && !text.contains("aren't among these"), "{text}");
    let (code, text) = verify(&["3", "1"], &[]);
    assert!(code == 0 && text.contains("receipts 2 to 2 aren't among these"), "{text}");
    let (code, text) = verify(&["3", "1"], &["--complete"]);
    assert!(code == 1 && text.contains("aren't among these"), "{text}");
    // A receipt of another gateway, by a key that is trusted too, doesn't follow.
    let (_other_sshd, other, _) = Home::delivered(2);
    let others = export_of(&other);
    let both = [fs::read(&key).unwrap(), fs::read(others.join("receipt-key.pub")).unwrap()].concat();
    fs::write(&key, both).unwrap();
    for ending in ["", ".sig"] {
        fs::copy(
            others.join(format!("receipts/2.json{ending}")),
            export.join(format!("receipts/2.json{ending}")),
        )
        .unwrap();
    }
    let (code, text) = verify(&["1", "2"], &[]);
    assert!(code == 1 && text.contains("NOT genuine"), "{text}");
}
