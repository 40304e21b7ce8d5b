//! The layouts that totatsu ships, and the golden pair of each.

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
