//! Small dense symmetric systems, plain and inside bounds.

/// Active-set rounds of [`bounded_solve`]; each changes at least one variable's side.
const ROUNDS: usize = 24;

/// Solves `matrix x = right` for a symmetric positive definite row-order matrix; `None` if it is not.
pub(super) fn cholesky_solve(matrix: &[f64], right: &[f64]) -> Option<Vec<f64>> {
    let n = right.len();
    let mut l = matrix.to_vec();
    for j in 0..n {
        for i in j..n {
            let (row_i, row_j) = (&l[i * n..i * n + j], &l[j * n..j * n + j]);
            let dot: f64 = row_i.iter().zip(row_j).map(|(a, b)| a * b).sum();
            let value = l[i * n + j] - dot;
            if i == j {
                if !(value > 0.0) {
                    return None;
                }
                l[i * n + j] = value.sqrt();
            } else {
                l[i * n + j] = value / l[j * n + j];
            }
        }
    }
    let mut x = right.to_vec();
    for i in 0..n {
        let dot: f64 = (0..i).map(|k| l[i * n + k] * x[k]).sum();
        x[i] = (x[i] - dot) / l[i * n + i];
    }
    for i in (0..n).rev() {
        let dot: f64 = (i + 1..n).map(|k| l[k * n + i] * x[k]).sum();
        x[i] = (x[i] - dot) / l[i * n + i];
    }
    Some(x)
}

/// Minimizes `½ xᵀ matrix x − rightᵀ x` for `low ≤ x ≤ high`.
///
/// Fixes what leaves its bounds and frees what wants back inside until nothing changes, then sweeps
/// over the coordinates once more, which cannot make it worse. Zero must lie inside the bounds.
pub(super) fn bounded_solve(matrix: &[f64], right: &[f64], low: &[f64], high: &[f64]) -> Vec<f64> {
    let n = right.len();
    let mut x = vec![0.0; n];
    let mut free = vec![true; n];
    for _ in 0..ROUNDS {
        let chosen: Vec<usize> = (0..n).filter(|i| free[*i]).collect();
        let Some(solution) = solve_free(matrix, right, &x, &chosen) else {
            break;
        };
        let mut changed = false;
        for (i, value) in chosen.iter().zip(solution) {
            x[*i] = value.clamp(low[*i], high[*i]);
            if x[*i] != value {
                free[*i] = false;
                changed = true;
            }
        }
        if changed {
            continue;
        }
        for i in 0..n {
            if free[i] {
                continue;
            }
            let pull = right[i] - dot(matrix, &x, i);
            if (pull > 0.0 && x[i] < high[i]) || (pull < 0.0 && x[i] > low[i]) {
                free[i] = true;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    for _ in 0..3 {
        for i in 0..n {
            let diagonal = matrix[i * n + i];
            if diagonal > 0.0 {
                let pull = right[i] - dot(matrix, &x, i);
                x[i] = (x[i] + pull / diagonal).clamp(low[i], high[i]);
            }
        }
    }
    x
}

fn dot(matrix: &[f64], x: &[f64], row: usize) -> f64 {
    let n = x.len();
    matrix[row * n..(row + 1) * n]
        .iter()
        .zip(x)
        .map(|(a, b)| a * b)
        .sum()
}

/// The free variables' values while the others stay.
fn solve_free(matrix: &[f64], right: &[f64], x: &[f64], free: &[usize]) -> Option<Vec<f64>> {
    let n = x.len();
    let mut fixed = x.to_vec();
    for i in free {
        fixed[*i] = 0.0;
    }
    let reduced: Vec<f64> = free
        .iter()
        .map(|i| right[*i] - dot(matrix, &fixed, *i))
        .collect();
    let mut block = Vec::with_capacity(free.len() * free.len());
    for i in free {
        block.extend(free.iter().map(|j| matrix[i * n + j]));
    }
    cholesky_solve(&block, &reduced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_hold_and_the_rest_adapts() {
        let matrix = [2.0, 1.0, 0.0, 1.0, 2.0, 0.5, 0.0, 0.5, 1.0];
        let right = [4.0, 1.0, -3.0];
        let x = bounded_solve(&matrix, &right, &[-1.0; 3], &[1.0; 3]);
        // x0 at its upper and x2 at its lower bound leave 2 x1 = 1 - 1 + 0.5.
        let expected = [1.0, 0.25, -1.0];
        for (found, expected) in x.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-9, "{x:?}");
        }
    }

    #[test]
    fn an_indefinite_matrix_is_refused() {
        assert_eq!(cholesky_solve(&[1.0, 2.0, 2.0, 1.0], &[1.0, 1.0]), None);
    }
}
