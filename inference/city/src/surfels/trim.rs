//! Ledges along walls: cornices, gutters, string courses, parapets.

use glam::{Vec2, Vec3};

use super::{
    bays::bays,
    builder::{Builder, Quad},
    extrude::Site,
    grand::portico,
    outline::OnWall,
    roofs::RoofPlan,
    walls::WallJob,
};
use crate::{
    appearance::{Surface, WallKind},
    layout::{BuildingUse, Family, RoofShape},
};

/// Ledges come in pieces at most so long, metres: each as fine as it is near.
const LEDGE: f32 = 9.0;

/// A box on the wall: from the place, `half` along, between two heights, from the wall outward.
pub(super) fn ledge(
    builder: &mut Builder,
    place: &OnWall,
    half: f32,
    (low, high): (f32, f32),
    (inner, outer): (f32, f32),
    stride: f32,
    surface: &Surface,
) {
    let middle = place.point(0.5 * (low + high), 0.5 * (inner + outer));
    let axes = [
        place.tangent * half,
        Vec3::Z * (0.5 * (high - low)),
        place.normal * (0.5 * (outer - inner)),
    ];
    builder.block(middle, axes, stride, surface);
}

pub(super) fn trim(site: &Site<'_>, job: &WallJob<'_>, roof: &RoofPlan, builder: &mut Builder) {
    let (wall, style) = (&job.wall, job.style);
    let flat = matches!(roof.shape, RoofShape::Flat | RoofShape::Dome);
    if flat && job.stride <= 2.0 {
        parapet(site, job, builder);
    }
    if wall.kind == WallKind::Party || job.stride > 1.0 {
        return;
    }
    let visible = |place: &OnWall, z: f32| {
        let (other, top) = site.standing(place.outside(0.45));
        other == 0 || other == builder.instance || top < z
    };
    let seen: Vec<bool> = job
        .run
        .short_pieces(LEDGE)
        .map(|(place, _)| visible(&place, wall.height - 1.0))
        .collect();
    let trim = Surface::matte(style.trim);
    for ((place, half), seen) in job.run.short_pieces(LEDGE).zip(seen) {
        if !seen {
            continue;
        }
        let job = &job.near(site, Vec2::new(place.along, wall.height), half);
        if style.cornice > 0.0 && wall.height > 4.0 {
            let deep = if style.family == Family::Glass {
                0.1
            } else {
                0.25 + 0.35 * style.cornice
            };
            let top = wall.height + 0.06;
            ledge(
                builder,
                &place,
                half + 0.7 * deep,
                (top - 0.28, top),
                (-0.05, deep),
                job.stride,
                &trim,
            );
            if job.stride <= 0.5 && style.cornice > 0.35 {
                ledge(
                    builder,
                    &place,
                    half + 0.35 * deep,
                    (top - 0.5, top - 0.28),
                    (-0.05, 0.5 * deep),
                    job.stride,
                    &trim,
                );
            }
            if !flat {
                let gutter = Surface {
                    roughness: 0.4,
                    metallic: 0.4,
                    ..Surface::matte(Vec3::splat(0.11))
                };
                ledge(
                    builder,
                    &place,
                    half + deep,
                    (top, top + 0.1),
                    (deep - 0.12, deep + 0.03),
                    job.stride.max(0.25),
                    &gutter,
                );
            }
        }
        let has_course = wall.floors > 0 && style.family != Family::Glass && job.stride <= 1.0;
        if has_course && builder_is_low(job) {
            let z = wall.ground_floor;
            ledge(
                builder,
                &place,
                half + 0.1,
                (z - 0.16, z + 0.06),
                (-0.02, 0.14),
                job.stride,
                &trim,
            );
        }
    }
    if job.building.usage == BuildingUse::Landmark {
        portico(site, job, builder);
    }
    if job.stride <= 1.0 && wall.bays > 0 {
        bays(site, job, builder);
    }
}

/// Whether the wall reaches the ground.
fn builder_is_low(job: &WallJob<'_>) -> bool {
    job.building.base < job.wall.ground_floor
}

fn parapet(site: &Site<'_>, job: &WallJob<'_>, builder: &mut Builder) {
    if matches!(job.building.usage, BuildingUse::Shed) {
        return;
    }
    let high = if job.style.family == Family::Glass {
        1.1
    } else {
        0.7
    };
    let surface = Surface::matte(job.style.base.lerp(job.style.trim, 0.5) * 0.9);
    let coping = Surface {
        roughness: 0.45,
        metallic: 0.3,
        ..Surface::matte(Vec3::splat(0.26))
    };
    let z = job.wall.height;
    for (place, half) in job.run.short_pieces(LEDGE) {
        let job = job.near(site, Vec2::new(place.along, z), half);
        for (side, offset) in [(1.0, 0.0), (-1.0, -0.3)] {
            let quad = Quad {
                middle: place.point(z + 0.5 * high, offset),
                right: place.tangent * (side * half),
                up: Vec3::Z * (0.5 * high),
            };
            builder.quad(&quad, job.stride.max(0.125), |_| surface);
        }
        let top = Quad {
            middle: place.point(z + high, -0.15),
            right: place.tangent * half,
            up: place.normal * -0.19,
        };
        builder.quad(&top, job.stride.max(0.125), |_| coping);
    }
}
