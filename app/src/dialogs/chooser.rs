//! Our own file dialog, where the desktop has none (bare window managers, remote sessions, tests).

use std::path::{Path, PathBuf};

use egui::accesskit::Role;
use egui::{Align2, Key, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, pos2, vec2};

use crate::choose::{self, Purpose};
use crate::cx::{Wish, Wishes};
use crate::theme::{self, GAP, ROW, tokens};
use crate::widgets::{self, IconButton};
use crate::{icons, text};

/// Entries beyond this are not listed; a name can still be typed.
const MOST_ENTRIES: usize = 4000;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    name: String,
    is_folder: bool,
}

/// The dialog while it is open.
#[derive(Debug)]
pub struct Chooser {
    /// What is chosen for.
    pub purpose: Purpose,
    folder: PathBuf,
    entries: Vec<Entry>,
    problem: Option<String>,
    name: String,
    listed: Option<PathBuf>,
    focus_name: bool,
}

impl Chooser {
    /// Opens in `folder` with a suggested `name`.
    pub fn new(purpose: Purpose, folder: PathBuf, name: &str) -> Self {
        Self {
            purpose,
            folder,
            entries: Vec::new(),
            problem: None,
            name: name.to_owned(),
            listed: None,
            focus_name: true,
        }
    }

    /// Reads the folder where it changed. Called outside of `ui`.
    pub fn refresh(&mut self) {
        if self.listed.as_ref() == Some(&self.folder) {
            return;
        }
        self.listed = Some(self.folder.clone());
        match list(&self.folder, &self.purpose.endings()) {
            Ok(entries) => {
                self.entries = entries;
                self.problem = None;
            }
            Err(error) => {
                self.entries.clear();
                self.problem = Some(text::folder_unreadable(&error.to_string()));
            }
        }
    }

    fn target(&self) -> Option<PathBuf> {
        let name = self.name.trim();
        if name.is_empty() {
            return None;
        }
        Some(self.purpose.with_ending(self.folder.join(name)))
    }

    /// The dialog's content.
    pub fn show(&mut self, ui: &mut Ui, wishes: &mut Wishes) {
        ui.set_width(560.0);
        ui.label(theme::heading(self.purpose.title()));
        ui.add_space(GAP * 2.0);
        self.place_ui(ui);
        ui.add_space(GAP);
        let picked = self.list_ui(ui);
        ui.add_space(GAP * 2.0);
        let entered = self.name_ui(ui);
        ui.add_space(GAP * 2.0);
        let confirmed = self.buttons_ui(ui, wishes);
        if picked || entered || confirmed {
            self.confirm(wishes);
        }
    }

    fn confirm(&mut self, wishes: &mut Wishes) {
        let typed = self.folder.join(self.name.trim());
        if typed.is_dir() && self.purpose != Purpose::SaveFrames {
            self.folder = typed;
            self.name.clear();
            return;
        }
        if let Some(target) = self.target() {
            if !self.purpose.saves() && !target.is_file() {
                self.problem = Some(text::no_such_file(&self.name));
                return;
            }
            wishes.push(Wish::CloseCard);
            wishes.push(Wish::Chosen(self.purpose, vec![target]));
        }
    }

    fn place_ui(&mut self, ui: &mut Ui) {
        ui.horizontal(|ui| {
            let up = self.folder.parent().map(Path::to_owned);
            let enabled = up.as_ref().map(|_| ()).ok_or(text::NO_PARENT);
            let button = IconButton::new(icons::ARROW_UP, text::PARENT_FOLDER).enabled(enabled);
            if button.show(ui).clicked()
                && let Some(up) = up
            {
                self.folder = up;
            }
            let t = tokens(ui);
            let shown = self.folder.display().to_string();
            ui.add(egui::Label::new(egui::RichText::new(shown).color(t.text_secondary)).truncate());
        });
    }

    fn list_ui(&mut self, ui: &mut Ui) -> bool {
        let t = tokens(ui);
        let mut open = None;
        let mut confirmed = false;
        egui::Frame::new()
            .fill(t.background)
            .corner_radius(theme::RADIUS)
            .stroke(t.line())
            .inner_margin(egui::Margin::same(4))
            .show(ui, |ui| {
                ui.set_height(300.0);
                if let Some(problem) = &self.problem {
                    ui.colored_label(t.danger_text, problem);
                }
                ScrollArea::vertical().auto_shrink(false).show_rows(
                    ui,
                    ROW,
                    self.entries.len(),
                    |ui, rows| {
                        ui.spacing_mut().item_spacing.y = 0.0;
                        for entry in self.entries.get(rows).unwrap_or_default() {
                            let selected = entry.name == self.name;
                            let response = row_ui(ui, entry, selected);
                            if response.double_clicked() {
                                open = Some((entry.clone(), true));
                            } else if response.clicked() {
                                open = Some((entry.clone(), false));
                            }
                        }
                    },
                );
            });
        if let Some((entry, twice)) = open {
            if entry.is_folder {
                self.folder = self.folder.join(&entry.name);
            } else {
                self.name = entry.name;
                confirmed = twice;
            }
        }
        confirmed
    }

    fn name_ui(&mut self, ui: &mut Ui) -> bool {
        widgets::form_row(ui, text::FILE_NAME, |ui| {
            let edit = TextEdit::singleline(&mut self.name)
                .desired_width(f32::INFINITY)
                .align(Align2::LEFT_CENTER)
                .min_size(vec2(0.0, theme::FIELD));
            let response = ui.add(edit).accessible_name(text::FILE_NAME);
            if self.focus_name {
                response.request_focus();
                self.focus_name = false;
            }
            response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter))
        })
    }

    fn buttons_ui(&mut self, ui: &mut Ui, wishes: &mut Wishes) -> bool {
        let replaces = self.purpose.saves()
            && self
                .target()
                .and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
                .is_some_and(|name| self.entries.iter().any(|entry| entry.name == name));
        ui.horizontal(|ui| {
            if replaces {
                let t = tokens(ui);
                ui.colored_label(t.danger_text, text::WILL_REPLACE);
            }
            widgets::right_to_left(ui, |ui| {
                let label = match (self.purpose.saves(), replaces) {
                    (false, _) => text::OPEN,
                    (true, false) => text::SAVE,
                    (true, true) => text::REPLACE,
                };
                let enabled = self.target().map(|_| ()).ok_or(text::NAME_NEEDED);
                let confirmed = widgets::primary_button(ui, label, enabled).clicked();
                if widgets::secondary_button(ui, text::CANCEL, Ok(())).clicked() {
                    wishes.push(Wish::CloseCard);
                }
                confirmed
            })
        })
        .inner
    }
}

fn row_ui(ui: &mut Ui, entry: &Entry, selected: bool) -> egui::Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, selected, &entry.name));
    let t = tokens(ui);
    if selected {
        ui.painter().rect_filled(rect, theme::RADIUS, t.accent_soft);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, theme::RADIUS, t.hover);
    }
    let icon = if entry.is_folder {
        icons::FOLDER
    } else if choose::is_picture(Path::new(&entry.name)) {
        icons::IMAGE
    } else {
        icons::CUBE
    };
    let color = t.text_secondary;
    widgets::paint_icon(
        ui,
        pos2(rect.left() + 14.0, rect.center().y),
        icon,
        16.0,
        color,
    );
    ui.painter()
        .with_clip_rect(rect.intersect(ui.clip_rect()))
        .text(
            pos2(rect.left() + 30.0, rect.center().y),
            Align2::LEFT_CENTER,
            &entry.name,
            theme::body_font(),
            t.text,
        );
    response
}

fn list(folder: &Path, endings: &[&str]) -> std::io::Result<Vec<Entry>> {
    let mut entries: Vec<Entry> = std::fs::read_dir(folder)?
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            // Follow links, as the desktop's dialogs do.
            let is_folder = std::fs::metadata(entry.path()).ok()?.is_dir();
            let wanted = is_folder
                || choose::ending_of(Path::new(&name))
                    .is_some_and(|ending| endings.contains(&ending.as_str()));
            (wanted && !name.starts_with('.')).then_some(Entry { name, is_folder })
        })
        .take(MOST_ENTRIES)
        .collect();
    entries.sort_by_key(|entry| (!entry.is_folder, entry.name.to_lowercase()));
    Ok(entries)
}
