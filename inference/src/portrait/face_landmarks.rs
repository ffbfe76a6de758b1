//! Places 478 landmarks on a face with MediaPipe's second face-mesh network.
//!
//! The network wants a square, 1.5 times the face, eyes level. The first square comes from the
//! detector, the next ones from the landmarks themselves, until it sits well.

use glam::{Vec2, Vec3};

use super::face_detector::DetectedFace;
use super::types::FaceObservation;
use crate::error::InferenceError;
use crate::imageops::warp::{Outside, Pyramid, Window};
use crate::session::{Session, Tensor};

/// Number of landmarks, the last ten on the irises.
pub const LANDMARKS: usize = 478;
/// Side of the network's input, pixels.
const SIDE: usize = 256;
/// Square around the detector's box, in box sides.
const BOX_SCALE: f32 = 1.5;
/// More faces are not looked at.
const MAX_FACES: usize = 8;
/// Outer corners of the right and the left eye.
const EYE_CORNERS: [usize; 2] = [33, 263];
/// Right and left edge of the face at the height of the ears.
const CHEEKS: [usize; 2] = [234, 454];

/// How the landmarks are found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LandmarkOptions {
    /// How often the network runs on the chosen face.
    pub passes: u32,
    /// Side of the square in extents of the landmarks.
    pub crop_scale: f32,
    /// Faces with a lower presence do not count, 0..=1.
    pub min_presence: f32,
}

struct Pass {
    landmarks: Vec<Vec3>,
    presence: f32,
}

/// Landmarks of the largest of `faces` (sorted so) that the network takes for one; `None` where it
/// takes none for a face. The observation has no blend shapes yet.
pub fn observe(
    session: &mut Session,
    picture: &Pyramid,
    faces: &[DetectedFace],
    options: &LandmarkOptions,
) -> Result<Option<FaceObservation>, InferenceError> {
    let mut chosen: Option<Pass> = None;
    let mut face_count = 0;
    let mut others = Vec::new();
    for face in faces.iter().take(MAX_FACES) {
        let pass = run(session, picture, &box_window(face))?;
        if pass.presence >= options.min_presence {
            face_count += 1;
            match chosen {
                Some(_) => others.push((face.center, face.size)),
                None => chosen = Some(pass),
            }
        }
    }
    let Some(mut pass) = chosen else {
        return Ok(None);
    };
    for _ in 1..options.passes {
        let window = landmark_window(&pass.landmarks, options.crop_scale);
        pass = run(session, picture, &window)?;
    }
    if pass.presence < options.min_presence {
        return Ok(None);
    }
    Ok(Some(FaceObservation {
        landmarks: pass.landmarks,
        blendshapes: Vec::new(),
        presence: pass.presence,
        face_count,
        others,
    }))
}

/// Turn of the head to its side by the depth of its two edges, radians; 0 = frontal.
pub fn yaw(landmarks: &[Vec3]) -> f32 {
    let across = landmarks[CHEEKS[1]] - landmarks[CHEEKS[0]];
    across.z.atan2(across.truncate().length())
}

fn box_window(face: &DetectedFace) -> Window {
    Window {
        center: face.center,
        size: Vec2::splat(face.size.max_element() * BOX_SCALE),
        angle: face.roll(),
    }
}

/// The square around the landmarks, its x axis along the line between the eyes.
fn landmark_window(landmarks: &[Vec3], scale: f32) -> Window {
    let across = (landmarks[EYE_CORNERS[1]] - landmarks[EYE_CORNERS[0]]).truncate();
    let angle = across.y.atan2(across.x);
    let level = Vec2::from_angle(-angle);
    let (mut low, mut high) = (Vec2::INFINITY, Vec2::NEG_INFINITY);
    for point in landmarks {
        let point = level.rotate(point.truncate());
        low = low.min(point);
        high = high.max(point);
    }
    Window {
        center: Vec2::from_angle(angle).rotate((low + high) * 0.5),
        size: Vec2::splat((high - low).max_element() * scale),
        angle,
    }
}

fn run(session: &mut Session, picture: &Pyramid, window: &Window) -> Result<Pass, InferenceError> {
    let pixels = picture.sample(window, SIDE, Outside::Border);
    let input = Tensor {
        shape: vec![1, SIDE, SIDE, 3],
        values: pixels.iter().flat_map(|c| c.to_array()).collect(),
    };
    let outputs = session.run(&[("input_12", &input)])?;
    match outputs.as_slice() {
        [points, presence, ..]
            if points.values.len() == 3 * LANDMARKS && presence.values.len() == 1 =>
        {
            let scale = window.size.x / SIDE as f32;
            let landmark = |p: &[f32]| {
                let at = Vec2::new(p[0], p[1]) / SIDE as f32;
                window.image_from_window(at).extend(p[2] * scale)
            };
            Ok(Pass {
                landmarks: points.values.chunks_exact(3).map(landmark).collect(),
                presence: 1.0 / (1.0 + (-presence.values[0]).exp()),
            })
        }
        _ => Err(InferenceError::stage(
            "landmarks",
            "the landmark network's answer has an unexpected size; install the package again",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_square_follows_the_eyes_and_the_extent() {
        let mut landmarks = vec![Vec3::new(50.0, 50.0, 0.0); LANDMARKS];
        // A face turned by 90°: the eyes above each other.
        landmarks[EYE_CORNERS[0]] = Vec3::new(50.0, 40.0, 0.0);
        landmarks[EYE_CORNERS[1]] = Vec3::new(50.0, 60.0, 0.0);
        landmarks[0] = Vec3::new(10.0, 50.0, 0.0);
        let window = landmark_window(&landmarks, 1.5);
        assert!(
            (window.angle - std::f32::consts::FRAC_PI_2).abs() < 1e-5,
            "angle"
        );
        assert!((window.size.x - 60.0).abs() < 1e-3, "1.5 × 40 px");
        assert!(
            window.center.distance(Vec2::new(30.0, 50.0)) < 1e-3,
            "middle"
        );
    }

    #[test]
    fn a_head_turned_by_45_degrees_says_so() {
        let mut landmarks = vec![Vec3::ZERO; LANDMARKS];
        landmarks[CHEEKS[1]] = Vec3::new(10.0, 0.0, 10.0);
        assert!((yaw(&landmarks).to_degrees() - 45.0).abs() < 1e-3, "yaw");
    }
}
