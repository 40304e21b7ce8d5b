//! Queues, people and neighbours: a few rounds of those kinds of the fault campaign in which others act on a gateway.

#![cfg(have_sshd)]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod campaign;
mod support;

use campaign::backlog;

/// Each run repeats the same choices; the campaign draws others.
const SEED: u64 = 20_261_130;

#[test]
fn a_backlog_that_is_held_stopped_refused_or_met_with_silence_goes_on_in_order_and_loses_nothing() {
    backlog::strikes(SEED, 3).must_be_clean();
}
