//! Closed rings of points, the last joined to the first.

use glam::{DVec2, Vec2};

use super::nearest_on;

/// Rings with more points than this are not searched for crossings, which takes the square of them.
const SEARCHED: usize = 3000;

/// Signed area, m²: positive counter-clockwise.
pub(crate) fn area(ring: &[DVec2]) -> f64 {
    let Some(&origin) = ring.first() else {
        return 0.0;
    };
    let twice: f64 = edges(ring)
        .map(|(a, b)| (a - origin).perp_dot(b - origin))
        .sum();
    0.5 * twice
}

/// The edges of a ring.
pub(crate) fn edges(ring: &[DVec2]) -> impl Iterator<Item = (DVec2, DVec2)> + '_ {
    (0..ring.len()).map(|i| (ring[i], ring[(i + 1) % ring.len()]))
}

/// Centre of mass; of a ring without area the mean of its points.
pub(crate) fn centroid(ring: &[DVec2]) -> DVec2 {
    let origin = ring.first().copied().unwrap_or_default();
    let (mut sum, mut twice) = (DVec2::ZERO, 0.0);
    for (a, b) in edges(ring) {
        let (a, b) = (a - origin, b - origin);
        let cross = a.perp_dot(b);
        twice += cross;
        sum += (a + b) * cross;
    }
    if twice.abs() < 1e-9 {
        return ring.iter().sum::<DVec2>() / ring.len().max(1) as f64;
    }
    origin + sum / (3.0 * twice)
}

/// Centre of mass of an outline of a layout.
pub(crate) fn middle(outline: &[Vec2]) -> Vec2 {
    let points: Vec<DVec2> = outline.iter().map(|p| p.as_dvec2()).collect();
    centroid(&points).as_vec2()
}

/// South-western and north-eastern corner of points.
pub(crate) fn bounds(points: &[DVec2]) -> (DVec2, DVec2) {
    let inf = DVec2::splat(f64::INFINITY);
    points
        .iter()
        .fold((inf, -inf), |(low, high), &p| (low.min(p), high.max(p)))
}

/// Whether a point lies inside, by the even-odd rule.
pub(crate) fn contains(ring: &[DVec2], point: DVec2) -> bool {
    edges(ring)
        .filter(|(a, b)| (a.y <= point.y) != (b.y <= point.y))
        .filter(|(a, b)| a.x + (point.y - a.y) / (b.y - a.y) * (b.x - a.x) > point.x)
        .count()
        % 2
        == 1
}

/// Distance from a point to the ring itself.
pub(crate) fn distance_to(ring: &[DVec2], point: DVec2) -> f64 {
    edges(ring)
        .map(|(a, b)| nearest_on(a, b, point).distance_squared(point))
        .fold(f64::INFINITY, f64::min)
        .sqrt()
}

/// A point well inside: the centroid where it is inside, or the middle of the widest part of a row through the ring.
pub(crate) fn inner_point(ring: &[DVec2]) -> DVec2 {
    let centroid = centroid(ring);
    if contains(ring, centroid) {
        return centroid;
    }
    let mut crossings: Vec<f64> = edges(ring)
        .filter(|(a, b)| (a.y <= centroid.y) != (b.y <= centroid.y))
        .map(|(a, b)| a.x + (centroid.y - a.y) / (b.y - a.y) * (b.x - a.x))
        .collect();
    crossings.sort_by(f64::total_cmp);
    crossings
        .chunks_exact(2)
        .max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])))
        .map_or(centroid, |row| {
            DVec2::new(0.5 * (row[0] + row[1]), centroid.y)
        })
}

/// Without points that are repeated, lie on a straight edge or are the tips of spikes; empty when nothing is left.
pub(crate) fn clean(ring: &[DVec2], tolerance: f64) -> Vec<DVec2> {
    let mut kept: Vec<DVec2> = ring.iter().copied().filter(|p| p.is_finite()).collect();
    loop {
        let before = kept.len();
        let mut i = 0;
        while i < kept.len() && kept.len() >= 3 {
            let n = kept.len();
            let (a, b, c) = (kept[(i + n - 1) % n], kept[i], kept[(i + 1) % n]);
            let apart = a.distance(c);
            let height = (c - a).perp_dot(b - a).abs() / apart.max(1e-12);
            if a.distance(b) < tolerance || apart < tolerance || height < tolerance * 0.1 {
                kept.remove(i);
            } else {
                i += 1;
            }
        }
        if kept.len() < 3 {
            return Vec::new();
        }
        if kept.len() == before {
            return kept;
        }
    }
}

/// Douglas and Peucker's line simplification (1973) on a ring: no point moves, none that is dropped was farther than
/// `tolerance` from the result. A ring that would cross itself is given back as it was.
pub(crate) fn simplify(ring: &[DVec2], tolerance: f64) -> Vec<DVec2> {
    let n = ring.len();
    if n < 5 {
        return ring.to_vec();
    }
    let far = |from: usize| {
        (0..n)
            .max_by(|&a, &b| {
                ring[a]
                    .distance_squared(ring[from])
                    .total_cmp(&ring[b].distance_squared(ring[from]))
            })
            .unwrap_or(0)
    };
    // Two corners that surely stay: the one farthest from the first point, and the one farthest from that.
    let start = far(0);
    let middle = (far(start) + n - start) % n;
    let turned: Vec<DVec2> = (0..=n).map(|i| ring[(start + i) % n]).collect();
    let mut keep = vec![false; n + 1];
    keep[middle] = true;
    mark(&turned[..=middle], &mut keep[..=middle], tolerance);
    mark(&turned[middle..], &mut keep[middle..], tolerance);
    let simple: Vec<DVec2> = (0..n).filter(|&i| keep[i]).map(|i| turned[i]).collect();
    if simple.len() < 3 || crosses_itself(&simple) {
        return ring.to_vec();
    }
    simple
}

/// The same of an open line, whose ends stay.
pub(crate) fn thin(line: &[DVec2], tolerance: f64) -> Vec<DVec2> {
    let mut keep = vec![false; line.len()];
    mark(line, &mut keep, tolerance);
    line.iter()
        .zip(keep)
        .filter(|(_, kept)| *kept)
        .map(|(p, _)| *p)
        .collect()
}

/// Marks the points of a line that its simplification keeps.
fn mark(line: &[DVec2], keep: &mut [bool], tolerance: f64) {
    let Some(last) = line.len().checked_sub(1) else {
        return;
    };
    keep[0] = true;
    keep[last] = true;
    let mut open = vec![(0, last)];
    while let Some((a, b)) = open.pop() {
        let farthest = (a + 1..b)
            .map(|i| (i, nearest_on(line[a], line[b], line[i]).distance(line[i])))
            .max_by(|x, y| x.1.total_cmp(&y.1));
        if let Some((i, _)) = farthest.filter(|f| f.1 > tolerance) {
            keep[i] = true;
            open.extend([(a, i), (i, b)]);
        }
    }
}

/// Whether two edges that are no neighbors touch.
pub(crate) fn crosses_itself(ring: &[DVec2]) -> bool {
    first_crossing(ring).is_some()
}

/// The first two edges that cross, and where.
fn first_crossing(ring: &[DVec2]) -> Option<(usize, usize, DVec2)> {
    let n = ring.len();
    if n > SEARCHED {
        return None;
    }
    for i in 0..n {
        let (a, b) = (ring[i], ring[(i + 1) % n]);
        let (low, high) = (a.min(b), a.max(b));
        for j in i + 2..n {
            if i == 0 && j == n - 1 {
                continue;
            }
            let (c, d) = (ring[j], ring[(j + 1) % n]);
            if c.min(d).cmpgt(high).any() || c.max(d).cmplt(low).any() {
                continue;
            }
            if let Some(at) = crossing(a, b, c, d) {
                return Some((i, j, at));
            }
        }
    }
    None
}

/// Where two segments cross.
fn crossing(a: DVec2, b: DVec2, c: DVec2, d: DVec2) -> Option<DVec2> {
    let (u, v) = (b - a, d - c);
    let cross = u.perp_dot(v);
    if cross.abs() < 1e-12 {
        return None;
    }
    let s = (c - a).perp_dot(v) / cross;
    let t = (c - a).perp_dot(u) / cross;
    ((0.0..=1.0).contains(&s) && (0.0..=1.0).contains(&t)).then(|| a + u * s)
}

/// The largest simple ring of one that may cross itself: cut at every crossing, the small loops fall off.
/// Empty when nothing worth keeping is left, or the ring is too wild.
pub(crate) fn repair(ring: &[DVec2], tolerance: f64) -> Vec<DVec2> {
    let mut current = clean(ring, tolerance);
    for _ in 0..64 {
        let Some((i, j, at)) = first_crossing(&current) else {
            return current;
        };
        let mut inner = vec![at];
        inner.extend_from_slice(&current[i + 1..=j]);
        let mut outer = vec![at];
        outer.extend_from_slice(&current[j + 1..]);
        outer.extend_from_slice(&current[..=i]);
        let larger = if area(&inner).abs() > area(&outer).abs() {
            inner
        } else {
            outer
        };
        current = clean(&larger, tolerance);
        if current.is_empty() {
            break;
        }
    }
    Vec::new()
}

/// Cuts a simple ring with the line through `at` in `direction`; what lies left, then what lies right of it.
/// A concave ring's parts on one side stay joined along the line (Sutherland and Hodgman 1974).
pub(crate) fn split(ring: &[DVec2], at: DVec2, direction: DVec2) -> (Vec<DVec2>, Vec<DVec2>) {
    let side = |p: DVec2| direction.perp_dot(p - at);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for (a, b) in edges(ring) {
        let (s, t) = (side(a), side(b));
        if s >= 0.0 {
            left.push(a);
        }
        if s <= 0.0 {
            right.push(a);
        }
        if (s > 0.0 && t < 0.0) || (s < 0.0 && t > 0.0) {
            let cut = a + (b - a) * (s / (s - t));
            left.push(cut);
            right.push(cut);
        }
    }
    (left, right)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(list: &[(f64, f64)]) -> Vec<DVec2> {
        list.iter().map(|&(x, y)| DVec2::new(x, y)).collect()
    }

    #[test]
    fn a_bow_tie_keeps_its_larger_wing() {
        let ring = points(&[(0.0, 0.0), (10.0, 10.0), (10.0, 0.0), (0.0, 4.0)]);
        let simple = repair(&ring, 0.01);
        assert!(
            !crosses_itself(&simple) && area(&simple).abs() > 20.0,
            "{simple:?}"
        );
    }

    #[test]
    fn spikes_and_repeated_points_go() {
        let ring = points(&[
            (0.0, 0.0),
            (5.0, 0.0),
            (5.0, 0.0),
            (10.0, 0.0),
            (20.0, 0.0),
            (10.0, 0.0),
            (10.0, 10.0),
            (0.0, 10.0),
        ]);
        assert_eq!(clean(&ring, 0.01).len(), 4);
        assert!(clean(&points(&[(0.0, 0.0), (1.0, 1.0), (f64::NAN, 2.0)]), 0.01).is_empty());
    }

    #[test]
    fn a_line_cuts_a_ring_in_two() {
        let ring = points(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]);
        let (left, right) = split(&ring, DVec2::new(3.0, 0.0), DVec2::Y);
        assert!((area(&left) - 30.0).abs() < 1e-9 && (area(&right) - 70.0).abs() < 1e-9);
        assert_eq!(inner_point(&ring), DVec2::splat(5.0));
    }
}
