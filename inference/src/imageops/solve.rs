//! Laplace and Poisson problems on masks, and on any weighted graph.
//!
//! Image problems go coarse to fine: each level starts from the coarser solution and is finished by
//! conjugate gradients on the unknown pixels only (cascadic multigrid, Bornemann & Deuflhard 1996).

use super::{Grid, Sample};

/// What a pixel is to a boundary-value problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// Its value is given (Dirichlet).
    Known,
    /// Its value is sought.
    Unknown,
    /// Not there: its neighbors feel a wall (Neumann), as at the picture's border.
    Outside,
}

/// Residual per pixel, relative to the first one of the level, at which a level is done.
const TOLERANCE: f64 = 1e-4;
/// Iterations at most per level; reached only by very long corridors.
const ITERATIONS: usize = 200;
/// A level this small is the coarsest.
const COARSEST_PX: usize = 8;
/// The graph index that means "no neighbor".
const NONE: u32 = u32::MAX;

/// Fills the unknown pixels of `values` with the smoothest surface through the known ones (∆u = 0).
/// An unknown region without any known neighbor keeps its values' mean of zero.
pub fn harmonic_fill<T: Sample>(values: &mut [T], cells: &[Cell], grid: Grid) {
    poisson_solve(values, cells, &[], grid);
}

/// Solves ∆u = `laplacian` (per pixel²; empty means zero) on the unknown pixels, with the known ones
/// as boundary values. Cost: about 40 sweeps over the unknown pixels.
pub fn poisson_solve<T: Sample>(values: &mut [T], cells: &[Cell], laplacian: &[T], grid: Grid) {
    if grid.is_empty() || !cells.contains(&Cell::Unknown) {
        return;
    }
    if grid.width.min(grid.height) > COARSEST_PX {
        start_from_coarse(values, cells, laplacian, grid);
    } else {
        for (v, cell) in values.iter_mut().zip(cells) {
            if *cell == Cell::Unknown {
                *v = T::default();
            }
        }
    }
    let problem = PixelProblem::new(cells, grid);
    problem.solve(values, laplacian);
}

/// Solves the problem at half the resolution and writes its solution into the unknown pixels.
fn start_from_coarse<T: Sample>(values: &mut [T], cells: &[Cell], laplacian: &[T], grid: Grid) {
    let small = Grid::new(grid.width.div_ceil(2), grid.height.div_ceil(2));
    let mut small_values = vec![T::default(); small.len()];
    let mut small_cells = vec![Cell::Outside; small.len()];
    let mut small_laplacian =
        vec![T::default(); if laplacian.is_empty() { 0 } else { small.len() }];
    for j in 0..small.len() {
        let (x, y) = small.position(j);
        let (mut known, mut unknown) = (0, 0);
        let (mut sum, mut source) = (T::default(), T::default());
        for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let (cx, cy) = (2 * x + dx, 2 * y + dy);
            if cx >= grid.width || cy >= grid.height {
                continue;
            }
            let i = grid.index(cx, cy);
            match cells[i] {
                Cell::Known => {
                    known += 1;
                    sum += values[i];
                }
                Cell::Unknown => {
                    unknown += 1;
                    if let Some(l) = laplacian.get(i) {
                        source += *l;
                    }
                }
                Cell::Outside => {}
            }
        }
        if known > 0 {
            small_cells[j] = Cell::Known;
            small_values[j] = sum * (1.0 / known as f32);
        } else if unknown > 0 {
            small_cells[j] = Cell::Unknown;
            if !laplacian.is_empty() {
                // A coarse pixel is twice as wide, so its second difference is four times as large.
                small_laplacian[j] = source * (4.0 / unknown as f32);
            }
        }
    }
    poisson_solve(&mut small_values, &small_cells, &small_laplacian, small);
    for i in (0..grid.len()).filter(|i| cells[*i] == Cell::Unknown) {
        let (x, y) = grid.position(i);
        values[i] = interpolate_inside(&small_values, &small_cells, small, x, y);
    }
}

/// Bilinear value of the coarse picture at a fine pixel, without coarse pixels that are outside.
fn interpolate_inside<T: Sample>(
    values: &[T],
    cells: &[Cell],
    grid: Grid,
    x: usize,
    y: usize,
) -> T {
    let (cx, cy) = (x / 2, y / 2);
    // Even fine pixels lean to the coarse pixel before, odd ones to the one after.
    let step = |fine: usize, coarse: usize, size: usize| {
        if fine.is_multiple_of(2) {
            coarse.saturating_sub(1)
        } else {
            (coarse + 1).min(size - 1)
        }
    };
    let (ox, oy) = (step(x, cx, grid.width), step(y, cy, grid.height));
    let mut sum = T::default();
    let mut weight = 0.0;
    for (px, py, w) in [
        (cx, cy, 0.5625),
        (ox, cy, 0.1875),
        (cx, oy, 0.1875),
        (ox, oy, 0.0625),
    ] {
        let i = grid.index(px, py);
        if cells[i] != Cell::Outside {
            sum += values[i] * w;
            weight += w;
        }
    }
    if weight > 0.0 {
        sum * (1.0 / weight)
    } else {
        T::default()
    }
}

/// The five-point Laplacian on the unknown pixels of one level.
struct PixelProblem {
    /// Pixel of each unknown.
    pixels: Vec<u32>,
    /// Unknowns beside each unknown.
    unknown_neighbors: Vec<[u32; 4]>,
    /// Known pixels beside each unknown.
    known_neighbors: Vec<[u32; 4]>,
    /// Neighbors that are not walls.
    degree: Vec<f32>,
}

impl PixelProblem {
    fn new(cells: &[Cell], grid: Grid) -> Self {
        let pixels: Vec<u32> = (0..cells.len())
            .filter(|i| cells[*i] == Cell::Unknown)
            .map(|i| i as u32)
            .collect();
        let mut rank = vec![NONE; cells.len()];
        for (k, i) in pixels.iter().enumerate() {
            rank[*i as usize] = k as u32;
        }
        let mut problem = Self {
            unknown_neighbors: vec![[NONE; 4]; pixels.len()],
            known_neighbors: vec![[NONE; 4]; pixels.len()],
            degree: vec![0.0; pixels.len()],
            pixels,
        };
        for k in 0..problem.pixels.len() {
            let neighbors = grid.neighbors(problem.pixels[k] as usize);
            for (slot, j) in neighbors.into_iter().enumerate() {
                let Some(j) = j else { continue };
                match cells[j] {
                    Cell::Unknown => problem.unknown_neighbors[k][slot] = rank[j],
                    Cell::Known => problem.known_neighbors[k][slot] = j as u32,
                    Cell::Outside => continue,
                }
                problem.degree[k] += 1.0;
            }
        }
        problem
    }

    fn solve<T: Sample>(&self, values: &mut [T], laplacian: &[T]) {
        let right: Vec<T> = (0..self.pixels.len())
            .map(|k| {
                let mut sum = T::default();
                for j in self.known_neighbors[k].iter().filter(|j| **j != NONE) {
                    sum += values[*j as usize];
                }
                match laplacian.get(self.pixels[k] as usize) {
                    Some(l) => sum - *l,
                    None => sum,
                }
            })
            .collect();
        let mut unknowns: Vec<T> = self.pixels.iter().map(|i| values[*i as usize]).collect();
        let apply = |x: &[T], out: &mut [T]| {
            for (k, out) in out.iter_mut().enumerate() {
                let mut sum = x[k] * self.degree[k];
                for j in self.unknown_neighbors[k] {
                    if j != NONE {
                        sum = sum - x[j as usize];
                    }
                }
                *out = sum;
            }
        };
        conjugate_gradients(&mut unknowns, &right, &apply, ITERATIONS);
        for (k, i) in self.pixels.iter().enumerate() {
            values[*i as usize] = unknowns[k];
        }
    }
}

/// Solves the symmetric positive (semi-)definite system `apply(x) = right` from the given start, each
/// channel on its own.
pub fn conjugate_gradients<T: Sample>(
    x: &mut [T],
    right: &[T],
    apply: &impl Fn(&[T], &mut [T]),
    iterations: usize,
) {
    let n = x.len();
    let mut image = vec![T::default(); n];
    apply(x, &mut image);
    let mut residual: Vec<T> = right.iter().zip(&image).map(|(b, a)| *b - *a).collect();
    let mut direction = residual.clone();
    let mut energy = dot(&residual, &residual);
    let first = energy.max_abs() as f64;
    for _ in 0..iterations {
        if !(energy.max_abs() as f64 > first * TOLERANCE * TOLERANCE) || first < 1e-20 {
            break;
        }
        apply(&direction, &mut image);
        let step = energy.over(dot(&direction, &image));
        for k in 0..n {
            x[k] += direction[k].times(step);
            residual[k] = residual[k] - image[k].times(step);
        }
        let next = dot(&residual, &residual);
        let keep = next.over(energy);
        energy = next;
        for k in 0..n {
            direction[k] = residual[k] + direction[k].times(keep);
        }
    }
}

/// Inner product per channel, summed in blocks to keep single precision honest.
fn dot<T: Sample>(a: &[T], b: &[T]) -> T {
    const BLOCK: usize = 256;
    let mut sum = T::default();
    for (a, b) in a.chunks(BLOCK).zip(b.chunks(BLOCK)) {
        let mut part = T::default();
        for (a, b) in a.iter().zip(b) {
            part += a.times(*b);
        }
        sum += part;
    }
    sum
}

#[cfg(test)]
mod tests {
    use glam::Vec3;

    use super::*;

    #[test]
    fn harmonic_fill_of_a_linear_function_is_linear() {
        let grid = Grid::new(61, 47);
        let plane = |i: usize| {
            let (x, y) = grid.position(i);
            Vec3::new(0.01 * x as f32, 1.0 - 0.02 * y as f32, 0.5)
        };
        let border = |i: usize| {
            let (x, y) = grid.position(i);
            x == 0 || y == 0 || x == 60 || y == 46
        };
        let cells: Vec<Cell> = (0..grid.len())
            .map(|i| {
                if border(i) {
                    Cell::Known
                } else {
                    Cell::Unknown
                }
            })
            .collect();
        let mut values: Vec<Vec3> = (0..grid.len())
            .map(|i| {
                if border(i) {
                    plane(i)
                } else {
                    Vec3::splat(7.0)
                }
            })
            .collect();
        harmonic_fill(&mut values, &cells, grid);
        for (i, v) in values.iter().enumerate() {
            let error = (*v - plane(i)).abs().max_element();
            assert!(error < 2e-3, "pixel {i}: {v} instead of {}", plane(i));
        }
    }

    #[test]
    fn poisson_of_a_strip_is_the_parabola() {
        // ∆u = -1 between two walls of zero, 40 px apart: u = d (40 - d) / 2; no flow through the ends.
        let grid = Grid::new(41, 30);
        let cells: Vec<Cell> = (0..grid.len())
            .map(|i| match grid.position(i).0 {
                0 | 40 => Cell::Known,
                _ => Cell::Unknown,
            })
            .collect();
        let mut values = vec![0.0f32; grid.len()];
        poisson_solve(&mut values, &cells, &vec![-1.0; grid.len()], grid);
        for (i, v) in values.iter().enumerate() {
            let d = grid.position(i).0 as f32;
            let expected = 0.5 * d * (40.0 - d);
            assert!((v - expected).abs() < 0.4, "column {d}: {v} for {expected}");
        }
    }

    #[test]
    fn outside_cells_are_walls() {
        let grid = Grid::new(30, 20);
        let cells: Vec<Cell> = (0..grid.len())
            .map(|i| match grid.position(i) {
                (0, _) => Cell::Known,
                (x, y) if x > 5 && y == 10 => Cell::Outside,
                _ => Cell::Unknown,
            })
            .collect();
        let mut values = vec![0.0f32; grid.len()];
        for y in 0..20 {
            values[grid.index(0, y)] = 3.0;
        }
        values[grid.index(20, 10)] = 100.0;
        harmonic_fill(&mut values, &cells, grid);
        for i in (0..grid.len()).filter(|i| cells[*i] == Cell::Unknown) {
            assert!((values[i] - 3.0).abs() < 1e-2, "pixel {i}: {}", values[i]);
        }
    }

    #[test]
    fn an_isolated_region_stays_finite() {
        let grid = Grid::new(12, 12);
        let mut values = vec![0.0f32; grid.len()];
        poisson_solve(&mut values, &[Cell::Unknown; 144], &[-1.0; 144], grid);
        assert!(values.iter().all(|v| v.is_finite()));
    }
}
