//! Measures of a face in the picture.

use glam::{Vec2, Vec3};

use super::mesh::LandmarkSets;

/// Where the face is and how large.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FaceFrame {
    /// Middle of the face's outline, image pixels.
    pub center: Vec2,
    /// Face height, pixels: the outline's height, or 1.2 times its width where that is more
    /// (a bowed head).
    pub height: f32,
}

impl FaceFrame {
    /// Width to height of a face.
    const HEIGHT_PER_WIDTH: f32 = 1.2;

    /// Measures the outline of the landmarks.
    pub fn new(landmarks: &[Vec3], sets: &LandmarkSets) -> Self {
        let (mut low, mut high) = (Vec2::INFINITY, Vec2::NEG_INFINITY);
        for &i in &sets.face_oval {
            low = low.min(landmarks[i].truncate());
            high = high.max(landmarks[i].truncate());
        }
        let size = high - low;
        Self {
            center: (low + high) * 0.5,
            height: size.y.max(Self::HEIGHT_PER_WIDTH * size.x),
        }
    }
}
