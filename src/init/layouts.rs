//! Which layout of those that are shipped an interface gets.
//!
//! The national list has no layouts. A layout that is shipped for the partner is named, and counts as open until it was compared with
//! the partner's own sheet. Files that stay within the municipality go as they are, or by the layout that the answers name.

use super::answers::AS_IS;
use crate::catalogue::{Frequency, Interface, ListedWay};

/// A layout for an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LayoutChoice<'a> {
    /// The layout's name.
    pub(super) name: &'a str,
    /// Other layouts of files over the same interface; each of them needs a link of its own.
    pub(super) others: &'static [&'static str],
    /// The values that the layout takes from the link, each with a stub.
    pub(super) values: &'static [(&'static str, &'static str)],
    /// Whether the layout has still to be compared with the partner's own sheet.
    pub(super) is_open: bool,
}

const PENSION_OUT: &[&str] = &[
    "eltax/nenkin-tokucho-tsuika-irai",
    "eltax/nenkin-tokucho-kari-choshu-henko",
    "eltax/nenkin-tokucho-shikaku-soshitsu",
    "eltax/nenkin-tokucho-jushochi-tokurei",
];
const PENSION_IN: &[&str] = &[
    "eltax/nenkin-tokucho-irai-kekka",
    "eltax/nenkin-tokucho-kekka",
    "eltax/nenkin-tokucho-tsuika-kohosha",
    "eltax/nenkin-tokucho-tsuika-irai-kekka",
];
const RETURNS_IN: &[&str] = &[
    "eltax/kyuyo-shiharai-hokoku",
    "eltax/nenkin-shiharai-hokoku",
    "eltax/nenkin-tokucho-irai-kekka",
    "eltax/nenkin-tokucho-kekka",
];

/// The values by which MPN knows the biller, each with a stub.
const BILLER: &[(&str, &str)] =
    &[("収納機関コード", "00000000"), ("収納機関名カナ", "ﾐﾃｲ"), ("収納機関名漢字", "未定")];

/// The layout of an interface.
pub(super) fn layout_of<'a>(interface: &Interface, internal: &'a str) -> LayoutChoice<'a> {
    let shipped = |name, others| LayoutChoice { name, others, values: &[], is_open: true };
    match (interface.partner.as_str(), interface.direction, interface.frequency) {
        ("immigration", ListedWay::Out, _) => {
            shipped("immigration/shichoson-tsuchi", &["immigration/jukyochi-dentatsu"])
        }
        ("immigration", ListedWay::In, _) => shipped("immigration/homusho-tsuchi", &[]),
        ("kei-assoc", ..) => shipped("keijidosha/sharyo-joho", &[]),
        ("mpn", ListedWay::Out, _) => LayoutChoice { values: BILLER, ..shipped("mpn/seikyu-joho", &[]) },
        ("mpn", ListedWay::In, _) => {
            shipped("mpn/keshikomi-joho", &["konbini/shuno-dsk", "konbini/shuno-muf", "konbini/shuno-mizuho"])
        }
        ("eltax", ListedWay::Out, Frequency::Monthly) => shipped("eltax/fuyo-zesei-joho", &[]),
        ("eltax", ListedWay::Out, Frequency::Yearly) => {
            shipped("eltax/nenkin-tokucho-irai", &["eltax/fuyo-zesei-joho"])
        }
        ("eltax", ListedWay::Out, _) => shipped("eltax/nenkin-tokucho-irai", PENSION_OUT),
        ("eltax", ListedWay::In, Frequency::Yearly) => shipped("eltax/nenkin-tokucho-taishosha", PENSION_IN),
        // Files of many kinds come here: only the partner can say which kind has which name.
        ("eltax", ListedWay::In, _) => shipped(AS_IS, RETURNS_IN),
        _ => LayoutChoice { name: internal, others: &[], values: &[], is_open: false },
    }
}
