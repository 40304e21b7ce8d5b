//! The hot loops: rows made into records, records read back, records made into rows. `cargo bench -p totatsu-records`.
//!
//! One thread does it all, for the file is small: figures against `iconv`, and with several threads, are those of `scripts/bench`.

#![allow(clippy::unwrap_used, reason = "a bench that can't run has nothing to say")]
#![allow(missing_docs, reason = "criterion's macros make public functions")]

use std::fs;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use totatsu_records::decode::{DecodeWork, RowForm, decode};
use totatsu_records::encode::{EncodeWork, convert};
use totatsu_records::layout::Layout;
use totatsu_records::{LayoutValues, Sha256, invented};

/// Less than what is given to several threads.
const RECORDS: u64 = 1_500;

fn conversion_and_decoding(criterion: &mut Criterion) {
    let text = include_str!("../../../layouts/eltax/nenkin-tokucho-irai/2008-04-01.toml");
    let layout = Layout::compile("eltax/nenkin-tokucho-irai", text).unwrap();
    let date = jiff::civil::date(2026, 7, 10);
    let values = LayoutValues {
        municipality_code: "13101".to_owned(),
        business_date: date,
        accepted_at: date.at(9, 0, 0, 0),
        link: Default::default(),
    };
    let memory = Path::new("/dev/shm");
    let home = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    let path = |name: &str| home.path().join(name);
    let mut rows = Vec::new();
    invented::write_csv(&mut rows, RECORDS, 1).unwrap();
    fs::write(path("source"), &rows).unwrap();
    let encoding = EncodeWork {
        source: &path("source"),
        source_sha256: Sha256::of(&rows),
        sent: &path("sent"),
        report: &path("report"),
        layout: &layout,
        values: &values,
    };
    let decoding = DecodeWork {
        received: &path("sent"),
        decoded: &path("decoded"),
        report: &path("report"),
        quarantine: None,
        layout: &layout,
        values: Some(&values),
        form: RowForm::Csv,
    };
    let mut group = criterion.benchmark_group("nenkin-tokucho-irai");
    group.throughput(Throughput::Elements(RECORDS));
    group.bench_function("convert", |bencher| bencher.iter(|| convert(&encoding).unwrap()));
    group.bench_function("decode", |bencher| bencher.iter(|| decode(&decoding).unwrap()));
    group.finish();
}

criterion_group!(hot, conversion_and_decoding);
criterion_main!(hot);
