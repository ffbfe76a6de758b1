//! The raster math that the stages share: filters, fills, distances, masks, resampling.
//!
//! Everything works on slices in row order with a [`Grid`] that says how wide the rows are, so that
//! a [`Plane`], a [`ColorPlane`] and a mask (`[bool]`) go through the same code. Pixel centres lie at
//! +0.5. Borders repeat the outermost pixel unless a function says otherwise. Nothing here knows what
//! a pixel means.

pub mod blur;
pub mod components;
pub mod distance;
pub mod guided;
pub mod lab;
pub mod morphology;
pub mod polygon;
pub mod resample;
pub mod resize;
pub mod solve;
pub mod warp;
pub mod zbuffer;

use std::ops::{Add, AddAssign, Mul, Sub};

use glam::{Vec3, Vec4};

use crate::portrait::types::{ColorPlane, Plane};

/// How a slice of pixels is laid out: row after row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

impl Grid {
    /// A grid of `width × height` pixels.
    pub const fn new(width: usize, height: usize) -> Self {
        Self { width, height }
    }

    /// Number of pixels.
    pub const fn len(self) -> usize {
        self.width * self.height
    }

    /// Whether there is no pixel.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Index of the pixel in column `x` and row `y`.
    pub const fn index(self, x: usize, y: usize) -> usize {
        y * self.width + x
    }

    /// Column and row of a pixel.
    pub const fn position(self, index: usize) -> (usize, usize) {
        (index % self.width, index / self.width)
    }

    /// Index of the pixel that holds the image point (`x`, `y`), or `None` outside the picture.
    pub fn pixel_at(self, x: f32, y: f32) -> Option<usize> {
        (x >= 0.0 && y >= 0.0 && x < self.width as f32 && y < self.height as f32)
            .then(|| self.index(x as usize, y as usize))
    }

    /// The up to four pixels that share an edge with `index`: left, right, above, below.
    pub fn neighbors(self, index: usize) -> [Option<usize>; 4] {
        let (x, y) = self.position(index);
        [
            (x > 0).then(|| index - 1),
            (x + 1 < self.width).then(|| index + 1),
            (y > 0).then(|| index - self.width),
            (y + 1 < self.height).then(|| index + self.width),
        ]
    }
}

/// A pixel value that can be averaged; products and quotients are per channel.
pub trait Sample:
    Copy
    + Default
    + Send
    + Sync
    + Add<Output = Self>
    + AddAssign
    + Sub<Output = Self>
    + Mul<f32, Output = Self>
{
    /// Product per channel.
    fn times(self, other: Self) -> Self;
    /// Quotient per channel; zero where the divisor is zero.
    fn over(self, other: Self) -> Self;
    /// Largest magnitude of a channel.
    fn max_abs(self) -> f32;
}

impl Sample for f32 {
    fn times(self, other: Self) -> Self {
        self * other
    }

    fn over(self, other: Self) -> Self {
        if other == 0.0 { 0.0 } else { self / other }
    }

    fn max_abs(self) -> f32 {
        self.abs()
    }
}

impl Sample for Vec3 {
    fn times(self, other: Self) -> Self {
        self * other
    }

    fn over(self, other: Self) -> Self {
        Self::select(other.cmpeq(Self::ZERO), Self::ZERO, self / other)
    }

    fn max_abs(self) -> f32 {
        self.abs().max_element()
    }
}

impl Sample for Vec4 {
    fn times(self, other: Self) -> Self {
        self * other
    }

    fn over(self, other: Self) -> Self {
        Self::select(other.cmpeq(Self::ZERO), Self::ZERO, self / other)
    }

    fn max_abs(self) -> f32 {
        self.abs().max_element()
    }
}

impl Plane {
    /// A plane of one value.
    pub fn filled(grid: Grid, value: f32) -> Self {
        Self::from_values(grid, vec![value; grid.len()])
    }

    /// A plane of `[height, width]` values.
    pub fn from_values(grid: Grid, values: Vec<f32>) -> Self {
        debug_assert_eq!(values.len(), grid.len(), "values must fill the grid");
        Self {
            width: grid.width,
            height: grid.height,
            values,
        }
    }

    /// Layout of the values.
    pub fn grid(&self) -> Grid {
        Grid::new(self.width, self.height)
    }

    /// The mask of values above `threshold`.
    pub fn above(&self, threshold: f32) -> Vec<bool> {
        self.values.iter().map(|v| *v > threshold).collect()
    }
}

impl ColorPlane {
    /// A plane of one color.
    pub fn filled(grid: Grid, value: Vec3) -> Self {
        Self::from_values(grid, vec![value; grid.len()])
    }

    /// A plane of `[height, width]` colors.
    pub fn from_values(grid: Grid, values: Vec<Vec3>) -> Self {
        debug_assert_eq!(values.len(), grid.len(), "values must fill the grid");
        Self {
            width: grid.width,
            height: grid.height,
            values,
        }
    }

    /// Layout of the values.
    pub fn grid(&self) -> Grid {
        Grid::new(self.width, self.height)
    }
}

/// The value at the image point (`x`, `y`) between the four nearest pixel centres; points beyond the
/// outermost centres read the border.
pub fn bilinear<T: Sample>(values: &[T], grid: Grid, x: f32, y: f32) -> T {
    if grid.is_empty() {
        return T::default();
    }
    let px = (x - 0.5).clamp(0.0, (grid.width - 1) as f32);
    let py = (y - 0.5).clamp(0.0, (grid.height - 1) as f32);
    let (x0, y0) = (px as usize, py as usize);
    let (x1, y1) = ((x0 + 1).min(grid.width - 1), (y0 + 1).min(grid.height - 1));
    let (fx, fy) = (px - x0 as f32, py - y0 as f32);
    let upper = values[grid.index(x0, y0)] * (1.0 - fx) + values[grid.index(x1, y0)] * fx;
    let lower = values[grid.index(x0, y1)] * (1.0 - fx) + values[grid.index(x1, y1)] * fx;
    upper * (1.0 - fy) + lower * fy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bilinear_reads_centres_exactly_and_borders_beyond_them() {
        let grid = Grid::new(3, 2);
        let values = [0.0, 1.0, 2.0, 10.0, 11.0, 12.0];
        assert_eq!(bilinear(&values, grid, 1.5, 0.5), 1.0, "a pixel centre");
        assert_eq!(bilinear(&values, grid, 2.0, 1.0), 6.5, "between four");
        assert_eq!(bilinear(&values, grid, -4.0, 9.0), 10.0, "beyond a corner");
    }

    #[test]
    fn neighbors_stop_at_the_border() {
        let grid = Grid::new(3, 3);
        assert_eq!(grid.neighbors(0), [None, Some(1), None, Some(3)]);
        assert_eq!(grid.neighbors(4), [Some(3), Some(5), Some(1), Some(7)]);
    }
}
