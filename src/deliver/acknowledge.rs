//! Optional step after publishing: the partner itself says that it has our bytes.
//!
//! Owns what the two sides agreed: under which name the acknowledgement appears, what must stand in it, what in it means
//! no, and how long it may take. Only looks; the partner's words are quoted in part and without control characters. An
//! acknowledgement that is there before a byte was sent can't be about this delivery and is never taken for it.

use std::collections::BTreeMap;
use std::time::Duration;

use encoding_rs::Encoding;

use totatsu_base::evidence::{Acknowledged, Asked};
use totatsu_base::names::fill_places;
use totatsu_base::{Moment, Remedy, Sha256, say};
use totatsu_transport::{Session, TransportError};

/// Bytes that an acknowledgement has at most.
const LIMIT: usize = 256 * 1024;
/// Characters of the partner's text that a message quotes.
const QUOTED: usize = 200;

/// What is agreed about acknowledgements on one link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// The partner's directory where it appears.
    pub directory: String,
    /// The pattern of its name.
    pub name: String,
    /// How long after publishing the acknowledgement may take.
    pub within: Duration,
    /// How often the acknowledgement is looked for.
    pub every: Duration,
    /// What its text is encoded in.
    pub encoding: &'static Encoding,
    /// What must stand in it, each as a word of its own; placeholders stand for facts of the delivery.
    pub requires: Vec<String>,
    /// What means no, wherever it stands as a word of its own.
    pub refuses: Vec<String>,
    /// The acknowledgement is ours to remove once it has been matched.
    pub remove: bool,
}

/// The facts of a delivery that an acknowledgement may repeat.
#[derive(Debug, Clone, Copy)]
pub struct AgreedFacts<'a> {
    /// The final name.
    pub name: &'a str,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of them.
    pub sha256: Sha256,
    /// Records of each kind.
    pub records: &'a BTreeMap<String, u64>,
}

/// What a look for the acknowledgement found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AcknowledgementLook {
    /// Nothing yet.
    Nothing,
    /// A file that lacks what is agreed; it may still be written.
    Lacking(String),
    /// What was agreed.
    Found(Acknowledged),
}

/// Why there is no acknowledgement.
#[derive(Debug, thiserror::Error)]
pub enum AcknowledgeError {
    /// The line or the partner failed, see [`TransportError`].
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The partner says no. The operator clears it up with the partner, then resends or confirms.
    #[error("{}", say!("deliver-refused", path = path, text = format!("{text:?}")))]
    Refused {
        /// The acknowledgement.
        path: String,
        /// The partner's text, shortened.
        text: String,
    },
    /// The time agreed has passed. The operator asks the partner.
    #[error("{}", overdue(path, *until, lacking.as_deref()))]
    Overdue {
        /// Where it was looked for.
        path: String,
        /// Until when.
        until: Moment,
        /// What the file that is there lacks.
        lacking: Option<String>,
    },
    /// A file of that name is there before anything was sent: it is about an earlier delivery.
    #[error("{}", say!("deliver-stale", path = path))]
    Stale {
        /// The path.
        path: String,
    },
}

impl AcknowledgeError {
    /// Who acts next.
    pub fn remedy(&self) -> Remedy {
        match self {
            AcknowledgeError::Transport(error) => error.remedy(),
            AcknowledgeError::Refused { .. }
            | AcknowledgeError::Overdue { .. }
            | AcknowledgeError::Stale { .. } => Remedy::Hold,
        }
    }
}

/// Looks for the acknowledgement at `path`.
///
/// # Errors
/// The partner says no, or the line or the partner failed.
pub async fn look(
    session: &mut dyn Session,
    agreement: &Agreement,
    path: &str,
    facts: AgreedFacts<'_>,
) -> Result<AcknowledgementLook, AcknowledgeError> {
    let bytes = match session.read_small(path, LIMIT).await {
        Ok(bytes) => bytes,
        Err(TransportError::NoSuchPath { .. }) => return Ok(AcknowledgementLook::Nothing),
        Err(error) => return Err(error.into()),
    };
    let (text, _) = agreement.encoding.decode_with_bom_removal(&bytes);
    if let Some(word) = agreement.refuses.iter().find(|word| has_word(&text, word)) {
        tracing::debug!(word, "the acknowledgement refuses");
        return Err(AcknowledgeError::Refused { path: path.to_owned(), text: quoted(&text) });
    }
    let question = say!("deliver-asked-acknowledgement", path = path);
    let mut asked = vec![Asked::new(question, say!("deliver-answer-bytes", bytes = bytes.len()))];
    for required in &agreement.requires {
        let word = facts.fill(required);
        if !has_word(&text, &word) {
            let lacking = say!("deliver-lacking", required = required, word = word);
            return Ok(AcknowledgementLook::Lacking(lacking));
        }
        let question = say!("deliver-asked-word", required = required);
        asked.push(Asked::new(question, say!("deliver-answer-yes", what = word)));
    }
    let (size, sha256) = (bytes.len() as u64, Sha256::of(&bytes));
    Ok(AcknowledgementLook::Found(Acknowledged { path: path.to_owned(), size, sha256, asked }))
}

/// Makes sure that no acknowledgement is there yet; an earlier one that is ours to remove goes.
///
/// # Errors
/// An acknowledgement is there and not ours to remove, or the line or the partner failed.
pub async fn clear(
    session: &mut dyn Session,
    agreement: &Agreement,
    path: &str,
) -> Result<(), AcknowledgeError> {
    match session.stat(path).await {
        Ok(None) => Ok(()),
        Ok(Some(_)) if agreement.remove => Ok(session.remove(path).await.map(drop)?),
        Ok(Some(_)) => Err(AcknowledgeError::Stale { path: path.to_owned() }),
        // Where we aren't let look, only what must stand in an acknowledgement tells it from another.
        Err(error) if error.is_refusal() => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn overdue(path: &str, until: Moment, lacking: Option<&str>) -> String {
    match lacking {
        Some(lacking) => say!("deliver-overdue-lacking", path = path, until = until, lacking = lacking),
        None => say!("deliver-overdue", path = path, until = until),
    }
}

impl AgreedFacts<'_> {
    /// The text that a requirement stands for.
    fn fill(&self, required: &str) -> String {
        let total: u64 = self.records.values().sum();
        let mut facts = vec![
            ("{remote}".to_owned(), self.name.to_owned()),
            ("{size}".to_owned(), self.size.to_string()),
            ("{sha256}".to_owned(), self.sha256.to_string()),
            ("{records}".to_owned(), total.to_string()),
        ];
        facts.extend(
            self.records.iter().map(|(kind, count)| (format!("{{records:{kind}}}"), count.to_string())),
        );
        let facts: Vec<(&str, &str)> = facts.iter().map(|(place, fact)| (&**place, &**fact)).collect();
        fill_places(required, &facts)
    }
}

/// Whether `word` stands in `text` with nothing like a letter or digit right beside it; case doesn't matter for A to Z.
fn has_word(text: &str, word: &str) -> bool {
    let (text, word) = (text.to_ascii_lowercase(), word.to_ascii_lowercase());
    let joins = |c: char| c.is_ascii_alphanumeric();
    let mut found = text.match_indices(&word);
    found.any(|(at, _)| {
        let before = text[..at].chars().next_back().is_some_and(joins);
        let after = text[at + word.len()..].chars().next().is_some_and(joins);
        !(before && word.starts_with(joins) || after && word.ends_with(joins))
    })
}

/// The beginning of the partner's text, safe for a terminal.
fn quoted(text: &str) -> String {
    text.chars()
        .take(QUOTED)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect::<String>()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_found_only_as_a_number_of_its_own() {
        assert!(has_word("OK,500,件", "500"));
        assert!(has_word("件数500件", "500"));
        assert!(!has_word("OK,1500", "500"));
        assert!(!has_word("OK,5001", "500"));
        assert!(has_word("SHA256=ABCDEF", "abcdef"));
        assert!(has_word("結果:異常終了", "異常"));
    }

    #[test]
    fn what_is_required_is_filled_with_the_facts_of_the_delivery() {
        let records = BTreeMap::from([("ヘッダ".to_owned(), 1), ("データ".to_owned(), 20)]);
        let facts = AgreedFacts { name: "Z12.DTA", size: 1056, sha256: Sha256::ZERO, records: &records };
        assert_eq!(facts.fill("{remote} {size} {records} {records:データ}"), "Z12.DTA 1056 21 20");
        let facts = AgreedFacts { name: "{size}.csv", ..facts };
        assert_eq!(facts.fill("{remote} {size}"), "{size}.csv 1056");
    }

    #[test]
    fn the_partners_text_is_quoted_shortened_and_without_terminal_controls() {
        assert_eq!(quoted("NG\u{1b}[31m 不一致\r\n"), "NG [31m 不一致");
        assert_eq!(quoted(&"あ".repeat(1000)).chars().count(), QUOTED);
    }
}
