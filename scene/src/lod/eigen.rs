//! Axes of a covariance.

use glam::{DMat3, DVec3, Mat3, Quat, Vec3};

/// Sweeps after which Jacobi's method has converged for any 3×3 matrix.
const SWEEPS: usize = 8;

/// Rotation and standard deviations of a covariance, the inverse of R S Sᵀ Rᵀ; cyclic Jacobi rotations
/// (Golub and Van Loan 2013, §8.5) in double precision, as splats are thin.
pub(crate) fn rotation_and_scale(covariance: &Mat3) -> (Quat, Vec3) {
    let mut a = covariance.as_dmat3();
    let mut axes = DMat3::IDENTITY;
    for _ in 0..SWEEPS {
        for (p, q) in [(0, 1), (0, 2), (1, 2)] {
            rotate_away(&mut a, &mut axes, p, q);
        }
    }
    let variances = DVec3::new(a.x_axis.x, a.y_axis.y, a.z_axis.z).max(DVec3::ZERO);
    if axes.determinant() < 0.0 {
        axes.z_axis = -axes.z_axis;
    }
    let rotation = Quat::from_mat3(&axes.as_mat3()).normalize();
    let scale = DVec3::new(variances.x.sqrt(), variances.y.sqrt(), variances.z.sqrt());
    (rotation, scale.as_vec3())
}

/// One Jacobi rotation: makes the element (p, q) zero.
fn rotate_away(a: &mut DMat3, axes: &mut DMat3, p: usize, q: usize) {
    let off = a.col(q)[p];
    if off == 0.0 {
        return;
    }
    let theta = (a.col(q)[q] - a.col(p)[p]) / (2.0 * off);
    let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let c = 1.0 / (t * t + 1.0).sqrt();
    let s = t * c;
    let mut turn = DMat3::IDENTITY;
    turn.col_mut(p)[p] = c;
    turn.col_mut(q)[q] = c;
    turn.col_mut(q)[p] = s;
    turn.col_mut(p)[q] = -s;
    *a = turn.transpose() * *a * turn;
    *axes *= turn;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_rebuild_the_covariance() {
        for i in 0..200u32 {
            let f = i as f32;
            let rotation = Quat::from_euler(glam::EulerRot::XYZ, f * 0.37, f * 1.1, f * 0.73);
            let scale = Vec3::new(1.0, (-0.05 * f).exp(), 1e-3 * (1.0 + f));
            let m = Mat3::from_quat(rotation) * Mat3::from_diagonal(scale);
            let covariance = m * m.transpose();
            let (rotation, scale) = rotation_and_scale(&covariance);
            let m = Mat3::from_quat(rotation) * Mat3::from_diagonal(scale);
            let difference = (m * m.transpose() - covariance).abs();
            let largest = difference.to_cols_array().into_iter().fold(0.0, f32::max);
            assert!(largest < 1e-5, "{covariance} came back {largest} away");
        }
    }
}
