//! A hostile member of the group, who renames, links, swaps, fills and truncates whatever the modes let it while the gateway
//! works, and users with a role each, who try the same and ask its socket for what isn't theirs ([`super::knocking`]).
//!
//! Owns a gateway that runs as a user of its own, a member of its group as another, and honest links both ways into whose own
//! directories the member doesn't reach. Canaries, which only the gateway or only root may read, never arrive anywhere and
//! never change; the honest links' files arrive exactly once; the gateway never ends of it. Needs root.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use totatsu_base::digest::Sha256;

use super::knocking::{self, GATEWAY, HONEST, HONEST_IN, LOOT, MARKED, MEMBER, OUT, PEOPLE, roles_of};
use super::observer::{Observer, Place, Role};
use super::tally::{Finding, Harm, Row};
use super::world::Dice;
use crate::support::collecting::{INBOUND, Inbound};
use crate::support::gateway::{Address, Home};
use crate::support::people::Person;
use crate::support::sshd::{Options, Sshd};

/// A user of the gateway's group whose files are honest.
const PRODUCER: u32 = 61_003;
/// What nobody but the gateway may read, or nobody but root.
const OURS: &[u8] = b"canary of the gateway\n";
const ROOTS: &[u8] = b"canary of root\n";
/// Time for one burst of the member's acts.
const MOST: Duration = Duration::from_millis(900);
const ACTS: u64 = 14;

/// What they say to the gateway's socket in a burst.
const KNOCKS: u64 = 100;

/// What the member acts on: `$H` is the gateway's home, `$S` its spool, `$O` and `$M` outboxes, `$I` an inbox, `$L` its lock.
const TARGETS: [&str; 22] = [
    "$O",
    "$M",
    "$I",
    "$L",
    "$O/a.csv",
    "$O/.b.tmp",
    "$M/c.csv",
    "$M/c.csv.end",
    "$I/d.DAT",
    "$I/d.DAT.sha256",
    "$I/.d.DAT.part",
    "$S/outbox",
    "$S/inbox",
    "$S/locks",
    "$S/lock",
    "$S/ledger-id",
    "$S/ledger-lost",
    "$S/deliveries",
    "$S/archive",
    "$S/orphans",
    "$H/ledger/receipt-key",
    "$H/control.sock",
];
const CANARIES: [&str; 6] =
    ["$H/ledger/receipt-key", "$H/ledger", "$H/own/pay.csv", "$H/own", "$H/own/root.csv", "$H/key"];
/// `T` is the target, `C` a canary. Nothing is removed with all that is in it: honest files lie there too.
const ACTS_OF_MEMBER: [&str; 17] = [
    "ln -sfn C T",
    "ln -f C T",
    "mv T T.away; ln -s C T",
    "mv T T.away; mkdir -m 777 T; ln C T/x.csv; ln -s C T/y.csv",
    "rm -f T; rmdir T; mv T.away T",
    ": > T",
    "truncate -s 20M T",
    "truncate -s 4T T",
    "head -c 300000 /dev/zero >> T",
    "rm -f T; mkfifo T",
    "rm -f T; mkdir T",
    "chmod 777 T",
    "flock -n T sleep 0.2",
    "mv T $O/",
    "for n in 1 2 3 4 5 6 7 8; do printf \"theirs $n\" > $O/.new; mv $O/.new T; ln -sf C T; rm -f T; done",
    "for f in $I/*.DAT; do ln -sf C $f; printf theirs > $f; mv $f $f.x; done",
    "for n in 1 2 3 4 5 6; do printf \"theirs $n T\" > $M/r$n.csv; ln -sf C $M/r$n.csv.end; ln -f C $M/r$n.csv; \
     : > $M/r$n.csv.end; done",
];
/// Done where an earlier version had left the directories above open to the group, while the gateway doesn't run.
const PLANTED: [&str; 8] = [
    "mv $O $O.away; ln -s $H/own $O",
    "mv $O $O.away; ln -s $H/ledger $O",
    "mv $M $M.away; ln -s $H/own $M",
    "mv $I $I.away; ln -s $H/own $I",
    "mv $O $O.away; mkdir -m 777 $O; ln $H/own/pay.csv $O/x.csv",
    "rm -f $L; ln -s $H/own/pay.csv $L",
    "rm -f $L; mkdir $L",
    "mv $O $O.away; ln -s $H/own $S/outbox/.okuri.new",
];

/// So many bursts of a member's acts, with a kill after some.
pub fn bursts(seed: u64, how_many: usize) -> Row {
    println!("hostile neighbour: seed {seed}");
    let mut trial = Trial::new(seed);
    for burst in 0..how_many {
        let hostile = trial.burst();
        trial.knock();
        trial.honest_work();
        trial.end(hostile);
        trial.is_unharmed();
        if burst % 2 == 0 {
            trial.end_and_start_on(PLANTED[(burst / 2) % PLANTED.len()]);
        }
    }
    trial.account();
    Row {
        injected: how_many,
        deliveries: trial.sent.len(),
        collections: trial.offered.len(),
        findings: trial.findings,
    }
}

struct Trial {
    seed: u64,
    dice: Dice,
    sshd: Sshd,
    home: Home,
    /// Every file that must not change, and what it is.
    canaries: BTreeMap<PathBuf, (u32, Vec<u8>)>,
    partner: Observer,
    inbox: Observer,
    sent: Vec<(String, Sha256)>,
    offered: Vec<(String, Sha256)>,
    findings: Vec<Finding>,
}

impl Trial {
    fn new(seed: u64) -> Trial {
        let sshd = Sshd::start(Options::default());
        for directory in ["out", "away", HONEST] {
            fs::create_dir(sshd.root().join(directory)).unwrap();
        }
        let mut home = Home::new(&sshd);
        configure(&home, &sshd);
        fs::create_dir(home.path().join("own")).unwrap();
        fs::write(home.path().join("own/pay.csv"), OURS).unwrap();
        fs::write(home.path().join("own/root.csv"), ROOTS).unwrap();
        home.run_as(GATEWAY, GATEWAY);
        chown(home.path().join("own/root.csv"), Some(0), Some(0)).unwrap();
        fs::create_dir(home.path().join("loot")).unwrap();
        let modes = [("own/pay.csv", 0o600), ("own/root.csv", 0o600), ("key", 0o600), ("own", 0o755)];
        for (path, mode) in modes.into_iter().chain([("config", 0o700), ("loot", 0o1777)]) {
            fs::set_permissions(home.path().join(path), fs::Permissions::from_mode(mode)).unwrap();
        }
        home.start();
        let mut canaries = BTreeMap::new();
        for path in ["own/pay.csv", "own/root.csv", "key", "ledger/receipt-key", "config/totatsu.toml"] {
            let path = home.path().join(path);
            canaries.insert(path.clone(), (fs::metadata(&path).unwrap().uid(), fs::read(&path).unwrap()));
        }
        let place = |directory: &str, role| Place { directory: directory.to_owned(), role };
        let partner = Observer::start(sshd.root(), &[place(HONEST, Role::Partner)]);
        let own = home.inbox(HONEST_IN);
        home.until("the honest inbox is there", |_| own.is_dir().then_some(()));
        let inbox = Observer::start(own.parent().unwrap(), &[place(HONEST_IN, Role::Inbox)]);
        let mut trial = Trial {
            seed,
            dice: Dice::new(seed),
            sshd,
            home,
            canaries,
            partner,
            inbox,
            sent: Vec::new(),
            offered: Vec::new(),
            findings: Vec::new(),
        };
        trial.honest_work();
        trial
    }

    fn find(&mut self, harm: Harm, text: String) {
        self.findings.push(Finding { harm, seed: self.seed, text });
    }

    fn spool(&self) -> PathBuf {
        self.home.path().join("spool")
    }

    /// Runs a script as somebody. What the modes forbid fails, which is as it should be.
    fn script(&self, who: Person, script: &str) -> Child {
        let outbox = |link: &str| self.spool().join("outbox").join(link);
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", script]).uid(who.uid).gid(who.gid).current_dir("/");
        shell.env("H", self.home.path()).env("S", self.spool()).env("I", self.home.inbox(INBOUND));
        shell.env("O", outbox(OUT)).env("M", outbox(MARKED));
        shell.env("L", self.spool().join(format!("locks/{INBOUND}.lock")));
        shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// A burst of acts begins: of the member, and of somebody who has no right to any file.
    fn burst(&mut self) -> [Child; 2] {
        let other = self.dice.pick(&PEOPLE);
        let (of_member, of_other) = (self.acts(), self.acts());
        let own = "printf theirs > $O/.z; mv $O/.z $O/own$$.csv\n";
        let theirs = if other == MEMBER { own } else { LOOT };
        [self.script(MEMBER, &(of_member + own)), self.script(other, &(of_other + theirs))]
    }

    /// Acts as a script.
    fn acts(&mut self) -> String {
        let mut script = String::new();
        for _ in 0..ACTS {
            let act = self.dice.pick(&ACTS_OF_MEMBER);
            let (target, canary) = (self.dice.pick(&TARGETS), self.dice.pick(&CANARIES));
            // The letters stand by themselves, and in names that end in them nowhere.
            let words = act.split_inclusive([' ', ';', '/', '"', '.']).map(|word| match word.get(..1) {
                Some("T") => word.replacen('T', target, 1),
                Some("C") => word.replacen('C', canary, 1),
                _ => word.to_owned(),
            });
            let act: String = words.collect();
            // A FIFO that nobody reads would keep the member, not the gateway.
            script += &format!("timeout 0.5 /bin/sh -c '{act}'\n");
        }
        script
    }

    fn end(&mut self, hostile: [Child; 2]) {
        for mut hostile in hostile {
            hostile.wait().unwrap();
        }
    }

    /// Users with a role, and without one, ask for everything that there is, and for what there isn't.
    fn knock(&mut self) {
        let secrets: Vec<&[u8]> = self.canaries.values().map(|(_, canary)| canary.as_slice()).collect();
        let found = knocking::knock(&mut self.dice, &self.home, &secrets, KNOCKS);
        found.into_iter().for_each(|text| self.find(Harm::Misreported, text));
    }

    /// Honest files are sent, and others offered for collection, over links of the same gateway.
    fn honest_work(&mut self) {
        let outbox = self.spool().join("outbox").join(HONEST);
        for _ in 0..1 + self.dice.below(3) {
            let name = format!("h{:05}.csv", self.sent.len());
            let bytes = format!("honest {} {name}\n", self.seed).repeat(400).into_bytes();
            let temporary = outbox.join(format!(".{name}"));
            fs::write(&temporary, &bytes).unwrap();
            chown(&temporary, Some(PRODUCER), Some(GATEWAY)).unwrap();
            fs::set_permissions(&temporary, fs::Permissions::from_mode(0o660)).unwrap();
            fs::rename(&temporary, outbox.join(&name)).unwrap();
            self.sent.push((name, Sha256::of(&bytes)));
            for (ending, number) in [("TXT", self.offered.len()), ("DAT", self.offered.len())] {
                let name = format!("i{number:05}.{ending}");
                let bytes = format!("honest {} {name}\n", self.seed).repeat(300).into_bytes();
                let temporary = self.sshd.root().join("out").join(format!(".{name}"));
                fs::write(&temporary, &bytes).unwrap();
                fs::rename(&temporary, self.sshd.root().join("out").join(&name)).unwrap();
                if ending == "TXT" {
                    self.offered.push((name, Sha256::of(&bytes)));
                }
            }
            let pause = self.dice.time(MOST / 4);
            std::thread::sleep(pause);
        }
    }

    /// Kills the gateway, has the member plant something as in an installation of an earlier version, and starts it again.
    fn end_and_start_on(&mut self, planted: &str) {
        if self.home.has_ended().is_some() {
            return self.home.start();
        }
        self.home.kill();
        self.mend();
        for directory in ["outbox", "inbox", "locks"] {
            let path = self.spool().join(directory);
            fs::set_permissions(path, fs::Permissions::from_mode(0o2770)).unwrap();
        }
        self.script(MEMBER, planted).wait().unwrap();
        self.home.start();
        self.is_unharmed();
    }

    /// As a person would: what isn't the gateway's own directory or lock goes; it makes them anew.
    fn mend(&self) {
        let spool = self.spool();
        let outboxes = [OUT, MARKED].map(|link| spool.join("outbox").join(link));
        for path in outboxes.into_iter().chain([self.home.inbox(INBOUND)]) {
            let is_own = fs::symlink_metadata(&path).is_ok_and(|at| at.is_dir() && at.uid() == GATEWAY);
            if !is_own {
                remove(&path);
            }
            remove(&path.with_extension("away"));
        }
        remove(&spool.join("outbox/.okuri.new"));
        remove(&spool.join(format!("locks/{INBOUND}.lock")));
    }

    /// No canary has changed or arrived, and the gateway still runs.
    fn is_unharmed(&mut self) {
        if let Some(status) = self.home.has_ended() {
            let log = super::world::last_lines(&self.home.log());
            self.find(Harm::Lost, format!("the gateway ended ({status}): {log}"));
            self.home.start();
        }
        for (path, (owner, bytes)) in self.canaries.clone() {
            let whole = fs::metadata(&path).is_ok_and(|metadata| metadata.uid() == owner)
                && fs::read(&path).is_ok_and(|now| now == bytes);
            if !whole {
                self.find(Harm::Lost, format!("{} was changed or removed", path.display()));
                // The next burst finds it whole again, or each would tell of this one.
                fs::write(&path, &bytes).unwrap();
                chown(&path, Some(owner), None).unwrap();
            }
        }
        let names: Vec<String> = fs::read_dir(self.home.path().join("own"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|name| !["pay.csv", "root.csv"].contains(&name.as_str()))
            .collect();
        if !names.is_empty() {
            self.find(Harm::Misreported, format!("the gateway was led to another directory: {names:?}"));
        }
        let partner = self.sshd.root();
        let loot = self.home.path().join("loot");
        let places = [
            partner.to_owned(),
            partner.join("away"),
            partner.join(HONEST),
            self.home.inbox(INBOUND),
            loot.clone(),
        ];
        for path in places.iter().flat_map(|place| files_in(place)) {
            let bytes = fs::read(&path).unwrap_or_default();
            let has = |canary: &[u8]| bytes.windows(canary.len()).any(|piece| piece == canary);
            let arrived = self.canaries.values().any(|(_, canary)| has(canary));
            let is_looted = path.starts_with(&loot) && has(format!("honest {} ", self.seed).as_bytes());
            if arrived || is_looted || has(b"{\"seq\":") {
                self.find(Harm::Misreported, format!("{} holds what is ours alone", path.display()));
                fs::remove_file(&path).unwrap();
            }
        }
    }

    fn account(&mut self) {
        let acted = knocking::done_without_right(&self.home);
        acted.into_iter().for_each(|text| self.find(Harm::Misreported, text));
        let partner_has = self.sshd.root().join(HONEST);
        let inbox_has = self.home.inbox(HONEST_IN);
        for (what, place, files) in
            [("sent", partner_has, self.sent.clone()), ("collected", inbox_has, self.offered.clone())]
        {
            let mut missing = files.len();
            let start = std::time::Instant::now();
            while missing > 0 && start.elapsed() < crate::support::gateway::PATIENCE {
                missing = files.iter().filter(|(name, _)| !place.join(name).exists()).count();
                std::thread::sleep(Duration::from_millis(20));
            }
            for (name, sha256) in &files {
                match Sha256::of_file(&place.join(name)) {
                    Ok((now, _)) if now == *sha256 => {}
                    Ok(_) => self.find(Harm::Partial, format!("{name} was {what} with other bytes")),
                    Err(_) => self.find(Harm::Lost, format!("{name} was never {what}")),
                }
            }
        }
        self.is_unharmed();
        self.home.until("the honest ones have their receipts", |home| {
            let honest = |link: &str| link == HONEST || link == HONEST_IN;
            let all = home.deliveries();
            all.iter()
                .filter(|shown| honest(&shown.delivery.link))
                .all(|shown| shown.state == "archived")
                .then_some(())
        });
        for (observer, due) in [(&self.partner, self.sent.len()), (&self.inbox, self.offered.len())] {
            let seen = observer.seen();
            if seen.sightings.len() != due || !seen.written.is_empty() || !seen.gone.is_empty() {
                let text = format!("of {due} honest files was seen: {seen:?}");
                self.findings.push(Finding { harm: Harm::Duplicated, seed: self.seed, text });
            }
        }
        let deliveries = self.home.deliveries();
        for (link, due) in [(HONEST, self.sent.len()), (HONEST_IN, self.offered.len())] {
            let known = deliveries.iter().filter(|shown| shown.delivery.link == link).count();
            if known != due {
                self.find(
                    Harm::Duplicated,
                    format!("{due} files came over {link}, and the ledger has {known}"),
                );
            }
        }
        let status = self.home.stop();
        if !status.success() {
            self.find(Harm::Misreported, format!("the daemon did not stop in good order: {status}"));
        }
        let (clean, text) = self.home.run(&["audit", "verify"]);
        if !clean {
            self.find(Harm::Misreported, format!("audit verify: {text}"));
        }
    }
}

fn configure(home: &Home, sshd: &Sshd) {
    fs::copy(sshd.client_key(), home.path().join("key")).unwrap();
    let (user, host_key, key_file) = (sshd.user(), &sshd.host_key_line(), &home.path().join("key"));
    let address = Address { port: sshd.port(), user, host_key, key_file };
    home.write("config/partners/eltax.toml", &address.partner_file());
    fs::remove_file(home.path().join("config/links/irai.toml")).unwrap();
    for (link, ready, directory) in
        [(OUT, "rename", "away"), (MARKED, "marker", "away"), (HONEST, "rename", HONEST)]
    {
        let text = format!(
            "partner = \"eltax\"\nlayout = \"common/as-is\"\nready = {ready:?}\n[remote]\ndirectory = {directory:?}\n{}",
            roles_of(link)
        );
        home.write(&format!("config/links/{link}.toml"), &text);
    }
    let main = fs::read_to_string(home.path().join("config/totatsu.toml")).unwrap();
    home.write("config/totatsu.toml", &format!("{main}{}", knocking::ROLES));
    home.write_inbound(INBOUND, Inbound::default());
    let tables = roles_of(HONEST_IN);
    home.write_inbound(HONEST_IN, Inbound { remote: "name = \"*.TXT\"\n", tables, ..Inbound::default() });
}

/// Whatever it is, and however it stands there.
fn remove(path: &Path) {
    let is_dir = fs::symlink_metadata(path).is_ok_and(|at| at.is_dir());
    drop(if is_dir { fs::remove_dir_all(path) } else { fs::remove_file(path) });
}

/// Regular files of a size that can be read, without following anything: an inbox may be a link by now.
fn files_in(directory: &Path) -> Vec<PathBuf> {
    if fs::symlink_metadata(directory).is_ok_and(|at| at.is_symlink()) {
        return Vec::new();
    }
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.metadata().is_ok_and(|at| at.is_file() && at.len() < 10_000_000))
        .map(|entry| entry.path())
        .collect()
}
