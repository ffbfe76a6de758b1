//! Reads the expression as 52 blend-shape weights from the landmarks.

use super::types::FaceObservation;
use crate::error::InferenceError;
use crate::session::{Session, Tensor};

/// Number of weights.
pub const BLENDSHAPES: usize = 52;

/// Weights in the network's order, 0..=1. `subset` names the landmarks that the network wants.
pub fn weights(
    session: &mut Session,
    face: &FaceObservation,
    subset: &[usize],
) -> Result<Vec<f32>, InferenceError> {
    let wrong = || {
        InferenceError::stage(
            "blendshapes",
            "the blend-shape network and its table do not fit; install the package again",
        )
    };
    let mut values = Vec::with_capacity(2 * subset.len());
    for &index in subset {
        let point = face.landmarks.get(index).ok_or_else(wrong)?;
        values.extend([point.x, point.y]);
    }
    let input = Tensor {
        shape: vec![1, subset.len(), 2],
        values,
    };
    let outputs = session.run(&[("serving_default_input_points:0", &input)])?;
    match outputs.as_slice() {
        [weights] if weights.values.len() == BLENDSHAPES => {
            Ok(weights.values.iter().map(|w| w.clamp(0.0, 1.0)).collect())
        }
        _ => Err(wrong()),
    }
}
