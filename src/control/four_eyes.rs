//! Acts that count once a second person has asked for the same.
//!
//! Owns who counts as another person: somebody with another user number, and, as far as a command tells it, not the same person by
//! another way (root behind `sudo` says for whom). What can't be seen is one person with two accounts, or root who says nothing. A
//! request is an event in the journal, and so is its end. The end is recorded before the act: a crash between both leaves neither, and
//! it is asked for anew.

use std::ops::ControlFlow;

use super::desk::Desk;
use super::protocol::{Answer, ControlError};
use crate::config::FourEyesAct;
use totatsu_base::evidence::{ActRequest, Asker, RequestedAct};
use totatsu_base::locked;
use totatsu_base::{Moment, say};
use totatsu_ledger::{Delivery, Event};

impl Desk {
    /// Whether an act on a claimed delivery counts now. If it does, hands back by whom it is done; else the answer that it is
    /// noted until a second person asks.
    ///
    /// # Errors
    /// The same person asked before, another act was asked for, or the ledger failed.
    pub(super) async fn second_name(
        &self,
        delivery: &Delivery,
        act: RequestedAct,
        asker: &Asker,
        reason: &str,
    ) -> Result<ControlFlow<Answer, String>, ControlError> {
        let word = match act {
            RequestedAct::Resend { .. } => FourEyesAct::Resend,
            RequestedAct::Confirm { .. } => FourEyesAct::Confirm,
        };
        // Whoever acts on the ledger of a stopped gateway is its user or root, and finds the same rule.
        let roles = self.roles()?.filter(|roles| roles.four_eyes.contains(&word));
        let Some(within) = roles.map(|roles| roles.four_eyes_within) else {
            return Ok(ControlFlow::Continue(asker.to_string()));
        };
        let (id, now) = (delivery.id.clone(), Moment::now());
        let Some(request) = delivery.requested.as_ref().filter(|request| request.until > now) else {
            let until = now.after(within);
            let (by, reason) = (asker.to_string(), reason.to_owned());
            let event = Event::ActRequested { act, by, reason, until };
            let delivery = self.ledger().record_act(id, event, asker.clone()).await?;
            if let Some(gateway) = self.gateway() {
                let mut requested = locked(&gateway.requested);
                requested.insert(delivery.id.clone());
            }
            let told = say!("control-second-awaited", act = word, id = delivery.id, until = until);
            tracing::info!(delivery = %delivery.id, by = %asker, "{told}");
            return Ok(ControlFlow::Break(Answer::Done(told)));
        };
        let ActRequest { by, until, reason: why, .. } = request.as_ref();
        if request.act != act {
            let message = say!("control-second-other", id = id, by = by, until = until, reason = why);
            return Err(ControlError::Unfit(message));
        }
        if is_same_person(request, asker) {
            let message = say!("control-second-same", id = id, by = by, until = until);
            return Err(ControlError::Unfit(message));
        }
        let both = say!("control-by-two", second = asker, first = by);
        let event = Event::RequestClosed { by: asker.to_string(), reason: reason.to_owned(), granted: true };
        self.ledger().record_act(id, event, asker.clone()).await?;
        Ok(ControlFlow::Continue(both))
    }

    /// Takes a request back.
    pub(super) async fn withdraw(
        &self,
        id: String,
        asker: Asker,
        reason: String,
    ) -> Result<Answer, ControlError> {
        let (_claim, delivery) = self.claimed(id).await?;
        if delivery.requested.is_none() {
            return Err(ControlError::Unfit(say!("control-second-none", id = delivery.id)));
        }
        let event = Event::RequestClosed { by: asker.to_string(), reason, granted: false };
        let delivery = self.ledger().record_act(delivery.id, event, asker.clone()).await?;
        let told = say!("control-second-withdrawn", id = delivery.id);
        tracing::info!(delivery = %delivery.id, by = %asker, "{told}");
        Ok(Answer::Done(told))
    }
}

/// Whether the one who asks now is the one who asked first, as far as anybody can tell.
fn is_same_person(request: &ActRequest, asker: &Asker) -> bool {
    let Some(first) = &request.asker else { return request.by == asker.to_string() };
    let names = |asker: &Asker| -> Vec<String> {
        let claimed = asker.claimed.iter().cloned();
        // Root who acts for somebody is that somebody.
        let own = asker.user.iter().filter(|_| asker.uid != 0 || asker.claimed.is_none()).cloned();
        claimed.chain(own).collect()
    };
    let both_root = first.uid == 0 && asker.uid == 0 && first.claimed != asker.claimed;
    let shared = names(first).iter().any(|name| names(asker).contains(name));
    shared || (first.uid == asker.uid && !both_root)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asker(uid: u32, user: Option<&str>, claimed: &str) -> Asker {
        Asker::new(uid, 100, user.map(str::to_owned), claimed)
    }

    fn same(first: Asker, second: &Asker) -> bool {
        let request = ActRequest {
            act: RequestedAct::Resend { even_if_older: false },
            by: first.to_string(),
            asker: Some(first),
            at: Moment::now(),
            until: Moment::now(),
            reason: "x".to_owned(),
        };
        is_same_person(&request, second)
    }

    #[test]
    fn another_user_is_another_person_and_nobody_becomes_one_by_a_claim_or_by_sudo() {
        let (tanaka, suzuki) = (asker(1001, Some("tanaka"), ""), asker(1002, Some("suzuki"), ""));
        assert!(!same(tanaka.clone(), &suzuki));
        assert!(same(tanaka.clone(), &tanaka));
        assert!(same(tanaka.clone(), &asker(1001, Some("tanaka"), "suzuki")), "a claim of one's own");
        assert!(same(tanaka.clone(), &asker(0, Some("root"), "tanaka")), "by sudo");
        assert!(same(asker(0, Some("root"), "tanaka"), &tanaka), "the other way round");
        assert!(same(tanaka.clone(), &asker(998, Some("totatsu"), "tanaka")), "by the gateway's user");
        assert!(!same(tanaka.clone(), &asker(0, Some("root"), "suzuki")));
        assert!(!same(asker(0, Some("root"), "tanaka"), &asker(0, Some("root"), "suzuki")), "two by sudo");
        assert!(same(asker(0, Some("root"), ""), &asker(0, Some("root"), "")));
        assert!(same(asker(1003, None, ""), &asker(1003, None, "x")));
        assert!(!same(tanaka, &asker(0, Some("root"), "")), "who root is isn't seen");
    }
}
