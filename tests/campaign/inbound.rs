//! Links on which the partner offers files, and a record of every file that it offered.
//!
//! Owns the kinds of inbound links, their configuration, and what the partner's program does: it writes a whole file under a
//! hidden name and renames it, or puts a marker beside it. Every offered file has a name of its own, and contents of its
//! own unless a layout prescribes them, so that a file tells which one it is wherever it turns up.

use std::fs;
use std::path::{Path, PathBuf};

use totatsu_base::digest::Sha256;

use super::observer::{Place, Role};
use super::partner;
use super::world::World;

/// Where bytes go that nobody reads.
const AS_IS: &str = "common/as-is";
/// A layout whose golden bytes are offered, and their normal form expected.
const FIXED: &str = "eltax/nenkin-tokucho-irai";

/// What is special about an inbound link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InboundKind {
    pub layout: &'static str,
    /// A file counts once its marker is there.
    pub marker: bool,
    /// The partner's file is removed there in the end.
    pub deletes: bool,
    /// It is moved there to another directory in the end.
    pub moves: bool,
    /// A command imports it.
    pub imports: bool,
    /// The partner is told, over an outbound link.
    pub acknowledges: bool,
    /// A program takes it out of the inbox at once.
    pub taken: bool,
    /// Its files are fetched at once: no partner of this link changes one that has its name.
    pub unsettled: bool,
    /// Another name in the inbox than the suggested one. One with the collection's id shows a file that was placed twice.
    pub inbox_name: Option<&'static str>,
}

/// A file that the partner offered.
#[derive(Debug, Clone)]
pub struct Offered {
    /// Index of its inbound link.
    pub link: usize,
    pub name: String,
    pub bytes: Vec<u8>,
    /// SHA-256 of what must appear in the inbox.
    pub rows: Sha256,
}

pub const COLLECTED: InboundKind = InboundKind {
    layout: AS_IS,
    marker: false,
    deletes: false,
    moves: false,
    imports: false,
    acknowledges: false,
    taken: true,
    unsettled: true,
    inbox_name: None,
};
pub const REMOVED: InboundKind = InboundKind {
    marker: true,
    deletes: true,
    taken: false,
    inbox_name: Some("{stem}-{id}.in"),
    ..COLLECTED
};
pub const MOVED: InboundKind = InboundKind { moves: true, ..COLLECTED };
pub const IMPORTED: InboundKind = InboundKind { imports: true, taken: false, deletes: true, ..COLLECTED };
pub const ANSWERED: InboundKind = InboundKind { acknowledges: true, ..COLLECTED };
pub const DECODED: InboundKind =
    InboundKind { layout: FIXED, inbox_name: Some("{stem}-{id}.csv"), ..COLLECTED };
/// Every kind of inbound link.
pub const INBOUND: [InboundKind; 6] = [COLLECTED, REMOVED, IMPORTED, ANSWERED, DECODED, MOVED];

/// The name of the inbound link with this index, and of its directory at the partner and in the inbox.
pub fn inbound_name(link: usize) -> String {
    format!("i{link:02}")
}

/// The name of the outbound link that carries its acknowledgements, and of their directory at the partner.
pub fn answer_name(link: usize) -> String {
    format!("a{link:02}")
}

/// The partner's directory that its files are moved to.
pub fn done_name(link: usize) -> String {
    format!("i{link:02}-done")
}

/// Makes the partner's directories for these links; those that the observer of the partner has to watch.
pub fn partner_places(root: &Path, kinds: &[InboundKind]) -> Vec<Place> {
    let mut watched = Vec::new();
    for (at, kind) in kinds.iter().enumerate() {
        fs::create_dir(root.join(inbound_name(at))).unwrap();
        fs::create_dir(root.join(done_name(at))).unwrap();
        if kind.acknowledges {
            fs::create_dir(root.join(answer_name(at))).unwrap();
            watched.push(Place { directory: answer_name(at), role: Role::Partner });
        }
    }
    watched
}

/// Makes the inboxes of these links; what their observer has to watch.
pub fn inbox_places(inbox: &Path, kinds: &[InboundKind]) -> Vec<Place> {
    let place = |(at, kind): (usize, &InboundKind)| {
        fs::create_dir_all(inbox.join(inbound_name(at))).unwrap();
        let role = if kind.taken { Role::EmptiedInbox } else { Role::Inbox };
        Place { directory: inbound_name(at), role }
    };
    kinds.iter().enumerate().map(place).collect()
}

fn golden(name: &str) -> Vec<u8> {
    let pair = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/records/tests/golden").join(FIXED);
    fs::read(pair.join(name)).unwrap()
}

impl World {
    /// Writes the configuration of the inbound links, and of those that carry their acknowledgements.
    pub(super) fn configure_inbound(&self) {
        let home = self.home.path();
        let script = home.join("import.sh");
        let log = self.import_log();
        // What is run twice shows.
        let text = format!(
            "set -e\nsum=$(sha256sum < \"$1\")\nprintf '%s %s\\n' \"$TOTATSU_NAME\" \"${{sum%% *}}\" >> {log:?}\n"
        );
        fs::write(&script, text).unwrap();
        for (at, kind) in self.inbound.iter().enumerate() {
            let (name, InboundKind { layout, inbox_name, .. }) = (inbound_name(at), kind);
            let ready = if kind.marker { "marker" } else { "rename" };
            let unsettled = if kind.unsettled { "stable_for = \"0s\"\n" } else { "" };
            let afterwards = match (kind.deletes, kind.moves) {
                (true, _) => "afterwards = \"delete\"\n".to_owned(),
                (false, true) => format!("afterwards = \"move\"\nmove_to = {:?}\n", done_name(at)),
                (false, false) => String::new(),
            };
            let mut link = format!(
                "direction = \"in\"\npartner = {:?}\nlayout = {layout:?}\nduplicates_within = \"0s\"\n[remote]\n\
                 directory = {name:?}\nname = \"*.DAT\"\nready = {ready:?}\nevery = \"250ms\"\n{unsettled}{afterwards}",
                partner::NAME,
            );
            if let Some(inbox_name) = inbox_name {
                link += &format!("[inbox]\nname = {inbox_name:?}\n");
            }
            if kind.imports {
                link += &format!(
                    "[import]\ncommand = [\"/bin/sh\", {script:?}, \"{{file}}\"]\nrepeatable = true\n"
                );
            }
            if kind.acknowledges {
                let answers = answer_name(at);
                link += &format!("[acknowledge]\nlink = {answers:?}\n");
                let outbound = format!(
                    "partner = {:?}\nlayout = {AS_IS:?}\nready = \"rename\"\n[remote]\ndirectory = {answers:?}\n",
                    partner::NAME,
                );
                self.home.write(&format!("config/links/{answers}.toml"), &outbound);
            }
            self.home.write(&format!("config/links/{name}.toml"), &link);
        }
    }

    /// What the import command writes to.
    pub fn import_log(&self) -> PathBuf {
        self.home.path().join("imported")
    }

    /// The partner's directory of an inbound link.
    pub fn partner_directory(&self, link: usize) -> PathBuf {
        self.partner.root().join(inbound_name(link))
    }

    /// The inbox of an inbound link.
    pub fn inbox(&self, link: usize) -> PathBuf {
        self.home.path().join("spool/inbox").join(inbound_name(link))
    }

    /// The partner offers a file on a random inbound link: mostly a small one.
    pub fn offer_any(&mut self) {
        let link = usize::try_from(self.dice.below(self.inbound.len() as u64)).unwrap();
        let size = self.dice.pick(&[1, 100, 4000, 70_000, 400_000]);
        self.offer(link, size);
    }

    /// The partner offers a file of about so many bytes.
    pub fn offer(&mut self, link: usize, size: usize) {
        let number = self.offered.len();
        let name = format!("g{number:06}.DAT");
        let kind = &self.inbound[link];
        let (bytes, rows) = if kind.layout == FIXED {
            (golden("output.bin"), Sha256::of(&golden("decoded.csv")))
        } else {
            let mut bytes = format!("{} {number} ", self.seed).into_bytes();
            let mut dice = super::world::Dice::new(self.seed ^ number as u64);
            while bytes.len() < size {
                bytes.extend(dice.number().to_le_bytes());
            }
            let rows = Sha256::of(&bytes);
            (bytes, rows)
        };
        let directory = self.partner_directory(link);
        let hidden = directory.join(format!(".{name}.tmp"));
        fs::write(&hidden, &bytes).unwrap();
        fs::rename(&hidden, directory.join(&name)).unwrap();
        if kind.marker {
            fs::write(directory.join(format!("{name}.end")), "").unwrap();
        }
        self.offered.push(Offered { link, name, bytes, rows });
    }

    /// Acknowledgements that are due for what was offered.
    pub fn answers_due(&self) -> usize {
        self.offered.iter().filter(|offered| self.inbound[offered.link].acknowledges).count()
    }
}
