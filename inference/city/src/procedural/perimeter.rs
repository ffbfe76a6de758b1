//! Blocks built around their edge: a ring of houses wall to wall, open inside.

use glam::DVec2;

use crate::dice::Dice;
use crate::geometry::{self, inset_all, left, nearest_on, toward};

/// A cut through the ring of houses: from the street to the yard, at a right angle to the street.
#[derive(Debug, Clone, Copy)]
struct Wall {
    street: DVec2,
    yard: DVec2,
    /// Edge of the block, and which edge of the yard it became.
    edge: usize,
    inner: usize,
}

/// A ring of houses and the yard within.
pub(super) struct Perimeter {
    pub(super) houses: Vec<Vec<DVec2>>,
    pub(super) yard: Vec<DVec2>,
}

/// How a ring of houses is built.
pub(super) struct Ring {
    /// From street to yard, metres.
    pub(super) depth: f64,
    /// Usual frontage of a house, metres.
    pub(super) frontage: f64,
    /// Share of houses with a wing into the yard.
    pub(super) wings: f64,
}

/// Builds around a block (counter-clockwise, along its building line); none where it is too small to be open inside.
pub(super) fn perimeter(block: &[DVec2], ring: &Ring, dice: &mut Dice) -> Option<Perimeter> {
    let inner = inset_all(block, ring.depth)?;
    let yard = inner.points;
    inset_all(&yard, 4.5)?;
    let n = block.len();
    let m = yard.len();
    let sharp = |i: usize| {
        let before = toward(block[(i + n - 1) % n], block[i]);
        before.dot(toward(block[i], block[(i + 1) % n])) < 0.94
    };

    let mut walls = Vec::new();
    for k in 0..m {
        let edge = inner.edges[k];
        let (from, to) = (block[edge], block[(edge + 1) % n]);
        let along = toward(from, to);
        // Where a house is as deep as it is wide at the corner, its yard side begins.
        let low = (yard[k] - from).dot(along).max(0.0);
        let high = (yard[(k + 1) % m] - from).dot(along).min(from.distance(to));
        let room = |corner: bool, dice: &mut Dice| if corner { dice.within(3.0, 8.0) } else { 0.0 };
        let low = low + room(sharp(edge), dice);
        let high = high - room(sharp((edge + 1) % n), dice);
        let length = high - low;
        if length < 0.0 {
            continue;
        }
        let count = (length / (ring.frontage * dice.within(0.8, 1.25))).round() as usize;
        let ends = [sharp(edge), sharp((edge + 1) % n)];
        for i in 0..=count {
            // At a mere bend the house goes on around it.
            if (i == 0 && !ends[0]) || (i == count && i > 0 && !ends[1]) {
                continue;
            }
            let even = if count == 0 {
                0.5
            } else {
                i as f64 / count as f64
            };
            let at = low + length * even;
            let shift = if i == 0 || i == count {
                0.0
            } else {
                dice.within(-2.5, 2.5)
            };
            let street = from + along * (at + shift);
            walls.push(Wall {
                street,
                yard: street + left(along) * ring.depth,
                edge,
                inner: k,
            });
        }
    }
    if walls.len() < 3 {
        return None;
    }
    let houses: Vec<Vec<DVec2>> = (0..walls.len())
        .map(|i| {
            let (a, b) = (walls[i], walls[(i + 1) % walls.len()]);
            let mut house = between(block, &yard, a, b);
            if a.edge == b.edge && dice.chance(ring.wings) {
                wing(&mut house, a, b, &yard, dice);
            }
            house
        })
        .map(|house| geometry::clean(&house, 0.3))
        .filter(|house| geometry::area(house) > 40.0 && !geometry::crosses_itself(house))
        .collect();
    Some(Perimeter { houses, yard })
}

/// The house between two walls: along the street, and back along the yard.
fn between(block: &[DVec2], yard: &[DVec2], a: Wall, b: Wall) -> Vec<DVec2> {
    let mut house = vec![a.street];
    let mut edge = a.edge;
    while edge != b.edge {
        edge = (edge + 1) % block.len();
        house.push(block[edge]);
    }
    house.push(b.street);
    house.push(b.yard);
    let mut back = Vec::new();
    let mut inner = a.inner;
    while inner != b.inner {
        inner = (inner + 1) % yard.len();
        back.push(yard[inner]);
    }
    house.extend(back.into_iter().rev());
    house.push(a.yard);
    house
}

/// Adds a wing along one of the walls, where the yard has room for it.
fn wing(house: &mut Vec<DVec2>, a: Wall, b: Wall, yard: &[DVec2], dice: &mut Dice) {
    let along = toward(a.street, b.street);
    let into = left(along);
    let width = dice.within(8.5, 11.0);
    let length = dice.within(8.0, 18.0);
    if a.yard.distance(b.yard) < width + 3.0 {
        return;
    }
    // On the side of `b`, so that its outer wall is the party wall.
    let (outer, inner) = (b.yard, b.yard - along * width);
    let ends = [outer + into * length, inner + into * length];
    let roomy = ends.iter().all(|&end| {
        let ahead = end + into * 5.0;
        let others = (0..yard.len()).filter(|&k| k != a.inner).all(|k| {
            let (p, q) = (yard[k], yard[(k + 1) % yard.len()]);
            nearest_on(p, q, end).distance(end) > 4.5
        });
        geometry::contains(yard, ahead) && others
    });
    if let Some(at) = house.iter().position(|p| *p == b.yard).filter(|_| roomy) {
        // The party wall goes on straight from the street to the end of the wing.
        house.splice(at..=at, [ends[0], ends[1], inner]);
    }
}
