//! Neighbours on the machine: a hostile member of the group, another gateway on the same spool, and whoever puts something
//! into an inbox or an outbox.
//!
//! The gateway runs as one user, the member of its group as another, and the partner is a real server.

#![cfg(have_sshd)]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::collecting::{INBOUND, Inbound, Post, offer, why};
use support::gateway::{Home, LINK, names_in};
use support::sshd::{Options, Sshd};
use totatsu_base::digest::Sha256;

/// The gateway's user and group, and another user of that group.
const GATEWAY: u32 = 61_001;
const MEMBER: u32 = 61_002;
/// What nobody but the gateway may read.
const SECRET: &[u8] = b"ours alone\n";
/// The two outbound links of the neighbourhood, and the one that carries acknowledgements.
const OUT: &str = "okuri";
const MARKED: &str = "shirushi";
const ANSWERS: &str = "kekka";
/// An inbound link with a lock of its own, which no trick concerns.
const OTHER: &str = "betsu";

/// A gateway as it is installed, and its neighbour.
struct Neighbourhood {
    sshd: Sshd,
    home: Home,
    key: Vec<u8>,
    honest: u32,
}

/// What a member of the group tries, as a script of the shell: `$H` is the gateway's home, `$S` its spool, `$O` and `$M`
/// outboxes, `$I` an inbox, `$L` its lock file.
struct Trick(&'static str, &'static str);

/// Tried while the gateway runs.
const TRICKS: [Trick; 22] = [
    Trick("an outbox is swapped for a link to the ledger", "mv $O $O.away; ln -s $H/ledger $O"),
    Trick(
        "an outbox is swapped for a link to another directory of the gateway",
        "mv $O $O.away; ln -s $H/own $O",
    ),
    Trick(
        "an outbox is swapped for a directory",
        "mv $O $O.away; mkdir -m 777 $O; ln -s $H/own/pay.csv $O/x.csv",
    ),
    Trick("an outbox with markers is swapped", "mv $M $M.away; ln -s $H/own $M; touch $H/own/pay.csv.end"),
    Trick(
        "the outbox of acknowledgements is swapped",
        "mv $S/outbox/kekka $S/outbox/k; ln -s $H/own $S/outbox/kekka",
    ),
    Trick("an inbox is swapped for a link", "mv $I $I.away; ln -s $H/own $I"),
    Trick(
        "the directories above are swapped",
        "mv $S/outbox $S/o; mv $S/inbox $S/i; mv $S/locks $S/l; mkdir $S/outbox",
    ),
    Trick("what a directory bears while it is made is planted", "ln -s $H/own $S/outbox/.okuri.new"),
    Trick("a lock file is swapped for a link", "rm -f $L; ln -s $H/own/pay.csv $L"),
    Trick("a lock file is swapped for a directory", "rm -f $L; mkdir $L"),
    Trick("a lock file is swapped for a FIFO", "rm -f $L; mkfifo $L"),
    Trick("what tells whose the spool is goes", "rm -f $S/lock $S/ledger-id; touch $S/ledger-lost"),
    Trick(
        "folders under way are entered",
        "ln $S/deliveries/*/source $O/x.csv; rm -rf $S/deliveries $S/archive",
    ),
    Trick(
        "a link is dropped",
        "ln -s $H/own/pay.csv $O/a.csv; ln -s $H/own $O/b.csv; ln -s nowhere $O/c.csv",
    ),
    Trick("a second name of a file that only the gateway may read is dropped", "ln $H/own/pay.csv $O/d.csv"),
    Trick(
        "a FIFO and a directory are dropped",
        "mkfifo $O/e.csv; mkdir $O/f.csv; mkfifo $M/e.csv; touch $M/e.csv.end",
    ),
    Trick("odd things vouch for a file", "printf 'theirs odd' > $M/g.csv; ln -s $H/own/pay.csv $M/g.csv.end"),
    Trick("a second name is vouched for", "ln $H/own/pay.csv $M/h.csv; touch $M/h.csv.end"),
    Trick(
        "hidden names in the inbox are planted",
        "for n in $(seq 60); do ln -s $H/own/pay.csv $I/.row$n.DAT.sha256.part; done",
    ),
    Trick(
        "an outbox is filled",
        "for n in $(seq 400); do : > $O/empty$n; done; truncate -s 4T $O/endless.csv",
    ),
    Trick(
        "names change while the gateway looks",
        "for n in $(seq 300); do printf \"theirs $n\" > $O/.new; mv $O/.new $O/race.csv; ln -sf $H/own/pay.csv $O/race.csv; \
         ln -f $H/own/pay.csv $O/race.csv; rm -f $O/race.csv; mkdir $O/race.csv; rmdir $O/race.csv; done",
    ),
    Trick(
        "what is handed over is moved about",
        "for n in $(seq 20); do for f in $I/*.DAT; do ln -sf $H/own/pay.csv $f; done; rm -f $I/*; done",
    ),
];

/// Done to an installation of an earlier version, whose directories the group could write to, before the gateway starts anew.
const PLANTED: [Trick; 11] = [
    Trick("an outbox is a link to the ledger", "mv $O $O.away; ln -s $H/ledger $O"),
    Trick("an outbox is a link to another directory of the gateway", "mv $O $O.away; ln -s $H/own $O"),
    Trick(
        "an outbox is a neighbour's directory",
        "mv $O $O.away; mkdir -m 777 $O; ln $H/own/pay.csv $O/x.csv",
    ),
    Trick("an inbox is a link", "mv $I $I.away; ln -s $H/own $I"),
    Trick("an inbox is a link to nowhere", "mv $I $I.away; ln -s nowhere $I"),
    Trick(
        "an outbox is a link and its unmade name another",
        "mv $O $O.away; ln -s $H/own $S/outbox/.okuri.new",
    ),
    Trick("a lock file is a link", "rm -f $L; ln -s $H/own/pay.csv $L"),
    Trick("a lock file is a second name of another", "rm -f $L; ln $H/own/pay.csv $L"),
    Trick("a lock file is a directory", "rm -f $L; mkdir $L"),
    Trick("a lock file is a FIFO", "rm -f $L; mkfifo $L"),
    Trick("a lock file is a neighbour's own", "rm -f $L; umask 077; : > $L"),
];

impl Neighbourhood {
    fn new() -> Neighbourhood {
        let sshd = Sshd::start(Options::default());
        fs::create_dir(sshd.root().join("out")).unwrap();
        let mut home = Home::new(&sshd);
        home.sign_in_with_own_key(&sshd);
        fs::remove_file(home.path().join("config/links/irai.toml")).unwrap();
        for (link, ready) in [(OUT, "rename"), (MARKED, "marker"), (ANSWERS, "rename")] {
            let text = format!("partner = \"eltax\"\nlayout = \"common/as-is\"\nready = {ready:?}\n");
            home.write(&format!("config/links/{link}.toml"), &text);
        }
        let tables = "[acknowledge]\nlink = \"kekka\"\n";
        home.write_inbound(INBOUND, Inbound { tables, ..Inbound::default() });
        home.write_inbound(OTHER, Inbound { remote: "name = \"*.TXT\"\n", ..Inbound::default() });
        fs::create_dir(home.path().join("own")).unwrap();
        fs::write(home.path().join("own/pay.csv"), SECRET).unwrap();
        home.run_as(GATEWAY, GATEWAY);
        for (path, mode) in [("own/pay.csv", 0o600), ("key", 0o600), ("own", 0o755)] {
            fs::set_permissions(home.path().join(path), fs::Permissions::from_mode(mode)).unwrap();
        }
        home.start();
        let key = fs::read(home.path().join("ledger/receipt-key")).unwrap();
        Neighbourhood { sshd, home, key, honest: 0 }
    }

    fn spool(&self) -> PathBuf {
        self.home.path().join("spool")
    }

    fn outbox(&self, link: &str) -> PathBuf {
        self.spool().join("outbox").join(link)
    }

    /// Runs a script as the other member of the group. What the modes forbid fails, which is as it should be.
    fn member(&self, script: &str) {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", script]).uid(MEMBER).gid(GATEWAY).current_dir("/");
        shell.env("H", self.home.path()).env("S", self.spool()).env("I", self.home.inbox(INBOUND));
        shell.env("O", self.outbox(OUT)).env("M", self.outbox(MARKED));
        shell.env("L", self.spool().join(format!("locks/{INBOUND}.lock")));
        shell.output().unwrap();
    }

    /// A member's own file is sent over each link, and a partner's is handed over and acknowledged, whatever was tried before.
    fn honest_work_goes_on(&mut self) {
        let name = self.one_is_sent(OUT);
        self.one_is_sent(MARKED);
        offer(&self.sshd.root().join("out"), &format!("{name}.DAT"), name.as_bytes());
        let path = self.sshd.root().join(format!("{name}.DAT.ack"));
        self.home.until("the partner has its acknowledgement", |_| path.exists().then_some(()));
    }

    fn one_is_sent(&mut self, link: &str) -> String {
        self.honest += 1;
        let name = format!("row{}", self.honest);
        let outbox = self.outbox(link);
        let new =
            format!("cd {outbox:?}; printf 'theirs {name}' > .new; mv .new {name}.csv; : > {name}.csv.end");
        self.member(&new);
        let path = self.sshd.root().join(format!("{name}.csv"));
        self.home.until("an honest file arrives", |_| path.exists().then_some(()));
        name
    }

    /// Nothing of the gateway's was changed, removed or sent, and it still runs.
    fn is_unharmed(&mut self) {
        assert!(self.home.has_ended().is_none(), "the gateway ended:\n{}", self.home.log());
        for (path, bytes) in [("own/pay.csv", SECRET), ("ledger/receipt-key", &self.key)] {
            let path = self.home.path().join(path);
            assert_eq!(fs::read(&path).unwrap(), bytes, "{}", path.display());
            let metadata = fs::metadata(&path).unwrap();
            assert_eq!((metadata.uid(), metadata.mode() & 0o777), (GATEWAY, 0o600), "{}", path.display());
        }
        assert_eq!(names_in(&self.home.path().join("own")), ["pay.csv"]);
        for name in
            names_in(self.sshd.root()).iter().filter(|name| *name != "out" && !name.ends_with(".part"))
        {
            let bytes = fs::read(self.sshd.root().join(name)).unwrap();
            assert!(
                bytes.starts_with(b"theirs") || bytes.starts_with(b"file=row"),
                "{name} was sent: {bytes:?}"
            );
        }
        assert!(!self.home.log().contains("stops the gateway"), "{}", self.home.log());
    }
}

#[test]
#[cfg_attr(not(have_root), ignore = "plays several users: run it as root")]
fn whatever_a_member_of_the_group_does_nothing_but_its_own_files_is_sent_or_removed_and_everybody_elses_work_goes_on()
 {
    let mut here = Neighbourhood::new();
    here.honest_work_goes_on();
    for Trick(name, script) in TRICKS {
        println!("{name}");
        here.member(script);
        here.honest_work_goes_on();
        here.is_unharmed();
    }
    here.home.kill();
    here.home.start();
    here.honest_work_goes_on();
    here.is_unharmed();
    here.home.audit_is_clean();
}

#[test]
#[cfg_attr(not(have_root), ignore = "plays several users: run it as root")]
fn what_a_member_planted_where_an_earlier_version_let_it_holds_up_no_more_than_its_own_link() {
    let mut here = Neighbourhood::new();
    for Trick(name, script) in PLANTED {
        println!("{name}");
        here.home.stop();
        for directory in ["outbox", "inbox", "locks"] {
            let path = here.spool().join(directory);
            fs::set_permissions(path, fs::Permissions::from_mode(0o2770)).unwrap();
        }
        here.member(script);
        here.home.start();
        for directory in ["", "outbox", "inbox", "locks"] {
            let metadata = fs::metadata(here.spool().join(directory)).unwrap();
            assert_eq!((metadata.uid(), metadata.mode() & 0o022), (GATEWAY, 0), "{directory}");
        }
        here.one_is_sent(MARKED);
        let text = format!("N{}.TXT", here.honest);
        offer(&here.sshd.root().join("out"), &text, text.as_bytes());
        here.home.until_file(&text, "archived");
        here.is_unharmed();
        // A person mends it, and the link goes on.
        let mend = "rm -rf $O $I $L; [ -d $O.away ] && mv $O.away $O; [ -d $I.away ] && mv $I.away $I; rm -f $S/outbox/.okuri.new";
        let mut shell = Command::new("/bin/sh");
        shell
            .args(["-c", mend])
            .env("S", here.spool())
            .env("O", here.outbox(OUT))
            .env("I", here.home.inbox(INBOUND));
        shell.env("L", here.spool().join(format!("locks/{INBOUND}.lock"))).status().unwrap();
        here.home.stop();
        here.home.start();
        here.honest_work_goes_on();
    }
}

#[test]
#[cfg_attr(not(have_root), ignore = "plays several users: run it as root")]
fn a_collection_whose_lock_file_is_no_file_is_held_with_what_to_do_and_no_other_is() {
    let mut here = Neighbourhood::new();
    let lock = here.spool().join(format!("locks/{INBOUND}.lock"));
    fs::remove_file(&lock).unwrap();
    fs::create_dir(&lock).unwrap();
    offer(&here.sshd.root().join("out"), "a.DAT", b"one");
    let held = here.home.until_file("a.DAT", "held");
    assert!(why(&held).contains("that is no file: remove it, then release"), "{}", why(&held));
    offer(&here.sshd.root().join("out"), "b.TXT", b"two");
    here.home.until_file("b.TXT", "archived");
    fs::remove_dir(&lock).unwrap();
    here.home.release(&held.delivery.id);
    here.home.until_file("a.DAT", "archived");
    // Another program made it, with a mask that keeps our group from writing.
    fs::remove_file(&lock).unwrap();
    fs::write(&lock, "").unwrap();
    fs::set_permissions(&lock, fs::Permissions::from_mode(0o644)).unwrap();
    chown(&lock, Some(MEMBER), Some(GATEWAY)).unwrap();
    offer(&here.sshd.root().join("out"), "c.DAT", b"three");
    here.home.until_file("c.DAT", "archived");
}

#[test]
#[cfg_attr(not(have_root), ignore = "plays several users: run it as root")]
fn an_outbox_elsewhere_belongs_to_whom_the_link_names_or_is_left_alone() {
    let mut here = Neighbourhood::new();
    let theirs = here.home.path().join("theirs");
    here.home.stop();
    fs::create_dir(&theirs).unwrap();
    fs::set_permissions(&theirs, fs::Permissions::from_mode(0o2770)).unwrap();
    chown(&theirs, Some(MEMBER), Some(GATEWAY)).unwrap();
    fs::write(theirs.join("a.csv"), "theirs elsewhere").unwrap();
    let link =
        format!("partner = \"eltax\"\nlayout = \"common/as-is\"\nready = \"rename\"\noutbox = {theirs:?}\n");
    here.home.write("config/links/soto.toml", &link);
    let (_, text) = here.home.run(&["check"]);
    assert!(text.contains("no errors") && text.contains("warning: outbox: "), "{text}");
    here.home.start();
    here.home.until("it is told", |home| home.log().contains("belongs to user 61002").then_some(()));
    here.honest_work_goes_on();
    assert!(theirs.join("a.csv").exists());
    here.home.stop();
    here.home.write("config/links/soto.toml", &format!("outbox_owner = {MEMBER}\n{link}"));
    here.home.start();
    let arrived = here.sshd.root().join("a.csv");
    here.home.until("it is sent", |_| arrived.exists().then_some(()));
    assert_eq!(names_in(&theirs), [""; 0]);
    here.is_unharmed();
}

/// A second configuration of the same gateway, but for these paths.
fn second(home: &Home, ledger: &str) -> PathBuf {
    let config = home.path().join("second");
    let copied = Command::new("cp").arg("-r").arg(home.path().join("config")).arg(&config).status();
    assert!(copied.unwrap().success());
    let main = config.join("totatsu.toml");
    let text = fs::read_to_string(&main).unwrap();
    let text =
        text.replace("\"../ledger\"", &format!("{ledger:?}")).replace("../control.sock", "../second.sock");
    fs::write(main, text).unwrap();
    config
}

/// How a gateway with this configuration ends that isn't to start.
fn refused(config: &Path) -> (Option<i32>, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_totatsu")).arg("--config").arg(config).arg("run").output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_second_gateway_doesnt_work_on_a_spool_that_one_works_on_and_takes_nothing_from_it() {
    let mut post = Post::running("", "", "");
    let config = second(&post.home, "../other-ledger");
    post.home.drop_records("a.csv", 3);
    post.home.wait_for(1, "archived");
    let (code, text) = refused(&config);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("is in use by another totatsu process: one gateway at a time"), "{text}");
    post.home.drop_records("b.csv", 3);
    post.home.wait_for(2, "archived");
    assert_eq!(names_in(&post.home.path().join("spool/orphans")), [""; 0]);
    post.home.audit_is_clean();
}

#[test]
fn an_empty_or_foreign_ledger_beside_a_full_spool_is_refused_with_what_to_do_until_a_person_says_that_it_is_lost()
 {
    let mut post = Post::running("", "", "");
    post.home.drop_records("a.csv", 3);
    post.home.wait_for(1, "archived");
    post.home.stop();
    let config = second(&post.home, "../mistyped");
    for _ in 0..2 {
        let (code, text) = refused(&config);
        assert_eq!(code, Some(3), "{text}");
        assert!(text.contains("knows of none: correct paths.ledger") && text.contains("touch "), "{text}");
    }
    // The ledger of another gateway, which has sent something of its own.
    let mut other = Post::running("", "", "");
    other.home.drop_records("z.csv", 3);
    other.home.wait_for(1, "archived");
    other.home.stop();
    let foreign = post.home.path().join("foreign");
    fs::rename(other.home.path().join("ledger"), &foreign).unwrap();
    fs::remove_dir_all(&config).unwrap();
    let config = second(&post.home, "../foreign");
    let (code, text) = refused(&config);
    assert_eq!(code, Some(3), "{text}");
    assert!(text.contains("belongs to another ledger"), "{text}");
    // The right one goes on, and its spool is as it was.
    post.home.start();
    assert_eq!(post.home.deliveries().len(), 1);
    post.home.audit_is_clean();
    post.home.stop();
    // As if it had been lost for good.
    fs::remove_dir_all(post.home.path().join("ledger")).unwrap();
    let (code, text) = refused(&post.home.path().join("config"));
    assert_eq!(code, Some(3), "{text}");
    fs::write(post.home.path().join("spool/ledger-lost"), "").unwrap();
    post.home.start();
    assert!(!post.home.path().join("spool/ledger-lost").exists());
    post.home.drop_records("b.csv", 3);
    post.home.wait_for(1, "archived");
}

#[test]
fn an_older_copy_of_the_ledger_is_refused_and_the_newer_one_goes_on_though_the_partner_took_the_file_away() {
    let mut post = Post::running("", "", "");
    post.act(&["hold", "--link", LINK]);
    post.home.drop_records("a.csv", 3);
    post.wait_for("a.csv", "queued");
    post.home.stop();
    let (ledger, older) = (post.home.path().join("ledger"), post.home.path().join("older"));
    let copied = Command::new("cp").arg("-a").arg(&ledger).arg(&older).status();
    assert!(copied.unwrap().success());
    post.home.start();
    post.act(&["release", "--link", LINK]);
    post.home.wait_for(1, "archived");
    let sent: Vec<String> = names_in(post.sshd.root()).into_iter().filter(|name| name != "out").collect();
    sent.iter().for_each(|name| fs::remove_file(post.sshd.root().join(name)).unwrap());
    post.home.stop();
    // Whether or not the copy has its index, has gone on by itself, or the spool still has its id.
    for round in 0..4 {
        let config = second(&post.home, "../older");
        if round == 2 {
            for act in ["hold", "release"].into_iter().cycle().take(40) {
                let mut by_hand = Command::new(env!("CARGO_BIN_EXE_totatsu"));
                by_hand.arg("--config").arg(&config).args([act, "--partner", "eltax", "--reason", "x"]);
                assert!(by_hand.output().unwrap().status.success());
            }
        }
        if round == 3 {
            fs::rename(post.home.path().join("spool/ledger-id"), post.home.path().join("id")).unwrap();
        }
        let (code, text) = refused(&config);
        assert_eq!(code, Some(3), "{text}");
        assert!(text.contains("this is an older copy") && text.contains("ledger-lost"), "{text}");
        fs::remove_dir_all(&config).unwrap();
        drop(fs::remove_dir_all(older.join("index")));
    }
    fs::rename(post.home.path().join("id"), post.home.path().join("spool/ledger-id")).unwrap();
    post.home.start();
    assert_eq!(post.home.times("published"), 1);
    assert_eq!(names_in(post.sshd.root()), ["out"]);
    post.home.audit_is_clean();
}

#[test]
fn an_installation_without_ids_takes_its_ledger_over_once_and_without_a_word() {
    let mut post = Post::running("", "", "");
    post.home.drop_records("a.csv", 3);
    post.home.wait_for(1, "archived");
    post.home.stop();
    for directory in ["spool", "ledger"] {
        fs::remove_file(post.home.path().join(directory).join("ledger-id")).unwrap();
    }
    let said = post.home.log().len();
    post.home.start();
    assert!(!post.home.log()[said..].contains("WARN"), "{}", post.home.log());
    let id = |directory: &str| fs::read(post.home.path().join(directory).join("ledger-id")).unwrap();
    assert_eq!(id("spool"), id("ledger"));
}

#[test]
fn a_partners_file_that_is_called_like_a_digest_is_handed_over_and_no_digest_ever_takes_its_place() {
    let mut post = Post::running("", "name = \"*.DAT*\"\n", "");
    let theirs = format!("{}  N.DAT\n", Sha256::of(b"content"));
    post.offer("N.DAT.sha256", theirs.as_bytes());
    post.wait_for("N.DAT.sha256", "archived");
    post.offer("N.DAT", b"content");
    post.wait_for("N.DAT", "archived");
    let inbox = post.home.inbox(INBOUND);
    assert_eq!(names_in(&inbox), ["N.DAT", "N.DAT.sha256", "N.DAT.sha256_", "N.DAT.sha256_.sha256"]);
    assert_eq!(fs::read_to_string(inbox.join("N.DAT.sha256_")).unwrap(), theirs);
    // What somebody else put there is waited for, as any name that is taken.
    fs::write(inbox.join("M.DAT.sha256"), "somebody's own\n").unwrap();
    post.offer("M.DAT", b"another");
    let waits = post.wait_for("M.DAT", "queued");
    assert!(why(&waits).contains("M.DAT.sha256 still lies in the inbox"), "{}", why(&waits));
    assert_eq!(fs::read_to_string(inbox.join("M.DAT.sha256")).unwrap(), "somebody's own\n");
    fs::remove_file(inbox.join("M.DAT.sha256")).unwrap();
    post.wait_for("M.DAT", "archived");
}

#[test]
fn names_in_the_inbox_that_belong_to_digests_are_refused_by_check_where_the_link_fixes_them() {
    for (remote, tables) in [("name = \"*.sha256\"\n", ""), ("", "[inbox]\nname = \"{stem}.sha256\"\n")] {
        let post = Post::new("", remote, tables);
        let (fine, text) = post.home.run(&["check"]);
        assert!(!fine && text.contains(".sha256"), "{text}");
    }
    let post = Post::new("", "name = \"*.sha256\"\n", "[inbox]\nname = \"{name}.file\"\n");
    let (fine, text) = post.home.run(&["check"]);
    assert!(fine, "{text}");
}

#[test]
#[cfg_attr(not(have_root), ignore = "plays several users: run it as root")]
fn a_failed_import_is_run_again_on_the_bytes_that_were_placed_or_not_at_all() {
    let mut post = Post::new("", "", "");
    let home = post.home.path().to_owned();
    let script = home.join("import.sh");
    fs::write(&script, format!("cat \"$1\" >> {0:?}/imported; [ -e {0:?}/mended ]\n", home)).unwrap();
    let tables = format!("[import]\ncommand = [\"/bin/sh\", {script:?}, \"{{file}}\"]\n");
    post.home.write_inbound(INBOUND, Inbound { tables: &tables, ..Inbound::default() });
    post.home.start();
    post.offer("N.DAT", b"the partner's");
    let held = post.wait_for("N.DAT", "held").delivery;
    let rows = post.home.folder(&held.id).decoded();
    let lies = post.home.inbox(INBOUND).join("N.DAT");
    fs::write(home.join("mended"), "").unwrap();
    let imported = || fs::read_to_string(home.join("imported")).unwrap();
    let replace = |with: &dyn Fn()| {
        drop(fs::remove_file(&lies));
        with();
    };
    let tricks: [(&str, &dyn Fn()); 4] = [
        ("isn't the file that was placed there", &|| fs::write(&lies, "another's").unwrap()),
        ("isn't the file that was placed there", &|| std::os::unix::fs::symlink(&script, &lies).unwrap()),
        ("isn't the file that was placed there", &|| {
            fs::copy(&rows, &lies).unwrap();
            chown(&lies, Some(MEMBER), None).unwrap();
        }),
        ("is no longer in the inbox", &|| {}),
    ];
    for (told, trick) in tricks {
        replace(trick);
        post.act(&["release", held.id.as_str()]);
        post.home.until("it is held again", |home| {
            let shown = home.until_file("N.DAT", "held");
            why(&shown).contains(told).then_some(())
        });
        assert_eq!(imported(), "the partner's", "{told}");
    }
    // Put back as the message says, it is imported, once more and on the same bytes.
    fs::copy(&rows, &lies).unwrap();
    post.act(&["release", held.id.as_str()]);
    post.wait_for("N.DAT", "archived");
    assert_eq!(imported(), "the partner'sthe partner's");
    assert_eq!(post.home.times("import_started"), 2);
    post.home.audit_is_clean();
}

#[test]
fn an_acknowledgement_is_sent_also_where_files_of_its_outbox_wait_for_markers() {
    let mut post = Post::new("", "", "[acknowledge]\nlink = \"kekka\"\n");
    let link = "partner = \"eltax\"\nlayout = \"common/as-is\"\nready = \"marker\"\n";
    post.home.write("config/links/kekka.toml", link);
    post.home.start();
    for name in ["A.DAT", "B.DAT"] {
        post.offer(name, name.as_bytes());
        post.wait_for(name, "archived");
        let arrived = post.sshd.root().join(format!("{name}.ack"));
        post.home.until("the acknowledgement arrives", |_| arrived.exists().then_some(()));
    }
    post.home.wait_for(4, "archived");
    assert_eq!(names_in(&post.home.path().join("spool/outbox/kekka")), [""; 0]);
    post.home.audit_is_clean();
}
