//! The renderer on the CPU: every pass by its twin.

use std::time::Instant;

use scene::{
    Dirty, GaussianCloud, PinholeCamera, PixelImage, Rasterizer, RegionMask, RegionQuery, Scene,
};

use crate::{
    FloatImage, Frame, FrameStats, PassTime, Pick, Render, RenderError, RenderedImage, UnderPixel,
    consts::CHUNK_NORMALS,
    cpu::{
        self, Clock, Prepared, blend,
        chunk::PackedChunk,
        composite, inspect,
        region::{self, RegionOn},
    },
    layers::Layers,
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
    last: Option<(Frame, Part, u64, Prepared)>,
    stats: FrameStats,
}

impl SoftwareRenderer {
    /// A renderer of an empty scene.
    pub fn new() -> Self {
        Self {
            layers: Layers::new(),
            last: None,
            stats: FrameStats::default(),
        }
    }

    /// The lists of a frame, anew only where the frame or the scene changed.
    fn prepare(&mut self, frame: &Frame, part: Part) -> Result<&Prepared, RenderError> {
        let revision = self.layers.revision;
        let same = |(f, p, r, _): &(Frame, Part, u64, Prepared)| {
            same_splats(f, frame) && *p == part && *r == revision
        };
        self.stats.passes.clear();
        self.stats.cached = self.last.as_ref().is_some_and(same);
        let mut last = self.last.take().filter(same);
        if last.is_none() {
            let chunk_views = self.layers.chunk_views(&frame.camera);
            let depths = self.layers.depth_ranges(&frame.camera);
            let view = view::view(frame, part, &chunk_views, depths);
            let chunks: Vec<&PackedChunk> = self.layers.drawn_chunks().collect();
            let times = &mut self.stats.passes;
            let prepared = cpu::prepare(&view, &self.layers.shading, &chunks, &chunk_views, times);
            self.stats.splats = chunk_views.iter().map(|c| c.count).sum();
            self.stats.visible = prepared.projected.records.len() as u32;
            self.stats.intersections = prepared.tiles.entries.len() as u32;
            last = Some((*frame, part, revision, prepared));
        }
        self.stats.memory_bytes = self.layers.bytes();
        let (last_frame, _, _, prepared) = self
            .last
            .insert(last.ok_or(RenderError::Capacity { what: "the frame" })?);
        *last_frame = *frame;
        Ok(prepared)
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
        let prepared = self.prepare(frame, part)?;
        let mut times = Vec::new();
        let mut clock = Clock::start(&mut times);
        let pixels = if frame.view.is_inspected() {
            inspect::inspect(prepared)
        } else {
            blend::blend(prepared)
        };
        clock.lap("blend");
        let (mut depths, mut coverage) = (Vec::new(), Vec::new());
        if composite::needs_depths(&backdrop) {
            depths = inspect::median_depths(prepared);
        }
        if outline {
            coverage = inspect::coverage(prepared);
        }
        clock.lap("inspect");
        let view = prepared.view;
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

/// Whether two frames differ in nothing but what composite does.
pub(crate) fn same_splats(a: &Frame, b: &Frame) -> bool {
    let (background, guides) = (b.background, b.guides);
    Frame {
        background,
        guides,
        ..*a
    } == *b
}

impl Default for SoftwareRenderer {
    fn default() -> Self {
        Self::new()
    }
}

impl Render for SoftwareRenderer {
    fn sync(&mut self, scene: &Scene, dirty: &[Dirty]) {
        self.layers.sync(&(), scene, dirty);
    }

    fn render_part(&mut self, frame: &Frame, part: Part) -> Result<RenderedImage, RenderError> {
        picture::check(frame, part, 1, MAX_SIDE)?;
        let drawn = self.draw(frame, part)?;
        let start = Instant::now();
        let (shading, view) = (&self.layers.shading, &drawn.view);
        let rgba = composite::composite(view, &drawn.backdrop, shading, &drawn.blended());
        let ms = start.elapsed().as_secs_f32() * 1e3;
        self.stats.passes.push(PassTime {
            pass: "composite",
            ms,
        });
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
        let camera = &frame.camera;
        let [x, y] = pixel;
        if x >= camera.width || y >= camera.height {
            return Ok(None);
        }
        let prepared = self.prepare(frame, Part::whole(&frame.camera))?;
        let Some(slot) = blend::pick(prepared, x, y) else {
            return Ok(None);
        };
        let depth = f32::from_bits(prepared.projected.depths[slot as usize]);
        let source = prepared.projected.placements[slot as usize][1];
        Ok(self.layers.source(source).map(|(node, row)| Pick {
            node,
            row,
            point: camera.unproject(x as f32 + 0.5, y as f32 + 0.5, depth),
            depth,
        }))
    }

    fn under(&mut self, frame: &Frame, pixel: [u32; 2]) -> Result<Vec<UnderPixel>, RenderError> {
        if pixel[0] >= frame.camera.width || pixel[1] >= frame.camera.height {
            return Ok(Vec::new());
        }
        let prepared = self.prepare(frame, Part::whole(&frame.camera))?;
        let projected = &prepared.projected;
        let found: Vec<_> = inspect::under(prepared, pixel)
            .into_iter()
            .map(|under| {
                let depth = f32::from_bits(projected.depths[under.slot as usize]);
                (projected.placements[under.slot as usize][1], depth, under)
            })
            .collect();
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
        let prepared = self.prepare(frame, Part::whole(&frame.camera))?;
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
        let chunk_views = self.layers.chunk_views(&frame.camera);
        let chunks: Vec<&PackedChunk> = self.layers.drawn_chunks().collect();
        let bits = region::region(&on, &chunks, &chunk_views);
        Ok(self.layers.mask(&bits))
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
    ChunkView {
        view_from_object: [0, 1, 2].map(|r| m.row(r).extend(t[r]).to_array()),
        world_from_object: [
            [1.0, 0.0, 0.0, 0.0],
            [0.0, 1.0, 0.0, 0.0],
            [0.0, 0.0, 1.0, 0.0],
        ],
        eye: camera.eye().extend(1.0).to_array(),
        count: cloud.len() as u32,
        first_block: 0,
        first_source: 0,
        sh_degree: pack::stored_sh_degree(cloud),
        sh_stride: cloud.len() as u32,
        features: pack::features(cloud) & CHUNK_NORMALS,
        padding: [0; 2],
    }
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
