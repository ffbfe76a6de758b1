//! Moving the camera by dragging: orbit, pan, zoom, look.

use glam::{Vec2, Vec3};

use crate::{
    camera_control::CameraControl,
    editor::{Cx, Editor},
    input::Modifiers,
    outcome::Outcome,
    overlay::{Overlay, Ring, Tone},
    picker::Pick,
    settings::Navigation,
    tools::{Drag, is_click},
};

/// Radius of the mark on the orbit pivot, points.
const PIVOT_RADIUS: f32 = 5.0;

#[derive(Debug)]
pub(crate) struct Navigate {
    action: Navigation,
    start: Vec2,
    last: Vec2,
    /// What was seen at the press.
    pick: Option<Pick>,
    /// The held point, world.
    anchor: Vec3,
    /// Its depth at the press, metres.
    depth: f32,
    /// The camera before the press.
    before: CameraControl,
}

pub(crate) fn begin(cx: &mut Cx<'_>, pos: Vec2, action: Navigation) -> Navigate {
    let pick = cx.picker.pick(pos.x, pos.y);
    let view = *cx.camera.view();
    let camera = cx.pinhole();
    let middle = !cx.settings.orbit_around_cursor && action == Navigation::Orbit;
    let anchor = match pick {
        Some(pick) if !middle => pick.point,
        // Nothing under the cursor: hold what is looked at, so that the scene stays in view.
        _ if action == Navigation::Orbit => view.target(),
        _ => camera.unproject(pos.x, pos.y, camera.project(view.target()).z),
    };
    let depth = (anchor - view.eye).dot(view.forward());
    Navigate {
        action,
        start: pos,
        last: pos,
        pick,
        anchor,
        depth: if depth > 0.0 { depth } else { view.distance },
        before: cx.camera.clone(),
    }
}

impl Drag for Navigate {
    fn update(&mut self, cx: &mut Cx<'_>, pos: Vec2, _modifiers: Modifiers) -> Outcome {
        let delta = pos - self.last;
        self.last = pos;
        let height = cx.viewport.size[1] as f32;
        let turn = delta * (cx.settings.orbit_speed / height);
        match self.action {
            Navigation::Orbit if !cx.flying => cx.camera.orbit(self.anchor, -turn.x, turn.y),
            Navigation::Orbit | Navigation::Look => {
                cx.camera.look(-0.5 * turn.x, 0.5 * turn.y);
            }
            Navigation::Pan => cx.camera.pan(delta, self.depth, cx.viewport.size),
            Navigation::Zoom => {
                let factor = (3.0 * delta.y / height).exp();
                cx.camera.zoom(self.anchor, factor);
            }
        }
        Outcome::redraw()
    }

    fn finish(self: Box<Self>, cx: &mut Cx<'_>, pos: Vec2, _modifiers: Modifiers) -> Outcome {
        if self.action == Navigation::Orbit && is_click(cx, self.start, pos) {
            // A click shows in the inspector what was clicked on.
            if let Some(pick) = self.pick {
                *cx.selected_node = Some(pick.node);
            }
        }
        Outcome::redraw()
    }

    fn cancel(self: Box<Self>, cx: &mut Cx<'_>) -> Outcome {
        *cx.camera = self.before;
        Outcome::redraw()
    }

    fn overlay(&self, editor: &Editor) -> Overlay {
        let mut overlay = Overlay::default();
        if self.action == Navigation::Orbit && self.start != self.last {
            let size = editor.viewport.size;
            let pixel = editor.camera.camera(size).project(self.anchor);
            if pixel.z > 0.0 {
                overlay.rings.push(Ring {
                    center: Vec2::new(pixel.x, pixel.y),
                    radius: PIVOT_RADIUS * editor.viewport.pixels_per_point,
                    tone: Tone::Neutral,
                });
            }
        }
        overlay
    }

    fn hint(&self) -> &str {
        match self.action {
            Navigation::Orbit => "Orbiting around the point you took · Escape goes back",
            Navigation::Pan => "Panning · Escape goes back",
            Navigation::Zoom => "Up comes nearer, down goes away · Escape goes back",
            Navigation::Look => "Looking around · WASD QE fly · Escape goes back",
        }
    }
}
