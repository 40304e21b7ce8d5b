//! Files that are carried on a medium: real file systems that are plugged in, pulled out, full, read-only and wrong.

#![cfg(all(have_root, have_loop, have_fat))]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use support::gateway::Home;
use support::medium::{Drive, Format, Stick};
use totatsu::control::{Answer, Question, Shown};
use totatsu::deliver::publish::{self, Before};
use totatsu::deliver::{transfer, verify};
use totatsu_base::clock::Moment;
use totatsu_base::delivery_id::DeliveryId;
use totatsu_base::digest::Sha256;
use totatsu_base::evidence::{Grade, Overwrite, Target};
use totatsu_ledger::state::Delivery;
use totatsu_transport::medium::{self, MediumSettings, marker};
use totatsu_transport::{Progress, Session};

const FORMATS: [Format; 2] = [Format::Ext4, Format::Fat];

/// A gateway whose only partner is reached by media in `drive`, with more of the partner's own keys.
fn gateway(drive: &Drive, more: &str) -> Home {
    Home::of_partner(&format!(
        "title = \"ＭＰＮ\"\ntransport = \"medium\"\n[medium]\npath = {:?}\n{more}",
        drive.path()
    ))
}

/// A medium that is prepared for `partner`.
fn prepared(format: Format, mib: u64, drive: &Drive, partner: &str) -> (Stick, String) {
    let stick = Stick::format(format, mib);
    stick.plug(drive);
    let id = marker::prepare(drive.path(), partner, "試験市").unwrap().id;
    drive.eject();
    (stick, id)
}

fn why(shown: &Shown) -> String {
    shown.why().unwrap_or_default()
}

fn receipt(home: &Home, id: &DeliveryId) -> Value {
    serde_json::from_slice(&fs::read(home.folder(id).receipt()).unwrap()).unwrap()
}

fn confirm(home: &Home, id: &DeliveryId) {
    let arguments = [
        "confirm",
        id.as_str(),
        "--by",
        "受領 花子",
        "--how",
        "medium",
        "--reason",
        "handed over at the counter",
    ];
    let (done, text) = home.run(&arguments);
    assert!(done, "{text}");
}

fn times(home: &Home, event: &str) -> usize {
    home.journal().iter().filter(|entry| entry["event"] == event).count()
}

fn reminders(home: &Home) -> usize {
    home.log().lines().filter(|line| line.contains("alert=\"medium_wanted\"")).count()
}

/// The file, its three companions, and the mark.
fn expected_files(id: &DeliveryId, name: &str) -> Vec<String> {
    let mut files = vec![name.to_owned(), "TOTATSU.ID".to_owned()];
    files.extend(["html", "txt", "json"].map(|ending| format!("TOTATSU/{id}.{ending}")));
    files.sort();
    files
}

#[test]
fn a_file_is_proven_on_the_medium_handed_over_and_arrives_when_somebody_confirms_it() {
    for format in FORMATS {
        let drive = Drive::empty();
        let (stick, id_of_stick) = prepared(format, 16, &drive, "eltax");
        stick.plug(&drive);
        let mut home = gateway(&drive, "");
        home.write_link("ready = \"rename\"\n", "directory = \"IN\"\nname = \"{stem}.DTA\"\n");
        home.start();
        home.drop_records("a.csv", 200);
        let shown = home.wait_for_one("handed_over");
        let id = shown.delivery.id;
        assert_eq!(times(&home, "receipted"), 0, "nothing is proven to have arrived yet");
        let there = fs::read(drive.path().join("IN/a.DTA")).unwrap();
        assert_eq!(there, fs::read(home.folder(&id).sent()).unwrap());
        assert_eq!(drive.files(), expected_files(&id, "IN/a.DTA"));

        // At rest nothing of it is open: it can be taken out while the daemon runs.
        drive.eject();
        confirm(&home, &id);
        home.wait_for_one("archived");
        let receipt = receipt(&home, &id);
        assert_eq!(receipt["grade"], "confirmed");
        assert!(receipt["confirmation"]["by"].as_str().unwrap().starts_with("受領 花子"));
        assert_eq!(receipt["confirmation"]["how"], "medium");
        let peer = &receipt["arrival"]["peer"];
        assert_eq!(peer["transport"], "medium");
        assert_eq!(peer["host_key"], format!("id {id_of_stick}"));
        assert!(peer["software"].as_str().unwrap().starts_with(stick.file_system()), "{peer}");
        let asked = receipt["asked"].to_string();
        assert!(asked.contains("read from the medium past the cache (O_DIRECT)"), "{asked}");
        assert!(asked.contains(&format!("write TOTATSU/{id}.json")), "{asked}");
        assert!(home.run(&["audit", "verify"]).0);
    }
}

#[test]
fn sheet_and_manifest_say_what_the_ledger_knows_and_nothing_of_a_records_contents() {
    let drive = Drive::empty();
    let (stick, id_of_stick) = prepared(Format::Ext4, 16, &drive, "eltax");
    stick.plug(&drive);
    let mut home = gateway(&drive, "[sheet]\nnote = \"電話 03-0000-0000\"\n");
    home.start();
    let source = home.drop_records("a.csv", 50);
    let handed_over = home.wait_for_one("handed_over");
    let typed = format!("totatsu confirm {} --by NAME", handed_over.delivery.id);
    assert!(why(&handed_over).contains(&typed), "{}", why(&handed_over));
    let delivery = handed_over.delivery;
    let converted = delivery.converted.clone().unwrap();
    let companion = |ending: &str| {
        fs::read_to_string(drive.path().join(format!("TOTATSU/{}.{ending}", delivery.id))).unwrap()
    };
    let (html, text) = (companion("html"), companion("txt"));
    for sheet in [&html, &text] {
        let digest = converted.sha256.to_string();
        for word in [
            delivery.id.as_str(),
            &digest,
            "a.DTA",
            "ＭＰＮ 御中",
            "試験市",
            &id_of_stick,
            "電話 03-0000-0000",
        ] {
            assert!(sheet.contains(word), "{word}: {sheet}");
        }
    }
    let manifest: Value = serde_json::from_str(&companion("json")).unwrap();
    let file = &manifest["files"][0];
    assert_eq!(file["sha256"], converted.sha256.to_string());
    assert_eq!(file["size"], converted.size);
    let counts: BTreeMap<String, u64> = serde_json::from_value(file["records"].clone()).unwrap();
    assert_eq!(counts, converted.records);
    let totals: BTreeMap<String, u64> = serde_json::from_value(file["totals"].clone()).unwrap();
    assert_eq!(totals, converted.totals);

    // Every word of the source that is long enough to be somebody's; what the sheet itself says is no secret.
    let source = String::from_utf8(source).unwrap();
    for value in
        source.lines().skip(1).flat_map(|row| row.split(',')).filter(|value| value.chars().count() >= 8)
    {
        assert!(!html.contains(value) && !text.contains(value), "a value of a record stands on the sheet");
    }

    let (done, shown) = home.run(&["medium", "sheet", delivery.id.as_str()]);
    assert!(done && shown.contains("送 付 票") && !shown.contains('<'), "{shown}");
    let page = home.path().join("sheet.html");
    let (done, out) = home.run(&["medium", "sheet", delivery.id.as_str(), "--out", page.to_str().unwrap()]);
    assert!(done && out.is_empty(), "{out}");
    assert!(fs::read_to_string(page).unwrap().starts_with("<!DOCTYPE html>"));
    let (done, again) = home.run(&["medium", "sheet", delivery.id.as_str(), "--html"]);
    assert!(done, "{again}");
    let undated = |sheet: &str| sheet.lines().map(without_date).collect::<Vec<_>>().join("\n");
    assert_eq!(undated(&again), undated(&html));
    let kept = home.folder(&delivery.id);
    assert_eq!(fs::read_to_string(kept.sheet("html")).unwrap(), html);
}

/// A sheet's line without the instant at which it was made.
fn without_date(line: &str) -> String {
    match line.split_once("<th>作成日時</th>") {
        Some((before, after)) => format!("{before}{}", after.split_once("</tr>").unwrap().1),
        None => line.to_owned(),
    }
}

#[test]
fn a_missing_medium_is_waited_for_with_one_reminder_and_never_given_up() {
    let drive = Drive::empty();
    let (stick, _) = prepared(Format::Ext4, 16, &drive, "eltax");
    let mut home = gateway(&drive, "");
    let text = fs::read_to_string(home.path().join("config/totatsu.toml")).unwrap();
    home.write("config/totatsu.toml", &text.replace("give_up_after = \"1h\"", "give_up_after = \"1s\""));
    home.start();
    home.drop_records("a.csv", 5);
    home.drop_records("b.csv", 5);
    let queued = home.wait_for(2, "queued");
    assert!(why(&queued[0]).contains("nothing is mounted there"), "{}", why(&queued[0]));
    // Many looks later, longer than anything else is tried for.
    let since = queued[0].delivery.updated;
    home.until("it has been wanted for three seconds", |_| {
        (Moment::now().since(since).as_secs() >= 3).then_some(())
    });
    let (_, status) = home.run(&["status"]);
    assert!(status.contains("medium wanted") && status.contains("2 queued"), "{status}");
    assert_eq!(reminders(&home), 1, "{}", home.log());
    assert!(drive.files().is_empty(), "nothing is written where no medium is");
    stick.plug(&drive);
    home.wait_for(2, "handed_over");
    assert_eq!(reminders(&home), 1);
    assert_eq!(times(&home, "held") + times(&home, "partner_held"), 0);
}

#[test]
fn the_wrong_medium_an_unmarked_one_and_a_protected_one_are_told_and_left_as_they_are() {
    let drive = Drive::empty();
    let (right, _) = prepared(Format::Fat, 16, &drive, "eltax");
    let (wrong, id_of_wrong) = prepared(Format::Ext4, 16, &drive, "nenkin");
    let unmarked = Stick::format(Format::Ext4, 16);
    let mut home = gateway(&drive, "");
    wrong.plug(&drive);
    home.start();
    home.drop_records("a.csv", 5);
    let queued = home.wait_for_one("queued");
    let told = why(&queued);
    assert!(
        told.contains("wrong medium") && told.contains(&id_of_wrong) && told.contains("nenkin"),
        "{told}"
    );
    assert_eq!(drive.files(), ["TOTATSU.ID"]);
    drive.eject();

    unmarked.plug(&drive);
    home.until("the unmarked one is told", |home| {
        home.run(&["status"]).1.contains("no TOTATSU.ID").then_some(())
    });
    assert!(drive.files().is_empty());
    drive.eject();

    right.plug_read_only(&drive);
    home.until("the protected one is told", |home| {
        home.run(&["status"]).1.contains("can't be written").then_some(())
    });
    let since = Moment::now();
    home.until("it was looked at for two seconds", |_| {
        (Moment::now().since(since).as_secs() >= 2).then_some(())
    });
    let protected =
        |line: &&str| line.contains("alert=\"medium_wanted\"") && line.contains("can't be written");
    assert_eq!(home.log().lines().filter(protected).count(), 1, "told once: {}", home.log());
    drive.eject();
    right.plug(&drive);
    let id = home.wait_for_one("handed_over").delivery.id;
    assert_eq!(drive.files(), expected_files(&id, "a.DTA"));
}

#[test]
fn a_full_medium_is_told_keeps_what_is_on_it_and_another_takes_its_place() {
    let drive = Drive::empty();
    let (full, _) = prepared(Format::Fat, 1, &drive, "eltax");
    let (roomy, _) = prepared(Format::Fat, 32, &drive, "eltax");
    let mut home = gateway(&drive, "");
    full.plug(&drive);
    let earlier = vec![7; 200_000];
    fs::write(drive.path().join("EARLIER.DTA"), &earlier).unwrap();
    home.start();
    home.drop_records("a.csv", 4000);
    let queued = home.wait_for_one("queued");
    assert!(why(&queued).contains("the medium is full"), "{}", why(&queued));
    assert_eq!(drive.files(), ["EARLIER.DTA", "TOTATSU.ID"]);
    assert_eq!(fs::read(drive.path().join("EARLIER.DTA")).unwrap(), earlier);
    let looks = || home.log().matches("medium_wanted").count();
    assert_eq!(looks(), 1);
    drive.eject();
    roomy.plug(&drive);
    home.wait_for_one("handed_over");
    assert_eq!(reminders(&home), 1, "{}", home.log());
}

#[test]
fn a_name_that_fat_cant_hold_is_held_and_never_changed() {
    let drive = Drive::empty();
    let (stick, _) = prepared(Format::Ext4, 16, &drive, "eltax");
    stick.plug(&drive);
    let mut home = gateway(&drive, "");
    home.write_link("ready = \"rename\"\n", "name = \"{name}\"\n");
    home.start();
    home.drop_records("a:b.csv", 5);
    let held = home.wait_for_one("held");
    assert!(why(&held).contains("contains ':'"), "{}", why(&held));
    assert_eq!(drive.files(), ["TOTATSU.ID"]);
    home.stop();

    home.write_link("ready = \"rename\"\n", "directory = \"CON\"\nname = \"{stem}?.DTA\"\n");
    let (done, text) = home.run(&["check"]);
    assert!(!done && text.contains("remote.name") && text.contains("remote.directory"), "{text}");
}

#[test]
fn a_medium_that_is_pulled_out_under_way_loses_nothing_and_duplicates_nothing() {
    let drive = Drive::empty();
    let (stick, _) = prepared(Format::Ext4, 256, &drive, "eltax");
    stick.plug(&drive);
    let mut home = gateway(&drive, "");
    home.start();
    home.drop_records("a.csv", 150_000);
    home.until("bytes are on the medium", |home| {
        let moving = home
            .deliveries()
            .into_iter()
            .any(|shown| ["transferring", "transferred", "verified"].contains(&shown.state.as_str()));
        moving.then_some(())
    });
    drive.pull();
    let queued = home.wait_for_one("queued");
    assert!(why(&queued).contains("medium"), "{}", why(&queued));
    assert!(drive.files().is_empty(), "what lies below the mount point is our own disk");
    stick.plug(&drive);
    let delivery = home.wait_for_one("handed_over").delivery;
    assert_eq!(drive.files(), expected_files(&delivery.id, "a.DTA"));
    let (sha256, _) = Sha256::of_file(&drive.path().join("a.DTA")).unwrap();
    assert_eq!(sha256, delivery.converted.unwrap().sha256);
    assert_eq!(times(&home, "published"), 1);
    assert_eq!(reminders(&home), 1);
}

/// The medium is pulled out before each step in turn: the step says so, and is done when the medium is back.
#[tokio::test]
async fn before_whichever_step_the_medium_is_pulled_out_the_file_is_there_once_in_the_end() {
    for format in FORMATS {
        for cut in 0..4 {
            let drive = Drive::empty();
            let (stick, _) = prepared(format, 16, &drive, "mpn");
            stick.plug(&drive);
            let home = tempfile::tempdir().unwrap();
            let sent = home.path().join("sent");
            let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
            fs::write(&sent, &bytes).unwrap();
            let settings = MediumSettings::new(drive.path().to_owned(), "mpn");
            deliver_with_a_cut(&settings, &drive, &stick, &sent, cut).await;
            assert_eq!(drive.files(), ["TOTATSU.ID", "Z12.DTA"], "{format:?}, cut {cut}");
            assert_eq!(fs::read(drive.path().join("Z12.DTA")).unwrap(), bytes, "{format:?}, cut {cut}");
        }
    }
}

async fn deliver_with_a_cut(
    settings: &MediumSettings,
    drive: &Drive,
    stick: &Stick,
    sent: &Path,
    cut: usize,
) {
    let id: DeliveryId = "20261122-183005-k7m2q9".parse().unwrap();
    let target = Target::new(&id, "", "Z12.DTA".to_owned(), Overwrite::Refuse);
    let (sha256, size) = Sha256::of_file(sent).unwrap();
    let mut session = medium::connect(settings).await.unwrap();
    for step in 0..4 {
        if step == cut {
            drive.pull();
            let refused = take(step, session.as_mut(), &target, sent, size, sha256).await.unwrap_err();
            assert!(refused.contains("mounted") || refused.contains("went away"), "{refused}");
            assert!(!session.is_alive() && drive.files().is_empty());
            let missing = medium::connect(settings).await.err().unwrap();
            assert!(missing.medium_wanted().is_some(), "{missing}");
            stick.plug(drive);
            session = medium::connect(settings).await.unwrap();
        }
        take(step, session.as_mut(), &target, sent, size, sha256).await.unwrap();
    }
}

/// One step of the way: transfer, verify, publish, and publish once more, as after a crash before it was recorded.
async fn take(
    step: usize,
    session: &mut dyn Session,
    target: &Target,
    sent: &Path,
    size: u64,
    sha256: Sha256,
) -> Result<(), String> {
    let progress = Progress::new();
    match step {
        0 => {
            let done = transfer::transfer(session, target, sent, sha256, &progress).await;
            done.map(drop).map_err(|error| error.to_string())
        }
        1 => {
            let proven = verify::verify(session, target, size, sha256, &progress).await;
            proven.map(|proven| assert_eq!(proven.grade, Grade::Content)).map_err(|error| error.to_string())
        }
        again => {
            let asked = again == 3;
            let before = Before { size, sha256, unknown: asked, asked, alone: true, acknowledged: false };
            let published = publish::publish(session, target, before, &progress).await;
            let published = published.map_err(|error| error.to_string())?;
            assert_eq!(published.found_done, again == 3);
            Ok(())
        }
    }
}

#[tokio::test]
async fn a_part_that_was_left_on_the_medium_is_gone_on_with_and_nothing_leads_out_of_it() {
    let drive = Drive::empty();
    let (stick, _) = prepared(Format::Ext4, 16, &drive, "mpn");
    stick.plug(&drive);
    let home = tempfile::tempdir().unwrap();
    let sent = home.path().join("sent");
    fs::write(&sent, vec![1; 2_500_000]).unwrap();
    let id: DeliveryId = "20261122-183005-k7m2q9".parse().unwrap();
    let target = Target::new(&id, "IN", "Z12.DTA".to_owned(), Overwrite::Refuse);
    fs::create_dir(drive.path().join("IN")).unwrap();
    fs::write(drive.path().join(target.temporary_path()), vec![1; 1_100_000]).unwrap();
    let mut session = medium::connect(&MediumSettings::new(drive.path().to_owned(), "mpn")).await.unwrap();
    let (sha256, _) = Sha256::of_file(&sent).unwrap();
    let done = transfer::transfer(session.as_mut(), &target, &sent, sha256, &Progress::new()).await.unwrap();
    assert!(done.asked.iter().any(|asked| asked.answered.contains("1100000 bytes, the first of ours")));
    assert_eq!(fs::read(drive.path().join(target.temporary_path())).unwrap(), vec![1; 2_500_000]);

    std::os::unix::fs::symlink(home.path(), drive.path().join("OUT")).unwrap();
    let out = session.put(&sent, "OUT/Z12.DTA", 0, &Progress::new()).await;
    assert!(out.is_err());
    assert!(!home.path().join("Z12.DTA").exists());
}

#[test]
fn another_medium_than_the_one_it_was_proven_on_is_held_until_the_first_is_back() {
    let drive = Drive::empty();
    let (first, id_of_first) = prepared(Format::Ext4, 16, &drive, "eltax");
    let (second, _) = prepared(Format::Ext4, 16, &drive, "eltax");
    first.plug(&drive);
    let mut home = gateway(&drive, "");
    // A directory where a companion is to lie keeps the delivery from getting its final name.
    fs::remove_dir(drive.path().join("TOTATSU")).unwrap();
    fs::write(drive.path().join("TOTATSU"), "in the way").unwrap();
    home.start();
    home.drop_records("a.csv", 5);
    let held = home.wait_for_one("held");
    assert_eq!(held.delivery.stage, totatsu_ledger::state::Stage::Verified);
    fs::remove_file(drive.path().join("TOTATSU")).unwrap();
    drive.eject();
    second.plug(&drive);
    home.release(&held.delivery.id);
    let held = home.until("the other medium is told", |home| {
        let mut held = home.deliveries().into_iter();
        held.find(|shown| shown.state == "held" && why(shown).contains(&id_of_first))
    });
    assert_eq!(drive.files(), ["TOTATSU.ID"]);
    drive.eject();
    first.plug(&drive);
    home.release(&held.delivery.id);
    home.wait_for_one("handed_over");
    assert_eq!(drive.files(), expected_files(&held.delivery.id, "a.DTA"));
}

/// A handed-over delivery whose link agrees on acknowledgements.
fn handed_over(drive: &Drive, count: usize) -> (Home, Vec<Delivery>) {
    let mut home = gateway(drive, "directory_is_enough = true\n");
    let agreed = "directory = \"OUT\"\n[acknowledgement]\ndirectory = \"ACK\"\nname = \"{remote}.ok\"\n\
                  requires = [\"{size}\"]\nrefuses = [\"NG\"]\n";
    home.write_link("ready = \"rename\"\n", &format!("name = \"{{stem}}.DTA\"\n{agreed}"));
    marker::prepare(drive.path(), "eltax", "試験市").unwrap();
    home.start();
    for number in 0..count {
        home.drop_records(&format!("f{number}.csv"), 5);
    }
    let found = home.wait_for(count, "handed_over").into_iter().map(|shown| shown.delivery).collect();
    (home, found)
}

#[test]
fn an_acknowledgement_that_comes_back_on_a_medium_opens_the_gate_and_one_that_refuses_holds() {
    let (drive, back) = (Drive::empty(), Drive::empty());
    let (mut home, deliveries) = handed_over(&drive, 2);
    let [first, second] = deliveries.try_into().unwrap();
    let name = |delivery: &Delivery| delivery.target.as_ref().unwrap().name.clone();
    let import = |home: &Home| home.run(&["medium", "import", back.path().to_str().unwrap()]);
    let (done, text) = import(&home);
    assert!(!done && text.contains("no acknowledgement"), "{text}");

    fs::create_dir(back.path().join("ACK")).unwrap();
    let size = first.converted.as_ref().unwrap().size;
    fs::write(back.path().join(format!("ACK/{}.ok", name(&first))), format!("OK {size} bytes")).unwrap();
    fs::write(back.path().join(format!("{}.ok", name(&second))), "NG 件数不一致").unwrap();
    let (done, text) = import(&home);
    assert!(!done && text.contains("acknowledged") && text.contains("refuses"), "{text}");
    let archived = home.wait_for_one("archived").delivery;
    assert_eq!(archived.id, first.id);
    let receipt = receipt(&home, &first.id);
    assert_eq!(receipt["grade"], "content");
    assert_eq!(receipt["acknowledgement"]["path"], format!("ACK/{}.ok", name(&first)));
    assert!(receipt["asked"].to_string().contains("imported by"), "{receipt}");
    let held = home.wait_for_one("held");
    assert_eq!(held.delivery.id, second.id);
    assert!(why(&held).contains("件数不一致"), "{}", why(&held));
    assert!(
        back.path().join(format!("ACK/{}.ok", name(&first))).exists(),
        "a medium that comes back is only read"
    );
}

#[test]
fn a_release_of_what_was_handed_over_is_refused_with_what_ends_its_wait_and_leaves_nothing_in_the_ledger() {
    let drive = Drive::empty();
    let (mut home, deliveries) = handed_over(&drive, 1);
    let id = &deliveries[0].id;
    let (done, text) = home.run(&["release", id.as_str(), "--reason", "x"]);
    assert!(!done && text.contains(&format!("totatsu confirm {id} --by NAME")), "{text}");
    assert_eq!(times(&home, "released"), 0);
    confirm(&home, id);
    home.wait_for_one("archived");
}

#[test]
fn a_start_tells_of_nothing_cut_off_while_a_file_waits_for_its_medium_and_a_prepared_one_is_looked_for_at_once()
 {
    let drive = Drive::empty();
    let mut home = gateway(&drive, "");
    // By itself it looks again long after any test.
    let path = home.path().join("config/totatsu.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"200ms\"", "\"40m\"").replace("\"400ms\"", "\"40m\"")).unwrap();
    home.start();
    home.drop_records("a.csv", 5);
    home.wait_for_one("queued");
    home.stop();
    home.start();
    let later = Moment::now().after(Duration::from_secs(30 * 60));
    home.until("it was looked for since the start", |home| {
        let Answer::Status(status) = home.ask(Question::Status) else { panic!("no status") };
        status.partners.iter().any(|partner| partner.next.is_some_and(|next| next > later)).then_some(())
    });
    let log = home.log();
    let warns = |line: &str| line.contains("WARN") && line.contains("delivery=");
    assert!(!log.contains("in the middle") && !log.lines().any(warns), "{log}");
    let stick = Stick::format(Format::Fat, 16);
    stick.plug(&drive);
    let path = drive.path().to_str().unwrap();
    let (done, text) = home.run(&["medium", "prepare", path, "--partner", "eltax"]);
    assert!(done && text.contains("looks for the medium of partner eltax now"), "{text}");
    home.wait_for_one("handed_over");
}

#[test]
fn a_medium_whose_mark_cannot_be_read_is_told_holds_nobody_and_is_taken_once_its_mark_is_there() {
    let drive = Drive::empty();
    let mut home = gateway(&drive, "directory_is_enough = true\n");
    let mark = drive.path().join("TOTATSU.ID");
    fs::create_dir(&mark).unwrap();
    home.start();
    home.drop_records("a.csv", 5);
    let told = why(&home.wait_for_one("queued"));
    assert!(told.contains("TOTATSU.ID can't be read") && told.contains("no file"), "{told}");
    fs::remove_dir(&mark).unwrap();
    for text in [vec![b'x'; 1 << 20], Vec::new(), b"totatsu medium 1\r\n".to_vec()] {
        fs::write(&mark, text).unwrap();
        home.until("a file that is no mark is told", |home| {
            home.run(&["status"]).1.contains("no mark of a medium").then_some(())
        });
        fs::remove_file(&mark).unwrap();
        let others: [&dyn Fn() -> std::io::Result<()>; 2] =
            [&|| std::os::unix::fs::symlink("elsewhere", &mark), &|| {
                std::os::unix::net::UnixListener::bind(&mark).map(drop)
            }];
        for make in others {
            make().unwrap();
            home.until("what is no file is told", |home| {
                home.run(&["status"]).1.contains("it is no file").then_some(())
            });
            fs::remove_file(&mark).unwrap();
        }
    }
    let path = drive.path().to_str().unwrap();
    assert!(home.run(&["medium", "prepare", path, "--partner", "eltax"]).0);
    home.wait_for_one("handed_over");
    assert!(!home.log().contains("partner_held"), "{}", home.log());
}

#[test]
fn a_medium_that_root_prepares_is_the_gateways_own_and_nothing_else_is_given_away() {
    const GATEWAY: u32 = 61_001;
    let drive = Drive::empty();
    let mut home = gateway(&drive, "directory_is_enough = true\n");
    home.start();
    home.stop();
    home.run_as(GATEWAY, GATEWAY);
    std::os::unix::fs::chown(drive.path(), Some(GATEWAY), None).unwrap();
    home.start();
    home.drop_records("a.csv", 5);
    let path = drive.path().to_str().unwrap();
    assert!(home.run(&["medium", "prepare", path, "--partner", "eltax"]).0);
    let id = home.wait_for_one("handed_over").delivery.id;
    assert_eq!(drive.files(), expected_files(&id, "a.DTA"));

    let other = Drive::empty();
    let elsewhere = home.path().join("of-root");
    fs::write(&elsewhere, "x").unwrap();
    fs::hard_link(&elsewhere, other.path().join(marker::MARKER)).unwrap();
    fs::create_dir(other.path().join(marker::COMPANIONS)).unwrap();
    marker::give_to(GATEWAY, other.path()).unwrap();
    let owner = |path: &Path| fs::metadata(path).unwrap().uid();
    assert_eq!((owner(&elsewhere), owner(&other.path().join(marker::COMPANIONS))), (0, GATEWAY));
}

#[test]
fn a_medium_is_prepared_once_and_only_for_a_partner_with_media() {
    let drive = Drive::empty();
    let home = gateway(&drive, "");
    let prepare = |partner: &str| {
        home.run(&["medium", "prepare", drive.path().to_str().unwrap(), "--partner", partner])
    };
    let (done, text) = prepare("eltax");
    assert!(!done && text.contains("nothing is mounted") && text.contains("directory_is_enough"), "{text}");
    let stick = Stick::format(Format::Fat, 16);
    stick.plug(&drive);
    let (done, text) = prepare("nobody");
    assert!(!done && text.contains("has no media"), "{text}");
    let (done, text) = prepare("eltax");
    assert!(done && text.contains("is one for partner eltax"), "{text}");
    let (done, text) = prepare("eltax");
    assert!(!done && text.contains("is there already"), "{text}");
}

#[test]
fn an_acknowledgement_that_fits_several_deliveries_or_served_an_earlier_one_counts_for_none() {
    let (drive, back) = (Drive::empty(), Drive::empty());
    let mut home = gateway(&drive, "directory_is_enough = true\n");
    let agreed = "[acknowledgement]\nname = \"RESULT.TXT\"\nrequires = [\"OK\"]\n";
    home.write_link("ready = \"rename\"\n", &format!("name = \"{{stem}}.DTA\"\n{agreed}"));
    marker::prepare(drive.path(), "eltax", "試験市").unwrap();
    home.start();
    home.drop_records("a.csv", 5);
    home.drop_records("b.csv", 5);
    let both = home.wait_for(2, "handed_over");
    fs::write(back.path().join("RESULT.TXT"), "OK").unwrap();
    let import = |home: &Home| home.run(&["medium", "import", back.path().to_str().unwrap()]);
    let (done, text) = import(&home);
    assert!(!done && text.matches("fits 2 deliveries").count() == 2, "{text}");

    confirm(&home, &both[0].delivery.id);
    let (done, text) = import(&home);
    assert!(done, "{text}");
    home.wait_for(2, "archived");
    home.drop_records("c.csv", 5);
    home.wait_for_one("handed_over");
    let (done, text) = import(&home);
    assert!(!done && text.contains("has acknowledged"), "{text}");
    assert_eq!(times(&home, "acknowledged"), 1);
}
