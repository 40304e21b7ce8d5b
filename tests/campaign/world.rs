//! A gateway, its partner and their links, and a record of every file that was dropped.
//!
//! Owns a [`Home`] with links of several kinds, a [`Partner`] with a directory for each link, the observer of those
//! directories, and the dice of the seed. Every dropped file has contents of its own, so that a file tells which one it
//! is wherever it turns up.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;
use totatsu_base::digest::Sha256;
use totatsu_records::invented;

use super::inbound::{self, InboundKind, Offered};
use super::observer::{Observer, Place, Role};
use super::partner::{self, Carrier, Partner};
use crate::support::gateway::{Home, names_in};

/// The configured waits, which the account compares with those in the journal.
pub const FIRST_WAIT: Duration = Duration::from_millis(200);
pub const LONGEST_WAIT: Duration = Duration::from_millis(800);
/// Longer than anything takes on a slow machine; a delivery that has not ended by then never will.
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(20);
const LAYOUT: &str = "eltax/nenkin-tokucho-irai";
/// States in which nothing more happens by itself.
const ENDS: [&str; 6] = ["archived", "held", "rejected", "repeated", "cancelled", "superseded"];

/// Numbers that only look random: the same for the same seed.
#[derive(Debug, Clone)]
pub struct Dice(u64);

/// When a link takes a file, and what else is special about it.
#[derive(Debug, Clone, Copy)]
pub struct LinkKind {
    /// `rename`, `quiet` or `marker`.
    pub ready: &'static str,
    /// The name at the partner. One with the delivery's id shows a file that was accepted twice.
    pub remote_name: &'static str,
    /// Further keys before the table `[remote]`.
    pub more: &'static str,
    /// Tables after it.
    pub tables: &'static str,
    /// Files must arrive in the order in which they were dropped.
    pub ordered: bool,
    /// The partner takes each file away the moment it appears.
    pub taken: bool,
}

/// What is to become of a dropped file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It arrives.
    Arrives,
    /// Its source breaks the layout.
    IsRejected,
    /// The partner has a file of that name already.
    FindsItsNameTaken,
}

/// A file that a producer dropped.
#[derive(Debug, Clone)]
pub struct Dropped {
    /// Index of its link.
    pub link: usize,
    pub name: String,
    pub sha256: Sha256,
    pub fate: Fate,
}

pub struct World {
    pub seed: u64,
    pub dice: Dice,
    pub home: Home,
    pub partner: Partner,
    pub links: Vec<LinkKind>,
    pub dropped: Vec<Dropped>,
    pub observer: Observer,
    pub inbound: Vec<InboundKind>,
    pub offered: Vec<Offered>,
    /// Watches the inboxes, where they don't move.
    pub inboxes: Option<Observer>,
    /// Times somebody tried to drop a file.
    attempts: usize,
    /// The producer syncs what it drops, file and directory, so that a power cut may not lose it.
    pub durable_drops: bool,
    /// Files that stood at the partner before, which nobody may touch.
    pub obstacles: Vec<PathBuf>,
}

pub const RENAME: LinkKind = LinkKind {
    ready: "rename",
    remote_name: "{stem}.DTA",
    more: "",
    tables: "",
    ordered: false,
    taken: false,
};
pub const RENAME_BY_ID: LinkKind = LinkKind { remote_name: "{stem}-{id}.DTA", ..RENAME };
pub const QUIET: LinkKind = LinkKind { ready: "quiet", more: "quiet_for = \"200ms\"\n", ..RENAME_BY_ID };
pub const MARKER: LinkKind = LinkKind { ready: "marker", ..RENAME_BY_ID };
pub const STRICT: LinkKind = LinkKind { more: "order = \"strict\"\n", ordered: true, ..RENAME_BY_ID };
/// The partner says by a file of its own that it has ours.
pub const ACKNOWLEDGED: LinkKind = LinkKind {
    tables: "[acknowledgement]\nname = \"{remote}.ack\"\nevery = \"50ms\"\nrequires = [\"{sha256}\"]\n",
    ..RENAME_BY_ID
};
/// Every kind of link, to be dealt out in turn.
pub const KINDS: [LinkKind; 6] = [RENAME, QUIET, MARKER, STRICT, ACKNOWLEDGED, RENAME_BY_ID];

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// SplitMix64.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.number() % limit
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }

    /// A time of up to `most`.
    pub fn time(&mut self, most: Duration) -> Duration {
        Duration::from_micros(self.below(u64::try_from(most.as_micros()).unwrap().max(1)))
    }
}

impl World {
    /// `count` links, of `kinds` in turn; the daemon doesn't run yet.
    pub fn new(seed: u64, count: usize, kinds: &[LinkKind]) -> World {
        World::both_ways(seed, (count, kinds), &[])
    }

    /// The same with inbound links, whose inboxes are watched.
    pub fn both_ways(seed: u64, links: (usize, &[LinkKind]), inbound: &[InboundKind]) -> World {
        World::over(Carrier::Sftp, seed, links, inbound)
    }

    /// The same with a partner of another kind.
    pub fn over(carrier: Carrier, seed: u64, links: (usize, &[LinkKind]), inbound: &[InboundKind]) -> World {
        World::of(Partner::start(carrier), seed, links, inbound, None).watching_inboxes()
    }

    /// The same with `places`, of `spool` and `ledger`, on `disk`. Nobody watches the inboxes yet.
    pub fn at(
        seed: u64,
        links: (usize, &[LinkKind]),
        inbound: &[InboundKind],
        disk: &Path,
        places: &[&str],
    ) -> World {
        World::of(Partner::start(Carrier::Sftp), seed, links, inbound, Some((disk, places)))
    }

    fn of(
        partner: Partner,
        seed: u64,
        (count, kinds): (usize, &[LinkKind]),
        inbound: &[InboundKind],
        elsewhere: Option<(&Path, &[&str])>,
    ) -> World {
        let home = Home::of_partner(&partner.file(None));
        fs::remove_file(home.path().join("config/links/irai.toml")).unwrap();
        for (disk, place) in
            elsewhere.iter().flat_map(|(disk, places)| places.iter().map(|place| (*disk, *place)))
        {
            std::os::unix::fs::symlink(disk.join(place), home.path().join(place)).unwrap();
            fs::create_dir_all(disk.join(place)).unwrap();
        }
        let links: Vec<LinkKind> = kinds.iter().cycle().take(count).copied().collect();
        let places: Vec<Place> = links
            .iter()
            .enumerate()
            .map(|(at, kind)| {
                let role = match kind.tables {
                    "" if kind.taken => Role::TakingPartner,
                    "" => Role::Partner,
                    _ => Role::AcknowledgingPartner,
                };
                Place { directory: link_name(at), role }
            })
            .collect();
        for place in &places {
            fs::create_dir(partner.root().join(&place.directory)).unwrap();
        }
        let places = [places, inbound::partner_places(partner.root(), inbound)].concat();
        let observer = Observer::start(partner.root(), &places);
        let world = World {
            seed,
            dice: Dice::new(seed),
            home,
            partner,
            links,
            dropped: Vec::new(),
            observer,
            inbound: inbound.to_vec(),
            offered: Vec::new(),
            inboxes: None,
            attempts: 0,
            durable_drops: false,
            obstacles: Vec::new(),
        };
        world.configure();
        world.configure_inbound();
        world
    }

    /// Watches the inboxes from now on, and empties those that a program empties.
    pub fn watching_inboxes(mut self) -> World {
        if !self.inbound.is_empty() {
            let inbox = self.home.path().join("spool/inbox");
            let places = inbound::inbox_places(&inbox, &self.inbound);
            self.inboxes = Some(Observer::start(&inbox, &places));
        }
        self
    }

    /// Watches the partner's directories anew: a medium that was pulled out takes the watches along.
    pub fn observe_anew(&mut self) {
        self.observer = self.observer.anew();
    }

    fn configure(&self) {
        let home = self.home.path();
        for layout in [LAYOUT, "common/as-is"] {
            let layouts = home.join("layouts").join(layout);
            fs::create_dir_all(&layouts).unwrap();
            let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts").join(layout);
            for name in names_in(&shipped) {
                fs::copy(shipped.join(&name), layouts.join(&name)).unwrap();
            }
        }
        let gateway = format!(
            "[gateway]\nname = \"試験市\"\nmunicipality_code = \"131016\"\n[paths]\nspool = \"../spool\"\n\
             ledger = \"../ledger\"\nlayouts = \"../layouts\"\nsocket = \"../control.sock\"\n[retry]\n\
             first = \"{}ms\"\nceiling = \"{}ms\"\ngive_up_after = \"1h\"\n[accept]\nrescan = \"200ms\"\n\
             [disk]\nreserve = \"64 KiB\"\n",
            FIRST_WAIT.as_millis(),
            LONGEST_WAIT.as_millis(),
        );
        self.home.write("config/totatsu.toml", &gateway);
        for (at, kind) in self.links.iter().enumerate() {
            let LinkKind { ready, remote_name, more, tables, .. } = kind;
            let name = link_name(at);
            let text = format!(
                "partner = {:?}\nlayout = {LAYOUT:?}\nready = {ready:?}\n{more}[remote]\n\
                 directory = {name:?}\nname = {remote_name:?}\n{tables}",
                partner::NAME,
            );
            self.home.write(&format!("config/links/{name}.toml"), &text);
        }
    }

    /// Where the producer of a link drops files.
    pub fn outbox(&self, link: usize) -> PathBuf {
        self.home.path().join("spool/outbox").join(link_name(link))
    }

    /// Drops a sound file of so many records at a random link.
    pub fn drop_any(&mut self, records: u64) {
        let link = usize::try_from(self.dice.below(self.links.len() as u64)).unwrap();
        self.drop_file(link, records, Fate::Arrives);
    }

    /// Drops a file at a random link: mostly a small sound one, now and then one that is long, broken, or whose name is
    /// taken.
    /// Where there are inbound links, the partner offers one instead as often as not.
    pub fn drop_mixed(&mut self) {
        if !self.inbound.is_empty() && self.dice.below(2) == 0 {
            return self.offer_any();
        }
        let link = usize::try_from(self.dice.below(self.links.len() as u64)).unwrap();
        let records = self.dice.pick(&[1, 3, 20, 150, 600]);
        let fate = match self.dice.below(25) {
            // Those behind it would wait for a person.
            _ if self.links[link].ordered => Fate::Arrives,
            0 => Fate::IsRejected,
            1 if self.links[link].remote_name == RENAME.remote_name => Fate::FindsItsNameTaken,
            _ => Fate::Arrives,
        };
        self.drop_file(link, records, fate);
    }

    /// Drops a file as the producer of this link does.
    pub fn drop_file(&mut self, link: usize, records: u64, fate: Fate) {
        // A file that was taken back has had its number, too.
        let number = self.attempts;
        self.attempts += 1;
        let stem = format!("f{number:06}");
        let name = format!("{stem}.csv");
        let mut source = Vec::new();
        let contents = self.seed.wrapping_mul(1_000_003).wrapping_add(number as u64);
        invented::write_csv(&mut source, records, contents).unwrap();
        if fate == Fate::IsRejected {
            source.extend_from_slice(b"this,row,lacks,most,values\n");
        }
        if fate == Fate::FindsItsNameTaken {
            let obstacle = self.partner.root().join(link_name(link)).join(format!("{stem}.DTA"));
            fs::write(&obstacle, format!("not ours, {number}")).unwrap();
            self.obstacles.push(obstacle);
        }
        // A producer that finds its disk full takes back what it has written, and nothing was dropped.
        match self.put(link, &name, &source) {
            Ok(()) => self.dropped.push(Dropped { link, name, sha256: Sha256::of(&source), fate }),
            Err(_) => self.take_back(link, &name),
        }
    }

    /// Takes back what a producer has written, or what is left of it.
    pub fn take_back(&self, link: usize, name: &str) {
        for name in [format!("{name}.tmp"), name.to_owned(), format!("{name}.end")] {
            let path = self.outbox(link).join(name);
            let start = Instant::now();
            while fs::remove_file(&path).is_err_and(|error| error.kind() != io::ErrorKind::NotFound) {
                assert!(start.elapsed() < PATIENCE, "{} can't be taken back", path.display());
                std::thread::sleep(LOOK);
            }
        }
    }

    fn put(&self, link: usize, name: &str, source: &[u8]) -> io::Result<()> {
        let outbox = self.outbox(link);
        fs::create_dir_all(&outbox)?;
        let write = |path: &Path, bytes: &[u8]| -> io::Result<()> {
            let mut file = File::create(path)?;
            file.write_all(bytes)?;
            if self.durable_drops { file.sync_all() } else { Ok(()) }
        };
        match self.links[link].ready {
            "rename" => {
                let temporary = outbox.join(format!("{name}.tmp"));
                write(&temporary, source)?;
                fs::rename(&temporary, outbox.join(name))?;
            }
            "marker" => {
                write(&outbox.join(name), source)?;
                write(&outbox.join(format!("{name}.end")), b"")?;
            }
            _ => write(&outbox.join(name), source)?,
        }
        if self.durable_drops {
            // The outbox itself may be new.
            for directory in outbox.ancestors().take(3) {
                File::open(directory)?.sync_all()?;
            }
        }
        Ok(())
    }

    /// All deliveries that the ledger knows, as the command tells them; the reason where it can't.
    pub fn list(&self) -> Result<Vec<Value>, String> {
        let output = self.home.command(&["--json", "list", "--limit", "1000000"]).output().unwrap();
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let Value::Array(deliveries) = serde_json::from_slice(&output.stdout).unwrap() else {
            panic!("list gave no array");
        };
        Ok(deliveries)
    }

    /// How many deliveries the journal tells to be in the archive, without asking the daemon.
    pub fn archived(&self) -> usize {
        let directory = self.home.path().join("ledger/journal");
        let lines = |name: String| {
            let text = fs::read_to_string(directory.join(name)).unwrap_or_default();
            text.matches("\"event\":\"archived\"").count()
        };
        names_in(&directory).into_iter().map(lines).sum()
    }

    /// Waits until every dropped file has left its outbox and every delivery has come to an end; says why not if nothing has
    /// ended for longer than patience lasts: a slow machine is no finding, a standstill is one.
    pub fn until_all_have_ended(&mut self) -> Result<(), String> {
        let (mut last_end, mut ended) = (Instant::now(), 0);
        loop {
            let listed = self.list();
            if listed.as_ref().is_ok_and(|deliveries| self.have_ended(deliveries)) {
                return Ok(());
            }
            let deliveries = listed.as_deref().unwrap_or_default().iter();
            let ends =
                deliveries.filter(|delivery| delivery["state"].as_str().is_some_and(is_an_end)).count();
            if ends > ended {
                (last_end, ended) = (Instant::now(), ends);
            }
            if let Some(status) = self.home.has_ended() {
                return Err(format!(
                    "the daemon ended by itself ({status}): {}",
                    last_lines(&self.home.log())
                ));
            }
            if last_end.elapsed() > PATIENCE {
                return Err(match listed {
                    Err(reason) => format!("list still fails: {reason}"),
                    Ok(_) => format!("not all have ended; {}", last_lines(&self.home.log())),
                });
            }
            std::thread::sleep(LOOK);
        }
    }

    /// Deliveries and collections that must come about of what was dropped and offered.
    pub fn due(&self) -> usize {
        self.dropped.len() + self.offered.len() + self.answers_due()
    }

    fn have_ended(&self, deliveries: &[Value]) -> bool {
        deliveries.len() >= self.due()
            && deliveries.iter().all(|delivery| is_an_end(delivery["state"].as_str().unwrap()))
            && (0..self.links.len()).all(|link| {
                fs::read_dir(self.outbox(link)).map_or(true, |mut entries| entries.next().is_none())
            })
            // A rejected delivery has ended once its folder is in the archive.
            && (0..self.inbound.len()).filter(|link| self.inbound[*link].acknowledges).all(|link| {
                let outbox = self.home.path().join("spool/outbox").join(inbound::answer_name(link));
                fs::read_dir(outbox).map_or(true, |mut entries| entries.next().is_none())
            })
            && deliveries.iter().all(|delivery| delivery["state"] != "rejected" || !delivery["archived"].is_null())
    }
}

/// Whether nothing more happens by itself in this state.
pub fn is_an_end(state: &str) -> bool {
    ENDS.contains(&state)
}

/// The name of the link with this index, and of its directory at the partner.
pub fn link_name(link: usize) -> String {
    format!("l{link:02}")
}

/// The end of a log, for a finding.
pub fn last_lines(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(6)..].join(" / ")
}
