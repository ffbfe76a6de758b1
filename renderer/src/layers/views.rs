//! What of the layers a frame draws, and which rows that is.

use scene::{
    NodeId, PinholeCamera, Projection, RegionMask,
    grade::{affine_grades, is_graded},
};

use super::{Chunk, Layer, Layers, coarse::Coarse};
use crate::{
    Detail, Frame,
    consts::{
        CHUNK, CHUNK_GRADED, CHUNK_LIT, CHUNK_NORMALS, CHUNK_PARTS, GRADES, MAX_RANGES, PAGE,
        WORKGROUP_WORDS,
    },
    layout::ChunkView,
    lod::{self, Cut},
    pages::Frustum,
    view::Part,
};

impl<C: Chunk> Layers<C> {
    /// Constants of the drawn chunks for a part of a frame: only pages that it may see, in coarse frames
    /// only nodes that stand in for what is below them. And the largest error, px.
    pub(crate) fn chunk_views(&self, frame: &Frame, part: Part) -> (Vec<ChunkView>, f32) {
        let camera = &frame.camera;
        let cut = self.cut(frame, part);
        let mut views = Vec::new();
        let (mut first_block, mut first_source) = (0, 0);
        for (l, layer) in self.drawn().enumerate() {
            let constants = layer.constants(camera);
            let frustum = Frustum::new(
                camera,
                part,
                camera.view_from_world * layer.transform.to_affine(),
            );
            let of_layer = cut.as_ref().filter(|_| layer.coarse.is_some());
            let first_view = views.len();
            for (i, chunk) in layer.all_chunks().enumerate() {
                let mut view = ChunkView {
                    sh_stride: chunk.capacity() as u32,
                    ..constants
                };
                if of_layer.is_none() && i < layer.chunks.len() {
                    layer.add_ranges(i, &frustum, &mut view);
                }
                views.push(view);
            }
            if let (Some(cut), Some(coarse)) = (of_layer, &layer.coarse) {
                let nodes = cut.nodes.iter().filter(|n| n.0 == l as u32);
                coarse.add_nodes(nodes.map(|n| n.1 as usize), &mut views[first_view..]);
            }
            let merged = layer.coarse.as_ref().map_or(0, |c| c.len);
            let rows = chunk_lengths(layer.len).chain(chunk_lengths(merged));
            for (view, rows) in views[first_view..].iter_mut().zip(rows) {
                view.first_block = first_block;
                view.first_source = first_source;
                first_block += view.block_count;
                first_source += rows as u32;
            }
        }
        (views, cut.map_or(0.0, |cut| cut.error_px))
    }

    /// The nodes that draw a coarse frame.
    fn cut(&self, frame: &Frame, part: Part) -> Option<Cut> {
        let Detail::Coarse {
            tolerance_px,
            budget,
        } = frame.detail
        else {
            return None;
        };
        let camera = &frame.camera;
        let layers: Vec<_> = self
            .drawn()
            .map(|layer| layer.viewed(camera, part))
            .collect();
        let viewed = layers.iter().enumerate().filter_map(|(l, layer)| {
            let (coarse, eye, frustum) = layer.as_ref()?;
            Some((l, coarse.tree.as_ref(), *eye, move |node| {
                coarse.may_see(node, frustum)
            }))
        });
        let viewed: Vec<_> = viewed.collect();
        let viewed: Vec<lod::Viewed<'_>> = viewed
            .iter()
            .map(|(layer, tree, eye, may_see)| lod::Viewed {
                layer: *layer,
                tree,
                eye: *eye,
                may_see,
            })
            .collect();
        let limits = lod::Limits {
            tolerance_px,
            budget: budget as usize,
        };
        (!viewed.is_empty()).then(|| lod::cut(&viewed, limits))
    }

    /// The layer and row of a source index.
    pub(crate) fn source(&self, source: u32) -> Option<(NodeId, u32)> {
        let mut first = 0;
        for layer in self.drawn() {
            if let Some(&row) = layer.splat_from_sorted.get(source as usize - first) {
                return Some((layer.node, row));
            }
            first += layer.len;
            let merged = layer.coarse.as_ref().map_or(0, |c| c.len);
            if (source as usize) < first + merged {
                return None;
            }
            first += merged;
        }
        None
    }

    /// One bit a splat of the blocks that `views` draw, `[blocks, 8]`, as sets of the document's rows.
    pub(crate) fn mask(&self, bits: &[u32], views: &[ChunkView]) -> RegionMask {
        let mut mask = RegionMask::default();
        let mut views = views.iter();
        for layer in self.drawn() {
            let mut rows = vec![0u32; layer.len.div_ceil(32)];
            for (i, view) in views.by_ref().take(layer.all_chunks().count()).enumerate() {
                // Merged splats stand for no row of their own.
                let sorted = layer.splat_from_sorted.get(i * CHUNK..).unwrap_or_default();
                for block in 0..view.block_count {
                    let words = (view.first_block + block) as usize * WORKGROUP_WORDS as usize;
                    for (k, place) in view.block_rows(block).enumerate() {
                        let inside = bits.get(words + k / 32).map_or(0, |w| w >> (k % 32) & 1);
                        if let (1, Some(&row)) = (inside, sorted.get(place)) {
                            rows[row as usize / 32] |= 1 << (row % 32);
                        }
                    }
                }
            }
            mask.layers.push((layer.node, rows));
        }
        mask
    }
}

impl<C: Chunk> Layer<C> {
    /// What the constants of all its chunks have in common.
    fn constants(&self, camera: &PinholeCamera) -> ChunkView {
        let view_from_object = camera.view_from_world * self.transform.to_affine();
        let world = glam::Mat3::from_quat(self.transform.rotation);
        let eye = self.transform.inverse().point(camera.eye());
        let mut features = self.features;
        if self.lit && features & CHUNK_NORMALS != 0 {
            features |= CHUNK_LIT;
        }
        if is_graded(&self.grades) {
            features |= CHUNK_GRADED;
        }
        if self.has_parts {
            features |= CHUNK_PARTS;
        }
        let m = view_from_object.matrix3;
        let t = view_from_object.translation;
        ChunkView {
            view_from_object: [0, 1, 2].map(|r| m.row(r).extend(t[r]).to_array()),
            world_from_object: [0, 1, 2].map(|r| world.row(r).extend(0.0).to_array()),
            eye: eye.extend(self.transform.scale).to_array(),
            count: 0,
            first_block: 0,
            first_source: 0,
            sh_degree: self.sh_degree,
            sh_stride: 0,
            features,
            range_count: 0,
            block_count: 0,
            grades: self.grade_rows(),
            ranges: [[0; 4]; MAX_RANGES as usize],
        }
    }

    /// What the shaders read of the grades.
    fn grade_rows(&self) -> [[f32; 4]; 4 * GRADES as usize] {
        let mut rows = [[0.0; 4]; 4 * GRADES as usize];
        for (rows, grade) in rows.chunks_exact_mut(4).zip(affine_grades(&self.grades)) {
            for (axis, row) in rows.iter_mut().take(3).enumerate() {
                *row = grade.matrix.row(axis).extend(grade.offset[axis]).to_array();
            }
            rows[3][0] = grade.opacity;
        }
        rows
    }

    /// From where and how the layer's tree is seen, if it has one.
    fn viewed(
        &self,
        camera: &PinholeCamera,
        part: Part,
    ) -> Option<(&Coarse<C>, lod::Eye, Frustum)> {
        let coarse = self.coarse.as_ref()?;
        let object = self.transform.inverse();
        let is_parallel = camera.projection == Projection::Orthographic;
        let [width, height] = [camera.width, camera.height].map(|s| s as f32);
        let eye = lod::Eye {
            position: object.point(camera.eye()),
            forward: object.rotation * camera.forward(),
            focal_px: camera.fx.max(camera.fy)
                * if is_parallel {
                    object.scale.recip()
                } else {
                    1.0
                },
            half_diagonal_px: 0.5 * width.hypot(height),
            near: camera.near * object.scale,
            is_parallel,
        };
        let view_from_object = camera.view_from_world * self.transform.to_affine();
        Some((coarse, eye, Frustum::new(camera, part, view_from_object)))
    }

    /// Adds the ranges of a chunk's rows that lie in pages which may be seen; neighbors are joined.
    fn add_ranges(&self, chunk: usize, frustum: &Frustum, view: &mut ChunkView) {
        let end = self.len.min((chunk + 1) * CHUNK);
        for start in (chunk * CHUNK..end).step_by(PAGE) {
            if !frustum.may_see(&self.pages[start / PAGE]) {
                continue;
            }
            let count = (end - start).min(PAGE) as u32;
            view.add_range((start - chunk * CHUNK) as u32, count);
        }
    }
}

/// Rows of each chunk of this many.
fn chunk_lengths(len: usize) -> impl Iterator<Item = usize> {
    (0..len.div_ceil(CHUNK)).map(move |i| (len - i * CHUNK).min(CHUNK))
}
