//! The way in from a medium: what is promised of collecting while media are put in, taken out, protected and missing.

#![cfg(all(have_root, have_loop, have_fat))]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;

use support::collecting::{Inbound, contents, numbered, why};
use support::gateway::Home;
use support::medium::{Drive, Format, Stick};
use support::partners::pattern;
use totatsu_base::clock::Moment;
use totatsu_base::digest::Sha256;
use totatsu_transport::medium::marker;

const INBOUND: &str = "uketori";
const MIB: usize = 1024 * 1024;

/// A drive, and a gateway that collects from the directory `OUT` of what is put in there.
struct Post {
    drive: Drive,
    home: Home,
}

impl Post {
    fn new(remote: &str) -> Post {
        let drive = Drive::empty();
        let home =
            Home::of_partner(&format!("transport = \"medium\"\n[medium]\npath = {:?}\n", drive.path()));
        let remote = format!("directory = \"OUT\"\nname = \"*.DAT\"\n{remote}");
        home.write_inbound(INBOUND, Inbound { remote: &remote, ..Inbound::default() });
        Post { drive, home }
    }

    /// A medium of this partner, on which these files lie.
    fn brought(&self, format: Format, mib: u64, files: &[(&str, &[u8])]) -> Stick {
        let stick = Stick::format(format, mib);
        stick.plug(&self.drive);
        marker::prepare(self.drive.path(), "eltax", "試験市").unwrap();
        fs::create_dir(self.drive.path().join("OUT")).unwrap();
        for (name, bytes) in files {
            fs::write(self.drive.path().join("OUT").join(name), bytes).unwrap();
        }
        self.drive.eject();
        stick
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.home.inbox(INBOUND).join(name)).unwrap()
    }

    /// Alerts of any kind that the log tells of.
    fn alerts(&self) -> usize {
        self.home.log().lines().filter(|line| line.contains("alert=")).count()
    }

    fn look_for(&mut self, seconds: i64) {
        let since = Moment::now();
        self.home.until("it was looked for a while", |_| {
            (Moment::now().since(since).as_secs() >= seconds.unsigned_abs()).then_some(())
        });
    }
}

#[test]
fn a_protected_medium_is_read_once_and_left_as_it_is() {
    for format in [Format::Ext4, Format::Fat] {
        let mut post = Post::new("");
        let stick = post.brought(format, 16, &[("A.DAT", b"one"), ("B.DAT", b"two")]);
        stick.plug_read_only(&post.drive);
        let before = post.drive.files();
        post.home.start();
        post.home.wait_for(2, "archived");
        assert_eq!((post.read("A.DAT"), post.read("B.DAT")), (b"one".to_vec(), b"two".to_vec()));
        let collected = post.home.until_file("A.DAT", "archived").delivery;
        assert_eq!(post.home.receipt(&collected.id)["handed_over"]["from"], "OUT/A.DAT");
        // Taken out and put in again, it holds nothing new.
        post.drive.pull();
        stick.plug_read_only(&post.drive);
        post.look_for(2);
        assert_eq!((post.home.deliveries().len(), post.alerts()), (2, 0), "{}", post.home.log());
        assert_eq!(post.drive.files(), before);
        post.home.audit_is_clean();
    }
}

#[test]
fn a_file_on_a_medium_is_removed_or_moved_afterwards_where_that_is_agreed() {
    for (remote, left) in [
        ("afterwards = \"delete\"\n", &["TOTATSU.ID"][..]),
        ("afterwards = \"move\"\nmove_to = \"DONE\"\n", &["DONE/A.DAT", "TOTATSU.ID"][..]),
    ] {
        let mut post = Post::new(remote);
        let stick = post.brought(Format::Fat, 16, &[("A.DAT", b"one")]);
        stick.plug(&post.drive);
        if left.len() == 2 {
            fs::create_dir(post.drive.path().join("DONE")).unwrap();
        }
        post.home.start();
        post.home.until_file("A.DAT", "archived");
        assert_eq!(post.drive.files(), left);
        assert_eq!(post.read("A.DAT"), b"one");
    }
}

#[test]
fn a_gateway_that_is_killed_again_and_again_reads_every_file_off_a_medium_once_and_whole() {
    for format in [Format::Ext4, Format::Fat] {
        let mut post = Post::new("afterwards = \"delete\"\n");
        let files = contents(12);
        let names: Vec<String> = (0..files.len()).map(numbered).collect();
        let brought: Vec<(&str, &[u8])> =
            names.iter().zip(&files).map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        let stick = post.brought(format, 32, &brought);
        stick.plug(&post.drive);
        post.home.start();
        post.home.kill_again_and_again(20_261_124, 10);
        post.home.has_collected_each_once(INBOUND, &files);
        assert_eq!(post.drive.files(), ["TOTATSU.ID"]);
    }
}

#[test]
fn a_medium_that_is_pulled_out_while_it_is_read_and_put_in_again_gives_every_file_once() {
    for protected in [false, true] {
        let mut post = Post::new("");
        let (long, short) = (pattern(160 * MIB), pattern(100));
        let stick = post.brought(Format::Ext4, 256, &[("A.DAT", &long), ("B.DAT", &short)]);
        let plug = |drive: &Drive| if protected { stick.plug_read_only(drive) } else { stick.plug(drive) };
        plug(&post.drive);
        post.home.start();
        post.home.until("the long one is being read", |home| {
            let mut all = home.deliveries().into_iter();
            all.any(|shown| shown.delivery.name() == "A.DAT" && shown.state == "found").then_some(())
        });
        post.drive.pull();
        post.home.until_file("A.DAT", "queued");
        plug(&post.drive);
        post.home.wait_for(2, "archived");
        assert_eq!(Sha256::of(&post.read("A.DAT")), Sha256::of(&long));
        assert_eq!(post.read("B.DAT"), short);
        assert_eq!((post.home.times("placed"), post.home.deliveries().len()), (2, 2));
        assert!(post.alerts() <= 1, "{}", post.home.log());
    }
}

#[test]
fn without_a_medium_nothing_is_asked_for_and_no_alert_rings_until_one_is_put_in() {
    let mut post = Post::new("");
    let stick = post.brought(Format::Ext4, 16, &[("A.DAT", b"one")]);
    post.home.start();
    post.look_for(2);
    let told: Vec<_> = post.home.journal().into_iter().filter(|line| line["event"] != "started").collect();
    assert_eq!((post.alerts(), told), (0, Vec::new()), "{}", post.home.log());
    let (_, status) = post.home.run(&["status"]);
    assert!(!status.contains("medium wanted"), "{status}");
    stick.plug(&post.drive);
    post.home.until_file("A.DAT", "archived");
    assert_eq!(post.alerts(), 0, "{}", post.home.log());
}

#[test]
fn a_medium_that_is_full_or_protected_is_read_while_a_delivery_waits_for_another() {
    for protected in [false, true] {
        let mut post = Post::new("");
        let stick = post.brought(Format::Ext4, 1, &[]);
        stick.plug(&post.drive);
        if protected {
            fs::write(post.drive.path().join("OUT/A.DAT"), "one").unwrap();
            post.drive.eject();
            stick.plug_read_only(&post.drive);
        }
        post.home.drop_records("a.csv", 4000);
        post.home.start();
        post.home.until_file("a.csv", "queued");
        if !protected {
            fs::write(post.drive.path().join("OUT/A.DAT"), "one").unwrap();
        }
        post.home.until_file("A.DAT", "archived");
        assert_eq!(post.read("A.DAT"), b"one");
        let waits = post.home.until_file("a.csv", "queued");
        let expected = if protected { "can't be written" } else { "the medium is full" };
        assert!(why(&waits).contains(expected), "{}", why(&waits));
        assert_eq!(post.alerts(), 1, "{}", post.home.log());
    }
}

#[test]
fn a_file_is_removed_from_a_full_medium_although_a_delivery_waits_for_another() {
    let mut post = Post::new("afterwards = \"delete\"\n");
    let stick = post.brought(Format::Ext4, 1, &[]);
    stick.plug(&post.drive);
    post.home.drop_records("a.csv", 4000);
    post.home.start();
    post.home.until_file("a.csv", "queued");
    fs::write(post.drive.path().join("OUT/A.DAT"), "one").unwrap();
    post.home.until_file("A.DAT", "archived");
    assert_eq!(post.drive.files(), ["TOTATSU.ID"]);
}

#[test]
fn a_medium_of_another_partner_is_not_read() {
    let mut post = Post::new("");
    let stick = Stick::format(Format::Ext4, 16);
    stick.plug(&post.drive);
    marker::prepare(post.drive.path(), "nenkin", "試験市").unwrap();
    fs::create_dir(post.drive.path().join("OUT")).unwrap();
    fs::write(post.drive.path().join("OUT/A.DAT"), "of theirs").unwrap();
    post.home.start();
    post.look_for(2);
    assert!(post.home.deliveries().is_empty());
}
