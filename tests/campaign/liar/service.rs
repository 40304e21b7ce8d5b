//! The SSH side of a lying partner: connections that meet trouble at every step, and the talk on an SFTP channel.

use std::collections::HashMap;
use std::net::Shutdown;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use russh::keys::{PrivateKey, PublicKey};
use russh::server::{Auth, ChannelOpenHandle, Handle, Handler, Msg, Session, VerifiedPublicKey};
use russh::{Channel, ChannelId, Disconnect};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use super::files::{Opened, SHOUT};
use super::wire::Request;
use super::{Ask, Shelf, Strange, Trouble, USER, locked};
use crate::support::line::serve_each;

/// Within every deadline, and too slow.
const SLUGGISH: Duration = Duration::from_millis(500);

/// One connection.
struct Service {
    shelf: Arc<Mutex<Shelf>>,
    accepted: PublicKey,
    scissors: Scissors,
    channels: HashMap<ChannelId, Channel<Msg>>,
}

/// Cuts a connection at once, whatever the SSH library still wanted to say.
#[derive(Clone)]
struct Scissors(Arc<std::net::TcpStream>);

impl Scissors {
    fn cut(&self) {
        let _ = self.0.shutdown(Shutdown::Both);
    }

    /// Trouble before a request is carried out; says whether to go on.
    async fn before(&self, trouble: Option<Trouble>) {
        match trouble {
            Some(Trouble::CutBefore) => self.hang_up().await,
            Some(Trouble::SilentBefore) => std::future::pending().await,
            Some(Trouble::CutAfter | Trouble::SilentAfter) | None => {}
        }
    }

    /// Trouble after it.
    async fn after(&self, trouble: Option<Trouble>) {
        match trouble {
            Some(Trouble::CutAfter) => self.hang_up().await,
            Some(Trouble::SilentAfter) => std::future::pending().await,
            Some(Trouble::CutBefore | Trouble::SilentBefore) | None => {}
        }
    }

    async fn hang_up(&self) {
        self.cut();
        std::future::pending().await
    }
}

pub(super) async fn serve(
    listener: std::net::TcpListener,
    host_key: PrivateKey,
    accepted: PublicKey,
    shelf: Arc<Mutex<Shelf>>,
    stopped: oneshot::Receiver<()>,
) {
    let greeted = |socket| greet(socket, host_key.clone(), accepted.clone(), shelf.clone());
    serve_each(listener, stopped, greeted).await;
}

async fn greet(socket: TcpStream, host_key: PrivateKey, accepted: PublicKey, shelf: Arc<Mutex<Shelf>>) {
    let socket = socket.into_std().unwrap();
    let scissors = Scissors(Arc::new(socket.try_clone().unwrap()));
    let socket = TcpStream::from_std(socket).unwrap();
    let _ = socket.set_nodelay(true);
    let config = configuration(host_key, locked(&shelf).lies.strange);
    let trouble = locked(&shelf).note(Ask::Connect);
    locked(&shelf).met_trouble |= trouble.is_some();
    scissors.before(trouble).await;
    scissors.after(trouble).await;
    let service = Service { shelf, accepted, scissors: scissors.clone(), channels: HashMap::new() };
    if let Ok(session) = russh::server::run_stream(config, socket, service).await {
        let _ = session.await;
    }
}

fn configuration(host_key: PrivateKey, strange: Option<Strange>) -> Arc<russh::server::Config> {
    let name = match strange {
        Some(Strange::ShoutsItsName) => "SSH-2.0-\u{1b}[2J\u{1b}]0;owned\u{7}",
        _ => "SSH-2.0-liar",
    };
    Arc::new(russh::server::Config {
        server_id: russh::SshId::Standard(name.into()),
        keys: vec![host_key],
        methods: russh::MethodSet::from(&[russh::MethodKind::PublicKey][..]),
        auth_rejection_time: Duration::from_millis(10),
        maximum_packet_size: 65_535,
        nodelay: true,
        ..russh::server::Config::default()
    })
}

impl Service {
    async fn meets(&self, ask: Ask) {
        let trouble = locked(&self.shelf).note(ask);
        locked(&self.shelf).met_trouble |= trouble.is_some();
        self.scissors.before(trouble).await;
        self.scissors.after(trouble).await;
    }
}

impl Handler for Service {
    type Error = russh::Error;

    async fn auth_publickey(&mut self, user: &str, key: VerifiedPublicKey<'_>) -> Result<Auth, russh::Error> {
        self.meets(Ask::SignIn).await;
        let known = user == USER && key.public_key.key_data() == self.accepted.key_data();
        Ok(if known { Auth::Accept } else { Auth::reject() })
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), russh::Error> {
        self.meets(Ask::Channel).await;
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
        _name: &str,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        self.meets(Ask::Subsystem).await;
        let Some(opened) = self.channels.remove(&channel) else { return session.channel_failure(channel) };
        session.channel_success(channel)?;
        tokio::spawn(talk(opened.into_stream(), self.shelf.clone(), self.scissors.clone(), session.handle()));
        Ok(())
    }
}

/// Answers one request after another until the line is closed.
async fn talk(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    shelf: Arc<Mutex<Shelf>>,
    scissors: Scissors,
    ssh: Handle,
) -> Option<()> {
    let mut opened = Opened::default();
    loop {
        let length = stream.read_u32().await.ok()?;
        let mut packet = vec![0; usize::try_from(length).ok()?];
        stream.read_exact(&mut packet).await.ok()?;
        let (number, request) = Request::read(&packet)?;
        let ask = request.kind(|handle| opened.is_written(handle));
        let trouble = locked(&shelf).note(ask);
        scissors.before(trouble).await;
        let strange = locked(&shelf).lies.strange;
        if strange == Some(Strange::ShoutsGoodbye) && ask == Ask::Open && locked(&shelf).lies_once_more(true)
        {
            let _ = ssh.disconnect(Disconnect::ByApplication, SHOUT.repeat(100), "en".to_owned()).await;
            return None;
        }
        if strange == Some(Strange::Sluggish) && matches!(ask, Ask::Read | Ask::Write) {
            tokio::time::sleep(SLUGGISH).await;
        }
        let answer = locked(&shelf).answer(&mut opened, number, ask, request);
        locked(&shelf).met_trouble |= trouble.is_some();
        scissors.after(trouble).await;
        let length = match strange {
            Some(Strange::HugePacket) if ask == Ask::Look && locked(&shelf).lies_once_more(true) => u32::MAX,
            _ => u32::try_from(answer.len()).ok()?,
        };
        stream.write_all(&[length.to_be_bytes().as_slice(), &answer].concat()).await.ok()?;
        stream.flush().await.ok()?;
    }
}
