//! From settings to a host that knows us: connect, directly or through a jump host, compare the host key, prove who we are.
//!
//! Promises that nothing is proven to a server whose host key is not pinned. A jump host is judged as strictly as the partner,
//! and every error says which of the two failed. The jump host sees the partner's address and encrypted bytes, never an account or a
//! file, for the session with the partner runs from end to end inside. Each phase has its deadline; what is given up half-way
//! closes its connection at once.

use russh::ChannelOpenFailure;
use russh::keys::ssh_key::{Algorithm, Fingerprint};
use russh::keys::{HashAlg, PublicKey};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::authenticate;
use super::forwarded::ForwardedChannel;
use super::handshake::{self, every_order, host_key_orders, shake_hands};
use super::settings::SftpSettings;
use super::ssh::{HostKeyVerifier, JumpSession, ServerFacts, SshConnection};
use super::stream::{ByteCarrier, stream};
use crate::library_words::of_io;
use crate::words;
use crate::{Phase, Result, TransportError};
use totatsu_base::say;

/// Where the jump host is told that the forwarded connection comes from; it means nothing there.
const ORIGIN: (&str, u32) = ("127.0.0.1", 0);

/// Connects to a host and proves who we are; also how, in words for the receipt.
pub(super) async fn sign_in(settings: &SftpSettings) -> Result<(SshConnection, String)> {
    let proofs = authenticate::load(settings).await?;
    let mut connection = greet(settings).await?;
    let authenticated_by = authenticate::authenticate(&mut connection, settings, &proofs).await?;
    Ok((connection, authenticated_by))
}

/// The host key whose fingerprint is `wanted`, if the server shows it, and the fingerprints of all that it showed until
/// then. Ends each connection before we say who we are.
///
/// # Errors
/// Unreachable, timed out, or no SSH server.
pub async fn shown_key(
    settings: &SftpSettings,
    wanted: &Fingerprint,
) -> Result<(Option<PublicKey>, Vec<String>)> {
    let mut unpinned = settings.clone();
    unpinned.host_keys.clear();
    let mut shown = Vec::new();
    for order in every_order() {
        let (carrier, jump) = open(settings).await?;
        let (stream, _owner) = stream(carrier);
        let facts = ServerFacts::behind(jump.as_ref());
        let verifier = HostKeyVerifier::new(&unpinned, &facts);
        let error = shake_hands(&unpinned, order, stream, verifier).await?.err();
        let key = facts.noted().host_key.clone();
        let Some(key) = key else {
            // Without a pinned key no connection comes about, so there is an error.
            let failure = facts.failure(Phase::Handshake, error.unwrap_or(russh::Error::Inconsistent));
            // No key of these kinds; the first order has all of them.
            if matches!(failure, TransportError::Unsupported { .. }) && !shown.is_empty() {
                continue;
            }
            return Err(failure);
        };
        let fingerprint = key.fingerprint(HashAlg::Sha256);
        if fingerprint == *wanted {
            return Ok((Some(key), vec![fingerprint.to_string()]));
        }
        if !shown.contains(&fingerprint.to_string()) {
            shown.push(fingerprint.to_string());
        }
    }
    Ok((None, shown))
}

/// Connects and compares the host key. A server with several keys shows one for each kind that is asked for: where only a
/// fingerprint is pinned, its kind is unknown, so the other kinds are asked for before the key counts as changed.
async fn greet(settings: &SftpSettings) -> Result<SshConnection> {
    let mut changed = None;
    for order in host_key_orders(&settings.host_keys) {
        match (greet_once(settings, order).await, &changed) {
            (Ok(connection), _) => return Ok(connection),
            (Err(error @ TransportError::HostKeyChanged { .. }), None) => changed = Some(error),
            (Err(TransportError::HostKeyChanged { .. } | TransportError::Unsupported { .. }), Some(_)) => {}
            (Err(error), _) => return Err(error),
        }
    }
    Err(changed.expect("the first order ends in success or in an error"))
}

async fn greet_once(settings: &SftpSettings, order: Vec<Algorithm>) -> Result<SshConnection> {
    let (carrier, jump) = open(settings).await?;
    let (stream, owner) = stream(carrier);
    let facts = ServerFacts::behind(jump.as_ref());
    let verifier = HostKeyVerifier::new(settings, &facts);
    match shake_hands(settings, order, stream, verifier).await? {
        Ok(handle) => Ok(SshConnection { handle, facts, owner, jump }),
        Err(error) => Err(handshake::refused(error, settings, &facts)),
    }
}

/// Opens a way to the server of `settings`, on which nothing was said yet, and the session that it leads through.
async fn open(settings: &SftpSettings) -> Result<(Box<dyn ByteCarrier>, Option<JumpSession>)> {
    match settings.jump.as_deref() {
        None => Ok((Box::new(dial(settings).await?), None)),
        Some(jump) => through(jump, settings).await,
    }
}

async fn dial(settings: &SftpSettings) -> Result<TcpStream> {
    let unreachable = |error: std::io::Error| TransportError::Unreachable {
        address: settings.address(),
        cause: of_io(&error),
    };
    let connecting = TcpStream::connect((settings.host.as_str(), settings.port));
    let socket = settings.deadlines.within(Phase::Connect, connecting).await?.map_err(unreachable)?;
    socket.set_nodelay(true).map_err(unreachable)?;
    Ok(socket)
}

async fn through(
    jump: &SftpSettings,
    settings: &SftpSettings,
) -> Result<(Box<dyn ByteCarrier>, Option<JumpSession>)> {
    let address = jump.address();
    let at_jump = |error| TransportError::JumpHost { address: jump.address(), error: Box::new(error) };
    // Boxed, for signing in there opens a way of its own.
    let (connection, _) = Box::pin(sign_in(jump)).await.map_err(at_jump)?;
    let after = settings.deadlines.connect;
    let (host, port) = (settings.host.as_str(), u32::from(settings.port));
    let opening = connection.handle.channel_open_direct_tcpip(host, port, ORIGIN.0, ORIGIN.1);
    let unreachable = |cause| TransportError::Unreachable { address: settings.address(), cause };
    match timeout(after, opening).await {
        Ok(Ok(channel)) => {
            let carrier = Box::new(ForwardedChannel::new(channel.into_stream()));
            Ok((carrier, Some(JumpSession { address, connection: Box::new(connection) })))
        }
        Ok(Err(russh::Error::ChannelOpenFailure(ChannelOpenFailure::ConnectFailed))) => {
            Err(unreachable(say!("sftp-jump-gets-none", address = address)))
        }
        Ok(Err(russh::Error::ChannelOpenFailure(ChannelOpenFailure::ResourceShortage))) => {
            Err(unreachable(say!("sftp-jump-short", address = address)))
        }
        Ok(Err(russh::Error::ChannelOpenFailure(reason))) => Err(TransportError::ForwardingRefused {
            address,
            partner: settings.address(),
            cause: words_of(&reason),
        }),
        Ok(Err(error)) => Err(at_jump(connection.facts.failure(Phase::Connect, error))),
        Err(_) => {
            let after = words::lasting(after);
            Err(unreachable(say!("sftp-jump-gets-none-within", address = address, after = after)))
        }
    }
}

fn words_of(reason: &ChannelOpenFailure) -> String {
    match reason {
        ChannelOpenFailure::AdministrativelyProhibited => say!("sftp-jump-not-allowed"),
        ChannelOpenFailure::ConnectFailed => say!("sftp-jump-no-connection"),
        ChannelOpenFailure::UnknownChannelType => say!("sftp-jump-forwards-nothing"),
        ChannelOpenFailure::ResourceShortage => say!("sftp-jump-short-of-resources"),
        ChannelOpenFailure::Other { code, reason } => {
            say!("sftp-jump-code", code = code, words = format!("{:?}", words::told(reason)))
        }
    }
}
