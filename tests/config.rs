//! What `totatsu check` promises: every mistake in one pass, with its place; documented defaults; secrets kept.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

#[path = "support/configuration.rs"]
mod configuration;

use std::fs;
use std::path::Path;
use std::time::Duration;

use configuration::{Configuration, HOST_KEY, LAYOUT, PASSWORD};
use socket2::{Domain, SockAddr, Socket, Type};
use totatsu::config;
use totatsu::config::link::SameName;
use totatsu::deliver::accept::Readiness;
use totatsu::demo::partner::EmbeddedPartner;
use totatsu_base::document::{Problem, Severity};
use totatsu_base::messages::Tongue;
use totatsu_transport::Reach;
use totatsu_transport::ftps::{Protection, TlsMode, TlsVersion};
use totatsu_transport::medium::MediumSettings;

const DAY: u64 = 24 * 3600;

/// Places of problems as `file:line key`, sorted.
fn places(problems: &[Problem]) -> Vec<String> {
    let place = |problem: &Problem| {
        let file = problem.file.file_name().unwrap().to_str().unwrap();
        let line = problem.line.map_or("?".to_owned(), |line| line.to_string());
        format!("{file}:{line} {}", problem.key.as_deref().unwrap_or("-"))
    };
    let mut places: Vec<String> = problems.iter().map(place).collect();
    places.sort();
    places
}

fn problems_of(made: &Configuration) -> Vec<Problem> {
    let (configured, problems) = config::read(&made.directory());
    assert_eq!(configured.is_none(), config::has_errors(&problems));
    problems
}

#[test]
fn every_problem_of_every_file_is_told_once_in_one_pass_with_file_line_and_key() {
    let made = Configuration::new();
    made.write(
        "totatsu.toml",
        "[gateway]\nnmae = \"見本市\"\nmunicipality_code = \"131015\"\n[paths]\nspool = \"../spool\"\n\
         ledger = \"../ledger\"\nlayouts = \"../layouts\"\n[accept]\nrescan = \"soon\"\n[retry]\nfirst = 30\n[limits]\n",
    );
    made.write(
        "partners/eltax.toml",
        "transport = \"scp\"\nconections = 3\nconnections = 65\n[sftp]\nhost = 5\nport = 70000\n\
         host_keys = [\"ssh-ed25519 AAAA\", \"SHA256:short\"]\nprivate_key_file = \"keys/open\"\n\
         password_file = \"keys/none\"\n[deadlines]\nwrite = \"30\"\n[throughput]\nminimum = \"fast\"\n",
    );
    made.secret("keys/open", 0o644, "-----BEGIN");
    made.write("links/a.toml", "partner = \"nobody\"\nlayout = \"no/such\"\noutbox = \"../box\"\n[remote]\nname = \"{nmae}\"\nsame_name = \"always\"\n");
    made.write(
        "links/b.toml",
        &format!("partner = \"eltax\"\nlayout = \"{LAYOUT}\"\noutbox = \"../box\"\nready = \"marker\"\nquiet_for = \"2s\"\n"),
    );
    made.write("../layouts/eltax/broken/2020-01-01.toml", "title = \"x\"\nencoding = \"ebcdic\"\n");
    let problems = problems_of(&made);
    let mut expected = vec![
        "totatsu.toml:1 gateway.name",
        "totatsu.toml:2 gateway.nmae",
        "totatsu.toml:3 gateway.municipality_code",
        "totatsu.toml:9 accept.rescan",
        "totatsu.toml:11 retry.first",
        "totatsu.toml:12 limits",
        "eltax.toml:1 transport",
        "eltax.toml:2 conections",
        "eltax.toml:3 connections",
        "eltax.toml:4 sftp.user",
        "eltax.toml:5 sftp.host",
        "eltax.toml:6 sftp.port",
        "eltax.toml:7 sftp.host_keys",
        "eltax.toml:7 sftp.host_keys",
        "eltax.toml:8 sftp.private_key_file",
        "eltax.toml:9 sftp.password_file",
        "eltax.toml:11 deadlines.write",
        "eltax.toml:13 throughput.minimum",
        "a.toml:1 partner",
        "a.toml:2 layout",
        "a.toml:5 remote.name",
        "a.toml:6 remote.same_name",
        "b.toml:3 outbox",
        "b.toml:5 quiet_for",
    ];
    expected.sort_unstable();
    let (layouts, others): (Vec<Problem>, Vec<Problem>) =
        problems.into_iter().partition(|problem| problem.file.ends_with("2020-01-01.toml"));
    assert_eq!(places(&others), expected, "{others:#?}");
    assert!(layouts.iter().any(|problem| problem.line == Some(2)), "{layouts:#?}");
}

#[test]
fn a_quiet_time_is_longer_than_nothing() {
    let made = Configuration::new();
    for (quiet, expected) in [("0s", &["irai.toml:3 quiet_for"][..]), ("1ms", &[])] {
        let link = format!("partner = \"eltax\"\nlayout = \"{LAYOUT}\"\nquiet_for = \"{quiet}\"\n");
        made.write("links/irai.toml", &link);
        assert_eq!(places(&problems_of(&made)), expected, "{quiet}");
    }
}

#[test]
fn files_that_are_missing_or_no_toml_do_not_hide_the_problems_of_others() {
    let made = Configuration::new();
    made.write("totatsu.toml", "[gateway\n");
    made.write("partners/eltax.toml", "transprot = \"sftp\"\n");
    made.write("links/irai.toml", "partner = \"eltax\"\n");
    let places = places(&problems_of(&made));
    for place in ["totatsu.toml:1 -", "eltax.toml:1 transprot", "irai.toml:? layout"] {
        assert!(places.contains(&place.to_owned()), "{place} is not in {places:#?}");
    }
    fs::remove_dir_all(made.directory().join("links")).unwrap();
    fs::remove_file(made.directory().join("totatsu.toml")).unwrap();
    let told = problems_of(&made);
    for file in ["links", "totatsu.toml", "eltax.toml"] {
        assert!(told.iter().any(|problem| problem.file.ends_with(file)), "{file}: {told:#?}");
    }
}

#[test]
fn a_problem_says_the_wrong_value_or_what_would_be_right() {
    let made = Configuration::new();
    made.secret("keys/password", 0o640, PASSWORD);
    let problems = problems_of(&made);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    let told = problems[0].to_string();
    let file = made.directory().join("partners/eltax.toml");
    assert!(told.starts_with(&format!("{}:6: error: sftp.password_file: ", file.display())), "{told}");
    assert!(told.contains("chmod 600") && told.contains("640"), "{told}");
}

#[test]
fn two_links_with_one_outbox_are_found_however_its_path_is_written() {
    let made = Configuration::new();
    fs::create_dir(made.home().join("box")).unwrap();
    std::os::unix::fs::symlink(made.home().join("box"), made.home().join("other")).unwrap();
    for (name, outbox) in [("a", "../box"), ("b", "../other")] {
        let text = format!("partner = \"eltax\"\nlayout = \"{LAYOUT}\"\noutbox = \"{outbox}\"\n");
        made.write(&format!("links/{name}.toml"), &text);
    }
    assert_eq!(places(&problems_of(&made)), ["b.toml:3 outbox"]);
    // Also where it isn't there yet.
    for other in ["./../new/./box", "../new//box/", "../new/x/../box"] {
        for (name, outbox) in [("a", "../new/box"), ("b", other)] {
            let text = format!("partner = \"eltax\"\nlayout = \"{LAYOUT}\"\noutbox = \"{outbox}\"\n");
            made.write(&format!("links/{name}.toml"), &text);
        }
        assert_eq!(places(&problems_of(&made)), ["b.toml:3 outbox"], "{other}");
    }
}

#[test]
fn one_directory_of_a_partner_is_one_however_it_is_spelt_and_another_is_another() {
    for (other, is_same) in
        [("./out", true), ("out/", true), ("out//.", true), ("/out", false), ("out2", false)]
    {
        let made = Configuration::new();
        for (name, directory) in [("a", "out"), ("b", other)] {
            let text = format!(
                "direction = \"in\"\npartner = \"eltax\"\nlayout = \"{LAYOUT}\"\n[remote]\n\
                 directory = \"{directory}\"\nname = \"N*.DAT\"\n"
            );
            made.write(&format!("links/{name}.toml"), &text);
        }
        let told = problems_of(&made).iter().any(|problem| problem.key.as_deref() == Some("remote.name"));
        assert_eq!(told, is_same, "{other}");
    }
}

#[test]
fn a_link_may_name_a_partner_whose_own_file_is_wrong_without_another_problem() {
    let made = Configuration::new();
    made.write("partners/eltax.toml", "transport = \"sftp\"\n");
    let places = places(&problems_of(&made));
    assert!(places.iter().all(|place| place.starts_with("eltax.toml")), "{places:#?}");
}

#[test]
fn an_acknowledgement_that_has_one_name_for_all_deliveries_and_stays_is_refused() {
    let made = Configuration::new();
    let keys_of = |remote: &str, agreed: &str| {
        let link = format!(
            "partner = \"eltax\"\nlayout = \"eltax/nenkin-tokucho-irai\"\n[remote]\n{remote}\n[acknowledgement]\n{agreed}\n"
        );
        made.write("links/irai.toml", &link);
        let problems = problems_of(&made).into_iter().filter(|problem| problem.severity == Severity::Error);
        problems.filter_map(|problem| problem.key).collect::<Vec<_>>()
    };
    let refused = ["acknowledgement.name"];
    assert_eq!(keys_of("", "name = \"RESULT\""), refused);
    assert_eq!(keys_of("name = \"Z12.DTA\"", "name = \"{remote}.ack\""), refused);
    assert!(keys_of("", "name = \"RESULT\"\nafterwards = \"delete\"").is_empty());
    assert!(keys_of("", "name = \"{remote}.ack\"").is_empty());
    assert!(keys_of("name = \"Z12.DTA\"", "name = \"{stem}.ack\"").is_empty());
    assert!(keys_of("name = \"Z12.DTA\"\nsame_name = \"version\"", "name = \"{remote}.ack\"").is_empty());
}

#[test]
fn what_is_not_written_has_its_documented_default() {
    let made = Configuration::new();
    made.write("totatsu.toml", "[gateway]\nname = \"見本市\"\nmunicipality_code = \"131016\"\n");
    let settings = config::read_gateway(&made.directory()).unwrap();
    assert_eq!(settings.municipality, "13101");
    assert_eq!(settings.spool, Path::new("/var/lib/totatsu/spool"));
    assert_eq!(settings.ledger, Path::new("/var/lib/totatsu/ledger"));
    assert_eq!(settings.layouts, Path::new("/usr/share/totatsu/layouts"));
    assert_eq!(settings.socket, Path::new("/run/totatsu/control.sock"));
    assert_eq!(settings.rescan, Duration::from_secs(30));
    assert_eq!(settings.backoff.first, Duration::from_secs(30));
    assert_eq!(settings.backoff.ceiling, Duration::from_secs(30 * 60));
    assert_eq!(settings.backoff.give_up_after, Duration::from_secs(3 * DAY));
    assert_eq!(settings.retention.keep, Duration::from_secs(1830 * DAY));
    assert_eq!(settings.stop_grace, Duration::from_secs(60));
    let made = Configuration::new();
    let (configured, problems) = config::read(&made.directory());
    assert!(problems.is_empty(), "{problems:#?}");
    let configured = configured.unwrap();
    let (partner, link) = (&configured.partners["eltax"], &configured.links["irai"]);
    let Reach::Sftp(sftp) = &partner.reach else { panic!("{:?}", partner.reach) };
    assert_eq!((partner.title.as_str(), partner.sessions.connections, sftp.port), ("eltax", 2, 22));
    assert_eq!(link.title, "irai");
    assert_eq!(link.outbox, configured.gateway.spool.join("outbox/irai"));
    assert_eq!(link.readiness, Readiness::Quiet(Duration::from_secs(2)));
    assert_eq!((link.directory.as_str(), link.remote_name.as_str()), ("", "{name}"));
    assert_eq!(link.same_name, SameName::Hold);
}

#[test]
fn no_secret_is_shown_by_a_configuration_or_by_its_problems() {
    let made = Configuration::new();
    made.secret("keys/key", 0o600, "-----BEGIN OPENSSH PRIVATE KEY-----\nhimitsu-no-kagi\n");
    made.secret("keys/passphrase", 0o600, "himitsu-no-kugiri\n");
    made.write(
        "partners/eltax.toml",
        &format!(
            "transport = \"sftp\"\n[sftp]\nhost = \"192.0.2.1\"\nuser = \"city\"\nhost_keys = [\"{HOST_KEY}\"]\n\
             private_key_file = \"keys/key\"\npassphrase_file = \"keys/passphrase\"\npassword_file = \"keys/password\"\n"
        ),
    );
    let (configured, problems) = config::read(&made.directory());
    let configured = configured.unwrap();
    let Reach::Sftp(sftp) = &configured.partners["eltax"].reach else { panic!("it is reached over SFTP") };
    assert_eq!(sftp.authentication.len(), 2);
    for shown in [format!("{configured:?}"), format!("{configured:#?}"), format!("{problems:?}")] {
        assert!(!shown.contains("himitsu"), "{shown}");
    }
}

#[test]
fn a_credential_is_found_where_the_service_manager_puts_it() {
    let made = Configuration::new();
    made.write(
        "partners/eltax.toml",
        &format!(
            "transport = \"sftp\"\n[sftp]\nhost = \"192.0.2.1\"\nuser = \"city\"\nhost_keys = [\"{HOST_KEY}\"]\n\
             private_key_credential = \"eltax.key\"\n"
        ),
    );
    let credentials = tempfile::tempdir().unwrap();
    let check = |directory: Option<&Path>| -> (i32, Vec<(String, usize, String)>) {
        let mut command = made.totatsu(&["check", "--json"]);
        if let Some(directory) = directory {
            command.env("CREDENTIALS_DIRECTORY", directory);
        }
        let output = command.output().unwrap();
        let problems: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
        let told = problems.iter().map(|problem| {
            let word = |key: &str| problem[key].as_str().unwrap().to_owned();
            (word("severity"), usize::try_from(problem["line"].as_u64().unwrap()).unwrap(), word("key"))
        });
        (output.status.code().unwrap(), told.collect())
    };
    let key = || (6, "sftp.private_key_credential".to_owned());
    let told = |severity: &str| vec![(severity.to_owned(), key().0, key().1)];
    assert_eq!(check(None), (0, told("warning")), "only the service can tell");
    assert_eq!(check(Some(credentials.path())), (2, told("error")), "it isn't there");
    fs::write(credentials.path().join("eltax.key"), "-----BEGIN").unwrap();
    assert_eq!(check(Some(credentials.path())), (2, told("error")), "it is no key");
    let partner = EmbeddedPartner::start(credentials.path()).unwrap();
    fs::remove_file(credentials.path().join("eltax.key")).unwrap();
    partner.write_client_key(&credentials.path().join("eltax.key")).unwrap();
    assert_eq!(check(Some(credentials.path())), (0, Vec::new()));
}

/// The only partner, over SFTP with these further lines.
fn sftp_partner(made: &Configuration, lines: &str) {
    made.write(
        "partners/eltax.toml",
        &format!(
            "transport = \"sftp\"\n[sftp]\nhost = \"192.0.2.1\"\nuser = \"city\"\nhost_keys = [\"{HOST_KEY}\"]\n{lines}"
        ),
    );
}

fn problems_of_partner(made: &Configuration, lines: &str) -> Vec<String> {
    sftp_partner(made, lines);
    let (configured, mut problems) = config::read(&made.directory());
    if let Some(configured) = configured {
        problems.extend(config::environment::check(&made.directory(), &configured));
    }
    let told = problems.iter().filter(|problem| problem.file.ends_with("eltax.toml"));
    told.map(|problem| format!("{:?} {}", problem.severity, problem.key.as_deref().unwrap_or("-"))).collect()
}

#[test]
fn a_host_is_a_name_or_an_address_and_what_stands_around_it_is_told_where_it_belongs() {
    let made = Configuration::new();
    let at = |table: &str, host: &str| {
        let proof = "user = \"city\"\npassword_file = \"keys/password\"\n";
        let text = match table {
            "ftps" => format!("transport = \"ftps\"\n[ftps]\nhost = {host:?}\n{proof}"),
            "sftp" => {
                format!(
                    "transport = \"sftp\"\n[sftp]\nhost = {host:?}\nhost_keys = [\"{HOST_KEY}\"]\n{proof}"
                )
            }
            _ => format!(
                "transport = \"sftp\"\n[sftp]\nhost = \"192.0.2.1\"\nhost_keys = [\"{HOST_KEY}\"]\n{proof}\
                 [jump]\nhost = {host:?}\nhost_keys = [\"{HOST_KEY}\"]\n{proof}"
            ),
        };
        made.write("partners/eltax.toml", &text);
        let of_host = |problem: &Problem| problem.key.as_deref() == Some(&format!("{table}.host"));
        let told: Vec<String> =
            problems_of(&made).into_iter().filter(of_host).map(|problem| problem.message).collect();
        told.join("; ")
    };
    for table in ["sftp", "jump", "ftps"] {
        for good in
            ["192.0.2.1", "::1", "2001:db8::7", "fe80::1%eth0", "ftp.example", "host_7", "連携.example"]
        {
            assert_eq!(at(table, good), "", "{table} {good}");
        }
        for (odd, words) in [
            ("[::1]", "without brackets"),
            ("[2001:db8::7]:22", "without brackets"),
            ("::1]", "without brackets"),
            ("ftp.example:2222", "port"),
            ("192.0.2.1:22", "port"),
            ("sftp://ftp.example", "alone"),
            ("city@ftp.example", "user"),
            ("ftp.example/in", "no name of a host"),
            (" ftp.example", "no name of a host"),
            ("", "no name of a host"),
        ] {
            let told = at(table, odd);
            assert!(told.contains(words) && told.contains("is no host"), "{table} {odd}: {told}");
        }
    }
}

#[test]
fn what_goes_with_a_key_is_wrong_without_it() {
    let made = Configuration::new();
    made.secret("keys/passphrase", 0o600, "x");
    let agent = format!("agent_key = \"{HOST_KEY}\"\nagent_socket = \"../agent\"\n");
    let _agent = std::os::unix::net::UnixListener::bind(made.home().join("agent")).unwrap();
    let password = "password_file = \"keys/password\"\n";
    let key = "private_key_credential = \"eltax.key\"\n";
    for (lines, expected) in [
        (agent.clone(), vec![]),
        (format!("{agent}{password}"), vec![]),
        (format!("{password}passphrase_file = \"keys/passphrase\"\n"), vec!["Error sftp.passphrase_file"]),
        (format!("{password}certificate_file = \"keys/x-cert.pub\"\n"), vec!["Error sftp.certificate_file"]),
        (format!("{password}agent_socket = \"../agent\"\n"), vec!["Error sftp.agent_socket"]),
        (format!("{agent}{key}"), vec!["Error sftp.agent_key", "Warning sftp.private_key_credential"]),
        ("agent_key = \"MD5:aa\"\n".to_owned(), vec!["Error sftp.agent_key"]),
        (agent.replace("../agent", "../nobody"), vec!["Warning sftp.agent_socket"]),
    ] {
        assert_eq!(problems_of_partner(&made, &lines), expected, "{lines}");
    }
}

#[test]
fn an_agent_that_is_too_busy_to_take_a_connection_is_told_and_not_waited_for() {
    let made = Configuration::new();
    let address = SockAddr::unix(made.home().join("agent")).unwrap();
    let agent = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
    agent.bind(&address).unwrap();
    agent.listen(0).unwrap();
    let mut waiting = Vec::new();
    let refused = loop {
        let caller = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
        caller.set_nonblocking(true).unwrap();
        match caller.connect(&address) {
            Ok(()) => waiting.push(caller),
            Err(error) => break error,
        }
    };
    assert_eq!(refused.kind(), std::io::ErrorKind::WouldBlock);
    let lines = format!("agent_key = \"{HOST_KEY}\"\nagent_socket = \"../agent\"\n");
    assert_eq!(problems_of_partner(&made, &lines), ["Warning sftp.agent_socket"]);
}

#[test]
fn a_jump_host_has_the_words_and_the_checks_of_the_partner() {
    let made = Configuration::new();
    let password = "password_file = \"keys/password\"\n";
    assert_eq!(problems_of_partner(&made, &format!("{password}[jump]\n")), [""; 0]);
    let incomplete = format!("{password}[jump]\nport = 2222\n");
    let expected = ["Error jump.host_keys", "Error jump", "Error jump.host", "Error jump.user"];
    let mut told = problems_of_partner(&made, &incomplete);
    told.sort();
    let mut sorted = expected.to_vec();
    sorted.sort_unstable();
    assert_eq!(told, sorted);

    let whole = format!(
        "{password}[jump]\nhost = \"jump.example\"\nuser = \"city-jump\"\nhost_keys = [\"{HOST_KEY}\"]\n{password}\
         [deadlines]\nconnect = \"7s\"\n"
    );
    assert_eq!(problems_of_partner(&made, &whole), [""; 0]);
    let configured = config::read(&made.directory()).0.unwrap();
    let Reach::Sftp(sftp) = &configured.partners["eltax"].reach else { panic!("it is reached over SFTP") };
    let jump = sftp.jump.as_ref().unwrap();
    assert_eq!((jump.address().as_str(), jump.user.as_str()), ("jump.example:22", "city-jump"));
    assert_eq!((jump.host_keys.len(), jump.authentication.len()), (1, 1));
    assert_eq!(jump.deadlines.connect, Duration::from_secs(7), "deadlines count for both");
    assert!(jump.jump.is_none());

    let ftps = "transport = \"ftps\"\n[ftps]\nhost = \"192.0.2.1\"\nuser = \"city\"\npassword_file = \"keys/password\"\n\
                [jump]\nhost = \"jump.example\"\n";
    made.write("partners/eltax.toml", ftps);
    assert_eq!(places(&problems_of(&made)), ["eltax.toml:6 jump"]);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's ssh-keygen: run scripts/test, which installs it")]
fn a_passphrase_from_a_credential_must_open_the_key() {
    let made = Configuration::new();
    let key = made.directory().join("keys/encrypted");
    let arguments = ["-q", "-t", "ed25519", "-N", PASSWORD, "-f", key.to_str().unwrap()];
    assert!(std::process::Command::new("ssh-keygen").args(arguments).status().unwrap().success());
    sftp_partner(
        &made,
        "private_key_file = \"keys/encrypted\"\npassphrase_credential = \"eltax.passphrase\"\n",
    );
    let credentials = tempfile::tempdir().unwrap();
    let check = |passphrase: &str| {
        fs::write(credentials.path().join("eltax.passphrase"), passphrase).unwrap();
        let mut command = made.totatsu(&["check"]);
        let output = command.env("CREDENTIALS_DIRECTORY", credentials.path()).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, told) = check(&format!("{PASSWORD}\n"));
    assert_eq!((code, told.contains("eltax.toml")), (0, false), "{told}");
    let (code, told) = check("himitsu-ja-nai");
    assert_eq!(code, 2);
    assert!(told.contains("sftp.private_key_file") && told.contains("does not open it"), "{told}");
    assert!(!told.contains("himitsu"), "{told}");
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's ssh-keygen: run scripts/test, which installs it")]
fn a_certificate_that_ends_soon_is_a_warning_and_one_for_another_key_an_error() {
    let made = Configuration::new();
    let keygen = |arguments: &[&str]| {
        let mut run = std::process::Command::new("ssh-keygen");
        run.current_dir(made.directory().join("keys")).args(arguments);
        assert!(run.status().unwrap().success());
    };
    for name in ["authority", "key", "other"] {
        keygen(&["-q", "-t", "ed25519", "-N", "", "-f", name]);
    }
    let lines = "private_key_file = \"keys/key\"\ncertificate_file = \"keys/key-cert.pub\"\n";
    let wrong = ["Error sftp.certificate_file"];
    let warned = ["Warning sftp.certificate_file"];
    assert_eq!(problems_of_partner(&made, lines), wrong, "it isn't there");
    for (validity, expected) in
        [("-2d:-1d", &warned[..]), ("-1d:+13d", &warned[..]), ("-1d:+15d", &[]), ("always:forever", &[])]
    {
        keygen(&["-q", "-s", "authority", "-I", "city", "-n", "city", "-V", validity, "key.pub"]);
        assert_eq!(problems_of_partner(&made, lines), expected, "{validity}");
    }
    keygen(&["-q", "-s", "authority", "-I", "city", "-n", "city", "other.pub"]);
    fs::rename(made.directory().join("keys/other-cert.pub"), made.directory().join("keys/key-cert.pub"))
        .unwrap();
    assert_eq!(problems_of_partner(&made, lines), wrong, "it is for another key");
}

#[test]
fn a_warning_does_not_keep_the_gateway_from_starting() {
    let problem = |severity| Problem {
        severity,
        file: "totatsu.toml".into(),
        line: None,
        key: None,
        message: String::new(),
    };
    assert!(!config::has_errors(&[problem(Severity::Warning)]));
    assert!(config::has_errors(&[problem(Severity::Warning), problem(Severity::Error)]));
}

fn ftps_partner(made: &Configuration, head: &str, table: &str) -> (Option<Reach>, Vec<Problem>) {
    made.write(
        "partners/eltax.toml",
        &format!("{head}\n[ftps]\nhost = \"192.0.2.1\"\nuser = \"city\"\npassword_file = \"keys/password\"\n{table}"),
    );
    let (configured, problems) = config::read(&made.directory());
    (configured.map(|configured| configured.partners["eltax"].reach.clone()), problems)
}

#[test]
fn a_partner_over_ftps_has_its_documented_defaults_and_takes_what_its_file_says() {
    let made = Configuration::new();
    let (reach, problems) = ftps_partner(&made, "transport = \"ftps\"", "");
    assert_eq!(problems, []);
    let Some(Reach::Ftps(settings)) = reach else { panic!("{reach:?}") };
    let Protection::Tls(tls) = &settings.protection else { panic!("{settings:?}") };
    assert_eq!((settings.port, tls.mode, tls.version), (21, TlsMode::Explicit, TlsVersion::V1_2));
    assert!(tls.ca_file.is_none() && tls.pins.is_empty() && tls.client.is_none());
    assert!(settings.passive.same_host && settings.passive.extended.is_none());
    assert!(!format!("{settings:?}").contains(PASSWORD));

    let pin = format!("sha256:{}", "ab".repeat(32));
    let (reach, problems) = ftps_partner(
        &made,
        "transport = \"ftps\"",
        &format!(
            "mode = \"implicit\"\ntls = \"1.3\"\nca_file = \"keys/ca.pem\"\nserver_name = \"ftp.example\"\n\
             pins = [\"{pin}\"]\nnat_workaround = false\nepsv = true\n[deadlines]\nwrite = \"7s\"\n"
        ),
    );
    assert_eq!(problems, []);
    let Some(Reach::Ftps(settings)) = reach else { panic!("{reach:?}") };
    let Protection::Tls(tls) = &settings.protection else { panic!("{settings:?}") };
    assert_eq!((settings.port, tls.mode, tls.version), (990, TlsMode::Implicit, TlsVersion::V1_3));
    assert_eq!(tls.server_name.as_deref(), Some("ftp.example"));
    assert!(tls.ca_file.as_deref().unwrap().ends_with("config/keys/ca.pem"));
    assert_eq!(tls.pins, [pin.parse().unwrap()]);
    assert_eq!((settings.passive.same_host, settings.passive.extended), (false, Some(true)));
    assert_eq!(settings.deadlines.write, Duration::from_secs(7));
}

#[test]
fn cleartext_is_an_error_unless_it_is_allowed_and_then_a_warning() {
    let made = Configuration::new();
    let (reach, problems) = ftps_partner(&made, "transport = \"ftp\"", "");
    assert!(reach.is_none());
    assert_eq!(places(&problems), ["eltax.toml:1 transport"]);
    let (reach, problems) = ftps_partner(&made, "transport = \"ftp\"\nallow_cleartext = true", "");
    assert!(
        matches!(&reach, Some(Reach::Ftps(settings)) if matches!(settings.protection, Protection::Cleartext))
    );
    assert_eq!(problems.len(), 1);
    assert_eq!((problems[0].severity, problems[0].key.as_deref()), (Severity::Warning, Some("transport")));
    let (_, problems) = ftps_partner(&made, "transport = \"ftp\"\nallow_cleartext = true", "tls = \"1.2\"\n");
    assert!(places(&problems).contains(&"eltax.toml:7 ftps.tls".to_owned()), "{problems:?}");
    let (_, problems) = ftps_partner(&made, "transport = \"ftps\"\nallow_cleartext = true", "");
    assert_eq!(places(&problems), ["eltax.toml:2 allow_cleartext"]);
}

#[test]
fn what_is_wrong_with_certificates_is_told_before_the_first_delivery() {
    let made = Configuration::new();
    let (reach, problems) = ftps_partner(
        &made,
        "transport = \"ftps\"",
        "pins = [\"md5:00\"]\nclient_certificate_file = \"keys/client.pem\"\ntls = \"1.1\"\n",
    );
    assert!(reach.is_none());
    assert_eq!(places(&problems), ["eltax.toml:2 ftps", "eltax.toml:6 ftps.pins", "eltax.toml:8 ftps.tls"]);
    let (_, problems) = ftps_partner(&made, "transport = \"sftp\"", "");
    assert!(places(&problems).contains(&"eltax.toml:2 ftps".to_owned()), "{problems:?}");

    made.write("keys/ca.pem", "no certificate");
    ftps_partner(&made, "transport = \"ftps\"", "ca_file = \"keys/ca.pem\"\n");
    let configured = config::read(&made.directory()).0.unwrap();
    let problems = config::environment::check(&made.directory(), &configured);
    assert!(places(&problems).contains(&"eltax.toml:6 ftps.ca_file".to_owned()), "{problems:?}");
}

#[test]
fn a_partner_with_media_takes_its_own_tables_only_and_one_way_to_tell_the_right_medium() {
    let made = Configuration::new();
    let read = |text: &str| {
        made.write("partners/eltax.toml", text);
        let (configured, problems) = config::read(&made.directory());
        (configured.map(|mut configured| configured.partners.remove("eltax").unwrap()), problems)
    };
    let (partner, problems) = read("transport = \"medium\"\n[medium]\npath = \"/media/x\"\n");
    assert_eq!(problems, []);
    let partner = partner.unwrap();
    let Reach::Medium(settings) = &partner.reach else { panic!("{partner:?}") };
    assert_eq!(settings, &MediumSettings::new("/media/x".into(), "eltax"));
    assert!(partner.sheet.on_medium);

    let (_, problems) = read(
        "transport = \"medium\"\n[medium]\nids = [\"A\"]\nlabels = [\"B\"]\n[throughput]\nminimum = \"1 KiB\"\n",
    );
    let mut told = places(&problems);
    told.sort();
    assert_eq!(
        told,
        ["eltax.toml:2 medium.path", "eltax.toml:4 medium.labels", "eltax.toml:5 throughput"],
        "{problems:?}"
    );
}

#[test]
fn the_daemons_language_is_one_of_two_and_the_environments_where_none_is_named() {
    let made = Configuration::new();
    let language = || config::read_gateway(&made.directory()).map(|settings| settings.language);
    assert_eq!(language(), Ok(None));
    let text = fs::read_to_string(made.directory().join("totatsu.toml")).unwrap();
    let name = |word: &str| text.replacen("[gateway]\n", &format!("[gateway]\nlanguage = {word:?}\n"), 1);
    made.write("totatsu.toml", &name("ja"));
    assert_eq!(language(), Ok(Some(Tongue::Ja)));
    made.write("totatsu.toml", &name("日本語"));
    let problems = language().unwrap_err();
    let told = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert!(told.contains("gateway.language: unknown variant `日本語`, expected `ja` or `en`"), "{told}");
}
