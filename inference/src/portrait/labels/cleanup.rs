//! Repairs of the label map that no single pixel can know.

use glam::Vec3;

use super::hanging::Hanging;
use super::regions::Regions;
use crate::imageops::components::components;
use crate::imageops::distance::{distance_to, distances};
use crate::portrait::mesh::VertexPart;
use crate::portrait::types::{Crop, Label};

/// Islands of fewer pixels take the label around them, in squared face heights.
const MIN_ISLAND: f32 = 0.002;
/// Skin without contact to the face's needs this many; a pattern of the cloth may have its color.
const MIN_LOOSE_SKIN: f32 = 0.015;
/// Hair without contact to the rest of the hair needs this many pixels beside the face, in squared face
/// heights.
const MIN_LOOSE_HAIR: f32 = 0.006;
/// And this many in the face or below the chin, where shadows look like hair.
const MIN_STRAY_HAIR: f32 = 0.06;
/// Bare skin further than this from the model (arms, hands, other people) has the shape of cloth rather
/// than of the model, in face heights.
const SKIN_REACH: f32 = 0.1;
/// Hanging hair is not further than this from the head, in face heights.
const HAIR_REACH: f32 = 0.5;
/// Hair is darker than skin from this difference of lightness on (CIELAB).
const DARKER: f32 = 12.0;
/// The forehead reaches this far beyond the outline of the landmarks, in face heights.
const FOREHEAD_RIM: f32 = 0.16;
/// A real ear reaches this far beyond the model's, in face heights.
const EAR_REACH: f32 = 0.07;

/// Gives small connected parts of one label the nearest other label.
pub(super) fn drop_islands(labels: &mut [Label], regions: &Regions, crop: &Crop) {
    let area = crop.face_height * crop.face_height;
    let covered: Vec<bool> = crop.alpha.above(0.05);
    let (keys, parts) = parts_of(labels, &covered, regions);
    let size_of = |i: usize| parts.sizes[parts.region[i] as usize] as f32;
    let largest = |label: Label| {
        (0..labels.len())
            .filter(|i| keys[*i] == (true, label))
            .max_by(|a, b| size_of(*a).total_cmp(&size_of(*b)))
            .map(|i| parts.region[i])
    };
    let (largest_hair, largest_skin) = (largest(Label::Hair), largest(Label::Skin));
    let mut stray = vec![0.0f32; parts.sizes.len()];
    for i in 0..labels.len() {
        let is_stray = regions.oval[i] || regions.below[i] > 0.0;
        stray[parts.region[i] as usize] += f32::from(is_stray);
    }
    let min_size = |i: usize| match keys[i] {
        (false, _) => f32::INFINITY,
        (true, Label::Hair) if Some(parts.region[i]) != largest_hair => {
            let is_stray = stray[parts.region[i] as usize] > 0.5 * size_of(i);
            area * if is_stray {
                MIN_STRAY_HAIR
            } else {
                MIN_LOOSE_HAIR
            }
        }
        (true, Label::Skin) if Some(parts.region[i]) != largest_skin => area * MIN_LOOSE_SKIN,
        _ => area * MIN_ISLAND,
    };
    let keep: Vec<bool> = (0..labels.len())
        .map(|i| size_of(i) >= min_size(i))
        .collect();
    take_nearest(labels, &keep, regions);
}

type Parts = crate::imageops::components::Components;

/// Connected parts of one label; what the matte leaves out does not join them.
fn parts_of(labels: &[Label], covered: &[bool], regions: &Regions) -> (Vec<(bool, Label)>, Parts) {
    let keys: Vec<(bool, Label)> = covered
        .iter()
        .copied()
        .zip(labels.iter().copied())
        .collect();
    let parts = components(&keys, regions.grid);
    (keys, parts)
}

/// Pixels that are not kept take the label of the nearest that is.
fn take_nearest(labels: &mut [Label], keep: &[bool], regions: &Regions) {
    let nearest = distance_to(keep, regions.grid).nearest;
    let kept = labels.to_vec();
    for i in (0..labels.len()).filter(|i| !keep[*i]) {
        if let Some(label) = kept.get(nearest[i] as usize) {
            labels[i] = *label;
        }
    }
}

/// Turns what is colored like skin but lies beside the model into light hair where hair hangs, else into
/// cloth.
pub(super) fn skin_stays_on_the_model(labels: &mut [Label], regions: &Regions, hanging: &Hanging) {
    for (i, label) in labels.iter_mut().enumerate() {
        if *label == Label::Skin && regions.model_distance[i] > SKIN_REACH {
            let hair = hanging.is_long(regions.side[i]) && regions.head_distance[i] < HAIR_REACH;
            *label = if hair { Label::Hair } else { Label::Cloth };
        }
    }
}

/// Gives the shine of a forehead back to the skin: it has the color of grey hair, but hair that is darker
/// than the skin does not grow paler than the skin inside the face's outline.
pub(super) fn shine_is_skin(labels: &mut [Label], regions: &Regions, lab: &[Vec3]) {
    let lightness = |label: Label, inside: bool| {
        let mut values: Vec<f32> = (0..labels.len())
            .filter(|i| labels[*i] == label && (!inside || regions.oval[*i]))
            .filter(|i| regions.part[*i].is_some())
            .map(|i| lab[i].x)
            .collect();
        let middle = values.len() / 2;
        (!values.is_empty()).then(|| *values.select_nth_unstable_by(middle, f32::total_cmp).1)
    };
    let (Some(skin), Some(hair)) = (lightness(Label::Skin, true), lightness(Label::Hair, false))
    else {
        return;
    };
    if hair > skin - DARKER {
        return;
    }
    for i in 0..labels.len() {
        let on_forehead = regions.oval_distance[i] < FOREHEAD_RIM * regions.height
            && matches!(regions.part[i], Some(VertexPart::Face | VertexPart::Scalp));
        if labels[i] == Label::Hair && on_forehead && lab[i].x > skin {
            labels[i] = Label::Skin;
        }
    }
}

/// Share of each ear that is labelled hair: the subject's left, right. An ear of which the picture shows
/// next to nothing counts like the other one.
pub(super) fn ear_cover(labels: &[Label], regions: &Regions) -> [f32; 2] {
    let mut hair = [0usize; 2];
    let mut all = [0usize; 2];
    for (i, label) in labels.iter().enumerate() {
        if let Some(side) = regions.ear(i) {
            all[side] += 1;
            hair[side] += usize::from(*label == Label::Hair);
        }
    }
    let share = |side: usize| hair[side] as f32 / all[side].max(1) as f32;
    let few = |side: usize| all[side] * 8 < all[1 - side];
    [0, 1].map(|side| share(if few(side) { 1 - side } else { side }))
}

/// Makes ears that are `seen` all skin, and with them what sticks out around them: a real ear reaches
/// further than the model's.
pub(super) fn clean_ears(
    labels: &mut [Label],
    regions: &Regions,
    seen: [bool; 2],
    is_hair_colored: impl Fn(usize) -> bool,
) {
    for side in (0..2).filter(|s| seen[*s]) {
        let ear: Vec<bool> = (0..labels.len())
            .map(|i| regions.ear(i) == Some(side))
            .collect();
        let rows = (0..labels.len())
            .filter(|i| ear[*i])
            .map(|i| regions.below[i]);
        let top = rows.clone().fold(f32::INFINITY, f32::min);
        let bottom = rows.fold(f32::NEG_INFINITY, f32::max);
        let reach = distances(&ear, regions.grid);
        for (i, label) in labels.iter_mut().enumerate() {
            let around = regions.part[i].is_none()
                && reach[i] < EAR_REACH * regions.height
                && regions.below[i] > top + 0.05 * (bottom - top)
                && !is_hair_colored(i);
            if ear[i] || (around && *label == Label::Hair) {
                *label = Label::Skin;
            }
        }
    }
}
