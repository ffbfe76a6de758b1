//! The streets of a quarter: it is cut in two along a line of the field, and again, until its pieces are blocks.
//!
//! Where streets of both sides come to the same street they should cross it at one place: a cut begins or ends at a
//! junction that is there already, when one is near enough.

use glam::DVec2;

use super::field::Field;
use crate::dice::Dice;
use crate::geometry::{self, bounding_rectangle, left, meet, nearest_on, snap, toward};

/// Step of a traced line, metres.
const TRACE: f64 = 11.0;
/// Nearer than this to a corner or junction a cut does not end, unless it ends there, metres.
const APART: f64 = 26.0;
/// How far the end of a cut is drawn to a junction, metres.
const DRAWN: f64 = 24.0;

/// A piece of a quarter between streets.
#[derive(Debug, Clone)]
pub(super) struct Face {
    /// Counter-clockwise, along the middles of the streets.
    pub(super) points: Vec<DVec2>,
    /// From the middle of the street along the edge that starts at each point to its kerb and pavement, metres.
    pub(super) halves: Vec<f64>,
    /// Cuts that led to it.
    pub(super) depth: u32,
}

/// A street that was cut.
#[derive(Debug, Clone)]
pub(super) struct Cut {
    pub(super) line: Vec<DVec2>,
    pub(super) depth: u32,
    pub(super) width: f64,
}

/// What decides about the cuts.
pub(super) struct Cutter<'a> {
    pub(super) field: &'a Field,
    pub(super) junctions: Vec<DVec2>,
    pub(super) cuts: Vec<Cut>,
    pub(super) dice: Dice,
    /// Area of a block around a place, m².
    pub(super) block: &'a dyn Fn(DVec2) -> f64,
    /// Width of a street by the depth of its cut, at a place, metres.
    pub(super) width: &'a dyn Fn(u32, DVec2) -> f64,
    /// Whether a face of some size stays whole: a park.
    pub(super) keep: &'a dyn Fn(&Face, f64) -> bool,
}

/// A place on the border of a face.
#[derive(Debug, Clone, Copy)]
struct Landing {
    edge: usize,
    at: DVec2,
}

impl Cutter<'_> {
    /// Cuts a face into blocks.
    pub(super) fn blocks(&mut self, face: Face) -> Vec<Face> {
        let mut open = vec![face];
        let mut blocks = Vec::new();
        while let Some(face) = open.pop() {
            let area = geometry::area(&face.points);
            let size = bounding_rectangle(&face.points);
            let wanted = (self.block)(size.center);
            let slim = size.half.x > 2.1 * size.half.y && size.half.x > 75.0;
            let done = area < 1.5 * wanted && !(slim && area > 0.8 * wanted);
            if done || size.half.x < 48.0 || (self.keep)(&face, area / wanted) {
                blocks.push(face);
                continue;
            }
            match self.cut(&face) {
                Some((a, b)) => open.extend([a, b]),
                None => blocks.push(face),
            }
        }
        blocks
    }

    /// Cuts a face along the best of some lines.
    fn cut(&mut self, face: &Face) -> Option<(Face, Face)> {
        let size = bounding_rectangle(&face.points);
        let across = left(size.axis);
        let mut lines: Vec<(f64, Vec<DVec2>, [Landing; 2])> = Vec::new();
        let mut consider = |score: f64, line: Vec<DVec2>, ends: [Landing; 2]| {
            lines.push((score, line, ends));
        };
        let offset = |p: DVec2| ((p - size.center).dot(size.axis) / size.half.x).abs();

        // From junctions that other streets made, straight on.
        for junction in self.on_border(face) {
            let aside = offset(junction.at);
            if aside > 0.5 || self.corner_near(face, junction.at, APART) {
                continue;
            }
            let edge = edge_of(face, junction.edge);
            let inward = left(toward(edge.0, edge.1));
            if inward.dot(across).abs() < 0.6 {
                continue;
            }
            let from = junction.at;
            if let Some((line, end, score)) = self.trace(face, from, inward, Some(junction.edge)) {
                consider(score + 0.8 * aside - 0.55, line, [junction, end]);
            }
        }
        // From the middle, to both sides.
        for shift in [0.0, -0.16, 0.16, -0.3, 0.3] {
            let at =
                size.center + size.axis * size.half.x * (shift + self.dice.within(-0.06, 0.06));
            if !geometry::contains(&face.points, at) {
                continue;
            }
            let ahead = self.trace(face, at, across, None);
            let back = self.trace(face, at, -across, None);
            if let (Some((up, top, a)), Some((mut line, bottom, b))) = (ahead, back) {
                line.reverse();
                line.extend(up.into_iter().skip(1));
                consider(a + b + 0.8 * offset(at), line, [bottom, top]);
            }
        }
        lines.sort_by(|a, b| a.0.total_cmp(&b.0));
        lines
            .into_iter()
            .find_map(|(_, line, ends)| self.divide(face, geometry::thin(&line, 0.4), ends))
            .or_else(|| self.straight(face))
    }

    /// The plain cut across the middle, where no line of the field will do.
    fn straight(&mut self, face: &Face) -> Option<(Face, Face)> {
        let size = bounding_rectangle(&face.points);
        let reach = 2.0 * size.half.x + 10.0;
        let inside = geometry::inner_point(&face.points);
        let tries = [0.0, -0.25, 0.25, -0.5, 0.5]
            .map(|shift| size.center + size.axis * size.half.x * shift);
        for at in tries.into_iter().chain([inside]) {
            for way in [left(size.axis) * reach, size.axis * reach] {
                if !geometry::contains(&face.points, at) {
                    continue;
                }
                let ends = [-way, way].map(|way| first_hit(face, at, at + way, None));
                let [Some(a), Some(b)] = ends else {
                    continue;
                };
                let ends = [a, b].map(|end| Landing {
                    at: snap(end.at),
                    ..end
                });
                let halves = self.divide(face, vec![ends[0].at, ends[1].at], ends);
                if halves.is_some() {
                    return halves;
                }
            }
        }
        None
    }

    /// Junctions on the border of a face.
    fn on_border(&self, face: &Face) -> Vec<Landing> {
        let (low, high) = geometry::bounds(&face.points);
        self.junctions
            .iter()
            .filter(|j| j.cmpge(low - 1.0).all() && j.cmple(high + 1.0).all())
            .filter_map(|&at| {
                (0..face.points.len())
                    .map(|edge| (edge, edge_of(face, edge)))
                    .find(|(_, (a, b))| nearest_on(*a, *b, at).distance(at) < 0.05)
                    .map(|(edge, _)| Landing { edge, at })
            })
            .collect()
    }

    /// Whether a corner of a face is near a place, and not a mere bend.
    fn corner_near(&self, face: &Face, at: DVec2, distance: f64) -> bool {
        let n = face.points.len();
        (0..n).any(|i| {
            let p = face.points[i];
            if p.distance(at) > distance {
                return false;
            }
            let before = toward(face.points[(i + n - 1) % n], p);
            before.dot(toward(p, face.points[(i + 1) % n])) < 0.9
        })
    }

    /// Follows the field from a place to the border: the line, where it lands, and how bad that is.
    fn trace(
        &self,
        face: &Face,
        from: DVec2,
        heading: DVec2,
        skip: Option<usize>,
    ) -> Option<(Vec<DVec2>, Landing, f64)> {
        let mut line = vec![from];
        let (mut at, mut heading) = (from, heading);
        for step in 0..120 {
            // Midpoint rule along the field.
            let wanted = self.field.along(at, heading);
            let blend = if step == 0 && skip.is_some() {
                0.5
            } else {
                1.0
            };
            let half = heading.lerp(wanted, blend).normalize_or(heading);
            let next = at + self.field.along(at + half * 0.5 * TRACE, half) * TRACE;
            let landing = first_hit(face, at, next, if step == 0 { skip } else { None });
            if let Some(landing) = landing {
                return self.land(face, line, landing);
            }
            heading = toward(at, next);
            at = snap(next);
            line.push(at);
        }
        None
    }

    /// Ends a line where it hits the border, or at a junction near there.
    fn land(
        &self,
        face: &Face,
        mut line: Vec<DVec2>,
        hit: Landing,
    ) -> Option<(Vec<DVec2>, Landing, f64)> {
        let near = self
            .on_border(face)
            .into_iter()
            .filter(|j| !self.corner_near(face, j.at, 8.0))
            .map(|j| (j.at.distance(hit.at), j))
            .filter(|(distance, _)| *distance < DRAWN)
            .min_by(|a, b| a.0.total_cmp(&b.0));
        let mut score = 0.0;
        let landing = match near {
            Some((_, junction)) => {
                score -= 0.5;
                junction
            }
            None => Landing {
                at: snap(hit.at),
                ..hit
            },
        };
        if self.corner_near(face, landing.at, APART) {
            score += 1.5;
        }
        let crowded = self.junctions.iter().any(|j| {
            let distance = j.distance(landing.at);
            distance > 0.5 && distance < APART
        });
        if crowded {
            score += 0.7;
        }
        // Streets side by side leave a strip between them that is no block.
        let inner = line.len().saturating_sub(3);
        let beside = line[3.min(inner)..inner]
            .iter()
            .filter(|&&p| geometry::distance_to(&face.points, p) < APART)
            .count();
        score += (0.3 * beside as f64).min(1.5);
        // The last metres lead straight to the landing.
        while line.len() > 1 && line[line.len() - 1].distance(landing.at) < 1.6 * DRAWN {
            line.pop();
        }
        let last = line[line.len() - 1];
        if last.distance(landing.at) < 14.0 {
            return None;
        }
        let (a, b) = edge_of(face, landing.edge);
        let slant = toward(a, b).dot(toward(last, landing.at)).abs();
        score += slant * slant;
        if slant > 0.85 {
            return None;
        }
        line.push(landing.at);
        // Streets bend, they have no kinks.
        let bends = line
            .windows(3)
            .map(|p| toward(p[0], p[1]).dot(toward(p[1], p[2])));
        let sharpest = bends.fold(1.0, f64::min);
        if sharpest < 0.6 {
            return None;
        }
        score += (4.0 * (1.0 - sharpest)).min(1.2);
        Some((line, landing, score))
    }

    /// The two sides of a cut.
    fn divide(
        &mut self,
        face: &Face,
        line: Vec<DVec2>,
        ends: [Landing; 2],
    ) -> Option<(Face, Face)> {
        let width = (self.width)(face.depth, ends[0].at);
        let side = |line: &[DVec2], from: Landing, to: Landing| {
            // Along the cut, then back along the border from where it ends to where it begins.
            let mut points: Vec<DVec2> = line.to_vec();
            let mut halves = vec![0.5 * width; line.len() - 1];
            let n = face.points.len();
            halves.push(face.halves[to.edge]);
            let mut edge = to.edge;
            let mut turns = 0;
            let ahead = |landing: Landing| landing.at.distance(face.points[landing.edge]);
            let direct = to.edge == from.edge && ahead(from) > ahead(to);
            while !(edge == from.edge && (turns > 0 || direct)) {
                edge = (edge + 1) % n;
                turns += 1;
                points.push(face.points[edge]);
                halves.push(face.halves[edge]);
                if turns > n {
                    return None;
                }
            }
            tidy(points, halves, face.depth + 1)
        };
        let mut back = line.clone();
        back.reverse();
        let a = side(&line, ends[0], ends[1])?;
        let b = side(&back, ends[1], ends[0])?;
        let whole = geometry::area(&face.points);
        let parts = geometry::area(&a.points) + geometry::area(&b.points);
        let smallest = geometry::area(&a.points).min(geometry::area(&b.points));
        let sound = (parts - whole).abs() < 0.01 * whole
            && smallest > 0.12 * whole
            && !geometry::crosses_itself(&a.points)
            && !geometry::crosses_itself(&b.points);
        if !sound {
            return None;
        }
        for end in ends {
            if self.junctions.iter().all(|j| j.distance(end.at) > 0.05) {
                self.junctions.push(end.at);
            }
        }
        self.cuts.push(Cut {
            line,
            depth: face.depth,
            width,
        });
        Some((a, b))
    }
}

fn edge_of(face: &Face, edge: usize) -> (DVec2, DVec2) {
    (
        face.points[edge],
        face.points[(edge + 1) % face.points.len()],
    )
}

/// Where a step leaves a face.
fn first_hit(face: &Face, from: DVec2, to: DVec2, skip: Option<usize>) -> Option<Landing> {
    let step = to - from;
    (0..face.points.len())
        .filter(|edge| Some(*edge) != skip)
        .filter_map(|edge| {
            let (a, b) = edge_of(face, edge);
            let t = meet(from, step, a, b - a).filter(|t| (1e-9..=1.0).contains(t))?;
            let s = meet(a, b - a, from, step).filter(|s| (0.0..=1.0).contains(s))?;
            Some((
                t,
                Landing {
                    edge,
                    at: a + (b - a) * s,
                },
            ))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, landing)| landing)
}

/// A face without points that fell together.
fn tidy(points: Vec<DVec2>, halves: Vec<f64>, depth: u32) -> Option<Face> {
    let mut face = Face {
        points: Vec::new(),
        halves: Vec::new(),
        depth,
    };
    let n = points.len();
    for i in 0..n {
        if points[i].distance(points[(i + 1) % n]) > 0.02 {
            face.points.push(points[i]);
            face.halves.push(halves[i]);
        }
    }
    (face.points.len() >= 3).then_some(face)
}
