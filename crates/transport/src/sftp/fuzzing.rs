//! Any bytes of an SFTP server, for the fuzz target `sftp`.
//!
//! Promises to panic where: bytes cut into other pieces give other packets; an answer holds more than the bytes of its
//! packet can tell; what a server writes is read as something else; a request isn't what the draft says; a preamble hides
//! a byte behind the version, or shows one before it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use jiff::Timestamp;
use tokio::io::{AsyncRead, ReadBuf, join, sink};

use super::packet::{
    self, NotAPacket, PacketAssembler, SftpAnswer, SftpRequest, SftpStatus, UnreadablePacket, answer, version,
};
use super::preamble::Preamble;
use super::stream::stream;
use crate::drawn::{Drawn, assert_harmless, assert_usable};
use crate::{FileKind, Listing, RemoteFile};

/// The first byte chooses what is tried.
pub fn sftp(bytes: &[u8]) {
    let mut drawn = Drawn(bytes);
    match drawn.byte() % 5 {
        0 => packets(drawn),
        1 => read_any(drawn.rest()),
        2 => read_back(drawn),
        3 => requests(drawn),
        _ => preamble(drawn),
    }
}

fn packets(mut drawn: Drawn<'_>) {
    let cut = usize::from(drawn.byte()) + 1;
    let bytes = drawn.rest();
    let (whole, how) = assembled(bytes.chunks(bytes.len().max(1)));
    let (pieces, how_in_pieces) = assembled(bytes.chunks(cut));
    assert_eq!(whole, pieces);
    match (how, how_in_pieces) {
        (Err(NotAPacket::Text(_)), Err(NotAPacket::Text(_))) => {}
        (one, other) => assert_eq!(one, other),
    }
    assert!(whole.iter().map(|packet| packet.len() + 4).sum::<usize>() <= bytes.len());
    whole.iter().for_each(|packet| read_any(packet));
}

type Assembled = (Vec<Vec<u8>>, Result<Option<String>, NotAPacket>);

fn assembled<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Assembled {
    let (mut assembler, mut packets) = (PacketAssembler::default(), Vec::new());
    for piece in pieces {
        if let Err(error) = assembler.push(piece, |packet| packets.push(packet)) {
            return (packets, Err(error));
        }
    }
    (packets, Ok(assembler.text_at_end()))
}

/// What is kept of a packet is bounded by its length: undecodable bytes grow to three.
fn read_any(packet: &[u8]) {
    let held = 3 * packet.len();
    match answer(packet.to_vec()) {
        Ok((_, SftpAnswer::Names(names))) => {
            assert!(12 * names.len() <= packet.len());
            assert!(names.iter().map(|(name, _)| name.len()).sum::<usize>() <= held);
            let mut listing = Listing::default();
            names.into_iter().for_each(|(name, file)| assert!(listing.take(&name, file)));
            assert_usable(&listing);
        }
        Ok((_, SftpAnswer::Status(status))) => assert!(status.words.len() <= held),
        Ok((_, SftpAnswer::Data(bytes) | SftpAnswer::Handle(bytes) | SftpAnswer::Extended(bytes))) => {
            assert!(bytes.len() < packet.len());
            assert_eq!(packet::numbers::<5>(&bytes).is_some(), bytes.len() >= 40);
        }
        Ok((_, SftpAnswer::File(_))) => {}
        Err(UnreadablePacket { number, what }) => {
            assert_eq!(number.is_none(), packet.len() < 5);
            assert_harmless(&what);
        }
    }
    if let Ok(said) = version(packet) {
        assert!(8 * said.extensions.len() <= packet.len());
        assert!(said.extensions.iter().map(String::len).sum::<usize>() <= held);
    }
}

/// What a server writes of an answer is that answer, whatever it writes behind.
fn read_back(mut drawn: Drawn<'_>) {
    let number = drawn.number();
    let (kind, expected, mut fields) = match drawn.byte() % 6 {
        0 => {
            let status = SftpStatus { code: drawn.number(), words: drawn.text() };
            let fields = [word(status.code), string(status.words.as_bytes())].concat();
            (101, SftpAnswer::Status(status), fields)
        }
        1 => {
            let handle = drawn.counted();
            (102, SftpAnswer::Handle(handle.to_vec()), string(handle))
        }
        2 => {
            let data = drawn.counted();
            (103, SftpAnswer::Data(data.to_vec()), string(data))
        }
        3 => {
            let (mut names, mut fields) = (Vec::new(), Vec::new());
            for _ in 0..drawn.byte() {
                let (name, shown) = (drawn.text(), drawn.counted());
                let (file, attributes) = file(&mut drawn);
                fields.extend([string(name.as_bytes()), string(shown), attributes].concat());
                names.push((name, file));
            }
            let count = word(u32::try_from(names.len()).expect("no more than a byte can count"));
            (104, SftpAnswer::Names(names), [count, fields].concat())
        }
        4 => {
            let (file, attributes) = file(&mut drawn);
            (105, SftpAnswer::File(file), attributes)
        }
        _ => {
            let bytes = drawn.counted();
            (201, SftpAnswer::Extended(bytes.to_vec()), bytes.to_vec())
        }
    };
    if kind != 201 {
        fields.extend_from_slice(drawn.rest());
    }
    let packet = [&[kind], number.to_be_bytes().as_slice(), &fields].concat();
    assert_eq!(answer(packet), Ok((number, expected)));
}

/// Attributes, as draft-ietf-secsh-filexfer-02 writes them in its section 5.
fn file(drawn: &mut Drawn<'_>) -> (RemoteFile, Vec<u8>) {
    let bits = drawn.byte();
    let has = |bit: u8| bits & bit != 0;
    let mut flags = u32::from(bits & 0x0f);
    let mut fields = Vec::new();
    let mut file = RemoteFile { size: None, kind: FileKind::Unknown, modified: None };
    if has(0x01) {
        file.size = Some(drawn.long());
        fields.extend(file.size.unwrap_or_default().to_be_bytes());
    }
    if has(0x02) {
        fields.extend(drawn.long().to_be_bytes());
    }
    if has(0x04) {
        let (kind, bits) = [
            (FileKind::Unknown, 0),
            (FileKind::File, 0o100_000),
            (FileKind::Directory, 0o040_000),
            (FileKind::Link, 0o120_000),
            (FileKind::Special, 0o140_000),
        ][usize::from(drawn.byte() % 5)];
        file.kind = kind;
        fields.extend((bits | drawn.number() & 0o7777).to_be_bytes());
    }
    if has(0x08) {
        let (accessed, modified) = (drawn.number(), drawn.number());
        file.modified = Timestamp::from_second(i64::from(modified)).ok();
        fields.extend([accessed.to_be_bytes(), modified.to_be_bytes()].concat());
    }
    if has(0x10) {
        flags |= 0x8000_0000;
        let count = u32::from(drawn.byte() % 4);
        fields.extend(count.to_be_bytes());
        for _ in 0..count {
            fields.extend([string(drawn.counted()), string(drawn.counted())].concat());
        }
    }
    (file, [flags.to_be_bytes().as_slice(), &fields].concat())
}

/// Every request is what the draft says of it, and comes out of the assembler as the one packet that it is.
fn requests(mut drawn: Drawn<'_>) {
    let (number, flags, offset) = (drawn.number(), drawn.number(), drawn.long());
    let (path, other, handle) = (drawn.text(), drawn.text(), drawn.counted());
    let bytes = drawn.rest();
    let (from, to, of) = (string(path.as_bytes()), string(other.as_bytes()), string(handle));
    let at = offset.to_be_bytes().to_vec();
    for (request, kind, fields) in [
        (SftpRequest::open(&path, flags), 3, vec![&from, &word(flags), &word(0)]),
        (SftpRequest::close(handle), 4, vec![&of]),
        (SftpRequest::read(handle, offset, flags), 5, vec![&of, &at, &word(flags)]),
        (SftpRequest::write(handle, offset, bytes), 6, vec![&of, &at, &string(bytes)]),
        (SftpRequest::lstat(&path), 7, vec![&from]),
        (SftpRequest::fstat(handle), 8, vec![&of]),
        (SftpRequest::open_directory(&path), 11, vec![&from]),
        (SftpRequest::read_directory(handle), 12, vec![&of]),
        (SftpRequest::remove(&path), 13, vec![&from]),
        (SftpRequest::rename(&path, &other), 18, vec![&from, &to]),
        (SftpRequest::extended(&path, &[other.as_bytes(), handle]), 200, vec![&from, &to, &of]),
    ] {
        let fields: Vec<u8> = fields.into_iter().flatten().copied().collect();
        let expected = [&[kind], number.to_be_bytes().as_slice(), &fields].concat();
        let sent = request.numbered(number);
        assert_eq!(sent, string(&expected));
        assert_eq!(assembled(sent.chunks(usize::from(kind))), (vec![expected], Ok(None)));
    }
}

/// Cut into any pieces, the same comes through the preamble and through the stream: all from the version on.
fn preamble(mut drawn: Drawn<'_>) {
    let (cut, room) = (usize::from(drawn.byte()) + 1, usize::from(drawn.byte()) + 1);
    let said = drawn.rest();
    let expected = from_version_on(said);
    let mut pieces = said.chunks(cut);
    let mut preamble = Some(Preamble::default());
    let (mut found, mut refused) = (None, false);
    while let (Some(mut waiting), Some(piece)) = (preamble.take(), pieces.next()) {
        match waiting.push(piece) {
            Ok(Some(begun)) => found = Some([begun, pieces.by_ref().flatten().copied().collect()].concat()),
            Ok(None) => preamble = Some(waiting),
            Err(words) => {
                refused = true;
                assert_harmless(&words);
            }
        }
    }
    assert_eq!(found.as_deref(), expected);
    assert!(!refused || expected.is_none());
    let said_by_server = Said(said.chunks(cut).map(<[u8]>::to_vec).collect());
    match heard(said_by_server, room) {
        Ok(heard) => assert_eq!(heard, expected.unwrap_or_default(), "nothing else is without a version"),
        Err(error) => {
            assert!(expected.is_none() && !said.is_empty(), "{error}");
            assert_harmless(&error.to_string());
        }
    }
}

/// RFC 4253, section 4.2, with the limits that are promised: 1,024 lines of 4 KiB.
fn from_version_on(said: &[u8]) -> Option<&[u8]> {
    let mut rest = said;
    for _ in 0..=1024 {
        if rest.starts_with(b"SSH-") {
            return Some(rest);
        }
        let end = rest.iter().position(|byte| *byte == b'\n').filter(|end| *end <= 4096)?;
        rest = &rest[end + 1..];
    }
    None
}

fn heard(said: Said, room: usize) -> io::Result<Vec<u8>> {
    let (mut stream, _owner) = stream(Box::new(join(said, sink())));
    let mut heard = Vec::new();
    let mut piece = vec![0; room];
    loop {
        let mut bytes = ReadBuf::new(&mut piece);
        let read = Pin::new(&mut stream).poll_read(&mut Context::from_waker(Waker::noop()), &mut bytes);
        match read {
            Poll::Ready(Ok(())) if bytes.filled().is_empty() => return Ok(heard),
            Poll::Ready(Ok(())) => heard.extend_from_slice(bytes.filled()),
            Poll::Ready(Err(error)) => return Err(error),
            Poll::Pending => unreachable!("what the server says lies there"),
        }
    }
}

/// A server that says these pieces, and no more.
struct Said(std::collections::VecDeque<Vec<u8>>);

impl AsyncRead for Said {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(mut piece) = self.0.pop_front() {
            let rest = piece.split_off(piece.len().min(bytes.remaining()));
            bytes.put_slice(&piece);
            if !rest.is_empty() {
                self.0.push_front(rest);
            }
        }
        Poll::Ready(Ok(()))
    }
}

fn word(number: u32) -> Vec<u8> {
    number.to_be_bytes().to_vec()
}

fn string(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("no input of a fuzzer is as long as 4 GiB");
    [&length.to_be_bytes(), bytes].concat()
}
