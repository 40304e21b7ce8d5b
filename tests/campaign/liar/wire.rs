//! SFTP version 3 by hand: requests read, answers written, right or wrong.

use super::Ask;

/// Statuses of the protocol.
pub const OK: u32 = 0;
pub const EOF: u32 = 1;
pub const NO_SUCH_FILE: u32 = 2;
pub const DENIED: u32 = 3;
pub const FAILURE: u32 = 4;
pub const UNSUPPORTED: u32 = 8;

const TO_WRITE: u32 = 2;
const CREATE: u32 = 8;

/// A request, as far as a partner of ours is asked.
#[derive(Debug)]
pub enum Request {
    Version,
    /// To write, into a new file or one that is there.
    Open {
        path: String,
        new: bool,
    },
    OpenToRead {
        path: String,
    },
    Close {
        handle: Vec<u8>,
    },
    Read {
        handle: Vec<u8>,
        offset: u64,
        length: u32,
    },
    Write {
        handle: Vec<u8>,
        offset: u64,
        bytes: Vec<u8>,
    },
    Look {
        path: String,
    },
    LookAtOpen {
        handle: Vec<u8>,
    },
    Remove {
        path: String,
    },
    Rename {
        from: String,
        to: String,
    },
    Limits,
    Sync {
        handle: Vec<u8>,
    },
    Link {
        from: String,
        to: String,
    },
    Replace {
        from: String,
        to: String,
    },
    OpenDirectory {
        path: String,
    },
    List {
        handle: Vec<u8>,
    },
    Space,
    Other,
}

impl Request {
    /// The request in a packet, and its number.
    pub fn read(packet: &[u8]) -> Option<(u32, Request)> {
        let (kind, rest) = packet.split_first()?;
        let mut fields = Fields(rest);
        let number = fields.number()?;
        let request = match kind {
            1 => Request::Version,
            3 => {
                let path = fields.text()?;
                match fields.number()? {
                    flags if flags & TO_WRITE == 0 => Request::OpenToRead { path },
                    flags => Request::Open { path, new: flags & CREATE != 0 },
                }
            }
            4 => Request::Close { handle: fields.bytes()? },
            5 => Request::Read { handle: fields.bytes()?, offset: fields.long()?, length: fields.number()? },
            6 => Request::Write { handle: fields.bytes()?, offset: fields.long()?, bytes: fields.bytes()? },
            7 | 17 => Request::Look { path: fields.text()? },
            8 => Request::LookAtOpen { handle: fields.bytes()? },
            11 => Request::OpenDirectory { path: fields.text()? },
            12 => Request::List { handle: fields.bytes()? },
            13 => Request::Remove { path: fields.text()? },
            18 => Request::Rename { from: fields.text()?, to: fields.text()? },
            200 => match fields.text()?.as_str() {
                "limits@openssh.com" => Request::Limits,
                "fsync@openssh.com" => Request::Sync { handle: fields.bytes()? },
                "hardlink@openssh.com" => Request::Link { from: fields.text()?, to: fields.text()? },
                "posix-rename@openssh.com" => Request::Replace { from: fields.text()?, to: fields.text()? },
                "statvfs@openssh.com" => Request::Space,
                _ => Request::Other,
            },
            _ => Request::Other,
        };
        Some((number, request))
    }

    /// Its kind; `written` tells whether a handle was opened for writing.
    pub fn kind(&self, written: impl Fn(&[u8]) -> bool) -> Ask {
        match self {
            Request::Version => Ask::Version,
            Request::Open { .. } => Ask::Open,
            Request::OpenToRead { .. } => Ask::OpenToRead,
            Request::Close { handle } if written(handle) => Ask::Close,
            Request::Close { .. } => Ask::CloseRead,
            Request::Read { .. } => Ask::Read,
            Request::Write { .. } => Ask::Write,
            Request::Look { .. } => Ask::Look,
            Request::LookAtOpen { .. } => Ask::LookAtOpen,
            Request::Remove { .. } => Ask::Remove,
            Request::Rename { .. } => Ask::Rename,
            Request::Limits => Ask::Limits,
            Request::Sync { .. } => Ask::Sync,
            Request::Link { .. } => Ask::Link,
            Request::Replace { .. } => Ask::Replace,
            Request::OpenDirectory { .. } => Ask::OpenDirectory,
            Request::List { .. } => Ask::List,
            Request::Space => Ask::Space,
            Request::Other => Ask::Other,
        }
    }
}

/// The fields of a request, read one after another.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*number))
    }

    fn long(&mut self) -> Option<u64> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_be_bytes(*number))
    }

    fn bytes(&mut self) -> Option<Vec<u8>> {
        let length = usize::try_from(self.number()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes.to_vec())
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?).ok()
    }
}

/// An answer without its length: kind, number, fields.
pub fn answer(kind: u8, number: u32, fields: &[&[u8]]) -> Vec<u8> {
    let mut packet = vec![kind];
    packet.extend(number.to_be_bytes());
    fields.iter().for_each(|field| packet.extend_from_slice(field));
    packet
}

/// A text or bytes, with their length before them.
pub fn string(bytes: &[u8]) -> Vec<u8> {
    let mut field = u32::try_from(bytes.len()).unwrap().to_be_bytes().to_vec();
    field.extend_from_slice(bytes);
    field
}

pub fn status(number: u32, code: u32, words: &str) -> Vec<u8> {
    answer(101, number, &[&code.to_be_bytes(), &string(words.as_bytes()), &string(b"en")])
}

pub fn handle(number: u32, handle: &[u8]) -> Vec<u8> {
    answer(102, number, &[&string(handle)])
}

pub fn data(number: u32, bytes: &[u8]) -> Vec<u8> {
    answer(103, number, &[&string(bytes)])
}

/// The time of a file of which none is told.
pub const UNTOLD: u32 = 0;

/// Attributes: the size if told, permissions of a plain file, and the time if told.
pub fn attributes(number: u32, size: Option<u64>, modified: u32) -> Vec<u8> {
    answer(105, number, &[&about(size, modified)])
}

fn about(size: Option<u64>, modified: u32) -> Vec<u8> {
    let flags: u32 = 4 | u32::from(size.is_some()) | if modified == UNTOLD { 0 } else { 8 };
    let size = size.map(|size| size.to_be_bytes().to_vec()).unwrap_or_default();
    let mode = 0o100_644_u32.to_be_bytes();
    let times = if modified == UNTOLD { Vec::new() } else { modified.to_be_bytes().repeat(2) };
    [flags.to_be_bytes().as_slice(), &size, &mode, &times].concat()
}

/// A part of a listing: names, each with size and time.
pub fn names(number: u32, entries: &[(Vec<u8>, Option<u64>, u32)]) -> Vec<u8> {
    let count = u32::try_from(entries.len()).unwrap().to_be_bytes();
    let entry = |(name, size, modified): &(Vec<u8>, Option<u64>, u32)| {
        [string(name), string(name), about(*size, *modified)].concat()
    };
    let entries: Vec<u8> = entries.iter().flat_map(entry).collect();
    answer(104, number, &[&count, &entries])
}

/// The version, with extensions.
pub fn version(extensions: &[(String, String)]) -> Vec<u8> {
    let mut packet = vec![2, 0, 0, 0, 3];
    for (name, value) in extensions {
        packet.extend(string(name.as_bytes()));
        packet.extend(string(value.as_bytes()));
    }
    packet
}

/// The limits of OpenSSH.
pub fn limits(number: u32) -> Vec<u8> {
    let limits = [256 * 1024_u64, 255 * 1024, 255 * 1024, 64].map(u64::to_be_bytes);
    answer(201, number, &[&limits.concat()])
}

/// Free space: `free` blocks of one byte.
pub fn space(number: u32, free: u64) -> Vec<u8> {
    let fields = [1, 1, 1 << 40, free, free, 1000, 1000, 1000, 1, 0, 255_u64].map(u64::to_be_bytes);
    answer(201, number, &[&fields.concat()])
}
