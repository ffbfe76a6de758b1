//! Where a node stands in its parent: rotation, uniform scale, translation.

use glam::{Affine3A, Mat4, Quat, Vec3};
use serde::{Deserialize, Serialize};

/// `parent_from_node`: x ↦ translation + rotation · (scale · x).
///
/// The scale is uniform so that a transform bakes exactly into Gaussians and their
/// spherical harmonics.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Transform {
    /// Offset in the parent's frame, metres.
    pub translation: Vec3,
    /// Unit rotation.
    pub rotation: Quat,
    /// Uniform scale, > 0.
    pub scale: f32,
}

impl Transform {
    /// Changes nothing.
    pub const IDENTITY: Self = Self {
        translation: Vec3::ZERO,
        rotation: Quat::IDENTITY,
        scale: 1.0,
    };

    /// A pure translation.
    pub fn from_translation(translation: Vec3) -> Self {
        Self {
            translation,
            ..Self::IDENTITY
        }
    }

    /// Maps a point of the node to its parent.
    pub fn point(&self, point: Vec3) -> Vec3 {
        self.translation + self.rotation * (self.scale * point)
    }

    /// Where a splat comes to lie: the same, and the frame's origin for what is too far away for a number.
    pub(crate) fn place(&self, mean: Vec3) -> Vec3 {
        let moved = self.point(mean);
        if moved.is_finite() {
            moved
        } else {
            self.translation
        }
    }

    /// The transform that applies `inner` first and `self` second.
    pub fn compose(&self, inner: &Self) -> Self {
        Self {
            translation: self.point(inner.translation),
            rotation: (self.rotation * inner.rotation).normalize(),
            scale: self.scale * inner.scale,
        }
    }

    /// `node_from_parent`.
    pub fn inverse(&self) -> Self {
        let rotation = self.rotation.inverse();
        let scale = self.scale.recip();
        Self {
            translation: rotation * (-scale * self.translation),
            rotation,
            scale,
        }
    }

    /// The same map as an affine matrix.
    pub fn to_affine(&self) -> Affine3A {
        Affine3A::from_scale_rotation_translation(
            Vec3::splat(self.scale),
            self.rotation,
            self.translation,
        )
    }

    /// The same map as a 4×4 matrix.
    pub fn to_mat4(&self) -> Mat4 {
        self.to_affine().into()
    }

    /// Whether every number is finite and the scale is positive.
    pub fn is_valid(&self) -> bool {
        self.translation.is_finite()
            && self.rotation.is_finite()
            && self.scale.is_finite()
            && self.scale > 0.0
    }
}

impl Default for Transform {
    fn default() -> Self {
        Self::IDENTITY
    }
}
