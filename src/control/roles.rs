//! Who may ask what: the one place where it is decided.
//!
//! Owns which role each question takes, and how roles come of the caller's groups. Promises that nobody asks what no match arm here
//! allows: a new question doesn't compile without one. Root and the gateway's own user may ask everything, and so may
//! whoever can connect where the configuration names no roles. What a list holds is narrowed to what the caller may see; what names
//! something else is refused, with the role that it takes, the groups that have it, and the link. A database of users that doesn't
//! answer gives nobody a role.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::CString;
use std::sync::Arc;

use nix::unistd::{Gid, Uid, User, getgrouplist};

use super::desk::Desk;
use super::errand::Errand;
use super::protocol::{Caller, ControlError, DeliveryFilter, Question, Whom};
use crate::config::{GroupWord, Role, RoleGroups};
use crate::gateway::Gateway;
use totatsu_base::say;

/// Who sees what there is of deliveries, partners and links.
pub(super) const SEE: &[Role] = &[Role::Read, Role::Operate, Role::Audit];
/// Who sees what may quote records, or is for the daily work.
pub(super) const READ: &[Role] = &[Role::Read, Role::Operate];
/// Who acts.
pub(super) const OPERATE: &[Role] = &[Role::Operate];
/// Who takes along what proves everything.
const AUDIT: &[Role] = &[Role::Audit];

/// What a question is about, as far as roles go.
enum About<'a> {
    /// Whatever of it the caller may see.
    WhatIsSeen,
    /// The gateway as a whole.
    Gateway,
    /// One delivery.
    Delivery(&'a mut String),
    /// Several.
    Deliveries(&'a mut [String]),
    /// One link.
    Link(&'a str),
    /// All links of a partner.
    Partner(&'a str),
}

/// What a caller may do.
#[derive(Debug, Clone)]
pub(super) struct Rights(Option<Arc<Limited>>);

/// The roles of somebody who may not do everything.
#[derive(Debug)]
struct Limited {
    gateway: Arc<Gateway>,
    /// Those for the gateway as a whole, and for every link that names no groups of its own.
    own: BTreeSet<Role>,
    /// Those for each link that does.
    links: BTreeMap<String, BTreeSet<Role>>,
}

/// Which roles a question takes, one of them, and for what.
fn needed(question: &mut Question) -> (&'static [Role], About<'_>) {
    match question {
        Question::List(_) | Question::Status | Question::Show { .. } => (SEE, About::WhatIsSeen),
        // A digest alone tells nothing of whose it is.
        Question::ReceiptNumber { .. } => (SEE, About::WhatIsSeen),
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
        | Question::Cancel { id, .. }
        | Question::Withdraw { id, .. } => (OPERATE, About::Delivery(id)),
        Question::Try { partner } => (OPERATE, About::Partner(partner)),
        Question::Import { .. } | Question::Reload { .. } => (OPERATE, About::Gateway),
    }
}

/// The same of an errand.
fn needed_for(errand: &mut Errand) -> (&'static [Role], About<'_>) {
    match errand {
        Errand::Outbox => (READ, About::WhatIsSeen),
        Errand::Report { id } => (READ, About::Delivery(id)),
        Errand::Sheet { ids, .. } => (READ, About::Deliveries(ids)),
        Errand::ReceiptShow { id, .. } | Errand::ReceiptVerify { id } => (SEE, About::Delivery(id)),
        Errand::ReceiptKey => (SEE, About::WhatIsSeen),
        // The journal's lines between the first and the last of a delivery are those of others, too.
        Errand::ReceiptBundle { id } => (AUDIT, About::Delivery(id)),
        Errand::AuditVerify { .. } | Errand::AuditExport { .. } => (AUDIT, About::Gateway),
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
            return Err(limited.refused(roles, None));
        }
        match about {
            About::WhatIsSeen => Ok(()),
            About::Gateway => rights.demand(roles, None),
            About::Delivery(id) => self.name_whole(rights, roles, id),
            About::Deliveries(ids) => ids.iter_mut().try_for_each(|id| self.name_whole(rights, roles, id)),
            About::Link(link) => rights.demand(roles, Some(link)),
            About::Partner(partner) => {
                let mut links = limited.gateway.config.links_of(partner).peekable();
                match links.peek() {
                    // What it concerns beyond the links can't be told.
                    None => rights.demand(roles, None),
                    Some(_) => links.try_for_each(|link| rights.demand(roles, Some(link))),
                }
            }
        }
    }

    /// Puts the whole id in the place of a part, so that what is acted on is what was weighed.
    fn name_whole(
        &self,
        rights: &Rights,
        roles: &'static [Role],
        id: &mut String,
    ) -> Result<(), ControlError> {
        let delivery = self.find(id, rights)?;
        rights.demand(roles, Some(&delivery.link))?;
        *id = delivery.id.to_string();
        Ok(())
    }
}

impl Rights {
    /// Of somebody who may do everything.
    pub(super) fn all() -> Rights {
        Rights(None)
    }

    /// Those that the configuration gives to a caller. Asks the system's database of users, which may take its time.
    fn of(gateway: &Arc<Gateway>, caller: Caller) -> Rights {
        let config = &gateway.config;
        let Some(roles) = &config.gateway.roles else { return Rights::all() };
        if caller.uid == 0 || caller.uid == Caller::ourselves().uid {
            return Rights::all();
        }
        let groups = groups_of(caller);
        let mut known = BTreeMap::<&GroupWord, bool>::new();
        let mut roles_in = |of| -> BTreeSet<Role> { roles_of(of, &groups, &mut known) };
        let own = roles_in(&roles.groups);
        let outbound = config.links.values().map(|link| (&link.name, &link.roles));
        let named = outbound.chain(config.inbound.values().map(|link| (&link.name, &link.roles)));
        let links = named.filter_map(|(name, roles)| Some((name.clone(), roles.as_ref()?)));
        // The proof is of the gateway as a whole: no link takes it away.
        let audits = own.contains(&Role::Audit).then_some(Role::Audit);
        let links = links.map(|(name, of)| (name, roles_in(of).into_iter().chain(audits).collect()));
        let links = links.collect();
        Rights(Some(Arc::new(Limited { gateway: gateway.clone(), own, links })))
    }

    /// One of these roles, for a link or for the gateway as a whole.
    pub(super) fn may(&self, roles: &[Role], link: Option<&str>) -> bool {
        self.0.as_ref().is_none_or(|limited| limited.has(roles, link))
    }

    /// Whether what goes over a link may be seen.
    pub(super) fn sees(&self, link: &str) -> bool {
        self.may(SEE, Some(link))
    }

    /// Whether a partner may be seen: over one of its links, or, where it has none, with the gateway as a whole.
    pub(super) fn sees_partner(&self, partner: &str) -> bool {
        let Some(limited) = &self.0 else { return true };
        let mut links = limited.gateway.config.links_of(partner).peekable();
        match links.peek() {
            None => limited.has(SEE, None),
            Some(_) => links.any(|link| limited.has(SEE, Some(link))),
        }
    }

    /// Whether there is any link whose deliveries may not be seen.
    pub(super) fn hides_some(&self) -> bool {
        self.0.as_ref().is_some_and(|limited| {
            !limited.has(SEE, None) || limited.links.keys().any(|link| !limited.has(SEE, Some(link)))
        })
    }

    /// The filter for what may be seen of it; nothing where that is nothing. Links beside those that it names are left to [`Self::sees`].
    pub(super) fn narrowed(&self, filter: &DeliveryFilter) -> Option<DeliveryFilter> {
        let Some(limited) = self.0.as_ref().filter(|limited| !limited.has(SEE, None)) else {
            return Some(filter.clone());
        };
        let seen = limited.links.keys().filter(|link| limited.has(SEE, Some(link)));
        let among: Vec<String> =
            seen.filter(|link| filter.among.is_empty() || filter.among.contains(link)).cloned().collect();
        (!among.is_empty()).then(|| DeliveryFilter { among, ..filter.clone() })
    }

    /// # Errors
    /// None of these roles is there for the link, or the gateway as a whole.
    pub(super) fn demand(&self, roles: &[Role], link: Option<&str>) -> Result<(), ControlError> {
        match &self.0 {
            Some(limited) if !limited.has(roles, link) => Err(limited.refused(roles, link)),
            Some(_) | None => Ok(()),
        }
    }
}

impl Limited {
    fn has(&self, roles: &[Role], link: Option<&str>) -> bool {
        let held = link.and_then(|link| self.links.get(link)).unwrap_or(&self.own);
        roles.iter().any(|role| held.contains(role))
    }

    fn has_somewhere(&self, roles: &[Role]) -> bool {
        self.has(roles, None) || self.links.keys().any(|link| self.has(roles, Some(link)))
    }

    /// Which role is missing, who has it, and for what.
    fn refused(&self, roles: &[Role], link: Option<&str>) -> ControlError {
        let config = &self.gateway.config;
        let own = config.gateway.roles.as_ref().map(|roles| &roles.groups);
        let of_link = link.and_then(|link| config.roles_of(link));
        let groups = roles.iter().flat_map(|role| {
            let named = if *role == Role::Audit { own } else { of_link.or(own) };
            named.map(|named| named.of(*role)).unwrap_or_default()
        });
        let mut groups: Vec<String> = groups.map(GroupWord::to_string).collect();
        groups.dedup();
        let (groups, roles) = (groups.join(", "), roles.iter().map(|role| role.word()));
        let roles = roles.collect::<Vec<_>>().join(" / ");
        ControlError::NotPermitted(match (link, groups.is_empty()) {
            (None, false) => say!("control-no-role", roles = roles, groups = groups),
            (None, true) => say!("control-no-role-nobody", roles = roles),
            (Some(link), false) => {
                say!("control-no-role-link", roles = roles, groups = groups, link = link)
            }
            (Some(link), true) => say!("control-no-role-link-nobody", roles = roles, link = link),
        })
    }
}

/// The roles that members of these groups have.
fn roles_of<'a>(
    named: &'a RoleGroups,
    groups: &BTreeSet<u32>,
    known: &mut BTreeMap<&'a GroupWord, bool>,
) -> BTreeSet<Role> {
    let held = named.all().filter(|(_, group)| {
        *known.entry(group).or_insert_with(|| group.id().is_some_and(|id| groups.contains(&id)))
    });
    held.map(|(role, _)| role).collect()
}

/// The caller's groups: the one that the kernel tells, and those that the system's database has for that user now. A group that
/// somebody was put into, or taken out of, counts with the next question, without logging in anew.
fn groups_of(caller: Caller) -> BTreeSet<u32> {
    let user = User::from_uid(Uid::from_raw(caller.uid)).ok().flatten();
    let listed = user.and_then(|user| {
        let name = CString::new(user.name).ok()?;
        getgrouplist(&name, user.gid).ok()
    });
    listed.unwrap_or_default().into_iter().map(Gid::as_raw).chain([caller.gid]).collect()
}
