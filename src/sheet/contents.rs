//! What stands on a cover sheet and in its manifest.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use totatsu_base::messages::{Argument, Tongue, text_in};
use totatsu_base::typeset::grouped;
use totatsu_base::{DeliveryId, Moment, Sha256};
use totatsu_ledger::Delivery;
use totatsu_records::kind_in;

/// The number of the manifest's form that this program writes.
const MANIFEST: u32 = 1;

/// What a partner's file says of its sheets: `[sheet]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SheetWishes {
    /// Whether sheet and manifest are written onto the medium too.
    pub on_medium: bool,
    /// Who receives, as it stands on the sheet; `None` for the partner's title.
    pub to: Option<String>,
    /// Who sends; `None` for the gateway's name.
    pub from: Option<String>,
    /// What else is to stand on the sheet: a telephone number, a place.
    pub note: Option<String>,
}

/// What stands on one sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The language that its readers have.
    pub tongue: Tongue,
    /// Who receives.
    pub to: String,
    /// Who sends.
    pub from: String,
    /// What else stands on the sheet.
    pub note: Option<String>,
    /// When the sheet was made.
    pub made_at: Moment,
    /// The files.
    pub files: Vec<Carried>,
}

/// One file on a medium.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// Its delivery.
    pub delivery: DeliveryId,
    /// What people call its link.
    pub link: String,
    /// The id or label of the medium.
    pub medium: String,
    /// Its path on the medium.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: Sha256,
    /// Records of each kind.
    pub records: BTreeMap<String, u64>,
    /// Sums over all data records, by the item's name.
    pub totals: BTreeMap<String, u64>,
    /// Sums of items with a sign, by the item's name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub signed_totals: BTreeMap<String, i64>,
    /// When its source was taken over.
    pub accepted_at: Moment,
}

/// A fact about a file, as it stands on a sheet.
pub(super) struct FileFact {
    /// The id of the message that names it.
    pub label: &'static str,
    /// The fact itself.
    pub value: String,
    /// How it is shown on a page.
    pub form: FactForm,
}

/// How a fact is shown.
pub(super) enum FactForm {
    /// As text of the page.
    Text,
    /// As a code, in letters of one width.
    Code,
    /// As a code, with the bars that a scanner reads.
    CodeWithBars,
}

/// The manifest as it is written.
#[derive(Debug, Serialize)]
struct Manifest<'a> {
    manifest: u32,
    to: &'a str,
    from: &'a str,
    made_at: Moment,
    files: &'a [Carried],
}

impl Default for SheetWishes {
    fn default() -> SheetWishes {
        SheetWishes { on_medium: true, to: None, from: None, note: None }
    }
}

impl Carried {
    /// The file of a delivery that went to a medium; `None` if it didn't.
    pub fn of(delivery: &Delivery, link: &str) -> Option<Carried> {
        let medium = delivery.carried_on()?.to_owned();
        let (converted, target) = (delivery.converted.as_ref()?, delivery.target.as_ref()?);
        Some(Carried {
            delivery: delivery.id.clone(),
            link: link.to_owned(),
            medium,
            path: target.final_path(),
            size: converted.size,
            sha256: converted.sha256,
            records: converted.records.clone(),
            totals: converted.totals.clone(),
            signed_totals: converted.signed_totals.clone(),
            accepted_at: delivery.accepted_at,
        })
    }

    /// The facts about the file that stand on a sheet.
    pub(super) fn facts(&self, tongue: Tongue) -> Vec<FileFact> {
        let fact = |label, form, value| FileFact { label, value, form };
        let size = [("bytes", grouped(&self.size.to_string()))];
        let size = text_in(tongue, "receipt-sheet-bytes", &size);
        let mut facts = vec![
            fact("receipt-sheet-delivery", FactForm::CodeWithBars, self.delivery.to_string()),
            fact("receipt-sheet-file", FactForm::Text, self.path.clone()),
            fact("receipt-sheet-size", FactForm::Text, size),
            fact("receipt-sheet-records", FactForm::Text, self.counts(tongue)),
        ];
        let sums = self.sums(tongue);
        if !sums.is_empty() {
            facts.push(fact("receipt-sheet-totals", FactForm::Text, sums));
        }
        facts.push(fact("receipt-sheet-sha256", FactForm::Code, self.sha256.to_string()));
        facts
    }

    /// Each total with its name, in words.
    fn sums(&self, tongue: Tongue) -> String {
        let totals = self.totals.iter().map(|(name, total)| (name, total.to_string()));
        let signed = self.signed_totals.iter().map(|(name, total)| (name, total.to_string()));
        let sums = totals.chain(signed).map(|(name, total)| {
            let given = [("name", name.clone()), ("total", grouped(&total))];
            text_in(tongue, "receipt-sheet-sum", &given)
        });
        sums.collect::<Vec<_>>().join(tongue.of("、", ", "))
    }

    /// Records of each kind, in words.
    fn counts(&self, tongue: Tongue) -> String {
        let count = |(kind, count): (&String, &u64)| {
            let given = [("kind", kind_in(tongue, kind)), ("count", grouped(&count.to_string()))];
            text_in(tongue, "receipt-sheet-count", &given)
        };
        self.records.iter().map(count).collect::<Vec<_>>().join(tongue.of("、", ", "))
    }
}

impl Sheet {
    /// A sheet of files for one partner, called `title`, from the gateway called `gateway`, in Japanese: whoever takes the
    /// medium reads it, whatever language this process speaks.
    pub fn new(wishes: &SheetWishes, title: &str, gateway: &str, files: Vec<Carried>) -> Sheet {
        Sheet {
            tongue: Tongue::Ja,
            to: wishes.to.clone().unwrap_or_else(|| title.to_owned()),
            from: wishes.from.clone().unwrap_or_else(|| gateway.to_owned()),
            note: wishes.note.clone(),
            made_at: Moment::now(),
            files,
        }
    }

    /// The manifest: one JSON object.
    ///
    /// # Errors
    /// The manifest can't be written as JSON: a fault of this program.
    pub fn manifest(&self) -> serde_json::Result<Vec<u8>> {
        let Sheet { to, from, made_at, files, .. } = self;
        let manifest = Manifest { manifest: MANIFEST, to, from, made_at: *made_at, files };
        let mut text = serde_json::to_vec_pretty(&manifest)?;
        text.push(b'\n');
        Ok(text)
    }

    /// The facts above the files, each with the id of the message that names it.
    pub(super) fn head(&self) -> Vec<(&'static str, String)> {
        let to = [("to", self.to.clone())];
        let files = [("files", self.files.len().to_string())];
        let mut head = vec![
            ("receipt-sheet-to", self.says("receipt-sheet-addressee", &to)),
            ("receipt-sheet-from", self.from.clone()),
            ("receipt-sheet-medium", self.media()),
            ("receipt-sheet-made", self.date()),
            ("receipt-sheet-file", self.says("receipt-sheet-files", &files)),
        ];
        head.extend(self.note.clone().map(|note| ("receipt-sheet-note", note)));
        head
    }

    /// The media that the files lie on.
    fn media(&self) -> String {
        let mut media: Vec<&str> = self.files.iter().map(|file| file.medium.as_str()).collect();
        media.sort_unstable();
        media.dedup();
        media.join(self.tongue.of("、", ", "))
    }

    /// What a message says in the language of the sheet.
    pub(super) fn says(&self, id: &str, given: &[Argument<'_>]) -> String {
        text_in(self.tongue, id, given)
    }

    fn date(&self) -> String {
        let made = self.made_at.in_japan();
        let part = |form: &str| made.strftime(form).to_string();
        let given =
            [("year", part("%Y")), ("month", part("%m")), ("day", part("%d")), ("time", part("%H:%M"))];
        self.says("receipt-sheet-date", &given)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A sheet of made-up files.
    pub(crate) fn sheet(files: usize) -> Sheet {
        let file = |number: usize| Carried {
            delivery: format!("20261122-18300{}-k7m2q9", number % 10).parse().unwrap(),
            link: "特徴依頼 <年金>".to_owned(),
            medium: "id 7K2M9QXT".to_owned(),
            path: format!("IN/Z12{number:02}.DTA"),
            size: 1_056_000,
            sha256: Sha256::of(b"x"),
            records: BTreeMap::from([("ヘッダ".to_owned(), 1), ("データ".to_owned(), 2000)]),
            totals: BTreeMap::from([("税額".to_owned(), 12_345_678)]),
            signed_totals: BTreeMap::from([("増減".to_owned(), -1234)]),
            accepted_at: "2026-11-22T09:30:05Z".parse().unwrap(),
        };
        let wishes = SheetWishes::default();
        Sheet::new(&wishes, "ＭＰＮ", "試験市", (0..files).map(file).collect())
    }

    #[test]
    fn the_manifest_names_every_file_with_size_digest_counts_and_totals() {
        let manifest: serde_json::Value = serde_json::from_slice(&sheet(2).manifest().unwrap()).unwrap();
        assert_eq!(manifest["manifest"], 1);
        let files = manifest["files"].as_array().unwrap();
        assert_eq!(files.len(), 2);
        assert_eq!(files[1]["path"], "IN/Z1201.DTA");
        assert_eq!(files[1]["size"], 1_056_000);
        assert_eq!(files[1]["records"]["データ"], 2000);
        assert_eq!(files[1]["totals"]["税額"], 12_345_678);
        assert_eq!(files[1]["sha256"], Sha256::of(b"x").to_string());
    }
}
