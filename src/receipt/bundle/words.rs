//! What the verifier's page says, in both languages, as its script takes it.

use std::collections::BTreeMap;

use totatsu_base::messages::{Argument, Tongue, ids, text_in};

/// The messages of the page; behind this stands the id that the page has for each.
const ON_PAGE: &str = "receipt-page";

/// The texts as an object of JSON that may stand inside a script: languages, and in each the texts by their ids.
pub(super) fn of_page() -> String {
    let texts = [Tongue::Ja, Tongue::En].map(|tongue| (<&str>::from(tongue), in_language(tongue)));
    let texts = serde_json::to_string(&BTreeMap::from(texts)).expect("texts by ids are JSON");
    texts.replace('<', "\\u003c")
}

/// Each with places for its arguments, which the script fills in.
fn in_language(tongue: Tongue) -> BTreeMap<String, String> {
    let said = |(id, arguments): (String, Vec<String>)| {
        let on_page = id.strip_prefix(ON_PAGE)?.strip_prefix('-')?.to_owned();
        let places: Vec<Argument<'_>> =
            arguments.iter().map(|name| (name.as_str(), format!("{{{name}}}"))).collect();
        Some((on_page, text_in(tongue, &id, &places)))
    };
    ids(tongue).filter_map(said).collect()
}
