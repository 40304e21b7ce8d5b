//! `totatsu reload`: has the running gateway take over a changed configuration, and waits until it has.

use std::path::Path;
use std::time::{Duration, Instant};

use clap::Args;

use super::deliveries::{ask, who};
use super::exit::{Exit, fail, failed};
use super::options::Common;
use super::output::{block_on, print_json, print_words, unexpected_answer};
use super::{screen, terms};
use crate::control::{self, Answer, Question};
use totatsu_base::{Moment, say};

/// How often it is looked whether the gateway has begun anew.
const LOOK: Duration = Duration::from_millis(200);

/// `totatsu reload`.
#[derive(Debug, Args)]
pub(super) struct Reload {
    /// For how many seconds the steps in hand are waited for; the gateway goes on waiting for them in any case
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    wait: u64,
}

impl Reload {
    pub(super) fn run(&self, common: &Common) -> Result<Exit, Exit> {
        let socket = common.settings()?.map_or_else(|| common.socket_to_ask(), |settings| settings.socket);
        let before = block_on(since(&socket))?;
        let answer = ask(common, Question::Reload { by: who() })?;
        if let Answer::NotReloaded(problems) = &answer {
            problems.iter().for_each(|problem| screen::beside(problem));
            return Err(fail(Exit::BadConfiguration, &say!("cli-reload-refused")));
        }
        let Answer::Reloading { changed, gone } = &answer else { return Err(unexpected_answer()) };
        if !block_on(begun_anew(&socket, before, Duration::from_secs(self.wait)))? {
            return Err(failed(say!("cli-reload-unfinished")));
        }
        if common.json {
            return Ok(print_json(&answer, Exit::Done));
        }
        let taken_over = match changed.is_empty() {
            true => say!("cli-reload-unchanged"),
            false => say!("cli-reload-done", files = terms::listed(changed)),
        };
        let gone: String = gone.iter().map(|link| say!("cli-reload-gone", link = link) + "\n").collect();
        Ok(print_words(&format!("{taken_over}\n{gone}"), Exit::Done))
    }
}

/// Since when the gateway runs, if it does.
async fn since(socket: &Path) -> Option<Moment> {
    match control::ask_running(socket, &Question::Status).await {
        Some(Answer::Status(status)) => status.since,
        _ => None,
    }
}

async fn begun_anew(socket: &Path, before: Option<Moment>, patience: Duration) -> bool {
    let asked = Instant::now();
    loop {
        if since(socket).await.is_some_and(|now| Some(now) != before) {
            return true;
        }
        if asked.elapsed() >= patience {
            return false;
        }
        tokio::time::sleep(LOOK).await;
    }
}
