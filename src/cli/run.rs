//! `totatsu run`: the daemon.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::chronicle;
use super::exit::{Exit, exit_of_ledger, fail, failed};
use super::logging::{error_mark, log_to_stderr};
use super::options::Common;
use crate::config::{self, Config, GatewaySettings};
use crate::control::{Answer, Caller, Desk, Question};
use crate::daemon::pulse::tell;
use crate::daemon::{self, DaemonError, Stopping};
use crate::disk;
use crate::gateway::{CustodyError, Ending, Gateway, OpenError, Renewal};
use totatsu_base::messages::{self, os_error};
use totatsu_base::say;
use totatsu_ledger::IndexError;

/// How long the daemon has to end by itself once its index has failed.
const LAST: Duration = Duration::from_secs(30);
/// How long the watchdog waits for a gateway that begins anew: as TimeoutStartSec= of the unit.
const MICROSECONDS_TO_BEGIN: u32 = 15 * 60 * 1_000_000;

/// How often it is looked whether the ledger's disk has room to begin on.
const LOOK_FOR_ROOM: Duration = Duration::from_secs(1);

/// How a gateway ended.
enum Ended {
    As(Exit),
    /// To begin anew, with a configuration that was found sound.
    ToRenew,
}

pub(super) fn run(common: &Common) -> Exit {
    log_to_stderr("info");
    let Some(configured) = sound(&common.config) else {
        return fail(Exit::BadConfiguration, &say!("cli-run-configuration"));
    };
    // Until here the language of the environment was spoken.
    if let Some(language) = configured.gateway.language {
        messages::speak(language);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(os_error(&error)),
    };
    let ended = runtime.block_on(serve(&common.config, configured));
    match ended {
        Ended::As(exit) => exit,
        Ended::ToRenew => {
            runtime.shutdown_timeout(LAST);
            begin_anew()
        }
    }
}

/// The configuration, if it has no error; every problem is told.
fn sound(directory: &Path) -> Option<Config> {
    let (configured, problems) = config::check(directory);
    problems.iter().for_each(|problem| eprintln!("{}{problem}", error_mark()));
    configured.filter(|_| !config::has_errors(&problems))
}

/// Serves until the gateway is to stop, or to begin anew. Where the configuration changed again while steps in hand were finished, and
/// has an error now, the gateway goes on with the one that it had.
async fn serve(directory: &Path, configured: Config) -> Ended {
    loop {
        let ended = begin(directory, configured.clone()).await.unwrap_or_else(Ended::As);
        if !matches!(ended, Ended::ToRenew) || sound(directory).is_some() {
            return ended;
        }
        tracing::error!("{}", say!("cli-run-changed-again"));
    }
}

/// Has this process begin anew, with the program as it is installed now and the arguments that it was given.
fn begin_anew() -> Exit {
    let begins = say!("cli-run-begins-anew");
    let mut states = vec![NotifyState::Status(&begins)];
    // Nobody feeds the watchdog before the journal has been read.
    if sd_notify::watchdog_enabled().is_some() {
        states.extend([NotifyState::Watchdog, NotifyState::WatchdogUsec(MICROSECONDS_TO_BEGIN)]);
    }
    tell(&states);
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => return failed(say!("cli-run-cannot-begin-anew", error = os_error(&error))),
    };
    // The kernel adds this to the path of a program that an upgrade has replaced.
    let bytes = program.as_os_str().as_bytes();
    let program = OsStr::from_bytes(bytes.strip_suffix(b" (deleted)").unwrap_or(bytes));
    let error = Command::new(program).args(std::env::args_os().skip(1)).exec();
    failed(say!("cli-run-cannot-begin-anew", error = os_error(&error)))
}

/// Waits until ledger and spool have room to begin on. Whoever ended for lack of room would be started again and again, and then no more.
async fn wait_for_room(settings: &GatewaySettings) -> Result<(), Exit> {
    let mut told = false;
    while let Some(little) = disk::little_room_to_begin(&settings.ledger, &settings.spool).map_err(failed)? {
        let (path, wanted) = (little.path.display(), little.wanted());
        let waits = say!("cli-run-waits-for-room", path = path, wanted = wanted);
        if !told {
            tracing::error!("{waits}");
            told = true;
        }
        let longer = NotifyState::ExtendTimeoutUsec(MICROSECONDS_TO_BEGIN);
        tell(&[NotifyState::Status(&waits), NotifyState::Watchdog, longer]);
        tokio::time::sleep(LOOK_FOR_ROOM).await;
    }
    Ok(())
}

async fn begin(directory: &Path, configured: Config) -> Result<Ended, Exit> {
    wait_for_room(&configured.gateway).await?;
    let (links, inbound) = (configured.links.len(), configured.inbound.len());
    let (gateway, opening) = Gateway::open(configured).map_err(|error| match error {
        OpenError::Ledger(error) => fail(exit_of_ledger(&error), &error),
        OpenError::Spool(error) => failed(error),
        OpenError::Custody(error) => fail(exit_of_custody(&error), &error),
        OpenError::Key(error) => super::receipt::failed_by_key(error),
    })?;
    if opening.torn > 0 {
        tracing::warn!(bytes = opening.torn, "{}", say!("cli-run-torn"));
    }
    if let Some(format) = opening.other_format {
        let events = opening.replayed;
        tracing::info!(format, events, "{}", say!("cli-run-other-format"));
    } else if let Some(aside) = opening.set_aside {
        let events = opening.replayed;
        tracing::warn!(aside = %aside.display(), events, "{}", say!("cli-run-rebuilt"));
    }
    end_at_last(gateway.ledger.index_failure(), LAST);
    let (ending, stopping) = Stopping::channel();
    let gateway = Arc::new(gateway);
    drop(gateway.renewal.set(Renewal::new(directory, &gateway.config, ending.clone())));
    let heard =
        |kind| signal(kind).map_err(|error| failed(say!("cli-run-signals", error = os_error(&error))));
    let (stops, reload) =
        ([heard(SignalKind::terminate())?, heard(SignalKind::interrupt())?], heard(SignalKind::hangup())?);
    let heeding = tokio::spawn(heed(stops, reload, ending.clone(), Desk::of_daemon(gateway.clone())));
    let ready = || {
        tracing::info!(version = env!("CARGO_PKG_VERSION"), links, inbound, "{}", say!("cli-run-ready"));
        let mut states = vec![NotifyState::Ready];
        let limit = sd_notify::watchdog_enabled().and_then(|limit| u32::try_from(limit.as_micros()).ok());
        states.extend(limit.map(NotifyState::WatchdogUsec));
        tell(&states);
    };
    let ends = |error: DaemonError| {
        tracing::error!(%error, "{}", say!("cli-run-ends"));
        if error.is_lack_of_room() { Exit::Failed } else { Exit::Untrusted }
    };
    chronicle::started(&gateway).await.map_err(|stop| ends(stop.into()))?;
    let last = gateway.clone();
    let outcome = daemon::run(gateway, stopping, ready).await;
    heeding.abort();
    let signal = heeding.await.unwrap_or_default();
    // After an error nothing is recorded: the disk itself may be at fault.
    let reason = match (&outcome, signal) {
        (Err(_), _) => None,
        (Ok(()), _) if *ending.borrow() == Ending::Renew => Some(say!("cli-run-stopped-to-renew")),
        (Ok(()), Some(signal)) => Some(signal.to_owned()),
        (Ok(()), None) => Some(say!("cli-run-stopped-by-itself")),
    };
    if let Some(reason) = reason {
        chronicle::stopped(&last, reason).await;
    }
    drop(last);
    match outcome {
        Ok(()) if *ending.borrow() == Ending::Renew => Ok(Ended::ToRenew),
        Ok(()) => Ok(Ended::As(Exit::Done)),
        Err(error) => Err(ends(error)),
    }
}

/// Obeys signals: SIGHUP takes over the configuration, SIGTERM and SIGINT stop the gateway. Returns the name of the one that stopped it.
async fn heed(
    stops: [Signal; 2],
    mut reload: Signal,
    ending: watch::Sender<Ending>,
    desk: Desk,
) -> Option<&'static str> {
    let [mut terminate, mut interrupt] = stops;
    let signal = loop {
        tokio::select! {
            _ = terminate.recv() => break "SIGTERM",
            _ = interrupt.recv() => break "SIGINT",
            _ = reload.recv() => {}
        }
        let answer = desk.answer(Question::Reload { by: "SIGHUP".to_owned() }, Caller::ourselves()).await;
        if let Answer::NotReloaded(problems) = &answer {
            problems.iter().for_each(|problem| tracing::error!("{problem}"));
        } else if let Answer::Refused(why) | Answer::Untrusted(why) = &answer {
            tracing::error!("{why}");
        }
    };
    let stopping = say!("cli-run-stopping");
    tracing::info!("{stopping}");
    tell(&[NotifyState::Stopping, NotifyState::Status(&stopping)]);
    ending.send_replace(Ending::Stop);
    Some(signal)
}

/// How the command ends where it is in doubt which ledger is the right one: a person decides that.
fn exit_of_custody(error: &CustodyError) -> Exit {
    match error {
        CustodyError::Spool(_) | CustodyError::InUse { .. } => Exit::Failed,
        CustodyError::Empty { .. } | CustodyError::Foreign { .. } | CustodyError::Older { .. } => {
            Exit::Untrusted
        }
    }
}

/// Ends the process where the daemon can't end by itself, because all its threads wait for an index that failed.
fn end_at_last(failure: Arc<OnceLock<IndexError>>, grace: Duration) {
    let watch = move || {
        let error = failure.wait();
        thread::sleep(grace);
        tracing::error!(%error, "{}", say!("cli-run-ends-at-last"));
        std::process::exit(Exit::Untrusted as i32);
    };
    // A thread that can't be started is no error: it is wanted only once the index has failed.
    drop(thread::Builder::new().name("last".to_owned()).spawn(watch));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    /// Tells this test's program that it is the process which is to end.
    const CHILD: &str = "TOTATSU_TEST_OF_THE_END";

    #[test]
    fn a_process_ends_as_untrusted_once_its_index_has_failed_although_its_threads_wait_for_ever() {
        if std::env::var_os(CHILD).is_some() {
            let failure = Arc::<OnceLock<IndexError>>::default();
            end_at_last(failure.clone(), Duration::from_millis(1));
            failure.set(IndexError::Unusable("the test says so".to_owned())).unwrap();
            loop {
                thread::park();
            }
        }
        let name = "cli::run::tests::\
                    a_process_ends_as_untrusted_once_its_index_has_failed_although_its_threads_wait_for_ever";
        let ended = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name])
            .env(CHILD, "yes")
            .output()
            .unwrap();
        assert_eq!(ended.status.code(), Some(3));
    }
}
