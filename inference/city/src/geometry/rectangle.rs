//! The rectangle of smallest area around a ring.

use glam::DVec2;

use super::left;
use super::ring::edges;

/// A rectangle in any direction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rectangle {
    /// Its middle.
    pub(crate) center: DVec2,
    /// Unit direction of its longer side.
    pub(crate) axis: DVec2,
    /// Half of its longer and of its shorter side, metres.
    pub(crate) half: DVec2,
}

impl Rectangle {
    /// Its corners, counter-clockwise.
    pub(crate) fn corners(&self) -> [DVec2; 4] {
        let (u, v) = (self.axis * self.half.x, left(self.axis) * self.half.y);
        [
            self.center - u - v,
            self.center + u - v,
            self.center + u + v,
            self.center - u + v,
        ]
    }
}

/// Smallest rectangle around points: one of its sides lies along an edge of their hull, so the edges of the ring are
/// tried (edges inside the hull only waste time).
pub(crate) fn bounding_rectangle(ring: &[DVec2]) -> Rectangle {
    let mut best = Rectangle {
        center: ring.first().copied().unwrap_or_default(),
        axis: DVec2::X,
        half: DVec2::ZERO,
    };
    let mut smallest = f64::INFINITY;
    for (a, b) in edges(ring) {
        let Some(axis) = (b - a).try_normalize() else {
            continue;
        };
        let across = left(axis);
        let inf = DVec2::splat(f64::INFINITY);
        let (low, high) = ring.iter().fold((inf, -inf), |(low, high), p| {
            let q = DVec2::new(p.dot(axis), p.dot(across));
            (low.min(q), high.max(q))
        });
        let size = high - low;
        if size.x * size.y < smallest {
            smallest = size.x * size.y;
            let middle = 0.5 * (low + high);
            let long = size.x >= size.y;
            best = Rectangle {
                center: axis * middle.x + across * middle.y,
                axis: if long { axis } else { across },
                half: 0.5
                    * if long {
                        size
                    } else {
                        DVec2::new(size.y, size.x)
                    },
            };
        }
    }
    best
}
