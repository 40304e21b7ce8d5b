//! Time stamps from outside: a real authority (`openssl ts`) stamps the journal's end once a day, and everybody can verify it.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use support::gateway::Home;
use support::sshd::{Options, Sshd};
use totatsu::audit::{self, Audit};
use totatsu::config;
use totatsu_base::clock::Moment;

/// An authority of our own, and the command that asks it.
struct Authority {
    home: tempfile::TempDir,
}

impl Authority {
    fn new() -> Authority {
        let authority = Authority { home: tempfile::tempdir().unwrap() };
        let (at, home) = (|name: &str| authority.at(name), authority.home.path().display());
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
        let root = [
            "req",
            "-x509",
            "-subj",
            "/CN=root",
            "-days",
            "3650",
            "-keyout",
            &at("ca.key"),
            "-out",
            &at("ca.pem"),
        ];
        openssl(&[&root[..], &curve].concat());
        let request = ["req", "-subj", "/CN=stamps", "-keyout", &at("tsa.key"), "-out", &at("tsa.csr")];
        openssl(&[&request[..], &curve].concat());
        fs::write(at("extensions"), "extendedKeyUsage=critical,timeStamping\n").unwrap();
        openssl(&[
            "x509",
            "-req",
            "-in",
            &at("tsa.csr"),
            "-CA",
            &at("ca.pem"),
            "-CAkey",
            &at("ca.key"),
            "-CAcreateserial",
            "-days",
            "3650",
            "-extfile",
            &at("extensions"),
            "-out",
            &at("tsa.pem"),
        ]);
        let settings = format!(
            "[tsa]\ndefault_tsa = own\n[own]\nserial = {home}/serial\nsigner_cert = {home}/tsa.pem\ncerts = {home}/ca.pem\n\
             signer_key = {home}/tsa.key\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\ndigests = sha256\n\
             ordering = no\ntsa_name = no\ness_cert_id_chain = no\n"
        );
        fs::write(at("settings"), settings).unwrap();
        // What a person would write, but for the line to the authority.
        let script = format!(
            "set -e\ncd {home}\n[ ! -e down ] || exit 7\nread -r told\n[ \"$told\" = \"$TOTATSU_STAMP_SHA256\" ] && [ \"$1\" = \"$told\" ]\n\
             [ ! -e other ] || told=$(cat other)\n\
             openssl ts -query -digest \"$told\" -sha256 -cert -out query\n\
             openssl ts -reply -config settings -queryfile query -out reply\ncat reply\n"
        );
        fs::write(at("stamp"), script).unwrap();
        authority
    }

    fn at(&self, name: &str) -> String {
        self.home.path().join(name).to_str().unwrap().to_owned()
    }

    fn configure(&self, home: &Home, more: &str) {
        let settings = fs::read_to_string(home.path().join("config/totatsu.toml")).unwrap();
        let command =
            format!("[timestamp]\ncommand = [\"/bin/sh\", {:?}, \"{{sha256}}\"]\n", self.at("stamp"));
        home.write("config/totatsu.toml", &format!("{settings}{command}{more}"));
    }
}

fn openssl(arguments: &[&str]) {
    let output = Command::new("openssl").args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn verify(home: &Home) -> Audit {
    let settings = config::read_gateway(&home.path().join("config")).unwrap();
    audit::verify(&settings, None).unwrap().0
}

fn stamped(home: &Home) -> Vec<Value> {
    home.journal().into_iter().filter(|line| line["event"] == "stamped").collect()
}

fn said(mut command: Command) -> (i32, String) {
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

fn file_of(home: &Home, stamp: &Value) -> PathBuf {
    home.path().join("ledger/timestamps").join(stamp["file"].as_str().unwrap())
}

fn export(home: &Home, name: &str) -> PathBuf {
    let out = home.path().join(name);
    let today = Moment::now().date().to_string();
    let to = Moment::now().date().tomorrow().unwrap().to_string();
    let arguments = ["audit", "export", "--from", &today, "--to", &to, "--out", out.to_str().unwrap()];
    let (code, text) = said(home.command(&arguments));
    assert_eq!(code, 0, "{text}");
    out
}

fn shell(home: &Home, directory: &Path, authority: Option<&str>) -> (i32, String) {
    let (code, script) = said(home.command(&["receipt", "verifier", "--sh"]));
    assert_eq!(code, 0);
    fs::write(home.path().join("verify.sh"), script).unwrap();
    let mut command = Command::new("sh");
    command.arg(home.path().join("verify.sh")).arg(directory).args(authority);
    said(command)
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn the_journals_end_is_stamped_once_a_day_and_audit_export_and_openssl_verify_it_and_notice_a_changed_byte() {
    let (authority, sshd) = (Authority::new(), Sshd::start(Options::default()));
    let mut home = Home::new(&sshd);
    authority.configure(&home, "");
    home.start();
    home.until("it is stamped", |home| (stamped(home).len() == 1).then_some(()));
    home.drop_records("file1.csv", 2);
    home.wait_for(1, "archived");
    // No second one on this day, and one on the next.
    assert!(home.stop().success());
    home.start();
    home.drop_records("file2.csv", 2);
    home.wait_for(2, "archived");
    assert_eq!(stamped(&home).len(), 1);
    assert!(home.stop().success());
    if option_env!("FAKETIME_LIBRARY").is_some() {
        home.set_clock("+1d");
        home.start();
        home.until("the next day's end is stamped", |home| (stamped(home).len() == 2).then_some(()));
        assert!(home.stop().success());
    }
    let stamps = stamped(&home);
    let lines = home.journal();
    for stamp in &stamps {
        let (seq, digest) =
            (stamp["line"]["seq"].as_u64().unwrap(), stamp["line"]["sha256"].as_str().unwrap());
        assert_eq!(lines[usize::try_from(seq).unwrap()]["prev"], digest, "the digest is that of the line");
        let file = file_of(&home, stamp);
        openssl(&[
            "ts",
            "-verify",
            "-digest",
            digest,
            "-in",
            file.to_str().unwrap(),
            "-CAfile",
            &authority.at("ca.pem"),
        ]);
    }
    let audit = verify(&home);
    assert_eq!((audit.findings, audit.stamps), (Vec::new(), stamps.len() as u64));
    let out = export(&home, "export");
    let (code, text) = shell(&home, &out, Some(&authority.at("ca.pem")));
    assert!(code == 0 && text.contains("time stamp of event"), "{text}");
    let (code, text) = shell(&home, &out, None);
    assert!(code == 0 && text.contains("aren't verified without"), "{text}");
    // Another authority's certificate proves nothing.
    let (code, text) = shell(&home, &out, Some(&Authority::new().at("ca.pem")));
    assert!(code == 1 && text.contains("doesn't fit"), "{text}");
    let file = file_of(&home, &stamps[0]);
    let kept = fs::read(&file).unwrap();
    for at in [0, kept.len() / 2, kept.len() - 1] {
        let mut changed = kept.clone();
        changed[at] ^= 1;
        fs::write(&file, changed).unwrap();
        let findings = verify(&home).findings;
        assert!(findings.len() == 1 && findings[0].file == file, "{at}: {findings:?}");
    }
    fs::remove_file(&file).unwrap();
    assert_eq!(verify(&home).findings.len(), 1);
    let (code, text) = shell(&home, &export(&home, "without"), Some(&authority.at("ca.pem")));
    assert!(code == 1 && text.contains("is missing"), "{text}");
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn an_authority_that_is_down_or_stamps_something_else_is_told_and_keeps_no_delivery_waiting() {
    let (authority, sshd) = (Authority::new(), Sshd::start(Options::default()));
    let mut home = Home::new(&sshd);
    authority.configure(&home, "");
    for (number, obstacle) in ["down", "other"].into_iter().enumerate() {
        fs::write(authority.at(obstacle), "ab".repeat(32)).unwrap();
        home.start();
        home.until("it is told", |home| {
            (home.log().matches("could not be stamped").count() > number).then_some(())
        });
        home.drop_records(&format!("file{number}.csv"), 2);
        home.wait_for(number + 1, "archived");
        assert_eq!(stamped(&home).len(), 0);
        assert!(home.stop().success());
        fs::remove_file(authority.at(obstacle)).unwrap();
    }
    home.start();
    home.until("what was missed is made up at the next start", |home| {
        (stamped(home).len() == 1).then_some(())
    });
    assert!(home.stop().success());
    assert_eq!(verify(&home).findings, []);
}
