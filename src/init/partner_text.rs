//! The text of a partner's file, as `init` writes it: what the answers tell, and stubs for what only the partner can.
//!
//! Its texts stand here and not in `i18n`: they are the template of a file, in two languages, and as messages not for people.

use super::answers::{InitAnswers, PartnerAnswers, ReachWord};
use super::made::Lines;
use crate::catalogue::{InterfaceList, Tongue};

/// A host key that is sound and matches nobody.
const NOBODYS_KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";
/// The gateway's own key, for all partners that have no other.
pub(super) const OWN_KEY: &str = "keys/totatsu";

/// A partner's file, and the secrets that it wants to have a place.
pub(super) struct PartnerText {
    /// What stands in the file.
    pub(super) text: String,
    /// Whether it takes the gateway's own key.
    pub(super) takes_own_key: bool,
    /// The file of a password that is still to be written.
    pub(super) password: Option<String>,
}

/// The file of `partner`, a name of the list; `name` is the file's own.
pub(super) fn partner(answers: &InitAnswers, partner: &str, name: &str, tongue: Tongue) -> PartnerText {
    let said = answers.partners.get(partner).cloned().unwrap_or_default();
    let words = InterfaceList::shipped().words.partner.get(partner);
    let title = words.map_or(partner, |words| words.says(Tongue::Ja));
    let mut lines = Lines::default();
    lines.comment(
        &tongue
            .of("連携先: {title}。totatsu init が作成した。", "Partner {title}. Written by totatsu init.")
            .replace("{title}", title),
    );
    if let Some(note) = words.and_then(|words| words.note.as_ref()) {
        lines.comment(note.says(tongue));
    }
    lines.text("title", title);
    let mut made = PartnerText { text: String::new(), takes_own_key: false, password: None };
    match answers.reach(partner) {
        ReachWord::Sftp | ReachWord::None => sftp(&mut lines, &mut made, &said, answers, name, tongue),
        ReachWord::Ftps => ftps(&mut lines, &mut made, &said, answers, name, tongue),
        ReachWord::Medium => medium(&mut lines, &said, name, tongue),
    }
    made.text = lines.0;
    made
}

/// Names what is still open, before the first table: keys that the stub only fills the place of.
fn open(lines: &mut Lines, keys: &[String], tongue: Tongue) {
    if keys.is_empty() {
        return;
    }
    lines.comment(tongue.of(
        "まだ決まっていない項目。連携先に確かめて下に書き、ここから消す。totatsu check が残りを数える。",
        "Still to be filled in: ask the partner, write it below, and remove it here. `totatsu check` counts what is left.",
    ));
    lines.texts("open", keys);
}

fn account(answers: &InitAnswers) -> String {
    format!("city{}", answers.municipality.get(..5).unwrap_or_default())
}

/// What is known of a partner of which a file is written.
#[derive(Clone, Copy)]
struct Stub<'a> {
    said: &'a PartnerAnswers,
    answers: &'a InitAnswers,
    name: &'a str,
    tongue: Tongue,
}

/// What both ways to a server begin with. `third` is the key besides host and account that a partner has to tell, and whether it
/// hasn't.
fn server(
    lines: &mut Lines,
    transport: &str,
    usual_port: u16,
    third: (&str, bool),
    Stub { said, answers, name, tongue }: Stub<'_>,
) {
    lines.text("transport", transport);
    let keys = [("host", said.host.is_none()), ("user", said.user.is_none()), third];
    let missing = keys.into_iter().filter(|(_, missing)| *missing);
    let missing: Vec<String> = missing.map(|(key, _)| format!("{transport}.{key}")).collect();
    open(lines, &missing, tongue);
    lines.raw(&format!("\n[{transport}]"));
    lines.comment(tongue.of("ホスト名またはアドレス。", "Host name or address."));
    lines.text("host", &said.host.clone().unwrap_or_else(|| format!("{name}.invalid")));
    match said.port {
        Some(port) => lines.raw(&format!("port = {port}")),
        None => lines.raw(&format!("#port = {usual_port}")),
    }
    lines.comment(tongue.of("連携先での当方のユーザー。", "Our account at the partner."));
    lines.text("user", &said.user.clone().unwrap_or_else(|| account(answers)));
}

fn sftp(
    lines: &mut Lines,
    made: &mut PartnerText,
    said: &PartnerAnswers,
    answers: &InitAnswers,
    name: &str,
    tongue: Tongue,
) {
    server(lines, "sftp", 22, ("host_keys", said.host_keys.is_empty()), Stub { said, answers, name, tongue });
    lines.comment(&tongue.of(
        "連携先のホスト鍵。紙か電話で確かめた指紋で: totatsu partner trust {name} --fingerprint SHA256:…",
        "The partner's host keys, by a fingerprint told on paper or by telephone: totatsu partner trust {name} --fingerprint SHA256:…",
    ).replace("{name}", name));
    let keys = if said.host_keys.is_empty() { vec![NOBODYS_KEY.to_owned()] } else { said.host_keys.clone() };
    lines.texts("host_keys", &keys);
    lines.comment(
        &tongue
            .of("当方の秘密鍵。{key}.pub を連携先に渡す。", "Our private key; {key}.pub goes to the partner.")
            .replace("{key}", OWN_KEY),
    );
    match &said.private_key_file {
        Some(file) => lines.text("private_key_file", &file.to_string_lossy()),
        None => {
            made.takes_own_key = true;
            lines.text("private_key_file", OWN_KEY);
        }
    }
}

fn ftps(
    lines: &mut Lines,
    made: &mut PartnerText,
    said: &PartnerAnswers,
    answers: &InitAnswers,
    name: &str,
    tongue: Tongue,
) {
    server(
        lines,
        "ftps",
        21,
        ("password_file", said.password_file.is_none()),
        Stub { said, answers, name, tongue },
    );
    lines.comment(tongue.of(
        "パスワードだけを書いたファイル (モード 0600)。",
        "A file of mode 0600 that holds the password and nothing else.",
    ));
    let file = said.password_file.as_ref().map(|file| file.to_string_lossy().into_owned());
    let file = file.unwrap_or_else(|| {
        let file = format!("keys/{name}.password");
        made.password = Some(file.clone());
        file
    });
    lines.text("password_file", &file);
    lines.comment(tongue.of(
        "連携先の証明書を発行した認証局 (PEM)。なければこの機械の認証局。",
        "PEM file of the authorities that may have issued the partner's certificate. Default: those of this machine.",
    ));
    match &said.ca_file {
        Some(file) => lines.text("ca_file", &file.to_string_lossy()),
        None => lines.raw(&format!("#ca_file = \"keys/{name}-ca.pem\"")),
    }
}

fn medium(lines: &mut Lines, said: &PartnerAnswers, name: &str, tongue: Tongue) {
    lines.text("transport", "medium");
    lines.raw("\n[medium]");
    lines.comment(&tongue.of(
        "媒体をマウントする場所。新しい媒体は totatsu medium prepare {path} --partner {name} で用意する。",
        "Where the medium is mounted. A new one: totatsu medium prepare {path} --partner {name}.",
    ).replace("{name}", name).replace("{path}", "/media/…"));
    let path = said
        .path
        .as_ref()
        .map_or_else(|| format!("/media/{name}"), |path| path.to_string_lossy().into_owned());
    lines.text("path", &path);
}
