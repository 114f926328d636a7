//! As much CBOR (RFC 8949) as an authenticator sends: integers, bytes, texts, arrays and maps of known length.

/// Nesting deeper than this is refused.
const DEPTH: usize = 8;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Int(i64),
    Bytes(Vec<u8>),
    Text(String),
    Array(Vec<Value>),
    Map(Vec<(Value, Value)>),
    /// `false`, `true`, `null`.
    Simple(u8),
}

impl Value {
    /// The member of a map.
    pub(super) fn get(&self, key: &Value) -> Option<&Value> {
        match self {
            Value::Map(members) => members.iter().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    pub(super) fn bytes(&self) -> Option<&[u8]> {
        if let Value::Bytes(bytes) = self { Some(bytes) } else { None }
    }
}

/// The first value of some bytes, and what follows it; `None` if it is none.
pub(super) fn first(bytes: &[u8]) -> Option<(Value, &[u8])> {
    value(bytes, DEPTH)
}

fn value(bytes: &[u8], depth: usize) -> Option<(Value, &[u8])> {
    let depth = depth.checked_sub(1)?;
    let (head, rest) = bytes.split_first()?;
    let (number, mut rest) = argument(head & 0x1f, rest)?;
    let length = usize::try_from(number).ok();
    Some(match head >> 5 {
        0 => (Value::Int(i64::try_from(number).ok()?), rest),
        1 => (Value::Int(-1 - i64::try_from(number).ok()?), rest),
        2 => {
            let (taken, rest) = rest.split_at_checked(length?)?;
            (Value::Bytes(taken.to_vec()), rest)
        }
        3 => {
            let (taken, rest) = rest.split_at_checked(length?)?;
            (Value::Text(std::str::from_utf8(taken).ok()?.to_owned()), rest)
        }
        4 => {
            let mut items = Vec::new();
            for _ in 0..number {
                let (item, after) = value(rest, depth)?;
                items.push(item);
                rest = after;
            }
            (Value::Array(items), rest)
        }
        5 => {
            let mut members = Vec::new();
            for _ in 0..number {
                let (key, after) = value(rest, depth)?;
                let (item, after) = value(after, depth)?;
                members.push((key, item));
                rest = after;
            }
            (Value::Map(members), rest)
        }
        7 if head & 0x1f < 24 => (Value::Simple(head & 0x1f), rest),
        _ => return None,
    })
}

/// The number of a head: in it, or in the one, two, four or eight bytes after it.
fn argument(short: u8, rest: &[u8]) -> Option<(u64, &[u8])> {
    let length = match short {
        0..24 => return Some((u64::from(short), rest)),
        24..28 => 1usize << (short - 24),
        _ => return None,
    };
    let (taken, rest) = rest.split_at_checked(length)?;
    Some((taken.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_the_standard_are_read() {
        for (bytes, expected) in [
            (&[0x00][..], Value::Int(0)),
            (&[0x18, 0x64], Value::Int(100)),
            (&[0x1a, 0, 0x0f, 0x42, 0x40], Value::Int(1_000_000)),
            (&[0x26], Value::Int(-7)),
            (&[0x44, 1, 2, 3, 4], Value::Bytes(vec![1, 2, 3, 4])),
            (&[0x64, 0x49, 0x45, 0x54, 0x46], Value::Text("IETF".to_owned())),
            (&[0x82, 1, 0x20], Value::Array(vec![Value::Int(1), Value::Int(-1)])),
            (&[0xa1, 0x61, 0x61, 0xf5], Value::Map(vec![(Value::Text("a".to_owned()), Value::Simple(21))])),
        ] {
            assert_eq!(first(bytes), Some((expected, &[][..])), "{bytes:x?}");
        }
        assert_eq!(first(&[0x01, 0xff]), Some((Value::Int(1), &[0xff][..])));
    }

    #[test]
    fn what_is_cut_off_or_too_deep_is_refused() {
        for bytes in [&[][..], &[0x18], &[0x44, 1, 2], &[0x82, 1], &[0xa1, 0x61, 0x61], &[0x5f], &[0x1c], &[0x62, 0xff, 0xfe]] {
            assert_eq!(first(bytes), None, "{bytes:x?}");
        }
        assert_eq!(first(&[0x81; 64]), None);
        assert_eq!(first(&[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0]), None, "a length that is not there");
    }
}
