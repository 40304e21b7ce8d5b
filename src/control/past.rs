//! What became of one delivery: its lines of the journal, what sent it again, its deadline, what its import said.
//!
//! Only reads. What can't be read is left out and said: all else is told.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use super::desk::Desk;
use super::protocol::{ControlError, OfName, Shown, ShownDeadline, ShownPast};
use super::rights::{READ, Rights, SEE};
use totatsu_base::{DeliveryId, Moment};
use totatsu_ledger::Delivery;

/// How many other deliveries of the same name are named.
const OTHERS: usize = 5;
/// How many deliveries of the same bytes are searched for resends.
const RESENDS: usize = 1_000;
/// The last lines of what an import command said, and how long one of them is shown.
const LOG: (usize, usize) = (10, 300);
/// Bytes that are read of the end of what an import command said.
const LOG_END: u64 = 16 * 1024;

impl Desk {
    /// The newest delivery whose file has this name, or the one whose id this is or is part of, with all that became of it.
    pub(super) fn with_past(&self, named: &str, rights: &Rights) -> Result<Shown, ControlError> {
        let delivery = self.find(named, rights, OfName::Newest)?;
        rights.demand(SEE, Some(&delivery.link))?;
        let (of_name, _) = match delivery.id.as_str().contains(named) {
            true => Default::default(),
            false => self.of_name(named, rights)?,
        };
        let others = of_name.into_iter().map(|other| other.id).filter(|other| *other != delivery.id);
        let past = self.past_of(&delivery, others.take(OTHERS).collect(), rights)?;
        Ok(Shown { past: Some(past), ..self.shown(delivery) })
    }

    fn past_of(
        &self,
        delivery: &Delivery,
        others: Vec<DeliveryId>,
        rights: &Rights,
    ) -> Result<ShownPast, ControlError> {
        let mut past = ShownPast { others_of_name: others, ..ShownPast::default() };
        match self.ledger().lines_of(delivery) {
            Ok(lines) => past.journal = lines,
            Err(error) => past.journal_unreadable = Some(error.to_string()),
        }
        if let Some(source) = delivery.source() {
            for again in self.ledger().with_source(&delivery.link, source.sha256).take(RESENDS) {
                let again = again?;
                if again.resend_of.as_ref() == Some(&delivery.id) {
                    past.resent_as.push(again.id);
                }
            }
        }
        if delivery.collection().is_none() {
            let deadline = self.with_config(|config| config.deadline_of(delivery)).flatten();
            past.deadline = deadline.map(|deadline| ShownDeadline {
                due: deadline.due,
                arrived: deadline.arrived,
                missed: deadline.is_missed(Moment::now()),
            });
        } else if let Some(folder) = self.spool.existing_folder(&delivery.id).ok().flatten()
            // What an import command said may quote records.
            && rights.may(READ, Some(&delivery.link))
        {
            // There is no output before the first import, and none for whoever may not read it.
            past.import_log = last_lines(&folder.import_output()).unwrap_or_default();
        }
        Ok(past)
    }
}

/// The last lines of a file, without what a terminal would take for orders.
fn last_lines(path: &Path) -> std::io::Result<Vec<String>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LOG_END)))?;
    let mut end = Vec::new();
    file.take(LOG_END).read_to_end(&mut end)?;
    let text = String::from_utf8_lossy(&end);
    let (count, width) = LOG;
    let plain = |line: &str| {
        line.chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(width)
            .collect::<String>()
            .trim_end()
            .to_owned()
    };
    let lines: Vec<String> = text.lines().map(plain).filter(|line| !line.is_empty()).collect();
    Ok(lines[lines.len().saturating_sub(count)..].to_vec())
}
