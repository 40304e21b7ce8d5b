//! Packets of SFTP version 3 (draft-ietf-secsh-filexfer-02, and OpenSSH's `PROTOCOL` for the extensions), as far as a
//! client writes and reads them.
//!
//! Owns the form of requests and answers, and where one packet ends and the next begins. Reads what servers in the field
//! send: statuses without words, numbers of later drafts, bytes behind the last field. Promises never to panic on any bytes,
//! never to take a packet longer than [`LONGEST`], and to tell what can't be read. Never sees a connection.

use jiff::Timestamp;

use crate::facts::{FileKind, RemoteFile};
use totatsu_base::say;

/// The longest packet that is taken, in bytes; OpenSSH sends none above 256 KiB, some servers longer lists of names.
pub(super) const LONGEST: usize = 1024 * 1024;
/// The version of the protocol that servers in the field agree on.
pub(super) const VERSION: u32 = 3;

/// To read.
pub(super) const READ: u32 = 0x01;
/// To write.
pub(super) const WRITE: u32 = 0x02;
/// To make the file.
pub(super) const CREATE: u32 = 0x08;
/// To fail where the name is taken.
pub(super) const EXCLUSIVE: u32 = 0x20;

/// Bytes of a packet's length.
const LENGTH: usize = 4;
/// Bytes from a packet's beginning to the end of its number.
const HEAD: usize = LENGTH + 1 + 4;
/// The bits of the permissions that tell the kind of file, and the kinds.
const KIND_BITS: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;
const DIRECTORY: u32 = 0o040_000;
const SYMBOLIC_LINK: u32 = 0o120_000;

/// A request, ready but for its number.
pub(super) struct SftpRequest(Vec<u8>);

impl SftpRequest {
    /// The first packet, which has no number.
    pub(super) fn version() -> Vec<u8> {
        let mut packet = vec![0, 0, 0, 5, 1];
        packet.extend_from_slice(&VERSION.to_be_bytes());
        packet
    }

    pub(super) fn open(path: &str, flags: u32) -> SftpRequest {
        SftpRequest::of(3).bytes(path.as_bytes()).number(flags).number(0)
    }

    pub(super) fn close(handle: &[u8]) -> SftpRequest {
        SftpRequest::of(4).bytes(handle)
    }

    pub(super) fn read(handle: &[u8], offset: u64, length: u32) -> SftpRequest {
        SftpRequest::of(5).bytes(handle).long(offset).number(length)
    }

    pub(super) fn write(handle: &[u8], offset: u64, bytes: &[u8]) -> SftpRequest {
        let mut request = SftpRequest::of(6);
        request.0.reserve(handle.len() + bytes.len() + 16);
        request.bytes(handle).long(offset).bytes(bytes)
    }

    pub(super) fn lstat(path: &str) -> SftpRequest {
        SftpRequest::of(7).bytes(path.as_bytes())
    }

    pub(super) fn fstat(handle: &[u8]) -> SftpRequest {
        SftpRequest::of(8).bytes(handle)
    }

    pub(super) fn open_directory(path: &str) -> SftpRequest {
        SftpRequest::of(11).bytes(path.as_bytes())
    }

    pub(super) fn read_directory(handle: &[u8]) -> SftpRequest {
        SftpRequest::of(12).bytes(handle)
    }

    pub(super) fn remove(path: &str) -> SftpRequest {
        SftpRequest::of(13).bytes(path.as_bytes())
    }

    pub(super) fn rename(from: &str, to: &str) -> SftpRequest {
        SftpRequest::of(18).bytes(from.as_bytes()).bytes(to.as_bytes())
    }

    /// A request of an extension, with its fields.
    pub(super) fn extended(name: &str, fields: &[&[u8]]) -> SftpRequest {
        let request = SftpRequest::of(200).bytes(name.as_bytes());
        fields.iter().fold(request, |request, field| request.bytes(field))
    }

    /// The packet under this number.
    pub(super) fn numbered(self, number: u32) -> Vec<u8> {
        let SftpRequest(mut packet) = self;
        let length = u32::try_from(packet.len() - LENGTH).expect("no request is as long as 4 GiB");
        packet[..LENGTH].copy_from_slice(&length.to_be_bytes());
        packet[LENGTH + 1..HEAD].copy_from_slice(&number.to_be_bytes());
        packet
    }

    fn of(kind: u8) -> SftpRequest {
        let mut packet = vec![0; HEAD];
        packet[LENGTH] = kind;
        SftpRequest(packet)
    }

    fn number(mut self, number: u32) -> SftpRequest {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    fn long(mut self, number: u64) -> SftpRequest {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    fn bytes(self, bytes: &[u8]) -> SftpRequest {
        let length = u32::try_from(bytes.len()).expect("no field is as long as 4 GiB");
        let mut with = self.number(length);
        with.0.extend_from_slice(bytes);
        with
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SftpAnswer {
    /// Done, refused, or at the end.
    Status(SftpStatus),
    /// The handle of an open file: opaque bytes.
    Handle(Vec<u8>),
    /// Bytes of a file.
    Data(Vec<u8>),
    /// Names of a directory, with what stands under each.
    Names(Vec<(String, RemoteFile)>),
    /// What stands under a name.
    File(RemoteFile),
    /// The answer of an extension.
    Extended(Vec<u8>),
}

/// A status: its number, and the server's words, where it has any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SftpStatus {
    pub(super) code: u32,
    pub(super) words: String,
}

impl SftpStatus {
    /// Done.
    pub(super) const OK: u32 = 0;
    /// No more of a file or a directory.
    pub(super) const END: u32 = 1;
}

/// The first answer: the version, and the names of the extensions in the server's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SftpVersion {
    pub(super) version: u32,
    pub(super) extensions: Vec<String>,
}

/// A packet that can't be read: the number of the request that it answers, where that much can be read, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UnreadablePacket {
    pub(super) number: Option<u32>,
    pub(super) what: String,
}

/// Reads an answer, and the number of the request that it belongs to. Bytes behind the last field are passed over.
pub(super) fn answer(packet: Vec<u8>) -> Result<(u32, SftpAnswer), UnreadablePacket> {
    let mut fields = Fields(&packet);
    let (kind, number) = (fields.byte(), fields.number());
    let unreadable = |what: String| UnreadablePacket { number, what };
    let (Some(kind), Some(number)) = (kind, number) else {
        return Err(unreadable(say!("sftp-packet-bytes", bytes = packet.len())));
    };
    let read = match kind {
        101 => fields.status().map(SftpAnswer::Status),
        102 => fields.bytes().map(|handle| SftpAnswer::Handle(handle.to_vec())),
        103 => data(packet).map(SftpAnswer::Data),
        104 => fields.names().map(SftpAnswer::Names),
        105 => fields.file().map(SftpAnswer::File),
        201 => Some(SftpAnswer::Extended(fields.0.to_vec())),
        kind => return Err(unreadable(say!("sftp-packet-unknown", kind = kind))),
    };
    let ends_early = || unreadable(say!("sftp-packet-short", kind = kind));
    read.map(|answer| (number, answer)).ok_or_else(ends_early)
}

/// Reads the first answer. What follows the version in an odd form is passed over: some servers put texts of their own there.
pub(super) fn version(packet: &[u8]) -> Result<SftpVersion, UnreadablePacket> {
    let mut fields = Fields(packet);
    let unreadable = |what| UnreadablePacket { number: None, what };
    if fields.byte() != Some(2) {
        return Err(unreadable(say!("sftp-packet-no-version")));
    }
    let version = fields.number().ok_or_else(|| unreadable(say!("sftp-version-short")))?;
    let mut extensions = Vec::new();
    while let (Some(name), Some(_)) = (fields.text(), fields.bytes()) {
        extensions.push(name);
    }
    Ok(SftpVersion { version, extensions })
}

/// `COUNT` numbers of 64 bits, as extensions answer.
pub(super) fn numbers<const COUNT: usize>(answer: &[u8]) -> Option<[u64; COUNT]> {
    let mut fields = Fields(answer);
    let mut numbers = [0; COUNT];
    for number in &mut numbers {
        *number = fields.long()?;
    }
    Some(numbers)
}

/// The bytes in a packet of data, without copying them.
fn data(mut packet: Vec<u8>) -> Option<Vec<u8>> {
    const BEGIN: usize = 1 + 4 + 4;
    let mut fields = Fields(packet.get(BEGIN - 4..)?);
    let end = BEGIN.checked_add(usize::try_from(fields.number()?).ok()?)?;
    if packet.len() < end {
        return None;
    }
    packet.truncate(end);
    packet.drain(..BEGIN);
    Some(packet)
}

/// The fields of a packet, read one after another.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

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

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let mut fields = Fields(self.0);
        let length = usize::try_from(fields.number()?).ok()?;
        let (bytes, rest) = fields.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    /// Bytes that are no UTF-8 come as replacement characters: such a name is never asked for.
    fn text(&mut self) -> Option<String> {
        self.bytes().map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }

    /// Old servers leave out the words and their language, or the language alone.
    fn status(&mut self) -> Option<SftpStatus> {
        let code = self.number()?;
        Some(SftpStatus { code, words: self.text().unwrap_or_default() })
    }

    fn names(&mut self) -> Option<Vec<(String, RemoteFile)>> {
        let count = self.number()?;
        let mut names = Vec::new();
        for _ in 0..count {
            let name = self.text()?;
            // What `ls -l` would show; its form is the server's own.
            self.bytes()?;
            names.push((name, self.file()?));
        }
        Some(names)
    }

    fn file(&mut self) -> Option<RemoteFile> {
        let flags = self.number()?;
        let has = |bit: u32| flags & bit != 0;
        let size = if has(0x01) { Some(self.long()?) } else { None };
        if has(0x02) {
            self.long()?;
        }
        let kind = if has(0x04) { kind(self.number()?) } else { FileKind::Unknown };
        let modified = if has(0x08) { Some(self.times()?) } else { None };
        if has(0x8000_0000) {
            for _ in 0..self.number()? {
                self.bytes()?;
                self.bytes()?;
            }
        }
        Some(RemoteFile { size, kind, modified: modified.flatten() })
    }

    fn times(&mut self) -> Option<Option<Timestamp>> {
        let (_accessed, modified) = (self.number()?, self.number()?);
        Some(Timestamp::from_second(i64::from(modified)).ok())
    }
}

fn kind(permissions: u32) -> FileKind {
    match permissions & KIND_BITS {
        REGULAR => FileKind::File,
        DIRECTORY => FileKind::Directory,
        SYMBOLIC_LINK => FileKind::Link,
        0 => FileKind::Unknown,
        _ => FileKind::Special,
    }
}

/// Puts packets together from the pieces that come over the line.
#[derive(Debug, Default)]
pub(super) struct PacketAssembler {
    length: Vec<u8>,
    packet: Vec<u8>,
    awaited: Option<usize>,
    /// A whole packet has been seen: what comes is SFTP.
    begun: bool,
}

/// Why what comes is no packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NotAPacket {
    /// Text, where the first packet should begin.
    Text(String),
    /// A length beyond all packets.
    TooLong(usize),
}

impl PacketAssembler {
    /// Takes a piece; every packet that is whole now, without its length, goes to `take`.
    pub(super) fn push(&mut self, mut piece: &[u8], mut take: impl FnMut(Vec<u8>)) -> Result<(), NotAPacket> {
        loop {
            let Some(awaited) = self.awaited else {
                let (head, rest) = piece.split_at(piece.len().min(LENGTH - self.length.len()));
                self.length.extend_from_slice(head);
                piece = rest;
                if self.length.len() < LENGTH {
                    return Ok(());
                }
                self.awaited = Some(self.begin(piece)?);
                continue;
            };
            let (part, rest) = piece.split_at(piece.len().min(awaited - self.packet.len()));
            self.packet.extend_from_slice(part);
            piece = rest;
            if self.packet.len() < awaited {
                return Ok(());
            }
            self.begun = true;
            (self.awaited, self.length) = (None, Vec::new());
            take(std::mem::take(&mut self.packet));
        }
    }

    /// What came of a text that was shorter than a packet's length, once no more comes.
    pub(super) fn text_at_end(&self) -> Option<String> {
        let text = !self.begun && !self.length.is_empty() && self.length.iter().copied().all(is_printable);
        text.then(|| String::from_utf8_lossy(&self.length).into_owned())
    }

    /// The length of the packet that begins here. Four printable characters would be a length of 150 MiB and more: a login
    /// script speaks.
    fn begin(&mut self, following: &[u8]) -> Result<usize, NotAPacket> {
        let length = self.length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
        if !self.begun && self.length.iter().copied().all(is_printable) {
            let text = [&self.length, following].concat();
            return Err(NotAPacket::Text(String::from_utf8_lossy(&text).into_owned()));
        }
        if length > LONGEST {
            return Err(NotAPacket::TooLong(length));
        }
        self.packet.reserve_exact(length);
        Ok(length)
    }
}

fn is_printable(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | 0x1b | 0x20..=0x7e | 0x80..)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn string(bytes: &[u8]) -> Vec<u8> {
        [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
    }

    fn packet(kind: u8, fields: &[&[u8]]) -> Vec<u8> {
        [&[kind, 0, 0, 0, 7], fields.concat().as_slice()].concat()
    }

    #[test]
    fn a_status_is_read_with_and_without_its_words_and_whatever_its_number() {
        let code = 14_u32.to_be_bytes();
        for (fields, words) in [
            (vec![code.to_vec()], ""),
            (vec![code.to_vec(), string(b"no room")], "no room"),
            (vec![code.to_vec(), string(b"no room"), string(b"en")], "no room"),
            (vec![code.to_vec(), string(b"no room"), string(b"en"), vec![1, 2, 3]], "no room"),
            (vec![code.to_vec(), vec![0, 0, 0, 99, 1]], ""),
        ] {
            let fields: Vec<&[u8]> = fields.iter().map(Vec::as_slice).collect();
            let status = SftpStatus { code: 14, words: words.to_owned() };
            assert_eq!(answer(packet(101, &fields)), Ok((7, SftpAnswer::Status(status))));
        }
    }

    #[test]
    fn what_ends_too_early_or_is_of_no_known_kind_is_told_with_its_number() {
        for unreadable in [
            packet(101, &[&[0, 0]]),
            packet(102, &[&[0, 0, 0, 9, 1]]),
            packet(103, &[&[0xff, 0xff, 0xff, 0xff, 1]]),
            packet(104, &[&[0xff, 0xff, 0xff, 0xff]]),
            packet(105, &[&[0, 0, 0, 1]]),
            packet(99, &[]),
        ] {
            assert_eq!(answer(unreadable).unwrap_err().number, Some(7));
        }
        assert_eq!(answer(vec![101, 0]).unwrap_err().number, None);
        assert!(version(&[101, 0, 0, 0, 3]).is_err());
    }

    #[test]
    fn a_partner_that_sends_no_permissions_leaves_the_kind_unknown() {
        let of = |flags: u32, fields: &[&[u8]]| {
            let flags = flags.to_be_bytes();
            match answer(packet(105, &[&flags, fields.concat().as_slice()])) {
                Ok((7, SftpAnswer::File(file))) => file,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(of(0, &[]).kind, FileKind::Unknown);
        let with = |permissions: u32| of(4, &[&permissions.to_be_bytes()]).kind;
        assert_eq!(with(0o644), FileKind::Unknown);
        assert_eq!(with(0o100_644), FileKind::File);
        assert_eq!(with(0o140_755), FileKind::Special);
        let extended =
            of(0x8000_0001, &[&9_u64.to_be_bytes(), &1_u32.to_be_bytes(), &string(b"a"), &string(b"b")]);
        assert_eq!(extended.size, Some(9));
    }

    #[test]
    fn text_where_the_first_packet_should_begin_is_recognised_and_none_later() {
        let mut assembler = PacketAssembler::default();
        let text = assembler.push("ようこそ city\r\n".as_bytes(), |_| panic!("no packet"));
        assert_eq!(text, Err(NotAPacket::Text("ようこそ city\r\n".to_owned())));
        let mut assembler = PacketAssembler::default();
        assembler.push(b"hi", |_| panic!("no packet")).unwrap();
        assert_eq!(assembler.text_at_end(), Some("hi".to_owned()));
        let mut assembler = PacketAssembler::default();
        assembler.push(&[0, 0, 0, 1, 2], |packet| assert_eq!(packet, [2])).unwrap();
        assert_eq!(assembler.push(b"Killed", |_| ()), Err(NotAPacket::TooLong(0x4b69_6c6c)));
    }

    #[test]
    fn a_request_bears_its_length_and_its_number() {
        assert_eq!(
            SftpRequest::close(b"ab").numbered(9),
            [0, 0, 0, 11, 4, 0, 0, 0, 9, 0, 0, 0, 2, b'a', b'b']
        );
        assert_eq!(SftpRequest::version(), [0, 0, 0, 5, 1, 0, 0, 0, 3]);
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), kind in 101_u8..106) {
            let _ = answer(bytes.clone());
            let _ = answer([&[kind, 0, 0, 0, 1], bytes.as_slice()].concat());
            let _ = version(&[&[2], bytes.as_slice()].concat());
            let _ = PacketAssembler::default().push(&bytes, |packet| drop(answer(packet)));
        }

        #[test]
        fn packets_are_the_same_however_they_are_cut_into_pieces(
            packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..6),
            cut in 1_usize..9,
        ) {
            let line: Vec<u8> = packets.iter().flat_map(|packet| string(packet)).collect();
            let (mut assembler, mut found) = (PacketAssembler::default(), Vec::new());
            for piece in line.chunks(cut) {
                prop_assert!(assembler.push(piece, |packet| found.push(packet)).is_ok());
            }
            prop_assert_eq!(found, packets);
        }
    }
}
