//! Whom the SFTP transport trusts, and how it proves who it is.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;
use std::net::Ipv4Addr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use russh::keys::PrivateKey;
use russh::keys::ssh_key::Algorithm;
use russh::server::Auth;
use russh::{MethodKind, MethodSet};
use support::agent::Agent;
use support::embedded::Manners;
use support::partners::{embedded, key_file, of_sshd, refused};
use support::sshd::{Options, Sshd, certify, new_key};
use totatsu_base::{Moment, Remedy};
use totatsu_transport::TransportError;
use totatsu_transport::sftp::{
    Authentication, NamedKey, PinnedKey, Secret, SftpSettings, check_certificate, check_key, connect,
};

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn an_unknown_host_key_is_refused_and_shown() {
    let sshd = Sshd::start(Options::default());
    let mut settings = of_sshd(&sshd);
    let shown = settings.host_keys.remove(0).fingerprint();
    let error = refused(&settings).await;
    assert!(error.to_string().contains(&shown), "{error}");
    assert!(matches!(error, TransportError::HostKeyUnknown { .. }));
    assert_eq!(error.remedy(), Remedy::Hold);
    assert!(!sshd.log().contains("Accepted"), "nothing is proven to a server that we don't know");
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_changed_host_key_is_refused_and_both_are_shown() {
    let mut sshd = Sshd::start(Options::default());
    let settings = of_sshd(&sshd);
    connect(&settings).await.unwrap().close().await;
    sshd.replace_host_key();
    let now: PinnedKey = sshd.host_key_line().parse().unwrap();
    let error = refused(&settings).await;
    assert!(matches!(error, TransportError::HostKeyChanged { .. }), "{error}");
    assert!(error.to_string().contains(&settings.host_keys[0].fingerprint()));
    assert!(error.to_string().contains(&now.fingerprint()));
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn any_of_a_servers_host_keys_may_be_the_pinned_one() {
    let kinds = vec!["ed25519", "ecdsa", "rsa"];
    let sshd = Sshd::start(Options { host_keys: kinds.clone(), ..Options::default() });
    for kind in kinds {
        let pinned: PinnedKey = sshd.host_key_line_of(kind).parse().unwrap();
        let by_paper: PinnedKey = pinned.fingerprint().parse().unwrap();
        for key in [pinned, by_paper] {
            let expected = key.fingerprint();
            let mut settings = of_sshd(&sshd);
            settings.host_keys = vec![key];
            assert_eq!(connect(&settings).await.unwrap().peer().host_key, expected);
        }
    }
}

/// Settings to sign in at `sshd` with this proof alone.
fn with(sshd: &Sshd, proof: Authentication) -> SftpSettings {
    SftpSettings { authentication: vec![proof], ..of_sshd(sshd) }
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn every_kind_of_private_key_is_accepted() {
    let sshd = Sshd::start(Options::default());
    for kind in ["rsa", "ecdsa", "ed25519"] {
        let key = sshd.new_key(kind, &format!("other_{kind}"));
        sshd.accept(&key);
        connect(&with(&sshd, key_file(key))).await.unwrap().close().await;
    }
}

/// Makes the key in this file, or changes it; it is encrypted with "an old pond" then.
fn keygen(arguments: &[&str], key: &Path) {
    let mut keygen = Command::new("ssh-keygen");
    let made = keygen.args(["-q", "-N", "an old pond"]).args(arguments).arg("-f").arg(key).status();
    assert!(made.unwrap().success());
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn an_encrypted_private_key_is_used_with_its_passphrase_only() {
    let sshd = Sshd::start(Options::default());
    let key = sshd.client_key();
    keygen(&["-p", "-P", ""], &key);
    let opened_by = |passphrase: Option<&str>| {
        let (path, passphrase) = (key.clone(), passphrase.map(Secret::new));
        with(&sshd, Authentication::PrivateKeyFile { path, passphrase, certificate: None })
    };
    connect(&opened_by(Some("an old pond"))).await.unwrap().close().await;
    for wrong in [None, Some("a new pond")] {
        let error = refused(&opened_by(wrong)).await;
        assert!(matches!(error, TransportError::KeyFile { .. }), "{error}");
        assert!(!error.to_string().contains("pond"));
    }
}

#[tokio::test]
async fn a_private_key_that_everybody_may_read_is_not_used() {
    let partner = embedded(Manners::default());
    let key = partner.folder.path().join("client");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let error = refused(&partner.settings).await;
    assert!(matches!(error, TransportError::KeyFile { .. }), "{error}");
    assert!(error.to_string().contains("0600"));
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_key_that_the_partner_does_not_know_is_refused() {
    let sshd = Sshd::start(Options::default());
    let stranger = sshd.new_key("ed25519", "stranger");
    let mut settings = of_sshd(&sshd);
    let known = settings.authentication.remove(0);
    settings.authentication = vec![key_file(stranger), Authentication::Password(Secret::new("guessed"))];
    let error = refused(&settings).await;
    let TransportError::AuthenticationRefused { methods, .. } = &error else { panic!("{error}") };
    assert_eq!(methods, &["publickey"]);
    settings.authentication.push(known);
    connect(&settings).await.unwrap().close().await;
}

/// Settings to sign in with one key of an agent.
fn by_agent(sshd: &Sshd, agent: &Agent, key: &str) -> SftpSettings {
    let (socket, key) = (Some(agent.socket()), key.parse().unwrap());
    with(sshd, Authentication::Agent { socket, key, certificate: None })
}

fn public_line(key: &Path) -> String {
    fs::read_to_string(key.with_extension("pub")).unwrap().trim().to_owned()
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_key_of_an_agent_signs_in_and_none_of_its_other_keys_is_offered() {
    let sshd = Sshd::start(Options { lines: vec!["MaxAuthTries 1".to_owned()], ..Options::default() });
    let agent = Agent::start();
    for number in 0..4 {
        agent.take(&sshd.new_key("ed25519", &format!("other_{number}")));
    }
    for kind in ["rsa", "ecdsa", "ed25519"] {
        let key = sshd.new_key(kind, &format!("held_{kind}"));
        sshd.accept(&key);
        agent.take(&key);
        let line = public_line(&key);
        let fingerprint = line.parse::<NamedKey>().unwrap().fingerprint();
        for named in [&line, &fingerprint] {
            let session = connect(&by_agent(&sshd, &agent, named)).await.unwrap();
            let words = format!("publickey {fingerprint} of the ssh-agent");
            assert_eq!(session.peer().authenticated_by, words);
            session.close().await;
        }
    }
    let unknown = public_line(&sshd.folder().join("other_0"));
    let error = refused(&by_agent(&sshd, &agent, &unknown)).await;
    assert!(matches!(error, TransportError::AuthenticationRefused { .. }), "{error}");
    for number in 1..4 {
        let other: NamedKey = public_line(&sshd.folder().join(format!("other_{number}"))).parse().unwrap();
        assert!(!sshd.log().contains(&other.fingerprint()), "{}", sshd.log());
    }
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn an_agent_without_the_key_or_without_an_answer_is_told_before_the_partner_is_asked() {
    let sshd = Sshd::start(Options::default());
    let agent = Agent::start();
    let key = sshd.client_key();
    let line = public_line(&key);
    let asked_before = sshd.log().matches("Connection from").count();
    let mut settings = by_agent(&sshd, &agent, &line);
    settings.deadlines.authenticate = Duration::from_millis(200);
    let lacking = refused(&settings).await;
    assert!(lacking.to_string().contains("ssh-add"), "{lacking}");

    let silent = sshd.folder().join("silent");
    let _listener = std::os::unix::net::UnixListener::bind(&silent).unwrap();
    for (socket, words) in
        [(Some(silent), "no answer"), (Some("/nowhere".into()), "can't be reached"), (None, "SSH_AUTH_SOCK")]
    {
        let key = line.parse().unwrap();
        let mut settings = settings.clone();
        settings.authentication = vec![Authentication::Agent { socket, key, certificate: None }];
        let error = refused(&settings).await;
        assert!(error.to_string().contains(words), "{error}");
        assert!(matches!(error, TransportError::Agent { .. }));
        assert_eq!(error.remedy(), Remedy::Retry, "it goes on by itself once the agent is there");
    }
    assert_eq!(sshd.log().matches("Connection from").count(), asked_before);

    agent.take(&key);
    connect(&by_agent(&sshd, &agent, &line)).await.unwrap().close().await;
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn an_agent_that_refuses_to_sign_is_told_from_a_partner_that_refuses_us() {
    let sshd = Sshd::start(Options::default());
    let agent = Agent::start();
    let key = sshd.client_key();
    agent.add(&["-c"], &key);
    let error = refused(&by_agent(&sshd, &agent, &public_line(&key))).await;
    assert!(matches!(error, TransportError::Agent { .. }), "{error}");
    assert!(error.to_string().contains("sign"), "{error}");
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_key_that_the_agent_may_use_for_one_server_only_signs_in_there_and_nowhere_else() {
    let (sshd, other) = (Sshd::start(Options::default()), Sshd::start(Options::default()));
    let agent = Agent::start();
    let key = sshd.client_key();
    other.accept(&key);
    let known = sshd.folder().join("known_hosts");
    fs::write(&known, format!("partner.example {}\n", sshd.host_key_line())).unwrap();
    agent.add(&["-h", "partner.example", "-H", known.to_str().unwrap()], &key);
    let line = public_line(&key);
    connect(&by_agent(&sshd, &agent, &line)).await.unwrap().close().await;
    let error = refused(&by_agent(&other, &agent, &line)).await;
    assert!(matches!(error, TransportError::Agent { .. }), "{error}");
}

/// An authority that certifies users.
struct Authority {
    folder: tempfile::TempDir,
}

impl Authority {
    fn new() -> Authority {
        let authority = Authority { folder: tempfile::tempdir().unwrap() };
        new_key("ed25519", &authority.key());
        authority
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("authority")
    }

    /// A server that trusts it.
    fn server(&self) -> Sshd {
        let lines = vec![format!("TrustedUserCAKeys {}", self.key().with_extension("pub").display())];
        Sshd::start(Options { lines, ..Options::default() })
    }
}

/// Settings to sign in with a key of ours and its certificate.
fn certified(sshd: &Sshd, key: &Path, certificate: PathBuf) -> SftpSettings {
    let (path, certificate) = (key.to_owned(), Some(certificate));
    with(sshd, Authentication::PrivateKeyFile { path, passphrase: None, certificate })
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_certificate_signs_in_with_every_kind_of_key_ours_or_the_agents() {
    let authority = Authority::new();
    let sshd = authority.server();
    let agent = Agent::start();
    for kind in ["rsa", "ecdsa", "ed25519"] {
        let key = sshd.new_key(kind, &format!("certified_{kind}"));
        let certificate = certify(&authority.key(), &key, sshd.user(), "+1h", &[]);
        let settings = certified(&sshd, &key, certificate.clone());
        let session = connect(&settings).await.unwrap_or_else(|error| panic!("{kind}: {error}"));
        let words = session.peer().authenticated_by.clone();
        assert!(words.contains("certificate \"city13101\" (serial 7) of the authority SHA256:"), "{words}");
        session.close().await;

        let named = public_line(&key);
        // The agent is to hold the bare key: with the certificate beside it, ssh-add would take both.
        let bare = sshd.folder().join("bare");
        fs::rename(&key, &bare).unwrap();
        agent.take(&bare);
        let (socket, key, certificate) = (Some(agent.socket()), named.parse().unwrap(), Some(certificate));
        let settings = with(&sshd, Authentication::Agent { socket, key, certificate });
        let session = connect(&settings).await.unwrap_or_else(|error| panic!("agent, {kind}: {error}"));
        assert!(session.peer().authenticated_by.contains("of the ssh-agent, certificate"));
        session.close().await;
    }
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_certificate_that_does_not_count_today_or_is_not_ours_is_told_before_the_partner_is_asked() {
    let authority = Authority::new();
    let sshd = authority.server();
    let (key, stranger) = (sshd.client_key(), sshd.new_key("ed25519", "stranger"));
    let user = sshd.user().to_owned();
    let asked_before = sshd.log().matches("Connection from").count();
    let of = |key: &Path, validity: &str, more: &[&str]| {
        let made = certify(&authority.key(), key, &user, validity, more);
        let text = fs::read_to_string(&made).unwrap();
        fs::remove_file(made).unwrap();
        text
    };
    let certificate = sshd.folder().join("certificate");
    for (text, words) in [
        (of(&key, "20200101000000Z:20200102000000Z", &[]), "expired at 2020-01-02 09:00 (Japan)"),
        (of(&key, "20990101000000Z:20990102000000Z", &[]), "valid only from 2099-01-01 09:00 (Japan)"),
        (of(&stranger, "+1h", &[]), "is for the key SHA256:"),
        (of(&key, "+1h", &["-h"]), "is for hosts"),
        (public_line(&key), "certificate"),
    ] {
        fs::write(&certificate, text).unwrap();
        let error = refused(&certified(&sshd, &key, certificate.clone())).await;
        assert!(matches!(error, TransportError::UserCertificate { .. }), "{error}");
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(error.remedy(), Remedy::Hold);
    }
    assert_eq!(sshd.log().matches("Connection from").count(), asked_before);

    fs::write(&certificate, of(&key, "20200101:20200102", &[])).unwrap();
    let end = check_certificate(&certificate, None).unwrap();
    assert!(end.is_some_and(|end| end < Moment::now()));
    fs::write(&certificate, of(&key, "always:forever", &[])).unwrap();
    assert_eq!(check_certificate(&certificate, None).unwrap(), None);
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_certificate_of_another_authority_or_for_another_account_is_refused_by_the_partner() {
    let authority = Authority::new();
    let sshd = authority.server();
    let (key, other) = (sshd.client_key(), sshd.new_key("ed25519", "other_authority"));
    for (authority, name) in [(&other, sshd.user()), (&authority.key(), "somebody-else")] {
        let certificate = certify(authority, &key, name, "+1h", &[]);
        let error = refused(&certified(&sshd, &key, certificate)).await;
        assert!(matches!(error, TransportError::AuthenticationRefused { .. }), "{error}");
    }
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's ssh-keygen: run scripts/test, which installs it")]
fn a_wrong_passphrase_is_called_that_in_every_form_of_key_and_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    for (number, form) in [&["-m", "RFC4716"][..], &["-m", "PEM"], &["-m", "PKCS8"]].iter().enumerate() {
        let key = folder.path().join(format!("key_{number}"));
        keygen(&[&["-t", "rsa", "-b", "2048"], *form].concat(), &key);
        let check = |passphrase: Option<&str>| check_key(&key, passphrase.map(Secret::new).as_ref());
        check(Some("an old pond")).unwrap_or_else(|error| panic!("{form:?}: {error}"));
        let wrong = check(Some("a new pond")).unwrap_err().to_string();
        assert!(wrong.contains("the passphrase does not open it") && !wrong.contains("pond"), "{wrong}");
        let none = check(None).unwrap_err().to_string();
        assert!(none.contains("no passphrase is given"), "{form:?}: {none}");
    }
    let bare = folder.path().join("bare");
    new_key("ed25519", &bare);
    check_key(&bare, Some(&Secret::new("an old pond"))).unwrap();
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's ssh-keygen: run scripts/test, which installs it")]
fn an_encrypted_key_of_an_old_form_is_opened_or_the_command_that_rewrites_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let passphrase = Some(Secret::new("an old pond"));
    for (kind, cipher, opened) in [
        ("rsa", "AES-128-CBC", true),
        ("ecdsa", "AES-128-CBC", false),
        ("rsa", "DES-EDE3-CBC", false),
        ("rsa", "AES-256-CBC", false),
        ("ecdsa", "AES-256-CBC", false),
    ] {
        let key = folder.path().join(format!("{kind}-{cipher}"));
        keygen(&["-t", kind, "-m", "PEM"], &key);
        let text = fs::read_to_string(&key)
            .unwrap()
            .replace("DEK-Info: AES-128-CBC", &format!("DEK-Info: {cipher}"));
        fs::write(&key, text).unwrap();
        let checked = check_key(&key, passphrase.as_ref());
        assert_eq!(checked.is_ok(), opened, "{kind} {cipher}: {checked:?}");
        if let Err(error) = checked {
            let words = error.to_string();
            assert!(words.contains(cipher) && words.contains("ssh-keygen -p -f"), "{words}");
            assert!(!words.contains("pond"), "{words}");
        }
    }
}

/// A server that wants proofs in an order of its own, or a new password.
#[derive(Clone)]
struct Demanding {
    /// The methods that are still to be given, in their order.
    wants: Vec<MethodKind>,
    /// What is asked once the password is known.
    second_question: Option<&'static str>,
    given: Arc<std::sync::Mutex<Vec<String>>>,
}

impl Demanding {
    fn judge(&mut self, method: MethodKind, right: bool) -> Auth {
        let partial_success = right && self.wants.first() == Some(&method);
        if partial_success {
            self.wants.remove(0);
        }
        let Some(next) = self.wants.first() else { return Auth::Accept };
        Auth::Reject { proceed_with_methods: Some(MethodSet::from(&[*next][..])), partial_success }
    }

    async fn listen(self) -> SftpSettings {
        let key = PrivateKey::random(&mut russh::keys::key::safe_rng(), Algorithm::Ed25519).unwrap();
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let mut settings = SftpSettings::new("127.0.0.1", listener.local_addr().unwrap().port(), "basho");
        settings.host_keys = vec![key.public_key().to_openssh().unwrap().parse().unwrap()];
        let config = Arc::new(russh::server::Config {
            keys: vec![key],
            auth_rejection_time: Duration::from_millis(1),
            auth_rejection_time_initial: Some(Duration::from_millis(1)),
            ..russh::server::Config::default()
        });
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let session = russh::server::run_stream(config.clone(), socket, self.clone()).await;
                tokio::spawn(async move { session.unwrap().await });
            }
        });
        settings
    }
}

impl russh::server::Handler for Demanding {
    type Error = russh::Error;

    async fn auth_publickey(
        &mut self,
        _user: &str,
        _key: russh::server::VerifiedPublicKey<'_>,
    ) -> Result<Auth, russh::Error> {
        self.given.lock().unwrap().push("key".to_owned());
        Ok(self.judge(MethodKind::PublicKey, true))
    }

    async fn auth_password(&mut self, _user: &str, password: &str) -> Result<Auth, russh::Error> {
        self.given.lock().unwrap().push(format!("outside a dialogue: {password}"));
        Ok(self.judge(MethodKind::Password, password == "an old pond"))
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        _user: &str,
        _submethods: &str,
        response: Option<russh::server::Response<'a>>,
    ) -> Result<Auth, russh::Error> {
        let ask = |question: &'static str| Auth::Partial {
            name: "".into(),
            instructions: "".into(),
            prompts: vec![(question.into(), false)].into(),
        };
        if self.wants.first() != Some(&MethodKind::KeyboardInteractive) {
            return Ok(self.judge(MethodKind::KeyboardInteractive, false));
        }
        let Some(answers) = response else { return Ok(ask("Password: ")) };
        let answers: Vec<_> = answers.map(|answer| String::from_utf8_lossy(&answer).into_owned()).collect();
        let right = answers.iter().any(|answer| answer == "an old pond");
        self.given.lock().unwrap().extend(answers);
        match self.second_question.take() {
            Some(question) => Ok(ask(question)),
            None => Ok(self.judge(MethodKind::KeyboardInteractive, right)),
        }
    }
}

#[tokio::test]
async fn after_one_proof_what_is_still_asked_for_is_given_in_any_order_and_each_is_named() {
    use MethodKind::{KeyboardInteractive, Password, PublicKey};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    new_key("ed25519", &path);
    let key = key_file(path);
    let password = Authentication::Password(Secret::new("an old pond"));
    for ours in [[key.clone(), password.clone()], [password, key]] {
        for wants in [
            vec![PublicKey],
            vec![Password],
            vec![PublicKey, Password],
            vec![Password, PublicKey],
            vec![PublicKey, KeyboardInteractive],
            vec![KeyboardInteractive, PublicKey],
            vec![Password, KeyboardInteractive, PublicKey],
        ] {
            let server = Demanding { wants: wants.clone(), second_question: None, given: Arc::default() };
            let mut settings = server.listen().await;
            settings.authentication = ours.to_vec();
            // There is no SFTP behind it: signed in is who gets that far.
            let error = refused(&settings).await;
            let signed_in = !matches!(error, TransportError::AuthenticationRefused { .. });
            assert!(signed_in, "{wants:?}: {error}");
        }
    }
}

#[tokio::test]
async fn a_server_that_demands_a_new_password_is_held_at_once_and_gets_the_old_one_only_once() {
    for (question, demand) in [
        ("You are required to change your password. Current password: ", true),
        ("New password: ", true),
        ("新しいパスワード: ", true),
        ("Verification code: ", false),
    ] {
        let given = Arc::default();
        let server = Demanding {
            wants: vec![MethodKind::KeyboardInteractive],
            second_question: Some(question),
            given: Arc::clone(&given),
        };
        let mut settings = server.listen().await;
        settings.deadlines.authenticate = Duration::from_secs(2);
        settings.authentication = vec![Authentication::Password(Secret::new("an old pond"))];
        let error = refused(&settings).await;
        assert_eq!(
            matches!(error, TransportError::NewPasswordDemanded { .. }),
            demand,
            "{question}: {error}"
        );
        assert_eq!(error.remedy(), Remedy::Hold, "{question}: {error}");
        let given: Vec<String> = given.lock().unwrap().clone();
        // Before the server has told its methods, a password may be tried outside a dialogue, too.
        let once = given.iter().filter(|given| *given == "an old pond").count();
        assert_eq!(once, 1, "{question}: {given:?}");
        assert!(!error.to_string().contains("pond"));
    }
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn the_receipt_names_every_proof_and_old_servers_with_the_curves_of_nist_are_spoken_to() {
    let other_key = "AuthenticationMethods publickey,publickey".to_owned();
    let sshd = Sshd::start(Options { lines: vec![other_key], ..Options::default() });
    let second = sshd.new_key("ecdsa", "second");
    sshd.accept(&second);
    let mut settings = of_sshd(&sshd);
    settings.authentication.push(key_file(second));
    let session = connect(&settings).await.unwrap();
    let words = session.peer().authenticated_by.clone();
    assert_eq!(words.matches("publickey SHA256:").count(), 2, "{words}");
    for exchange in ["ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521"] {
        let sshd =
            Sshd::start(Options { lines: vec![format!("KexAlgorithms {exchange}")], ..Options::default() });
        let session = connect(&of_sshd(&sshd)).await.unwrap();
        assert_eq!(session.peer().key_exchange, exchange);
    }
    let both = "KexAlgorithms ecdh-sha2-nistp256,curve25519-sha256,diffie-hellman-group14-sha256".to_owned();
    let sshd = Sshd::start(Options { lines: vec![both], ..Options::default() });
    assert_eq!(connect(&of_sshd(&sshd)).await.unwrap().peer().key_exchange, "curve25519-sha256");
}

#[tokio::test]
async fn a_password_is_given_as_the_server_wants_it() {
    for method in [MethodKind::Password, MethodKind::KeyboardInteractive] {
        let server = Demanding { wants: vec![method], second_question: None, given: Arc::default() };
        let mut settings = server.listen().await;
        settings.authentication = vec![Authentication::Password(Secret::new("an old pond"))];
        let error = refused(&settings).await;
        assert!(
            !matches!(error, TransportError::AuthenticationRefused { .. }),
            "the password is right: {error}"
        );

        settings.authentication = vec![Authentication::Password(Secret::new("a new pond"))];
        let error = refused(&settings).await;
        assert!(matches!(error, TransportError::AuthenticationRefused { .. }), "{error}");
        assert!(!error.to_string().contains("pond"));
    }
}
