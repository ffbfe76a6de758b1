//! Skin where the photograph does not show it: surfels on the sides of the face, the ears, the neck and
//! under the hair.

use glam::{Vec2, Vec3};
use rayon::prelude::*;

use super::cloth_hidden::ClothBack;
use super::mesh::{SurfaceSample, VertexKind, VertexPart, sample_surface};
use super::outline::Outlines;
use super::posed::PosedMesh;
use super::radial::CENTER;
use super::skin_color::FACING_KNOWN;
pub(crate) use super::skin_color::median_color;
use super::skin_detail::SkinDetail;
use super::surface::Front;
use super::surfel::Surfel;
use super::types::{Confidence, Crop, Label, LabelMap};
use crate::imageops::Grid;

/// Samples facing the camera more than this are the photograph's own.
const FACING_SEEN: f32 = 0.55;
/// Samples this far under the photograph's surface are hidden by it, dm: a nose hides the cheek.
const UNDER: f32 = 0.025;
/// More of an ear under hair than this, and the ear is not made.
const EAR_HIDDEN: f32 = 0.5;
/// Below this height an ear that hair hides may look out of it, dm.
const LOBE_Y: f32 = 6.95;
/// Samples lie this far under the photographed surface, dm.
const INWARDS: f32 = 0.03;
/// Samples this far before the photograph's depth would hide it, dm.
const BEFORE_PHOTO: f32 = 0.06;
/// Color of the scalp under hair, of the hair's color.
const SCALP_SHADE: f32 = 0.7;
/// Color of the mouth's inside, of the skin's color.
const MOUTH_SHADE: Vec3 = Vec3::new(0.3, 0.16, 0.16);
/// It reaches this far back, dm.
const MOUTH_BAG: f32 = 0.5;
/// Samples have this standard deviation, in spacings.
const SIGMA: f32 = 0.75;
/// Thickness of invented surfels, of their sigma.
const THICKNESS: f32 = 0.2;

/// What hides or colors skin samples.
pub struct Cover<'a> {
    /// Color of the hair over a point of the far side, or of the near side in a pixel, where hair grows.
    pub hair_over: &'a (dyn Fn(Vec3, Option<usize>) -> Option<Vec3> + Sync),
    /// Outlines that samples stay inside of.
    pub outlines: &'a Outlines,
    /// The back of the cloth.
    pub back: &'a ClothBack,
}

/// Surfels on the skin that the photograph does not show, spacing in dm.
pub fn hidden_skin(
    mesh: &PosedMesh<'_>,
    front: &Front,
    (crop, labels): (&Crop, &LabelMap),
    detail: &SkinDetail<'_>,
    (cover, spacing): (&Cover<'_>, f32),
) -> Vec<Surfel> {
    let skin = |t: usize| mesh.model.triangle_kind(t) == VertexKind::Skin;
    let samples = sample_surface(mesh.model, &mesh.vertices, spacing, skin);
    samples
        .par_iter()
        .enumerate()
        .filter_map(|(n, s)| {
            let part = mesh.model.triangle_part(s.triangle as usize);
            let ear = match part {
                VertexPart::LeftEar => Some(0),
                VertexPart::RightEar => Some(1),
                _ => None,
            };
            let (position, pixel) = place(s, part, (front, crop, labels), cover)?;
            if ear.is_some_and(|side: usize| labels.ear_covered[side] > EAR_HIDDEN)
                && (labels.labels[pixel] == Label::Hair || sticks_out(front, s.position))
            {
                return None;
            }
            let under = crop.camera.project(position).z - front.surface.depth.values[pixel];
            let in_mouth = labels.labels[pixel] == Label::Mouth && under < MOUTH_BAG;
            let seen_from = if is_behind(s, crop) {
                None
            } else {
                Some(pixel)
            };
            let hair = match ear {
                None => (cover.hair_over)(position, seen_from),
                Some(_) => None,
            };
            Some(Surfel {
                position: position - s.normal * INWARDS,
                normal: s.normal,
                axis: s.normal,
                along: s.normal.any_orthonormal_vector(),
                sigma: Vec3::new(1.0, 1.0, THICKNESS) * SIGMA * spacing,
                color: match hair {
                    Some(color) => color * SCALP_SHADE,
                    // What is seen between lips and teeth lies in the dark.
                    None if in_mouth => detail.median() * MOUTH_SHADE,
                    None => detail.color(n, s),
                },
                opacity: 0.95,
                label: if hair.is_some() {
                    Label::Hair
                } else {
                    Label::Skin
                },
                confidence: Confidence::Invented,
            })
        })
        .collect()
}

/// Whether a point would look out of the hair that hides the upper part of its ear.
fn sticks_out(front: &Front, p: Vec3) -> bool {
    let from_center = p - CENTER;
    let radius = front
        .shell
        .surface
        .radius(from_center.normalize_or(Vec3::Y));
    p.y > LOBE_Y && from_center.length() > radius - INWARDS
}

/// Whether a sample lies on the far side of the head.
fn is_behind(s: &SurfaceSample, crop: &Crop) -> bool {
    s.normal.dot(crop.camera.eye() - s.position) < 0.0
}

/// Where a sample of the mesh goes, or `None` where the photograph's own surface is enough or would be
/// hidden by it.
fn place(
    s: &SurfaceSample,
    part: VertexPart,
    (front, crop, labels): (&Front, &Crop, &LabelMap),
    cover: &Cover<'_>,
) -> Option<(Vec3, usize)> {
    let to_eye = (crop.camera.eye() - s.position).normalize_or(Vec3::Z);
    let facing = s.normal.dot(to_eye);
    let (inside, pixel) = cover.outlines.sideways_into_any(crop, s.position)?;
    let under_cloth = part == VertexPart::Torso && cover.back.mask[pixel];
    if under_cloth || cover.back.is_pierced_by(pixel, inside) {
        return None;
    }
    let depth = crop.camera.project(inside).z;
    let under = depth - front.surface.depth.values[pixel];
    let covered = matches!(labels.labels[pixel], Label::Hair | Label::Cloth);
    if under > UNDER {
        return Some((inside, pixel));
    }
    if facing >= FACING_SEEN {
        return None;
    }
    if under < -BEFORE_PHOTO && covered {
        // The mesh is a little wider than the photographed skin: it goes where that ends.
        return cover.outlines.into_skin(crop, s.position);
    }
    (under >= -BEFORE_PHOTO || facing <= FACING_KNOWN).then_some((inside, pixel))
}

/// Center of a pixel.
pub(crate) fn pixel_center(grid: Grid, pixel: usize) -> Vec2 {
    let (x, y) = grid.position(pixel);
    Vec2::new(x as f32 + 0.5, y as f32 + 0.5)
}
