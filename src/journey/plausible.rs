//! Whether a file has about as many records as its link expects.
//!
//! Owns that judgement: far more than the expected maximum, far fewer than each of the last files had, or none where there
//! should be some. Pure; what follows from it is for the plan.

use crate::config::link::{EmptyFile, ExpectedRecords};
use totatsu_base::say;

/// What speaks against a file with `records` records; nothing if the number can be right. None of the link's last files had
/// fewer than `fewest`.
pub(super) fn suspicion(limits: &ExpectedRecords, records: u64, fewest: Option<u64>) -> Option<String> {
    if records == 0 {
        return (limits.empty == EmptyFile::Hold).then(|| say!("journey-no-records"));
    }
    // Exact enough: counts of records are far below where f64 leaves whole numbers out.
    let times = |times: f64, of: u64| times * of as f64;
    if let Some(most) = limits.records.filter(|most| records as f64 > times(limits.at_most_times, *most)) {
        let allowed = limits.at_most_times;
        return Some(say!("journey-too-many-records", records = records, allowed = allowed, most = most));
    }
    let fewest = fewest.filter(|fewest| (records as f64) < times(limits.at_least_share, *fewest))?;
    Some(say!("journey-too-few-records", records = records, fewest = fewest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(records: Option<u64>, empty: EmptyFile) -> ExpectedRecords {
        ExpectedRecords { records, empty, ..ExpectedRecords::default() }
    }

    #[test]
    fn more_than_twice_the_expected_maximum_is_suspicious_and_twice_is_not() {
        let limits = limits(Some(300), EmptyFile::Accept);
        assert_eq!(suspicion(&limits, 600, None), None);
        let told = suspicion(&limits, 601, None).unwrap();
        assert!(told.contains("601 records") && told.contains("2 times the 300"), "{told}");
        assert_eq!(suspicion(&ExpectedRecords { at_most_times: 3.0, ..limits }, 601, None), None);
    }

    #[test]
    fn less_than_a_tenth_of_each_of_the_last_files_is_suspicious_and_a_tenth_is_not() {
        let limits = limits(None, EmptyFile::Accept);
        assert_eq!(suspicion(&limits, 1, None), None);
        assert_eq!(suspicion(&limits, 10, Some(100)), None);
        assert!(
            suspicion(&limits, 9, Some(100)).unwrap().contains("the last ones of this link had 100 at least")
        );
        assert_eq!(suspicion(&ExpectedRecords { at_least_share: 0.0, ..limits }, 1, Some(1_000_000)), None);
    }

    #[test]
    fn an_empty_file_is_suspicious_where_files_are_full_and_right_where_they_are_differences() {
        assert!(suspicion(&limits(None, EmptyFile::Hold), 0, Some(100)).is_some());
        assert_eq!(suspicion(&limits(Some(10), EmptyFile::Accept), 0, Some(100)), None);
    }
}
