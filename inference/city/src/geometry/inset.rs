//! Moves the edges of a ring inwards, each by its own distance.
//!
//! The edges of Aichholzer's and Aurenhammer's straight skeleton (1996) without its split events: edges that shrink to
//! nothing are dropped on the way; a ring that would fall into two parts is refused instead.

use glam::DVec2;

use super::ring::{area, crosses_itself};
use super::{left, toward};

/// A ring after its edges were moved.
#[derive(Debug, Clone)]
pub(crate) struct Inset {
    /// Its points.
    pub(crate) points: Vec<DVec2>,
    /// Which edge of the ring before became the edge that starts at each point.
    pub(crate) edges: Vec<usize>,
}

/// All edges by the same distance.
pub(crate) fn inset_all(ring: &[DVec2], distance: f64) -> Option<Inset> {
    inset(ring, |_| distance)
}

/// A counter-clockwise ring with edge `i` moved inwards by `distance(i)` metres; none where nothing is left, or what is
/// left is not one simple ring.
pub(crate) fn inset(ring: &[DVec2], distance: impl Fn(usize) -> f64) -> Option<Inset> {
    let n = ring.len();
    let directions: Vec<DVec2> = (0..n).map(|i| toward(ring[i], ring[(i + 1) % n])).collect();
    let speeds: Vec<f64> = (0..n).map(distance).collect();
    let mut points = ring.to_vec();
    let mut edges: Vec<usize> = (0..n).collect();
    let mut left_over = 1.0;

    while left_over > 0.0 {
        let m = edges.len();
        if m < 3 {
            return None;
        }
        let velocities = (0..m)
            .map(|k| {
                let (before, after) = (edges[(k + m - 1) % m], edges[k]);
                velocity(
                    (directions[before], speeds[before]),
                    (directions[after], speeds[after]),
                )
            })
            .collect::<Option<Vec<DVec2>>>()?;
        let (time, gone) = next_event(&points, &velocities, |k| directions[edges[k]], left_over);
        for (point, velocity) in points.iter_mut().zip(&velocities) {
            *point += *velocity * time;
        }
        left_over -= time;
        let Some(gone) = gone else {
            break;
        };
        // The edge is a point now: it and its first end go, its second end joins the edges on both sides.
        points.remove(gone);
        edges.remove(gone);
    }
    drop_repeated(&mut points, &mut edges);
    (points.len() >= 3 && area(&points) > 1e-3 && !crosses_itself(&points))
        .then_some(Inset { points, edges })
}

/// Drops points that fell together.
fn drop_repeated(points: &mut Vec<DVec2>, edges: &mut Vec<usize>) {
    let mut k = 0;
    while k < points.len() && points.len() > 3 {
        let next = points[(k + 1) % points.len()];
        if points[k].distance(next) < 1e-6 {
            points.remove(k);
            edges.remove(k);
        } else {
            k += 1;
        }
    }
}

/// How a corner moves so that both of its edges go inwards at their speeds; none between edges that run into each other.
fn velocity(a: (DVec2, f64), b: (DVec2, f64)) -> Option<DVec2> {
    let (n, m) = (left(a.0), left(b.0));
    let cross = n.perp_dot(m);
    if cross.abs() < 1e-3 {
        // A straight joint goes straight in; edges that run back on each other have no inside.
        return (n.dot(m) > 0.0).then(|| (n + m) * 0.25 * (a.1 + b.1));
    }
    // n·v = a, m·v = b
    Some(DVec2::new(a.1 * m.y - b.1 * n.y, b.1 * n.x - a.1 * m.x) / cross)
}

/// Time until the first edge has shrunk to nothing, and which.
fn next_event(
    points: &[DVec2],
    velocities: &[DVec2],
    direction: impl Fn(usize) -> DVec2,
    left_over: f64,
) -> (f64, Option<usize>) {
    let m = points.len();
    let mut first = (left_over, None);
    for k in 0..m {
        let next = (k + 1) % m;
        let length = (points[next] - points[k]).dot(direction(k));
        let rate = (velocities[next] - velocities[k]).dot(direction(k));
        if rate < 0.0 && -length / rate < first.0 {
            first = ((-length / rate).max(0.0), Some(k));
        }
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(list: &[(f64, f64)]) -> Vec<DVec2> {
        list.iter().map(|&(x, y)| DVec2::new(x, y)).collect()
    }

    #[test]
    fn every_edge_moves_by_its_own_distance() {
        let ring = points(&[(0.0, 0.0), (20.0, 0.0), (20.0, 10.0), (0.0, 10.0)]);
        let inset = inset(&ring, |i| [1.0, 2.0, 3.0, 4.0][i]).expect("room is left");
        assert!((area(&inset.points) - 14.0 * 6.0).abs() < 1e-9, "{inset:?}");
    }

    #[test]
    fn short_edges_vanish_and_thin_rings_too() {
        let ring = points(&[
            (0.0, 0.0),
            (20.0, 0.0),
            (20.0, 19.0),
            (19.0, 20.0),
            (0.0, 20.0),
        ]);
        let small = inset_all(&ring, 6.0).expect("room is left");
        assert_eq!(small.edges, [0, 1, 3, 4], "the chamfer is gone");
        assert!((area(&small.points) - 64.0).abs() < 1e-6, "{small:?}");
        assert!(inset_all(&ring, 11.0).is_none());
    }

    #[test]
    fn bent_sides_stay_bent() {
        let ring = points(&[
            (0.0, 0.0),
            (50.0, 4.0),
            (100.0, 0.0),
            (100.0, 60.0),
            (50.0, 55.0),
            (0.0, 60.0),
        ]);
        let moved = inset_all(&ring, 10.0).expect("room is left");
        assert_eq!(moved.edges.len(), 6);
    }
}
