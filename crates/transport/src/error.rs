//! Why a partner could not be asked, or what it refused.
//!
//! Owns the error of every transport. Each variant is a fact with its data, names the path or address it is about and
//! tells the operator what to do; contents of files never appear. Maps every variant to who is at fault; from that follow
//! the one remedy, the end of the session, and whether the request may have taken effect all the same.

use std::cmp::Ordering;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::Date;

use super::certificate_fault::CertificateFault;
use super::medium_fault::MediumFault;
use super::phase::Phase;
use super::words::{either, lasting};
use totatsu_base::rights::{Right, lacking};
use totatsu_base::{Remedy, say};

/// Why a partner could not be asked, or what it refused.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// No connection could be made: server down, line down, wrong port, firewall. Check the address if it lasts.
    #[error("{}", say!("transport-unreachable", address = address, cause = cause))]
    Unreachable {
        /// Host and port.
        address: String,
        /// What the network said.
        cause: String,
    },
    /// The partner gave no answer in time: overloaded, stuck, or the line swallows packets.
    #[error("{}", say!("transport-timed-out", after = lasting(*after), phase = phase))]
    TimedOut {
        /// What was waited for.
        phase: Phase,
        /// How long.
        after: Duration,
    },
    /// Bytes move, but too few: a crowded line, or a partner at the end of its strength.
    #[error("{}", say!("transport-too-slow", rate = rate, phase = phase, minimum = minimum))]
    TooSlow {
        /// Writing or reading.
        phase: Phase,
        /// Bytes a second over the last window.
        rate: u64,
        /// Bytes a second that are required.
        minimum: u64,
    },
    /// No host key is configured for this partner. Compare the fingerprint with the one on the partner's paper, then pin
    /// it; a key is never accepted on first use.
    #[error("{}", say!("transport-host-key-unknown", address = address, fingerprint = fingerprint))]
    HostKeyUnknown {
        /// Host and port.
        address: String,
        /// What the server presented.
        fingerprint: String,
    },
    /// The server holds another key than agreed: it was set up anew, or someone stands in between. Ask the partner by
    /// telephone before pinning the new one.
    #[error("{}", say!("transport-host-key-changed", address = address, found = found, pinned = either(expected)))]
    HostKeyChanged {
        /// Host and port.
        address: String,
        /// Fingerprints that are pinned.
        expected: Vec<String>,
        /// Fingerprint that was presented.
        found: String,
    },
    /// The server shows a pinned key on a day for which it isn't agreed: the changeover came early or late, or our clock is
    /// wrong. Ask the partner, then change the dates.
    #[error("{}", outside_dates(address, found, *from, *until))]
    HostKeyOutsideDates {
        /// Host and port.
        address: String,
        /// Fingerprint that was presented.
        found: String,
        /// The first day.
        from: Option<Date>,
        /// The last day.
        until: Option<Date>,
    },
    /// The server's host certificate is not one that we may trust: another authority's, another host's, expired. Ask the
    /// partner.
    #[error("{}", say!("transport-host-certificate-refused", address = address, cause = cause))]
    HostCertificateRefused {
        /// Host and port.
        address: String,
        /// What is wrong with the certificate.
        cause: String,
    },
    /// The server's certificate is not one that we may trust; nothing was sent to it. What to do depends on what is wrong
    /// with it, see [`CertificateFault`].
    #[error("{}", say!("transport-certificate-refused", address = address, fingerprint = fingerprint, fault = fault))]
    CertificateRefused {
        /// Host and port.
        address: String,
        /// Fingerprint of the certificate: `SHA256:` and base64.
        fingerprint: String,
        /// What is wrong with the certificate.
        fault: CertificateFault,
    },
    /// The server wants to see a certificate of ours, and refuses the one that we have, or that we have none. Ask the
    /// partner which certificate it expects.
    #[error("{}", client_certificate(address, *given))]
    ClientCertificateRefused {
        /// Host and port.
        address: String,
        /// Whether we showed a certificate.
        given: bool,
    },
    /// A certificate file of ours can't be used: missing, unreadable, no PEM, or not of its key.
    #[error("{}", say!("transport-certificate-file", path = path.display(), cause = cause))]
    CertificateFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with the file.
        cause: String,
    },
    /// The server knows neither our key nor our password: not registered yet, expired, or the wrong account.
    #[error("{}", say!("transport-authentication-refused", user = user, methods = accepted_methods(methods)))]
    AuthenticationRefused {
        /// The account.
        user: String,
        /// What the server is ready to accept, in its words.
        methods: Vec<String>,
    },
    /// The server takes our password, or what it was, and demands that we choose another: only a person can. Nothing is given
    /// to it again, for each try may count towards a lock.
    #[error("{}", say!("transport-new-password", user = user, words = words))]
    NewPasswordDemanded {
        /// The account.
        user: String,
        /// What the server says.
        words: String,
    },
    /// Our private key can't be used: missing, unreadable, wrong passphrase or open to others.
    #[error("{}", say!("transport-key-file", path = path.display(), cause = cause))]
    KeyFile {
        /// The key file.
        path: PathBuf,
        /// What is wrong with the file.
        cause: String,
    },
    /// Our SSH certificate can't be used: missing, expired, for another key. Have the partner's authority sign our public
    /// key anew.
    #[error("{}", say!("transport-user-certificate", path = path.display(), cause = cause))]
    UserCertificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with the file.
        cause: String,
    },
    /// The ssh-agent that holds our key doesn't do its part: not started, key not added since, use denied. Add the key;
    /// the rest goes on by itself.
    #[error("{}", say!("transport-agent", socket = socket, cause = cause))]
    Agent {
        /// The agent's socket.
        socket: String,
        /// What the agent doesn't do, and what to do about it.
        cause: String,
    },
    /// The host through which the partner is reached failed us, or isn't who it should be; the partner was not asked. What
    /// to do depends on the error.
    #[error("{}", say!("transport-jump", address = address, error = error))]
    JumpHost {
        /// Host and port of the jump host.
        address: String,
        /// What went wrong there.
        error: Box<TransportError>,
    },
    /// The host through which the partner is reached lets us in, but not through.
    #[error("{}", say!("transport-forwarding-refused", address = address, partner = partner, cause = cause))]
    ForwardingRefused {
        /// Host and port of the jump host.
        address: String,
        /// Host and port that were asked for.
        partner: String,
        /// What the jump host says.
        cause: String,
    },
    /// The connection ended under way: server restarted, line cut.
    #[error("{}", say!("transport-lost", phase = phase, cause = cause))]
    Lost {
        /// What was under way.
        phase: Phase,
        /// What was last heard.
        cause: String,
    },
    /// The account may not do this. Ask the partner for the right on that directory.
    #[error("{}", say!("transport-denied", path = path, phase = phase))]
    PermissionDenied {
        /// The path at the partner.
        path: String,
        /// What was asked.
        phase: Phase,
    },
    /// The server says no, in words of its own. Where the words speak of rights, ask for the right on that directory; else ask the
    /// partner what they mean.
    #[error("{}", refused(path, *phase, words, *denied))]
    Refused {
        /// The path at the partner.
        path: String,
        /// What was asked.
        phase: Phase,
        /// The server's own words.
        words: String,
        /// Whether the server's words speak of rights.
        denied: bool,
    },
    /// The directory, or the file to be read or renamed, is not there. Check the path with the partner's paper.
    #[error("{}", say!("transport-no-such-path", path = path, phase = phase))]
    NoSuchPath {
        /// The path at the partner.
        path: String,
        /// What was asked.
        phase: Phase,
    },
    /// The name is taken by another file, which we don't touch. Look whose it is.
    #[error("{}", say!("transport-exists", path = path))]
    AlreadyExists {
        /// The path at the partner.
        path: String,
    },
    /// The server said no more than "failure". Where its disk can be asked, the message says whether it is full.
    #[error("{}", partner_failure(path, *phase, message, *free, *missing))]
    PartnerFailed {
        /// The path at the partner.
        path: String,
        /// What was asked.
        phase: Phase,
        /// The server's own words.
        message: String,
        /// Free bytes on the partner's disk, where it tells.
        free: Option<u64>,
        /// Bytes that were still to be stored.
        missing: u64,
    },
    /// The server can't do what the link's configuration requires. Change the configuration, or ask the partner.
    #[error("{}", say!("transport-unsupported", what = what))]
    Unsupported {
        /// What was needed.
        what: String,
    },
    /// The server answered something that the protocol does not allow here.
    #[error("{}", say!("transport-protocol", phase = phase, cause = cause))]
    ProtocolViolated {
        /// What was asked.
        phase: Phase,
        /// What is wrong with the answer.
        cause: String,
    },
    /// A file that is read as a whole, such as an acknowledgement, is longer than any of its kind. Look at what the
    /// partner put there.
    #[error("{}", say!("transport-too-long", path = path, limit = limit))]
    TooLong {
        /// The path at the partner.
        path: String,
        /// The longest file of its kind, in bytes.
        limit: usize,
    },
    /// The file at the partner became another while it was brought here: it is still being written, or was put there anew.
    /// The file is fetched again; if this lasts, have the partner write under another name and rename.
    #[error("{}", changed(path, *expected, *found))]
    PartnerFileChanged {
        /// The path at the partner.
        path: String,
        /// Size in bytes that the partner told before.
        expected: u64,
        /// Size in bytes afterwards, or bytes that it has at least; equal where only the date is another.
        found: u64,
    },
    /// The medium that files are carried on isn't there, isn't the right one, or can't take the file; see [`MediumFault`].
    #[error("{}", say!("transport-medium", path = path, fault = fault))]
    Medium {
        /// Where media are mounted.
        path: String,
        /// What is wrong with the medium.
        fault: MediumFault,
    },
    /// Our own file can't be read or written.
    #[error("{}", say!("transport-own-file", path = path.display(), error = lacking(path, &[Right::Read, Right::Write], error)))]
    OwnFile {
        /// The file.
        path: PathBuf,
        /// What our file system said.
        error: io::Error,
    },
    /// Our own file changed while it was being carried: someone writes into the spool. Find out who; nothing was lost.
    #[error("{}", say!("transport-own-file-changed", path = path.display(), expected = expected, found = found))]
    OwnFileChanged {
        /// The file.
        path: PathBuf,
        /// Size in bytes when carrying began.
        expected: u64,
        /// Size in bytes afterwards; equal where the contents were written anew.
        found: u64,
    },
}

/// What a partner was asked for, or why it could not be had.
pub type Result<T, E = TransportError> = std::result::Result<T, E>;

/// Who is at fault, and with that what becomes of the session and who acts next.
enum AtFault<'a> {
    /// The way there, or a server that breaks off: the session is over, and what was asked in this phase may be done.
    Line(Phase),
    /// What both sides know of each other: keys, certificates, accounts. There is no session, and a person decides.
    Identity,
    /// The jump host, by its own error: nothing was asked of the partner.
    JumpHost(&'a TransportError),
    /// The partner as it is now: the session is well, and another try may succeed.
    PartnerForNow,
    /// What was arranged: rights, paths, names, sizes, and that nobody else writes there. A person decides.
    Arrangement,
    /// Our own disk.
    OwnDisk(&'a io::Error),
}

impl TransportError {
    /// Whether the partner answered that it won't do this for us, ever; the line and the session are well.
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            TransportError::PermissionDenied { .. }
                | TransportError::Refused { .. }
                | TransportError::Unsupported { .. }
        )
    }

    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self.at_fault() {
            AtFault::Line(_) | AtFault::PartnerForNow => Remedy::Retry,
            AtFault::Identity | AtFault::Arrangement => Remedy::Hold,
            AtFault::JumpHost(error) => error.remedy(),
            AtFault::OwnDisk(error) => Remedy::for_own_disk(error),
        }
    }

    /// Whether a request that changes the partner was sent and its answer never came: look before asking again.
    pub fn outcome_unknown(&self) -> bool {
        matches!(self.at_fault(), AtFault::Line(phase) if phase.changes_partner())
    }

    /// Whether the session can't be asked again: an answer is outstanding, or the line is gone.
    pub fn ends_session(&self) -> bool {
        matches!(self.at_fault(), AtFault::Line(_) | AtFault::Identity | AtFault::JumpHost(_))
    }

    fn at_fault(&self) -> AtFault<'_> {
        match self {
            TransportError::TimedOut { phase, .. }
            | TransportError::TooSlow { phase, .. }
            | TransportError::Lost { phase, .. }
            | TransportError::ProtocolViolated { phase, .. }
            | TransportError::Medium { fault: MediumFault::Gone { phase, .. }, .. } => AtFault::Line(*phase),
            TransportError::Unreachable { .. } => AtFault::Line(Phase::Connect),
            TransportError::Agent { .. } => AtFault::Line(Phase::Authenticate),
            TransportError::HostKeyUnknown { .. }
            | TransportError::HostKeyChanged { .. }
            | TransportError::HostKeyOutsideDates { .. }
            | TransportError::HostCertificateRefused { .. }
            | TransportError::CertificateRefused { .. }
            | TransportError::ClientCertificateRefused { .. }
            | TransportError::CertificateFile { .. }
            | TransportError::AuthenticationRefused { .. }
            | TransportError::NewPasswordDemanded { .. }
            | TransportError::KeyFile { .. }
            | TransportError::UserCertificate { .. }
            | TransportError::ForwardingRefused { .. } => AtFault::Identity,
            TransportError::JumpHost { error, .. } => AtFault::JumpHost(error),
            TransportError::Medium { fault: MediumFault::Full { .. }, .. }
            | TransportError::PartnerFailed { .. }
            | TransportError::PartnerFileChanged { .. } => AtFault::PartnerForNow,
            TransportError::Medium { fault: MediumFault::TooLarge { .. }, .. }
            | TransportError::PermissionDenied { .. }
            | TransportError::Refused { .. }
            | TransportError::NoSuchPath { .. }
            | TransportError::AlreadyExists { .. }
            | TransportError::Unsupported { .. }
            | TransportError::TooLong { .. }
            | TransportError::OwnFileChanged { .. } => AtFault::Arrangement,
            // The right medium isn't there: no request was made of it.
            TransportError::Medium {
                fault:
                    MediumFault::Missing { .. }
                    | MediumFault::NotMounted
                    | MediumFault::Unmarked
                    | MediumFault::MarkUnreadable { .. }
                    | MediumFault::Wrong { .. }
                    | MediumFault::ReadOnly,
                ..
            } => AtFault::Line(Phase::Connect),
            TransportError::OwnFile { error, .. } => AtFault::OwnDisk(error),
        }
    }

    /// Whether the partner's disk, or the medium, is known to have less room than the file still needed.
    pub fn partner_disk_full(&self) -> bool {
        matches!(
            self,
            TransportError::PartnerFailed { free: Some(free), missing, .. }
            | TransportError::Medium { fault: MediumFault::Full { free, missing }, .. } if free < missing
        )
    }

    /// What is wrong with the medium, where a person has to put in another, or to put it in at all.
    pub fn medium_wanted(&self) -> Option<&MediumFault> {
        if let TransportError::Medium { fault, .. } = self
            && !matches!(fault, MediumFault::TooLarge { .. })
        {
            return Some(fault);
        }
        None
    }
}

fn outside_dates(address: &str, found: &str, from: Option<Date>, until: Option<Date>) -> String {
    match (from, until) {
        (Some(from), Some(until)) => {
            say!("transport-host-key-between", address = address, found = found, from = from, until = until)
        }
        (Some(from), None) => {
            say!("transport-host-key-from", address = address, found = found, from = from)
        }
        (None, until) => {
            let until = until.map(|day| day.to_string()).unwrap_or_default();
            say!("transport-host-key-until", address = address, found = found, until = until)
        }
    }
}

fn refused(path: &str, phase: Phase, words: &str, denied: bool) -> String {
    let words = format!("{words:?}");
    if denied {
        say!("transport-refused-denied", path = path, phase = phase, words = words)
    } else {
        say!("transport-refused", path = path, phase = phase, words = words)
    }
}

fn client_certificate(address: &str, given: bool) -> String {
    if given {
        say!("transport-client-certificate-refused", address = address)
    } else {
        say!("transport-client-certificate-missing", address = address)
    }
}

fn accepted_methods(methods: &[String]) -> String {
    if methods.is_empty() { say!("transport-methods-none") } else { methods.join(", ") }
}

fn changed(path: &str, expected: u64, found: u64) -> String {
    match found.cmp(&expected) {
        Ordering::Greater => say!("transport-changed-more", path = path, expected = expected),
        Ordering::Equal => say!("transport-changed-same", path = path, expected = expected),
        Ordering::Less => say!("transport-changed-less", path = path, expected = expected, found = found),
    }
}

fn partner_failure(path: &str, phase: Phase, message: &str, free: Option<u64>, missing: u64) -> String {
    match free {
        Some(free) if free < missing => {
            say!("transport-failed-full", path = path, phase = phase, free = free, missing = missing)
        }
        Some(_) | None => {
            say!("transport-failed", path = path, phase = phase, words = format!("{message:?}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(phase: Phase) -> TransportError {
        TransportError::Lost { phase, cause: "reset".to_owned() }
    }

    #[test]
    fn only_an_unanswered_change_leaves_the_outcome_unknown() {
        assert!(lost(Phase::Rename).outcome_unknown());
        assert!(lost(Phase::Close).outcome_unknown());
        assert!(!lost(Phase::Stat).outcome_unknown());
        assert!(!TransportError::AlreadyExists { path: "a".to_owned() }.outcome_unknown());
    }

    #[test]
    fn a_failure_with_too_little_room_is_called_a_full_disk() {
        let failed = |free, missing| TransportError::PartnerFailed {
            path: "in/x.tmp".to_owned(),
            phase: Phase::Write,
            message: "Failure".to_owned(),
            free,
            missing,
        };
        assert!(failed(Some(10), 20).to_string().contains("the partner's disk is full"));
        assert!(failed(Some(10), 20).partner_disk_full());
        assert!(failed(Some(30), 20).to_string().contains("\"Failure\""));
        assert!(!failed(None, 20).partner_disk_full());
    }

    #[test]
    fn an_own_disk_that_cant_be_read_stops_and_a_partner_never_does() {
        let own = TransportError::OwnFile { path: "x".into(), error: io::Error::other("I/O error") };
        assert_eq!(own.remedy(), Remedy::Stop);
        assert_eq!(lost(Phase::Write).remedy(), Remedy::Retry);
    }
}
