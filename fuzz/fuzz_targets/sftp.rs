//! Any bytes from an SFTP server: its packets, what stands before its version, and what it would write of any answer.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| totatsu_transport::fuzzing::sftp(bytes));
