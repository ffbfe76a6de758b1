//! Who says what a surface looks like where it is not asked of the functions of [`crate::appearance`].

/// Why a decoder did not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DecodeError(pub String);

/// A network that tells the looks of boxes on façades from their features.
pub trait Decoder: Send + Sync {
    /// The finest stride that it was trained for well enough, metres; finer boxes are the functions' own.
    fn finest(&self) -> f32;

    /// `[n, FACADE_FEATURES]` numbers to `[n, DECODED]`; see [`crate::appearance::facade_features`] and
    /// [`crate::appearance::Surface::from_decoded`].
    fn decode(&self, features: &[f32]) -> Result<Vec<f32>, DecodeError>;
}
