//! `totatsu check`: everything that is wrong with the configuration, in one pass.

use super::{Common, Exit, print_json};
use crate::config;

pub(super) fn run(common: &Common) -> Exit {
    let (configured, mut problems) = config::read(&common.config);
    if let Some(configured) = &configured {
        problems.extend(config::check_directories(&common.config, configured));
    }
    let exit = if config::has_errors(&problems) { Exit::BadConfiguration } else { Exit::Done };
    if common.json {
        print_json(&problems);
        return exit;
    }
    for problem in &problems {
        say!("{problem}");
    }
    if let Some(configured) = configured.filter(|_| exit == Exit::Done) {
        say!(
            "all is well: {} partners, {} links, {} layouts",
            configured.partners.len(),
            configured.links.len(),
            configured.shelf.iter().count()
        );
    }
    exit
}
