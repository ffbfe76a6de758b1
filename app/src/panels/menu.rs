//! The menu bar: every command by its group, the scene's name, the way to the palette.

use editor::{AxisView, Command, EditCommand, Guide, ShowAs};
use egui::{Align2, Button, MenuBar, RichText, Ui};

use crate::cx::{CardKind, Cx, Wish, Wishes};
use crate::persist::Settings;
use crate::theme::{self, GAP, tokens};
use crate::widgets::{self, NumberSpec};
use crate::{environments, icons, text};

/// The bar's content.
pub fn show(
    ui: &mut Ui,
    cx: &Cx<'_>,
    state: &mut super::State,
    settings: &mut Settings,
    wishes: &mut Wishes,
) {
    MenuBar::new().ui(ui, |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.spacing_mut().button_padding = egui::vec2(9.0, 4.0);
        ui.menu_button(text::MENU_FILE, |ui| file_ui(ui, cx, settings, wishes));
        ui.menu_button(text::MENU_EDIT, |ui| edit_ui(ui, cx, wishes));
        ui.menu_button(text::MENU_SELECT, |ui| {
            super::selection_menu::show(ui, cx, state, wishes);
        });
        ui.menu_button(text::MENU_VIEW, |ui| view_ui(ui, cx, settings, wishes));
        ui.menu_button(text::MENU_LAYER, |ui| layer_ui(ui, cx, wishes));
        ui.menu_button(text::MENU_LIGHT, |ui| light_ui(ui, cx, wishes));
        ui.menu_button(text::MENU_RENDER, |ui| {
            item(ui, cx, wishes, Command::Screenshot);
            item(ui, cx, wishes, Command::Turntable);
        });
        ui.menu_button(text::MENU_HELP, |ui| {
            item(ui, cx, wishes, Command::CommandPalette);
            card_item(ui, wishes, text::KEYBOARD, Some("F1"), CardKind::Keyboard);
            ui.separator();
            card_item(ui, wishes, text::ABOUT, None, CardKind::About);
        });
        right_ui(ui, cx, wishes);
    });
}

fn right_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    let t = tokens(ui);
    let bar = ui.max_rect();
    let mut name = cx.document.name();
    if cx.document.is_unsaved(cx.editor) {
        name = text::unsaved_name(&name);
        if let Some(then) = cx.document.autosaved {
            name = format!("{name}   {}", text::autosaved(then.elapsed()));
        }
    }
    widgets::right_to_left(ui, |ui| {
        let label = RichText::new(format!("{}  Ctrl+K", icons::SEARCH)).color(t.text_secondary);
        let button = Button::new(label).frame_when_inactive(false);
        let response = ui
            .add(button)
            .accessible_name(Command::CommandPalette.info().name)
            .on_hover_text(Command::CommandPalette.info().help);
        if response.clicked() {
            wishes.run(Command::CommandPalette);
        }
        // The name stands in the middle of the window where the menus leave room for it.
        let center = bar.center();
        let galley = ui
            .painter()
            .layout_no_wrap(name, theme::body_font(), t.text_secondary);
        let menus_end = ui.min_rect().left().min(ui.cursor().left());
        let half = galley.size().x / 2.0;
        let x = center.x.max(menus_end + half + GAP * 4.0);
        if x + half < ui.cursor().right() - GAP * 2.0 {
            let rect = Align2::CENTER_CENTER.anchor_size(egui::pos2(x, center.y), galley.size());
            ui.painter().galley(rect.min, galley, t.text_secondary);
        }
    });
}

fn file_ui(ui: &mut Ui, cx: &Cx<'_>, settings: &Settings, wishes: &mut Wishes) {
    item(ui, cx, wishes, Command::NewScene);
    item(ui, cx, wishes, Command::Open);
    ui.menu_button(text::OPEN_RECENT, |ui| {
        if settings.recent.is_empty() {
            ui.add_enabled(false, Button::new(text::NO_RECENT));
        }
        for file in &settings.recent {
            let response = ui.button(file.name());
            if response.clicked() {
                wishes.push(Wish::Open(vec![file.path.clone()]));
            }
            response.on_hover_text(file.path.display().to_string());
        }
    });
    item(ui, cx, wishes, Command::ImportPicture);
    ui.separator();
    item(ui, cx, wishes, Command::Save);
    item(ui, cx, wishes, Command::SaveAs);
    ui.separator();
    item(ui, cx, wishes, Command::Quit);
}

fn edit_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    let history = cx.editor.history();
    let undo = text::with_step(Command::Undo.info().name, history.undo_name());
    let redo = text::with_step(Command::Redo.info().name, history.redo_name());
    named_item(ui, cx, wishes, Command::Undo, &undo);
    named_item(ui, cx, wishes, Command::Redo, &redo);
    ui.separator();
    edits_ui(
        ui,
        cx,
        wishes,
        &[
            EditCommand::Cut,
            EditCommand::Copy,
            EditCommand::Paste,
            EditCommand::Duplicate,
        ],
    );
    item(ui, cx, wishes, Command::DeleteSelection);
    ui.separator();
    edits_ui(
        ui,
        cx,
        wishes,
        &[
            EditCommand::CleanUp,
            EditCommand::Doctor,
            EditCommand::Simplify,
        ],
    );
    ui.menu_button(text::MENU_MIRROR, |ui| {
        edits_ui(ui, cx, wishes, &[0, 1, 2].map(EditCommand::Mirror));
    });
    ui.menu_button(text::MENU_CROP, |ui| {
        let crops = [EditCommand::CropToSelection, EditCommand::CropToClip];
        edits_ui(ui, cx, wishes, &crops);
    });
    ui.separator();
    item(ui, cx, wishes, Command::Preferences);
}

fn edits_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes, commands: &[EditCommand]) {
    for command in commands {
        item(ui, cx, wishes, Command::Edit(command.clone()));
    }
}

fn view_ui(ui: &mut Ui, cx: &Cx<'_>, settings: &mut Settings, wishes: &mut Wishes) {
    item(ui, cx, wishes, Command::FocusSelection);
    item(ui, cx, wishes, Command::FrameAll);
    ui.separator();
    for side in [
        AxisView::Front,
        AxisView::Back,
        AxisView::Right,
        AxisView::Left,
        AxisView::Top,
        AxisView::Bottom,
    ] {
        item(ui, cx, wishes, Command::AxisView(side));
    }
    ui.separator();
    show_as_ui(ui, cx, wishes);
    for guide in [
        Guide::Grid,
        Guide::Axes,
        Guide::Outline,
        Guide::Orthographic,
    ] {
        guide_ui(ui, cx, wishes, guide);
    }
    ui.separator();
    item(ui, cx, wishes, Command::HistoryPanel);
    item(ui, cx, wishes, Command::ClipToSelection);
    item(ui, cx, wishes, Command::ClearClip);
    ui.menu_button(text::CLIP_PLANES, |ui| planes_ui(ui, cx, wishes));
    ui.separator();
    guide_ui(ui, cx, wishes, Guide::LinearLight);
    ui.checkbox(&mut settings.safe_frame, text::SAFE_FRAME);
    ui.checkbox(&mut settings.mip_filter, text::FILTER_MIP);
}

/// Which quantity is shown, and up to which degree of harmonics.
fn show_as_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    let now = &cx.editor.settings().view;
    ui.menu_button(text::SHOW_AS, |ui| {
        for show_as in ShowAs::ALL {
            let command = Command::ShowAs(show_as);
            let response = ui.radio(now.show_as == show_as, text::show_as(show_as));
            let response = response.on_hover_text(command.info().help);
            if response.clicked() {
                wishes.run(command);
            }
        }
    });
    ui.menu_button(text::HARMONICS, |ui| {
        for degree in 0..=3 {
            let command = Command::SetShDegree(degree);
            let response = ui.radio(now.sh_degree == degree, text::harmonics(degree));
            let response = response.on_hover_text(command.info().help);
            if response.clicked() {
                wishes.run(command);
            }
        }
    });
}

fn guide_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes, guide: Guide) {
    let on = cx.editor.settings().view.has(guide);
    check_item(ui, wishes, Command::ToggleGuide(guide), on);
}

/// A command that switches something on or off.
pub fn check_item(ui: &mut Ui, wishes: &mut Wishes, command: Command, mut on: bool) {
    let info = command.info();
    let response = ui.checkbox(&mut on, info.name).on_hover_text(info.help);
    if response.clicked() {
        wishes.run(command);
    }
}

/// Distances between which splats are drawn.
fn planes_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    let now = cx.editor.settings().view;
    let radius = f64::from(cx.editor.camera_control().scene_radius());
    let camera = cx.editor.camera_control().view();
    let row = |ui: &mut Ui, name: &'static str, value: Option<f32>, start: f32| {
        let mut on = value.is_some();
        let toggled = ui.checkbox(&mut on, name).clicked();
        let mut value = if toggled { on.then_some(start) } else { value };
        let mut changed = toggled;
        if let Some(metres) = value {
            let spec = NumberSpec {
                suffix: " m",
                range: 0.0..=1e6,
                speed: radius * 0.005,
                decimals: 3,
                default: f64::from(start),
                ..NumberSpec::unit_interval(name)
            };
            if let (Some(metres), _) = widgets::number(ui, f64::from(metres), &spec, 110.0) {
                value = Some(metres as f32);
                changed = true;
            }
        }
        changed.then_some(value)
    };
    let near = row(ui, text::NEAR, now.near, 0.5 * camera.distance);
    let far = row(ui, text::FAR, now.far, 1.5 * camera.distance);
    if near.is_some() || far.is_some() {
        let (near, far) = (near.unwrap_or(now.near), far.unwrap_or(now.far));
        wishes.run(Command::SetPlanes(near, far));
    }
}

fn layer_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    item(ui, cx, wishes, Command::AddGroup);
    edits_ui(
        ui,
        cx,
        wishes,
        &[EditCommand::NewCity, EditCommand::KeepCityPart],
    );
    ui.separator();
    let grouping = [
        EditCommand::Ungroup,
        EditCommand::Merge,
        EditCommand::MergeVisible,
    ];
    edits_ui(ui, cx, wishes, &grouping);
    ui.menu_button(text::MENU_PLACE, |ui| place_ui(ui, cx, wishes));
    ui.separator();
    item(ui, cx, wishes, Command::DuplicateSelectedNode);
    item(ui, cx, wishes, Command::DeleteSelectedNode);
    if let Some(id) = cx.editor.selected_node() {
        ui.separator();
        item(ui, cx, wishes, Command::ToggleVisible(id));
        item(ui, cx, wishes, Command::ToggleLock(id));
        item(ui, cx, wishes, Command::ResetTransform(id));
    }
}

fn place_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    let upright = [
        EditCommand::GuessUp,
        EditCommand::LevelSurface,
        EditCommand::LevelPoints,
    ];
    edits_ui(ui, cx, wishes, &upright);
    ui.separator();
    let origins = [
        EditCommand::PutOnGround,
        EditCommand::OriginToCenter,
        EditCommand::OriginToBase,
    ];
    edits_ui(ui, cx, wishes, &origins);
}

fn light_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    item(ui, cx, wishes, Command::AddLight);
    item(ui, cx, wishes, Command::SetTool(editor::ToolKind::Light));
    ui.separator();
    ui.menu_button(text::ENVIRONMENT, |ui| {
        let now = cx.editor.scene().environment();
        for preset in environments::presets() {
            if ui.radio(now.name == preset.name, &preset.name).clicked() {
                let environment = scene::Environment {
                    intensity: now.intensity,
                    ..preset
                };
                wishes.run(Command::SetEnvironment(environment));
            }
        }
    });
}

/// A command as a menu row: its name, its keys, why it is disabled.
pub fn item(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes, command: Command) {
    let name = command.info().name;
    named_item(ui, cx, wishes, command, name);
}

fn named_item(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes, command: Command, name: &str) {
    let mut button = Button::new(name).min_size(egui::vec2(220.0, 0.0));
    if let Some(keys) = cx.editor.keymap().shortcut(&command) {
        button = button.shortcut_text(keys);
    }
    super::command_button(ui, cx, wishes, command, button);
}

fn card_item(ui: &mut Ui, wishes: &mut Wishes, name: &str, keys: Option<&str>, card: CardKind) {
    let mut button = Button::new(name).min_size(egui::vec2(220.0, 0.0));
    if let Some(keys) = keys {
        button = button.shortcut_text(keys);
    }
    if ui.add(button).clicked() {
        wishes.push(Wish::Show(card));
    }
}
