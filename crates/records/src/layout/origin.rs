//! Where the value of an item comes from: one key of the layout file, resolved and checked.
//!
//! Owns: the meaning of `column`, `value`, `filler`, `hex`, `count`, `sum`, `sequence`, `check_digit`, `gateway`, `link` and
//! `block`.
//! Promises: an origin that is returned refers to records and items that exist and that may stand there.
//! On failure: one sentence that says what is wrong.
//! Never: looks at values.

use super::charset::Encoding;
use super::compiler::check_rules;
use super::definition::{ItemDefinition, WhereDefinition};
use super::item::ValueOrigin;
use super::words::{CheckMethod, FileFormat, Filler, ItemKind, Numbered, RecordPlace};
use totatsu_base::say;

/// A summed item is not wider, so that every single value fits 64 bits.
const MAX_SUMMED_DIGITS: usize = 18;

/// What the items of all records may refer to, and what they referred to so far.
pub(super) struct LayoutNames {
    pub(super) format: FileFormat,
    /// All records, in the order of the file.
    pub(super) records: Vec<(String, RecordPlace)>,
    /// The items of each data record.
    pub(super) data: Vec<Vec<NamedItem>>,
    /// A header or a trailer divides the file into blocks.
    pub(super) blocks_show: bool,
    /// The input columns, in the order in which they were met.
    pub(super) columns: Vec<String>,
    /// The counts and sums.
    pub(super) totals: Vec<TotalDefinition>,
    /// The data items that headers or trailers repeat.
    pub(super) repeated: Vec<String>,
}

/// Name, kind and bytes of an item.
pub(super) type NamedItem = (String, ItemKind, Option<usize>);

/// A count or a sum, by names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TotalDefinition {
    /// The kinds of records counted (indices), for a count.
    pub(super) counted: Vec<usize>,
    /// The item summed, for a sum.
    pub(super) summed: Option<String>,
    pub(super) condition: Option<WhereDefinition>,
}

impl LayoutNames {
    /// The index of an input column, new or known.
    pub(super) fn column(&mut self, name: &str) -> usize {
        index_of(&mut self.columns, name.to_owned())
    }

    /// The data records (kind and bytes) that have an item of this name.
    fn with_item<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (ItemKind, Option<usize>)> + 'a {
        let items = self.data.iter().flatten();
        items.filter(move |(known, ..)| known == name).map(|(_, kind, bytes)| (*kind, *bytes))
    }
}

fn index_of<T: PartialEq>(known: &mut Vec<T>, new: T) -> usize {
    known.iter().position(|known| *known == new).unwrap_or_else(|| {
        known.push(new);
        known.len() - 1
    })
}

/// Resolves where the value of an item comes from.
pub(super) fn origin(
    place: RecordPlace,
    item: &ItemDefinition,
    encoding: Encoding,
    names: &mut LayoutNames,
) -> Result<ValueOrigin, String> {
    let adds = item.count.is_some() || item.sum.is_some();
    check_rules(&[
        (item.origins_beside_column() + usize::from(item.column.is_some()) > 1, "layout-one-origin"),
        (item.condition.is_some() && !adds, "layout-where-alone"),
        (item.first.is_some() && item.sequence.is_none(), "layout-first-alone"),
        (item.over.is_empty() != item.check_digit.is_none(), "layout-over-alone"),
        (item.unchecked && item.filler.is_none(), "layout-unchecked-alone"),
    ])?;
    if let Some(text) = &item.value {
        Ok(ValueOrigin::Literal(text.clone()))
    } else if let Some(filler) = item.filler {
        filler_bytes(filler, item, encoding).map(ValueOrigin::Bytes)
    } else if let Some(hex) = &item.hex {
        if names.format == FileFormat::Csv {
            return Err(say!("layout-hex-fixed"));
        }
        hex_bytes(hex, item.bytes.unwrap_or_default()).map(ValueOrigin::Bytes)
    } else if let Some(gateway) = item.gateway {
        Ok(ValueOrigin::Gateway(gateway))
    } else if let Some(key) = &item.link {
        Ok(ValueOrigin::Link { key: key.clone(), default: item.default.clone() })
    } else if let Some(of) = item.sequence {
        sequence(place, item, of, names)
    } else if let Some(method) = item.check_digit {
        check_digit(item, method)
    } else if let Some(kinds) = &item.count {
        count(place, item, kinds, names)
    } else if let Some(summed) = &item.sum {
        sum(place, item, summed, names)
    } else if let Some(repeated) = &item.block {
        block(place, item, repeated, names)
    } else {
        column(place, item, names)
    }
}

fn column(place: RecordPlace, item: &ItemDefinition, names: &mut LayoutNames) -> Result<ValueOrigin, String> {
    let own = Some(item.name.get_ref()).filter(|_| place == RecordPlace::Data);
    let ends = matches!(place, RecordPlace::BlockTrailer | RecordPlace::FileEnd);
    match item.column.as_ref().or(own) {
        Some(_) if ends => Err(say!("layout-trailer-column")),
        Some(name) => Ok(ValueOrigin::Column(names.column(name))),
        None => Err(say!("layout-no-column")),
    }
}

fn filler_bytes(filler: Filler, item: &ItemDefinition, encoding: Encoding) -> Result<Vec<u8>, String> {
    let width = item.bytes.ok_or_else(|| say!("layout-filler-bytes"))?;
    let wide = encoding.wide_space();
    match (filler, item.kind) {
        (Filler::Zeros, _) => Ok(vec![b'0'; width]),
        (Filler::Spaces, ItemKind::TwoByte) if wide.is_empty() || width % wide.len() > 0 => {
            Err(say!("layout-filler-wide"))
        }
        (Filler::Spaces, ItemKind::TwoByte) => Ok(wide.repeat(width / wide.len())),
        (Filler::Spaces, ItemKind::Digits | ItemKind::OneByte | ItemKind::Mixed) => Ok(vec![b' '; width]),
    }
}

fn hex_bytes(hex: &str, width: usize) -> Result<Vec<u8>, String> {
    let bytes: Option<Vec<u8>> = hex
        .split_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).ok().filter(|_| byte.len() == 2))
        .collect();
    match bytes {
        Some(bytes) if bytes.len() == width => Ok(bytes),
        Some(bytes) => Err(say!("layout-hex-length", found = bytes.len(), width = width)),
        None => Err(say!("layout-hex-form")),
    }
}

fn sequence(
    place: RecordPlace,
    item: &ItemDefinition,
    of: Numbered,
    names: &LayoutNames,
) -> Result<ValueOrigin, String> {
    let may_stand = match of {
        Numbered::Records => true,
        Numbered::Data => place == RecordPlace::Data,
        Numbered::DataInBlock => place == RecordPlace::Data && names.blocks_show,
        Numbered::Blocks => {
            names.blocks_show
                && matches!(place, RecordPlace::BlockHeader | RecordPlace::Data | RecordPlace::BlockTrailer)
        }
    };
    check_rules(&[
        (!may_stand, "layout-sequence-place"),
        (item.kind != ItemKind::Digits, "layout-sequence-kind"),
    ])?;
    Ok(ValueOrigin::Sequence { of, first: item.first.unwrap_or(1) })
}

fn check_digit(item: &ItemDefinition, method: CheckMethod) -> Result<ValueOrigin, String> {
    if item.kind != ItemKind::Digits || item.bytes.is_some_and(|bytes| bytes != 1) {
        return Err(say!("layout-check-digit-kind"));
    }
    // The items are found once all items of the record are known.
    Ok(ValueOrigin::CheckDigit { method, over: Vec::new() })
}

/// Totals stand where everything they run over lies before them, or at the file's top, which is written last.
fn totals_may_stand(place: RecordPlace, item: &ItemDefinition) -> Result<(), String> {
    check_rules(&[
        (matches!(place, RecordPlace::BlockHeader | RecordPlace::Data), "layout-total-place"),
        (item.kind != ItemKind::Digits, "layout-total-kind"),
    ])
}

fn count(
    place: RecordPlace,
    item: &ItemDefinition,
    kinds: &[String],
    names: &mut LayoutNames,
) -> Result<ValueOrigin, String> {
    totals_may_stand(place, item)?;
    let find = |kind: &String| {
        let found = names.records.iter().position(|(name, _)| name == kind);
        found.ok_or_else(|| say!("layout-count-record", kind = kind))
    };
    let counted = kinds.iter().map(find).collect::<Result<Vec<usize>, String>>()?;
    let outside = |&n: &usize| matches!(names.records[n].1, RecordPlace::FileTop | RecordPlace::FileEnd);
    let is_no_data = |&n: &usize| names.records[n].1 != RecordPlace::Data;
    check_rules(&[
        (counted.is_empty(), "layout-count-empty"),
        (place == RecordPlace::BlockTrailer && counted.iter().any(outside), "layout-count-outside"),
        (item.condition.is_some() && counted.iter().any(is_no_data), "layout-where-data"),
    ])?;
    condition(item, names)?;
    let total = TotalDefinition { counted, summed: None, condition: item.condition.clone() };
    Ok(ValueOrigin::Total(index_of(&mut names.totals, total)))
}

fn sum(
    place: RecordPlace,
    item: &ItemDefinition,
    summed: &str,
    names: &mut LayoutNames,
) -> Result<ValueOrigin, String> {
    totals_may_stand(place, item)?;
    let found: Vec<_> = names.with_item(summed).collect();
    if found.is_empty() {
        return Err(say!("layout-sum-item", summed = summed));
    }
    if found.iter().any(|(kind, _)| *kind != ItemKind::Digits) {
        return Err(say!("layout-sum-kind", summed = summed));
    }
    if found.iter().any(|(_, bytes)| bytes.is_none_or(|bytes| bytes > MAX_SUMMED_DIGITS)) {
        return Err(say!("layout-sum-digits", summed = summed, max_summed_digits = MAX_SUMMED_DIGITS));
    }
    condition(item, names)?;
    let total = TotalDefinition {
        counted: Vec::new(),
        summed: Some(summed.to_owned()),
        condition: item.condition.clone(),
    };
    Ok(ValueOrigin::Total(index_of(&mut names.totals, total)))
}

fn condition(item: &ItemDefinition, names: &LayoutNames) -> Result<(), String> {
    let Some(condition) = &item.condition else { return Ok(()) };
    if names.with_item(&condition.item).next().is_none() {
        return Err(say!("layout-where-item", item = condition.item));
    }
    check_rules(&[(condition.is.is_empty() == condition.is_not.is_empty(), "layout-where-values")])
}

fn block(
    place: RecordPlace,
    item: &ItemDefinition,
    repeated: &str,
    names: &mut LayoutNames,
) -> Result<ValueOrigin, String> {
    if !matches!(place, RecordPlace::BlockHeader | RecordPlace::BlockTrailer) {
        return Err(say!("layout-block-place"));
    }
    let found: Vec<_> = names.with_item(repeated).collect();
    if found.is_empty() || found.len() != names.data.len() {
        return Err(say!("layout-block-item", repeated = repeated));
    }
    if found.iter().any(|(kind, bytes)| *bytes != item.bytes || *kind != item.kind) {
        return Err(say!("layout-block-differs", repeated = repeated));
    }
    Ok(ValueOrigin::Block(index_of(&mut names.repeated, repeated.to_owned())))
}
