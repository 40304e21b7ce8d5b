//! Fifth step of the way in: the operator's command imports the rows, while nobody else has the lock.
//!
//! Owns how the command is run and how its end is known. A shell of the system stands above it and writes its exit status
//! to a file of ours; it has the lock too, and outlives this program. So after a crash of ours the lock is kept until the
//! command has ended, and the file tells how. Where neither tells, the machine itself went down, and whether the import
//! was done isn't known. Never puts a record into an argument, the environment or a message.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};
use tokio::process::Command;

use crate::collect::exclusive::Exclusive;
use crate::collect::place::{self, Lying};
use crate::spool::DeliveryFolder;
use totatsu_base::durable::{self, if_there};
use totatsu_base::evidence::{Imported, Placing};
use totatsu_base::messages::os_error;
use totatsu_base::program::{fault_of_program, inherited};
use totatsu_base::rights::unreadable;
use totatsu_base::{Remedy, SpoolError, say};
use totatsu_transport::words::lasting;

/// The shell that stands above the command.
const SHELL: &str = "/bin/sh";
/// Runs the command, and writes its exit status to the file that is named first.
const ABOVE: &str = r#"umask 027; end="$1"; shift; "$@"; code=$?; echo "$code" > "$end.new"; mv "$end.new" "$end"; exit "$code""#;
/// What of our own environment the command gets.
const INHERITED: [&str; 4] = ["PATH", "LANG", "LC_ALL", "TZ"];
/// How long a command that is told to end may take before it is killed.
const GRACE: Duration = Duration::from_secs(10);
/// How often it is looked meanwhile whether the command has ended.
const LOOK: Duration = Duration::from_millis(20);
/// Bytes of output above which all but the last are let go: a command fills no disk.
const OUTPUT: u64 = 16 * 1024 * 1024;
/// Bytes of output that are kept then: the last ones.
const OUTPUT_KEPT: u64 = 1024 * 1024;
/// How often its output is looked at.
const OUTPUT_LOOK: Duration = Duration::from_secs(1);
/// What a command's argument may contain for the path of the file.
pub const FILE: &str = "{file}";

/// An import command, as the link names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportCommand {
    /// Program and arguments.
    pub argv: Vec<String>,
    /// How long the command may take.
    pub time_limit: Duration,
    /// The command may be run again where nobody knows whether it was done.
    pub repeatable: bool,
    /// The file stays in the inbox afterwards.
    pub leave: bool,
}

/// What the command is told, in its environment.
#[derive(Debug, Clone, Copy)]
pub struct ImportFacts<'a> {
    /// The file in the inbox.
    pub file: &'a Path,
    /// Names and values, `TOTATSU_...`.
    pub environment: &'a [(&'static str, String)],
}

/// How an import that this program doesn't watch stands.
#[derive(Debug)]
pub enum KnownEnd {
    /// The command has ended well.
    Done(Imported),
    /// The command has ended with this exit status.
    Failed(i32),
    /// Nobody knows how the command ended.
    Nothing,
}

/// Why the import isn't done.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Our disk refused to keep the command's output, or to tell how the command ended.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// What was imported can't be removed from the inbox: usually its rights are wrong. The operator mends them.
    #[error(transparent)]
    Inbox(SpoolError),
    /// The rows are no longer in the inbox: somebody took them away before they were imported. The operator puts them back.
    #[error("{}", say!("collect-import-gone", path = path.display(), rows = rows.display()))]
    Gone {
        /// Their path in the inbox.
        path: PathBuf,
        /// Where they are kept.
        rows: PathBuf,
    },
    /// What bears the rows' name in the inbox isn't what was placed there. The operator finds out who put it there.
    #[error("{}", say!("collect-import-replaced", path = path.display(), rows = rows.display()))]
    Replaced {
        /// Their path in the inbox.
        path: PathBuf,
        /// Where they are kept.
        rows: PathBuf,
    },
    /// The command can't be started. The operator corrects the link's `import.command`.
    #[error("{}", say!("collect-import-not-started", id = id, program = program, error = unstarted(program, error)))]
    NotStarted {
        /// The collection.
        id: String,
        /// The program.
        program: String,
        /// What the system says.
        error: io::Error,
    },
    /// The command ended with an error. The operator looks at its output.
    #[error("{}", say!("collect-import-failed", id = id, status = status, output = output.display()))]
    Failed {
        /// The collection.
        id: String,
        /// Its exit status; 128 and more for a signal.
        status: i32,
        /// Where its output is.
        output: PathBuf,
    },
    /// The command took longer than the link allows, and was ended.
    #[error("{}", say!("collect-import-too-slow", id = id, limit = lasting(*limit)))]
    TooSlow {
        /// The collection.
        id: String,
        /// The limit.
        limit: Duration,
    },
    /// The machine or the service went down while the command ran, or before it could be started.
    #[error("{}", say!("collect-import-interrupted", id = id))]
    Interrupted {
        /// The collection.
        id: String,
    },
}

impl ImportError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            ImportError::Spool(error) => Remedy::for_own_disk(&error.error),
            ImportError::Inbox(error) => Remedy::for_exchange(&error.error),
            ImportError::Gone { .. }
            | ImportError::Replaced { .. }
            | ImportError::NotStarted { .. }
            | ImportError::Failed { .. }
            | ImportError::TooSlow { .. }
            | ImportError::Interrupted { .. } => Remedy::Hold,
        }
    }
}

/// Why a program can't be started: what the system says, or what is wrong with the command.
fn unstarted(program: &str, error: &io::Error) -> String {
    if error.raw_os_error().is_some() { unreadable(Path::new(program), error) } else { error.to_string() }
}

/// Makes sure that the rows in the inbox are still those that were placed there; to be called with the lock in hand, before each
/// run.
///
/// # Errors
/// They aren't, or the inbox doesn't let us look.
pub fn check(placing: &Placing, folder: &DeliveryFolder) -> Result<(), ImportError> {
    let (path, rows) = (placing.path.clone(), folder.decoded());
    match place::lying(placing).map_err(ImportError::Inbox)? {
        Lying::Ours => Ok(()),
        Lying::Gone => Err(ImportError::Gone { path, rows }),
        Lying::Another => Err(ImportError::Replaced { path, rows }),
    }
}

/// Forgets how an earlier run ended, and makes the file for what the command prints, so that a full disk shows while nothing
/// has begun; to be called before it is recorded that another one starts.
///
/// # Errors
/// Our disk refused.
pub fn forget(folder: &DeliveryFolder) -> Result<(), ImportError> {
    let (end, output) = (folder.import_end(), folder.import_output());
    open_output(&output).map_err(SpoolError::at("disk-opening", &output))?;
    if_there(fs::remove_file(&end)).map_err(SpoolError::at("disk-removing", &end))?;
    // Also where it is gone: an earlier removal may have been cut off before its sync.
    durable::sync_dir(folder.path())?;
    Ok(())
}

/// Runs the command to its end, or to its time limit.
///
/// # Errors
/// See [`ImportError`].
pub async fn run(
    import: &ImportCommand,
    lock: &Exclusive,
    facts: ImportFacts<'_>,
    folder: &DeliveryFolder,
) -> Result<Imported, ImportError> {
    let (program, id) = (import.argv[0].clone(), folder.id());
    if let Some(fault) = fault_of_program(&import.argv) {
        return Err(ImportError::NotStarted { id, program, error: io::Error::other(fault) });
    }
    let started = Instant::now();
    let output = folder.import_output();
    let output = open_output(&output).map_err(SpoolError::at("disk-opening", &output))?;
    let mut child = match start(import, lock, facts, folder, output) {
        Ok(child) => child,
        Err(error) => return Err(ImportError::NotStarted { id, program, error }),
    };
    let ended = match tokio::time::timeout(import.time_limit, wait(&mut child, folder)).await {
        Ok(ended) => ended,
        Err(_) => {
            end_group(&mut child).await;
            shorten(folder).await;
            return Err(ImportError::TooSlow { id, limit: import.time_limit });
        }
    };
    shorten(folder).await;
    let status = ended.map_err(SpoolError::at("disk-waiting-for", Path::new(&program)))?;
    if status.success() {
        keep_success(folder)?;
        return Ok(Imported { milliseconds: u64::try_from(started.elapsed().as_millis()).ok() });
    }
    Err(ImportError::Failed { id, status: code_of(status), output: folder.import_output() })
}

/// How a run that outlived this program ended; to be asked with the lock in hand, so that it has ended.
///
/// # Errors
/// Our disk refused.
pub fn known_end(folder: &DeliveryFolder) -> Result<KnownEnd, ImportError> {
    let end = folder.import_end();
    let text = if_there(fs::read_to_string(&end)).map_err(SpoolError::at("disk-reading", &end))?;
    Ok(match text.unwrap_or_default().trim().parse() {
        Ok(0) => {
            keep_success(folder)?;
            KnownEnd::Done(Imported { milliseconds: None })
        }
        Ok(status) => KnownEnd::Failed(status),
        Err(_) => KnownEnd::Nothing,
    })
}

fn open_output(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}

/// Makes it durable that the command ended well. The shell syncs nothing, and what was imported is removed from the inbox
/// next: without this, a power cut could leave neither the file nor the knowledge that it was imported.
fn keep_success(folder: &DeliveryFolder) -> Result<(), SpoolError> {
    // Durable from here: the command ended well.
    durable::write_durably(&folder.import_end(), 0o600, b"0\n")
}

fn start(
    import: &ImportCommand,
    lock: &Exclusive,
    facts: ImportFacts<'_>,
    folder: &DeliveryFolder,
    output: File,
) -> io::Result<tokio::process::Child> {
    let file = facts.file.to_string_lossy();
    let mut command = Command::new(SHELL);
    command.args(["-c", ABOVE, SHELL]).arg(folder.import_end());
    command.args(import.argv.iter().map(|argument| argument.replace(FILE, &file)));
    command.env_clear().envs(inherited(&INHERITED));
    command.env("TOTATSU_FILE", facts.file);
    command.envs(facts.environment.iter().map(|(name, value)| (name, value)));
    command.current_dir(folder.path()).process_group(0);
    // The command has the lock's file as its input and reads nothing from it: as long as it is open there, the lock is kept.
    command.stdin(Stdio::from(lock.share()?));
    command.stdout(Stdio::from(output.try_clone()?)).stderr(Stdio::from(output));
    command.spawn()
}

/// Waits for the command's end, and meanwhile keeps its output short.
async fn wait(child: &mut tokio::process::Child, folder: &DeliveryFolder) -> io::Result<ExitStatus> {
    loop {
        match tokio::time::timeout(OUTPUT_LOOK, child.wait()).await {
            Ok(ended) => return ended,
            Err(_) => shorten(folder).await,
        }
    }
}

/// Shortens the command's output. What can't be shortened stays as it is: the output is worth no failure.
async fn shorten(folder: &DeliveryFolder) {
    let output = folder.import_output();
    let shortened = tokio::task::spawn_blocking(move || keep_end(&output)).await;
    if let Ok(Err(error)) = shortened {
        let (folder, error) = (folder.path().display(), os_error(&error));
        tracing::warn!(error, %folder, "{}", say!("collect-output-long"));
    }
}

/// Keeps the end of the output. The command appends to it, so it goes on behind what is kept, and loses at most what it
/// prints in this moment.
fn keep_end(output: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().read(true).append(true).open(output)?;
    let size = file.metadata()?.len();
    if size <= OUTPUT {
        return Ok(());
    }
    let mut end = Vec::new();
    file.seek(SeekFrom::Start(size - OUTPUT_KEPT))?;
    (&mut file).take(OUTPUT_KEPT).read_to_end(&mut end)?;
    file.set_len(0)?;
    file.write_all(cut().as_bytes())?;
    file.write_all(&end)
}

/// The line that stands in place of the output that was let go.
fn cut() -> String {
    say!("collect-output-cut") + "\n"
}

/// Ends the command and everything that it started, as far as that stayed in its group of processes.
async fn end_group(child: &mut tokio::process::Child) {
    let Some(group) = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)) else { return };
    // A group that has ended by itself meanwhile can't be told any more.
    let _ = rustix::process::kill_process_group(group, Signal::TERM);
    if tokio::time::timeout(GRACE, gone(child, group)).await.is_err() {
        let _ = rustix::process::kill_process_group(group, Signal::KILL);
        // No process outlives that; where a dead one is never reaped, it is not waited for.
        drop(tokio::time::timeout(GRACE, gone(child, group)).await);
    }
}

/// Waits until nobody of the group is left.
async fn gone(child: &mut tokio::process::Child, group: Pid) {
    drop(child.wait().await);
    while rustix::process::test_kill_process_group(group).is_ok() {
        tokio::time::sleep(LOOK).await;
    }
}

fn code_of(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt as _;
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::exclusive;
    use crate::spool::Spool;

    struct Home {
        _home: tempfile::TempDir,
        spool: Spool,
        folder: DeliveryFolder,
    }

    impl Home {
        fn new() -> Home {
            let home = tempfile::tempdir().unwrap();
            let spool = Spool::new(home.path());
            spool.lay_out().unwrap();
            let folder = DeliveryFolder::at(&home.path().join("folder"));
            fs::create_dir(folder.path()).unwrap();
            Home { _home: home, spool, folder }
        }

        async fn run(&self, script: &str, time_limit: Duration) -> Result<Imported, ImportError> {
            let path = self.folder.path().join("script");
            fs::write(&path, script).unwrap();
            let argv = ["/bin/sh", path.to_str().unwrap(), FILE].map(str::to_owned).to_vec();
            let import = ImportCommand { argv, time_limit, repeatable: false, leave: false };
            let lock = exclusive::try_take(&self.spool, "a").unwrap().unwrap();
            let environment = [("TOTATSU_ID", "id".to_owned())];
            let facts = ImportFacts { file: Path::new("/in box/$(id).csv"), environment: &environment };
            run(&import, &lock, facts, &self.folder).await
        }
    }

    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn the_command_gets_the_file_in_its_argument_and_nothing_passes_through_a_shell() {
        let home = Home::new();
        home.run("printf '%s|%s|%s' \"$1\" \"$TOTATSU_FILE\" \"$TOTATSU_ID\"", LONG).await.unwrap();
        let output = fs::read_to_string(home.folder.import_output()).unwrap();
        assert_eq!(output, "/in box/$(id).csv|/in box/$(id).csv|id");
        assert!(matches!(known_end(&home.folder).unwrap(), KnownEnd::Done(_)));
    }

    #[tokio::test]
    async fn an_exit_status_other_than_zero_is_the_jobs_result_and_its_output_is_kept() {
        let home = Home::new();
        let failed = home.run("echo why; exit 3", LONG).await.unwrap_err();
        assert!(matches!(failed, ImportError::Failed { status: 3, .. }));
        assert_eq!(fs::read_to_string(home.folder.import_output()).unwrap(), "why\n");
        assert!(matches!(known_end(&home.folder).unwrap(), KnownEnd::Failed(3)));
        forget(&home.folder).unwrap();
        assert!(matches!(known_end(&home.folder).unwrap(), KnownEnd::Nothing));
    }

    #[tokio::test]
    async fn a_command_that_takes_too_long_is_ended_with_all_that_it_started_and_lets_the_lock_go() {
        let home = Home::new();
        let stubborn = "trap '' TERM; (trap - TERM; exec sleep 3600) & sleep 0.5; sleep 0.5";
        let slow = home.run(stubborn, Duration::from_millis(200)).await.unwrap_err();
        assert!(matches!(slow, ImportError::TooSlow { .. }));
        assert!(exclusive::try_take(&home.spool, "a").unwrap().is_some());
    }

    #[tokio::test]
    async fn of_a_command_that_prints_without_measure_the_end_is_kept() {
        let home = Home::new();
        let talkative = "head -c 50000000 /dev/zero; sleep 2; head -c 30000000 /dev/zero; echo the end";
        home.run(talkative, LONG).await.unwrap();
        let output = fs::read(home.folder.import_output()).unwrap();
        assert!(output.starts_with(cut().as_bytes()) && output.ends_with(b"the end\n"));
        assert_eq!(output.len(), cut().len() + usize::try_from(OUTPUT_KEPT).unwrap());
    }

    async fn refused(home: &Home, program: &str) -> ImportError {
        let argv = vec![program.to_owned()];
        let import = ImportCommand { argv, time_limit: LONG, repeatable: false, leave: false };
        let lock = exclusive::try_take(&home.spool, "a").unwrap().unwrap();
        let facts = ImportFacts { file: Path::new("x"), environment: &[] };
        run(&import, &lock, facts, &home.folder).await.unwrap_err()
    }

    #[tokio::test]
    async fn a_missing_program_is_told() {
        let missing = refused(&Home::new(), "/no/such/program").await;
        assert!(matches!(missing, ImportError::NotStarted { .. }), "{missing}");
    }

    #[tokio::test]
    async fn what_our_disk_refuses_before_a_command_starts_is_no_fault_of_the_command() {
        let home = Home::new();
        fs::create_dir(home.folder.import_output()).unwrap();
        let refused = refused(&home, "/bin/true").await;
        assert!(matches!(refused, ImportError::Spool(_)), "{refused}");
    }
}
