//! What invented skin shows beyond the smooth color of the mesh: the photograph itself while it is seen at
//! an angle, then the other half of the face, and where neither is seen the grain of a piece of cheek.

use glam::Vec3;

use super::mesh::SurfaceSample;
use super::photo::falling;
use super::posed::PosedMesh;
use super::skin_color::SkinColors;
use super::surface::Front;
use super::types::Crop;
use crate::imageops::blur::{gaussian_masked, weights_of};
use crate::imageops::distance::distances;
use crate::imageops::morphology::inverse;
use crate::imageops::{Grid, bilinear};

/// Cosines between which a sample takes over the photograph's own color.
const FACING_OWN: [f32; 2] = [0.15, 0.4];
/// The same for the other half of the face.
const FACING_MIRROR: [f32; 2] = [0.3, 0.55];
/// Cosines between which a sample turns so far away that the other half of the face knows it better.
const AWAY: [f32; 2] = [0.1, 0.35];
/// What lies this far under the nearest part of the mesh is hidden by it, dm.
const HIDDEN: f32 = 0.02;
/// Over this distance from skin that is not trusted the photograph fades, in face heights.
const FADE: f32 = 0.015;
/// Blur of the photograph under samples that are two pixels apart, pixels.
const SOFT_PX: f32 = 1.0;
/// Factors that the mirrored detail may reach: light and make-up may differ between the sides.
const MIRROR_RANGE: [f32; 2] = [0.3, 1.6];
/// Side of the piece of cheek, in face heights.
const GRAIN_SIDE: f32 = 0.13;
/// Blur between the cheek's shading and its grain, in face heights.
const GRAIN_BLUR: f32 = 0.02;
/// Of the candidate pieces, ordered by contrast, the one at this share: plain skin, not a highlight.
const GRAIN_RANK: f32 = 0.3;
/// The grain's contrast, which overlapping splats take a part of.
const GRAIN_GAIN: f32 = 1.7;
/// Grain beyond this is a mark.
const GRAIN_MAX: f32 = 0.12;
/// Sizes of mottles, dm, and their strength against the grain's.
const MOTTLES: [(f32, f32); 2] = [(0.05, 0.4), (0.16, 0.4)];

/// What is needed to paint samples of invented skin.
pub struct SkinDetail<'a> {
    mesh: &'a PosedMesh<'a>,
    front: &'a Front,
    crop: &'a Crop,
    colors: &'a SkinColors,
    grid: Grid,
    /// `[height, width]` the photograph's skin, a little blurred.
    soft: Vec<Vec3>,
    /// `[height, width]` trust in it, 0..=1.
    trust: Vec<f32>,
    grain: Option<Grain>,
}

impl<'a> SkinDetail<'a> {
    /// Reads the photograph's skin.
    pub fn new(
        mesh: &'a PosedMesh<'a>,
        front: &'a Front,
        crop: &'a Crop,
        colors: &'a SkinColors,
    ) -> Self {
        let grid = crop.alpha.grid();
        let weights = weights_of(&colors.trusted);
        let fade = FADE * crop.face_height;
        let trust = distances(&inverse(&colors.trusted), grid)
            .iter()
            .map(|d| (d / fade).min(1.0))
            .collect();
        Self {
            mesh,
            front,
            crop,
            colors,
            grid,
            soft: gaussian_masked(&crop.color.values, &weights, grid, SOFT_PX),
            trust,
            grain: Grain::find(front, crop, &colors.trusted),
        }
    }

    /// The median of the seen skin.
    pub fn median(&self) -> Vec3 {
        self.colors.median
    }

    /// Color of the `n`-th sample of the mesh.
    pub fn color(&self, n: usize, s: &SurfaceSample) -> Vec3 {
        let corners = self.mesh.model.triangles[s.triangle as usize].map(|v| v as usize);
        let smooth = blend(s.weights, corners.map(|v| self.colors.vertices[v]));
        let (seen, own) = self.seen(s.position, s.normal, FACING_OWN);
        if own > 0.99 {
            return seen;
        }
        let grained = smooth
            * self
                .grain
                .as_ref()
                .map_or(Vec3::ONE, |g| g.at(n, s.position));
        let invented = match self.mirrored(s, corners) {
            Some((factor, trust)) => grained.lerp(smooth * factor, trust),
            None => grained,
        };
        invented.lerp(seen, own)
    }

    /// Factor of the other half of the face to its smooth color, and the trust in it.
    fn mirrored(&self, s: &SurfaceSample, corners: [usize; 3]) -> Option<(Vec3, f32)> {
        let mirror = corners.map(|v| self.colors.mirror[v]);
        let [Some(a), Some(b), Some(c)] = mirror else {
            return None;
        };
        let point = blend(s.weights, [a, b, c].map(|v| self.mesh.vertices[v]));
        let normal = blend(s.weights, [a, b, c].map(|v| self.mesh.normals[v]));
        let (seen, trust) = self.seen(point, normal.normalize_or(Vec3::Z), FACING_MIRROR);
        let to_eye = (self.crop.camera.eye() - s.position).normalize_or(Vec3::Z);
        let trust = trust * falling(s.normal.dot(to_eye), AWAY[0], AWAY[1]);
        if trust <= 0.0 {
            return None;
        }
        let smooth = blend(s.weights, [a, b, c].map(|v| self.colors.vertices[v]));
        let [low, high] = MIRROR_RANGE.map(Vec3::splat);
        let factor = (seen / smooth.max(Vec3::splat(0.03))).clamp(low, high);
        Some((factor, trust))
    }

    /// The photograph at a point of the mesh, and the trust in it.
    fn seen(&self, point: Vec3, normal: Vec3, facing: [f32; 2]) -> (Vec3, f32) {
        let cos = normal.dot((self.crop.camera.eye() - point).normalize_or(Vec3::Z));
        let at = self.crop.camera.project(point);
        let Some(pixel) = self.grid.pixel_at(at.x, at.y) else {
            return (Vec3::ZERO, 0.0);
        };
        let hit = &self.front.mesh_hits[pixel];
        if cos <= facing[0] || !hit.is_some() || at.z > hit.depth + HIDDEN {
            return (Vec3::ZERO, 0.0);
        }
        let trust = self.trust[pixel] * (1.0 - falling(cos, facing[0], facing[1]));
        (bilinear(&self.soft, self.grid, at.x, at.y), trust)
    }
}

/// The mean of a triangle's corners.
fn blend(weights: Vec3, [a, b, c]: [Vec3; 3]) -> Vec3 {
    a * weights.x + b * weights.y + c * weights.z
}

/// What a square of plain skin varies by, without its shading.
#[derive(Debug, Clone, PartialEq)]
struct Grain {
    /// Factors about 1.
    values: Vec<Vec3>,
    /// Their standard deviation.
    contrast: f32,
}

impl Grain {
    fn find(front: &Front, crop: &Crop, trusted: &[bool]) -> Option<Self> {
        let grid = crop.alpha.grid();
        let side = (GRAIN_SIDE * crop.face_height) as usize;
        if side < 8 {
            return None;
        }
        let sigma = GRAIN_BLUR * crop.face_height;
        let slow = gaussian_masked(&crop.color.values, &weights_of(trusted), grid, sigma);
        let detail: Vec<Vec3> = (0..grid.len())
            .map(|i| crop.color.values[i] / slow[i].max(Vec3::splat(0.02)))
            .collect();
        let plain = |i: usize| trusted[i] && front.surface.normals.values[i].z > 0.4;
        let mut candidates: Vec<(f32, usize, usize)> = Vec::new();
        let stride = (side / 4).max(1);
        for y in (0..grid.height.saturating_sub(side)).step_by(stride) {
            for x in (0..grid.width.saturating_sub(side)).step_by(stride) {
                let mut contrast = 0.0f32;
                let all = square(grid, (x, y), side).all(|i| {
                    contrast += (detail[i] - 1.0).length_squared();
                    plain(i)
                });
                if all {
                    candidates.push((contrast, x, y));
                }
            }
        }
        candidates.sort_by(|a, b| a.0.total_cmp(&b.0));
        let at = (GRAIN_RANK * candidates.len() as f32) as usize;
        let (_, x, y) = *candidates.get(at)?;
        let values: Vec<Vec3> = square(grid, (x, y), side)
            .map(|i| {
                let limit = Vec3::splat(GRAIN_MAX);
                Vec3::ONE + GRAIN_GAIN * (detail[i] - Vec3::ONE).clamp(-limit, limit)
            })
            .collect();
        let variance = values
            .iter()
            .map(|v| (*v - 1.0).length_squared())
            .sum::<f32>();
        Some(Self {
            contrast: (variance / (3 * values.len()) as f32).sqrt(),
            values,
        })
    }

    /// The factor of the `n`-th sample, at a point of the head: fine grain without any order, and a slow
    /// mottling of half its strength.
    fn at(&self, n: usize, p: Vec3) -> Vec3 {
        let fine = self.values[hash([n as i32, 0, 0]) as usize % self.values.len()];
        let slow: f32 = MOTTLES
            .iter()
            .map(|(size, strength)| strength * smooth_noise(p / *size))
            .sum();
        fine + Vec3::splat(slow * self.contrast)
    }
}

/// Noise of about unit strength with features of size one (trilinear value noise).
fn smooth_noise(p: Vec3) -> f32 {
    let cell = p.floor();
    let t = p - cell;
    let t = t * t * (3.0 - 2.0 * t);
    let corner = |dx: i32, dy: i32, dz: i32| {
        let at = [cell.x as i32 + dx, cell.y as i32 + dy, cell.z as i32 + dz];
        (hash(at) >> 8) as f32 / (1u32 << 23) as f32 - 1.0
    };
    let along_x = |dy, dz| corner(0, dy, dz) * (1.0 - t.x) + corner(1, dy, dz) * t.x;
    let along_y = |dz| along_x(0, dz) * (1.0 - t.y) + along_x(1, dz) * t.y;
    2.0 * (along_y(0) * (1.0 - t.z) + along_y(1) * t.z)
}

/// Well-mixed bits of a lattice point (finalizer of MurmurHash3).
fn hash([x, y, z]: [i32; 3]) -> u32 {
    let mut h = (x as u32).wrapping_mul(0x9e37_79b1)
        ^ (y as u32).wrapping_mul(0x85eb_ca77)
        ^ (z as u32).wrapping_mul(0xc2b2_ae3d);
    h = (h ^ (h >> 16)).wrapping_mul(0x85eb_ca6b);
    h = (h ^ (h >> 13)).wrapping_mul(0xc2b2_ae35);
    h ^ (h >> 16)
}

/// The pixels of a square from its upper left corner.
fn square(grid: Grid, (x, y): (usize, usize), side: usize) -> impl Iterator<Item = usize> {
    (0..side * side).map(move |k| grid.index(x + k % side, y + k / side))
}
