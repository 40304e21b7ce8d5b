//! What people did to a delivery, and what they say of it.

use serde::{Deserialize, Serialize};
use strum::{EnumMessage, EnumString, IntoStaticStr, VariantArray};

use crate::clock::Moment;

/// That a person says a delivery arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// Who says so.
    pub by: String,
    /// How it arrived, or how that person knows.
    pub how: How,
    /// When that was recorded.
    pub at: Moment,
}

/// How a delivery that a person confirms has arrived, or how that person knows.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    EnumMessage,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum How {
    /// Carried on a medium.
    Medium,
    /// The partner said so by telephone.
    Phone,
    /// Another way, told in the reason.
    Other,
}

/// Something a person did to a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByHand {
    /// What: `held`, `released`, `resent`, `confirmed` or `cancelled`.
    pub act: String,
    /// When.
    pub at: Moment,
    /// Who, as the command was told or found out.
    pub by: String,
    /// Why.
    pub reason: String,
}

impl ByHand {
    /// An act that has just been recorded.
    pub fn new(act: &str, at: Moment, by: &str, reason: &str) -> ByHand {
        ByHand { act: act.to_owned(), at, by: by.to_owned(), reason: reason.to_owned() }
    }
}
