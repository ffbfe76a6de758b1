//! Cushions: depth for what has no model, from its outline alone.
//!
//! A mask is blown up like a balloon between two sheets (∆w = −1 inside, w = 0 at the outline, half
//! thickness √(k w)); a disc becomes a cap.

use glam::{Vec2, Vec3};

use super::mesh::VertexPart;
use super::posed::PosedMesh;
use super::radial::CENTER;
use super::surface::{Regions, plane_depth};
use super::types::{HeadCamera, Label, Plane};
use crate::imageops::Grid;
use crate::imageops::blur::{gaussian_masked, weights_of};
use crate::imageops::distance::{NOWHERE, distance_to};
use crate::imageops::solve::{Cell, harmonic_fill, poisson_solve};
use crate::imageops::zbuffer::Hit;

/// Middle plane of hair beyond the shell, dm along head z.
const HAIR_PLANE_Z: f32 = 0.25;
/// Half thickness of hair is √(this · w).
const HAIR_FULLNESS: f32 = 3.0;
/// Half thickness of hair at most, dm.
const HAIR_HALF_MAX: f32 = 0.75;
/// Distance over which free hair bends to meet the shell, dm.
const HAIR_BEND: f32 = 0.25;
/// Hair that hangs over cloth lies this far before it, dm.
const HAIR_OVER_CLOTH: f32 = 0.04;
/// Middle plane of the body, dm along head z.
const BODY_PLANE_Z: f32 = 0.05;
/// Half thickness of the body is √(this · w), softly limited.
const BODY_FULLNESS: f32 = 2.2;
/// Soft limit of the body's half thickness, dm: `limit · (1 − exp(−h / knee))`.
const BODY_LIMIT: f32 = 1.15;
/// See [`BODY_LIMIT`].
const BODY_KNEE: f32 = 0.9;
/// Columns at the picture's sides that count as outline, pixels.
const SIDE_PX: usize = 3;
/// Skin this far below the chin, in face heights, may be a bare shoulder.
const BARE_BELOW: f32 = 0.1;
/// Cloth lies this far before the model's torso, dm.
pub(super) const CLOTH_LIFT: f32 = 0.07;
/// Distance over which cloth leaves the model's torso for the cushion, dm.
const TORSO_REACH: f32 = 0.9;
/// Distance from the outline over which the torso gains its hold on the cloth, dm.
const OUTLINE_REACH: f32 = 0.3;
/// Blur of the torso's pull inside the cloth, in face heights.
const CLOTH_BLUR: f32 = 0.02;

/// Share of the body's turn to the camera, of the head's turn away from it: people turn the head more.
const BODY_TURN: f32 = 0.75;

/// The middle plane of the body: upright, through the neck, and turned to the camera more than the head is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BodyPlane {
    /// Unit, to the front.
    pub normal: Vec3,
    offset: f32,
}

impl BodyPlane {
    /// The plane of the person that a camera sees.
    pub fn new(camera: &HeadCamera) -> Self {
        let to_eye = camera.eye() - CENTER;
        let to_eye = Vec3::new(to_eye.x, 0.0, to_eye.z).normalize_or(Vec3::Z);
        let normal = Vec3::Z.lerp(to_eye, BODY_TURN).normalize_or(Vec3::Z);
        Self {
            normal,
            offset: normal.z * BODY_PLANE_Z,
        }
    }

    /// Height of a point before the plane, dm.
    pub fn height(&self, point: Vec3) -> f32 {
        self.normal.dot(point) - self.offset
    }

    /// Depth at which the ray of a pixel meets the given height before the plane.
    pub fn depth(&self, camera: &HeadCamera, pixel: Vec2, height: f32) -> Option<f32> {
        let eye = camera.eye();
        let ray = camera.unproject(pixel.x, pixel.y, 1.0) - eye;
        let depth = (height - self.height(eye)) / self.normal.dot(ray);
        (depth.is_finite() && depth > 0.0).then_some(depth)
    }
}

/// The cushion of the body.
#[derive(Debug, Clone)]
pub struct BodyCushion {
    /// `[height, width]` where it is defined: cloth, bare shoulders, and what hangs over them.
    pub mask: Vec<bool>,
    /// `[height, width]` pixels that show the body itself: cloth or bare shoulders.
    pub shown: Vec<bool>,
    /// Depth of its front along view Z, dm.
    pub front: Plane,
    /// Half thickness about the body's plane, dm.
    pub half: Plane,
    /// The body's plane.
    pub plane: BodyPlane,
}

/// Half thickness, in the unit of `pixel_size`, of a mask inflated with the given fullness: zero at
/// [`Cell::Known`], free at [`Cell::Outside`].
pub fn half_thickness(cells: &[Cell], grid: Grid, pixel_size: f32, fullness: f32) -> Vec<f32> {
    let mut w = vec![0.0f32; grid.len()];
    let source = vec![-pixel_size * pixel_size; grid.len()];
    poisson_solve(&mut w, cells, &source, grid);
    w.iter().map(|w| (fullness * w.max(0.0)).sqrt()).collect()
}

/// Depth of hair pixels that the shell does not carry: buns, strands, length.
pub(crate) fn hair_beyond_shell(
    regions: &Regions<'_>,
    on_shell: &[bool],
    body: &BodyCushion,
    depth: &mut [f32],
) {
    let hair = regions.mask(|l| l == Label::Hair);
    let beyond: Vec<bool> = (0..hair.len()).map(|i| hair[i] && !on_shell[i]).collect();
    if !beyond.contains(&true) {
        return;
    }
    let camera = &regions.crop.camera;
    let pixel_size = camera.project(CENTER).z / camera.focal;
    let cells: Vec<Cell> = hair
        .iter()
        .map(|h| if *h { Cell::Unknown } else { Cell::Known })
        .collect();
    let half = half_thickness(&cells, regions.grid, pixel_size, HAIR_FULLNESS);
    let cushion = |i: usize| {
        plane_depth(
            camera,
            regions.center(i),
            HAIR_PLANE_Z + half[i].min(HAIR_HALF_MAX),
        )
        .unwrap_or_else(|| camera.project(CENTER).z)
    };
    let to_shell = distance_to(on_shell, regions.grid);
    let bend: Vec<f32> = (0..hair.len())
        .map(|i| match to_shell.nearest[i] {
            j if j != NOWHERE && beyond[i] => {
                let j = j as usize;
                let distance = to_shell.distance[i] * pixel_size;
                (depth[j] - cushion(j)) * (-distance / HAIR_BEND).exp()
            }
            _ => 0.0,
        })
        .collect();
    // The nearest shell pixel jumps; the blur hides where it does.
    let bend = gaussian_masked(&bend, &weights_of(&beyond), regions.grid, 2.0);
    for i in (0..hair.len()).filter(|i| beyond[*i]) {
        depth[i] = cushion(i) + bend[i];
        if body.mask[i] {
            depth[i] = depth[i].min(body.front.values[i] - HAIR_OVER_CLOTH);
        }
    }
}

/// Inflates the body below the head and pulls it onto the model's shoulders.
pub(crate) fn body_cushion(
    regions: &Regions<'_>,
    mesh: &PosedMesh<'_>,
    mesh_hits: &[Hit],
) -> BodyCushion {
    let grid = regions.grid;
    let camera = &regions.crop.camera;
    let pixel_size = camera.project(CENTER).z / camera.focal;
    let plane = BodyPlane::new(camera);
    let shown = body_shown(regions, mesh, mesh_hits);
    let mask = with_what_hangs_over(regions, mesh, mesh_hits, &shown);
    let cells: Vec<Cell> = (0..grid.len())
        .map(|i| match mask[i] {
            _ if at_side(grid, i) => Cell::Known,
            true => Cell::Unknown,
            false if regions.crop.alpha.values[i] <= super::surface::ALPHA_MIN => Cell::Known,
            false => Cell::Outside,
        })
        .collect();
    let half: Vec<f32> = half_thickness(&cells, grid, pixel_size, BODY_FULLNESS)
        .iter()
        .map(|h| BODY_LIMIT * (1.0 - (-h / BODY_KNEE).exp()))
        .collect();
    let typical = camera.project(CENTER).z;
    let mut front: Vec<f32> = (0..grid.len())
        .map(|i| {
            let at = regions.center(i);
            plane.depth(camera, at, half[i]).unwrap_or(typical)
        })
        .collect();

    pull_to_torso(regions, mesh, mesh_hits, (&mask, pixel_size), &mut front);
    let mut half = half;
    for i in (0..grid.len()).filter(|i| mask[*i]) {
        if let Some(back) = plane.depth(camera, regions.center(i), 0.0) {
            front[i] = front[i].min(back);
        }
        let at = regions.center(i);
        half[i] = plane
            .height(camera.unproject(at.x, at.y, front[i]))
            .max(0.0);
    }
    BodyCushion {
        plane,
        mask,
        shown,
        front: Plane::from_values(grid, front),
        half: Plane::from_values(grid, half),
    }
}

/// What the picture cuts at the side is rounded off there; only below it is cut flat.
fn at_side(grid: Grid, pixel: usize) -> bool {
    let x = grid.position(pixel).0;
    x < SIDE_PX || x + SIDE_PX >= grid.width
}

/// Cloth, and skin that lies on the model's torso or goes on beside it.
fn body_shown(regions: &Regions<'_>, mesh: &PosedMesh<'_>, mesh_hits: &[Hit]) -> Vec<bool> {
    let grid = regions.grid;
    let lowest_neck = regions.crop.chin.y + BARE_BELOW * regions.crop.face_height;
    let hit: Vec<bool> = mesh_hits.iter().map(Hit::is_some).collect();
    let nearest = distance_to(&hit, grid).nearest;
    let on_torso = |i: usize| {
        let hit = mesh_hits.get(nearest[i] as usize);
        hit.and_then(|hit| mesh.part_of(hit)) == Some(VertexPart::Torso)
    };
    let skin = regions.mask(|l| l == Label::Skin);
    let cloth = regions.mask(|l| l == Label::Cloth);
    (0..grid.len())
        .map(|i| {
            let bare = skin[i] && grid.position(i).1 as f32 > lowest_neck && on_torso(i);
            cloth[i] || bare
        })
        .collect()
}

/// The body with the hair that hangs over it: hair before the model's torso, or between two parts of the
/// body in a row.
fn with_what_hangs_over(
    regions: &Regions<'_>,
    mesh: &PosedMesh<'_>,
    mesh_hits: &[Hit],
    shown: &[bool],
) -> Vec<bool> {
    let grid = regions.grid;
    let hair = regions.mask(|l| l == Label::Hair);
    let mut mask = shown.to_vec();
    for y in (0..grid.height).filter(|y| *y as f32 > regions.crop.chin.y) {
        let row = y * grid.width..(y + 1) * grid.width;
        let first = shown[row.clone()].iter().position(|s| *s);
        let last = shown[row.clone()].iter().rposition(|s| *s);
        let (first, last) = (first.unwrap_or(grid.width), last.unwrap_or(0));
        for (x, i) in row.enumerate().filter(|(_, i)| hair[*i]) {
            let torso = mesh.part_of(&mesh_hits[i]) == Some(VertexPart::Torso);
            mask[i] |= torso || (first < x && x < last);
        }
    }
    mask
}

/// Moves the cushion's front to just before the model's torso and neck, fading with the distance.
fn pull_to_torso(
    regions: &Regions<'_>,
    mesh: &PosedMesh<'_>,
    mesh_hits: &[Hit],
    (mask, pixel_size): (&[bool], f32),
    front: &mut [f32],
) {
    let grid = regions.grid;
    let torso: Vec<bool> = (0..grid.len())
        .map(|i| {
            mask[i]
                && matches!(
                    mesh.part_of(&mesh_hits[i]),
                    Some(VertexPart::Torso | VertexPart::Neck)
                )
        })
        .collect();
    if !torso.contains(&true) {
        return;
    }
    let cells: Vec<Cell> = (0..grid.len())
        .map(|i| match (mask[i], torso[i]) {
            (false, _) => Cell::Outside,
            (true, true) => Cell::Known,
            (true, false) => Cell::Unknown,
        })
        .collect();
    let mut offset: Vec<f32> = (0..grid.len())
        .map(|i| match torso[i] {
            true => mesh_hits[i].depth - CLOTH_LIFT - front[i],
            false => 0.0,
        })
        .collect();
    harmonic_fill(&mut offset, &cells, grid);
    let outside: Vec<bool> = (0..grid.len())
        .map(|i| regions.crop.alpha.values[i] <= super::surface::ALPHA_MIN || at_side(grid, i))
        .collect();
    let from_outline = distance_to(&outside, grid).distance;
    let from_torso = distance_to(&torso, grid).distance;
    for i in (0..grid.len()).filter(|i| mask[*i]) {
        // At the outline the cushion's front meets its back; there the torso does not rule.
        let outline = 1.0 - (-(from_outline[i] * pixel_size / OUTLINE_REACH).powi(2)).exp();
        offset[i] *= outline * (-from_torso[i] * pixel_size / TORSO_REACH).exp();
    }
    let sigma = CLOTH_BLUR * regions.crop.face_height;
    let offset = gaussian_masked(&offset, &weights_of(mask), grid, sigma);
    for i in (0..grid.len()).filter(|i| mask[*i]) {
        front[i] += offset[i];
    }
}

#[cfg(test)]
mod tests {
    use glam::Mat3;

    use super::*;

    #[test]
    fn the_body_turns_to_the_camera_and_its_heights_are_found_again() {
        let half_turn = Mat3::from_rotation_x(std::f32::consts::PI);
        let rotation = half_turn * Mat3::from_rotation_y(-0.5);
        let camera = HeadCamera {
            rotation,
            translation: Vec3::new(0.0, 0.0, 15.0) - rotation * CENTER,
            focal: 900.0,
            center: Vec2::new(200.0, 150.0),
        };
        let plane = BodyPlane::new(&camera);
        let turn = plane.normal.x.atan2(plane.normal.z);
        assert!((0.3..0.5).contains(&turn), "{turn} of 0.5");
        let depth = plane.depth(&camera, Vec2::new(240.0, 190.0), 0.3).unwrap();
        let height = plane.height(camera.unproject(240.0, 190.0, depth));
        assert!((height - 0.3).abs() < 1e-4, "{height}");
    }

    #[test]
    fn a_disc_becomes_a_cap() {
        // ∆w = -1 in a disc of radius R: w = (R² - r²) / 4; fullness 4 gives the half ball itself.
        let grid = Grid::new(101, 101);
        let radius = 40.0f32;
        let from_middle = |i: usize| {
            let (x, y) = grid.position(i);
            (x as f32 - 50.0).hypot(y as f32 - 50.0)
        };
        let cells: Vec<Cell> = (0..grid.len())
            .map(|i| match from_middle(i) < radius {
                true => Cell::Unknown,
                false => Cell::Known,
            })
            .collect();
        let half = half_thickness(&cells, grid, 0.1, 4.0);
        for i in (0..grid.len()).filter(|i| from_middle(*i) < 0.9 * radius) {
            let expected = 0.1 * (radius * radius - from_middle(i).powi(2)).sqrt();
            // The staircase outline is up to a pixel off, 0.1 here.
            assert!(
                (half[i] - expected).abs() < 0.1,
                "{} for {expected}",
                half[i]
            );
        }
    }
}
