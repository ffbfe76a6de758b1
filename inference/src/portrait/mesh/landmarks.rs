//! Where the 478 landmarks lie on the mesh, and which of them make up which feature.

use glam::Vec3;
use serde::Deserialize;

use super::{EXPRESSIONS, LANDMARKS};

/// The place of one landmark on the mesh.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LandmarkAnchor {
    /// Index of the triangle.
    pub triangle: usize,
    /// Weights of the triangle's corners, summing to one.
    pub weights: Vec3,
    /// How much the place varies between people, dm (standard deviation).
    pub spread: f32,
    /// The landmark on the other side of the face; itself in the middle.
    pub mirror: usize,
}

impl LandmarkAnchor {
    /// The landmark on posed vertices, dm.
    pub fn point(&self, triangles: &[[u32; 3]], vertices: &[Vec3]) -> Vec3 {
        let [a, b, c] = triangles[self.triangle].map(|v| vertices[v as usize]);
        self.weights.x * a + self.weights.y * b + self.weights.z * c
    }
}

/// Landmarks that make up features; the outlines are closed polygons in order.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct LandmarkSets {
    /// Outline of the face, chin to hairline.
    pub face_oval: Vec<usize>,
    /// Outline of the subject's left eye.
    pub left_eye: Vec<usize>,
    /// Outline of the subject's right eye.
    pub right_eye: Vec<usize>,
    /// The subject's left brow: lower edge outwards, then upper edge.
    pub left_brow: Vec<usize>,
    /// The subject's right brow.
    pub right_brow: Vec<usize>,
    /// Outline of the lips.
    pub lips_outer: Vec<usize>,
    /// Where the lips meet the mouth's inside.
    pub lips_inner: Vec<usize>,
    /// Middle and border of the left iris.
    pub left_iris: Vec<usize>,
    /// Middle and border of the right iris.
    pub right_iris: Vec<usize>,
    /// What the blend-shape network reads.
    pub blendshape_inputs: Vec<usize>,
    /// Names of the expressions.
    pub blendshape_names: Vec<String>,
}

impl LandmarkSets {
    /// The lowest point of the chin.
    pub const CHIN: usize = 152;

    /// Parses the JSON table; every index is below 478 and every outline has an area.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let sets: Self = serde_json::from_str(text).map_err(|e| e.to_string())?;
        let outlines = [
            &sets.face_oval,
            &sets.left_eye,
            &sets.right_eye,
            &sets.left_brow,
            &sets.right_brow,
            &sets.lips_outer,
            &sets.lips_inner,
            &sets.left_iris,
            &sets.right_iris,
        ];
        if outlines.iter().any(|o| o.len() < 3) {
            return Err("an outline has fewer than three landmarks".to_owned());
        }
        let indices = outlines.into_iter().flatten();
        if indices
            .chain(&sets.blendshape_inputs)
            .any(|i| *i >= LANDMARKS)
        {
            return Err(format!("a landmark is not below {LANDMARKS}"));
        }
        if sets.blendshape_names.len() != EXPRESSIONS {
            return Err(format!("{EXPRESSIONS} blend-shape names are needed"));
        }
        Ok(sets)
    }
}
