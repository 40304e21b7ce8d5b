//! What a rejected source may be meant for: the layout that its heading looks like.
//!
//! Owns the words. Says nothing where source, configuration or layouts can't be read: the report itself matters more.

use std::path::Path;

use super::options::Common;
use crate::config;
use crate::spool::DeliveryFolder;
use totatsu_base::say;
use totatsu_ledger::Delivery;
use totatsu_records::encode::resembled;
use totatsu_records::layout::LayoutCatalogue;

/// A line for the report of a rejected source; nothing where its heading looks like no other layout.
pub(super) fn of_rejected(common: &Common, delivery: &Delivery, folder: &DeliveryFolder) -> String {
    let told = || {
        if delivery.collection().is_some() {
            return None;
        }
        let config = config::read(&common.config).0?;
        let link = config.links.get(&delivery.link)?;
        if link.source.is_some() {
            return None;
        }
        let (catalogue, _) = LayoutCatalogue::load(&config.gateway.layouts);
        told(&folder.source(), &link.layout, &catalogue)
    };
    told().map_or_else(String::new, |told| told + "\n")
}

/// Which layout the heading of a source looks like, if another one than `own`.
pub(super) fn told(source: &Path, own: &str, catalogue: &LayoutCatalogue) -> Option<String> {
    let found = resembled(source, own, catalogue).unwrap_or_default();
    (!found.is_empty()).then(|| say!("layout-looks-like", layouts = found.join(", "), own = own))
}
