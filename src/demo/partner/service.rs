//! The SSH side of the embedded partner: who may come in, and which service is started.

use std::collections::HashMap;
use std::path::PathBuf;

use russh::keys::PublicKey;
use russh::server::{Auth, ChannelOpenHandle, Handler, Msg, Session, VerifiedPublicKey};
use russh::{Channel, ChannelId};

use super::files::{Files, Manners};

/// The only account of the embedded partner.
pub const USER: &str = "demo";

/// One connection: accepts one key for one user, and starts SFTP on its channels.
pub(super) struct Service {
    root: PathBuf,
    accepted: PublicKey,
    manners: Manners,
    channels: HashMap<ChannelId, Channel<Msg>>,
}

impl Service {
    pub(super) fn new(root: PathBuf, accepted: PublicKey, manners: Manners) -> Service {
        Service { root, accepted, manners, channels: HashMap::new() }
    }

    fn knows(&self, user: &str, key: &PublicKey) -> Auth {
        if user == USER && key.key_data() == self.accepted.key_data() { Auth::Accept } else { Auth::reject() }
    }
}

impl Clone for Service {
    /// The same service for another connection, without this one's channels.
    fn clone(&self) -> Service {
        Service::new(self.root.clone(), self.accepted.clone(), self.manners)
    }
}

impl Handler for Service {
    type Error = russh::Error;

    async fn auth_publickey_offered(
        &mut self,
        user: &str,
        offer: russh::server::PublicKeyOffer<'_>,
    ) -> Result<Auth, russh::Error> {
        Ok(self.knows(user, offer.public_key))
    }

    async fn auth_publickey(&mut self, user: &str, key: VerifiedPublicKey<'_>) -> Result<Auth, russh::Error> {
        Ok(self.knows(user, key.public_key))
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), russh::Error> {
        self.channels.insert(channel.id(), channel);
        reply.accept().await;
        Ok(())
    }

    async fn channel_eof(&mut self, channel: ChannelId, session: &mut Session) -> Result<(), russh::Error> {
        session.close(channel)
    }

    async fn subsystem_request(
        &mut self,
        channel: ChannelId,
        name: &str,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        match self.channels.remove(&channel) {
            Some(opened) if name == "sftp" => {
                session.channel_success(channel)?;
                let files = Files::new(self.root.clone(), self.manners);
                russh_sftp::server::run(opened.into_stream(), files).await;
                Ok(())
            }
            Some(_) | None => session.channel_failure(channel),
        }
    }
}
