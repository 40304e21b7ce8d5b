//! Proves to a server who we are: private keys, keys of an ssh-agent and passwords, in the order that the settings give.
//!
//! Keys are read, and agents asked for them, before anything is sent. A refusal is told apart from a line that broke while
//! waiting for the answer. RSA keys sign with SHA-512 or SHA-256 only.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use russh::MethodKind;
use russh::client::{AuthResult, KeyboardInteractiveAuthResponse as Dialogue};
use russh::keys::{Certificate, HashAlg, PrivateKey, PrivateKeyWithHashAlg, PublicKey};
use tokio::time::timeout;

use super::agent::{self, AgentKey, Signing, SigningError};
use super::key;
use super::settings::{Authentication, SftpSettings};
use super::ssh::SshConnection;
use crate::error::TransportError;
use crate::limits::Secret;
use crate::phase::Phase;
use totatsu_base::clock::Moment;

/// Rounds of questions in a dialogue that are answered.
const DIALOGUE_ROUNDS: usize = 4;

/// A proof of identity, ready to be given.
pub(super) enum Proof {
    /// A key, and the certificate that is shown instead of it.
    Key(Box<OwnKey>),
    /// A password.
    Password(Secret),
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
pub(super) async fn load(settings: &SftpSettings) -> Result<Vec<Proof>, TransportError> {
    let mut proofs = Vec::with_capacity(settings.authentication.len());
    for authentication in &settings.authentication {
        proofs.push(load_one(authentication, settings.deadlines.authenticate).await?);
    }
    Ok(proofs)
}

async fn load_one(authentication: &Authentication, after: Duration) -> Result<Proof, TransportError> {
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
    let cause =
        format!("gives no answer within {after:?}; look whether it waits for somebody, or start it anew");
    agent::refused(socket.unwrap_or("(none)".as_ref()), cause)
}

impl OwnKey {
    /// The words for the receipt.
    fn shown(&self) -> String {
        let key = format!("publickey {}", self.public.fingerprint(HashAlg::Sha256));
        let holder = match self.holder {
            Holder::Ourselves(_) => "",
            Holder::Agent(_) => " of the ssh-agent",
        };
        let certificate = self.certificate.as_ref().map(key::shown);
        let certificate = certificate.map(|words| format!(", certificate {words}")).unwrap_or_default();
        format!("{key}{holder}{certificate}")
    }
}

/// What the partner made of one proof.
enum Verdict {
    Accepted,
    Refused(Vec<MethodKind>),
}

/// Gives one proof after the other; the words for the receipt on success.
pub(super) async fn authenticate(
    connection: &mut SshConnection,
    settings: &SftpSettings,
    proofs: &[Proof],
) -> Result<String, TransportError> {
    let mut accepted: Option<Vec<MethodKind>> = None;
    for proof in proofs {
        let asked_for = |kind| accepted.as_ref().is_none_or(|methods| methods.contains(&kind));
        let (verdict, words) = match proof {
            Proof::Key(key) if asked_for(MethodKind::PublicKey) => {
                (give(connection, settings, Giving::Key(key)).await?, key.shown())
            }
            Proof::Password(password) if asked_for(MethodKind::Password) => {
                (give(connection, settings, Giving::Password(password)).await?, "password".to_owned())
            }
            Proof::Password(password) if asked_for(MethodKind::KeyboardInteractive) => {
                let words = "keyboard-interactive".to_owned();
                (give(connection, settings, Giving::Dialogue(password)).await?, words)
            }
            Proof::Key(_) | Proof::Password(_) => continue,
        };
        match verdict {
            Verdict::Accepted => return Ok(words),
            Verdict::Refused(methods) => {
                let dialogue = dialogue_instead(proof, accepted.as_ref(), &methods);
                accepted = Some(methods);
                if let Some(password) = dialogue
                    && let Verdict::Accepted = give(connection, settings, Giving::Dialogue(password)).await?
                {
                    return Ok("keyboard-interactive".to_owned());
                }
            }
        }
    }
    let methods = accepted.unwrap_or_default().iter().map(String::from).collect();
    Err(TransportError::AuthenticationRefused { user: settings.user.clone(), methods })
}

/// A password offered to a server before it had told its methods is given once more as a dialogue, where that is all the
/// server takes.
fn dialogue_instead<'a>(
    proof: &'a Proof,
    known: Option<&Vec<MethodKind>>,
    methods: &[MethodKind],
) -> Option<&'a Secret> {
    let only_dialogue =
        methods.contains(&MethodKind::KeyboardInteractive) && !methods.contains(&MethodKind::Password);
    match proof {
        Proof::Password(password) if known.is_none() && only_dialogue => Some(password),
        Proof::Password(_) | Proof::Key(_) => None,
    }
}

enum Giving<'a> {
    Key(&'a OwnKey),
    Password(&'a Secret),
    Dialogue(&'a Secret),
}

async fn give(
    connection: &mut SshConnection,
    settings: &SftpSettings,
    giving: Giving<'_>,
) -> Result<Verdict, TransportError> {
    let after = settings.deadlines.authenticate;
    let user = settings.user.as_str();
    let answer = match giving {
        Giving::Key(key) => sign_in_with_key(connection, user, key, after).await?,
        Giving::Password(password) => {
            within(after, connection.handle.authenticate_password(user, password.reveal())).await?
        }
        Giving::Dialogue(password) => within(after, sign_in_by_dialogue(connection, user, password)).await?,
    };
    match answer {
        Ok(AuthResult::Success) => Ok(Verdict::Accepted),
        Ok(AuthResult::Failure { remaining_methods, .. }) if !remaining_methods.is_empty() => {
            Ok(Verdict::Refused(remaining_methods.to_vec()))
        }
        // The library reports a broken line as a refusal that names no method.
        Ok(AuthResult::Failure { .. }) => match connection.facts.disconnection() {
            Some(farewell) if !farewell.by_server => {
                Err(connection.facts.lost(Phase::Authenticate, "the connection ended"))
            }
            Some(_) | None => Ok(Verdict::Refused(Vec::new())),
        },
        Err(error) => Err(connection.facts.failure(Phase::Authenticate, error)),
    }
}

async fn within<T>(
    after: Duration,
    answer: impl Future<Output = Result<T, russh::Error>>,
) -> Result<Result<T, russh::Error>, TransportError> {
    timeout(after, answer).await.map_err(|_| TransportError::TimedOut { phase: Phase::Authenticate, after })
}

async fn sign_in_with_key(
    connection: &mut SshConnection,
    user: &str,
    key: &OwnKey,
    after: Duration,
) -> Result<Result<AuthResult, russh::Error>, TransportError> {
    let answer = match (&key.holder, &key.certificate) {
        (Holder::Ourselves(private), None) => {
            return within(after, sign_in_with_own_key(connection, user, private)).await;
        }
        (Holder::Ourselves(private), Some(_)) => {
            timeout(after, sign_in_by(connection, user, key, Signing::Key(private.clone()))).await
        }
        (Holder::Agent(held), _) => {
            let signing = timeout(after, Signing::by_agent(held, &connection.handle)).await;
            let signing = signing.map_err(|_| silent(Some(&held.socket), after))??;
            timeout(after, sign_in_by(connection, user, key, signing)).await
        }
    };
    let answer = answer.map_err(|_| TransportError::TimedOut { phase: Phase::Authenticate, after })?;
    match (answer, &key.holder) {
        (Ok(answer), _) => Ok(Ok(answer)),
        (Err(SigningError::Ssh(error)), _) => Ok(Err(error)),
        (Err(SigningError::NotSigned(cause)), Holder::Agent(held)) => {
            let cause =
                format!("it doesn't sign with our key ({cause}); look at its log, or add the key anew");
            Err(agent::refused(&held.socket, cause))
        }
        (Err(SigningError::NotSigned(cause)), Holder::Ourselves(_)) => {
            let cause = format!("our key can't sign for the partner's server: {cause}");
            Err(TransportError::ProtocolViolated { phase: Phase::Authenticate, cause })
        }
    }
}

async fn sign_in_with_own_key(
    connection: &mut SshConnection,
    user: &str,
    key: &Arc<PrivateKey>,
) -> Result<AuthResult, russh::Error> {
    let hash = rsa_hash(connection, key.public_key()).await?;
    connection.handle.authenticate_publickey(user, PrivateKeyWithHashAlg::new(key.clone(), hash)).await
}

/// The server is asked first whether it would take the key or the certificate, and only then is anything signed.
async fn sign_in_by(
    connection: &mut SshConnection,
    user: &str,
    key: &OwnKey,
    mut signing: Signing,
) -> Result<AuthResult, SigningError> {
    let hash = rsa_hash(connection, &key.public).await.map_err(SigningError::Ssh)?;
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

async fn sign_in_by_dialogue(
    connection: &mut SshConnection,
    user: &str,
    password: &Secret,
) -> Result<AuthResult, russh::Error> {
    let mut said = connection.handle.authenticate_keyboard_interactive_start(user, None::<String>).await?;
    for _ in 0..DIALOGUE_ROUNDS {
        match said {
            Dialogue::Success => return Ok(AuthResult::Success),
            Dialogue::Failure { remaining_methods, partial_success } => {
                return Ok(AuthResult::Failure { remaining_methods, partial_success });
            }
            Dialogue::InfoRequest { prompts, .. } => {
                // A question whose answer may be seen is not the one for the password.
                let answers = prompts
                    .iter()
                    .map(|prompt| if prompt.echo { String::new() } else { password.reveal().to_owned() })
                    .collect();
                said = connection.handle.authenticate_keyboard_interactive_respond(answers).await?;
            }
        }
    }
    Ok(AuthResult::Failure { remaining_methods: russh::MethodSet::empty(), partial_success: false })
}
