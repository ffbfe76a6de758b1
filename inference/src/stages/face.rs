//! The stages that run the face networks.

use std::sync::PoisonError;

use super::board::Value;
use super::{Blendshapes, Board, Detect, Landmarks, MatteStage, Stage, StageRun};
use crate::error::InferenceError;
use crate::generate::Part;
use crate::portrait::cut_out::{Coverage, cut_out};
use crate::portrait::face_geometry::FaceFrame;
use crate::portrait::face_landmarks::{self, LandmarkOptions};
use crate::portrait::types::{Matte, Plane};
use crate::portrait::{blendshapes as expression, face_detector};
use crate::session::Session;

/// Heads turned further than this are worth a note.
const NOTE_YAW_DEGREES: f32 = 25.0;
/// Heads turned further than this show only one eye.
const MAX_YAW_DEGREES: f32 = 60.0;
/// The person must cover this share of the face's square.
const MIN_FACE_COVERAGE: f32 = 0.25;

impl StageRun<'_> {
    /// Lends the session of a graph; it is this call's alone meanwhile.
    fn with_session<T>(
        &self,
        graph: &str,
        work: impl FnOnce(&mut Session) -> Result<T, InferenceError>,
    ) -> Result<T, InferenceError> {
        let session = self.package.session(self.runtime, graph)?;
        let mut session = session.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut session)
    }
}

pub(super) fn detect(
    stage: &Stage,
    parameters: &Detect,
    board: &Board,
    run: &mut StageRun<'_>,
) -> Result<Value, InferenceError> {
    let image = board.image(stage, 0)?;
    let faces = run.with_session(&parameters.graph, |near| {
        run.with_session(&parameters.far_graph, |far| {
            face_detector::detect(near, far, image, parameters.min_score)
        })
    })?;
    if faces.is_empty() {
        return Err(InferenceError::NoFace);
    }
    Ok(Value::Faces(faces))
}

pub(super) fn landmarks(
    stage: &Stage,
    parameters: &Landmarks,
    board: &Board,
    run: &mut StageRun<'_>,
) -> Result<Value, InferenceError> {
    let options = LandmarkOptions {
        passes: parameters.passes,
        crop_scale: parameters.crop_scale,
        min_presence: parameters.min_presence,
    };
    let (image, faces) = (board.image(stage, 0)?, board.faces(stage, 1)?);
    let face = run
        .with_session(&parameters.graph, |session| {
            face_landmarks::observe(session, image, faces, &options)
        })?
        .ok_or(InferenceError::NoFace)?;
    run.report.face_count = face.face_count;
    if face.face_count > 1 {
        run.note(format!(
            "{} faces were found; the largest one is used. Crop the picture to use another",
            face.face_count
        ))?;
    }
    let yaw = face_landmarks::yaw(&face.landmarks).abs().to_degrees();
    if yaw > MAX_YAW_DEGREES {
        return Err(InferenceError::UnclearFace {
            reason: format!("the head is turned by about {yaw:.0}°"),
        });
    }
    if yaw > NOTE_YAW_DEGREES {
        run.note(format!(
            "The head is turned by about {yaw:.0}°; its far side is guessed"
        ))?;
    }
    Ok(Value::Face(face))
}

pub(super) fn blendshapes(
    stage: &Stage,
    parameters: &Blendshapes,
    board: &Board,
    run: &mut StageRun<'_>,
) -> Result<Value, InferenceError> {
    let mut face = board.face(stage, 0)?.clone();
    let subset = &run.head_model()?.sets.blendshape_inputs;
    face.blendshapes = run.with_session(&parameters.graph, |session| {
        expression::weights(session, &face, subset)
    })?;
    Ok(Value::Face(face))
}

pub(super) fn matte(
    stage: &Stage,
    parameters: &MatteStage,
    board: &Board,
    run: &mut StageRun<'_>,
) -> Result<Value, InferenceError> {
    let (image, face) = (board.image(stage, 0)?, board.face(stage, 1)?);
    let frame = FaceFrame::new(&face.landmarks, &run.head_model()?.sets);
    let matte = if run.image.is_cut_out() {
        cut_out(
            image,
            (&frame, &face.others),
            Coverage::Given(run.image.alpha()),
        )?
    } else {
        run.with_session(&parameters.graph, |session| {
            cut_out(image, (&frame, &face.others), Coverage::Network(session))
        })?
    };
    if face_coverage(&matte.alpha, &frame) < MIN_FACE_COVERAGE {
        return Err(InferenceError::NoMatte);
    }
    run.sink.push(Part::Matte(matte_picture(&matte)))?;
    Ok(Value::Matte(matte))
}

/// Mean coverage of the square of half a face height around the face's middle.
fn face_coverage(alpha: &Plane, frame: &FaceFrame) -> f32 {
    let grid = alpha.grid();
    let reach = frame.height * 0.25;
    let range = |middle: f32, length: usize| {
        let low = (middle - reach).max(0.0) as usize;
        let high = (middle + reach).clamp(0.0, length as f32) as usize;
        low.min(high)..high
    };
    let (mut sum, mut count) = (0.0, 0);
    for y in range(frame.center.y, grid.height) {
        for x in range(frame.center.x, grid.width) {
            sum += alpha.values[grid.index(x, y)];
            count += 1;
        }
    }
    sum / count.max(1) as f32
}

fn matte_picture(matte: &Matte) -> image::RgbaImage {
    let to_byte = |v: f32| (v.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
    let mut picture = image::RgbaImage::new(matte.alpha.width as u32, matte.alpha.height as u32);
    let values = matte.foreground.values.iter().zip(&matte.alpha.values);
    for (pixel, (color, alpha)) in picture.pixels_mut().zip(values) {
        pixel.0 = [
            to_byte(color.x),
            to_byte(color.y),
            to_byte(color.z),
            to_byte(*alpha),
        ];
    }
    picture
}
