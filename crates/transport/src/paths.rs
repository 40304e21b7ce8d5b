//! Paths at a partner: their parts, with `/` between them.

use totatsu_base::names::numbered;

/// The directory of a path at the partner.
pub(crate) fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((directory, _)) => directory,
        None => ".",
    }
}

/// The path with a number in its last part: `in/a.part` as `in/a-2.part`.
pub(crate) fn numbered_path(path: &str, number: u32) -> String {
    match path.rsplit_once('/') {
        Some((directory, name)) => format!("{directory}/{}", numbered(name, number)),
        None => numbered(path, number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_of_a_path_is_what_stands_before_its_last_slash() {
        assert_eq!(parent("in/a.tmp"), "in");
        assert_eq!(parent("/a.tmp"), "/");
        assert_eq!(parent("a.tmp"), ".");
    }

    #[test]
    fn a_number_stands_in_the_last_part_of_a_path() {
        assert_eq!(numbered_path("v1.2/.totatsu-k7.part", 2), "v1.2/.totatsu-k7-2.part");
        assert_eq!(numbered_path("/a", 2), "/a-2");
        assert_eq!(numbered_path("a.part", 2), "a-2.part");
    }
}
