//! What comes after the handing over of a collection, as its link says by now.

use crate::collect::answer::Agreed;
use crate::collect::clear::Afterwards;
use crate::collect::import::ImportCommand;
use crate::config::link::InboundLink;
use crate::gateway::Gateway;
use crate::ledger::state::{Delivery, Stage};

/// What comes next for rows that bear their name in the inbox.
pub(crate) enum After<'a> {
    Import(&'a InboundLink, &'a ImportCommand),
    Answer(&'a InboundLink, &'a Agreed),
    Clear(&'a InboundLink),
    Receipt,
    /// Nobody can tell: the link has left the configuration.
    Unknown,
}

/// The next thing to do with a collection that is placed or imported.
pub(crate) fn next_after_placing<'a>(gateway: &'a Gateway, delivery: &Delivery) -> After<'a> {
    let link = gateway.config.inbound.get(&delivery.link);
    let (Some(link), Some(collection)) = (link, delivery.collection()) else { return After::Unknown };
    match (&link.import, &link.acknowledge) {
        (Some(command), _) if delivery.stage == Stage::Placed => After::Import(link, command),
        (_, Some(agreed)) if collection.answered.is_none() => After::Answer(link, agreed),
        _ if link.afterwards != Afterwards::Leave && collection.cleared.is_none() => After::Clear(link),
        _ => After::Receipt,
    }
}

/// A partner that wants to know is told of a refusal too.
pub(super) fn refusal_to_tell<'a>(
    gateway: &'a Gateway,
    delivery: &Delivery,
) -> Option<(&'a InboundLink, &'a Agreed)> {
    let link = gateway.config.inbound.get(&delivery.link)?;
    let told = delivery.collection()?.answered.is_some();
    link.acknowledge.as_ref().filter(|_| !told).map(|agreed| (link, agreed))
}
