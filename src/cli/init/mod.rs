//! `totatsu init`: from the national interface list to a configuration.
//!
//! Owns: the flags, and what is said of the files. Promises that a directory which has a configuration already is only looked at,
//! unless it is told to add.

mod wizard;

use std::fs;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::exit::{Exit, fail, failed};
use super::options::Common;
use super::words::one_of;
use crate::catalogue::MunicipalityTable;
use crate::config;
use crate::config::INSTALLED_LAYOUTS;
use crate::init::{
    FileFate, InitAnswers, InitError, InitPlan, InitStore, MpnWay, NotServedAnswer, ReachWord,
};
use totatsu_base::messages::tongue;
use totatsu_base::{SpoolError, say};

// not for people: the English of the help, like the comments; the Japanese stands in i18n/ja/help.ftl
const AFTER_HELP: &str = "\
Without flags, on a terminal, everything is asked. A file of answers (TOML) has the keys municipality, name, businesses, mpn,
internal_layout, [paths], [dates], [partners.NAME], [import] and [[not_served]]; flags count before it.

A directory that `init` has written before is only looked at: what would be added is shown, and --add adds it. A file that somebody
changed, or removed, is left alone.";

/// `totatsu init`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Init {
    /// Where the configuration is to be, usually /etc/totatsu
    directory: PathBuf,
    /// The municipality, by its code of six digits or by its name
    #[arg(long, value_name = "CODE|NAME")]
    municipality: Option<String>,
    /// Serve other municipalities too, by their codes or names, each with links, partners, locks and outboxes of its own
    #[arg(long, value_name = "CODE|NAME", value_delimiter = ',', conflicts_with = "municipality")]
    r#for: Vec<String>,
    /// The gateway's name on receipts; otherwise the municipality's
    #[arg(long)]
    name: Option<String>,
    /// A business system (juki, kotei, kojin, hojin, kei, shuno, kokuho, or its name), or `all`
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    business: Vec<String>,
    /// Which way payment data goes to MPN: never both
    #[arg(long, value_parser = one_of::<MpnWay>())]
    mpn: Option<MpnWay>,
    /// How a partner is reached, where not over SFTP (and MPN on a medium): NAME=sftp, ftps, medium, or none where it isn't
    #[arg(long, value_name = "PARTNER=WAY")]
    reach: Vec<String>,
    /// Leave an interface out on purpose
    #[arg(long, value_name = "INTERFACE=REASON")]
    without: Vec<String>,
    /// The layout of files that stay within the municipality; otherwise they go as they are
    #[arg(long, value_name = "LAYOUT")]
    internal_layout: Option<String>,
    /// The spool's directory
    #[arg(long)]
    spool: Option<PathBuf>,
    /// The ledger's directory
    #[arg(long)]
    ledger: Option<PathBuf>,
    /// The layouts' directory
    #[arg(long)]
    layouts: Option<PathBuf>,
    /// The control socket
    #[arg(long)]
    socket: Option<PathBuf>,
    /// A file of answers
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// Show what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Add what is missing to a directory that `init` has written before
    #[arg(long, conflicts_with = "dry_run")]
    add: bool,
}

/// What became, or would become, of the files, for scripts.
#[derive(Serialize)]
struct InitShown {
    written: bool,
    files: Vec<FileShown>,
    open: usize,
    /// Whether the open points could be counted: not where nothing was written, or an error hides them.
    open_known: bool,
    errors: usize,
}

#[derive(Serialize)]
struct FileShown {
    file: String,
    fate: FileFate,
}

impl Init {
    pub(super) fn run(self, common: &Common) -> Result<Exit, Exit> {
        let mut store = InitStore::read(&self.directory).map_err(fail_of)?.unwrap_or_default();
        // The files' comments keep the language of the first run, unless another is asked for.
        let comments = common.lang.or(store.tongue).unwrap_or_else(tongue);
        store.tongue = Some(comments);
        if self.r#for.is_empty() {
            let answers = self.answered(store.municipalities.first().cloned(), self.municipality.as_ref())?;
            store.put(answers, true);
        }
        for other in &self.r#for {
            let answers = self.answered(Some(earlier(&store, other)?), Some(other))?;
            store.put(answers, false);
        }
        let own = store.municipalities.first();
        let layouts = own.and_then(|own| own.paths.layouts.clone());
        let layouts = self.directory.join(layouts.unwrap_or_else(|| PathBuf::from(INSTALLED_LAYOUTS)));
        let plan = InitPlan::of(&self.directory, store, comments).map_err(fail_of)?;
        let writes = !self.dry_run && (plan.is_first() || self.add);
        let files = plan.fates().map(|(file, fate)| FileShown { file: file.to_owned(), fate }).collect();
        let mut shown = InitShown { written: writes, files, open: 0, open_known: false, errors: 0 };
        let mut told = Vec::new();
        if writes {
            plan.carry_out().map_err(fail_of)?;
            let (configured, problems) = config::check(&self.directory);
            told = problems;
            told.retain(|problem| config::has_errors(std::slice::from_ref(problem)));
            shown.errors = told.len();
            shown.open_known = configured.is_some();
            shown.open = configured
                .map_or(0, |configured| configured.open_points().iter().map(|open| open.points.len()).sum());
        }
        let ended = if shown.errors > 0 { Exit::BadConfiguration } else { Exit::Done };
        let ended = common.tell(&shown, ended, |shown| self.words(shown, &layouts));
        // Problems come last: people mend them in the files that were just named.
        told.iter().for_each(|problem| eprintln!("{problem}"));
        Ok(ended)
    }

    /// All answers. Flags count before the file of answers, and that before the answers of an earlier run; a terminal is asked the rest.
    fn answered(
        &self,
        earlier: Option<InitAnswers>,
        municipality: Option<&String>,
    ) -> Result<InitAnswers, Exit> {
        let mut answers = match &self.answers {
            Some(file) => read(file)?,
            None => earlier.unwrap_or_default(),
        };
        self.put_flags(&mut answers, municipality)
            .map_err(|message| fail(Exit::BadConfiguration, &message))?;
        let incomplete = answers.clone().settled().is_err();
        if incomplete && std::io::stdin().is_terminal() && std::io::stderr().is_terminal() {
            answers = wizard::ask(answers, &self.directory)?;
        }
        answers.settled().map_err(|wrong| {
            for message in &wrong {
                fail(Exit::BadConfiguration, message);
            }
            Exit::BadConfiguration
        })
    }

    fn put_flags(&self, answers: &mut InitAnswers, municipality: Option<&String>) -> Result<(), String> {
        if let Some(municipality) = municipality {
            if *municipality != answers.municipality {
                answers.name.clear();
            }
            answers.municipality.clone_from(municipality);
        }
        if let Some(name) = &self.name {
            answers.name.clone_from(name);
        }
        if !self.business.is_empty() {
            answers.businesses.clone_from(&self.business);
        }
        answers.mpn = self.mpn.or(answers.mpn);
        let paths = &mut answers.paths;
        for (flag, path) in [
            (&self.spool, &mut paths.spool),
            (&self.ledger, &mut paths.ledger),
            (&self.layouts, &mut paths.layouts),
            (&self.socket, &mut paths.socket),
        ] {
            if flag.is_some() {
                path.clone_from(flag);
            }
        }
        if self.internal_layout.is_some() {
            answers.internal_layout.clone_from(&self.internal_layout);
        }
        for said in &self.reach {
            let (partner, way) =
                said.split_once('=').ok_or_else(|| say!("cli-init-reach-form", said = said))?;
            let way: ReachWord = way.parse().map_err(|_| say!("cli-init-reach-way", said = said))?;
            answers.partners.entry(partner.to_owned()).or_default().reach = Some(way);
        }
        for said in &self.without {
            let (interface, reason) =
                said.split_once('=').ok_or_else(|| say!("cli-init-without-form", said = said))?;
            answers.not_served.retain(|known| known.interface != interface);
            let (interface, reason) = (interface.to_owned(), reason.to_owned());
            answers.not_served.push(NotServedAnswer { interface, reason });
        }
        Ok(())
    }

    /// What became, or would become, of the files, and what to do next.
    fn words(&self, shown: &InitShown, layouts: &Path) -> String {
        let count = |fate| shown.files.iter().filter(|file| file.fate == fate).count();
        let dir = self.directory.display();
        let mut text = String::new();
        for FileShown { file, fate } in &shown.files {
            text += &match fate {
                FileFate::New if !shown.written => say!("cli-init-would-add", file = file),
                FileFate::Renewed if !shown.written => say!("cli-init-would-renew", file = file),
                FileFate::Kept => say!("cli-init-kept", file = file),
                FileFate::Removed => say!("cli-init-removed", file = file),
                FileFate::Unwanted => say!("cli-init-unwanted", file = file),
                FileFate::New | FileFate::Renewed | FileFate::Same => continue,
            };
            text.push('\n');
        }
        let (new, renewed, same) = (count(FileFate::New), count(FileFate::Renewed), count(FileFate::Same));
        if !shown.written {
            text += &say!("cli-init-looked", dir = dir, new = new, renewed = renewed, same = same);
            return text + "\n";
        }
        if !shown.open_known {
            text += &say!("cli-init-written-only", dir = dir, new = new, renewed = renewed, same = same);
            return format!("{text}\n{}\n", self.to_correct(layouts));
        }
        let open = shown.open;
        text += &say!("cli-init-written", dir = dir, new = new, renewed = renewed, same = same, open = open);
        let check = format!("totatsu --config {dir} check --open");
        format!("{text}\n{}\n", say!("cli-init-next", check = check))
    }

    /// What to do where errors hide the open points. Nearly always the layouts only lie elsewhere.
    fn to_correct(&self, layouts: &Path) -> String {
        let directory = self.directory.display();
        if layouts.is_dir() {
            let check = format!("totatsu --config {directory} check");
            return say!("cli-init-next-correct", check = check);
        }
        let path = layouts.display();
        say!("cli-init-next-layouts", path = path, dir = directory)
    }
}

/// The answers of an earlier run for another municipality. Where there are none, some of the gateway's own municipality are a start.
fn earlier(store: &InitStore, other: &str) -> Result<InitAnswers, Exit> {
    let Some(own) = store.municipalities.first() else {
        return Err(fail(Exit::BadConfiguration, &say!("cli-init-own-first")));
    };
    let meant = MunicipalityTable::shipped().meant_by(other);
    let known =
        store.municipalities.iter().find(|known| meant.iter().any(|one| one.code == known.municipality));
    if known.is_some_and(|known| known.municipality == own.municipality) {
        return Err(fail(Exit::BadConfiguration, &say!("cli-init-is-own", other = other)));
    }
    let fresh = InitAnswers {
        municipality: other.to_owned(),
        businesses: own.businesses.clone(),
        mpn: own.mpn,
        internal_layout: own.internal_layout.clone(),
        dates: own.dates.clone(),
        ..InitAnswers::default()
    };
    Ok(known.cloned().unwrap_or(fresh))
}

fn read(file: &Path) -> Result<InitAnswers, Exit> {
    let text = fs::read_to_string(file).map_err(SpoolError::at("disk-reading", file)).map_err(failed)?;
    toml::from_str(&text)
        .map_err(|error| fail(Exit::BadConfiguration, &format!("{}: {error}", file.display())))
}

fn fail_of(error: InitError) -> Exit {
    match error {
        InitError::NoStore { .. } | InitError::NotOurs(_) => fail(Exit::BadConfiguration, &error),
        InitError::Unreadable { .. } | InitError::Unwritable(_) | InitError::NoKey(_) => failed(error),
    }
}
