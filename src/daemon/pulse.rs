//! Tells the service manager how the gateway stands, and that it gets on.
//!
//! Promises that the watchdog is fed only after the loop that carries deliveries has answered a knock and the ledger has been read: one
//! that hangs is ended by the service manager, and started again. Without a service manager nobody is told, which is no error.

use std::sync::Arc;
use std::time::Duration;

use sd_notify::NotifyState;
use tokio::sync::{mpsc, oneshot};

use super::stopping::DaemonError;
use crate::blocking::blocking;
use crate::gateway::{Gateway, Stop};
use totatsu_base::say;
use totatsu_ledger::LedgerError;
use totatsu_ledger::state::HELD;

/// How often the service manager is told, unless the watchdog wants to hear more often.
const TELL: Duration = Duration::from_secs(10);
/// How often the watchdog is fed within its time.
const WITHIN_WATCHDOG: u32 = 3;

/// A knock at the loop that carries deliveries; the loop answers through it.
pub type Knock = oneshot::Sender<()>;

/// Tells until nobody answers any more: the deliveries' tasks have ended.
pub(super) async fn run(gateway: Arc<Gateway>, knocks: mpsc::Sender<Knock>) -> Result<(), DaemonError> {
    let within = sd_notify::watchdog_enabled().map(|limit| limit / WITHIN_WATCHDOG);
    let pause = within.map_or(TELL, |within| within.min(TELL));
    loop {
        let (knock, answer) = oneshot::channel();
        if knocks.send(knock).await.is_err() || answer.await.is_err() {
            return Ok(());
        }
        let counting = gateway.clone();
        let text = blocking(move || standing(&counting)).await.map_err(Stop::from)?;
        tell(&[NotifyState::Watchdog, NotifyState::Status(&text)]);
        tokio::select! {
            () = knocks.closed() => return Ok(()),
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Tells the service manager, if there is one.
pub fn tell(states: &[NotifyState<'_>]) {
    drop(sd_notify::notify(states));
}

fn standing(gateway: &Gateway) -> Result<String, LedgerError> {
    let (unfinished, held) = (gateway.ledger.unfinished()?.len(), gateway.ledger.in_state(HELD, None)?.len());
    Ok(say!("daemon-standing", unfinished = unfinished, held = held))
}
