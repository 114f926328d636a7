//! Record identifiers. Inside, a 64-bit integer: a time-ordered sequence number in the high 49 bits and the object's number in
//! the low 14, so that a polymorphic lookup is one column. Outside, 18 characters in the public Salesforce form: 3 of
//! object prefix, 12 in base 62, 3 of checksum; the 15-character form is accepted.

use std::fmt;

/// The number of an object within its organisation; never reused.
pub type ObjectNo = u16;

/// Bits of the integer that hold the object's number.
const OBJECT_BITS: u32 = 14;

/// The highest object number.
pub const MAX_OBJECT_NO: ObjectNo = (1 << OBJECT_BITS) - 1;

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const CHECK: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/// A record's id as the store holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordId(pub i64);

impl RecordId {
    /// The id of the `sequence`-th record allocated, of object `object`.
    pub fn new(sequence: i64, object: ObjectNo) -> RecordId {
        RecordId((sequence << OBJECT_BITS) | i64::from(object))
    }

    /// The object's number.
    pub fn object(self) -> ObjectNo {
        (self.0 & i64::from(MAX_OBJECT_NO)) as ObjectNo
    }

    /// The sequence number.
    pub fn sequence(self) -> i64 {
        self.0 >> OBJECT_BITS
    }

    /// The 18-character form; `prefix` is the object's key prefix (3 base-62 characters).
    pub fn encode(self, prefix: &str) -> String {
        String::from_utf8_lossy(&self.bytes(prefix)).into_owned()
    }

    /// The 18-character form as bytes of ASCII.
    pub fn bytes(self, prefix: &str) -> [u8; 18] {
        let mut out = [b'0'; 18];
        out[..3].copy_from_slice(prefix.as_bytes());
        let mut rest = self.0.unsigned_abs();
        for place in (3..15).rev() {
            out[place] = BASE62[(rest % 62) as usize];
            rest /= 62;
        }
        let sum = checksum(&out[..15]);
        out[15..].copy_from_slice(&sum);
        out
    }

    /// Reads the 15- or 18-character form. The caller checks that the prefix belongs to `self.object()`.
    pub fn decode(text: &str) -> Result<(&str, RecordId), IdError> {
        let bytes = text.as_bytes();
        if bytes.len() != 15 && bytes.len() != 18 {
            return Err(IdError::Length);
        }
        let mut value: u64 = 0;
        for (place, byte) in bytes[..15].iter().enumerate() {
            let digit = digit(*byte).ok_or(IdError::Character)?;
            if place >= 3 {
                value = value.checked_mul(62).and_then(|v| v.checked_add(digit)).ok_or(IdError::Range)?;
            }
        }
        if bytes.len() == 18 && !checksum(&bytes[..15]).eq_ignore_ascii_case(&bytes[15..]) {
            return Err(IdError::Checksum);
        }
        let value = i64::try_from(value).map_err(|_| IdError::Range)?;
        Ok((&text[..3], RecordId(value)))
    }
}

/// Why an id text was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Neither 15 nor 18 characters.
    #[error("an id has 18 (or 15) characters")]
    Length,
    /// A character outside 0–9, A–Z, a–z.
    #[error("an id has only letters and digits")]
    Character,
    /// The last three characters do not match.
    #[error("the id's checksum does not match")]
    Checksum,
    /// Larger than 63 bits.
    #[error("the id is out of range")]
    Range,
}

fn digit(byte: u8) -> Option<u64> {
    match byte {
        b'0'..=b'9' => Some(u64::from(byte - b'0')),
        b'A'..=b'Z' => Some(u64::from(byte - b'A') + 10),
        b'a'..=b'z' => Some(u64::from(byte - b'a') + 36),
        _ => None,
    }
}

/// Three characters, each saying which of five characters are upper-case (the public Salesforce 18-character rule).
fn checksum(fifteen: &[u8]) -> [u8; 3] {
    let mut out = [0u8; 3];
    for (group, sum) in fifteen.chunks(5).zip(out.iter_mut()) {
        let bits = group.iter().enumerate().filter(|(_, c)| c.is_ascii_uppercase()).fold(0usize, |bits, (i, _)| bits | 1 << i);
        *sum = CHECK[bits];
    }
    out
}

/// A key prefix for a run-time object, by its number: `a00` … `azz` (base 62), the public Salesforce range for custom objects.
pub fn custom_prefix(nth: u16) -> String {
    let (high, low) = (usize::from(nth) / 62 % 62, usize::from(nth) % 62);
    String::from_utf8_lossy(&[b'a', BASE62[high], BASE62[low]]).into_owned()
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_round_trip_and_are_checked() {
        let id = RecordId::new(123_456_789, 42);
        let text = id.encode("001");
        assert_eq!(text.len(), 18);
        assert_eq!(RecordId::decode(&text), Ok(("001", id)));
        assert_eq!(RecordId::decode(&text[..15]), Ok(("001", id)));
        assert_eq!((id.object(), id.sequence()), (42, 123_456_789));
        assert_eq!(RecordId::decode("001"), Err(IdError::Length));
        assert_eq!(RecordId::decode("0010000000000汉字"), Err(IdError::Length));
        assert_eq!(RecordId::decode("001000000000汉"), Err(IdError::Character));
    }

    #[test]
    fn the_checksum_is_the_public_one() {
        // Only the third group of five has an upper-case letter, at its first place: binary 00001, the letter B.
        assert_eq!(&checksum(b"0013000000Cvh9c"), b"AAB");
    }

    #[test]
    fn later_ids_sort_later() {
        assert!(RecordId::new(2, 1) > RecordId::new(1, MAX_OBJECT_NO));
    }
}
