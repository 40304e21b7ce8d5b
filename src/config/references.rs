//! Whether what links refer to is there and fits: partner, layout, values, an outbox of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::link::{InboundLink, Link, SameName};
use super::ready::{Config, GATEWAY_FILE, file_of};
use super::roles::RoleGroups;
use crate::collect::expected::Expected;
use crate::collect::place::DIGEST_ENDING;
use totatsu_base::say;
use totatsu_base::{Document, Moment, Problem, Severity};
use totatsu_records::LayoutValues;
use totatsu_records::layout::{Layout, LayoutStatus};
use totatsu_transport::medium::names;

/// Everything that links refer to and that is missing or doesn't fit.
pub(super) fn check(directory: &Path, config: &Config) -> Vec<Problem> {
    let mut problems = Vec::new();
    let main = Document::of(&directory.join(GATEWAY_FILE));
    if config.catalogue.iter().next().is_none() {
        let message = say!("config-no-layouts", path = config.gateway.layouts.display());
        problems.push(main.problem(Severity::Error, "paths.layouts", message));
    }
    if config.links.is_empty() && config.inbound.is_empty() {
        let message = say!("config-no-links");
        problems.push(main.problem(Severity::Warning, "gateway", message));
    }
    let namesakes = Namesakes::of(config);
    for link in config.links.values() {
        let document = Document::of(&file_of(directory, "links", &link.name));
        let mut faults = faults_of_either_way(directory, config, (&link.name, &link.partner, &link.layout));
        faults.extend(faults_on_media(config, link));
        faults.extend(fault_of_acknowledgement(config, link));
        if let Some(other) =
            namesakes.outboxes.get(&plain(&link.outbox)).and_then(|links| before(links, &link.name))
        {
            faults.push(("outbox", say!("config-same-outbox", other = other)));
        }
        faults.extend(fault_of_deadline(config, link));
        faults.extend(faults_of_source(config, link));
        faults.extend(fault_of_shared_names(&namesakes, link));
        faults.extend(fault_of_roles(config, link.roles.as_ref()));
        problems.extend(told(&document, faults));
        let layout = config.catalogue.choose(&link.layout, Moment::now().date());
        problems.extend(layout.into_iter().flat_map(|layout| check_layout(&document, config, link, layout)));
    }
    for link in config.inbound.values() {
        problems.extend(check_inbound(directory, config, &namesakes, link));
    }
    problems
}

/// Links by the directory, or by what decides the names of files, that they have in common. Each list is in the order of the links'
/// names. There may be thousands of links: comparing each with each would take too long.
struct Namesakes<'a> {
    outboxes: BTreeMap<PathBuf, Vec<&'a str>>,
    inboxes: BTreeMap<PathBuf, Vec<&'a str>>,
    names_sent: BTreeMap<[String; 3], Vec<&'a str>>,
    names_collected: BTreeMap<[String; 3], Vec<&'a str>>,
}

impl Namesakes<'_> {
    fn of(config: &Config) -> Namesakes<'_> {
        let (links, inbound) = (|| config.links.values(), || config.inbound.values());
        Namesakes {
            outboxes: by(links().map(|link| (plain(&link.outbox), link.name.as_str()))),
            inboxes: by(inbound().map(|link| (plain(&link.inbox), link.name.as_str()))),
            names_sent: by(links().map(|link| (sent_as(link), link.name.as_str()))),
            names_collected: by(inbound().map(|link| (collected_as(link), link.name.as_str()))),
        }
    }
}

fn by<'a, K: Ord>(links: impl Iterator<Item = (K, &'a str)>) -> BTreeMap<K, Vec<&'a str>> {
    let mut by = BTreeMap::<K, Vec<&'a str>>::new();
    for (key, link) in links {
        by.entry(key).or_default().push(link);
    }
    by
}

/// The first of these links, unless that is `link` itself.
fn before<'a>(links: &[&'a str], link: &str) -> Option<&'a str> {
    links.first().copied().filter(|first| *first != link)
}

/// What decides the names that a link's files bear at the partner.
fn sent_as(link: &Link) -> [String; 3] {
    [link.partner.clone(), plain_at_partner(&link.directory), link.remote_name.clone()]
}

/// What decides which of a partner's files a link takes.
fn collected_as(link: &InboundLink) -> [String; 3] {
    let Expected { directory, name_pattern, .. } = &link.expected;
    [link.partner.clone(), plain_at_partner(directory), name_pattern.text().to_owned()]
}

/// What is wrong with an inbound link.
fn check_inbound(
    directory: &Path,
    config: &Config,
    namesakes: &Namesakes,
    link: &InboundLink,
) -> Vec<Problem> {
    let document = Document::of(&file_of(directory, "links", &link.name));
    let mut faults = faults_of_either_way(directory, config, (&link.name, &link.partner, &link.layout));
    faults.extend(fault_of_roles(config, link.roles.as_ref()));
    if let Some(agreed) = link.acknowledge.as_ref().filter(|agreed| !config.links.contains_key(&agreed.link))
    {
        faults.push(("acknowledge.link", say!("config-no-outbound", link = agreed.link)));
    }
    let same_inbox = namesakes.inboxes[&plain(&link.inbox)].iter().find(|other| **other != link.name);
    if let Some(other) = same_inbox.filter(|_| link.inbox_name.is_none()) {
        let fault = say!("config-same-inbox", other = other);
        faults.push(("inbox.directory", fault));
    }
    let mut problems = told(&document, faults);
    let layout = config.catalogue.choose(&link.layout, Moment::now().date());
    problems.extend(layout.and_then(|layout| sample_warning(&document, "layout", layout)));
    problems.extend(layout.and_then(|layout| digests_name(&document, link, layout)));
    problems.extend(layout.into_iter().flat_map(|layout| check_inbound_values(&document, link, layout)));
    if let Some(other) = before(&namesakes.names_collected[&collected_as(link)], &link.name) {
        let message = say!("config-same-files", other = other);
        problems.push(document.problem(Severity::Warning, "remote.name", message));
    }
    problems
}

/// Complains of values of an inbound link that don't fit its layout. The link may leave values out.
fn check_inbound_values(document: &Document, link: &InboundLink, layout: &Layout) -> Vec<Problem> {
    let mut problems = unknown_values(document, &link.values, &link.layout, &layout.link_values());
    let municipality = &link.municipality;
    let values = LayoutValues::of(municipality, Moment::now(), &link.values);
    if !municipality.is_empty()
        && let Err(error) = totatsu_records::check_values_of_partner(layout, &values)
    {
        problems.push(document.problem(Severity::Error, "values", error.to_string()));
    }
    problems
}

/// Warns of values that the layout doesn't take.
fn unknown_values(
    document: &Document,
    values: &BTreeMap<String, String>,
    layout: &str,
    taken: &BTreeSet<&str>,
) -> Vec<Problem> {
    let takes = taken.iter().copied().collect::<Vec<_>>().join(", ");
    let unknown = values.keys().filter(|name| !taken.contains(name.as_str()));
    let message = say!("config-unknown-value", layout = layout, takes = takes);
    let problem =
        |name: &String| document.problem(Severity::Warning, &format!("values.{name}"), message.clone());
    unknown.map(problem).collect()
}

/// Complains of an acknowledgement that has one name for all deliveries and isn't removed: it can't be told from the one before.
/// On a medium that is no fault: there an import tells which is new.
fn fault_of_acknowledgement(config: &Config, link: &Link) -> Option<KeyFault> {
    let agreement = link.acknowledgement.as_ref().filter(|agreement| !agreement.remove)?;
    let name = agreement.name.replace("{remote}", &link.remote_name);
    let numbered = agreement.name.contains("{remote}") && link.same_name == SameName::Version;
    let tells = ["{name}", "{stem}", "{id}", "{date}", "{time}", "{serial}"]
        .iter()
        .any(|telling| name.contains(telling));
    (!tells && !numbered && !config.is_carried(&link.partner))
        .then(|| ("acknowledgement.name", say!("config-acknowledgement-same")))
}

/// Complains of a pattern of names that all end as digest files do: in the inbox they would be taken for other files' digests.
fn digests_name(document: &Document, link: &InboundLink, layout: &Layout) -> Option<Problem> {
    let pattern = link.expected.name_pattern.text();
    let ends_so = link.inbox_pattern(layout).ends_with("{name}") && pattern.ends_with(DIGEST_ENDING);
    let message = say!("config-digest-names", ending = DIGEST_ENDING);
    ends_so.then(|| document.problem(Severity::Error, "remote.name", message))
}

/// Complains of roles of a link where the gateway has none: whoever may connect could do everything all the same.
fn fault_of_roles(config: &Config, roles: Option<&RoleGroups>) -> Option<KeyFault> {
    let unguarded = roles.is_some() && config.gateway.roles.is_none();
    unguarded.then(|| ("roles", say!("config-roles-of-link-alone")))
}

/// A key, and what is wrong with what it says.
type KeyFault = (&'static str, String);

fn told(document: &Document, faults: Vec<KeyFault>) -> Vec<Problem> {
    faults.into_iter().map(|(key, fault)| document.problem(Severity::Error, key, fault)).collect()
}

/// What a link of either way refers to in vain: its partner, common hours with the partner, a layout in force.
fn faults_of_either_way(
    directory: &Path,
    config: &Config,
    (link, partner, layout): (&str, &str, &str),
) -> Vec<KeyFault> {
    let mut faults = Vec::new();
    // A partner whose own file has an error counts as there: its own problems say enough.
    if !config.partners.contains_key(partner) && !file_of(directory, "partners", partner).exists() {
        faults.push(("partner", say!("config-no-partner-file", partner = partner)));
    }
    let now = Moment::now();
    if config.hours_of(link).next_opening(now).is_none() {
        faults.push(("hours", say!("config-never-open", partner = partner)));
    }
    let today = now.date();
    // Where there is no layout at all, that is said once, of the gateway.
    if config.catalogue.choose(layout, today).is_none() && config.catalogue.iter().next().is_some() {
        let known = names(config);
        let layout = format!("{layout:?}");
        faults.push(("layout", say!("config-no-layout", layout = layout, today = today, known = known)));
    }
    faults
}

/// What is wrong with the layout by which a link's sources are read, and with the columns that the link's own layout takes from it.
fn faults_of_source(config: &Config, link: &Link) -> Vec<KeyFault> {
    let Some(source) = &link.source else { return Vec::new() };
    let today = Moment::now().date();
    let Ok(read_by) = config.source_layout(link, today) else {
        let (layout, known) = (format!("{:?}", source.layout), names(config));
        let fault = say!("config-no-layout", layout = layout, today = today, known = known);
        return vec![("source.layout", fault)];
    };
    let written = config.catalogue.choose(&link.layout, today);
    let faults = read_by.zip(written).map(|(read_by, written)| read_by.faults(written));
    faults.into_iter().flatten().map(|fault| ("source.columns", fault)).collect()
}

/// Complains of a deadline that passes each day before the hours let anything out. Hours that never open are another fault.
fn fault_of_deadline(config: &Config, link: &Link) -> Option<KeyFault> {
    let (now, hours) = (Moment::now(), config.hours_of(&link.name));
    hours.next_opening(now)?;
    let due = link.deadline?.of(now, &hours, &config.gateway.calendar);
    due.is_none().then(|| ("deadline", say!("config-deadline-closed")))
}

/// Complains of another link whose files would get the same names as this link's, because a number or the time alone makes them differ.
fn fault_of_shared_names(namesakes: &Namesakes, link: &Link) -> Option<KeyFault> {
    let numbered = link.remote_name.contains("{serial}") || link.remote_name.contains("{time}");
    let tells = ["{name}", "{stem}", "{id}"].iter().any(|telling| link.remote_name.contains(telling));
    let other = before(&namesakes.names_sent[&sent_as(link)], &link.name).filter(|_| numbered && !tells)?;
    Some(("remote.name", say!("config-same-names", other = other)))
}

/// Complains of names that a medium can't hold, as far as the patterns alone tell.
fn faults_on_media(config: &Config, link: &Link) -> Vec<KeyFault> {
    if !config.is_carried(&link.partner) {
        return Vec::new();
    }
    let plain = link.remote_name.replace(['{', '}'], "");
    let name = names::fault_of_name(&plain).map(|fault| ("remote.name", fault));
    let directory = Some(&link.directory).filter(|directory| !directory.is_empty());
    let directory = directory.and_then(|directory| names::fault_of_path(directory));
    name.into_iter().chain(directory.map(|fault| ("remote.directory", fault))).collect()
}

/// A directory in one spelling, since it may be written in several. A part that doesn't exist yet stays as written, without `.` and `..`.
fn plain(directory: &Path) -> PathBuf {
    let there = directory.ancestors().find_map(|there| Some((there, fs::canonicalize(there).ok()?)));
    let (there, mut plain) = there.unwrap_or((Path::new(""), PathBuf::new()));
    for part in directory.strip_prefix(there).unwrap_or(directory).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(plain.pop()),
            Component::Normal(_) | Component::RootDir | Component::Prefix(_) => plain.push(part),
        }
    }
    plain
}

/// As [`plain`], of a partner's directory, of which only the spelling is known: `..` stays, because only the partner resolves it.
fn plain_at_partner(directory: &str) -> String {
    let parts: Vec<&str> = directory.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    let root = if directory.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

fn names(config: &Config) -> String {
    let mut names: Vec<&str> = config.catalogue.iter().map(|layout| layout.id()).collect();
    names.dedup();
    names.join(", ")
}

fn sample_warning(document: &Document, key: &str, layout: &Layout) -> Option<Problem> {
    let message = say!("config-sample-layout", layout = layout.id());
    let is_sample = layout.status() == LayoutStatus::Sample;
    is_sample.then(|| document.problem(Severity::Warning, key, message))
}

/// Complains of values of a link that don't fit its layout, or that it lacks.
fn check_layout(document: &Document, config: &Config, link: &Link, layout: &Layout) -> Vec<Problem> {
    let mut problems = Vec::new();
    problems.extend(sample_warning(document, "layout", layout));
    let mut taken = layout.link_values();
    let source = config.source_layout(link, Moment::now().date()).ok().flatten();
    problems
        .extend(source.iter().filter_map(|source| sample_warning(document, "source.layout", &source.layout)));
    taken.extend(source.iter().flat_map(|source| source.layout.link_values()));
    problems.extend(unknown_values(document, &link.values, &link.layout, &taken));
    let municipality = config.municipality_of(&link.name);
    let values = LayoutValues::of(municipality, Moment::now(), &link.values);
    // A municipality's code that can't be used has been told already.
    if !municipality.is_empty()
        && let Err(error) = totatsu_records::check_values(layout, &values)
    {
        problems.push(document.problem(Severity::Error, "values", error.to_string()));
    }
    problems
}
