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

/// How servers tell when a file was written: where it is known from, the lines of `FEAT`, what is answered, how often the file
/// must be looked at before it is read, and how often it must be read.
type TimeRow = (&'static str, &'static [&'static str], Answers, usize, usize);

fn time_rows() -> Vec<TimeRow> {
    use Says::{Listing, Reply};
    let told = || ("MDTM", Reply(b"213 20261122093000\r\n"));
    let facts = |listed, asked| vec![("MLSD", Listing(listed, DONE)), ("MLST", Reply(asked))];
    let (listed, listed_with_time): (&[u8], &[u8]) =
        (b"type=file;size=4; A.DAT\r\n", b"type=file;size=4;modify=20261122093000; A.DAT\r\n");
    let (asked, asked_with_time): (&[u8], &[u8]) = (
        b"250-\r\n type=file;size=4; out/A.DAT\r\n250 end\r\n",
        b"250-\r\n type=file;size=4;modify=20261122093000; out/A.DAT\r\n250 end\r\n",
    );
    vec![
        ("vsftpd: LIST to the minute, MDTM to the second", &["MDTM"], vec![told()], 3, 1),
        (
            "RFC 3659, 2.3: with a fraction of a second",
            &["MDTM"],
            vec![("MDTM", Reply(b"213 20261122093000.123\r\n"))],
            3,
            1,
        ),
        ("GNU inetutils, BSD: nothing but LIST and SIZE", &["SIZE"], vec![], 2, 2),
        ("no FEAT at all", &[], vec![told()], 2, 2),
        ("MDTM is offered and not known", &["MDTM"], vec![("MDTM", Reply(b"502 not implemented\r\n"))], 2, 2),
        (
            "MDTM is offered and not allowed",
            &["MDTM"],
            vec![("MDTM", Reply(b"550 Permission denied\r\n"))],
            2,
            2,
        ),
        (
            "curl, wget: the year 19126 of servers that count from 1900",
            &["MDTM"],
            vec![("MDTM", Reply(b"213 191261122093000\r\n"))],
            2,
            2,
        ),
        ("a time for people alone", &["MDTM"], vec![("MDTM", Reply(b"213 Nov 22 09:30 2026\r\n"))], 2, 2),
        ("facts without a time", &["MLST type*;size*;"], facts(listed, asked), 2, 2),
        ("facts with a time", &["MLST type*;size*;modify*;"], facts(listed_with_time, asked_with_time), 2, 1),
        (
            "facts without a time in the listing, and with it where one file is asked about",
            &["MLST type*;size*;modify*;"],
            facts(listed, asked_with_time),
            3,
            1,
        ),
    ]
}

#[test]
fn however_a_server_tells_times_a_file_has_looked_the_same_for_two_seconds_or_is_read_twice() {
    let mut home = Home::of_partner("");
    let password = home.password_file();
    std::fs::remove_file(home.path().join("config/partners/eltax.toml")).unwrap();
    std::fs::remove_file(home.path().join("config/links/irai.toml")).unwrap();
    let mut servers = Vec::new();
    for (number, (source, features, answers, looks, reads)) in time_rows().into_iter().enumerate() {
        let files = vec![(&b"out/A.DAT"[..], &b"four"[..])];
        let script = FtpScript { features, answers, files, ..FtpScript::default() };
        let server = ScriptedFtp::start(script);
        let partner = format!("partner{number}");
        let text = format!(
            "transport = \"ftp\"\nallow_cleartext = true\nconnections = 1\n[ftps]\nhost = \"127.0.0.1\"\nport = {}\n\
             user = \"u\"\npassword_file = {password:?}\n",
            server.port
        );
        home.write(&format!("config/partners/{partner}.toml"), &text);
        // Once it is collected, no further look is to be counted.
        let remote = "every = \"1h\"\nstable_for = \"2s\"\n";
        home.write_inbound(&partner, Inbound { partner: &partner, remote, ..Inbound::default() });
        servers.push((source, server, looks, reads));
    }
    home.start();
    home.wait_for(servers.len(), "archived");
    for (source, server, looks, reads) in servers {
        let heard = server.heard();
        let asks = |request: &&str| ["SIZE out/A.DAT", "MLST out/A.DAT"].contains(request);
        let before = heard.lines().take_while(|request| !request.starts_with("RETR")).filter(asks).count();
        let read = heard.lines().filter(|request| request.starts_with("RETR")).count();
        assert_eq!((before, read), (looks, reads), "{source}: {heard}");
    }
    home.audit_is_clean();
}
