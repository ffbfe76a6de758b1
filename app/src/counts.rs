//! How many splats there are, counted when the scene changes and not when it is shown.

use std::collections::BTreeMap;

use scene::{NodeId, Scene, SplatFlags};

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

/// Numbers of a scene.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    layers: BTreeMap<NodeId, LayerCount>,
    /// Of all layers together.
    pub all: LayerCount,
}

impl Counts {
    /// Counts a scene.
    pub fn of(scene: &Scene) -> Self {
        let mut counts = Self::default();
        for (id, _, layer) in scene.layers() {
            let mut count = LayerCount::default();
            // Small sums of short runs are counted in wide registers: a scene has millions.
            for flags in layer.flags.chunks(1 << 12) {
                let mut sums = [0u32; 3];
                for flags in flags {
                    let alive = !flags.intersects(SplatFlags::DELETED);
                    sums[0] += u32::from(alive);
                    sums[1] += u32::from(alive & flags.intersects(SplatFlags::SELECTED));
                    sums[2] += u32::from(alive & flags.intersects(SplatFlags::HIDDEN));
                }
                count.alive += sums[0] as usize;
                count.selected += sums[1] as usize;
                count.hidden += sums[2] as usize;
            }
            counts.all.alive += count.alive;
            counts.all.selected += count.selected;
            counts.all.hidden += count.hidden;
            counts.layers.insert(id, count);
        }
        counts
    }

    /// Numbers of one layer.
    pub fn layer(&self, id: NodeId) -> LayerCount {
        self.layers.get(&id).copied().unwrap_or_default()
    }
}
