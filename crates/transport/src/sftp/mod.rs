//! SFTP over SSH: the transport that works against any stock server.
//!
//! Owns one SSH connection with one SFTP channel. Promises that every request has a deadline and every status is looked
//! at, and that a session which owes an answer is not used again. On failure it tells what the partner said, and asks for
//! the reason where the protocol has only "failure". Never accepts a host key that is not pinned, never replaces a file
//! unless asked to, never cleans up: that is the step's decision.
//!
//! From the bottom: `stream` carries bytes, `ssh` is a connection whose host key was compared, `sign_in` makes one; `packet`
//! is the form of the protocol, `client` asks, `channel` makes facts of answers; `put`, `read`, `fetch` and `rename` are
//! what a step asks for, and `session` is the door.

mod agent;
mod authenticate;
mod channel;
mod client;
mod connect;
mod extension;
mod fetch;
mod flight;
mod forwarded;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod handshake;
mod host_key;
mod key;
mod packet;
mod preamble;
mod put;
mod read;
mod rename;
mod session;
mod settings;
mod sign_in;
mod ssh;
mod stream;

pub use crate::limits::{Deadlines, Secret};
pub use crate::pace::MinimumThroughput;
pub use connect::connect;
pub use key::{check_certificate, check_key, to_the_minute};
pub use settings::{Authentication, NamedKey, NotAHostKey, NotAKey, PinnedKey, SftpSettings};
pub use sign_in::shown_key;
