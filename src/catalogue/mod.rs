//! The national interface list (連携一覧): which business systems of a municipality exchange which files with whom.
//!
//! Owns: the rows as they are shipped in `config/catalogue/`, their words in Japanese and English, the interfaces that the rows
//! come to (one for each business, partner, direction, method, frequency and scope), what the list leaves to other means than
//! files, and the official table of municipalities.
//! Promises: what is not sure about a row stays a doubt, and every row says how sure it is.
//! On failure: nothing can fail while the gateway works: the data is part of the program, and a test reads all of it.
//! Never: says anything of a record layout, a file's name or a protocol. The list has none of them.

mod beyond_files;
mod interface;
mod municipality;
mod row;
mod words;

use std::sync::OnceLock;

pub use beyond_files::BeyondFiles;
pub use interface::Interface;
pub use municipality::{Municipality, MunicipalityTable};
pub use row::{Frequency, GuaranteeDuty, InterfaceRow, InterfaceScope, ListMethod, ListedWay, Sureness};
pub use totatsu_base::messages::{Bilingual, Tongue};
pub use words::{FunctionWords, ListWords, PartnerWords};

/// The business systems of the list, in its order, each with its rows.
const BUSINESSES: [(&str, &str); 7] = [
    ("juki", include_str!("../../config/catalogue/juki.csv")),
    ("kotei", include_str!("../../config/catalogue/kotei.csv")),
    ("kojin", include_str!("../../config/catalogue/kojin.csv")),
    ("hojin", include_str!("../../config/catalogue/hojin.csv")),
    ("kei", include_str!("../../config/catalogue/kei.csv")),
    ("shuno", include_str!("../../config/catalogue/shuno.csv")),
    ("kokuho", include_str!("../../config/catalogue/kokuho.csv")),
];

/// The list as a whole.
#[derive(Debug)]
pub struct InterfaceList {
    /// The interfaces, in the order of the list.
    pub interfaces: Vec<Interface>,
    /// The words of the list.
    pub words: ListWords,
    /// What goes by other means than files, and so is out of scope.
    pub beyond_files: Vec<BeyondFiles>,
}

impl InterfaceList {
    /// The list that is shipped.
    pub fn shipped() -> &'static InterfaceList {
        static LIST: OnceLock<InterfaceList> = OnceLock::new();
        LIST.get_or_init(|| {
            let rows =
                BUSINESSES.into_iter().flat_map(|(business, text)| row::read(business, text)).collect();
            InterfaceList {
                interfaces: interface::grouped(rows),
                words: words::read(),
                beyond_files: beyond_files::read(),
            }
        })
    }

    /// The names of the business systems, in the order of the list.
    pub fn businesses() -> impl Iterator<Item = &'static str> {
        BUSINESSES.into_iter().map(|(business, _)| business)
    }

    /// An interface by its id.
    pub fn interface(&self, id: &str) -> Option<&Interface> {
        self.interfaces.iter().find(|interface| interface.id == id)
    }

    /// All rows, in the order of the list.
    pub fn rows(&self) -> impl Iterator<Item = &InterfaceRow> {
        self.interfaces.iter().flat_map(|interface| &interface.rows)
    }
}
