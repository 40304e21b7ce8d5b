//! What the manual advises, done to the letter: nothing is lost, nothing comes twice, and nobody is told what isn't so.
//!
//! Each test quotes the sentences that it follows; a manual that says something else fails it.

#![cfg(have_sshd)]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

#[path = "campaign"]
mod campaign {
    #![allow(dead_code, unused_imports, reason = "each test binary uses a part of it")]
    pub mod liar;
    pub mod tally;
    pub mod way;
}
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use campaign::liar::{Ask, Liar, Lies, Takes, Trouble, When};
use campaign::way::{Far, SHORT};
use support::collecting::{INBOUND, Post, why};
use support::gateway::{Home, LINK, names_in};
use support::sshd::{Options, Sshd};
use totatsu_base::delivery_id::DeliveryId;
use totatsu_base::digest::Sha256;

/// A page of the manual, in one line, which advises all this.
fn advised(page: &str, advice: &[&str]) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(page);
    let text: Vec<String> = fs::read_to_string(path).unwrap().split_whitespace().map(str::to_owned).collect();
    let text = text.join(" ");
    for sentence in advice {
        assert!(text.contains(sentence), "{page} no longer advises: {sentence}");
    }
    text
}

/// A gateway whose partner has these manners, and how many requests a delivery takes until it asks for its final name.
fn with_liar() -> (Liar, Home, usize) {
    let liar = Liar::start();
    let Far { port, user, host_key, key_file, .. } = liar.far();
    let mut home = Home::of_partner(&format!(
        "transport = \"sftp\"\nconnections = 1\n[sftp]\nhost = \"127.0.0.1\"\nport = {port}\nuser = {user:?}\n\
         host_keys = [{host_key:?}]\nprivate_key_file = {key_file:?}\n{SHORT}"
    ));
    home.start();
    home.drop_records("measured.csv", 3);
    home.until_file("measured.csv", "archived");
    home.stop();
    let asked = liar.asked();
    let connected = asked.iter().rposition(|ask| *ask == Ask::Connect).unwrap();
    let named = asked.iter().position(|ask| *ask == Ask::Link).unwrap();
    assert!(connected < named, "one session did it all: {asked:?}");
    (liar, home, named - connected)
}

#[test]
fn what_waits_for_a_partner_that_is_down_can_be_released_at_once_and_still_arrives_once() {
    advised(
        "operations.md",
        &[
            "| can it deliver twice | no: it looks first, unless what is released is the question whether the name was given |",
            "`release --partner NAME` tries at once",
            "ask the partner. It has it: `confirm`. It has not: `release`",
        ],
    );
    let (liar, mut home, named) = with_liar();
    let ways = [
        ("named, and taken away", Trouble::CutAfter, Takes::Final, Some("confirm")),
        ("named, and left", Trouble::CutAfter, Takes::Nothing, None),
        ("not named", Trouble::CutBefore, Takes::Nothing, Some("release")),
    ];
    for (number, (what, trouble, takes, answer)) in ways.into_iter().enumerate() {
        let down = (named + 1..10_000).map(|request| (When::Number(request), Trouble::CutBefore));
        let troubles = std::iter::once((When::Number(named), trouble)).chain(down).collect();
        liar.behave(Lies { takes, troubles, ..Lies::default() });
        let name = format!("{number}.csv");
        home.start();
        home.drop_records(&name, 3);
        let waits = home.until_file(&name, "queued");
        assert!(why(&waits).contains("can't be reached"), "{what}: {}", why(&waits));
        let id = waits.delivery.id;
        for _ in 0..3 {
            home.act(&["release", id.as_str()]);
            home.until_file(&name, "queued");
        }
        liar.relent();
        home.run(&["release", "--partner", "eltax", "--reason", "the partner is back"]);
        if let Some(answer) = answer {
            let held = home.until_file(&name, "held");
            assert!(why(&held).starts_with("unknown:"), "{what}: {}", why(&held));
            let says: &[&str] =
                if answer == "confirm" { &["--by", "partner", "--how", "phone"] } else { &[] };
            home.act(&[&[answer, id.as_str()], says].concat());
        }
        home.until_file(&name, "archived");
        let sent = Sha256::of(&fs::read(home.folder(&id).sent()).unwrap());
        let seen: Vec<Sha256> = liar.seen().into_iter().map(|seen| seen.sha256).collect();
        assert_eq!(seen, [sent], "{what}");
        let grade = if answer == Some("confirm") { "confirmed" } else { "content" };
        assert_eq!(home.receipt(&id)["grade"], grade, "{what}");
        home.stop();
    }
    home.audit_is_clean();
}

#[test]
fn a_resend_sends_the_same_bytes_once_more_and_of_a_held_delivery_only_instead_of_it() {
    advised(
        "operations.md",
        &[
            "| a new delivery with the exact same bytes, from the transfer on |",
            "| `archived`, `cancelled`, `superseded`, and `held`, once it was converted |",
            "Resending a held delivery cancels it, and a held one whose bytes are sent again can't be released.",
            "`totatsu hold ID`, then `totatsu resend ID`, which cancels the first",
        ],
    );
    let (sshd, mut home) = Home::running(Options::default());
    let there = |name: &str| fs::read(sshd.root().join(name)).unwrap();
    home.drop_records("lost.csv", 3);
    let lost = home.until_file("lost.csv", "archived").delivery.id;
    let bytes = there("lost.DTA");
    fs::remove_file(sshd.root().join("lost.DTA")).unwrap();
    home.act(&["resend", lost.as_str()]);
    home.wait_for(2, "archived");
    assert_eq!(there("lost.DTA"), bytes);

    fs::write(sshd.root().join("taken.DTA"), "theirs").unwrap();
    home.drop_records("taken.csv", 4);
    let taken = home.until_file("taken.csv", "held").delivery.id;
    fs::remove_file(sshd.root().join("taken.DTA")).unwrap();
    home.act(&["hold", taken.as_str()]);
    home.act(&["resend", taken.as_str()]);
    let (released, text) = home.run(&["release", taken.as_str(), "--reason", "both"]);
    assert!(!released, "{text}");
    home.wait_for(3, "archived");
    home.act(&["resend", taken.as_str()]);
    let twice = home.until_file("taken.csv", "held");
    assert!(why(&twice).contains("already holds"), "{}", why(&twice));
    home.act(&["cancel", twice.delivery.id.as_str()]);
    assert_eq!(names_in(sshd.root()), ["lost.DTA", "taken.DTA"]);
    assert_eq!(home.times("published"), 3);

    what_waits_is_not_resent(&sshd, &mut home);
    home.audit_is_clean();
}

fn what_waits_is_not_resent(sshd: &Sshd, home: &mut Home) {
    home.act(&["hold", "--partner", "eltax"]);
    home.drop_records("waits.csv", 5);
    let waits = home.until_file("waits.csv", "queued").delivery.id;
    let (resent, text) = home.run(&["resend", waits.as_str(), "--reason", "impatience"]);
    assert!(!resent, "{text}");
    home.act(&["release", "--partner", "eltax"]);
    home.until_file("waits.csv", "archived");
    assert_eq!(home.deliveries().iter().filter(|shown| shown.delivery.name() == "waits.csv").count(), 1);
    assert!(sshd.root().join("waits.DTA").exists());
}

/// Copies below a directory, with modes and times.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    assert!(Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap().success());
}

/// What "Backup and restore" names, in its order.
const BACKED_UP: [&str; 8] = [
    "ledger/journal",
    "ledger/ledger-id",
    "ledger/receipt-key",
    "ledger/receipt-key.pub",
    "ledger/retired-receipt-keys",
    "spool/archive",
    "spool/deliveries",
    "config",
];

/// Which file stands under each name at the partner, and since when.
fn unchanged(root: &Path) -> BTreeMap<String, (u64, i64, i64)> {
    let facts = |name: String| {
        let there = fs::metadata(root.join(&name)).unwrap();
        (name, (there.ino(), there.ctime(), there.ctime_nsec()))
    };
    names_in(root).into_iter().filter(|name| name != "out").map(facts).collect()
}

/// What a backup holds of a gateway's directory, and where it lies.
fn backed_up(home: &Path) -> Vec<(PathBuf, PathBuf)> {
    let pair = |path: &&str| (home.join(path), home.join("backup").join(path));
    BACKED_UP.iter().map(pair).collect()
}

/// The machine is lost, and what the backup holds is put in its place.
fn lose_and_restore(home: &Path) {
    for lost in ["ledger", "spool", "config"] {
        fs::remove_dir_all(home.join(lost)).unwrap();
    }
    let kept = backed_up(home).into_iter().filter(|(_, kept)| kept.exists());
    kept.for_each(|(live, kept)| copy(&kept, &live));
}

/// Moves the files of links and partners out, or back.
fn move_tables(home: &Path, out: bool) {
    for tables in ["links", "partners"] {
        let (live, aside) = (home.join("config").join(tables), home.join("aside").join(tables));
        if out {
            copy(&live, &aside);
        }
        fs::remove_dir_all(&live).unwrap();
        if out {
            fs::create_dir(&live).unwrap();
        } else {
            copy(&aside, &live);
        }
    }
}

/// The manual's last steps but one: nothing of what the partner offers goes on while the link is held, and what was handed over
/// before the loss is given up.
fn cancel_what_was_handed_over(post: &mut Post, name: &str) {
    post.home.until("collect waits for no file", |home| {
        let (looked, text) = home.run(&["collect", INBOUND]);
        assert!(looked, "{text}");
        (!text.contains("waited for")).then_some(())
    });
    let again = post.wait_for(name, "queued");
    assert!(why(&again).contains("held"), "{}", why(&again));
    post.act(&["cancel", again.delivery.id.as_str()]);
    post.act(&["release", "--link", INBOUND]);
}

#[test]
fn after_a_machine_was_lost_the_advised_steps_send_and_hand_over_nothing_twice_and_lose_nothing() {
    the_steps_after_losing_a_machine_are_advised();
    let mut post = Post::running("", "stable_for = \"1s\"\n", "");
    let (home, partner) = (post.home.path().to_owned(), post.sshd.root().to_owned());
    post.home.drop_records("finished.csv", 3);
    post.wait_for("finished.csv", "archived");
    post.offer("OLD.DAT", b"collected before the backup");
    post.wait_for("OLD.DAT", "archived");
    post.act(&["hold", "--partner", "eltax"]);
    for name in ["arrives.csv", "stays.csv"] {
        post.home.drop_records(name, 4);
        post.wait_for(name, "queued");
    }
    let (arrives, stays) = (id_of(&mut post, "arrives.csv"), id_of(&mut post, "stays.csv"));
    backed_up(&home).iter().filter(|(live, _)| live.exists()).for_each(|(live, kept)| copy(live, kept));

    // What nobody remembers afterwards.
    post.act(&["hold", stays.as_str()]);
    post.act(&["release", "--partner", "eltax"]);
    post.wait_for("arrives.csv", "archived");
    post.home.drop_records("later.csv", 5);
    post.wait_for("later.csv", "archived");
    post.offer("NEW.DAT", b"collected after the backup");
    post.wait_for("NEW.DAT", "archived");
    post.act(&["hold", "--link", LINK]);
    let gone = post.home.drop_records("gone.csv", 6);
    post.wait_for("gone.csv", "queued");
    let at_partner = unchanged(&partner);

    post.home.kill();
    lose_and_restore(&home);
    move_tables(&home, true);
    post.home.start();
    post.home.wait_for(2, "held");
    assert_eq!(unchanged(&partner), at_partner);
    post.home.stop();
    move_tables(&home, false);
    post.act(&["hold", "--link", INBOUND]);
    post.home.start();
    post.act(&["release", "--partner", "eltax"]);
    post.act(&["confirm", arrives.as_str(), "--by", "partner", "--how", "phone"]);
    post.act(&["release", stays.as_str()]);
    post.wait_for("stays.csv", "archived");
    cancel_what_was_handed_over(&mut post, "NEW.DAT");
    post.home.drop_source("gone.csv", &gone);
    post.wait_for("gone.csv", "archived");
    post.offer("NEXT.DAT", b"collected by the new machine");
    post.wait_for("NEXT.DAT", "archived");

    let now = unchanged(&partner);
    assert!(at_partner.iter().all(|(name, file)| now.get(name) == Some(file)), "{at_partner:?}, {now:?}");
    let names: Vec<&str> = now.keys().map(String::as_str).collect();
    assert_eq!(names, ["arrives.DTA", "finished.DTA", "gone.DTA", "later.DTA", "stays.DTA"]);
    assert_eq!(names_in(&post.home.inbox(INBOUND)), ["NEXT.DAT", "NEXT.DAT.sha256"]);
    assert_eq!(post.home.receipt(&arrives)["grade"], "confirmed");
    post.home.audit_is_clean();
}

fn the_steps_after_losing_a_machine_are_advised() {
    advised(
        "ledger.md",
        &[
            "Back up `journal/` with its packed files, `timestamps/`, `ledger-id`, `receipt-key`, `receipt-key.pub` and \
             `retired-receipt-keys/`, the spool's `archive/` and `deliveries/`, and `/etc/totatsu`",
            "Copy the journal first, then the spool",
        ],
    );
    advised(
        "operations.md",
        &[
            "Restore, and move the files out of `links/` and `partners/`, leaving both directories empty.",
            "hold each inbound link: `totatsu hold --link LINK --reason TEXT`.",
            "`release` what did not arrive, and `confirm` what did.",
            "Repeat it until it waits for no file any more",
            "`cancel` what was handed over before the loss, then `totatsu release --link LINK`.",
            "have dropped again what the partners have not received.",
        ],
    );
}

fn id_of(post: &mut Post, name: &str) -> DeliveryId {
    post.wait_for(name, "queued").delivery.id
}

#[test]
fn acknowledgements_under_one_name_are_each_credited_to_their_own_delivery_where_they_are_deleted() {
    advised(
        "operations.md",
        &["have it removed, release; better a name with `{id}`, or `afterwards = \"delete\"`"],
    );
    advised("configuration.md", &["unless `afterwards = \"delete\"`: then one is sent after another"]);
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    let agreed = "ready = \"rename\"\n[acknowledgement]\nname = \"RESULT\"\nevery = \"50ms\"\n\
                  requires = [\"{remote}\", \"{sha256}\"]\nafterwards = \"delete\"\n";
    home.write_link(agreed, "name = \"{stem}.DTA\"\n");
    let result = sshd.root().join("RESULT");
    fs::write(&result, "of a delivery that nobody awaits").unwrap();
    home.start();
    for number in 0..6 {
        home.drop_records(&format!("{number}.csv"), 3 + number);
    }
    let mut acknowledged = Vec::new();
    while acknowledged.len() < 6 {
        let name = home.until("the next file has arrived", |_| {
            let known = |name: &String| name.ends_with(".DTA") && !acknowledged.contains(name);
            names_in(sshd.root()).into_iter().find(known)
        });
        let digest = Sha256::of(&fs::read(sshd.root().join(&name)).unwrap());
        let whole = sshd.root().join(".result");
        fs::write(&whole, format!("{name} {digest} OK\n")).unwrap();
        fs::rename(&whole, &result).unwrap();
        acknowledged.push(name);
        home.until("the acknowledgement was taken", |_| (!result.exists()).then_some(()));
    }
    for arrived in home.wait_for(6, "archived") {
        let receipt = home.receipt(&arrived.delivery.id);
        assert_eq!(
            (&receipt["grade"], &receipt["acknowledgement"]["path"]),
            (&"content".into(), &"RESULT".into())
        );
        let own = arrived.delivery.converted.as_ref().unwrap().sha256;
        let name = arrived.delivery.name().replace(".csv", ".DTA");
        let text = format!("{name} {own} OK\n");
        assert_eq!(
            receipt["acknowledgement"]["sha256"],
            Sha256::of(text.as_bytes()).to_string(),
            "{receipt}"
        );
    }
    home.audit_is_clean();
}

/// The manual's command for a program of the user's own, with a lock of this name and this program.
fn flock_command(manual: &str, lock: &Path, program: &Path) -> String {
    let command = manual
        .split("``` ")
        .find_map(|block| block.strip_prefix("flock ").map(|rest| format!("flock {rest}")));
    let command = command.expect("the manual shows flock").split(" ```").next().unwrap().to_owned();
    let theirs = ["/var/lib/totatsu/spool/locks/jukyu.lock", "/usr/local/bin/nightly-batch"];
    theirs.iter().for_each(|word| assert!(command.contains(word), "{command}"));
    command.replace(theirs[0], lock.to_str().unwrap()).replace(theirs[1], program.to_str().unwrap())
}

#[test]
fn a_program_that_takes_the_lock_as_the_manual_shows_never_works_while_rows_are_imported() {
    let manual = advised(
        "operations.md",
        &[
            "A program of yours that changes the same data takes the lock too",
            "The gateway then waits (`queued`, \"the lock … is taken\"), and goes on within a second.",
        ],
    );
    let mut post = Post::new("lock = \"jukyu\"\n", "", "");
    let home = post.home.path().to_owned();
    // Whoever works makes the directory; it can't be made while the other one works.
    let alone = |name: &str| {
        let program = home.join(name);
        let (busy, both) = (home.join("busy"), home.join("both"));
        let text = format!(
            "#!/bin/sh\nmkdir {busy:?} || echo {name} >> {both:?}\nsleep 0.05\nrmdir {busy:?}\necho {name} >> {:?}\n",
            home.join("done")
        );
        fs::write(&program, text).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        program
    };
    let (batch, import) = (alone("batch"), alone("import"));
    post.home.write_inbound(
        INBOUND,
        support::collecting::Inbound {
            more: "lock = \"jukyu\"\n",
            tables: &format!("[import]\ncommand = [{import:?}]\n"),
            ..Default::default()
        },
    );
    post.home.start();
    let lock = post.home.path().join("spool/locks/jukyu.lock");
    let command = flock_command(&manual, &lock, &batch);
    let nightly = std::thread::spawn(move || {
        for _ in 0..20 {
            assert!(Command::new("sh").arg("-c").arg(&command).status().unwrap().success(), "{command}");
        }
    });
    for number in 0..10 {
        post.offer(&format!("N{number}.DAT"), format!("content {number}").as_bytes());
    }
    post.home.wait_for(10, "archived");
    nightly.join().unwrap();
    let worked = fs::read_to_string(post.home.path().join("done")).unwrap();
    let times = |name: &str| worked.lines().filter(|line| *line == name).count();
    assert_eq!((times("batch"), times("import")), (20, 10));
    let collided: PathBuf = post.home.path().join("both");
    assert!(!collided.exists(), "{}", fs::read_to_string(&collided).unwrap());
    post.home.audit_is_clean();
}
