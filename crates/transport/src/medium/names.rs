//! Which names a FAT file system, and Windows, can hold.
//!
//! Owns that rule alone. A name that breaks it is told, never changed: the partner looks for the name that was agreed.

use super::marker::{COMPANIONS, MARKER};
use totatsu_base::say;

/// UTF-16 units that a name may have.
const LIMIT: usize = 255;
/// What Windows takes for a device, with any ending.
const DEVICES: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];
/// What Windows takes for a device where a digit follows, with any ending.
const NUMBERED_DEVICES: [&str; 2] = ["COM", "LPT"];

/// Why a path on a medium can't be held by FAT or Windows; nothing if it can.
pub fn fault_of_path(path: &str) -> Option<String> {
    let inside = path.trim_matches('/');
    let parts: Vec<&str> = inside.split('/').filter(|part| !part.is_empty()).collect();
    let own = [MARKER, COMPANIONS];
    if let Some(first) = parts.first()
        && own.iter().any(|own| own.eq_ignore_ascii_case(first))
    {
        return Some(say!("medium-name-of-ours", name = format!("{first:?}")));
    }
    if parts.is_empty() {
        return Some(say!("medium-name-none"));
    }
    parts.into_iter().find_map(fault_of_name)
}

/// Why a name can't be held by FAT or Windows; nothing if it can.
pub fn fault_of_name(name: &str) -> Option<String> {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let digit =
        |last: &str| matches!(last, "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³");
    let numbered = NUMBERED_DEVICES.iter().any(|device| stem.strip_prefix(device).is_some_and(digit));
    let barred =
        |c: &char| matches!(c, '"' | '*' | '/' | ':' | '<' | '>' | '?' | '\\' | '|') || c.is_control();
    let shown = format!("{name:?}");
    if let Some(c) = name.chars().find(barred) {
        Some(say!("medium-name-letter", name = shown, letter = format!("{c:?}")))
    } else if name.is_empty() || name == "." || name == ".." {
        Some(say!("medium-name-no-name", name = shown))
    } else if name.ends_with('.') || name.ends_with(' ') || name.starts_with(' ') {
        Some(say!("medium-name-space", name = shown))
    } else if DEVICES.contains(&stem.as_str()) || numbered {
        Some(say!("medium-name-device", name = shown))
    } else if name.encode_utf16().count() > LIMIT {
        Some(say!("medium-name-long", name = shown, limit = LIMIT))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_fat_or_windows_cant_hold_are_told() {
        for name in [
            "a:b.DTA", "a?.DTA", "", "..", "x.", "x ", " x", "CON", "con.txt", "Lpt1.dta", "COM¹", "a\tb",
            "NUL .x",
        ] {
            assert!(fault_of_name(name).is_some(), "{name:?}");
        }
        assert!(fault_of_name(&"あ".repeat(256)).is_some());
        assert!(fault_of_name(&"𠮷".repeat(128)).is_some());
    }

    #[test]
    fn the_names_that_partners_agree_on_are_fine() {
        for name in [
            "Z1213101.DTA",
            "依頼データ.txt",
            ".totatsu-20261122-183005-k7m2q9.part",
            "CONSOLE",
            "COM10",
            "COM0",
        ] {
            assert_eq!(fault_of_name(name), None, "{name:?}");
        }
        assert_eq!(fault_of_name(&"あ".repeat(255)), None);
    }

    #[test]
    fn every_part_of_a_path_counts_and_the_gateways_own_names_are_taken() {
        assert_eq!(fault_of_path("IN/Z12.DTA"), None);
        assert!(fault_of_path("IN:1/Z12.DTA").is_some());
        assert!(fault_of_path("../Z12.DTA").is_some());
        assert!(fault_of_path("totatsu/Z12.DTA").is_some());
        assert!(fault_of_path("totatsu.id").is_some());
    }
}
