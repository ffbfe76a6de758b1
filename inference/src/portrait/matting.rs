//! Separates the person from the background.
//!
//! The segmentation network sees the whole picture and, sharper, four squares around the face, each
//! also mirrored: it errs differently in each, and the median keeps what most agree on. A guided filter
//! pulls the mask to the picture's edges; what does not hang together with the face is dropped.

use glam::{Vec2, Vec3};
use rayon::prelude::*;

use super::cut_out::WorkArea;
use super::face_geometry::FaceFrame;
use super::person::isolate;
use super::types::Plane;
use crate::error::InferenceError;
use crate::imageops::components::connected_to;
use crate::imageops::guided::{GuidedOptions, guided};
use crate::imageops::morphology::dilate;
use crate::imageops::resize::{Kernel, resize};
use crate::imageops::warp::{Outside, Pyramid, Window};
use crate::imageops::{Grid, bilinear};
use crate::session::{Session, Tensor};

/// Side of the network's input, pixels.
const SIDE: usize = 256;
/// Half sides of the squares around the face, in face heights.
const REACHES: [f32; 4] = [1.7, 1.3, 1.0, 0.8];
/// A square's mask fades in over this share of its side.
const FEATHER: f32 = 0.08;
/// The masks are put together on a picture of about this many pixels; they hold no more detail.
const MASK_PIXELS: usize = 260_000;
/// Radius of the guided filter, in face heights.
const GUIDE_RADIUS: f32 = 0.025;
/// Variance of the guided filter.
const GUIDE_EPSILON: f32 = 4e-4;
/// Above this many pixels the filter's models are fitted on a smaller picture.
const GUIDE_PIXELS: usize = 400_000;
/// Range of the network's mask that becomes 0..1 before the filter: start, width.
const BEFORE: (f32, f32) = (0.2, 0.45);
/// The same after the filter. A lower start leaves a rim of background around hair.
const AFTER: (f32, f32) = (0.22, 0.7);
/// What hangs together is looked for where the matte is above this.
const CONNECTED: f32 = 0.3;
/// Soft edges up to this far from what hangs together stay, pixels.
const KEEP_PX: f32 = 4.0;

/// Coverage of the person in the work area.
pub(super) fn matte(
    session: &mut Session,
    picture: &Pyramid,
    face: &FaceFrame,
    work: &WorkArea,
) -> Result<Plane, InferenceError> {
    let full = picture.grid();
    let size = Vec2::new(full.width as f32, full.height as f32);
    let mut layers = vec![Layer::new(session, picture, Vec2::ZERO, size)?];
    for reach in REACHES {
        let low = (face.center - face.height * reach).max(Vec2::ZERO);
        let high = (face.center + face.height * reach).min(size);
        layers.push(Layer::new(session, picture, low, high)?);
    }
    let grid = work.picture.grid();
    let step = (grid.len() as f32 / MASK_PIXELS as f32).sqrt().max(1.0);
    let small = Grid::new(
        (grid.width as f32 / step).ceil() as usize,
        (grid.height as f32 / step).ceil() as usize,
    );
    let pixel = Vec2::new(
        grid.width as f32 / small.width as f32,
        grid.height as f32 / small.height as f32,
    );
    let mut values = vec![0.0; small.len()];
    values
        .par_chunks_mut(small.width)
        .enumerate()
        .for_each(|(y, row)| {
            for (x, value) in row.iter_mut().enumerate() {
                let at = work.picture_from_work((Vec2::new(x as f32, y as f32) + 0.5) * pixel);
                *value = remap(agreed(&layers, at, size), BEFORE);
            }
        });
    let raw = Plane::from_values(grid, resize(&values, small, grid, Kernel::Triangle));
    let mut filtered = sharpen(work, &raw);
    isolate(&work.picture, &mut filtered, &work.face, &work.others);
    Ok(keep_face(filtered, &work.face))
}

/// What the network says about one rectangle of the picture, as seen and mirrored.
struct Layer {
    low: Vec2,
    high: Vec2,
    masks: [Vec<f32>; 2],
}

impl Layer {
    fn new(
        session: &mut Session,
        picture: &Pyramid,
        low: Vec2,
        high: Vec2,
    ) -> Result<Self, InferenceError> {
        let window = Window {
            center: (low + high) * 0.5,
            size: high - low,
            angle: 0.0,
        };
        let mut pixels = picture.sample(&window, SIDE, Outside::Border);
        let seen = segment(session, &pixels)?;
        pixels.chunks_exact_mut(SIDE).for_each(<[Vec3]>::reverse);
        let mut mirrored = segment(session, &pixels)?;
        mirrored.chunks_exact_mut(SIDE).for_each(<[f32]>::reverse);
        Ok(Self {
            low,
            high,
            masks: [seen, mirrored],
        })
    }

    /// How much the layer has to say at an image point; it fades towards its sides, except at those
    /// that are the picture's own.
    fn weight(&self, point: Vec2, picture: Vec2) -> f32 {
        let feather = (self.high - self.low) * FEATHER;
        let fade = |distance: f32, free: bool, width: f32| {
            if free {
                (distance / width).clamp(0.0, 1.0)
            } else {
                1.0
            }
        };
        fade(point.x - self.low.x, self.low.x > 0.0, feather.x)
            * fade(self.high.x - point.x, self.high.x < picture.x, feather.x)
            * fade(point.y - self.low.y, self.low.y > 0.0, feather.y)
            * fade(self.high.y - point.y, self.high.y < picture.y, feather.y)
    }

    fn values(&self, point: Vec2) -> [f32; 2] {
        let at = (point - self.low) / (self.high - self.low) * SIDE as f32;
        let grid = Grid::new(SIDE, SIDE);
        [0, 1].map(|i| bilinear(&self.masks[i], grid, at.x, at.y))
    }
}

/// The median of what the squares say at an image point. Where a square does not reach, the next
/// larger one speaks for it; the whole picture speaks only where no square does.
fn agreed(layers: &[Layer], point: Vec2, picture: Vec2) -> f32 {
    let Some((whole, squares)) = layers.split_first() else {
        return 0.0;
    };
    let mut coarser = mean(whole.values(point));
    let mut said = [coarser; 2 * REACHES.len()];
    for (square, said) in squares.iter().zip(said.chunks_exact_mut(2)) {
        let weight = square.weight(point, picture);
        let values = if weight > 0.0 {
            square
                .values(point)
                .map(|v| coarser + (v - coarser) * weight)
        } else {
            [coarser; 2]
        };
        coarser = mean(values);
        said.copy_from_slice(&values);
    }
    said.sort_unstable_by(f32::total_cmp);
    mean([said[REACHES.len() - 1], said[REACHES.len()]])
}

fn mean(values: [f32; 2]) -> f32 {
    0.5 * (values[0] + values[1])
}

fn segment(session: &mut Session, pixels: &[Vec3]) -> Result<Vec<f32>, InferenceError> {
    let input = Tensor {
        shape: vec![1, SIDE, SIDE, 3],
        values: pixels.iter().flat_map(|c| c.to_array()).collect(),
    };
    let outputs = session.run(&[("input_1", &input)])?;
    match outputs.into_iter().next() {
        Some(mask) if mask.values.len() == SIDE * SIDE => Ok(mask.values),
        _ => Err(InferenceError::stage(
            "matte",
            "the segmentation network's answer has an unexpected size; install the package again",
        )),
    }
}

fn remap(value: f32, (start, width): (f32, f32)) -> f32 {
    ((value - start) / width).clamp(0.0, 1.0)
}

fn sharpen(work: &WorkArea, raw: &Plane) -> Plane {
    let pixels = raw.grid().len();
    let options = GuidedOptions {
        radius_px: work.face.height * GUIDE_RADIUS,
        epsilon: GUIDE_EPSILON,
        subsample: ((pixels as f32 / GUIDE_PIXELS as f32).sqrt().ceil() as usize).max(1),
    };
    let mut out = guided(&work.picture, raw, &options);
    out.values
        .par_iter_mut()
        .for_each(|v| *v = remap(*v, AFTER));
    out
}

/// Drops what does not hang together with the middle of the face.
pub(super) fn keep_face(mut alpha: Plane, face: &FaceFrame) -> Plane {
    let grid = alpha.grid();
    let mask = alpha.above(CONNECTED);
    let mut seeds = vec![false; grid.len()];
    // A mole's width around the middle: a hole in the matte there must not lose the person.
    let reach = (face.height * 0.2).max(1.0);
    for (i, seed) in seeds.iter_mut().enumerate() {
        let (x, y) = grid.position(i);
        let at = Vec2::new(x as f32, y as f32) + 0.5;
        *seed = at.distance_squared(face.center) < reach * reach;
    }
    let kept = dilate(&connected_to(&mask, &seeds, grid), grid, KEEP_PX);
    for (value, keep) in alpha.values.iter_mut().zip(kept) {
        if !keep {
            *value = 0.0;
        }
    }
    alpha
}
