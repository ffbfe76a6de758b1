//! Fills the gaps between neighboring pixels of the photograph that lie far apart in depth: the steep
//! rims of cushions, which from the side would show through.

use super::skin::pixel_center;
use super::surface::Front;
use super::surfel::Surfel;
use super::types::{Confidence, Crop, Label, LabelMap};
use glam::Vec3;

/// Neighbors farther apart than this many pixel widths get samples between them.
const STEEP: f32 = 2.0;
/// Only pixels covered more than this have something between them.
const SOLID: f32 = 0.6;
/// Samples are this many pixel widths apart.
const SPACING: f32 = 1.5;
/// Farther apart than this, dm, neighbors are not one surface.
const TORN: f32 = 0.6;
/// The same in the face, where a step is a fold.
const TORN_FACE: f32 = 0.12;
/// The same where hair rises from skin.
const TORN_HAIR: f32 = 0.25;
/// Landmark of the nose's tip, and how far its wings are from it at most, in face heights.
const NOSE_TIP: usize = 4;
const NOSE_REACH: f32 = 0.17;
/// Standard deviation across the gap, pixel widths; along it is one.
const SIGMA_ACROSS: f32 = 0.6;
/// Thickness of a sample, of its sigma.
const THICKNESS: f32 = 0.2;

/// Surfels between neighboring pixels of cloth, or of hair beyond the shell, where hair rises from
/// skin, and between lips and teeth, lids and eyes.
pub fn steep_surfels(front: &Front, (crop, labels): (&Crop, &LabelMap)) -> Vec<Surfel> {
    let grid = crop.alpha.grid();
    let cushion = |i: usize| {
        let label = labels.labels[i];
        let cushion = label == Label::Cloth || (label == Label::Hair && !front.on_shell[i]);
        crop.alpha.values[i] > SOLID && cushion
    };
    let carried = |i: usize| {
        let skin = labels.labels[i] == Label::Skin && front.mesh_hits[i].is_some();
        crop.alpha.values[i] > SOLID && (skin || front.on_shell[i])
    };
    let rises =
        |i: usize, j: usize| carried(i) && carried(j) && (front.joined[i] || front.joined[j]);
    let face = |i: usize| match labels.labels[i] {
        Label::Skin => front.mesh_hits[i].is_some(),
        label => matches!(label, Label::Mouth | Label::Eye),
    };
    // The deepest folds of the model, beside the nose, are not sampled either.
    let nose = crop.landmarks.get(NOSE_TIP);
    let at_nose = |i: usize| {
        nose.is_some_and(|n| n.distance(pixel_center(grid, i)) < NOSE_REACH * crop.face_height)
    };
    let sunk = |i: usize, j: usize| {
        face(i) && face(j) && (labels.labels[i] != labels.labels[j] || (at_nose(i) && at_nose(j)))
    };
    let mut surfels = Vec::new();
    for i in (0..grid.len()).filter(|i| cushion(*i) || carried(*i) || face(*i)) {
        let [_, right, _, below] = grid.neighbors(i);
        for j in [right, below].into_iter().flatten() {
            let one = cushion(i) && cushion(j) && labels.labels[i] == labels.labels[j];
            let apart = front
                .point(&crop.camera, i)
                .distance(front.point(&crop.camera, j));
            let fold = sunk(i, j) && apart < TORN_FACE;
            if one || fold || (rises(i, j) && apart < TORN_HAIR) {
                add_between(&mut surfels, front, crop, (i, j, labels.labels[i]), fold);
            }
        }
    }
    surfels
}

fn add_between(
    surfels: &mut Vec<Surfel>,
    front: &Front,
    crop: &Crop,
    (i, j, label): (usize, usize, Label),
    fold: bool,
) {
    let width = front.surface.depth.values[i] / crop.camera.focal;
    let (a, b) = (front.point(&crop.camera, i), front.point(&crop.camera, j));
    let distance = a.distance(b);
    if distance < STEEP * width || distance > TORN {
        return;
    }
    let count = (distance / (SPACING * width)) as usize;
    let normals = &front.surface.normals.values;
    let alpha = crop.alpha.values[i].min(crop.alpha.values[j]);
    for k in 1..=count {
        let t = k as f32 / (count + 1) as f32;
        let normal = normals[i].lerp(normals[j], t).normalize_or(normals[i]);
        // The wall of a fold stands behind the nearer pixel, where the photograph's view does not see it.
        let position = if fold {
            let depths = [i, j].map(|k| front.surface.depth.values[k]);
            let near = if depths[0] < depths[1] { i } else { j };
            let at = pixel_center(crop.alpha.grid(), near);
            let depth = depths[0] + (depths[1] - depths[0]) * t;
            crop.camera.unproject(at.x, at.y, depth)
        } else {
            a.lerp(b, t)
        };
        let [from, to] = [i, j].map(|k| crop.color.values[k]);
        // A fold of the face lies in its own shadow.
        let color = if fold { from.min(to) } else { from.lerp(to, t) };
        surfels.push(Surfel {
            position,
            normal,
            axis: normal,
            along: b - a,
            sigma: Vec3::new(1.0, SIGMA_ACROSS, THICKNESS) * width,
            color,
            opacity: alpha.min(0.9),
            label,
            confidence: Confidence::Grazing,
        });
    }
}
