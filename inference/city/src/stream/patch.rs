//! Squares of a quadtree over the plan: the finer the stride, the smaller the square.

use glam::{DVec2, DVec3};
use serde::{Deserialize, Serialize};

use crate::layout::TILE_SIZE;

/// Level whose patches are tiles, with a stride of one metre.
pub const TILE_LEVEL: u8 = 3;
/// The coarsest patches: a stride of eight metres.
pub const COARSEST: u8 = 0;
/// The finest: a stride of 1/16 m.
pub const FINEST: u8 = 7;

/// One square: at level `l` its side is `256 · 2^(3 - l)` metres and its splats are `2^(3 - l)` metres apart, so
/// that every patch holds about as many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Patch {
    /// Level of detail, [`COARSEST`] to [`FINEST`].
    pub level: u8,
    /// Steps of its side to the east.
    pub x: i32,
    /// Steps of its side to the north.
    pub y: i32,
}

impl Patch {
    /// The patch of a level in which a point lies.
    pub fn at(level: u8, point: DVec2) -> Self {
        let step = (point / f64::from(side(level))).floor();
        Self {
            level,
            x: step.x as i32,
            y: step.y as i32,
        }
    }

    /// Metres between neighboring splats.
    pub fn stride(self) -> f32 {
        side(self.level) / TILE_SIZE
    }

    /// Metres.
    pub fn side(self) -> f32 {
        side(self.level)
    }

    /// South-western corner, metres in the frame of the plan.
    pub fn origin(self) -> DVec2 {
        DVec2::new(f64::from(self.x), f64::from(self.y)) * f64::from(self.side())
    }

    /// The one that holds it; `None` for the coarsest.
    pub fn parent(self) -> Option<Self> {
        (self.level > COARSEST).then(|| Self {
            level: self.level - 1,
            x: self.x.div_euclid(2),
            y: self.y.div_euclid(2),
        })
    }

    /// The four that it holds; none for the finest.
    pub fn children(self) -> impl Iterator<Item = Self> {
        let quarter = (0..4).filter(move |_| self.level < FINEST);
        quarter.map(move |k| Self {
            level: self.level + 1,
            x: self.x * 2 + (k & 1),
            y: self.y * 2 + (k >> 1),
        })
    }

    /// Whether `other` is this one or lies in it.
    pub fn holds(self, other: Self) -> bool {
        if other.level < self.level {
            return false;
        }
        let shift = i32::from(other.level - self.level);
        other.x >> shift == self.x && other.y >> shift == self.y
    }

    /// Metres from an eye to the nearest point of its ground.
    pub fn distance(self, eye: DVec3) -> f32 {
        let low = self.origin();
        let high = low + f64::from(self.side());
        let nearest = eye.truncate().clamp(low, high);
        (eye - nearest.extend(0.0)).length() as f32
    }
}

fn side(level: u8) -> f32 {
    TILE_SIZE * 2.0_f32.powi(i32::from(TILE_LEVEL) - i32::from(level))
}
