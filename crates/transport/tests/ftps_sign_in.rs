//! Who is let near a password, and who isn't: what the FTPS transport promises before the first file, tried against the
//! FTP servers of Debian.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use support::certificates::Shown;
use support::ftp::{FtpServer, Wishes, opened, refused, source};
use support::proftpd::proftpd;
use support::vsftpd::vsftpd;
use totatsu_base::Remedy;
use totatsu_transport::ftps::{FtpsSettings, Pin, Protection, TlsMode, TlsSettings, TlsVersion, connect};
use totatsu_transport::{CertificateFault, Phase, Progress, Secret, TransportError};

fn tls(settings: &mut FtpsSettings) -> &mut TlsSettings {
    match &mut settings.protection {
        Protection::Tls(tls) => tls,
        Protection::Cleartext => panic!("the server speaks TLS"),
    }
}

fn fault_of(error: TransportError, server: &FtpServer) -> CertificateFault {
    assert_eq!(error.remedy(), Remedy::Hold);
    let TransportError::CertificateRefused { fingerprint, fault, .. } = error else {
        panic!("{error}\n{}", server.log())
    };
    assert_eq!(fingerprint, server.certificates.pin().to_string());
    fault
}

#[tokio::test]
#[cfg_attr(not(have_vsftpd), ignore = "needs vsftpd: run scripts/test, which unpacks it")]
async fn a_certificate_that_is_wrong_is_refused_and_the_message_says_how() {
    type IsIt = fn(&CertificateFault) -> bool;
    let cases: [(Shown, IsIt, &str); 4] = [
        (Shown::Expired, |fault| *fault == CertificateFault::Expired, "has expired"),
        (Shown::NotYetValid, |fault| *fault == CertificateFault::NotYetValid, "not valid yet"),
        (
            Shown::OtherName,
            |fault| matches!(fault, CertificateFault::WrongName { .. }),
            "not for 127.0.0.1, but for",
        ),
        (Shown::SelfSigned, |fault| *fault == CertificateFault::SelfSigned, "self-signed"),
    ];
    for tls13 in [false, true] {
        for (shown, is_it, words) in cases {
            let server = vsftpd(Wishes { shown, tls13, ..Wishes::default() });
            let error = refused(&server.settings()).await;
            assert!(error.to_string().contains(words), "{error}");
            let fault = fault_of(error, &server);
            assert!(is_it(&fault), "{shown:?}: {fault:?}");
            assert!(!server.log().contains("USER"), "nothing is said to a server that is not trusted");
        }
    }
}

#[tokio::test]
#[cfg_attr(not(have_proftpd), ignore = "needs ProFTPD: run scripts/test, which unpacks it")]
async fn a_certificate_of_another_authority_or_another_than_pinned_is_refused() {
    for implicit in [false, true] {
        let server = proftpd(Wishes { implicit, ..Wishes::default() });
        let mut settings = server.settings();
        tls(&mut settings).ca_file = Some(server.certificates.other_authority());
        assert_eq!(fault_of(refused(&settings).await, &server), CertificateFault::UnknownAuthority);

        tls(&mut settings).ca_file = None;
        assert_eq!(fault_of(refused(&settings).await, &server), CertificateFault::UnknownAuthority);

        let other = Pin::of(b"another certificate");
        for ca_file in [None, Some(server.certificates.authority())] {
            tls(&mut settings).ca_file = ca_file;
            tls(&mut settings).pins = vec![other];
            let error = refused(&settings).await;
            assert!(error.to_string().contains(&other.to_string()), "{error}");
            let pinned = vec![other.to_string()];
            assert_eq!(fault_of(error, &server), CertificateFault::NotPinned { pinned });
        }
        tls(&mut settings).ca_file = Some(server.certificates.authority());
        tls(&mut settings).pins = vec![other, server.certificates.pin()];
        connect(&settings).await.unwrap();
        tls(&mut settings).server_name = Some("ftp.other.example".to_owned());
        let fault = fault_of(refused(&settings).await, &server);
        assert!(
            matches!(fault, CertificateFault::WrongName { .. }),
            "a pin does not excuse the name: {fault:?}"
        );
    }
}

#[tokio::test]
#[cfg_attr(not(have_vsftpd), ignore = "needs vsftpd: run scripts/test, which unpacks it")]
async fn a_self_signed_certificate_is_accepted_where_it_is_pinned() {
    let server = vsftpd(Wishes { shown: Shown::SelfSigned, ..Wishes::default() });
    let mut settings = server.settings();
    tls(&mut settings).ca_file = None;
    tls(&mut settings).pins = vec![server.certificates.pin()];
    let mut session = connect(&settings).await.unwrap();
    session.put(&source(&server, 1000), "a", 0, &Progress::new()).await.unwrap();
    assert_eq!(session.peer().host_key, server.certificates.pin().to_string());
}

async fn wants_our_certificate(start: fn(Wishes) -> FtpServer) {
    for tls13 in [false, true] {
        let server = start(Wishes { demand_client_certificate: true, tls13, ..Wishes::default() });
        let mut settings = server.settings();
        let error = refused(&settings).await;
        assert!(
            matches!(error, TransportError::ClientCertificateRefused { given: false, .. }),
            "{error}\n{}",
            server.log()
        );
        assert_eq!(error.remedy(), Remedy::Hold);
        tls(&mut settings).client = Some(server.certificates.client());
        let mut session = connect(&settings).await.unwrap();
        session.put(&source(&server, 1000), "a", 0, &Progress::new()).await.unwrap();
        assert_eq!(session.peer().authenticated_by, "client certificate and password");
    }
}

#[tokio::test]
#[cfg_attr(
    not(all(have_vsftpd, have_proftpd)),
    ignore = "needs the FTP servers: run scripts/test, which unpacks them"
)]
async fn a_client_certificate_is_shown_where_the_server_demands_one() {
    wants_our_certificate(vsftpd).await;
    wants_our_certificate(proftpd).await;
}

#[tokio::test]
#[cfg_attr(not(have_proftpd), ignore = "needs ProFTPD: run scripts/test, which unpacks it")]
async fn another_version_of_tls_than_the_partners_file_says_is_not_spoken() {
    let server = proftpd(Wishes { tls13: true, ..Wishes::default() });
    let mut settings = server.settings();
    tls(&mut settings).version = TlsVersion::V1_2;
    let error = refused(&settings).await;
    assert!(matches!(&error, TransportError::Unsupported { what } if what.contains("TLS 1.2")), "{error}");
}

#[tokio::test]
#[cfg_attr(not(have_proftpd), ignore = "needs ProFTPD: run scripts/test, which unpacks it")]
async fn a_wrong_password_is_refused_and_a_server_without_tls_gets_none() {
    let server = proftpd(Wishes::default());
    let mut settings = server.settings();
    settings.password = Secret::new("wrong");
    let error = refused(&settings).await;
    assert!(matches!(error, TransportError::AuthenticationRefused { .. }), "{error}");
    let bare = proftpd(Wishes { cleartext: true, ..Wishes::default() });
    let mut settings = server.settings();
    settings.port = bare.port;
    let error = refused(&settings).await;
    assert!(matches!(&error, TransportError::Unsupported { what } if what.contains("TLS")), "{error}");
    assert_eq!(error.remedy(), Remedy::Hold);
}

#[tokio::test]
#[cfg_attr(not(have_proftpd), ignore = "needs ProFTPD: run scripts/test, which unpacks it")]
async fn the_peer_is_told_as_it_showed_itself() {
    let server = proftpd(Wishes::default());
    let session = opened(&server).await;
    let peer = session.peer();
    assert_eq!(peer.transport, "ftps");
    assert!(peer.software.starts_with("ProFTPD"), "{peer:?}");
    assert_eq!(peer.host_key, server.certificates.pin().to_string());
    assert_eq!(peer.authenticated_by, "password");
    assert!(peer.cipher.starts_with("TLSv1_2 TLS_ECDHE_ECDSA"), "{peer:?}");
    assert!(!peer.key_exchange.is_empty());
    assert!(peer.extensions.iter().any(|line| line.starts_with("MLST ")), "{peer:?}");
    let text = serde_json::to_string(peer).unwrap();
    assert_eq!(&serde_json::from_str::<totatsu_base::evidence::Peer>(&text).unwrap(), peer);
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_unreachable() {
    for mode in [TlsMode::Explicit, TlsMode::Implicit] {
        let protection = Protection::Tls(Box::new(TlsSettings { mode, ..TlsSettings::default() }));
        let mut settings = FtpsSettings::new("127.0.0.1", "nobody", protection);
        settings.port = 1;
        let error = refused(&settings).await;
        assert!(matches!(error, TransportError::Unreachable { .. }), "{error}");
        assert!(error.to_string().contains("127.0.0.1:1"));
    }
}

#[tokio::test]
async fn a_server_that_never_greets_times_out() {
    for mode in [TlsMode::Explicit, TlsMode::Implicit] {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let protection = Protection::Tls(Box::new(TlsSettings { mode, ..TlsSettings::default() }));
        let mut settings = FtpsSettings::new("127.0.0.1", "nobody", protection);
        settings.port = listener.local_addr().unwrap().port();
        settings.deadlines.handshake = Duration::from_millis(300);
        let error = refused(&settings).await;
        assert!(matches!(error, TransportError::TimedOut { phase: Phase::Handshake, .. }), "{error}");
        let (mut silent, _) = listener.accept().unwrap();
        std::io::copy(&mut silent, &mut std::io::sink()).unwrap();
    }
}

#[tokio::test]
async fn a_server_that_speaks_something_else_is_told_so() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut socket in listener.incoming().flatten() {
            let _ = socket.write_all(b"SSH-2.0-elsewhere\r\n");
            let _ = std::io::copy(&mut socket, &mut std::io::sink());
        }
    });
    for mode in [TlsMode::Explicit, TlsMode::Implicit] {
        let protection = Protection::Tls(Box::new(TlsSettings { mode, ..TlsSettings::default() }));
        let mut settings = FtpsSettings::new("127.0.0.1", "nobody", protection);
        settings.port = port;
        settings.deadlines.handshake = Duration::from_millis(500);
        let error = refused(&settings).await;
        println!("{mode:?}: {error}");
        assert_eq!(error.remedy(), Remedy::Retry);
    }
}
