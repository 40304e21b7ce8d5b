//! The thirteen layouts of 年金特別徴収 are thirteen complete files, so that an operator reads one without looking into
//! another; here they are held together. Read as TOML, without the engine.

#![allow(clippy::unwrap_used, reason = "a panic is the failure report, in the helpers of tests too")]

mod support;

use std::fs;
use std::path::Path;

use support::shipped::LAYOUTS;
use toml::{Table, Value};

/// What the municipality sends: name, 通知内容コード.
const OUT: [(&str, &str); 5] = [
    ("irai", "01"),
    ("tsuika-irai", "31"),
    ("shikaku-soshitsu", "41"),
    ("kari-choshu-henko", "61"),
    ("jushochi-tokurei", "81"),
];
/// What the municipality receives.
const IN: [(&str, &str); 8] = [
    ("taishosha", "00"),
    ("irai-kekka", "02"),
    ("kekka", "22"),
    ("tsuika-kohosha", "30"),
    ("tsuika-irai-kekka", "32"),
    ("shikaku-soshitsu-kekka", "42"),
    ("kari-choshu-henko-kekka", "62"),
    ("jushochi-tokurei-kekka", "82"),
];
/// Items whose rules depend on the code; name, place and width do not.
const BY_CODE: [&str; 6] = ["通知内容コード", "各種区分", "各種年月日", "金額1", "金額2", "金額3"];
/// Items that a dummy record (00, 各種区分 70) may leave blank.
const BY_DUMMY: [&str; 4] = ["基礎年金番号", "年金コード", "生年月日", "性別"];
/// Items that another party fills on the way in.
const BY_WAY: [&str; 11] = [
    "媒体通番",
    "作成年月日",
    "ファイル格納件数",
    "媒体コード",
    "シフトコード1",
    "シフトコード2",
    "シフトコード3",
    "シフトコード4",
    "処理結果",
    "後期移管コード",
    "各種年月日",
];

fn layout(name: &str) -> Table {
    let folder = Path::new(LAYOUTS).join("eltax").join(format!("nenkin-tokucho-{name}"));
    fs::read_to_string(folder.join("2008-04-01.toml")).unwrap().parse().unwrap()
}

/// Every item as (record, item), in the order of the file.
fn items(layout: &Table) -> Vec<(Table, Table)> {
    let mut found = Vec::new();
    for record in layout["record"].as_array().unwrap() {
        let mut record = record.as_table().unwrap().clone();
        let items = record.remove("item").unwrap();
        for item in items.as_array().unwrap() {
            found.push((record.clone(), item.as_table().unwrap().clone()));
        }
    }
    found
}

fn name(item: &Table) -> &str {
    item["name"].as_str().unwrap()
}

/// What every version of an item has in common.
fn place(item: &Table) -> Vec<Option<&Value>> {
    ["no", "name", "kind", "bytes", "at"].map(|key| item.get(key)).to_vec()
}

/// Two files agree, except for the rules of the items in `free`, whose place and width still agree.
fn agree(one: &str, other: &str, free: &[&[&str]]) {
    let (one_items, other_items) = (items(&layout(one)), items(&layout(other)));
    assert_eq!(one_items.len(), other_items.len(), "{one} and {other}");
    for ((record, item), (other_record, other_item)) in one_items.iter().zip(&other_items) {
        assert_eq!(record, other_record, "{one} and {other}");
        if free.iter().any(|names| names.contains(&name(item))) {
            assert_eq!(place(item), place(other_item), "{one} and {other}: {}", name(item));
        } else {
            assert_eq!(item, other_item, "{one} and {other}");
        }
    }
}

#[test]
fn all_thirteen_put_the_same_items_at_the_same_bytes() {
    for (other, _) in OUT.iter().chain(&IN) {
        agree("irai", other, &[&BY_CODE, &BY_DUMMY, &BY_WAY]);
    }
}

#[test]
fn layouts_of_one_direction_differ_only_where_the_code_says_so() {
    for (other, _) in OUT {
        agree("irai", other, &[&BY_CODE]);
    }
    for (other, _) in IN {
        agree("irai-kekka", other, if other == "taishosha" { &[&BY_CODE, &BY_DUMMY] } else { &[&BY_CODE] });
    }
}

#[test]
fn each_takes_its_own_code_only() {
    for (suffix, code) in OUT.iter().chain(&IN) {
        let items = items(&layout(suffix));
        let (_, item) = items
            .iter()
            .find(|(_, item)| item.contains_key("allowed") && name(item) == "通知内容コード")
            .unwrap();
        assert_eq!(item["allowed"].as_array().unwrap(), &[Value::from(*code)], "{suffix}");
    }
}

#[test]
fn headings_say_the_same_about_bytes_and_blocks() {
    let keys = ["status", "partner", "effective_from", "encoding", "separator", "break_on"];
    let usual = layout("irai");
    for (suffix, code) in OUT.iter().chain(&IN) {
        let heading = layout(suffix);
        for key in keys {
            assert_eq!(heading[key], usual[key], "{suffix}: {key}");
        }
        assert!(heading["title"].as_str().unwrap().contains(&format!("(通知内容コード {code})")), "{suffix}");
    }
    // What eLTAX bars is barred on the way out; what arrives is read as it is.
    assert!(OUT.iter().all(|(suffix, _)| layout(suffix).get("barred") == usual.get("barred")));
    assert!(IN.iter().all(|(suffix, _)| layout(suffix).get("barred").is_none()));
}

#[test]
fn the_seven_bit_variant_differs_in_shift_codes_only() {
    const SHIFTS: [&str; 4] = ["シフトコード1", "シフトコード2", "シフトコード3", "シフトコード4"];
    agree("irai", "irai-jis7", &[&SHIFTS]);
    let items = items(&layout("irai-jis7"));
    let hex =
        |n: usize| items.iter().find(|(_, item)| name(item) == SHIFTS[n]).unwrap().1["hex"].as_str().unwrap();
    assert_eq!([hex(0), hex(1), hex(2), hex(3)], ["1B 24 42", "1B 28 4A", "1B 24 42", "1B 28 4A"]);
}

#[test]
fn bytes_0_to_380_of_hikazei_nenkin_are_those_of_nenkin_tokucho() {
    let path = "eltax/hikazei-nenkin-taishosha/2016-04-01.toml";
    let other: Table = fs::read_to_string(Path::new(LAYOUTS).join(path)).unwrap().parse().unwrap();
    let data = |layout: &Table| {
        let all = items(layout).into_iter().filter(|(record, _)| record["place"].as_str() == Some("data"));
        all.map(|(_, item)| item).take(21).collect::<Vec<_>>()
    };
    for (item, other) in data(&layout("irai-kekka")).iter().zip(&data(&other)) {
        assert_eq!(place(item), place(other));
    }
}
