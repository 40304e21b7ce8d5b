//! What `totatsu partner trust`, dated host keys and certified ones promise: only what the partner told is accepted, and
//! only where and when it was agreed.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

#[path = "support/configuration.rs"]
mod configuration;
mod support;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use configuration::Configuration;
use jiff::civil::Date;
use serde_json::Value;
use support::ftp::{PASSWORD, Wishes};
use support::partners::{of_sshd, refused};
use support::sshd::{Options, Sshd, new_key};
use support::vsftpd::vsftpd;
use tempfile::TempDir;
use totatsu::config;
use totatsu_base::clock::Moment;
use totatsu_transport::TransportError;
use totatsu_transport::sftp::{PinnedKey, connect};

const NOBODYS: &str = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";

fn trust(made: &Configuration, fingerprint: &str, more: &[&str]) -> (i32, Value) {
    let arguments = [&["--json", "partner", "trust", "eltax", "--fingerprint", fingerprint], more].concat();
    let output = made.totatsu(&arguments).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    println!("{told}");
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap_or(Value::Null))
}

/// The file of a partner before and after its list of keys.
fn around(sshd: &Sshd) -> (String, String) {
    let before = format!(
        "# eLTAX\r\ntransport = \"sftp\"\n\n[sftp] # where\n  host   = \"127.0.0.1\"\nport = {}\nuser = {:?} # ours\n",
        sshd.port(),
        sshd.user()
    );
    let after = format!(
        "private_key_file = {:?}\n\n# nothing else\n[profile]\ntakes_away = false",
        sshd.client_key()
    );
    (before, after)
}

fn fingerprint(line: &str) -> String {
    line.parse::<PinnedKey>().unwrap().fingerprint()
}

fn file_of(made: &Configuration) -> String {
    fs::read_to_string(made.directory().join("partners/eltax.toml")).unwrap()
}

/// The line without its comment, as it is written.
fn bare(line: &str) -> String {
    line.split(' ').take(2).collect::<Vec<_>>().join(" ")
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn only_the_key_that_was_told_is_written_and_every_other_byte_stays() {
    let kinds = vec!["ed25519", "ecdsa", "rsa"];
    let sshd = Sshd::start(Options { host_keys: kinds.clone(), ..Options::default() });
    let (before, after) = around(&sshd);
    for kind in kinds {
        let made = Configuration::new();
        let file = format!("{before}host_keys = [\n  # by telephone\n  \"{NOBODYS}\", # old\n]\n{after}");
        made.write("partners/eltax.toml", &file);
        let (code, answer) = trust(&made, "SHA256:AAAAQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU", &[]);
        assert_eq!((code, &answer["equal"], &answer["written"]), (1, &false.into(), &false.into()));
        assert_eq!(answer["shown"].as_array().unwrap().len(), 3, "{answer}");
        assert_eq!(file_of(&made), file);

        let line = sshd.host_key_line_of(kind);
        let (code, answer) = trust(&made, &fingerprint(&line), &[]);
        assert_eq!((code, &answer["written"]), (0, &true.into()), "{answer}");
        let list =
            format!("host_keys = [\n  # by telephone\n  {:?},\n  \"{NOBODYS}\", # old\n]\n", bare(&line));
        assert_eq!(file_of(&made), format!("{before}{list}{after}"));
        let (code, answer) = trust(&made, &fingerprint(&line), &[]);
        assert_eq!((code, &answer["written"]), (0, &false.into()));
        let (partner, problems) = config::read_partner(&made.directory(), "eltax");
        assert!(partner.is_some() && problems.is_empty(), "{problems:?}");
        assert!(made.totatsu(&["partner", "probe", "eltax", "--dry-run"]).output().unwrap().status.success());
    }
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_first_key_is_trusted_where_none_is_listed_and_nobody_signs_in_for_it() {
    let sshd = Sshd::start(Options::default());
    let (before, after) = around(&sshd);
    let made = Configuration::new();
    made.write("partners/eltax.toml", &format!("{before}{after}"));
    let line = sshd.host_key_line();
    let (code, _) = trust(&made, &fingerprint(&line), &["--as-of", "2026-01-01", "--until", "2036-01-31"]);
    assert_eq!(code, 0);
    let list = format!(
        "host_keys = [{{ key = {:?}, from = \"2026-01-01\", until = \"2036-01-31\" }}]\n",
        bare(&line)
    );
    let (top, rest) = before.split_once("# where\n").unwrap();
    assert_eq!(file_of(&made), format!("{top}# where\n{list}{rest}{after}"));
    assert!(!sshd.log().contains("Accepted"), "{}", sshd.log());
    let (code, answer) = trust(&made, &fingerprint(&line), &[]);
    assert_eq!((code, &answer["written"]), (0, &false.into()), "the dates stay");
    assert_eq!(trust(&made, "MD5:aa", &[]).0, 2);
}

#[test]
#[cfg_attr(not(have_root), ignore = "plays several users: run it as root")]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_file_of_roots_that_the_gateway_may_only_read_is_changed_by_root_and_others_are_told_so() {
    const GATEWAY: u32 = 65534;
    let sshd = Sshd::start(Options::default());
    let (before, after) = around(&sshd);
    let made = Configuration::new();
    let text = format!("{before}host_keys = [\"{NOBODYS}\"]\n{after}");
    made.write("partners/eltax.toml", &text);
    let file = made.directory().join("partners/eltax.toml");
    fs::set_permissions(made.home(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    chown(&file, Some(0), Some(GATEWAY)).unwrap();
    let line = fingerprint(&sshd.host_key_line());
    let arguments = ["partner", "trust", "eltax", "--fingerprint", &line];
    let mut other = Command::new(env!("CARGO_BIN_EXE_totatsu"));
    other.arg("--config").arg(made.directory()).args(arguments).uid(GATEWAY).gid(GATEWAY);
    let output = other.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.contains("nothing was changed") && told.contains("run this as that user (sudo for root)"),
        "{told}"
    );
    assert_eq!(file_of(&made), text);
    assert_eq!(trust(&made, &line, &[]).0, 0);
    assert_ne!(file_of(&made), text);
    let now = fs::metadata(&file).unwrap();
    assert_eq!((now.uid(), now.gid(), now.mode() & 0o777), (0, GATEWAY, 0o640));
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_key_that_is_trusted_is_open_no_more_and_that_is_said() {
    let sshd = Sshd::start(Options::default());
    let (before, after) = around(&sshd);
    let made = Configuration::new();
    let file =
        |open: &str, key: &str| format!("open = {open} # asked\n{before}host_keys = [{key:?}]\n{after}");
    made.write(
        "partners/eltax.toml",
        &file(r#"["sftp.host", "sftp.host_keys", "sftp.user"]"#, &example_key()),
    );
    assert_eq!(trust(&made, NOBODYS, &[]).1["open_point_removed"], false);
    let line = sshd.host_key_line();
    let arguments = ["partner", "trust", "eltax", "--fingerprint", &fingerprint(&line)];
    let output = made.totatsu(&arguments).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("sftp.host_keys is taken out of the open points"), "{told}");
    assert_eq!(file_of(&made), file(r#"["sftp.host", "sftp.user"]"#, &bare(&line)));
    assert_eq!(trust(&made, &fingerprint(&line), &[]).1["open_point_removed"], false);
    // A key that a person wrote, and left in the list.
    made.write("partners/eltax.toml", &file(r#"["sftp.host_keys"]"#, &bare(&line)));
    let (code, answer) = trust(&made, &fingerprint(&line), &[]);
    assert_eq!((code, &answer["written"], &answer["open_point_removed"]), (0, &false.into(), &true.into()));
    assert_eq!(file_of(&made), file("[]", &bare(&line)));
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn while_the_key_is_still_the_samples_a_probe_asks_for_trust_first_and_tells_of_no_other_key() {
    let sshd = Sshd::start(Options::default());
    let (before, after) = around(&sshd);
    let made = Configuration::new();
    made.write("partners/eltax.toml", &format!("{before}host_keys = [{:?}]\n{after}", example_key()));
    let output = made.totatsu(&["partner", "probe", "eltax", "--dry-run"]).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && told.contains("is still the sample's"), "{told}");
    assert!(told.contains("totatsu partner trust eltax --fingerprint"), "{told}");
    assert!(told.contains(&fingerprint(&sshd.host_key_line())) && !told.contains("but pinned is"), "{told}");
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_fingerprint_whose_last_character_cant_end_it_is_mistyped_and_what_the_server_shows_stands_beside_it() {
    let sshd = Sshd::start(Options::default());
    let (before, after) = around(&sshd);
    let made = Configuration::new();
    let text = format!("{before}{after}");
    made.write("partners/eltax.toml", &text);
    let shown = fingerprint(&sshd.host_key_line());
    for ending in ["B", "9", "/", "z"] {
        // Also where all but the last character is right.
        for told in [format!("{}{ending}", &shown[..shown.len() - 1]), format!("{}{ending}", &NOBODYS[..49])]
        {
            let output =
                made.totatsu(&["partner", "trust", "eltax", "--fingerprint", &told]).output().unwrap();
            let words = String::from_utf8(output.stdout).unwrap();
            assert_eq!(output.status.code(), Some(1), "{words}");
            assert!(words.contains(&told) && words.contains(&shown), "{words}");
            assert!(words.contains("they differ") && words.contains("mistyped"), "{words}");
            assert_eq!(file_of(&made), text);
        }
    }
    assert_eq!(trust(&made, &shown[..shown.len() - 1], &[]).0, 2, "too short is no fingerprint at all");
    assert_eq!(trust(&made, &shown, &[]).0, 0);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn the_key_of_the_example_gives_way_to_the_first_real_one_and_no_other_key_does() {
    let sshd = Sshd::start(Options::default());
    let (before, after) = around(&sshd);
    let (line, example) = (sshd.host_key_line(), example_key());
    let real = bare(&line);
    for (pinned, expected) in [
        (format!("[\"{example}\"] # here"), format!("[\"{real}\"] # here")),
        (format!("[\"{NOBODYS}\", \"{example}\"]"), format!("[\"{NOBODYS}\", \"{real}\"]")),
        (format!("[\"{real}\", \"{example}\"]"), format!("[\"{real}\"]")),
        (
            format!("[\n  \"{example}\",\n  \"{NOBODYS}\", # ours\n  \"{real}\",\n]"),
            format!("[\n  \"{NOBODYS}\", # ours\n  \"{real}\",\n]"),
        ),
    ] {
        let made = Configuration::new();
        made.write("partners/eltax.toml", &format!("{before}host_keys = {pinned}\n{after}"));
        let (code, answer) = trust(&made, NOBODYS, &[]);
        assert_eq!((code, &answer["example_removed"]), (1, &false.into()));
        assert!(file_of(&made).contains(&example));
        let (code, answer) = trust(&made, &fingerprint(&line), &[]);
        assert_eq!((code, &answer["example_removed"]), (0, &true.into()), "{answer}");
        assert_eq!(file_of(&made), format!("{before}host_keys = {expected}\n{after}"));
    }
}

/// The key that the example of a partner's file pins.
fn example_key() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/partners/eltax.toml");
    let example: toml::Table = fs::read_to_string(path).unwrap().parse().unwrap();
    example["sftp"]["host_keys"][0].as_str().unwrap().to_owned()
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn the_key_of_a_jump_host_is_pinned_in_the_same_way_before_that_of_the_partner_behind_it() {
    let (partner, jump) = (Sshd::start(Options::default()), Sshd::start(Options::default()));
    let made = Configuration::new();
    let table = |name: &str, sshd: &Sshd| {
        format!(
            "[{name}]\nhost = \"127.0.0.1\"\nport = {}\nuser = {:?}\nhost_keys = [{:?}]\nprivate_key_file = {:?}\n",
            sshd.port(),
            sshd.user(),
            example_key(),
            sshd.client_key()
        )
    };
    let (sftp, jumps) = (table("sftp", &partner), table("jump", &jump));
    made.write("partners/eltax.toml", &format!("transport = \"sftp\"\n{sftp}{jumps}"));
    let (keys, jump_keys) = (bare(&partner.host_key_line()), bare(&jump.host_key_line()));

    let arguments = ["partner", "trust", "eltax", "--fingerprint", &fingerprint(&keys)];
    let output = made.totatsu(&arguments).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && told.contains("totatsu partner trust eltax --jump"), "{told}");

    let (code, _) = trust(&made, &fingerprint(&keys), &["--jump"]);
    assert_eq!(code, 1, "the partner's key is not the jump host's");
    let (code, answer) = trust(&made, &fingerprint(&jump_keys), &["--jump"]);
    assert_eq!((code, &answer["jump"], &answer["written"]), (0, &true.into(), &true.into()), "{answer}");
    let jumps = jumps.replace(&example_key(), &jump_keys);
    assert_eq!(file_of(&made), format!("transport = \"sftp\"\n{sftp}{jumps}"));
    assert!(!jump.log().contains("Accepted"), "{}", jump.log());

    assert_eq!(trust(&made, &fingerprint(&keys), &[]).0, 0);
    assert_eq!(
        file_of(&made),
        format!("transport = \"sftp\"\n{}{jumps}", sftp.replace(&example_key(), &keys))
    );
    assert!(made.totatsu(&["partner", "probe", "eltax", "--dry-run"]).output().unwrap().status.success());
    let (code, _) = trust(&made, &fingerprint(&jump_keys), &["--jump", "--until", "2036-01-31"]);
    assert!(code == 0 && file_of(&made).contains("until = \"2036-01-31\""));
}

#[test]
fn a_partner_without_a_jump_host_has_no_key_of_one_to_pin() {
    let made = Configuration::new();
    assert_eq!(trust(&made, NOBODYS, &["--jump"]), (2, Value::Null));
    made.secret("keys/ftp", 0o600, PASSWORD);
    let ftps =
        "transport = \"ftps\"\n[ftps]\nhost = \"192.0.2.1\"\nuser = \"a\"\npassword_file = \"keys/ftp\"\n";
    made.write("partners/eltax.toml", ftps);
    assert_eq!(trust(&made, NOBODYS, &["--jump"]), (2, Value::Null));
}

#[test]
#[cfg_attr(not(have_vsftpd), ignore = "needs vsftpd: run scripts/test, which unpacks it")]
fn a_certificate_is_pinned_only_if_it_is_the_one_that_was_told() {
    let server = vsftpd(Wishes::default());
    let made = Configuration::new();
    made.secret("keys/ftp", 0o600, PASSWORD);
    let text = format!(
        "transport = \"ftps\"\n[ftps]\nhost = \"127.0.0.1\"\nport = {}\nuser = \"anonymous\"\n\
         password_file = \"keys/ftp\"\n",
        server.port
    );
    made.write("partners/eltax.toml", &text);
    assert_eq!(trust(&made, NOBODYS, &[]).0, 1);
    assert_eq!(file_of(&made), text);
    let pin = server.certificates.pin().to_string();
    assert_eq!(trust(&made, &pin, &[]).0, 0);
    assert_eq!(file_of(&made), text.replace("[ftps]\n", &format!("[ftps]\npins = [{pin:?}]\n")));
    let example = format!("[ftps]\npins = [\"sha256:{}\", {pin:?}]\n", "0".repeat(64));
    made.write("partners/eltax.toml", &text.replace("[ftps]\n", &example));
    assert_eq!(trust(&made, &pin, &[]).1["example_removed"], true);
    assert_eq!(file_of(&made), text.replace("[ftps]\n", &format!("[ftps]\npins = [{pin:?}]\n")));
    assert!(!server.log().contains("USER"), "{}", server.log());
    assert!(made.totatsu(&["partner", "probe", "eltax", "--dry-run"]).output().unwrap().status.success());
}

/// A server of TLS that shows a certificate which `openssl` makes in this way, and the certificate's fingerprint.
struct OddCertificate {
    server: Child,
    port: u16,
    pin: String,
    _folder: TempDir,
}

impl OddCertificate {
    fn shown(script: &str) -> OddCertificate {
        let folder = tempfile::tempdir().unwrap();
        let made = "umask 077; exec 2>openssl.log; SUBJECT='-subj /CN=127.0.0.1 -days 30 -nodes'; ";
        let ends = "; cat key.pem cert.pem > both.pem; openssl x509 -in cert.pem -noout -fingerprint -sha256";
        let output = Command::new("bash")
            .args(["-c", &format!("{made}{script}{ends}")])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        let log = || fs::read_to_string(folder.path().join("openssl.log")).unwrap();
        let digits = told.split('=').nth(1).unwrap_or_else(|| panic!("{}", log()));
        let pin = format!("sha256:{}", digits.trim().replace(':', "").to_lowercase());
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/servers/tls_ftp.py");
        let mut server = Command::new("python3")
            .arg(script)
            .arg(folder.path().join("both.pem"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut port).unwrap();
        OddCertificate { server, port: port.trim().parse().unwrap(), pin, _folder: folder }
    }
}

impl Drop for OddCertificate {
    fn drop(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }
}

#[test]
fn a_pinned_certificate_that_can_t_be_used_is_called_that_by_trust_and_probe() {
    const SELF_SIGNED: &str = "openssl req -x509 $SUBJECT -keyout key.pem -out cert.pem";
    let version_1 = |bits: u32| {
        format!(
            "openssl req -new $SUBJECT -newkey rsa:{bits} -keyout key.pem -out asked.pem; \
             openssl x509 -req -in asked.pem -signkey key.pem -days 30 -out cert.pem"
        )
    };
    let edwards = format!("openssl genpkey -algorithm ed448 -out key.pem; {SELF_SIGNED} -key key.pem");
    for (what, script, words) in [
        ("version 1", version_1(2048), "can't be used (it is of version 1, and version 3 is needed)"),
        ("1024 bits", format!("{SELF_SIGNED} -newkey rsa:1024"), "has fewer than 2048 bits"),
        ("1536 bits", format!("{SELF_SIGNED} -newkey rsa:1536"), "has fewer than 2048 bits"),
        ("version 1, 1024 bits", version_1(1024), "it is of version 1"),
        ("a curve that nobody speaks", edwards, "does not offer a TLS cipher, key exchange or signature"),
        ("an authority's own", format!("{SELF_SIGNED} -newkey rsa:2048"), ""),
    ] {
        let odd = OddCertificate::shown(&script);
        let made = Configuration::new();
        made.secret("keys/ftp", 0o600, PASSWORD);
        let text = format!(
            "transport = \"ftps\"\n[ftps]\nhost = \"127.0.0.1\"\nport = {}\nuser = \"a\"\npassword_file = \"keys/ftp\"\n",
            odd.port
        );
        made.write("partners/eltax.toml", &text);
        let told = |arguments: &[&str]| {
            let output = made.totatsu(arguments).output().unwrap();
            String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
        };
        let by_trust = told(&["partner", "trust", "eltax", "--fingerprint", &odd.pin]);
        // An authority's certificate is as good as another where it is pinned.
        let good = words.is_empty();
        assert!(
            if good { by_trust.contains("is written") } else { by_trust.contains(words) },
            "{what}: {by_trust}"
        );
        assert_eq!(file_of(&made) == text, !good, "{what}");
        made.write(
            "partners/eltax.toml",
            &text.replace("[ftps]\n", &format!("[ftps]\npins = [{:?}]\n", odd.pin)),
        );
        let by_probe = told(&["partner", "probe", "eltax", "--dry-run"]);
        assert_eq!(
            by_probe.contains("certificate") || by_probe.contains("signature"),
            !good,
            "{what}: {by_probe}"
        );
        assert!(by_probe.contains(words), "{what}: {by_probe}");
    }
}

fn days_from_today(days: i32) -> Date {
    Moment::now().date().saturating_add(jiff::Span::new().days(days))
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_key_is_refused_outside_its_dates_with_a_message_of_its_own() {
    let sshd = Sshd::start(Options::default());
    let mut settings = of_sshd(&sshd);
    for (from, until) in [(Some(2), None), (None, Some(-2)), (Some(2), Some(3))] {
        settings.host_keys[0].from = from.map(days_from_today);
        settings.host_keys[0].until = until.map(days_from_today);
        let error = refused(&settings).await;
        assert!(matches!(error, TransportError::HostKeyOutsideDates { .. }), "{error}");
    }
    settings.host_keys[0].from = Some(days_from_today(-2));
    settings.host_keys[0].until = Some(days_from_today(2));
    connect(&settings).await.unwrap().close().await;
}

#[test]
fn check_warns_when_the_last_key_ends_within_two_weeks_and_none_follows() {
    let entry = |from: i32, until: i32| {
        let (from, until) = (days_from_today(from), days_from_today(until));
        format!("{{ key = \"{NOBODYS}\", from = \"{from}\", until = \"{until}\" }}")
    };
    let cases = [
        (entry(-9, 9), 1),
        (entry(-9, 20), 0),
        (entry(-9, -1), 1),
        (format!("{}, {}", entry(-9, 9), entry(9, 90)), 0),
        (format!("{}, {}", entry(-9, 5), entry(9, 90)), 1),
        (format!("\"{NOBODYS}\", {}", entry(-9, 5)), 0),
    ];
    for (keys, warnings) in cases {
        let made = Configuration::new();
        let text = format!(
            "transport = \"sftp\"\n[sftp]\nhost = \"192.0.2.1\"\nuser = \"city\"\nhost_keys = [{keys}]\n\
             password_file = \"keys/password\"\n"
        );
        made.write("partners/eltax.toml", &text);
        let (configured, problems) = config::read(&made.directory());
        let told: Vec<_> =
            problems.iter().filter(|problem| problem.key.as_deref() == Some("sftp.host_keys")).collect();
        assert!(configured.is_some() && told.len() == warnings, "{keys}: {problems:?}");
    }
}

/// The authority that is pinned, the one that signs, for which host, how else, and why it is refused.
type Case = (&'static str, &'static str, &'static str, &'static [&'static str], Option<&'static str>);

fn sign(folder: &Path, authority: &str, name: &str, more: &[&str]) {
    let public = folder.join("host_ed25519.pub");
    let mut sign = Command::new("ssh-keygen");
    sign.args(["-q", "-s"])
        .arg(folder.join(authority))
        .args(["-I", "test", "-n", name])
        .args(more)
        .arg(&public);
    let signed = sign.output().unwrap();
    assert!(signed.status.success(), "{}", String::from_utf8_lossy(&signed.stderr));
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_host_certificate_is_accepted_from_the_pinned_authority_for_this_host_and_day_only() {
    let folder = tempfile::tempdir().unwrap();
    let line = format!("HostCertificate {}/host_ed25519-cert.pub", folder.path().display());
    let mut sshd = Sshd::start(Options { lines: vec![line], ..Options::default() });
    for (key, kind) in [("authority", "ed25519"), ("rsa", "rsa"), ("other", "ed25519")] {
        new_key(kind, &folder.path().join(key));
    }
    fs::copy(sshd.folder().join("host_ed25519.pub"), folder.path().join("host_ed25519.pub")).unwrap();
    let cases: [Case; 7] = [
        ("authority", "authority", "127.0.0.1", &["-h"], None),
        ("rsa", "rsa", "127.0.0.1,elsewhere", &["-h"], None),
        ("authority", "other", "127.0.0.1", &["-h"], Some("is not pinned")),
        ("authority", "authority", "elsewhere", &["-h"], Some("it is not for 127.0.0.1")),
        ("authority", "authority", "127.0.0.1", &["-h", "-V", "-2w:-1w"], Some("not within its dates")),
        ("authority", "authority", "127.0.0.1", &["-h", "-V", "+1w:+2w"], Some("not within its dates")),
        ("authority", "authority", "127.0.0.1", &["-h", "-O", "critical:x@y"], Some("condition")),
    ];
    for (pinned, authority, name, more, refusal) in cases {
        sign(folder.path(), authority, name, more);
        let pin = format!(
            "@cert-authority {}",
            fs::read_to_string(folder.path().join(format!("{pinned}.pub"))).unwrap().trim()
        );
        sshd.kill();
        sshd.restart();
        let mut settings = of_sshd(&sshd);
        settings.host_keys = vec![pin.parse().unwrap()];
        match refusal {
            None => {
                let session = connect(&settings).await.unwrap_or_else(|error| panic!("{name} {error}"));
                session.close().await;
                settings.host_keys[0].until = Some(days_from_today(-2));
                let error = refused(&settings).await;
                assert!(matches!(error, TransportError::HostKeyOutsideDates { .. }), "{error}");
            }
            Some(words) => {
                let error = refused(&settings).await;
                assert!(matches!(error, TransportError::HostCertificateRefused { .. }), "{error}");
                assert!(error.to_string().contains(words), "{error}");
            }
        }
    }
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn an_authority_is_no_host_key_and_a_server_without_a_certificate_is_refused() {
    let sshd = Sshd::start(Options::default());
    let mut settings = of_sshd(&sshd);
    settings.host_keys = vec![format!("@cert-authority {}", sshd.host_key_line()).parse().unwrap()];
    let error = refused(&settings).await;
    assert!(matches!(error, TransportError::HostKeyChanged { .. }), "{error}");
}
