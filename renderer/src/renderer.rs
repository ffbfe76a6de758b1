//! The renderer on the GPU.

mod crowd;
mod harmonics;
mod memory;
mod picking;

use std::{sync::Arc, time::Instant};

use scene::{Dirty, LodTree, NodeId, RegionMask, RegionQuery, Scene};

use crowd::Crowd;
use harmonics::Harmonics;

use crate::{
    FloatImage, Frame, FrameStats, Gpu, PassTime, Pick, Render, RenderError, RenderedImage,
    Residency, Tuned, UnderPixel,
    consts::{BIN, ENTRY_CHUNK, MAX_BINS},
    frame::Kept,
    frame_buffers::{FrameBuffers, Room},
    gpu_scene::GpuChunk,
    layers::{Layers, Patience},
    layout::{Backdrop, ChunkView, View},
    passes::{Context, Passes, RECOLOR_STEPS, STEPS, Step},
    readback::{self, Report, Reports},
    reload::Reload,
    timing::Timer,
    view::{self, Part},
};

/// Draws scenes on a graphics device.
pub struct Renderer {
    gpu: Gpu,
    passes: Passes,
    /// Where shaders come from a folder that is watched.
    reload: Option<Reload>,
    layers: Layers<GpuChunk>,
    buffers: FrameBuffers,
    timer: Timer,
    reports: Reports,
    target: Option<wgpu::Texture>,
    drawn: Option<Drawn>,
    /// Where the device cannot hold all that the screen shows.
    crowd: Option<Crowd>,
    harmonics: Harmonics,
    frames: u64,
    stats: FrameStats,
    /// Whether the device had memory for the scene.
    holds_scene: bool,
    /// Whether the frame on the target texture is known to be whole.
    settled: bool,
}

/// What lies in the blended buffer.
#[derive(Debug, Clone, Copy)]
struct Drawn {
    frame: Frame,
    part: Part,
    view: View,
    revision: u64,
    geometry: u64,
    /// Number of the frame.
    number: u64,
    /// Whether the target texture shows it.
    on_target: bool,
    /// Whether its report has come and nothing overflowed.
    complete: bool,
}

impl Renderer {
    /// Compiles the passes for a device.
    pub fn new(gpu: Gpu) -> Result<Self, RenderError> {
        Ok(Self {
            passes: Passes::new(&gpu),
            reload: Reload::start(),
            layers: Layers::new(),
            buffers: FrameBuffers::new(&gpu),
            timer: Timer::new(&gpu),
            reports: Reports::default(),
            target: None,
            drawn: None,
            crowd: None,
            harmonics: Harmonics::default(),
            frames: 0,
            stats: FrameStats::default(),
            holds_scene: true,
            settled: true,
            gpu,
        })
    }

    /// The device it draws on.
    pub fn gpu(&self) -> &Gpu {
        &self.gpu
    }

    /// Goes on with the passes that were measured to be the fastest. Pictures stay the same.
    pub fn adopt(&mut self, tuned: Tuned) {
        if let Some(passes) = tuned.passes {
            self.gpu.tuning = tuned.tuning;
            self.passes = passes;
            let most = self.buffers.most_intersections;
            self.limit_intersections(most);
        }
    }

    /// Keeps the lists of (splat, tile) pairs below so many, for devices that must share their memory.
    /// Pictures that are waited for are drawn in smaller parts where that is too few; on screen splats
    /// are missing.
    pub fn limit_intersections(&mut self, most: usize) {
        self.buffers = FrameBuffers::new(&self.gpu);
        self.buffers.most_intersections = most;
        self.drawn = None;
    }

    /// Draws into the renderer's own texture without waiting: `Rgba8Unorm`, display-referred,
    /// premultiplied over the background. Where nothing changed nothing is drawn. The texture is a
    /// new one when the size changed.
    ///
    /// How long the lists of a frame are is known only afterwards. As long as [`Self::is_settled`] says
    /// no, ask again soon: a frame whose lists were too short is then drawn anew with room enough.
    pub fn render_to_texture(&mut self, frame: &Frame) -> Result<&wgpu::Texture, RenderError> {
        self.check_screen(frame)?;
        self.collect_reports();
        self.reload_shaders();
        let part = Part::whole(&frame.camera);
        self.stream(frame, part, self.patience());
        if self.draw_crowd(frame)? {
            return self.shown();
        }
        let kept = self.kept(frame, part);
        let shown = self.drawn.is_some_and(|d| d.on_target && d.frame == *frame);
        self.stats.cached = kept == Kept::Pixels && shown;
        self.stats.ran.clear();
        if !self.stats.cached {
            self.make_target(part);
            self.submit(frame, part, kept)?;
        }
        self.shown()
    }

    /// How long uploads may take in a frame that nobody waits for.
    fn patience(&self) -> Patience {
        let slice = self.layers.residency().slice;
        slice.map_or(Patience::Endless, |slice| {
            Patience::Until(Instant::now() + slice)
        })
    }

    fn stream(&mut self, frame: &Frame, part: Part, patience: Patience) {
        let (gpu, layers) = (&self.gpu, &mut self.layers);
        self.holds_scene &= gpu
            .try_allocate(|| layers.stream(gpu, frame, part, patience))
            .is_some();
        let [waiting, missing] = self.layers.waiting();
        self.stats.waiting = waiting as u32;
        self.stats.missing_parts = missing as u32;
    }

    fn shown(&self) -> Result<&wgpu::Texture, RenderError> {
        self.target.as_ref().ok_or(RenderError::DeviceLost {
            reason: String::from("it made no texture"),
        })
    }

    /// Whether the last frame's lists are known to have been long enough.
    pub fn is_settled(&self) -> bool {
        self.settled
    }

    fn reload_shaders(&mut self) {
        let changed = self.reload.as_mut().and_then(|r| r.passes(&self.gpu));
        if let Some(passes) = changed {
            self.passes = passes;
            self.drawn = None;
        }
    }

    fn check_screen(&self, frame: &Frame) -> Result<(), RenderError> {
        self.gpu.check()?;
        let limit = self.gpu.device.limits().max_texture_dimension_2d;
        view::check_size(&frame.camera, limit)?;
        let bins = [frame.camera.width, frame.camera.height].map(|s| s.div_ceil(BIN));
        if bins[0] * bins[1] > MAX_BINS {
            return Err(RenderError::Capacity {
                what: "so large a view",
            });
        }
        Ok(())
    }

    /// What of the last picture still holds for this part of a frame.
    fn kept(&self, frame: &Frame, part: Part) -> Kept {
        let layers = &self.layers;
        match &self.drawn {
            Some(drawn) if drawn.part == part => {
                let same_scene = drawn.revision == layers.revision;
                let same_places = drawn.geometry == layers.geometry;
                Kept::between(&drawn.frame, frame, [same_scene, same_places])
            }
            _ => Kept::Nothing,
        }
    }

    fn make_target(&mut self, part: Part) {
        let [width, height] = part.size;
        let fits = |t: &wgpu::Texture| t.width() == width && t.height() == height;
        if !self.target.as_ref().is_some_and(fits) {
            self.target = Some(texture(&self.gpu, "viewport", part.size));
        }
    }

    /// Draws what is not kept to the target texture.
    fn submit(&mut self, frame: &Frame, part: Part, kept: Kept) -> Result<(), RenderError> {
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        let mut drawn = match self.drawn.filter(|_| kept == Kept::Pixels) {
            Some(drawn) => {
                self.timer.restart();
                Drawn {
                    frame: *frame,
                    on_target: true,
                    ..drawn
                }
            }
            None => {
                self.settled = false;
                self.record(&mut encoder, (frame, part), kept, true)?
            }
        };
        if let Some(target) = &self.target {
            self.write_backdrop(frame, part, false);
            self.composite(&mut encoder, &drawn.view, target.clone());
        }
        let report = (drawn.number == self.frames && !drawn.complete).then(|| {
            let frame = (drawn.number, &self.buffers.counters);
            self.reports
                .record(&self.gpu, &mut encoder, frame, &self.timer)
        });
        self.gpu.queue.submit([encoder.finish()]);
        if let Some(report) = report {
            self.reports.submitted(report);
        }
        drawn.on_target = true;
        self.drawn = Some(drawn);
        Ok(())
    }

    /// Records all passes up to blend. What is seen on screen may be seen again: `keeps` what may be of use.
    fn record(
        &mut self,
        encoder: &mut wgpu::CommandEncoder,
        (frame, part): (&Frame, Part),
        kept: Kept,
        keeps: bool,
    ) -> Result<Drawn, RenderError> {
        if !self.holds_scene {
            return Err(RenderError::Capacity { what: "this scene" });
        }
        let (view, chunk_views) = self.begin(frame, part)?;
        let fills = self.know_colors(frame, &chunk_views, keeps);
        let chunks: Vec<&GpuChunk> = self.layers.drawn_chunks().collect();
        let context = Context {
            device: &self.gpu.device,
            view: &view,
            buffers: &self.buffers,
            chunks: &chunks,
            chunk_views: &chunk_views,
        };
        let steps: &[Step] = match kept {
            Kept::Places => &RECOLOR_STEPS,
            Kept::Nothing | Kept::Pixels => &STEPS,
        };
        self.timer.restart();
        self.stats.ran.clear();
        if fills {
            self.stats.ran.push("harmonics");
            let mut pass = self.timer.pass(encoder, "harmonics");
            self.passes.project.record_harmonics(&context, &mut pass);
        }
        self.passes.draw(steps, &context, &mut self.timer, encoder);
        if self.outlines(frame) {
            let mut pass = self.timer.pass(encoder, "inspect");
            self.passes.inspect.record_cover(&context, &mut pass);
        }
        self.stats.ran.extend(steps.iter().map(|step| step.name));
        self.stats.splats = self.layers.drawn_len() as u32;
        self.stats.scene_bytes = self.layers.bytes();
        self.stats.memory_bytes = self.layers.bytes() + self.buffers.bytes();
        self.frames += 1;
        Ok(Drawn {
            frame: *frame,
            part,
            view,
            revision: self.layers.revision,
            geometry: self.layers.geometry,
            number: self.frames,
            on_target: false,
            complete: false,
        })
    }

    /// Makes room for a frame and uploads its constants.
    fn begin(&mut self, frame: &Frame, part: Part) -> Result<(View, Vec<ChunkView>), RenderError> {
        self.buffers.colors_known = false;
        let (chunk_views, error_px) = self.layers.chunk_views(frame, part);
        self.stats.considered = chunk_views.iter().map(|c| c.count).sum();
        self.stats.error_px = error_px;
        let depths = self.layers.depth_ranges(&frame.camera);
        let mut view = view::view(frame, part, &chunk_views, depths);
        let (gpu, buffers, shading) = (&self.gpu, &mut self.buffers, &self.layers.shading);
        let outlined = frame.outline && frame.show_selection && self.layers.any_selected;
        let pixels = part.size[0] as usize * part.size[1] as usize;
        let made_room = gpu.try_allocate(|| {
            if outlined {
                buffers.coverage.reserve(&gpu.device, "coverage", pixels);
            }
            buffers.begin(gpu, &mut view, shading, &chunk_views)
        });
        if made_room.is_none() {
            let most = self.buffers.most_intersections;
            self.buffers = FrameBuffers::new(&self.gpu);
            self.buffers.most_intersections = most;
            self.drawn = None;
        }
        made_room.unwrap_or(Err(RenderError::Capacity {
            what: "this picture",
        }))?;
        Ok((view, chunk_views))
    }

    /// Milliseconds of each pass up to blend when the device is waited for after each: longer than in a
    /// frame, but true on devices whose clock is not.
    pub fn time_passes(&mut self, frame: &Frame) -> Result<Vec<PassTime>, RenderError> {
        let (view, chunk_views) = self.begin(frame, Part::whole(&frame.camera))?;
        let chunks: Vec<&GpuChunk> = self.layers.drawn_chunks().collect();
        let context = Context {
            device: &self.gpu.device,
            view: &view,
            buffers: &self.buffers,
            chunks: &chunks,
            chunk_views: &chunk_views,
        };
        self.drawn = None;
        readback::wait(&self.gpu)?;
        let mut times = Vec::new();
        for step in &STEPS {
            let start = Instant::now();
            let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
            (step.record)(
                &self.passes,
                &context,
                &mut encoder.begin_compute_pass(&Default::default()),
            );
            self.gpu.queue.submit([encoder.finish()]);
            readback::wait(&self.gpu)?;
            let ms = start.elapsed().as_secs_f32() * 1e3;
            times.push(PassTime {
                pass: step.name,
                ms,
            });
        }
        Ok(times)
    }

    /// Whether a selection has an outline in this frame.
    fn outlines(&self, frame: &Frame) -> bool {
        frame.outline && frame.show_selection && self.layers.any_selected
    }

    /// Tells composite what stands behind and between the splats of the part it draws next.
    fn write_backdrop(&self, frame: &Frame, part: Part, straight_alpha: bool) {
        let backdrop = Backdrop {
            straight_alpha: u32::from(straight_alpha),
            ..view::backdrop(frame, part, self.outlines(frame), self.layers.core())
        };
        self.buffers.backdrop.write(&self.gpu.queue, &backdrop);
    }

    fn composite(&mut self, encoder: &mut wgpu::CommandEncoder, view: &View, to: wgpu::Texture) {
        let context = Context {
            device: &self.gpu.device,
            view,
            buffers: &self.buffers,
            chunks: &[],
            chunk_views: &[],
        };
        let target = to.create_view(&wgpu::TextureViewDescriptor::default());
        self.stats.ran.push("composite");
        let mut pass = self.timer.pass(encoder, "composite");
        self.passes.composite.record(&context, &target, &mut pass);
    }

    /// Takes over reports that have arrived; makes room where a frame had too little.
    fn collect_reports(&mut self) {
        // A lost device is told by the next call that has to wait for it.
        let _ = self.gpu.device.poll(wgpu::PollType::Poll);
        if let Some(report) = self.reports.newest() {
            self.take_report(&report);
        }
    }

    fn take_report(&mut self, report: &Report) {
        let counters = report.counters;
        self.stats.visible = counters.visible;
        self.stats.intersections = counters.intersections;
        let Some(drawn) = self.drawn.as_mut().filter(|d| d.number == report.frame) else {
            return;
        };
        self.stats.passes = self.timer.times(&report.passes, &report.ticks);
        let view = &drawn.view;
        let overflowed = counters.chunks > view.chunk_capacity
            || counters.intersections > view.intersection_capacity;
        self.stats.overflowed = overflowed || counters.visible > view.visible_capacity;
        drawn.complete = true;
        let on_target = drawn.on_target;
        let size = drawn.part.size;
        let mut redraw = false;
        if overflowed {
            self.buffers.reserve_lists(&self.gpu, room_for(report));
            redraw = self.buffers.room.holds(&counters);
        }
        if self.stats.overflowed && !redraw && on_target {
            redraw = self.cut_screen(size);
        }
        if redraw {
            self.drawn = None;
        }
        self.settled |= on_target && !redraw;
    }
}

/// Half as much room again as a frame turned out to need.
fn room_for(report: &Report) -> Room {
    let more = |n: u32| n as usize + n as usize / 2;
    let chunks = more(report.counters.chunks);
    Room {
        chunks,
        // Where bin entries were lost their intersections were never counted.
        intersections: more(report.counters.intersections).max(chunks * ENTRY_CHUNK as usize),
    }
}

/// A texture that composite writes and egui, copies and tests read.
pub(crate) fn texture(gpu: &Gpu, label: &str, [width, height]: [u32; 2]) -> wgpu::Texture {
    gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: Some(label),
        size: wgpu::Extent3d {
            width,
            height,
            depth_or_array_layers: 1,
        },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba8Unorm,
        usage: wgpu::TextureUsages::STORAGE_BINDING
            | wgpu::TextureUsages::TEXTURE_BINDING
            | wgpu::TextureUsages::COPY_SRC
            | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    })
}

impl Render for Renderer {
    fn set_residency(&mut self, residency: Residency) {
        self.layers.set_residency(residency);
    }

    fn is_complete(&self) -> bool {
        !self.layers.is_behind() && self.stats.missing_parts == 0
    }

    fn sync(&mut self, scene: &Scene, dirty: &[Dirty]) {
        let (gpu, layers) = (&self.gpu, &mut self.layers);
        self.holds_scene = gpu
            .try_allocate(|| layers.sync(gpu, scene, dirty))
            .is_some();
        if !self.holds_scene {
            // The next call takes over everything once more.
            let (revision, geometry) = (self.layers.revision + 1, self.layers.geometry + 1);
            let residency = self.layers.residency();
            self.layers = Layers::new();
            self.layers.set_residency(residency);
            self.layers.revision = revision;
            self.layers.geometry = geometry;
        }
    }

    fn set_tree(&mut self, scene: &Scene, node: NodeId, tree: Arc<LodTree>) {
        let (gpu, layers) = (&self.gpu, &mut self.layers);
        self.holds_scene &= gpu
            .try_allocate(|| layers.set_tree(gpu, scene, node, tree))
            .is_some();
    }

    fn render_part(&mut self, frame: &Frame, part: Part) -> Result<RenderedImage, RenderError> {
        self.draw_image(frame, part)
    }

    fn render_floats(
        &mut self,
        frame: &Frame,
        part: Part,
        supersample: u32,
    ) -> Result<FloatImage, RenderError> {
        self.draw_floats(frame, part, supersample)
    }

    fn pick(&mut self, frame: &Frame, pixel: [u32; 2]) -> Result<Option<Pick>, RenderError> {
        self.pick_at(frame, pixel)
    }

    fn under(&mut self, frame: &Frame, pixel: [u32; 2]) -> Result<Vec<UnderPixel>, RenderError> {
        self.list_under(frame, pixel)
    }

    fn region(&mut self, frame: &Frame, query: &RegionQuery) -> Result<RegionMask, RenderError> {
        self.mask_of(frame, query)
    }

    fn stats(&self) -> FrameStats {
        self.stats.clone()
    }
}
