//! What a step may ask of a partner, whatever carries the bytes.
//!
//! Owns the words of a session. Promises that every answer is a fact the partner stated or an error that says what is known;
//! a session never retries, never deletes on its own account and never replaces a file unless it was asked to. A session that
//! timed out or lost its line is no longer alive and is to be dropped.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;

use crate::error::Result;
use crate::facts::{Brought, NameRequest, Put, ReadBack, RemoteFile, Renamed, ServerLimits};
use crate::listing::Listing;
use crate::progress::Progress;
use totatsu_base::evidence::{Overwrite, Peer};

/// One authenticated session with a partner. Requests follow one another; many bytes are in flight within one of them.
///
/// A future of any of these calls may be dropped half-way: what was sent stays sent, and the session is no longer alive.
#[async_trait]
pub trait Session: Send {
    /// Who answered, and how it was proven.
    fn peer(&self) -> &Peer;

    /// What stands under the name `path`, without following a symbolic link: the question is always whether the name is
    /// taken, and a link that leads nowhere takes it too. `None` only where the partner says that there is no such file.
    async fn stat(&mut self, path: &str) -> Result<Option<RemoteFile>>;

    /// What stands under two names, each as [`Session::stat`] tells it. A session that can has both questions on the line at once.
    async fn stat_both(&mut self, first: &str, second: &str) -> [Result<Option<RemoteFile>>; 2] {
        let first = self.stat(first).await;
        [first, self.stat(second).await]
    }

    /// Carries the file `source` to `path`, beginning at byte `from`. With 0, the name must not exist yet; otherwise it
    /// holds a part, and the caller has proven that its first `from` bytes are ours. Returns when every write, the sync
    /// (where it is offered) and the close were acknowledged. After an error the name may hold part of the bytes.
    async fn put(&mut self, source: &Path, path: &str, from: u64, progress: &Progress) -> Result<Put>;

    /// As [`Session::put`] to a new name, of which the partner has just said that it is free.
    async fn put_anew(&mut self, source: &Path, path: &str, progress: &Progress) -> Result<Put> {
        self.put(source, path, 0, progress).await
    }

    /// Reads `path` from its first byte to its end and keeps the digest only; a partner that works out the same digest on
    /// its side may be asked for that instead.
    async fn read_back(&mut self, path: &str, progress: &Progress) -> Result<ReadBack>;

    /// What stands under `path`, as [`Session::stat`] tells, and if that may be a file of `size` bytes, its digest as
    /// [`Session::read_back`] tells.
    async fn look_and_read_back(&mut self, path: &str, size: u64, progress: &Progress) -> LookedAndRead {
        let found = self.stat(path).await;
        let back = if may_be(&found, size) { Some(self.read_back(path, progress).await) } else { None };
        LookedAndRead { found, back }
    }

    /// As [`Session::look_and_read_back`], of a name that is ours: a session that can has both questions on the line at once. Somebody
    /// else's name may stand for what is better not opened before it is looked at.
    async fn look_and_read_back_ours(&mut self, path: &str, size: u64, progress: &Progress) -> LookedAndRead {
        self.look_and_read_back(path, size, progress).await
    }

    /// The whole of a small file, such as an acknowledgement, to be looked at; an error if it is longer than `limit`.
    async fn read_small(&mut self, path: &str, limit: usize) -> Result<Vec<u8>>;

    /// Brings the file `path` here: reads it from byte `from` to its end and appends to our file `to`, whose first `from`
    /// bytes the caller has proven to be the partner's; what lies behind them in `to` is cut off, and with 0 `to` is created
    /// or emptied. Several reads are under way. Where the partner can't begin in the middle, `to` is emptied and filled anew.
    ///
    /// Returns when all bytes are synced to our disk, and are as many as the partner told before; a partner that tells no
    /// size is not read from. After an error `to` holds a part, in order and without holes. After
    /// [`PartnerFileChanged`](crate::TransportError::PartnerFileChanged) that part is of no use any more.
    async fn fetch(&mut self, path: &str, to: &Path, from: u64, progress: &Progress) -> Result<Brought>;

    /// Gives the file `from` the name `to`. With [`Overwrite::Refuse`] an existing `to` is never replaced; the result
    /// says whether the name `from` is gone too.
    ///
    /// Where the outcome is unknown (see [`outcome_unknown`](crate::TransportError::outcome_unknown)), ask for both names over a
    /// new session: only `from`: nothing happened; only `to`: done; both, and `to` holds our bytes: the link was made, remove `from`;
    /// both, and `to` holds others: the name was taken by someone else.
    async fn rename(&mut self, from: &str, to: &str, overwrite: Overwrite) -> Result<Renamed>;

    /// Removes the file `path`; `false` where there was none.
    async fn remove(&mut self, path: &str) -> Result<bool>;

    /// Bytes that we may still write on the file system of `path`; `None` where the partner can't be asked.
    async fn free_space(&mut self, _path: &str) -> Result<Option<u64>> {
        Ok(None)
    }

    /// What the directory holds; empty for the one that the session starts in. Where the listing is not complete, the
    /// session may be no longer alive.
    async fn list(&mut self, directory: &str) -> Result<Listing>;

    /// Makes one bare request about two names, without a look before or after it, and so perhaps destroys what bears the
    /// name `to`: for trying a server out with files of our own, never for a delivery.
    async fn try_names(&mut self, request: NameRequest, from: &str, to: &str) -> Result<()>;

    /// What the partner says are its limits; `None` where it doesn't tell.
    fn limits(&self) -> Option<ServerLimits> {
        None
    }

    /// Whether [`Session::rename`] makes the new name first and removes the old one with a second request. Between the two
    /// the partner may take the file away, and what is left then looks as if nothing had been done.
    fn names_in_two_steps(&self) -> bool {
        false
    }

    /// Whether another request may be made: the line stands and no request was left without its answer.
    fn is_alive(&self) -> bool;

    /// The connection, where several sessions may ask on it at a time; nothing where one session is all it carries.
    fn mixed_requests(&self) -> Option<Arc<dyn MixedRequests>> {
        None
    }

    /// Says goodbye and closes the line, within the deadline for closing; what the partner answers no longer matters.
    async fn close(self: Box<Self>);
}

/// A connection on which requests of several sessions are mixed: each answer finds who asked.
pub trait MixedRequests: Send + Sync {
    /// A further session; nothing where the connection has ended, or owes one of them an answer.
    fn another(self: Arc<Self>) -> Option<Box<dyn Session>>;
}

/// What a look at a file of ours told, and its digest where it was read.
#[derive(Debug)]
pub struct LookedAndRead {
    /// What stands under the name.
    pub found: Result<Option<RemoteFile>>,
    /// The digest that was read; none where no such file stands under the name.
    pub back: Option<Result<ReadBack>>,
}

/// Whether what was found may be a file of `size` bytes.
pub(crate) fn may_be(found: &Result<Option<RemoteFile>>, size: u64) -> bool {
    match found {
        Ok(Some(file)) => file.size.is_none_or(|held| held == size),
        Ok(None) => false,
        Err(error) => error.is_refusal(),
    }
}
