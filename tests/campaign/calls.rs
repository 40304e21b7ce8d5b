//! Which system calls change our disk for good or put bytes on the line, and which file each is about.
//!
//! Owns the table of calls and the registers of the processors that we know. Reads the memory of a stopped process
//! through `/proc`; changes nothing but registers that it was handed.

use std::fmt;
use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;

use nix::libc::{self, user_regs_struct};
use nix::unistd::Pid;

/// A call that a crash may come before or after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Call {
    /// What it does, e.g. `fsync`.
    pub kind: &'static str,
    /// To what, e.g. `journal`.
    pub class: &'static str,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.class)
    }
}

/// Where a call says which file it is about.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// The descriptor in this argument.
    Descriptor(usize),
    /// The path in this argument.
    Path(usize),
    /// The same, and only if the call's flags, in the argument after it, say that a file may be made.
    MadePath(usize),
}

const PATH_LIMIT: usize = 4096;
/// No descriptor.
const NOTHING: u64 = u64::MAX;

/// The call that a thread, stopped at its entry, is about to make; nothing if it changes nothing for good.
pub fn about_to_be_made(thread: Pid, registers: &user_regs_struct) -> Option<Call> {
    let (kind, place) = known(number(registers))?;
    let path = path_of(thread, registers, place)?;
    let class = class_of(&path)?;
    match class {
        "line" if matches!(kind, "write" | "send") => Some(Call { kind: "send", class }),
        "line" => None,
        _ => Some(Call { kind, class }),
    }
}

/// Makes the call in `registers` one that the kernel refuses, without having done anything.
pub fn spoil(registers: &mut user_regs_struct) {
    match known(number(registers)) {
        Some((_, Place::Descriptor(at))) => set_argument(registers, at, NOTHING),
        Some((_, Place::Path(at) | Place::MadePath(at))) => set_argument(registers, at, 0),
        None => {}
    }
}

/// Lets a spoilt call, stopped at its exit, look like the one in `entry` that failed with `errno`.
pub fn answer(registers: &mut user_regs_struct, entry: &user_regs_struct, errno: i32) {
    if let Some((_, Place::Descriptor(at) | Place::Path(at) | Place::MadePath(at))) = known(number(entry)) {
        set_argument(registers, at, argument(entry, at));
    }
    set_result(registers, i64::from(-errno));
}

fn known(number: i64) -> Option<(&'static str, Place)> {
    use Place::{Descriptor, MadePath, Path};
    Some(match number {
        libc::SYS_write | libc::SYS_pwrite64 | libc::SYS_writev | libc::SYS_pwritev => {
            ("write", Descriptor(0))
        }
        libc::SYS_copy_file_range => ("write", Descriptor(2)),
        libc::SYS_sendfile => ("write", Descriptor(0)),
        libc::SYS_sendto | libc::SYS_sendmsg => ("send", Descriptor(0)),
        libc::SYS_fsync => ("fsync", Descriptor(0)),
        libc::SYS_fdatasync => ("fdatasync", Descriptor(0)),
        libc::SYS_sync_file_range => ("sync_file_range", Descriptor(0)),
        libc::SYS_ftruncate => ("truncate", Descriptor(0)),
        libc::SYS_renameat | libc::SYS_renameat2 => ("rename", Path(1)),
        libc::SYS_linkat => ("link", Path(1)),
        libc::SYS_unlinkat => ("unlink", Path(1)),
        libc::SYS_mkdirat => ("mkdir", Path(1)),
        libc::SYS_openat => ("create", MadePath(1)),
        number => return known_of_old(number),
    })
}

/// Calls that newer processors never had.
#[cfg(target_arch = "x86_64")]
fn known_of_old(number: i64) -> Option<(&'static str, Place)> {
    Some(match number {
        libc::SYS_rename => ("rename", Place::Path(0)),
        libc::SYS_link => ("link", Place::Path(0)),
        libc::SYS_unlink | libc::SYS_rmdir => ("unlink", Place::Path(0)),
        libc::SYS_mkdir => ("mkdir", Place::Path(0)),
        libc::SYS_open => ("create", Place::MadePath(0)),
        _ => return None,
    })
}

#[cfg(target_arch = "aarch64")]
fn known_of_old(_: i64) -> Option<(&'static str, Place)> {
    None
}

fn path_of(thread: Pid, registers: &user_regs_struct, place: Place) -> Option<String> {
    match place {
        Place::Descriptor(at) => open_at(thread, argument(registers, at)),
        Place::MadePath(at) if argument(registers, at + 1) & libc::O_CREAT as u64 == 0 => None,
        Place::Path(at) | Place::MadePath(at) => {
            let path = text_at(thread, argument(registers, at))?;
            if path.starts_with('/') || at == 0 {
                return Some(path);
            }
            // It begins at an open directory, which the argument before names.
            Some(format!("{}/{path}", open_at(thread, argument(registers, at - 1))?))
        }
    }
}

/// What a stopped thread has open under a descriptor.
fn open_at(thread: Pid, descriptor: u64) -> Option<String> {
    // The kernel takes an int, whatever the rest of the register holds.
    let link = fs::read_link(format!("/proc/{thread}/fd/{}", descriptor as i32)).ok()?;
    Some(link.to_string_lossy().into_owned())
}

/// The text that begins at an address of a stopped thread and ends with a zero.
fn text_at(thread: Pid, address: u64) -> Option<String> {
    let mut bytes = vec![0; PATH_LIMIT];
    let read = File::open(format!("/proc/{thread}/mem")).ok()?.read_at(&mut bytes, address).ok()?;
    let end = bytes[..read].iter().position(|byte| *byte == 0)?;
    Some(String::from_utf8_lossy(&bytes[..end]).into_owned())
}

fn class_of(path: &str) -> Option<&'static str> {
    const CLASSES: [(&str, &str); 10] = [
        ("/ledger/journal", "journal"),
        ("/ledger/index", "index"),
        ("/ledger", "ledger"),
        ("/spool/outbox", "outbox"),
        ("/spool/deliveries", "delivery"),
        ("/spool/archive", "archive"),
        ("/spool/inbox", "inbox"),
        ("/spool", "spool"),
        ("/drive-", "medium"),
        ("socket:", "line"),
    ];
    CLASSES.iter().find(|(part, _)| path.contains(part)).map(|(_, class)| *class)
}

#[cfg(target_arch = "x86_64")]
fn number(registers: &user_regs_struct) -> i64 {
    registers.orig_rax as i64
}

#[cfg(target_arch = "x86_64")]
fn argument(registers: &user_regs_struct, at: usize) -> u64 {
    [registers.rdi, registers.rsi, registers.rdx][at]
}

#[cfg(target_arch = "x86_64")]
fn set_argument(registers: &mut user_regs_struct, at: usize, value: u64) {
    *[&mut registers.rdi, &mut registers.rsi, &mut registers.rdx][at] = value;
}

#[cfg(target_arch = "x86_64")]
fn set_result(registers: &mut user_regs_struct, value: i64) {
    registers.rax = value as u64;
}

#[cfg(target_arch = "aarch64")]
fn number(registers: &user_regs_struct) -> i64 {
    registers.regs[8] as i64
}

#[cfg(target_arch = "aarch64")]
fn argument(registers: &user_regs_struct, at: usize) -> u64 {
    registers.regs[at]
}

#[cfg(target_arch = "aarch64")]
fn set_argument(registers: &mut user_regs_struct, at: usize, value: u64) {
    registers.regs[at] = value;
}

#[cfg(target_arch = "aarch64")]
fn set_result(registers: &mut user_regs_struct, value: i64) {
    registers.regs[0] = value as u64;
}
