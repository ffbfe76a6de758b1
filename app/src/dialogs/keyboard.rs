//! Keys and mouse buttons on one card, from the same tables that run them; here an artist changes them.

use editor::keymap::Taken;
use editor::{Command, Key, Keymap};
use egui::{Align, Button, Event, Layout, RichText, ScrollArea, TextEdit, Ui, WidgetInfo, vec2};

use super::export_cards::title_ui;
use crate::cx::{Cx, Wishes};
use crate::input::editor_key;
use crate::theme::{self, GAP, tokens};
use crate::{icons, text, widgets};

/// The card: which command waits for a key, and what was said about the last one.
#[derive(Default)]
pub struct Keys {
    listening: Option<Command>,
    said: Option<String>,
    query: String,
}

impl Keys {
    /// Shows the card.
    pub fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, keymap: &mut Keymap, wishes: &mut Wishes) {
        ui.set_width(760.0);
        title_ui(ui, icons::KEYBOARD, text::KEYBOARD, wishes);
        self.listen(ui, keymap);
        ui.horizontal(|ui| {
            let search = TextEdit::singleline(&mut self.query)
                .hint_text(text::KEYS_SEARCH)
                .desired_width(240.0);
            ui.add(search);
            let t = tokens(ui);
            let line = match &self.said {
                Some(said) => RichText::new(said).color(t.danger_text),
                None => RichText::new(text::KEYS_HINT).color(t.text_secondary),
            };
            ui.label(line.font(theme::small_font()));
            widgets::right_to_left(ui, |ui| {
                let changed = *keymap != Keymap::default();
                let why = changed.then_some(()).ok_or(text::KEYS_ARE_DEFAULT);
                if widgets::secondary_button(ui, text::KEYS_RESET, why).clicked() {
                    keymap.reset_all();
                    self.said = None;
                }
            });
        });
        ui.add_space(GAP * 2.0);
        self.lists_ui(ui, cx, keymap);
    }

    /// Takes the key that is pressed for the command that waits. Escape gives up, Backspace takes its
    /// key away.
    fn listen(&mut self, ui: &Ui, keymap: &mut Keymap) {
        let Some(command) = self.listening.clone() else {
            return;
        };
        let pressed = ui.input_mut(|input| {
            let at = input
                .events
                .iter()
                .position(|event| matches!(event, Event::Key { pressed: true, .. }))?;
            // Nobody else is meant.
            Some(input.events.remove(at))
        });
        let Some(Event::Key {
            key,
            physical_key,
            modifiers,
            ..
        }) = pressed
        else {
            return;
        };
        let Some((key, modifiers)) = editor_key(key, physical_key, &modifiers) else {
            self.said = Some(text::KEYS_RESERVED.to_owned());
            return;
        };
        self.said = None;
        match key {
            Key::Escape => self.listening = None,
            Key::Backspace if modifiers == editor::Modifiers::NONE => {
                keymap.clear(&command);
                self.listening = None;
            }
            _ => match keymap.assign(&command, key, modifiers) {
                Ok(()) => self.listening = None,
                Err(Taken::By(other)) => {
                    let keys = editor::keymap::name_of(key, modifiers);
                    self.said = Some(text::key_taken(&keys, other));
                }
                Err(Taken::Reserved) => self.said = Some(text::KEYS_RESERVED.to_owned()),
            },
        }
    }

    fn lists_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, keymap: &mut Keymap) {
        let query = self.query.to_lowercase();
        let mut groups: Vec<(&'static str, Vec<Command>)> = Vec::new();
        for command in Command::all_simple() {
            let info = command.info();
            if !info.name.to_lowercase().contains(&query) {
                continue;
            }
            match groups.iter_mut().find(|(group, _)| *group == info.group) {
                Some((_, rows)) => rows.push(command),
                None => groups.push((info.group, vec![command])),
            }
        }
        let height = (ui.ctx().content_rect().height() - 240.0).clamp(160.0, 560.0);
        let scroll = ScrollArea::vertical()
            .max_height(height)
            .min_scrolled_height(height);
        scroll.show(ui, |ui| {
            ui.spacing_mut().item_spacing.x = GAP * 6.0;
            ui.columns(3, |columns| {
                // Balance the columns: each group goes where least is.
                let mut heights = [0usize; 3];
                let mouse = text::mouse_keys(cx.editor.settings().navigation);
                if let Some(first) = columns.first_mut().filter(|_| query.is_empty()) {
                    mouse_ui(first, mouse);
                    heights[0] += mouse.len() + 2;
                }
                for (group, rows) in &groups {
                    let least = (0..3).min_by_key(|i| heights[*i]).unwrap_or(0);
                    heights[least] += rows.len() + 2;
                    self.group_ui(&mut columns[least], group, rows, keymap);
                }
            });
        });
    }

    fn group_ui(&mut self, ui: &mut Ui, title: &str, rows: &[Command], keymap: &mut Keymap) {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.label(theme::strong(title));
        ui.add_space(GAP);
        for command in rows {
            let name = command.info().name.trim_end_matches(text::ELLIPSIS);
            ui.horizontal(|ui| {
                let t = tokens(ui);
                ui.set_min_height(20.0);
                let color = if keymap.is_own(command) {
                    t.accent_text
                } else {
                    t.text_secondary
                };
                ui.add(egui::Label::new(theme::small(name).color(color)).truncate());
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    self.key_ui(ui, command, name, keymap);
                });
            });
        }
        ui.add_space(GAP * 3.0);
    }

    fn key_ui(&mut self, ui: &mut Ui, command: &Command, name: &str, keymap: &mut Keymap) {
        let t = tokens(ui);
        let waits = self.listening.as_ref() == Some(command);
        let keys = keymap.shortcut(command).unwrap_or_default();
        let label = match (waits, keys) {
            (true, _) => theme::small(text::KEYS_WAIT).color(t.on_accent),
            (false, "") => theme::small(text::KEYS_NONE).color(t.text_secondary),
            (false, keys) => theme::small(keys),
        };
        let fill = if waits { t.accent } else { t.raised };
        let button = Button::new(label)
            .fill(fill)
            .small()
            .min_size(vec2(28.0, 18.0));
        let response = ui.add(button).on_hover_text(text::KEYS_CHANGE);
        response.widget_info(|| {
            WidgetInfo::labeled(egui::Role::Button, true, text::keys_of(name, keys))
        });
        if response.clicked() {
            self.said = None;
            self.listening = (!waits).then(|| command.clone());
        }
        if response.secondary_clicked()
            && let Err(Taken::By(other)) = keymap.reset(command)
        {
            self.said = Some(text::key_taken(
                command.info().shortcut.unwrap_or_default(),
                other,
            ));
        }
    }
}

fn mouse_ui(ui: &mut Ui, rows: &[(&str, &str)]) {
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.label(theme::strong(text::MOUSE));
    ui.add_space(GAP);
    for (name, keys) in rows {
        ui.horizontal(|ui| {
            let t = tokens(ui);
            ui.set_min_height(20.0);
            ui.label(theme::small(*name).color(t.text_secondary));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                egui::Frame::new()
                    .fill(t.raised)
                    .corner_radius(4)
                    .inner_margin(egui::Margin::symmetric(6, 1))
                    .show(ui, |ui| ui.label(theme::small(*keys)));
            });
        });
    }
    ui.add_space(GAP * 3.0);
}
