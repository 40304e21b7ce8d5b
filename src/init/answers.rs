//! The answers that `init` needs: from flags, from a file of answers, or from somebody at a terminal.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use strum::{EnumMessage, EnumString, IntoStaticStr, VariantArray};

use crate::catalogue::{Interface, InterfaceList, ListedWay, MunicipalityTable};
use totatsu_base::say;

/// The layout of files that stay within the municipality, unless another is named.
pub(super) const AS_IS: &str = "common/as-is";

/// The business system that may gather payment data for all.
pub(super) const COLLECTION: &str = "shuno";
/// The partner that payment data goes to: from each business system, or through collection (収滞納管理), and never both ways.
const MPN: &str = "mpn";

/// The answers for one municipality; the file that `--answers` names has the same form. TOML leaves out by itself what is `None`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InitAnswers {
    /// The municipality's code of six digits. Until [`InitAnswers::settled`], its name may stand there instead.
    pub municipality: String,
    /// The gateway's name on receipts; where it is empty, the municipality's name is taken.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Business systems, by their keys.
    pub businesses: Vec<String>,
    /// Which way payment data goes to MPN.
    pub mpn: Option<MpnWay>,
    /// The layout of files that stay within the municipality.
    pub internal_layout: Option<String>,
    /// Where things lie.
    #[serde(skip_serializing_if = "is_default")]
    pub paths: InitPaths,
    /// When files are expected.
    #[serde(skip_serializing_if = "is_default")]
    pub dates: ExpectedDates,
    /// How partners are reached that aren't reached as usual, by the list's names for them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub partners: BTreeMap<String, PartnerAnswers>,
    /// The command that imports files, by business system: a program and its arguments.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub import: BTreeMap<String, Vec<String>>,
    /// The interfaces that are left out on purpose.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_served: Vec<NotServedAnswer>,
}

/// Which way payment data goes to MPN; never both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[derive(EnumMessage, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum MpnWay {
    /// From each business system by itself.
    Direct,
    /// Through collection (収滞納管理).
    Collection,
}

/// How a partner is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, EnumString)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum ReachWord {
    /// Over SFTP.
    Sftp,
    /// Over FTP with TLS.
    Ftps,
    /// On a medium.
    Medium,
    /// Not by this gateway.
    None,
}

/// How one partner is reached, as far as that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PartnerAnswers {
    /// By which way the partner is reached.
    pub reach: Option<ReachWord>,
    /// Its host.
    pub host: Option<String>,
    /// Its port.
    pub port: Option<u16>,
    /// Our account there.
    pub user: Option<String>,
    /// Its SSH host keys.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub host_keys: Vec<String>,
    /// Our key for it; otherwise the one that is made.
    pub private_key_file: Option<PathBuf>,
    /// The file of our password; otherwise an empty one that is to be filled.
    pub password_file: Option<PathBuf>,
    /// Authorities that may have issued its certificate.
    pub ca_file: Option<PathBuf>,
    /// Where its medium is mounted.
    pub path: Option<PathBuf>,
    /// The directory of the partner below which each link has its own.
    pub directory: Option<String>,
}

/// Paths that differ from the program's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InitPaths {
    /// The spool.
    pub spool: Option<PathBuf>,
    /// The ledger.
    pub ledger: Option<PathBuf>,
    /// The layouts.
    pub layouts: Option<PathBuf>,
    /// The socket.
    pub socket: Option<PathBuf>,
}

/// When files are expected. The list tells how often, but no day and no time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExpectedDates {
    /// The time of day.
    pub by: String,
    /// The day of the month of monthly files.
    pub monthly_on: u8,
    /// The day of yearly files for each business, `06-05`.
    pub yearly_on: BTreeMap<String, String>,
}

/// An interface that is left out on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotServedAnswer {
    /// The interface.
    pub interface: String,
    /// Why the interface is left out.
    pub reason: String,
}

impl Default for ExpectedDates {
    fn default() -> ExpectedDates {
        // The days on which most municipalities assess each tax for the first time in a year.
        let days = [
            ("juki", "01-20"),
            ("kotei", "04-10"),
            ("kojin", "06-05"),
            ("hojin", "06-01"),
            ("kei", "05-01"),
            ("shuno", "06-10"),
            ("kokuho", "07-10"),
        ];
        let yearly_on = days.map(|(business, day)| (business.to_owned(), day.to_owned())).into();
        ExpectedDates { by: "17:00".to_owned(), monthly_on: 10, yearly_on }
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl InitAnswers {
    /// The answers with the list's own keys in the place of the names that people may write.
    ///
    /// # Errors
    /// Answers are missing, or mean nothing: one text for each.
    pub fn settled(mut self) -> Result<InitAnswers, Vec<String>> {
        let mut wrong = Vec::new();
        match MunicipalityTable::shipped().meant_by(&self.municipality).as_slice() {
            [] if self.municipality.is_empty() => wrong.push(say!("cli-init-which-municipality")),
            [] => wrong.push(say!("cli-init-no-municipality", name = format!("{:?}", self.municipality))),
            [one] => {
                if self.name.is_empty() {
                    self.name = one.own_name().to_owned();
                }
                self.municipality = one.code.clone();
            }
            several => {
                let told: Vec<String> = several.iter().map(|one| one.code_and_name()).collect();
                let several = told.join(&say!("cli-comma"));
                wrong.push(say!("cli-init-several", name = self.municipality, several = several));
            }
        }
        let list = InterfaceList::shipped();
        if self.businesses.iter().any(|business| business == "all") {
            self.businesses = InterfaceList::businesses().map(str::to_owned).collect();
        }
        if self.businesses.is_empty() {
            wrong.push(say!("cli-init-which-businesses"));
        }
        for business in &mut self.businesses {
            match list.words.business_named(business) {
                Some(key) => *business = key.to_owned(),
                None => wrong.push(say!("cli-init-no-business", name = format!("{business:?}"))),
            }
        }
        let order: Vec<&str> = InterfaceList::businesses().collect();
        self.businesses.sort_by_key(|business| order.iter().position(|known| known == business));
        self.businesses.dedup();
        self.settle_partners(&mut wrong);
        for one in &self.not_served {
            if list.interface(&one.interface).is_none() {
                let interface = format!("{:?}", one.interface);
                wrong.push(say!("cli-init-no-interface", interface = interface));
            }
            if one.reason.trim().is_empty() {
                wrong.push(say!("cli-init-no-reason", interface = one.interface));
            }
        }
        if self.asks_for_mpn() && self.mpn.is_none() {
            wrong.push(say!("cli-init-which-mpn"));
        }
        if wrong.is_empty() { Ok(self) } else { Err(wrong) }
    }

    fn settle_partners(&mut self, wrong: &mut Vec<String>) {
        let words = &InterfaceList::shipped().words;
        let mut settled = BTreeMap::new();
        for (name, answers) in std::mem::take(&mut self.partners) {
            match words.partner_named(&name) {
                Some(key) => drop(settled.insert(key.to_owned(), answers)),
                None => wrong.push(say!("cli-init-no-partner", name = format!("{name:?}"))),
            }
        }
        self.partners = settled;
        for business in self.import.keys().filter(|business| !words.business.contains_key(*business)) {
            wrong.push(say!("cli-init-no-importer", name = format!("{business:?}")));
        }
    }

    /// Whether there are two ways for payment data to MPN, so that one has to be chosen.
    pub fn asks_for_mpn(&self) -> bool {
        let list = InterfaceList::shipped();
        let sends = |business: &String| {
            list.interfaces.iter().any(|one| one.business == *business && is_payment_data(one))
        };
        let senders = self.businesses.iter().filter(|business| sends(business)).count();
        let collects = self.businesses.iter().any(|business| business == COLLECTION);
        collects && senders > 1 && self.reach(MPN) != ReachWord::None
    }

    /// How a partner is reached: as was answered, else over SFTP. MPN has a terminal of its own and is reached on a medium.
    pub fn reach(&self, partner: &str) -> ReachWord {
        let usual = if partner == MPN { ReachWord::Medium } else { ReachWord::Sftp };
        self.partners.get(partner).and_then(|answers| answers.reach).unwrap_or(usual)
    }

    /// The layout of files that stay within the municipality.
    pub(super) fn internal_layout(&self) -> &str {
        self.internal_layout.as_deref().unwrap_or(AS_IS)
    }
}

/// Whether an interface carries payment data to MPN.
pub(super) fn is_payment_data(interface: &Interface) -> bool {
    interface.partner == MPN && interface.direction == ListedWay::Out
}
