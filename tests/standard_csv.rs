//! From a standard system's CSV to a partner's records: the whole way, with the characters of the standard.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use support::collecting::{INBOUND, Post};
use support::gateway::{self, Home};
use support::sshd::{Options, Sshd};
use totatsu_base::digest::Sha256;
use totatsu_ledger::Delivery;

/// A standard system's CSV of pensioners, all invented: UTF-8, quoted, with a heading, `0000-00-00` for no date.
const SOURCE_LAYOUT: &str = r#"
title = "年金特別徴収 対象者 (標準 CSV の例)"
partner = "標準準拠システム (庁内)"
status = "sample"
effective_from = 2026-04-01
format = "csv"
encoding = "utf-8"
separator = "lf"
repertoire = "mj-plus"
[csv]
quote = "always"
heading = true
[[record]]
name = "対象者"
place = "data"
"#;

/// Columns of the source, and their other keys.
const COLUMNS: [(&str, &str); 10] = [
    ("市区町村コード", "kind = \"9\"\nbytes = 6\ngateway = \"municipality-code-6\""),
    ("全件差分区分", "kind = \"X\"\nlink = \"全件差分区分\"\nmap = { \"全件\" = \"1\", \"差分\" = \"2\" }"),
    ("基礎年金番号", "kind = \"9\"\nbytes = 10\nexact = true"),
    ("氏名", "kind = \"M\"\ncharacters = 100\nempty = \"refuse\"\nrules = [\"nfc\"]"),
    ("氏名_フリガナ", "kind = \"M\"\ncharacters = 100"),
    (
        "生年月日",
        "kind = \"X\"\ndate = \"YYYY-MM-DD\"\nunknown_parts = true\nmap = { \"\" = \"0000-00-00\" }",
    ),
    ("住所", "kind = \"M\"\ncharacters = 100"),
    ("異動年月日", "kind = \"X\"\ndate = \"YYYY-MM-DD\"\nmap = { \"\" = \"0000-00-00\" }"),
    ("転出年月日", "kind = \"X\"\ndate = \"YYYY-MM-DD\"\nmap = { \"\" = \"0000-00-00\" }"),
    ("特別徴収額", "kind = \"9\"\nbytes = 11\nnumber = true"),
];

/// The agreed characters for those that the public maps don't know: invented, as a city would have them from デジタル庁.
const DAITAI: &str = "# version: 1\n# origin: 試験市\nU+10DE92\t髙\nU+10DE93\t崎\n";

const LINK: &str = r#"
partner = "eltax"
layout = "eltax/nenkin-tokucho-irai"
ready = "rename"
[remote]
name = "Z12{municipality}.DTA"
[values]
"全件差分区分" = "差分"
[source]
layout = "standard/nenkin-taishosha"
columns = { "漢字氏名" = "氏名", "カナ氏名" = "氏名_フリガナ", "漢字住所" = "住所", "各種年月日" = "異動年月日", "金額1" = "特別徴収額", "カナ住所" = "", "郵便番号" = "", "処理結果" = "", "共済年金証書記号番号" = "" }
fixed = { "性別" = "1", "特別徴収義務者コード" = "501", "通知内容コード" = "01", "特別徴収制度コード" = "0", "年金コード" = "1150", "各種区分" = "01", "金額2" = "0", "金額3" = "0" }
"#;

/// A row of the source, as a standard system writes it.
fn row(number: &str, name: &str, born: &str, moved: &str, amount: &str) -> String {
    format!(
        "\"131016\",\"2\",\"{number}\",\"{name}\",\"カナ\",\"{born}\",\"試験市１\",\"{moved}\",\"0000-00-00\",\"{amount}\"\n"
    )
}

fn source(rows: &[String]) -> String {
    let heading: Vec<String> = COLUMNS.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    format!("{}\n{}", heading.join(","), rows.concat())
}

/// A gateway with layouts of its own: the source's, and eLTAX's with the folding that the city has agreed on.
fn home(sshd: &Sshd) -> Home {
    let home = Home::new(sshd);
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts");
    let text = fs::read_to_string(home.path().join("config/totatsu.toml")).unwrap();
    home.write("config/totatsu.toml", &text.replace(&format!("{shipped:?}"), "\"../layouts\""));
    let (eltax, standard) = ("layouts/eltax/nenkin-tokucho-irai", "layouts/standard/nenkin-taishosha");
    for folder in [eltax, standard] {
        fs::create_dir_all(home.path().join(folder)).unwrap();
    }
    let irai = fs::read_to_string(shipped.join("eltax/nenkin-tokucho-irai/2008-04-01.toml")).unwrap();
    let folds = "effective_from = 2008-04-01\nfold = [\"ivs\", \"daitai.tsv\", \"nta\", \"mj\"]\n";
    home.write(&format!("{eltax}/2008-04-01.toml"), &irai.replace("effective_from = 2008-04-01\n", folds));
    home.write(&format!("{eltax}/daitai.tsv"), DAITAI);
    let mut layout = SOURCE_LAYOUT.to_owned();
    for (n, (name, keys)) in COLUMNS.iter().enumerate() {
        layout += &format!("[[record.item]]\nno = {}\nname = \"{name}\"\n{keys}\n", n + 1);
    }
    home.write(&format!("{standard}/2026-04-01.toml"), &layout);
    home.write("config/links/irai.toml", LINK);
    home
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_standard_csv_with_the_characters_of_mj_plus_reaches_eltax_over_sftp_with_every_fold_on_the_receipt() {
    let sshd = Sshd::start(Options::default());
    let mut home = home(&sshd);
    let (sound, text) = home.run(&["check"]);
    assert!(sound && text.contains("source.layout: layout standard/nenkin-taishosha is a sample"), "{text}");
    home.start();
    let source = source(&[
        row("0000000001", "葛\u{e0102}城\u{10de92}子", "1945-08-15", "2026-04-01", "12300"),
        row("0000000002", "𠮷\u{10de93}﨑", "1945-00-00", "2026-04-01", "0"),
    ]);
    home.drop_source("対象者.csv", source.as_bytes());
    let delivery = home.wait_for_one("archived").delivery;

    let arrived = fs::read(sshd.root().join("Z1213101.DTA")).unwrap();
    assert_eq!(arrived.len(), 48 * 2 + 4 * 500, "two records at the top, header, two data records, trailer");
    let names: Vec<String> = arrived[96 + 500..]
        .chunks(500)
        .take(2)
        .map(|record| encoding_rs::SHIFT_JIS.decode(record).0.into_owned())
        .collect();
    assert!(names[0].contains("葛城高子　　") && names[0].contains("19450815"), "{names:?}");
    assert!(names[1].contains("吉崎崎　　") && names[1].contains("19450000"), "{names:?}");

    let (genuine, text) = home.run(&["receipt", "verify", delivery.id.as_str()]);
    assert!(genuine, "{text}");
    let (_, text) = home.run(&["receipt", "show", "--json", delivery.id.as_str()]);
    let receipt: serde_json::Value = serde_json::from_str(&text).unwrap();
    let sent = &receipt["sent"];
    assert_eq!(receipt["source"]["sha256"], Sha256::of(source.as_bytes()).to_string());
    assert_eq!(sent["sha256"], Sha256::of(&arrived).to_string());
    assert_eq!(sent["layout"], "eltax/nenkin-tokucho-irai");
    assert_eq!(sent["source_layout"]["layout"], "standard/nenkin-taishosha");
    assert_eq!(sent["source_layout"]["records"]["対象者"], 2);
    // Two rules make the kana and the full-width digit what they are already; every other change is a fold.
    let tables: BTreeMap<String, u64> = serde_json::from_value(sent["folds_by_table"].clone()).unwrap();
    let of_tables: Vec<(&str, u64)> = tables
        .iter()
        .map(|(table, count)| (table.as_str(), *count))
        .filter(|(table, _)| *table != "rules")
        .collect();
    let wanted = [("daitai.tsv", 1), ("daitai.tsv + mj", 1), ("ivs", 1), ("mj", 1), ("nta", 1)];
    assert_eq!(of_tables, wanted);
    assert_eq!(sent["folds"], tables.values().sum::<u64>());
    let listed = fs::read_to_string(home.folder(&delivery.id).path().join("folds.txt")).unwrap();
    let listed: Vec<Vec<&str>> = listed.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    assert_eq!(
        listed.iter().map(|fold| (fold[0], fold[3], fold[4])).collect::<Vec<_>>(),
        [
            ("1", "葛", "ivs"),
            ("1", "高", "daitai.tsv + mj"),
            ("2", "吉", "mj"),
            ("2", "崎", "daitai.tsv"),
            ("2", "崎", "nta"),
        ]
    );
    assert!(!home.log().contains('葛') && !home.log().contains("U+10DE92"), "records never reach the log");
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_standard_csv_that_breaks_its_own_layout_or_has_a_character_without_a_table_is_rejected_and_nothing_sent()
{
    let sshd = Sshd::start(Options::default());
    let mut home = home(&sshd);
    home.start();
    let whole = row("0000000001", "山田", "1945-08-15", "2026-04-01", "12300");
    let spoiled = [
        ("no-table.csv", whole.replace("山田", "山\u{10de94}"), "U+10DE94"),
        ("not-listed.csv", whole.replace("山田", "山\u{e000}"), "bytes"),
        ("other-city.csv", whole.replace("131016", "131024"), "131016"),
        ("all.csv", whole.replace("\"2\",", "\"1\","), "全件差分区分"),
        ("no-date.csv", whole.replace("1945-08-15", "19450815"), "YYYY-MM-DD"),
    ];
    for (name, spoiled, _) in &spoiled {
        home.drop_source(name, source(&[whole.clone(), spoiled.clone()]).as_bytes());
    }
    let rejected = home.wait_for(spoiled.len(), "rejected");
    for (name, _, told) in &spoiled {
        let shown = rejected.iter().find(|shown| shown.delivery.name() == *name).unwrap();
        let report = fs::read_to_string(home.folder(&shown.delivery.id).report()).unwrap();
        assert!(report.contains(told) && report.contains("\n        "), "{name}: {report}");
    }
    assert_eq!(gateway::names_in(sshd.root()), [""; 0]);
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn names_of_standard_csv_bear_the_code_of_six_digits_the_time_of_acceptance_and_a_number() {
    let sshd = Sshd::start(Options::default());
    let mut home = Home::new(&sshd);
    let name = "name = \"G01_R0001_{municipality6}_{date}{time}_{serial}.csv\"\n";
    home.write_link("ready = \"rename\"\n", name);
    home.start();
    // Accepted within one moment, and aimed in any order.
    home.act(&["hold", "--link", gateway::LINK]);
    for number in 0..6 {
        home.drop_records(&format!("{number}.csv"), 3 + number);
    }
    home.wait_for(6, "queued");
    home.act(&["release", "--link", gateway::LINK]);
    home.wait_for(6, "archived");
    let name_of = |delivery: &Delivery| delivery.target.as_ref().unwrap().name.clone();
    let mut accepted: Vec<_> = home.deliveries().into_iter().map(|shown| shown.delivery).collect();
    accepted.sort_by_key(|delivery| delivery.begun);
    for delivery in &accepted {
        let same_day = |other: &&Delivery| {
            other.begun <= delivery.begun && other.accepted_at.date() == delivery.accepted_at.date()
        };
        let serial = accepted.iter().filter(same_day).count();
        let at = delivery.accepted_at.in_japan().strftime("%Y%m%d%H%M%S");
        assert_eq!(name_of(delivery), format!("G01_R0001_131016_{at}_{serial:03}.csv"));
    }
    // What is sent again bears its own name again, and takes no number from the next.
    let first = &accepted[0];
    fs::remove_file(sshd.root().join(name_of(first))).unwrap();
    home.act(&["resend", first.id.as_str()]);
    home.wait_for(7, "archived");
    assert!(sshd.root().join(name_of(first)).exists());
    home.drop_records("next.csv", 9);
    let next = home.until_file("next.csv", "archived").delivery;
    if next.accepted_at.date() == first.accepted_at.date() {
        assert!(name_of(&next).ends_with("_007.csv"), "{}", name_of(&next));
    }
    assert_eq!(gateway::names_in(sshd.root()).len(), 7);

    let link = fs::read_to_string(home.path().join("config/links/irai.toml")).unwrap();
    home.write("config/links/zoku.toml", &link);
    let (sound, text) = home.run(&["check"]);
    assert!(!sound && text.contains("link irai gives the same names"), "{text}");
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_link_whose_source_lacks_a_column_of_the_partners_layout_is_refused_by_check() {
    let sshd = Sshd::start(Options::default());
    let home = home(&sshd);
    home.write(
        "config/links/irai.toml",
        &LINK.replace("\"漢字氏名\" = \"氏名\", ", "").replace("\"住所\"", "\"居所\""),
    );
    let (sound, text) = home.run(&["check"]);
    assert!(
        !sound && text.contains("has no column 漢字氏名") && text.contains("has no column 居所"),
        "{text}"
    );
    home.write("config/links/irai.toml", &LINK.replace("standard/nenkin-taishosha", "standard/nowhere"));
    let (sound, text) = home.run(&["check"]);
    assert!(!sound && text.contains("no layout \"standard/nowhere\" is in force"), "{text}");
    home.write("config/links/irai.toml", &LINK.replace("layout = \"standard/nenkin-taishosha\"\n", ""));
    let (sound, text) = home.run(&["check"]);
    assert!(!sound && text.contains("source.layout"), "{text}");
}

/// A bank's result as it parts records by CR and ends with 1A: the golden file, parted otherwise.
#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn an_inbound_link_says_how_a_banks_file_is_parted_and_the_file_is_collected() {
    let golden =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/records/tests/golden/zengin/koza-furikae-kekka");
    let whole = fs::read(golden.join("output.bin")).unwrap();
    let mut file: Vec<u8> = whole.chunks(122).flat_map(|line| [&line[..120], b"\r"].concat()).collect();
    file.push(0x1a);
    let layout = "layout = \"zengin/koza-furikae-kekka\"\n";
    let mut post = Post::running(layout, "", "[values]\n\"改行\" = \"cr\"\n\"EOF\" = \"1A\"\n");
    post.offer("K.DAT", &file);
    post.wait_for("K.DAT", "archived");
    let rows = fs::read_to_string(post.home.inbox(INBOUND).join("K.csv")).unwrap();
    let wanted = fs::read_to_string(golden.join("input.csv")).unwrap();
    assert_eq!(rows, wanted);
    post.offer("L.DAT", &whole);
    let rejected = post.wait_for("L.DAT", "rejected").delivery;
    let report = fs::read_to_string(post.home.folder(&rejected.id).report()).unwrap();
    assert!(report.contains("CR LF (0D 0A) stands between the records; accepted: CR (0D)"), "{report}");
    let link =
        fs::read_to_string(post.home.path().join("config/links").join(format!("{INBOUND}.toml"))).unwrap();
    post.home.write(&format!("config/links/{INBOUND}.toml"), &link.replace("\"cr\"", "\"CR\""));
    let (sound, text) = post.home.run(&["check"]);
    assert!(!sound && text.contains("改行") && text.contains("none, crlf, lf or cr"), "{text}");
}
