//! The official table of municipalities: 全国地方公共団体コード of the 47 prefectures, and of all cities, towns, villages and special
//! wards of Tokyo.
//!
//! Owns: looking a municipality up by code or by name. Wards of designated cities are not in the table: they send no files of their own.
//! Promises: a name that several municipalities bear finds all of them.

use std::sync::OnceLock;

use serde::Deserialize;

const TABLE: &str = include_str!("../../config/catalogue/municipalities.csv");

/// A municipality, or a prefecture.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Municipality {
    /// Six digits, the last of which is the check digit.
    pub code: String,
    /// The prefecture's name.
    pub prefecture: String,
    /// The municipality's name; empty for the prefecture itself.
    pub name: String,
    /// How the name is read, in hiragana.
    pub reading: String,
}

/// The table of municipalities and prefectures.
#[derive(Debug)]
pub struct MunicipalityTable(Vec<Municipality>);

impl MunicipalityTable {
    /// The table that is shipped.
    pub fn shipped() -> &'static MunicipalityTable {
        static ALL: OnceLock<MunicipalityTable> = OnceLock::new();
        ALL.get_or_init(|| {
            let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
            let all = reader.deserialize().collect::<Result<_, _>>();
            MunicipalityTable(all.expect("a test reads the table that is shipped"))
        })
    }

    /// All municipalities and prefectures.
    pub fn all(&self) -> &[Municipality] {
        &self.0
    }

    /// The municipalities that a text means: a code of six digits or its first five; a name, with or without the prefecture before
    /// it; or how the name is read.
    pub fn meant_by(&self, text: &str) -> Vec<&Municipality> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let is_meant = |one: &&Municipality| {
            text == one.code
                || text == one.code[..5]
                || text == one.own_name()
                || text == one.full_name()
                || text == one.reading
        };
        if text.is_empty() { Vec::new() } else { self.0.iter().filter(is_meant).collect() }
    }
}

impl Municipality {
    /// The municipality's name without the prefecture's; of a prefecture, its name.
    pub fn own_name(&self) -> &str {
        if self.name.is_empty() { &self.prefecture } else { &self.name }
    }

    /// The code, and the name with the prefecture before it.
    pub fn code_and_name(&self) -> String {
        format!("{} {}", self.code, self.full_name())
    }

    /// The name with the prefecture before it.
    pub fn full_name(&self) -> String {
        format!("{}{}", self.prefecture, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_municipality_is_found_by_code_by_name_and_by_reading() {
        let table = MunicipalityTable::shipped();
        for text in ["131016", "13101", "千代田区", "東京都千代田区", "東京都 千代田区", "ちよだく"]
        {
            let found = table.meant_by(text);
            assert_eq!(found.iter().map(|one| one.code.as_str()).collect::<Vec<_>>(), ["131016"], "{text}");
        }
        assert_eq!(table.meant_by("北海道")[0].code, "010006");
        assert!(table.meant_by("131015").is_empty() && table.meant_by("見本市").is_empty());
    }

    #[test]
    fn a_name_that_several_bear_finds_them_all() {
        let found = MunicipalityTable::shipped().meant_by("池田町");
        let prefectures: Vec<&str> = found.iter().map(|one| one.prefecture.as_str()).collect();
        assert_eq!(prefectures, ["北海道", "福井県", "長野県", "岐阜県"]);
    }
}
