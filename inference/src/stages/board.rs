//! Where the results of stages wait for the stages that need them.

use std::collections::BTreeMap;

use scene::{GaussianCloud, PinholeCamera};

use crate::error::InferenceError;
use crate::imageops::warp::Pyramid;
use crate::portrait::face_detector::DetectedFace;
use crate::portrait::surface::Front;
use crate::portrait::types::{Crop, FaceObservation, HeadFit, LabelMap, Matte};
use crate::stages::{Plan, Stage};

/// One result; the variants match [`super::Slot`].
#[derive(Debug)]
pub(crate) enum Value {
    Image(Pyramid),
    Faces(Vec<DetectedFace>),
    Face(FaceObservation),
    Matte(Matte),
    HeadFit(HeadFit),
    Crop(Crop),
    Labels(LabelMap),
    Surface(Box<Front>),
    Head(Head),
}

/// A head of Gaussians with the camera that took its photograph.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) cloud: GaussianCloud,
    pub(crate) camera: PinholeCamera,
}

/// Results by the names that the manifest gives them.
#[derive(Debug)]
pub(crate) struct Board {
    values: BTreeMap<String, Value>,
}

macro_rules! reader {
    ($name:ident, $variant:ident, $type:ty) => {
        pub(crate) fn $name(&self, stage: &Stage, input: usize) -> Result<&$type, InferenceError> {
            match self.get(stage, input) {
                Some(Value::$variant(value)) => Ok(value),
                _ => Err(missing(stage, input)),
            }
        }
    };
}

impl Board {
    /// A board that holds the picture.
    pub(crate) fn new(image: Pyramid) -> Self {
        Self {
            values: BTreeMap::from([("image".to_owned(), Value::Image(image))]),
        }
    }

    fn get(&self, stage: &Stage, input: usize) -> Option<&Value> {
        self.values.get(stage.inputs.get(input)?)
    }

    /// Puts down what a stage made.
    pub(crate) fn put(&mut self, stage: &Stage, value: Value) {
        if let Some(name) = stage.outputs.first() {
            self.values.insert(name.clone(), value);
        }
    }

    /// Takes the head away from the board, to be changed and put back.
    pub(crate) fn take_head(
        &mut self,
        stage: &Stage,
        input: usize,
    ) -> Result<Head, InferenceError> {
        let name = stage.inputs.get(input).map_or("", String::as_str);
        match self.values.remove(name) {
            Some(Value::Head(head)) => Ok(head),
            _ => Err(missing(stage, input)),
        }
    }

    /// The finished head, which the last stage must have made.
    pub(crate) fn finish(mut self, plan: &Plan) -> Result<Head, InferenceError> {
        let last = plan.stages().last().and_then(|s| s.outputs.first());
        match last.and_then(|name| self.values.remove(name)) {
            Some(Value::Head(head)) => Ok(head),
            _ => Err(InferenceError::stage(
                "the last one",
                "it makes no splats; the package is of no use here",
            )),
        }
    }

    reader!(image, Image, Pyramid);
    reader!(faces, Faces, Vec<DetectedFace>);
    reader!(face, Face, FaceObservation);
    reader!(matte, Matte, Matte);
    reader!(head_fit, HeadFit, HeadFit);
    reader!(crop, Crop, Crop);
    reader!(labels, Labels, LabelMap);
    reader!(surface, Surface, Front);
}

/// The plan is checked before it runs, so this does not happen to a plan that was parsed.
fn missing(stage: &Stage, input: usize) -> InferenceError {
    let name = stage.inputs.get(input).map_or("?", String::as_str);
    InferenceError::stage(&stage.id, format!("its input {name} is not there"))
}
