//! Where layouts are looked for, and which one a name on the command line means.

use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use jiff::civil::Date;

use crate::cli::exit::{Exit, fail, failed};
use crate::cli::options::Common;
use crate::cli::screen;
use crate::config::{self, GatewaySettings};
use totatsu_base::messages::os_error;
use totatsu_base::{Moment, say};
use totatsu_records::layout::{Layout, LayoutCatalogue, LayoutProblem};

/// The folder of layouts, below the working directory, if there is neither a configuration nor `--layouts`. Where it is missing, the
/// installed layouts are taken.
const HERE: &str = "layouts";

/// The day that decides which version is meant.
#[derive(Debug, Args)]
pub(super) struct InForce {
    /// The day on which the version must be in force (YYYY-MM-DD); otherwise today
    #[arg(long, value_name = "DATE")]
    pub(super) as_of: Option<Date>,
}

/// A layout on the command line.
#[derive(Debug, Args)]
pub(super) struct Named {
    /// The layout
    pub(super) name: String,
    #[command(flatten)]
    pub(super) in_force: InForce,
}

/// Problems of layout files.
pub(super) type Problems = Vec<(PathBuf, LayoutProblem)>;

/// Where layouts come from.
pub(super) struct Sources<'a> {
    pub(super) common: &'a Common,
    pub(super) folder: Option<PathBuf>,
}

impl InForce {
    pub(super) fn day(&self) -> Date {
        self.as_of.unwrap_or_else(|| Moment::now().date())
    }
}

impl Named {
    pub(super) fn find(&self, sources: &Sources) -> Result<Arc<Layout>, Exit> {
        sources.find(&self.name, self.in_force.day())
    }
}

impl Sources<'_> {
    /// The gateway's own settings, if there is a configuration.
    pub(super) fn gateway(&self) -> Result<Option<GatewaySettings>, Exit> {
        if self.common.config.join(config::GATEWAY_FILE).exists() {
            self.common.gateway().map(Some)
        } else {
            Ok(None)
        }
    }

    /// All layouts, and the problems of those that can't be used.
    pub(super) fn catalogue(&self) -> Result<(PathBuf, LayoutCatalogue, Problems), Exit> {
        let folder = match &self.folder {
            Some(folder) => folder.clone(),
            None => self.gateway()?.map_or_else(unconfigured, |gateway| gateway.layouts),
        };
        if !folder.is_dir() {
            let message = say!("layout-no-such-folder", folder = folder.display());
            return Err(fail(Exit::BadConfiguration, &message));
        }
        let (catalogue, problems) = LayoutCatalogue::load(&folder);
        Ok((folder, catalogue, problems))
    }

    /// The layout that a name on the command line means.
    pub(super) fn find(&self, name: &str, day: Date) -> Result<Arc<Layout>, Exit> {
        if Path::new(name).extension().is_some_and(|extension| extension == "toml") {
            return from_file(Path::new(name)).map(Arc::new).map_err(|problems| {
                problems.iter().for_each(|problem| tell(name, problem));
                Exit::BadConfiguration
            });
        }
        let (folder, catalogue, problems) = self.catalogue()?;
        let (name, version) =
            name.split_once('@').map_or((name, None), |(name, version)| (name, Some(version)));
        let ids = catalogue.named(name);
        if let [first, second, ..] = ids[..] {
            let message = say!("layout-ambiguous", name = name, first = first, second = second);
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
            tell(file.display(), problem);
        }
        let folder = folder.display();
        let message = match version {
            Some(version) => say!("layout-no-version", name = name, version = version, folder = folder),
            None => say!("layout-none-in-force", name = name, day = day, folder = folder),
        };
        Err(fail(Exit::BadConfiguration, &message))
    }
}

/// Says what is wrong with a file of somebody's, or with a stream.
pub(super) fn unusable(file: impl Display) -> impl FnOnce(io::Error) -> Exit {
    move |error| failed(say!("layout-file", file = file, message = os_error(&error)))
}

/// Says what is wrong with layout files.
pub(super) fn tell(file: impl Display, problem: &LayoutProblem) {
    screen::beside(&say!("layout-file", file = file, message = problem));
}

fn unconfigured() -> PathBuf {
    let here = Path::new(HERE);
    if here.is_dir() { here } else { Path::new(config::INSTALLED_LAYOUTS) }.to_owned()
}

/// Compiles a layout file; its name follows from the folders it lies in.
pub(super) fn from_file(path: &Path) -> Result<Layout, Vec<LayoutProblem>> {
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
