//! Asks over one SFTP channel: requests go out the moment they are made, and each answer finds its request.
//!
//! Owns the two tasks of a channel, one that writes and one that reads, and the list of requests without an answer. Promises
//! that every request gets its answer or the reason why none comes, and that a status, a packet of the wrong kind, a packet
//! that can't be read and the end of the channel are told apart. Both tasks end with it. Never waits by a clock: deadlines
//! are the caller's.

#![expect(clippy::wildcard_enum_match_arm, reason = "any other kind of answer is told as what came instead")]

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use russh::client::Msg;
use russh::{Channel, ChannelMsg, ChannelReadHalf, ChannelWriteHalf};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::packet::{
    self, NotAPacket, PacketAssembler, SftpAnswer, SftpRequest, SftpStatus, SftpVersion, UnreadablePacket,
};
use crate::facts::RemoteFile;
use crate::library_words::of_ssh;
use crate::words;
use totatsu_base::locked;
use totatsu_base::say;

/// Bytes of the server's own error output that are kept.
const COMPLAINT: usize = 4096;

/// One SFTP channel.
pub(super) struct SftpClient {
    packets: mpsc::UnboundedSender<Vec<u8>>,
    waiting: Arc<Mutex<Unanswered>>,
    tasks: [JoinHandle<()>; 2],
}

/// Why a request is not answered with what it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RequestError {
    /// The server answers with a status.
    Status(SftpStatus),
    /// The server answers something else than was asked for.
    WrongKind,
    /// The server's answer can't be read.
    Unreadable(String),
    /// The server begins with a text, not with SFTP.
    Text(String),
    /// The channel ended.
    Ended(String),
}

/// Requests without an answer, by their numbers.
#[derive(Default)]
struct Unanswered {
    made: u32,
    requests: HashMap<u32, oneshot::Sender<Result<SftpAnswer, RequestError>>>,
    ended: Option<RequestError>,
}

/// An answer to come. Dropping it forgets the answer, which is ignored when it comes.
pub(super) struct PendingAnswer<T> {
    answer: oneshot::Receiver<Result<SftpAnswer, RequestError>>,
    read: fn(SftpAnswer) -> Result<T, RequestError>,
}

impl SftpClient {
    /// Begins the protocol on a channel on which the subsystem was started.
    pub(super) async fn start(channel: Channel<Msg>) -> Result<(SftpClient, SftpVersion), RequestError> {
        let (reading, writing) = channel.split();
        let ended = |error: russh::Error| RequestError::Ended(of_ssh(&error));
        writing.data_bytes(SftpRequest::version()).await.map_err(ended)?;
        let mut incoming = Packets::of(reading);
        let version = packet::version(&incoming.next().await?).map_err(RequestError::from)?;
        let (packets, outgoing) = mpsc::unbounded_channel();
        let waiting = Arc::new(Mutex::new(Unanswered::default()));
        let tasks = [
            tokio::spawn(write(writing, outgoing, waiting.clone())),
            tokio::spawn(read(incoming, waiting.clone())),
        ];
        Ok((SftpClient { packets, waiting, tasks }, version))
    }

    /// Whether requests still go out and answers still come in.
    pub(super) fn is_open(&self) -> bool {
        locked(&self.waiting).ended.is_none()
    }

    pub(super) fn open(&self, path: &str, flags: u32) -> PendingAnswer<Vec<u8>> {
        self.ask(SftpRequest::open(path, flags), handle)
    }

    pub(super) fn close(&self, handle: &[u8]) -> PendingAnswer<()> {
        self.ask(SftpRequest::close(handle), done)
    }

    pub(super) fn read(&self, handle: &[u8], offset: u64, length: u32) -> PendingAnswer<Vec<u8>> {
        self.ask(SftpRequest::read(handle, offset, length), |answer| match answer {
            SftpAnswer::Data(bytes) => Ok(bytes),
            other => Err(instead(other)),
        })
    }

    pub(super) fn write(&self, handle: &[u8], offset: u64, bytes: &[u8]) -> PendingAnswer<()> {
        self.ask(SftpRequest::write(handle, offset, bytes), done)
    }

    pub(super) fn lstat(&self, path: &str) -> PendingAnswer<RemoteFile> {
        self.ask(SftpRequest::lstat(path), file)
    }

    pub(super) fn fstat(&self, handle: &[u8]) -> PendingAnswer<RemoteFile> {
        self.ask(SftpRequest::fstat(handle), file)
    }

    pub(super) fn open_directory(&self, path: &str) -> PendingAnswer<Vec<u8>> {
        self.ask(SftpRequest::open_directory(path), handle)
    }

    pub(super) fn read_directory(&self, handle: &[u8]) -> PendingAnswer<Vec<(String, RemoteFile)>> {
        self.ask(SftpRequest::read_directory(handle), |answer| match answer {
            SftpAnswer::Names(names) => Ok(names),
            other => Err(instead(other)),
        })
    }

    pub(super) fn remove(&self, path: &str) -> PendingAnswer<()> {
        self.ask(SftpRequest::remove(path), done)
    }

    pub(super) fn rename(&self, from: &str, to: &str) -> PendingAnswer<()> {
        self.ask(SftpRequest::rename(from, to), done)
    }

    /// A request of an extension that answers with a status.
    pub(super) fn extended(&self, name: &str, fields: &[&[u8]]) -> PendingAnswer<()> {
        self.ask(SftpRequest::extended(name, fields), done)
    }

    /// A request of an extension that answers with bytes of its own form.
    pub(super) fn extended_answer(&self, name: &str, fields: &[&[u8]]) -> PendingAnswer<Vec<u8>> {
        self.ask(SftpRequest::extended(name, fields), |answer| match answer {
            SftpAnswer::Extended(bytes) => Ok(bytes),
            other => Err(instead(other)),
        })
    }

    /// Sends a request behind the others.
    fn ask<T>(
        &self,
        request: SftpRequest,
        read: fn(SftpAnswer) -> Result<T, RequestError>,
    ) -> PendingAnswer<T> {
        let (tell, answer) = oneshot::channel();
        let mut waiting = locked(&self.waiting);
        match &waiting.ended {
            Some(ended) => drop(tell.send(Err(ended.clone()))),
            None => {
                let number = waiting.made;
                waiting.made = number.wrapping_add(1);
                waiting.requests.insert(number, tell);
                // Under the lock, so that numbers ascend on the line. Where the writer has ended, it told so before.
                let _ = self.packets.send(request.numbered(number));
            }
        }
        PendingAnswer { answer, read }
    }
}

impl Drop for SftpClient {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl<T> Future for PendingAnswer<T> {
    type Output = Result<T, RequestError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let gone = |_| Err(RequestError::Ended(say!("sftp-channel-closed")));
        let answer = Pin::new(&mut self.answer).poll(context);
        answer.map(|answer| answer.unwrap_or_else(gone).and_then(self.read))
    }
}

impl From<UnreadablePacket> for RequestError {
    fn from(unreadable: UnreadablePacket) -> RequestError {
        RequestError::Unreadable(unreadable.what)
    }
}

impl From<NotAPacket> for RequestError {
    fn from(what: NotAPacket) -> RequestError {
        match what {
            NotAPacket::Text(text) => RequestError::Text(text),
            NotAPacket::TooLong(length) => {
                RequestError::Unreadable(say!("sftp-packet-bytes", bytes = length))
            }
        }
    }
}

fn done(answer: SftpAnswer) -> Result<(), RequestError> {
    match answer {
        SftpAnswer::Status(status) if status.code == SftpStatus::OK => Ok(()),
        other => Err(instead(other)),
    }
}

fn handle(answer: SftpAnswer) -> Result<Vec<u8>, RequestError> {
    match answer {
        SftpAnswer::Handle(handle) => Ok(handle),
        other => Err(instead(other)),
    }
}

fn file(answer: SftpAnswer) -> Result<RemoteFile, RequestError> {
    match answer {
        SftpAnswer::File(file) => Ok(file),
        other => Err(instead(other)),
    }
}

fn instead(answer: SftpAnswer) -> RequestError {
    match answer {
        SftpAnswer::Status(status) => RequestError::Status(status),
        SftpAnswer::Handle(_)
        | SftpAnswer::Data(_)
        | SftpAnswer::Names(_)
        | SftpAnswer::File(_)
        | SftpAnswer::Extended(_) => RequestError::WrongKind,
    }
}

/// Puts requests on the line, in their order.
async fn write(
    channel: ChannelWriteHalf<Msg>,
    mut outgoing: mpsc::UnboundedReceiver<Vec<u8>>,
    waiting: Arc<Mutex<Unanswered>>,
) {
    while let Some(packet) = outgoing.recv().await {
        if let Err(error) = channel.data_bytes(packet).await {
            return end(&waiting, RequestError::Ended(of_ssh(&error)));
        }
    }
}

/// Gives each answer to its request until the channel ends or can't be read any more.
async fn read(mut incoming: Packets, waiting: Arc<Mutex<Unanswered>>) {
    let error = loop {
        let packet = match incoming.next().await {
            Ok(packet) => packet,
            Err(error) => break error,
        };
        let (number, answer) = match packet::answer(packet) {
            Ok((number, answer)) => (number, Ok(answer)),
            Err(UnreadablePacket { number: Some(number), what }) => {
                (number, Err(RequestError::Unreadable(what)))
            }
            Err(unreadable) => break unreadable.into(),
        };
        let asked = locked(&waiting).requests.remove(&number);
        // An answer that nobody waits for any more, or that was never asked for, is passed over.
        if let Some(asked) = asked {
            let _ = asked.send(answer);
        }
    };
    end(&waiting, error);
}

fn end(waiting: &Mutex<Unanswered>, error: RequestError) {
    let mut waiting = locked(waiting);
    for (_, asked) in waiting.requests.drain() {
        let _ = asked.send(Err(error.clone()));
    }
    waiting.ended.get_or_insert(error);
}

/// The packets that come over a channel.
struct Packets {
    channel: ChannelReadHalf,
    assembler: PacketAssembler,
    whole: VecDeque<Vec<u8>>,
    /// What the server's program wrote to its error output.
    complaint: Vec<u8>,
}

impl Packets {
    fn of(channel: ChannelReadHalf) -> Packets {
        let assembler = PacketAssembler::default();
        Packets { channel, assembler, whole: VecDeque::new(), complaint: Vec::new() }
    }

    async fn next(&mut self) -> Result<Vec<u8>, RequestError> {
        loop {
            if let Some(packet) = self.whole.pop_front() {
                return Ok(packet);
            }
            match self.channel.wait().await {
                Some(ChannelMsg::Data { data }) => {
                    let whole = &mut self.whole;
                    self.assembler.push(&data, |packet| whole.push_back(packet))?;
                }
                Some(ChannelMsg::ExtendedData { data, .. }) => {
                    let room = COMPLAINT.saturating_sub(self.complaint.len());
                    self.complaint.extend_from_slice(&data[..data.len().min(room)]);
                }
                Some(ChannelMsg::Eof | ChannelMsg::Close) | None => return Err(self.end()),
                Some(_) => {}
            }
        }
    }

    fn end(&self) -> RequestError {
        if let Some(text) = self.assembler.text_at_end() {
            return RequestError::Text(text);
        }
        match words::told(&String::from_utf8_lossy(&self.complaint)) {
            none if none.is_empty() => RequestError::Ended(say!("sftp-channel-closed")),
            said => RequestError::Ended(say!("sftp-channel-closed-saying", words = format!("{said:?}"))),
        }
    }
}
