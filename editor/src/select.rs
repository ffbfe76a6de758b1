//! Which splats lie in a region of the screen, and what a selection does with them.

pub(crate) mod mask;

use std::collections::BTreeMap;

use glam::{Affine3A, Vec2, Vec3};
use rayon::prelude::*;
pub use scene::Region;
use scene::{Edit, NodeId, PinholeCamera, RegionMask, Scene, SplatFlags, SplatLayer};

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
        if layer.flags.len() < mask::WORTH_SHARING {
            return layer.flags.iter().any(|flags| holds(*flags));
        }
        let blocks = layer.flags.par_chunks(BLOCK);
        blocks.any(|block| block.iter().any(|flags| holds(*flags)))
    })
}

/// Splats selected in all editable layers.
pub fn selected_count(scene: &Scene) -> usize {
    editable_layers(scene)
        .map(|(_, layer)| {
            let flags = &layer.flags;
            if flags.len() < mask::WORTH_SHARING {
                return flags.iter().filter(|f| is_selected(**f)).count();
            }
            flags.par_iter().filter(|f| is_selected(**f)).count()
        })
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
    clip: Option<Affine3A>,
    region: &Region,
    op: SelectOp,
) -> Option<Edit> {
    Projected::new(scene, camera, clip).select(scene, region, op)
}

/// The edit that selects by a mask over all editable layers; `None` if it changes nothing.
pub fn select_mask(scene: &Scene, mask: &RegionMask, op: SelectOp) -> Option<Edit> {
    let edits = editable_layers(scene)
        .filter_map(|(id, _)| select_in_layer(scene, id, op, |row| mask.contains(id, row)));
    batch(edits.collect())
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
    inside: impl Fn(usize) -> bool + Sync,
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
    /// Projects all centres; those outside the clipping box (`world_from_box`) are nowhere. O(N),
    /// parallel.
    pub fn new(scene: &Scene, camera: &PinholeCamera, clip: Option<Affine3A>) -> Self {
        let box_from_world = clip.map(|world_from_box| world_from_box.inverse());
        let layers = editable_layers(scene).map(|(id, layer)| {
            let world_from_layer = scene.world_from_node(id).to_affine();
            let project = |mean: &Vec3| {
                let point = world_from_layer.transform_point3(*mean);
                let in_box = box_from_world.is_none_or(|box_from_world| {
                    let p = box_from_world.transform_point3(point);
                    p.abs().max_element() <= 1.0
                });
                let pixel = camera.project(point);
                if in_box && pixel.z >= camera.near && pixel.z <= camera.far {
                    pixel.truncate()
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

    /// The touchable splats of a region for which `holds` (of layer, row and pixel) says so.
    pub(crate) fn rows(
        &self,
        scene: &Scene,
        region: &Region,
        holds: impl Fn(NodeId, usize, Vec2) -> bool + Sync,
    ) -> mask::Rows {
        let (lo, hi) = region.bounds();
        let layers = self.layers.iter().filter_map(|(id, pixels)| {
            let flags = &scene.node(*id)?.splats()?.flags;
            let inside = |row: usize| {
                let p = pixels[row];
                p.cmpge(lo).all()
                    && p.cmple(hi).all()
                    && flags.get(row).is_some_and(|flags| is_touchable(*flags))
                    && holds(*id, row, p)
            };
            Some((*id, mask::rows_where(pixels.len(), inside)))
        });
        layers.collect()
    }

    /// Where a splat is, pixels; NaN where it is nowhere.
    pub(crate) fn pixel(&self, id: NodeId, row: usize) -> Vec2 {
        let pixels = self.layers.get(&id);
        let pixel = pixels.and_then(|pixels| pixels.get(row));
        pixel.copied().unwrap_or(Vec2::NAN)
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
pub fn map_touchable(
    scene: &Scene,
    change: impl Fn(SplatFlags) -> SplatFlags + Sync,
) -> Option<Edit> {
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
}
