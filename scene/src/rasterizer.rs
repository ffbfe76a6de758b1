//! The port through which work outside the renderer asks for a picture of a cloud.

use crate::{GaussianCloud, PinholeCamera};

/// An image of straight `f32` pixels in row order.
#[derive(Debug, Clone, PartialEq)]
pub struct PixelImage {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// `[height, width, 4]`: color multiplied by alpha (premultiplied), then alpha. Display-referred.
    pub pixels: Vec<[f32; 4]>,
}

/// Draws one cloud from one camera over transparent black.
pub trait Rasterizer: Send + Sync {
    /// The picture of `cloud`; the same pixels as the viewport would show, unlit.
    fn rasterize(&self, cloud: &GaussianCloud, camera: &PinholeCamera) -> PixelImage;
}
