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
use totatsu_base::Remedy;

/// Why a partner could not be asked, or what it refused.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// No connection came about: server down, line down, wrong port, firewall. Check the address if it lasts.
    #[error(
        "{address} can't be reached: {cause}; check line, firewall and the partner's server if this lasts"
    )]
    Unreachable {
        /// Host and port.
        address: String,
        /// What the network said.
        cause: String,
    },
    /// The partner gave no answer in time: overloaded, stuck, or the line swallows packets.
    #[error("no answer within {after:?} ({phase}); ask whether the server is stuck if this lasts")]
    TimedOut {
        /// What was waited for.
        phase: Phase,
        /// How long.
        after: Duration,
    },
    /// Bytes move, but too few: a crowded line, or a partner at the end of its strength.
    #[error(
        "only {rate} bytes a second ({phase}), the least allowed is {minimum}; look at the line, or lower the minimum"
    )]
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
    #[error(
        "{address} shows the host key {fingerprint}, and none is pinned; compare it with the partner's paper, then pin it \
         (host_keys), restart and release"
    )]
    HostKeyUnknown {
        /// Host and port.
        address: String,
        /// What the server presented.
        fingerprint: String,
    },
    /// The server holds another key than agreed: it was set up anew, or someone stands in between. Ask the partner by
    /// telephone before pinning the new one.
    #[error(
        "{address} shows the host key {found}, but pinned is {}; ask the partner by telephone before pinning it \
         (host_keys), then restart and release",
        expected.join(" or ")
    )]
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
    #[error(
        "{address} shows the host key {found}, which is agreed only{}{}; ask the partner when it changes its key, then \
         correct the dates (host_keys), restart and release",
        day(" from ", *from),
        day(" until ", *until)
    )]
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
    #[error(
        "{address} shows a host certificate that is not accepted: {cause}; ask the partner for a right one"
    )]
    HostCertificateRefused {
        /// Host and port.
        address: String,
        /// What is wrong with it.
        cause: String,
    },
    /// The server's certificate is not one that we may trust; nothing was sent to it. What to do depends on what is wrong
    /// with it, see [`CertificateFault`].
    #[error("{address} shows the certificate {fingerprint}: {fault}")]
    CertificateRefused {
        /// Host and port.
        address: String,
        /// Fingerprint of the certificate: `SHA256:` and base64.
        fingerprint: String,
        /// What is wrong with it.
        fault: CertificateFault,
    },
    /// The server wants to see a certificate of ours, and refuses the one that we have, or that we have none. Ask the
    /// partner which certificate it expects.
    #[error("{address} demands a client certificate{}", client_certificate(*given))]
    ClientCertificateRefused {
        /// Host and port.
        address: String,
        /// Whether we showed one.
        given: bool,
    },
    /// A certificate file of ours can't be used: missing, unreadable, no PEM, or not of its key.
    #[error("certificate {}: {cause}; put a PEM file in place", path.display())]
    CertificateFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// The server knows neither our key nor our password: not registered yet, expired, or the wrong account.
    #[error(
        "user {user} was refused, accepted there is {}; ask whether our public key or password is registered",
        accepted_methods(methods)
    )]
    AuthenticationRefused {
        /// The account.
        user: String,
        /// What the server is ready to accept, in its words.
        methods: Vec<String>,
    },
    /// The server takes our password, or what it was, and demands that we choose another: only a person can. Nothing is given
    /// to it again, for each try may count towards a lock.
    #[error(
        "user {user}: the server demands a new password ({words}); agree one with the partner, put it in place, then release"
    )]
    NewPasswordDemanded {
        /// The account.
        user: String,
        /// What the server says.
        words: String,
    },
    /// Our private key can't be used: missing, unreadable, wrong passphrase or open to others.
    #[error("private key {}: {cause}; put it in place with mode 0600", path.display())]
    KeyFile {
        /// The key file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// Our SSH certificate can't be used: missing, expired, for another key. Have the partner's authority sign our public
    /// key anew.
    #[error(
        "certificate {}: {cause}; have the partner's authority sign our public key, and put that certificate in place",
        path.display()
    )]
    UserCertificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// The ssh-agent that holds our key doesn't do its part: not started, key not added since, use denied. Add the key;
    /// the rest goes on by itself.
    #[error("ssh-agent {socket}: {cause}")]
    Agent {
        /// Its socket.
        socket: String,
        /// What it doesn't do, and what to do about it.
        cause: String,
    },
    /// The host through which the partner is reached failed us, or isn't who it should be; the partner was not asked. What
    /// to do depends on the error.
    #[error("on the way to the partner, at the jump host {address} ([jump]): {error}")]
    JumpHost {
        /// Host and port of the jump host.
        address: String,
        /// What went wrong there.
        error: Box<TransportError>,
    },
    /// The host through which the partner is reached lets us in, but not through.
    #[error(
        "the jump host {address} refuses to forward to the partner at {partner}: {cause}; ask those who run it to allow \
         our account that (OpenSSH: AllowTcpForwarding, PermitOpen)"
    )]
    ForwardingRefused {
        /// Host and port of the jump host.
        address: String,
        /// Host and port that were asked for.
        partner: String,
        /// What it says.
        cause: String,
    },
    /// The connection ended under way: server restarted, line cut.
    #[error("the connection was lost ({phase}): {cause}")]
    Lost {
        /// What was under way.
        phase: Phase,
        /// What was last heard.
        cause: String,
    },
    /// The account may not do this. Ask the partner for the right on that directory.
    #[error("{path}: the partner denies {phase}; ask for the right on that directory")]
    PermissionDenied {
        /// The path at the partner.
        path: String,
        /// What was asked.
        phase: Phase,
    },
    /// The server says no, in words of its own. Where they speak of rights, ask for the right on that directory; else ask the
    /// partner what they mean.
    #[error("{path}: the partner {how}, it says {words:?}; {}", refused_advice(*denied), how = refused(*denied, *phase))]
    Refused {
        /// The path at the partner.
        path: String,
        /// What was asked.
        phase: Phase,
        /// The server's own words.
        words: String,
        /// Whether they speak of rights.
        denied: bool,
    },
    /// The directory, or the file to be read or renamed, is not there. Check the path with the partner's paper.
    #[error("{path}: no such file or directory at the partner ({phase}); check the path with the partner")]
    NoSuchPath {
        /// The path at the partner.
        path: String,
        /// What was asked.
        phase: Phase,
    },
    /// The name is taken by another file, which we don't touch. Look whose it is.
    #[error(
        "{path} exists at the partner and is left untouched; find out whose it is, then remove it or choose another name"
    )]
    AlreadyExists {
        /// The path at the partner.
        path: String,
    },
    /// The server said no more than "failure". Where its disk can be asked, the message says whether it is full.
    #[error("{path}: {phase} failed at the partner: {}", partner_failure(message, *free, *missing))]
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
    #[error(
        "the partner's server does not offer {what}; change the link's configuration, or ask the partner"
    )]
    Unsupported {
        /// What was needed.
        what: String,
    },
    /// The server answered something that the protocol does not allow here.
    #[error(
        "the partner's server broke the protocol ({phase}): {cause}; report it to the partner if this lasts"
    )]
    ProtocolViolated {
        /// What was asked.
        phase: Phase,
        /// What is wrong with the answer.
        cause: String,
    },
    /// A file that is read as a whole, such as an acknowledgement, is longer than any of its kind. Look at what the
    /// partner put there.
    #[error("{path} at the partner is longer than {limit} bytes; ask the partner what it is")]
    TooLong {
        /// The path at the partner.
        path: String,
        /// Bytes.
        limit: usize,
    },
    /// The file at the partner became another while it was brought here: it is still being written, or was put there anew.
    /// It is fetched again; if it lasts, have the partner write under another name and rename.
    #[error(
        "{path} at the partner changed while it was fetched: {expected} bytes became {}; it is fetched again, ask the \
         partner to write under another name and rename if this lasts",
        changed_to(*expected, *found)
    )]
    PartnerFileChanged {
        /// The path at the partner.
        path: String,
        /// Size in bytes that the partner told before.
        expected: u64,
        /// Size in bytes afterwards, or at least so many; equal where only the date is another.
        found: u64,
    },
    /// The medium that files are carried on isn't there, isn't the right one, or can't take the file; see [`MediumFault`].
    #[error("{path}: {fault}")]
    Medium {
        /// Where media are mounted.
        path: String,
        /// What is wrong.
        fault: MediumFault,
    },
    /// Our own file can't be read or written.
    #[error("own file {}: {error}", path.display())]
    OwnFile {
        /// The file.
        path: PathBuf,
        /// What our file system said.
        error: io::Error,
    },
    /// Our own file changed while it was being carried: someone writes into the spool. Find out who; nothing was lost.
    #[error(
        "own file {} changed while it was carried: {expected} bytes became {found}; find out who writes there",
        path.display()
    )]
    OwnFileChanged {
        /// The file.
        path: PathBuf,
        /// Size in bytes when carrying began.
        expected: u64,
        /// Size in bytes afterwards; equal where the contents were written anew.
        found: u64,
    },
}

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
            TransportError::Medium { .. } => AtFault::Line(Phase::Connect),
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

fn day(words: &str, day: Option<Date>) -> String {
    day.map(|day| format!("{words}{day}")).unwrap_or_default()
}

fn refused(denied: bool, phase: Phase) -> String {
    format!("{} {phase}", if denied { "denies" } else { "refuses" })
}

fn refused_advice(denied: bool) -> &'static str {
    if denied { "ask for the right on that directory" } else { "ask the partner what it means" }
}

fn client_certificate(given: bool) -> &'static str {
    if given {
        " and refuses ours; ask the partner whether it is registered there"
    } else {
        ", and none is configured; ask the partner for one (ftps.client_certificate_file)"
    }
}

fn accepted_methods(methods: &[String]) -> String {
    if methods.is_empty() { "nothing further".to_owned() } else { methods.join(", ") }
}

fn changed_to(expected: u64, found: u64) -> String {
    match found.cmp(&expected) {
        Ordering::Greater => "more".to_owned(),
        Ordering::Equal => "as many others".to_owned(),
        Ordering::Less => found.to_string(),
    }
}

fn partner_failure(message: &str, free: Option<u64>, missing: u64) -> String {
    match free {
        Some(free) if free < missing => format!(
            "the partner's disk is full ({free} bytes free, {missing} still to store); ask the partner for room"
        ),
        Some(_) | None => format!("it says {message:?} and no more; ask the partner to look at its log"),
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
