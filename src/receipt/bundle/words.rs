//! What the verifier's page says, in both languages, as its script takes it.

use std::collections::BTreeMap;

use totatsu_base::messages::{Argument, Tongue, ids, text_in};

/// How the ids of the page's messages begin; behind it stands the id that the page itself has for a text.
const ON_PAGE: &str = "receipt-page";

/// The texts as a JSON object that may stand inside a script: by language, and then by the page's id.
pub(super) fn of_page() -> String {
    let texts = [Tongue::Ja, Tongue::En].map(|tongue| (<&str>::from(tongue), in_language(tongue)));
    let texts = serde_json::to_string(&BTreeMap::from(texts)).expect("texts by ids are JSON");
    texts.replace('<', "\\u003c")
}

/// The texts in a language, each with placeholders that the script fills in.
fn in_language(tongue: Tongue) -> BTreeMap<String, String> {
    let said = |(id, arguments): (String, Vec<String>)| {
        let on_page = id.strip_prefix(ON_PAGE)?.strip_prefix('-')?.to_owned();
        let places: Vec<Argument<'_>> =
            arguments.iter().map(|name| (name.as_str(), format!("{{{name}}}"))).collect();
        Some((on_page, text_in(tongue, &id, &places)))
    };
    ids(tongue).filter_map(said).collect()
}
