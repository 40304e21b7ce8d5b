//! What the verifier's page says, in both languages, as its script takes it.

use std::collections::BTreeMap;

use totatsu_base::messages::{Argument, Tongue, text_in};

/// What an id on the page begins with here.
const ROOM: &str = "receipt-page-";
/// Each message of the page, and its arguments, which the script fills in.
const SAID: [(&str, &[&str]); 49] = [
    ("receipt-page-title", &[]),
    ("receipt-page-about", &[]),
    ("receipt-page-unable", &["what"]),
    ("receipt-page-sound-bundle", &[]),
    ("receipt-page-sound-export", &[]),
    ("receipt-page-sound-partial", &[]),
    ("receipt-page-sound-receipts", &[]),
    ("receipt-page-unsound", &["count"]),
    ("receipt-page-compare", &[]),
    ("receipt-page-counted", &["receipts", "events"]),
    ("receipt-page-signed", &[]),
    ("receipt-page-not-signed", &[]),
    ("receipt-page-key", &[]),
    ("receipt-page-wanted", &[]),
    ("receipt-page-inside", &[]),
    ("receipt-page-others", &[]),
    ("receipt-page-drop", &[]),
    ("receipt-page-folder", &[]),
    ("receipt-page-files", &[]),
    ("receipt-page-trust", &[]),
    ("receipt-page-trust-why", &[]),
    ("receipt-page-found-nothing", &[]),
    ("receipt-page-found-no-key", &[]),
    ("receipt-page-found-other-key", &[]),
    ("receipt-page-found-unfinished", &[]),
    ("receipt-page-found-missing", &["file"]),
    ("receipt-page-found-changed", &["file"]),
    ("receipt-page-found-unlisted", &["file"]),
    ("receipt-page-found-sums-unreadable", &[]),
    ("receipt-page-found-journal-torn", &["file"]),
    ("receipt-page-found-journal-unreadable", &["after"]),
    ("receipt-page-found-journal-changed", &["event", "next"]),
    ("receipt-page-found-journal-beginning", &[]),
    ("receipt-page-found-journal-order", &["event"]),
    ("receipt-page-found-journal-cut", &["from", "to"]),
    ("receipt-page-found-journal-count", &["there", "said"]),
    ("receipt-page-found-receipt-unreadable", &["file"]),
    ("receipt-page-found-receipt-number", &["file", "number"]),
    ("receipt-page-found-receipt-twice", &["number"]),
    ("receipt-page-found-signature", &["file"]),
    ("receipt-page-found-unsigned", &["file"]),
    ("receipt-page-found-unsigned-vouched", &["number"]),
    ("receipt-page-found-receipt-missing", &["number"]),
    ("receipt-page-found-receipt-not-in-journal", &["number"]),
    ("receipt-page-found-receipt-not-recorded", &["number"]),
    ("receipt-page-found-anchor", &["number", "event"]),
    ("receipt-page-found-previous", &["number", "before"]),
    ("receipt-page-found-receipts-gap", &["from", "to"]),
    ("receipt-page-found-not-vouched", &["from", "to"]),
];

/// The texts as an object of JSON that may stand inside a script: languages, and in each the texts by their ids.
pub(super) fn of_page() -> String {
    let texts = [Tongue::Ja, Tongue::En].map(|tongue| (<&str>::from(tongue), in_language(tongue)));
    let texts = serde_json::to_string(&BTreeMap::from(texts)).expect("texts by ids are JSON");
    texts.replace('<', "\\u003c")
}

fn in_language(tongue: Tongue) -> BTreeMap<&'static str, String> {
    let said = |(id, arguments): &(&'static str, &[&'static str])| {
        let places: Vec<Argument<'_>> = arguments.iter().map(|name| (*name, format!("{{{name}}}"))).collect();
        (id.trim_start_matches(ROOM), text_in(tongue, id, &places))
    };
    SAID.iter().map(said).collect()
}
