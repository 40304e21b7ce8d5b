//! The bytes in which an FTP server knows its names.
//!
//! FTP has no say in how names are written. A server that speaks UTF-8 says so in its list of extensions; of any other it
//! has to be agreed. Promises that a name beyond ASCII is neither sent nor taken in bytes that nobody agreed on, and that
//! a name which is taken from a listing is asked for in the very bytes in which it was listed.

use std::io;

use encoding_rs::{EUC_JP, Encoding, SHIFT_JIS};
use serde::Deserialize;
use totatsu_base::say;

/// How names beyond ASCII are written, as the partner's file says it (`profile.names`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum AgreedNames {
    /// UTF-8, whatever the server's list of extensions says.
    #[serde(rename = "utf-8")]
    Utf8,
    /// Shift_JIS, as Windows writes it.
    #[serde(rename = "shift_jis")]
    ShiftJis,
    /// EUC-JP, as Japanese Unix hosts did.
    #[serde(rename = "euc-jp")]
    EucJp,
}

/// How the names of one session are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameBytes {
    /// No encoding is agreed: ASCII alone.
    Ascii,
    Known(AgreedNames),
}

/// A name that can't be written as it was agreed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unwritable {
    /// The server's encoding is neither offered nor agreed.
    #[error("{}", say!("ftps-need-names"))]
    NotAgreed,
    /// The encoding that was agreed lacks this character.
    #[error("{}", say!("ftps-need-character", character = format!("{_0:?}")))]
    Lacking(char),
}

impl NameBytes {
    /// The encoding that was agreed, else the one that the server offers.
    pub(super) fn of(agreed: Option<AgreedNames>, offers_utf8: bool) -> NameBytes {
        match (agreed, offers_utf8) {
            (Some(agreed), _) => NameBytes::Known(agreed),
            (None, true) => NameBytes::Known(AgreedNames::Utf8),
            (None, false) => NameBytes::Ascii,
        }
    }

    /// Whether names are written in UTF-8, or in ASCII, which is UTF-8 too.
    pub(super) fn are_utf8(self) -> bool {
        matches!(self, NameBytes::Ascii | NameBytes::Known(AgreedNames::Utf8))
    }

    /// The bytes of a text.
    pub(super) fn write(self, text: &str) -> Result<Vec<u8>, Unwritable> {
        if text.is_ascii() {
            return Ok(text.as_bytes().to_vec());
        }
        match self {
            NameBytes::Ascii => Err(Unwritable::NotAgreed),
            NameBytes::Known(AgreedNames::Utf8) => Ok(text.as_bytes().to_vec()),
            NameBytes::Known(AgreedNames::ShiftJis) => written(text, SHIFT_JIS),
            NameBytes::Known(AgreedNames::EucJp) => written(text, EUC_JP),
        }
    }

    /// The name that these bytes are; nothing where it could not be asked for in the same bytes.
    pub(super) fn read(self, bytes: &[u8]) -> Option<String> {
        let text = match self {
            NameBytes::Ascii | NameBytes::Known(AgreedNames::Utf8) => {
                String::from_utf8(bytes.to_vec()).ok()?
            }
            NameBytes::Known(AgreedNames::ShiftJis) => read(bytes, SHIFT_JIS)?,
            NameBytes::Known(AgreedNames::EucJp) => read(bytes, EUC_JP)?,
        };
        (self.write(&text).as_deref() == Ok(bytes)).then_some(text)
    }

    /// The name for a listing: what can't be asked for bears a mark by which it counts as unusable.
    pub(super) fn listed(self, bytes: &[u8]) -> String {
        self.read(bytes).unwrap_or_else(|| {
            let shown = shown(bytes);
            if shown.contains(char::REPLACEMENT_CHARACTER) { shown } else { shown + "\u{fffd}" }
        })
    }
}

impl suppaftp::Encoding for NameBytes {
    fn decode(&self, bytes: &[u8]) -> String {
        shown(bytes)
    }

    fn encode(&self, text: &str) -> io::Result<Vec<u8>> {
        self.write(text).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))
    }
}

/// A server's words for messages, in whichever encoding they can be read.
pub(super) fn shown(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => read(bytes, SHIFT_JIS).unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned()),
    }
}

fn read(bytes: &[u8], encoding: &'static Encoding) -> Option<String> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
}

/// The bytes of a text, if every character of it comes back from them as it was.
fn written(text: &str, encoding: &'static Encoding) -> Result<Vec<u8>, Unwritable> {
    let bytes_of = |text: &str| {
        let (bytes, _, lacking) = encoding.encode(text);
        (!lacking && read(&bytes, encoding).as_deref() == Some(text)).then(|| bytes.into_owned())
    };
    bytes_of(text).ok_or_else(|| {
        let lacking = text.chars().find(|character| bytes_of(&character.to_string()).is_none());
        lacking.map_or(Unwritable::NotAgreed, Unwritable::Lacking)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIFT_JIS_NAMES: NameBytes = NameBytes::Known(AgreedNames::ShiftJis);

    #[test]
    fn a_name_goes_out_in_the_bytes_that_were_agreed_or_not_at_all() {
        let utf8 = NameBytes::of(None, true);
        assert_eq!(utf8.write("表.csv").unwrap(), "表.csv".as_bytes());
        assert_eq!(SHIFT_JIS_NAMES.write("表.csv").unwrap(), b"\x95\x5c.csv");
        let euc = NameBytes::of(Some(AgreedNames::EucJp), true);
        assert_eq!(euc.write("表.csv").unwrap(), b"\xc9\xbd.csv");
        for lacking in ['𠮷', '¥', '‾'] {
            let name = format!("表{lacking}.csv");
            assert_eq!(SHIFT_JIS_NAMES.write(&name), Err(Unwritable::Lacking(lacking)), "{name}");
        }
        let nothing = NameBytes::of(None, false);
        assert_eq!(nothing.write("a.csv").unwrap(), b"a.csv");
        assert_eq!(nothing.write("表.csv"), Err(Unwritable::NotAgreed));
    }

    #[test]
    fn a_name_comes_in_only_if_it_can_be_asked_for_in_the_same_bytes() {
        assert_eq!(SHIFT_JIS_NAMES.read(b"\x95\x5c.csv").as_deref(), Some("表.csv"));
        // NEC's 髙 of the selected row comes back as IBM's.
        assert_eq!(SHIFT_JIS_NAMES.read(b"\xee\xe0.csv"), None);
        assert_eq!(SHIFT_JIS_NAMES.read(b"\x95"), None);
        let nothing = NameBytes::of(None, false);
        assert_eq!(nothing.read(b"a.csv").as_deref(), Some("a.csv"));
        assert_eq!(nothing.read("表.csv".as_bytes()), None);
        assert_eq!(nothing.listed("表.csv".as_bytes()), "表.csv\u{fffd}");
        assert_eq!(nothing.listed(b"\x95\x5c.csv"), "表.csv\u{fffd}");
    }
}
