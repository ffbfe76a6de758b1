//! What a tool holds between one press and the next: corners of a polygon, a volume with its handles, a
//! selection whose numbers can still be changed.

use glam::Vec2;

use crate::{adjust::Adjust, volume::Volume};

#[derive(Debug, Default)]
pub(crate) struct Standing {
    /// Corners set so far, viewport pixels.
    pub(crate) polygon: Vec<Vec2>,
    pub(crate) volume: Option<Volume>,
    pub(crate) adjust: Option<Adjust>,
}

impl Standing {
    /// Lets go of everything that belongs to a tool.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}
