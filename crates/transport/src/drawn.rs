//! What the doors for the fuzz targets share: values drawn from any bytes, and promises that hold for all of them.
//!
//! Never a part of the gateway: it is built with the feature `fuzzing` alone.

use crate::Listing;
use totatsu_base::typeset;

/// Values drawn from the bytes of a fuzzer; from none, zeros come.
pub(crate) struct Drawn<'a>(pub(crate) &'a [u8]);

impl<'a> Drawn<'a> {
    pub(crate) fn byte(&mut self) -> u8 {
        self.bytes(1).first().copied().unwrap_or_default()
    }

    pub(crate) fn number(&mut self) -> u32 {
        self.bytes(4).iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
    }

    pub(crate) fn long(&mut self) -> u64 {
        u64::from(self.number()) << 32 | u64::from(self.number())
    }

    /// Bytes that say their own length in front.
    pub(crate) fn counted(&mut self) -> &'a [u8] {
        let length = usize::from(self.byte());
        self.bytes(length)
    }

    pub(crate) fn text(&mut self) -> String {
        String::from_utf8_lossy(self.counted()).into_owned()
    }

    pub(crate) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    fn bytes(&mut self, count: usize) -> &'a [u8] {
        let (bytes, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        bytes
    }
}

/// What is told as a name is one component of a path, and what is shown drives no terminal.
pub(crate) fn assert_usable(listing: &Listing) {
    for name in listing.entries.iter().map(|listed| listed.name.as_str()) {
        let separates = name.contains(['/', '\0', '\r', '\n', char::REPLACEMENT_CHARACTER]);
        assert!(!separates && !matches!(name, "" | "." | "..") && name.len() <= 255, "{name:?}");
    }
    for shown in &listing.refused {
        assert_harmless(shown);
    }
}

/// What is shown drives no terminal.
pub(crate) fn assert_harmless(shown: &str) {
    assert!(!shown.contains(typeset::is_harmful), "{shown:?}");
}
