//! The file of a receipt: its bytes, and where its signature lies.

use std::path::{Path, PathBuf};

use totatsu_base::evidence::Receipt;
use totatsu_base::{Sha256, SpoolError};

/// The bytes of a receipt's file.
///
/// # Errors
/// The receipt can't be written as JSON: a fault of this program.
pub fn text_of(receipt: &Receipt) -> serde_json::Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(receipt)?;
    text.push(b'\n');
    Ok(text)
}

/// Where the signature of a receipt's file lies.
pub fn signature_path(receipt: &Path) -> PathBuf {
    receipt.with_added_extension("sig")
}

/// Reads a receipt's file, for showing.
///
/// # Errors
/// The file can't be read, or is no receipt.
pub fn read(path: &Path) -> Result<(Receipt, Sha256), SpoolError> {
    let text = std::fs::read(path).map_err(SpoolError::at("disk-reading", path))?;
    let receipt = serde_json::from_slice(&text)
        .map_err(|error| SpoolError::at("disk-understanding", path)(std::io::Error::other(error)))?;
    Ok((receipt, Sha256::of(&text)))
}
