//! A color grade: how the colors of splats are shown, without changing them.
//!
//! Everything in it is an affine map of display color. Spherical harmonics add up, so an affine map of
//! the color is the same map of each coefficient, and baking a grade into them is exact, from every
//! side. Exposure and white balance are gains: on display values they are the gains of light to the
//! power of 1/2.2, which is what a display's curve makes of them.

use glam::{Mat3, Vec3};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    GaussianCloud, RowSet, RowValues,
    cloud::{logit, sigmoid},
    sh,
};

/// Grades of a layer: one for all of its splats, the others for parts of it.
pub const MOST_GRADES: usize = 8;
/// The display's curve.
const GAMMA: f32 = 2.2;
/// Luminance of display red, green and blue (Rec. 709).
const LUMINANCE: Vec3 = Vec3::new(0.2126, 0.7152, 0.0722);
/// By how much a full turn of temperature or tint changes light, as powers of two.
const BALANCE: f32 = 0.8;

/// How colors are shown. [`Grade::NEUTRAL`] changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Grade {
    /// Twice the light for each 1.
    pub exposure: f32,
    /// −1 is cold, 1 is warm.
    pub temperature: f32,
    /// −1 is green, 1 is magenta.
    pub tint: f32,
    /// 0 is grey, 1 is as it was.
    pub saturation: f32,
    /// About the middle grey; 1 is as it was.
    pub contrast: f32,
    /// Turn of the hues, radians.
    pub hue: f32,
    /// What becomes black, display-referred.
    pub black: f32,
    /// What becomes white, display-referred.
    pub white: f32,
    /// Multiplied with the color, display-referred.
    pub filter: [f32; 3],
    /// Multiplied with the opacity, 0..=1.
    pub opacity: f32,
}

impl Default for Grade {
    fn default() -> Self {
        Self::NEUTRAL
    }
}

/// What a grade comes down to: color ↦ matrix · color + offset.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AffineColor {
    /// Of display-referred RGB.
    pub matrix: Mat3,
    /// Added.
    pub offset: Vec3,
    /// Multiplied with the opacity.
    pub opacity: f32,
}

impl Grade {
    /// Changes nothing.
    pub const NEUTRAL: Self = Self {
        exposure: 0.0,
        temperature: 0.0,
        tint: 0.0,
        saturation: 1.0,
        contrast: 1.0,
        hue: 0.0,
        black: 0.0,
        white: 1.0,
        filter: [1.0; 3],
        opacity: 1.0,
    };

    /// Whether every number is usable.
    pub fn is_valid(&self) -> bool {
        let numbers = [
            self.exposure,
            self.temperature,
            self.tint,
            self.saturation,
            self.contrast,
            self.hue,
            self.black,
            self.white,
            self.opacity,
        ];
        numbers
            .iter()
            .chain(&self.filter)
            .all(|v| v.is_finite() && v.abs() <= 1e3)
            && self.white - self.black > 1e-3
            && (0.0..=1.0).contains(&self.opacity)
    }

    /// What it comes down to: white balance and exposure, then hue, saturation, levels, contrast, filter.
    pub fn affine(&self) -> AffineColor {
        let stops = Vec3::new(
            self.temperature + 0.5 * self.tint,
            -self.tint,
            -self.temperature + 0.5 * self.tint,
        );
        let gain = |v: f32| (v / GAMMA).exp2();
        let balance = (stops * BALANCE + self.exposure).map(gain);
        let (sin, cos) = self.hue.sin_cos();
        // A turn about the grey axis (Rodrigues).
        let k = 1.0 / 3f32.sqrt();
        let cross = Mat3::from_cols_array(&[0.0, k, -k, -k, 0.0, k, k, -k, 0.0]);
        let turn = Mat3::IDENTITY + cross * sin + cross * cross * (1.0 - cos);
        let grey = Mat3::from_cols(
            Vec3::splat(LUMINANCE.x),
            Vec3::splat(LUMINANCE.y),
            Vec3::splat(LUMINANCE.z),
        );
        let saturation = grey * (1.0 - self.saturation) + Mat3::IDENTITY * self.saturation;
        let spread = 1.0 / (self.white - self.black);
        let levels = self.contrast * spread;
        // contrast · ((color − black) / (white − black) − ½) + ½
        let lift = 0.5 - self.contrast * (self.black * spread + 0.5);
        let filter = Vec3::from_array(self.filter);
        AffineColor {
            matrix: Mat3::from_diagonal(filter * levels)
                * saturation
                * turn
                * Mat3::from_diagonal(balance),
            offset: filter * lift,
            opacity: self.opacity,
        }
    }
}

impl AffineColor {
    /// Changes nothing.
    pub const IDENTITY: Self = Self {
        matrix: Mat3::IDENTITY,
        offset: Vec3::ZERO,
        opacity: 1.0,
    };

    /// First `inner`, then this.
    pub fn after(&self, inner: &Self) -> Self {
        Self {
            matrix: self.matrix * inner.matrix,
            offset: self.matrix * inner.offset + self.offset,
            opacity: self.opacity * inner.opacity,
        }
    }

    /// The graded color.
    pub fn color(&self, color: Vec3) -> Vec3 {
        self.matrix * color + self.offset
    }
}

/// What each of a layer's grades comes down to: the first for all splats, the others after it.
pub fn affine_grades(grades: &[Grade]) -> [AffineColor; MOST_GRADES] {
    let all = grades.first().map_or(AffineColor::IDENTITY, Grade::affine);
    std::array::from_fn(|i| match grades.get(i) {
        Some(grade) if i > 0 => all.after(&grade.affine()),
        _ => all,
    })
}

/// Whether any of them changes anything.
pub fn is_graded(grades: &[Grade]) -> bool {
    grades.iter().any(|grade| *grade != Grade::NEUTRAL)
}

impl GaussianCloud {
    /// The parameters of rows with a grade in them for good, `slot(row)` saying which; opacity and
    /// harmonics. O(rows), parallel.
    pub fn graded_rows(
        &self,
        rows: &RowSet,
        grades: &[Grade],
        slot: impl Fn(usize) -> usize + Sync,
    ) -> RowValues {
        let affine = affine_grades(grades);
        let of = |row: usize| &affine[slot(row).min(MOST_GRADES - 1)];
        let rows: Vec<usize> = rows.iter().collect();
        let stride = 3 * sh::coefficient_count(self.sh_degree());
        let mut sh = vec![0.0; rows.len() * stride];
        sh.par_chunks_exact_mut(stride)
            .zip(&rows)
            .for_each(|(new, row)| {
                let grade = of(*row);
                let old = self.sh_of(*row);
                for (new, old) in new.chunks_exact_mut(3).zip(old.chunks_exact(3)) {
                    new.copy_from_slice(&(grade.matrix * Vec3::from_slice(old)).to_array());
                }
                // The half that is added to every color is graded with it.
                let half = Vec3::splat(0.5);
                let dc = Vec3::from_slice(new) + (grade.color(half) - half) / sh::C0;
                new[..3].copy_from_slice(&dc.to_array());
                for value in new {
                    *value = value.clamp(f32::MIN, f32::MAX);
                }
            });
        let opacity = |row: &usize| {
            let old = self.opacity_logits()[*row];
            match of(*row).opacity {
                1.0 => old,
                by => logit(sigmoid(old) * by),
            }
        };
        RowValues {
            sh: Some(sh),
            opacity_logits: Some(rows.iter().map(opacity).collect()),
            ..RowValues::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strong() -> Grade {
        Grade {
            exposure: 0.7,
            temperature: 0.4,
            tint: -0.2,
            saturation: 1.6,
            contrast: 1.3,
            hue: 0.5,
            black: 0.05,
            white: 0.9,
            filter: [1.0, 0.8, 0.7],
            opacity: 0.5,
        }
    }

    #[test]
    fn a_neutral_grade_changes_nothing() {
        let affine = Grade::NEUTRAL.affine();
        for color in [Vec3::ZERO, Vec3::ONE, Vec3::new(0.2, 0.7, 1.3)] {
            let off = (affine.color(color) - color).abs().max_element();
            assert!(off < 1e-6, "{color}: off by {off}");
        }
        assert!(!is_graded(&[Grade::NEUTRAL; 3]), "neutral grades are none");
    }

    #[test]
    fn each_control_does_what_it_says() {
        let with = |change: fn(&mut Grade)| {
            let mut grade = Grade::NEUTRAL;
            change(&mut grade);
            grade.affine()
        };
        let grey = Vec3::splat(0.5);
        let red = Vec3::new(0.8, 0.2, 0.2);
        assert!(with(|g| g.exposure = 1.0).color(grey).x > 0.6, "brighter");
        let light = (with(|g| g.exposure = 1.0).color(grey).x / 0.5).powf(GAMMA);
        assert!((light - 2.0).abs() < 1e-4, "twice the light: {light}");
        let warm = with(|g| g.temperature = 0.5).color(grey);
        assert!(warm.x > 0.5 && warm.z < 0.5, "{warm}");
        let magenta = with(|g| g.tint = 0.5).color(grey);
        assert!(magenta.y < 0.5 && magenta.x > 0.5, "{magenta}");
        let none = with(|g| g.saturation = 0.0).color(red);
        assert!(
            (none.x - none.y).abs() < 1e-6 && (none.x - none.z).abs() < 1e-6,
            "{none}"
        );
        let turned = with(|g| g.hue = std::f32::consts::TAU / 3.0).color(red);
        assert!(
            (turned - Vec3::new(0.2, 0.8, 0.2)).length() < 1e-5,
            "red to green: {turned}"
        );
        let levels = with(|g| (g.black, g.white) = (0.2, 0.8));
        assert!(levels.color(Vec3::splat(0.2)).length() < 1e-6, "black");
        assert!(
            (levels.color(Vec3::splat(0.8)) - 1.0).length() < 1e-5,
            "white"
        );
        let contrast = with(|g| g.contrast = 2.0);
        assert!(
            (contrast.color(grey) - grey).length() < 1e-6,
            "the middle stays"
        );
        assert!(contrast.color(red).x > 0.95, "and the rest parts");
    }

    #[test]
    fn baking_is_exact_from_every_side() {
        use crate::cloud::CloudParts;
        for degree in 0..=3 {
            let k = sh::coefficient_count(degree);
            let values = (0..2 * 3 * k).map(|i| ((i * 37 + 11) % 23) as f32 / 23.0 - 0.5);
            let cloud = GaussianCloud::new(CloudParts {
                means: vec![Vec3::ZERO; 2],
                rotations: vec![glam::Quat::IDENTITY; 2],
                log_scales: vec![Vec3::ZERO; 2],
                opacity_logits: vec![0.4, 1.0],
                sh_degree: degree,
                sh: values.collect(),
                columns: Vec::new(),
            })
            .expect("a valid cloud");
            let grades = [
                strong(),
                Grade {
                    exposure: -1.0,
                    ..Grade::NEUTRAL
                },
            ];
            let rows: RowSet = (0..2).collect();
            let baked = cloud.graded_rows(&rows, &grades, |row| row);
            let sh_baked = baked.sh.expect("colors");
            let affine = affine_grades(&grades);
            for i in 0..20 {
                let d = Vec3::new((i as f32).sin(), (2.0 * i as f32).cos(), 0.4).normalize();
                let seen = |sh: &[f32]| {
                    let basis = sh::basis(d);
                    let parts = sh.chunks_exact(3).zip(basis);
                    parts.map(|(c, y)| Vec3::from_slice(c) * y).sum::<Vec3>() + 0.5
                };
                for row in 0..2 {
                    let expected = affine[row].color(seen(cloud.sh_of(row)));
                    let new = seen(&sh_baked[row * 3 * k..(row + 1) * 3 * k]);
                    let off = (expected - new).abs().max_element();
                    assert!(off < 1e-5, "degree {degree}, row {row}: off by {off}");
                }
            }
            let logits = baked.opacity_logits.expect("opacities");
            assert!(
                (sigmoid(logits[0]) - 0.5 * cloud.opacity(0)).abs() < 1e-6,
                "half as opaque"
            );
        }
    }
}
