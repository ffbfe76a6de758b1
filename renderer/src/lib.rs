//! How splats look: a tile-based renderer on wgpu, and its twin on the CPU.
//!
//! A frame is a fixed list of passes: cull, scan, project, depth sort, bin, tile lists, blend,
//! composite. Each pass has one name in four rooms: `shaders/x.wgsl`, `passes/x.rs` (the GPU side),
//! `cpu/x.rs` (its twin in plain Rust) and a test. The twins together are [`SoftwareRenderer`].

mod buffer;
mod consts;
mod cpu;
mod frame;
mod frame_buffers;
mod gpu;
mod gpu_scene;
mod half16;
mod layers;
mod layout;
mod lod;
mod pack;
mod pages;
#[cfg(test)]
mod pass_tests;
mod passes;
mod picture;
mod readback;
mod reload;
mod renderer;
mod shader;
mod software;
mod timing;
mod tuning;
mod view;

pub use frame::{
    Background, Blending, ClipBox, Detail, Filter, Frame, FrameStats, Guides, HarmonicsFormat,
    PassTime, Pick, Render, RenderError, RenderedImage, Residency, UnderPixel,
};
pub use gpu::{Gpu, GpuError};
pub use picture::FloatImage;
pub use renderer::Renderer;
pub use scene::ViewMode;
pub use software::{CpuRasterizer, SoftwareRenderer};
pub use tuning::{Tuned, Tuning, UnknownTuning, measure as measure_tuning};
pub use view::Part;
