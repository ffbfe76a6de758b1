//! Moves the outline of the fitted mesh onto the outline of the photographed skin.
//!
//! The fit keeps the shape of a head, so that jaw, neck and ears miss their outline by a few pixels. Skin
//! beyond the mesh has no surface, and mesh beyond the skin has no color: both are threads from the side.
//! Where skin meets background the photograph tells the outline exactly; the mesh follows it there, and a
//! little around it.

use glam::{Vec2, Vec3};

use super::graph::{EdgeGraph, Wish};
use super::mesh::{VertexKind, VertexPart};
use super::posed::PosedMesh;
use super::types::{Crop, Label, LabelMap};
use crate::imageops::distance::distances;
use crate::imageops::{Grid, morphology};

/// Rounds: the outline runs through other vertices once it has moved.
const ROUNDS: usize = 2;
/// An outline farther away than this is another one, in face heights.
const REACH: f32 = 0.055;
/// Skin that ends at hair or cloth reaches beyond the mesh by at most this, in face heights: farther away
/// it may be a shoulder or a hand.
const REACH_HIDDEN: f32 = 0.035;
/// The same for ears, whose shape varies most.
const REACH_EAR: f32 = 0.09;
/// Vertices this near to the mesh's own outline lie on it, pixels.
const ON_OUTLINE_PX: f32 = 1.6;
/// They look at most this much to the camera (cosine).
const FLAT: f32 = 0.45;
/// Step of the search, pixels.
const STEP_PX: f32 = 0.5;
/// The soft edge of the matte and of labels may show anything over this many pixels.
const SOFT_PX: f32 = 2.0;
/// Strength of an outline, 1/dm: edges of a vertex sum to about 80.
const OUTLINE_WEIGHT: f32 = 60.0;
/// Strength with which the face stays with its landmarks, 1/dm.
const FACE_WEIGHT: f32 = 40.0;
/// Strength with which everything else stays, 1/dm; it lets an outline move its surroundings over about
/// 4 cm.
const REST_WEIGHT: f32 = 0.5;
/// Parts of the face that look to the camera more than this stay with their landmarks (cosine).
const FACE_FACING: f32 = 0.6;

/// Vertices of the mesh with its outline on the photographed one.
pub fn snug_vertices(mesh: &PosedMesh<'_>, crop: &Crop, labels: &LabelMap) -> Vec<Vec3> {
    let mut moved = mesh.clone();
    let graph = EdgeGraph::new(&mesh.vertices, &mesh.model.triangles, |t| {
        mesh.model.outer[t] && mesh.model.triangle_kind(t) == VertexKind::Skin
    });
    for _ in 0..ROUNDS {
        let wishes = wishes(&moved, crop, labels);
        if wishes.iter().all(|w| w.value == Vec3::ZERO) {
            break;
        }
        let shift = graph.solve(&[&wishes]);
        for (vertex, shift) in moved.vertices.iter_mut().zip(shift) {
            *vertex += shift;
        }
        moved.normals = moved.model.vertex_normals(&moved.vertices);
    }
    moved.vertices
}

/// Where each vertex wants to go, dm.
fn wishes(mesh: &PosedMesh<'_>, crop: &Crop, labels: &LabelMap) -> Vec<Wish> {
    let camera = &crop.camera;
    let search = Search::new(mesh, crop, labels);
    (0..mesh.vertices.len())
        .map(|v| {
            let p = mesh.vertices[v];
            let part = mesh.model.parts[v];
            let facing = mesh.normals[v].dot((camera.eye() - p).normalize_or(Vec3::Z));
            if mesh.model.kinds[v] == VertexKind::Skin
                && facing.abs() < FLAT
                && let Some(shift) = search.shift(p, mesh.normals[v], part)
            {
                return Wish {
                    value: shift,
                    weight: OUTLINE_WEIGHT,
                };
            }
            let stays = mesh.model.kinds[v] != VertexKind::Skin
                || (part == VertexPart::Face && facing > FACE_FACING);
            Wish {
                value: Vec3::ZERO,
                weight: if stays { FACE_WEIGHT } else { REST_WEIGHT },
            }
        })
        .collect()
}

/// What a pixel shows, as far as the outline is concerned.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Shows {
    Skin,
    Background,
    Other,
}

struct Search<'a> {
    crop: &'a Crop,
    grid: Grid,
    shows: Vec<Shows>,
    /// Distance from inside the mesh to its outline, pixels.
    from_outline: Vec<f32>,
}

impl<'a> Search<'a> {
    fn new(mesh: &PosedMesh<'_>, crop: &'a Crop, labels: &LabelMap) -> Self {
        let grid = crop.alpha.grid();
        let covered: Vec<bool> = mesh
            .z_buffer(&crop.camera, grid)
            .iter()
            .map(|h| h.is_some())
            .collect();
        let shows = (0..grid.len())
            .map(|i| match labels.labels[i] {
                _ if crop.alpha.values[i] < 0.5 => Shows::Background,
                Label::Skin | Label::Eye | Label::Mouth => Shows::Skin,
                _ => Shows::Other,
            })
            .collect();
        Self {
            crop,
            grid,
            shows,
            from_outline: distances(&morphology::inverse(&covered), grid),
        }
    }

    /// Shift of a vertex on the mesh's outline to the outline of the skin; `None` where there is none.
    fn shift(&self, p: Vec3, normal: Vec3, part: VertexPart) -> Option<Vec3> {
        let reach = match part {
            VertexPart::LeftEar | VertexPart::RightEar => REACH_EAR,
            VertexPart::Face | VertexPart::Neck => REACH,
            VertexPart::Scalp | VertexPart::Torso => return None,
        } * self.crop.face_height;
        let camera = &self.crop.camera;
        let at = camera.project(p);
        let pixel = self.grid.pixel_at(at.x, at.y)?;
        if self.from_outline[pixel] > ON_OUTLINE_PX {
            return None;
        }
        let away = (camera.rotation * normal).truncate().try_normalize()?;
        let found = self.outline_along(at.truncate(), away, reach)?;
        let pixels = away * found;
        Some(camera.rotation.transpose() * (pixels.extend(0.0) * (at.z / camera.focal)))
    }

    /// Signed distance along a ray to where skin ends and background begins, pixels.
    fn outline_along(&self, from: Vec2, away: Vec2, reach: f32) -> Option<f32> {
        let at = |t: f32| {
            let p = from + away * t;
            self.grid.pixel_at(p.x, p.y).map(|i| self.shows[i])
        };
        let sign = match at(0.0)? {
            Shows::Background => -1.0,
            Shows::Skin => 1.0,
            // The soft edge of the skin may carry any label.
            Shows::Other => match (at(-SOFT_PX)?, at(SOFT_PX)?) {
                (Shows::Skin, Shows::Background) => return Some(0.0),
                _ => return None,
            },
        };
        let wanted = if sign > 0.0 {
            Shows::Background
        } else {
            Shows::Skin
        };
        let start = at(0.0)?;
        let mut t = 0.0;
        while t < reach {
            t += STEP_PX;
            let here = at(sign * t)?;
            if here == start {
                continue;
            }
            let mut soft = [0.0, 0.5, 1.0].iter().map(|k| sign * (t + k * SOFT_PX));
            let found = soft.any(|t| at(t) == Some(wanted));
            // Skin that goes on before hair or cloth is at least that wide; what they hide is unknown.
            let wider = sign > 0.0 && t < REACH_HIDDEN * self.crop.face_height;
            return (found || wider).then_some(sign * t);
        }
        None
    }
}
