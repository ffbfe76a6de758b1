//! Structs that Rust and WGSL share byte for byte; `tests/layout.rs` compares them by reflection.

use bytemuck::{Pod, Zeroable};

use crate::consts::{GRADES, MAX_LIGHTS, MAX_RANGES, SCALE_BIAS, SCALE_SHIFT, WORKGROUP};

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
    /// Color of selected splats, display-referred, red in the lowest byte.
    pub(crate) selection_color: u32,
    /// Rows of `clip_box_from_view`, the translation in w: what lies beyond ±1 is not drawn.
    pub(crate) clip_from_view: [[f32; 4]; 3],
}

impl View {
    /// Color of selected splats, display-referred.
    pub(crate) fn selection_color(&self) -> glam::Vec3 {
        let [red, green, blue, _] = self.selection_color.to_le_bytes().map(f32::from);
        glam::Vec3::new(red, green, blue) / 255.0
    }
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
    /// Ranges that are used.
    pub(crate) range_count: u32,
    /// Workgroups of `cull` and `project`: enough for all ranges.
    pub(crate) block_count: u32,
    /// Rows of the matrix of each grade, the offset in w, and a fourth with the factor of the opacity.
    pub(crate) grades: [[f32; 4]; 4 * GRADES as usize],
    /// First row, rows, first workgroup and [`RangeState`] of each range of rows that is drawn.
    pub(crate) ranges: [[u32; 4]; MAX_RANGES as usize],
}

/// What the rows of a range have in common: the height of their node above the leaves in 8 bits, and
/// above 16 bits how much of their opacity is drawn, in steps of 1 / 65535.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RangeState(pub(crate) u32);

impl RangeState {
    /// Splats themselves, drawn in full.
    pub(crate) const PLAIN: Self = Self(0xffff_0000);

    /// Splats of a node so high above the leaves, of which a part (0..=1) is drawn.
    pub(crate) fn new(height: u32, weight: f32) -> Self {
        Self(height.min(255) | ((weight.clamp(0.0, 1.0) * 65535.0).round() as u32) << 16)
    }

    pub(crate) fn height(self) -> u32 {
        self.0 & 255
    }

    pub(crate) fn weight(self) -> f32 {
        (self.0 >> 16) as f32 / 65535.0
    }
}

impl ChunkView {
    /// Adds rows to what is drawn, as they are.
    pub(crate) fn add_range(&mut self, first: u32, count: u32) {
        self.add_range_as(first, count, RangeState::PLAIN);
    }

    /// Adds rows to what is drawn. `first` is a multiple of a workgroup; where the rows follow the last
    /// range and are drawn alike they prolong it.
    pub(crate) fn add_range_as(&mut self, first: u32, count: u32, state: RangeState) {
        let last = (self.range_count as usize).checked_sub(1);
        if let Some([start, rows, first_block, as_last]) = last.map(|l| &mut self.ranges[l])
            && ((*start + *rows == first && *as_last == state.0) || self.range_count == MAX_RANGES)
        {
            // Where there is no range left, what lies between is drawn as well.
            self.count += first + count - *start - *rows;
            *rows = first + count - *start;
            self.block_count = *first_block + rows.div_ceil(WORKGROUP);
            return;
        }
        self.count += count;
        self.ranges[self.range_count as usize] = [first, count, self.block_count, state.0];
        self.range_count += 1;
        self.block_count += count.div_ceil(WORKGROUP);
    }

    fn range_of(&self, block: u32) -> [u32; 4] {
        let used = &self.ranges[..self.range_count as usize];
        let after = used.partition_point(|range| range[2] <= block);
        let range = after.checked_sub(1).map(|last| used[last]);
        range.unwrap_or_default()
    }

    /// How the rows of one workgroup of the chunk are drawn.
    pub(crate) fn block_state(&self, block: u32) -> RangeState {
        RangeState(self.range_of(block)[3])
    }

    /// How a row that is drawn is.
    pub(crate) fn row_state(&self, row: usize) -> RangeState {
        let used = &self.ranges[..self.range_count as usize];
        let after = used.partition_point(|range| range[0] as usize <= row);
        RangeState(after.checked_sub(1).map_or(0, |last| used[last][3]))
    }

    /// The rows of one workgroup of the chunk.
    pub(crate) fn block_rows(&self, block: u32) -> std::ops::Range<usize> {
        let [start, rows, first_block, _] = self.range_of(block);
        let offset = (block - first_block) * WORKGROUP;
        let first = start + offset.min(rows);
        first as usize..(start + rows).min(first + WORKGROUP) as usize
    }
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

/// Shape and attributes of a stored splat, 16 bytes; its mean and opacity lie apart, for `cull`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Pod, Zeroable)]
pub(crate) struct Shape {
    /// Standard deviations along x and y, object units, x in the low half: see [`Self::new`].
    pub(crate) scale_xy: u32,
    /// Standard deviation along z; above it 15 bits of the first small component of the quaternion and
    /// the lower bit of which component is the largest.
    pub(crate) scale_z_rotation: u32,
    /// 15 bits each of the other small components from the lowest bit on, then the upper bit of which
    /// component is the largest.
    pub(crate) rotation: u32,
    /// Octahedral normal 11 + 11 bits, label 5 bits, confidence 5 bits.
    pub(crate) attributes: u32,
}

/// Largest number of 15 bits.
const COMPONENT_STEPS: f32 = 32_767.0;

impl Shape {
    /// Packs a unit quaternion (x y z w, `object_from_splat`) by its three smaller components, each off by
    /// 2.2e-5 at most, and the standard deviations as floats of 6 exponent and 10 mantissa bits, off by
    /// 0.05 % at most.
    pub(crate) fn new(rotation: [f32; 4], scale: [f32; 3], attributes: u32) -> Self {
        let mut largest = 0;
        for i in 1..4 {
            if rotation[i].abs() > rotation[largest].abs() {
                largest = i;
            }
        }
        // q and -q are one rotation: the largest component is made positive.
        let sign = if rotation[largest] < 0.0 { -1.0 } else { 1.0 };
        let mut small = [0; 3];
        let others = (0..4).filter(|&i| i != largest);
        for (bits, i) in small.iter_mut().zip(others) {
            let v = sign * rotation[i] * std::f32::consts::SQRT_2;
            *bits = ((v * 0.5 + 0.5).clamp(0.0, 1.0) * COMPONENT_STEPS).round() as u32;
        }
        let [x, y, z] = scale.map(pack_scale);
        let largest = largest as u32;
        Self {
            scale_xy: x | y << 16,
            scale_z_rotation: z | small[0] << 16 | largest << 31,
            rotation: small[1] | small[2] << 15 | largest >> 1 << 30,
            attributes,
        }
    }

    /// Unit quaternion x y z w, `object_from_splat`.
    #[inline(always)]
    pub(crate) fn rotation(&self) -> [f32; 4] {
        let component = |bits: u32| {
            ((bits & 0x7fff) as f32 * (2.0 / COMPONENT_STEPS) - 1.0)
                * std::f32::consts::FRAC_1_SQRT_2
        };
        let a = component(self.scale_z_rotation >> 16);
        let b = component(self.rotation);
        let c = component(self.rotation >> 15);
        let d = (1.0 - a * a - b * b - c * c).max(0.0).sqrt();
        match self.scale_z_rotation >> 31 | (self.rotation >> 30 & 1) << 1 {
            0 => [d, a, b, c],
            1 => [a, d, b, c],
            2 => [a, b, d, c],
            _ => [a, b, c, d],
        }
    }

    /// Standard deviations, object units.
    #[inline(always)]
    pub(crate) fn scale(&self) -> [f32; 3] {
        [self.scale_xy, self.scale_xy >> 16, self.scale_z_rotation].map(unpack_scale)
    }
}

/// 2⁻⁴⁰ to 2²⁴ in 16 bits, rounded to nearest.
fn pack_scale(scale: f32) -> u32 {
    let bits = scale.to_bits() + (1 << (SCALE_SHIFT - 1));
    (bits >> SCALE_SHIFT)
        .saturating_sub(SCALE_BIAS)
        .clamp(1, 0xffff)
}

#[inline(always)]
fn unpack_scale(bits: u32) -> f32 {
    f32::from_bits(((bits & 0xffff) + SCALE_BIAS) << SCALE_SHIFT)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_survive_packing() {
        let unit = |q: [f32; 4]| glam::Quat::from_array(q).normalize();
        for i in 1..5000u32 {
            let wave = |k: u32| ((i * k) as f32 * 0.618).sin();
            let rotation = unit([wave(1), wave(3), wave(7), wave(13)]);
            let scale = [-20.0, 0.0, 15.0].map(|s| (s + wave(5)).exp());
            let shape = Shape::new(rotation.to_array(), scale, i);
            let back = glam::Quat::from_array(shape.rotation());
            assert!(
                back.dot(rotation).abs() > 1.0 - 1e-6,
                "{rotation} became {back}"
            );
            for (a, e) in shape.scale().into_iter().zip(scale) {
                assert!((a / e - 1.0).abs() < 5e-4, "{e} became {a}");
            }
            assert_eq!(shape.attributes, i);
        }
        for q in [[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, -1.0], [0.5; 4]] {
            let back = glam::Quat::from_array(Shape::new(q, [1.0; 3], 0).rotation());
            assert!(back.dot(unit(q)).abs() > 0.999_999, "{q:?} became {back}");
        }
        let extremes = Shape::new([0.0, 0.0, 0.0, 1.0], [0.0, 1e9, 1e-9], 0).scale();
        assert!(
            extremes[0] > 0.0 && extremes[1] > 1e7 && extremes[1].is_finite(),
            "{extremes:?}"
        );
    }

    #[test]
    fn ranges_cover_what_was_added_and_no_more_than_they_must() {
        let mut chunk: ChunkView = Zeroable::zeroed();
        chunk.add_range(0, 512);
        chunk.add_range(512, 300);
        chunk.add_range(2048, 1);
        assert_eq!(
            (chunk.range_count, chunk.count, chunk.block_count),
            (2, 813, 5)
        );
        assert_eq!(chunk.block_rows(0), 0..256);
        assert_eq!(chunk.block_rows(3), 768..812);
        assert_eq!(chunk.block_rows(4), 2048..2049);
        for i in 0..2 * MAX_RANGES {
            chunk.add_range(4096 + 512 * i, 256);
        }
        let last = chunk.block_count - 1;
        assert_eq!(chunk.range_count, MAX_RANGES);
        assert_eq!(
            chunk.block_rows(last).end as u32,
            4096 + 512 * (2 * MAX_RANGES - 1) + 256
        );
        let rows: usize = (0..=last).map(|b| chunk.block_rows(b).len()).sum();
        assert_eq!(
            rows as u32, chunk.count,
            "every counted row lies in one block"
        );
    }
}
