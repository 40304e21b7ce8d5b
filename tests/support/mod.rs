//! What several test binaries need: real servers, and an ssh-agent.

#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

pub mod agent;
pub mod certificates;
pub mod collecting;
pub mod delay;
pub mod disk;
pub mod ftp;
pub mod ftpline;
pub mod ftpscript;
pub mod gateway;
pub mod line;
pub mod medium;
pub mod others;
pub mod partners;
pub mod people;
pub mod ports;
pub mod proftpd;
pub mod pureftpd;
pub mod roles;
pub mod sshd;
pub mod vsftpd;

pub use totatsu::demo::partner as embedded;
