//! Where splats come from: model packages run by ONNX Runtime on one worker thread.
//!
//! A [`Package`] is data: ONNX graphs, tables and a manifest that names a closed set of stages
//! ([`stages`]). [`generate()`] runs them in order on an [`ImageSource`] and hands parts of the
//! result to a [`scene::Sink`] as they are made. [`Worker`] does the same on its own thread.

pub mod city;
pub mod error;
pub mod generate;
pub mod image_source;
pub mod imageops;
pub mod npy;
pub mod package;
pub mod portrait;
pub mod runtime;
pub mod session;
pub mod stages;
pub mod worker;

pub use city::CityDecoder;
pub use error::InferenceError;
pub use generate::{GenerateOptions, Generated, Part, Report, StageTime, generate};
pub use image_source::{ImageError, ImageSource};
pub use npy::{Npy, NpyError, NpyValues};
pub use package::{Package, PackageError};
pub use runtime::{Runtime, RuntimeError};
pub use session::{Session, Tensor};
pub use worker::{GenerateEvent, GenerateJob, GenerateRequest, Worker};
