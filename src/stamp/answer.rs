//! What stands in a time stamp: which digest it is for, and when it was given.
//!
//! Owns the walk through a TimeStampResp or a bare token (RFC 3161, CMS, DER). Reads no more than that: neither signature nor
//! certificates. Never trusts a length: `der` bounds each.

use der::asn1::AnyRef;
use der::{Decode as _, Reader as _, SliceReader, Tag, Tagged as _};

use totatsu_base::{Sha256, say};

/// The object identifier id-ct-TSTInfo (RFC 3161), DER without its header.
const TST_INFO: [u8; 11] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04];
/// The object identifier id-sha256 (RFC 5754), DER without its header.
const SHA256: [u8; 9] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
/// The statuses that a stamp comes with: granted, with or without modifications.
const GRANTED: [u8; 2] = [0, 1];

/// A stamp, as far as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadStamp {
    /// The digest that it is for.
    pub digest: Sha256,
    /// When it was given, as it stands there: `20261129114012Z`.
    pub given: String,
}

/// Why an answer is no stamp.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The answer has another form: usually an error page of a proxy, or the command printed something else. The operator
    /// corrects the command.
    #[error("{}", say!("daemon-stamp-form"))]
    Form,
    /// The authority refused: its status says so. The operator asks it.
    #[error("{}", say!("daemon-stamp-refused", status = .0))]
    Refused(u8),
    /// The stamp is for another digest, or by another algorithm than SHA-256. The operator corrects the command.
    #[error("{}", say!("daemon-stamp-other"))]
    Other,
}

/// Reads an answer.
///
/// # Errors
/// See [`Unfit`].
pub fn read(answer: &[u8]) -> Result<ReadStamp, Unfit> {
    let answer = AnyRef::from_der(answer).map_err(|_| Unfit::Form)?;
    let parts = parts_of(answer).ok_or(Unfit::Form)?;
    let token = match parts.first().map(|part| part.tag()) {
        // A bare token begins with its kind.
        Some(Tag::ObjectIdentifier) => answer,
        Some(Tag::Sequence) => {
            let status = parts_of(parts[0]).ok_or(Unfit::Form)?;
            let status = status.first().filter(|status| status.tag() == Tag::Integer);
            match status.map(|status| status.value()) {
                Some([granted]) if GRANTED.contains(granted) => {}
                Some([refused]) => return Err(Unfit::Refused(*refused)),
                _ => return Err(Unfit::Form),
            }
            *parts.get(1).ok_or(Unfit::Form)?
        }
        _ => return Err(Unfit::Form),
    };
    let info = info_of(token).ok_or(Unfit::Form)?;
    let info = parts_of(AnyRef::from_der(info).map_err(|_| Unfit::Form)?).ok_or(Unfit::Form)?;
    let [_version, _policy, imprint, _serial, given, ..] = info.as_slice() else { return Err(Unfit::Form) };
    let given = std::str::from_utf8(given.value()).map_err(|_| Unfit::Form)?.to_owned();
    let imprint = parts_of(*imprint).ok_or(Unfit::Form)?;
    let [algorithm, digest] = imprint.as_slice() else { return Err(Unfit::Form) };
    let algorithm = parts_of(*algorithm).ok_or(Unfit::Form)?;
    let is_sha256 = algorithm.first().is_some_and(|oid| oid.value() == SHA256);
    let digest = <[u8; 32]>::try_from(digest.value()).ok().filter(|_| is_sha256).ok_or(Unfit::Other)?;
    Ok(ReadStamp { digest: Sha256::from_bytes(digest), given })
}

/// The TSTInfo inside a token.
fn info_of(token: AnyRef<'_>) -> Option<&[u8]> {
    let content = parts_of(token)?;
    let signed = parts_of(*content.get(1)?)?;
    let signed = parts_of(*signed.first()?)?;
    let encapsulated = parts_of(*signed.get(2)?)?;
    if encapsulated.first()?.value() != TST_INFO {
        return None;
    }
    let octets = parts_of(*encapsulated.get(1)?)?;
    Some(octets.first()?.value())
}

/// The values that stand one after the other inside another.
fn parts_of(whole: AnyRef<'_>) -> Option<Vec<AnyRef<'_>>> {
    if !whole.tag().is_constructed() {
        return None;
    }
    let mut reader = SliceReader::new(whole.value()).ok()?;
    let mut parts = Vec::new();
    while !reader.is_finished() {
        parts.push(AnyRef::decode(&mut reader).ok()?);
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_stamp_is_called_so_and_a_refusal_by_its_status() {
        for text in
            [&b""[..], b"<html>proxy</html>", &[0x30, 0x80], &[0x30, 0x02, 0x05, 0x00], &[0x30, 0x84, 0xff]]
        {
            assert_eq!(read(text), Err(Unfit::Form), "{text:?}");
        }
        // A TimeStampResp that has nothing but a status of 2: rejection.
        assert_eq!(read(&[0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02]), Err(Unfit::Refused(2)));
    }
}
