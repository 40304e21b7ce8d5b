//! A look at the directories that inbound links collect from and move files to.
//!
//! Owns what a listing alone can tell of these directories. Promises to change nothing there and to open no file of the
//! partner's, so it can't tell whether a file may be removed or moved.

use super::found;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::collect::clear::Afterwards;
use crate::collect::pattern::NamePattern;
use crate::config::link::InboundLink;
use totatsu_base::say;
use totatsu_transport::{FileKind, Listing, TransportError};

/// What is done with a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Files are collected from it.
    Collect,
    /// Files are moved to it once they were collected.
    MoveTo,
}

/// A directory that is looked at.
#[derive(Debug, Clone)]
pub struct Place {
    /// The partner's directory; empty for the one that a session starts in.
    pub directory: String,
    /// What is done with it.
    pub purpose: Purpose,
    /// The links that use the directory so, and which names each means.
    links: Vec<(String, NamePattern)>,
}

/// What was seen of a directory.
#[derive(Debug, Clone, Serialize)]
pub struct InboundProfile {
    /// The partner's directory; empty for the one that a session starts in.
    pub directory: String,
    /// What is done with it.
    pub purpose: Purpose,
    /// The links that use the directory so.
    pub links: Vec<String>,
    /// Whether it can be listed.
    pub listed: bool,
    /// How many entries the directory has, where it can be listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entries: Option<usize>,
    /// How many of the files each link means, by the link's name; only of a directory that is collected from.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub meant: BTreeMap<String, usize>,
    /// What was seen, in words.
    pub words: String,
    /// What a collection can't do without, and the partner doesn't offer.
    pub missing: Vec<String>,
    /// What the partner would have to allow or to change.
    pub advice: Vec<String>,
}

/// The directories of these links, each once; one that serves both purposes twice.
pub fn places(links: &[InboundLink]) -> Vec<Place> {
    let mut places: BTreeMap<(Purpose, String), Place> = BTreeMap::new();
    let mut add = |directory: &str, purpose: Purpose, link: &InboundLink| {
        let directory = directory.to_owned();
        let place = places.entry((purpose, directory.clone()));
        let place = place.or_insert_with(|| Place { directory, purpose, links: Vec::new() });
        place.links.push((link.name.clone(), link.expected.name_pattern.clone()));
    };
    for link in links {
        add(&link.expected.directory, Purpose::Collect, link);
        if let Afterwards::Move(directory) = &link.afterwards {
            add(directory, Purpose::MoveTo, link);
        }
    }
    places.into_values().collect()
}

impl Place {
    /// What a listing of the directory, or its failure, tells.
    pub(super) fn judge(&self, listing: Result<Listing, TransportError>) -> InboundProfile {
        let mut found = InboundProfile {
            directory: self.directory.clone(),
            purpose: self.purpose,
            links: self.links.iter().map(|(link, _)| link.clone()).collect(),
            listed: listing.is_ok(),
            entries: None,
            meant: BTreeMap::new(),
            words: String::new(),
            missing: Vec::new(),
            advice: Vec::new(),
        };
        match listing {
            Ok(listing) => self.tell(&mut found, &listing),
            Err(error) => self.tell_failure(&mut found, &error),
        }
        found
    }

    fn tell(&self, found: &mut InboundProfile, listing: &Listing) {
        let entries = listing.entries.len() + listing.unusable;
        let mut words = vec![found::entries(entries)];
        found.entries = Some(entries);
        if self.purpose == Purpose::Collect {
            for (link, pattern) in &self.links {
                let meant = listing.entries.iter().filter(|listed| {
                    let file = matches!(listed.file.kind, FileKind::File | FileKind::Unknown);
                    file && pattern.read(&listed.name).is_some()
                });
                let meant = meant.count();
                words.push(say!("partner-found-meant", meant = meant, link = link, pattern = pattern.text()));
                found.meant.insert(link.clone(), meant);
            }
            if listing.unusable > 0 {
                words.push(say!("partner-found-unusable", count = listing.unusable));
                found.advice.push(say!("partner-advise-names"));
            }
            if let (false, Some(lacking)) = (listing.complete, &listing.lacking) {
                words.push(say!("partner-found-unseen"));
                found.missing.push(say!("partner-lacks-listing"));
                found.advice.push(lacking.clone());
            } else if !listing.complete {
                words.push(say!("partner-found-unlisted"));
                found.missing.push(say!("partner-lacks-room"));
                found.advice.push(say!("partner-advise-old-files"));
            }
        }
        found.words = found::all_of(words);
    }

    /// Notes why a listing failed. A directory that files are moved to has only to be there, not to be listed.
    fn tell_failure(&self, found: &mut InboundProfile, error: &TransportError) {
        found.words = error.to_string();
        let place = found::place(&self.directory);
        let absent = matches!(error, TransportError::NoSuchPath { .. });
        match self.purpose {
            Purpose::Collect => {
                found.missing.push(say!("partner-lacks-collecting", error = error));
                if !absent {
                    found.advice.push(say!("partner-advise-list", place = place));
                }
            }
            Purpose::MoveTo if absent => {
                found.missing.push(say!("partner-lacks-moving", error = error));
                found.advice.push(say!("partner-advise-make", place = place));
            }
            Purpose::MoveTo => {}
        }
    }
}
