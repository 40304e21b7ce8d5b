//! What can be wrong with a file as such: its form, its heading, what stands between its records, and which records they are.
//!
//! Owns: the words in which an operator, or the owner of the source system, reads it.
//! Promises: a fault names what is wrong and what would be accepted; words are made only where they are told, since a file may
//! have one fault in each of its records.
//! On failure: nothing here fails.
//! Never: quotes a value.

use totatsu_base::{messages, say};

use crate::layout::Separator;
use crate::layout::item::Fault;
use crate::utf16::ByteOrder;

/// What is wrong with a file, beyond its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FileFault {
    /// A file without any byte.
    Empty,
    /// A heading and nothing below it.
    NoRows,
    /// A row with more or fewer fields than the heading.
    RowWidth { fields: usize, wanted: usize },
    /// A row that goes on beyond the limit of one.
    EndlessRow,
    /// UTF-16 that doesn't say so.
    Utf16WithoutMark,
    /// Shift_JIS where UTF-8 is wanted.
    ShiftJis,
    /// Tabs in place of commas.
    Tabs,
    /// A first line that names nothing of the layout.
    NoHeading,
    /// A name in the heading that is no text.
    NameNotUtf8,
    /// A name in the heading that the layout lacks.
    UnknownColumn,
    /// A name that the heading says twice.
    ColumnTwice,
    /// A column that the heading lacks.
    ColumnMissing,
    /// The link says wrongly where a column of the source goes.
    SourceColumns(String),
    /// A derived column that says another word than follows from its item.
    NotDerived { from: String, word: String },
    /// A value that is no text.
    NotUtf8 { at: usize, row_at: u64 },
    /// An error message of the partner in place of records.
    ErrorMessage,
    /// Another separator than the layout's, throughout the file; the value of the link that could choose it.
    OtherSeparator { found: Separator, wanted: Separator, key: Option<String> },
    /// Another separator than the layout's, behind one record.
    Separator(Separator),
    /// The end of the file inside a record.
    CutOff,
    /// The end of the file, so many bytes after a record began.
    CutOffAfter(usize),
    /// A file without its end mark.
    NoEndMark,
    /// A last record without a separator behind it.
    LastSeparatorMissing(Separator),
    /// A separator behind the last record.
    LastSeparatorThere,
    /// A quotation mark of no quoted value.
    StrayQuote,
    /// Another line end than the layout's.
    LineEnd(Separator),
    /// The last line ends otherwise than it should; the line end that it should have, if any.
    LastLineEnd(Option<Separator>),
    /// A heading that isn't the layout's.
    OtherHeading,
    /// A line that goes on beyond the limit of one.
    EndlessLine,
    /// A byte order mark that the layout doesn't have.
    ByteOrderMark,
    /// A file without its byte order mark.
    NoByteOrderMark(Option<ByteOrder>),
    /// A record that may not stand here; the records that may.
    OutOfPlace { next: Vec<String> },
    /// A record of another length.
    RecordBytes { bytes: usize, wanted: usize },
    /// A line of another number of columns.
    LineColumns { columns: usize, wanted: usize },
    /// The end of the file where records should follow.
    EndsEarly { next: Vec<String> },
}

impl Fault for FileFault {
    fn kind(&self) -> &'static str {
        match self {
            FileFault::Empty => "record-kind-file-empty",
            FileFault::NoRows => "record-kind-no-rows",
            FileFault::RowWidth { .. } => "record-kind-row-width",
            FileFault::EndlessRow | FileFault::EndlessLine => "record-kind-endless",
            FileFault::Utf16WithoutMark => "record-kind-utf-16",
            FileFault::ShiftJis => "record-kind-shift-jis",
            FileFault::Tabs => "record-kind-tabs",
            FileFault::NoHeading => "record-kind-no-heading",
            FileFault::NameNotUtf8 | FileFault::NotUtf8 { .. } => "record-kind-not-utf-8",
            FileFault::UnknownColumn => "record-kind-unknown-column",
            FileFault::ColumnTwice => "record-kind-column-twice",
            FileFault::ColumnMissing => "record-kind-column-missing",
            FileFault::SourceColumns(_) => "record-kind-source-columns",
            FileFault::NotDerived { .. } => "record-kind-not-derived",
            FileFault::ErrorMessage => "record-kind-error-message",
            FileFault::OtherSeparator { .. } => "record-kind-other-separator",
            FileFault::Separator(_)
            | FileFault::LastSeparatorMissing(_)
            | FileFault::LastSeparatorThere
            | FileFault::LineEnd(_)
            | FileFault::LastLineEnd(_) => "record-kind-separator",
            FileFault::CutOff | FileFault::CutOffAfter(_) => "record-kind-cut-off",
            FileFault::NoEndMark => "record-kind-no-end-mark",
            FileFault::StrayQuote => "record-kind-stray-quote",
            FileFault::OtherHeading => "record-kind-other-heading",
            FileFault::ByteOrderMark | FileFault::NoByteOrderMark(_) => "record-kind-byte-order-mark",
            FileFault::OutOfPlace { .. } => "record-kind-out-of-place",
            FileFault::RecordBytes { .. } | FileFault::LineColumns { .. } => "record-kind-length",
            FileFault::EndsEarly { .. } => "record-kind-ends-early",
        }
    }

    fn wrong(&self) -> String {
        match self {
            FileFault::Empty => say!("record-wrong-file-empty"),
            FileFault::NoRows => say!("record-wrong-no-rows"),
            FileFault::RowWidth { fields, .. } => say!("record-wrong-row-width", fields = fields),
            FileFault::EndlessRow => say!("record-wrong-endless-row"),
            FileFault::Utf16WithoutMark => say!("record-wrong-utf-16"),
            FileFault::ShiftJis => say!("record-wrong-shift-jis"),
            FileFault::Tabs => say!("record-wrong-tabs"),
            FileFault::NoHeading => say!("record-wrong-no-heading"),
            FileFault::NameNotUtf8 => say!("record-wrong-name-not-utf-8"),
            FileFault::UnknownColumn => say!("record-wrong-unknown-column"),
            FileFault::ColumnTwice => say!("record-wrong-column-twice"),
            FileFault::ColumnMissing => say!("record-wrong-column-missing"),
            FileFault::SourceColumns(wrong) => wrong.clone(),
            FileFault::NotDerived { from, .. } => say!("record-wrong-not-derived", from = from),
            FileFault::NotUtf8 { at, row_at } => say!("record-wrong-not-utf-8", at = at, row_at = row_at),
            FileFault::ErrorMessage => say!("record-wrong-error-message"),
            FileFault::OtherSeparator { found: Separator::None, .. } => say!("record-wrong-no-separator"),
            FileFault::OtherSeparator { found, .. } => {
                say!("record-wrong-other-separator", found = named(*found))
            }
            FileFault::Separator(_) => say!("record-wrong-separator"),
            FileFault::CutOff => say!("record-wrong-cut-off"),
            FileFault::CutOffAfter(bytes) => say!("record-wrong-cut-off-after", bytes = bytes),
            FileFault::NoEndMark => say!("record-wrong-no-end-mark"),
            FileFault::LastSeparatorMissing(_) => say!("record-wrong-last-separator-missing"),
            FileFault::LastSeparatorThere => say!("record-wrong-last-separator-there"),
            FileFault::StrayQuote => say!("record-wrong-stray-quote"),
            FileFault::LineEnd(_) => say!("record-wrong-line-end"),
            FileFault::LastLineEnd(_) => say!("record-wrong-last-line-end"),
            FileFault::OtherHeading => say!("record-wrong-other-heading"),
            FileFault::EndlessLine => say!("record-wrong-endless-line"),
            FileFault::ByteOrderMark => say!("record-wrong-byte-order-mark"),
            FileFault::NoByteOrderMark(_) => say!("record-wrong-no-byte-order-mark"),
            FileFault::OutOfPlace { .. } => say!("record-wrong-out-of-place"),
            FileFault::RecordBytes { bytes, .. } => say!("record-wrong-record-bytes", bytes = bytes),
            FileFault::LineColumns { columns, .. } => say!("record-wrong-line-columns", columns = columns),
            FileFault::EndsEarly { .. } => say!("record-wrong-ends-early"),
        }
    }

    fn accepted(&self) -> String {
        match self {
            FileFault::Empty => say!("record-accepted-heading-and-rows"),
            FileFault::NoRows => say!("record-accepted-a-row"),
            FileFault::RowWidth { wanted, .. } => say!("record-accepted-fields", wanted = wanted),
            FileFault::EndlessRow | FileFault::EndlessLine => say!("record-accepted-closing-quote"),
            FileFault::Utf16WithoutMark | FileFault::ShiftJis => say!("record-accepted-in-excel"),
            FileFault::Tabs => say!("record-accepted-commas"),
            FileFault::NoHeading => say!("record-accepted-heading"),
            FileFault::NameNotUtf8 | FileFault::NotUtf8 { .. } => say!("record-accepted-utf-8"),
            FileFault::UnknownColumn => say!("record-accepted-names"),
            FileFault::ColumnTwice => say!("record-accepted-once"),
            FileFault::ColumnMissing => say!("record-accepted-column"),
            FileFault::SourceColumns(_) => say!("record-accepted-source-columns"),
            FileFault::NotDerived { word, .. } => word.clone(),
            FileFault::ErrorMessage => say!("record-accepted-no-error-message"),
            FileFault::OtherSeparator { found, wanted, key } => {
                let (found, wanted) = (found.word(), named(*wanted));
                match key {
                    Some(key) => {
                        say!("record-accepted-separator-by-link", wanted = wanted, key = key, found = found)
                    }
                    None => say!("record-accepted-separator-by-layout", wanted = wanted, found = found),
                }
            }
            FileFault::Separator(wanted)
            | FileFault::LastSeparatorMissing(wanted)
            | FileFault::LineEnd(wanted)
            | FileFault::LastLineEnd(Some(wanted)) => named(*wanted),
            FileFault::LastSeparatorThere | FileFault::LastLineEnd(None) => say!("record-accepted-none"),
            FileFault::CutOff | FileFault::CutOffAfter(_) => say!("record-accepted-whole-records"),
            FileFault::NoEndMark => say!("record-accepted-end-mark"),
            FileFault::StrayQuote => say!("record-accepted-quotes"),
            FileFault::OtherHeading => say!("record-accepted-names-in-order"),
            FileFault::ByteOrderMark => say!("record-accepted-nothing-before"),
            FileFault::NoByteOrderMark(order) => {
                let mark = match order {
                    // not for people
                    None => "EF BB BF",
                    Some(ByteOrder::Little) => "FF FE", // not for people
                    Some(ByteOrder::Big) => "FE FF",    // not for people
                };
                say!("record-accepted-byte-order-mark", mark = mark)
            }
            FileFault::OutOfPlace { next } if next.is_empty() => say!("record-accepted-end-of-file"),
            FileFault::OutOfPlace { next } | FileFault::EndsEarly { next } => next.join(", "),
            FileFault::RecordBytes { wanted, .. } => say!("record-accepted-record-bytes", wanted = wanted),
            FileFault::LineColumns { wanted, .. } => say!("record-accepted-line-columns", wanted = wanted),
        }
    }
}

/// A separator in words.
fn named(separator: Separator) -> String {
    let id = match separator {
        Separator::None => "record-separator-none",
        Separator::Crlf | Separator::CrlfInside => "record-separator-crlf",
        Separator::Lf | Separator::LfInside => "record-separator-lf",
        Separator::Cr => "record-separator-cr",
    };
    messages::text(id, &[])
}
