//! The fitted mesh as the surface stages read it: posed, with normals, seen by the crop's camera.

use glam::Vec3;

use super::mesh::{HeadModel, VertexKind, VertexPart};
use super::types::{HeadCamera, HeadFit};
use crate::imageops::Grid;
use crate::imageops::zbuffer::{Hit, z_buffer};

/// The posed mesh with what is derived from it.
#[derive(Debug, Clone)]
pub struct PosedMesh<'a> {
    /// Topology and classes.
    pub model: &'a HeadModel,
    /// `[V]` dm, head frame.
    pub vertices: Vec<Vec3>,
    /// `[V]` unit, outwards.
    pub normals: Vec<Vec3>,
}

impl<'a> PosedMesh<'a> {
    /// The posed vertices of a fit with their normals.
    pub fn new(model: &'a HeadModel, fit: &HeadFit) -> Self {
        Self::with_vertices(model, fit.vertices.clone())
    }

    /// The model with other vertices (`[V]`, dm, head frame).
    pub fn with_vertices(model: &'a HeadModel, vertices: Vec<Vec3>) -> Self {
        Self {
            model,
            normals: model.vertex_normals(&vertices),
            vertices,
        }
    }

    /// What the pixels of `grid` see of the outer triangles.
    pub fn z_buffer(&self, camera: &HeadCamera, grid: Grid) -> Vec<Hit> {
        let projected: Vec<Vec3> = self.vertices.iter().map(|v| camera.project(*v)).collect();
        z_buffer(
            &projected,
            &self.model.triangles,
            |t| self.model.outer[t],
            grid,
        )
    }

    /// Part of the triangle that a pixel sees.
    pub fn part_of(&self, hit: &Hit) -> Option<VertexPart> {
        hit.is_some()
            .then(|| self.model.triangle_part(hit.triangle as usize))
    }

    /// Skin vertices of the skull without the ears, the points of [`super::shell::HairShell`].
    pub fn skull_points(&self) -> Vec<Vec3> {
        let mut outer = vec![false; self.vertices.len()];
        for (t, triangle) in self.model.triangles.iter().enumerate() {
            if self.model.outer[t] {
                triangle.iter().for_each(|v| outer[*v as usize] = true);
            }
        }
        let skull = [VertexPart::Face, VertexPart::Neck, VertexPart::Scalp];
        (0..self.vertices.len())
            .filter(|v| {
                outer[*v]
                    && self.model.kinds[*v] == VertexKind::Skin
                    && skull.contains(&self.model.parts[*v])
            })
            .map(|v| self.vertices[v])
            .collect()
    }
}
