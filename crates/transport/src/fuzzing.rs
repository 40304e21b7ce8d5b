//! The doors through which the fuzz targets (`fuzz/`) reach the readers of partners' bytes.
//!
//! Each door takes any bytes and panics where a promise is broken. Never a part of the gateway: it is built with the
//! feature `fuzzing` alone.

pub use crate::ftps::fuzzing::{listing, replies};
pub use crate::sftp::fuzzing::sftp;
