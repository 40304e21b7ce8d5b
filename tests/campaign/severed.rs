//! The way to the partner is gone for a moment while its files come in: FTP sessions end or fall silent, a medium is pulled out.
//!
//! Owns trials at real servers and media, one moment after another while the real program finds, fetches, removes and moves.
//! Every file is accounted for as after any other fault.

use std::time::Duration;

use super::account::settle;
use super::inbound::{COLLECTED, IMPORTED, InboundKind, MOVED, REMOVED};
use super::partner::Carrier;
use super::tally::Row;
use super::way::SHORT;
use super::world::{RENAME, World};
use crate::support::medium::Format;

/// Those whose way can go away.
pub const CARRIERS: [Carrier; 3] = [Carrier::FtpsWithFacts, Carrier::FtpsBare, Carrier::Medium(Format::Ext4)];
const KINDS: [InboundKind; 4] = [COLLECTED, REMOVED, IMPORTED, MOVED];
const SIZES: [usize; 4] = [100, 90_000, 1_000_000, 8_000_000];
/// Within this time a file that was just offered is collected, if nothing comes between.
const MOST: Duration = Duration::from_millis(600);
/// A medium is out for up to so long.
const OUT: Duration = Duration::from_millis(400);

/// So many moments at which the way to a partner of this kind is gone.
pub fn trials(carrier: Carrier, seed: u64, how_many: usize) -> Row {
    println!("severed, {carrier:?}: seed {seed}");
    let mut world = World::over(carrier, seed, (1, &[RENAME]), &KINDS);
    if !matches!(carrier, Carrier::Medium(_)) {
        world.home.write("config/partners/eltax.toml", &(world.partner.file(None) + SHORT));
    }
    world.home.start();
    let mut struck = 0;
    for _ in 0..how_many {
        for _ in 0..=world.dice.below(2) {
            let link = usize::try_from(world.dice.below(KINDS.len() as u64)).unwrap();
            let size = world.dice.pick(&SIZES);
            world.offer(link, size);
        }
        let moment = world.dice.time(MOST);
        std::thread::sleep(moment);
        struck += usize::from(sever(&mut world, carrier));
    }
    settle(&mut world, struck)
}

/// Whether there was a way that could be taken away.
fn sever(world: &mut World, carrier: Carrier) -> bool {
    if matches!(carrier, Carrier::Medium(_)) {
        let out = world.dice.time(OUT);
        let (drive, stick) = world.partner.medium();
        drive.pull();
        std::thread::sleep(out);
        stick.plug(drive);
        world.observe_anew();
        return true;
    }
    let silent = world.dice.below(3) == 0;
    let server = world.partner.ftp_server();
    let open = server.sessions() > 0;
    if silent {
        server.freeze_sessions()
    } else {
        server.kill_sessions()
    }
    open
}
