//! Flat Gaussians of the head, and how they become a [`GaussianCloud`].

use glam::{Mat3, Quat, Vec3};
use scene::cloud::{CloudParts, logit};
use scene::{CloudError, Column, ColumnValues, GaussianCloud, sh};

use super::frame::{METRES, cloud_from_head};
use super::types::{Confidence, Label};

/// Thinnest axis, dm: keeps covariances invertible in single precision.
const SIGMA_MIN: f32 = 5e-4;

/// A flat Gaussian in the head frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surfel {
    /// Centre, dm.
    pub position: Vec3,
    /// Unit normal of the surface that it belongs to, outwards; what light sees.
    pub normal: Vec3,
    /// Unit, the thin axis: the normal, but for pixels seen at a flat angle.
    pub axis: Vec3,
    /// Direction of the first in-plane axis; only its part across `axis` counts.
    pub along: Vec3,
    /// Standard deviations along `along`, across it in the plane, and along `axis`, dm.
    pub sigma: Vec3,
    /// Display-referred.
    pub color: Vec3,
    /// 0..=1.
    pub opacity: f32,
    /// What it shows.
    pub label: Label,
    /// How sure it is.
    pub confidence: Confidence,
}

impl Surfel {
    /// Axes as the columns of a right-handed rotation: along, across, thin.
    pub fn axes(&self) -> Mat3 {
        let along = self.along - self.axis * self.along.dot(self.axis);
        let along = along
            .try_normalize()
            .unwrap_or_else(|| self.axis.any_orthonormal_vector());
        Mat3::from_cols(along, self.axis.cross(along), self.axis)
    }
}

/// Makes a cloud of surfels: metres, normals, labels and confidences as columns.
pub fn cloud_of(surfels: &[Surfel]) -> Result<GaussianCloud, CloudError> {
    let n = surfels.len();
    let mut parts = CloudParts {
        means: Vec::with_capacity(n),
        rotations: Vec::with_capacity(n),
        log_scales: Vec::with_capacity(n),
        opacity_logits: Vec::with_capacity(n),
        sh_degree: 0,
        sh: Vec::with_capacity(3 * n),
        columns: Vec::new(),
    };
    let mut normals = Vec::with_capacity(3 * n);
    for s in surfels {
        parts.means.push(cloud_from_head(s.position));
        parts.rotations.push(Quat::from_mat3(&s.axes()).normalize());
        let sigma = s.sigma.max(Vec3::splat(SIGMA_MIN)) * METRES;
        parts
            .log_scales
            .push(Vec3::new(sigma.x.ln(), sigma.y.ln(), sigma.z.ln()));
        parts.opacity_logits.push(logit(s.opacity));
        parts.sh.extend(sh::dc_from_color(s.color).to_array());
        normals.extend(s.normal.to_array());
    }
    let column = |name: &str, width, values| Column {
        name: name.to_owned(),
        width,
        values,
    };
    let labels = surfels.iter().map(|s| s.label as u8).collect();
    let confidences = surfels.iter().map(|s| s.confidence as u8).collect();
    parts.columns = vec![
        column("normal", 3, ColumnValues::F32(normals)),
        column("label", 1, ColumnValues::U8(labels)),
        column("confidence", 1, ColumnValues::U8(confidences)),
    ];
    GaussianCloud::new(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normals_labels_and_sizes_survive() {
        let surfel = Surfel {
            position: super::super::frame::MIDDLE + Vec3::X,
            normal: Vec3::new(0.6, 0.0, 0.8),
            axis: Vec3::new(0.6, 0.0, 0.8),
            along: Vec3::Y,
            sigma: Vec3::new(0.04, 0.02, 0.001),
            color: Vec3::new(0.2, 0.5, 0.9),
            opacity: 0.95,
            label: Label::Hair,
            confidence: Confidence::Grazing,
        };
        let cloud = cloud_of(&[surfel]).unwrap();
        assert!((cloud.means()[0] - Vec3::X * 0.1).length() < 1e-6, "metres");
        assert!((cloud.normal(0).unwrap() - surfel.normal).length() < 1e-6);
        assert!((cloud.base_color(0) - surfel.color).length() < 1e-5);
        assert!((cloud.scale(0) - surfel.sigma * 0.1).length() < 1e-6);
        let thin = cloud.rotation(0) * Vec3::Z;
        assert!(
            (thin - surfel.normal).length() < 1e-5,
            "the thin axis is the normal"
        );
        assert_eq!(
            cloud.column("label").unwrap().values,
            ColumnValues::U8(vec![1])
        );
        assert_eq!(
            cloud.column("confidence").unwrap().values,
            ColumnValues::U8(vec![1])
        );
    }
}
