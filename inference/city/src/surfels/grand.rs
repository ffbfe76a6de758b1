//! Domes of landmarks.

use glam::{Vec2, Vec3};

use super::{
    builder::{Builder, SHEET, SIGMA_ALONE, Spot},
    roofs::RoofPlan,
};
use crate::{
    appearance::{Surface, roof},
    maps::Class,
};

/// Half a ball a little higher than wide, with ribs and a lantern.
pub(super) fn dome(builder: &mut Builder, plan: &RoofPlan, stride: f32) {
    builder.class = Class::Roof;
    let (middle, radius) = plan.dome();
    let radius = 0.98 * radius;
    let high = 1.08 * radius;
    let rows = (1.6 * radius / stride).ceil().max(3.0);
    for row in 0..rows as u32 {
        let elevation = (row as f32 + 0.5) / rows * std::f32::consts::FRAC_PI_2;
        let (sin, cos) = elevation.sin_cos();
        let around = std::f32::consts::TAU * radius * cos;
        let columns = (around / stride).ceil().max(3.0);
        for column in 0..columns as u32 {
            let angle = (column as f32 + 0.5) / columns * std::f32::consts::TAU;
            let direction = Vec2::from_angle(angle);
            let normal =
                Vec3::new(direction.x * cos, direction.y * cos, sin * radius / high).normalize();
            let size = Vec2::new(around / columns, 1.6 * radius / rows);
            let at = Vec2::new(angle * radius * 0.6, elevation * radius);
            let rib = (angle * 12.0 / std::f32::consts::TAU).fract() < 0.08;
            let surface = roof(&plan.style, at, size).shaded(if rib { 1.3 } else { 1.0 });
            let spot = Spot {
                mean: (middle + direction * radius * cos).extend(plan.eaves + high * sin),
                normal,
                tangent: direction.perp().extend(0.0),
                sigma: size * SIGMA_ALONE,
                opacity: SHEET,
                lift: 0.2,
            };
            builder.put(&spot, &surface);
        }
    }
    let lantern = Surface::matte(Vec3::new(0.55, 0.52, 0.45));
    let r = 0.13 * radius;
    let foot = middle.extend(plan.eaves + high);
    builder.block(
        foot + Vec3::Z * r,
        [Vec3::X * r, Vec3::Z * 1.4 * r, Vec3::NEG_Y * r],
        stride.min(0.5),
        &lantern,
    );
    let gold = Surface {
        roughness: 0.25,
        metallic: 1.0,
        ..Surface::matte(Vec3::new(0.65, 0.45, 0.14))
    };
    builder.block(
        foot + Vec3::Z * 3.4 * r,
        [Vec3::X * 0.08, Vec3::Z * r, Vec3::NEG_Y * 0.08],
        0.25,
        &gold,
    );
}
