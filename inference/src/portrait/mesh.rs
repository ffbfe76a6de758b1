//! The morphable head: a mean mesh, 64 identity modes, 52 expressions, and where the 478 landmarks lie.
//!
//! Everything comes from the tables of the package (built offline from the CC0 MakeHuman base mesh).
//! Vertices are linear in the coefficients: `mean + Σ identity · mode + Σ expression · offset`, in dm
//! in the head frame. The mesh covers head, neck and the upper torso, and has eyeballs, teeth and tongue.

mod landmarks;
mod sampling;
mod tables;

use glam::Vec3;
use rayon::prelude::*;

use crate::imageops::Grid;
use crate::imageops::zbuffer::{Hit, z_buffer};
use crate::portrait::types::HeadCamera;
pub use landmarks::{LandmarkAnchor, LandmarkSets};
pub use sampling::{SurfaceSample, sample_surface};

/// Identity coefficients of the model.
pub const IDENTITY_MODES: usize = 64;
/// Expression weights of the model, in the order of the blend-shape network.
pub const EXPRESSIONS: usize = 52;
/// Landmarks of the landmark network, irises included.
pub const LANDMARKS: usize = 478;

/// What a vertex is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum VertexKind {
    Skin,
    Eye,
    Teeth,
    Tongue,
}

/// Which part of the head a skin vertex belongs to (left and right are the subject's).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum VertexPart {
    Face,
    LeftEar,
    RightEar,
    Neck,
    Scalp,
    Torso,
}

/// One vertex' offset under an expression of weight one.
#[derive(Debug, Clone, Copy, PartialEq)]
struct ExpressionOffset {
    vertex: u32,
    /// dm.
    offset: Vec3,
}

/// The tables of the morphable head, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadModel {
    /// `[T]` corners, counter-clockwise seen from outside.
    pub triangles: Vec<[u32; 3]>,
    /// `[T]` whether the triangle can be seen from outside (not the mouth's inside, not the sockets).
    pub outer: Vec<bool>,
    /// `[V]` what each vertex is made of.
    pub kinds: Vec<VertexKind>,
    /// `[V]` where each vertex lies.
    pub parts: Vec<VertexPart>,
    /// `[478]` where the landmarks lie on the mesh.
    pub landmarks: Vec<LandmarkAnchor>,
    /// Which landmarks make up eyes, brows, lips and the face's outline.
    pub sets: LandmarkSets,
    /// `[V]` mean head, dm.
    mean: Vec<Vec3>,
    /// `[64, V, 3]` identity modes in steps of `mode_scales`.
    modes: Vec<i8>,
    /// `[64]` dm per step.
    mode_scales: Vec<f32>,
    /// `[52]` offsets of each expression, sorted by vertex.
    expressions: Vec<Vec<ExpressionOffset>>,
}

impl HeadModel {
    /// `[V]` vertices of the mean head, dm.
    pub fn mean(&self) -> &[Vec3] {
        &self.mean
    }

    /// `[V]` vertices for identity coefficients (N(0, 1), at most 64 are read) and expression weights
    /// (0..=1, at most 52 are read), dm. About a millisecond.
    pub fn vertices(&self, identity: &[f32], expression: &[f32]) -> Vec<Vec3> {
        /// Vertices worked on together, so that they stay in the cache over all modes.
        const BLOCK: usize = 512;
        let n = self.mean.len();
        let mut vertices = self.mean.clone();
        vertices
            .par_chunks_mut(BLOCK)
            .enumerate()
            .for_each(|(block, out)| {
                let first = block * BLOCK;
                for (k, coefficient) in identity.iter().enumerate().take(IDENTITY_MODES) {
                    let step = coefficient * self.mode_scales[k];
                    let start = 3 * (k * n + first);
                    let mode = &self.modes[start..start + 3 * out.len()];
                    for (v, m) in out.iter_mut().zip(mode.as_chunks::<3>().0) {
                        *v += step * Vec3::new(m[0].into(), m[1].into(), m[2].into());
                    }
                }
            });
        for (weight, offsets) in expression.iter().zip(&self.expressions) {
            for o in offsets.iter().filter(|_| *weight != 0.0) {
                vertices[o.vertex as usize] += *weight * o.offset;
            }
        }
        vertices
    }

    /// Where identity mode `mode` moves a vertex per unit of its coefficient, dm.
    pub fn identity_offset(&self, mode: usize, vertex: usize) -> Vec3 {
        let at = 3 * (mode * self.mean.len() + vertex);
        let m = &self.modes[at..at + 3];
        self.mode_scales[mode] * Vec3::new(m[0].into(), m[1].into(), m[2].into())
    }

    /// Where an expression moves a vertex at weight one, dm.
    pub fn expression_offset(&self, expression: usize, vertex: usize) -> Vec3 {
        let offsets = &self.expressions[expression];
        match offsets.binary_search_by_key(&(vertex as u32), |o| o.vertex) {
            Ok(i) => offsets[i].offset,
            Err(_) => Vec3::ZERO,
        }
    }

    /// `[478]` the landmarks on posed vertices, dm.
    pub fn landmark_points(&self, vertices: &[Vec3]) -> Vec<Vec3> {
        self.landmarks
            .iter()
            .map(|anchor| anchor.point(&self.triangles, vertices))
            .collect()
    }

    /// `[V]` unit normals outwards, weighted by the triangles' areas.
    pub fn vertex_normals(&self, vertices: &[Vec3]) -> Vec<Vec3> {
        let mut normals = vec![Vec3::ZERO; vertices.len()];
        for triangle in &self.triangles {
            let [a, b, c] = triangle.map(|v| vertices[v as usize]);
            let normal = (b - a).cross(c - a);
            for v in triangle {
                normals[*v as usize] += normal;
            }
        }
        for normal in &mut normals {
            *normal = normal.normalize_or(Vec3::Z);
        }
        normals
    }

    /// Unit normal of a triangle on posed vertices, outwards.
    pub fn triangle_normal(&self, triangle: usize, vertices: &[Vec3]) -> Vec3 {
        let [a, b, c] = self.triangles[triangle].map(|v| vertices[v as usize]);
        (b - a).cross(c - a).normalize_or(Vec3::Z)
    }

    /// The part that a triangle belongs to: that of most of its corners.
    pub fn triangle_part(&self, triangle: usize) -> VertexPart {
        let [a, b, c] = self.triangles[triangle].map(|v| self.parts[v as usize]);
        if b == c { b } else { a }
    }

    /// What a triangle is made of.
    pub fn triangle_kind(&self, triangle: usize) -> VertexKind {
        self.kinds[self.triangles[triangle][0] as usize]
    }

    /// What each pixel of a picture sees of the posed head: `[height, width]` triangle, weights and depth.
    pub fn rasterize(&self, vertices: &[Vec3], camera: &HeadCamera, grid: Grid) -> Vec<Hit> {
        let projected: Vec<Vec3> = vertices.iter().map(|v| camera.project(*v)).collect();
        z_buffer(&projected, &self.triangles, |_| true, grid)
    }
}

#[cfg(test)]
mod tests;
