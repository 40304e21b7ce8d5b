//! Writes a first corpus for both targets: a made-up row of every layout, and what it becomes.

use std::path::Path;

use totatsu_fuzz::Bench;

fn main() -> std::io::Result<()> {
    let bench = Bench::default();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for target in ["decode", "source"] {
        std::fs::create_dir_all(corpus.join(target))?;
    }
    for choice in 0..bench.count() {
        let layout = bench.layout(choice);
        let fields: Vec<String> =
            layout.example_row().iter().map(|field| format!("\"{}\"", field.replace('"', "\"\""))).collect();
        let row = format!("{}\n", fields.join(","));
        let name = format!("example-{choice}");
        std::fs::write(corpus.join("source").join(&name), [&[choice], row.as_bytes()].concat())?;
        let source = format!("{}\n{row}{row}", layout.input_columns().join(","));
        if let Some(sent) = bench.encoded(layout, source.as_bytes()) {
            std::fs::write(corpus.join("decode").join(&name), [&[choice], &sent[..]].concat())?;
        }
    }
    Ok(())
}
