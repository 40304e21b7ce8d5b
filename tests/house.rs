//! The house stands: rooms import downwards only, never in a circle, and a public name means one thing.
//!
//! Reads the imports and paths of every source file of the workspace, without its tests. A room is a file; it stands above all
//! that it imports. In the root package the floors are listed below, from the top down.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]
#![allow(clippy::wildcard_enum_match_arm, reason = "the kinds of Rust's items are an open list")]

#[path = "support/house.rs"]
mod house;

use std::collections::{BTreeMap, BTreeSet};

use house::House;

/// The floors of the root package, from the top down. A file stands on the first floor whose path its own begins with, and imports
/// files of its own floor or of those below.
const FLOORS: [&str; 26] = [
    "main",
    "cli",
    "demo",
    "daemon",
    "audit",
    "control",
    "journey",
    "gateway",
    "probe",
    "coverage",
    "init",
    "config",
    "sheet",
    "receipt",
    "archive",
    "collect",
    "deliver",
    "alert",
    "stamp",
    "schedule",
    "unaccepted",
    "catalogue",
    "disk",
    "spool",
    "blocking",
    "users",
];

#[test]
fn no_file_of_the_workspace_imports_itself_by_way_of_others() {
    let house = House::read();
    let circles: Vec<String> = house.circles().iter().map(|circle| house.told(circle)).collect();
    assert!(circles.is_empty(), "circles of imports:\n{}", circles.join("\n"));
}

#[test]
fn no_file_of_the_root_package_imports_one_of_a_floor_above() {
    let house = House::read();
    let floor_of = |room: &str| {
        let inside = room.strip_prefix("totatsu::").unwrap_or(room);
        let top = inside.split("::").next().unwrap_or(inside);
        FLOORS
            .iter()
            .position(|floor| *floor == top)
            .unwrap_or_else(|| panic!("{room} stands on no floor: list it"))
    };
    let is_ours = |room: &str| room.starts_with("totatsu::");
    let upwards: Vec<String> = house
        .arrows()
        .filter(|arrow| is_ours(&arrow.from) && is_ours(&arrow.to))
        .filter(|arrow| floor_of(&arrow.to) < floor_of(&arrow.from))
        .map(|arrow| arrow.to_string())
        .collect();
    assert!(upwards.is_empty(), "imports from a floor above:\n{}", upwards.join("\n"));
}

#[test]
fn no_public_type_has_the_name_of_another() {
    let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, place) in House::read().public_types() {
        places.entry(name.clone()).or_default().insert(place.clone());
    }
    let doubled: Vec<String> = places
        .into_iter()
        .filter(|(_, places)| places.len() > 1)
        .map(|(name, places)| format!("{name}: {}", places.into_iter().collect::<Vec<_>>().join(", ")))
        .collect();
    assert!(doubled.is_empty(), "public types of one name:\n{}", doubled.join("\n"));
}

#[test]
fn the_reader_sees_a_circle_an_arrow_and_a_doubled_name_where_there_are_some() {
    let house = House::of_texts(&[
        ("a", "mod b; mod c; pub use c::Twice;"),
        (
            "a::b",
            "use crate::c::{self, Twice}; pub struct Once; #[cfg(test)] mod tests { use crate::Nothing; }",
        ),
        ("a::c", "pub struct Twice; pub enum Once {} fn f() { assert!(1 < crate::b::g(), \"{}\", 0) }"),
    ]);
    let arrows: Vec<String> = house.arrows().map(|arrow| format!("{} -> {}", arrow.from, arrow.to)).collect();
    assert_eq!(arrows, ["a -> a::c", "a::b -> a::c", "a::c -> a::b"]);
    assert_eq!(house.circles(), [BTreeSet::from(["a::b".to_owned(), "a::c".to_owned()])]);
    assert_eq!(house.public_types().iter().filter(|(name, _)| name == "Once").count(), 2);
}

/// Prints the figures of the house: `cargo test --test house -- --nocapture figures`.
#[test]
fn the_figures_of_the_house_can_be_told() {
    let house = House::read();
    let figures = house.figures();
    println!("{figures}");
    assert!(figures.rooms > 100 && figures.arrows > figures.rooms);
}
