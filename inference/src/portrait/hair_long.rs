//! The back of long hair: a curved sheet behind the shoulders, as wide as the hair is seen.

use std::f32::consts::PI;

use glam::{Vec2, Vec3, Vec4};

use super::hair_synthesis::{HairStyle, Strands, noise, synthesize};
use super::hair_tone::{HairTone, with_detail};
use super::photo::falling;
use super::radial::CENTER;
use super::surface::Front;
use super::surfel::Surfel;
use super::types::{Confidence, Crop, Label, LabelMap};
use crate::imageops::Grid;
use crate::imageops::blur::gaussian;

/// Hair lower than this, in face heights under the chin, is long hair.
const LONG_BELOW: f32 = 0.08;
/// There is long hair where this share of a squared face height lies there.
const LONG_SHARE: f32 = 0.02;
/// Range under the chin, in face heights, over which the sheet leaves the shell for its own depth.
const RAMP: [f32; 2] = [-1.0, -0.2];
/// The sheet hangs this far behind the body's plane, dm.
const BEHIND_BODY: f32 = 0.75;
/// Folds around the sheet that remember how far back they have come.
const DRAPE: usize = 96;
/// Length of the sheet around half the head when its strands are measured, dm per radian.
const UNROLLED: f32 = 0.9;
/// Width of the strands that begin and end together, radians.
const STRAND: f32 = 0.09;
/// They do so within this range, in face heights.
const UNEVEN: f32 = 0.3;
/// Blur of the sheet's ends over the rows, in face heights.
const ENDS_BLUR: f32 = 0.06;
/// Over this height, in face heights, they fade.
const TAPER: f32 = 0.12;
/// The sheet begins this far under the shell, dm.
const UNDER: f32 = 0.05;
/// Standard deviation of a sample, in spacings.
const SIGMA: f32 = 0.75;
/// Thickness of a sample, of its sigma.
const THICKNESS: f32 = 0.2;

fn hair_in(crop: &Crop, labels: &LabelMap) -> impl Fn(usize) -> bool {
    move |i| crop.alpha.values[i] > 0.5 && labels.labels[i] == Label::Hair
}

/// Whether hair is seen below the chin.
pub fn is_long(crop: &Crop, labels: &LabelMap) -> bool {
    let grid = crop.alpha.grid();
    let fh = crop.face_height;
    let hair = hair_in(crop, labels);
    let below = |i: usize| (grid.position(i).1 as f32 - crop.chin.y) / fh;
    let low = (0..grid.len()).filter(|i| below(*i) > LONG_BELOW && hair(*i));
    low.count() as f32 >= LONG_SHARE * fh * fh
}

/// Surfels of the sheet, `spacing` in dm; empty for short hair.
pub fn long_hair(
    front: &Front,
    (crop, labels): (&Crop, &LabelMap),
    (tone, style): (&HairTone, Option<&HairStyle>),
    spacing: f32,
) -> Vec<Surfel> {
    if !is_long(crop, labels) {
        return Vec::new();
    }
    let hair = hair_in(crop, labels);
    let px_per_dm = crop.camera.focal / crop.camera.project(CENTER).z;
    let step_px = spacing * px_per_dm;
    let start = (crop.chin.y + RAMP[0] * crop.face_height).max(0.0) as usize;
    let rows = sheet_rows(front, crop, &hair, start);
    let mut points = Vec::new();
    let count = (rows.len() as f32 / step_px) as usize;
    let mut drape = [f32::INFINITY; DRAPE];
    for row in (0..count).filter_map(|k| rows.get((k as f32 * step_px) as usize)) {
        let ends = (step_px, (start + rows.len()) as f32);
        add_row(&mut points, &mut drape, (front, crop), row, ends);
    }
    let unrolled: Vec<Vec3> = points.iter().map(|p| p.unrolled).collect();
    let details = match style {
        Some(style) => synthesize(&unrolled, style, &Hanging),
        None => vec![Vec3::ZERO; points.len()],
    };
    points
        .iter()
        .zip(details)
        .map(|(p, detail)| Surfel {
            position: p.position,
            normal: p.normal,
            axis: p.normal,
            along: Vec3::NEG_Y,
            sigma: Vec3::new(1.2, 1.0, THICKNESS) * SIGMA * spacing,
            color: with_detail(
                tone.tone((p.position - CENTER).normalize_or(Vec3::NEG_Z)),
                detail,
            ),
            opacity: 0.95 * p.density,
            label: Label::Hair,
            confidence: Confidence::Invented,
        })
        .collect()
}

/// A row of the sheet.
struct Row {
    y: usize,
    /// Columns of the outermost hair.
    ends: [f32; 2],
    /// Height of the surface there before the body's plane, dm.
    rims: [f32; 2],
}

/// The rows from `start` down to the last that shows hair, with ends that change smoothly.
fn sheet_rows(front: &Front, crop: &Crop, hair: &impl Fn(usize) -> bool, start: usize) -> Vec<Row> {
    /// Fewer columns than this are a strand of the front.
    const NARROWEST: usize = 4;
    let grid = crop.alpha.grid();
    let mut rows: Vec<Vec4> = Vec::new();
    let mut filled = 0;
    for y in start..grid.height {
        let mut columns = (0..grid.width).filter(|x| hair(grid.index(*x, y)));
        let first = columns.next();
        let last = columns.next_back();
        let rim = |x: usize| {
            let point = front.point(&crop.camera, grid.index(x, y));
            front.body.plane.height(point)
        };
        match (first, last) {
            (Some(first), Some(last)) if last > first + NARROWEST => {
                let (a, b) = (first as f32, last as f32);
                rows.push(Vec4::new(a, b, rim(first + 1), rim(last - 1)));
                filled = rows.len();
            }
            // A gap takes the row above.
            _ => match rows.last() {
                Some(above) => rows.push(*above),
                None => return Vec::new(),
            },
        }
    }
    rows.truncate(filled);
    let sigma = ENDS_BLUR * crop.face_height;
    let smooth = gaussian(&rows, Grid::new(1, rows.len()), sigma);
    let row = |(k, v): (usize, Vec4)| Row {
        y: start + k,
        ends: [v.x, v.y],
        rims: [v.z, v.w],
    };
    smooth.into_iter().enumerate().map(row).collect()
}

/// A sample of the sheet.
struct SheetPoint {
    position: Vec3,
    /// Where it lies when the sheet is laid flat.
    unrolled: Vec3,
    normal: Vec3,
    /// 0..=1.
    density: f32,
}

/// Strands that hang down.
struct Hanging;

impl Strands for Hanging {
    fn further(&self, point: Vec3, length: f32) -> Vec3 {
        point + Vec3::NEG_Y * length
    }

    fn seen(&self, _point: Vec3) -> Option<Vec3> {
        None
    }
}

/// One row of the sheet, half an ellipse seen from above: from the outermost hair of one side around the
/// back to that of the other.
fn add_row(
    points: &mut Vec<SheetPoint>,
    drape: &mut [f32; DRAPE],
    (front, crop): (&Front, &Crop),
    row: &Row,
    (step_px, ends): (f32, f32),
) {
    let [first, last] = row.ends;
    let y = row.y;
    let px_per_dm = crop.camera.focal / crop.camera.project(CENTER).z;
    let below = (y as f32 - crop.chin.y) / crop.face_height;
    let ramp = 1.0 - falling(below, RAMP[0], RAMP[1]);
    let middle = 0.5 * (first + last) + 0.5;
    let half = (0.5 * (last - first) - 1.0).max(1.0);
    let plane = front.body.plane;
    let hang_z = -BEHIND_BODY;
    let rims = row.rims;
    let depth_px = (0.5 * (rims[0] + rims[1]) - hang_z).abs() * px_per_dm;
    let mut angle = 0.0f32;
    while angle <= PI {
        let (bulge, u) = (angle.sin(), -angle.cos());
        let x = middle + half * u;
        let at = Vec2::new(x, y as f32 + 0.5);
        let rim = rims[0] + (rims[1] - rims[0]) * 0.5 * (1.0 + u);
        let hanging = rim + (hang_z - rim) * bulge;
        // Strands begin and end at heights of their own.
        let uneven = 0.5 + 0.5 * noise(Vec3::new(angle / STRAND, 0.5, 0.5), 4);
        let begun = 1.0 - falling(below - RAMP[0], UNEVEN * uneven, UNEVEN * uneven + TAPER);
        let to_end = (ends - y as f32) / crop.face_height - UNEVEN * uneven;
        // The sheet comes out of the shell from under it, and never goes in again.
        let fold = &mut drape[((angle / PI) * (DRAPE - 1) as f32) as usize];
        let shell = back_of_shell(front, crop, at).map_or(f32::INFINITY, |z| z + UNDER);
        *fold = fold.min(shell);
        let z = match fold.is_finite() {
            true => *fold + (hanging.min(*fold) - *fold) * ramp,
            false => hanging,
        };
        if let Some(depth) = plane.depth(&crop.camera, at, z) {
            let position = crop.camera.unproject(at.x, at.y, depth);
            let across = Vec3::Y.cross(plane.normal) * (u.abs() * position.x.signum());
            let normal = across - plane.normal * (bulge + 0.05);
            points.push(SheetPoint {
                position,
                unrolled: Vec3::new(UNROLLED * angle, position.y, 0.0),
                normal: normal.normalize_or(Vec3::NEG_Z),
                density: begun * (1.0 - falling(to_end, 0.0, TAPER)),
            });
        }
        angle += step_px / (half * bulge).hypot(depth_px * u).max(1.0);
    }
}

/// Height of the shell's back where a ray leaves it, if it meets the shell at all.
fn back_of_shell(front: &Front, crop: &Crop, at: Vec2) -> Option<f32> {
    /// Depth samples of the march, dm apart.
    const STEP: f32 = 0.05;
    let middle = crop.camera.project(CENTER).z;
    let surface = &front.shell.surface;
    let mut depth = middle + 2.0;
    while depth > middle - 1.0 {
        let p = crop.camera.unproject(at.x, at.y, depth);
        let from = p - CENTER;
        if from.length() < surface.radius(from.normalize_or(Vec3::Z)) {
            return Some(front.body.plane.height(p));
        }
        depth -= STEP;
    }
    None
}
