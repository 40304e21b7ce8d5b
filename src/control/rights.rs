//! What a caller may do: how roles come of the groups that somebody is in.
//!
//! Root and the gateway's own user may do everything, and so may whoever can connect where the configuration names no roles. A database
//! of users that doesn't answer gives nobody a role. Which role a question takes is decided elsewhere, in one place.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::CString;
use std::sync::Arc;

use nix::unistd::{Gid, Uid, User, getgrouplist};

use super::protocol::{Caller, ControlError, DeliveryFilter};
use crate::config::{GroupWord, Role, RoleGroups};
use crate::gateway::Gateway;
use totatsu_base::say;

/// The roles that see what there is of deliveries, partners and links.
pub(super) const SEE: &[Role] = &[Role::Read, Role::Operate, Role::Audit];
/// The roles that see what may quote records, or is for the daily work.
pub(super) const READ: &[Role] = &[Role::Read, Role::Operate];
/// The role that acts.
pub(super) const OPERATE: &[Role] = &[Role::Operate];
/// No role: root and the gateway's own user alone.
pub(super) const NOBODY: &[Role] = &[];
/// How many deliveries are listed at once for somebody who may not do everything: more could take all the memory that there
/// is.
const AT_ONCE: usize = 10_000;
/// The role that takes along what proves everything.
pub(super) const AUDIT: &[Role] = &[Role::Audit];

/// What a caller may do.
#[derive(Debug, Clone)]
pub(super) struct Rights(pub(super) Option<Arc<Limited>>);

/// The roles of somebody who may not do everything.
#[derive(Debug)]
pub(super) struct Limited {
    pub(super) gateway: Arc<Gateway>,
    /// The roles for the gateway as a whole, and for every link that names no groups of its own.
    own: BTreeSet<Role>,
    /// The roles for each link that names groups of its own.
    links: BTreeMap<String, BTreeSet<Role>>,
}

impl Rights {
    /// The rights of somebody who may do everything.
    pub(super) fn all() -> Rights {
        Rights(None)
    }

    /// The rights that the configuration gives to a caller. Asks the system's database of users, which may take its time.
    pub(super) fn of(gateway: &Arc<Gateway>, caller: Caller) -> Rights {
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
        // An audit is of the gateway as a whole: no link takes that role away.
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

    /// The links whose deliveries may not be seen, where those of all others may.
    pub(super) fn hidden(&self) -> BTreeSet<String> {
        let Some(limited) = self.0.as_ref().filter(|limited| limited.has(SEE, None)) else {
            return BTreeSet::new();
        };
        limited.links.keys().filter(|link| !limited.has(SEE, Some(link))).cloned().collect()
    }

    /// The filter narrowed to what the caller may see; nothing where that is nothing. Single links that are hidden from a
    /// caller who sees all others are left to [`Self::hidden`].
    pub(super) fn narrowed(&self, filter: &DeliveryFilter) -> Option<DeliveryFilter> {
        let Some(limited) = &self.0 else { return Some(filter.clone()) };
        let filter = DeliveryFilter { limit: filter.limit.min(AT_ONCE), ..filter.clone() };
        if limited.has(SEE, None) {
            return Some(filter);
        }
        let seen = limited.links.keys().filter(|link| limited.has(SEE, Some(link)));
        let among: Vec<String> =
            seen.filter(|link| filter.among.is_empty() || filter.among.contains(link)).cloned().collect();
        (!among.is_empty()).then_some(DeliveryFilter { among, ..filter })
    }

    /// Makes sure that the caller has one of these roles, for a link or for the gateway as a whole.
    ///
    /// # Errors
    /// The caller has none of them there.
    pub(super) fn demand(&self, roles: &[Role], link: Option<&str>) -> Result<(), ControlError> {
        match &self.0 {
            Some(limited) if !limited.has(roles, link) => Err(limited.refused(roles, link)),
            Some(_) | None => Ok(()),
        }
    }
}

impl Limited {
    /// One of these roles, for a link or for the gateway as a whole.
    pub(super) fn has(&self, roles: &[Role], link: Option<&str>) -> bool {
        let held = link.and_then(|link| self.links.get(link)).unwrap_or(&self.own);
        roles.iter().any(|role| held.contains(role))
    }

    /// One of these roles, for the gateway as a whole or for any link.
    pub(super) fn has_somewhere(&self, roles: &[Role]) -> bool {
        self.has(roles, None) || self.links.keys().any(|link| self.has(roles, Some(link)))
    }

    /// Which role is missing, who has it, and for what.
    pub(super) fn refused(&self, roles: &[Role], link: Option<&str>) -> ControlError {
        if roles.is_empty() {
            return ControlError::NotPermitted(say!("control-no-role-at-all"));
        }
        let config = &self.gateway.config;
        let own = config.gateway.roles.as_ref().map(|roles| &roles.groups);
        let of_link = link.and_then(|link| config.roles_of(link));
        let groups = roles.iter().flat_map(|role| {
            let named = if *role == Role::Audit { own } else { of_link.or(own) };
            named.map(|named| named.of(*role)).unwrap_or_default()
        });
        let mut seen = BTreeSet::new();
        let groups = groups.map(GroupWord::to_string).filter(|group| seen.insert(group.clone()));
        let groups: Vec<String> = groups.collect();
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
