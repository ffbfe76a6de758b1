//! Gaussian mixtures of colors, by k-means.

use glam::{Mat3, Vec3};

/// Rounds of k-means; colors settle sooner.
const ROUNDS: usize = 12;
/// Samples at most; more do not change a mixture of a few components.
const MAX_SAMPLES: usize = 4000;
/// Added to every variance: what noise and shading do to a color in CIELAB.
const NOISE: f32 = 12.0;
/// A component with a smaller share of the samples is dropped.
const MIN_SHARE: f32 = 0.004;

/// How likely colors are for one material.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mixture {
    components: Vec<Component>,
}

#[derive(Debug, Clone, PartialEq)]
struct Component {
    mean: Vec3,
    inverse_covariance: Mat3,
    /// Logarithm of the weight over the normalization.
    log_factor: f32,
}

impl Mixture {
    /// A mixture of at most `count` components of the samples; `None` for fewer than 8 samples.
    pub(super) fn of(samples: &[Vec3], count: usize) -> Option<Self> {
        if samples.len() < 8 {
            return None;
        }
        let step = samples.len().div_ceil(MAX_SAMPLES);
        let samples: Vec<Vec3> = samples.iter().copied().step_by(step).collect();
        let mut centers = spread_centers(&samples, count);
        let mut owners = vec![0; samples.len()];
        for _ in 0..ROUNDS {
            for (owner, s) in owners.iter_mut().zip(&samples) {
                *owner = nearest(&centers, *s);
            }
            for (k, center) in centers.iter_mut().enumerate() {
                let own = samples.iter().zip(&owners).filter(|(_, o)| **o == k);
                let (sum, n) = own.fold((Vec3::ZERO, 0.0), |(s, n), (v, _)| (s + v, n + 1.0));
                if n > 0.0 {
                    *center = sum / n;
                }
            }
        }
        let components = (0..centers.len())
            .filter_map(|k| {
                let own: Vec<Vec3> = samples
                    .iter()
                    .zip(&owners)
                    .filter(|(_, o)| **o == k)
                    .map(|(s, _)| *s)
                    .collect();
                let share = own.len() as f32 / samples.len() as f32;
                (share >= MIN_SHARE).then(|| Component::of(&own, share))
            })
            .collect();
        Some(Self { components })
    }

    /// Logarithm of the density at a color.
    pub(super) fn log_likelihood(&self, color: Vec3) -> f32 {
        let mut best = f32::NEG_INFINITY;
        let mut sum = 0.0;
        for c in &self.components {
            let d = color - c.mean;
            let value = c.log_factor - 0.5 * d.dot(c.inverse_covariance * d);
            if value > best {
                sum = sum * (best - value).exp() + 1.0;
                best = value;
            } else {
                sum += (value - best).exp();
            }
        }
        best + sum.ln()
    }
}

impl Component {
    fn of(samples: &[Vec3], share: f32) -> Self {
        let n = samples.len() as f32;
        let mean = samples.iter().sum::<Vec3>() / n;
        let mut covariance = Mat3::from_diagonal(Vec3::splat(NOISE));
        for s in samples {
            let d = *s - mean;
            covariance += Mat3::from_cols(d * d.x, d * d.y, d * d.z) * (1.0 / n);
        }
        // (2π)^(-3/2) |Σ|^(-1/2), in logarithms.
        let normalization = -1.5 * std::f32::consts::TAU.ln() - 0.5 * covariance.determinant().ln();
        Self {
            mean,
            inverse_covariance: covariance.inverse(),
            log_factor: share.ln() + normalization,
        }
    }
}

/// Start of k-means: the mean, then always the sample farthest from the centres so far, outliers aside.
fn spread_centers(samples: &[Vec3], count: usize) -> Vec<Vec3> {
    /// Of the samples sorted by distance, the one at this share is taken: the last few are outliers.
    const FAR: f32 = 0.97;
    let mean = samples.iter().sum::<Vec3>() / samples.len() as f32;
    let mut centers = vec![mean];
    let mut distances: Vec<(f32, usize)> = Vec::new();
    while centers.len() < count {
        distances.clear();
        distances.extend(samples.iter().enumerate().map(|(i, s)| {
            let own = centers[nearest(&centers, *s)];
            (own.distance_squared(*s), i)
        }));
        let at = (FAR * (samples.len() - 1) as f32) as usize;
        let (_, far, _) = distances.select_nth_unstable_by(at, |a, b| a.0.total_cmp(&b.0));
        centers.push(samples[far.1]);
    }
    centers
}

fn nearest(centers: &[Vec3], color: Vec3) -> usize {
    let mut best = (f32::INFINITY, 0);
    for (k, c) in centers.iter().enumerate() {
        let d = c.distance_squared(color);
        if d < best.0 {
            best = (d, k);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cloud(center: Vec3, spread: f32, n: usize) -> impl Iterator<Item = Vec3> {
        (0..n).map(move |i| {
            let t = i as f32;
            center + spread * Vec3::new((1.3 * t).sin(), (2.1 * t).cos(), (0.7 * t).sin())
        })
    }

    #[test]
    fn colors_of_the_samples_are_likelier_than_others() {
        let dark = Vec3::new(20.0, 5.0, 5.0);
        let light = Vec3::new(80.0, 0.0, 10.0);
        let samples: Vec<Vec3> = cloud(dark, 4.0, 300)
            .chain(cloud(light, 4.0, 300))
            .collect();
        let mixture = Mixture::of(&samples, 3).unwrap();
        let between = mixture.log_likelihood(Vec3::new(50.0, 2.0, 8.0));
        assert!(
            mixture.log_likelihood(dark) > between + 10.0,
            "dark samples"
        );
        assert!(
            mixture.log_likelihood(light) > between + 10.0,
            "light samples"
        );
    }

    #[test]
    fn the_density_integrates_to_one() {
        let samples: Vec<Vec3> = cloud(Vec3::new(50.0, 0.0, 0.0), 6.0, 500).collect();
        let mixture = Mixture::of(&samples, 2).unwrap();
        let mut sum = 0.0;
        for l in 0..30 {
            for a in 0..30 {
                for b in 0..30 {
                    let at = Vec3::new(l as f32, a as f32, b as f32) * 1.6
                        + Vec3::new(26.0, -24.0, -24.0);
                    sum += mixture.log_likelihood(at).exp() * 1.6f32.powi(3);
                }
            }
        }
        assert!((sum - 1.0).abs() < 0.03, "{sum}");
    }

    #[test]
    fn equal_samples_are_no_trouble() {
        let mixture = Mixture::of(&[Vec3::splat(40.0); 50], 4).unwrap();
        assert!(
            mixture.log_likelihood(Vec3::splat(40.0)).is_finite(),
            "finite"
        );
        assert!(Mixture::of(&[Vec3::ONE; 3], 2).is_none(), "too few");
    }
}
