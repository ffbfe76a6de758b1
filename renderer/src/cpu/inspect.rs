//! Looks at the tile lists splat by splat, in plain order; twin of `shaders/inspect.wgsl`.

use glam::{Vec3, Vec4};
use rayon::prelude::*;

use super::{Prepared, blend::NO_PICK};
use crate::{
    consts::{
        ALPHA_MAX, LOG2_ALPHA_MIN, OVERDRAW_LOG2_MAX, PICK_TRANSMITTANCE, RING_ALPHA, RING_FILL,
        RING_LEVEL, TILE, TILE_LOAD_LOG2_MAX, TRANSMITTANCE_MIN, VIEW_OVERDRAW, VIEW_RINGS,
        VIEW_TILE_LOAD,
    },
    half16,
    layout::Record,
};

/// One splat of the list under a pixel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Under {
    pub(crate) slot: u32,
    pub(crate) alpha: f32,
    /// Its share of the pixel's light.
    pub(crate) weight: f32,
}

/// Whether a mode is drawn here instead of by blend.
pub(crate) fn is_inspected(mode: u32) -> bool {
    matches!(mode, VIEW_RINGS | VIEW_OVERDRAW | VIEW_TILE_LOAD)
}

/// Alpha of a splat at a pixel, and how far the pixel is from the splat's ring, px.
fn touch(record: &Record, [x, y]: [u32; 2]) -> (f32, f32) {
    let (dx, dy) = (
        x as f32 + 0.5 - record.mean[0],
        y as f32 + 0.5 - record.mean[1],
    );
    let [u, v, w] = record.root;
    let t = u * dx + v * dy;
    let drop = w * dy;
    let fall = t * t + drop * drop;
    let power = record.log2_opacity - fall;
    let alpha = if power >= LOG2_ALPHA_MIN {
        power.exp2().min(ALPHA_MAX)
    } else {
        0.0
    };
    // The gradient of sqrt(fall) turns its distance from the ring's level into pixels.
    let level = (record.log2_opacity - LOG2_ALPHA_MIN).min(RING_LEVEL);
    let root = fall.sqrt();
    let steep = ((t * u).powi(2) + (t * v + drop * w).powi(2)).sqrt();
    let ring_px = (root - level.max(0.0).sqrt()).abs() * root / steep.max(1e-20);
    (alpha, ring_px)
}

fn color_of(record: &Record) -> Vec3 {
    Vec3::new(
        half16::low(record.color_rg),
        half16::high(record.color_rg),
        half16::low(record.color_b),
    )
}

/// Premultiplied RGB and alpha of every pixel in a mode that [`is_inspected`].
pub(crate) fn inspect(prepared: &Prepared) -> Vec<[f32; 4]> {
    for_pixels(prepared, |pixel, entries| {
        let mut live = 1.0;
        let mut count = 0;
        let mut rings = Vec4::ZERO;
        for &slot in entries {
            let record = &prepared.projected.records[slot as usize];
            let (alpha, ring_px) = touch(record, pixel);
            if alpha == 0.0 {
                continue;
            }
            let left = live * (1.0 - alpha);
            if !(left > TRANSMITTANCE_MIN) {
                break;
            }
            // Rings fade with the light that would reach them, so that surfaces hide what is behind.
            let line = (1.0 - ring_px).clamp(0.0, 1.0) * RING_ALPHA;
            let weight = line.max(RING_FILL) * live * (1.0 - rings.w);
            rings += weight * color_of(record).extend(1.0);
            live = left;
            count += 1;
        }
        match prepared.view.mode {
            VIEW_OVERDRAW => heat_of_count(count, OVERDRAW_LOG2_MAX),
            VIEW_TILE_LOAD => heat_of_count(entries.len() as u32, TILE_LOAD_LOG2_MAX),
            _ => rings,
        }
        .to_array()
    })
}

/// Share of each pixel's light that comes from selected splats.
pub(crate) fn coverage(prepared: &Prepared) -> Vec<f32> {
    for_pixels(prepared, |pixel, entries| {
        let (mut live, mut sum) = (1.0, 0.0);
        for &slot in entries {
            let record = &prepared.projected.records[slot as usize];
            let (alpha, _) = touch(record, pixel);
            let left = live * (1.0 - alpha);
            if !(left > TRANSMITTANCE_MIN) {
                break;
            }
            if half16::high(record.color_b) > 0.5 {
                sum += live * alpha;
            }
            live = left;
        }
        sum
    })
}

/// View depth at which half of each pixel's light is stopped; `FAR` where it never is.
pub(crate) fn median_depths(prepared: &Prepared) -> Vec<f32> {
    for_pixels(prepared, |pixel, entries| {
        picked(prepared, pixel, entries).map_or(FAR, |slot| {
            f32::from_bits(prepared.projected.depths[slot as usize])
        })
    })
}

/// Stands for "no depth".
pub(crate) const FAR: f32 = 3.0e38;

fn picked(prepared: &Prepared, pixel: [u32; 2], entries: &[u32]) -> Option<u32> {
    let (mut live, mut picked) = (1.0, NO_PICK);
    for &slot in entries {
        let (alpha, _) = touch(&prepared.projected.records[slot as usize], pixel);
        let left = live * (1.0 - alpha);
        if !(left > TRANSMITTANCE_MIN) {
            break;
        }
        if left < PICK_TRANSMITTANCE && live >= PICK_TRANSMITTANCE {
            picked = slot;
        }
        live = left;
    }
    (picked != NO_PICK).then_some(picked)
}

/// All splats that show at a pixel, front to back.
pub(crate) fn under(prepared: &Prepared, pixel: [u32; 2]) -> Vec<Under> {
    let [x, y] = pixel;
    let entries = prepared
        .tiles
        .entries_of(&prepared.view, x / TILE, y / TILE);
    let mut live = 1.0;
    let mut list = Vec::new();
    for &slot in entries {
        let (alpha, _) = touch(&prepared.projected.records[slot as usize], pixel);
        if alpha == 0.0 {
            continue;
        }
        let left = live * (1.0 - alpha);
        if !(left > TRANSMITTANCE_MIN) {
            break;
        }
        list.push(Under {
            slot,
            alpha,
            weight: alpha * live,
        });
        live = left;
    }
    list
}

fn for_pixels<T: Send + Clone + Default>(
    prepared: &Prepared,
    pixel: impl Fn([u32; 2], &[u32]) -> T + Sync,
) -> Vec<T> {
    let [width, height] = prepared.view.size.map(|s| s as usize);
    let mut all = vec![T::default(); width * height];
    all.par_chunks_mut(width).enumerate().for_each(|(y, row)| {
        for (x, out) in row.iter_mut().enumerate() {
            let at = [x as u32, y as u32];
            let [tile_x, tile_y] = at.map(|v| v / TILE);
            let entries = prepared.tiles.entries_of(&prepared.view, tile_x, tile_y);
            *out = pixel(at, entries);
        }
    });
    all
}

/// From dark violet through red and yellow to white.
fn heat(x: f32) -> Vec3 {
    const STOPS: [Vec3; 5] = [
        Vec3::new(0.07, 0.04, 0.18),
        Vec3::new(0.40, 0.10, 0.45),
        Vec3::new(0.84, 0.26, 0.30),
        Vec3::new(0.98, 0.66, 0.20),
        Vec3::new(1.0, 1.0, 0.92),
    ];
    let t = x.clamp(0.0, 1.0) * 4.0;
    let mut color = STOPS[0];
    for (i, stop) in STOPS.iter().enumerate().skip(1) {
        color = color.lerp(*stop, (t - (i - 1) as f32).clamp(0.0, 1.0));
    }
    color
}

/// A count on a logarithmic scale; nothing is transparent.
fn heat_of_count(count: u32, log2_max: f32) -> Vec4 {
    if count == 0 {
        return Vec4::ZERO;
    }
    heat((count as f32).log2() / log2_max).extend(1.0)
}
