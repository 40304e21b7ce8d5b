//! How a partner's profile looks on a terminal.

use crate::cli::shown::pad;
use crate::probe::{DirectoryProfile, InboundProfile, Profile, Purpose, Topic};
use totatsu_transport::ServerLimits;

/// Columns of the topics.
const TOPIC: usize = 28;
/// Columns of what is said of the partner as a whole.
const WHOLE: usize = 13;

/// The profile, for people.
pub(super) fn profile(profile: &Profile) -> String {
    let peer = &profile.peer;
    let mut text =
        format!("partner {}: {} {} as {}\n", profile.partner, peer.transport, peer.address, peer.user);
    let mut row = |name: &str, value: &str| {
        if !value.is_empty() {
            text += &format!("  {} {value}\n", pad(name, WHOLE));
        }
    };
    row("server", &peer.software);
    row("key", &peer.host_key);
    row("signed in by", &peer.authenticated_by);
    row("cipher", &peer.cipher);
    row("key exchange", &peer.key_exchange);
    row("offers", &peer.extensions.join(", "));
    row("limits", &profile.limits.map(limits).unwrap_or_default());
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
        Purpose::Collect => format!("{name}, collected from by: {links}\n"),
        Purpose::MoveTo => format!("{name}, where collected files are moved to by: {links}\n"),
    };
    let verdict = if found.listed { "yes" } else { "no" };
    text += &format!("  {} {} {}\n", pad(Topic::List.title(), TOPIC), pad(verdict, 3), found.words);
    text + &wanting(&found.missing, &found.advice)
}

fn named(directory: &str) -> String {
    match directory {
        "" => "the directory that a session starts in".to_owned(),
        name => format!("directory {name:?}"),
    }
}

fn wanting(missing: &[String], advice: &[String]) -> String {
    let missing = missing.iter().map(|missing| format!("  missing: {missing}\n"));
    missing.chain(advice.iter().map(|advice| format!("  advice: {advice}\n"))).collect()
}

fn limits(limits: ServerLimits) -> String {
    let each = [
        ("packet", limits.packet),
        ("read", limits.read),
        ("write", limits.write),
        ("open files", limits.handles),
    ];
    let shown = each.iter().filter_map(|(name, limit)| Some(format!("{name} {}", (*limit)?)));
    shown.collect::<Vec<_>>().join(", ")
}

fn directory(found: &DirectoryProfile) -> String {
    let mut text = format!("{}\n", named(&found.directory));
    for finding in &found.findings {
        let verdict = match finding.holds {
            Some(true) => "yes",
            Some(false) => "no",
            None => "?",
        };
        text += &format!("  {} {} {}\n", pad(finding.topic.title(), TOPIC), pad(verdict, 3), finding.words);
    }
    text += &match found.grade {
        Some(grade) => format!("  best proof: {}\n", grade.word()),
        None => "  nothing can be delivered here\n".to_owned(),
    };
    text + &wanting(&found.missing, &found.advice)
}
