//! The port through which tools ask what is seen at a pixel.

use glam::Vec3;
use scene::{NodeId, RegionMask, RegionQuery};

/// What is seen at a pixel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pick {
    /// The splat layer.
    pub node: NodeId,
    /// The splat that contributes most there.
    pub row: u32,
    /// The seen point in the world.
    pub point: Vec3,
    /// Its depth along view Z, metres.
    pub depth: f32,
}

/// Answers picks; the renderer does, tests bring their own.
pub trait Picker {
    /// What is seen at a position in viewport pixels, `None` where there is nothing.
    fn pick(&mut self, x_px: f32, y_px: f32) -> Option<Pick>;

    /// The splats in a region, decided as the picture shows them; `None` where it cannot be told, and
    /// the splats' centres must do.
    fn region(&mut self, _query: &RegionQuery) -> Option<RegionMask> {
        None
    }
}

/// Sees nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoPicker;

impl Picker for NoPicker {
    fn pick(&mut self, _x_px: f32, _y_px: f32) -> Option<Pick> {
        None
    }
}
