//! Layout files written in tests, those beside the sources among them.

#![allow(dead_code, reason = "each test binary uses a part of it")]

/// A heading with what every layout has; `rest` holds the other keys.
pub fn heading(encoding: &str, separator: &str, rest: &str) -> String {
    format!(
        "title = \"t\"\npartner = \"p\"\nstatus = \"sample\"\neffective_from = 2026-04-01\n\
         encoding = \"{encoding}\"\nseparator = \"{separator}\"\n{rest}\n"
    )
}

/// A record; each item is its name, its kind, its bytes and its other keys.
pub fn record(name: &str, place: &str, items: &[(&str, &str, usize, &str)]) -> String {
    let length: usize = items.iter().map(|(_, _, bytes, _)| bytes).sum();
    sized(name, place, &format!("length = {length}"), items)
}

/// A record whose length is written otherwise, or not at all.
pub fn sized(name: &str, place: &str, length: &str, items: &[(&str, &str, usize, &str)]) -> String {
    let mut text = format!("[[record]]\nname = \"{name}\"\nplace = \"{place}\"\n{length}\n");
    for (n, (name, kind, bytes, rest)) in items.iter().enumerate() {
        let bytes = if *bytes == 0 { String::new() } else { format!("bytes = {bytes}\n") };
        text += &format!(
            "[[record.item]]\nno = {}\nname = \"{name}\"\nkind = \"{kind}\"\n{bytes}{rest}\n",
            n + 1
        );
    }
    text
}
