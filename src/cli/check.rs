//! `totatsu check`: everything that is wrong with the configuration, in one pass, and what is still open in it.

use clap::Args;

use super::exit::Exit;
use super::options::Common;
use super::terms;
use crate::config::{self, Config};
use totatsu_base::say;

/// `totatsu check`.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Name each point that is still to be agreed or filled in, not only how many there are
    #[arg(long)]
    open: bool,
}

impl Check {
    pub(super) fn run(&self, common: &Common) -> Exit {
        let (configured, problems) = config::check(&common.config);
        let exit = if config::has_errors(&problems) { Exit::BadConfiguration } else { Exit::Done };
        if let (true, true, Some(configured)) = (common.json, self.open, &configured) {
            let answer = serde_json::json!({ "problems": problems, "open": configured.open_points() });
            return common.tell(&answer, exit, |_| String::new());
        }
        common.tell(&problems, exit, |problems| {
            let mut text: String = problems.iter().map(|problem| format!("{problem}\n")).collect();
            if let Some(configured) = configured.filter(|_| exit == Exit::Done) {
                let links = configured.links.len() + configured.inbound.len();
                let (partners, layouts) = (configured.partners.len(), configured.catalogue.iter().count());
                text += &self.open(&configured);
                text += &match problems.is_empty() {
                    true => say!("cli-check-well", partners = partners, links = links, layouts = layouts),
                    false => {
                        say!("cli-check-no-errors", partners = partners, links = links, layouts = layouts)
                    }
                };
                text.push('\n');
            }
            text
        })
    }

    /// The open points one by one with `--open`, else only their number.
    fn open(&self, configured: &Config) -> String {
        let open = configured.open_points();
        if open.is_empty() {
            return String::new();
        }
        let points: usize = open.iter().map(|open| open.points.len()).sum();
        let named = open.iter().filter(|_| self.open);
        let named: String = named
            .map(|open| {
                let file = open.file.display();
                say!("cli-check-open-in", file = file, points = terms::listed(&open.points)) + "\n"
            })
            .collect();
        let count = match self.open {
            true => say!("cli-check-open", points = points, files = open.len()),
            false => say!("cli-check-open-hint", points = points, files = open.len()),
        };
        format!("{named}{count}\n")
    }
}
