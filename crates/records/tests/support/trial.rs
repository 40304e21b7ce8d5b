//! A layout written in a test, tried out on a source and on a partner's bytes.

#![allow(dead_code, unused_imports, reason = "each test binary uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use totatsu_records::Sha256;
use totatsu_records::decode::{DecodeError, DecodeWork, Decoded, RowForm, decode};
use totatsu_records::encode::{ConvertError, Converted, EncodeWork, LayoutValues, convert};
use totatsu_records::layout::{Layout, LayoutProblem};

pub use super::written::{heading, record, sized};

pub struct Trial {
    pub dir: tempfile::TempDir,
    pub layout: Layout,
    pub values: LayoutValues,
}

impl Trial {
    /// Compiles a layout that must be sound.
    pub fn new(text: &str) -> Trial {
        Trial::beside(text, &[])
    }

    /// Compiles a layout that has folding tables beside it.
    pub fn beside(text: &str, tables: &[(&str, &str)]) -> Trial {
        let dir = tempfile::tempdir().unwrap();
        for (name, table) in tables {
            fs::write(dir.path().join(name), table).unwrap();
        }
        let layout = Layout::compile_in("p/t", text, dir.path())
            .unwrap_or_else(|problems| panic!("{}", told(&problems)));
        let values = LayoutValues {
            municipality_code: "131016".into(),
            business_date: jiff::civil::date(2026, 4, 1),
            accepted_at: jiff::civil::date(2026, 4, 2).at(9, 30, 5, 0),
            link: BTreeMap::new(),
        };
        Trial { dir, layout, values }
    }

    /// Tries a layout that is shipped. What gateway and link fill is not compared on the way in.
    pub fn with(layout: Arc<Layout>) -> Trial {
        let mut trial = one("utf-8", "X", 1, "");
        trial.layout = (*layout).clone();
        trial
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Has the source that lies there converted, as one that was accepted with this digest.
    pub fn converting<T>(&self, source_sha256: Sha256, convert: impl FnOnce(&EncodeWork) -> T) -> T {
        convert(&EncodeWork {
            source: &self.path("source"),
            source_sha256,
            sent: &self.path("sent"),
            report: &self.path("report.txt"),
            layout: &self.layout,
            values: &self.values,
        })
    }

    /// Converts a source.
    pub fn convert(&self, source: &[u8]) -> Result<Converted, ConvertError> {
        fs::write(self.path("source"), source).unwrap();
        self.converting(Sha256::of(source), convert)
    }

    /// Encodes a source; the bytes and the evidence, or the report.
    pub fn encode(&self, source: &str) -> Result<(Vec<u8>, Converted), String> {
        match self.convert(source.as_bytes()) {
            Ok(converted) => {
                let sent = fs::read(self.path("sent")).unwrap();
                assert_eq!((converted.size, converted.sha256), (sent.len() as u64, Sha256::of(&sent)));
                Ok((sent, converted))
            }
            Err(ConvertError::BadRecords { report, .. }) => {
                assert!(!self.path("sent").exists() && !self.path("folds.txt").exists());
                Err(fs::read_to_string(report).unwrap())
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// The bytes of a source that must be right.
    pub fn bytes(&self, source: &str) -> Vec<u8> {
        self.encode(source).unwrap_or_else(|report| panic!("{report}")).0
    }

    /// The source is refused, and this is told.
    #[track_caller]
    pub fn refuses(&self, source: &str, wanted: &str) {
        let report = self.encode(source).expect_err(wanted);
        assert!(report.contains(wanted), "{wanted}: {report}");
    }

    /// The partner's file is refused, and this is told.
    #[track_caller]
    pub fn refuses_file(&self, received: &[u8], wanted: &str) {
        let report = self.decode(received).expect_err(wanted);
        assert!(report.contains(wanted), "{wanted}: {report}");
    }

    /// Decodes a partner's file; the rows and the evidence, or the report.
    pub fn decode_as(&self, received: &[u8], form: RowForm) -> Result<(String, Decoded), String> {
        self.decode_work(received, form, None)
    }

    /// Decodes a partner's file with a quarantine; the rows, the bytes in quarantine and the evidence, or the report. With
    /// records in quarantine the report stands at `report.txt`.
    pub fn sift(&self, received: &[u8]) -> Result<(String, Vec<u8>, Decoded), String> {
        let quarantine = self.path("quarantine");
        let done = self.decode_work(received, RowForm::Csv, Some(&quarantine));
        assert!(!self.path("quarantine.partial").exists());
        let stands = quarantine.exists();
        let (rows, decoded) = done.inspect_err(|_| assert!(!stands, "a refused file has no quarantine"))?;
        assert_eq!(stands, decoded.quarantined > 0);
        for file in [&quarantine, &self.path("report.txt")] {
            assert_eq!(file.exists(), stands);
            assert!(!stands || fs::metadata(file).unwrap().permissions().mode() & 0o777 == 0o600);
        }
        Ok((rows, if stands { fs::read(&quarantine).unwrap() } else { Vec::new() }, decoded))
    }

    /// Decodes a partner's file with a quarantine or without.
    pub fn decoded(
        &self,
        received: &[u8],
        form: RowForm,
        quarantine: Option<&Path>,
    ) -> Result<Decoded, DecodeError> {
        fs::write(self.path("received"), received).unwrap();
        decode(&DecodeWork {
            received: &self.path("received"),
            decoded: &self.path("decoded"),
            report: &self.path("report.txt"),
            quarantine,
            layout: &self.layout,
            values: Some(&self.values),
            form,
        })
    }

    pub fn decode_work(
        &self,
        received: &[u8],
        form: RowForm,
        quarantine: Option<&Path>,
    ) -> Result<(String, Decoded), String> {
        match self.decoded(received, form, quarantine) {
            Ok(decoded) => {
                assert_eq!(fs::metadata(self.path("decoded")).unwrap().permissions().mode() & 0o777, 0o600);
                Ok((fs::read_to_string(self.path("decoded")).unwrap(), decoded))
            }
            Err(DecodeError::BadRecords { report, .. }) => {
                assert!(!self.path("decoded").exists() && !self.path("decoded.partial").exists());
                Err(fs::read_to_string(report).unwrap())
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// The CSV of a partner's file, or the report.
    pub fn decode(&self, received: &[u8]) -> Result<String, String> {
        self.decode_as(received, RowForm::Csv).map(|(rows, _)| rows)
    }

    /// Encodes a source and decodes the bytes again; both must work.
    pub fn there_and_back(&self, source: &str) -> (Vec<u8>, String) {
        let bytes = self.bytes(source);
        let rows = self.decode(&bytes).unwrap_or_else(|report| panic!("{report}"));
        (bytes, rows)
    }
}

/// A file of one item.
pub fn one(encoding: &str, kind: &str, bytes: usize, rest: &str) -> Trial {
    Trial::new(&(heading(encoding, "none", "") + &record("r", "data", &[("v", kind, bytes, rest)])))
}

/// A source of one column.
pub fn rows(values: &[&str]) -> String {
    let mut text = "v\n".to_owned();
    for value in values {
        text += &format!("\"{}\"\n", value.replace('"', "\"\""));
    }
    text
}

/// What is wrong with a layout, a line each; nothing where it is sound.
pub fn problems(text: &str) -> String {
    told(&Layout::compile("p/t", text).err().unwrap_or_default())
}

fn told(problems: &[LayoutProblem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
