//! The one writer of the scene: takes commands and input, keeps history, camera, tool and selection.

use std::{cell::RefCell, collections::BTreeSet};

use glam::{Affine3A, Vec2, Vec3};
use scene::{History, NodeId, PinholeCamera, Scene, SplatLayer, Transform};

use crate::{
    adjust::Source,
    camera_control::{CameraControl, Motion},
    clipboard::Clipboard,
    data::DataRange,
    gesture::Gesture,
    input::{Button, Key, Modifiers},
    keymap::Keymap,
    overlay::Overlay,
    picker::Picker,
    select::{self, SelectOp},
    settings::Settings,
    tool::ToolKind,
    tools::{
        self, Drag,
        measure::{Anchored, Picked},
        standing::Standing,
    },
    volume::Volume,
};

/// The document in the hand of an artist.
#[derive(Debug)]
pub struct Editor {
    pub(crate) scene: Scene,
    pub(crate) history: History,
    pub(crate) settings: Settings,
    pub(crate) keymap: Keymap,
    pub(crate) camera: CameraControl,
    pub(crate) tool: ToolKind,
    pub(crate) selected_node: Option<NodeId>,
    /// Changes that panels gather (a number being scrubbed).
    pub(crate) gesture: Option<Gesture>,
    pub(crate) pointer: Pointer,
    pub(crate) standing: Standing,
    pub(crate) viewport: Viewport,
    /// `world_from_box` of the box outside of which nothing is drawn.
    pub(crate) clip: Option<Affine3A>,
    /// A point of the world that things are turned about.
    pub(crate) picked_pivot: Option<Vec3>,
    /// Marks of what a clean-up would change; applied, and never a step.
    pub(crate) preview: Option<crate::run::clean::Preview>,
    pub(crate) picking_pivot: bool,
    /// What the measuring tool has picked.
    pub(crate) points: Vec<Anchored>,
    /// What a drag has picked just now.
    pub(crate) picked: Option<(Picked, Anchored)>,
    pub(crate) pivot_cache: RefCell<Option<crate::target::Cached>>,
    /// Where the clone brush takes its colors from.
    pub(crate) clone_from: Option<tools::clone::SourceMark>,
    /// What is copied, also from one document to the next.
    pub(crate) clipboard: Clipboard,
}

/// What the pointer and the keys are doing.
#[derive(Debug, Default)]
pub(crate) struct Pointer {
    /// Where it is, `None` outside the viewport.
    pub(crate) pos: Option<Vec2>,
    pub(crate) modifiers: Modifiers,
    /// The button that drags, and what it drags.
    pub(crate) drag: Option<(Button, Box<dyn Drag>)>,
    /// Keys that fly.
    pub(crate) held: BTreeSet<Key>,
    pub(crate) zoom_anchor: Option<ZoomAnchor>,
}

/// The point that a burst of wheel turns zooms to, so that it is picked once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ZoomAnchor {
    pub(crate) pos: Vec2,
    pub(crate) point: Vec3,
    pub(crate) age_secs: f32,
}

/// The picture on screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Viewport {
    /// Physical pixels.
    pub(crate) size: [u32; 2],
    pub(crate) pixels_per_point: f32,
}

/// What a drag may use; made anew for each event.
pub(crate) struct Cx<'a> {
    pub(crate) scene: &'a mut Scene,
    pub(crate) history: &'a mut History,
    pub(crate) camera: &'a mut CameraControl,
    pub(crate) selected_node: &'a mut Option<NodeId>,
    pub(crate) standing: &'a mut Standing,
    pub(crate) settings: &'a Settings,
    pub(crate) viewport: Viewport,
    pub(crate) clip: Option<Affine3A>,
    pub(crate) picker: &'a mut dyn Picker,
    /// For a drag that picks a point.
    pub(crate) picked: &'a mut Option<(Picked, Anchored)>,
    pub(crate) clone_from: &'a mut Option<tools::clone::SourceMark>,
    /// Whether flying keys are held, which turns orbiting into looking around.
    pub(crate) flying: bool,
}

impl Cx<'_> {
    pub(crate) fn pinhole(&self) -> PinholeCamera {
        self.camera.camera(self.viewport.size)
    }
}

impl Default for Editor {
    fn default() -> Self {
        Self::new()
    }
}

impl Editor {
    /// An empty scene with default settings.
    pub fn new() -> Self {
        Self::with_settings(Settings::default())
    }

    /// An empty scene with the artist's settings.
    pub fn with_settings(settings: Settings) -> Self {
        Self {
            scene: Scene::new(),
            history: History::new(settings.history_bytes),
            camera: CameraControl::new(settings.fov_y, &settings.view),
            settings,
            keymap: Keymap::default(),
            tool: ToolKind::default(),
            selected_node: None,
            gesture: None,
            pointer: Pointer::default(),
            standing: Standing::default(),
            viewport: Viewport {
                size: [1280, 720],
                pixels_per_point: 1.0,
            },
            clip: None,
            picked_pivot: None,
            preview: None,
            picking_pivot: false,
            points: Vec::new(),
            picked: None,
            pivot_cache: RefCell::default(),
            clone_from: None,
            clipboard: Clipboard::default(),
        }
    }

    /// The document.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// Steps to undo and redo; its revision tells about unsaved changes.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The camera in the hand.
    pub fn camera_control(&self) -> &CameraControl {
        &self.camera
    }

    /// The camera for a picture of this size in pixels.
    pub fn camera(&self, size: [u32; 2]) -> PinholeCamera {
        self.camera.camera(size)
    }

    /// Looks through a given camera (a photograph's own), focused on the scene.
    pub fn look_through(&mut self, camera: &PinholeCamera) {
        let distance = match tools::frame::sphere_of_scene(&self.scene) {
            Some((center, radius)) => {
                self.camera.set_scene_radius(radius);
                (center - camera.eye()).dot(camera.forward())
            }
            None => self.camera.view().distance,
        };
        self.camera.set_pose(camera, distance);
    }

    /// The tool that the primary button drives.
    pub fn tool(&self) -> ToolKind {
        self.tool
    }

    /// The node that the inspector shows.
    pub fn selected_node(&self) -> Option<NodeId> {
        self.selected_node
            .filter(|id| self.scene.node(*id).is_some())
    }

    /// Splats that are selected and can be edited.
    pub fn selected_splats(&self) -> usize {
        select::selected_count(&self.scene)
    }

    /// The sphere or box that stands in the scene.
    pub fn volume(&self) -> Option<Volume> {
        self.standing.volume
    }

    /// What a selection that can still be changed does with what was selected.
    pub fn adjusting(&self) -> Option<SelectOp> {
        self.standing.adjust.as_ref().map(|adjust| adjust.op)
    }

    /// The range of data that is selected and can still be changed.
    pub fn data_range(&self) -> Option<&DataRange> {
        match &self.standing.adjust.as_ref()?.source {
            Source::Range(range, _) => Some(range),
            _ => None,
        }
    }

    /// The artist's preferences.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The artist's keys.
    pub fn keymap(&self) -> &Keymap {
        &self.keymap
    }

    /// Changes the artist's keys.
    pub fn set_keymap(&mut self, keymap: Keymap) {
        self.keymap = keymap;
    }

    /// Changes the artist's preferences.
    pub fn set_settings(&mut self, settings: Settings) {
        if settings.fov_y != self.settings.fov_y {
            self.camera.set_fov_y(settings.fov_y);
        }
        self.camera.set_lens(&settings.view);
        if settings.history_bytes != self.settings.history_bytes {
            self.history.set_byte_budget(settings.history_bytes);
        }
        self.settings = settings;
    }

    /// Tells the size of the viewport in physical pixels; positions of inputs count in these.
    pub fn set_viewport(&mut self, size: [u32; 2], pixels_per_point: f32) {
        self.viewport = Viewport {
            size: size.map(|side| side.max(1)),
            pixels_per_point: pixels_per_point.max(0.1),
        };
    }

    /// Maps the cube -1..=1 to the box outside of which nothing is drawn, `world_from_box`.
    pub fn clip_box(&self) -> Option<Affine3A> {
        self.clip
    }

    /// What to paint over the picture.
    pub fn overlay(&self) -> Overlay {
        let mut overlay = match &self.pointer.drag {
            Some((_, drag)) => drag.overlay(self),
            None => tools::idle_overlay(self),
        };
        if let Some(world_from_box) = &self.clip {
            let camera = self.camera.camera(self.viewport.size);
            overlay
                .lines
                .extend(tools::clip::edges(world_from_box, &camera));
        }
        overlay
    }

    /// What the tool in hand does, for the status line.
    pub fn hint(&self) -> &str {
        match &self.pointer.drag {
            Some((_, drag)) => drag.hint(),
            None if self.gesture.is_some() => "Escape puts it back",
            None if self.tool.is_transform() => match self.target() {
                Ok(_) => self.tool.info().hint,
                Err(why) => why,
            },
            None if !self.standing.polygon.is_empty() => {
                "Click further corners · Enter or a double click closes · Backspace takes one back · Escape cancels"
            }
            None if self.tool == ToolKind::Clone && self.clone_from.is_none() => {
                "Alt and a click sets where colors come from"
            }
            None => self.tool.info().hint,
        }
    }

    /// Whether a drag is under way.
    pub fn is_dragging(&self) -> bool {
        self.pointer.drag.is_some()
    }

    /// Whether layers or splats are being moved by handles.
    pub fn is_transforming(&self) -> bool {
        self.pointer.drag.as_ref().is_some_and(|(_, d)| d.moves())
    }

    /// Whether a layer only stands in for splats that are being dragged.
    pub fn is_floating(&self, id: NodeId) -> bool {
        let drag = self.pointer.drag.as_ref();
        drag.is_some_and(|(_, drag)| drag.floating().contains(&id))
    }

    /// Whether [`Self::tick`] is needed soon: the camera moves by itself.
    pub fn is_animating(&self) -> bool {
        self.camera.is_moving() || !self.pointer.held.is_empty()
    }

    /// Layers to write to a file, each with `file_from_layer`: all that are visible and complete.
    pub fn layers_to_save(&self) -> Vec<(NodeId, &SplatLayer, Transform)> {
        self.scene
            .layers()
            .filter(|(id, _, layer)| !layer.incoming && self.scene.is_visible(*id))
            .map(|(id, _, layer)| {
                let file_from_layer = scene::io::file_from_layer(&self.scene.world_from_node(id));
                (id, layer, file_from_layer)
            })
            .collect()
    }

    pub(crate) fn motion(&self) -> Motion {
        if self.settings.reduced_motion {
            Motion::Instant
        } else {
            Motion::Eased
        }
    }

    pub(crate) fn cx<'a>(&'a mut self, picker: &'a mut dyn Picker) -> Cx<'a> {
        Cx {
            scene: &mut self.scene,
            history: &mut self.history,
            camera: &mut self.camera,
            selected_node: &mut self.selected_node,
            standing: &mut self.standing,
            settings: &self.settings,
            viewport: self.viewport,
            clip: self.clip,
            picker,
            picked: &mut self.picked,
            clone_from: &mut self.clone_from,
            flying: !self.pointer.held.is_empty(),
        }
    }
}
