//! A multi-layer perceptron with its gradients: rectified hidden layers, logistic outputs.

use matrixmultiply::sgemm;
use rayon::prelude::*;

use crate::random::Random;

/// Rows that one thread works on at once: activations of that many stay in the cache.
const CHUNK: usize = 512;

/// One fully connected layer: `y = x W + b`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Layer {
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    /// `[inputs, outputs]`.
    pub(crate) weights: Vec<f32>,
    /// `[outputs]`.
    pub(crate) bias: Vec<f32>,
}

/// The network.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mlp {
    pub(crate) layers: Vec<Layer>,
}

/// What [`Mlp::loss_and_gradient`] gives back.
#[derive(Debug, Clone)]
pub(crate) struct Gradient {
    /// Mean over rows of the weighted squared error, summed over outputs.
    pub(crate) loss: f64,
    /// Of all weights and biases, in the order of [`Mlp::parameters_mut`].
    pub(crate) values: Vec<f32>,
}

impl Mlp {
    /// Random weights for layers of these widths (He et al. 2015), zero biases.
    pub(crate) fn new(widths: &[usize], random: &mut Random) -> Self {
        let layers = widths
            .windows(2)
            .map(|pair| {
                let (inputs, outputs) = (pair[0], pair[1]);
                let deviation = (2.0 / inputs as f32).sqrt();
                Layer {
                    inputs,
                    outputs,
                    weights: (0..inputs * outputs)
                        .map(|_| deviation * random.normal())
                        .collect(),
                    bias: vec![0.0; outputs],
                }
            })
            .collect();
        Self { layers }
    }

    pub(crate) fn inputs(&self) -> usize {
        self.layers.first().map_or(0, |l| l.inputs)
    }

    pub(crate) fn outputs(&self) -> usize {
        self.layers.last().map_or(0, |l| l.outputs)
    }

    pub(crate) fn parameter_count(&self) -> usize {
        self.layers
            .iter()
            .map(|l| l.weights.len() + l.bias.len())
            .sum()
    }

    /// Weights and biases, layer by layer.
    pub(crate) fn parameters_mut(&mut self) -> impl Iterator<Item = &mut f32> {
        self.layers
            .iter_mut()
            .flat_map(|l| l.weights.iter_mut().chain(l.bias.iter_mut()))
    }

    /// `[N, inputs]` to `[N, outputs]`.
    pub(crate) fn forward(&self, x: &[f32]) -> Vec<f32> {
        let (inputs, outputs) = (self.inputs(), self.outputs());
        let mut y = vec![0.0; x.len() / inputs * outputs];
        x.par_chunks(CHUNK * inputs)
            .zip(y.par_chunks_mut(CHUNK * outputs))
            .for_each(|(x, y)| {
                if let Some(last) = self.activations(x).pop() {
                    y.copy_from_slice(&last);
                }
            });
        y
    }

    /// Outputs of every layer for one chunk.
    fn activations(&self, x: &[f32]) -> Vec<Vec<f32>> {
        let mut all: Vec<Vec<f32>> = Vec::with_capacity(self.layers.len());
        for (i, layer) in self.layers.iter().enumerate() {
            let input = if i == 0 { x } else { &all[i - 1] };
            let mut y = layer.apply(input);
            if i + 1 < self.layers.len() {
                y.iter_mut().for_each(|v| *v = v.max(0.0));
            } else {
                y.iter_mut().for_each(|v| *v = logistic(*v));
            }
            all.push(y);
        }
        all
    }

    /// Gradient of the mean over rows of `Σ weight (y - target)²`; `weight` has one value per row and output.
    pub(crate) fn loss_and_gradient(&self, x: &[f32], target: &[f32], weight: &[f32]) -> Gradient {
        let (inputs, outputs) = (self.inputs(), self.outputs());
        let rows = x.len() / inputs;
        let parts: Vec<Gradient> = x
            .par_chunks(CHUNK * inputs)
            .zip(target.par_chunks(CHUNK * outputs))
            .zip(weight.par_chunks(CHUNK * outputs))
            .map(|((x, target), weight)| self.chunk_gradient(x, target, weight, rows))
            .collect();
        // In the order of the chunks: the sum is the same whatever the threads did.
        let mut sum = Gradient {
            loss: 0.0,
            values: vec![0.0; self.parameter_count()],
        };
        for part in parts {
            sum.loss += part.loss;
            for (a, b) in sum.values.iter_mut().zip(part.values) {
                *a += b;
            }
        }
        sum
    }

    fn chunk_gradient(&self, x: &[f32], target: &[f32], weight: &[f32], rows: usize) -> Gradient {
        let activations = self.activations(x);
        let scale = 1.0 / rows as f32;
        let mut loss = 0.0;
        let mut delta = vec![0.0; target.len()];
        if let Some(y) = activations.last() {
            for i in 0..y.len() {
                let error = y[i] - target[i];
                loss += f64::from(weight[i] * error * error) * f64::from(scale);
                delta[i] = 2.0 * scale * weight[i] * error * y[i] * (1.0 - y[i]);
            }
        }
        let mut parts: Vec<Vec<f32>> = Vec::with_capacity(self.layers.len());
        for (i, layer) in self.layers.iter().enumerate().rev() {
            let input = if i == 0 { x } else { &activations[i - 1] };
            parts.push(layer.gradient(input, &delta));
            if i > 0 {
                let mut below = layer.back(&delta);
                for (d, &a) in below.iter_mut().zip(input) {
                    if a <= 0.0 {
                        *d = 0.0;
                    }
                }
                delta = below;
            }
        }
        parts.reverse();
        Gradient {
            loss,
            values: parts.concat(),
        }
    }
}

impl Layer {
    fn apply(&self, x: &[f32]) -> Vec<f32> {
        let rows = x.len() / self.inputs;
        let mut y: Vec<f32> = Vec::with_capacity(rows * self.outputs);
        for _ in 0..rows {
            y.extend_from_slice(&self.bias);
        }
        product(
            (rows, self.inputs, self.outputs),
            (x, false),
            (&self.weights, false),
            1.0,
            &mut y,
        );
        y
    }

    /// Of the weights, then of the bias.
    fn gradient(&self, x: &[f32], delta: &[f32]) -> Vec<f32> {
        let rows = x.len() / self.inputs;
        let mut values = vec![0.0; self.weights.len()];
        product(
            (self.inputs, rows, self.outputs),
            (x, true),
            (delta, false),
            0.0,
            &mut values,
        );
        let mut bias = vec![0.0; self.outputs];
        for row in delta.chunks_exact(self.outputs) {
            for (b, d) in bias.iter_mut().zip(row) {
                *b += d;
            }
        }
        values.extend(bias);
        values
    }

    fn back(&self, delta: &[f32]) -> Vec<f32> {
        let rows = delta.len() / self.outputs;
        let mut below = vec![0.0; rows * self.inputs];
        product(
            (rows, self.outputs, self.inputs),
            (delta, false),
            (&self.weights, true),
            0.0,
            &mut below,
        );
        below
    }
}

fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

/// `c = a b + beta c` for `a` of `m × k` and `b` of `k × n`, row by row; the flag says that the slice holds the
/// transposed matrix.
fn product(
    (m, k, n): (usize, usize, usize),
    (a, a_transposed): (&[f32], bool),
    (b, b_transposed): (&[f32], bool),
    beta: f32,
    c: &mut [f32],
) {
    assert!(a.len() == m * k && b.len() == k * n && c.len() == m * n);
    let strides = |rows: usize, columns: usize, transposed: bool| {
        if transposed {
            (1, rows as isize)
        } else {
            (columns as isize, 1)
        }
    };
    let (ar, ac) = strides(m, k, a_transposed);
    let (br, bc) = strides(k, n, b_transposed);
    #[expect(unsafe_code, reason = "the library's only entry takes pointers")]
    // SAFETY: the lengths were compared with the sizes above, and the strides walk exactly those matrices.
    unsafe {
        sgemm(
            m,
            k,
            n,
            1.0,
            a.as_ptr(),
            ar,
            ac,
            b.as_ptr(),
            br,
            bc,
            beta,
            c.as_mut_ptr(),
            n as isize,
            1,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradients_agree_with_differences() {
        let mut random = Random::new(3);
        let mut mlp = Mlp::new(&[5, 7, 6, 3], &mut random);
        let mut draw =
            |n: usize| -> Vec<f32> { (0..n).map(|_| random.between(-1.0, 1.0)).collect() };
        let (x, target) = (draw(40 * 5), draw(40 * 3));
        let weight: Vec<f32> = draw(40 * 3).iter().map(|w| w.abs()).collect();
        let gradient = mlp.loss_and_gradient(&x, &target, &weight).values;
        for i in (0..mlp.parameter_count()).step_by(5) {
            let mut loss_at = |step: f32| {
                if let Some(p) = mlp.parameters_mut().nth(i) {
                    *p += step;
                }
                let loss = mlp.loss_and_gradient(&x, &target, &weight).loss;
                if let Some(p) = mlp.parameters_mut().nth(i) {
                    *p -= step;
                }
                loss
            };
            let step = 4e-3;
            let measured = (loss_at(step) - loss_at(-step)) / f64::from(2.0 * step);
            let error = (measured - f64::from(gradient[i])).abs();
            assert!(
                error < 2e-3,
                "parameter {i}: {measured} and {}",
                gradient[i]
            );
        }
    }

    #[test]
    fn chunks_change_nothing() {
        let mut random = Random::new(4);
        let mlp = Mlp::new(&[3, 8, 2], &mut random);
        let x: Vec<f32> = (0..3 * (CHUNK + 7)).map(|_| random.normal()).collect();
        let whole = mlp.forward(&x);
        let row = mlp.forward(&x[3 * CHUNK..3 * CHUNK + 3]);
        assert_eq!(whole[2 * CHUNK..2 * CHUNK + 2], row[..]);
    }
}
