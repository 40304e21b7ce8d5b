//! Strikes at one system call of the real program: a kill right before or right after it, or an error in its place.
//!
//! Owns a thread that is the tracer (ptrace) of every thread of one running process. Counts the calls that
//! [`super::calls`] knows. The program has no seam for this and doesn't notice. Ends when the traced process has ended.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use nix::errno::Errno;
use nix::libc::user_regs_struct;
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use super::calls::{self, Call};

/// Kinds of stops as the kernel numbers them (`PTRACE_SYSCALL_INFO_ENTRY`, `PTRACE_SYSCALL_INFO_EXIT`).
const ENTRY: u8 = 1;
const EXIT: u8 = 2;

/// What happens at the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strike {
    /// SIGKILL, and the call never happens.
    KillBefore,
    /// SIGKILL once the call is done.
    KillAfter,
    /// The call never happens and fails with this error.
    Fail(Errno),
}

/// A call: the so-many-th of its kind and class since the tracer came, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    pub call: Call,
    pub ordinal: usize,
}

/// What the tracer saw.
#[derive(Debug, Default)]
pub struct Trace {
    /// How many calls there were.
    pub counts: HashMap<Call, usize>,
    /// The point was reached.
    pub struck: bool,
    /// How the process ended; nothing if it was killed.
    pub code: Option<i32>,
}

/// The tracer, while it has a process.
pub struct Tracer {
    process: Pid,
    thread: JoinHandle<Trace>,
    struck: Arc<AtomicBool>,
}

struct Watch {
    process: Pid,
    plan: Option<(Point, Strike)>,
    trace: Trace,
    struck: Arc<AtomicBool>,
    /// Threads inside the call that is struck, with the registers they came with.
    inside: HashMap<Pid, user_regs_struct>,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.call, self.ordinal)
    }
}

impl Tracer {
    /// Begins to trace a running process; strikes once if there is a plan. Every thread is traced when this returns.
    pub fn attach(process: u32, plan: Option<(Point, Strike)>) -> Tracer {
        let struck = Arc::<AtomicBool>::default();
        let process = Pid::from_raw(i32::try_from(process).unwrap());
        let watch =
            Watch { process, plan, trace: Trace::default(), struck: struck.clone(), inside: HashMap::new() };
        let (attached, wait) = mpsc::channel();
        let thread = std::thread::spawn(move || watch.run(&attached));
        wait.recv().expect("the process can be traced: no other tracer has it");
        Tracer { process, thread, struck }
    }

    /// Whether the point was reached.
    pub fn has_struck(&self) -> bool {
        self.struck.load(Ordering::SeqCst)
    }

    /// Whether the process has ended.
    pub fn has_ended(&self) -> bool {
        self.thread.is_finished()
    }

    /// Kills the process if it hasn't ended. It is the tracer that is told of its end, and nobody else.
    pub fn finish(self) -> Trace {
        if !self.has_ended() {
            let _ = kill(self.process, Signal::SIGKILL);
        }
        self.thread.join().unwrap()
    }
}

impl Watch {
    fn run(mut self, attached: &mpsc::Sender<()>) -> Trace {
        self.seize_all_threads();
        attached.send(()).unwrap();
        // Only what this thread traces: other threads of the tests have children of their own.
        let ours = WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD;
        loop {
            match waitpid(None, Some(ours)) {
                Ok(WaitStatus::PtraceSyscall(thread)) => {
                    // A thread that was killed meanwhile has nothing to tell.
                    let _ = self.at_call(thread);
                    go_on(thread, None);
                }
                Ok(WaitStatus::PtraceEvent(thread, ..)) => go_on(thread, None),
                Ok(WaitStatus::Stopped(thread, signal)) => go_on(thread, Some(signal)),
                Ok(WaitStatus::Exited(thread, code)) if thread == self.process => {
                    self.trace.code = Some(code)
                }
                Ok(WaitStatus::Exited(..) | WaitStatus::Signaled(..)) | Err(Errno::EINTR) => {}
                Ok(WaitStatus::Continued(_) | WaitStatus::StillAlive) => {}
                Err(Errno::ECHILD) => return self.trace,
                Err(error) => panic!("the tracer lost its process: {error}"),
            }
        }
    }

    /// Threads are born meanwhile, so it looks until a look finds no more.
    fn seize_all_threads(&self) {
        let options =
            Options::PTRACE_O_TRACESYSGOOD | Options::PTRACE_O_TRACECLONE | Options::PTRACE_O_EXITKILL;
        let mut seized = Vec::new();
        loop {
            let threads: Vec<Pid> = fs::read_dir(format!("/proc/{}/task", self.process))
                .unwrap()
                .map(|entry| Pid::from_raw(entry.unwrap().file_name().to_str().unwrap().parse().unwrap()))
                .filter(|thread| !seized.contains(thread))
                .collect();
            if threads.is_empty() {
                return;
            }
            for thread in threads {
                match ptrace::seize(thread, options) {
                    Ok(()) => drop(ptrace::interrupt(thread)),
                    // It has ended, or is traced from its birth by a thread that was seized before.
                    Err(Errno::ESRCH | Errno::EPERM) => {}
                    Err(error) => panic!("thread {thread} can't be traced: {error}"),
                }
                seized.push(thread);
            }
        }
    }

    fn at_call(&mut self, thread: Pid) -> nix::Result<()> {
        match ptrace::syscall_info(thread)?.op {
            ENTRY => self.at_entry(thread),
            EXIT => self.at_exit(thread),
            _ => Ok(()),
        }
    }

    fn at_entry(&mut self, thread: Pid) -> nix::Result<()> {
        let registers = ptrace::getregs(thread)?;
        let Some(call) = calls::about_to_be_made(thread, &registers) else { return Ok(()) };
        let count = self.trace.counts.entry(call).or_default();
        *count += 1;
        let here = Point { call, ordinal: *count };
        let Some((_, strike)) = self.plan.filter(|(point, _)| *point == here) else { return Ok(()) };
        match strike {
            Strike::KillBefore => self.kill(),
            Strike::KillAfter => {
                self.inside.insert(thread, registers);
            }
            Strike::Fail(_) => {
                let mut spoilt = registers;
                calls::spoil(&mut spoilt);
                ptrace::setregs(thread, spoilt)?;
                self.inside.insert(thread, registers);
            }
        }
        Ok(())
    }

    fn at_exit(&mut self, thread: Pid) -> nix::Result<()> {
        let Some(entry) = self.inside.remove(&thread) else { return Ok(()) };
        if let Some((_, Strike::Fail(errno))) = self.plan {
            let mut registers = ptrace::getregs(thread)?;
            calls::answer(&mut registers, &entry, errno as i32);
            ptrace::setregs(thread, registers)?;
            self.note();
        } else {
            self.kill();
        }
        Ok(())
    }

    fn kill(&mut self) {
        kill(self.process, Signal::SIGKILL).unwrap();
        self.note();
    }

    fn note(&mut self) {
        self.trace.struck = true;
        self.struck.store(true, Ordering::SeqCst);
    }
}

/// A thread that has been killed doesn't go on, which is no fault.
fn go_on(thread: Pid, signal: Option<Signal>) {
    let _ = ptrace::syscall(thread, signal);
}

/// The errors that a disk gives: broken, full, and not to be written any more.
pub const DISK_ERRORS: [Errno; 3] = [Errno::EIO, Errno::ENOSPC, Errno::EROFS];
