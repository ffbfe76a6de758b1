//! One quarter of an endless city, laid out whole and by itself.

use glam::{DVec2, IVec2};

use super::blocks::{Blocks, Quarter};
use super::field::Field;
use super::lattice::{Border, BorderKind, Lattice, Node, QUAY, ROUNDABOUT, beside};
use super::streets::{Cut, Cutter, Face};
use crate::dice::{Dice, mix};
use crate::furnish::{self, Furnishing};
use crate::geometry::{self, inset, snap, toward};
use crate::layout::{Area, AreaKind, Layout, Road, RoadClass};

/// Width of a street along the water, metres.
const QUAY_STREET: f64 = 9.0;
/// Pavement along streets and along avenues, metres.
const PAVEMENTS: (f64, f64) = (3.8, 6.0);
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
fn bridges(border: &Border) -> Vec<[DVec2; 2]> {
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

/// A quarter that is laid out.
#[derive(Debug)]
pub(super) struct LaidOut {
    /// All but the things along its borders.
    pub(super) layout: Layout,
    /// Trees, lamps and cars along its borders, which streets of its neighbors may be in the way of.
    pub(super) along_borders: Layout,
}

/// Lays out the quarter north-east of a node.
pub(super) fn lay_out(lattice: &Lattice, at: IVec2) -> LaidOut {
    let style = &lattice.style;
    let id = Dice::new(style.seed, &[20, at.x as u64, at.y as u64]).next();
    let mut dice = Dice::new(id, &[0]);
    let outline = Outline::new(lattice, at);
    let middle = geometry::centroid(&outline.face.points);
    let quarter = choose(lattice, middle, at, &mut dice);
    let origin = snap(lattice.node(at).round());
    let mut layout = Layout {
        origin,
        ..Layout::default()
    };

    let (faces, cuts) = cut(lattice, &outline, quarter, &mut dice);
    let mut blocks = Blocks {
        style,
        quarter,
        layout: &mut layout,
        groves: Vec::new(),
        id,
        dice: dice.clone(),
    };
    for (face, park) in &faces {
        let line = inset(&face.points, |i| {
            let half = face.halves[i];
            half + if half > 8.5 { PAVEMENTS.1 } else { PAVEMENTS.0 }
        });
        if let Some(line) = line {
            let center = lattice.center(geometry::centroid(&line.points));
            blocks.fill(&line.points, center, *park);
        }
    }
    let groves = std::mem::take(&mut blocks.groves);
    own_streets(lattice, &outline, cuts, quarter, id, &mut layout);
    let borders = border_streets(lattice, &outline, &mut layout);
    let along_borders = furnish(style, id, borders, &groves, &mut layout);
    LaidOut {
        layout,
        along_borders,
    }
}

fn choose(lattice: &Lattice, middle: DVec2, at: IVec2, dice: &mut Dice) -> Quarter {
    let style = &lattice.style;
    let center = lattice.center(middle);
    let chance = dice.unit();
    let park = if at == IVec2::ZERO || center > 0.75 {
        0.0
    } else {
        0.15 * f64::from(style.green)
    };
    let works = if center < 0.22 {
        0.55 * f64::from(style.industry)
    } else {
        0.0
    };
    let modern = if (0.06..0.4).contains(&center) {
        0.24
    } else {
        0.0
    };
    if chance < park {
        Quarter::Park
    } else if chance < park + works {
        Quarter::Works
    } else if chance < park + works + modern {
        Quarter::Modern
    } else {
        Quarter::Mixed
    }
}

/// The blocks of a quarter, whether they stay green, and the streets between them.
fn cut(
    lattice: &Lattice,
    outline: &Outline,
    quarter: Quarter,
    dice: &mut Dice,
) -> (Vec<(Face, bool)>, Vec<Cut>) {
    let style = &lattice.style;
    let star = outline
        .nodes
        .iter()
        .copied()
        .find(|&node| lattice.star(node));
    let chord = toward(
        outline.face.points[0],
        outline.face.points[outline.face.points.len() / 4],
    );
    let field = Field {
        borders: outline
            .borders
            .iter()
            .map(|border| border.line.clone())
            .collect(),
        grid: chord,
        grid_weight: dice.within(0.35, 0.9),
        star: star.map(|node| lattice.node(node)),
        wander: 1.5 * f64::from(style.organic) * dice.within(0.3, 1.2),
        seed: mix(style.seed, 31),
    };
    let scale = f64::from(style.block_size * style.block_size);
    let block = |place: DVec2| {
        scale
            * match quarter {
                Quarter::Works => 34_000.0,
                Quarter::Park => 60_000.0,
                Quarter::Modern => 21_000.0,
                Quarter::Mixed => {
                    let outside = (0.65 - lattice.center(place)).clamp(0.0, 0.6);
                    8_600.0 + 11_000.0 * outside
                }
            }
    };
    let suburb = lattice.center(geometry::centroid(&outline.face.points)) < 0.2;
    let width = |depth: u32, _: DVec2| match depth {
        0 => 16.0,
        1 => 13.0,
        2 | 3 if !suburb => 12.0,
        _ if suburb => 8.0,
        _ => 10.5,
    };
    let seed = mix(style.seed, 32);
    let green = |place: DVec2, ratio: f64| {
        let place = place.round();
        let chance = Dice::new(seed, &[place.x as i64 as u64, place.y as i64 as u64]).unit();
        chance < f64::from(style.green) * if ratio > 1.0 { 0.11 } else { 0.06 }
    };
    let keep = |face: &Face, ratio: f64| {
        (1.6..4.5).contains(&ratio) && green(geometry::centroid(&face.points), ratio)
    };
    let mut cutter = Cutter {
        field: &field,
        junctions: outline.gates.clone(),
        cuts: Vec::new(),
        dice: dice.clone(),
        block: &block,
        width: &width,
        keep: &keep,
    };
    let faces = cutter.blocks(outline.face.clone());
    let faces = faces
        .into_iter()
        .map(|face| {
            let middle = geometry::centroid(&face.points);
            let ratio = geometry::area(&face.points) / block(middle);
            let park = green(middle, if ratio > 1.55 { ratio } else { 0.5 });
            (face, park)
        })
        .collect();
    (faces, cutter.cuts)
}

fn own_streets(
    lattice: &Lattice,
    outline: &Outline,
    cuts: Vec<Cut>,
    quarter: Quarter,
    id: u64,
    layout: &mut Layout,
) {
    let mut add = |number: u64, line: &[DVec2], width: f64, class: RoadClass| {
        layout
            .roads
            .push(road(mix(id, number), line, width, class, layout.origin));
    };
    for (number, cut) in cuts.iter().enumerate() {
        let number = number as u64;
        let mut dice = Dice::new(id, &[40, number]);
        let central = lattice.center(cut.line[cut.line.len() / 2]) > 0.5;
        let class = match cut.depth {
            _ if quarter == Quarter::Park => RoadClass::Pedestrian,
            0 | 1 => RoadClass::Street,
            3.. if central && dice.chance(0.1) => RoadClass::Pedestrian,
            _ => RoadClass::Residential,
        };
        let width = if quarter == Quarter::Park {
            4.0
        } else {
            cut.width
        };
        add(number, &cut.line, width, class);
    }
    for (number, quay) in outline.quays.iter().enumerate() {
        add(
            1 << 32 | number as u64,
            quay,
            QUAY_STREET,
            RoadClass::Residential,
        );
    }
}

fn road(id: u64, line: &[DVec2], width: f64, class: RoadClass, origin: DVec2) -> Road {
    Road {
        id,
        line: line.iter().map(|&p| (snap(p) - origin).as_vec2()).collect(),
        start: 0.0,
        width: width as f32,
        class,
    }
}

/// Avenues, rivers and bridges on the southern and western border, and what is at the south-western node.
/// Gives the number of the first street that lies on a border.
fn border_streets(lattice: &Lattice, outline: &Outline, layout: &mut Layout) -> usize {
    let first = layout.roads.len();
    let origin = layout.origin;
    for (border, ends) in [(0, [0, 1]), (3, [0, 3])] {
        let border = &outline.borders[border];
        match border.kind {
            BorderKind::Avenue(width) => {
                let cut = |node: usize| match lattice.kind(outline.nodes[node]) {
                    Node::Roundabout => ROUNDABOUT,
                    _ => 0.0,
                };
                let line = shortened(&border.line, cut(ends[0]), cut(ends[1]));
                layout
                    .roads
                    .push(road(border.id, &line, width, RoadClass::Avenue, origin));
            }
            BorderKind::River(width) => {
                let mut bed = beside(&border.line, -0.5 * width);
                bed.extend(beside(&border.line, 0.5 * width).into_iter().rev());
                water(&bed, layout);
                for end in [border.line[0], border.line[border.line.len() - 1]] {
                    let bend: Vec<DVec2> = geometry::around(24)
                        .iter()
                        .map(|d| end + *d * 0.5 * width)
                        .collect();
                    water(&bend, layout);
                }
                for (number, bridge) in bridges(border).iter().enumerate() {
                    let id = mix(border.id, number as u64);
                    layout
                        .roads
                        .push(road(id, bridge, 12.0, RoadClass::Street, origin));
                }
            }
        }
    }
    if lattice.kind(outline.nodes[0]) == Node::Roundabout {
        roundabout(
            lattice.node(outline.nodes[0]),
            mix(outline.borders[0].id, 9),
            layout,
        );
    }
    first
}

fn water(ring: &[DVec2], layout: &mut Layout) {
    // Rivers lie below everything else that a quarter has.
    let polygon = geometry::polygon(ring, &[], layout.origin);
    layout.areas.insert(
        0,
        Area {
            kind: AreaKind::Water,
            polygon,
        },
    );
}

fn roundabout(node: DVec2, id: u64, layout: &mut Layout) {
    let circle = |radius: f64| -> Vec<DVec2> {
        geometry::around(40)
            .iter()
            .map(|d| snap(node + *d * radius))
            .collect()
    };
    let mut ring = circle(ROUNDABOUT);
    ring.push(ring[0]);
    layout
        .roads
        .push(road(id, &ring, 11.0, RoadClass::Street, layout.origin));
    let polygon = geometry::polygon(&circle(ROUNDABOUT - 7.5), &[], layout.origin);
    layout.areas.push(Area {
        kind: AreaKind::Park,
        polygon,
    });
}

/// A line without so many metres at its ends.
fn shortened(line: &[DVec2], start: f64, end: f64) -> Vec<DVec2> {
    let trim = |line: &[DVec2], by: f64| -> Vec<DVec2> {
        let mut rest = by;
        for (i, pair) in line.windows(2).enumerate() {
            let length = pair[0].distance(pair[1]);
            if rest < length {
                let mut kept = vec![snap(pair[0] + toward(pair[0], pair[1]) * rest)];
                kept.extend(&line[i + 1..]);
                return kept;
            }
            rest -= length;
        }
        line.to_vec()
    };
    let mut line = trim(line, start);
    line.reverse();
    let mut line = trim(&line, end);
    line.reverse();
    line
}

/// Trees, lamps and cars; those along the streets from number `borders` on come apart.
fn furnish(
    style: &super::CityStyle,
    id: u64,
    borders: usize,
    groves: &[(Area, f64)],
    layout: &mut Layout,
) -> Layout {
    let furnishing = Furnishing {
        seed: id,
        trees: f64::from(style.street_trees),
        cars: f64::from(style.cars),
        ..Furnishing::default()
    };
    let (trees, lamps, cars) = furnish::streets_from(layout, &furnishing, borders);
    let mut along_borders = Layout {
        origin: layout.origin,
        trees,
        lamps,
        cars,
        ..Layout::default()
    };
    furnish::parking(layout, &furnishing);
    let groves: Vec<_> = groves
        .iter()
        .map(|(area, each)| (&area.polygon, *each))
        .collect();
    furnish::groves(layout, &groves, &furnishing);
    layout.snap();
    along_borders.snap();
    along_borders
}
