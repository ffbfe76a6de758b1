//! Blends the entries of each tile front to back; twin of `shaders/blend.wgsl`.

use rayon::prelude::*;

use super::{
    Prepared,
    ellipse::{Outline, ceil_index, floor_index},
};
use crate::{
    consts::{ALPHA_MAX, LOG2_ALPHA_MIN, PICK_TRANSMITTANCE, TILE, TRANSMITTANCE_MIN},
    half16,
    layout::Record,
};

/// Numbers that one instruction of a usual CPU handles.
const LANES: usize = 8;
const TILE_SIDE: usize = TILE as usize;
/// Groups of lanes in a tile: two a row.
const GROUPS: usize = TILE_SIDE * TILE_SIDE / LANES;
/// Entries between two looks at whether the whole tile is finished.
const CHECK_EVERY: usize = 16;
/// Pixels by which a row's span is widened, so that rounding loses none; the exact test follows.
const SPAN_MARGIN: f32 = 0.01;

type Lanes = [f32; LANES];

/// Columns of the two groups of a row.
const COLUMNS: [Lanes; 2] = [
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0],
    [8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0],
];

/// A picked slot means "none" where it is this.
pub(crate) const NO_PICK: u32 = u32::MAX;

/// The pixels of one tile while it is blended.
struct Tile {
    red: [Lanes; GROUPS],
    green: [Lanes; GROUPS],
    blue: [Lanes; GROUPS],
    /// Light that still gets through, 0 once a pixel is finished.
    live: [Lanes; GROUPS],
    /// Light that gets through in the end.
    transmittance: [Lanes; GROUPS],
    picked: [[u32; LANES]; GROUPS],
}

/// Premultiplied RGB and alpha of every pixel, row by row.
pub(crate) fn blend(prepared: &Prepared) -> Vec<[f32; 4]> {
    let [width, height] = prepared.view.size.map(|s| s as usize);
    let mut pixels = vec![[0.0; 4]; width * height];
    pixels
        .par_chunks_mut(width * TILE_SIDE)
        .enumerate()
        .for_each(|(tile_y, rows)| {
            let mut tile = Box::new(Tile::clear());
            for tile_x in 0..width.div_ceil(TILE_SIDE) {
                tile.draw::<false>(prepared, tile_x as u32, tile_y as u32);
                let x = tile_x * TILE_SIDE;
                for (y, row) in rows.chunks_mut(width).enumerate() {
                    let end = width.min(x + TILE_SIDE);
                    for (i, pixel) in row[x..end].iter_mut().enumerate() {
                        *pixel = tile.pixel(y, i);
                    }
                }
            }
        });
    pixels
}

/// The slot seen at a pixel.
pub(crate) fn pick(prepared: &Prepared, x: u32, y: u32) -> Option<u32> {
    let mut tile = Box::new(Tile::clear());
    tile.draw::<true>(prepared, x / TILE, y / TILE);
    let (group, lane) = place((y % TILE) as usize, (x % TILE) as usize);
    let slot = tile.picked[group][lane];
    (slot != NO_PICK).then_some(slot)
}

fn place(y: usize, x: usize) -> (usize, usize) {
    (y * (TILE_SIDE / LANES) + x / LANES, x % LANES)
}

impl Tile {
    fn clear() -> Self {
        Self {
            red: [[0.0; LANES]; GROUPS],
            green: [[0.0; LANES]; GROUPS],
            blue: [[0.0; LANES]; GROUPS],
            live: [[1.0; LANES]; GROUPS],
            transmittance: [[1.0; LANES]; GROUPS],
            picked: [[NO_PICK; LANES]; GROUPS],
        }
    }

    fn pixel(&self, y: usize, x: usize) -> [f32; 4] {
        let (g, l) = place(y, x);
        let alpha = 1.0 - self.transmittance[g][l];
        [self.red[g][l], self.green[g][l], self.blue[g][l], alpha]
    }

    /// Draws the tile anew. The same instructions on every machine, in wider registers where there are any.
    fn draw<const PICK: bool>(&mut self, prepared: &Prepared, tile_x: u32, tile_y: u32) {
        *self = Self::clear();
        let entries = prepared.tiles.entries_of(&prepared.view, tile_x, tile_y);
        let corner = [(tile_x * TILE) as f32 + 0.5, (tile_y * TILE) as f32 + 0.5];
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            #[expect(unsafe_code, reason = "calls a function compiled for wider registers")]
            // SAFETY: the processor was just asked whether it has them.
            unsafe {
                self.add_all_avx2::<PICK>(&prepared.projected.records, entries, corner);
            }
            return;
        }
        self.add_all::<PICK>(&prepared.projected.records, entries, corner);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn add_all_avx2<const PICK: bool>(
        &mut self,
        records: &[Record],
        entries: &[u32],
        corner: [f32; 2],
    ) {
        self.add_all::<PICK>(records, entries, corner);
    }

    #[inline(always)]
    fn add_all<const PICK: bool>(&mut self, records: &[Record], entries: &[u32], corner: [f32; 2]) {
        for some in entries.chunks(CHECK_EVERY) {
            for &slot in some {
                self.add::<PICK>(&records[slot as usize], slot, corner);
            }
            if self.live.iter().flatten().all(|&t| t == 0.0) {
                return;
            }
        }
    }

    /// One splat on the rows and groups that its outline meets.
    #[inline(always)]
    fn add<const PICK: bool>(&mut self, record: &Record, slot: u32, corner: [f32; 2]) {
        let outline = Outline::of(record);
        let [u, v, w] = outline.root;
        let (x, y) = (corner[0] - record.mean[0], corner[1] - record.mean[1]);
        // The box around the outline, in pixels of the tile.
        let reach = outline.level.sqrt() / w;
        let half = reach * (v * v + w * w).sqrt() / u + SPAN_MARGIN;
        let top = ceil_index(-reach - y - SPAN_MARGIN) as usize;
        let left = ceil_index(-half - x) as usize;
        let bottom = floor_index(reach - y + SPAN_MARGIN, TILE - 1);
        let right = floor_index(half - x, TILE - 1);
        let (Some(bottom), Some(right)) = (bottom, right.filter(|&r| left <= r as usize)) else {
            return;
        };
        let color = [
            half16::low(record.color_rg),
            half16::high(record.color_rg),
            half16::low(record.color_b),
        ];
        let offsets = COLUMNS.map(|columns| columns.map(|column| x + column));
        let groups = left / LANES..right as usize / LANES + 1;
        for row in top..=bottom as usize {
            let dy = y + row as f32;
            for (group, dx) in groups.clone().zip(&offsets[groups.clone()]) {
                let power = powers(record.log2_opacity, u, v * dy, w * dy, dx);
                if largest(&power) >= LOG2_ALPHA_MIN {
                    let group = row * (TILE_SIDE / LANES) + group;
                    self.add_group::<PICK>(group, &power, color, slot);
                }
            }
        }
    }

    /// One splat on eight pixels, given log₂ of its alpha there.
    #[inline(always)]
    fn add_group<const PICK: bool>(&mut self, g: usize, power: &Lanes, color: [f32; 3], slot: u32) {
        let (live, transmittance) = (&mut self.live[g], &mut self.transmittance[g]);
        let mut weight = [0.0; LANES];
        for (i, weight) in weight.iter_mut().enumerate() {
            let alpha = exp2(power[i]).min(ALPHA_MAX);
            let alpha = if power[i] >= LOG2_ALPHA_MIN {
                alpha
            } else {
                0.0
            };
            let left = live[i] * (1.0 - alpha);
            let goes_on = left > TRANSMITTANCE_MIN;
            *weight = if goes_on { alpha * live[i] } else { 0.0 };
            if PICK && goes_on && left < PICK_TRANSMITTANCE && live[i] >= PICK_TRANSMITTANCE {
                self.picked[g][i] = slot;
            }
            transmittance[i] = if goes_on { left } else { transmittance[i] };
            live[i] = if goes_on { left } else { 0.0 };
        }
        let [red, green, blue] = color;
        for (i, weight) in weight.into_iter().enumerate() {
            self.red[g][i] += weight * red;
            self.green[g][i] += weight * green;
            self.blue[g][i] += weight * blue;
        }
    }
}

#[inline(always)]
fn powers(log2_opacity: f32, u: f32, skew: f32, drop: f32, dx: &Lanes) -> Lanes {
    dx.map(|dx| {
        let t = u * dx + skew;
        log2_opacity - (t * t + drop * drop)
    })
}

/// The largest of eight numbers, halving them as wide registers do.
#[inline(always)]
fn largest(v: &Lanes) -> f32 {
    let max = |a: f32, b: f32| if a > b { a } else { b };
    let four = [0, 1, 2, 3].map(|i| max(v[i], v[i + 4]));
    max(max(four[0], four[2]), max(four[1], four[3]))
}

/// 2^x for x in -126..=0 within 2e-7 of it: the nearest integer goes to the exponent, the rest through
/// the Taylor series of degree 6.
#[inline(always)]
fn exp2(x: f32) -> f32 {
    // Adding 1.5 · 2²³ leaves the nearest integer in the low bits.
    const SHIFT: f32 = 12_582_912.0;
    let x = x.max(-126.0);
    let shifted = x + SHIFT;
    let f = (x - (shifted - SHIFT)) * std::f32::consts::LN_2;
    let p = 1.0
        + f * (1.0
            + f * (0.5 + f * (1.0 / 6.0 + f * (1.0 / 24.0 + f * (1.0 / 120.0 + f / 720.0)))));
    f32::from_bits(p.to_bits().wrapping_add(shifted.to_bits() << 23))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp2_is_accurate() {
        for i in 0..100_000 {
            let x = i as f32 * -1e-4;
            let error = (f64::from(exp2(x)) / f64::from(x).exp2() - 1.0).abs();
            assert!(error < 3e-7, "2^{x} is off by {error}");
        }
        assert_eq!(exp2(0.0), 1.0);
    }
}
