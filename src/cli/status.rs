//! `totatsu status`: how partners and links stand.
//!
//! Without a gateway that runs, the ledger tells what isn't finished and what is held, and the configuration which partners
//! and links there are: both together are shown, and that nobody is at work. Whether a partner can be reached is then not
//! known, and not tried.

use super::exit::{Exit, exit};
use super::options::Common;
use super::{deliveries, shown};
use crate::config::{self, Config};
use crate::control::{Answer, LinkBacklog, PartnerStatus, Question, Status};

pub(super) fn run(common: &Common) -> Exit {
    exit(deliveries::ask(common, Question::Status).map(|mut answer| {
        if let Answer::Status(status) = &mut answer
            && !status.running
        {
            return show_idle(common, status);
        }
        deliveries::show(common, answer)
    }))
}

fn show_idle(common: &Common, status: &mut Status) -> Exit {
    let configured = config::read(&common.config).0;
    if let Some(configured) = &configured {
        add_configured(status, configured);
    }
    let missing =
        "the configuration has errors (totatsu check names them): only what the ledger knows is shown\n";
    let text = if configured.is_some() { "" } else { missing };
    common.tell(status, Exit::Done, |status| format!("{}{text}", shown::status(status)))
}

/// Adds the partners and links of which the ledger knows nothing unfinished.
fn add_configured(status: &mut Status, configured: &Config) {
    for name in configured.partners.keys() {
        if status.partners.iter().all(|known| known.partner != *name) {
            let (partner, state) = (name.clone(), "unknown".to_owned());
            let (since, reason, next) = (None, None, None);
            status.partners.push(PartnerStatus { partner, state, since, reason, next, unfinished: 0 });
        }
    }
    status.partners.sort_by(|a, b| a.partner.cmp(&b.partner));
    let outbound = configured.links.values().map(|link| (&link.name, &link.partner, false));
    let inbound = configured.inbound.values().map(|link| (&link.name, &link.partner, true));
    for (link, partner, inbound) in outbound.chain(inbound) {
        if status.backlog.iter().all(|known| known.link != *link) {
            let (link, partner) = (link.clone(), partner.clone());
            status.backlog.push(LinkBacklog { link, partner, inbound, unfinished: Default::default() });
        }
    }
    status.backlog.sort_by(|a, b| a.link.cmp(&b.link));
}
