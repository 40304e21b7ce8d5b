//! The layouts that totatsu ships, and the golden pair of each.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use totatsu_records::layout::{Layout, LayoutCatalogue};

/// The folder of the shipped layouts.
pub const LAYOUTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../layouts");
/// The folder of the golden pairs.
pub const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");

/// All shipped layouts, compiled once for a test binary.
pub fn catalogue() -> &'static LayoutCatalogue {
    static CATALOGUE: LazyLock<LayoutCatalogue> = LazyLock::new(|| {
        let (catalogue, problems) = LayoutCatalogue::load(Path::new(LAYOUTS));
        let listed = problems.iter().map(|(path, problem)| format!("{}: {problem}", path.display()));
        assert!(problems.is_empty(), "{}", listed.collect::<Vec<_>>().join("\n"));
        catalogue
    });
    &CATALOGUE
}

/// The version of a layout that applies in the summer of 2026.
pub fn layout(id: &str) -> Arc<Layout> {
    let layout = catalogue().choose(id, jiff::civil::date(2026, 7, 10)).cloned();
    layout.expect("the layout applies in 2026")
}

/// The bytes of a layout's golden file.
pub fn golden_bytes(id: &str) -> Vec<u8> {
    std::fs::read(golden(id).join("output.bin")).unwrap()
}

/// The folder of a layout's golden pair.
pub fn golden(id: &str) -> PathBuf {
    Path::new(GOLDEN).join(id)
}

/// The rows of a layout's golden source.
pub fn golden_rows(id: &str) -> String {
    std::fs::read_to_string(golden(id).join("input.csv")).unwrap()
}

/// The link's values of a golden pair.
pub fn golden_values(pair: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(pair.join("link.toml")).unwrap_or_default();
    let table: toml::Table = text.parse().unwrap();
    let values = table.get("values").and_then(toml::Value::as_table).cloned().unwrap_or_default();
    values.into_iter().map(|(name, value)| (name, value.as_str().unwrap().to_owned())).collect()
}

/// The first row of a source that has a value in a column, with another one there.
pub fn with_column(rows: &str, column: &str, value: &str) -> String {
    let mut reader = csv::Reader::from_reader(rows.as_bytes());
    let heading = reader.headers().unwrap().clone();
    let at = heading.iter().position(|name| name == column).unwrap();
    let row = reader.records().map(|row| row.unwrap()).find(|row| !row[at].is_empty()).unwrap();
    let changed = row.iter().enumerate().map(|(n, old)| if n == at { value } else { old });
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&heading).unwrap();
    writer.write_record(changed).unwrap();
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}
