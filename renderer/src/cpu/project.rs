//! From a splat in space to an ellipse on the image (EWA splatting, Zwicker et al. 2001, as in
//! Kerbl et al. 2023); twin of `shaders/project.wgsl`.

use glam::{Vec2, Vec3};
use rayon::prelude::*;

use super::{
    chunk::PackedChunk,
    cull::{Visibility, part_opacity, view_point},
    ellipse::{ceil_index, floor_index},
    ewa,
    shade::{self, Seen},
};
use crate::{
    consts::{
        ALPHA_MIN, BIN, CHUNK_PARTS, DOT_OPACITY, EMPTY_DEPTH, EMPTY_RECT, F16_MAX,
        FLAG_GRADE_SHIFT, FLAG_SELECTED, GRADES, LOG2_ALPHA_MIN, OPACITY_STEPS, ROOT_LOG2E_HALF,
        TWO_LN_2, VIEW_CENTERS, WORKGROUP_WORDS,
    },
    half16,
    layout::{ChunkView, RangeState, Record, Shading, View},
};

/// Visible splats, compacted in the order of their chunks and rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Projected {
    pub(crate) records: Vec<Record>,
    /// Bits of the view depth, or `EMPTY_DEPTH`.
    pub(crate) depths: Vec<u32>,
    /// Covered bins (first x, first y, last x, last y, one byte each) and source index.
    pub(crate) placements: Vec<[u32; 2]>,
}

/// Blocks of 256 splats that one task projects.
const TASK_BLOCKS: usize = 8;

struct Task<'a> {
    chunk: usize,
    blocks: std::ops::Range<usize>,
    records: &'a mut [Record],
    depths: &'a mut [u32],
    placements: &'a mut [[u32; 2]],
}

/// Projects every visible splat to its slot. `visibility` is scanned, `visible` its total.
pub(crate) fn project(
    view: &View,
    shading: &Shading,
    chunks: &[&PackedChunk],
    chunk_views: &[ChunkView],
    visibility: &Visibility,
    visible: u32,
) -> Projected {
    let n = visible as usize;
    let mut projected = Projected {
        records: vec![Record::default(); n],
        depths: vec![EMPTY_DEPTH; n],
        placements: vec![[EMPTY_RECT, 0]; n],
    };
    tasks(&mut projected, chunk_views, visibility, visible)
        .into_par_iter()
        .for_each(|task| {
            let chunk_view = &chunk_views[task.chunk];
            let splats = Splats {
                view,
                shading,
                chunk: chunks[task.chunk],
                chunk_view,
            };
            let rows = task.blocks.flat_map(|block| {
                let own = block as u32 - chunk_view.first_block;
                let (first, state) = (chunk_view.block_rows(own), chunk_view.block_state(own));
                visible_rows(visibility, block).map(move |(row, s)| (first.start + row, s, state))
            });
            for (slot, (row, selected, state)) in rows.enumerate() {
                let (record, depth, rect) = splats.project(row, selected, state);
                task.records[slot] = record;
                task.depths[slot] = depth;
                task.placements[slot] = [rect, chunk_view.first_source + row as u32];
            }
        });
    projected
}

/// Gives the records the colors of now: of other lights, flags, or another view mode.
pub(crate) fn recolor(
    view: &View,
    shading: &Shading,
    (chunks, chunk_views): (&[&PackedChunk], &[ChunkView]),
    projected: &mut Projected,
) {
    let placements = &projected.placements;
    projected
        .records
        .par_iter_mut()
        .zip(placements)
        .with_min_len(1024)
        .for_each(|(record, &[rect, source])| {
            if rect == EMPTY_RECT {
                return;
            }
            let after = chunk_views.partition_point(|c| c.first_source <= source);
            let chunk_view = &chunk_views[after - 1];
            let splats = Splats {
                view,
                shading,
                chunk: chunks[after - 1],
                chunk_view,
            };
            let row = (source - chunk_view.first_source) as usize;
            let flags = splats.chunk.flags[row / 4] >> (row % 4 * 8);
            let depth = view_point(chunk_view, splats.chunk.means[row]).z;
            let drawn = chunk_view.row_state(row);
            let color = splats.color(row, depth, flags & 0xff, drawn);
            [record.color_rg, record.color_b] = color;
            if let Some(opacity) = splats.own_opacity(row, flags, drawn) {
                record.log2_opacity = opacity;
            }
        });
}

/// Cuts the output at the slots where groups of blocks begin.
fn tasks<'a>(
    projected: &'a mut Projected,
    chunk_views: &[ChunkView],
    visibility: &Visibility,
    visible: u32,
) -> Vec<Task<'a>> {
    let mut tasks = Vec::new();
    let mut records = projected.records.as_mut_slice();
    let mut depths = projected.depths.as_mut_slice();
    let mut placements = projected.placements.as_mut_slice();
    let slot_of = |block: usize| visibility.offsets.get(block).copied().unwrap_or(visible);
    for (chunk, view) in chunk_views.iter().enumerate() {
        let first = view.first_block as usize;
        let end = first + view.block_count as usize;
        for start in (first..end).step_by(TASK_BLOCKS) {
            let blocks = start..(start + TASK_BLOCKS).min(end);
            let n = (slot_of(blocks.end) - slot_of(blocks.start)) as usize;
            let (r, rest) = records.split_at_mut(n);
            records = rest;
            let (d, rest) = depths.split_at_mut(n);
            depths = rest;
            let (p, rest) = placements.split_at_mut(n);
            placements = rest;
            tasks.push(Task {
                chunk,
                blocks,
                records: r,
                depths: d,
                placements: p,
            });
        }
    }
    tasks
}

/// Row, counted from the block's first, and whether it is selected, of every visible splat.
fn visible_rows(visibility: &Visibility, block: usize) -> impl Iterator<Item = (usize, bool)> {
    let words = WORKGROUP_WORDS as usize;
    (0..words).flat_map(move |w| {
        let [mut left, _, selected, _] = visibility.words[block * words + w];
        std::iter::from_fn(move || {
            let bit = left.trailing_zeros();
            left &= left.wrapping_sub(1);
            (bit < 32).then(|| (w * 32 + bit as usize, selected >> bit & 1 != 0))
        })
    })
}

struct Splats<'a> {
    view: &'a View,
    shading: &'a Shading,
    chunk: &'a PackedChunk,
    chunk_view: &'a ChunkView,
}

impl Splats<'_> {
    /// Record, depth bits and covered bins of one splat.
    fn project(&self, row: usize, selected: bool, drawn: RangeState) -> (Record, u32, u32) {
        let empty = (Record::default(), EMPTY_DEPTH, EMPTY_RECT);
        let (view, mean) = (self.view, self.chunk.means[row]);
        let shape = &self.chunk.shape(row);
        let p = view_point(self.chunk_view, mean);
        let stored = (mean[3] & OPACITY_STEPS) as f32 / OPACITY_STEPS as f32;
        let opacity = part_opacity(stored, drawn.weight());

        let ellipse = ewa::ellipse_of(view, self.chunk_view, p, shape);
        let ([xx, xy, yy], inflated) = (ellipse.covariance, ellipse.determinant);
        let opacity = opacity * ellipse.compensation * shade::graded_opacity(self.chunk_view, 0);
        if !(opacity >= ALPHA_MIN) || !(inflated > 0.0) {
            return empty;
        }
        let opacity = if view.mode == VIEW_CENTERS {
            DOT_OPACITY
        } else {
            opacity
        };

        // The box where alpha can reach 1/255, and the bins it covers.
        let center = ellipse.center;
        let log2_opacity = opacity.log2();
        let level = TWO_LN_2 * (log2_opacity - LOG2_ALPHA_MIN).max(0.0);
        let extent = Vec2::new((level * xx).sqrt(), (level * yy).sqrt());
        let rect = bin_rect(view, center, extent);
        if rect == EMPTY_RECT {
            return empty;
        }

        // What is a splat's own comes after what it shares with its layer, as in the shader.
        let parts = self.chunk_view.features & CHUNK_PARTS != 0;
        let flags = self.chunk.flags[row / 4] >> (row % 4 * 8) & 0xff;
        let state = if parts {
            flags
        } else {
            FLAG_SELECTED * u32::from(selected)
        };
        let log2_opacity = self.own_opacity(row, flags, drawn).unwrap_or(log2_opacity);
        let [color_rg, color_b] = self.color(row, p.z, state, drawn);
        let record = Record {
            mean: center.to_array(),
            root: [
                ROOT_LOG2E_HALF * (yy / inflated).sqrt(),
                -ROOT_LOG2E_HALF * xy / (yy * inflated).sqrt(),
                ROOT_LOG2E_HALF / yy.sqrt(),
            ],
            log2_opacity,
            color_rg,
            color_b,
        };
        (record, p.z.to_bits(), rect)
    }

    /// log₂ of the opacity with the splat's own grade, where splats of the chunk have some.
    fn own_opacity(&self, row: usize, flags: u32, drawn: RangeState) -> Option<f32> {
        let (view, chunk_view) = (self.view, self.chunk_view);
        if chunk_view.features & CHUNK_PARTS == 0 || view.mode == VIEW_CENTERS {
            return None;
        }
        let grade = (flags >> FLAG_GRADE_SHIFT & (GRADES - 1)) as usize;
        let mean = self.chunk.means[row];
        let p = view_point(chunk_view, mean);
        let ellipse = ewa::ellipse_of(view, chunk_view, p, &self.chunk.shape(row));
        let stored = (mean[3] & OPACITY_STEPS) as f32 / OPACITY_STEPS as f32;
        let opacity = part_opacity(stored, drawn.weight())
            * ellipse.compensation
            * shade::graded_opacity(chunk_view, grade);
        Some(opacity.max(1e-6).log2())
    }

    /// The color of a record: red and green, then blue and whether it is selected, as halves.
    fn color(&self, row: usize, depth: f32, state: u32, drawn: RangeState) -> [u32; 2] {
        let seen = Seen {
            row,
            ray: ewa::ray_to(self.view, self.chunk_view, self.chunk.means[row]),
            depth,
            shape: self.chunk.shape(row),
            state,
            height: drawn.height(),
        };
        let color = shade::color(self.view, self.shading, self.chunk, self.chunk_view, &seen)
            .min(Vec3::splat(F16_MAX));
        let mark = (state & FLAG_SELECTED) as f32;
        [
            half16::pack2(color.x, color.y),
            half16::pack2(color.z, mark),
        ]
    }
}

/// Bins whose pixel centres the box can reach: first x | first y << 8 | last x << 16 | last y << 24.
fn bin_rect(view: &View, center: Vec2, extent: Vec2) -> u32 {
    let (low, high) = (center - extent - 0.5, center + extent - 0.5);
    let first = [ceil_index(low.x), ceil_index(low.y)];
    let last_x = floor_index(high.x, view.size[0] - 1);
    let last_y = floor_index(high.y, view.size[1] - 1);
    match (last_x, last_y) {
        (Some(x), Some(y)) if first[0] <= x && first[1] <= y => {
            pack_rect([first[0], first[1], x, y])
        }
        _ => EMPTY_RECT,
    }
}

/// One byte for the bin of each pixel coordinate.
fn pack_rect(pixels: [u32; 4]) -> u32 {
    let bins = pixels.map(|p| (p / BIN) as u8);
    u32::from_le_bytes(bins)
}
