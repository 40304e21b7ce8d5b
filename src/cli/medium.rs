//! `totatsu medium`: prepare media, import what comes back on them, and print cover sheets.

use std::path::{Path, PathBuf};
use totatsu_base::rights::{owner_where_root_acts, unreadable, unwritable};
use totatsu_base::{durable, say};

use clap::{Args, Subcommand};

use super::exit::{Exit, fail, failed};
use super::instead::{self, Wherever};
use super::options::Common;
use super::output::{block_on, print, print_json, print_words, unexpected_answer};
use super::{deliveries, shown};
use crate::config::Config;
use crate::control::{self, Answer, Errand, MediumImported, Question};
use crate::sheet::{self, Carried, Sheet};
use totatsu_ledger::Delivery;
use totatsu_transport::Reach;
use totatsu_transport::medium::{MARKER, marker};

#[derive(Debug, Subcommand)]
pub(super) enum Medium {
    /// Mark a medium as one for a partner: writes TOTATSU.ID, formats nothing
    Prepare(Prepare),
    /// Look in a directory for partners' acknowledgements of what was handed over, and record them
    Import {
        /// Where the medium is mounted, or any directory
        directory: PathBuf,
    },
    /// Print the cover sheet (送付票) of deliveries that were put on a medium
    Sheet(OfDeliveries),
}

#[derive(Debug, Args)]
pub(super) struct Prepare {
    /// Where the medium is mounted
    directory: PathBuf,
    /// The partner that it carries files to
    #[arg(long, value_name = "NAME")]
    partner: String,
}

#[derive(Debug, Args)]
pub(super) struct OfDeliveries {
    /// The deliveries' ids, three or more characters of each that no other has, or the names of their files: the newest of each name
    #[arg(required = true)]
    ids: Vec<String>,
    /// Write it to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// One page A4 to print, in HTML; a FILE that ends with .html gets it so too
    #[arg(long, conflicts_with = "text")]
    html: bool,
    /// Plain text, as without any option
    #[arg(long)]
    text: bool,
}

impl Medium {
    pub(super) fn run(self, common: &Common) -> Result<Exit, Exit> {
        match self {
            Medium::Prepare(prepare) => prepare.run(common),
            Medium::Import { directory } => import(common, &directory),
            Medium::Sheet(sheet) => sheet.run(common),
        }
    }
}

impl Prepare {
    fn run(self, common: &Common) -> Result<Exit, Exit> {
        let config = common.configured()?;
        let partner = config.partners.get(&self.partner);
        let medium = partner.and_then(|partner| match &partner.reach {
            Reach::Medium(settings) => Some(settings),
            Reach::Sftp(_) | Reach::Ftps(_) => None,
        });
        let Some(settings) = medium else {
            return Err(failed(say!("medium-partner-has-none", partner = self.partner)));
        };
        let directory = &self.directory;
        if !settings.directory_is_enough && !is_mount_point(directory) {
            return Err(failed(say!("medium-nothing-mounted-on", path = directory.display())));
        }
        let marker = marker::prepare(directory, &self.partner, &config.gateway.name).map_err(|error| {
            let path = directory.join(MARKER);
            if error.kind() == std::io::ErrorKind::AlreadyExists {
                failed(say!("medium-marked-already", path = path.display()))
            } else {
                failed_at(&path, &unwritable(&path, &error))
            }
        })?;
        // The gateway writes there as its own user. Where a file system has no owners, the mount says who may.
        if let Some(owner) = owner_where_root_acts(&config.gateway.ledger) {
            drop(marker::give_to(owner, directory));
        }
        let marker::MediumMarker { id, partner } = marker;
        let answer = serde_json::json!({ "id": id, "partner": partner });
        // The medium is prepared, whatever the gateway says; it finds it by itself too, later.
        let question = Question::Try { partner: partner.clone() };
        let looked = match block_on(control::ask_running(&config.gateway.socket, &question))? {
            Some(Answer::Done(text)) if !text.is_empty() => text + "\n",
            Some(_) | None => String::new(),
        };
        let words = |_: &_| say!("medium-prepared", id = id, partner = partner) + "\n" + &looked;
        Ok(common.tell(&answer, Exit::Done, words))
    }
}

fn import(common: &Common, directory: &Path) -> Result<Exit, Exit> {
    let found = directory.canonicalize();
    let directory = found.map_err(|error| failed_at(directory, &unreadable(directory, &error)))?;
    let question = Question::Import { directory, by: deliveries::who() };
    let Answer::Imported(imported) = deliveries::ask(common, question)? else {
        return Err(unexpected_answer());
    };
    let all = !imported.is_empty() && imported.iter().all(|imported| imported.matched);
    let done = if all { Exit::Done } else { Exit::Failed };
    if common.json {
        return Ok(print_json(&imported, done));
    }
    if imported.is_empty() {
        return Err(fail(done, &say!("medium-nothing-acknowledged")));
    }
    let row = |imported: &MediumImported| {
        vec![imported.file.clone(), imported.delivery.to_string(), imported.outcome.clone()]
    };
    let rows = imported.iter().map(row).collect();
    let headings =
        [say!("medium-heading-file"), say!("medium-heading-delivery"), say!("medium-heading-outcome")];
    Ok(print_words(&shown::table(&headings, rows), done))
}

impl OfDeliveries {
    /// Whether the sheet is made as an HTML page; else it is plain text.
    fn is_page(&self) -> bool {
        let ending = self.out.as_ref().and_then(|out| out.extension());
        let named = ending.is_some_and(|ending| ending.eq_ignore_ascii_case("html"));
        self.html || (named && !self.text)
    }

    fn run(self, common: &Common) -> Result<Exit, Exit> {
        let is_page = self.is_page();
        let errand = || Errand::Sheet { ids: self.ids.clone(), text: !is_page };
        if let Some(exit) = instead::of(common, errand, Wherever::Printed(self.out.clone()))? {
            return Ok(exit);
        }
        let config = common.configured()?;
        let mut found = Vec::new();
        for id in self.ids {
            found.push(deliveries::find(common, id)?);
        }
        let sheet = sheet_of(&config, &found)?;
        let text = if is_page { sheet::html(&sheet) } else { sheet::text(&sheet) + "\r\n" };
        match self.out {
            None if is_page => Ok(print(&text, Exit::Done)),
            None => Ok(print_words(&text, Exit::Done)),
            Some(out) => std::fs::write(&out, text)
                .map(|()| Exit::Done)
                .map_err(|error| failed_at(&out, &unwritable(&out, &error))),
        }
    }
}

/// Says what failed with this path.
fn failed_at(path: &Path, error: &str) -> Exit {
    failed(say!("medium-path-failed", path = path.display(), error = error))
}

/// One sheet of deliveries to one partner.
fn sheet_of(config: &Config, deliveries: &[Delivery]) -> Result<Sheet, Exit> {
    let mut files = Vec::new();
    for delivery in deliveries {
        let link = config.links.get(&delivery.link).map_or(&delivery.link, |link| &link.title);
        let Some(file) = Carried::of(delivery, link) else {
            return Err(failed(say!("medium-no-sheet", delivery = delivery.id)));
        };
        files.push(file);
    }
    // In the order in which they were accepted, whatever the order of the ids.
    files.sort_by(|one, other| one.delivery.cmp(&other.delivery));
    let names: Vec<&String> = deliveries.iter().map(|delivery| &delivery.partner).collect();
    if let Some(other) = names.iter().find(|name| **name != names[0]) {
        return Err(failed(say!("medium-sheet-of-two", one = names[0], other = other)));
    }
    let partner = config.partners.get(names[0]);
    let title = partner.map_or(names[0], |partner| &partner.title);
    let wishes = partner.map(|partner| partner.sheet.clone()).unwrap_or_default();
    Ok(Sheet::new(&wishes, title, &config.gateway.name, files))
}

/// Whether the directory lies on another device than the one above it.
fn is_mount_point(directory: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let device = |path: &Path| std::fs::metadata(path).map(|there| there.dev()).ok();
    let Ok(directory) = directory.canonicalize() else { return false };
    device(&directory) != device(durable::parent_of(&directory))
}
