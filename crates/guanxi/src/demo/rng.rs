//! A small repeatable random generator (SplitMix64): the same seed gives the same company on every machine.

/// The generator.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// A generator with a seed.
    pub fn new(seed: u64) -> Rng {
        Rng(seed)
    }

    /// An independent generator for one part of the data, so that a change in one part leaves the others as they are.
    pub fn fork(&self, part: u64) -> Rng {
        let mut rng = Rng(self.0 ^ part.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        Rng(rng.bits())
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from `from` to `to`, both included.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = u64::try_from(to - from).unwrap_or(0) + 1;
        from + i64::try_from(self.bits() % span).unwrap_or(0)
    }

    /// Of both ends' middle more often than of the ends: the mean of three draws.
    pub fn around(&mut self, from: i64, to: i64) -> i64 {
        (self.between(from, to) + self.between(from, to) + self.between(from, to)) / 3
    }

    /// True in `percent` of a hundred cases.
    pub fn chance(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    /// One of the items. The list must not be empty.
    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[(self.bits() % items.len().max(1) as u64) as usize]
    }

    /// One of the items, by weight. The list must not be empty.
    pub fn weighted<T: Copy>(&mut self, items: &[(T, i64)]) -> T {
        let total: i64 = items.iter().map(|(_, weight)| weight).sum();
        let mut left = self.between(1, total.max(1));
        for (item, weight) in items {
            left -= weight;
            if left <= 0 {
                return *item;
            }
        }
        items[0].0
    }
}

#[cfg(test)]
mod tests {
    use super::Rng;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let mut one = Rng::new(7);
        let mut two = Rng::new(7);
        assert!((0..100).all(|_| one.bits() == two.bits()));
        assert!((0..1000).all(|_| (3..=9).contains(&one.between(3, 9))));
        assert_ne!(Rng::new(7).fork(1).bits(), Rng::new(7).fork(2).bits());
    }
}
