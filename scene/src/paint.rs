//! Painting splats without losing what their harmonics tell.
//!
//! The base color (degree 0) goes towards the paint, mixed in OKLab, where equal steps look equal. The
//! higher bands say how a splat differs from its base color from one side or another: what is left of
//! them is the lightness of that difference, weaker where the paint is darker, because gloss and shade
//! are parts of the light that comes back. So a painted surface keeps its highlights, and no trace of
//! the old hue comes back when the view turns.
//!
//! All of it is linear in the coefficients above degree 0, hence exact from every side. What is painted
//! is what is shown: grades are looked through (see [`Ink`]).

use glam::{Mat3, Vec3};
use serde::{Deserialize, Serialize};

use crate::{AffineColor, oklab, sh};

/// Weights of display-referred red, green and blue in lightness (Rec. 709).
const LUMA: Vec3 = Vec3::new(0.2126, 0.7152, 0.0722);
/// Below this lightness a splat has no contrast that could be kept.
const DARK: f32 = 0.02;
/// A grade that leaves less of a color than this cannot be looked through.
const FLAT: f32 = 1e-4;

/// What paint replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum PaintMode {
    /// The color.
    #[default]
    Color,
    /// Hue and colorfulness; how light a splat is stays.
    Hue,
}

/// Paint for the splats of one grade.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ink {
    color: Vec3,
    mode: PaintMode,
    /// Display color of a coefficient's color, and back.
    shown: AffineColor,
    back: Mat3,
}

impl Ink {
    /// Paint of a display-referred sRGB color for splats that are shown through a grade.
    ///
    /// Where the grade shows all colors alike there is no way back from what is shown, and it is not
    /// looked through.
    pub fn new(color: Vec3, mode: PaintMode, grade: &AffineColor) -> Self {
        let determinant = grade.matrix.determinant();
        let (shown, back) = if determinant.abs() > FLAT {
            (*grade, grade.matrix.inverse())
        } else {
            (AffineColor::IDENTITY, Mat3::IDENTITY)
        };
        Self {
            color: color.clamp(Vec3::ZERO, Vec3::ONE),
            mode,
            shown,
            back,
        }
    }

    /// Writes `[K, 3]` coefficients painted over with a weight of 0..=1 into `new`; 0 changes nothing.
    pub fn over(&self, old: &[f32], weight: f32, new: &mut [f32]) {
        new.copy_from_slice(old);
        let weight = weight.clamp(0.0, 1.0);
        if old.len() < 3 || !(weight > 0.0) {
            return;
        }
        let base = self.shown.color(sh::color_from_dc(Vec3::from_slice(old)));
        let inside = base.clamp(Vec3::ZERO, Vec3::ONE);
        let lab = oklab::from_display(inside);
        let paint = match self.mode {
            PaintMode::Color => oklab::from_display(self.color),
            PaintMode::Hue => oklab::with_lightness(oklab::from_display(self.color), lab.x),
        };
        let mixed = oklab::to_display(lab.lerp(paint, weight));
        // What lay beyond white or black goes as the paint comes.
        let painted = mixed + (base - inside) * (1.0 - weight);
        let stored = self.back * (painted - self.shown.offset);
        new[..3].copy_from_slice(&sh::dc_from_color(stored).to_array());

        let kept = kept_contrast(inside, oklab::to_display(paint));
        for (new, old) in new[3..].chunks_exact_mut(3).zip(old[3..].chunks_exact(3)) {
            let old = Vec3::from_slice(old);
            let lightness = Vec3::splat(LUMA.dot(self.shown.matrix * old) * kept);
            let painted = old * (1.0 - weight) + self.back * lightness * weight;
            new.copy_from_slice(&painted.to_array());
        }
    }
}

/// How much of the view-dependent lightness a splat keeps when its base color changes: in proportion to
/// the lightness, and never more than there was, which would make noise of it.
fn kept_contrast(old: Vec3, new: Vec3) -> f32 {
    let (old, new) = (LUMA.dot(old), LUMA.dot(new));
    if old > DARK {
        (new / old).min(1.0)
    } else {
        1.0
    }
}

/// `[K, 3]` coefficients of a color as they must be in a layer of another grade to be shown alike.
///
/// `from` and `to` may differ in degree: what is not there is zero.
pub fn regraded(from: &[f32], shown: &AffineColor, to: &Ink, new: &mut [f32]) {
    new.fill(0.0);
    let Some(dc) = from.get(..3) else { return };
    let base = shown.color(sh::color_from_dc(Vec3::from_slice(dc)));
    let stored = to.back * (base - to.shown.offset);
    let bands = new.chunks_exact_mut(3).zip(from.chunks_exact(3));
    for (i, (new, old)) in bands.enumerate() {
        let color = match i {
            0 => sh::dc_from_color(stored),
            _ => to.back * (shown.matrix * Vec3::from_slice(old)),
        };
        new.copy_from_slice(&color.to_array());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Grade;

    /// A splat of degree 1 of a base color, lighter by `gloss` seen along −Z than along Z.
    fn glossy(base: Vec3, gloss: Vec3) -> Vec<f32> {
        let mut sh = vec![0.0; 12];
        sh[..3].copy_from_slice(&sh::dc_from_color(base).to_array());
        sh[6..9].copy_from_slice(&(-gloss / (2.0 * sh::C1)).to_array());
        sh
    }

    fn painted(sh: &[f32], color: Vec3, mode: PaintMode, weight: f32) -> Vec<f32> {
        let mut new = vec![0.0; sh.len()];
        Ink::new(color, mode, &AffineColor::IDENTITY).over(sh, weight, &mut new);
        new
    }

    fn base(sh: &[f32]) -> Vec3 {
        sh::color_from_dc(Vec3::from_slice(sh))
    }

    fn gloss(sh: &[f32]) -> Vec3 {
        sh::color_seen(sh, 1, -Vec3::Z) - sh::color_seen(sh, 1, Vec3::Z)
    }

    #[test]
    fn full_paint_sets_the_base_color_and_keeps_the_lightness_of_the_highlight() {
        let old = glossy(Vec3::splat(0.6), Vec3::splat(0.2));
        let red = Vec3::new(0.8, 0.1, 0.1);
        let new = painted(&old, red, PaintMode::Color, 1.0);
        assert!(base(&new).distance(red) < 1e-3, "{}", base(&new));
        let kept = gloss(&new);
        assert!(
            kept.max_element() - kept.min_element() < 1e-5,
            "no hue in {kept}"
        );
        assert!(
            kept.x > 0.05 && kept.x < 0.2,
            "weaker, as red is darker: {kept}"
        );
        let again = painted(&new, red, PaintMode::Color, 1.0);
        let off = new
            .iter()
            .zip(&again)
            .fold(0.0, |m: f32, (a, b)| m.max((a - b).abs()));
        assert!(off < 2e-3, "painting twice is painting once: {off}");
    }

    #[test]
    fn the_old_hue_does_not_come_back_from_another_side() {
        let old = glossy(Vec3::new(0.2, 0.6, 0.2), Vec3::new(0.0, 0.3, 0.0));
        let new = painted(&old, Vec3::new(0.7, 0.2, 0.2), PaintMode::Color, 1.0);
        let kept = gloss(&new);
        assert!((kept.y - kept.x).abs() < 1e-5, "no green: {kept}");
    }

    #[test]
    fn black_paint_takes_the_highlights_with_it_and_none_are_made() {
        let old = glossy(Vec3::splat(0.5), Vec3::splat(0.2));
        let black = gloss(&painted(&old, Vec3::ZERO, PaintMode::Color, 1.0));
        assert!(black.abs().max_element() < 1e-4, "{black}");
        let white = gloss(&painted(&old, Vec3::ONE, PaintMode::Color, 1.0));
        assert!(white.x <= 0.2 + 1e-5, "never more than there was: {white}");
    }

    #[test]
    fn hue_paint_keeps_the_lightness() {
        let paint = Vec3::new(0.1, 0.3, 0.9);
        for grey in [0.05, 0.3, 0.6, 0.95] {
            let old = glossy(Vec3::splat(grey), Vec3::splat(0.1));
            let new = base(&painted(&old, paint, PaintMode::Hue, 1.0));
            let lightness = |c: Vec3| oklab::from_display(c).x;
            let off = lightness(new) - lightness(Vec3::splat(grey));
            assert!(off.abs() < 5e-3, "{grey}: off by {off}, {new}");
            assert!(
                new.z > new.x + 0.02 || grey > 0.9,
                "{grey} is not blue: {new}"
            );
        }
    }

    #[test]
    fn no_weight_changes_nothing_and_half_lies_between() {
        let old = glossy(Vec3::new(1.3, 0.4, -0.1), Vec3::splat(0.3));
        assert_eq!(
            painted(&old, Vec3::X, PaintMode::Color, 0.0),
            old,
            "bit by bit"
        );
        let grey = glossy(Vec3::splat(0.2), Vec3::ZERO);
        let half = base(&painted(&grey, Vec3::splat(0.8), PaintMode::Color, 0.5)).x;
        assert!(half > 0.4 && half < 0.6, "{half}");
    }

    #[test]
    fn paint_is_what_is_shown_through_a_grade() {
        let grade = Grade {
            exposure: 0.7,
            saturation: 0.6,
            contrast: 1.2,
            ..Grade::NEUTRAL
        };
        let (shown, paint) = (grade.affine(), Vec3::new(0.3, 0.5, 0.7));
        let old = glossy(Vec3::new(0.5, 0.3, 0.2), Vec3::splat(0.1));
        let mut new = vec![0.0; old.len()];
        Ink::new(paint, PaintMode::Color, &shown).over(&old, 1.0, &mut new);
        let seen = shown.color(base(&new));
        assert!(seen.distance(paint) < 2e-3, "{seen} instead of {paint}");

        let ungraded = Ink::new(paint, PaintMode::Color, &AffineColor::IDENTITY);
        let mut copied = vec![0.0; 3];
        regraded(&new, &shown, &ungraded, &mut copied);
        assert!(base(&copied).distance(seen) < 1e-5, "as it was shown");

        let flat = Grade {
            saturation: 0.0,
            ..Grade::NEUTRAL
        };
        Ink::new(paint, PaintMode::Color, &flat.affine()).over(&old, 1.0, &mut new);
        assert!(base(&new).distance(paint) < 2e-3, "still a usable color");
    }
}
