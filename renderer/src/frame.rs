//! What is asked of a renderer, and what it answers.

use std::{sync::Arc, time::Duration};

use glam::{Affine3A, Vec3};
use scene::{Dirty, LodTree, NodeId, PinholeCamera, RegionMask, RegionQuery, Scene, ViewMode};

use crate::{FloatImage, GpuError, Part};

/// What stands behind the splats.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Background {
    /// Nothing: the image keeps its alpha.
    Transparent,
    /// One display-referred RGB color, 0..=1.
    Color([f32; 3]),
    /// From one color at the top of the image to another at the bottom, display-referred, 0..=1.
    Gradient {
        /// In the first row.
        top: [f32; 3],
        /// In the last row.
        bottom: [f32; 3],
    },
    /// The light of the scene's environment, as seen from the camera.
    Environment,
    /// Grey squares that show what is transparent.
    Checker,
}

/// In which values colors are mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Blending {
    /// As they are on screen, which trained scenes expect.
    #[default]
    Display,
    /// As light adds up.
    Linear,
}

/// A box in the world; splats whose centres lie outside are not drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClipBox {
    /// From the cube -1..=1 to the world.
    pub world_from_box: Affine3A,
}

/// What is drawn between the splats, hidden where they are in front.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Guides {
    /// An endless grid on the ground.
    pub grid: bool,
    /// Lines along x (red), y (green) and z (blue).
    pub axes: bool,
    /// Height of the grid, metres; where there is none, the foot of the splats, strays aside.
    pub ground: Option<f32>,
    /// Distance from the origin at which they have faded, metres; where there is none, many times the
    /// size of what is there.
    pub reach: Option<f32>,
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
        /// A node gives way to finer ones while its error grows by this share of what is allowed: as they
        /// come it goes, and nothing pops. 0 changes them at once.
        fade: f32,
    },
}

/// How spherical harmonics above degree 0 are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HarmonicsFormat {
    /// In half precision.
    #[default]
    Halves,
    /// As signed bytes with a factor a splat, from degree 2 on: a third less memory in all, and colors that
    /// are off by less than a display shows (docs/decisions/0023-compact-harmonics.md).
    Bytes,
}

/// How much of a scene a renderer holds, and how fast it takes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Residency {
    /// Bytes of packed splats at most, as far as the coarsest version of each layer allows. Of layers with
    /// a tree (see [`Render::set_tree`]) that need more, what is looked at comes and goes; of others the
    /// first rows are drawn.
    pub scene_bytes: u64,
    /// How long a call may take over splats; what is left waits for the next one. None takes over
    /// everything at once, and every picture waits for what it shows.
    pub slice: Option<Duration>,
    /// How its harmonics are held.
    pub harmonics: HarmonicsFormat,
}

impl Residency {
    /// Layers of more splats are taken over in slices, and not sorted before they have a tree.
    pub const LARGE: usize = 200_000;
}

impl Default for Residency {
    fn default() -> Self {
        Self {
            scene_bytes: u64::MAX,
            slice: None,
            harmonics: HarmonicsFormat::default(),
        }
    }
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
    /// Color of selected splats and of the edge around them, display-referred RGB.
    pub selection_color: [u8; 3],
    /// Whether selected splats have an edge around them.
    pub outline: bool,
    /// Which quantity to show.
    pub view: ViewMode,
    /// How finely.
    pub detail: Detail,
    /// In which values colors are mixed.
    pub blending: Blending,
    /// Outside of it nothing is drawn.
    pub clip: Option<ClipBox>,
    /// What is drawn between the splats.
    pub guides: Guides,
}

impl Frame {
    /// The color of selections unless an artist chooses another.
    pub const AMBER: [u8; 3] = [255, 176, 64];

    /// A color frame as exports want it: full SH, no selection, transparent.
    pub fn new(camera: PinholeCamera) -> Self {
        Self {
            camera,
            background: Background::Transparent,
            filter: Filter::Classic,
            max_sh_degree: scene::sh::MAX_DEGREE,
            show_selection: false,
            selection_color: Self::AMBER,
            outline: false,
            view: ViewMode::Color,
            detail: Detail::Exact,
            blending: Blending::Display,
            clip: None,
            guides: Guides::default(),
        }
    }

    /// The same with every splat itself: merged ones have no row to pick.
    pub(crate) fn exact(&self) -> Self {
        Self {
            detail: Detail::Exact,
            ..*self
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
        let (background, guides) = (new.background, new.guides);
        let same_splats = Frame {
            background,
            guides,
            ..*old
        };
        let colors = Frame {
            outline: new.outline,
            max_sh_degree: new.max_sh_degree,
            show_selection: new.show_selection,
            selection_color: new.selection_color,
            view: new.view,
            ..same_splats
        };
        if same_scene && same_splats == *new {
            Self::Pixels
        } else if same_places && colors == *new && only_colors(old.view) && only_colors(new.view) {
            Self::Places
        } else {
            Self::Nothing
        }
    }
}

/// Whether pixels are counted or outlined splat by splat, instead of blended.
pub(crate) fn is_inspected(view: ViewMode) -> bool {
    matches!(
        view,
        ViewMode::Rings | ViewMode::Overdraw | ViewMode::TileLoad
    )
}

/// Whether a view only gives the splats other colors.
fn only_colors(view: ViewMode) -> bool {
    !is_inspected(view) && view != ViewMode::Centers
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

/// One of the splats that show at a pixel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnderPixel {
    /// The layer.
    pub node: NodeId,
    /// The splat's row in its layer.
    pub row: u32,
    /// Distance along the view axis, metres.
    pub depth: f32,
    /// Its alpha at the pixel's centre.
    pub alpha: f32,
    /// Its share of the pixel's light: alpha times what those in front let through.
    pub weight: f32,
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
    /// Splats of visible layers that are not taken over yet, or do not fit.
    pub waiting: u32,
    /// Parts of large layers that the picture shows coarser until they are there.
    pub missing_parts: u32,
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
    /// More splats are in sight than are held: some could not be told from each other.
    #[error("more splats are in sight than the memory for splats holds; go closer or hide layers")]
    Streamed,
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
    /// How much of a scene is held, from the next [`Self::sync`] on.
    fn set_residency(&mut self, residency: Residency);

    /// Whether all that fits of the scene last synced has been taken over, and the last picture showed it
    /// as finely as it can. Where it has not, sync (nothing need have changed) and draw again.
    fn is_complete(&self) -> bool;

    /// Takes over what changed in the scene. The first call takes over everything.
    fn sync(&mut self, scene: &Scene, dirty: &[Dirty]);

    /// Gives a layer its levels of detail, made of the cloud that was last synced; a tree of another
    /// cloud is ignored. Kept until a splat of the layer changes.
    fn set_tree(&mut self, scene: &Scene, node: NodeId, tree: Arc<LodTree>);

    /// Draws the scene last synced and waits for the pixels. However little memory there is for the
    /// lists of splats, the picture is whole: it is drawn in smaller parts then.
    fn render_image(&mut self, frame: &Frame) -> Result<RenderedImage, RenderError> {
        self.render_part(frame, Part::whole(&frame.camera))
    }

    /// Draws a part of the image, to the same pixels as in the whole.
    fn render_part(&mut self, frame: &Frame, part: Part) -> Result<RenderedImage, RenderError>;

    /// Draws a part of the image in floats, each pixel the average of `supersample` × `supersample`
    /// finer ones, in the values in which the frame blends.
    fn render_floats(
        &mut self,
        frame: &Frame,
        part: Part,
        supersample: u32,
    ) -> Result<FloatImage, RenderError>;

    /// The splat under a pixel of the frame, if any.
    fn pick(&mut self, frame: &Frame, pixel: [u32; 2]) -> Result<Option<Pick>, RenderError>;

    /// All splats that show at a pixel of the frame, front to back.
    fn under(&mut self, frame: &Frame, pixel: [u32; 2]) -> Result<Vec<UnderPixel>, RenderError>;

    /// The splats of all visible layers in a region of the frame. Flags do not matter.
    fn region(&mut self, frame: &Frame, query: &RegionQuery) -> Result<RegionMask, RenderError>;

    /// Numbers of the last frame.
    fn stats(&self) -> FrameStats;
}
