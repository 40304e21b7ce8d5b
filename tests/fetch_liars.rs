//! What a fetch makes of a partner that answers reads in a way that no honest server does.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

#[path = "campaign"]
mod campaign {
    #![allow(dead_code, unused_imports, reason = "each test binary uses a part of it")]
    pub mod liar;
    pub mod tally;
    pub mod way;
}
mod support;

use std::fs;

use campaign::liar::{Liar, Lies, Strange};
use support::partners::pattern;
use totatsu_base::digest::Sha256;
use totatsu_transport::sftp::{Authentication, SftpSettings, connect};
use totatsu_transport::{Brought, Progress, TransportError};

/// Fetches from a partner that answers reads in a strange way.
async fn fetched_from_a_liar(strange: Strange, bytes: usize) -> (Result<Brought, TransportError>, Vec<u8>) {
    let liar = Liar::start();
    liar.behave(Lies { strange: Some(strange), ..Lies::default() });
    let far = liar.far();
    fs::write(far.inbox.join("a.csv"), pattern(bytes)).unwrap();
    let mut settings = SftpSettings::new("127.0.0.1", far.port, far.user.clone());
    settings.host_keys = vec![far.host_key.parse().unwrap()];
    settings.authentication = vec![Authentication::PrivateKeyFile {
        path: far.key_file.clone(),
        passphrase: None,
        certificate: None,
    }];
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().join("source");
    let mut session = connect(&settings).await.unwrap();
    let answer = session.fetch("a.csv", &here, 0, &Progress::new()).await;
    (answer, fs::read(here).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_that_gives_one_byte_at_a_time_is_read_to_the_end() {
    let (answer, here) = fetched_from_a_liar(Strange::OneByte, 3000).await;
    assert_eq!(answer.unwrap(), Brought { bytes: 3000, sha256: Sha256::of(&pattern(3000)) });
    assert!(here == pattern(3000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_that_never_ends_or_lies_about_the_size_fills_no_disk() {
    let (answer, here) = fetched_from_a_liar(Strange::Endless, 300_000).await;
    let error = answer.unwrap_err();
    assert!(matches!(error, TransportError::PartnerFileChanged { expected: 300_000, .. }), "{error}");
    assert!(here.len() <= 300_000, "{}", here.len());

    let (answer, here) = fetched_from_a_liar(Strange::HugeSize, 300_000).await;
    let error = answer.unwrap_err();
    assert!(matches!(error, TransportError::PartnerFileChanged { found: 300_000, .. }), "{error}");
    assert!(here == pattern(300_000));

    let (answer, here) = fetched_from_a_liar(Strange::NoSize, 300_000).await;
    let error = answer.unwrap_err();
    assert!(matches!(error, TransportError::Unsupported { .. }), "{error}");
    assert!(here.is_empty());

    for strange in [Strange::TooMuch, Strange::EmptyReads] {
        let (answer, here) = fetched_from_a_liar(strange, 300_000).await;
        let error = answer.unwrap_err();
        assert!(matches!(error, TransportError::ProtocolViolated { .. }), "{strange:?}: {error}");
        assert!(pattern(300_000).starts_with(&here), "{strange:?}");
    }
}
