//! Any bytes from a producer: the source is refused, or what it becomes decodes and encodes to the same bytes again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use totatsu_fuzz::Bench;
use totatsu_records::decode::RowForm;
use totatsu_records::layout::FileFormat;

thread_local! {
    static BENCH: Bench = Bench::default();
}

fuzz_target!(|bytes: &[u8]| {
    let Some((&choice, rows)) = bytes.split_first() else { return };
    BENCH.with(|bench| {
        let layout = bench.layout(choice);
        // With the right heading, more bytes get as far as the items.
        let mut source = layout.input_columns().join(",").into_bytes();
        source.push(b'\n');
        source.extend_from_slice(rows);
        bench.encoded(layout, rows);
        let Some(sent) = bench.encoded(layout, &source) else { return };
        if layout.format() == FileFormat::AsIs {
            return;
        }
        assert!(bench.decodes(layout, &sent, RowForm::Csv), "what was encoded does not decode");
        let again = bench.encoded(layout, &bench.decoded());
        assert!(again.as_ref() == Some(&sent), "what was decoded encodes to other bytes");
    });
});
