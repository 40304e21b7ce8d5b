//! What the targets `decode` and `source` stand on: every shipped layout, some that have the features no shipped one needs, and a folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use totatsu_records::Sha256;
use totatsu_records::decode::{DecodeError, DecodeWork, RowForm, decode};
use totatsu_records::encode::{ConvertError, EncodeWork, LayoutValues, convert};
use totatsu_records::layout::{Layout, LayoutCatalogue};

/// Layouts with the features that shipped layouts lack.
const EXTRA: [&str; 3] =
    [include_str!("layouts/seven-bit.toml"), include_str!("layouts/lines.toml"), include_str!("layouts/kinds.toml")];

/// Layouts and a folder for their files.
pub struct Bench {
    layouts: Vec<Arc<Layout>>,
    dir: tempfile::TempDir,
    values: LayoutValues,
}

impl Default for Bench {
    fn default() -> Bench {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../layouts");
        let (catalogue, problems) = LayoutCatalogue::load(&shipped);
        assert!(problems.is_empty(), "{problems:?}");
        let mut layouts: Vec<Arc<Layout>> = catalogue.iter().cloned().collect();
        for (n, text) in EXTRA.iter().enumerate() {
            layouts.push(Arc::new(Layout::compile(&format!("fuzz/{n}"), text).unwrap_or_else(|e| panic!("{e:?}"))));
        }
        let mut link = BTreeMap::new();
        for layout in &layouts {
            link.extend(layout.required_link_values().into_iter().map(|key| (key.to_owned(), "1".to_owned())));
        }
        let memory = Path::new("/dev/shm");
        let room = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let values = LayoutValues {
            municipality_code: "131016".into(),
            business_date: jiff::civil::date(2026, 4, 1),
            accepted_at: jiff::civil::date(2026, 4, 1).at(9, 30, 0, 0),
            link,
        };
        Bench { layouts, dir: tempfile::tempdir_in(room).expect("room for a file"), values }
    }
}

impl Bench {
    /// The layout that a byte means.
    pub fn layout(&self, byte: u8) -> &Layout {
        &self.layouts[usize::from(byte) % self.layouts.len()]
    }

    /// How many layouts there are.
    pub fn count(&self) -> u8 {
        u8::try_from(self.layouts.len()).unwrap_or(u8::MAX)
    }

    /// Decodes bytes. True if they were right.
    pub fn decodes(&self, layout: &Layout, bytes: &[u8], form: RowForm) -> bool {
        let received = self.file("received");
        std::fs::write(&received, bytes).expect("room for a file");
        let (decoded, report) = (self.file("decoded"), self.file("report"));
        let work = DecodeWork {
            received: &received,
            decoded: &decoded,
            report: &report,
            quarantine: None,
            layout,
            values: None,
            form,
        };
        match decode(&work) {
            Ok(_) => true,
            Err(DecodeError::BadRecords { .. }) => false,
            Err(error) => panic!("{error}"),
        }
    }

    /// Encodes a source. The bytes, if it was right.
    pub fn encoded(&self, layout: &Layout, source: &[u8]) -> Option<Vec<u8>> {
        let path = self.file("source");
        std::fs::write(&path, source).expect("room for a file");
        let (sent, report) = (self.file("sent"), self.file("report"));
        let source_sha256 = Sha256::of(source);
        let work =
            EncodeWork { source: &path, source_sha256, sent: &sent, report: &report, layout, values: &self.values };
        match convert(&work) {
            Ok(_) => Some(std::fs::read(&sent).expect("what was converted is there")),
            Err(ConvertError::BadRecords { .. } | ConvertError::BadValue { .. }) => None,
            Err(error) => panic!("{error}"),
        }
    }

    /// What was decoded last.
    pub fn decoded(&self) -> Vec<u8> {
        std::fs::read(self.file("decoded")).expect("what was decoded is there")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}
