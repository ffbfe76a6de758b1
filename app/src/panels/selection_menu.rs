//! The Select menu: operations, labels, saved selections, tools, and what protects splats.

use editor::{Command, SelectOp};
use egui::{Button, Key, TextEdit, Ui};
use scene::SelectionSet;

use super::{
    State,
    menu::{check_item, item},
};
use crate::cx::{Cx, Wishes};
use crate::text::{self, selection as words};
use crate::theme::GAP;
use crate::widgets::{self, IconButton};
use crate::{icons, panels};

/// The menu's content.
pub fn show(ui: &mut Ui, cx: &Cx<'_>, state: &mut State, wishes: &mut Wishes) {
    for command in [
        Command::SelectAll,
        Command::SelectNone,
        Command::InvertSelection,
    ] {
        item(ui, cx, wishes, command);
    }
    ui.separator();
    for command in [
        Command::GrowSelection,
        Command::ShrinkSelection,
        Command::SelectConnected,
        Command::SelectSimilarColor,
        Command::SelectSimilarSize,
    ] {
        item(ui, cx, wishes, command);
    }
    small_parts_ui(ui, cx, wishes);
    ui.menu_button(words::LABELS, |ui| labels_ui(ui, cx, wishes));
    item(ui, cx, wishes, Command::DataPanel);
    ui.separator();
    item(ui, cx, wishes, Command::SaveSelection(None));
    ui.menu_button(words::SAVED, |ui| saved_ui(ui, cx, state, wishes));
    ui.separator();
    ui.menu_button(words::TOOLS, |ui| {
        for tool in editor::TOOLS {
            if tool.kind.selects_on_picture() || tool.kind.selects_in_space() {
                item(ui, cx, wishes, Command::SetTool(tool.kind));
            }
        }
    });
    let settings = cx.editor.settings();
    for (command, on) in [
        (Command::ToggleSelectSurface, cx.editor.selects_surface()),
        (Command::ToggleSelectEllipses, settings.select_ellipses),
    ] {
        check_item(ui, wishes, command, on);
    }
    ui.separator();
    for command in [
        Command::HideSelection,
        Command::UnhideAll,
        Command::LockSelection,
        Command::UnlockAll,
        Command::SeparateSelection,
    ] {
        item(ui, cx, wishes, command);
    }
}

/// The command, and below what a part is small.
fn small_parts_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    item(ui, cx, wishes, Command::SelectSmallParts);
    let options = cx.editor.settings().select;
    ui.horizontal(|ui| {
        ui.add_space(GAP * 4.0);
        ui.label(words::SMALL_PART);
        let spec = widgets::NumberSpec {
            range: 1.0..=1e9,
            speed: 1.0,
            decimals: 0,
            default: f64::from(editor::SelectOptions::default().small_part),
            ..widgets::NumberSpec::unit_interval(words::SMALL_PART)
        };
        let now = f64::from(options.small_part);
        if let (Some(count), _) = widgets::number(ui, now, &spec, 64.0) {
            wishes.run(Command::SetSelectOptions(editor::SelectOptions {
                small_part: count as u32,
                ..options
            }));
        }
    });
}

fn labels_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    let mut present: Vec<u32> = Vec::new();
    for (_, _, layer) in cx.editor.scene().layers() {
        if let Some(scene::ColumnValues::U8(labels)) =
            layer.cloud.column("label").map(|column| &column.values)
        {
            let mut seen = [false; 256];
            for label in labels {
                seen[usize::from(*label)] = true;
            }
            present.extend(
                (0..)
                    .zip(seen)
                    .filter(|(_, seen)| *seen)
                    .map(|(label, _)| label),
            );
        }
    }
    present.sort_unstable();
    present.dedup();
    if present.is_empty() {
        ui.add_enabled(false, Button::new(words::NO_LABELS));
    }
    for label in present {
        if ui.button(words::label(label)).clicked() {
            let op = op_of_keys(ui);
            wishes.run(Command::SelectLabel(label, op));
        }
    }
}

/// Shift adds, Ctrl removes, in menus as in the picture.
fn op_of_keys(ui: &Ui) -> SelectOp {
    ui.input(|i| {
        SelectOp::from_modifiers(editor::Modifiers {
            shift: i.modifiers.shift,
            ctrl: i.modifiers.command || i.modifiers.ctrl,
            alt: i.modifiers.alt,
        })
    })
}

fn saved_ui(ui: &mut Ui, cx: &Cx<'_>, state: &mut State, wishes: &mut Wishes) {
    let sets = cx.editor.scene().selection_sets();
    if sets.is_empty() {
        ui.add_enabled(false, Button::new(words::NO_SAVED));
    }
    for set in sets {
        ui.horizontal(|ui| saved_row_ui(ui, set, state, wishes));
    }
}

fn saved_row_ui(ui: &mut Ui, set: &SelectionSet, state: &mut State, wishes: &mut Wishes) {
    ui.spacing_mut().item_spacing.x = GAP;
    let naming = state.naming.as_mut().filter(|(old, _)| *old == set.name);
    if let Some((old, name)) = naming {
        let edit = ui.add(TextEdit::singleline(name).desired_width(180.0));
        let edit = edit.accessible_name(words::SAVED_NAME);
        edit.request_focus();
        if ui.input(|i| i.key_pressed(Key::Enter)) {
            wishes.run(Command::RenameSelection(old.clone(), name.clone()));
            state.naming = None;
        } else if ui.input(|i| i.key_pressed(Key::Escape)) {
            state.naming = None;
        }
        return;
    }
    let label = words::saved(&set.name, set.len());
    let button = Button::new(label).min_size(egui::vec2(180.0, 0.0));
    if ui.add(button).clicked() {
        let op = op_of_keys(ui);
        wishes.run(Command::RecallSelection(set.name.clone(), op));
    }
    for (op, icon) in panels::tool_options::OPS.into_iter().skip(1) {
        let help = words::op(op);
        if IconButton::new(icon, help).show(ui).clicked() {
            wishes.run(Command::RecallSelection(set.name.clone(), op));
        }
    }
    if IconButton::new(icons::PENCIL, text::RENAME)
        .show(ui)
        .clicked()
    {
        state.naming = Some((set.name.clone(), set.name.clone()));
    }
    let forget = Command::ForgetSelection(set.name.clone());
    let button = IconButton::new(icons::TRASH, forget.info().name);
    if button.show(ui).clicked() {
        wishes.run(forget);
    }
}
