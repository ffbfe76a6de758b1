//! From a splat in view space to an ellipse on the image (EWA splatting, Zwicker et al. 2001); twin of
//! `shaders/common/ewa.wgsl`.

use glam::{Quat, Vec2, Vec3, Vec4};

use super::cull::perspective_shrink;
use crate::{
    consts::{MAX_VARIANCE, VIEW_CENTERS},
    layout::{ChunkView, Shape, View},
};

/// Where and how large a splat is on the image.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ellipse {
    /// px
    pub(crate) center: Vec2,
    /// xx, xy, yy after the pixel filter, px².
    pub(crate) covariance: [f32; 3],
    /// Of the covariance, px⁴.
    pub(crate) determinant: f32,
    /// By how much the opacity makes up for the pixel filter.
    pub(crate) compensation: f32,
}

/// The ellipse of a splat whose mean lies at `p` in view space.
#[inline(always)]
pub(crate) fn ellipse_of(view: &View, chunk: &ChunkView, p: Vec3, shape: &Shape) -> Ellipse {
    let spread = perspective_shrink(view, p.z);
    let slope = Vec2::new(p.x, p.y) / spread;
    let center = Vec2::from(view.focal) * slope + Vec2::from(view.center);
    if view.mode == VIEW_CENTERS {
        let variance = view.dot * view.dot;
        return Ellipse {
            center,
            covariance: [variance, 0.0, variance],
            determinant: variance * variance,
            compensation: 1.0,
        };
    }
    // Factor the 2D covariance as F Fᵀ with F = J W R S: determinants of needles stay exact.
    let [row_x, row_y] = factor(view, chunk, (slope, spread), shape);
    let largest = row_x.dot(row_x).max(row_y.dot(row_y));
    let shrink = (MAX_VARIANCE / largest).sqrt().min(1.0);
    let (row_x, row_y) = (row_x * shrink, row_y * shrink);
    let (xx, xy, yy) = (row_x.dot(row_x), row_x.dot(row_y), row_y.dot(row_y));
    let normal = row_x.cross(row_y);
    let det = normal.dot(normal);

    // Inflate the 2D covariance by the pixel filter (Mip-Splatting, eq. 9, for the opacity).
    let low_pass = view.low_pass;
    let inflated = det + low_pass * (xx + yy) + low_pass * low_pass;
    let compensation = if view.compensate != 0 {
        (det / inflated).sqrt()
    } else {
        1.0
    };
    Ellipse {
        center,
        covariance: [xx + low_pass, xy, yy + low_pass],
        determinant: inflated,
        compensation,
    }
}

/// Rows of J W R S (Kerbl et al. 2023, eq. 5), J linearized no farther off-axis than the image's margin.
#[inline(always)]
fn factor(
    view: &View,
    chunk: &ChunkView,
    (slope, spread): (Vec2, f32),
    shape: &Shape,
) -> [Vec3; 2] {
    let [w0, w1, w2] = chunk.view_from_object.map(|row| Vec4::from(row).truncate());
    let slope = slope.clamp(view.slope_min.into(), view.slope_max.into());
    let splat_from_object = Quat::from_array(shape.rotation()).conjugate();
    let scale = Vec3::from(shape.scale());
    let row = |w: Vec3, slope: f32, focal: f32| {
        rotate(splat_from_object, (w - w2 * slope) * (focal / spread)) * scale
    };
    [
        row(w0, slope.x, view.focal[0]),
        row(w1, slope.y, view.focal[1]),
    ]
}

/// From the eye to a mean, object frame; parallel where the camera is orthographic.
#[inline(always)]
pub(crate) fn ray_to(view: &View, chunk: &ChunkView, mean: [u32; 4]) -> Vec3 {
    if view.orthographic != 0 {
        Vec4::from(chunk.view_from_object[2]).truncate()
    } else {
        let [x, y, z] = [mean[0], mean[1], mean[2]].map(f32::from_bits);
        Vec3::new(x, y, z) - Vec4::from(chunk.eye).truncate()
    }
}

/// v turned by the unit quaternion q.
#[inline(always)]
fn rotate(q: Quat, v: Vec3) -> Vec3 {
    let u = Vec3::new(q.x, q.y, q.z);
    let t = 2.0 * u.cross(v);
    v + q.w * t + u.cross(t)
}
