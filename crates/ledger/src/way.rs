//! A delivery's stage together with the evidence that it stands on: the way out and the way in, each by itself.
//!
//! The journal's word is [`Stage`], one for both ways. Here each way has its own stages, and each of them what the ledger knows
//! by then, so that whoever decides what comes next meets no stage of the other way and lacks nothing.

use crate::collection::Collection;
use crate::stage::Stage;
use crate::state::{Delivery, Origin};
use totatsu_base::evidence::{
    Accepted, Acknowledged, Converted, Decoded, Found, Placed, Placing, Published, Target,
};

/// Which way a delivery goes, and how far it has come.
#[derive(Debug, Clone, Copy)]
pub enum Way<'a> {
    /// The delivery goes out to a partner.
    Out(Outward<'a>),
    /// The collection comes in from a partner.
    In(Inward<'a>),
}

/// How far a delivery on its way out has come.
#[derive(Debug, Clone, Copy)]
pub enum Outward<'a> {
    /// The source is ours.
    Accepted(&'a Accepted),
    /// The bytes to send are ready.
    Converted,
    /// Bytes may be at the partner under the temporary name.
    Transferring(Aimed<'a>),
    /// All bytes are at the partner under the temporary name.
    Transferred(Aimed<'a>),
    /// The partner's bytes are proven; the final name may have been given.
    Verified(Aimed<'a>),
    /// The final name stands for the proven bytes.
    Published(Aimed<'a>, &'a Published),
    /// The partner has said that it has the bytes.
    Acknowledged(&'a Acknowledged),
    /// A person has said that the bytes arrived by another way.
    Confirmed,
    /// Nothing is left but the archive.
    Ending,
}

/// What is sent, and where it goes.
#[derive(Debug, Clone, Copy)]
pub struct Aimed<'a> {
    /// Where the bytes go.
    pub target: &'a Target,
    /// The bytes that are sent.
    pub converted: &'a Converted,
}

/// How far a collection has come.
#[derive(Debug, Clone, Copy)]
pub enum Inward<'a> {
    /// Seen at the partner.
    Found(&'a Found),
    /// The partner's bytes are ours.
    Fetched,
    /// The partner's bytes are read, and the rows are ready.
    Decoded(&'a Decoded),
    /// The rows may bear their name in the inbox.
    Placing(&'a Placing),
    /// The rows bear their name in the inbox.
    Placed,
    /// The import command may be running.
    Importing(InInbox<'a>),
    /// The import has ended well, or a person says so.
    Imported,
    /// The bytes broke the layout.
    Rejected,
    /// A person gave it up.
    Cancelled,
    /// Nothing is left but the archive.
    Ending,
}

/// What lies in the inbox.
#[derive(Debug, Clone, Copy)]
pub struct InInbox<'a> {
    /// What was read.
    pub decoded: &'a Decoded,
    /// How the rows got there.
    pub placing: &'a Placing,
    /// Where the rows are.
    pub placed: &'a Placed,
}

/// Evidence that the ledger should have at a stage, and hasn't: a fault of this program, or of a hand-made journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lacks(pub &'static str);

impl<'a> Way<'a> {
    /// The way of a delivery and how far it has come on it.
    ///
    /// # Errors
    /// The ledger lacks evidence that the stage stands on.
    pub fn of(delivery: &'a Delivery) -> Result<Way<'a>, Lacks> {
        match &delivery.origin {
            Origin::Accepted(accepted) => Outward::of(delivery, accepted).map(Way::Out),
            Origin::Collection(collection) => Inward::of(delivery.stage, collection).map(Way::In),
        }
    }
}

impl<'a> Outward<'a> {
    fn of(delivery: &'a Delivery, accepted: &'a Accepted) -> Result<Outward<'a>, Lacks> {
        let aimed = || {
            let target = delivery.target.as_ref().ok_or(Lacks("transfer_started"))?;
            let converted = delivery.converted.as_ref().ok_or(Lacks("converted"))?;
            Ok(Aimed { target, converted })
        };
        Ok(match delivery.stage {
            Stage::Accepted => Outward::Accepted(accepted),
            Stage::Converted => Outward::Converted,
            Stage::Transferring => Outward::Transferring(aimed()?),
            Stage::Transferred => Outward::Transferred(aimed()?),
            Stage::Verified => Outward::Verified(aimed()?),
            Stage::Published => {
                Outward::Published(aimed()?, delivery.published.as_ref().ok_or(Lacks("published"))?)
            }
            Stage::Acknowledged => {
                Outward::Acknowledged(delivery.acknowledged.as_ref().ok_or(Lacks("acknowledged"))?)
            }
            Stage::Confirmed if delivery.confirmed.is_none() => return Err(Lacks("confirmed")),
            Stage::Confirmed => Outward::Confirmed,
            Stage::Receipted
            | Stage::Archived
            | Stage::Rejected
            | Stage::Repeated
            | Stage::Superseded
            | Stage::Cancelled => Outward::Ending,
            Stage::Found
            | Stage::Fetched
            | Stage::Decoded
            | Stage::Placing
            | Stage::Placed
            | Stage::Importing
            | Stage::Imported => return Err(Lacks("found")),
        })
    }
}

impl<'a> Inward<'a> {
    fn of(stage: Stage, collection: &'a Collection) -> Result<Inward<'a>, Lacks> {
        let decoded = || collection.decoded.as_ref().ok_or(Lacks("decoded"));
        let placing = || collection.placing.as_ref().ok_or(Lacks("placing_started"));
        let handed_over = || {
            let placed = collection.placed.as_ref().ok_or(Lacks("placed"))?;
            Ok(InInbox { decoded: decoded()?, placing: placing()?, placed })
        };
        Ok(match stage {
            Stage::Found => Inward::Found(&collection.found),
            Stage::Fetched if collection.fetched.is_none() => return Err(Lacks("fetched")),
            Stage::Fetched => Inward::Fetched,
            Stage::Decoded => Inward::Decoded(decoded()?),
            Stage::Placing => Inward::Placing(placing()?),
            Stage::Placed => {
                handed_over()?;
                Inward::Placed
            }
            Stage::Importing => Inward::Importing(handed_over()?),
            Stage::Imported => Inward::Imported,
            Stage::Rejected => Inward::Rejected,
            Stage::Cancelled => Inward::Cancelled,
            Stage::Receipted | Stage::Archived | Stage::Repeated | Stage::Superseded => Inward::Ending,
            Stage::Accepted
            | Stage::Converted
            | Stage::Transferring
            | Stage::Transferred
            | Stage::Verified
            | Stage::Published
            | Stage::Acknowledged
            | Stage::Confirmed => return Err(Lacks("accepted")),
        })
    }
}
