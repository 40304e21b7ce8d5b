//! Where the value of an item comes from: one key of the layout file, resolved and checked.
//!
//! Owns: the meaning of `column`, `value`, `filler`, `hex`, `count`, `sum`, `gateway`, `link` and `block`.
//! Promises: an origin that is returned refers to records and items that exist and that may stand there.
//! On failure: one sentence that says what is wrong.
//! Never: looks at values.

use super::definition::{Filler, ItemDefinition, Kind, Place};
use super::item::Source;

/// A summed item is not wider, so that every single value fits 64 bits.
const MAX_SUMMED_DIGITS: usize = 18;

/// What the items of all records may refer to.
pub(super) struct Names {
    /// All records, in the order of the file.
    pub(super) records: Vec<(String, Place)>,
    /// The items of the data record: name, kind, bytes.
    pub(super) data_items: Vec<(String, Kind, usize)>,
}

/// Resolves where the value of an item comes from.
pub(super) fn origin(place: Place, item: &ItemDefinition, names: &Names) -> Result<Source, String> {
    let given = [
        item.column.is_some(),
        item.value.is_some(),
        item.filler.is_some(),
        item.hex.is_some(),
        item.count.is_some(),
        item.sum.is_some(),
        item.gateway.is_some(),
        item.link.is_some(),
        item.block.is_some(),
    ];
    if given.iter().filter(|&&given| given).count() > 1 {
        return Err(
            "its value can come from one place only (column, value, filler, hex, count, sum, ...)".into()
        );
    }
    if let Some(text) = &item.value {
        return Ok(Source::Literal(text.clone()));
    }
    if let Some(filler) = item.filler {
        return Ok(Source::Bytes(filler_bytes(filler, item)));
    }
    if let Some(hex) = &item.hex {
        return hex_bytes(hex, item.bytes).map(Source::Bytes);
    }
    if let Some(gateway) = item.gateway {
        return Ok(Source::Gateway(gateway));
    }
    if let Some(key) = &item.link {
        return Ok(Source::Link { key: key.clone(), default: item.default.clone() });
    }
    if let Some(kinds) = &item.count {
        return count(place, item, kinds, names);
    }
    if let Some(summed) = &item.sum {
        return sum(place, item, summed, names);
    }
    if let Some(repeated) = &item.block {
        return block(place, item, repeated, names);
    }
    if place == Place::Data {
        return Ok(Source::Column(item.column.clone().unwrap_or_else(|| item.name.get_ref().clone())));
    }
    Err("outside the data record there is no input column: say value, filler, hex, count, sum, gateway, link or block"
        .into())
}

fn filler_bytes(filler: Filler, item: &ItemDefinition) -> Vec<u8> {
    match (filler, item.kind) {
        (Filler::Zeros, _) => vec![b'0'; item.bytes],
        (Filler::Spaces, Kind::TwoByte) => [0x81, 0x40].repeat(item.bytes / 2),
        (Filler::Spaces, Kind::Digits | Kind::OneByte) => vec![b' '; item.bytes],
    }
}

fn hex_bytes(hex: &str, width: usize) -> Result<Vec<u8>, String> {
    let bytes: Option<Vec<u8>> = hex
        .split_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).ok().filter(|_| byte.len() == 2))
        .collect();
    match bytes {
        Some(bytes) if bytes.len() == width => Ok(bytes),
        Some(bytes) => Err(format!("hex has {} bytes, the item has {width}", bytes.len())),
        None => Err("hex is written as two digits a byte with spaces between (\"1B 24 42\")".into()),
    }
}

/// Totals stand where everything they run over lies before them, or at the file's top, which is written last.
fn totals_may_stand(place: Place, item: &ItemDefinition) -> Result<(), String> {
    match place {
        Place::BlockHeader | Place::Data => {
            Err("a total stands in a block's trailer or at the file's top".into())
        }
        Place::FileTop | Place::BlockTrailer if item.kind != Kind::Digits => {
            Err("a total is an item of kind 9".into())
        }
        Place::FileTop | Place::BlockTrailer => Ok(()),
    }
}

fn count(place: Place, item: &ItemDefinition, kinds: &[String], names: &Names) -> Result<Source, String> {
    totals_may_stand(place, item)?;
    let find = |kind: &String| {
        let found = names.records.iter().position(|(name, _)| name == kind);
        found.ok_or_else(|| format!("count: there is no record \"{kind}\""))
    };
    let records = kinds.iter().map(find).collect::<Result<Vec<usize>, String>>()?;
    match place {
        _ if records.is_empty() => Err("count names the kinds of records it counts".into()),
        Place::BlockTrailer if records.iter().any(|&n| names.records[n].1 == Place::FileTop) => {
            Err("a block does not contain the records at the file's top".into())
        }
        Place::FileTop | Place::BlockHeader | Place::Data | Place::BlockTrailer => Ok(Source::Count(records)),
    }
}

fn sum(place: Place, item: &ItemDefinition, summed: &str, names: &Names) -> Result<Source, String> {
    totals_may_stand(place, item)?;
    match names.data_items.iter().position(|(name, ..)| name == summed) {
        None => Err(format!("sum: no data record has an item \"{summed}\"")),
        Some(n) if names.data_items[n].1 != Kind::Digits => {
            Err(format!("sum: \"{summed}\" is not of kind 9"))
        }
        Some(n) if names.data_items[n].2 > MAX_SUMMED_DIGITS => {
            Err(format!("sum: \"{summed}\" has more than {MAX_SUMMED_DIGITS} digits"))
        }
        Some(n) => Ok(Source::Sum(n)),
    }
}

fn block(place: Place, item: &ItemDefinition, repeated: &str, names: &Names) -> Result<Source, String> {
    match place {
        Place::BlockHeader | Place::BlockTrailer => {}
        Place::FileTop | Place::Data => return Err("block belongs to a block's header or trailer".into()),
    }
    match names.data_items.iter().position(|(name, ..)| name == repeated) {
        None => Err(format!("block: no data record has an item \"{repeated}\"")),
        Some(n) if names.data_items[n].2 != item.bytes || names.data_items[n].1 != item.kind => {
            Err(format!("block: \"{repeated}\" of the data record has another kind or number of bytes"))
        }
        Some(n) => Ok(Source::Block(n)),
    }
}
