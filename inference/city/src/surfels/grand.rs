//! Domes and columns of landmarks.

use glam::{Vec2, Vec3};

use super::{
    builder::{Builder, Quad, SHEET, SIGMA_ALONE, Spot},
    extrude::Site,
    roofs::RoofPlan,
    trim::ledge,
    walls::WallJob,
};
use crate::{
    appearance::{Surface, WallKind, roof},
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

/// Columns under a gable before the middle of a wide front.
pub(super) fn portico(site: &Site<'_>, job: &WallJob<'_>, builder: &mut Builder) {
    const DEEP: f32 = 2.6;
    let wall = &job.wall;
    let straight = job.run.pieces().nth(1).is_none();
    if !straight
        || wall.kind != WallKind::Street
        || wall.length < 13.0
        || wall.height < 8.0
        || job.building.base > 1.0
    {
        return;
    }
    let half = (0.5 * wall.length - 1.0).min(0.62 * wall.height).min(11.0);
    let place = job.run.at(0.5 * wall.length);
    let free = [-half, 0.0, half].iter().all(|x| {
        let at = place.outside(DEEP + 1.2) + place.tangent.truncate() * *x;
        site.standing(at).0 == 0
    });
    if !free {
        return;
    }
    let stone = Surface::matte(job.style.trim);
    let dim = stone.shaded(0.9);
    let high = (0.86 * wall.height).min(wall.height - 0.9);
    let beam = (0.1 * wall.height).max(0.8);
    for (k, z) in [0.0_f32, 0.3, 0.6].into_iter().enumerate() {
        let out = DEEP + 1.0 - 0.35 * k as f32;
        ledge(
            builder,
            &place,
            half + out - DEEP,
            (z, z + 0.3),
            (0.0, out),
            job.stride.max(0.125),
            &dim,
        );
    }
    ledge(
        builder,
        &place,
        half,
        (high - beam, high),
        (0.0, DEEP),
        job.stride.max(0.125),
        &stone,
    );
    ledge(
        builder,
        &place,
        half + 0.25,
        (high, high + 0.3),
        (0.0, DEEP + 0.3),
        job.stride.max(0.125),
        &stone,
    );
    columns(job, builder, half, (0.9, high - beam), DEEP);
    gable(job, builder, half + 0.25, high + 0.3, DEEP + 0.2);
}

fn columns(
    job: &WallJob<'_>,
    builder: &mut Builder,
    half: f32,
    (low, high): (f32, f32),
    deep: f32,
) {
    let place = job.run.at(0.5 * job.wall.length);
    let stone = Surface::matte(job.style.trim);
    let thick = (0.05 * (high - low)).clamp(0.25, 0.55);
    let count = (half / (2.6 * thick)).round().clamp(3.0, 8.0) as u32 / 2 * 2 + 2;
    let sides = if job.stride <= 0.25 { 12 } else { 6 };
    for k in 0..count {
        let x = (half - thick - 0.15) * (2.0 * k as f32 / (count - 1) as f32 - 1.0);
        let foot = place.point(low, deep - thick - 0.15) + place.tangent * x;
        for side in 0..sides {
            let direction = Vec2::from_angle(side as f32 / sides as f32 * std::f32::consts::TAU);
            let normal = direction.extend(0.0);
            let width = std::f32::consts::TAU * thick / sides as f32 * 1.35;
            // Flutes: every other strip a little darker.
            let tone = if side % 2 == 0 { 1.0 } else { 0.93 };
            let (from, to) = (
                foot + normal * thick,
                foot + normal * (0.86 * thick) + Vec3::Z * (high - low),
            );
            builder.bar([from, to], width, normal, &stone.shaded(tone));
        }
        for (z, wide, tall) in [(0.12, 1.35, 0.12), (high - low - 0.16, 1.4, 0.16)] {
            let axes = [
                place.tangent * (wide * thick),
                Vec3::Z * tall,
                place.normal * (wide * thick),
            ];
            builder.block(foot + Vec3::Z * z, axes, job.stride.max(0.125), &stone);
        }
    }
}

/// The triangle above, with its two roofs.
fn gable(job: &WallJob<'_>, builder: &mut Builder, half: f32, low: f32, deep: f32) {
    let place = job.run.at(0.5 * job.wall.length);
    let rise = 0.36 * half;
    let stone = Surface::matte(job.style.trim);
    let field = Surface::matte(job.style.base.lerp(job.style.trim, 0.3) * 0.92);
    let stride = job.stride.clamp(0.125, 0.5);
    let rows = (rise / stride).ceil();
    for row in 0..rows as u32 {
        let share = (row as f32 + 0.5) / rows;
        let quad = Quad {
            middle: place.point(low + share * rise, deep - 0.35),
            right: place.tangent * (half * (1.0 - share)),
            up: Vec3::Z * (0.5 * rise / rows),
        };
        builder.quad(&quad, stride, |_| field);
    }
    for side in [-1.0, 1.0] {
        let middle =
            place.point(low + 0.5 * rise, 0.5 * deep - 2.0) + place.tangent * (side * 0.5 * half);
        let down = (place.tangent * (side * half) - Vec3::Z * rise) * 0.5;
        let roof_quad = Quad {
            middle: middle + Vec3::Z * 0.2,
            right: place.normal * (-side * (0.5 * deep + 2.0)),
            up: -down,
        };
        let sheet = Surface {
            roughness: 0.5,
            metallic: 0.2,
            ..Surface::matte(Vec3::new(0.16, 0.2, 0.18))
        };
        builder.quad(&roof_quad, stride, |_| sheet);
        let edge = place.point(low + 0.5 * rise, deep) + place.tangent * (side * 0.5 * half);
        let thick = (place.tangent * (side * rise) + Vec3::Z * half).normalize() * 0.17;
        builder.block(
            edge,
            [down * -side, thick, place.normal * 0.35],
            stride,
            &stone,
        );
    }
}
