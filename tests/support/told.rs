//! Finds the messages that a manual's pattern shows: their text, with `…` for what the page leaves out, and the code at its end.
//!
//! A pattern shows one message, whose end it may leave out, or several of which one is told inside of another; then each part of it
//! is one.

use std::collections::{BTreeMap, BTreeSet};

use crate::texts::Language;

/// Where a message that is told inside of another may begin or end.
const JOINTS: [&str; 4] = [": ", "; ", "。", " does not offer "];
/// Texts that aren't told when something happens.
const NOT_TOLD: [&str; 2] = ["help", "family"];

/// Ids of messages.
pub type Ids = BTreeSet<String>;

/// The messages of one language, as a manual shows them.
pub struct Told {
    shown: BTreeMap<String, String>,
    codes: BTreeMap<String, String>,
}

impl Told {
    pub fn of(language: &str) -> Told {
        let (mut shown, mut codes) = (BTreeMap::new(), BTreeMap::new());
        for (id, said) in Language::read(language).messages {
            if NOT_TOLD.contains(&said.file.as_str()) {
                continue;
            }
            codes.extend(said.attributes.get("code").map(|code| (id.clone(), code.clone())));
            shown.insert(id, said.shown);
        }
        Told { shown, codes }
    }

    /// The messages that a pattern may show: those whose code it has, and those that its longest part may be. Says what is wrong with
    /// a pattern that no message has, or whose code is none of its messages'.
    pub fn shown_by(&self, pattern: &str) -> Result<Ids, String> {
        let (text, code) = without_code(pattern);
        let with_code = |ids: &Ids| -> Ids {
            ids.iter().filter(|id| self.codes.get(*id).map(String::as_str) == code).cloned().collect()
        };
        if text.is_empty() {
            let ids = with_code(&self.codes.keys().cloned().collect());
            return if ids.is_empty() { Err("there is no such code".to_owned()) } else { Ok(ids) };
        }
        let parts = self.parts(&pieces(text), true).ok_or("no message has this text")?;
        let longest = parts.iter().max_by_key(|(length, _)| *length).map(|(_, ids)| ids.clone());
        let longest = longest.unwrap_or_default();
        let Some(code) = code else { return Ok(longest) };
        let coded: Ids = parts.iter().flat_map(|(_, ids)| with_code(ids)).collect();
        if coded.is_empty() {
            return Err(format!("{code} isn't the code of a message with this text"));
        }
        // Where the code is of the longest part, it tells which message that is.
        Ok(if coded.is_disjoint(&longest) { &coded | &longest } else { coded })
    }

    /// The codes that messages have.
    pub fn codes_of(&self, ids: &Ids) -> BTreeSet<&str> {
        ids.iter().filter_map(|id| self.codes.get(id)).map(String::as_str).collect()
    }

    /// The texts of the messages whose ids begin so.
    pub fn texts_of(&self, beginning: &str) -> Vec<&str> {
        let named = self.shown.iter().filter(|(id, _)| id.starts_with(beginning));
        named.map(|(_, text)| text.as_str()).collect()
    }

    /// As few parts as possible, each with its length and the messages that it may be.
    fn parts(&self, pieces: &[&str], first: bool) -> Option<Vec<(usize, Ids)>> {
        if pieces.is_empty() {
            return Some(Vec::new());
        }
        (1..=pieces.len()).rev().find_map(|count| {
            let (part, rest) = pieces.split_at(count);
            let part = part.concat();
            let part = if rest.is_empty() { &part } else { trimmed(&part) };
            let length = part.chars().filter(|c| c.is_alphanumeric()).count();
            let glob = format!("{}{part}", if first { "" } else { "…" });
            let ids = if length == 0 { Ids::new() } else { self.covered_by(&glob, rest.is_empty()) };
            if length > 0 && ids.is_empty() {
                return None;
            }
            let mut parts = self.parts(rest, false)?;
            parts.push((length, ids));
            Some(parts)
        })
    }

    /// The messages that a glob covers as a whole, where that may be; else those whose beginning it covers.
    fn covered_by(&self, glob: &str, may_be_whole: bool) -> Ids {
        let covered = |glob: &str| -> Ids {
            self.shown.iter().filter(|(_, text)| covers(glob, text)).map(|(id, _)| id.clone()).collect()
        };
        let whole = if may_be_whole { covered(glob) } else { Ids::new() };
        if whole.is_empty() { covered(&format!("{glob}…")) } else { whole }
    }
}

/// A pattern's text, and the code at its end.
pub fn without_code(pattern: &str) -> (&str, Option<&str>) {
    let code =
        pattern.rfind("[TT-").and_then(|at| Some((at, pattern[at..].strip_prefix('[')?.strip_suffix(']')?)));
    code.map_or((pattern, None), |(at, code)| (pattern[..at].trim_end(), Some(code)))
}

/// A text, cut behind each joint.
fn pieces(text: &str) -> Vec<&str> {
    let mut cuts: Vec<usize> = JOINTS
        .iter()
        .flat_map(|joint| text.match_indices(joint).map(|(at, joint)| at + joint.len()))
        .chain([0, text.len()])
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts.windows(2).map(|cut| &text[cut[0]..cut[1]]).collect()
}

/// A piece without the joint at its end, which belongs to the message around it.
fn trimmed(piece: &str) -> &str {
    JOINTS.iter().find_map(|joint| piece.strip_suffix(joint)).unwrap_or(piece)
}

/// Whether a text is what a pattern shows, where each `…` stands for anything.
fn covers(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('…') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(first) else { return false };
    let mut segments: Vec<&str> = rest.split('…').collect();
    let last = segments.pop().unwrap_or_default();
    for segment in segments {
        let Some(at) = left.find(segment) else { return false };
        left = &left[at + segment.len()..];
    }
    left.ends_with(last)
}
