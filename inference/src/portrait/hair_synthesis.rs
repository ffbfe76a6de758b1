//! Hair detail where the photograph shows none: noise drawn out along the strands (line integral
//! convolution, Cabral & Leedom 1993), with the strand width, the strand length and the distribution of
//! colors that the photographed hair has.
//!
//! Strands that come out of seen hair take its value along, so that they run on across the seam.

use glam::{Vec2, Vec3};
use rayon::prelude::*;

use super::hair_tone::HairTone;
use super::types::Crop;
use crate::imageops::bilinear;

/// Levels of the detail's distribution.
const LEVELS: usize = 32;
/// Pixels compared to measure strands.
const COMPARED: usize = 4000;
/// Strands are as wide as the shift across them that leaves this much correlation.
const ACROSS: f32 = 0.5;
/// Strands are as long as the shift along them that leaves this much.
const ALONG: f32 = 0.3;
/// Longest shift tried, in face heights.
const SHIFT_MAX: f32 = 0.2;
/// Range of strand widths, dm: finer is not drawn, wider is a lock.
const WIDTH: [f32; 2] = [0.02, 0.032];
/// Noise of this width, in such shifts, has the same correlation.
const WIDTH_SHARE: f32 = 1.0;
/// Strands drawn this long, in such shifts, have the same correlation.
const LENGTH_SHARE: f32 = 5.0;
/// Strands are at most this long, in thicknesses of the hair beyond [`SHAVEN`].
const THICK: f32 = 5.0;
/// Hair this thick, dm, shows no strands.
const SHAVEN: f32 = 0.06;
/// Strands are at least this long, in widths.
const LENGTH_LEAST: f32 = 1.5;
/// At most, dm.
const LENGTH_MOST: f32 = 1.0;
/// Share of the fine strands in the texture's variance; the rest is [`COARSE`] times as wide.
const FINE: f32 = 0.7;
/// See [`FINE`].
const COARSE: f32 = 2.3;
/// Width of the locks that change the slow color, dm.
const LOCK: f32 = 0.17;
/// Contrast of these locks, of the spread of slow color in the photograph.
const LOCK_CONTRAST: f32 = 0.4;
/// Locks do not depart further than this, in logarithms.
const LOCK_MAX: f32 = 0.12;
/// Seen hair is carried on over this length, dm.
const CARRIED: f32 = 0.3;
/// Mean of this much seen hair along a strand is carried on, dm.
const CARRIED_FROM: f32 = 0.12;

/// A surface that carries strands.
pub trait Strands: Sync {
    /// The point a signed length further along the strand through `point`, dm.
    fn further(&self, point: Vec3, length: f32) -> Vec3;

    /// Detail that the photograph shows at a point.
    fn seen(&self, point: Vec3) -> Option<Vec3>;
}

/// What the photographed strands are like.
#[derive(Debug, Clone, PartialEq)]
pub struct HairStyle {
    /// dm.
    pub width: f32,
    /// dm.
    pub length: f32,
    /// `[LEVELS]` detail from the darkest to the brightest.
    levels: Vec<Vec3>,
    mean: f32,
    deviation: f32,
    /// Contrast of locks, logarithm.
    locks: f32,
}

impl HairStyle {
    /// Measures the strands of the photograph; `None` where too little hair is seen. Hair that stands
    /// off the skull by `thickness` dm shows at least that much of a strand, and little more.
    pub fn read(tone: &HairTone, crop: &Crop, (px_per_dm, thickness): (f32, f32)) -> Option<Self> {
        let grid = crop.alpha.grid();
        let pixels: Vec<usize> = (0..grid.len()).filter(|i| tone.trusted[*i]).collect();
        if pixels.len() < 2 * LEVELS {
            return None;
        }
        let stride = pixels.len().div_ceil(COMPARED);
        let compared: Vec<usize> = pixels.iter().copied().step_by(stride).collect();
        let correlation = Correlation {
            tone,
            crop,
            pixels: &compared,
        };
        let most = SHIFT_MAX * crop.face_height;
        let across = correlation.reach(|strand| strand.perp(), ACROSS, most);
        let along = correlation.reach(|strand| strand, ALONG, most);
        let width = (WIDTH_SHARE * across / px_per_dm).clamp(WIDTH[0], WIDTH[1]);
        let length = (LENGTH_SHARE * along / px_per_dm)
            .min(LENGTH_MOST)
            .min(THICK * (thickness - SHAVEN).max(0.0))
            .max(LENGTH_LEAST * width);

        let mut sorted: Vec<Vec3> = pixels.iter().map(|i| tone.detail[*i]).collect();
        sorted.sort_unstable_by(|a, b| brightness(*a).total_cmp(&brightness(*b)));
        let levels: Vec<Vec3> = (0..LEVELS)
            .map(|k| {
                let part = k * sorted.len() / LEVELS..(k + 1) * sorted.len() / LEVELS;
                let count = part.len().max(1) as f32;
                sorted[part].iter().sum::<Vec3>() / count
            })
            .collect();
        let (mean, deviation) = spread(sorted.iter().map(|d| brightness(*d)));
        let slow = |i: &usize| (brightness(tone.image[*i]) + 0.02).ln();
        let (_, slow_deviation) = spread(pixels.iter().map(slow));
        Some(Self {
            width,
            length,
            levels,
            mean,
            deviation: deviation.max(1e-3),
            locks: (LOCK_CONTRAST * slow_deviation).min(LOCK_MAX),
        })
    }

    /// Detail of a value that is normally distributed.
    fn detail(&self, value: f32) -> Vec3 {
        let rank = normal_rank(value) * self.levels.len() as f32 - 0.5;
        let rank = rank.clamp(0.0, self.levels.len() as f32 - 1.0);
        let low = (rank as usize).min(self.levels.len() - 2);
        self.levels[low].lerp(self.levels[low + 1], rank - low as f32)
    }

    /// Normally distributed value of a detail.
    fn value(&self, detail: Vec3) -> f32 {
        ((brightness(detail) - self.mean) / self.deviation).clamp(-2.5, 2.5)
    }
}

/// Detail (logarithm of color over slow color) of every point.
pub fn synthesize(points: &[Vec3], style: &HairStyle, strands: &impl Strands) -> Vec<Vec3> {
    let drawn: Vec<Drawn> = points
        .par_iter()
        .map(|p| Drawn::along(*p, style, strands))
        .collect();
    let noise = |of: fn(&Drawn) -> f32| {
        let (mean, deviation) = spread(drawn.iter().map(of));
        move |value: f32| (value - mean) / deviation.max(1e-6)
    };
    let (fine, coarse, lock) = (noise(|d| d.fine), noise(|d| d.coarse), noise(|d| d.lock));
    drawn
        .iter()
        .map(|d| {
            let own = FINE.sqrt() * fine(d.fine) + (1.0 - FINE).sqrt() * coarse(d.coarse);
            let value = match d.carried {
                Some((seen, share)) => seen * share + own * (1.0 - share * share).sqrt(),
                None => own,
            };
            let free = 1.0 - d.carried.map_or(0.0, |c| c.1);
            style.detail(value) + style.locks * free * lock(d.lock).clamp(-2.0, 2.0)
        })
        .collect()
}

/// What a strand gathers on its way through a point.
struct Drawn {
    fine: f32,
    coarse: f32,
    lock: f32,
    /// Value of the seen hair that the strand comes from, and how much it still says.
    carried: Option<(f32, f32)>,
}

impl Drawn {
    fn along(point: Vec3, style: &HairStyle, strands: &impl Strands) -> Self {
        /// Of the strand width.
        const STEP: f32 = 0.8;
        /// Steps between two samples of the locks, which change slowly.
        const LOCK_EVERY: usize = 3;
        let step = STEP * style.width;
        let reach = [0.5, 0.8, 0.8].map(|share| share * style.length);
        let window = |distance: f32, reach: f32| {
            let t = (distance / reach).min(1.0);
            (1.0 - t * t) * (1.0 - t * t)
        };
        let mut fine = noise(point / style.width, 1);
        let mut coarse = noise(point / (COARSE * style.width), 2);
        let mut lock = noise(point / LOCK, 3);
        let mut carried: Option<(f32, f32)> = None;
        for sign in [1.0, -1.0] {
            let mut at = point;
            let mut seen = (0.0, 0.0, f32::INFINITY);
            let steps = (reach[1].max(CARRIED) / step) as usize;
            for k in 1..=steps {
                let distance = k as f32 * step;
                at = strands.further(at, sign * step);
                if distance < reach[0] {
                    fine += noise(at / style.width, 1) * window(distance, reach[0]);
                }
                if distance < reach[1] {
                    coarse += noise(at / (COARSE * style.width), 2) * window(distance, reach[1]);
                }
                if k % LOCK_EVERY == 0 && distance < reach[2] {
                    lock += noise(at / LOCK, 3) * window(distance, reach[2]);
                }
                let here = (distance < seen.2 + CARRIED_FROM).then(|| strands.seen(at));
                if let Some(detail) = here.flatten() {
                    seen = (
                        seen.0 + style.value(detail),
                        seen.1 + 1.0,
                        seen.2.min(distance),
                    );
                }
            }
            let share = super::photo::falling(seen.2, 0.0, CARRIED);
            if seen.1 > 0.0 && carried.is_none_or(|c| share > c.1) {
                carried = Some((seen.0 / seen.1, share));
            }
        }
        Self {
            fine,
            coarse,
            lock,
            carried,
        }
    }
}

/// Compares the photographed detail with itself, shifted.
struct Correlation<'a> {
    tone: &'a HairTone,
    crop: &'a Crop,
    pixels: &'a [usize],
}

impl Correlation<'_> {
    /// The shift in pixels in a direction, seen from the strand's, that leaves the given correlation.
    fn reach(&self, direction: impl Fn(Vec2) -> Vec2, left: f32, most: f32) -> f32 {
        const STEP_PX: f32 = 0.5;
        let mut shift = STEP_PX;
        while shift < most && self.at(&direction, shift) > left {
            shift += STEP_PX;
        }
        shift
    }

    fn at(&self, direction: &impl Fn(Vec2) -> Vec2, shift: f32) -> f32 {
        let grid = self.crop.alpha.grid();
        let (mut product, mut own, mut other) = (0.0, 0.0, 0.0);
        for i in self.pixels {
            let center = super::skin::pixel_center(grid, *i);
            let to = center + direction(self.tone.image_strands[*i]) * shift;
            if !grid
                .pixel_at(to.x, to.y)
                .is_some_and(|j| self.tone.trusted[j])
            {
                continue;
            }
            let a = brightness(self.tone.detail[*i]);
            let b = brightness(bilinear(&self.tone.detail, grid, to.x, to.y));
            product += a * b;
            own += a * a;
            other += b * b;
        }
        product / (own * other).sqrt().max(1e-9)
    }
}

fn brightness(color: Vec3) -> f32 {
    color.dot(Vec3::new(0.299, 0.587, 0.114))
}

/// Mean and standard deviation.
fn spread(values: impl Iterator<Item = f32>) -> (f32, f32) {
    let (mut count, mut sum, mut squares) = (0.0f64, 0.0f64, 0.0f64);
    for v in values.map(f64::from) {
        count += 1.0;
        sum += v;
        squares += v * v;
    }
    let mean = sum / count.max(1.0);
    let variance = (squares / count.max(1.0) - mean * mean).max(0.0);
    (mean as f32, variance.sqrt() as f32)
}

/// Share of a normal distribution below a value (the logistic curve is within 0.01 of it).
fn normal_rank(value: f32) -> f32 {
    1.0 / (1.0 + (-1.702 * value).exp())
}

/// Smooth noise about zero with features one unit wide.
pub(super) fn noise(p: Vec3, seed: u32) -> f32 {
    let cell = p.floor();
    let t = p - cell;
    let t = t * t * (Vec3::splat(3.0) - 2.0 * t);
    let [x, y, z] = cell.to_array().map(|v| v as i32);
    let at = |dx: i32, dy: i32, dz: i32| hash([x + dx, y + dy, z + dz], seed);
    let mix = |a: f32, b: f32, t: f32| a + (b - a) * t;
    let row = |dy: i32, dz: i32| mix(at(0, dy, dz), at(1, dy, dz), t.x);
    let plane = |dz: i32| mix(row(0, dz), row(1, dz), t.y);
    mix(plane(0), plane(1), t.z)
}

/// A number in −1..1 that looks random (finalizer of murmur3).
fn hash([x, y, z]: [i32; 3], seed: u32) -> f32 {
    let mut h = (x as u32)
        .wrapping_mul(0x9E37_79B1)
        .wrapping_add((y as u32).wrapping_mul(0x85EB_CA77))
        .wrapping_add((z as u32).wrapping_mul(0xC2B2_AE3D))
        .wrapping_add(seed.wrapping_mul(0x27D4_EB2F));
    h = (h ^ (h >> 16)).wrapping_mul(0x85EB_CA6B);
    h = (h ^ (h >> 13)).wrapping_mul(0xC2B2_AE35);
    h ^= h >> 16;
    h as f32 / u32::MAX as f32 * 2.0 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Strands along y on a plane; hair is seen above `seen_from`.
    struct Curtain {
        seen_from: f32,
    }

    impl Strands for Curtain {
        fn further(&self, point: Vec3, length: f32) -> Vec3 {
            point - Vec3::Y * length
        }

        fn seen(&self, point: Vec3) -> Option<Vec3> {
            (point.y > self.seen_from).then_some(Vec3::splat(0.2))
        }
    }

    fn style() -> HairStyle {
        HairStyle {
            width: 0.04,
            length: 0.5,
            levels: (0..LEVELS)
                .map(|k| Vec3::splat(0.4 * (k as f32 + 0.5) / LEVELS as f32 - 0.2))
                .collect(),
            mean: 0.0,
            deviation: 0.1,
            locks: 0.0,
        }
    }

    fn column(x: f32, top: f32) -> Vec<Vec3> {
        (0..200)
            .map(|k| Vec3::new(x, top - 0.01 * k as f32, 0.0))
            .collect()
    }

    #[test]
    fn detail_changes_across_the_strands_and_hardly_along_them() {
        let far = Curtain { seen_from: 1e9 };
        let points: Vec<Vec3> = (0..50).flat_map(|k| column(0.04 * k as f32, 0.0)).collect();
        let detail = synthesize(&points, &style(), &far);
        let apart = |step: usize| {
            let pairs = points.len() - step;
            let sum: f32 = (0..pairs)
                .map(|i| detail[i].distance(detail[i + step]))
                .sum();
            sum / pairs as f32
        };
        // Four steps of .01 are as far as one column.
        assert!(apart(4) < 0.4 * apart(200), "{} {}", apart(4), apart(200));
        let (mean, deviation) = spread(detail.iter().map(|d| d.x));
        assert!(mean.abs() < 0.02, "{mean}");
        assert!(
            (deviation - 0.115).abs() < 0.02,
            "uniform as the levels: {deviation}"
        );
    }

    #[test]
    fn seen_hair_runs_on_across_the_seam() {
        let seen = Curtain { seen_from: 0.0 };
        let points: Vec<Vec3> = (0..50)
            .flat_map(|k| column(0.04 * k as f32, -0.02))
            .collect();
        let detail = synthesize(&points, &style(), &seen);
        let at = |k: usize| (0..50).map(|c| detail[200 * c + k].x).sum::<f32>() / 50.0;
        assert!(at(0) > 0.15, "bright as the seen hair: {}", at(0));
        assert!(at(150).abs() < 0.05, "its own far from it: {}", at(150));
    }

    #[test]
    fn ranks_are_those_of_the_normal_distribution() {
        for (value, rank) in [(0.0, 0.5), (1.0, 0.8413), (-2.0, 0.0228)] {
            assert!((normal_rank(value) - rank).abs() < 0.012, "{value}");
        }
    }
}
