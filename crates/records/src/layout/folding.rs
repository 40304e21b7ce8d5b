//! Folding (縮退): the agreed character in place of one that the target lacks.
//!
//! Owns: the tables, which are the public maps in the crate `jntajis` and the partners' own files, and the order in which
//! they are asked.
//! Promises: a replacement comes from a table that the layout names and fits the item it is for; the same character
//! always becomes the same. A map that knows several gives the first that fits.
//! On failure: nothing is found; the caller refuses the character.
//! Never: makes up a replacement; drops a character.

use std::collections::HashMap;
use std::sync::Arc;
use totatsu_base::say;

use jntajis::codec::mj_shrink::{MJShrinkScheme, MJShrinkSchemes, mj_shrink_candidates};

use super::charset::is_variation_selector;
use totatsu_base::digest::Sha256;

/// A replacement longer than this is a slip of the pen.
const MAX_REPLACEMENT_CHARS: usize = 32;

/// The tables of an item, in the order in which they are asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Folding(Vec<FoldTable>);

/// One table.
#[derive(Debug, Clone)]
pub(crate) struct FoldTable {
    /// The name in the layout file, in reports and on receipts.
    pub(crate) name: Arc<str>,
    source: FoldSource,
}

#[derive(Debug, Clone)]
enum FoldSource {
    /// Drops the variation selector.
    Ivs,
    /// 国税庁 JIS縮退マップ.
    Nta,
    /// MJ縮退マップ, the schemes in the order in which they are asked.
    Mj(&'static [MJShrinkScheme]),
    /// A partner's file, and its digest.
    File(Arc<HashMap<String, String>>, Sha256),
}

const MJ_BY_RULE: [MJShrinkScheme; 3] = [
    MJShrinkScheme::JISIncorporationUCSUnificationRule,
    MJShrinkScheme::MOJFamilyRegisterActRelatedNotice,
    MJShrinkScheme::MOJNotice582,
];
const MJ_BY_ANALOGY: [MJShrinkScheme; 1] = [MJShrinkScheme::InferenceByReadingAndGlyph];

impl FoldTable {
    /// A table by its name in the layout file, if it is one that everybody has.
    pub(super) fn public(name: &str) -> Option<FoldTable> {
        let source = match name {
            "ivs" => FoldSource::Ivs,
            "nta" => FoldSource::Nta,
            "mj" => FoldSource::Mj(&MJ_BY_RULE),
            "mj-by-analogy" => FoldSource::Mj(&MJ_BY_ANALOGY),
            _ => return None,
        };
        Some(FoldTable { name: name.into(), source })
    }

    /// A partner's table from its text.
    ///
    /// # Errors
    /// One sentence for each bad line.
    pub(super) fn partner(name: &str, text: &str) -> Result<FoldTable, Vec<String>> {
        let mut entries = HashMap::new();
        let mut problems = Vec::new();
        for (n, line) in text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match entry(line) {
                Ok((from, _)) if entries.contains_key(&from) => {
                    problems.push(say!("layout-table-twice", name = name, line = n + 1));
                }
                Ok((from, to)) => {
                    entries.insert(from, to);
                }
                Err(message) => {
                    problems.push(say!("layout-table-line", name = name, line = n + 1, message = message))
                }
            }
        }
        if problems.is_empty() {
            let source = FoldSource::File(Arc::new(entries), Sha256::of(text.as_bytes()));
            Ok(FoldTable { name: name.into(), source })
        } else {
            Err(problems)
        }
    }

    /// The replacements that the table knows for a character and its variation selector, best first.
    fn candidates(&self, unit: &str) -> Vec<String> {
        match &self.source {
            FoldSource::Ivs => Vec::new(),
            FoldSource::Nta => jntajis::jnta_shrink_translit(unit, None).into_iter().collect(),
            FoldSource::Mj(schemes) => schemes
                .iter()
                .flat_map(|&scheme| mj_shrink_candidates(unit, MJShrinkSchemes::builder().with(scheme)))
                .collect(),
            FoldSource::File(entries, _) => entries.get(unit).cloned().into_iter().collect(),
        }
    }
}

impl Folding {
    pub(super) fn new(tables: Vec<FoldTable>) -> Folding {
        Folding(tables)
    }

    /// The tables that everybody has, in the order in which a survey asks them.
    pub(crate) fn public() -> Folding {
        let names = ["ivs", "nta", "mj", "mj-by-analogy"];
        Folding(names.iter().filter_map(|name| FoldTable::public(name)).collect())
    }

    /// Whether there is no table: then nothing is replaced.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names of the tables, and the digest of a partner's, which may change behind its name.
    pub(super) fn described(&self) -> String {
        let named = |table: &FoldTable| match &table.source {
            FoldSource::Ivs | FoldSource::Nta | FoldSource::Mj(_) => table.name.to_string(),
            FoldSource::File(_, sha256) => format!("{} (SHA-256 {:.12}…)", table.name, sha256.to_string()),
        };
        self.0.iter().map(named).collect::<Vec<_>>().join(", ")
    }

    /// What stands for a character (with the variation selector after it, if one is there), and the table that says so.
    /// Cold: most text never comes here.
    #[cold]
    pub(crate) fn fold(&self, unit: &str, fits: impl Fn(&str) -> bool) -> Option<(String, Arc<str>)> {
        let direct = self.in_one_step(unit, &fits).map(|(to, table)| (to, Arc::clone(table)));
        direct.or_else(|| self.in_two_steps(unit, &fits))
    }

    /// What a table says stands for the character, each character of which a later table may have to replace in its turn:
    /// MJ+ to JIS X 0213, and that to JIS X 0208. The report names both.
    fn in_two_steps(&self, unit: &str, fits: &impl Fn(&str) -> bool) -> Option<(String, Arc<str>)> {
        let plain = unit.trim_end_matches(is_variation_selector);
        for (n, table) in self.0.iter().enumerate() {
            let later = Folding(self.0[n + 1..].to_vec());
            let mut between = table.candidates(unit);
            if let FoldSource::Ivs = table.source
                && plain.len() < unit.len()
            {
                between = vec![plain.to_owned()];
            }
            for between in between.into_iter().filter(|to| to != unit && !to.is_empty()) {
                let (mut to, mut second) = (String::new(), None);
                let whole = between.chars().all(|c| {
                    let c = c.to_string();
                    if fits(&c) {
                        to.push_str(&c);
                        return true;
                    }
                    let Some((folded, table)) = later.in_one_step(&c, fits) else { return false };
                    to.push_str(&folded);
                    second = Some(Arc::clone(table));
                    true
                });
                if let (true, Some(second)) = (whole, second) {
                    return Some((to, format!("{} + {second}", table.name).into()));
                }
            }
        }
        None
    }

    fn in_one_step(&self, unit: &str, fits: &impl Fn(&str) -> bool) -> Option<(String, &Arc<str>)> {
        let mut unit = unit;
        for table in &self.0 {
            if let FoldSource::Ivs = table.source {
                let plain = unit.trim_end_matches(is_variation_selector);
                if plain.len() < unit.len() && !plain.is_empty() {
                    if fits(plain) {
                        return Some((plain.to_owned(), &table.name));
                    }
                    unit = plain;
                }
                continue;
            }
            let found =
                table.candidates(unit).into_iter().find(|to| to != unit && !to.is_empty() && fits(to));
            if let Some(to) = found {
                return Some((to, &table.name));
            }
        }
        None
    }
}

/// One line of a partner's table: what is replaced, a tab, what stands for it.
fn entry(line: &str) -> Result<(String, String), String> {
    let (from, to) = line.split_once('\t').ok_or_else(|| say!("layout-table-form"))?;
    let (from, to) = (text(from)?, text(to)?);
    let mut chars = from.chars();
    let one = chars.next().is_some_and(|c| !is_variation_selector(c));
    if !one || !chars.all(is_variation_selector) {
        return Err(say!("layout-table-left"));
    }
    if to.is_empty() || to.contains('\t') || to.chars().count() > MAX_REPLACEMENT_CHARS {
        return Err(say!("layout-table-right", max_replacement_chars = MAX_REPLACEMENT_CHARS));
    }
    Ok((from, to))
}

/// Characters as such, or as `U+9AD9 U+E0100`.
fn text(written: &str) -> Result<String, String> {
    if !written.starts_with("U+") {
        return Ok(written.to_owned());
    }
    let point = |word: &str| {
        let hex = word.strip_prefix("U+")?;
        u32::from_str_radix(hex, 16).ok().and_then(char::from_u32)
    };
    written
        .split(' ')
        .map(|word| point(word).ok_or_else(|| say!("layout-table-point", word = word)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::charset::{Charset, Encoding};

    fn folding(names: &[&str]) -> Folding {
        Folding::new(names.iter().map(|name| FoldTable::public(name).unwrap()).collect())
    }

    fn fold(folding: &Folding, unit: &str) -> Option<(String, String)> {
        let strict = Charset::new(Encoding::ShiftJis, false);
        let found = folding.fold(unit, |to| to.chars().all(|c| strict.code(c).is_some()));
        found.map(|(to, table)| (to, table.to_string()))
    }

    fn answer(to: &str, table: &str) -> Option<(String, String)> {
        Some((to.to_owned(), table.to_owned()))
    }

    #[test]
    fn the_public_maps_fold_variants_of_names() {
        assert_eq!(fold(&folding(&["mj"]), "髙"), answer("高", "mj"));
        assert_eq!(fold(&folding(&["nta"]), "﨑"), answer("崎", "nta"));
        assert_eq!(fold(&folding(&["mj"]), "𠮷"), answer("吉", "mj"));
        assert_eq!(fold(&folding(&["nta", "mj"]), "棃"), answer("梨", "nta"));
        assert_eq!(fold(&folding(&["nta"]), "髙"), None);
        assert_eq!(fold(&folding(&["nta", "mj", "mj-by-analogy"]), "\u{200b}"), None);
        assert_eq!(fold(&folding(&[]), "髙"), None);
    }

    #[test]
    fn a_variation_selector_is_dropped_only_by_agreement() {
        assert_eq!(fold(&folding(&["ivs"]), "葛\u{e0100}"), answer("葛", "ivs"));
        assert_eq!(fold(&folding(&["nta"]), "葛\u{e0100}"), None);
        assert_eq!(fold(&folding(&["ivs", "mj"]), "髙\u{e0100}"), answer("高", "mj"));
        assert_eq!(fold(&folding(&["ivs"]), "\u{e0100}"), None);
    }

    #[test]
    fn a_partners_table_is_asked_in_its_turn() {
        let table =
            FoldTable::partner("own.tsv", "# ours\n\n髙\t商\nU+845B U+E0100\t葛\n㈱\t（株）\n").unwrap();
        let first = Folding::new(vec![table.clone(), FoldTable::public("mj").unwrap()]);
        assert_eq!(fold(&first, "髙"), answer("商", "own.tsv"));
        assert_eq!(fold(&first, "㈱"), answer("（株）", "own.tsv"));
        assert_eq!(fold(&first, "葛\u{e0100}"), answer("葛", "own.tsv"));
        let last = Folding::new(vec![FoldTable::public("mj").unwrap(), table]);
        assert_eq!(fold(&last, "髙"), answer("高", "mj"));
    }

    #[test]
    fn bad_lines_of_a_partners_table_are_named() {
        let bad = "髙 高\n髙橋\t高橋\n髙\t\n㈱\t株\n㈱\t社\nU+ZZ\t高\n";
        let problems = FoldTable::partner("own.tsv", bad).unwrap_err();
        assert_eq!(problems.len(), 5, "{problems:?}");
        assert!(problems[3].starts_with("own.tsv, line 5"), "{problems:?}");
    }
}
