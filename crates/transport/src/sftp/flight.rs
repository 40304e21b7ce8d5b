//! Requests whose answers are still to come, in the order they were sent.
//!
//! A request is on the line when it is taken in, so the partner sees ascending offsets; its answer waits here until its
//! turn. Dropping the queue forgets the answers; the session ignores them when they come.

use std::collections::VecDeque;

use super::client::{PendingAnswer, RequestError};
use crate::Result;

/// Requests under way; `N` notes what each was for, `T` is its answer.
pub(super) type Flight<N, T> = VecDeque<(N, PendingAnswer<T>)>;

/// The answer to the oldest request. May be dropped while waiting: the request stays in the queue.
pub(super) async fn next<N, T>(flight: &mut Flight<N, T>) -> Option<(N, Result<T, RequestError>)> {
    let (_, answer) = flight.front_mut()?;
    let answer = answer.await;
    flight.pop_front().map(|(note, _)| (note, answer))
}
