//! One loaded graph that can be run, and the tensors that go in and out.

use ort::session::builder::GraphOptimizationLevel;
use ort::value::{TensorElementType, TensorRef, ValueType};

use crate::error::InferenceError;
use crate::runtime::{Runtime, RuntimeError};

/// A dense `f32` tensor in C order.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// Length of each axis.
    pub shape: Vec<usize>,
    /// The values.
    pub values: Vec<f32>,
}

/// An input or output of a graph as ONNX Runtime reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// Name in the graph.
    pub name: String,
    /// Element type ("f32", "f16", ...), or "other".
    pub dtype: &'static str,
    /// Axes; `None` where the length is free.
    pub shape: Vec<Option<usize>>,
}

/// A graph ready to run.
#[derive(Debug)]
pub struct Session {
    session: ort::session::Session,
    name: String,
}

impl Session {
    /// Makes a session of the bytes of an `.onnx` file; `name` is for messages.
    pub fn new(runtime: &Runtime, name: &str, graph: &[u8]) -> Result<Self, RuntimeError> {
        let failed = |error: String| RuntimeError::Failed {
            message: format!("the graph {name} cannot be loaded: {error}"),
        };
        let session = ort::session::Session::builder(runtime.environment())?
            // The graphs are small: the costly layout passes would take longer than they save.
            .with_optimization_level(GraphOptimizationLevel::Level1)
            .map_err(|e| failed(e.to_string()))?
            .commit_from_memory(graph)
            .map_err(|e| failed(e.to_string()))?;
        Ok(Self {
            session,
            name: name.to_owned(),
        })
    }

    /// The graph's inputs.
    pub fn inputs(&self) -> Vec<Port> {
        self.session.inputs().iter().map(port).collect()
    }

    /// The graph's outputs.
    pub fn outputs(&self) -> Vec<Port> {
        self.session.outputs().iter().map(port).collect()
    }

    /// Runs the graph once; inputs by name, all outputs in the graph's order.
    pub fn run(&mut self, inputs: &[(&str, &Tensor)]) -> Result<Vec<Tensor>, InferenceError> {
        let failed = |error: ort::Error| RuntimeError::Failed {
            message: format!("the graph {} did not run: {error}", self.name),
        };
        let mut values = Vec::with_capacity(inputs.len());
        for (name, tensor) in inputs {
            let view = TensorRef::from_array_view((tensor.shape.clone(), tensor.values.as_slice()))
                .map_err(failed)?;
            values.push((*name, view));
        }
        let outputs = self.session.run(values).map_err(failed)?;
        let mut tensors = Vec::with_capacity(outputs.len());
        for (_, value) in &outputs {
            let (shape, values) = value.try_extract_tensor::<f32>().map_err(failed)?;
            if !values.iter().all(|v| v.is_finite()) {
                return Err(InferenceError::NotFinite {
                    graph: self.name.clone(),
                });
            }
            tensors.push(Tensor {
                shape: shape
                    .iter()
                    .map(|&d| usize::try_from(d).unwrap_or(0))
                    .collect(),
                values: values.to_vec(),
            });
        }
        Ok(tensors)
    }
}

fn port(outlet: &ort::value::Outlet) -> Port {
    let (dtype, shape) = match outlet.dtype() {
        ValueType::Tensor { ty, shape, .. } => (
            match ty {
                TensorElementType::Float32 => "f32",
                TensorElementType::Float16 => "f16",
                TensorElementType::Int32 => "i32",
                TensorElementType::Int64 => "i64",
                TensorElementType::Uint8 => "u8",
                _ => "other",
            },
            shape.iter().map(|&d| usize::try_from(d).ok()).collect(),
        ),
        _ => ("other", Vec::new()),
    };
    Port {
        name: outlet.name().to_owned(),
        dtype,
        shape,
    }
}
