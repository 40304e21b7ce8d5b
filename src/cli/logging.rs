//! Where log lines go, and what each begins with.
//!
//! On a terminal or in a file a line begins with its instant, in Japan Standard Time like the ledger's. In systemd's journal,
//! which has instants of its own, it begins with its priority as sd-daemon(3) wants it, so that `journalctl -p warning` shows
//! what it should.

use std::fmt;
use std::io::{self, IsTerminal as _};

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use totatsu_base::Moment;

/// The environment variable that says how much is logged, e.g. `debug` or `totatsu=debug`.
const LOG: &str = "TOTATSU_LOG";
/// Where systemd says which stream leads to its journal, as `DEVICE:INODE`.
const JOURNAL: &str = "JOURNAL_STREAM";

/// Sends log lines to standard error.
pub(super) fn log_to_stderr(default: &str) {
    let filter = EnvFilter::try_from_env(LOG).unwrap_or_else(|_| EnvFilter::new(default));
    let lines = tracing_subscriber::fmt()
        .with_timer(JapaneseTime)
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_target(false)
        .with_ansi(io::stderr().is_terminal());
    // A second call, as from a test in the same process, changes nothing.
    drop(if leads_to_journal() {
        lines.without_time().map_event_format(WithPriority).try_init()
    } else {
        lines.try_init()
    });
}

/// What stands before an error that is printed and not logged: its priority, where standard error leads to systemd's journal.
pub(super) fn error_mark() -> &'static str {
    if leads_to_journal() { "<3>" } else { "" }
}

/// Whether standard error is systemd's journal. The variable alone doesn't tell: a child inherits it, but not always the stream.
fn leads_to_journal() -> bool {
    let Some(stream) = std::env::var(JOURNAL).ok() else { return false };
    rustix::fs::fstat(io::stderr())
        .is_ok_and(|stderr| stream == format!("{}:{}", stderr.st_dev, stderr.st_ino))
}

/// Log lines bear the same instants as the ledger.
struct JapaneseTime;

impl FormatTime for JapaneseTime {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "{}", Moment::now())
    }
}

/// Lines that begin with their priority.
struct WithPriority<F>(F);

impl<S, N, F> FormatEvent<S, N> for WithPriority<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        write!(writer, "<{}>", priority(*event.metadata().level()))?;
        self.0.format_event(context, writer, event)
    }
}

/// The priority of a level, as syslog(3) numbers them.
fn priority(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        _ => 7,
    }
}
