//! Which layout a source's heading looks like: the file may have been dropped for another link.
//!
//! Owns: how headings are compared with layouts.
//! Promises: a layout is named only where most names of the heading are its columns, and more of them than are the own layout's;
//! a heading in Shift_JIS is compared as well.
//! On failure: whatever reading the source answers.
//! Never: looks below the first row; hands out what stands in it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder, Terminator};

use super::source;
use crate::files::cause_of;
use crate::layout::{FileFormat, Layout, LayoutCatalogue};
use crate::utf16::TextStream;

/// Bytes of a source among which its heading is looked for.
const HEADING_BYTES: u64 = 1 << 20;
/// Of a hundred names that the heading or the layout has, those that must be in both.
const ALIKE: usize = 80;

/// The layouts whose columns the heading of a source names, where they are others than `own` and fit it better: by name, and only
/// those that fit best. Nothing is named where the heading fits none.
///
/// # Errors
/// Whatever reading the source answers.
pub fn resembled(source: &Path, own: &str, catalogue: &LayoutCatalogue) -> io::Result<Vec<String>> {
    let names = heading(source)?;
    let versions_of_own = catalogue.iter().filter(|layout| layout.id() == own);
    let own_score = versions_of_own.map(|layout| alike(&names, layout)).max().unwrap_or(0);
    let others = catalogue.iter().filter(|layout| layout.id() != own);
    let scores: Vec<(&str, usize)> = others.map(|layout| (layout.id(), alike(&names, layout))).collect();
    let best = scores.iter().map(|(_, score)| *score).max().unwrap_or(0);
    if best < ALIKE || best <= own_score {
        return Ok(Vec::new());
    }
    let found: BTreeSet<&str> =
        scores.into_iter().filter(|(_, score)| *score == best).map(|(id, _)| id).collect();
    Ok(found.into_iter().map(str::to_owned).collect())
}

/// The names in the first row.
fn heading(source: &Path) -> io::Result<BTreeSet<String>> {
    let file = File::open(source)?;
    let order = source::byte_order(&file)?;
    let (text, _) = TextStream::new(file.take(HEADING_BYTES), order);
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .terminator(Terminator::Any(b'\n'))
        .from_reader(text);
    let mut first = ByteRecord::new();
    reader.read_byte_record(&mut first).map_err(cause_of)?;
    Ok(first.iter().filter_map(name).filter(|name| !name.is_empty()).collect())
}

fn name(field: &[u8]) -> Option<String> {
    let field = field.strip_suffix(b"\r").unwrap_or(field);
    let utf8 = std::str::from_utf8(field).map(|name| name.trim_start_matches('\u{feff}').to_owned());
    let shift_jis = || encoding_rs::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(field);
    utf8.ok().or_else(|| shift_jis().map(|name| name.into_owned()))
}

/// Of a hundred names that stand in the heading or among the layout's columns, those that stand in both.
fn alike(names: &BTreeSet<String>, layout: &Layout) -> usize {
    if layout.format() == FileFormat::AsIs {
        return 0;
    }
    let may = layout.decoded_columns();
    let both = names.iter().filter(|name| may.contains(&name.as_str())).count();
    let lacking = layout.input_columns().iter().filter(|column| !names.contains(**column)).count();
    100 * both / (names.len() + lacking).max(1)
}
