//! How far something is, on standard error, and only where that is a terminal: a bar where the end is known, else a sign of life.
//!
//! Never writes into an answer: what is shown is wiped when the work ends. Where standard error is no terminal nothing is shown.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{fs, thread};

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of bytes, as indicatif wants it told.
const OF_BYTES: &str = "{msg:13} [{bar:40}] {bytes}/{total_bytes}"; // not for people
/// A bar of things that are counted.
const OF_COUNTS: &str = "{msg} [{bar:30}] {pos}/{len} {elapsed_precise}"; // not for people
/// What has no known end.
const SIGN: &str = "{spinner} {msg} {elapsed_precise}"; // not for people
/// The same, and how many bytes there are.
const GROWING: &str = "{spinner} {msg} {bytes} {elapsed_precise}"; // not for people
/// How often a sign of life moves.
const TICK: Duration = Duration::from_millis(200);

/// A bar whose length is told later.
pub(super) fn of_bytes() -> ProgressBar {
    styled(ProgressBar::new(0), OF_BYTES)
}

/// A sign of life, until it is told what its end is; then a bar.
pub(super) fn at_work(message: String) -> ProgressBar {
    let sign = styled(ProgressBar::new_spinner(), SIGN).with_message(message);
    sign.enable_steady_tick(TICK);
    sign
}

/// Tells how much of how many is done.
pub(super) fn counted(bar: &ProgressBar, done: u64, all: u64) {
    if bar.length() != Some(all) {
        bar.set_length(all);
        bar.set_style(style(OF_COUNTS));
    }
    bar.set_position(done);
}

/// Works while a sign of life tells how large the files are that are being made below a directory.
pub(super) fn while_growing<T>(message: String, directory: &Path, work: impl FnOnce() -> T) -> T {
    let sign = styled(ProgressBar::new_spinner(), GROWING).with_message(message);
    if sign.is_hidden() {
        return work();
    }
    sign.enable_steady_tick(TICK);
    let (before, ended) = (size_below(directory), AtomicBool::new(false));
    thread::scope(|scope| {
        let watch = scope.spawn(|| {
            while !ended.load(Ordering::Relaxed) {
                sign.set_position(size_below(directory).saturating_sub(before));
                thread::park_timeout(TICK);
            }
        });
        let done = work();
        ended.store(true, Ordering::Relaxed);
        watch.thread().unpark();
        sign.finish_and_clear();
        done
    })
}

fn size_below(directory: &Path) -> u64 {
    let names = fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path());
    names.map(|path: PathBuf| fs::metadata(path).map_or(0, |file| file.len())).sum()
}

fn styled(bar: ProgressBar, template: &str) -> ProgressBar {
    bar.set_style(style(template));
    bar
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).expect("the templates above are sound");
    style.progress_chars("=> ")
}
