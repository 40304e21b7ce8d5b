//! What a step may ask of a partner, whatever carries the bytes.
//!
//! Owns the words of a session: the peer that answered, a file seen there, the evidence of a put, a read-back and a
//! rename. Promises that every answer is a fact the partner stated or an error that says what is known; it never
//! retries, never deletes on its own account and never replaces a file unless it was asked to. A session that timed
//! out or lost its line is no longer alive and is to be dropped.

mod certificate_fault;
#[cfg(feature = "fuzzing")]
mod drawn;
pub mod error;
mod facts;
pub mod ftps;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod incoming;
mod library_words;
pub mod limits;
pub mod listing;
pub mod medium;
mod medium_fault;
mod outgoing;
pub mod pace;
mod paths;
mod phase;
pub mod pool;
mod progress;
mod reach;
mod session;
pub mod sftp;
pub mod words;

pub use totatsu_base::evidence::{Overwrite, Peer};

pub use certificate_fault::CertificateFault;
pub use error::{Result, TransportError};
pub use facts::{
    Brought, FileKind, NameRequest, Put, ReadBack, ReadBy, RemoteFile, Renamed, RenamedBy, ServerLimits,
    Synced,
};
pub use limits::{Deadlines, Secret};
pub use listing::{Listed, Listing};
pub use pace::MinimumThroughput;
pub(crate) use paths::parent;
pub use phase::Phase;
pub use progress::Progress;
pub use reach::Reach;
pub use session::{LookedAndRead, Session};
