//! Whom the SFTP transport trusts, and how it proves who it is.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;
use std::net::Ipv4Addr;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use russh::keys::PrivateKey;
use russh::keys::ssh_key::Algorithm;
use russh::server::Auth;
use russh::{MethodKind, MethodSet};
use support::partners::{embedded, of_sshd, refused};
use support::sshd::{Options, Sshd, new_key};
use totatsu::demo::partner::Manners;
use totatsu::remedy::Remedy;
use totatsu::transport::TransportError;
use totatsu::transport::sftp::{Authentication, PinnedKey, Secret, SftpSettings, connect};

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

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn every_kind_of_private_key_is_accepted() {
    let sshd = Sshd::start(Options::default());
    for kind in ["rsa", "ecdsa", "ed25519"] {
        let key = sshd.folder().join(format!("other_{kind}"));
        new_key(kind, &key);
        sshd.accept(&key);
        let mut settings = of_sshd(&sshd);
        settings.authentication =
            vec![Authentication::PrivateKeyFile { path: key, passphrase: None, certificate: None }];
        connect(&settings).await.unwrap().close().await;
    }
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn an_encrypted_private_key_is_used_with_its_passphrase_only() {
    let sshd = Sshd::start(Options::default());
    let key = sshd.client_key();
    let changed = Command::new("ssh-keygen")
        .args(["-q", "-p", "-P", "", "-N", "an old pond", "-f"])
        .arg(&key)
        .status()
        .unwrap();
    assert!(changed.success());
    let with = |passphrase: Option<&str>| {
        let passphrase = passphrase.map(Secret::new);
        let mut settings = of_sshd(&sshd);
        settings.authentication =
            vec![Authentication::PrivateKeyFile { path: key.clone(), passphrase, certificate: None }];
        settings
    };
    connect(&with(Some("an old pond"))).await.unwrap().close().await;
    for wrong in [None, Some("a new pond")] {
        let error = refused(&with(wrong)).await;
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
    let stranger = sshd.folder().join("stranger");
    new_key("ed25519", &stranger);
    let mut settings = of_sshd(&sshd);
    let known = settings.authentication.remove(0);
    settings.authentication = vec![
        Authentication::PrivateKeyFile { path: stranger, passphrase: None, certificate: None },
        Authentication::Password(Secret::new("guessed")),
    ];
    let error = refused(&settings).await;
    let TransportError::AuthenticationRefused { methods, .. } = &error else { panic!("{error}") };
    assert_eq!(methods, &["publickey"]);
    settings.authentication.push(known);
    connect(&settings).await.unwrap().close().await;
}

/// A server that takes the password "an old pond" in one way only, and offers nothing once one is in.
struct PasswordOnly {
    dialogue: bool,
}

impl russh::server::Handler for PasswordOnly {
    type Error = russh::Error;

    async fn auth_password(&mut self, _user: &str, password: &str) -> Result<Auth, russh::Error> {
        Ok(if !self.dialogue && password == "an old pond" { Auth::Accept } else { Auth::reject() })
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        _user: &str,
        _submethods: &str,
        response: Option<russh::server::Response<'a>>,
    ) -> Result<Auth, russh::Error> {
        let Some(mut answers) = response else {
            let prompts = vec![("Password: ".into(), false)].into();
            return Ok(Auth::Partial { name: "".into(), instructions: "".into(), prompts });
        };
        Ok(if answers.next().as_deref() == Some(b"an old pond") { Auth::Accept } else { Auth::reject() })
    }
}

/// Settings for a server that takes a password in one way only.
async fn password_server(dialogue: bool) -> SftpSettings {
    let method = if dialogue { MethodKind::KeyboardInteractive } else { MethodKind::Password };
    let key = PrivateKey::random(&mut russh::keys::key::safe_rng(), Algorithm::Ed25519).unwrap();
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let mut settings = SftpSettings::new("127.0.0.1", listener.local_addr().unwrap().port(), "basho");
    settings.host_keys = vec![key.public_key().to_openssh().unwrap().parse().unwrap()];
    let config = Arc::new(russh::server::Config {
        keys: vec![key],
        methods: MethodSet::from(&[method][..]),
        auth_rejection_time: Duration::from_millis(1),
        ..russh::server::Config::default()
    });
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let session = russh::server::run_stream(config.clone(), socket, PasswordOnly { dialogue }).await;
            tokio::spawn(async move { session.unwrap().await });
        }
    });
    settings
}

#[tokio::test]
async fn a_password_is_given_as_the_server_wants_it() {
    for dialogue in [false, true] {
        let mut settings = password_server(dialogue).await;
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
