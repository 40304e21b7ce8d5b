//! What carries the bytes to a partner's server: a socket, or a channel through the session with a jump host.
//!
//! Promises that a jump host is judged as strictly as the partner, its host key before anything is proven to it, and that
//! every error says which of the two failed. It sees the address of the partner and encrypted bytes, never an account or a
//! file: the session with the partner runs from end to end inside.

use std::future::Future;
use std::pin::Pin;

use russh::ChannelOpenFailure;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::connect::{self, Greeted, Witness, ssh_failure};
use super::forwarded::Forwarded;
use super::line::{Carrier, End};
use super::settings::SftpSettings;
use crate::{Phase, TransportError, words};

/// Where the jump host is told that the forwarded connection comes from; it means nothing there.
const ORIGIN: (&str, u32) = ("127.0.0.1", 0);

/// A way to a server on which nothing was said yet.
pub(super) struct Way {
    pub(super) carrier: Box<dyn Carrier>,
    /// The session that the way leads through; it ends when this is dropped.
    pub(super) passage: Option<Passage>,
}

/// A session with a jump host.
pub(super) struct Passage {
    address: String,
    greeted: Box<Greeted>,
}

/// Watches the session with a jump host from the session inside.
pub(super) struct Watch {
    address: String,
    witness: Witness,
    end: End,
}

impl Watch {
    /// What ended the session inside, whose own words are `own`. They count where the jump host is well: then the partner
    /// ended it, or the jump host let go of that one connection, which can't be told apart.
    pub(super) fn cause(&self, own: String) -> String {
        let address = &self.address;
        let farewell = self.witness.farewell().map(|farewell| farewell.words);
        match farewell.or_else(|| self.end.get().cloned()) {
            Some(words) => format!("the connection to the jump host {address} ended: {words}"),
            None => format!("{own} (through the jump host {address})"),
        }
    }
}

/// Opens the way to the server of `settings`.
pub(super) async fn open(settings: &SftpSettings) -> Result<Way, TransportError> {
    match settings.jump.as_deref() {
        None => Ok(Way { carrier: Box::new(dial(settings).await?), passage: None }),
        Some(jump) => through(jump, settings).await,
    }
}

async fn dial(settings: &SftpSettings) -> Result<TcpStream, TransportError> {
    let after = settings.deadlines.connect;
    let unreachable = |error: std::io::Error| TransportError::Unreachable {
        address: settings.address(),
        cause: error.to_string(),
    };
    let socket = timeout(after, TcpStream::connect((settings.host.as_str(), settings.port)))
        .await
        .map_err(|_| TransportError::TimedOut { phase: Phase::Connect, after })?
        .map_err(unreachable)?;
    socket.set_nodelay(true).map_err(unreachable)?;
    Ok(socket)
}

async fn through(jump: &SftpSettings, settings: &SftpSettings) -> Result<Way, TransportError> {
    let address = jump.address();
    let at_jump = |error| TransportError::JumpHost { address: jump.address(), error: Box::new(error) };
    let greeted = sign_in(jump).await.map_err(at_jump)?;
    let after = settings.deadlines.connect;
    let (host, port) = (settings.host.as_str(), u32::from(settings.port));
    let opened = timeout(after, greeted.ssh.channel_open_direct_tcpip(host, port, ORIGIN.0, ORIGIN.1)).await;
    let unreachable = |cause| TransportError::Unreachable { address: settings.address(), cause };
    match opened {
        Ok(Ok(channel)) => {
            let (greeted, carrier) = (Box::new(greeted), Box::new(Forwarded::new(channel.into_stream())));
            Ok(Way { carrier, passage: Some(Passage { address, greeted }) })
        }
        Ok(Err(russh::Error::ChannelOpenFailure(ChannelOpenFailure::ConnectFailed))) => {
            Err(unreachable(format!("the jump host {address} gets no connection")))
        }
        Ok(Err(russh::Error::ChannelOpenFailure(ChannelOpenFailure::ResourceShortage))) => {
            Err(unreachable(format!("the jump host {address} is short of resources")))
        }
        Ok(Err(russh::Error::ChannelOpenFailure(reason))) => Err(TransportError::ForwardingRefused {
            address,
            partner: settings.address(),
            cause: words_of(&reason),
        }),
        Ok(Err(error)) => Err(at_jump(ssh_failure(Phase::Connect, error, &greeted.witness))),
        Err(_) => Err(unreachable(format!("the jump host {address} gets no connection within {after:?}"))),
    }
}

/// Boxed, for signing in there opens a way of its own.
fn sign_in(
    jump: &SftpSettings,
) -> Pin<Box<dyn Future<Output = Result<Greeted, TransportError>> + Send + '_>> {
    Box::pin(async move { connect::sign_in(jump).await.map(|(greeted, _)| greeted) })
}

fn words_of(reason: &ChannelOpenFailure) -> String {
    match reason {
        ChannelOpenFailure::AdministrativelyProhibited => "it is not allowed".to_owned(),
        ChannelOpenFailure::ConnectFailed => "it gets no connection".to_owned(),
        ChannelOpenFailure::UnknownChannelType => "it forwards nothing at all".to_owned(),
        ChannelOpenFailure::ResourceShortage => "it is short of resources".to_owned(),
        ChannelOpenFailure::Other { code, reason } => {
            format!("code {code}, {:?}", words::told(reason))
        }
    }
}

impl Passage {
    /// What tells afterwards how the session with the jump host ended.
    pub(super) fn watch(&self) -> Watch {
        Watch {
            address: self.address.clone(),
            witness: self.greeted.witness.clone(),
            end: self.greeted.hold.end.clone(),
        }
    }

    /// Says goodbye, after the session inside has.
    pub(super) async fn close(mut self) {
        let _ = self.greeted.ssh.disconnect(russh::Disconnect::ByApplication, "", "").await;
        let _ = (&mut self.greeted.ssh).await;
    }
}
