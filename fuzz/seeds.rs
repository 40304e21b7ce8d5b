//! Writes a first corpus: for `decode` and `source` a made-up row of every layout, and what it becomes; for `sftp`,
//! `listing` and `replies` every text that stands in the tests of the readers, the rows of their tables among them.

use std::io;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use totatsu_fuzz::Bench;

const READERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/transport");
/// Which file's texts are seeds of which target, behind which bytes that choose what is tried (crates/transport, fuzzing.rs).
const TABLES: [(&str, &str, &[&[u8]]); 9] = [
    ("listing", "src/ftps/forms/tests.rs", &[b"\x04\xff", b"\x08\x03", b"\x02\x00"]),
    ("listing", "src/ftps/dates.rs", &[b"\x04\xff", b"\x02\x03"]),
    ("listing", "src/ftps/facts.rs", &[b"\x05\xff", b"\x02\x07"]),
    ("listing", "src/ftps/names.rs", &[b"\x07\x04", b"\x0b\x04"]),
    ("replies", "src/ftps/control.rs", &[b"\x00\xff\x00", b"\x00\x02\x00"]),
    ("replies", "src/ftps/reply.rs", &[b"\x00\xff\x04"]),
    ("replies", "src/ftps/passive.rs", &[b"\x02\x00\x00", b"\x02\x01\x01"]),
    ("replies", "src/ftps/wire.rs", &[b"\x03\x00\x00\x00\x00\x00\x00\x02\x00"]),
    ("sftp", "src/sftp/preamble.rs", &[b"\x04\xff\xff", b"\x04\x02\x02"]),
];
/// Packets of a server: version, status with and without words, handle, data, names, attributes.
const PACKETS: [&[u8]; 8] = [
    b"\x02\0\0\0\x03\0\0\0\x18posix-rename@openssh.com\0\0\0\x011",
    b"\x65\0\0\0\x07\0\0\0\x0e\0\0\0\x07no room\0\0\0\x02en",
    b"\x65\0\0\0\x07\0\0\0\x01",
    b"\x66\0\0\0\x07\0\0\0\x04\0\0\0\0",
    b"\x67\0\0\0\x07\0\0\0\x05bytes",
    b"\x68\0\0\0\x07\0\0\0\x01\0\0\0\x05a.csv\0\0\0\x01-\0\0\0\x0d\0\0\0\0\0\0\x02\0\0\0\x81\xa4\0\0\0\x01\0\0\0\x02",
    b"\x69\0\0\0\x07\0\0\0\x03\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\0\0",
    b"\xc9\0\0\0\x07\0\0\0\0\0\0\0\x09",
];

fn main() -> io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for target in ["decode", "source", "sftp", "listing", "replies"] {
        std::fs::create_dir_all(corpus.join(target))?;
    }
    rows_of_layouts(&corpus)?;
    texts_of_tests(&corpus)?;
    packets(&corpus)
}

fn rows_of_layouts(corpus: &Path) -> io::Result<()> {
    let bench = Bench::default();
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

fn texts_of_tests(corpus: &Path) -> io::Result<()> {
    for (target, file, choices) in TABLES {
        let source = std::fs::read_to_string(Path::new(READERS).join(file))?;
        let tokens: TokenStream =
            source.parse().map_err(|error| io::Error::other(format!("{file}: {error}")))?;
        let mut texts = Vec::new();
        gather(tokens, &mut texts);
        let stem = file.replace(['/', '.'], "-");
        for (at, text) in texts.iter().enumerate() {
            for (which, choice) in choices.iter().enumerate() {
                let path = corpus.join(target).join(format!("{stem}-{at}-{which}"));
                std::fs::write(path, [choice, text.as_slice()].concat())?;
            }
        }
    }
    Ok(())
}

fn gather(tokens: TokenStream, texts: &mut Vec<Vec<u8>>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => gather(group.stream(), texts),
            TokenTree::Literal(literal) => match syn::Lit::new(literal) {
                syn::Lit::Str(text) => texts.push(text.value().into_bytes()),
                syn::Lit::ByteStr(bytes) => texts.push(bytes.value()),
                _ => {}
            },
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

fn packets(corpus: &Path) -> io::Result<()> {
    let folder = corpus.join("sftp");
    let mut all = vec![0, 6];
    for (at, packet) in PACKETS.iter().enumerate() {
        std::fs::write(folder.join(format!("packet-{at}")), [b"\x01", *packet].concat())?;
        let length = u32::try_from(packet.len()).map_err(io::Error::other)?;
        all.extend([&length.to_be_bytes(), *packet].concat());
        std::fs::write(folder.join(format!("answer-{at}")), [&[2, 0, 0, 0, 7, at as u8], *packet].concat())?;
    }
    std::fs::write(folder.join("packets"), all)?;
    std::fs::write(
        folder.join("requests"),
        b"\x03\0\0\0\x07\0\0\0\x1a\0\0\0\0\0\0\0\x05\x05a.csv\x05b.csv\x04\0\0\0\0bytes",
    )
}
