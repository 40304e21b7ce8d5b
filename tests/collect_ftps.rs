//! The way in over FTPS: what is promised of collecting, at servers that list facts and at one that lists lines without times.

#![cfg(all(have_vsftpd, have_proftpd))]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use support::collecting::{Inbound, contents, numbered, offer, why};
use support::ftp::{FtpServer, Wishes};
use support::gateway::{Home, names_in};
use support::partners::pattern;
use support::proftpd::proftpd;
use support::vsftpd::vsftpd;
use totatsu_base::digest::Sha256;

const INBOUND: &str = "uketori";
const MIB: usize = 1024 * 1024;

type Start = fn(Wishes) -> FtpServer;

/// A server, and a gateway that collects from its directory `out`.
struct Post {
    server: FtpServer,
    home: Home,
}

impl Post {
    fn out(&self) -> PathBuf {
        self.server.root.join("out")
    }

    fn offer(&self, name: &str, bytes: &[u8]) {
        offer(&self.out(), name, bytes);
    }

    /// The partner offers a file with its digest and, last of all, its marker.
    fn offer_vouched(&self, name: &str, bytes: &[u8]) {
        self.offer(name, bytes);
        self.offer(&format!("{name}.sha256"), format!("{}  {name}\r\n", Sha256::of(bytes)).as_bytes());
        self.offer(&format!("{name}.end"), b"");
    }

    fn set_time(&self, name: &str, seconds: u64) {
        let file = File::options().write(true).open(self.out().join(name)).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
    }
}

/// The promise is kept at vsftpd, which lists lines without times, and at ProFTPD, which lists facts.
fn at_both(more: &str, remote: &str, promise: impl Fn(&mut Post)) {
    let servers: [(Start, &str); 2] = [(vsftpd, "anonymous"), (proftpd, "tester")];
    for (start, user) in servers {
        println!("at the server of {user}");
        let server = start(Wishes::default());
        for directory in ["out", "done"] {
            fs::create_dir(server.root.join(directory)).unwrap();
        }
        let home = Home::of_partner("");
        home.write_ftps_partner("eltax", &server, user);
        home.write_inbound(INBOUND, Inbound { more, remote, ..Inbound::default() });
        let mut post = Post { server, home };
        post.home.start();
        promise(&mut post);
        post.home.audit_is_clean();
    }
}

#[test]
fn a_vouched_file_is_removed_afterwards_with_its_companions_and_may_come_anew() {
    let remote = "ready = \"marker\"\ndigest = \"{name}.sha256\"\nafterwards = \"delete\"\n";
    at_both("", remote, |post| {
        post.offer_vouched("N.DAT", b"one\r\n");
        let first = post.home.until_file("N.DAT", "archived").delivery;
        assert_eq!(names_in(&post.out()), [""; 0]);
        let receipt = post.home.receipt(&first.id);
        assert_eq!(receipt["handed_over"]["vouched_by"], "out/N.DAT.sha256");
        assert!(receipt["asked"].to_string().contains("remove out/N.DAT"), "{receipt}");
        fs::remove_file(post.home.inbox(INBOUND).join("N.DAT")).unwrap();
        post.offer_vouched("N.DAT", b"two\r\n");
        post.home.wait_for(2, "archived");
        assert_eq!(fs::read(post.home.inbox(INBOUND).join("N.DAT")).unwrap(), b"two\r\n");
    });
}

#[test]
fn a_gateway_that_is_killed_again_and_again_hands_every_file_over_once_and_whole() {
    at_both("", "ready = \"marker\"\ndigest = \"{name}.sha256\"\nafterwards = \"delete\"\n", |post| {
        let files = contents(12);
        for (number, bytes) in files.iter().enumerate() {
            post.offer_vouched(&numbered(number), bytes);
        }
        post.home.kill_again_and_again(20_261_123, 10);
        post.home.has_collected_each_once(INBOUND, &files);
        assert_eq!(names_in(&post.out()), [""; 0]);
    });
}

#[test]
fn a_file_is_moved_afterwards_and_never_onto_another() {
    at_both("", "afterwards = \"move\"\nmove_to = \"done\"\n", |post| {
        let done = post.server.root.join("done");
        fs::write(done.join("N.DAT"), "earlier").unwrap();
        post.offer("N.DAT", b"now");
        post.home.until_file("N.DAT", "archived");
        assert_eq!(names_in(&post.out()), [""; 0]);
        assert_eq!(names_in(&done), ["N-2.DAT", "N.DAT"]);
        assert_eq!(fs::read(done.join("N.DAT")).unwrap(), b"earlier");
    });
}

#[test]
fn a_file_that_is_left_is_handed_over_once_also_when_it_is_touched_and_after_a_restart() {
    at_both("", "", |post| {
        post.offer("N.DAT", b"first");
        post.home.until_file("N.DAT", "archived");
        post.home.kill();
        post.home.start();
        post.set_time("N.DAT", 1_600_000_000);
        post.home.until_file("N.DAT", "repeated");
        post.offer("M.DAT", b"another");
        post.home.until_file("M.DAT", "archived");
        assert_eq!(post.home.times("placed"), 2);
    });
}

#[test]
fn other_content_of_the_same_length_under_a_name_that_was_fetched_is_fetched_too() {
    at_both("", "", |post| {
        post.offer("N.DAT", b"first.");
        post.set_time("N.DAT", 1_600_000_000);
        post.home.until_file("N.DAT", "archived");
        fs::remove_file(post.home.inbox(INBOUND).join("N.DAT")).unwrap();
        post.offer("N.DAT", b"second");
        post.home.wait_for(2, "archived");
        assert_eq!(fs::read(post.home.inbox(INBOUND).join("N.DAT")).unwrap(), b"second");
    });
}

#[test]
fn names_with_spaces_and_kanji_and_long_ones_come_as_they_are() {
    let long = format!("{}.DAT", "あ".repeat(75));
    for name in ["法務省 通知 (1).DAT", "a  b.DAT", "-r.DAT", &long] {
        at_both("", "afterwards = \"delete\"\n", |post| {
            post.offer(name, name.as_bytes());
            post.home.until_file(name, "archived");
            assert_eq!(fs::read(post.home.inbox(INBOUND).join(name)).unwrap(), name.as_bytes());
            assert_eq!(names_in(&post.out()), [""; 0]);
        });
    }
}

#[test]
fn a_name_that_the_inbox_cant_bear_beside_its_digest_is_held_and_the_gateway_goes_on() {
    at_both("", "", |post| {
        let long = format!("{}.DAT", "あ".repeat(83));
        post.offer(&long, b"long");
        let held = post.home.until_file(&long, "held");
        assert!(why(&held).contains("inbox.name"), "{}", why(&held));
        post.offer("N.DAT", b"short");
        post.home.until_file("N.DAT", "archived");
        post.home.stop();
        let tables = "[inbox]\nname = \"{id}.bin\"\n";
        post.home.write_inbound(INBOUND, Inbound { tables, ..Inbound::default() });
        post.home.start();
        post.home.release(&held.delivery.id);
        post.home.until_file(&long, "archived");
        let name = format!("{}.bin", held.delivery.id);
        assert_eq!(fs::read(post.home.inbox(INBOUND).join(name)).unwrap(), b"long");
    });
}

#[test]
fn a_file_that_is_cut_off_under_way_comes_whole_and_once() {
    at_both("", "afterwards = \"delete\"\n", |post| {
        let bytes = pattern(96 * MIB);
        post.offer("N.DAT", &bytes);
        let deliveries = post.home.path().join("spool/deliveries");
        post.home.until("a part of it is here", |_| {
            let parts = fs::read_dir(&deliveries).unwrap().flat_map(|folder| {
                fs::read_dir(folder.unwrap().path()).into_iter().flatten().map(|entry| entry.unwrap())
            });
            let begun = |entry: fs::DirEntry| {
                let part = entry.file_name().to_string_lossy().starts_with("part-");
                part && entry.metadata().is_ok_and(|file| file.len() > MIB as u64)
            };
            parts.into_iter().any(begun).then_some(())
        });
        post.server.kill_sessions();
        let collected = post.home.until_file("N.DAT", "archived").delivery;
        assert_eq!(collected.source().unwrap().sha256, Sha256::of(&bytes));
        assert!(fs::read(post.home.inbox(INBOUND).join("N.DAT")).unwrap() == bytes);
        assert_eq!((post.home.times("placed"), post.home.deliveries().len()), (1, 1));
        assert!(why(&post.home.deliveries()[0]).is_empty());
    });
}

/// Requests that vsftpd was asked, in their order.
fn requests(server: &FtpServer) -> Vec<String> {
    let asked = |line: &str| Some(line.split_once("FTP command: ")?.1.split('"').nth(3)?.to_owned());
    server.log().lines().filter_map(asked).collect()
}

#[test]
fn files_whose_times_only_a_question_tells_settle_together_and_the_session_is_free_meanwhile() {
    const FILES: usize = 24;
    let server = vsftpd(Wishes::default());
    fs::create_dir(server.root.join("out")).unwrap();
    let files: Vec<Vec<u8>> = (0..FILES).map(|number| format!("contents {number:02}").into_bytes()).collect();
    for (number, bytes) in files.iter().enumerate() {
        offer(&server.root.join("out"), &numbered(number), bytes);
    }
    let mut home = Home::of_partner("");
    home.write_ftps_partner("eltax", &server, "anonymous");
    let partner = fs::read_to_string(home.path().join("config/partners/eltax.toml")).unwrap();
    home.write("config/partners/eltax.toml", &format!("connections = 1\n{partner}"));
    let remote = "stable_for = \"2s\"\n";
    home.write_inbound(INBOUND, Inbound { remote, ..Inbound::default() });
    home.start();
    home.until("a file is looked at", |_| {
        requests(&server).iter().any(|request| request.starts_with("MDTM out/")).then_some(())
    });
    home.drop_records("a.csv", 3);
    home.wait_for(FILES + 1, "archived");
    let asked = requests(&server);
    let sent = asked.iter().position(|request| request.starts_with("STOR ")).unwrap();
    let fetched_later = asked[sent..].iter().filter(|request| request.starts_with("RETR out/")).count();
    assert!(fetched_later > FILES / 2, "the delivery waited for the files: {asked:#?}");
    // Whoever waits with the session in hand is alone with it from the first look to the fetch.
    let alone = |number: &usize| {
        let name = format!("out/{}", numbered(*number));
        let first = asked.iter().position(|request| *request == format!("MDTM {name}")).unwrap();
        let fetched = asked.iter().position(|request| *request == format!("RETR {name}")).unwrap();
        !asked[first..fetched].iter().any(|request| request.contains("out/") && !request.ends_with(&name))
    };
    assert!((0..FILES).filter(alone).count() < FILES / 2, "the files settled one after another: {asked:#?}");
    let looks = asked.iter().filter(|request| **request == format!("MDTM out/{}", numbered(0))).count();
    assert!(looks >= 3, "before it settled, when it had, and after it was read: {asked:#?}");
    for shown in home.deliveries().iter().filter(|shown| shown.delivery.collection().is_some()) {
        let id = shown.delivery.id.to_string();
        let of_it = home.journal().into_iter().filter(|entry| entry["delivery"] == id);
        let events: Vec<_> = of_it.map(|entry| entry["event"].clone()).collect();
        assert_eq!(
            events[..2],
            ["found", "fetched"],
            "settling is no event and no failed attempt: {events:?}"
        );
    }
    home.audit_is_clean();
}
