//! Where the server waits for a data connection, in every form that servers write it.
//!
//! The FTP library reads one form of each reply: six numbers in brackets after 227, a port between bars after 229.
//! Promises that a reply which names its address or port in another form is handed on in that one, and that any other
//! reply stays as it is.

use super::reply::Reply;

/// `PASV` was obeyed.
const PASSIVE: u16 = 227;
/// `EPSV` was obeyed.
const EXTENDED: u16 = 229;

/// The reply to `verb` in the form that the library reads.
pub(super) fn in_the_library_s_form(verb: &str, reply: Reply) -> Reply {
    let text = reply.lines.join(" ");
    let numbers = match reply.code {
        PASSIVE => numbers(&text),
        // The library passes the address over where it isn't wanted, and a port alone has none.
        EXTENDED => extended_port(&text).map(u16::to_be_bytes).map(|[high, low]| [0, 0, 0, 0, high, low]),
        _ => None,
    };
    match (verb, numbers) {
        ("PASV", Some(numbers)) => {
            let listed = numbers.map(|number| number.to_string()).join(",");
            Reply { code: PASSIVE, lines: vec![format!("({listed})")] }
        }
        ("EPSV", Some([.., high, low])) => {
            let port = u16::from_be_bytes([high, low]);
            Reply { code: EXTENDED, lines: vec![format!("(|||{port}|)")] }
        }
        _ => reply,
    }
}

/// The first six numbers of one byte each with commas between them (RFC 1123, 4.1.2.6: brackets are no sign of them).
fn numbers(text: &str) -> Option<[u8; 6]> {
    let starts = text.char_indices().filter(|(at, c)| {
        c.is_ascii_digit() && !text[..*at].ends_with(|before: char| before.is_ascii_digit() || before == ',')
    });
    starts.map(|(at, _)| &text[at..]).find_map(|rest| {
        let mut parts = rest.splitn(6, ',');
        let mut numbers = [0; 6];
        for (place, number) in numbers.iter_mut().enumerate() {
            let part = parts.next()?.trim();
            let end = if place == 5 {
                part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len())
            } else {
                part.len()
            };
            *number = part[..end].parse().ok()?;
        }
        (numbers[4..] != [0, 0]).then_some(numbers)
    })
}

/// The port between the same sign three times before it and once behind it (RFC 2428 lets the server choose the sign).
fn extended_port(text: &str) -> Option<u16> {
    let bytes = text.as_bytes();
    (0..bytes.len().saturating_sub(4)).find_map(|at| {
        let sign = bytes[at];
        if !sign.is_ascii_punctuation() || bytes[at + 1] != sign || bytes[at + 2] != sign {
            return None;
        }
        let digits = bytes[at + 3..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let closed = bytes.get(at + 3 + digits) == Some(&sign);
        text.get(at + 3..at + 3 + digits)?.parse().ok().filter(|port| closed && *port != 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(verb: &str, code: u16, text: &str) -> String {
        in_the_library_s_form(verb, Reply { code, lines: vec![text.to_owned()] }).shown()
    }

    /// Forms of public reports: which server, what it says, what comes of it.
    #[test]
    fn addresses_are_read_in_every_form_that_servers_write() {
        let full = "227 (10,0,0,1,4,210)";
        for (verb, code, text, expected) in [
            ("PASV", 227, "Entering Passive Mode (10,0,0,1,4,210)", full),
            ("PASV", 227, "Entering Passive Mode (10,0,0,1,4,210).", full),
            // cathery/sys-ftpd #7
            ("PASV", 227, "10,0,0,1,4,210", full),
            // ruby/net-ftp #16; RFC 1123, 4.1.2.6
            ("PASV", 227, "Entering Passive Mode 10,0,0,1,4,210", full),
            ("PASV", 227, "Entering Passive Mode. 10, 0, 0, 1, 4, 210.", full),
            ("PASV", 227, "=10,0,0,1,4,210", full),
            ("PASV", 227, "Entering Passive Mode (h1=10,0,0,1,4,210)", full),
            // python/cpython #127475: PASV answered as EPSV
            ("PASV", 229, "Entering Extended Passive Mode (|||1234|)", "227 (0,0,0,0,4,210)"),
            ("EPSV", 229, "Entering Extended Passive Mode (|||1234|)", "229 (|||1234|)"),
            // aio-libs/aioftp #69: Serv-U's full stop
            ("EPSV", 229, "Entering Extended Passive Mode (|||1234|).", "229 (|||1234|)"),
            // patrickjuchli/basic-ftp #87: IBM i and z/OS
            ("EPSV", 229, "Entering Extended Passive Mode (!!!1234!).", "229 (|||1234|)"),
            ("EPSV", 229, "Extended Passive Mode |||1234|", "229 (|||1234|)"),
            // patrickjuchli/basic-ftp #164, robinrodricks/FluentFTP #654
            ("EPSV", 227, "Entering Passive Mode (10,0,0,1,4,210).", "229 (|||1234|)"),
        ] {
            assert_eq!(shown(verb, code, text), expected, "{verb}: {code} {text}");
        }
    }

    #[test]
    fn what_names_no_address_stays_as_it_is() {
        for (verb, code, text) in [
            ("PASV", 227, "Entering Passive Mode ("),
            ("PASV", 227, "Entering Passive Mode (10,0,0,1,4)"),
            ("PASV", 227, "Entering Passive Mode (10,0,0,1,4,999)"),
            ("PASV", 227, "Entering Passive Mode (10,0,0,1,0,0)"),
            ("PASV", 500, "PASV not understood (1,2,3,4,5,6)"),
            ("EPSV", 229, "Entering Extended Passive Mode (||1234|)"),
            ("EPSV", 229, "Entering Extended Passive Mode (|||0|)"),
            ("EPSV", 229, "Entering Extended Passive Mode (|||123456|)"),
            ("EPSV", 229, "Entering Extended Passive Mode (|||1234"),
            ("EPSV", 522, "Network protocol not supported (|||1|)"),
            ("SIZE", 227, "(10,0,0,1,4,210)"),
        ] {
            assert_eq!(shown(verb, code, text), format!("{code} {text}"));
        }
    }
}
