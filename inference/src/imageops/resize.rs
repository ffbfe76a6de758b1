//! Separable resampling to another size.

use rayon::prelude::*;

use super::blur::transpose;
use super::{Grid, Sample};

/// How source pixels are weighted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kernel {
    /// Exact mean of the covered area when shrinking, nearest pixel when growing.
    Area,
    /// Tent: bilinear when growing, smooth and without ringing when shrinking.
    Triangle,
    /// Windowed sinc of three lobes: sharpest, rings a little.
    Lanczos3,
}

/// Resamples a picture; both sizes at least one pixel.
pub fn resize<T: Sample>(values: &[T], from: Grid, to: Grid, kernel: Kernel) -> Vec<T> {
    if from == to {
        return values.to_vec();
    }
    if from.is_empty() || to.is_empty() {
        return vec![T::default(); to.len()];
    }
    let rows = resize_rows(values, from, to.width, kernel);
    let turned = transpose(&rows, Grid::new(to.width, from.height));
    let columns = resize_rows(&turned, Grid::new(from.height, to.width), to.height, kernel);
    transpose(&columns, Grid::new(to.height, to.width))
}

fn resize_rows<T: Sample>(values: &[T], from: Grid, width: usize, kernel: Kernel) -> Vec<T> {
    let taps: Vec<Taps> = (0..width)
        .map(|x| Taps::new(x, from.width, width, kernel))
        .collect();
    let mut out = vec![T::default(); width * from.height];
    out.par_chunks_mut(width)
        .zip(values.par_chunks(from.width))
        .for_each(|(out, row)| {
            for (o, taps) in out.iter_mut().zip(&taps) {
                let mut sum = T::default();
                for (v, w) in row[taps.first..].iter().zip(&taps.weights) {
                    sum += *v * *w;
                }
                *o = sum;
            }
        });
    out
}

/// The source pixels of one target pixel.
struct Taps {
    first: usize,
    weights: Vec<f32>,
}

impl Taps {
    fn new(x: usize, from: usize, to: usize, kernel: Kernel) -> Self {
        let ratio = from as f32 / to as f32;
        let stretch = ratio.max(1.0);
        let center = (x as f32 + 0.5) * ratio;
        let reach = match kernel {
            Kernel::Area => 0.5,
            Kernel::Triangle => 1.0,
            Kernel::Lanczos3 => 3.0,
        } * stretch;
        let first = ((center - reach).floor().max(0.0) as usize).min(from - 1);
        let end = ((center + reach).ceil() as usize).clamp(first + 1, from);
        let weight = |i: usize| match kernel {
            Kernel::Area => {
                let low = (i as f32).max(center - reach);
                let high = ((i + 1) as f32).min(center + reach);
                (high - low).max(0.0)
            }
            Kernel::Triangle => (1.0 - ((i as f32 + 0.5 - center) / stretch).abs()).max(0.0),
            Kernel::Lanczos3 => lanczos3((i as f32 + 0.5 - center) / stretch),
        };
        let mut weights: Vec<f32> = (first..end).map(weight).collect();
        let sum: f32 = weights.iter().sum();
        weights.iter_mut().for_each(|w| *w /= sum);
        Self { first, weights }
    }
}

fn lanczos3(x: f32) -> f32 {
    const LOBES: f32 = 3.0;
    if x.abs() < 1e-6 {
        return 1.0;
    }
    if x.abs() >= LOBES {
        return 0.0;
    }
    let a = std::f32::consts::PI * x;
    LOBES * a.sin() * (a / LOBES).sin() / (a * a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn area_takes_exact_means() {
        let out = resize(
            &[1.0f32, 2.0, 3.0],
            Grid::new(3, 1),
            Grid::new(2, 1),
            Kernel::Area,
        );
        assert!((out[0] - 4.0 / 3.0).abs() < 1e-6, "{out:?}");
        assert!((out[1] - 8.0 / 3.0).abs() < 1e-6, "{out:?}");
    }

    #[test]
    fn a_ramp_keeps_its_slope_away_from_the_border() {
        let from = Grid::new(64, 8);
        let to = Grid::new(24, 5);
        let values: Vec<f32> = (0..from.len())
            .map(|i| from.position(i).0 as f32 + 0.5)
            .collect();
        for kernel in [Kernel::Area, Kernel::Triangle, Kernel::Lanczos3] {
            let out = resize(&values, from, to, kernel);
            for x in 4..20 {
                let expected = (x as f32 + 0.5) * 64.0 / 24.0;
                let found = out[to.index(x, 2)];
                assert!((found - expected).abs() < 0.05, "{kernel:?} {x}: {found}");
            }
        }
    }

    #[test]
    fn a_constant_stays_at_every_size() {
        for to in [Grid::new(1, 1), Grid::new(3, 50), Grid::new(40, 2)] {
            for kernel in [Kernel::Area, Kernel::Triangle, Kernel::Lanczos3] {
                let out = resize(&[0.25f32; 77], Grid::new(11, 7), to, kernel);
                assert_eq!(out.len(), to.len());
                assert!(out.iter().all(|v| (v - 0.25).abs() < 1e-5), "{kernel:?}");
            }
        }
    }
}
