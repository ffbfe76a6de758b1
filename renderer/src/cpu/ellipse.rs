//! The outline of a splat: where its alpha is 1/255; twin of `shaders/common/ellipse.wgsl`.

use crate::{
    consts::{LOG2_ALPHA_MIN, OUTLINE_MARGIN},
    layout::Record,
};

/// Offsets from the mean that satisfy (u dx + v dy)² + (w dy)² ≤ level.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outline {
    pub(crate) root: [f32; 3],
    /// log₂ of how far the opacity lies above 1/255.
    pub(crate) level: f32,
}

impl Outline {
    /// The outline of a record, a hair wider than blend's own test.
    #[inline(always)]
    pub(crate) fn of(record: &Record) -> Self {
        Self {
            root: record.root,
            level: record.log2_opacity - LOG2_ALPHA_MIN + OUTLINE_MARGIN,
        }
    }

    /// Least and greatest dx inside the outline for dy in `low..=high`; least > greatest where there is none.
    #[inline(always)]
    pub(crate) fn x_range(&self, low: f32, high: f32) -> (f32, f32) {
        let [u, v, w] = self.root;
        let reach = self.level.sqrt() / w;
        let low = low.max(-reach);
        let high = high.min(reach);
        if !(low <= high) {
            return (1.0, -1.0);
        }
        // The rightmost point of the whole outline lies at dy = widest, the leftmost opposite.
        let widest = -v * reach / (v * v + w * w).sqrt();
        let dy_right = widest.clamp(low, high);
        let dy_left = (-widest).clamp(low, high);
        let half = |dy: f32| (self.level - (w * dy) * (w * dy)).max(0.0).sqrt();
        (
            (-v * dy_left - half(dy_left)) / u,
            (-v * dy_right + half(dy_right)) / u,
        )
    }
}

/// The least whole number ≥ 0 that is at least `v`. Rounding by conversion: `ceil` is a function call on
/// processors that the compiler may count on.
#[inline(always)]
pub(crate) fn ceil_index(v: f32) -> u32 {
    let whole = v as u32;
    whole.saturating_add(u32::from((whole as f32) < v))
}

/// The greatest whole number ≤ `last` that is at most `v`, where there is one.
#[inline(always)]
pub(crate) fn floor_index(v: f32, last: u32) -> Option<u32> {
    (v >= 0.0).then(|| (v as u32).min(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_round_as_ceil_and_floor_do() {
        for v in [-3.5, -0.0, 0.0, 0.25, 1.0, 6.999, 1e9, f32::INFINITY] {
            assert_eq!(
                ceil_index(v.min(1e9)),
                v.ceil().clamp(0.0, 1e9) as u32,
                "{v}"
            );
            let floor = (v >= 0.0).then_some(v.floor().min(7.0) as u32);
            assert_eq!(floor_index(v, 7), floor, "{v}");
        }
        assert_eq!(floor_index(f32::NAN, 7), None);
    }

    #[test]
    fn x_range_agrees_with_sampling() {
        let outline = Outline {
            root: [0.4, -0.25, 0.3],
            level: 5.0,
        };
        for band in -12..12 {
            let (low, high) = (band as f32 * 0.9, band as f32 * 0.9 + 0.9);
            let (mut least, mut greatest) = (f32::INFINITY, f32::NEG_INFINITY);
            for i in 0..=100 {
                let dy = low + (high - low) * i as f32 / 100.0;
                for j in -4000..=4000 {
                    let dx = j as f32 * 0.005;
                    let [u, v, w] = outline.root;
                    if (u * dx + v * dy).powi(2) + (w * dy).powi(2) <= outline.level {
                        least = least.min(dx);
                        greatest = greatest.max(dx);
                    }
                }
            }
            let (left, right) = outline.x_range(low, high);
            if least <= greatest {
                assert!((left - least).abs() < 0.02, "left {left}, sampled {least}");
                assert!(
                    (right - greatest).abs() < 0.02,
                    "right {right}, sampled {greatest}"
                );
            } else {
                assert!(
                    left > right || right - left < 0.5,
                    "band {band} should be empty"
                );
            }
        }
    }
}
