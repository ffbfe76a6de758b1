//! Pose of known points: the start of the fit.

use glam::{Mat3, Quat, Vec2, Vec3};

use super::solve;
use crate::portrait::types::HeadCamera;

/// Gauss–Newton iterations of the pose alone.
const ITERATIONS: usize = 12;
/// Residual in standard deviations beyond which a point counts linearly only.
const HUBER: f32 = 2.0;

/// The camera of `guess` (focal length, principal point) turned and moved so that `points` (dm) fall
/// onto `pixels`; starts from the best weak perspective.
pub(super) fn from_points(
    points: &[Vec3],
    pixels: &[Vec2],
    sigmas: &[f32],
    guess: HeadCamera,
) -> HeadCamera {
    let mut camera = weak_perspective(points, pixels, guess);
    let middle = points.iter().sum::<Vec3>() / points.len() as f32;
    for _ in 0..ITERATIONS {
        let step = pose_step(points, pixels, sigmas, middle, &camera);
        let turn = Vec3::new(step[0] as f32, step[1] as f32, step[2] as f32);
        let shift = Vec3::new(step[3] as f32, step[4] as f32, step[5] as f32);
        // A long step means that the linear model does not hold: go a part of the way.
        let turn = turn.clamp_length_max(0.3);
        let depth = camera.translation.z + (camera.rotation * middle).z;
        let pivot =
            camera.rotation * middle + camera.translation + shift.clamp_length_max(0.3 * depth);
        let rotation = Quat::from_scaled_axis(turn) * Quat::from_mat3(&camera.rotation);
        camera.rotation = Mat3::from_quat(rotation.normalize());
        camera.translation = pivot - camera.rotation * middle;
    }
    camera
}

/// Scaled orthographic pose: the affine map by least squares, its rows made orthonormal.
fn weak_perspective(points: &[Vec3], pixels: &[Vec2], guess: HeadCamera) -> HeadCamera {
    let n = points.len() as f32;
    let middle = points.iter().sum::<Vec3>() / n;
    let pixel_middle = pixels.iter().sum::<Vec2>() / n;
    let mut spread = Mat3::ZERO;
    let (mut row_x, mut row_y) = (Vec3::ZERO, Vec3::ZERO);
    for (p, q) in points.iter().zip(pixels) {
        let (p, q) = (*p - middle, *q - pixel_middle);
        spread += Mat3::from_cols(p * p.x, p * p.y, p * p.z);
        row_x += p * q.x;
        row_y += p * q.y;
    }
    // A little of the identity keeps a flat set of points invertible.
    let inverse = (spread + Mat3::from_diagonal(Vec3::splat(1e-4 * n))).inverse();
    let (row_x, row_y) = (inverse * row_x, inverse * row_y);
    let scale = (0.5 * (row_x.length() + row_y.length())).max(1e-3);
    let (x, y) = (row_x.normalize_or(Vec3::X), row_y.normalize_or(Vec3::NEG_Y));
    // The two axes share the departure from the right angle.
    let z = x.cross(y).normalize_or(Vec3::NEG_Z);
    let bisector = (x + y).normalize_or(x);
    let other = bisector.cross(z).normalize_or(Vec3::X);
    let x = (bisector + other).normalize_or(x);
    let y = z.cross(x);
    let rotation = Mat3::from_cols(x, y, z).transpose();
    let depth = guess.focal / scale;
    let in_view = ((pixel_middle - guess.center) / guess.focal).extend(1.0) * depth;
    HeadCamera {
        rotation,
        translation: in_view - rotation * middle,
        ..guess
    }
}

/// One Gauss–Newton step of rotation about `middle` (view axes) and translation.
fn pose_step(
    points: &[Vec3],
    pixels: &[Vec2],
    sigmas: &[f32],
    middle: Vec3,
    camera: &HeadCamera,
) -> Vec<f64> {
    let mut matrix = vec![0.0; 36];
    let mut right = vec![0.0; 6];
    for ((p, q), sigma) in points.iter().zip(pixels).zip(sigmas) {
        let arm = camera.rotation * (*p - middle);
        let projection = Projection::at(camera, camera.rotation * *p + camera.translation);
        let residual = (projection.pixel - *q) / *sigma;
        let weight = (HUBER / residual.length().max(1e-6)).min(1.0);
        for (gradient, r) in [(projection.dx, residual.x), (projection.dy, residual.y)] {
            let gradient = gradient / *sigma;
            let turn = arm.cross(gradient);
            let row = [turn.x, turn.y, turn.z, gradient.x, gradient.y, gradient.z];
            for (i, a) in row.iter().enumerate() {
                right[i] -= f64::from(weight * a * r);
                for (j, b) in row.iter().enumerate() {
                    matrix[6 * i + j] += f64::from(weight * a * b);
                }
            }
        }
    }
    for i in 0..6 {
        matrix[7 * i] *= 1.0 + 1e-6;
    }
    solve::cholesky_solve(&matrix, &right).unwrap_or_else(|| vec![0.0; 6])
}

/// A projected view point and how its pixel moves with it.
pub(super) struct Projection {
    /// Pixels.
    pub(super) pixel: Vec2,
    /// ∂ pixel x / ∂ view point.
    pub(super) dx: Vec3,
    /// ∂ pixel y / ∂ view point.
    pub(super) dy: Vec3,
}

impl Projection {
    /// Projects a point of the view frame; points behind the camera count as just before it.
    pub(super) fn at(camera: &HeadCamera, view: Vec3) -> Self {
        let scale = camera.focal / view.z.max(0.1);
        let slope = view.truncate() / view.z.max(0.1);
        Self {
            pixel: camera.center + camera.focal * slope,
            dx: scale * Vec3::new(1.0, 0.0, -slope.x),
            dy: scale * Vec3::new(0.0, 1.0, -slope.y),
        }
    }
}
