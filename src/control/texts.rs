//! Texts that people give with a question: names, and reasons that stand on receipts.
//!
//! Owns their limits. Whatever comes over the socket is checked here, whichever program asks; the command line checks the
//! same before it asks.

use super::protocol::{ControlError, Question, Whom};

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
        return Err("say why: an auditor will ask".to_owned());
    }
    checked("the reason", &text, REASON)?;
    Ok(text)
}

/// A person's name as it is recorded.
///
/// # Errors
/// The text says what is wrong.
pub fn name(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("say who: an auditor will ask".to_owned());
    }
    checked("the name", text, NAME)?;
    Ok(text.to_owned())
}

impl Question {
    /// The question with every text within its limits.
    ///
    /// # Errors
    /// One isn't.
    pub(super) fn checked(mut self) -> Result<Question, ControlError> {
        self.check().map_err(ControlError::Unfit)?;
        Ok(self)
    }

    fn check(&mut self) -> Result<(), String> {
        match self {
            Question::List { state, link, partner, name, among, .. } => {
                among.iter_mut().try_for_each(|link| checked("a link", link, NAME))?;
                let texts =
                    [("the state", state), ("the link", link), ("the partner", partner), ("the name", name)];
                texts.into_iter().try_for_each(|(what, text)| {
                    text.as_ref().map_or(Ok(()), |text| checked(what, text, NAME))
                })
            }
            Question::Show { id } => checked("the id", id, NAME),
            Question::Look { link } => checked("the link", link, NAME),
            Question::ReceiptNumber { .. } | Question::Status => Ok(()),
            Question::Hold { whom, by, reason, until: _ } | Question::Release { whom, by, reason } => {
                let (what, of) = match whom {
                    Whom::Delivery(id) => ("the id", id),
                    Whom::Partner(partner) => ("the partner", partner),
                    Whom::Link(link) => ("the link", link),
                };
                checked(what, of, NAME)?;
                act(by, reason)
            }
            Question::Confirm { id, says, by, reason, .. } => {
                checked("the id", id, NAME)?;
                *says = name(says)?;
                act(by, reason)
            }
            Question::Resend { id, by, reason, even_if_older: _ } | Question::Cancel { id, by, reason } => {
                checked("the id", id, NAME)?;
                act(by, reason)
            }
            Question::Reload { by } => checked("the name", by, NAME),
            Question::Import { directory, by } => {
                checked("the directory", &directory.to_string_lossy(), PATH)?;
                checked("the name", by, NAME)
            }
        }
    }
}

fn act(by: &str, why: &mut String) -> Result<(), String> {
    // Who asks is told by the system; a command may say nothing about it.
    checked("the name", by, NAME)?;
    *why = reason(why)?;
    Ok(())
}

fn checked(what: &str, text: &str, limit: usize) -> Result<(), String> {
    let length = text.chars().count();
    if length > limit {
        return Err(format!("{what} has {length} characters, {limit} is the limit: give a shorter one"));
    }
    // Whoever reads it later reads it on a terminal.
    if text.contains(char::is_control) {
        return Err(format!("{what} contains a control character: leave it out"));
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
            let mut texts = [None, None, None, None];
            texts[which] = Some(long());
            let [state, link, partner, name] = texts;
            Question::List { state, link, partner, name, among: Vec::new(), limit: 1 }
        };
        let questions = [
            list(0),
            list(1),
            list(2),
            list(3),
            Question::Show { id: long() },
            Question::Look { link: long() },
            asked(Whom::Delivery(long())),
            asked(Whom::Partner(long())),
            asked(Whom::Link(long())),
            Question::Release { whom: Whom::Delivery(ok()), by: long(), reason: ok() },
            Question::Release { whom: Whom::Delivery(ok()), by: by(), reason: long() },
            Question::Confirm { id: ok(), says: long(), by: by(), how, reason: ok() },
            Question::Confirm { id: ok(), says: ok(), by: by(), how, reason: long() },
            Question::Resend { id: ok(), by: by(), reason: long(), even_if_older: false },
            Question::Cancel { id: long(), by: by(), reason: ok() },
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
