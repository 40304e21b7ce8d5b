//! Inbound links, partners' files and what becomes of them: what every test of the way in needs.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;
use totatsu::control::Shown;
use totatsu_base::delivery_id::DeliveryId;

use super::ftp::{FtpServer, PASSWORD};
use super::gateway::{Home, LOOK, PATIENCE};
use super::sshd::{Options, Sshd};

/// The inbound link of a [`Post`].
pub const INBOUND: &str = "uketori";

/// A server, and a gateway that collects from its directory `out` over the link [`INBOUND`].
pub struct Post {
    pub sshd: Sshd,
    pub home: Home,
}

/// What a test says of an inbound link. Keys that it leaves out are those of a link that hands `*.DAT` of the partner's
/// directory `out` over as they are, as soon as they are there.
#[derive(Debug, Clone, Copy, Default)]
pub struct Inbound<'a> {
    /// The partner; `eltax` unless given.
    pub partner: &'a str,
    /// Keys of the link itself.
    pub more: &'a str,
    /// Keys of its table `[remote]`.
    pub remote: &'a str,
    /// Tables after that.
    pub tables: &'a str,
}

impl Home {
    /// Writes an inbound link.
    pub fn write_inbound(&self, name: &str, link: Inbound<'_>) {
        let Inbound { partner, more, remote, tables } = link;
        let has = |key: &str| remote.lines().any(|line| line.starts_with(key));
        let mut defaults = String::new();
        for (key, line) in [
            ("directory", "directory = \"out\"\n"),
            ("name", "name = \"*.DAT\"\n"),
            ("ready", "ready = \"rename\"\n"),
            ("every", "every = \"100ms\"\n"),
            ("stable_for", "stable_for = \"0s\"\n"),
        ] {
            let is_by_look = remote.contains("ready = \"stable\"") && key == "stable_for";
            if !has(key) && !is_by_look {
                defaults += line;
            }
        }
        let partner = if partner.is_empty() { "eltax" } else { partner };
        let layout = if more.contains("layout =") { "" } else { "layout = \"common/as-is\"\n" };
        let link = format!(
            "direction = \"in\"\npartner = {partner:?}\n{layout}{more}[remote]\n{defaults}{remote}{tables}"
        );
        self.write(&format!("config/links/{name}.toml"), &link);
    }

    /// The inbox of an inbound link that names none.
    pub fn inbox(&self, link: &str) -> PathBuf {
        self.path().join("spool/inbox").join(link)
    }

    /// Waits until the delivery or collection of this file is in `state`.
    pub fn until_file(&mut self, name: &str, state: &str) -> Shown {
        self.until(&format!("{name} is {state}"), |home| {
            let mut found = home.deliveries().into_iter();
            found.find(|shown| shown.delivery.name() == name && shown.state == state)
        })
    }

    pub fn receipt(&self, id: &DeliveryId) -> Value {
        serde_json::from_slice(&fs::read(self.folder(id).receipt()).unwrap()).unwrap()
    }

    /// A person's decision, and what it prints; a step that is still under way is waited for, as the message asks.
    pub fn act(&self, arguments: &[&str]) -> String {
        let arguments = [arguments, &["--reason", "decided in a test"]].concat();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let (done, text) = self.run(&arguments);
            if done {
                return text;
            }
            assert!(text.contains("is under way") && Instant::now() < deadline, "{arguments:?}: {text}");
            std::thread::sleep(LOOK);
        }
    }

    pub fn audit_is_clean(&self) {
        let (clean, text) = self.run(&["audit", "verify"]);
        assert!(clean, "{text}");
    }

    /// The first inbound link, as `status` tells of it.
    pub fn first_inbound(&self) -> Value {
        let (_, text) = self.run(&["--json", "status"]);
        let status: Value = serde_json::from_str(&text).unwrap();
        status["inbound"][0].clone()
    }

    /// How often something happened.
    pub fn times(&self, event: &str) -> usize {
        self.journal().iter().filter(|entry| entry["event"] == event).count()
    }

    /// Writes the file of a partner that is an FTP server, with its password beside it.
    pub fn write_ftps_partner(&self, name: &str, server: &FtpServer, user: &str) {
        let text = format!(
            "transport = \"ftps\"\n[ftps]\nhost = \"127.0.0.1\"\nport = {}\nuser = {user:?}\npassword_file = {:?}\n\
             ca_file = {:?}\n",
            server.port,
            self.password_file(),
            server.certificates.authority(),
        );
        self.write(&format!("config/partners/{name}.toml"), &text);
    }

    /// A file that holds the password of every account at an FTP server.
    pub fn password_file(&self) -> PathBuf {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.path().join("config/password");
        fs::write(&path, PASSWORD).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }
}

impl Home {
    /// Kills the gateway and starts it again, so many times and at moments that the seed draws.
    pub fn kill_again_and_again(&mut self, seed: u64, times: u64) {
        println!("kills at moments of seed {seed}");
        let mut drawn = seed;
        for _ in 0..times {
            drawn = drawn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            std::thread::sleep(Duration::from_millis((drawn >> 33) % 300));
            self.kill();
            self.start();
        }
    }

    /// Waits until so many files `F00.DAT`, `F01.DAT`... with these contents were collected, and makes sure that each was
    /// placed once, and whole.
    pub fn has_collected_each_once(&mut self, link: &str, files: &[Vec<u8>]) {
        self.wait_for(files.len(), "archived");
        assert_eq!((self.times("found"), self.times("placed")), (files.len(), files.len()));
        for (number, bytes) in files.iter().enumerate() {
            let there = fs::read(self.inbox(link).join(numbered(number))).unwrap();
            assert!(there == *bytes, "{}", numbered(number));
        }
        self.audit_is_clean();
    }
}

impl Post {
    /// With these keys of the link, of its `[remote]` table, and these tables after it. The daemon doesn't run yet.
    pub fn new(more: &str, remote: &str, tables: &str) -> Post {
        let sshd = Sshd::start(Options::default());
        fs::create_dir(sshd.root().join("out")).unwrap();
        let home = Home::new(&sshd);
        home.write_inbound(INBOUND, Inbound { more, remote, tables, ..Inbound::default() });
        Post { sshd, home }
    }

    pub fn running(more: &str, remote: &str, tables: &str) -> Post {
        let mut post = Post::new(more, remote, tables);
        post.home.start();
        post
    }

    pub fn out(&self) -> PathBuf {
        self.sshd.root().join("out")
    }

    pub fn offer(&self, name: &str, bytes: &[u8]) {
        offer(&self.out(), name, bytes);
    }

    pub fn wait_for(&mut self, name: &str, state: &str) -> Shown {
        self.home.until_file(name, state)
    }

    pub fn act(&self, arguments: &[&str]) -> String {
        self.home.act(arguments)
    }
}

/// So many contents, each of its own length and bytes.
pub fn contents(count: usize) -> Vec<Vec<u8>> {
    let of = |number: usize| {
        let mut bytes = super::partners::pattern(400_000 + 70_001 * number);
        bytes[0] = u8::try_from(number).unwrap();
        bytes
    };
    (0..count).map(of).collect()
}

/// The name of the so-many-th file.
pub fn numbered(number: usize) -> String {
    format!("F{number:02}.DAT")
}

/// The partner renames a whole file to its name.
pub fn offer(directory: &Path, name: &str, bytes: &[u8]) {
    let hidden = directory.join(".totatsu-test-new");
    fs::write(&hidden, bytes).unwrap();
    fs::rename(&hidden, directory.join(name)).unwrap();
}

/// Why a delivery stands where it stands.
pub fn why(shown: &Shown) -> String {
    shown.why().unwrap_or_default()
}
