//! Which patches are wanted around an eye.

use std::collections::BTreeSet;

use glam::{DVec2, DVec3};

use super::patch::{COARSEST, FINEST, Patch};

/// How much of a city is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Reach {
    /// A patch is split where the eye is nearer than so many of its sides. At 2 a splat covers about 1.6 pixels
    /// of a picture 1000 pixels high.
    pub sharpness: f32,
    /// How far the city goes, metres.
    pub distance: f32,
    /// The finest level that is made.
    pub finest: u8,
    /// South-western and north-eastern corner of a plan that ends.
    pub bounds: Option<(DVec2, DVec2)>,
    /// Patches that are somebody else's: nothing is made there.
    pub kept: Vec<Patch>,
}

impl Default for Reach {
    fn default() -> Self {
        Self {
            sharpness: 1.0,
            distance: 1500.0,
            finest: 5,
            bounds: None,
            kept: Vec::new(),
        }
    }
}

/// How much farther the eye goes before what was split becomes whole again: no flicker at the border.
const INERTIA: f32 = 1.2;

/// The leaves of the quadtree for an eye: they cover the plan within reach once. Patches of `shown` stay split a
/// little longer than they would be split anew.
pub fn wanted(eye: DVec3, reach: &Reach, shown: &BTreeSet<Patch>) -> Vec<Patch> {
    let mut leaves = Vec::new();
    let around = f64::from(reach.distance);
    let flat = eye.truncate();
    let first = Patch::at(COARSEST, flat - around);
    let last = Patch::at(COARSEST, flat + around);
    for y in first.y..=last.y {
        for x in first.x..=last.x {
            let root = Patch {
                level: COARSEST,
                x,
                y,
            };
            descend(root, eye, reach, shown, &mut leaves);
        }
    }
    leaves.sort_by(|a, b| a.distance(eye).total_cmp(&b.distance(eye)));
    leaves
}

fn descend(
    patch: Patch,
    eye: DVec3,
    reach: &Reach,
    shown: &BTreeSet<Patch>,
    leaves: &mut Vec<Patch>,
) {
    let distance = patch.distance(eye);
    let is_kept = reach.kept.iter().any(|kept| kept.holds(patch));
    if is_kept || distance > reach.distance || !reach.touches(patch) {
        return;
    }
    let around_kept = reach.kept.iter().any(|kept| patch.holds(*kept));
    let is_split = shown
        .iter()
        .any(|s| s.level > patch.level && patch.holds(*s));
    let inertia = if is_split { INERTIA } else { 1.0 };
    let near = distance < reach.sharpness * patch.side() * inertia;
    if around_kept || (near && patch.level < reach.finest.min(FINEST)) {
        for child in patch.children() {
            descend(child, eye, reach, shown, leaves);
        }
    } else {
        leaves.push(patch);
    }
}

impl Reach {
    fn touches(&self, patch: Patch) -> bool {
        let Some((low, high)) = self.bounds else {
            return true;
        };
        let from = patch.origin();
        let to = from + f64::from(patch.side());
        from.x < high.x && from.y < high.y && to.x > low.x && to.y > low.y
    }
}
