//! One piece of work is done, and its evidence or failure handed back.
//!
//! Owns the way from planned work to the step that does it, and what of a piece of work goes on under a lock after its
//! beginning was recorded. Records nothing itself.

use super::performed::{Begun, Performed};
use super::plan::{Doubt, Work, lacks_evidence};
use super::{aim, closing, inward, outward, receipting};
use crate::gateway::{Failure, Gateway};
use totatsu_ledger::event::Event;
use totatsu_ledger::state::Delivery;
use totatsu_ledger::step::step_after;
use totatsu_ledger::way::{Inward, Lacks, Way};
use totatsu_transport::pool::Lease;

/// Does a piece of work. `lease` is there where the work needs a session; a session that failed isn't left in it.
pub(super) async fn perform<'g>(
    gateway: &'g Gateway,
    delivery: &Delivery,
    work: Work<'_>,
    lease: &mut Option<Lease<'g>>,
) -> Result<Performed, Failure> {
    let done = |event| Ok(Performed::Done(event));
    match (work, lease.as_mut()) {
        (Work::Rest, _) => Ok(Performed::Nothing),
        (Work::Wait(gate), _) => Err(Failure::Closed(gate)),
        (Work::Hold(doubt), _) => done(held(doubt)),
        (Work::GiveWayTo(newer), _) => done(Event::Superseded { newer }),
        (Work::Repeat(of), _) => done(Event::Repeated { of }),
        (Work::Supersede(older), _) => {
            outward::supersede(gateway, delivery, older).await?;
            Ok(Performed::Nothing)
        }
        (Work::ReleaseOutboxName(accepted), _) => {
            outward::release_outbox_name(delivery, accepted).await?;
            Ok(Performed::Nothing)
        }
        (Work::Convert, _) => outward::convert(gateway, delivery).await.map(Performed::Done),
        (Work::Aim, _) => aim::aim(gateway, delivery).await.map(Performed::Done),
        (Work::Transfer(aimed), Some(lease)) => {
            outward::transfer(gateway, delivery, aimed, lease).await.map(Performed::Done)
        }
        (Work::Verify(aimed), Some(lease)) => {
            outward::verify(gateway, delivery, aimed, lease).await.map(Performed::Done)
        }
        (Work::Publish(aimed), Some(lease)) => {
            outward::publish(gateway, delivery, aimed, lease).await.map(Performed::Done)
        }
        (Work::LookForAcknowledgement(aimed), Some(lease)) => {
            outward::acknowledge(gateway, delivery, aimed, lease).await.map(Performed::Done)
        }
        (Work::Settle, _) => Ok(Performed::Settles),
        (Work::Fetch(found), Some(lease)) => inward::fetch(gateway, delivery, found, lease).await,
        (Work::Clear, Some(lease)) => inward::clear(gateway, delivery, lease).await.map(Performed::Done),
        (Work::Decode, _) => inward::decode(gateway, delivery).await.map(Performed::Done),
        (Work::Place(decoded), _) => inward::prepare(gateway, delivery, decoded).await,
        (Work::FinishPlacing(placing), _) => {
            inward::finish_placing(gateway, delivery, placing).await.map(Performed::Done)
        }
        (Work::Import, _) => inward::begin_import(gateway, delivery).await,
        (Work::EndImport(handed_over), _) => {
            inward::end_of_import(gateway, delivery, handed_over).await.map(Performed::Done)
        }
        (Work::Answer, _) => inward::answer(gateway, delivery).await.map(Performed::Done),
        (Work::Receipt(tidied), line) => {
            if let (Some(found), Some(line)) = (tidied, line)
                && !outward::remove_acknowledgement(gateway, delivery, found, line).await
            {
                *lease = None;
            }
            inward::remove_if_confirmed(gateway, delivery).await?;
            receipting::issue_receipt(gateway, delivery).await
        }
        (Work::Archive, _) => closing::archive(gateway, delivery).await.map(Performed::Done),
        (Work::GiveUp, _) => inward::give_up(gateway, delivery).await.map(Performed::Done),
        // Until the session came, something else was to be done.
        (
            Work::Transfer(_)
            | Work::Verify(_)
            | Work::Publish(_)
            | Work::LookForAcknowledgement(_)
            | Work::Fetch(_)
            | Work::Clear,
            None,
        ) => Ok(Performed::Nothing),
    }
}

/// Goes on with what has begun.
pub(super) async fn go_on(gateway: &Gateway, delivery: &Delivery, begun: Begun) -> Result<Event, Failure> {
    let lacking = |Lacks(evidence)| Failure::hold(step_after(delivery.stage), lacks_evidence(evidence));
    match (begun, Way::of(delivery).map_err(lacking)?) {
        (Begun::Placing(_lock), Way::In(Inward::Placing(placing))) => inward::give_name(placing).await,
        (Begun::Import(lock, ended), Way::In(Inward::Importing(handed_over))) => {
            inward::run_import(gateway, delivery, handed_over, &lock, ended).await
        }
        (Begun::Placing(_) | Begun::Import(..), _) => Err(lacking(Lacks("placing_started"))),
    }
}

fn held(Doubt { step, reason, duplicate_of, out_of_sequence, suspicious }: Doubt) -> Event {
    Event::Held { step, reason, duplicate_of, out_of_sequence, suspicious, unknown: false }
}
