//! Baking a transform into the Gaussians, their spherical harmonics included.
//!
//! Rotating a function on the sphere mixes coefficients only within a band. The block of each band is
//! found from values: with P = Y(dᵢ) and Q = Y(R⁻¹dᵢ) over more directions than coefficients, the
//! rotated coefficients c′ fulfil P c′ = Q c for all i, so the block is (PᵀP)⁻¹PᵀQ, computed in `f64`.

use glam::{DQuat, DVec3, Quat, Vec3};
use rayon::prelude::*;

use crate::{Column, ColumnValues, GaussianCloud, Transform, cloud::CloudParts, sh};

/// Highest degree that a cloud can carry.
const MAX_STORED_DEGREE: u32 = 4;
/// Directions per fit; well above the 9 unknowns of degree 4 so that the normal equations are benign.
const DIRECTIONS: usize = 48;

impl GaussianCloud {
    /// The cloud as it stands in the parent frame of `transform`: means, rotations, scales, spherical
    /// harmonics and the `normal` column. A mean that leaves the range of `f32` falls onto the
    /// transform's translation. O(N), parallel.
    pub fn transformed(&self, transform: &Transform) -> Self {
        if *transform == Transform::IDENTITY {
            return self.clone();
        }
        let rotation = transform.rotation.normalize();
        let log_scale = Vec3::splat(transform.scale.ln());
        let means = self.means().par_iter().map(|mean| transform.place(*mean));
        let rotations = self.raw_rotations().par_iter().map(|q| rotation * *q);
        let log_scales = self.log_scales().par_iter().map(|s| *s + log_scale);
        Self::from_checked(CloudParts {
            means: means.collect(),
            rotations: rotations.collect(),
            log_scales: log_scales.collect(),
            opacity_logits: self.opacity_logits().to_vec(),
            sh_degree: self.sh_degree(),
            sh: rotated_sh(self.sh(), self.sh_degree(), rotation),
            columns: self
                .columns()
                .iter()
                .map(|c| rotated_column(c, rotation))
                .collect(),
        })
    }
}

impl GaussianCloud {
    /// The cloud mirrored at the plane through `point` across the unit `normal`: means, rotations,
    /// spherical harmonics and the `normal` column. O(N), parallel.
    ///
    /// Any mirror is the mirror of one axis, which only changes signs, followed by a rotation.
    pub fn mirrored(&self, point: Vec3, normal: Vec3) -> Self {
        let size = normal.abs();
        let axis = usize::from(size.y > size.x);
        let axis = if size.z > size[axis] { 2 } else { axis };
        let flipped = self.flipped(axis);
        let mut unit = Vec3::ZERO;
        unit[axis] = 1.0;
        // Two mirrors make a turn by twice the angle between them, about the line where they meet.
        let normal = if normal[axis] < 0.0 { -normal } else { normal };
        let half_turn = Quat::from_rotation_arc(unit, normal);
        flipped.transformed(&Transform {
            translation: 2.0 * normal.dot(point) * normal,
            rotation: (half_turn * half_turn).normalize(),
            scale: 1.0,
        })
    }

    /// The cloud with one axis (0, 1, 2) reversed.
    fn flipped(&self, axis: usize) -> Self {
        let flip = |v: &Vec3| {
            let mut v = *v;
            v[axis] = -v[axis];
            v
        };
        let turn = |q: &Quat| {
            // A rotation axis is an axial vector: what lies in the mirror's plane is reversed.
            let mut q = q.to_array();
            for (i, value) in q.iter_mut().take(3).enumerate() {
                *value = if i == axis { *value } else { -*value };
            }
            Quat::from_array(q)
        };
        let mut parts = self.clone().into_parts();
        parts.means.par_iter_mut().for_each(|v| *v = flip(v));
        parts.rotations.par_iter_mut().for_each(|q| *q = turn(q));
        let signs = flipped_signs(axis);
        let stride = 3 * sh::coefficient_count(parts.sh_degree);
        parts.sh.par_chunks_exact_mut(stride).for_each(|sh| {
            for (color, sign) in sh.chunks_exact_mut(3).zip(signs) {
                color.iter_mut().for_each(|v| *v *= sign);
            }
        });
        for column in &mut parts.columns {
            if let ("normal", 3, ColumnValues::F32(values)) =
                (column.name.as_str(), column.width, &mut column.values)
            {
                let normals = values.par_chunks_exact_mut(3);
                normals.for_each(|n| n[axis] = -n[axis]);
            }
        }
        Self::from_checked(parts)
    }
}

/// Which basis functions change their sign where an axis is reversed.
fn flipped_signs(axis: usize) -> [f32; 25] {
    // No function is zero here.
    let d = DVec3::new(0.3, 0.5, 0.81).normalize();
    let mut reversed = d;
    reversed[axis] = -reversed[axis];
    let (before, after) = (basis(d), basis(reversed));
    std::array::from_fn(|i| {
        if before[i] * after[i] < 0.0 {
            -1.0
        } else {
            1.0
        }
    })
}

fn rotated_column(column: &Column, rotation: Quat) -> Column {
    let mut column = column.clone();
    if let ("normal", 3, ColumnValues::F32(values)) =
        (column.name.as_str(), column.width, &mut column.values)
    {
        values.par_chunks_exact_mut(3).for_each(|normal| {
            let rotated = rotation * Vec3::from_slice(normal);
            normal.copy_from_slice(&rotated.to_array());
        });
    }
    column
}

fn rotated_sh(coefficients: &[f32], degree: u32, rotation: Quat) -> Vec<f32> {
    let mut out = coefficients.to_vec();
    if degree == 0 || rotation == Quat::IDENTITY {
        return out;
    }
    let rotation = ShRotation::new(degree, rotation);
    let stride = 3 * sh::coefficient_count(degree);
    out.par_chunks_exact_mut(stride)
        .zip(coefficients.par_chunks_exact(stride))
        .for_each(|(new, old)| rotation.apply(old, new));
    out
}

/// Turns the spherical harmonics of many splats by one rotation.
#[derive(Debug, Clone)]
pub struct ShRotation {
    /// One of each band from the first on.
    blocks: Vec<Vec<f32>>,
}

impl ShRotation {
    /// A rotation of coefficients up to a degree.
    pub fn new(degree: u32, rotation: Quat) -> Self {
        let bands = 1..=degree.min(MAX_STORED_DEGREE);
        let block = |l| band_block(l, rotation.as_dquat());
        Self {
            blocks: bands.map(block).collect(),
        }
    }

    /// Writes the `[K, 3]` coefficients of a turned splat into `new`. Both must be of the degree that was
    /// given; a list that is too short is filled with what it has.
    pub fn apply(&self, old: &[f32], new: &mut [f32]) {
        for (new, old) in new.iter_mut().zip(old) {
            *new = *old;
        }
        for (l, block) in (1..).zip(&self.blocks) {
            let width = 2 * l + 1;
            let band = 3 * l * l..3 * (l + 1) * (l + 1);
            let (Some(new), Some(old)) = (new.get_mut(band.clone()), old.get(band)) else {
                return;
            };
            for (new, weights) in new.chunks_exact_mut(3).zip(block.chunks_exact(width)) {
                let mut sum = [0.0; 3];
                for (old, weight) in old.chunks_exact(3).zip(weights) {
                    sum[0] += weight * old[0];
                    sum[1] += weight * old[1];
                    sum[2] += weight * old[2];
                }
                new.copy_from_slice(&sum.map(|value| value.clamp(f32::MIN, f32::MAX)));
            }
        }
    }
}

/// `[2l + 1, 2l + 1]` block that rotates the coefficients of band `l`.
fn band_block(l: u32, rotation: DQuat) -> Vec<f32> {
    let n = 2 * l as usize + 1;
    let first = (l * l) as usize;
    let mut normal = vec![0.0; n * n];
    let mut right = vec![0.0; n * n];
    for direction in directions() {
        let p = &basis(direction)[first..first + n];
        let q = &basis(rotation.inverse() * direction)[first..first + n];
        for row in 0..n {
            for column in 0..n {
                normal[row * n + column] += p[row] * p[column];
                right[row * n + column] += p[row] * q[column];
            }
        }
    }
    solve(&mut normal, &mut right, n);
    right.iter().map(|value| *value as f32).collect()
}

/// Evenly spread unit directions (Fibonacci lattice).
fn directions() -> impl Iterator<Item = DVec3> {
    let golden_angle = std::f64::consts::PI * (3.0 - 5_f64.sqrt());
    (0..DIRECTIONS).map(move |i| {
        let z = 1.0 - (2.0 * i as f64 + 1.0) / DIRECTIONS as f64;
        let (sin, cos) = (golden_angle * i as f64).sin_cos();
        let radius = (1.0 - z * z).sqrt();
        DVec3::new(radius * cos, radius * sin, z)
    })
}

/// Solves A X = B in place for symmetric positive definite A (`[n, n]`); X is left in `b` (`[n, n]`).
fn solve(a: &mut [f64], b: &mut [f64], n: usize) {
    for pivot in 0..n {
        for row in 0..n {
            if row == pivot {
                continue;
            }
            let factor = a[row * n + pivot] / a[pivot * n + pivot];
            for column in 0..n {
                a[row * n + column] -= factor * a[pivot * n + column];
                b[row * n + column] -= factor * b[pivot * n + column];
            }
        }
    }
    for row in 0..n {
        let scale = a[row * n + row].recip();
        b[row * n..(row + 1) * n]
            .iter_mut()
            .for_each(|v| *v *= scale);
    }
}

/// The 25 basis functions of degree ≤ 4 at a unit direction, in the order and sign of [`sh::basis`].
fn basis(d: DVec3) -> [f64; 25] {
    let (x, y, z) = (d.x, d.y, d.z);
    let (xx, yy, zz) = (x * x, y * y, z * z);
    let mut out = [0.0; 25];
    for (value, low) in out.iter_mut().zip(low_basis(d)) {
        *value = low;
    }
    // Degree 4 of the real spherical harmonics in Cartesian form: √(35/π)·3/4 and so on.
    out[16] = 2.503_342_941_796_704_6 * x * y * (xx - yy);
    out[17] = -1.770_130_769_779_930_4 * y * z * (3.0 * xx - yy);
    out[18] = 0.946_174_695_757_560_1 * x * y * (7.0 * zz - 1.0);
    out[19] = -0.669_046_543_557_289_2 * y * z * (7.0 * zz - 3.0);
    out[20] = 0.105_785_546_915_204_31 * (zz * (35.0 * zz - 30.0) + 3.0);
    out[21] = -0.669_046_543_557_289_2 * x * z * (7.0 * zz - 3.0);
    out[22] = 0.473_087_347_878_780_04 * (xx - yy) * (7.0 * zz - 1.0);
    out[23] = -1.770_130_769_779_930_4 * x * z * (xx - 3.0 * yy);
    out[24] = 0.625_835_735_449_176_1 * (xx * (xx - 3.0 * yy) - yy * (3.0 * xx - yy));
    out
}

/// [`sh::basis`] in `f64`.
fn low_basis(d: DVec3) -> [f64; 16] {
    let (x, y, z) = (d.x, d.y, d.z);
    let (xx, yy, zz, xy, yz, xz) = (x * x, y * y, z * z, x * y, y * z, x * z);
    let c2 = sh::C2.map(f64::from);
    let c3 = sh::C3.map(f64::from);
    let (c0, c1) = (f64::from(sh::C0), f64::from(sh::C1));
    [
        c0,
        -c1 * y,
        c1 * z,
        -c1 * x,
        c2[0] * xy,
        c2[1] * yz,
        c2[2] * (2.0 * zz - xx - yy),
        c2[3] * xz,
        c2[4] * (xx - yy),
        c3[0] * y * (3.0 * xx - yy),
        c3[1] * xy * z,
        c3[2] * y * (4.0 * zz - xx - yy),
        c3[3] * z * (2.0 * zz - 3.0 * xx - 3.0 * yy),
        c3[4] * x * (4.0 * zz - xx - yy),
        c3[5] * z * (xx - yy),
        c3[6] * x * (xx - 3.0 * yy),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The constants carry eight digits and the values are O(1).
    const TOLERANCE: f64 = 2e-6;

    fn evaluate(coefficients: &[f32], d: DVec3) -> [f64; 3] {
        let mut color = [0.0; 3];
        for (c, y) in coefficients.chunks_exact(3).zip(basis(d)) {
            for channel in 0..3 {
                color[channel] += f64::from(c[channel]) * y;
            }
        }
        color
    }

    fn cloud(degree: u32) -> GaussianCloud {
        let k = sh::coefficient_count(degree);
        let sh = (0..3 * k).map(|i| ((i * 37 + 11) % 23) as f32 / 23.0 - 0.5);
        GaussianCloud::new(CloudParts {
            means: vec![Vec3::new(0.3, -1.0, 2.0)],
            rotations: vec![Quat::from_xyzw(0.1, -0.4, 0.2, 0.9)],
            log_scales: vec![Vec3::new(-3.0, -2.0, -4.0)],
            opacity_logits: vec![0.7],
            sh_degree: degree,
            sh: sh.collect(),
            columns: vec![Column {
                name: "normal".into(),
                width: 3,
                values: ColumnValues::F32(vec![0.0, 1.0, 0.0]),
            }],
        })
        .expect("a valid cloud")
    }

    fn transform() -> Transform {
        Transform {
            translation: Vec3::new(1.0, 2.0, -3.0),
            rotation: Quat::from_xyzw(0.4, 0.3, -0.5, 0.7).normalize(),
            scale: 2.5,
        }
    }

    #[test]
    fn rotated_harmonics_show_the_old_color_in_the_rotated_direction() {
        for degree in 0..=4 {
            let (cloud, t) = (cloud(degree), transform());
            let baked = cloud.transformed(&t);
            for d in directions() {
                let old = evaluate(cloud.sh_of(0), d);
                let new = evaluate(baked.sh_of(0), t.rotation.as_dquat() * d);
                for channel in 0..3 {
                    let error = (old[channel] - new[channel]).abs();
                    assert!(error < TOLERANCE, "degree {degree}, {d}: off by {error}");
                }
            }
        }
    }

    #[test]
    fn the_local_basis_agrees_with_the_shared_one() {
        for d in directions() {
            let shared = sh::basis(d.as_vec3());
            for (i, (a, b)) in shared.iter().zip(basis(d)).enumerate() {
                assert!((f64::from(*a) - b).abs() < TOLERANCE, "function {i} at {d}");
            }
        }
    }

    #[test]
    fn the_degree_four_functions_are_orthonormal_on_the_sphere() {
        let n = 20_000;
        let mut gram = vec![0.0; 25 * 25];
        let golden_angle = std::f64::consts::PI * (3.0 - 5_f64.sqrt());
        for i in 0..n {
            let z = 1.0 - (2.0 * f64::from(i) + 1.0) / f64::from(n);
            let (sin, cos) = (golden_angle * f64::from(i)).sin_cos();
            let r = (1.0 - z * z).sqrt();
            let y = basis(DVec3::new(r * cos, r * sin, z));
            for a in 0..25 {
                for b in 0..25 {
                    gram[a * 25 + b] += y[a] * y[b] * 4.0 * std::f64::consts::PI / f64::from(n);
                }
            }
        }
        for a in 0..25 {
            for b in 0..25 {
                let expected = if a == b { 1.0 } else { 0.0 };
                let error: f64 = gram[a * 25 + b] - expected;
                assert!(error.abs() < 1e-3, "⟨Y{a}, Y{b}⟩ is off by {error}");
            }
        }
    }

    #[test]
    fn covariance_and_normal_follow_the_transform() {
        let (cloud, t) = (cloud(1), transform());
        let baked = cloud.transformed(&t);
        let r = glam::Mat3::from_quat(t.rotation) * t.scale;
        let expected = r * cloud.covariance(0) * r.transpose();
        let error = (expected - baked.covariance(0)).to_cols_array();
        assert!(error.iter().all(|e| e.abs() < 1e-4), "{error:?}");
        let normal = baked.normal(0).expect("kept");
        assert!((normal - t.rotation * Vec3::Y).length() < 1e-6, "{normal}");
        assert!(
            (baked.means()[0] - t.point(cloud.means()[0])).length() < 1e-6,
            "mean"
        );
    }

    #[test]
    fn mirrored_harmonics_show_the_old_color_in_the_mirrored_direction() {
        for normal in [Vec3::X, Vec3::Y, Vec3::Z, Vec3::new(0.6, -0.7, 0.3)] {
            let normal = normal.normalize();
            let point = Vec3::new(0.4, -0.2, 1.0);
            let mirror = |v: Vec3| v - 2.0 * normal * normal.dot(v);
            for degree in 0..=4 {
                let cloud = cloud(degree);
                let mirrored = cloud.mirrored(point, normal);
                for d in directions() {
                    let old = evaluate(cloud.sh_of(0), d);
                    let new = evaluate(mirrored.sh_of(0), mirror(d.as_vec3()).as_dvec3());
                    for channel in 0..3 {
                        let error = (old[channel] - new[channel]).abs();
                        assert!(error < 3e-6, "{normal}, degree {degree}: off by {error}");
                    }
                }
                let mean = point + mirror(cloud.means()[0] - point);
                assert!((mirrored.means()[0] - mean).length() < 1e-5, "{normal}");
                let m = glam::Mat3::from_cols(mirror(Vec3::X), mirror(Vec3::Y), mirror(Vec3::Z));
                let expected = m * cloud.covariance(0) * m.transpose();
                let error = (expected - mirrored.covariance(0)).to_cols_array();
                assert!(error.iter().all(|e| e.abs() < 1e-4), "{normal}: {error:?}");
                let turned = mirrored.normal(0).expect("kept");
                assert!((turned - mirror(Vec3::Y)).length() < 1e-5, "{turned}");
                let back = mirrored.mirrored(point, normal);
                let far = (back.means()[0] - cloud.means()[0]).length();
                assert!(far < 1e-5, "{normal}: twice is once too many, {far}");
            }
        }
    }

    #[test]
    fn there_and_back_is_the_same_cloud() {
        let cloud = cloud(3);
        let back = cloud
            .transformed(&transform())
            .transformed(&transform().inverse());
        for (a, b) in cloud.sh().iter().zip(back.sh()) {
            assert!((a - b).abs() < 1e-5, "{a} became {b}");
        }
    }
}
