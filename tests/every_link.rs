//! One file through every interface of the national list: a city with all seven systems, as `init` writes it, whose partners are real
//! servers of three kinds and a medium; out to them and in from them, imported under the lock where the list asks for it. Each has a
//! receipt in the end.

#![cfg(all(have_sshd, have_vsftpd, have_proftpd, have_root, have_loop))]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use support::ftp::{FtpServer, Wishes};
use support::gateway::Home;
use support::medium::{Drive, Format, Stick};
use support::proftpd::proftpd;
use support::sshd::{Options, Sshd};
use support::vsftpd::vsftpd;
use totatsu::catalogue::{Interface, InterfaceList, ListedWay};
use totatsu::config;
use totatsu::control::Shown;
use totatsu_transport::medium::marker;

/// All partners of a city.
struct Partners {
    sshd: Sshd,
    vsftpd: FtpServer,
    proftpd: FtpServer,
    drive: Drive,
    _stick: Stick,
}

impl Partners {
    fn start() -> Partners {
        let stick = Stick::format(Format::Ext4, 64);
        let drive = Drive::empty();
        stick.plug(&drive);
        marker::prepare(drive.path(), "mpn", "千代田区").unwrap();
        let (vsftpd, proftpd) = (vsftpd(Wishes::default()), proftpd(Wishes::default()));
        Partners { sshd: Sshd::start(Options::default()), vsftpd, proftpd, drive, _stick: stick }
    }

    /// Which of the servers stands for a partner: they take turns.
    fn number_of(partner: &str) -> usize {
        let partners: Vec<&String> = InterfaceList::shipped().words.partner.keys().collect();
        partners.iter().position(|known| *known == partner).unwrap() % 3
    }

    /// Where a partner's files lie on our own disk.
    fn root(&self, partner: &str) -> &Path {
        match (partner, Partners::number_of(partner)) {
            ("mpn", _) => self.drive.path(),
            (_, 0) => self.sshd.root(),
            (_, 1) => &self.vsftpd.root,
            (..) => &self.proftpd.root,
        }
    }

    /// The answers that name where each partner is.
    fn answers(&self, home: &Home) -> String {
        let mut text = String::new();
        let password = home.path().join("password");
        fs::write(&password, support::ftp::PASSWORD).unwrap();
        fs::set_permissions(&password, fs::Permissions::from_mode(0o600)).unwrap();
        for partner in InterfaceList::shipped().words.partner.keys() {
            writeln!(text, "[partners.{partner}]").unwrap();
            let ftps = |server: &FtpServer, user: &str| {
                let authority = server.certificates.authority();
                let port = server.port;
                format!(
                    "reach = \"ftps\"\nhost = \"127.0.0.1\"\nport = {port}\nuser = {user:?}\npassword_file = {password:?}\n\
                     ca_file = {authority:?}\n"
                )
            };
            text += &match (partner.as_str(), Partners::number_of(partner)) {
                ("mpn", _) => format!("reach = \"medium\"\npath = {:?}\n", self.drive.path()),
                (_, 0) => format!(
                    "reach = \"sftp\"\nhost = \"127.0.0.1\"\nport = {}\nuser = {:?}\nhost_keys = [{:?}]\nprivate_key_file = {:?}\n",
                    self.sshd.port(),
                    self.sshd.user(),
                    self.sshd.host_key_line(),
                    self.sshd.client_key(),
                ),
                (_, 1) => ftps(&self.vsftpd, "anonymous"),
                (..) => ftps(&self.proftpd, "tester"),
            };
        }
        text
    }
}

/// A city that `init` wrote, and where its imports leave their marks.
struct City {
    home: Home,
    imports: PathBuf,
}

impl City {
    fn new(partners: &Partners, mpn: &str) -> City {
        let home = Home::of_partner("");
        fs::remove_dir_all(home.path().join("config")).unwrap();
        let imports = home.path().join("imports");
        let mut answers =
            format!("municipality = \"131016\"\nbusinesses = [\"all\"]\nmpn = {mpn:?}\n[paths]\n");
        for (key, place) in [("spool", "spool"), ("ledger", "ledger"), ("socket", "control.sock")] {
            writeln!(answers, "{key} = {:?}", home.path().join(place)).unwrap();
        }
        let layouts = Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts");
        write!(answers, "layouts = {layouts:?}\n[import]\n").unwrap();
        for business in InterfaceList::businesses() {
            // An import that finds its lock free has been started without it.
            let program = home.path().join(format!("import-{business}"));
            let lock = home.path().join(format!("spool/locks/{business}.lock"));
            let script = format!(
                "#!/bin/sh\nif flock --nonblock {lock:?} true; then state=free; else state=locked; fi\n\
                 echo \"{business} $state $(basename \"$1\")\" >> {imports:?}\n"
            );
            fs::write(&program, script).unwrap();
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
            writeln!(answers, "{business} = [{program:?}, \"{{file}}\"]").unwrap();
        }
        answers += &partners.answers(&home);
        fs::write(home.path().join("answers.toml"), answers).unwrap();
        let mut init = Command::new(env!("CARGO_BIN_EXE_totatsu"));
        init.arg("init")
            .arg(home.path().join("config"))
            .arg("--answers")
            .arg(home.path().join("answers.toml"));
        let told = init.output().unwrap();
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        City { home, imports }
    }

    fn served(&self) -> Vec<&'static Interface> {
        let config = config::read(&self.home.path().join("config")).0.unwrap();
        InterfaceList::shipped().interfaces.iter().filter(|one| config.has_link(&one.id)).collect()
    }

    /// Rows that a layout takes, as its template has them.
    fn rows_of(&self, layout: &str) -> Vec<u8> {
        let output = self.home.command(&["layout", "template", layout]).output().unwrap();
        assert!(output.status.success(), "{layout}");
        output.stdout
    }

    /// A partner's file of a layout.
    fn file_of(&self, layout: &str, about: &str) -> Vec<u8> {
        if layout == "common/as-is" {
            return format!("{about}\n").into_bytes();
        }
        let mut encode = self.home.command(&["layout", "encode", layout]);
        let mut encode = encode.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        encode.stdin.take().unwrap().write_all(&self.rows_of(layout)).unwrap();
        let output = encode.wait_with_output().unwrap();
        assert!(output.status.success(), "{layout}");
        output.stdout
    }

    /// Makes each link's directory at its partner, and has one file lie there for each inbound one.
    fn lay_out(&self, partners: &Partners) {
        let config = config::read(&self.home.path().join("config")).0.unwrap();
        for interface in self.served() {
            let id = &interface.id;
            let there = partners.root(&interface.partner).join(id);
            fs::create_dir_all(&there).unwrap();
            if interface.direction == ListedWay::In {
                let file = self.file_of(&config.inbound[id].layout, id);
                fs::write(there.join(format!("{id}.dat")), file).unwrap();
            }
        }
    }

    /// Drops one file for each outbound link.
    fn drop_files(&self) {
        let config = config::read(&self.home.path().join("config")).0.unwrap();
        for link in config.links.values() {
            let as_is = link.layout == "common/as-is";
            let source =
                if as_is { self.file_of(&link.layout, &link.name) } else { self.rows_of(&link.layout) };
            fs::write(link.outbox.join(format!("{}.csv", link.name)), source).unwrap();
        }
    }
}

/// The links whose delivery is in a state.
fn links_in(deliveries: &[Shown], state: &str) -> BTreeSet<String> {
    deliveries.iter().filter(|shown| shown.state == state).map(|shown| shown.delivery.link.clone()).collect()
}

#[test]
fn one_file_goes_through_every_interface_of_the_list_and_each_has_a_receipt() {
    let mut proven: BTreeSet<String> = BTreeSet::new();
    // Payment data goes to MPN one way or the other, so it takes two cities to have them all.
    for mpn in ["direct", "collection"] {
        let partners = Partners::start();
        let mut city = City::new(&partners, mpn);
        city.lay_out(&partners);
        city.home.start();
        city.drop_files();
        let served = city.served();
        let carried = |one: &&&Interface| one.partner == "mpn" && one.direction == ListedWay::Out;
        let on_medium = served.iter().filter(carried).count();
        city.home.until("every file has gone its way", |home| {
            let deliveries = home.deliveries();
            let lost: Vec<_> = deliveries
                .iter()
                .filter(|shown| ["held", "rejected"].contains(&shown.state.as_str()))
                .map(|shown| {
                    format!("{}: {:?}", shown.delivery.link, shown.delivery.standing.why(&shown.delivery.id))
                })
                .collect();
            assert!(lost.is_empty(), "{lost:#?}");
            let handed_over = links_in(&deliveries, "handed_over").len();
            let archived = links_in(&deliveries, "archived").len();
            (handed_over == on_medium && archived + handed_over == served.len()).then_some(())
        });
        for shown in city.home.deliveries().iter().filter(|shown| shown.state == "handed_over") {
            let id = shown.delivery.id.as_str();
            let by_hand = ["confirm", id, "--by", "山田", "--how", "medium", "--reason", "signed for"];
            let (done, text) = city.home.run(&by_hand);
            assert!(done, "{text}");
        }
        city.home.until("every file has its receipt", |home| {
            (links_in(&home.deliveries(), "archived").len() == served.len()).then_some(())
        });
        for shown in city.home.deliveries() {
            assert!(city.home.folder(&shown.delivery.id).receipt().exists(), "{}", shown.delivery.link);
            proven.insert(shown.delivery.link);
        }
        let imports = fs::read_to_string(&city.imports).unwrap();
        for interface in served.iter().filter(|one| one.direction == ListedWay::In) {
            // Rows have the ending of their form, and the partner's name before it.
            let is_of_it = |line: &&str| {
                let file = line.rsplit(' ').next().unwrap_or_default();
                file.rsplit_once('.').is_some_and(|(stem, _)| stem == interface.id)
            };
            let mut lines = imports.lines().filter(is_of_it);
            let (line, more) = (lines.next().unwrap(), lines.next());
            assert_eq!(more, None, "{}: imported twice", interface.id);
            assert!(!interface.is_exclusive() || line.contains(" locked "), "{line}");
        }
        let (clean, text) = city.home.run(&["audit", "verify"]);
        assert!(clean, "{text}");
        city.home.stop();
        partners.drive.pull();
    }
    let all: BTreeSet<String> =
        InterfaceList::shipped().interfaces.iter().map(|one| one.id.clone()).collect();
    assert_eq!(proven, all);
    assert_eq!(proven.len(), 143);
}
