//! Our own disk is full for a while, or can't be written any more.
//!
//! Fills a small file system at random moments and frees it again: the gateway has to wait and go on by itself. Mounts
//! it read-only and writable again: the gateway may end, with the code that says so, and goes on after its next start.
//! Needs root.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::account::settle;
use super::inbound::INBOUND;
use super::tally::{Finding, Harm, Row};
use super::world::{KINDS, World, last_lines};
use crate::support::disk::SmallDisk;

/// The archive keeps every file of a round, up to 60 MiB of them.
const MIB: u64 = 128;
const LINKS: usize = 4;
/// The gateway's code for what it could not do.
const FAILED: i32 = 1;
/// The gateway's code for a disk that can't be trusted.
const UNTRUSTED: i32 = 3;
/// How long something goes on at most, before and during a fault.
const SPELL: Duration = Duration::from_millis(1200);
/// A file system can't be made read-only in the middle of a write.
const REMOUNT_PATIENCE: Duration = Duration::from_secs(10);

/// Fills the disk so many times: that of the spool alone where the seed is even, of spool and ledger where it is odd.
pub fn full(seed: u64, times: usize) -> Row {
    println!("full disk: seed {seed}");
    let disk = SmallDisk::mount(MIB);
    // With the ledger elsewhere, steps fail and wait; on the same disk, nothing can be recorded before there is room.
    let places: &[&str] = if seed.is_multiple_of(2) { &["spool"] } else { &["spool", "ledger"] };
    let mut world = World::at(seed, (LINKS, &KINDS), &INBOUND, disk.path(), places).watching_inboxes();
    let mut findings = Vec::new();
    world.home.start();
    for _ in 0..times {
        spell(&mut world);
        let filler = disk.path().join("filler");
        // Room for a part of a step, or for none.
        let room = world.dice.pick(&[0, 4, 60, 400, 4200, 5000]) * 1024;
        fill(&filler, room);
        spell(&mut world);
        fs::remove_file(&filler).unwrap();
        if let Some(status) = world.home.has_ended() {
            // The index may not outlive a full disk, and docs/operations.md says so.
            let log = last_lines(&world.home.log());
            let failed = status.code() == Some(UNTRUSTED) && log.contains("the index failed");
            let no_room = status.code() == Some(FAILED) && log.contains("the disk has no room for the index");
            if failed || no_room {
                world.home.start();
                continue;
            }
            let text = format!("the daemon ended ({status}) because of a full disk: {}", log);
            findings.push(Finding { harm: Harm::Misreported, seed, text });
            world.home.start();
        }
    }
    let mut row = settle(&mut world, times);
    row.findings.extend(findings);
    row
}

/// Makes the spool read-only so many times.
pub fn read_only(seed: u64, times: usize) -> Row {
    println!("read-only disk: seed {seed}");
    let disk = SmallDisk::mount(MIB);
    let mut world = World::at(seed, (LINKS, &KINDS), &INBOUND, disk.path(), &["spool"]).watching_inboxes();
    let mut findings = Vec::new();
    for _ in 0..times {
        world.home.start();
        spell(&mut world);
        remount(disk.path(), "ro");
        let pause = world.dice.time(SPELL);
        std::thread::sleep(pause);
        remount(disk.path(), "rw");
        match world.home.has_ended() {
            Some(status) if status.code() != Some(UNTRUSTED) => {
                let log = last_lines(&world.home.log());
                let text = format!("the daemon ended with {status} because of a read-only disk: {log}");
                findings.push(Finding { harm: Harm::Misreported, seed, text });
            }
            Some(_) => {}
            None => world.home.kill(),
        }
    }
    world.home.start();
    let mut row = settle(&mut world, times);
    row.findings.extend(findings);
    row
}

/// Drops files for a while. A producer that finds the disk full or read-only takes its file back.
fn spell(world: &mut World) {
    let end = Instant::now() + world.dice.time(SPELL);
    while Instant::now() < end {
        world.drop_mixed();
        let pause = world.dice.time(Duration::from_millis(80));
        std::thread::sleep(pause);
    }
}

fn fill(filler: &Path, room: usize) {
    let mut file = File::create(filler).unwrap();
    let (large, small) = (vec![0; 64 * 1024], [0; 512]);
    while file.write_all(&large).is_ok() {}
    while file.write_all(&small).is_ok() {}
    let length = file.metadata().unwrap().len();
    file.set_len(length.saturating_sub(room as u64)).unwrap();
}

fn remount(disk: &Path, mode: &str) {
    let start = Instant::now();
    let mut mount = Command::new("mount");
    mount.arg("-o").arg(format!("remount,{mode}")).arg(disk);
    while !mount.output().unwrap().status.success() {
        assert!(start.elapsed() < REMOUNT_PATIENCE, "the disk can't be remounted: {mode}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
