//! Whether a delivery may be sent again, as the order of its link wants it.
//!
//! Owns the refusal of a resend that would bring the partner something older after something newer. A resend keeps the place of
//! its original: `journey::plan` never lets it displace what came later, whatever is decided here.

use super::desk::Desk;
use super::protocol::ControlError;
use crate::config::link::Order;
use crate::journey::turn;
use totatsu_base::say;
use totatsu_ledger::{Delivery, Standing};

impl Desk {
    /// Refuses the resend of a delivery after which something newer was delivered, or is on its way, and of a finished one on a
    /// link where one goes after another; unless a person wants it all the same.
    pub(super) fn check_order(&self, original: &Delivery, even_if_older: bool) -> Result<(), ControlError> {
        // Without the configuration nobody knows the order; then the plan holds it once its turn has come.
        let Some(gateway) = self.gateway() else { return Ok(()) };
        let Some(link) = gateway.config.links.get(&original.link).filter(|_| !even_if_older) else {
            return Ok(());
        };
        let (id, name) = (&original.id, &original.link);
        let held = matches!(original.standing, Standing::Held { .. });
        let message = match link.order {
            Order::Free => return Ok(()),
            Order::Strict if !held => Some(say!("control-had-its-turn", id = id, link = name)),
            Order::Strict => {
                let newer = turn::overtaken_by(&gateway.ledger, original, link.order)?;
                newer.map(|newer| say!("control-newer-sent", newer = newer, id = id))
            }
            Order::Latest => {
                let newer = turn::newer_on(&gateway.ledger, original)?;
                newer.map(|newer| say!("control-newer-delivered", newer = newer, id = id, link = name))
            }
        };
        message.map_or(Ok(()), |message| Err(ControlError::Unfit(message)))
    }
}
