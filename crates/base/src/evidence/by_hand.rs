//! What people did to a delivery, and what they say of it.

use serde::{Deserialize, Serialize};
use strum::{EnumMessage, EnumString, IntoStaticStr, VariantArray};

use super::Asker;
use crate::clock::Moment;

/// A person's word that a delivery arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// Who says so.
    pub by: String,
    /// How the delivery arrived, or how that person knows.
    pub how: How,
    /// When the person's word was recorded.
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
    /// The act: `held`, `released`, `resent`, `confirmed` or `cancelled`.
    pub act: String,
    /// When the act was recorded.
    pub at: Moment,
    /// Who: the system's own name of who asked, with what was claimed beside it.
    pub by: String,
    /// Who, in parts: user, group, claim; acts of earlier versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asker: Option<Asker>,
    /// Why.
    pub reason: String,
}

/// An act that counts once a second person has asked for it, with all that it needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "wanted", rename_all = "snake_case")]
pub enum RequestedAct {
    /// The bytes are sent again.
    Resend {
        /// The bytes are sent although something newer was delivered, or is on its way.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        even_if_older: bool,
    },
    /// The delivery counts as arrived by another way.
    Confirm {
        /// Who says so.
        says: String,
        /// How the delivery arrived, or how that is known.
        how: How,
    },
}

/// A person's request for an act that counts once a second person asks for the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActRequest {
    /// The act that is asked for.
    pub act: RequestedAct,
    /// Who asks, in the form of [`ByHand::by`].
    pub by: String,
    /// Who asks, in parts: user, group, claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asker: Option<Asker>,
    /// When the request was recorded.
    pub at: Moment,
    /// Until when the request stands.
    pub until: Moment,
    /// Why.
    pub reason: String,
}
