//! From the head frame (dm, about the model's origin) to the cloud's frame (metres, about the head's middle).
//!
//! Both are right-handed with y up and z out of the face; only origin and unit differ.

use glam::{Affine3A, Vec3};
use scene::{PinholeCamera, Projection};

use super::types::HeadCamera;
use crate::imageops::Grid;

/// The head's middle, dm in the head frame: halfway between ears, chin and crown.
pub const MIDDLE: Vec3 = Vec3::new(0.0, 7.3, 0.5);
/// Metres per dm.
pub const METRES: f32 = 0.1;

/// Head point (dm) → cloud point (metres).
pub fn cloud_from_head(p: Vec3) -> Vec3 {
    (p - MIDDLE) * METRES
}

/// Cloud point (metres) → head point (dm).
pub fn head_from_cloud(p: Vec3) -> Vec3 {
    p / METRES + MIDDLE
}

/// The crop's camera as one that looks at the cloud.
pub fn pinhole(camera: &HeadCamera, grid: Grid) -> PinholeCamera {
    let translation = (camera.rotation * MIDDLE + camera.translation) * METRES;
    PinholeCamera {
        view_from_world: Affine3A::from_mat3_translation(camera.rotation, translation),
        fx: camera.focal,
        fy: camera.focal,
        cx: camera.center.x,
        cy: camera.center.y,
        width: grid.width as u32,
        height: grid.height as u32,
        near: PinholeCamera::NEAR,
        far: f32::INFINITY,
        projection: Projection::Perspective,
    }
}

#[cfg(test)]
mod tests {
    use glam::{Mat3, Vec2};

    use super::*;

    #[test]
    fn both_cameras_see_a_point_in_the_same_pixel() {
        let camera = HeadCamera {
            rotation: Mat3::from_rotation_y(0.2) * Mat3::from_rotation_x(std::f32::consts::PI),
            translation: Vec3::new(0.3, 7.0, 15.0),
            focal: 900.0,
            center: Vec2::new(200.0, 150.0),
        };
        let p = Vec3::new(0.4, 7.9, 1.1);
        let seen = camera.project(p);
        let found = pinhole(&camera, Grid::new(400, 300)).project(cloud_from_head(p));
        assert!(
            (seen.truncate() - found.truncate()).length() < 1e-2,
            "{seen} {found}"
        );
        assert!((seen.z * METRES - found.z).abs() < 1e-4, "depth in metres");
        assert!(
            (head_from_cloud(cloud_from_head(p)) - p).length() < 1e-5,
            "inverse"
        );
    }
}
