//! Plane geometry in metres and `f64`, for what makes layouts.
//!
//! Nothing here calls the C library's transcendental functions: square roots and the four operations give the same
//! bits on every machine, and so does a city.

mod inset;
mod rectangle;
mod ring;

use glam::DVec2;

pub(crate) use inset::{inset, inset_all};
pub(crate) use rectangle::{Rectangle, bounding_rectangle};
pub(crate) use ring::{
    area, bounds, centroid, clean, contains, crosses_itself, distance_to, inner_point, middle,
    repair, simplify, split, thin,
};

use crate::layout::Polygon;

/// Plan positions are multiples of this, so that every tile's `f32` holds exactly the same place.
const GRAIN: f64 = 1024.0;

/// The nearest place that layouts can hold exactly, about a millimetre away at most.
pub(crate) fn snap(point: DVec2) -> DVec2 {
    (point * GRAIN).round() / GRAIN
}

/// To the left of a direction.
pub(crate) fn left(direction: DVec2) -> DVec2 {
    DVec2::new(-direction.y, direction.x)
}

/// Direction from `a` to `b`, or east.
pub(crate) fn toward(a: DVec2, b: DVec2) -> DVec2 {
    (b - a).try_normalize().unwrap_or(DVec2::X)
}

/// Where two lines (a point and a direction each) meet, as metres along the first per length of its direction.
pub(crate) fn meet(p: DVec2, d: DVec2, q: DVec2, e: DVec2) -> Option<f64> {
    let cross = d.perp_dot(e);
    (cross.abs() > 1e-9 * d.length() * e.length()).then(|| (q - p).perp_dot(e) / cross)
}

/// The nearest point of a segment.
pub(crate) fn nearest_on(a: DVec2, b: DVec2, point: DVec2) -> DVec2 {
    let d = b - a;
    let t = (point - a).dot(d) / d.length_squared().max(1e-18);
    a + d * t.clamp(0.0, 1.0)
}

/// Directions evenly around the circle, counter-clockwise from east.
pub(crate) fn around(steps: usize) -> Vec<DVec2> {
    // The half-angle's rational parametrization keeps to exact operations: cos = (1 − m²)/(1 + m²).
    let quarter = |f: f64| {
        // tan(f π / 4) on 0..=1, good to 1e-4, which no polygon shows.
        let s = f * f;
        let m = f * (std::f64::consts::FRAC_PI_4 + s * (0.161_49 + s * (0.039_84 + s * 0.013_272)));
        DVec2::new(1.0 - m * m, 2.0 * m) / (1.0 + m * m)
    };
    (0..steps)
        .map(|i| {
            let turn = 4.0 * i as f64 / steps as f64;
            let direction = quarter(turn.fract());
            match turn as usize {
                0 => direction,
                1 => left(direction),
                2 => -direction,
                _ => -left(direction),
            }
        })
        .collect()
}

/// A layout's polygon of rings in the plan, relative to its origin; the rings are turned as they must be.
pub(crate) fn polygon(outer: &[DVec2], holes: &[Vec<DVec2>], origin: DVec2) -> Polygon {
    let ring = |points: &[DVec2], clockwise: bool| {
        let mut local: Vec<_> = points
            .iter()
            .map(|&p| (snap(p) - origin).as_vec2())
            .collect();
        if (area(points) < 0.0) != clockwise {
            local.reverse();
        }
        local
    };
    Polygon {
        outer: ring(outer, false),
        holes: holes.iter().map(|hole| ring(hole, true)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_go_around_evenly() {
        let directions = around(24);
        for (i, d) in directions.iter().enumerate() {
            let angle = std::f64::consts::TAU * i as f64 / 24.0;
            let exact = DVec2::new(angle.cos(), angle.sin());
            assert!(d.distance(exact) < 1e-3, "{i}: {d} is not {exact}");
        }
    }
}
