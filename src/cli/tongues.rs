//! In which language this process speaks: as `--lang` says, else as the environment does.
//!
//! The language is found out before the command line is parsed, so that help and usage errors are in it too. An unknown language is
//! left for the parser to refuse.

use std::env;
use std::ffi::OsString;
use std::str::FromStr as _;

use totatsu_base::messages::Tongue;

/// The variables that decide where `--lang` isn't given, in the order of POSIX.
const VARIABLES: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

/// The language that the command line asks for, or the environment.
pub(super) fn asked_for() -> Tongue {
    let values = VARIABLES.map(|name| env::var(name).ok());
    named(env::args_os().skip(1)).unwrap_or_else(|| Tongue::asked_by(values.iter().map(Option::as_deref)))
}

/// The language that `--lang` names, wherever it stands.
fn named(arguments: impl Iterator<Item = OsString>) -> Option<Tongue> {
    let mut arguments =
        arguments.map(|word| word.to_string_lossy().into_owned()).take_while(|word| word != "--");
    while let Some(word) = arguments.next() {
        let name = match word.strip_prefix("--lang") {
            Some("") => arguments.next()?,
            Some(with) if with.starts_with('=') => with[1..].to_owned(),
            Some(_) | None => continue,
        };
        return Tongue::from_str(&name).ok();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_may_be_asked_for_anywhere_on_the_command_line() {
        let named = |words: &[&str]| named(words.iter().map(OsString::from));
        for words in [
            &["--lang", "ja", "list"][..],
            &["list", "--lang=ja"],
            &["release", "abc", "--reason", "x", "--lang", "ja"],
        ] {
            assert_eq!(named(words), Some(Tongue::Ja), "{words:?}");
        }
        assert_eq!(named(&["list", "--lang", "en"]), Some(Tongue::En));
        for words in [&["list"][..], &["list", "--lang", "fr"], &["--", "--lang", "ja"], &["--language=ja"]] {
            assert_eq!(named(words), None, "{words:?}");
        }
    }
}
