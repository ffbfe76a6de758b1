//! What can go wrong between a picture and its Gaussians, in words for the artist.

use scene::{Cancelled, CloudError};

use crate::image_source::ImageError;
use crate::package::PackageError;
use crate::runtime::RuntimeError;

/// Why no splats came out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InferenceError {
    /// ONNX Runtime could not be loaded or failed.
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
    /// The model package is damaged or not understood.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The picture cannot be used.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// Nobody wants the result any more.
    #[error("cancelled")]
    Cancelled,
    /// No face was found.
    #[error(
        "no face was found in the picture: use a portrait that shows the face from the front, at least 60 pixels wide and not covered"
    )]
    NoFace,
    /// A face is there, but turned too far or hidden.
    #[error(
        "a face was found but its features cannot be seen ({reason}): use a picture in which both eyes are visible"
    )]
    UnclearFace {
        /// What is wrong with it.
        reason: String,
    },
    /// The matte holds nothing around the face.
    #[error(
        "the person could not be separated from the background: use a picture with a calmer background, or one that is already cut out (PNG with transparency)"
    )]
    NoMatte,
    /// A network returned NaN or infinity.
    #[error(
        "the network {graph} returned values that are not numbers: the package or the ONNX Runtime build is broken, install both again"
    )]
    NotFinite {
        /// The graph.
        graph: String,
    },
    /// A stage could not do its work.
    #[error("the stage {stage} failed: {message}")]
    Stage {
        /// Name of the stage.
        stage: String,
        /// What happened and what to do.
        message: String,
    },
    /// The worker thread panicked; our bug.
    #[error(
        "the reconstruction stopped by a programming error ({message}): please report it with the picture; your scene is unchanged"
    )]
    Panicked {
        /// The panic's text.
        message: String,
    },
    /// The worker thread is gone or has too much to do.
    #[error("{reason}")]
    Worker {
        /// Why the worker does not take the request.
        reason: String,
    },
}

impl From<Cancelled> for InferenceError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl From<CloudError> for InferenceError {
    fn from(error: CloudError) -> Self {
        Self::Stage {
            stage: "splats".to_owned(),
            message: format!("they are not usable ({error}); please report it with the picture"),
        }
    }
}

impl InferenceError {
    /// A failure inside one stage.
    pub fn stage(stage: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Stage {
            stage: stage.into(),
            message: message.into(),
        }
    }
}
