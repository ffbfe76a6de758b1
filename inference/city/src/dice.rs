//! Chance that is the same everywhere: numbers from hashes of what they are for.

/// Mixes a number into another (the finalizer of Steele's, Lea's and Flood's SplitMix64, 2014).
pub(crate) fn mix(seed: u64, key: u64) -> u64 {
    let mut z = seed
        .rotate_left(23)
        .wrapping_add(key.wrapping_mul(0x9E37_79B9_7F4A_7C15))
        .wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A stream of numbers for one thing.
#[derive(Debug, Clone)]
pub(crate) struct Dice {
    seed: u64,
    thrown: u64,
}

impl Dice {
    /// The stream of what the keys name.
    pub(crate) fn new(seed: u64, keys: &[u64]) -> Self {
        Self {
            seed: keys.iter().fold(seed, |seed, &key| mix(seed, key)),
            thrown: 0,
        }
    }

    /// Any number.
    pub(crate) fn next(&mut self) -> u64 {
        self.thrown += 1;
        mix(self.seed, self.thrown)
    }

    /// In `0..1`.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// In `low..high`.
    pub(crate) fn within(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// True so often, of 1.
    pub(crate) fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// About normal, mean 0, deviation 1, never beyond ±3.5 (sum of four).
    pub(crate) fn bell(&mut self) -> f64 {
        let sum: f64 = (0..4).map(|_| self.unit()).sum();
        (sum - 2.0) * 3f64.sqrt()
    }

    /// One of a list's places; zero of an empty one.
    pub(crate) fn index(&mut self, count: usize) -> usize {
        ((self.unit() * count as f64) as usize).min(count.saturating_sub(1))
    }
}
