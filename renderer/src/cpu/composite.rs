//! Puts blended pixels over the background, in bytes; twin of `shaders/composite.wgsl`.

use rayon::prelude::*;

use crate::layout::View;

/// `[height, width, 4]` display-referred bytes: alpha straight or premultiplied as the view says.
pub(crate) fn composite(view: &View, pixels: &[[f32; 4]]) -> Vec<u8> {
    let mut bytes = vec![0; pixels.len() * 4];
    bytes
        .par_chunks_mut(4 * 4096)
        .zip(pixels.par_chunks(4096))
        .for_each(|(bytes, pixels)| {
            for (out, pixel) in bytes.chunks_exact_mut(4).zip(pixels) {
                out.copy_from_slice(&composite_pixel(view, *pixel).map(byte));
            }
        });
    bytes
}

fn composite_pixel(view: &View, [r, g, b, alpha]: [f32; 4]) -> [f32; 4] {
    let [back_r, back_g, back_b, present] = view.background;
    if present > 0.0 {
        let left = 1.0 - alpha;
        [r + left * back_r, g + left * back_g, b + left * back_b, 1.0]
    } else if view.straight_alpha != 0 {
        let scale = if alpha > 0.0 { 1.0 / alpha } else { 0.0 };
        [r * scale, g * scale, b * scale, alpha]
    } else {
        // Premultiplied colors above their alpha would glow on screen.
        [r.min(alpha), g.min(alpha), b.min(alpha), alpha]
    }
}

fn byte(v: f32) -> u8 {
    (v.clamp(0.0, 1.0) * 255.0).round_ties_even() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backgrounds_fill_what_is_left() {
        let mut view: View = bytemuck::Zeroable::zeroed();
        let half = [[0.5, 0.25, 0.0, 0.5]];
        assert_eq!(composite(&view, &half), [128, 64, 0, 128], "premultiplied");
        view.straight_alpha = 1;
        assert_eq!(composite(&view, &half), [255, 128, 0, 128], "straight");
        view.background = [0.0, 0.0, 1.0, 1.0];
        assert_eq!(composite(&view, &half), [128, 64, 128, 255], "over blue");
    }
}
