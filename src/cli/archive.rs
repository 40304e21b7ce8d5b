//! `totatsu archive`: what the archive keeps of finished deliveries.

use clap::Subcommand;

use super::deliveries::{act, who};
use super::exit::Exit;
use super::options::Common;
use crate::control::{DeliveryAct, Question, texts};

/// `totatsu archive`.
#[derive(Debug, Subcommand)]
pub(super) enum ArchiveCommand {
    /// Remove what a delivery or collection carried, as somebody may ask for: source, sent bytes, rows, reports. Its receipt, its
    /// signature and its lines in the journal stay, and go on being verified; it can't be sent again
    Clear {
        /// The delivery's id, three or more characters of it that no other has, or the name of its file, if it is the only one of that name
        id: String,
        /// Why; it is recorded
        #[arg(long, value_name = "TEXT", value_parser = texts::reason)]
        reason: String,
    },
}

impl ArchiveCommand {
    pub(super) fn run(self, common: &Common) -> Result<Exit, Exit> {
        let ArchiveCommand::Clear { id, reason } = self;
        act(common, Question::ClearContents(DeliveryAct { id, by: who(), reason }))
    }
}
