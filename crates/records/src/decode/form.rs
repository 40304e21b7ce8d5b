//! The form in which rows are handed out.

/// The form in which rows are handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowForm {
    /// A heading and one row for each data record.
    Csv,
    /// One JSON object for each record of any kind.
    JsonLines,
}
