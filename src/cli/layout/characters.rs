//! `totatsu layout characters`: what a source would need folded, counted before the first delivery.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::sources::unusable;
use crate::cli::exit::Exit;
use crate::cli::options::Common;
use crate::cli::shown;
use totatsu_base::say;
use totatsu_records::CharacterSurvey;
use totatsu_records::layout::Encoding;

/// `totatsu layout characters`.
#[derive(Debug, Args)]
pub(super) struct Characters {
    /// The source: text in UTF-8, or in UTF-16 with its byte order mark
    file: PathBuf,
    /// The set that the partner takes
    #[arg(long, value_name = "ENCODING", default_value = "shift_jis")]
    encoding: TargetSet,
}

/// A set to which characters may have to be folded.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum TargetSet {
    /// JIS X 0201 and JIS X 0208
    #[value(name = "shift_jis")]
    ShiftJis,
    /// Windows-31J
    #[value(name = "cp932")]
    Cp932,
    /// One-byte characters
    #[value(name = "jis-x-0201")]
    JisX0201,
}

impl Characters {
    pub(super) fn run(self, common: &Common) -> Result<Exit, Exit> {
        let encoding = match self.encoding {
            TargetSet::ShiftJis => Encoding::ShiftJis,
            TargetSet::Cp932 => Encoding::Cp932,
            TargetSet::JisX0201 => Encoding::JisX0201,
        };
        let survey = totatsu_records::survey(&self.file, encoding).map_err(unusable(self.file.display()))?;
        let exit = if survey.unknown.is_empty() { Exit::Done } else { Exit::Failed };
        let line = |what: String, count: u64| vec![what, count.to_string()];
        let mut rows = vec![
            line(say!("layout-survey-characters"), survey.characters),
            line(say!("layout-survey-plain"), survey.plain),
        ];
        let folded = survey.folded.iter();
        rows.extend(folded.map(|(table, &count)| line(say!("layout-survey-folded", table = table), count)));
        let unknown = survey.unknown.iter();
        rows.extend(
            unknown.map(|(points, &count)| line(say!("layout-survey-unknown", points = points), count)),
        );
        let headings = ["", &say!("layout-survey-count")];
        Ok(common.tell(&in_json(&survey), exit, |_| shown::table(&headings, rows)))
    }
}

fn in_json(survey: &CharacterSurvey) -> serde_json::Value {
    serde_json::json!({
        "characters": survey.characters, "plain": survey.plain, "folded": survey.folded,
        "unknown": survey.unknown,
    })
}
