//! Arguments that are one word of a fixed list.
//!
//! Owns how such a list is offered: each word with its meaning, which is the doc comment of its variant. Other words that the type
//! takes for the same variant are taken too.

use std::str::FromStr;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use strum::{EnumMessage, VariantArray};

/// Takes one of the words of `T`; the help shows them all with what they mean.
pub(super) fn one_of<T>() -> impl TypedValueParser<Value = T>
where
    T: VariantArray + EnumMessage + FromStr + Copy + Into<&'static str> + Send + Sync + 'static,
{
    let words = T::VARIANTS.iter().map(|value| {
        let meaning = value.get_documentation().unwrap_or_default();
        let others = value.get_serializations();
        PossibleValue::new((*value).into()).aliases(others).help(meaning.trim_end_matches('.'))
    });
    PossibleValuesParser::new(words)
        .map(|word| T::from_str(&word).ok().expect("only the words above get here"))
}
