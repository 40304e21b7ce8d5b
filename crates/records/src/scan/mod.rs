//! A file of records read from its first byte to its last: what a partner sent, and what we are about to send.
//!
//! Owns: the order to read: `stream` (the bytes as they go by), `quotes` (of CSV), `cut` (records out of the stream), `walk`
//! (the order of the records, and what each says of the others), `look` and `pieced` (the same by several threads). Promises:
//! decoding and the proof of an encoded file read with the same code, and none of it is code of the encoder. On failure: what is
//! wrong with the file is a [`walk::RecordFinding`] or a [`cut::FramingFault`]; errors of the disk are handed up. Never: writes.

pub(crate) mod cut;
pub(crate) mod look;
pub(crate) mod pieced;
mod quotes;
pub(crate) mod stream;
pub(crate) mod walk;
