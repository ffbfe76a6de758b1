//! Where streets meet: for each, the stretches of it that another one covers.
//!
//! Found on the centre lines, not in a picture of where two streets overlap: carriageways side by side are no junction,
//! nor is the place where one street is continued by another of a different name.

use glam::Vec2;

use crate::layout::{Road, RoadClass};

/// Streets that end nearer than this to another one meet it, metres.
const TOUCH: f32 = 1.0;
/// Sine of the smallest angle at which one street covers another like a crossing.
const CROSSING_SINE: f32 = 0.3;

/// A stretch of a street that another one covers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Junction {
    /// Metres along the street.
    pub(crate) along: f32,
    /// How far it goes in both directions from there, metres.
    pub(crate) reach: f32,
}

/// One meeting of two streets, seen from one of them.
#[derive(Clone, Copy)]
struct Contact {
    along: f32,
    own_arms: u8,
    other: usize,
    other_arms: u8,
    reach: Option<f32>,
}

/// The junctions of every street.
pub(crate) fn junctions(roads: &[Road]) -> Vec<Vec<Junction>> {
    let boxes: Vec<(Vec2, Vec2)> = roads.iter().map(bounds).collect();
    let mut contacts: Vec<Vec<Contact>> = vec![Vec::new(); roads.len()];
    // From west to east: a street meets none that begins east of its end.
    let mut order: Vec<usize> = (0..roads.len()).collect();
    order.sort_by(|&a, &b| boxes[a].0.x.total_cmp(&boxes[b].0.x).then(a.cmp(&b)));
    for (i, &a) in order.iter().enumerate() {
        for &b in &order[i + 1..] {
            if !(boxes[b].0.x <= boxes[a].1.x) {
                break;
            }
            if boxes[a].0.y <= boxes[b].1.y && boxes[b].0.y <= boxes[a].1.y {
                meet(roads, a.min(b), a.max(b), &mut contacts);
            }
        }
    }
    contacts.iter().map(|own| joined(own)).collect()
}

fn bounds(road: &Road) -> (Vec2, Vec2) {
    let inf = Vec2::splat(f32::INFINITY);
    let (low, high) = road
        .line
        .iter()
        .fold((inf, -inf), |(low, high), &p| (low.min(p), high.max(p)));
    (low - TOUCH, high + TOUCH)
}

/// Whether a street interrupts another one: a drive that joins an avenue does not.
fn interrupts(other: &Road, own: &Road) -> bool {
    other.class >= RoadClass::Residential || own.class <= RoadClass::Service
}

/// Adds the contacts of two streets.
fn meet(roads: &[Road], a: usize, b: usize, contacts: &mut [Vec<Contact>]) {
    let (road_a, road_b) = (&roads[a], &roads[b]);
    let mut found: Vec<(f32, f32)> = Vec::new();
    let mut along_a = road_a.start;
    for (i, p) in road_a.line.windows(2).enumerate() {
        let mut along_b = road_b.start;
        for (j, q) in road_b.line.windows(2).enumerate() {
            let ends_a = (i == 0, i + 2 == road_a.line.len());
            let ends_b = (j == 0, j + 2 == road_b.line.len());
            if let Some((s, t)) = touch([p[0], p[1]], ends_a, [q[0], q[1]], ends_b) {
                let at = (along_a + s, along_b + t);
                if found.iter().all(|f| (f.0 - at.0).abs() > 2.0 * TOUCH) {
                    found.push(at);
                    let (u, v) = (
                        (p[1] - p[0]).normalize_or_zero(),
                        (q[1] - q[0]).normalize_or_zero(),
                    );
                    add(roads, (a, at.0, u), (b, at.1, v), contacts);
                }
            }
            along_b += q[0].distance(q[1]);
        }
        along_a += p[0].distance(p[1]);
    }
}

/// Metres along two segments to where they cross, or to where an end of one (if it ends there) touches the other.
fn touch(
    p: [Vec2; 2],
    p_ends: (bool, bool),
    q: [Vec2; 2],
    q_ends: (bool, bool),
) -> Option<(f32, f32)> {
    let (d, e) = (p[1] - p[0], q[1] - q[0]);
    let cross = d.perp_dot(e);
    if cross.abs() > 1e-6 * d.length() * e.length() {
        let s = (q[0] - p[0]).perp_dot(e) / cross;
        let t = (q[0] - p[0]).perp_dot(d) / cross;
        if (0.0..=1.0).contains(&s) && (0.0..=1.0).contains(&t) {
            return Some((s * d.length(), t * e.length()));
        }
    }
    for (ends, at, own) in [(p_ends.0, p[0], 0.0), (p_ends.1, p[1], d.length())] {
        if let Some(t) = near(at, q).filter(|_| ends) {
            return Some((own, t));
        }
    }
    for (ends, at, own) in [(q_ends.0, q[0], 0.0), (q_ends.1, q[1], e.length())] {
        if let Some(s) = near(at, p).filter(|_| ends) {
            return Some((s, own));
        }
    }
    None
}

/// Metres along a segment to a point that it touches.
fn near(point: Vec2, segment: [Vec2; 2]) -> Option<f32> {
    let d = segment[1] - segment[0];
    let t = ((point - segment[0]).dot(d) / d.length_squared().max(1e-12)).clamp(0.0, 1.0);
    (segment[0] + d * t)
        .distance(point)
        .le(&TOUCH)
        .then(|| t * d.length())
}

fn add(
    roads: &[Road],
    (a, along_a, u): (usize, f32, Vec2),
    (b, along_b, v): (usize, f32, Vec2),
    contacts: &mut [Vec<Contact>],
) {
    let arms_a = arms(&roads[a], along_a);
    let arms_b = arms(&roads[b], along_b);
    let reach = |own: &Road, other: &Road| {
        let sine = u.perp_dot(v).abs();
        let crosses = sine >= CROSSING_SINE && interrupts(other, own);
        crosses.then(|| 0.5 * (other.width + own.width * u.dot(v).abs()) / sine)
    };
    contacts[a].push(Contact {
        along: along_a,
        own_arms: arms_a,
        other: b,
        other_arms: arms_b,
        reach: reach(&roads[a], &roads[b]),
    });
    contacts[b].push(Contact {
        along: along_b,
        own_arms: arms_b,
        other: a,
        other_arms: arms_a,
        reach: reach(&roads[b], &roads[a]),
    });
}

/// In how many directions a street leaves a place on it.
fn arms(road: &Road, along: f32) -> u8 {
    let length: f32 = road.line.windows(2).map(|w| w[0].distance(w[1])).sum();
    let closed = road.line.first() == road.line.last();
    let inside = along - road.start > TOUCH && road.start + length - along > TOUCH;
    if inside || closed { 2 } else { 1 }
}

/// The contacts at which three arms or more meet.
fn joined(own: &[Contact]) -> Vec<Junction> {
    own.iter()
        .filter_map(|contact| {
            let reach = contact.reach?;
            let mut seen = Vec::new();
            let others: u8 = own
                .iter()
                .filter(|c| (c.along - contact.along).abs() < 2.0 * TOUCH)
                .filter(|c| {
                    let first = !seen.contains(&c.other);
                    seen.push(c.other);
                    first
                })
                .map(|c| c.other_arms)
                .fold(0, u8::saturating_add);
            (contact.own_arms + others >= 3).then_some(Junction {
                along: contact.along,
                reach,
            })
        })
        .collect()
}
