//! Conversions of 年金特別徴収: usual values, and a source in which one value is another.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use totatsu_records::Remedy;
use totatsu_records::encode::{ConvertError, LayoutValues};

use super::shipped::layout;
use super::trial::Trial;

pub const ID: &str = "eltax/nenkin-tokucho-irai";

impl Trial {
    /// The layout that is shipped, tried in 港区.
    pub fn of_nenkin() -> Trial {
        let values = LayoutValues {
            municipality_code: "131041".into(),
            business_date: jiff::civil::date(2026, 7, 10),
            accepted_at: jiff::civil::date(2026, 7, 10).at(9, 30, 0, 0),
            link: BTreeMap::from([("媒体通番".into(), "007".into())]),
        };
        Trial { values, ..Trial::with(layout(ID)) }
    }

    /// Converts a source that must be rejected; gives the number of problems and the report.
    pub fn rejected(&self, source: &[u8]) -> (u64, String) {
        let error = self.convert(source).expect_err("the source has problems");
        assert_eq!(error.remedy(), Remedy::Hold);
        let ConvertError::BadRecords { problems, report } = error else { panic!("{error}") };
        assert!(!self.path("sent").exists() && !self.path("sent.partial").exists());
        assert_eq!(fs::metadata(&report).unwrap().permissions().mode() & 0o777, 0o600);
        (problems, fs::read_to_string(report).unwrap())
    }

    /// Converts one row in which one item has another value, and gives the bytes of the data record.
    pub fn with_value(&self, item: &str, value: &str) -> Result<Vec<u8>, (u64, String)> {
        let source = source_with(item, value);
        match self.convert(source.as_bytes()) {
            Ok(_) => Ok(fs::read(self.path("sent")).unwrap()[596..1096].to_vec()),
            Err(_) => Err(self.rejected(source.as_bytes())),
        }
    }
}

pub const ROW: [(&str, &str); 19] = [
    ("特別徴収義務者コード", "999"),
    ("通知内容コード", "01"),
    ("特別徴収制度コード", "0"),
    ("基礎年金番号", "1234567890"),
    ("年金コード", "1150"),
    ("生年月日", "19450815"),
    ("性別", "1"),
    ("カナ氏名", "ヤマダ タロウ"),
    ("漢字氏名", "山田　太郎"),
    ("郵便番号", "1600023"),
    ("カナ住所", "シンジュク1-2-3"),
    ("漢字住所", "新宿１－２－３"),
    ("各種区分", "01"),
    ("処理結果", ""),
    ("各種年月日", "20260710"),
    ("金額1", "5000"),
    ("金額2", "4000"),
    ("金額3", "0"),
    ("共済年金証書記号番号", ""),
];

pub fn row_with(item: &str, value: &str) -> String {
    let quote = |value: &str| format!("\"{}\"", value.replace('"', "\"\""));
    let fields = ROW.map(|(name, usual)| if name == item { quote(value) } else { usual.to_owned() });
    fields.join(",")
}

pub fn source_with(item: &str, value: &str) -> String {
    format!("{}\n{}\n", ROW.map(|(name, _)| name).join(","), row_with(item, value))
}
