//! Carries each unfinished delivery along its way: one task per delivery, waiting when it waits.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{Notify, mpsc};
use tokio::task::{Id, JoinSet};

use super::{DaemonError, Stopping};
use crate::delivery_id::DeliveryId;
use crate::gateway::Gateway;
use crate::journey::{self, Stop};
use crate::ledger::state::Standing;
use crate::remedy::Remedy;

/// The task of one delivery.
struct Carrier {
    wake: Arc<Notify>,
    /// Somebody asked for the delivery while its task may have been about to end.
    asked_again: bool,
}

/// Starts a task for each delivery that `woken` names, until asked to stop; then waits for the steps in hand.
pub(super) async fn run(
    gateway: Arc<Gateway>,
    mut woken: mpsc::UnboundedReceiver<DeliveryId>,
    mut stopping: Stopping,
) -> Result<(), DaemonError> {
    let mut tasks = JoinSet::new();
    let mut carriers: HashMap<DeliveryId, Carrier> = HashMap::new();
    let mut ids: HashMap<Id, DeliveryId> = HashMap::new();
    loop {
        let again = tokio::select! {
            () = stopping.asked() => break,
            Some(id) = woken.recv() => Some(id),
            Some(ended) = tasks.join_next_with_id() => {
                let (task, outcome): (Id, Result<(), Stop>) = ended.map_err(DaemonError::Panicked)?;
                outcome?;
                let id = ids.remove(&task);
                id.filter(|id| carriers.remove(id).is_some_and(|carrier| carrier.asked_again))
            }
        };
        let Some(id) = again else { continue };
        if let Some(carrier) = carriers.get_mut(&id) {
            carrier.asked_again = true;
            carrier.wake.notify_one();
            continue;
        }
        let wake = Arc::new(Notify::new());
        let task = tasks.spawn(carry(gateway.clone(), id.clone(), wake.clone(), stopping.clone()));
        ids.insert(task.id(), id.clone());
        carriers.insert(id, Carrier { wake, asked_again: false });
    }
    finish(tasks, &gateway).await
}

/// Lets every task finish its step in hand, within the grace time. What is cut off then is done again after the start.
async fn finish(mut tasks: JoinSet<Result<(), Stop>>, gateway: &Gateway) -> Result<(), DaemonError> {
    let all = async {
        while let Some(ended) = tasks.join_next().await {
            ended.map_err(DaemonError::Panicked)??;
        }
        Ok(())
    };
    match tokio::time::timeout(gateway.config.gateway.stop_grace, all).await {
        Ok(outcome) => outcome,
        Err(_) => {
            tracing::warn!(
                "steps still in hand are cut off after the grace time; they are done again after the start"
            );
            tasks.shutdown().await;
            Ok(())
        }
    }
}

/// Takes step after step until the delivery is finished or held, or the daemon is to stop.
async fn carry(
    gateway: Arc<Gateway>,
    id: DeliveryId,
    wake: Arc<Notify>,
    mut stopping: Stopping,
) -> Result<(), Stop> {
    while !stopping.is_asked() {
        let Some(delivery) = gateway.ledger.find(&id)? else { return Ok(()) };
        if delivery.is_finished() {
            return Ok(());
        }
        match &delivery.standing {
            Standing::Held { .. } => return Ok(()),
            Standing::Waiting { until, .. } if !until.remaining().is_zero() => tokio::select! {
                () = stopping.asked() => {}
                () = wake.notified() => {}
                () = tokio::time::sleep(until.remaining()) => {}
            },
            Standing::Waiting { .. } | Standing::Going => match journey::advance(&gateway, delivery).await {
                Ok(_) => {}
                // What can't be recorded can't be counted as done either: the step is done again once there is room.
                Err(Stop::Ledger(error)) if error.remedy() == Remedy::Retry => tokio::select! {
                    () = stopping.asked() => {}
                    () = tokio::time::sleep(gateway.config.gateway.backoff.first) => {}
                },
                Err(stop) => return Err(stop),
            },
        }
    }
    Ok(())
}
