//! `totatsu layout`: layouts listed, shown, checked, compared and tried out, without a gateway and without a network.
//!
//! Owns: how a layout is named on the command line, and where layouts are looked for.
//! Promises: nothing but what is asked for goes to standard output, and nothing at all if a conversion fails.
//! On failure: what is wrong on standard error, exit code 2; or 1 where this machine's disk is at fault.
//! Never: touches spool or ledger; reads the configuration for more than the folder of layouts and the gateway's own values.

mod conversion;
mod tables;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::exit::{Exit, fail};
use super::options::Common;
use crate::clock::Moment;
use crate::config::{self, GatewaySettings};
use crate::layout::{Layout, LayoutCatalogue, LayoutProblem};

/// Where layouts lie if there is neither a configuration nor `--layouts`.
const HERE: &str = "layouts";

const AFTER_HELP: &str = "\
NAME is a layout as links name it (eltax/nenkin-tokucho-irai), its last part if no other layout has it, NAME@VERSION
for one version, or the path of a layout file.";

/// `totatsu layout`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct LayoutArguments {
    /// Folder of the layouts; otherwise the configuration's paths.layouts, or ./layouts where there is no configuration
    #[arg(long, global = true, value_name = "DIR")]
    layouts: Option<PathBuf>,
    #[command(subcommand)]
    command: LayoutCommand,
}

#[derive(Debug, Subcommand)]
enum LayoutCommand {
    /// List all layouts and their versions; * marks the version in force
    List(InForce),
    /// Show a layout: its sources, its doubts, and every item of every record
    Show(Named),
    /// Check layout files, or all layouts of the folder, and name every problem with line, record and item
    Check {
        /// Layout files
        files: Vec<PathBuf>,
    },
    /// Encode UTF-8 CSV from standard input to the partner's bytes on standard output
    Encode(conversion::Encode),
    /// Decode a partner's bytes from standard input to UTF-8 CSV (or, with --json, JSON lines) on standard output
    Decode(conversion::Decode),
    /// Show one record of a file byte by byte, under a ruler, with hex and item names. It shows personal data
    Ruler(conversion::Ruler),
    /// Say what changed from one layout to another; exit code 1 if anything did
    Diff {
        /// The older layout
        a: String,
        /// The newer layout
        b: String,
    },
    /// Print the heading of a layout's source, and under it a made-up row that begins with # and must be removed
    Template(Named),
}

/// The day that decides which version is meant.
#[derive(Debug, Args)]
pub(super) struct InForce {
    /// The day on which the version must be in force (YYYY-MM-DD); otherwise today
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
}

/// A layout on the command line.
#[derive(Debug, Args)]
pub(super) struct Named {
    /// The layout
    name: String,
    #[command(flatten)]
    in_force: InForce,
}

/// Problems of layout files.
type Problems = Vec<(PathBuf, LayoutProblem)>;

/// Where layouts come from.
struct Sources<'a> {
    common: &'a Common,
    folder: Option<PathBuf>,
}

impl LayoutArguments {
    pub(super) fn run(self, common: &Common) -> Exit {
        let sources = Sources { common, folder: self.layouts };
        let outcome = match self.command {
            LayoutCommand::List(list) => tables::list(&sources, list.day()),
            LayoutCommand::Show(named) => {
                named.find(&sources).and_then(|layout| tables::show(common, &layout))
            }
            LayoutCommand::Check { files } => tables::check(&sources, &files),
            LayoutCommand::Encode(encode) => encode.run(&sources),
            LayoutCommand::Decode(decode) => decode.run(&sources),
            LayoutCommand::Ruler(ruler) => ruler.run(&sources),
            LayoutCommand::Diff { a, b } => tables::diff(&sources, &a, &b),
            LayoutCommand::Template(named) => {
                named.find(&sources).and_then(|layout| tables::template(&layout))
            }
        };
        super::exit(outcome)
    }
}

impl InForce {
    fn day(&self) -> Date {
        self.as_of.unwrap_or_else(|| Moment::now().date())
    }
}

impl Named {
    fn find(&self, sources: &Sources) -> Result<Arc<Layout>, Exit> {
        sources.find(&self.name, self.in_force.day())
    }
}

impl Sources<'_> {
    /// The gateway's own settings, if there is a configuration.
    fn gateway(&self) -> Result<Option<GatewaySettings>, Exit> {
        if self.common.config.join(config::GATEWAY_FILE).exists() {
            self.common.gateway().map(Some)
        } else {
            Ok(None)
        }
    }

    /// All layouts, and the problems of those that can't be used.
    fn catalogue(&self) -> Result<(PathBuf, LayoutCatalogue, Problems), Exit> {
        let folder = match &self.folder {
            Some(folder) => folder.clone(),
            None => self.gateway()?.map_or(PathBuf::from(HERE), |gateway| gateway.layouts),
        };
        if !folder.is_dir() {
            let message = format!("there is no folder {}; say --layouts DIR", folder.display());
            return Err(fail(Exit::BadConfiguration, &message));
        }
        let (catalogue, problems) = LayoutCatalogue::load(&folder);
        Ok((folder, catalogue, problems))
    }

    /// The layout that a name on the command line means.
    fn find(&self, name: &str, day: Date) -> Result<Arc<Layout>, Exit> {
        if Path::new(name).extension().is_some_and(|extension| extension == "toml") {
            return from_file(Path::new(name)).map(Arc::new).map_err(|problems| {
                problems.iter().for_each(|problem| eprintln!("{name}: {problem}"));
                Exit::BadConfiguration
            });
        }
        let (folder, catalogue, problems) = self.catalogue()?;
        let (name, version) =
            name.split_once('@').map_or((name, None), |(name, version)| (name, Some(version)));
        let ids = catalogue.named(name);
        if let [first, second, ..] = ids[..] {
            let message = format!("{name} may mean {first} or {second}: say which");
            return Err(fail(Exit::BadConfiguration, &message));
        }
        let found = ids.first().and_then(|id| match version {
            Some(version) => catalogue.version(id, version),
            None => catalogue.choose(id, day),
        });
        if let Some(layout) = found {
            return Ok(Arc::clone(layout));
        }
        // A layout that can't be used because of its own problems is not missing.
        for (file, problem) in problems.iter().filter(|(file, _)| file.to_string_lossy().contains(name)) {
            eprintln!("{}: {problem}", file.display());
        }
        let what = version.map_or(format!("in force on {day}"), |version| format!("of version {version}"));
        let message = format!("no layout {name:?} {what} in {}", folder.display());
        Err(fail(Exit::BadConfiguration, &message))
    }
}

/// Compiles a layout file; its name follows from the folders it lies in.
fn from_file(path: &Path) -> Result<Layout, Vec<LayoutProblem>> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let parts: Vec<String> = std::path::absolute(folder)
        .unwrap_or_default()
        .components()
        .rev()
        .take(2)
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    let id = parts.into_iter().rev().collect::<Vec<_>>().join("/");
    Layout::of_file(&id, path)
}
