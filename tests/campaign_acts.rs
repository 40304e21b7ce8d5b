//! People act by hand, and steps are tried again, while the gateway is killed. Every file and every act is accounted for.

#![cfg(have_sshd)]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod campaign;
mod support;

use campaign::{acts, retried};

/// Each run repeats the same choices; the campaign draws others.
const SEED: u64 = 20_261_129;

#[test]
fn acts_by_hand_in_every_state_with_kills_in_between_lose_nothing_and_only_a_resend_arrives_twice() {
    acts::trials(SEED, 8).must_be_clean();
}

#[test]
fn kills_in_the_second_try_of_a_step_and_in_the_starts_after_it_lose_nothing_and_deliver_nothing_twice() {
    retried::trials(SEED, 5).must_be_clean();
}
