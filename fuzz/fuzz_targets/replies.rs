//! Any bytes from an FTP server as replies: read the same however they are cut, and handed on as they are meant.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| totatsu_transport::fuzzing::replies(bytes));
