//! Parked cars: a side profile swept across, narrower above the waist, with wheels and a shadow.

use glam::{Vec2, Vec3};

use super::{
    Surfels,
    builder::{Builder, SHEET, Spot},
    extrude::Site,
};
use crate::{
    appearance::{CarPart, CarStyle, Surface, car},
    layout::Car,
    maps::Class,
};

/// Standard deviation in strides: dark on bright shows every hole.
const SIGMA: f32 = 0.66;

pub(super) fn cars(site: &Site<'_>, cars: &[&Car]) -> Surfels {
    let mut builder = Builder::new(Class::Car, 0);
    let size = site.layout.size;
    let own = cars
        .iter()
        .filter(|c| c.at.cmpge(Vec2::ZERO).all() && c.at.cmplt(size).all());
    for one in own {
        let stride = site.detail.stride(one.at.extend(0.7), 2.0, None);
        let forward = Vec2::from_angle(one.heading);
        let frame = Frame {
            at: one.at,
            forward: forward.extend(0.0),
            left: forward.perp().extend(0.0),
        };
        body(
            &CarStyle::of(one.style),
            &frame,
            stride.clamp(0.03125, 1.2),
            &mut builder,
        );
    }
    builder.surfels
}

struct Frame {
    at: Vec2,
    forward: Vec3,
    left: Vec3,
}

impl Frame {
    fn direction(&self, v: Vec3) -> Vec3 {
        self.forward * v.x + self.left * v.y + Vec3::Z * v.z
    }

    fn point(&self, p: Vec3) -> Vec3 {
        self.at.extend(0.0) + self.direction(p)
    }
}

/// Height of the outline above the road at `x`.
fn top(style: &CarStyle, x: f32) -> f32 {
    let half = 0.5 * style.length;
    let points = [
        (-half, style.tail - 0.22),
        (-half + 0.06, style.tail - 0.06),
        (-half + 0.16, style.tail),
        (style.deck, style.tail.max(style.waist + 0.02)),
        (style.roof_rear, style.height - 0.04),
        (0.5 * (style.roof_rear + style.roof_front), style.height),
        (style.roof_front, style.height - 0.05),
        (style.cowl, style.waist),
        (half - 0.35, 0.80),
        (half - 0.10, 0.71),
        (half, 0.58),
    ];
    let k = points
        .partition_point(|p| p.0 <= x)
        .clamp(1, points.len() - 1);
    let (a, b) = (points[k - 1], points[k]);
    let t = ((x - a.0) / (b.0 - a.0).max(1e-3)).clamp(0.0, 1.0);
    // A little roundness between the points.
    let smooth = t * t * (3.0 - 2.0 * t);
    a.1 + (b.1 - a.1) * (0.6 * t + 0.4 * smooth)
}

/// Half the width at `x` and `z`.
fn half_width(style: &CarStyle, x: f32, z: f32) -> f32 {
    let half = 0.5 * style.length;
    let end = (x.abs() / half).powi(6);
    let belly = 1.0 - 0.05 * ((z - 0.62) / 0.4).powi(2).min(1.0);
    let tumble = 0.30 * (z - style.waist).max(0.0);
    0.5 * style.width * belly * (1.0 - 0.13 * end) - tumble
}

/// The body at a station along the car and a share of the way from sill to the middle of the roof.
fn shell(style: &CarStyle, x: f32, t: f32) -> Vec3 {
    const SILL: f32 = 0.22;
    let peak = top(style, x);
    let shoulder = peak - 0.05;
    let side = shoulder - SILL;
    let reach = half_width(style, x, shoulder);
    let all = side + reach;
    let far = t * all;
    if far < side {
        let z = SILL + far;
        Vec3::new(x, half_width(style, x, z), z)
    } else {
        let across = 1.0 - (far - side) / reach;
        Vec3::new(x, reach * across, peak - 0.05 * across.powi(3))
    }
}

fn body(style: &CarStyle, frame: &Frame, stride: f32, builder: &mut Builder) {
    let half = 0.5 * style.length;
    let columns = (style.length / stride).ceil();
    let rows = (2.1 / stride).ceil();
    let (dx, dt) = (style.length / columns, 1.0 / rows);
    for column in 0..columns as u32 {
        let x = -half + (column as f32 + 0.5) * dx;
        for row in 0..rows as u32 {
            let t = (row as f32 + 0.5) * dt;
            let p = shell(style, x, t);
            let (e, f) = (0.5 * dx.min(0.05), 0.5 * dt);
            let along = shell(style, (x + e).min(half), t) - shell(style, (x - e).max(-half), t);
            let around = shell(style, x, (t + f).min(1.0)) - shell(style, x, (t - f).max(0.0));
            let normal = along.cross(around).normalize_or(Vec3::Z) * -1.0;
            let normal = if normal.dot(Vec3::new(0.0, p.y, 0.6)) < 0.0 {
                -normal
            } else {
                normal
            };
            let length = along.length() / (2.0 * e) * dx;
            let height = around.length();
            for side in [1.0, -1.0] {
                let flip = Vec3::new(1.0, side, 1.0);
                let spot = Spot {
                    mean: frame.point(p * flip),
                    normal: frame.direction(normal * flip),
                    tangent: frame.direction(along.normalize_or(Vec3::X) * flip),
                    sigma: Vec2::new(length, height) * SIGMA,
                    opacity: SHEET,
                    lift: 0.35,
                };
                builder.put(
                    &spot,
                    &car(style, CarPart::Body, p * flip, normal * flip, stride),
                );
            }
        }
    }
    for end in [1.0, -1.0] {
        cap(style, frame, end, stride, builder);
    }
    if stride <= 0.5 {
        wheels(style, frame, stride, builder);
    }
    shadow(style, frame, stride, builder);
}

/// Front or rear.
fn cap(style: &CarStyle, frame: &Frame, end: f32, stride: f32, builder: &mut Builder) {
    let x = end * 0.5 * style.length;
    let peak = top(style, x);
    let rows = ((peak - 0.22) / stride).ceil().max(2.0);
    for row in 0..rows as u32 {
        let z = 0.22 + (peak - 0.22) * (row as f32 + 0.5) / rows;
        let reach = half_width(style, x, z);
        let columns = (2.0 * reach / stride).ceil().max(2.0);
        for column in 0..columns as u32 {
            let y = reach * (2.0 * (column as f32 + 0.5) / columns - 1.0);
            // The middle stands out a little.
            let bulge = 0.07 * (1.0 - (y / reach).powi(2));
            let p = Vec3::new(x + end * bulge, y, z);
            let normal = Vec3::new(end, 0.16 * y / reach, 0.05).normalize();
            let spot = Spot {
                mean: frame.point(p),
                normal: frame.direction(normal),
                tangent: frame.direction(Vec3::Y * end),
                sigma: Vec2::new(2.0 * reach / columns, (peak - 0.22) / rows) * SIGMA,
                opacity: SHEET,
                lift: 0.35,
            };
            builder.put(&spot, &car(style, CarPart::Body, p, normal, stride));
        }
    }
}

fn wheels(style: &CarStyle, frame: &Frame, stride: f32, builder: &mut Builder) {
    let stride = stride.min(0.12);
    let n = (2.0 * style.wheel / stride).ceil();
    let cell = 2.0 * style.wheel / n;
    for axle in [style.axle, -style.axle] {
        for side in [1.0, -1.0] {
            let y = side * (0.5 * style.width * 0.985);
            for k in 0..(n * n) as u32 {
                let (i, j) = (k % n as u32, k / n as u32);
                let offset = (Vec2::new(i as f32, j as f32) + 0.5) * cell - style.wheel;
                if offset.length() > style.wheel {
                    continue;
                }
                let p = Vec3::new(axle + offset.x, y, style.wheel + offset.y);
                let spot = Spot {
                    mean: frame.point(p),
                    normal: frame.left * side,
                    tangent: frame.forward,
                    sigma: Vec2::splat(cell * SIGMA),
                    opacity: SHEET,
                    lift: 0.1,
                };
                builder.put(&spot, &car(style, CarPart::Wheel, p, Vec3::Y * side, cell));
            }
        }
    }
}

/// The dark under a car: worth far more than it costs.
fn shadow(style: &CarStyle, frame: &Frame, stride: f32, builder: &mut Builder) {
    let dark = Surface::matte(Vec3::splat(0.012));
    let cell = stride.clamp(0.2, 1.5);
    let (half, wide) = (0.5 * style.length - 0.1, 0.5 * style.width - 0.06);
    let n = (Vec2::new(half, wide) * 2.0 / cell).ceil();
    for row in 0..n.y as u32 {
        for column in 0..n.x as u32 {
            let at = Vec2::new(half, wide)
                * (2.0 * (Vec2::new(column as f32, row as f32) + 0.5) / n - 1.0);
            let spot = Spot {
                mean: frame.point(at.extend(0.03)),
                normal: Vec3::Z,
                tangent: frame.forward,
                sigma: Vec2::splat(cell * 0.75),
                opacity: 0.85,
                lift: 0.0,
            };
            builder.put(&spot, &dark);
            if let Some(last) = builder.surfels.occlusion.last_mut() {
                *last = 0.25;
            }
        }
    }
}
