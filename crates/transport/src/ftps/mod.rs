//! FTP over TLS, and plain FTP where a partner has nothing better.
//!
//! Owns one control connection with one data connection at a time, on a thread of its own. Promises that every reply is
//! read and looked at, that nothing counts as sent before the server's closing reply, that each phase has its deadline,
//! and that a session which owes an answer is not used again. Never speaks to a server whose certificate is not accepted,
//! never replaces a file unless asked to, never sends a password in the clear unless the partner's file allows it.
//!
//! The FTP library's blocking form is used, because after a failed write it still lets the server's reply be read, which
//! has the reason; its lack of deadlines is made up for by `watch`.

mod certificate;
mod connect;
mod control;
mod dates;
mod facts;
mod fetch;
mod forms;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod line;
mod list;
mod look;
mod names;
mod opening;
mod passive;
mod put;
mod read;
mod rename;
mod reply;
mod session;
mod settings;
mod tls;
mod watch;
mod wire;

pub use certificate::{check_authorities, check_client_certificate};
pub use connect::{connect, shown_certificate};
pub use names::AgreedNames;
pub use settings::{
    ClientCertificate, FtpsSettings, NotAFingerprint, Passive, Pin, Protection, TlsMode, TlsSettings,
    TlsVersion,
};
