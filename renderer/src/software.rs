//! The renderer on the CPU: every pass by its twin.

use scene::{Dirty, GaussianCloud, PinholeCamera, PixelImage, Rasterizer, Scene};

use crate::{
    Frame, FrameStats, Pick, Render, RenderError, RenderedImage,
    consts::CHUNK_NORMALS,
    cpu::{self, Clock, Prepared, blend, chunk::PackedChunk, composite},
    frame::Kept,
    layers::Layers,
    layout::ChunkView,
    pack,
    view::{self, Part},
};

/// Largest side of an image: bins are numbered in one byte an axis.
const MAX_SIDE: u32 = 254 * crate::consts::BIN;

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

    /// The lists of a frame, anew only where the frame or the scene changed.
    fn prepare(&mut self, frame: &Frame) -> Result<(), RenderError> {
        view::check_size(&frame.camera, MAX_SIDE)?;
        let layers = &self.layers;
        let kept = self.last.as_ref().map_or(Kept::Nothing, |last| {
            let same_scene = last.revision == layers.revision;
            let same_places = last.geometry == layers.geometry;
            Kept::between(&last.frame, frame, [same_scene, same_places])
        });
        self.stats.passes.clear();
        self.stats.cached = kept == Kept::Pixels;
        let mut last = self.last.take().filter(|_| kept != Kept::Nothing);
        if kept != Kept::Pixels {
            self.blended.clear();
            let whole = Part::whole(&frame.camera);
            let chunk_views = self.layers.chunk_views(&frame.camera, whole);
            let depths = self.layers.depth_ranges(&frame.camera);
            let view = view::view(frame, whole, &chunk_views, depths);
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
            self.stats.visible = prepared.projected.records.len() as u32;
            self.stats.intersections = prepared.tiles.entries.len() as u32;
            last = Some(Last {
                frame: *frame,
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

    /// What [`Self::prepare`] left.
    fn prepared(&self) -> Result<&Prepared, RenderError> {
        let nothing = RenderError::Capacity { what: "the frame" };
        self.last.as_ref().map(|l| &l.prepared).ok_or(nothing)
    }
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

    fn render_image(&mut self, frame: &Frame) -> Result<RenderedImage, RenderError> {
        self.prepare(frame)?;
        let background = view::background(frame);
        let mut times = Vec::new();
        let mut clock = Clock::start(&mut times);
        if self.blended.is_empty() {
            self.blended = blend::blend(self.prepared()?);
            clock.lap("blend");
        }
        let prepared = self.prepared()?;
        let view = crate::layout::View {
            background,
            straight_alpha: 1,
            ..prepared.view
        };
        let rgba = composite::composite(&view, &self.blended);
        clock.lap("composite");
        self.stats.ran.extend(times.iter().map(|p| p.pass));
        self.stats.passes.extend(times);
        Ok(RenderedImage {
            width: frame.camera.width,
            height: frame.camera.height,
            rgba,
        })
    }

    fn pick(&mut self, frame: &Frame, pixel: [u32; 2]) -> Result<Option<Pick>, RenderError> {
        let camera = &frame.camera;
        let [x, y] = pixel;
        if x >= camera.width || y >= camera.height {
            return Ok(None);
        }
        self.prepare(frame)?;
        let prepared = self.prepared()?;
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
        ranges: Default::default(),
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
