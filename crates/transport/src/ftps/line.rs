//! The session's thread: the FTP library's connection, and the requests made of it one after the other.
//!
//! Promises that every reply is read before the next request is sent, and looked at; that whoever waits for an answer
//! waits no longer than the deadline of its phase; and that a line on which a reply may be outstanding is not used again.

use std::io;
use std::net::TcpStream;
use std::sync::mpsc;
use std::time::Duration;

use socket2::SockRef;
use suppaftp::{DataStream, FtpError, ImplFtpStream, Mode, Status, TransferStream};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until};

use super::control::{Said, Unasked};
use super::names::{NameBytes, Unwritable};
use super::opening::Carrier;
use super::reply::Reply;
use super::watch::LineWatch;
use super::wire::{FtpWire, lost, violated};
use crate::library_words::{in_our_words, of_ftp, of_io};
use crate::{Deadlines, MinimumThroughput, Phase, Result, TransportError};
use totatsu_base::say;

/// The answers by which a server opens a data connection.
const OPENED: &[Status] = &[Status::AlreadyOpen, Status::AboutToSend];

/// The replies that end a transfer well.
pub(super) const CARRIED: &[u16] = &[226, 250];
/// The replies that end a listing well; aioftp ends one with 200.
pub(super) const LISTED: &[u16] = &[226, 250, 200];

/// Bytes that may lie in the kernel without having been sent. More would look like progress, and be waited for at the end
/// of a transfer over a slow line.
const UNSENT: u32 = 128 * 1024;

/// A data connection under way.
pub(super) type Transfer = TransferStream<Carrier>;
/// Something to be done by the session's thread.
type Job = Box<dyn FnOnce(&mut FtpLine) + Send>;

/// An FTP connection that is signed in.
pub(super) struct FtpLine {
    pub(super) ftp: ImplFtpStream<Carrier>,
    /// What the server said last.
    pub(super) said: Said,
    pub(super) watch: LineWatch,
    pub(super) offers: Offers,
    /// How the server's names are written.
    pub(super) names: NameBytes,
    pub(super) minimum_throughput: MinimumThroughput,
    /// How long the partner may be silent while it reads its own file.
    pub(super) patience: Duration,
    /// A reply may be outstanding.
    pub(super) spoilt: bool,
}

/// Extensions that the server offers and we use.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Offers {
    pub(super) facts: bool,
    pub(super) modified: bool,
    pub(super) digest: Option<Digest>,
    /// Where `EPSV` is refused, `PASV` may be tried.
    pub(super) plain_passive: bool,
}

/// The request by which a server tells the SHA-256 of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Digest {
    /// `HASH`, set to SHA-256.
    Hash,
    /// `XSHA256`.
    XSha256,
}

/// Why a transfer ended before its end.
pub(super) enum Broken {
    /// The data connection broke; the reason is in the server's reply.
    Line(io::Error),
    /// Something else.
    Known(TransportError),
}

/// The thread and what is waited for; dropping it severs the line and so ends the thread.
pub(super) struct Worker {
    jobs: mpsc::Sender<Job>,
    watch: LineWatch,
    deadlines: Deadlines,
}

impl FtpLine {
    /// Sends a command and reads its reply, whatever it is.
    pub(super) fn ask(&mut self, phase: Phase, command: &str) -> Result<Reply> {
        self.watch.enter(phase);
        // No reply is expected, so that each comes back as it is: the library knows only some of the codes.
        match self.ftp.custom_command(command, &[]) {
            Err(FtpError::UnexpectedResponse(_)) => {
                let reply = self.last_reply(phase)?;
                if reply.ends_connection() {
                    self.spoilt = true;
                    return Err(TransportError::Lost { phase, cause: reply.shown() });
                }
                Ok(reply)
            }
            Err(error) => Err(self.failed(phase, error)),
            Ok(_) => Err(violated(phase, &say!("ftps-not-asked-for"))),
        }
    }

    /// The error of a request of the library's own: what its reply means, or why there was none.
    pub(super) fn unanswered(
        &mut self,
        phase: Phase,
        error: FtpError,
        meaning: impl FnOnce(&Reply) -> TransportError,
    ) -> TransportError {
        let FtpError::UnexpectedResponse(_) = error else { return self.failed(phase, error) };
        self.last_reply(phase).map_or_else(|error| error, |reply| meaning(&reply))
    }

    /// An error where the server's names can't hold this path: it is not even asked about.
    pub(super) fn must_write(&self, path: &str) -> Result<()> {
        let written = self.names.write(path);
        written.map(drop).map_err(|error| TransportError::Unsupported { what: error.to_string() })
    }

    fn last_reply(&self, phase: Phase) -> Result<Reply> {
        self.said.reply().ok_or_else(|| violated(phase, &say!("ftps-no-reply")))
    }

    /// Opens a data connection for a command; `from` is where the transfer begins in the file. The inner error is the reply of a
    /// server that says no: the line is well then.
    pub(super) fn open(&mut self, phase: Phase, command: &str, from: u64) -> Result<Result<Transfer, Reply>> {
        self.watch.enter(phase);
        let from = usize::try_from(from).expect("sizes of files fit");
        let mut opened = self.begin(command, from);
        if self.offers.plain_passive && self.said.verb() == "EPSV" && self.refused(&opened) {
            self.ftp.set_mode(Mode::Passive);
            self.offers.plain_passive = false;
            opened = self.begin(command, from);
        }
        let mut transfer = match opened {
            Ok(transfer) => transfer,
            Err(FtpError::UnexpectedResponse(_)) => {
                self.watch.release_data();
                let reply = self.last_reply(phase)?;
                self.spoilt |= reply.ends_connection();
                return self.refusal(phase, reply).map(Err);
            }
            Err(error) => return Err(self.failed(phase, error)),
        };
        let shaken = data_wire(&mut transfer).map_or(Ok(()), FtpWire::shake_hands);
        let Err(error) = shaken else { return Ok(Ok(transfer)) };
        match self.finish(phase, transfer) {
            Ok(reply) if reply.is(CARRIED) => {
                self.spoilt = true;
                Err(lost(phase, &error))
            }
            Ok(reply) => Ok(Err(reply)),
            Err(_) => Err(lost(phase, &error)),
        }
    }

    fn begin(&mut self, command: &str, from: usize) -> Result<Transfer, FtpError> {
        self.ftp.resume_transfer(from)?;
        self.ftp.custom_data_command(command, OPENED).map(|(_, transfer)| transfer)
    }

    /// Whether the server said no for good.
    fn refused(&self, opened: &Result<Transfer, FtpError>) -> bool {
        matches!(opened, Err(FtpError::UnexpectedResponse(_)))
            && self.said.reply().is_some_and(|reply| reply.code >= 500)
    }

    /// A reply that opened no transfer, where it is a refusal and no address that can't be read.
    fn refusal(&mut self, phase: Phase, reply: Reply) -> Result<Reply> {
        if ["PASV", "EPSV"].contains(&self.said.verb().as_str()) && reply.code < 300 {
            self.spoilt = true;
            let cause = say!("ftps-no-address", reply = format!("{:?}", reply.shown()));
            return Err(violated(phase.unsent(), &cause));
        }
        Ok(reply)
    }

    /// Ends an upload whose bytes are all written, and reads the reply that says what became of it.
    pub(super) fn finish_upload(&mut self, phase: Phase, mut transfer: Transfer) -> Result<Reply> {
        self.watch.enter(phase);
        // Whether the end arrived, the reply tells.
        let _ = data_wire(&mut transfer).map(FtpWire::end_upload);
        self.finish(phase, transfer)
    }

    /// Closes a data connection and reads the reply that ends the transfer.
    pub(super) fn finish(&mut self, phase: Phase, transfer: Transfer) -> Result<Reply> {
        self.watch.enter(phase);
        self.watch.release_data();
        match transfer.finish() {
            // Also of a good one the words count: some servers say in them that it isn't all.
            Ok(()) => self.last_reply(phase),
            Err(FtpError::UnexpectedResponse(_)) => {
                let reply = self.last_reply(phase)?;
                self.spoilt |= reply.ends_connection();
                Ok(reply)
            }
            Err(error) => Err(self.failed(phase, error)),
        }
    }

    /// The fact behind an error of the FTP library that is no reply.
    fn failed(&mut self, phase: Phase, error: FtpError) -> TransportError {
        match error {
            // The library sends nothing then: a line break would be a second command.
            FtpError::ConnectionError(error) if error.kind() == io::ErrorKind::InvalidInput => {
                let unwritable = error.get_ref().and_then(|inner| inner.downcast_ref::<Unwritable>());
                let what = unwritable.map_or_else(|| say!("ftps-need-line-breaks"), Unwritable::to_string);
                TransportError::Unsupported { what }
            }
            FtpError::ConnectionError(error) => {
                self.spoilt = true;
                match error.get_ref().and_then(|inner| inner.downcast_ref::<Unasked>()) {
                    // Nothing was sent behind it, so nothing that changes the partner can be outstanding.
                    Some(Unasked::Surplus(reply)) if reply.ends_connection() => {
                        TransportError::Lost { phase: phase.unsent(), cause: reply.shown() }
                    }
                    Some(surplus @ Unasked::Surplus(_)) => violated(phase.unsent(), &surplus.to_string()),
                    Some(other @ Unasked::NoReply(_)) => violated(phase, &other.to_string()),
                    None => lost(phase, &error),
                }
            }
            other @ (FtpError::SecureError(_)
            | FtpError::UnexpectedResponse(_)
            | FtpError::BadResponse
            | FtpError::InvalidAddress(_)
            | FtpError::DataConnectionAlreadyOpen) => {
                self.spoilt = true;
                violated(phase, &of_ftp(&other))
            }
        }
    }
}

impl Worker {
    /// Starts a thread that makes its line by `connect` and then works on it; waits until the line is made.
    pub(super) async fn start<T: Send + 'static>(
        deadlines: Deadlines,
        watch: LineWatch,
        connect: impl FnOnce(&LineWatch) -> Result<(FtpLine, T)> + Send + 'static,
    ) -> Result<(Worker, T)> {
        let (jobs, work) = mpsc::channel::<Job>();
        let (opened, opening) = oneshot::channel();
        let worker = Worker { jobs, watch: watch.clone(), deadlines };
        let thread = move || {
            let (line, told) = match connect(&watch) {
                Ok((line, told)) => (Some(line), Ok(told)),
                Err(error) => (None, Err(error)),
            };
            if opened.send(told).is_ok()
                && let Some(mut line) = line
            {
                work.into_iter().for_each(|job| job(&mut line));
            }
        };
        std::thread::Builder::new().name("ftps".to_owned()).spawn(thread).map_err(|error| {
            TransportError::Unreachable { address: say!("ftps-own-thread"), cause: of_io(&error) }
        })?;
        let told = worker.wait(opening).await?;
        Ok((worker, told))
    }

    /// Has the thread do something and waits for its answer, no longer than the deadlines of its phases allow.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        phase: Phase,
        job: impl FnOnce(&mut FtpLine) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answered, answer) = oneshot::channel();
        self.watch.enter(phase);
        let job: Job = Box::new(move |line| drop(answered.send(job(line))));
        if self.jobs.send(job).is_err() {
            return Err(gone(phase));
        }
        self.wait(answer).await
    }

    async fn wait<T>(&self, mut answer: oneshot::Receiver<Result<T>>) -> Result<T> {
        // Nobody waits for what is given up half-way, so its line ends too.
        let mut severing = Severing(Some(&self.watch));
        loop {
            let (phase, since) = self.watch.waits_for();
            let after = self.deadlines.of(phase);
            tokio::select! {
                biased;
                answer = &mut answer => {
                    severing.0 = None;
                    return answer.unwrap_or_else(|_| Err(gone(phase)));
                }
                () = sleep_until(Instant::from_std(since + after)) => {
                    if self.watch.waits_for() == (phase, since) {
                        return Err(TransportError::TimedOut { phase, after });
                    }
                }
            }
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.watch.sever();
    }
}

/// Severs a line unless it is told not to.
struct Severing<'a>(Option<&'a LineWatch>);

impl Drop for Severing<'_> {
    fn drop(&mut self) {
        if let Some(watch) = self.0 {
            watch.sever();
        }
    }
}

/// Opens the sockets of data connections: the FTP library asks for each.
pub(super) fn dial_data(
    address: std::net::SocketAddr,
    within: Duration,
    watch: &LineWatch,
) -> Result<TcpStream, FtpError> {
    let dialled = TcpStream::connect_timeout(&address, within).and_then(|socket| {
        socket.set_nodelay(true)?;
        SockRef::from(&socket).set_tcp_notsent_lowat(UNSENT)?;
        watch.hold_data(&socket)?;
        Ok(socket)
    });
    dialled.map_err(|error| {
        let told = say!("ftps-data-connection", address = address, error = of_io(&error));
        FtpError::ConnectionError(in_our_words(error.kind(), told))
    })
}

/// What carries the bytes of a transfer; the library has each of ours pass as one under TLS.
fn data_wire(transfer: &mut Transfer) -> Option<&mut FtpWire> {
    match transfer.get_mut() {
        DataStream::Ssl(carrier) => carrier.data(),
        DataStream::Tcp(_) => None,
    }
}

fn gone(phase: Phase) -> TransportError {
    TransportError::Lost { phase, cause: say!("ftps-thread-ended") }
}
