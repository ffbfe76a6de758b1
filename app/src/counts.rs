//! How many splats there are, counted when the scene changes and not when it is shown.

use std::collections::BTreeMap;
use std::ops::Range;

use scene::{Dirty, NodeId, Scene, SplatFlags};

/// Numbers of one layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LayerCount {
    /// Not deleted.
    pub alive: usize,
    /// Selected and not deleted.
    pub selected: usize,
    /// Hidden and not deleted.
    pub hidden: usize,
}

/// Rows that are counted together: an edit counts again what it touched.
const BLOCK: usize = 1 << 16;

/// Numbers of each block of a layer's rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Blocks {
    rows: usize,
    /// Alive, selected, hidden.
    sums: Vec<[u32; 3]>,
}

impl Blocks {
    fn of(flags: &[SplatFlags]) -> Self {
        Self {
            rows: flags.len(),
            sums: flags.chunks(BLOCK).map(sums_of).collect(),
        }
    }

    fn count_again(&mut self, flags: &[SplatFlags], rows: &Range<usize>) {
        let last = rows.end.min(flags.len()).div_ceil(BLOCK);
        for block in rows.start / BLOCK..last {
            let rows = block * BLOCK..flags.len().min((block + 1) * BLOCK);
            if let Some(sums) = self.sums.get_mut(block) {
                *sums = sums_of(&flags[rows]);
            }
        }
    }

    fn all(&self) -> LayerCount {
        let sum = |i: usize| self.sums.iter().map(|sums| sums[i] as usize).sum();
        LayerCount {
            alive: sum(0),
            selected: sum(1),
            hidden: sum(2),
        }
    }
}

fn sums_of(flags: &[SplatFlags]) -> [u32; 3] {
    let counted = SplatFlags::DELETED
        .with(SplatFlags::SELECTED)
        .with(SplatFlags::HIDDEN);
    let mut sums = [0u32; 3];
    // Short runs are looked at in wide registers: a scene has millions, and most have nothing to count.
    for flags in flags.chunks(1 << 10) {
        let any = flags.iter().fold(0, |any, f| any | f.0);
        if any & counted.0 == 0 {
            sums[0] += flags.len() as u32;
            continue;
        }
        for flags in flags {
            let alive = !flags.intersects(SplatFlags::DELETED);
            sums[0] += u32::from(alive);
            sums[1] += u32::from(alive & flags.intersects(SplatFlags::SELECTED));
            sums[2] += u32::from(alive & flags.intersects(SplatFlags::HIDDEN));
        }
    }
    sums
}

/// Numbers of a scene.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    blocks: BTreeMap<NodeId, Blocks>,
    layers: BTreeMap<NodeId, LayerCount>,
    /// Of all layers together.
    pub all: LayerCount,
}

impl Counts {
    /// Counts a scene.
    pub fn of(scene: &Scene) -> Self {
        let mut counts = Self::default();
        counts.update(scene, &[]);
        counts
    }

    /// Notes changes that are not counted now: their layers are counted whole by the next call of
    /// [`Self::update`].
    pub fn doubt(&mut self, dirty: &[Dirty]) {
        for change in dirty {
            if let Dirty::Flags { node, .. } | Dirty::Cloud { node, .. } = change {
                self.blocks.remove(node);
            }
        }
    }

    /// Counts again what changed since the last call.
    pub fn update(&mut self, scene: &Scene, dirty: &[Dirty]) {
        let mut old = std::mem::take(self);
        for (id, _, layer) in scene.layers() {
            let known = old.blocks.remove(&id);
            let known = known.filter(|blocks| blocks.rows == layer.flags.len());
            let blocks = match known {
                Some(mut blocks) => {
                    for change in dirty {
                        match change {
                            Dirty::Flags { node, rows } | Dirty::Cloud { node, rows }
                                if *node == id =>
                            {
                                blocks.count_again(&layer.flags, rows);
                            }
                            _ => {}
                        }
                    }
                    blocks
                }
                None => Blocks::of(&layer.flags),
            };
            let count = blocks.all();
            self.all.alive += count.alive;
            self.all.selected += count.selected;
            self.all.hidden += count.hidden;
            self.layers.insert(id, count);
            self.blocks.insert(id, blocks);
        }
    }

    /// Numbers of one layer.
    pub fn layer(&self, id: NodeId) -> LayerCount {
        self.layers.get(&id).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use glam::{Quat, Vec3};
    use scene::{Edit, GaussianCloud, Node, Payload, SplatLayer, cloud::CloudParts};

    use super::*;

    #[test]
    fn what_changed_is_counted_again() {
        let n = 3 * BLOCK / 2;
        let cloud = GaussianCloud::new(CloudParts {
            means: vec![Vec3::ZERO; n],
            rotations: vec![Quat::IDENTITY; n],
            log_scales: vec![Vec3::ZERO; n],
            opacity_logits: vec![1.0; n],
            sh: vec![0.5; 3 * n],
            ..CloudParts::default()
        });
        let layer = SplatLayer::new(cloud.unwrap(), "");
        let mut scene = Scene::new();
        let (node, mut edit) = Edit::insert(&scene, Node::new("layer", Payload::Splats(layer)));
        edit.apply(&mut scene).unwrap();
        let mut counts = Counts::of(&scene);
        let last = n as u32 - 1;
        for (row, flags) in [
            (3, SplatFlags::SELECTED),
            (last, SplatFlags::HIDDEN),
            (last, SplatFlags::DELETED.with(SplatFlags::SELECTED)),
        ] {
            let mut edit = Edit::set_flags(node, vec![row], vec![flags]);
            let dirty = edit.apply(&mut scene).unwrap();
            counts.doubt(if row == 3 { &[] } else { &dirty });
            counts.update(&scene, &dirty);
            assert_eq!(counts, Counts::of(&scene), "row {row}");
        }
        let expected = LayerCount {
            alive: n - 1,
            selected: 1,
            hidden: 0,
        };
        assert_eq!((counts.layer(node), counts.all), (expected, expected));
    }
}
