//! `totatsu run`: the daemon.

use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use sd_notify::NotifyState;
use tokio::signal::unix::{SignalKind, signal};

use super::exit::{Exit, exit_of_ledger, fail, failed};
use super::logging::{error_mark, log_to_stderr};
use super::options::Common;
use crate::config;
use crate::daemon::{self, Stopping};
use crate::gateway::{CustodyError, Gateway, OpenError};
use totatsu_ledger::IndexError;

/// How long the daemon has to end by itself once its index has failed.
const LAST: Duration = Duration::from_secs(30);

pub(super) fn run(common: &Common) -> Exit {
    log_to_stderr("info");
    let (configured, problems) = config::check(&common.config);
    problems.iter().for_each(|problem| eprintln!("{}{problem}", error_mark()));
    let Some(configured) = configured.filter(|_| !config::has_errors(&problems)) else {
        return fail(Exit::BadConfiguration, &"the configuration has errors; `totatsu check` names them all");
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(error),
    };
    runtime.block_on(serve(configured))
}

async fn serve(configured: config::Config) -> Exit {
    let (links, inbound) = (configured.links.len(), configured.inbound.len());
    let (gateway, opening) = match Gateway::open(configured) {
        Ok(opened) => opened,
        Err(OpenError::Ledger(error)) => return fail(exit_of_ledger(&error), &error),
        Err(OpenError::Spool(error)) => return failed(error),
        Err(OpenError::Custody(error)) => return fail(exit_of_custody(&error), &error),
        Err(OpenError::Key(error)) => return fail(super::receipt::exit_of_key(&error), &error),
    };
    if opening.torn > 0 {
        tracing::warn!(
            bytes = opening.torn,
            "cut off the journal's torn end: a crash came before it was acknowledged"
        );
    }
    if let Some(format) = opening.other_format {
        let events = opening.replayed;
        tracing::info!(
            format,
            events,
            "the index was of another version's format and was rebuilt from the journal"
        );
    } else if let Some(aside) = opening.set_aside {
        tracing::warn!(aside = %aside.display(), events = opening.replayed, "the index was unusable and was rebuilt from the journal");
    }
    end_at_last(gateway.ledger.index_failure(), LAST);
    let (stop, stopping) = Stopping::channel();
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return failed("signals can't be caught");
    };
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: steps in hand are finished first");
        tell_service_manager(NotifyState::Stopping);
        stop.send_replace(true);
    });
    let ready = || {
        tracing::info!(version = env!("CARGO_PKG_VERSION"), links, inbound, "ready");
        tell_service_manager(NotifyState::Ready);
    };
    match daemon::run(Arc::new(gateway), stopping, ready).await {
        Ok(()) => Exit::Done,
        Err(error) => {
            tracing::error!(%error, "the daemon ends");
            if error.is_lack_of_room() { Exit::Failed } else { Exit::Untrusted }
        }
    }
}

/// Which ledger is the right one, a person decides.
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
        tracing::error!(%error, "the daemon can't end by itself, so the process ends");
        std::process::exit(Exit::Untrusted as i32);
    };
    // Without this thread everything works as long as the index does.
    drop(thread::Builder::new().name("last".to_owned()).spawn(watch));
}

/// Without a service manager there is nobody to tell, which is no error.
fn tell_service_manager(state: NotifyState) {
    drop(sd_notify::notify(&[state]));
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
