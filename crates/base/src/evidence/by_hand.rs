//! What people did to a delivery, and what they say of it.

use serde::{Deserialize, Serialize};
use strum::{EnumMessage, EnumString, IntoStaticStr, VariantArray};

use super::Asker;
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
    /// Who: the system's own name of who asked, with what was claimed beside it.
    pub by: String,
    /// The same in its parts; acts of earlier versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asker: Option<Asker>,
    /// Why.
    pub reason: String,
}
