//! What `totatsu catalogue` promises: the whole national list, in both languages, and no doubt turned into a fact.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

use std::collections::{BTreeMap, BTreeSet};

use assert_cmd::Command;
use serde_json::Value;
use totatsu::catalogue::{
    Frequency, GuaranteeDuty, InterfaceList, InterfaceScope, ListMethod, ListedWay, MunicipalityTable,
    Sureness, Tongue,
};
use totatsu_records::layout::CheckMethod;

fn counted<K: Ord>(keys: impl Iterator<Item = K>) -> Vec<(K, usize)> {
    let mut counts = BTreeMap::new();
    keys.for_each(|key| *counts.entry(key).or_insert(0) += 1);
    counts.into_iter().collect()
}

fn said(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_totatsu"));
    command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env_remove("LANG");
    let output = command.arg("catalogue").args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_list_has_its_275_rows_and_143_interfaces_by_business_and_by_direction() {
    let list = InterfaceList::shipped();
    assert_eq!((list.rows().count(), list.interfaces.len()), (275, 143));
    let rows: BTreeMap<&str, usize> =
        counted(list.rows().map(|row| row.business.as_str())).into_iter().collect();
    let interfaces = counted(list.interfaces.iter().map(|one| one.business.as_str()));
    let interfaces: BTreeMap<&str, usize> = interfaces.into_iter().collect();
    for (business, of_rows, of_interfaces) in [
        ("juki", 123, 16),
        ("kotei", 24, 20),
        ("kojin", 50, 44),
        ("hojin", 7, 4),
        ("kei", 10, 8),
        ("shuno", 30, 28),
        ("kokuho", 31, 23),
    ] {
        assert_eq!((rows[business], interfaces[business]), (of_rows, of_interfaces), "{business}");
    }
    assert_eq!(counted(list.rows().map(|row| row.direction)), [(ListedWay::Out, 234), (ListedWay::In, 41)]);
    let ways = counted(list.interfaces.iter().map(|one| one.direction));
    assert_eq!(ways, [(ListedWay::Out, 109), (ListedWay::In, 34)]);
}

#[test]
fn the_rows_of_each_partner_are_as_many_as_in_the_list() {
    let list = InterfaceList::shipped();
    let rows: BTreeMap<&str, usize> =
        counted(list.rows().map(|row| row.partner.as_str())).into_iter().collect();
    let expected = [
        ("collection", 28),
        ("public-assistance", 22),
        ("finance", 19),
        ("national-pension", 15),
        ("late-elderly-medical", 15),
        ("infant-medical", 15),
        ("single-parent-medical", 15),
        ("family-register", 15),
        ("disability-welfare", 14),
        ("property-tax", 13),
        ("health-mgmt", 13),
        ("electoral-roll", 12),
        ("mpn", 11),
        ("immigration", 10),
        ("nhi", 10),
        ("long-term-care", 9),
        ("resident-tax", 9),
        ("eltax", 8),
        ("kei-tax", 5),
        ("resident-register", 3),
        ("hr-payroll", 3),
        ("child-allowance", 3),
        ("kei-assoc", 3),
        ("school-enrolment", 2),
        ("child-rearing-allowance", 2),
        ("corporate-tax", 1),
    ];
    assert_eq!(rows, BTreeMap::from(expected));
}

#[test]
fn frequencies_scopes_obligations_and_doubts_are_as_many_as_in_the_list() {
    let list = InterfaceList::shipped();
    let frequencies = counted(list.rows().map(|row| row.frequency));
    let expected =
        [(Frequency::Yearly, 46), (Frequency::Monthly, 34), (Frequency::Daily, 183), (Frequency::Adhoc, 12)];
    assert_eq!(frequencies, expected);
    let scopes = counted(list.rows().map(|row| row.scope));
    assert_eq!(scopes, [(InterfaceScope::Full, 59), (InterfaceScope::Diff, 216)]);
    let methods = counted(list.rows().map(|row| row.method));
    assert_eq!(methods, [(ListMethod::File, 225), (ListMethod::FileOrRelay, 50)]);
    let duties = counted(list.rows().map(|row| row.guarantee));
    let expected = [(GuaranteeDuty::Sender, 116), (GuaranteeDuty::BySender, 30), (GuaranteeDuty::None, 129)];
    assert_eq!(duties, expected);
    assert_eq!(list.rows().filter(|row| row.exclusive_import).count(), 147);
    assert_eq!(list.rows().filter(|row| row.busy_season).count(), 107);
    let sureness = counted(list.rows().map(|row| row.confidence));
    assert_eq!(sureness, [(Sureness::High, 251), (Sureness::Medium, 20), (Sureness::Low, 4)]);
}

#[test]
fn a_row_that_is_not_sure_says_why_and_no_other_does() {
    for row in InterfaceList::shipped().rows() {
        assert_eq!(row.confidence != Sureness::High, !row.doubt.is_empty(), "{}", row.id);
    }
}

#[test]
fn every_word_of_a_row_is_there_in_both_languages_and_every_word_is_used() {
    let list = InterfaceList::shipped();
    let words = &list.words;
    let mut used: BTreeSet<(&str, String)> = BTreeSet::new();
    for row in list.rows() {
        used.insert(("business", row.business.clone()));
        used.insert(("partner", row.partner.clone()));
        used.insert(("function", format!("{}-{}", row.business, row.function)));
        used.insert(("reason", row.reason.clone()));
        used.extend(row.note_keys().map(|note| ("note", note.to_owned())));
        used.extend(Some(("doubt", row.doubt.clone())).filter(|_| !row.doubt.is_empty()));
        assert!(["online", "batch", "both"].contains(&row.run.as_str()), "{}", row.id);
        assert_eq!(row.expected_max.is_some(), row.per.is_some(), "{}", row.id);
        for tongue in [Tongue::Ja, Tongue::En] {
            let (one, another) = (
                [row.direction.says(tongue), row.method.says(tongue), row.frequency.says(tongue)],
                [row.scope.says(tongue), row.guarantee.says(tongue), row.confidence.says(tongue)],
            );
            // A message that is missing is told by its id.
            let is_said = |word: &String| !word.starts_with("cli-word-");
            assert!(one.iter().chain(&another).all(is_said), "{}: {one:?} {another:?}", row.id);
        }
    }
    let keys: BTreeSet<(&str, String)> = (words.business.keys().map(|key| ("business", key.clone())))
        .chain(words.partner.keys().map(|key| ("partner", key.clone())))
        .chain(words.function.keys().map(|key| ("function", key.clone())))
        .chain(words.reason.keys().map(|key| ("reason", key.clone())))
        .chain(words.note.keys().map(|key| ("note", key.clone())))
        .chain(words.doubt.keys().map(|key| ("doubt", key.clone())))
        .collect();
    assert_eq!(used, keys);
    for business in words.business.values() {
        assert!(words.partner.contains_key(&business.partner), "{business:?}");
    }
    assert!(list.rows().map(|row| &row.id).collect::<BTreeSet<_>>().len() == 275);
}

#[test]
fn what_goes_by_no_file_is_named_with_the_reason_and_is_no_interface() {
    let list = InterfaceList::shipped();
    assert!(list.beyond_files.len() > 15);
    for beyond in &list.beyond_files {
        assert!(
            beyond.businesses.iter().all(|business| list.words.business.contains_key(business)),
            "{beyond:?}"
        );
        assert!(
            beyond.methods.iter().all(|method| ["relay", "at-once"].contains(&method.as_str())),
            "{beyond:?}"
        );
        assert!(beyond.directions.iter().all(|way| ["in", "out"].contains(&way.as_str())), "{beyond:?}");
    }
    assert!(said(&["beyond", "--lang", "ja"]).contains("住基ネット"));
    assert!(said(&["beyond"]).contains("out of scope"));
    assert!(said(&["list"]).contains("143 of 275 rows"));
}

#[test]
fn every_municipality_has_a_code_whose_check_digit_is_right_and_no_two_have_one() {
    let all = MunicipalityTable::shipped().all();
    // 47 prefectures, 1,718 municipalities, 23 special wards, six villages of the northern islands.
    assert_eq!(all.len(), 47 + 1718 + 23 + 6);
    let codes: BTreeSet<&str> = all.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(codes.len(), all.len());
    for code in codes {
        let digit = CheckMethod::MunicipalityCode.digit(code[..5].bytes()).unwrap();
        assert_eq!(code.as_bytes()[5], digit, "{code}");
    }
}

#[test]
fn the_list_is_told_by_business_partner_direction_and_frequency_in_either_language() {
    let shown = |arguments: &[&str]| -> Value {
        let mut whole = vec!["--json", "list"];
        whole.extend(arguments);
        serde_json::from_str(&said(&whole)).unwrap()
    };
    let to_mpn =
        shown(&["--business", "固定資産税", "--partner", "mpn", "--direction", "out", "--frequency", "日次"]);
    let ids: Vec<&str> = to_mpn.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["kotei-mpn-out-daily-full", "kotei-mpn-out-daily-diff"]);
    assert_eq!(to_mpn[0]["expected_max"], 150_000);
    assert_eq!(to_mpn[0]["partner_name"], "Multi-Payment Network, with convenience stores");
    assert_eq!(shown(&["--lang", "ja", "--partner", "mpn"])[0]["partner_name"], "ＭＰＮ");
    assert_eq!(shown(&["--direction", "in", "--functions"]).as_array().unwrap().len(), 41);
    let table = said(&["list", "--business", "hojin", "--lang", "ja"]);
    assert!(
        table.contains("法人住民税") && table.contains("収滞納管理") && table.contains("日次"),
        "{table}"
    );
    let sheet = said(&["list", "--csv", "--functions"]);
    assert_eq!(csv::Reader::from_reader(sheet.as_bytes()).records().filter(Result::is_ok).count(), 275);
}

#[test]
fn a_name_that_the_list_does_not_know_is_refused_with_those_it_knows() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_totatsu"));
    let output = command.args(["catalogue", "list", "--business", "jukki"]).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{told}");
    assert!(told.contains("juki, kotei, kojin"), "{told}");
}

#[test]
fn an_interface_is_shown_with_its_functions_its_notes_and_its_doubts() {
    let shown = said(&["show", "kokuho-resident-tax-out-monthly-full", "--lang", "ja"]);
    for words in ["特別徴収決定", "10000件/回", "疑義", "確度: 低"] {
        assert!(shown.contains(words), "{words} in {shown}");
    }
    let row = said(&["show", "kei-shinki-kei-assoc-i-monthly"]);
    assert!(row.contains("Some municipalities have it downloaded") && row.contains("New vehicles"), "{row}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_totatsu"));
    let output = command.args(["catalogue", "show", "no-such-link"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn the_language_is_that_of_the_environment_unless_it_is_asked_for() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_totatsu"));
    command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", "ja_JP.UTF-8");
    let output = command.args(["catalogue", "list", "--business", "kei"]).output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("軽自動車税"));
    assert!(said(&["list", "--business", "kei"]).contains("Light vehicle tax"));
}
