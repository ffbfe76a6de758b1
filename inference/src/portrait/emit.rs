//! From the front surface to Gaussians: first the photograph's pixels, then what it does not show.

use glam::Vec3;

use super::cloth_hidden::ClothBack;
use super::hair_hidden::{Hairline, hidden_hair};
use super::hair_long::{is_long, long_hair};
use super::hair_synthesis::HairStyle;
use super::hair_tone::hair_tone;
use super::outline::Outlines;
use super::photo::{backing, photo_surfels};
use super::posed::PosedMesh;
use super::radial::CENTER;
use super::skin::{Cover, hidden_skin};
use super::skin_color::skin_colors;
use super::skin_detail::SkinDetail;
use super::steep::steep_surfels;
use super::surface::Front;
use super::surfel::Surfel;
use super::types::{Crop, Label, LabelMap};

/// Distance between hidden samples, crop pixels: coarser than the photograph, no gap at sigma .75.
const HAIR_SPACING_PX: f32 = 1.55;
/// The same for skin, whose invented color is smooth.
const SKIN_SPACING_PX: f32 = 2.0;
/// The same for cloth.
const CLOTH_SPACING_PX: f32 = 2.8;
/// What is seen more flatly than this cosine is better known from the other half of the head.
const SEEN_FLATLY: f32 = 0.4;
/// Skin this far under the hair that is seen before it is scalp, dm.
const UNDER_HAIR: f32 = 0.12;

/// Makes all surfels and hands them over in parts, the photograph's own first.
///
/// Errors are those of `push`, which may stop the work between parts.
pub fn emit<E>(
    mesh: &PosedMesh<'_>,
    front: &Front,
    (crop, labels): (&Crop, &LabelMap),
    mut push: impl FnMut(Vec<Surfel>) -> Result<(), E>,
) -> Result<(), E> {
    let px_per_dm = crop.camera.focal / crop.camera.project(CENTER).z;
    let spacing = HAIR_SPACING_PX / px_per_dm;
    let (skin, hair) = rayon::join(
        || skin_colors(mesh, front, crop, &front.labels),
        || hair_tone(front, crop, &front.labels),
    );
    push(photo_surfels(mesh, front, (crop, labels), &skin))?;
    let labels = &front.labels;
    push(backing(front, (crop, labels)))?;

    let outlines = Outlines::new(crop, labels);
    let hairline = Hairline::new(front, crop, labels);
    let back = ClothBack::new(mesh, front, crop, labels);
    let hair_over = |p: Vec3, pixel: Option<usize>| {
        let tone = hair.as_ref()?;
        let flat = |i: usize| {
            let to_eye = (crop.camera.eye() - p).normalize_or(Vec3::Z);
            front.surface.normals.values[i].dot(to_eye) < SEEN_FLATLY
        };
        if pixel.is_none_or(flat)
            && front
                .mirrored_label(crop, p)
                .is_some_and(|l| l != Label::Hair)
        {
            return None;
        }
        let grows = match pixel {
            Some(i) => {
                let under = crop.camera.project(p).z - front.surface.depth.values[i];
                let hair = labels.labels[i] == Label::Hair && front.on_shell[i];
                // Farther under hair that hangs before the face is the face.
                hair && (under < UNDER_HAIR || hairline.covers(p))
            }
            None => hairline.covers(p),
        };
        grows.then(|| tone.tone((p - CENTER).normalize_or(Vec3::Y)))
    };
    let cover = Cover {
        hair_over: &hair_over,
        outlines: &outlines,
        back: &back,
    };
    push(hidden_skin(
        mesh,
        front,
        (crop, labels),
        &SkinDetail::new(mesh, front, crop, &skin),
        (&cover, SKIN_SPACING_PX / px_per_dm),
    ))?;
    if let Some(tone) = &hair {
        let thickness = match is_long(crop, labels) {
            true => f32::INFINITY,
            false => front.shell.thickness(),
        };
        let style = HairStyle::read(tone, crop, (px_per_dm, thickness));
        let look = (tone, style.as_ref());
        let hidden = hidden_hair(front, (crop, labels), look, (&hairline, &outlines), spacing);
        push(hidden)?;
        push(long_hair(front, (crop, labels), look, spacing))?;
    }
    push(steep_surfels(front, (crop, labels)))?;
    push(back.surfels(front, crop, CLOTH_SPACING_PX))
}

#[cfg(test)]
mod tests;
