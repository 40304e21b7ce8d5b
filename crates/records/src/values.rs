//! What a layout takes from elsewhere than the rows: literals, and the values of the gateway and of the link.
//!
//! Owns: the meaning of the gateway's values, and the bytes of every item that is the same throughout a file.
//! Promises: bytes that are handed out fill their item; no character of a value was replaced and nothing was cut.
//! On failure: [`RefusedValue`] for the first value that does not fit, before anything is written.
//! Never: reads the source.

use std::borrow::Cow;
use std::collections::BTreeMap;
use totatsu_base::say;

use crate::layout::item::{EncodingBuffer, Fault, Item, ValueOrigin};
use crate::layout::{CheckMethod, GatewayValue, Layout};
use totatsu_base::Moment;

/// The values that a layout may take from the gateway, the link and the delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayoutValues {
    /// 全国地方公共団体コード of six digits, or its first five.
    pub municipality_code: String,
    /// The business date of the delivery.
    pub business_date: jiff::civil::Date,
    /// When the delivery was accepted, by the clock in Japan.
    pub accepted_at: jiff::civil::DateTime,
    /// What the link says, by the names the layout uses.
    pub link: BTreeMap<String, String>,
}

impl LayoutValues {
    /// What the gateway, the link and the instant of acceptance give.
    pub fn of(municipality_code: &str, accepted_at: Moment, link: &BTreeMap<String, String>) -> LayoutValues {
        LayoutValues {
            municipality_code: municipality_code.to_owned(),
            business_date: accepted_at.date(),
            accepted_at: accepted_at.in_japan().datetime(),
            link: link.clone(),
        }
    }
}

/// A value of the configuration or the link does not fit the layout. The operator corrects it and releases the delivery.
#[derive(Debug, thiserror::Error)]
#[error(
    "{}", say!("record-refused-value", record = record, item = item, reason = reason))]
pub struct RefusedValue {
    /// The record's name.
    pub record: String,
    /// The item's number and name.
    pub item: String,
    /// What is wrong, and what would be right.
    pub reason: String,
}

/// The bytes of every item that is the same throughout a file, by kind of record and by item.
pub(crate) type FixedBytes = Vec<Vec<Option<Vec<u8>>>>;

/// Whether a layout can take what gateway and link give it.
///
/// # Errors
/// [`RefusedValue`] for the first value that doesn't fit.
pub fn check_values(layout: &Layout, values: &LayoutValues) -> Result<(), RefusedValue> {
    ours(&*chosen(layout, values)?, values).map(drop)
}

/// Whether a layout can be read with what gateway and link give it. Values that the link doesn't give are left open.
///
/// # Errors
/// [`RefusedValue`] for the first value that doesn't fit.
pub fn check_values_of_partner(layout: &Layout, values: &LayoutValues) -> Result<(), RefusedValue> {
    of_partner(&*chosen(layout, values)?, values).map(drop)
}

/// The layout as the link chooses it.
pub(crate) fn chosen<'l>(layout: &'l Layout, values: &LayoutValues) -> Result<Cow<'l, Layout>, RefusedValue> {
    layout.chosen_by(&values.link).map_err(|(item, choices)| RefusedValue {
        record: layout.id().to_owned(),
        item,
        reason: say!("record-choice", choices = choices),
    })
}

/// The bytes of every item that is the same throughout the file, by record and item.
pub(crate) fn ours(layout: &Layout, values: &LayoutValues) -> Result<FixedBytes, RefusedValue> {
    bytes_of(layout, |item| constant(item, values))
}

/// The bytes that a partner's file must hold too. A partner makes its file on a day of its own, so dates and times of the
/// gateway are left open, and so are values that the link does not give.
pub(crate) fn of_partner(layout: &Layout, values: &LayoutValues) -> Result<FixedBytes, RefusedValue> {
    use GatewayValue::{AcceptedDate, AcceptedTime, BusinessDate};
    let is_open = |source: &ValueOrigin| {
        let of_that_day = matches!(source, ValueOrigin::Gateway(BusinessDate | AcceptedDate | AcceptedTime));
        of_that_day || matches!(source, ValueOrigin::Link { key, .. } if !values.link.contains_key(key))
    };
    bytes_of(layout, |item| if is_open(&item.source) { Ok(None) } else { constant(item, values) })
}

fn bytes_of(
    layout: &Layout,
    constant: impl Fn(&Item) -> Result<Option<String>, String>,
) -> Result<FixedBytes, RefusedValue> {
    let mut constants = Vec::new();
    let mut buffer = EncodingBuffer::default();
    for record in &layout.records {
        let mut of_record = Vec::new();
        for item in &record.items {
            let refused = |reason| RefusedValue { record: record.name.clone(), item: item.label(), reason };
            let text = constant(item).map_err(refused)?;
            of_record.push(match (&item.source, text) {
                (ValueOrigin::Bytes(bytes), _) => Some(bytes.clone()),
                (_, None) => None,
                (_, Some(text)) => {
                    item.write(&text, &mut buffer);
                    if let Some(fold) = buffer.folds.drain(..).next() {
                        return Err(refused(say!("record-value-folded", table = fold.table)));
                    }
                    if let Some(fault) = buffer.faults.drain(..).next() {
                        return Err(refused(say!(
                            "record-value-fault",
                            wrong = fault.wrong(),
                            accepted = fault.accepted()
                        )));
                    }
                    Some(buffer.bytes.clone())
                }
            });
        }
        constants.push(of_record);
    }
    Ok(constants)
}

/// The text of an item that is the same throughout the file; `None` for the others.
fn constant(item: &Item, values: &LayoutValues) -> Result<Option<String>, String> {
    match &item.source {
        ValueOrigin::Literal(text) => Ok(Some(text.clone())),
        ValueOrigin::Gateway(value) => gateway_value(*value, values).map(Some),
        ValueOrigin::Link { key, default } => match values.link.get(key).or(default.as_ref()) {
            Some(text) => Ok(Some(text.clone())),
            None => Err(say!("record-no-value", key = key)),
        },
        ValueOrigin::Column(_)
        | ValueOrigin::Bytes(_)
        | ValueOrigin::Total(_)
        | ValueOrigin::Sequence { .. }
        | ValueOrigin::CheckDigit { .. }
        | ValueOrigin::Block(_) => Ok(None),
    }
}

fn gateway_value(value: GatewayValue, values: &LayoutValues) -> Result<String, String> {
    let five = || five_digits(&values.municipality_code);
    match value {
        GatewayValue::MunicipalityCode => five().map(str::to_owned),
        GatewayValue::MunicipalityCodeWithCheckDigit => {
            Ok(six_digits(five()?).ok_or(say!("record-code-not-five"))?)
        }
        GatewayValue::PrefectureCode => Ok(five()?[..2].to_owned()),
        GatewayValue::MunicipalityInPrefecture => Ok(five()?[2..].to_owned()),
        GatewayValue::BusinessDate => Ok(values.business_date.strftime("%Y%m%d").to_string()),
        GatewayValue::AcceptedDate => Ok(values.accepted_at.date().strftime("%Y%m%d").to_string()),
        GatewayValue::AcceptedTime => Ok(values.accepted_at.time().strftime("%H%M%S").to_string()),
    }
}

/// A municipality's code of five digits with its check digit behind it. `None` if `five` isn't five digits.
pub fn six_digits(five: &str) -> Option<String> {
    let digit = CheckMethod::MunicipalityCode.digit(five.bytes())?;
    Some(format!("{five}{}", char::from(digit)))
}

/// The code without its check digit. Of six digits the last must be the check digit of the five before it.
fn five_digits(code: &str) -> Result<&str, String> {
    if !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(say!("record-code-digits"));
    }
    match code.len() {
        5 => Ok(code),
        6 if CheckMethod::MunicipalityCode.verifies(code.as_bytes()) => Ok(&code[..5]),
        6 => Err(say!("record-code-check-digit")),
        _ => Err(say!("record-code-length")),
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
