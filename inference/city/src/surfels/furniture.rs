//! What stands on pavements: lamps, and near the camera bollards, bins and benches.

use glam::{Vec2, Vec3};

use super::{
    Surfels,
    builder::{Builder, Quad, Spot},
    extrude::Site,
    ground::KERB,
};
use crate::{
    appearance::Surface,
    layout::{Lamp, RoadClass},
    maps::Class,
    random::{Random, mix},
};

/// Height of street lamps, metres.
const LAMP: f32 = 7.2;

pub(super) fn furniture(site: &Site<'_>) -> Surfels {
    let mut builder = Builder::new(Class::Zone, 0);
    let inside = |at: Vec2| site.scope.holds(at);
    for one in site.layout.lamps.iter().filter(|lamp| inside(lamp.at)) {
        lamp(site, one, &mut builder);
    }
    pavement(site, &mut builder, &inside);
    builder.surfels
}

fn metal(tone: f32) -> Surface {
    Surface {
        roughness: 0.45,
        metallic: 0.4,
        ..Surface::matte(Vec3::new(tone, tone * 1.02, tone * 1.02))
    }
}

/// An upright round post.
fn post(builder: &mut Builder, foot: Vec3, height: f32, thick: f32, sides: u32, surface: &Surface) {
    for k in 0..sides {
        let normal = Vec2::from_angle(k as f32 / sides as f32 * std::f32::consts::TAU).extend(0.0);
        let at = foot + normal * (0.4 * thick);
        builder.bar([at, at + Vec3::Z * height], thick, normal, surface);
    }
}

fn lamp(site: &Site<'_>, lamp: &Lamp, builder: &mut Builder) {
    let stride = site
        .detail
        .stride(lamp.at.extend(0.5 * LAMP), 0.5 * LAMP, None);
    if stride > 1.0 {
        return;
    }
    builder.segment = stride;
    let sides = if stride <= 0.25 { 5 } else { 3 };
    let foot = lamp.at.extend(KERB);
    let steel = metal(0.17);
    post(builder, foot, 1.1, 0.16, sides, &steel);
    post(builder, foot, LAMP, 0.095, sides, &steel);
    let arm = Vec2::from_angle(lamp.heading).extend(0.0);
    let top = foot + Vec3::Z * LAMP;
    let end = top + arm * 1.5 + Vec3::Z * 0.12;
    let side = arm.cross(Vec3::Z);
    for normal in [Vec3::Z, -Vec3::Z, side, -side] {
        builder.bar([top, end], 0.06, normal, &steel);
    }
    let head = [arm * 0.36, Vec3::Z * 0.05, -side * 0.14];
    builder.block(end + arm * 0.2, head, stride.min(0.2), &metal(0.14));
    let glow = Surface {
        albedo: Vec3::splat(0.5),
        roughness: 0.3,
        emissive: Vec3::new(1.0, 0.80, 0.52) * 5.0,
        ..Surface::default()
    };
    let lens = Spot {
        mean: end + arm * 0.2 - Vec3::Z * 0.06,
        normal: -Vec3::Z,
        tangent: arm,
        sigma: Vec2::new(0.17, 0.08),
        opacity: 0.95,
        lift: 0.05,
    };
    builder.put(&lens, &glow);
}

/// Walks along the kerbs and puts something down here and there.
fn pavement(site: &Site<'_>, builder: &mut Builder, inside: &impl Fn(Vec2) -> bool) {
    const EVERY: f32 = 6.5;
    for road in &site.layout.roads {
        if road.class < RoadClass::Residential {
            continue;
        }
        let mut start = road.start;
        for pair in road.line.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            let length = a.distance(b);
            let along = (b - a).normalize_or_zero();
            let first = (start / EVERY).ceil() as i64;
            let last = ((start + length) / EVERY).floor() as i64;
            for k in first..=last {
                for side in [1.0_f32, -1.0] {
                    let mut random =
                        Random::new(mix(road.id, k as u64), if side > 0.0 { 7 } else { 8 });
                    let at = a
                        + along * (k as f32 * EVERY - start)
                        + along.perp() * side * (0.5 * road.width + 0.55);
                    if inside(at) && on_pavement(site, at) {
                        thing(site, builder, at, along.extend(0.0), &mut random);
                    }
                }
            }
            start += length;
        }
    }
}

fn on_pavement(site: &Site<'_>, at: Vec2) -> bool {
    let Some(k) = site.cell(at) else { return false };
    let clear = site
        .maps
        .roads
        .as_ref()
        .is_none_or(|r| r.kerb[k] > 0.25 && r.junction[k] > 5.0);
    clear && site.maps.instances[k] == 0 && site.maps.classes[k] == Class::Zone
}

fn thing(site: &Site<'_>, builder: &mut Builder, at: Vec2, along: Vec3, random: &mut Random) {
    let stride = site.detail.stride(at.extend(0.5), 0.5, None);
    if stride > 0.25 {
        return;
    }
    let foot = at.extend(KERB);
    let side = along.cross(Vec3::Z);
    match random.unit() {
        x if x < 0.16 => post(builder, foot, 0.9, 0.12, 5, &metal(0.045)),
        x if x < 0.21 => {
            let green = Surface::matte(Vec3::new(0.03, 0.06, 0.045));
            builder.block(
                foot + Vec3::Z * 0.45,
                [along * 0.25, Vec3::Z * 0.45, -side * 0.22],
                stride,
                &green,
            );
        }
        x if x < 0.25 => {
            let wood = Surface::matte(Vec3::new(0.19, 0.11, 0.06));
            for z in [0.45, 0.8] {
                let deep = if z < 0.5 { 0.22 } else { 0.03 };
                builder.block(
                    foot + Vec3::Z * z - side * (0.2 - deep),
                    [along * 0.8, Vec3::Z * 0.03, -side * deep],
                    stride,
                    &wood,
                );
            }
            for x in [-0.65, 0.65] {
                post(builder, foot + along * x, 0.45, 0.07, 4, &metal(0.05));
            }
        }
        x if x < 0.31 => {
            post(builder, foot, 2.6, 0.06, 4, &metal(0.28));
            let blue = random.chance(0.5);
            let face = if blue {
                Vec3::new(0.02, 0.09, 0.36)
            } else {
                Vec3::new(0.42, 0.03, 0.025)
            };
            for normal in [along, -along] {
                let disc = Quad {
                    middle: foot + Vec3::Z * 2.45 + normal * 0.04,
                    right: -normal.cross(Vec3::Z) * 0.28,
                    up: Vec3::Z * 0.28,
                };
                builder.quad(&disc, stride.min(0.0625), |at| {
                    let r = at.length();
                    Surface::matte(if r > 0.82 {
                        Vec3::splat(0.6)
                    } else if r > 0.6 || blue {
                        face
                    } else {
                        Vec3::splat(0.55)
                    })
                });
            }
        }
        _ => {}
    }
}
