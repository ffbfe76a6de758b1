//! The hair that the photograph does not show: samples of the shell behind the outline and under the
//! hair that is seen at a flat angle.

use std::f32::consts::{FRAC_PI_2, TAU};

use glam::Vec3;

use super::hair_synthesis::{HairStyle, Strands, synthesize};
use super::hair_tone::{HairTone, detail_of, with_detail};
use super::outline::Outlines;
use super::photo::falling;
use super::radial::{self, CENTER};
use super::surface::Front;
use super::surfel::Surfel;
use super::types::{Confidence, Crop, Label, LabelMap};
use crate::imageops::bilinear;

/// Shell facing the camera less than this lies behind the outline.
const FACING_BEHIND: f32 = 0.12;
/// Shell facing more than this is the photograph's own.
const FACING_SEEN: f32 = 0.68;
/// Hair facing more than this shows its own detail.
const FACING_TAKEN: f32 = 0.34;
/// Samples under seen hair lie this far inside, dm.
const INWARDS: f32 = 0.035;
/// Height of the hairline at the nape for a bare ear, dm.
const HAIRLINE_NAPE_Y: f32 = 6.62;
/// Height of the hairline over a bare ear beside which no hair is seen, dm.
const HAIRLINE_EAR_Y: f32 = 7.12;
/// Range of the hairline over a bare ear, dm.
const HAIRLINE_BARE: [f32; 2] = [6.9, 7.5];
/// Range of the lower edge of hair over a covered ear, dm.
const HAIRLINE_COVERED: [f32; 2] = [6.25, 7.2];
/// Hair behind this plane is at the side, dm.
const SIDE_Z: f32 = 0.8;
/// Before this plane is no hidden hair below [`TOP_Y`], dm.
const FRONT_Z: f32 = 0.5;
/// Above this the whole top carries hair, dm.
const TOP_Y: f32 = 7.55;
/// Hair that lies on the skull rises to the shell over this height above the hairline, dm.
const TAPER: f32 = 0.45;
/// Hair behind seen skin or cloth lies at least this far behind it, dm; nearer is the underside of hair
/// that hangs beside the face, and would lie on the cheek.
const BEHIND_SKIN: f32 = 0.25;
/// Hair on the skull thins out towards the hairline over this height, dm.
const THINNING: f32 = 0.22;
/// By this much.
const THIN: f32 = 0.65;
/// Thickness of the hair at the hairline, dm.
const ROOTS: f32 = 0.02;
/// The hairline is ragged by this much, dm.
const RAGGED: f32 = 0.16;
/// More of the ear under hair than this counts as covered.
const COVERED_EAR: f32 = 0.5;
/// Standard deviation of a sample along and across the strand, in spacings.
const STRAND_SIGMA: [f32; 2] = [0.9, 0.6];
/// Thickness of a sample, of its sigma.
const THICKNESS: f32 = 0.2;
/// Contrast of synthetic detail: a little below the photograph's, which has highlights.
const CONTRAST: f32 = 0.9;

/// A sample of the shell.
#[derive(Debug, Clone, Copy)]
struct ShellSample {
    position: Vec3,
    /// Where the shell has it, before it is laid down or shifted.
    on_shell: Vec3,
    normal: Vec3,
    direction: Vec3,
    /// 0..=1, less where the hair thins out.
    density: f32,
    /// Distance to the neighbors along the two axes of the shell, dm.
    step: [f32; 2],
    facing: f32,
}

/// Surfels of the hidden hair, `spacing` in dm.
pub fn hidden_hair(
    front: &Front,
    (crop, labels): (&Crop, &LabelMap),
    (tone, style): (&HairTone, Option<&HairStyle>),
    (hairline, outlines): (&Hairline, &Outlines),
    spacing: f32,
) -> Vec<Surfel> {
    let samples: Vec<ShellSample> = shell_samples(front, crop, spacing)
        .into_iter()
        .filter(|s| s.facing < FACING_SEEN)
        .filter_map(|s| grown(s, front, (crop, labels), hairline, outlines))
        .collect();
    let on_shell = OnShell { front, crop, tone };
    let points: Vec<Vec3> = samples.iter().map(|s| s.on_shell).collect();
    let details = match style {
        Some(style) => synthesize(&points, style, &on_shell),
        None => vec![Vec3::ZERO; points.len()],
    };
    samples
        .iter()
        .zip(&details)
        .map(|(s, detail)| {
            let under = if s.facing > FACING_BEHIND {
                INWARDS
            } else {
                0.0
            };
            Surfel {
                position: s.position - s.normal * under,
                normal: s.normal,
                axis: s.normal,
                along: tone.strand(s.direction),
                sigma: Vec3::new(
                    STRAND_SIGMA[0] * s.step[0].max(s.step[1]),
                    STRAND_SIGMA[1] * s.step[0].min(s.step[1]),
                    STRAND_SIGMA[1] * THICKNESS * spacing,
                ),
                color: with_detail(
                    tone.tone(s.direction),
                    on_shell.seen(s.on_shell).unwrap_or(*detail * CONTRAST),
                ),
                opacity: 0.95 * s.density,
                label: Label::Hair,
                confidence: Confidence::Invented,
            }
        })
        .collect()
}

/// Even samples of the shell: rings of elevation, each ring stepped by arc length.
fn shell_samples(front: &Front, crop: &Crop, spacing: f32) -> Vec<ShellSample> {
    /// Golden ratio: rings start at angles that never line up.
    const GOLDEN: f32 = 0.618_034;
    /// Radians over which the slope of the shell is measured.
    const SLOPE: f32 = 0.02;
    let surface = &front.shell.surface;
    let eye = crop.camera.eye();
    let mut samples = Vec::new();
    let mut elevation = radial::LOWEST;
    let mut ring = 0.0f32;
    while elevation < FRAC_PI_2 {
        let at =
            |azimuth: f32, elevation: f32| surface.point(radial::direction(azimuth, elevation));
        // The steepest of eight places rules the distance to the next ring.
        let slope = |azimuth: f32| {
            at(azimuth, elevation + SLOPE).distance(at(azimuth, elevation - SLOPE)) / (2.0 * SLOPE)
        };
        let steepest = (0..8)
            .map(|k| slope(k as f32 * TAU / 8.0))
            .fold(0.3, f32::max);
        let step = spacing / steepest;
        let mut azimuth = (ring * GOLDEN).fract() * 0.05;
        let end = azimuth + TAU;
        while azimuth < end {
            let direction = radial::direction(azimuth, elevation);
            let position = CENTER + direction * surface.radius(direction);
            let ahead = at(azimuth + SLOPE, elevation);
            let behind = at(azimuth - SLOPE, elevation);
            let across = ((ahead - behind) / (2.0 * SLOPE)).length().max(1e-3);
            let normal = surface.normal(direction);
            samples.push(ShellSample {
                position,
                on_shell: position,
                normal,
                direction,
                density: 1.0,
                step: [spacing, slope(azimuth) * step],
                facing: normal.dot((eye - position).normalize_or(Vec3::Z)),
            });
            azimuth += (spacing / across).min(1.0);
        }
        elevation += step;
        ring += 1.0;
    }
    samples
}

/// The shell as a surface of strands, with the photograph's hair on it.
struct OnShell<'a> {
    front: &'a Front,
    crop: &'a Crop,
    tone: &'a HairTone,
}

impl Strands for OnShell<'_> {
    fn further(&self, point: Vec3, length: f32) -> Vec3 {
        let direction = (point - CENTER).normalize_or(Vec3::Y);
        let to = point + self.tone.strand(direction) * length;
        self.front
            .shell
            .surface
            .point((to - CENTER).normalize_or(Vec3::Y))
    }

    fn seen(&self, point: Vec3) -> Option<Vec3> {
        let direction = (point - CENTER).normalize_or(Vec3::Y);
        if direction.dot(self.front.shell.view) < 0.0 {
            return None;
        }
        let grid = self.crop.alpha.grid();
        let at = self.crop.camera.project(point);
        let pixel = grid.pixel_at(at.x, at.y)?;
        if !self.tone.trusted[pixel] || !self.front.on_shell[pixel] {
            return None;
        }
        let normal = self.front.shell.surface.normal(direction);
        let to_eye = (self.crop.camera.eye() - point).normalize_or(Vec3::Z);
        if normal.dot(to_eye) < FACING_TAKEN {
            return None;
        }
        let color = bilinear(&self.crop.color.values, grid, at.x, at.y);
        Some(detail_of(color, self.tone.image[pixel]))
    }
}

/// The sample where it grows, inside the photograph's outline: under seen hair, or behind the outline
/// above the hairline. `None` where it does not grow or would hide seen skin or cloth.
fn grown(
    mut s: ShellSample,
    front: &Front,
    (crop, labels): (&Crop, &LabelMap),
    hairline: &Hairline,
    outlines: &Outlines,
) -> Option<ShellSample> {
    if s.facing < FACING_BEHIND {
        let above = hairline.above(s.position);
        let bare = front
            .mirrored_label(crop, s.position)
            .is_some_and(|l| l != Label::Hair);
        if above < 0.0 || bare {
            return None;
        }
        // At the hairline the hair lies on the skull.
        let skull = CENTER + s.direction * (front.shell.skull.radius(s.direction) + ROOTS);
        if !hairline.hangs(s.position) {
            let lies = falling(above, 0.0, TAPER);
            s.position = s.position.lerp(skull, lies);
            s.density = 1.0 - THIN * falling(above, 0.0, THINNING);
        }
    }
    let (position, pixel) = outlines.into_any(crop, s.position)?;
    s.position = position;
    let photo = front.surface.depth.values[pixel];
    let depth = crop.camera.project(position).z;
    let in_hair = labels.labels[pixel] == Label::Hair;
    if in_hair && depth < photo {
        // Near the face the photograph's hair lies deeper than the shell.
        let at = crop.camera.project(position);
        s.position = crop.camera.unproject(at.x, at.y, photo + INWARDS);
    }
    if s.facing < FACING_BEHIND {
        return (in_hair || depth > photo + BEHIND_SKIN).then_some(s);
    }
    outlines.is_inside_hair(pixel).then_some(s)
}

/// Where the hair ends on the sides and at the nape.
#[derive(Debug, Clone, PartialEq)]
pub struct Hairline {
    /// Lowest seen hair beside the face, dm, per side: the subject's left, right.
    lowest: [Option<f32>; 2],
    /// Whether hair hides the ear.
    covered: [bool; 2],
}

impl Hairline {
    /// Reads how low hair is seen at the sides.
    pub fn new(front: &Front, crop: &Crop, labels: &LabelMap) -> Self {
        /// Share of a side's hair below which strays lie.
        const STRAYS: f32 = 0.03;
        let mut heights = [Vec::new(), Vec::new()];
        for i in (0..labels.labels.len()).filter(|i| front.on_shell[*i]) {
            let p = front.point(&crop.camera, i);
            if crop.alpha.values[i] > 0.5 && p.z < SIDE_Z {
                heights[usize::from(p.x < 0.0)].push(p.y);
            }
        }
        let lowest = heights.map(|mut values| {
            let k = (STRAYS * values.len() as f32) as usize;
            (!values.is_empty()).then(|| *values.select_nth_unstable_by(k, f32::total_cmp).1)
        });
        Self {
            lowest,
            covered: labels.ear_covered.map(|share| share > COVERED_EAR),
        }
    }

    /// Whether hair grows over a point near the skull that the photograph does not show.
    pub fn covers(&self, p: Vec3) -> bool {
        self.above(p) > 0.0 && (p.z < FRONT_Z || p.y > TOP_Y)
    }

    /// Whether hair on this side hangs over the ear rather than lying on the skull.
    fn hangs(&self, p: Vec3) -> bool {
        self.covered[usize::from(p.x < 0.0)]
    }

    /// Height above the hairline, dm.
    fn above(&self, p: Vec3) -> f32 {
        // Between the sides the two hairlines blend, so that the nape has no step.
        let left = (0.5 + p.x / 0.6).clamp(0.0, 1.0);
        let height = self.height(0, p.z) * left + self.height(1, p.z) * (1.0 - left);
        let (azimuth, _) = radial::angles((p - CENTER).normalize_or(Vec3::Y));
        p.y - height - RAGGED * ragged(azimuth)
    }

    /// The hairline slants from where hair ends at the side, over the ear, to the nape.
    fn height(&self, side: usize, z: f32) -> f32 {
        let [low, high] = HAIRLINE_BARE;
        let (nape, front) = match (self.covered[side], self.lowest[side]) {
            (true, Some(y)) => {
                let [lowest, highest] = HAIRLINE_COVERED;
                (y.clamp(lowest, HAIRLINE_NAPE_Y), y.clamp(lowest, highest))
            }
            (_, lowest) => {
                let front = lowest.map_or(HAIRLINE_EAR_Y, |y| y.clamp(low, high));
                (HAIRLINE_NAPE_Y, front)
            }
        };
        let t = ((z + 0.15) / 0.5).clamp(0.0, 1.0);
        nape + (front - nape) * t * t
    }
}

/// Smooth noise in about −0.5..0.5 over the azimuth, strand-like.
fn ragged(azimuth: f32) -> f32 {
    let wave = |count: f32, phase: f32| (azimuth * count + phase).sin();
    0.3 * wave(5.0, 0.3) + 0.15 * wave(17.0, 1.7) + 0.05 * wave(47.0, 4.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_ear_has_a_hairline_that_slants_to_the_nape() {
        let line = Hairline {
            lowest: [Some(7.2), Some(6.4)],
            covered: [false, true],
        };
        assert!((line.height(0, 0.35) - 7.2).abs() < 1e-5, "beside the face");
        assert!((line.height(0, -0.2) - 6.62).abs() < 1e-5, "nape");
        assert!((line.height(1, 0.35) - 6.4).abs() < 1e-5, "covered ear");
        assert!(
            (line.height(1, -0.2) - 6.4).abs() < 1e-5,
            "hangs behind, too"
        );
    }
}
