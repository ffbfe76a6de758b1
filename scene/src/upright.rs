//! Which way is up: the plane under a point, and a guess at the floor of a capture.
//!
//! A floor is where many surfaces lie in one plane, face along its normal, and nearly everything else
//! is on one side. Every direction of a lattice is asked how much of the scene such a plane would hold
//! (a vote as in Ballard 1981), and the best one is fitted to what voted for it. A scene without such a
//! plane has no answer.

use glam::{Mat3, Quat, Vec3};
use rayon::prelude::*;

use crate::{GaussianCloud, lod::eigen::rotation_and_scale};

/// Directions that are asked, on half of the sphere: about 2.5° apart.
const DIRECTIONS: usize = 3000;
/// Splats that are asked about.
const SAMPLES: usize = 12_000;
/// Slices that the scene is cut into along a direction.
const SLICES: usize = 96;
/// A floor lies within this part of the extent at either end.
const OUTER: f32 = 0.3;
/// What a floor holds at least of all votes.
const ENOUGH: f32 = 0.12;
/// How much a direction that is already up or down is preferred.
const HABIT: f32 = 0.25;

/// A plane, by a point on it and its unit normal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plane {
    /// On the plane.
    pub point: Vec3,
    /// Unit.
    pub normal: Vec3,
}

impl Plane {
    /// Through three points, facing the side from which they turn counter-clockwise; `None` where they
    /// lie on one line.
    pub fn through(a: Vec3, b: Vec3, c: Vec3) -> Option<Self> {
        let across = (b - a).cross(c - a);
        let size = (b - a).length() * (c - a).length();
        let flat = !(across.length() > 1e-4 * size);
        let normal = across.try_normalize().filter(|_| !flat)?;
        Some(Self { point: a, normal })
    }

    /// The plane that fits the centers within `radius` of a point best; `None` for fewer than eight.
    pub fn around(
        cloud: &GaussianCloud,
        keep: impl Fn(usize) -> bool,
        at: Vec3,
        radius: f32,
    ) -> Option<Self> {
        let near = |m: &Vec3| m.distance_squared(at) <= radius * radius;
        let rows = cloud.means().iter().enumerate();
        let points: Vec<(Vec3, f32)> = rows
            .filter(|(row, m)| near(m) && keep(*row))
            .map(|(row, m)| (*m, cloud.opacity(row)))
            .collect();
        (points.len() >= 8).then(|| Self::fitted(&points))?
    }

    /// Total least squares with weights.
    fn fitted(points: &[(Vec3, f32)]) -> Option<Self> {
        let total: f32 = points.iter().map(|p| p.1).sum();
        let middle = points.iter().map(|(p, w)| *p * *w).sum::<Vec3>() / total;
        let mut spread = Mat3::ZERO;
        for (p, w) in points {
            let d = *p - middle;
            spread += Mat3::from_cols(d * d.x, d * d.y, d * d.z) * (*w / total);
        }
        if !middle.is_finite() || !(spread.determinant().is_finite()) {
            return None;
        }
        let (axes, size) = rotation_and_scale(&spread);
        let thinnest = (0..3).min_by(|a, b| size[*a].total_cmp(&size[*b]))?;
        let normal = axes * [Vec3::X, Vec3::Y, Vec3::Z][thinnest];
        Some(Self {
            point: middle,
            normal: normal.try_normalize()?,
        })
    }
}

/// The rotation that turns `up` to +Y by the shortest way.
pub fn turn_upright(up: Vec3) -> Quat {
    Quat::from_rotation_arc(up.normalize_or(Vec3::Y), Vec3::Y)
}

struct Sample {
    at: Vec3,
    normal: Vec3,
    weight: f32,
}

/// The floor of a cloud, its normal pointing up; `up_now` is what is up at present. `None` where no
/// plane is level and large enough to be one. O(1) in large clouds: a sample is asked.
pub fn floor(cloud: &GaussianCloud, keep: impl Fn(usize) -> bool, up_now: Vec3) -> Option<Plane> {
    let samples = samples(cloud, keep);
    if samples.len() < 100 {
        return None;
    }
    let total: f32 = samples.iter().map(|s| s.weight).sum();
    let golden = std::f32::consts::PI * (3.0 - 5f32.sqrt());
    let best = (0..DIRECTIONS)
        .into_par_iter()
        .map(|i| {
            let z = (i as f32 + 0.5) / DIRECTIONS as f32;
            let (sin, cos) = (golden * i as f32).sin_cos();
            let r = (1.0 - z * z).sqrt();
            let n = Vec3::new(r * cos, r * sin, z);
            let habit = 1.0 + HABIT * n.dot(up_now).abs().powi(8);
            (votes(&samples, n) / total * habit, n)
        })
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    if !(best.0 > ENOUGH) {
        return None;
    }
    let mut normal = best.1;
    let mut plane = None;
    for _ in 0..4 {
        let fitted = fit(&samples, normal)?;
        normal = fitted.normal;
        plane = Some(fitted);
    }
    let plane = plane?;
    // What stands on a floor is above it.
    let side: f32 = samples
        .iter()
        .map(|s| s.weight * (s.at - plane.point).dot(plane.normal).signum())
        .sum();
    Some(Plane {
        normal: plane.normal * side.signum(),
        ..plane
    })
}

fn samples(cloud: &GaussianCloud, keep: impl Fn(usize) -> bool) -> Vec<Sample> {
    let rows: Vec<usize> = (0..cloud.len())
        .filter(|row| keep(*row) && cloud.opacity(*row) > 0.2)
        .collect();
    let step = rows.len().div_ceil(SAMPLES).max(1);
    let sample = |row: &usize| {
        let normal = cloud.normal(*row).unwrap_or_else(|| {
            let scale = cloud.log_scales()[*row];
            let thin = (0..3).min_by(|a, b| scale[*a].total_cmp(&scale[*b]));
            cloud.rotation(*row) * [Vec3::X, Vec3::Y, Vec3::Z][thin.unwrap_or(2)]
        });
        Sample {
            at: cloud.means()[*row],
            normal,
            weight: cloud.opacity(*row),
        }
    };
    rows.iter().step_by(step).map(sample).collect()
}

/// From where to where the middle of the samples reaches along a direction.
fn extent(samples: &[Sample], n: Vec3) -> (f32, f32) {
    let mut along: Vec<f32> = samples.iter().step_by(7).map(|s| s.at.dot(n)).collect();
    along.sort_unstable_by(f32::total_cmp);
    let stray = along.len() / 50;
    (along[stray], along[along.len() - 1 - stray])
}

/// Weight in three neighboring slices near an end, of splats that face along the direction.
fn slices(samples: &[Sample], n: Vec3) -> (f32, f32, f32) {
    let (low, high) = extent(samples, n);
    let per_metre = SLICES as f32 / (high - low).max(1e-12);
    let mut slices = [0.0; SLICES];
    for s in samples {
        let slice = (s.at.dot(n) - low) * per_metre;
        if slice >= 0.0 && slice < SLICES as f32 {
            slices[slice as usize] += s.weight * s.normal.dot(n).abs().powi(8);
        }
    }
    let outer = (SLICES as f32 * OUTER) as usize;
    let is_outer = |i: usize| i < outer || i >= SLICES - outer;
    let sum = |i: usize| slices[i - 1] + slices[i] + slices[i + 1];
    let best = (1..SLICES - 1)
        .filter(|i| is_outer(*i))
        .max_by(|a, b| sum(*a).total_cmp(&sum(*b)))
        .unwrap_or(1);
    (
        sum(best),
        low + (best as f32 + 0.5) / per_metre,
        per_metre.recip(),
    )
}

fn votes(samples: &[Sample], n: Vec3) -> f32 {
    slices(samples, n).0
}

/// The plane of what votes for a direction.
fn fit(samples: &[Sample], n: Vec3) -> Option<Plane> {
    let (_, at, thickness) = slices(samples, n);
    let near =
        |s: &&Sample| (s.at.dot(n) - at).abs() < 2.0 * thickness && s.normal.dot(n).abs() > 0.8;
    let points: Vec<(Vec3, f32)> = samples
        .iter()
        .filter(near)
        .map(|s| (s.at, s.weight))
        .collect();
    if points.len() < 8 {
        return None;
    }
    let plane = Plane::fitted(&points)?;
    let normal = plane.normal * plane.normal.dot(n).signum();
    Some(Plane { normal, ..plane })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::CloudParts;

    /// A room with a floor, a lower wall and a box on it, and some dust, turned by `turn`.
    fn room(turn: Quat) -> GaussianCloud {
        let mut means = Vec::new();
        let mut rotations = Vec::new();
        let wave = |i: usize, k: f32| ((i as f32 * k).sin() * 43_758.547).fract();
        let flat = |normal: Vec3| Quat::from_rotation_arc(Vec3::Z, normal);
        for i in 0..6000 {
            let (u, v, w) = (wave(i, 12.9898), wave(i, 78.233), wave(i, 37.719));
            let (at, normal) = match i % 10 {
                0..5 => (Vec3::new(3.0 * u, 0.01 * w, 3.0 * v), Vec3::Y),
                5..7 => (Vec3::new(-3.0 + 0.01 * w, 0.8 + 0.8 * u, 3.0 * v), Vec3::X),
                7 => (Vec3::new(0.5 * u, 0.5 + 0.5 * v, 0.5), Vec3::Z),
                8 => (Vec3::new(0.5 * u, 1.0, 0.5 * v), Vec3::Y),
                _ => (
                    Vec3::new(3.0 * u, 1.2 + 1.1 * v, 3.0 * w),
                    Vec3::new(u, v, w),
                ),
            };
            means.push(turn * at);
            rotations.push(turn * flat(normal.normalize_or(Vec3::Z)));
        }
        let n = means.len();
        GaussianCloud::new(CloudParts {
            means,
            rotations,
            log_scales: vec![Vec3::new(-3.0, -3.0, -6.0); n],
            opacity_logits: vec![2.0; n],
            sh_degree: 0,
            sh: vec![0.0; 3 * n],
            columns: Vec::new(),
        })
        .expect("a valid cloud")
    }

    #[test]
    fn the_floor_of_a_room_is_found_however_it_is_turned() {
        for turn in [
            Quat::IDENTITY,
            Quat::from_rotation_x(0.4),
            Quat::from_rotation_x(std::f32::consts::PI),
            Quat::from_rotation_z(-1.2) * Quat::from_rotation_x(0.7),
        ] {
            let floor = floor(&room(turn), |_| true, Vec3::Y).expect("there is a floor");
            let off = floor
                .normal
                .dot(turn * Vec3::Y)
                .clamp(-1.0, 1.0)
                .acos()
                .to_degrees();
            assert!(off < 1.0, "{turn}: off by {off}°");
        }
    }

    #[test]
    fn a_ball_has_no_floor() {
        let golden = std::f32::consts::PI * (3.0 - 5f32.sqrt());
        let n = 4000;
        let out = |i: usize| {
            let z = 1.0 - 2.0 * (i as f32 + 0.5) / n as f32;
            let r = (1.0 - z * z).sqrt();
            let (sin, cos) = (golden * i as f32).sin_cos();
            Vec3::new(r * cos, r * sin, z)
        };
        let cloud = GaussianCloud::new(CloudParts {
            means: (0..n).map(out).collect(),
            rotations: (0..n)
                .map(|i| Quat::from_rotation_arc(Vec3::Z, out(i)))
                .collect(),
            log_scales: vec![Vec3::new(-3.0, -3.0, -6.0); n],
            opacity_logits: vec![2.0; n],
            sh_degree: 0,
            sh: vec![0.0; 3 * n],
            columns: Vec::new(),
        })
        .expect("a valid cloud");
        assert_eq!(floor(&cloud, |_| true, Vec3::Y), None, "nothing is level");
    }

    #[test]
    fn planes_go_through_points_and_fit_surfaces() {
        let plane = Plane::through(Vec3::ZERO, Vec3::Z, Vec3::X).expect("not on a line");
        assert!((plane.normal - Vec3::Y).length() < 1e-6, "{plane:?}");
        assert_eq!(
            Plane::through(Vec3::ZERO, Vec3::X, Vec3::X * 2.0),
            None,
            "a line"
        );
        assert_eq!(
            Plane::through(Vec3::ONE, Vec3::ONE, Vec3::ONE),
            None,
            "a point"
        );
        let turn = Quat::from_rotation_x(0.3);
        let at = turn * Vec3::new(1.5, 0.0, 1.0);
        let plane = Plane::around(&room(turn), |_| true, at, 0.5).expect("a floor is there");
        let off = plane
            .normal
            .dot(turn * Vec3::Y)
            .abs()
            .clamp(0.0, 1.0)
            .acos()
            .to_degrees();
        assert!(off < 1.5, "off by {off}°");
    }
}
