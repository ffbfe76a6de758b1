//! One set of 256 colors for a whole animation, so that nothing flickers, and the mapping onto it.

use image::RgbaImage;

/// Bits kept of each channel when a color is looked up.
const LOOKUP_BITS: u32 = 6;

/// Pixels less opaque than this are see-through.
const OPAQUE: u8 = 128;

/// Colors of an animation.
pub(crate) struct Palette {
    /// `[n]` red, green, blue; n ≤ 256.
    colors: Vec<[u8; 3]>,
    /// The entry that means "nothing here".
    transparent: Option<u8>,
    /// Nearest entry + 1 by color, filled as colors come; 0 is unknown.
    nearest: Vec<u16>,
}

impl Palette {
    /// The best colors for the given pictures (NeuQuant, Dekker 1994), one entry less where some
    /// pixels are see-through.
    pub(crate) fn of(pictures: &[RgbaImage]) -> Self {
        let mut opaque: Vec<u8> = Vec::new();
        let mut has_holes = false;
        for pixel in pictures.iter().flat_map(|picture| picture.pixels()) {
            if pixel.0[3] >= OPAQUE {
                let [r, g, b, _] = pixel.0;
                opaque.extend([r, g, b, 255]);
            } else {
                has_holes = true;
            }
        }
        let mut colors = quantize(&mut opaque);
        let transparent = has_holes.then(|| {
            // The darkest colors lie closest together, so the last of them is missed the least.
            colors.sort_unstable_by_key(|c| std::cmp::Reverse(luma(*c)));
            colors.truncate(255);
            colors.push([0; 3]);
            (colors.len() - 1) as u8
        });
        Self {
            colors,
            transparent,
            nearest: vec![0; 1 << (3 * LOOKUP_BITS)],
        }
    }

    /// The colors as a GIF wants them.
    pub(crate) fn to_rgb(&self) -> Vec<u8> {
        self.colors.concat()
    }

    /// The entry that means "nothing here".
    pub(crate) fn transparent(&self) -> Option<u8> {
        self.transparent
    }

    /// Entry of each pixel, in row order. Dithering spreads what a pixel got wrong over its
    /// neighbours (Floyd and Steinberg 1976), at three quarters, which keeps flat areas calm.
    pub(crate) fn map(&mut self, picture: &RgbaImage, dither: bool) -> Vec<u8> {
        let width = picture.width() as usize;
        let strength = if dither { 0.75 / 16.0 } else { 0.0 };
        // Errors of this row and the next, with one pixel of margin on both sides.
        let mut here = vec![[0.0f32; 3]; width + 2];
        let mut below = vec![[0.0f32; 3]; width + 2];
        let mut entries = Vec::with_capacity(width * picture.height() as usize);
        for row in picture.rows() {
            for (x, pixel) in row.enumerate() {
                let [r, g, b, a] = pixel.0;
                if let (Some(hole), true) = (self.transparent, a < OPAQUE) {
                    entries.push(hole);
                    continue;
                }
                let wanted: [f32; 3] = std::array::from_fn(|c| {
                    (f32::from([r, g, b][c]) + here[x + 1][c]).clamp(0.0, 255.0)
                });
                let entry = self.nearest(wanted.map(|v| v.round() as u8));
                entries.push(entry);
                let got = self.colors[usize::from(entry)];
                for c in 0..3 {
                    let error = strength * (wanted[c] - f32::from(got[c]));
                    here[x + 2][c] += 7.0 * error;
                    below[x][c] += 3.0 * error;
                    below[x + 1][c] += 5.0 * error;
                    below[x + 2][c] += error;
                }
            }
            std::mem::swap(&mut here, &mut below);
            below.fill([0.0; 3]);
        }
        entries
    }

    fn nearest(&mut self, color: [u8; 3]) -> u8 {
        let shift = 8 - LOOKUP_BITS;
        let key = color.iter().fold(0usize, |key, channel| {
            key << LOOKUP_BITS | usize::from(channel >> shift)
        });
        if self.nearest[key] == 0 {
            let hole = self.transparent.map(usize::from);
            let distance = |c: &[u8; 3]| -> i32 {
                // Weights of the eye: green tells most, blue least.
                std::iter::zip([3, 4, 2], std::iter::zip(c, color))
                    .map(|(w, (a, b))| w * (i32::from(*a) - i32::from(b)).pow(2))
                    .sum()
            };
            let best = self
                .colors
                .iter()
                .enumerate()
                .filter(|(i, _)| Some(*i) != hole)
                .min_by_key(|(_, c)| distance(c))
                .map_or(0, |(i, _)| i);
            self.nearest[key] = best as u16 + 1;
        }
        (self.nearest[key] - 1) as u8
    }
}

/// Up to 256 colors that stand for the given RGBA pixels.
fn quantize(pixels: &mut [u8]) -> Vec<[u8; 3]> {
    // Frames of a GIF are at most 65 535 wide and high; the sample is laid out as rows of 256.
    const ROW: usize = 256;
    let rows = (pixels.len() / (4 * ROW)).min(usize::from(u16::MAX));
    let palette = if rows == 0 {
        // Hardly any pixel: every one may have its own entry.
        Some(
            pixels
                .chunks_exact(4)
                .flat_map(|p| [p[0], p[1], p[2]])
                .collect(),
        )
    } else {
        gif::Frame::from_rgba_speed(ROW as u16, rows as u16, &mut pixels[..rows * ROW * 4], 8)
            .palette
    };
    let mut colors: Vec<[u8; 3]> = palette
        .unwrap_or_default()
        .chunks_exact(3)
        .map(|c| [c[0], c[1], c[2]])
        .collect();
    if colors.is_empty() {
        colors.push([0; 3]);
    }
    colors
}

fn luma([r, g, b]: [u8; 3]) -> u32 {
    299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b)
}

#[cfg(test)]
mod tests {
    use image::Rgba;

    use super::*;

    fn ramp() -> RgbaImage {
        RgbaImage::from_fn(128, 64, |x, y| {
            Rgba([(2 * x) as u8, (4 * y) as u8, (x + y) as u8, 255])
        })
    }

    fn mean_error(picture: &RgbaImage, palette: &Palette, entries: &[u8]) -> f32 {
        let total: f32 = picture
            .pixels()
            .zip(entries)
            .flat_map(|(pixel, entry)| {
                let color = palette.colors[usize::from(*entry)];
                (0..3).map(move |c| f32::from(pixel.0[c]) - f32::from(color[c]))
            })
            .sum();
        (total / (3 * entries.len()) as f32).abs()
    }

    #[test]
    fn dithering_keeps_the_mean_color() {
        let picture = ramp();
        let mut palette = Palette::of(std::slice::from_ref(&picture));
        let entries = palette.map(&picture, true);
        let error = mean_error(&picture, &palette, &entries);
        assert!(error < 1.5, "mean is off by {error}");
    }

    #[test]
    fn holes_stay_holes_and_nothing_else_is_one() {
        let mut picture = ramp();
        picture.put_pixel(3, 2, Rgba([0, 0, 0, 0]));
        let mut palette = Palette::of(std::slice::from_ref(&picture));
        let hole = palette.transparent().unwrap();
        let entries = palette.map(&picture, true);
        let holes: Vec<usize> = (0..entries.len()).filter(|i| entries[*i] == hole).collect();
        assert_eq!(holes, [2 * 128 + 3], "just the one");
        assert!(palette.to_rgb().len() <= 768, "at most 256 colors");
    }

    #[test]
    fn few_colors_stay_exact() {
        let picture = RgbaImage::from_fn(64, 64, |x, _| {
            if x < 32 {
                Rgba([200, 10, 30, 255])
            } else {
                Rgba([12, 140, 250, 255])
            }
        });
        let mut palette = Palette::of(std::slice::from_ref(&picture));
        let entries = palette.map(&picture, true);
        assert_eq!(
            palette.colors[usize::from(entries[0])],
            [200, 10, 30],
            "red"
        );
        assert_eq!(
            palette.colors[usize::from(entries[63])],
            [12, 140, 250],
            "blue"
        );
    }
}
