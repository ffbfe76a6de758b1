//! What the stages of the portrait reconstructor hand to each other.
//!
//! Head frame: 1 unit = 1 dm, x to the subject's left, y up, z out of the face. Image frame: pixels,
//! x right, y down, pixel centres at +0.5. Camera: OpenCV axes, `X_view = R · X_head + t`.

use glam::{Mat3, Vec2, Vec3};

/// A single-channel image, row order.
#[derive(Debug, Clone, PartialEq)]
pub struct Plane {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// `[height, width]`.
    pub values: Vec<f32>,
}

/// A three-channel image, row order; display-referred color in 0..=1 unless said otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct ColorPlane {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// `[height, width]`.
    pub values: Vec<Vec3>,
}

/// What the face networks say about the largest face.
#[derive(Debug, Clone, PartialEq)]
pub struct FaceObservation {
    /// `[478]` landmarks: image x, y in pixels; z in the same scale, towards the camera negative.
    pub landmarks: Vec<Vec3>,
    /// `[52]` blend-shape weights in the network's order, 0..=1.
    pub blendshapes: Vec<f32>,
    /// Presence score, 0..=1.
    pub presence: f32,
    /// Faces found in all.
    pub face_count: usize,
    /// Middle and size of the boxes of the other faces, image pixels.
    pub others: Vec<(Vec2, Vec2)>,
}

/// The cut-out subject at the photograph's resolution.
#[derive(Debug, Clone, PartialEq)]
pub struct Matte {
    /// Coverage 0..=1.
    pub alpha: Plane,
    /// Foreground color, free of background bleeding, defined everywhere.
    pub foreground: ColorPlane,
}

/// Camera of the photograph with respect to the head frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeadCamera {
    /// `view_from_head` rotation.
    pub rotation: Mat3,
    /// `view_from_head` translation, dm.
    pub translation: Vec3,
    /// Focal length in pixels (square pixels).
    pub focal: f32,
    /// Principal point in pixels.
    pub center: Vec2,
}

impl HeadCamera {
    /// Head point → (pixel x, pixel y, depth along view Z in dm).
    pub fn project(&self, p: Vec3) -> Vec3 {
        let v = self.rotation * p + self.translation;
        Vec3::new(
            self.focal * v.x / v.z + self.center.x,
            self.focal * v.y / v.z + self.center.y,
            v.z,
        )
    }

    /// Pixel and depth → head point.
    pub fn unproject(&self, x: f32, y: f32, depth: f32) -> Vec3 {
        let v = Vec3::new(
            (x - self.center.x) / self.focal,
            (y - self.center.y) / self.focal,
            1.0,
        ) * depth;
        self.rotation.transpose() * (v - self.translation)
    }

    /// The camera's centre in the head frame.
    pub fn eye(&self) -> Vec3 {
        -(self.rotation.transpose() * self.translation)
    }
}

/// The fitted morphable head.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadFit {
    /// Camera of the photograph.
    pub camera: HeadCamera,
    /// `[64]` identity coefficients, N(0, 1).
    pub identity: Vec<f32>,
    /// `[52]` expression weights.
    pub expression: Vec<f32>,
    /// `[V]` posed vertices in the head frame.
    pub vertices: Vec<Vec3>,
    /// Root mean square landmark residual, in inter-pupillary distances.
    pub residual_ipd: f32,
}

/// What a pixel or splat shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Label {
    /// Face, ears, neck.
    Skin = 0,
    /// Hair and beard beyond the face.
    Hair = 1,
    /// Eyeballs.
    Eye = 2,
    /// Inside of the lips.
    Mouth = 3,
    /// Everything worn.
    Cloth = 4,
}

/// How sure a splat is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Confidence {
    /// A pixel of the photograph.
    Seen = 0,
    /// Seen at a flat angle, or taken from a neighbour.
    Grazing = 1,
    /// Made up.
    Invented = 2,
}

/// The working crop of the photograph in which labels, depth and splats are made.
#[derive(Debug, Clone, PartialEq)]
pub struct Crop {
    /// Camera of the crop's pixels.
    pub camera: HeadCamera,
    /// Crop pixels per photograph pixel.
    pub scale: f32,
    /// Top left corner of the crop in photograph pixels.
    pub origin: Vec2,
    /// Face height in crop pixels.
    pub face_height: f32,
    /// Chin (landmark 152) in crop pixels.
    pub chin: Vec2,
    /// `[478]` landmarks in crop pixels.
    pub landmarks: Vec<Vec2>,
    /// Coverage.
    pub alpha: Plane,
    /// Foreground color.
    pub color: ColorPlane,
}

/// Labels of the crop's pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelMap {
    /// `[height, width]`, meaningful where the crop's alpha is above 0.05.
    pub labels: Vec<Label>,
    /// Share of the projected ear that hair hides: the subject's left, right.
    pub ear_covered: [f32; 2],
    /// Whether the hair is much wider than the face.
    pub wide_hair: bool,
}

/// Front surface seen by the photograph, in crop pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Surface {
    /// Depth along view Z, dm; NaN-free; meaningful where alpha > 0.05.
    pub depth: Plane,
    /// Unit normals in the head frame, towards the camera.
    pub normals: ColorPlane,
}
