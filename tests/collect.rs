//! The way in: a partner's file is collected, decoded, handed over under its lock, imported and acknowledged.

#![cfg(have_sshd)]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use support::collecting::{INBOUND, Inbound, Post, why};
use support::disk::SmallDisk;
use support::gateway::{LINK, names_in};
use totatsu::collect::place;
use totatsu_base::delivery_id::DeliveryId;
use totatsu_base::digest::Sha256;
use totatsu_ledger::Ledger;
use totatsu_ledger::event::Event;

impl Post {
    fn write_link(&self, name: &str, more: &str, remote: &str, tables: &str) {
        self.home.write_inbound(name, Inbound { more, remote, tables, ..Inbound::default() });
    }

    fn inbox(&self) -> PathBuf {
        self.home.inbox(INBOUND)
    }

    fn receipt(&self, id: &DeliveryId) -> Value {
        self.home.receipt(id)
    }

    /// The names under which files were placed, in that order.
    fn placed(&self) -> Vec<String> {
        let events = self.home.journal();
        let placed = events.iter().filter(|event| event["event"] == "placed");
        let name =
            |event: &Value| event["placed"]["path"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        placed.map(name).collect()
    }

    fn audit_is_clean(&self) {
        self.home.audit_is_clean();
    }

    /// An import command that runs this text; `$1` is the file.
    fn script(&self, text: &str) -> String {
        let path = self.home.path().join("import.sh");
        fs::write(&path, text).unwrap();
        format!("[import]\ncommand = [\"/bin/sh\", {path:?}, \"{{file}}\"]\n")
    }
}

#[test]
fn a_partners_file_appears_in_the_inbox_with_its_digest_and_ends_with_a_receipt_in_the_same_chain() {
    let mut post = Post::running("", "", "");
    post.home.drop_records("a.csv", 3);
    post.wait_for("a.csv", "archived");
    post.offer("N.DAT", b"bytes of theirs\r\n");
    let collected = post.wait_for("N.DAT", "archived").delivery;
    assert_eq!(fs::read(post.inbox().join("N.DAT")).unwrap(), b"bytes of theirs\r\n");
    let checked = Command::new("sha256sum").args(["-c", "N.DAT.sha256"]).current_dir(post.inbox()).output();
    assert!(checked.unwrap().status.success());
    assert_eq!(names_in(&post.out()), ["N.DAT"], "it is left at the partner unless the link says otherwise");
    let receipt = post.receipt(&collected.id);
    assert_eq!((&receipt["number"], &receipt["grade"]), (&2.into(), &"content".into()));
    assert_eq!(receipt["handed_over"]["from"], "out/N.DAT");
    assert_eq!(receipt["source"]["sha256"], Sha256::of(b"bytes of theirs\r\n").to_string());
    let (verified, text) = post.home.run(&["receipt", "verify", collected.id.as_str()]);
    assert!(verified, "{text}");
    post.audit_is_clean();
}

#[test]
fn a_file_that_was_fetched_is_not_fetched_again_even_after_a_restart_but_new_content_under_its_name_is() {
    let mut post = Post::running("", "", "");
    post.offer("N.DAT", b"first");
    post.wait_for("N.DAT", "archived");
    fs::remove_file(post.inbox().join("N.DAT")).unwrap();
    post.home.kill();
    post.home.start();
    post.offer("M.DAT", b"another");
    post.wait_for("M.DAT", "archived");
    assert_eq!(post.home.deliveries().len(), 2);
    post.offer("N.DAT", b"second");
    post.home.wait_for(3, "archived");
    assert_eq!(fs::read(post.inbox().join("N.DAT")).unwrap(), b"second");
}

#[test]
fn a_file_that_was_only_touched_is_told_to_be_the_same_and_handed_over_once() {
    let mut post = Post::running("", "", "");
    post.offer("N.DAT", b"first");
    post.wait_for("N.DAT", "archived");
    let file = fs::File::open(post.out().join("N.DAT")).unwrap();
    file.set_modified(std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(86_400)).unwrap();
    post.wait_for("N.DAT", "repeated");
    assert_eq!(post.placed(), ["N.DAT"]);
    post.audit_is_clean();
}

#[test]
fn the_next_file_of_a_name_waits_its_turn_until_the_one_before_is_taken_out_of_the_inbox() {
    let mut post = Post::running("", "afterwards = \"delete\"\n", "");
    post.offer("N.DAT", b"first");
    post.wait_for("N.DAT", "archived");
    post.offer("N.DAT", b"second");
    let waits = post.wait_for("N.DAT", "queued");
    assert!(why(&waits).contains("still lies in the inbox"), "{}", why(&waits));
    assert_eq!(fs::read(post.inbox().join("N.DAT")).unwrap(), b"first");
    fs::remove_file(post.inbox().join("N.DAT")).unwrap();
    post.home.wait_for(2, "archived");
    assert_eq!(fs::read(post.inbox().join("N.DAT")).unwrap(), b"second");
    assert_eq!(post.home.times("waiting"), 0);
}

#[test]
fn a_marker_that_is_older_than_the_file_was_an_earlier_ones_and_doesnt_make_it_complete() {
    let mut post = Post::running("", "ready = \"marker\"\n", "");
    let write = |post: &Post, name: &str, bytes: &[u8], second: u64| {
        let path = post.out().join(name);
        fs::write(&path, bytes).unwrap();
        let file = fs::File::options().write(true).open(path).unwrap();
        let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(second);
        file.set_modified(time).unwrap();
    };
    write(&post, "N.DAT", b"first", 1_000);
    write(&post, "N.DAT.end", b"", 1_001);
    post.wait_for("N.DAT", "archived");
    fs::remove_file(post.inbox().join("N.DAT")).unwrap();
    write(&post, "N.DAT", b"sec", 2_000);
    let (_, told) = post.home.run(&["collect", INBOUND]);
    assert!(told.contains("N.DAT.end is older than the file"), "{told}");
    write(&post, "N.DAT", b"second", 2_001);
    write(&post, "N.DAT.end", b"", 2_001);
    post.home.wait_for(2, "archived");
    assert_eq!(fs::read(post.inbox().join("N.DAT")).unwrap(), b"second");
    assert_eq!(post.placed(), ["N.DAT", "N.DAT"]);
}

#[test]
fn the_same_content_under_another_name_is_held_as_a_probable_duplicate() {
    let mut post = Post::running("", "", "");
    post.offer("A.DAT", b"the same");
    post.wait_for("A.DAT", "archived");
    post.offer("B.DAT", b"the same");
    let held = post.wait_for("B.DAT", "held");
    assert!(why(&held).contains("probably sent twice"), "{}", why(&held));
    post.act(&["release", held.delivery.id.as_str()]);
    post.wait_for("B.DAT", "archived");
    assert_eq!(names_in(&post.inbox()), ["A.DAT", "A.DAT.sha256", "B.DAT", "B.DAT.sha256"]);
}

#[test]
fn what_looks_unfinished_or_is_no_file_is_passed_over() {
    let mut post = Post::running("", "name = \"*\"\n", "");
    for name in ["a.tmp", ".hidden", "b.part", "c.end"] {
        fs::write(post.out().join(name), "x").unwrap();
    }
    fs::create_dir(post.out().join("directory")).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", post.out().join("link")).unwrap();
    fs::write(post.out().join("empty"), "").unwrap();
    fs::write(post.out().join("a\u{1b}[2Jb"), "x").unwrap();
    post.offer("N.DAT", b"a file");
    post.wait_for("N.DAT", "archived");
    assert_eq!(post.home.deliveries().len(), 1);
}

#[test]
fn a_name_that_cant_be_used_is_told_once_and_hinders_no_other_file() {
    use std::os::unix::ffi::OsStrExt as _;
    let mut post = Post::running("", "", "");
    // 受.DAT in Shift_JIS.
    fs::write(post.out().join(std::ffi::OsStr::from_bytes(b"\x8e\xf3.DAT")), "of theirs").unwrap();
    post.home.until("it is told", |home| {
        let look = home.first_inbound()["last_look"]["trouble"].to_string();
        look.contains("1 of the names in its directory can't be used").then_some(())
    });
    post.offer("N.DAT", b"content");
    post.wait_for("N.DAT", "archived");
    assert_eq!(post.home.deliveries().len(), 1);
    assert_eq!(post.home.log().matches("alert=\"look_failed\"").count(), 1, "{}", post.home.log());
}

#[test]
fn a_directory_in_the_inbox_that_bears_a_name_which_is_needed_holds_its_collection_alone() {
    let mut post = Post::new("", "", "");
    post.write_link("other", "", "name = \"*.TXT\"\n", "");
    post.home.start();
    fs::create_dir(post.inbox().join("N.DAT.sha256")).unwrap();
    post.offer("N.DAT", b"content");
    let held = post.wait_for("N.DAT", "held").delivery;
    post.offer("M.TXT", b"content of another");
    post.wait_for("M.TXT", "archived");
    fs::remove_dir(post.inbox().join("N.DAT.sha256")).unwrap();
    post.home.release(&held.id);
    post.wait_for("N.DAT", "archived");
}

#[test]
fn a_file_with_a_marker_or_a_digest_rule_waits_for_it_and_a_wrong_digest_is_never_handed_over() {
    let mut post = Post::running("", "ready = \"marker\"\ndigest = \"{name}.sha256\"\n", "");
    post.offer("N.DAT", b"content");
    fs::write(post.out().join("N.DAT.sha256"), format!("{}  N.DAT\n", Sha256::of(b"other"))).unwrap();
    post.home.until("the look has seen it", |home| {
        (home.first_inbound()["last_look"]["waiting"] == 1).then_some(())
    });
    fs::write(post.out().join("N.DAT.end"), "").unwrap();
    let waiting = post.wait_for("N.DAT", "waiting");
    assert!(why(&waiting).contains("it is fetched again"), "{}", why(&waiting));
    assert_eq!(names_in(&post.inbox()), [""; 0]);
    fs::write(post.out().join("N.DAT.sha256"), format!("{}  N.DAT\n", Sha256::of(b"content"))).unwrap();
    let collected = post.wait_for("N.DAT", "archived").delivery;
    assert_eq!(post.receipt(&collected.id)["handed_over"]["vouched_by"], "out/N.DAT.sha256");
}

#[test]
fn a_file_that_is_still_written_is_not_fetched_until_it_has_looked_the_same_for_a_while() {
    let mut post = Post::running("", "ready = \"stable\"\nstable_for = \"1s\"\n", "");
    let path = post.out().join("N.DAT");
    for length in 1..=15 {
        fs::write(&path, vec![b'x'; length]).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let collected = post.wait_for("N.DAT", "archived").delivery;
    assert_eq!(collected.source().unwrap().size, 15);
    assert_eq!(post.home.deliveries().len(), 1);
}

#[test]
fn afterwards_the_partners_file_is_removed_or_moved_with_what_vouches_for_it_and_may_come_anew() {
    let mut post = Post::running("", "ready = \"marker\"\nafterwards = \"delete\"\n", "");
    post.offer("N.DAT", b"one");
    post.offer("N.DAT.end", b"");
    let first = post.wait_for("N.DAT", "archived").delivery;
    assert_eq!(names_in(&post.out()), [""; 0]);
    assert!(post.receipt(&first.id)["asked"].to_string().contains("remove out/N.DAT"));
    fs::remove_file(post.inbox().join("N.DAT")).unwrap();
    post.offer("N.DAT", b"two");
    post.offer("N.DAT.end", b"");
    post.home.wait_for(2, "archived");
    post.home.kill();
    fs::create_dir(post.out().join("done")).unwrap();
    fs::write(post.out().join("done/M.DAT"), "earlier").unwrap();
    post.write_link(INBOUND, "", "afterwards = \"move\"\nmove_to = \"out/done\"\n", "");
    post.home.start();
    post.offer("M.DAT", b"three");
    post.wait_for("M.DAT", "archived");
    assert_eq!(names_in(&post.out().join("done")), ["M-2.DAT", "M.DAT"]);
    assert_eq!(fs::read(post.out().join("done/M.DAT")).unwrap(), b"earlier");
    post.audit_is_clean();
}

#[test]
fn a_move_that_was_cut_off_between_its_two_names_is_ended_and_only_another_file_of_the_name_gets_a_number() {
    let mut post = Post::running("", "afterwards = \"move\"\nmove_to = \"out/done\"\n", "");
    post.offer("N.DAT", b"one");
    let held = post.wait_for("N.DAT", "held").delivery.id;
    let done = post.out().join("done");
    fs::create_dir(&done).unwrap();
    // Where no rename is safe, the new name is a link first: this is what a cut before the removal of the old one leaves.
    let aside = post.out().join(format!(".totatsu-{held}.taken"));
    fs::rename(post.out().join("N.DAT"), &aside).unwrap();
    fs::hard_link(&aside, done.join("N.DAT")).unwrap();
    post.act(&["release", held.as_str()]);
    post.wait_for("N.DAT", "archived");
    assert_eq!((names_in(&post.out()), names_in(&done)), (vec!["done".into()], vec!["N.DAT".into()]));

    // As long and as old as the one that comes.
    let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000);
    for (path, bytes) in [(done.join("M.DAT"), "own"), (post.out().join(".M"), "two")] {
        fs::write(&path, bytes).unwrap();
        fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
    }
    fs::rename(post.out().join(".M"), post.out().join("M.DAT")).unwrap();
    post.wait_for("M.DAT", "archived");
    assert_eq!(names_in(&done), ["M-2.DAT", "M.DAT", "N.DAT"]);
    assert_eq!(fs::read(done.join("M.DAT")).unwrap(), b"own");
}

#[test]
fn a_file_that_bears_both_names_as_getting_its_own_back_was_cut_off_is_gone_on_with_be_it_ours_or_another() {
    let mut post = Post::running("", "afterwards = \"move\"\nmove_to = \"out/done\"\n", "");
    post.offer("N.DAT", b"one");
    let ours = post.wait_for("N.DAT", "held").delivery.id;
    post.offer("M.DAT", b"two");
    let replaced = post.wait_for("M.DAT", "held").delivery.id;
    post.offer("M.DAT", b"came anew");
    post.wait_for("M.DAT", "queued");
    let done = post.out().join("done");
    fs::create_dir(&done).unwrap();
    // Where no rename is safe, the name is a link first: this is what a cut before the removal of the other one leaves.
    let go_on_after_cut = |post: &Post, name: &str, id: &DeliveryId| {
        fs::hard_link(post.out().join(name), post.out().join(format!(".totatsu-{id}.taken"))).unwrap();
        post.act(&["release", id.as_str()]);
    };
    go_on_after_cut(&post, "N.DAT", &ours);
    post.wait_for("N.DAT", "archived");
    assert_eq!(names_in(&post.out()), ["M.DAT", "done"]);
    go_on_after_cut(&post, "M.DAT", &replaced);
    post.wait_for("M.DAT", "archived");
    fs::remove_file(post.inbox().join("M.DAT")).unwrap();
    post.home.wait_for(3, "archived");
    assert_eq!(names_in(&post.out()), ["done"]);
    assert_eq!(names_in(&done), ["M.DAT", "N.DAT"]);
    assert_eq!(fs::read(done.join("M.DAT")).unwrap(), b"came anew");
}

#[test]
fn a_file_that_the_partner_took_away_is_held_and_can_be_given_up() {
    let mut post = Post::running("", "digest = \"{name}.sha256\"\n", "");
    let wrong = format!("{}  N.DAT\n", Sha256::of(b"other"));
    fs::write(post.out().join("N.DAT.sha256"), wrong).unwrap();
    post.offer("N.DAT", b"content");
    post.wait_for("N.DAT", "waiting");
    fs::remove_file(post.out().join("N.DAT")).unwrap();
    let held = post.wait_for("N.DAT", "held");
    assert!(why(&held).contains("is gone at the partner"), "{}", why(&held));
    post.act(&["cancel", held.delivery.id.as_str()]);
    post.home.until("it is in the archive", |home| home.deliveries()[0].delivery.archived.clone());
    assert_eq!(names_in(&post.inbox()), [""; 0]);
    post.audit_is_clean();
}

#[test]
fn an_import_command_runs_under_the_lock_with_the_file_and_facts_and_the_inbox_is_cleared_afterwards() {
    let mut post = Post::new("lock = \"gyomu\"\n", "", "");
    let lock = post.home.path().join("spool/locks/gyomu.lock");
    let out = post.home.path().join("imported");
    let tables = post.script(&format!(
        "flock --nonblock {lock:?} true && exit 9\ncp \"$1\" {out:?}\necho $TOTATSU_LINK $TOTATSU_NAME $TOTATSU_SHA256\n"
    ));
    post.write_link(INBOUND, "lock = \"gyomu\"\n", "", &tables);
    post.home.start();
    post.offer("N.DAT", b"content");
    let done = post.wait_for("N.DAT", "archived").delivery;
    assert_eq!(fs::read(&out).unwrap(), b"content");
    assert_eq!(names_in(&post.inbox()), [""; 0]);
    let output = fs::read_to_string(post.home.folder(&done.id).import_output()).unwrap();
    assert_eq!(output, format!("{INBOUND} N.DAT {}\n", Sha256::of(b"content")));
    assert!(post.receipt(&done.id)["handed_over"]["imported_at"].is_string());
    post.audit_is_clean();
}

#[test]
fn a_failed_import_holds_the_collection_and_all_under_its_lock_until_it_is_run_again_or_confirmed() {
    let mut post = Post::new("lock = \"gyomu\"\n", "", "");
    let fail = post.home.path().join("fail");
    let log = post.home.path().join("runs");
    let tables = post.script(&format!(
        "echo \"$TOTATSU_NAME $(sha256sum < \"$1\")\" >> {log:?}\nif [ -e {fail:?} ]; then exit 7; fi\n"
    ));
    post.write_link(INBOUND, "lock = \"gyomu\"\n", "name = \"A*.DAT\"\n", &tables);
    post.write_link("other", "lock = \"gyomu\"\n", "name = \"B*.DAT\"\n", "");
    fs::write(&fail, "").unwrap();
    post.home.start();
    post.offer("A1.DAT", b"content");
    let held = post.wait_for("A1.DAT", "held");
    assert!(why(&held).contains("exit status 7"), "{}", why(&held));
    post.offer("B1.DAT", b"waits");
    let behind = post.wait_for("B1.DAT", "queued");
    assert!(why(&behind).contains(held.delivery.id.as_str()), "{}", why(&behind));
    fs::remove_file(&fail).unwrap();
    post.act(&["retry", held.delivery.id.as_str()]);
    post.wait_for("A1.DAT", "archived");
    post.wait_for("B1.DAT", "archived");
    let runs = fs::read_to_string(&log).unwrap();
    let runs: Vec<&str> = runs.lines().collect();
    assert_eq!((runs.len(), runs[0]), (2, runs[1]), "the same bytes twice");
    let post_inbox = post.inbox();
    fs::write(&fail, "").unwrap();
    post.offer("A2.DAT", b"by hand");
    let held = post.wait_for("A2.DAT", "held").delivery.id;
    post.act(&["confirm", held.as_str(), "--by", "山田", "--how", "other"]);
    post.wait_for("A2.DAT", "archived");
    assert!(post.receipt(&held)["confirmation"]["by"].as_str().unwrap().contains("山田"));
    post.offer("A3.DAT", b"given up");
    let held = post.wait_for("A3.DAT", "held").delivery.id;
    assert_eq!(names_in(&post.inbox()), ["A3.DAT", "A3.DAT.sha256"]);
    post.act(&["cancel", held.as_str()]);
    post.home.until("the inbox is empty", |_| names_in(&post_inbox).is_empty().then_some(()));
}

#[test]
fn rows_that_had_their_name_before_that_was_recorded_leave_the_inbox_when_the_collection_is_given_up() {
    let mut post = Post::running("", "", "[import]\ncommand = [\"/bin/true\"]\n");
    let lock = fs::File::open(post.home.path().join(format!("spool/locks/{INBOUND}.lock"))).unwrap();
    lock.lock().unwrap();
    post.offer("N.DAT", b"content");
    let id = post.wait_for("N.DAT", "queued").delivery.id;
    post.home.stop();
    drop(lock);
    // What a daemon does until the instant before it records that the rows have their name.
    let (rows, inbox) = (post.home.folder(&id).decoded(), post.inbox());
    let placing = place::prepare(&rows, Sha256::of(b"content"), &(&inbox).into(), "N.DAT", &id).unwrap();
    let (ledger, _) = Ledger::open(&post.home.path().join("ledger")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let event = Event::PlacingStarted { placing: placing.clone() };
    runtime.block_on(ledger.record(id.clone(), event)).unwrap();
    drop(ledger);
    place::finish(&placing).unwrap();
    post.act(&["hold", id.as_str()]);
    post.act(&["cancel", id.as_str()]);
    post.home.start();
    post.home.until("it is in the archive", |home| home.deliveries()[0].delivery.archived.clone());
    assert_eq!(names_in(&inbox), [""; 0]);
}

#[test]
fn a_collection_whose_link_left_the_configuration_is_held_and_not_called_imported() {
    let mut post = Post::new("", "", "");
    let tables = post.script("exit 7\n");
    post.write_link(INBOUND, "", "", &tables);
    post.home.start();
    post.offer("N.DAT", b"content");
    let held = post.wait_for("N.DAT", "held").delivery.id;
    post.home.stop();
    let link = post.home.path().join(format!("config/links/{INBOUND}.toml"));
    let text = fs::read_to_string(&link).unwrap();
    fs::remove_file(&link).unwrap();
    post.home.start();
    post.act(&["release", held.as_str()]);
    let held = post.wait_for("N.DAT", "held");
    assert!(why(&held).contains("is not in the configuration any more"), "{}", why(&held));
    post.home.stop();
    fs::write(&link, text.replace("import.sh", "missing.sh")).unwrap();
    post.home.start();
    post.act(&["release", held.delivery.id.as_str()]);
    let held = post.wait_for("N.DAT", "held");
    assert!(why(&held).contains("exit status"));
    // What is told to be typed can be typed as it stands.
    let typed = format!("totatsu retry {} --reason TEXT", held.delivery.id);
    assert!(why(&held).contains(&typed), "{}", why(&held));
}

#[test]
fn while_another_program_has_the_lock_nothing_is_handed_over_and_no_outbound_file_is_converted() {
    let mut post = Post::new("lock = \"gyomu\"\n", "", "");
    post.home.write_link("ready = \"rename\"\nlock = \"gyomu\"\n", "");
    post.home.start();
    let lock = post.home.path().join("spool/locks/gyomu.lock");
    let gate = post.home.path().join("gate");
    let script = format!("while [ ! -e {gate:?} ]; do sleep 0.05; done");
    let mut holder = Command::new("flock").arg(&lock).args(["sh", "-c", &script]).spawn().unwrap();
    post.home.until("the lock is taken", |_| {
        let free = Command::new("flock").arg("--nonblock").arg(&lock).arg("true").status().unwrap();
        (!free.success()).then_some(())
    });
    post.offer("N.DAT", b"content");
    post.home.drop_records("out.csv", 3);
    for name in ["N.DAT", "out.csv"] {
        let queued = post.wait_for(name, "queued");
        assert!(why(&queued).contains("gyomu"), "{}", why(&queued));
    }
    assert_eq!(names_in(&post.inbox()), [""; 0]);
    fs::write(&gate, "").unwrap();
    holder.wait().unwrap();
    post.wait_for("N.DAT", "archived");
    post.wait_for("out.csv", "archived");
    assert_eq!(names_in(&post.inbox()), ["N.DAT", "N.DAT.sha256"]);
}

#[test]
fn an_import_that_outlives_a_killed_gateway_is_waited_for_and_its_result_counts_once() {
    let mut post = Post::new("", "", "");
    let (gate, log) = (post.home.path().join("gate"), post.home.path().join("runs"));
    let tables = post.script(&format!("echo run >> {log:?}\nwhile [ ! -e {gate:?} ]; do sleep 0.05; done\n"));
    post.write_link(INBOUND, "", "", &tables);
    post.home.start();
    post.offer("N.DAT", b"content");
    post.home.until("the command runs", |_| log.exists().then_some(()));
    post.home.kill();
    post.home.start();
    let queued = post.wait_for("N.DAT", "queued");
    assert!(why(&queued).contains("is taken"), "{}", why(&queued));
    // Whoever takes it for stuck doesn't have it run twice.
    post.act(&["release", queued.delivery.id.as_str()]);
    post.wait_for("N.DAT", "queued");
    fs::write(&gate, "").unwrap();
    let id = post.wait_for("N.DAT", "archived").delivery.id;
    assert_eq!(fs::read_to_string(&log).unwrap(), "run\n");
    assert_eq!(post.receipt(&id)["handed_over"]["import_runs"], 1);
    post.audit_is_clean();
}

#[test]
fn a_receipt_tells_when_the_rows_were_placed_however_often_they_were_imported() {
    let mut post = Post::new("", "", "");
    let good = post.home.path().join("good");
    let tables = post.script(&format!("[ -e {good:?} ]\n"));
    post.write_link(INBOUND, "", "", &tables);
    post.home.start();
    post.offer("N.DAT", b"content");
    let held = post.wait_for("N.DAT", "held").delivery.id;
    fs::write(&good, "").unwrap();
    post.act(&["retry", held.as_str()]);
    post.wait_for("N.DAT", "archived");
    let journal = post.home.journal();
    let placed = journal.iter().find(|event| event["event"] == "placed").unwrap();
    let handed_over = &post.receipt(&held)["handed_over"];
    assert_eq!((&handed_over["placed_at"], &handed_over["import_runs"]), (&placed["at"], &Value::from(2)));
}

#[test]
fn what_is_held_because_it_cant_be_removed_at_the_partner_is_no_import_that_a_person_could_confirm() {
    let mut post = Post::running("", "afterwards = \"move\"\nmove_to = \"missing/done\"\n", "");
    post.offer("N.DAT", b"content");
    let held = post.wait_for("N.DAT", "held").delivery.id;
    let arguments = ["confirm", held.as_str(), "--by", "係長", "--how", "phone", "--reason", "said so"];
    let (done, text) = post.home.run(&arguments);
    assert!(!done, "{text}");
    assert_eq!(names_in(&post.out()), ["N.DAT"]);
}

#[test]
fn numbers_in_names_are_handed_over_in_order_a_gap_waits_and_an_old_one_is_held() {
    let mut post = Post::running("sequence = \"number\"\n", "name = \"N{number}.DAT\"\n", "");
    post.offer("N007.DAT", b"seven");
    post.wait_for("N007.DAT", "archived");
    post.offer("N009.DAT", b"nine");
    let waits = post.wait_for("N009.DAT", "queued");
    assert!(why(&waits).contains("8 is missing"), "{}", why(&waits));
    post.offer("N008.DAT", b"eight");
    post.wait_for("N009.DAT", "archived");
    assert_eq!(post.placed(), ["N007.DAT", "N008.DAT", "N009.DAT"]);
    post.offer("N003.DAT", b"three");
    let old = post.wait_for("N003.DAT", "held");
    assert!(why(&old).contains("older than 9"), "{}", why(&old));
    post.offer("N010.DAT", b"ten");
    let behind = post.wait_for("N010.DAT", "queued");
    assert!(why(&behind).contains(old.delivery.id.as_str()), "{}", why(&behind));
    post.act(&["cancel", old.delivery.id.as_str()]);
    post.wait_for("N010.DAT", "archived");
    post.offer("N020.DAT", b"twenty");
    let gap = post.wait_for("N020.DAT", "queued");
    post.act(&["release", gap.delivery.id.as_str()]);
    post.wait_for("N020.DAT", "archived");
}

#[test]
fn a_number_that_comes_late_goes_before_the_next_ones_found_first_on_a_strict_link_and_if_they_are_held() {
    for (order, held) in [("strict", false), ("strict", true), ("free", true)] {
        let more = format!("sequence = \"number\"\norder = {order:?}\n");
        let mut post = Post::running(&more, "name = \"N{number}.DAT\"\n", "");
        post.offer("N007.DAT", b"seven");
        post.wait_for("N007.DAT", "archived");
        post.offer("N009.DAT", b"nine");
        let waits = post.wait_for("N009.DAT", "queued");
        assert!(why(&waits).contains("8 is missing"), "{}", why(&waits));
        if held {
            post.act(&["hold", waits.delivery.id.as_str()]);
        }
        post.offer("N008.DAT", b"eight");
        post.wait_for("N008.DAT", "archived");
        if held {
            post.act(&["release", waits.delivery.id.as_str()]);
        }
        post.wait_for("N009.DAT", "archived");
        assert_eq!(post.placed(), ["N007.DAT", "N008.DAT", "N009.DAT"]);
    }
}

#[test]
fn after_an_old_number_that_a_person_released_its_successor_is_the_next_and_so_is_that_of_the_highest() {
    for (old, next) in [("N004.DAT", "N007.DAT"), ("N001.DAT", "N002.DAT")] {
        let more = "sequence = \"number\"\norder = \"strict\"\n";
        let mut post = Post::running(more, "name = \"N{number}.DAT\"\n", "");
        for name in ["N005.DAT", "N006.DAT"] {
            post.offer(name, name.as_bytes());
            post.wait_for(name, "archived");
        }
        post.offer(old, b"corrected");
        let held = post.wait_for(old, "held");
        post.act(&["release", held.delivery.id.as_str()]);
        post.wait_for(old, "archived");
        post.offer(next, b"next");
        post.wait_for(next, "archived");
        assert_eq!(post.placed(), ["N005.DAT", "N006.DAT", old, next]);
    }
}

#[test]
fn one_release_hands_over_a_duplicate_whose_number_is_old_too() {
    let mut post = Post::running("sequence = \"number\"\n", "name = \"N{number}.DAT\"\n", "");
    post.offer("N007.DAT", b"seven");
    post.wait_for("N007.DAT", "archived");
    post.offer("N006.DAT", b"seven");
    let held = post.wait_for("N006.DAT", "held");
    for told in
        ["has the same content, and 6 in its name is older than 7", "release it to hand it over all the same"]
    {
        assert!(why(&held).contains(told), "{}", why(&held));
    }
    post.act(&["release", held.delivery.id.as_str()]);
    post.home.wait_for(2, "archived");
    assert_eq!((post.placed(), post.home.times("held")), (vec!["N007.DAT".into(), "N006.DAT".into()], 1));
    post.audit_is_clean();
}

#[test]
fn a_release_lets_nothing_go_that_the_collection_was_not_held_for() {
    let mut post = Post::running("sequence = \"number\"\n", "name = \"N{number}.DAT\"\n", "");
    post.offer("N007.DAT", b"seven");
    post.wait_for("N007.DAT", "archived");
    post.offer("N009.DAT", b"nine");
    let id = post.wait_for("N009.DAT", "queued").delivery.id;
    post.act(&["hold", id.as_str()]);
    post.act(&["release", id.as_str()]);
    post.home.until("it waits for the gap again", |home| (home.times("queued") == 2).then_some(()));
    post.offer("N010.DAT", b"seven");
    let held = post.wait_for("N010.DAT", "held");
    assert!(why(&held).contains("once its turn has come: 10 in its name comes after 7, and 8 is missing"));
    post.act(&["release", held.delivery.id.as_str()]);
    post.home.until("that one waits too", |home| (home.times("queued") == 3).then_some(()));
    post.offer("N008.DAT", b"eight");
    post.home.wait_for(4, "archived");
    assert_eq!(post.placed(), ["N007.DAT", "N008.DAT", "N009.DAT", "N010.DAT"]);
}

#[test]
fn where_it_is_agreed_the_partner_is_told_what_became_of_its_file_also_when_it_is_refused() {
    let mut post = Post::new("", "", "");
    post.write_link(
        INBOUND,
        "",
        "name = \"A*.DAT\"\n",
        "[acknowledge]\nlink = \"kekka\"\nname = \"{name}.ack\"\n",
    );
    let layout = "layout = \"eltax/nenkin-tokucho-irai\"\n";
    post.write_link("fixed", layout, "name = \"B*.DAT\"\n", "[acknowledge]\nlink = \"kekka\"\n");
    let out =
        "partner = \"eltax\"\nlayout = \"common/as-is\"\nready = \"rename\"\n[remote]\ndirectory = \"ack\"\n";
    post.home.write("config/links/kekka.toml", out);
    fs::create_dir(post.sshd.root().join("ack")).unwrap();
    post.home.start();
    post.offer("A.DAT", b"content");
    post.offer("B.DAT", b"no such record");
    post.wait_for("A.DAT.ack", "archived");
    post.wait_for("B.DAT.ack", "archived");
    let told = fs::read_to_string(post.sshd.root().join("ack/A.DAT.ack")).unwrap();
    assert!(told.contains(&format!("sha256={}\nresult=ok\n", Sha256::of(b"content"))), "{told}");
    let told = fs::read_to_string(post.sshd.root().join("ack/B.DAT.ack")).unwrap();
    assert!(told.contains("file=B.DAT\n") && told.contains("result=refused\n"), "{told}");
    let refused = post.wait_for("B.DAT", "rejected").delivery;
    let (shown, text) = post.home.run(&["report", refused.id.as_str()]);
    assert!(shown && text.contains("B.DAT"), "{text}");
    post.home.wait_for(3, "archived");
    post.audit_is_clean();
}

#[test]
fn a_directory_that_cant_be_looked_at_is_told_once_and_the_rest_goes_on() {
    let mut post = Post::running("", "directory = \"missing\"\n", "");
    post.home.until("it is told", |home| home.log().contains("can't be collected").then_some(()));
    fs::create_dir(post.sshd.root().join("missing")).unwrap();
    fs::write(post.sshd.root().join("missing/N.DAT"), "x").unwrap();
    post.wait_for("N.DAT", "archived");
    assert_eq!(post.home.log().matches("can't be collected").count(), 1);
}

#[test]
fn a_person_can_have_a_partner_looked_at_at_once() {
    let mut post = Post::running("", "every = \"1h\"\n", "");
    post.home.until("it was looked at", |home| home.first_inbound()["last_look"].is_object().then_some(()));
    post.offer("N.DAT", b"x");
    let (asked, text) = post.home.run(&["collect", INBOUND]);
    assert!(asked, "{text}");
    post.wait_for("N.DAT", "archived");
    let (asked, text) = post.home.run(&["collect", LINK]);
    assert!(!asked && text.contains("no inbound link"), "{text}");
}

#[test]
fn an_acknowledgement_waits_while_an_earlier_one_of_its_name_lies_in_the_outbox_and_is_never_dropped() {
    let mut post = Post::new(
        "",
        "afterwards = \"delete\"\n",
        "[acknowledge]\nlink = \"kekka\"\nname = \"{name}.ack\"\n",
    );
    // It is never quiet for so long, so that what lies in the outbox stays.
    let out =
        "partner = \"eltax\"\nlayout = \"common/as-is\"\nquiet_for = \"1d\"\n[remote]\ndirectory = \"ack\"\n";
    post.home.write("config/links/kekka.toml", out);
    fs::create_dir(post.sshd.root().join("ack")).unwrap();
    post.home.start();
    post.offer("N.DAT", b"first");
    post.wait_for("N.DAT", "archived");
    fs::remove_file(post.inbox().join("N.DAT")).unwrap();
    post.offer("N.DAT", b"second");
    let waiting = post.wait_for("N.DAT", "waiting");
    assert!(why(&waiting).contains("still lies in the outbox"), "{}", why(&waiting));
    let answer = post.home.path().join("spool/outbox/kekka/N.DAT.ack");
    let told = |bytes: &[u8]| {
        fs::read_to_string(&answer).unwrap().contains(&format!("sha256={}\n", Sha256::of(bytes)))
    };
    assert!(told(b"first"));
    fs::remove_file(&answer).unwrap();
    post.home.wait_for(2, "archived");
    assert!(told(b"second"));
    post.audit_is_clean();
}

#[test]
#[cfg_attr(not(have_root), ignore = "needs root, to mount a file system")]
fn an_inbox_that_is_full_or_cant_be_written_is_waited_for_and_no_part_takes_its_room() {
    let disk = SmallDisk::mount(2);
    let tables = format!("[inbox]\ndirectory = {:?}\n", disk.path());
    let mut post = Post::running("", "", &tables);
    post.offer("LARGE.DAT", &vec![b'x'; 4 * 1024 * 1024]);
    let waits = post.wait_for("LARGE.DAT", "waiting");
    assert!(why(&waits).contains("No space left"), "{}", why(&waits));
    post.offer("SMALL.DAT", &vec![b'y'; 1024 * 1024]);
    post.wait_for("SMALL.DAT", "archived");
    post.home.until("the large one is given up", |home| {
        home.run(&["cancel", waits.delivery.id.as_str(), "--reason", "too large"]).0.then_some(())
    });
    assert_eq!(names_in(disk.path()), ["SMALL.DAT", "SMALL.DAT.sha256"]);
    let remount = |how: &str| {
        let done = Command::new("mount").args(["-o", how]).arg(disk.path()).status().unwrap();
        assert!(done.success());
    };
    remount("remount,ro");
    post.offer("N.DAT", b"content");
    let waits = post.wait_for("N.DAT", "waiting");
    assert!(why(&waits).contains("Read-only"), "{}", why(&waits));
    remount("remount,rw");
    post.wait_for("N.DAT", "archived");
}
