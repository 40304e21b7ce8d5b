//! Who may ask what: the one place where it is decided.
//!
//! Owns which role each question takes. Promises that nobody asks what no match arm here allows: a new question doesn't compile
//! without one. What a list holds is narrowed to what the caller may see; what names something else is refused, with the role
//! that it takes, the groups that have it, and the link.

use std::slice;

use super::desk::Desk;
use super::errand::Errand;
use super::protocol::{Caller, ControlError, DeliveryAct, OfName, Question, Whom};
use super::rights::{AUDIT, Limited, NOBODY, OPERATE, READ, Rights, SEE};
use crate::config::Role;

/// What a question is about, as far as roles go.
enum About<'a> {
    /// Whatever the caller may see of the answer.
    WhatIsSeen,
    /// The gateway as a whole.
    Gateway,
    /// One delivery that is acted on.
    Delivery(&'a mut String),
    /// Deliveries that are only looked at.
    Read(&'a mut [String]),
    /// One link.
    Link(&'a str),
    /// All links of a partner.
    Partner(&'a str),
}

/// The roles of which a question takes one, and what the question is about.
fn needed(question: &mut Question) -> (&'static [Role], About<'_>) {
    match question {
        Question::List(_) | Question::Status | Question::Show { .. } => (SEE, About::WhatIsSeen),
        // A digest alone tells nothing of whose it is.
        Question::JournalEnd | Question::ReceiptNumber { .. } => (SEE, About::WhatIsSeen),
        Question::Errand { errand, .. } => needed_for(errand),
        Question::Look { link } => (OPERATE, About::Link(link)),
        Question::Hold { whom, .. } | Question::Release { whom, .. } => (
            OPERATE,
            match whom {
                Whom::Delivery(id) => About::Delivery(id),
                Whom::Partner(partner) => About::Partner(partner),
                Whom::Link(link) => About::Link(link),
            },
        ),
        Question::Confirm { id, .. }
        | Question::Resend { id, .. }
        | Question::Cancel(DeliveryAct { id, .. })
        | Question::ClearContents(DeliveryAct { id, .. })
        | Question::Withdraw(DeliveryAct { id, .. }) => (OPERATE, About::Delivery(id)),
        // The caller has written into the configuration: no role gives that right.
        Question::Trusted { .. } => (NOBODY, About::Gateway),
        Question::Try { partner } => (OPERATE, About::Partner(partner)),
        Question::Import { .. } | Question::Reload { .. } => (OPERATE, About::Gateway),
    }
}

/// As [`needed`], for an errand.
fn needed_for(errand: &mut Errand) -> (&'static [Role], About<'_>) {
    match errand {
        Errand::Outbox => (READ, About::WhatIsSeen),
        Errand::Report { id } => (READ, About::Read(slice::from_mut(id))),
        Errand::Sheet { ids, .. } => (READ, About::Read(ids)),
        Errand::ReceiptShow { id, .. } | Errand::ReceiptVerify { id } => {
            (SEE, About::Read(slice::from_mut(id)))
        }
        Errand::ReceiptKey => (SEE, About::WhatIsSeen),
        // The journal's lines between the first and the last of a delivery are those of others, too.
        Errand::ReceiptBundle { id } => (AUDIT, About::Read(slice::from_mut(id))),
        Errand::AuditVerify { .. } | Errand::AuditActs { .. } | Errand::AuditExport { .. } => {
            (AUDIT, About::Gateway)
        }
    }
}

impl Desk {
    /// The question, if this caller may ask it, with whole ids in place of parts; and what else the caller may see.
    pub(super) async fn admitted(
        &self,
        mut question: Question,
        caller: Caller,
    ) -> Result<(Question, Rights), ControlError> {
        let Some(gateway) = self.gateway().filter(|gateway| gateway.config.gateway.roles.is_some()).cloned()
        else {
            return Ok((question, Rights::all()));
        };
        self.reading(move |desk| {
            let rights = Rights::of(&gateway, caller);
            if let Some(limited) = &rights.0 {
                let (roles, about) = needed(&mut question);
                desk.weigh_roles(&rights, limited, roles, about)?;
            }
            Ok((question, rights))
        })
        .await
    }

    fn weigh_roles(
        &self,
        rights: &Rights,
        limited: &Limited,
        roles: &'static [Role],
        about: About<'_>,
    ) -> Result<(), ControlError> {
        // Who has the role nowhere isn't told what there is.
        if !limited.has_somewhere(roles) {
            let link = if let About::Link(link) = about { Some(link) } else { None };
            return Err(limited.refused(roles, link.filter(|link| limited.has(SEE, Some(link)))));
        }
        match about {
            About::WhatIsSeen => Ok(()),
            About::Gateway => rights.demand(roles, None),
            About::Delivery(id) => self.name_whole(rights, roles, (id, OfName::OnlyOne)),
            About::Read(ids) => {
                ids.iter_mut().try_for_each(|id| self.name_whole(rights, roles, (id, OfName::Newest)))
            }
            About::Link(link) => rights.demand(roles, Some(link)),
            About::Partner(partner) => {
                let mut links = limited.gateway.config.links_of(partner).peekable();
                match links.peek() {
                    // Without links, a role for the gateway as a whole is needed.
                    None => rights.demand(roles, None),
                    Some(_) => links.try_for_each(|link| rights.demand(roles, Some(link))),
                }
            }
        }
    }

    /// Puts the whole id in the place of a part, or of a name, so that what is acted on is what was weighed.
    fn name_whole(
        &self,
        rights: &Rights,
        roles: &'static [Role],
        (id, of_name): (&mut String, OfName),
    ) -> Result<(), ControlError> {
        let delivery = self.find(id, rights, of_name)?;
        rights.demand(roles, Some(&delivery.link))?;
        *id = delivery.id.to_string();
        Ok(())
    }
}
