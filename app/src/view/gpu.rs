//! The viewport on the window's own graphics device.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use eframe::egui_wgpu::RenderState;
use egui::{Context, TextureId};
use renderer::{Frame, Gpu, Pick, Render as _, RenderedImage, Renderer, Residency, Tuned};
use scene::{RegionMask, RegionQuery, Scene};

use super::memory::{self, SplatMemory};
use super::pace::Pace;
use super::{Changes, ViewFacts, scaled};
use crate::background::{Background, Wake};
use crate::tunings;

/// Whether the device can run all passes (old OpenGL cannot), and faster than we do without.
pub(super) fn can_compute(state: &RenderState) -> bool {
    let device_type = state.adapter.get_info().device_type;
    Gpu::can_draw(&state.adapter) && !Gpu::is_slower_than_software(device_type)
}

/// So long nothing is drawn before passes are timed.
const IDLE: Duration = Duration::from_secs(2);

/// How long a frame may take over splats: half of what a smooth frame has.
const SLICE: Duration = Duration::from_millis(8);

enum Stage {
    /// The passes are compiled on their own thread, so that the window opens at once.
    Compiling(Background<(), Renderer>),
    Ready(Box<Renderer>),
    Failed,
}

pub(super) struct GpuView {
    state: RenderState,
    gpu: Gpu,
    stage: Stage,
    texture: Option<(wgpu::Texture, TextureId)>,
    pace: Pace,
    choice: Choice,
    memory: SplatMemory,
    wake: Wake,
}

/// The choice of passes for this device.
enum Choice {
    /// Not known yet: it is measured once nothing has been drawn for a while.
    Unknown {
        idle_since: Option<Instant>,
    },
    Measuring(Background<(), Tuned>),
    Made,
}

impl GpuView {
    pub(super) fn new(state: RenderState, wake: Wake) -> Self {
        let info = state.adapter.get_info();
        let gpu = Gpu::from_existing(&info, state.device.clone(), state.queue.clone());
        let remembered = tunings::remembered(&gpu);
        let gpu = gpu.with_tuning(remembered.unwrap_or_default());
        let for_thread = gpu.clone();
        let compiling = Background::start("compile", Arc::clone(&wake), move |_| {
            Renderer::new(for_thread).context("the renderer could not start")
        });
        Self {
            state,
            gpu,
            stage: Stage::Compiling(compiling),
            texture: None,
            pace: Pace::new(),
            choice: match remembered {
                Some(_) => Choice::Made,
                None => Choice::Unknown { idle_since: None },
            },
            memory: SplatMemory::default(),
            wake,
        }
    }

    /// Measures the fastest passes while the artist looks at a picture that stands still.
    fn choose_passes(&mut self, drew: bool, ctx: &Context) {
        let Stage::Ready(renderer) = &mut self.stage else {
            return;
        };
        match &mut self.choice {
            Choice::Made => {}
            Choice::Unknown { idle_since } if drew => {
                *idle_since = Some(Instant::now());
                ctx.request_repaint_after(IDLE);
            }
            Choice::Unknown { idle_since } => {
                let idle = idle_since.map_or(Duration::ZERO, |since| since.elapsed());
                if idle < IDLE {
                    ctx.request_repaint_after(IDLE - idle);
                } else {
                    let gpu = self.gpu.clone();
                    let measuring =
                        Background::start("passes", Arc::clone(&self.wake), move |_| {
                            renderer::measure_tuning(&gpu).context("the passes cannot be timed")
                        });
                    self.choice = Choice::Measuring(measuring);
                }
            }
            Choice::Measuring(measuring) => {
                let Some(result) = measuring.result() else {
                    return;
                };
                self.choice = Choice::Made;
                match result {
                    Ok(tuned) => {
                        log::info!("the fastest passes here: {}", tuned.tuning);
                        if let Err(error) = tunings::remember(&self.gpu, tuned.tuning) {
                            log::warn!("the choice of passes cannot be remembered: {error}");
                        }
                        renderer.adopt(tuned);
                    }
                    Err(error) => log::warn!("{error:#}"),
                }
            }
        }
    }

    /// Bytes of splats that the device is trusted to hold.
    pub(super) fn usual_bytes(&self) -> u64 {
        let usual = Gpu::usual_scene_bytes(self.gpu.device_type);
        match self.gpu.device_type {
            wgpu::DeviceType::DiscreteGpu => usual,
            // Its memory is the processor's.
            _ => usual.min(memory::shared_bytes()),
        }
    }

    fn residency(&self) -> Residency {
        Residency {
            scene_bytes: self.memory.bytes.unwrap_or_else(|| self.usual_bytes()),
            slice: Some(SLICE),
            harmonics: self.memory.harmonics,
        }
    }

    pub(super) fn keep_to(&mut self, memory: SplatMemory) {
        self.memory = memory;
        let residency = self.residency();
        if let Stage::Ready(renderer) = &mut self.stage {
            renderer.set_residency(residency);
        }
    }

    pub(super) fn device(&self) -> Gpu {
        self.gpu.clone()
    }

    pub(super) fn draw(
        &mut self,
        scene: &Scene,
        changes: &mut Changes,
        frame: Frame,
        changed: bool,
        (facts, ctx): (&mut ViewFacts, &Context),
    ) -> Result<()> {
        let mut fresh = false;
        if let Stage::Compiling(compiling) = &self.stage
            && let Some(result) = compiling.result()
        {
            match result {
                Ok(mut renderer) => {
                    renderer.set_residency(self.residency());
                    self.stage = Stage::Ready(Box::new(renderer));
                    changes.dirty = super::everything(scene);
                    fresh = true;
                }
                Err(error) => {
                    self.stage = Stage::Failed;
                    return Err(error);
                }
            }
        }
        let Stage::Ready(renderer) = &mut self.stage else {
            return Ok(());
        };
        // A frame whose buffers were too small is drawn again with larger ones.
        let changed = changed || fresh || !renderer.is_settled();
        let start = Instant::now();
        let behind = !renderer.is_complete();
        let scale = match self.pace.next(changed, start) {
            Some(scale) => scale,
            // More of a large layer comes with every frame.
            None if behind && self.pace.is_sharp() => 1.0,
            None => {
                self.choose_passes(false, ctx);
                return Ok(());
            }
        };
        if !changes.is_empty() || behind {
            std::mem::take(changes).hand_over(scene, renderer.as_mut());
        }
        let drawn = Frame {
            camera: scaled(&frame.camera, scale),
            detail: self.pace.detail(scale, facts.stats.splats),
            ..frame
        };
        let texture = renderer.render_to_texture(&drawn)?.clone();
        facts.stats = renderer.stats();
        facts.frame_ms = frame_ms(facts, start);
        self.pace.took(scale, facts.frame_ms);
        if let Some(again) = self.pace.began(scale) {
            ctx.request_repaint_after(again);
        }
        if !renderer.is_settled() || !renderer.is_complete() {
            ctx.request_repaint();
        }
        facts.texture = Some(self.show(texture));
        facts.shown = Some(frame);
        self.choose_passes(true, ctx);
        Ok(())
    }

    fn show(&mut self, texture: wgpu::Texture) -> TextureId {
        if let Some((shown, id)) = &self.texture
            && *shown == texture
        {
            return *id;
        }
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let mut renderer = self.state.renderer.write();
        let device = &self.state.device;
        let id = match &self.texture {
            Some((_, id)) => {
                renderer.update_egui_texture_from_wgpu_texture(
                    device,
                    &view,
                    wgpu::FilterMode::Linear,
                    *id,
                );
                *id
            }
            None => renderer.register_native_texture(device, &view, wgpu::FilterMode::Linear),
        };
        drop(renderer);
        self.texture = Some((texture, id));
        id
    }

    pub(super) fn pick(&mut self, frame: &Frame, pixel: [u32; 2]) -> Option<Pick> {
        let Stage::Ready(renderer) = &mut self.stage else {
            return None;
        };
        renderer.pick(frame, pixel).unwrap_or_else(|error| {
            log::warn!("nothing could be picked: {error}");
            None
        })
    }

    pub(super) fn region(&mut self, frame: &Frame, query: &RegionQuery) -> Option<RegionMask> {
        let Stage::Ready(renderer) = &mut self.stage else {
            return None;
        };
        let mask = renderer.region(frame, query);
        mask.inspect_err(|error| log::warn!("no region could be selected: {error}"))
            .ok()
    }

    pub(super) fn image(&mut self, frame: &Frame) -> Option<RenderedImage> {
        let Stage::Ready(renderer) = &mut self.stage else {
            return None;
        };
        renderer.render_image(frame).ok()
    }
}

/// The device's own time where it can tell; else the time until the work was handed over.
fn frame_ms(facts: &ViewFacts, start: Instant) -> f32 {
    let passes: f32 = facts.stats.passes.iter().map(|pass| pass.ms).sum();
    if passes > 0.0 {
        passes
    } else {
        start.elapsed().as_secs_f32() * 1e3
    }
}
