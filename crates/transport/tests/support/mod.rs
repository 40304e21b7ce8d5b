//! Real servers for the tests of this package, and servers that play a quirk: the files are those of the root package.

#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

#[path = "../../../../tests/support/agent.rs"]
pub mod agent;
#[path = "../../../../tests/support/certificates.rs"]
pub mod certificates;
#[path = "../../../../tests/support/disk.rs"]
pub mod disk;
/// The demo's partner.
#[path = "../../../../src/demo/partner/mod.rs"]
pub mod embedded;
#[path = "../../../../tests/support/ftp.rs"]
pub mod ftp;
#[path = "../../../../tests/support/ftpscript.rs"]
pub mod ftpscript;
#[path = "../../../../tests/support/line.rs"]
pub mod line;
#[path = "../../../../tests/support/medium.rs"]
pub mod medium;
#[path = "../../../../tests/support/partners.rs"]
pub mod partners;
#[path = "../../../../tests/support/ports.rs"]
pub mod ports;
#[path = "../../../../tests/support/proftpd.rs"]
pub mod proftpd;
pub mod promises;
#[path = "../../../../tests/support/pureftpd.rs"]
pub mod pureftpd;
#[path = "../../../../tests/support/sshd.rs"]
pub mod sshd;
#[path = "../../../../tests/support/vsftpd.rs"]
pub mod vsftpd;
