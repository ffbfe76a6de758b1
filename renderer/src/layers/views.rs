//! What of the layers a frame draws, and which rows that is.

use glam::Affine3A;
use scene::{
    NodeId, PinholeCamera, Projection, RegionMask,
    grade::{affine_grades, is_graded},
};

use super::{
    Chunk, Layer, Layers, Patience,
    stream::{Asked, Stream},
};
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

/// What the layers with levels of detail were asked for.
#[derive(Debug)]
pub(crate) struct Planned {
    camera: PinholeCamera,
    detail: Detail,
    part: Part,
    error_px: f32,
}

/// How a drawn layer is seen.
struct Sight {
    view_from_object: Affine3A,
    frustum: Frustum,
}

impl<C: Chunk> Layers<C> {
    /// Brings what a part of a frame needs of layers with levels of detail, as far as patience goes.
    pub(crate) fn stream(&mut self, home: &C::Home, frame: &Frame, part: Part, patience: Patience) {
        if !self.drawn().any(|layer| layer.stream.is_some()) {
            return;
        }
        let sights = self.sights(frame, part);
        let cut = self.cut(frame, &sights);
        let (mut changed, mut recolored) = (false, false);
        // Around a pixel little has to be there.
        let is_whole = part == Part::whole(&frame.camera);
        let drawn = self.layers.iter_mut().filter(|l| l.visible && l.len() > 0);
        for (l, layer) in drawn.enumerate() {
            let Some(stream) = &mut layer.stream else {
                continue;
            };
            let rows_are_drawn = !layer.chunks.is_empty() && frame.detail == Detail::Exact;
            let [wrote, redrawn] = stream.recolor(home, &layer.flags, patience);
            recolored |= wrote;
            let uploaded = stream.advance(home, &layer.flags, asked_of(&cut, l), patience);
            stream.unseen |= uploaded || redrawn;
            changed |= !rows_are_drawn && std::mem::take(&mut stream.unseen);
            let is_there = stream.plan.missing.is_empty() && frame.detail == Detail::Exact;
            if is_whole && is_there && !layer.chunks.is_empty() {
                layer.drop_rows();
                changed = true;
            }
        }
        self.planned = Some(Planned {
            camera: frame.camera,
            detail: frame.detail,
            part,
            error_px: cut.error_px,
        });
        self.revision += u64::from(changed || recolored);
        self.geometry += u64::from(changed);
    }

    /// Constants of the drawn chunks for a part of a frame: only pages and nodes that it may see. And the
    /// largest error, px.
    pub(crate) fn chunk_views(&self, frame: &Frame, part: Part) -> (Vec<ChunkView>, f32) {
        let sights = self.sights(frame, part);
        let is_planned = self
            .planned
            .as_ref()
            .filter(|p| (p.camera, p.detail, p.part) == (frame.camera, frame.detail, part));
        let cut = match is_planned {
            None if self.drawn().any(|l| l.stream.is_some()) => Some(self.cut(frame, &sights)),
            _ => None,
        };
        let mut views = Vec::new();
        let (mut first_block, mut first_source) = (0, 0);
        for (l, (layer, sight)) in self.drawn().zip(&sights).enumerate() {
            let constants = layer.constants(&frame.camera, sight);
            let of_stream = layer.drawn_stream(frame.detail);
            let first_view = views.len();
            for (i, chunk) in layer.all_chunks().enumerate() {
                let mut view = ChunkView {
                    sh_stride: chunk.capacity() as u32,
                    ..constants
                };
                if of_stream.is_none() && i < layer.chunks.len() {
                    layer.add_ranges(i, &sight.frustum, &mut view);
                }
                views.push(view);
            }
            if let Some(stream) = of_stream {
                let own = &mut views[first_view + layer.chunks.len()..];
                match &cut {
                    Some(cut) => stream.add_nodes(&stream.planned(&asked_of(cut, l)), own),
                    None => stream.add_nodes(&stream.plan, own),
                }
            }
            for (view, rows) in views[first_view..].iter_mut().zip(layer.chunk_rows()) {
                view.first_block = first_block;
                view.first_source = first_source;
                first_block += view.block_count;
                first_source += rows as u32;
            }
        }
        let planned = is_planned.map(|p| p.error_px);
        (views, cut.map(|c| c.error_px).or(planned).unwrap_or(0.0))
    }

    fn sights(&self, frame: &Frame, part: Part) -> Vec<Sight> {
        let sight = |layer: &Layer<C>| {
            let view_from_object = frame.camera.view_from_world * layer.transform.to_affine();
            Sight {
                view_from_object,
                frustum: Frustum::new(&frame.camera, part, view_from_object),
            }
        };
        self.drawn().map(sight).collect()
    }

    /// The nodes that draw a frame.
    fn cut(&self, frame: &Frame, sights: &[Sight]) -> Cut {
        let limits = match frame.detail {
            Detail::Exact => lod::Limits {
                tolerance_px: -1.0,
                budget: usize::MAX,
                fade: 0.0,
            },
            Detail::Coarse {
                tolerance_px,
                budget,
                fade,
            } => lod::Limits {
                tolerance_px,
                budget: budget as usize,
                fade,
            },
        };
        type OfNode<'a> = Box<dyn Fn(usize) -> bool + 'a>;
        let of_layer = |(l, (layer, sight))| {
            let (layer, sight): (&Layer<C>, &Sight) = (layer, sight);
            let stream = layer.stream.as_ref()?;
            let may_see: OfNode<'_> = Box::new(|node| stream.may_see(node, &sight.frustum));
            let is_stale: OfNode<'_> = Box::new(|node| stream.is_stale(node));
            Some((l, stream, layer.eye(&frame.camera), may_see, is_stale))
        };
        let seen: Vec<_> = self
            .drawn()
            .zip(sights)
            .enumerate()
            .filter_map(of_layer)
            .collect();
        let viewed: Vec<lod::Viewed<'_>> = seen
            .iter()
            .map(|(layer, stream, eye, may_see, is_stale)| lod::Viewed {
                layer: *layer,
                tree: stream.tree(),
                eye: *eye,
                may_see,
                is_stale,
                most_nodes: stream.most_nodes(),
            })
            .collect();
        lod::cut(&viewed, limits)
    }

    /// Whether a frame that was last asked for draws every splat in sight itself.
    pub(crate) fn draws_rows(&self) -> bool {
        let mut drawn = self.drawn();
        drawn.all(|layer| match &layer.stream {
            Some(stream) if layer.chunks.is_empty() => stream.draws_rows(),
            _ => layer.packed_len() == layer.total(),
        })
    }

    /// The layer and row of a source index.
    pub(crate) fn source(&self, source: u32) -> Option<(NodeId, u32)> {
        let mut rest = source as usize;
        for layer in self.drawn() {
            for (chunk, rows) in layer.chunk_rows().enumerate() {
                if rest < rows {
                    return Some((layer.node, layer.row_at(chunk, rest)?));
                }
                rest -= rows;
            }
        }
        None
    }

    /// One bit a splat of the blocks that `views` draw, `[blocks, 8]`, as sets of the document's rows.
    pub(crate) fn mask(&self, bits: &[u32], views: &[ChunkView]) -> RegionMask {
        let mut mask = RegionMask::default();
        let mut views = views.iter();
        for layer in self.drawn() {
            let mut rows = vec![0u32; layer.total().div_ceil(32)];
            for (i, view) in views.by_ref().take(layer.all_chunks().count()).enumerate() {
                for block in 0..view.block_count {
                    let words = (view.first_block + block) as usize * WORKGROUP_WORDS as usize;
                    for (k, place) in view.block_rows(block).enumerate() {
                        let inside = bits.get(words + k / 32).map_or(0, |w| w >> (k % 32) & 1);
                        // Merged splats stand for no row of their own.
                        let row = if inside == 1 {
                            layer.row_at(i, place)
                        } else {
                            None
                        };
                        if let Some(row) = row {
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
    fn constants(&self, camera: &PinholeCamera, sight: &Sight) -> ChunkView {
        let world = glam::Mat3::from_quat(self.transform.rotation);
        let eye = self.transform.inverse().point(camera.eye());
        let mut features = self.features | self.stored.format_features();
        if self.lit && features & CHUNK_NORMALS != 0 {
            features |= CHUNK_LIT;
        }
        if is_graded(&self.grades) {
            features |= CHUNK_GRADED;
        }
        if self.flags.has_parts() {
            features |= CHUNK_PARTS;
        }
        let m = sight.view_from_object.matrix3;
        let t = sight.view_from_object.translation;
        ChunkView {
            view_from_object: [0, 1, 2].map(|r| m.row(r).extend(t[r]).to_array()),
            world_from_object: [0, 1, 2].map(|r| world.row(r).extend(0.0).to_array()),
            eye: eye.extend(self.transform.scale).to_array(),
            count: 0,
            first_block: 0,
            first_source: 0,
            sh_degree: self.stored.sh_degree(),
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

    /// The stream, where frames of this detail are drawn of it.
    fn drawn_stream(&self, detail: Detail) -> Option<&Stream<C>> {
        let rows_are_there = !self.chunks.is_empty() && detail == Detail::Exact;
        self.stream.as_ref().filter(|_| !rows_are_there)
    }

    /// From where the layer's tree is seen.
    fn eye(&self, camera: &PinholeCamera) -> lod::Eye {
        let object = self.transform.inverse();
        let is_parallel = camera.projection == Projection::Orthographic;
        let [width, height] = [camera.width, camera.height].map(|s| s as f32);
        lod::Eye {
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
        }
    }

    /// Adds the ranges of a chunk's rows that lie in pages which may be seen; neighbors are joined.
    fn add_ranges(&self, chunk: usize, frustum: &Frustum, view: &mut ChunkView) {
        let end = self.packed_len().min((chunk + 1) * CHUNK);
        for start in (chunk * CHUNK..end).step_by(PAGE) {
            if !frustum.may_see(&self.pages[start / PAGE]) {
                continue;
            }
            let count = (end - start).min(PAGE) as u32;
            view.add_range((start - chunk * CHUNK) as u32, count);
        }
    }
}

/// One layer's part of a cut.
fn asked_of(cut: &Cut, layer: usize) -> Asked {
    let is_own = |l: u32| l == layer as u32;
    let nodes = cut.nodes.iter().filter(|node| is_own(node.0));
    let fades = cut.fades.iter().filter(|fade| is_own(fade.0));
    Asked {
        nodes: nodes.map(|node| node.1).collect(),
        fades: fades.map(|fade| (fade.1, fade.2)).collect(),
    }
}
