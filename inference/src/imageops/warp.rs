//! Cutting turned and scaled windows out of a picture, as networks want them.

use glam::{Vec2, Vec3};
use rayon::prelude::*;

use super::resize::{Kernel, resize};
use super::{Grid, bilinear};
use crate::portrait::types::ColorPlane;

/// A turned rectangle of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// Its middle, image pixels.
    pub center: Vec2,
    /// Its width and height, image pixels.
    pub size: Vec2,
    /// Angle from the image's x axis to the window's, radians, clockwise on screen.
    pub angle: f32,
}

impl Window {
    /// An upright square.
    pub fn square(center: Vec2, side_px: f32) -> Self {
        Self {
            center,
            size: Vec2::splat(side_px),
            angle: 0.0,
        }
    }

    /// Point of the window (0..1 in both axes) → image point.
    pub fn image_from_window(&self, point: Vec2) -> Vec2 {
        self.center + Vec2::from_angle(self.angle).rotate((point - 0.5) * self.size)
    }
}

/// What lies outside of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outside {
    /// Black.
    Black,
    /// The nearest pixel of the border.
    Border,
}

/// A picture with its halves, quarters, ..., so that small windows of it are quick and smooth.
#[derive(Debug, Clone, PartialEq)]
pub struct Pyramid {
    levels: Vec<ColorPlane>,
}

impl Pyramid {
    /// Smallest side at which halving ends, pixels.
    const SMALLEST: usize = 96;

    /// Halves the picture until it is small.
    pub fn new(picture: ColorPlane) -> Self {
        let mut levels = vec![picture];
        while let Some(last) = levels.last() {
            let grid = last.grid();
            if grid.width.min(grid.height) < 2 * Self::SMALLEST {
                break;
            }
            let half = Grid::new(grid.width.div_ceil(2), grid.height.div_ceil(2));
            let values = resize(&last.values, grid, half, Kernel::Area);
            levels.push(ColorPlane::from_values(half, values));
        }
        Self { levels }
    }

    /// The picture at its full size.
    pub fn full(&self) -> &ColorPlane {
        &self.levels[0]
    }

    /// Layout of the full picture.
    pub fn grid(&self) -> Grid {
        self.full().grid()
    }

    /// The window's content as `size × size` pixels, stretched.
    pub fn sample(&self, window: &Window, size: usize, outside: Outside) -> Vec<Vec3> {
        let step = window.size.max_element() / size as f32;
        let level = (step.max(1.0).log2() as usize).min(self.levels.len() - 1);
        let plane = &self.levels[level];
        let (grid, full) = (plane.grid(), self.grid());
        let scale = Vec2::new(
            grid.width as f32 / full.width as f32,
            grid.height as f32 / full.height as f32,
        );
        // Between two levels up to four pixels fall into one.
        let taps = (step * scale.x).ceil().clamp(1.0, 4.0) as usize;
        let bounds = Vec2::new(full.width as f32, full.height as f32);
        let read = |point: Vec2| {
            let p = window.image_from_window(point);
            let inside = p.cmpge(Vec2::ZERO).all() && p.cmple(bounds).all();
            if inside || outside == Outside::Border {
                bilinear(&plane.values, grid, p.x * scale.x, p.y * scale.y)
            } else {
                Vec3::ZERO
            }
        };
        let mut out = vec![Vec3::ZERO; size * size];
        out.par_chunks_mut(size).enumerate().for_each(|(y, row)| {
            for (x, pixel) in row.iter_mut().enumerate() {
                let mut sum = Vec3::ZERO;
                for tap in 0..taps * taps {
                    let offset = Vec2::new((tap % taps) as f32, (tap / taps) as f32) + 0.5;
                    let corner = Vec2::new(x as f32, y as f32);
                    sum += read((corner + offset / taps as f32) / size as f32);
                }
                *pixel = sum / (taps * taps) as f32;
            }
        });
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Red grows to the right, green downwards.
    fn ramp(width: usize, height: usize) -> Pyramid {
        let grid = Grid::new(width, height);
        let color = |i: usize| {
            let (x, y) = grid.position(i);
            Vec3::new(x as f32 + 0.5, y as f32 + 0.5, 0.0)
        };
        Pyramid::new(ColorPlane::from_values(
            grid,
            (0..grid.len()).map(color).collect(),
        ))
    }

    #[test]
    fn a_window_reads_where_it_says() {
        let pyramid = ramp(800, 600);
        for size in [16, 64, 300] {
            let window = Window {
                center: Vec2::new(400.0, 300.0),
                size: Vec2::new(200.0, 100.0),
                angle: 0.5,
            };
            let out = pyramid.sample(&window, size, Outside::Black);
            let (x, y) = (size / 4, size / 2);
            let expected =
                window.image_from_window((Vec2::new(x as f32, y as f32) + 0.5) / size as f32);
            let found = out[y * size + x].truncate();
            assert!(
                found.distance(expected) < 0.6,
                "size {size}: {found} is not {expected}"
            );
        }
    }

    #[test]
    fn outside_is_black_or_the_border() {
        let pyramid = ramp(200, 200);
        let window = Window::square(Vec2::new(-100.0, 100.0), 50.0);
        let black = pyramid.sample(&window, 4, Outside::Black);
        assert_eq!(black[5], Vec3::ZERO, "black outside");
        let border = pyramid.sample(&window, 4, Outside::Border);
        // The window is read from a halved picture, whose first column is the mean of two.
        assert!(border[5].x <= 1.01, "first column: {}", border[5]);
    }
}
