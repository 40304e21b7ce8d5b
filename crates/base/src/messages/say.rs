//! One message with its arguments, in the language that this process speaks.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::rooms::{ROOMS, Room};
use super::tongue::Tongue;

/// The name of an argument and its value, as text.
pub type Argument<'a> = (&'a str, String);

/// Whether this process speaks Japanese; English until somebody says so.
static JAPANESE: AtomicBool = AtomicBool::new(false);

/// From now on this process speaks this language.
pub fn speak(tongue: Tongue) {
    JAPANESE.store(tongue == Tongue::Ja, Ordering::Relaxed);
}

/// The language that this process speaks.
pub fn tongue() -> Tongue {
    if JAPANESE.load(Ordering::Relaxed) { Tongue::Ja } else { Tongue::En }
}

/// Names a message and its arguments: `say!("ledger-in-use", path = path.display())`. An argument is anything that can be
/// displayed. Gives the text in the language that this process speaks.
#[macro_export]
macro_rules! say {
    ($id:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::messages::text($id, &[$((stringify!($name), ($value).to_string())),*])
    };
}

/// What [`say!`](crate::say) gives, for an id that isn't known when compiling.
pub fn text(id: &str, arguments: &[Argument<'_>]) -> String {
    text_in(tongue(), id, arguments)
}

/// The text in a language that isn't this process's, for what is printed for somebody else.
pub fn text_in(tongue: Tongue, id: &str, arguments: &[Argument<'_>]) -> String {
    let said = bundle_of(tongue, id).and_then(|bundle| said(tongue, bundle, id, arguments));
    said.unwrap_or_else(|| missing(id, arguments))
}

/// The text of a message that takes no argument; nothing where there is no such message.
pub fn text_if_there(tongue: Tongue, id: &str) -> Option<String> {
    bundle_of(tongue, id).and_then(|bundle| said(tongue, bundle, id, &[]))
}

/// The message for a word of a list, such as the states; nothing where there is no such message. Its id is the list's, `-`, and the
/// word, with `-` for each `_` of the word.
pub fn word_in(tongue: Tongue, list: &str, word: &str) -> Option<String> {
    text_if_there(tongue, &format!("{list}-{}", word.replace('_', "-")))
}

/// The word of a list in the language that this process speaks, see [`word_in`]; a word without a message is told as it is.
pub fn word_of(list: &str, word: &str) -> String {
    word_in(tongue(), list, word).unwrap_or_else(|| word.to_owned())
}

/// The code of a message, where it has one.
pub fn code_of(id: &str) -> Option<String> {
    attribute(Tongue::En, id, "code")
}

/// An attribute of a message.
pub(super) fn attribute(tongue: Tongue, id: &str, name: &str) -> Option<String> {
    let bundle = bundle_of(tongue, id)?;
    let attribute = bundle.get_message(id)?.get_attribute(name)?;
    Some(bundle.format_pattern(attribute.value(), None, &mut Vec::new()).into_owned())
}

fn said(
    tongue: Tongue,
    bundle: &FluentBundle<FluentResource>,
    id: &str,
    arguments: &[Argument<'_>],
) -> Option<String> {
    if tongue == Tongue::Ja && arguments.iter().any(|(_, value)| value.ends_with(is_japanese)) {
        let marked: Vec<_> = arguments.iter().map(|(name, value)| (*name, with_seam(value))).collect();
        return formatted(bundle, id, &marked).map(|text| without_seams(&text));
    }
    formatted(bundle, id, arguments)
}

fn formatted(bundle: &FluentBundle<FluentResource>, id: &str, arguments: &[Argument<'_>]) -> Option<String> {
    let message = bundle.get_message(id)?;
    let given: FluentArgs<'_> =
        arguments.iter().map(|(name, value)| (*name, FluentValue::from(value.as_str()))).collect();
    let mut text = bundle.format_pattern(message.value()?, Some(&given), &mut Vec::new()).into_owned();
    if let Some(code) = message.get_attribute("code") {
        text = format!("{text} [{}]", bundle.format_pattern(code.value(), None, &mut Vec::new()));
    }
    Some(text)
}

/// Behind an argument whose value ends in Japanese, until the whole is made: no letter of any language.
const SEAM: char = '\u{2063}';

/// A value of a Japanese message. Behind a Latin word a space stands before は or を; behind a Japanese word it is too much, which is known
/// only when both are put together.
fn with_seam(value: &str) -> String {
    if value.ends_with(is_japanese) { format!("{value}{SEAM}") } else { value.to_owned() }
}

/// Takes the marks away, and each space that a mark shows to be too much.
fn without_seams(text: &str) -> String {
    let mut parts = text.split(SEAM);
    let mut joined = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let follows =
            part.strip_prefix(' ').filter(|rest| rest.starts_with(|c: char| matches!(c, 'ぁ'..='ゖ')));
        joined += follows.unwrap_or(part);
    }
    joined
}

fn is_japanese(c: char) -> bool {
    matches!(c, 'ぁ'..='ヿ' | '一'..='鿿' | '！'..='～' | '、'..='〟')
}

/// A message that no file has: a fault of this program, and still nothing is lost of what it says.
fn missing(id: &str, arguments: &[Argument<'_>]) -> String {
    let given: Vec<_> = arguments.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    format!("{id} ({})", given.join(", "))
}

/// The messages of the room that an id belongs to. They are read when the first of them is needed.
fn bundle_of(tongue: Tongue, id: &str) -> Option<&'static FluentBundle<FluentResource>> {
    static BUNDLES: [[OnceLock<FluentBundle<FluentResource>>; 2]; ROOMS.len()] =
        [const { [const { OnceLock::new() }; 2] }; ROOMS.len()];
    let room = id.split('-').next()?;
    let at = ROOMS.iter().position(|known| known.name == room)?;
    Some(BUNDLES[at][usize::from(tongue == Tongue::Ja)].get_or_init(|| read(&ROOMS[at], tongue)))
}

/// Reads a room's messages. What isn't well written is left out, and a test finds it first.
fn read(room: &Room, tongue: Tongue) -> FluentBundle<FluentResource> {
    let language: LanguageIdentifier = tongue.of("ja", "en").parse().expect("both are names of languages");
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Marks around arguments are for languages that run from right to left.
    bundle.set_use_isolating(false);
    // Arguments are texts, so that a path "007" stays one; a message that has a plural says which of them is a number.
    let counted = bundle.add_function("COUNT", |given, _| match given {
        [FluentValue::String(digits), ..] => FluentValue::try_number(digits).into_owned(),
        _ => FluentValue::Error,
    });
    debug_assert!(counted.is_ok(), "no other function is called so");
    let resource =
        FluentResource::try_new(room.of(tongue).to_owned()).unwrap_or_else(|(readable, _)| readable);
    let added = bundle.add_resource(resource);
    debug_assert!(added.is_ok(), "{}.ftl says an id twice: {added:?}", room.name);
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_told_in_the_language_asked_for_with_its_arguments_and_its_code() {
        let given = [("doing", "x".to_owned()), ("error", "007".to_owned())];
        assert_eq!(text_in(Tongue::En, "disk-failed", &given), "x: 007 [TT-1001]");
        assert_eq!(text_in(Tongue::Ja, "disk-failed", &given), "xに失敗しました: 007 [TT-1001]");
    }

    #[test]
    fn behind_a_japanese_word_no_space_stands_before_a_particle_and_behind_a_latin_one_it_stays() {
        let told =
            |subject: &str| text_in(Tongue::Ja, "control-not-held", &[("subject", subject.to_owned())]);
        assert!(told("連携 年金").starts_with("連携 年金は保留していません"), "{}", told("連携 年金"));
        assert!(told("連携 irai").starts_with("連携 irai は保留していません"), "{}", told("連携 irai"));
    }

    #[test]
    fn a_word_of_a_list_is_told_by_its_message_and_one_without_a_message_as_it_is() {
        let word = word_in(Tongue::Ja, "list-act", "contents_removed");
        assert!(word.is_some());
        assert_eq!(word, text_if_there(Tongue::Ja, "list-act-contents-removed"));
        assert_eq!(word_in(Tongue::En, "list-act", "of_tomorrow"), None);
        assert_eq!(word_of("list-act", "of_tomorrow"), "of_tomorrow");
    }

    #[test]
    fn a_message_that_is_missing_is_told_by_its_id_and_loses_no_argument() {
        assert_eq!(
            text("nowhere-to-be-found", &[("path", "/x".to_owned())]),
            "nowhere-to-be-found (path: /x)"
        );
        assert_eq!(text("disk-nothing-like-it", &[]), "disk-nothing-like-it ()");
    }
}
