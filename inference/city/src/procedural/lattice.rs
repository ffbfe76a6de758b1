//! The frame of an endless city: a bent lattice of avenues and rivers around quarters.
//!
//! Every place of it follows from the seed and whole numbers alone, so that a quarter can be laid out without its
//! neighbors and still fits them: what lies between two quarters is a border that both compute alike.

use glam::{DVec2, IVec2};

use super::style::CityStyle;
use crate::dice::{Dice, mix};
use crate::geometry::{left, snap, toward};

/// Usual distance between two nodes, metres.
pub(super) const STEP: f64 = 840.0;
/// How far a quarter, its rivers and avenues reach beyond its nodes, metres.
pub(super) const BULGE: f64 = 200.0;
/// Pieces of a border.
const PIECES: usize = 14;
/// From the middle of a quay street to the water, metres.
pub(super) const QUAY: f64 = 9.0;
/// Radius of the street around a roundabout, metres.
pub(super) const ROUNDABOUT: f64 = 24.0;

/// What passes between two quarters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum BorderKind {
    /// A wide street, metres from kerb to kerb.
    Avenue(f64),
    /// Water between quays, metres from bank to bank.
    River(f64),
}

/// A border of quarters, from its western or southern node.
#[derive(Debug, Clone)]
pub(super) struct Border {
    pub(super) kind: BorderKind,
    pub(super) line: Vec<DVec2>,
    /// Where streets should come in from both sides: place and direction of the border there.
    pub(super) gates: Vec<(DVec2, DVec2)>,
    pub(super) id: u64,
}

/// What is at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Node {
    /// Avenues that cross.
    Crossing,
    /// Avenues around a green.
    Roundabout,
    /// A bridge.
    Bridge,
}

/// The lattice of a style.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lattice {
    pub(super) style: CityStyle,
}

/// A value of smooth noise in -1..1 with features of the size 1.
pub(super) fn noise(seed: u64, at: DVec2) -> f64 {
    let cell = at.floor();
    let f = at - cell;
    let ease = f * f * (3.0 - 2.0 * f);
    let value = |dx: f64, dy: f64| {
        let (x, y) = ((cell.x + dx) as i64, (cell.y + dy) as i64);
        2.0 * Dice::new(seed, &[x as u64, y as u64]).unit() - 1.0
    };
    let low = value(0.0, 0.0) + (value(1.0, 0.0) - value(0.0, 0.0)) * ease.x;
    let high = value(0.0, 1.0) + (value(1.0, 1.0) - value(0.0, 1.0)) * ease.x;
    low + (high - low) * ease.y
}

impl Lattice {
    fn dice(&self, what: u64, at: IVec2) -> Dice {
        Dice::new(self.style.seed, &[what, at.x as u64, at.y as u64])
    }

    /// Where a node is.
    pub(super) fn node(&self, at: IVec2) -> DVec2 {
        let even = at.as_dvec2() * STEP;
        let mut dice = self.dice(1, at);
        let loose = 0.12 + 0.1 * f64::from(self.style.organic);
        let jitter = DVec2::new(dice.within(-loose, loose), dice.within(-loose, loose)) * STEP;
        let seed = self.style.seed;
        let far = even / (5.0 * STEP);
        let sway = DVec2::new(noise(mix(seed, 2), far), noise(mix(seed, 3), far));
        snap(even + jitter + sway * (0.25 + 0.35 * f64::from(self.style.organic)) * STEP)
    }

    /// Which column of a group of nine is a river, if any.
    fn river(&self, column: i32) -> Option<f64> {
        const GROUP: i32 = 6;
        let mut dice = self.dice(4, IVec2::new(column.div_euclid(GROUP), 0));
        let there = dice.chance((1.4 * f64::from(self.style.water)).min(1.0));
        let own = 1 + dice.index(GROUP as usize - 1) as i32;
        let width = dice.within(34.0, 78.0);
        (there && own == column.rem_euclid(GROUP)).then_some(width)
    }

    /// What is at a node.
    pub(super) fn kind(&self, at: IVec2) -> Node {
        if self.river(at.x).is_some() {
            return Node::Bridge;
        }
        let share = 0.12 + 0.5 * f64::from(self.style.radial);
        if self.dice(5, at).chance(share) {
            Node::Roundabout
        } else {
            Node::Crossing
        }
    }

    /// Whether the streets around a node follow it.
    pub(super) fn star(&self, at: IVec2) -> bool {
        self.kind(at) == Node::Roundabout
            && self.dice(6, at).chance(1.6 * f64::from(self.style.radial))
    }

    /// The border from a node to the next one in the east.
    pub(super) fn south(&self, at: IVec2) -> Border {
        let width = self.dice(7, IVec2::new(at.y, 0)).within(18.0, 28.0).round();
        self.border(at, IVec2::X, BorderKind::Avenue(width))
    }

    /// The border from a node to the next one in the north.
    pub(super) fn west(&self, at: IVec2) -> Border {
        let kind = match self.river(at.x) {
            Some(width) => BorderKind::River(width),
            None => {
                let width = self.dice(8, IVec2::new(at.x, 0)).within(18.0, 28.0);
                BorderKind::Avenue(width.round())
            }
        };
        self.border(at, IVec2::Y, kind)
    }

    fn border(&self, at: IVec2, step: IVec2, kind: BorderKind) -> Border {
        let [before, from, to, after] =
            [at - step, at, at + step, at + 2 * step].map(|n| self.node(n));
        let chord = to - from;
        // Straight streets bend at their nodes, winding ones pass smoothly through them; water always does.
        let bend = match kind {
            BorderKind::River(_) => 1.0,
            BorderKind::Avenue(_) => f64::from(self.style.organic).mul_add(0.9, 0.1),
        };
        let leave = chord.lerp(0.5 * (to - before), bend);
        let arrive = chord.lerp(0.5 * (after - from), bend);
        let line: Vec<DVec2> = (0..=PIECES)
            .map(|i| {
                let t = i as f64 / PIECES as f64;
                let (t2, t3) = (t * t, t * t * t);
                snap(
                    from * (2.0 * t3 - 3.0 * t2 + 1.0)
                        + leave * (t3 - 2.0 * t2 + t)
                        + to * (3.0 * t2 - 2.0 * t3)
                        + arrive * (t3 - t2),
                )
            })
            .collect();
        let mut dice = self.dice(9 + step.y as u64, at);
        let gates = (2..PIECES - 1)
            .step_by(2)
            .map(|i| {
                let t = dice.within(-0.45, 0.45);
                let along = toward(line[i - 1], line[i + 1]);
                let (a, b) = if t < 0.0 {
                    (line[i], line[i - 1])
                } else {
                    (line[i], line[i + 1])
                };
                (a.lerp(b, t.abs()), along)
            })
            .collect();
        Border {
            kind,
            line,
            gates,
            id: dice.next(),
        }
    }

    /// How much of a center a place is: above 0.6 its core, below 0.1 suburb.
    pub(super) fn center(&self, place: DVec2) -> f64 {
        let spacing = f64::from(self.style.center_spacing);
        let home = (place / spacing).round().as_ivec2();
        let mut most = 0.0f64;
        for y in -1..=1 {
            for x in -1..=1 {
                let at = home + IVec2::new(x, y);
                let mut dice = self.dice(11, at);
                let loose = if at == IVec2::ZERO { 0.04 } else { 0.3 };
                let shift = DVec2::new(dice.within(-loose, loose), dice.within(-loose, loose));
                let middle = (at.as_dvec2() + shift) * spacing;
                let radius =
                    dice.within(0.75, 1.35) * (480.0 + 1240.0 * f64::from(self.style.density));
                let strength = if at == IVec2::ZERO {
                    1.05
                } else {
                    dice.within(0.55, 1.05)
                };
                let q = place.distance_squared(middle) / (radius * radius);
                most = most.max(strength / ((1.0 + q) * (1.0 + q)));
            }
        }
        most + 0.07 * noise(mix(self.style.seed, 12), place / 210.0)
    }

    /// The quarters that can reach into a rectangle.
    pub(super) fn quarters(&self, low: DVec2, high: DVec2) -> impl Iterator<Item = IVec2> + '_ {
        let (a, b) = (
            ((low - STEP) / STEP).floor().as_ivec2(),
            ((high + STEP) / STEP).floor().as_ivec2(),
        );
        (a.y..=b.y)
            .flat_map(move |y| (a.x..=b.x).map(move |x| IVec2::new(x, y)))
            .filter(move |&at| {
                let nodes =
                    [IVec2::ZERO, IVec2::X, IVec2::Y, IVec2::ONE].map(|step| self.node(at + step));
                let (first, last) = crate::geometry::bounds(&nodes);
                (first - BULGE).cmple(high).all() && (last + BULGE).cmpge(low).all()
            })
    }
}

/// A line moved to its left by a distance; for gentle bends.
pub(super) fn beside(line: &[DVec2], distance: f64) -> Vec<DVec2> {
    (0..line.len())
        .map(|i| {
            let before = line[i.saturating_sub(1)];
            let after = line[(i + 1).min(line.len() - 1)];
            line[i] + left(toward(before, after)) * distance
        })
        .collect()
}
