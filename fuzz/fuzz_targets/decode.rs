//! Any bytes from a partner: the reader answers with rows or with problems, and rows encode to bytes that decode again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use totatsu_fuzz::Bench;
use totatsu_records::decode::RowForm;

thread_local! {
    static BENCH: Bench = Bench::default();
}

fuzz_target!(|bytes: &[u8]| {
    let Some((&choice, bytes)) = bytes.split_first() else { return };
    BENCH.with(|bench| {
        let layout = bench.layout(choice);
        bench.decodes(layout, bytes, RowForm::JsonLines);
        if bench.decodes(layout, bytes, RowForm::Csv) {
            let rows = bench.decoded();
            if let Some(again) = bench.encoded(layout, &rows) {
                assert!(bench.decodes(layout, &again, RowForm::Csv), "what was encoded does not decode");
            }
        }
    });
});
