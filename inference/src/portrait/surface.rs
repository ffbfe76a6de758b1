//! The front surface that the photograph sees: depth and normals of every pixel.
//!
//! Skin and eyes lie on the fitted mesh, the mouth behind the lips, hair on the hair shell or on a
//! cushion of its own, cloth on a cushion over the model's shoulders.

use glam::{Vec2, Vec3};

use super::inflate::{self, BodyCushion};
use super::join::join_hair;
use super::posed::PosedMesh;
use super::sheets;
use super::shell::HairShell;
use super::types::{ColorPlane, Crop, HeadCamera, Label, LabelMap, Plane, Surface};
use crate::imageops::components::components;
use crate::imageops::distance::{NOWHERE, distance_to, distances};
use crate::imageops::morphology::{dilate, open};
use crate::imageops::solve::{Cell, harmonic_fill};
use crate::imageops::zbuffer::Hit;
use crate::imageops::{Grid, blur};

/// Pixels below this coverage carry nothing.
pub const ALPHA_MIN: f32 = 0.05;
/// Skin that the mesh misses is never behind this plane, dm along head z; else it trails as threads.
const SKIN_BACK_Z: f32 = 0.1;
/// The same below the jaw.
const NECK_BACK_Z: f32 = -0.2;
/// Skin that ends this near beyond the mesh is its rim, in face heights.
const LOOSE: f32 = 0.03;
/// The shell is used above this height, dm; below it hair hangs freely.
const SHELL_LOWEST_Y: f32 = 6.2;
/// Hair lies at least this far before the skin under it, dm.
const HAIR_LIFT: f32 = 0.03;
/// Hair thinner than twice this, in face heights, does not stand off the skin.
const THIN: f32 = 0.03;
/// Islands in cloth smaller than this share of a squared face height are things on the cloth.
const ISLAND: f32 = 0.02;
/// Blur of the step between bare shoulders and cloth, in face heights.
const BARE_BLUR: f32 = 0.04;
/// Blur of normals found from depth, in face heights.
const NORMAL_BLUR: f32 = 0.012;

/// The front surface with what was found on the way; later stages read it too.
#[derive(Debug, Clone)]
pub struct Front {
    /// What every pixel's surface belongs to: the labels without what is too small to have its own.
    pub labels: LabelMap,
    /// Depth and normals.
    pub surface: Surface,
    /// The hair shell.
    pub shell: HairShell,
    /// `[height, width]` what the pixels see of the mesh.
    pub mesh_hits: Vec<Hit>,
    /// `[height, width]` for skin just beyond the mesh the nearest pixel that sees it, else [`NOWHERE`].
    pub rim_of: Vec<u32>,
    /// `[height, width]` hair pixels that lie on the shell.
    pub on_shell: Vec<bool>,
    /// `[height, width]` of these, those pushed back to the skin that they border.
    pub joined: Vec<bool>,
    /// The cushion of the body, defined where it is.
    pub body: Box<BodyCushion>,
    /// `[V]` vertices of the mesh under the surface, dm: its outline follows the photograph's.
    pub vertices: Vec<Vec3>,
}

impl Front {
    /// Head point of a pixel's surface.
    pub fn point(&self, camera: &HeadCamera, pixel: usize) -> Vec3 {
        let (x, y) = self.surface.depth.grid().position(pixel);
        let depth = self.surface.depth.values[pixel];
        camera.unproject(x as f32 + 0.5, y as f32 + 0.5, depth)
    }

    /// What the photograph shows on the other half of the head, where it sees that well: of a head that is
    /// turned away it is the better half.
    pub fn mirrored_label(&self, crop: &Crop, p: Vec3) -> Option<Label> {
        /// How far what is seen may be off the mirrored point, dm.
        const OFF: f32 = 0.25;
        /// Least cosine between the seen surface and its ray.
        const FACING: f32 = 0.4;
        let p = Vec3::new(-p.x, p.y, p.z);
        let at = crop.camera.project(p);
        let i = crop.alpha.grid().pixel_at(at.x, at.y)?;
        let to_eye = (crop.camera.eye() - p).normalize_or(Vec3::Z);
        let seen = crop.alpha.values[i] > 0.9
            && (at.z - self.surface.depth.values[i]).abs() < OFF
            && self.surface.normals.values[i].dot(to_eye) > FACING;
        seen.then(|| self.labels.labels[i])
    }
}

/// Depth at which the ray of a pixel meets the plane `z_head = z`; `None` where it never does.
pub fn plane_depth(camera: &HeadCamera, pixel: Vec2, z: f32) -> Option<f32> {
    let eye = camera.eye();
    let ray = camera.unproject(pixel.x, pixel.y, 1.0) - eye;
    let depth = (z - eye.z) / ray.z;
    (depth.is_finite() && depth > 0.0).then_some(depth)
}

/// Which pixels show anything, and what.
pub(crate) struct Regions<'a> {
    pub(crate) grid: Grid,
    pub(crate) crop: &'a Crop,
    pub(crate) labels: &'a LabelMap,
}

impl Regions<'_> {
    pub(crate) fn mask(&self, is: impl Fn(Label) -> bool) -> Vec<bool> {
        (0..self.grid.len())
            .map(|i| self.crop.alpha.values[i] > ALPHA_MIN && is(self.labels.labels[i]))
            .collect()
    }

    pub(crate) fn center(&self, pixel: usize) -> Vec2 {
        let (x, y) = self.grid.position(pixel);
        Vec2::new(x as f32 + 0.5, y as f32 + 0.5)
    }
}

/// Finds the front surface.
pub fn front_surface(mesh: &PosedMesh<'_>, crop: &Crop, labels: &LabelMap) -> Front {
    let labels = settled(crop, labels);
    let regions = Regions {
        grid: crop.alpha.grid(),
        crop,
        labels: &labels,
    };
    let mesh_hits = mesh.z_buffer(&crop.camera, regions.grid);
    let shell = HairShell::new(&mesh.skull_points(), crop, &labels);
    let mut depth = vec![f32::NAN; regions.grid.len()];

    let rim_of = skin_depth(&regions, &mesh_hits, &mut depth);
    sheets::mouth_depth(&regions, &mut depth);
    sheets::eye_depth(&regions, mesh, &mesh_hits, &mut depth);
    let body = inflate::body_cushion(&regions, mesh, &mesh_hits);
    let under = bare_depth(&regions, &body);
    for i in (0..depth.len()).filter(|i| body.shown[*i]) {
        depth[i] = body.front.values[i] + under[i];
    }
    let shell_hits = shell.z_buffer(regions.grid);
    let hits = (shell_hits.as_slice(), mesh_hits.as_slice());
    let on_shell = hair_on_shell(&regions, &shell, hits, &mut depth);
    let joined = join_hair(&regions, (&on_shell, &mesh_hits), &mut depth);
    inflate::hair_beyond_shell(&regions, &on_shell, &body, &mut depth);
    fill_rest(&regions, &mut depth);

    let normals = normals(&regions, mesh, &shell, (&mesh_hits, &on_shell), &depth);
    Front {
        surface: Surface {
            depth: Plane::from_values(regions.grid, depth),
            normals: ColorPlane::from_values(regions.grid, normals),
        },
        labels,
        shell,
        mesh_hits,
        rim_of,
        on_shell,
        joined,
        body: Box::new(body),
        vertices: mesh.vertices.clone(),
    }
}

/// How far bare shoulders lie under where cloth would, dm; where labels of the two mix, no step shows.
fn bare_depth(regions: &Regions<'_>, body: &BodyCushion) -> Vec<f32> {
    let under: Vec<f32> = (0..regions.grid.len())
        .map(|i| match regions.labels.labels[i] {
            Label::Skin => inflate::CLOTH_LIFT,
            _ => 0.0,
        })
        .collect();
    let sigma = BARE_BLUR * regions.crop.face_height;
    blur::gaussian_masked(&under, &blur::weights_of(&body.shown), regions.grid, sigma)
}

/// Labels whose regions are large enough to carry a surface of their own: slivers of hair along jaw and ear
/// and strands on the forehead lie on the skin, pins and logos on the cloth.
fn settled(crop: &Crop, labels: &LabelMap) -> LabelMap {
    let regions = Regions {
        grid: crop.alpha.grid(),
        crop,
        labels,
    };
    let mut settled = labels.clone();
    for (i, clinging) in clinging_hair(&regions).iter().enumerate() {
        if *clinging {
            settled.labels[i] = Label::Skin;
        }
    }
    let cloth = regions.mask(|l| l == Label::Cloth);
    let head = regions.mask(|l| l != Label::Cloth);
    let largest = ISLAND * crop.face_height * crop.face_height;
    let parts = components(&head, regions.grid);
    let to_cloth = distances(&cloth, regions.grid);
    for i in (0..head.len()).filter(|i| head[*i] && to_cloth[*i].is_finite()) {
        if (parts.sizes[parts.region[i] as usize] as f32) < largest {
            settled.labels[i] = Label::Cloth;
        }
    }
    settled
}

/// Skin and eyes: the mesh where it is hit, its depth at the rim just beyond it, and a smooth continuation
/// where the photograph has still more skin. Returns which mesh pixel each rim pixel belongs to.
fn skin_depth(regions: &Regions<'_>, hits: &[Hit], depth: &mut [f32]) -> Vec<u32> {
    let skin = regions.mask(|l| matches!(l, Label::Skin | Label::Eye));
    let camera = &regions.crop.camera;
    let cells: Vec<Cell> = (0..skin.len())
        .map(|i| match (skin[i], hits[i].is_some()) {
            (false, _) => Cell::Outside,
            (true, true) => Cell::Known,
            (true, false) => Cell::Unknown,
        })
        .collect();
    let typical = camera.project(super::radial::CENTER).z;
    let mut values: Vec<f32> = hits
        .iter()
        .map(|h| if h.is_some() { h.depth } else { typical })
        .collect();
    harmonic_fill(&mut values, &cells, regions.grid);
    let known: Vec<bool> = cells.iter().map(|c| *c == Cell::Known).collect();
    let to_mesh = distance_to(&known, regions.grid);
    let mut rim_of = vec![NOWHERE; depth.len()];
    for i in (0..depth.len()).filter(|i| skin[*i]) {
        depth[i] = values[i];
        if cells[i] == Cell::Unknown && to_mesh.distance[i] < LOOSE * regions.crop.face_height {
            rim_of[i] = to_mesh.nearest[i];
            depth[i] = hits[to_mesh.nearest[i] as usize].depth;
        } else if cells[i] == Cell::Unknown {
            let at = regions.center(i);
            let below_jaw = at.y > regions.crop.chin.y;
            let z = if below_jaw { NECK_BACK_Z } else { SKIN_BACK_Z };
            if let Some(limit) = plane_depth(camera, at, z) {
                // An island without any mesh under it has no better guess than the plane.
                depth[i] = if depth[i] > 0.5 * typical {
                    depth[i].min(limit)
                } else {
                    limit
                };
            }
        }
    }
    rim_of
}

/// Hair too thin to stand off: strands on the forehead, slivers that the labels leave along jaw and ear.
/// Only what lies nearer to skin than to thick hair clings to the skin.
fn clinging_hair(regions: &Regions<'_>) -> Vec<bool> {
    let hair = regions.mask(|l| l == Label::Hair);
    let radius = THIN * regions.crop.face_height;
    let thick = dilate(&open(&hair, regions.grid, radius), regions.grid, 2.0);
    let skin = regions.mask(|l| l == Label::Skin);
    let to_thick = distances(&thick, regions.grid);
    let to_skin = distances(&skin, regions.grid);
    (0..hair.len())
        .map(|i| hair[i] && !thick[i] && to_skin[i] < to_thick[i])
        .collect()
}

/// Hair takes the shell's depth, before the mesh; returns which pixels did.
fn hair_on_shell(
    regions: &Regions<'_>,
    shell: &HairShell,
    (shell_hits, mesh_hits): (&[Hit], &[Hit]),
    depth: &mut [f32],
) -> Vec<bool> {
    let hair = regions.mask(|l| l == Label::Hair);
    let camera = &regions.crop.camera;
    let triangles = super::radial::RadialSurface::triangles();
    let points = shell.surface.points();
    (0..hair.len())
        .map(|i| {
            let hit = &shell_hits[i];
            if !hair[i] || !hit.is_some() {
                return false;
            }
            if hit.interpolate(&triangles, &points).y < SHELL_LOWEST_Y {
                return false;
            }
            let at = regions.center(i);
            let ray = camera.unproject(at.x, at.y, 1.0) - camera.eye();
            depth[i] = hit.depth;
            if mesh_hits[i].is_some() {
                depth[i] = depth[i].min(mesh_hits[i].depth - HAIR_LIFT / ray.length());
            }
            true
        })
        .collect()
}

/// Gives every covered pixel that is still without a depth that of the nearest one that has it.
fn fill_rest(regions: &Regions<'_>, depth: &mut [f32]) {
    let known: Vec<bool> = depth.iter().map(|d| d.is_finite()).collect();
    let nearest = distance_to(&known, regions.grid).nearest;
    let fallback = regions.crop.camera.project(super::radial::CENTER).z;
    for i in (0..depth.len()).filter(|i| !known[*i]) {
        depth[i] = match nearest[i] {
            NOWHERE => fallback,
            j => depth[j as usize],
        };
    }
}

/// Unit normals in the head frame, towards the camera: of the mesh, of the shell, else of the depth.
fn normals(
    regions: &Regions<'_>,
    mesh: &PosedMesh<'_>,
    shell: &HairShell,
    (mesh_hits, on_shell): (&[Hit], &[bool]),
    depth: &[f32],
) -> Vec<Vec3> {
    let camera = &regions.crop.camera;
    let eye = camera.eye();
    let from_depth = depth_normals(regions, depth);
    (0..depth.len())
        .map(|i| {
            let at = regions.center(i);
            let point = camera.unproject(at.x, at.y, depth[i]);
            let to_eye = (eye - point).normalize_or(Vec3::Z);
            let normal = match regions.labels.labels[i] {
                Label::Skin | Label::Eye if mesh_hits[i].is_some() => {
                    mesh_hits[i].interpolate(&mesh.model.triangles, &mesh.normals)
                }
                Label::Hair if on_shell[i] => shell
                    .surface
                    .normal((point - super::radial::CENTER).normalize_or(Vec3::Z)),
                _ => from_depth[i],
            };
            towards(normal.normalize_or(to_eye), to_eye)
        })
        .collect()
}

/// Turns a unit normal that looks away from the eye onto the plane that it sees edge-on.
fn towards(normal: Vec3, to_eye: Vec3) -> Vec3 {
    /// Least cosine between a seen surface's normal and its ray.
    const FACING_MIN: f32 = 0.02;
    let facing = normal.dot(to_eye);
    if facing >= FACING_MIN {
        normal
    } else {
        (normal + to_eye * (FACING_MIN - facing)).normalize_or(to_eye)
    }
}

/// Normals of the depth map, by differences inside one label, blurred inside it.
fn depth_normals(regions: &Regions<'_>, depth: &[f32]) -> Vec<Vec3> {
    let grid = regions.grid;
    let camera = &regions.crop.camera;
    let labels = &regions.labels.labels;
    let visible = regions.mask(|_| true);
    let point = |i: usize| {
        let at = regions.center(i);
        camera.unproject(at.x, at.y, depth[i])
    };
    let difference = |i: usize, ahead: Option<usize>, behind: Option<usize>| {
        let same = |j: &usize| visible[*j] && labels[*j] == labels[i];
        let (a, b) = (
            ahead.filter(same).unwrap_or(i),
            behind.filter(same).unwrap_or(i),
        );
        (a != b).then(|| point(a) - point(b))
    };
    let raw: Vec<Vec3> = (0..grid.len())
        .map(|i| {
            if !visible[i] {
                return Vec3::ZERO;
            }
            let [left, right, above, below] = grid.neighbors(i);
            let to_eye = (camera.eye() - point(i)).normalize_or(Vec3::Z);
            match (difference(i, right, left), difference(i, below, above)) {
                (Some(dx), Some(dy)) => {
                    let n = dx.cross(dy).normalize_or(to_eye);
                    if n.dot(to_eye) < 0.0 { -n } else { n }
                }
                _ => to_eye,
            }
        })
        .collect();
    let sigma = NORMAL_BLUR * regions.crop.face_height;
    let mut normals = raw.clone();
    for label in [Label::Cloth, Label::Mouth, Label::Hair] {
        let own = regions.mask(|l| l == label);
        let smooth = blur::gaussian_masked(&raw, &blur::weights_of(&own), grid, sigma);
        for i in (0..grid.len()).filter(|i| own[*i]) {
            normals[i] = smooth[i];
        }
    }
    normals
}
