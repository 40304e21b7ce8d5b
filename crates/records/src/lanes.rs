//! Work on a stream in pieces: cut by one thread, made by several, taken in their order by the one that asked.
//!
//! Owns: how pieces go round between the threads.
//! Promises: pieces are taken in the order in which they were cut, each once; as many pieces exist as `new` was asked for, however
//! long the stream, so memory doesn't grow with it.
//! On failure: the first error of cutting, or of taking, whichever comes first in the order of the stream; nothing is taken after it.
//! Never: looks into a piece. A panic of a thread is a panic of the caller.

use std::num::NonZero;
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use totatsu_base::locked;

/// More threads than these don't help: cutting and taking are done by one thread each.
const MAX_LANES: usize = 6;
/// Pieces for each lane: one being made, one that waits, one that was made.
const PIECES_PER_LANE: usize = 3;

/// As many lanes as the machine has processors for.
pub(crate) fn for_this_machine() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get).min(MAX_LANES)
}

/// Cuts a stream in pieces until there is none left (`cut` says false), has each made, and takes them in their order. Everything
/// is done by the calling thread where one lane is asked for.
pub(crate) fn in_order<Piece, Maker, E>(
    lanes: usize,
    new: impl Fn() -> Piece,
    cut: impl FnMut(&mut Piece) -> Result<bool, E> + Send,
    maker: impl Fn() -> Maker + Sync,
    mut take: impl FnMut(&mut Piece) -> Result<(), E>,
) -> Result<(), E>
where
    Piece: Send,
    Maker: FnMut(&mut Piece),
    E: Send,
{
    if lanes < 2 {
        return alone(new, cut, maker, take);
    }
    // Whoever cuts takes it out.
    let cut = Mutex::new(Some(cut));
    thread::scope(|scope| {
        let (mut to_lanes, mut from_lanes): (Vec<Sender<Piece>>, Vec<Receiver<Piece>>) = Default::default();
        for _ in 0..lanes {
            let (to_lane, cut_pieces) = mpsc::channel();
            let (made, from_lane) = mpsc::channel();
            let maker = &maker;
            let lane = move || make_all(maker(), cut_pieces, &made);
            if named("records-lane").spawn_scoped(scope, lane).is_err() {
                // The system gives no more threads: those that there are do.
                break;
            }
            to_lanes.push(to_lane);
            from_lanes.push(from_lane);
        }
        let (spare, spares) = mpsc::channel();
        for _ in 0..from_lanes.len() * PIECES_PER_LANE {
            let _ = spare.send(new());
        }
        let cut = &cut;
        let taken_out = move || locked(cut).take();
        let cutting = move || {
            let cut = taken_out().expect("the caller cuts where no thread was given for it");
            cut_all(cut, &spares, &to_lanes)
        };
        let cutting = match from_lanes.is_empty() {
            true => None,
            false => named("records-cut").spawn_scoped(scope, cutting).ok(),
        };
        let Some(cutting) = cutting else {
            let cut = taken_out().expect("no thread was given that took it");
            return alone(new, cut, &maker, take);
        };
        for lane in from_lanes.iter().cycle() {
            let Ok(mut piece) = lane.recv() else { break };
            take(&mut piece)?;
            let _ = spare.send(piece);
        }
        drop(spare);
        cutting.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// A thread that `top` tells by what it does.
fn named(name: &str) -> thread::Builder {
    thread::Builder::new().name(name.to_owned())
}

/// Everything by the calling thread.
fn alone<Piece, Maker, E>(
    new: impl Fn() -> Piece,
    mut cut: impl FnMut(&mut Piece) -> Result<bool, E>,
    maker: impl Fn() -> Maker,
    mut take: impl FnMut(&mut Piece) -> Result<(), E>,
) -> Result<(), E>
where
    Maker: FnMut(&mut Piece),
{
    let (mut piece, mut make) = (new(), maker());
    while cut(&mut piece)? {
        make(&mut piece);
        take(&mut piece)?;
    }
    Ok(())
}

/// A lane: makes pieces until none comes any more, or nobody takes them.
fn make_all<Piece>(mut make: impl FnMut(&mut Piece), cut_pieces: Receiver<Piece>, made: &Sender<Piece>) {
    for mut piece in cut_pieces {
        make(&mut piece);
        if made.send(piece).is_err() {
            return;
        }
    }
}

/// Cuts pieces and deals them out to the lanes in turn. Without spare pieces nobody takes any more.
fn cut_all<Piece, E>(
    mut cut: impl FnMut(&mut Piece) -> Result<bool, E>,
    spares: &Receiver<Piece>,
    to_lanes: &[Sender<Piece>],
) -> Result<(), E> {
    for lane in to_lanes.iter().cycle() {
        let Ok(mut piece) = spares.recv() else { return Ok(()) };
        if !cut(&mut piece)? || lane.send(piece).is_err() {
            return Ok(());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(lanes: usize, count: u64, bad: u64) -> (Vec<u64>, Result<(), u64>) {
        let (mut next, mut taken) = (0, Vec::new());
        let done = in_order(
            lanes,
            || 0,
            |piece| {
                next += 1;
                *piece = next;
                if next == bad { Err(next) } else { Ok(next <= count) }
            },
            || |piece: &mut u64| *piece *= 2,
            |piece| {
                taken.push(*piece);
                if *piece == bad + 1 { Err(*piece) } else { Ok(()) }
            },
        );
        (taken, done)
    }

    #[test]
    fn pieces_are_taken_in_their_order_and_none_after_an_error() {
        for lanes in 1..5 {
            for count in [0, 1, 7, 100] {
                let all = || (1..=count).map(|n| n * 2).collect::<Vec<_>>();
                assert_eq!(run(lanes, count, 1_000), (all(), Ok(())));
            }
            assert_eq!(run(lanes, 100, 41), ((1..=21).map(|n| n * 2).collect(), Err(42)));
            assert_eq!(run(lanes, 100, 50), ((1..50).map(|n| n * 2).collect(), Err(50)));
        }
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_panic_of_a_lane_is_one_of_the_caller() {
        let mut left = 20;
        let cut = |piece: &mut u32| {
            left -= 1;
            *piece = left;
            Ok::<_, ()>(left > 0)
        };
        let _ = in_order(2, || 0, cut, || |piece: &mut u32| assert_ne!(*piece, 9), |_| Ok(()));
    }
}
