//! What still stands in the configuration as the examples have it: a key that matches nobody, hosts that can't exist, a
//! municipality that isn't ours; and what a partner's file lists as open though it is filled in.
//!
//! Promises a warning by key and line for each of them, except for what a file lists as open: `check` counts that anyway. Never an
//! error: a gateway may be tried out with them, and a delivery to such a partner waits or is held and says why.

use std::path::Path;

use super::partner::is_nowhere;
use super::ready::{Config, GATEWAY_FILE, file_of};
use totatsu_base::say;
use totatsu_base::{Document, Problem, Severity};
use totatsu_transport::Reach;
use totatsu_transport::ftps::Protection;
use totatsu_transport::sftp::SftpSettings;

/// Name and municipality in the example of totatsu.toml. Both together show the example: a real gateway there has another name.
const NAME: &str = "見本市";
const MUNICIPALITY: &str = "13101";
/// The ending of names that no host can have (RFC 2606).
const RESERVED: &str = ".example";

/// Everything in the files of `directory` that somebody copied from the examples and has not replaced yet.
pub(super) fn check(directory: &Path, config: &Config) -> Vec<Problem> {
    let mut problems = Vec::new();
    if config.gateway.name == NAME && config.gateway.municipality == MUNICIPALITY {
        let main = Document::of(&directory.join(GATEWAY_FILE));
        for key in ["gateway.name", "gateway.municipality_code"] {
            let message = say!("config-example-name");
            problems.push(main.problem(Severity::Warning, key, message));
        }
    }
    for partner in config.partners.values() {
        let faults: KeyFaults = match &partner.reach {
            Reach::Sftp(settings) => {
                let jump = settings.jump.iter().flat_map(|jump| faults_of_ssh("jump", jump));
                faults_of_ssh("sftp", settings).into_iter().chain(jump).collect()
            }
            Reach::Ftps(settings) => {
                let pins = match &settings.protection {
                    Protection::Cleartext => &[][..],
                    Protection::Tls(tls) => &tls.pins,
                };
                let example = pins.iter().any(|pin| pin.is_example());
                let pinned = example.then(|| ("ftps.pins".to_owned(), say!("config-example-key")));
                fault_of_host("ftps", &settings.host).into_iter().chain(pinned).collect()
            }
            Reach::Medium(_) => Vec::new(),
        };
        let file = Document::of(&file_of(directory, "partners", &partner.name));
        let of_sample = |key: &String| faults.iter().any(|(faulty, _)| faulty == key);
        let filled = partner.open.iter().filter(|key| is_filled(&partner.reach, key) && !of_sample(key));
        let told =
            |key: &String| file.problem(Severity::Warning, "open", say!("config-open-but-filled", key = key));
        problems.extend(filled.map(told));
        let faults = faults.into_iter().filter(|(key, _)| !partner.open.contains(key));
        problems.extend(faults.map(|(key, fault)| file.problem(Severity::Warning, &key, fault)));
    }
    problems
}

/// Keys of a configuration file, each with what is wrong with it.
type KeyFaults = Vec<(String, String)>;

/// Whether a real value stands where `init` writes a stub: a host that may exist, or keys. Of other values nobody can tell whether
/// they were agreed.
fn is_filled(reach: &Reach, key: &str) -> bool {
    match (reach, key) {
        (Reach::Sftp(settings), "sftp.host") => !is_nowhere(&settings.host),
        (Reach::Sftp(settings), "sftp.host_keys") => !settings.host_keys.is_empty(),
        (Reach::Sftp(settings), "jump.host_keys") => {
            settings.jump.as_ref().is_some_and(|jump| !jump.host_keys.is_empty())
        }
        (Reach::Ftps(settings), "ftps.host") => !is_nowhere(&settings.host),
        (Reach::Ftps(settings), "ftps.pins") => {
            matches!(&settings.protection, Protection::Tls(tls) if !tls.pins.is_empty())
        }
        (Reach::Sftp(_) | Reach::Ftps(_) | Reach::Medium(_), _) => false,
    }
}

fn faults_of_ssh(table: &str, settings: &SftpSettings) -> KeyFaults {
    let example = settings.host_keys.iter().any(|key| key.is_example());
    let key = example.then(|| (format!("{table}.host_keys"), say!("config-example-key")));
    fault_of_host(table, &settings.host).into_iter().chain(key).collect()
}

fn fault_of_host(table: &str, host: &str) -> Option<(String, String)> {
    let reserved = host.trim_end_matches('.').to_ascii_lowercase().ends_with(RESERVED);
    reserved.then(|| (format!("{table}.host"), say!("config-example-host", host = host)))
}
