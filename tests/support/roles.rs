//! A gateway with roles, and everybody who plays one: each a user of its own, in that role's group alone.
//!
//! They reach the socket and nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use totatsu_base::digest::Sha256;

use super::gateway::{Home, LINK, program};
use super::people::Person;
use super::sshd::{Options, Sshd};

/// The gateway's user and group.
pub const GATEWAY: u32 = 61_001;
/// The groups of the roles, of the gateway as a whole and of the link [`OWN`].
pub const READ: u32 = 61_101;
pub const OPERATE: u32 = 61_102;
pub const AUDIT: u32 = 61_103;
pub const OWN_READ: u32 = 61_201;
pub const OWN_OPERATE: u32 = 61_202;
/// A group without any role.
pub const NOBODYS: u32 = 61_999;
/// A link with groups of its own.
pub const OWN: &str = "zei";

pub const READER: Person = Person::new("reader", 61_011, READ);
pub const OPERATOR: Person = Person::new("operator", 61_012, OPERATE);
pub const SECOND: Person = Person::new("second operator", 61_016, OPERATE);
pub const AUDITOR: Person = Person::new("auditor", 61_013, AUDIT);
pub const DROPPER: Person = Person::new("dropper", 61_014, GATEWAY);
pub const STRANGER: Person = Person::new("stranger", 61_015, NOBODYS);
pub const OWN_READER: Person = Person::new("reader of the link", 61_021, OWN_READ);
pub const OWN_OPERATOR: Person = Person::new("operator of the link", 61_022, OWN_OPERATE);
pub const EVERYBODY: [Person; 8] =
    [READER, OPERATOR, SECOND, AUDITOR, DROPPER, STRANGER, OWN_READER, OWN_OPERATOR];

/// A gateway with roles, a delivered file on each of its two links, and one that is held and one that is rejected on the first.
pub struct House {
    pub sshd: Sshd,
    pub home: Home,
    /// Where people write what they get.
    pub desk: PathBuf,
    pub delivered: String,
    pub held: String,
    pub rejected: String,
    pub of_own: String,
}

impl House {
    pub fn new(more: &str) -> House {
        let sshd = Sshd::start(Options::default());
        let mut home = Home::new(&sshd);
        home.write("config/partners/bank.toml", &home.sign_in_with_own_key(&sshd));
        let main = fs::read_to_string(home.path().join("config/totatsu.toml")).unwrap();
        let roles = format!("[roles]\nread = [{READ}]\noperate = [{OPERATE}]\naudit = [{AUDIT}]\n{more}");
        home.write("config/totatsu.toml", &format!("{main}{roles}"));
        let own = format!(
            "partner = \"eltax\"\nlayout = \"common/as-is\"\nready = \"rename\"\n[remote]\nname = \"Z-{{name}}\"\n\
             [roles]\nread = [{OWN_READ}]\noperate = [{OWN_OPERATE}]\n"
        );
        home.write(&format!("config/links/{OWN}.toml"), &own);
        home.run_as(GATEWAY, GATEWAY);
        fs::set_permissions(home.path().join("key"), fs::Permissions::from_mode(0o600)).unwrap();
        fs::set_permissions(home.path().join("config"), fs::Permissions::from_mode(0o700)).unwrap();
        home.start();
        fs::set_permissions(home.path().join("ledger"), fs::Permissions::from_mode(0o700)).unwrap();
        let desk = home.path().join("desk");
        fs::create_dir(&desk).unwrap();
        fs::set_permissions(&desk, fs::Permissions::from_mode(0o1777)).unwrap();
        let mut house = House {
            sshd,
            home,
            desk,
            delivered: String::new(),
            held: String::new(),
            rejected: String::new(),
            of_own: String::new(),
        };
        house.drop_file(DROPPER, OWN, "z.csv", b"theirs of zei");
        house.of_own = house.home.wait_for_one("archived").delivery.id.to_string();
        house.drop_records("a.csv");
        let archived = house.home.wait_for(2, "archived");
        house.delivered = archived[1].delivery.id.to_string();
        fs::write(house.sshd.root().join("b.DTA"), "theirs").unwrap();
        house.drop_records("b.csv");
        house.held = house.home.wait_for_one("held").delivery.id.to_string();
        house.drop_file(DROPPER, LINK, "c.csv", b"no,rows,of,this,layout\n");
        let rejected = house.home.until("the last of them has come to its end", |home| {
            let ended = home.deliveries().into_iter().find(|it| it.state == "rejected")?.delivery;
            ended.is_finished().then_some(ended)
        });
        house.rejected = rejected.id.to_string();
        house
    }

    /// A person drops a file, as a member of the gateway's group may.
    pub fn drop_file(&self, who: Person, link: &str, name: &str, bytes: &[u8]) {
        let outbox = self.home.path().join("spool/outbox").join(link);
        let script = format!("cd {outbox:?} && cat > .{name} && chmod 640 .{name} && mv .{name} {name}");
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &script]).uid(who.uid).gid(who.gid).current_dir("/").stdin(Stdio::piped());
        let mut shell = shell.spawn().unwrap();
        shell.stdin.take().unwrap().write_all(bytes).unwrap();
        assert!(shell.wait().unwrap().success());
    }

    pub fn drop_records(&self, name: &str) {
        let mut source = Vec::new();
        let seed = name.bytes().map(u64::from).sum();
        totatsu_records::invented::write_csv(&mut source, 3, seed).unwrap();
        self.drop_file(DROPPER, LINK, name, &source);
    }

    /// Gives a command as a person: its exit code, and all that it printed.
    pub fn by(&self, who: Person, arguments: &[&str]) -> (i32, String) {
        let mut command = Command::new(reachable_program(&self.desk));
        command.arg("--socket").arg(self.home.path().join("control.sock")).args(arguments);
        command.env_clear().env("LC_ALL", "C.UTF-8").current_dir(&self.desk).uid(who.uid).gid(who.gid);
        let output = command.output().unwrap();
        let (out, err) =
            (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        (output.status.code().unwrap(), format!("{out}{err}"))
    }

    pub fn may(&self, who: Person, arguments: &[&str]) -> String {
        let (code, text) = self.by(who, arguments);
        assert_eq!(code, 0, "{} may {arguments:?}: {text}", who.name);
        text
    }

    /// The command is refused, and this said of the role that is missing.
    pub fn may_not(&self, who: Person, arguments: &[&str], missing: &str) {
        let (code, text) = self.by(who, arguments);
        assert_eq!(code, 1, "{} may not {arguments:?}: {text}", who.name);
        assert!(text.contains(missing) && text.contains("[TT-605"), "{} {arguments:?}: {text}", who.name);
    }

    /// What nobody's question may change: the journal, every file of spool, configuration and ledger but its index, and what the
    /// partner has.
    pub fn state(&self) -> BTreeMap<PathBuf, (u32, String)> {
        let mut state = BTreeMap::new();
        for part in
            ["config", "spool", "ledger/journal", "ledger/receipt-key", "ledger/receipt-key.pub", "key"]
        {
            note(&self.home.path().join(part), &mut state);
        }
        note(self.sshd.root(), &mut state);
        // The gateway notes there by itself, every half minute, how far its journal goes.
        state.remove(&self.home.path().join("spool/ledger-seen"));
        // And in the journal, whom it has alerted.
        let journal = self.home.path().join("ledger/journal");
        state.retain(|path, _| !path.starts_with(&journal));
        let told = self.home.journal().into_iter().filter(|event| event["event"] != "alerted");
        let told: Vec<String> =
            told.map(|event| format!("{} {}", event["event"], event["delivery"])).collect();
        state.insert(journal, (0, told.join("\n")));
        state
    }
}

/// The program where everybody may run it.
pub fn reachable_program(desk: &Path) -> PathBuf {
    let copy = desk.join(".totatsu");
    if !copy.exists() {
        // By a process of its own: whoever is forked here meanwhile would hold the new file open for writing.
        assert!(Command::new("cp").arg(program()).arg(&copy).status().unwrap().success());
        fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).unwrap();
    }
    copy
}

fn note(path: &Path, state: &mut BTreeMap<PathBuf, (u32, String)>) {
    let Ok(metadata) = fs::symlink_metadata(path) else { return };
    let mode = metadata.permissions().mode();
    if metadata.is_dir() {
        state.insert(path.to_owned(), (mode, String::new()));
        for entry in fs::read_dir(path).unwrap() {
            note(&entry.unwrap().path(), state);
        }
    } else if metadata.is_file() {
        state.insert(path.to_owned(), (mode, Sha256::of(&fs::read(path).unwrap()).to_string()));
    }
}
