//! Structs that Rust and WGSL share byte for byte; `tests/layout.rs` compares them by reflection.

use bytemuck::{Pod, Zeroable};

use crate::consts::MAX_LIGHTS;

/// Per-frame constants of all passes.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
pub(crate) struct View {
    /// Focal lengths, px.
    pub(crate) focal: [f32; 2],
    /// Principal point, px from the drawn part's top left corner.
    pub(crate) center: [f32; 2],
    /// Size of the drawn part, px.
    pub(crate) size: [u32; 2],
    /// Bins along both axes.
    pub(crate) bins: [u32; 2],
    /// Smallest x/z and y/z at which the projection is linearized.
    pub(crate) slope_min: [f32; 2],
    /// Largest x/z and y/z at which the projection is linearized.
    pub(crate) slope_max: [f32; 2],
    /// Splats nearer than this are not drawn.
    pub(crate) near: f32,
    /// Added to the diagonal of the 2D covariance, px².
    pub(crate) low_pass: f32,
    /// 1 where the opacity makes up for the low pass.
    pub(crate) compensate: u32,
    /// Highest SH degree to evaluate.
    pub(crate) max_sh_degree: u32,
    /// `VIEW_*`.
    pub(crate) mode: u32,
    /// 1 where selected splats are tinted.
    pub(crate) show_selection: u32,
    /// Bits of the smallest depth of the scene.
    pub(crate) depth_min_bits: u32,
    /// Bits of a depth that are dropped before sorting.
    pub(crate) depth_shift: u32,
    /// ln of the nearest depth, and 1 / (ln far − ln near), for `VIEW_DEPTH`.
    pub(crate) depth_ramp: [f32; 2],
    /// Workgroups of `cull` over all chunks.
    pub(crate) block_count: u32,
    /// Workgroups of `bin.count` and `bin.scatter`: the length of a row of their matrix.
    pub(crate) bin_blocks: u32,
    /// Slots that the visible-splat buffers hold.
    pub(crate) visible_capacity: u32,
    /// `ENTRY_CHUNK`s that the bin-entry buffers hold.
    pub(crate) chunk_capacity: u32,
    /// Tile entries that the list holds.
    pub(crate) intersection_capacity: u32,
    /// 1 where rays are parallel, and `focal` counts px per metre.
    pub(crate) orthographic: u32,
    /// Splats farther than this are not drawn.
    pub(crate) far: f32,
    /// Standard deviation of a dot of `VIEW_CENTERS`, px.
    pub(crate) dot: f32,
    /// 1 where colors are blended as linear light.
    pub(crate) linear: u32,
    /// Fills up to 16 bytes.
    pub(crate) padding: u32,
    /// Rows of `clip_box_from_view`, the translation in w: what lies beyond ±1 is not drawn.
    pub(crate) clip_from_view: [[f32; 4]; 3],
}

/// Per-frame constants of what stands behind and between the splats.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
pub(crate) struct Backdrop {
    /// Rows of `world_from_view`, the translation in w.
    pub(crate) world_from_view: [[f32; 4]; 3],
    /// Display-referred RGB at the top of the whole image; w unused.
    pub(crate) top: [f32; 4],
    /// The same at the bottom.
    pub(crate) bottom: [f32; 4],
    /// Top left corner of the drawn part in the whole image, px.
    pub(crate) origin: [u32; 2],
    /// Size of the whole image, px.
    pub(crate) whole: [u32; 2],
    /// `BACKGROUND_*`.
    pub(crate) background: u32,
    /// `GUIDE_*` bits.
    pub(crate) guides: u32,
    /// Height of the grid in the world, metres.
    pub(crate) ground: f32,
    /// Distance from the world's origin at which grid and axes have faded, metres.
    pub(crate) reach: f32,
    /// 1 where alpha is kept straight (files), 0 where it premultiplies (screen).
    pub(crate) straight_alpha: u32,
    /// Width of the guides' lines, px.
    pub(crate) line_px: f32,
    /// Fills up to 16 bytes.
    pub(crate) padding: [u32; 2],
}

/// One directional light.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
pub(crate) struct Light {
    /// Unit direction towards the light, world frame; w unused.
    pub(crate) direction: [f32; 4],
    /// Linear RGB radiance; w unused.
    pub(crate) radiance: [f32; 4],
}

/// The lights of the scene.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
pub(crate) struct Shading {
    /// Rows of `environment_from_world`; w unused.
    pub(crate) environment_from_world: [[f32; 4]; 3],
    /// SH of irradiance / π in the environment's frame, linear RGB; w unused.
    pub(crate) irradiance: [[f32; 4]; 9],
    /// Directional lights; the unused ones are black.
    pub(crate) lights: [Light; MAX_LIGHTS as usize],
}

/// Constants of one chunk of a layer.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
pub(crate) struct ChunkView {
    /// Rows of `view_from_object`, the translation in w.
    pub(crate) view_from_object: [[f32; 4]; 3],
    /// Rows of `world_from_object` without its scale; w unused.
    pub(crate) world_from_object: [[f32; 4]; 3],
    /// The eye in the object frame, and the scale of `world_from_object` in w.
    pub(crate) eye: [f32; 4],
    /// Splats of the chunk.
    pub(crate) count: u32,
    /// First `cull` workgroup of the chunk among all.
    pub(crate) first_block: u32,
    /// Index of the chunk's first splat among all chunks.
    pub(crate) first_source: u32,
    /// SH degree of the stored coefficients.
    pub(crate) sh_degree: u32,
    /// Splats that the chunk's buffers hold: the distance between SH planes.
    pub(crate) sh_stride: u32,
    /// `CHUNK_*` bits.
    pub(crate) features: u32,
    /// Fills up to 16 bytes.
    pub(crate) padding: [u32; 2],
}

/// A region of the image.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
pub(crate) struct Region {
    /// `REGION_*`.
    pub(crate) kind: u32,
    /// Corners of the outline.
    pub(crate) corners: u32,
    /// 1 where a splat's ellipse counts, not only its centre.
    pub(crate) ellipses: u32,
    /// 1 where splats behind the median depth are left out.
    pub(crate) surface_only: u32,
    /// A corner of a rectangle, or an end of a stroke, px.
    pub(crate) first: [f32; 2],
    /// The other one.
    pub(crate) last: [f32; 2],
    /// Half the width of a stroke, px.
    pub(crate) radius: f32,
    /// Fills up to 8 bytes.
    pub(crate) padding: f32,
}

/// What the passes count; read back after the frame.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Pod, Zeroable)]
pub(crate) struct Counters {
    /// Splats that passed `cull`.
    pub(crate) visible: u32,
    /// `ENTRY_CHUNK`s that all bins need.
    pub(crate) chunks: u32,
    /// (splat, tile) pairs.
    pub(crate) intersections: u32,
    /// Fills up to 16 bytes.
    pub(crate) padding: u32,
}

/// Constants of one sort round.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
pub(crate) struct SortRound {
    /// Lowest bit of the digit.
    pub(crate) shift: u32,
    /// 1 in the round that reads raw depths and counts slots from 0.
    pub(crate) first: u32,
    /// Blocks that the count matrix has room for: the length of a row.
    pub(crate) blocks: u32,
    /// Fills up to 16 bytes.
    pub(crate) padding: u32,
}

/// Which rows of which matrix a scan sums.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
pub(crate) struct ScanRows {
    /// Values in a row.
    pub(crate) length: u32,
    /// Where the total of the first row goes.
    pub(crate) first_total: u32,
    /// Fills up to 16 bytes.
    pub(crate) padding: [u32; 2],
}

/// Shape and attributes of a stored splat; its mean and opacity lie apart, for `cull`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Default, Pod, Zeroable)]
pub(crate) struct Shape {
    /// Unit quaternion x y z w, `object_from_splat`.
    pub(crate) rotation: [f32; 4],
    /// Standard deviations, object units.
    pub(crate) scale: [f32; 3],
    /// Octahedral normal 11 + 11 bits, label 5 bits, confidence 5 bits.
    pub(crate) attributes: u32,
}

/// A splat on the image, 32 bytes. Alpha at an offset d from the mean is
/// 2^(log2_opacity − (u dx + v dy)² − (w dy)²): (u, v, w) is a triangular root of the conic
/// ½ log₂e Σ'⁻¹, which stays accurate for needles where the conic itself cancels.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Default, Pod, Zeroable)]
pub(crate) struct Record {
    /// Mean, px.
    pub(crate) mean: [f32; 2],
    /// u, v, w of the root, 1/px.
    pub(crate) root: [f32; 3],
    /// log₂ of the opacity.
    pub(crate) log2_opacity: f32,
    /// Red and green as two f16, red in the low half.
    pub(crate) color_rg: u32,
    /// Blue as f16 in the low half.
    pub(crate) color_b: u32,
}
