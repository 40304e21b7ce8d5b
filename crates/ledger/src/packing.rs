//! A finished delivery in few bytes: its JSON, compressed against a sample that has what nearly all of them have in common.
//!
//! zstd adds a check of the text, which is verified when it is unpacked. The sample belongs to the format of the index: whoever
//! changes the sample, or the words of a delivery so that the sample helps no more, raises the format's number.

use std::sync::Mutex;

use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::{CParameter, compress_bound};

use crate::error::IndexError;
use crate::state::Delivery;
use totatsu_base::{locked, say};

/// A delivery each way, as most of them are written.
const SAMPLE: &[u8] = include_bytes!("sample.json");
/// How hard zstd tries; more takes twice the time and gains a hundredth on texts so short.
const LEVEL: i32 = 5;
/// Bytes before the compressed text, which say how long it is without.
const HEAD: usize = 4;

/// Packs and unpacks.
pub(super) struct Packing {
    packer: Mutex<Compressor<'static>>,
    unpacker: Mutex<Decompressor<'static>>,
}

impl Packing {
    /// Ready for use.
    pub(super) fn new() -> Result<Packing, IndexError> {
        let mut packer = Compressor::with_dictionary(LEVEL, SAMPLE).map_err(unfit)?;
        for parameter in [
            CParameter::ChecksumFlag(true),
            CParameter::ContentSizeFlag(false),
            CParameter::DictIdFlag(false),
        ] {
            packer.set_parameter(parameter).map_err(unfit)?;
        }
        let unpacker = Decompressor::with_dictionary(SAMPLE).map_err(unfit)?;
        Ok(Packing { packer: Mutex::new(packer), unpacker: Mutex::new(unpacker) })
    }

    /// The bytes of each delivery.
    pub(super) fn pack(&self, deliveries: &[&Delivery]) -> Result<Vec<Vec<u8>>, IndexError> {
        let mut packer = locked(&self.packer);
        let (mut text, mut packed) = (Vec::new(), Vec::new());
        let pack = |delivery: &&Delivery| {
            text.clear();
            serde_json::to_writer(&mut text, delivery).map_err(unfit)?;
            let length = u32::try_from(text.len()).map_err(unfit)?;
            packed.clear();
            packed.reserve(compress_bound(text.len()));
            packer.compress_to_buffer(&text, &mut packed).map_err(unfit)?;
            Ok([&length.to_le_bytes()[..], &packed].concat())
        };
        deliveries.iter().map(pack).collect()
    }

    /// The delivery that these bytes hold.
    pub(super) fn unpack(&self, bytes: &[u8]) -> Result<Delivery, IndexError> {
        let (head, packed) =
            bytes.split_first_chunk::<HEAD>().ok_or_else(|| unfit(say!("ledger-no-length")))?;
        let length = u32::from_le_bytes(*head) as usize;
        let text = locked(&self.unpacker).decompress(packed, length).map_err(unfit)?;
        serde_json::from_slice(&text).map_err(unfit)
    }
}

fn unfit(error: impl ToString) -> IndexError {
    IndexError::Unusable(say!("ledger-unpackable", error = error))
}
