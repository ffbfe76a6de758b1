//! Keeps what is added inside the picture's outlines.
//!
//! Mesh and shell fit the photograph to a few pixels. What sticks out where nothing was photographed is
//! shifted to the nearest place that shows the right thing; dropping it would leave holes.

use glam::{Vec2, Vec3};

use super::radial::CENTER;
use super::skin::pixel_center;
use super::types::{Crop, Label, LabelMap};
use crate::imageops::Grid;
use crate::imageops::distance::{DistanceField, NOWHERE, distance_to, distances};
use crate::imageops::morphology::erode;

/// Nothing is shifted farther than this, in face heights.
const SHIFT_MAX: f32 = 0.09;
/// Samples stay this far inside the outline, so that their soft edges do not spread it, pixels.
const INSET_PX: f32 = 1.5;
/// Hair samples stay this far inside hair, pixels: two of their standard deviations.
const HAIR_INSET_PX: f32 = 2.5;
/// Coverage from which a pixel is inside.
const INSIDE: f32 = 0.5;

/// Where skin and hair may be, with the nearest such place of every pixel.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlines {
    grid: Grid,
    anything: DistanceField,
    skin: DistanceField,
    from_other_than_hair: Vec<f32>,
    limit_px: f32,
}

impl Outlines {
    /// The outlines of a crop.
    pub fn new(crop: &Crop, labels: &LabelMap) -> Self {
        let grid = crop.alpha.grid();
        let inside = erode(&crop.alpha.above(INSIDE), grid, INSET_PX);
        let skin: Vec<bool> = (0..grid.len())
            .map(|i| inside[i] && !matches!(labels.labels[i], Label::Hair | Label::Cloth))
            .collect();
        let other: Vec<bool> = (0..grid.len())
            .map(|i| crop.alpha.values[i] > INSIDE && labels.labels[i] != Label::Hair)
            .collect();
        Self {
            from_other_than_hair: distances(&other, grid),
            grid,
            anything: distance_to(&inside, grid),
            skin: distance_to(&skin, grid),
            limit_px: SHIFT_MAX * crop.face_height,
        }
    }

    /// The point shifted into the photograph's outline, with the pixel that it lies in.
    pub fn into_any(&self, crop: &Crop, point: Vec3) -> Option<(Vec3, usize)> {
        self.shifted(&self.anything, crop, point)
    }

    /// As [`Self::into_any`], but across the head rather than to the nearest place if that is as good:
    /// a notch between ear and jaw would else part what lies behind it.
    pub fn sideways_into_any(&self, crop: &Crop, point: Vec3) -> Option<(Vec3, usize)> {
        let at = crop.camera.project(point);
        let pixel = self.grid.pixel_at(at.x, at.y)?;
        if self.anything.distance[pixel] == 0.0 {
            return Some((point, pixel));
        }
        let middle = crop.camera.project(Vec3::new(CENTER.x, point.y, CENTER.z));
        let inwards = (middle - at).truncate().normalize_or(Vec2::ZERO);
        let found = (1..=self.limit_px as usize).find_map(|step| {
            let p = at.truncate() + inwards * step as f32;
            let i = self.grid.pixel_at(p.x, p.y)?;
            (self.anything.distance[i] == 0.0).then(|| (crop.camera.unproject(p.x, p.y, at.z), i))
        });
        found.or_else(|| self.into_any(crop, point))
    }

    /// The point shifted to where skin is seen, with the pixel that it lies in.
    pub fn into_skin(&self, crop: &Crop, point: Vec3) -> Option<(Vec3, usize)> {
        self.shifted(&self.skin, crop, point)
    }

    /// Whether a pixel lies inside the hair so far that a sample there covers nothing else.
    pub fn is_inside_hair(&self, pixel: usize) -> bool {
        self.from_other_than_hair[pixel] > HAIR_INSET_PX
    }

    fn shifted(&self, field: &DistanceField, crop: &Crop, point: Vec3) -> Option<(Vec3, usize)> {
        let at = crop.camera.project(point);
        let pixel = self.grid.pixel_at(at.x, at.y)?;
        if field.distance[pixel] == 0.0 {
            return Some((point, pixel));
        }
        let nearest = field.nearest[pixel];
        if nearest == NOWHERE || field.distance[pixel] > self.limit_px {
            return None;
        }
        let to = pixel_center(self.grid, nearest as usize);
        Some((crop.camera.unproject(to.x, to.y, at.z), nearest as usize))
    }
}
