//! The catalogue: all layouts of a directory, and which of them applies on a day.
//!
//! Owns: the meaning of the paths `PARTNER/NAME/VERSION.toml`, where VERSION is the first day the layout applies.
//! Promises: a layout in the catalogue is sound; the choice depends on name and day only.
//! On failure: a bad file is left out and its problems are handed back; the others stand.
//! Never: writes.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use totatsu_base::say;

use jiff::civil::Date;

use super::definition::LayoutProblem;
use super::plan::Layout;
use crate::lanes;

/// All layouts of a directory.
#[derive(Debug, Clone, Default)]
pub struct LayoutCatalogue {
    /// The versions of each layout, oldest first.
    layouts: BTreeMap<String, Vec<Arc<Layout>>>,
}

/// A layout file being compiled, and its name.
#[derive(Default)]
struct CataloguePiece {
    file: Option<(String, PathBuf)>,
    compiled: Option<Result<Layout, Vec<LayoutProblem>>>,
}

impl LayoutCatalogue {
    /// Loads every `PARTNER/NAME/VERSION.toml` below `dir`; other files are not looked at. Beside the catalogue come the
    /// problems of the files that could not be taken.
    pub fn load(dir: &Path) -> (LayoutCatalogue, Vec<(PathBuf, LayoutProblem)>) {
        let mut catalogue = LayoutCatalogue::default();
        let mut problems = Vec::new();
        let mut files = Vec::new();
        for partner in subdirectories(dir, &mut problems) {
            for name in subdirectories(&partner, &mut problems) {
                let id = format!("{}/{}", file_name(&partner), file_name(&name));
                for file in entries(&name, &mut problems) {
                    if file.extension().is_some_and(|extension| extension == "toml") {
                        files.push((id.clone(), file));
                    }
                }
            }
        }
        let mut files = files.into_iter();
        let cut = |piece: &mut CataloguePiece| {
            piece.file = files.next();
            Ok::<bool, Infallible>(piece.file.is_some())
        };
        let maker = || {
            |piece: &mut CataloguePiece| {
                piece.compiled = piece.file.as_ref().map(|(id, file)| Layout::of_file(id, file));
            }
        };
        let Ok(()) =
            lanes::in_order(lanes::for_this_machine(), CataloguePiece::default, cut, maker, |piece| {
                if let (Some((id, file)), Some(compiled)) = (piece.file.take(), piece.compiled.take()) {
                    catalogue.take(&id, &file, compiled, &mut problems);
                }
                Ok(())
            });
        for versions in catalogue.layouts.values_mut() {
            versions.sort_by_key(|layout| layout.effective_from());
        }
        (catalogue, problems)
    }

    /// The layout of this name that applies on a day: the newest version whose days include it.
    pub fn choose(&self, name: &str, on: Date) -> Option<&Arc<Layout>> {
        let applies = |layout: &&Arc<Layout>| {
            layout.effective_from() <= on && layout.until().is_none_or(|until| on <= until)
        };
        self.layouts.get(name)?.iter().rev().find(applies)
    }

    /// The layout of this name and version.
    pub fn version(&self, name: &str, version: &str) -> Option<&Arc<Layout>> {
        self.layouts.get(name)?.iter().find(|layout| layout.version() == version)
    }

    /// The names that a name means: itself, or those whose part after the partner it is.
    pub fn named(&self, name: &str) -> Vec<&str> {
        if self.layouts.contains_key(name) {
            return vec![self.layouts.get_key_value(name).map_or("", |(name, _)| name)];
        }
        let ends = |id: &&String| id.split_once('/').is_some_and(|(_, end)| end == name);
        self.layouts.keys().filter(ends).map(String::as_str).collect()
    }

    /// All layouts, by name and then by age, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Layout>> {
        self.layouts.values().flatten()
    }

    fn take(
        &mut self,
        id: &str,
        file: &Path,
        compiled: Result<Layout, Vec<LayoutProblem>>,
        problems: &mut Vec<(PathBuf, LayoutProblem)>,
    ) {
        match compiled {
            Ok(layout) if is_named_by_version(&layout, file) => {
                self.layouts.entry(id.to_owned()).or_default().push(Arc::new(layout));
            }
            Ok(layout) => problems.push((file.to_owned(), misnamed(&layout))),
            Err(found) => problems.extend(found.into_iter().map(|problem| (file.to_owned(), problem))),
        }
    }
}

impl Layout {
    /// What is wrong with the name of the layout's file where that is a day, and not the one from which the layout is in force. A
    /// file of another name is a draft.
    pub fn misnamed(&self, file: &Path) -> Option<LayoutProblem> {
        let is_day = file.file_stem().and_then(|stem| stem.to_str()?.parse::<Date>().ok()).is_some();
        (is_day && !is_named_by_version(self, file)).then(|| misnamed(self))
    }
}

fn is_named_by_version(layout: &Layout, file: &Path) -> bool {
    file.file_stem().is_some_and(|stem| stem == layout.version().as_str())
}

fn misnamed(layout: &Layout) -> LayoutProblem {
    LayoutProblem::of_file(say!("layout-name-of-file", date = layout.version()))
}

fn subdirectories(dir: &Path, problems: &mut Vec<(PathBuf, LayoutProblem)>) -> Vec<PathBuf> {
    entries(dir, problems).into_iter().filter(|path| path.is_dir()).collect()
}

fn entries(dir: &Path, problems: &mut Vec<(PathBuf, LayoutProblem)>) -> Vec<PathBuf> {
    let read =
        || -> io::Result<Vec<PathBuf>> { std::fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect() };
    match read() {
        Ok(mut paths) => {
            paths.sort();
            paths
        }
        Err(error) => {
            problems.push((dir.to_owned(), LayoutProblem::unreadable(&error)));
            Vec::new()
        }
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
