//! Every number that Rust and WGSL share. The shaders get them as a generated prelude.

use std::fmt::Write as _;

/// Declares constants and a WGSL prelude that repeats them.
macro_rules! shared_constants {
    ($($(#[$doc:meta])* $name:ident: $kind:ident = $value:expr;)*) => {
        $($(#[$doc])* pub(crate) const $name: $kind = $value;)*

        /// The same constants in WGSL, one a line.
        pub(crate) fn wgsl_prelude() -> String {
            let mut wgsl = String::new();
            $(shared_constants!(@write wgsl, $name, $kind);)*
            wgsl
        }
    };
    (@write $out:ident, $name:ident, u32) => {
        // Writing to a `String` cannot fail.
        let _ = writeln!($out, "const {} = {}u;", stringify!($name), $name);
    };
    (@write $out:ident, $name:ident, f32) => {
        let _ = writeln!($out, "const {} = {:e}f;", stringify!($name), $name);
    };
}

shared_constants! {
    /// Threads of a workgroup in every pass but blend.
    WORKGROUP: u32 = 256;
    /// 32-bit words that hold one bit for each thread of a workgroup.
    WORKGROUP_WORDS: u32 = WORKGROUP / 32;

    /// Side of a tile in pixels.
    TILE: u32 = 16;
    /// Tiles along the side of a bin.
    BIN_TILES: u32 = 8;
    /// Side of a bin in pixels.
    BIN: u32 = TILE * BIN_TILES;
    /// Tiles of a bin.
    TILES_PER_BIN: u32 = BIN_TILES * BIN_TILES;
    /// Most bins of an image: their counters must fit into workgroup memory.
    MAX_BINS: u32 = 2048;
    /// Bins that one round of `bin.scatter` serves with its bitmaps.
    BIN_WINDOW: u32 = 256;
    /// Depth-ordered splats that one workgroup of `bin` handles.
    BIN_BLOCK: u32 = 1024;
    /// Bins that one thread of `bin` serves alone for a splat; the workgroup shares larger ones.
    BIG_RECT: u32 = 16;
    /// Larger splats that a round of `bin` keeps a list of.
    BIG_LIST: u32 = 64;
    /// A rectangle of bins that covers none (first > last on both axes).
    EMPTY_RECT: u32 = 0x0000_ffff;
    /// Bin entries that one workgroup of `tiles` handles; bins start at multiples of it.
    ENTRY_CHUNK: u32 = WORKGROUP;

    /// Bits of the quantized depth that are sorted.
    KEY_BITS: u32 = 24;
    /// Bits that one sort round orders; a choice of `Tuning`.
    DIGIT_BITS: u32 = 4;
    /// Values of a digit.
    DIGITS: u32 = 1 << DIGIT_BITS;
    /// Keys of one thread in a sort round.
    KEYS_PER_THREAD: u32 = 16;
    /// Keys of one workgroup in a sort round.
    SORT_BLOCK: u32 = WORKGROUP * KEYS_PER_THREAD;
    /// The depth of a slot that turned out to cover no pixel; sorts behind everything.
    EMPTY_DEPTH: u32 = 0xffff_ffff;

    /// Rows of four pixels that a thread of blend owns; a choice of `Tuning`.
    BLEND_ROWS: u32 = 2;
    /// Threads of a blend workgroup.
    BLEND_THREADS: u32 = TILE * TILE / 4 / BLEND_ROWS;
    /// Alpha of one splat at a pixel never exceeds this (as gsplat).
    ALPHA_MAX: f32 = 0.99;
    /// 1/255: contributions below it are skipped.
    ALPHA_MIN: f32 = 1.0 / 255.0;
    /// log₂(1/255): contributions below it are skipped.
    LOG2_ALPHA_MIN: f32 = -7.994_353_3;
    /// A pixel is finished before the splat that would leave no more than this.
    TRANSMITTANCE_MIN: f32 = 1.0e-4;
    /// The splat that takes the transmittance below this is the one that is picked.
    PICK_TRANSMITTANCE: f32 = 0.5;
    /// Widening of a splat's outline in the tile test (log₂ units of alpha), so that rounding loses no pixel.
    OUTLINE_MARGIN: f32 = 1.0e-3;

    /// √(½ log₂ e): turns the root of a conic into units of log₂ alpha.
    ROOT_LOG2E_HALF: f32 = 0.849_321_8;
    /// 2 ln 2: turns log₂ units into squared standard deviations.
    TWO_LN_2: f32 = 1.386_294_4;
    /// Most standard deviations at which an opaque splat still counts: √(2 ln 255).
    MAX_SIGMAS: f32 = 3.329_043;
    /// Variances in px² are scaled down to this, so that determinants stay finite.
    MAX_VARIANCE: f32 = 1.0e12;
    /// The linearization of the projection stops this far outside the image, in half fields of view.
    SLOPE_MARGIN: f32 = 0.3;
    /// Largest finite half-precision number.
    F16_MAX: f32 = 65504.0;

    /// Flag bits of a splat: see `scene::SplatFlags`.
    FLAG_SELECTED: u32 = 1;
    /// Drawn red.
    FLAG_MARKED: u32 = 128;
    /// Lowest of the three bits that name a splat's own grade.
    FLAG_GRADE_SHIFT: u32 = 4;
    /// Flags that only `recolor` reads.
    FLAGS_OF_PARTS: u32 = 0xf0;
    /// Hidden or deleted.
    FLAGS_NOT_DRAWN: u32 = 2 | 8;
    /// Color of marked splats (vermilion), display-referred.
    MARK_R: f32 = 0.92;
    /// See `MARK_R`.
    MARK_G: f32 = 0.10;
    /// See `MARK_R`.
    MARK_B: f32 = 0.06;
    /// Share of the mark's color in a marked splat.
    MARK_MIX: f32 = 0.85;
    /// Share of the selection's color in a selected splat.
    SELECTION_MIX: f32 = 0.55;

    /// `ViewMode` as a number.
    VIEW_COLOR: u32 = 0;
    /// See `VIEW_COLOR`.
    VIEW_NORMALS: u32 = 1;
    /// See `VIEW_COLOR`.
    VIEW_DEPTH: u32 = 2;
    /// See `VIEW_COLOR`.
    VIEW_LABELS: u32 = 3;
    /// See `VIEW_COLOR`.
    VIEW_CONFIDENCE: u32 = 4;
    /// See `VIEW_COLOR`.
    VIEW_CENTERS: u32 = 5;
    /// See `VIEW_COLOR`.
    VIEW_RINGS: u32 = 6;
    /// See `VIEW_COLOR`.
    VIEW_ALBEDO: u32 = 7;
    /// See `VIEW_COLOR`.
    VIEW_ROUGHNESS: u32 = 8;
    /// See `VIEW_COLOR`.
    VIEW_METALLIC: u32 = 9;
    /// See `VIEW_COLOR`.
    VIEW_OCCLUSION: u32 = 10;
    /// See `VIEW_COLOR`.
    VIEW_OVERDRAW: u32 = 11;
    /// See `VIEW_COLOR`.
    VIEW_TILE_LOAD: u32 = 12;
    /// See `VIEW_COLOR`.
    VIEW_LEVELS: u32 = 13;

    /// Opacity of a dot of `VIEW_CENTERS`.
    DOT_OPACITY: f32 = 0.99;
    /// A ring of `VIEW_RINGS` lies at most this far out, in log₂ units of alpha: two standard deviations.
    RING_LEVEL: f32 = 2.885_39;
    /// Opacity of a ring's line.
    RING_ALPHA: f32 = 0.7;
    /// Opacity of what a ring surrounds.
    RING_FILL: f32 = 0.03;
    /// log₂ of the splats blended at a pixel that `VIEW_OVERDRAW` shows brightest.
    OVERDRAW_LOG2_MAX: f32 = 9.0;
    /// log₂ of the length of a tile's list that `VIEW_TILE_LOAD` shows brightest.
    TILE_LOAD_LOG2_MAX: f32 = 13.0;

    /// `Background` as a number.
    BACKGROUND_NONE: u32 = 0;
    /// From `Backdrop::top` to `Backdrop::bottom`.
    BACKGROUND_COLORS: u32 = 1;
    /// See `BACKGROUND_NONE`.
    BACKGROUND_ENVIRONMENT: u32 = 2;
    /// See `BACKGROUND_NONE`.
    BACKGROUND_CHECKER: u32 = 3;
    /// Side of a square of the checkerboard, px.
    CHECKER_SIDE: u32 = 12;

    /// Kind of a region: between two corners.
    REGION_RECT: u32 = 0;
    /// Inside an outline.
    REGION_POLYGON: u32 = 1;
    /// Around a line.
    REGION_STROKE: u32 = 2;
    /// A splat reaches so many standard deviations when it is selected.
    FOOTPRINT_SIGMAS: f32 = 2.0;
    /// Share of the depth by which a splat may lie behind what is seen and still be on the surface.
    SURFACE_SLACK: f32 = 0.01;

    /// Bits of a backdrop's `guides`.
    GUIDE_GRID: u32 = 1;
    /// See `GUIDE_GRID`.
    GUIDE_AXES: u32 = 2;
    /// See `GUIDE_GRID`.
    GUIDE_OUTLINE: u32 = 4;
    /// The finest lines of the grid lie about this far apart on the image, px.
    GRID_SPACING_PX: f32 = 18.0;

    /// Bits of a chunk's `features`: the lights shade it.
    CHUNK_LIT: u32 = 1;
    /// The normals are a column of the cloud, not a guess from the shortest axis.
    CHUNK_NORMALS: u32 = 2;
    /// The labels are a column of the cloud.
    CHUNK_LABELS: u32 = 4;
    /// The confidences are a column of the cloud.
    CHUNK_CONFIDENCE: u32 = 8;
    /// One plane behind the harmonics holds material columns.
    CHUNK_MATERIAL: u32 = 16;
    /// The albedo is a column of the cloud.
    CHUNK_ALBEDO: u32 = 32;
    /// The roughness is a column of the cloud.
    CHUNK_ROUGHNESS: u32 = 64;
    /// The metallic share is a column of the cloud.
    CHUNK_METALLIC: u32 = 128;
    /// The ambient occlusion is a column of the cloud.
    CHUNK_OCCLUSION: u32 = 256;
    /// The layer has a grade.
    CHUNK_GRADED: u32 = 512;
    /// Some splats have a grade of their own or are marked.
    CHUNK_PARTS: u32 = 1024;
    /// Grades of a layer, four rows each.
    GRADES: u32 = 8;
    /// A fourth word of a shape holds normal, label and confidence.
    CHUNK_ATTRIBUTES: u32 = 2048;
    /// Coefficients of harmonics above degree 0 are signed bytes.
    CHUNK_COMPACT: u32 = 4096;

    /// Most ranges of rows that are drawn of a chunk: every other leaf of a level-of-detail tree.
    MAX_RANGES: u32 = 512;
    /// Most directional lights of a scene that shade it.
    MAX_LIGHTS: u32 = 4;
    /// A stored standard deviation is a float's bits from this one on, without the sign,
    SCALE_SHIFT: u32 = 13;
    /// less this, so that 2⁻⁴⁰ to 2²⁴ fill 16 bits.
    SCALE_BIAS: u32 = (127 - 40) << 10;
    /// Steps of a signed byte to either side of zero.
    SNORM_STEPS: f32 = 127.0;
    /// Steps of a stored opacity: 24 bits.
    OPACITY_STEPS: u32 = 0x00ff_ffff;
    /// Steps of one component of an octahedral normal.
    NORMAL_STEPS: f32 = 2047.0;
}

/// Splats of a page, the unit of upload.
pub(crate) const PAGE: usize = 65_536;

/// Most splats of a chunk, the unit of buffers: its largest buffer is 96 MiB, within WebGPU's 128 MiB.
pub(crate) const CHUNK: usize = 16 * PAGE;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_constants_are_what_they_say() {
        let log2_e = std::f32::consts::LOG2_E;
        assert!((ROOT_LOG2E_HALF - (0.5 * log2_e).sqrt()).abs() < 1e-6);
        assert!((LOG2_ALPHA_MIN - (1.0f32 / 255.0).log2()).abs() < 1e-6);
        assert!((MAX_SIGMAS - (2.0 * 255f32.ln()).sqrt()).abs() < 1e-6);
        assert!((TWO_LN_2 - 2.0 * std::f32::consts::LN_2).abs() < 1e-6);
        assert!(wgsl_prelude().contains("const TILE = 16u;\n"));
    }
}
