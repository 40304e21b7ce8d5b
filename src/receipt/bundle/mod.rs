//! The page with which an auditor verifies receipts in a browser, without this program: a receipt and its proof are inside, or none.
//!
//! Owns the form of a bundle: one HTML file, because a double click opens it everywhere, and because a browser lets no page read the
//! files beside it. The bundle's files are in it as base64 and can be taken out again. Promises that the bundle has the receipt, its
//! signature and the journal's lines byte for byte, and that the page loads nothing. Where a browser lacks an algorithm, the page
//! says so. Never has contents of records.

mod lines;
mod words;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::key::Keys;
use totatsu_base::Sha256;
use totatsu_base::evidence::Receipt;

pub use lines::{BundleError, ChainRead, chain_of};

const PAGE: &str = include_str!("page.html");
const SCRIPT: &str = include_str!("page.js");
/// Texts that say what a bundle is and how to verify it, in each language.
const README: [(&str, &str); 2] =
    [("README.ja.txt", include_str!("readme.ja.txt")), ("README.txt", include_str!("readme.en.txt"))];
/// A shell script that verifies a bundle, or an export, with openssl and sha256sum.
pub const SHELL_VERIFIER: &str = include_str!("verify.sh");
/// Signs of base64 in a line.
const COLUMNS: usize = 76;

/// The parts of a bundle.
#[derive(Debug)]
pub struct Bundled<'a> {
    /// The receipt as it was read from its file.
    pub receipt: &'a Receipt,
    /// The bytes of the receipt's file.
    pub text: &'a [u8],
    /// The signature beside it.
    pub signature: &'a str,
    /// The keys by which it is checked.
    pub keys: &'a Keys,
    /// The journal's lines from the delivery's first to the receipt's, each with its line end.
    pub lines: &'a [u8],
}

/// The page that verifies what is dropped on it.
pub fn verifier() -> String {
    page("")
}

/// The page with the files of a bundle inside, which it verifies when it is opened.
pub fn page_of(bundled: &Bundled<'_>) -> String {
    let mut blocks = String::new();
    for (name, bytes) in files_of(bundled) {
        let text = STANDARD.encode(bytes).into_bytes();
        let rows: Vec<_> = text.chunks(COLUMNS).map(String::from_utf8_lossy).collect();
        blocks +=
            &format!("<script type=\"text/plain\" data-name=\"{name}\">\n{}\n</script>\n", rows.join("\n"));
    }
    page(&blocks)
}

/// The files of a bundle with their names, the list of their digests last.
fn files_of(bundled: &Bundled<'_>) -> Vec<(&'static str, Vec<u8>)> {
    let Bundled { receipt, text, signature, keys, lines } = bundled;
    let public: String = keys.lines().iter().map(|line| format!("{line}\n")).collect();
    let places = [
        ("{delivery}", receipt.delivery.to_string()),
        ("{number}", receipt.number.to_string()),
        ("{fingerprints}", keys.fingerprints().join("\n   ")),
    ];
    let filled =
        |text: &str| places.iter().fold(text.to_owned(), |text, (place, value)| text.replace(place, value));
    let readme = README.map(|(name, text)| (name, filled(text).into_bytes()));
    let mut files = vec![
        ("journal.jsonl", lines.to_vec()),
        ("receipt-key.pub", public.into_bytes()),
        ("receipt.json", text.to_vec()),
        ("receipt.json.sig", signature.as_bytes().to_vec()),
        ("verify.sh", SHELL_VERIFIER.as_bytes().to_vec()),
    ];
    files.extend(readme);
    let sums: String = files.iter().map(|(name, bytes)| format!("{}  {name}\n", Sha256::of(bytes))).collect();
    files.push(("SHA256SUMS", sums.into_bytes()));
    files
}

fn page(blocks: &str) -> String {
    let texts = words::of_page();
    PAGE.replacen("/*TEXTS*/", &texts, 1).replacen("/*PAGE*/", SCRIPT, 1).replacen(
        "<!--FILES-->\n",
        blocks,
        1,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_loads_nothing_and_has_a_text_in_both_languages_for_all_that_its_script_says() {
        let page = verifier();
        for loaded in [
            "http:",
            "https:",
            "src=",
            "<link",
            "@import",
            "url(",
            "fetch(",
            "XMLHttpRequest",
            "eval(",
            "innerHTML",
        ] {
            assert!(!page.contains(loaded), "{loaded}");
        }
        for place in ["/*TEXTS*/", "/*PAGE*/", "<!--FILES-->"] {
            assert!(!page.contains(place), "{place}");
        }
        let texts: serde_json::Value = serde_json::from_str(&words::of_page()).unwrap();
        let mut said: Vec<String> = Vec::new();
        for (before, prefix) in
            [("found(\"", "found-"), ("note(\"", "found-"), ("found)(\"", "found-"), ("say(\"", "")]
        {
            let parts = SCRIPT.split(before).skip(1);
            said.extend(parts.map(|part| format!("{prefix}{}", part.split('"').next().unwrap())));
        }
        said.extend(
            PAGE.split("data-text=\"").skip(1).map(|part| part.split('"').next().unwrap().to_owned()),
        );
        said.extend(["export", "partial", "bundle", "receipts"].map(|kind| format!("sound-{kind}")));
        said.push("found-other-key".to_owned());
        said.retain(|id| !id.ends_with('-'));
        for id in &said {
            for tongue in ["ja", "en"] {
                assert!(texts[tongue][id].is_string(), "{tongue}: {id}");
            }
        }
        for id in texts["ja"].as_object().unwrap().keys() {
            assert!(said.contains(id), "{id} is said nowhere");
        }
    }
}
