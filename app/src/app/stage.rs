//! What the viewport shows: the document, or the scene behind the welcome card.

use editor::Editor;
use egui::{Context, Rect};
use renderer::{Background as Behind, Filter, Frame};
use scene::{Edit, Node, Payload, PinholeCamera, Scene, SplatLayer};

use super::App;
use crate::assets;
use crate::background::{Background, Wake};
use crate::export::Orbit;
use crate::recent::THUMBNAIL_SIZE;
use crate::view::{Shown, options};

/// The splats behind the welcome card, relative to the asset folder.
const WELCOME_SCENE: &str = "samples/welcome.ply";
/// The welcome scene is so much nearer than framing would put it: its corners may leave the picture.
const WELCOME_DISTANCE: f32 = 0.86;

/// The scene behind the welcome card.
pub(super) struct Stage {
    loading: Option<Background<(), (Scene, Orbit)>>,
    scene: Option<(Scene, Orbit)>,
}

impl Stage {
    /// Starts to read the welcome scene where it will be shown.
    pub(super) fn new(wanted: bool, wake: &Wake) -> Self {
        let path = assets::find(WELCOME_SCENE).ok().filter(|_| wanted);
        let loading = path.map(|path| {
            Background::start("welcome", wake.clone(), move |_| {
                let (cloud, _) = scene::io::load_all(&path)?;
                let mut scene = Scene::new();
                let mut node = Node::new("Welcome", Payload::Splats(SplatLayer::new(cloud, "")));
                node.transform = scene::io::SCENE_FROM_FILE;
                let (_, mut edit) = Edit::insert(&scene, node);
                edit.apply(&mut scene)?;
                let orbit = Orbit::framing(&scene);
                Ok((scene, orbit))
            })
        });
        Self {
            loading,
            scene: None,
        }
    }

    /// Whether there is something behind the card.
    pub(super) fn has_scene(&self) -> bool {
        self.scene.is_some()
    }

    pub(super) fn poll(&mut self) {
        if let Some(result) = self.loading.as_ref().and_then(Background::result) {
            self.loading = None;
            match result {
                Ok(scene) => self.scene = Some(scene),
                Err(error) => log::warn!("the welcome scene cannot be read: {error:#}"),
            }
        }
    }

    /// Frees the welcome scene; the document is shown from now on.
    pub(super) fn close(&mut self) {
        self.loading = None;
        self.scene = None;
    }
}

/// The view of the welcome scene: the subject fills the share `free` of the viewport above the card.
fn welcome_camera(orbit: &Orbit, size: [u32; 2], free: f32) -> PinholeCamera {
    let free = free.clamp(0.2, 1.0);
    let orbit = Orbit {
        distance: orbit.distance * WELCOME_DISTANCE / free,
        yaw: 0.42,
        pitch: 0.04,
        ..*orbit
    };
    let mut camera = orbit.camera(size);
    camera.cy = size[1] as f32 * 0.5 * free;
    camera
}

/// Physical pixels of a rectangle in points.
pub(super) fn pixel_size(rect: Rect, pixels_per_point: f32) -> [u32; 2] {
    let side = |points: f32| ((points * pixels_per_point).round() as u32).clamp(1, 8192);
    [side(rect.width()), side(rect.height())]
}

impl App {
    /// Draws what the viewport shows now, where anything changed.
    pub(super) fn draw(&mut self, ctx: &Context) {
        self.stage.poll();
        let Some(rect) = self.view.facts().rect else {
            return;
        };
        self.view.keep_to(self.settings.splat_memory());
        let size = pixel_size(rect, ctx.pixels_per_point());
        let welcomes = self.welcomes();
        // A file that fails to open leaves the welcome scene where it was.
        if self
            .editor
            .scene()
            .layers()
            .any(|(.., layer)| !layer.incoming)
        {
            self.stage.close();
        }
        // Behind the card of a dropped picture there is nothing else to look at.
        let about_picture = matches!(self.front.card, crate::dialogs::Card::Drop(_));
        let shows = welcomes && !about_picture;
        match self.stage.scene.as_ref().filter(|_| shows) {
            Some((scene, orbit)) => {
                let card = self.front.state.welcome_card;
                let free = card.map_or(0.55, |card| (card.top() - rect.top()) / rect.height());
                let frame = self.frame_from(welcome_camera(orbit, size, free));
                self.view.draw(scene, Shown::Welcome, frame, ctx);
            }
            None => {
                let frame = self.frame_from(self.editor.camera(size));
                let frame =
                    options::with_guides(options::as_viewed(frame, &self.editor), &self.editor);
                let frame = Frame {
                    background: options::behind(self.settings.backdrop),
                    ..frame
                };
                self.view
                    .draw(self.editor.scene(), Shown::Document, frame, ctx);
            }
        }
        self.portray();
    }

    fn frame_from(&self, camera: PinholeCamera) -> Frame {
        Frame {
            // Most backdrops are painted below the picture, so the picture itself is transparent.
            background: Behind::Transparent,
            filter: self.filter(),
            show_selection: true,
            selection_color: self.settings.selection_color.rgb(),
            ..Frame::new(camera)
        }
    }

    /// The pixel filter that the artist chose.
    pub(super) fn filter(&self) -> Filter {
        if self.settings.mip_filter {
            Filter::Mip
        } else {
            Filter::Classic
        }
    }

    /// Makes the small picture of a recent file from what is shown now.
    fn portray(&mut self) {
        // A large scene is portrayed when it is there.
        if self.view.facts().stats.waiting > 0 {
            return;
        }
        let Some(path) = self.front.portray.take() else {
            return;
        };
        let camera = framed(&self.editor);
        let frame = Frame {
            background: Behind::Color([0.09; 3]),
            filter: self.filter(),
            ..Frame::new(camera)
        };
        let Some(image) = self.view.thumbnail(&frame) else {
            return;
        };
        let name = crate::recent::thumbnail_name(&path);
        let target = crate::recent::thumbnail_folder().join(&name);
        if let Some(recent) = self.settings.recent.iter_mut().find(|r| r.path == path) {
            recent.thumbnail = Some(name);
        }
        self.front.pictures.forget(&target);
        // A thumbnail that cannot be written is no reason to bother anybody.
        let write = move || {
            let folder = crate::recent::thumbnail_folder();
            let picture = image::RgbaImage::from_raw(image.width, image.height, image.rgba);
            if let (Ok(()), Some(picture)) = (std::fs::create_dir_all(folder), picture)
                && let Err(error) = picture.save(&target)
            {
                log::warn!("a thumbnail cannot be written: {error}");
            }
        };
        if let Err(error) = std::thread::Builder::new()
            .name(String::from("thumbnail"))
            .spawn(write)
        {
            log::warn!("a thumbnail cannot be written: {error}");
        }
    }
}

/// All of the scene, a little from the side, in the size of a small picture.
fn framed(editor: &Editor) -> PinholeCamera {
    let orbit = Orbit::framing(editor.scene());
    let orbit = Orbit {
        distance: orbit.distance * 0.8,
        yaw: 0.35,
        ..orbit
    };
    orbit.camera(THUMBNAIL_SIZE)
}
