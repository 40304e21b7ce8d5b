//! What does not change from record to record: literals, fillers, and the values of gateway and link.
//!
//! Owns: the template of each kind of record, and the meaning of the gateway's values.
//! Promises: a template holds every item that the source and the totals do not fill.
//! On failure: [`ConvertError::BadValue`] before anything is written.
//! Never: reads the source.

use super::{ConvertError, Values};
use crate::layout::item::{Item, Source};
use crate::layout::{GatewayValue, Layout};

/// One record of each kind, with everything filled in that is the same in every such record of the file.
pub(super) fn templates(layout: &Layout, values: &Values) -> Result<Vec<Vec<u8>>, ConvertError> {
    let mut templates = Vec::new();
    for record in &layout.records {
        let mut template = vec![0; record.length];
        for item in &record.items {
            let refused =
                |reason| ConvertError::BadValue { record: record.name.clone(), item: item.label(), reason };
            if let Source::Bytes(bytes) = &item.source {
                template[item.range.clone()].copy_from_slice(bytes);
            } else if let Some(value) = constant(item, values).map_err(refused)? {
                let mut faults = Vec::new();
                item.write(&value, &mut template, &mut faults);
                if let Some(fault) = faults.first() {
                    return Err(refused(format!("{}; accepted: {}", fault.wrong(), fault.accepted())));
                }
            }
        }
        templates.push(template);
    }
    Ok(templates)
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
        Source::Column(_) | Source::Bytes(_) | Source::Count(_) | Source::Sum(_) | Source::Block(_) => {
            Ok(None)
        }
    }
}

fn gateway_value(value: GatewayValue, values: &Values) -> Result<String, String> {
    match value {
        GatewayValue::MunicipalityCode => five_digits(&values.municipality_code).map(str::to_owned),
        GatewayValue::PrefectureCode => Ok(five_digits(&values.municipality_code)?[..2].to_owned()),
        GatewayValue::MunicipalityInPrefecture => Ok(five_digits(&values.municipality_code)?[2..].to_owned()),
        GatewayValue::BusinessDate => Ok(values.business_date.strftime("%Y%m%d").to_string()),
    }
}

/// The code without its check digit. Of six digits the last must be the check digit of the five before it.
fn five_digits(code: &str) -> Result<&str, String> {
    let digits: Option<Vec<u32>> = code.chars().map(|c| c.to_digit(10)).collect();
    let digits = digits.ok_or("the municipality code must be digits")?;
    match digits[..] {
        [_, _, _, _, _] => Ok(code),
        [a, b, c, d, e, check] => {
            let weighted = 6 * a + 5 * b + 4 * c + 3 * d + 2 * e;
            if (11 - weighted % 11) % 10 == check {
                Ok(&code[..5])
            } else {
                Err("the sixth digit of the municipality code is not the check digit of the other five"
                    .into())
            }
        }
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
