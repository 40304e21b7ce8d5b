//! Rows to a partner's file and back: 年金特別徴収 依頼通知 of eLTAX, with made-up people.
//!
//! ```sh
//! cargo run -p totatsu-records --example round_trip
//! ```

use std::error::Error;
use std::fs;
use std::path::Path;

use totatsu_records::decode::{DecodeWork, RowForm, decode, picture};
use totatsu_records::encode::{EncodeWork, convert};
use totatsu_records::layout::LayoutCatalogue;
use totatsu_records::{LayoutValues, Sha256, invented};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../layouts"));
    let (catalogue, problems) = LayoutCatalogue::load(folder);
    for (file, problem) in problems {
        eprintln!("{}: {problem}", file.display());
    }
    let day = jiff::civil::date(2026, 7, 10);
    let layout =
        catalogue.choose("eltax/nenkin-tokucho-irai", day).ok_or("no version applies on that day")?;

    // The source: UTF-8 CSV, a heading with the names of the layout's items, one row for each data record.
    let mut rows = Vec::new();
    invented::write_csv(&mut rows, 3, 1)?;
    let room = tempfile::tempdir()?;
    let path = |name: &str| room.path().join(name);
    fs::write(path("source.csv"), &rows)?;

    // What the layout takes from elsewhere than the rows: here the municipality's code and the link's 媒体通番.
    let values = LayoutValues {
        municipality_code: "131016".to_owned(),
        business_date: day,
        accepted_at: day.at(9, 30, 0, 0),
        link: [("媒体通番".to_owned(), "001".to_owned())].into(),
    };
    let converted = convert(&EncodeWork {
        source: &path("source.csv"),
        source_sha256: Sha256::of(&rows),
        sent: &path("sent"),
        report: &path("report.txt"),
        layout,
        values: &values,
    })?;
    println!("{} bytes, SHA-256 {}", converted.size, converted.sha256);
    println!("records {:?}\ntotals {:?}\n", converted.records, converted.totals);
    println!("{}", picture(layout, &path("sent"), None)?.ok_or("the file has no data record")?);

    // And back: the bytes of the partner become rows again, once all of the file has been found right.
    let decoded = decode(&DecodeWork {
        received: &path("sent"),
        decoded: &path("rows.csv"),
        report: &path("report.txt"),
        quarantine: None,
        layout,
        values: Some(&values),
        form: RowForm::Csv,
    })?;
    println!("{} rows, totals {:?}", decoded.rows, decoded.totals);
    assert_eq!(fs::read_to_string(path("rows.csv"))?.lines().count(), 4, "a heading and three rows");
    assert_eq!(decoded.sha256, converted.sha256, "what was read is what was written");
    Ok(())
}
