//! What is asked of a renderer, and what it answers.

use std::sync::Arc;

use glam::Vec3;
use scene::{Dirty, LodTree, NodeId, PinholeCamera, Scene};

use crate::GpuError;

/// What stands behind the splats.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Background {
    /// Nothing: the image keeps its alpha.
    Transparent,
    /// One display-referred RGB color, 0..=1.
    Color([f32; 3]),
}

/// How a splat is widened so that none falls between the pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Filter {
    /// Adds 0.3 px² to the 2D covariance, as trained scenes expect (Kerbl et al. 2023).
    #[default]
    Classic,
    /// Adds 0.1 px² and lowers the opacity by as much as the splat grew (Mip-Splatting, Yu et al. 2024).
    Mip,
}

/// Which quantity the picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ViewMode {
    /// The splats' own colors, lit where the layer is lit.
    #[default]
    Color,
    /// World normals mapped from -1..=1 to 0..=1; the shortest axis where a layer has no `normal` column.
    Normals,
    /// Distance along the view axis, logarithmic: white is near, black is far.
    Depth,
    /// The `label` column, one color a label; grey where a layer has none.
    Labels,
    /// The `confidence` column: green seen, amber grazing, red invented; grey where a layer has none.
    Confidence,
}

/// How finely the scene is drawn where it has levels of detail.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Detail {
    /// Every splat, as pictures that are kept want it.
    #[default]
    Exact,
    /// Merged splats where that is not seen, as a moving camera wants it. Layers without a tree (see
    /// [`Render::set_tree`]) are drawn exactly.
    Coarse {
        /// How far splats may be from those they stand for, px in the middle of the picture.
        tolerance_px: f32,
        /// Splats at most, in all layers with a tree; where it is short the error is spread evenly.
        budget: u32,
    },
}

/// One picture to draw of the scene last handed to [`Render::sync`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// From where; its size is the size of the image.
    pub camera: PinholeCamera,
    /// What stands behind the splats.
    pub background: Background,
    /// Pixel filter.
    pub filter: Filter,
    /// Highest degree of spherical harmonics to evaluate, 0..=3.
    pub max_sh_degree: u32,
    /// Whether selected splats are tinted.
    pub show_selection: bool,
    /// Which quantity to show.
    pub view: ViewMode,
    /// How finely.
    pub detail: Detail,
}

impl Frame {
    /// A color frame as exports want it: full SH, no selection, transparent.
    pub fn new(camera: PinholeCamera) -> Self {
        Self {
            camera,
            background: Background::Transparent,
            filter: Filter::Classic,
            max_sh_degree: scene::sh::MAX_DEGREE,
            show_selection: false,
            view: ViewMode::Color,
            detail: Detail::Exact,
        }
    }
}

/// What of an earlier picture still holds for a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// Nothing: every pass runs.
    Nothing,
    /// Which splat is where: colors are computed and blended anew.
    Places,
    /// The blended pixels: what stands behind them changed at most.
    Pixels,
}

impl Kept {
    /// Of the picture of `old` for `new`. `unchanged` tells whether the scene is the same, and whether at
    /// least all its splats are where they were.
    pub(crate) fn between(old: &Frame, new: &Frame, unchanged: [bool; 2]) -> Self {
        let [same_scene, same_places] = unchanged;
        let background = new.background;
        let colors = Frame {
            background,
            max_sh_degree: new.max_sh_degree,
            show_selection: new.show_selection,
            view: new.view,
            ..*old
        };
        if same_scene && (Frame { background, ..*old }) == *new {
            Self::Pixels
        } else if same_places && colors == *new && old.view.only_colors() && new.view.only_colors()
        {
            Self::Places
        } else {
            Self::Nothing
        }
    }
}

impl ViewMode {
    /// Whether it only gives the splats other colors.
    fn only_colors(self) -> bool {
        matches!(
            self,
            Self::Color | Self::Normals | Self::Depth | Self::Labels | Self::Confidence
        )
    }
}

/// A finished picture in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedImage {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// `[height, width, 4]`, display-referred, straight (not premultiplied) alpha.
    pub rgba: Vec<u8>,
}

/// The splat seen at a pixel: the first behind which less than half of the light gets through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pick {
    /// The layer.
    pub node: NodeId,
    /// The splat's row in its layer.
    pub row: u32,
    /// The point under the pixel's centre at the splat's depth, world frame.
    pub point: Vec3,
    /// Distance along the view axis, metres.
    pub depth: f32,
}

/// Wall-clock or GPU time of one pass.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PassTime {
    /// Name of the pass, as in `shaders/`.
    pub pass: &'static str,
    /// Milliseconds.
    pub ms: f32,
}

/// Numbers of the last frames, for the status bar and the benchmarks.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FrameStats {
    /// Splats in visible layers.
    pub splats: u32,
    /// Of these, or of the coarser ones that stand for them, the ones in pages that may be seen.
    pub considered: u32,
    /// How far coarse splats are at most from those they stand for, px; 0 in exact frames.
    pub error_px: f32,
    /// Splats that passed culling.
    pub visible: u32,
    /// (splat, tile) pairs.
    pub intersections: u32,
    /// Whether a buffer was too small and splats are missing; the next frame has room.
    pub overflowed: bool,
    /// Whether the last call drew nothing because nothing had changed.
    pub cached: bool,
    /// Bytes of GPU memory (or of packed splats, in software) held.
    pub memory_bytes: u64,
    /// How many of them are the packed splats.
    pub scene_bytes: u64,
    /// The passes that the last call ran, in order: those whose input had changed.
    pub ran: Vec<&'static str>,
    /// Time per pass, in order; empty where the device cannot tell.
    pub passes: Vec<PassTime>,
}

/// Why a picture could not be drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The image has no pixels or more than the device can hold.
    #[error(
        "an image of {width}×{height} pixels cannot be drawn; choose 1 to {limit} pixels a side"
    )]
    ImageSize {
        /// Asked width.
        width: u32,
        /// Asked height.
        height: u32,
        /// Largest side.
        limit: u32,
    },
    /// The scene needs more memory than the device gives to one buffer.
    #[error("the graphics device cannot hold {what}; hide some layers or draw a smaller image")]
    Capacity {
        /// Which list is too long.
        what: &'static str,
    },
    /// The device stopped answering.
    #[error("the graphics device stopped answering ({reason}); save your work and start again")]
    DeviceLost {
        /// The driver's words.
        reason: String,
    },
    /// No device.
    #[error(transparent)]
    Gpu(#[from] GpuError),
}

/// A renderer: the GPU's, or its twin on the CPU.
pub trait Render {
    /// Takes over what changed in the scene. The first call takes over everything.
    fn sync(&mut self, scene: &Scene, dirty: &[Dirty]);

    /// Gives a layer its levels of detail, made of the cloud that was last synced; a tree of another
    /// cloud is ignored. Kept until a splat of the layer changes.
    fn set_tree(&mut self, scene: &Scene, node: NodeId, tree: Arc<LodTree>);

    /// Draws the scene last synced and waits for the pixels.
    fn render_image(&mut self, frame: &Frame) -> Result<RenderedImage, RenderError>;

    /// The splat under a pixel of the frame, if any.
    fn pick(&mut self, frame: &Frame, pixel: [u32; 2]) -> Result<Option<Pick>, RenderError>;

    /// Numbers of the last frame.
    fn stats(&self) -> FrameStats;
}
