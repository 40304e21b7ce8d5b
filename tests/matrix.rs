//! The same way of files out and in over every server that we can have, by the real program: put, proven, named, with a
//! receipt; held on a taken name; listed, fetched and removed; names beyond ASCII.
//!
//! docs/partners.md shows what comes of it, line by line as this test finds it.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::fs;
use std::iter::Enumerate;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::time::Instant;

use serde_json::Value;
use support::collecting::{INBOUND, Inbound, offer, why};
use support::ftp::{FtpServer, Wishes, program};
use support::gateway::{Address, Home, LINK, names_in};
use support::others;
use support::partners::pattern;
use support::proftpd::{proftpd, proftpd_sftp};
use support::pureftpd::pureftpd;
use support::sshd::{Options, Sshd};
use support::vsftpd::vsftpd;
use tempfile::TempDir;
use totatsu_base::delivery_id::DeliveryId;

/// Servers at a time.
const WORKERS: usize = 4;
/// Bytes of the largest file: more than fits into one window of SSH.
const JAPANESE: &str = "依頼.dat";
const LARGE: usize = 5 * 1024 * 1024 + 1;

/// A server, how to have its version told, and what is agreed with it.
struct Row {
    server: &'static str,
    start: fn() -> Started,
    version: Version,
    /// Further lines of the partner's file.
    agreed: &'static str,
}

/// Who tells which version it is.
enum Version {
    /// Its greeting.
    Greeting,
    /// The program, asked in this way.
    Program(fn() -> Command),
}

/// A running server.
enum Started {
    Sshd {
        sshd: Sshd,
        _behind: Option<TempDir>,
    },
    Ftp(FtpServer),
    /// A server of SSH.
    Ssh(FtpServer),
}

const UTF8: &str = "[profile]\nnames = \"utf-8\"\n";

static ROWS: [Row; 16] = [
    Row {
        server: "OpenSSH, internal-sftp",
        start: || Started::Sshd { sshd: Sshd::start(Options::default()), _behind: None },
        version: Version::Greeting,
        agreed: "",
    },
    Row {
        server: "ProFTPD, mod_sftp",
        start: || Started::Ssh(proftpd_sftp(Wishes::default())),
        version: Version::Program(|| of("usr/sbin/proftpd", &["-v"])),
        agreed: "",
    },
    Row {
        server: "Dropbear with OpenSSH's sftp-server",
        start: || Started::Ssh(others::dropbear()),
        version: Version::Program(|| of("usr/sbin/dropbear", &["-V"])),
        agreed: "",
    },
    Row {
        server: "MySecureShell behind OpenSSH",
        start: || {
            let (sshd, folder) = others::mysecureshell();
            Started::Sshd { sshd, _behind: Some(folder) }
        },
        version: Version::Program(|| of("usr/bin/mysecureshell", &["--version"])),
        agreed: "",
    },
    Row {
        server: "gesftpserver behind OpenSSH",
        start: || {
            let (sshd, folder) = others::gesftpserver();
            Started::Sshd { sshd, _behind: Some(folder) }
        },
        version: Version::Program(|| of("usr/libexec/gesftpserver", &["--version"])),
        agreed: "",
    },
    Row {
        server: "rclone serve sftp, --dir-cache-time 0s",
        start: || Started::Ssh(others::rclone_sftp()),
        version: Version::Program(|| of("usr/bin/rclone", &["version"])),
        agreed: "",
    },
    Row {
        server: "asyncssh",
        start: || Started::Ssh(others::asyncssh()),
        version: Version::Program(|| others::version_of_module("asyncssh")),
        agreed: "",
    },
    Row {
        server: "vsftpd, explicit TLS",
        start: || Started::Ftp(vsftpd(Wishes::default())),
        version: Version::Greeting,
        agreed: "",
    },
    Row {
        server: "vsftpd, implicit TLS",
        start: || Started::Ftp(vsftpd(Wishes { implicit: true, ..Wishes::default() })),
        version: Version::Greeting,
        agreed: "",
    },
    Row {
        server: "ProFTPD, explicit TLS",
        start: || Started::Ftp(proftpd(Wishes::default())),
        version: Version::Program(|| of("usr/sbin/proftpd", &["-v"])),
        agreed: "",
    },
    Row {
        server: "ProFTPD, implicit TLS",
        start: || Started::Ftp(proftpd(Wishes { implicit: true, ..Wishes::default() })),
        version: Version::Program(|| of("usr/sbin/proftpd", &["-v"])),
        agreed: "",
    },
    Row {
        server: "Pure-FTPd, explicit TLS",
        start: || Started::Ftp(pureftpd(Wishes::default())),
        version: Version::Program(|| of("usr/sbin/pure-ftpd", &["--help"])),
        agreed: "",
    },
    Row {
        server: "pyftpdlib",
        start: || Started::Ftp(others::pyftpdlib()),
        version: Version::Program(|| others::version_of_module("pyftpdlib")),
        agreed: "",
    },
    Row {
        server: "pyftpdlib without MLSD",
        start: || Started::Ftp(others::pyftpdlib_plain()),
        version: Version::Program(|| others::version_of_module("pyftpdlib")),
        agreed: "",
    },
    Row {
        server: "aioftp",
        start: || Started::Ftp(others::aioftp()),
        version: Version::Program(|| others::version_of_module("aioftp")),
        agreed: UTF8,
    },
    Row {
        server: "GNU inetutils ftpd",
        start: || Started::Ftp(others::inetutils()),
        version: Version::Program(|| of("usr/sbin/ftpd", &["--version"])),
        agreed: UTF8,
    },
];

fn of(name: &str, arguments: &[&str]) -> Command {
    let mut command = program(name);
    command.args(arguments);
    command
}

impl Started {
    fn partner_file(&self) -> String {
        match self {
            Started::Ftp(server) => server.partner_file("127.0.0.1"),
            Started::Ssh(server) => others::sftp_partner(server),
            Started::Sshd { sshd, .. } => {
                let (user, host_key, key_file) = (sshd.user(), &sshd.host_key_line(), &sshd.client_key());
                Address { port: sshd.port(), user, host_key, key_file }.partner_file()
            }
        }
    }

    fn root(&self) -> &Path {
        match self {
            Started::Ftp(server) | Started::Ssh(server) => &server.root,
            Started::Sshd { sshd, .. } => sshd.root(),
        }
    }
}

/// The first word that is a version, in what the program or the greeting says.
fn version(row: &Row, greeting: &str) -> String {
    let said = match row.version {
        Version::Greeting => greeting.to_owned(),
        Version::Program(command) => {
            let output = command().output().unwrap();
            String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
        }
    };
    let mut words = said.split(|c: char| c.is_whitespace() || "_,()".contains(c));
    let version = words.find_map(|word| {
        let bare = word.strip_prefix('v').unwrap_or(word);
        bare.starts_with(|c: char| c.is_ascii_digit()).then_some(bare)
    });
    version.unwrap_or_else(|| panic!("{}: no version in {said:?}", row.server)).to_owned()
}

/// What the way with one server showed.
struct Shown {
    version: String,
    transport: String,
    grade: String,
    /// The server works out the digest itself.
    digest: bool,
    /// By a link, which never replaces.
    linked: bool,
    /// By a rename of OpenSSH's own sftp-server.
    never_replaces: bool,
    /// Links are offered, and none came about.
    feigns_links: bool,
    synced: bool,
    facts: bool,
    times: bool,
}

const HEADING: &str = "| server | version | over | grade | final name by | what is weaker there, and why |\n|---|---|---|---|---|---|\n";

/// The line of the table for what was shown.
fn line(row: &Row, shown: &Shown) -> String {
    let mut weaker: Vec<&str> = Vec::new();
    let named = match (shown.linked, shown.never_replaces) {
        (true, _) => "link",
        (false, true) => "rename, which never replaces",
        (false, false) => {
            weaker.extend(shown.feigns_links.then_some("links are acknowledged and not made"));
            weaker.push("another writer could take the name between the look and the rename");
            "rename after a look"
        }
    };
    let is_sftp = shown.transport == "sftp";
    if !shown.synced {
        weaker.push(if is_sftp { "no sync is offered" } else { "FTP has no sync" });
    }
    if !is_sftp && !shown.facts {
        weaker.push(if shown.times {
            "no facts (MLSD): times are asked for file by file (MDTM)"
        } else {
            "no facts (MLSD) and no MDTM: files have no times"
        });
    }
    if !row.agreed.is_empty() {
        weaker.push("UTF8 isn't offered (FEAT): `profile.names = \"utf-8\"` was agreed");
    }
    let grade =
        if shown.digest { format!("{}, by its own digest", shown.grade) } else { shown.grade.clone() };
    let over = match shown.transport.as_str() {
        "sftp" => "SFTP",
        "ftps" => "FTPS",
        _ => "FTP",
    };
    let weaker = if weaker.is_empty() { "nothing".to_owned() } else { weaker.join("; ") };
    format!("| {} | {} | {over} | {grade} | {named} | {weaker} |\n", row.server, shown.version)
}

/// Goes the whole way with one server.
fn journey(row: &Row) -> Shown {
    let server = (row.start)();
    let (inside, out) = (server.root().join("in"), server.root().join("out"));
    for directory in [&inside, &out] {
        fs::create_dir(directory).unwrap();
        // Some servers serve as nobody.
        fs::set_permissions(directory, fs::Permissions::from_mode(0o777)).unwrap();
    }
    let mut home = Home::of_partner(&(server.partner_file() + row.agreed));
    let link =
        "partner = \"eltax\"\nlayout = \"common/as-is\"\nready = \"rename\"\n[remote]\ndirectory = \"in\"\n";
    home.write(&format!("config/links/{LINK}.toml"), link);
    home.write_inbound(INBOUND, Inbound { remote: "afterwards = \"delete\"\n", ..Inbound::default() });
    home.start();
    let large = sends(&mut home, &inside);
    holds_on_a_taken_name(&mut home, &inside);
    collects(&mut home, &out);
    home.audit_is_clean();
    let receipt = home.receipt(&large);
    shown(row, &receipt)
}

/// Files arrive whole, under their names, proven, with receipts.
fn sends(home: &mut Home, inside: &Path) -> DeliveryId {
    let files = [("large.dat", pattern(LARGE)), (JAPANESE, pattern(1000)), ("small.dat", vec![b'1'])];
    for (name, bytes) in &files {
        home.drop_source(name, bytes);
    }
    let ids = files.map(|(name, bytes)| {
        let delivery = home.until_file(name, "archived").delivery;
        assert!(fs::read(inside.join(name)).unwrap() == bytes, "{name}");
        let (verified, said) = home.run(&["receipt", "verify", delivery.id.as_str()]);
        assert!(verified, "{said}");
        delivery.id
    });
    assert_eq!(names_in(inside), ["large.dat", "small.dat", JAPANESE], "no temporary name is left");
    ids[0].clone()
}

/// A file of the partner that bears the name already stays as it is.
fn holds_on_a_taken_name(home: &mut Home, inside: &Path) {
    fs::write(inside.join("taken.dat"), "theirs").unwrap();
    home.drop_source("taken.dat", b"ours");
    let held = home.until_file("taken.dat", "held");
    assert!(why(&held).contains("taken.dat"), "{}", why(&held));
    assert_eq!(fs::read(inside.join("taken.dat")).unwrap(), b"theirs");
    assert!(!names_in(inside).iter().any(|name| name.starts_with(".totatsu")), "{:?}", names_in(inside));
}

/// Files that the partner offers come in whole, and are gone there.
fn collects(home: &mut Home, out: &Path) {
    let files = [("LARGE.DAT", pattern(LARGE)), ("回答 一.DAT", pattern(1000)), ("SMALL.DAT", vec![b'1'])];
    for (name, bytes) in &files {
        offer(out, name, bytes);
    }
    for (name, bytes) in &files {
        home.until_file(name, "archived");
        assert!(fs::read(home.inbox(INBOUND).join(name)).unwrap() == *bytes, "{name}");
    }
    assert_eq!(names_in(out), [""; 0]);
}

fn shown(row: &Row, receipt: &Value) -> Shown {
    let asked = receipt["asked"].as_array().unwrap();
    let answer = |begin: &str| {
        let found = asked.iter().find(|asked| asked["asked"].as_str().unwrap().starts_with(begin));
        found.map(|asked| asked["answered"].as_str().unwrap().to_owned()).unwrap_or_default()
    };
    let peer = &receipt["arrival"]["peer"];
    let offers = |word: &str| {
        peer["extensions"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|line| line.as_str().unwrap().starts_with(word))
    };
    let named = answer("rename ");
    Shown {
        version: version(row, peer["software"].as_str().unwrap_or_default()),
        transport: peer["transport"].as_str().unwrap().to_owned(),
        grade: receipt["grade"].as_str().unwrap().to_owned(),
        digest: answer("content of").contains("as the partner works it out"),
        linked: named.contains("second name"),
        never_replaces: !named.contains("second name") && offers("limits@openssh.com"),
        feigns_links: !named.contains("second name") && offers("hardlink@openssh.com"),
        synced: answer("fsync") == "done",
        // aioftp tells facts without a list of extensions.
        facts: offers("MLST") || row.server == "aioftp",
        times: offers("MDTM"),
    }
}

#[test]
#[cfg_attr(
    not(all(
        have_root,
        have_sshd,
        have_vsftpd,
        have_proftpd,
        have_pureftpd,
        have_rclone,
        have_dropbear,
        have_mysecureshell,
        have_gesftpserver,
        have_inetutils_ftpd,
        have_python_servers
    )),
    ignore = "needs the servers and root: run scripts/test as root"
)]
fn every_server_of_the_matrix_takes_and_gives_files_and_the_documentation_says_how() {
    let rows = Mutex::new(ROWS.iter().enumerate());
    let told = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some((at, row)) = next(&rows) {
                    let start = Instant::now();
                    let went = std::panic::catch_unwind(|| journey(row));
                    println!("{}: {:?}", row.server, start.elapsed());
                    told.lock().unwrap().push((at, went));
                }
            });
        }
    });
    let mut told = told.into_inner().unwrap();
    told.sort_by_key(|(at, _)| *at);
    let failed: Vec<&str> =
        told.iter().filter(|(_, went)| went.is_err()).map(|(at, _)| ROWS[*at].server).collect();
    assert!(failed.is_empty(), "{failed:?}");
    let lines = told.iter().map(|(at, went)| line(&ROWS[*at], went.as_ref().unwrap()));
    let table = HEADING.to_owned() + &lines.collect::<String>();
    let documented = fs::read_to_string("docs/partners.md").unwrap();
    assert!(documented.contains(&table), "docs/partners.md says otherwise; this is so:\n{table}");
}

type Rows = Mutex<Enumerate<std::slice::Iter<'static, Row>>>;

fn next(rows: &Rows) -> Option<(usize, &'static Row)> {
    rows.lock().unwrap().next()
}
