//! Our own side fails: the gateway is killed, loses power, and its disk is full or broken. Every file is accounted for.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod campaign;
mod support;

use std::collections::BTreeMap;

use campaign::calls::Call;
use campaign::partner::Carrier;
use campaign::points::{self, Side, WAYS, WAYS_FROM_MEDIA, WAYS_IN, WAYS_OVER_FTPS};
use campaign::tracer::{DISK_ERRORS, Point, Strike, Trace, Tracer};
use campaign::{disks, kills, power};
use nix::errno::Errno;
use support::gateway::Home;
use totatsu_base::DeliveryId;

/// Each run repeats the same choices; the campaign draws others.
const SEED: u64 = 20_261_122;

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn kills_at_random_moments_under_load_lose_nothing_and_deliver_nothing_twice() {
    kills::under_load(Carrier::Sftp, SEED, 30).must_be_clean();
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_crash_before_or_after_any_call_of_the_plain_way_loses_nothing_and_delivers_nothing_twice() {
    points::strike_at(SEED, &WAYS[0], 0, 1, points::kill(Side::of(SEED))).must_be_clean();
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_crash_on_any_other_way_keeps_order_goes_on_with_its_upload_and_waits_for_its_acknowledgement() {
    for way in &WAYS[1..] {
        points::strike_at(SEED, way, 3, 9, points::kill(Side::of(SEED))).must_be_clean();
    }
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_crash_at_any_call_of_a_way_in_loses_nothing_and_hands_nothing_over_twice_or_in_part() {
    for way in &WAYS_IN {
        points::strike_at(SEED, way, 2, 19, points::kill(Side::of(SEED))).must_be_clean();
    }
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_broken_full_or_read_only_disk_at_any_call_of_a_way_in_loses_nothing_and_hands_nothing_over_twice() {
    for way in &WAYS_IN {
        points::strike_at(SEED, way, 1, 25, points::fail(SEED)).must_be_clean();
    }
}

#[test]
#[cfg_attr(
    not(all(have_vsftpd, have_proftpd)),
    ignore = "needs the FTP servers that scripts/test unpacks: run scripts/test"
)]
fn a_crash_at_any_call_of_a_way_over_ftps_loses_nothing_and_hands_nothing_over_twice_or_in_part() {
    for way in &WAYS_OVER_FTPS {
        points::strike_at(SEED, way, 4, 23, points::kill(Side::of(SEED))).must_be_clean();
    }
}

#[test]
#[cfg_attr(
    not(all(have_root, have_loop, have_fat)),
    ignore = "needs root, loop devices and a driver for FAT: run scripts/test as root"
)]
fn a_crash_at_any_call_of_a_way_in_from_a_medium_loses_nothing_and_hands_nothing_over_twice_or_in_part() {
    for way in &WAYS_FROM_MEDIA {
        points::strike_at(SEED, way, 5, 23, points::kill(Side::of(SEED))).must_be_clean();
    }
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_sync_of_the_journal_that_finds_the_disk_full_leaves_no_receipt_that_the_ledger_doesnt_know() {
    let syncs_of_the_journal = |_, point: &Point| {
        let call = Call { kind: "fdatasync", class: "journal" };
        (point.call == call).then_some(Strike::Fail(Errno::ENOSPC))
    };
    points::strike_at(SEED, &WAYS[0], 0, 1, syncs_of_the_journal).must_be_clean();
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_broken_full_or_read_only_disk_at_any_call_loses_nothing_and_delivers_nothing_twice() {
    points::strike_at(SEED, &WAYS[0], 0, 3, points::fail(SEED)).must_be_clean();
}

#[test]
#[cfg_attr(
    not(all(have_sshd, have_root, have_loop)),
    ignore = "needs sshd, root, mkfs.ext4 and loop devices: run scripts/test as root"
)]
fn a_power_cut_loses_nothing_that_was_acknowledged_and_nothing_arrives_twice() {
    for seed in [SEED, SEED + 1] {
        power::cuts(seed, 3).must_be_clean();
    }
}

#[test]
#[cfg_attr(
    not(all(have_sshd, have_root)),
    ignore = "needs sshd and the right to mount: run scripts/test as root"
)]
fn a_disk_that_is_full_at_any_moment_holds_everything_up_and_loses_nothing() {
    for seed in [SEED, SEED + 1] {
        disks::full(seed, 5).must_be_clean();
    }
}

#[test]
#[cfg_attr(
    not(all(have_sshd, have_root)),
    ignore = "needs sshd and the right to mount: run scripts/test as root"
)]
fn a_disk_that_turns_read_only_ends_the_gateway_and_loses_nothing() {
    disks::read_only(SEED, 6).must_be_clean();
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn an_index_that_the_disk_fails_ends_the_gateway_or_is_done_without_and_never_lets_it_stand_still() {
    let writes_of_the_index = |_, point: &Point| {
        let call = Call { kind: "sync_file_range", class: "index" };
        (point.call == call).then_some(Strike::Fail(Errno::EIO))
    };
    points::strike_at(SEED, &WAYS_IN[0], 0, 1, writes_of_the_index).must_be_clean();
}

/// One more delivery arrives, and what it carried is removed by hand, struck or not; the gateway has ended then.
fn cleared(home: &mut Home, number: usize, plan: Option<(Point, Strike)>) -> (DeliveryId, Trace) {
    home.drop_records(&format!("cleared{number}.csv"), 2);
    let id = home.wait_for(number + 1, "archived").remove(0).delivery.id;
    let tracer = Tracer::attach(home.daemon_id(), plan);
    let told = home.command(&["archive", "clear", id.as_str(), "--reason", "the test says so"]).output();
    assert!(plan.is_some() || told.unwrap().status.success());
    let trace = tracer.finish();
    home.forget_daemon();
    (id, trace)
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_crash_or_a_failing_disk_at_any_call_of_a_removal_leaves_no_contents_that_the_ledger_calls_gone_and_whole_proof()
 {
    let (_sshd, mut home) = Home::running(support::sshd::Options::default());
    let (_, trace) = cleared(&mut home, 0, None);
    let counts: BTreeMap<Call, usize> = trace.counts.into_iter().collect();
    let ordinals = |(call, count)| (1..=count).map(move |ordinal| Point { call, ordinal });
    let points: Vec<Point> = counts.into_iter().flat_map(ordinals).collect();
    let struck = points.iter().any(|point| point.call == Call { kind: "unlink", class: "archive" });
    println!("{points:?}");
    assert!(struck, "a removal removes");
    let mut errors = DISK_ERRORS.into_iter().cycle();
    let mut number = 0;
    for point in points {
        for strike in
            [Strike::KillBefore, Strike::KillAfter, Strike::Fail(errors.next().expect("it goes round"))]
        {
            number += 1;
            home.start();
            let (id, trace) = cleared(&mut home, number, Some((point, strike)));
            let what = format!("{point}, {strike:?}, struck: {}", trace.struck);
            home.start();
            let is_told = |home: &Home| {
                let told = |line: &serde_json::Value| {
                    line["event"] == "contents_removed" && line["delivery"] == id.as_str()
                };
                home.journal().iter().filter(|line| told(line)).count()
            };
            let folder = home.folder(&id);
            if is_told(&home) == 0 {
                assert!(folder.source().is_file() && folder.sent().is_file(), "{what}");
                let (done, text) = home.run(&["archive", "clear", id.as_str(), "--reason", "again"]);
                assert!(done, "{what}: {text}");
            }
            home.until("what the ledger calls gone is gone", |_| {
                (!folder.source().exists() && !folder.sent().exists()).then_some(())
            });
            assert_eq!(is_told(&home), 1, "{what}");
            let (genuine, text) = home.run(&["receipt", "verify", id.as_str()]);
            assert!(genuine, "{what}: {text}");
            assert!(home.stop().success(), "{what}");
        }
    }
    let settings = totatsu::config::read_gateway(&home.path().join("config")).unwrap();
    assert_eq!(totatsu::audit::verify(&settings, None).unwrap().0.findings, []);
}
