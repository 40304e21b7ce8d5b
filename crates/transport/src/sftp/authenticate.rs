//! Proves to a server who we are: private keys, keys of an ssh-agent and passwords, in the order that the settings give.
//!
//! Keys are read, and agents asked for them, before anything is sent. A refusal is told apart from a line that broke while
//! waiting for the answer. RSA keys sign with SHA-512 or SHA-256 only.

use std::sync::Arc;
use std::time::Duration;

use russh::MethodKind;
use russh::client::{AuthResult, KeyboardInteractiveAuthResponse as Dialogue};
use russh::keys::{Certificate, HashAlg, PrivateKey, PrivateKeyWithHashAlg, PublicKey};
use tokio::time::timeout;

use super::agent::{self, AgentKey, Signing, Unjudged};
use super::key;
use super::settings::{Authentication, SftpSettings};
use super::ssh::SshConnection;
use crate::words;
use crate::{Phase, Result, Secret, TransportError};
use totatsu_base::{Moment, say};

/// Rounds of questions in a dialogue that are answered.
const DIALOGUE_ROUNDS: usize = 4;
/// Until then nothing comes from the server but answers; signs of life are asked for later.
const BEFORE_KEEPALIVE: Duration = Duration::from_secs(20);

/// A proof of identity, ready to be given in one way.
pub(super) enum Proof {
    /// A key, and the certificate that is shown instead of it.
    Key(Box<OwnKey>),
    /// A password, as one.
    Password(Secret),
    /// A password, in a dialogue.
    Dialogue(Secret),
}

/// A key that proves who we are.
pub(super) struct OwnKey {
    holder: Holder,
    public: PublicKey,
    certificate: Option<Certificate>,
}

/// Who has the private half.
#[derive(Clone)]
enum Holder {
    Ourselves(Arc<PrivateKey>),
    Agent(AgentKey),
}

/// Makes the proofs ready, each within the deadline for giving one.
pub(super) async fn load(settings: &SftpSettings) -> Result<Vec<Proof>> {
    let mut proofs = Vec::with_capacity(settings.authentication.len());
    for authentication in &settings.authentication {
        proofs.push(load_one(authentication, settings.deadlines.authenticate).await?);
        // A password is given as one before it is given in a dialogue.
        if let Authentication::Password(password) = authentication {
            proofs.push(Proof::Dialogue(password.clone()));
        }
    }
    Ok(proofs)
}

async fn load_one(authentication: &Authentication, after: Duration) -> Result<Proof> {
    let (holder, public, certificate) = match authentication {
        Authentication::Password(password) => return Ok(Proof::Password(password.clone())),
        Authentication::PrivateKeyFile { path, passphrase, certificate } => {
            let (path, passphrase) = (path.clone(), passphrase.clone());
            // Decrypting one may take a second, so it does not happen on the threads that move bytes.
            let read = tokio::task::spawn_blocking(move || key::read_key(&path, passphrase.as_ref()));
            let key = read.await.expect("reading a key does not panic")?;
            let public = key.public_key().clone();
            (Holder::Ourselves(Arc::new(key)), public, certificate)
        }
        Authentication::Agent { socket, key, certificate } => {
            let found = timeout(after, agent::find(socket.as_deref(), key));
            let found = found.await.map_err(|_| silent(socket.as_deref(), after))??;
            let public = found.public.clone();
            (Holder::Agent(found), public, certificate)
        }
    };
    let certificate = certificate.as_deref();
    let certificate = certificate.map(|path| key::valid_certificate(path, &public, Moment::now()));
    Ok(Proof::Key(Box::new(OwnKey { holder, public, certificate: certificate.transpose()? })))
}

fn silent(socket: Option<&std::path::Path>, after: Duration) -> TransportError {
    let cause = say!("sftp-agent-silent", after = words::lasting(after));
    match socket {
        Some(socket) => agent::refused(socket, cause),
        None => TransportError::Agent { socket: say!("sftp-agent-none"), cause },
    }
}

impl OwnKey {
    /// The words for the receipt.
    fn shown(&self) -> String {
        let fingerprint = self.public.fingerprint(HashAlg::Sha256);
        match (&self.holder, self.certificate.as_ref().map(key::shown)) {
            (Holder::Ourselves(_), None) => say!("sftp-proof-key", fingerprint = fingerprint),
            (Holder::Ourselves(_), Some(certificate)) => {
                say!("sftp-proof-key-certificate", fingerprint = fingerprint, certificate = certificate)
            }
            (Holder::Agent(_), None) => say!("sftp-proof-agent", fingerprint = fingerprint),
            (Holder::Agent(_), Some(certificate)) => {
                say!("sftp-proof-agent-certificate", fingerprint = fingerprint, certificate = certificate)
            }
        }
    }
}

/// What the partner made of one proof.
enum Verdict {
    Accepted,
    /// The partner took the proof, and asks for more by one of these methods.
    Partly(Vec<MethodKind>),
    Refused(Vec<MethodKind>),
}

impl Proof {
    fn method(&self) -> MethodKind {
        match self {
            Proof::Key(_) => MethodKind::PublicKey,
            Proof::Password(_) => MethodKind::Password,
            Proof::Dialogue(_) => MethodKind::KeyboardInteractive,
        }
    }

    /// The words for the receipt.
    fn shown(&self) -> String {
        match self {
            Proof::Key(key) => key.shown(),
            Proof::Password(_) => "password".to_owned(),
            Proof::Dialogue(_) => "keyboard-interactive".to_owned(),
        }
    }
}

/// How far a proof has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tried {
    No,
    /// The proof was refused for now: what is asked for may change with the next proof that is taken.
    Refused,
    Accepted,
}

/// Gives one proof after the other until the server is content. Hands back the words for the receipt, for all that the server
/// took. What the server asks for after it took one is given in whatever order it wants.
pub(super) async fn authenticate(
    connection: &mut SshConnection,
    settings: &SftpSettings,
    proofs: &[Proof],
) -> Result<String> {
    let mut tried = vec![Tried::No; proofs.len()];
    let (mut asked_for, mut given) = (None, Vec::new());
    while let Some(next) = next_proof(proofs, &tried, asked_for.as_deref()) {
        match give(connection, settings, &proofs[next]).await? {
            Verdict::Accepted => {
                given.push(proofs[next].shown());
                return Ok(all_of(given));
            }
            Verdict::Partly(methods) => {
                given.push(proofs[next].shown());
                asked_for = Some(methods);
                tried[next] = Tried::Accepted;
                let refused = tried.iter_mut().filter(|tried| **tried == Tried::Refused);
                refused.for_each(|tried| *tried = Tried::No);
            }
            Verdict::Refused(methods) => {
                asked_for = Some(methods);
                tried[next] = Tried::Refused;
            }
        }
    }
    let methods = asked_for.unwrap_or_default().iter().map(String::from).collect();
    Err(TransportError::AuthenticationRefused { user: settings.user.clone(), methods })
}

/// These proofs together, in the words for the receipt.
fn all_of(given: Vec<String>) -> String {
    let both = |one: String, other: String| say!("transport-and", one = one, other = other);
    given.into_iter().reduce(both).unwrap_or_default()
}

/// The next proof to try of those that the server takes; before it has told its methods, the first. A password that was refused
/// as one is given in a dialogue only where the server doesn't take passwords otherwise: each wrong one counts.
fn next_proof(proofs: &[Proof], tried: &[Tried], asked_for: Option<&[MethodKind]>) -> Option<usize> {
    let takes = |method| asked_for.is_none_or(|methods| methods.contains(&method));
    (0..proofs.len()).find(|at| {
        // In front of a dialogue stands the same password as one.
        let doubled = matches!(proofs[*at], Proof::Dialogue(_))
            && takes(MethodKind::Password)
            && tried[at - 1] != Tried::Accepted;
        tried[*at] == Tried::No && takes(proofs[*at].method()) && !doubled
    })
}

async fn give(connection: &mut SshConnection, settings: &SftpSettings, proof: &Proof) -> Result<Verdict> {
    let answer = match proof {
        Proof::Key(key) => sign_in_with_key(connection, settings, key).await,
        Proof::Password(password) => sign_in_with_password(connection, settings, password).await,
        Proof::Dialogue(password) => {
            let dialogue = sign_in_by_dialogue(connection, &settings.user, password);
            settings.deadlines.within(Phase::Authenticate, dialogue).await?
        }
    };
    match answer {
        Ok(AuthResult::Success) => Ok(Verdict::Accepted),
        Ok(AuthResult::Failure { remaining_methods, partial_success }) if !remaining_methods.is_empty() => {
            let methods = remaining_methods.to_vec();
            Ok(if partial_success { Verdict::Partly(methods) } else { Verdict::Refused(methods) })
        }
        // The library reports a broken line as a refusal that names no method.
        Ok(AuthResult::Failure { .. }) => match connection.facts.disconnection() {
            Some(end) if !end.by_server => {
                Err(connection.facts.lost(Phase::Authenticate, &say!("sftp-connection-ended")))
            }
            Some(_) | None => Ok(Verdict::Refused(Vec::new())),
        },
        Err(Unjudged::Ssh(error)) => Err(connection.facts.failure(Phase::Authenticate, error)),
        Err(Unjudged::Known(error)) => Err(error),
    }
}

/// A server that demands a new password answers neither yes nor no, and the library passes that answer over: bytes came, and
/// no notice explains them. They are counted before the library sends signs of life, whose answers would be counted too.
async fn sign_in_with_password(
    connection: &mut SshConnection,
    settings: &SftpSettings,
    password: &Secret,
) -> Result<AuthResult, Unjudged> {
    let (user, after) = (&settings.user, settings.deadlines.authenticate);
    let (facts, seen) = (connection.facts.clone(), connection.owner.seen.clone());
    let (received, banners) = (seen.received(), facts.banners().len());
    let mut answer = std::pin::pin!(connection.handle.authenticate_password(user, password.reveal()));
    if let Ok(answer) = timeout(after.min(BEFORE_KEEPALIVE), answer.as_mut()).await {
        return Ok(answer?);
    }
    let answered = seen.received() > received;
    if let Ok(answer) = timeout(after.saturating_sub(BEFORE_KEEPALIVE), answer).await {
        return Ok(answer?);
    }
    let notices = facts.banners().split_off(banners);
    if let Some(words) = new_password_demand(answered, &notices) {
        return Err(TransportError::NewPasswordDemanded { user: user.clone(), words }.into());
    }
    Err(TransportError::TimedOut { phase: Phase::Authenticate, after }.into())
}

/// The words of a server that didn't answer our password as the library knows it, where they are taken for the demand of a new
/// one: a notice says so, or there was an answer that no notice explains.
fn new_password_demand(answered: bool, notices: &[String]) -> Option<String> {
    let said = notices.iter().find(|notice| demands_new_password(notice)).cloned();
    said.or_else(|| (answered && notices.is_empty()).then(|| say!("sftp-neither-yes-nor-no")))
}

/// Whether words ask for another password than the one that is there.
fn demands_new_password(words: &str) -> bool {
    let words = words.to_lowercase();
    // not for people: what servers say.
    ["new password", "change", "expire", "retype", "新しい", "変更", "期限"]
        .iter()
        .any(|mark| words.contains(mark))
}

async fn sign_in_with_key(
    connection: &mut SshConnection,
    settings: &SftpSettings,
    key: &OwnKey,
) -> Result<AuthResult, Unjudged> {
    let (user, deadlines, phase) = (&settings.user, &settings.deadlines, Phase::Authenticate);
    let signing = match (&key.holder, &key.certificate) {
        (Holder::Ourselves(private), None) => {
            let signed_in = async {
                let hash = rsa_hash(connection, &key.public).await?;
                let key = PrivateKeyWithHashAlg::new(private.clone(), hash);
                connection.handle.authenticate_publickey(user, key).await
            };
            return Ok(deadlines.within(phase, signed_in).await??);
        }
        (Holder::Ourselves(private), Some(_)) => Signing::Key(private.clone()),
        (Holder::Agent(held), _) => {
            let after = deadlines.authenticate;
            let signing = timeout(after, Signing::by_agent(held, &connection.handle)).await;
            signing.map_err(|_| silent(Some(&held.socket), after))??
        }
    };
    deadlines.within(phase, sign_in_by(connection, user, key, signing)).await?
}

/// The server is asked first whether it would take the key or the certificate, and only then is anything signed.
async fn sign_in_by(
    connection: &mut SshConnection,
    user: &str,
    key: &OwnKey,
    mut signing: Signing,
) -> Result<AuthResult, Unjudged> {
    let hash = rsa_hash(connection, &key.public).await?;
    match key.certificate.clone() {
        Some(shown) => connection.handle.authenticate_certificate_with(user, shown, hash, &mut signing).await,
        None => {
            connection.handle.authenticate_publickey_with(user, key.public.clone(), hash, &mut signing).await
        }
    }
}

/// How an RSA key signs. A server that does not tell is taken to know SHA-512, and one that knows SHA-1 only is refused by
/// this choice.
async fn rsa_hash(connection: &SshConnection, key: &PublicKey) -> Result<Option<HashAlg>, russh::Error> {
    if !key.algorithm().is_rsa() {
        return Ok(None);
    }
    Ok(connection.handle.best_supported_rsa_hash().await?.flatten().or(Some(HashAlg::Sha512)))
}

/// The password is given once: whatever secret is asked for after that, or beside it, is another one.
async fn sign_in_by_dialogue(
    connection: &mut SshConnection,
    user: &str,
    password: &Secret,
) -> Result<AuthResult, Unjudged> {
    let mut said = connection.handle.authenticate_keyboard_interactive_start(user, None::<String>).await?;
    let mut given = false;
    for _ in 0..DIALOGUE_ROUNDS {
        match said {
            Dialogue::Success => return Ok(AuthResult::Success),
            Dialogue::Failure { remaining_methods, partial_success } => {
                return Ok(AuthResult::Failure { remaining_methods, partial_success });
            }
            Dialogue::InfoRequest { name, instructions, prompts } => {
                // A question whose answer may be seen is not the one for the password.
                let secret =
                    prompts.iter().filter(|prompt| !prompt.echo).map(|prompt| prompt.prompt.as_str());
                let asked = words::told(&secret.collect::<Vec<_>>().join(" "));
                let all = [name.as_str(), &instructions, &asked].join(" ");
                if !asked.is_empty() && demands_new_password(&all) {
                    let words = words::told(&all);
                    return Err(TransportError::NewPasswordDemanded { user: user.to_owned(), words }.into());
                }
                if !asked.is_empty() && given {
                    let methods = vec![say!("sftp-asks-more", asked = format!("{asked:?}"))];
                    let user = user.to_owned();
                    return Err(TransportError::AuthenticationRefused { user, methods }.into());
                }
                let mut answer = |echo: bool| match echo || std::mem::replace(&mut given, true) {
                    true => String::new(),
                    false => password.reveal().to_owned(),
                };
                let answers = prompts.iter().map(|prompt| answer(prompt.echo)).collect();
                said = connection.handle.authenticate_keyboard_interactive_respond(answers).await?;
            }
        }
    }
    Ok(AuthResult::Failure { remaining_methods: russh::MethodSet::empty(), partial_success: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_demand_a_new_password_are_told_from_those_that_ask_for_ours() {
        for demand in [
            "You are required to change your password immediately (administrator enforced). Current password: ",
            "Enter new password:",
            "Your password has EXPIRED.",
            "パスワードの有効期限が切れています",
            "新しいパスワード:",
        ] {
            assert!(demands_new_password(demand), "{demand}");
        }
        for question in ["Password: ", "basho@partner's password:", "パスワード:", "Verification code: "]
        {
            assert!(!demands_new_password(question), "{question}");
        }
    }

    #[test]
    fn an_answer_that_is_neither_yes_nor_no_demands_a_new_password_and_silence_does_not() {
        let notice = |words: &str| vec![words.to_owned()];
        assert_eq!(new_password_demand(true, &[]).as_deref(), Some("neither yes nor no"));
        assert_eq!(new_password_demand(false, &[]), None);
        assert_eq!(new_password_demand(true, &notice("Authorised users only")), None);
        assert!(new_password_demand(true, &notice("Your password has expired")).is_some());
        assert!(new_password_demand(false, &notice("パスワードを変更してください")).is_some());
    }
}
