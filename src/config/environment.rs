//! Whether this machine is as the configuration wants it: directories, the socket's place, private keys.
//!
//! Owns the questions that reading the configuration alone can't answer. Asks with the rights of the user who runs the process,
//! so `check` is to be run as the daemon's user. Changes nothing.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;
use totatsu_base::durable;

use russh::keys::PublicKey;
use socket2::{Domain, SockAddr, Socket, Type};

use super::ready::{Config, GATEWAY_FILE, file_of};
use super::roles::{GroupWord, Role, RoleGroups};
use crate::disk::{self, Fitness};
use totatsu_base::messages::os_error;
use totatsu_base::program::fault_of_program;
use totatsu_base::say;
use totatsu_base::{Document, Moment, Problem, Severity, SharedDirectory, SharedPlace};
use totatsu_transport::ftps::{FtpsSettings, Protection, check_authorities, check_client_certificate};
use totatsu_transport::sftp::{Authentication, SftpSettings, check_certificate, check_key, to_the_minute};
use totatsu_transport::{Reach, TransportError};

/// How long the kernel allows the path of a Unix socket to be, in bytes.
const SOCKET_PATH_LIMIT: usize = 107;
/// How long before an SSH certificate of ours expires `check` warns.
const CERTIFICATE_WARNING: Duration = Duration::from_hours(14 * 24);

/// Everything on this machine that doesn't fit the configuration in `directory`.
pub fn check(directory: &Path, config: &Config) -> Vec<Problem> {
    let mut problems = Vec::new();
    let gateway = &config.gateway;
    let main = Document::of(&directory.join(GATEWAY_FILE));
    for (key, path) in [("paths.spool", &gateway.spool), ("paths.ledger", &gateway.ledger)] {
        let fault = fault_of_directory(path).map(|message| main.problem(Severity::Error, key, message));
        problems.extend(fault.or_else(|| problem_of_file_system(&main, key, path)));
    }
    problems.extend(problem_of_socket(&main, &gateway.socket));
    if let Some(roles) = &gateway.roles {
        problems.extend(problems_of_groups(&main, &roles.groups));
        problems.extend(problem_of_way_to_socket(&main, &gateway.socket));
    }
    let fault = gateway.alerts.as_ref().and_then(|alerts| fault_of_program(&alerts.argv));
    problems.extend(fault.map(|message| main.problem(Severity::Error, "alerts.command", message)));
    let fault = gateway.stamps.as_ref().and_then(|stamps| fault_of_program(&stamps.argv));
    problems.extend(fault.map(|message| main.problem(Severity::Error, "timestamp.command", message)));
    for link in config.links.values() {
        if let Some(message) = fault_of_directory(&link.outbox) {
            let file = Document::of(&file_of(directory, "links", &link.name));
            problems.push(file.problem(Severity::Error, "outbox", message));
        }
    }
    for link in config.links.values() {
        let file = Document::of(&file_of(directory, "links", &link.name));
        problems.extend(problem_of_sharing(&file, "outbox", &link.outbox_place()));
        problems.extend(link.roles.iter().flat_map(|roles| problems_of_groups(&file, roles)));
    }
    for link in config.inbound.values() {
        let file = Document::of(&file_of(directory, "links", &link.name));
        problems.extend(problem_of_sharing(&file, "inbox.directory", &link.inbox_place()));
        problems.extend(link.roles.iter().flat_map(|roles| problems_of_groups(&file, roles)));
        let inbox = fault_of_directory(&link.inbox).map(|fault| ("inbox.directory", fault));
        let import = link.import.as_ref().and_then(|import| fault_of_program(&import.argv));
        let faults = inbox.into_iter().chain(import.map(|fault| ("import.command", fault)));
        problems.extend(faults.map(|(key, fault)| file.problem(Severity::Error, key, fault)));
    }
    for partner in config.partners.values() {
        let file = Document::of(&file_of(directory, "partners", &partner.name));
        match &partner.reach {
            Reach::Sftp(settings) => problems.extend(problems_of_keys(&file, settings)),
            Reach::Ftps(settings) => problems.extend(problems_of_certificates(&file, settings)),
            // A medium that isn't there is no fault: the gateway waits for it.
            Reach::Medium(_) => {}
        }
    }
    problems
}

fn problems_of_keys(file: &Document, settings: &SftpSettings) -> Vec<Problem> {
    let jump = settings.jump.iter().flat_map(|jump| problems_of_proofs(file, "jump", jump));
    problems_of_proofs(file, "sftp", settings).into_iter().chain(jump).collect()
}

fn problems_of_proofs(file: &Document, table: &str, settings: &SftpSettings) -> Vec<Problem> {
    let mut problems = Vec::new();
    for proof in &settings.authentication {
        let (public, certificate) = match proof {
            Authentication::Password(_) => continue,
            Authentication::PrivateKeyFile { path, certificate, .. } if !path.exists() => (None, certificate),
            Authentication::PrivateKeyFile { path, passphrase, certificate } => {
                match check_key(path, passphrase.as_ref()) {
                    Ok(public) => (Some(public), certificate),
                    Err(error) => {
                        let keys = ["private_key_file", "private_key_credential"];
                        let mut keys = keys.into_iter().map(|key| format!("{table}.{key}"));
                        let key = keys.find(|key| file.names(key)).unwrap_or_else(|| table.to_owned());
                        problems.push(file.problem(Severity::Error, &key, error.to_string()));
                        (None, certificate)
                    }
                }
            }
            Authentication::Agent { socket, certificate, .. } => {
                problems.extend(socket.as_deref().and_then(|socket| problem_of_agent(file, table, socket)));
                (None, certificate)
            }
        };
        let certificate = certificate.as_deref();
        problems.extend(certificate.and_then(|path| {
            problem_of_ssh_certificate(file, &format!("{table}.certificate_file"), path, public.as_ref())
        }));
    }
    problems
}

/// Warns where no SSH agent listens. It is no error, because the agent may be started after the gateway. An agent that is too
/// busy to take a connection at once isn't waited for.
fn problem_of_agent(file: &Document, table: &str, socket: &Path) -> Option<Problem> {
    let connect = || {
        let caller = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        caller.set_nonblocking(true)?;
        caller.connect(&SockAddr::unix(socket)?)
    };
    let error = connect().err()?;
    let key = format!("{table}.agent_socket");
    let key = if file.names(&key) { key } else { format!("{table}.agent_key") };
    let message = say!("config-no-agent", path = socket.display(), error = os_error(&error));
    Some(file.problem(Severity::Warning, &key, message))
}

/// What is wrong with an SSH certificate of ours. An expired one is only a warning: it holds up its own partner and no other.
fn problem_of_ssh_certificate(
    file: &Document,
    key: &str,
    path: &Path,
    public: Option<&PublicKey>,
) -> Option<Problem> {
    let end = match check_certificate(path, public) {
        Ok(end) => end?,
        Err(error) => return Some(file.problem(Severity::Error, key, error.to_string())),
    };
    let now = Moment::now();
    if now.after(CERTIFICATE_WARNING) < end {
        return None;
    }
    let (expired, path, end) = (end <= now, path.display(), to_the_minute(end));
    let message = if expired {
        say!("config-certificate-expired", path = path, end = end)
    } else {
        say!("config-certificate-expires", path = path, end = end)
    };
    Some(file.problem(Severity::Warning, key, message))
}

fn problems_of_certificates(file: &Document, settings: &FtpsSettings) -> Vec<Problem> {
    let Protection::Tls(tls) = &settings.protection else { return Vec::new() };
    let authorities = tls.ca_file.as_deref().map(check_authorities).and_then(Result::err);
    let client = tls.client.as_ref().map(check_client_certificate).and_then(Result::err);
    let problem = |key, error: TransportError| file.problem(Severity::Error, key, error.to_string());
    let authorities = authorities.map(|error| problem("ftps.ca_file", error));
    authorities
        .into_iter()
        .chain(client.map(|error| problem("ftps.client_certificate_file", error)))
        .collect()
}

/// Why we can't work in a directory. A missing directory is no fault where we can make it: the gateway does so when it starts.
fn fault_of_directory(path: &Path) -> Option<String> {
    match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let above = path.ancestors().find(|ancestor| ancestor.exists())?;
            let message = say!("config-cannot-be-made", path = path.display(), above = above.display());
            (!is_writable(above)).then_some(message)
        }
        Err(error) => Some(say!("config-file-fails", path = path.display(), error = os_error(&error))),
        Ok(metadata) if !metadata.is_dir() => Some(say!("config-no-directory", path = path.display())),
        Ok(_) if !is_writable(path) => Some(say!("config-not-writable", path = path.display())),
        Ok(_) => None,
    }
}

/// Why the gateway would not touch a directory that others write to as well. It is only a warning: other links go on.
fn problem_of_sharing(file: &Document, key: &str, place: &SharedPlace) -> Option<Problem> {
    let there = fs::symlink_metadata(&place.path).is_ok();
    let error = SharedDirectory::open(place).err().filter(|_| there)?;
    // An error of the system, such as missing rights, is told elsewhere.
    let ours = error.error.raw_os_error().is_none();
    ours.then(|| file.problem(Severity::Warning, key, error.to_string()))
}

/// Why this file system isn't fit to keep what must survive a power cut.
fn problem_of_file_system(main: &Document, key: &str, path: &Path) -> Option<Problem> {
    let shown = path.display();
    let (severity, message) = match disk::fitness_at(path) {
        Ok(Fitness::Fit) => return None,
        Ok(Fitness::Forgets(name)) => {
            (Severity::Warning, say!("config-in-memory", path = shown, system = name))
        }
        Ok(Fitness::Unfit(name)) => (Severity::Error, say!("config-unfit-disk", path = shown, system = name)),
        Err(error) => {
            (Severity::Warning, say!("config-disk-unknown", path = shown, error = os_error(&error)))
        }
    };
    Some(main.problem(severity, key, message))
}

/// What is wrong with the socket's place. A missing directory is only a warning: a service manager makes it when the service starts.
fn problem_of_socket(main: &Document, socket: &Path) -> Option<Problem> {
    let key = "paths.socket";
    let length = socket.as_os_str().len();
    if length > SOCKET_PATH_LIMIT {
        let message = say!("config-socket-too-long", length = length, limit = SOCKET_PATH_LIMIT);
        return Some(main.problem(Severity::Error, key, message));
    }
    let directory = durable::parent_of(socket);
    let severity = if directory.exists() { Severity::Error } else { Severity::Warning };
    fault_of_directory(directory).map(|message| main.problem(severity, key, message))
}

/// Warns of groups in `[roles]` that the system doesn't know. It is no error, because a group may be made later.
fn problems_of_groups(file: &Document, roles: &RoleGroups) -> Vec<Problem> {
    let unknown = roles.all().filter(|(_, group)| group.id().is_none());
    let problem = |(role, group): (Role, &GroupWord)| {
        let (key, group) = (format!("roles.{}", role.word()), group.to_string());
        file.problem(Severity::Warning, &key, say!("config-no-group", group = group))
    };
    unknown.map(problem).collect()
}

/// Warns where people with a role can't reach the socket. The unit of an earlier version lets only its directory's group through.
fn problem_of_way_to_socket(main: &Document, socket: &Path) -> Option<Problem> {
    let directory = durable::parent_of(socket);
    let mode = fs::metadata(directory).ok()?.permissions().mode();
    let message = || say!("config-socket-out-of-reach", path = directory.display());
    (mode & 0o001 == 0).then(|| main.problem(Severity::Warning, "paths.socket", message()))
}

fn is_writable(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK).is_ok()
}
