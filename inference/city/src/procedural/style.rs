//! The sliders of a city.

use serde::{Deserialize, Serialize};

/// What a procedural city is like. Every share is 0..=1; out of its range a value is taken to the nearest end.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CityStyle {
    /// The same seed is the same city.
    pub seed: u64,
    /// How many quarters gather around a star of avenues.
    pub radial: f32,
    /// How far streets wander from straight lines.
    pub organic: f32,
    /// Size of blocks, 0.6..=1.8 of the usual 90 × 120 m in the middle of town.
    pub block_size: f32,
    /// How far dense building reaches out from the centers.
    pub density: f32,
    /// Height of buildings, 0.5..=2.5 of the usual.
    pub height: f32,
    /// How many blocks of a center have towers.
    pub towers: f32,
    /// Metres from one center to the next, 1200..=8000.
    pub center_spacing: f32,
    /// Parks and gardens.
    pub green: f32,
    /// Rivers and ponds.
    pub water: f32,
    /// Blocks with an open courtyard rather than built over.
    pub courtyards: f32,
    /// Quarters of works and stores outside the centers.
    pub industry: f32,
    /// Streets with rows of trees.
    pub street_trees: f32,
    /// Parking places that are taken.
    pub cars: f32,
}

impl Default for CityStyle {
    fn default() -> Self {
        Self {
            seed: 7,
            radial: 0.35,
            organic: 0.3,
            block_size: 1.0,
            density: 0.5,
            height: 1.0,
            towers: 0.35,
            center_spacing: 3400.0,
            green: 0.3,
            water: 0.4,
            courtyards: 0.75,
            industry: 0.25,
            street_trees: 0.6,
            cars: 0.6,
        }
    }
}

impl CityStyle {
    /// The style with every value in its range; what is no number becomes the usual.
    pub fn clamped(self) -> Self {
        let usual = Self::default();
        let within = |value: f32, usual: f32, low: f32, high: f32| {
            if value.is_nan() {
                usual
            } else {
                value.clamp(low, high)
            }
        };
        let share = |value: f32, usual: f32| within(value, usual, 0.0, 1.0);
        Self {
            seed: self.seed,
            radial: share(self.radial, usual.radial),
            organic: share(self.organic, usual.organic),
            block_size: within(self.block_size, 1.0, 0.6, 1.8),
            density: share(self.density, usual.density),
            height: within(self.height, 1.0, 0.5, 2.5),
            towers: share(self.towers, usual.towers),
            center_spacing: within(self.center_spacing, usual.center_spacing, 1200.0, 8000.0),
            green: share(self.green, usual.green),
            water: share(self.water, usual.water),
            courtyards: share(self.courtyards, usual.courtyards),
            industry: share(self.industry, usual.industry),
            street_trees: share(self.street_trees, usual.street_trees),
            cars: share(self.cars, usual.cars),
        }
    }
}
