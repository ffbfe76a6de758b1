//! Colors that a stroke of a painting tool has changed so far, and what they were before.
//!
//! A splat remembers the largest weight with which the stroke has passed over it, and its color is always
//! made from the one before the stroke: how many pointer events a system sends, or how often a hand goes
//! to and fro, makes no difference, and what is kept for undo is one color a splat.

use std::collections::{BTreeMap, HashMap};

use glam::Vec3;
use rayon::prelude::*;
use scene::{Dirty, Edit, EditError, GaussianCloud, NodeId, RowSet, RowValues, Scene, sh};

/// Weights that differ by less look the same.
const SAME_WEIGHT: f32 = 1.0 / 512.0;
/// Colors that are worth sharing among threads.
const WORTH_SHARING: usize = 2048;

/// The layers that a stroke has touched.
#[derive(Debug, Default)]
pub(crate) struct Stroke {
    layers: BTreeMap<NodeId, Painted>,
}

#[derive(Debug)]
struct Painted {
    /// `[N]` largest weight so far.
    weights: Vec<f32>,
    /// Rows in the order in which they were touched.
    rows: Vec<u32>,
    /// `[rows, K, 3]` what they were.
    before: Vec<f32>,
    /// Where a row is in these lists.
    places: HashMap<u32, usize>,
    /// Numbers a splat.
    stride: usize,
}

impl Painted {
    fn of(cloud: &GaussianCloud) -> Self {
        Self {
            weights: vec![0.0; cloud.len()],
            rows: Vec::new(),
            before: Vec::new(),
            places: HashMap::new(),
            stride: 3 * sh::coefficient_count(cloud.sh_degree()),
        }
    }

    fn original<'a>(&'a self, cloud: &'a GaussianCloud, row: u32) -> &'a [f32] {
        match self.places.get(&row) {
            Some(place) => &self.before[place * self.stride..(place + 1) * self.stride],
            None => cloud.sh_of(row as usize),
        }
    }
}

/// Values of colors: the base colors where there is nothing else.
fn values_of(colors: Vec<f32>, stride: usize) -> RowValues {
    if stride == 3 {
        let dc = colors.chunks_exact(3).map(Vec3::from_slice);
        RowValues {
            dc: Some(dc.collect()),
            ..RowValues::default()
        }
    } else {
        RowValues {
            sh: Some(colors),
            ..RowValues::default()
        }
    }
}

impl Stroke {
    /// The coefficients that a splat had before the stroke.
    pub(crate) fn original<'a>(
        &'a self,
        id: NodeId,
        cloud: &'a GaussianCloud,
        row: u32,
    ) -> &'a [f32] {
        match self.layers.get(&id) {
            Some(painted) => painted.original(cloud, row),
            None => cloud.sh_of(row as usize),
        }
    }

    /// Gives splats of a layer, in ascending order with their weights, the color that `ink(row, old, weight,
    /// new)` makes of the one before the stroke; where it returns false they stay as they are.
    pub(crate) fn paint(
        &mut self,
        scene: &mut Scene,
        id: NodeId,
        weights: &[(u32, f32)],
        ink: impl Fn(&Self, &Scene, (u32, f32), &mut [f32]) -> bool + Sync,
    ) -> Result<Vec<Dirty>, EditError> {
        let Some(layer) = scene.node(id).and_then(|node| node.splats()) else {
            return Ok(Vec::new());
        };
        let painted = self.layers.entry(id);
        let painted = painted.or_insert_with(|| Painted::of(&layer.cloud));
        let grows = |(row, weight): &&(u32, f32)| {
            let before = painted.weights.get(*row as usize);
            before.is_some_and(|before| *weight > before + SAME_WEIGHT)
        };
        let grown: Vec<(u32, f32)> = weights.iter().filter(grows).copied().collect();
        let stride = painted.stride;
        let mut colors = vec![0.0; grown.len() * stride];
        let this = &*self;
        let make = |(splat, new): (&(u32, f32), &mut [f32])| ink(this, scene, *splat, new);
        let made: Vec<bool> = if grown.len() < WORTH_SHARING {
            let splats = grown.iter().zip(colors.chunks_exact_mut(stride));
            splats.map(make).collect()
        } else {
            let splats = grown.par_iter().zip(colors.par_chunks_exact_mut(stride));
            splats.map(make).collect()
        };
        let (mut rows, mut new) = (RowSet::default(), Vec::with_capacity(colors.len()));
        let all = grown.iter().zip(colors.chunks_exact(stride)).zip(&made);
        for ((splat, color), _) in all.filter(|(_, made)| **made) {
            rows.push(splat.0);
            new.extend_from_slice(color);
        }
        let dirty = if rows.is_empty() {
            Vec::new()
        } else {
            self.remember(scene, id, &rows);
            Edit::set_rows(id, rows, values_of(new, stride)).apply(scene)?
        };
        if let Some(painted) = self.layers.get_mut(&id) {
            for (row, weight) in grown {
                painted.weights[row as usize] = weight;
            }
        }
        Ok(dirty)
    }

    /// Keeps the colors of rows that are touched for the first time.
    fn remember(&mut self, scene: &Scene, id: NodeId, rows: &RowSet) {
        let layer = scene.node(id).and_then(|node| node.splats());
        let (Some(layer), Some(painted)) = (layer, self.layers.get_mut(&id)) else {
            return;
        };
        for row in rows.iter() {
            let next = painted.rows.len();
            if let std::collections::hash_map::Entry::Vacant(free) =
                painted.places.entry(row as u32)
            {
                free.insert(next);
                painted.rows.push(row as u32);
                painted.before.extend_from_slice(layer.cloud.sh_of(row));
            }
        }
    }

    /// Everything as one change that is applied already; `None` where nothing was painted.
    pub(crate) fn finish(self) -> Option<Edit> {
        let edits = self.layers.into_iter().filter_map(|(id, painted)| {
            let stride = painted.stride;
            let mut order: Vec<usize> = (0..painted.rows.len()).collect();
            order.sort_unstable_by_key(|place| painted.rows[*place]);
            let rows: RowSet = order.iter().map(|place| painted.rows[*place]).collect();
            let colors = order
                .iter()
                .flat_map(|place| &painted.before[place * stride..(place + 1) * stride]);
            let colors: Vec<f32> = colors.copied().collect();
            (!rows.is_empty()).then(|| Edit::set_rows(id, rows, values_of(colors, stride)))
        });
        let mut edits: Vec<Edit> = edits.collect();
        match edits.len() {
            0 => None,
            1 => edits.pop(),
            _ => Some(Edit::batch(edits)),
        }
    }
}
