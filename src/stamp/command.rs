//! The operator's command that has a digest stamped.
//!
//! The command gets the digest, in 64 hexadecimal digits, as `TOTATSU_STAMP_SHA256`, in place of `{sha256}` among its
//! arguments, and on standard input; the number of the line as `TOTATSU_STAMP_EVENT`. What it prints is the answer.
//! Runs through no shell. Of our environment it gets `PATH`, `LANG` and `HOME` only. It is killed once its time limit is over.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

use super::answer::{ReadStamp, Unfit, read};
use totatsu_base::evidence::Anchor;
use totatsu_base::messages::os_error;
use totatsu_base::program::{INHERITED, OperatorCommand, inherited};
use totatsu_base::say;

/// Stands for the digest among the arguments.
pub const PLACE: &str = "{sha256}";
/// Bytes of an answer; stamps with all their certificates have some thousand.
const LIMIT: u64 = 1024 * 1024;

/// Why there is no stamp. Another is asked for later.
#[derive(Debug, thiserror::Error)]
pub enum StampError {
    /// The command can't be run. Usual cause: it was moved. The operator corrects the configuration.
    #[error("{}", say!("daemon-stamp-not-run", error = os_error(.0)))]
    NotRun(std::io::Error),
    /// The command said that it failed. Usual cause: the authority can't be reached.
    #[error("{}", say!("daemon-stamp-exit", status = .0))]
    Failed(std::process::ExitStatus),
    /// The command took too long, and was killed.
    #[error("{}", say!("daemon-stamp-too-long", limit = format!("{:?}", .0)))]
    TooLong(Duration),
    /// The command printed more than any stamp has.
    #[error("{}", say!("daemon-stamp-too-large", limit = LIMIT))]
    TooLarge,
    /// What the command printed is no stamp of this digest.
    #[error(transparent)]
    Unfit(#[from] Unfit),
}

/// Has the command stamp a line's digest; hands back the answer, and what stands in it.
///
/// # Errors
/// See [`StampError`].
pub async fn stamp(command: &OperatorCommand, line: Anchor) -> Result<(Vec<u8>, ReadStamp), StampError> {
    let digest = line.sha256.to_string();
    let mut process = Command::new(&command.argv[0]);
    process.args(command.argv[1..].iter().map(|argument| argument.replace(PLACE, &digest)));
    process.env_clear().envs(inherited(&INHERITED));
    process.env("TOTATSU_STAMP_SHA256", &digest).env("TOTATSU_STAMP_EVENT", line.seq.to_string());
    process.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let child = process.spawn().map_err(StampError::NotRun)?;
    let answered = tokio::time::timeout(command.time_limit, answer_of(child, &digest));
    let answer = answered.await.map_err(|_| StampError::TooLong(command.time_limit))??;
    let stamp = read(&answer)?;
    if stamp.digest != line.sha256 {
        return Err(Unfit::Other.into());
    }
    Ok((answer, stamp))
}

async fn answer_of(mut child: Child, digest: &str) -> Result<Vec<u8>, StampError> {
    if let Some(mut input) = child.stdin.take() {
        // A command that goes by its arguments alone needn't read its input.
        drop(input.write_all(format!("{digest}\n").as_bytes()).await);
    }
    let mut answer = Vec::new();
    if let Some(output) = child.stdout.take() {
        output.take(LIMIT + 1).read_to_end(&mut answer).await.map_err(StampError::NotRun)?;
    }
    if answer.len() as u64 > LIMIT {
        return Err(StampError::TooLarge);
    }
    let status = child.wait().await.map_err(StampError::NotRun)?;
    if status.success() { Ok(answer) } else { Err(StampError::Failed(status)) }
}
