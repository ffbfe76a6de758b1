//! Pictures in floats: averaged from finer ones, for files with more than eight bits.

use glam::{Vec3, Vec4};
use rayon::prelude::*;
use scene::PinholeCamera;

use crate::{Blending, Frame, Part, RenderError, RenderedImage, cpu::shade::srgb_from_linear};

/// A finished picture in memory, as precise as it was computed.
#[derive(Debug, Clone, PartialEq)]
pub struct FloatImage {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// `[height, width]` display-referred RGB and alpha, straight (not premultiplied); colors may be
    /// above 1.
    pub pixels: Vec<[f32; 4]>,
}

impl FloatImage {
    /// The picture in 16 bits a channel, `[height, width, 4]`.
    pub fn to_u16(&self) -> Vec<u16> {
        self.quantized(|v| (v.clamp(0.0, 1.0) * 65_535.0).round_ties_even() as u16)
    }

    /// The picture in bytes.
    pub fn to_bytes(&self) -> RenderedImage {
        RenderedImage {
            width: self.width,
            height: self.height,
            rgba: self.quantized(|v| (v.clamp(0.0, 1.0) * 255.0).round_ties_even() as u8),
        }
    }

    fn quantized<T: Send>(&self, number: impl Fn(f32) -> T + Sync) -> Vec<T> {
        let pixels = self.pixels.par_iter();
        pixels
            .flat_map_iter(|pixel| pixel.iter().map(|&v| number(v)))
            .collect()
    }
}

/// The frame in so many times as many pixels along each side.
pub(crate) fn finer(frame: &Frame, factor: u32) -> Frame {
    let camera = &frame.camera;
    let scale = factor as f32;
    Frame {
        camera: PinholeCamera {
            fx: camera.fx * scale,
            fy: camera.fy * scale,
            cx: camera.cx * scale,
            cy: camera.cy * scale,
            width: camera.width * factor,
            height: camera.height * factor,
            ..*camera
        },
        ..*frame
    }
}

/// Refuses parts outside the image, and pictures too fine to count their pixels.
pub(crate) fn check(frame: &Frame, part: Part, factor: u32, limit: u32) -> Result<(), RenderError> {
    let (width, height) = (frame.camera.width, frame.camera.height);
    let most = limit / factor.max(1);
    if factor > 0 && part.is_in(&frame.camera) && width <= most && height <= most {
        return Ok(());
    }
    Err(RenderError::ImageSize {
        width,
        height,
        limit: most,
    })
}

/// Sums finer pixels of a part of the image, piece by piece.
pub(crate) struct Average {
    part: Part,
    factor: u32,
    sums: Vec<Vec4>,
}

impl Average {
    pub(crate) fn new(part: Part, factor: u32) -> Self {
        let [width, height] = part.size;
        Self {
            part,
            factor,
            sums: vec![Vec4::ZERO; width as usize * height as usize],
        }
    }

    /// Adds the premultiplied pixels of a piece of the finer image.
    pub(crate) fn add(&mut self, piece: Part, pixels: &[[f32; 4]]) {
        let [width, height] = piece.size;
        let [left, top] = [0, 1].map(|i| piece.origin[i] - self.part.origin[i] * self.factor);
        for y in 0..height {
            let row = ((top + y) / self.factor) as usize * self.part.size[0] as usize;
            for x in 0..width {
                let at = row + ((left + x) / self.factor) as usize;
                self.sums[at] += Vec4::from(pixels[(y * width + x) as usize]);
            }
        }
    }

    /// Averages, as they are on screen.
    pub(crate) fn finish(self, blending: Blending) -> FloatImage {
        let share = 1.0 / (self.factor * self.factor) as f32;
        let finished = |sum: Vec4| {
            let color = sum * share;
            if color.w <= 0.0 {
                return [0.0; 4];
            }
            let straight: Vec3 = color.truncate() / color.w;
            let straight = match blending {
                Blending::Display => straight,
                Blending::Linear => straight.map(srgb_from_linear),
            };
            straight.extend(color.w).to_array()
        };
        FloatImage {
            width: self.part.size[0],
            height: self.part.size[1],
            pixels: self.sums.into_par_iter().map(finished).collect(),
        }
    }
}
