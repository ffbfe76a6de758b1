//! The hair shell: the skull, pushed outwards until its outline is the outline of the hair.
//!
//! A photograph shows how far hair reaches only around the outline. Per image angle the ratio of hair
//! to skull is measured there, and carried over the head so that it holds exactly on the outline and
//! fades to the mean ratio towards the face and the back.

use std::f32::consts::{PI, TAU};

use glam::{Vec2, Vec3};

use super::radial::{self, CENTER, GRID, RadialSurface, sample_ring};
use super::types::{Crop, HeadCamera, Label, LabelMap};
use crate::imageops::Grid;
use crate::imageops::blur::gaussian;
use crate::imageops::zbuffer::{Hit, z_buffer};

/// Image angles at which the hair's reach is measured (2° each).
const ANGLE_BINS: usize = 180;
/// Blur of the skull over the directions, cells of 2.8°: removes single vertices.
const SKULL_BLUR_CELLS: f32 = 1.6;
/// Blur of the ratio over the image angles, bins.
const RATIO_BLUR_BINS: f32 = 1.6;
/// Hair ends at a gap this wide, in skull radii.
const GAP: f32 = 0.12;
/// Largest ratio of hair to skull; wider hair is inflated on its own.
const RATIO_MAX: f32 = 1.9;
/// The same for rays that point down, where hair hangs rather than stands.
const RATIO_MAX_DOWN: f32 = 1.35;
/// Ratio where no hair is seen: the scalp's own thickness.
const RATIO_BALD: f32 = 1.015;
/// Least ratio anywhere, so that the shell hides the skull.
const RATIO_MIN: f32 = 1.012;
/// Added everywhere, dm.
const THICKNESS: f32 = 0.015;
/// Share of the ratio lost on the view axis in front: a fringe lies flat on the forehead.
const FLAT_FRONT: f32 = 0.72;
/// The same behind.
const FLAT_BACK: f32 = 0.25;

/// Hair as a star-shaped surface about [`CENTER`].
#[derive(Debug, Clone, PartialEq)]
pub struct HairShell {
    /// Skull without ears.
    pub skull: RadialSurface,
    /// Outside of the hair.
    pub surface: RadialSurface,
    /// `[180]` ratio of hair to skull per image angle, from image right towards image down.
    pub ratios: Vec<f32>,
    /// Unit direction from [`CENTER`] to the camera.
    pub view: Vec3,
    camera: HeadCamera,
    center_px: Vec2,
}

impl HairShell {
    /// Measures the hair of the crop over the skull through `skull_points` (dm, head frame).
    pub fn new(skull_points: &[Vec3], crop: &Crop, labels: &LabelMap) -> Self {
        let skull = RadialSurface::through(skull_points, SKULL_BLUR_CELLS);
        let camera = crop.camera;
        let view = (camera.eye() - CENTER).normalize_or(Vec3::Z);
        let mut shell = Self {
            surface: skull.clone(),
            skull,
            ratios: vec![RATIO_BALD; ANGLE_BINS],
            view,
            camera,
            center_px: camera.project(CENTER).truncate(),
        };
        shell.ratios = shell.measure_ratios(crop, labels);
        shell.surface = shell.grow();
        shell
    }

    /// Angle about the projected [`CENTER`] at which a direction's skull point is seen.
    pub fn image_angle(&self, direction: Vec3) -> f32 {
        let at = self.camera.project(self.skull.point(direction)).truncate() - self.center_px;
        at.y.atan2(at.x)
    }

    /// Angle between a direction and the view axis, 0..=π.
    pub fn view_angle(&self, direction: Vec3) -> f32 {
        direction.dot(self.view).clamp(-1.0, 1.0).acos()
    }

    /// Mean thickness of the hair around its upper outline, dm.
    pub fn thickness(&self) -> f32 {
        let upward = &self.ratios[ANGLE_BINS / 2..];
        let mean = upward.iter().sum::<f32>() / upward.len() as f32;
        let top = self.skull.radius(Vec3::Y);
        (mean - 1.0) * top
    }

    /// The shell seen by the crop's camera.
    pub fn z_buffer(&self, grid: Grid) -> Vec<Hit> {
        let projected: Vec<Vec3> = self
            .surface
            .points()
            .iter()
            .map(|p| self.camera.project(*p))
            .collect();
        z_buffer(&projected, &RadialSurface::triangles(), |_| true, grid)
    }

    fn measure_ratios(&self, crop: &Crop, labels: &LabelMap) -> Vec<f32> {
        let outline = self.skull_outline();
        let ratio = |bin: usize| {
            let angle = TAU * (bin as f32 + 0.5) / ANGLE_BINS as f32;
            let limit = if angle.sin() > 0.0 {
                // Image y points down; the limit tightens as the ray does.
                RATIO_MAX + (RATIO_MAX_DOWN - RATIO_MAX) * (angle.sin() * 2.0).min(1.0)
            } else {
                RATIO_MAX
            };
            match hair_reach(crop, labels, self.center_px, angle, outline[bin]) {
                Some(reach) => (reach / outline[bin]).clamp(1.0, limit),
                None => RATIO_BALD,
            }
        };
        let ratios: Vec<f32> = (0..ANGLE_BINS).map(ratio).collect();
        blur_ring(&ratios, RATIO_BLUR_BINS)
    }

    /// Radius in pixels of the skull's outline per image angle.
    fn skull_outline(&self) -> Vec<f32> {
        let mut outline = vec![0.0f32; ANGLE_BINS];
        for p in self.skull.points() {
            let at = self.camera.project(p).truncate() - self.center_px;
            let bin = (at.y.atan2(at.x).rem_euclid(TAU) / TAU * ANGLE_BINS as f32) as usize;
            let bin = bin.min(ANGLE_BINS - 1);
            outline[bin] = outline[bin].max(at.length());
        }
        // Almost every bin holds a point; the others take the value of the nearest one that does.
        let measured = outline.clone();
        for bin in (0..ANGLE_BINS).filter(|bin| measured[*bin] == 0.0) {
            let beside = |k: usize| {
                measured[(bin + k) % ANGLE_BINS].max(measured[(bin + ANGLE_BINS - k) % ANGLE_BINS])
            };
            outline[bin] = (1..ANGLE_BINS)
                .map(beside)
                .find(|r| *r > 0.0)
                .unwrap_or(1.0);
        }
        blur_ring(&outline, 1.0)
    }

    fn grow(&self) -> RadialSurface {
        let upward: Vec<f32> = self.ratios[ANGLE_BINS / 2..].to_vec();
        let mean = upward.iter().sum::<f32>() / upward.len() as f32;
        let radius = (0..GRID.len()).map(|i| {
            let (column, row) = GRID.position(i);
            let d = radial::direction(radial::column_azimuth(column), radial::row_elevation(row));
            let cos = d.dot(self.view);
            let seen = sample_ring(&self.ratios, self.image_angle(d) - PI / ANGLE_BINS as f32);
            let ratio = mean + (seen - mean) * (1.0 - cos * cos);
            let flat = if cos > 0.0 { FLAT_FRONT } else { FLAT_BACK };
            let ratio = 1.0 + (ratio - 1.0) * (1.0 - flat * cos * cos);
            self.skull.radius[i] * ratio.max(RATIO_MIN) + THICKNESS
        });
        RadialSurface {
            radius: radius.collect(),
        }
    }
}

/// Distance in pixels from the centre to the last hair along a ray, before a gap; `None` without hair.
fn hair_reach(
    crop: &Crop,
    labels: &LabelMap,
    center: Vec2,
    angle: f32,
    skull_px: f32,
) -> Option<f32> {
    const STEP_PX: f32 = 0.5;
    /// Rays start here, in skull radii: nearer to the middle is the face.
    const START: f32 = 0.3;
    let grid = crop.alpha.grid();
    let ray = Vec2::from_angle(angle);
    let mut last = None;
    let mut r = START * skull_px;
    loop {
        let at = center + ray * r;
        let pixel = grid.pixel_at(at.x, at.y)?;
        if crop.alpha.values[pixel] > 0.5 && labels.labels[pixel] == Label::Hair {
            last = Some(r);
        }
        if r - last.unwrap_or(0.0).max(skull_px) > GAP * skull_px {
            return last;
        }
        r += STEP_PX;
        if grid
            .pixel_at(center.x + ray.x * r, center.y + ray.y * r)
            .is_none()
        {
            return last;
        }
    }
}

/// Gaussian blur of values on a ring.
fn blur_ring(values: &[f32], sigma: f32) -> Vec<f32> {
    let n = values.len();
    let tripled: Vec<f32> = values.iter().cycle().take(3 * n).copied().collect();
    let blurred = gaussian(&tripled, Grid::new(3 * n, 1), sigma);
    blurred[n..2 * n].to_vec()
}
