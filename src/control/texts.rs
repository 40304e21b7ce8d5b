//! Texts that people give with a question: names, and reasons that stand on receipts.
//!
//! Owns their limits. Whatever comes over the socket is checked here, whichever program asks; the command line checks the
//! same before it asks.

use super::errand::Errand;
use super::protocol::{ControlError, DeliveryAct, DeliveryFilter, Question, Whom};
use totatsu_base::messages;
use totatsu_base::say;

/// Characters of a reason.
const REASON: usize = 1000;
/// Characters of a name: of a person, a delivery, a partner or a link.
const NAME: usize = 200;
/// Characters of a path.
const PATH: usize = 4096;

/// A reason as it is recorded: on one line, and not longer than an auditor reads.
///
/// # Errors
/// The text says what is wrong.
pub fn reason(text: &str) -> Result<String, String> {
    let text: String =
        text.trim().chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c }).collect();
    if text.is_empty() {
        return Err(say!("control-say-why"));
    }
    checked("control-text-reason", &text, REASON)?;
    Ok(text)
}

/// A person's name as it is recorded.
///
/// # Errors
/// The text says what is wrong.
pub fn name(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(say!("control-say-who"));
    }
    checked("control-text-name", text, NAME)?;
    Ok(text.to_owned())
}

impl Question {
    /// The question with every text within its limits.
    ///
    /// # Errors
    /// A text is outside its limits.
    pub(super) fn checked(mut self) -> Result<Question, ControlError> {
        self.check().map_err(ControlError::Unfit)?;
        Ok(self)
    }

    fn check(&mut self) -> Result<(), String> {
        match self {
            Question::List(filter) => {
                let DeliveryFilter { states, link, among, municipality, partner, name, by, .. } = &**filter;
                states.iter().try_for_each(|state| checked("control-text-state", state, NAME))?;
                among.iter().try_for_each(|link| checked("control-text-a-link", link, NAME))?;
                let texts = [
                    ("control-text-link", link),
                    ("control-text-partner", partner),
                    ("control-text-name", name),
                    ("control-text-name", by),
                    ("control-text-name", municipality),
                ];
                texts.into_iter().try_for_each(|(what, text)| {
                    text.as_ref().map_or(Ok(()), |text| checked(what, text, NAME))
                })
            }
            Question::Show { id } => checked("control-text-id", id, NAME),
            Question::Try { partner } => checked("control-text-partner", partner, NAME),
            Question::Look { link } => checked("control-text-link", link, NAME),
            Question::ReceiptNumber { .. } | Question::Status | Question::JournalEnd => Ok(()),
            Question::Errand { errand, .. } => checked_errand(errand),
            Question::Hold { whom, by, reason, until: _ } | Question::Release { whom, by, reason } => {
                let (what, of) = match whom {
                    Whom::Delivery(id) => ("control-text-id", id),
                    Whom::Partner(partner) => ("control-text-partner", partner),
                    Whom::Link(link) => ("control-text-link", link),
                };
                checked(what, of, NAME)?;
                act(by, reason)
            }
            Question::Confirm { id, says, by, reason, .. } => {
                checked("control-text-id", id, NAME)?;
                *says = name(says)?;
                act(by, reason)
            }
            Question::Resend { id, by, reason, even_if_older: _ }
            | Question::Cancel(DeliveryAct { id, by, reason })
            | Question::Withdraw(DeliveryAct { id, by, reason })
            | Question::ClearContents(DeliveryAct { id, by, reason }) => {
                checked("control-text-id", id, NAME)?;
                act(by, reason)
            }
            Question::Trusted { partner, key, jump: _, by } => {
                checked("control-text-partner", partner, NAME)?;
                checked("control-text-name", key, NAME)?;
                checked("control-text-name", by, NAME)
            }
            Question::Reload { by } => checked("control-text-name", by, NAME),
            Question::Import { directory, by } => {
                checked("control-text-directory", &directory.to_string_lossy(), PATH)?;
                checked("control-text-name", by, NAME)
            }
        }
    }
}

fn checked_errand(errand: &Errand) -> Result<(), String> {
    let id = |id: &String| checked("control-text-id", id, NAME);
    match errand {
        Errand::Report { id: one }
        | Errand::ReceiptShow { id: one, .. }
        | Errand::ReceiptVerify { id: one }
        | Errand::ReceiptBundle { id: one } => id(one),
        Errand::Sheet { ids, .. } => ids.iter().try_for_each(id),
        Errand::AuditExport { municipality: Some(code), .. } => checked("control-text-name", code, NAME),
        Errand::AuditActs { by: Some(by), .. } => checked("control-text-name", by, NAME),
        Errand::AuditExport { municipality: None, .. }
        | Errand::AuditActs { by: None, .. }
        | Errand::AuditVerify { .. }
        | Errand::ReceiptKey
        | Errand::Outbox => Ok(()),
    }
}

fn act(by: &str, why: &mut String) -> Result<(), String> {
    // Who asks is told by the system; a command may say nothing about it.
    checked("control-text-name", by, NAME)?;
    *why = reason(why)?;
    Ok(())
}

/// Makes sure that a text is short enough and has no control characters. `what` is the id of the message that names the text.
fn checked(what: &str, text: &str, limit: usize) -> Result<(), String> {
    let named = || messages::text(what, &[]);
    let length = text.chars().count();
    if length > limit {
        return Err(say!("control-text-too-long", what = named(), length = length, limit = limit));
    }
    // Whoever reads it later reads it on a terminal.
    if text.contains(char::is_control) {
        return Err(say!("control-text-control", what = named()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_of_many_pages_is_refused_and_one_of_several_lines_becomes_one_line() {
        assert_eq!(reason(" 電話で\n確認 ").unwrap(), "電話で 確認");
        assert_eq!(reason(&"あ".repeat(REASON)).unwrap().chars().count(), REASON);
        assert!(reason(&"あ".repeat(REASON + 1)).unwrap_err().contains("is the limit"));
        assert!(reason("\u{1b}[2J").unwrap_err().contains("control character"));
        assert!(reason("  ").unwrap_err().contains("say why"));
    }

    #[test]
    fn every_text_of_every_question_has_a_limit() {
        let long = || "x".repeat(PATH + 1);
        let (by, ok) = (String::new, || "x".to_owned());
        let asked = |whom| Question::Hold { whom, by: by(), reason: ok(), until: None };
        let how = totatsu_base::evidence::How::Phone;
        let list = |which: usize| {
            let mut texts = [const { None }; 7];
            texts[which] = Some(long());
            let [state, one, link, partner, municipality, name, by] = texts;
            let (states, among) = (state.into_iter().collect(), one.into_iter().collect());
            let filter =
                DeliveryFilter { states, among, link, partner, municipality, name, by, ..Default::default() };
            Question::List(Box::new(filter))
        };
        let trusted = |partner, key, by| Question::Trusted { partner, key, jump: false, by };
        let errand = |errand| Question::Errand { errand, json: false, tongue: messages::Tongue::En };
        let questions = [
            list(0),
            list(1),
            list(2),
            list(3),
            list(4),
            list(5),
            list(6),
            Question::Show { id: long() },
            Question::Try { partner: long() },
            Question::Look { link: long() },
            asked(Whom::Delivery(long())),
            asked(Whom::Partner(long())),
            asked(Whom::Link(long())),
            Question::Release { whom: Whom::Delivery(ok()), by: long(), reason: ok() },
            Question::Release { whom: Whom::Delivery(ok()), by: by(), reason: long() },
            Question::Confirm { id: ok(), says: long(), by: by(), how, reason: ok() },
            Question::Confirm { id: ok(), says: ok(), by: by(), how, reason: long() },
            Question::Resend { id: ok(), by: by(), reason: long(), even_if_older: false },
            Question::Cancel(DeliveryAct { id: long(), by: by(), reason: ok() }),
            Question::ClearContents(DeliveryAct { id: ok(), by: by(), reason: long() }),
            Question::Withdraw(DeliveryAct { id: long(), by: by(), reason: ok() }),
            trusted(long(), ok(), by()),
            trusted(ok(), long(), by()),
            trusted(ok(), ok(), long()),
            Question::Reload { by: long() },
            errand(Errand::Report { id: long() }),
            errand(Errand::ReceiptVerify { id: long() }),
            errand(Errand::ReceiptBundle { id: long() }),
            Question::Import { directory: long().into(), by: by() },
            Question::Import { directory: ok().into(), by: long() },
        ];
        for question in questions {
            let shown = format!("{question:?}").chars().take(60).collect::<String>();
            assert!(matches!(question.checked(), Err(ControlError::Unfit(_))), "{shown}");
        }
        assert!(asked(Whom::Link(ok())).checked().is_ok());
    }
}
