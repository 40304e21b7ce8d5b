//! Requests whose answers are still to come, in the order they were sent.
//!
//! A request is sent the moment it is taken in, so the partner sees ascending offsets; its answer waits here until its
//! turn. Dropping the queue forgets the answers; the session ignores them when they come.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

use russh_sftp::client::error::Error as ClientError;

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, ClientError>> + Send + 'a>>;

/// Requests under way; `N` notes what each was for, `T` is its answer.
pub(super) struct Flight<'a, N, T> {
    queue: VecDeque<(N, Answer<'a, T>)>,
}

impl<'a, N, T: Send + 'a> Flight<'a, N, T> {
    pub(super) fn new() -> Flight<'a, N, T> {
        Flight { queue: VecDeque::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.queue.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Sends a request behind the others.
    pub(super) async fn send(
        &mut self,
        note: N,
        request: impl Future<Output = Result<T, ClientError>> + Send + 'a,
    ) {
        let answer = sent(request).await;
        self.queue.push_back((note, answer));
    }

    /// Sends a request whose answer is waited for before all others.
    pub(super) async fn send_first(
        &mut self,
        note: N,
        request: impl Future<Output = Result<T, ClientError>> + Send + 'a,
    ) {
        let answer = sent(request).await;
        self.queue.push_front((note, answer));
    }

    /// The answer to the oldest request. May be dropped while waiting: the request stays in the queue.
    pub(super) async fn next(&mut self) -> Option<(N, Result<T, ClientError>)> {
        let (_, answer) = self.queue.front_mut()?;
        let answer = answer.await;
        self.queue.pop_front().map(|(note, _)| (note, answer))
    }
}

/// Polls `request` once, which is what puts it on the line.
async fn sent<'a, T: Send + 'a>(
    request: impl Future<Output = Result<T, ClientError>> + Send + 'a,
) -> Answer<'a, T> {
    let mut request: Answer<'a, T> = Box::pin(request);
    match std::future::poll_fn(|context| Poll::Ready(request.as_mut().poll(context))).await {
        Poll::Ready(answer) => Box::pin(std::future::ready(answer)),
        Poll::Pending => request,
    }
}
