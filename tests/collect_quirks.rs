//! What an operator is told of an FTP server whose listing can't be read in full, and what is collected all the same.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use support::collecting::{INBOUND, Inbound};
use support::ftpscript::{FtpScript, Says, ScriptedFtp};
use support::gateway::Home;

const DONE: &[u8] = b"226 done\r\n";

type Answers = Vec<(&'static str, Says)>;

/// A gateway that collects `*.DAT` of the directory `out` of a script.
fn collecting(answers: Answers, partner: &str) -> (ScriptedFtp, Home) {
    let server = ScriptedFtp::start(FtpScript { answers, ..FtpScript::default() });
    let mut home = Home::of_partner("");
    let password = home.password_file();
    let text = format!(
        "transport = \"ftp\"\nallow_cleartext = true\n[ftps]\nhost = \"127.0.0.1\"\nport = {}\nuser = \"u\"\n\
         password_file = {password:?}\n{partner}",
        server.port
    );
    home.write("config/partners/eltax.toml", &text);
    home.write_inbound(INBOUND, Inbound::default());
    home.start();
    (server, home)
}

/// What was told of the link's last look.
fn trouble(home: &mut Home) -> String {
    home.until("a look tells its trouble", |home| {
        home.first_inbound()["last_look"]["trouble"].as_str().map(str::to_owned)
    })
}

#[test]
fn what_a_look_can_t_read_is_told_and_the_files_beside_it_are_collected() {
    let listing: &[u8] = b"11-22-26  09:30AM  4 A.DAT\r\n22 of November, B.DAT\r\n";
    let answers = vec![
        ("LIST", Says::Listing(listing, DONE)),
        ("SIZE out/A.DAT", Says::Reply(b"213 4\r\n")),
        ("RETR out/A.DAT", Says::Listing(b"four", DONE)),
    ];
    let (_server, mut home) = collecting(answers, "");
    assert!(trouble(&mut home).contains("22 of November, B.DAT"));
    home.until_file("A.DAT", "archived");
    home.until("the alert is in the log", |home| home.log().contains("look_failed").then_some(()));
}

#[test]
fn a_symbolic_link_with_a_name_that_is_meant_is_told() {
    let listing: &[u8] = b"lrwxrwxrwx 1 u g 9 Nov 22 09:30 A.DAT -> /x/A.DAT\r\nlrwxrwxrwx 1 u g 9 Nov 22 09:30 readme -> /x\r\n";
    let (_server, mut home) = collecting(vec![("LIST", Says::Listing(listing, DONE))], "");
    let told = trouble(&mut home);
    assert!(told.contains("symbolic link") && told.contains("A.DAT") && !told.contains("readme"), "{told}");
}

#[test]
fn a_name_in_shift_jis_is_collected_under_its_own_name_once_the_partner_s_file_says_so() {
    let listing: &[u8] = b"11-22-26  09:30AM  4 \x95\x5c.DAT\r\n";
    let answers = || {
        vec![
            ("LIST", Says::Listing(listing, DONE)),
            ("SIZE", Says::Reply(b"213 4\r\n")),
            ("RETR", Says::Listing(b"four", DONE)),
        ]
    };
    let (_server, mut home) = collecting(answers(), "");
    assert!(trouble(&mut home).contains("profile.names"));
    let (server, mut home) = collecting(answers(), "[profile]\nnames = \"shift_jis\"\n");
    home.until_file("表.DAT", "archived");
    assert!(server.heard_bytes().contains(&b"RETR out/\x95\x5c.DAT".to_vec()));
}
