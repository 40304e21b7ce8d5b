//! Queues, people and neighbours: a few rounds of those kinds of the fault campaign in which others act on a gateway.

#![cfg(have_sshd)]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod campaign;
mod support;

use campaign::{backlog, neighbour, reconfigured, twins};

/// Each run repeats the same choices; the campaign draws others.
const SEED: u64 = 20_261_130;

#[test]
fn a_backlog_that_is_held_stopped_refused_or_met_with_silence_goes_on_in_order_and_loses_nothing() {
    backlog::strikes(SEED, 3).must_be_clean();
}

#[test]
fn a_configuration_that_changes_between_starts_sends_each_file_where_its_link_pointed_or_holds_it() {
    reconfigured::lives(SEED, 5).must_be_clean();
}

#[test]
#[cfg_attr(not(have_root), ignore = "plays several users: run it as root")]
fn a_hostile_member_of_the_group_gets_at_nothing_of_ours_and_keeps_nobody_elses_files_from_arriving_once() {
    neighbour::bursts(SEED, 4).must_be_clean();
}

#[test]
fn a_second_gateway_is_refused_with_what_to_do_and_nothing_goes_twice() {
    twins::intrusions(SEED, 2).must_be_clean();
}
