//! Signs in with a key that an ssh-agent holds, or with a certificate over any key.
//!
//! Promises that the agent is asked for one key only, the one that the configuration names, and that the agent is told
//! for which server it signs. What it holds besides is neither offered to the server nor told.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use russh::client::Handle;
use russh::keys::agent::AgentIdentity;
use russh::keys::agent::client::AgentClient;
use russh::keys::signature::Signer as _;
use russh::keys::ssh_key::{Signature, private::KeypairData};
use russh::keys::{HashAlg, PrivateKey, PublicKey};
use tokio::net::UnixStream;

use super::settings::NamedKey;
use super::ssh::HostKeyVerifier;
use crate::error::{Result, TransportError};
use crate::library_words::{of_key, quoted};
use crate::phase::Phase;
use totatsu_base::say;

/// A key that an agent holds.
#[derive(Clone)]
pub(super) struct AgentKey {
    /// Where the agent listens.
    pub(super) socket: PathBuf,
    /// The public half.
    pub(super) public: PublicKey,
}

/// Asks the agent for the public half of the key that is named.
pub(super) async fn find(socket: Option<&Path>, named: &NamedKey) -> Result<AgentKey> {
    let Some(socket) = socket else {
        let (socket, cause) = (say!("sftp-agent-none"), say!("sftp-agent-unnamed"));
        return Err(TransportError::Agent { socket, cause });
    };
    let mut agent = reach(socket).await?;
    let held = agent
        .request_identities()
        .await
        .map_err(|error| refused(socket, say!("sftp-agent-untold", error = of_key(&error))))?;
    let keys = held.into_iter().map(|identity| match identity {
        AgentIdentity::PublicKey { key, .. } => key,
        AgentIdentity::Certificate { certificate, .. } => certificate.public_key().clone().into(),
    });
    let public = keys
        .into_iter()
        .find(|key| named.is(key))
        .ok_or_else(|| refused(socket, say!("sftp-agent-lacks-key", fingerprint = named.fingerprint())))?;
    Ok(AgentKey { socket: socket.to_owned(), public })
}

async fn reach(socket: &Path) -> Result<AgentClient<UnixStream>> {
    AgentClient::connect_uds(socket)
        .await
        .map_err(|error| refused(socket, say!("sftp-agent-unreachable", error = of_key(&error))))
}

/// The error of an agent that doesn't do its part.
pub(super) fn refused(socket: &Path, cause: String) -> TransportError {
    TransportError::Agent { socket: socket.display().to_string(), cause }
}

/// Who signs what the server wants signed.
pub(super) enum Signing {
    /// We do, with a key of ours.
    Key(Arc<PrivateKey>),
    /// The agent does, with this key.
    Agent(Box<AgentClient<UnixStream>>, AgentKey),
}

/// Why there is no verdict on a proof.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unjudged {
    /// The connection failed; what was seen of it tells why.
    #[error(transparent)]
    Ssh(#[from] russh::Error),
    /// Anything else, with its cause.
    #[error(transparent)]
    Known(#[from] TransportError),
}

impl Signing {
    /// An agent that knows which server it signs for: keys that it may use for some servers only depend on that.
    pub(super) async fn by_agent(key: &AgentKey, ssh: &Handle<HostKeyVerifier>) -> Result<Signing> {
        let mut agent = reach(&key.socket).await?;
        if let Some(binding) = ssh.agent_session_binding() {
            // Agents older than this request refuse it, and know no such keys.
            let _ = agent.bind_session(binding, false).await;
        }
        Ok(Signing::Agent(Box::new(agent), key.clone()))
    }
}

impl From<russh::SendError> for Unjudged {
    fn from(_: russh::SendError) -> Unjudged {
        Unjudged::Ssh(russh::Error::SendError)
    }
}

impl russh::Signer for Signing {
    type Error = Unjudged;

    async fn auth_sign(
        &mut self,
        _: &AgentIdentity,
        hash: Option<HashAlg>,
        mut wanted: Vec<u8>,
    ) -> Result<Vec<u8>, Unjudged> {
        match self {
            Signing::Key(key) => {
                let not_signed = |cause: &dyn std::fmt::Display| {
                    let cause = say!("sftp-cant-sign", cause = quoted(&cause.to_string()));
                    TransportError::ProtocolViolated { phase: Phase::Authenticate, cause }
                };
                let signature = sign(key, hash, &wanted).map_err(|error| not_signed(&error))?;
                let signature = Vec::<u8>::try_from(signature).map_err(|error| not_signed(&error))?;
                let length = u32::try_from(signature.len()).expect("a signature has few bytes");
                wanted.extend_from_slice(&length.to_be_bytes());
                wanted.extend_from_slice(&signature);
                Ok(wanted)
            }
            // Agents find a bare key, whether or not they hold the certificate too.
            Signing::Agent(agent, AgentKey { socket, public }) => {
                let signed = agent.sign_request(&AgentIdentity::from(public.clone()), hash, wanted).await;
                let not_signed = |error| say!("sftp-agent-signs-not", cause = of_key(&error));
                Ok(signed.map_err(|error| refused(socket, not_signed(error)))?)
            }
        }
    }
}

fn sign(
    key: &PrivateKey,
    hash: Option<HashAlg>,
    wanted: &[u8],
) -> Result<Signature, russh::keys::signature::Error> {
    if let KeypairData::Rsa(pair) = key.key_data() {
        return (pair, hash).try_sign(wanted);
    }
    key.try_sign(wanted)
}
