//! What is promised of a gateway whose clock is set, forwards or back, while it runs or between two runs.

#![cfg(all(have_sshd, have_faketime))]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;

use support::collecting::{INBOUND, Post, why};
use support::gateway::{Home, names_in};
use support::sshd::{Options, Sshd};
use totatsu_base::clock::Moment;
use totatsu_base::digest::Sha256;

impl Post {
    /// With the clock this far from the machine's.
    fn at(offset: &str, more: &str, remote: &str) -> Post {
        let mut post = Post::new(more, remote, "");
        post.home.set_clock(offset);
        post.home.start();
        post
    }

    /// The partner's digest of `N.DAT`: as long as it is another's, fetching fails and is tried again.
    fn vouch(&self, bytes: &[u8]) {
        self.offer("N.DAT.sha256", format!("{}  N.DAT\n", Sha256::of(bytes)).as_bytes());
    }
}

/// A link whose files are fetched only with their digest beside them.
const VOUCHED: &str = "digest = \"{name}.sha256\"\n";

#[test]
fn a_file_that_comes_anew_is_found_at_once_although_the_clock_was_set_back_after_the_first_was_removed() {
    let mut post = Post::at("+1d", "", "afterwards = \"delete\"\n");
    for (count, (clock, bytes)) in
        [("+1d", "one"), ("+0", "other"), ("+2d", "a third")].into_iter().enumerate()
    {
        post.home.set_clock(clock);
        post.offer("N.DAT", bytes.as_bytes());
        post.home.wait_for(count + 1, "archived");
        fs::remove_file(post.home.inbox(INBOUND).join("N.DAT")).unwrap();
    }
    assert_eq!((post.home.times("found"), post.home.times("placed")), (3, 3));
    post.home.audit_is_clean();
}

#[test]
fn numbers_follow_the_file_that_was_placed_last_whatever_the_clock_said_then() {
    let mut post = Post::at("+1d", "sequence = \"number\"\n", "name = \"N{number}.DAT\"\n");
    post.offer("N007.DAT", b"seven");
    post.home.until_file("N007.DAT", "archived");
    post.home.set_clock("+0");
    post.offer("N008.DAT", b"eight");
    post.home.until_file("N008.DAT", "archived");
    post.offer("N009.DAT", b"nine");
    post.home.until_file("N009.DAT", "archived");
}

#[test]
fn a_failed_step_is_tried_again_when_its_wait_is_over_although_the_clock_was_set_back_by_a_day() {
    for restarted in [false, true] {
        let mut post = Post::at("+1d", "", VOUCHED);
        post.vouch(b"other");
        post.offer("N.DAT", b"content");
        post.home.until_file("N.DAT", "waiting");
        post.home.set_clock("+0");
        if restarted {
            post.home.kill();
            post.home.start();
        }
        post.vouch(b"content");
        post.home.until_file("N.DAT", "archived");
    }
}

#[test]
fn a_partner_that_was_down_is_tried_again_although_the_clock_was_set_back_by_a_day() {
    let mut post = Post::at("+1d", "", "");
    post.sshd.kill();
    post.home.drop_records("a.csv", 3);
    let queued = post.home.until_file("a.csv", "queued");
    assert!(why(&queued).contains("can't be reached"), "{}", why(&queued));
    post.home.set_clock("+0");
    post.sshd.restart();
    post.home.until_file("a.csv", "archived");
}

#[test]
fn an_export_has_what_began_after_the_clock_was_set_back_to_before_its_days_also_for_one_municipality() {
    let mut post = Post::at("+1d", "", "");
    post.home.drop_records("a.csv", 3);
    let day = post.home.until_file("a.csv", "archived").delivery.accepted_at.date().to_string();
    post.home.set_clock("+0");
    post.home.drop_records("b.csv", 3);
    let later = post.home.until_file("b.csv", "archived").delivery.id;
    for (name, of) in [("whole", &[][..]), ("one", &["--municipality", "131016"][..])] {
        let out = post.home.path().join(name);
        let days = ["audit", "export", "--from", &day, "--to", &day, "--out", out.to_str().unwrap()];
        let (done, text) = post.home.run(&[&days[..], of].concat());
        assert!(done, "{text}");
        let listed = fs::read_to_string(out.join("deliveries.csv")).unwrap();
        assert!(listed.contains(later.as_str()), "{name}: {listed}");
    }
}

#[test]
fn what_waits_for_a_session_when_the_hours_end_is_sent_in_the_next_ones_and_what_is_in_hand_is_finished() {
    let folder = tempfile::tempdir().unwrap();
    let (root, gate) = (folder.path().join("root"), folder.path().join("gate"));
    fs::write(&gate, "").unwrap();
    // As long as the gate is there, the server takes in no more than a session's first bytes.
    let script = format!(
        "sh -c '{{ stdbuf -o0 head -c 20000; while [ -e {} ]; do sleep 0.05; done; exec cat; }} | \
         /usr/lib/openssh/sftp-server -d {}'",
        gate.display(),
        root.display()
    );
    let sshd = Sshd::start(Options { root: Some(root), force_command: Some(script), ..Options::default() });
    let mut home = Home::new(&sshd);
    let partner = fs::read_to_string(home.path().join("config/partners/eltax.toml")).unwrap();
    let limits = "connections = 1\nfiles_per_connection = 1\n";
    home.write("config/partners/eltax.toml", &format!("{limits}{partner}[deadlines]\nwrite = \"100s\"\n"));
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let today = Moment::now().date().weekday().to_monday_zero_offset();
    // Should midnight pass, it is tomorrow.
    let open = [today, (today + 1) % 7].map(|day| days[usize::try_from(day).unwrap()]);
    home.write_link(&format!("ready = \"rename\"\n[hours]\ndays = {open:?}\n"), "");
    home.set_clock("+0");
    home.start();
    home.drop_records("1.csv", 1000);
    home.until("its sending has begun", |_| (!names_in(sshd.root()).is_empty()).then_some(()));
    for number in 2..=4 {
        home.drop_records(&format!("{number}.csv"), number);
    }
    home.wait_for(4, "transferring");
    home.set_clock("+2d");
    fs::remove_file(&gate).unwrap();
    home.until("nothing goes on", |home| {
        home.deliveries()
            .iter()
            .all(|shown| ["archived", "queued"].contains(&shown.state.as_str()))
            .then_some(())
    });
    assert_eq!(names_in(sshd.root()), ["1.csv"]);
    home.kill();
    home.set_clock("+7d");
    home.start();
    home.wait_for(4, "archived");
    assert_eq!(names_in(sshd.root()), ["1.csv", "2.csv", "3.csv", "4.csv"]);
}

#[test]
fn a_clock_that_leaps_ahead_gives_nothing_up() {
    let mut post = Post::at("+0", "", VOUCHED);
    post.vouch(b"other");
    post.offer("N.DAT", b"content");
    post.home.until_file("N.DAT", "waiting");
    post.home.set_clock("+3650d");
    let before = post.home.times("waiting");
    post.home.until("it failed again and again", |home| (home.times("waiting") > before + 2).then_some(()));
    assert_eq!(post.home.times("held"), 0, "{}", post.home.log());
    post.vouch(b"content");
    post.home.until_file("N.DAT", "archived");
}

#[test]
fn a_start_with_a_clock_years_ahead_removes_nothing_from_the_archive() {
    let mut post = Post::at("+0", "", "");
    let settings = fs::read_to_string(post.home.path().join("config/totatsu.toml")).unwrap();
    post.home.write("config/totatsu.toml", &format!("{settings}[archive]\nretention = \"10d\"\n"));
    post.home.kill();
    post.home.start();
    post.offer("N.DAT", b"content");
    let archived = post.home.until_file("N.DAT", "archived").delivery;
    let folder = post.home.folder(&archived.id).path().to_owned();
    post.home.kill();
    post.home.set_clock("+3650d");
    post.home.start();
    post.home.until("the clock isn't believed", |home| {
        home.log().contains("nothing is removed from the archive").then_some(())
    });
    assert!(folder.is_dir());
    post.home.kill();
    post.home.set_clock("+20d");
    post.home.start();
    post.home.until("what is past its time is removed", |_| (!folder.exists()).then_some(()));
}
