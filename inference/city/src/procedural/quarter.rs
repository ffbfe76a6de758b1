//! One quarter of an endless city, laid out whole and by itself.

use glam::{DVec2, IVec2};

use super::blocks::{Blocks, Quarter};
use super::field::Field;
use super::lattice::{BorderKind, Lattice, Node, ROUNDABOUT, beside};
use super::outline::{Outline, QUAY_STREET, bridges};
use super::streets::{Cut, Cutter, Face};
use crate::dice::{Dice, mix};
use crate::furnish::{self, Furnishing};
use crate::geometry::{self, inset, snap, toward};
use crate::layout::{Area, AreaKind, Layout, Road, RoadClass};

/// Pavement along streets and along avenues, metres.
const PAVEMENTS: (f64, f64) = (3.8, 6.0);

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
    let own = layout.roads.len();
    border_streets(lattice, &outline, &mut layout);
    let last = layout.roads.len();
    // Other quarters build the avenues on the other two borders, but no car of ours stands there.
    layout.roads.extend(foreign_streets(&outline, origin));
    let along_borders = furnish(style, id, [own, last], &groves, &mut layout);
    layout.roads.truncate(last);
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
                // Two rows of gardens are as deep as a block of houses should be.
                Quarter::Mixed if lattice.center(place) < 0.14 => 9_000.0,
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
fn border_streets(lattice: &Lattice, outline: &Outline, layout: &mut Layout) {
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
}

/// The avenues on the northern and eastern border.
fn foreign_streets(outline: &Outline, origin: DVec2) -> impl Iterator<Item = Road> {
    outline.borders[1..3]
        .iter()
        .filter_map(move |border| match border.kind {
            BorderKind::Avenue(width) => Some(road(
                border.id,
                &border.line,
                width,
                RoadClass::Avenue,
                origin,
            )),
            BorderKind::River(_) => None,
        })
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

/// Trees, lamps and cars; those along the streets between the two numbers, on the borders, come apart.
fn furnish(
    style: &super::CityStyle,
    id: u64,
    [own, last]: [usize; 2],
    groves: &[(Area, f64)],
    layout: &mut Layout,
) -> Layout {
    let furnishing = Furnishing {
        seed: id,
        trees: f64::from(style.street_trees),
        cars: f64::from(style.cars),
        ..Furnishing::default()
    };
    let (trees, lamps, cars) = furnish::along(layout, &furnishing, 0..own);
    layout.trees.extend(trees);
    layout.lamps.extend(lamps);
    layout.cars.extend(cars);
    let (trees, lamps, cars) = furnish::along(layout, &furnishing, own..last);
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
