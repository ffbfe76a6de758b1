//! Which splats lie in a region of the screen, and what a selection does with them.

use std::collections::BTreeMap;

use glam::Vec2;
use rayon::prelude::*;
use scene::{Edit, NodeId, PinholeCamera, Scene, SplatFlags, SplatLayer};

use crate::input::Modifiers;

/// Splats that a selection never touches.
const UNTOUCHABLE: SplatFlags =
    SplatFlags(SplatFlags::HIDDEN.0 | SplatFlags::LOCKED.0 | SplatFlags::DELETED.0);

/// What happens to splats inside a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SelectOp {
    /// They and only they are selected.
    #[default]
    Replace,
    /// They are selected too.
    Add,
    /// They are no longer selected.
    Subtract,
    /// Only those of them stay selected that were.
    Intersect,
}

impl SelectOp {
    /// The one place where modifiers become an operation: Shift adds, Ctrl or Alt subtracts, Shift
    /// with Ctrl or Alt intersects.
    pub fn from_modifiers(modifiers: Modifiers) -> Self {
        match (modifiers.shift, modifiers.ctrl || modifiers.alt) {
            (false, false) => Self::Replace,
            (true, false) => Self::Add,
            (false, true) => Self::Subtract,
            (true, true) => Self::Intersect,
        }
    }

    fn apply(self, selected: bool, inside: bool) -> bool {
        match self {
            Self::Replace => inside,
            Self::Add => selected || inside,
            Self::Subtract => selected && !inside,
            Self::Intersect => selected && inside,
        }
    }
}

/// A region of the viewport, pixels.
#[derive(Debug, Clone, PartialEq)]
pub enum Region {
    /// Between two corners.
    Rect {
        /// Top left.
        min: Vec2,
        /// Bottom right.
        max: Vec2,
    },
    /// Inside an outline, by the even-odd rule.
    Polygon(Vec<Vec2>),
    /// Within a radius of a stroke from one point to the next.
    Stroke {
        /// Where it was.
        from: Vec2,
        /// Where it is.
        to: Vec2,
        /// Half its width.
        radius: f32,
    },
}

impl Region {
    /// Whether a pixel position lies inside.
    pub fn contains(&self, p: Vec2) -> bool {
        match self {
            Self::Rect { min, max } => p.cmpge(*min).all() && p.cmple(*max).all(),
            Self::Polygon(corners) => inside_polygon(corners, p),
            Self::Stroke { from, to, radius } => {
                let along = *to - *from;
                let length = along.length_squared();
                let t = if length > 0.0 {
                    ((p - *from).dot(along) / length).clamp(0.0, 1.0)
                } else {
                    0.0
                };
                (p - *from - along * t).length_squared() <= radius * radius
            }
        }
    }

    /// A box around it, for a quick no.
    fn bounds(&self) -> (Vec2, Vec2) {
        match self {
            Self::Rect { min, max } => (*min, *max),
            Self::Polygon(corners) => corners.iter().fold(
                (Vec2::splat(f32::INFINITY), Vec2::splat(f32::NEG_INFINITY)),
                |(lo, hi), p| (lo.min(*p), hi.max(*p)),
            ),
            Self::Stroke { from, to, radius } => (from.min(*to) - *radius, from.max(*to) + *radius),
        }
    }
}

fn inside_polygon(corners: &[Vec2], p: Vec2) -> bool {
    let mut inside = false;
    for (i, a) in corners.iter().enumerate() {
        let b = corners[(i + 1) % corners.len()];
        if (a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x {
            inside = !inside;
        }
    }
    inside
}

/// The layers that selections and edits of splats work on: visible, unlocked, complete.
pub fn editable_layers(scene: &Scene) -> impl Iterator<Item = (NodeId, &SplatLayer)> {
    scene
        .layers()
        .filter(|(id, _, layer)| !layer.incoming && scene.is_visible(*id) && !scene.is_locked(*id))
        .map(|(id, _, layer)| (id, layer))
}

/// Whether a splat can be selected and edited.
pub fn is_touchable(flags: SplatFlags) -> bool {
    !flags.intersects(UNTOUCHABLE)
}

/// Whether any splat of the editable layers has such flags. O(N) at worst, parallel.
pub(crate) fn any_splat(scene: &Scene, holds: impl Fn(SplatFlags) -> bool + Sync) -> bool {
    // Blocks, because asking "has another thread found one?" costs more than looking at a splat.
    const BLOCK: usize = 1 << 14;
    editable_layers(scene).any(|(_, layer)| {
        let blocks = layer.flags.par_chunks(BLOCK);
        blocks.any(|block| block.iter().any(|flags| holds(*flags)))
    })
}

/// Splats selected in all editable layers.
pub fn selected_count(scene: &Scene) -> usize {
    editable_layers(scene)
        .map(|(_, layer)| layer.flags.par_iter().filter(|f| is_selected(**f)).count())
        .sum()
}

/// Whether a splat is selected and can be edited.
pub fn is_selected(flags: SplatFlags) -> bool {
    is_touchable(flags) && flags.intersects(SplatFlags::SELECTED)
}

/// The edit that selects by region over all editable layers (by the splats' centres, whatever lies in
/// front of them); `None` if it changes nothing. O(N), parallel.
pub fn select_region(
    scene: &Scene,
    camera: &PinholeCamera,
    region: &Region,
    op: SelectOp,
) -> Option<Edit> {
    Projected::new(scene, camera).select(scene, region, op)
}

/// The edit that selects one splat; `None` if it changes nothing.
pub fn select_splat(scene: &Scene, splat: Option<(NodeId, usize)>, op: SelectOp) -> Option<Edit> {
    let edits = editable_layers(scene).filter_map(|(id, _)| {
        let row = splat.filter(|(layer, _)| *layer == id).map(|(_, row)| row);
        select_in_layer(scene, id, op, |other| Some(other) == row)
    });
    batch(edits.collect())
}

fn select_in_layer(
    scene: &Scene,
    id: NodeId,
    op: SelectOp,
    inside: impl Fn(usize) -> bool,
) -> Option<Edit> {
    Edit::map_flags(scene, id, |row, flags| {
        if is_touchable(flags) {
            set_selected(flags, op.apply(is_selected(flags), inside(row)))
        } else {
            flags
        }
    })
}

/// Several edits as one, `None` without any.
pub(crate) fn batch(edits: Vec<Edit>) -> Option<Edit> {
    (!edits.is_empty()).then(|| Edit::batch(edits))
}

/// Centres of all splats of the editable layers on the screen, for many regions under one camera.
#[derive(Debug)]
pub struct Projected {
    /// Pixels; NaN behind the camera.
    layers: BTreeMap<NodeId, Vec<Vec2>>,
}

impl Projected {
    /// Projects all centres. O(N), parallel.
    pub fn new(scene: &Scene, camera: &PinholeCamera) -> Self {
        let layers = editable_layers(scene).map(|(id, layer)| {
            let world_from_layer = scene.world_from_node(id).to_affine();
            let view_from_layer = camera.view_from_world * world_from_layer;
            let project = |mean: &glam::Vec3| {
                let p = view_from_layer.transform_point3(*mean);
                if p.z > camera.near {
                    let x = camera.fx * p.x / p.z + camera.cx;
                    Vec2::new(x, camera.fy * p.y / p.z + camera.cy)
                } else {
                    Vec2::NAN
                }
            };
            let means = layer.cloud.means().par_iter();
            (id, means.map(project).collect())
        });
        Self {
            layers: layers.collect(),
        }
    }

    /// The edit that selects by region; `None` if it changes nothing.
    pub fn select(&self, scene: &Scene, region: &Region, op: SelectOp) -> Option<Edit> {
        let (lo, hi) = region.bounds();
        let edits = self.layers.iter().filter_map(|(id, pixels)| {
            let inside = pixels
                .par_iter()
                .map(|p| p.cmpge(lo).all() && p.cmple(hi).all() && region.contains(*p));
            let inside: Vec<bool> = inside.collect();
            let is_inside = |row| inside.get(row).is_some_and(|inside| *inside);
            select_in_layer(scene, *id, op, is_inside)
        });
        batch(edits.collect())
    }
}

/// The edit that changes every touchable splat of the editable layers; `None` if it changes nothing.
pub fn map_touchable(scene: &Scene, change: impl Fn(SplatFlags) -> SplatFlags) -> Option<Edit> {
    let edits = editable_layers(scene).filter_map(|(id, _)| {
        Edit::map_flags(scene, id, |_, flags| {
            if is_touchable(flags) {
                change(flags)
            } else {
                flags
            }
        })
    });
    batch(edits.collect())
}

/// Flags with the selection bit as wanted.
pub fn set_selected(flags: SplatFlags, selected: bool) -> SplatFlags {
    if selected {
        flags.with(SplatFlags::SELECTED)
    } else {
        flags.without(SplatFlags::SELECTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modifiers_say_what_a_selection_does() {
        let both = Modifiers {
            shift: true,
            ctrl: true,
            alt: false,
        };
        for (modifiers, op) in [
            (Modifiers::NONE, SelectOp::Replace),
            (Modifiers::SHIFT, SelectOp::Add),
            (Modifiers::CTRL, SelectOp::Subtract),
            (Modifiers::ALT, SelectOp::Subtract),
            (both, SelectOp::Intersect),
        ] {
            assert_eq!(SelectOp::from_modifiers(modifiers), op, "{modifiers:?}");
        }
    }

    #[test]
    fn a_concave_outline_leaves_its_notch_out() {
        let corners = [
            (0.0, 0.0),
            (10.0, 0.0),
            (10.0, 10.0),
            (5.0, 2.0),
            (0.0, 10.0),
        ];
        let region = Region::Polygon(corners.map(|(x, y)| Vec2::new(x, y)).into());
        assert!(region.contains(Vec2::new(1.0, 5.0)), "left arm");
        assert!(region.contains(Vec2::new(9.0, 5.0)), "right arm");
        assert!(!region.contains(Vec2::new(5.0, 6.0)), "notch");
    }

    #[test]
    fn a_stroke_covers_the_way_between_two_moves() {
        let region = Region::Stroke {
            from: Vec2::ZERO,
            to: Vec2::new(100.0, 0.0),
            radius: 5.0,
        };
        assert!(region.contains(Vec2::new(50.0, 4.0)), "beside the middle");
        assert!(!region.contains(Vec2::new(50.0, 6.0)), "too far");
        assert!(region.contains(Vec2::new(103.0, 3.0)), "round end");
    }
}
