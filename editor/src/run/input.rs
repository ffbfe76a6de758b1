//! Pointer and keys → the tool in hand, the camera, or a command.

use glam::{Vec2, Vec3};

use crate::{
    command::Command,
    editor::{Editor, ZoomAnchor},
    input::{Button, Input, Key, Modifiers},
    keymap::FLY_KEYS,
    outcome::Outcome,
    picker::Picker,
    select::SelectOp,
    settings::Navigation,
    target::Target,
    tool::ToolKind,
    tools::{
        self, Drag,
        gizmo::{Gizmo, Handle},
        measure::Picked,
    },
};

/// Wheel turns closer together than this, and over the same spot, zoom to one point.
const ZOOM_BURST_SECS: f32 = 0.6;
/// The same spot, points.
const ZOOM_BURST_RADIUS: f32 = 6.0;

impl Editor {
    /// Takes one event over the viewport.
    pub fn input(&mut self, input: &Input, picker: &mut dyn Picker) -> Outcome {
        match *input {
            Input::PointerMoved { pos, modifiers } => self.moved(pos, modifiers, picker),
            Input::PointerPressed {
                pos,
                button,
                modifiers,
            } => self.pressed(pos, button, modifiers, picker),
            Input::PointerReleased {
                pos,
                button,
                modifiers,
            } => self.released(pos, button, modifiers, picker),
            Input::DoubleClicked { pos } => self.double_clicked(pos, picker),
            Input::Wheel {
                pos,
                notches,
                modifiers,
            } => self.wheel(pos, notches, modifiers, picker),
            Input::Pinch { pos, factor } => self.zoom_at(pos, 1.0 / factor.max(1e-3), picker),
            Input::KeyPressed { key, modifiers } => self.key_pressed(key, modifiers, picker),
            Input::KeyReleased { key, modifiers } => {
                self.pointer.modifiers = modifiers;
                self.pointer.held.remove(&key);
                Outcome::redraw()
            }
            Input::PointerLeft => {
                self.pointer.pos = None;
                Outcome::redraw()
            }
            Input::FocusLost => {
                self.pointer.held.clear();
                self.pointer.modifiers = Modifiers::NONE;
                self.cancel_drag(picker)
            }
        }
    }

    /// Lets time pass: flying, easing.
    pub fn tick(&mut self, dt_secs: f32) -> Outcome {
        let dt_secs = dt_secs.clamp(0.0, 0.25);
        if let Some(anchor) = &mut self.pointer.zoom_anchor {
            anchor.age_secs += dt_secs;
        }
        let mut moved = self.camera.tick(dt_secs);
        let held = |key: char| f32::from(u8::from(self.pointer.held.contains(&Key::Char(key))));
        let way = Vec3::new(
            held('D') - held('A'),
            held('E') - held('Q'),
            held('W') - held('S'),
        );
        if way != Vec3::ZERO {
            let pace = match self.pointer.modifiers {
                Modifiers { shift: true, .. } => 5.0,
                Modifiers { alt: true, .. } => 0.2,
                _ => 1.0,
            };
            let speed = pace * self.settings.fly_speed * self.camera.scene_radius();
            let step = way.normalize() * speed * dt_secs;
            self.camera.fly(step.x, step.y, step.z);
            moved = true;
        }
        if moved {
            Outcome::redraw()
        } else {
            Outcome::default()
        }
    }

    fn moved(&mut self, pos: Vec2, modifiers: Modifiers, picker: &mut dyn Picker) -> Outcome {
        self.pointer.pos = Some(pos);
        self.pointer.modifiers = modifiers;
        let Some((button, mut drag)) = self.pointer.drag.take() else {
            return match self.tool {
                ToolKind::Polygon | ToolKind::Sphere | ToolKind::Box => Outcome::redraw(),
                tool if tool.is_brush() => Outcome::redraw(),
                // The handle under the pointer lights up.
                tool if tool.is_transform() => Outcome::redraw(),
                _ => Outcome::default(),
            };
        };
        let outcome = drag.update(&mut self.cx(picker), pos, modifiers);
        self.pointer.drag = Some((button, drag));
        outcome
    }

    fn pressed(
        &mut self,
        pos: Vec2,
        button: Button,
        modifiers: Modifiers,
        picker: &mut dyn Picker,
    ) -> Outcome {
        self.pointer.pos = Some(pos);
        self.pointer.modifiers = modifiers;
        match &self.pointer.drag {
            // Blender's habit: the right button takes back what the left one is doing.
            Some((Button::Primary, _)) if button == Button::Secondary => {
                return self.cancel_drag(picker);
            }
            Some(_) => return Outcome::default(),
            None => {}
        }
        if self.gesture.is_some() {
            self.run(Command::CommitGesture);
        }
        let navigation = self.settings.navigation.action(button, modifiers);
        let navigation = navigation.or_else(|| {
            let navigates = self.tool == ToolKind::Navigate && button == Button::Primary;
            navigates.then_some(match modifiers {
                Modifiers { shift: true, .. } => Navigation::Pan,
                Modifiers { ctrl: true, .. } => Navigation::Zoom,
                _ => Navigation::Orbit,
            })
        });
        let tool = self.tool;
        let light = self.light_to_turn();
        let handle = self.handle_under(pos).filter(|_| button == Button::Primary);
        let navigation = match handle {
            Some(_) => navigation,
            // Beside the handles the view is turned, and a click takes another layer.
            None if tool.is_transform() && button == Button::Primary => {
                navigation.or(Some(Navigation::Orbit))
            }
            None => navigation,
        };
        let picks = self.picks(button, modifiers);
        let mut outcome = Outcome::redraw();
        if navigation.is_none() {
            // A tool works on what there is, not on what would be.
            outcome.merge(self.end_preview());
        }
        // In habits where Alt turns the view, Ctrl picks.
        let takes_up = tool.paints() && (modifiers.alt || modifiers.ctrl);
        if takes_up && navigation.is_none() && button == Button::Primary {
            outcome.merge(self.take_up(pos, picker));
            return outcome;
        }
        let mut cx = self.cx(picker);
        if let Some(what) = picks {
            let turning = tools::navigate::begin(&mut cx, pos, Navigation::Orbit);
            let drag = tools::measure::PickDrag {
                start: pos,
                turning,
                what,
            };
            self.pointer.drag = Some((button, Box::new(drag)));
            return outcome;
        }
        let drag: Option<Box<dyn Drag>> = match navigation {
            Some(action) => Some(Box::new(tools::navigate::begin(&mut cx, pos, action))),
            None if button != Button::Primary => None,
            None => match tool {
                ToolKind::Navigate => None,
                ToolKind::Move | ToolKind::Rotate | ToolKind::Scale => handle.map(|taken| {
                    let (drag, first) =
                        tools::transform::begin(&mut cx, (taken.0, taken.1), &taken.2, pos);
                    outcome.merge(first);
                    Box::new(drag) as Box<dyn Drag>
                }),
                ToolKind::Measure => None,
                ToolKind::Light => match tools::light::begin(pos, light, modifiers) {
                    Some(drag) => Some(Box::new(drag)),
                    None => return Outcome::message("Add a light first"),
                },
                tool => {
                    let (drag, first) = tools::begin_selecting(&mut cx, tool, pos, modifiers);
                    outcome.merge(first);
                    drag
                }
            },
        };
        self.pointer.drag = drag.map(|drag| (button, drag));
        outcome
    }

    /// What a press of a button would pick a point for.
    fn picks(&self, button: Button, modifiers: Modifiers) -> Option<Picked> {
        let navigates = self.settings.navigation.action(button, modifiers).is_some();
        if button != Button::Primary || navigates {
            return None;
        }
        let pivot = self.tool.is_transform() && (self.picking_pivot || modifiers == Modifiers::ALT);
        match self.tool {
            ToolKind::Measure => Some(Picked::Measure),
            _ => pivot.then_some(Picked::Pivot),
        }
    }

    /// Takes over a point that a drag has picked.
    fn take_picked(&mut self) -> Outcome {
        match self.picked.take() {
            Some((Picked::Measure, point)) => self.add_point(point),
            Some((Picked::Pivot, point)) => self.pivot_at(point.picked),
            None => Outcome::default(),
        }
    }

    /// The handle under a pixel, and what it would move.
    fn handle_under(&self, pos: Vec2) -> Option<(Gizmo, Handle, Target)> {
        if !self.tool.is_transform() {
            return None;
        }
        let target = self.target().ok()?;
        let gizmo = self.gizmo_of(&target)?;
        Some((gizmo, gizmo.hit(pos)?, target))
    }

    fn released(
        &mut self,
        pos: Vec2,
        button: Button,
        modifiers: Modifiers,
        picker: &mut dyn Picker,
    ) -> Outcome {
        self.pointer.modifiers = modifiers;
        match self.pointer.drag.take() {
            Some((dragging, drag)) if dragging == button => {
                let mut outcome = drag.finish(&mut self.cx(picker), pos, modifiers);
                outcome.merge(self.take_picked());
                outcome.redraw = true;
                outcome
            }
            other => {
                self.pointer.drag = other;
                Outcome::default()
            }
        }
    }

    /// Takes back the drag that is under way.
    pub(crate) fn cancel_drag(&mut self, picker: &mut dyn Picker) -> Outcome {
        match self.pointer.drag.take() {
            Some((_, drag)) => {
                let mut outcome = drag.cancel(&mut self.cx(picker));
                outcome.redraw = true;
                outcome
            }
            None => Outcome::default(),
        }
    }

    fn double_clicked(&mut self, pos: Vec2, picker: &mut dyn Picker) -> Outcome {
        if self.tool == ToolKind::Polygon && !self.standing.polygon.is_empty() {
            let op = SelectOp::from_modifiers(self.pointer.modifiers);
            return tools::polygon::close(&mut self.cx(picker), op);
        }
        if self.tool != ToolKind::Navigate {
            return Outcome::default();
        }
        let Some(pick) = picker.pick(pos.x, pos.y) else {
            return Outcome::default();
        };
        self.selected_node = Some(pick.node);
        let motion = self.motion();
        self.camera.center_on(pick.point, motion);
        Outcome::redraw()
    }

    fn wheel(
        &mut self,
        pos: Vec2,
        notches: f32,
        modifiers: Modifiers,
        picker: &mut dyn Picker,
    ) -> Outcome {
        self.pointer.modifiers = modifiers;
        if modifiers.alt {
            let factor = 1.1_f32.powf(notches);
            match self.tool {
                tool if tool.is_brush() => {
                    let radius = self.settings.brush_radius * factor;
                    return self.run(Command::SetBrushRadius(radius));
                }
                ToolKind::Eyedropper | ToolKind::Flood => return self.scale_tolerance(factor),
                _ => {}
            }
        }
        let step = self.settings.zoom_step.clamp(0.01, 0.9);
        self.zoom_at(pos, (1.0 - step).powf(notches), picker)
    }

    fn zoom_at(&mut self, pos: Vec2, factor: f32, picker: &mut dyn Picker) -> Outcome {
        let same_spot = ZOOM_BURST_RADIUS * self.viewport.pixels_per_point;
        let anchor = self.pointer.zoom_anchor.filter(|anchor| {
            anchor.age_secs < ZOOM_BURST_SECS && anchor.pos.distance(pos) < same_spot
        });
        let point = match anchor {
            Some(anchor) => anchor.point,
            None => self.point_under(pos, picker),
        };
        self.pointer.zoom_anchor = Some(ZoomAnchor {
            pos,
            point,
            age_secs: 0.0,
        });
        self.camera.zoom(point, factor);
        Outcome::redraw()
    }

    /// What is seen under the cursor, else the point there as far away as what is looked at.
    fn point_under(&mut self, pos: Vec2, picker: &mut dyn Picker) -> Vec3 {
        if !self.settings.zoom_to_cursor {
            return self.camera.view().target();
        }
        if let Some(pick) = picker.pick(pos.x, pos.y) {
            return pick.point;
        }
        let camera = self.camera.camera(self.viewport.size);
        let depth = camera.project(self.camera.view().target()).z;
        camera.unproject(pos.x, pos.y, depth)
    }

    fn key_pressed(&mut self, key: Key, modifiers: Modifiers, picker: &mut dyn Picker) -> Outcome {
        self.pointer.modifiers = modifiers;
        if key == Key::Escape {
            return self.escape(picker);
        }
        if let Some((button, mut drag)) = self.pointer.drag.take() {
            match drag.key(&mut self.cx(picker), key) {
                tools::DragKey::Ignored => self.pointer.drag = Some((button, drag)),
                tools::DragKey::Taken(outcome) => {
                    self.pointer.drag = Some((button, drag));
                    return outcome;
                }
                tools::DragKey::Finish => {
                    let pos = self.pointer.pos.unwrap_or_default();
                    let mut outcome = drag.finish(&mut self.cx(picker), pos, modifiers);
                    outcome.redraw = true;
                    return outcome;
                }
            }
        } else if let Some(tool) = crate::keymap::tool_for(self.settings.navigation, key, modifiers)
        {
            return self.run(Command::SetTool(tool));
        }
        if !self.standing.polygon.is_empty() {
            match key {
                Key::Enter => {
                    let op = SelectOp::from_modifiers(modifiers);
                    return tools::polygon::close(&mut self.cx(picker), op);
                }
                Key::Backspace => {
                    self.standing.polygon.pop();
                    return Outcome::redraw();
                }
                _ => {}
            }
        }
        // With Ctrl a letter is a shortcut; Shift and Alt only change the pace.
        if let Key::Char(letter) = key
            && FLY_KEYS.contains(&letter)
            && !modifiers.ctrl
        {
            self.pointer.held.insert(key);
            return Outcome::redraw();
        }
        match self.keymap.command_for(key, modifiers) {
            Some(command) => self.run(command),
            None => Outcome::default(),
        }
    }

    /// Escape takes back the drag, else the change, else the tool, else the selection.
    fn escape(&mut self, picker: &mut dyn Picker) -> Outcome {
        if self.is_dragging() {
            return self.cancel_drag(picker);
        }
        if self.gesture.is_some() {
            return self.run(Command::AbortGesture);
        }
        if self.picking_pivot {
            self.picking_pivot = false;
            return Outcome::redraw();
        }
        if self.tool == ToolKind::Measure && !self.points.is_empty() {
            return self.clear_points();
        }
        if !self.standing.polygon.is_empty() {
            self.standing.polygon.clear();
            return Outcome::redraw();
        }
        if self.tool != ToolKind::Navigate {
            return self.run(Command::SetTool(ToolKind::Navigate));
        }
        if self.enabled(&Command::SelectNone).is_ok() {
            return self.run(Command::SelectNone);
        }
        Outcome::default()
    }
}
