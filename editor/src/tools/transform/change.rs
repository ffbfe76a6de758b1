//! How a drag moves things, in the world and in the frames of what it moves.

use glam::{Quat, Vec3};
use scene::Transform;

use crate::tools::gizmo::Gizmo;

/// How things move in the world.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Change {
    Move(Vec3),
    Turn(Vec3, f32),
    Scale(f32),
}

impl Change {
    pub(super) fn is_none(&self) -> bool {
        match self {
            Self::Move(by) => *by == Vec3::ZERO,
            Self::Turn(_, angle) => *angle == 0.0,
            Self::Scale(factor) => *factor == 1.0,
        }
    }

    /// The same in a frame that stands in the world as `world_from_frame`. What does not change stays
    /// exactly as it is.
    pub(super) fn within(&self, gizmo: &Gizmo, world_from_frame: &Transform) -> Transform {
        let frame_from_world = world_from_frame.inverse();
        let pivot = frame_from_world.point(gizmo.pivot);
        let local = Gizmo { pivot, ..*gizmo };
        match *self {
            Self::Move(by) => Transform::from_translation(
                frame_from_world.rotation * (frame_from_world.scale * by),
            ),
            Self::Turn(axis, angle) => {
                let axis = (frame_from_world.rotation * axis).normalize_or(axis);
                local.about(Quat::from_axis_angle(axis, angle), 1.0)
            }
            Self::Scale(factor) => local.about(Quat::IDENTITY, factor),
        }
    }

    /// A node's transform after the change, given where its parent stands.
    pub(super) fn applied(
        &self,
        gizmo: &Gizmo,
        before: &Transform,
        world_from_parent: &Transform,
    ) -> Transform {
        let change = self.within(gizmo, world_from_parent);
        let after = change.compose(before);
        match self {
            Self::Move(_) => Transform {
                translation: before.translation + change.translation,
                ..*before
            },
            Self::Turn(..) => Transform {
                scale: before.scale,
                ..after
            },
            Self::Scale(_) => Transform {
                rotation: before.rotation,
                ..after
            },
        }
    }
}
