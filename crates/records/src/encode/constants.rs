//! What does not change from record to record: literals, fillers, and the values of gateway and link.
//!
//! Owns: the template of each kind of record, and the meaning of the gateway's values.
//! Promises: a template holds every item that the source and the totals do not fill.
//! On failure: [`ConvertError::BadValue`] before anything is written.
//! Never: reads the source.

use super::draft::Draft;
use super::{ConvertError, Values};
use crate::layout::item::{Ink, Item, Source};
use crate::layout::{CheckMethod, GatewayValue, Layout};

/// One record of each kind, with everything filled in that is the same in every such record of the file.
pub(super) fn templates(layout: &Layout, values: &Values) -> Result<Vec<Draft>, ConvertError> {
    let mut templates = Vec::new();
    for (record, constants) in layout.records.iter().zip(ours(layout, values)?) {
        let mut draft = Draft::of(record, &layout.shape);
        for ((n, item), constant) in record.items.iter().enumerate().zip(constants) {
            if let Some(bytes) = constant {
                draft.set(item, n, &bytes);
            }
        }
        templates.push(draft);
    }
    Ok(templates)
}

/// The bytes of every item that is the same throughout the file, by record and item.
pub(crate) fn ours(layout: &Layout, values: &Values) -> Result<Vec<Vec<Option<Vec<u8>>>>, ConvertError> {
    bytes_of(layout, |item| constant(item, values))
}

/// The same of a file that a partner made: on which day it did so is its own affair, and so is what the link says nothing
/// of.
pub(crate) fn recognisable(
    layout: &Layout,
    values: &Values,
) -> Result<Vec<Vec<Option<Vec<u8>>>>, ConvertError> {
    use GatewayValue::{AcceptedDate, AcceptedTime, BusinessDate};
    let is_the_partners = |source: &Source| {
        let of_that_day = matches!(source, Source::Gateway(BusinessDate | AcceptedDate | AcceptedTime));
        of_that_day || matches!(source, Source::Link { key, .. } if !values.link.contains_key(key))
    };
    bytes_of(layout, |item| if is_the_partners(&item.source) { Ok(None) } else { constant(item, values) })
}

fn bytes_of(
    layout: &Layout,
    constant: impl Fn(&Item) -> Result<Option<String>, String>,
) -> Result<Vec<Vec<Option<Vec<u8>>>>, ConvertError> {
    let mut constants = Vec::new();
    let mut ink = Ink::default();
    for record in &layout.records {
        let mut of_record = Vec::new();
        for item in &record.items {
            let refused =
                |reason| ConvertError::BadValue { record: record.name.clone(), item: item.label(), reason };
            let text = constant(item).map_err(refused)?;
            of_record.push(match (&item.source, text) {
                (Source::Bytes(bytes), _) => Some(bytes.clone()),
                (_, None) => None,
                (_, Some(text)) => {
                    item.write(&text, &mut ink);
                    if let Some(fold) = ink.folds.drain(..).next() {
                        return Err(refused(format!(
                            "a character of the value would be replaced or cut ({}); write what is to be sent",
                            fold.table
                        )));
                    }
                    if let Some(fault) = ink.faults.drain(..).next() {
                        return Err(refused(format!("{}; accepted: {}", fault.wrong(), fault.accepted())));
                    }
                    Some(ink.bytes.clone())
                }
            });
        }
        constants.push(of_record);
    }
    Ok(constants)
}

/// The text of an item that is the same throughout the file; `None` for the others.
fn constant(item: &Item, values: &Values) -> Result<Option<String>, String> {
    match &item.source {
        Source::Literal(text) => Ok(Some(text.clone())),
        Source::Gateway(value) => gateway_value(*value, values).map(Some),
        Source::Link { key, default } => match values.link.get(key).or(default.as_ref()) {
            Some(text) => Ok(Some(text.clone())),
            None => Err(format!("the link has no value \"{key}\" and the layout has no default")),
        },
        Source::Column(_)
        | Source::Bytes(_)
        | Source::Total(_)
        | Source::Sequence { .. }
        | Source::CheckDigit { .. }
        | Source::Block(_) => Ok(None),
    }
}

fn gateway_value(value: GatewayValue, values: &Values) -> Result<String, String> {
    let five = || five_digits(&values.municipality_code);
    match value {
        GatewayValue::MunicipalityCode => five().map(str::to_owned),
        GatewayValue::MunicipalityCodeWithCheckDigit => {
            let five = five()?;
            let digit =
                CheckMethod::MunicipalityCode.digit(five.bytes()).ok_or("the code is not five digits")?;
            Ok(format!("{five}{}", char::from(digit)))
        }
        GatewayValue::PrefectureCode => Ok(five()?[..2].to_owned()),
        GatewayValue::MunicipalityInPrefecture => Ok(five()?[2..].to_owned()),
        GatewayValue::BusinessDate => Ok(values.business_date.strftime("%Y%m%d").to_string()),
        GatewayValue::AcceptedDate => Ok(values.accepted_at.date().strftime("%Y%m%d").to_string()),
        GatewayValue::AcceptedTime => Ok(values.accepted_at.time().strftime("%H%M%S").to_string()),
    }
}

/// The code without its check digit. Of six digits the last must be the check digit of the five before it.
fn five_digits(code: &str) -> Result<&str, String> {
    if !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("the municipality code must be digits".into());
    }
    match code.len() {
        5 => Ok(code),
        6 if CheckMethod::MunicipalityCode.verifies(code.as_bytes()) => Ok(&code[..5]),
        6 => Err("the sixth digit of the municipality code is not the check digit of the other five".into()),
        _ => Err("the municipality code has six digits, or five without the check digit".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_municipality_code_loses_its_check_digit_only_if_that_is_right() {
        for (six, five) in
            [("131041", "13104"), ("011002", "01100"), ("271004", "27100"), ("401307", "40130")]
        {
            assert_eq!(five_digits(six), Ok(five));
            assert_eq!(five_digits(five), Ok(five));
        }
        assert!(five_digits("131042").is_err());
        assert!(five_digits("1310").is_err());
        assert!(five_digits("１３１０４").is_err());
    }
}
