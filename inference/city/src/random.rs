//! Numbers that look like chance and are the same on every machine: all from seeds and places.

/// One well-mixed number of two (the finalizer of SplitMix64, Steele et al. 2014).
pub fn mix(seed: u64, value: u64) -> u64 {
    let mut z = seed ^ value.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number in 0..1 for a cell of a lattice.
pub fn cell(seed: u32, i: i32, j: i32) -> f32 {
    let mut h = seed ^ (i as u32).wrapping_mul(0x85eb_ca6b) ^ (j as u32).wrapping_mul(0xc2b2_ae35);
    h = (h ^ (h >> 16)).wrapping_mul(0x7feb_352d);
    h = (h ^ (h >> 15)).wrapping_mul(0x846c_a68b);
    h ^= h >> 16;
    (h >> 8) as f32 * (1.0 / 16_777_216.0)
}

/// A sequence of chances from one seed.
#[derive(Debug, Clone)]
pub struct Random {
    state: u64,
}

impl Random {
    /// The sequence of a seed; `stream` tells sequences of one seed apart.
    pub fn new(seed: u64, stream: u64) -> Self {
        Self {
            state: mix(mix(0x5117_a7c1_7155_eed5, seed), stream),
        }
    }

    /// The next whole number.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(0, self.state)
    }

    /// In 0..1.
    pub fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 * (1.0 / 16_777_216.0)
    }

    /// In `low..high`.
    pub fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// One of a list that is not empty.
    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        let index = (self.unit() * list.len() as f32) as usize;
        list[index.min(list.len() - 1)]
    }

    /// A direction, all alike.
    pub fn direction(&mut self) -> glam::Vec3 {
        let z = self.range(-1.0, 1.0);
        let (sin, cos) = self.range(0.0, std::f32::consts::TAU).sin_cos();
        let r = (1.0 - z * z).max(0.0).sqrt();
        glam::Vec3::new(r * cos, r * sin, z)
    }
}
