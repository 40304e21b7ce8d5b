//! A line between the gateway and its partner that fails where it is told to.
//!
//! Owns a listener on 127.0.0.1 in a thread of its own, which passes every connection on to the partner byte by byte.
//! A fault strikes one direction after so many of its bytes, on so many connections one after another; then the line is
//! well again.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};

/// Which way the bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Toward {
    Partner,
    Gateway,
}

/// What happens to the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Both sides see the other one close.
    Cut,
    /// Both sides see a reset.
    Reset,
    /// Bytes of this direction are taken and vanish; the connection stays open.
    Stall,
    /// Bytes of this direction are held back, and reach the other side once the gateway has given up.
    Late,
    /// Every piece of this direction comes so much later.
    Delay(Duration),
    /// One byte of this direction in so much time.
    Trickle(Duration),
    /// So many bytes of this direction a second, in pieces of a tenth of them.
    Throttle(usize),
}

/// A fault, and where it strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    pub toward: Toward,
    /// Bytes of that direction which still pass.
    pub at: u64,
    pub how: How,
    /// Connections that it strikes, one after another.
    pub connections: u32,
}

/// Bytes that a connection carried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Carried {
    pub to_partner: u64,
    pub to_gateway: u64,
}

/// A running line.
pub struct Line {
    port: u16,
    state: Arc<Mutex<State>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    fault: Option<Fault>,
    left: u32,
    struck: u32,
    carried: Vec<Carried>,
}

impl Line {
    /// A line to the partner that listens on `port`.
    pub fn to(port: u16) -> Line {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let own = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State::default()));
        let (stop, stopped) = oneshot::channel();
        let shared = state.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let partner = (Ipv4Addr::LOCALHOST, port).into();
            runtime.block_on(serve_each(listener, stopped, |near| pass_on(near, partner, shared.clone())));
            runtime.shutdown_background();
        });
        Line { port: own, state, stop: Some(stop), thread: Some(thread) }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Forgets what was; the next connections meet `fault`.
    pub fn arm(&self, fault: Option<Fault>) {
        *locked(&self.state) =
            State { fault, left: fault.map_or(0, |fault| fault.connections), ..State::default() };
    }

    /// How often the fault struck.
    pub fn struck(&self) -> u32 {
        locked(&self.state).struck
    }

    /// What each connection carried, in the order they came.
    pub fn carried(&self) -> Vec<Carried> {
        locked(&self.state).carried.clone()
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Serves every connection that comes, each in a task of its own, until it is stopped.
pub async fn serve_each<F: Future<Output = ()> + Send + 'static>(
    listener: std::net::TcpListener,
    mut stopped: oneshot::Receiver<()>,
    serve: impl Fn(TcpStream) -> F,
) {
    let listener = TcpListener::from_std(listener).unwrap();
    loop {
        tokio::select! {
            _ = &mut stopped => return,
            connection = listener.accept() => {
                let Ok((socket, _)) = connection else { continue };
                tokio::spawn(serve(socket));
            }
        }
    }
}

/// One connection.
async fn pass_on(near: TcpStream, partner: SocketAddr, state: Arc<Mutex<State>>) {
    let Ok(far) = TcpStream::connect(partner).await else { return };
    let _ = (near.set_nodelay(true), far.set_nodelay(true));
    let (number, fault) = {
        let mut state = locked(&state);
        state.carried.push(Carried::default());
        let fault = state.fault.filter(|_| state.left > 0);
        state.left = state.left.saturating_sub(1);
        (state.carried.len() - 1, fault)
    };
    let (broken, breaks) = watch::channel(None);
    let (near_in, near_out) = near.into_split();
    let (far_in, far_out) = far.into_split();
    let run = |toward, from, to| Direction {
        toward,
        from,
        to,
        fault: fault.filter(|fault| fault.toward == toward),
        number,
        passed: 0,
        struck: false,
        state: state.clone(),
        broken: broken.clone(),
        breaks: breaks.clone(),
    };
    let (there, back) = (run(Toward::Partner, near_in, far_out), run(Toward::Gateway, far_in, near_out));
    let ((near_in, far_out), (far_in, near_out)) = tokio::join!(there.run(), back.run());
    if *breaks.borrow() == Some(How::Reset) {
        for (from, to) in [(near_in, near_out), (far_in, far_out)] {
            if let Ok(socket) = from.reunite(to) {
                let _ = socket.set_zero_linger();
            }
        }
    }
}

/// The bytes of one connection in one direction.
struct Direction {
    toward: Toward,
    from: OwnedReadHalf,
    to: OwnedWriteHalf,
    fault: Option<Fault>,
    number: usize,
    passed: u64,
    struck: bool,
    state: Arc<Mutex<State>>,
    broken: watch::Sender<Option<How>>,
    breaks: watch::Receiver<Option<How>>,
}

impl Direction {
    /// Passes bytes on until one side closes or the line breaks.
    async fn run(mut self) -> (OwnedReadHalf, OwnedWriteHalf) {
        let mut buffer = vec![0; 64 * 1024];
        let mut breaks = self.breaks.clone();
        loop {
            let read = tokio::select! {
                _ = breaks.changed() => break,
                read = self.from.read(&mut buffer) => read.unwrap_or(0),
            };
            if read == 0 {
                let _ = self.to.shutdown().await;
                break;
            }
            if !self.carry(&buffer[..read]).await {
                break;
            }
        }
        (self.from, self.to)
    }

    /// Passes a piece on, up to where the fault strikes; says whether to go on.
    async fn carry(&mut self, piece: &[u8]) -> bool {
        let room = self.fault.map_or(u64::MAX, |fault| fault.at.saturating_sub(self.passed));
        let well = usize::try_from(room).unwrap_or(usize::MAX).min(piece.len());
        let (before, after) = piece.split_at(well);
        if !before.is_empty() && !self.write(before).await {
            return false;
        }
        match self.fault {
            // The fault strikes with the byte that reaches its position, not with the next that wants to pass.
            Some(fault) if self.passed >= fault.at => self.strike(fault.how, after).await,
            Some(_) | None => true,
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> bool {
        if self.to.write_all(bytes).await.is_err() {
            return false;
        }
        self.passed += bytes.len() as u64;
        let mut state = locked(&self.state);
        match (state.carried.get_mut(self.number), self.toward) {
            (Some(carried), Toward::Partner) => carried.to_partner = self.passed,
            (Some(carried), Toward::Gateway) => carried.to_gateway = self.passed,
            (None, _) => {}
        }
        true
    }

    async fn strike(&mut self, how: How, rest: &[u8]) -> bool {
        // Delays go on: they strike a connection once.
        if !std::mem::replace(&mut self.struck, true) {
            locked(&self.state).struck += 1;
        }
        match how {
            How::Cut | How::Reset => {
                let _ = self.broken.send(Some(how));
                if how == How::Cut {
                    let _ = self.to.shutdown().await;
                }
                false
            }
            How::Stall => {
                self.swallow(Vec::new()).await;
                false
            }
            How::Late => {
                let held = self.swallow(rest.to_vec()).await;
                let _ = self.to.write_all(&held).await;
                let _ = self.to.shutdown().await;
                false
            }
            How::Delay(time) => {
                tokio::time::sleep(time).await;
                self.write(rest).await
            }
            How::Trickle(time) => self.write_slowly(rest, 1, time).await,
            How::Throttle(rate) => self.write_slowly(rest, rate / 10, Duration::from_millis(100)).await,
        }
    }

    async fn write_slowly(&mut self, bytes: &[u8], at_a_time: usize, pause: Duration) -> bool {
        for piece in bytes.chunks(at_a_time) {
            tokio::time::sleep(pause).await;
            if !self.write(piece).await {
                return false;
            }
        }
        true
    }

    /// Takes everything that still comes, until the sender closes.
    async fn swallow(&mut self, mut held: Vec<u8>) -> Vec<u8> {
        let mut buffer = vec![0; 64 * 1024];
        let mut breaks = self.breaks.clone();
        loop {
            let read = tokio::select! {
                _ = breaks.changed() => return held,
                read = self.from.read(&mut buffer) => read.unwrap_or(0),
            };
            if read == 0 {
                return held;
            }
            held.extend_from_slice(&buffer[..read]);
        }
    }
}
