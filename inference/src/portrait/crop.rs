//! Cuts the working crop out of the photograph: head, hair and shoulders at a resolution that gives
//! about as many splats as are wanted.

use glam::Vec2;

use super::mesh::LandmarkSets;
use super::types::{ColorPlane, Crop, FaceObservation, HeadCamera, HeadFit, Matte, Plane};
use crate::imageops::Grid;
use crate::imageops::resample::{Window, resample};

/// Pixels of the crop that shall show something.
const COVERED_PIXELS: f32 = 75_000.0;
/// Coverage from which a pixel counts.
const COVERED: f32 = 0.05;
/// Reach to both sides of the chin, in face heights.
const REACH_SIDEWAYS: f32 = 2.1;
/// Reach below the chin, in face heights.
const REACH_DOWN: f32 = 0.8;
/// Empty margin, in face heights; filters need something beside the outline.
const MARGIN: f32 = 0.06;
/// Crop pixels per photograph pixel at most: more shows nothing new.
const MAX_SCALE: f32 = 2.0;
/// At least; only gigantic pictures reach it.
const MIN_SCALE: f32 = 0.02;

/// Why there is no crop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the matte is empty around the face")]
pub struct EmptyMatte;

/// Height of a face in pixels: that of its outline, or 1.2 times its width where it nods.
pub fn face_height(landmarks: &[Vec2], sets: &LandmarkSets) -> f32 {
    let oval = sets.face_oval.iter().map(|i| landmarks[*i]);
    let low = oval.clone().fold(Vec2::INFINITY, Vec2::min);
    let high = oval.fold(Vec2::NEG_INFINITY, Vec2::max);
    (high.y - low.y).max(1.2 * (high.x - low.x))
}

/// The crop of one face. `matte` has the photograph's size.
pub fn crop_portrait(
    face: &FaceObservation,
    sets: &LandmarkSets,
    matte: &Matte,
    fit: &HeadFit,
) -> Result<Crop, EmptyMatte> {
    let points: Vec<Vec2> = face.landmarks.iter().map(|l| l.truncate()).collect();
    let height = face_height(&points, sets);
    let chin = points[LandmarkSets::CHIN];
    let (low, high, covered) = covered_box(&matte.alpha, chin, height).ok_or(EmptyMatte)?;

    let scale = (COVERED_PIXELS / covered as f32)
        .sqrt()
        .clamp(MIN_SCALE, MAX_SCALE);
    let size = ((high - low) * scale).ceil();
    let window = Window {
        origin: low,
        scale,
        size: Grid::new(size.x as usize, size.y as usize),
    };
    let from = matte.alpha.grid();
    let to_crop = |p: Vec2| (p - low) * scale;
    let mut alpha = resample(&matte.alpha.values, from, &window);
    alpha.iter_mut().for_each(|a| *a = a.clamp(0.0, 1.0));
    let mut color = resample(&matte.foreground.values, from, &window);
    color
        .iter_mut()
        .for_each(|c| *c = c.clamp(glam::Vec3::ZERO, glam::Vec3::ONE));
    Ok(Crop {
        camera: HeadCamera {
            focal: fit.camera.focal * scale,
            center: to_crop(fit.camera.center),
            ..fit.camera
        },
        scale,
        origin: low,
        face_height: height * scale,
        chin: to_crop(chin),
        landmarks: points.into_iter().map(to_crop).collect(),
        alpha: Plane::from_values(window.size, alpha),
        color: ColorPlane::from_values(window.size, color),
    })
}

/// The box (whole photograph pixels) around what is covered near the head, and how many pixels of it are.
fn covered_box(alpha: &Plane, chin: Vec2, height: f32) -> Option<(Vec2, Vec2, usize)> {
    let clamp = |v: f32, end: usize| v.clamp(0.0, end as f32) as usize;
    let columns = clamp(chin.x - REACH_SIDEWAYS * height, alpha.width)
        ..clamp(chin.x + REACH_SIDEWAYS * height, alpha.width);
    let end = clamp(chin.y + REACH_DOWN * height, alpha.height);
    let mut low = Vec2::INFINITY;
    let mut high = Vec2::NEG_INFINITY;
    let mut covered = 0;
    for y in 0..end {
        for x in columns.clone() {
            if alpha.values[y * alpha.width + x] > COVERED {
                let corner = Vec2::new(x as f32, y as f32);
                low = low.min(corner);
                high = high.max(corner + Vec2::ONE);
                covered += 1;
            }
        }
    }
    // A face of which less than its middle is there is no portrait.
    if (covered as f32) < 0.05 * height * height {
        return None;
    }
    let margin = (MARGIN * height).ceil();
    let size = Vec2::new(alpha.width as f32, alpha.height as f32);
    let low = (low - margin).max(Vec2::ZERO);
    // Below, the crop ends in the body: a margin there would show more of it.
    let high = Vec2::new((high.x + margin).min(size.x), high.y.min(size.y));
    Some((low, high, covered))
}

#[cfg(test)]
mod tests {
    use glam::{Mat3, Vec3};

    use super::*;

    fn sets() -> LandmarkSets {
        let text = include_str!("../../../assets/models/portrait-head/tables/landmark_sets.json");
        LandmarkSets::parse(text).unwrap()
    }

    /// A round face of 100 pixels about (200, 150) on a body, in a picture of 400 × 500.
    fn portrait() -> (FaceObservation, Matte, HeadFit) {
        let sets = sets();
        let middle = Vec2::new(200.0, 150.0);
        let mut landmarks = vec![middle.extend(0.0); 478];
        for (k, i) in sets.face_oval.iter().enumerate() {
            let angle = std::f32::consts::TAU * k as f32 / 36.0;
            let at = middle + 50.0 * Vec2::new(angle.sin(), -angle.cos());
            landmarks[*i] = at.extend(0.0);
        }
        let grid = Grid::new(400, 500);
        let covered = |i: usize| {
            let (x, y) = grid.position(i);
            let p = Vec2::new(x as f32, y as f32);
            f32::from(p.distance(middle) < 60.0 || (y > 180 && (100..300).contains(&x)))
        };
        let alpha = Plane::from_values(grid, (0..grid.len()).map(covered).collect());
        let ramp = |i: usize| Vec3::splat(grid.position(i).0 as f32 / 400.0);
        let foreground = ColorPlane::from_values(grid, (0..grid.len()).map(ramp).collect());
        let camera = HeadCamera {
            rotation: Mat3::from_rotation_x(std::f32::consts::PI),
            translation: Vec3::new(0.0, 7.0, 15.0),
            focal: 800.0,
            center: Vec2::new(200.0, 250.0),
        };
        let face = FaceObservation {
            landmarks,
            blendshapes: vec![0.0; 52],
            presence: 1.0,
            face_count: 1,
            others: Vec::new(),
        };
        let fit = HeadFit {
            camera,
            identity: vec![0.0; 64],
            expression: vec![0.0; 52],
            vertices: Vec::new(),
            residual_ipd: 0.0,
        };
        (face, Matte { alpha, foreground }, fit)
    }

    #[test]
    fn the_crop_holds_the_wanted_number_of_pixels_and_the_same_view() {
        let (face, matte, fit) = portrait();
        let crop = crop_portrait(&face, &sets(), &matte, &fit).unwrap();
        let covered = crop.alpha.values.iter().filter(|a| **a > COVERED).count();
        assert!((70_000..80_000).contains(&covered), "{covered} pixels");
        let p = Vec3::new(0.4, 7.3, 1.0);
        let there = (fit.camera.project(p).truncate() - crop.origin) * crop.scale;
        let here = crop.camera.project(p).truncate();
        assert!(there.distance(here) < 0.01, "{there} {here}");
        // The ramp tells where a color came from.
        let grid = crop.color.grid();
        let (x, y) = (grid.width / 2, grid.height / 2);
        let source = crop.origin.x + (x as f32 + 0.5) / crop.scale - 0.5;
        let found = 400.0 * crop.color.values[grid.index(x, y)].x;
        assert!((found - source).abs() < 0.05, "{found} {source}");
    }

    #[test]
    fn an_empty_matte_is_refused() {
        let (face, mut matte, fit) = portrait();
        matte.alpha.values.fill(0.0);
        assert_eq!(crop_portrait(&face, &sets(), &matte, &fit), Err(EmptyMatte));
    }
}
