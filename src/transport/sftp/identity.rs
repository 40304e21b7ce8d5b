//! Proves to the partner who we are: private keys and passwords, in the order that the settings give.
//!
//! Keys are read before anything is sent. A refusal is told apart from a line that broke while waiting for the answer.
//! RSA keys sign with SHA-512 or SHA-256 only.

use std::future::Future;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use russh::MethodKind;
use russh::client::{AuthResult, KeyboardInteractiveAuthResponse as Dialogue};
use russh::keys::{HashAlg, PrivateKey, PrivateKeyWithHashAlg};
use tokio::time::timeout;

use super::connect::{Greeted, ssh_failure};
use super::settings::{Authentication, SftpSettings};
use crate::transport::{Phase, Secret, TransportError};

/// Rights of everybody else on a private key file; any of them makes the key unfit.
const OTHERS: u32 = 0o007;
/// Rounds of questions in a dialogue that are answered.
const DIALOGUE_ROUNDS: usize = 4;

/// A proof of identity, ready to be given.
pub(super) enum Proof {
    /// A private key.
    Key(Arc<PrivateKey>),
    /// A password.
    Password(Secret),
}

/// Reads the keys. Decrypting one may take a second, so it does not happen on the threads that move bytes.
pub(super) async fn load(authentication: &[Authentication]) -> Result<Vec<Proof>, TransportError> {
    let wanted = authentication.to_vec();
    tokio::task::spawn_blocking(move || wanted.into_iter().map(load_one).collect())
        .await
        .expect("reading a key does not panic")
}

fn load_one(authentication: Authentication) -> Result<Proof, TransportError> {
    match authentication {
        Authentication::Password(password) => Ok(Proof::Password(password)),
        Authentication::PrivateKeyFile { path, passphrase } => {
            read_key(&path, passphrase.as_ref()).map(|key| Proof::Key(Arc::new(key)))
        }
    }
}

/// Whether the private key at `path` can be used: it is there, not open to others, and its passphrase fits.
///
/// # Errors
/// Why it can't be used.
pub fn check_key(path: &Path, passphrase: Option<&Secret>) -> Result<(), TransportError> {
    read_key(path, passphrase).map(drop)
}

fn read_key(path: &Path, passphrase: Option<&Secret>) -> Result<PrivateKey, TransportError> {
    let unfit = |cause: String| TransportError::KeyFile { path: PathBuf::from(path), cause };
    let of_disk = |error: io::Error| unfit(error.to_string());
    let mode = std::fs::metadata(path).map_err(of_disk)?.permissions().mode();
    if mode & OTHERS != 0 {
        return Err(unfit(format!("mode {:04o} lets everybody use it", mode & 0o7777)));
    }
    let text = std::fs::read_to_string(path).map_err(of_disk)?;
    russh::keys::decode_secret_key(&text, passphrase.map(Secret::reveal)).map_err(|error| {
        unfit(match (&error, passphrase) {
            (russh::keys::Error::KeyIsEncrypted, None) => {
                "is encrypted, and no passphrase is given".to_owned()
            }
            (_, None) => error.to_string(),
            (_, Some(_)) => format!("{error}; is the passphrase right?"),
        })
    })
}

/// What the partner made of one proof.
enum Verdict {
    Accepted,
    Refused(Vec<MethodKind>),
}

/// Gives one proof after the other; the words for the receipt on success.
pub(super) async fn authenticate(
    greeted: &mut Greeted,
    settings: &SftpSettings,
    proofs: &[Proof],
) -> Result<String, TransportError> {
    let mut accepted: Option<Vec<MethodKind>> = None;
    for proof in proofs {
        let asked_for = |kind| accepted.as_ref().is_none_or(|methods| methods.contains(&kind));
        let (verdict, words) = match proof {
            Proof::Key(key) if asked_for(MethodKind::PublicKey) => {
                let words = format!("publickey {}", key.public_key().fingerprint(HashAlg::Sha256));
                (give(greeted, settings, Giving::Key(key)).await?, words)
            }
            Proof::Password(password) if asked_for(MethodKind::Password) => {
                (give(greeted, settings, Giving::Password(password)).await?, "password".to_owned())
            }
            Proof::Password(password) if asked_for(MethodKind::KeyboardInteractive) => {
                let words = "keyboard-interactive".to_owned();
                (give(greeted, settings, Giving::Dialogue(password)).await?, words)
            }
            Proof::Key(_) | Proof::Password(_) => continue,
        };
        match verdict {
            Verdict::Accepted => return Ok(words),
            Verdict::Refused(methods) => {
                let dialogue = dialogue_instead(proof, accepted.as_ref(), &methods);
                accepted = Some(methods);
                if let Some(password) = dialogue
                    && let Verdict::Accepted = give(greeted, settings, Giving::Dialogue(password)).await?
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
    Key(&'a Arc<PrivateKey>),
    Password(&'a Secret),
    Dialogue(&'a Secret),
}

async fn give(
    greeted: &mut Greeted,
    settings: &SftpSettings,
    giving: Giving<'_>,
) -> Result<Verdict, TransportError> {
    let after = settings.deadlines.authenticate;
    let user = settings.user.as_str();
    let answer = match giving {
        Giving::Key(key) => within(after, sign_in_with_key(greeted, user, key)).await?,
        Giving::Password(password) => {
            within(after, greeted.ssh.authenticate_password(user, password.reveal())).await?
        }
        Giving::Dialogue(password) => within(after, sign_in_by_dialogue(greeted, user, password)).await?,
    };
    match answer {
        Ok(AuthResult::Success) => Ok(Verdict::Accepted),
        Ok(AuthResult::Failure { remaining_methods, .. }) if !remaining_methods.is_empty() => {
            Ok(Verdict::Refused(remaining_methods.to_vec()))
        }
        // The library reports a broken line as a refusal that names no method.
        Ok(AuthResult::Failure { .. }) => match greeted.witness.farewell() {
            Some(farewell) if !farewell.by_server => {
                Err(greeted.witness.lost(Phase::Authenticate, "the connection ended"))
            }
            Some(_) | None => Ok(Verdict::Refused(Vec::new())),
        },
        Err(error) => Err(ssh_failure(Phase::Authenticate, error, &greeted.witness)),
    }
}

async fn within<T>(
    after: std::time::Duration,
    answer: impl Future<Output = Result<T, russh::Error>>,
) -> Result<Result<T, russh::Error>, TransportError> {
    timeout(after, answer).await.map_err(|_| TransportError::TimedOut { phase: Phase::Authenticate, after })
}

async fn sign_in_with_key(
    greeted: &mut Greeted,
    user: &str,
    key: &Arc<PrivateKey>,
) -> Result<AuthResult, russh::Error> {
    let hash = if key.algorithm().is_rsa() {
        // A server that does not tell is taken to know SHA-512, and one that knows SHA-1 only is refused by this choice.
        greeted.ssh.best_supported_rsa_hash().await?.flatten().or(Some(HashAlg::Sha512))
    } else {
        None
    };
    greeted.ssh.authenticate_publickey(user, PrivateKeyWithHashAlg::new(key.clone(), hash)).await
}

async fn sign_in_by_dialogue(
    greeted: &mut Greeted,
    user: &str,
    password: &Secret,
) -> Result<AuthResult, russh::Error> {
    let mut said = greeted.ssh.authenticate_keyboard_interactive_start(user, None::<String>).await?;
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
                said = greeted.ssh.authenticate_keyboard_interactive_respond(answers).await?;
            }
        }
    }
    Ok(AuthResult::Failure { remaining_methods: russh::MethodSet::empty(), partial_success: false })
}
