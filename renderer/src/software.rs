//! The renderer on the CPU: every pass by its twin.

use std::{sync::Arc, time::Instant};

use scene::{
    Dirty, GaussianCloud, LodTree, NodeId, PinholeCamera, PixelImage, Rasterizer, RegionMask,
    RegionQuery, Scene,
};

use crate::{
    FloatImage, Frame, FrameStats, PassTime, Pick, Render, RenderError, RenderedImage, Residency,
    UnderPixel,
    consts::CHUNK_NORMALS,
    cpu::{
        self, Clock, Prepared, blend,
        chunk::PackedChunk,
        composite, inspect,
        region::{self, RegionOn},
    },
    frame::{Kept, is_inspected},
    layers::{Layers, Patience},
    layout::{Backdrop, ChunkView, View},
    pack,
    picture::{self, Average},
    view::{self, Part},
};

/// Largest side of an image: bins are numbered in one byte an axis.
const MAX_SIDE: u32 = 254 * crate::consts::BIN;
/// Largest side of the parts that a picture in floats is drawn in, px.
const FLOAT_PART_SIDE: u32 = 4096;

/// Draws scenes on all CPU cores; used where no graphics device exists, and as the tests' oracle.
pub struct SoftwareRenderer {
    layers: Layers<PackedChunk>,
    /// What the last frame was blended from, while nothing has changed.
    last: Option<Last>,
    /// Premultiplied RGB and alpha of its pixels, while nothing has changed.
    blended: Vec<[f32; 4]>,
    stats: FrameStats,
}

/// What a frame was blended from.
struct Last {
    frame: Frame,
    part: Part,
    revision: u64,
    geometry: u64,
    prepared: Prepared,
}

impl SoftwareRenderer {
    /// A renderer of an empty scene.
    pub fn new() -> Self {
        Self {
            layers: Layers::new(),
            last: None,
            blended: Vec::new(),
            stats: FrameStats::default(),
        }
    }

    /// The lists of a frame, anew only where the frame or the scene changed. Waits for all splats in sight
    /// where someone `waits`.
    fn prepare(&mut self, frame: &Frame, part: Part, waits: bool) -> Result<(), RenderError> {
        let patience = match self.layers.residency().slice {
            Some(slice) if !waits => Patience::Until(Instant::now() + slice),
            _ => Patience::Endless,
        };
        self.layers.stream(&(), frame, part, patience);
        let [waiting, missing] = self.layers.waiting();
        self.stats.waiting = waiting as u32;
        self.stats.missing_parts = missing as u32;
        let layers = &self.layers;
        let last = self.last.as_ref().filter(|last| last.part == part);
        let kept = last.map_or(Kept::Nothing, |last| {
            let same_scene = last.revision == layers.revision;
            let same_places = last.geometry == layers.geometry;
            Kept::between(&last.frame, frame, [same_scene, same_places])
        });
        self.stats.passes.clear();
        self.stats.cached = kept == Kept::Pixels;
        let mut last = self.last.take().filter(|_| kept != Kept::Nothing);
        if kept != Kept::Pixels {
            self.blended.clear();
            let (chunk_views, error_px) = self.layers.chunk_views(frame, part);
            let depths = self.layers.depth_ranges(&frame.camera);
            let view = view::view(frame, part, &chunk_views, depths);
            let chunks: Vec<&PackedChunk> = self.layers.drawn_chunks().collect();
            let (shading, times) = (&self.layers.shading, &mut self.stats.passes);
            let prepared = match last.take() {
                Some(last) => cpu::recolor(
                    last.prepared,
                    &view,
                    shading,
                    (&chunks, &chunk_views),
                    times,
                ),
                None => cpu::prepare(&view, shading, &chunks, &chunk_views, times),
            };
            self.stats.splats = self.layers.drawn_len() as u32;
            self.stats.considered = chunk_views.iter().map(|c| c.count).sum();
            self.stats.error_px = error_px;
            self.stats.visible = prepared.projected.records.len() as u32;
            self.stats.intersections = prepared.tiles.entries.len() as u32;
            last = Some(Last {
                frame: *frame,
                part,
                revision: self.layers.revision,
                geometry: self.layers.geometry,
                prepared,
            });
        }
        self.stats.ran = self.stats.passes.iter().map(|p| p.pass).collect();
        self.stats.scene_bytes = self.layers.bytes();
        self.stats.memory_bytes = self.stats.scene_bytes;
        self.last = last.map(|last| Last {
            frame: *frame,
            ..last
        });
        Ok(())
    }

    /// Asks what a frame is blended from about a pixel: the last picture where it is the same one, else a
    /// small part that is prepared now.
    fn about<T>(
        &mut self,
        frame: &Frame,
        pixel: [u32; 2],
        ask: impl FnOnce(&Prepared, [u32; 2]) -> T,
    ) -> Result<T, RenderError> {
        let whole = Part::whole(&frame.camera);
        let is_same = |last: &&Last| {
            let same = last.part == whole && last.revision == self.layers.revision;
            same && Kept::between(&last.frame, frame, [true, true]) == Kept::Pixels
        };
        // Merged splats in the picture have no row to name.
        let ready = self.last.as_ref().filter(is_same);
        if let Some(last) = ready.filter(|_| self.layers.draws_rows()) {
            return Ok(ask(&last.prepared, pixel));
        }
        let (part, pixel) = Part::about(&frame.camera, pixel);
        let screen = (self.last.take(), std::mem::take(&mut self.blended));
        let stats = self.stats.clone();
        let prepared = self.prepare(frame, part, true);
        let answer = prepared.and_then(|()| Ok(ask(self.prepared()?, pixel)));
        // The screen may still wait for what this part has.
        (self.last, self.blended) = screen;
        self.stats = stats;
        answer
    }

    /// What [`Self::prepare`] left.
    fn prepared(&self) -> Result<&Prepared, RenderError> {
        let nothing = RenderError::Capacity { what: "the frame" };
        self.last.as_ref().map(|l| &l.prepared).ok_or(nothing)
    }
}

/// A frame before composite.
struct Drawn {
    view: View,
    backdrop: Backdrop,
    pixels: Vec<[f32; 4]>,
    depths: Vec<f32>,
    coverage: Vec<f32>,
}

impl Drawn {
    fn blended(&self) -> composite::Blended<'_> {
        composite::Blended {
            pixels: &self.pixels,
            depths: &self.depths,
            coverage: &self.coverage,
        }
    }
}

impl SoftwareRenderer {
    /// Blends a frame, and finds out what its guides need to know.
    fn draw(&mut self, frame: &Frame, part: Part) -> Result<Drawn, RenderError> {
        let outline = frame.outline && frame.show_selection && self.layers.any_selected;
        let mut backdrop = view::backdrop(frame, part, outline, self.layers.core());
        backdrop.straight_alpha = 1;
        self.prepare(frame, part, false)?;
        let mut times = Vec::new();
        let mut clock = Clock::start(&mut times);
        let mut pixels = std::mem::take(&mut self.blended);
        let prepared = self.prepared()?;
        if pixels.is_empty() {
            pixels = if is_inspected(frame.view) {
                inspect::inspect(prepared)
            } else {
                blend::blend(prepared)
            };
            clock.lap("blend");
        }
        let (mut depths, mut coverage) = (Vec::new(), Vec::new());
        if composite::needs_depths(&backdrop) {
            depths = inspect::median_depths(prepared);
        }
        if outline {
            coverage = inspect::coverage(prepared);
        }
        if outline || !depths.is_empty() {
            clock.lap("inspect");
        }
        let view = prepared.view;
        self.stats.ran.extend(times.iter().map(|p| p.pass));
        self.stats.passes.extend(times);
        Ok(Drawn {
            view,
            backdrop,
            pixels,
            depths,
            coverage,
        })
    }
}

impl Default for SoftwareRenderer {
    fn default() -> Self {
        Self::new()
    }
}

impl Render for SoftwareRenderer {
    fn set_residency(&mut self, residency: Residency) {
        self.layers.set_residency(residency);
    }

    fn is_complete(&self) -> bool {
        !self.layers.is_behind() && self.stats.missing_parts == 0
    }

    fn sync(&mut self, scene: &Scene, dirty: &[Dirty]) {
        self.layers.sync(&(), scene, dirty);
    }

    fn set_tree(&mut self, scene: &Scene, node: NodeId, tree: Arc<LodTree>) {
        self.layers.set_tree(&(), scene, node, tree);
    }

    fn render_part(&mut self, frame: &Frame, part: Part) -> Result<RenderedImage, RenderError> {
        picture::check(frame, part, 1, MAX_SIDE)?;
        let drawn = self.draw(frame, part)?;
        let start = Instant::now();
        let (shading, view) = (&self.layers.shading, &drawn.view);
        let rgba = composite::composite(view, &drawn.backdrop, shading, &drawn.blended());
        let ms = start.elapsed().as_secs_f32() * 1e3;
        self.stats.ran.push("composite");
        self.stats.passes.push(PassTime {
            pass: "composite",
            ms,
        });
        self.blended = drawn.pixels;
        let [width, height] = part.size;
        Ok(RenderedImage {
            width,
            height,
            rgba,
        })
    }

    fn render_floats(
        &mut self,
        frame: &Frame,
        part: Part,
        supersample: u32,
    ) -> Result<FloatImage, RenderError> {
        picture::check(frame, part, supersample, MAX_SIDE)?;
        let finer = picture::finer(frame, supersample);
        let mut average = Average::new(part, supersample);
        for piece in part.scaled(supersample).pieces(FLOAT_PART_SIDE) {
            let drawn = self.draw(&finer, piece)?;
            let (shading, view) = (&self.layers.shading, &drawn.view);
            let pixels = composite::floats(view, &drawn.backdrop, shading, &drawn.blended());
            average.add(piece, &pixels);
        }
        Ok(average.finish(frame.blending))
    }

    fn pick(&mut self, frame: &Frame, pixel: [u32; 2]) -> Result<Option<Pick>, RenderError> {
        let frame = &frame.exact();
        let camera = &frame.camera;
        let [x, y] = pixel;
        if x >= camera.width || y >= camera.height {
            return Ok(None);
        }
        let picked = self.about(frame, pixel, |prepared, [x, y]| {
            let slot = blend::pick(prepared, x, y)? as usize;
            let projected = &prepared.projected;
            let depth = f32::from_bits(projected.depths[slot]);
            Some((projected.placements[slot][1], depth))
        })?;
        let named = picked.and_then(|(source, depth)| {
            let (node, row) = self.layers.source(source)?;
            Some(Pick {
                node,
                row,
                point: camera.unproject(x as f32 + 0.5, y as f32 + 0.5, depth),
                depth,
            })
        });
        Ok(named)
    }

    fn under(&mut self, frame: &Frame, pixel: [u32; 2]) -> Result<Vec<UnderPixel>, RenderError> {
        if pixel[0] >= frame.camera.width || pixel[1] >= frame.camera.height {
            return Ok(Vec::new());
        }
        let found = self.about(&frame.exact(), pixel, |prepared, pixel| {
            let projected = &prepared.projected;
            let found = inspect::under(prepared, pixel).into_iter().map(|under| {
                let depth = f32::from_bits(projected.depths[under.slot as usize]);
                (projected.placements[under.slot as usize][1], depth, under)
            });
            found.collect::<Vec<_>>()
        })?;
        let named = found.into_iter().filter_map(|(source, depth, under)| {
            let (node, row) = self.layers.source(source)?;
            Some(UnderPixel {
                node,
                row,
                depth,
                alpha: under.alpha,
                weight: under.weight,
            })
        });
        Ok(named.collect())
    }

    fn region(&mut self, frame: &Frame, query: &RegionQuery) -> Result<RegionMask, RenderError> {
        let frame = &frame.exact();
        let whole = Part::whole(&frame.camera);
        self.prepare(frame, whole, true)?;
        if !self.layers.draws_rows() {
            return Err(RenderError::Streamed);
        }
        let prepared = self.prepared()?;
        let view = prepared.view;
        let depths = if query.surface_only {
            inspect::median_depths(prepared)
        } else {
            Vec::new()
        };
        let (region, outline) = view::region(query);
        let on = RegionOn {
            view: &view,
            region: &region,
            outline: &outline,
            depths: &depths,
        };
        let (chunk_views, _) = self.layers.chunk_views(frame, whole);
        let chunks: Vec<&PackedChunk> = self.layers.drawn_chunks().collect();
        let bits = region::region(&on, &chunks, &chunk_views);
        Ok(self.layers.mask(&bits, &chunk_views))
    }

    fn stats(&self) -> FrameStats {
        self.stats.clone()
    }
}

/// Draws one cloud at a time on all CPU cores, for work outside the viewport.
#[derive(Debug, Clone, Copy, Default)]
pub struct CpuRasterizer;

impl Rasterizer for CpuRasterizer {
    fn rasterize(&self, cloud: &GaussianCloud, camera: &PinholeCamera) -> PixelImage {
        let (width, height) = (camera.width, camera.height);
        if cloud.is_empty() || view::check_size(camera, MAX_SIDE).is_err() {
            let pixels = vec![[0.0; 4]; width as usize * height as usize];
            return PixelImage {
                width,
                height,
                pixels,
            };
        }
        let chunk_view = cloud_view(cloud, camera);
        let chunk_views = [chunk_view];
        let depths = [depth_range(cloud, camera); 2];
        let view = view::view(
            &Frame::new(*camera),
            Part::whole(camera),
            &chunk_views,
            depths,
        );
        let shading = bytemuck::Zeroable::zeroed();
        let chunk = PackedChunk::of_cloud(cloud);
        let prepared = cpu::prepare(&view, &shading, &[&chunk], &chunk_views, &mut Vec::new());
        PixelImage {
            width,
            height,
            pixels: blend::blend(&prepared),
        }
    }
}

/// A cloud whose object frame is the world.
fn cloud_view(cloud: &GaussianCloud, camera: &PinholeCamera) -> ChunkView {
    let m = camera.view_from_world.matrix3;
    let t = camera.view_from_world.translation;
    let mut chunk = ChunkView {
        view_from_object: [0, 1, 2].map(|r| m.row(r).extend(t[r]).to_array()),
        world_from_object: [
            [1.0, 0.0, 0.0, 0.0],
            [0.0, 1.0, 0.0, 0.0],
            [0.0, 0.0, 1.0, 0.0],
        ],
        eye: camera.eye().extend(1.0).to_array(),
        count: 0,
        first_block: 0,
        first_source: 0,
        sh_degree: pack::stored_sh_degree(cloud),
        sh_stride: cloud.len() as u32,
        features: pack::features(cloud) & CHUNK_NORMALS,
        range_count: 0,
        block_count: 0,
        // Only read where the layer is graded.
        grades: [[0.0; 4]; 4 * crate::consts::GRADES as usize],
        ranges: [[0; 4]; crate::consts::MAX_RANGES as usize],
    };
    chunk.add_range(0, cloud.len() as u32);
    chunk
}

fn depth_range(cloud: &GaussianCloud, camera: &PinholeCamera) -> (f32, f32) {
    let row = camera.view_from_world.matrix3.row(2);
    let offset = camera.view_from_world.translation.z;
    cloud
        .means()
        .iter()
        .map(|&m| row.dot(m.into()) + offset)
        .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), z| {
            (low.min(z), high.max(z))
        })
}
