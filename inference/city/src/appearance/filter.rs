//! Patterns of rectangles and noise, averaged exactly over a box: what is finer than the box becomes its mean.

use crate::random::cell;

/// Share of the box of width `w` around `x` that lies in `a..b`.
pub fn coverage(x: f32, a: f32, b: f32, w: f32) -> f32 {
    let h = 0.5 * w;
    (((x + h).min(b) - (x - h).max(a)) / w).clamp(0.0, 1.0)
}

/// Share of the box of width `w` around `x` that lies in `a..b` of any period, `0 <= a <= b <= period`.
///
/// Nothing where `b` is below `a`, as bars are on windows too small for them.
pub fn pulse(x: f32, period: f32, (a, b): (f32, f32), w: f32) -> f32 {
    let b = b.max(a);
    let integral = |t: f32| {
        let whole = floor(t / period) as f32;
        whole * (b - a) + (t - period * whole - a).clamp(0.0, b - a)
    };
    ((integral(x + 0.5 * w) - integral(x - 0.5 * w)) / w).clamp(0.0, 1.0)
}

/// The whole number below, without a call.
fn floor(x: f32) -> i32 {
    let cut = x as i32;
    cut - i32::from(x < cut as f32)
}

/// `x` in a bond of pieces this long: every other row begins half a piece later.
pub fn bonded(x: f32, row: f32, length: f32) -> f32 {
    if (row as i32).rem_euclid(2) == 0 {
        x
    } else {
        x + 0.5 * length
    }
}

/// How much of a pattern of this wavelength is left in a box of width `w`.
pub fn fade(w: f32, wavelength: f32) -> f32 {
    (2.0 - 2.0 * w / wavelength).clamp(0.0, 1.0)
}

fn value_noise(x: f32, y: f32, seed: u32) -> f32 {
    let (i, j) = (floor(x), floor(y));
    let (x0, y0) = (i as f32, j as f32);
    let smooth = |t: f32| t * t * (3.0 - 2.0 * t);
    let (s, t) = (smooth(x - x0), smooth(y - y0));
    let low = cell(seed, i, j) * (1.0 - s) + cell(seed, i + 1, j) * s;
    let high = cell(seed, i, j + 1) * (1.0 - s) + cell(seed, i + 1, j + 1) * s;
    2.0 * (low * (1.0 - t) + high * t) - 1.0
}

/// Noise of four octaves around zero, about −1..1; the largest waves are 1 long, the box is `w` wide.
pub fn fbm(x: f32, y: f32, seed: u32, w: f32) -> f32 {
    let (mut sum, mut gain, mut scale) = (0.0, 0.55, 1.0);
    for octave in 0..4 {
        let left = fade(w * scale, 1.0);
        if left <= 0.0 {
            break;
        }
        sum += gain * left * value_noise(x * scale, y * scale, seed.wrapping_add(octave * 77));
        gain *= 0.6;
        scale *= 2.2;
    }
    sum
}

/// From 0 below `low` to 1 above `high`.
pub fn ramp(x: f32, low: f32, high: f32) -> f32 {
    let t = ((x - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_over_whole_periods_sees_the_mean() {
        for x in [0.0, 0.3, 7.9, -4.2] {
            let share = pulse(x, 0.5, (0.1, 0.3), 2.0);
            assert!((share - 0.4).abs() < 1e-4, "{share} at {x}");
        }
    }

    #[test]
    fn small_boxes_add_up_to_the_large_one() {
        let large = pulse(3.3, 1.7, (0.4, 0.9), 0.8);
        let small: f32 = (0..16)
            .map(|k| pulse(2.9 + 0.05 * (k as f32 + 0.5), 1.7, (0.4, 0.9), 0.05) / 16.0)
            .sum();
        assert!((large - small).abs() < 1e-4, "{large} against {small}");
    }

    #[test]
    fn noise_is_gone_where_the_box_is_wider_than_its_waves() {
        assert_eq!(fbm(3.2, 1.1, 7, 1.5), 0.0, "a wide box sees no noise");
        let peak = (0..400)
            .map(|k| fbm(0.37 * k as f32, 0.0, 7, 0.01).abs())
            .fold(0.0, f32::max);
        assert!(peak > 0.4 && peak < 1.4, "peak {peak}");
    }
}
