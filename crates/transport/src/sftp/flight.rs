//! Requests whose answers are still to come, in the order they were sent.
//!
//! A request is on the line when it is taken in, so the partner sees ascending offsets; its answer waits here until its
//! turn. Dropping the queue forgets the answers; the session ignores them when they come.

use std::collections::VecDeque;

use super::client::{PendingAnswer, RequestError};

/// Requests under way; `N` notes what each was for, `T` is its answer.
pub(super) struct Flight<N, T> {
    queue: VecDeque<(N, PendingAnswer<T>)>,
}

impl<N, T> Flight<N, T> {
    pub(super) fn new() -> Flight<N, T> {
        Flight { queue: VecDeque::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.queue.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Takes in a request behind the others.
    pub(super) fn add(&mut self, note: N, answer: PendingAnswer<T>) {
        self.queue.push_back((note, answer));
    }

    /// Takes in a request whose answer is waited for before all others.
    pub(super) fn add_first(&mut self, note: N, answer: PendingAnswer<T>) {
        self.queue.push_front((note, answer));
    }

    /// The answer to the oldest request. May be dropped while waiting: the request stays in the queue.
    pub(super) async fn next(&mut self) -> Option<(N, Result<T, RequestError>)> {
        let (_, answer) = self.queue.front_mut()?;
        let answer = answer.await;
        self.queue.pop_front().map(|(note, _)| (note, answer))
    }
}
