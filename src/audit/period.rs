//! The days that an auditor asks for.

use jiff::civil::Date;

/// Some days, the first and the last included, in Japan.
#[derive(Debug, Clone, Copy)]
pub struct Period {
    /// The first.
    pub from: Date,
    /// The last.
    pub to: Date,
}
