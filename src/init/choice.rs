//! Which interfaces of the list a municipality serves, and which it leaves out, with the reason.

use std::collections::BTreeSet;

use super::answers::{COLLECTION, InitAnswers, MpnWay, ReachWord, is_payment_data};
use crate::catalogue::{Interface, InterfaceList, Tongue};
use totatsu_base::messages::text_in;

/// The interfaces of the chosen business systems, served or left out.
#[derive(Debug)]
pub struct Choice {
    /// The interfaces that get a link.
    pub served: Vec<&'static Interface>,
    /// The interfaces that get no link, each with the reason.
    pub left_out: Vec<(&'static Interface, String)>,
}

impl Choice {
    /// The choice that follows from answers, which are settled.
    pub fn of(answers: &InitAnswers, tongue: Tongue) -> Choice {
        let mut choice = Choice { served: Vec::new(), left_out: Vec::new() };
        let of_ours = |one: &&Interface| answers.businesses.contains(&one.business);
        for interface in InterfaceList::shipped().interfaces.iter().filter(of_ours) {
            match reason_against(answers, interface, tongue) {
                Some(reason) => choice.left_out.push((interface, reason)),
                None => choice.served.push(interface),
            }
        }
        choice
    }

    /// The partners of the interfaces that are served.
    pub fn partners(&self) -> BTreeSet<&'static str> {
        self.served.iter().map(|interface| interface.partner.as_str()).collect()
    }
}

/// The partners of business systems in the list, in the list's order.
pub fn partners_of(businesses: &[String]) -> Vec<&'static str> {
    let mut partners = Vec::new();
    for interface in
        InterfaceList::shipped().interfaces.iter().filter(|one| businesses.contains(&one.business))
    {
        if !partners.contains(&interface.partner.as_str()) {
            partners.push(interface.partner.as_str());
        }
    }
    partners
}

fn reason_against(answers: &InitAnswers, interface: &Interface, tongue: Tongue) -> Option<String> {
    if let Some(said) = answers.not_served.iter().find(|one| one.interface == interface.id) {
        return Some(said.reason.clone());
    }
    if answers.reach(&interface.partner) == ReachWord::None {
        return Some(text_in(tongue, "cli-init-partner-elsewhere", &[]));
    }
    if !is_payment_data(interface) || !answers.asks_for_mpn() {
        return None;
    }
    match (answers.mpn?, interface.business == COLLECTION) {
        (MpnWay::Collection, false) => Some(text_in(tongue, "cli-init-mpn-by-collection", &[])),
        (MpnWay::Direct, true) => Some(text_in(tongue, "cli-init-mpn-direct", &[])),
        (MpnWay::Collection, true) | (MpnWay::Direct, false) => None,
    }
}
