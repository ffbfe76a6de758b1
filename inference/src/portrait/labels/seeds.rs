//! Learns the colors of skin, hair and cloth from where each is certain.

use glam::Vec3;
use rayon::prelude::*;

use super::hanging::Hanging;
use super::mixture::Mixture;
use super::regions::Regions;
use crate::imageops::morphology::dilate;
use crate::portrait::types::{Crop, Label};

/// Components per material: skin is even, cloth may be anything.
const SKIN_COMPONENTS: usize = 3;
const HAIR_COMPONENTS: usize = 5;
const CLOTH_COMPONENTS: usize = 6;
/// The middle of a face begins this far inside its outline, in face heights.
const MIDDLE: f32 = 0.16;
/// The face's rim, in which hair and background may show, in face heights.
const RIM: f32 = 0.05;
/// How much less likely than nearly all of the middle the rest of the face may be (logarithm): it is lit
/// differently.
const SKIN_VARIETY: f32 = 8.0;
/// Skin in shadow is not darker than this share of the median skin: dark hair over a cheek is.
const DARKEST_SKIN: f32 = 0.45;
/// Hair and cloth samples are less skin-like than all but this share of the skin.
const SKIN_TAIL: f32 = 0.04;
/// Cloth beside hanging hair is less hair-like than all but this share of the hair.
const HAIR_TAIL: f32 = 0.08;
/// What is this far outside the face's outline above the brows is hair even if it has the skin's color,
/// in face heights.
const BEYOND_FOREHEAD: f32 = 0.12;
/// Hair further than this from the model's head is not learnt from: it may be somebody else's.
const NEAR_HEAD: f32 = 0.4;

/// Skin further below the chin is not learnt from: where it ends is least sure there.
const LOWEST_SKIN: f32 = 0.25;

/// Masks of pixels and the colors of all pixels from which materials are learnt.
pub(super) struct Learner<'a> {
    regions: &'a Regions,
    crop: &'a Crop,
    lab: &'a [Vec3],
    skin: Option<Mixture>,
    /// Log-likelihood as skin, `[height, width]`.
    skin_likelihood: Vec<f32>,
    /// The log-likelihood that nearly all skin reaches.
    skin_floor: f32,
    /// Fewer samples than this are too few.
    enough: usize,
}

/// What is known of the hair before the cloth.
pub(super) struct Hair {
    mixture: Option<Mixture>,
    /// The log-likelihood that nearly all hair reaches.
    floor: f32,
    /// `[height, width]` log-likelihood as hair.
    likelihood: Vec<f32>,
}

/// The colors of the three materials.
#[derive(Debug, Clone)]
pub(super) struct Colors {
    skin: Option<Mixture>,
    hair: Option<Mixture>,
    cloth: Option<Mixture>,
}

impl<'a> Learner<'a> {
    /// Learns the skin's colors.
    pub(super) fn new(regions: &'a Regions, crop: &'a Crop, lab: &'a [Vec3]) -> Self {
        let solid = |i: &usize| crop.alpha.values[*i] > 0.9;
        let colors = |chosen: &dyn Fn(usize) -> bool| -> Vec<Vec3> {
            (0..lab.len())
                .filter(solid)
                .filter(|i| chosen(*i))
                .map(|i| lab[i])
                .collect()
        };
        // Hair may fall into the face: only what resembles the middle of the face is skin.
        let mut middle = colors(&regions.bare_face(MIDDLE));
        let darkest = DARKEST_SKIN * median_lightness(&middle);
        middle.retain(|c| c.x > darkest);
        let core = Mixture::of(&middle, SKIN_COMPONENTS - 1);
        let core_floor = core.as_ref().map_or(f32::NEG_INFINITY, |m| {
            tail(m, &middle, SKIN_TAIL) - SKIN_VARIETY
        });
        let mut samples = colors(&regions.bare_face(RIM));
        samples.retain(|c| c.x > darkest);
        samples.retain(|c| {
            core.as_ref()
                .is_none_or(|m| m.log_likelihood(*c) > core_floor)
        });
        let skin = Mixture::of(&samples, SKIN_COMPONENTS);
        let skin_floor = skin
            .as_ref()
            .map_or(f32::NEG_INFINITY, |m| tail(m, &samples, SKIN_TAIL));
        Self {
            regions,
            crop,
            lab,
            skin_likelihood: likelihoods(skin.as_ref(), lab),
            skin,
            skin_floor,
            enough: ((2e-3 * crop.face_height * crop.face_height) as usize).max(8),
        }
    }

    /// Learns the hair's colors.
    pub(super) fn hair(&self) -> Hair {
        let regions = self.regions;
        let near_face = dilate(&regions.oval, regions.grid, 0.04 * self.crop.face_height);
        let mut samples = self.collect(|i| {
            let beyond = regions.oval_distance[i] > BEYOND_FOREHEAD * self.crop.face_height;
            regions.below[i] < -0.35
                && !near_face[i]
                && regions.ear(i).is_none()
                && regions.head_distance[i] < NEAR_HEAD
                && (self.is_not_skin(i) || (beyond && regions.is_crown(i)))
        });
        if samples.len() < self.enough {
            samples = self.collect(|i| regions.is_scalp(i) && regions.point[i].y > 7.95);
        }
        let hair = Mixture::of(&samples, HAIR_COMPONENTS);
        let floor = hair
            .as_ref()
            .map_or(f32::INFINITY, |m| tail(m, &samples, HAIR_TAIL));
        Hair {
            likelihood: likelihoods(hair.as_ref(), self.lab),
            mixture: hair,
            floor,
        }
    }

    /// Whether a pixel has a color that most hair has, and that skin has less.
    pub(super) fn looks_like_hair(&self, i: usize, hair: &Hair) -> bool {
        hair.likelihood[i] > hair.floor && hair.likelihood[i] > self.skin_likelihood[i]
    }

    /// Learns the cloth's colors and joins all.
    pub(super) fn colors(self, hair: Hair, hanging: &Hanging) -> Colors {
        let regions = self.regions;
        let not_hair =
            |i: usize| !hanging.is_long(regions.side[i]) || hair.likelihood[i] < hair.floor;
        // Long hair hangs down at both sides of the neck: the middle and the far outside teach cloth.
        let in_place = |i: usize| regions.side[i].abs() < 0.3 || regions.side[i].abs() > 0.75;
        let under = |deep: f32, i: usize| regions.below[i] > deep && self.is_not_skin(i);
        let mut samples = self.collect(|i| under(0.28, i) && in_place(i) && not_hair(i));
        if samples.len() < self.enough {
            samples = self.collect(|i| under(0.2, i) && not_hair(i));
        }
        if samples.len() < self.enough {
            // Cloth of the hair's color: the middle of the chest, and the place decides.
            samples = self.collect(|i| under(0.35, i) && regions.side[i].abs() < 0.3);
        }
        Colors {
            cloth: Mixture::of(&samples, CLOTH_COMPONENTS),
            skin: self.skin,
            hair: hair.mixture,
        }
    }

    fn collect(&self, chosen: impl Fn(usize) -> bool) -> Vec<Vec3> {
        (0..self.lab.len())
            .filter(|i| self.crop.alpha.values[*i] > 0.9 && chosen(*i))
            .map(|i| self.lab[i])
            .collect()
    }

    fn is_not_skin(&self, i: usize) -> bool {
        self.skin_likelihood[i] < self.skin_floor
    }
}

impl Colors {
    /// Learns anew from labels; a material with too few pixels keeps its colors.
    pub(super) fn relearn(
        &self,
        regions: &Regions,
        crop: &Crop,
        lab: &[Vec3],
        labels: &[Option<Label>],
    ) -> Self {
        let enough = ((1e-2 * crop.face_height * crop.face_height) as usize).max(8);
        let again = |label: Label, old: &Option<Mixture>, components: usize| {
            let counts = |i: usize| {
                labels[i] == Some(label)
                    && crop.alpha.values[i] > 0.9
                    && (label != Label::Skin || regions.below[i] < LOWEST_SKIN)
            };
            let mut samples: Vec<Vec3> = (0..lab.len())
                .filter(|i| counts(*i))
                .map(|i| lab[i])
                .collect();
            if label == Label::Skin {
                let darkest = DARKEST_SKIN * median_lightness(&samples);
                samples.retain(|c| c.x > darkest);
            }
            if samples.len() < enough {
                return old.clone();
            }
            Mixture::of(&samples, components)
        };
        Self {
            skin: again(Label::Skin, &self.skin, SKIN_COMPONENTS + 1),
            hair: again(Label::Hair, &self.hair, HAIR_COMPONENTS),
            cloth: again(Label::Cloth, &self.cloth, CLOTH_COMPONENTS),
        }
    }

    /// Log-likelihoods of a color as skin, hair and cloth.
    pub(super) fn log_likelihoods(&self, color: Vec3) -> [f32; 3] {
        /// Of a material of which no sample was found: anything, but nothing well.
        const UNKNOWN: f32 = -15.0;
        [&self.skin, &self.hair, &self.cloth].map(|mixture| {
            mixture
                .as_ref()
                .map_or(UNKNOWN, |m| m.log_likelihood(color))
        })
    }
}

/// Median L* of Lab colors; 0 of none.
fn median_lightness(colors: &[Vec3]) -> f32 {
    let mut values: Vec<f32> = colors.iter().map(|c| c.x).collect();
    let middle = values.len() / 2;
    if values.is_empty() {
        return 0.0;
    }
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}

fn likelihoods(mixture: Option<&Mixture>, lab: &[Vec3]) -> Vec<f32> {
    lab.par_iter()
        .map(|c| mixture.map_or(f32::NEG_INFINITY, |m| m.log_likelihood(*c)))
        .collect()
}

/// The log-likelihood that a share of the samples lies under.
fn tail(mixture: &Mixture, samples: &[Vec3], share: f32) -> f32 {
    let mut values: Vec<f32> = samples.iter().map(|s| mixture.log_likelihood(*s)).collect();
    if values.is_empty() {
        return f32::NEG_INFINITY;
    }
    let at = (share * (values.len() - 1) as f32) as usize;
    *values.select_nth_unstable_by(at, f32::total_cmp).1
}
