//! The viewport on the window's own graphics device.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use eframe::egui_wgpu::RenderState;
use egui::{Context, TextureId};
use renderer::{Frame, Gpu, Pick, Render as _, RenderedImage, Renderer, Residency};
use scene::{RegionMask, RegionQuery, Scene};

use super::pace::Pace;
use super::{Changes, ViewFacts, scaled};
use crate::background::{Background, Wake};

/// Whether the device can run compute passes at all (old OpenGL cannot), and faster than we do without.
pub(super) fn can_compute(state: &RenderState) -> bool {
    let flags = state.adapter.get_downlevel_capabilities().flags;
    let info = state.adapter.get_info();
    flags.contains(wgpu::DownlevelFlags::COMPUTE_SHADERS)
        && info.backend != wgpu::Backend::Gl
        && !Gpu::is_slower_than_software(info.device_type)
}

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
}

impl GpuView {
    pub(super) fn new(state: RenderState, wake: Wake) -> Self {
        let info = state.adapter.get_info();
        let gpu = Gpu::from_existing(&info, state.device.clone(), state.queue.clone());
        let for_thread = gpu.clone();
        let compiling = Background::start("compile", wake, move |_| {
            Renderer::new(for_thread).context("the renderer could not start")
        });
        Self {
            state,
            gpu,
            stage: Stage::Compiling(compiling),
            texture: None,
            pace: Pace::new(),
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
                    let kind = renderer.gpu().device_type;
                    renderer.set_residency(Residency {
                        scene_bytes: Gpu::usual_scene_bytes(kind),
                        slice: Some(SLICE),
                    });
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
            None => return Ok(()),
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
