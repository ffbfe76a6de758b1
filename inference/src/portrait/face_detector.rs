//! Finds faces with the two BlazeFace networks (Bazarevsky et al. 2019).
//!
//! The near network knows faces that fill a good part of its square, the far one small faces. Both
//! see the whole picture; the near one sees it once more with a wide margin (faces larger than the
//! picture). Only where nobody is found do both look at overlapping tiles.

use glam::Vec2;

use crate::error::InferenceError;
use crate::imageops::warp::{Outside, Pyramid, Window};
use crate::session::{Session, Tensor};

/// Boxes that overlap more than this show one face.
const SAME_FACE_IOU: f32 = 0.3;
/// Faces that are only suspected count where no face is sure; the landmark network decides.
const SUSPICION: f32 = 0.6;
/// The margin around faces larger than the picture.
const WIDE_MARGIN: f32 = 1.8;
/// Tiles where nobody was found: tiles per side, side of a tile in sides of the picture.
const TILINGS: [(usize, f32); 2] = [(2, 0.62), (4, 0.34)];

/// One face.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DetectedFace {
    /// Middle of the box, image pixels.
    pub center: Vec2,
    /// Width and height of the box, image pixels.
    pub size: Vec2,
    /// Right eye, left eye, nose tip, mouth, right and left ear of the subject, image pixels.
    pub keypoints: [Vec2; 6],
    /// 0..=1.
    pub score: f32,
}

impl DetectedFace {
    fn iou(&self, other: &Self) -> f32 {
        let low = (self.center - self.size * 0.5).max(other.center - other.size * 0.5);
        let high = (self.center + self.size * 0.5).min(other.center + other.size * 0.5);
        let common = (high - low).max(Vec2::ZERO).element_product();
        let union = self.size.element_product() + other.size.element_product() - common;
        if union > 0.0 { common / union } else { 0.0 }
    }

    /// Angle from the image's x axis to the line from the right to the left eye, radians.
    pub fn roll(&self) -> f32 {
        let across = self.keypoints[1] - self.keypoints[0];
        across.y.atan2(across.x)
    }
}

/// A detector network and the layout of its answers.
struct Network<'a> {
    session: &'a mut Session,
    side: usize,
    /// Cells per side and anchors per cell, layer by layer.
    layers: &'static [(usize, usize)],
}

/// All faces with at least `min_score`, the largest first. `near` is the short-range network (128 px),
/// `far` the full-range one (192 px).
pub fn detect(
    near: &mut Session,
    far: &mut Session,
    picture: &Pyramid,
    min_score: f32,
) -> Result<Vec<DetectedFace>, InferenceError> {
    let mut near = Network {
        session: near,
        side: 128,
        layers: &[(16, 2), (8, 6)],
    };
    let mut far = Network {
        session: far,
        side: 192,
        layers: &[(48, 1)],
    };
    let grid = picture.grid();
    let size = Vec2::new(grid.width as f32, grid.height as f32);
    let whole = Window::square(size * 0.5, size.max_element());
    let wide = Window::square(size * 0.5, size.max_element() * WIDE_MARGIN);
    let suspicion = min_score * SUSPICION;

    let mut found = near.run(picture, &whole, suspicion)?;
    found.extend(far.run(picture, &whole, suspicion)?);
    found.extend(near.run(picture, &wide, suspicion)?);
    let mut faces = merge(found.clone());
    for (tiles, share) in TILINGS {
        if faces.iter().any(|f| f.score >= min_score) {
            break;
        }
        for window in tile_windows(size, tiles, share) {
            found.extend(near.run(picture, &window, suspicion)?);
            found.extend(far.run(picture, &window, suspicion)?);
        }
        faces = merge(found.clone());
    }
    if faces.iter().any(|f| f.score >= min_score) {
        faces.retain(|f| f.score >= min_score);
    }
    faces.sort_by(|a, b| {
        let area = |f: &DetectedFace| f.size.element_product();
        area(b).total_cmp(&area(a))
    });
    Ok(faces)
}

fn tile_windows(size: Vec2, tiles: usize, share: f32) -> Vec<Window> {
    let side = size.max_element() * share;
    let place = |i: usize, length: f32| {
        let span = (length - side).max(0.0);
        let step = i as f32 / (tiles - 1) as f32;
        if span > 0.0 {
            side * 0.5 + span * step
        } else {
            length * 0.5
        }
    };
    let mut windows = Vec::new();
    for i in 0..tiles * tiles {
        let center = Vec2::new(place(i % tiles, size.x), place(i / tiles, size.y));
        let window = Window::square(center, side);
        if !windows.contains(&window) {
            windows.push(window);
        }
    }
    windows
}

impl Network<'_> {
    fn run(
        &mut self,
        picture: &Pyramid,
        window: &Window,
        min_score: f32,
    ) -> Result<Vec<DetectedFace>, InferenceError> {
        let pixels = picture.sample(window, self.side, Outside::Black);
        let input = Tensor {
            shape: vec![1, self.side, self.side, 3],
            values: pixels
                .iter()
                .flat_map(|c| (*c * 2.0 - 1.0).to_array())
                .collect(),
        };
        let outputs = self.session.run(&[("input", &input)])?;
        let anchors = self.anchors();
        match outputs.as_slice() {
            [boxes, logits]
                if boxes.values.len() == anchors.len() * 16
                    && logits.values.len() == anchors.len() =>
            {
                let face =
                    |i: usize| self.face(&boxes.values[16 * i..16 * i + 16], anchors[i], window);
                Ok((0..anchors.len())
                    .filter_map(|i| {
                        let score = 1.0 / (1.0 + (-logits.values[i]).exp());
                        (score >= min_score).then(|| DetectedFace { score, ..face(i) })
                    })
                    .collect())
            }
            _ => Err(InferenceError::stage(
                "detect",
                "the detector's answer has an unexpected size; install the package again",
            )),
        }
    }

    /// Middles of the anchors, 0..1 of the window.
    fn anchors(&self) -> Vec<Vec2> {
        let mut anchors = Vec::new();
        for &(cells, per_cell) in self.layers {
            for cell in 0..cells * cells {
                let middle = Vec2::new((cell % cells) as f32, (cell / cells) as f32) + 0.5;
                anchors.extend(std::iter::repeat_n(middle / cells as f32, per_cell));
            }
        }
        anchors
    }

    /// Regressors are pixels of the network's square: middle, size, six points.
    fn face(&self, r: &[f32], anchor: Vec2, window: &Window) -> DetectedFace {
        let side = self.side as f32;
        let point =
            |i: usize| window.image_from_window(Vec2::new(r[2 * i], r[2 * i + 1]) / side + anchor);
        DetectedFace {
            center: point(0),
            size: Vec2::new(r[2], r[3]).abs() / side * window.size,
            keypoints: std::array::from_fn(|i| point(i + 2)),
            score: 0.0,
        }
    }
}

/// Weighted non-maximum suppression: overlapping answers become their mean by score.
fn merge(mut found: Vec<DetectedFace>) -> Vec<DetectedFace> {
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut faces = Vec::new();
    while let Some(&best) = found.first() {
        let (same, rest): (Vec<_>, Vec<_>) = found
            .into_iter()
            .partition(|f| f.iou(&best) > SAME_FACE_IOU);
        found = rest;
        let total: f32 = same.iter().map(|f| f.score).sum();
        // A box without area overlaps not even itself.
        if !(total > 0.0) {
            found.retain(|f| *f != best);
            continue;
        }
        let mean = |read: &dyn Fn(&DetectedFace) -> Vec2| {
            same.iter().map(|f| read(f) * f.score).sum::<Vec2>() / total
        };
        faces.push(DetectedFace {
            center: mean(&|f| f.center),
            size: mean(&|f| f.size),
            keypoints: std::array::from_fn(|i| mean(&|f| f.keypoints[i])),
            score: best.score,
        });
    }
    faces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(x: f32, side: f32, score: f32) -> DetectedFace {
        DetectedFace {
            center: Vec2::new(x, 50.0),
            size: Vec2::splat(side),
            keypoints: [Vec2::new(x, 40.0); 6],
            score,
        }
    }

    #[test]
    fn overlapping_answers_become_one_face_between_them() {
        let faces = merge(vec![
            face(100.0, 40.0, 0.5),
            face(104.0, 40.0, 1.0),
            face(300.0, 40.0, 0.7),
            face(10.0, 0.0, 0.9),
        ]);
        assert_eq!(faces.len(), 2, "two faces, the empty box is none");
        assert!((faces[0].center.x - 102.667).abs() < 0.01, "weighted mean");
        assert_eq!(faces[0].score, 1.0, "the best score");
    }

    #[test]
    fn tiles_cover_the_picture_and_do_not_repeat() {
        let windows = tile_windows(Vec2::new(1000.0, 400.0), 2, 0.62);
        assert_eq!(windows.len(), 2, "one row is enough for a wide picture");
        assert!((windows[0].center.x - 310.0).abs() < 0.1, "left edge");
        assert!((windows[1].center.x - 690.0).abs() < 0.1, "right edge");
    }
}
