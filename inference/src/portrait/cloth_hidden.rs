//! Cloth that the photograph does not show: the back with its slope up to the neck, and the cut of the bust.

use glam::{Vec2, Vec3};

use super::cloth_color::{BackLook, DETAIL_LEAST, back_look};
use super::hair_tone::with_detail;
use super::inflate::BodyPlane;
use super::mesh::VertexPart;
use super::photo::falling;
use super::posed::PosedMesh;
use super::radial::CENTER;
use super::skin::pixel_center;
use super::surface::Front;
use super::surfel::Surfel;
use super::types::{Confidence, Crop, LabelMap};
use crate::imageops::distance::{distance_to, distances};
use crate::imageops::morphology::{both, erode};
use crate::imageops::solve::{Cell, harmonic_fill};
use crate::imageops::zbuffer::z_buffer;
use crate::imageops::{Grid, bilinear, blur};

/// Coverage from which a pixel is inside.
const INSIDE: f32 = 0.5;
/// Samples stay this far inside the outline, so that their soft edges do not spread it, pixels.
const INSET_PX: f32 = 1.0;
/// The back is this much flatter than the front.
const BACK_SHARE: f32 = 0.85;
/// Collars are looked for this far to both sides of the chin, in face heights.
const COLLAR: f32 = 0.75;
/// They stand at most this far above the chin, in face heights.
const STANDING: f32 = 0.2;
/// The back slopes up to the neck over this distance, dm.
const SLOPE: f32 = 0.7;
/// Beyond this distance from the model's neck, dm, nothing slopes: there hair hangs beside the body.
const NECK_REACH: [f32; 2] = [0.7, 1.4];
/// Height at which the slope ends where the model has no neck, dm.
const NECK: f32 = -0.17;
/// The nape lies behind this height, dm.
const NAPE_MAX: f32 = 0.15;
/// Cloth lies at least this far behind the model's neck, dm.
const CLOTH_LIFT: f32 = 0.05;
/// Cloth that stands as high behind hides the neck's sides up to this height before the body's plane, dm.
const SIDE_OF_NECK: f32 = 0.25;
/// The body is at least this thick, dm.
const THINNEST: f32 = 0.08;
/// Blur of the back's height, in face heights.
const HEIGHT_BLUR: f32 = 0.03;
/// Columns in which the back's upper edge is known.
const TOPS: usize = 64;
/// Columns to both sides that count as the same place.
const TOPS_NEAR: usize = 2;
/// They reach this far to both sides, dm.
const TOPS_REACH: f32 = 2.5;
/// The cut of the bust is this much darker than the cloth.
const CUT_SHADE: f32 = 0.55;
/// Standard deviation of a sample, in spacings.
const SIGMA: f32 = 0.75;
/// Thickness of a sample, of its sigma.
const THICKNESS: f32 = 0.2;
/// A cell of the lattice is cut into at most this many samples each way where it is steep.
const CUTS_MAX: usize = 8;

/// The back of the body as a height field behind the picture.
#[derive(Debug, Clone)]
pub struct ClothBack {
    grid: Grid,
    /// `[height, width]` pixels that have cloth behind.
    pub mask: Vec<bool>,
    plane: BodyPlane,
    /// Height before the body's plane, dm.
    height: Vec<f32>,
    look: BackLook,
    /// Height of the back's upper edge, dm, for [`TOPS`] columns over head x.
    tops: Vec<Option<f32>>,
}

impl ClothBack {
    /// Finds the back of the cloth; its mask is empty where no cloth is seen.
    pub fn new(mesh: &PosedMesh<'_>, front: &Front, crop: &Crop, labels: &LabelMap) -> Self {
        let grid = crop.alpha.grid();
        let covered = crop.alpha.above(INSIDE);
        let body = both(&front.body.mask, &covered);
        let inset = erode(&covered, grid, INSET_PX);
        let mask = both(&behind_the_neck(&body, crop, grid), &inset);
        let height = back_height(&mask, mesh, front, crop);
        let px_per_dm = crop.camera.focal / crop.camera.project(CENTER).z;
        let height_px: Vec<f32> = height.iter().map(|h| h * px_per_dm).collect();
        let mut back = Self {
            look: back_look(&mask, (&front.body.shown, &height_px), crop, labels),
            plane: front.body.plane,
            height,
            grid,
            mask,
            tops: vec![None; TOPS],
        };
        for pixel in (0..grid.len()).filter(|i| back.mask[*i]) {
            if let Some(p) = back.point(crop, pixel_center(grid, pixel)) {
                let column = ((p.x + TOPS_REACH) / (2.0 * TOPS_REACH) * TOPS as f32) as usize;
                if let Some(top) = back.tops.get_mut(column) {
                    *top = Some(top.map_or(p.y, |top| top.max(p.y)));
                }
            }
        }
        back
    }

    /// Surfels of the back and of the cut, `spacing_px` in pixels of the crop.
    pub fn surfels(&self, front: &Front, crop: &Crop, spacing_px: f32) -> Vec<Surfel> {
        let mut surfels = Vec::new();
        for (at, pixel) in lattice(self.grid, spacing_px) {
            if self.mask[pixel] {
                self.add_cell(&mut surfels, crop, (at, pixel), spacing_px);
            }
        }
        self.add_rims(&mut surfels, front, crop, spacing_px);
        surfels
    }

    /// The surface point of the back at an image point.
    fn point(&self, crop: &Crop, at: Vec2) -> Option<Vec3> {
        let height = bilinear(&self.height, self.grid, at.x, at.y);
        let depth = self.plane.depth(&crop.camera, at, height);
        depth.map(|depth| crop.camera.unproject(at.x, at.y, depth))
    }

    /// One cell of the lattice, as several samples where it is steep.
    fn add_cell(
        &self,
        surfels: &mut Vec<Surfel>,
        crop: &Crop,
        (at, pixel): (Vec2, usize),
        spacing_px: f32,
    ) {
        let half = 0.5 * spacing_px;
        let corner = |x: f32, y: f32| self.point(crop, at + Vec2::new(x, y) * half);
        let (Some(left), Some(right), Some(above), Some(below)) = (
            corner(-1.0, 0.0),
            corner(1.0, 0.0),
            corner(0.0, -1.0),
            corner(0.0, 1.0),
        ) else {
            return;
        };
        let (dx, dy) = (right - left, below - above);
        let middle = 0.25 * (left + right + above + below);
        let normal = dx.cross(dy).normalize_or(Vec3::Z);
        let behind = normal.dot(self.plane.normal) < 0.0;
        let normal = if behind { normal } else { -normal };
        let spacing = spacing_px * crop.camera.project(middle).z / crop.camera.focal;
        let cuts =
            [dx, dy].map(|d| ((d.length() / (1.4 * spacing)).ceil() as usize).clamp(1, CUTS_MAX));
        let least = DETAIL_LEAST * crop.face_height;
        let (tone, label) = self.look.tone(pixel);
        for i in 0..cuts[0] {
            for j in 0..cuts[1] {
                let u = (i as f32 + 0.5) / cuts[0] as f32 - 0.5;
                let v = (j as f32 + 0.5) / cuts[1] as f32 - 0.5;
                let size = |d: Vec3, cuts: usize| d.length() / cuts as f32;
                let steps = [size(dx, cuts[0]), size(dy, cuts[1])].map(|s| s.min(2.0 * spacing));
                let detail = self
                    .look
                    .detail(pixel, at + Vec2::new(u, v) * spacing_px, least);
                surfels.push(Surfel {
                    position: middle + dx * u + dy * v,
                    normal,
                    axis: normal,
                    along: dx,
                    sigma: Vec3::new(steps[0], steps[1], THICKNESS * spacing) * SIGMA,
                    color: with_detail(tone, detail),
                    opacity: 0.95,
                    label,
                    confidence: Confidence::Invented,
                });
            }
        }
    }

    /// Joins front and back where cloth ends: at outlines, and where picture or crop cut the bust.
    fn add_rims(&self, surfels: &mut Vec<Surfel>, front: &Front, crop: &Crop, spacing_px: f32) {
        for rim in rims(&self.mask, crop) {
            let near = front.point(&crop.camera, rim.pixel);
            let Some(far) = self.point(crop, pixel_center(self.grid, rim.pixel)) else {
                continue;
            };
            let width = front.surface.depth.values[rim.pixel] / crop.camera.focal;
            let spacing = spacing_px * width;
            let count = (near.distance(far) / spacing) as usize;
            let (tone, label) = self.look.tone(rim.pixel);
            let shade = if rim.cut { CUT_SHADE } else { 1.0 };
            for k in 0..=count {
                let t = (k as f32 + 0.5) / (count + 1) as f32;
                surfels.push(Surfel {
                    position: near.lerp(far, t),
                    normal: rim.normal,
                    axis: rim.normal,
                    along: near - far,
                    sigma: Vec3::new(spacing, 1.2 * width, THICKNESS * width) * SIGMA,
                    color: tone * shade,
                    opacity: 0.95,
                    label,
                    confidence: Confidence::Invented,
                });
            }
        }
    }

    /// Whether a point of the head or neck lies behind the cloth's back and would poke through it.
    pub fn is_pierced_by(&self, pixel: usize, point: Vec3) -> bool {
        let limit = self.height[pixel] + CLOTH_LIFT;
        let through = self.mask[pixel] && self.plane.height(point) < limit;
        through || self.hangs_over(point)
    }

    /// Whether cloth lies at a point's height behind it, though the point is seen above the cloth's edge.
    fn hangs_over(&self, point: Vec3) -> bool {
        let column = ((point.x + TOPS_REACH) / (2.0 * TOPS_REACH) * TOPS as f32) as usize;
        // The collar stands off the neck: its columns are a little further in or out.
        let columns = column.saturating_sub(TOPS_NEAR)..(column + TOPS_NEAR + 1).min(TOPS);
        let tops = self.tops.get(columns).unwrap_or_default();
        let top = tops.iter().flatten().copied().reduce(f32::max);
        self.plane.height(point) < SIDE_OF_NECK && top.is_some_and(|top| point.y < top)
    }
}

/// Where cloth ends: pixel, outward normal in the head frame, and whether it goes on beyond the crop.
struct Rim {
    pixel: usize,
    normal: Vec3,
    cut: bool,
}

fn rims(mask: &[bool], crop: &Crop) -> Vec<Rim> {
    let inside = erode(&crop.alpha.above(INSIDE), crop.alpha.grid(), INSET_PX);
    /// Rows and columns at the crop's border may be resampled away; this many count as the border.
    const BORDER: usize = 2;
    const OUTWARDS: [Vec3; 4] = [Vec3::NEG_X, Vec3::X, Vec3::Y, Vec3::NEG_Y];
    let grid = crop.alpha.grid();
    let mut rims = Vec::new();
    for pixel in (0..grid.len()).filter(|i| mask[*i]) {
        let y = grid.position(pixel).1;
        // At the sides the cushion is rounded off.
        let border = [false, false, false, y + BORDER >= grid.height];
        for (k, neighbor) in grid.neighbors(pixel).into_iter().enumerate() {
            let open = neighbor.is_none_or(|j| !inside[j]);
            if open {
                rims.push(Rim {
                    pixel,
                    normal: OUTWARDS[k],
                    cut: border[k],
                });
            }
        }
    }
    rims
}

/// The body, and in every row what lies between its left and right part: neck and beard before the
/// collar. A collar that stands higher on one side falls to the other behind the neck.
fn behind_the_neck(body: &[bool], crop: &Crop, grid: Grid) -> Vec<bool> {
    let mut mask = body.to_vec();
    let middle = crop.chin.x.clamp(0.0, grid.width as f32 - 1.0) as usize;
    let reach = COLLAR * crop.face_height;
    let low = (crop.chin.x - reach).max(0.0) as usize;
    let high = ((crop.chin.x + reach).max(0.0) as usize).min(grid.width);
    let highest = (crop.chin.y - STANDING * crop.face_height).max(0.0) as usize;
    for y in highest..grid.height {
        let at = |x: &usize| body[grid.index(*x, y)];
        let first = (low..middle.min(high)).find(at);
        let last = (middle..high).rev().find(at);
        if let (Some(first), Some(last)) = (first, last) {
            let between = grid.index(first, y)..=grid.index(last, y);
            let alpha = &crop.alpha.values[between.clone()];
            for (inside, alpha) in mask[between].iter_mut().zip(alpha) {
                *inside |= *alpha > INSIDE;
            }
        }
    }
    let top = |columns: std::ops::Range<usize>| {
        let from = crop.chin.y.max(0.0) as usize;
        (from..grid.height).find_map(|y| {
            let mut row = columns.clone().filter(|x| body[grid.index(*x, y)]);
            row.next().map(|x| Vec2::new(x as f32, y as f32))
        })
    };
    if let (Some(left), Some(right)) = (top(low..middle.min(high)), top(middle..high)) {
        for x in left.x as usize..=right.x as usize {
            let t = (x as f32 - left.x) / (right.x - left.x).max(1.0);
            let edge = left.y + (right.y - left.y) * t;
            for y in edge.ceil() as usize..=left.y.max(right.y) as usize {
                let i = grid.index(x, y);
                mask[i] |= crop.alpha.values[i] > INSIDE;
            }
        }
    }
    mask
}

/// Height of the back: the cushion's far side, behind the model's neck, sloping up to the
/// neck where head and cloth meet.
fn back_height(mask: &[bool], mesh: &PosedMesh<'_>, front: &Front, crop: &Crop) -> Vec<f32> {
    let grid = crop.alpha.grid();
    let cells: Vec<Cell> = (0..grid.len())
        .map(|i| match (mask[i], front.body.mask[i]) {
            (false, _) => Cell::Outside,
            (true, true) => Cell::Known,
            (true, false) => Cell::Unknown,
        })
        .collect();
    let mut half = front.body.half.values.clone();
    harmonic_fill(&mut half, &cells, grid);

    // The upper edge of the back, where it meets the neck and not the background.
    let edge: Vec<bool> = (0..grid.len())
        .map(|i| !mask[i] && crop.alpha.values[i] > 0.5)
        .collect();
    let px_per_dm = crop.camera.focal / crop.camera.project(CENTER).z;
    let from_edge = distances(&edge, grid);
    let model = far_side(mesh, crop, front.body.plane);
    let known: Vec<bool> = model.iter().map(Option::is_some).collect();
    let to_model = distance_to(&known, grid);
    let (nearest, from_model) = (to_model.nearest, to_model.distance);
    let z: Vec<f32> = (0..grid.len())
        .map(|i| {
            let full = -BACK_SHARE * half[i];
            // Below the neck's own outline the slope goes on from its nearest point.
            let nape = model.get(nearest[i] as usize).copied().flatten();
            let neck = nape.map_or(NECK, |z| z - CLOTH_LIFT);
            let slope = falling(from_edge[i] / px_per_dm, 0.0, SLOPE)
                * falling(from_model[i] / px_per_dm, NECK_REACH[0], NECK_REACH[1]);
            let z = full + (neck - full) * slope;
            model[i].map_or(z, |model| z.min(model - CLOTH_LIFT))
        })
        .collect();
    let sigma = HEIGHT_BLUR * crop.face_height;
    let mut height = blur::gaussian_masked(&z, &blur::weights_of(mask), grid, sigma);
    // Where a turned head's neck lies behind the body's plane, the back lies behind that.
    for i in (0..grid.len()).filter(|i| mask[*i]) {
        let seen = front.body.plane.height(front.point(&crop.camera, i));
        height[i] = height[i].min(seen - THINNEST);
    }
    height
}

/// Height of the far side of the model's neck.
fn far_side(mesh: &PosedMesh<'_>, crop: &Crop, plane: BodyPlane) -> Vec<Option<f32>> {
    let grid = crop.alpha.grid();
    let middle = crop.camera.project(CENTER).z;
    // Depths mirrored about the head's middle turn the nearest hit into the farthest.
    let mirrored: Vec<Vec3> = mesh
        .vertices
        .iter()
        .map(|v| crop.camera.project(*v))
        .map(|p| Vec3::new(p.x, p.y, 2.0 * middle - p.z))
        .collect();
    // Only what looks backwards: under the nape the farthest triangle would be the throat.
    let neck = |t: usize| {
        mesh.model.outer[t]
            && mesh.model.triangle_part(t) == VertexPart::Neck
            && mesh.model.triangle_normal(t, &mesh.vertices).z < 0.0
    };
    z_buffer(&mirrored, &mesh.model.triangles, neck, grid)
        .iter()
        .enumerate()
        .map(|(i, hit)| {
            let at = pixel_center(grid, i);
            // Triangles under the chin look backwards too, but lie before the nape.
            let height = |depth: f32| plane.height(crop.camera.unproject(at.x, at.y, depth));
            hit.is_some()
                .then(|| height(2.0 * middle - hit.depth))
                .filter(|h| *h < NAPE_MAX)
        })
        .collect()
}

/// Lattice points of the picture, with the pixel that holds each.
fn lattice(grid: Grid, spacing_px: f32) -> impl Iterator<Item = (Vec2, usize)> {
    let columns = (grid.width as f32 / spacing_px) as usize;
    let rows = (grid.height as f32 / spacing_px) as usize;
    (0..columns * rows).filter_map(move |k| {
        let at = Vec2::new((k % columns) as f32 + 0.5, (k / columns) as f32 + 0.5) * spacing_px;
        grid.pixel_at(at.x, at.y).map(|i| (at, i))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lattice_stays_inside_and_is_as_dense_as_asked() {
        let grid = Grid::new(31, 17);
        let count = lattice(grid, 1.5).count();
        assert_eq!(count, 20 * 11);
        assert!(lattice(grid, 1.5).all(|(at, _)| at.x < 31.0 && at.y < 17.0));
    }
}
