//! The decoder of a city package: its network behind the door that the builder of cities knocks on.

use std::sync::{Arc, Mutex, PoisonError};

use city::appearance::{DECODED, FACADE_FEATURES};
use city::{DecodeError, Decoder};

use crate::error::InferenceError;
use crate::package::{Package, PackageError, manifest::Task};
use crate::runtime::Runtime;
use crate::session::{Session, Tensor};
use crate::stages::StageKind;

/// The network of a package of the task `layout_to_city`.
#[derive(Debug, Clone)]
pub struct CityDecoder {
    session: Arc<Mutex<Session>>,
    chunk: usize,
    finest: f32,
}

impl CityDecoder {
    /// The decoder of a package. Refuses packages of other tasks, and graphs of other shapes than
    /// `features [rows, FACADE_FEATURES] → surface [rows, DECODED]`.
    pub fn open(runtime: &Runtime, package: &Package) -> Result<Self, InferenceError> {
        let refuse = |message: String| PackageError::Manifest { message };
        if package.manifest().task != Task::LayoutToCity {
            let title = &package.manifest().title;
            return Err(refuse(format!(
                "{title} does not make cities; choose a city package"
            ))
            .into());
        }
        let stage = package.plan().stages().iter().find_map(|s| match &s.kind {
            StageKind::DecodePoints(stage) => Some(stage),
            _ => None,
        });
        let stage = stage.ok_or_else(|| refuse("it has no stage decode_points".to_owned()))?;
        if stage.chunk == 0 || !(stage.finest > 0.0) {
            return Err(
                refuse("chunk and finest of decode_points must be above zero".to_owned()).into(),
            );
        }
        let session = package.session(runtime, &stage.graph)?;
        let (inputs, outputs) = {
            let session = session.lock().unwrap_or_else(PoisonError::into_inner);
            (session.inputs(), session.outputs())
        };
        let fits = |ports: &[crate::session::Port], name: &str, columns: usize| {
            let shape = [None, Some(columns)];
            matches!(ports, [port] if port.name == name && port.shape == shape && port.dtype == "f32")
        };
        if !fits(&inputs, "features", FACADE_FEATURES) || !fits(&outputs, "surface", DECODED) {
            return Err(PackageError::GraphMismatch {
                graph: stage.graph.clone(),
                reason: format!(
                    "it must turn features [rows, {FACADE_FEATURES}] into surface [rows, {DECODED}]"
                ),
            }
            .into());
        }
        Ok(Self {
            session,
            chunk: stage.chunk,
            finest: stage.finest,
        })
    }
}

impl Decoder for CityDecoder {
    fn finest(&self) -> f32 {
        self.finest
    }

    fn decode(&self, features: &[f32]) -> Result<Vec<f32>, DecodeError> {
        let mut all = Vec::with_capacity(features.len() / FACADE_FEATURES * DECODED);
        for chunk in features.chunks(self.chunk * FACADE_FEATURES) {
            let rows = chunk.len() / FACADE_FEATURES;
            let tensor = Tensor {
                shape: vec![rows, FACADE_FEATURES],
                values: chunk.to_vec(),
            };
            let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
            let looks = session
                .run(&[("features", &tensor)])
                .map_err(|error| DecodeError(error.to_string()))?;
            drop(session);
            match looks.into_iter().next() {
                Some(looks) if looks.shape == [rows, DECODED] => all.extend(looks.values),
                _ => {
                    return Err(DecodeError(
                        "the network of the city package answered in another shape".to_owned(),
                    ));
                }
            }
        }
        Ok(all)
    }
}
