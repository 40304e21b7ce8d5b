//! The fault campaign: the gateway's own side is killed, cut off from power and given a broken disk, again and again, and
//! afterwards every file is accounted for.
//!
//! [`world`] sets a gateway, a [`partner`] and their links up; [`observer`] watches what the partner gets to see; [`account`]
//! compares what was dropped, and what was offered on the way in ([`inbound`]), with what the ledger, the archive, the
//! partner, the inbox and the receipts say; [`tally`] counts.
//! In [`acts`] people act by hand meanwhile, in [`retried`] the kill meets a step that is tried again.
//! [`kills`], [`points`], [`power`] and [`disks`] are the faults, [`tracer`] strikes at one system call. [`line`] and
//! [`liar`] are the faults of the far side, each tried on a gateway in this process ([`way`]); on the way in the real program
//! meets them ([`line_in`], [`liar_in`]), and real partners that change their files ([`restless`]) or are gone ([`severed`]).
//! [`backlog`] holds, stops, refuses and silences long queues; [`reconfigured`] changes the configuration between starts;
//! [`neighbour`] is a hostile member of the group, beside people with roles who are [`knocking`], and [`twins`] starts a second gateway.

#![allow(dead_code, reason = "each binary uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

pub mod account;
mod account_acts;
mod account_in;
pub mod acts;
pub mod backlog;
pub mod calls;
pub mod disks;
pub mod inbound;
pub mod kills;
mod knocking;
pub mod liar;
pub mod liar_in;
pub mod line;
pub mod line_in;
pub mod neighbour;
pub mod observer;
pub mod partner;
pub mod points;
pub mod power;
pub mod reconfigured;
pub mod restless;
pub mod retried;
pub mod severed;
pub mod tally;
pub mod tracer;
pub mod twins;
pub mod way;
pub mod world;
