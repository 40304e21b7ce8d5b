//! A receipt checked again later: its form, its signature, and the bytes it speaks of.
//!
//! Owns what counts as genuine, with the ledger at hand or by the gateway's public keys alone. Changes nothing.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::file::signature_path;
use super::key::{Keys, Unproven};
use crate::spool::DeliveryFolder;
use totatsu_base::durable::{self, if_there};
use totatsu_base::evidence::Receipt;
use totatsu_base::{Sha256, SpoolError, say};
use totatsu_ledger::Delivery;

/// Something a receipt says that the kept files or the ledger contradict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{}", say!("receipt-disagreement", what = what, stated = stated, found = found))]
pub struct Disagreement {
    /// What was compared.
    pub what: String,
    /// Whether the signature is at fault.
    #[serde(skip)]
    pub of_signature: bool,
    /// What the receipt states; of the receipt's own file, what the ledger states.
    pub stated: String,
    /// What was found instead.
    pub found: String,
}

/// What a receipt's file and its signature prove by themselves.
#[derive(Debug)]
pub struct Examined {
    /// The receipt, where the file is one.
    pub receipt: Option<Receipt>,
    /// Fingerprint of the key that signed the file, where a trusted one did.
    pub signed_by: Option<String>,
    /// Files that were compared with the receipt.
    pub compared: Vec<PathBuf>,
    /// What speaks against the receipt.
    pub disagreements: Vec<Disagreement>,
}

/// Compares a receipt's file, its signature, and the bytes kept beside it, with what was recorded. Where the ledger says that the
/// contents were removed, only files that are still there are compared.
///
/// # Errors
/// A file can't be read.
pub fn check(
    recorded: &Delivery,
    folder: &DeliveryFolder,
    keys: &Keys,
) -> Result<Vec<Disagreement>, SpoolError> {
    let path = folder.receipt();
    let (text, signature) = read_signed(&path)?;
    let Examined { receipt, disagreements, .. } = examine(&text, signature.as_deref(), keys);
    let mut found = Vec::new();
    let recorded_sha256 = recorded.receipt.map(|receipt| receipt.sha256.to_string()).unwrap_or_default();
    compare(
        &mut found,
        say!("receipt-sha256-of", name = "receipt.json"),
        recorded_sha256,
        Sha256::of(&text).to_string(),
    );
    found.extend(disagreements);
    if let Some(receipt) = receipt {
        for (name, stated, path) in kept_files(&receipt, folder) {
            if recorded.contents_removed.is_none() || path.exists() {
                compare_file(&mut found, name, stated, &path)?;
            }
        }
    }
    Ok(found)
}

/// Checks a receipt's file wherever it lies, by the gateway's public keys alone. Files `source`, `sent` and `decoded` that lie
/// beside it are compared with it.
///
/// # Errors
/// A file can't be read.
pub fn check_alone(path: &Path, keys: &Keys) -> Result<Examined, SpoolError> {
    let (text, signature) = read_signed(path)?;
    let mut examined = examine(&text, signature.as_deref(), keys);
    let beside = DeliveryFolder::at(durable::parent_of(path));
    if let Some(receipt) = &examined.receipt {
        for (name, stated, path) in kept_files(receipt, &beside) {
            if path.try_exists().map_err(SpoolError::at("disk-looking-at", &path))? {
                compare_file(&mut examined.disagreements, name, stated, &path)?;
                examined.compared.push(path);
            }
        }
    }
    Ok(examined)
}

/// Checks a receipt file's form and signature.
pub fn examine(text: &[u8], signature: Option<&[u8]>, keys: &Keys) -> Examined {
    let mut disagreements = Vec::new();
    let mut disagree = |what: String, of_signature: bool, stated: String, found: String| {
        disagreements.push(Disagreement { what, of_signature, stated, found });
    };
    let receipt = serde_json::from_slice::<Receipt>(text);
    if let Err(error) = &receipt {
        let found = say!("receipt-unreadable", error = error);
        disagree(say!("receipt-form"), false, say!("receipt-a-receipt"), found);
    }
    let stated = receipt.as_ref().ok().and_then(|receipt| receipt.signed_by.clone());
    let proven = signature.map_or(Err(Unproven::Missing), |signature| keys.check(text, signature));
    let by = || match &stated {
        Some(key) => say!("receipt-signed-by", key = key),
        None => say!("receipt-signed-by-no-key"),
    };
    match &proven {
        Err(unproven) => disagree(say!("receipt-signature"), true, by(), unproven.to_string()),
        Ok(signer) if receipt.is_ok() && stated.as_ref() != Some(signer) => {
            disagree(say!("receipt-signature"), true, by(), say!("receipt-signed-by", key = signer));
        }
        Ok(_) => {}
    }
    Examined { receipt: receipt.ok(), signed_by: proven.ok(), compared: Vec::new(), disagreements }
}

/// The files of a receipt's folder that it tells the digest and size of.
fn kept_files(receipt: &Receipt, folder: &DeliveryFolder) -> Vec<(&'static str, (Sha256, u64), PathBuf)> {
    let source = ("source", (receipt.source.sha256, receipt.source.size), folder.source());
    let sent = receipt.sent.iter().map(|sent| ("sent", (sent.sha256, sent.size), folder.sent()));
    let over = receipt.handed_over.iter();
    let decoded = over.map(|over| ("decoded", (over.sha256, over.size), folder.decoded()));
    [source].into_iter().chain(sent).chain(decoded).collect()
}

/// A receipt's file and its signature, if there is one.
///
/// # Errors
/// The receipt, or a signature that is there, can't be read.
pub fn read_signed(path: &Path) -> Result<(Vec<u8>, Option<Vec<u8>>), SpoolError> {
    let text = std::fs::read(path).map_err(SpoolError::at("disk-reading", path))?;
    let signature = signature_path(path);
    let signature =
        if_there(std::fs::read(&signature)).map_err(SpoolError::at("disk-reading", &signature))?;
    Ok((text, signature))
}

fn compare(found: &mut Vec<Disagreement>, what: String, stated: String, there: String) {
    if stated != there {
        found.push(Disagreement { what, of_signature: false, stated, found: there });
    }
}

fn compare_file(
    found: &mut Vec<Disagreement>,
    name: &str,
    (sha256, size): (Sha256, u64),
    path: &Path,
) -> Result<(), SpoolError> {
    let (there, length) = Sha256::of_file(path).map_err(SpoolError::at("disk-reading", path))?;
    compare(found, say!("receipt-size-of", name = name), size.to_string(), length.to_string());
    compare(found, say!("receipt-sha256-of", name = name), sha256.to_string(), there.to_string());
    Ok(())
}
