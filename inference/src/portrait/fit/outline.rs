//! Which vertices of the head stick out of the matte, and how far.

use glam::{Vec2, Vec3};

use crate::imageops::Grid;
use crate::imageops::distance::{DistanceField, NOWHERE, distance_to};
use crate::imageops::resize::{Kernel, resize};
use crate::portrait::mesh::{HeadModel, VertexKind};
use crate::portrait::types::{HeadCamera, Plane};

/// Pixels between the eyes at which the distances are computed.
const EYE_PX: f32 = 40.0;
/// Half side of the part of the picture that counts, in extents of the landmarks.
const REACH: f32 = 2.2;
/// Below this height the neck begins, which clothes hide, dm.
const LOWEST: f32 = 6.6;

/// A vertex outside the matte.
pub(super) struct Outside {
    pub(super) vertex: usize,
    /// Pixels to the matte.
    pub(super) distance: f32,
    /// Unit, away from the matte.
    pub(super) direction: Vec2,
}

/// Distances to the matte around the face.
pub(super) struct Outline {
    field: DistanceField,
    grid: Grid,
    /// Photograph pixels of the grid's corner.
    origin: Vec2,
    /// Grid pixels per photograph pixel, along x and y.
    scale: Vec2,
    /// Vertices that count.
    vertices: Vec<usize>,
}

impl Outline {
    pub(super) fn new(model: &HeadModel, alpha: &Plane, points: &[Vec2], eye_px: f32) -> Self {
        let low = points.iter().copied().fold(Vec2::INFINITY, Vec2::min);
        let high = points.iter().copied().fold(Vec2::NEG_INFINITY, Vec2::max);
        let reach = Vec2::splat(REACH * (high - low).max_element());
        let size = Vec2::new(alpha.width as f32, alpha.height as f32);
        let first = (0.5 * (low + high) - reach).clamp(Vec2::ZERO, size).floor();
        let last = (0.5 * (low + high) + reach).clamp(Vec2::ZERO, size).ceil();
        let (x0, y0) = (first.x as usize, first.y as usize);
        let cut = Grid::new(last.x as usize - x0, last.y as usize - y0);
        let values: Vec<f32> = (y0..y0 + cut.height)
            .flat_map(|y| &alpha.values[y * alpha.width + x0..y * alpha.width + x0 + cut.width])
            .copied()
            .collect();

        let shrink = (EYE_PX / eye_px).min(1.0);
        let small = |side: usize| ((side as f32 * shrink).round() as usize).max(1);
        let grid = Grid::new(small(cut.width), small(cut.height));
        let values = resize(&values, cut, grid, Kernel::Area);
        let mask: Vec<bool> = values.iter().map(|a| *a > 0.5).collect();
        Self {
            field: distance_to(&mask, grid),
            grid,
            origin: first,
            scale: Vec2::new(
                grid.width as f32 / cut.width.max(1) as f32,
                grid.height as f32 / cut.height.max(1) as f32,
            ),
            vertices: (0..model.mean().len())
                .filter(|v| model.kinds[*v] == VertexKind::Skin && model.mean()[*v].y > LOWEST)
                .collect(),
        }
    }

    /// The vertices that project outside the matte but inside the picture.
    pub(super) fn outside(&self, vertices: &[Vec3], camera: &HeadCamera) -> Vec<Outside> {
        let outside = |v: &usize| {
            let pixel = camera.project(vertices[*v]).truncate();
            let at = (pixel - self.origin) * self.scale;
            let i = self.grid.pixel_at(at.x, at.y)?;
            let nearest = self.field.nearest[i];
            if self.field.distance[i] == 0.0 || nearest == NOWHERE {
                return None;
            }
            let (x, y) = self.grid.position(nearest as usize);
            let away = (at - Vec2::new(x as f32 + 0.5, y as f32 + 0.5)) / self.scale;
            // The matte reaches half a pixel beyond the centre of its last pixel.
            let distance = away.length() - 0.5 / self.scale.x;
            (distance > 0.0).then(|| Outside {
                vertex: *v,
                distance,
                direction: away.normalize_or(Vec2::X),
            })
        };
        self.vertices.iter().filter_map(outside).collect()
    }
}
