//! In which language a command answers, where it knows two.

use std::env;

use clap::Args;

use super::words::one_of;
use crate::catalogue::Tongue;

/// What decides the language, in the order of POSIX.
const VARIABLES: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

/// `--lang`.
#[derive(Debug, Args)]
pub(super) struct TongueChoice {
    /// Language of the answer; otherwise as LC_ALL, LC_MESSAGES or LANG say
    #[arg(long, global = true, value_parser = one_of::<Tongue>())]
    lang: Option<Tongue>,
}

impl TongueChoice {
    /// The language that was asked for, where one was; else this one, which somebody asked for earlier; else the environment's.
    pub(super) fn tongue_since(&self, earlier: Option<Tongue>) -> Tongue {
        self.lang.or(earlier).unwrap_or_else(|| self.tongue())
    }

    /// The language that was asked for.
    pub(super) fn tongue(&self) -> Tongue {
        let values = VARIABLES.map(|name| env::var(name).ok());
        self.lang.unwrap_or_else(|| Tongue::asked_by(values.iter().map(Option::as_deref)))
    }
}
