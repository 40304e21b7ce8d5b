//! SIGKILL at random moments, with hundreds of deliveries and collections in flight.

use std::time::{Duration, Instant};

use super::account::settle;
use super::inbound::{INBOUND, InboundKind};
use super::partner::Carrier;
use super::tally::Row;
use super::world::{KINDS, RENAME, World};

/// Links that feed the load.
const LINKS: usize = 20;

/// Kills a loaded gateway so many times and accounts for everything after the last restart. From a medium files come in
/// only: what goes out on one waits for a person.
pub fn under_load(carrier: Carrier, seed: u64, kills: usize) -> Row {
    println!("random kills, {carrier:?}: seed {seed}");
    let from_medium = matches!(carrier, Carrier::Medium(_));
    let links = if from_medium { (1, &[RENAME][..]) } else { (LINKS, &KINDS[..]) };
    let inbound: Vec<InboundKind> =
        INBOUND.into_iter().filter(|kind| !(from_medium && kind.acknowledges)).collect();
    let mut world = World::over(carrier, seed, links, &inbound);
    let load = if from_medium { World::offer_any } else { World::drop_mixed };
    for _ in 0..kills {
        for _ in 0..world.dice.below(8) {
            load(&mut world);
        }
        // Also kills at the start itself: nobody waits until it is ready.
        world.home.launch();
        let most = world.dice.pick(&[50, 300, 900, 2000]);
        let end = Instant::now() + world.dice.time(Duration::from_millis(most));
        while Instant::now() < end {
            if world.dice.below(10) < 3 {
                load(&mut world);
            }
            let pause = world.dice.time(Duration::from_millis(40));
            std::thread::sleep(pause);
        }
        let ended = world.home.has_ended();
        assert_eq!(ended, None, "seed {seed}: the daemon ended by itself:\n{}", world.home.log());
        world.home.kill();
    }
    world.home.start();
    settle(&mut world, kills)
}
