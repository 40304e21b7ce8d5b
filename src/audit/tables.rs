//! The tables of an export: deliveries and acts by hand, as CSV that Excel opens as it is.
//!
//! UTF-8 with a byte order mark, Japanese headings, lines ended by CRLF. A cell that a spreadsheet could take for a formula
//! is made harmless. Counts and sums only, no contents of records. Words of fixed lists stand as the journal has them, for programs; what
//! they are called in Japanese stands in columns of its own, behind all others, so that no column ever moves.

use std::fmt::Display;

use super::acts::RecordedAct;
use crate::receipt;
use totatsu_base::evidence::Grade;
use totatsu_base::messages::{Tongue, text_in};
use totatsu_base::{Moment, say};
use totatsu_ledger::words::{grade_word_in, state_word_in};
use totatsu_ledger::{Delivery, Stage};

/// Tells Excel that a file is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";
/// What begins a formula; Japanese spreadsheets take the wide forms as well.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
/// Headings of the deliveries. Programs read columns by them: none is renamed.
const DELIVERIES: [&str; 30] = [
    "配信ID",
    "方向",
    "連携",
    "連携先",
    "原本ファイル名",
    "原本バイト数",
    "原本SHA-256",
    "送信・引渡バイト数",
    "送信・引渡SHA-256",
    "レコード数",
    "合計",
    "受付・検出日時",
    "到達・引渡日時",
    "到達証日時",
    "証明の段階",
    "連携先でのパス",
    "転送回数",
    "最終状態",
    "理由",
    "到達証番号",
    "到達証SHA-256",
    "署名",
    "手作業件数",
    "再送元の配信ID",
    "原本の受付日時",
    "保管期限",
    "最終状態（日本語）",
    "証明の段階（日本語）",
    "内容の削除日時",
    "投入者",
];
/// Headings of the acts.
const ACTS: [&str; 7] = ["日時", "実施者", "行為", "対象", "連携・連携先", "理由", "行為（日本語）"];

/// A delivery of the export.
#[derive(Debug)]
pub(super) struct Row<'a> {
    /// The delivery as it stands.
    pub(super) delivery: &'a Delivery,
    /// When it began: accepted, or sent again.
    pub(super) began: Moment,
    /// Its receipt's signature is in the export.
    pub(super) signed: bool,
}

/// The deliveries, one a row.
pub(super) fn deliveries<'a>(rows: impl Iterator<Item = Row<'a>>) -> csv::Result<Vec<u8>> {
    table(&DELIVERIES, rows.map(|row| row.cells()))
}

/// The acts, one a row, as they happened.
pub(super) fn acts<'a>(acts: impl Iterator<Item = &'a RecordedAct>) -> csv::Result<Vec<u8>> {
    let cells = |act: &RecordedAct| {
        let places = [act.link.clone(), act.partner.clone()].into_iter().flatten().collect::<Vec<_>>();
        let about = act.delivery.clone().unwrap_or_default();
        let at = cell_of(act.at);
        let called = act.message().map(in_japanese);
        vec![at, act.by.clone(), act.event.clone(), about, places.join(" "), act.why(), shown(called)]
    };
    table(&ACTS, acts.map(cells))
}

impl Row<'_> {
    fn cells(&self) -> Vec<String> {
        let delivery = self.delivery;
        let (source, converted) = (delivery.source(), delivery.converted.as_ref());
        let collection = delivery.collection();
        let decoded = collection.and_then(|collection| collection.decoded.as_ref());
        let placing = collection.and_then(|collection| collection.placing.as_ref());
        let issued = delivery.receipt;
        let signed = issued.map(|_| if self.signed { "あり" } else { "なし" }.to_owned());
        let totals = converted.map(|converted| {
            let signed = converted.signed_totals.iter().map(|(item, sum)| (item, i128::from(*sum)));
            listed(converted.totals.iter().map(|(item, sum)| (item, i128::from(*sum))).chain(signed))
        });
        let sums = decoded.map(|decoded| listed(&decoded.totals));
        let counts =
            converted.map(|converted| &converted.records).or(decoded.map(|decoded| &decoded.records));
        let records = counts.map(listed);
        let path = delivery.published.as_ref().map(|published| published.path.clone());
        let path = path.or(collection.map(|collection| collection.found.path.clone()));
        let arrived = if collection.is_some() { Stage::Placed } else { Stage::Published };
        let resent = delivery.resend_of.as_ref();
        vec![
            delivery.id.to_string(),
            if collection.is_some() { "受信" } else { "送信" }.to_owned(),
            delivery.link.clone(),
            delivery.partner.clone(),
            delivery.name().to_owned(),
            shown(source.map(|source| source.size)),
            shown(source.map(|source| source.sha256)),
            shown(converted.map(|converted| converted.size).or(placing.map(|placing| placing.size))),
            shown(converted.map(|converted| converted.sha256).or(placing.map(|placing| placing.sha256))),
            shown(records),
            shown(totals.or(sums)),
            cell_of(self.began),
            shown(delivery.reached(arrived).map(cell_of)),
            shown(delivery.reached(Stage::Receipted).map(cell_of)),
            shown(receipt::grade(delivery).map(Grade::word)),
            shown(path),
            delivery.transfers.to_string(),
            delivery.state().to_owned(),
            reason(delivery),
            shown(issued.map(|receipt| receipt.number)),
            shown(issued.map(|receipt| receipt.sha256)),
            shown(signed),
            delivery.by_hand.len().to_string(),
            shown(resent),
            shown(resent.map(|_| cell_of(delivery.accepted_at))),
            shown(delivery.archived.as_ref().map(|archived| cell_of(archived.keep_until))),
            shown(state_word_in(Tongue::Ja, delivery.state())),
            shown(receipt::grade(delivery).map(|grade| grade_word_in(Tongue::Ja, grade))),
            shown(delivery.contents_removed.as_ref().map(|removed| cell_of(removed.at))),
            shown(delivery.accepted().and_then(|accepted| accepted.dropped_by.as_ref())),
        ]
    }
}

/// An export is read in Japan, whoever makes it.
fn in_japanese(id: &str) -> String {
    text_in(Tongue::Ja, id, &[])
}

/// An instant as clocks in Japan show it, in the form that spreadsheets take for one; the journal's lines have the milliseconds.
fn cell_of(moment: Moment) -> String {
    moment.in_japan().strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn listed<'v, V: Display + 'v>(values: impl IntoIterator<Item = (&'v String, V)>) -> String {
    values.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
}

fn shown(value: Option<impl Display>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// Why a delivery stands where it stands, if anything but the usual.
fn reason(delivery: &Delivery) -> String {
    let ended = || match &delivery.superseded_by {
        Some(newer) => Some(say!("audit-superseded-by", delivery = newer)),
        None if delivery.stage == Stage::Cancelled => delivery.by_hand.last().map(|act| act.reason.clone()),
        None => delivery.problems.map(|problems| say!("audit-problems", problems = problems)),
    };
    delivery.standing.why(&delivery.id).or_else(ended).unwrap_or_default()
}

fn table(headings: &[&str], rows: impl Iterator<Item = Vec<String>>) -> csv::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    writer.write_record(headings)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| harmless(cell)))?;
    }
    Ok(writer.into_inner().map_err(csv::IntoInnerError::into_error)?)
}

/// The cell, with an apostrophe before what would begin a formula.
fn harmless(cell: &str) -> String {
    if cell.starts_with(FORMULA) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_a_formula_and_every_other_stays_as_it_is() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "－1"] {
            assert_eq!(harmless(formula), format!("'{formula}"));
        }
        for plain in ["", "a=b", "金額1=-5", "20261122-183005-k7m2q9"] {
            assert_eq!(harmless(plain), plain);
        }
    }

    #[test]
    fn a_table_begins_with_the_mark_of_utf_8_and_quotes_what_would_break_a_row() {
        let rows = [vec!["一,二".to_owned(), "三\"四\n五".to_owned()]];
        let text = String::from_utf8(table(&["甲", "乙"], rows.into_iter()).unwrap()).unwrap();
        assert_eq!(text, "\u{feff}甲,乙\r\n\"一,二\",\"三\"\"四\n五\"\r\n");
    }

    #[test]
    fn any_line_that_names_a_person_is_an_act_also_one_of_no_delivery() {
        let line = r#"{"seq":1,"at":"2026-11-22T18:30:05.123+09:00","event":"partner_held","partner":"eltax","by":"tanaka","reason":"=x"}"#;
        let act: RecordedAct = serde_json::from_str(line).unwrap();
        let text = String::from_utf8(acts([act].iter()).unwrap()).unwrap();
        let row = text.lines().nth(1).unwrap();
        assert_eq!(row, "2026-11-22 18:30:05,tanaka,partner_held,,eltax,'=x,連携先の保留");
        let none = r#"{"seq":1,"at":"2026-11-22T18:30:05.123+09:00","event":"converted"}"#;
        assert!(serde_json::from_str::<RecordedAct>(none).is_err());
    }
}
