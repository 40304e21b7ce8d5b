//! A long line between the gateway and its partner: every byte comes later by half the round trip, in each direction.
//!
//! Owns a listener on 127.0.0.1 and threads that pass on what comes, each piece when its time has come. The bandwidth isn't
//! limited: pieces that are under way wait in a queue, as on a real line. A new connection takes one round trip to come
//! about. Threads end with their connections; those that wait for connections end with the process.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

const PIECE: usize = 64 * 1024;
/// Pieces under way in one direction: more than a fast line holds at once, and an end to it where the other side reads nothing.
const UNDER_WAY: usize = 4096;

/// A running line.
pub struct DelayLine {
    port: u16,
}

impl DelayLine {
    /// A line to the partner on `port`, there and back in `round_trip`.
    pub fn to(port: u16, round_trip: Duration) -> DelayLine {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let own = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let client = client.unwrap();
                std::thread::spawn(move || pass_on(client, port, round_trip));
            }
        });
        DelayLine { port: own }
    }

    pub fn port(&self) -> u16 {
        self.port
    }
}

fn pass_on(client: TcpStream, port: u16, round_trip: Duration) {
    std::thread::sleep(round_trip);
    let Ok(partner) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else { return };
    let ends = || (client.try_clone().unwrap(), partner.try_clone().unwrap());
    let _ = (client.set_nodelay(true), partner.set_nodelay(true));
    let ((from_client, to_partner), (to_client, from_partner)) = (ends(), ends());
    std::thread::spawn(move || carry(from_client, to_partner, round_trip / 2));
    carry(from_partner, to_client, round_trip / 2);
}

/// One direction of one connection: a thread takes what comes, this one gives it on in time.
fn carry(from: TcpStream, mut to: TcpStream, later: Duration) {
    let (comes, goes) = sync_channel(UNDER_WAY);
    let source = from.try_clone().unwrap();
    std::thread::spawn(move || take(source, &comes, later));
    give(&goes, &mut to);
    let _ = to.shutdown(Shutdown::Write);
    // Nobody is there to read any more: the sender learns it by its next write.
    let _ = from.shutdown(Shutdown::Read);
}

fn take(mut from: TcpStream, comes: &SyncSender<(Instant, Vec<u8>)>, later: Duration) {
    let mut bytes = vec![0; PIECE];
    while let Ok(n @ 1..) = from.read(&mut bytes) {
        if comes.send((Instant::now() + later, bytes[..n].to_vec())).is_err() {
            return;
        }
    }
}

fn give(goes: &Receiver<(Instant, Vec<u8>)>, to: &mut TcpStream) {
    for (due, bytes) in goes {
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        if to.write_all(&bytes).is_err() {
            return;
        }
    }
}
