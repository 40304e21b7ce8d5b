//! Who may do what: groups of the system's users, for the gateway as a whole and for links of their own.
//!
//! Owns the words of `[roles]` in `totatsu.toml` and in the files of links. Who may drop files is not said here: the rights of each
//! outbox's directory say it. Looks no user up: `src/control` does when somebody asks something.

use std::fmt;
use std::time::Duration;

use nix::unistd::Group;
use serde::Deserialize;
use strum::{IntoStaticStr, VariantArray};

use super::faults::Faults;
use totatsu_base::document::humane::Wait;

/// How long a request for a second name stands, unless the configuration says otherwise.
const WITHIN: Duration = Duration::from_secs(24 * 3600);

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Role {
    /// See deliveries, partners and links.
    Read,
    /// Act on deliveries, partners and links, and see them.
    Operate,
    /// Take the proof of everything along.
    Audit,
}

/// A group, as it is written: its name, or its number where no name is known here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(untagged)]
pub enum GroupWord {
    /// The group id.
    Number(u32),
    /// The name.
    Name(String),
}

/// The groups that have each role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleGroups {
    /// The groups that may see.
    pub read: Vec<GroupWord>,
    /// The groups that may act, and see.
    pub operate: Vec<GroupWord>,
    /// The groups that may take the proof along. A link has none of its own.
    pub audit: Vec<GroupWord>,
}

/// What `[roles]` of the gateway says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GatewayRoles {
    /// Who has which role.
    pub groups: RoleGroups,
    /// The acts that count only once a second person has asked for them.
    pub four_eyes: Vec<FourEyesAct>,
    /// How long the first one's request stands.
    pub four_eyes_within: Duration,
}

/// An act that may want a second name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, strum::Display)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum FourEyesAct {
    /// The bytes of a delivery are sent again.
    Resend,
    /// A delivery counts as arrived because a person says so.
    Confirm,
}

/// `[roles]` in `totatsu.toml`, as it is written.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GatewayRolesTable {
    read: Option<Vec<GroupWord>>,
    operate: Option<Vec<GroupWord>>,
    audit: Option<Vec<GroupWord>>,
    four_eyes: Option<Vec<FourEyesAct>>,
    four_eyes_within: Option<Wait>,
}

/// `[roles]` in a link's file, as it is written.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkRolesTable {
    read: Option<Vec<GroupWord>>,
    operate: Option<Vec<GroupWord>>,
}

impl Role {
    /// The word of the configuration for the role.
    pub fn word(self) -> &'static str {
        self.into()
    }
}

impl GroupWord {
    /// The group's number; `None` where the system doesn't know its name now.
    pub fn id(&self) -> Option<u32> {
        match self {
            GroupWord::Number(id) => Some(*id),
            // A database that doesn't answer gives nobody a role.
            GroupWord::Name(name) => Group::from_name(name).ok().flatten().map(|group| group.gid.as_raw()),
        }
    }
}

impl fmt::Display for GroupWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GroupWord::Number(id) => write!(f, "{id}"),
            GroupWord::Name(name) => f.write_str(name),
        }
    }
}

impl RoleGroups {
    /// The groups that the configuration names for a role.
    pub fn of(&self, role: Role) -> &[GroupWord] {
        match role {
            Role::Read => &self.read,
            Role::Operate => &self.operate,
            Role::Audit => &self.audit,
        }
    }

    /// Every group that is named, with the key that names it.
    pub fn all(&self) -> impl Iterator<Item = (Role, &GroupWord)> {
        Role::VARIANTS.iter().flat_map(|role| self.of(*role).iter().map(|group| (*role, group)))
    }
}

impl GatewayRolesTable {
    /// The roles of the gateway; `None` where the table has no key.
    pub(super) fn compile(self, faults: &mut Faults<'_>) -> Option<GatewayRoles> {
        if self == GatewayRolesTable::default() {
            return None;
        }
        let within = self.four_eyes_within.map_or(WITHIN, |wait| wait.0);
        faults.require_wait("roles.four_eyes_within", within);
        Some(GatewayRoles {
            groups: RoleGroups {
                read: self.read.unwrap_or_default(),
                operate: self.operate.unwrap_or_default(),
                audit: self.audit.unwrap_or_default(),
            },
            four_eyes: self.four_eyes.unwrap_or_default(),
            four_eyes_within: within,
        })
    }
}

impl LinkRolesTable {
    /// The groups that alone have a role for the link's deliveries; `None` where the table has no key.
    pub fn compile(self) -> Option<RoleGroups> {
        (self != LinkRolesTable::default()).then(|| RoleGroups {
            read: self.read.unwrap_or_default(),
            operate: self.operate.unwrap_or_default(),
            audit: Vec::new(),
        })
    }
}
