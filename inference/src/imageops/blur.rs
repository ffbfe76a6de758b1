//! Box and Gaussian blurs, plain and restricted to a mask.
//!
//! Rows are blurred in parallel, the image is transposed, and the same is done again. Wide Gaussians
//! are three extended box filters (Gwosdek et al. 2011), whose cost does not depend on the width.

use rayon::prelude::*;

use super::{Grid, Sample};

/// Up to here a sampled kernel is used, above it three boxes: those are off by < 1 % of the peak.
const DIRECT_SIGMA_MAX_PX: f32 = 2.5;
/// Where a sampled Gaussian is cut, in sigmas.
const KERNEL_CUT: f32 = 3.0;
/// Below this share of known weight a masked blur has nothing to say.
const MASK_WEIGHT_MIN: f32 = 1e-4;

/// Mean over the window of `2 radius + 1` pixels squared, cut at the picture's border.
pub fn box_mean<T: Sample>(values: &[T], grid: Grid, radius: usize) -> Vec<T> {
    separable(values, grid, |row, out| box_row(row, out, radius))
}

/// Gaussian blur; `sigma_px` ≤ 0 copies.
pub fn gaussian<T: Sample>(values: &[T], grid: Grid, sigma_px: f32) -> Vec<T> {
    if !(sigma_px > 0.05) || grid.is_empty() {
        return values.to_vec();
    }
    if sigma_px <= DIRECT_SIGMA_MAX_PX {
        let kernel = half_kernel(sigma_px);
        return separable(values, grid, |row, out| kernel_row(row, out, &kernel));
    }
    let (radius, edge) = extended_box(sigma_px);
    separable(values, grid, |row, out| {
        let mut other = vec![T::default(); row.len()];
        extended_box_row(row, out, radius, edge);
        extended_box_row(out, &mut other, radius, edge);
        extended_box_row(&other, out, radius, edge);
    })
}

/// Gaussian blur that reads only pixels of positive weight (normalized convolution). Where no weight is
/// in reach the value stays as it is.
pub fn gaussian_masked<T: Sample>(
    values: &[T],
    weights: &[f32],
    grid: Grid,
    sigma_px: f32,
) -> Vec<T> {
    let weighted: Vec<T> = values.iter().zip(weights).map(|(v, w)| *v * *w).collect();
    let blurred = gaussian(&weighted, grid, sigma_px);
    let share = gaussian(weights, grid, sigma_px);
    blurred
        .iter()
        .zip(&share)
        .zip(values)
        .map(|((b, s), v)| {
            if *s > MASK_WEIGHT_MIN {
                *b * (1.0 / *s)
            } else {
                *v
            }
        })
        .collect()
}

/// 1 where the mask holds, else 0: the weights of [`gaussian_masked`].
pub fn weights_of(mask: &[bool]) -> Vec<f32> {
    mask.iter().map(|m| f32::from(*m)).collect()
}

/// Runs a row filter over the rows and then over the columns.
fn separable<T: Sample>(
    values: &[T],
    grid: Grid,
    filter: impl Fn(&[T], &mut [T]) + Sync,
) -> Vec<T> {
    if grid.is_empty() {
        return Vec::new();
    }
    let mut rows = vec![T::default(); grid.len()];
    rows.par_chunks_mut(grid.width)
        .zip(values.par_chunks(grid.width))
        .for_each(|(out, row)| filter(row, out));
    let turned = transpose(&rows, grid);
    let mut columns = rows;
    columns
        .par_chunks_mut(grid.height)
        .zip(turned.par_chunks(grid.height))
        .for_each(|(out, row)| filter(row, out));
    transpose(&columns, Grid::new(grid.height, grid.width))
}

/// Swaps rows and columns; the result has the grid `height × width`.
pub fn transpose<T: Sample>(values: &[T], grid: Grid) -> Vec<T> {
    /// Columns turned together, so that a cache line read is used more than once.
    const BLOCK: usize = 16;
    let mut out = vec![T::default(); grid.len()];
    out.par_chunks_mut(grid.height * BLOCK)
        .enumerate()
        .for_each(|(block, out)| {
            let x0 = block * BLOCK;
            let columns = out.len() / grid.height;
            for y in 0..grid.height {
                let row = &values[y * grid.width + x0..y * grid.width + x0 + columns];
                for (dx, v) in row.iter().enumerate() {
                    out[dx * grid.height + y] = *v;
                }
            }
        });
    out
}

fn box_row<T: Sample>(row: &[T], out: &mut [T], radius: usize) {
    let n = row.len();
    let mut sum = T::default();
    for v in &row[..radius.min(n)] {
        sum += *v;
    }
    for (i, o) in out.iter_mut().enumerate() {
        if i + radius < n {
            sum += row[i + radius];
        }
        if i > radius {
            sum = sum - row[i - radius - 1];
        }
        let count = (i + radius + 1).min(n) - i.saturating_sub(radius);
        *o = sum * (1.0 / count as f32);
    }
}

/// Half of a normalized Gaussian kernel, the middle first.
fn half_kernel(sigma: f32) -> Vec<f32> {
    let radius = (KERNEL_CUT * sigma).ceil() as usize;
    let mut kernel: Vec<f32> = (0..=radius)
        .map(|i| (-0.5 * (i as f32 / sigma).powi(2)).exp())
        .collect();
    let sum = kernel[0] + 2.0 * kernel[1..].iter().sum::<f32>();
    kernel.iter_mut().for_each(|k| *k /= sum);
    kernel
}

fn kernel_row<T: Sample>(row: &[T], out: &mut [T], kernel: &[f32]) {
    let last = row.len() - 1;
    for (i, o) in out.iter_mut().enumerate() {
        let mut sum = row[i] * kernel[0];
        for (k, weight) in kernel.iter().enumerate().skip(1) {
            sum += (row[i.saturating_sub(k)] + row[(i + k).min(last)]) * *weight;
        }
        *o = sum;
    }
}

/// Radius of the box of full weight, and the weight of the two pixels next to it, so that three passes
/// have the variance `sigma²` exactly (Gwosdek et al. 2011, eq. 8).
fn extended_box(sigma: f32) -> (usize, f32) {
    const PASSES: f32 = 3.0;
    let variance = sigma * sigma / PASSES;
    let radius = (0.5 * ((12.0 * variance + 1.0).sqrt() - 1.0)).floor();
    let edge = (2.0 * radius + 1.0) * (radius * (radius + 1.0) - 3.0 * variance)
        / (6.0 * (variance - (radius + 1.0) * (radius + 1.0)));
    (radius as usize, edge.clamp(0.0, 1.0))
}

fn extended_box_row<T: Sample>(row: &[T], out: &mut [T], radius: usize, edge: f32) {
    let last = row.len() - 1;
    let scale = 1.0 / (2.0 * radius as f32 + 1.0 + 2.0 * edge);
    let mut sum = row[0] * (radius + 1) as f32;
    for i in 1..=radius {
        sum += row[i.min(last)];
    }
    for (i, o) in out.iter_mut().enumerate() {
        let before = row[i.saturating_sub(radius + 1)];
        let after = row[(i + radius + 1).min(last)];
        *o = (sum + (before + after) * edge) * scale;
        sum += after - row[i.saturating_sub(radius)];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn box_mean_of_a_corner_counts_only_pixels_inside() {
        let grid = Grid::new(4, 3);
        let values: Vec<f32> = (0..12).map(|v| v as f32).collect();
        let mean = box_mean(&values, grid, 1);
        assert!((mean[0] - 2.5).abs() < 1e-6, "0 1 4 5: {}", mean[0]);
        assert!((mean[5] - 5.0).abs() < 1e-6, "all nine: {}", mean[5]);
    }

    #[test]
    fn gaussian_has_its_sigma_and_keeps_the_sum() {
        for sigma in [0.8f32, 2.0, 4.0, 9.3] {
            let grid = Grid::new(121, 121);
            let mut values = vec![0.0f32; grid.len()];
            values[grid.index(60, 60)] = 1.0;
            let out = gaussian(&values, grid, sigma);
            let sum: f32 = out.iter().sum();
            let variance: f32 = (0..grid.len())
                .map(|i| out[i] * (grid.position(i).0 as f32 - 60.0).powi(2))
                .sum();
            assert!((sum - 1.0).abs() < 1e-4, "sigma {sigma}: sum {sum}");
            // The sampled kernel is cut at 3 sigma and loses up to 3 % of the variance.
            assert!(
                (variance.sqrt() / sigma - 1.0).abs() < 0.03,
                "sigma {sigma}: {}",
                variance.sqrt()
            );
        }
    }

    #[test]
    fn a_constant_stays_a_constant_at_the_border() {
        let grid = Grid::new(13, 7);
        for sigma in [1.0, 6.0, 30.0] {
            let out = gaussian(&vec![0.7f32; grid.len()], grid, sigma);
            assert!(out.iter().all(|v| (v - 0.7).abs() < 1e-5), "sigma {sigma}");
        }
    }

    #[test]
    fn masked_blur_reads_nothing_outside_the_mask() {
        let grid = Grid::new(20, 20);
        let mask: Vec<bool> = (0..grid.len()).map(|i| grid.position(i).0 < 10).collect();
        let values: Vec<f32> = mask.iter().map(|m| if *m { 0.3 } else { 99.0 }).collect();
        let out = gaussian_masked(&values, &weights_of(&mask), grid, 3.0);
        for (i, v) in out.iter().enumerate().filter(|(i, _)| mask[*i]) {
            assert!((v - 0.3).abs() < 1e-4, "pixel {i}: {v}");
        }
    }

    #[test]
    fn transposing_twice_is_the_identity() {
        let grid = Grid::new(37, 18);
        let values: Vec<f32> = (0..grid.len()).map(|v| v as f32).collect();
        let turned = transpose(&values, grid);
        assert_eq!(
            turned[1], values[grid.width],
            "first column becomes first row"
        );
        assert_eq!(transpose(&turned, Grid::new(18, 37)), values);
    }
}
