//! The picture in the middle of the window: which renderer draws it, and when.
//!
//! A frame is drawn only when the scene, the camera or the size changed. On a graphics device the
//! renderer draws into a texture that the window shows; where there is none, the software renderer
//! works on its own thread and the window shows its last picture.

mod gpu;
mod levels;
pub mod memory;
pub mod options;
mod pace;
mod software;

use std::time::{Duration, Instant};

use egui::{Context, Rect, TextureId};
use renderer::{Frame, FrameStats, Pick, Render, RenderedImage};
use scene::{Dirty, PinholeCamera, RegionMask, RegionQuery, Scene};

use crate::background::Wake;
use gpu::GpuView;
use levels::{Levels, Tree};
use memory::SplatMemory;
use software::SoftwareView;

/// What the viewport shows and how fast, for panels.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ViewFacts {
    /// Where the viewport is, points.
    pub rect: Option<Rect>,
    /// The picture and the part of the viewport that it fills.
    pub texture: Option<TextureId>,
    /// The frame in the picture.
    pub shown: Option<Frame>,
    /// Numbers of the last frame.
    pub stats: FrameStats,
    /// Time that the last frame took, milliseconds; 0 before the first.
    pub frame_ms: f32,
    /// The device, for people.
    pub device: String,
    /// Whether the software renderer draws.
    pub software: bool,
    /// Why nothing can be drawn.
    pub problem: Option<String>,
    /// Bytes that splats may take where the artist does not say.
    pub usual_bytes: u64,
}

/// The scene that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The document.
    Document,
    /// The scene behind the welcome card.
    Welcome,
}

enum Engine {
    Gpu(Box<GpuView>),
    Software(SoftwareView),
}

/// What the renderer does not know yet.
#[derive(Debug, Default)]
struct Changes {
    dirty: Vec<Dirty>,
    /// Levels of detail that were built.
    trees: Vec<Tree>,
    /// Whether something came that [`Levels`] has not been told of.
    news: bool,
}

impl Changes {
    fn is_empty(&self) -> bool {
        self.dirty.is_empty() && self.trees.is_empty()
    }

    fn hand_over(self, scene: &Scene, renderer: &mut dyn Render) {
        renderer.sync(scene, &self.dirty);
        for (node, tree) in self.trees {
            renderer.set_tree(scene, node, tree);
        }
    }
}

/// Draws the viewport.
pub struct View {
    engine: Engine,
    changes: Changes,
    levels: Levels,
    shown: Option<Shown>,
    wanted: Option<Frame>,
    facts: ViewFacts,
    memory: SplatMemory,
    wake: Wake,
}

impl View {
    /// A view on the window's own graphics device, or without one on the software renderer.
    pub fn new(state: Option<eframe::egui_wgpu::RenderState>, wake: Wake) -> Self {
        let mut facts = ViewFacts::default();
        let engine = match state.filter(gpu::can_compute) {
            Some(state) => {
                let view = GpuView::new(state, wake.clone());
                facts.device = view.device().adapter_name;
                facts.usual_bytes = view.usual_bytes();
                Engine::Gpu(Box::new(view))
            }
            None => software_engine(&mut facts, wake.clone()),
        };
        Self {
            engine,
            changes: Changes::default(),
            levels: Levels::new(wake.clone()),
            shown: None,
            wanted: None,
            facts,
            memory: SplatMemory::default(),
            wake,
        }
    }

    /// Keeps splats to so much memory from the next frame on. Large layers come anew, part by part.
    pub fn keep_to(&mut self, memory: SplatMemory) {
        if self.memory != memory {
            self.memory = memory;
            self.apply_memory();
        }
    }

    fn apply_memory(&mut self) {
        match &mut self.engine {
            Engine::Gpu(view) => view.keep_to(self.memory),
            Engine::Software(view) => view.keep_to(self.memory),
        }
    }

    /// What panels may know.
    pub fn facts(&self) -> &ViewFacts {
        &self.facts
    }

    /// Where the viewport is, told by `ui` for the next frame.
    pub fn place(&mut self, rect: Rect) {
        self.facts.rect = Some(rect);
    }

    /// Notes what changed in the document.
    pub fn note(&mut self, dirty: &[Dirty]) {
        if self.shown == Some(Shown::Document) {
            self.changes.dirty.extend_from_slice(dirty);
            self.changes.news |= !dirty.is_empty();
        }
    }

    /// Forgets what was shown, for a scene that takes the place of another.
    pub fn reset(&mut self) {
        self.shown = None;
        self.facts.shown = None;
    }

    /// Draws `frame` of `scene` if anything changed since the last call.
    pub fn draw(&mut self, scene: &Scene, shown: Shown, frame: Frame, ctx: &Context) {
        if self.shown != Some(shown) {
            self.shown = Some(shown);
            self.start_over(scene);
        }
        self.build_levels(scene, ctx);
        let changed = !self.changes.is_empty() || self.wanted != Some(frame);
        let result = match &mut self.engine {
            Engine::Gpu(view) => view.draw(
                scene,
                &mut self.changes,
                frame,
                changed,
                (&mut self.facts, ctx),
            ),
            Engine::Software(view) => {
                let changes = &mut self.changes;
                view.draw(scene, changes, frame, changed, (&mut self.facts, ctx));
                Ok(())
            }
        };
        self.wanted = Some(frame);
        match result {
            Ok(()) => self.facts.problem = None,
            Err(error) => self.fall_back(&error, scene),
        }
    }

    /// The splat under a pixel of the picture shown now.
    pub fn pick(&mut self, x_px: f32, y_px: f32) -> Option<Pick> {
        let frame = self.facts.shown.as_ref()?;
        let inside = |v: f32, size: u32| v >= 0.0 && v < size as f32;
        if !inside(x_px, frame.camera.width) || !inside(y_px, frame.camera.height) {
            return None;
        }
        match &mut self.engine {
            Engine::Gpu(view) => view.pick(frame, [x_px as u32, y_px as u32]),
            Engine::Software(view) => view.pick(frame, [x_px as u32, y_px as u32]),
        }
    }

    /// The splats in a region of the picture shown now.
    pub fn region(&mut self, query: &RegionQuery) -> Option<RegionMask> {
        let frame = self.facts.shown.as_ref()?;
        match &mut self.engine {
            Engine::Gpu(view) => view.region(frame, query),
            Engine::Software(view) => view.region(frame, query),
        }
    }

    /// A small picture of what is shown, where the renderer can give one at once.
    pub fn thumbnail(&mut self, frame: &Frame) -> Option<RenderedImage> {
        match &mut self.engine {
            Engine::Gpu(view) => view.image(frame),
            Engine::Software(view) => view.image(frame),
        }
    }

    /// The device that exports may share.
    pub fn gpu(&self) -> Option<renderer::Gpu> {
        match &self.engine {
            Engine::Gpu(view) => Some(view.device()),
            Engine::Software(_) => None,
        }
    }

    // A lost device or one that is too small must not end the day: the software renderer goes on.
    fn fall_back(&mut self, error: &anyhow::Error, scene: &Scene) {
        log::error!("the graphics device cannot go on, drawing in software: {error:#}");
        self.engine = software_engine(&mut self.facts, self.wake.clone());
        self.facts.problem = Some(crate::text::fell_back(&error.to_string()));
        self.apply_memory();
        self.start_over(scene);
        self.wanted = None;
        (self.wake)();
    }

    /// Everything is to be drawn anew.
    fn start_over(&mut self, scene: &Scene) {
        self.levels.forget();
        self.changes = Changes {
            dirty: everything(scene),
            trees: Vec::new(),
            news: true,
        };
    }

    /// Has levels of detail made for what rests.
    fn build_levels(&mut self, scene: &Scene, ctx: &Context) {
        let now = Instant::now();
        // Changes wait here while the renderer is busy; they are looked at once.
        if std::mem::take(&mut self.changes.news)
            && let Some(again) = self.levels.note(scene, &self.changes.dirty, now)
        {
            ctx.request_repaint_after(again + Duration::from_millis(20));
        }
        if let Some(tree) = self.levels.poll(scene, now) {
            self.changes.trees.push(tree);
        }
    }
}

fn software_engine(facts: &mut ViewFacts, wake: Wake) -> Engine {
    facts.software = true;
    facts.device = crate::text::SOFTWARE_DEVICE.to_owned();
    facts.texture = None;
    facts.usual_bytes = memory::shared_bytes();
    Engine::Software(SoftwareView::new(wake))
}

/// All of a scene as something that changed.
pub fn everything(scene: &Scene) -> Vec<Dirty> {
    let clouds = scene.layers().map(|(node, _, layer)| Dirty::Cloud {
        node,
        rows: 0..layer.cloud.len(),
    });
    [Dirty::Graph, Dirty::Light]
        .into_iter()
        .chain(clouds)
        .collect()
}

/// The same view in a picture `scale` times as large.
pub fn scaled(camera: &PinholeCamera, scale: f32) -> PinholeCamera {
    let side = |v: u32| ((v as f32 * scale).round() as u32).max(1);
    let (width, height) = (side(camera.width), side(camera.height));
    let (sx, sy) = (
        width as f32 / camera.width.max(1) as f32,
        height as f32 / camera.height.max(1) as f32,
    );
    PinholeCamera {
        fx: camera.fx * sx,
        fy: camera.fy * sy,
        cx: camera.cx * sx,
        cy: camera.cy * sy,
        width,
        height,
        ..*camera
    }
}
