//! How a partner's profile looks on a terminal.

use crate::cli::shown::pad;
use crate::cli::terms;
use crate::probe::{DirectoryProfile, InboundProfile, Profile, Purpose, Topic};
use totatsu_base::say;
use totatsu_transport::ServerLimits;

/// Columns of the topics.
const TOPIC: usize = 28;
/// Columns of what is said of the partner as a whole.
const WHOLE: usize = 13;

/// The profile, for people.
pub(super) fn profile(profile: &Profile) -> String {
    let peer = &profile.peer;
    let mut text = say!(
        "partner-shown-head",
        partner = profile.partner,
        transport = peer.transport,
        address = peer.address,
        user = peer.user
    ) + "\n";
    let mut row = |name: String, value: &str| {
        if !value.is_empty() {
            text += &format!("  {} {value}\n", pad(&name, WHOLE));
        }
    };
    row(say!("partner-shown-server"), &peer.software);
    row(say!("partner-shown-key"), &peer.host_key);
    row(say!("partner-shown-signed-in"), &peer.authenticated_by);
    row(say!("partner-shown-cipher"), &peer.cipher);
    row(say!("partner-shown-key-exchange"), &peer.key_exchange);
    row(say!("partner-shown-offers"), &peer.extensions.join(", "));
    row(say!("partner-shown-limits"), &profile.limits.map(limits).unwrap_or_default());
    for found in &profile.directories {
        text += &directory(found);
    }
    for found in &profile.inbound {
        text += &inbound(found);
    }
    text
}

fn inbound(found: &InboundProfile) -> String {
    let (links, name) = (found.links.join(", "), named(&found.directory));
    let mut text = match found.purpose {
        Purpose::Collect => say!("partner-shown-collected", directory = name, links = links),
        Purpose::MoveTo => say!("partner-shown-moved-to", directory = name, links = links),
    } + "\n";
    text += &tried(Topic::List, Some(found.listed), &found.words);
    text + &wanting(&found.missing, &found.advice)
}

/// One line: what was tried, whether it holds, and what was seen.
fn tried(topic: Topic, holds: Option<bool>, words: &str) -> String {
    let verdict = match holds {
        Some(true) => say!("partner-shown-yes"),
        Some(false) => say!("partner-shown-no"),
        None => "?".to_owned(),
    };
    format!("  {} {} {words}\n", pad(&topic.title(), TOPIC), pad(&verdict, 3))
}

fn named(directory: &str) -> String {
    match directory {
        "" => say!("partner-shown-start-directory"),
        name => say!("partner-shown-directory", name = format!("{name:?}")),
    }
}

fn wanting(missing: &[String], advice: &[String]) -> String {
    let missing = missing.iter().map(|words| say!("partner-shown-missing", words = words));
    let advice = advice.iter().map(|words| say!("partner-shown-advice", words = words));
    missing.chain(advice).map(|told| format!("  {told}\n")).collect()
}

fn limits(limits: ServerLimits) -> String {
    let each = [
        limits.packet.map(|bytes| say!("partner-shown-limit-packet", bytes = bytes)),
        limits.read.map(|bytes| say!("partner-shown-limit-read", bytes = bytes)),
        limits.write.map(|bytes| say!("partner-shown-limit-write", bytes = bytes)),
        limits.handles.map(|count| say!("partner-shown-limit-files", count = count)),
    ];
    each.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn directory(found: &DirectoryProfile) -> String {
    let mut text = format!("{}\n", named(&found.directory));
    for finding in &found.findings {
        text += &tried(finding.topic, finding.holds, &finding.words);
    }
    let proof = match found.grade {
        Some(grade) => say!("partner-shown-proof", grade = terms::grade(grade)),
        None => say!("partner-shown-nothing"),
    };
    text += &format!("  {proof}\n");
    text + &wanting(&found.missing, &found.advice)
}
