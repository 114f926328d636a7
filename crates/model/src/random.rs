//! Randomness as a dependency: tokens, salts and change-set ids come from here, so that tests can seed it.

/// A source of random bytes fit for secrets (in production).
pub trait Random: Send + Sync {
    /// Fills `bytes` with random values.
    fn fill(&self, bytes: &mut [u8]);

    /// 63 random bits: a positive integer.
    fn positive_i64(&self) -> i64 {
        let mut bytes = [0u8; 8];
        self.fill(&mut bytes);
        i64::from_le_bytes(bytes) & i64::MAX
    }
}
