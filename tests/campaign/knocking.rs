//! People of the same machine who have a role each, or none, and try to get what isn't theirs: by the gateway's socket, with claims,
//! other links' ids, paths, torn and endless lines and many connections; and from its files.
//!
//! Owns who they are, what each may see and act on, and what they ask. What they were told, or have done, and mayn't is a finding.

use std::io::Write as _;
use std::os::unix::net::UnixStream;
use std::path::Path;

use serde_json::{Value, json};

use super::world::Dice;
use crate::support::collecting::INBOUND;
use crate::support::gateway::Home;
use crate::support::people::{Person, ask_raw};

/// The gateway's user and group, and another user of that group, who drops files and has no role.
pub const GATEWAY: u32 = 61_001;
pub const MEMBER: Person = Person::new("member", 61_002, GATEWAY);
const READER: Person = Person::new("reader", 61_011, 61_101);
const OPERATOR: Person = Person::new("operator", 61_012, 61_102);
const AUDITOR: Person = Person::new("auditor", 61_013, 61_103);
const STRANGER: Person = Person::new("stranger", 61_015, 61_999);
const OWN_READER: Person = Person::new("reader of a link", 61_021, 61_201);
const OWN_OPERATOR: Person = Person::new("operator of a link", 61_022, 61_202);
pub const PEOPLE: [Person; 7] = [MEMBER, READER, OPERATOR, AUDITOR, STRANGER, OWN_READER, OWN_OPERATOR];

/// Links: of groups of its own, of the gateway's groups, and two of a group that nobody here is in.
pub const OUT: &str = "okuri";
pub const MARKED: &str = "shirushi";
pub const HONEST: &str = "shojiki";
pub const HONEST_IN: &str = "betsu";
const LINKS: [&str; 5] = [OUT, MARKED, HONEST, HONEST_IN, INBOUND];
/// `[roles]` of the gateway.
pub const ROLES: &str = "[roles]\nread = [61101]\noperate = [61102]\naudit = [61103]\n";
/// Connections of a flood.
const FLOOD: usize = 40;
/// Beyond what a question may be.
const ENDLESS: usize = 200_000;
/// What somebody without a right to any file tries to read.
pub const LOOT: &str = "for f in /tmp/.tmp*/receipt-* /tmp/.tmp*/export/* /tmp/.tmp*/*.json $H/ledger/* $H/ledger/*/* $H/config/* \
                        $H/config/*/* $H/key $H/own/* $S/* $S/deliveries/*/* $S/archive/*/*/*/*/* $S/outbox/*/* $S/inbox/*/*; \
                        do [ -f \"$f\" ] && timeout 0.5 cat \"$f\"; done > $H/loot/$$\n";

/// `[roles]` of a link.
pub fn roles_of(link: &str) -> &'static str {
    match link {
        OUT => "[roles]\nread = [61201]\noperate = [61202]\n",
        HONEST | HONEST_IN => "[roles]\nread = [61301]\noperate = [61301]\n",
        _ => "",
    }
}

fn sees(who: Person, link: &str) -> bool {
    who == AUDITOR
        || match link {
            OUT => [OWN_READER, OWN_OPERATOR].contains(&who),
            HONEST | HONEST_IN => false,
            _ => [READER, OPERATOR].contains(&who),
        }
}

fn acts(who: Person, link: &str) -> bool {
    match link {
        OUT => who == OWN_OPERATOR,
        HONEST | HONEST_IN => false,
        _ => who == OPERATOR,
    }
}

/// So many times one of them asks for something; what they were told and mayn't be.
pub fn knock(dice: &mut Dice, home: &Home, secrets: &[&[u8]], times: u64) -> Vec<String> {
    let socket = home.path().join("control.sock");
    let deliveries: Vec<(String, String, String)> = home
        .deliveries()
        .into_iter()
        .map(|it| (it.delivery.id.to_string(), it.delivery.link.clone(), it.delivery.name().to_owned()))
        .collect();
    let (mut found, mut flood) = (Vec::new(), Vec::new());
    for _ in 0..times {
        let who = dice.pick(&PEOPLE);
        if dice.below(times) == 0 {
            flood.extend(who.plays(|| flooded(&socket)));
        }
        let line = any_line(dice, home, who, &deliveries);
        let answer = who.plays(|| ask_raw(&socket, &line));
        let (asked, told) = (String::from_utf8_lossy(&line), String::from_utf8_lossy(&answer));
        let shown: String = asked.chars().take(300).collect();
        let has = |secret: &[u8]| answer.windows(secret.len()).any(|piece| piece == secret);
        if secrets.iter().any(|secret| has(secret)) {
            found.push(format!("{} was told what is ours alone: {shown}", who.name));
        }
        let is_refused = told.is_empty() || told.starts_with("{\"refused\"");
        if [STRANGER, MEMBER].contains(&who) && !is_refused {
            found.push(format!("{}, who has no role, was answered: {shown}", who.name));
        }
        for (id, link, name) in deliveries.iter().filter(|(_, link, _)| !sees(who, link)) {
            let is_told = |word: &str| told.contains(word) && !asked.contains(word);
            // Whoever looks at a partner's directory sees every name in it, also those that another link takes.
            let names_count = name.len() > 8 && !asked.contains("\"look\"");
            if is_told(id) || (names_count && is_told(name)) {
                found.push(format!("{} was told of {id} ({name}) of {link}: {shown}", who.name));
            }
        }
    }
    drop(flood);
    found
}

/// Connections that ask for something, and begin to ask for more.
fn flooded(socket: &Path) -> Vec<UnixStream> {
    let connected = (0..FLOOD).filter_map(|_| UnixStream::connect(socket).ok());
    connected
        .inspect(|mut stream| {
            // Whoever is let go meanwhile is one less.
            let _ = stream.write_all(b"{\"ask\":\"status\"}\n{\"ask\":\"status\"}\n{\"ask\":");
        })
        .collect()
}

/// What somebody says in one line; some are torn or endless.
fn any_line(dice: &mut Dice, home: &Home, who: Person, deliveries: &[(String, String, String)]) -> Vec<u8> {
    let questions = questions(dice, home, who, deliveries);
    let question = usize::try_from(dice.below(questions.len() as u64)).unwrap();
    let mut line = questions[question].to_string().into_bytes();
    match dice.below(12) {
        0 | 1 => {
            let at = usize::try_from(dice.below(line.len() as u64)).unwrap();
            line[at] = line[at].wrapping_add(1 + u8::try_from(dice.below(200)).unwrap());
        }
        2 => line.truncate(usize::try_from(dice.below(line.len() as u64)).unwrap()),
        3 => line.resize(ENDLESS, b' '),
        _ => {}
    }
    line
}

/// Everything that there is to ask, about one delivery, link, partner and path.
fn questions(
    dice: &mut Dice,
    home: &Home,
    who: Person,
    deliveries: &[(String, String, String)],
) -> Vec<Value> {
    // Rather one that isn't theirs.
    let theirs = dice.below(4) == 0;
    let mut among: Vec<_> = deliveries.iter().filter(|(_, link, _)| sees(who, link) == theirs).collect();
    if among.is_empty() {
        among = deliveries.iter().collect();
    }
    let at = usize::try_from(dice.below(among.len() as u64)).unwrap();
    let (whole, _, name) = among[at];
    let parts = [&whole[..12], &whole[9..], name.as_str(), "--out=/tmp/theirs", "../ledger"];
    let id = if dice.below(2) == 0 { whole.as_str() } else { dice.pick(&parts) };
    let link = dice.pick(&LINKS);
    let (kind, subject) = dice.pick(&[("delivery", id), ("link", link), ("partner", "eltax")]);
    let by = dice.pick(&["root", "totatsu", "uid 61012", "0"]);
    let whom = json!({ kind: subject });
    let act = |ask: &str| json!({ "ask": ask, "id": id, "by": by, "reason": "x", "uid": 0 });
    let errand = |errand: Value| json!({ "ask": "errand", "errand": errand, "json": true, "tongue": "en" });
    let days = |of: Value| json!({ "from": "2020-01-01", "to": "2099-12-31", "municipality": of });
    let mut questions = vec![
        json!({ "ask": "hold", "whom": whom, "by": by, "reason": "x" }),
        json!({ "ask": "release", "whom": whom, "by": by, "reason": "x" }),
        act("cancel"),
        act("resend"),
        json!({ "ask": "resend", "id": id, "by": by, "reason": "x", "even_if_older": true }),
        act("withdraw"),
        act("clear_contents"),
        json!({ "ask": "confirm", "id": id, "says": "root", "by": by, "how": "phone", "reason": "x" }),
        json!({ "ask": "trusted", "partner": "eltax", "key": "SHA256:x", "jump": false, "by": by }),
        json!({ "ask": "try", "partner": "eltax" }),
        json!({ "ask": "look", "link": link }),
        json!({ "ask": "import", "directory": home.path().join("ledger"), "by": by }),
        json!({ "ask": "filtered_list", "limit": 10_000 }),
        json!({ "ask": "filtered_list", "limit": 1, "name": "*" }),
        json!({ "ask": "filtered_list", "limit": 10_000, "among": LINKS }),
        json!({ "ask": "status" }),
        json!({ "ask": "show", "id": id }),
        errand(json!({ "report": { "id": id } })),
        errand(json!({ "receipt_show": { "id": id, "form": "html" } })),
        errand(json!({ "receipt_verify": { "id": id } })),
        errand(json!({ "receipt_bundle": { "id": id } })),
        errand(json!({ "sheet": { "ids": [id, whole], "text": true } })),
        errand(json!({ "audit_export": days(Value::Null) })),
        errand(json!({ "audit_export": days(json!("--out=/tmp/theirs")) })),
        errand(json!({ "audit_verify": { "since": "../../ledger/receipt-key", "save": true } })),
        errand(json!("outbox")),
    ];
    if who != OPERATOR {
        // Who may do it would keep the gateway from all else.
        questions.push(json!({ "ask": "reload", "by": by }));
    }
    questions
}

/// What the journal says that somebody has done who mayn't; or that nobody asked for whom anybody has seen.
pub fn done_without_right(home: &Home) -> Vec<String> {
    let links: Vec<(String, String)> =
        home.deliveries().into_iter().map(|it| (it.delivery.id.to_string(), it.delivery.link)).collect();
    let mut found = Vec::new();
    for event in home.journal() {
        let asker = event["asker"]["uid"].as_u64();
        // The gateway itself says when it starts.
        let Some(uid) = asker.filter(|uid| *uid != u64::from(GATEWAY)) else { continue };
        let who = PEOPLE.into_iter().find(|who| uid == u64::from(who.uid));
        let of_delivery = links.iter().find(|(id, _)| event["delivery"] == id.as_str());
        let link = of_delivery.map(|(_, link)| link.as_str()).or(event["link"].as_str());
        let may = |who: Person| link.is_some_and(|link| acts(who, link));
        if !who.is_some_and(may) {
            found.push(format!("{} acted: {event}", who.map_or("nobody who is known", |who| who.name)));
        }
    }
    found
}
