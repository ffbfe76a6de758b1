//! Roofs: tiles, sheet metal, slate, felt and gravel.

use glam::{Vec2, Vec3};

use super::{
    Surface, averaged,
    filter::{bonded, fade, fbm, pulse, ramp},
};
use crate::random::{Random, cell};

/// What a roof is covered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RoofMaterial {
    /// Clay tiles.
    Tile,
    /// Sheets with standing seams.
    Metal,
    /// Slates.
    Slate,
    /// Felt or gravel, for flat roofs.
    Felt,
    /// Sedum, for flat roofs.
    Sedum,
}

/// The covering of one building's roof.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoofStyle {
    /// What it is.
    pub material: RoofMaterial,
    /// Its color, linear.
    pub color: Vec3,
    /// Seed of what differs from tile to tile.
    pub seed: u32,
}

impl RoofStyle {
    /// A covering from the seed of a building.
    pub fn of(style: u64, flat: bool) -> Self {
        let mut random = Random::new(style, 2);
        let seed = random.bits() as u32;
        let (material, palette): (RoofMaterial, &[[f32; 3]]) = if flat {
            if random.chance(0.12) {
                (RoofMaterial::Sedum, &[[0.11, 0.125, 0.05]])
            } else {
                (
                    RoofMaterial::Felt,
                    &[
                        [0.20, 0.20, 0.20],
                        [0.13, 0.13, 0.135],
                        [0.27, 0.26, 0.24],
                        [0.17, 0.165, 0.155],
                    ],
                )
            }
        } else {
            match random.unit() {
                x if x < 0.34 => (
                    RoofMaterial::Tile,
                    &[
                        [0.170, 0.082, 0.056],
                        [0.145, 0.080, 0.060],
                        [0.195, 0.105, 0.070],
                        [0.120, 0.070, 0.056],
                    ],
                ),
                x if x < 0.78 => (
                    RoofMaterial::Metal,
                    &[
                        [0.085, 0.09, 0.095],
                        [0.20, 0.21, 0.215],
                        [0.17, 0.26, 0.215],
                        [0.055, 0.055, 0.057],
                        [0.13, 0.075, 0.055],
                        [0.12, 0.14, 0.13],
                    ],
                ),
                _ => (
                    RoofMaterial::Slate,
                    &[[0.095, 0.10, 0.11], [0.12, 0.115, 0.115]],
                ),
            }
        };
        let color = Vec3::from(random.pick(palette)) * random.range(0.85, 1.12);
        Self {
            material,
            color,
            seed,
        }
    }
}

/// The mean surface in the box of size `stride` around a place on a roof: `at.x` metres along the eaves, `at.y`
/// metres up the slope.
pub fn roof(style: &RoofStyle, at: Vec2, stride: Vec2) -> Surface {
    averaged(at, stride, |at, w| match style.material {
        RoofMaterial::Tile => shingles(style, at, w, Vec2::new(0.3, 0.33), 0.30),
        RoofMaterial::Slate => shingles(style, at, w, Vec2::new(0.32, 0.26), 0.26),
        RoofMaterial::Metal => seams(style, at, w),
        RoofMaterial::Felt => felt(style, at, w),
        RoofMaterial::Sedum => sedum(style, at, w),
    })
}

fn age(style: &RoofStyle, at: Vec2, w: Vec2) -> f32 {
    let large = w.max_element();
    1.0 + 0.20 * fbm(0.3 * at.x, 0.3 * at.y, style.seed, 0.3 * large)
        + 0.16 * fbm(0.9 * at.x, 0.12 * at.y, style.seed ^ 2, 0.9 * w.x)
}

fn shingles(style: &RoofStyle, at: Vec2, w: Vec2, size: Vec2, depth: f32) -> Surface {
    let row = (at.y / size.y).floor();
    let x = bonded(at.x, row, size.x);
    // The lower edge of a row throws a line of shadow; the gaps between neighbors are narrower.
    let shadow = pulse(at.y, size.y, (0.0, 0.05), w.y);
    let gap = pulse(x, size.x, (0.0, 0.022), w.x);
    let tone = cell(style.seed, (x / size.x).floor() as i32, row as i32) - 0.5;
    let left = fade(w.x, size.x) * fade(w.y, size.y);
    // Groups of tiles came from other batches, so the pattern goes on where single tiles are too small.
    let batch = cell(
        style.seed ^ 9,
        (at.x / 1.9).floor() as i32,
        (at.y / 1.3).floor() as i32,
    ) - 0.5;
    let moss = ramp(
        fbm(0.5 * at.x, 0.5 * at.y, style.seed ^ 5, 0.5 * w.x),
        0.25,
        0.7,
    );
    let tint = Vec3::new(1.0, 1.0 + 0.10 * tone * left, 1.0 + 0.12 * tone * left);
    let color = style.color * tint * (1.0 + 0.42 * tone * left + 0.12 * batch) * age(style, at, w);
    let color = color.lerp(Vec3::new(0.085, 0.085, 0.055), 0.35 * moss);
    Surface::matte(color * (1.0 - depth * shadow.max(0.6 * gap)))
}

fn seams(style: &RoofStyle, at: Vec2, w: Vec2) -> Surface {
    const SHEET: f32 = 0.6;
    let ridge = pulse(at.x, SHEET, (0.0, 0.05), w.x);
    let shade = pulse(at.x, SHEET, (0.05, 0.11), w.x);
    let joint = pulse(at.y, 2.4, (0.0, 0.04), w.y);
    let tone = cell(
        style.seed,
        (at.x / SHEET).floor() as i32,
        (at.y / 2.4).floor() as i32,
    ) - 0.5;
    let left = fade(w.x, SHEET);
    let color = style.color * (1.0 + 0.13 * tone * left) * age(style, at, w);
    Surface {
        roughness: 0.42,
        metallic: 0.25,
        ..Surface::matte(color * (1.0 + 0.35 * ridge - 0.35 * shade - 0.25 * joint))
    }
}

fn felt(style: &RoofStyle, at: Vec2, w: Vec2) -> Surface {
    let lap = pulse(at.x, 1.0, (0.0, 0.05), w.x).max(pulse(at.y, 7.5, (0.0, 0.06), w.y));
    let sheet = cell(style.seed, at.x.floor() as i32, (at.y / 7.5).floor() as i32) - 0.5;
    let pool = ramp(
        fbm(0.11 * at.x, 0.11 * at.y, style.seed ^ 3, 0.11 * w.x),
        0.1,
        0.55,
    );
    let grain = fbm(1.7 * at.x, 1.7 * at.y, style.seed ^ 4, 1.7 * w.x);
    let shade = (1.0 + 0.10 * sheet * fade(w.x, 1.0) + 0.14 * grain) * (1.0 - 0.24 * pool);
    Surface::matte(style.color * shade * (1.0 - 0.3 * lap))
}

fn sedum(style: &RoofStyle, at: Vec2, w: Vec2) -> Surface {
    let spots = fbm(0.6 * at.x, 0.6 * at.y, style.seed, 0.6 * w.x);
    let red = ramp(
        fbm(0.25 * at.x, 0.25 * at.y, style.seed ^ 8, 0.25 * w.x),
        0.1,
        0.6,
    );
    let color = style.color.lerp(Vec3::new(0.17, 0.085, 0.05), 0.55 * red);
    Surface::matte(color * (1.0 + 0.35 * spots))
}
