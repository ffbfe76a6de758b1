//! Where the features of face and model lie in the crop.

use glam::{Vec2, Vec3};

use crate::imageops::Grid;
use crate::imageops::distance::distances;
use crate::imageops::morphology::{dilate, inverse};
use crate::imageops::polygon::fill_polygon;
use crate::portrait::mesh::{HeadModel, VertexPart};
use crate::portrait::types::{Crop, HeadFit};

/// Growth of brow and eye polygons, in face heights: brows are wider than their landmarks.
const BROW_GROWTH: f32 = 0.012;
/// Growth of the lips where they are left out of the skin samples.
const LIP_GROWTH: f32 = 0.01;

/// Masks and coordinates of the crop's pixels, `[height, width]` each.
pub(super) struct Regions {
    pub(super) grid: Grid,
    /// Inside the face's outline.
    pub(super) oval: Vec<bool>,
    /// Distance to the face's outline from outside, pixels; 0 inside.
    pub(super) oval_distance: Vec<f32>,
    /// Distance from inside to the face's outline, in face heights; 0 outside.
    pub(super) oval_depth: Vec<f32>,
    /// Inside the outline and below the brows.
    pub(super) lower_face: Vec<bool>,
    /// Grown brow and eye polygons.
    pub(super) brows_and_eyes: Vec<bool>,
    /// Eye polygons.
    pub(super) eyes: Vec<bool>,
    /// Inside of the lips.
    pub(super) mouth: Vec<bool>,
    /// Grown lips.
    pub(super) lips: Vec<bool>,
    /// Height below the chin along the head's own down, in face heights; negative above the chin.
    pub(super) below: Vec<f32>,
    /// Distance from the chin to the subject's right, across the head's own up, in face heights.
    pub(super) side: Vec<f32>,
    /// Part of the model that the pixel sees.
    pub(super) part: Vec<Option<VertexPart>>,
    /// Place on the model that the pixel sees, dm in the head frame; NaN-free, zero where nothing is seen.
    pub(super) point: Vec<Vec3>,
    /// Distance to the model's head (without neck and torso), in face heights.
    pub(super) head_distance: Vec<f32>,
    /// Distance to anything of the model, in face heights.
    pub(super) model_distance: Vec<f32>,
    /// Face height in pixels.
    pub(super) height: f32,
    /// Half width of the face's outline, in face heights.
    pub(super) oval_half_width: f32,
}

impl Regions {
    pub(super) fn of(model: &HeadModel, fit: &HeadFit, crop: &Crop) -> Self {
        let grid = crop.alpha.grid();
        let sets = &model.sets;
        let polygon = |set: &[usize]| {
            let points: Vec<Vec2> = set.iter().map(|i| crop.landmarks[*i]).collect();
            fill_polygon(&points, grid)
        };
        let either = |a: &[bool], b: &[bool]| -> Vec<bool> {
            a.iter().zip(b).map(|(a, b)| *a || *b).collect()
        };
        let height = crop.face_height;
        let oval = polygon(&sets.face_oval);
        let eyes = either(&polygon(&sets.left_eye), &polygon(&sets.right_eye));
        let brows = either(&polygon(&sets.left_brow), &polygon(&sets.right_brow));
        let frame = HeadAxes::of(crop);
        let (below, side) = frame.coordinates(grid);
        let brow_line = frame.brow_line(model, crop);
        let lower_face = (0..grid.len())
            .map(|i| oval[i] && below[i] > brow_line(side[i]))
            .collect();
        let hits = model.rasterize(&fit.vertices, &crop.camera, grid);
        let part: Vec<Option<VertexPart>> = hits
            .iter()
            .map(|h| {
                h.is_some()
                    .then(|| model.triangle_part(h.triangle as usize))
            })
            .collect();
        let head: Vec<bool> = part
            .iter()
            .map(|p| !matches!(p, None | Some(VertexPart::Neck | VertexPart::Torso)))
            .collect();
        Self {
            grid,
            oval_distance: distances(&oval, grid),
            oval_depth: distances(&inverse(&oval), grid)
                .iter()
                .map(|d| d / height)
                .collect(),
            lower_face,
            brows_and_eyes: dilate(&either(&brows, &eyes), grid, BROW_GROWTH * height),
            mouth: polygon(&sets.lips_inner),
            lips: dilate(&polygon(&sets.lips_outer), grid, LIP_GROWTH * height),
            point: hits
                .iter()
                .map(|h| match h.is_some() {
                    true => h.interpolate(&model.triangles, &fit.vertices),
                    false => Vec3::ZERO,
                })
                .collect(),
            head_distance: distances(&head, grid).iter().map(|d| d / height).collect(),
            model_distance: {
                let model: Vec<bool> = part.iter().map(Option::is_some).collect();
                distances(&model, grid).iter().map(|d| d / height).collect()
            },
            height,
            oval_half_width: frame.half_width(&sets.face_oval, crop),
            oval,
            eyes,
            below,
            side,
            part,
        }
    }

    /// Pixels of the face further than `depth` (face heights) inside its outline, below the brows, that
    /// nothing else is painted on.
    pub(super) fn bare_face(&self, depth: f32) -> impl Fn(usize) -> bool {
        move |i| {
            self.lower_face[i]
                && self.oval_depth[i] > depth
                && !self.brows_and_eyes[i]
                && !self.lips[i]
        }
    }

    /// Whether the pixel sees one of the model's ears, and which: 0 the subject's left, 1 the right.
    pub(super) fn ear(&self, i: usize) -> Option<usize> {
        match self.part[i] {
            Some(VertexPart::LeftEar) => Some(0),
            Some(VertexPart::RightEar) => Some(1),
            _ => None,
        }
    }

    /// Whether the pixel lies above the brows, outside the ears: on the crown or around it.
    pub(super) fn is_crown(&self, i: usize) -> bool {
        self.ear(i).is_none() && self.below[i] < -0.75
    }

    /// Whether the pixel sees the hair-bearing part of the model's skull.
    pub(super) fn is_scalp(&self, i: usize) -> bool {
        let p = self.point[i];
        let behind = p.z < 0.55 && p.y > 6.5;
        self.part[i].is_some() && self.ear(i).is_none() && (p.y > 8.0 || behind)
    }
}

/// The head's own up in the picture, about the chin.
struct HeadAxes {
    chin: Vec2,
    down: Vec2,
    height: f32,
}

impl HeadAxes {
    fn of(crop: &Crop) -> Self {
        let up = crop.camera.rotation.y_axis;
        Self {
            chin: crop.chin,
            down: -up.truncate().normalize_or(Vec2::NEG_Y),
            height: crop.face_height,
        }
    }

    /// `below` and `side` of an image point.
    fn at(&self, p: Vec2) -> (f32, f32) {
        let d = (p - self.chin) / self.height;
        (d.dot(self.down), d.dot(self.down.perp()))
    }

    fn coordinates(&self, grid: Grid) -> (Vec<f32>, Vec<f32>) {
        (0..grid.len())
            .map(|i| {
                let (x, y) = grid.position(i);
                self.at(Vec2::new(x as f32 + 0.5, y as f32 + 0.5))
            })
            .unzip()
    }

    /// The line through the middles of both brows: `below` by `side`.
    fn brow_line(&self, model: &HeadModel, crop: &Crop) -> impl Fn(f32) -> f32 + use<> {
        let middle = |set: &[usize]| {
            let sum: Vec2 = set.iter().map(|i| crop.landmarks[*i]).sum();
            self.at(sum / set.len() as f32)
        };
        let (below_a, side_a) = middle(&model.sets.left_brow);
        let (below_b, side_b) = middle(&model.sets.right_brow);
        let apart = side_b - side_a;
        let slope = if apart.abs() > 0.05 {
            (below_b - below_a) / apart
        } else {
            0.0
        };
        move |side| below_a + slope.clamp(-0.5, 0.5) * (side - side_a)
    }

    fn half_width(&self, set: &[usize], crop: &Crop) -> f32 {
        let sides = set.iter().map(|i| self.at(crop.landmarks[*i]).1);
        let low = sides.clone().fold(f32::INFINITY, f32::min);
        let high = sides.fold(f32::NEG_INFINITY, f32::max);
        0.5 * (high - low)
    }
}
