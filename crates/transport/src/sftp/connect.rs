//! From settings to an SFTP session: sign in, start the service on a channel of its own, and learn what it offers.
//!
//! Promises that what the server can do is taken from its own list of extensions and its limits, never from the name that
//! its SSH side bears: behind the same sshd any program may serve the files.

use std::sync::Arc;

use russh::ChannelMsg;
use russh::keys::HashAlg;

use super::channel::{SftpChannel, SftpOffers, failure};
use super::client::SftpClient;
use super::extension;
use super::packet::{self, VERSION};
use super::session::{SftpLine, SftpSession};
use super::settings::SftpSettings;
use super::sign_in::sign_in;
use super::ssh::SshConnection;
use crate::words;
use crate::{Peer, Phase, Result, ServerLimits, Session, TransportError};
use totatsu_base::say;

/// Bytes in a write or read that every server takes, where it does not tell its limits.
const SAFE_CHUNK: u64 = 32 * 1024;
/// Reads under way for each write that may be: what comes has a window of our own, four times the one that OpenSSH grants us.
const READS_AHEAD: usize = 2;
/// Room for the header of a write within the largest packet a server takes.
const WRITE_HEADER: u64 = 1024;

/// Opens a session with the partner.
///
/// # Errors
/// Unreachable, timed out, host key unknown or changed, key file unusable, authentication refused, no SFTP there.
pub async fn connect(settings: &SftpSettings) -> Result<Box<dyn Session>> {
    let (connection, authenticated_by) = sign_in(settings).await?;
    let started = settings.deadlines.within(Phase::Start, start(&connection));
    let (client, extensions, limits) = started.await??;
    let peer = peer(settings, &connection, authenticated_by, &extensions);
    let packet =
        limits.and_then(|limits| limits.packet).map_or(u64::MAX, |most| most.saturating_sub(WRITE_HEADER));
    let chunk = |limit: Option<u64>| {
        let most = limit.unwrap_or(SAFE_CHUNK).min(packet).max(1);
        settings.chunk.min(usize::try_from(most).unwrap_or(usize::MAX)).max(1)
    };
    let channel = SftpChannel {
        client,
        facts: connection.facts.clone(),
        offers: SftpOffers::of(&extensions),
        deadlines: settings.deadlines,
        minimum_throughput: settings.minimum_throughput,
        writes_in_flight: settings.in_flight.max(1),
        reads_in_flight: settings.in_flight.max(1).saturating_mul(READS_AHEAD),
        write_chunk: chunk(limits.and_then(|limits| limits.write)),
        read_chunk: chunk(limits.and_then(|limits| limits.read)),
        plain_rename: settings.plain_rename,
        owes_answer: false.into(),
        makes_no_links: false.into(),
    };
    Ok(Box::new(SftpSession::on(Arc::new(SftpLine { channel, connection, limits, peer }))))
}

/// The service, started, what it offers, and its limits.
async fn start(connection: &SshConnection) -> Result<(SftpClient, Vec<String>, Option<ServerLimits>)> {
    let failed = |error| connection.facts.failure(Phase::Start, error);
    let mut channel = connection.handle.channel_open_session().await.map_err(failed)?;
    channel.request_subsystem(true, "sftp").await.map_err(failed)?;
    loop {
        match channel.wait().await {
            Some(ChannelMsg::Success) => break,
            Some(ChannelMsg::Failure) => {
                return Err(TransportError::Unsupported { what: say!("sftp-need-sftp") });
            }
            Some(_) => {}
            None => return Err(connection.facts.lost(Phase::Start, &say!("sftp-channel-closed"))),
        }
    }
    let failed = |error| failure(Phase::Start, "", error, &connection.facts);
    let (client, told) = SftpClient::start(channel).await.map_err(failed)?;
    if told.version != VERSION {
        let what = say!("sftp-need-version", version = VERSION, spoken = told.version);
        return Err(TransportError::Unsupported { what });
    }
    let mut extensions = told.extensions;
    extensions.sort_unstable();
    extensions.dedup();
    let limits = if extensions.iter().any(|name| name == extension::LIMITS) {
        let answer = client.extended_answer(extension::LIMITS, &[]).await.map_err(failed)?;
        Some(limits(&answer)?)
    } else {
        None
    };
    Ok((client, extensions, limits))
}

/// A limit of 0 is none.
fn limits(answer: &[u8]) -> Result<ServerLimits> {
    let limits = packet::numbers::<4>(answer).ok_or_else(|| {
        let cause = say!("sftp-unreadable-limits");
        TransportError::ProtocolViolated { phase: Phase::Start, cause }
    })?;
    let [packet, read, write, handles] = limits.map(|limit| (limit > 0).then_some(limit));
    Ok(ServerLimits { packet, read, write, handles })
}

fn peer(
    settings: &SftpSettings,
    connection: &SshConnection,
    authenticated_by: String,
    extensions: &[String],
) -> Peer {
    let noted = connection.facts.noted();
    let host_key = noted.host_key.as_ref().map(|key| key.fingerprint(HashAlg::Sha256).to_string());
    Peer {
        transport: "sftp".to_owned(),
        address: settings.address_and_way(),
        software: noted.software.clone(),
        host_key: host_key.expect("the handshake compared a host key"),
        user: settings.user.clone(),
        authenticated_by,
        cipher: noted.cipher.clone(),
        key_exchange: noted.key_exchange.clone(),
        extensions: words::listed(extensions.iter().map(String::as_str)),
    }
}
