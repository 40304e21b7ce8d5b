//! A connection that ends the moment its owner lets go of it.
//!
//! The SSH library runs each connection in a task of its own, which outlives the session that started it while the
//! partner is silent. The task is given this stream instead of the connection: when the owner's half is dropped, every read
//! and write fails, the task ends and the connection closes. So an abandoned session never holds a place at the partner.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::oneshot;

/// What may carry the bytes: a socket, or a channel of another session.
pub(super) trait Carrier: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Carrier for T {}

/// The stream half, given to the SSH library.
pub(super) struct Line {
    carrier: Box<dyn Carrier>,
    owner: oneshot::Receiver<()>,
    severed: bool,
    end: End,
}

/// How the line ended, in words, once that was seen. It is seen before anybody else can suffer from it.
pub(super) type End = Arc<OnceLock<String>>;

/// The owner's half: dropping it severs the line.
pub(super) struct Hold {
    _owner: oneshot::Sender<()>,
    /// How it ended.
    pub(super) end: End,
}

/// Splits `carrier` into a stream and the hold on it.
pub(super) fn line(carrier: Box<dyn Carrier>) -> (Line, Hold) {
    let (sender, owner) = oneshot::channel();
    let end = End::default();
    (Line { carrier, owner, severed: false, end: end.clone() }, Hold { _owner: sender, end })
}

impl Line {
    fn check(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        self.severed = self.severed || Pin::new(&mut self.owner).poll(context).is_ready();
        if self.severed { Err(io::ErrorKind::ConnectionAborted.into()) } else { Ok(()) }
    }

    fn note(&self, words: impl fmt::Display) {
        // The first end is the one that counts.
        let _ = self.end.set(words.to_string());
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check(context)?;
        let before = bytes.filled().len();
        let read = Pin::new(&mut self.carrier).poll_read(context, bytes);
        if let Poll::Ready(read) = &read {
            match read {
                Ok(()) if bytes.filled().len() == before => self.note("it was closed"),
                Ok(()) => {}
                Err(error) => self.note(error),
            }
        }
        read
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check(context)?;
        let written = Pin::new(&mut self.carrier).poll_write(context, bytes);
        if let Poll::Ready(Err(error)) = &written {
            self.note(error);
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
    use tokio::io::AsyncReadExt as _;
    use tokio::net::TcpStream;

    #[tokio::test]
    async fn a_silent_line_ends_when_its_owner_lets_go() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let socket = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (mut silent_peer, _) = listener.accept().await.unwrap();
        let (mut line, hold) = line(Box::new(socket));
        let reading = tokio::spawn(async move { line.read_u8().await });
        drop(hold);
        assert_eq!(reading.await.unwrap().unwrap_err().kind(), io::ErrorKind::ConnectionAborted);
        assert_eq!(silent_peer.read(&mut [0]).await.unwrap(), 0);
    }
}
