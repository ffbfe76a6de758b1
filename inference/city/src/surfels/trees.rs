//! Trees: sub-crowns with leaves on their shells, and a trunk of stretched Gaussians.

use glam::{Vec2, Vec3};

use super::{
    Surfels,
    builder::{Builder, Spot},
    extrude::Site,
};
use crate::{appearance::Surface, layout::Tree, maps::Class, random::Random};

/// Sub-crowns of one tree.
const CROWNS: u32 = 14;
/// Leaves are lit where the crown is thin, metres outside.
const LEAF_LIFT: f32 = 0.9;

pub(super) fn trees(site: &Site<'_>, trees: &[&Tree]) -> Surfels {
    let mut builder = Builder::new(Class::Green, 0);
    let size = site.layout.size;
    let own = trees
        .iter()
        .filter(|t| t.at.cmpge(Vec2::ZERO).all() && t.at.cmplt(size).all());
    for tree in own {
        one(site, tree, &mut builder);
    }
    builder.surfels
}

/// Number of leaves and their size for a stride, metres.
fn leaves(stride: f32) -> (u32, f32) {
    match stride {
        s if s <= 0.03125 => (12000, 0.046),
        s if s <= 0.0625 => (6500, 0.062),
        s if s <= 0.125 => (3000, 0.092),
        s if s <= 0.25 => (1000, 0.16),
        s if s <= 0.5 => (420, 0.25),
        s if s <= 1.0 => (150, 0.42),
        s if s <= 2.0 => (45, 0.72),
        _ => (16, 1.15),
    }
}

fn one(site: &Site<'_>, tree: &Tree, builder: &mut Builder) {
    let mut random = Random::new(tree.style, 6);
    let height = tree.height.max(1.0);
    let radius = height * random.range(0.28, 0.35);
    let middle = tree.at.extend(0.63 * height);
    let stride = site.detail.stride(middle, 0.5 * height, None);
    let hue =
        Vec3::new(random.range(0.85, 1.35), 1.0, random.range(0.7, 1.3)) * random.range(0.8, 1.15);
    let green = Vec3::new(0.056, 0.088, 0.026) * hue;
    let mut crowns = Vec::new();
    for k in 0..CROWNS {
        let direction = random.direction() * Vec3::new(1.0, 1.0, 0.95);
        let far = if k == 0 {
            0.0
        } else {
            random.range(0.45, 0.66) * radius
        };
        crowns.push((middle + direction * far, radius * random.range(0.40, 0.55)));
    }
    let (count, sigma) = leaves(stride);
    let grow = (radius / 3.0).clamp(0.5, 1.6);
    // Large crowns have more leaves, not larger ones.
    let count = (count as f32 * grow * grow) as u32;
    for _ in 0..count {
        let (center, r) = random.pick(&crowns);
        let direction = random.direction();
        let at = center + direction * r * random.range(0.8, 1.04);
        let outward = (at - middle) / radius;
        let depth = outward.length();
        let shell = ((depth - 0.35) / 0.75).clamp(0.0, 1.0);
        let below = (0.5 - 0.5 * outward.z).clamp(0.0, 1.0);
        let open = (0.38 + 0.62 * shell) * (1.0 - 0.3 * below);
        let normal = (random.direction() * 0.8 + outward.normalize_or(Vec3::Z) + Vec3::Z * 0.25)
            .normalize_or(Vec3::Z);
        let tangent = normal.any_orthonormal_vector();
        let tone = random.range(0.72, 1.35);
        let sunny = random.range(0.0, 0.25);
        let albedo = green * tone + Vec3::new(0.03, 0.02, 0.0) * sunny;
        let spot = Spot {
            mean: at,
            normal,
            tangent,
            sigma: Vec2::new(sigma, 0.62 * sigma) * random.range(0.8, 1.2),
            opacity: 0.86,
            lift: LEAF_LIFT,
        };
        builder.put(
            &spot,
            &Surface {
                roughness: 0.7,
                ..Surface::matte(albedo)
            },
        );
        if let Some(last) = builder.surfels.occlusion.last_mut() {
            *last = open;
        }
    }
    trunk(tree, middle, height, builder, &mut random, stride);
}

fn trunk(
    tree: &Tree,
    middle: Vec3,
    height: f32,
    builder: &mut Builder,
    random: &mut Random,
    stride: f32,
) {
    let bark = Surface::matte(Vec3::new(0.085, 0.066, 0.048) * random.range(0.8, 1.2));
    let thick = (0.0125 * height).clamp(0.05, 0.25);
    let top = middle.z - 0.1 * height;
    if stride > 2.0 {
        return;
    }
    builder.segment = stride;
    // Three sheets around the axis stand for the round trunk.
    let sides = if stride <= 0.25 { 6 } else { 3 };
    for k in 0..sides {
        let normal = Vec2::from_angle(k as f32 / sides as f32 * std::f32::consts::TAU).extend(0.0);
        let foot = tree.at.extend(0.0) + normal * (0.8 * thick);
        builder.bar([foot, foot.with_z(top)], 1.7 * thick, normal, &bark);
    }
    if stride <= 0.25 {
        for _ in 0..6 {
            let tip = middle + random.direction() * Vec3::new(0.2, 0.2, 0.12) * height;
            let from = tree.at.extend(random.range(0.32, 0.5) * height);
            let normal = (tip - from).normalize_or(Vec3::Z).any_orthonormal_vector();
            builder.bar([from, tip], 0.5 * thick, normal, &bark);
            builder.bar([from, tip], 0.5 * thick, -normal, &bark);
        }
        // Bare earth in a frame of stone.
        let earth = Surface::matte(Vec3::new(0.07, 0.055, 0.042));
        let quad = super::builder::Quad {
            middle: tree.at.extend(super::ground::KERB + 0.03),
            right: Vec3::X * 0.5,
            up: Vec3::Y * 0.5,
        };
        builder.quad(&quad, stride, |_| earth);
    }
}
