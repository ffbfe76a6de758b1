//! The renderer's copy of the scene's splat layers, kept up to date by what is dirty.

mod flags;
mod layer;
mod loader;
mod shading;
mod stream;
mod views;

use std::{sync::Arc, time::Instant};

use glam::Vec3;
use scene::{Dirty, GaussianCloud, LodTree, NodeId, Scene, SplatFlags, SplatLayer, Transform};

pub(crate) use self::{layer::Layer, stream::Patience};
use self::{layer::Room, views::Planned};
use crate::{
    Residency,
    layout::Shading,
    pack::{PackedRows, Stored},
};

/// Where the packed rows of a chunk live: in memory or on the device.
pub(crate) trait Chunk: Sized {
    /// What it takes to make one.
    type Home;

    /// Room for `capacity` splats with what is stored of each.
    fn new(home: &Self::Home, capacity: usize, stored: Stored) -> Self;

    /// Packs these rows of the cloud to the chunk's rows from `at`.
    fn write_cloud(&mut self, home: &Self::Home, cloud: &GaussianCloud, rows: &[u32], at: usize);

    /// Writes packed rows to the chunk's rows from `at`.
    fn write_packed(&mut self, home: &Self::Home, packed: &PackedRows, at: usize);

    /// Packs the flags of these rows to the chunk's rows from `at`, a multiple of four.
    fn write_flags(&mut self, home: &Self::Home, flags: &[SplatFlags], rows: &[u32], at: usize);

    /// Writes flags, four rows a word, to the chunk's rows from `at`, a multiple of four.
    fn write_flag_words(&mut self, home: &Self::Home, words: &[u32], at: usize);

    /// Rows it has room for.
    fn capacity(&self) -> usize;

    /// Bytes it holds.
    fn bytes(&self) -> u64;
}

/// What of a layer decides where its splats appear.
type Placement = ((NodeId, Transform, bool, usize, u64), Vec<u32>);

/// All layers and lights.
pub(crate) struct Layers<C> {
    layers: Vec<Layer<C>>,
    pub(crate) shading: Shading,
    /// Counts the changes that a picture may show.
    pub(crate) revision: u64,
    /// Counts those of them that are more than colors.
    pub(crate) geometry: u64,
    /// Changes of colors alone.
    pub(crate) painted: u64,
    /// Whether any splat that is drawn is selected.
    pub(crate) any_selected: bool,
    residency: Residency,
    /// Whether layers do not keep to the residency yet.
    resized: bool,
    /// What the layers with levels of detail were last asked for.
    planned: Option<Planned>,
    fresh: bool,
}

impl<C: Chunk> Layers<C> {
    pub(crate) fn new() -> Self {
        Self {
            layers: Vec::new(),
            shading: bytemuck::Zeroable::zeroed(),
            revision: 0,
            geometry: 0,
            painted: 0,
            any_selected: false,
            residency: Residency::default(),
            resized: false,
            planned: None,
            fresh: true,
        }
    }

    /// See [`crate::Render::set_residency`].
    pub(crate) fn set_residency(&mut self, residency: Residency) {
        let slice = self.residency.slice;
        self.resized |= self.residency != Residency { slice, ..residency };
        self.residency = residency;
    }

    /// See [`Self::set_residency`].
    pub(crate) fn residency(&self) -> Residency {
        self.residency
    }

    /// See [`crate::Render::sync`].
    pub(crate) fn sync(&mut self, home: &C::Home, scene: &Scene, dirty: &[Dirty]) {
        if dirty.is_empty() && !self.fresh && !self.is_behind() {
            return;
        }
        self.planned = None;
        self.revision += 1;
        self.fresh = false;
        let before = self.placements();
        // Placement and lights are small: they are read anew whatever changed.
        let mut moved = std::mem::take(&mut self.resized);
        self.reconcile(home, scene, moved);
        moved |= self.layers.iter().any(Layer::was_written);
        self.shading = shading::shading(scene);
        for change in dirty {
            match change {
                Dirty::Graph | Dirty::Light => {}
                Dirty::Cloud { node, rows } => {
                    if let Some((layer, source)) = self.find(scene, *node)
                        && !(layer.written.start <= rows.start && rows.end <= layer.written.end)
                    {
                        layer.rewrite(home, source, rows.clone());
                        moved = true;
                    }
                }
                Dirty::Colors { node, rows } => {
                    self.painted += 1;
                    let all = rows.covering();
                    if let Some((layer, source)) = self.find(scene, *node)
                        && !(layer.written.start <= all.start && all.end <= layer.written.end)
                    {
                        moved |= layer.recolor(home, source, rows);
                    }
                }
                Dirty::Flags { node, rows } => {
                    if let Some((layer, source)) = self.find(scene, *node) {
                        layer.rewrite_flags(home, &source.flags, rows.clone());
                    }
                }
            }
        }
        self.any_selected = self
            .layers
            .iter()
            .any(|layer| layer.visible && layer.flags.any_selected());
        moved |= before != self.placements();
        self.geometry += u64::from(moved);
    }

    fn placements(&self) -> Vec<Placement> {
        // How opaque splats are decides which pixels they reach.
        let opacities = |l: &Layer<C>| l.grades.iter().map(|g| g.opacity.to_bits()).collect();
        let placement = |l: &Layer<C>| {
            let place = (l.node, l.transform, l.visible, l.len(), l.flags.hidden());
            (place, opacities(l))
        };
        self.layers.iter().map(placement).collect()
    }

    fn find<'a>(
        &'a mut self,
        scene: &'a Scene,
        node: NodeId,
    ) -> Option<(&'a mut Layer<C>, &'a SplatLayer)> {
        let source = scene.node(node)?.splats()?;
        let layer = self.layers.iter_mut().find(|l| l.node == node)?;
        Some((layer, source))
    }

    fn reconcile(&mut self, home: &C::Home, scene: &Scene, is_new: bool) {
        let mut old = std::mem::take(&mut self.layers);
        let end = self.residency.slice.map(|slice| Instant::now() + slice);
        for (id, _, source) in scene.layers() {
            let mut layer = match old.iter().position(|l| l.node == id) {
                Some(i) => old.swap_remove(i),
                None => Layer::empty(id),
            };
            layer.transform = scene.world_from_node(id);
            layer.visible = scene.is_visible(id);
            layer.lit = source.lit;
            layer.grades.clone_from(&source.grades);
            let room = Room {
                most_bytes: self.share(scene, source),
                end,
                harmonics: self.residency.harmonics,
                is_new,
            };
            layer.resize(home, source, room);
            self.layers.push(layer);
        }
    }

    /// The layers that are drawn.
    pub(crate) fn drawn(&self) -> impl Iterator<Item = &Layer<C>> {
        self.layers.iter().filter(|l| l.visible && l.len() > 0)
    }

    /// The chunks that are drawn, in the order of their `ChunkView`s.
    pub(crate) fn drawn_chunks(&self) -> impl Iterator<Item = &C> {
        self.drawn().flat_map(Layer::all_chunks)
    }

    /// Splats of the drawn layers, in sight or not.
    pub(crate) fn drawn_len(&self) -> usize {
        self.drawn().map(Layer::total).sum()
    }

    /// Whether a call of [`Self::sync`] has something left to take over.
    pub(crate) fn is_behind(&self) -> bool {
        self.resized || self.layers.iter().any(Layer::is_behind)
    }

    /// Splats of drawn layers that are not taken over, and parts of large layers that are not there.
    pub(crate) fn waiting(&self) -> [usize; 2] {
        let sum = |of: fn(&Layer<C>) -> usize| self.drawn().map(of).sum();
        [
            sum(|l| l.total() - l.held()),
            sum(|l| l.stream.as_ref().map_or(0, |s| s.plan.missing.len())),
        ]
    }

    /// Bytes that a layer may take: in proportion to its splats.
    fn share(&self, scene: &Scene, layer: &SplatLayer) -> u64 {
        let all: usize = scene.layers().map(|(.., l)| l.cloud.len()).sum();
        let share = layer.cloud.len() as f64 / all.max(1) as f64;
        (self.residency.scene_bytes as f64 * share) as u64
    }

    /// Bytes of all chunks.
    pub(crate) fn bytes(&self) -> u64 {
        self.layers
            .iter()
            .flat_map(Layer::all_chunks)
            .map(C::bytes)
            .sum()
    }

    /// Gives a layer its levels of detail.
    pub(crate) fn set_tree(
        &mut self,
        home: &C::Home,
        scene: &Scene,
        node: NodeId,
        tree: Arc<LodTree>,
    ) {
        let layer = scene.node(node).and_then(|n| n.splats());
        let most_bytes = layer.map_or(0, |layer| self.share(scene, layer));
        if let Some((layer, source)) = self.find(scene, node)
            && tree.rows().len() == source.cloud.len()
        {
            layer.set_tree(home, source, tree, most_bytes);
            self.planned = None;
            self.revision += 1;
            self.geometry += 1;
        }
    }

    /// The box of what is drawn without outliers, world frame.
    pub(crate) fn core(&self) -> Option<(Vec3, Vec3)> {
        let corners = self.drawn().filter_map(|layer| {
            let (low, high) = layer.core?;
            let transform = layer.transform;
            Some((0..8).map(move |i| {
                let pick = |axis: usize| if i >> axis & 1 == 0 { low } else { high }[axis];
                transform.point(Vec3::new(pick(0), pick(1), pick(2)))
            }))
        });
        corners.flatten().fold(None, |bounds, p| match bounds {
            Some((low, high)) => Some((p.min(low), p.max(high))),
            None => Some((p, p)),
        })
    }

    /// Smallest and largest view depth of all drawn means, and of their core without outliers.
    pub(crate) fn depth_ranges(&self, camera: &scene::PinholeCamera) -> [(f32, f32); 2] {
        let mut ranges = [(f32::INFINITY, f32::NEG_INFINITY); 2];
        for layer in self.drawn() {
            let view_from_object = camera.view_from_world * layer.transform.to_affine();
            for (range, bounds) in ranges.iter_mut().zip([layer.bounds, layer.core]) {
                let Some((low, high)) = bounds else { continue };
                for corner in 0..8u32 {
                    let pick = |axis: usize| {
                        if corner >> axis & 1 == 0 {
                            low[axis]
                        } else {
                            high[axis]
                        }
                    };
                    let point = Vec3::new(pick(0), pick(1), pick(2));
                    let z = view_from_object.transform_point3(point).z;
                    *range = (range.0.min(z), range.1.max(z));
                }
            }
        }
        ranges
    }
}
