//! Outlines of cells become outlines of houses: few corners, right angles where they nearly are.

use glam::DVec2;

use crate::geometry::{area, clean, crosses_itself, left, meet, simplify, toward};

/// How far an outline may move, cells.
const TOLERANCE: f64 = 0.85;
/// Edges shorter than this are corners that the cells cut, cells.
const CUT: f64 = 2.4;
/// Cosine of how far an edge may be from a right angle to be put there.
const NEARLY: f64 = 0.97;
/// Share of the outline that must be nearly square for all of it to be made so.
const MOST: f64 = 0.7;

/// An outline without the steps of its cells; `square` puts nearly right angles right.
pub(super) fn straightened(ring: &[DVec2], cell: f64, square: bool) -> Vec<DVec2> {
    let simple = clean(&simplify(ring, TOLERANCE * cell), 0.1 * cell);
    if simple.len() < 3 {
        return simple;
    }
    let sharp = with_corners(&simple, CUT * cell);
    let best = if square {
        squared(&sharp, cell).unwrap_or(sharp)
    } else {
        sharp
    };
    let (before, after) = (area(ring), area(&best));
    let sound =
        (after - before).abs() < 0.15 * before.abs() + 2.0 * cell * cell && !crosses_itself(&best);
    if sound { best } else { simple }
}

/// Without short edges between long ones: the long ones meet instead.
fn with_corners(ring: &[DVec2], short: f64) -> Vec<DVec2> {
    let n = ring.len();
    let length = |i: usize| ring[i % n].distance(ring[(i + 1) % n]);
    let mut sharp = Vec::new();
    let mut i = 0;
    while i < n {
        // Edge i is the one from point i; points of a short edge become one.
        let cut = length(i) < short && length(i + n - 1) >= short && length(i + 1) >= short;
        let (a, b) = (ring[(i + n - 1) % n], ring[i]);
        let (c, d) = (ring[(i + 1) % n], ring[(i + 2) % n]);
        let corner = meet(a, b - a, c, d - c)
            .map(|t| a + (b - a) * t)
            .filter(|p| cut && p.distance(0.5 * (b + c)) < 2.0 * short);
        match corner {
            Some(corner) if i + 1 < n => {
                sharp.push(corner);
                i += 2;
            }
            _ => {
                sharp.push(b);
                i += 1;
            }
        }
    }
    let sharp = clean(&sharp, 0.05 * short);
    if sharp.len() < 3 {
        ring.to_vec()
    } else {
        sharp
    }
}

/// With every nearly square edge along one of two directions; none where the outline is not nearly square.
fn squared(ring: &[DVec2], cell: f64) -> Option<Vec<DVec2>> {
    let n = ring.len();
    let edge = |i: usize| (ring[i % n], ring[(i + 1) % n]);
    // The direction of which most length is a multiple of a right angle away: angles times four are added.
    let mut sum = DVec2::ZERO;
    for i in 0..n {
        let (a, b) = edge(i);
        let d = toward(a, b);
        let doubled = DVec2::new(d.x * d.x - d.y * d.y, 2.0 * d.x * d.y);
        sum += DVec2::new(
            doubled.x * doubled.x - doubled.y * doubled.y,
            2.0 * doubled.x * doubled.y,
        ) * a.distance(b);
    }
    let halved = |t: DVec2| {
        let u = t.normalize_or(DVec2::X);
        DVec2::new(
            (0.5 * (1.0 + u.x)).max(0.0).sqrt(),
            (0.5 * (1.0 - u.x)).max(0.0).sqrt().copysign(u.y),
        )
    };
    let axis = halved(halved(sum));

    let mut square = 0.0;
    let lines: Vec<(DVec2, DVec2)> = (0..n)
        .map(|i| {
            let (a, b) = edge(i);
            let d = toward(a, b);
            let near = [axis, left(axis), -axis, -left(axis)]
                .into_iter()
                .find(|way| way.dot(d) > NEARLY);
            square += if near.is_some() { a.distance(b) } else { 0.0 };
            (0.5 * (a + b), near.unwrap_or(d))
        })
        .collect();
    let round: f64 = (0..n).map(|i| edge(i).0.distance(edge(i).1)).sum();
    if square < MOST * round {
        return None;
    }
    let mut points = Vec::new();
    for i in 0..n {
        let (p, d) = lines[(i + n - 1) % n];
        let (q, e) = lines[i];
        let corner = meet(p, d, q, e)
            .filter(|_| d.perp_dot(e).abs() > 0.2)
            .map(|t| p + d * t)
            .filter(|c| c.distance(ring[i]) < 4.0 * cell);
        match corner {
            Some(corner) => points.push(corner),
            // Parallel edges one after the other: a step, where the first edge ends.
            None => points.extend([foot(p, d, ring[i]), foot(q, e, ring[i])]),
        }
    }
    let points = clean(&points, 0.2 * cell);
    (points.len() >= 3).then_some(points)
}

/// The foot of a point on a line.
fn foot(on: DVec2, direction: DVec2, point: DVec2) -> DVec2 {
    on + direction * (point - on).dot(direction)
}

#[cfg(test)]
mod tests {
    use super::super::contours::regions;
    use super::*;

    #[test]
    fn a_turned_rectangle_comes_back() {
        let axis = DVec2::new(0.9, 0.436).normalize();
        let (center, half) = (DVec2::new(50.0, 50.0), DVec2::new(30.0, 12.0));
        let inside = |i: usize| {
            let p = DVec2::new((i % 100) as f64 + 0.5, (i / 100) as f64 + 0.5) - center;
            (p.dot(axis).abs() < half.x && p.dot(left(axis)).abs() < half.y).then_some(1)
        };
        let region = &regions(100, 100, inside)[0];
        let ring = straightened(&region.outer, 1.0, true);
        assert_eq!(ring.len(), 4, "{ring:?}");
        assert!((area(&ring) - 1440.0).abs() < 45.0, "{} m²", area(&ring));
        for i in 0..4 {
            let (a, b, c) = (ring[i], ring[(i + 1) % 4], ring[(i + 2) % 4]);
            assert!(
                toward(a, b).dot(toward(b, c)).abs() < 1e-6,
                "no right angle"
            );
            let p = a - center;
            let off = (p.dot(axis).abs() - half.x)
                .abs()
                .max((p.dot(left(axis)).abs() - half.y).abs());
            assert!(off < 1.0, "a corner is {off} cells off");
        }
    }
}
