//! A layout written in a test, tried out on a source and on a partner's bytes.

#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use totatsu_records::Sha256;
use totatsu_records::decode::{DecodeError, DecodeWork, Decoded, RowForm, decode};
use totatsu_records::encode::{ConvertError, Converted, EncodeWork, LayoutValues, convert};
use totatsu_records::layout::Layout;

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
        let layout = Layout::compile_in("p/t", text, dir.path()).unwrap_or_else(|problems| {
            panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        });
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

    /// Encodes a source; the bytes and the evidence, or the report.
    pub fn encode(&self, source: &str) -> Result<(Vec<u8>, Converted), String> {
        fs::write(self.path("source"), source).unwrap();
        let work = EncodeWork {
            source: &self.path("source"),
            source_sha256: Sha256::of(source.as_bytes()),
            sent: &self.path("sent"),
            report: &self.path("report.txt"),
            layout: &self.layout,
            values: &self.values,
        };
        match convert(&work) {
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

    pub fn decode_work(
        &self,
        received: &[u8],
        form: RowForm,
        quarantine: Option<&Path>,
    ) -> Result<(String, Decoded), String> {
        fs::write(self.path("received"), received).unwrap();
        let work = DecodeWork {
            received: &self.path("received"),
            decoded: &self.path("decoded"),
            report: &self.path("report.txt"),
            quarantine,
            layout: &self.layout,
            values: Some(&self.values),
            form,
        };
        match decode(&work) {
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

/// A heading with what every layout has; `rest` holds the other keys.
pub fn heading(encoding: &str, separator: &str, rest: &str) -> String {
    format!(
        "title = \"t\"\npartner = \"p\"\nstatus = \"sample\"\neffective_from = 2026-04-01\n\
         encoding = \"{encoding}\"\nseparator = \"{separator}\"\n{rest}\n"
    )
}

/// A record; each item is its name, its kind, its bytes and its other keys.
pub fn record(name: &str, place: &str, items: &[(&str, &str, usize, &str)]) -> String {
    let length: usize = items.iter().map(|(_, _, bytes, _)| bytes).sum();
    sized(name, place, &format!("length = {length}"), items)
}

/// A record whose length is written otherwise, or not at all.
pub fn sized(name: &str, place: &str, length: &str, items: &[(&str, &str, usize, &str)]) -> String {
    let mut text = format!("[[record]]\nname = \"{name}\"\nplace = \"{place}\"\n{length}\n");
    for (n, (name, kind, bytes, rest)) in items.iter().enumerate() {
        let bytes = if *bytes == 0 { String::new() } else { format!("bytes = {bytes}\n") };
        text += &format!(
            "[[record.item]]\nno = {}\nname = \"{name}\"\nkind = \"{kind}\"\n{bytes}{rest}\n",
            n + 1
        );
    }
    text
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
