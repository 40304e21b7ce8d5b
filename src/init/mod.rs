//! From the national interface list to a configuration: `totatsu init`.
//!
//! Owns: what is asked of a municipality, which interfaces follow from the answers, the files that are written for them, and what
//! becomes of files that are there already.
//! Promises: the configuration passes `check`; what only the partner or the operator can tell is named in `open` and counted there;
//! a file that a person changed, or removed, is never touched.
//! On failure: every file is written whole or not at all; run again, it goes on with those that are missing.
//! Never: asks a network, or writes a secret other than the gateway's own key pair.

mod answers;
mod choice;
mod gateway_text;
mod layouts;
mod link_text;
mod made;
mod partner_text;
mod plan;
mod store;

pub use answers::{
    ExpectedDates, InitAnswers, InitPaths, MpnWay, NotServedAnswer, PartnerAnswers, ReachWord,
};
pub use choice::{Choice, partners_of};
pub use plan::{FileFate, InitPlan};
pub use store::{InitError, InitStore};
