//! What the journal can say: one event for each thing that happened to a delivery, a link or a partner.
//!
//! The words are the steps' own; docs/ledger.md describes each field. Events hold counts, digests, names and answers,
//! never the contents of records.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::by_word::ByWord;
use crate::stage::Stage;
use crate::standing::{Doubt, Gate};
use crate::step::Step;
use totatsu_base::evidence::{
    Accepted, Acknowledged, Anchor, Answered, Archived, Asker, ByHand, Cleared, ContentFile, Converted,
    Decoded, Fetched, Found, How, Imported, Placed, Placing, Published, Receipt, RequestedAct, Target,
    Transferred, Verified,
};
use totatsu_base::{DeliveryId, Moment, Sha256};

/// Defines the event, and beside it the same once more for serde, which reads one whose word is known, see [`ByWord`].
macro_rules! also_read_by_word {
    ($(#[$attribute:meta])* pub enum Event { $($events:tt)* }) => {
        $(#[$attribute])*
        pub enum Event { $($events)* }

        #[derive(Deserialize)]
        #[serde(remote = "Event", rename_all = "snake_case")]
        enum EventByWord { $($events)* }
    };
}

also_read_by_word! {
/// Something that happened.
#[derive(Debug, Clone, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(tag = "event", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// The source is ours.
    Accepted {
        /// The link whose outbox the file lay in.
        link: String,
        /// That link's partner.
        partner: String,
        /// What was taken over.
        accepted: Accepted,
    },
    /// A file was found at a partner that hasn't been fetched; a collection begins.
    Found {
        /// The inbound link whose pattern the file's name has.
        link: String,
        /// That link's partner.
        partner: String,
        /// What was seen.
        found: Found,
    },
    /// The partner's bytes lie on our disk.
    Fetched {
        /// How many bytes, their digest, and what was asked.
        fetched: Fetched,
    },
    /// The fetched bytes are what an earlier collection fetched under the same name; nothing is handed over again.
    Repeated {
        /// The earlier collection.
        of: DeliveryId,
    },
    /// The fetched bytes are read, and stand as rows on our disk.
    Decoded {
        /// Counts, totals, digest.
        decoded: Decoded,
    },
    /// The rows lie beside their place in the inbox, whole; from now on they may bear their name there.
    PlacingStarted {
        /// Where.
        placing: Placing,
    },
    /// The rows bear their name in the inbox.
    Placed {
        /// Where.
        placed: Placed,
    },
    /// The import command may have been started.
    ImportStarted {
        /// How often the command was started by now.
        run: u32,
    },
    /// The import command has ended well.
    Imported {
        /// How long the command took.
        imported: Imported,
    },
    /// The acknowledgement for the partner lies in an outbox.
    Answered {
        /// Which acknowledgement, and what it says.
        answered: Answered,
    },
    /// The partner's file was removed or moved there, or nothing of it was left to remove.
    Cleared {
        /// What was asked and answered.
        cleared: Cleared,
    },
    /// The source breaks the layout; nothing of it is sent or handed over.
    Rejected {
        /// How many problems the report lists or counts.
        problems: u64,
    },
    /// The bytes to send lie on our disk.
    Converted {
        /// Counts, totals, digest.
        converted: Converted,
    },
    /// Bytes may be at the partner from now on.
    TransferStarted {
        /// Where.
        target: Target,
    },
    /// All bytes were acknowledged under the temporary name.
    Transferred {
        /// By whom, and what was asked.
        transferred: Transferred,
    },
    /// The partner's bytes equal ours.
    Verified {
        /// To which grade, and what was asked.
        verified: Verified,
    },
    /// The final name stands for our bytes.
    Published {
        /// Where, and what was asked.
        published: Published,
    },
    /// The partner says that it has the bytes.
    Acknowledged {
        /// Where it says so, and what was found there.
        acknowledged: Acknowledged,
    },
    /// The final name is taken, and the link says to add a number to it.
    NameTaken {
        /// The path at the partner.
        path: String,
    },
    /// A newer full file took the delivery's place before it was sent.
    Superseded {
        /// The newer delivery.
        newer: DeliveryId,
    },
    /// The receipt is written.
    Receipted {
        /// The receipt's number in the chain of receipts.
        number: u64,
        /// SHA-256 of the receipt's file.
        sha256: Sha256,
        /// The receipt, as in its file.
        receipt: Box<Receipt>,
    },
    /// The delivery's folder is in the archive.
    Archived {
        /// Where, and until when.
        archived: Archived,
    },
    /// The archive no longer has to keep the delivery's folder; it is deleted.
    Removed {
        /// Why.
        why: String,
    },
    /// What a delivery carried is removed from its folder in the archive; receipt and signature stay there.
    ContentsRemoved {
        /// Which files these were.
        files: Vec<ContentFile>,
        /// Which rule says so, or why a person wants it.
        reason: String,
        /// Who, if a person did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// Somebody was told of the delivery by an alert. The alert changes nothing of where the delivery stands.
    Alerted {
        /// Of what kind.
        kind: String,
        /// What was told.
        text: String,
    },
    /// The delivery's turn hasn't come.
    Queued {
        /// What the delivery waits for.
        gate: Gate,
    },
    /// A step failed and is tried again.
    Waiting {
        /// The step.
        step: Step,
        /// How often the step has failed in a row.
        attempt: u32,
        /// When the step is tried again.
        until: Moment,
        /// Why, and what to do.
        reason: String,
        /// It isn't known whether the request that failed was done.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unknown: bool,
        /// The stage to go on from, where it is an earlier one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        back_to: Option<Stage>,
    },
    /// A person has to decide.
    Held(Doubt),
    /// A person stopped the delivery.
    HeldByHand {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// A person let a held, waiting or queued delivery go on.
    Released {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// A person says that the delivery arrived by another way.
    Confirmed {
        /// Who.
        by: String,
        /// How the delivery arrived, or how that is known.
        how: How,
        /// Why.
        reason: String,
    },
    /// A person gave a held, waiting or queued delivery up.
    Cancelled {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// A person sends the bytes of an earlier delivery again; this one starts as converted.
    Resent {
        /// The earlier delivery.
        of: DeliveryId,
        /// Who.
        by: String,
        /// Why.
        reason: String,
        /// That person wants it sent although something newer was delivered, or is on its way.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        even_if_older: bool,
    },
    /// A person asks for an act that counts once a second one has asked for the same. The delivery stands as it stood.
    ActRequested {
        /// The act that is asked for.
        act: RequestedAct,
        /// Who.
        by: String,
        /// Why.
        reason: String,
        /// Until when the request stands.
        until: Moment,
    },
    /// A request stands no longer: a second person has asked for the same, or somebody has taken it back.
    RequestClosed {
        /// Who.
        by: String,
        /// Why.
        reason: String,
        /// The act counts: a second person has asked for the same.
        granted: bool,
    },
    /// A partner is held: nothing goes to it until it is released. About no delivery.
    PartnerHeld {
        /// The partner.
        partner: String,
        /// Who: a person, or `totatsu` itself.
        by: String,
        /// Why, and what to do.
        reason: String,
        /// When the gateway releases it by itself; none where a person does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Moment>,
    },
    /// A held partner may be sent to again. About no delivery.
    PartnerReleased {
        /// The partner.
        partner: String,
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// A link is held: nothing goes over it until it is released. About no delivery.
    LinkHeld {
        /// The link.
        link: String,
        /// Who: a person, or `totatsu` itself.
        by: String,
        /// Why, and what to do.
        reason: String,
        /// When the gateway releases it by itself; none where a person does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Moment>,
    },
    /// The running gateway took over a changed configuration. About no delivery.
    Reconfigured {
        /// Who had it taken over.
        by: String,
        /// The digest of each file of the configuration, by its path below the configuration's directory.
        files: BTreeMap<String, Sha256>,
        /// The files that are new, differ or are gone.
        changed: Vec<String>,
    },
    /// The gateway began to work. About no delivery.
    Started {
        /// The user that it runs as.
        by: String,
        /// The program and its version.
        software: String,
        /// When the gateway before this one started, if it was never stopped: it was killed, or its machine failed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        killed: Option<Moment>,
        /// Files of the configuration that aren't as they were when it was last taken over.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        changed: Vec<String>,
    },
    /// The gateway ended in good order. About no delivery.
    Stopped {
        /// The user that it ran as.
        by: String,
        /// What the gateway was told, or why it ended.
        reason: String,
    },
    /// A key that a partner's server shows is accepted from now on. About no delivery.
    PartnerTrusted {
        /// The partner.
        partner: String,
        /// The key's fingerprint, as the partner had told it.
        key: String,
        /// The key is that of the jump host on the way to the partner.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        jump: bool,
        /// Who.
        by: String,
    },
    /// Another key signs receipts from now on. About no delivery.
    KeyRenewed {
        /// The new key's fingerprint.
        key: String,
        /// The fingerprint of the key before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        former: Option<String>,
        /// Who.
        by: String,
    },
    /// Somebody outside has stamped the chain's end with the time. About no delivery.
    Stamped {
        /// The line that was the last.
        line: Anchor,
        /// The file that holds the answer, in `timestamps/` of the ledger.
        file: String,
        /// The file's SHA-256.
        sha256: Sha256,
    },
    /// A held link may be used again. About no delivery.
    LinkReleased {
        /// The link.
        link: String,
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
}
}

/// One line of the journal.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    /// Position in the journal, from 1.
    pub seq: u64,
    /// When the event was recorded.
    pub at: Moment,
    /// SHA-256 of the line before, without its line end; zeros for the first.
    pub prev: Sha256,
    /// The format of the journal from here on, on the first line that a program writes which knows it, see
    /// [`crate::journal::FORMAT`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<u32>,
    /// Who asked for the event, if it is an act by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asker: Option<Asker>,
    /// The delivery it is about; none for what happens to a partner or a link as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<DeliveryId>,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What stands in a line beside the event's own members.
#[derive(Deserialize)]
struct EntryHead<'t> {
    seq: u64,
    at: Moment,
    prev: Sha256,
    #[serde(default)]
    format: Option<u32>,
    #[serde(default)]
    asker: Option<Asker>,
    #[serde(default)]
    delivery: Option<DeliveryId>,
    #[serde(borrow)]
    event: Cow<'t, str>,
}

impl Entry {
    /// The entry that stands in a line of the journal.
    ///
    /// # Errors
    /// The text is no entry of the journal.
    pub fn of_line(text: &[u8]) -> Result<Entry, serde_json::Error> {
        let EntryHead { seq, at, prev, format, asker, delivery, event } = serde_json::from_slice(text)?;
        let event = EventByWord::deserialize(ByWord { word: &event, text })?;
        Ok(Entry { seq, at, prev, format, asker, delivery, event })
    }

    /// This entry as a person's act on a delivery.
    pub(super) fn act(&self, word: &str, by: &str, reason: &str) -> ByHand {
        let (act, by, reason) = (word.to_owned(), by.to_owned(), reason.to_owned());
        ByHand { act, at: self.at, by, asker: self.asker.clone(), reason }
    }
}

impl Event {
    /// A delivery that a person has to decide on, for a reason that opens no gate when it is released.
    pub fn held(step: Step, reason: String) -> Event {
        Event::Held(Doubt::new(step, reason))
    }

    /// Whether the event is about the gateway as a whole: no delivery, partner or link is held or released by it.
    pub fn is_of_gateway(&self) -> bool {
        matches!(
            self,
            Event::Reconfigured { .. }
                | Event::Started { .. }
                | Event::Stopped { .. }
                | Event::PartnerTrusted { .. }
                | Event::KeyRenewed { .. }
                | Event::Stamped { .. }
        )
    }

    /// Whether a delivery or a collection begins with the event.
    pub fn begins(&self) -> bool {
        matches!(self, Event::Accepted { .. } | Event::Found { .. } | Event::Resent { .. })
    }

    /// The link whose file a delivery or a collection begins with; a resend has that of the delivery before.
    pub fn link(&self) -> Option<&str> {
        let (Event::Accepted { link, .. } | Event::Found { link, .. }) = self else { return None };
        Some(link)
    }

    /// The event's word, as it stands in the journal.
    pub fn word(&self) -> &'static str {
        self.into()
    }
}
