//! Code 128 (ISO/IEC 15417), code set B, as an inline SVG: enough for delivery ids, readable by any scanner.
//!
//! Owns the table of the standard. Text that code set B lacks has no barcode.

use std::fmt::Write as _;

/// Bars and spaces of each symbol in modules, beginning with a bar.
const SYMBOLS: [&str; 107] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213",
    "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132",
    "221231", "213212", "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211",
    "212123", "212321", "232121", "111323", "131123", "131321", "112313", "132113", "132311", "211313",
    "231113", "231311", "112133", "112331", "132131", "113123", "113321", "133121", "313121", "211331",
    "231131", "213113", "213311", "213131", "311123", "311321", "331121", "312113", "312311", "332111",
    "314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214",
    "112412", "122114", "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111",
    "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311", "113141",
    "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
];
const START_B: usize = 104;
const STOP: usize = 106;
/// The check symbol is a sum modulo this.
const MODULUS: usize = 103;
/// White modules that the standard wants on either side.
const QUIET: u32 = 10;
/// Height of the bars, in modules.
const HEIGHT: u32 = 40;

/// The barcode of `text` as an `svg` element; `None` if code set B lacks a character of it.
pub(super) fn svg(text: &str) -> Option<String> {
    let symbols = symbols(text)?;
    let mut at = QUIET;
    let mut bars = String::new();
    for symbol in symbols {
        for (number, width) in SYMBOLS[symbol].chars().filter_map(|digit| digit.to_digit(10)).enumerate() {
            if number % 2 == 0 {
                // Writing to a String can't fail.
                let _ = write!(bars, "M{at} 0h{width}v{HEIGHT}h-{width}z");
            }
            at += width;
        }
    }
    let width = at + QUIET;
    Some(format!(
        "<svg class=\"barcode\" viewBox=\"0 0 {width} {HEIGHT}\" preserveAspectRatio=\"none\" \
         shape-rendering=\"crispEdges\" role=\"img\" aria-label=\"{text}\"><path d=\"{bars}\"/></svg>"
    ))
}

/// The symbols of a text: start, characters, check symbol and stop.
fn symbols(text: &str) -> Option<Vec<usize>> {
    let value = |c: char| c.is_ascii_graphic().then(|| c as usize - ' ' as usize);
    let values = text.chars().map(value).collect::<Option<Vec<usize>>>()?;
    let weighed = values.iter().zip(1..).map(|(value, place): (_, usize)| value * place);
    let check = weighed.fold(START_B, |sum, product| sum + product) % MODULUS;
    Some([START_B].into_iter().chain(values).chain([check, STOP]).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_symbol_is_eleven_modules_with_an_even_sum_of_bars_and_no_two_are_alike() {
        let widths = |symbol: &str| symbol.chars().map(|c| c.to_digit(10).unwrap()).collect::<Vec<_>>();
        for symbol in &SYMBOLS[..STOP] {
            let widths = widths(symbol);
            assert_eq!((widths.len(), widths.iter().sum::<u32>()), (6, 11), "{symbol}");
            assert_eq!(widths.iter().step_by(2).sum::<u32>() % 2, 0, "{symbol}");
        }
        assert_eq!(widths(SYMBOLS[STOP]).iter().sum::<u32>(), 13);
        assert_eq!(SYMBOLS.iter().collect::<BTreeSet<_>>().len(), SYMBOLS.len());
    }

    #[test]
    fn the_check_symbol_is_that_of_a_worked_example() {
        // "PJJ123C" in code set B; the check symbol is 55 where code set A starts (103), so 56 here.
        let symbols = symbols("PJJ123C").unwrap();
        assert_eq!(symbols, [104, 48, 42, 42, 17, 18, 19, 35, 55, 106]);
    }

    #[test]
    fn what_code_set_b_lacks_has_no_barcode() {
        assert_eq!(svg("媒体"), None);
        assert!(svg("20261122-183005-k7m2q9").is_some());
    }
}
