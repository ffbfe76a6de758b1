//! Resampling of a part of a picture at any position and scale.

use glam::Vec2;
use rayon::prelude::*;

use super::blur::transpose;
use super::{Grid, Sample};

/// Half width of the kernel in pixels of the coarser picture.
const REACH: f32 = 2.0;

/// Which part of a picture is wanted, and how large.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// Top left corner in source pixels.
    pub origin: Vec2,
    /// Target pixels per source pixel.
    pub scale: f32,
    /// Size of the target.
    pub size: Grid,
}

/// Cuts a window out of a picture with the Catmull–Rom kernel, which is widened when shrinking: sharp,
/// with little ringing (values may leave the source's range a little). Beyond the border the outermost
/// pixels repeat.
pub fn resample<T: Sample>(values: &[T], from: Grid, window: &Window) -> Vec<T> {
    let to = window.size;
    if from.is_empty() || to.is_empty() {
        return vec![T::default(); to.len()];
    }
    // Only rows that the kernel reaches are read.
    let margin = REACH * (1.0 / window.scale).max(1.0) + 1.0;
    let end = window.origin.y + to.height as f32 / window.scale + margin;
    let first = ((window.origin.y - margin).max(0.0) as usize).min(from.height - 1);
    let last = (end.max(0.0) as usize).clamp(first + 1, from.height);
    let cut = Grid::new(from.width, last - first);
    let values = &values[first * from.width..last * from.width];
    let rows = resample_rows(values, cut, to.width, window.origin.x, window.scale);
    let turned = transpose(&rows, Grid::new(to.width, cut.height));
    let grid = Grid::new(cut.height, to.width);
    let top = window.origin.y - first as f32;
    let columns = resample_rows(&turned, grid, to.height, top, window.scale);
    transpose(&columns, Grid::new(to.height, to.width))
}

fn resample_rows<T: Sample>(
    values: &[T],
    from: Grid,
    width: usize,
    origin: f32,
    scale: f32,
) -> Vec<T> {
    let taps: Vec<Vec<(usize, f32)>> = (0..width)
        .map(|x| taps(origin + (x as f32 + 0.5) / scale, scale, from.width))
        .collect();
    let mut out = vec![T::default(); width * from.height];
    out.par_chunks_mut(width)
        .zip(values.par_chunks(from.width))
        .for_each(|(out, row)| {
            for (o, taps) in out.iter_mut().zip(&taps) {
                let mut sum = T::default();
                for (i, weight) in taps {
                    sum += row[*i] * *weight;
                }
                *o = sum;
            }
        });
    out
}

/// Source pixels and weights of the target pixel with its centre at the source coordinate `center`.
fn taps(center: f32, scale: f32, count: usize) -> Vec<(usize, f32)> {
    let stretch = (1.0 / scale).max(1.0);
    let first = (center - REACH * stretch - 0.5).ceil() as i64;
    let last = (center + REACH * stretch - 0.5).floor() as i64;
    let mut taps: Vec<(usize, f32)> = (first..=last)
        .map(|i| {
            let weight = catmull_rom((i as f32 + 0.5 - center) / stretch);
            (i.clamp(0, count as i64 - 1) as usize, weight)
        })
        .collect();
    let sum: f32 = taps.iter().map(|t| t.1).sum();
    taps.iter_mut().for_each(|t| t.1 /= sum);
    taps
}

/// Keys 1981, a = −½.
fn catmull_rom(x: f32) -> f32 {
    let x = x.abs();
    if x < 1.0 {
        (1.5 * x - 2.5) * x * x + 1.0
    } else if x < 2.0 {
        ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_scale_at_whole_pixels_copies() {
        let from = Grid::new(7, 5);
        let values: Vec<f32> = (0..from.len()).map(|i| (i * i % 17) as f32).collect();
        let window = Window {
            origin: Vec2::new(2.0, 1.0),
            scale: 1.0,
            size: Grid::new(4, 3),
        };
        let out = resample(&values, from, &window);
        for y in 0..3 {
            for x in 0..4 {
                let expected = values[from.index(x + 2, y + 1)];
                let found = out[window.size.index(x, y)];
                assert!((found - expected).abs() < 1e-5, "{x},{y}: {found}");
            }
        }
    }

    #[test]
    fn a_ramp_stays_a_ramp_at_every_scale() {
        let from = Grid::new(60, 40);
        let values: Vec<f32> = (0..from.len())
            .map(|i| from.position(i).0 as f32 + 0.5)
            .collect();
        for scale in [0.4, 0.93, 1.7] {
            let window = Window {
                origin: Vec2::new(20.3, 18.1),
                scale,
                size: Grid::new(6, 3),
            };
            let out = resample(&values, from, &window);
            for x in 0..6 {
                let expected = 20.3 + (x as f32 + 0.5) / scale;
                let found = out[window.size.index(x, 1)];
                assert!((found - expected).abs() < 0.02, "{scale} {x}: {found}");
            }
        }
    }
}
