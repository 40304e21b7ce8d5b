//! One piece of work is done, and its evidence or failure handed back.
//!
//! Owns the way from planned work to the step that does it, and what of a piece of work goes on under a lock after its
//! beginning was recorded. Records nothing itself.

use super::performed::{Begun, Performed};
use super::plan::{Work, lacks_evidence};
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
    let event = match (work, lease.as_mut()) {
        (Work::Rest, _) => return Ok(Performed::Nothing),
        (Work::Wait(gate), _) => return Err(Failure::Closed(gate)),
        (Work::Hold(doubt), _) => Event::Held(doubt),
        (Work::GiveWayTo(newer), _) => Event::Superseded { newer },
        (Work::Repeat(of), _) => Event::Repeated { of },
        (Work::Supersede(older), _) => {
            outward::supersede(gateway, delivery, older).await?;
            return Ok(Performed::Nothing);
        }
        (Work::ReleaseOutboxName(accepted), _) => {
            outward::release_outbox_name(delivery, accepted).await?;
            return Ok(Performed::Nothing);
        }
        (Work::Convert, _) => outward::convert(gateway, delivery).await?,
        (Work::Aim, _) => aim::aim(gateway, delivery).await?,
        (Work::Transfer(aimed), Some(lease)) => outward::transfer(gateway, delivery, aimed, lease).await?,
        (Work::Verify(aimed), Some(lease)) => outward::verify(gateway, delivery, aimed, lease).await?,
        (Work::Publish(aimed), Some(lease)) => outward::publish(gateway, delivery, aimed, lease).await?,
        (Work::LookForAcknowledgement(aimed), Some(lease)) => {
            outward::acknowledge(gateway, delivery, aimed, lease).await?
        }
        (Work::Settle, _) => return Ok(Performed::Settles),
        (Work::Fetch(found), Some(lease)) => return inward::fetch(gateway, delivery, found, lease).await,
        (Work::Clear, Some(lease)) => inward::clear(gateway, delivery, lease).await?,
        (Work::Decode, _) => inward::decode(gateway, delivery).await?,
        (Work::Place(decoded), _) => return inward::prepare(gateway, delivery, decoded).await,
        (Work::FinishPlacing(placing), _) => inward::finish_placing(gateway, delivery, placing).await?,
        (Work::Import, _) => return inward::begin_import(gateway, delivery).await,
        (Work::EndImport(handed_over), _) => inward::end_of_import(gateway, delivery, handed_over).await?,
        (Work::Answer, _) => inward::answer(gateway, delivery).await?,
        (Work::Receipt(tidied), line) => {
            if let (Some(found), Some(line)) = (tidied, line)
                && !outward::remove_acknowledgement(gateway, delivery, found, line).await
            {
                *lease = None;
            }
            inward::remove_if_confirmed(gateway, delivery).await?;
            return receipting::issue_receipt(gateway, delivery).await;
        }
        (Work::Archive, _) => closing::archive(gateway, delivery).await?,
        (Work::GiveUp, _) => inward::give_up(gateway, delivery).await?,
        // The work has changed since it was looked whether a session is needed: it is planned again, with a session.
        (
            Work::Transfer(_)
            | Work::Verify(_)
            | Work::Publish(_)
            | Work::LookForAcknowledgement(_)
            | Work::Fetch(_)
            | Work::Clear,
            None,
        ) => return Ok(Performed::Nothing),
    };
    Ok(Performed::Done(event))
}

/// Goes on with work whose beginning is recorded.
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
