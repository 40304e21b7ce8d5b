//! One SSH connection whose host key was found to be pinned, and what was seen and heard of its server.
//!
//! Owns the comparing of the host key and the memory of what the SSH library tells only in passing. Promises that no key is
//! accepted that isn't pinned, and that an error of the library becomes the fact behind it: what the server said when it
//! ended the connection counts more than how that looked from here.

use std::sync::{Arc, Mutex, MutexGuard};

use russh::client::{self, DisconnectReason};
use russh::keys::{PublicKey, PublicKeyOrCertificate};

use super::host_key::{self, HostKeyFault};
use super::settings::{PinnedKey, SftpSettings};
use super::stream::{StreamOwner, StreamSeen};
use crate::library_words::of_ssh;
use crate::{Phase, TransportError, words};
use totatsu_base::locked;
use totatsu_base::{Moment, say};

/// A connection whose host key was found to be pinned.
pub(super) struct SshConnection {
    pub(super) handle: client::Handle<HostKeyVerifier>,
    pub(super) facts: ServerFacts,
    pub(super) owner: StreamOwner,
    /// The session that the connection leads through; it ends when this is dropped.
    pub(super) jump: Option<JumpSession>,
}

/// A session with a jump host.
pub(super) struct JumpSession {
    pub(super) address: String,
    pub(super) connection: Box<SshConnection>,
}

/// Compares the host key, and notes for later what the library tells only in passing.
pub(super) struct HostKeyVerifier {
    pinned: Vec<PinnedKey>,
    host: String,
    facts: ServerFacts,
}

/// What was seen and heard of the server; shared with the library's task.
#[derive(Clone, Default)]
pub(super) struct ServerFacts(Arc<Mutex<Noted>>);

/// The facts, as they come in.
#[derive(Default)]
pub(super) struct Noted {
    pub(super) host_key: Option<PublicKey>,
    pub(super) fault: Option<HostKeyFault>,
    pub(super) software: String,
    pub(super) cipher: String,
    pub(super) key_exchange: String,
    /// Notices while we sign in, the first [`BANNERS`] of them.
    banners: Vec<String>,
    disconnection: Option<Disconnection>,
    jump: Option<JumpFacts>,
}

/// Notices that are kept.
const BANNERS: usize = 16;

/// How the connection ended.
#[derive(Debug, Clone)]
pub(super) struct Disconnection {
    /// The server's words, or the error.
    pub(super) words: String,
    /// The server said goodbye rather than vanish.
    pub(super) by_server: bool,
}

/// What is known of the session with a jump host by the session inside.
struct JumpFacts {
    address: String,
    facts: ServerFacts,
    stream: StreamSeen,
}

impl JumpSession {
    fn facts(&self) -> JumpFacts {
        JumpFacts {
            address: self.address.clone(),
            facts: self.connection.facts.clone(),
            stream: self.connection.owner.seen.clone(),
        }
    }
}

impl SshConnection {
    /// Says goodbye, to the partner first.
    pub(super) async fn close(mut self) {
        self.disconnect().await;
        if let Some(mut jump) = self.jump.take() {
            jump.connection.disconnect().await;
        }
    }

    async fn disconnect(&mut self) {
        let _ = self.handle.disconnect(russh::Disconnect::ByApplication, "", "").await;
        let _ = (&mut self.handle).await;
    }
}

impl JumpFacts {
    /// What ended the session inside, whose own words are `own`. They count where the jump host is well: then the partner
    /// ended it, or the jump host let go of that one connection, which can't be told apart.
    fn cause(&self, own: String) -> String {
        let address = &self.address;
        let said = self.facts.disconnection().map(|disconnection| disconnection.words);
        match said.or_else(|| self.stream.end().cloned()) {
            Some(words) => say!("sftp-jump-ended", address = address, words = words),
            None => say!("sftp-through-jump", cause = own, address = address),
        }
    }
}

impl ServerFacts {
    /// Facts of the server behind this jump host, or directly on the line: nothing is known yet.
    pub(super) fn behind(jump: Option<&JumpSession>) -> ServerFacts {
        let facts = ServerFacts::default();
        facts.noted().jump = jump.map(JumpSession::facts);
        facts
    }

    pub(super) fn noted(&self) -> MutexGuard<'_, Noted> {
        locked(&self.0)
    }

    /// How the connection ended, if it did.
    pub(super) fn disconnection(&self) -> Option<Disconnection> {
        self.noted().disconnection.clone()
    }

    /// The notices so far.
    pub(super) fn banners(&self) -> Vec<String> {
        self.noted().banners.clone()
    }

    /// The error for a line that is gone.
    pub(super) fn lost(&self, phase: Phase, otherwise: &str) -> TransportError {
        let noted = self.noted();
        let own = noted.disconnection.as_ref().map_or(otherwise, |end| &end.words).to_owned();
        let cause = match &noted.jump {
            Some(jump) => jump.cause(own),
            None => own,
        };
        TransportError::Lost { phase, cause }
    }

    /// The fact behind an error of the SSH library.
    pub(super) fn failure(&self, phase: Phase, error: russh::Error) -> TransportError {
        if let russh::Error::NoCommonAlgo { kind, theirs, .. } = &error {
            let theirs = words::told(&theirs.join(", "));
            let what = say!("sftp-need-algorithm", kind = format!("{kind:?}"), theirs = theirs);
            return TransportError::Unsupported { what };
        }
        let violated = matches!(
            error,
            russh::Error::KexInit
                | russh::Error::Kex
                | russh::Error::Version
                | russh::Error::PacketAuth
                | russh::Error::Inconsistent
                | russh::Error::WrongServerSig
                | russh::Error::PacketSize(_)
                | russh::Error::DecryptionError
                | russh::Error::StrictKeyExchangeViolation { .. }
        );
        let cause = of_ssh(&error);
        if violated { TransportError::ProtocolViolated { phase, cause } } else { self.lost(phase, &cause) }
    }
}

impl HostKeyVerifier {
    /// Compares with the keys pinned in `settings`.
    pub(super) fn new(settings: &SftpSettings, facts: &ServerFacts) -> HostKeyVerifier {
        HostKeyVerifier {
            pinned: settings.host_keys.clone(),
            host: settings.host.clone(),
            facts: facts.clone(),
        }
    }
}

impl client::Handler for HostKeyVerifier {
    type Error = russh::Error;

    async fn check_server_key(&mut self, presented: &PublicKeyOrCertificate) -> Result<bool, russh::Error> {
        let judged = host_key::judge(&self.pinned, presented, &self.host, Moment::now());
        let mut noted = self.facts.noted();
        noted.host_key = Some(presented.public_key());
        noted.fault = judged.err();
        Ok(noted.fault.is_none())
    }

    async fn kex_done(
        &mut self,
        _shared_secret: Option<&[u8]>,
        names: &russh::Names,
        session: &mut client::Session,
    ) -> Result<(), russh::Error> {
        let mut noted = self.facts.noted();
        noted.software = words::told(&String::from_utf8_lossy(session.remote_sshid()));
        noted.cipher = names.cipher.as_ref().to_owned();
        noted.key_exchange = names.kex.as_ref().to_owned();
        Ok(())
    }

    async fn auth_banner(&mut self, banner: &str, _: &mut client::Session) -> Result<(), russh::Error> {
        let mut noted = self.facts.noted();
        if noted.banners.len() < BANNERS {
            noted.banners.push(words::told(banner));
        }
        Ok(())
    }

    async fn disconnected(&mut self, reason: DisconnectReason<russh::Error>) -> Result<(), russh::Error> {
        let disconnection = match &reason {
            DisconnectReason::ReceivedDisconnect(told) => Disconnection {
                words: say!("sftp-partner-said", words = words::told(&told.message)),
                by_server: true,
            },
            DisconnectReason::Error(error) => Disconnection {
                words: of_ssh(error),
                // The library ends the connection itself where the server names no further way to sign in.
                by_server: matches!(error, russh::Error::NoAuthMethod),
            },
        };
        self.facts.noted().disconnection = Some(disconnection);
        match reason {
            DisconnectReason::ReceivedDisconnect(_) => Ok(()),
            DisconnectReason::Error(error) => Err(error),
        }
    }
}
