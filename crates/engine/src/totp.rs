//! Time-based one-time codes (RFC 6238): HMAC-SHA-1, 30 seconds, six digits, as every authenticator app has them.

use ring::hmac;

/// Length of a step, in microseconds.
const STEP_US: i64 = 30 * 1_000_000;

/// How many steps a clock may be off, to either side.
const DRIFT: i64 = 1;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The step of whose code this is one, around now and after the last that was taken.
pub(crate) fn step_of(secret: &[u8], typed: &str, now_us: i64, last: i64) -> Option<i64> {
    let now = now_us / STEP_US;
    (now - DRIFT..=now + DRIFT).filter(|step| *step > last).find(|step| code(secret, *step) == typed)
}

/// The code of a step.
pub(crate) fn code(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[tag.len() - 1] & 0xf);
    let number = u32::from_be_bytes([tag[at], tag[at + 1], tag[at + 2], tag[at + 3]]) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// Base32 (RFC 4648) without padding.
pub(crate) fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for chunk in bytes.chunks(5) {
        let mut group = [0u8; 8];
        group[3..3 + chunk.len()].copy_from_slice(chunk);
        let group = u64::from_be_bytes(group);
        let letters = (chunk.len() * 8).div_ceil(5);
        text.extend((0..letters).map(|i| char::from(ALPHABET[(group >> (35 - 5 * i)) as usize & 31])));
    }
    text
}

/// The bytes of a text in base32; `None` if it is none.
pub(crate) fn from_base32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut buffer, mut bits) = (0u32, 0u32);
    for letter in text.bytes() {
        let value = ALPHABET.iter().position(|l| *l == letter)?;
        buffer = (buffer << 5) | u32::try_from(value).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits & 0xff) as u8);
            buffer &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, the last six of eight digits.
        let secret = b"12345678901234567890";
        for (seconds, expected) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (2_000_000_000, "279037"), (20_000_000_000, "353130")]
        {
            assert_eq!(code(secret, seconds / 30), expected);
            assert_eq!(step_of(secret, expected, seconds * 1_000_000, 0), Some(seconds / 30));
        }
    }

    #[test]
    fn a_code_holds_one_step_to_either_side_and_once() {
        let secret = b"12345678901234567890";
        let now = 1_111_111_109 * 1_000_000;
        let step = now / STEP_US;
        for (off, taken) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            assert_eq!(step_of(secret, &code(secret, step + off), now, 0).is_some(), taken, "{off}");
        }
        assert_eq!(step_of(secret, &code(secret, step), now, step), None, "taken before");
        assert_eq!(step_of(secret, &code(secret, step - 1), now, step), None, "older than one taken before");
    }

    #[test]
    fn base32_is_that_of_the_standard() {
        for (bytes, text) in [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(base32(bytes.as_bytes()), text);
            assert_eq!(from_base32(text).as_deref(), Some(bytes.as_bytes()));
        }
        assert_eq!(from_base32("M1"), None);
    }
}
