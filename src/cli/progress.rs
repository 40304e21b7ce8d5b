//! How far something is, on standard error, and only where that is a terminal: a bar where the end is known, else a sign of life.
//!
//! Never writes into an answer: what is shown is wiped when the work ends. Where standard error is no terminal nothing is shown.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{fs, thread};

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of bytes, as indicatif wants it told.
const OF_BYTES: &str = "{msg:13} [{bar:40}] {bytes}/{total_bytes}"; // not for people
/// A bar of things that are counted.
const OF_COUNTS: &str = "{msg} [{bar:30}] {pos}/{len} {elapsed_precise}"; // not for people
/// A sign of life, where the end isn't known.
const SIGN: &str = "{spinner} {msg} {elapsed_precise}"; // not for people
/// A sign of life with how many bytes there are.
const GROWING: &str = "{spinner} {msg} {bytes} {elapsed_precise}"; // not for people
/// A bar of bytes, and how much of all that is.
const OF_SHARE: &str = "{msg} [{bar:30}] {percent}% {bytes}/{total_bytes} {elapsed_precise}"; // not for people
/// How often a sign of life moves.
const TICK: Duration = Duration::from_millis(200);

/// A bar whose length is told later.
pub(super) fn of_bytes() -> ProgressBar {
    styled(ProgressBar::new(0), OF_BYTES)
}

/// A sign of life; it becomes a bar once [`counted`] tells what its end is.
pub(super) fn at_work(message: String) -> ProgressBar {
    let sign = styled(ProgressBar::new_spinner(), SIGN).with_message(message);
    sign.enable_steady_tick(TICK);
    sign
}

/// Shows that `done` of `all` are done.
pub(super) fn counted(bar: &ProgressBar, done: u64, all: u64) {
    if bar.length() != Some(all) {
        bar.set_length(all);
        bar.set_style(style(OF_COUNTS));
    }
    bar.set_position(done);
}

/// Runs `work` and shows meanwhile how many bytes the files below a directory have grown by: as a bar up to `end`, where that is known,
/// else as a sign of life.
pub(super) fn while_growing<T>(
    message: String,
    directory: &Path,
    end: Option<u64>,
    work: impl FnOnce() -> T,
) -> T {
    let before = size_below(directory);
    watched(message, end, || size_below(directory).saturating_sub(before), work)
}

/// Runs `work` and shows meanwhile how much of a file this process has read.
pub(super) fn while_reading<T>(message: String, file: &Path, work: impl FnOnce() -> T) -> T {
    let size = fs::metadata(file).map_or(0, |metadata| metadata.len());
    let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    watched(message, Some(size), || read_of(&file), work)
}

fn watched<T>(
    message: String,
    end: Option<u64>,
    done: impl Fn() -> u64 + Sync,
    work: impl FnOnce() -> T,
) -> T {
    let bar = match end.filter(|end| *end > 0) {
        Some(end) => styled(ProgressBar::new(end), OF_SHARE),
        None => styled(ProgressBar::new_spinner(), GROWING),
    };
    let bar = bar.with_message(message);
    if bar.is_hidden() {
        return work();
    }
    bar.enable_steady_tick(TICK);
    let ended = AtomicBool::new(false);
    thread::scope(|scope| {
        let watch = scope.spawn(|| {
            while !ended.load(Ordering::Relaxed) {
                // The bar never goes back, also where a file is read a second time, to be compared.
                bar.set_position(done().max(bar.position()));
                thread::park_timeout(TICK);
            }
        });
        let outcome = work();
        ended.store(true, Ordering::Relaxed);
        watch.thread().unpark();
        bar.finish_and_clear();
        outcome
    })
}

/// How far this process has read a file, as the kernel tells of its descriptors.
fn read_of(file: &Path) -> u64 {
    let open = fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
    let of_file = open.filter(|entry| fs::read_link(entry.path()).is_ok_and(|target| target == file));
    let position = |name: OsString| {
        let told = fs::read_to_string(Path::new("/proc/self/fdinfo").join(name)).ok()?;
        told.lines().find_map(|line| line.strip_prefix("pos:")?.trim().parse().ok())
    };
    of_file.filter_map(|entry| position(entry.file_name())).max().unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn the_kernel_tells_how_far_a_file_is_read_and_of_a_file_that_nobody_reads_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap().join("source");
        fs::write(&path, [0; 1000]).unwrap();
        assert_eq!(read_of(&path), 0);
        let mut file = fs::File::open(&path).unwrap();
        file.read_exact(&mut [0; 600]).unwrap();
        assert_eq!(read_of(&path), 600);
        drop(file);
        assert_eq!(read_of(&path), 0);
    }
}
