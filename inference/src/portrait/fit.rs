//! Fits the morphable head to the landmarks and the outline of a photograph.
//!
//! Gauss–Newton over 122 unknowns: rotation, translation, 64 identity coefficients and 52 expression
//! weights, the last two inside bounds. Landmarks count robustly (Huber) and by how much their place
//! varies between people; from the fifth iteration on, what sticks out of the matte is pulled in, but
//! nothing is pulled out, because hair hides the skull. The focal length is given: landmarks alone
//! cannot tell it from the distance.

mod outline;
mod pose;
mod solve;
mod system;

use glam::{Mat3, Vec2, Vec3};

use super::mesh::{EXPRESSIONS, HeadModel, IDENTITY_MODES, LANDMARKS};
use super::types::{FaceObservation, HeadCamera, HeadFit, Plane};
use outline::Outline;
use system::{System, Target};

/// Gauss–Newton iterations.
const ITERATIONS: usize = 9;
/// First iteration that sees the matte; before it the pose is too far off.
const OUTLINE_FROM: usize = 4;
/// How often a step that makes things worse is halved.
const HALVINGS: usize = 4;
/// Inter-pupillary distance of an adult, dm; it gives the photograph its scale.
const IPD: f32 = 0.63;
/// Distance from which portraits are taken where the file does not tell the focal length, dm.
const PORTRAIT_DISTANCE: f32 = 14.0;
/// Share of the network's expression that the prior believes.
const EXPRESSION_SHARE: f32 = 0.8;
/// Largest identity coefficient, standard deviations.
const MAX_IDENTITY: f32 = 2.8;
/// Where half of the landmarks are further off than this, the fit is a failure; in inter-pupillary
/// distances.
const MAX_MEDIAN_IPD: f32 = 0.08;

/// Why no head could be fitted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// The landmarks are not 478 finite points, or all in one place.
    #[error("the face landmarks cannot be used ({reason})")]
    Landmarks {
        /// What is wrong.
        reason: &'static str,
    },
    /// The best pose and shape are still far from the landmarks.
    #[error(
        "the face does not have the shape of a head seen from the front (half of its landmarks are more than {median_ipd:.2} eye distances off)"
    )]
    NoMatch {
        /// Median landmark residual, in inter-pupillary distances.
        median_ipd: f32,
    },
}

/// The unknowns.
#[derive(Debug, Clone, PartialEq)]
struct Pose {
    camera: HeadCamera,
    identity: Vec<f32>,
    expression: Vec<f32>,
}

/// Fits the head to the landmarks of one face and to the matte (`[height, width]` of the photograph).
/// `focal_px` is the focal length in pixels where the file or the user tells it.
pub fn fit_head(
    model: &HeadModel,
    face: &FaceObservation,
    alpha: &Plane,
    focal_px: Option<f32>,
) -> Result<HeadFit, FitError> {
    let eye_px = check_landmarks(face)?;
    let focal = focal_px
        .filter(|f| f.is_finite() && *f > 0.0)
        .unwrap_or_else(|| prior_focal(eye_px, alpha));
    let points: Vec<Vec2> = face.landmarks.iter().map(|l| l.truncate()).collect();
    let camera = HeadCamera {
        rotation: Mat3::IDENTITY,
        translation: Vec3::ZERO,
        focal,
        center: 0.5 * Vec2::new(alpha.width as f32, alpha.height as f32),
    };
    let mean_points = model.landmark_points(model.mean());
    let target = Target::new(model, &points, &face.blendshapes, eye_px);
    let start = Pose {
        camera: pose::from_points(&mean_points, &points, &target.sigmas, camera),
        identity: vec![0.0; IDENTITY_MODES],
        expression: target.expression.clone(),
    };
    let outline = Outline::new(model, alpha, &points, eye_px);
    let fitted = iterate(model, &target, &outline, start);

    let vertices = model.vertices(&fitted.identity, &fitted.expression);
    let mut distances = distances(model, &fitted, &vertices, &points);
    distances.sort_by(f32::total_cmp);
    let median_ipd = distances[LANDMARKS / 2] / eye_px;
    if !(median_ipd < MAX_MEDIAN_IPD) {
        return Err(FitError::NoMatch { median_ipd });
    }
    let mean_square = distances.iter().map(|d| d * d).sum::<f32>() / LANDMARKS as f32;
    Ok(HeadFit {
        camera: fitted.camera,
        identity: fitted.identity,
        expression: fitted.expression,
        vertices,
        residual_ipd: mean_square.sqrt() / eye_px,
    })
}

/// Distance between the pupils in pixels, in space (so that a turned head keeps it).
fn check_landmarks(face: &FaceObservation) -> Result<f32, FitError> {
    const RIGHT_IRIS: usize = 468;
    const LEFT_IRIS: usize = 473;
    if face.landmarks.len() != LANDMARKS {
        return Err(FitError::Landmarks {
            reason: "there are not 478",
        });
    }
    if !face.landmarks.iter().all(|l| l.is_finite()) {
        return Err(FitError::Landmarks {
            reason: "one is not a number",
        });
    }
    let eye_px = face.landmarks[LEFT_IRIS].distance(face.landmarks[RIGHT_IRIS]);
    if !(eye_px > 4.0) {
        return Err(FitError::Landmarks {
            reason: "the eyes are less than 4 pixels apart",
        });
    }
    Ok(eye_px)
}

/// The focal length at which the head is [`PORTRAIT_DISTANCE`] away, within what lenses have.
fn prior_focal(eye_px: f32, alpha: &Plane) -> f32 {
    let side = alpha.width.max(alpha.height) as f32;
    (PORTRAIT_DISTANCE * eye_px / IPD).clamp(0.9 * side, 4.5 * side)
}

fn iterate(model: &HeadModel, target: &Target, outline: &Outline, start: Pose) -> Pose {
    let mut pose = start;
    for iteration in 0..ITERATIONS {
        let outline = (iteration >= OUTLINE_FROM).then_some(outline);
        let system = System::at(model, target, outline, &pose);
        let step = system.bounded_step(&pose);
        let mut share = 1.0;
        for halving in 0..=HALVINGS {
            let next = pose.moved(&step, share);
            let cost = system::cost(model, target, outline, &next);
            if cost < system.cost {
                pose = next;
                break;
            }
            if halving == HALVINGS {
                log::debug!("fit: no progress at iteration {iteration}");
            }
            share *= 0.5;
        }
    }
    pose
}

impl Pose {
    /// The unknowns moved by a share of a step; shape stays inside its bounds.
    fn moved(&self, step: &[f64], share: f64) -> Self {
        let at = |i: usize| (share * step[i]) as f32;
        let mut next = self.clone();
        // The step turns about the origin of the view frame moved to the head's pivot, see `system`.
        let turn = Vec3::new(at(0), at(1), at(2));
        let rotation = Mat3::from_quat(glam::Quat::from_scaled_axis(turn)) * self.camera.rotation;
        let pivot = self.camera.rotation * system::PIVOT + self.camera.translation;
        next.camera.rotation = Mat3::from_quat(glam::Quat::from_mat3(&rotation).normalize());
        next.camera.translation =
            pivot + Vec3::new(at(3), at(4), at(5)) - next.camera.rotation * system::PIVOT;
        for (k, value) in next.identity.iter_mut().enumerate() {
            *value = (*value + at(6 + k)).clamp(-MAX_IDENTITY, MAX_IDENTITY);
        }
        for (e, value) in next.expression.iter_mut().enumerate() {
            *value = (*value + at(6 + IDENTITY_MODES + e)).clamp(0.0, 1.0);
        }
        next
    }
}

/// `[478]` distances between landmarks and their projections, pixels.
fn distances(model: &HeadModel, pose: &Pose, vertices: &[Vec3], points: &[Vec2]) -> Vec<f32> {
    let found = model.landmark_points(vertices);
    let distance = |(p, q): (&Vec3, &Vec2)| pose.camera.project(*p).truncate().distance(*q);
    found.iter().zip(points).map(distance).collect()
}

/// Number of unknowns.
const UNKNOWNS: usize = 6 + IDENTITY_MODES + EXPRESSIONS;

#[cfg(test)]
mod tests;
