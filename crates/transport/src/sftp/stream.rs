//! The bytes of one SSH connection: from the server's version on, and until its owner lets go of it.
//!
//! The SSH library runs each connection in a task of its own, which outlives the session that started it while the
//! partner is silent. The task is given this stream instead of the connection: when the owner's half is dropped, every read
//! and write fails, the task ends and the connection closes. So an abandoned session never holds a place at the partner.
//! What a server says before its version (RFC 4253, section 4.2) is passed over here, for the library takes only a little.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::oneshot;

use super::preamble::Preamble;
use crate::library_words::{in_our_words, of_io};
use totatsu_base::say;

/// Bytes that are read at a time while the version has not come.
const PIECE: usize = 4096;

/// What may carry the bytes: a socket, or a channel of another session.
pub(super) trait ByteCarrier: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> ByteCarrier for T {}

/// The stream half, given to the SSH library.
pub(super) struct SshStream {
    carrier: Box<dyn ByteCarrier>,
    owner: oneshot::Receiver<()>,
    severed: bool,
    seen: StreamSeen,
    /// Gone once the version came.
    preamble: Option<Preamble>,
    /// Bytes that were read with the preamble and are not yet given on.
    ahead: Vec<u8>,
}

/// What was seen of a stream; clones share it.
#[derive(Clone, Default)]
pub(super) struct StreamSeen {
    /// How the stream ended, in words, once that was seen. It is seen before anybody else can suffer from it.
    end: Arc<OnceLock<String>>,
    received: Arc<AtomicU64>,
}

/// The owner's half: dropping it severs the stream.
pub(super) struct StreamOwner {
    _owner: oneshot::Sender<()>,
    pub(super) seen: StreamSeen,
}

/// Splits `carrier` into a stream and what owns it.
pub(super) fn stream(carrier: Box<dyn ByteCarrier>) -> (SshStream, StreamOwner) {
    let (sender, owner) = oneshot::channel();
    let seen = StreamSeen::default();
    let preamble = Some(Preamble::default());
    let stream =
        SshStream { carrier, owner, severed: false, seen: seen.clone(), preamble, ahead: Vec::new() };
    (stream, StreamOwner { _owner: sender, seen })
}

impl StreamSeen {
    /// How the stream ended, if it did.
    pub(super) fn end(&self) -> Option<&String> {
        self.end.get()
    }

    /// Bytes that came so far.
    pub(super) fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    fn note_end(&self, words: String) {
        // The first end is the one that counts.
        let _ = self.end.set(words);
    }
}

impl SshStream {
    fn check(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        self.severed = self.severed || Pin::new(&mut self.owner).poll(context).is_ready();
        if self.severed { Err(io::ErrorKind::ConnectionAborted.into()) } else { Ok(()) }
    }

    fn read(&mut self, context: &mut Context<'_>, bytes: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = bytes.filled().len();
        let read = Pin::new(&mut self.carrier).poll_read(context, bytes);
        let received = bytes.filled().len() - before;
        self.seen.received.fetch_add(received as u64, Ordering::Relaxed);
        match &read {
            Poll::Ready(Ok(())) if received == 0 => self.seen.note_end(say!("sftp-stream-closed")),
            Poll::Ready(Err(error)) => self.seen.note_end(of_io(error)),
            Poll::Ready(Ok(())) | Poll::Pending => {}
        }
        read
    }

    /// Reads until the version has begun.
    fn pass_over(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(mut preamble) = self.preamble.take() {
            let mut piece = [0; PIECE];
            let mut bytes = ReadBuf::new(&mut piece);
            let read = self.read(context, &mut bytes);
            let refused = |words: String| in_our_words(io::ErrorKind::InvalidData, words);
            match read {
                Poll::Pending => {
                    self.preamble = Some(preamble);
                    return Poll::Pending;
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                // A server that says nothing is told by the library.
                Poll::Ready(Ok(())) if bytes.filled().is_empty() => {
                    return Poll::Ready(preamble.ended().map_or(Ok(()), |words| Err(refused(words))));
                }
                Poll::Ready(Ok(())) => match preamble.push(bytes.filled()).map_err(refused)? {
                    Some(from_version_on) => self.ahead = from_version_on,
                    None => self.preamble = Some(preamble),
                },
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for SshStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check(context)?;
        ready!(self.pass_over(context))?;
        if self.ahead.is_empty() {
            return self.read(context, bytes);
        }
        let count = self.ahead.len().min(bytes.remaining());
        bytes.put_slice(&self.ahead[..count]);
        self.ahead.drain(..count);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for SshStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check(context)?;
        let written = Pin::new(&mut self.carrier).poll_write(context, bytes);
        if let Poll::Ready(Err(error)) = &written {
            self.seen.note_end(of_io(error));
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.carrier).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // The library tells how a connection ended only if its last shutdown succeeds, and one that is gone already fails.
        Pin::new(&mut self.carrier).poll_shutdown(context).map(|_| Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    #[tokio::test]
    async fn a_silent_line_ends_when_its_owner_lets_go() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let socket = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (mut silent_peer, _) = listener.accept().await.unwrap();
        let (mut stream, owner) = stream(Box::new(socket));
        let reading = tokio::spawn(async move { stream.read_u8().await });
        drop(owner);
        assert_eq!(reading.await.unwrap().unwrap_err().kind(), io::ErrorKind::ConnectionAborted);
        assert_eq!(silent_peer.read(&mut [0]).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn what_stands_before_the_version_is_passed_over_and_what_follows_it_is_not() {
        let (near, mut far) = tokio::io::duplex(16);
        let (mut stream, _owner) = stream(Box::new(near));
        let said = format!("{}\r\nSSH-2.0-x\r\nand on", "*".repeat(3000));
        let saying = tokio::spawn(async move { far.write_all(said.as_bytes()).await });
        let mut heard = [0; 17];
        stream.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"SSH-2.0-x\r\nand on");
        saying.await.unwrap().unwrap();
    }
}
