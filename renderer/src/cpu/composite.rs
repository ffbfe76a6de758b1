//! Puts blended pixels between what stands behind and before them; twin of `shaders/composite.wgsl`.

use glam::{Vec3, Vec4};
use rayon::prelude::*;

use super::{
    guides::{Layers, guides_at, over},
    inspect::FAR,
    shade::{linear_from_srgb, srgb_from_linear},
};
use crate::{
    consts::{BACKGROUND_NONE, GUIDE_AXES, GUIDE_GRID, GUIDE_OUTLINE},
    layout::{Backdrop, Shading, View},
};

/// The blended pixels and what else is known of each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Blended<'a> {
    /// `[height, width]` premultiplied RGB and alpha.
    pub(crate) pixels: &'a [[f32; 4]],
    /// `[height, width]` median depths, where guides are drawn; else empty.
    pub(crate) depths: &'a [f32],
    /// `[height, width]` selected coverage, where an outline is drawn; else empty.
    pub(crate) coverage: &'a [f32],
}

/// Whether guides need the median depths.
pub(crate) fn needs_depths(backdrop: &Backdrop) -> bool {
    backdrop.guides & (GUIDE_GRID | GUIDE_AXES) != 0
}

/// `[height, width, 4]` display-referred bytes: alpha straight or premultiplied as the backdrop says.
pub(crate) fn composite(
    view: &View,
    backdrop: &Backdrop,
    shading: &Shading,
    blended: &Blended<'_>,
) -> Vec<u8> {
    let mut bytes = vec![0; blended.pixels.len() * 4];
    bytes
        .par_chunks_mut(4 * view.size[0] as usize)
        .enumerate()
        .for_each(|(y, row)| {
            for (x, out) in row.chunks_exact_mut(4).enumerate() {
                let pixel = [x as u32, y as u32];
                let color = composed((view, backdrop, shading), blended, pixel);
                out.copy_from_slice(&finished(view, backdrop, color).to_array().map(byte));
            }
        });
    bytes
}

/// `[height, width]` for files: premultiplied, still linear where the view blends so.
pub(crate) fn floats(
    view: &View,
    backdrop: &Backdrop,
    shading: &Shading,
    blended: &Blended<'_>,
) -> Vec<[f32; 4]> {
    let mut all = vec![[0.0; 4]; blended.pixels.len()];
    all.par_chunks_mut(view.size[0] as usize)
        .enumerate()
        .for_each(|(y, row)| {
            for (x, out) in row.iter_mut().enumerate() {
                let pixel = [x as u32, y as u32];
                *out = composed((view, backdrop, shading), blended, pixel).to_array();
            }
        });
    all
}

fn composed(all: (&View, &Backdrop, &Shading), blended: &Blended<'_>, pixel: [u32; 2]) -> Vec4 {
    let (view, backdrop, _) = all;
    let at = (pixel[1] * view.size[0] + pixel[0]) as usize;
    let splats = Vec4::from(blended.pixels[at]);
    let mut layers = Layers {
        behind: Vec4::ZERO,
        before: Vec4::ZERO,
    };
    if backdrop.background != BACKGROUND_NONE || needs_depths(backdrop) {
        let median = blended.depths.get(at).copied().unwrap_or(FAR);
        layers = guides_at(all, pixel, median);
    }
    if view.linear != 0 {
        layers.behind = mapped(layers.behind, linear_from_srgb);
        layers.before = mapped(layers.before, linear_from_srgb);
    }
    let color = over(layers.before, over(splats, layers.behind));
    if backdrop.guides & GUIDE_OUTLINE == 0 {
        return color;
    }
    let line = view.selection_color().extend(1.0) * outline_at(view, blended.coverage, pixel);
    if view.linear != 0 {
        over(mapped(line, linear_from_srgb), color)
    } else {
        over(line, color)
    }
}

/// How much of the outline of the selection lies on a pixel: coverage just beside it.
fn outline_at(view: &View, coverage: &[f32], [x, y]: [u32; 2]) -> f32 {
    let [width, height] = view.size.map(|s| s as i32);
    let own = coverage[(y as i32 * width + x as i32) as usize];
    let mut most = own;
    for dy in -2..=2 {
        for dx in -2..=2 {
            let (x, y) = (x as i32 + dx, y as i32 + dy);
            let inside = x >= 0 && y >= 0 && x < width && y < height;
            if inside && dx * dx + dy * dy <= 5 {
                most = most.max(coverage[(y * width + x) as usize]);
            }
        }
    }
    (2.0 * (most - own)).clamp(0.0, 1.0)
}

/// A premultiplied color with its straight color mapped.
fn mapped(color: Vec4, map: impl Fn(f32) -> f32) -> Vec4 {
    let straight: Vec3 = color.truncate() / color.w.max(1e-6);
    (straight.map(map) * color.w).extend(color.w)
}

/// As it goes into bytes.
fn finished(view: &View, backdrop: &Backdrop, color: Vec4) -> Vec4 {
    let color = if view.linear != 0 {
        mapped(color, srgb_from_linear)
    } else {
        color
    };
    let (rgb, alpha) = (color.truncate(), color.w);
    if backdrop.straight_alpha != 0 {
        let scale = if alpha > 0.0 { 1.0 / alpha } else { 0.0 };
        (rgb * scale).extend(alpha)
    } else {
        // Premultiplied colors above their alpha would glow on screen.
        rgb.min(Vec3::splat(alpha)).extend(alpha)
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
        view.size = [1, 1];
        let mut backdrop: Backdrop = bytemuck::Zeroable::zeroed();
        let shading: Shading = bytemuck::Zeroable::zeroed();
        let half = Blended {
            pixels: &[[0.5, 0.25, 0.0, 0.5]],
            depths: &[],
            coverage: &[],
        };
        let draw = |view: &View, backdrop: &Backdrop| composite(view, backdrop, &shading, &half);
        assert_eq!(draw(&view, &backdrop), [128, 64, 0, 128], "premultiplied");
        backdrop.straight_alpha = 1;
        assert_eq!(draw(&view, &backdrop), [255, 128, 0, 128], "straight");
        backdrop.background = crate::consts::BACKGROUND_COLORS;
        backdrop.whole = [1, 1];
        (backdrop.top, backdrop.bottom) = ([0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 1.0, 0.0]);
        assert_eq!(draw(&view, &backdrop), [128, 64, 128, 255], "over blue");
        // Half of linear 0.5 under nothing, half of linear 1 from blue.
        view.linear = 1;
        let expected = [0.5f32, 0.25, 0.5].map(|v| byte(srgb_from_linear(v)));
        assert_eq!(draw(&view, &backdrop)[..3], expected, "linear light");
    }
}
