//! The renderer's copy of the scene's splat layers, kept up to date by what is dirty.

mod coarse;
mod shading;
mod views;

use std::{ops::Range, sync::Arc};

use glam::Vec3;
use rayon::prelude::*;
use scene::{
    Dirty, GaussianCloud, Grade, LodTree, NodeId, Scene, SplatFlags, SplatLayer, Transform,
};

use self::coarse::Coarse;
use crate::{
    consts::{CHUNK, PAGE, WORKGROUP},
    layout::Shading,
    pack,
    pages::{self, PageBounds},
};

/// Layers of no more splats keep the document's order: there is little to leave out.
const SMALL: usize = PAGE / 4;
/// Packed rows that are written together when one of them changed.
const BLOCK: usize = WORKGROUP as usize;

/// Where the packed rows of a chunk live: in memory or on the device.
pub(crate) trait Chunk: Sized {
    /// What it takes to make one.
    type Home;

    /// Room for `capacity` splats with so many planes of harmonics and materials.
    fn new(home: &Self::Home, capacity: usize, planes: usize) -> Self;

    /// Packs these rows of the cloud to the chunk's rows from `at`.
    fn write_cloud(&mut self, home: &Self::Home, cloud: &GaussianCloud, rows: &[u32], at: usize);

    /// Packs the flags of these rows to the chunk's rows from `at`, a multiple of four.
    fn write_flags(&mut self, home: &Self::Home, flags: &[SplatFlags], rows: &[u32], at: usize);

    /// Rows it has room for.
    fn capacity(&self) -> usize;

    /// Bytes it holds.
    fn bytes(&self) -> u64;
}

/// One splat layer.
pub(crate) struct Layer<C> {
    pub(crate) node: NodeId,
    transform: Transform,
    visible: bool,
    lit: bool,
    features: u32,
    sh_degree: u32,
    /// Planes of harmonics and materials.
    planes: usize,
    len: usize,
    bounds: Option<(Vec3, Vec3)>,
    /// The box of the middle of all means: without the outliers that trained scenes have.
    core: Option<(Vec3, Vec3)>,
    pub(crate) chunks: Vec<C>,
    /// Rows that this sync has packed already.
    written: Range<usize>,
    /// The document's row of each packed row.
    splat_from_sorted: Vec<u32>,
    /// The inverse.
    sorted_from_splat: Vec<u32>,
    /// Where the splats of each page are.
    pages: Vec<PageBounds>,
    /// Whether neighbors share pages: not yet while the layer arrives.
    sorted: bool,
    /// A sum over the rows that are not drawn: changes when they do.
    hidden: u64,
    /// How colors are shown.
    grades: Vec<Grade>,
    /// Whether splats are marked or have a grade of their own.
    has_parts: bool,
    /// Merged splats, where the layer has levels of detail.
    coarse: Option<Coarse<C>>,
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
    /// Whether any splat that is drawn is selected.
    pub(crate) any_selected: bool,
    fresh: bool,
}

impl<C: Chunk> Layers<C> {
    pub(crate) fn new() -> Self {
        Self {
            layers: Vec::new(),
            shading: bytemuck::Zeroable::zeroed(),
            revision: 0,
            geometry: 0,
            any_selected: false,
            fresh: true,
        }
    }

    /// See [`crate::Render::sync`].
    pub(crate) fn sync(&mut self, home: &C::Home, scene: &Scene, dirty: &[Dirty]) {
        if dirty.is_empty() && !self.fresh {
            return;
        }
        self.revision += 1;
        self.fresh = false;
        let before = self.placements();
        // Placement and lights are small: they are read anew whatever changed.
        self.reconcile(home, scene);
        let mut moved = self.layers.iter().any(|l| !l.written.is_empty());
        self.shading = shading::shading(scene);
        self.any_selected = any_selected(scene);
        for change in dirty {
            match change {
                Dirty::Graph | Dirty::Light => {}
                Dirty::Cloud { node, rows } => {
                    if let Some((layer, source)) = self.find(scene, *node)
                        && !(layer.written.start <= rows.start && rows.end <= layer.written.end)
                    {
                        layer.write_rows(home, source, rows.clone());
                        moved = true;
                    }
                }
                Dirty::Flags { node, rows } => {
                    if let Some((layer, source)) = self.find(scene, *node) {
                        layer.write_flags(home, &source.flags, rows.clone());
                    }
                }
            }
        }
        moved |= before != self.placements();
        self.geometry += u64::from(moved);
    }

    fn placements(&self) -> Vec<Placement> {
        // How opaque splats are decides which pixels they reach.
        let opacities = |l: &Layer<C>| l.grades.iter().map(|g| g.opacity.to_bits()).collect();
        let placement = |l: &Layer<C>| {
            let place = (l.node, l.transform, l.visible, l.len, l.hidden);
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

    fn reconcile(&mut self, home: &C::Home, scene: &Scene) {
        let mut old = std::mem::take(&mut self.layers);
        for (id, _, source) in scene.layers() {
            let mut layer = match old.iter().position(|l| l.node == id) {
                Some(i) => old.swap_remove(i),
                None => Layer::empty(id),
            };
            layer.transform = scene.world_from_node(id);
            layer.visible = scene.is_visible(id);
            layer.lit = source.lit;
            layer.grades.clone_from(&source.grades);
            layer.resize(home, source);
            self.layers.push(layer);
        }
    }

    /// The layers that are drawn.
    pub(crate) fn drawn(&self) -> impl Iterator<Item = &Layer<C>> {
        self.layers.iter().filter(|l| l.visible && l.len > 0)
    }

    /// The chunks that are drawn, in the order of their `ChunkView`s.
    pub(crate) fn drawn_chunks(&self) -> impl Iterator<Item = &C> {
        self.drawn().flat_map(Layer::all_chunks)
    }

    /// Splats of the drawn layers, in sight or not.
    pub(crate) fn drawn_len(&self) -> usize {
        self.drawn().map(|l| l.len).sum()
    }

    /// Bytes of all chunks.
    pub(crate) fn bytes(&self) -> u64 {
        self.layers
            .iter()
            .flat_map(Layer::all_chunks)
            .map(C::bytes)
            .sum()
    }

    /// Gives a layer its levels of detail; its rows are packed anew in the order of the tree.
    pub(crate) fn set_tree(
        &mut self,
        home: &C::Home,
        scene: &Scene,
        node: NodeId,
        tree: Arc<LodTree>,
    ) {
        if let Some((layer, source)) = self.find(scene, node)
            && tree.rows().len() == layer.len
            && layer.len == source.cloud.len()
        {
            layer.set_tree(home, source, tree);
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

impl<C: Chunk> Layer<C> {
    fn empty(node: NodeId) -> Self {
        Self {
            node,
            transform: Transform::IDENTITY,
            visible: false,
            lit: false,
            features: 0,
            sh_degree: 0,
            planes: 0,
            len: 0,
            bounds: None,
            core: None,
            chunks: Vec::new(),
            written: 0..0,
            splat_from_sorted: Vec::new(),
            sorted_from_splat: Vec::new(),
            pages: Vec::new(),
            sorted: true,
            hidden: 0,
            grades: Vec::new(),
            has_parts: false,
            coarse: None,
        }
    }

    /// The layer's own rows, then the merged ones.
    fn all_chunks(&self) -> impl Iterator<Item = &C> {
        self.chunks
            .iter()
            .chain(self.coarse.iter().flat_map(|c| &c.chunks))
    }

    /// Packs all rows in the order of a tree, and its merged splats.
    fn set_tree(&mut self, home: &C::Home, source: &SplatLayer, tree: Arc<LodTree>) {
        self.splat_from_sorted.clear();
        self.splat_from_sorted.extend_from_slice(tree.rows());
        for (place, &row) in (0..).zip(tree.rows()) {
            self.sorted_from_splat[row as usize] = place;
        }
        self.write_rows(home, source, 0..self.len);
        self.coarse = Some(Coarse::new(home, source, self.planes, tree));
    }

    /// Appends rows to the order in which they are packed.
    fn append_order(&mut self, means: &[Vec3], sort: bool) {
        let kept = self.splat_from_sorted.len();
        let mut rows: Vec<u32> = (kept as u32..means.len() as u32).collect();
        if let (true, Some(core)) = (sort, self.core) {
            rows = pages::morton_order(&rows, means, core);
        }
        self.sorted_from_splat.resize(means.len(), 0);
        for (place, &row) in (kept as u32..).zip(&rows) {
            self.sorted_from_splat[row as usize] = place;
        }
        self.splat_from_sorted.extend(rows);
    }

    /// Runs of packed rows, whole blocks within one chunk, that hold these rows of the document.
    fn packed_runs(&self, rows: Range<usize>) -> Vec<Range<usize>> {
        let mut touched = vec![false; self.len.div_ceil(BLOCK)];
        for &place in &self.sorted_from_splat[rows.start..rows.end.min(self.len)] {
            touched[place as usize / BLOCK] = true;
        }
        let mut runs: Vec<Range<usize>> = Vec::new();
        for block in (0..touched.len()).filter(|&b| touched[b]) {
            let (start, end) = (block * BLOCK, self.len.min((block + 1) * BLOCK));
            match runs.last_mut() {
                Some(run) if run.end == start && start % CHUNK != 0 => run.end = end,
                _ => runs.push(start..end),
            }
        }
        runs
    }

    /// Makes the chunks fit a cloud of another length or degree, with everything written.
    fn resize(&mut self, home: &C::Home, source: &SplatLayer) {
        let cloud = &source.cloud;
        let sh_degree = pack::stored_sh_degree(cloud);
        self.written = 0..0;
        let planes = pack::planes(cloud);
        if (self.sh_degree, self.planes) != (sh_degree, planes) {
            self.chunks.clear();
            self.forget_order();
        } else if self.len > cloud.len() || (!self.sorted && !source.incoming) {
            // A layer that has arrived finds its final order now.
            self.forget_order();
        } else if self.len == cloud.len() {
            return;
        }
        let kept = self.len.min(cloud.len());
        self.sh_degree = sh_degree;
        self.core = core_bounds(cloud.means());
        let sort = cloud.len() - kept > SMALL;
        self.append_order(cloud.means(), sort && !source.incoming);
        self.sorted &= !(sort && source.incoming);
        self.planes = planes;
        let wanted = cloud.len().div_ceil(CHUNK);
        self.chunks.truncate(wanted);
        for i in 0..wanted {
            let rows = i * CHUNK..cloud.len().min((i + 1) * CHUNK);
            let held = self.chunks.get(i).map_or(0, C::capacity);
            if held >= rows.len() {
                continue;
            }
            // An arriving layer grows often: leave it half as much room again.
            let room = if held == 0 {
                rows.len()
            } else {
                rows.len() * 3 / 2
            };
            let capacity = room.next_multiple_of(WORKGROUP as usize).min(CHUNK);
            let mut chunk = C::new(home, capacity, planes);
            // Rows that were written before lie in the chunk that is thrown away.
            if rows.start < kept {
                let again = &self.splat_from_sorted[rows.start..rows.end.min(kept)];
                chunk.write_cloud(home, cloud, again, 0);
                chunk.write_flags(home, &source.flags, again, 0);
            }
            if i < self.chunks.len() {
                self.chunks[i] = chunk;
            } else {
                self.chunks.push(chunk);
            }
        }
        self.len = cloud.len();
        self.written = kept..cloud.len();
        self.write_rows(home, source, kept..cloud.len());
    }

    fn forget_order(&mut self) {
        self.len = 0;
        self.sorted = true;
        self.splat_from_sorted.clear();
        self.sorted_from_splat.clear();
    }

    fn write_rows(&mut self, home: &C::Home, source: &SplatLayer, rows: Range<usize>) {
        let cloud = &source.cloud;
        self.coarse = None;
        let runs = self.packed_runs(rows);
        for run in runs.iter().cloned() {
            if let Some(chunk) = self.chunks.get_mut(run.start / CHUNK) {
                let at = run.start % CHUNK;
                let rows = &self.splat_from_sorted[run];
                chunk.write_cloud(home, cloud, rows, at);
                chunk.write_flags(home, &source.flags, rows, at);
            }
        }
        self.features = pack::features(cloud);
        self.bounds = cloud.bounds();
        self.core = core_bounds(cloud.means());
        self.hidden = hidden(&source.flags);
        self.has_parts = has_parts(&source.flags);
        self.bound_pages(cloud, &runs);
    }

    /// Measures the pages of rows that changed.
    fn bound_pages(&mut self, cloud: &GaussianCloud, runs: &[Range<usize>]) {
        let nowhere = PageBounds::of(cloud, &[]);
        let n = self.len.div_ceil(PAGE);
        self.pages.resize(n, nowhere);
        let mut changed = vec![false; n];
        for run in runs {
            changed[run.start / PAGE..=(run.end - 1) / PAGE].fill(true);
        }
        let pages = self.splat_from_sorted.par_chunks(PAGE);
        self.pages
            .par_iter_mut()
            .zip(pages)
            .zip(changed)
            .filter(|(_, changed)| *changed)
            .for_each(|((bounds, rows), _)| *bounds = PageBounds::of(cloud, rows));
    }

    fn write_flags(&mut self, home: &C::Home, flags: &[SplatFlags], rows: Range<usize>) {
        let hidden = hidden(flags);
        if self.hidden != hidden {
            // Merged splats may show what is no longer drawn.
            self.coarse = None;
            self.hidden = hidden;
        }
        self.has_parts = has_parts(flags);
        for run in self.packed_runs(rows) {
            if let Some(chunk) = self.chunks.get_mut(run.start / CHUNK) {
                let at = run.start % CHUNK;
                chunk.write_flags(home, flags, &self.splat_from_sorted[run], at);
            }
        }
    }
}

fn any_selected(scene: &Scene) -> bool {
    let selected = |f: &SplatFlags| f.intersects(SplatFlags::SELECTED) && f.is_drawn();
    scene
        .layers()
        .any(|(id, _, layer)| scene.is_visible(id) && layer.flags.iter().any(selected))
}

/// Whether any splat is marked or has a grade of its own.
fn has_parts(flags: &[SplatFlags]) -> bool {
    let parts = SplatFlags(SplatFlags::GRADE.0 | SplatFlags::MARKED.0);
    flags.iter().any(|f| f.intersects(parts))
}

/// A sum over the rows that are not drawn or have a grade of their own, each as a number that looks random (SplitMix64, Steele et al.
/// 2014): two different sets practically never have one sum.
fn hidden(flags: &[SplatFlags]) -> u64 {
    let mix = |row: usize| {
        let z = (row as u64)
            .wrapping_add(1)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let kind = |f: &SplatFlags| if f.is_drawn() { f.grade() as u64 } else { 8 };
    let rows = flags.iter().enumerate().filter(|(_, f)| kind(f) != 0);
    rows.fold(0, |sum: u64, (row, f)| {
        sum.wrapping_add(mix(row).wrapping_mul(kind(f)))
    })
}

/// The box from the 2nd to the 98th percentile of a sample of the means.
fn core_bounds(means: &[Vec3]) -> Option<(Vec3, Vec3)> {
    const SAMPLE: usize = 4096;
    let step = means.len().div_ceil(SAMPLE).max(1);
    let mut low = Vec3::ZERO;
    let mut high = Vec3::ZERO;
    for axis in 0..3 {
        let mut values: Vec<f32> = means.iter().step_by(step).map(|m| m[axis]).collect();
        values.sort_unstable_by(f32::total_cmp);
        let trim = values.len() / 50;
        low[axis] = *values.get(trim)?;
        high[axis] = *values.get(values.len() - 1 - trim)?;
    }
    Some((low, high))
}
