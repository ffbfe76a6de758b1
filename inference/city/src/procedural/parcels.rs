//! Blocks cut into parcels, each with what stands on it: houses with gardens, slabs on lawns, halls, towers.

use glam::DVec2;

use crate::dice::Dice;
use crate::geometry::{self, Rectangle, bounding_rectangle, distance_to, inset_all, left, toward};

/// Cuts a block across its longer side until its parts are small enough.
pub(super) fn parcels(
    block: &[DVec2],
    area: f64,
    narrowest: f64,
    dice: &mut Dice,
) -> Vec<Vec<DVec2>> {
    let mut open = vec![block.to_vec()];
    let mut done = Vec::new();
    while let Some(part) = open.pop() {
        let size = bounding_rectangle(&part);
        let own = geometry::area(&part);
        if own < 1.35 * area || size.half.x < narrowest || done.len() + open.len() > 400 {
            done.push(part);
            continue;
        }
        let at = size.center + size.axis * size.half.x * dice.within(-0.12, 0.12);
        let (a, b) = geometry::split(&part, at, left(size.axis));
        let (a, b) = (geometry::clean(&a, 0.05), geometry::clean(&b, 0.05));
        if geometry::area(&a) < 0.2 * own || geometry::area(&b) < 0.2 * own {
            done.push(part);
        } else {
            open.extend([a, b]);
        }
    }
    done
}

/// A rectangle of a size (along, across its direction) around a point.
pub(super) fn rectangle(center: DVec2, axis: DVec2, size: DVec2) -> Vec<DVec2> {
    let half = 0.5 * size;
    Rectangle { center, axis, half }.corners().to_vec()
}

/// Whether a shape lies in a ring and keeps its distance from it.
pub(super) fn fits(shape: &[DVec2], ring: &[DVec2], distance: f64) -> bool {
    shape
        .iter()
        .all(|&p| geometry::contains(ring, p) && distance_to(ring, p) >= distance)
        && ring.iter().all(|&p| !geometry::contains(shape, p))
}

/// A house near the street side of its parcel: plain, or with a wing.
pub(super) fn house(
    parcel: &[DVec2],
    block: &[DVec2],
    dice: &mut Dice,
) -> Option<(Vec<DVec2>, DVec2)> {
    let n = parcel.len();
    // The side along the street is the longest that lies on the edge of the block.
    let (from, to) = (0..n)
        .map(|i| (parcel[i], parcel[(i + 1) % n]))
        .filter(|(a, b)| distance_to(block, 0.5 * (*a + *b)) < 0.3)
        .max_by(|x, y| x.0.distance(x.1).total_cmp(&y.0.distance(y.1)))?;
    let along = toward(from, to);
    let into = left(along);
    let front = from.distance(to);
    for shrink in [1.0, 0.9, 0.8, 0.7] {
        let size = DVec2::new(
            dice.within(9.5, 14.0).min(front - 2.8),
            dice.within(8.5, 11.0),
        ) * shrink;
        if size.x < 6.0 {
            return None;
        }
        let set_back = dice.within(4.0, 7.0);
        let slack = (front - size.x - 4.0).max(0.0);
        let center = from
            + along * (0.5 * front + dice.within(-0.3, 0.3) * slack)
            + into * (set_back + 0.5 * size.y);
        let mut shape = rectangle(center, along, size);
        if !fits(&shape, parcel, 1.1) {
            continue;
        }
        if dice.chance(0.35) {
            // A wing to the garden on one side makes an L.
            let (width, length) = (0.45 * size.x, dice.within(3.0, 5.5));
            let wing = [
                shape[2] + into * length,
                shape[2] + into * length - along * width,
                shape[2] - along * width,
            ];
            let mut longer = vec![shape[0], shape[1], wing[0], wing[1], wing[2], shape[3]];
            if fits(&wing[..2], parcel, 1.6) {
                std::mem::swap(&mut shape, &mut longer);
            }
        }
        return Some((shape, along));
    }
    None
}

/// Slabs in rows on a lawn, all in one direction.
pub(super) fn slabs(block: &[DVec2], dice: &mut Dice) -> Vec<Vec<DVec2>> {
    let size = bounding_rectangle(block);
    let turned = dice.chance(0.5);
    let axis = if turned { left(size.axis) } else { size.axis };
    let half = if turned {
        DVec2::new(size.half.y, size.half.x)
    } else {
        size.half
    };
    let depth = dice.within(11.5, 13.5);
    let gap = dice.within(24.0, 34.0);
    let length = dice.within(42.0, 78.0);
    let across = left(axis);
    let rows = (((2.0 * half.y - 10.0 + gap) / (depth + gap)).floor() as i32).max(1);
    let middle = size.center;
    let mut slabs = Vec::new();
    for row in 0..rows {
        let y = (f64::from(row) - 0.5 * f64::from(rows - 1)) * (depth + gap);
        let count = ((2.0 * half.x / (length + 16.0)).floor() as i32).max(1);
        for i in 0..count {
            let x = (f64::from(i) - 0.5 * f64::from(count - 1)) * (length + 16.0);
            for shorter in [1.0, 0.75, 0.5] {
                let size = DVec2::new((length * shorter).min(2.0 * half.x - 12.0), depth);
                let shape = rectangle(middle + axis * x + across * y, axis, size);
                if size.x > 18.0 && fits(&shape, block, 5.0) {
                    slabs.push(shape);
                    break;
                }
            }
        }
    }
    slabs
}

/// A tower's outline on a podium's roof, not larger than offices are; none where there is no room.
pub(super) fn tower(podium: &[DVec2], dice: &mut Dice) -> Option<Vec<DVec2>> {
    let inner = inset_all(podium, dice.within(3.0, 5.5))?.points;
    let size = bounding_rectangle(&inner);
    let most = dice.within(24.0, 38.0);
    for shrink in [1.0, 0.85, 0.7, 0.55] {
        let half = DVec2::new(
            size.half.x.min(0.5 * most * 1.25),
            size.half.y.min(0.5 * most),
        ) * shrink;
        let slack = (size.half.x - half.x).max(0.0);
        let center = size.center + size.axis * slack * dice.within(-0.8, 0.8);
        let shape = Rectangle {
            half,
            center,
            ..size
        }
        .corners()
        .to_vec();
        if half.y > 7.0 && fits(&shape, &inner, 0.0) {
            return Some(cut_corners(shape, dice));
        }
    }
    None
}

/// Some towers have no sharp corners.
fn cut_corners(shape: Vec<DVec2>, dice: &mut Dice) -> Vec<DVec2> {
    if !dice.chance(0.25) {
        return shape;
    }
    let cut = dice.within(2.5, 6.0);
    let n = shape.len();
    (0..n)
        .flat_map(|i| {
            let (before, at, after) = (shape[(i + n - 1) % n], shape[i], shape[(i + 1) % n]);
            [at + toward(at, before) * cut, at + toward(at, after) * cut]
        })
        .collect()
}

/// A ring of gentle bends inside a block, for ponds.
pub(super) fn pond(block: &[DVec2], dice: &mut Dice) -> Option<Vec<DVec2>> {
    let middle = geometry::inner_point(block);
    let room = distance_to(block, middle) - 8.0;
    if room < 10.0 {
        return None;
    }
    let axis = bounding_rectangle(block).axis;
    let stretch = dice.within(1.0, 1.7);
    let phase = [dice.within(0.0, 1.0), dice.within(0.0, 1.0)];
    let seed = dice.next();
    let ring = geometry::around(28)
        .into_iter()
        .map(|d| {
            let wave = super::lattice::noise(seed, d * 1.6 + DVec2::from_array(phase));
            let r = room * (0.72 + 0.24 * wave);
            middle + (axis * d.x * stretch + left(axis) * d.y) * r
        })
        .collect::<Vec<_>>();
    fits(&ring, block, 4.0).then_some(ring)
}
