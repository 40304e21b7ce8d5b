//! The facts on a receipt, drawn from what the ledger knows of a delivery or a collection.

use super::error::ReceiptError;
use ReceiptError::EvidenceMissing as Missing;
use totatsu_base::evidence::{Arrival, Asked, Grade, HandedOver, SentFacts, SourceFacts};
use totatsu_ledger::{Delivery, Stage};

/// How well a delivery or a collection is proven, as far as it has come. A collection that was fetched is proven by content: its bytes
/// were read to their end from a file that was the same before and after. An import changes nothing in that.
pub(crate) fn grade(delivery: &Delivery) -> Option<Grade> {
    if let Some(collection) = delivery.collection() {
        return collection.fetched.as_ref().map(|_| Grade::Content);
    }
    let verified = delivery.verified.as_ref().map(|verified| verified.grade);
    delivery.confirmed.as_ref().map(|_| Grade::Confirmed).or(verified)
}

/// How well a delivery or a collection is proven, and where a delivery arrived.
pub(super) fn proof(delivery: &Delivery) -> Result<(Grade, Option<Arrival>), ReceiptError> {
    let missing = if delivery.collection().is_some() { "fetched" } else { "verified" };
    let grade = grade(delivery).ok_or(Missing(missing))?;
    let arrival = match (delivery.collection(), &delivery.confirmed) {
        (Some(_), _) => None,
        (None, Some(_)) => arrival(delivery).ok(),
        (None, None) => Some(arrival(delivery)?),
    };
    Ok((grade, arrival))
}

fn arrival(delivery: &Delivery) -> Result<Arrival, ReceiptError> {
    let transferred = delivery.transferred.as_ref().ok_or(Missing("transferred"))?;
    let published = delivery.published.as_ref().ok_or(Missing("published"))?;
    let reached = |stage: Stage| delivery.reached(stage).ok_or(Missing(stage.word()));
    Ok(Arrival {
        path: published.path.clone(),
        transferred_at: reached(Stage::Transferred)?,
        verified_at: reached(Stage::Verified)?,
        published_at: reached(Stage::Published)?,
        transfers: delivery.transfers,
        peer: transferred.peer.clone(),
    })
}

pub(super) fn source(delivery: &Delivery) -> Result<SourceFacts, ReceiptError> {
    let source = delivery.source().ok_or(Missing("fetched"))?;
    let (name, size, sha256) = (source.name.to_owned(), source.size, source.sha256);
    Ok(SourceFacts { name, size, sha256, accepted_at: delivery.accepted_at })
}

pub(super) fn sent(delivery: &Delivery) -> Result<Option<SentFacts>, ReceiptError> {
    if delivery.collection().is_some() {
        return Ok(None);
    }
    let converted = delivery.converted.as_ref().ok_or(Missing("converted"))?;
    Ok(Some(SentFacts {
        size: converted.size,
        sha256: converted.sha256,
        layout: converted.layout.clone(),
        layout_version: converted.layout_version.clone(),
        layout_sha256: converted.layout_sha256,
        records: converted.records.clone(),
        totals: converted.totals.clone(),
        signed_totals: converted.signed_totals.clone(),
        folds: converted.folds,
        folds_by_table: converted.folds_by_table.clone(),
        source_layout: converted.source_layout.clone(),
    }))
}

pub(super) fn handed_over(delivery: &Delivery) -> Result<Option<HandedOver>, ReceiptError> {
    let Some(collection) = delivery.collection() else { return Ok(None) };
    let fetched = collection.fetched.as_ref().ok_or(Missing("fetched"))?;
    let decoded = collection.decoded.as_ref().ok_or(Missing("decoded"))?;
    let placing = collection.placing.as_ref().ok_or(Missing("placing_started"))?;
    let reached = |stage: Stage| delivery.reached(stage).ok_or(Missing(stage.word()));
    Ok(Some(HandedOver {
        from: collection.found.path.clone(),
        peer: fetched.peer.clone(),
        vouched_by: fetched.vouched_by.clone(),
        fetched_at: reached(Stage::Fetched)?,
        path: placing.path.clone(),
        size: placing.size,
        sha256: placing.sha256,
        placed_at: reached(Stage::Placed)?,
        layout: decoded.layout.clone(),
        layout_version: decoded.layout_version.clone(),
        layout_sha256: decoded.layout_sha256,
        records: decoded.records.clone(),
        totals: decoded.totals.clone(),
        quarantined: decoded.quarantined,
        imported_at: delivery.reached(Stage::Imported),
        import_runs: collection.import_runs,
        answered: collection.answered.clone(),
    }))
}

pub(super) fn asked(delivery: &Delivery) -> Vec<Asked> {
    let fetched = delivery.collection().and_then(|collection| collection.fetched.as_ref());
    let cleared = delivery.collection().and_then(|collection| collection.cleared.as_ref());
    let fetched = fetched.into_iter().flat_map(|evidence| &evidence.asked);
    let cleared = cleared.into_iter().flat_map(|evidence| &evidence.asked);
    let transferred = delivery.transferred.iter().flat_map(|evidence| &evidence.asked);
    let verified = delivery.verified.iter().flat_map(|evidence| &evidence.asked);
    let published = delivery.published.iter().flat_map(|evidence| &evidence.asked);
    let acknowledged = delivery.acknowledged.iter().flat_map(|evidence| &evidence.asked);
    let out = transferred.chain(verified).chain(published).chain(acknowledged);
    fetched.chain(cleared).chain(out).cloned().collect()
}
