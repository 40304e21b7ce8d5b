//! Reads which source file of the workspace imports which, and the names of public types.
//!
//! Follows `use` trees and paths in code, also among a macro's arguments, through re-exports to the file that defines what is named;
//! `mod` itself is no import.
//! Leaves tests out: what stands behind `#[cfg(test)]`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, UseTree, Visibility};

/// The packages, by the name that code gives them, and where their sources are.
const PACKAGES: [(&str, &str); 5] = [
    ("totatsu", "src"),
    ("totatsu_base", "crates/base/src"),
    ("totatsu_ledger", "crates/ledger/src"),
    ("totatsu_records", "crates/records/src"),
    ("totatsu_transport", "crates/transport/src"),
];

/// One import: a file, another whose things it names, and the lines that do so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrow {
    /// The file that imports.
    pub from: String,
    /// The file that it imports.
    pub to: String,
    /// The lines, and what each names.
    pub lines: Vec<String>,
}

/// How large the house is.
pub struct Figures {
    /// Files.
    pub rooms: usize,
    /// Imports between files.
    pub arrows: usize,
    /// The longest way down.
    pub floors: usize,
    /// Groups of files that import each other.
    pub circles: usize,
}

/// The files of the workspace and what they name.
pub struct House {
    rooms: BTreeMap<String, Room>,
}

/// What one file says.
#[derive(Default)]
struct Room {
    place: String,
    /// Paths in code and imports: absolute, with the line.
    named: Vec<(Vec<String>, usize)>,
    /// Names that it hands on: under which name, and what.
    handed_on: Vec<(String, Vec<String>)>,
    types: Vec<(String, usize)>,
}

impl fmt::Display for Arrow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {}\n    {}", self.from, self.to, self.lines.join("\n    "))
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Figures { rooms, arrows, floors, circles } = self;
        write!(f, "{rooms} files on {floors} floors, {arrows} imports between them, {circles} circles")
    }
}

impl House {
    /// The house as it stands.
    pub fn read() -> House {
        House::read_at(Path::new(env!("CARGO_MANIFEST_DIR")))
    }

    /// The house of another checkout, to compare.
    pub fn read_at(root: &Path) -> House {
        let mut files = Vec::new();
        for (package, sources) in PACKAGES {
            for path in sources_below(&root.join(sources)) {
                let inside = path.strip_prefix(root.join(sources)).expect("it was found there");
                let text = std::fs::read_to_string(&path).unwrap();
                let place = path.strip_prefix(root).expect("it is ours").display().to_string();
                files.push((name_of(package, inside), place, text));
            }
        }
        House::of(files)
    }

    /// A house of texts, each under the name of its module.
    pub fn of_texts(texts: &[(&str, &str)]) -> House {
        House::of(
            texts.iter().map(|(name, text)| (name.to_string(), name.to_string(), text.to_string())).collect(),
        )
    }

    fn of(files: Vec<(String, String, String)>) -> House {
        let names: BTreeSet<String> = files.iter().map(|(name, ..)| name.clone()).collect();
        let read = |(name, place, text): (String, String, String)| {
            let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{place}: {error}"));
            let mut reader =
                Reader { names: &names, here: name.clone(), room: Room { place, ..Room::default() } };
            reader.visit_file(&file);
            (name, reader.room)
        };
        House { rooms: files.into_iter().map(read).collect() }
    }

    /// The imports, each once.
    pub fn arrows(&self) -> impl Iterator<Item = Arrow> {
        let mut found: BTreeMap<(String, String), BTreeSet<(usize, String)>> = BTreeMap::new();
        for (from, room) in &self.rooms {
            for (path, line) in &room.named {
                let Some(to) = self.defines(path, 0).filter(|to| to != from) else { continue };
                found.entry((from.clone(), to)).or_default().insert((*line, path.join("::")));
            }
        }
        found.into_iter().map(|((from, to), lines)| {
            let place = &self.rooms[&from].place;
            let lines = lines.into_iter().map(|(line, path)| format!("{place}:{line}: {path}")).collect();
            Arrow { from, to, lines }
        })
    }

    /// Groups of files that import each other, by way of others too.
    pub fn circles(&self) -> Vec<BTreeSet<String>> {
        let reached = self.reached();
        let mut circles: Vec<BTreeSet<String>> = Vec::new();
        for room in self.rooms.keys().filter(|room| reached[*room].contains(*room)) {
            let circle =
                reached[room].iter().filter(|other| reached[*other].contains(room)).cloned().collect();
            if !circles.contains(&circle) {
                circles.push(circle);
            }
        }
        circles
    }

    /// A circle with the lines that tie it.
    pub fn told(&self, circle: &BTreeSet<String>) -> String {
        let ties = self.arrows().filter(|arrow| circle.contains(&arrow.from) && circle.contains(&arrow.to));
        ties.map(|arrow| arrow.to_string()).collect::<Vec<_>>().join("\n")
    }

    /// The public types with their places.
    pub fn public_types(&self) -> Vec<(String, String)> {
        let of_room = |room: &Room| {
            let place = room.place.clone();
            room.types
                .iter()
                .map(move |(name, line)| (name.clone(), format!("{place}:{line}")))
                .collect::<Vec<_>>()
        };
        self.rooms.values().flat_map(of_room).collect()
    }

    /// How large the house is.
    pub fn figures(&self) -> Figures {
        let below = self.below();
        let mut heights = BTreeMap::new();
        let floors = self.rooms.keys().map(|room| height(room, &below, &mut heights, 0)).max().unwrap_or(0);
        Figures {
            rooms: self.rooms.len(),
            arrows: self.arrows().count(),
            floors,
            circles: self.circles().len(),
        }
    }

    fn below(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut below: BTreeMap<String, BTreeSet<String>> =
            self.rooms.keys().map(|room| (room.clone(), BTreeSet::new())).collect();
        for arrow in self.arrows() {
            below.entry(arrow.from).or_default().insert(arrow.to);
        }
        below
    }

    fn reached(&self) -> BTreeMap<String, BTreeSet<String>> {
        let below = self.below();
        let reach = |room: &String| {
            let mut reached = BTreeSet::new();
            let mut next: Vec<&String> = below[room].iter().collect();
            while let Some(room) = next.pop() {
                if reached.insert(room.clone()) {
                    next.extend(&below[room]);
                }
            }
            reached
        };
        below.keys().map(|room| (room.clone(), reach(room))).collect()
    }

    /// The file that defines what a path names: the deepest module on it, or the one that it hands the name on from.
    fn defines(&self, path: &[String], depth: usize) -> Option<String> {
        let length =
            (1..=path.len()).rev().find(|length| self.rooms.contains_key(&path[..*length].join("::")))?;
        let module = path[..length].join("::");
        let handed_on = path.get(length).and_then(|name| {
            let all = &self.rooms[&module].handed_on;
            all.iter()
                .find(|(handed, _)| handed == name)
                .map(|(_, from)| [from.as_slice(), &path[length + 1..]].concat())
        });
        let further = handed_on.filter(|_| depth < 8).and_then(|from| self.defines(&from, depth + 1));
        further.or(Some(module))
    }
}

/// How many floors stand below a file; a circle counts as one.
fn height(
    room: &str,
    below: &BTreeMap<String, BTreeSet<String>>,
    heights: &mut BTreeMap<String, usize>,
    depth: usize,
) -> usize {
    if let Some(known) = heights.get(room) {
        return *known;
    }
    if depth > below.len() {
        return 0;
    }
    heights.insert(room.to_owned(), 1);
    let highest = below[room].iter().map(|lower| height(lower, below, heights, depth + 1)).max().unwrap_or(0);
    heights.insert(room.to_owned(), highest + 1);
    highest + 1
}

fn sources_below(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources_below(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// `journey/turn.rs` is `totatsu::journey::turn`; `main.rs` is `totatsu::main`, and `lib.rs` the package itself.
fn name_of(package: &str, inside: &Path) -> String {
    let mut parts: Vec<String> = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let last = parts.pop().expect("a file has a name");
    match last.trim_end_matches(".rs") {
        "mod" => {}
        "lib" if parts.is_empty() => {}
        stem => parts.push(stem.to_owned()),
    }
    parts.insert(0, package.to_owned());
    parts.join("::")
}

struct Reader<'a> {
    names: &'a BTreeSet<String>,
    here: String,
    room: Room,
}

impl Reader<'_> {
    /// A path as it is written, from its package on; nothing if it leads out of the workspace.
    fn absolute(&self, path: &[String]) -> Option<Vec<String>> {
        let here: Vec<String> = self.here.split("::").map(str::to_owned).collect();
        let (first, rest) = path.split_first()?;
        let mut from = match first.as_str() {
            "crate" => vec![here[0].clone()],
            "self" => here,
            "super" => here[..here.len() - 1].to_vec(),
            name if self.names.contains(name) => vec![name.to_owned()],
            name if self.names.contains(&format!("{}::{name}", self.here)) => {
                let mut child = here;
                child.push(name.to_owned());
                child
            }
            _ => return None,
        };
        let ups = if first == "super" { rest.iter().take_while(|part| *part == "super").count() } else { 0 };
        from.truncate(from.len() - ups);
        from.extend(rest[ups..].iter().cloned());
        Some(from)
    }

    fn take_use(&mut self, before: &[String], tree: &UseTree, line: usize, is_public: bool) {
        let mut path = before.to_vec();
        match tree {
            UseTree::Path(part) => {
                path.push(part.ident.to_string());
                self.take_use(&path, &part.tree, line, is_public);
            }
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.take_use(&path, tree, line, is_public));
            }
            UseTree::Name(name) => {
                if name.ident != "self" {
                    path.push(name.ident.to_string());
                }
                let name = path.last().cloned().unwrap_or_default();
                self.take_name(path, name, line, is_public);
            }
            UseTree::Rename(name) => {
                if name.ident != "self" {
                    path.push(name.ident.to_string());
                }
                self.take_name(path, name.rename.to_string(), line, is_public);
            }
            UseTree::Glob(_) => self.take_name(path, "*".to_owned(), line, is_public),
        }
    }

    fn take_path(&mut self, parts: &[String], line: usize) {
        if let Some(path) = self.absolute(parts).filter(|_| parts.len() > 1) {
            self.room.named.push((path, line));
        }
    }

    /// What a macro is called with is no syntax yet: names with `::` between them are taken for a path.
    fn take_tokens(&mut self, tokens: TokenStream) {
        let (mut parts, mut line, mut colons) = (Vec::new(), 0, 0);
        for token in tokens {
            match token {
                TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.take_path(&std::mem::take(&mut parts), line);
                        line = name.span().start().line;
                    }
                    parts.push(name.to_string());
                    colons = 0;
                }
                TokenTree::Group(group) => self.take_tokens(group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => colons = 3,
            }
        }
        self.take_path(&parts, line);
    }

    /// A name is an import of the file that defines it, also where another hands it on.
    fn take_name(&mut self, path: Vec<String>, name: String, line: usize, is_public: bool) {
        let Some(path) = self.absolute(&path) else { return };
        if is_public {
            self.room.handed_on.push((name, path.clone()));
        }
        self.room.named.push((path, line));
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if attributes_of(item).iter().any(is_for_tests) {
            return;
        }
        let named = match item {
            Item::Struct(item) => Some((&item.vis, &item.ident)),
            Item::Enum(item) => Some((&item.vis, &item.ident)),
            Item::Trait(item) => Some((&item.vis, &item.ident)),
            Item::Type(item) => Some((&item.vis, &item.ident)),
            _ => None,
        };
        if let Some((Visibility::Public(_), name)) = named {
            self.room.types.push((name.to_string(), name.span().start().line));
        }
        if let Item::Use(item) = item {
            let line = item.use_token.span.start().line;
            self.take_use(&[], &item.tree, line, !matches!(item.vis, Visibility::Inherited));
            return;
        }
        visit::visit_item(self, item);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts: Vec<String> = path.segments.iter().map(|part| part.ident.to_string()).collect();
        let line = path.segments.first().map_or(0, |part| part.ident.span().start().line);
        self.take_path(&parts, line);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.take_tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }
}

fn attributes_of(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn is_for_tests(attribute: &Attribute) -> bool {
    let is_cfg = attribute.path().is_ident("cfg");
    is_cfg && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
}
