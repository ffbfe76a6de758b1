//! Adam (Kingma and Ba 2015) with a cosine schedule, and a running mean of the weights.

use crate::mlp::Mlp;

/// State of the optimizer.
#[derive(Debug, Clone)]
pub(crate) struct Adam {
    first: Vec<f32>,
    second: Vec<f32>,
    /// Running mean of the parameters: what is kept in the end.
    mean: Vec<f32>,
    step: u32,
}

const BETA_1: f32 = 0.9;
const BETA_2: f32 = 0.995;
/// Weight of the past in the running mean.
const MEAN: f32 = 0.999;

impl Adam {
    pub(crate) fn new(mlp: &mut Mlp) -> Self {
        let n = mlp.parameter_count();
        Self {
            first: vec![0.0; n],
            second: vec![0.0; n],
            mean: mlp.parameters_mut().map(|p| *p).collect(),
            step: 0,
        }
    }

    /// One step along a gradient.
    pub(crate) fn step(&mut self, mlp: &mut Mlp, gradient: &[f32], rate: f32) {
        self.step += 1;
        let warm = 1.0 - 0.5_f32.powf(self.step as f32 / 50.0);
        let correct_1 = 1.0 - BETA_1.powf(self.step as f32);
        let correct_2 = 1.0 - BETA_2.powf(self.step as f32);
        for (i, p) in mlp.parameters_mut().enumerate() {
            let g = gradient[i];
            self.first[i] = BETA_1 * self.first[i] + (1.0 - BETA_1) * g;
            self.second[i] = BETA_2 * self.second[i] + (1.0 - BETA_2) * g * g;
            let direction =
                self.first[i] / correct_1 / ((self.second[i] / correct_2).sqrt() + 1e-8);
            *p -= rate * warm * direction;
            self.mean[i] = MEAN * self.mean[i] + (1.0 - MEAN) * *p;
        }
    }

    /// The network of averaged weights.
    pub(crate) fn averaged(&self, mlp: &Mlp) -> Mlp {
        let mut averaged = mlp.clone();
        for (p, m) in averaged.parameters_mut().zip(&self.mean) {
            *p = *m;
        }
        averaged
    }
}

/// Half a cosine from `high` to a hundredth of it.
pub(crate) fn cosine(high: f32, done: f32) -> f32 {
    high * (0.01 + 0.99 * 0.5 * (1.0 + (std::f32::consts::PI * done.min(1.0)).cos()))
}
