//! Outlines of buildings as runs of wall: what turns only a little is one wall.

use glam::{Vec2, Vec3};

use crate::layout::Polygon;

/// Corners that turn less than this are part of one wall (cosine).
const STRAIGHT: f32 = 0.93;

/// One wall in plan: a line of points with the outside on its right.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Run {
    points: Vec<Vec2>,
    /// Metres along the run at each point.
    starts: Vec<f32>,
}

/// A place on a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct OnWall {
    pub(super) at: Vec2,
    /// Metres along the run.
    pub(super) along: f32,
    pub(super) tangent: Vec3,
    pub(super) normal: Vec3,
}

impl OnWall {
    /// The point at this height, so far outside.
    pub(super) fn point(&self, z: f32, outside: f32) -> Vec3 {
        self.at.extend(z) + self.normal * outside
    }

    /// In plan, so far outside.
    pub(super) fn outside(&self, distance: f32) -> Vec2 {
        self.at + self.normal.truncate() * distance
    }
}

impl Run {
    fn new(points: Vec<Vec2>) -> Self {
        let mut starts = vec![0.0];
        for pair in points.windows(2) {
            starts.push(starts[starts.len() - 1] + pair[0].distance(pair[1]));
        }
        Self { points, starts }
    }

    pub(super) fn length(&self) -> f32 {
        self.starts[self.starts.len() - 1]
    }

    /// The place `u` metres along.
    pub(super) fn at(&self, u: f32) -> OnWall {
        let last = self.points.len() - 2;
        let k = self
            .starts
            .partition_point(|start| *start <= u)
            .saturating_sub(1)
            .min(last);
        let (a, b) = (self.points[k], self.points[k + 1]);
        let along = (b - a).normalize_or_zero();
        OnWall {
            at: a + along * (u - self.starts[k]),
            along: u,
            tangent: along.extend(0.0),
            normal: Vec3::new(along.y, -along.x, 0.0),
        }
    }

    /// Its straight pieces, as middles with their half lengths.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (OnWall, f32)> {
        self.starts.windows(2).map(|pair| {
            let half = 0.5 * (pair[1] - pair[0]);
            (self.at(pair[0] + half), half)
        })
    }

    /// The same cut into pieces at most so long.
    pub(super) fn short_pieces(&self, longest: f32) -> impl Iterator<Item = (OnWall, f32)> {
        self.starts.windows(2).flat_map(move |pair| {
            let n = ((pair[1] - pair[0]) / longest).ceil().max(1.0);
            let half = 0.5 * (pair[1] - pair[0]) / n;
            let start = pair[0];
            (0..n as u32).map(move |k| (self.at(start + (2.0 * k as f32 + 1.0) * half), half))
        })
    }

    /// Middle of its box, and how far that reaches.
    pub(super) fn ball(&self) -> (Vec2, f32) {
        let low = self
            .points
            .iter()
            .copied()
            .reduce(Vec2::min)
            .unwrap_or_default();
        let high = self
            .points
            .iter()
            .copied()
            .reduce(Vec2::max)
            .unwrap_or_default();
        (0.5 * (low + high), 0.5 * low.distance(high))
    }
}

/// The walls around a footprint.
pub(super) fn runs(footprint: &Polygon) -> Vec<Run> {
    let mut all = ring_runs(&footprint.outer, true);
    for hole in &footprint.holes {
        all.extend(ring_runs(hole, false));
    }
    all
}

/// Twice the area, positive counter-clockwise.
pub(super) fn signed_area_doubled(ring: &[Vec2]) -> f32 {
    (0..ring.len())
        .map(|k| ring[k].perp_dot(ring[(k + 1) % ring.len()]))
        .sum()
}

fn ring_runs(ring: &[Vec2], counter_clockwise: bool) -> Vec<Run> {
    let mut ring = ring.to_vec();
    ring.dedup_by(|a, b| a.distance(*b) < 0.02);
    if ring.len() > 1 && ring[0].distance(ring[ring.len() - 1]) < 0.02 {
        ring.pop();
    }
    if ring.len() < 3 {
        return Vec::new();
    }
    if (signed_area_doubled(&ring) > 0.0) != counter_clockwise {
        ring.reverse();
    }
    let n = ring.len();
    let direction = |k: usize| (ring[(k + 1) % n] - ring[k % n]).normalize_or_zero();
    let is_corner = |k: usize| direction((k + n - 1) % n).dot(direction(k)) < STRAIGHT;
    let first = (0..n).find(|k| is_corner(*k)).unwrap_or(0);
    let mut runs = Vec::new();
    let mut points = vec![ring[first]];
    for step in 1..=n {
        let k = (first + step) % n;
        points.push(ring[k]);
        if is_corner(k) || step == n {
            runs.push(Run::new(std::mem::replace(&mut points, vec![ring[k]])));
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_has_four_walls_that_look_outside() {
        let square = Polygon {
            outer: vec![
                Vec2::ZERO,
                Vec2::new(8.0, 0.0),
                Vec2::new(8.0, 8.0),
                Vec2::new(0.0, 8.0),
            ],
            holes: Vec::new(),
        };
        let runs = runs(&square);
        assert_eq!(runs.len(), 4, "walls");
        for run in &runs {
            let place = run.at(4.0);
            let away = place.outside(1.0) - Vec2::splat(4.0);
            assert!(away.length() > 4.5, "the normal of {run:?} looks inside");
        }
    }

    #[test]
    fn a_round_tower_is_one_wall() {
        let outer = (0..32)
            .map(|k| Vec2::from_angle(k as f32 / 32.0 * std::f32::consts::TAU) * 6.0)
            .collect();
        let runs = runs(&Polygon {
            outer,
            holes: Vec::new(),
        });
        assert_eq!(runs.len(), 1, "walls");
        assert!(
            (runs[0].length() - 37.64).abs() < 0.1,
            "{}",
            runs[0].length()
        );
    }
}
