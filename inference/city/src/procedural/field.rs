//! In which directions the streets of a quarter run: a tensor field of its borders, a grid, a star and noise
//! (Chen, Esch, Wonka, Müller and Zhang: Interactive procedural street modeling, 2008).

use glam::DVec2;

use super::lattice::noise;
use crate::geometry::{left, nearest_on, toward};

/// How far borders are felt, metres.
const BORDER_REACH: f64 = 130.0;

/// The field of a quarter.
pub(super) struct Field {
    /// Borders as lines.
    pub(super) borders: Vec<Vec<DVec2>>,
    /// Direction of the grid.
    pub(super) grid: DVec2,
    /// Weight of the grid.
    pub(super) grid_weight: f64,
    /// Middle of a star.
    pub(super) star: Option<DVec2>,
    /// How far noise turns the streets, about radians.
    pub(super) wander: f64,
    pub(super) seed: u64,
}

/// A direction and its opposite are the same: angles are doubled to be added up.
fn doubled(direction: DVec2) -> DVec2 {
    DVec2::new(
        direction.x * direction.x - direction.y * direction.y,
        2.0 * direction.x * direction.y,
    )
}

/// And halved again.
fn halved(tensor: DVec2) -> DVec2 {
    let unit = tensor.try_normalize().unwrap_or(DVec2::X);
    let x = (0.5 * (1.0 + unit.x)).max(0.0).sqrt();
    let y = (0.5 * (1.0 - unit.x)).max(0.0).sqrt();
    DVec2::new(x, y.copysign(unit.y))
}

impl Field {
    /// One of the two directions of the streets at a place; the other is across.
    pub(super) fn major(&self, at: DVec2) -> DVec2 {
        // Streets and their cross streets are the same here: the angle is doubled twice.
        let cross = |direction: DVec2| doubled(doubled(direction));
        let mut sum = cross(self.grid) * self.grid_weight;
        for border in &self.borders {
            let mut nearest = (f64::INFINITY, DVec2::X);
            for pair in border.windows(2) {
                let distance = nearest_on(pair[0], pair[1], at).distance_squared(at);
                if distance < nearest.0 {
                    nearest = (distance, toward(pair[0], pair[1]));
                }
            }
            let q = 1.0 + nearest.0 / (BORDER_REACH * BORDER_REACH);
            sum += cross(nearest.1) / (q * q);
        }
        if let Some(star) = self.star {
            let q = 1.0 + at.distance_squared(star) / (520.0 * 520.0);
            sum += cross(toward(star, at)) * 2.2 / q;
        }
        let direction = halved(halved(sum));
        // Half the angle's tangent, by which the direction is turned.
        let t = 0.5
            * self.wander
            * (noise(self.seed, at / 330.0) + 0.4 * noise(self.seed ^ 5, at / 120.0));
        let turn = DVec2::new(1.0 - t * t, 2.0 * t) / (1.0 + t * t);
        turn.rotate(direction)
    }

    /// The direction of the streets that is nearest to a wanted one.
    pub(super) fn along(&self, at: DVec2, wanted: DVec2) -> DVec2 {
        let major = self.major(at);
        let minor = left(major);
        let best = if major.dot(wanted).abs() >= minor.dot(wanted).abs() {
            major
        } else {
            minor
        };
        best * best.dot(wanted).signum()
    }
}
