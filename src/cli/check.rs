//! `totatsu check`: everything that is wrong with the configuration, in one pass.

use super::exit::Exit;
use super::options::Common;
use crate::config;

pub(super) fn run(common: &Common) -> Exit {
    let (configured, problems) = config::check(&common.config);
    let exit = if config::has_errors(&problems) { Exit::BadConfiguration } else { Exit::Done };
    common.tell(&problems, exit, |problems| {
        let mut text: String = problems.iter().map(|problem| format!("{problem}\n")).collect();
        if let Some(configured) = configured.filter(|_| exit == Exit::Done) {
            let verdict = if problems.is_empty() { "all is well" } else { "no errors" };
            let links = configured.links.len() + configured.inbound.len();
            let (partners, layouts) = (configured.partners.len(), configured.catalogue.iter().count());
            text += &format!("{verdict}: partners {partners}, links {links}, layouts {layouts}\n");
        }
        text
    })
}
