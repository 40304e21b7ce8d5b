//! What a probe is to try at a partner, and how the names of its files begin.

use std::time::Duration;

use super::inbound::Place;

/// How the names of all files of a probe begin.
pub const PREFIX: &str = ".totatsu-probe-";

/// What a probe is to try.
#[derive(Debug, Clone)]
pub struct Wishes {
    /// Directories of the partner to try; an empty text is the one that the session starts in.
    pub directories: Vec<String>,
    /// Directories of the partner that are only listed.
    pub inbound: Vec<Place>,
    /// Bytes of the file by which the throughput is measured; with 0 it isn't measured.
    pub bytes: u64,
    /// The final name to be given to a file, to see whether the partner takes it away.
    pub final_name: Option<String>,
    /// For how long that file is watched.
    pub watch: Duration,
}
