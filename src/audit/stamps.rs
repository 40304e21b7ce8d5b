//! Time stamps from outside, against the lines that they are said to be for.
//!
//! Owns what is compared: the file is there and is the one that was kept, and the digest in it is that of the line. Whose signature it
//! bears is for `openssl ts -verify`.

use std::path::Path;

use super::findings::Findings;
use crate::stamp;
use totatsu_base::evidence::Anchor;
use totatsu_base::messages::os_error;
use totatsu_base::{Sha256, say};

/// A stamp as the journal tells of it.
#[derive(Debug)]
pub(super) struct ToldStamp {
    pub(super) line: Anchor,
    pub(super) file: String,
    pub(super) sha256: Sha256,
}

/// Compares each stamp's file with what the journal tells; says how many stamps there are.
pub(super) fn check(told: &[ToldStamp], ledger: &Path, findings: &mut Findings) -> u64 {
    for ToldStamp { line, file, sha256 } in told {
        let path = stamp::directory_of(ledger).join(file);
        let what = match std::fs::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => say!("audit-missing"),
            Err(error) => say!("audit-unreadable", error = os_error(&error)),
            Ok(answer) if Sha256::of(&answer) != *sha256 => {
                say!("audit-receipt-differs", recorded = sha256, found = Sha256::of(&answer))
            }
            Ok(answer) => match stamp::read(&answer) {
                Ok(read) if read.digest == line.sha256 => continue,
                Ok(_) => say!("audit-stamp-other", event = line.seq),
                Err(error) => say!("audit-stamp-unreadable", why = error),
            },
        };
        findings.note(&path, None, what);
    }
    told.len() as u64
}
