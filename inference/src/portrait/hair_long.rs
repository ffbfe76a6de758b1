//! The back of long hair: a curved sheet behind the shoulders, as wide as the hair is seen.

use glam::Vec3;

use super::hair_synthesis::{HairPoint, synthesize};
use super::hair_tone::{HairTone, with_detail};
use super::inflate::BODY_PLANE_Z;
use super::radial::CENTER;
use super::surface::{Front, plane_depth};
use super::surfel::Surfel;
use super::types::{Confidence, Crop, Label, LabelMap};

/// Hair lower than this, in face heights under the chin, is long hair.
const LONG_BELOW: f32 = 0.08;
/// There is long hair where this share of a squared face height lies there.
const LONG_SHARE: f32 = 0.02;
/// Range under the chin, in face heights, over which the sheet leaves the shell for its own depth.
const RAMP: [f32; 2] = [-0.8, -0.35];
/// The sheet hangs this far behind the body's plane, dm.
const BEHIND_BODY: f32 = 0.75;
/// Standard deviation of a sample, in spacings.
const SIGMA: f32 = 0.75;
/// Thickness of a sample, of its sigma.
const THICKNESS: f32 = 0.2;

/// Surfels of the sheet, `spacing` in dm; empty for short hair.
pub fn long_hair(
    front: &Front,
    (crop, labels): (&Crop, &LabelMap),
    tone: &HairTone,
    spacing: f32,
) -> Vec<Surfel> {
    let grid = crop.alpha.grid();
    let fh = crop.face_height;
    let hair = |i: usize| crop.alpha.values[i] > 0.5 && labels.labels[i] == Label::Hair;
    let below = |y: usize| (y as f32 - crop.chin.y) / fh;
    let low = (0..grid.len()).filter(|i| below(grid.position(*i).1) > LONG_BELOW && hair(*i));
    if (low.count() as f32) < LONG_SHARE * fh * fh {
        return Vec::new();
    }
    let px_per_dm = crop.camera.focal / crop.camera.project(CENTER).z;
    let step_px = spacing * px_per_dm;
    let mut points = Vec::new();
    let mut row = (crop.chin.y + RAMP[0] * fh).max(0.0);
    while (row as usize) < grid.height {
        let y = row as usize;
        let columns: Vec<usize> = (0..grid.width)
            .filter(|x| hair(grid.index(*x, y)))
            .collect();
        if let (Some(first), Some(last)) = (columns.first(), columns.last())
            && last - first > 4
        {
            add_row(&mut points, front, crop, (*first, *last, y), step_px);
        }
        row += step_px;
    }
    let details = synthesize(&points, tone, crop, px_per_dm);
    points
        .iter()
        .zip(details)
        .map(|(p, detail)| Surfel {
            position: p.position,
            normal: p.normal,
            axis: p.normal,
            along: p.strand,
            sigma: Vec3::new(1.0, 1.0, THICKNESS) * SIGMA * spacing,
            color: with_detail(
                tone.tone((p.position - CENTER).normalize_or(Vec3::NEG_Z)),
                detail,
            ),
            opacity: 0.95,
            label: Label::Hair,
            confidence: Confidence::Invented,
        })
        .collect()
}

/// One row of the sheet between the outermost hair pixels, an ellipse seen from above.
fn add_row(
    points: &mut Vec<HairPoint>,
    front: &Front,
    crop: &Crop,
    (first, last, y): (usize, usize, usize),
    step_px: f32,
) {
    let grid = crop.alpha.grid();
    let below = (y as f32 - crop.chin.y) / crop.face_height;
    let ramp = ((below - RAMP[0]) / (RAMP[1] - RAMP[0])).clamp(0.0, 1.0);
    let middle = 0.5 * (first + last) as f32 + 0.5;
    let half = (0.5 * (last - first) as f32).max(1.0);
    let hang_z = BODY_PLANE_Z - BEHIND_BODY;
    let mut x = first as f32 + 0.5;
    while x <= last as f32 + 0.5 {
        let u = ((x - middle) / half).clamp(-1.0, 1.0);
        let bulge = (1.0 - u * u).sqrt();
        let at = glam::Vec2::new(x, y as f32 + 0.5);
        let rim = front
            .point(&crop.camera, grid.index(x as usize, y))
            .z
            .min(0.25);
        let hanging = rim + (hang_z - rim) * bulge;
        let shell_z = back_of_shell(front, crop, at).unwrap_or(hanging);
        let z = shell_z + (hanging - shell_z) * ramp;
        if let Some(depth) = plane_depth(&crop.camera, at, z) {
            let position = crop.camera.unproject(at.x, at.y, depth);
            let normal = Vec3::new(position.x.signum() * u.abs(), 0.0, -bulge - 0.05);
            points.push(HairPoint {
                position,
                normal: normal.normalize_or(Vec3::NEG_Z),
                strand: Vec3::NEG_Y,
                seen: None,
                rank: y as f32,
            });
        }
        x += step_px;
    }
}

/// Head z of the shell's back where a ray leaves it, if it meets the shell at all.
fn back_of_shell(front: &Front, crop: &Crop, at: glam::Vec2) -> Option<f32> {
    /// Depth samples of the march, dm apart.
    const STEP: f32 = 0.05;
    let middle = crop.camera.project(CENTER).z;
    let surface = &front.shell.surface;
    let mut depth = middle + 2.0;
    while depth > middle - 1.0 {
        let p = crop.camera.unproject(at.x, at.y, depth);
        let from = p - CENTER;
        if from.length() < surface.radius(from.normalize_or(Vec3::Z)) {
            return Some(p.z);
        }
        depth -= STEP;
    }
    None
}
