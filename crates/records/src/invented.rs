//! Made-up records of 年金特別徴収 依頼通知: source files for the demo and for tests.
//!
//! Owns: short lists of names and places, combined at random.
//! Promises: the same count and seed always give the same bytes; rows are grouped by 特別徴収義務者コード, so that three
//! or more rows make three blocks; every row fits the layout `eltax/nenkin-tokucho-irai`.
//! On failure: what the writer answers.
//! Never: resembles a real person on purpose; all numbers are drawn.

use std::io::{self, Write};

/// The heading of the source: the input columns of the layout.
pub const HEADING: &str = "特別徴収義務者コード,通知内容コード,特別徴収制度コード,基礎年金番号,年金コード,生年月日,性別,カナ氏名,漢字氏名,郵便番号,カナ住所,漢字住所,各種区分,処理結果,各種年月日,金額1,金額2,金額3,共済年金証書記号番号";

/// Writes a source of `records` rows, with its heading, as UTF-8 CSV.
///
/// # Errors
/// Whatever `out` answers.
pub fn write_csv(out: &mut impl Write, records: u64, seed: u64) -> io::Result<()> {
    let mut dice = Dice(seed);
    let mut row = Vec::with_capacity(1024);
    writeln!(out, "{HEADING}")?;
    for n in 0..records {
        row.clear();
        write_row(&mut row, n, records, &mut dice)?;
        out.write_all(&row)?;
    }
    Ok(())
}

const SURNAMES: [(&str, &str); 16] = [
    ("佐藤", "サトウ"),
    ("鈴木", "スズキ"),
    ("高橋", "タカハシ"),
    ("田中", "タナカ"),
    ("渡邊", "ワタナベ"),
    ("伊藤", "イトウ"),
    ("山本", "ヤマモト"),
    ("中村", "ナカムラ"),
    ("小林", "コバヤシ"),
    ("齋藤", "サイトウ"),
    ("長谷川", "ハセガワ"),
    ("五十嵐", "イガラシ"),
    ("服部", "ハットリ"),
    ("神宮寺", "ジングウジ"),
    ("桜庭", "サクラバ"),
    ("北条", "ホウジョウ"),
];
const WOMEN: [(&str, &str); 8] = [
    ("和子", "カズコ"),
    ("幸子", "サチコ"),
    ("節子", "セツコ"),
    ("洋子", "ヨウコ"),
    ("京子", "キョウコ"),
    ("トメ", "トメ"),
    ("順子", "ジュンコ"),
    ("富美恵", "フミエ"),
];
const MEN: [(&str, &str); 8] = [
    ("清", "キヨシ"),
    ("正一", "ショウイチ"),
    ("茂", "シゲル"),
    ("勇", "イサム"),
    ("健二", "ケンジ"),
    ("修平", "シュウヘイ"),
    ("龍之介", "リュウノスケ"),
    ("弘", "ヒロシ"),
];
const PLACES: [(&str, &str, &str); 8] = [
    ("1600023", "新宿区西新宿", "シンジュククニシシンジュク"),
    ("0640820", "札幌市中央区大通西", "サッポロシチュウオウクオオドオリニシ"),
    ("5300001", "大阪市北区梅田", "オオサカシキタクウメダ"),
    ("8120011", "福岡市博多区博多駅前", "フクオカシハカタクハカタエキマエ"),
    ("2200012", "横浜市西区みなとみらい", "ヨコハマシニシクミナトミライ"),
    ("6008216", "京都市下京区東塩小路町", "キョウトシシモギョウクヒガシシオコウジチョウ"),
    ("9808671", "仙台市青葉区国分町", "センダイシアオバクコクブンチョウ"),
    ("7300011", "広島市中区基町", "ヒロシマシナカクモトマチ"),
];

/// SplitMix64: the same numbers for a seed in every release.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len() as u64) as usize]
    }
}

/// The payers and the share of rows, in percent, at whose end each group ends.
const PAYERS: [(&str, u64, bool); 3] = [("501", 8, true), ("700", 25, true), ("999", 100, false)];

fn write_row(row: &mut Vec<u8>, n: u64, records: u64, dice: &mut Dice) -> io::Result<()> {
    // The first three rows of a small file go to three payers as well.
    let percent = n * 100 / records.max(1);
    let share = |&&(_, end, _): &&(&str, u64, bool)| percent < end;
    let (payer, _, mutual_aid) = match records {
        3.. if n == records - 1 => PAYERS[2],
        3.. if n == 0 => PAYERS[0],
        3..=12 if n == 1 => PAYERS[1],
        _ => *PAYERS.iter().find(share).unwrap_or(&PAYERS[2]),
    };
    let woman = dice.below(100) < 57;
    let (surname, surname_kana) = dice.pick(&SURNAMES);
    let (given, given_kana) = dice.pick(if woman { &WOMEN } else { &MEN });
    let (post, place, place_kana) = dice.pick(&PLACES);
    let (chome, ban, go) = (1 + dice.below(9), 1 + dice.below(30), 1 + dice.below(20));
    let birth = (1925 + dice.below(35), 1 + dice.below(12), 1 + dice.below(28));
    let amount = 2_000 + dice.below(180) * 100;
    let class = ["01", "01", "01", "01", "01", "01", "01", "02", "03"][dice.below(9) as usize];
    write!(
        row,
        "{payer},01,0,{:04}{:06},{},{}{:02}{:02},{},",
        1 + dice.below(9_900),
        n % 1_000_000,
        if mutual_aid { "0160" } else { "1150" },
        birth.0,
        birth.1,
        birth.2,
        if woman { 2 } else { 1 },
    )?;
    write!(row, "{surname_kana} {given_kana},{surname}　{given},{post},")?;
    write!(row, "{place_kana}{chome}-{ban}-{go},{place}{chome}丁目{ban}番{go}号,{class},,20260710,")?;
    write!(row, "{amount},{},{},", amount + dice.below(9) * 100, dice.below(2) * 100)?;
    if mutual_aid {
        write!(row, "A{:07}", dice.below(10_000_000))?;
    }
    writeln!(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(records: u64, seed: u64) -> String {
        let mut out = Vec::new();
        write_csv(&mut out, records, seed).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_same_seed_gives_the_same_rows_and_another_seed_gives_others() {
        assert_eq!(csv(50, 7), csv(50, 7));
        assert_ne!(csv(50, 7), csv(50, 8));
    }

    #[test]
    fn three_rows_or_more_make_three_blocks_and_no_payer_comes_back() {
        for records in [3, 4, 10, 13, 100, 1_000] {
            let text = csv(records, 1);
            let mut payers: Vec<&str> = text.lines().skip(1).map(|line| &line[..3]).collect();
            assert_eq!(payers.len() as u64, records);
            payers.dedup();
            assert_eq!(payers, ["501", "700", "999"], "{records}");
        }
    }
}
