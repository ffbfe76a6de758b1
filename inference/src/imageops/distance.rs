//! Exact Euclidean distance to the nearest pixel of a mask, and which pixel that is
//! (Felzenszwalb & Huttenlocher 2012: lower envelope of parabolas, columns then rows).

use rayon::prelude::*;

use super::Grid;
use super::blur::transpose;

/// What the nearest pixel is where the mask is empty.
pub const NOWHERE: u32 = u32::MAX;

/// Distance field of a mask.
#[derive(Debug, Clone, PartialEq)]
pub struct DistanceField {
    /// `[height, width]` distance in pixels between pixel centres, 0 on the mask; infinite where the
    /// mask is empty.
    pub distance: Vec<f32>,
    /// `[height, width]` index of the nearest mask pixel, or [`NOWHERE`].
    pub nearest: Vec<u32>,
}

/// Distance of every pixel to the mask.
pub fn distance_to(mask: &[bool], grid: Grid) -> DistanceField {
    if grid.is_empty() {
        return DistanceField {
            distance: Vec::new(),
            nearest: Vec::new(),
        };
    }
    let row_of_nearest = nearest_in_column(mask, grid);
    let mut distance = vec![f32::INFINITY; grid.len()];
    let mut nearest = vec![NOWHERE; grid.len()];
    distance
        .par_chunks_mut(grid.width)
        .zip(nearest.par_chunks_mut(grid.width))
        .enumerate()
        .for_each(|(y, (distance, nearest))| {
            let rows = &row_of_nearest[y * grid.width..(y + 1) * grid.width];
            envelope_row(rows, y, grid, distance, nearest);
        });
    DistanceField { distance, nearest }
}

/// Only the distances of [`distance_to`].
pub fn distances(mask: &[bool], grid: Grid) -> Vec<f32> {
    distance_to(mask, grid).distance
}

/// Row of the nearest mask pixel in the same column, −1 where the column is empty.
fn nearest_in_column(mask: &[bool], grid: Grid) -> Vec<f32> {
    let mut turned = vec![-1.0f32; grid.len()];
    turned
        .par_chunks_mut(grid.height)
        .enumerate()
        .for_each(|(x, column)| {
            let mut last = None;
            for (y, nearest) in column.iter_mut().enumerate() {
                if mask[grid.index(x, y)] {
                    last = Some(y);
                }
                *nearest = last.map_or(-1.0, |row| row as f32);
            }
            let mut next = None;
            for (y, nearest) in column.iter_mut().enumerate().rev() {
                if mask[grid.index(x, y)] {
                    next = Some(y);
                }
                if let Some(row) = next
                    && (*nearest < 0.0 || row - y < y - *nearest as usize)
                {
                    *nearest = row as f32;
                }
            }
        });
    transpose(&turned, Grid::new(grid.height, grid.width))
}

/// Lower envelope of the parabolas `(x - i)² + column distance²` over one row.
fn envelope_row(rows: &[f32], y: usize, grid: Grid, distance: &mut [f32], nearest: &mut [u32]) {
    let height_of = |x: usize| (rows[x] - y as f32).powi(2);
    let mut hull: Vec<(usize, f32)> = Vec::with_capacity(16);
    for x in (0..grid.width).filter(|x| rows[*x] >= 0.0) {
        let lift = height_of(x) + (x * x) as f32;
        loop {
            let Some(&(top, start)) = hull.last() else {
                hull.push((x, f32::NEG_INFINITY));
                break;
            };
            let crossing =
                (lift - height_of(top) - (top * top) as f32) / (2.0 * (x as f32 - top as f32));
            if crossing > start {
                hull.push((x, crossing));
                break;
            }
            hull.pop();
        }
    }
    let mut k = 0;
    for x in 0..grid.width {
        while k + 1 < hull.len() && hull[k + 1].1 < x as f32 {
            k += 1;
        }
        if let Some(&(column, _)) = hull.get(k) {
            distance[x] = ((x as f32 - column as f32).powi(2) + height_of(column)).sqrt();
            nearest[x] = grid.index(column, rows[column] as usize) as u32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_equal_brute_force() {
        let grid = Grid::new(33, 21);
        // A multiplicative hash scatters about 2 % of the pixels.
        let mask: Vec<bool> = (0..grid.len())
            .map(|i| (i as u32).wrapping_mul(2_654_435_761) >> 16 < 1300)
            .collect();
        let seeds: Vec<usize> = (0..grid.len()).filter(|i| mask[*i]).collect();
        assert!(seeds.len() > 3, "the test needs some pixels");
        let field = distance_to(&mask, grid);
        for i in 0..grid.len() {
            let (x, y) = grid.position(i);
            let to = |s: usize| {
                let (sx, sy) = grid.position(s);
                (sx as f32 - x as f32).hypot(sy as f32 - y as f32)
            };
            let best = seeds.iter().map(|s| to(*s)).fold(f32::INFINITY, f32::min);
            assert!((field.distance[i] - best).abs() < 1e-4, "pixel {x},{y}");
            assert!(
                (to(field.nearest[i] as usize) - best).abs() < 1e-4,
                "nearest of {x},{y}"
            );
        }
    }

    #[test]
    fn an_empty_mask_is_infinitely_far() {
        let field = distance_to(&[false; 12], Grid::new(4, 3));
        assert!(field.distance.iter().all(|d| d.is_infinite()));
        assert!(field.nearest.iter().all(|n| *n == NOWHERE));
    }
}
