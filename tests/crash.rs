//! Our own side fails: the gateway is killed, loses power, and its disk is full or broken. Every file is accounted for.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod campaign;
mod support;

use campaign::kills;
use campaign::points::{self, WAYS};
use campaign::tracer::Strike;

/// Each run repeats the same choices; the campaign draws others.
const SEED: u64 = 20_261_122;

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn kills_at_random_moments_under_load_lose_nothing_and_deliver_nothing_twice() {
    kills::under_load(SEED, 30).must_be_clean();
}

#[test]
#[cfg_attr(not(have_sshd), ignore = "needs OpenSSH's sshd: run scripts/test, which installs it")]
fn a_crash_before_or_after_any_call_of_the_plain_way_loses_nothing_and_delivers_nothing_twice() {
    let before_or_after =
        |at, _: &_| Some(if (at as u64 + SEED) % 2 == 0 { Strike::KillBefore } else { Strike::KillAfter });
    points::strike_at(SEED, &WAYS[0], 0, 1, before_or_after).must_be_clean();
}
