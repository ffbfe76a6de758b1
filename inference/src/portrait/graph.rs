//! Smooth fields over the points of a mesh: a screened Laplace problem on its edges.

use glam::Vec3;

use crate::imageops::solve::conjugate_gradients;

/// Added to every edge's length before it is inverted, dm; keeps short edges from ruling.
const EDGE_SOFTENING: f32 = 0.01;
/// Iterations of the solver; a head of 10,000 points needs about 100.
const ITERATIONS: usize = 150;

/// The edges of a mesh, each with the weight 1 / (length + softening).
#[derive(Debug, Clone, PartialEq)]
pub struct EdgeGraph {
    /// `[V + 1]` where each point's neighbors begin.
    starts: Vec<u32>,
    /// Neighbor and weight.
    neighbors: Vec<(u32, f32)>,
}

/// What is wanted of a field at one point.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Wish {
    /// The value.
    pub value: Vec3,
    /// How strongly, in the unit of the edge weights (1/dm).
    pub weight: f32,
}

impl EdgeGraph {
    /// The graph of the chosen triangles' edges.
    pub fn new(points: &[Vec3], triangles: &[[u32; 3]], chosen: impl Fn(usize) -> bool) -> Self {
        let mut edges: Vec<(u32, u32)> = Vec::with_capacity(6 * triangles.len());
        for (_, [a, b, c]) in triangles.iter().enumerate().filter(|(t, _)| chosen(*t)) {
            for (from, to) in [(a, b), (b, c), (c, a)] {
                edges.push((*from, *to));
                edges.push((*to, *from));
            }
        }
        edges.sort_unstable();
        edges.dedup();
        let mut starts = vec![0u32; points.len() + 1];
        for (from, _) in &edges {
            starts[*from as usize + 1] += 1;
        }
        for v in 0..points.len() {
            starts[v + 1] += starts[v];
        }
        let neighbors = edges
            .iter()
            .map(|(from, to)| {
                let length = points[*from as usize].distance(points[*to as usize]);
                (*to, 1.0 / (length + EDGE_SOFTENING))
            })
            .collect();
        Self { starts, neighbors }
    }

    /// The field that is as smooth as the wishes allow: minimizes Σ edge · (difference)² + Σ wish ·
    /// (value − wish)². Several lists of wishes add up; every point needs one of positive weight
    /// somewhere in its connected part, else it stays at zero.
    pub fn solve(&self, wishes: &[&[Wish]]) -> Vec<Vec3> {
        let n = self.starts.len() - 1;
        let mut weight = vec![0.0f32; n];
        let mut right = vec![Vec3::ZERO; n];
        for list in wishes {
            for (v, wish) in list.iter().enumerate() {
                weight[v] += wish.weight;
                right[v] += wish.value * wish.weight;
            }
        }
        // Scaling by the diagonal (Jacobi) keeps the iterations few where wishes are strong.
        let scale: Vec<f32> = (0..n)
            .map(|v| {
                let edges: f32 = self.around(v).iter().map(|(_, w)| w).sum();
                let diagonal = edges + weight[v];
                if diagonal > 0.0 {
                    diagonal.sqrt().recip()
                } else {
                    0.0
                }
            })
            .collect();
        let apply = |x: &[Vec3], out: &mut [Vec3]| {
            for (v, out) in out.iter_mut().enumerate() {
                let own = x[v] * scale[v];
                let mut sum = own * weight[v];
                for (other, w) in self.around(v) {
                    let other = *other as usize;
                    sum += (own - x[other] * scale[other]) * *w;
                }
                *out = sum * scale[v];
            }
        };
        let scaled: Vec<Vec3> = right.iter().zip(&scale).map(|(r, s)| *r * *s).collect();
        let mut x: Vec<Vec3> = (0..n)
            .map(|v| match (weight[v] > 0.0, scale[v] > 0.0) {
                (true, true) => right[v] / (weight[v] * scale[v]),
                _ => Vec3::ZERO,
            })
            .collect();
        conjugate_gradients(&mut x, &scaled, &apply, ITERATIONS);
        x.iter().zip(&scale).map(|(x, s)| *x * *s).collect()
    }

    /// `rounds` times, every value becomes the mean of its neighbors'.
    pub fn smoothed(&self, values: &[Vec3], rounds: usize) -> Vec<Vec3> {
        let mut values = values.to_vec();
        for _ in 0..rounds {
            values = (0..values.len())
                .map(|v| {
                    let around = self.around(v);
                    let sum: Vec3 = around.iter().map(|(o, _)| values[*o as usize]).sum();
                    if around.is_empty() {
                        values[v]
                    } else {
                        sum / around.len() as f32
                    }
                })
                .collect();
        }
        values
    }

    fn around(&self, v: usize) -> &[(u32, f32)] {
        &self.neighbors[self.starts[v] as usize..self.starts[v + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A strip of `n` squares of side 0.1 along x.
    fn strip(n: usize) -> (Vec<Vec3>, Vec<[u32; 3]>) {
        let points = (0..=n)
            .flat_map(|i| [0.0, 0.1].map(|y| Vec3::new(0.1 * i as f32, y, 0.0)))
            .collect();
        let triangles = (0..n as u32)
            .flat_map(|i| {
                [
                    [2 * i, 2 * i + 2, 2 * i + 1],
                    [2 * i + 1, 2 * i + 2, 2 * i + 3],
                ]
            })
            .collect();
        (points, triangles)
    }

    #[test]
    fn between_two_ends_the_field_is_linear() {
        let (points, triangles) = strip(10);
        let graph = EdgeGraph::new(&points, &triangles, |_| true);
        let mut wishes = vec![Wish::default(); points.len()];
        for v in [0, 1, 20, 21] {
            wishes[v] = Wish {
                value: Vec3::new(points[v].x, 1.0, 0.0),
                weight: 1e4,
            };
        }
        let field = graph.solve(&[&wishes]);
        for (v, value) in field
            .iter()
            .enumerate()
            .filter(|(v, _)| v / 2 > 1 && v / 2 < 9)
        {
            assert!((value.x - points[v].x).abs() < 0.03, "{v}: {value}");
            assert!((value.y - 1.0).abs() < 5e-3, "{v}: {value}");
        }
    }

    #[test]
    fn without_data_the_screening_value_rules() {
        let (points, triangles) = strip(4);
        let graph = EdgeGraph::new(&points, &triangles, |_| true);
        let screen = vec![
            Wish {
                value: Vec3::splat(0.4),
                weight: 0.003
            };
            points.len()
        ];
        let field = graph.solve(&[&screen]);
        assert!(field.iter().all(|v| (*v - 0.4).abs().max_element() < 1e-3));
    }
}
