//! Randomness from the operating system.

use guanxi_model::Random;

/// The operating system's source of randomness.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct OsRandom;

impl Random for OsRandom {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the operating system")]
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            // Without randomness no token may be made: stopping is the only safe thing.
            eprintln!("guanxi: the operating system gives no randomness: {error}");
            std::process::abort();
        }
    }
}

/// A password for people: 16 characters that cannot be mistaken for each other.
pub(crate) fn password(random: &dyn Random) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0u8; 16];
    random.fill(&mut bytes);
    bytes.iter().map(|b| char::from(LETTERS[usize::from(b & 31)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_differ() {
        let (a, b) = (password(&OsRandom), password(&OsRandom));
        assert_eq!(a.len(), 16);
        assert_ne!(a, b);
    }
}
