//! SIGKILL at random moments, with hundreds of deliveries and collections in flight.

use std::time::{Duration, Instant};

use super::account::settle;
use super::inbound::INBOUND;
use super::tally::Row;
use super::world::{KINDS, World};

/// Links that feed the load.
const LINKS: usize = 20;

/// Kills a loaded gateway so many times and accounts for everything after the last restart.
pub fn under_load(seed: u64, kills: usize) -> Row {
    println!("random kills: seed {seed}");
    let mut world = World::both_ways(seed, (LINKS, &KINDS), &INBOUND);
    for _ in 0..kills {
        for _ in 0..world.dice.below(8) {
            world.drop_mixed();
        }
        // Also kills at the start itself: nobody waits until it is ready.
        world.home.launch();
        let most = world.dice.pick(&[50, 300, 900, 2000]);
        let end = Instant::now() + world.dice.time(Duration::from_millis(most));
        while Instant::now() < end {
            if world.dice.below(10) < 3 {
                world.drop_mixed();
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
