//! A whole morning of a city: four partners' files arrive at different moments on three real servers, are imported under
//! their locks and answered, while the city's own files go out over the same lines; and in the evening everything adds up.

#![cfg(all(have_sshd, have_vsftpd, have_proftpd))]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use support::collecting::{Inbound, offer, why};
use support::ftp::{FtpServer, Wishes};
use support::gateway::{Home, names_in};
use support::proftpd::{proftpd_sftp, sftp_settings};
use support::sshd::{Options, Sshd};
use support::vsftpd::vsftpd;
use totatsu::control::Shown;
use totatsu_base::clock::Moment;
use totatsu_base::digest::Sha256;

const NOTICES: &str = "immigration/homusho-tsuchi";
const PAYMENTS: &str = "mpn/keshikomi-joho";
const VEHICLES: &str = "keijidosha/sharyo-joho";
const PENSIONS: &str = "eltax/nenkin-tokucho-taishosha";
/// The lock that vehicles and payments share: both write to what the tax office reads.
const TAXES: &str = "zei";

/// Imports a file: `$1`, while the directory `$2` stands for the exclusive use of the business's tables. It fails, or waits
/// at a gate, where the test says so.
const IMPORT: &str = r#"set -eu
mkdir "$2"
trap 'rmdir "$2"' EXIT
(cd "$(dirname "$1")" && sha256sum --check --status "$(basename "$1").sha256")
while [ -e "$HERE/wait-$TOTATSU_LINK" ]; do sleep 0.05; done
if [ -e "$HERE/fail-$TOTATSU_LINK" ]; then exit 7; fi
rows=$(($(wc -l < "$1") - 1))
[ "$rows" = "$TOTATSU_ROWS" ] || exit 5
cp "$1" "$HERE/imported/$TOTATSU_LINK-$TOTATSU_NAME"
echo "$TOTATSU_LINK $TOTATSU_NAME $(sha256sum < "$1" | cut -d' ' -f1) $rows" >> "$HERE/imports"
"#;

/// The city's gateway and those who write to it.
struct City {
    /// 年金の経由機関, and 出入国在留管理庁 in a directory of its own.
    sshd: Sshd,
    /// ＭＰＮ.
    mpn: FtpServer,
    /// 軽自動車協会.
    vehicles: FtpServer,
    home: Home,
    /// What the imports have to have written in the end, by link and name: digest and number of rows.
    expected: BTreeMap<(String, String), (String, usize)>,
}

impl City {
    fn open() -> City {
        let sshd = Sshd::start(Options::default());
        let (mpn, vehicles) = (vsftpd(Wishes::default()), proftpd_sftp(Wishes::default()));
        for directory in ["nyukan", "nenkin", "nenkin/done", "ack"] {
            fs::create_dir(sshd.root().join(directory)).unwrap();
        }
        fs::create_dir(mpn.root.join("out")).unwrap();
        for directory in ["out", "done"] {
            fs::create_dir(vehicles.root.join(directory)).unwrap();
        }
        let home = Home::new(&sshd);
        let city = City { sshd, mpn, vehicles, home, expected: BTreeMap::new() };
        fs::create_dir(city.home.path().join("imported")).unwrap();
        city.write_partners();
        city.write_links();
        city
    }

    fn write_partners(&self) {
        let home = &self.home;
        fs::copy(
            home.path().join("config/partners/eltax.toml"),
            home.path().join("config/partners/nyukan.toml"),
        )
        .unwrap();
        home.write_ftps_partner("mpn", &self.mpn, "anonymous");
        let settings = sftp_settings(&self.vehicles);
        let partner = format!(
            "transport = \"sftp\"\n[sftp]\nhost = \"127.0.0.1\"\nport = {}\nuser = {:?}\nhost_keys = [{:?}]\n\
             password_file = {:?}\n",
            self.vehicles.port,
            settings.user,
            fs::read_to_string(self.vehicles.folder.path().join("host_key.pub")).unwrap().trim(),
            home.password_file(),
        );
        home.write("config/partners/keijidosha.toml", &partner);
    }

    fn write_links(&self) {
        let home = &self.home;
        home.write_inbound("sharyo", Inbound {
            partner: "keijidosha",
            more: &format!("layout = {VEHICLES:?}\nlock = {TAXES:?}\n"),
            remote: "ready = \"stable\"\nstable_for = \"2s\"\nafterwards = \"move\"\nmove_to = \"done\"\n",
            tables: &self.import(TAXES),
        });
        home.write_inbound("keshikomi", Inbound {
            partner: "mpn",
            more: &format!("layout = {PAYMENTS:?}\nlock = {TAXES:?}\nsequence = \"business-days\"\n"),
            remote: "name = \"KS{municipality}_{date}.DAT\"\nready = \"marker\"\ndigest = \"{name}.sha256\"\n\
                     afterwards = \"delete\"\n",
            tables: &self.import(TAXES),
        });
        home.write_inbound(
            "homusho",
            Inbound {
                partner: "nyukan",
                more: &format!("layout = {NOTICES:?}\nbad_records = \"quarantine\"\n"),
                remote: "directory = \"nyukan\"\nname = \"法務省通知_{number}.csv\"\n",
                tables: &self.import("homusho"),
            },
        );
        home.write_inbound(
            "nenkin",
            Inbound {
                more: &format!("layout = {PENSIONS:?}\n"),
                remote: "directory = \"nenkin\"\nafterwards = \"move\"\nmove_to = \"nenkin/done\"\n",
                tables: &(self.import("nenkin") + "[acknowledge]\nlink = \"kekka\"\n"),
                ..Inbound::default()
            },
        );
        home.write(
            "config/links/kekka.toml",
            "partner = \"eltax\"\nlayout = \"common/as-is\"\nready = \"rename\"\n[remote]\ndirectory = \"ack\"\n",
        );
    }

    /// The table of the import command whose business has this lock.
    fn import(&self, lock: &str) -> String {
        let here = self.home.path();
        let script = here.join("import.sh");
        fs::write(&script, format!("HERE={here:?}\n{IMPORT}")).unwrap();
        format!(
            "[import]\ncommand = [\"/bin/sh\", {script:?}, \"{{file}}\", {:?}]\n",
            here.join(format!("busy-{lock}"))
        )
    }

    /// Has the imports of a link fail, or wait, until the file is removed.
    fn gate(&self, what: &str) -> PathBuf {
        let gate = self.home.path().join(what);
        fs::write(&gate, "").unwrap();
        gate
    }

    fn expect(&mut self, link: &str, name: &str, rows: &str) {
        let facts = (Sha256::of(rows.as_bytes()).to_string(), rows.lines().count() - 1);
        self.expected.insert((link.to_owned(), name.to_owned()), facts);
    }

    fn wait_for(&mut self, name: &str, state: &str) -> Shown {
        self.home.until_file(name, state)
    }

    /// The partner writes the vehicles slowly, under their own name.
    fn vehicles_arrive(&mut self) {
        let (bytes, rows) = golden(VEHICLES);
        self.expect("sharyo", "SHARYO.DAT", &rows);
        let path = self.vehicles.root.join("out/SHARYO.DAT");
        for part in 1..=4 {
            fs::write(&path, &bytes[..bytes.len() * part / 4]).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    }

    /// The payments of a day, with their digest; the marker comes by itself.
    fn payments_arrive(&mut self, date: &str) -> String {
        let (bytes, rows) = golden(PAYMENTS);
        // The day on which they were sent stands once in the file and in each row.
        let bytes = String::from_utf8(bytes).unwrap();
        assert_eq!(bytes.matches("20260710").count(), 1);
        let bytes = bytes.replace("20260710", date);
        let name = format!("KS13101_{date}.DAT");
        self.expect("keshikomi", &name, &rows.replace("20260710", date));
        let out = self.mpn.root.join("out");
        fs::write(out.join(&name), &bytes).unwrap();
        let digest = format!("{}  {name}\r\n", Sha256::of(bytes.as_bytes()));
        fs::write(out.join(format!("{name}.sha256")), digest).unwrap();
        name
    }

    fn mark(&self, name: &str) {
        fs::write(self.mpn.root.join("out").join(format!("{name}.end")), "").unwrap();
    }

    fn notices_arrive(&mut self, number: &str, bytes: &str, rows: &str) -> String {
        let name = format!("法務省通知_{number}.csv");
        self.expect("homusho", &name, rows);
        offer(&self.sshd.root().join("nyukan"), &name, bytes.as_bytes());
        name
    }
}

/// A golden file, and its rows.
fn golden(layout: &str) -> (Vec<u8>, String) {
    let pair = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/records/tests/golden").join(layout);
    let normal = pair.join("decoded.csv");
    let normal = if normal.exists() { normal } else { pair.join("input.csv") };
    (fs::read(pair.join("output.bin")).unwrap(), fs::read_to_string(normal).unwrap())
}

/// What the golden files say of people and places, long enough to stand nowhere by chance, and no word of the layout.
fn personal_values() -> BTreeSet<String> {
    let mut values = BTreeSet::new();
    for layout in [NOTICES, PAYMENTS, VEHICLES, PENSIONS] {
        let (_, rows) = golden(layout);
        let words = layout_text(layout);
        for record in csv::Reader::from_reader(rows.as_bytes()).records() {
            let record = record.unwrap();
            let long = record.iter().filter(|value| !value.is_ascii() && value.chars().count() >= 4);
            values.extend(long.filter(|value| !words.contains(*value)).map(str::to_owned));
        }
    }
    assert!(values.contains("石神井　良子") && values.len() > 30);
    values
}

fn layout_text(layout: &str) -> String {
    let versions = Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts").join(layout);
    fs::read_dir(versions).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap()).collect()
}

#[test]
fn a_morning_of_a_city_ends_with_every_file_once_where_it_belongs_and_a_receipt_for_each() {
    let mut city = City::open();
    let (wait, fail) = (city.gate("wait-sharyo"), city.gate("fail-nenkin"));
    city.home.start();
    city.home.drop_records("irai1.csv", 5);

    // Vehicles are being imported when the day's payments come: one lock, one after the other.
    city.vehicles_arrive();
    city.wait_for("SHARYO.DAT", "importing");
    let friday = city.payments_arrive("20261120");
    city.home.drop_records("irai2.csv", 4);
    city.mark(&friday);
    let behind = city.wait_for(&friday, "queued");
    assert!(why(&behind).contains(TAXES), "{}", why(&behind));
    city.wait_for("irai2.csv", "archived");
    fs::remove_file(wait).unwrap();
    city.wait_for("SHARYO.DAT", "archived");
    city.wait_for(&friday, "archived");

    // Wednesday's come before Tuesday's; Monday is a holiday.
    let wednesday = city.payments_arrive("20261125");
    city.mark(&wednesday);
    let gap = city.wait_for(&wednesday, "queued");
    assert!(why(&gap).contains("2026-11-24 is missing"), "{}", why(&gap));

    let (pensions, rows) = golden(PENSIONS);
    city.expect("nenkin", "Z00.DAT", &rows);
    offer(&city.sshd.root().join("nenkin"), "Z00.DAT", &pensions);
    let held = city.wait_for("Z00.DAT", "held");
    assert!(why(&held).contains("exit status 7"), "{}", why(&held));

    // One notice of the second file says neither man nor woman.
    let (notices, rows) = golden(NOTICES);
    let notices = String::from_utf8(notices).unwrap();
    let whole = city.notices_arrive("001", &notices, &rows);
    let (bad, good) = (
        notices.replacen("\"1999-12-31\",\"2\"", "\"1999-12-31\",\"7\"", 1),
        without_line(&rows, "19991231"),
    );
    assert_ne!(bad, notices);
    let sifted = city.notices_arrive("002", &bad, &good);
    city.home.drop_records("irai3.csv", 3);
    city.wait_for(&whole, "archived");
    let sifted = city.wait_for(&sifted, "archived").delivery;
    let kept = fs::read(city.home.folder(&sifted.id).quarantine()).unwrap();
    let bad_line = bad.lines().find(|line| line.contains("\"7\"")).unwrap();
    let kept = String::from_utf8(kept).unwrap();
    assert!(kept.lines().eq([bad.lines().next().unwrap(), bad_line]), "the heading, and that one");

    fs::remove_file(fail).unwrap();
    city.home.act(&["retry", held.delivery.id.as_str()]);
    city.wait_for("Z00.DAT", "archived");
    city.wait_for("Z00.DAT.ack", "archived");
    let tuesday = city.payments_arrive("20261124");
    city.mark(&tuesday);
    city.wait_for(&wednesday, "archived");
    city.home.wait_for(11, "archived");

    city.everything_adds_up();
    city.partners_are_as_agreed(&[whole, sifted.name().to_owned()], &held.delivery.id.to_string());
    city.receipts_are_one_chain();
    city.an_auditor_gets_both_directions();
    city.nobody_is_named();
}

fn without_line(text: &str, word: &str) -> String {
    text.split_inclusive('\n').filter(|line| !line.contains(word)).collect()
}

impl City {
    /// Each file was imported once, in order where an order is agreed, and with the rows of the golden files.
    fn everything_adds_up(&self) {
        let log = fs::read_to_string(self.home.path().join("imports")).unwrap();
        let mut imported = BTreeMap::new();
        for line in log.lines() {
            let [link, name, digest, rows] = line.split(' ').collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            let facts = (digest.to_owned(), rows.parse().unwrap());
            let twice = imported.insert((link.to_owned(), name.to_owned()), facts);
            assert_eq!(twice, None, "{log}");
        }
        assert_eq!(imported, self.expected);
        let payments: Vec<&str> = log.lines().filter(|line| line.contains(" KS")).collect();
        assert!(payments.is_sorted() && payments.len() == 3, "{log}");
        for link in ["sharyo", "keshikomi", "homusho", "nenkin"] {
            assert_eq!(names_in(&self.home.inbox(link)), [""; 0], "{link}");
        }
        assert_eq!(self.home.times("import_started"), 7 + 1);
        assert!(self.home.deliveries().iter().all(|shown| shown.state == "archived"));
        assert_eq!(self.home.deliveries().len(), 11);
    }

    fn partners_are_as_agreed(&self, notices: &[String], pensions: &str) {
        let root = self.sshd.root();
        assert_eq!(names_in(&root.join("nyukan")), notices);
        assert_eq!(names_in(&root.join("nenkin")), ["done"]);
        assert_eq!(names_in(&root.join("nenkin/done")), ["Z00.DAT"]);
        assert_eq!(names_in(&self.mpn.root.join("out")), [""; 0]);
        assert_eq!(names_in(&self.vehicles.root.join("out")), [""; 0]);
        assert_eq!(names_in(&self.vehicles.root.join("done")), ["SHARYO.DAT"]);
        assert_eq!(names_in(&root.join("ack")), ["Z00.DAT.ack"]);
        let told = fs::read_to_string(root.join("ack/Z00.DAT.ack")).unwrap();
        let digest = Sha256::of(&golden(PENSIONS).0);
        assert!(told.contains(&format!("sha256={digest}\nresult=ok\n")) && told.contains(pensions), "{told}");
        assert_eq!(names_in(root), ["ack", "irai1.DTA", "irai2.DTA", "irai3.DTA", "nenkin", "nyukan"]);
    }

    /// Receipts of both kinds, each with the digest of the one before.
    fn receipts_are_one_chain(&self) {
        let mut chain: BTreeMap<u64, (String, Vec<u8>)> = BTreeMap::new();
        let mut both = [0; 2];
        for shown in self.home.deliveries() {
            let id = &shown.delivery.id;
            let (verified, text) = self.home.run(&["receipt", "verify", id.as_str()]);
            assert!(verified, "{text}");
            let bytes = fs::read(self.home.folder(id).receipt()).unwrap();
            let receipt: Value = serde_json::from_slice(&bytes).unwrap();
            both[usize::from(receipt["handed_over"].is_object())] += 1;
            let previous = receipt["previous"].as_str().unwrap().to_owned();
            chain.insert(receipt["number"].as_u64().unwrap(), (previous, bytes));
        }
        assert_eq!(both, [4, 7]);
        assert!(chain.keys().copied().eq(1..=11), "{:?}", chain.keys());
        let mut before = "0".repeat(64);
        for (number, (previous, bytes)) in &chain {
            assert_eq!(previous, &before, "receipt {number}");
            before = Sha256::of(bytes).to_string();
        }
        self.home.audit_is_clean();
    }

    fn an_auditor_gets_both_directions(&self) {
        let (out, today) = (self.home.path().join("export"), Moment::now().date());
        let (from, to) = (today.yesterday().unwrap().to_string(), today.tomorrow().unwrap().to_string());
        let (done, text) =
            self.home.run(&["audit", "export", "--from", &from, "--to", &to, "--out", out.to_str().unwrap()]);
        assert!(done, "{text}");
        assert_eq!(names_in(&out.join("receipts")).len(), 2 * 11);
        let listed = fs::read_to_string(out.join("deliveries.csv")).unwrap();
        for link in ["sharyo", "keshikomi", "homusho", "nenkin", "irai", "kekka"] {
            assert!(listed.contains(&format!(",{link},")), "{link}: {listed}");
        }
        assert_eq!(csv::Reader::from_reader(listed.as_bytes()).records().count(), 11);
        let sums =
            Command::new("sha256sum").args(["--check", "--status", "SHA256SUMS"]).current_dir(&out).status();
        assert!(sums.unwrap().success());
    }

    /// No value of a record is in the log, in the journal, or in what an auditor gets.
    fn nobody_is_named(&self) {
        let journal: String = self.home.journal().iter().map(Value::to_string).collect();
        let exported = fs::read_to_string(self.home.path().join("export/deliveries.csv")).unwrap();
        for value in personal_values() {
            for (place, text) in
                [("log", self.home.log()), ("journal", journal.clone()), ("export", exported.clone())]
            {
                assert!(!text.contains(&value), "a value of a record stands in the {place}: {value}");
            }
        }
    }
}
