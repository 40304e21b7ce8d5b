//! A line between the gateway and its partner that fails where it is told to.
//!
//! Owns a listener on 127.0.0.1 in a thread of its own, which passes every connection on to the partner byte by byte.
//! A fault strikes one direction after so many of its bytes, on so many connections one after another; then the line is
//! well again. SSH is encrypted, so a step of the protocol is hit by its position: an undisturbed delivery is measured
//! first, then run again with a fault at one position after another.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};

use totatsu::demo::partner::{EmbeddedPartner, USER};

use super::tally::{Harm, Tally};
use super::way::{self, Breach, Far, Way};

/// How often a delivery may fail before it counts as never ending; a fault strikes three connections at most.
pub const PATIENCE: usize = 12;

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
            let runtime = way::runtime();
            runtime.block_on(serve(listener, (Ipv4Addr::LOCALHOST, port).into(), shared, stopped));
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

async fn serve(
    listener: std::net::TcpListener,
    partner: SocketAddr,
    state: Arc<Mutex<State>>,
    mut stopped: oneshot::Receiver<()>,
) {
    let listener = TcpListener::from_std(listener).unwrap();
    loop {
        tokio::select! {
            _ = &mut stopped => return,
            connection = listener.accept() => {
                let Ok((near, _)) = connection else { continue };
                tokio::spawn(pass_on(near, partner, state.clone()));
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

/// What one undisturbed delivery carries.
pub fn measure(far: &Far, line: &Line) -> Carried {
    line.arm(None);
    way::clear(&far.inbox);
    let outcome = way::runtime().block_on(Way::new(far, line.port(), "", "").deliver(PATIENCE));
    assert_eq!(outcome.arrived(&far.inbox), []);
    line.carried()[0]
}

/// One delivery over a line with a fault: what it breached, and what happened.
pub fn try_fault(far: &Far, line: &Line, fault: Fault) -> (Vec<Breach>, way::Outcome) {
    try_fault_with(far, line, fault, "")
}

/// The same with more tables of the partner's file.
pub fn try_fault_with(far: &Far, line: &Line, fault: Fault, partner: &str) -> (Vec<Breach>, way::Outcome) {
    line.arm(Some(fault));
    way::clear(&far.inbox);
    let runtime = way::runtime();
    let outcome = runtime.block_on(async {
        let way = Way::new(far, line.port(), partner, "");
        way.deliver(PATIENCE).await
    });
    let mut breaches = outcome.arrived_or_unknown(far);
    if outcome.receipt.as_ref().is_some_and(|receipt| receipt.grade != totatsu_base::evidence::Grade::Content)
    {
        breaches.push((Harm::Misreported, "an honest partner, and not proven by content".to_owned()));
    }
    (breaches, outcome)
}

/// Positions of the end of a direction in steps of `step` bytes, over the last `tail` bytes and a little beyond.
pub fn tail(length: u64, tail: u64, step: u64) -> impl Iterator<Item = u64> {
    (0..).map(move |number| length.saturating_sub(tail) + number * step).take_while(move |at| *at <= length)
}

/// So many deliveries to an honest partner over a line that fails at random positions, in random ways.
pub fn trials(seed: u64, how_many: u64) -> Tally {
    let inbox = way::folder();
    let (_partner, far) = embedded(inbox.path());
    let line = Line::to(far.port);
    let whole = measure(&far, &line);
    let mut random = SmallRng::seed_from_u64(seed);
    let mut tally = Tally::default();
    for number in 0..how_many {
        let fault = random_fault(&mut random, whole);
        let (breaches, outcome) = try_fault(&far, &line, fault);
        let what = format!("line::trials number {number} {fault:?} {:?}", outcome.failures);
        way::count(&mut tally, &kind_of(fault), seed, &what, &breaches);
    }
    tally
}

/// The kind of a fault, for counting.
pub fn kind_of(fault: Fault) -> String {
    let how = match fault.how {
        How::Cut => "cut",
        How::Reset => "reset",
        How::Stall => "stall",
        How::Late => "late",
        How::Delay(_) => "delay",
        How::Trickle(_) => "trickle",
        How::Throttle(_) => "throttle",
    };
    let toward = if fault.toward == Toward::Partner { "partner" } else { "gateway" };
    format!("line {how} toward {toward}")
}

fn random_fault(random: &mut SmallRng, whole: Carried) -> Fault {
    let toward = if random.random() { Toward::Partner } else { Toward::Gateway };
    let length = if toward == Toward::Partner { whole.to_partner } else { whole.to_gateway };
    // Half of them strike where close, proof, rename and their answers lie.
    let from = if random.random() { length.saturating_sub(1500) } else { 0 };
    let how = match random.next_u32() % 12 {
        0..=3 => How::Cut,
        4..=6 => How::Reset,
        7 | 8 => How::Stall,
        9 | 10 => How::Late,
        _ => How::Delay(Duration::from_millis(50)),
    };
    Fault { toward, at: random.random_range(from..=length), how, connections: random.random_range(1..=3) }
}

/// The demo's partner, serving `inbox`.
pub fn embedded(inbox: &Path) -> (EmbeddedPartner, Far) {
    let root = inbox.join("inbox");
    std::fs::create_dir(&root).unwrap();
    let partner = EmbeddedPartner::start(&root).unwrap();
    let key_file = inbox.join("key");
    partner.write_client_key(&key_file).unwrap();
    let (port, user) = (partner.port(), USER.to_owned());
    let host_key = partner.host_key_line().trim().to_owned();
    let far = Far { port, user, host_key, key_file, inbox: root, names_in_two_steps: true };
    (partner, far)
}
