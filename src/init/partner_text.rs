//! The text of a partner's file, as `init` writes it: what the answers tell, and stubs for what only the partner can.
//!
//! The texts stand here and not in `i18n`: they are the template of a file, in two languages, and as messages not for people.

use std::path::{Path, PathBuf};

use super::answers::{InitAnswers, PartnerAnswers, ReachWord};
use super::made::Lines;
use crate::catalogue::{InterfaceList, Tongue};

/// A host key in the right form that no server has.
const NOBODYS_KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";
/// The gateway's own key, with which we sign in at all partners that have no other key.
pub(super) const OWN_KEY: &str = "keys/totatsu";

/// A partner's file as it grows, and what is known of the partner.
pub(super) struct PartnerText<'a> {
    answers: &'a InitAnswers,
    said: PartnerAnswers,
    name: &'a str,
    /// What stands in the file.
    pub(super) lines: Lines,
    /// Whether the partner's file names the gateway's own key.
    pub(super) takes_own_key: bool,
    /// The file of a password that is still to be written.
    pub(super) password: Option<String>,
}

/// The file of `partner`, a name of the list; `name` is the file's own.
pub(super) fn partner<'a>(
    answers: &'a InitAnswers,
    partner: &str,
    name: &'a str,
    tongue: Tongue,
) -> PartnerText<'a> {
    let said = answers.partners.get(partner).cloned().unwrap_or_default();
    let words = InterfaceList::shipped().words.partner.get(partner);
    let title = words.map_or(partner, |words| words.says(Tongue::Ja));
    let mut lines = Lines::new(tongue);
    lines.comment_of(
        &tongue
            .of("連携先: {title}。totatsu init が作成した。", "Partner {title}. Written by totatsu init.")
            .replace("{title}", title),
    );
    if let Some(note) = words.and_then(|words| words.note.as_ref()) {
        lines.comment_of(note.says(tongue));
    }
    lines.text("title", title);
    let mut text = PartnerText { answers, said, name, lines, takes_own_key: false, password: None };
    match answers.reach(partner) {
        ReachWord::Sftp | ReachWord::None => text.sftp(),
        ReachWord::Ftps => text.ftps(),
        ReachWord::Medium => text.medium(),
    }
    text
}

impl PartnerText<'_> {
    /// Writes what SFTP and FTPS have in common. `third` is the key that a partner has to tell besides host and account, and whether it is
    /// missing.
    fn server(&mut self, transport: &str, usual_port: u16, third: (&str, bool)) {
        let PartnerText { answers, said, name, lines, .. } = self;
        lines.text("transport", transport);
        let keys = [("host", said.host.is_none()), ("user", said.user.is_none()), third];
        let missing = keys.into_iter().filter(|(_, missing)| *missing);
        let missing: Vec<String> = missing.map(|(key, _)| format!("{transport}.{key}")).collect();
        // `open` stands before the first table: the keys with a stub.
        if !missing.is_empty() {
            lines.comment(
                "まだ決まっていない項目。連携先に確かめて下に書き、ここから消す。totatsu check が残りを数える。",
                "Still to be filled in: ask the partner, write it below, and remove it here. `totatsu check` counts what is left.",
            );
            lines.texts("open", &missing);
        }
        lines.raw(&format!("\n[{transport}]"));
        lines.comment("ホスト名またはアドレス。", "Host name or address.");
        lines.text("host", &said.host.clone().unwrap_or_else(|| format!("{name}.invalid")));
        match said.port {
            Some(port) => lines.raw(&format!("port = {port}")),
            None => lines.raw(&format!("#port = {usual_port}")),
        }
        lines.comment("連携先での当方のユーザー。", "Our account at the partner.");
        let account = || format!("city{}", answers.municipality.get(..5).unwrap_or_default());
        lines.text("user", &said.user.clone().unwrap_or_else(account));
    }

    fn sftp(&mut self) {
        self.server("sftp", 22, ("host_keys", self.said.host_keys.is_empty()));
        let PartnerText { said, name, lines, .. } = self;
        let by_fingerprint = lines.tongue.of(
            "連携先のホスト鍵。紙か電話で確かめた指紋で: totatsu partner trust {name} --fingerprint SHA256:…",
            "The partner's host keys, by a fingerprint told on paper or by telephone: totatsu partner trust {name} --fingerprint SHA256:…",
        );
        lines.comment_of(&by_fingerprint.replace("{name}", name));
        match said.host_keys.is_empty() {
            true => lines.texts("host_keys", &[NOBODYS_KEY]),
            false => lines.texts("host_keys", &said.host_keys),
        }
        let own_key = lines.tongue.of(
            "当方の秘密鍵。{key}.pub を連携先に渡す。",
            "Our private key; {key}.pub goes to the partner.",
        );
        lines.comment_of(&own_key.replace("{key}", OWN_KEY));
        self.takes_own_key = said.private_key_file.is_none();
        lines.path("private_key_file", said.private_key_file.as_deref().unwrap_or(Path::new(OWN_KEY)));
    }

    fn ftps(&mut self) {
        self.server("ftps", 21, ("password_file", self.said.password_file.is_none()));
        let PartnerText { said, name, lines, .. } = self;
        lines.comment(
            "パスワードだけを書いたファイル (モード 0600)。",
            "A file of mode 0600 that holds the password and nothing else.",
        );
        match &said.password_file {
            Some(file) => lines.path("password_file", file),
            None => {
                let file = format!("keys/{name}.password");
                lines.text("password_file", &file);
                self.password = Some(file);
            }
        }
        lines.comment(
            "連携先の証明書を発行した認証局 (PEM)。なければこの機械の認証局。",
            "PEM file of the authorities that may have issued the partner's certificate. Default: those of this machine.",
        );
        match &said.ca_file {
            Some(file) => lines.path("ca_file", file),
            None => lines.raw(&format!("#ca_file = \"keys/{name}-ca.pem\"")),
        }
    }

    fn medium(&mut self) {
        let PartnerText { said, name, lines, .. } = self;
        lines.text("transport", "medium");
        lines.raw("\n[medium]");
        let mounted = lines.tongue.of(
            "媒体をマウントする場所。新しい媒体は totatsu medium prepare {path} --partner {name} で用意する。",
            "Where the medium is mounted. A new one: totatsu medium prepare {path} --partner {name}.",
        );
        lines.comment_of(&mounted.replace("{name}", name).replace("{path}", "/media/…"));
        let usual = || PathBuf::from(format!("/media/{name}"));
        lines.path("path", &said.path.clone().unwrap_or_else(usual));
    }
}
