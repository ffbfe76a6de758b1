//! Sets of splats over all editable layers, made in parallel.

use glam::Vec3;
use rayon::prelude::*;
use scene::{Edit, NodeId, RegionMask, Scene, SplatLayer};

use super::{SelectOp, batch, editable_layers, is_selected, is_touchable, set_selected};

/// Fewer splats are looked at sooner than other threads are free: the renderer may be at work on them.
pub(crate) const WORTH_SHARING: usize = 1 << 19;

/// `[N]` those of 0..count for which `holds`, in ascending order.
pub(crate) fn rows_where(count: usize, holds: impl Fn(usize) -> bool + Sync) -> Vec<u32> {
    let rows = 0..count;
    if count < WORTH_SHARING {
        rows.filter(|row| holds(*row))
            .map(|row| row as u32)
            .collect()
    } else {
        let rows = rows.into_par_iter().filter(|row| holds(*row));
        rows.map(|row| row as u32).collect()
    }
}

/// The touchable splats for which `holds` of their layer says so. O(N), parallel.
pub(crate) fn mask_where<'a, F>(
    scene: &'a Scene,
    holds: impl Fn(NodeId, &'a SplatLayer) -> F,
) -> RegionMask
where
    F: Fn(usize) -> bool + Sync,
{
    let layers = editable_layers(scene).map(|(id, layer)| {
        let holds = holds(id, layer);
        let count = layer.flags.len();
        let word = |w: usize| {
            let rows = w * 32..(w * 32 + 32).min(count);
            rows.fold(0, |word: u32, row| {
                let inside = is_touchable(layer.flags[row]) && holds(row);
                word | u32::from(inside) << (row % 32)
            })
        };
        let words = 0..count.div_ceil(32);
        let words = if count < WORTH_SHARING {
            words.map(word).collect()
        } else {
            words.into_par_iter().with_min_len(256).map(word).collect()
        };
        (id, words)
    });
    RegionMask {
        layers: layers.collect(),
    }
}

/// What is in both sets.
pub(crate) fn intersect(mut mask: RegionMask, other: &RegionMask) -> RegionMask {
    for (id, words) in &mut mask.layers {
        let theirs = other.layers.iter().find(|(layer, _)| layer == id);
        let theirs = theirs.map_or(&[][..], |(_, words)| words);
        for (i, word) in words.iter_mut().enumerate() {
            *word &= theirs.get(i).copied().unwrap_or(0);
        }
    }
    mask
}

/// Rows of each layer, in ascending order.
pub(crate) type Rows = Vec<(NodeId, Vec<u32>)>;

/// The edit that selects such rows, touching no others unless it replaces; `None` if it changes nothing.
pub(crate) fn select_rows(scene: &Scene, rows: &Rows, op: SelectOp) -> Option<Edit> {
    if matches!(op, SelectOp::Replace | SelectOp::Intersect) {
        let mask = mask_of_rows(scene, rows);
        return super::select_mask(scene, &mask, op);
    }
    let edits = rows.iter().filter_map(|(id, rows)| {
        let layer = scene.node(*id)?.splats()?;
        let changed = rows.iter().filter_map(|row| {
            let flags = *layer.flags.get(*row as usize)?;
            let selected = op.apply(is_selected(flags), true);
            let differs = is_touchable(flags) && is_selected(flags) != selected;
            differs.then(|| (*row, set_selected(flags, selected)))
        });
        let (rows, values): (Vec<_>, Vec<_>) = changed.unzip();
        (!rows.is_empty()).then(|| Edit::set_flags(*id, rows, values))
    });
    batch(edits.collect())
}

fn mask_of_rows(scene: &Scene, rows: &Rows) -> RegionMask {
    let layers = rows.iter().filter_map(|(id, rows)| {
        let count = scene.node(*id)?.splats()?.flags.len();
        let mut words = vec![0; count.div_ceil(32)];
        for row in rows {
            if let Some(word) = words.get_mut(*row as usize / 32) {
                *word |= 1 << (row % 32);
            }
        }
        Some((*id, words))
    });
    RegionMask {
        layers: layers.collect(),
    }
}

/// The touchable splats of all editable layers in one list, for questions about neighbors.
#[derive(Debug)]
pub(crate) struct Gathered {
    layers: Rows,
    /// Where they are in the world.
    pub(crate) points: Vec<Vec3>,
    /// Whether they are selected.
    pub(crate) selected: Vec<bool>,
}

impl Gathered {
    /// Those of `among`, or all. O(N).
    pub(crate) fn new(scene: &Scene, among: Option<&RegionMask>) -> Self {
        let (mut layers, mut points, mut selected) = (Vec::new(), Vec::new(), Vec::new());
        for (id, layer) in editable_layers(scene) {
            let world_from_layer = scene.world_from_node(id);
            let words = among.and_then(|mask| mask.layers.iter().find(|(layer, _)| *layer == id));
            let is_among = |row: usize| match (among, words) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(_), Some((_, words))) => words
                    .get(row / 32)
                    .is_some_and(|w| w >> (row % 32) & 1 != 0),
            };
            let mut rows = Vec::new();
            for (row, flags) in layer.flags.iter().enumerate() {
                if is_touchable(*flags) && is_among(row) {
                    rows.push(row as u32);
                    points.push(world_from_layer.point(layer.cloud.means()[row]));
                    selected.push(is_selected(*flags));
                }
            }
            layers.push((id, rows));
        }
        Self {
            layers,
            points,
            selected,
        }
    }

    /// For each splat a value from its layer and row.
    pub(crate) fn map<T>(
        &self,
        scene: &Scene,
        value: impl Fn(NodeId, &SplatLayer, usize) -> T,
    ) -> Vec<T> {
        let layers = self.layers.iter().filter_map(|(id, rows)| {
            let layer = scene.node(*id)?.splats()?;
            Some((*id, layer, rows))
        });
        let values = layers.flat_map(|(id, layer, rows)| {
            let value = &value;
            rows.iter().map(move |row| value(id, layer, *row as usize))
        });
        values.collect()
    }

    /// For each splat its value from those of whole layers.
    pub(crate) fn pick<T: Copy>(&self, values: &[(NodeId, Vec<T>)]) -> Vec<T> {
        let layers = self.layers.iter().filter_map(|(id, rows)| {
            let (_, values) = values.iter().find(|(layer, _)| layer == id)?;
            Some((values, rows))
        });
        let picked = layers.flat_map(|(values, rows)| rows.iter().map(|row| values[*row as usize]));
        picked.collect()
    }

    /// Index of a splat in the list.
    pub(crate) fn index_of(&self, node: NodeId, row: u32) -> Option<usize> {
        let mut before = 0;
        for (id, rows) in &self.layers {
            if *id == node {
                return rows.binary_search(&row).ok().map(|at| before + at);
            }
            before += rows.len();
        }
        None
    }

    /// The same as a set.
    pub(crate) fn mask(&self, scene: &Scene, inside: impl Fn(usize) -> bool) -> RegionMask {
        mask_of_rows(scene, &self.rows_where(inside))
    }

    /// The splats for which `inside` (`[N]`) is set.
    pub(crate) fn rows_where(&self, inside: impl Fn(usize) -> bool) -> Rows {
        let mut next = 0;
        let mut layers = Vec::with_capacity(self.layers.len());
        for (id, rows) in &self.layers {
            let first = next;
            next += rows.len();
            let kept = rows.iter().zip(first..).filter(|(_, i)| inside(*i));
            layers.push((*id, kept.map(|(row, _)| *row).collect()));
        }
        layers
    }
}
