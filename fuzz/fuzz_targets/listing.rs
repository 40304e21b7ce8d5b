//! Any bytes from an FTP server as a listing: every line is accounted for, and every name can be asked for as it stands there.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| totatsu_transport::fuzzing::listing(bytes));
