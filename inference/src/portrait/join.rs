//! Hair rises from the skin that it borders.
//!
//! The shell stands off the skin, and its front edge is wherever the labels put it. A step there would
//! open, seen from anywhere but the camera, a dark crack along the forehead and behind the fringe.

use super::radial::CENTER;
use super::surface::Regions;
use super::types::Label;
use crate::imageops::blur::{gaussian_masked, weights_of};
use crate::imageops::distance::{NOWHERE, distance_to};
use crate::imageops::zbuffer::Hit;

/// Hair stands off the skin at its border by at most this, dm.
const STEP: f32 = 0.006;
/// Farther inside the hair it may stand off more, dm per dm.
const SLOPE: f32 = 1.3;
/// Blur of the border's depth along the border, in face heights: labels are ragged.
const BORDER_BLUR: f32 = 0.012;
/// Farther from skin than this the shell is free, in face heights.
const REACH: f32 = 0.2;

/// Pushes hair on the shell back towards the depth of the skin that it borders; returns which pixels it
/// pushed.
pub(crate) fn join_hair(
    regions: &Regions<'_>,
    (on_shell, mesh_hits): (&[bool], &[Hit]),
    depth: &mut [f32],
) -> Vec<bool> {
    let grid = regions.grid;
    let skin = regions.mask(|l| matches!(l, Label::Skin | Label::Eye));
    // What the mesh does not carry has a guessed depth.
    let border: Vec<bool> = (0..grid.len())
        .map(|i| skin[i] && mesh_hits[i].is_some())
        .collect();
    let field = distance_to(&border, grid);
    let typical = regions.crop.camera.project(CENTER).z;
    let pixel_size = typical / regions.crop.camera.focal;
    let reach = REACH * regions.crop.face_height;
    let near = |i: usize| on_shell[i] && field.distance[i] < reach && field.nearest[i] != NOWHERE;
    let limit: Vec<f32> = (0..grid.len())
        .map(|i| {
            if !near(i) {
                return 0.0;
            }
            let rise = STEP + SLOPE * field.distance[i] * pixel_size;
            depth[field.nearest[i] as usize] - rise
        })
        .collect();
    let mask: Vec<bool> = (0..grid.len()).map(near).collect();
    let sigma = BORDER_BLUR * regions.crop.face_height;
    let limit = gaussian_masked(&limit, &weights_of(&mask), grid, sigma);
    let mut pushed = vec![false; grid.len()];
    for i in (0..grid.len()).filter(|i| mask[*i]) {
        let mut joined = depth[i].max(limit[i]);
        if mesh_hits[i].is_some() {
            // Never into the skin.
            joined = joined
                .min(mesh_hits[i].depth - STEP)
                .max(depth[i].min(joined));
        }
        pushed[i] = joined > depth[i];
        depth[i] = joined;
    }
    pushed
}

#[cfg(test)]
mod tests {
    use glam::{Mat3, Vec2, Vec3};

    use super::*;
    use crate::imageops::Grid;
    use crate::portrait::types::{ColorPlane, Crop, HeadCamera, LabelMap, Plane};

    #[test]
    fn hair_before_skin_starts_at_the_skin_and_rises_evenly() {
        let grid = Grid::new(60, 8);
        let is_hair = |i: usize| grid.position(i).0 >= 20;
        let rotation = Mat3::from_rotation_x(std::f32::consts::PI);
        let camera = HeadCamera {
            rotation,
            translation: Vec3::new(0.0, 0.0, 15.0) - rotation * CENTER,
            focal: 1500.0,
            center: Vec2::new(30.0, 4.0),
        };
        let crop = Crop {
            camera,
            scale: 1.0,
            origin: Vec2::ZERO,
            face_height: 180.0,
            chin: Vec2::new(30.0, 100.0),
            landmarks: Vec::new(),
            alpha: Plane::filled(grid, 1.0),
            color: ColorPlane::filled(grid, Vec3::ONE),
        };
        let pick = |i: usize| if is_hair(i) { Label::Hair } else { Label::Skin };
        let labels = LabelMap {
            labels: (0..grid.len()).map(pick).collect(),
            ear_covered: [0.0; 2],
            wide_hair: false,
        };
        let regions = Regions {
            grid,
            crop: &crop,
            labels: &labels,
        };
        let skin = Hit {
            triangle: 0,
            weights: Vec3::X,
            depth: 15.0,
        };
        // Skin 15 dm away goes on under hair that hangs 2 cm before it.
        let hits = vec![skin; grid.len()];
        let on_shell: Vec<bool> = (0..grid.len()).map(is_hair).collect();
        let mut depth: Vec<f32> = (0..grid.len())
            .map(|i| if is_hair(i) { 14.8 } else { 15.0 })
            .collect();
        let pushed = join_hair(&regions, (&on_shell, &hits), &mut depth);
        // A pixel is 0.01 dm wide.
        for x in 20..60 {
            let i = grid.index(x, 4);
            assert!(depth[i] < 15.0, "before the skin at {x}");
            let step = depth[i - 1] - depth[i];
            assert!((-1e-4..0.05).contains(&step), "a step of {step} dm at {x}");
        }
        let inside = grid.index(55, 4);
        assert!(
            (depth[inside] - 14.8).abs() < 1e-4 && !pushed[inside],
            "free hair stays"
        );
        assert!(pushed[grid.index(21, 4)], "hair at the border moves");
    }
}
