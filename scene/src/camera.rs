//! A pinhole camera in the convention of the papers.

use glam::{Affine3A, Mat3A, Vec3};
use serde::{Deserialize, Serialize};

/// How rays leave a camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Projection {
    /// All from the eye: far things look smaller.
    #[default]
    Perspective,
    /// Side by side along the view axis: sizes can be compared.
    Orthographic,
}

/// Camera with view axes X right, Y down, Z forward (OpenCV, COLMAP), pixel centres at +0.5.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PinholeCamera {
    /// Rigid map from world to view.
    pub view_from_world: Affine3A,
    /// Focal lengths in pixels; pixels per metre where the projection is orthographic.
    pub fx: f32,
    /// See [`Self::fx`].
    pub fy: f32,
    /// Principal point in pixels from the image's top left corner.
    pub cx: f32,
    /// See [`Self::cx`].
    pub cy: f32,
    /// Image width in pixels.
    pub width: u32,
    /// Image height in pixels.
    pub height: u32,
    /// Splats nearer than this (along view Z) are not drawn, metres.
    pub near: f32,
    /// Splats farther than this (along view Z) are not drawn, metres; may be infinite.
    // Some formats know no infinity.
    #[serde(default = "infinity", skip_serializing_if = "is_infinite")]
    pub far: f32,
    /// How rays leave it.
    pub projection: Projection,
}

impl PinholeCamera {
    /// Default near plane, metres.
    pub const NEAR: f32 = 0.01;

    /// A camera at `eye` that looks at `target`, `up` upwards in the image, principal point in the
    /// middle. `fov_y` is the full vertical angle in radians.
    pub fn look_at(eye: Vec3, target: Vec3, up: Vec3, fov_y: f32, size: [u32; 2]) -> Self {
        let forward = (target - eye).normalize_or(Vec3::NEG_Z);
        let right = forward
            .cross(up)
            .normalize_or(forward.any_orthonormal_vector());
        let down = forward.cross(right);
        // Rows of `view_from_world` are the view axes in world coordinates.
        let rotation = Mat3A::from_cols(right.into(), down.into(), forward.into()).transpose();
        let translation = -(rotation * glam::Vec3A::from(eye));
        let focal = 0.5 * size[1] as f32 / (0.5 * fov_y).tan();
        Self {
            view_from_world: Affine3A::from_mat3_translation(rotation.into(), translation.into()),
            fx: focal,
            fy: focal,
            cx: 0.5 * size[0] as f32,
            cy: 0.5 * size[1] as f32,
            width: size[0],
            height: size[1],
            near: Self::NEAR,
            far: f32::INFINITY,
            projection: Projection::Perspective,
        }
    }

    /// The camera's centre in the world.
    pub fn eye(&self) -> Vec3 {
        self.view_from_world.inverse().translation.into()
    }

    /// Direction the camera looks in, world frame, unit.
    pub fn forward(&self) -> Vec3 {
        self.view_from_world.matrix3.row(2).into()
    }

    /// The same camera with parallel rays; what lies at `depth` keeps its size in the image.
    pub fn orthographic_at(&self, depth: f32) -> Self {
        Self {
            fx: self.fx / depth,
            fy: self.fy / depth,
            projection: Projection::Orthographic,
            ..*self
        }
    }

    /// By how much offsets from the view axis shrink at a depth along view Z.
    fn shrink(&self, depth: f32) -> f32 {
        match self.projection {
            Projection::Perspective => depth,
            Projection::Orthographic => 1.0,
        }
    }

    /// Pixels that a metre across the view axis covers at a depth along view Z.
    pub fn px_per_metre(&self, depth: f32) -> f32 {
        self.fy / self.shrink(depth)
    }

    /// World point → (pixel x, pixel y, depth along view Z).
    pub fn project(&self, point: Vec3) -> Vec3 {
        let p = self.view_from_world.transform_point3(point);
        let shrink = self.shrink(p.z);
        Vec3::new(
            self.fx * p.x / shrink + self.cx,
            self.fy * p.y / shrink + self.cy,
            p.z,
        )
    }

    /// Pixel and depth along view Z → world point.
    pub fn unproject(&self, x: f32, y: f32, depth: f32) -> Vec3 {
        let spread = self.shrink(depth);
        let p = Vec3::new(
            (x - self.cx) / self.fx * spread,
            (y - self.cy) / self.fy * spread,
            depth,
        );
        self.view_from_world.inverse().transform_point3(p)
    }
}

fn infinity() -> f32 {
    f32::INFINITY
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over references"
)]
fn is_infinite(value: &f32) -> bool {
    value.is_infinite()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_at_projects_the_target_to_the_middle_and_up_to_the_top() {
        let camera = PinholeCamera::look_at(
            Vec3::new(1.0, 2.0, 5.0),
            Vec3::ZERO,
            Vec3::Y,
            0.8,
            [640, 480],
        );
        let middle = camera.project(Vec3::ZERO);
        assert!(
            (middle.x - 320.0).abs() < 1e-2 && (middle.y - 240.0).abs() < 1e-2,
            "{middle}"
        );
        assert!(
            camera.project(Vec3::new(0.0, 0.1, 0.0)).y < middle.y,
            "up must be upwards"
        );
        assert!(
            (camera.eye() - Vec3::new(1.0, 2.0, 5.0)).length() < 1e-4,
            "{}",
            camera.eye()
        );
        let back = camera.unproject(middle.x, middle.y, middle.z);
        assert!(back.length() < 1e-3, "{back}");
    }

    #[test]
    fn an_orthographic_camera_keeps_sizes_and_meets_the_other_at_its_depth() {
        let eye = Vec3::new(0.0, 0.0, 4.0);
        let pinhole = PinholeCamera::look_at(eye, Vec3::ZERO, Vec3::Y, 0.8, [640, 480]);
        let camera = pinhole.orthographic_at(4.0);
        let point = Vec3::new(0.3, 0.2, 0.0);
        let both = [pinhole.project(point), camera.project(point)];
        assert!((both[0] - both[1]).length() < 1e-3, "{both:?}");
        let nearer = camera.project(point + Vec3::Z);
        assert!((nearer.truncate() - both[1].truncate()).length() < 1e-3);
        let back = camera.unproject(nearer.x, nearer.y, nearer.z);
        assert!((back - point - Vec3::Z).length() < 1e-4, "{back}");
    }
}
