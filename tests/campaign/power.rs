//! The power goes: what had reached the device is all that is left.
//!
//! Spool and ledger lie on an ext4 file system in an image file. At a random moment the gateway is frozen and the image
//! copied as it is, without any sync: what the file system still held back in memory is lost, as in a power cut. The copy is
//! mounted, which replays the file system's own journal, and the gateway goes on with it. Whatever it had acknowledged
//! before must still be there. Where the seed is even, spool and ledger have a file system each, so that no sync of the one
//! covers for a sync that the other lacks. Needs root and loop devices.

use std::collections::HashSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use totatsu_base::digest::Sha256;

use super::account::settle;
use super::inbound::{INBOUND, InboundKind, inbound_name};
use super::tally::{Finding, Harm, Row};
use super::world::{KINDS, World};

/// Room for hundreds of deliveries; copied at each cut.
const IMAGE_MIB: u64 = 96;
/// Nothing reaches the device unless it is synced: the file system's own rhythm is far longer than a round.
const MOUNT_OPTIONS: &str = "loop,commit=600,noatime";
const LINKS: usize = 6;
/// Times the image may turn out to have changed while it was copied.
const COPIES: usize = 20;
/// A frozen thread ends the call in hand first, which takes no longer than a sync.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest time under load before a cut.
const LOAD: Duration = Duration::from_millis(1500);

/// An ext4 file system in a file, mounted while it lives.
struct Disk {
    image: PathBuf,
    mounted: PathBuf,
    /// Directories on it.
    places: &'static [&'static str],
}

/// Cuts the power of a loaded gateway so many times and accounts for everything after the last restart.
pub fn cuts(seed: u64, cuts: usize) -> Row {
    println!("power cuts: seed {seed}");
    let folder = tempfile::tempdir().unwrap();
    let shelves: &[&[&str]] =
        if seed.is_multiple_of(2) { &[&["spool"], &["ledger"]] } else { &[&["spool", "ledger"]] };
    let mut disks: Vec<Disk> =
        shelves.iter().enumerate().map(|(at, places)| Disk::new(folder.path(), at, places)).collect();
    // The gateway's paths go through names that point to the disks of the day.
    let current = folder.path().join("current");
    fs::create_dir(&current).unwrap();
    disks.iter().for_each(|disk| disk.put_in_place(&current));
    // Nobody empties the inboxes: what was handed over must still lie there.
    let inbound = INBOUND.map(|kind| InboundKind { taken: false, ..kind });
    let mut world = World::at(seed, (LINKS, &KINDS), &inbound, &current, &["spool", "ledger"]);
    disks.iter().for_each(|disk| run(Command::new("sync").arg("-f").arg(&disk.mounted)));
    let mut findings = Vec::new();
    for cut in 1..=cuts {
        // A producer that doesn't sync may lose what was not accepted, and nothing else.
        world.durable_drops = cut % 2 == 1;
        world.home.start();
        load(&mut world);
        let known = freeze(&mut world);
        let copies: Vec<Disk> = disks.iter().map(|disk| disk.copy(folder.path(), cut)).collect();
        world.home.kill();
        disks = copies;
        disks.iter().for_each(|disk| disk.put_in_place(&current));
        compare(&mut world, &known, cut, &mut findings);
    }
    world.home.start();
    let mut row = settle(&mut world, cuts);
    row.findings.extend(findings);
    drop(world);
    row
}

fn load(world: &mut World) {
    let end = Instant::now() + world.dice.time(LOAD);
    while Instant::now() < end {
        world.drop_mixed();
        let pause = world.dice.time(Duration::from_millis(60));
        std::thread::sleep(pause);
    }
}

/// Asks what is known, and then stops every thread where it is.
fn freeze(world: &mut World) -> Vec<Value> {
    let known = world.list().unwrap();
    // Whatever happens between answer and cut is more than what was acknowledged.
    let pause = world.dice.time(Duration::from_millis(20));
    std::thread::sleep(pause);
    let process = world.home.daemon_id();
    kill(Pid::from_raw(i32::try_from(process).unwrap()), Signal::SIGSTOP).unwrap();
    let start = Instant::now();
    while !is_frozen(process) {
        assert!(start.elapsed() < PATIENCE, "the gateway can't be stopped");
        std::thread::sleep(Duration::from_millis(1));
    }
    known
}

fn is_frozen(process: u32) -> bool {
    let threads = fs::read_dir(format!("/proc/{process}/task")).unwrap();
    threads.flatten().all(|thread| {
        let stat = fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
        stat.rsplit_once(") ").is_none_or(|(_, state)| state.starts_with('T'))
    })
}

/// What was acknowledged before the cut must be there before the gateway is started: each delivery that it told of, each
/// stage that one had reached, and each file that was dropped, here or there.
fn compare(world: &mut World, known: &[Value], cut: usize, findings: &mut Vec<Finding>) {
    let now = match world.list() {
        Ok(now) => now,
        Err(reason) => {
            let text = format!("cut {cut}: the ledger can't be read: {reason}");
            return findings.push(Finding { harm: Harm::Lost, seed: world.seed, text });
        }
    };
    let mut lost = Vec::new();
    for before in known {
        let id = before["id"].as_str().unwrap();
        match now.iter().find(|delivery| delivery["id"] == before["id"]) {
            None => lost.push(format!("delivery {id} ({}) is not in the ledger any more", before["state"])),
            Some(after) => {
                let (had, has) = (stages(before), stages(after));
                if had.iter().any(|stage| !has.contains(stage)) {
                    lost.push(format!("delivery {id} had reached {had:?}, now {has:?}"));
                }
            }
        }
    }
    lost.extend(dropped_files(world, known, &now));
    lost.extend(offered_files(world, &now));
    let told = |text| Finding { harm: Harm::Lost, seed: world.seed, text: format!("cut {cut}: {text}") };
    findings.extend(lost.into_iter().map(told));
}

/// Each file that was dropped is in its outbox or in the ledger. A producer that didn't sync drops what it lost anew, under
/// another name; what is left of it is taken away.
fn dropped_files(world: &mut World, known: &[Value], now: &[Value]) -> Vec<String> {
    let of = |deliveries: &[Value]| -> HashSet<String> {
        let sources = deliveries.iter().filter_map(|delivery| delivery["accepted"]["sha256"].as_str());
        sources.map(str::to_owned).collect()
    };
    let (known, now) = (of(known), of(now));
    let (mut lost, mut forgiven) = (Vec::new(), Vec::new());
    for (at, dropped) in world.dropped.iter().enumerate() {
        let sha256 = dropped.sha256.to_string();
        let outbox = world.outbox(dropped.link).join(&dropped.name);
        let in_outbox = Sha256::of_file(&outbox).is_ok_and(|(found, _)| found == dropped.sha256);
        if in_outbox || now.contains(&sha256) {
            continue;
        }
        if known.contains(&sha256) || world.durable_drops {
            lost.push(format!("{} is neither in its outbox nor in the ledger", dropped.name));
        } else {
            forgiven.push(at);
        }
    }
    for at in forgiven.into_iter().rev() {
        let dropped = world.dropped.remove(at);
        world.take_back(dropped.link, &dropped.name);
    }
    lost
}

/// Each file that the partner offered is still there, or the ledger tells that its bytes are ours: the partner's disk was
/// not cut off, and what was removed there is nowhere else.
fn offered_files(world: &World, now: &[Value]) -> Vec<String> {
    let fetched = |link: &str, name: &str| {
        now.iter().any(|known| {
            let collection = &known["collection"];
            known["link"] == link && collection["found"]["name"] == name && collection["fetched"].is_object()
        })
    };
    let is_lost = |link: usize, name: &str| {
        !world.partner_directory(link).join(name).exists() && !fetched(&inbound_name(link), name)
    };
    let offered = world.offered.iter().filter(|offered| is_lost(offered.link, &offered.name));
    offered
        .map(|offered| format!("{} was removed at the partner, and is not in the ledger", offered.name))
        .collect()
}

fn stages(delivery: &Value) -> Vec<&str> {
    let milestones = delivery["milestones"].as_array().unwrap();
    milestones.iter().filter_map(|milestone| milestone[0].as_str()).collect()
}

impl Disk {
    fn new(folder: &Path, number: usize, places: &'static [&'static str]) -> Disk {
        let image = folder.join(format!("image-{number}"));
        File::create(&image).unwrap().set_len(IMAGE_MIB * 1024 * 1024).unwrap();
        // Else the kernel would go on writing to it by itself.
        let eager = "lazy_itable_init=0,lazy_journal_init=0";
        run(Command::new("mkfs.ext4").args(["-q", "-F", "-E", eager]).arg(&image));
        let disk = Disk::mount(image, places);
        places.iter().for_each(|place| fs::create_dir(disk.mounted.join(place)).unwrap());
        disk
    }

    /// Lets the names in `current` stand for what is on this disk.
    fn put_in_place(&self, current: &Path) {
        for place in self.places {
            let name = current.join(place);
            let _ = fs::remove_file(&name);
            std::os::unix::fs::symlink(self.mounted.join(place), name).unwrap();
        }
    }

    fn mount(image: PathBuf, places: &'static [&'static str]) -> Disk {
        let mounted = image.with_extension("mounted");
        fs::create_dir(&mounted).unwrap();
        run(Command::new("mount").args(["-o", MOUNT_OPTIONS]).arg(&image).arg(&mounted));
        Disk { image, mounted, places }
    }

    /// Mounts what has reached the device by now. A copy that took several looks at a changing image would be a state that
    /// never was, so it is made again until nothing changed meanwhile.
    fn copy(&self, folder: &Path, number: usize) -> Disk {
        let image = folder.join(format!("{}-{number}", self.places[0]));
        for _ in 0..COPIES {
            run(Command::new("cp").arg("--sparse=always").arg(&self.image).arg(&image));
            if run_status(Command::new("cmp").arg("-s").arg(&self.image).arg(&image)) {
                return Disk::mount(image, self.places);
            }
        }
        panic!("the image changes although nobody writes to it");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.mounted).status();
        let _ = fs::remove_file(&self.image);
    }
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn run_status(command: &mut Command) -> bool {
    command.status().unwrap().success()
}
