//! Where a delivery goes at the partner, and what it needs besides when it is carried on a medium: a name that FAT can hold,
//! and a cover sheet.
//!
//! Owns the names at the partner, which are recorded before a byte leaves, so that they are found again after a crash; and the
//! sheet and the manifest of one delivery, in its folder and on the medium. Both are written before the final name is given,
//! so that a medium with the file on it has the sheet too; each may be written anew. Never touches the file itself.

use crate::blocking::blocking;
use crate::config::link::{Link, SameName};
use crate::config::{Config, no_such_link};
use crate::deliver::acknowledge::Agreement;
use crate::gateway::{Failure, Gateway};
use crate::sheet::{self, Carried, Sheet};
use crate::spool::DeliveryFolder;
use totatsu_base::digest::Sha256;
use totatsu_base::durable::{self, SpoolError};
use totatsu_base::evidence::{Asked, Overwrite, Target};
use totatsu_base::names::{NameFacts, numbered, path_in};
use totatsu_base::remedy::Remedy;
use totatsu_base::say;
use totatsu_ledger::event::Event;
use totatsu_ledger::index::Index;
use totatsu_ledger::state::Delivery;
use totatsu_ledger::step::Step;
use totatsu_ledger::{LedgerError, Wanted};
use totatsu_records::six_digits;
use totatsu_transport::medium::{COMPANIONS, names};
use totatsu_transport::{Progress, Session, TransportError};

/// Stands in a name pattern for the delivery's number among its link's deliveries of the day.
const SERIAL: &str = "{serial}";
/// File endings of what goes along on a medium: the sheet for a printer, the sheet for any screen, and the manifest.
const ENDINGS: [&str; 3] = ["html", "txt", "json"];

/// Decides the names at the partner; recorded before a byte leaves, so that they are found again after a crash.
pub(super) async fn aim(gateway: &Gateway, delivery: &Delivery) -> Result<Event, Failure> {
    let missing = || Failure::hold(Step::Transfer, no_such_link(&delivery.link));
    let link = gateway.config.links.get(&delivery.link).ok_or_else(missing)?;
    let named = name_of_sent(gateway, link, delivery).await?;
    let mut target = target(link, delivery, &named, gateway.config.municipality_of(&link.name));
    check_name(gateway, delivery, &target)?;
    target.acknowledgement = link
        .acknowledgement
        .as_ref()
        .map(|agreement| acknowledgement_path(&gateway.config, agreement, delivery, &target));
    Ok(Event::TransferStarted { target })
}

/// The pattern of the link's names, with what only a file that is sent has: the time of its acceptance, and its number among
/// the link's deliveries of that day.
async fn name_of_sent(gateway: &Gateway, link: &Link, delivery: &Delivery) -> Result<String, Failure> {
    let time = delivery.accepted_at.in_japan().strftime("%H%M%S").to_string();
    let pattern = link.remote_name.replace("{time}", &time);
    if !pattern.contains(SERIAL) {
        return Ok(pattern);
    }
    let (index, known) = (Index::clone(&gateway.ledger), delivery.clone());
    let serial = blocking(move || serial(index.wanted(Wanted::of_link(&known.link)), &known)).await?;
    Ok(pattern.replace(SERIAL, &format!("{serial:03}")))
}

/// The delivery's number among its link's deliveries of the same day, from 1, in the order in which the ledger learned of
/// them. A resend sends the same file, and has its original's number. `of_link` gives the link's deliveries by id, the newest
/// first.
fn serial(
    of_link: impl Iterator<Item = Result<Delivery, LedgerError>>,
    delivery: &Delivery,
) -> Result<u32, LedgerError> {
    let day = delivery.accepted_at.date();
    // An id was made a moment before its file was accepted, perhaps before midnight.
    let eve = day.yesterday().unwrap_or(day).strftime("%Y%m%d").to_string();
    let mut serial = 1;
    for other in of_link {
        let other = other?;
        if *other.id.as_str() < *eve {
            break;
        }
        let is_before = other.begun < delivery.begun;
        serial += u32::from(is_before && other.resend_of.is_none() && other.accepted_at.date() == day);
    }
    Ok(serial)
}

/// Where a delivery goes at the partner. For each name that was found taken, the number added to the name grows by one.
fn target(link: &Link, delivery: &Delivery, pattern: &str, municipality: &str) -> Target {
    let name = fill(pattern, delivery, municipality);
    let name = if delivery.names_taken == 0 { name } else { numbered(&name, delivery.names_taken + 1) };
    let overwrite = match link.same_name {
        SameName::Hold | SameName::Version => Overwrite::Refuse,
        SameName::Replace => Overwrite::Atomic,
    };
    Target::new(&delivery.id, &link.directory, name, overwrite)
}

/// Where the partner's acknowledgement of a delivery appears: where that was agreed when it was sent, or is now.
pub(crate) fn acknowledgement_path(
    config: &Config,
    agreement: &Agreement,
    delivery: &Delivery,
    target: &Target,
) -> String {
    if let Some(path) = &target.acknowledgement {
        return path.clone();
    }
    let municipality = config.municipality_of(&delivery.link);
    let parts: Vec<String> =
        agreement.name.split("{remote}").map(|part| fill(part, delivery, municipality)).collect();
    path_in(&agreement.directory, &parts.join(&target.name))
}

/// A name pattern filled with what is known of a delivery.
fn fill(pattern: &str, delivery: &Delivery, municipality: &str) -> String {
    let date = delivery.accepted_at.date();
    let municipality6 = &six_digits(municipality).unwrap_or_default();
    NameFacts { name: delivery.name(), id: &delivery.id, date, municipality, municipality6 }.fill(pattern)
}

/// Refuses a name that a medium couldn't hold; it is never changed silently.
fn check_name(gateway: &Gateway, delivery: &Delivery, target: &Target) -> Result<(), Failure> {
    if !gateway.config.is_carried(&delivery.partner) {
        return Ok(());
    }
    names::fault_of_path(&target.final_path()).map_or(Ok(()), |fault| {
        Err(Failure::hold(Step::Transfer, say!("journey-medium-name", fault = fault)))
    })
}

/// Writes sheet and manifest to the delivery's folder and, where the partner's file wants it, to the medium. Hands back what
/// was written to the medium; empty for a delivery that isn't carried on one.
pub(super) async fn accompany(
    gateway: &Gateway,
    delivery: &Delivery,
    session: &mut dyn Session,
) -> Result<Vec<Asked>, Failure> {
    let Some(partner) = gateway.config.partners.get(&delivery.partner) else { return Ok(Vec::new()) };
    let link = gateway.config.links.get(&delivery.link).map_or(&delivery.link, |link| &link.title);
    let Some(carried) = Carried::of(delivery, link) else { return Ok(Vec::new()) };
    let there = session.peer().host_key.clone();
    if there != carried.medium {
        // The file lies on one medium, and another is there.
        let reason = say!("journey-other-medium", medium = carried.medium, there = there);
        return Err(Failure::hold(Step::Publish, reason));
    }
    let name = &gateway.config.gateway.name;
    let sheet = Sheet::new(&partner.sheet, &partner.title, name, vec![carried]);
    let folder = gateway.spool.folder(&delivery.id);
    let own = folder.clone();
    let kept = blocking(move || keep(&sheet, &own)).await;
    let digests =
        kept.map_err(|error| Failure::new(Step::Publish, Remedy::for_own_disk(&error.error), &error))?;
    let mut asked = Vec::new();
    if partner.sheet.on_medium {
        for (ending, (sha256, size)) in ENDINGS.into_iter().zip(digests) {
            let path = format!("{COMPANIONS}/{}.{ending}", delivery.id);
            let put = lay_beside(session, &folder, ending, &path).await;
            put.map_err(|error| {
                Failure::of_medium(&error).unwrap_or_else(|| Failure::of_transport(Step::Publish, &error))
            })?;
            let answered = say!("journey-answered-written", size = size, sha256 = sha256);
            asked.push(Asked::new(say!("journey-asked-write", path = path), answered));
        }
    }
    Ok(asked)
}

/// Writes sheet and manifest to the delivery's folder; says the digest and size of each.
fn keep(sheet: &Sheet, folder: &DeliveryFolder) -> Result<Vec<(Sha256, usize)>, SpoolError> {
    let manifest = sheet.manifest();
    let manifest = manifest.map_err(|error| {
        SpoolError::at("disk-writing", &folder.sheet(ENDINGS[2]))(std::io::Error::other(error))
    })?;
    let texts = [sheet::html(sheet).into_bytes(), sheet::text(sheet).into_bytes(), manifest];
    let mut digests = Vec::new();
    for (ending, text) in ENDINGS.into_iter().zip(texts) {
        durable::write_durably(&folder.sheet(ending), 0o600, &text)?;
        digests.push((Sha256::of(&text), text.len()));
    }
    Ok(digests)
}

async fn lay_beside(
    session: &mut dyn Session,
    folder: &DeliveryFolder,
    ending: &str,
    path: &str,
) -> Result<(), TransportError> {
    let temporary = format!("{path}.part");
    session.remove(&temporary).await?;
    session.put(&folder.sheet(ending), &temporary, 0, &Progress::new()).await?;
    session.rename(&temporary, path, Overwrite::Atomic).await?;
    Ok(())
}
