//! A line to an FTP server that is cut once, control and data connections together.
//!
//! Owns listeners on 127.0.0.2, on the server's port and on each of its passive ports, which pass every connection on to the
//! same port of 127.0.0.1. So the client meets the server's own port numbers at another address. After the cut the line is
//! well again.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Where the line begins.
pub const ADDRESS: &str = "127.0.0.2";
/// Passive ports of a server; a few more than there are connections at a time.
pub const PASSIVE: u16 = 12;

/// A running line.
pub struct FtpLine {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Bytes toward the server over data connections that still pass before the cut.
    left: Option<usize>,
    /// Both ends of every connection.
    open: Vec<TcpStream>,
    cuts: usize,
}

impl FtpLine {
    /// A line to the server on `port`, cut after so many bytes of data.
    pub fn to(port: u16, passive: (u16, u16), cut_after: usize) -> FtpLine {
        let state = Arc::new(Mutex::new(State { left: Some(cut_after), ..State::default() }));
        for port in std::iter::once(port).chain(passive.0..=passive.1) {
            let listener = TcpListener::bind((ADDRESS, port)).unwrap();
            let is_data = (passive.0..=passive.1).contains(&port);
            let state = state.clone();
            // Ends with the test's process.
            std::thread::spawn(move || {
                for client in listener.incoming() {
                    pass_on(client.unwrap(), port, is_data, &state);
                }
            });
        }
        FtpLine { state }
    }

    /// How often it was cut.
    pub fn cuts(&self) -> usize {
        self.state.lock().unwrap().cuts
    }
}

fn pass_on(client: TcpStream, port: u16, is_data: bool, state: &Arc<Mutex<State>>) {
    let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else { return };
    let copies = [&client, &server].map(|end| end.try_clone().unwrap());
    state.lock().unwrap().open.extend(copies);
    let ends = || (client.try_clone().unwrap(), server.try_clone().unwrap());
    let ((from_client, to_server), (to_client, from_server)) = (ends(), ends());
    let counted = is_data.then(|| state.clone());
    std::thread::spawn(move || carry(from_client, to_server, counted));
    std::thread::spawn(move || carry(from_server, to_client, None));
}

fn carry(mut from: TcpStream, mut to: TcpStream, counted: Option<Arc<Mutex<State>>>) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(n @ 1..) = from.read(&mut bytes) {
        if to.write_all(&bytes[..n]).is_err() {
            break;
        }
        if let Some(state) = &counted {
            state.lock().unwrap().count(n);
        }
    }
    // The other direction may still have something to say.
    let _ = to.shutdown(Shutdown::Write);
}

impl State {
    fn count(&mut self, bytes: usize) {
        let Some(left) = &mut self.left else { return };
        *left = left.saturating_sub(bytes);
        if *left == 0 {
            self.left = None;
            self.cuts += 1;
            for end in self.open.drain(..) {
                let _ = end.shutdown(Shutdown::Both);
            }
        }
    }
}
