//! A connection that a jump host forwards, as a channel of the session with it.
//!
//! Promises that a write ends when the channel does. A channel takes no more than its other end has room for, and a write that
//! waits for room is not woken when the channel ends; the SSH library meanwhile reads nothing, and so would wait until a
//! deadline speaks. While a write waits, this reads ahead, up to a limit, and so sees the end.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::stream::ByteCarrier;

/// Bytes that are read ahead while a write waits; more stay where they are until they are asked for.
const AHEAD: usize = 256 * 1024;
/// Bytes that are asked for at a time.
const PIECE: usize = 8 * 1024;

/// The channel, and what was read from it ahead.
pub(super) struct ForwardedChannel<T> {
    channel: T,
    ahead: VecDeque<u8>,
    ended: bool,
}

impl<T: ByteCarrier> ForwardedChannel<T> {
    /// A forwarded channel of which nothing was read yet.
    pub(super) fn new(channel: T) -> ForwardedChannel<T> {
        ForwardedChannel { channel, ahead: VecDeque::new(), ended: false }
    }

    /// Ready once the channel has ended.
    fn read_ahead(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.ended {
            if self.ahead.len() >= AHEAD {
                return Poll::Pending;
            }
            let mut piece = [0; PIECE];
            let mut bytes = ReadBuf::new(&mut piece);
            ready!(Pin::new(&mut self.channel).poll_read(context, &mut bytes))?;
            self.ended = bytes.filled().is_empty();
            self.ahead.extend(bytes.filled());
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: ByteCarrier> AsyncRead for ForwardedChannel<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.ahead.is_empty() {
            return if self.ended {
                Poll::Ready(Ok(()))
            } else {
                Pin::new(&mut self.channel).poll_read(context, bytes)
            };
        }
        let (front, _) = self.ahead.as_slices();
        let count = front.len().min(bytes.remaining());
        bytes.put_slice(&front[..count]);
        self.ahead.drain(..count);
        Poll::Ready(Ok(()))
    }
}

impl<T: ByteCarrier> AsyncWrite for ForwardedChannel<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.channel).poll_write(context, bytes);
        if written.is_pending() {
            ready!(self.read_ahead(context))?;
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.channel).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.channel).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex, join};

    /// The writing side of a channel whose other end has no room, and which doesn't wake a writer when it ends.
    struct Full;

    impl AsyncWrite for Full {
        fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
            Poll::Pending
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    #[tokio::test]
    async fn a_write_that_waits_for_room_ends_with_the_channel_and_what_came_before_is_read() {
        let (mut far, near) = duplex(64);
        let mut forwarded = ForwardedChannel::new(join(near, Full));
        let said: Vec<u8> = (0..=255).cycle().take(5000).collect();
        let expected = said.clone();
        tokio::spawn(async move { far.write_all(&said).await });
        let error = forwarded.write_all(b"more than there is room for").await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        let mut heard = Vec::new();
        forwarded.read_to_end(&mut heard).await.unwrap();
        assert!(heard == expected);
    }

    #[tokio::test]
    async fn no_more_is_read_ahead_than_the_limit() {
        let (mut far, near) = duplex(PIECE);
        let mut forwarded = ForwardedChannel::new(join(near, Full));
        let endless = tokio::spawn(async move { while far.write_all(&[7; PIECE]).await.is_ok() {} });
        let waiting = std::future::poll_fn(|context| {
            let written = Pin::new(&mut forwarded).poll_write(context, b"x");
            assert!(written.is_pending());
            if forwarded.ahead.len() >= AHEAD { Poll::Ready(()) } else { Poll::Pending }
        });
        waiting.await;
        assert!(forwarded.ahead.len() < AHEAD + PIECE);
        endless.abort();
    }
}
