//! The certificate of arrival (到達証明書): a receipt as one page that a person reads, signs off and files.
//!
//! Owns what stands on it, in Japanese or English: [`html`] makes a page for A4, [`text`] one within 80 columns. Promises that
//! names, whoever chose them, can neither break the page nor steer a terminal nor turn the reading direction. Has no contents
//! of records. The caller checks first that the receipt is genuine.

mod contents;
mod html;
mod text;

pub use contents::Certified;
pub use html::html;
pub use text::text;
