//! The window's events over the viewport, as the editor reads them.

use editor::{Button, Input, Key, Modifiers};
use egui::{Context, Event, LayerId, MouseWheelUnit, PointerButton, Pos2, Rect};
use glam::Vec2;

/// Points of trackpad scrolling that count as one notch of a wheel.
const POINTS_PER_NOTCH: f32 = 40.0;
/// The viewport's edge belongs to the panels beside it, which are dragged there, points.
const EDGE: f32 = 4.0;

/// Remembers where a drag began between frames.
#[derive(Debug, Default)]
pub struct Pointer {
    /// Buttons that went down over the viewport and are still down.
    held: Vec<Button>,
    /// Whether the pointer was over the viewport.
    inside: bool,
    /// Whether keys were sent that may still be held.
    keys: bool,
}

/// The viewport and what lies on it.
#[derive(Debug, Clone, Copy)]
pub struct Surface<'a> {
    /// Where the viewport is, points.
    pub rect: Rect,
    /// Parts of it that are controls.
    pub solid: &'a [Rect],
    /// Physical pixels per point.
    pub pixels_per_point: f32,
}

impl Surface<'_> {
    fn px(&self, pos: Pos2) -> Vec2 {
        let offset = (pos - self.rect.min) * self.pixels_per_point;
        Vec2::new(offset.x, offset.y)
    }

    fn is_free(&self, ctx: &Context, pos: Pos2) -> bool {
        let on_top = ctx.layer_id_at(pos);
        self.rect.shrink(EDGE).contains(pos)
            && !self.solid.iter().any(|rect| rect.contains(pos))
            && on_top.is_none_or(|layer| layer == LayerId::background())
    }
}

impl Pointer {
    /// The editor's events of this frame. Called in `logic`, once a frame.
    pub fn collect(&mut self, ctx: &Context, surface: &Surface<'_>) -> Vec<Input> {
        let (events, latest) = ctx.input(|i| (i.events.clone(), i.pointer.latest_pos()));
        let double = ctx.input(|i| i.pointer.button_double_clicked(PointerButton::Primary));
        let typing = ctx.egui_wants_keyboard_input();
        let mut inputs = Vec::new();
        for event in &events {
            self.translate(ctx, surface, event, typing, &mut inputs);
        }
        if let Some(pos) = latest
            && double
            && surface.is_free(ctx, pos)
        {
            inputs.push(Input::DoubleClicked {
                pos: surface.px(pos),
            });
        }
        inputs
    }

    fn translate(
        &mut self,
        ctx: &Context,
        surface: &Surface<'_>,
        event: &Event,
        typing: bool,
        out: &mut Vec<Input>,
    ) {
        match event {
            Event::PointerMoved(pos) => self.moved(ctx, surface, *pos, out),
            Event::PointerButton {
                pos,
                button,
                pressed,
                modifiers,
            } => {
                let Some(button) = button_of(*button) else {
                    return;
                };
                let modifiers = modifiers_of(modifiers);
                let pos_px = surface.px(*pos);
                if *pressed && surface.is_free(ctx, *pos) {
                    self.held.push(button);
                    out.push(Input::PointerPressed {
                        pos: pos_px,
                        button,
                        modifiers,
                    });
                } else if !*pressed && self.held.contains(&button) {
                    self.held.retain(|held| *held != button);
                    out.push(Input::PointerReleased {
                        pos: pos_px,
                        button,
                        modifiers,
                    });
                }
            }
            Event::MouseWheel {
                unit,
                delta,
                modifiers,
                ..
            } => self.wheel(ctx, surface, *unit, delta.y, modifiers, out),
            Event::Zoom(factor) => {
                let pos = ctx.input(|i| i.pointer.latest_pos());
                if let Some(pos) = pos.filter(|pos| surface.is_free(ctx, *pos)) {
                    out.push(Input::Pinch {
                        pos: surface.px(pos),
                        factor: *factor,
                    });
                }
            }
            Event::PointerGone => self.leave(out),
            Event::WindowFocused(false) => {
                self.held.clear();
                self.keys = false;
                out.push(Input::FocusLost);
            }
            // The framework turns these keys into wishes of its own.
            Event::Copy => self.shortcut('C', typing, out),
            Event::Cut => self.shortcut('X', typing, out),
            Event::Paste(_) => self.shortcut('V', typing, out),
            Event::Key {
                key,
                physical_key,
                pressed,
                modifiers,
                ..
            } => self.key(*key, *physical_key, *pressed && !typing, modifiers, out),
            _ => {}
        }
    }

    fn moved(&mut self, ctx: &Context, surface: &Surface<'_>, pos: Pos2, out: &mut Vec<Input>) {
        let buttons_elsewhere = self.held.is_empty() && ctx.input(|i| i.pointer.any_down());
        if !self.held.is_empty() || (surface.is_free(ctx, pos) && !buttons_elsewhere) {
            self.inside = true;
            out.push(Input::PointerMoved {
                pos: surface.px(pos),
                modifiers: ctx.input(|i| modifiers_of(&i.modifiers)),
            });
        } else {
            self.leave(out);
        }
    }

    fn leave(&mut self, out: &mut Vec<Input>) {
        if self.inside && self.held.is_empty() {
            self.inside = false;
            out.push(Input::PointerLeft);
        }
    }

    fn wheel(
        &self,
        ctx: &Context,
        surface: &Surface<'_>,
        unit: MouseWheelUnit,
        delta: f32,
        modifiers: &egui::Modifiers,
        out: &mut Vec<Input>,
    ) {
        let pos = ctx.input(|i| i.pointer.latest_pos());
        let Some(pos) = pos.filter(|pos| surface.is_free(ctx, *pos)) else {
            return;
        };
        let notches = match unit {
            MouseWheelUnit::Line => delta,
            MouseWheelUnit::Point => delta / POINTS_PER_NOTCH,
            MouseWheelUnit::Page => delta * 5.0,
        };
        if notches != 0.0 {
            out.push(Input::Wheel {
                pos: surface.px(pos),
                notches,
                modifiers: modifiers_of(modifiers),
            });
        }
    }

    fn shortcut(&self, letter: char, typing: bool, out: &mut Vec<Input>) {
        if !typing {
            out.push(Input::KeyPressed {
                key: Key::Char(letter),
                modifiers: Modifiers::CTRL,
            });
        }
    }

    // A press while a text field has the keyboard is the field's; a release is always passed on, so
    // that no key stays down for the editor.
    fn key(
        &mut self,
        key: egui::Key,
        physical: Option<egui::Key>,
        pressed: bool,
        modifiers: &egui::Modifiers,
        out: &mut Vec<Input>,
    ) {
        let Some((key, modifiers)) = editor_key(key, physical, modifiers) else {
            return;
        };
        if pressed {
            self.keys = true;
            out.push(Input::KeyPressed { key, modifiers });
        } else if self.keys {
            out.push(Input::KeyReleased { key, modifiers });
        }
    }
}

/// A key as the editor knows it: letters by their place (WASD on every layout), but with Ctrl by what is
/// printed on them.
pub fn editor_key(
    key: egui::Key,
    physical: Option<egui::Key>,
    modifiers: &egui::Modifiers,
) -> Option<(Key, Modifiers)> {
    let by_place = physical.filter(|_| !modifiers.command && !modifiers.ctrl);
    let key = by_place.filter(|key| is_letter(*key)).unwrap_or(key);
    Some((key_of(key)?, modifiers_of(modifiers)))
}

fn button_of(button: PointerButton) -> Option<Button> {
    match button {
        PointerButton::Primary => Some(Button::Primary),
        PointerButton::Secondary => Some(Button::Secondary),
        PointerButton::Middle => Some(Button::Middle),
        _ => None,
    }
}

fn modifiers_of(modifiers: &egui::Modifiers) -> Modifiers {
    Modifiers {
        shift: modifiers.shift,
        ctrl: modifiers.command || modifiers.ctrl,
        alt: modifiers.alt,
    }
}

fn is_letter(key: egui::Key) -> bool {
    let name = key.name();
    name.len() == 1 && name.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn key_of(key: egui::Key) -> Option<Key> {
    use egui::Key as K;
    Some(match key {
        K::Escape => Key::Escape,
        K::Delete => Key::Delete,
        K::Backspace => Key::Backspace,
        K::Enter => Key::Enter,
        K::Space => Key::Space,
        K::Tab => Key::Tab,
        K::Home => Key::Home,
        K::ArrowLeft => Key::Left,
        K::ArrowRight => Key::Right,
        K::ArrowUp => Key::Up,
        K::ArrowDown => Key::Down,
        K::OpenBracket | K::OpenCurlyBracket => Key::Char('['),
        K::CloseBracket | K::CloseCurlyBracket => Key::Char(']'),
        K::Comma => Key::Char(','),
        K::Slash | K::Questionmark => Key::Char('/'),
        K::Minus => Key::Char('-'),
        K::Plus => Key::Char('+'),
        K::Equals => Key::Char('='),
        K::Backtick => Key::Char('`'),
        // The window library does not tell the number pad from the digits; digits have no other meaning.
        K::Period => Key::NumpadPeriod,
        other => return named_key(other.name()),
    })
}

fn named_key(name: &str) -> Option<Key> {
    let mut letters = name.chars();
    let first = letters.next()?;
    match (first, letters.as_str()) {
        ('A'..='Z', "") => Some(Key::Char(first)),
        ('0'..='9', "") => name.parse().ok().map(Key::Numpad),
        ('F', number) => number.parse().ok().map(Key::F),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_keep_their_meaning() {
        for (from, to) in [
            (egui::Key::A, Key::Char('A')),
            (egui::Key::Num7, Key::Numpad(7)),
            (egui::Key::F2, Key::F(2)),
            (egui::Key::Delete, Key::Delete),
            (egui::Key::OpenBracket, Key::Char('[')),
        ] {
            assert_eq!(key_of(from), Some(to), "{from:?}");
        }
        assert_eq!(key_of(egui::Key::Insert), None, "keys without a meaning");
    }

    #[test]
    fn positions_are_pixels_from_the_viewports_corner() {
        let surface = Surface {
            rect: Rect::from_min_size(egui::pos2(40.0, 30.0), egui::vec2(100.0, 100.0)),
            solid: &[],
            pixels_per_point: 2.0,
        };
        let px = surface.px(egui::pos2(50.0, 35.0));
        assert_eq!(px, Vec2::new(20.0, 10.0), "twice the offset in points");
    }
}
