//! The renderer's copy of the scene's splat layers, kept up to date by what is dirty.

use std::ops::Range;

use glam::Vec3;
use scene::{
    Dirty, GaussianCloud, NodeId, Payload, RegionMask, Scene, SplatFlags, SplatLayer, Transform,
};

use crate::{
    consts::{CHUNK, CHUNK_LIT, CHUNK_NORMALS, MAX_LIGHTS, WORKGROUP, WORKGROUP_WORDS},
    layout::{ChunkView, Light, Shading},
    pack,
};

/// Where the packed rows of a chunk live: in memory or on the device.
pub(crate) trait Chunk: Sized {
    /// What it takes to make one.
    type Home;

    /// Room for `capacity` splats with so many planes of harmonics and materials.
    fn new(home: &Self::Home, capacity: usize, planes: usize) -> Self;

    /// Packs `rows` of the cloud to the chunk's rows from `at`.
    fn write_cloud(
        &mut self,
        home: &Self::Home,
        cloud: &GaussianCloud,
        rows: Range<usize>,
        at: usize,
    );

    /// Packs the flags of `rows` to the chunk's rows from `at`, both multiples of four.
    fn write_flags(
        &mut self,
        home: &Self::Home,
        flags: &[SplatFlags],
        rows: Range<usize>,
        at: usize,
    );

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
}

/// All layers and lights.
pub(crate) struct Layers<C> {
    layers: Vec<Layer<C>>,
    pub(crate) shading: Shading,
    /// Counts the changes that a picture may show.
    pub(crate) revision: u64,
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
        // Placement and lights are small: they are read anew whatever changed.
        self.reconcile(home, scene);
        self.shading = shading(scene);
        self.any_selected = any_selected(scene);
        for change in dirty {
            match change {
                Dirty::Graph | Dirty::Light => {}
                Dirty::Cloud { node, rows } => {
                    if let Some((layer, source)) = self.find(scene, *node)
                        && !(layer.written.start <= rows.start && rows.end <= layer.written.end)
                    {
                        layer.write_rows(home, source, rows.clone());
                    }
                }
                Dirty::Flags { node, rows } => {
                    if let Some((layer, source)) = self.find(scene, *node) {
                        layer.write_flags(home, &source.flags, rows.clone());
                    }
                }
            }
        }
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
        self.drawn().flat_map(|l| &l.chunks)
    }

    /// The layer and row of a source index.
    pub(crate) fn source(&self, source: u32) -> Option<(NodeId, u32)> {
        let mut first = 0;
        for layer in self.drawn() {
            let row = source as usize - first;
            if row < layer.len {
                return Some((layer.node, row as u32));
            }
            first += layer.len;
        }
        None
    }

    /// One bit a splat of all drawn chunks, `[blocks, 8]`, as a set of rows.
    pub(crate) fn mask(&self, bits: &[u32]) -> RegionMask {
        let mut first = 0;
        let mut mask = RegionMask::default();
        for layer in self.drawn() {
            // Only the last chunk of a layer may end within a block.
            let used = layer.len.div_ceil(32);
            let held = layer.len.div_ceil(WORKGROUP as usize) * WORKGROUP_WORDS as usize;
            mask.layers
                .push((layer.node, bits[first..first + used].to_vec()));
            first += held;
        }
        mask
    }

    /// Bytes of all chunks.
    pub(crate) fn bytes(&self) -> u64 {
        self.layers
            .iter()
            .flat_map(|l| &l.chunks)
            .map(C::bytes)
            .sum()
    }

    /// Constants of the drawn chunks for a camera.
    pub(crate) fn chunk_views(&self, camera: &scene::PinholeCamera) -> Vec<ChunkView> {
        let mut views = Vec::new();
        let (mut first_block, mut first_source) = (0, 0);
        for layer in self.drawn() {
            let view_from_object = camera.view_from_world * layer.transform.to_affine();
            let world = glam::Mat3::from_quat(layer.transform.rotation);
            let eye = layer.transform.inverse().point(camera.eye());
            let mut features = layer.features;
            if layer.lit && features & CHUNK_NORMALS != 0 {
                features |= CHUNK_LIT;
            }
            for (i, chunk) in layer.chunks.iter().enumerate() {
                let count = (layer.len - i * CHUNK).min(CHUNK) as u32;
                let m = view_from_object.matrix3;
                let t = view_from_object.translation;
                views.push(ChunkView {
                    view_from_object: [0, 1, 2].map(|r| m.row(r).extend(t[r]).to_array()),
                    world_from_object: [0, 1, 2].map(|r| world.row(r).extend(0.0).to_array()),
                    eye: eye.extend(layer.transform.scale).to_array(),
                    count,
                    first_block,
                    first_source,
                    sh_degree: layer.sh_degree,
                    sh_stride: chunk.capacity() as u32,
                    features,
                    padding: [0; 2],
                });
                first_block += count.div_ceil(WORKGROUP);
                first_source += count;
            }
        }
        views
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
        }
    }

    /// Makes the chunks fit a cloud of another length or degree, with everything written.
    fn resize(&mut self, home: &C::Home, source: &SplatLayer) {
        let cloud = &source.cloud;
        let sh_degree = pack::stored_sh_degree(cloud);
        self.written = 0..0;
        let planes = pack::planes(cloud);
        if (self.sh_degree, self.planes) != (sh_degree, planes) {
            self.chunks.clear();
            self.len = 0;
        } else if self.len == cloud.len() {
            return;
        }
        let kept = self.len.min(cloud.len());
        self.sh_degree = sh_degree;
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
                let again = rows.start..rows.end.min(kept);
                chunk.write_cloud(home, cloud, again.clone(), 0);
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

    fn write_rows(&mut self, home: &C::Home, source: &SplatLayer, rows: Range<usize>) {
        let cloud = &source.cloud;
        for (i, part) in chunk_parts(rows.start..rows.end.min(self.len)) {
            if let Some(chunk) = self.chunks.get_mut(i) {
                let at = part.start - i * CHUNK;
                chunk.write_cloud(home, cloud, part, at);
            }
        }
        self.write_flags(home, &source.flags, rows);
        self.features = pack::features(cloud);
        self.bounds = cloud.bounds();
        self.core = core_bounds(cloud.means());
    }

    fn write_flags(&mut self, home: &C::Home, flags: &[SplatFlags], rows: Range<usize>) {
        let end = rows.end.next_multiple_of(4).min(self.len);
        for (i, part) in chunk_parts(rows.start / 4 * 4..end) {
            if let Some(chunk) = self.chunks.get_mut(i) {
                let at = part.start - i * CHUNK;
                chunk.write_flags(home, flags, part, at);
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

/// Cuts rows at the borders of chunks.
fn chunk_parts(rows: Range<usize>) -> impl Iterator<Item = (usize, Range<usize>)> {
    let chunks = if rows.is_empty() {
        0..0
    } else {
        rows.start / CHUNK..(rows.end - 1) / CHUNK + 1
    };
    chunks.map(move |i| (i, rows.start.max(i * CHUNK)..rows.end.min((i + 1) * CHUNK)))
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

/// The scene's environment and its visible directional lights.
fn shading(scene: &Scene) -> Shading {
    let environment = scene.environment();
    let rotation = glam::Mat3::from_quat(environment.rotation.inverse());
    let mut shading: Shading = bytemuck::Zeroable::zeroed();
    shading.environment_from_world = [0, 1, 2].map(|r| rotation.row(r).extend(0.0).to_array());
    for (i, (out, radiance)) in shading
        .irradiance
        .iter_mut()
        .zip(environment.radiance)
        .enumerate()
    {
        // Ramamoorthi and Hanrahan 2001, eq. 8, divided by π: the cosine lobe's band factors.
        let band = [1.0, 2.0 / 3.0, 0.25][if i == 0 {
            0
        } else if i < 4 {
            1
        } else {
            2
        }];
        *out = (radiance * environment.intensity * band)
            .extend(0.0)
            .to_array();
    }
    let lights = scene.nodes().filter_map(|(id, node)| match &node.payload {
        Payload::Light(light) if scene.is_visible(id) => Some(light),
        _ => None,
    });
    for (out, light) in shading
        .lights
        .iter_mut()
        .zip(lights.take(MAX_LIGHTS as usize))
    {
        *out = Light {
            direction: light.direction.extend(0.0).to_array(),
            radiance: (light.color * light.intensity).extend(0.0).to_array(),
        };
    }
    shading
}
