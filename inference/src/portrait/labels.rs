//! Tells skin, hair, eyes, mouth and cloth apart without a parser.
//!
//! Colors of skin, hair and cloth are learnt from places where each is certain (Gaussian mixtures in
//! CIELAB); a table of priors says what is likely where, from the landmarks and the fitted model; the sum
//! is smoothed along the picture's edges and cleaned. Weak where all three have one color, and for beards
//! of the hair's color beyond the jaw.

mod cleanup;
mod hanging;
mod mixture;
mod priors;
mod regions;
mod seeds;

use glam::Vec3;
use rayon::prelude::*;

use super::mesh::HeadModel;
use super::types::{Crop, HeadFit, Label, LabelMap, Plane};
use crate::imageops::blur::gaussian_masked;
use crate::imageops::guided::{GuidedOptions, guided};
use crate::imageops::lab::lab_from_srgb;
use cleanup::{clean_ears, drop_islands, ear_cover, shine_is_skin, skin_stays_on_the_model};
use hanging::Hanging;
use regions::Regions;
use seeds::{Colors, Learner};

/// A color that no mixture knows is no worse than this.
const MIN_LOG_LIKELIHOOD: f32 = -20.0;
/// Window of the guided filter, in face heights.
const SMOOTH_RADIUS: f32 = 0.018;
/// Color variance below which the filter smooths.
const SMOOTH_EPSILON: f32 = 2e-4;
/// Share that the surroundings grant to every class.
const SURROUNDINGS_FLOOR: f32 = 0.05;
/// Beside a seen ear a pixel is hair only if that is likelier than skin by this much (logarithm).
const HAIR_COLORED: f32 = 5.0;
/// Area between the lips from which the mouth counts as open, in squared face heights.
const OPEN_MOUTH: f32 = 0.002;
/// Probability from which a label counts as certain.
const CERTAIN: f32 = 0.9;
/// Size of a pixel's surroundings, in face heights (standard deviation).
const SURROUNDINGS: f32 = 0.03;
/// How much the surroundings count against the pixel itself.
const SURROUNDINGS_WEIGHT: f32 = 1.2;
/// Matte half width at the ears over the face's from which hair counts as wide.
const WIDE_HAIR: f32 = 1.5;
/// Share of an ear that hair must cover to be seen instead of it.
const EAR_HIDDEN: f32 = 0.6;

/// Scores or probabilities of skin, hair and cloth.
type Scores = [f32; 3];
/// The classes of [`Scores`] in order.
const CLASSES: [Label; 3] = [Label::Skin, Label::Hair, Label::Cloth];

/// Labels of the crop's pixels.
pub fn label_portrait(model: &HeadModel, fit: &HeadFit, crop: &Crop) -> LabelMap {
    let regions = Regions::of(model, fit, crop);
    let lab: Vec<Vec3> = crop
        .color
        .values
        .par_iter()
        .map(|c| lab_from_srgb(*c))
        .collect();
    let learner = Learner::new(&regions, crop, &lab);
    let hair = learner.hair();
    let hanging = Hanging::find(&regions, crop, |i| learner.looks_like_hair(i, &hair));
    let colors = learner.colors(hair, &hanging);

    let priors: Vec<Scores> = (0..lab.len())
        .into_par_iter()
        .map(|i| priors::at(&regions, i, &hanging))
        .collect();
    let first = smooth(crop, &scores(crop, &lab, &colors, &priors));
    // What is certain by now teaches the colors better than the seeds, and its surroundings count.
    let colors = colors.relearn(&regions, crop, &lab, &certain(&first));
    let priors = with_surroundings(crop, priors, &first);
    let second = smooth(crop, &scores(crop, &lab, &colors, &priors));
    let mut labels: Vec<Label> = second.iter().map(|p| CLASSES[best(p)]).collect();

    skin_stays_on_the_model(&mut labels, &regions, &hanging);
    shine_is_skin(&mut labels, &regions, &lab);
    drop_islands(&mut labels, &regions, crop);
    let ear_covered = ear_cover(&labels, &regions);
    let is_hair_colored = |i: usize| {
        let [skin, hair, _] = colors.log_likelihoods(lab[i]);
        hair > skin + HAIR_COLORED
    };
    let wide_hair = is_wide(&regions, crop);
    let seen = [0, 1].map(|side| !wide_hair && ear_covered[side] < EAR_HIDDEN);
    clean_ears(&mut labels, &regions, seen, is_hair_colored);
    let mouth_pixels = regions.mouth.iter().filter(|m| **m).count();
    let mouth_is_open = mouth_pixels as f32 > OPEN_MOUTH * crop.face_height * crop.face_height;
    for (i, label) in labels.iter_mut().enumerate() {
        if mouth_is_open && regions.mouth[i] {
            *label = Label::Mouth;
        } else if regions.eyes[i] {
            *label = Label::Eye;
        }
    }
    LabelMap {
        labels,
        ear_covered,
        wide_hair,
    }
}

/// Prior and likelihood of all pixels.
fn scores(crop: &Crop, lab: &[Vec3], colors: &Colors, priors: &[Scores]) -> Vec<Scores> {
    (0..lab.len())
        .into_par_iter()
        .map(|i| {
            let mut scores = priors[i];
            if crop.alpha.values[i] > 0.02 {
                for (score, likelihood) in scores.iter_mut().zip(colors.log_likelihoods(lab[i])) {
                    *score += likelihood.max(MIN_LOG_LIKELIHOOD);
                }
            }
            scores
        })
        .collect()
}

/// Softmax, smoothed along the picture's edges; `[height, width]` probabilities.
fn smooth(crop: &Crop, scores: &[Scores]) -> Vec<Scores> {
    let grid = crop.alpha.grid();
    let options = GuidedOptions {
        radius_px: SMOOTH_RADIUS * crop.face_height,
        epsilon: SMOOTH_EPSILON,
        subsample: 1,
    };
    let probabilities: Vec<Scores> = scores.par_iter().map(softmax).collect();
    // Probabilities sum to one and the filter is linear: the third follows from two.
    let [skin, hair] = [0, 1].map(|class| {
        let values = probabilities.iter().map(|p| p[class]).collect();
        guided(&crop.color, &Plane::from_values(grid, values), &options)
    });
    skin.values
        .iter()
        .zip(&hair.values)
        .map(|(skin, hair)| [*skin, *hair, 1.0 - skin - hair])
        .collect()
}

fn softmax(scores: &Scores) -> Scores {
    let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let weights = scores.map(|s| (s - top).exp());
    let sum: f32 = weights.iter().sum();
    weights.map(|w| w / sum)
}

/// Index of the largest value.
fn best(values: &Scores) -> usize {
    let mut best = 0;
    for class in 1..CLASSES.len() {
        if values[class] > values[best] {
            best = class;
        }
    }
    best
}

/// The label of each pixel that has hardly an alternative.
fn certain(probabilities: &[Scores]) -> Vec<Option<Label>> {
    probabilities
        .iter()
        .map(|p| {
            let class = best(p);
            (p[class] > CERTAIN).then_some(CLASSES[class])
        })
        .collect()
}

/// Adds what the surroundings of each pixel are to its prior.
fn with_surroundings(crop: &Crop, priors: Vec<Scores>, first: &[Scores]) -> Vec<Scores> {
    let covered: Vec<f32> = crop.alpha.values.clone();
    let values: Vec<Vec3> = first.iter().map(|p| Vec3::from(*p)).collect();
    let sigma = SURROUNDINGS * crop.face_height;
    let around = gaussian_masked(&values, &covered, crop.alpha.grid(), sigma);
    priors
        .into_iter()
        .zip(around)
        .map(|(mut prior, around)| {
            for (score, share) in prior.iter_mut().zip(around.to_array()) {
                *score += SURROUNDINGS_WEIGHT * (share.max(0.0) + SURROUNDINGS_FLOOR).ln();
            }
            prior
        })
        .collect()
}

/// Whether the matte beside the lower half of the ears is much wider than the face.
fn is_wide(regions: &Regions, crop: &Crop) -> bool {
    let (mut left, mut right) = (0.0f32, 0.0f32);
    let mut top = f32::INFINITY;
    let mut bottom = f32::NEG_INFINITY;
    for i in (0..regions.grid.len()).filter(|i| regions.ear(*i).is_some()) {
        top = top.min(regions.below[i]);
        bottom = bottom.max(regions.below[i]);
    }
    let rows = 0.5 * (top + bottom)..bottom;
    for i in 0..regions.grid.len() {
        if crop.alpha.values[i] > 0.5 && rows.contains(&regions.below[i]) {
            left = left.min(regions.side[i]);
            right = right.max(regions.side[i]);
        }
    }
    // The narrower side decides: a raised hand or a ponytail is on one side only.
    left.abs().min(right) > WIDE_HAIR * regions.oval_half_width
}

#[cfg(test)]
mod tests;
