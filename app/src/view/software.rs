//! The viewport where no graphics device is: the software renderer on its own thread.

use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};
use egui::{ColorImage, Context, TextureHandle, TextureOptions};
use renderer::{
    Detail, Frame, FrameStats, Pick, Render as _, RenderedImage, Residency, SoftwareRenderer,
};
use scene::{RegionMask, RegionQuery, Scene};

use super::memory::{self, SplatMemory};
use super::pace::Pace;
use super::{Changes, ViewFacts, scaled};
use crate::background::Wake;

/// How long a click waits for the renderer's answer.
const PICK_PATIENCE: Duration = Duration::from_millis(600);
/// How long a selection waits: it may have to draw the whole picture first.
const REGION_PATIENCE: Duration = Duration::from_secs(4);

/// How long a picture may take over splats.
const SLICE: Duration = Duration::from_millis(200);

enum Order {
    Draw {
        changes: Option<(Box<Scene>, Changes)>,
        residency: Residency,
        frame: Frame,
        detail: Detail,
        scale: f32,
    },
    Pick(Frame, [u32; 2], Sender<Option<Pick>>),
    Region(Frame, RegionQuery, Sender<Option<RegionMask>>),
    Image(Frame, Sender<Option<RenderedImage>>),
}

struct Drawn {
    frame: Frame,
    scale: f32,
    image: Option<ColorImage>,
    stats: FrameStats,
    took: Duration,
    problem: Option<String>,
    /// Whether more comes with the next one.
    behind: bool,
}

pub(super) struct SoftwareView {
    orders: Sender<Order>,
    pictures: Receiver<Drawn>,
    _thread: Option<JoinHandle<()>>,
    busy: bool,
    texture: Option<TextureHandle>,
    pace: Pace,
    /// Something changed while the thread was busy.
    pending: bool,
    /// More of large layers comes with the next picture.
    behind: bool,
    memory: SplatMemory,
    /// Whether the next picture keeps to another memory than the last.
    resized: bool,
}

impl SoftwareView {
    pub(super) fn new(wake: Wake) -> Self {
        let (orders, inbox) = bounded::<Order>(2);
        let (outbox, pictures) = bounded::<Drawn>(2);
        let thread = std::thread::Builder::new()
            .name(String::from("draw"))
            .spawn(move || work(&inbox, &outbox, &wake));
        if let Err(error) = &thread {
            log::error!("the drawing thread cannot start: {error}");
        }
        Self {
            orders,
            pictures,
            _thread: thread.ok(),
            busy: false,
            texture: None,
            pace: Pace::new(),
            pending: false,
            behind: false,
            memory: SplatMemory::default(),
            resized: false,
        }
    }

    pub(super) fn keep_to(&mut self, memory: SplatMemory) {
        self.memory = memory;
        self.resized = true;
    }

    pub(super) fn draw(
        &mut self,
        scene: &Scene,
        changes: &mut Changes,
        frame: Frame,
        changed: bool,
        (facts, ctx): (&mut ViewFacts, &Context),
    ) {
        self.receive(facts, ctx);
        let now = Instant::now();
        let changed = changed || !changes.is_empty() || self.resized;
        if self.busy {
            if changed {
                self.pace.touch(now);
                self.pending = true;
            }
            return;
        }
        let scale = match self.pace.next(changed || self.pending, now) {
            Some(scale) => scale,
            None if self.behind && self.pace.is_sharp() => 1.0,
            None => return,
        };
        self.pending = false;
        let takes_over = !changes.is_empty() || std::mem::take(&mut self.resized);
        let changes = takes_over.then(|| (Box::new(scene.clone()), std::mem::take(changes)));
        let order = Order::Draw {
            changes,
            residency: Residency {
                scene_bytes: self.memory.bytes.unwrap_or_else(memory::shared_bytes),
                slice: Some(SLICE),
                harmonics: self.memory.harmonics,
            },
            frame,
            detail: self.pace.detail(scale, facts.stats.splats),
            scale,
        };
        self.busy = self.orders.try_send(order).is_ok();
        if let Some(again) = self.pace.began(scale) {
            ctx.request_repaint_after(again);
        }
    }

    fn receive(&mut self, facts: &mut ViewFacts, ctx: &Context) {
        for drawn in self.pictures.try_iter() {
            self.busy = false;
            self.behind = drawn.behind;
            facts.stats = drawn.stats;
            facts.frame_ms = drawn.took.as_secs_f32() * 1e3;
            facts.problem = drawn.problem;
            self.pace.took(drawn.scale, facts.frame_ms);
            let Some(image) = drawn.image else {
                continue;
            };
            match &mut self.texture {
                Some(texture) => texture.set(image, TextureOptions::LINEAR),
                none => {
                    *none = Some(ctx.load_texture("viewport", image, TextureOptions::LINEAR));
                }
            }
            facts.texture = self.texture.as_ref().map(TextureHandle::id);
            facts.shown = Some(drawn.frame);
        }
    }

    pub(super) fn pick(&self, frame: &Frame, pixel: [u32; 2]) -> Option<Pick> {
        let (answer, wait) = bounded(1);
        self.orders
            .try_send(Order::Pick(*frame, pixel, answer))
            .ok()?;
        wait.recv_timeout(PICK_PATIENCE).ok().flatten()
    }

    pub(super) fn region(&self, frame: &Frame, query: &RegionQuery) -> Option<RegionMask> {
        let (answer, wait) = bounded(1);
        self.orders
            .try_send(Order::Region(*frame, query.clone(), answer))
            .ok()?;
        wait.recv_timeout(REGION_PATIENCE).ok().flatten()
    }

    pub(super) fn image(&self, frame: &Frame) -> Option<RenderedImage> {
        if self.busy {
            return None;
        }
        let (answer, wait) = bounded(1);
        self.orders.try_send(Order::Image(*frame, answer)).ok()?;
        wait.recv_timeout(PICK_PATIENCE).ok().flatten()
    }
}

fn work(inbox: &Receiver<Order>, outbox: &Sender<Drawn>, wake: &Wake) {
    let mut renderer = SoftwareRenderer::new();
    // Of layers that arrive nothing is held back here: their clouds could not grow in place.
    let mut left: Option<Box<Scene>> = None;
    for order in inbox {
        match order {
            Order::Draw {
                changes,
                residency,
                frame,
                detail,
                scale,
            } => {
                renderer.set_residency(residency);
                let (scene, changes) = match changes {
                    Some((scene, changes)) => (Some(scene), changes),
                    None => (left.take(), Changes::default()),
                };
                if let Some(scene) = scene {
                    changes.hand_over(&scene, &mut renderer);
                    let arrives = scene.layers().any(|(.., layer)| layer.incoming);
                    left = Some(scene).filter(|_| !arrives && !renderer.is_complete());
                }
                let drawn = draw(&mut renderer, frame, (detail, scale));
                if outbox.send(drawn).is_err() {
                    return;
                }
                wake();
            }
            // An asker that gave up waiting needs no answer.
            Order::Pick(frame, pixel, answer) => {
                let _ = answer.send(renderer.pick(&frame, pixel).ok().flatten());
            }
            Order::Region(frame, query, answer) => {
                let _ = answer.send(renderer.region(&frame, &query).ok());
            }
            Order::Image(frame, answer) => {
                let _ = answer.send(renderer.render_image(&frame).ok());
            }
        }
    }
}

fn draw(renderer: &mut SoftwareRenderer, frame: Frame, (detail, scale): (Detail, f32)) -> Drawn {
    let start = Instant::now();
    let result = renderer.render_image(&Frame {
        camera: scaled(&frame.camera, scale),
        detail,
        ..frame
    });
    let took = start.elapsed();
    let problem = result.as_ref().err().map(ToString::to_string);
    let image = result.ok().map(|image| {
        let size = [image.width as usize, image.height as usize];
        ColorImage::from_rgba_unmultiplied(size, &image.rgba)
    });
    Drawn {
        frame,
        scale,
        image,
        stats: renderer.stats(),
        took,
        problem,
        behind: !renderer.is_complete(),
    }
}
