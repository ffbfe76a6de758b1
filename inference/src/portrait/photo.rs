//! The photograph's own pixels as surfels.
//!
//! A pixel at the edge of face or hair shows rim light, stray background and a stretched sliver of
//! surface. From the camera that is right; from the side it would be a streak. Such pixels become
//! coins that face the camera: full from the photograph's side, slivers from the profile, where what lies
//! under them takes over.

use glam::Vec3;

use super::posed::PosedMesh;
use super::skin_color::SkinColors;
use super::surface::{ALPHA_MIN, Front};
use super::surfel::Surfel;
use super::types::{Confidence, Crop, Label, LabelMap};
use crate::imageops::Grid;
use crate::imageops::blur::{gaussian_masked, weights_of};
use crate::imageops::distance::{NOWHERE, distances};

/// Standard deviation of a pixel's surfel, in pixels: sharp (34 dB against 31 at 0.6), and closed as far as
/// the pixel filter reaches; the backing closes it for closer looks.
const SIGMA_PX: f32 = 0.48;
/// A tilted surfel is stretched by at most 1 / this along the slope.
const STRETCH_COS_MIN: f32 = 0.45;
/// Thickness of a surfel, of its sigma.
const THICKNESS: f32 = 0.15;
/// Opacity of a covered pixel at most.
const OPACITY_MAX: f32 = 0.97;
/// The same for a pixel that faces the camera: neighbors overlap, so that from the front it is still
/// solid, and from the side it is faint.
const OPACITY_TURNED: f32 = 0.55;
/// The same for skin, under which lies skin of nearly its own color.
const OPACITY_TURNED_SKIN: f32 = 0.4;
/// Cosines between which skin turns to the camera.
const SKIN_TURN: [f32; 2] = [0.3, 0.5];
/// Under skin seen better than this cosine nothing is made.
const SKIN_UNDER: f32 = 0.55;
/// Cosines between which hair turns to the camera.
const HAIR_TURN: [f32; 2] = [0.4, 0.62];
/// Under hair seen better than this cosine nothing is made.
const HAIR_UNDER: f32 = 0.68;
/// Pixels nearer to the outline than this turn too, in face heights.
const RIM: f32 = 0.012;
/// Skin this near to hair at the side turns too, in face heights: labels are a few pixels off.
const SKIN_HAIR: f32 = 0.018;
/// Coins are scattered over the depth that a pixel covers, as if it were no flatter than this cosine.
const SCATTER_COS_MIN: f32 = 0.2;
/// Skin seen at a flat angle departs from the mesh's color by at most this.
const GRAZING_REACH: f32 = 0.05;
/// Only pixels covered more than this are backed.
const BACKED_ALPHA: f32 = 0.9;
/// Blocks whose depth varies by more than this are not backed, pixel widths: they are seen from the side.
const BACKED_STEP_PX: f32 = 2.0;
/// Depth of the backing under the farthest of its pixels, pixel widths.
const BACKING_DEPTH_PX: f32 = 1.5;
/// Standard deviation of the backing, pixels: it covers two by two.
const BACKING_SIGMA_PX: f32 = 1.1;
/// Turned farther than this share, a pixel counts as grazing.
const GRAZING_SHARE: f32 = 0.25;

/// Surfels of all pixels that show something, row after row.
pub fn photo_surfels(
    mesh: &PosedMesh<'_>,
    front: &Front,
    (crop, labels): (&Crop, &LabelMap),
    skin: &SkinColors,
) -> Vec<Surfel> {
    let grid = crop.alpha.grid();
    let turning = Turning::new(crop, &front.labels, grid);
    (0..grid.len())
        .filter(|i| crop.alpha.values[*i] > ALPHA_MIN)
        .map(|i| {
            let mut surfel = pixel_surfel(front, crop, &turning, (i, labels.labels[i]));
            let hit = match front.rim_of[i] {
                NOWHERE => &front.mesh_hits[i],
                mesh => &front.mesh_hits[mesh as usize],
            };
            let grazing = surfel.confidence == Confidence::Grazing;
            if grazing && front.labels.labels[i] == Label::Skin && hit.is_some() {
                // From the side it stands on invented skin, on which another color is a speck.
                let smooth = hit.interpolate(&mesh.model.triangles, &skin.vertices);
                surfel.color = surfel
                    .color
                    .clamp(smooth - GRAZING_REACH, smooth + GRAZING_REACH);
            }
            surfel
        })
        .collect()
}

/// The surfel of a pixel: as large as the pixel, stretched along the slope, or turned to the camera.
fn pixel_surfel(
    front: &Front,
    crop: &Crop,
    turning: &Turning<'_>,
    (pixel, label): (usize, Label),
) -> Surfel {
    let normal = front.surface.normals.values[pixel];
    let mut position = front.point(&crop.camera, pixel);
    let to_eye = (crop.camera.eye() - position).normalize_or(Vec3::Z);
    let facing = normal.dot(to_eye);
    let turn = match front.labels.labels[pixel] {
        Label::Skin if front.mesh_hits[pixel].is_some() => turning.of_skin(pixel, facing),
        Label::Skin if front.rim_of[pixel] != NOWHERE => 1.0,
        Label::Hair if front.on_shell[pixel] => turning.of_hair(pixel, facing),
        // Nothing lies under other pixels.
        _ => 0.0,
    };
    // From the side, rows of coins would make a moiré; spread over the depth of a pixel they do not.
    let (x, y) = turning.grid.position(pixel);
    let slope = (1.0 - facing * facing).max(0.0).sqrt() / facing.max(SCATTER_COS_MIN);
    let pixel_width = front.surface.depth.values[pixel] / crop.camera.focal;
    position -= to_eye * (interleaved_noise(x, y) - 0.5) * slope * pixel_width * turn;
    let turned = match front.labels.labels[pixel] {
        Label::Skin if front.mesh_hits[pixel].is_some() => OPACITY_TURNED_SKIN,
        _ => OPACITY_TURNED,
    };
    let (color, rim) = match label {
        Label::Cloth => turning.cloth_rim(pixel),
        _ => (crop.color.values[pixel], 0.0),
    };
    let axis = normal.lerp(to_eye, turn).normalize_or(to_eye);
    let facing = axis.dot(to_eye);
    let sigma = SIGMA_PX * pixel_width;
    Surfel {
        position,
        normal,
        axis,
        along: to_eye - axis * facing,
        sigma: Vec3::new(1.0 / facing.max(STRETCH_COS_MIN), 1.0, THICKNESS) * sigma,
        color,
        opacity: crop.alpha.values[pixel] * (OPACITY_MAX + (turned - OPACITY_MAX) * turn),
        label,
        confidence: if turn.max(rim) > GRAZING_SHARE {
            Confidence::Grazing
        } else {
            Confidence::Seen
        },
    }
}

/// Coarse surfels right under the photograph's, so that a close look does not see through between them.
pub fn backing(front: &Front, (crop, labels): (&Crop, &LabelMap)) -> Vec<Surfel> {
    let grid = crop.alpha.grid();
    let width = |i: usize| front.surface.depth.values[i] / crop.camera.focal;
    // Where hair begins on skin, both are one surface.
    let is_head = |label: Label| matches!(label, Label::Skin | Label::Hair);
    let mut surfels = Vec::new();
    for y in (0..grid.height.saturating_sub(1)).step_by(2) {
        for x in (0..grid.width.saturating_sub(1)).step_by(2) {
            let block = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| grid.index(x + dx, y + dy));
            let solid = block.iter().all(|i| {
                crop.alpha.values[*i] > BACKED_ALPHA
                    && front.rim_of[*i] == NOWHERE
                    && (labels.labels[*i] == labels.labels[block[0]]
                        || (is_head(labels.labels[*i]) && is_head(labels.labels[block[0]])))
            });
            let depths = block.map(|i| front.surface.depth.values[i]);
            let near = depths.iter().copied().fold(f32::INFINITY, f32::min);
            let far = depths.iter().copied().fold(0.0, f32::max);
            if !solid || far - near > BACKED_STEP_PX * width(block[0]) {
                continue;
            }
            let mean = |v: &[Vec3]| 0.25 * block.iter().map(|i| v[*i]).sum::<Vec3>();
            let normal = mean(&front.surface.normals.values).normalize_or(Vec3::Z);
            let depth = far + BACKING_DEPTH_PX * width(block[0]);
            surfels.push(Surfel {
                position: crop.camera.unproject((x + 1) as f32, (y + 1) as f32, depth),
                normal,
                axis: normal,
                along: normal.any_orthonormal_vector(),
                sigma: Vec3::new(1.0, 1.0, THICKNESS) * BACKING_SIGMA_PX * width(block[0]),
                color: mean(&crop.color.values),
                opacity: OPACITY_MAX,
                label: labels.labels[block[0]],
                confidence: Confidence::Grazing,
            });
        }
    }
    surfels
}

/// Noise in 0..1 whose neighbors differ strongly (Jimenez 2014, interleaved gradient noise).
fn interleaved_noise(x: usize, y: usize) -> f32 {
    (52.982_918 * (0.067_110_56 * x as f32 + 0.005_837_15 * y as f32).fract()).fract()
}

/// How far pixels turn to the camera.
struct Turning<'a> {
    crop: &'a Crop,
    grid: Grid,
    /// Distance in face heights to what is not covered.
    from_outline: Vec<f32>,
    /// Distance in face heights to hair.
    from_hair: Vec<f32>,
    /// Color of the cloth a little inside the outline.
    inner_cloth: Vec<Vec3>,
}

impl<'a> Turning<'a> {
    fn new(crop: &'a Crop, labels: &LabelMap, grid: Grid) -> Self {
        let scale = 1.0 / crop.face_height;
        let in_face_heights = |mask: &[bool]| -> Vec<f32> {
            distances(mask, grid).iter().map(|d| d * scale).collect()
        };
        let outside: Vec<bool> = crop.alpha.values.iter().map(|a| *a < 0.5).collect();
        let hair: Vec<bool> = (0..grid.len())
            .map(|i| crop.alpha.values[i] > 0.5 && labels.labels[i] == Label::Hair)
            .collect();
        let from_outline = in_face_heights(&outside);
        let inner: Vec<bool> = (0..grid.len())
            .map(|i| from_outline[i] > 1.5 * RIM && labels.labels[i] == Label::Cloth)
            .collect();
        Self {
            crop,
            grid,
            inner_cloth: gaussian_masked(
                &crop.color.values,
                &weights_of(&inner),
                grid,
                RIM * crop.face_height,
            ),
            from_outline,
            from_hair: in_face_heights(&hair),
        }
    }

    fn rim(&self, pixel: usize) -> f32 {
        falling(self.from_outline[pixel], 0.5 * RIM, 1.5 * RIM)
    }

    /// Color of a pixel of cloth, and how near it is to the outline, where the background shines through.
    fn cloth_rim(&self, pixel: usize) -> (Vec3, f32) {
        let (seen, inner) = (self.crop.color.values[pixel], self.inner_cloth[pixel]);
        // No cloth further inside leaves nothing to take.
        let rim = match inner.max_element() > 0.0 {
            true => self.rim(pixel),
            false => 0.0,
        };
        (seen.lerp(inner, rim), rim)
    }

    /// 0 lies on the surface, 1 faces the camera.
    fn of_skin(&self, pixel: usize, facing: f32) -> f32 {
        let side = super::skin::pixel_center(self.grid, pixel).x - self.crop.chin.x;
        let near_hair = falling(self.from_hair[pixel], 0.6 * SKIN_HAIR, 1.4 * SKIN_HAIR)
            * (1.0 - falling(side.abs() / self.crop.face_height, 0.25, 0.35));
        let flat = falling(facing, SKIN_TURN[0], SKIN_TURN[1]);
        // Skin that is seen well has nothing under it.
        flat.max(near_hair.max(self.rim(pixel)) * falling(facing, SKIN_TURN[1], SKIN_UNDER))
    }

    /// 0 lies on the surface, 1 faces the camera.
    fn of_hair(&self, pixel: usize, facing: f32) -> f32 {
        let flat = falling(facing, HAIR_TURN[0], HAIR_TURN[1]);
        flat.max(self.rim(pixel) * falling(facing, HAIR_TURN[1], HAIR_UNDER))
    }
}

/// One below `low`, zero above `high`, smooth between.
pub(crate) fn falling(x: f32, low: f32, high: f32) -> f32 {
    let t = ((high - x) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn falling_is_one_then_zero() {
        assert_eq!(falling(0.1, 0.2, 0.4), 1.0);
        assert_eq!(falling(0.5, 0.2, 0.4), 0.0);
        assert!((falling(0.3, 0.2, 0.4) - 0.5).abs() < 1e-6);
    }
}
