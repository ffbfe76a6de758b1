//! The outline of a quarter: its borders without rivers and roundabouts, and where streets should come in.

use glam::{DVec2, IVec2};

use super::lattice::{Border, BorderKind, Lattice, Node, QUAY};
use super::streets::Face;
use crate::geometry::{self, inset, snap, toward};

/// Width of a street along the water, metres.
pub(super) const QUAY_STREET: f64 = 9.0;
/// How far the corner of a quarter is cut off at a roundabout, metres.
const CHAMFER: f64 = 39.0;

/// Where a quarter lies: its borders, counter-clockwise from the south.
pub(super) struct Outline {
    pub(super) borders: [Border; 4],
    pub(super) nodes: [IVec2; 4],
    /// The quarter without its rivers and roundabouts.
    pub(super) face: Face,
    /// Quays: streets of this quarter along its rivers.
    pub(super) quays: Vec<Vec<DVec2>>,
    pub(super) gates: Vec<DVec2>,
}

impl Outline {
    /// The outline of the quarter north-east of a node.
    pub(super) fn new(lattice: &Lattice, at: IVec2) -> Self {
        let borders = [
            lattice.south(at),
            lattice.west(at + IVec2::X),
            lattice.south(at + IVec2::Y),
            lattice.west(at),
        ];
        let nodes = [at, at + IVec2::X, at + IVec2::ONE, at + IVec2::Y];
        let (mut points, mut sides) = (Vec::new(), Vec::new());
        for (side, border) in borders.iter().enumerate() {
            let mut line = border.line.clone();
            if side >= 2 {
                line.reverse();
            }
            line.pop();
            sides.extend(line.iter().map(|_| side));
            points.extend(line);
        }
        let river = |side: usize| match borders[side].kind {
            BorderKind::River(width) => 0.5 * width + QUAY,
            BorderKind::Avenue(_) => 0.0,
        };
        let mut quays = Vec::new();
        let mut gates: Vec<DVec2> = borders
            .iter()
            .filter(|border| matches!(border.kind, BorderKind::Avenue(_)))
            .flat_map(|border| border.gates.iter().map(|gate| gate.0))
            .collect();
        if let Some(dry) =
            inset(&points, |i| river(sides[i])).filter(|_| (0..4).any(|s| river(s) > 0.0))
        {
            sides = dry.edges.iter().map(|&edge| sides[edge]).collect();
            points = dry.points.into_iter().map(snap).collect();
            for side in (0..4).filter(|&side| river(side) > 0.0) {
                quays.push(quay(&points, &sides, side));
                gates.extend(bridges(&borders[side]).into_iter().flatten());
            }
        }
        let halves = sides
            .iter()
            .map(|&side| match borders[side].kind {
                BorderKind::Avenue(width) => 0.5 * width,
                BorderKind::River(_) => 0.5 * QUAY_STREET,
            })
            .collect();
        let mut face = Face {
            points,
            halves,
            depth: 0,
        };
        for node in nodes {
            if lattice.kind(node) == Node::Roundabout {
                face = chamfered(face, lattice.node(node));
            }
        }
        Self {
            borders,
            nodes,
            face,
            quays,
            gates,
        }
    }
}

/// The points along one side of a ring, to the first of the next side.
fn quay(points: &[DVec2], sides: &[usize], side: usize) -> Vec<DVec2> {
    let n = points.len();
    let first = (0..n).find(|&i| sides[i] == side && sides[(i + n - 1) % n] != side);
    let Some(first) = first else {
        return Vec::new();
    };
    let count = sides.iter().filter(|&&s| s == side).count();
    (0..=count).map(|i| points[(first + i) % n]).collect()
}

/// Bridges over a river between its nodes: from quay street to quay street.
pub(super) fn bridges(border: &Border) -> Vec<[DVec2; 2]> {
    let BorderKind::River(width) = border.kind else {
        return Vec::new();
    };
    [1, 3]
        .into_iter()
        .filter_map(|i| border.gates.get(i))
        .map(|&(at, along)| {
            let across = geometry::left(along) * (0.5 * width + QUAY);
            [snap(at - across), snap(at + across)]
        })
        .collect()
}

/// A face without its corner at a node, open to a roundabout.
fn chamfered(face: Face, node: DVec2) -> Face {
    let n = face.points.len();
    let far = |i: usize| face.points[i % n].distance(node) > CHAMFER;
    let Some(start) = (0..n).find(|&i| !far(i) && far(i + n - 1)) else {
        return face;
    };
    let on_circle = |inside: DVec2, outside: DVec2| {
        // Halving finds the crossing to less than a grain.
        let (mut a, mut b) = (inside, outside);
        for _ in 0..40 {
            let middle = 0.5 * (a + b);
            if middle.distance(node) < CHAMFER {
                a = middle
            } else {
                b = middle
            }
        }
        snap(a)
    };
    let inside = (0..n).take_while(|k| !far(start + k)).count();
    if inside >= n - 2 {
        return face;
    }
    let before = (start + n - 1) % n;
    let end = (start + inside) % n;
    let enter = on_circle(face.points[start], face.points[before]);
    let leave = on_circle(face.points[(end + n - 1) % n], face.points[end]);
    let bisector = toward(node, 0.5 * (enter + leave));
    let mut open = Face {
        points: Vec::new(),
        halves: Vec::new(),
        depth: face.depth,
    };
    for k in 0..n - inside {
        let i = (end + k) % n;
        open.points.push(face.points[i]);
        open.halves.push(face.halves[i]);
    }
    let last = face.halves[(end + n - 1) % n];
    open.points
        .extend([enter, snap(node + bisector * (CHAMFER - 2.0)), leave]);
    open.halves.extend([0.0, 0.0, last]);
    open
}
