//! Runs a package's golden inputs and compares what comes out with what should.

use std::sync::PoisonError;

use serde::Deserialize;

use super::{Package, PackageError, table_error};
use crate::error::InferenceError;
use crate::npy::{Npy, NpyError, NpyValues};
use crate::runtime::Runtime;
use crate::session::Tensor;

/// The list of golden runs inside a package.
const LIST: &str = "golden/golden.json";

/// How well one output agrees.
#[derive(Debug, Clone, PartialEq)]
pub struct GoldenCheck {
    /// The graph.
    pub graph: String,
    /// The output.
    pub output: String,
    /// Largest difference, relative to the largest expected value.
    pub error: f32,
    /// Largest error that is accepted.
    pub tolerance: f32,
}

impl GoldenCheck {
    /// Whether the output agrees.
    pub fn passed(&self) -> bool {
        self.error <= self.tolerance
    }
}

#[derive(Deserialize)]
struct Run {
    graph: String,
    input: Input,
    outputs: Vec<Output>,
    relative_tolerance: f32,
}

#[derive(Deserialize)]
struct Input {
    name: String,
    file: String,
    scale: f32,
    offset: f32,
}

#[derive(Deserialize)]
struct Output {
    name: String,
    file: String,
}

impl Package {
    /// Runs every golden input; an empty list where the package has none.
    pub fn self_test(&self, runtime: &Runtime) -> Result<Vec<GoldenCheck>, InferenceError> {
        if self.manifest.file(LIST).is_none() {
            return Ok(Vec::new());
        }
        let runs: Vec<Run> =
            serde_json::from_slice(self.bytes(LIST)?).map_err(|e| PackageError::Manifest {
                message: format!("{LIST}: {e}"),
            })?;
        let mut checks = Vec::new();
        for run in runs {
            checks.extend(self.check_run(runtime, &run)?);
        }
        Ok(checks)
    }

    fn check_run(&self, runtime: &Runtime, run: &Run) -> Result<Vec<GoldenCheck>, InferenceError> {
        let graph = format!("graphs/{}", run.graph);
        let mut input = self.golden(&run.input.file)?;
        for value in &mut input.values {
            *value = *value * run.input.scale + run.input.offset;
        }
        let session = self.session(runtime, &graph)?;
        let mut session = session.lock().unwrap_or_else(PoisonError::into_inner);
        // Golden inputs are stored without their batch axis of one.
        let ports = session.inputs();
        let rank = ports
            .iter()
            .find(|p| p.name == run.input.name)
            .map_or(0, |p| p.shape.len());
        while input.shape.len() < rank {
            input.shape.insert(0, 1);
        }
        let names = session.outputs();
        let outputs = session.run(&[(&run.input.name, &input)])?;
        let mut checks = Vec::new();
        for output in &run.outputs {
            let expected = self.golden(&output.file)?;
            let found = names
                .iter()
                .zip(&outputs)
                .find(|(p, _)| p.name == output.name);
            let error = match found {
                Some((_, found)) if found.values.len() == expected.values.len() => {
                    relative_error(&found.values, &expected.values)
                }
                _ => f32::INFINITY,
            };
            checks.push(GoldenCheck {
                graph: run.graph.clone(),
                output: output.name.clone(),
                error,
                tolerance: run.relative_tolerance,
            });
        }
        Ok(checks)
    }

    fn golden(&self, file: &str) -> Result<Tensor, PackageError> {
        let npy =
            Npy::parse(self.bytes(&format!("golden/{file}"))?).map_err(|e| table_error(file, e))?;
        let values = match npy.values {
            NpyValues::F32(v) => v,
            NpyValues::U8(v) => v.into_iter().map(f32::from).collect(),
            _ => {
                return Err(table_error(
                    file,
                    NpyError::Type {
                        dtype: "other than f4 and u1".to_owned(),
                    },
                ));
            }
        };
        Ok(Tensor {
            shape: npy.shape,
            values,
        })
    }
}

fn relative_error(found: &[f32], expected: &[f32]) -> f32 {
    let largest = expected.iter().fold(1e-6_f32, |m, v| m.max(v.abs()));
    let difference = found
        .iter()
        .zip(expected)
        .fold(0.0_f32, |m, (a, b)| m.max((a - b).abs()));
    difference / largest
}
