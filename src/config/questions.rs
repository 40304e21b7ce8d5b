//! Questions to the configuration: what it says now of a link, a partner or a delivery.
//!
//! Owns what is answered for links and partners that have left the configuration meanwhile.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;

use super::link::{Link, Order, SameName};
use super::ready::Config;
use super::roles::RoleGroups;
use crate::deliver::acknowledge::Agreement;
use crate::schedule::hours::Hours;
use totatsu_base::Moment;
use totatsu_base::say;
use totatsu_ledger::{Delivery, Stage};
use totatsu_records::encode::SourceLayout;
use totatsu_records::layout::Layout;
use totatsu_transport::Reach;

/// How a delivery stands to its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryDeadline {
    /// By when it has to arrive.
    pub due: Moment,
    /// When it arrived, if it has.
    pub arrived: Option<Moment>,
    /// When it was rejected, given up, or gave way to another, if that is how it ended.
    pub ended: Option<Moment>,
}

impl DeliveryDeadline {
    /// Whether the delivery arrived or ended after its deadline, or is still under way at `now` and its deadline is past.
    pub fn is_missed(&self, now: Moment) -> bool {
        self.arrived.or(self.ended).map_or(now >= self.due, |end| end > self.due)
    }
}

impl Link {
    /// When a delivery arrived, if it has. Where an acknowledgement is agreed, the partner has to say so; of a medium, somebody has
    /// to. A delivery with a receipt has arrived in any case, by what was agreed when that was written.
    pub fn arrival(&self, delivery: &Delivery) -> Option<Moment> {
        let to_be_said = self.acknowledgement.is_some() || delivery.carried_on().is_some();
        let stage = if to_be_said { Stage::Acknowledged } else { Stage::Published };
        let by_then = || delivery.receipt.and_then(|_| delivery.reached(Stage::Published));
        delivery.reached(stage).or(delivery.reached(Stage::Confirmed)).or_else(by_then)
    }
}

impl Config {
    /// The deadline that a delivery has by the configuration as it is now, if its link has one.
    pub fn deadline_of(&self, delivery: &Delivery) -> Option<DeliveryDeadline> {
        let link = self.links.get(&delivery.link)?;
        let due =
            link.deadline?.of(delivery.began_at(), &self.hours_of(&link.name), &self.gateway.calendar)?;
        let arrived = link.arrival(delivery);
        let unsent = matches!(delivery.stage, Stage::Rejected | Stage::Superseded | Stage::Cancelled);
        let ended = if unsent { delivery.reached(delivery.stage) } else { None };
        Some(DeliveryDeadline { due, arrived, ended })
    }

    /// When things may be done at the partner of a link: while both the partner's and the link's own hours are open. A link that has
    /// left the configuration may do so always.
    pub fn hours_of(&self, link: &str) -> Hours {
        let outbound = self.links.get(link).map(|link| (&link.partner, &link.hours));
        let inbound = || self.inbound.get(link).map(|link| (&link.partner, &link.hours));
        let Some((partner, hours)) = outbound.or_else(inbound) else { return Hours::default() };
        self.partners.get(partner).map_or_else(|| hours.clone(), |partner| partner.hours.both(hours))
    }

    /// The municipality whose files go over a link, five digits; the gateway's own where the link has left the configuration.
    pub fn municipality_of(&self, link: &str) -> &str {
        let outbound = self.links.get(link).and_then(|link| link.municipality.as_ref());
        let inbound = || self.inbound.get(link).map(|link| &link.municipality);
        outbound.or_else(inbound).unwrap_or(&self.gateway.municipality)
    }

    /// How long the contents of a link's deliveries are kept in the archive; `None`: as long as their folders.
    pub fn keep_contents_of(&self, link: &str) -> Option<Duration> {
        let outbound = self.links.get(link).and_then(|link| link.keep_contents);
        let inbound = || self.inbound.get(link).and_then(|link| link.keep_contents);
        outbound.or_else(inbound).or(self.gateway.retention.keep_contents)
    }

    /// Whether there is a link of this name, either way.
    pub fn has_link(&self, link: &str) -> bool {
        self.links.contains_key(link) || self.inbound.contains_key(link)
    }

    /// The groups that may see and act on what goes over a link, where the link has its own.
    pub fn roles_of(&self, link: &str) -> Option<&RoleGroups> {
        let outbound = self.links.get(link).and_then(|link| link.roles.as_ref());
        outbound.or_else(|| self.inbound.get(link).and_then(|link| link.roles.as_ref()))
    }

    /// The links of a partner, either way.
    pub fn links_of<'a>(&'a self, partner: &'a str) -> impl Iterator<Item = &'a str> {
        let outbound = self.links.values().map(|link| (&link.name, &link.partner));
        let inbound = self.inbound.values().map(|link| (&link.name, &link.partner));
        outbound.chain(inbound).filter(move |(_, of)| *of == partner).map(|(name, _)| name.as_str())
    }

    /// The links of a municipality, by its code of five or six digits.
    pub fn links_of_municipality(&self, code: &str) -> Vec<String> {
        let five = code.get(..5).unwrap_or(code);
        let names = self.links.keys().chain(self.inbound.keys());
        names.filter(|link| self.municipality_of(link) == five).cloned().collect()
    }

    /// Whether a link of this name, either way, lets no delivery overtake another and skips none.
    pub fn is_strict(&self, link: &str) -> bool {
        let outbound = self.links.get(link).map(|link| link.order);
        outbound.or_else(|| self.inbound.get(link).map(|link| link.order)) == Some(Order::Strict)
    }

    /// When the hours of a delivery's partner and link begin, if they are closed now.
    pub fn opens(&self, delivery: &Delivery, now: Moment) -> Option<Moment> {
        let opening = self.hours_of(&delivery.link).next_opening(now);
        // Hours that never open are an error of the configuration.
        opening.filter(|opening| *opening > now)
    }

    /// The layout that a link's deliveries of this date have, or what to tell the operator.
    ///
    /// # Errors
    /// The link or its layout has left the configuration.
    pub fn layout(&self, link: &str, date: Date) -> Result<Arc<Layout>, String> {
        self.layout_named(&self.links.get(link).ok_or_else(|| no_such_link(link))?.layout, date)
    }

    /// How the sources of an outbound link are read on this date, where they have a layout of their own.
    ///
    /// # Errors
    /// The sources' layout has left the configuration.
    pub fn source_layout(&self, link: &Link, date: Date) -> Result<Option<SourceLayout>, String> {
        let Some(source) = &link.source else { return Ok(None) };
        let layout = self.layout_named(&source.layout, date)?;
        Ok(Some(SourceLayout { layout, columns: source.columns.clone(), fixed: source.fixed.clone() }))
    }

    /// The version of a layout that is in force on this date, or what to tell the operator.
    ///
    /// # Errors
    /// No version of the layout is in force on that date, or there is no such layout.
    pub fn layout_named(&self, name: &str, date: Date) -> Result<Arc<Layout>, String> {
        let layout = self.catalogue.choose(name, date).cloned();
        layout.ok_or_else(|| say!("config-layout-gone", layout = name, date = date))
    }

    /// Whether files are carried to a partner on a medium.
    pub fn is_carried(&self, partner: &str) -> bool {
        self.partners.get(partner).is_some_and(|partner| matches!(partner.reach, Reach::Medium(_)))
    }

    /// What is agreed about acknowledgements on a delivery's link, if anything is.
    pub fn agreement(&self, delivery: &Delivery) -> Option<&Agreement> {
        self.links.get(&delivery.link)?.acknowledgement.as_ref()
    }

    /// Whether a delivery whose final name is taken gets a number: its link says so.
    pub fn numbers_names(&self, delivery: &Delivery) -> bool {
        self.links.get(&delivery.link).is_some_and(|link| link.same_name == SameName::Version)
    }
}

/// What to tell the operator when a delivery's link has left the configuration.
pub fn no_such_link(link: &str) -> String {
    say!("config-link-gone", link = link)
}
