//! The person without the background: coverage and pure color.
//!
//! Both are found in a work area, the surroundings of the face at a size that later stages can use;
//! a large picture is not filtered at a resolution that nobody will see.

use glam::Vec2;
use rayon::prelude::*;

use super::face_geometry::FaceFrame;
use super::foreground::foreground;
use super::matting::{keep_face, matte};
use super::person::OtherFace;
use super::types::{ColorPlane, Matte, Plane};
use crate::error::InferenceError;
use crate::imageops::resample::{Window, resample};
use crate::imageops::warp::Pyramid;
use crate::imageops::{Grid, bilinear};
use crate::session::Session;

/// Reach of the work area from the face's middle to both sides, up, and down, in face heights. It
/// contains everything that the working crop may take, hair and hats included.
const SIDEWAYS: f32 = 2.8;
const UP: f32 = 3.0;
const DOWN: f32 = 3.0;
/// Faces are not looked at more closely than this, pixels.
const FACE_HEIGHT_PX: f32 = 300.0;
/// Above this coverage the picture itself is the foreground.
const OPAQUE: f32 = 0.995;

/// Where the coverage comes from.
#[derive(Debug)]
pub enum Coverage<'a> {
    /// The segmentation network.
    Network(&'a mut Session),
    /// The picture's own alpha channel.
    Given(Plane),
}

/// The surroundings of the face, cut out and made smaller.
#[derive(Debug)]
pub(super) struct WorkArea {
    pub(super) picture: ColorPlane,
    /// The face in pixels of the work area.
    pub(super) face: FaceFrame,
    /// Other faces in pixels of the work area.
    pub(super) others: Vec<OtherFace>,
    window: Window,
}

impl WorkArea {
    fn new(picture: &ColorPlane, face: &FaceFrame, others: &[OtherFace]) -> Self {
        let size = Vec2::new(picture.width as f32, picture.height as f32);
        let reach = |x: f32, y: f32| face.center + Vec2::new(x, y) * face.height;
        let low = reach(-SIDEWAYS, -UP).clamp(Vec2::ZERO, size).floor();
        let high = reach(SIDEWAYS, DOWN).clamp(Vec2::ZERO, size).ceil();
        let scale = (FACE_HEIGHT_PX / face.height).min(1.0);
        let extent = ((high - low) * scale).ceil().max(Vec2::ONE);
        let window = Window {
            origin: low,
            scale,
            size: Grid::new(extent.x as usize, extent.y as usize),
        };
        let mut values = resample(&picture.values, picture.grid(), &window);
        values
            .par_iter_mut()
            .for_each(|c| *c = c.clamp(glam::Vec3::ZERO, glam::Vec3::ONE));
        Self {
            picture: ColorPlane::from_values(window.size, values),
            face: FaceFrame {
                center: (face.center - low) * scale,
                height: face.height * scale,
            },
            others: others
                .iter()
                .map(|(center, size)| ((*center - low) * scale, *size * scale))
                .collect(),
            window,
        }
    }

    /// Point of the work area → image point.
    pub(super) fn picture_from_work(&self, point: Vec2) -> Vec2 {
        self.window.origin + point / self.window.scale
    }

    /// The work area's pixel coordinates of an image point, if it lies inside.
    fn work_from_picture(&self, point: Vec2) -> Option<Vec2> {
        let at = (point - self.window.origin) * self.window.scale;
        let size = Vec2::new(
            self.window.size.width as f32,
            self.window.size.height as f32,
        );
        (at.cmpge(Vec2::ZERO).all() && at.cmplt(size).all()).then_some(at)
    }

    /// Puts coverage and color back to the picture's size.
    fn spread(&self, picture: &ColorPlane, alpha: &Plane, color: &ColorPlane) -> Matte {
        let full = picture.grid();
        let mut coverage = vec![0.0; full.len()];
        let mut values = picture.values.clone();
        coverage
            .par_chunks_mut(full.width)
            .zip(values.par_chunks_mut(full.width))
            .enumerate()
            .for_each(|(y, (coverage, colors))| {
                for (x, (a, c)) in coverage.iter_mut().zip(colors).enumerate() {
                    let point = Vec2::new(x as f32, y as f32) + 0.5;
                    let Some(at) = self.work_from_picture(point) else {
                        continue;
                    };
                    *a = bilinear(&alpha.values, self.window.size, at.x, at.y);
                    if *a < OPAQUE {
                        *c = bilinear(&color.values, self.window.size, at.x, at.y);
                    }
                }
            });
        Matte {
            alpha: Plane::from_values(full, coverage),
            foreground: ColorPlane::from_values(full, values),
        }
    }
}

/// Cuts the person with this face out of the picture; `others` are the middles and sizes of the boxes of
/// other faces.
pub fn cut_out(
    picture: &Pyramid,
    (face, others): (&FaceFrame, &[(Vec2, Vec2)]),
    coverage: Coverage<'_>,
) -> Result<Matte, InferenceError> {
    let work = WorkArea::new(picture.full(), face, others);
    let alpha = match coverage {
        Coverage::Network(session) => matte(session, picture, face, &work)?,
        Coverage::Given(alpha) => {
            let kept = keep_face(alpha, face);
            let mut values = resample(&kept.values, kept.grid(), &work.window);
            values.iter_mut().for_each(|a| *a = a.clamp(0.0, 1.0));
            Plane::from_values(work.window.size, values)
        }
    };
    let color = foreground(&work.picture, &alpha, work.face.height);
    Ok(work.spread(picture.full(), &alpha, &color))
}
