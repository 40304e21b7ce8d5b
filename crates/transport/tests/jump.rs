//! The way to a partner through a jump host: who is trusted, which of the two failed, and that files arrive.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use support::agent::Agent;
use support::partners::{key_file, of_sshd, pattern, refused};
use support::promises;
use support::sshd::{Options, Sshd, bastion};
use totatsu_base::{Remedy, Sha256};
use totatsu_transport::sftp::{Authentication, PinnedKey, SftpSettings, connect, shown_key};
use totatsu_transport::{Progress, TransportError};

const MIB: usize = 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(30);

fn partner_behind_jump_host() -> (Sshd, Sshd) {
    let partner = Sshd::start(Options::default());
    let jump = bastion(partner.port());
    (partner, jump)
}

/// Settings to reach `partner` through `jump`.
fn through(jump: &Sshd, partner: &Sshd) -> SftpSettings {
    let mut settings = of_sshd(partner);
    settings.jump = Some(Box::new(of_sshd(jump)));
    settings
}

fn source(sshd: &Sshd, bytes: usize) -> PathBuf {
    let path = sshd.folder().join("source");
    fs::write(&path, pattern(bytes)).unwrap();
    path
}

fn until(what: &str, mut look: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !look() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_file_goes_through_a_jump_host_and_comes_back_byte_for_byte() {
    let (partner, jump) = partner_behind_jump_host();
    let mut session = connect(&through(&jump, &partner)).await.unwrap();
    let address = format!("127.0.0.1:{} through 127.0.0.1:{}", partner.port(), jump.port());
    assert_eq!(session.peer().address, address);
    // Larger than every window on the way.
    let path = source(&partner, 24 * 1024 * 1024 + 1);
    let progress = Progress::new();
    let put = session.put(&path, "large", 0, &progress).await.unwrap();
    let (sha256, bytes) = Sha256::of_file(&path).unwrap();
    assert_eq!((put.bytes, put.sha256), (bytes, sha256));
    let back = session.read_back("large", &progress).await.unwrap();
    assert_eq!((back.bytes, back.sha256), (bytes, sha256));
    session.close().await;
    until("both sessions are closed", || jump.sessions() == 0 && partner.sessions() == 0);
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_session_that_is_let_go_of_ends_at_both_hosts() {
    let (partner, jump) = partner_behind_jump_host();
    let session = connect(&through(&jump, &partner)).await.unwrap();
    assert!(jump.sessions() > 0 && partner.sessions() > 0);
    drop(session);
    tokio::task::spawn_blocking(move || {
        until("both sessions have ended", || jump.sessions() == 0 && partner.sessions() == 0);
    })
    .await
    .unwrap();
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_jump_host_whose_key_is_unknown_or_changed_learns_nothing_and_is_named() {
    let (partner, jump) = partner_behind_jump_host();
    let other: PinnedKey = partner.host_key_line().parse().unwrap();
    for pinned in [vec![], vec![other]] {
        let mut settings = through(&jump, &partner);
        settings.jump.as_mut().unwrap().host_keys = pinned;
        let error = refused(&settings).await;
        let TransportError::JumpHost { address, error: cause } = &error else { panic!("{error}") };
        assert!(address.ends_with(&jump.port().to_string()));
        let refused_key =
            matches!(**cause, TransportError::HostKeyUnknown { .. } | TransportError::HostKeyChanged { .. });
        assert!(refused_key, "{error}");
        assert!(error.to_string().contains("jump host"), "{error}");
        assert_eq!(error.remedy(), Remedy::Hold);
    }
    assert!(!jump.log().contains("Accepted"), "{}", jump.log());
    assert!(!jump.log().contains("user root") && !jump.log().contains("for root"), "{}", jump.log());
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_partner_behind_a_jump_host_is_known_by_its_own_key_only() {
    let (partner, jump) = partner_behind_jump_host();
    let mut settings = through(&jump, &partner);
    settings.host_keys = vec![jump.host_key_line().parse().unwrap()];
    let error = refused(&settings).await;
    assert!(matches!(error, TransportError::HostKeyChanged { .. }), "{error}");
    assert!(!partner.log().contains("Accepted"));

    let own: PinnedKey = partner.host_key_line().parse().unwrap();
    let (key, _) = shown_key(&settings, &own.fingerprint().parse().unwrap()).await.unwrap();
    assert!(own.is(&key.unwrap()), "the partner's key is compared through the jump host");
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_jump_host_that_refuses_us_or_refuses_to_forward_is_told_from_the_partner() {
    let partner = Sshd::start(Options::default());
    let closed =
        Sshd::start(Options { lines: vec!["AllowTcpForwarding no".to_owned()], ..Options::default() });
    let elsewhere = bastion(1);
    for jump in [closed, elsewhere] {
        let error = refused(&through(&jump, &partner)).await;
        assert!(matches!(error, TransportError::ForwardingRefused { .. }), "{error}");
        assert!(error.to_string().contains(&format!("127.0.0.1:{}", jump.port())), "{error}");
        assert_eq!(error.remedy(), Remedy::Hold);
    }

    let jump = bastion(partner.port());
    let stranger = vec![key_file(partner.new_key("ed25519", "stranger"))];
    let mut settings = through(&jump, &partner);
    settings.jump.as_mut().unwrap().authentication = stranger.clone();
    let error = refused(&settings).await;
    let TransportError::JumpHost { error: cause, .. } = &error else { panic!("{error}") };
    assert!(matches!(**cause, TransportError::AuthenticationRefused { .. }), "{error}");

    let mut settings = through(&jump, &partner);
    settings.authentication = stranger;
    let error = refused(&settings).await;
    assert!(matches!(error, TransportError::AuthenticationRefused { .. }), "the partner said it: {error}");
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_partner_that_the_jump_host_does_not_reach_and_a_jump_host_that_is_down_are_tried_again() {
    let (mut partner, mut jump) = partner_behind_jump_host();
    let settings = through(&jump, &partner);
    partner.kill();
    let error = refused(&settings).await;
    let TransportError::Unreachable { address, cause } = &error else { panic!("{error}") };
    assert!(address.ends_with(&partner.port().to_string()) && cause.contains("jump host"), "{error}");
    assert_eq!(error.remedy(), Remedy::Retry);
    jump.kill();
    let error = refused(&settings).await;
    let TransportError::JumpHost { error: cause, .. } = &error else { panic!("{error}") };
    assert!(matches!(**cause, TransportError::Unreachable { .. }), "{error}");
    assert_eq!(error.remedy(), Remedy::Retry);
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn each_deadline_holds_at_a_jump_host_and_behind_it() {
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = silent.local_addr().unwrap().port();
    let partner = Sshd::start(Options::default());
    let jump = bastion(port);
    // Long enough for a jump host under load, which answers.
    let deadline = Duration::from_secs(3);
    let mut behind = through(&jump, &partner);
    behind.port = port;
    behind.deadlines.handshake = deadline;
    let error = refused(&behind).await;
    assert!(matches!(error, TransportError::TimedOut { after, .. } if after == deadline), "{error}");

    let mut at_jump = through(&jump, &partner);
    let settings = at_jump.jump.as_mut().unwrap();
    (settings.port, settings.deadlines.handshake) = (port, deadline);
    let error = refused(&at_jump).await;
    let TransportError::JumpHost { error: cause, .. } = &error else { panic!("{error}") };
    assert!(matches!(**cause, TransportError::TimedOut { .. }), "{error}");
}

/// What becomes of a large upload during which something `happens`.
async fn disturbed(settings: &SftpSettings, happens: impl FnOnce()) -> TransportError {
    let folder = tempfile::tempdir().unwrap();
    let source = promises::large(folder.path(), 512 * MIB);
    let upload = promises::upload_under_way(connect(settings).await.unwrap(), source, 4 * MIB).await;
    happens();
    let (error, session) = upload.await.unwrap();
    assert!(!session.is_alive());
    assert!(matches!(error, TransportError::Lost { .. }), "{error}");
    assert!(error.outcome_unknown());
    error
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_partner_that_goes_away_under_way_is_not_mistaken_for_the_jump_host() {
    let (mut partner, jump) = partner_behind_jump_host();
    let settings = through(&jump, &partner);
    let error = disturbed(&settings, || partner.kill()).await;
    assert!(!error.to_string().contains("connection to the jump host"), "{error}");
    until("the jump host's session has ended too", || jump.sessions() == 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_jump_host_that_goes_away_under_way_is_named_as_the_cause() {
    let (partner, mut jump) = partner_behind_jump_host();
    let named = format!("the connection to the jump host 127.0.0.1:{} ended", jump.port());
    let error = disturbed(&through(&jump, &partner), || jump.kill()).await;
    assert!(error.to_string().contains(&named), "{error}");
    until("the partner's session has ended too", || partner.sessions() == 0);
}

#[tokio::test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
async fn a_jump_host_and_the_partner_may_each_want_another_key_of_the_agent() {
    let (partner, jump) = partner_behind_jump_host();
    let agent = Agent::start();
    let held = |sshd: &Sshd| {
        let key = sshd.client_key();
        let line = fs::read_to_string(key.with_extension("pub")).unwrap();
        agent.take(&key);
        let socket = Some(agent.socket());
        vec![Authentication::Agent { socket, key: line.parse().unwrap(), certificate: None }]
    };
    let mut settings = through(&jump, &partner);
    settings.authentication = held(&partner);
    settings.jump.as_mut().unwrap().authentication = held(&jump);
    connect(&settings).await.unwrap().close().await;
}
