//! What a rejected source may be meant for: the layout that its heading looks like.
//!
//! Owns the sentence about it. Says nothing where source, configuration or layouts can't be read: the report itself matters more.

use std::path::Path;

use super::deliveries::folder_of;
use super::options::Common;
use crate::config;
use totatsu_base::say;
use totatsu_ledger::Delivery;
use totatsu_records::encode::resembled;
use totatsu_records::layout::LayoutCatalogue;

/// The layouts that a heading looks like.
pub(super) struct Likeness {
    pub(super) layouts: Vec<String>,
    /// The layout that its link has.
    own: String,
}

/// The layouts that a rejected source looks like; `None` where its heading looks like no other layout.
pub(super) fn of_rejected(common: &Common, delivery: &Delivery) -> Option<Likeness> {
    if delivery.collection().is_some() {
        return None;
    }
    let config = config::read(&common.config).0?;
    let link = config.links.get(&delivery.link)?;
    if link.source.is_some() {
        return None;
    }
    let (catalogue, _) = LayoutCatalogue::load(&config.gateway.layouts);
    // As late as possible: the folder may have been moved into the archive meanwhile.
    let folder = folder_of(common, delivery).ok()?;
    of_source(&folder.source(), &link.layout, &catalogue)
}

/// Which layouts the heading of a source looks like, if others than `own`.
pub(super) fn of_source(source: &Path, own: &str, catalogue: &LayoutCatalogue) -> Option<Likeness> {
    let layouts = resembled(source, own, catalogue).unwrap_or_default();
    (!layouts.is_empty()).then(|| Likeness { layouts, own: own.to_owned() })
}

impl Likeness {
    /// A line for a person.
    pub(super) fn told(&self) -> String {
        say!("layout-looks-like", layouts = self.layouts.join(", "), own = self.own) + "\n"
    }
}
